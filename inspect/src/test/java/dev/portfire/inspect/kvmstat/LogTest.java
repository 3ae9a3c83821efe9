package dev.portfire.inspect.kvmstat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.kvmstat.Counters.Count;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTest {
  private static final Event EXIT = new Event("kvm_exit");
  private static final Event HLT = new Event("kvm_exit(HLT)", "kvm_exit");
  private static final Map<Event, Count> SOME = Map.of(EXIT, new Count(100, 12), HLT, new Count(50, 7));
  private static final Map<Event, Count> NONE = Map.of(EXIT, new Count(100, 0), HLT, new Count(50, 0));
  private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T06:40:14.9Z"), ZoneOffset.ofHours(1));

  @TempDir
  Path directory;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);

  private Log log(boolean csv, boolean skipZeros, boolean utc, Optional<Path> file) throws IOException {
    return new Log(new Log.Form(csv, skipZeros, utc, file), List.of(EXIT, HLT), CLOCK, out);
  }

  private String written() {
    out.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void linesForPeople() throws IOException {
    try (Log log = log(false, false, false, Optional.empty())) {
      for (int i = 0; i < 21; i++) {
        log.line(SOME);
      }
    }
    String banner = "kvm_exit kvm_exit(HLT) \n";
    String line = "2026-11-22 07:40:14        12         7\n";
    assertThat(written()).isEqualTo(banner + line.repeat(20) + banner + line);
  }

  @Test
  void linesForPrograms() throws IOException {
    try (Log log = log(true, true, false, Optional.empty())) {
      log.line(SOME);
      log.line(NONE);
      log.line(Map.of());
    }
    assertThat(written()).isEqualTo("timestamp,kvm_exit,kvm_exit(HLT)\n2026-11-22 07:40:14,12,7\n");
  }

  @Test
  void timesOfUtc() throws IOException {
    try (Log log = log(true, false, true, Optional.empty())) {
      log.line(NONE);
    }
    assertThat(written()).endsWith("\n2026-11-22T06:40:14Z,0,0\n");
  }

  @Test
  void aFileIsContinuedAndOpenedAgain() throws IOException {
    Path file = directory.resolve("log.csv");
    try (Log log = log(true, false, false, Optional.of(file))) {
      log.line(SOME);
    }
    try (Log log = log(true, false, false, Optional.of(file))) {
      log.line(SOME);
      Files.move(file, directory.resolve("old"));
      log.reopen();
      log.line(NONE);
    }
    String head = "timestamp,kvm_exit,kvm_exit(HLT)\n";
    assertThat(directory.resolve("old")).hasContent(head + "2026-11-22 07:40:14,12,7\n".repeat(2));
    assertThat(file).hasContent(head + "2026-11-22 07:40:14,0,0\n");
    assertThat(written()).isEmpty();
  }
}
