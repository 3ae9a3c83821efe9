package dev.portfire.vmm;

import dev.portfire.devices.Timers;
import dev.portfire.linux.Events;
import dev.portfire.linux.SystemCallException;
import java.lang.System.Logger;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that does the work of all of a machine's devices: tasks, timers, and what host descriptors are ready for.
 * As long as there is no descriptor it needs nothing of the operating system.
 */
final class DeviceLoop implements Executor, Timers {
  private static final Logger LOG = System.getLogger(DeviceLoop.class.getName());

  /** How many tasks may come before timers and descriptors have their turn. */
  private static final int TURN = 64;

  private static final long WAKE_UP = 0;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Thread thread;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final Map<Long, Watch> watches = new HashMap<>();
  private long nextTag = WAKE_UP + 1;
  private volatile @Nullable Descriptors descriptors;
  private volatile boolean waiting;
  private volatile boolean ending;
  private volatile boolean paused;
  private boolean started;

  /** Opens when the thread does nothing any more but {@link #last}. */
  private final CountDownLatch quiet = new CountDownLatch(1);

  // Set before "ending".
  private Runnable last = () -> {};

  /** The thread's; others look at it when it has ended. */
  private boolean hasDoneAll;

  /** What a caller waits for, which is done even while the loop is paused. */
  private record Call(Runnable task) implements Runnable {
    @Override
    public void run() {
      task.run();
    }
  }

  private record Timer(long at, Runnable task) implements Comparable<Timer> {
    @Override
    public int compareTo(Timer other) {
      return Long.signum(at - other.at);
    }
  }

  private record Watch(int fd, IntConsumer action) {}

  private record Descriptors(Events.Poll poll, Events.Counter wakeUp) {}

  DeviceLoop(String name) {
    thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  /** Starts the thread if it does not run yet: what is executed before waits. */
  synchronized void start() {
    if (!started) {
      started = true;
      thread.start();
    }
  }

  @Override
  public void execute(Runnable task) {
    if (ending) {
      throw new RejectedExecutionException("the machine is closing");
    }
    tasks.add(task);
    if (waiting) {
      wakeUp();
    }
  }

  /**
   * Executes a task on the loop, paused or not, and waits for it.
   *
   * @throws RejectedExecutionException if the machine has ended
   */
  <T> T call(Callable<T> task) throws Exception {
    if (Thread.currentThread().equals(thread)) {
      return task.call();
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    execute(new Call(() -> {
      try {
        result.complete(task.call());
      } catch (Exception e) {
        result.completeExceptionally(e);
      }
    }));
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Waits until all tasks that it has been given so far have been executed. */
  void drain() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    execute(done::countDown);
    done.await();
  }

  /** Leaves out everything but {@link #call}, or no more; a task that is being executed is not waited for. */
  void setPaused(boolean newPaused) {
    paused = newPaused;
    wakeUp();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void after(long nanos, Runnable task) {
    synchronized (timers) {
      timers.add(new Timer(System.nanoTime() + Math.max(0, nanos), task));
    }
    if (waiting) {
      wakeUp();
    }
  }

  /**
   * Calls an action on the loop whenever a descriptor gets ready.
   *
   * @param events {@code EPOLL} flags
   * @return a number to take it back by
   */
  synchronized long watch(int fd, int events, IntConsumer action) throws SystemCallException {
    Descriptors all = descriptors;
    if (all == null) {
      all = new Descriptors(new Events.Poll(), new Events.Counter());
      all.poll.add(all.wakeUp.fd(), Events.EPOLLIN, WAKE_UP);
      descriptors = all;
      LockSupport.unpark(thread);
    }
    long tag = nextTag++;
    watches.put(tag, new Watch(fd, action));
    try {
      all.poll.add(fd, events, tag);
    } catch (SystemCallException e) {
      watches.remove(tag);
      throw e;
    }
    return tag;
  }

  /** Takes a watch back, before its descriptor is closed. An action that is about to be called is not called any more. */
  synchronized void unwatch(long tag) {
    Watch watch = watches.remove(tag);
    Descriptors all = descriptors;
    if (watch != null && all != null) {
      try {
        all.poll.remove(watch.fd);
      } catch (SystemCallException e) {
        LOG.log(Logger.Level.WARNING, "a descriptor was closed too early: {0}", e.getMessage());
      }
    }
  }

  private void wakeUp() {
    LockSupport.unpark(thread);
    Descriptors all = descriptors;
    if (all != null) {
      try {
        all.wakeUp.signal(1);
      } catch (SystemCallException e) {
        LOG.log(Logger.Level.WARNING, "waking the devices' thread failed: {0}", e.getMessage());
      }
    }
  }

  private void run() {
    try {
      while (true) {
        if (paused && !ending) {
          waiting = true;
          // Whoever changes something changes it first and looks at the flag then.
          if (!runCalls() && paused && !ending) {
            LockSupport.park(this);
          }
          waiting = false;
          continue;
        }
        for (int k = 0; k < TURN; k++) {
          Runnable task = tasks.poll();
          if (task == null) {
            break;
          }
          guarded(task);
        }
        if (ending && tasks.isEmpty()) {
          break;
        }
        runTimers();
        waiting = true;
        // Whoever adds something adds it first and looks at the flag then.
        await(tasks.isEmpty() && !ending && !paused ? untilNextTimer() : 0);
        waiting = false;
      }
    } finally {
      closeDescriptors();
      quiet.countDown();
    }
    guarded(last);
    hasDoneAll = true;
  }

  /** Executes what callers wait for, out of the tasks' order; returns whether there was something. */
  private boolean runCalls() {
    boolean some = false;
    for (Iterator<Runnable> all = tasks.iterator(); all.hasNext(); ) {
      Runnable task = all.next();
      if (task instanceof Call) {
        all.remove();
        guarded(task);
        some = true;
      }
    }
    return some;
  }

  private synchronized void closeDescriptors() {
    Descriptors all = descriptors;
    descriptors = null;
    if (all != null) {
      try {
        all.poll.close();
        all.wakeUp.close();
      } catch (SystemCallException e) {
        LOG.log(Logger.Level.WARNING, "closing failed: {0}", e.getMessage());
      }
    }
  }

  private void runTimers() {
    for (int k = 0; k < TURN && untilNextTimer() == 0; k++) {
      Timer due;
      synchronized (timers) {
        due = timers.remove();
      }
      guarded(due.task);
    }
  }

  /** Nanoseconds to the next timer: 0 if it is due, −1 if there is none. */
  private long untilNextTimer() {
    synchronized (timers) {
      Timer first = timers.peek();
      return first == null ? -1 : Math.max(0, first.at - System.nanoTime());
    }
  }

  private void await(long nanos) {
    Descriptors all = descriptors;
    if (all == null) {
      if (nanos < 0) {
        LockSupport.park(this);
      } else if (nanos > 0) {
        LockSupport.parkNanos(this, nanos);
      }
      return;
    }
    try {
      int millis = nanos < 0 ? -1 : (int) Math.min(Integer.MAX_VALUE, (nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
      for (Events.Poll.Event event : all.poll.await(millis)) {
        if (event.tag() == WAKE_UP) {
          all.wakeUp.take();
        } else {
          ready(event);
        }
      }
    } catch (SystemCallException e) {
      throw new IllegalStateException("waiting for the devices' descriptors failed", e);
    }
  }

  private void ready(Events.Poll.Event event) {
    Watch watch;
    synchronized (this) {
      watch = watches.get(event.tag());
    }
    if (watch != null) {
      guarded(() -> watch.action.accept(event.events()));
    }
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      // A fault of ours in one device does not stop the others.
      LOG.log(Logger.Level.ERROR, "work of a device failed", e);
    }
  }

  /**
   * Executes what it was given so far, then ends.
   *
   * @param millis how long to wait for that
   * @param lastTask what its thread does then, which is waited for as long as it takes
   * @return whether the devices' work has ended in time; otherwise nobody waits for the last task
   */
  boolean end(long millis, Runnable lastTask) {
    last = lastTask;
    ending = true;
    start();
    wakeUp();
    try {
      if (!quiet.await(millis, TimeUnit.MILLISECONDS)) {
        return false;
      }
      thread.join();
      // Unless an error of ours has ended it before.
      if (!hasDoneAll) {
        lastTask.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return quiet.getCount() == 0;
  }
}
