package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import dev.portfire.vmm.json.JsonWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An entropy device.
 *
 * @param rateLimiter limits of requests
 */
public record EntropyConfig(@Nullable RateLimiter rateLimiter) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("rate_limiter");

  /** Reads one. */
  public static EntropyConfig read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "EntropyDeviceConfig", FIELDS);
    @Nullable RateLimiter rateLimiter = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        default -> rateLimiter = in.isNull() ? null : RateLimiter.read(in);
      }
    }
    return new EntropyConfig(rateLimiter);
  }

  /** Writes it. */
  public void write(JsonWriter out) {
    out.begin();
    out.name("rate_limiter");
    RateLimiter.write(out, rateLimiter);
    out.end();
  }
}
