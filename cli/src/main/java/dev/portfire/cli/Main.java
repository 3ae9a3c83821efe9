package dev.portfire.cli;

import dev.portfire.firecracker.CpuTemplateHelper;
import dev.portfire.firecracker.Firecracker;
import dev.portfire.firecracker.Seccompiler;
import dev.portfire.firectl.Firectl;
import dev.portfire.inspect.Inspection;
import dev.portfire.jailer.Jailer;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The one entry point: the first argument is the name that the launcher script was called by, and decides the tool. */
public final class Main {
  /** Set to anything, it adds the stack trace to an internal error. */
  static final String DEBUG = "PORTFIRE_DEBUG";

  static final String VERSION = "0.1.0";

  private static final String USAGE =
      """
      Usage: portfire run [OPTIONS] [--] [COMMAND [ARGUMENT]...]
             portfire host [--json]
             portfire vms
             portfire watch [OPTIONS]
             portfire modules [OPTIONS] kvm
             portfire perf kvm [OPTIONS] COMMAND [OPTIONS]
             portfire --help | --version

      run      boots a microVM: to a shell, or to run one command in it (portfire run --help)
      host     whether and how microVMs run on this host, and what is missing (portfire host --help)
      vms      the virtual machines that run on this host (portfire vms --help)
      watch    what they do, live, in a browser or on a terminal (portfire watch --help)
      modules  KVM's modules and their parameters (portfire modules --help)
      perf     what guests do, what they leave for and how long that takes (portfire perf kvm --help)

      By other names, the same program is: firecracker, firectl, jailer, cpu-template-helper, seccompiler-bin,
      cpuid, kvm_stat, lscpu, lsmod, modinfo, perf-kvm
      """;

  private Main() {}

  /** Runs a tool and ends the JVM with its exit status. */
  public static void main(String... arguments) {
    PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true);
    String tool = arguments.length == 0 ? "portfire" : arguments[0];
    int status;
    try {
      List<String> rest = Arrays.asList(arguments).subList(Math.min(1, arguments.length), arguments.length);
      status = switch (tool) {
        case "firecracker" -> firecracker(Terminals.STDIN).run(rest, System.out, err);
        case "firectl" -> firectl(err).run(rest);
        case "seccompiler-bin" -> new Seccompiler(System.out, err).run(rest);
        case "jailer" -> new Jailer(System.out, err, System.getenv(), launchers()).run(rest);
        case "cpu-template-helper" -> new CpuTemplateHelper(System.out, err).run(rest);
        case "aot-training" -> Training.run(rest, err);
        case "portfire" -> portfire(rest, err);
        default -> Inspection.PROGRAMS.contains(tool) ? Inspection.run(tool, rest, err) : portfire(rest, err);
      };
    } catch (InterruptedException e) {
      status = 130;
    } catch (RuntimeException | Error e) {
      err.printf("%s: internal error: %s; please report it, with what %s=1 adds to this%n", tool, e, DEBUG);
      if (System.getenv(DEBUG) != null) {
        e.printStackTrace(err);
      }
      status = RunCommand.FAILED;
    }
    System.out.flush();
    if (Inspection.PROGRAMS.contains(tool)) {
      // Nothing is left to be put in order, and exit would first look for somebody who logs it: some milliseconds.
      Runtime.getRuntime().halt(status);
    }
    // Threads that wait for input are not worth waiting for.
    System.exit(status);
  }

  /** The program {@code firecracker}: made in one place only, so that the AOT cache has what this links. */
  static Firecracker firecracker(boolean stdinIsTerminal) {
    return new Firecracker(HostTerminal::rawInput, stdinIsTerminal, true);
  }

  private static Firectl firectl(PrintStream err) {
    return new Firectl(System.out, err, Terminals.STDERR, System.getenv(), launchers(), true);
  }

  /** The directory of the launcher script and its links. */
  private static Optional<Path> launchers() {
    return Optional.ofNullable(System.getProperty("portfire.launchers")).map(Path::of);
  }

  private static int portfire(List<String> arguments, PrintStream err) throws InterruptedException {
    String command = arguments.isEmpty() ? "--help" : arguments.getFirst();
    switch (command) {
      case "run" -> {
        return new RunCommand(err).run(arguments.subList(1, arguments.size()));
      }
      case "--help", "-h", "help" -> {
        System.out.print(USAGE);
        return 0;
      }
      case "--version", "-V" -> {
        System.out.println("portfire " + VERSION);
        return 0;
      }
      default -> {
        if (Inspection.COMMANDS.contains(command)) {
          return Inspection.run(command, arguments.subList(1, arguments.size()), err);
        }
        err.println("portfire: no command \"" + command + "\": try portfire --help");
        return RunCommand.USAGE_ERROR;
      }
    }
  }
}
