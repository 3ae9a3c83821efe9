package dev.portfire.softcpu.irqchip;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IoApicTest {
  private static final long LEVEL = 1 << 15;
  private static final long MASKED = 1 << 16;
  private static final long REMOTE_IRR = 1 << 14;

  private final ManualTime time = new ManualTime();
  private final ApicBus bus = new ApicBus();
  private final IoApic ioApic = new IoApic(bus);
  private final LocalApic apic = new LocalApic(0, new RecordingHost(), bus, time.timers, time);

  @BeforeEach
  void enable() {
    bus.add(apic);
    apic.write(0xf0, 0x1ff);
  }

  private long register(int index) {
    ioApic.write(0, 4, index);
    return ioApic.read(0x10, 4);
  }

  private void register(int index, long value) {
    ioApic.write(0, 4, index);
    ioApic.write(0x10, 4, value & 0xffff_ffffL);
  }

  private void entry(int pin, long value) {
    register(0x10 + 2 * pin + 1, value >>> 32);
    register(0x10 + 2 * pin, value);
  }

  private long entry(int pin) {
    return register(0x10 + 2 * pin) | register(0x11 + 2 * pin) << 32;
  }

  @Test
  void identifiesItselfAndStartsMasked() {
    assertThat(register(1)).isEqualTo(0x0017_0020);
    register(0, 0x0500_0000);
    assertThat(register(0)).isEqualTo(0x0500_0000);
    for (int pin = 0; pin < IoApic.PINS; pin++) {
      assertThat(entry(pin)).isEqualTo(MASKED);
    }
    assertThat(register(0x40)).isZero();
    assertThat(register(0xff)).isZero();
  }

  @Test
  void anEdgeIsDeliveredOnceAndLostWhileMasked() {
    ioApic.set(4, true);
    entry(4, 0x34);
    assertThat(apic.interruptPending()).as("raised while masked").isFalse();
    ioApic.set(4, false);
    ioApic.set(4, true);
    assertThat(apic.acknowledge()).isEqualTo(0x34);
    apic.write(0xb0, 0);
    ioApic.set(4, true);
    assertThat(apic.interruptPending()).isFalse();
    ioApic.set(4, false);
    ioApic.set(4, true);
    assertThat(apic.interruptPending()).isTrue();
  }

  @Test
  void aLevelIsRepeatedUntilItFalls() {
    entry(9, LEVEL | 0x39);
    ioApic.set(9, true);
    assertThat(entry(9)).isEqualTo(LEVEL | REMOTE_IRR | 0x39);
    assertThat(apic.acknowledge()).isEqualTo(0x39);
    assertThat(apic.interruptPending()).isFalse();
    apic.write(0xb0, 0);
    assertThat(apic.acknowledge()).as("still asserted").isEqualTo(0x39);
    ioApic.set(9, false);
    apic.write(0xb0, 0);
    assertThat(apic.interruptPending()).isFalse();
    assertThat(entry(9)).isEqualTo(LEVEL | 0x39);
  }

  @Test
  void unmaskingAnAssertedLevelDelivers() {
    ioApic.set(9, true);
    entry(9, LEVEL | 0x39);
    assertThat(apic.acknowledge()).isEqualTo(0x39);
  }

  @Test
  void remoteIrrIsClearedByTheEoiRegisterAndByGoingToEdge() {
    entry(9, LEVEL | 0x39);
    ioApic.set(9, true);
    ioApic.set(9, false);
    ioApic.write(0x40, 4, 0x39);
    assertThat(entry(9)).isEqualTo(LEVEL | 0x39);
    ioApic.set(9, true);
    ioApic.set(9, false);
    entry(9, MASKED | 0x39);
    assertThat(entry(9)).isEqualTo(MASKED | 0x39);
  }

  @Test
  void aLevelThatNobodyTakesIsNotInService() {
    entry(9, 7L << 56 | LEVEL | 0x39);
    ioApic.set(9, true);
    assertThat(entry(9) & REMOTE_IRR).isZero();
    entry(9, LEVEL | 0x39);
    assertThat(apic.acknowledge()).isEqualTo(0x39);
  }

  @Test
  void aSavedStateGoesOnInAnother() {
    entry(9, LEVEL | 0x39);
    ioApic.set(9, true);
    IoApic.State saved = ioApic.save();
    IoApic other = new IoApic(bus);
    other.restore(saved);
    assertThat(other.save()).usingRecursiveComparison().isEqualTo(saved);
    apic.acknowledge();
    apic.write(0xb0, 0);
    assertThat(apic.acknowledge()).isEqualTo(0x39);
  }
}
