package dev.portfire.inspect.kvmstat;

import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.host.Guests;
import dev.portfire.inspect.host.Guests.Guest;
import dev.portfire.inspect.kvmstat.Display.Line;
import dev.portfire.inspect.kvmstat.Display.Style;
import dev.portfire.inspect.kvmstat.Display.View;
import dev.portfire.inspect.terminal.FullScreen;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.Terminal;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The interactive screen. The terminal is as before when it ends, whatever ends it but SIGKILL. */
final class Screen {
  /** Bounds of the delay between two refreshes, in seconds. */
  static final double LEAST_DELAY = 0.1;

  static final double MOST_DELAY = 25.5;

  /** The first refresh comes soon, so that there is something to see. */
  private static final double FIRST_DELAY = 0.25;

  private static final int CTRL_C = 3;
  private static final int CTRL_D = 4;
  private static final int ESCAPE = 27;
  private static final int BACKSPACE = 8;
  private static final int DELETE = 127;

  private static final List<String> HELP = List.of(
      "   b     a row for each guest, or for each event again (not with tracepoints)",
      "   c     all events of all guests",
      "   f     only events that match a regular expression",
      "   g, p  only one guest, by its name or its process",
      "   h     this page",
      "   o     sort by totals, or by current averages again",
      "   q     end",
      "   r     count from 0",
      "   s     another delay between refreshes",
      "   x     parts of events, as exits by reason, or not",
      "Other keys refresh at once.");

  private final SysRoot root;
  private final Counters counters;
  private final PrintStream out;
  private final BlockingQueue<Integer> keys = new LinkedBlockingQueue<>();
  private double delay;
  private boolean byGuest;
  private boolean children;
  private boolean byTotal;
  private String guest;
  private String note;
  private Terminal.Size size = new Terminal.Size(24, 80);

  /**
   * Makes a screen.
   *
   * @param delay between refreshes, in seconds
   * @param note for the bottom line, or empty
   */
  Screen(SysRoot root, Counters counters, double delay, boolean byGuest, String note, PrintStream out) {
    this.root = root;
    this.counters = counters;
    this.delay = delay;
    this.byGuest = byGuest;
    this.note = note;
    this.out = out;
    guest = Guests.nameOf(root, counters.pid());
  }

  /** Shows figures until the user has seen enough. */
  void run(InputStream in) throws SystemCallException, SourceException, InterruptedException {
    try (FullScreen screen = FullScreen.open(in, out, keys)) {
      loop(screen);
    }
  }

  private void loop(FullScreen screen) throws SystemCallException, SourceException, InterruptedException {
    double seconds = FIRST_DELAY;
    size = known(screen.size());
    draw(with(Display.head(view()), Display.collecting()));
    var unused = counters.next(byGuest);
    long before = System.nanoTime();
    while (true) {
      Integer key = keys.poll((long) (seconds * 1000), TimeUnit.MILLISECONDS);
      if (key != null && !handle(key)) {
        return;
      }
      size = known(screen.size());
      long now = System.nanoTime();
      refresh(Math.max(0.001, (now - before) / 1e9));
      before = now;
      seconds = delay;
    }
  }

  private static Terminal.Size known(Terminal.Size size) {
    return size.rows() == 0 || size.columns() == 0 ? new Terminal.Size(24, 80) : size;
  }

  private View view() {
    return new View(counters.pid(), guest, counters.filter(), byGuest, children, byTotal, note);
  }

  private static List<Line> with(List<Line> lines, Line more) {
    List<Line> all = new ArrayList<>(lines);
    all.add(more);
    return all;
  }

  private void refresh(double seconds) throws SourceException {
    int pid = counters.pid();
    if (pid != 0 && !root.exists("/proc/" + pid)) {
      List<Guest> back = Guests.all(root).stream().filter(g -> !guest.isEmpty() && g.name().equals(guest)).toList();
      if (back.size() != 1) {
        // The last figures stay.
        print(List.of(Display.dead()));
        return;
      }
      counters.pid(back.getFirst().pid());
      var unused = counters.next(byGuest);
    }
    List<Line> lines = new ArrayList<>(Display.head(view()));
    lines.addAll(Display.body(view(), counters.next(byGuest), seconds, size.rows(), this::guestOf));
    draw(lines);
  }

  private String guestOf(String pid) {
    String name = Guests.nameOf(root, Integer.parseInt(pid));
    return name.isEmpty() ? "pid " + pid : name;
  }

  /** Does what a key means; false if it is the end. */
  private boolean handle(int key) throws SourceException, InterruptedException {
    switch (key) {
      case 'q', CTRL_C, CTRL_D, FullScreen.END -> {
        return false;
      }
      case 'b' -> groupByGuest();
      case 'c' -> {
        counters.filter("");
        look(0);
      }
      case 'f' -> askFilter();
      case 'g', 'p' -> askGuest();
      case 'h' -> showHelp();
      case 'o' -> byTotal = !byTotal;
      case 'r' -> counters.reset();
      case 's' -> askDelay();
      case 'x' -> children = !children;
      default -> {
        // A refresh is what comes next.
      }
    }
    return true;
  }

  private void groupByGuest() throws SourceException, InterruptedException {
    if (!counters.knowsGuests()) {
      draw(List.of(
          new Line(0, 0, "Tracepoints do not tell guests from each other:", Style.PLAIN),
          new Line(1, 0, "start with -d, or with --source=stats or --source=portfire.", Style.PLAIN)));
      Integer unused = keys.poll(3, TimeUnit.SECONDS);
      return;
    }
    byGuest = !byGuest;
    counters.regroup(byGuest);
  }

  private void look(int pid) throws SourceException {
    counters.pid(pid);
    guest = Guests.nameOf(root, pid);
  }

  private void showHelp() throws InterruptedException {
    List<Line> lines = new ArrayList<>();
    lines.add(new Line(0, 0, "Keys", Style.BOLD));
    for (int i = 0; i < HELP.size(); i++) {
      lines.add(new Line(2 + i, 0, HELP.get(i), Style.PLAIN));
    }
    lines.add(new Line(3 + HELP.size(), 0, "Any key leads back.", Style.PLAIN));
    draw(lines);
    int key = keys.take();
    if (key == FullScreen.END || key == CTRL_C) {
      keys.add(key);
    }
  }

  private void askFilter() throws SourceException, InterruptedException {
    String problem = "";
    while (true) {
      String last = problem;
      String regex = ask("New regex: ", () -> List.of(
          new Line(0, 0, "Show statistics for events that match a regular expression", Style.BOLD),
          new Line(2, 0, "Current regex: " + counters.filter(), Style.PLAIN),
          new Line(5, 0, last, Style.PLAIN)));
      try {
        Pattern unused = Pattern.compile(regex);
        counters.filter(regex);
        return;
      } catch (PatternSyntaxException e) {
        problem = '"' + regex + "\": not a valid regular expression";
      }
    }
  }

  private void askGuest() throws SourceException, InterruptedException {
    String problem = "";
    while (true) {
      String last = problem;
      String answer = ask("Guest name or pid [0 for all]: ", () -> {
        List<Line> lines = new ArrayList<>();
        lines.add(new Line(0, 0, "Show statistics for a specific guest", Style.BOLD));
        lines.add(new Line(5, 0, last, Style.PLAIN));
        lines.add(new Line(7, 1, "%8s  %-60s".formatted("Pid", "Guest Name"), Style.REVERSE));
        int row = 8;
        for (Guest found : Guests.all(root)) {
          lines.add(new Line(row++, 1, "%8s  %-60s".formatted(found.pid(), found.name()), Style.PLAIN));
        }
        return lines;
      });
      if (answer.isEmpty()) {
        return;
      }
      OptionalInt pid = pidOf(answer);
      if (pid.isPresent()) {
        look(pid.getAsInt());
        return;
      }
      problem = '"' + answer + "\": not one guest";
    }
  }

  private OptionalInt pidOf(String answer) {
    if (answer.chars().allMatch(c -> c >= '0' && c <= '9') && answer.length() <= 9) {
      int pid = Integer.parseInt(answer);
      return pid == 0 || root.exists("/proc/" + pid) ? OptionalInt.of(pid) : OptionalInt.empty();
    }
    List<Guest> found = Guests.all(root).stream().filter(g -> g.name().equals(answer)).toList();
    return found.size() == 1 ? OptionalInt.of(found.getFirst().pid()) : OptionalInt.empty();
  }

  private void askDelay() throws InterruptedException {
    String problem = "";
    while (true) {
      String last = problem;
      String answer = ask("New value: ", () -> List.of(
          new Line(0, 0, "Set update interval to %.1f-%.1f seconds".formatted(LEAST_DELAY, MOST_DELAY), Style.BOLD),
          new Line(2, 0, "Current value: %.1f seconds".formatted(delay), Style.PLAIN),
          new Line(5, 0, last, Style.PLAIN)));
      if (answer.isEmpty()) {
        return;
      }
      try {
        double seconds = Double.parseDouble(answer);
        if (seconds >= LEAST_DELAY && seconds <= MOST_DELAY) {
          delay = seconds;
          return;
        }
        problem = '"' + answer + "\": not within the bounds";
      } catch (NumberFormatException e) {
        problem = '"' + answer + "\": not a number";
      }
    }
  }

  /** Lets the user type a line in row 3, below and above other lines; Escape gives an empty one. */
  private String ask(String prompt, Supplier<List<Line>> around) throws InterruptedException {
    StringBuilder typed = new StringBuilder();
    while (true) {
      draw(with(around.get(), new Line(3, 0, prompt + typed + "_", Style.PLAIN)));
      Integer key = keys.poll((long) (delay * 1000), TimeUnit.MILLISECONDS);
      if (key == null) {
        continue;
      }
      int character = key;
      switch (character) {
        case FullScreen.END, CTRL_C -> {
          keys.add(key);
          return "";
        }
        case ESCAPE -> {
          return "";
        }
        case '\r', '\n' -> {
          return typed.toString().strip();
        }
        case BACKSPACE, DELETE -> typed.setLength(Math.max(0, typed.length() - 1));
        default -> {
          if (character >= ' ' && typed.length() < 256) {
            typed.append((char) character);
          }
        }
      }
    }
  }

  private void draw(List<Line> lines) {
    out.print("\033[0m\033[2J");
    print(lines);
  }

  private void print(List<Line> lines) {
    StringBuilder text = new StringBuilder();
    for (Line line : lines) {
      int room = size.columns() - line.column();
      if (line.row() >= size.rows() || room <= 0) {
        continue;
      }
      String style = switch (line.style()) {
        case PLAIN -> "\033[0m";
        case BOLD -> "\033[1m";
        case ALARM -> "\033[1;5m";
        case REVERSE -> "\033[7m";
      };
      String shown = line.text().substring(0, Math.min(line.text().length(), room));
      text.append("\033[").append(line.row() + 1).append(';').append(line.column() + 1).append('H');
      text.append(style).append(shown).append("\033[0m");
    }
    out.print(text);
    out.flush();
  }
}
