package dev.portfire.devices;

import org.jspecify.annotations.Nullable;

/**
 * Limits a device's operations and bytes per time. When something is refused, nothing else is granted until a timer has run
 * out; then the device is told. Thread-safe.
 */
public final class RateLimiter {
  /** How long a limiter stays closed after it refused something. */
  private static final long REFUSED_NANOS = 100_000_000;

  private final Timers timers;
  private @Nullable TokenBucket bandwidth;
  private @Nullable TokenBucket operations;
  private Runnable opened = () -> {};
  private boolean closed;

  /**
   * What a limiter may be changed to.
   *
   * @param change whether it is changed at all
   * @param bucket the new bucket; null for no limit
   */
  public record Update(boolean change, @Nullable TokenBucket bucket) {
    /** Everything stays as it is. */
    public static final Update KEEP = new Update(false, null);
  }

  /** The buckets' states; null where there is no limit. */
  public record State(TokenBucket.@Nullable State bandwidth, TokenBucket.@Nullable State operations) {}

  /**
   * Makes a limiter.
   *
   * @param bandwidth bytes; null for no limit
   * @param operations operations; null for no limit
   */
  public RateLimiter(Timers timers, @Nullable TokenBucket bandwidth, @Nullable TokenBucket operations) {
    this.timers = timers;
    this.bandwidth = bandwidth;
    this.operations = operations;
  }

  /** A limiter that limits nothing until it is changed. */
  public static RateLimiter unlimited(Timers timers) {
    return new RateLimiter(timers, null, null);
  }

  /**
   * Says what to call on the devices' thread when the limiter grants things again. One device at a time.
   *
   * @param action what to do; it holds none of the limiter's locks
   */
  public synchronized void onOpened(Runnable action) {
    opened = action;
  }

  /**
   * Asks for one operation.
   *
   * @param bytes how many it moves; 0 if it moves none
   * @return whether it may be done now; if not, it takes nothing, and the device is told when to ask again
   */
  public synchronized boolean admit(long bytes) {
    if (bandwidth == null && operations == null) {
      return true;
    }
    if (closed || !take(operations, 1)) {
      return false;
    }
    // The operation's own success may have closed the limiter, if its bucket is that small.
    if (bytes > 0 && (closed || !take(bandwidth, bytes))) {
      if (operations != null) {
        operations.putBack(1);
      }
      return false;
    }
    return true;
  }

  /** Gives back what an operation took that was not done after all. */
  public synchronized void putBack(long bytes) {
    if (operations != null) {
      operations.putBack(1);
    }
    if (bandwidth != null) {
      bandwidth.putBack(bytes);
    }
  }

  private boolean take(@Nullable TokenBucket bucket, long tokens) {
    if (bucket == null) {
      return true;
    }
    long result = bucket.take(tokens, timers.nanoTime());
    if (result != 0) {
      closed = true;
      timers.after(result < 0 ? REFUSED_NANOS : result, this::open);
    }
    return result >= 0;
  }

  private void open() {
    Runnable action;
    synchronized (this) {
      closed = false;
      action = opened;
    }
    action.run();
  }

  /** Replaces buckets by full ones. What is not changed keeps its tokens. */
  public synchronized void update(Update newBandwidth, Update newOperations) {
    if (newBandwidth.change) {
      bandwidth = newBandwidth.bucket;
    }
    if (newOperations.change) {
      operations = newOperations.bucket;
    }
  }

  /** The state. */
  public synchronized State save() {
    long now = timers.nanoTime();
    return new State(
        bandwidth == null ? null : bandwidth.save(now), operations == null ? null : operations.save(now));
  }

  /** Replaces the state; a limiter that was closed is open. */
  public synchronized void restore(State state) {
    long now = timers.nanoTime();
    bandwidth = state.bandwidth == null ? null : TokenBucket.restored(state.bandwidth, now);
    operations = state.operations == null ? null : TokenBucket.restored(state.operations, now);
  }
}
