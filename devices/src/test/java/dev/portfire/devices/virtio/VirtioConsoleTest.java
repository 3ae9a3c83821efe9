package dev.portfire.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.devices.SnapshotTest;
import dev.portfire.devices.Snapshotable;
import dev.portfire.devices.virtio.FakeDriver.Part;
import dev.portfire.devices.virtio.FakeDriver.Used;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class VirtioConsoleTest {
  private static final int CONTROL_IN = 2;
  private static final int CONTROL_OUT = 3;

  /** Takes output as text, a limited amount of it if told so. */
  private static final class Text implements ConsolePort.Sink {
    private final StringBuilder text = new StringBuilder();
    private final List<Boolean> opens = new ArrayList<>();
    private int room = Integer.MAX_VALUE;

    @Override
    public void write(ByteBuffer data) {
      while (data.hasRemaining() && room > 0) {
        text.append((char) data.get());
        room--;
      }
    }

    @Override
    public void guestOpened(boolean open) {
      opens.add(open);
    }
  }

  private final Text screen = new Text();
  private final Text channel = new Text();
  private final VirtioConsole console =
      VirtioConsole.builder().console(screen).channel("org.portfire.test", channel).build();
  private final FakeDriver driver = new FakeDriver(console, 16);
  private final List<Part> controlBuffers = new ArrayList<>();

  @BeforeEach
  void start() {
    driver.start();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private void control(int id, int event, int value) {
    ByteBuffer message = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    driver.send(
        CONTROL_OUT, driver.readable(message.putInt(id).putShort((short) event).putShort((short) value).array()));
    assertThat(driver.returned(CONTROL_OUT)).hasSize(1);
  }

  private void offerControlBuffers(int count) {
    for (int i = 0; i < count; i++) {
      Part part = driver.writable(64);
      controlBuffers.add(part);
      driver.add(CONTROL_IN, part);
    }
    driver.kick(CONTROL_IN);
  }

  /** The control messages that came, as "port event value rest". */
  private List<String> messages() {
    List<String> result = new ArrayList<>();
    for (Used used : driver.returned(CONTROL_IN)) {
      byte[] message = driver.bytes(controlBuffers.removeFirst(), used.length());
      ByteBuffer fields = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
      String rest = new String(message, 8, message.length - 8, StandardCharsets.ISO_8859_1);
      result.add("%d %d %d %s".formatted(fields.getInt(0), fields.getShort(4), fields.getShort(6), rest).trim());
    }
    return result;
  }

  /** Goes through what Linux does until both ports are open. */
  private void openPorts() {
    offerControlBuffers(16);
    control(0, 0, 1);
    control(0, 3, 1);
    control(1, 3, 1);
    control(0, 6, 1);
    control(1, 6, 1);
    List<String> unused = messages();
  }

  @Test
  void announcesItsPortsAndTheirNames() {
    assertThat(driver.transport.read(0x104, 4)).as("ports").isEqualTo(2);
    offerControlBuffers(16);
    control(0, 0, 1);
    assertThat(messages()).containsExactly("0 1 1", "1 1 1");
    control(0, 3, 1);
    control(1, 3, 1);
    assertThat(messages())
        .containsExactly("0 4 1", "0 6 1", "1 7 1 org.portfire.test\0".trim(), "1 6 1");
  }

  @Test
  void whatWasNotifiedBeforeAResetIsDone() {
    List<Runnable> later = new ArrayList<>();
    VirtioConsole device = VirtioConsole.builder().console(screen).build();
    FakeDriver kernel = new FakeDriver(device, 16, later::add).start();
    later.forEach(Runnable::run);
    later.clear();
    kernel.send(1, kernel.readable(bytes("last words")));
    assertThat(screen.text).as("before the executor has had its turn").isEmpty();
    // Linux resets all virtio devices as it shuts down, right after a program has written.
    kernel.write(0x70, 0);
    assertThat(screen.text).hasToString("last words");
    later.forEach(Runnable::run);
    assertThat(screen.text).hasToString("last words");
  }

  @Test
  void messagesWaitForBuffersAndDoNotPileUp() {
    control(0, 0, 1);
    for (int i = 0; i < 1000; i++) {
      control(0, 3, 1);
      control(1, 3, 1);
      control(0, 0, 1);
    }
    offerControlBuffers(2);
    assertThat(messages()).hasSize(2);
    offerControlBuffers(14);
    assertThat(messages()).hasSizeLessThan(10);
  }

  @Test
  void outputReachesTheSinkOfItsPort() {
    openPorts();
    driver.send(1, driver.readable(bytes("hello ")), driver.readable(bytes("screen")));
    driver.send(5, driver.readable(bytes("hello channel")));
    assertThat(screen.text).hasToString("hello screen");
    assertThat(channel.text).hasToString("hello channel");
    assertThat(driver.returned(1)).containsExactly(new Used(0, 0));
    assertThat(screen.opens).containsExactly(true);
  }

  @Test
  void aSlowSinkHoldsTheGuestBack() {
    openPorts();
    channel.room = 4;
    driver.send(5, driver.readable(bytes("abcdef")), driver.readable(bytes("ghi")));
    driver.send(5, driver.readable(bytes("jkl")));
    assertThat(channel.text).hasToString("abcd");
    assertThat(driver.returned(5)).isEmpty();
    channel.room = 4;
    console.port(1).resumeOutput();
    assertThat(channel.text).hasToString("abcdefgh");
    channel.room = 100;
    console.port(1).resumeOutput();
    assertThat(channel.text).hasToString("abcdefghijkl");
    assertThat(driver.returned(5)).hasSize(2);
  }

  @Test
  void inputWaitsForBuffersAndForAReader() {
    ConsolePort port = console.port(1);
    assertThat(port.offer(bytes("early"), 0, 5)).isEqualTo(5);
    Part buffer = driver.writable(3);
    Part second = driver.writable(64);
    driver.add(4, buffer);
    driver.send(4, second);
    assertThat(driver.returned(4)).isEmpty();
    openPorts();
    assertThat(driver.returned(4)).containsExactly(new Used(0, 3), new Used(1, 2));
    assertThat(driver.bytes(buffer, 3)).isEqualTo(bytes("ear"));
    assertThat(driver.bytes(second, 2)).isEqualTo(bytes("ly"));
    assertThat(port.offer(bytes("more"), 0, 4)).isEqualTo(4);
    assertThat(driver.returned(4)).isEmpty();
    driver.send(4, driver.writable(64));
    assertThat(driver.returned(4)).containsExactly(new Used(2, 4));
  }

  @Test
  void inputIsBounded() throws InterruptedException {
    ConsolePort port = console.port(0);
    byte[] much = new byte[ConsolePort.BUFFER_SIZE + 10];
    assertThat(port.offer(much, 0, much.length)).isEqualTo(ConsolePort.BUFFER_SIZE);
    assertThat(port.offer(much, 0, 1)).isZero();
    assertThat(port.awaitDrained(1, TimeUnit.MILLISECONDS)).isFalse();
  }

  @Test
  void aSenderWaitsForRoom() throws InterruptedException {
    openPorts();
    ConsolePort port = console.port(0);
    byte[] much = new byte[ConsolePort.BUFFER_SIZE];
    port.send(much, 0, much.length);
    Thread sender = Thread.ofPlatform().start(() -> {
      try {
        port.send(bytes("tail"), 0, 4);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    Part part = driver.writable(1 << 14);
    int got = 0;
    boolean offered = false;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (got < much.length + 4 && System.nanoTime() < deadline) {
      if (!offered) {
        driver.send(0, part);
        offered = true;
      }
      List<Used> returned = driver.returned(0);
      offered = returned.isEmpty();
      got += returned.stream().mapToInt(Used::length).sum();
    }
    sender.join(10_000);
    assertThat(got).isEqualTo(much.length + 4);
    assertThat(port.awaitDrained(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void theEndOfInputDisconnectsThePortAfterItsLastByte() {
    openPorts();
    ConsolePort port = console.port(1);
    assertThat(port.offer(bytes("last"), 0, 4)).isEqualTo(4);
    port.closeInput();
    assertThat(messages()).isEmpty();
    driver.send(4, driver.writable(64));
    assertThat(driver.returned(4)).containsExactly(new Used(0, 4));
    assertThat(messages()).containsExactly("1 6 0");
    assertThatThrownBy(() -> port.offer(bytes("x"), 0, 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anEmptyInputIsNeverConnected() {
    console.port(1).closeInput();
    offerControlBuffers(16);
    control(0, 0, 1);
    control(1, 3, 1);
    assertThat(messages()).contains("1 7 1 org.portfire.test\0".trim()).doesNotContain("1 6 1");
  }

  @Test
  void theWindowSizeIsInConfigurationAndMessages() {
    openPorts();
    console.resize(132, 43);
    assertThat(driver.transport.read(0x100, 2)).isEqualTo(132);
    assertThat(driver.transport.read(0x102, 2)).isEqualTo(43);
    assertThat(messages()).containsExactly("0 5 0 \u0084\0+");
    assertThat(driver.acknowledge() & 2).isEqualTo(2);
  }

  @Test
  void aLoneConsoleHasNoControlQueues() {
    Text only = new Text();
    VirtioConsole lone = VirtioConsole.builder().console(only).build();
    FakeDriver its = new FakeDriver(lone, 16);
    its.start();
    assertThat(lone.queueCount()).isEqualTo(2);
    assertThat(lone.features() & 2).isZero();
    its.send(1, its.readable(bytes("prompt")));
    assertThat(only.text).hasToString("prompt");
    lone.resize(132, 43);
    assertThat(its.transport.read(0x100, 2)).isEqualTo(132);
    assertThat(its.transport.read(0x102, 2)).isEqualTo(43);
    assertThat(its.acknowledge() & 2).isEqualTo(2);
    Part buffer = its.writable(16);
    its.add(0, buffer);
    its.kick(0);
    assertThat(lone.port(0).offer(bytes("ls"), 0, 2)).isEqualTo(2);
    List<Used> returned = its.returned(0);
    assertThat(returned).hasSize(1);
    assertThat(its.bytes(buffer, returned.getFirst().length())).isEqualTo(bytes("ls"));
  }

  @Test
  void controlMessagesThatMakeNoSenseAreIgnored() {
    offerControlBuffers(8);
    control(99, 3, 1);
    control(-1, 3, 1);
    control(0, 77, 1);
    driver.send(CONTROL_OUT, driver.readable(new byte[3]));
    driver.send(CONTROL_OUT, new Part(1L << 40, 8, false));
    assertThat(messages()).isEmpty();
    assertThat(driver.read(0x70)).isEqualTo(15);
  }

  @Test
  void outputOutsideOfMemoryIsSkipped() {
    openPorts();
    driver.send(1, new Part(1L << 40, 8, false), driver.readable(bytes("ok")));
    assertThat(screen.text).hasToString("ok");
  }

  @Test
  void aDriverThatKnowsOnePortOnlyIsServed() {
    driver.write(0x70, 0);
    driver.start(2);
    driver.send(1, driver.readable(bytes("plain")));
    assertThat(screen.text).hasToString("plain");
    assertThat(console.port(0).offer(bytes("in"), 0, 2)).isEqualTo(2);
    driver.send(0, driver.writable(8));
    assertThat(driver.returned(0)).containsExactly(new Used(0, 2));
  }

  @Test
  void namesAreChecked() {
    assertThatThrownBy(() -> VirtioConsole.builder().channel("no good", channel))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> VirtioConsole.builder().build()).isInstanceOf(IllegalArgumentException.class);
  }

  @Nested
  class Snapshot extends SnapshotTest<Snapshotable<VirtioMmioTransport.State>, VirtioMmioTransport.State> {
    @Override
    protected Snapshotable<VirtioMmioTransport.State> fresh() {
      return new VirtioMmioTransport(
          VirtioConsole.builder().console(new Text()).channel("c", new Text()).build(),
          driver.memory,
          driver.line,
          task -> {});
    }

    @Override
    protected void disturb(Snapshotable<VirtioMmioTransport.State> device) {
      VirtioConsole inside = (VirtioConsole) ((VirtioMmioTransport) device).device();
      inside.resize(80, 24);
      assertThat(inside.port(1).offer(bytes("abc"), 0, 3)).isEqualTo(3);
    }

    @Override
    protected void disturbAgain(Snapshotable<VirtioMmioTransport.State> device) {
      VirtioConsole inside = (VirtioConsole) ((VirtioMmioTransport) device).device();
      assertThat(inside.port(1).offer(bytes("d"), 0, 1)).isEqualTo(1);
    }
  }
}
