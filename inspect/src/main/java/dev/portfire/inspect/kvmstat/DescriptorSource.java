package dev.portfire.inspect.kvmstat;

import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.host.MachineScan;
import dev.portfire.inspect.host.MachineScan.Statistics;
import dev.portfire.inspect.host.StatisticsFile;
import dev.portfire.linux.SystemCallException;
import dev.portfire.machine.BinaryStatistics;
import dev.portfire.machine.BinaryStatistics.Kind;
import dev.portfire.machine.BinaryStatistics.Statistic;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Files of {@link BinaryStatistics} that monitors have open: KVM's about their machines and vCPUs, or those about the vCPUs of
 * Portfire. They are given back as soon as the monitor has closed its own.
 */
final class DescriptorSource implements Source {
  /** Whose files. */
  enum Kinds {
    /** KVM's. */
    KVM,
    /** Portfire's. */
    PORTFIRE
  }

  /** How often new machines are looked for, if all are wanted. */
  private static final long SCAN_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** The sum of what Portfire counts. */
  private static final String EXITS = "portfire_exit";

  private static final Set<String> TIMES = Set.of("halt_poll_fail_ns", "halt_poll_success_ns", "halt_wait_ns");

  /** A file that is open. */
  private final class Opened {
    final StatisticsFile file;
    final List<Event> events = new ArrayList<>();
    final List<Integer> offsets = new ArrayList<>();
    final long[] baseline;

    Opened(StatisticsFile file, boolean past) throws SystemCallException {
      this.file = file;
      for (Statistic statistic : file.description().statistics()) {
        if (statistic.size() == 1 && isCounted(statistic)) {
          events.add(event(statistic.name()));
          offsets.add(statistic.offset());
        }
      }
      baseline = new long[events.size()];
      if (!past) {
        rebase();
      }
    }

    long value(int index) {
      return file.value(offsets.get(index)) - baseline[index];
    }

    void rebase() throws SystemCallException {
      file.load();
      for (int i = 0; i < baseline.length; i++) {
        baseline[i] = file.value(offsets.get(i));
      }
    }

    private boolean isCounted(Statistic statistic) {
      return kinds == Kinds.KVM
          ? !TIMES.contains(statistic.name())
          : statistic.kind() == Kind.CUMULATIVE && statistic.unit() == BinaryStatistics.Unit.NONE;
    }
  }

  private final SysRoot root;
  private final Kinds kinds;
  private final boolean includePast;
  private final Map<Statistics, Opened> opened = new LinkedHashMap<>();

  /** Those that cannot be had, so that they are not tried again and again. */
  private final Set<Statistics> refused = new TreeSet<>();

  private Predicate<String> wanted = name -> true;
  private int pid;
  private long lastScan;
  private boolean started;

  private DescriptorSource(SysRoot root, Kinds kinds, boolean includePast) {
    this.root = root;
    this.kinds = kinds;
    this.includePast = includePast;
  }

  /**
   * Opens it. KVM's are there if a monitor keeps some open that this user may have; Portfire's may come later.
   *
   * @param includePast whether to count what happened before the start, too
   */
  static DescriptorSource open(SysRoot root, Kinds kinds, boolean includePast) throws SourceException {
    DescriptorSource source = new DescriptorSource(root, kinds, includePast);
    source.scan();
    if (source.opened.isEmpty()) {
      throw new SourceException(source.problem());
    }
    return source;
  }

  private String problem() {
    if (!refused.isEmpty()) {
      Statistics first = refused.iterator().next();
      return "process " + first.pid() + " does not let this user copy its descriptors"
          + (root.number("/proc/sys/kernel/yama/ptrace_scope").orElse(0) > 0 ? " (sysctl kernel.yama.ptrace_scope)" : "")
          + ": sudo kvm_stat --source=" + (kinds == Kinds.KVM ? "stats" : "portfire");
    }
    String title = kinds == Kinds.KVM ? "stats" : "portfire";
    String others = "root".equals(System.getProperty("user.name")) ? "" : "; others' are seen by root: sudo kvm_stat --source=" + title;
    return kinds == Kinds.KVM
        ? "no monitor keeps statistics open, as Portfire does: portfire run --accel kvm" + others
        : "no machine of Portfire runs: portfire run" + others;
  }

  private Event event(String name) {
    return kinds == Kinds.KVM ? new Event(name) : new Event(EXITS + "(" + name + ")", EXITS);
  }

  /** Looks for files that were not there before, and gives back those that are not there any more. */
  private void scan() {
    Iterator<Opened> known = opened.values().iterator();
    while (known.hasNext()) {
      Opened next = known.next();
      if (!MachineScan.isThere(root, next.file.where())) {
        known.remove();
        next.file.close();
      }
    }
    long now = System.nanoTime();
    if (pid == 0 && lastScan != 0 && now - lastScan < SCAN_NANOS) {
      return;
    }
    lastScan = now;
    List<Statistics> found = pid == 0 ? MachineScan.statistics(root) : MachineScan.statistics(root, pid);
    for (Statistics file : found) {
      if (file.isOfPortfire() == (kinds == Kinds.PORTFIRE) && !opened.containsKey(file) && !refused.contains(file)
          && !isCopy(file)) {
        open(file);
      }
    }
    started = true;
  }

  /** Whether it is one that was copied here, from this very process. */
  private boolean isCopy(Statistics file) {
    return file.pid() == ProcessHandle.current().pid()
        && opened.values().stream().anyMatch(other -> other.file.fd() == file.fd());
  }

  private void open(Statistics where) {
    try {
      StatisticsFile file = StatisticsFile.open(root, where);
      try {
        opened.put(where, new Opened(file, includePast || started));
      } catch (SystemCallException | RuntimeException e) {
        file.close();
        throw e;
      }
    } catch (SystemCallException | IllegalArgumentException e) {
      refused.add(where);
    }
  }

  @Override
  public List<Event> events() {
    Set<Event> events = new TreeSet<>();
    if (kinds == Kinds.PORTFIRE) {
      events.add(new Event(EXITS));
    }
    opened.values().forEach(file -> events.addAll(file.events));
    return List.copyOf(events);
  }

  @Override
  public void select(Predicate<String> names, int process) {
    wanted = names;
    if (pid != process) {
      close();
      pid = process;
      lastScan = 0;
      started = false;
    }
    scan();
  }

  @Override
  public Map<Event, Long> read(boolean byGuest) {
    scan();
    Map<Event, Long> counts = new TreeMap<>();
    for (Opened file : List.copyOf(opened.values())) {
      try {
        file.file.load();
      } catch (SystemCallException | IllegalArgumentException e) {
        opened.remove(file.file.where());
        file.file.close();
        continue;
      }
      Event guest = new Event(Integer.toString(file.file.where().pid()));
      boolean whole = kinds == Kinds.PORTFIRE && !byGuest
          && (wanted.test(EXITS) || file.events.stream().anyMatch(event -> wanted.test(event.name())));
      for (int i = 0; i < file.events.size(); i++) {
        Event event = file.events.get(i);
        if (wanted.test(event.name())) {
          counts.merge(byGuest ? guest : event, file.value(i), Long::sum);
        }
        if (whole) {
          counts.merge(new Event(EXITS), file.value(i), Long::sum);
        }
      }
    }
    return counts;
  }

  @Override
  public void reset() throws SourceException {
    for (Opened file : opened.values()) {
      try {
        file.rebase();
      } catch (SystemCallException e) {
        throw new SourceException("statistics cannot be read: " + e.getMessage());
      }
    }
  }

  @Override
  public boolean knowsGuests() {
    return true;
  }

  @Override
  public void close() {
    opened.values().forEach(opening -> opening.file.close());
    opened.clear();
  }
}
