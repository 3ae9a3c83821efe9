package dev.portfire.softcpu.irqchip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.machine.InterruptLine;
import dev.portfire.machine.IoBus;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IrqChipTest {
  private final ManualTime time = new ManualTime();
  private final List<RecordingHost> cpus = List.of(new RecordingHost(), new RecordingHost());
  private final IrqChip chip = new IrqChip(cpus, time.timers, time);
  private final IoBus ports = new IoBus("pio");
  private final IoBus mmio = new IoBus("mmio");

  @BeforeEach
  void attach() {
    chip.attach(ports, mmio);
  }

  private void initialisePic() {
    for (long port : new long[] {Pic.MASTER_PORT, Pic.SLAVE_PORT}) {
      ports.write(port, 1, 0x11);
      ports.write(port + 1, 1, port == Pic.MASTER_PORT ? 0x30 : 0x38);
      ports.write(port + 1, 1, port == Pic.MASTER_PORT ? 4 : 2);
      ports.write(port + 1, 1, 1);
    }
  }

  private void redirect(int pin, long entry) {
    mmio.write(IoApic.BASE, 4, 0x11 + 2 * pin);
    mmio.write(IoApic.BASE + 0x10, 4, entry >>> 32);
    mmio.write(IoApic.BASE, 4, 0x10 + 2 * pin);
    mmio.write(IoApic.BASE + 0x10, 4, entry & 0xffff_ffffL);
  }

  @Test
  void thePicsInterruptTheBootProcessorInVirtualWireMode() {
    initialisePic();
    InterruptLine line = chip.line(4);
    line.set(true);
    assertThat(cpus.getFirst().events).contains("raised");
    assertThat(chip.pendingFor(0)).isTrue();
    assertThat(chip.acknowledge(0)).isEqualTo(0x34);
    assertThat(chip.pendingFor(0)).isFalse();
    line.set(false);
  }

  @Test
  void theTimerIsInterruptZeroOfThePicsAndInputTwoOfTheIoApic() {
    initialisePic();
    chip.apic(0).write(0xf0, 0x1ff);
    chip.apic(0).write(0x350, 0x10700);
    chip.apic(1).write(0x350, 0x10700);
    redirect(2, 0x50);
    ports.write(0x43, 1, 0x34);
    ports.write(0x40, 1, 0x9c);
    ports.write(0x40, 1, 0x2e);
    time.advance(11, TimeUnit.MILLISECONDS);
    assertThat(chip.acknowledge(0)).isEqualTo(0x50);
    chip.apic(0).write(0xb0, 0);
    chip.apic(0).write(0x350, 0x700);
    assertThat(chip.pendingFor(0)).isTrue();
    assertThat(chip.acknowledge(0)).isEqualTo(0x30);
  }

  @Test
  void interruptsAbove15GoToTheIoApicAlone() {
    initialisePic();
    chip.apic(1).write(0xf0, 0x1ff);
    redirect(17, 1L << 56 | 0x61);
    chip.line(17).pulse();
    assertThat(chip.pendingFor(0)).isFalse();
    assertThat(chip.acknowledge(1)).isEqualTo(0x61);
  }

  @Test
  void driversOfOneInputAreOred() {
    chip.apic(0).write(0xf0, 0x1ff);
    chip.apic(0).write(0x350, 0x10700);
    redirect(9, 1 << 15 | 0x49);
    InterruptLine first = chip.line(9);
    InterruptLine second = chip.line(9);
    first.set(true);
    second.set(true);
    first.set(false);
    first.set(false);
    assertThat(chip.acknowledge(0)).isEqualTo(0x49);
    chip.apic(0).write(0xb0, 0);
    assertThat(chip.acknowledge(0)).as("the second still asserts it").isEqualTo(0x49);
    second.set(false);
    chip.apic(0).write(0xb0, 0);
    assertThat(chip.pendingFor(0)).isFalse();
  }

  @Test
  void refusesInputsThatDoNotExist() {
    assertThatThrownBy(() -> chip.line(24)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> chip.line(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aSavedStateGoesOnInAnother() {
    initialisePic();
    chip.line(4).set(true);
    IrqChip.State saved = chip.save();
    IrqChip other = new IrqChip(List.of(new RecordingHost(), new RecordingHost()), time.timers, time);
    other.restore(saved);
    assertThat(other.save()).usingRecursiveComparison().isEqualTo(saved);
    assertThat(other.pendingFor(0)).isTrue();
    assertThat(other.acknowledge(0)).isEqualTo(0x34);
    assertThatThrownBy(() -> new IrqChip(List.of(new RecordingHost()), time.timers, time).restore(saved))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
