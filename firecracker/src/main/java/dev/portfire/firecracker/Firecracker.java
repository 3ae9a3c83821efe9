package dev.portfire.firecracker;

import dev.portfire.firecracker.Arguments.ArgumentException;
import dev.portfire.vmm.Accelerator;
import dev.portfire.vmm.Drive;
import dev.portfire.vmm.Exit;
import dev.portfire.vmm.MicroVm;
import dev.portfire.vmm.MicroVmException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The {@code firecracker} program: boots what a configuration file describes, with the serial port on stdin and stdout.
 */
public final class Firecracker {
  private static final String VERSION = "0.1.0-portfire";
  private static final String DEFAULT_ID = "anonymous-instance";

  /** What Firecracker boots with when a configuration has no {@code boot_args}. */
  private static final String DEFAULT_BOOT_ARGS =
      "reboot=k panic=1 nomodule 8250.nr_uarts=0 i8042.noaux i8042.nomux i8042.dumbkbd swiotlb=noforce";

  private static final int OK = 0;
  private static final int GENERIC_ERROR = 1;
  private static final int BAD_CONFIGURATION = 152;
  private static final int ARGUMENT_PARSING = 153;

  private final RawTerminal terminal;
  private final boolean stdinIsTerminal;

  /**
   * Makes the program.
   *
   * @param terminal switches the terminal on stdin to raw mode
   * @param stdinIsTerminal whether stdin is a terminal
   */
  public Firecracker(RawTerminal terminal, boolean stdinIsTerminal) {
    this.terminal = terminal;
    this.stdinIsTerminal = stdinIsTerminal;
  }

  /**
   * Runs the program.
   *
   * @param arguments the command line without the program's name
   * @return Firecracker's exit code
   */
  public int run(List<String> arguments, PrintStream out, PrintStream err) throws InterruptedException {
    Arguments options;
    try {
      options = Arguments.parse(arguments);
    } catch (ArgumentException e) {
      err.println("Arguments parsing error: " + e.getMessage() + " \n\nFor more information try --help.");
      return ARGUMENT_PARSING;
    }
    if (options.help()) {
      out.print("Firecracker v" + VERSION + "\n\n" + Arguments.helpText());
      return OK;
    }
    if (options.has("version")) {
      out.print("Firecracker v" + VERSION + "\n\n");
      return OK;
    }
    FirecrackerLog.Level level =
        FirecrackerLog.Level.of(options.value("level").orElse("Info")).orElse(null);
    if (level == null) {
      err.println("Error: the log level \"" + options.value("level").orElse("")
          + "\" is none of Off, Error, Warn, Info, Debug, Trace");
      return BAD_CONFIGURATION;
    }
    String id = options.value("id").orElse(DEFAULT_ID);
    if (!id.matches("[A-Za-z0-9-]{1,64}")) {
      err.println("Invalid instance ID: \"" + id + "\": use 1 to 64 letters, digits and dashes");
      return GENERIC_ERROR;
    }
    String logPath = options.value("log-path").orElse("");
    try (PrintStream logStream = openLog(logPath, out)) {
      FirecrackerLog log = new FirecrackerLog(logStream, id, level, options.has("show-level"));
      log.info("Running Firecracker v" + VERSION);
      int status = start(options, id, log, out, err);
      if (status == OK) {
        log.info("Firecracker exiting successfully. exit_code=0");
      } else {
        log.error("Firecracker exiting with error. exit_code=" + status);
      }
      return status;
    } catch (IOException | InvalidPathException e) {
      err.println("Error: cannot open the log file " + logPath + ": " + reason(e));
      return GENERIC_ERROR;
    }
  }

  private static PrintStream openLog(String path, PrintStream out) throws IOException {
    if (path.isEmpty()) {
      // Closing the log must not close stdout.
      return new PrintStream(new OutputStream() {
        @Override
        public void write(int b) {
          out.write(b);
        }

        @Override
        public void write(byte[] data, int offset, int length) {
          out.write(data, offset, length);
        }

        @Override
        public void flush() {
          out.flush();
        }
      });
    }
    return new PrintStream(
        Files.newOutputStream(Path.of(path), StandardOpenOption.CREATE, StandardOpenOption.APPEND));
  }

  private int start(Arguments options, String id, FirecrackerLog log, PrintStream out, PrintStream err)
      throws InterruptedException {
    if (!options.has("no-api")) {
      err.println("Error: this build has no API server: pass --no-api --config-file FILE");
      return GENERIC_ERROR;
    }
    Path file = Path.of(options.value("config-file").orElse(""));
    MicroVm vm;
    try {
      vm = configure(VmConfig.parse(Files.readAllBytes(file)), id).start();
    } catch (ConfigException e) {
      err.println("Error: Configuration for VMM from one single json failed: " + e.getMessage());
      return GENERIC_ERROR;
    } catch (MicroVmException e) {
      err.println("Error: Could not Start MicroVM from one single json: " + e.getMessage());
      return GENERIC_ERROR;
    } catch (IOException e) {
      err.println("Error: Unable to open or read from the configuration file " + file + ": " + reason(e));
      return GENERIC_ERROR;
    }
    log.info("Successfully started microvm that was configured from one single json");
    try (vm) {
      return serve(vm, log, out, err);
    }
  }

  private static String reason(Exception e) {
    return e instanceof NoSuchFileException ? "no such file" : String.valueOf(e.getMessage());
  }

  private static MicroVm.Builder configure(VmConfig config, String id) throws ConfigException, MicroVmException {
    VmConfig.BootSource source = config.bootSource();
    VmConfig.Machine machine = config.machine();
    int vcpus = machine.vcpuCount();
    if (vcpus < 1 || vcpus > 32 || (machine.smt() && vcpus % 2 != 0 && vcpus != 1)) {
      throw new ConfigException("The vCPU number is invalid! The vCPU number can only be 1 or an even number when "
          + "SMT is enabled, and 1 to 32 in any case, not " + machine.vcpuCount() + ".");
    }
    if (machine.memSizeMib() == 0) {
      throw new ConfigException(
          "The memory size (MiB) is either 0, or not a multiple of the configured page size.");
    }
    MicroVm.Builder builder = MicroVm.builder()
        .name(id)
        .kernel(Path.of(source.kernelImagePath()))
        .vcpus(machine.vcpuCount())
        .memoryMib(machine.memSizeMib())
        .entropy(config.entropy())
        .accelerator(Accelerator.fromEnvironment());
    if (source.initrdPath() != null) {
      builder.initrd(Path.of(source.initrdPath()));
    }
    // The root device comes first and becomes /dev/vda.
    List<VmConfig.DriveConfig> drives = Stream.concat(
            config.drives().stream().filter(VmConfig.DriveConfig::isRootDevice),
            config.drives().stream().filter(drive -> !drive.isRootDevice()))
        .toList();
    for (VmConfig.DriveConfig drive : drives) {
      builder.drive(new Drive(drive.driveId(), Path.of(drive.pathOnHost()), drive.isReadOnly(), drive.writeback()));
    }
    return builder.commandLine(commandLine(source, drives));
  }

  /** The boot arguments with what Firecracker adds, before {@code --}: what stands after it is for init. */
  static String commandLine(VmConfig.BootSource source, List<VmConfig.DriveConfig> drives) {
    String given = source.bootArgs() != null ? source.bootArgs() : DEFAULT_BOOT_ARGS;
    List<String> words = new ArrayList<>();
    int separator = (" " + given + " ").indexOf(" -- ");
    String parameters = (separator < 0 ? given : given.substring(0, separator)).strip();
    if (!parameters.isEmpty()) {
      words.add(parameters);
    }
    words.add("pci=off");
    if (!drives.isEmpty() && drives.getFirst().isRootDevice()) {
      VmConfig.DriveConfig root = drives.getFirst();
      words.add("root=" + (root.partuuid() != null ? "PARTUUID=" + root.partuuid() : "/dev/vda"));
      words.add(root.isReadOnly() ? "ro" : "rw");
    }
    if (separator >= 0) {
      words.add(given.substring(separator).strip());
    }
    return String.join(" ", words);
  }

  private int serve(MicroVm vm, FirecrackerLog log, PrintStream out, PrintStream err) throws InterruptedException {
    Thread output = Thread.ofPlatform().name("serial output").daemon().start(() -> copy(vm.serialOutput(), out));
    RawTerminal.Session session = null;
    try {
      if (stdinIsTerminal) {
        session = terminal.enter();
      }
      if (stdinIsTerminal || stdinIsPipe()) {
        Thread.ofPlatform()
            .name("serial input")
            .daemon()
            .start(() -> copy(new FileInputStream(FileDescriptor.in), vm.serialInput()));
      }
      Exit exit = vm.await();
      output.join();
      return finish(exit, log, err);
    } catch (IOException e) {
      err.println("Error: cannot use the terminal on stdin: " + e.getMessage());
      return GENERIC_ERROR;
    } finally {
      if (session != null) {
        session.close();
      }
    }
  }

  private static int finish(Exit exit, FirecrackerLog log, PrintStream err) {
    return switch (exit) {
      case Exit.PowerOff off -> {
        log.info("Vmm is stopping.");
        yield OK;
      }
      case Exit.Reset reset -> {
        log.info("Vmm is stopping.");
        yield OK;
      }
      case Exit.Stopped stopped -> OK;
      case Exit.TripleFault fault -> {
        log.error("vCPU " + fault.vcpu() + " stopped with a triple fault:\n" + fault.registers());
        err.println(
            "Error: the guest stopped with a triple fault on vCPU " + fault.vcpu() + "; the log has its registers");
        yield GENERIC_ERROR;
      }
      case Exit.Failed failed -> {
        log.error("vCPU failed: " + failed.cause());
        err.println("Error: the machine failed: " + failed.cause());
        yield GENERIC_ERROR;
      }
    };
  }

  /** Firecracker reads stdin only if it is a terminal or a pipe. */
  private static boolean stdinIsPipe() {
    Path stdin = Path.of("/proc/self/fd/0");
    try {
      return Files.readSymbolicLink(stdin).toString().startsWith("pipe:");
    } catch (IOException e) {
      // No such file system on this host: reading it is the more useful guess.
      return true;
    }
  }

  private static void copy(InputStream from, OutputStream to) {
    byte[] chunk = new byte[8192];
    try {
      for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
        to.write(chunk, 0, n);
        to.flush();
      }
    } catch (IOException e) {
      // One side is gone: the machine has ended, or nobody reads its output any more. Neither stops the guest.
    }
  }
}
