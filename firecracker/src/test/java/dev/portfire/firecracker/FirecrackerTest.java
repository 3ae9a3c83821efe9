package dev.portfire.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ends before there is a machine or a socket; the launched program is tested in {@code ApiConformanceIT}. */
final class FirecrackerTest {
  @TempDir
  Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) throws InterruptedException {
    RawTerminal none = () -> {
      throw new IOException("no terminal in a test");
    };
    return new Firecracker(none, false, false)
        .run(
            List.of(arguments),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String errors() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void helpsEvenWithWrongArguments() throws InterruptedException {
    assertThat(run("--bogus", "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .startsWith("Firecracker v")
        .contains("\n\noptional arguments:\n")
        .contains("  --id <id> ")
        .contains(" [default: \"anonymous-instance\"]");
  }

  @Test
  void logsWhereItIsToldTo() throws Exception {
    Path log = directory.resolve("log");
    assertThat(run(
            "--no-api", "--config-file", directory.resolve("none").toString(), "--id", "x", "--show-level",
            "--show-log-origin", "--level", "debug", "--log-path", log.toString()))
        .isEqualTo(134);
    assertThat(errors()).isEqualTo(
        "Unable to open or read from the configuration file: No such file or directory (os error 2)\n");
    assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    List<String> lines = Files.readAllLines(log);
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9} \\[x:[^:]+:INFO:"
        + "dev/portfire/firecracker/Firecracker\\.java:\\d+] Running Firecracker v.*");
    assertThat(lines.getLast()).contains(":ERROR:").contains("Firecracker panicked: Unable to open");
  }

  @Test
  void countsAPanic() throws Exception {
    Path metrics = directory.resolve("metrics");
    assertThat(run("--api-sock", directory.resolve("s").toString(), "--metadata", "/none", "--metrics-path", metrics.toString()))
        .isEqualTo(134);
    assertThat(Files.readAllLines(metrics)).singleElement().asString().contains("\"vmm\":{\"panic_count\":1}");
  }
}
