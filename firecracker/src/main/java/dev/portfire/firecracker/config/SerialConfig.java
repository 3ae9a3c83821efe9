package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The serial port's output.
 *
 * @param serialOutPath the file that it goes to; null for stdout
 * @param rateLimiter bytes
 */
public record SerialConfig(@Nullable String serialOutPath, @Nullable TokenBucket rateLimiter) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("serial_out_path", "rate_limiter");

  /** Reads one. */
  public static SerialConfig read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "SerialConfig", FIELDS);
    @Nullable String serialOutPath = null;
    @Nullable TokenBucket rateLimiter = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "serial_out_path" -> serialOutPath = in.isNull() ? null : in.string("path string");
        default -> rateLimiter = in.isNull() ? null : TokenBucket.read(in);
      }
    }
    return new SerialConfig(serialOutPath, rateLimiter);
  }
}
