package dev.portfire.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.devices.FakeTimers;
import dev.portfire.devices.Rounds;
import dev.portfire.devices.virtio.MetadataNetwork.Count;
import dev.portfire.devices.virtio.TcpConnection.Segment;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MetadataNetworkTest {
  private static final int ADDRESS = 0xa9fe_a9fe;
  private static final int GUEST = 0xa9fe_0102;
  private static final byte[] GUEST_MAC = {6, 9, 8, 7, 6, 5};
  private static final int ACK = TcpConnection.ACK;
  private static final int SYN = TcpConnection.SYN;
  private static final int FIN = TcpConnection.FIN;
  private static final int RST = TcpConnection.RST;

  private final FakeTimers timers = new FakeTimers();
  private byte[] answer = "HTTP/1.1 200 \r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private final List<String> requests = new ArrayList<>();
  private final MetadataNetwork network = new MetadataNetwork(ADDRESS, this::serve, timers, new SplittableRandom(5));
  private int woken;

  private byte[] serve(byte[] request) {
    requests.add(new String(request, StandardCharsets.US_ASCII));
    return answer;
  }

  private static ByteBuffer frame(byte[] bytes, int type) {
    return ByteBuffer.wrap(bytes).put(new byte[] {6, 1, 0x23, 0x45, 0x67, 1}).put(GUEST_MAC).putShort((short) type);
  }

  private static byte[] ip(int protocol, int target, byte[] payload) {
    byte[] bytes = new byte[34 + payload.length];
    ByteBuffer out = frame(bytes, 0x800);
    out.put((byte) 0x45).put((byte) 0).putShort((short) (20 + payload.length)).putInt(0);
    out.put((byte) 64).put((byte) protocol).putShort((short) 0).putInt(GUEST).putInt(target).put(payload);
    return bytes;
  }

  private boolean accept(byte[] frame) {
    return network.accept(MemorySegment.ofArray(frame));
  }

  private void send(int port, int target, Segment segment) {
    ByteBuffer out = ByteBuffer.allocate(65536);
    int length = TcpConnection.write(segment, port, target, out);
    assertThat(accept(ip(6, ADDRESS, Arrays.copyOf(out.array(), length)))).isTrue();
  }

  private static Segment segment(int sequence, int acknowledged, int flags, String data) {
    return new Segment(
        sequence, acknowledged, flags, 20_000, (flags & SYN) != 0 ? 1000 : 0, data.getBytes(StandardCharsets.US_ASCII));
  }

  private byte[] nextFrame() {
    MemorySegment buffer = MemorySegment.ofArray(new byte[2000]);
    int length = network.next(buffer);
    byte[] frame = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    if (length > 0) {
      assertThat(Arrays.copyOf(frame, 6)).isEqualTo(GUEST_MAC);
    }
    return frame;
  }

  /** The next TCP segment, with its checksums checked; null if there is none. */
  private List<Segment> received() {
    List<Segment> all = new ArrayList<>();
    for (byte[] bytes = nextFrame(); bytes.length > 0; bytes = nextFrame()) {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      assertThat(in.getInt(26)).isEqualTo(ADDRESS);
      assertThat(in.getInt(30)).isEqualTo(GUEST);
      assertThat(MetadataNetwork.checksum(bytes, 14, 20, 0)).isZero();
      int length = in.getShort(16) - 20;
      int pseudo = (ADDRESS >>> 16) + (ADDRESS & 0xffff) + (GUEST >>> 16) + (GUEST & 0xffff) + 6 + length;
      assertThat(MetadataNetwork.checksum(bytes, 34, length, pseudo)).isZero();
      int header = in.get(46) >>> 2 & 0x3c;
      all.add(new Segment(
          in.getInt(38),
          in.getInt(42),
          in.get(47),
          in.getShort(48) & 0xffff,
          0,
          Arrays.copyOfRange(bytes, 34 + header, bytes.length)));
    }
    return all;
  }

  private Segment one() {
    List<Segment> all = received();
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  /** Opens a connection from a port with sequence number 1000 and returns the network's next sequence number. */
  private int open(int port) {
    send(port, 80, segment(999, 0, SYN, ""));
    Segment answered = one();
    assertThat(answered.flags()).isEqualTo(SYN | ACK);
    assertThat(answered.acknowledged()).isEqualTo(1000);
    send(port, 80, segment(1000, answered.sequence() + 1, ACK, ""));
    assertThat(received()).isEmpty();
    return answered.sequence() + 1;
  }

  @Test
  void arpIsAnswered() {
    byte[] bytes = new byte[42];
    ByteBuffer request = frame(bytes, 0x806);
    request.putShort((short) 1).putShort((short) 0x800).put((byte) 6).put((byte) 4).putShort((short) 1);
    request.put(GUEST_MAC).putInt(GUEST).put(new byte[6]).putInt(ADDRESS);
    assertThat(accept(bytes)).isTrue();
    ByteBuffer reply = ByteBuffer.wrap(nextFrame());
    assertThat(reply.getShort(20)).isEqualTo((short) 2);
    assertThat(Arrays.copyOfRange(reply.array(), 22, 28)).isEqualTo(new byte[] {6, 1, 0x23, 0x45, 0x67, 1});
    assertThat(reply.getInt(28)).isEqualTo(ADDRESS);
    assertThat(Arrays.copyOfRange(reply.array(), 32, 38)).isEqualTo(GUEST_MAC);
    request.putInt(38, ADDRESS + 1);
    assertThat(accept(bytes)).as("somebody else").isFalse();
  }

  @Test
  void otherFramesGoOn() {
    assertThat(accept(new byte[13])).isFalse();
    assertThat(accept(new byte[60])).isFalse();
    assertThat(accept(ip(6, ADDRESS + 1, new byte[20]))).isFalse();
    assertThat(accept(ip(17, ADDRESS, new byte[20]))).as("for this address, and lost").isTrue();
    assertThat(network.counters().get(Count.RX_ACCEPTED_UNUSUAL)).isEqualTo(1);
    assertThat(received()).isEmpty();
  }

  @Test
  void aRequestIsAnsweredAndTheConnectionEnds() {
    int mine = open(5000);
    send(5000, 80, segment(1000, mine, ACK, "GET / HTTP/1.1\r\n"));
    Segment acknowledged = one();
    assertThat(acknowledged.acknowledged()).isEqualTo(1016);
    send(5000, 80, segment(1016, mine, ACK, "Host: x\r\n\r\nGET /2"));
    Segment data = one();
    assertThat(requests).containsExactly("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(data.data()).isEqualTo(answer);
    assertThat(data.acknowledged()).isEqualTo(1033);
    send(5000, 80, segment(1033, mine + answer.length, ACK, " HTTP/1.1\r\n\r\n"));
    assertThat(one().data()).isEqualTo(answer);
    assertThat(requests).hasSize(2);
    send(5000, 80, segment(1046, mine + 2 * answer.length, ACK | FIN, ""));
    Segment last = one();
    assertThat(last.flags()).isEqualTo(FIN | ACK);
    assertThat(last.acknowledged()).isEqualTo(1047);
    send(5000, 80, segment(1047, last.sequence() + 1, ACK, ""));
    assertThat(received()).isEmpty();
    assertThat(network.counters().get(Count.CONNECTIONS_DESTROYED)).isEqualTo(1);
  }

  @Test
  void aLargeAnswerSurvivesLostSegments() {
    answer = new byte[100_000];
    new Random(9).nextBytes(answer);
    network.onReady(() -> woken++);
    int mine = open(5000);
    SplittableRandom loss = new SplittableRandom(3);
    send(5000, 80, segment(1000, mine, ACK, "GET / HTTP/1.1\r\n\r\n"));
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    for (int round = 0; round < 2000 && got.size() < answer.length; round++) {
      List<Segment> segments = received();
      if (segments.isEmpty()) {
        timers.advanceMillis(500);
      }
      for (Segment segment : segments) {
        assertThat(segment.data().length).isLessThanOrEqualTo(1000);
        if (loss.nextInt(5) == 0) {
          continue;
        }
        if (segment.sequence() == mine + got.size()) {
          got.writeBytes(segment.data());
        }
        if (loss.nextInt(5) != 0) {
          send(5000, 80, segment(1018, mine + got.size(), ACK, ""));
        }
      }
    }
    assertThat(got.toByteArray()).isEqualTo(answer);
    assertThat(woken).isPositive();
  }

  @Test
  void aGuestThatSaysNothingMoreIsGivenUp() {
    network.onReady(() -> woken++);
    int mine = open(5000);
    send(5000, 80, segment(1000, mine, ACK, "GET / HTTP/1.1\r\n\r\n"));
    int resets = 0;
    for (int k = 0; k < 40; k++) {
      resets += (int) received().stream().filter(segment -> segment.has(RST)).count();
      timers.advanceMillis(500);
    }
    assertThat(resets).isEqualTo(1);
    assertThat(network.counters().get(Count.CONNECTIONS_DESTROYED)).isEqualTo(1);
  }

  @Test
  void whatIsNotServedIsReset() {
    send(5000, 81, segment(7, 0, SYN, ""));
    Segment reset = one();
    assertThat(reset.flags()).isEqualTo(RST | ACK);
    assertThat(reset.acknowledged()).isEqualTo(8);
    send(5000, 80, segment(7, 55, ACK, "abc"));
    assertThat(one().sequence()).isEqualTo(55);
    send(5000, 80, segment(7, 55, RST, ""));
    assertThat(received()).isEmpty();
    int mine = open(6000);
    send(6000, 80, segment(1000, mine, ACK, "x".repeat(1400)));
    assertThat(one().window()).isEqualTo(1100);
    send(6000, 80, segment(2400, mine, ACK, "x".repeat(1400)));
    assertThat(one().has(RST)).as("a request that is too long").isTrue();
    for (int port = 1; port <= 30; port++) {
      int unused = open(port);
    }
    send(31, 80, segment(999, 0, SYN, ""));
    assertThat(one().has(RST)).isTrue();
    timers.advanceMillis(14_000);
    send(31, 80, segment(999, 0, SYN, ""));
    assertThat(received()).extracting(Segment::flags).containsExactly(RST | ACK, SYN | ACK);
  }

  @Test
  void aRepeatedFirstSegmentIsAnsweredAgain() {
    send(5000, 80, segment(999, 0, SYN, ""));
    Segment first = one();
    send(5000, 80, segment(999, 0, SYN, ""));
    assertThat(one()).usingRecursiveComparison().isEqualTo(first);
  }

  @Test
  void anyFramesLeaveItAlive() {
    Rounds.run(300, random -> {
      MetadataNetwork hostile = new MetadataNetwork(ADDRESS, request -> answer, timers, random);
      MemorySegment buffer = MemorySegment.ofArray(new byte[2000]);
      byte[] last = {};
      for (int step = 0; step < 300; step++) {
        byte[] payload = new byte[random.nextInt(80)];
        random.nextBytes(payload);
        ByteBuffer out = ByteBuffer.allocate(4096);
        int sequence = 1000 + random.nextInt(40);
        int acknowledged = last.length > 42 ? ByteBuffer.wrap(last).getInt(38) + random.nextInt(30) : 0;
        String data = random.nextInt(3) == 0 ? "GET / HTTP/1.1\r\n\r\n" : "y".repeat(random.nextInt(20));
        int length = TcpConnection.write(
            segment(sequence, acknowledged, random.nextInt(64), data), random.nextInt(3), 80, out);
        byte[] bytes = ip(6, ADDRESS, random.nextInt(4) == 0 ? payload : Arrays.copyOf(out.array(), length));
        if (random.nextInt(3) == 0) {
          bytes[12 + random.nextInt(bytes.length - 12)] = (byte) random.nextInt();
        }
        boolean unused = hostile.accept(MemorySegment.ofArray(Arrays.copyOf(bytes, bytes.length - random.nextInt(3))));
        for (int k = 0; k < 5; k++) {
          int count = hostile.next(buffer);
          assertThat(count).isBetween(0, 1514);
          if (count > 0) {
            last = buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
          }
        }
        timers.advanceMillis(random.nextInt(50));
      }
    });
  }
}
