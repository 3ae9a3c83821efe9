package dev.portfire.devices.virtio;

import dev.portfire.devices.Counters;
import dev.portfire.devices.Timers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A neighbour of the guest with one IPv4 address that answers ARP, and HTTP on TCP port 80. Nothing of it is on the host's
 * network. All methods are called on the devices' thread.
 */
public final class MetadataNetwork implements Detour {
  /** What it counts; the names are Firecracker's metrics. */
  public enum Count {
    /** Frames taken. */
    RX_ACCEPTED,
    /** Frames taken that could not be handled. */
    RX_ACCEPTED_ERR,
    /** Frames taken that are neither ARP nor TCP. */
    RX_ACCEPTED_UNUSUAL,
    /** Frames that are no Ethernet frames. */
    RX_BAD_ETH,
    /** Frames looked at and taken. */
    RX_COUNT,
    /** Bytes given to the guest. */
    TX_BYTES,
    /** Times that the guest was given a frame. */
    TX_COUNT,
    /** Failures to make a frame. */
    TX_ERRORS,
    /** Frames given to the guest. */
    TX_FRAMES,
    /** TCP connections begun. */
    CONNECTIONS_CREATED,
    /** TCP connections ended. */
    CONNECTIONS_DESTROYED
  }

  private static final byte[] MAC = {0x06, 0x01, 0x23, 0x45, 0x67, 0x01};
  private static final int PORT = 80;
  private static final int MAX_CONNECTIONS = 30;
  private static final int MAX_REPLIES = 100;
  private static final long EVICTABLE_NANOS = 13_000_000_000L;

  private static final int ETHERNET_HEADER = 14;
  private static final int IP_HEADER = 20;
  private static final int TCP_HEADER = 20;
  private static final int ARP_LENGTH = 28;
  private static final int TYPE_IP = 0x0800;
  private static final int TYPE_ARP = 0x0806;
  private static final int ARP_REQUEST = 1;
  private static final int ARP_REPLY = 2;
  private static final int PROTOCOL_TCP = 6;
  private static final int FRAGMENT = 0x3fff;
  private static final int OPTION_END = 0;
  private static final int OPTION_NONE = 1;
  private static final int OPTION_SEGMENT_SIZE = 2;

  private final int address;
  private final UnaryOperator<byte[]> server;
  private final Timers timers;
  private final RandomGenerator random;
  private final Counters<Count> counters = new Counters<>(Count.class);

  /** In the order in which they get to send. */
  private final Map<Peer, TcpConnection> connections = new LinkedHashMap<>();

  private final Deque<byte[]> replies = new ArrayDeque<>();
  private byte[] guestMac = new byte[MAC.length];
  private Runnable ready = () -> {};
  private long timer;

  /** The guest's end of a connection. */
  private record Peer(int address, int port) {}

  /**
   * Makes a neighbour.
   *
   * @param address its IPv4 address, the first byte in the highest bits
   * @param server answers an HTTP request, which is complete up to its blank line
   * @param random for initial sequence numbers: a {@link java.security.SecureRandom}, except in tests
   */
  public MetadataNetwork(int address, UnaryOperator<byte[]> server, Timers timers, RandomGenerator random) {
    this.address = address;
    this.server = server;
    this.timers = timers;
    this.random = random;
  }

  /** Says what to call when there is a frame for the guest that nothing of the guest's asked for. */
  public void onReady(Runnable action) {
    ready = action;
  }

  /** What it counted. */
  public Counters<Count> counters() {
    return counters;
  }

  @Override
  public boolean accept(MemorySegment frame) {
    if (frame.byteSize() < ETHERNET_HEADER) {
      counters.count(Count.RX_BAD_ETH);
      return false;
    }
    ByteBuffer bytes = frame.asByteBuffer();
    boolean mine = switch (bytes.getShort(12) & 0xffff) {
      case TYPE_ARP -> arp(bytes);
      case TYPE_IP -> ip(bytes);
      default -> false;
    };
    if (mine) {
      counters.count(Count.RX_ACCEPTED);
      counters.count(Count.RX_COUNT);
    }
    return mine;
  }

  private void learn(ByteBuffer frame) {
    byte[] source = new byte[MAC.length];
    frame.get(MAC.length, source);
    guestMac = source;
  }

  private boolean arp(ByteBuffer frame) {
    int at = ETHERNET_HEADER;
    if (frame.limit() < at + ARP_LENGTH || frame.getInt(at + 24) != address) {
      return false;
    }
    learn(frame);
    if (frame.getShort(at) != 1
        || (frame.getShort(at + 2) & 0xffff) != TYPE_IP
        || frame.get(at + 4) != MAC.length
        || frame.get(at + 5) != Integer.BYTES
        || frame.getShort(at + 6) != ARP_REQUEST) {
      counters.count(Count.RX_ACCEPTED_ERR);
      return true;
    }
    byte[] sender = new byte[MAC.length + Integer.BYTES];
    frame.get(at + 8, sender);
    byte[] bytes = new byte[ETHERNET_HEADER + ARP_LENGTH];
    ByteBuffer reply = ethernet(bytes, TYPE_ARP);
    reply.putShort((short) 1).putShort((short) TYPE_IP).put((byte) MAC.length).put((byte) Integer.BYTES);
    reply.putShort((short) ARP_REPLY).put(MAC).putInt(address).put(sender);
    reply(bytes);
    return true;
  }

  private void reply(byte[] frame) {
    if (replies.size() < MAX_REPLIES) {
      replies.add(frame);
    } else {
      counters.count(Count.TX_ERRORS);
    }
  }

  private ByteBuffer ethernet(byte[] frame, int type) {
    return ByteBuffer.wrap(frame).put(guestMac).put(MAC).putShort((short) type);
  }

  private boolean ip(ByteBuffer frame) {
    int at = ETHERNET_HEADER;
    if (frame.limit() < at + IP_HEADER || frame.getInt(at + 16) != address) {
      return false;
    }
    learn(frame);
    int header = (frame.get(at) & 0xf) * 4;
    int total = frame.getShort(at + 2) & 0xffff;
    if (frame.get(at) >>> 4 != 4
        || header < IP_HEADER
        || total < header
        || total > frame.limit() - at
        || (frame.getShort(at + 6) & FRAGMENT) != 0) {
      counters.count(Count.RX_ACCEPTED_ERR);
    } else if (frame.get(at + 9) != PROTOCOL_TCP) {
      counters.count(Count.RX_ACCEPTED_UNUSUAL);
    } else {
      tcp(frame.getInt(at + 12), frame.slice(at + header, total - header));
    }
    return true;
  }

  private void tcp(int source, ByteBuffer bytes) {
    int header = bytes.limit() < TCP_HEADER ? 0 : (bytes.get(12) >>> 4 & 0xf) * 4;
    if (header < TCP_HEADER || header > bytes.limit()) {
      counters.count(Count.RX_ACCEPTED_ERR);
      return;
    }
    byte[] data = new byte[bytes.limit() - header];
    bytes.get(header, data);
    TcpConnection.Segment segment = new TcpConnection.Segment(
        bytes.getInt(4),
        bytes.getInt(8),
        bytes.get(13) & 0x3f,
        bytes.getShort(14) & 0xffff,
        segmentSize(bytes, header),
        data);
    Peer peer = new Peer(source, bytes.getShort(0) & 0xffff);
    int port = bytes.getShort(2) & 0xffff;
    TcpConnection connection = port == PORT ? connections.get(peer) : null;
    long now = timers.nanoTime();
    if (connection != null) {
      if (!connection.take(segment, now)) {
        remove(peer);
      }
    } else if (port == PORT && segment.flags() == TcpConnection.SYN && makeRoom(now)) {
      connections.put(peer, new TcpConnection(segment, random.nextInt(), server, now));
      counters.count(Count.CONNECTIONS_CREATED);
    } else if (!segment.has(TcpConnection.RST)) {
      refuse(peer, port, segment);
    }
  }

  private static int segmentSize(ByteBuffer bytes, int header) {
    int at = TCP_HEADER;
    while (at < header) {
      int kind = bytes.get(at);
      if (kind == OPTION_END) {
        break;
      }
      if (kind == OPTION_NONE) {
        at++;
        continue;
      }
      int length = at + 1 < header ? bytes.get(at + 1) & 0xff : 0;
      if (length < 2 || at + length > header) {
        break;
      }
      if (kind == OPTION_SEGMENT_SIZE && length == 4) {
        return bytes.getShort(at + 2) & 0xffff;
      }
      at += length;
    }
    return 0;
  }

  /** Whether there is room for one more connection, if need be in the place of one that has been idle for long. */
  private boolean makeRoom(long now) {
    if (connections.size() < MAX_CONNECTIONS) {
      return true;
    }
    for (Map.Entry<Peer, TcpConnection> entry : connections.entrySet()) {
      if (entry.getValue().idle(now) > EVICTABLE_NANOS) {
        Peer peer = entry.getKey();
        reset(peer, PORT, entry.getValue().sequence(), entry.getValue().expected());
        remove(peer);
        return true;
      }
    }
    return false;
  }

  private void remove(Peer peer) {
    if (connections.remove(peer) != null) {
      counters.count(Count.CONNECTIONS_DESTROYED);
    }
  }

  /** Answers a segment of no connection (RFC 9293, 3.10.7.1). */
  private void refuse(Peer peer, int port, TcpConnection.Segment segment) {
    int length = segment.data().length
        + (segment.has(TcpConnection.SYN) ? 1 : 0)
        + (segment.has(TcpConnection.FIN) ? 1 : 0);
    int sequence = segment.has(TcpConnection.ACK) ? segment.acknowledged() : 0;
    reset(peer, port, sequence, segment.sequence() + length);
  }

  private void reset(Peer peer, int port, int sequence, int acknowledged) {
    reply(frame(
        peer,
        port,
        new TcpConnection.Segment(
            sequence, acknowledged, TcpConnection.RST | TcpConnection.ACK, 0, 0, new byte[0])));
  }

  private byte[] frame(Peer peer, int port, TcpConnection.Segment segment) {
    int options = segment.segmentSize() == 0 ? 0 : 4;
    int length = IP_HEADER + TCP_HEADER + options + segment.data().length;
    byte[] bytes = new byte[ETHERNET_HEADER + length];
    ByteBuffer out = ethernet(bytes, TYPE_IP);
    out.put((byte) 0x45).put((byte) 0).putShort((short) length).putShort((short) 0).putShort((short) 0x4000);
    out.put((byte) 64).put((byte) PROTOCOL_TCP).putShort((short) 0).putInt(address).putInt(peer.address);
    int tcp = TcpConnection.write(segment, port, peer.port, out);
    out.putShort(ETHERNET_HEADER + 10, checksum(bytes, ETHERNET_HEADER, IP_HEADER, 0));
    int pseudo = (address >>> 16) + (address & 0xffff) + (peer.address >>> 16) + (peer.address & 0xffff);
    int start = ETHERNET_HEADER + IP_HEADER;
    out.putShort(start + 16, checksum(bytes, start, tcp, pseudo + PROTOCOL_TCP + tcp));
    return bytes;
  }

  /** The Internet checksum (RFC 1071). */
  static short checksum(byte[] bytes, int start, int length, int initial) {
    long sum = initial;
    for (int i = 0; i < length; i += 2) {
      sum += (bytes[start + i] & 0xff) << 8 | (i + 1 < length ? bytes[start + i + 1] & 0xff : 0);
    }
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (short) ~sum;
  }

  @Override
  public int next(MemorySegment buffer) {
    byte[] frame = nextFrame();
    if (frame == null) {
      return 0;
    }
    counters.count(Count.TX_COUNT);
    counters.count(Count.TX_FRAMES);
    counters.add(Count.TX_BYTES, frame.length);
    MemorySegment.copy(frame, 0, buffer, ValueLayout.JAVA_BYTE, 0, frame.length);
    return frame.length;
  }

  private byte @Nullable [] nextFrame() {
    byte[] reply = replies.poll();
    if (reply != null) {
      return reply;
    }
    long now = timers.nanoTime();
    byte[] found = null;
    Peer sender = null;
    for (Iterator<Map.Entry<Peer, TcpConnection>> all = connections.entrySet().iterator();
        all.hasNext() && found == null; ) {
      Map.Entry<Peer, TcpConnection> entry = all.next();
      TcpConnection connection = entry.getValue();
      connection.checkTime(now);
      if (connection.broken()) {
        reset(entry.getKey(), PORT, connection.sequence(), connection.expected());
        all.remove();
        counters.count(Count.CONNECTIONS_DESTROYED);
        found = replies.poll();
        continue;
      }
      TcpConnection.Segment segment = connection.next(now);
      if (segment != null) {
        found = frame(entry.getKey(), PORT, segment);
        sender = entry.getKey();
      } else if (connection.over()) {
        all.remove();
        counters.count(Count.CONNECTIONS_DESTROYED);
      }
    }
    if (sender != null) {
      // The others come first next time.
      TcpConnection last = connections.remove(sender);
      if (last != null) {
        connections.put(sender, last);
      }
    }
    watchTime(now);
    return found;
  }

  private void watchTime(long now) {
    boolean waits = connections.values().stream().anyMatch(connection -> connection.deadline() != 0);
    if (waits && (timer == 0 || now - timer >= 0)) {
      timer = now + TcpConnection.TIMEOUT_NANOS;
      timers.after(TcpConnection.TIMEOUT_NANOS, () -> {
        timer = 0;
        ready.run();
      });
    }
  }
}
