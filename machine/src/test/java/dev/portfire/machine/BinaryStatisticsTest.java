package dev.portfire.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.machine.BinaryStatistics.Kind;
import dev.portfire.machine.BinaryStatistics.Statistic;
import dev.portfire.machine.BinaryStatistics.Unit;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BinaryStatisticsTest {
  private static ByteBuffer file() {
    ByteBuffer bytes = ByteBuffer.allocate(104).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0).putInt(16).putInt(2).putInt(24).putInt(40).putInt(104);
    bytes.put("kvm-7/vcpu-0".getBytes(StandardCharsets.US_ASCII)).position(40);
    bytes.putInt(0x20).putShort((short) -9).putShort((short) 1).putInt(0).putInt(0);
    bytes.put("halt_wait_ns".getBytes(StandardCharsets.US_ASCII)).position(72);
    bytes.putInt(0x104).putShort((short) 3).putShort((short) 32).putInt(8).putInt(5);
    bytes.put("a_name_without_0".getBytes(StandardCharsets.US_ASCII));
    return bytes;
  }

  @Test
  void statisticsAreDescribed() {
    assertThat(BinaryStatistics.describedBytes(file())).isEqualTo(104);
    BinaryStatistics all = BinaryStatistics.parse(file());
    assertThat(all.id()).isEqualTo("kvm-7/vcpu-0");
    assertThat(all.dataOffset()).isEqualTo(104);
    assertThat(all.dataLength()).isEqualTo(8 + 32 * 8);
    assertThat(all.statistics()).containsExactly(
        new Statistic("halt_wait_ns", Kind.CUMULATIVE, Unit.SECONDS, 10, -9, 1, 0, 0),
        new Statistic("a_name_without_0", Kind.LOG_HISTOGRAM, Unit.NONE, 2, 3, 32, 8, 5));
  }

  @Test
  void whatIsDamagedIsRefused() {
    assertThatThrownBy(() -> BinaryStatistics.parse(ByteBuffer.allocate(3))).hasMessageContaining("too short");
    assertThatThrownBy(() -> BinaryStatistics.parse(ByteBuffer.allocate(24))).hasMessage("not a file of statistics");
    long seed = Long.getLong("portfire.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 10_000; round++) {
      ByteBuffer bytes = file();
      for (int k = random.nextInt(4); k >= 0; k--) {
        bytes.put(random.nextInt(bytes.capacity()), (byte) random.nextInt());
      }
      bytes.limit(random.nextInt(bytes.capacity()) + 1);
      try {
        BinaryStatistics all = BinaryStatistics.parse(bytes);
        assertThat(all.dataLength()).as("seed %d", seed).isBetween(0, BinaryStatistics.MOST);
        assertThat(all.dataOffset()).as("seed %d", seed).isBetween(0, BinaryStatistics.MOST);
      } catch (IllegalArgumentException e) {
        assertThat(e).as("seed %d", seed).hasMessageStartingWith("not a file of statistics");
      }
    }
  }

  @Test
  void aVcpuKeepsItsExitsInSuchAFile() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(ExitStats.FILE_BYTES, 8);
      ExitStats exits = new ExitStats();
      exits.keepIn(memory, "a machine".repeat(10));
      exits.count(ExitReason.IO);
      exits.record(ExitReason.OTHER, 700);
      ByteBuffer bytes = ByteBuffer.wrap(memory.toArray(ValueLayout.JAVA_BYTE)).order(ByteOrder.LITTLE_ENDIAN);
      BinaryStatistics all = BinaryStatistics.parse(bytes);
      assertThat(all.id()).hasSize(48).startsWith("a machinea");
      assertThat(value(bytes, all, "IO", 0)).isEqualTo(1);
      assertThat(value(bytes, all, "OTHER", 0)).isEqualTo(1);
      assertThat(value(bytes, all, "OTHER_ns", 0)).isEqualTo(700);
      assertThat(value(bytes, all, "OTHER_hist", 10)).isEqualTo(1);
      assertThat(exits.countOf(ExitReason.IO)).isEqualTo(1);
      assertThat(exits.maxNanos(ExitReason.OTHER)).isEqualTo(700);
    }
  }

  private static long value(ByteBuffer bytes, BinaryStatistics all, String name, int index) {
    Statistic found = all.statistics().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    return bytes.getLong(all.dataOffset() + found.offset() + 8 * index);
  }
}
