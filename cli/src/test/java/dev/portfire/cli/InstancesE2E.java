package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.cli.guest.DefaultGuest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code firectl ps} and what goes with it: instances that run, in a jail and not, and entries that nobody stands behind. */
final class InstancesE2E {
  private static final String LISTENS =
      """
      busybox mount -t proc proc /proc
      echo 0 > /proc/sys/kernel/ctrl-alt-del
      trap 'echo "init was asked to reboot"; busybox reboot -f' INT
      echo ready
      while true; do busybox usleep 100000; done
      """;

  @TempDir
  Path directory;

  private Path run;
  private Path base;

  @BeforeEach
  void prepare() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    run = directory.toRealPath().resolve("run");
    base = Files.createDirectory(directory.toRealPath().resolve("base"));
  }

  private Portfire.Result firectl(String... words) throws Exception {
    List<String> command = new ArrayList<>(
        List.of("env", "PORTFIRE_RUN_DIR=" + run, Portfire.BIN.resolve("firectl").toString()));
    command.addAll(List.of(words));
    command.addAll(List.of("--chroot-base-dir", base.toString()));
    return Portfire.process("", command);
  }

  private List<Path> entries() throws Exception {
    try (Stream<Path> files = Files.list(run)) {
      return files.toList();
    }
  }

  @Test
  void anInstanceIsSeenPausedAndStopped() throws Exception {
    try (FirecrackerMachine machine = new FirecrackerMachine(
        directory.toRealPath(), "vm", List.of("env", "PORTFIRE_RUN_DIR=" + run), List.of("--id", "one", "--metrics-path", directory.resolve("metrics").toString()))) {
      machine.await("the entry", () -> Files.exists(run.resolve("" + machine.process.pid())));
      String line = "one +" + machine.process.pid() + "  %s +[0-9]+  " + directory.toRealPath().resolve("vm.api") + "\n";
      String heading = "ID +PID  STATE +SECONDS  SOCKET\n";
      assertThat(firectl("ps").out()).matches(heading + line.formatted("Not started"));
      DefaultGuest guest = DefaultGuest.get(DefaultGuest.userCache(), System.err::println);
      machine.put("/boot-source", "{\"kernel_image_path\": \"%s\", \"initrd_path\": \"%s\", \"boot_args\": \"%s\"}".formatted(
          guest.kernel(), Files.write(directory.resolve("initrd"), TinyInitrd.of(LISTENS)), "console=ttyS0 reboot=k panic=1 quiet"));
      machine.put("/actions", "{\"action_type\": \"InstanceStart\"}");
      machine.await("the guest", () -> machine.console().contains("ready"));
      FutureTask<Portfire.Result> followed = new FutureTask<>(() -> firectl("logs", "--follow", "" + machine.process.pid()));
      Thread.ofPlatform().daemon().start(followed);
      assertThat(firectl("pause", "one").status()).isZero();
      assertThat(firectl("ps").out()).matches(heading + line.formatted("Paused"));
      assertThat(firectl("resume", "" + machine.process.pid()).status()).isZero();
      assertThat(firectl("ps").out()).matches(heading + line.formatted("Running"));
      assertThat(firectl("logs", "one").out()).contains("] Running Firecracker v").isEqualTo(Files.readString(directory.resolve("vm.log")));
      machine.put("/actions", "{\"action_type\": \"FlushMetrics\"}");
      assertThat(firectl("metrics", "one").out()).startsWith("{\"utc_timestamp_ms\":");
      Portfire.Result stopped = firectl("stop", "one");
      assertThat(stopped.status()).as(stopped.err()).isZero();
      assertThat(machine.process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(machine.process.exitValue()).as(machine.console()).isZero();
      assertThat(machine.console()).contains("init was asked to reboot");
      assertThat(entries()).isEmpty();
      Portfire.Result whole = followed.get(1, TimeUnit.MINUTES);
      assertThat(whole.status()).as(whole.err()).isZero();
      assertThat(whole.out()).isEqualTo(Files.readString(directory.resolve("vm.log"))).endsWith("exit_code=0\n");
    }
  }

  @Test
  void entriesWithoutAProcessAreRemoved() throws Exception {
    Files.createDirectory(run);
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Files.writeString(run.resolve("" + ended.pid()), "id=gone\n");
    // A process that has got a number again, long after the entry was written.
    Path again = Files.writeString(run.resolve("" + ProcessHandle.current().pid()), "id=other\n");
    Files.setLastModifiedTime(again, FileTime.fromMillis(1_000_000_000_000L));
    Files.writeString(run.resolve("note"), "no entry\n");
    assertThat(firectl("ps").out()).matches("ID .*\n");
    assertThat(entries()).containsExactly(run.resolve("note"));
    Portfire.Result none = firectl("stop", "gone");
    assertThat(none.status()).isEqualTo(1);
    assertThat(none.err()).contains("there is no instance gone: see firectl ps");
    assertThat(firectl("stop").err()).contains("firectl stop ID: ");
  }

  @Test
  void jailsAreLookedInto() throws Exception {
    Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "the jailer works on x86-64 only");
    Assumptions.assumeTrue(JailerIT.isRoot(), "only root can jail anything");
    List<String> command = List.of(
        Portfire.BIN.resolve("jailer").toString(), "--id", "two", "--exec-file", Portfire.BIN.resolve("firecracker").toString(),
        "--uid", "10000", "--gid", "10001", "--chroot-base-dir", base.toString(), "--new-pid-ns");
    Path root = base.resolve("firecracker/two/root");
    try (FirecrackerMachine machine =
        new FirecrackerMachine(command, root.resolve("run/firecracker.socket"), directory.resolve("console"))) {
      machine.await("the entry", () -> Files.exists(root.resolve("run/portfire/1")));
      String pid = Files.readString(root.resolve("firecracker.pid"));
      assertThat(firectl("ps").out())
          .matches("ID .*\ntwo +" + pid + "  Not started +[0-9]+  " + root.resolve("run/firecracker.socket") + "\n");
      assertThat(firectl("logs", "two").err()).contains("two writes its log to its stdout");
      machine.put("/logger", "{\"log_path\": \"/run/log\"}");
      machine.put("/metrics", "{\"metrics_path\": \"/run/metrics\"}");
      assertThat(firectl("logs", "two").out()).contains("\"/metrics\"");
      assertThat(firectl("metrics", "two").out()).isEqualTo(Files.readString(root.resolve("run/metrics")));
      assertThat(firectl("stop", "two").status()).isZero();
      assertThat(ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive)).isEmpty();
      // Whatever a jail says of a process that is not in it is not believed.
      Files.writeString(root.resolve("firecracker.pid"), "" + ProcessHandle.current().pid());
      assertThat(firectl("ps").out()).matches("ID .*\n");
    }
  }
}
