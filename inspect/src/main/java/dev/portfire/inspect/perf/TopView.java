package dev.portfire.inspect.perf;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What {@code perf kvm top} shows, as lines of text in the form of {@code perf top --stdio}.
 *
 * @param columns what tells rows apart
 * @param samples whether there is a column with their number
 * @param entries how many rows there are at most
 * @param least samples that a row has at least
 * @param withoutKernel whether rows of the host's kernel are hidden
 * @param withoutUser whether rows of its programs are
 */
record TopView(
    List<ProfileReport.Column> columns, boolean samples, int entries, long least, boolean withoutKernel, boolean withoutUser) {
  /** A row is red from this share on, and green from that. */
  static final double MUCH = 5;

  static final double SOME = 0.5;

  private static final double PERCENT = 100;
  private static final int SAMPLES_WIDTH = 12;

  /** How many samples came since the last time. */
  record Rates(double perSecond, long kernel, long user, long guestKernel, long guestUser) {
    private String percent(long part) {
      long all = kernel + user + guestKernel + guestUser;
      return "%4.1f%%".formatted(all == 0 ? 0 : PERCENT * part / all);
    }
  }

  /** A row, and its share. */
  record Line(String text, double percent) {}

  /**
   * The line above the rows.
   *
   * @param guests whether guests matter
   * @param event what is sampled, and how often
   * @param target whose samples, and where
   */
  static String head(Rates rates, boolean guests, String event, String target) {
    String text = "   PerfTop:%8.0f irqs/sec  kernel:%s".formatted(rates.perSecond, rates.percent(rates.kernel));
    if (guests) {
      text += " us:" + rates.percent(rates.user) + " guest kernel:" + rates.percent(rates.guestKernel) + " guest us:" + rates.percent(rates.guestUser);
    }
    return text + (guests ? "" : " ") + " exact:  0.0% [" + event + "],  (" + target + ")";
  }

  private boolean shows(Profile.Row row) {
    // Of guests' programs nothing but addresses is known: there are too many of these, and the line above counts them.
    return switch (row.place.level()) {
      case 'k' -> !withoutKernel;
      case '.' -> !withoutUser;
      case 'u' -> false;
      default -> true;
    };
  }

  private static String text(ProfileReport.Column column, Profile.Row row) {
    String text = column.text(row);
    return column != ProfileReport.Column.DSO ? text
        : text.equals("[kernel.kallsyms]") ? "[kernel]" : text.equals(Guests.KERNEL) ? "[guest.kernel]" : text;
  }

  /** The rows, largest first. */
  List<Line> rows(Profile.Counts counts) {
    long all = counts.period;
    List<Profile.Row> shown = new ArrayList<>();
    for (Profile.Row row : counts.rows()) {
      if (shows(row)) {
        shown.add(row);
      } else if (row.place.level() != 'u') {
        all -= row.period;
      }
    }
    List<Profile.Row> rows = ProfileReport.rows(shown, columns);
    rows.removeIf(row -> row.samples < least);
    rows = rows.subList(0, Math.min(entries, rows.size()));
    int[] widths = new int[columns.size()];
    for (Profile.Row row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], text(columns.get(i), row).length());
      }
    }
    List<Line> lines = new ArrayList<>();
    for (Profile.Row row : rows) {
      double percent = all <= 0 ? 0 : PERCENT * row.period / all;
      StringBuilder text = new StringBuilder("  ").append(String.format(Locale.ROOT, "%7.2f%%", percent));
      if (samples) {
        text.append("  ").append(String.format(Locale.ROOT, "%" + SAMPLES_WIDTH + "d", row.samples));
      }
      for (int i = 0; i < widths.length; i++) {
        String cell = text(columns.get(i), row);
        text.append("  ").append(cell).repeat(' ', i == widths.length - 1 ? 0 : widths[i] - cell.length());
      }
      lines.add(new Line(text.toString(), percent));
    }
    return lines;
  }
}
