package dev.portfire.inspect.perf;

import dev.portfire.inspect.SysRoot;
import dev.portfire.linux.PerfRing;
import dev.portfire.linux.ProcessCalls;
import dev.portfire.linux.RingPoll;
import dev.portfire.linux.SystemCallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** KVM's tracepoints as they happen: a ring on each CPU, for all processes or the threads of some. */
final class Rings implements AutoCloseable {
  /** What tells of exits and accesses. */
  static final List<String> EVENTS = List.of("kvm_entry", "kvm_exit", "kvm_mmio", "kvm_pio", "kvm_msr");

  /** Pages of a ring, as perf kvm has them. */
  static final int PAGES = 1024;

  private static final long SAMPLE_TYPE = EventAttribute.IP | EventAttribute.TID | EventAttribute.TIME | EventAttribute.ID
      | EventAttribute.CPU | EventAttribute.PERIOD | EventAttribute.RAW;
  private static final long FLAGS = EventAttribute.DISABLED | EventAttribute.INHERIT | EventAttribute.SAMPLE_ID_ALL
      | EventAttribute.EXCLUDE_HOST | EventAttribute.WATERMARK;
  private static final long ENABLE_ON_EXEC = 1 << 12;

  /** What one event tells of processes besides. */
  private static final long PROCESSES =
      EventAttribute.MMAP | EventAttribute.COMM | EventAttribute.TASK | EventAttribute.MMAP2 | EventAttribute.COMM_EXEC;

  private static final List<String> TRACEFS = List.of("/sys/kernel/tracing", "/sys/kernel/debug/tracing");
  private static final int OTHER_FILES = 100;

  private final SysRoot root;
  private final String tracefs;
  private final List<PerfRing> rings = new ArrayList<>();

  /** For each event of each ring, which of {@link #attributes} it is. */
  private final List<int[]> members = new ArrayList<>();

  private final List<EventAttribute> attributes = new ArrayList<>();
  private final RingPoll poll = new RingPoll();
  private volatile boolean stopping;

  private Rings(SysRoot root, String tracefs) throws SystemCallException {
    this.root = root;
    this.tracefs = tracefs;
  }

  /**
   * Opens rings; nothing is traced before {@link #enable}.
   *
   * @param processes the only ones, with all threads that they have now and those that these will make; or none for all
   * @param onExec whether the processes' events come from their next exec on by themselves
   */
  static Rings open(SysRoot root, Set<Integer> processes, int pages, boolean onExec) throws IOException {
    String tracefs = TRACEFS.stream().filter(directory -> root.exists(directory + "/events")).findFirst().orElseThrow(
        () -> new PerfException("tracefs cannot be read: as root only, and where it is mounted: mount -t tracefs none " + TRACEFS.getFirst()));
    Rings rings = new Rings(root, tracefs);
    try {
      rings.open(processes, pages, onExec);
      return rings;
    } catch (SystemCallException e) {
      rings.close();
      throw switch (e.errno()) {
        case SystemCallException.EACCES, SystemCallException.EPERM -> new PerfException(
            "the kernel refuses tracepoints: run it as root, or with CAP_PERFMON and kernel.perf_event_paranoid at -1");
        case SystemCallException.EMFILE -> new PerfException("too many open files: ulimit -n " + rings.files(rings.threads(processes).size()));
        default -> new PerfException("the events cannot be recorded: " + e.getMessage());
      };
    } catch (IOException e) {
      rings.close();
      throw e;
    }
  }

  private long files(int threads) {
    return (long) EVENTS.size() * threads * cpus().size() + OTHER_FILES;
  }

  private void open(Set<Integer> processes, int pages, boolean onExec) throws IOException {
    for (String event : EVENTS) {
      String file = tracefs + "/events/kvm/" + event + "/id";
      OptionalLong id = root.number(file);
      if (id.isEmpty()) {
        throw new PerfException(file + " cannot be read: as root only, and with KVM loaded: modprobe kvm");
      }
      attributes.add(new EventAttribute(
          EventAttribute.TRACEPOINT, id.getAsLong(), 1, SAMPLE_TYPE, EventAttribute.FORMAT_ID | EventAttribute.FORMAT_LOST,
          FLAGS | (attributes.isEmpty() ? PROCESSES : 0) | (onExec ? ENABLE_ON_EXEC : 0), new long[0]));
    }
    List<Integer> threads = processes.isEmpty() ? List.of(PerfRing.ALL_PROCESSES) : threads(processes);
    if (threads.isEmpty()) {
      throw new PerfException("no such process: " + processes);
    }
    ProcessCalls.allowFiles(files(threads.size()));
    List<List<Long>> ids = new ArrayList<>();
    EVENTS.forEach(event -> ids.add(new ArrayList<>()));
    for (int cpu : cpus()) {
      PerfRing ring = new PerfRing(cpu, pages);
      rings.add(ring);
      List<Integer> own = new ArrayList<>();
      for (int thread : threads) {
        for (int i = 0; i < attributes.size(); i++) {
          add(ring, i, thread, pages, ids, own);
        }
      }
      members.add(own.stream().mapToInt(Integer::intValue).toArray());
      if (ring.isOpen()) {
        poll.add(ring);
      }
    }
    for (int i = 0; i < attributes.size(); i++) {
      attributes.set(i, attributes.get(i).withIds(ids.get(i).stream().mapToLong(Long::longValue).toArray()));
    }
  }

  private void add(PerfRing ring, int event, int thread, int pages, List<List<Long>> ids, List<Integer> own) throws SystemCallException {
    try {
      ids.get(event).add(ring.add(attributes.get(event).structure(pages * PerfRing.PAGE / 4), thread));
      own.add(event);
    } catch (SystemCallException e) {
      // A thread may have ended meanwhile.
      if (e.errno() != SystemCallException.ESRCH || thread == PerfRing.ALL_PROCESSES) {
        throw e;
      }
    }
  }

  private List<Integer> threads(Set<Integer> processes) {
    List<Integer> threads = new ArrayList<>();
    for (int process : processes) {
      for (String name : root.unsorted("/proc/" + process + "/task")) {
        SysRoot.number(name, 10).ifPresent(number -> threads.add((int) number));
      }
    }
    return threads;
  }

  /** The CPUs that are online. */
  private List<Integer> cpus() {
    List<Integer> cpus = new ArrayList<>();
    for (String line : (Iterable<String>) root.text("/proc/stat").orElse("cpu0 ").lines()::iterator) {
      if (line.matches("cpu\\d{1,6} .*")) {
        cpus.add(Integer.parseInt(line.substring(3, line.indexOf(' '))));
      }
    }
    return cpus;
  }

  /** The events, with their numbers. */
  List<EventAttribute> attributes() {
    return attributes;
  }

  /** How many CPUs there are. */
  int cpuCount() {
    return rings.size();
  }

  /** The formats of the events. */
  byte[] tracingData() throws PerfException {
    return TracingData.record(root, tracefs, EVENTS.stream().map(event -> "kvm/" + event).toList());
  }

  void enable() throws SystemCallException {
    for (PerfRing ring : rings) {
      ring.enable();
    }
  }

  void disable() throws SystemCallException {
    for (PerfRing ring : rings) {
      ring.disable();
    }
  }

  /** Ends {@link #await}, from any thread. */
  void stop() {
    stopping = true;
    try {
      poll.wake();
    } catch (SystemCallException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  /**
   * Waits until a ring has filled to a quarter, for the time at most.
   *
   * @return whether there will be more: nobody has called {@link #stop}
   */
  boolean await(int milliseconds) throws SystemCallException {
    if (!stopping) {
      poll.await(milliseconds);
    }
    return !stopping;
  }

  /**
   * Gives away what is in the rings.
   *
   * @return how many bytes
   */
  long drain(PerfRing.Sink sink) throws IOException {
    long bytes = 0;
    for (PerfRing ring : rings) {
      if (ring.isOpen()) {
        bytes += ring.drain(sink);
      }
    }
    return bytes;
  }

  /** How many samples were lost, for each of {@link #attributes}. */
  long[] lost() throws SystemCallException {
    long[] lost = new long[attributes.size()];
    for (int i = 0; i < rings.size(); i++) {
      int[] own = members.get(i);
      for (int k = 0; k < own.length; k++) {
        lost[own[k]] += rings.get(i).lost(k);
      }
    }
    return lost;
  }

  @Override
  public void close() throws SystemCallException {
    for (PerfRing ring : rings) {
      ring.close();
    }
    rings.clear();
    poll.close();
  }
}
