package dev.portfire.cli;

import dev.portfire.cli.guest.DefaultGuest;
import dev.portfire.cli.guest.GuestException;
import dev.portfire.cli.guest.GuestTask;
import dev.portfire.vmm.Accelerator;
import dev.portfire.vmm.Drive;
import dev.portfire.vmm.MicroVm;
import dev.portfire.vmm.MicroVmException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code portfire run}: boots a microVM to a shell, or to run one command in it. */
final class RunCommand {
  /** Exit status when Portfire failed, and not the command: out of the way of what commands use. */
  static final int FAILED = 125;

  /** Exit status for a command line that cannot be taken. */
  static final int USAGE_ERROR = 2;

  /** Kernel parameters for a machine without PCI, legacy peripherals and speculation to be afraid of. */
  private static final String BASE_PARAMETERS = "reboot=k panic=-1 pci=off i8042.noaux i8042.nomux i8042.dumbkbd"
      + " 8250.nr_uarts=1 tsc=reliable no_timer_check random.trust_cpu=on cryptomgr.notests mitigations=off";

  private final PrintStream err;

  RunCommand(PrintStream err) {
    this.err = err;
  }

  /** Runs with the arguments after {@code run}; returns the exit status. */
  int run(List<String> arguments) throws InterruptedException {
    RunOptions options;
    try {
      Optional<RunOptions> parsed = RunOptions.parse(arguments);
      if (parsed.isEmpty()) {
        System.out.print(RunOptions.HELP);
        return 0;
      }
      options = parsed.get();
    } catch (RunOptions.UsageException e) {
      err.println("portfire run: " + e.getMessage() + " (portfire run --help)");
      return USAGE_ERROR;
    }
    Progress progress = new Progress(err, Terminals.STDERR);
    try (OutputStream log = openLog(options.log())) {
      return start(options, progress, log);
    } catch (MicroVmException | GuestException | IOException e) {
      progress.clear();
      err.println("portfire: " + e.getMessage());
      return FAILED;
    }
  }

  private static OutputStream openLog(Optional<Path> path) throws MicroVmException {
    if (path.isEmpty()) {
      return OutputStream.nullOutputStream();
    }
    try {
      return Files.newOutputStream(path.get());
    } catch (NoSuchFileException e) {
      throw new MicroVmException("cannot write the log %s: its directory does not exist".formatted(path.get()), e);
    } catch (IOException e) {
      throw new MicroVmException("cannot write the log %s: %s".formatted(path.get(), e.getMessage()), e);
    }
  }

  private int start(RunOptions options, Progress progress, OutputStream log)
      throws MicroVmException, GuestException, IOException, InterruptedException {
    Optional<GuestSymbols> symbols = GuestSymbols.read(options.symbols());
    Accelerator accelerator =
        options.accelerator().isPresent() ? options.accelerator().get() : Accelerator.fromEnvironment();
    MicroVm.Builder builder = MicroVm.builder()
        .name("run")
        .vcpus(options.cpus())
        .memoryMib(options.memoryMib())
        .accelerator(accelerator)
        .engine(options.engine())
        .countInstructions(options.stats());
    options.cpu().ifPresent(builder::cpu);
    options.rootfs().ifPresent(builder::drive);
    options.drives().forEach(builder::drive);
    if (usesSerialConsole(options)) {
      return new SerialSession(err, options, progress, log, symbols).run(serial(builder, options));
    }
    GuestTask task = task(options);
    DefaultGuest guest = DefaultGuest.get(DefaultGuest.userCache(), progress::show);
    builder.kernel(options.kernel().orElse(guest.kernel()))
        .initrd(guest.initramfs(task))
        .announceDevices(options.kernel().isPresent())
        .commandLine(parameters(options, task.mode()));
    return new GuestSession(err, options, progress, log, task, symbols).run(builder);
  }

  /** Whether the guest is all the user's own, so that there is nothing of Portfire's in it to talk to. */
  private static boolean usesSerialConsole(RunOptions options) throws MicroVmException {
    boolean own = options.initrd().isPresent()
        || (options.kernel().isPresent() && options.rootfs().isPresent() && options.command().isEmpty());
    if (options.initrd().isPresent() && options.kernel().isEmpty()) {
      throw new MicroVmException("--initrd needs a kernel that fits: pass --kernel too");
    }
    if (own && !options.command().isEmpty()) {
      throw new MicroVmException("a command is run by the default initrd: leave out --initrd, or the command");
    }
    return own;
  }

  private static MicroVm.Builder serial(MicroVm.Builder builder, RunOptions options) {
    options.kernel().ifPresent(builder::kernel);
    options.initrd().ifPresent(builder::initrd);
    StringBuilder line = new StringBuilder("console=ttyS0 ").append(BASE_PARAMETERS);
    if (options.rootfs().isPresent() && options.initrd().isEmpty()) {
      line.append(" root=/dev/vda ").append(options.rootfs().get().readOnly() ? "ro" : "rw");
    }
    return builder.commandLine(append(line.toString(), options));
  }

  private static String parameters(RunOptions options, GuestTask.Mode mode) {
    StringBuilder line = new StringBuilder("console=ttyS0 ");
    if (mode == GuestTask.Mode.INIT) {
      // The last one becomes /dev/console, where an init and its getty expect the user.
      line.append("console=hvc0 ");
    }
    if (options.log().isEmpty()) {
      line.append("quiet ");
    }
    return append(line.append(BASE_PARAMETERS).toString(), options);
  }

  private static String append(String line, RunOptions options) {
    return options.append().isBlank() ? line : line + " " + options.append();
  }

  private static GuestTask task(RunOptions options) {
    boolean interactive = options.tty() || (Terminals.STDIN && options.command().isEmpty());
    List<byte[]> command = RawArguments.last(options.command());
    Optional<GuestTask.Root> root =
        options.rootfs().map(Drive::readOnly).map(readOnly -> new GuestTask.Root("/dev/vda", readOnly));
    String terminal = System.getenv("TERM");
    Map<String, String> environment =
        interactive ? Map.of("TERM", terminal == null || terminal.isEmpty() ? "vt100" : terminal) : Map.of();
    if (root.isPresent() && command.isEmpty()) {
      return new GuestTask(GuestTask.Mode.INIT, command, environment, root);
    }
    if (interactive) {
      return new GuestTask(GuestTask.Mode.TERMINAL, command, environment, root);
    }
    // Without a terminal and a command, it is a script on stdin that is to be run.
    List<byte[]> words = command.isEmpty() ? List.of(new byte[] {'s', 'h'}) : command;
    return new GuestTask(GuestTask.Mode.COMMAND, words, environment, root);
  }
}
