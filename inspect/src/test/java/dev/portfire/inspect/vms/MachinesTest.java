package dev.portfire.inspect.vms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.Run;
import dev.portfire.inspect.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachinesTest {
  @TempDir
  Path directory;

  private void process(int pid, String comm, String arguments, String... descriptors) throws IOException {
    new Tree(directory).put("/proc/" + pid + "/comm", comm + "\n").put("/proc/" + pid + "/cmdline", arguments);
    Path fds = Files.createDirectories(directory.resolve("proc/" + pid + "/fd"));
    for (int i = 0; i < descriptors.length; i++) {
      Files.createSymbolicLink(fds.resolve(Integer.toString(10 + i)), Path.of(descriptors[i]));
    }
  }

  private Run run() {
    return Run.ours((out, err) -> {
      try {
        return new Machines(new Tree(directory).sysRoot(), out, err).run(List.of());
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    });
  }

  @Test
  void listsProcessesWithMachines() throws IOException {
    process(5, "bash", "bash\0", "pipe:[1]", "anon_inode:[eventpoll]");
    process(70, "firecracker", "firecracker\0--id\0vm-1\0", "socket:[2]", "anon_inode:kvm-vm", "anon_inode:kvm-vcpu:0",
        "anon_inode:kvm-vcpu:1");
    process(9, "qemu-system-x86", "qemu\0-name\0guest=two,debug-threads=on\0", "anon_inode:kvm-vm", "anon_inode:kvm-vcpu:0");
    new Tree(directory)
        .put("/proc/70/task/71/stat", "71 (fc_vcpu 0) S 1 2 3 4 5 6 7 8 9 10 1234 66 0 0 20\n")
        .put("/proc/70/task/72/stat", "72 (fc_vcpu 1) S 1 2 3 4 5 6 7 8 9 10 100 0 0 0 20\n")
        .put("/proc/70/task/70/stat", "70 (firecracker) S 1 2 3 4 5 6 7 8 9 10 9999 0 0 0 20\n")
        .put("/sys/kernel/debug/kvm/70-11/exits", "4711\n");
    Path exits = directory.resolve("sys/kernel/debug/kvm/70-11/exits");
    Files.setPosixFilePermissions(exits, PosixFilePermissions.fromString("r--r--r--"));
    assertThat(run()).isEqualTo(new Run(
        0,
        """
        PID  MONITOR          NAME  VMS  VCPUS  VCPU-TIME  EXITS  EXITS/S
        9    qemu-system-x86  two   1    1      -          -      -
        70   firecracker      vm-1  1    2      14.0s      4711   0
        """,
        ""));
    // In lockdown a file that root may write is left alone.
    new Tree(directory).put("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
    Files.setPosixFilePermissions(exits, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(run().out()).contains("14.0s      -      -\n");
    new Tree(directory).put("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
    assertThat(run().out()).contains("4711");
  }

  @Test
  void machinesOfTheSoftwareCpuAreThereToo() throws IOException {
    process(30, "java", "java\0", "/memfd:portfire-vcpu-stats:0:1 (deleted)", "/memfd:portfire-vcpu-stats:1:1 (deleted)",
        "/memfd:guest (deleted)");
    assertThat(run().out()).contains("30   java     -     1    2      -          -      -\n");
  }

  @Test
  void nothingRuns() {
    assertThat(run().out()).isEqualTo("PID  MONITOR  NAME  VMS  VCPUS  VCPU-TIME  EXITS  EXITS/S\n");
  }
}
