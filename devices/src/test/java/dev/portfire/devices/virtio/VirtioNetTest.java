package dev.portfire.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.devices.FakeTimers;
import dev.portfire.devices.RateLimiter;
import dev.portfire.devices.SnapshotTest;
import dev.portfire.devices.Snapshotable;
import dev.portfire.devices.TokenBucket;
import dev.portfire.devices.virtio.FakeDriver.Part;
import dev.portfire.devices.virtio.FakeDriver.Used;
import dev.portfire.devices.virtio.VirtioNet.Count;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class VirtioNetTest {
  private static final int RX = 0;
  private static final int TX = 1;
  private static final long MERGEABLE = 1 << 15;
  private static final long SEGMENTS = 1 << 7 | 1 << 8 | 1 << 10;
  private static final byte[] MAC = {6, 0, 1, 2, 3, 4};

  private final FakeTimers timers = new FakeTimers();
  private final FakeNetwork network = new FakeNetwork();
  private VirtioNet net = new VirtioNet(network, MAC, 1400, unlimited(), unlimited(), null);
  private FakeDriver driver = new FakeDriver(net, 32).start();

  private RateLimiter unlimited() {
    return RateLimiter.unlimited(timers);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static byte[] withHeader(byte[] frame, int buffers) {
    byte[] all = new byte[12 + frame.length];
    all[10] = (byte) buffers;
    System.arraycopy(frame, 0, all, 12, frame.length);
    return all;
  }

  private void arrive(byte[] frame) {
    network.frames.add(frame);
    net.ready();
  }

  @Test
  void configurationSpaceHasAddressAndMtu() {
    for (int i = 0; i < 6; i++) {
      assertThat(driver.transport.read(0x100 + i, 1)).isEqualTo(MAC[i]);
    }
    assertThat(driver.transport.read(0x106, 4)).isZero();
    assertThat(driver.transport.read(0x10a, 2)).isEqualTo(1400);
    assertThat(driver.offered()).isEqualTo(1L << 32 | 1 << 29 | 0xdd83 | 1 << 5 | 1 << 3);
    driver.transport.write(0x100, 1, 77);
    assertThat(driver.transport.read(0x100, 1)).isEqualTo(6);
    assertThat(net.counters().get(Count.CFG_FAILS)).isEqualTo(1);
    driver = new FakeDriver(new VirtioNet(network, null, 0, unlimited(), unlimited(), null), 32);
    assertThat(driver.offered()).isEqualTo(1L << 32 | 1 << 29 | 0xdd83);
  }

  @Test
  void theHostIsToldWhatTheGuestTakes() {
    assertThat(network.offloads).isEqualTo("true true true true");
    driver.write(0x70, 0);
    driver.start(1 << 8 | 1 << 10);
    assertThat(network.offloads).isEqualTo("true true false false");
  }

  @Test
  void framesGoOutWithTheirHeaders() {
    byte[] frame = withHeader(random(1000), 0);
    driver.send(TX, driver.readable(Arrays.copyOf(frame, 7)), driver.readable(Arrays.copyOfRange(frame, 7, 1012)));
    assertThat(driver.returned(TX)).containsExactly(new Used(0, 0));
    assertThat(network.sent).containsExactly(frame);
    assertThat(net.counters().get(Count.TX_PACKETS_COUNT)).isEqualTo(1);
    assertThat(net.counters().get(Count.TX_BYTES_COUNT)).isEqualTo(1012);
    assertThat(net.counters().get(Count.TX_SPOOFED_MAC_COUNT)).as("random bytes are not its address").isEqualTo(1);
  }

  @Test
  void whatIsNoFrameIsDropped() {
    driver.send(TX, driver.readable(new byte[11]));
    driver.send(TX, driver.writable(100));
    driver.send(TX, driver.readable(new byte[100]), driver.writable(1));
    driver.send(TX, new Part(0x40_0000, 65563, false));
    driver.send(TX, new Part(1L << 40, 100, false));
    assertThat(driver.returned(TX)).hasSize(5).allMatch(used -> used.length() == 0);
    assertThat(network.sent).isEmpty();
    assertThat(net.counters().get(Count.TX_MALFORMED_FRAMES)).isEqualTo(5);
    network.broken = true;
    driver.send(TX, driver.readable(new byte[100]));
    assertThat(driver.returned(TX)).hasSize(1);
    assertThat(net.counters().get(Count.TAP_WRITE_FAILS)).isEqualTo(1);
  }

  @Test
  void framesComeInWhenThereIsABuffer() {
    byte[] frame = random(600);
    arrive(frame);
    assertThat(driver.returned(RX)).isEmpty();
    Part one = driver.writable(1526);
    driver.send(RX, one);
    assertThat(driver.returned(RX)).containsExactly(new Used(0, 612));
    assertThat(driver.bytes(one, 612)).isEqualTo(withHeader(frame, 1));
    assertThat(driver.acknowledge() & 1).isEqualTo(1);
  }

  @Test
  void aLargeFrameIsSpreadOverBuffersAndWaitsForThem() {
    byte[] frame = random(5000);
    Part[] parts = new Part[4];
    for (int i = 0; i < 3; i++) {
      parts[i] = driver.writable(1500);
      driver.send(RX, parts[i]);
    }
    arrive(frame);
    assertThat(driver.returned(RX)).isEmpty();
    parts[3] = driver.writable(1500);
    driver.send(RX, parts[3]);
    assertThat(driver.returned(RX))
        .containsExactly(new Used(0, 1500), new Used(1, 1500), new Used(2, 1500), new Used(3, 512));
    byte[] all = new byte[5012];
    for (int i = 0; i < 4; i++) {
      byte[] part = driver.bytes(parts[i], Math.min(1500, 5012 - 1500 * i));
      System.arraycopy(part, 0, all, 1500 * i, part.length);
    }
    assertThat(all).isEqualTo(withHeader(frame, 4));
  }

  @Test
  void withoutMergingBuffersThatAreTooSmallGoBackUnused() {
    driver.write(0x70, 0);
    driver.start(MERGEABLE);
    arrive(random(60));
    driver.send(RX, driver.writable(65561));
    driver.send(RX, driver.writable(65562));
    assertThat(driver.returned(RX)).containsExactly(new Used(0, 0), new Used(1, 72));
    driver.write(0x70, 0);
    driver.start(MERGEABLE | SEGMENTS);
    arrive(random(60));
    driver.send(RX, driver.writable(1525));
    driver.send(RX, driver.writable(1526));
    assertThat(driver.returned(RX)).containsExactly(new Used(0, 0), new Used(1, 72));
    assertThat(net.counters().get(Count.RX_FAILS)).isEqualTo(2);
    arrive(random(2000));
    driver.send(RX, driver.writable(1526));
    assertThat(driver.returned(RX)).as("dropped: the guest said it takes no such frame").containsExactly(new Used(2, 0));
  }

  @Test
  void buffersThatAreNoneGoBackUnused() {
    arrive(random(3000));
    driver.add(RX, driver.readable(new byte[1600]));
    driver.add(RX, new Part(1L << 40, 2000, true));
    driver.add(RX, driver.writable(2000));
    driver.add(RX, driver.writable(0));
    driver.add(RX, driver.writable(2000));
    driver.add(RX, driver.writable(2000));
    driver.kick(RX);
    assertThat(driver.returned(RX))
        .containsExactly(
            new Used(0, 0), new Used(1, 0), new Used(2, 0), new Used(3, 0), new Used(4, 2000), new Used(5, 1012));
  }

  @Test
  void aBrokenHostIsCountedAndTheDeviceLivesOn() {
    network.broken = true;
    driver.send(RX, driver.writable(2000));
    net.ready();
    assertThat(net.counters().get(Count.TAP_READ_FAILS)).isPositive();
    network.broken = false;
    arrive(random(60));
    assertThat(driver.returned(RX)).hasSize(1);
  }

  @Test
  void eachDirectionHasItsLimiter() {
    RateLimiter rx = new RateLimiter(timers, null, new TokenBucket(1, 0, 100, timers.nanoTime()));
    RateLimiter tx = new RateLimiter(timers, new TokenBucket(100, 0, 100, timers.nanoTime()), null);
    net = new VirtioNet(network, MAC, 0, rx, tx, null);
    driver = new FakeDriver(net, 32).start();
    driver.send(RX, driver.writable(2000));
    driver.send(RX, driver.writable(2000));
    arrive(random(60));
    arrive(random(61));
    assertThat(driver.returned(RX)).containsExactly(new Used(0, 72));
    driver.send(TX, driver.readable(new byte[100]));
    driver.send(TX, driver.readable(new byte[90]));
    assertThat(driver.returned(TX)).hasSize(1);
    timers.advanceMillis(100);
    assertThat(driver.returned(RX)).as("the frame was kept").containsExactly(new Used(1, 73));
    assertThat(driver.returned(TX)).hasSize(1);
    assertThat(network.sent).hasSize(2);
  }

  @Test
  void thousandsOfFramesBothWaysWithAndWithoutEventIndices() {
    for (long unwanted : new long[] {0, VirtioDevice.F_EVENT_IDX}) {
      driver.write(0x70, 0);
      driver.start(unwanted);
      int received = 0;
      for (int round = 0; round < 400; round++) {
        for (int i = 0; i < 8; i++) {
          driver.send(RX, new Part(0x50_0000 + i * 0x800L, 2000, true));
        }
        for (int i = 0; i < 8; i++) {
          arrive(new byte[60 + round]);
        }
        received += driver.returned(RX).size();
        driver.send(TX, new Part(0x60_0000, 100, false));
        assertThat(driver.returned(TX)).hasSize(1);
      }
      assertThat(received).isEqualTo(3200);
    }
    assertThat(network.sent).hasSize(800);
  }

  /** Registers, queues and limiters. */
  @Nested
  class Snapshot extends SnapshotTest<Snapshotable<VirtioMmioTransport.State>, VirtioMmioTransport.State> {
    @Override
    protected VirtioMmioTransport fresh() {
      RateLimiter tx = new RateLimiter(timers, new TokenBucket(1000, 0, 100, timers.nanoTime()), null);
      return new FakeDriver(new VirtioNet(network, MAC, 0, unlimited(), tx, null), 32).transport;
    }

    @Override
    protected void disturb(Snapshotable<VirtioMmioTransport.State> device) {
      VirtioMmioTransport transport = (VirtioMmioTransport) device;
      transport.write(0x70, 4, 1);
      transport.write(0x70, 4, 3);
      assertThat(((VirtioNet) transport.device()).txLimiter().admit(10)).isTrue();
    }

    @Override
    protected void disturbAgain(Snapshotable<VirtioMmioTransport.State> device) {
      VirtioMmioTransport transport = (VirtioMmioTransport) device;
      assertThat(((VirtioNet) transport.device()).txLimiter().admit(20)).isTrue();
    }
  }
}
