package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.cli.guest.DefaultGuest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/firectl} with {@code bin/firecracker}: boots, signals, exit codes, and what is left. */
final class FirectlE2E {
  /** Ends by itself once a line was typed. */
  private static final String ASKS =
      """
      echo "args $(busybox cat /proc/cmdline)"
      echo "drives $(busybox ls /sys/block | busybox grep -c vd)"
      read -r line
      echo "read $line"
      busybox reboot -f
      """;

  /** Ends when Ctrl-Alt-Del is pressed, which the kernel sends to process 1 as an interrupt. */
  private static final String LISTENS =
      """
      busybox mount -t proc proc /proc
      echo 0 > /proc/sys/kernel/ctrl-alt-del
      trap 'echo "init was asked to reboot"; busybox reboot -f' INT
      echo ready
      while true; do busybox usleep 100000; done
      """;

  /** Does not end. */
  private static final String DEAF =
      """
      busybox mount -t proc proc /proc
      echo 0 > /proc/sys/kernel/ctrl-alt-del
      trap 'echo "init does not care"' INT
      echo ready
      while true; do busybox usleep 100000; done
      """;

  @TempDir
  Path directory;

  private Path home;

  @BeforeEach
  void makeHome() throws IOException {
    Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "signals are taken on x86-64 only");
    home = Files.createDirectory(directory.resolve("home"));
  }

  private Process start(byte[] initrd, String... more) throws Exception {
    List<String> options = new ArrayList<>(List.of("-l", directory.resolve("log").toString()));
    options.addAll(List.of(more));
    return start(initrd, options);
  }

  private Process start(byte[] initrd, List<String> options) throws Exception {
    Path kernel = DefaultGuest.get(DefaultGuest.userCache(), System.err::println).kernel();
    List<String> command = new ArrayList<>(List.of(
        Portfire.BIN.resolve("firectl").toString(), "--kernel", kernel.toString(), "--initrd-path",
        Files.write(directory.resolve("initrd"), initrd).toString(), "-m", "256"));
    command.addAll(options);
    ProcessBuilder builder = new ProcessBuilder(command)
        .redirectOutput(directory.resolve("console").toFile())
        .redirectError(directory.resolve("errors").toFile());
    builder.environment().put("PORTFIRE_ACCEL", "soft");
    builder.environment().put("HOME", home.toString());
    builder.environment().put("TMPDIR", home.toString());
    builder.environment().put("FIRECRACKER_GO_SDK_INIT_TIMEOUT_SECONDS", "120");
    return builder.start();
  }

  private String read(String name) throws IOException {
    return Files.readString(directory.resolve(name), StandardCharsets.ISO_8859_1).replace("\r", "");
  }

  private void awaitConsole(Process process, String text) throws Exception {
    long end = System.nanoTime() + 120_000_000_000L;
    while (!read("console").contains(text)) {
      if (System.nanoTime() > end || !process.isAlive()) {
        throw new AssertionError("no \"" + text + "\" on the console:\n" + read("console") + read("errors"));
      }
      Thread.sleep(20);
    }
  }

  private static void signal(Process process, String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start().waitFor();
  }

  /** Waits for its end, after which it has left nothing. */
  private int code(Process process) throws Exception {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("firectl ends").isTrue();
    try (Stream<Path> left = Files.list(home)) {
      assertThat(left).isEmpty();
    }
    return process.exitValue();
  }

  @Test
  void theDefaultGuestBootsAndPowersOff() throws Exception {
    Path drive = Files.write(directory.resolve("drive"), new byte[1 << 20]);
    Process firectl = start(
        TinyInitrd.withDrivers(List.of(), ASKS), "--kernel-opts", "console=ttyS0 reboot=k panic=1 quiet b=1 a=2 -- x y",
        "--root-drive", drive + ":ro", "--add-drive", drive + ":ro", "-c", "2", "--log-level", "Info");
    try {
      awaitConsole(firectl, "drives 2");
      try (OutputStream typed = firectl.getOutputStream()) {
        typed.write("hello\n".getBytes(StandardCharsets.US_ASCII));
        typed.flush();
        assertThat(code(firectl)).as(read("console") + read("errors")).isZero();
      }
    } finally {
      firectl.destroy();
    }
    assertThat(read("console"))
        .containsPattern("args console=ttyS0 reboot=k panic=1 quiet b=1 a=2 pci=off root=/dev/vd. ro .*-- x y\n")
        .contains("read hello\n");
    assertThat(read("errors")).matches("time=\"[^\"]+\" level=info msg=\"Start machine was happy\"\n");
    assertThat(read("log")).contains(":INFO] ").contains("Firecracker exiting successfully. exit_code=0").doesNotContain("DEBUG");
  }

  @Test
  void anInterruptAsksTheGuest() throws Exception {
    Process firectl = start(TinyInitrd.of(LISTENS), "--kernel-opts", "console=ttyS0 reboot=k panic=1 quiet");
    try {
      awaitConsole(firectl, "ready");
      signal(firectl, "INT");
      assertThat(code(firectl)).as(read("console") + read("errors")).isZero();
    } finally {
      firectl.destroy();
    }
    assertThat(read("console")).contains("init was asked to reboot");
    assertThat(read("errors")).contains("level=info msg=\"Start machine was happy\"");
  }

  @Test
  void aGuestThatDoesNotListenIsEnded() throws Exception {
    Process firectl = start(
        TinyInitrd.of(DEAF), "--kernel-opts", "console=ttyS0 reboot=k panic=1 quiet", "--shutdown-timeout", "2");
    try {
      awaitConsole(firectl, "ready");
      signal(firectl, "TERM");
      assertThat(code(firectl)).as(read("console") + read("errors")).isEqualTo(143);
    } finally {
      firectl.destroy();
    }
    assertThat(read("console")).contains("init does not care");
    assertThat(read("errors"))
        .contains("level=warning msg=\"the guest has not shut down within 2 s: ending firecracker\"")
        .contains("level=error msg=\"Wait returned an error: exit status 143\"");
  }

  @Test
  void theSecondInterruptDoesNotAskTheGuest() throws Exception {
    Process firectl = start(TinyInitrd.of(DEAF), "--kernel-opts", "console=ttyS0 reboot=k panic=1 quiet", "--shutdown-timeout=0");
    try {
      awaitConsole(firectl, "ready");
      signal(firectl, "INT");
      awaitConsole(firectl, "init does not care");
      signal(firectl, "INT");
      assertThat(code(firectl)).as(read("console") + read("errors")).isEqualTo(143);
    } finally {
      firectl.destroy();
    }
    assertThat(read("errors")).doesNotContain("level=warning");
  }

  @Test
  void anInterruptBeforeTheStartEndsIt() throws Exception {
    Path program = Files.writeString(directory.resolve("program"), "#!/bin/sh\necho \"ready $$\"\nexec sleep 1000\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    Process firectl = start(new byte[1], "--firecracker-binary", program.toString());
    try {
      awaitConsole(firectl, "ready ");
      long pid = Long.parseLong(read("console").strip().substring("ready ".length()));
      signal(firectl, "INT");
      assertThat(code(firectl)).isEqualTo(1);
      assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    } finally {
      firectl.destroy();
    }
    assertThat(read("errors"))
        .contains("level=fatal msg=\"Failed to start machine: a signal came before the machine ran\"");
  }

  @Test
  void otherSignalsArePassedOnAndExitCodesComeBack() throws Exception {
    Process firectl = start(TinyInitrd.of(DEAF), "--kernel-opts", "console=ttyS0 reboot=k panic=1 quiet");
    try {
      awaitConsole(firectl, "ready");
      signal(firectl, "HUP");
      assertThat(code(firectl)).as(read("console") + read("errors")).isEqualTo(156);
    } finally {
      firectl.destroy();
    }
    assertThat(read("log")).contains("Shutting down VM after intercepting signal 1, code 0.");
  }

  @Test
  void whatFirecrackerRefusesIsTheReason() throws Exception {
    Process firectl = start(new byte[1], "--cpu-template", "T9");
    try {
      assertThat(code(firectl)).isEqualTo(1);
    } finally {
      firectl.destroy();
    }
    assertThat(read("errors"))
        .contains("level=fatal msg=\"Failed to start machine: PUT /machine-config: 400: ")
        .contains("unknown variant `T9`");
  }

  private List<String> jail(Path base, String id) throws Exception {
    Assumptions.assumeTrue(JailerIT.isRoot(), "only root can jail anything");
    return List.of(
        "--jailer", "jailer", "--id", id, "--uid", "10000", "--gid", "10001", "--exec-file",
        Portfire.BIN.resolve("firecracker").toString(), "--chroot-base-dir", base.toString(), "--kernel-opts",
        "console=ttyS0 reboot=k panic=1 quiet");
  }

  private Path base() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Files.createDirectory(directory.toRealPath().resolve("base"));
  }

  private static void assertEmpty(Path directory) throws IOException {
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aGuestBootsInAJail() throws Exception {
    Path base = base();
    List<String> options = new ArrayList<>(jail(base, "one"));
    Path drive = Files.write(directory.resolve("drive"), new byte[1 << 20]);
    // Another directory's drive of the same name.
    Path other = Files.write(Files.createDirectory(directory.resolve("other")).resolve("drive"), new byte[1 << 20]);
    options.addAll(List.of(
        "-l", directory.resolve("log").toString(), "--root-drive", drive + ":ro", "--add-drive", other + ":ro", "--log-level", "Info"));
    Process firectl = start(TinyInitrd.withDrivers(List.of(), ASKS), options);
    try {
      awaitConsole(firectl, "drives 2");
      Path root = base.resolve("firecracker/one/root");
      Path process = Path.of("/proc", Files.readString(root.resolve("firecracker.pid")));
      assertThat(Files.readString(process.resolve("status"))).contains("Uid:\t10000\t10000\t10000\t10000\n", "CapEff:\t0000000000000000\n");
      assertThat(Files.isSameFile(process.resolve("root"), root)).isTrue();
      try (OutputStream typed = firectl.getOutputStream()) {
        typed.write("hello\n".getBytes(StandardCharsets.US_ASCII));
        typed.flush();
        assertThat(code(firectl)).as(read("console") + read("errors")).isZero();
      }
    } finally {
      firectl.destroy();
    }
    assertThat(read("console")).contains("read hello\n");
    assertThat(read("log")).contains("Firecracker exiting successfully. exit_code=0");
    assertEmpty(base);
    assertThat(drive).exists();
    assertThat(Path.of("/sys/fs/cgroup/cpuset/firecracker/one")).doesNotExist();
  }

  @Test
  void aDaemonGoesOnAlone() throws Exception {
    Path base = base();
    List<String> options = new ArrayList<>(jail(base, "two"));
    options.add("--daemonize");
    Process firectl = start(TinyInitrd.of(DEAF), options);
    assertThat(code(firectl)).as(read("console") + read("errors")).isZero();
    Path root = base.resolve("firecracker/two/root");
    ProcessHandle daemon = ProcessHandle.of(Long.parseLong(Files.readString(root.resolve("firecracker.pid")))).orElseThrow();
    assertThat(daemon.isAlive()).isTrue();
    assertThat(read("errors")).contains("the machine runs, as process " + daemon.pid() + "; its API is " + root.resolve("run"));
    daemon.destroyForcibly();
    var unused = daemon.onExit().get(10, TimeUnit.SECONDS);
    for (Path left : List.of(Path.of("two"), Path.of(""))) {
      Files.deleteIfExists(Path.of("/sys/fs/cgroup/cpuset/firecracker").resolve(left));
    }
  }

  @Test
  void whatTheJailerSaysIsTheEnd() throws Exception {
    Path base = base();
    List<String> options = new ArrayList<>(jail(base, "bad_id"));
    Process firectl = start(new byte[1], options);
    assertThat(code(firectl)).isEqualTo(1);
    assertThat(read("errors"))
        .contains("Invalid instance ID: Invalid char (_) at position 3\n")
        .contains("firecracker's exit status is 1");
    assertEmpty(base);
  }
}
