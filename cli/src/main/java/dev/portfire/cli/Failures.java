package dev.portfire.cli;

import dev.portfire.vmm.Exit;
import java.io.PrintStream;

/** Tells the user how a machine failed, in one line each. */
final class Failures {
  private Failures() {}

  /** A triple fault: the registers go to the log. Returns the exit status. */
  static int tripleFault(Exit.TripleFault fault, RunOptions options, SerialLog serial, PrintStream err) {
    String text = "vCPU %d stopped with a triple fault".formatted(fault.vcpu());
    serial.note("portfire: " + text + "\n" + fault.registers());
    err.println("portfire: " + text + "; "
        + options.log()
            .map(path -> "its registers are in " + path)
            .orElse("run with --log FILE to see its registers"));
    return RunCommand.FAILED;
  }

  /** A fault of Portfire's own. Returns the exit status. */
  static int machine(Exit.Failed failure, PrintStream err) {
    err.println("portfire: the machine failed: " + failure.cause());
    if (System.getenv(Main.DEBUG) != null) {
      failure.cause().printStackTrace(err);
    }
    return RunCommand.FAILED;
  }
}
