package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.cli.guest.DefaultGuest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Seccomp filters (seccomp(2)), somebody else's and those of {@code --seccomp-filter}, meet system calls of ours. */
final class SeccompE2E {
  /** sendmsg(2) of x86-64: made to the process that serves a drive, and for nothing before. */
  private static final int TRAPPED = 46;

  private static final String LAUNCHER =
      """
      #include <linux/filter.h>
      #include <linux/seccomp.h>
      #include <stddef.h>
      #include <stdio.h>
      #include <sys/prctl.h>
      #include <unistd.h>

      int main(int argc, char **argv) {
        struct sock_filter code[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, %d, 0, 1),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog program = {sizeof code / sizeof *code, code};
        if (argc < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
            || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
          perror("seccomp");
          return 1;
        }
        execv(argv[1], argv + 1);
        perror(argv[1]);
        return 1;
      }
      """.formatted(TRAPPED);

  private static boolean logged(Path log, String text) {
    try {
      return Files.readString(log).contains(text);
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aTrappedSystemCallEndsTheProgram(@TempDir Path directory) throws Exception {
    Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "handlers are there on x86-64 only");
    Path launcher = VsockE2E.compile(directory, "launcher", LAUNCHER);
    Path log = directory.resolve("seccomp.log");
    try (FirecrackerMachine m =
        new FirecrackerMachine(directory, "seccomp", List.of(launcher.toString()), List.of("--level", "Debug"))) {
      m.await("the signal handlers", () -> logged(log, "Signals are taken.") || !m.process.isAlive());
      assertThat(m.process.isAlive()).as(m.console()).isTrue();
      m.put("/boot-source", "{\"kernel_image_path\": \"%s\"}"
          .formatted(DefaultGuest.get(DefaultGuest.userCache(), System.err::println).kernel()));
      // Any socket will do: it never comes to what is said there.
      m.put("/drives/d", "{\"drive_id\": \"d\", \"is_root_device\": false, \"socket\": \"%s\"}"
          .formatted(directory.resolve("seccomp.api")));
      m.put("/metrics", "{\"metrics_path\": \"%s\"}".formatted(directory.resolve("metrics")));
      try {
        String unused = m.ask("PUT", "/actions", "{\"action_type\": \"InstanceStart\"}");
      } catch (IOException | AssertionError e) {
        // The program may be gone before it answers.
      }
      assertThat(m.process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(m.process.exitValue()).as(m.console()).isEqualTo(148);
      assertThat(Files.readString(log)).contains("Shutting down VM after intercepting a bad syscall (" + TRAPPED + ").\n");
      assertThat(Files.readString(directory.resolve("metrics"))).contains("\"seccomp\":{\"num_faults\":1}");
    }
  }

  /** A file of filters that refuse one call on threads of one kind. */
  private static Path filters(Path directory, String kind, String refused) throws Exception {
    StringBuilder json = new StringBuilder("{");
    for (String one : List.of("vmm", "api", "vcpu")) {
      json.append("\"%s\": {\"default_action\": \"allow\", \"filter_action\": \"trap\", \"filter\": [{\"syscall\": \"%s\"}]}%s"
          .formatted(one, one.equals(kind) ? refused : "ptrace", one.equals("vcpu") ? "}" : ", "));
    }
    Path policy = Files.writeString(directory.resolve("policy.json"), json);
    Path file = directory.resolve("filters");
    Portfire.Result compiled = Portfire.tool(
        "seccompiler-bin", "", List.of("-i", policy.toString(), "-t", "x86_64", "-o", file.toString()));
    assertThat(compiled).isEqualTo(new Portfire.Result(0, "", ""));
    return file;
  }

  /** The filter mode of each thread with this beginning of its name, from its {@code status}. */
  private static List<String> modes(FirecrackerMachine m, String name) throws IOException {
    List<String> modes = new ArrayList<>();
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/" + m.process.pid() + "/task"))) {
      for (Path task : tasks) {
        String status = Files.readString(task.resolve("status"));
        if (status.startsWith("Name:\t" + name)) {
          modes.add(status.replaceAll("(?s).*\nSeccomp:\t(.)\n.*", "$1"));
        }
      }
    }
    return modes;
  }

  @Test
  void eachKindOfThreadGetsItsFilter(@TempDir Path directory) throws Exception {
    Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "the numbers are those of x86-64");
    Path filters = filters(directory, "none", "ptrace");
    try (FirecrackerMachine m = start(directory, filters)) {
      assertThat(modes(m, "fc_api")).containsExactly("2");
      assertThat(modes(m, "java")).as("before the machine runs").containsOnly("0");
      m.put("/actions", "{\"action_type\": \"InstanceStart\"}");
      m.await("the guest", () -> m.console().contains("here"));
      assertThat(modes(m, "fc_vcpu 0")).containsExactly("2");
      assertThat(modes(m, "fc_devices")).containsExactly("2");
      assertThat(modes(m, "java")).as("the main thread, and the one that started it").containsExactlyInAnyOrder("0", "2");
      assertThat(modes(m, "VM Thread")).containsExactly("0");
      m.goOn();
      assertThat(m.process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(m.process.exitValue()).as(m.console()).isZero();
    }
  }

  @Test
  void thereAreFiltersUnlessTheUserSaysNo(@TempDir Path directory) throws Exception {
    Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "the filters are those of x86-64");
    Path drive = Files.write(directory.resolve("drive"), new byte[512]);
    for (boolean confined : new boolean[] {true, false}) {
      Path own = Files.createDirectory(directory.resolve(confined ? "with" : "without"));
      String mode = confined ? "2" : "0";
      FirecrackerMachine m = new FirecrackerMachine(own, "m", List.of(), confined ? List.of() : List.of("--no-seccomp"));
      try (m) {
        configure(m, own, drive);
        assertThat(modes(m, "fc_api")).containsExactly(mode);
        assertThat(modes(m, "java")).as("before the machine runs").containsOnly("0");
        m.put("/actions", "{\"action_type\": \"InstanceStart\"}");
        m.await("the guest", () -> m.console().contains("here"));
        assertThat(modes(m, "fc_")).hasSize(3).containsOnly(mode);
        assertThat(modes(m, "serial ")).hasSize(2).containsOnly(mode);
        assertThat(modes(m, "java")).contains(mode);
        m.goOn();
        assertThat(m.process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(m.process.exitValue()).as(m.console()).isZero();
        assertThat(Files.readString(own.resolve("metrics"))).doesNotContain("\"num_faults\":1");
      }
    }
  }

  private static FirecrackerMachine start(Path directory, Path filters, String... prefix) throws Exception {
    FirecrackerMachine m =
        new FirecrackerMachine(directory, "m", List.of(prefix), List.of("--seccomp-filter", filters.toString()));
    try {
      configure(m, directory, filters);
      return m;
    } catch (Exception | AssertionError e) {
      m.close();
      throw e;
    }
  }

  private static void configure(FirecrackerMachine m, Path directory, Path drive) throws Exception {
    m.put("/boot-source", "{\"kernel_image_path\": \"%s\", \"initrd_path\": \"%s\", \"boot_args\": \"console=ttyS0 reboot=k quiet\"}"
        .formatted(
            DefaultGuest.get(DefaultGuest.userCache(), System.err::println).kernel(),
            Files.write(directory.resolve("initrd"), TinyInitrd.of("echo here\nread -r answer\nbusybox reboot -f\n"))));
    m.put("/metrics", "{\"metrics_path\": \"%s\"}".formatted(directory.resolve("metrics")));
    m.put("/drives/d", "{\"drive_id\": \"d\", \"is_root_device\": false, \"path_on_host\": \"%s\"}".formatted(drive));
  }

  /** Starts a machine and changes its drive, which ends the program. */
  private static void refused(FirecrackerMachine m, Path drive) throws Exception {
    try {
      m.put("/actions", "{\"action_type\": \"InstanceStart\"}");
      m.patch("/drives/d", "{\"drive_id\": \"d\", \"path_on_host\": \"%s\"}".formatted(drive));
    } catch (IOException | AssertionError e) {
      // The program may be gone before it answers.
    }
    assertThat(m.process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(m.process.exitValue()).as(m.console()).isEqualTo(148);
  }

  private static void isTold(Path directory, int number) throws IOException {
    assertThat(directory.resolve("m.log"))
        .content()
        .contains("Shutting down VM after intercepting a bad syscall (" + number + ").\n");
    assertThat(directory.resolve("metrics")).content().contains("\"seccomp\":{\"num_faults\":1}");
  }

  @Test
  void theMainThreadMayNotOpenAFile(@TempDir Path directory) throws Exception {
    Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "the numbers are those of x86-64");
    Path filters = filters(directory, "vmm", "openat");
    try (FirecrackerMachine m = start(directory, filters)) {
      refused(m, filters);
    }
    isTold(directory, 257);
  }

  @Test
  void theApisThreadMayNotAcceptAConnection(@TempDir Path directory) throws Exception {
    Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "the numbers are those of x86-64");
    Path filters = filters(directory, "api", "accept");
    try (FirecrackerMachine m = new FirecrackerMachine(directory, "m", List.of(), List.of("--seccomp-filter", filters.toString()))) {
      try {
        String unused = m.ask("GET", "/", "");
      } catch (IOException | AssertionError e) {
        // As it should be.
      }
      assertThat(m.process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(m.process.exitValue()).as(m.console()).isEqualTo(148);
    }
  }

  @Test
  void aVcpuMayNotCallKvm(@TempDir Path directory) throws Exception {
    Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "skipped: no /dev/kvm");
    Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "the numbers are those of x86-64");
    Path filters = filters(directory, "vcpu", "ioctl");
    try (FirecrackerMachine m = start(directory, filters, "env", "PORTFIRE_ACCEL=kvm")) {
      refused(m, filters);
    }
    isTold(directory, 16);
  }

  /** Refused in the middle of the JVM's own work, where nobody may be left to tell of it. */
  @Test
  void aVcpuMayNotSleep(@TempDir Path directory) throws Exception {
    Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "the numbers are those of x86-64");
    Path filters = filters(directory, "vcpu", "futex");
    try (FirecrackerMachine m = start(directory, filters)) {
      refused(m, filters);
    }
    isTold(directory, 202);
  }
}
