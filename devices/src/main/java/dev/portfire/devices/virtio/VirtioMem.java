package dev.portfire.devices.virtio;

import dev.portfire.devices.Counters;
import dev.portfire.devices.Durations;
import dev.portfire.machine.GuestAddressException;
import dev.portfire.machine.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Memory that is plugged in and out while the guest runs (virtio 1.2, 5.15). The device keeps account of blocks; making
 * memory accessible and giving it back is the machine's business.
 */
public final class VirtioMem implements VirtioDevice {
  /** Device type. */
  public static final int TYPE = 24;

  private static final long F_UNPLUGGED_INACCESSIBLE = 1 << 1;

  private static final int CONFIG_LENGTH = 56;
  private static final int REQUEST_LENGTH = 24;
  private static final int RESPONSE_LENGTH = 10;

  private static final int PLUG = 0;
  private static final int UNPLUG = 1;
  private static final int UNPLUG_ALL = 2;
  private static final int STATE = 3;

  private static final int ACK = 0;
  private static final int ERROR = 3;

  private static final int PLUGGED = 0;
  private static final int UNPLUGGED = 1;
  private static final int MIXED = 2;

  /** What memory hotplug counts; the names are Firecracker's metrics. */
  public enum Count {
    /** Activations that failed. */
    ACTIVATE_FAILS,
    /** Requests that are none. */
    QUEUE_EVENT_FAILS,
    /** Calls for the queue. */
    QUEUE_EVENT_COUNT,
    /** Requests to plug. */
    PLUG_COUNT,
    /** Bytes plugged. */
    PLUG_BYTES,
    /** Requests to plug that failed. */
    PLUG_FAILS,
    /** Requests to unplug. */
    UNPLUG_COUNT,
    /** Bytes unplugged. */
    UNPLUG_BYTES,
    /** Requests to unplug that failed. */
    UNPLUG_FAILS,
    /** Failures to give memory back. */
    UNPLUG_DISCARD_FAILS,
    /** Requests for the state of blocks. */
    STATE_COUNT,
    /** Those that failed. */
    STATE_FAILS,
    /** Requests to unplug all. */
    UNPLUG_ALL_COUNT,
    /** Those that failed. */
    UNPLUG_ALL_FAILS
  }

  /** The memory behind the device. */
  @FunctionalInterface
  public interface Backing {
    /**
     * Blocks have been plugged: they are memory now; or unplugged: their contents are gone, and they are no memory any more.
     *
     * @param address guest-physical, checked to be the device's with its length
     */
    void changed(long address, long length, boolean plugged);
  }

  private final long start;
  private final long size;
  private final long blockSize;
  private final long slotSize;
  private final Backing backing;
  private final Counters<Count> counters = new Counters<>(Count.class);
  private final Durations plugs = new Durations();
  private final Durations unplugs = new Durations();
  private final Durations states = new Durations();
  private final Durations unplugAlls = new Durations();
  private final BitSet plugged = new BitSet();
  private long usable;
  private long requested;
  private @Nullable VirtioLink link;

  /**
   * The state beyond the queue.
   *
   * @param usable bytes that can be plugged
   * @param requested bytes that the host wants plugged
   * @param plugged a bit for each block, as {@link BitSet#toLongArray}
   */
  public record MemState(long usable, long requested, List<Long> plugged) implements State {}

  /**
   * Makes a device with all its memory unplugged.
   *
   * @param start guest-physical address, a multiple of the block's size
   * @param size in bytes, a multiple of the slot's size
   * @param blockSize in bytes, a power of two
   * @param slotSize in bytes, a multiple of the block's size
   */
  public VirtioMem(long start, long size, long blockSize, long slotSize, Backing backing) {
    this.start = start;
    this.size = size;
    this.blockSize = blockSize;
    this.slotSize = slotSize;
    this.backing = backing;
  }

  /** What it counted. */
  public Counters<Count> counters() {
    return counters;
  }

  /** Adds how long requests took to values by the names of Firecracker's metrics. */
  public void addDurations(Map<String, Long> values) {
    plugs.addTo(values, "plug_agg");
    unplugs.addTo(values, "unplug_agg");
    states.addTo(values, "state_agg");
    unplugAlls.addTo(values, "unplug_all_agg");
  }

  /** Bytes that are plugged. */
  public synchronized long pluggedSize() {
    return plugged.cardinality() * blockSize;
  }

  /** Bytes that the host wants plugged. */
  public synchronized long requestedSize() {
    return requested;
  }

  /**
   * Says how much is to be plugged, and tells the guest.
   *
   * @param bytes a multiple of the block's size, not more than there is
   * @return false if the guest does not use the device yet
   */
  public boolean request(long bytes) {
    VirtioLink current;
    synchronized (this) {
      current = link;
      if (current == null) {
        return false;
      }
      requested = bytes;
      usable = Math.max(usable, Math.min(size, (bytes + slotSize - 1) / slotSize * slotSize));
    }
    current.configChanged();
    return true;
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public int queueCount() {
    return 1;
  }

  @Override
  public long features() {
    return F_UNPLUGGED_INACCESSIBLE;
  }

  @Override
  public boolean accepts(long features) {
    return (features & F_UNPLUGGED_INACCESSIBLE) != 0;
  }

  @Override
  public synchronized long readConfig(int offset, int length) {
    byte[] config = ByteBuffer.allocate(CONFIG_LENGTH)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(blockSize)
        .putLong(0)
        .putLong(start)
        .putLong(size)
        .putLong(usable)
        .putLong(pluggedSize())
        .putLong(requested)
        .array();
    return VirtioDevice.field(config, offset, length);
  }

  @Override
  public synchronized void activate(VirtioLink active) {
    link = active;
  }

  @Override
  public void activationFailed() {
    counters.count(Count.ACTIVATE_FAILS);
  }

  @Override
  public synchronized void deactivate() {
    // The guest may still use what is plugged: it asks for its state when it comes back.
    link = null;
  }

  @Override
  public void process(int index) {
    VirtioLink current = link;
    if (current == null) {
      return;
    }
    SplitQueue queue = current.queue(index);
    counters.count(Count.QUEUE_EVENT_COUNT);
    for (int budget = SplitQueue.MAX_SIZE; budget > 0; budget--) {
      Chain chain = queue.pop();
      if (chain == null) {
        current.signal(queue);
        if (!queue.enableNotification()) {
          return;
        }
        continue;
      }
      queue.push(chain, handle(current.memory(), chain));
    }
    current.signal(queue);
    current.schedule(index);
  }

  private int handle(GuestMemory memory, Chain chain) {
    byte[] request = new byte[REQUEST_LENGTH];
    byte[] response = new byte[RESPONSE_LENGTH];
    try {
      if (!chain.ordered()
          || chain.writableLength() < RESPONSE_LENGTH
          || chain.read(memory, request) < REQUEST_LENGTH) {
        counters.count(Count.QUEUE_EVENT_FAILS);
        return 0;
      }
    } catch (GuestAddressException e) {
      counters.count(Count.QUEUE_EVENT_FAILS);
      return 0;
    }
    ByteBuffer fields = ByteBuffer.wrap(request).order(ByteOrder.LITTLE_ENDIAN);
    int type = fields.getShort(0) & 0xffff;
    long address = fields.getLong(8);
    int blocks = fields.getShort(16) & 0xffff;
    ByteBuffer out = ByteBuffer.wrap(response).order(ByteOrder.LITTLE_ENDIAN);
    long began = System.nanoTime();
    switch (type) {
      case PLUG -> {
        out.putShort((short) plug(address, blocks));
        plugs.record(System.nanoTime() - began);
      }
      case UNPLUG -> {
        out.putShort((short) unplug(address, blocks));
        unplugs.record(System.nanoTime() - began);
      }
      case UNPLUG_ALL -> {
        unplugAll();
        out.putShort((short) ACK);
        unplugAlls.record(System.nanoTime() - began);
      }
      case STATE -> {
        state(address, blocks, out);
        states.record(System.nanoTime() - began);
      }
      default -> {
        counters.count(Count.QUEUE_EVENT_FAILS);
        return 0;
      }
    }
    try {
      return chain.write(memory, response, 0, response.length);
    } catch (GuestAddressException e) {
      counters.count(Count.QUEUE_EVENT_FAILS);
      return 0;
    }
  }

  /** The number of the first block, or −1 if these are no usable blocks of the device. */
  private int firstBlock(long address, int blocks) {
    long offset = address - start;
    if (blocks == 0 || offset < 0 || offset % blockSize != 0 || offset > usable || blocks * blockSize > usable - offset) {
      return -1;
    }
    return (int) (offset / blockSize);
  }

  private synchronized int plug(long address, int blocks) {
    counters.count(Count.PLUG_COUNT);
    int first = firstBlock(address, blocks);
    if (first < 0 || pluggedIn(first, blocks) != 0 || pluggedSize() + blocks * blockSize > requested) {
      counters.count(Count.PLUG_FAILS);
      return ERROR;
    }
    backing.changed(address, blocks * blockSize, true);
    plugged.set(first, first + blocks);
    counters.add(Count.PLUG_BYTES, blocks * blockSize);
    return ACK;
  }

  private int pluggedIn(int first, int blocks) {
    return plugged.get(first, first + blocks).cardinality();
  }

  private synchronized int unplug(long address, int blocks) {
    counters.count(Count.UNPLUG_COUNT);
    int first = firstBlock(address, blocks);
    if (first < 0 || pluggedIn(first, blocks) != blocks) {
      counters.count(Count.UNPLUG_FAILS);
      return ERROR;
    }
    plugged.clear(first, first + blocks);
    backing.changed(address, blocks * blockSize, false);
    counters.add(Count.UNPLUG_BYTES, blocks * blockSize);
    return ACK;
  }

  private synchronized void unplugAll() {
    counters.count(Count.UNPLUG_ALL_COUNT);
    for (int first = plugged.nextSetBit(0); first >= 0; first = plugged.nextSetBit(first)) {
      int end = plugged.nextClearBit(first);
      plugged.clear(first, end);
      backing.changed(start + first * blockSize, (end - first) * blockSize, false);
    }
    usable = 0;
  }

  private synchronized void state(long address, int blocks, ByteBuffer out) {
    counters.count(Count.STATE_COUNT);
    int first = firstBlock(address, blocks);
    if (first < 0) {
      counters.count(Count.STATE_FAILS);
      out.putShort((short) ERROR);
      return;
    }
    int count = pluggedIn(first, blocks);
    int state = count == blocks ? PLUGGED : count == 0 ? UNPLUGGED : MIXED;
    out.putShort((short) ACK).position(8);
    out.putShort((short) state);
  }

  @Override
  public synchronized State save() {
    return new MemState(
        usable, requested, java.util.Arrays.stream(plugged.toLongArray()).boxed().toList());
  }

  @Override
  public synchronized void restore(State state) {
    if (!(state instanceof MemState(long savedUsable, long savedRequested, List<Long> bits))
        || savedUsable < 0
        || savedUsable > size
        || savedRequested < 0
        || savedRequested > size) {
      throw new IllegalArgumentException("not the state of %d bytes of hotplugged memory".formatted(size));
    }
    BitSet saved = BitSet.valueOf(bits.stream().mapToLong(Long::longValue).toArray());
    if (saved.length() > size / blockSize) {
      throw new IllegalArgumentException("a saved block is not in this device's memory");
    }
    usable = savedUsable;
    requested = savedRequested;
    plugged.clear();
    plugged.or(saved);
    for (int first = plugged.nextSetBit(0); first >= 0; first = plugged.nextSetBit(plugged.nextClearBit(first))) {
      backing.changed(start + first * blockSize, (plugged.nextClearBit(first) - first) * blockSize, true);
    }
  }
}
