package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of a disk; null is no change.
 *
 * @param driveId its name
 * @param pathOnHost its new file
 * @param rateLimiter changed limits
 */
public record DriveUpdate(String driveId, @Nullable String pathOnHost, @Nullable RateLimiter rateLimiter) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("drive_id", "path_on_host", "rate_limiter");

  /** Reads one. */
  public static DriveUpdate read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "BlockDeviceUpdateConfig", FIELDS);
    @Nullable String driveId = null;
    @Nullable String pathOnHost = null;
    @Nullable RateLimiter rateLimiter = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "drive_id" -> driveId = in.string();
        case "path_on_host" -> pathOnHost = in.isNull() ? null : in.string();
        default -> rateLimiter = in.isNull() ? null : RateLimiter.read(in);
      }
    }
    return new DriveUpdate(fields.required("drive_id", driveId), pathOnHost, rateLimiter);
  }
}
