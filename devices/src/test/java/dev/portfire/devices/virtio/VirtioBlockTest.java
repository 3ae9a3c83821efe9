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
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VirtioBlockTest {
  private static final int IN = 0;
  private static final int OUT = 1;
  private static final int FLUSH = 4;
  private static final int GET_ID = 8;
  private static final int SECTORS = 64;

  private final byte[] content = new byte[SECTORS * 512];
  private Path image;
  private FileChannel channel;
  private FakeDriver driver;

  @BeforeEach
  void open(@TempDir Path directory) throws IOException {
    new Random(42).nextBytes(content);
    image = directory.resolve("disk.img");
    Files.write(image, Arrays.copyOf(content, content.length + 100));
    channel = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE);
    driver = new FakeDriver(block(channel, false, "disk-one"), 32).start();
  }

  private final FakeTimers timers = new FakeTimers();

  private VirtioBlock block(FileChannel file, boolean readOnly, String id) throws IOException {
    return new VirtioBlock(file, readOnly, true, id, RateLimiter.unlimited(timers), null);
  }

  @AfterEach
  void close() throws IOException {
    channel.close();
  }

  private Part header(int type, long sector) {
    return driver.readable(
        ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putInt(type).putInt(0).putLong(sector).array());
  }

  private Part status() {
    Part part = driver.writable(1);
    driver.memory.writeByte(part.address(), 0xaa);
    return part;
  }

  /** Sends a request and returns {used length, status byte}. */
  private int[] request(Part... parts) {
    driver.send(0, parts);
    Used used = driver.returned(0).getFirst();
    return new int[] {used.length(), driver.memory.readByte(parts[parts.length - 1].address())};
  }

  @Test
  void configurationSpaceHasCapacityAndSegments() {
    assertThat(driver.transport.read(0x100, 8)).as("a partial sector at the end does not count").isEqualTo(SECTORS);
    assertThat(driver.transport.read(0x100, 4)).isEqualTo(SECTORS);
    assertThat(driver.transport.read(0x10c, 4)).isEqualTo(254);
    assertThat(driver.transport.read(0x200, 4)).isZero();
    assertThat(driver.read(0x08)).isEqualTo(2);
  }

  @Test
  void countsLooksAtAQueueWithNothingInIt() {
    VirtioBlock device = (VirtioBlock) driver.transport.device();
    // The device is called once at its activation.
    assertThat(device.counters().get(VirtioBlock.Count.NO_AVAIL_BUFFER)).isEqualTo(1);
    driver.kick(0);
    assertThat(request(header(IN, 0), driver.writable(512), status())).containsExactly(513, 0);
    driver.kick(0);
    assertThat(device.counters().get(VirtioBlock.Count.NO_AVAIL_BUFFER)).isEqualTo(3);
  }

  @Test
  void reads() {
    Part data = driver.writable(2048);
    assertThat(request(header(IN, 3), data, status())).containsExactly(2049, 0);
    assertThat(driver.bytes(data, 2048)).isEqualTo(Arrays.copyOfRange(content, 3 * 512, 7 * 512));
  }

  @Test
  void readsIntoManySegmentsNeighboursOrNot() {
    Part whole = driver.writable(4096);
    Part first = new Part(whole.address(), 1024, true);
    Part second = new Part(whole.address() + 1024, 512, true);
    Part third = driver.writable(512);
    assertThat(request(header(IN, 0), first, second, third, status())).containsExactly(2049, 0);
    assertThat(driver.bytes(whole, 1536)).isEqualTo(Arrays.copyOf(content, 1536));
    assertThat(driver.bytes(third, 512)).isEqualTo(Arrays.copyOfRange(content, 1536, 2048));
  }

  @Test
  void writes() throws IOException {
    byte[] data = new byte[1024];
    Arrays.fill(data, (byte) 0x5a);
    assertThat(request(header(OUT, 62), driver.readable(data), status())).containsExactly(1, 0);
    assertThat(Arrays.copyOfRange(Files.readAllBytes(image), 62 * 512, 64 * 512)).isEqualTo(data);
  }

  @Test
  void flushes() {
    assertThat(request(header(FLUSH, 0), status())).containsExactly(1, 0);
  }

  @Test
  void identifiesItself() throws IOException {
    Part data = driver.writable(20);
    assertThat(request(header(GET_ID, 0), data, status())).containsExactly(21, 0);
    assertThat(new String(driver.bytes(data, 20), StandardCharsets.US_ASCII).trim()).isEqualTo("disk-one");
    assertThat(VirtioBlock.idOf(image)).matches("[0-9]+");
  }

  @Test
  void anUnknownRequestIsUnsupported() {
    assertThat(request(header(77, 0), driver.writable(512), status())).containsExactly(1, 2);
  }

  @Test
  void requestsThatMakeNoSenseComeBackUntouched() {
    Part big = driver.writable(512 * (SECTORS + 1));
    int untouched = 0xaa;
    assertThat(request(header(IN, SECTORS), driver.writable(512), status())).containsExactly(0, untouched);
    assertThat(request(header(IN, 0), big, status())).containsExactly(0, untouched);
    assertThat(request(header(IN, -1), driver.writable(512), status())).containsExactly(0, untouched);
    assertThat(request(header(IN, Long.MAX_VALUE), driver.writable(512), status())).containsExactly(0, untouched);
    assertThat(request(header(IN, 0), driver.writable(500), status())).containsExactly(0, untouched);
    assertThat(request(header(IN, 0), status())).containsExactly(0, untouched);
    assertThat(request(header(IN, 0), driver.readable(new byte[512]), status())).containsExactly(0, untouched);
    assertThat(request(header(OUT, 0), driver.writable(512), status())).containsExactly(0, untouched);
    assertThat(request(header(GET_ID, 0), driver.writable(19), status())).containsExactly(0, untouched);
    assertThat(request(driver.readable(new byte[15]), driver.writable(512), status())).containsExactly(0, untouched);
    assertThat(request(driver.writable(16), driver.writable(512), status())).containsExactly(0, untouched);
    assertThat(request(new Part(1L << 40, 16, false), driver.writable(512), status())).containsExactly(0, untouched);
    assertThat(request(header(IN, 0), new Part(1L << 40, 512, true), status())).containsExactly(0, untouched);
    assertThat(request(header(IN, 0), new Part(-512, 512, true), status())).containsExactly(0, untouched);
    driver.send(0, header(IN, 0), driver.writable(512), new Part(1L << 40, 1, true));
    assertThat(driver.returned(0).getFirst().length()).isZero();
    driver.send(0, header(IN, 0));
    assertThat(driver.returned(0).getFirst().length()).isZero();
    assertThat(driver.read(0x70)).as("the device lives on").isEqualTo(15);
  }

  @Test
  void aFileThatShrankIsAnError() throws IOException {
    channel.truncate(10 * 512 + 100);
    Part data = driver.writable(1024);
    assertThat(request(header(IN, 10), data, status())).containsExactly(101, 1);
  }

  @Test
  void readOnlyIsAnnouncedAndHolds() throws IOException {
    try (FileChannel readOnly = FileChannel.open(image, StandardOpenOption.READ)) {
      driver = new FakeDriver(block(readOnly, true, "ro"), 32).start();
      assertThat(driver.offered() & 1 << 5).isNotZero();
      assertThat(request(header(OUT, 0), driver.readable(new byte[512]), status())).containsExactly(1, 1);
    }
  }

  @Test
  void growthIsAnnounced() throws IOException {
    VirtioBlock block = (VirtioBlock) driver.transport.device();
    channel.write(ByteBuffer.allocate(512), 128 * 512 - 512);
    block.resize();
    assertThat(driver.acknowledge()).isEqualTo(2);
    assertThat(driver.transport.read(0x100, 8)).isEqualTo(128);
  }

  @Test
  void manyRequestsWithoutEventIndices() {
    driver = new FakeDriver(driver.transport.device(), 256);
    driver.start(VirtioDevice.F_EVENT_IDX);
    for (int round = 0; round < 10; round++) {
      for (int i = 0; i < 80; i++) {
        driver.add(0, header(IN, i % SECTORS), driver.writable(512), status());
      }
      driver.kick(0);
      assertThat(driver.returned(0)).hasSize(80).allMatch(used -> used.length() == 513);
    }
  }

  @Test
  void withoutDurabilityFlushesAreNotOfferedButDone() throws IOException {
    VirtioBlock device = new VirtioBlock(channel, false, false, "x", RateLimiter.unlimited(timers), null);
    driver = new FakeDriver(device, 32).start();
    assertThat(driver.offered() & 1 << 9).isZero();
    assertThat(request(header(FLUSH, 0), status())).containsExactly(1, 0);
    assertThat(device.counters().get(VirtioBlock.Count.FLUSH_COUNT)).isEqualTo(1);
  }

  @Test
  void theLimiterHoldsRequestsBackUntilItsTimeHasCome() throws IOException {
    TokenBucket operations = new TokenBucket(2, 0, 1000, timers.nanoTime());
    RateLimiter limiter = new RateLimiter(timers, null, operations);
    VirtioBlock device = new VirtioBlock(channel, false, true, "x", limiter, null);
    driver = new FakeDriver(device, 32).start();
    for (int i = 0; i < 3; i++) {
      driver.send(0, header(IN, 0), driver.writable(512), status());
    }
    assertThat(driver.returned(0)).hasSize(2);
    driver.kick(0);
    assertThat(driver.returned(0)).isEmpty();
    timers.advanceMillis(400);
    assertThat(driver.returned(0)).as("half a token is none").isEmpty();
    timers.advanceMillis(200);
    assertThat(driver.returned(0)).hasSize(1);
    assertThat(device.counters().get(VirtioBlock.Count.RATE_LIMITER_THROTTLED_EVENTS)).isGreaterThan(0);
    assertThat(device.counters().get(VirtioBlock.Count.READ_BYTES)).isEqualTo(3 * 512);
  }

  @Test
  void anExecutorMayDoRequestsLaterAndInAnyOrder() throws IOException {
    List<Runnable> work = new ArrayList<>();
    VirtioBlock device =
        new VirtioBlock(channel, false, true, "x", RateLimiter.unlimited(timers), work::add);
    driver = new FakeDriver(device, 32).start();
    Part first = driver.writable(512);
    Part second = driver.writable(512);
    int one = driver.send(0, header(IN, 1), first, status());
    int two = driver.send(0, header(IN, 2), second, status());
    assertThat(driver.returned(0)).isEmpty();
    work.removeLast().run();
    assertThat(driver.returned(0)).containsExactly(new Used(two, 513));
    work.removeLast().run();
    assertThat(driver.returned(0)).containsExactly(new Used(one, 513));
    assertThat(driver.bytes(second, 512)).isEqualTo(Arrays.copyOfRange(content, 1024, 1536));
  }

  @Test
  void aResetWaitsForWhatIsUnderWay() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    VirtioBlock device = new VirtioBlock(
        channel,
        false,
        true,
        "x",
        RateLimiter.unlimited(timers),
        task -> Thread.ofPlatform().daemon().start(() -> {
          try {
            go.await();
          } catch (InterruptedException e) {
            return;
          }
          task.run();
        }));
    driver = new FakeDriver(device, 32).start();
    driver.send(0, header(IN, 1), driver.writable(512), status());
    Thread reset = Thread.ofPlatform().daemon().start(() -> driver.write(0x70, 0));
    assertThat(reset.join(Duration.ofMillis(50))).isFalse();
    go.countDown();
    assertThat(reset.join(Duration.ofSeconds(30))).isTrue();
    assertThat(driver.returned(0)).as("the queue is the driver's again").isEmpty();
  }

  @Test
  void anotherFileTakesItsPlace(@TempDir Path directory) throws IOException {
    Path other = Files.write(directory.resolve("other.img"), new byte[20 * 512]);
    try (FileChannel next = FileChannel.open(other, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ((VirtioBlock) driver.transport.device()).replace(next, "disk-two");
      assertThat(driver.acknowledge() & 2).isEqualTo(2);
      assertThat(driver.transport.read(0x100, 8)).isEqualTo(20);
      Part data = driver.writable(20);
      assertThat(request(header(GET_ID, 0), data, status())).containsExactly(21, 0);
      assertThat(new String(driver.bytes(data, 8), StandardCharsets.US_ASCII)).isEqualTo("disk-two");
      assertThat(request(header(OUT, 0), driver.readable(new byte[] {1, 2, 3, 4}), status())).containsExactly(0, 0xaa);
    }
  }

  /** The transport's snapshot is the device's: registers, queues and the device inside. */
  @Nested
  class Snapshot extends SnapshotTest<Snapshotable<VirtioMmioTransport.State>, VirtioMmioTransport.State> {
    @Override
    protected VirtioMmioTransport fresh() {
      try {
        return new FakeDriver(block(channel, false, "x"), 32).transport;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    protected void disturb(Snapshotable<VirtioMmioTransport.State> device) {
      VirtioMmioTransport transport = (VirtioMmioTransport) device;
      transport.write(0x70, 4, 1);
      transport.write(0x70, 4, 3);
      transport.write(0x24, 4, 1);
      transport.write(0x20, 4, 1);
      transport.write(0x14, 4, 1);
      transport.write(0x70, 4, 11);
      transport.write(0x38, 4, 16);
      transport.write(0x80, 4, 0x1000);
      transport.write(0x90, 4, 0x2000);
      transport.write(0xa0, 4, 0x3000);
      transport.write(0x44, 4, 1);
    }

    @Override
    protected void disturbAgain(Snapshotable<VirtioMmioTransport.State> device) {
      ((VirtioMmioTransport) device).write(0x80, 4, 0x5000);
    }
  }
}
