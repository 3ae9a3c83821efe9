package dev.portfire.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.firecracker.config.LogLevel;
import dev.portfire.vmm.OutputFile;
import dev.portfire.vmm.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogTest {
  private final List<String> lines = new ArrayList<>();
  private final Log log = new Log("id", line -> lines.add(new String(line, StandardCharsets.UTF_8)), new Metrics());

  @Test
  void leavesOutWhatIsLessSevere() {
    log.debug("a detail");
    log.level(LogLevel.ERROR);
    log.warn("a warning");
    log.error("an error");
    log.level(LogLevel.OFF);
    log.error("another");
    assertThat(lines).singleElement().asString().endsWith("] an error\n");
  }

  @Test
  void leavesOutOtherModules() {
    log.module("dev::portfire::firecracker::LogTest");
    log.info("mine");
    log.module("dev.portfire.vmm");
    log.info("not theirs");
    assertThat(lines).singleElement().asString().endsWith("] mine\n");
  }

  @Test
  void takesMessagesWithoutValues() {
    log.install();
    new LogFinder().getLogger("test", LogTest.class.getModule()).log(System.Logger.Level.WARNING, "plain {0}");
    assertThat(lines).singleElement().asString().endsWith("] plain {0}\n");
  }

  @Test
  void aLogThatGoesElsewhereLetsGoOfItsFile(@TempDir Path directory) throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    Assumptions.assumeTrue(Files.exists(descriptors), "there is no /proc to count open files in");
    log.file(OutputFile.open(directory.resolve("first")));
    long before = count(descriptors);
    for (int i = 0; i < 50; i++) {
      log.file(OutputFile.open(directory.resolve("log" + i % 2)));
      log.info("line " + i);
    }
    assertThat(count(descriptors)).isLessThan(before + 25);
    log.close();
    log.info("to nobody");
    assertThat(Files.readString(directory.resolve("log1"))).contains("line 1\n", "line 49\n").doesNotContain("nobody");
  }

  private static long count(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.count();
    }
  }

  @Test
  void limitsWhatAGuestCanCause() {
    for (int i = 0; i < 30; i++) {
      log.limited(LogLevel.WARN, "one", "flood");
    }
    assertThat(lines).hasSize(10);
    log.limited(LogLevel.WARN, "another", "drop");
    assertThat(lines).hasSize(11);
  }
}
