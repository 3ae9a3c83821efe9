package dev.portfire.softcpu.irqchip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApicBusTest {
  private final ManualTime time = new ManualTime();
  private final ApicBus bus = new ApicBus();
  private final List<LocalApic> apics = new ArrayList<>();

  @BeforeEach
  void fourCpus() {
    for (int id = 0; id < 4; id++) {
      LocalApic apic = new LocalApic(id, new RecordingHost(), bus, time.timers, time);
      apic.write(0xf0, 0x1ff);
      apic.write(0xd0, 1 << (24 + id));
      bus.add(apic);
      apics.add(apic);
    }
  }

  private List<Integer> pending() {
    return apics.stream().filter(LocalApic::interruptPending).map(LocalApic::id).toList();
  }

  @Test
  void physicalDestinationAndBroadcast() {
    assertThat(bus.deliver(2, false, DeliveryMode.FIXED, 0x40, false)).isTrue();
    assertThat(pending()).containsExactly(2);
    assertThat(bus.deliver(9, false, DeliveryMode.FIXED, 0x40, false)).isFalse();
    assertThat(bus.deliver(0xff, false, DeliveryMode.FIXED, 0x40, false)).isTrue();
    assertThat(pending()).containsExactly(0, 1, 2, 3);
  }

  @Test
  void logicalDestinationIsAMask() {
    bus.deliver(0b1010, true, DeliveryMode.FIXED, 0x40, false);
    assertThat(pending()).containsExactly(1, 3);
  }

  @Test
  void lowestPriorityChoosesTheLeastBusyOneAndSpreadsAmongEquals() {
    apics.get(0).setCr8(3);
    apics.get(1).setCr8(2);
    apics.get(2).setCr8(4);
    apics.get(3).write(0xf0, 0xff);
    bus.deliver(0xf, true, DeliveryMode.LOWEST_PRIORITY, 0x90, false);
    assertThat(pending()).containsExactly(1);

    List<Integer> chosen = new ArrayList<>();
    for (LocalApic apic : apics) {
      apic.setCr8(0);
    }
    for (int i = 0; i < 8; i++) {
      bus.deliver(0b0101, true, DeliveryMode.LOWEST_PRIORITY, 0x91, false);
      for (int cpu : List.of(0, 2)) {
        if (apics.get(cpu).interruptPending()) {
          chosen.add(cpu);
          apics.get(cpu).acknowledge();
          apics.get(cpu).write(0xb0, 0);
        }
      }
    }
    assertThat(chosen).hasSize(8).contains(0, 2);
  }

  @Test
  void messageSignalledInterruptsAreDecoded() {
    assertThat(bus.msi(0xfee03000L, 0x4055)).isTrue();
    assertThat(pending()).containsExactly(3);
    assertThat(apics.get(3).acknowledge()).isEqualTo(0x55);
    // Logical, lowest priority.
    assertThat(bus.msi(0xfee06000L | 4 | 8, 0x0156)).isTrue();
    assertThat(pending()).hasSize(1).isSubsetOf(1, 2);
    assertThat(bus.msi(0xfed00000L, 0x55)).isFalse();
  }
}
