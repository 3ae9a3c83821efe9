package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of the statistics of a balloon.
 *
 * @param statsPollingIntervalS seconds between statistics
 */
public record BalloonStatsUpdate(int statsPollingIntervalS) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("stats_polling_interval_s");

  /** Reads one. */
  public static BalloonStatsUpdate read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "BalloonUpdateStatsConfig", FIELDS);
    @Nullable Integer statsPollingIntervalS = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        default -> statsPollingIntervalS = (int) in.unsigned("u16", 16);
      }
    }
    return new BalloonStatsUpdate(fields.required("stats_polling_interval_s", statsPollingIntervalS));
  }
}
