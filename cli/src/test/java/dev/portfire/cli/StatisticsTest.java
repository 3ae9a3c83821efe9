package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.machine.ExitReason;
import dev.portfire.vmm.VmStats;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What {@code --stats} shows. */
class StatisticsTest {
  private static String print(VmStats stats) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Statistics.print(stats, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void assistedInstructionsAreCountedByOpcodeTheMostFrequentFirst() {
    String text = print(new VmStats(
        -1,
        2_000_000_000L,
        OptionalLong.empty(),
        Map.of(ExitReason.INTERNAL_ERROR, 12L),
        Map.of("0f ae /4", 5L, "0f c7 /1", 7L),
        Map.of()));
    assertThat(text.lines().map(String::strip)).containsExactly(
        "run time                   2.000 s", "exits", "INTERNAL_ERROR              12", "instructions assisted",
        "0f c7 /1                     7", "0f ae /4                     5");
  }

  @Test
  void withoutAssistsNothingIsSaidOfThem() {
    assertThat(print(new VmStats(1_000_000, 1_000_000_000L, OptionalLong.empty(), Map.of(), Map.of(), Map.of())))
        .doesNotContain("assisted");
  }

  @Test
  void whatTheNativeEngineLeavesToTheInterpreterIsCountedByOperation() {
    assertThat(print(new VmStats(
            -1, 2_000_000_000L, OptionalLong.empty(), Map.of(), Map.of(), Map.of("rdtsc", 2L, "iret", 30L)))
        .lines()
        .map(String::strip))
        .endsWith("instructions interpreted by the native engine", "iret                        30", "rdtsc                        2");
  }

  @Test
  void theBootIsToldWhereTheBackEndSawItsEnd() {
    assertThat(print(new VmStats(-1, 3_000_000_000L, OptionalLong.of(1_250_000_000L), Map.of(), Map.of(), Map.of())).lines())
        .containsExactly("run time                   3.000 s", "boot to user space         1.250 s", "exits");
  }
}
