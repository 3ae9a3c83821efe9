package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.cli.guest.DefaultGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/jailer} with {@code bin/firecracker}: Portfire in a jail, as nobody in particular, boots a guest. */
final class JailerE2E {
  private static final String SAYS =
      """
      echo "the guest is up"
      read -r line
      busybox reboot -f
      """;

  @TempDir
  Path directory;

  private Path base;
  private String namespace;
  private final List<String> confined = new ArrayList<>();

  @BeforeEach
  void prepare() throws Exception {
    Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "the jailer works on x86-64 only");
    Assumptions.assumeTrue(JailerIT.isRoot(), "only root can jail anything");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    base = Files.createDirectory(directory.toRealPath().resolve("base"));
    namespace = "pfe" + ProcessHandle.current().pid();
    Portfire.Result added = Portfire.process("", List.of("ip", "netns", "add", namespace));
    Assumptions.assumeTrue(added.status() == 0, "no network namespace can be made: " + added.err());
  }

  @AfterEach
  void end() throws Exception {
    Portfire.Result unused = Portfire.process("", List.of("ip", "netns", "del", namespace));
  }

  private FirecrackerMachine jailed(String id, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of(
        Portfire.BIN.resolve("jailer").toString(), "--id", id, "--exec-file", Portfire.BIN.resolve("firecracker").toString(), "--uid",
        "10000", "--gid", "10001", "--chroot-base-dir", base.toString(), "--netns", "/run/netns/" + namespace, "--new-pid-ns"));
    command.addAll(List.of(options));
    command.addAll(List.of("--", "--api-sock", "/run/api.socket"));
    return new FirecrackerMachine(command, root(id).resolve("run/api.socket"), directory.resolve("console"));
  }

  private Path root(String id) {
    return base.resolve("firecracker").resolve(id).resolve("root");
  }

  private Path process(String id) throws IOException {
    return Path.of("/proc", Files.readString(root(id).resolve("firecracker.pid")));
  }

  private void give(String id, String name, byte[] content) throws IOException {
    Path file = Files.write(root(id).resolve(name), content);
    Files.setAttribute(file, "unix:uid", 10_000);
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  void aGuestBootsInAJail() throws Exception {
    try (FirecrackerMachine machine = jailed("vm")) {
      Path process = process("vm");
      try {
        DefaultGuest guest = DefaultGuest.get(DefaultGuest.userCache(), System.err::println);
        give("vm", "kernel", Files.readAllBytes(guest.kernel()));
        give("vm", "initrd", TinyInitrd.of(SAYS));
        machine.put("/boot-source", """
            {"kernel_image_path": "/kernel", "initrd_path": "/initrd", "boot_args": "console=ttyS0 reboot=k panic=1 quiet"}""");
        machine.put("/actions", "{\"action_type\": \"InstanceStart\"}");
        machine.await("the guest", () -> machine.console().contains("the guest is up"));
        checkThreads(process);
        checkRoot(process.resolve("root"));
        // Whatever comes from the host can be read only.
        List<String> mounts = Files.readAllLines(process.resolve("mountinfo"));
        assertThat(mounts.getFirst()).contains(" / ");
        assertThat(mounts.subList(1, mounts.size())).isNotEmpty().allMatch(line -> line.contains(" ro,nosuid,nodev"));
        assertThat(Files.readString(process.resolve("environ"))).isEmpty();
        for (Path descriptor : list(process.resolve("fd"))) {
          assertThat(Files.readSymbolicLink(descriptor).toString())
              .as(descriptor.toString())
              .doesNotMatch("/(etc|home|proc|sys|root)/.*");
        }
      } finally {
        Portfire.Result unused = Portfire.process("", List.of("kill", process.getFileName().toString()));
      }
    }
    assertThat(Files.readString(Path.of("/proc/mounts"))).doesNotContain(base.toString());
  }

  /** The kernel has credentials and namespaces for each thread by itself. */
  private void checkThreads(Path process) throws IOException {
    int checked = 0;
    for (Path thread : list(process.resolve("task"))) {
      try {
        checkThread(process, thread);
        checked++;
      } catch (NoSuchFileException e) {
        // Compilers' threads come and go.
      }
    }
    assertThat(checked).isGreaterThan(5);
    assertThat(confined).contains("fc_api", "fc_vcpu", "fc_devices");
  }

  private void checkThread(Path process, Path thread) throws IOException {
    assertThat(Files.readString(thread.resolve("status")))
        .contains("Uid:\t10000\t10000\t10000\t10000\n", "Gid:\t10001\t10001\t10001\t10001\n", "CapEff:\t0000000000000000\n")
        .contains("CapPrm:\t0000000000000000\n", "CapInh:\t0000000000000000\n", "CapAmb:\t0000000000000000\n")
        .containsPattern("Groups:\t *\n")
        .containsPattern("NStgid:\t[0-9]+\t1\n");
    if (Files.readString(thread.resolve("comm")).startsWith("fc_")) {
      assertThat(Files.readString(thread.resolve("status"))).contains("NoNewPrivs:\t1\n", "Seccomp:\t2\n");
      confined.add(Files.readString(thread.resolve("comm")).strip().replaceAll(" .*", ""));
    }
    assertThat("net:[" + Files.getAttribute(Path.of("/run/netns", namespace), "unix:ino") + "]")
        .isEqualTo(Files.readSymbolicLink(thread.resolve("ns/net")).toString());
    for (String own : List.of("mnt", "pid")) {
      assertThat(Files.readSymbolicLink(thread.resolve("ns").resolve(own)))
          .isEqualTo(Files.readSymbolicLink(process.resolve("ns").resolve(own)))
          .isNotEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns").resolve(own)));
    }
    assertThat(Files.isSameFile(thread.resolve("root"), root("vm"))).isTrue();
  }

  /** What is there: the jail's own, and above the paths of the JDK, Portfire and the C library nothing but directories. */
  private static void checkRoot(Path root) throws IOException, InterruptedException {
    List<String> runtime = new ArrayList<>(List.of("lib", "lib64"));
    runtime.add(Path.of(Portfire.BIN.toString()).getName(0).toString());
    String jdk = Portfire.tool("portfire", "", List.of("--find-jdk")).out().strip();
    runtime.add(Path.of(jdk).toRealPath().getName(0).toString());
    runtime.addAll(List.of("dev", "run", "kernel", "initrd", "firecracker.pid", "etc", "usr"));
    for (Path entry : list(root)) {
      assertThat(runtime).contains(entry.getFileName().toString());
    }
    for (String none : List.of("proc", "sys", "etc/passwd", "bin", "home", "usr/bin", "root", "dev/null", "bin/sh")) {
      assertThat(root.resolve(none)).doesNotExist();
    }
    assertThat(list(root.resolve("run"))).extracting(Path::getFileName).containsExactly(Path.of("api.socket"), Path.of("portfire"));
  }

  @Test
  void aCopyOfItAllWorksToo() throws Exception {
    try (FirecrackerMachine machine = jailed("copy", "--copy-runtime")) {
      assertThat(machine.ask("GET", "/", "")).contains("\"id\":\"copy\"");
      Path process = process("copy");
      assertThat(Files.readAllLines(process.resolve("mountinfo"))).hasSize(1);
      Portfire.Result unused = Portfire.process("", List.of("kill", process.getFileName().toString()));
    }
  }

  @Test
  void whatCannotBeStartedLeavesNothing() throws Exception {
    Files.createDirectories(root("f").resolve("dev/net"));
    Files.createFile(root("f").resolve("dev/net/tun"));
    for (String option : List.of("--new-pid-ns", "--copy-runtime")) {
      Portfire.Result result = Portfire.process("", List.of(
          Portfire.BIN.resolve("jailer").toString(), "--id", "f", "--exec-file", Portfire.BIN.resolve("firecracker").toString(), "--uid",
          "10000", "--gid", "10001", "--chroot-base-dir", base.toString(), option));
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err()).startsWith("Failed to create /dev/net/tun via mknod inside the jail: File exists (os error 17)\n");
      assertThat(list(root("f"))).extracting(Path::getFileName).containsExactly(Path.of("dev"));
    }
  }
}
