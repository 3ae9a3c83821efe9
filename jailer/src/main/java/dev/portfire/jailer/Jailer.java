package dev.portfire.jailer;

import dev.portfire.jailer.JailerException.Kind;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code jailer} program: executes a file in a root directory, cgroups and namespaces of its own, as another user, with nothing
 * inherited but stdin, stdout and stderr. For x86-64 Linux and root.
 */
public final class Jailer {
  /** The version of Firecracker whose jailer's behaviour this is. */
  private static final String VERSION = "1.17.0-portfire";

  private static final int FAILED = 1;

  /** What a panic of Firecracker's jailer ends with. */
  private static final int PANIC = 101;

  private final PrintStream out;
  private final PrintStream err;
  private final Map<String, String> environment;
  private final Optional<Path> launchers;

  /**
   * Makes the program.
   *
   * @param environment variables, which the jailed program does not get
   * @param launchers the directory of Portfire's tools: a file there is jailed with all that it needs
   */
  public Jailer(PrintStream out, PrintStream err, Map<String, String> environment, Optional<Path> launchers) {
    this.out = out;
    this.err = err;
    this.environment = Map.copyOf(environment);
    this.launchers = launchers;
  }

  /**
   * Runs the program. If all goes well and the jailed program takes over this process, it does not return.
   *
   * @param words the command line without the program's name
   * @return 0 if the jailed program runs in another process, 1 or 101 if it does not run and nothing is left of it
   */
  public int run(List<String> words) throws InterruptedException {
    long startMicros = System.nanoTime() / 1000;
    Undo undo = new Undo();
    try {
      Arguments arguments = Arguments.parse(words);
      if (arguments.help()) {
        out.print("Jailer v" + VERSION + "\n\n" + Arguments.helpText());
        return 0;
      }
      if (arguments.has("version")) {
        out.print("Jailer v" + VERSION + "\n\n");
        return 0;
      }
      checkHost();
      jail(arguments, undo, startMicros).enter();
      return 0;
    } catch (JailerException e) {
      List<String> left = undo.run();
      err.println(e.getMessage());
      left.forEach(err::println);
      err.println("Error: " + e.debug());
      return e.kind() == Kind.SANITIZE ? PANIC : FAILED;
    }
  }

  private static void checkHost() throws JailerException {
    if (!System.getProperty("os.arch").equals("amd64") || !System.getProperty("os.name").equals("Linux")) {
      throw new JailerException(Kind.VALIDATION, "The jailer works on x86-64 Linux only");
    }
  }

  /** Checks everything, in the order in which Firecracker's jailer does. */
  private Jail jail(Arguments arguments, Undo undo, long startMicros) throws JailerException {
    Optional<Path> launcher = launchers.map(directory -> directory.resolve("portfire"));
    Settings settings = Settings.of(arguments, launcher);
    List<String> values = arguments.values("cgroup");
    String mounts = read("/proc/mounts");
    if (settings.cgroupVersion() == 2 && values.isEmpty()) {
      Optional<Path> parent = Cgroups.parentOnly(settings, mounts);
      if (parent.isPresent()) {
        Jail.goBackAtUndo(undo);
        Cgroups.moveTo(parent.get(), ProcessHandle.current().pid());
      }
    }
    Cgroups cgroups = Cgroups.of(settings, values, mounts);
    Limits limits = Limits.of(arguments.values("resource-limit"));
    Optional<PortfireRuntime> runtime = Optional.empty();
    if (launcher.isPresent() && launcher.get().equals(settings.execFile())) {
      runtime = Optional.of(runtime());
    }
    return new Jail(settings, arguments, cgroups, limits, runtime, environment, out, undo, startMicros);
  }

  private static PortfireRuntime runtime() throws JailerException {
    try {
      return PortfireRuntime.find(Path.of(System.getProperty("java.home")), PortfireRuntime.ownCommandLine());
    } catch (IOException e) {
      throw new JailerException(Kind.RUNTIME, "Failed to find what Portfire needs in a jail: " + Errors.describe(e));
    }
  }

  private static String read(String path) throws JailerException {
    try {
      return Files.readString(Path.of(path));
    } catch (IOException e) {
      throw new JailerException(Kind.VALIDATION, "Failed to read %s: %s".formatted(path, Errors.describe(e)));
    }
  }
}
