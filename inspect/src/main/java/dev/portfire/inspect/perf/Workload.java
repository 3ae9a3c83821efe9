package dev.portfire.inspect.perf;

import dev.portfire.inspect.SysRoot;
import dev.portfire.linux.ProcessCalls;
import dev.portfire.linux.Signals;
import dev.portfire.linux.SystemCallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A program that waits to be let go, so that nothing of it is missed by a recording. */
final class Workload {
  private static final int SECOND_MS = 1000;

  private final Process process;

  private Workload(Process process) {
    this.process = process;
  }

  /**
   * Starts it.
   *
   * @param quiet whether what it writes to stdout goes to stderr, since stdout is a recording
   */
  static Workload start(SysRoot root, List<String> command, boolean quiet) throws IOException, InterruptedException {
    if (!isProgram(command.getFirst())) {
      throw new PerfException("\"" + command.getFirst() + "\": No such file or directory");
    }
    List<String> shell = new ArrayList<>(List.of("/bin/sh", "-c", "kill -STOP $$; exec \"$@\"" + (quiet ? " >&2" : ""), "sh"));
    shell.addAll(command);
    Workload workload = new Workload(new ProcessBuilder(shell).inheritIO().start());
    String file = "/proc/" + workload.pid() + "/stat";
    for (int i = 0; i < SECOND_MS; i++) {
      String stat = root.line(file).orElse("");
      if (stat.contains(") T ") || stat.contains(") Z ")) {
        return workload;
      }
      Thread.sleep(1);
    }
    workload.kill();
    throw new PerfException("\"" + command.getFirst() + "\" was not started in time");
  }

  private static boolean isProgram(String name) {
    String path = name.contains("/") ? "." : System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    return Arrays.stream(path.split(":", -1)).anyMatch(directory -> Files.isExecutable(Path.of(directory).resolve(name)));
  }

  int pid() {
    return (int) process.pid();
  }

  /** Lets it go; {@code ended} is called at its end. */
  void go(Runnable ended) {
    try {
      ProcessCalls.kill(pid(), Signals.SIGCONT);
    } catch (SystemCallException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
    var unused = process.onExit().thenRun(ended);
  }

  int status() throws InterruptedException {
    return process.waitFor();
  }

  void kill() {
    process.destroyForcibly();
  }
}
