package dev.portfire.testing.inspection;

import java.io.PrintStream;
import java.util.Map;

/** What was compared, line by line, and whether anything differs. */
final class Table {
  private final PrintStream out;
  private int compared;
  private int different;

  Table(PrintStream out) {
    this.out = out;
  }

  void section(String title) {
    out.println();
    out.println(title);
  }

  /**
   * Figures of the same thing, which ought to be equal.
   *
   * @param figures by where they are from, in the order in which they are shown
   */
  void figures(String what, Map<String, Long> figures) {
    boolean same = figures.values().stream().distinct().count() == 1;
    StringBuilder text = new StringBuilder();
    figures.forEach((from, figure) -> text.append(text.isEmpty() ? "" : ", ").append(from).append(same ? "" : " " + figure));
    line(same, what, same ? figures.values().iterator().next() + ": " + text : text.toString());
  }

  /** Two texts that ought to be equal; the first lines that differ are shown. */
  void texts(String what, String ours, String theirs) {
    boolean same = ours.equals(theirs);
    line(same, what, same ? "the same " + theirs.lines().count() + " lines" : "");
    if (!same) {
      String[] mine = ours.split("\n", -1);
      String[] other = theirs.split("\n", -1);
      int shown = 0;
      for (int i = 0; i < Math.max(mine.length, other.length) && shown < 10; i++) {
        String a = i < mine.length ? mine[i] : "(end)";
        String b = i < other.length ? other[i] : "(end)";
        if (!a.equals(b)) {
          out.println("      ours:   " + a);
          out.println("      theirs: " + b);
          shown++;
        }
      }
    }
  }

  /** Something that ought to be so. */
  void line(boolean holds, String what, String how) {
    compared++;
    different += holds ? 0 : 1;
    out.printf("%s  %-44s %s%n", holds ? "ok    " : "DIFFER", what, how);
    out.flush();
  }

  /** Prints the sum, and says whether all was as it ought to be. */
  boolean end() {
    out.println();
    out.println(compared + " comparisons, " + different + " with a difference");
    out.flush();
    return different == 0;
  }
}
