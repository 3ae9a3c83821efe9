package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.cli.guest.DefaultGuest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest's write meets the limit of a file's size, as a jailer sets one: SIGXFSZ. */
final class FileLimitE2E {
  private static final int LIMIT = 1 << 20;

  private static final String SCRIPT =
      """
      dd if=/dev/urandom of=/dev/vda bs=4096 count=1 oflag=direct 2>/dev/null || echo "FAILED below the limit"
      echo "ready: below"
      read -r answer
      dd if=/dev/urandom of=/dev/vda bs=4096 seek=512 count=1 oflag=direct 2>/dev/null && echo "FAILED no limit"
      echo "an error of the drive"
      read -r answer
      """;

  private static FirecrackerMachine limited(Path directory, String engine) throws Exception {
    Path image = directory.resolve(engine + ".img");
    try (RandomAccessFile made = new RandomAccessFile(image.toFile(), "rw")) {
      made.setLength(4 << 20);
    }
    FirecrackerMachine m = new FirecrackerMachine(directory, engine, List.of(), List.of());
    m.put("/boot-source", """
        {"kernel_image_path": "%s", "initrd_path": "%s", "boot_args": "console=ttyS0 reboot=k panic=-1 quiet"}""".formatted(
        DefaultGuest.get(DefaultGuest.userCache(), System.err::println).kernel(),
        Files.write(directory.resolve("initrd"), TinyInitrd.withDrivers(List.of(), SCRIPT))));
    m.put("/drives/disk", """
        {"drive_id": "disk", "path_on_host": "%s", "is_root_device": false, "io_engine": "%s"}""".formatted(image, engine));
    m.put("/metrics", "{\"metrics_path\": \"%s\"}".formatted(directory.resolve(engine + ".metrics")));
    m.put("/actions", "{\"action_type\": \"InstanceStart\"}");
    m.await("the guest", () -> m.console().contains("ready: below"));
    try {
      Process limit = new ProcessBuilder("prlimit", "--pid", Long.toString(m.process.pid()), "--fsize=" + LIMIT)
          .inheritIO()
          .start();
      Assumptions.assumeTrue(limit.waitFor() == 0, "prlimit fails here");
    } catch (IOException e) {
      Assumptions.abort("there is no prlimit to set a limit with");
    }
    m.goOn();
    return m;
  }

  @Test
  void aWriteBeyondItEndsTheProgram(@TempDir Path directory) throws Exception {
    Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "handlers are there on x86-64 only");
    try (FirecrackerMachine m = limited(directory, "Sync")) {
      assertThat(m.process.waitFor(1, TimeUnit.MINUTES)).as(m.console()).isTrue();
      assertThat(m.process.exitValue()).as(m.console()).isEqualTo(151);
      assertThat(Files.readString(directory.resolve("Sync.log")))
          .contains("Shutting down VM after intercepting signal 25, code 0.\n");
      List<String> metrics = Files.readAllLines(directory.resolve("Sync.metrics"));
      assertThat(metrics).hasSize(2);
      assertThat(metrics.getLast()).contains("\"sigxfsz\":1,");
    }
  }

  @Test
  void withTheAsynchronousEngineItIsAnErrorOfTheDrive(@TempDir Path directory) throws Exception {
    try (FirecrackerMachine m = limited(directory, "Async")) {
      m.await("the drive's error", () -> m.console().contains("an error of the drive"));
      assertThat(m.says("/", "\"state\":\"Running\"")).isTrue();
    }
  }
}
