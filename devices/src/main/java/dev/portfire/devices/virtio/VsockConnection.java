package dev.portfire.devices.virtio;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One connection between a port of the host and one of the guest: the state of both ends, the credit that each has given the
 * other (virtio 1.2, 5.10.6.3), and what is to be told to the guest next.
 */
final class VsockConnection {
  /** How many bytes from the guest wait here for the host's end. */
  static final int BUFFER_SIZE = 1 << 16;

  /** The guest is told of its credit when it must think that less than this is left. */
  private static final int LOW_CREDIT = 4096;

  private static final int ALL_SHUT = VsockPacket.SHUTDOWN_RECEIVE | VsockPacket.SHUTDOWN_SEND;

  final int hostPort;
  final int guestPort;
  final HostStream stream;

  /** Whether the guest has not accepted the host's wish to connect yet. */
  boolean requested;

  /** Whether it is in the device's list of connections that have something for the guest. */
  boolean listed;

  /** Whether a reset ends it. */
  private boolean killed;
  private boolean readFailed;

  /** When to give up waiting for the guest; 0: never. */
  long deadline;

  private boolean tellRequest;
  private boolean tellResponse;
  private boolean tellCredit;
  private boolean askedForCredit;

  /** What the guest is to be told of the host's end, and what it was told. */
  private int hostShut;

  private int toldShut;
  private int guestShut;
  private boolean readable = true;
  private boolean hostWriteShut;

  private int guestBufferSize;
  private int guestForwarded;
  private int sentToGuest;
  private int receivedFromGuest;
  private int forwarded;
  private int toldForwarded;

  /** What the host's end had no room for: a ring, allocated when it is first needed. */
  private @Nullable MemorySegment buffer;

  private int start;
  private int count;

  VsockConnection(int hostPort, int guestPort, HostStream stream) {
    this.hostPort = hostPort;
    this.guestPort = guestPort;
    this.stream = stream;
  }

  /** The host wants to connect: the guest is asked. */
  void request() {
    requested = true;
    tellRequest = true;
  }

  /** The guest has connected: it is told so. */
  void respond() {
    tellResponse = true;
  }

  void kill() {
    killed = true;
  }

  /** Whether it was killed since the host's end could not be read. */
  boolean readFailed() {
    return readFailed;
  }

  boolean killed() {
    return killed;
  }

  void learnCredit(VsockPacket packet) {
    guestBufferSize = packet.bufferSize();
    guestForwarded = packet.forwarded();
    askedForCredit = false;
  }

  private long credit() {
    long inFlight = Integer.toUnsignedLong(sentToGuest - guestForwarded);
    return Math.max(0, Integer.toUnsignedLong(guestBufferSize) - inFlight);
  }

  void creditRequested() {
    tellCredit = true;
  }

  /** The host's end is ready for something. */
  void ready() {
    readable = true;
  }

  /** Whether the guest may be told something now; an attempt to read may still find nothing. */
  boolean hasNews() {
    return killed
        || tellRequest
        || tellResponse
        || tellCredit
        || (hostShut & ~toldShut) != 0
        || (readable && established() && (credit() > 0 || !askedForCredit));
  }

  private boolean established() {
    return !requested && (guestShut & VsockPacket.SHUTDOWN_RECEIVE) == 0 && (hostShut & VsockPacket.SHUTDOWN_SEND) == 0;
  }

  /** A packet for the guest: its operation, flags, and how much data was read for it. */
  record News(int operation, int flags, int length) {}

  /**
   * Takes what is to be told next.
   *
   * @param data gets the data of a packet; as long as the guest's buffer
   * @return null if there is nothing after all
   */
  @Nullable News next(MemorySegment data) {
    if (killed) {
      return new News(VsockPacket.RESET, 0, 0);
    }
    if (tellRequest) {
      tellRequest = false;
      return new News(VsockPacket.REQUEST, 0, 0);
    }
    if (tellResponse) {
      tellResponse = false;
      return new News(VsockPacket.RESPONSE, 0, 0);
    }
    if (readable && established()) {
      long credit = credit();
      if (credit > 0) {
        News news = read(data.asSlice(0, Math.min(data.byteSize(), Math.min(credit, BUFFER_SIZE))));
        if (news != null) {
          return news;
        }
      } else if (!askedForCredit) {
        askedForCredit = true;
        return new News(VsockPacket.CREDIT_REQUEST, 0, 0);
      }
    }
    if ((hostShut & ~toldShut) != 0) {
      toldShut = hostShut;
      return new News(VsockPacket.SHUTDOWN, hostShut, 0);
    }
    if (tellCredit) {
      tellCredit = false;
      return new News(VsockPacket.CREDIT_UPDATE, 0, 0);
    }
    return null;
  }

  private @Nullable News read(MemorySegment data) {
    try {
      int length = data.byteSize() == 0 ? 0 : stream.read(data);
      if (length > 0) {
        sentToGuest += length;
        return new News(VsockPacket.DATA, 0, length);
      }
      readable = false;
      if (length < 0) {
        hostShut |= stream.hungUp() ? ALL_SHUT : VsockPacket.SHUTDOWN_SEND;
      }
      return null;
    } catch (IOException e) {
      readable = false;
      killed = true;
      readFailed = true;
      return new News(VsockPacket.RESET, 0, 0);
    }
  }

  /** Looks whether the host's end has gone in both directions: after what it sent before was read. */
  boolean hostGone() {
    if ((hostShut & VsockPacket.SHUTDOWN_SEND) != 0 && stream.hungUp()) {
      hostShut = ALL_SHUT;
    }
    return hostShut == ALL_SHUT;
  }

  /** The packet's header, with the credit as it is now. */
  VsockPacket packet(News news, long guestCid) {
    toldForwarded = forwarded;
    if (news.operation != VsockPacket.DATA) {
      tellCredit = false;
    }
    return new VsockPacket(
        VirtioVsock.HOST_CID,
        guestCid,
        hostPort,
        guestPort,
        news.length,
        VsockPacket.STREAM,
        news.operation,
        news.flags,
        BUFFER_SIZE,
        forwarded);
  }

  /**
   * Takes data from the guest.
   *
   * @return whether the guest was allowed to send them
   */
  boolean take(MemorySegment data) throws IOException {
    int length = (int) data.byteSize();
    if (requested || (guestShut & VsockPacket.SHUTDOWN_SEND) != 0 || length > BUFFER_SIZE - count) {
      return false;
    }
    receivedFromGuest += length;
    int written = count == 0 && length > 0 ? stream.write(data) : 0;
    forwarded += written;
    if (written < length) {
      keep(data.asSlice(written));
    }
    watchCredit();
    return true;
  }

  private void keep(MemorySegment data) {
    MemorySegment ring = buffer;
    if (ring == null) {
      ring = Arena.ofAuto().allocate(BUFFER_SIZE);
      buffer = ring;
    }
    int length = (int) data.byteSize();
    int end = (start + count) & (BUFFER_SIZE - 1);
    int first = Math.min(length, BUFFER_SIZE - end);
    MemorySegment.copy(data, 0, ring, end, first);
    MemorySegment.copy(data, first, ring, 0, length - first);
    count += length;
  }

  /** Writes what waits for the host's end. */
  void flush() throws IOException {
    MemorySegment ring = buffer;
    while (ring != null && count > 0) {
      int written = stream.write(ring.asSlice(start, Math.min(count, BUFFER_SIZE - start)));
      if (written == 0) {
        break;
      }
      start = (start + written) & (BUFFER_SIZE - 1);
      count -= written;
      forwarded += written;
    }
    watchCredit();
    if (count == 0 && (guestShut & VsockPacket.SHUTDOWN_SEND) != 0 && !hostWriteShut) {
      hostWriteShut = true;
      stream.shutdownWrite();
    }
  }

  private void watchCredit() {
    int left = BUFFER_SIZE - (receivedFromGuest - toldForwarded);
    if (left < LOW_CREDIT && forwarded != toldForwarded) {
      tellCredit = true;
    }
  }

  /** The guest shuts directions down. */
  void shutdown(int flags) {
    guestShut |= flags & ALL_SHUT;
  }

  /** Whether the guest has finished and all it sent is with the host's end. */
  boolean finished() {
    return guestShut == ALL_SHUT && count == 0;
  }

  boolean guestHasFinished() {
    return guestShut == ALL_SHUT;
  }

  /** Writes a line to the host's end, which has read nothing yet and so has room. */
  void tellHost(String line) throws IOException {
    byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(bytes.length);
      MemorySegment.copy(bytes, 0, text, ValueLayout.JAVA_BYTE, 0, bytes.length);
      if (stream.write(text) != bytes.length) {
        throw new IOException("no room for a line");
      }
    }
  }
}
