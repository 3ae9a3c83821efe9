package dev.portfire.devices.virtio;

import dev.portfire.devices.Counters;
import dev.portfire.devices.RateLimiter;
import dev.portfire.machine.GuestAddressException;
import dev.portfire.machine.GuestMemory;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Persistent memory (virtio 1.2, 5.19): a file that the guest has in its address space, and flushes through this device. The
 * memory itself is the machine's business.
 */
public final class VirtioPmem implements VirtioDevice {
  private static final Logger LOG = System.getLogger(VirtioPmem.class.getName());

  /** Device type. */
  public static final int TYPE = 27;

  private static final int REQUEST_FLUSH = 0;
  private static final int OK = 0;
  private static final int FAILED = -1;

  /** What persistent memory counts; the names are Firecracker's metrics. */
  public enum Count {
    /** Activations that failed. */
    ACTIVATE_FAILS,
    /** Writes to the configuration space, which has no field to write. */
    CFG_FAILS,
    /** Requests that made no sense. */
    EVENT_FAILS,
    /** Calls for the queue. */
    QUEUE_EVENT_COUNT,
    /** Calls that the limiter held back. */
    RATE_LIMITER_THROTTLED_EVENTS,
    /** Times that the limiter opened again. */
    RATE_LIMITER_EVENT_COUNT
  }

  /** Brings what was written to the file's disk. */
  @FunctionalInterface
  public interface Flusher {
    /** Waits until all that was written before is durable. */
    void flush() throws IOException;
  }

  private final long start;
  private final long size;
  private final long fileLength;
  private final Flusher flusher;
  private final RateLimiter limiter;
  private final Counters<Count> counters = new Counters<>(Count.class);
  private final LinkSlot link = new LinkSlot();

  /**
   * The state beyond the queue; the file is not part of it.
   *
   * @param start where the memory is
   * @param size its length in bytes
   * @param limiter the limiter's
   */
  public record PmemState(long start, long size, RateLimiter.State limiter) implements State {}

  /**
   * Makes a device.
   *
   * @param start guest-physical address of the memory
   * @param size its length in bytes
   * @param fileLength bytes that a flush is counted as by the limiter
   * @param limiter for flushes
   */
  public VirtioPmem(long start, long size, long fileLength, Flusher flusher, RateLimiter limiter) {
    this.start = start;
    this.size = size;
    this.fileLength = fileLength;
    this.flusher = flusher;
    this.limiter = limiter;
    limiter.onOpened(() -> {
      counters.count(Count.RATE_LIMITER_EVENT_COUNT);
      link.schedule(0);
    });
  }

  /** What it counted. */
  public Counters<Count> counters() {
    return counters;
  }

  /** The limiter, to be changed while the machine runs. */
  public RateLimiter limiter() {
    return limiter;
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
    return 0;
  }

  @Override
  public long readConfig(int offset, int length) {
    byte[] config = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(start).putLong(size).array();
    return VirtioDevice.field(config, offset, length);
  }

  @Override
  public void writeConfig(int offset, int length, long value) {
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
  }

  @Override
  public void process(int index) {
    VirtioLink current = link.get();
    if (current == null) {
      return;
    }
    SplitQueue queue = current.queue(index);
    counters.count(Count.QUEUE_EVENT_COUNT);
    if (!queue.hasAvailable() && !queue.enableNotification()) {
      return;
    }
    if (!limiter.admit(fileLength)) {
      counters.count(Count.RATE_LIMITER_THROTTLED_EVENTS);
      return;
    }
    // One flush serves all that wait: it covers what each of them wrote before.
    List<Chain> flushes = new ArrayList<>();
    for (int budget = SplitQueue.MAX_SIZE; budget > 0; budget--) {
      Chain chain = queue.pop();
      if (chain == null) {
        if (!queue.enableNotification()) {
          break;
        }
      } else if (isFlush(current.memory(), chain)) {
        flushes.add(chain);
      } else {
        counters.count(Count.EVENT_FAILS);
        queue.push(chain, 0);
      }
    }
    if (!flushes.isEmpty()) {
      int result = flush();
      for (Chain chain : flushes) {
        current.memory().writeInt(chain.buffers().getLast().address(), result);
        queue.push(chain, Integer.BYTES);
      }
    }
    current.signal(queue);
    if (queue.hasAvailable()) {
      current.schedule(index);
    }
  }

  private static boolean isFlush(GuestMemory memory, Chain chain) {
    List<Chain.Buffer> buffers = chain.buffers();
    if (buffers.size() != 2
        || buffers.getFirst().writable()
        || buffers.getFirst().length() != Integer.BYTES
        || !buffers.getLast().writable()
        || buffers.getLast().length() != Integer.BYTES
        || !memory.contains(buffers.getLast().address(), Integer.BYTES)) {
      return false;
    }
    try {
      return memory.readInt(buffers.getFirst().address()) == REQUEST_FLUSH;
    } catch (GuestAddressException e) {
      return false;
    }
  }

  private int flush() {
    try {
      flusher.flush();
      return OK;
    } catch (IOException e) {
      LOG.log(Logger.Level.WARNING, "flushing persistent memory failed: {0}", e.getMessage());
      return FAILED;
    }
  }

  @Override
  public State save() {
    return new PmemState(start, size, limiter.save());
  }

  @Override
  public void restore(State state) {
    if (!(state instanceof PmemState(long first, long length, RateLimiter.State buckets))
        || first != start
        || length != size) {
      throw new IllegalArgumentException("not the state of %d bytes of persistent memory at 0x%x".formatted(size, start));
    }
    limiter.restore(buckets);
  }
}
