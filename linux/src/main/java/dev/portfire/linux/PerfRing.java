package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Events of one CPU whose samples the kernel puts into a ring that this process reads, perf_event_open(2). Where there is no room, it
 * says so in the ring; nothing that was not read is overwritten.
 */
public final class PerfRing implements AutoCloseable {
  /** All processes. */
  public static final int ALL_PROCESSES = -1;

  /** Bytes of a page. */
  public static final int PAGE = 4096;

  private static final long PERF_EVENT_IOC_ENABLE = 0x2400;
  private static final long PERF_EVENT_IOC_DISABLE = 0x2401;
  private static final long PERF_EVENT_IOC_SET_OUTPUT = 0x2405;
  private static final long PERF_EVENT_IOC_ID = 0x8008_2407L;
  private static final long PERF_FLAG_FD_CLOEXEC = 8;

  /** Members of {@code struct perf_event_mmap_page}, {@code <linux/perf_event.h>}. */
  private static final long DATA_HEAD = 1024;

  private static final long DATA_TAIL = 1032;
  private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

  /** What gets the bytes of a ring. */
  public interface Sink {
    /** Takes all of some bytes; records may go on in the next ones. */
    void write(ByteBuffer bytes) throws IOException;
  }

  private final int cpu;
  private final long size;
  private final List<Descriptor> events = new ArrayList<>();
  private MemorySegment page = MemorySegment.NULL;
  private ByteBuffer data = ByteBuffer.allocate(0);

  /**
   * Makes one, without events.
   *
   * @param cpu its CPU
   * @param pages how large it will be, a power of two
   */
  public PerfRing(int cpu, int pages) {
    if (Integer.bitCount(pages) != 1) {
      throw new IllegalArgumentException("a ring of " + pages + " pages");
    }
    this.cpu = cpu;
    size = (long) pages * PAGE;
  }

  /**
   * Adds an event.
   *
   * @param attribute {@code struct perf_event_attr}
   * @param process a thread, or {@link #ALL_PROCESSES}
   * @return its number, which samples have
   */
  public long add(byte[] attribute, int process) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment structure = arena.allocate(attribute.length, 8).copyFrom(MemorySegment.ofArray(attribute));
      Descriptor event = Descriptor.of((int) RawCalls.call(
          "perf_event_open(process %d, CPU %d)".formatted(process, cpu),
          RawCalls.PERF_EVENT_OPEN, structure.address(), process, cpu, -1, PERF_FLAG_FD_CLOEXEC));
      events.add(event);
      if (events.size() == 1) {
        MemorySegment mapping = event.map(PAGE + size);
        page = mapping;
        data = mapping.asSlice(PAGE).asByteBuffer();
      } else {
        event.ioctl("PERF_EVENT_IOC_SET_OUTPUT", PERF_EVENT_IOC_SET_OUTPUT, events.getFirst().fd());
      }
      MemorySegment id = arena.allocate(8, 8);
      event.ioctl("PERF_EVENT_IOC_ID", PERF_EVENT_IOC_ID, id.address());
      return id.get(JAVA_LONG, 0);
    }
  }

  /** Whether it has events. */
  public boolean isOpen() {
    return !events.isEmpty();
  }

  /** What can be waited for: it is readable when the ring is as full as its first event's attribute says. */
  public int fd() {
    return events.getFirst().fd();
  }

  /** Lets all events come. */
  public void enable() throws SystemCallException {
    for (Descriptor event : events) {
      event.ioctl("PERF_EVENT_IOC_ENABLE", PERF_EVENT_IOC_ENABLE, 0);
    }
  }

  /** Lets none come. */
  public void disable() throws SystemCallException {
    for (Descriptor event : events) {
      event.ioctl("PERF_EVENT_IOC_DISABLE", PERF_EVENT_IOC_DISABLE, 0);
    }
  }

  /**
   * Gives away what is in the ring.
   *
   * @return how many bytes
   */
  public long drain(Sink sink) throws IOException {
    long tail = page.get(JAVA_LONG, DATA_TAIL);
    // What the kernel wrote before it moved the head is seen after this.
    long head = (long) WORD.getAcquire(page, DATA_HEAD);
    if (head == tail) {
      return 0;
    }
    int from = (int) (tail & size - 1);
    int first = (int) Math.min(head - tail, size - from);
    sink.write(data.slice(from, first));
    if (head - tail > first) {
      sink.write(data.slice(0, (int) (head - tail - first)));
    }
    // The kernel may write over it from now on.
    WORD.setRelease(page, DATA_TAIL, head);
    return head - tail;
  }

  /**
   * How many samples the kernel had no room for, of an event whose {@code read_format} is ID and LOST.
   *
   * @param event its place among those added
   */
  public long lost(int event) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment values = arena.allocate(24, 8);
      // Not pread, which the kernel refuses here.
      long length = RawCalls.call(
          "read(%d, 24 bytes)".formatted(events.get(event).fd()), RawCalls.READ, events.get(event).fd(), values.address(), values.byteSize(), 0, 0);
      return length == values.byteSize() ? values.get(JAVA_LONG, 16) : 0;
    }
  }

  @Override
  public void close() throws SystemCallException {
    if (!page.equals(MemorySegment.NULL)) {
      data = ByteBuffer.allocate(0);
      SystemCalls.munmap(page);
      page = MemorySegment.NULL;
    }
    for (Descriptor event : events) {
      event.close();
    }
    events.clear();
  }
}
