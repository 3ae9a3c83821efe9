package dev.portfire.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Counts of a vCPU's exits. */
class ExitStatsTest {
  @Test
  void durationsAreCountedByReason() {
    ExitStats stats = new ExitStats();
    stats.record(ExitReason.IO, 300);
    stats.record(ExitReason.IO, 100);
    stats.count(ExitReason.HLT);
    assertThat(stats.countOf(ExitReason.IO)).isEqualTo(2);
    assertThat(stats.totalNanos(ExitReason.IO)).isEqualTo(400);
    assertThat(stats.minNanos(ExitReason.IO)).isEqualTo(100);
    assertThat(stats.maxNanos(ExitReason.IO)).isEqualTo(300);
    assertThat(stats.histogram(ExitReason.IO, ExitStats.bucket(100))).isEqualTo(1);
    assertThat(stats.countOf(ExitReason.HLT)).isEqualTo(1);
    assertThat(stats.countOf(ExitReason.MMIO)).isZero();
  }

  @Test
  void assistsAreCountedByOpcodeAndTheFirstIsTold() {
    ExitStats stats = new ExitStats();
    assertThat(stats.assists()).isEmpty();
    assertThat(stats.countAssist("0f c7 /1")).isTrue();
    assertThat(stats.countAssist("0f c7 /1")).isFalse();
    assertThat(stats.countAssist("0f ae /4")).isTrue();
    assertThat(stats.assists()).containsExactly(java.util.Map.entry("0f ae /4", 1L), java.util.Map.entry("0f c7 /1", 2L));
  }
}
