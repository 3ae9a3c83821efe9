package dev.portfire.firecracker;

import dev.portfire.firecracker.config.LogLevel;
import dev.portfire.vmm.HostSignals;
import dev.portfire.vmm.OutputFile;
import dev.portfire.vmm.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The log, in Firecracker's form: local time with nine digits, the instance and the thread, on demand the level and the source
 * position, then the message.
 */
final class Log implements AutoCloseable {
  /** Takes lines. */
  @FunctionalInterface
  interface Sink {
    /** Writes one; returns whether it was taken. */
    boolean write(byte[] line);
  }

  /** What the guest can cause: at most this many lines of one kind at a time. */
  private static final int BURST = 10;

  private static final int STDOUT = 1;
  private static final long PERIOD_NANOS = 5_000_000_000L;
  private static final int MOST_KINDS = 1000;

  /** Classes that log for others. */
  private static final Set<String> OWN = Set.of(Log.class.getName(), LogFinder.Bridge.class.getName());

  private static volatile @Nullable Log current;

  private final String id;
  private final Metrics metrics;
  private final Map<String, Kind> kinds = new HashMap<>();
  private volatile LogLevel level = LogLevel.INFO;
  private volatile boolean showLevel;
  private volatile boolean showOrigin;
  private volatile String module = "";
  private volatile Runnable changed = () -> {};
  private Sink sink;
  private @Nullable OutputFile file;

  /** Lines of one origin: when the last of them would be forgotten (GCRA), and how many were not written. */
  private static final class Kind {
    private long forgotten;
    private long suppressed;
  }

  Log(String id, Sink sink, Metrics metrics) {
    this.id = id;
    this.sink = sink;
    this.metrics = metrics;
  }

  /** Makes this the log of everything in the process that logs. */
  void install() {
    current = this;
  }

  static Optional<Log> current() {
    return Optional.ofNullable(current);
  }

  /** Has lines go to a file from now on, which this closes when they go to another one. */
  void file(OutputFile next) {
    synchronized (this) {
      OutputFile before = file;
      file = next;
      sink = next::write;
      close(before);
    }
    changed.run();
  }

  /** The file that lines go to, if it is one. */
  synchronized Optional<Path> path() {
    return Optional.ofNullable(file).map(OutputFile::path);
  }

  /** Says what to do when lines go elsewhere, or look otherwise. */
  void whenChanged(Runnable action) {
    changed = action;
  }

  /**
   * An error's line without its end, for whoever cannot call {@link #error}.
   *
   * @param time whose date it has
   */
  synchronized HostSignals.LastLine errorLine(Class<?> origin, LocalDateTime time, String thread, String message) {
    if (!isLoggable(LogLevel.ERROR) || !origin.getName().startsWith(module)) {
      return new HostSignals.LastLine(-1, "", "");
    }
    StringBuilder begin = new StringBuilder();
    time(begin, time);
    begin.setLength(begin.indexOf("T") + 1);
    String severity = showLevel ? ":" + LogLevel.ERROR : "";
    return new HostSignals.LastLine(
        file == null ? STDOUT : file.descriptor(), begin.toString(), " [" + id + ":" + thread + severity + "] " + message);
  }

  /** Closes the file, if lines go to one; they go nowhere then. */
  @Override
  public synchronized void close() {
    OutputFile last = file;
    if (last != null) {
      file = null;
      sink = line -> false;
      close(last);
    }
  }

  private void close(@Nullable OutputFile before) {
    if (before != null) {
      try {
        before.close();
      } catch (IOException e) {
        metrics.count("logger", "missed_log_count");
      }
    }
  }

  void level(LogLevel newLevel) {
    level = newLevel;
    changed.run();
  }

  void showLevel(boolean show) {
    showLevel = show;
    changed.run();
  }

  void showOrigin(boolean show) {
    showOrigin = show;
  }

  /** Writes only what classes log whose full names begin so; Rust's {@code ::} counts as a dot. */
  void module(String prefix) {
    module = prefix.replace("::", ".");
    changed.run();
  }

  boolean isLoggable(LogLevel severity) {
    return severity.compareTo(level) <= 0;
  }

  /** Something failed. */
  void error(String message) {
    write(LogLevel.ERROR, message);
  }

  /** Something is odd. */
  void warn(String message) {
    write(LogLevel.WARN, message);
  }

  /** Something happened. */
  void info(String message) {
    write(LogLevel.INFO, message);
  }

  /** A detail. */
  void debug(String message) {
    write(LogLevel.DEBUG, message);
  }

  /**
   * Writes what a guest may have caused, if there has not been too much of it.
   *
   * @param kind tells one origin of lines from others
   */
  void limited(LogLevel severity, String kind, String message) {
    if (!isLoggable(severity)) {
      return;
    }
    long suppressed;
    synchronized (kinds) {
      if (kinds.size() > MOST_KINDS) {
        kinds.clear();
      }
      Kind known = kinds.computeIfAbsent(kind, name -> new Kind());
      long now = System.nanoTime();
      long interval = PERIOD_NANOS / BURST;
      long next = Math.max(known.forgotten, now) + interval;
      if (known.forgotten != 0 && next - now > PERIOD_NANOS) {
        known.suppressed++;
        metrics.count("logger", "rate_limited_log_count");
        return;
      }
      known.forgotten = known.forgotten == 0 ? now + interval : next;
      suppressed = known.suppressed;
      known.suppressed = 0;
    }
    if (suppressed > 0) {
      write(LogLevel.WARN, suppressed + " messages were suppressed due to rate limiting");
    }
    write(severity, message);
  }

  private void write(LogLevel severity, String message) {
    if (!isLoggable(severity)) {
      return;
    }
    String origin = "";
    if (showOrigin || !module.isEmpty()) {
      StackWalker.StackFrame frame = origin();
      if (frame != null && !frame.getClassName().startsWith(module)) {
        return;
      }
      if (showOrigin && frame != null) {
        String type = frame.getClassName();
        String directory = type.substring(0, type.lastIndexOf('.') + 1).replace('.', '/');
        origin = ":" + directory + frame.getFileName() + ":" + frame.getLineNumber();
      }
    }
    StringBuilder line = new StringBuilder(96 + message.length());
    time(line, LocalDateTime.now(ZoneId.systemDefault()));
    line.append(" [").append(id).append(':').append(Thread.currentThread().getName());
    if (showLevel) {
      line.append(':').append(severity);
    }
    line.append(origin).append("] ").append(message).append('\n');
    byte[] bytes = line.toString().getBytes(StandardCharsets.UTF_8);
    synchronized (this) {
      if (!sink.write(bytes)) {
        metrics.count("logger", "missed_log_count");
      }
    }
  }

  private static StackWalker.@Nullable StackFrame origin() {
    return StackWalker.getInstance()
        .walk(frames -> frames.filter(frame -> !OWN.contains(frame.getClassName())
                && !frame.getClassName().startsWith("java."))
            .findFirst())
        .orElse(null);
  }

  /** By hand: a formatter's classes are a good part of what a short start takes. */
  private static void time(StringBuilder out, LocalDateTime time) {
    digits(out, time.getYear(), 4);
    out.append('-');
    digits(out, time.getMonthValue(), 2);
    out.append('-');
    digits(out, time.getDayOfMonth(), 2);
    out.append('T');
    digits(out, time.getHour(), 2);
    out.append(':');
    digits(out, time.getMinute(), 2);
    out.append(':');
    digits(out, time.getSecond(), 2);
    out.append('.');
    digits(out, time.getNano(), 9);
  }

  private static void digits(StringBuilder out, int number, int width) {
    String text = Integer.toString(number);
    out.repeat('0', Math.max(0, width - text.length())).append(text);
  }
}
