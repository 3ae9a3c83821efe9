package dev.portfire.testing.lockstep;

import dev.portfire.machine.InterruptControllers;
import dev.portfire.machine.X86State;
import dev.portfire.softcpu.Point;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Carries the points of the machine that leads to the one that follows: a ring with one writer and one reader. */
final class Channel {
  /** Thrown out of a machine whose run has lost its meaning. */
  static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stopped() {
      super("stopped", null, false, false);
    }
  }

  /** All of a machine but its memory and its devices. */
  record Whole(X86State state, InterruptControllers controllers) {}

  /** One point. */
  static final class Slot {
    final long[] values = new long[Point.COUNT];
    String kind = "";
    @Nullable Whole whole;
  }

  private static final int SLOTS = 4096;
  private static final long NAP_NANOS = 20_000;
  private static final int SPINS = 200;

  private final Slot[] slots = new Slot[SLOTS];
  private volatile long written;
  private volatile long read;
  private volatile boolean ended;
  private volatile boolean stopped;

  Channel() {
    for (int k = 0; k < SLOTS; k++) {
      slots[k] = new Slot();
    }
  }

  private Slot slot(long number) {
    return slots[(int) (number & SLOTS - 1)];
  }

  private static void nap(int turn) {
    if (turn < SPINS) {
      Thread.onSpinWait();
    } else {
      LockSupport.parkNanos(NAP_NANOS);
    }
  }

  /**
   * The leader is at a point.
   *
   * @param whole what is to be compared besides, for which the leader then waits: the follower sees its memory
   */
  void put(Point point, @Nullable Whole whole) {
    long number = point.number();
    awaitRead(number - SLOTS);
    Slot slot = slot(number);
    System.arraycopy(point.values(), 0, slot.values, 0, Point.COUNT);
    slot.kind = point.kind();
    slot.whole = whole;
    written = number;
    if (whole != null) {
      awaitRead(number);
    }
  }

  private void awaitRead(long number) {
    for (int turn = 0; read < number; turn++) {
      if (stopped) {
        throw new Stopped();
      }
      nap(turn);
    }
  }

  /** The leader makes no further point. */
  void end() {
    ended = true;
  }

  /** Neither side is to go on. */
  void stop() {
    stopped = true;
  }

  boolean isStopped() {
    return stopped;
  }

  /** The leader's point of a number, the one behind the last; null if the leader ended before it. */
  @Nullable Slot get(long number) {
    for (int turn = 0; written < number; turn++) {
      if (stopped) {
        throw new Stopped();
      }
      if (ended && written < number) {
        return null;
      }
      nap(turn);
    }
    return slot(number);
  }

  /** The follower has done with a point. */
  void done(long number) {
    read = number;
  }

  /** The number of points that both have reached, or the leader alone. */
  long reached() {
    return read;
  }

  long written() {
    return written;
  }
}
