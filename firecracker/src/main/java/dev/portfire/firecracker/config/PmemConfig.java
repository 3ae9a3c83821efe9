package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import dev.portfire.vmm.json.JsonWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A persistent memory device.
 *
 * @param id its name
 * @param pathOnHost its file
 * @param rootDevice whether the guest finds its root file system there
 * @param readOnly whether the guest is kept from writing
 * @param rateLimiter limits of flushes
 */
public record PmemConfig(
    String id,
    String pathOnHost,
    boolean rootDevice,
    boolean readOnly,
    @Nullable RateLimiter rateLimiter) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("id", "path_on_host", "root_device", "read_only", "rate_limiter");

  /** This with what an update changes. */
  public PmemConfig with(PmemUpdate update) {
    return new PmemConfig(id, pathOnHost, rootDevice, readOnly, RateLimiter.updated(rateLimiter, update.rateLimiter()));
  }

  /** The device as a machine takes it. */
  public dev.portfire.vmm.PmemConfig toMachine() {
    return new dev.portfire.vmm.PmemConfig(id, Path.of(pathOnHost), readOnly, RateLimiter.toMachine(rateLimiter));
  }

  /** Reads one. */
  public static PmemConfig read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "PmemConfig", FIELDS);
    @Nullable String id = null;
    @Nullable String pathOnHost = null;
    boolean rootDevice = false;
    boolean readOnly = false;
    @Nullable RateLimiter rateLimiter = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "id" -> id = in.string();
        case "path_on_host" -> pathOnHost = in.string();
        case "root_device" -> rootDevice = in.bool();
        case "read_only" -> readOnly = in.bool();
        default -> rateLimiter = in.isNull() ? null : RateLimiter.read(in);
      }
    }
    return new PmemConfig(
        fields.required("id", id),
        fields.required("path_on_host", pathOnHost),
        rootDevice,
        readOnly,
        rateLimiter);
  }

  /** Writes it. */
  public void write(JsonWriter out) {
    out.begin();
    out.name("id");
    out.string(id);
    out.name("path_on_host");
    out.string(pathOnHost);
    out.name("root_device");
    out.bool(rootDevice);
    out.name("read_only");
    out.bool(readOnly);
    out.name("rate_limiter");
    RateLimiter.write(out, rateLimiter);
    out.end();
  }
}
