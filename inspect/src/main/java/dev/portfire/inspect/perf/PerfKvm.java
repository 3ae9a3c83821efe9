package dev.portfire.inspect.perf;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.SysRoot;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The program {@code perf-kvm}, which is {@code perf kvm} of the kernel's tools. */
public final class PerfKvm {
  /** Exit statuses, as perf's. */
  static final int USAGE_STATUS = 129;

  static final int NOT_SUPPORTED = 161;
  static final int INVALID = 234;
  static final int FAILED = 255;

  private static final String USAGE =
      """

       Usage: perf kvm [<options>] {top|record|report|diff|buildid-list|stat}

          -i, --input <file>    Input file name
          -o, --output <file>   Output file name
          -v, --verbose         be more verbose (show counter open errors, etc)
              --guest           Collect guest os data
              --guestkallsyms <file>
                                file saving guest os /proc/kallsyms
              --guestmodules <file>
                                file saving guest os /proc/modules
              --guestmount <directory>
                                guest mount directory under which every guest os instance has a subdir
              --guestvmlinux <file>
                                file saving guest os vmlinux
              --host            Collect host os data

       Usage: perf kvm stat <command>

       # Available commands:
      \trecord: record kvm events
      \treport: report statistical data of kvm events
      \tlive:   live reporting of statistical data of kvm events

       Otherwise, it is the alias of 'perf stat', which is not here.

      """;

  private static final List<Option> OPTIONS = List.of(
      Option.required('i', "input"),
      Option.required('o', "output"),
      Option.flag('h', "help"),
      Option.flag('v', "verbose"),
      Option.flag('\0', "guest"),
      Option.required('\0', "guestkallsyms"),
      Option.required('\0', "guestmodules"),
      Option.required('\0', "guestmount"),
      Option.required('\0', "guestvmlinux"),
      Option.flag('\0', "no-guest"),
      Option.flag('\0', "host"),
      Option.flag('\0', "no-host"));

  private static final int SHORTEST = 3;

  /** A command line that was not understood: all that is to be said, and the exit status. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    UsageException(String text, int status) {
      super(text);
      this.status = status;
    }
  }

  private final SysRoot root;
  private final boolean terminal;
  private final boolean screen;
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private String input = "";
  private String output = "";
  private boolean guest = true;
  private boolean host;
  private boolean verbose;
  private Optional<Path> mount = Optional.empty();
  private Optional<Path> kallsyms = Optional.empty();
  private Optional<Path> modules = Optional.empty();
  private Optional<Path> vmlinux = Optional.empty();

  /**
   * Makes the program.
   *
   * @param terminal whether stdin is one
   * @param screen whether stdin and stdout are
   */
  public PerfKvm(SysRoot root, boolean terminal, boolean screen, InputStream in, PrintStream out, PrintStream err) {
    this.root = root;
    this.terminal = terminal;
    this.screen = screen;
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /** Runs the program and returns its exit status. */
  public int run(List<String> arguments) throws InterruptedException {
    try {
      int own = own(arguments, List.of(
          "-i", "-o", "--input", "--output", "--guestkallsyms", "--guestmodules", "--guestmount", "--guestvmlinux"));
      for (GetOpt.Given given : parse(OPTIONS, USAGE, arguments.subList(0, own))) {
        switch (given.option().name()) {
          case "input" -> input = given.required();
          case "output" -> output = given.required();
          case "guest" -> guest = true;
          case "guestkallsyms" -> kallsyms = Optional.of(Path.of(given.required()));
          case "guestmodules" -> modules = Optional.of(Path.of(given.required()));
          case "guestmount" -> mount = Optional.of(Path.of(given.required()));
          case "guestvmlinux" -> vmlinux = Optional.of(Path.of(given.required()));
          case "no-guest" -> guest = false;
          case "host" -> host = true;
          case "no-host" -> host = false;
          case "help" -> throw usage();
          default -> verbose = true;
        }
      }
      return command(arguments, arguments.subList(own, arguments.size()));
    } catch (UsageException e) {
      err.print(e.getMessage());
      return e.status;
    }
  }

  /** Tells why a file could not be read. */
  static int failed(PrintStream err, String input, IOException e) {
    String reason = e instanceof AccessDeniedException ? "Permission denied" : e.getMessage();
    err.print("perf-kvm: " + input + ": " + reason + "\n");
    return FAILED;
  }

  private static UsageException usage() {
    return new UsageException(USAGE.stripTrailing() + "\n", USAGE_STATUS);
  }

  /**
   * How many words come before the command.
   *
   * @param followed options that the next word belongs to
   */
  static int own(List<String> words, List<String> followed) {
    int at = 0;
    while (at < words.size() && words.get(at).startsWith("-") && !words.get(at).equals("--")) {
      String word = words.get(at);
      boolean two = followed.contains(word)
          || word.length() > 2 && !word.equals("--guest") && followed.stream().anyMatch(option -> option.startsWith("--") && option.startsWith(word));
      at += two ? 2 : 1;
    }
    return Math.min(at, words.size());
  }

  /** Parses options; the words beside them are not taken. */
  static List<GetOpt.Given> parse(List<Option> options, String usage, List<String> words) throws UsageException {
    try {
      GetOpt.Parsed parsed = GetOpt.parse("perf-kvm", options, words);
      if (!parsed.operands().isEmpty()) {
        throw new UsageException(usage.stripTrailing() + "\n", USAGE_STATUS);
      }
      return parsed.options();
    } catch (GetOpt.UsageException e) {
      throw new UsageException(e.getMessage() + "\n" + usage.stripTrailing() + "\n", USAGE_STATUS);
    }
  }

  private static boolean is(String word, String command) {
    return word.length() >= SHORTEST && command.startsWith(word);
  }

  private String defaultFile() {
    return host ? guest ? "perf.data.kvm" : "perf.data.host" : guest ? "perf.data.guest" : "perf.data";
  }

  private int command(List<String> all, List<String> words) throws UsageException, InterruptedException {
    if (words.isEmpty()) {
      throw usage();
    }
    String command = words.getFirst();
    Guests guests = new Guests(mount, kallsyms, modules, vmlinux, guest, host);
    String file = input.isEmpty() ? defaultFile() : input;
    List<String> options = new ArrayList<>(words.subList(1, words.size()));
    if (verbose && (is(command, "record") || is(command, "top"))) {
      options.addFirst("-v");
    }
    if (is(command, "report")) {
      return new ProfileReport(root, in, out, err).run(guests, file, options);
    }
    if (is(command, "buildid-list")) {
      return new BuildIdList(root, out, err).run(file, options);
    }
    if (is(command, "diff")) {
      return new ProfileDiff(root, guests, out, err).run(options);
    }
    List<String> line = new ArrayList<>(List.of("perf-kvm"));
    line.addAll(all);
    if (is(command, "top")) {
      return new Top(root, guests, screen, in, out, err).run(options);
    }
    if (is(command, "record")) {
      return new ProfileRecord(root, guests, out, err, line).run(output.isEmpty() ? defaultFile() : output, options);
    }
    if (!is(command, "stat") || words.size() < 2) {
      throw usage();
    }
    List<String> rest = words.subList(2, words.size());
    if (is(words.get(1), "report")) {
      return new StatReport(root, guests, in, out, err).run(file, rest);
    }
    if (is(words.get(1), "record")) {
      return new StatRecord(root, out, err, line).run(output.isEmpty() ? defaultFile() : output, rest);
    }
    if (is(words.get(1), "live")) {
      return new StatLive(root, guests, terminal, in, out, err, Clock.system(ZoneId.systemDefault())).run(rest);
    }
    throw usage();
  }
}
