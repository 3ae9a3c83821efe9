package dev.portfire.inspect.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.Run;
import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.Tree;
import dev.portfire.vmm.Accelerator;
import dev.portfire.vmm.BackEndChoice;
import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTest {
  @TempDir
  Path directory;

  private static Run run(SysRoot root, Accelerator choice, String... arguments) {
    return Run.ours((out, err) ->
        new HostReport(root, () -> new BackEndChoice(choice, "it was so"), out, err).run(List.of(arguments)));
  }

  private SysRoot host() throws IOException {
    return new Tree(directory)
        .put("/proc/cpuinfo", "processor\t: 0\nmodel name\t: A \"CPU\"\nflags\t\t: fpu vmx lm\n")
        .put("/proc/mounts", "none /sys/kernel/debug debugfs rw 0 0\n")
        .put("/proc/meminfo", "MemAvailable:  123 kB\nHugePages_Total: 4\nHugePages_Free: 3\nHugepagesize: 2048 kB\n")
        .put("/dev/kvm", "")
        .put("/sys/module/kvm_intel/initstate", "live\n")
        .put("/sys/module/kvm_intel/parameters/nested", "Y\n")
        .put("/sys/kernel/debug/kvm/77-12/exits", "5\n")
        .put("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n")
        .sysRoot();
  }

  @Test
  void tellsWhatThereIsAndWhatToDo() throws IOException {
    Run run = run(host(), Accelerator.KVM);
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("  virtualization flag       vmx\n")
        .contains("  kvm_intel.nested          Y\n")
        .contains("  machines in debugfs       77-12\n")
        .contains("  lockdown                  integrity\n")
        .contains("  huge pages                3 free of 4, 2048 kB each\n")
        .contains("  reason                    it was so\n")
        .endsWith("\nmicroVMs run here under KVM, at hardware speed\n");
    Run bare = run(new SysRoot(directory.resolve("nothing")), Accelerator.SOFT);
    assertThat(bare.status()).isEqualTo(1);
    assertThat(bare.out()).contains("  /dev/kvm                  missing\n    -> no KVM in this kernel: modprobe kvm_intel");
  }

  @Test
  void jsonHasTheSame() throws IOException, JsonException {
    Run run = run(host(), Accelerator.SOFT, "--json");
    assertThat(run.status()).isEqualTo(1);
    JsonReader json = new JsonReader(run.out().getBytes(StandardCharsets.UTF_8));
    JsonValue unused = json.value();
    json.end();
    assertThat(run.out()).startsWith("{\"hardware_speed\":false,").contains("\"model\":\"A \\\"CPU\\\"\"");
  }

  @Test
  void wrongCommandLines() throws IOException {
    assertThat(run(host(), Accelerator.KVM, "x")).isEqualTo(new Run(2, "", "portfire host: unexpected argument x; try --help\n"));
    assertThat(run(host(), Accelerator.KVM, "--x").status()).isEqualTo(2);
  }
}
