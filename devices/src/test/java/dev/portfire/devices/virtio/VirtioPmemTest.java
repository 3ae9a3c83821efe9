package dev.portfire.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.devices.FakeTimers;
import dev.portfire.devices.RateLimiter;
import dev.portfire.devices.SnapshotTest;
import dev.portfire.devices.Snapshotable;
import dev.portfire.devices.TokenBucket;
import dev.portfire.devices.virtio.FakeDriver.Part;
import dev.portfire.devices.virtio.FakeDriver.Used;
import java.io.IOException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class VirtioPmemTest {
  private static final long START = 0x80_0000_0000L;

  private final FakeTimers timers = new FakeTimers();
  private int flushes;
  private boolean broken;
  private final VirtioPmem pmem = device(RateLimiter.unlimited(timers));
  private final FakeDriver driver = new FakeDriver(pmem, 32).start();

  private VirtioPmem device(RateLimiter limiter) {
    return new VirtioPmem(
        START,
        4 << 20,
        3_000_000,
        () -> {
          flushes++;
          if (broken) {
            throw new IOException("broken, for the test");
          }
        },
        limiter);
  }

  private Part request(FakeDriver to, int type) {
    Part part = to.writable(4);
    to.memory.writeInt(part.address(), type);
    return new Part(part.address(), 4, false);
  }

  @Test
  void configurationSpaceHasPlaceAndSize() {
    assertThat(driver.transport.read(0x100, 8)).isEqualTo(START);
    assertThat(driver.transport.read(0x108, 8)).isEqualTo(4 << 20);
  }

  @Test
  void oneFlushServesAllThatWait() {
    Part first = driver.writable(4);
    Part second = driver.writable(4);
    driver.memory.writeInt(first.address(), 77);
    driver.add(0, request(driver, 0), first);
    driver.add(0, request(driver, 0), second);
    driver.kick(0);
    assertThat(driver.returned(0)).containsExactly(new Used(0, 4), new Used(2, 4));
    assertThat(driver.memory.readInt(first.address())).isZero();
    assertThat(flushes).isEqualTo(1);
    broken = true;
    driver.send(0, request(driver, 0), first);
    assertThat(driver.returned(0)).hasSize(1);
    assertThat(driver.memory.readInt(first.address())).isEqualTo(-1);
  }

  @Test
  void whatMakesNoSenseComesBackUntouched() {
    driver.send(0, request(driver, 1), driver.writable(4));
    driver.send(0, request(driver, 0), driver.writable(5));
    driver.send(0, driver.readable(new byte[5]), driver.writable(4));
    driver.send(0, request(driver, 0));
    driver.send(0, request(driver, 0), request(driver, 0));
    driver.send(0, request(driver, 0), new Part(1L << 40, 4, true));
    driver.send(0, new Part(1L << 40, 4, false), driver.writable(4));
    assertThat(driver.returned(0)).hasSize(7).allMatch(used -> used.length() == 0);
    assertThat(flushes).isZero();
    assertThat(pmem.counters().get(VirtioPmem.Count.EVENT_FAILS)).isEqualTo(7);
  }

  @Test
  void theLimiterCountsTheWholeFile() {
    FakeDriver limited =
        new FakeDriver(device(new RateLimiter(timers, new TokenBucket(3_000_000, 0, 1000, timers.nanoTime()), null)), 16)
            .start();
    limited.send(0, request(limited, 0), limited.writable(4));
    limited.send(0, request(limited, 0), limited.writable(4));
    assertThat(limited.returned(0)).hasSize(1);
    timers.advanceMillis(1000);
    assertThat(limited.returned(0)).hasSize(1);
  }

  /** Registers, queue and limiter. */
  @Nested
  class Snapshot extends SnapshotTest<Snapshotable<VirtioMmioTransport.State>, VirtioMmioTransport.State> {
    @Override
    protected VirtioMmioTransport fresh() {
      TokenBucket bucket = new TokenBucket(1 << 30, 0, 1000, timers.nanoTime());
      return new FakeDriver(device(new RateLimiter(timers, bucket, null)), 32).transport;
    }

    @Override
    protected void disturb(Snapshotable<VirtioMmioTransport.State> device) {
      VirtioMmioTransport transport = (VirtioMmioTransport) device;
      transport.write(0x70, 4, 1);
      assertThat(((VirtioPmem) transport.device()).limiter().admit(77)).isTrue();
    }

    @Override
    protected void disturbAgain(Snapshotable<VirtioMmioTransport.State> device) {
      ((VirtioMmioTransport) device).write(0x70, 4, 3);
    }
  }
}
