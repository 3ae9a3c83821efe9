package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.util.List;

/**
 * The start of free page hinting.
 *
 * @param acknowledgeOnStop whether the guest may reuse pages when it is done
 */
public record HintingStart(boolean acknowledgeOnStop) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("acknowledge_on_stop");

  /** Reads one. */
  public static HintingStart read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "StartHintingCmd", FIELDS);
    boolean acknowledgeOnStop = true;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        default -> acknowledgeOnStop = in.bool();
      }
    }
    return new HintingStart(acknowledgeOnStop);
  }
}
