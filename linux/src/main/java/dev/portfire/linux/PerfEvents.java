package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A group of counters of tracepoints, perf_event_open(2): they count together, and are read together. The first event leads the
 * group.
 */
public final class PerfEvents implements AutoCloseable {
  /** All processes. */
  public static final int ALL_PROCESSES = -1;

  /** All CPUs. */
  public static final int ALL_CPUS = -1;

  /** The most events of a group: what one read gives is at most 16 KiB. */
  public static final int MOST = 2047;

  private static final int PERF_TYPE_TRACEPOINT = 2;
  private static final int PERF_FORMAT_GROUP = 8;
  private static final int PERF_FLAG_FD_CLOEXEC = 8;
  private static final long PERF_EVENT_IOC_ENABLE = 0x2400;
  private static final long PERF_EVENT_IOC_DISABLE = 0x2401;
  private static final long PERF_EVENT_IOC_RESET = 0x2403;
  private static final long PERF_EVENT_IOC_SET_FILTER = 0x4008_2406;
  private static final long PERF_IOC_FLAG_GROUP = 1;

  /** {@code struct perf_event_attr}, its first version, and the places of its members. */
  private static final int ATTR_SIZE = 64;

  private static final int ATTR_SIZE_AT = 4;
  private static final int ATTR_CONFIG = 8;
  private static final int ATTR_READ_FORMAT = 32;
  private static final int ATTR_FLAGS = 40;
  private static final long DISABLED = 1;

  private final int process;
  private final int cpu;
  private final Descriptor[] events;
  private final MemorySegment buffer;
  private int count;

  /**
   * Makes an empty group.
   *
   * @param process a thread, or {@link #ALL_PROCESSES}
   * @param cpu a CPU, or {@link #ALL_CPUS}; one of the two has to be particular
   * @param most how many events there will be, up to {@link #MOST}
   */
  public PerfEvents(int process, int cpu, int most) {
    if (most < 1 || most > MOST) {
      throw new IllegalArgumentException("a group of " + most + " events");
    }
    this.process = process;
    this.cpu = cpu;
    events = new Descriptor[most];
    buffer = Arena.ofAuto().allocate(8L * (1 + most), 8);
  }

  /**
   * Adds a counter, which does not count before {@link #start}.
   *
   * @param tracepoint its number, from the file {@code id} of its directory in tracefs
   * @param filter what its fields have to be, or empty (Documentation/trace/events.rst)
   */
  public void add(int tracepoint, String filter) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attr = arena.allocate(ATTR_SIZE, 8);
      attr.set(JAVA_INT, 0, PERF_TYPE_TRACEPOINT);
      attr.set(JAVA_INT, ATTR_SIZE_AT, ATTR_SIZE);
      attr.set(JAVA_LONG, ATTR_CONFIG, tracepoint);
      attr.set(JAVA_LONG, ATTR_READ_FORMAT, PERF_FORMAT_GROUP);
      // The leader holds back the others.
      attr.set(JAVA_LONG, ATTR_FLAGS, count == 0 ? DISABLED : 0);
      int leader = count == 0 ? -1 : events[0].fd();
      Descriptor event = Descriptor.of((int) RawCalls.call(
          "perf_event_open(tracepoint %d, process %d, CPU %d)".formatted(tracepoint, process, cpu),
          RawCalls.PERF_EVENT_OPEN, attr.address(), process, cpu, leader, PERF_FLAG_FD_CLOEXEC));
      events[count++] = event;
      if (!filter.isEmpty()) {
        event.ioctl("PERF_EVENT_IOC_SET_FILTER \"" + filter + "\"", PERF_EVENT_IOC_SET_FILTER, arena.allocateFrom(filter).address());
      }
    }
  }

  /** Sets all counters to 0 and lets them count. */
  public void start() throws SystemCallException {
    events[0].ioctl("PERF_EVENT_IOC_RESET", PERF_EVENT_IOC_RESET, PERF_IOC_FLAG_GROUP);
    events[0].ioctl("PERF_EVENT_IOC_ENABLE", PERF_EVENT_IOC_ENABLE, 0);
  }

  /** Lets them count no more, which costs much less than {@link #close}: the kernel waits for all CPUs at each counter's end. */
  public void stop() throws SystemCallException {
    events[0].ioctl("PERF_EVENT_IOC_DISABLE", PERF_EVENT_IOC_DISABLE, 0);
  }

  /**
   * Reads all counters at once.
   *
   * @param values where they are put, in the order in which they were added
   */
  public void read(long[] values) throws SystemCallException {
    long length = events[0].read(buffer.asSlice(0, 8L * (1 + count)));
    if (length != 8L * (1 + count) || buffer.get(JAVA_LONG, 0) != count) {
      throw new IllegalStateException("%d bytes about %d events of %d".formatted(length, buffer.get(JAVA_LONG, 0), count));
    }
    MemorySegment.copy(buffer, JAVA_LONG, 8, values, 0, count);
  }

  @Override
  public void close() throws SystemCallException {
    while (count > 0) {
      events[--count].close();
    }
  }
}
