package dev.portfire.inspect.vms;

import dev.portfire.inspect.Debugfs;
import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.host.Guests;
import dev.portfire.inspect.host.MachineScan;
import dev.portfire.inspect.host.MachineScan.Holder;
import dev.portfire.inspect.kvmstat.ExitTotals;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code portfire vms}: the virtual machines that run on this host, under KVM whoever runs them, or on Portfire's software CPU. */
public final class Machines {
  private static final String HELP =
      """
      Usage: portfire vms

      Lists the virtual machines of this host that use KVM, of any monitor, and those of Portfire's software CPU: each process that
      holds some, its name, its vCPU threads with the CPU time they took, its exits so far, and how many there were in the half
      second that this takes, per second. Exits are known where the monitor keeps KVM's statistics open, as Portfire does, and where
      debugfs tells. Other users' machines are seen by root only.
      """;

  /** How long exits are counted for a rate. */
  private static final long SAMPLE_MILLIS = 500;

  private static final String DEBUGFS = "/sys/kernel/debug/kvm";
  private static final int TICKS_PER_SECOND = 100;

  private final SysRoot root;
  private final Debugfs debugfs;
  private final PrintStream out;
  private final PrintStream err;

  /** Makes the command. */
  public Machines(SysRoot root, PrintStream out, PrintStream err) {
    this.root = root;
    debugfs = new Debugfs(root);
    this.out = out;
    this.err = err;
  }

  /** Runs the command and returns its exit status. */
  public int run(List<String> arguments) throws InterruptedException {
    if (arguments.contains("-h") || arguments.contains("--help")) {
      out.print(HELP);
      return 0;
    }
    if (!arguments.isEmpty()) {
      err.println("portfire vms: unexpected argument " + arguments.getFirst() + "; try --help");
      return 2;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("PID", "MONITOR", "NAME", "VMS", "VCPUS", "VCPU-TIME", "EXITS", "EXITS/S"));
    List<Holder> holders = MachineScan.all(root);
    if (!holders.isEmpty()) {
      try (ExitTotals totals = new ExitTotals(root)) {
        Map<Integer, Long> first = exits(holders, totals);
        long start = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(SAMPLE_MILLIS);
        Map<Integer, Long> second = exits(holders, totals);
        double seconds = (System.nanoTime() - start) / 1e9;
        holders.forEach(holder -> rows.add(row(holder, first.get(holder.pid()), second.get(holder.pid()), seconds)));
      }
    }
    table(rows);
    return 0;
  }

  private List<String> row(Holder holder, @Nullable Long first, @Nullable Long second, double seconds) {
    String directory = "/proc/" + holder.pid();
    boolean kvm = !holder.machines().isEmpty();
    long portfires = holder.statistics().stream().filter(MachineScan.Statistics::isOfFirstVcpu).count();
    return List.of(
        Integer.toString(holder.pid()),
        root.line(directory + "/comm").orElse("?"),
        name(holder.pid()),
        Long.toString(kvm ? holder.machines().size() : portfires),
        Integer.toString(kvm ? holder.vcpus().size() : holder.portfireVcpus()),
        time(directory),
        second == null ? "-" : second.toString(),
        first == null || second == null ? "-" : Long.toString(Math.round((second - first) / seconds)));
  }

  /** Exits since the machines' start, of those processes whose exits are known. */
  private Map<Integer, Long> exits(List<Holder> holders, ExitTotals totals) {
    Map<Integer, Long> known = totals.read();
    for (Holder holder : holders) {
      if (!known.containsKey(holder.pid())) {
        exits(holder).ifPresent(exits -> known.put(holder.pid(), exits));
      }
    }
    return known;
  }

  private String name(int pid) {
    String name = Guests.nameOf(root, pid);
    return name.isEmpty() ? "-" : name;
  }

  /** The CPU time of the threads that are called as monitors call those of vCPUs. */
  private String time(String directory) {
    long ticks = 0;
    int threads = 0;
    for (String task : root.unsorted(directory + "/task")) {
      String stat = root.line(directory + "/task/" + task + "/stat").orElse("");
      int open = stat.indexOf('(');
      int close = stat.lastIndexOf(')');
      if (open < 0 || close < open || !isVcpu(stat.substring(open + 1, close))) {
        continue;
      }
      String[] fields = stat.substring(close + 1).strip().split(" ", -1);
      if (fields.length > 12) {
        threads++;
        ticks += SysRoot.number(fields[11], 10).orElse(0) + SysRoot.number(fields[12], 10).orElse(0);
      }
    }
    return threads == 0 ? "-" : ticks / TICKS_PER_SECOND + "." + ticks % TICKS_PER_SECOND / 10 + "s";
  }

  static boolean isVcpu(String thread) {
    return thread.startsWith("fc_vcpu") || thread.startsWith("vcpu") || thread.startsWith("CPU ") && thread.contains("/KVM");
  }

  private OptionalLong exits(Holder holder) {
    long sum = 0;
    boolean found = false;
    for (String machine : root.unsorted(DEBUGFS)) {
      int dash = machine.indexOf('-');
      if (dash < 0 || !isOf(holder, SysRoot.number(machine, 10), SysRoot.number(machine.substring(dash + 1), 10))) {
        continue;
      }
      String file = DEBUGFS + "/" + machine + "/exits";
      OptionalLong number = debugfs.mayBeRead(file) ? root.number(file) : OptionalLong.empty();
      if (number.isPresent()) {
        found = true;
        sum += number.getAsLong();
      }
    }
    return found ? OptionalLong.of(sum) : OptionalLong.empty();
  }

  private boolean isOf(Holder holder, OptionalLong thread, OptionalLong fd) {
    return thread.isPresent() && fd.isPresent()
        && holder.machines().contains((int) fd.getAsLong())
        && MachineScan.processOf(root, (int) thread.getAsLong()) == holder.pid();
  }

  private void table(List<List<String>> rows) {
    int columns = rows.getFirst().size();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        int column = i;
        int width = rows.stream().mapToInt(other -> other.get(column).length()).max().orElse(0);
        line.append(i == 0 ? "" : "  ").append(row.get(i));
        if (i + 1 < columns) {
          line.repeat(' ', width - row.get(i).length());
        }
      }
      out.print(line.append('\n'));
    }
  }
}
