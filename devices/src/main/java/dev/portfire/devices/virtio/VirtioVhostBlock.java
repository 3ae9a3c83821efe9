package dev.portfire.devices.virtio;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.portfire.devices.Counters;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A block device (virtio 1.2, 5.2) whose requests another process serves (vhost-user).
 *
 * <p>That process does not see the guest's queue but one of ours, into which each chain is copied and out of which what is done
 * comes back. So a descriptor is checked before anyone uses it, and everyone who caches what is in guest memory, decoded
 * code above all, is told of what was written there before the guest is.
 *
 * <p>There is no way to take requests back from that process: the device cannot be reset once it is in use, nor saved.
 */
public final class VirtioVhostBlock implements VirtioDevice {
  /** Where the available ring is in {@link VhostBackEnd#rings}, behind the descriptors. */
  public static final int AVAILABLE = 4096;

  /** Where the used ring is. */
  public static final int USED = 8192;

  /** How many bytes the rings are. */
  public static final int RINGS_LENGTH = 16_384;

  /** What such a device counts; the names are Firecracker's metrics. */
  public enum Count {
    /** Activations that failed. */
    ACTIVATE_FAILS,
    /** Accesses to the configuration space that failed. */
    CFG_FAILS
  }

  private static final Logger LOG = System.getLogger(VirtioVhostBlock.class.getName());
  private static final long F_RO = 1L << 5;
  private static final long F_FLUSH = 1L << 9;
  private static final int FLAG_NEXT = 1;
  private static final int FLAG_WRITE = 2;
  private static final VarHandle SHORT = JAVA_SHORT.varHandle();

  private final VhostBackEnd backEnd;
  private final long features;
  private final Counters<Count> counters = new Counters<>(Count.class);
  private volatile byte[] config;
  private final LinkSlot link = new LinkSlot();

  private MemorySegment rings = MemorySegment.NULL;
  private int size;

  /** The chains that the back end has, by their first descriptor in our queue. */
  private final @Nullable Chain[] inFlight = new @Nullable Chain[SplitQueue.MAX_SIZE];

  /** The descriptor after each one, among those in use and among the free ones. */
  private final int[] following = new int[SplitQueue.MAX_SIZE];

  private int firstFree;
  private int free;
  private int nextAvailable;
  private int nextUsed;
  private boolean broken;
  private volatile long activationMicros;

  /**
   * Makes a device.
   *
   * @param durable whether the driver may ask for flushes
   * @throws IOException if the back end does not answer
   */
  public VirtioVhostBlock(VhostBackEnd backEnd, boolean durable) throws IOException {
    this.backEnd = backEnd;
    this.features = F_EVENT_IDX | backEnd.features() & (durable ? F_RO | F_FLUSH : F_RO);
    this.config = backEnd.config();
  }

  /** What it counted. */
  public Counters<Count> counters() {
    return counters;
  }

  /** How long the last activation took, in microseconds. */
  public long activationMicros() {
    return activationMicros;
  }

  /** Asks for the configuration space again and tells the driver. Any thread. */
  public void refresh() throws IOException {
    config = backEnd.config();
    link.configChanged();
  }

  /** The back end says that it has done something. Any thread. */
  public void called() {
    link.schedule(0);
  }

  @Override
  public int type() {
    return VirtioBlock.TYPE;
  }

  @Override
  public int queueCount() {
    return 1;
  }

  @Override
  public long features() {
    return features;
  }

  @Override
  public boolean resettable() {
    return false;
  }

  @Override
  public long readConfig(int offset, int bytes) {
    return VirtioDevice.field(config, offset, bytes);
  }

  @Override
  public void writeConfig(int offset, int bytes, long value) {
    counters.count(Count.CFG_FAILS);
  }

  @Override
  public void activate(VirtioLink active) {
    SplitQueue queue = active.queue(0);
    if (!queue.ready()) {
      return;
    }
    size = queue.size();
    rings = backEnd.rings();
    free = size;
    for (int k = 0; k < size; k++) {
      following[k] = k + 1;
    }
    long start = System.nanoTime();
    try {
      backEnd.start(active.features() & (F_RO | F_FLUSH | F_VERSION_1), size);
      link.set(active);
      activationMicros = (System.nanoTime() - start) / 1000;
    } catch (IOException e) {
      counters.count(Count.ACTIVATE_FAILS);
      LOG.log(Logger.Level.ERROR, "vhost-user: {0}", e.getMessage());
    }
  }

  @Override
  public void activationFailed() {
    counters.count(Count.ACTIVATE_FAILS);
  }

  @Override
  public void deactivate() {
    link.clear();
  }

  @Override
  public void process(int index) {
    VirtioLink current = link.get();
    if (current == null || broken) {
      return;
    }
    SplitQueue queue = current.queue(index);
    takeBack(current, queue);
    boolean more = forward(queue);
    current.signal(queue);
    if (more) {
      // The other devices of the machine have their turn first.
      current.schedule(index);
    }
  }

  /** Returns to the driver what the back end has done. */
  private void takeBack(VirtioLink current, SplitQueue queue) {
    int end = (short) SHORT.getAcquire(rings, (long) USED + 2) & 0xffff;
    if ((end - nextUsed & 0xffff) > size) {
      stop("its used index %d is ahead of %d by more than the queue's size".formatted(end, nextUsed));
      return;
    }
    while (nextUsed != end) {
      long element = USED + 4 + 8L * (nextUsed & size - 1);
      int head = rings.get(JAVA_INT, element);
      Chain chain = head >= 0 && head < size ? inFlight[head] : null;
      if (chain == null) {
        stop("it returned descriptor %d, which it has not got".formatted(head));
        return;
      }
      inFlight[head] = null;
      int last = head;
      for (int k = 1; k < chain.buffers().size(); k++) {
        last = following[last];
      }
      following[last] = firstFree;
      firstFree = head;
      free += chain.buffers().size();
      for (Chain.Buffer buffer : chain.buffers()) {
        if (buffer.writable()) {
          current.memory().markWritten(buffer.address(), buffer.length());
        }
      }
      queue.push(chain, rings.get(JAVA_INT, element + 4) & 0xffff_ffffL);
      nextUsed = nextUsed + 1 & 0xffff;
    }
  }

  private void stop(String reason) {
    broken = true;
    LOG.log(Logger.Level.ERROR, "vhost-user: the back end is not used any more: {0}", reason);
  }

  /** Hands new requests on; returns whether there may be more. */
  private boolean forward(SplitQueue queue) {
    int before = nextAvailable;
    boolean more = !broken;
    for (int budget = SplitQueue.MAX_SIZE; more && budget > 0; budget--) {
      Chain chain = queue.pop();
      if (chain == null) {
        more = queue.enableNotification();
        continue;
      }
      if (chain.buffers().size() > free) {
        // When something comes back there is room.
        queue.undoPop();
        more = false;
      } else if (isShared(chain)) {
        put(chain);
      } else {
        queue.push(chain, 0);
      }
    }
    if (nextAvailable != before) {
      SHORT.setRelease(rings, (long) AVAILABLE + 2, (short) nextAvailable);
      VarHandle.fullFence();
      backEnd.kick();
    }
    return more;
  }

  private boolean isShared(Chain chain) {
    for (Chain.Buffer buffer : chain.buffers()) {
      if (!backEnd.shares(buffer.address(), buffer.length())) {
        return false;
      }
    }
    return true;
  }

  private void put(Chain chain) {
    int head = firstFree;
    int descriptor = head;
    int count = chain.buffers().size();
    for (int k = 0; k < count; k++) {
      Chain.Buffer buffer = chain.buffers().get(k);
      int flags = (buffer.writable() ? FLAG_WRITE : 0) | (k + 1 < count ? FLAG_NEXT : 0);
      rings.set(JAVA_LONG, 16L * descriptor, buffer.address());
      rings.set(JAVA_INT, 16L * descriptor + 8, (int) buffer.length());
      rings.set(JAVA_SHORT, 16L * descriptor + 12, (short) flags);
      rings.set(JAVA_SHORT, 16L * descriptor + 14, (short) following[descriptor]);
      firstFree = following[descriptor];
      descriptor = firstFree;
    }
    free -= count;
    inFlight[head] = chain;
    rings.set(JAVA_SHORT, AVAILABLE + 4 + 2L * (nextAvailable & size - 1), (short) head);
    nextAvailable = nextAvailable + 1 & 0xffff;
  }

  @Override
  public State save() {
    throw new IllegalStateException("a vhost-user device cannot be saved");
  }

  @Override
  public void restore(State state) {
    throw new IllegalArgumentException("not the state of a vhost-user device, which has none");
  }
}
