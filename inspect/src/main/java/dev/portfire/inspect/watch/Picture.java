package dev.portfire.inspect.watch;

import dev.portfire.inspect.watch.Machine.Boot;
import dev.portfire.inspect.watch.Machine.Exits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The terminal's page as lines of text: machines, exits by reason, the latency heat map, the boot and the devices.
 *
 * @param history samples, the latest last; at least one
 * @param selected the key of the machine that is looked at, or empty for all
 * @param reason whose exits the heat map shows, or empty for all but HLT, in which a guest sleeps
 * @param paused whether no samples are taken at present
 */
record Picture(List<Sample> history, String selected, String reason, boolean paused) {
  /** A line and how it looks. */
  record Line(String text, boolean bold, boolean reverse) {
    static Line plain(String text) {
      return new Line(text, false, false);
    }

    static Line title(String text) {
      return new Line(text, true, false);
    }
  }

  private static final String SPARKS = " ▁▂▃▄▅▆▇█";
  private static final String SHADES = " ·░▒▓█";
  private static final int DEFAULT_REASONS = 8;
  private static final int LABEL = 10;

  private Sample now() {
    return history.getLast();
  }

  private boolean isShown(Machine machine) {
    return selected.isEmpty() || machine.key().equals(selected);
  }

  /** The page, as many lines as fit. */
  List<Line> lines(int rows, int columns) {
    List<Line> lines = new ArrayList<>();
    lines.add(head(columns));
    lines.addAll(machines(Math.max(3, rows / 4)));
    lines.add(Line.plain(""));
    lines.addAll(reasons(columns));
    List<Line> after = new ArrayList<>();
    now().machine(selected).flatMap(Machine::boot).ifPresent(boot -> after.addAll(boot(boot, columns)));
    after.addAll(devices(columns));
    int room = rows - lines.size() - Math.min(after.size(), rows / 4) - 2;
    if (room >= 3) {
      lines.add(Line.plain(""));
      lines.addAll(heatMap(Math.min(room, 16), columns));
    }
    lines.addAll(after);
    return lines.subList(0, Math.min(rows, lines.size()));
  }

  private Line head(int columns) {
    double rate = now().machines().stream().mapToDouble(this::rate).sum();
    String left = " portfire watch   %d machine%s   %s exits/s%s".formatted(
        now().machines().size(), now().machines().size() == 1 ? "" : "s", number(rate), paused ? "   PAUSED" : "");
    String right = "up/down machine  tab reason  space pause  q quit ";
    int gap = columns - left.length() - right.length();
    return new Line(gap < 2 ? left : left + " ".repeat(gap) + right, false, true);
  }

  private List<Line> machines(int rows) {
    List<Line> lines = new ArrayList<>();
    lines.add(Line.title("   %-24s %8s %-16s %5s %6s %10s %14s".formatted("NAME", "PID", "MONITOR", "VCPUS", "CPU%", "EXITS/S", "EXITS")));
    List<Machine> all = now().machines();
    int at = 0;
    for (int i = 0; i < all.size(); i++) {
      at = all.get(i).key().equals(selected) ? i + 1 : at;
    }
    int first = Math.max(0, Math.min(at - rows / 2, all.size() + 2 - rows));
    for (int i = first; i <= all.size() && lines.size() < rows; i++) {
      lines.add(i == 0 ? allRow() : machineRow(all.get(i - 1)));
    }
    return lines;
  }

  private Line allRow() {
    List<Machine> all = now().machines();
    String text = row(
        "all", "", "", Integer.toString(all.stream().mapToInt(Machine::vcpus).sum()), "",
        number(all.stream().mapToDouble(this::rate).sum()), Long.toString(all.stream().mapToLong(m -> m.allExits().count()).sum()));
    return new Line((selected.isEmpty() ? " > " : "   ") + text, false, selected.isEmpty());
  }

  private Line machineRow(Machine machine) {
    boolean chosen = machine.key().equals(selected);
    boolean known = machine.origin() != Machine.Origin.NONE;
    String text = row(
        machine.name().isEmpty() ? "-" : machine.name(),
        Integer.toString(machine.pid()),
        machine.monitor(),
        Integer.toString(machine.vcpus()),
        cpu(machine),
        known ? number(rate(machine)) : "-",
        known ? Long.toString(machine.allExits().count()) : "-");
    return new Line((chosen ? " > " : "   ") + text, false, chosen);
  }

  private static String row(String name, String pid, String monitor, String vcpus, String cpu, String rate, String exits) {
    return "%-24s %8s %-16s %5s %6s %10s %14s".formatted(cut(name, 24), pid, cut(monitor, 16), vcpus, cpu, rate, exits);
  }

  private Optional<Sample> before() {
    return history.size() < 2 ? Optional.empty() : Optional.of(history.get(history.size() - 2));
  }

  private double rate(Machine machine) {
    return before()
        .map(before -> now().since(before, machine).values().stream().mapToLong(Exits::count).sum() / seconds(before, now()))
        .orElse(0.0);
  }

  private String cpu(Machine machine) {
    return before()
        .flatMap(before -> before.machine(machine.key())
            .map(old -> String.format(Locale.ROOT, "%.1f", (machine.cpuMillis() - old.cpuMillis()) / 10.0 / seconds(before, now()))))
        .orElse("-");
  }

  private static double seconds(Sample from, Sample to) {
    return Math.max(1, to.millis() - from.millis()) / 1000.0;
  }

  /** What the exits of the machines that are looked at have grown by between two samples. */
  private Map<String, Exits> grown(Sample from, Sample to) {
    Map<String, Exits> sum = new TreeMap<>();
    to.machines().stream()
        .filter(this::isShown)
        .forEach(machine -> to.since(from, machine).forEach((name, exits) -> sum.merge(name, exits, Exits::plus)));
    return sum;
  }

  private Map<String, Exits> totals() {
    Map<String, Exits> sum = new TreeMap<>();
    now().machines().stream()
        .filter(this::isShown)
        .forEach(machine -> machine.exits().forEach((name, exits) -> sum.merge(name, exits, Exits::plus)));
    return sum;
  }

  /** The names of the reasons there were, those first that there were most of. */
  List<String> reasonNames() {
    Map<String, Exits> totals = totals();
    return totals.keySet().stream()
        .sorted(Comparator.comparingLong((String name) -> -totals.getOrDefault(name, Exits.NONE).count()).thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  private List<Line> reasons(int columns) {
    List<Line> lines = new ArrayList<>();
    lines.add(Line.title("   %-20s %14s %10s %9s %9s %9s".formatted("EXITS", "TOTAL", "PER S", "MEAN", "P50", "P99")));
    Map<String, Exits> totals = totals();
    Map<String, Exits> latest = before().map(before -> grown(before, now())).orElse(Map.of());
    int width = Math.max(0, columns - 79);
    for (String name : reasonNames().stream().limit(DEFAULT_REASONS).toList()) {
      Exits total = totals.getOrDefault(name, Exits.NONE);
      double rate = before()
          .map(before -> latest.getOrDefault(name, Exits.NONE).count() / seconds(before, now()))
          .orElse(0.0);
      lines.add(Line.plain("   %-20s %14d %10s %9s %9s %9s  %s".formatted(
          cut(name, 20),
          total.count(),
          number(rate),
          total.nanos() == 0 ? "-" : time(total.nanos() / Math.max(1, total.count())),
          total.histogram().length == 0 ? "-" : time(total.percentile(0.5)),
          total.histogram().length == 0 ? "-" : time(total.percentile(0.99)),
          sparks(name, width))));
    }
    return lines;
  }

  private String sparks(String name, int width) {
    int first = Math.max(1, history.size() - width);
    List<Double> rates = new ArrayList<>();
    for (int i = first; i < history.size(); i++) {
      Sample from = history.get(i - 1);
      rates.add(grown(from, history.get(i)).getOrDefault(name, Exits.NONE).count() / seconds(from, history.get(i)));
    }
    double most = rates.stream().mapToDouble(rate -> rate).max().orElse(0);
    StringBuilder line = new StringBuilder();
    for (double rate : rates) {
      line.append(SPARKS.charAt(rate <= 0 ? 0 : 1 + (int) Math.min(7, rate / most * 7.999)));
    }
    return line.toString();
  }

  private List<Line> heatMap(int rows, int columns) {
    int width = Math.max(1, columns - LABEL - 4);
    int first = Math.max(1, history.size() - width);
    List<long[]> cells = new ArrayList<>();
    TreeSet<Integer> used = new TreeSet<>();
    long most = 0;
    for (int i = first; i < history.size(); i++) {
      long[] column = column(grown(history.get(i - 1), history.get(i)));
      cells.add(column);
      for (int bucket = 0; bucket < column.length; bucket++) {
        if (column[bucket] > 0) {
          used.add(bucket);
          most = Math.max(most, column[bucket]);
        }
      }
    }
    List<Line> lines = new ArrayList<>();
    lines.add(Line.title("   TIME OF EXITS, " + (reason.isEmpty() ? "all but HLT" : reason)
        + (used.isEmpty() ? ": none was measured yet" : ", from dots for one to full for " + most)));
    if (used.isEmpty()) {
      return lines;
    }
    // The slowest are on top, and the ones that matter: what does not fit is left out below.
    int top = used.last();
    for (int bucket = top; bucket >= used.first() && lines.size() < rows; bucket--) {
      StringBuilder line = new StringBuilder("   %8s  ".formatted("<" + time(1L << Math.min(bucket, Long.SIZE - 2))));
      for (long[] column : cells) {
        line.append(SHADES.charAt(shade(bucket < column.length ? column[bucket] : 0, most)));
      }
      lines.add(Line.plain(line.toString()));
    }
    return lines;
  }

  private long[] column(Map<String, Exits> exits) {
    return exits.entrySet().stream()
        .filter(entry -> reason.isEmpty() ? !entry.getKey().equals("HLT") : entry.getKey().equals(reason))
        .map(Map.Entry::getValue)
        .reduce(Exits.NONE, Exits::plus)
        .histogram();
  }

  /** From 0 for none to 5 for the most, by the logarithm. */
  private static int shade(long count, long most) {
    return count <= 0 ? 0 : most <= 1 ? 5 : 1 + (int) Math.round(4 * Math.log((double) count) / Math.log((double) most));
  }

  private static List<Line> boot(Boot boot, int columns) {
    List<Line> lines = new ArrayList<>();
    lines.add(Line.plain(""));
    lines.add(Line.title("   BOOT"));
    long end = boot.steps().values().stream().mapToLong(nanos -> nanos).max().orElse(1);
    int width = Math.max(10, columns - 32);
    boot.steps().forEach((step, nanos) -> lines.add(Line.plain("   %-12s %10s  %s".formatted(
        cut(step, 12), time(nanos), "█".repeat((int) Math.max(1, width * (nanos / (double) end)))))));
    return lines;
  }

  private List<Line> devices(int columns) {
    List<Line> lines = new ArrayList<>();
    now().machine(selected).ifPresent(machine -> machine.devices().forEach((group, counters) -> {
      if (!counters.isEmpty()) {
        StringBuilder line = new StringBuilder("   %-20s".formatted(cut(group, 20)));
        counters.forEach((name, value) -> line.append(' ').append(name).append(' ').append(value));
        lines.add(Line.plain(cut(line.toString(), columns)));
      }
    }));
    if (!lines.isEmpty()) {
      lines.addFirst(Line.title("   DEVICES"));
      lines.addFirst(Line.plain(""));
    }
    return lines;
  }

  private static String cut(String text, int length) {
    StringBuilder shown = new StringBuilder();
    // Names are other programs' words: nothing in them is for the terminal.
    text.codePoints().limit(length).map(c -> Character.isISOControl(c) ? '?' : c).forEach(shown::appendCodePoint);
    return shown.toString();
  }

  private static String number(double value) {
    return value < 10_000
        ? Long.toString(Math.round(value))
        : value < 10_000_000
            ? String.format(Locale.ROOT, "%.1fK", value / 1000)
            : String.format(Locale.ROOT, "%.1fM", value / 1_000_000);
  }

  static String time(long nanos) {
    return nanos < 10_000
        ? nanos + "ns"
        : nanos < 10_000_000
            ? nanos / 1000 + "us"
            : nanos < 10_000_000_000L ? nanos / 1_000_000 + "ms" : nanos / 1_000_000_000 + "s";
  }
}
