package dev.portfire.inspect.kvmstat;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Given;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.host.Guests;
import dev.portfire.inspect.host.Guests.Guest;
import dev.portfire.inspect.kvmstat.Counters.Count;
import dev.portfire.linux.Signals;
import dev.portfire.linux.SystemCallException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The program {@code kvm_stat}: what guests make KVM do, as a screen, a log or once. */
public final class KvmStat {
  private static final String PROGRAM = "kvm_stat";
  private static final double DEFAULT_DELAY = 3;

  private static final String HELP =
      """
      Usage: kvm_stat [OPTION]...

      Shows how often guests made KVM, or Portfire's software CPU, do what: on a screen that keys control (h lists them), or

        -1, --once, --batch          one second's figures, on stdout
        -l, --log                    a line for each interval, on stdout
        -L, --log-to-file FILE       the same, appended to a file, which SIGHUP opens again
        -c, --csv                    with -l or -L: comma-separated values
        -z, --skip-zero-records      with -l or -L: no lines in which nothing happened
        -T, --utc                    with -l or -L: times as in RFC 3339, of UTC
        -s, --set-delay SECONDS      between refreshes or lines, 0.1 to 25.5; 3 by default

        -f, --fields REGEX           only events whose names begin with this; -f help lists them
        -p, --pid PID                only the guests of one process
        -g, --guest NAME             only the guest with this name
        -G, --by-guest               a row for each guest, not for each event
        -i, --debugfs-include-past   also what was counted before the start; not for tracepoints

        -t, --tracepoints            the kernel's tracepoints of KVM
        -d, --debugfs                KVM's files in debugfs
            --source=LIST            what to read: tracepoints, stats, debugfs, portfire, or several of them with commas; without a
                                     list, shows which of them there are, and what the others lack
        -h, --help                   this text

      Without -t, -d and --source: the first of tracepoints, stats and debugfs that this user can have, and portfire with it.
      """;

  private static final List<Option> OPTIONS = List.of(
      Option.flag('1', "once"),
      Option.flag('\0', "batch"),
      Option.flag('c', "csv"),
      Option.flag('d', "debugfs"),
      Option.required('f', "fields"),
      Option.required('g', "guest"),
      Option.flag('G', "by-guest"),
      Option.flag('h', "help"),
      Option.flag('i', "debugfs-include-past"),
      Option.flag('l', "log"),
      Option.required('L', "log-to-file"),
      Option.required('p', "pid"),
      Option.required('s', "set-delay"),
      Option.optional('\0', "source"),
      Option.flag('t', "tracepoints"),
      Option.flag('T', "utc"),
      Option.flag('z', "skip-zero-records"));

  /** What the command line says is not possible; the message is one line. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    Refused(int status, String message) {
      super(message);
      this.status = status;
    }
  }

  private final SysRoot root;
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private final boolean terminal;

  private final List<SourceKind> kinds = new ArrayList<>();
  private boolean once;
  private boolean log;
  private boolean csv;
  private boolean skipZeros;
  private boolean utc;
  private boolean byGuest;
  private boolean includePast;
  private boolean showSources;
  private boolean help;
  private Optional<Path> file = Optional.empty();
  private String fields = "";
  private double delay = DEFAULT_DELAY;
  private int pid;

  /**
   * Makes the program.
   *
   * @param terminal whether stdin and stdout are terminals
   */
  public KvmStat(SysRoot root, boolean terminal, InputStream in, PrintStream out, PrintStream err) {
    this.root = root;
    this.terminal = terminal;
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /** Runs the program and returns its exit status. */
  public int run(List<String> arguments) throws InterruptedException {
    try {
      parse(arguments);
      if (help) {
        out.print(HELP);
        return 0;
      }
      if (showSources) {
        Choice.show(root, out);
        return 0;
      }
      check();
      return count();
    } catch (GetOpt.UsageException e) {
      err.println(e.getMessage());
      err.println("Try '" + PROGRAM + " --help' for more information.");
      return 2;
    } catch (Refused e) {
      err.println(e.getMessage());
      return e.status;
    } catch (SourceException e) {
      err.println(PROGRAM + ": " + e.getMessage());
      return 1;
    } catch (SystemCallException e) {
      err.println(PROGRAM + ": the terminal: " + e.getMessage());
      return 1;
    }
  }

  private void parse(List<String> arguments) throws GetOpt.UsageException, Refused {
    GetOpt.Parsed parsed = GetOpt.parse(PROGRAM, OPTIONS, arguments);
    if (!parsed.operands().isEmpty()) {
      throw new Refused(2, PROGRAM + ": error: unrecognized arguments: " + String.join(" ", parsed.operands()));
    }
    for (Given given : parsed.options()) {
      switch (given.option().name()) {
        case "once", "batch" -> once = true;
        case "csv" -> csv = true;
        case "debugfs" -> add(SourceKind.DEBUGFS);
        case "fields" -> fields = given.required();
        case "guest" -> pid = pidOf(given.required());
        case "by-guest" -> byGuest = true;
        case "help" -> help = true;
        case "debugfs-include-past" -> includePast = true;
        case "log" -> log = true;
        case "log-to-file" -> file = Optional.of(Path.of(given.required()));
        case "pid" -> pid = pid(given.required());
        case "set-delay" -> delay = delay(given.required());
        case "source" -> sources(given.value() == null ? "" : given.value());
        case "tracepoints" -> add(SourceKind.TRACEPOINTS);
        case "utc" -> utc = true;
        case "skip-zero-records" -> skipZeros = true;
        default -> throw new IllegalStateException(given.option().name());
      }
    }
  }

  private void add(SourceKind kind) {
    if (!kinds.contains(kind)) {
      kinds.add(kind);
    }
  }

  private void sources(String list) throws Refused {
    if (list.isEmpty() || list.equals("help")) {
      showSources = true;
      return;
    }
    for (String title : list.split(",", -1)) {
      add(SourceKind.named(title).orElseThrow(() -> new Refused(
          2, "Error: no source \"" + title + "\": there are tracepoints, stats, debugfs and portfire")));
    }
  }

  private int pidOf(String guest) throws Refused {
    List<Guest> found = Guests.all(root).stream().filter(g -> g.name().equals(guest)).toList();
    if (found.isEmpty()) {
      throw new Refused(1, "Error: No guest by the name \"" + guest + "\" found");
    }
    if (found.size() > 1) {
      String pids = String.join(",", found.stream().map(g -> Integer.toString(g.pid())).toList());
      throw new Refused(1, "Error: Multiple processes found (pids: " + pids + "): use -p with one of them");
    }
    return found.getFirst().pid();
  }

  private int pid(String text) throws Refused {
    if (text.isEmpty() || text.length() > 9 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new Refused(2, PROGRAM + ": error: argument -p/--pid: invalid int value: '" + text + "'");
    }
    int number = Integer.parseInt(text);
    // A thread has a directory, too, but is not listed.
    if (number != 0 && !root.unsorted("/proc").contains(text)) {
      throw new Refused(1, "Did you use a (unsupported) tid instead of a pid?\nSpecified pid does not exist.");
    }
    return number;
  }

  private static double delay(String text) throws Refused {
    double seconds;
    try {
      seconds = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new Refused(2, PROGRAM + ": error: argument -s/--set-delay: invalid float value: '" + text + "'");
    }
    if (!(seconds >= Screen.LEAST_DELAY)) {
      throw new Refused(1, "Error: \"" + seconds + "\": Delay must be >=" + Screen.LEAST_DELAY);
    }
    if (seconds > Screen.MOST_DELAY) {
      throw new Refused(1, "Error: \"" + seconds + "\": Delay must be <=" + Screen.MOST_DELAY);
    }
    return seconds;
  }

  private void check() throws Refused {
    boolean logs = log || file.isPresent();
    if (csv && !logs) {
      throw new Refused(1, "Error: Option -c/--csv requires -l/--log");
    }
    if (skipZeros && !logs) {
      throw new Refused(1, "Error: Option -z/--skip-zero-records requires -l/-L");
    }
    if (utc && !logs) {
      throw new Refused(1, "Error: Option -T/--utc requires -l/-L");
    }
    if (kinds.contains(SourceKind.DEBUGFS) && kinds.contains(SourceKind.STATS)) {
      throw new Refused(1, "Error: debugfs and stats count the same events: use one of them");
    }
    try {
      Pattern unused = Pattern.compile(fields);
    } catch (PatternSyntaxException e) {
      throw new Refused(1, "Error: \"" + fields + "\" is not a valid regular expression");
    }
    if (!logs && !once && !terminal && !fields.equals("help")) {
      throw new Refused(1, PROGRAM + ": the screen needs a terminal: use -1 or -l");
    }
  }

  private int count() throws SourceException, SystemCallException, InterruptedException {
    Choice choice = kinds.isEmpty() ? Choice.automatic(root, includePast) : Choice.of(root, kinds, includePast);
    if (choice.sources().isEmpty()) {
      err.println(PROGRAM + ": no source can be read:");
      choice.problems().forEach((kind, problem) -> err.println("  " + kind.title() + ": " + problem));
      return 1;
    }
    boolean lists = fields.equals("help");
    try (Counters counters = new Counters(choice.sources(), lists ? "^$" : fields, pid)) {
      if (lists) {
        counters.names().forEach(name -> out.print("  " + name + "\n"));
        return 0;
      }
      if (byGuest && !counters.knowsGuests()) {
        throw new SourceException("tracepoints do not tell guests from each other: use -d, --source=stats or --source=portfire");
      }
      if (!once && !log && file.isEmpty()) {
        new Screen(root, counters, delay, byGuest, String.join("; ", choice.notes()), out).run(in);
        return 0;
      }
      choice.notes().forEach(note -> err.println(PROGRAM + ": " + note));
      return once ? batch(counters) : log(counters);
    }
  }

  private int batch(Counters counters) throws SourceException, InterruptedException {
    var unused = counters.next(byGuest);
    TimeUnit.SECONDS.sleep(1);
    Map<Event, Count> counts = counters.next(byGuest);
    counts.forEach((event, count) -> out.print(
        String.format(Locale.ROOT, "%-42s%10d%10d%n", byGuest ? guestOf(event.name()) : event.name(), count.total(), count.change())));
    // What follows, the counters' end, can take seconds.
    out.flush();
    tellOfSilence(counts);
    return 0;
  }

  private String guestOf(String process) {
    String name = Guests.nameOf(root, Integer.parseInt(process));
    return name.isEmpty() ? "pid " + process : name;
  }

  /** There are modules that trace no exits; their silence is not that of guests. */
  private void tellOfSilence(Map<Event, Count> counts) {
    Count exits = counts.get(new Event("kvm_exit"));
    Count userspace = counts.get(new Event("kvm_userspace_exit"));
    if (exits != null && userspace != null && exits.total() == 0 && userspace.total() > 0) {
      err.println(PROGRAM + ": guests left to user space, and kvm_exit never fired: this KVM does not trace exits;"
          + " kvm_stat --source=stats counts them");
    }
  }

  private int log(Counters counters) throws SourceException, SystemCallException, InterruptedException {
    List<Event> events = List.copyOf(counters.next(byGuest).keySet());
    BlockingQueue<Integer> signals = signals();
    try (Log lines = new Log(new Log.Form(csv, skipZeros, utc, file), events, Clock.system(ZoneId.systemDefault()), out)) {
      long next = System.nanoTime();
      while (true) {
        next += (long) (delay * 1e9);
        for (Integer signal = signals.poll(next - System.nanoTime(), TimeUnit.NANOSECONDS);
            signal != null;
            signal = signals.poll(next - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          if (signal != Signals.SIGHUP) {
            return 0;
          }
          lines.reopen();
        }
        lines.line(counters.next(byGuest));
      }
    } catch (IOException e) {
      throw new SourceException("cannot write the log: " + e.getMessage());
    }
  }

  /** SIGINT and SIGTERM end a log between two lines, SIGHUP opens its file again. */
  private BlockingQueue<Integer> signals() throws SystemCallException {
    BlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
    List<Integer> numbers = new ArrayList<>(List.of(Signals.SIGINT, Signals.SIGTERM));
    if (file.isPresent()) {
      numbers.add(Signals.SIGHUP);
    }
    Signals signals = Signals.handle(numbers);
    Thread.ofPlatform().name("signals").daemon().start(() -> {
      try {
        while (true) {
          queue.add(signals.next().number());
        }
      } catch (SystemCallException e) {
        queue.add(Signals.SIGTERM);
      }
    });
    return queue;
  }
}
