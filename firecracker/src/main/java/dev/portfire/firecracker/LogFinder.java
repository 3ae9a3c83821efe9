package dev.portfire.firecracker;

import dev.portfire.firecracker.config.LogLevel;
import java.lang.System.Logger;
import java.text.MessageFormat;
import java.util.Optional;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * Gives everything in the process that logs the log of {@code firecracker}; where there is none, warnings and errors are a
 * line on stderr.
 */
public final class LogFinder extends System.LoggerFinder {
  /** For the service loader. */
  public LogFinder() {}

  @Override
  public Logger getLogger(String name, Module module) {
    return new Bridge(name);
  }

  /** A logger. */
  static final class Bridge implements Logger {
    private final String name;

    Bridge(String name) {
      this.name = name;
    }

    @Override
    public String getName() {
      return name;
    }

    private static LogLevel severity(Level level) {
      return switch (level) {
        case ALL, TRACE -> LogLevel.TRACE;
        case DEBUG -> LogLevel.DEBUG;
        case INFO -> LogLevel.INFO;
        case WARNING -> LogLevel.WARN;
        case ERROR -> LogLevel.ERROR;
        case OFF -> LogLevel.OFF;
      };
    }

    @Override
    public boolean isLoggable(Level level) {
      Optional<Log> log = Log.current();
      return log.isPresent()
          ? log.get().isLoggable(severity(level))
          : level == Level.WARNING || level == Level.ERROR;
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
      write(level, String.valueOf(message), String.valueOf(message) + (thrown == null ? "" : ": " + thrown));
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String format, Object... values) {
      String pattern = String.valueOf(format);
      if (!isLoggable(level)) {
        return;
      }
      // System.Logger hands on null for a message without values.
      boolean plain = values == null || values.length == 0;
      write(level, pattern, plain ? pattern : MessageFormat.format(pattern, values));
    }

    private void write(Level level, String kind, String text) {
      Optional<Log> log = Log.current();
      if (log.isPresent()) {
        log.get().limited(severity(level), name + " " + kind, text);
      } else if (isLoggable(level)) {
        System.err.println(level.toString().toLowerCase(java.util.Locale.ROOT) + ": " + text);
      }
    }
  }
}
