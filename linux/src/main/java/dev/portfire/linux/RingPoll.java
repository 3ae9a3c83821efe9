package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Waits until a {@link PerfRing} has filled to where its reader wants to know, or another thread calls: ppoll(2) and eventfd(2). As
 * {@link Events.Poll}, but for programs that start often and wait seldom: nothing has to be linked for it.
 */
public final class RingPoll implements AutoCloseable {
  /** {@code struct pollfd}: descriptor, events, what has happened; {@code <poll.h>}. */
  private static final int ENTRY = 8;

  private static final int EVENTS = 4;
  private static final int HAPPENED = 6;
  private static final short POLLIN = 1;
  private static final short POLLHUP = 0x10;
  private static final int EFD_CLOEXEC = 0x80000;
  private static final int EFD_NONBLOCK = 0x800;
  private static final long MILLION = 1_000_000;

  private final Descriptor wake;
  private MemorySegment entries = Arena.ofAuto().allocate(64 * ENTRY, 8);
  private int count;

  /** Makes one that waits for {@link #wake} only. */
  public RingPoll() throws SystemCallException {
    wake = Descriptor.of((int) RawCalls.call("eventfd2(0, EFD_CLOEXEC | EFD_NONBLOCK)", RawCalls.EVENTFD2, 0, EFD_CLOEXEC | EFD_NONBLOCK, 0, 0, 0));
    add(wake.fd());
  }

  /** Waits for a ring, too. */
  public void add(PerfRing ring) {
    add(ring.fd());
  }

  private void add(int fd) {
    long at = (long) count++ * ENTRY;
    if (at == entries.byteSize()) {
      MemorySegment larger = Arena.ofAuto().allocate(2 * at, 8);
      larger.copyFrom(entries);
      entries = larger;
    }
    entries.set(JAVA_INT, at, fd);
    entries.set(JAVA_SHORT, at + EVENTS, POLLIN);
  }

  /**
   * Waits. A ring whose threads have all ended is waited for no longer.
   *
   * @param milliseconds for how long at most
   */
  public void await(int milliseconds) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(16, 8);
      time.set(JAVA_LONG, 0, milliseconds / 1000);
      time.set(JAVA_LONG, 8, milliseconds % 1000 * MILLION);
      RawCalls.call("ppoll(%d descriptors)".formatted(count), RawCalls.PPOLL, entries.address(), count, time.address(), 0, 0);
    } catch (SystemCallException e) {
      if (e.errno() != SystemCallException.EINTR) {
        throw e;
      }
      return;
    }
    for (long at = 0; at < (long) count * ENTRY; at += ENTRY) {
      if ((entries.get(JAVA_SHORT, at + HAPPENED) & POLLHUP) != 0) {
        entries.set(JAVA_INT, at, -1);
      }
    }
  }

  /** Ends {@link #await} from now on, from any thread. */
  public void wake() throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(8, 8);
      one.set(JAVA_LONG, 0, 1);
      RawCalls.call("write(%d)".formatted(wake.fd()), RawCalls.WRITE, wake.fd(), one.address(), 8, 0, 0);
    }
  }

  @Override
  public void close() throws SystemCallException {
    wake.close();
  }
}
