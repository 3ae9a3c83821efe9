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

final class FirecrackerTest {
  @TempDir
  Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) throws InterruptedException {
    RawTerminal none = () -> {
      throw new IOException("no terminal in a test");
    };
    return new Firecracker(none, false)
        .run(
            List.of(arguments),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String errors() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private int runConfiguration(String json) throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve("config.json"), json);
    return run("--no-api", "--config-file", file.toString());
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
  void refusesArgumentsInFirecrackersWords() throws InterruptedException {
    assertThat(run("--bogus")).isEqualTo(153);
    assertThat(errors())
        .isEqualTo("Arguments parsing error: Found argument 'bogus' which wasn't expected, or isn't valid in this"
            + " context. \n\nFor more information try --help.\n");
    err.reset();
    assertThat(run("--no-api")).isEqualTo(153);
    assertThat(errors()).contains("Argument 'config-file' required, but not found.");
    err.reset();
    assertThat(run("--id", "--no-api")).isEqualTo(153);
    assertThat(errors()).contains("The argument 'id' requires a value, but none was supplied.");
    err.reset();
    assertThat(run("--id", "a", "--id", "b")).isEqualTo(153);
    assertThat(errors()).contains("The argument 'id' was provided more than once.");
    assertThat(run("--config-file=x")).isEqualTo(153);
    assertThat(run("--level", "Loud", "--no-api", "--config-file", "x")).isEqualTo(152);
  }

  @Test
  void refusesBadConfigurationsInOneLine() throws IOException, InterruptedException {
    assertThat(run("--no-api", "--config-file", directory.resolve("none").toString())).isEqualTo(1);
    assertThat(errors()).contains("Unable to open or read from the configuration file").hasLineCount(1);
    err.reset();
    assertThat(runConfiguration("{\"boot-source\":{\"kernel_image_path\":\"k\",\"x\":1},\"drives\":[]}"))
        .isEqualTo(1);
    assertThat(errors())
        .startsWith("Error: Configuration for VMM from one single json failed: unknown field `x`")
        .hasLineCount(1);
    err.reset();
    assertThat(runConfiguration("{\"boot-source\":{\"kernel_image_path\":\"/none/k\"},\"drives\":[]}"))
        .isEqualTo(1);
    assertThat(errors()).contains("kernel /none/k does not exist").hasLineCount(1);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("Running Firecracker v").contains("exit_code=1");
  }
}
