package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/** Event counters (eventfd) and waiting for many descriptors (epoll). */
@SuppressWarnings("restricted") // this module exists to make restricted calls
public final class Events {
  /** There is something to read; {@code <sys/epoll.h>}. */
  public static final int EPOLLIN = 1;

  /** There is room to write. */
  public static final int EPOLLOUT = 4;

  /** Both sides are shut down; always waited for. */
  public static final int EPOLLHUP = 0x10;

  /** The other side has said that nothing more comes. */
  public static final int EPOLLRDHUP = 0x2000;

  /** Edge-triggered. */
  public static final int EPOLLET = 1 << 31;

  private static final int EFD_CLOEXEC = 0x80000;
  private static final int EFD_NONBLOCK = 0x800;
  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLL_CTL_DEL = 2;

  /** {@code struct epoll_event} is packed on x86-64: events, then data. */
  private static final int EVENT_SIZE = 12;

  private static final int EVENT_DATA = 4;

  private static final MethodHandle EVENTFD =
      SystemCalls.handle("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  static final MethodHandle READ =
      SystemCalls.handle("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  static final MethodHandle WRITE =
      SystemCalls.handle("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle EPOLL_CREATE =
      SystemCalls.handle("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle EPOLL_CTL =
      SystemCalls.handle("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle EPOLL_WAIT =
      SystemCalls.handle("epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));

  private Events() {}

  /** An event counter whose reads do not wait; any thread may use it. It allocates nothing when it is used. */
  public static final class Counter implements AutoCloseable {
    private final Descriptor descriptor;
    private final MemorySegment state = Arena.ofAuto().allocate(SystemCalls.ERRNO_LAYOUT);
    private final MemorySegment value = Arena.ofAuto().allocate(JAVA_LONG);

    /** Makes a counter of 0. */
    public Counter() throws SystemCallException {
      try {
        int fd = (int) EVENTFD.invokeExact(state, 0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (fd < 0) {
          throw SystemCalls.failure("eventfd(0, 0x%x)".formatted(EFD_CLOEXEC | EFD_NONBLOCK), state);
        }
        descriptor = Descriptor.of(fd);
      } catch (SystemCallException e) {
        throw e;
      } catch (Throwable e) {
        throw SystemCalls.impossible(e);
      }
    }

    /** The descriptor's number, which must not be closed but here. */
    public int fd() {
      return descriptor.fd();
    }

    /** Adds to it. */
    public synchronized void signal(long amount) throws SystemCallException {
      try {
        value.set(JAVA_LONG, 0, amount);
        if ((long) WRITE.invokeExact(state, descriptor.fd(), value, 8L) != 8) {
          throw SystemCalls.failure("write(%d, %d)".formatted(descriptor.fd(), amount), state);
        }
      } catch (SystemCallException e) {
        throw e;
      } catch (Throwable e) {
        throw SystemCalls.impossible(e);
      }
    }

    /** Takes what it has counted; 0 if that is nothing. */
    public synchronized long take() throws SystemCallException {
      try {
        if ((long) READ.invokeExact(state, descriptor.fd(), value, 8L) == 8) {
          return value.get(JAVA_LONG, 0);
        }
        SystemCallException e = SystemCalls.failure("read(%d, 8 bytes)".formatted(descriptor.fd()), state);
        if (e.errno() == SystemCallException.EAGAIN) {
          return 0;
        }
        throw e;
      } catch (SystemCallException e) {
        throw e;
      } catch (Throwable e) {
        throw SystemCalls.impossible(e);
      }
    }

    @Override
    public void close() throws SystemCallException {
      descriptor.close();
    }
  }

  /** A set of descriptors to wait for; one thread waits, any thread may add and remove. */
  public static final class Poll implements AutoCloseable {
    /**
     * Something that happened.
     *
     * @param tag what the descriptor was added with
     * @param events {@code EPOLL} flags
     */
    public record Event(long tag, int events) {}

    private static final int BATCH = 64;

    private final Descriptor epoll;
    private final MemorySegment buffer = Arena.ofAuto().allocate((long) BATCH * EVENT_SIZE, 8);

    /** Makes an empty set. */
    public Poll() throws SystemCallException {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
        int fd = (int) EPOLL_CREATE.invokeExact(state, EPOLL_CLOEXEC);
        if (fd < 0) {
          throw SystemCalls.failure("epoll_create1(0x%x)".formatted(EPOLL_CLOEXEC), state);
        }
        epoll = Descriptor.of(fd);
      } catch (SystemCallException e) {
        throw e;
      } catch (Throwable e) {
        throw SystemCalls.impossible(e);
      }
    }

    private void control(int operation, int fd, int events, long tag) throws SystemCallException {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
        MemorySegment event = arena.allocate(EVENT_SIZE, 4);
        event.set(JAVA_INT_UNALIGNED, 0, events);
        event.set(JAVA_LONG_UNALIGNED, EVENT_DATA, tag);
        if ((int) EPOLL_CTL.invokeExact(state, epoll.fd(), operation, fd, event) != 0) {
          throw SystemCalls.failure(
              "epoll_ctl(%d, %d, %d, {0x%x, %d})".formatted(epoll.fd(), operation, fd, events, tag), state);
        }
      } catch (SystemCallException e) {
        throw e;
      } catch (Throwable e) {
        throw SystemCalls.impossible(e);
      }
    }

    /**
     * Adds a descriptor.
     *
     * @param events {@code EPOLL} flags to wait for
     * @param tag a number to know it by
     */
    public void add(int fd, int events, long tag) throws SystemCallException {
      control(EPOLL_CTL_ADD, fd, events, tag);
    }

    /** Removes a descriptor. */
    public void remove(int fd) throws SystemCallException {
      control(EPOLL_CTL_DEL, fd, 0, 0);
    }

    /**
     * Waits until something happens.
     *
     * @param milliseconds the longest time to wait; negative: for ever
     * @return what happened; nothing if the time is over or a signal came
     */
    public List<Event> await(int milliseconds) throws SystemCallException {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
        int count = (int) EPOLL_WAIT.invokeExact(state, epoll.fd(), buffer, BATCH, milliseconds);
        if (count < 0) {
          SystemCallException e = SystemCalls.failure("epoll_wait(%d, %d)".formatted(epoll.fd(), milliseconds), state);
          if (e.errno() == SystemCallException.EINTR) {
            return List.of();
          }
          throw e;
        }
        List<Event> events = new ArrayList<>();
        for (int k = 0; k < count; k++) {
          long at = (long) k * EVENT_SIZE;
          events.add(
              new Event(buffer.get(JAVA_LONG_UNALIGNED, at + EVENT_DATA), buffer.get(JAVA_INT_UNALIGNED, at)));
        }
        return events;
      } catch (SystemCallException e) {
        throw e;
      } catch (Throwable e) {
        throw SystemCalls.impossible(e);
      }
    }

    @Override
    public void close() throws SystemCallException {
      epoll.close();
    }
  }
}
