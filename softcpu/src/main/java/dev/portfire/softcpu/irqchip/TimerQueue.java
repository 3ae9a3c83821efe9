package dev.portfire.softcpu.irqchip;

import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one machine, on one daemon thread.
 *
 * <p>A machine has a handful of timers (one per local APIC, one for the 8254), so the earliest is found by looking at
 * all of them: no heap to keep in order on the re-arming path that a guest drives.
 */
public final class TimerQueue implements AutoCloseable {
  private static final Logger LOG = System.getLogger(TimerQueue.class.getName());

  /** A deadline further away than this is as good as never, and is cut so that differences cannot overflow. */
  private static final long FOREVER_NANOS = 1L << 61;

  private final LongSupplier clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Timer> timers = new ArrayList<>();
  private final @Nullable Thread thread;

  /** When the thread looks at the timers next, at the latest. */
  private long wakesAt;

  private boolean closed;

  /**
   * Starts the thread.
   *
   * @param machine the machine's name, part of the thread's
   */
  public TimerQueue(String machine) {
    this.clock = System::nanoTime;
    this.thread = Thread.ofPlatform().daemon().name(machine + " timers").unstarted(this::serve);
    thread.start();
  }

  /** A queue with a clock of the caller's and no thread: callbacks run in {@link #runDue()}. */
  public TimerQueue(LongSupplier clock) {
    this.clock = clock;
    this.thread = null;
  }

  /** One timer, disarmed at first. Thread-safe. */
  public final class Timer {
    private final Runnable action;
    private boolean armed;
    private long deadline;

    private Timer(Runnable action) {
      this.action = action;
    }

    /**
     * Sets the timer to call back once, replacing an earlier deadline. A callback that already began is not stopped:
     * the callee compares its own deadline with {@link TimerQueue#now()}.
     *
     * @param deadlineNanoTime on the scale of {@link System#nanoTime()}; a time gone by means at once
     */
    public void arm(long deadlineNanoTime) {
      lock.lock();
      try {
        long now = now();
        // A difference that does not fit is one of more than all time.
        long wait = deadlineNanoTime <= now ? 0 : deadlineNanoTime - now;
        deadline = now + (wait < 0 ? FOREVER_NANOS : Math.min(wait, FOREVER_NANOS));
        armed = true;
        // A guest that goes to sleep and wakes up puts its timer off and brings it forward again thousands of times a second: the thread
        // is woken only for what is due before it wakes anyhow.
        if (deadline - wakesAt < 0) {
          wakesAt = deadline;
          changed.signal();
        }
      } finally {
        lock.unlock();
      }
    }

    /** Disarms the timer; a callback that already began is not stopped. */
    public void cancel() {
      lock.lock();
      try {
        // The thread may wake once for nothing; that is cheaper than waking it now.
        armed = false;
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Makes a timer.
   *
   * @param action called on the queue's thread; must not block
   */
  public Timer create(Runnable action) {
    Timer timer = new Timer(action);
    lock.lock();
    try {
      timers.add(timer);
    } finally {
      lock.unlock();
    }
    return timer;
  }

  /** The time that deadlines are compared with, in nanoseconds. */
  public long now() {
    return clock.getAsLong();
  }

  private @Nullable Timer earliest() {
    Timer first = null;
    for (Timer timer : timers) {
      if (timer.armed && (first == null || timer.deadline - first.deadline < 0)) {
        first = timer;
      }
    }
    return first;
  }

  private void serve() {
    lock.lock();
    try {
      while (!closed) {
        Timer first = earliest();
        if (first == null) {
          wakesAt = now() + FOREVER_NANOS;
          changed.await();
        } else if (first.deadline - now() > 0) {
          wakesAt = first.deadline;
          long unused = changed.awaitNanos(wakesAt - now());
        } else {
          fire(first);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void fire(Timer timer) {
    timer.armed = false;
    lock.unlock();
    try {
      timer.action.run();
    } catch (RuntimeException e) {
      LOG.log(Logger.Level.ERROR, "a timer's callback failed", e);
    } finally {
      lock.lock();
    }
  }

  /** When the next callback is due, on the scale of {@link #now}; empty if no timer is armed. */
  public OptionalLong next() {
    lock.lock();
    try {
      Timer first = earliest();
      return first == null ? OptionalLong.empty() : OptionalLong.of(first.deadline);
    } finally {
      lock.unlock();
    }
  }

  /** Runs the callbacks that are due now, on this thread, each timer at most once. */
  public void runDue() {
    lock.lock();
    try {
      for (Timer timer : List.copyOf(timers)) {
        if (timer.armed && timer.deadline - now() <= 0) {
          fire(timer);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Stops the thread and waits for it. No callback runs afterwards; not to be called from a callback. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    if (thread != null) {
      boolean interrupted = false;
      while (true) {
        try {
          thread.join();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
