package dev.portfire.devices;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A clock that stands still until a test moves it. */
public final class FakeTimers implements Timers {
  private record Timer(long at, Runnable task) {}

  private final List<Timer> timers = new ArrayList<>();
  private long now = 1_000_000_000_000L;

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public void after(long nanos, Runnable task) {
    timers.add(new Timer(now + Math.max(0, nanos), task));
  }

  /** Moves the clock and runs what becomes due on the way, each at its time. */
  public void advanceMillis(long millis) {
    long end = now + millis * 1_000_000;
    while (true) {
      Timer next = timers.stream().min(Comparator.comparingLong(Timer::at)).orElse(null);
      if (next == null || next.at > end) {
        break;
      }
      timers.remove(next);
      now = Math.max(now, next.at);
      next.task.run();
    }
    now = end;
  }
}
