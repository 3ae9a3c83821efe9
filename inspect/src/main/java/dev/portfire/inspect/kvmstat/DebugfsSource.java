package dev.portfire.inspect.kvmstat;

import dev.portfire.inspect.Debugfs;
import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.host.MachineScan;
import dev.portfire.linux.CounterFiles;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** KVM's files in debugfs: a directory for each machine, named by the thread that made it and the machine's descriptor. */
final class DebugfsSource implements Source {
  private static final Pattern MACHINE = Pattern.compile("(\\d{1,9})-\\d{1,9}");

  /** Times, which the original does not show either. */
  private static final Set<String> TIMES = Set.of("halt_poll_fail_ns", "halt_poll_success_ns", "halt_wait_ns");

  private static final String INSTRUCTION = "instruction_";
  private static final String INSTRUCTION_EXITS = "exit_instruction";

  /** No file of this event was read yet. */
  private static final long UNKNOWN = -1;

  /** A directory of a machine. */
  private final class Machine {
    final int thread;
    final MemorySegment path;

    /** For each of {@link #all}, what its file said when counting began. */
    final long[] baselines = new long[all.size()];

    private int process;

    /** The last reading that found it. */
    long seen;

    Machine(String name, int thread) {
      this.thread = thread;
      path = CounterFiles.name(root.path(directory + "/" + name).toString());
      Arrays.fill(baselines, UNKNOWN);
    }

    /** It is asked once: a machine stays with its process, even when the thread that made it has ended. */
    int process() {
      if (process == 0) {
        process = MachineScan.processOf(root, thread);
      }
      return process;
    }
  }

  private final SysRoot root;
  private final String directory;
  private final List<Event> all;
  private final List<MemorySegment> names;
  private final int refused;
  private final boolean includePast;
  private final CounterFiles files = new CounterFiles();
  private final Map<String, Machine> machines = new HashMap<>();
  private long readings;

  /** Places in {@link #all}. */
  private int[] selected = {};

  private int pid;

  /** Machines that are found first from now on began later: all that they have counted is of now. */
  private boolean started;

  private DebugfsSource(SysRoot root, String directory, boolean includePast, List<Event> all, int refused) {
    this.root = root;
    this.directory = directory;
    this.includePast = includePast;
    this.all = all;
    this.names = all.stream().map(event -> CounterFiles.name(event.name())).toList();
    this.refused = refused;
  }

  /**
   * Opens it.
   *
   * @param includePast whether to count what happened before the start, too
   */
  static DebugfsSource open(SysRoot root, boolean includePast) throws SourceException {
    Mounts mounts = Mounts.of(root);
    if (mounts.debugfs().isEmpty()) {
      throw new SourceException("debugfs is not mounted: mount -t debugfs none /sys/kernel/debug");
    }
    String mount = mounts.debugfs().get();
    String directory = mount + "/kvm";
    if (!Files.isReadable(root.path(mount)) || !Files.isExecutable(root.path(mount))) {
      throw new SourceException(mount + " can be read by root only: sudo kvm_stat -d");
    }
    Debugfs debugfs = new Debugfs(root);
    List<Event> found = new ArrayList<>();
    int refused = 0;
    List<String> names = root.list(directory);
    for (String name : names) {
      String file = directory + "/" + name;
      if (!Files.isRegularFile(root.path(file)) || TIMES.contains(name) || name.endsWith("_hist")) {
        continue;
      }
      if (debugfs.mayBeRead(file)) {
        boolean child = name.startsWith(INSTRUCTION) && names.contains(INSTRUCTION_EXITS);
        found.add(child ? new Event(name, INSTRUCTION_EXITS) : new Event(name));
      } else {
        refused++;
      }
    }
    if (names.isEmpty()) {
      throw new SourceException(directory + " is not there, for KVM is not loaded: modprobe kvm");
    }
    if (found.isEmpty()) {
      throw new SourceException(directory + " has no file that the kernel's lockdown lets be read: kvm_stat --source=stats");
    }
    return new DebugfsSource(root, directory, includePast, found, refused);
  }

  /** How many files the kernel's lockdown keeps away. */
  int refused() {
    return refused;
  }

  @Override
  public List<Event> events() {
    return all;
  }

  @Override
  public void select(Predicate<String> wanted, int process) {
    Set<String> chosen = new HashSet<>();
    for (Event event : all) {
      if (wanted.test(event.name())) {
        chosen.add(event.name());
        chosen.add(event.parent());
      }
    }
    selected = IntStream.range(0, all.size()).filter(i -> chosen.contains(all.get(i).name())).toArray();
    pid = process;
    started = false;
    Map<Event, Long> unused = read(false);
  }

  /** The machines that are there now. Their directories are not kept open: KVM's files would keep a machine alive. */
  private Collection<Machine> machines() {
    readings++;
    for (String name : root.unsorted(directory)) {
      Machine known = machines.get(name);
      if (known == null) {
        var match = MACHINE.matcher(name);
        if (!match.matches()) {
          continue;
        }
        known = new Machine(name, Integer.parseInt(match.group(1)));
        machines.put(name, known);
      }
      known.seen = readings;
    }
    machines.values().removeIf(machine -> machine.seen != readings);
    return machines.values();
  }

  @Override
  public Map<Event, Long> read(boolean byGuest) {
    Map<Event, Long> counts = new TreeMap<>();
    long[] sums = new long[selected.length];
    boolean found = false;
    for (Machine machine : machines()) {
      if (pid != 0 && machine.process() != pid || !files.enter(machine.path)) {
        continue;
      }
      found = true;
      long guest = 0;
      for (int i = 0; i < selected.length; i++) {
        long count = count(machine, selected[i]);
        sums[i] += count;
        guest += all.get(selected[i]).isChild() ? 0 : count;
      }
      if (byGuest && selected.length > 0) {
        counts.merge(new Event(Integer.toString(machine.process())), guest, Long::sum);
      }
    }
    files.leave();
    for (int i = 0; !byGuest && found && i < selected.length; i++) {
      counts.put(all.get(selected[i]), sums[i]);
    }
    started = true;
    return counts;
  }

  /** What a file of the machine that {@link #files} is in has counted since the start. */
  private long count(Machine machine, int event) {
    long value = files.number(names.get(event));
    if (value < 0) {
      return 0;
    }
    if (machine.baselines[event] == UNKNOWN) {
      machine.baselines[event] = includePast || started ? 0 : value;
    }
    return value - machine.baselines[event];
  }

  @Override
  public void reset() {
    for (Machine machine : machines()) {
      Arrays.fill(machine.baselines, UNKNOWN);
      if (files.enter(machine.path)) {
        for (int event : selected) {
          machine.baselines[event] = files.number(names.get(event));
        }
      }
    }
    files.leave();
  }

  @Override
  public boolean knowsGuests() {
    return true;
  }

  @Override
  public void close() {
    files.close();
  }
}
