package dev.portfire.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.devices.FakeTimers;
import dev.portfire.devices.Level;
import dev.portfire.devices.RateLimiter;
import dev.portfire.machine.GuestMemory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class VirtioMmioTransportTest {
  private static final int STATUS = 0x70;

  private static VirtioRng rng(long seed) {
    return new VirtioRng(new SplittableRandom(seed), RateLimiter.unlimited(new FakeTimers()));
  }

  private final FakeDriver driver = new FakeDriver(rng(1), 16);

  @Test
  void identifiesItself() {
    assertThat(driver.read(0x00)).isEqualTo(0x74726976);
    assertThat(driver.read(0x04)).isEqualTo(2);
    assertThat(driver.read(0x08)).isEqualTo(4);
    assertThat(driver.read(0x0c)).isZero();
    assertThat(driver.offered()).isEqualTo(VirtioDevice.F_VERSION_1);
    assertThat(driver.transport.read(0, 1)).as("registers are four bytes wide").isZero();
    driver.write(0x14, 2);
    assertThat(driver.read(0x10)).isZero();
  }

  @Test
  void theStatusIsWalkedBitByBit() {
    driver.write(STATUS, 3);
    assertThat(driver.read(STATUS)).isZero();
    driver.write(STATUS, 1);
    driver.write(STATUS, 11);
    assertThat(driver.read(STATUS)).isEqualTo(1);
    driver.write(STATUS, 3);
    driver.write(STATUS, 7);
    assertThat(driver.read(STATUS)).isEqualTo(3);
  }

  @Test
  void featuresAreAcceptedOnlyIfOffered() {
    driver.write(STATUS, 1);
    driver.write(STATUS, 3);
    driver.write(0x24, 0);
    driver.write(0x20, 1 << 28);
    driver.write(0x24, 1);
    driver.write(0x20, 1);
    driver.write(STATUS, 11);
    assertThat(driver.read(STATUS)).as("an unknown feature").isEqualTo(3);
    driver.write(0x24, 0);
    driver.write(0x20, 0);
    driver.write(STATUS, 11);
    assertThat(driver.read(STATUS)).isEqualTo(11);
  }

  @Test
  void aDriverWithoutVersionOneIsRefused() {
    driver.write(STATUS, 1);
    driver.write(STATUS, 3);
    driver.write(STATUS, 11);
    assertThat(driver.read(STATUS)).isEqualTo(3);
  }

  @Test
  void failureSticksUntilReset() {
    driver.start();
    driver.write(STATUS, 0x80 | 15);
    assertThat(driver.read(STATUS) & 0x80).isNotZero();
    driver.write(STATUS, 15);
    assertThat(driver.read(STATUS) & 0x80).isNotZero();
    driver.write(STATUS, 0);
    assertThat(driver.read(STATUS)).isZero();
    driver.start();
  }

  @Test
  void queueRegistersAreClosedOnceTheDriverRuns() {
    driver.start();
    driver.write(0x30, 0);
    driver.write(0x44, 0);
    assertThat(driver.read(0x44)).isEqualTo(1);
    driver.write(0x30, 77);
    assertThat(driver.read(0x34)).isZero();
    driver.write(0x30, -1);
    assertThat(driver.read(0x34)).isZero();
  }

  @Test
  void aQueueOutsideOfMemoryNeedsAReset() {
    driver.write(STATUS, 1);
    driver.write(STATUS, 3);
    driver.write(0x24, 1);
    driver.write(0x20, 1);
    driver.write(STATUS, 11);
    driver.write(0x38, 16);
    driver.write(0x84, 1);
    driver.write(0x44, 1);
    driver.write(STATUS, 15);
    assertThat(driver.read(STATUS)).isEqualTo(0x40 | 15);
    assertThat(driver.line.rises()).isEqualTo(1);
    assertThat(driver.acknowledge()).isEqualTo(2);
  }

  @Test
  void eachInterruptIsAnEdgeAndTheStatusStaysUntilAcknowledged() {
    driver.start();
    driver.send(0, driver.writable(16));
    assertThat(driver.line.rises()).isEqualTo(1);
    assertThat(driver.line.high()).isFalse();
    assertThat(driver.read(0x60)).isEqualTo(1);
    driver.send(0, driver.writable(16));
    assertThat(driver.line.rises()).isEqualTo(2);
    driver.write(0x64, 2);
    assertThat(driver.read(0x60)).as("another cause").isEqualTo(1);
    assertThat(driver.acknowledge()).isEqualTo(1);
    assertThat(driver.read(0x60)).isZero();
    assertThat(driver.returned(0)).hasSize(2);
  }

  @Test
  void aBrokenQueueStopsTheDeviceAndAResetRepairsIt() {
    driver.start();
    driver.memory.writeShort(driver.available(0) + 2, 999);
    driver.kick(0);
    assertThat(driver.read(STATUS) & 0x40).isNotZero();
    assertThat(driver.acknowledge()).isEqualTo(2);
    driver.write(STATUS, 0);
    driver.start();
    driver.send(0, driver.writable(16));
    assertThat(driver.returned(0)).hasSize(1);
  }

  @Test
  void resetForgetsWhatWasInFlight() {
    Deque<Runnable> tasks = new ArrayDeque<>();
    FakeDriver slow = new FakeDriver(rng(1), 16, tasks::add);
    slow.start();
    slow.send(0, slow.writable(16));
    slow.kick(0);
    assertThat(tasks).as("one task for any number of notifications").hasSize(1);
    slow.write(STATUS, 0);
    tasks.removeFirst().run();
    assertThat(slow.memory.readShort(slow.used(0) + 2)).isZero();
    assertThat(slow.line.rises()).isZero();
  }

  @Test
  void notificationsOfQueuesThatDoNotExistAreDropped() {
    driver.start();
    driver.kick(1);
    driver.kick(-1);
    assertThat(driver.line.rises()).isZero();
  }

  @Test
  void aSavedDeviceGoesOnInAnother() {
    Deque<Runnable> tasks = new ArrayDeque<>();
    FakeDriver slow = new FakeDriver(rng(1), 16, tasks::add);
    slow.start();
    tasks.clear();
    slow.add(0, slow.writable(16));
    VirtioMmioTransport.State saved = slow.transport.save();

    Level line = new Level();
    VirtioMmioTransport other =
        new VirtioMmioTransport(
            rng(2), slow.memory, line, new FakeDriver.Direct());
    other.restore(saved);
    assertThat(slow.returned(0)).as("what waited is done").hasSize(1);
    assertThat(line.rises()).isEqualTo(1);
    assertThat(other.read(STATUS, 4)).isEqualTo(15);
  }

  @Test
  void anInterruptThatWasNotAcknowledgedIsRaisedAgainWhereTheDeviceGoesOn() {
    driver.start();
    driver.send(0, driver.writable(16));
    Level line = new Level();
    VirtioMmioTransport other =
        new VirtioMmioTransport(
            rng(2), driver.memory, line, new FakeDriver.Direct());
    other.restore(driver.transport.save());
    assertThat(line.rises()).isPositive();
    assertThat(other.read(0x60, 4)).isEqualTo(1);
  }

  @Test
  void aBackEndMayTakeNotificationsItself() {
    driver.start();
    driver.add(0, driver.writable(16));
    driver.transport.queueNotified(0);
    assertThat(driver.returned(0)).hasSize(1);
    assertThat(driver.line.rises()).isEqualTo(1);
  }

  @Test
  void aStateOfAnotherDeviceIsRefused() {
    VirtioMmioTransport.State saved = driver.start().transport.save();
    VirtioConsole console = VirtioConsole.builder().console(data -> data.position(data.limit())).build();
    try (GuestMemory memory = GuestMemory.allocate(1 << 20)) {
      VirtioMmioTransport other =
          new VirtioMmioTransport(console, memory, new Level(), new FakeDriver.Direct());
      assertThatThrownBy(() -> other.restore(saved)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
