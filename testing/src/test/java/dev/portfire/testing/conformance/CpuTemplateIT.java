package dev.portfire.testing.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.kvm.KvmHypervisor;
import dev.portfire.machine.BusDevice;
import dev.portfire.machine.Capabilities;
import dev.portfire.machine.CpuModel;
import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.CpuTemplate.LeafModifier;
import dev.portfire.machine.CpuTemplate.MsrModifier;
import dev.portfire.machine.CpuTemplate.RegisterModifier;
import dev.portfire.machine.CpuidLeaf;
import dev.portfire.machine.CpuidLeaf.Register;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Hypervisor;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.machine.X86State;
import dev.portfire.machine.X86State.Segment;
import dev.portfire.softcpu.SoftHypervisor;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Guests read with CPUID and RDMSR what a CPU template and the number of threads in a core make of their processor. */
class CpuTemplateIT {
  private static final int CODE = 0x1000;
  private static final int RESULT = 0x3000;

  /** IA32_ARCH_CAPABILITIES, IA32_PAT. */
  private static final int ARCH_CAPABILITIES = 0x10a;

  private static final int PAT = 0x277;

  /** In ECX of leaf 1; the model has none. */
  private static final int AVX = 1 << 28;

  private record Engine(String name, Hypervisor hypervisor) {}

  private static Stream<Engine> engines() {
    List<Engine> engines = new ArrayList<>();
    engines.add(new Engine("interpreter", new SoftHypervisor()));
    Conformance.nativeEngine(System.out).ifPresent(engine -> engines.add(new Engine("native", engine.hypervisor())));
    KvmHypervisor kvm = new KvmHypervisor(KvmHypervisor.DEVICE, Optional.empty());
    Capabilities capabilities = kvm.probe();
    if (capabilities.available()) {
      engines.add(new Engine("kvm", kvm));
    } else {
      System.out.println("skipped on KVM: " + capabilities.reason());
    }
    return engines.stream();
  }

  private static LeafModifier leaf(int function, int index, Register register, int filter, int bits) {
    return new LeafModifier(function, index, 0, List.of(new RegisterModifier(register, filter, bits)));
  }

  private static CpuTemplate template(List<LeafModifier> leaves, MsrModifier... msrs) {
    return new CpuTemplate(List.of(), leaves, List.of(msrs), Set.of());
  }

  /** EAX, EBX, ECX and EDX of each leaf, as real-mode code on each vCPU reads them, and then EAX and EDX of each MSR. */
  private static int[] read(Hypervisor hypervisor, VmSpec spec, int cpu, int[][] leaves, int... msrs) {
    StringBuilder code = new StringBuilder();
    int at = RESULT;
    for (int[] leaf : leaves) {
      // mov eax, leaf; mov ecx, subleaf; cpuid
      code.append("66b8").append(word(leaf[0])).append("66b9").append(word(leaf[1])).append("0fa2");
      // mov [at], eax; ebx; ecx; edx
      code.append("66a3").append(half(at)).append("66891e").append(half(at + 4)).append("66890e").append(half(at + 8));
      code.append("668916").append(half(at + 12));
      at += 16;
    }
    for (int msr : msrs) {
      // mov ecx, msr; rdmsr; mov [at], eax; edx
      code.append("66b9").append(word(msr)).append("0f32").append("66a3").append(half(at));
      code.append("668916").append(half(at + 4));
      at += 8;
    }
    spec.memory().write(CODE, HexFormat.of().parseHex(code + "e680f4"));
    try (Vm vm = hypervisor.create(spec)) {
      Vcpu vcpu = vm.vcpu(cpu);
      vm.ports().attach(0x80, 1, new BusDevice() {
        @Override
        public long read(long offset, int size) {
          return 0;
        }

        @Override
        public void write(long offset, int size, long value) {
          vcpu.kick();
        }
      });
      X86State s = vcpu.save();
      Segment[] segments = s.segments().clone();
      segments[X86State.CS] = new Segment(0, 0, 0xffff, 0x9b);
      vcpu.restore(new X86State(
          s.general(), CODE, s.rflags(), segments, s.gdt(), s.idt(), s.control(), s.debug(), s.msrs(), s.xsave(),
          X86State.RunState.RUNNING));
      assertThat(vcpu.run()).isEqualTo(Vcpu.Stop.KICKED);
    }
    int[] result = new int[(at - RESULT) / 4];
    for (int k = 0; k < result.length; k++) {
      result[k] = spec.memory().readInt(RESULT + 4L * k);
    }
    return result;
  }

  private static String half(int value) {
    return "%02x%02x".formatted(value & 0xff, value >>> 8 & 0xff);
  }

  private static String word(int value) {
    return half(value & 0xffff) + half(value >>> 16);
  }

  private static VmSpec spec(GuestMemory memory, int vcpus, boolean smt, Optional<CpuTemplate> template) {
    return new VmSpec("template", memory, vcpus, CpuModel.PORTFIRE_V2, smt, template);
  }

  @TestFactory
  Stream<DynamicTest> guestsReadWhatTheTemplateSays() {
    return engines().map(engine -> DynamicTest.dynamicTest(engine.name(), () -> {
      CpuTemplate template = template(
          List.of(
              leaf(1, 0, Register.EAX, 0x0fff_3fff, 0x0003_06f2),
              // without RDRAND; TSC deadline and hypervisor cannot be taken away
              leaf(1, 0, Register.ECX, 1 << 30 | 1 << 24 | 1 << 31, 0)),
          new MsrModifier(PAT, 0xff, 4));
      try (GuestMemory memory = GuestMemory.allocate(1 << 20)) {
        int[][] leaves = {{1, 0}};
        int[] plain = read(engine.hypervisor(), spec(memory, 1, false, Optional.empty()), 0, leaves, PAT);
        int[] changed = read(engine.hypervisor(), spec(memory, 1, false, Optional.of(template)), 0, leaves, PAT);
        assertThat(changed[0]).isEqualTo(plain[0] & ~0x0fff_3fff | 0x0003_06f2);
        if ((plain[2] & AVX) == 0) {
          assertThat(changed[2]).isEqualTo(plain[2] & ~(1 << 30)).isNotEqualTo(plain[2]);
        } else {
          // There are KVMs that emulate, and announce in this register what their emulator has.
          System.out.println(engine.name() + " does not show guests the ECX of leaf 1 that it was given: not compared");
        }
        assertThat(plain[4] & 0xff).isEqualTo(6);
        assertThat(changed[4]).isEqualTo(plain[4] & ~0xff | 4);
      }
    }));
  }

  @TestFactory
  Stream<DynamicTest> pairsOfVcpusAreThreadsOfACore() {
    return engines().map(engine -> DynamicTest.dynamicTest(engine.name(), () -> {
      try (GuestMemory memory = GuestMemory.allocate(1 << 20)) {
        int[] pairs = read(
            engine.hypervisor(), spec(memory, 4, true, Optional.empty()), 0, new int[][] {{1, 0}, {0xb, 0}, {0xb, 1}});
        assertThat(pairs[1] >>> 16 & 0xff).isEqualTo(4);
        assertThat(pairs[3] & 1 << 28).isNotZero();
        assertThat(pairs[4] & 0x1f).isEqualTo(1);
        assertThat(pairs[5]).isEqualTo(2);
        assertThat(pairs[6]).isEqualTo(1 << 8);
        assertThat(pairs[8] & 0x1f).isEqualTo(5);
        assertThat(pairs[9]).isEqualTo(4);
        assertThat(pairs[10]).isEqualTo(2 << 8 | 1);
        int[] single = read(engine.hypervisor(), spec(memory, 4, false, Optional.empty()), 0, new int[][] {{0xb, 0}});
        assertThat(single[0] & 0x1f).isZero();
        assertThat(single[1]).isEqualTo(1);
      }
    }));
  }

  @TestFactory
  Stream<DynamicTest> whatIsNotThereIsRefusedByName() {
    return engines().map(engine -> DynamicTest.dynamicTest(engine.name(), () -> {
      try (GuestMemory memory = GuestMemory.allocate(1 << 20)) {
        CpuTemplate noLeaf = template(List.of(leaf(0x3fff_0000, 7, Register.EAX, 1, 1)));
        assertThatThrownBy(() -> engine.hypervisor().create(spec(memory, 1, false, Optional.of(noLeaf))).close())
            .hasMessageContaining("CPUID leaf=0x3fff0000, subleaf=0x7 is not there");
        CpuTemplate noMsr = template(List.of(), new MsrModifier(0x3fff_0000, 1, 1));
        assertThatThrownBy(() -> engine.hypervisor().create(spec(memory, 1, false, Optional.of(noMsr))).close())
            .hasMessageContaining("MSR index=0x3fff0000 is not there");
        CpuTemplate noCapability =
            new CpuTemplate(List.of(new CpuTemplate.Capability(60_000, false)), List.of(), List.of(), Set.of());
        assertThatThrownBy(() -> engine.hypervisor().create(spec(memory, 1, false, Optional.of(noCapability))).close())
            .hasMessageContaining("Missing KVM capabilities: [0xea60]");
        CpuTemplate less =
            new CpuTemplate(List.of(new CpuTemplate.Capability(56, true)), List.of(), List.of(), Set.of());
        engine.hypervisor().create(spec(memory, 1, false, Optional.of(less))).close();
      }
    }));
  }

  @Test
  void theSoftwareCpuAnnouncesNothingThatItDoesNotHave() {
    SoftHypervisor soft = new SoftHypervisor();
    try (GuestMemory memory = GuestMemory.allocate(1 << 20)) {
      CpuTemplate avx512 = template(List.of(leaf(7, 0, Register.EBX, 1 << 16, 1 << 16)));
      assertThatThrownBy(() -> soft.create(spec(memory, 1, false, Optional.of(avx512))))
          .hasMessageContaining("the software CPU does not have what bit 16 of CPUID leaf=0x7, subleaf=0x0, register=ebx stands for");
      CpuTemplate clock = template(List.of(leaf(0x15, 0, Register.ECX, -1, 5)));
      assertThatThrownBy(() -> soft.create(spec(memory, 1, false, Optional.of(clock)))).hasMessageContaining("leaf=0x15");
      CpuTemplate tsx = template(List.of(), new MsrModifier(ARCH_CAPABILITIES, 1 << 7, 1 << 7));
      assertThatThrownBy(() -> soft.create(spec(memory, 1, false, Optional.of(tsx))))
          .hasMessageContaining("MSR index=0x10a would announce registers that the software CPU does not have");
      CpuTemplate wrongPat = template(List.of(), new MsrModifier(PAT, 0xff, 2));
      assertThatThrownBy(() -> soft.create(spec(memory, 1, false, Optional.of(wrongPat))))
          .hasMessageContaining("MSR index=0x277 cannot be");

      // What the register promises is there.
      CpuTemplate energy = template(List.of(), new MsrModifier(ARCH_CAPABILITIES, -1, 1 << 10 | 1));
      int[] values = read(soft, spec(memory, 1, false, Optional.of(energy)), 0, new int[][] {}, ARCH_CAPABILITIES, 0xbc);
      assertThat(values).containsExactly(1 << 10 | 1, 0, 0, 0);
    }
  }
}
