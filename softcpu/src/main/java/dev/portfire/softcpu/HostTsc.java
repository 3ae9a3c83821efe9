package dev.portfire.softcpu;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Relates the host's time-stamp counter to a machine's clock, so that emitted code can read the clock by itself: a line that is
 * aimed at the clock anew while vCPUs run, without a step. It stays within about a microsecond of the clock, whose rate the
 * host adjusts by at most 500 parts in a million.
 */
final class HostTsc {
  /**
   * What the clock shows, as far as is known.
   *
   * @param base what the counter shows where the line begins
   * @param start nanoseconds of the clock there
   * @param factor nanoseconds a tick, less than one, times 2^64
   */
  record Line(long base, long start, long factor) {
    /** Nanoseconds of the clock when the counter shows this. */
    long at(long tsc) {
      return start + Math.unsignedMultiplyHigh(tsc - base, factor);
    }
  }

  /** Nanoseconds from one aiming to the next. */
  private static final long PERIOD = 20_000_000;

  /** Nanoseconds from the first look at the counter until its rate is known well enough. */
  private static final long FIRST_PERIOD = 5_000_000;

  /** Nanoseconds after which the rate is measured anew. */
  private static final long LONG_PERIOD = 1_000_000_000;

  /** Ticks that reading the clock takes at most when nothing comes between. */
  private static final long UNDISTURBED = 2_000;

  /** Nanoseconds in which an error is to disappear. */
  private static final double TIME_TO_CORRECT = 100e6;

  private static final double MAX_CORRECTION = 1e-3;

  /** Nanoseconds that no rate explains: the host was suspended, or the counter has jumped. */
  private static final long LOST = 1_000_000;

  private final LongSupplier tsc;
  private final LongSupplier clock;
  private final AtomicBoolean aiming = new AtomicBoolean();
  private volatile long next;
  private volatile @Nullable Line line;

  // Only while aiming.
  private boolean seen;
  private long seenTsc;
  private long seenTime;
  private double rate;

  /**
   * Makes it.
   *
   * @param tsc reads the host's counter, which must count at a constant rate and alike on all processors
   * @param clock reads the machine's clock, in nanoseconds
   */
  HostTsc(LongSupplier tsc, LongSupplier clock) {
    this.tsc = tsc;
    this.clock = clock;
  }

  /** The line to use now; null if there is none. */
  @Nullable Line line() {
    return line;
  }

  /** What the counter shows. */
  long ticks() {
    return tsc.getAsLong();
  }

  /** Aims the line anew, if it is time to; called often. */
  void aim() {
    if (clock.getAsLong() - next >= 0 && aiming.compareAndSet(false, true)) {
      try {
        look();
      } finally {
        aiming.set(false);
      }
    }
  }

  private void look() {
    long before = tsc.getAsLong();
    long time = clock.getAsLong();
    long ticks = tsc.getAsLong() - before;
    if (ticks < 0 || ticks > UNDISTURBED) {
      return;
    }
    long now = before + ticks / 2;
    next = time + PERIOD;
    if (!seen) {
      see(now, time);
      next = time + FIRST_PERIOD;
      return;
    }
    Line l = line;
    long shown = l == null ? time : l.at(now);
    long error = time - shown;
    if (error > LOST) {
      see(now, time);
      line = new Line(now, time, factor(rate));
      return;
    }
    if (l == null || time - seenTime >= LONG_PERIOD) {
      double measured = (double) (time - seenTime) / (now - seenTsc);
      see(now, time);
      // Not with a counter of less than 1 GHz, nor with one that goes backward.
      if (!(measured > 0 && measured < 1 - MAX_CORRECTION)) {
        line = null;
        return;
      }
      rate = measured;
    }
    // If it is far ahead, it waits for the clock: time does not go backward.
    double correction = error < -LOST ? -0.5 : Math.clamp(error / TIME_TO_CORRECT, -MAX_CORRECTION, MAX_CORRECTION);
    line = new Line(now, shown, factor(rate * (1 + correction)));
  }

  private void see(long ticks, long time) {
    seen = true;
    seenTsc = ticks;
    seenTime = time;
  }

  private static long factor(double rate) {
    return (long) (rate * 0x1p63) << 1;
  }
}
