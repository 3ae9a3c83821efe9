package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The metrics.
 *
 * @param metricsPath the file or pipe that they go to
 * @param emitId whether lines have the instance's identifier
 * @param properties more that lines have
 */
public record MetricsConfig(String metricsPath, boolean emitId, Map<String, String> properties) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("metrics_path", "emit_id", "properties");

  /** Reads one. */
  public static MetricsConfig read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "MetricsConfig", false, FIELDS);
    @Nullable String metricsPath = null;
    boolean emitId = false;
    Map<String, String> properties = Map.of();
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "metrics_path" -> metricsPath = in.string("path string");
        case "emit_id" -> emitId = in.bool();
        default -> properties = in.map(JsonReader::string);
      }
    }
    return new MetricsConfig(fields.required("metrics_path", metricsPath), emitId, properties);
  }
}
