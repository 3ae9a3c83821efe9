package dev.portfire.devices.virtio;

import dev.portfire.devices.Counters;
import dev.portfire.devices.Timers;
import dev.portfire.machine.GuestAddressException;
import dev.portfire.machine.GuestMemory;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A socket device (virtio 1.2, 5.10) whose host side is streams: those the guest connects to come from {@link HostStreams};
 * those that the host opens are given to {@link #accept} and begin with a line {@code CONNECT port}, which is answered by
 * {@code OK port} when the guest has accepted.
 *
 * <p>What happens on streams is only noted when it happens, and looked at when the device's turn comes.
 */
public final class VirtioVsock implements VirtioDevice, AutoCloseable {
  private static final Logger LOG = System.getLogger(VirtioVsock.class.getName());

  /** Device type. */
  public static final int TYPE = 19;

  /** The host's context identifier. */
  public static final long HOST_CID = 2;

  /** The smallest context identifier that a guest can have. */
  public static final long MIN_GUEST_CID = 3;

  /** The most connections, those that the guest has not accepted yet included. */
  public static final int MAX_CONNECTIONS = 1023;

  private static final int RX = 0;
  private static final int TX = 1;
  private static final int EVENT = 2;
  private static final long F_IN_ORDER = 1L << 35;
  private static final long TIMEOUT_NANOS = 2_000_000_000L;
  private static final int MAX_RESETS = 256;
  private static final int LONGEST_COMMAND = 32;
  private static final int FIRST_PORT = 1 << 30;
  private static final int TRANSPORT_RESET = 0;

  /** What a socket device counts; the names are Firecracker's metrics. */
  public enum Count {
    /** Activations that failed. */
    ACTIVATE_FAILS,
    /** Writes to the configuration space, which has no field to write. */
    CFG_FAILS,
    /** Failures to handle the receive queue. */
    RX_QUEUE_EVENT_FAILS,
    /** Failures to handle the transmit queue. */
    TX_QUEUE_EVENT_FAILS,
    /** Failures to handle the event queue. */
    EV_QUEUE_EVENT_FAILS,
    /** Failures to accept a connection. */
    MUXER_EVENT_FAILS,
    /** Failures on a connection. */
    CONN_EVENT_FAILS,
    /** Calls for the receive queue. */
    RX_QUEUE_EVENT_COUNT,
    /** Calls for the transmit queue. */
    TX_QUEUE_EVENT_COUNT,
    /** Bytes given to the guest. */
    RX_BYTES_COUNT,
    /** Bytes taken from the guest. */
    TX_BYTES_COUNT,
    /** Packets given to the guest. */
    RX_PACKETS_COUNT,
    /** Packets taken from the guest. */
    TX_PACKETS_COUNT,
    /** Connections made. */
    CONNS_ADDED,
    /** Connections ended by a reset of ours. */
    CONNS_KILLED,
    /** Connections that are no more. */
    CONNS_REMOVED,
    /** Times that the list of connections to end was too long; ours has no limit but that of connections. */
    KILLQ_RESYNC,
    /** Failures to write what was kept. */
    TX_FLUSH_FAILS,
    /** Failures to write to a stream. */
    TX_WRITE_FAILS,
    /** Failures to read from a stream. */
    RX_READ_FAILS
  }

  private final long guestCid;
  private final HostStreams streams;
  private final Timers timers;
  private final Counters<Count> counters = new Counters<>(Count.class);
  private final Map<Long, VsockConnection> connections = new HashMap<>();

  /** Connections that may have something for the guest, each once. */
  private final Deque<VsockConnection> withNews = new ArrayDeque<>();

  /** Resets for connections that do not exist. */
  private final Deque<VsockPacket> resets = new ArrayDeque<>();

  /** Streams that have not said yet what they want to connect to. */
  private final List<Opening> openings = new ArrayList<>();

  private final Queue<HostStream> accepted = new ConcurrentLinkedQueue<>();
  private final Queue<VsockConnection> ready = new ConcurrentLinkedQueue<>();
  private final AtomicInteger acceptedCount = new AtomicInteger();
  private final MemorySegment buffer = Arena.ofAuto().allocate(VsockConnection.BUFFER_SIZE);
  private int nextPort = FIRST_PORT;

  /** Whether the guest gets nothing until it has seen that its connections are gone. */
  private boolean gated;

  /** Whether the next call for the event queue is not the guest's. */
  private boolean resignal;

  private final LinkSlot link = new LinkSlot();

  /** A stream whose first line is not complete. */
  private static final class Opening {
    private final HostStream stream;
    private final byte[] line = new byte[LONGEST_COMMAND];
    private int length;

    Opening(HostStream stream) {
      this.stream = stream;
    }
  }

  /**
   * The state beyond the queues. Connections are not saved.
   *
   * @param guestCid the guest's context identifier
   * @param gated whether the guest has yet to notice that its connections are gone
   */
  public record VsockState(long guestCid, boolean gated) implements State {}

  /**
   * Makes a device.
   *
   * @param guestCid the guest's context identifier, at least 3
   * @param streams where the guest's connections lead
   */
  public VirtioVsock(long guestCid, HostStreams streams, Timers timers) {
    if (guestCid < MIN_GUEST_CID || guestCid > 0xffff_ffffL) {
      throw new IllegalArgumentException("a guest's context identifier is 3 to 4294967295, not " + guestCid);
    }
    this.guestCid = guestCid;
    this.streams = streams;
    this.timers = timers;
  }

  /** What it counted. */
  public Counters<Count> counters() {
    return counters;
  }

  /** Takes a stream that somebody on the host has opened, or closes it if there are too many. Any thread. */
  public void accept(HostStream stream) {
    if (acceptedCount.incrementAndGet() > MAX_CONNECTIONS) {
      acceptedCount.decrementAndGet();
      stream.close();
      return;
    }
    accepted.add(stream);
    link.schedule(RX);
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public int queueCount() {
    return 3;
  }

  @Override
  public long features() {
    return F_EVENT_IDX | F_IN_ORDER;
  }

  @Override
  public long readConfig(int offset, int size) {
    byte[] config = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(guestCid).array();
    return VirtioDevice.field(config, offset, size);
  }

  @Override
  public void writeConfig(int offset, int size, long value) {
    counters.count(Count.CFG_FAILS);
  }

  @Override
  public void activate(VirtioLink active) {
    link.set(active);
  }

  @Override
  public void activationFailed() {
    counters.count(Count.ACTIVATE_FAILS);
  }

  @Override
  public void deactivate() {
    link.clear();
    dropAll();
    gated = false;
  }

  private void dropAll() {
    for (VsockConnection connection : List.copyOf(connections.values())) {
      remove(connection);
    }
    for (Opening opening : openings) {
      acceptedCount.decrementAndGet();
      opening.stream.close();
    }
    openings.clear();
    withNews.clear();
    resets.clear();
    ready.clear();
  }

  @Override
  public void quiesce() {
    VirtioLink current = link.get();
    if (current == null || gated) {
      return;
    }
    dropAll();
    gated = true;
    SplitQueue queue = current.queue(EVENT);
    Chain chain = queue.pop();
    if (chain == null) {
      LOG.log(Logger.Level.WARNING, "the guest cannot be told that its socket connections are gone");
      return;
    }
    byte[] event = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(TRANSPORT_RESET).array();
    try {
      queue.push(chain, chain.write(current.memory(), event, 0, event.length));
    } catch (GuestAddressException e) {
      counters.count(Count.EV_QUEUE_EVENT_FAILS);
      queue.push(chain, 0);
    }
    current.signal(queue);
  }

  @Override
  public void process(int index) {
    VirtioLink current = link.get();
    if (current == null) {
      return;
    }
    switch (index) {
      case TX -> {
        counters.count(Count.TX_QUEUE_EVENT_COUNT);
        transmit(current);
      }
      case EVENT -> {
        if (resignal && gated) {
          current.signal(current.queue(EVENT));
        } else {
          gated = false;
        }
        resignal = false;
      }
      default -> counters.count(Count.RX_QUEUE_EVENT_COUNT);
    }
    noteHostEvents();
    receive(current);
  }

  private static long key(int hostPort, int guestPort) {
    return (long) hostPort << 32 | Integer.toUnsignedLong(guestPort);
  }

  private void list(VsockConnection connection) {
    if (!connection.listed && connection.hasNews()) {
      connection.listed = true;
      withNews.add(connection);
    }
  }

  private void add(VsockConnection connection) {
    connections.put(key(connection.hostPort, connection.guestPort), connection);
    counters.count(Count.CONNS_ADDED);
    connection.stream.onReady(() -> {
      ready.add(connection);
      link.schedule(RX);
    });
    list(connection);
  }

  /** Forgets a connection and closes its stream. */
  private void remove(VsockConnection connection) {
    if (connections.remove(key(connection.hostPort, connection.guestPort), connection)) {
      counters.count(Count.CONNS_REMOVED);
      connection.stream.close();
    }
  }

  /** Ends a connection: the guest gets a reset when its turn comes. */
  private void kill(VsockConnection connection) {
    connection.kill();
    counters.count(Count.CONNS_KILLED);
    list(connection);
  }

  /** Gives the guest two seconds for what it has to do. */
  private void limit(VsockConnection connection) {
    long deadline = timers.nanoTime() + TIMEOUT_NANOS;
    connection.deadline = deadline == 0 ? 1 : deadline;
    timers.after(TIMEOUT_NANOS, () -> {
      ready.add(connection);
      link.schedule(RX);
    });
  }

  private void noteHostEvents() {
    for (HostStream stream = accepted.poll(); stream != null; stream = accepted.poll()) {
      openings.add(new Opening(stream));
      stream.onReady(() -> link.schedule(RX));
    }
    // Looked at all, each time: they are few, and do not stay.
    for (Iterator<Opening> all = openings.iterator(); all.hasNext(); ) {
      Opening opening = all.next();
      if (readCommand(opening)) {
        all.remove();
        acceptedCount.decrementAndGet();
      }
    }
    for (VsockConnection next = ready.poll(); next != null; next = ready.poll()) {
      look(next);
    }
  }

  private boolean isAlive(VsockConnection connection) {
    return connection.equals(connections.get(key(connection.hostPort, connection.guestPort)));
  }

  private void look(VsockConnection connection) {
    if (!isAlive(connection) || connection.killed()) {
      return;
    }
    if (connection.deadline != 0 && timers.nanoTime() - connection.deadline >= 0) {
      kill(connection);
      return;
    }
    connection.ready();
    flush(connection);
    watchEnd(connection);
    list(connection);
  }

  /** A host's end that has gone gives the guest some time to notice. */
  private void watchEnd(VsockConnection connection) {
    if (connection.deadline == 0 && connection.hostGone()) {
      limit(connection);
    }
  }

  private void flush(VsockConnection connection) {
    try {
      connection.flush();
      if (connection.finished()) {
        kill(connection);
      }
    } catch (IOException e) {
      counters.count(Count.TX_FLUSH_FAILS);
      kill(connection);
    }
  }

  /** Reads on in an opening's first line; returns whether it is done with, in one way or the other. */
  private boolean readCommand(Opening opening) {
    MemorySegment one = buffer.asSlice(0, 1);
    try {
      while (opening.length < LONGEST_COMMAND) {
        int read = opening.stream.read(one);
        if (read == 0) {
          return false;
        }
        byte next = one.get(ValueLayout.JAVA_BYTE, 0);
        if (read < 0) {
          break;
        }
        if (next == '\n') {
          connectToGuest(opening);
          return true;
        }
        opening.line[opening.length++] = next;
      }
    } catch (IOException e) {
      LOG.log(Logger.Level.DEBUG, "a socket connection failed: {0}", e.getMessage());
    }
    counters.count(Count.MUXER_EVENT_FAILS);
    opening.stream.close();
    return true;
  }

  private void connectToGuest(Opening opening) {
    String[] words = new String(opening.line, 0, opening.length, StandardCharsets.ISO_8859_1).strip().split(" +", -1);
    long port = -1;
    if (words.length == 2 && words[0].toLowerCase(Locale.ROOT).equals("connect") && words[1].matches("[0-9]{1,10}")) {
      port = Long.parseLong(words[1]);
    }
    if (port < 0 || port > 0xffff_ffffL || connections.size() >= MAX_CONNECTIONS) {
      counters.count(Count.MUXER_EVENT_FAILS);
      opening.stream.close();
      return;
    }
    VsockConnection connection = new VsockConnection(freePort((int) port), (int) port, opening.stream);
    connection.request();
    add(connection);
    limit(connection);
  }

  /** A port of the host that no connection to this port of the guest has. */
  private int freePort(int guestPort) {
    int port;
    do {
      port = nextPort;
      nextPort = port == Integer.MAX_VALUE ? FIRST_PORT : port + 1;
    } while (connections.containsKey(key(port, guestPort)));
    return port;
  }

  private void transmit(VirtioLink current) {
    SplitQueue queue = current.queue(TX);
    byte[] header = new byte[VsockPacket.HEADER_LENGTH];
    for (int budget = SplitQueue.MAX_SIZE; budget > 0; budget--) {
      // Each packet may need an answer: with too many of them waiting, the guest has to take those first.
      if (resets.size() >= MAX_RESETS) {
        current.signal(queue);
        return;
      }
      Chain chain = queue.pop();
      if (chain == null) {
        current.signal(queue);
        if (!queue.enableNotification()) {
          return;
        }
        continue;
      }
      try {
        handle(current.memory(), chain, header);
      } catch (GuestAddressException e) {
        counters.count(Count.TX_QUEUE_EVENT_FAILS);
      }
      queue.push(chain, 0);
    }
    current.signal(queue);
    current.schedule(TX);
  }

  private void handle(GuestMemory memory, Chain chain, byte[] header) {
    long available = chain.readableLength() - header.length;
    if (available < 0 || chain.writableLength() > 0) {
      counters.count(Count.TX_QUEUE_EVENT_FAILS);
      return;
    }
    chain.read(memory, header);
    VsockPacket packet = VsockPacket.parse(header);
    long length = Integer.toUnsignedLong(packet.length());
    if (length > available || length > VsockConnection.BUFFER_SIZE) {
      counters.count(Count.TX_QUEUE_EVENT_FAILS);
      return;
    }
    counters.count(Count.TX_PACKETS_COUNT);
    if (packet.type() != VsockPacket.STREAM) {
      reset(packet);
      return;
    }
    if (packet.targetCid() != HOST_CID) {
      return;
    }
    VsockConnection connection = connections.get(key(packet.targetPort(), packet.sourcePort()));
    if (connection == null) {
      if (packet.operation() == VsockPacket.REQUEST) {
        connectToHost(packet);
      } else if (packet.operation() != VsockPacket.RESET) {
        reset(packet);
      }
      return;
    }
    if (packet.operation() == VsockPacket.RESET) {
      remove(connection);
      return;
    }
    if (connection.killed()) {
      return;
    }
    connection.learnCredit(packet);
    try {
      switch (packet.operation()) {
        case VsockPacket.RESPONSE -> accepted(connection);
        case VsockPacket.DATA -> {
          MemorySegment data = buffer.asSlice(0, length);
          copyData(memory, chain, data);
          if (!connection.take(data)) {
            kill(connection);
          }
          counters.add(Count.TX_BYTES_COUNT, length);
        }
        case VsockPacket.SHUTDOWN -> {
          connection.shutdown(packet.flags());
          flush(connection);
          if (connection.guestHasFinished() && !connection.killed()) {
            // What it sent has to find its way within some time.
            limit(connection);
          }
        }
        case VsockPacket.CREDIT_REQUEST -> connection.creditRequested();
        case VsockPacket.CREDIT_UPDATE -> {
          // It is in every packet.
        }
        default -> kill(connection);
      }
    } catch (IOException e) {
      counters.count(Count.TX_WRITE_FAILS);
      kill(connection);
    }
    list(connection);
  }

  private void accepted(VsockConnection connection) throws IOException {
    if (!connection.requested) {
      kill(connection);
      return;
    }
    connection.requested = false;
    connection.deadline = 0;
    connection.tellHost("OK " + Integer.toUnsignedString(connection.hostPort) + "\n");
  }

  /** Copies what is behind the header. */
  private static void copyData(GuestMemory memory, Chain chain, MemorySegment target) {
    long skip = VsockPacket.HEADER_LENGTH;
    long done = 0;
    for (Chain.Buffer part : chain.buffers()) {
      long skipped = Math.min(skip, part.length());
      skip -= skipped;
      long length = Math.min(part.length() - skipped, target.byteSize() - done);
      if (length > 0) {
        MemorySegment.copy(memory.slice(part.address() + skipped, length), 0, target, done, length);
        done += length;
      }
    }
  }

  private void connectToHost(VsockPacket packet) {
    if (connections.size() >= MAX_CONNECTIONS) {
      reset(packet);
      return;
    }
    HostStream stream;
    try {
      stream = streams.connect(packet.targetPort());
    } catch (IOException e) {
      LOG.log(Logger.Level.DEBUG, "the guest cannot connect: {0}", e.getMessage());
      counters.count(Count.CONN_EVENT_FAILS);
      reset(packet);
      return;
    }
    VsockConnection connection = new VsockConnection(packet.targetPort(), packet.sourcePort(), stream);
    connection.learnCredit(packet);
    connection.respond();
    add(connection);
  }

  /** Answers a packet of no connection. */
  private void reset(VsockPacket packet) {
    resets.add(new VsockPacket(
        HOST_CID,
        guestCid,
        packet.targetPort(),
        packet.sourcePort(),
        0,
        packet.type(),
        VsockPacket.RESET,
        0,
        0,
        0));
  }

  private void receive(VirtioLink current) {
    if (gated) {
      return;
    }
    SplitQueue queue = current.queue(RX);
    boolean held = resets.size() >= MAX_RESETS;
    int budget = SplitQueue.MAX_SIZE;
    while (!resets.isEmpty() || !withNews.isEmpty()) {
      if (--budget < 0) {
        current.schedule(RX);
        break;
      }
      Chain chain = queue.pop();
      if (chain == null) {
        current.signal(queue);
        if (!queue.enableNotification()) {
          break;
        }
        continue;
      }
      long room = room(current.memory(), chain) - VsockPacket.HEADER_LENGTH;
      if (room < 0) {
        counters.count(Count.RX_QUEUE_EVENT_FAILS);
        queue.push(chain, 0);
        continue;
      }
      int written = fill(current.memory(), chain, Math.min(room, VsockConnection.BUFFER_SIZE));
      if (written == 0) {
        // Nobody had anything after all.
        queue.undoPop();
        break;
      }
      queue.push(chain, written);
    }
    current.signal(queue);
    if (held && resets.size() < MAX_RESETS) {
      current.schedule(TX);
    }
  }

  /** How many bytes a chain of the receive queue takes; −1 if it is none for receiving. */
  private static long room(GuestMemory memory, Chain chain) {
    for (Chain.Buffer part : chain.buffers()) {
      if (!part.writable() || !memory.contains(part.address(), part.length())) {
        return -1;
      }
    }
    return chain.writableLength();
  }

  /** Puts the next packet for the guest into a chain and returns its length; 0 if there is none. */
  private int fill(GuestMemory memory, Chain chain, long room) {
    VsockPacket reset = resets.poll();
    if (reset != null) {
      counters.count(Count.RX_PACKETS_COUNT);
      return chain.write(memory, reset.toBytes(), 0, VsockPacket.HEADER_LENGTH);
    }
    for (VsockConnection next = withNews.poll(); next != null; next = withNews.poll()) {
      next.listed = false;
      if (!isAlive(next)) {
        continue;
      }
      VsockConnection.News news = next.next(buffer.asSlice(0, room));
      watchEnd(next);
      if (news == null) {
        list(next);
        continue;
      }
      byte[] header = next.packet(news, guestCid).toBytes();
      int length = news.length();
      writePacket(memory, chain, header, length);
      counters.count(Count.RX_PACKETS_COUNT);
      counters.add(Count.RX_BYTES_COUNT, length);
      if (next.readFailed()) {
        counters.count(Count.RX_READ_FAILS);
      }
      if (news.operation() == VsockPacket.RESET) {
        remove(next);
      } else {
        list(next);
      }
      return VsockPacket.HEADER_LENGTH + length;
    }
    return 0;
  }

  private void writePacket(GuestMemory memory, Chain chain, byte[] header, int length) {
    int done = 0;
    for (Chain.Buffer part : chain.buffers()) {
      long address = part.address();
      long left = part.length();
      if (done < header.length) {
        int piece = (int) Math.min(left, header.length - done);
        memory.write(address, header, done, piece);
        done += piece;
        address += piece;
        left -= piece;
      }
      int offset = done - header.length;
      if (offset >= 0 && left > 0 && offset < length) {
        int piece = (int) Math.min(left, length - offset);
        MemorySegment.copy(buffer, offset, memory.slice(address, piece), 0, piece);
        memory.markWritten(address, piece);
        done += piece;
      }
    }
  }

  /** Closes all streams, at the machine's end. */
  @Override
  public void close() {
    link.clear();
    dropAll();
    for (HostStream stream = accepted.poll(); stream != null; stream = accepted.poll()) {
      stream.close();
    }
  }

  @Override
  public State save() {
    return new VsockState(guestCid, gated);
  }

  @Override
  public void restore(State state) {
    if (!(state instanceof VsockState(long cid, boolean wasGated)) || cid != guestCid) {
      throw new IllegalArgumentException("not the state of a socket device of context " + guestCid);
    }
    dropAll();
    gated = wasGated;
    resignal = wasGated;
  }
}
