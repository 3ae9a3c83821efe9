package dev.portfire.devices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.machine.GuestMemory;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VmGenerationTest {
  private static final long ID = 0x1000;
  private static final long CLOCK = 0x2000;

  private final GuestMemory memory = GuestMemory.allocate(0x4000);
  private final Level idLine = new Level();
  private final Level clockLine = new Level();
  private final VmGeneration generation =
      new VmGeneration(memory, ID, idLine, CLOCK, clockLine, new SplittableRandom(1));

  @AfterEach
  void close() {
    memory.close();
  }

  @Test
  void aStartHasAnIdentifierAndCountersOfZero() {
    generation.start();
    assertThat(memory.readLong(ID)).isNotZero();
    assertThat(memory.readInt(CLOCK)).isEqualTo(0x4b4c4356);
    assertThat(memory.readInt(CLOCK + 4)).isEqualTo(0x1000);
    assertThat(memory.readInt(CLOCK + 8)).isEqualTo(0x00ff_0001);
    assertThat(memory.readLong(CLOCK + 24)).isEqualTo(0x300);
    assertThat(memory.readLong(CLOCK + 104)).isZero();
    assertThat(idLine.rises() + clockLine.rises()).isZero();
  }

  @Test
  void eachCopyHasAnotherIdentifierAndCounts() {
    generation.start();
    long before = memory.readLong(ID);
    generation.renew();
    generation.renew();
    assertThat(memory.readLong(ID)).isNotEqualTo(before);
    assertThat(memory.readInt(CLOCK + 12)).as("even: nothing is being changed").isEqualTo(4);
    assertThat(memory.readLong(CLOCK + 16)).isEqualTo(2);
    assertThat(memory.readLong(CLOCK + 104)).isEqualTo(2);
    assertThat(idLine.rises()).isEqualTo(2);
    assertThat(clockLine.rises()).isEqualTo(2);
  }
}
