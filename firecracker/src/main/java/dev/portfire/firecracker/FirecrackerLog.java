package dev.portfire.firecracker;

import java.io.PrintStream;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes log lines in Firecracker's form: local time with nine digits, the instance and the thread, then the message.
 */
final class FirecrackerLog {
  /** Severities from the most to the least severe. */
  enum Level {
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
    static Optional<Level> of(String name) {
      String upper = name.toUpperCase(Locale.ROOT);
      return List.of(values()).stream()
          .filter(level -> level.name().equals(upper.equals("WARNING") ? "WARN" : upper))
          .findFirst();
    }
  }

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS", Locale.ROOT);

  private final PrintStream out;
  private final String id;
  private final Level level;
  private final boolean showLevel;

  FirecrackerLog(PrintStream out, String id, Level level, boolean showLevel) {
    this.out = out;
    this.id = id;
    this.level = level;
    this.showLevel = showLevel;
  }

  /** Something happened. */
  void info(String message) {
    write(Level.INFO, message);
  }

  /** Something failed. */
  void error(String message) {
    write(Level.ERROR, message);
  }

  private synchronized void write(Level severity, String message) {
    if (severity.compareTo(level) <= 0) {
      String time = TIME.format(LocalDateTime.now(ZoneId.systemDefault()));
      out.printf("%s [%s:main%s] %s%n", time, id, showLevel ? ":" + severity : "", message);
      out.flush();
    }
  }
}
