package dev.portfire.inspect.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.host.MachineScan.Holder;
import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On this host's KVM, if it has one. */
class MachineScanIT {
  private static void needKvm() {
    Path device = Path.of("/dev/kvm");
    assumeTrue(Files.isReadable(device) && Files.isWritable(device), "there is no /dev/kvm that could be opened");
  }

  @Test
  void findsMachinesOfThisProcess() throws SystemCallException {
    needKvm();
    int pid = (int) ProcessHandle.current().pid();
    try (Descriptor kvm = Descriptor.open("/dev/kvm", Descriptor.O_RDWR | Descriptor.O_CLOEXEC);
        Descriptor machine = Descriptor.of(kvm.ioctl("KVM_CREATE_VM", 0xae01, 0));
        Descriptor vcpu = Descriptor.of(machine.ioctl("KVM_CREATE_VCPU", 0xae41, 3))) {
      assertThat(vcpu.fd()).isPositive();
      assertThat(MachineScan.scan(SysRoot.HOST)).contains(new Holder(pid, List.of(machine.fd()), List.of(3), List.of(), List.of()));
    }
    assertThat(MachineScan.scan(SysRoot.HOST)).noneMatch(holder -> holder.pid() == pid);
  }

  @Test
  void kvmTellsItsCapabilities() {
    needKvm();
    Kvm kvm = Kvm.ask("/dev/kvm");
    assertThat(kvm.version()).isEqualTo(12);
    assertThat(kvm.createsMachines()).isTrue();
    assertThat(kvm.capabilities()).containsKeys("USER_MEMORY", "NR_VCPUS", "CHECK_EXTENSION_VM");
    Kvm none = Kvm.ask("/dev/null");
    assertThat(none.createsMachines()).isFalse();
    assertThat(none.problem()).startsWith("ioctl(");
  }
}
