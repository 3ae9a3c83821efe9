package dev.portfire.inspect.perf;

import dev.portfire.inspect.SysRoot;
import dev.portfire.linux.PerfRing;
import dev.portfire.linux.ProcessCalls;
import dev.portfire.linux.RingPoll;
import dev.portfire.linux.Signals;
import dev.portfire.linux.SystemCallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Events as they happen: a ring on each CPU, for all processes or some threads. */
final class Rings implements AutoCloseable {
  private static final int OTHER_FILES = 100;

  /**
   * Whose events.
   *
   * @param threads the only ones, and those that these will make; or none for all
   * @param cpus the only ones; or none for all
   * @param onExec whether events come from the threads' next exec on by themselves
   */
  record Target(Set<Integer> threads, Set<Integer> cpus, boolean onExec) {
    /** Everything. */
    static final Target ALL = new Target(Set.of(), Set.of(), false);

    /** All threads that some processes have now; everything if there is none. */
    static Target processes(SysRoot root, Set<Integer> processes) throws PerfException {
      Set<Integer> threads = new LinkedHashSet<>();
      for (int process : processes) {
        for (String name : root.unsorted("/proc/" + process + "/task")) {
          SysRoot.number(name, 10).ifPresent(number -> threads.add((int) number));
        }
      }
      if (threads.isEmpty() && !processes.isEmpty()) {
        throw new PerfException("no such process: " + processes);
      }
      return new Target(threads, Set.of(), false);
    }

    /** A program that has yet to begin. */
    static Target program(int process) {
      return new Target(Set.of(process), Set.of(), true);
    }

    Target withCpus(Set<Integer> others) {
      return new Target(threads, others, onExec);
    }
  }

  private final SysRoot root;
  private final List<PerfRing> rings = new ArrayList<>();

  /** For each event of each ring, which of {@link #attributes} it is. */
  private final List<int[]> members = new ArrayList<>();

  private final List<EventAttribute> attributes = new ArrayList<>();
  private final RingPoll poll = new RingPoll();
  private volatile boolean stopping;
  private volatile int signal;

  private Rings(SysRoot root) throws SystemCallException {
    this.root = root;
  }

  /**
   * Opens rings; nothing comes before {@link #enable}.
   *
   * @param events what is wanted; the first one tells of processes besides, if it says so
   * @param pages of a ring, a power of two
   */
  static Rings open(SysRoot root, List<EventAttribute> events, Target target, int pages) throws IOException {
    Rings rings = new Rings(root);
    try {
      rings.attributes.addAll(events);
      rings.open(target, pages);
      return rings;
    } catch (SystemCallException e) {
      rings.close();
      throw explained(e, events, target, rings.files(target));
    } catch (IOException e) {
      rings.close();
      throw e;
    }
  }

  /** What a refusal means for somebody who wants to record. */
  static PerfException explained(SystemCallException e, List<EventAttribute> events, Target target, long files) {
    boolean tracepoints = events.stream().anyMatch(event -> event.type() == EventAttribute.TRACEPOINT);
    String what = tracepoints ? "tracepoints" : target.threads.isEmpty() ? "events of all processes" : "these events";
    return switch (e.errno()) {
      case SystemCallException.EACCES, SystemCallException.EPERM -> new PerfException(
          "the kernel refuses " + what + ": run it as root, or with CAP_PERFMON and kernel.perf_event_paranoid at -1");
      case SystemCallException.EMFILE -> new PerfException("too many open files: ulimit -n " + files);
      case SystemCallException.ENOMEM -> new PerfException("the kernel has no memory for rings of that size: -m with fewer pages");
      default -> new PerfException("the events cannot be recorded: " + e.getMessage());
    };
  }

  /** How the kernel refuses an event, of a thread and CPU of those wanted; 0 if it does not. */
  static int refusal(SysRoot root, EventAttribute event, Target target) throws SystemCallException {
    try (PerfRing ring = new PerfRing(target.cpus.isEmpty() ? cpus(root).getFirst() : target.cpus.iterator().next(), 1)) {
      long unused = ring.add(event.structure(PerfRing.PAGE / 4), target.threads.isEmpty() ? PerfRing.ALL_PROCESSES : target.threads.iterator().next());
      return 0;
    } catch (SystemCallException e) {
      return e.errno();
    }
  }

  private long files(Target target) {
    return (long) attributes.size() * Math.max(1, target.threads.size()) * cpus(root).size() + OTHER_FILES;
  }

  private void open(Target target, int pages) throws IOException {
    List<Integer> threads = target.threads.isEmpty() ? List.of(PerfRing.ALL_PROCESSES) : List.copyOf(target.threads);
    List<Integer> cpus = new ArrayList<>(cpus(root));
    for (int cpu : target.cpus) {
      if (!cpus.contains(cpu)) {
        throw new PerfException("CPU " + cpu + " is not online");
      }
    }
    cpus.removeIf(cpu -> !target.cpus.isEmpty() && !target.cpus.contains(cpu));
    attributes.replaceAll(event -> target.onExec ? event.withFlags(event.flags() | EventAttribute.ENABLE_ON_EXEC) : event);
    ProcessCalls.allowFiles(files(target));
    List<List<Long>> ids = new ArrayList<>();
    attributes.forEach(event -> ids.add(new ArrayList<>()));
    for (int cpu : cpus) {
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

  /** The CPUs that are online. */
  static List<Integer> cpus(SysRoot root) {
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

  /** Ends {@link #await} when SIGINT or SIGTERM comes. */
  void stopAtSignal() throws SystemCallException {
    Signals signals = Signals.handle(List.of(Signals.SIGINT, Signals.SIGTERM));
    Thread.ofPlatform().daemon().name("signals").start(() -> {
      try {
        signal = signals.next().number();
      } catch (SystemCallException e) {
        signal = Signals.SIGTERM;
      }
      stop();
    });
  }

  /** The signal that has come; 0 if none has. */
  int signal() {
    return signal;
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
