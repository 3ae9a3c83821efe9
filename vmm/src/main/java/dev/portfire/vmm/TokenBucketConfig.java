package dev.portfire.vmm;

import dev.portfire.devices.TokenBucket;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A limit per time, as Firecracker's TokenBucket. With a size or a time of 0 there is no limit.
 *
 * @param size how many tokens a full bucket has
 * @param oneTimeBurst tokens that are there once in addition
 * @param refillTime how many milliseconds it takes to fill an empty bucket
 */
public record TokenBucketConfig(long size, OptionalLong oneTimeBurst, long refillTime) {
  /** The full bucket, or null if there is no limit. */
  @Nullable TokenBucket bucket(long now) {
    return TokenBucket.possible(size, refillTime)
        ? new TokenBucket(size, Math.max(0, oneTimeBurst.orElse(0)), refillTime, now)
        : null;
  }
}
