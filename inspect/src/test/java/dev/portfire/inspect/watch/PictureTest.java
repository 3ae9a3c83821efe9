package dev.portfire.inspect.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.watch.Machine.Boot;
import dev.portfire.inspect.watch.Machine.Exits;
import dev.portfire.inspect.watch.Machine.Origin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The terminal's page. */
class PictureTest {
  private static Machine machine(int pid, String name, long cpuMillis, Map<String, Exits> exits) {
    Map<String, Long> steps = new LinkedHashMap<>();
    steps.put("machine", 2_000_000L);
    steps.put("serial", 40_000_000L);
    return new Machine(
        pid + ":1", pid, "java", name, Origin.PORTFIRE, 2, cpuMillis, new TreeMap<>(exits), Optional.of(new Boot(0, steps)),
        Map.of("block_rootfs", new TreeMap<>(Map.of("read_count", 7L)), "entropy", Map.of()));
  }

  /** So many exits in the buckets below 16 ns and below 1,024 ns. */
  private static Exits exits(long fast, long slow) {
    long[] histogram = new long[11];
    histogram[4] = fast;
    histogram[10] = slow;
    return new Exits(fast + slow, fast * 10 + slow * 1000, histogram);
  }

  private static final List<Sample> HISTORY = List.of(
      new Sample(100_000, List.of(machine(11, "web", 500, Map.of("IO", exits(10, 0))), machine(12, "db", 0, Map.of()))),
      new Sample(102_000, List.of(
          machine(11, "web", 1500, Map.of("IO", exits(10, 200), "HLT", exits(0, 4))),
          machine(12, "db\033[2J", 0, Map.of("IO", exits(90, 1))))));

  private static String text(String selected, String reason, int rows, int columns) {
    StringBuilder text = new StringBuilder();
    new Picture(HISTORY, selected, reason, false).lines(rows, columns).forEach(line -> text.append(line.text().stripTrailing()).append('\n'));
    return text.toString();
  }

  @Test
  void allMachines() {
    assertThat(text("", "", 50, 100))
        .contains(" portfire watch   2 machines   148 exits/s   ")
        .contains("\n > all                                                    4               148            305\n")
        .contains("\n   web                            11 java                 2   50.0        102            214\n")
        .contains("\n   db?[2J                         12 java                 2    0.0         46             91\n")
        .contains("\n   IO                              301        146     671ns    1024ns    1024ns  █\n")
        .contains("\n   HLT                               4          2    1000ns    1024ns    1024ns  █\n")
        .contains("\n   TIME OF EXITS, all but HLT, from dots for one to full for 201\n    <1024ns  █\n")
        .contains("\n      <16ns  ▓\n")
        .doesNotContain("BOOT", "DEVICES");
  }

  @Test
  void oneMachine() {
    assertThat(text("11:1", "HLT", 50, 100))
        .contains("\n > web ")
        .contains("\n   IO                              210        100 ")
        .contains("\n   TIME OF EXITS, HLT, from dots for one to full for 4\n    <1024ns  █\n")
        .contains("\n   BOOT\n   machine          2000us  ███\n   serial             40ms  " + "█".repeat(68) + "\n")
        .contains("\n   DEVICES\n   block_rootfs         read_count 7\n")
        .doesNotContain("entropy");
  }

  @Test
  void fitsAnyTerminal() {
    for (int rows = 1; rows < 60; rows++) {
      for (int columns = 1; columns < 130; columns += 7) {
        assertThat(new Picture(HISTORY, "11:1", "", true).lines(rows, columns)).hasSizeLessThanOrEqualTo(rows);
      }
    }
  }

  @Test
  void oneSampleIsEnoughForAPage() {
    assertThat(new Picture(HISTORY.subList(0, 1), "", "", false).lines(30, 80).toString()).contains("none was measured yet");
    assertThat(new Picture(List.of(new Sample(1, List.of())), "", "", false).lines(30, 80).toString()).contains("0 machines");
  }

  @Test
  void aMachineThatWasNotSeenBeforeCountsFromItsStart() {
    Machine young = new Machine("1:1", 1, "java", "", Origin.PORTFIRE, 1, 0, Map.of("IO", exits(3, 0)),
        Optional.of(new Boot(95_000, Map.of())), Map.of());
    Machine old = new Machine("2:1", 2, "java", "", Origin.PORTFIRE, 1, 0, Map.of("IO", exits(3, 0)),
        Optional.of(new Boot(5_000, Map.of())), Map.of());
    Sample before = new Sample(99_000, List.of());
    Sample now = new Sample(100_000, List.of(young, old));
    assertThat(now.since(before, young)).containsOnlyKeys("IO");
    assertThat(now.since(before, old)).isEmpty();
  }
}
