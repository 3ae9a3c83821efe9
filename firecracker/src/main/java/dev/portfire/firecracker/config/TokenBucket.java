package dev.portfire.firecracker.config;

import dev.portfire.vmm.TokenBucketConfig;
import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A limit of tokens per time.
 *
 * @param size how many tokens a full bucket has, without a sign; 0 for no limit
 * @param oneTimeBurst tokens that are there once in addition
 * @param refillTime milliseconds to fill an empty bucket, without a sign; 0 for no limit
 */
public record TokenBucket(long size, @Nullable Long oneTimeBurst, long refillTime) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("size", "one_time_burst", "refill_time");

  /** The same for a machine. */
  public TokenBucketConfig toMachine() {
    return new TokenBucketConfig(size, oneTimeBurst == null ? OptionalLong.empty() : OptionalLong.of(oneTimeBurst), refillTime);
  }

  /** Whether it limits anything. */
  boolean limits() {
    return size != 0 && refillTime != 0;
  }

  /** Reads one. */
  public static TokenBucket read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "TokenBucketConfig", false, FIELDS);
    @Nullable Long size = null;
    @Nullable Long oneTimeBurst = null;
    @Nullable Long refillTime = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "size" -> size = in.unsigned("u64", 64);
        case "one_time_burst" -> oneTimeBurst = in.isNull() ? null : in.unsigned("u64", 64);
        default -> refillTime = in.unsigned("u64", 64);
      }
    }
    return new TokenBucket(fields.required("size", size), oneTimeBurst, fields.required("refill_time", refillTime));
  }
}
