package dev.portfire.vmm;

import dev.portfire.devices.virtio.VhostBackEnd;
import dev.portfire.devices.virtio.VirtioDevice;
import dev.portfire.devices.virtio.VirtioVhostBlock;
import dev.portfire.linux.Descriptor;
import dev.portfire.linux.Events;
import dev.portfire.linux.MessageSocket;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import dev.portfire.machine.GuestMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The front end of the vhost-user protocol (QEMU's documentation, "Vhost-user Protocol") for one queue. The other side gets the
 * file behind guest memory, a few pages with the queue, and two event counters.
 */
final class VhostUser implements VhostBackEnd, AutoCloseable {
  private static final int PATIENCE_SECONDS = 5;

  // Requests.
  private static final int GET_FEATURES = 1;
  private static final int SET_FEATURES = 2;
  private static final int SET_OWNER = 3;
  private static final int SET_MEM_TABLE = 5;
  private static final int SET_VRING_NUM = 8;
  private static final int SET_VRING_ADDR = 9;
  private static final int SET_VRING_BASE = 10;
  private static final int SET_VRING_KICK = 12;
  private static final int SET_VRING_CALL = 13;
  private static final int GET_PROTOCOL_FEATURES = 15;
  private static final int SET_PROTOCOL_FEATURES = 16;
  private static final int SET_VRING_ENABLE = 18;
  private static final int GET_CONFIG = 24;

  private static final int VERSION = 1;
  private static final int REPLY = 4;
  private static final int HEADER = 12;
  private static final int MOST_BYTES = 4096;
  private static final int CONFIG_HEADER = 12;

  /** VHOST_USER_F_PROTOCOL_FEATURES. */
  private static final long F_PROTOCOL_FEATURES = 1L << 30;

  /** VHOST_USER_PROTOCOL_F_CONFIG. */
  private static final long PROTOCOL_CONFIG = 1L << 9;

  /** Where the queue's pages are for the other side: where no guest has memory. */
  private static final long RINGS_ADDRESS = 1L << 50;

  private final Path path;
  private final HostMemory memory;
  private final List<GuestMemory.Range> shared;
  private final MessageSocket socket;
  private final Descriptor ringFile;
  private final MemorySegment rings;
  private final Events.Counter kick;
  private final Events.Counter call;
  private final long features;

  private VhostUser(Path path, HostMemory memory, List<GuestMemory.Range> shared) throws IOException {
    this.path = path;
    this.memory = memory;
    this.shared = shared;
    socket = MessageSocket.connect(path, PATIENCE_SECONDS);
    try {
      send(SET_OWNER, new byte[0]);
      features = getLong(GET_FEATURES);
      if ((features & VirtioDevice.F_VERSION_1) == 0 || (features & F_PROTOCOL_FEATURES) == 0) {
        throw new IOException("its features 0x%x lack VIRTIO_F_VERSION_1 or VHOST_USER_F_PROTOCOL_FEATURES".formatted(features));
      }
      long protocol = getLong(GET_PROTOCOL_FEATURES);
      if ((protocol & PROTOCOL_CONFIG) == 0) {
        throw new IOException("its protocol features 0x%x lack VHOST_USER_PROTOCOL_F_CONFIG".formatted(protocol));
      }
      send(SET_PROTOCOL_FEATURES, longs(PROTOCOL_CONFIG));
      ringFile = Descriptor.of(
          SystemCalls.memfdCreate("queue", SystemCalls.MFD_CLOEXEC, VirtioVhostBlock.RINGS_LENGTH));
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
    rings = ringFile.map(VirtioVhostBlock.RINGS_LENGTH);
    kick = new Events.Counter();
    call = new Events.Counter();
  }

  /**
   * Connects to a back end.
   *
   * @param shared the guest memory that is in the file: what is elsewhere the other side cannot see
   * @throws MicroVmException naming the socket and what is wrong
   */
  static VhostUser connect(Path path, HostMemory memory, List<GuestMemory.Range> shared) throws MicroVmException {
    try {
      return new VhostUser(path, memory, List.copyOf(shared));
    } catch (IOException e) {
      throw new MicroVmException(
          "vhost-user back end %s: %s; is it running?".formatted(path, e.getMessage()), e);
    }
  }

  /** The counter by which the other side says that it has done something. */
  Events.Counter call() {
    return call;
  }

  private static ByteBuffer buffer(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] longs(long value) {
    return buffer(8).putLong(value).array();
  }

  private static byte[] ints(int first, int second) {
    return buffer(8).putInt(first).putInt(second).array();
  }

  private void send(int request, byte[] payload, int... descriptors) throws SystemCallException {
    socket.send(
        buffer(HEADER + payload.length).putInt(request).putInt(VERSION).putInt(payload.length).put(payload).array(),
        descriptors);
  }

  private ByteBuffer ask(int request, byte[] payload) throws IOException {
    send(request, payload);
    ByteBuffer header = ByteBuffer.wrap(socket.receive(HEADER)).order(ByteOrder.LITTLE_ENDIAN);
    int answered = header.getInt();
    int flags = header.getInt();
    int length = header.getInt();
    if (answered != request || (flags & (3 | REPLY)) != (VERSION | REPLY) || length < 0 || length > MOST_BYTES) {
      throw new IOException("request %d was answered by request %d, flags 0x%x, %d bytes"
          .formatted(request, answered, flags, length));
    }
    return ByteBuffer.wrap(socket.receive(length)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private long getLong(int request) throws IOException {
    ByteBuffer answer = ask(request, new byte[0]);
    if (answer.remaining() != Long.BYTES) {
      throw new IOException("request %d was answered by %d bytes".formatted(request, answer.remaining()));
    }
    return answer.getLong();
  }

  @Override
  public long features() {
    return features;
  }

  @Override
  public synchronized byte[] config() throws IOException {
    byte[] payload = buffer(CONFIG_HEADER + CONFIG_LENGTH).putInt(0).putInt(CONFIG_LENGTH).putInt(0).array();
    ByteBuffer answer = ask(GET_CONFIG, payload);
    if (answer.remaining() != payload.length) {
      throw new IOException("it has no configuration space of %d bytes".formatted(CONFIG_LENGTH));
    }
    byte[] config = new byte[CONFIG_LENGTH];
    answer.get(CONFIG_HEADER, config);
    return config;
  }

  @Override
  public MemorySegment rings() {
    return rings;
  }

  @Override
  public boolean shares(long address, long length) {
    for (GuestMemory.Range range : shared) {
      long offset = address - range.address();
      if (offset >= 0 && offset <= range.length() && length <= range.length() - offset) {
        return memory.memory().contains(address, length);
      }
    }
    return false;
  }

  @Override
  public synchronized void start(long accepted, int size) throws IOException {
    send(SET_FEATURES, longs(accepted | F_PROTOCOL_FEATURES));
    GuestMemory guest = memory.memory();
    byte[] regions = new byte[8 + 32 * (shared.size() + 1)];
    ByteBuffer table = ByteBuffer.wrap(regions).order(ByteOrder.LITTLE_ENDIAN);
    table.putInt(shared.size() + 1).putInt(0);
    List<Integer> files = new ArrayList<>();
    for (GuestMemory.Range range : shared) {
      long offset = guest.mappedOffset(range.address());
      table.putLong(range.address()).putLong(range.length()).putLong(guest.host().address() + offset).putLong(offset);
      files.add(memory.fd());
    }
    table.putLong(RINGS_ADDRESS).putLong(VirtioVhostBlock.RINGS_LENGTH).putLong(rings.address()).putLong(0);
    files.add(ringFile.fd());
    send(SET_MEM_TABLE, regions, files.stream().mapToInt(Integer::intValue).toArray());
    send(SET_VRING_NUM, ints(0, size));
    send(SET_VRING_BASE, ints(0, 0));
    send(
        SET_VRING_ADDR,
        buffer(40)
            .putInt(0)
            .putInt(0)
            .putLong(rings.address())
            .putLong(rings.address() + VirtioVhostBlock.USED)
            .putLong(rings.address() + VirtioVhostBlock.AVAILABLE)
            .putLong(0)
            .array());
    send(SET_VRING_CALL, longs(0), call.fd());
    send(SET_VRING_KICK, longs(0), kick.fd());
    send(SET_VRING_ENABLE, ints(0, 1));
  }

  @Override
  public void kick() {
    try {
      kick.signal(1);
    } catch (SystemCallException e) {
      // Its counter is full, or it is gone.
      System.getLogger(VhostUser.class.getName())
          .log(System.Logger.Level.WARNING, "vhost-user back end {0}: {1}", path, e.getMessage());
    }
  }

  @Override
  public void close() throws SystemCallException {
    try (kick; call; ringFile; socket) {
      SystemCalls.munmap(rings);
    }
  }
}
