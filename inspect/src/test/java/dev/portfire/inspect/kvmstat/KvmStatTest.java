package dev.portfire.inspect.kvmstat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.Run;
import dev.portfire.inspect.Tree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program on hosts that were made by hand. */
class KvmStatTest {
  @TempDir
  Path directory;

  private Run run(String... arguments) {
    return Run.ours((out, err) -> {
      try {
        return new KvmStat(new Tree(directory).sysRoot(), false, InputStream.nullInputStream(), out, err).run(List.of(arguments));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    });
  }

  private void assertRefused(int status, String message, String... arguments) {
    assertThat(run(arguments)).isEqualTo(new Run(status, "", message + "\n"));
  }

  /** Debugfs with two machines. */
  private void debugfs() throws IOException {
    new Tree(directory)
        .put("/proc/mounts", "none /sys/kernel/debug debugfs rw 0 0\nother /mnt debugfs rw 0 0\n")
        .put("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n")
        .put("/proc/70/cmdline", "qemu\0-name\0guest=left,,right,debug-threads=on\0")
        .put("/proc/8/cmdline", "firecracker\0--id\0vm-8\0");
    // The machine was made by another thread than the first.
    new Tree(directory).put("/proc/81/status", "Name:\tmaker\nTgid:\t8\nPid:\t81\n");
    Path machine = directory.resolve("proc/8/fd/4");
    Files.createDirectories(machine.getParent());
    Files.createSymbolicLink(machine, Path.of("anon_inode:kvm-vm"));
    for (String where : List.of("", "70-11/", "81-4/")) {
      int value = switch (where) {
        case "70-11/" -> 100;
        case "81-4/" -> 7;
        default -> 107;
      };
      new Tree(directory)
          .put("/sys/kernel/debug/kvm/" + where + "exits", value + "\n")
          .put("/sys/kernel/debug/kvm/" + where + "io_exits", value / 2 + "\n")
          .put("/sys/kernel/debug/kvm/" + where + "halt_wait_ns", "5\n")
          .put("/sys/kernel/debug/kvm/" + where + "halt_wait_hist", "0 1 2\n");
    }
  }

  @Test
  void figuresOfDebugfs() throws IOException {
    debugfs();
    assertThat(run("-1", "-d")).isEqualTo(new Run(
        0,
        """
        exits                                              0         0
        io_exits                                           0         0
        """,
        ""));
    assertThat(run("--batch", "-d", "-i").out()).isEqualTo(
        """
        exits                                            107         0
        io_exits                                          53         0
        """);
    assertThat(run("-1di", "-p", "70").out()).startsWith("exits                                            100         0\n");
    assertThat(run("-1di", "-g", "vm-8", "-f", "io").out()).isEqualTo("io_exits                                           3         0\n");
    assertThat(run("-1di", "--guest=left,right", "-f", "exits$").out())
        .isEqualTo("exits                                            100         0\n");
    assertThat(run("-1diG").out()).isEqualTo(
        """
        left,right                                       150         0
        vm-8                                              10         0
        """);
    assertThat(run("-d", "-f", "help").out()).isEqualTo("  exits\n  io_exits\n");
  }

  @Test
  void lockdownKeepsFilesBack() throws IOException {
    debugfs();
    new Tree(directory).put("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
    assertRefused(
        1,
        "kvm_stat: /sys/kernel/debug/kvm has no file that the kernel's lockdown lets be read: kvm_stat --source=stats",
        "-1", "-d");
    for (String where : List.of("", "70-11/", "81-4/")) {
      Files.setPosixFilePermissions(
          directory.resolve("sys/kernel/debug/kvm/" + where + "io_exits"), PosixFilePermissions.fromString("r--r--r--"));
    }
    assertThat(run("-1di")).isEqualTo(new Run(
        0,
        "io_exits                                          53         0\n",
        "kvm_stat: the kernel's lockdown keeps back 1 files of debugfs: kvm_stat --source=stats has them\n"));
  }

  @Test
  void whatIsMissingIsOneLineWithTheRemedy() throws IOException {
    assertRefused(1, "kvm_stat: debugfs is not mounted: mount -t debugfs none /sys/kernel/debug", "-1", "-d");
    assertRefused(1, "kvm_stat: tracefs is not mounted: mount -t tracefs none /sys/kernel/tracing", "-1", "-t");
    assertThat(run("-1", "--source=stats").err()).startsWith("kvm_stat: no monitor keeps statistics open").hasLineCount(1);
    assertThat(run("-1", "--source=portfire").err()).startsWith("kvm_stat: no machine of Portfire runs").hasLineCount(1);
    assertThat(run("-1").err()).startsWith("kvm_stat: no source can be read:\n  tracepoints: tracefs is").hasLineCount(5);
    new Tree(directory).put("/proc/mounts", "none /d debugfs rw 0 0\ntracefs /t tracefs rw 0 0\n").put("/d/x", "").put("/t/events/e", "");
    assertRefused(1, "kvm_stat: /d/kvm is not there, for KVM is not loaded: modprobe kvm", "-1", "-d");
    assertRefused(1, "kvm_stat: /t/events/kvm is not there, for KVM is not loaded: modprobe kvm", "-1", "-t");
  }

  @Test
  void sourcesAreShown() throws IOException {
    debugfs();
    assertThat(run("--source")).isEqualTo(run("--source=help"));
    assertThat(run("--source").out().lines().filter(line -> !line.startsWith(" ")).map(line -> line.split(" +", 3)[1]))
        .containsExactly("missing", "missing", "chosen", "missing");
  }

  @Test
  void commandLinesThatMakeNoSense() throws IOException {
    debugfs();
    assertRefused(1, "Error: Option -c/--csv requires -l/--log", "-c");
    assertRefused(1, "Error: Option -z/--skip-zero-records requires -l/-L", "-z", "-1");
    assertRefused(1, "Error: Option -T/--utc requires -l/-L", "-T");
    assertRefused(1, "Error: \"99.0\": Delay must be <=25.5", "-s", "99");
    assertRefused(1, "Error: \"0.05\": Delay must be >=0.1", "-s", ".05");
    assertRefused(1, "Error: \"NaN\": Delay must be >=0.1", "-s", "NaN");
    assertRefused(2, "kvm_stat: error: argument -s/--set-delay: invalid float value: 'x'", "-s", "x");
    assertRefused(2, "kvm_stat: error: argument -p/--pid: invalid int value: '-3'", "-p", "-3");
    assertRefused(2, "kvm_stat: error: unrecognized arguments: more", "more");
    assertRefused(1, "Did you use a (unsupported) tid instead of a pid?\nSpecified pid does not exist.", "-1", "-p", "4711");
    assertRefused(1, "Error: No guest by the name \"x\" found", "-g", "x");
    assertRefused(1, "Error: \"(\" is not a valid regular expression", "-1", "-f", "(");
    assertRefused(1, "Error: debugfs and stats count the same events: use one of them", "-1", "-d", "--source=stats");
    assertRefused(2, "Error: no source \"x\": there are tracepoints, stats, debugfs and portfire", "--source=x");
    assertRefused(1, "kvm_stat: the screen needs a terminal: use -1 or -l");
    new Tree(directory).put("/proc/9/cmdline", "qemu\0-name\0vm-8\0");
    assertRefused(1, "Error: Multiple processes found (pids: 8,9): use -p with one of them", "-1", "-g", "vm-8");
    assertThat(run("--nonsense")).isEqualTo(new Run(
        2, "", "kvm_stat: unrecognized option '--nonsense'\nTry 'kvm_stat --help' for more information.\n"));
    assertThat(run("-h").out()).startsWith("Usage: kvm_stat");
  }
}
