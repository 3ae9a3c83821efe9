package dev.portfire.inspect.kvmstat;

import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.kvmstat.ExitReasons.Isa;
import dev.portfire.inspect.kvmstat.ExitReasons.Reason;
import dev.portfire.inspect.lscpu.CpuList;
import dev.portfire.linux.PerfEvents;
import dev.portfire.linux.ProcessCalls;
import dev.portfire.linux.SystemCallException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The kernel's tracepoints of KVM, counted by perf events: a group on each CPU, or, for one process, on each of its threads, those
 * that come later included. An exit for one reason is an event of its own, with a filter.
 */
final class TracepointSource implements Source {
  /**
   * A tracepoint, or a part of one.
   *
   * @param directory that it is in, below {@code events/kvm}
   * @param filter what is counted of it; empty for all
   */
  record Tracepoint(Event event, String directory, String filter) {}

  /** Files that are open besides the counters'. */
  private static final int OTHER_FILES = 50;

  private static final int EVERYTHING = 0;

  /** Groups that are kept for the end to close. */
  private static final int MOST_RETIRED = 64;

  private final SysRoot root;
  private final String directory;
  private final List<Tracepoint> all;
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<Integer, PerfEvents> groups = new LinkedHashMap<>();

  /** Groups of earlier choices, stopped: to close them takes seconds, and the user is waiting. */
  private final Deque<PerfEvents> retired = new ArrayDeque<>();

  private List<Tracepoint> selected = List.of();
  private long[] values = new long[0];

  /** What threads that have ended had counted. */
  private long[] ended = new long[0];

  private int pid = EVERYTHING;

  private TracepointSource(SysRoot root, String directory, List<Tracepoint> all) {
    this.root = root;
    this.directory = directory;
    this.all = all;
  }

  /** Opens it, which tries whether the kernel lets this user count. */
  static TracepointSource open(SysRoot root) throws SourceException {
    Mounts mounts = Mounts.of(root);
    if (mounts.tracefs().isEmpty()) {
      throw new SourceException("tracefs is not mounted: mount -t tracefs none /sys/kernel/tracing");
    }
    String directory = mounts.tracefs().get() + "/events/kvm";
    if (root.unsorted(directory).isEmpty()) {
      throw new SourceException(problem(root, mounts.tracefs().get()));
    }
    TracepointSource source = new TracepointSource(root, directory, tracepoints(root, directory, Isa.of(root)));
    source.probe();
    return source;
  }

  private static String problem(SysRoot root, String tracefs) {
    if (!Files.isReadable(root.path(tracefs)) || !root.exists(tracefs + "/events") && root.unsorted(tracefs).isEmpty()) {
      return tracefs + " can be read by root only: sudo kvm_stat -t";
    }
    return tracefs + "/events/kvm is not there, for KVM is not loaded: modprobe kvm";
  }

  /** What there is to be counted, below a directory. */
  static List<Tracepoint> tracepoints(SysRoot root, String directory, Isa isa) {
    List<Tracepoint> found = new ArrayList<>();
    for (String name : root.list(directory)) {
      if (!root.exists(directory + "/" + name + "/id")) {
        continue;
      }
      found.add(new Tracepoint(new Event(name), name, ""));
      List<Reason> reasons = switch (name) {
        case "kvm_exit" -> ExitReasons.of(isa);
        case "kvm_userspace_exit" -> ExitReasons.userspace();
        default -> List.of();
      };
      for (Reason reason : reasons) {
        found.add(new Tracepoint(new Event(name + "(" + reason.name() + ")", name), name, reason.filter()));
      }
    }
    return found;
  }

  private void probe() throws SourceException {
    try (PerfEvents group = new PerfEvents(PerfEvents.ALL_PROCESSES, cpus().getFirst(), 1)) {
      group.add(id(all.getFirst()), "");
    } catch (SystemCallException e) {
      throw refused(e);
    }
  }

  private SourceException refused(SystemCallException e) {
    return switch (e.errno()) {
      case SystemCallException.EACCES, SystemCallException.EPERM -> {
        boolean strict = root.number("/proc/sys/kernel/perf_event_paranoid").orElse(2) > -1;
        yield new SourceException("the kernel refuses perf events of tracepoints ("
            + (strict ? "sysctl kernel.perf_event_paranoid): sudo kvm_stat -t" : "lockdown, or a security module): kvm_stat --source=stats"));
      }
      case SystemCallException.EMFILE -> new SourceException("too many open files: ulimit -n " + files(2 * groups.size() + 2));
      default -> new SourceException("tracepoints cannot be counted: " + e.getMessage());
    };
  }

  private List<Integer> cpus() {
    List<Integer> cpus = new ArrayList<>();
    root.line("/sys/devices/system/cpu/online")
        .flatMap(CpuList::parse)
        .ifPresent(set -> set.stream().forEach(cpus::add));
    return cpus.isEmpty() ? List.of(0) : cpus;
  }

  private int id(Tracepoint tracepoint) throws SourceException {
    Integer known = ids.get(tracepoint.directory);
    if (known != null) {
      return known;
    }
    String file = directory + "/" + tracepoint.directory + "/id";
    OptionalLong number = root.number(file);
    if (number.isEmpty()) {
      throw new SourceException(file + " can be read by root only: sudo kvm_stat -t");
    }
    int id = (int) number.getAsLong();
    ids.put(tracepoint.directory, id);
    return id;
  }

  @Override
  public List<Event> events() {
    return all.stream().map(Tracepoint::event).toList();
  }

  @Override
  public void select(Predicate<String> wanted, int process) throws SourceException {
    retire();
    Set<String> names = new HashSet<>();
    for (Tracepoint tracepoint : all) {
      if (wanted.test(tracepoint.event.name())) {
        names.add(tracepoint.event.name());
        names.add(tracepoint.event.parent());
      }
    }
    selected = all.stream().filter(tracepoint -> names.contains(tracepoint.event.name())).limit(PerfEvents.MOST).toList();
    values = new long[selected.size()];
    ended = new long[selected.size()];
    pid = process;
    openGroups();
  }

  private void retire() throws SourceException {
    try {
      for (PerfEvents group : groups.values()) {
        group.stop();
        retired.add(group);
      }
      groups.clear();
      while (retired.size() > MOST_RETIRED) {
        retired.remove().close();
      }
    } catch (SystemCallException e) {
      throw refused(e);
    }
  }

  /** How many files have to be open. */
  private long files(int groupCount) {
    return (long) groupCount * Math.max(1, selected.size()) + (long) retired.size() * all.size() + OTHER_FILES;
  }

  private void openGroups() throws SourceException {
    if (selected.isEmpty()) {
      return;
    }
    List<Integer> members = pid == EVERYTHING ? cpus() : threads();
    try {
      if (!groups.keySet().containsAll(members)) {
        ProcessCalls.allowFiles(files(members.size()));
      }
      for (int member : members) {
        if (!groups.containsKey(member)) {
          openGroup(member);
        }
      }
    } catch (SystemCallException e) {
      throw refused(e);
    }
  }

  private List<Integer> threads() {
    List<Integer> threads = new ArrayList<>();
    for (String name : root.unsorted("/proc/" + pid + "/task")) {
      SysRoot.number(name, 10).ifPresent(number -> threads.add((int) number));
    }
    return threads;
  }

  private void openGroup(int member) throws SystemCallException, SourceException {
    PerfEvents group = pid == EVERYTHING
        ? new PerfEvents(PerfEvents.ALL_PROCESSES, member, selected.size())
        : new PerfEvents(member, PerfEvents.ALL_CPUS, selected.size());
    try {
      for (Tracepoint tracepoint : selected) {
        group.add(id(tracepoint), tracepoint.filter);
      }
      group.start();
      groups.put(member, group);
    } catch (SystemCallException e) {
      group.close();
      if (e.errno() != SystemCallException.ESRCH) {
        throw e;
      }
      // The thread has ended meanwhile.
    } catch (SourceException e) {
      group.close();
      throw e;
    }
  }

  @Override
  public Map<Event, Long> read(boolean byGuest) throws SourceException {
    openGroups();
    long[] sums = ended.clone();
    Set<Integer> alive = new HashSet<>(pid == EVERYTHING ? groups.keySet() : threads());
    try {
      for (var entry : List.copyOf(groups.entrySet())) {
        entry.getValue().read(values);
        boolean over = !alive.contains(entry.getKey());
        for (int i = 0; i < values.length; i++) {
          sums[i] += values[i];
          ended[i] += over ? values[i] : 0;
        }
        if (over) {
          groups.remove(entry.getKey());
          entry.getValue().close();
        }
      }
    } catch (SystemCallException e) {
      throw new SourceException("tracepoints cannot be read: " + e.getMessage());
    }
    Map<Event, Long> counts = new TreeMap<>();
    for (int i = 0; i < sums.length; i++) {
      counts.put(selected.get(i).event, sums[i]);
    }
    return counts;
  }

  @Override
  public void reset() throws SourceException {
    ended = new long[selected.size()];
    try {
      for (PerfEvents group : groups.values()) {
        group.start();
      }
    } catch (SystemCallException e) {
      throw new SourceException("tracepoints cannot be reset: " + e.getMessage());
    }
  }

  @Override
  public boolean knowsGuests() {
    return false;
  }

  @Override
  public void close() {
    retired.addAll(groups.values());
    groups.clear();
    try {
      while (!retired.isEmpty()) {
        retired.remove().close();
      }
    } catch (SystemCallException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
