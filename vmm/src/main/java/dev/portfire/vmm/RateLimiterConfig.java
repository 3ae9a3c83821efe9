package dev.portfire.vmm;

import dev.portfire.devices.RateLimiter;
import dev.portfire.devices.Timers;
import java.util.Optional;

/**
 * The limits of a device, as Firecracker's RateLimiter.
 *
 * @param bandwidth bytes; empty for no limit, or, in an update, for no change
 * @param ops operations; likewise
 */
public record RateLimiterConfig(Optional<TokenBucketConfig> bandwidth, Optional<TokenBucketConfig> ops) {
  /** No limits. */
  public static final RateLimiterConfig NONE = new RateLimiterConfig(Optional.empty(), Optional.empty());

  RateLimiter limiter(Timers timers) {
    long now = timers.nanoTime();
    return new RateLimiter(
        timers,
        bandwidth.map(config -> config.bucket(now)).orElse(null),
        ops.map(config -> config.bucket(now)).orElse(null));
  }

  /** Changes a limiter: a bucket that is not given stays as it is, one that limits nothing removes the limit. */
  void update(RateLimiter limiter, Timers timers) {
    long now = timers.nanoTime();
    limiter.update(change(bandwidth, now), change(ops, now));
  }

  private static RateLimiter.Update change(Optional<TokenBucketConfig> config, long now) {
    return config.map(given -> new RateLimiter.Update(true, given.bucket(now))).orElse(RateLimiter.Update.KEEP);
  }
}
