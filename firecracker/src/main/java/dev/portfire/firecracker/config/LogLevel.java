package dev.portfire.firecracker.config;

import java.util.Locale;
import java.util.Optional;

/** Severities, the most severe first; a log has all up to its level. */
public enum LogLevel {
  /** Nothing at all. */
  OFF,
  /** Something failed. */
  ERROR,
  /** Something is odd. */
  WARN,
  /** Something happened. */
  INFO,
  /** Details. */
  DEBUG,
  /** More details. */
  TRACE;

  /** The level of a name in any case; {@code Warning} is one of the names. */
  public static Optional<LogLevel> of(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    for (LogLevel level : values()) {
      if (level.name().equals(upper.equals("WARNING") ? "WARN" : upper)) {
        return Optional.of(level);
      }
    }
    return Optional.empty();
  }
}
