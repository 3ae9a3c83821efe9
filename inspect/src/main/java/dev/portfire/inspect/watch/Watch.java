package dev.portfire.inspect.watch;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Given;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.SysRoot;
import dev.portfire.linux.SystemCallException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** {@code portfire watch}: what machines do, while they do it. */
public final class Watch {
  private static final String PROGRAM = "portfire watch";
  private static final double LEAST_SECONDS = 0.1;
  private static final double MOST_SECONDS = 60;

  private static final String HELP =
      """
      Usage: portfire watch [OPTION]...

      Shows what microVMs do while they run, in a browser at the address that is printed: exits by reason over time, how long they
      take, the boot, and what the devices do. Machines of Portfire tell that to programs of the same user, and to root; of other
      monitors' machines, what KVM counts is shown where they keep its statistics open.

            --tui                a page on this terminal, instead of the browser's
        -p, --port PORT          the port of the loopback interface; any that is free if not given
        -s, --set-delay SECONDS  between samples, 0.1 to 60; 1 by default
        -h, --help               this text

      The address has a key in it that is another one each time: without it, nothing is shown to anybody. Ctrl-C ends the page.
      """;

  private static final List<Option> OPTIONS = List.of(
      Option.flag('\0', "tui"),
      Option.required('p', "port"),
      Option.required('s', "set-delay"),
      Option.flag('h', "help"));

  private final SysRoot root;
  private final boolean terminal;
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * Makes the command.
   *
   * @param terminal whether stdin and stdout are terminals
   */
  public Watch(SysRoot root, boolean terminal, InputStream in, PrintStream out, PrintStream err) {
    this.root = root;
    this.terminal = terminal;
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /** Runs the command and returns its exit status. */
  public int run(List<String> arguments) throws InterruptedException {
    boolean tui = false;
    int port = 0;
    double seconds = 1;
    try {
      GetOpt.Parsed parsed = GetOpt.parse(PROGRAM, OPTIONS, arguments);
      if (!parsed.operands().isEmpty()) {
        return refuse("unexpected argument " + parsed.operands().getFirst());
      }
      for (Given given : parsed.options()) {
        switch (given.option().name()) {
          case "tui" -> tui = true;
          case "port" -> port = number(given.required());
          case "set-delay" -> seconds = seconds(given.required());
          case "help" -> {
            out.print(HELP);
            return 0;
          }
          default -> throw new IllegalStateException(given.option().name());
        }
      }
    } catch (GetOpt.UsageException e) {
      err.println(e.getMessage());
      err.println("Try '" + PROGRAM + " --help' for more information.");
      return 2;
    }
    if (port < 0 || port > 0xffff) {
      return refuse("the port is a number from 0 to 65535");
    }
    if (!(seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS)) {
      return refuse("the delay is a number of seconds from 0.1 to 60");
    }
    if (tui && !terminal) {
      return refuse("--tui needs a terminal");
    }
    Duration interval = Duration.ofNanos((long) (seconds * 1e9));
    try (Watcher watcher = new Watcher(root)) {
      return tui ? tui(watcher, interval) : page(watcher, port, interval);
    }
  }

  private int tui(Watcher watcher, Duration interval) throws InterruptedException {
    try {
      new Tui(watcher, interval, out).run(in);
      return 0;
    } catch (SystemCallException e) {
      err.println(PROGRAM + ": the terminal: " + e.getMessage());
      return 1;
    }
  }

  private int page(Watcher watcher, int port, Duration interval) throws InterruptedException {
    Optional<Page> page = ServiceLoader.load(Page.class).findFirst();
    if (page.isEmpty()) {
      err.println(PROGRAM + ": the module dev.portfire.watch is not here: start bin/portfire, or use --tui");
      return 1;
    }
    return page.get().serve(watcher, port, interval, out, err);
  }

  private int refuse(String problem) {
    err.println(PROGRAM + ": " + problem + "; try --help");
    return 2;
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static double seconds(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
