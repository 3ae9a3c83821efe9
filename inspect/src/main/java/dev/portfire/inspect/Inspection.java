package dev.portfire.inspect;

import dev.portfire.inspect.cpuid.Cpuid;
import dev.portfire.inspect.host.HostReport;
import dev.portfire.inspect.host.MachineScan;
import dev.portfire.inspect.kmod.KvmModules;
import dev.portfire.inspect.kmod.Lsmod;
import dev.portfire.inspect.kmod.Modinfo;
import dev.portfire.inspect.kvmstat.KvmStat;
import dev.portfire.inspect.lscpu.Lscpu;
import dev.portfire.inspect.perf.PerfKvm;
import dev.portfire.inspect.vms.Machines;
import dev.portfire.inspect.watch.Watch;
import dev.portfire.vmm.BackEndChoice;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The inspection tools by their names. */
public final class Inspection {
  /** The programs that have names of their own. */
  public static final List<String> PROGRAMS = List.of("cpuid", "kvm_stat", "lscpu", "lsmod", "modinfo", "perf-kvm");

  /** The commands of {@code portfire}. */
  public static final List<String> COMMANDS = List.of("host", "modules", "perf", "vms", "watch");

  private Inspection() {}

  /** Whether a descriptor is a terminal's: the launcher has asked. */
  private static boolean isTerminal(int fd) {
    return System.getProperty("portfire.terminals", "").indexOf('0' + fd) >= 0;
  }

  /**
   * Runs one of {@link #PROGRAMS} or {@link #COMMANDS} on this process's stdout, which is written in large pieces.
   *
   * @param arguments what follows the name
   * @return its exit status
   */
  public static int run(String name, List<String> arguments, PrintStream err) throws InterruptedException {
    PrintStream out = new PrintStream(
        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16), false, StandardCharsets.UTF_8);
    try {
      return run(name, arguments, out, err);
    } finally {
      out.flush();
    }
  }

  private static int run(String name, List<String> arguments, PrintStream out, PrintStream err) throws InterruptedException {
    return switch (name) {
      case "cpuid" -> new Cpuid(System.in, out, err).run(arguments);
      case "host" -> new HostReport(SysRoot.HOST, BackEndChoice::automatic, out, err).run(arguments);
      case "vms" -> new Machines(SysRoot.HOST, out, err).run(arguments);
      case "kvm_stat" -> new KvmStat(SysRoot.HOST, isTerminal(0) && isTerminal(1), System.in, out, err).run(arguments);
      case "lscpu" -> new Lscpu(SysRoot.HOST, isTerminal(1), out, err).run(arguments);
      case "lsmod" -> new Lsmod(SysRoot.HOST, out, err).run(arguments);
      case "modinfo" -> new Modinfo(SysRoot.HOST, out, err).run(arguments);
      case "modules" -> new KvmModules(() -> MachineScan.scan(SysRoot.HOST).size(), out, err).run(arguments);
      case "watch" -> new Watch(SysRoot.HOST, isTerminal(0) && isTerminal(1), System.in, out, err).run(arguments);
      case "perf", "perf-kvm" -> perfKvm(name, arguments, out, err);
      default -> throw new IllegalArgumentException("no tool " + name);
    };
  }

  private static int perfKvm(String name, List<String> arguments, PrintStream out, PrintStream err) throws InterruptedException {
    boolean isCommand = name.equals("perf");
    if (isCommand && (arguments.isEmpty() || !arguments.getFirst().equals("kvm"))) {
      err.println("Usage: portfire perf kvm ...");
      return 129;
    }
    return new PerfKvm(SysRoot.HOST, isTerminal(0), isTerminal(0) && isTerminal(1), System.in, out, err)
        .run(isCommand ? arguments.subList(1, arguments.size()) : arguments);
  }
}
