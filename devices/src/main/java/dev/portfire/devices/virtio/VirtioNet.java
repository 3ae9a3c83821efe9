package dev.portfire.devices.virtio;

import dev.portfire.devices.Counters;
import dev.portfire.devices.Durations;
import dev.portfire.devices.RateLimiter;
import dev.portfire.machine.GuestAddressException;
import dev.portfire.machine.GuestMemory;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A network device (virtio 1.2, 5.1) with one pair of queues. */
public final class VirtioNet implements VirtioDevice {
  private static final Logger LOG = System.getLogger(VirtioNet.class.getName());

  /** Device type. */
  public static final int TYPE = 1;

  /** Bytes in a MAC address. */
  public static final int MAC_LENGTH = 6;

  /** Bytes of the header before each frame. */
  public static final int HEADER_LENGTH = 12;

  /** The longest frame with its header. */
  public static final int LARGEST_FRAME = HEADER_LENGTH + 65550;

  /** The smallest buffer that takes every frame which is no large segment. */
  private static final int SMALLEST_BUFFER = 1526;

  private static final int RX = 0;
  private static final int TX = 1;

  private static final long F_CSUM = 1;
  private static final long F_GUEST_CSUM = 1 << 1;
  private static final long F_MTU = 1 << 3;
  private static final long F_MAC = 1 << 5;
  private static final long F_GUEST_TSO4 = 1 << 7;
  private static final long F_GUEST_TSO6 = 1 << 8;
  private static final long F_GUEST_UFO = 1 << 10;
  private static final long F_HOST_TSO4 = 1 << 11;
  private static final long F_HOST_TSO6 = 1 << 12;
  private static final long F_HOST_UFO = 1 << 14;
  private static final long F_MRG_RXBUF = 1 << 15;

  private static final int NUM_BUFFERS = 10;
  private static final int SOURCE_ADDRESS = HEADER_LENGTH + MAC_LENGTH;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** What a network device counts; the names are Firecracker's metrics. */
  public enum Count {
    /** Activations that failed. */
    ACTIVATE_FAILS,
    /** Writes to the configuration space, which has no field to write. */
    CFG_FAILS,
    /** Frames that found no buffer of the guest's. */
    NO_RX_AVAIL_BUFFER,
    /** Looks at an empty transmit queue. */
    NO_TX_AVAIL_BUFFER,
    /** Events that could not be handled. */
    EVENT_FAILS,
    /** Calls for the receive queue. */
    RX_QUEUE_EVENT_COUNT,
    /** Times that the receive limiter opened again. */
    RX_EVENT_RATE_LIMITER_COUNT,
    /** Frames to the guest that a limiter held back. */
    RX_RATE_LIMITER_THROTTLED,
    /** Times that the host had frames. */
    RX_TAP_EVENT_COUNT,
    /** Bytes given to the guest. */
    RX_BYTES_COUNT,
    /** Frames given to the guest. */
    RX_PACKETS_COUNT,
    /** Buffers of the guest's, or frames, that were of no use. */
    RX_FAILS,
    /** Calls that gave the guest frames. */
    RX_COUNT,
    /** Failed reads from the host. */
    TAP_READ_FAILS,
    /** Failed writes to the host. */
    TAP_WRITE_FAILS,
    /** Bytes from the guest. */
    TX_BYTES_COUNT,
    /** Chains from the guest that are no frame. */
    TX_MALFORMED_FRAMES,
    /** Failures to transmit. */
    TX_FAILS,
    /** Calls that took frames from the guest. */
    TX_COUNT,
    /** Frames from the guest. */
    TX_PACKETS_COUNT,
    /** Calls for the transmit queue. */
    TX_QUEUE_EVENT_COUNT,
    /** Times that the transmit limiter opened again. */
    TX_RATE_LIMITER_EVENT_COUNT,
    /** Frames from the guest that a limiter held back. */
    TX_RATE_LIMITER_THROTTLED,
    /** Frames from another address than the device's. */
    TX_SPOOFED_MAC_COUNT,
    /** Times that the device's turn was over before the queue was empty. */
    TX_REMAINING_REQS_COUNT
  }

  private final NetworkPort port;
  private final byte @Nullable [] mac;
  private final int mtu;
  private final RateLimiter rxLimiter;
  private final RateLimiter txLimiter;
  private final @Nullable Detour detour;
  private final Counters<Count> counters = new Counters<>(Count.class);
  private final Durations writes = new Durations();
  private final MemorySegment rxBuffer = Arena.ofAuto().allocate(LARGEST_FRAME, 16);
  private final MemorySegment txBuffer = Arena.ofAuto().allocate(LARGEST_FRAME, 16);

  /** Length of the frame in {@link #rxBuffer} that has no place with the guest yet. */
  private int pending;

  /** Whether the limiter has granted it. */
  private boolean admitted;

  private final LinkSlot link = new LinkSlot();

  /**
   * The state beyond the queues.
   *
   * @param rx the receive limiter's
   * @param tx the transmit limiter's
   */
  public record NetState(RateLimiter.State rx, RateLimiter.State tx) implements State {}

  /**
   * Makes a device.
   *
   * @param port the host's end
   * @param mac the address the driver is given, 6 bytes; null: it makes one up
   * @param mtu the largest packet the driver is told of, 68 to 65535; 0: it is told of none
   * @param rxLimiter for frames to the guest
   * @param txLimiter for frames from the guest
   * @param detour sees the guest's frames first; null for none
   */
  public VirtioNet(
      NetworkPort port,
      byte @Nullable [] mac,
      int mtu,
      RateLimiter rxLimiter,
      RateLimiter txLimiter,
      @Nullable Detour detour) {
    if (mac != null && mac.length != MAC_LENGTH || mtu < 0 || mtu > 0xffff) {
      throw new IllegalArgumentException("no MAC address of 6 bytes or no MTU of 16 bits");
    }
    this.port = port;
    this.mac = mac == null ? null : mac.clone();
    this.mtu = mtu;
    this.rxLimiter = rxLimiter;
    this.txLimiter = txLimiter;
    this.detour = detour;
    rxLimiter.onOpened(() -> {
      counters.count(Count.RX_EVENT_RATE_LIMITER_COUNT);
      link.schedule(RX);
    });
    txLimiter.onOpened(() -> {
      counters.count(Count.TX_RATE_LIMITER_EVENT_COUNT);
      link.schedule(TX);
    });
  }

  /** What it counted. */
  public Counters<Count> counters() {
    return counters;
  }

  /** Adds how long writes to the host took to values by the names of Firecracker's metrics. */
  public void addDurations(Map<String, Long> values) {
    writes.addTo(values, "tap_write_agg");
  }

  /** The limiter of frames to the guest, to be changed while the machine runs. */
  public RateLimiter rxLimiter() {
    return rxLimiter;
  }

  /** The limiter of frames from the guest, to be changed while the machine runs. */
  public RateLimiter txLimiter() {
    return txLimiter;
  }

  /** The host has frames, or the detour has. Any thread. */
  public void ready() {
    counters.count(Count.RX_TAP_EVENT_COUNT);
    link.schedule(RX);
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public int queueCount() {
    return 2;
  }

  @Override
  public long features() {
    return F_EVENT_IDX
        | F_CSUM
        | F_GUEST_CSUM
        | F_GUEST_TSO4
        | F_GUEST_TSO6
        | F_GUEST_UFO
        | F_HOST_TSO4
        | F_HOST_TSO6
        | F_HOST_UFO
        | F_MRG_RXBUF
        | (mac != null ? F_MAC : 0)
        | (mtu != 0 ? F_MTU : 0);
  }

  @Override
  public long readConfig(int offset, int size) {
    // mac, status (not offered), the number of queue pairs (not offered), mtu
    byte[] config = new byte[12];
    if (mac != null) {
      System.arraycopy(mac, 0, config, 0, MAC_LENGTH);
    }
    config[10] = (byte) mtu;
    config[11] = (byte) (mtu >> 8);
    return VirtioDevice.field(config, offset, size);
  }

  @Override
  public void writeConfig(int offset, int size, long value) {
    counters.count(Count.CFG_FAILS);
  }

  @Override
  public void activate(VirtioLink active) {
    long features = active.features();
    try {
      port.setOffloads(
          (features & F_GUEST_CSUM) != 0,
          (features & F_GUEST_TSO4) != 0,
          (features & F_GUEST_TSO6) != 0,
          (features & F_GUEST_UFO) != 0);
    } catch (IOException e) {
      // The guest gets plain frames then, which it takes too.
      counters.count(Count.ACTIVATE_FAILS);
      LOG.log(Logger.Level.WARNING, "offloads of a network device: {0}", e.getMessage());
    }
    link.set(active);
  }

  @Override
  public void activationFailed() {
    counters.count(Count.ACTIVATE_FAILS);
  }

  @Override
  public void deactivate() {
    link.clear();
    pending = 0;
  }

  @Override
  public void process(int index) {
    VirtioLink current = link.get();
    if (current != null) {
      if (index == RX) {
        counters.count(Count.RX_QUEUE_EVENT_COUNT);
        receive(current);
      } else {
        counters.count(Count.TX_QUEUE_EVENT_COUNT);
        transmit(current);
      }
    }
  }

  private void receive(VirtioLink current) {
    SplitQueue queue = current.queue(RX);
    for (int budget = SplitQueue.MAX_SIZE; budget > 0; budget--) {
      if (!queue.hasAvailable()) {
        counters.count(Count.NO_RX_AVAIL_BUFFER);
        current.signal(queue);
        if (!queue.enableNotification()) {
          return;
        }
        continue;
      }
      if (pending == 0) {
        pending = fetch();
        admitted = false;
      }
      if (pending > 0 && !admitted) {
        admitted = rxLimiter.admit(pending);
        if (!admitted) {
          counters.count(Count.RX_RATE_LIMITER_THROTTLED);
        }
      }
      if (!admitted || pending == 0) {
        current.signal(queue);
        return;
      }
      if (!deliver(current, queue)) {
        current.signal(queue);
        if (!queue.enableNotificationOfMore()) {
          return;
        }
      }
    }
    current.signal(queue);
    current.schedule(RX);
  }

  /** Gets the next frame for the guest into the buffer and returns its length with the header; 0 if there is none. */
  private int fetch() {
    if (detour != null) {
      int length = detour.next(rxBuffer.asSlice(HEADER_LENGTH));
      if (length > 0) {
        rxBuffer.asSlice(0, HEADER_LENGTH).fill((byte) 0);
        return HEADER_LENGTH + length;
      }
    }
    try {
      int length = port.read(rxBuffer);
      return length > HEADER_LENGTH ? length : 0;
    } catch (IOException e) {
      counters.count(Count.TAP_READ_FAILS);
      LOG.log(Logger.Level.DEBUG, "reading from the host failed: {0}", e.getMessage());
      return 0;
    }
  }

  /** Gives the guest the pending frame, or drops it; returns false if there are too few buffers for it. */
  private boolean deliver(VirtioLink current, SplitQueue queue) {
    GuestMemory memory = current.memory();
    boolean mergeable = (current.features() & F_MRG_RXBUF) != 0;
    long smallest = mergeable
        ? HEADER_LENGTH
        : (current.features() & (F_GUEST_TSO4 | F_GUEST_TSO6 | F_GUEST_UFO)) != 0 ? LARGEST_FRAME : SMALLEST_BUFFER;
    List<Chain> chains = new ArrayList<>(1);
    long capacity = 0;
    while (capacity < pending) {
      Chain chain = queue.pop();
      if (chain == null) {
        for (int k = 0; k < chains.size(); k++) {
          queue.undoPop();
        }
        counters.count(Count.NO_RX_AVAIL_BUFFER);
        return false;
      }
      chains.add(chain);
      long room = usable(memory, chain);
      if (chains.size() == 1 ? room < smallest : room <= 0) {
        // Of no use; what was taken before it goes back with it, and so does the frame's place.
        for (Chain useless : chains) {
          queue.push(useless, 0);
        }
        counters.count(Count.RX_FAILS);
        return true;
      }
      capacity += room;
      if (!mergeable) {
        break;
      }
    }
    if (capacity < pending) {
      queue.push(chains.getFirst(), 0);
      counters.count(Count.RX_FAILS);
      pending = 0;
      return true;
    }
    rxBuffer.set(SHORT, NUM_BUFFERS, (short) chains.size());
    int done = 0;
    for (Chain chain : chains) {
      int part = (int) Math.min(chain.writableLength(), pending - done);
      chain.write(memory, rxBuffer, done, part);
      queue.push(chain, part);
      done += part;
    }
    counters.count(Count.RX_PACKETS_COUNT);
    counters.count(Count.RX_COUNT);
    counters.add(Count.RX_BYTES_COUNT, pending);
    pending = 0;
    return true;
  }

  /** How many bytes a chain of the receive queue takes; −1 if it is none for receiving. */
  private static long usable(GuestMemory memory, Chain chain) {
    for (Chain.Buffer buffer : chain.buffers()) {
      if (!buffer.writable() || !memory.contains(buffer.address(), buffer.length())) {
        return -1;
      }
    }
    return chain.writableLength();
  }

  private void transmit(VirtioLink current) {
    SplitQueue queue = current.queue(TX);
    boolean any = false;
    boolean answered = false;
    int budget;
    for (budget = SplitQueue.MAX_SIZE; budget > 0; budget--) {
      Chain chain = queue.pop();
      if (chain == null) {
        if (!any) {
          counters.count(Count.NO_TX_AVAIL_BUFFER);
        }
        current.signal(queue);
        if (!queue.enableNotification()) {
          break;
        }
        continue;
      }
      any = true;
      long length = chain.readableLength();
      if (chain.writableLength() > 0 || length < HEADER_LENGTH || length > LARGEST_FRAME) {
        malformed(queue, chain);
        continue;
      }
      if (!txLimiter.admit(length)) {
        queue.undoPop();
        counters.count(Count.TX_RATE_LIMITER_THROTTLED);
        break;
      }
      try {
        chain.read(current.memory(), txBuffer);
      } catch (GuestAddressException e) {
        malformed(queue, chain);
        continue;
      }
      if (detour != null && detour.accept(txBuffer.asSlice(HEADER_LENGTH, length - HEADER_LENGTH))) {
        txLimiter.putBack(length);
        answered = true;
      } else {
        send((int) length);
      }
      queue.push(chain, 0);
    }
    current.signal(queue);
    if (any) {
      counters.count(Count.TX_COUNT);
    }
    if (answered) {
      current.schedule(RX);
    }
    if (budget == 0) {
      counters.count(Count.TX_REMAINING_REQS_COUNT);
      current.schedule(TX);
    }
  }

  private void malformed(SplitQueue queue, Chain chain) {
    counters.count(Count.TX_MALFORMED_FRAMES);
    queue.push(chain, 0);
  }

  private void send(int length) {
    if (mac != null && length >= SOURCE_ADDRESS + MAC_LENGTH) {
      byte[] source = txBuffer.asSlice(SOURCE_ADDRESS, MAC_LENGTH).toArray(ValueLayout.JAVA_BYTE);
      if (!Arrays.equals(source, mac)) {
        counters.count(Count.TX_SPOOFED_MAC_COUNT);
      }
    }
    long start = System.nanoTime();
    try {
      if (!port.write(txBuffer.asSlice(0, length))) {
        counters.count(Count.TAP_WRITE_FAILS);
        return;
      }
    } catch (IOException e) {
      counters.count(Count.TAP_WRITE_FAILS);
      LOG.log(Logger.Level.DEBUG, "writing to the host failed: {0}", e.getMessage());
      return;
    }
    writes.record(System.nanoTime() - start);
    counters.count(Count.TX_PACKETS_COUNT);
    counters.add(Count.TX_BYTES_COUNT, length);
  }

  @Override
  public State save() {
    return new NetState(rxLimiter.save(), txLimiter.save());
  }

  @Override
  public void restore(State state) {
    if (!(state instanceof NetState(RateLimiter.State rx, RateLimiter.State tx))) {
      throw new IllegalArgumentException("not the state of a network device");
    }
    rxLimiter.restore(rx);
    txLimiter.restore(tx);
  }
}
