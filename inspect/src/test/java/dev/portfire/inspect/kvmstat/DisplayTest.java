package dev.portfire.inspect.kvmstat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.kvmstat.Counters.Count;
import dev.portfire.inspect.kvmstat.Display.Line;
import dev.portfire.inspect.kvmstat.Display.View;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DisplayTest {
  private static final Map<Event, Count> COUNTS = new TreeMap<>(Map.of(
      new Event("kvm_exit"), new Count(1000, 30),
      new Event("kvm_exit(HLT)", "kvm_exit"), new Count(250, 10),
      new Event("kvm_exit(CPUID)", "kvm_exit"), new Count(750, 20),
      new Event("kvm_fpu"), new Count(3000, 3),
      new Event("kvm_msr"), new Count(0, 0)));

  private static View view(boolean children, boolean byTotal) {
    return new View(0, "", "", false, children, byTotal, "");
  }

  private static String text(List<Line> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line.row()).append(' ').append(" ".repeat(line.column())).append(line.text()).append('\n'));
    return text.toString();
  }

  private static String body(View view, Map<Event, Count> counts, int rows) {
    return text(Display.body(view, counts, 3, rows, pid -> "guest " + pid));
  }

  @Test
  void theHead() {
    assertThat(text(Display.head(view(false, false)))).isEqualTo(
        """
        0 kvm statistics - summary
        2  Event                                         Total %Total CurAvg/s
        """);
    assertThat(text(Display.head(new View(7, "g".repeat(50), "f".repeat(50), true, false, false, "")))).isEqualTo(
        "0 kvm statistics - pid 7 (" + "g".repeat(48) + "...)\n"
            + "1                  regex filter: " + "f".repeat(44) + "...\n"
            + "2  Guest Name                                    Total %Total CurAvg/s\n");
  }

  @Test
  void rowsAreSortedByWhatHappensNow() {
    assertThat(body(view(false, false), COUNTS, 24)).isEqualTo(
        """
        3  kvm_exit                                       1000   25.0       10
        4  kvm_fpu                                        3000   75.0        1
        5  Total                                          4000              11
        """);
  }

  @Test
  void orByTotalsWithParts() {
    assertThat(body(view(true, true), COUNTS, 24)).isEqualTo(
        """
        3  kvm_fpu                                        3000   75.0        1
        4  kvm_exit                                       1000   25.0       10
        5    kvm_exit(CPUID)                               750   75.0        7
        6    kvm_exit(HLT)                                 250   25.0        3
        7  Total                                          4000              11
        """);
  }

  @Test
  void smallScreensShowWhatFits() {
    assertThat(body(view(true, true), COUNTS, 6)).isEqualTo(
        """
        3  kvm_fpu                                        3000   75.0        1
        4  kvm_exit                                       1000   25.0       10
        5  Total                                          4000              11
        """);
  }

  @Test
  void nothingAndLess() {
    assertThat(body(view(false, false), Map.of(), 24)).isEqualTo("4  No matching events reported yet\n");
    assertThat(body(view(false, false), Map.of(new Event("exits"), new Count(5, -9)), 24)).isEqualTo("4  Guest removed, updating...\n");
    assertThat(body(view(false, false), Map.of(new Event("exits"), new Count(5, 0)), 24)).isEqualTo(
        "3  exits                                             5  100.0        0\n");
  }

  @Test
  void guestsAndNotes() {
    View guests = new View(0, "", "", true, false, false, "source: debugfs");
    assertThat(body(guests, Map.of(new Event("70"), new Count(9, 3), new Event("8"), new Count(3, 6)), 24)).isEqualTo(
        """
        3  guest 8                                           3   25.0        2
        4  guest 70                                          9   75.0        1
        5  Total                                            12               3
        23 source: debugfs
        """);
  }
}
