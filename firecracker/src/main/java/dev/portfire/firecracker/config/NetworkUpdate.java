package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of a network interface; null is no change.
 *
 * @param ifaceId its name
 * @param rxRateLimiter changed limits of frames to the guest
 * @param txRateLimiter changed limits of frames from the guest
 */
public record NetworkUpdate(
    String ifaceId,
    @Nullable RateLimiter rxRateLimiter,
    @Nullable RateLimiter txRateLimiter) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("iface_id", "rx_rate_limiter", "tx_rate_limiter");

  /** Reads one. */
  public static NetworkUpdate read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "NetworkInterfaceUpdateConfig", FIELDS);
    @Nullable String ifaceId = null;
    @Nullable RateLimiter rxRateLimiter = null;
    @Nullable RateLimiter txRateLimiter = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "iface_id" -> ifaceId = in.string();
        case "rx_rate_limiter" -> rxRateLimiter = in.isNull() ? null : RateLimiter.read(in);
        default -> txRateLimiter = in.isNull() ? null : RateLimiter.read(in);
      }
    }
    return new NetworkUpdate(fields.required("iface_id", ifaceId), rxRateLimiter, txRateLimiter);
  }
}
