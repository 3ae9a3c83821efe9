package dev.portfire.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.machine.Capabilities;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.VmSpec;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KvmDeviceTest {
  private static KvmHypervisor on(String path) {
    return new KvmHypervisor(path, Optional.empty());
  }

  @Test
  void noDeviceNamesTheCauseAndTheRemedy() {
    Capabilities capabilities = on("/none/kvm").probe();
    assertThat(capabilities.available()).isFalse();
    assertThat(capabilities.reason())
        .contains("/none/kvm does not exist")
        .contains("kvm_intel or kvm_amd")
        .contains("accelerator soft");
    try (GuestMemory memory = GuestMemory.allocate(4096)) {
      assertThatThrownBy(() -> on("/none/kvm").create(new VmSpec("t", memory, 1)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(capabilities.reason());
    }
  }

  @Test
  void somethingElseThanKvmIsSaidToBe() {
    Capabilities capabilities = on("/dev/null").probe();
    assertThat(capabilities.available()).isFalse();
    assertThat(capabilities.reason()).contains("/dev/null is not a KVM device").contains("KVM_GET_API_VERSION");
  }

  @Test
  void anotherVersionIsNamed() {
    assertThat(KvmDevice.versionProblem("/dev/kvm", 12)).isEmpty();
    assertThat(KvmDevice.versionProblem("/dev/kvm", 11)).hasValueSatisfying(
        text -> assertThat(text).contains("version 11").contains("not 12").contains("2.6.22"));
  }

  @Test
  void everyMissingCapabilityIsNamed() {
    assertThat(KvmDevice.missingProblem("/dev/kvm", List.of())).isEmpty();
    assertThat(KvmDevice.missingProblem("/dev/kvm", List.of(Capability.IRQCHIP, Capability.XCRS))).hasValueSatisfying(
        text -> assertThat(text).contains("KVM_CAP_IRQCHIP (").contains("KVM_CAP_XCRS (").contains("newer Linux"));
  }
}
