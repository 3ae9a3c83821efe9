package dev.portfire.inspect.host;

import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.host.MachineScan.Holder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** {@code portfire vms}: the virtual machines that run on this host under KVM, whoever runs them. */
public final class Machines {
  private static final String HELP =
      """
      Usage: portfire vms

      Lists the virtual machines of this host that use KVM, of any monitor: each process that holds one, its name, its vCPU threads
      with the CPU time they took, and its exits where debugfs tells. Other users' machines are seen by root only. Machines of
      Portfire's software CPU hold nothing of KVM and are not listed.
      """;

  private static final int ARGUMENTS = 1 << 16;
  private static final int TICKS_PER_SECOND = 100;

  private final SysRoot root;
  private final PrintStream out;
  private final PrintStream err;

  /** Makes the command. */
  public Machines(SysRoot root, PrintStream out, PrintStream err) {
    this.root = root;
    this.out = out;
    this.err = err;
  }

  /** Runs the command and returns its exit status. */
  public int run(List<String> arguments) {
    if (arguments.contains("-h") || arguments.contains("--help")) {
      out.print(HELP);
      return 0;
    }
    if (!arguments.isEmpty()) {
      err.println("portfire vms: unexpected argument " + arguments.getFirst() + "; try --help");
      return 2;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("PID", "MONITOR", "NAME", "VMS", "VCPUS", "VCPU-TIME", "EXITS"));
    for (Holder holder : MachineScan.scan(root)) {
      String directory = "/proc/" + holder.pid();
      rows.add(List.of(
          Integer.toString(holder.pid()),
          root.line(directory + "/comm").orElse("?"),
          name(arguments(directory)),
          Integer.toString(holder.machines().size()),
          Integer.toString(holder.vcpus().size()),
          time(directory),
          exits(holder)));
    }
    table(rows);
    return 0;
  }

  private List<String> arguments(String directory) {
    byte[] bytes = root.bytes(directory + "/cmdline", ARGUMENTS).orElse(new byte[0]);
    return List.of(new String(bytes, StandardCharsets.UTF_8).split("\0", -1));
  }

  /** What QEMU ({@code -name}), Firecracker ({@code --id}) and their like were told to be called; "-" if nothing. */
  static String name(List<String> arguments) {
    for (int i = 0; i + 1 < arguments.size(); i++) {
      switch (arguments.get(i)) {
        case "--id" -> {
          return arguments.get(i + 1);
        }
        case "-name", "--name" -> {
          String name = arguments.get(i + 1).split(",", 2)[0];
          return name.startsWith("guest=") ? name.substring("guest=".length()) : name;
        }
        default -> {
          // The next one.
        }
      }
    }
    return "-";
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

  /** Exits since the machines' start. */
  private String exits(Holder holder) {
    long sum = 0;
    boolean found = false;
    for (int fd : holder.machines()) {
      String file = "/sys/kernel/debug/kvm/" + holder.pid() + "-" + fd + "/exits";
      OptionalLong number = mayBeRead(file) ? root.number(file) : OptionalLong.empty();
      if (number.isPresent()) {
        found = true;
        sum += number.getAsLong();
      }
    }
    return found ? Long.toString(sum) : "-";
  }

  /** A kernel in lockdown refuses files of debugfs that root may write, and logs each attempt. */
  private boolean mayBeRead(String file) {
    if (root.line("/sys/kernel/security/lockdown").orElse("").contains("[none]")) {
      return true;
    }
    try {
      return !Files.getPosixFilePermissions(root.path(file)).contains(PosixFilePermission.OWNER_WRITE);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
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
