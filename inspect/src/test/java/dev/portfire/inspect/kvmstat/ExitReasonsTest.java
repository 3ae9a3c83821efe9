package dev.portfire.inspect.kvmstat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.Tree;
import dev.portfire.inspect.kvmstat.ExitReasons.Isa;
import dev.portfire.inspect.kvmstat.ExitReasons.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExitReasonsTest {
  @TempDir
  Path directory;

  @Test
  void tablesAreWhole() {
    List<Reason> vmx = ExitReasons.of(Isa.VMX);
    List<Reason> svm = ExitReasons.of(Isa.SVM);
    List<Reason> arm = ExitReasons.of(Isa.AARCH64);
    List<Reason> user = ExitReasons.userspace();
    assertThat(vmx).hasSize(65).contains(
        new Reason("EXCEPTION_NMI", "exit_reason==0"),
        new Reason("CPUID", "exit_reason==10"),
        new Reason("INVALID_STATE", "exit_reason==33||exit_reason==2147483681"),
        new Reason("MSR_WRITE_IMM", "exit_reason==85"));
    assertThat(svm).hasSize(133).contains(
        new Reason("READ_CR0", "exit_reason==0"),
        new Reason("EXCP_PF", "exit_reason==78"),
        new Reason("CPUID", "exit_reason==114"),
        new Reason("NPF", "exit_reason==1024"),
        new Reason("ERR", "exit_reason==4294967295"));
    assertThat(arm).hasSize(42).contains(new Reason("WFx", "esr_ec==1"), new Reason("DABT_LOW", "esr_ec==36"));
    assertThat(user).hasSize(41).contains(new Reason("UNKNOWN", "reason==0"), new Reason("MMIO", "reason==6"), new Reason("TDX", "reason==40"));
    assertThat(ExitReasons.of(Isa.OTHER)).isEmpty();
    for (List<Reason> table : List.of(vmx, svm, arm, user)) {
      for (Function<Reason, String> part : List.<Function<Reason, String>>of(Reason::name, Reason::filter)) {
        assertThat(table.stream().map(part)).doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void theHostSaysWhoseExitsItHas() throws IOException {
    Tree host = new Tree(directory);
    assertThat(Isa.of(host.sysRoot())).isEqualTo(Isa.OTHER);
    assertThat(Isa.of(host.put("/proc/cpuinfo", "flags\t\t: fpu vmx vme\n").sysRoot())).isEqualTo(Isa.VMX);
    assertThat(Isa.of(host.put("/proc/cpuinfo", "flags\t\t: fpu vme svm\n").sysRoot())).isEqualTo(Isa.SVM);
    assertThat(Isa.of(host.put("/proc/cpuinfo", "CPU implementer\t: 0x41\n").sysRoot())).isEqualTo(Isa.AARCH64);
    // Nested, with the flag hidden.
    String amd = "vendor_id\t: AuthenticAMD\nflags\t\t: fpu hypervisor\n";
    assertThat(Isa.of(host.put("/proc/cpuinfo", amd).sysRoot())).isEqualTo(Isa.SVM);
    assertThat(Isa.of(host.put("/proc/cpuinfo", amd.replace("AuthenticAMD", "GenuineIntel")).sysRoot())).isEqualTo(Isa.VMX);
    host.put("/sys/module/kvm_amd/refcnt", "0\n");
    assertThat(Isa.of(host.sysRoot())).isEqualTo(Isa.SVM);
  }

  @Test
  void reasonsArePartsOfTheirTracepoints() throws IOException {
    Tree host = new Tree(directory)
        .put("/t/events/kvm/enable", "0\n")
        .put("/t/events/kvm/kvm_exit/id", "103\n")
        .put("/t/events/kvm/kvm_pio/id", "110\n")
        .put("/t/events/kvm/kvm_userspace_exit/id", "42\n");
    List<TracepointSource.Tracepoint> all = TracepointSource.tracepoints(host.sysRoot(), "/t/events/kvm", Isa.VMX);
    assertThat(all).hasSize(3 + 65 + 41).contains(
        new TracepointSource.Tracepoint(new Event("kvm_pio"), "kvm_pio", ""),
        new TracepointSource.Tracepoint(new Event("kvm_exit(HLT)", "kvm_exit"), "kvm_exit", "exit_reason==12"));
  }
}
