package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.cli.guest.DefaultGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A seccomp filter that somebody else has installed (seccomp(2)) meets a system call of ours. */
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
}
