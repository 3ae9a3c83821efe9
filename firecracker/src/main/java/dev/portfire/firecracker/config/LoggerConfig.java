package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log.
 *
 * @param logPath the file or pipe that it goes to
 * @param level the least severe level that is written
 * @param showLevel whether lines have their level
 * @param showLogOrigin whether lines have their source position
 * @param module the beginning of the names of classes whose lines are written
 */
public record LoggerConfig(
    @Nullable String logPath,
    @Nullable LogLevel level,
    @Nullable Boolean showLevel,
    @Nullable Boolean showLogOrigin,
    @Nullable String module) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("log_path", "level", "show_level", "show_log_origin", "module");

  private static LogLevel level(JsonReader in, JsonStruct fields) throws JsonException {
    String name = in.string();
    LogLevel level = LogLevel.of(name).orElse(null);
    if (level == null) {
      throw fields.invalid("Failed to parse string to level: " + name);
    }
    return level;
  }

  /** Reads one. */
  public static LoggerConfig read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "LoggerConfig", FIELDS);
    @Nullable String logPath = null;
    @Nullable LogLevel level = null;
    @Nullable Boolean showLevel = null;
    @Nullable Boolean showLogOrigin = null;
    @Nullable String module = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "log_path" -> logPath = in.isNull() ? null : in.string("path string");
        case "level" -> level = in.isNull() ? null : level(in, fields);
        case "show_level" -> showLevel = in.isNull() ? null : in.bool();
        case "show_log_origin" -> showLogOrigin = in.isNull() ? null : in.bool();
        default -> module = in.isNull() ? null : in.string();
      }
    }
    return new LoggerConfig(logPath, level, showLevel, showLogOrigin, module);
  }
}
