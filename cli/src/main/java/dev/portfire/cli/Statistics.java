package dev.portfire.cli;

import dev.portfire.machine.ExitReason;
import dev.portfire.vmm.VmStats;
import java.io.PrintStream;
import java.util.Map;

/** Prints what {@code --stats} promises. */
final class Statistics {
  private static final double NANOS = 1e9;

  private Statistics() {}

  /** Prints figures of a machine that has ended. */
  static void print(VmStats stats, PrintStream err) {
    double seconds = stats.runNanos() / NANOS;
    err.printf("run time              %10.3f s%n", seconds);
    stats.userModeNanos()
        .ifPresent(nanos -> err.printf("boot to user space    %10.3f s%n", nanos / NANOS));
    if (stats.instructions() >= 0) {
      err.printf("guest instructions    %10.1f M%n", stats.instructions() / 1e6);
      err.printf("speed                 %10.1f MIPS%n", stats.instructions() / 1e6 / Math.max(seconds, 1 / NANOS));
    }
    err.println("exits");
    stats.exits().entrySet().stream()
        .sorted(Map.Entry.<ExitReason, Long>comparingByValue().reversed())
        .forEach(entry -> err.printf("  %-20s%10d%n", entry.getKey(), entry.getValue()));
    print("instructions assisted", stats.assists(), err);
    print("instructions interpreted by the native engine", stats.fallbacks(), err);
  }

  private static void print(String title, Map<String, Long> counts, PrintStream err) {
    if (!counts.isEmpty()) {
      err.println(title);
      counts.entrySet().stream()
          .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
          .forEach(entry -> err.printf("  %-20s%10d%n", entry.getKey(), entry.getValue()));
    }
  }
}
