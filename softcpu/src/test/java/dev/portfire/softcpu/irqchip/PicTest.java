package dev.portfire.softcpu.irqchip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.machine.BusDevice;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PicTest {
  private static final int NON_SPECIFIC_EOI = 0x20;

  private final List<Boolean> output = new ArrayList<>();
  private final Pic pic = new Pic(output::add);
  private final BusDevice master = pic.ports(false);
  private final BusDevice slave = pic.ports(true);

  @BeforeEach
  void initialise() {
    initialise(master, 0x20, 4, 1);
    initialise(slave, 0x28, 2, 1);
    output.clear();
  }

  private static void initialise(BusDevice chip, int base, int cascade, int icw4) {
    chip.write(0, 1, 0x11);
    chip.write(1, 1, base);
    chip.write(1, 1, cascade);
    chip.write(1, 1, icw4);
  }

  @Test
  void deliversByPriorityAndNests() {
    pic.set(4, true);
    assertThat(pic.intr()).isTrue();
    assertThat(pic.acknowledge()).isEqualTo(0x24);
    assertThat(pic.intr()).isFalse();
    pic.set(5, true);
    assertThat(pic.intr()).as("lower priority waits").isFalse();
    pic.set(1, true);
    assertThat(pic.acknowledge()).isEqualTo(0x21);
    master.write(0, 1, NON_SPECIFIC_EOI);
    assertThat(pic.intr()).isFalse();
    master.write(0, 1, NON_SPECIFIC_EOI);
    assertThat(pic.acknowledge()).isEqualTo(0x25);
  }

  @Test
  void theSecondControllerComesThroughInputTwo() {
    pic.set(14, true);
    assertThat(pic.acknowledge()).isEqualTo(0x2e);
    master.write(0, 1, 0x0b);
    slave.write(0, 1, 0x0b);
    assertThat(master.read(0, 1)).isEqualTo(0x04);
    assertThat(slave.read(0, 1)).isEqualTo(0x40);
    slave.write(0, 1, NON_SPECIFIC_EOI);
    master.write(0, 1, NON_SPECIFIC_EOI);
    assertThat(pic.intr()).isFalse();
    pic.set(8, true);
    pic.set(12, true);
    assertThat(pic.acknowledge()).isEqualTo(0x28);
    slave.write(0, 1, NON_SPECIFIC_EOI);
    master.write(0, 1, NON_SPECIFIC_EOI);
    assertThat(pic.acknowledge()).isEqualTo(0x2c);
  }

  @Test
  void nothingComesOutBeforeTheInitialisationIsComplete() {
    Pic fresh = new Pic(output::add);
    fresh.set(4, true);
    assertThat(fresh.intr()).isFalse();
    BusDevice chip = fresh.ports(false);
    chip.write(1, 1, 0x00);
    chip.write(0, 1, 0x11);
    fresh.set(5, true);
    chip.write(1, 1, 0x20);
    chip.write(1, 1, 4);
    assertThat(fresh.intr()).isFalse();
    chip.write(1, 1, 1);
    assertThat(fresh.acknowledge()).isEqualTo(0x25);
  }

  @Test
  void maskedInputsWait() {
    master.write(1, 1, 0xff);
    pic.set(3, true);
    assertThat(pic.intr()).isFalse();
    assertThat(master.read(1, 1)).isEqualTo(0xff);
    assertThat(master.read(0, 1)).as("request register").isEqualTo(0x08);
    master.write(1, 1, 0xf7);
    assertThat(pic.acknowledge()).isEqualTo(0x23);
  }

  @Test
  void anEdgeIsTakenOnceAndALevelUntilItFalls() {
    pic.set(5, true);
    pic.acknowledge();
    master.write(0, 1, NON_SPECIFIC_EOI);
    assertThat(pic.intr()).isFalse();
    pic.set(5, false);

    pic.elcr().write(0, 1, 0xff);
    assertThat(pic.elcr().read(0, 1)).as("0, 1 and 2 stay edges").isEqualTo(0xf8);
    pic.set(5, true);
    pic.acknowledge();
    master.write(0, 1, NON_SPECIFIC_EOI);
    assertThat(pic.acknowledge()).isEqualTo(0x25);
    pic.set(5, false);
    master.write(0, 1, NON_SPECIFIC_EOI);
    assertThat(pic.intr()).isFalse();
  }

  @Test
  void aRequestThatWentAwayIsSpurious() {
    pic.elcr().write(0, 1, 0x20);
    pic.set(5, true);
    pic.set(5, false);
    assertThat(pic.acknowledge()).isEqualTo(0x27);
    master.write(0, 1, 0x0b);
    assertThat(master.read(0, 1)).as("not in service").isZero();
  }

  @Test
  void automaticEndOfInterrupt() {
    initialise(master, 0x20, 4, 3);
    pic.set(5, true);
    pic.acknowledge();
    pic.set(6, true);
    assertThat(pic.acknowledge()).isEqualTo(0x26);
  }

  @Test
  void specificEndAndRotation() {
    pic.set(3, true);
    pic.acknowledge();
    pic.set(1, true);
    pic.acknowledge();
    master.write(0, 1, 0x63);
    master.write(0, 1, 0x0b);
    assertThat(master.read(0, 1)).isEqualTo(0x02);
    // Rotate: input 1 becomes the lowest.
    master.write(0, 1, 0xa0);
    pic.set(1, false);
    pic.set(1, true);
    pic.set(7, true);
    assertThat(pic.acknowledge()).isEqualTo(0x27);
  }

  @Test
  void specialMaskModeLetsLowerInputsThrough() {
    pic.set(3, true);
    pic.acknowledge();
    pic.set(5, true);
    assertThat(pic.intr()).isFalse();
    master.write(1, 1, 0x08);
    master.write(0, 1, 0x68);
    assertThat(pic.acknowledge()).isEqualTo(0x25);
  }

  @Test
  void pollingAcknowledges() {
    pic.set(6, true);
    master.write(0, 1, 0x0c);
    assertThat(master.read(0, 1)).isEqualTo(0x86);
    assertThat(pic.intr()).isFalse();
    master.write(0, 1, 0x0c);
    assertThat(master.read(0, 1)).isZero();
  }

  @Test
  void theOutputFallsWithEachAcknowledge() {
    pic.set(1, true);
    pic.set(0, true);
    pic.acknowledge();
    assertThat(output).startsWith(true, false);
    assertThat(pic.intr()).isFalse();
  }

  @Test
  void aSavedStateGoesOnInAnother() {
    pic.set(10, true);
    pic.set(3, true);
    pic.acknowledge();
    Pic.State saved = pic.save();
    Pic other = new Pic(level -> {});
    other.restore(saved);
    assertThat(other.save()).isEqualTo(saved);
    other.ports(false).write(0, 1, NON_SPECIFIC_EOI);
    assertThat(pic.intr() || other.intr()).isTrue();
  }
}
