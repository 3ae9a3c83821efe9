package dev.portfire.devices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.machine.IoBus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class I8042Test {
  private final Level irq = new Level();
  private final List<String> events = new ArrayList<>();
  private final I8042 controller = new I8042(irq, () -> events.add("reset"));
  private final IoBus ports = new IoBus("pio");

  @BeforeEach
  void attach() {
    controller.attach(ports);
  }

  private int status() {
    return (int) ports.read(0x64, 1);
  }

  private int data() {
    return (int) ports.read(0x60, 1);
  }

  private void command(int value) {
    ports.write(0x64, 1, value);
  }

  private int ask(int value) {
    command(value);
    assertThat(status() & 1).isEqualTo(1);
    return data();
  }

  @Test
  void startsUnlockedAndEmpty() {
    assertThat(status()).isEqualTo(0x10);
    assertThat(data()).isZero();
  }

  @Test
  void resetCommandAndResetLine() {
    command(0xfe);
    assertThat(events).containsExactly("reset");
    command(0xd1);
    ports.write(0x60, 1, 0x02);
    assertThat(events).hasSize(2);
  }

  @Test
  void controlAndOutputPortAreKept() {
    assertThat(ask(0x20)).isEqualTo(0x05);
    command(0x60);
    ports.write(0x60, 1, 0x44);
    assertThat(ask(0x20)).isEqualTo(0x44);
    command(0xd1);
    ports.write(0x60, 1, 0xdf);
    assertThat(ask(0xd0)).isEqualTo(0xdf);
  }

  @Test
  void testsAnswerAtOnce() {
    assertThat(ask(0xaa)).isEqualTo(0x55);
    assertThat(ask(0xab)).isZero();
    assertThat(ask(0xa9)).as("no mouse").isEqualTo(0x01);
  }

  @Test
  void theKeyboardAcknowledges() {
    ports.write(0x60, 1, 0xed);
    assertThat(data()).isEqualTo(0xfa);
    ports.write(0x60, 1, 0xf2);
    assertThat(List.of(data(), data(), data())).containsExactly(0xfa, 0xab, 0x83);
    assertThat(irq.rises()).isEqualTo(4);
  }

  @Test
  void ctrlAltDelNeedsRoom() {
    assertThat(controller.sendCtrlAltDel()).isTrue();
    assertThat(irq.rises()).isEqualTo(1);
    assertThat(List.of(data(), data(), data(), data())).containsExactly(0x14, 0x11, 0xe0, 0x71);
    assertThat(status() & 1).isZero();
    for (int i = 0; i < 4; i++) {
      assertThat(controller.sendCtrlAltDel()).isTrue();
    }
    assertThat(controller.sendCtrlAltDel()).isFalse();
  }

  @Test
  void countsWhatIsLostAndWhatItDoesNotTake() {
    assertThat(ports.read(0x60, 2)).isZero();
    assertThat(ports.read(0x64, 4)).isZero();
    ports.write(0x64, 2, 0xfe);
    assertThat(events).as("two bytes are no command").isEmpty();
    for (int i = 0; i < 18; i++) {
      ports.write(0x60, 1, 0xed);
    }
    command(0xfe);
    assertThat(controller.counters().values())
        .isEqualTo(Map.of("error_count", 2L, "missed_read_count", 2L, "missed_write_count", 1L, "reset_count", 1L));
  }

  @Test
  void withoutItsInterruptTheKeyboardIsSilent() {
    command(0x60);
    ports.write(0x60, 1, 0x04);
    assertThat(controller.sendCtrlAltDel()).isTrue();
    assertThat(irq.rises()).isZero();
  }

  @Nested
  class Snapshot extends SnapshotTest<I8042, I8042.State> {
    @Override
    protected I8042 fresh() {
      return new I8042(new Level(), () -> {});
    }

    @Override
    protected void disturb(I8042 device) {
      IoBus bus = new IoBus("pio");
      device.attach(bus);
      bus.write(0x64, 1, 0x60);
      bus.write(0x60, 1, 0x47);
      bus.write(0x64, 1, 0xd1);
      bus.write(0x60, 1, 0x0f);
      assertThat(device.sendCtrlAltDel()).isTrue();
      bus.write(0x64, 1, 0xd1);
    }

    @Override
    protected void disturbAgain(I8042 device) {
      assertThat(device.sendCtrlAltDel()).isTrue();
    }
  }
}
