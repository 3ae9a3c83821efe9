package dev.portfire.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AcpiPowerTest {
  private final List<String> events = new ArrayList<>();
  private final AcpiPower power = new AcpiPower(() -> events.add("off"), () -> events.add("reset"));

  @Test
  void sleepTypeFiveWithTheEnableBitPowersOff() {
    power.write(0, 1, 5 << 2);
    power.write(0, 1, 3 << 2 | 0x20);
    assertThat(events).isEmpty();
    power.write(0, 1, 5 << 2 | 0x20);
    assertThat(events).containsExactly("off");
    assertThat(power.read(1, 1)).isZero();
  }

  @Test
  void theResetValueResets() {
    power.write(2, 1, 0x41);
    assertThat(events).isEmpty();
    power.write(2, 1, 0x42);
    assertThat(events).containsExactly("reset");
  }

  @Test
  void theBootTimerHearsItsNumberOnly() {
    BootTimer timer = new BootTimer(() -> events.add("booted"));
    timer.write(0, 4, 123);
    timer.write(0, 1, 122);
    assertThat(events).isEmpty();
    timer.write(0, 1, 123);
    assertThat(events).containsExactly("booted");
  }
}
