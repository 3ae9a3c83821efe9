package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of a persistent memory device; null is no change.
 *
 * @param id its name
 * @param rateLimiter changed limits
 */
public record PmemUpdate(String id, @Nullable RateLimiter rateLimiter) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("id", "rate_limiter");

  /** Reads one. */
  public static PmemUpdate read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "PmemDeviceUpdateConfig", FIELDS);
    @Nullable String id = null;
    @Nullable RateLimiter rateLimiter = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "id" -> id = in.string();
        default -> rateLimiter = in.isNull() ? null : RateLimiter.read(in);
      }
    }
    return new PmemUpdate(fields.required("id", id), rateLimiter);
  }
}
