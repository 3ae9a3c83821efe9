package dev.portfire.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.devices.FakeTimers;
import dev.portfire.devices.RateLimiter;
import dev.portfire.devices.TokenBucket;
import dev.portfire.devices.virtio.FakeDriver.Part;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class VirtioRngTest {
  private final FakeTimers timers = new FakeTimers();
  private final FakeDriver driver =
      new FakeDriver(new VirtioRng(new SplittableRandom(7), RateLimiter.unlimited(timers)), 16).start();

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

  @Test
  void theLimiterHoldsRequestsBack() {
    RateLimiter limiter = new RateLimiter(timers, new TokenBucket(100, 0, 100, timers.nanoTime()), null);
    VirtioRng rng = new VirtioRng(new SplittableRandom(7), limiter);
    FakeDriver limited = new FakeDriver(rng, 16).start();
    limited.send(0, limited.writable(100));
    limited.send(0, limited.writable(100));
    assertThat(limited.returned(0)).hasSize(1);
    timers.advanceMillis(100);
    assertThat(limited.returned(0)).containsExactly(new FakeDriver.Used(1, 100));
    assertThat(rng.counters().get(VirtioRng.Count.ENTROPY_BYTES)).isEqualTo(200);
    assertThat(rng.counters().get(VirtioRng.Count.ENTROPY_RATE_LIMITER_THROTTLED)).isEqualTo(1);
  }
}
