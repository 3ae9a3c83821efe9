package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portfire.cli.Portfire.Result;
import dev.portfire.cli.guest.DefaultGuest;
import dev.portfire.cli.guest.GuestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code portfire run} with the default guest: Debian's kernel booted on the software CPU, once per test. */
final class RunE2E {
  @TempDir
  Path directory;

  @BeforeAll
  static void fetchTheGuest() throws GuestException, InterruptedException {
    DefaultGuest.get(DefaultGuest.userCache(), System.err::println);
  }

  @Test
  void runsACommand() throws Exception {
    String release = DefaultGuest.get(DefaultGuest.userCache(), System.err::println).release();
    Result result = Portfire.run("--", "uname", "-r");
    assertThat(result).isEqualTo(new Result(0, release + "\n", ""));
  }

  @Test
  void hasAsManyCpusAsAskedFor() throws Exception {
    Result result = Portfire.run("--cpus", "4", "--", "nproc");
    assertThat(result).isEqualTo(new Result(0, "4\n", ""));
  }

  @Test
  void hasTheProcessorThatIsAskedFor() throws Exception {
    for (String engine : List.of("auto", "safe")) {
      for (String model : List.of("portfire-v2", "portfire-v3")) {
        String words = "tr ' ' '\\n' </proc/cpuinfo | grep -xE 'sse4_2|avx2|bmi2|fma|aes|sha_ni' | sort | tr '\\n' ' '";
        Result result =
            Portfire.run("--accel", "soft", "--engine", engine, "--cpu", model, "--", "sh", "-c", words);
        String expected = model.equals("portfire-v2") ? "sse4_2 " : "aes avx2 bmi2 fma sha_ni sse4_2 ";
        assertThat(result).as("%s, %s", engine, model).isEqualTo(new Result(0, expected, ""));
      }
    }
  }

  @Test
  void passesStatusAndBothOutputs() throws Exception {
    Result result = Portfire.run("--", "sh", "-c", "echo out; echo err >&2; echo again >/dev/stderr; exit 7");
    assertThat(result).isEqualTo(new Result(7, "out\n", "err\nagain\n"));
  }

  @Test
  void passesInputToItsEnd() throws Exception {
    String input = "hi\0\u00ff\n".repeat(50_000);
    Result result = Portfire.tool("portfire", input, List.of("run", "--", "cat"));
    assertThat(result.status()).isZero();
    assertThat(result.out().equals(input)).as("300 kB through stdin and stdout unchanged").isTrue();
  }

  @Test
  void runsAScriptFromStdinWithoutACommand() throws Exception {
    Result result = Portfire.tool("portfire", "echo line\nexit 3\n", List.of("run"));
    assertThat(result).isEqualTo(new Result(3, "line\n", ""));
  }

  @Test
  void tellsWhatAPanicSaid() throws Exception {
    Path log = directory.resolve("log");
    Result result = Portfire.run("--append", "rdinit=/none", "--log", log.toString(), "--", "true");
    assertThat(result.status()).isEqualTo(125);
    assertThat(result.err()).startsWith("portfire: ").contains("Kernel panic - not syncing").hasLineCount(1);
    assertThat(log).content().contains("Linux version ").contains("Kernel panic");
  }

  @Test
  void printsStatistics() throws Exception {
    Result result = Portfire.run("--stats", "--", "true");
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("guest instructions", "MIPS", "boot to user space", "exits", "EXCEPTION");
    // Without an init, no instruction of user space is ever executed.
    Result kernelOnly = Portfire.run("--stats", "--append", "rdinit=/none", "--", "true");
    assertThat(kernelOnly.status()).isEqualTo(125);
    assertThat(kernelOnly.err()).contains("guest instructions").doesNotContain("boot to user space");
  }

  @Test
  void leavesARootFileSystemClean() throws Exception {
    Path image = image();
    Result written =
        Portfire.run("--rootfs", image.toString(), "--", "sh", "-c", "echo data >/root/file; cat /root/file");
    assertThat(written).isEqualTo(new Result(0, "data\n", ""));
    assertThat(Portfire.process("", List.of("/sbin/e2fsck", "-fn", image.toString())).status())
        .as("e2fsck finds nothing")
        .isZero();
    Result refused =
        Portfire.run("--rootfs", image + ":ro", "--", "sh", "-c", "cat /root/file; echo more >/root/file");
    assertThat(refused.status()).isNotZero();
    assertThat(refused.out()).isEqualTo("data\n");
    assertThat(refused.err()).contains("Read-only file system");
  }

  @Test
  void bootsTheInitOfARootFileSystem() throws Exception {
    Result result = Portfire.run("--rootfs", image().toString());
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.out()).contains("init is process 1 on /dev/console");
  }

  /** An ext4 image with the guest's own busybox as its system, and an init that powers off. */
  private Path image() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/sbin/mkfs.ext4")), "skipped: no /sbin/mkfs.ext4; install e2fsprogs");
    Path root = directory.resolve("root");
    for (String name : List.of("bin", "sbin", "dev", "proc", "sys", "run", "root")) {
      Files.createDirectories(root.resolve(name));
    }
    Path kernel = DefaultGuest.get(DefaultGuest.userCache(), System.err::println).kernel();
    Path busybox = Files.copy(kernel.resolveSibling("busybox"), root.resolve("bin/busybox"));
    Files.setPosixFilePermissions(busybox, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String applet : List.of("sh", "cat", "poweroff")) {
      Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
    }
    Path init = Files.writeString(
        root.resolve("bin/init"), "#!/bin/sh\necho \"init is process $$ on /dev/console\"\npoweroff -f\n");
    Files.setPosixFilePermissions(init, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createSymbolicLink(root.resolve("sbin/init"), Path.of("/bin/init"));
    Path image = directory.resolve("image.ext4");
    Result made = Portfire.process(
        "", List.of("/sbin/mkfs.ext4", "-q", "-F", "-d", root.toString(), image.toString(), "16M"));
    assertThat(made.status()).as(made.err()).isZero();
    return image;
  }

  @Test
  void givesAShellOnATerminal() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "skipped: no /usr/bin/script; install bsdutils");
    // What is typed ahead waits in the terminal until the guest reads it.
    Result result = Portfire.process(
        "tty; stty size; exit 5\n",
        List.of(
            "/usr/bin/script", "-qec", "stty rows 33 cols 77; \"$BIN\"/portfire run; echo \"status $?\"", "/dev/null"));
    assertThat(result.out()).contains("/dev/hvc0\r\n").contains("33 77\r\n").contains("status 5\r\n");
  }

  @Test
  void quitsOnTheEscapeKeys() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "skipped: no /usr/bin/script; install bsdutils");
    Result result = Portfire.process(
        "\1h\1x",
        List.of("/usr/bin/script", "-qec", "\"$BIN\"/portfire run; echo \"status $?\"; stty -a", "/dev/null"));
    assertThat(result.out()).contains("Ctrl-A X  quit").contains("status 0").contains(" icanon ").contains(" echo ");
  }

  @Test
  void aProfileNamesTheKernelsFunctions() throws IOException, InterruptedException {
    Result result = Portfire.run("--accel", "soft", "--profile", "--", "true");
    assertThat(result.status()).isZero();
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("profile: ").contains("%  emitted code").contains("guest functions, of ");
    // More than one of its many functions was seen, by its name.
    assertThat(result.err().lines().filter(line -> line.matches(" +[0-9.]+%  [a-z_][a-z0-9_.]+")).count()).isGreaterThan(1);
  }
}
