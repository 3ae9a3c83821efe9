package dev.portfire.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.devices.FakeTimers;
import dev.portfire.devices.Rounds;
import dev.portfire.devices.SnapshotTest;
import dev.portfire.devices.Snapshotable;
import dev.portfire.devices.virtio.FakeDriver.Part;
import dev.portfire.devices.virtio.FakeDriver.Used;
import dev.portfire.devices.virtio.VirtioVsock.Count;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class VirtioVsockTest {
  private static final int RX = 0;
  private static final int TX = 1;
  private static final int EVENT = 2;
  private static final int CID = 52;
  private static final int BUFFER = 1 << 16;

  private final FakeTimers timers = new FakeTimers();
  private final List<FakeStream> connected = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();
  private boolean refuse;
  private final VirtioVsock vsock = device();
  private final FakeDriver driver = new FakeDriver(vsock, 64).start();
  private final Deque<Part> buffers = new ArrayDeque<>();

  private VirtioVsock device() {
    return new VirtioVsock(
        CID,
        port -> {
          if (refuse) {
            throw new IOException("nobody listens, for the test");
          }
          FakeStream stream = new FakeStream();
          connected.add(stream);
          ports.add(port);
          return stream;
        },
        timers);
  }

  /** A packet that the guest got. */
  private record Got(VsockPacket header, byte[] data) {
    int operation() {
      return header.operation();
    }
  }

  private static VsockPacket packet(int operation, int hostPort, int guestPort, int length) {
    return new VsockPacket(CID, 2, guestPort, hostPort, length, 1, operation, 0, BUFFER, 0);
  }

  private void send(VsockPacket packet, byte... data) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(packet.toBytes());
    all.writeBytes(data);
    driver.send(TX, driver.readable(all.toByteArray()));
    assertThat(driver.returned(TX)).hasSize(1);
  }

  private void send(int operation, int hostPort, int guestPort) {
    send(packet(operation, hostPort, guestPort, 0));
  }

  /** Offers buffers for packets of up to 4096 bytes of data. */
  private void offer(int count) {
    for (int i = 0; i < count; i++) {
      Part part = driver.writable(44 + 4096);
      buffers.add(part);
      driver.send(RX, part);
    }
  }

  private List<Got> received() {
    List<Got> all = new ArrayList<>();
    for (Used used : driver.returned(RX)) {
      byte[] bytes = driver.bytes(buffers.remove(), used.length());
      VsockPacket header = VsockPacket.parse(Arrays.copyOf(bytes, 44));
      assertThat(header.length()).isEqualTo(used.length() - 44);
      assertThat(header.sourceCid()).isEqualTo(2);
      assertThat(header.targetCid()).isEqualTo(CID);
      all.add(new Got(header, Arrays.copyOfRange(bytes, 44, bytes.length)));
    }
    return all;
  }

  private Got one() {
    List<Got> all = received();
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  /** A stream of the host that the guest has accepted, at the host's port that is returned. */
  private int establish(FakeStream stream) {
    vsock.accept(stream);
    stream.arrive("CONNECT 1234\n");
    Got request = one();
    assertThat(request.operation()).isEqualTo(VsockPacket.REQUEST);
    assertThat(request.header().targetPort()).isEqualTo(1234);
    int port = request.header().sourcePort();
    send(VsockPacket.RESPONSE, port, 1234);
    assertThat(new String(stream.written(), StandardCharsets.US_ASCII)).isEqualTo("OK " + port + "\n");
    return port;
  }

  @Test
  void aHostsEndThatCannotBeReadIsResetAndCounted() {
    offer(8);
    FakeStream stream = new FakeStream();
    int port = establish(stream);
    stream.broken = true;
    stream.arrive("lost");
    Got reset = one();
    assertThat(reset.operation()).isEqualTo(VsockPacket.RESET);
    assertThat(reset.header().sourcePort()).isEqualTo(port);
    assertThat(vsock.counters().get(VirtioVsock.Count.RX_READ_FAILS)).isEqualTo(1);
  }

  @Test
  void configurationSpaceHasTheContext() {
    assertThat(driver.transport.read(0x100, 8)).isEqualTo(CID);
    assertThat(driver.offered()).isEqualTo(1L << 35 | 1L << 32 | 1 << 29);
  }

  @Test
  void theHostConnectsAndBothSidesTalk() {
    offer(20);
    FakeStream stream = new FakeStream();
    int port = establish(stream);
    assertThat(port).isGreaterThanOrEqualTo(1 << 30);
    stream.arrive("hello guest");
    Got data = one();
    assertThat(data.operation()).isEqualTo(VsockPacket.DATA);
    assertThat(data.data()).isEqualTo("hello guest".getBytes(StandardCharsets.US_ASCII));
    assertThat(data.header().bufferSize()).isEqualTo(BUFFER);
    send(packet(VsockPacket.DATA, port, 1234, 3), (byte) 'y', (byte) 'e', (byte) 's');
    assertThat(new String(stream.written(), StandardCharsets.US_ASCII)).endsWith("\nyes");
    assertThat(vsock.counters().get(Count.CONNS_ADDED)).isEqualTo(1);
  }

  @Test
  void commandsMayComeInPiecesAndInAnyCase() {
    offer(20);
    FakeStream stream = new FakeStream();
    vsock.accept(stream);
    stream.arrive("conn");
    assertThat(received()).isEmpty();
    stream.arrive("ect 7\nearly");
    assertThat(one().header().targetPort()).isEqualTo(7);
    for (String bad : List.of("CONNECT\n", "CONNECT x\n", "HELLO 5\n", "CONNECT 4294967296\n", "\n", "CONNECT 1 2\n",
        "x".repeat(40))) {
      FakeStream wrong = new FakeStream();
      vsock.accept(wrong);
      wrong.arrive(bad);
      assertThat(wrong.closed).as(bad).isTrue();
      assertThat(wrong.written()).isEmpty();
    }
    assertThat(received()).isEmpty();
    FakeStream silent = new FakeStream();
    vsock.accept(silent);
    silent.end(true);
    assertThat(silent.closed).isTrue();
  }

  @Test
  void theGuestMayRefuseOrSleep() {
    offer(20);
    FakeStream refused = new FakeStream();
    vsock.accept(refused);
    refused.arrive("CONNECT 5\n");
    send(VsockPacket.RESET, one().header().sourcePort(), 5);
    assertThat(refused.closed).isTrue();
    FakeStream slow = new FakeStream();
    vsock.accept(slow);
    slow.arrive("CONNECT 6\n");
    assertThat(one().operation()).isEqualTo(VsockPacket.REQUEST);
    timers.advanceMillis(1999);
    assertThat(slow.closed).isFalse();
    timers.advanceMillis(1);
    assertThat(one().operation()).isEqualTo(VsockPacket.RESET);
    assertThat(slow.closed).isTrue();
    assertThat(slow.written()).isEmpty();
  }

  @Test
  void theGuestConnectsAndIsAnswered() {
    offer(20);
    send(VsockPacket.REQUEST, 52000, 9);
    assertThat(one().operation()).isEqualTo(VsockPacket.RESPONSE);
    assertThat(ports).containsExactly(52000);
    send(packet(VsockPacket.DATA, 52000, 9, 2), (byte) 1, (byte) 2);
    assertThat(connected.getFirst().written()).containsExactly(1, 2);
    refuse = true;
    send(VsockPacket.REQUEST, 52001, 9);
    assertThat(one().operation()).isEqualTo(VsockPacket.RESET);
  }

  @Test
  void packetsOfNoConnectionAreReset() {
    offer(20);
    send(VsockPacket.DATA, 1, 2);
    assertThat(one().operation()).isEqualTo(VsockPacket.RESET);
    send(VsockPacket.RESET, 1, 2);
    send(new VsockPacket(CID, 3, 1, 2, 0, 1, VsockPacket.REQUEST, 0, BUFFER, 0));
    assertThat(received()).isEmpty();
    send(new VsockPacket(CID, 2, 1, 2, 0, 2, VsockPacket.REQUEST, 0, BUFFER, 0));
    Got reset = one();
    assertThat(reset.operation()).isEqualTo(VsockPacket.RESET);
    assertThat(reset.header().type()).isEqualTo(2);
    assertThat(ports).isEmpty();
  }

  @Test
  void theGuestsCreditIsKept() {
    offer(40);
    send(new VsockPacket(CID, 2, 9, 80, 0, 1, VsockPacket.REQUEST, 0, 10_000, 0));
    assertThat(one().operation()).isEqualTo(VsockPacket.RESPONSE);
    byte[] data = new byte[25_000];
    new Random(3).nextBytes(data);
    FakeStream stream = connected.getFirst();
    stream.arrive(data);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int forwarded = 0;
    for (int round = 0; round < 3; round++) {
      List<Got> packets = received();
      int sum = 0;
      for (Got packet : packets) {
        if (packet.operation() == VsockPacket.DATA) {
          sum += packet.data().length;
          all.writeBytes(packet.data());
        }
      }
      assertThat(sum).isEqualTo(round < 2 ? 10_000 : 5_000);
      if (round < 2) {
        assertThat(packets.getLast().operation()).isEqualTo(VsockPacket.CREDIT_REQUEST);
      }
      forwarded += sum;
      send(new VsockPacket(CID, 2, 9, 80, 0, 1, VsockPacket.CREDIT_UPDATE, 0, 10_000, forwarded));
    }
    assertThat(all.toByteArray()).isEqualTo(data);
  }

  @Test
  void theHostsCreditIsGivenAndEnforced() {
    offer(40);
    send(VsockPacket.REQUEST, 80, 9);
    assertThat(one().operation()).isEqualTo(VsockPacket.RESPONSE);
    FakeStream stream = connected.getFirst();
    stream.room = 0;
    byte[] data = new byte[16_384];
    new Random(4).nextBytes(data);
    for (int i = 0; i < 4; i++) {
      send(packet(VsockPacket.DATA, 80, 9, data.length), data);
    }
    assertThat(received()).isEmpty();
    stream.makeRoom(40_000);
    Got update = one();
    assertThat(update.operation()).isEqualTo(VsockPacket.CREDIT_UPDATE);
    assertThat(update.header().forwarded()).isEqualTo(40_000);
    send(packet(VsockPacket.DATA, 80, 9, data.length), data);
    stream.makeRoom(1 << 20);
    byte[] written = stream.written();
    assertThat(written).hasSize(5 * data.length);
    for (int i = 0; i < 5; i++) {
      assertThat(Arrays.copyOfRange(written, i * data.length, (i + 1) * data.length)).isEqualTo(data);
    }
    stream.room = 0;
    for (int i = 0; i < 5; i++) {
      send(packet(VsockPacket.DATA, 80, 9, data.length), data);
    }
    assertThat(received().getLast().operation()).as("it sent more than it might").isEqualTo(VsockPacket.RESET);
    assertThat(stream.closed).isTrue();
  }

  @Test
  void aCreditRequestIsAnswered() {
    offer(10);
    send(VsockPacket.REQUEST, 80, 9);
    assertThat(one().operation()).isEqualTo(VsockPacket.RESPONSE);
    send(VsockPacket.CREDIT_REQUEST, 80, 9);
    assertThat(one().operation()).isEqualTo(VsockPacket.CREDIT_UPDATE);
  }

  @Test
  void theHostsEndIsToldAfterItsData() {
    offer(20);
    FakeStream stream = new FakeStream();
    int port = establish(stream);
    stream.arrive("last words");
    stream.end(false);
    List<Got> packets = received();
    assertThat(packets).extracting(Got::operation).containsExactly(VsockPacket.DATA, VsockPacket.SHUTDOWN);
    assertThat(packets.getLast().header().flags()).as("it still reads").isEqualTo(2);
    send(packet(VsockPacket.DATA, port, 1234, 1), (byte) '!');
    assertThat(new String(stream.written(), StandardCharsets.US_ASCII)).endsWith("!");
    stream.end(true);
    assertThat(one().header().flags()).isEqualTo(3);
    timers.advanceMillis(2000);
    assertThat(one().operation()).isEqualTo(VsockPacket.RESET);
    assertThat(stream.closed).isTrue();
  }

  @Test
  void theGuestsEndIsToldAfterItsData() {
    offer(20);
    FakeStream stream = new FakeStream();
    int port = establish(stream);
    stream.room = 0;
    send(packet(VsockPacket.DATA, port, 1234, 1), (byte) '!');
    send(new VsockPacket(CID, 2, 1234, port, 0, 1, VsockPacket.SHUTDOWN, 2, BUFFER, 0));
    assertThat(stream.writeShut).isFalse();
    stream.makeRoom(100);
    assertThat(stream.writeShut).isTrue();
    assertThat(stream.closed).isFalse();
    send(new VsockPacket(CID, 2, 1234, port, 0, 1, VsockPacket.SHUTDOWN, 3, BUFFER, 0));
    assertThat(one().operation()).isEqualTo(VsockPacket.RESET);
    assertThat(stream.closed).isTrue();
  }

  @Test
  void aBrokenHostsEndResetsTheConnection() {
    offer(20);
    FakeStream stream = new FakeStream();
    int port = establish(stream);
    stream.broken = true;
    send(packet(VsockPacket.DATA, port, 1234, 1), (byte) '!');
    assertThat(one().operation()).isEqualTo(VsockPacket.RESET);
    assertThat(stream.closed).isTrue();
  }

  @Test
  void thereAreManyConnectionsButNotTooMany() {
    List<FakeStream> streams = new ArrayList<>();
    for (int i = 0; i < 1100; i++) {
      FakeStream stream = new FakeStream();
      streams.add(stream);
      vsock.accept(stream);
      stream.arrive("CONNECT " + i + "\n");
      offer(1);
      assertThat(received()).hasSize(i < 1023 ? 1 : 0);
    }
    assertThat(streams.stream().filter(stream -> stream.closed)).hasSize(1100 - 1023);
    driver.write(0x70, 0);
    assertThat(streams).allMatch(stream -> stream.closed);
    assertThat(vsock.counters().get(Count.CONNS_REMOVED)).isEqualTo(1023);
  }

  @Test
  void whatMakesNoSenseIsDropped() {
    offer(5);
    driver.send(TX, driver.readable(new byte[43]));
    driver.send(TX, driver.writable(100));
    driver.send(TX, driver.readable(packet(VsockPacket.DATA, 1, 2, 100).toBytes()));
    driver.send(TX, driver.readable(packet(VsockPacket.DATA, 1, 2, -1).toBytes()), new Part(0x1000, -1, false));
    driver.send(TX, new Part(1L << 40, 44, false));
    assertThat(driver.returned(TX)).hasSize(5);
    assertThat(received()).isEmpty();
    assertThat(vsock.counters().get(Count.TX_QUEUE_EVENT_FAILS)).isEqualTo(5);
  }

  @Test
  void buffersThatAreNoneGoBackUnused() {
    driver.send(RX, driver.writable(43));
    driver.send(RX, driver.readable(new byte[100]));
    driver.send(RX, new Part(1L << 40, 100, true));
    send(VsockPacket.DATA, 1, 2);
    assertThat(driver.returned(RX)).containsExactly(new Used(0, 0), new Used(1, 0), new Used(2, 0));
    offer(1);
    assertThat(one().operation()).isEqualTo(VsockPacket.RESET);
  }

  @Test
  void aSnapshotTellsTheGuestThatItsConnectionsAreGone() {
    offer(10);
    FakeStream stream = new FakeStream();
    int port = establish(stream);
    Part event = driver.writable(4);
    driver.send(EVENT, event);
    VirtioMmioTransport.State state = driver.transport.save();
    assertThat(stream.closed).isTrue();
    assertThat(driver.returned(EVENT)).containsExactly(new Used(0, 4));
    assertThat(((VirtioVsock.VsockState) state.device()).gated()).isTrue();
    send(VsockPacket.DATA, port, 1234);
    assertThat(received()).as("nothing before it has seen the event").isEmpty();
    driver.send(EVENT, driver.writable(4));
    assertThat(one().operation()).isEqualTo(VsockPacket.RESET);
  }

  @Test
  void anyPacketsLeaveTheDeviceAlive() {
    Rounds.run(200, random -> {
      VirtioVsock device = device();
      FakeDriver hostile = new FakeDriver(device, 64).start();
      for (int step = 0; step < 300; step++) {
        if (random.nextInt(8) == 0) {
          FakeStream stream = new FakeStream();
          stream.room = random.nextInt(1 << 17);
          device.accept(stream);
          stream.arrive("CONNECT " + random.nextInt(4) + "\n" + "data".repeat(random.nextInt(9)));
          connected.add(stream);
        } else if (random.nextInt(4) == 0) {
          hostile.send(RX, new Part(0x50_0000, random.nextInt(8192), random.nextInt(20) != 0));
        } else if (random.nextInt(6) == 0 && !connected.isEmpty()) {
          FakeStream stream = connected.get(random.nextInt(connected.size()));
          if (random.nextBoolean()) {
            stream.end(random.nextBoolean());
          } else {
            stream.broken = random.nextInt(4) == 0;
            stream.makeRoom(random.nextInt(1 << 17));
          }
          timers.advanceMillis(random.nextInt(400));
        } else {
          int hostPort = random.nextBoolean() ? random.nextInt(4) : (1 << 30) + random.nextInt(8);
          int length = random.nextInt(3) == 0 ? random.nextInt(1 << 17) : random.nextInt(64);
          VsockPacket packet = new VsockPacket(
              random.nextInt(9) == 0 ? random.nextLong() : CID,
              random.nextInt(9) == 0 ? random.nextLong() : 2,
              random.nextInt(4),
              hostPort,
              random.nextInt(9) == 0 ? random.nextInt() : length,
              random.nextInt(9) == 0 ? random.nextInt() : 1,
              random.nextInt(9),
              random.nextInt(5),
              random.nextInt(9) == 0 ? random.nextInt() : 1 << random.nextInt(20),
              random.nextInt(9) == 0 ? random.nextInt() : 0);
          Part header = hostile.readable(packet.toBytes());
          hostile.send(TX, header, new Part(0x60_0000, length, false));
        }
        List<Used> unused = hostile.returned(RX);
        unused = hostile.returned(TX);
      }
      assertThat(hostile.read(0x70)).isEqualTo(15);
      hostile.write(0x70, 0);
      hostile.start();
      hostile.memory.close();
      connected.clear();
      ports.clear();
    });
  }

  /** Registers, queues, and the gate. */
  @Nested
  class Snapshot extends SnapshotTest<Snapshotable<VirtioMmioTransport.State>, VirtioMmioTransport.State> {
    @Override
    protected VirtioMmioTransport fresh() {
      return new FakeDriver(device(), 32).transport;
    }

    @Override
    protected void disturb(Snapshotable<VirtioMmioTransport.State> device) {
      VirtioMmioTransport transport = (VirtioMmioTransport) device;
      transport.write(0x70, 4, 1);
      transport.write(0x70, 4, 3);
    }

    @Override
    protected void disturbAgain(Snapshotable<VirtioMmioTransport.State> device) {
      ((VirtioMmioTransport) device).write(0x24, 4, 1);
    }
  }
}
