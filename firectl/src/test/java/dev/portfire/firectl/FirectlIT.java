package dev.portfire.firectl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that are no firecracker: what firectl says of them, and that it leaves none of them behind. */
final class FirectlIT {
  @TempDir
  Path directory;

  private Path tmp;
  private Path pid;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void makeFiles() throws Exception {
    tmp = Files.createDirectory(directory.resolve("tmp"));
    pid = directory.resolve("pid");
    Files.createFile(directory.resolve("kernel"));
  }

  private int run(String script, String... words) throws Exception {
    Path program = directory.resolve("program");
    Files.writeString(program, "#!/bin/sh\necho $$ >" + pid + "\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    List<String> command = new ArrayList<>(List.of(
        "--firecracker-binary", program.toString(), "--kernel", directory.resolve("kernel").toString(), "--initrd-path",
        directory.resolve("kernel").toString(), "-s", tmp.resolve("socket").toString(), "-l",
        directory.resolve("log").toString()));
    command.addAll(List.of(words));
    Map<String, String> environment =
        Map.of("TMPDIR", tmp.toString(), "FIRECRACKER_GO_SDK_INIT_TIMEOUT_SECONDS", "1");
    int status = new Firectl(
            System.out, new PrintStream(err, true, StandardCharsets.UTF_8), true, environment, Optional.empty(), false)
        .run(command);
    try (Stream<Path> left = Files.list(tmp)) {
      assertThat(left).isEmpty();
    }
    long process = Long.parseLong(Files.readString(pid).strip());
    assertThat(ProcessHandle.of(process).filter(ProcessHandle::isAlive)).isEmpty();
    return status;
  }

  @Test
  void aProgramThatEndsAtOnceIsNotWaitedFor() throws Exception {
    assertThat(run("exit 153")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo(
        "FATA[0000] Failed to start machine: the program that was to listen on " + tmp.resolve("socket")
            + " has ended; firecracker's exit status is 153\n");
  }

  @Test
  void aProgramWithoutAnApiIsEnded() throws Exception {
    assertThat(run("exec sleep 1000")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).matches(
        "FATA\\[000.\\] Failed to start machine: the API socket .* was not ready within 1000 ms: it does not exist\n");
  }

  @Test
  void aProgramThatDoesNotWantToEndIsKilled() throws Exception {
    assertThat(run("trap '' TERM\nwhile true; do sleep 0.1; done")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("was not ready within 1000 ms");
  }

  @Test
  void itsLogIsKept() throws Exception {
    String script = "for fifo in " + tmp + "/fcfifo*/fc_fifo; do echo \"$@\" >$fifo; done\nexit 3";
    assertThat(run(script)).isEqualTo(1);
    assertThat(Files.readString(directory.resolve("log"))).isEqualTo("--api-sock " + tmp.resolve("socket") + "\n");
  }
}
