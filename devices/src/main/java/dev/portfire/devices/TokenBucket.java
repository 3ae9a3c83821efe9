package dev.portfire.devices;

/**
 * A bucket of tokens that fills again over time. A one-time burst is used up first and never filled again. Not thread-safe.
 */
public final class TokenBucket {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final long size;
  private final long burstSize;
  private final long refillMillis;
  private long burst;
  private long budget;
  private long updated;

  /**
   * The size of a bucket and what is in it.
   *
   * @param size the capacity in tokens
   * @param burstSize the one-time burst that it began with
   * @param refillMillis how long it takes to fill an empty one
   * @param burst what is left of the one-time burst
   * @param budget the tokens in it
   * @param elapsedNanos how long ago it was last filled
   */
  public record State(
      long size, long burstSize, long refillMillis, long burst, long budget, long elapsedNanos) {}

  /**
   * Makes a full bucket.
   *
   * @param size the capacity in tokens, at least 1
   * @param oneTimeBurst additional tokens, once
   * @param refillMillis how long it takes to fill an empty one, at least 1
   * @param now the time in nanoseconds
   */
  public TokenBucket(long size, long oneTimeBurst, long refillMillis, long now) {
    if (!possible(size, refillMillis)) {
      throw new IllegalArgumentException("a bucket of %d tokens in %d ms limits nothing".formatted(size, refillMillis));
    }
    this.size = size;
    this.burstSize = oneTimeBurst;
    this.refillMillis = refillMillis;
    this.burst = oneTimeBurst;
    this.budget = size;
    this.updated = now;
  }

  /** Whether a bucket can be made of these: otherwise there is no limit. */
  public static boolean possible(long size, long refillMillis) {
    return size > 0
        && refillMillis > 0
        && Math.multiplyHigh(refillMillis, NANOS_PER_MILLI) == 0
        && refillMillis * NANOS_PER_MILLI > 0;
  }

  /** The bucket of a saved state. */
  public static TokenBucket restored(State state, long now) {
    TokenBucket bucket = new TokenBucket(state.size, state.burstSize, state.refillMillis, now);
    bucket.burst = Math.clamp(state.burst, 0, Math.max(0, state.burstSize));
    bucket.budget = Math.clamp(state.budget, 0, state.size);
    bucket.updated = now - state.elapsedNanos;
    return bucket;
  }

  State save(long now) {
    return new State(size, burstSize, refillMillis, burst, budget, now - updated);
  }

  /**
   * Takes tokens.
   *
   * @return 0 if they were there; −1 if they were not, and nothing was taken from the budget; otherwise more was asked for
   *     than the bucket ever holds, which is granted, and this is how many nanoseconds nothing may be taken for it
   */
  public long take(long tokens, long now) {
    long rest = tokens;
    if (burst > 0) {
      if (burst >= rest) {
        burst -= rest;
        updated = now;
        return 0;
      }
      rest -= burst;
      burst = 0;
    }
    if (rest > budget) {
      fill(now);
      if (rest > size) {
        rest -= budget;
        budget = 0;
        return Math.max(1, (long) ((double) rest / size * refillMillis * NANOS_PER_MILLI));
      }
      if (rest > budget) {
        return -1;
      }
    }
    budget -= rest;
    return 0;
  }

  /** Puts tokens back that were taken for nothing. */
  void putBack(long tokens) {
    if (burst > 0) {
      burst = Math.min(burst + tokens, burstSize);
    } else {
      budget = Math.min(budget + tokens, size);
    }
  }

  private void fill(long now) {
    long elapsed = now - updated;
    long period = refillMillis * NANOS_PER_MILLI;
    if (elapsed >= period) {
      budget = size;
      updated = now;
      return;
    }
    // elapsed is less than the period: the quotient is less than size.
    double exact = (double) elapsed * size / period;
    long tokens = (long) exact;
    if (tokens > 0) {
      budget = Math.min(budget + tokens, size);
      // The time that made a fraction of a token counts for the next one.
      updated += (long) ((double) tokens * period / size);
    }
  }
}
