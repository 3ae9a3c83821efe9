package dev.portfire.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.portfire.linux.Descriptor;
import dev.portfire.linux.Events;
import dev.portfire.linux.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Registers whose writes become events in the kernel instead of exits (KVM_IOEVENTFD), and the thread that waits for them. */
final class Notifications {
  private record Source(Events.Counter counter, Runnable action) {}

  private static final long END = -1;

  private final Descriptor vm;
  private final String name;
  private final List<Source> sources = new CopyOnWriteArrayList<>();
  private Events.@Nullable Poll poll;
  private Events.@Nullable Counter end;
  private @Nullable Thread thread;

  /**
   * Has nothing to wait for yet, and no thread.
   *
   * @param name the machine's, for the thread's name
   */
  Notifications(Descriptor vm, String name) {
    this.vm = vm;
    this.name = name;
  }

  /** Registers one value of a register. */
  synchronized void add(long address, int size, long value, Runnable action) {
    try {
      Events.Poll waiting = startedPoll();
      Events.Counter counter = new Events.Counter();
      try {
        assign(counter, address, size, value);
        sources.add(new Source(counter, action));
        waiting.add(counter.fd(), Events.EPOLLIN, sources.size() - 1L);
      } catch (SystemCallException | RuntimeException e) {
        sources.removeIf(source -> source.counter == counter);
        counter.close();
        throw e;
      }
    } catch (SystemCallException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private void assign(Events.Counter counter, long address, int size, long value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(Layouts.IOEVENTFD_SIZE, 8);
      request.set(JAVA_LONG, 0, value);
      request.set(JAVA_LONG, Layouts.IOEVENTFD_ADDRESS, address);
      request.set(JAVA_INT, Layouts.IOEVENTFD_LENGTH, size);
      request.set(JAVA_INT, Layouts.IOEVENTFD_FD, counter.fd());
      request.set(JAVA_INT, Layouts.IOEVENTFD_FLAGS, Layouts.IOEVENTFD_DATAMATCH);
      Calls.make(vm, Request.IOEVENTFD, request);
    }
  }

  private Events.Poll startedPoll() throws SystemCallException {
    if (poll == null) {
      Events.Poll made = new Events.Poll();
      Events.Counter ending = new Events.Counter();
      made.add(ending.fd(), Events.EPOLLIN, END);
      poll = made;
      end = ending;
      thread = Thread.ofPlatform().name("fc_events " + name).daemon().start(() -> await(made));
    }
    return poll;
  }

  private void await(Events.Poll waiting) {
    try {
      while (true) {
        for (Events.Poll.Event event : waiting.await(-1)) {
          if (event.tag() == END) {
            return;
          }
          deliver(sources.get((int) event.tag()));
        }
      }
    } catch (SystemCallException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Under the source, so that whoever finds nothing to take knows that the action has run. */
  private static void deliver(Source source) throws SystemCallException {
    synchronized (source.counter) {
      if (source.counter.take() > 0) {
        source.action.run();
      }
    }
  }

  /** Runs the actions of what has been written so far. */
  void deliverAll() {
    try {
      for (Source source : sources) {
        deliver(source);
      }
    } catch (SystemCallException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /** Ends the thread, closes everything; what was not delivered is lost. */
  synchronized void close() {
    Thread waiter = thread;
    if (waiter == null || end == null || poll == null) {
      return;
    }
    try {
      end.signal(1);
      boolean interrupted = false;
      while (waiter.isAlive()) {
        try {
          waiter.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      thread = null;
      poll.close();
      end.close();
      for (Source source : sources) {
        source.counter.close();
      }
    } catch (SystemCallException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
