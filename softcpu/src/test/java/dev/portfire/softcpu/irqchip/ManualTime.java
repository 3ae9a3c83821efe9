package dev.portfire.softcpu.irqchip;

import java.util.concurrent.TimeUnit;

/** Time that passes when a test says so; the TSC runs at 1 GHz from the same clock. */
final class ManualTime implements TscClock {
  /** Not zero, so that absolute and relative times cannot be mixed up unseen. */
  static final long START = -5_000_000_000L;

  private long now = START;
  final TimerQueue timers = new TimerQueue(() -> now);

  void advance(long nanos) {
    now += nanos;
    timers.runDue();
  }

  /** Lets time pass while the timer thread gets no host CPU. */
  void advanceUnseen(long nanos) {
    now += nanos;
  }

  void advance(long amount, TimeUnit unit) {
    advance(unit.toNanos(amount));
  }

  @Override
  public long tsc() {
    return now - START;
  }

  @Override
  public long toNanoTime(long tsc) {
    return tsc + START;
  }
}
