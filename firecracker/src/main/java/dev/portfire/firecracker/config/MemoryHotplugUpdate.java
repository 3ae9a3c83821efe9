package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of plugged memory.
 *
 * @param requestedSizeMib MiB that the guest should have
 */
public record MemoryHotplugUpdate(long requestedSizeMib) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("requested_size_mib");

  /** Reads one. */
  public static MemoryHotplugUpdate read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "MemoryHotplugSizeUpdate", FIELDS);
    @Nullable Long requestedSizeMib = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        default -> requestedSizeMib = in.unsigned("usize", 64);
      }
    }
    return new MemoryHotplugUpdate(fields.required("requested_size_mib", requestedSizeMib));
  }
}
