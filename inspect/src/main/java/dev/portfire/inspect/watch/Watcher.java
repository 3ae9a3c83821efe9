package dev.portfire.inspect.watch;

import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.host.Guests;
import dev.portfire.inspect.host.MachineScan;
import dev.portfire.inspect.host.MachineScan.Holder;
import dev.portfire.inspect.host.MachineScan.Statistics;
import dev.portfire.inspect.host.StatisticsFile;
import dev.portfire.inspect.watch.Machine.Boot;
import dev.portfire.inspect.watch.Machine.Exits;
import dev.portfire.inspect.watch.Machine.Origin;
import dev.portfire.linux.SystemCallException;
import dev.portfire.machine.BinaryStatistics.Kind;
import dev.portfire.machine.BinaryStatistics.Statistic;
import dev.portfire.machine.BinaryStatistics.Unit;
import dev.portfire.machine.ExitStats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes samples of all machines that this user may see: of Portfire's by what they publish, and of others by KVM's statistics where their
 * monitors keep them open. What other processes say is bounded here, for as many of them as like may call themselves machines. For one
 * thread.
 */
public final class Watcher implements AutoCloseable {
  /** How often new machines are looked for. */
  private static final long SCAN_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final int MOST_MACHINES = 1000;
  private static final int MOST_FILES = 520;
  private static final int MOST_REASONS = 64;
  private static final int MOST_COUNTERS = 2000;
  private static final int MOST_BUCKETS = 64;
  private static final int TICK_MILLIS = 10;

  private static final String KVM_EXITS = "_exits";
  private static final Map<String, String> KVM_REASONS = Map.of("HALT", "HLT", "SIGNAL", "INTR", "IRQ", "EXTERNAL_INTERRUPT");

  /** A machine and the files about it, of which none means that there are none that this user may read. */
  private static final class Watched {
    final String key;
    final int pid;
    final String monitor;
    final String name;
    final Origin origin;
    final int vcpus;
    final List<StatisticsFile> files;

    Watched(String key, int pid, String monitor, String name, Origin origin, int vcpus, List<StatisticsFile> files) {
      this.key = key;
      this.pid = pid;
      this.monitor = monitor;
      this.name = name;
      this.origin = origin;
      this.vcpus = vcpus;
      this.files = files;
    }
  }

  private final SysRoot root;
  private final Map<Statistics, StatisticsFile> open = new HashMap<>();

  /** Those that cannot be had, so that they are not tried again and again. */
  private final Set<Statistics> refused = new HashSet<>();

  private List<Watched> watched = List.of();
  private long lastScan;

  /** Makes one that has not looked yet. */
  public Watcher(SysRoot root) {
    this.root = root;
  }

  /** Takes a sample. */
  public Sample sample() {
    long now = System.nanoTime();
    dropClosed();
    if (lastScan == 0 || now - lastScan >= SCAN_NANOS) {
      lastScan = now;
      scan();
    }
    List<Machine> machines = new ArrayList<>();
    for (Watched machine : watched) {
      read(machine).ifPresent(machines::add);
    }
    return new Sample(System.currentTimeMillis(), machines);
  }

  /** Gives back what the monitors have closed: a copy of a file of KVM's keeps the machine alive. */
  private void dropClosed() {
    open.values().removeIf(file -> {
      if (MachineScan.isThere(root, file.where())) {
        return false;
      }
      file.close();
      return true;
    });
  }

  private void scan() {
    List<Watched> found = new ArrayList<>();
    Set<Statistics> seen = new HashSet<>();
    for (Holder holder : MachineScan.all(root)) {
      Map<String, List<Statistics>> machines = machines(holder);
      String monitor = root.line("/proc/" + holder.pid() + "/comm").orElse("?");
      String name = Guests.nameOf(root, holder.pid());
      machines.forEach((key, files) -> {
        if (found.size() < MOST_MACHINES) {
          seen.addAll(files);
          found.add(watched(holder, key, files, monitor, name));
        }
      });
    }
    refused.retainAll(seen);
    watched = found;
  }

  /** The files about each machine of a process: Portfire's by the machine's number, else KVM's, which do not tell machines apart. */
  private static Map<String, List<Statistics>> machines(Holder holder) {
    Map<String, List<Statistics>> machines = new TreeMap<>();
    List<Statistics> portfires = new ArrayList<>(holder.published());
    holder.statistics().stream().filter(Statistics::isOfPortfire).forEach(portfires::add);
    for (Statistics file : portfires) {
      machines.computeIfAbsent(holder.pid() + ":" + file.machine(), key -> new ArrayList<>()).add(file);
    }
    if (machines.isEmpty()) {
      machines.put(holder.pid() + ":kvm", holder.statistics().stream().filter(file -> !file.vcpu().isEmpty()).toList());
    }
    return machines;
  }

  private Watched watched(Holder holder, String key, List<Statistics> where, String monitor, String name) {
    List<StatisticsFile> files = new ArrayList<>();
    for (Statistics one : where.subList(0, Math.min(where.size(), MOST_FILES))) {
      file(one).ifPresent(files::add);
    }
    long portfires = where.stream().filter(Statistics::isOfPortfire).count();
    Origin origin = files.isEmpty() ? Origin.NONE : files.getFirst().where().isOfKvm() ? Origin.KVM : Origin.PORTFIRE;
    String told = files.stream()
        .filter(file -> file.where().vcpu().isEmpty())
        .map(file -> file.description().id())
        .findFirst()
        .orElse("");
    return new Watched(
        key,
        holder.pid(),
        monitor,
        name.isEmpty() ? told : name,
        origin,
        (int) (portfires > 0 ? portfires : holder.vcpus().size()),
        files);
  }

  private Optional<StatisticsFile> file(Statistics where) {
    StatisticsFile known = open.get(where);
    if (known != null) {
      return Optional.of(known);
    }
    if (refused.contains(where)) {
      return Optional.empty();
    }
    try {
      StatisticsFile file = StatisticsFile.open(root, where);
      open.put(where, file);
      return Optional.of(file);
    } catch (SystemCallException | IllegalArgumentException e) {
      refused.add(where);
      return Optional.empty();
    }
  }

  /** What the files about a machine say now; nothing if they are gone. */
  private Optional<Machine> read(Watched machine) {
    Map<String, Exits> exits = new TreeMap<>();
    Map<String, Map<String, Long>> devices = new TreeMap<>();
    Optional<Boot> boot = Optional.empty();
    int readable = 0;
    for (StatisticsFile file : machine.files) {
      if (!load(file)) {
        continue;
      }
      readable++;
      if (file.where().isOfKvm()) {
        kvmExits(file, exits);
      } else if (file.where().isOfPortfire()) {
        portfireExits(file, exits);
      } else {
        boot = Optional.of(boot(file));
        devices(file, devices);
      }
    }
    if (readable < machine.files.size() || !root.exists("/proc/" + machine.pid)) {
      return Optional.empty();
    }
    exits.values().removeIf(some -> some.count() == 0);
    return Optional.of(new Machine(
        machine.key,
        machine.pid,
        machine.monitor,
        machine.name,
        machine.origin,
        machine.vcpus,
        cpuMillis(machine.pid),
        exits,
        boot,
        devices));
  }

  private boolean load(StatisticsFile file) {
    try {
      // It may be closed here already.
      if (open.get(file.where()) != file) {
        return false;
      }
      file.loadWhatThereIs();
      return true;
    } catch (SystemCallException | IllegalArgumentException e) {
      open.remove(file.where());
      file.close();
      return false;
    }
  }

  private static void portfireExits(StatisticsFile file, Map<String, Exits> exits) {
    Map<String, Statistic> byName = byName(file);
    for (Statistic statistic : byName.values()) {
      if (isCount(statistic) && isReason(statistic.name()) && exits.size() < MOST_REASONS) {
        String reason = statistic.name();
        exits.merge(
            reason,
            exits(file, value(file, statistic), byName.get(reason + ExitStats.TIME), byName.get(reason + ExitStats.HISTOGRAM_OF_TIME)),
            Exits::plus);
      }
    }
  }

  private static void kvmExits(StatisticsFile file, Map<String, Exits> exits) {
    Map<String, Statistic> byName = byName(file);
    long others = byName.containsKey("exits") ? value(file, byName.get("exits")) : 0;
    for (Statistic statistic : byName.values()) {
      if (isCount(statistic) && statistic.name().endsWith(KVM_EXITS) && exits.size() < MOST_REASONS) {
        String name = statistic.name().substring(0, statistic.name().length() - KVM_EXITS.length()).toUpperCase(Locale.ROOT);
        if (!isReason(name)) {
          continue;
        }
        String reason = KVM_REASONS.getOrDefault(name, name);
        boolean isHalt = reason.equals("HLT");
        long count = value(file, statistic);
        others -= count;
        exits.merge(
            reason,
            exits(file, count, isHalt ? byName.get("halt_wait_ns") : null, isHalt ? byName.get("halt_wait_hist") : null),
            Exits::plus);
      }
    }
    exits.merge("OTHER", new Exits(Math.max(0, others), 0, new long[0]), Exits::plus);
  }

  private static Map<String, Statistic> byName(StatisticsFile file) {
    Map<String, Statistic> byName = new LinkedHashMap<>();
    file.description().statistics().forEach(statistic -> byName.putIfAbsent(statistic.name(), statistic));
    return byName;
  }

  /** Whether a name is one as reasons have: what is no such file must not say anything. */
  private static boolean isReason(String name) {
    return !name.isEmpty() && name.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_') && name.charAt(0) != '_';
  }

  private static boolean isCount(Statistic statistic) {
    return statistic.kind() == Kind.CUMULATIVE && statistic.unit() == Unit.NONE && statistic.size() == 1;
  }

  private static long value(StatisticsFile file, Statistic statistic) {
    return statistic.size() == 0 ? 0 : file.value(statistic.offset());
  }

  private static Exits exits(
      StatisticsFile file, long count, @Nullable Statistic time, @Nullable Statistic histogram) {
    long nanos = time == null ? 0 : value(file, time);
    if (histogram == null || histogram.kind() != Kind.LOG_HISTOGRAM || nanos == 0) {
      return new Exits(count, nanos, new long[0]);
    }
    long[] buckets = new long[Math.min(histogram.size(), MOST_BUCKETS)];
    int used = 0;
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = file.value(histogram.offset() + i * Long.BYTES);
      used = buckets[i] == 0 ? used : i + 1;
    }
    return new Exits(count, nanos, Arrays.copyOf(buckets, used));
  }

  private static Boot boot(StatisticsFile file) {
    Map<String, Long> steps = new LinkedHashMap<>();
    long requested = 0;
    for (Statistic statistic : file.description().statistics()) {
      String name = statistic.name();
      if (statistic.unit() != Unit.SECONDS || statistic.kind() != Kind.INSTANT || value(file, statistic) == 0) {
        continue;
      }
      if (name.equals("requested_ns")) {
        requested = TimeUnit.NANOSECONDS.toMillis(value(file, statistic));
      } else if (name.startsWith("boot_") && name.endsWith("_ns") && name.length() > 8 && steps.size() < MOST_REASONS) {
        steps.put(name.substring("boot_".length(), name.length() - "_ns".length()), value(file, statistic));
      }
    }
    Map<String, Long> ordered = new LinkedHashMap<>();
    steps.entrySet().stream().sorted(Map.Entry.comparingByValue()).forEach(step -> ordered.put(step.getKey(), step.getValue()));
    return new Boot(requested, ordered);
  }

  private static void devices(StatisticsFile file, Map<String, Map<String, Long>> devices) {
    int counters = 0;
    for (Statistic statistic : file.description().statistics()) {
      int dot = statistic.name().lastIndexOf('.');
      if (!isCount(statistic) || dot < 0 || counters++ >= MOST_COUNTERS) {
        continue;
      }
      Map<String, Long> group = devices.computeIfAbsent(statistic.name().substring(0, dot), key -> new TreeMap<>());
      if (value(file, statistic) != 0) {
        group.put(statistic.name().substring(dot + 1), value(file, statistic));
      }
    }
  }

  /** User and system time of the whole process, fields 14 and 15 of its stat. */
  private long cpuMillis(int pid) {
    String stat = root.line("/proc/" + pid + "/stat").orElse("");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
    return fields.length < 13
        ? 0
        : TICK_MILLIS * (SysRoot.number(fields[11], 10).orElse(0) + SysRoot.number(fields[12], 10).orElse(0));
  }

  @Override
  public void close() {
    open.values().forEach(StatisticsFile::close);
    open.clear();
    watched = List.of();
  }
}
