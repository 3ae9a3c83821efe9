package dev.portfire.inspect.kvmstat;

import dev.portfire.inspect.kvmstat.Counters.Count;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A line of changes for each interval, for people or as comma-separated values. */
final class Log implements AutoCloseable {
  private static final int BANNER_LINES = 20;
  private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

  /**
   * What the log looks like.
   *
   * @param csv comma-separated values, with a header
   * @param skipZeros no lines in which nothing has happened
   * @param utc times as in RFC 3339, of UTC
   * @param file where it is appended to; stdout if there is none
   */
  record Form(boolean csv, boolean skipZeros, boolean utc, Optional<Path> file) {}

  private final Form form;
  private final List<Event> events;
  private final Clock clock;
  private final PrintStream stdout;
  private PrintStream out;

  /** Lines since the last banner; negative before the first. */
  private int lines;

  /**
   * Begins a log with its banner.
   *
   * @param events what each line has
   * @param clock with the time zone of local times
   * @throws IOException if the file cannot be opened
   */
  Log(Form form, List<Event> events, Clock clock, PrintStream stdout) throws IOException {
    this.form = form;
    this.events = events;
    this.clock = clock;
    this.stdout = stdout;
    this.out = open();
  }

  private PrintStream open() throws IOException {
    lines = 0;
    PrintStream opened = stdout;
    boolean begun = false;
    if (form.file.isPresent()) {
      Path file = form.file.get();
      begun = Files.exists(file) && Files.size(file) > 0;
      opened = new PrintStream(new FileOutputStream(file.toFile(), true), false, StandardCharsets.UTF_8);
    }
    if (!form.csv || !begun) {
      opened.print(banner());
      opened.flush();
    }
    return opened;
  }

  private String banner() {
    StringBuilder text = new StringBuilder(form.csv ? "timestamp" : "");
    for (Event event : events) {
      text.append(form.csv ? "," : "").append(event.name()).append(form.csv ? "" : " ");
    }
    return text.append('\n').toString();
  }

  /** Opens the file again, which somebody may have moved away. */
  void reopen() throws IOException {
    close();
    out = open();
  }

  /** Writes the line of an interval. */
  void line(Map<Event, Count> counts) {
    List<Long> changes = events.stream().map(event -> change(counts, event)).toList();
    if (form.skipZeros && changes.stream().allMatch(change -> change == 0)) {
      return;
    }
    if (lines > 0 && lines % BANNER_LINES == 0 && !(form.csv && form.file.isPresent())) {
      out.print(banner());
    }
    StringBuilder text = new StringBuilder(timestamp());
    for (long change : changes) {
      text.append(form.csv ? "," + change : String.format(Locale.ROOT, " %9d", change));
    }
    out.print(text.append('\n'));
    out.flush();
    lines++;
  }

  private static long change(Map<Event, Count> counts, Event event) {
    Count count = counts.get(event);
    return count == null ? 0 : count.change();
  }

  private String timestamp() {
    Instant now = clock.instant();
    return form.utc
        ? DateTimeFormatter.ISO_INSTANT.format(now.atOffset(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS))
        : LOCAL.format(now.atZone(clock.getZone()));
  }

  @Override
  public void close() {
    if (form.file.isPresent()) {
      out.close();
    }
  }
}
