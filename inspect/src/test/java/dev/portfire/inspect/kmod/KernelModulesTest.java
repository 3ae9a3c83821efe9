package dev.portfire.inspect.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.Run;
import dev.portfire.inspect.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three programs on the files of a host that has kvm and kvm_intel loaded. */
class KernelModulesTest {
  @TempDir
  Path directory;

  private Tree host;

  @BeforeEach
  void makeHost() throws IOException {
    host = new Tree(directory)
        .put("/proc/sys/kernel/osrelease", "6.1.0-test\n")
        .put("/proc/modules", "kvm_intel 385024 3 - Live 0x0000000000000000\nkvm 1150976 2 kvm_intel, Live 0x0000000000000000\n")
        .put("/sys/module/kvm/coresize", "1150976\n")
        .put("/sys/module/kvm/refcnt", "1\n")
        .put("/sys/module/kvm/initstate", "live\n")
        .put("/sys/module/kvm/holders/kvm_intel", "")
        .put("/sys/module/kvm/parameters/halt_poll_ns", "200000\n")
        .put("/sys/module/kvm/parameters/enable_pmu", "Y\n")
        .put("/sys/module/kvm_intel/coresize", "385024\n")
        .put("/sys/module/kvm_intel/refcnt", "3\n")
        .put("/sys/module/kvm_intel/initstate", "live\n")
        .put("/sys/module/kvm_intel/parameters/nested", "N\n")
        .put("/lib/modules/6.1.0-test/modules.dep",
            "kernel/arch/x86/kvm/kvm.ko:\nkernel/arch/x86/kvm/kvm-intel.ko: kernel/arch/x86/kvm/kvm.ko\n")
        .put("/lib/modules/6.1.0-test/modules.alias", "alias cpu:type:x86,ven*fam*mod*:feature:*0085* kvm_intel\n")
        .put("/lib/modules/6.1.0-test/modules.builtin", "kernel/net/ipv4/tcp_cubic.ko\n")
        .put("/lib/modules/6.1.0-test/modules.builtin.modinfo", "tcp_cubic.license=GPL\0tcp_cubic.parm=beta:how much\0")
        .put("/lib/modules/6.1.0-test/kernel/arch/x86/kvm/kvm.ko",
            Modules.elf("parmtype=halt_poll_ns:uint", "license=GPL", "parm=halt_poll_ns:from the file"))
        .put("/lib/modules/6.1.0-test/kernel/arch/x86/kvm/kvm-intel.ko", Modules.elf("license=GPL", "parmtype=nested:bool"));
    for (String name : List.of("kvm/parameters/enable_pmu", "kvm_intel/parameters/nested")) {
      Files.setPosixFilePermissions(
          directory.resolve("sys/module/" + name), PosixFilePermissions.fromString("r--r--r--"));
    }
  }

  private Run modinfo(String... arguments) {
    return Run.ours((out, err) -> new Modinfo(host.sysRoot(), out, err).run(List.of(arguments)));
  }

  private Run modules(int running, String... arguments) {
    List<String> words = new ArrayList<>(List.of("-s", directory.toString()));
    words.addAll(List.of(arguments));
    return Run.ours((out, err) -> new KvmModules(() -> running, out, err).run(words));
  }

  @Test
  void lsmodShowsWhoUsesWhat() {
    assertThat(Run.ours((out, err) -> new Lsmod(host.sysRoot(), out, err).run(List.of()))).isEqualTo(new Run(
        0,
        """
        Module                  Size  Used by
        kvm_intel             385024  3
        kvm                  1150976  1 kvm_intel
        """,
        ""));
    assertThat(Run.ours((out, err) -> new Lsmod(host.sysRoot(), out, err).run(List.of("x"))))
        .isEqualTo(new Run(1, "", "Usage: lsmod\n"));
  }

  @Test
  void lsmodSaysWhyThereIsNothing() throws IOException {
    Files.delete(directory.resolve("proc/modules"));
    Run run = Run.ours((out, err) -> new Lsmod(host.sysRoot(), out, err).run(List.of()));
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).startsWith("Error: could not get list of modules: No such file or directory\n");
  }

  @Test
  void modinfoFindsFilesAliasesAndWhatIsBuiltIn() {
    String kvm = directory + "/lib/modules/6.1.0-test/kernel/arch/x86/kvm/kvm.ko";
    assertThat(modinfo("kvm")).isEqualTo(new Run(
        0,
        "filename:       " + kvm + "\nlicense:        GPL\nparm:           halt_poll_ns:from the file (uint)\n",
        ""));
    assertThat(modinfo("-p", "kvm", "tcp-cubic").out()).isEqualTo("halt_poll_ns:from the file (uint)\nbeta:how much\n");
    assertThat(modinfo("-0F", "license", kvm, "tcp_cubic").out()).isEqualTo("GPL\0GPL\0");
    assertThat(modinfo("-p", "cpu:type:x86,ven0000fam0006mod008F:feature:,0000,0085,0086").out()).isEqualTo("nested: (bool)\n");
    assertThat(modinfo("tcp_cubic").out())
        .isEqualTo("name:           tcp_cubic\nfilename:       (builtin)\nlicense:        GPL\nparm:           beta:how much\n");
    assertThat(modinfo("nothing", "-n", "kvm"))
        .isEqualTo(new Run(1, kvm + "\n", "modinfo: ERROR: Module nothing not found.\n"));
    assertThat(modinfo()).isEqualTo(new Run(1, "", "modinfo: ERROR: missing module or filename.\n"));
  }

  @Test
  void modulesShowsParametersAndWhetherGuestsMayNest() {
    Run run = modules(0, "kvm");
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("kvm: loaded, 1150976 bytes, used by 1 (kvm_intel), " + directory)
        .contains("  enable_pmu    Y       bool  ro  guests have performance counters\n")
        .contains("  halt_poll_ns  200000  uint  rw  from the file\n")
        .contains("nested: off (kvm_intel): guests cannot run guests of their own\n"
            + "  to switch it on: \"options kvm_intel nested=1\" in /etc/modprobe.d/portfire-kvm.conf, then modprobe -r kvm_intel"
            + " && modprobe kvm_intel, with no virtual machine running\n");
  }

  @Test
  void nothingIsChangedUntilItIsAppliedAndNoMachineRuns() throws IOException {
    Path configuration = directory.resolve("etc/modprobe.d/portfire-kvm.conf");
    assertThat(modules(0, "kvm", "--set", "kvm-intel.nested=1").status()).isZero();
    assertThat(configuration).doesNotExist();
    Files.createDirectories(configuration.getParent());
    Files.writeString(configuration, "options kvm_intel nested=0\noptions kvm_intel ept=1\n");
    Run run = modules(0, "kvm", "--set", "kvm_intel.nested=1", "--set", "kvm.halt_poll_ns=0", "--apply");
    assertThat(run.err()).isEmpty();
    assertThat(configuration).content().isEqualTo("options kvm_intel ept=1\noptions kvm_intel nested=1\n");
    assertThat(directory.resolve("sys/module/kvm/parameters/halt_poll_ns")).content().isEqualTo("0\n");
  }

  @Test
  void wrongRequestsAreToldInOneLine() {
    assertThat(modules(0, "kvm", "--set", "kvm.nosuch=1").err())
        .isEqualTo("portfire modules: kvm has no parameter nosuch here; see portfire modules kvm\n");
    assertThat(modules(0, "kvm", "--set", "ext4.x=1").err()).isEqualTo("portfire modules: ext4 is none of KVM's modules\n");
    assertThat(modules(0, "kvm", "--set", "kvm.x=1\n2").status()).isEqualTo(2);
    assertThat(modules(0, "kvm", "--apply").status()).isEqualTo(2);
    assertThat(modules(0, "ext4").status()).isEqualTo(2);
  }
}
