package dev.portfire.devices.virtio;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The server's end of one TCP connection (RFC 9293) that carries HTTP requests without bodies: as much of TCP as that takes. It
 * never opens a connection, and ends one after the guest does.
 */
final class TcpConnection {
  static final int FIN = 1;
  static final int SYN = 2;
  static final int RST = 4;
  static final int PSH = 8;
  static final int ACK = 0x10;

  /** A request that is longer is nobody's. */
  static final int LARGEST_REQUEST = 2500;

  /** How long an answer to what was sent may take. */
  static final long TIMEOUT_NANOS = 500_000_000L;

  private static final int MAX_TRIES = 15;
  private static final int DEFAULT_SEGMENT = 536;
  private static final int LARGEST_SEGMENT = 1460;
  private static final int DUPLICATES = 3;

  /**
   * What a segment says.
   *
   * @param sequence of its first byte
   * @param acknowledged the next byte that the sender expects
   * @param flags from {@link #FIN} to {@link #ACK}
   * @param window how many bytes the sender takes
   * @param segmentSize the largest segment it takes, 0 if it does not say
   * @param data its bytes
   */
  record Segment(int sequence, int acknowledged, int flags, int window, int segmentSize, byte[] data) {
    boolean has(int flag) {
      return (flags & flag) != 0;
    }
  }

  private final UnaryOperator<byte[]> server;
  private final int segmentSize;
  private final byte[] request = new byte[LARGEST_REQUEST];
  private int requestLength;

  /** The next byte expected from the guest. */
  private int expected;

  /** The oldest byte that the guest has not acknowledged, the next to send, and the highest sent. */
  private int unacknowledged;

  private int next;
  private int highest;
  private int window;

  /** Bytes from {@link #unacknowledged} on, once the connection is established. */
  private byte[] output = {};

  private boolean established;
  private boolean guestFinished;
  private boolean finishing;
  private boolean answerDue = true;

  /** Whether the end was sent, and the number behind it. */
  private boolean endSent;

  private int end;
  private boolean broken;
  private int duplicates;
  private int tries;
  private long deadline;
  private long used;

  /** Begins a connection with the guest's first segment. */
  TcpConnection(Segment syn, int initialSequence, UnaryOperator<byte[]> server, long now) {
    this.server = server;
    expected = syn.sequence + 1;
    unacknowledged = initialSequence;
    next = initialSequence;
    highest = initialSequence;
    window = syn.window;
    segmentSize = Math.clamp(syn.segmentSize == 0 ? DEFAULT_SEGMENT : syn.segmentSize, 64, LARGEST_SEGMENT);
    used = now;
  }

  /** Whether it has to end with a reset. */
  boolean broken() {
    return broken;
  }

  /** Whether both sides have finished and know it. */
  boolean over() {
    return endSent && output.length == 0 && unacknowledged == end;
  }

  /** How long nothing has come, in nanoseconds. */
  long idle(long now) {
    return now - used;
  }

  /** The sequence number of a reset. */
  int sequence() {
    return next;
  }

  int expected() {
    return expected;
  }

  /** Takes a segment; returns false if the guest has reset the connection. */
  boolean take(Segment segment, long now) {
    used = now;
    if (segment.has(RST)) {
      // Anybody could send one; ours has the sequence number that we expect.
      return segment.sequence != expected;
    }
    if (segment.has(SYN)) {
      // The first segment again: its answer was lost.
      if (!established && segment.sequence + 1 == expected) {
        next = unacknowledged;
        answerDue = true;
      } else {
        broken = true;
      }
      return true;
    }
    if (!segment.has(ACK)) {
      return true;
    }
    acknowledge(segment, now);
    if (established && !broken) {
      receive(segment);
    }
    return true;
  }

  private void acknowledge(Segment segment, long now) {
    int advance = segment.acknowledged - unacknowledged;
    if (advance < 0 || segment.acknowledged - highest > 0) {
      // Old, or of what was never sent.
      answerDue |= advance >= 0;
      return;
    }
    if (advance == 0) {
      if (segment.data.length == 0 && next != unacknowledged && ++duplicates == DUPLICATES) {
        next = unacknowledged;
        duplicates = 0;
      }
    } else {
      duplicates = 0;
      tries = 0;
      deadline = 0;
      int bytes = advance;
      if (!established) {
        established = true;
        bytes--;
      }
      // The last number may be that of the end, which is no byte.
      output = Arrays.copyOfRange(output, Math.min(bytes, output.length), output.length);
      unacknowledged = segment.acknowledged;
      if (next - unacknowledged < 0) {
        next = unacknowledged;
      }
      if (highest != unacknowledged) {
        startTimer(now);
      }
    }
    window = segment.window;
  }

  private void receive(Segment segment) {
    byte[] data = segment.data;
    int skip = expected - segment.sequence;
    if (data.length > 0 || segment.has(FIN)) {
      answerDue = true;
    }
    if (skip < 0 || skip > data.length) {
      return;
    }
    if (!guestFinished) {
      int count = data.length - skip;
      if (count > LARGEST_REQUEST - requestLength) {
        broken = true;
        return;
      }
      System.arraycopy(data, skip, request, requestLength, count);
      requestLength += count;
      expected += count;
      if (segment.has(FIN)) {
        guestFinished = true;
        expected++;
      }
    }
    answerRequests();
  }

  /** Answers requests one after the other: the next when the last answer has been taken. */
  private void answerRequests() {
    while (output.length == 0 && !finishing) {
      int length = endOfRequest();
      if (length < 0) {
        finishing = guestFinished;
        return;
      }
      output = server.apply(Arrays.copyOf(request, length));
      System.arraycopy(request, length, request, 0, requestLength - length);
      requestLength -= length;
    }
  }

  private int endOfRequest() {
    for (int i = 3; i < requestLength; i++) {
      if (request[i] == '\n' && request[i - 1] == '\r' && request[i - 2] == '\n' && request[i - 3] == '\r') {
        return i + 1;
      }
    }
    return -1;
  }

  /** What is sent again at the latest: nanoseconds on the clock, 0 for nothing. */
  long deadline() {
    return deadline;
  }

  /** The time for an acknowledgement may be over; then all that was sent is sent again. */
  void checkTime(long now) {
    if (deadline != 0 && now - deadline >= 0) {
      deadline = 0;
      if (++tries > MAX_TRIES) {
        broken = true;
      }
      next = unacknowledged;
      answerDue |= !established;
    }
  }

  /** The next segment to send; null if there is none now. */
  @Nullable Segment next(long now) {
    answerRequests();
    if (!established) {
      if (!answerDue || next != unacknowledged) {
        return null;
      }
      answerDue = false;
      next = unacknowledged + 1;
      highest = next;
      return sent(new Segment(unacknowledged, expected, SYN | ACK, room(), LARGEST_SEGMENT, new byte[0]), now);
    }
    int offset = next - unacknowledged;
    int left = Math.min(output.length - offset, Math.max(window, 1) - offset);
    if (left > 0 && offset < output.length) {
      int count = Math.min(left, segmentSize);
      byte[] data = Arrays.copyOfRange(output, offset, offset + count);
      Segment segment =
          new Segment(next, expected, ACK | (offset + count == output.length ? PSH : 0), room(), 0, data);
      advance(count);
      return sent(segment, now);
    }
    if (finishing && offset == output.length && !finSent()) {
      Segment segment = new Segment(next, expected, ACK | FIN, room(), 0, new byte[0]);
      advance(1);
      endSent = true;
      end = next;
      return sent(segment, now);
    }
    if (answerDue) {
      answerDue = false;
      return new Segment(next, expected, ACK, room(), 0, new byte[0]);
    }
    return null;
  }

  /** Whether the end has been sent, and is not to be sent again. */
  private boolean finSent() {
    return endSent && next == end;
  }

  private void advance(int count) {
    next += count;
    if (next - highest > 0) {
      highest = next;
    }
  }

  private Segment sent(Segment segment, long now) {
    answerDue = false;
    if (deadline == 0) {
      startTimer(now);
    }
    return segment;
  }

  private void startTimer(long now) {
    long end = now + TIMEOUT_NANOS;
    deadline = end == 0 ? 1 : end;
  }

  private int room() {
    return LARGEST_REQUEST - requestLength;
  }

  /** Puts a segment behind an IPv4 header's place. */
  static int write(Segment segment, int sourcePort, int targetPort, ByteBuffer out) {
    int start = out.position();
    int header = segment.segmentSize == 0 ? 20 : 24;
    out.putShort((short) sourcePort).putShort((short) targetPort).putInt(segment.sequence);
    out.putInt(segment.acknowledged).put((byte) (header / 4 << 4)).put((byte) segment.flags);
    out.putShort((short) segment.window).putShort((short) 0).putShort((short) 0);
    if (segment.segmentSize != 0) {
      out.put((byte) 2).put((byte) 4).putShort((short) segment.segmentSize);
    }
    out.put(segment.data);
    return out.position() - start;
  }
}
