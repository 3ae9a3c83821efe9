package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.cli.Portfire.Result;
import dev.portfire.cli.guest.DefaultGuest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/portfire} on a copy of what was built, with and without an AOT cache. */
final class LauncherE2E {
  @TempDir
  Path directory;

  private Path launcher;
  private Path layout;

  @BeforeEach
  void copyTheLayout() throws IOException {
    launcher = Files.createDirectories(directory.resolve("a b/bin")).resolve("portfire");
    Files.copy(Path.of("..", "bin", "portfire"), launcher, StandardCopyOption.COPY_ATTRIBUTES);
    layout = directory.resolve("a b/cli/target/portfire");
    Files.createDirectories(layout.resolve("lib"));
    try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of("target", "portfire", "lib"))) {
      for (Path jar : jars) {
        Files.copy(jar, layout.resolve("lib").resolve(jar.getFileName()));
      }
    }
  }

  private Result run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(arguments));
    return Portfire.process("", command);
  }

  /** How many classes the JVM took from an archive; the default one of the JDK has none of ours. */
  private long archivedClasses() throws IOException, InterruptedException {
    Path log = directory.resolve("classes");
    Result result = Portfire.process("", List.of(
        "env", "PORTFIRE_JAVA_OPTS=-Xlog:class+load:file=" + log, launcher.toString(), "--version"));
    assertThat(result).isEqualTo(new Result(0, "portfire " + Main.VERSION + "\n", ""));
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter(line -> line.contains("dev.portfire.") && line.contains("shared objects file")).count();
    }
  }

  @Test
  void usesTheAotCacheThatItMade() throws Exception {
    DefaultGuest.get(DefaultGuest.userCache(), System.err::println);
    assertThat(archivedClasses()).isZero();
    assertThat(run("--make-aot")).isEqualTo(new Result(0, "", ""));
    assertThat(archivedClasses()).isPositive();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(layout)) {
      assertThat(files).as("no temporary file is left").hasSize(3);
    }
    // Older than a jar: it is of another build.
    Files.setLastModifiedTime(layout.resolve("tools.aot"), FileTime.from(Instant.EPOCH));
    assertThat(archivedClasses()).isZero();
  }

  @Test
  void anAotCacheThatIsNoneIsIgnoredWithoutAWord() throws Exception {
    byte[] garbage = new byte[100_000];
    new Random(7).nextBytes(garbage);
    for (int length : new int[] {0, 100, garbage.length}) {
      Files.write(layout.resolve("tools.aot"), Arrays.copyOf(garbage, length));
      assertThat(run("--version")).isEqualTo(new Result(0, "portfire " + Main.VERSION + "\n", ""));
    }
  }
}
