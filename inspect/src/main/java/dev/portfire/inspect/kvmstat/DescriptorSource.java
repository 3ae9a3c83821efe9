package dev.portfire.inspect.kvmstat;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.host.MachineScan;
import dev.portfire.inspect.host.MachineScan.Statistics;
import dev.portfire.linux.Descriptor;
import dev.portfire.linux.OtherProcess;
import dev.portfire.linux.SystemCallException;
import dev.portfire.machine.BinaryStatistics;
import dev.portfire.machine.BinaryStatistics.Kind;
import dev.portfire.machine.BinaryStatistics.Statistic;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 * Portfire. The monitor's descriptor is copied, which KVM's allow and which is the only way to them; Portfire's are opened again. A
 * copy is given back as soon as the monitor has closed its own, since it keeps the machine alive.
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
    final Statistics where;
    final Descriptor descriptor;
    final BinaryStatistics description;
    final MemorySegment values;
    final List<Event> events = new ArrayList<>();
    final List<Integer> offsets = new ArrayList<>();
    final long[] baseline;

    Opened(Statistics where, Descriptor descriptor, boolean past) throws SystemCallException {
      this.where = where;
      this.descriptor = descriptor;
      description = describe(descriptor);
      values = Arena.ofAuto().allocate(Math.max(8, description.dataLength()), 8);
      for (Statistic statistic : description.statistics()) {
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

    void load() throws SystemCallException {
      long count = descriptor.read(values, description.dataOffset());
      if (count < description.dataLength()) {
        throw new IllegalArgumentException("not a file of statistics: it is too short");
      }
    }

    long value(int index) {
      return values.get(JAVA_LONG, offsets.get(index)) - baseline[index];
    }

    void rebase() throws SystemCallException {
      load();
      for (int i = 0; i < baseline.length; i++) {
        baseline[i] = values.get(JAVA_LONG, offsets.get(i));
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

  private static BinaryStatistics describe(Descriptor file) throws SystemCallException {
    ByteBuffer header = read(file, BinaryStatistics.HEADER_SIZE);
    return BinaryStatistics.parse(read(file, BinaryStatistics.describedBytes(header)));
  }

  private static ByteBuffer read(Descriptor file, int length) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(length, 8);
      int count = (int) file.read(buffer, 0);
      return ByteBuffer.wrap(buffer.asSlice(0, count).toArray(JAVA_BYTE)).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** Looks for files that were not there before, and gives back those that are not there any more. */
  private void scan() {
    Iterator<Opened> known = opened.values().iterator();
    while (known.hasNext()) {
      Opened file = known.next();
      if (!MachineScan.isThere(root, file.where)) {
        known.remove();
        close(file.descriptor);
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
        && opened.values().stream().anyMatch(other -> other.descriptor.fd() == file.fd());
  }

  private void open(Statistics file) {
    try {
      Descriptor descriptor = kinds == Kinds.KVM
          ? OtherProcess.take(file.pid(), file.fd())
          // Who can mount can give a FIFO such a name.
          : Descriptor.open(root.path(file.path()).toString(), Descriptor.O_CLOEXEC | Descriptor.O_NONBLOCK);
      try {
        opened.put(file, new Opened(file, descriptor, includePast || started));
      } catch (SystemCallException | RuntimeException e) {
        descriptor.close();
        throw e;
      }
    } catch (SystemCallException | IllegalArgumentException e) {
      refused.add(file);
    }
  }

  private static void close(Descriptor descriptor) {
    try {
      descriptor.close();
    } catch (SystemCallException e) {
      throw new IllegalStateException(e.getMessage(), e);
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
        file.load();
      } catch (SystemCallException | IllegalArgumentException e) {
        opened.remove(file.where);
        close(file.descriptor);
        continue;
      }
      Event guest = new Event(Integer.toString(file.where.pid()));
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
    opened.values().forEach(file -> close(file.descriptor));
    opened.clear();
  }
}
