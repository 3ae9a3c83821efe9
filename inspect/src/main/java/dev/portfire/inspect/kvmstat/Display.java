package dev.portfire.inspect.kvmstat;

import dev.portfire.inspect.kvmstat.Counters.Count;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** What the screen shows, as lines. */
final class Display {
  /** How a line looks. */
  enum Style {
    /** As text does. */
    PLAIN,
    /** Bold. */
    BOLD,
    /** Bold and blinking. */
    ALARM,
    /** Dark on bright. */
    REVERSE
  }

  /**
   * A line.
   *
   * @param row from 0
   * @param column from 0
   */
  record Line(int row, int column, String text, Style style) {}

  /**
   * What is to be shown.
   *
   * @param pid the process of the guest, or 0 for all
   * @param guest the guest's name, or empty
   * @param filter the regular expression, or empty
   * @param byGuest a row for each guest, not for each event
   * @param children whether parts of events are shown
   * @param byTotal whether rows are sorted by totals, not by what happens now
   * @param note a line for the screen's bottom, or empty
   */
  record View(int pid, String guest, String filter, boolean byGuest, boolean children, boolean byTotal, String note) {}

  private static final int MOST_OF_GUEST = 48;
  private static final int MOST_OF_FILTER = 44;
  private static final int FIRST_ROW = 3;

  private Display() {}

  private static String cut(String text, int most) {
    return text.length() > most ? text.substring(0, most) + "..." : text;
  }

  /** The title, the filter and the heads of the columns. */
  static List<Line> head(View view) {
    List<Line> lines = new ArrayList<>();
    String title = "kvm statistics - summary";
    if (view.pid > 0) {
      title = "kvm statistics - pid " + view.pid + (view.guest.isEmpty() ? "" : " (" + cut(view.guest, MOST_OF_GUEST) + ")");
    }
    lines.add(new Line(0, 0, title, Style.BOLD));
    if (!view.filter.isEmpty()) {
      lines.add(new Line(1, 17, "regex filter: " + cut(view.filter, MOST_OF_FILTER), Style.PLAIN));
    }
    lines.add(new Line(2, 1, "%-40s %10s%7s %8s".formatted(view.byGuest ? "Guest Name" : "Event", "Total", "%Total", "CurAvg/s"),
        Style.REVERSE));
    return lines;
  }

  /** Before there are figures. */
  static Line collecting() {
    return new Line(4, 1, "Collecting data...", Style.PLAIN);
  }

  /** The guest that was looked at is not there any more. */
  static Line dead() {
    return new Line(1, 0, "   Guest is DEAD   ", Style.ALARM);
  }

  /**
   * The figures.
   *
   * @param seconds what passed since the figures before
   * @param rows how many the screen has
   * @param guestOf the name of a guest by its process's number
   */
  static List<Line> body(
      View view, Map<Event, Count> counts, double seconds, int rows, Function<String, String> guestOf) {
    List<Line> lines = new ArrayList<>();
    long whole = total(counts, false);
    long total = whole == 0 ? total(counts, true) : whole;
    long changes = 0;
    boolean removed = false;
    int row = FIRST_ROW;
    long above = 0;
    for (Map.Entry<Event, Count> entry : sorted(view, counts)) {
      Event event = entry.getKey();
      Count count = entry.getValue();
      if (row >= rows - 1) {
        break;
      }
      long now = (long) Math.rint(count.change() / seconds);
      if (now < 0) {
        removed = true;
        continue;
      }
      boolean inside = event.isChild() && whole != 0;
      if (!inside) {
        changes += count.change();
        above = count.total();
      }
      String name = view.byGuest ? guestOf.apply(event.name()) : (inside ? "  " : "") + event.name();
      lines.add(new Line(row++, 1, row(name, count.total(), percent(count.total(), inside ? above : total), now), Style.PLAIN));
    }
    if (row == FIRST_ROW) {
      lines.add(new Line(4, 1, removed ? "Guest removed, updating..." : "No matching events reported yet", Style.PLAIN));
    }
    if (row > FIRST_ROW + 1) {
      String average = changes > 0 ? Long.toString((long) Math.rint(changes / seconds)) : "";
      lines.add(new Line(row, 1, String.format(Locale.ROOT, "%-40s %10d        %8s", "Total", total, average), Style.BOLD));
    }
    if (!view.note.isEmpty() && row + 2 < rows) {
      lines.add(new Line(rows - 1, 0, view.note, Style.PLAIN));
    }
    return lines;
  }

  private static String row(String name, long total, double percent, long now) {
    return String.format(Locale.ROOT, "%-40s %10d%7.1f %8s", name, total, percent, now);
  }

  private static double percent(long part, long of) {
    return of == 0 ? 0 : part * 100.0 / of;
  }

  private static long total(Map<Event, Count> counts, boolean ofChildren) {
    long sum = 0;
    for (Map.Entry<Event, Count> entry : counts.entrySet()) {
      if (entry.getKey().isChild() == ofChildren) {
        sum += entry.getValue().total();
      }
    }
    return sum;
  }

  /** The rows in their order: parts behind what they are parts of, without those that never happened. */
  private static List<Map.Entry<Event, Count>> sorted(View view, Map<Event, Count> counts) {
    Comparator<Map.Entry<Event, Count>> order = Comparator.comparingLong(entry -> entry.getValue().total());
    if (!view.byTotal) {
      order = Comparator.<Map.Entry<Event, Count>>comparingLong(entry -> entry.getValue().change()).thenComparing(order);
    }
    List<Map.Entry<Event, Count>> all = counts.entrySet().stream()
        .filter(entry -> entry.getValue().total() != 0 || entry.getValue().change() != 0)
        .sorted(order.reversed())
        .toList();
    List<Map.Entry<Event, Count>> rows = new ArrayList<>();
    for (Map.Entry<Event, Count> entry : all) {
      if (entry.getKey().isChild()) {
        continue;
      }
      rows.add(entry);
      if (view.children) {
        all.stream().filter(child -> child.getKey().parent().equals(entry.getKey().name())).forEach(rows::add);
      }
    }
    return rows;
  }
}
