package dev.portfire.firecracker.config;

import dev.portfire.vmm.RateLimiterConfig;
import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import dev.portfire.vmm.json.JsonWriter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Limits of bytes and of operations.
 *
 * @param bandwidth bytes
 * @param ops operations
 */
public record RateLimiter(@Nullable TokenBucket bandwidth, @Nullable TokenBucket ops) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("bandwidth", "ops");

  /** What a machine is told: no limits for null. */
  public static RateLimiterConfig toMachine(@Nullable RateLimiter limiter) {
    if (limiter == null) {
      return RateLimiterConfig.NONE;
    }
    return new RateLimiterConfig(
        Optional.ofNullable(limiter.bandwidth).map(TokenBucket::toMachine),
        Optional.ofNullable(limiter.ops).map(TokenBucket::toMachine));
  }

  /** The limits after an update: a bucket that is not given stays as it was, one that limits nothing goes. */
  public static @Nullable RateLimiter updated(@Nullable RateLimiter old, @Nullable RateLimiter change) {
    if (change == null) {
      return old;
    }
    return new RateLimiter(
        change.bandwidth != null || old == null ? change.bandwidth : old.bandwidth,
        change.ops != null || old == null ? change.ops : old.ops);
  }

  /** Writes one; null if nothing is limited. */
  public static void write(JsonWriter out, @Nullable RateLimiter limiter) {
    TokenBucket bytes = limiter == null ? null : limits(limiter.bandwidth);
    TokenBucket operations = limiter == null ? null : limits(limiter.ops);
    if (bytes == null && operations == null) {
      out.nothing();
      return;
    }
    out.begin();
    bucket(out.name("bandwidth"), bytes);
    bucket(out.name("ops"), operations);
    out.end();
  }

  private static @Nullable TokenBucket limits(@Nullable TokenBucket bucket) {
    return bucket != null && bucket.limits() ? bucket : null;
  }

  private static void bucket(JsonWriter out, @Nullable TokenBucket bucket) {
    if (bucket == null) {
      out.nothing();
      return;
    }
    out.begin().name("size").unsigned(bucket.size()).name("one_time_burst");
    Long burst = bucket.oneTimeBurst();
    if (burst == null) {
      out.nothing();
    } else {
      out.unsigned(burst);
    }
    out.name("refill_time").unsigned(bucket.refillTime()).end();
  }

  /** Reads one. */
  public static RateLimiter read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "RateLimiterConfig", FIELDS);
    @Nullable TokenBucket bandwidth = null;
    @Nullable TokenBucket ops = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "bandwidth" -> bandwidth = in.isNull() ? null : TokenBucket.read(in);
        default -> ops = in.isNull() ? null : TokenBucket.read(in);
      }
    }
    return new RateLimiter(bandwidth, ops);
  }
}
