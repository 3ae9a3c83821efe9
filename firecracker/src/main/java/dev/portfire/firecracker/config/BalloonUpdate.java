package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of a balloon.
 *
 * @param amountMib MiB that it takes from the guest
 */
public record BalloonUpdate(long amountMib) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("amount_mib");

  /** Reads one. */
  public static BalloonUpdate read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "BalloonUpdateConfig", FIELDS);
    @Nullable Long amountMib = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        default -> amountMib = in.unsigned("u32", 32);
      }
    }
    return new BalloonUpdate(fields.required("amount_mib", amountMib));
  }
}
