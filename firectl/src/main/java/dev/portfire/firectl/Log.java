package dev.portfire.firectl;

import java.io.PrintStream;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** What firectl says, on stderr, in the two forms of logrus: for terminals, and {@code time="..." level=... msg="..."}. */
final class Log {
  private static final int WORD = 4;

  private final PrintStream err;
  private final boolean terminal;
  private final boolean debug;
  private final long start = System.nanoTime();

  Log(PrintStream err, boolean terminal, boolean debug) {
    this.err = err;
    this.terminal = terminal;
    this.debug = debug;
  }

  void debug(String message) {
    if (debug) {
      write("debug", message);
    }
  }

  void info(String message) {
    write("info", message);
  }

  void warning(String message) {
    write("warning", message);
  }

  void error(String message) {
    write("error", message);
  }

  /** What ends the program. */
  void fatal(String message) {
    write("fatal", message);
  }

  private synchronized void write(String level, String message) {
    if (terminal) {
      long seconds = (System.nanoTime() - start) / 1_000_000_000L;
      err.printf("%s[%04d] %s%n", level.toUpperCase(Locale.ROOT).substring(0, WORD), seconds, message);
    } else {
      String time = ZonedDateTime.now(ZoneId.systemDefault())
          .truncatedTo(ChronoUnit.SECONDS)
          .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
      err.printf("time=\"%s\" level=%s msg=%s%n", time, level, quoted(message));
    }
    err.flush();
  }

  private static String quoted(String message) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < message.length(); i++) {
      char c = message.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        default -> out.append(c < ' ' ? '?' : c);
      }
    }
    return out.append('"').toString();
  }
}
