package dev.portfire.softcpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.machine.CpuModel;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.machine.X86State;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CpuIdTest {
  private static final int AVX_FAMILY = Forms.AVX | Forms.AVX2 | Forms.FMA | Forms.F16C;

  @Test
  void theHostsModelHasWhatTheHostHas() {
    // FMA, MOVBE, AES, AVX; AVX2, BMI2; LZCNT
    int all = CpuId.features(1 << 12 | 1 << 22 | 1 << 25 | 1 << 28, 1 << 5 | 1 << 8, 1 << 5, true);
    assertThat(all).isEqualTo(
        Forms.FMA | Forms.MOVBE | Forms.AES | Forms.AVX | Forms.AVX2 | Forms.BMI2 | Forms.LZCNT | Forms.XSAVEC);
    assertThat(CpuId.features(CpuModel.HOST, all)).isEqualTo(all);
    assertThat(CpuId.features(CpuModel.PORTFIRE_V2, all)).isZero();
    assertThat(CpuId.features(CpuModel.PORTFIRE_V3, all)).isEqualTo(CpuId.V3);
  }

  @Test
  void withoutTheSystemsLeaveThereIsNoAvx() {
    assertThat(CpuId.features(-1, -1, -1, true)).isEqualTo(CpuId.V3);
    assertThat(CpuId.features(-1, -1, -1, false)).isEqualTo(CpuId.V3 & ~AVX_FAMILY);
  }

  @Test
  void aStateWithMoreRegistersIsRefused() {
    try (GuestMemory memory = GuestMemory.allocate(1 << 20);
        Vm v3 = new SoftHypervisor().create(new VmSpec("v3", memory, 1, CpuModel.PORTFIRE_V3));
        Vm v2 = new SoftHypervisor().create(new VmSpec("v2", memory, 1))) {
      X86State state = v3.vcpu(0).save();
      assertThat(state.xsave()).hasSize(832);
      assertThat(v2.vcpu(0).save().xsave()).hasSize(576);
      assertThatThrownBy(() -> v2.vcpu(0).restore(state))
          .hasMessage("the state has register components 0x7 (XCR0 0x1), this processor model has 0x3");
      v3.vcpu(0).restore(v2.vcpu(0).save());
    }
  }

  @Test
  void upperHalvesComeFromAnAreaWithoutItsZeros() {
    try (GuestMemory memory = GuestMemory.allocate(1 << 20);
        Vm vm = new SoftHypervisor().create(new VmSpec("v3", memory, 1, CpuModel.PORTFIRE_V3))) {
      X86State s = vm.vcpu(0).save();
      byte[] area = Arrays.copyOf(s.xsave(), 600);
      area[599] = 7;
      vm.vcpu(0).restore(new X86State(
          s.general(), s.rip(), s.rflags(), s.segments(), s.gdt(), s.idt(), s.control(), s.debug(), s.msrs(), area,
          s.runState()));
      assertThat(vm.vcpu(0).save().xsave()[599]).isEqualTo((byte) 7);
    }
  }
}
