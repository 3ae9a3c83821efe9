package dev.portfire.inspect.kvmstat;

import dev.portfire.inspect.Debugfs;
import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.host.MachineScan;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** KVM's files in debugfs: a directory for each machine, named by the thread that made it and the machine's descriptor. */
final class DebugfsSource implements Source {
  private static final Pattern MACHINE = Pattern.compile("(\\d{1,9})-\\d{1,9}");

  /** Times, which the original does not show either. */
  private static final Set<String> TIMES = Set.of("halt_poll_fail_ns", "halt_poll_success_ns", "halt_wait_ns");

  private static final String INSTRUCTION = "instruction_";
  private static final String INSTRUCTION_EXITS = "exit_instruction";

  private final SysRoot root;
  private final String directory;
  private final List<Event> all;
  private final int refused;
  private final boolean includePast;

  /** What a file said when counting began. */
  private final Map<String, Long> baselines = new HashMap<>();

  private List<Event> selected = List.of();
  private int pid;

  /** Machines that are found first from now on began later: all that they have counted is of now. */
  private boolean started;

  private DebugfsSource(SysRoot root, String directory, boolean includePast, List<Event> all, int refused) {
    this.root = root;
    this.directory = directory;
    this.includePast = includePast;
    this.all = all;
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
    Set<String> names = new HashSet<>();
    for (Event event : all) {
      if (wanted.test(event.name())) {
        names.add(event.name());
        names.add(event.parent());
      }
    }
    selected = all.stream().filter(event -> names.contains(event.name())).toList();
    pid = process;
    started = false;
    Map<Event, Long> unused = read(false);
  }

  @Override
  public Map<Event, Long> read(boolean byGuest) {
    Map<Event, Long> counts = new TreeMap<>();
    for (String machine : root.list(directory)) {
      var name = MACHINE.matcher(machine);
      if (!name.matches()) {
        continue;
      }
      int process = MachineScan.processOf(root, Integer.parseInt(name.group(1)));
      if (pid != 0 && process != pid) {
        continue;
      }
      for (Event event : selected) {
        String file = directory + "/" + machine + "/" + event.name();
        long value = root.number(file).orElse(0);
        long first = includePast || started ? 0 : value;
        long count = value - baselines.computeIfAbsent(file, unused -> first);
        if (!byGuest) {
          counts.merge(event, count, Long::sum);
        } else if (!event.isChild()) {
          counts.merge(new Event(Integer.toString(process)), count, Long::sum);
        }
      }
    }
    started = true;
    return counts;
  }

  @Override
  public void reset() {
    baselines.clear();
    for (String machine : root.list(directory)) {
      if (MACHINE.matcher(machine).matches()) {
        for (Event event : selected) {
          String file = directory + "/" + machine + "/" + event.name();
          baselines.put(file, root.number(file).orElse(0));
        }
      }
    }
  }

  @Override
  public boolean knowsGuests() {
    return true;
  }

  @Override
  public void close() {
    // No file is kept open.
  }
}
