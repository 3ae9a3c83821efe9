package dev.portfire.firectl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
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

/** What the program says and refuses before it starts anything, and what that leaves behind: nothing. */
class FirectlTest {
  @TempDir
  Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private String file;

  @BeforeEach
  void makeFile() throws IOException {
    file = Files.createFile(directory.resolve("file")).toString();
    Files.createDirectory(directory.resolve("tmp"));
  }

  private int run(boolean terminal, String... words) throws InterruptedException {
    out.reset();
    err.reset();
    Map<String, String> environment =
        Map.of("PATH", "", "HOME", directory.toString(), "TMPDIR", directory.resolve("tmp").toString());
    return new Firectl(
            new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), terminal,
            environment, Optional.empty(), false)
        .run(List.of(words));
  }

  private void refuses(String message, String... words) throws Exception {
    assertThat(run(true, words)).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("FATA[0000] " + message + "\n");
    assertThat(out.size()).isZero();
    try (Stream<Path> left = Files.walk(directory)) {
      assertThat(left).containsExactlyInAnyOrder(directory, directory.resolve("file"), directory.resolve("tmp"));
    }
  }

  @Test
  void theHelpIsWhereItBelongs() throws Exception {
    assertThat(run(false)).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo(Options.help());
    assertThat(run(false, "-h")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(Options.help());
    assertThat(run(false, "--bad")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("unknown flag `bad'\n\n" + Options.help());
    assertThat(run(false, "--version")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("Version: 0.2.0-portfire\nSupportedFirecrackerVersion: 1.0.0\n");
  }

  @Test
  void errorsHaveLogrussForms() throws Exception {
    refuses("unable to parse vsock devices: x", "--vsock-device", "x");
    assertThat(run(false, "--vsock-device", "a\"b")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).matches(
        "time=\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(Z|[+-]\\d\\d:\\d\\d)\" level=fatal"
            + " msg=\"unable to parse vsock devices: a\\\\\"b\"\n");
  }

  @Test
  void jailsAreChecked() throws Exception {
    String id = "i".repeat(90);
    String base = directory.toRealPath().toString();
    refuses("\"jailer\" is not in PATH: give --jailer a path", "--jailer", "jailer");
    refuses("Binary \"/none/jailer\" does not exist: stat /none/jailer: no such file or directory", "--jailer", "/none/jailer");
    refuses("--jailer needs --id", "--jailer", "/bin/true", "--exec-file", file);
    refuses("--jailer needs --exec-file", "--jailer", "/bin/true", "--id", "i");
    refuses("the jail cannot be made: /none/file: no such file or directory, or it cannot be opened",
        "--jailer", "/bin/true", "--id", "i", "--exec-file", "/none/file");
    refuses("the jail cannot be made: /none/base: no such file or directory, or it cannot be opened",
        "--jailer", "/bin/true", "--id", "i", "--exec-file", file, "--chroot-base-dir", "/none/base");
    refuses(
        "with --daemonize nobody would be there to look after FIFOs: leave --vmm-log-fifo, --metrics-fifo and --firecracker-log out",
        "--jailer", "/bin/true", "--id", "i", "--exec-file", file, "--daemonize", "--metrics-fifo", directory.resolve("m").toString());
    String socket = base + "/file/" + id + "/root/run/firecracker.socket";
    refuses("the path of the API socket, %s, has %d bytes, and 107 are possible: give a shorter --id or --chroot-base-dir"
            .formatted(socket, socket.length()),
        "--jailer", "/bin/true", "--id", id, "--exec-file", file, "--chroot-base-dir", base);
    refuses("Failed to start machine: there is nothing to boot into: give --root-drive or --initrd-path",
        "--jailer", "/bin/true", "--id", "i", "--exec-file", file, "--chroot-base-dir", base, "--kernel", file);
  }

  @Test
  void nothingIsLeftOfWhatCannotStart() throws Exception {
    String binary = "--firecracker-binary=/bin/true";
    refuses("vmm-log-fifo and firecracker-log cannot be used together", "--vmm-log-fifo", "x", "-l", "y");
    refuses("failed to create fifo log file: /none/log (No such file or directory)", "-l", "/none/log");
    refuses("failed to create fifos for log and metrics: mkfifo(\"" + file + "\", 0700): File exists (errno 17)",
        "--metrics-fifo", file);
    refuses("\"firecracker\" is not in PATH: give --firecracker-binary", "--kernel", file);
    refuses("Failed to start machine: failed to stat kernel image path, \"/none/k\": stat /none/k: no such file or directory",
        "--kernel", "/none/k", "--metrics-fifo", directory.resolve("m").toString(), binary);
    refuses("Failed to start machine: there is nothing to boot into: give --root-drive or --initrd-path",
        "--kernel", file, "--vmm-log-fifo", directory.resolve("l").toString(), binary);
    refuses("Failed to start machine: socket " + file + " already exists",
        "--kernel", file, "--root-drive", file, "-s", file, binary);
    String path = "/" + "x".repeat(107);
    refuses("the path of the API socket, " + path + ", has 108 bytes, and 107 are possible: give --socket-path",
        "--kernel", file, "--root-drive", file, "-s", path, binary);
    for (String bad : List.of("-1", "9223372036854775807")) {
      refuses("--shutdown-timeout is " + bad + ": give 1 to 1000000000 seconds, or 0 for any time",
          "--kernel", file, "--root-drive", file, "--shutdown-timeout", bad, binary);
    }
  }

  @Test
  void theProgramIsFoundAndLookedAt() throws Exception {
    List<Path> places = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      places.add(Files.createDirectory(directory.resolve(name)));
    }
    Path second = Files.createFile(places.get(1).resolve("firecracker"));
    Path third = Files.createFile(places.get(2).resolve("firecracker"));
    Files.setPosixFilePermissions(third, PosixFilePermissions.fromString("rwxr-xr-x"));
    String path = places.get(0) + ":" + places.get(1);
    assertThat(Binary.find(Optional.empty(), path, Optional.of(places.get(2)))).isEqualTo(third);
    assertThat(Binary.find(Optional.empty(), path + ":" + places.get(2), Optional.empty())).isEqualTo(third);
    assertThat(Binary.find(Optional.of(third.toString()), "", Optional.empty())).isEqualTo(third);
    assertThatThrownBy(() -> Binary.find(Optional.of(second.toString()), path, Optional.empty()))
        .hasMessage("Binary, \"" + second + "\", is not executable. Check permissions of binary");
    assertThatThrownBy(() -> Binary.find(Optional.of("/tmp"), path, Optional.empty()))
        .hasMessage("Binary, \"/tmp\", is a directory");
    assertThatThrownBy(() -> Binary.find(Optional.of("/none/f"), path, Optional.empty()))
        .hasMessage("Binary \"/none/f\" does not exist: stat /none/f: no such file or directory");
    Files.setPosixFilePermissions(second, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(Binary.find(Optional.empty(), path, Optional.of(places.get(2)))).isEqualTo(second);
  }

  @Test
  void theLogIsCopiedToItsLastByte() throws Exception {
    Path log = directory.resolve("log");
    Files.writeString(log, "old\n");
    Options options = Options.parse(List.of("-l", log.toString()));
    Log messages = new Log(new PrintStream(err, true, StandardCharsets.UTF_8), false, false);
    String text = "new line\n".repeat(20_000);
    try (Fifos fifos = Fifos.make(options, directory.resolve("tmp"), messages)) {
      Path made = fifos.log().orElseThrow();
      assertThat(made.getParent()).isEqualTo(fifos.metrics().orElseThrow().getParent());
      assertThat(made.toString()).contains("/fcfifo");
      Files.writeString(made, text);
      Files.writeString(made, "end\n");
    }
    assertThat(Files.readString(log)).isEqualTo("old\n" + text + "end\n");
    try (Stream<Path> left = Files.list(directory.resolve("tmp"))) {
      assertThat(left).isEmpty();
    }
    assertThat(err.size()).isZero();
  }
}
