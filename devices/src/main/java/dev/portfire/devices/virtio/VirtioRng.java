package dev.portfire.devices.virtio;

import dev.portfire.devices.Counters;
import dev.portfire.devices.RateLimiter;
import dev.portfire.machine.GuestAddressException;
import java.util.random.RandomGenerator;

/** An entropy device (virtio 1.2, 5.4). */
public final class VirtioRng implements VirtioDevice {
  /** Device type. */
  public static final int TYPE = 4;

  /** The most that one request gets, in bytes. */
  public static final int LARGEST_REQUEST = 1 << 16;

  /** What an entropy device counts; the names are Firecracker's metrics. */
  public enum Count {
    /** Activations that failed. */
    ACTIVATE_FAILS,
    /** Requests that make no sense. */
    ENTROPY_EVENT_FAILS,
    /** Requests. */
    ENTROPY_EVENT_COUNT,
    /** Bytes given to the guest. */
    ENTROPY_BYTES,
    /** Failures of the host's source. */
    HOST_RNG_FAILS,
    /** Requests that the limiter held back. */
    ENTROPY_RATE_LIMITER_THROTTLED,
    /** Times that the limiter opened again. */
    RATE_LIMITER_EVENT_COUNT
  }

  private final RandomGenerator random;
  private final RateLimiter limiter;
  private final Counters<Count> counters = new Counters<>(Count.class);
  private final LinkSlot link = new LinkSlot();

  /** The state beyond the queue: the limiter's. */
  public record RngState(RateLimiter.State limiter) implements State {}

  /**
   * Makes a device.
   *
   * @param random where the entropy comes from: a {@link java.security.SecureRandom}, except in tests
   * @param limiter for requests and their bytes
   */
  public VirtioRng(RandomGenerator random, RateLimiter limiter) {
    this.random = random;
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
  public long readConfig(int offset, int size) {
    return 0;
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
    for (int budget = SplitQueue.MAX_SIZE; budget > 0; budget--) {
      Chain chain = queue.pop();
      if (chain == null) {
        current.signal(queue);
        if (!queue.enableNotification()) {
          return;
        }
        continue;
      }
      if (!limiter.admit(Math.min(chain.writableLength(), LARGEST_REQUEST))) {
        queue.undoPop();
        counters.count(Count.ENTROPY_RATE_LIMITER_THROTTLED);
        current.signal(queue);
        return;
      }
      queue.push(chain, fill(current, chain));
    }
    current.signal(queue);
    current.schedule(index);
  }

  private int fill(VirtioLink current, Chain chain) {
    counters.count(Count.ENTROPY_EVENT_COUNT);
    if (chain.readableLength() > 0) {
      counters.count(Count.ENTROPY_EVENT_FAILS);
      return 0;
    }
    byte[] bytes = new byte[(int) Math.min(chain.writableLength(), LARGEST_REQUEST)];
    random.nextBytes(bytes);
    try {
      int written = chain.write(current.memory(), bytes, 0, bytes.length);
      counters.add(Count.ENTROPY_BYTES, written);
      return written;
    } catch (GuestAddressException e) {
      counters.count(Count.ENTROPY_EVENT_FAILS);
      return 0;
    }
  }

  @Override
  public State save() {
    return new RngState(limiter.save());
  }

  @Override
  public void restore(State state) {
    if (!(state instanceof RngState(RateLimiter.State buckets))) {
      throw new IllegalArgumentException("not the state of an entropy device");
    }
    limiter.restore(buckets);
  }
}
