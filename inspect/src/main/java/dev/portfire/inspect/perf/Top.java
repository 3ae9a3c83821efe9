package dev.portfire.inspect.perf;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.terminal.FullScreen;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** {@code perf kvm top}: where samples of the host and its guests are taken, again and again. */
final class Top {
  private static final String USAGE =
      """

       Usage: perf kvm [<options>] top [<options>]

      """
          + Sampling.USAGE
          + """
                -d, --delay <n>       number of seconds to delay between refreshes (2)
                -E, --entries <n>     display this many functions
                -f, --count-filter <n>
                                      only display functions with at least this many samples
                -K, --hide_kernel_symbols
                                      hide kernel symbols
                -n, --show-nr-samples Show a column with the number of samples
                -s, --sort <key[,key2...]>
                                      sort by key(s): comm, dso, symbol, pid (dso,symbol)
                -U, --hide_user_symbols
                                      hide user symbols
                -z, --zero            zero history across updates
                    --stdio           one table below the other, also on a terminal

            """;

  private static final List<Option> OPTIONS = List.of(
      Option.required('d', "delay"),
      Option.required('E', "entries"),
      Option.required('f', "count-filter"),
      Option.flag('h', "help"),
      Option.flag('K', "hide_kernel_symbols"),
      Option.flag('n', "show-nr-samples"),
      Option.required('s', "sort"),
      Option.flag('U', "hide_user_symbols"),
      Option.flag('z', "zero"),
      Option.flag('\0', "stdio"));

  /** How long a key, and a sample in a ring, may wait. */
  private static final int ROUND_MS = 100;

  private static final long NS_PER_MS = 1_000_000;
  private static final long MS_PER_SECOND = 1000;
  private static final int HEAD_LINES = 4;
  private static final int LONGEST_NUMBER = 9;
  private static final Terminal.Size USUAL_SIZE = new Terminal.Size(24, 80);

  private static final int CTRL_C = 3;
  private static final int CTRL_D = 4;
  private static final int ESCAPE = 27;
  private static final int BACKSPACE = 8;
  private static final int DELETE = 127;

  private static final String RED = "\033[31m";
  private static final String GREEN = "\033[32m";

  private final SysRoot root;
  private final Guests guests;
  private final boolean terminal;
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private final Queue<Integer> keys = new ConcurrentLinkedQueue<>();
  private List<ProfileReport.Column> columns = List.of(ProfileReport.Column.DSO, ProfileReport.Column.SYMBOL);
  private int delay = 2;
  private int entries;
  private int least;
  private int selected;
  private boolean samples;
  private boolean withoutKernel;
  private boolean withoutUser;
  private boolean zero;
  private boolean stdio;

  /** What is asked for at the bottom of the screen, by its key; 0 if nothing is. */
  private int asked;

  private String typed = "";
  private boolean help;

  /**
   * Makes it.
   *
   * @param terminal whether stdin and stdout are one
   */
  Top(SysRoot root, Guests guests, boolean terminal, InputStream in, PrintStream out, PrintStream err) {
    this.root = root;
    this.guests = guests;
    this.terminal = terminal;
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /** Runs it until "q", SIGINT or SIGTERM comes. */
  int run(List<String> arguments) throws PerfKvm.UsageException {
    Sampling sampling = new Sampling(root, err, USAGE);
    List<Option> options = new ArrayList<>(Sampling.OPTIONS);
    options.addAll(OPTIONS);
    for (GetOpt.Given given : PerfKvm.parse(options, USAGE, arguments)) {
      switch (given.option().name()) {
        case "delay" -> delay = Math.max(1, number("d", given.required()));
        case "entries" -> entries = number("E", given.required());
        case "count-filter" -> least = number("f", given.required());
        case "hide_kernel_symbols" -> withoutKernel = true;
        case "hide_user_symbols" -> withoutUser = true;
        case "show-nr-samples" -> samples = true;
        case "sort" -> columns = ProfileReport.columns(given.required());
        case "stdio" -> stdio = true;
        case "zero" -> zero = true;
        default -> sampling.take(given);
      }
    }
    try {
      Rings.Target target = sampling.target();
      List<Event> events = sampling.events(guests, target);
      try (Rings rings = Rings.open(root, Sampling.attributes(events), target, sampling.pages())) {
        rings.stopAtSignal();
        Session session = new Session(rings, events, sampling, target);
        if (!terminal || stdio) {
          session.show(Optional.empty());
        } else {
          try (FullScreen screen = FullScreen.open(in, out, keys)) {
            session.show(Optional.of(screen));
          }
        }
      }
      return 0;
    } catch (IOException e) {
      err.print("perf-kvm: " + e.getMessage() + "\n");
      return PerfKvm.FAILED;
    }
  }

  private static int number(String option, String text) throws PerfKvm.UsageException {
    if (!text.matches("\\d{1,9}")) {
      throw new PerfKvm.UsageException(
          " Error: switch `" + option + "' expects a numerical value\n" + USAGE.stripTrailing() + "\n", PerfKvm.USAGE_STATUS);
    }
    return Integer.parseInt(text);
  }

  /** Does what a key means; false if it is the end. */
  private boolean handle(int key, int events) {
    if (key == FullScreen.END || key == CTRL_C || key == CTRL_D) {
      return false;
    }
    if (asked != 0) {
      answer(key);
      return true;
    }
    if (help) {
      // A key that is in the list does what it does.
      help = false;
    }
    switch (key) {
      case 'q', 'Q' -> {
        return false;
      }
      case 'd', 'e', 'f' -> {
        asked = key;
        typed = "";
      }
      case 'E' -> selected = (selected + 1) % events;
      case 'K' -> withoutKernel = !withoutKernel;
      case 'U' -> withoutUser = !withoutUser;
      case 'z' -> zero = !zero;
      case '\n', '\r', ' ', ESCAPE -> {
        // Shown anew.
      }
      default -> help = true;
    }
    return true;
  }

  private void answer(int key) {
    if (key >= '0' && key <= '9' && typed.length() < LONGEST_NUMBER) {
      typed += (char) key;
    } else if ((key == BACKSPACE || key == DELETE) && !typed.isEmpty()) {
      typed = typed.substring(0, typed.length() - 1);
    } else if (key == '\n' || key == '\r') {
      if (!typed.isEmpty()) {
        int number = Integer.parseInt(typed);
        switch (asked) {
          case 'd' -> delay = Math.max(1, number);
          case 'e' -> entries = number;
          default -> least = number;
        }
      }
      asked = 0;
    } else if (key == ESCAPE) {
      asked = 0;
    }
  }

  private String question() {
    String what = asked == 'd' ? "display delay" : asked == 'e' ? "display entries (lines, 0 for all that fit)" : "display event count filter";
    return "Enter " + what + ": " + typed + "_";
  }

  private List<String> helpLines(List<Event> events) {
    List<String> lines = new ArrayList<>(List.of(
        "Mapped keys:",
        "        [d]     display refresh delay.                  (" + delay + ")",
        "        [e]     display entries (lines).                (" + (entries == 0 ? "all that fit" : entries) + ")"));
    if (events.size() > 1) {
      lines.add("        [E]     active event counter.                   (" + events.get(selected).name() + ")");
    }
    lines.addAll(List.of(
        "        [f]     profile display filter (count).         (" + least + ")",
        "        [K]     hide kernel symbols.                    (" + (withoutKernel ? "yes" : "no") + ")",
        "        [U]     hide user symbols.                      (" + (withoutUser ? "yes" : "no") + ")",
        "        [z]     toggle sample zeroing.                  (" + (zero ? 1 : 0) + ")",
        "        [qQ]    quit."));
    return lines;
  }

  /** One run. */
  private final class Session {
    private final Rings rings;
    private final List<Event> events;
    private final Sampling sampling;
    private final Rings.Target target;
    private final long[] before = new long[Profile.MODE + 1];
    private long lost;
    private TopView.Rates rates = new TopView.Rates(0, 0, 0, 0, 0);

    Session(Rings rings, List<Event> events, Sampling sampling, Rings.Target target) {
      this.rings = rings;
      this.events = events;
      this.sampling = sampling;
      this.target = target;
    }

    /** Shows what there is at the end of each delay, and when a key was pressed. */
    void show(Optional<FullScreen> screen) throws IOException {
      try (PerfData data = PerfData.live(rings.attributes(), Optional.empty())) {
        Profile profile = new Profile(root, guests, data);
        Existing existing = new Existing(root, rings.attributes().getFirst(), bytes -> data.feed(bytes, profile.records()));
        boolean known = existing.kernel();
        if (!known && screen.isEmpty()) {
          err.print("perf-kvm: the kernel hides where it is: its symbols are not known\n");
        }
        existing.guests(guests);
        existing.processes(target.threads());
        rings.enable();
        long last = System.nanoTime();
        if (screen.isPresent()) {
          draw(profile, screen);
        }
        boolean more = true;
        while (more) {
          boolean pressed = false;
          more = rings.await(ROUND_MS);
          for (Integer key = keys.poll(); key != null; key = keys.poll()) {
            more &= handle(key, events.size());
            pressed = true;
          }
          rings.drain(bytes -> data.feed(bytes, profile.records()));
          profile.records().roundFinished();
          long now = System.nanoTime();
          if (now - last >= delay * MS_PER_SECOND * NS_PER_MS || !more && screen.isEmpty()) {
            refresh(profile, (now - last) / (double) (MS_PER_SECOND * NS_PER_MS));
            last = now;
            draw(profile, screen);
            tellLost(data);
            profile.age(zero);
          } else if (pressed && more) {
            draw(profile, screen);
          }
        }
      }
    }

    private void refresh(Profile profile, double seconds) {
      long[] since = new long[before.length];
      long all = 0;
      for (int i = 0; i < before.length; i++) {
        since[i] = profile.samples(i) - before[i];
        before[i] = profile.samples(i);
        all += since[i];
      }
      rates = new TopView.Rates(
          all / Math.max(seconds, 1.0 / MS_PER_SECOND), since[Profile.HOST_KERNEL], since[Profile.HOST_USER], since[Profile.GUEST_KERNEL], since[Profile.GUEST_USER]);
    }

    private void tellLost(PerfData data) {
      if (data.lostEvents() > lost && (!terminal || stdio)) {
        out.print("LOST " + (data.lostEvents() - lost) + " events, Check IO/CPU overload\n\n");
        out.flush();
      }
      lost = data.lostEvents();
    }

    private String head() {
      EventAttribute attribute = rings.attributes().get(selected);
      String rate = (attribute.flags() & EventAttribute.FREQUENCY) != 0 ? attribute.period() + "Hz " : attribute.period() + " ";
      String whose = !sampling.threads().isEmpty() ? "target_tid: " + list(sampling.threads())
          : !sampling.processes().isEmpty() ? "target_pid: " + sampling.processes() : "all";
      int cpus = Rings.cpus(root).size();
      String where = !sampling.cpus().isEmpty() ? "CPU" + (sampling.cpus().size() > 1 ? "s" : "") + ": " + list(sampling.cpus())
          : cpus + " CPU" + (cpus > 1 ? "s" : "");
      return TopView.head(rates, guests.guest(), rate + events.get(selected).name(), whose + ", " + where);
    }

    private static String list(Iterable<Integer> numbers) {
      List<String> texts = new ArrayList<>();
      numbers.forEach(number -> texts.add(number.toString()));
      return texts.stream().collect(Collectors.joining(","));
    }

    private void draw(Profile profile, Optional<FullScreen> screen) throws SystemCallException {
      if (screen.isEmpty()) {
        TopView view = new TopView(columns, samples, entries == 0 ? Integer.MAX_VALUE : entries, least, withoutKernel, withoutUser);
        StringBuilder text = new StringBuilder(head()).append('\n');
        view.rows(profile.counts(selected)).forEach(line -> text.append(line.text()).append('\n'));
        out.print(text.append('\n'));
        out.flush();
        return;
      }
      Terminal.Size size = screen.get().size();
      size = size.rows() == 0 || size.columns() == 0 ? USUAL_SIZE : size;
      int room = Math.max(0, size.rows() - HEAD_LINES - 1);
      StringBuilder text = new StringBuilder("\033[0m\033[2J");
      put(text, 1, size, "", head());
      put(text, 2, size, "", "-".repeat(size.columns() - 1));
      if (help) {
        List<String> lines = helpLines(events);
        for (int i = 0; i < lines.size(); i++) {
          put(text, HEAD_LINES + i, size, "", lines.get(i));
        }
        put(text, HEAD_LINES + lines.size() + 1, size, "", "Any other key leads back.");
      } else {
        TopView view = new TopView(columns, samples, entries == 0 ? room : Math.min(entries, room), least, withoutKernel, withoutUser);
        List<TopView.Line> lines = view.rows(profile.counts(selected));
        for (int i = 0; i < lines.size(); i++) {
          double percent = lines.get(i).percent();
          put(text, HEAD_LINES + i, size, percent >= TopView.MUCH ? RED : percent >= TopView.SOME ? GREEN : "", lines.get(i).text());
        }
      }
      if (asked != 0) {
        put(text, size.rows() - 1, size, "", question());
      }
      out.print(text);
      out.flush();
    }

    private static void put(StringBuilder text, int row, Terminal.Size size, String style, String line) {
      if (row < size.rows()) {
        text.append("\033[").append(row + 1).append(";1H").append(style).append(line, 0, Math.min(line.length(), size.columns())).append("\033[0m");
      }
    }
  }
}
