package dev.portfire.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.devices.virtio.FakeDriver.Part;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class VirtioRngTest {
  private final FakeDriver driver = new FakeDriver(new VirtioRng(new SplittableRandom(7)), 16).start();

  @Test
  void fillsBuffers() {
    Part one = driver.writable(64);
    Part two = driver.writable(100);
    driver.send(0, one, two);
    assertThat(driver.returned(0)).containsExactly(new FakeDriver.Used(0, 164));
    assertThat(driver.bytes(one, 64)).isNotEqualTo(new byte[64]);
    assertThat(driver.bytes(two, 100)).isNotEqualTo(new byte[100]);
    assertThat(driver.line.rises()).isEqualTo(1);
  }

  @Test
  void givesNoMoreThan64KibAtOnce() {
    driver.send(0, driver.writable(1 << 20));
    assertThat(driver.returned(0).getFirst().length()).isEqualTo(1 << 16);
    driver.send(0, new Part(0x40_0000, -1, true));
    assertThat(driver.returned(0).getFirst().length()).as("its end, beyond RAM, is not touched").isEqualTo(1 << 16);
  }

  @Test
  void chainsThatMakeNoSenseComeBackEmpty() {
    driver.send(0, driver.readable(new byte[8]));
    assertThat(driver.returned(0).getFirst().length()).isZero();
    driver.send(0, new Part(1L << 40, 8, true));
    assertThat(driver.returned(0).getFirst().length()).isZero();
    driver.send(0, new Part(0x1000, 0, true));
    assertThat(driver.returned(0).getFirst().length()).isZero();
  }
}
