package dev.portfire.softcpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.machine.CpuModel;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.machine.X86State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeterminismTest {
  private static final int CODE = 0x8000;
  private static final long TICK = 1000;

  private final List<String> kinds = new ArrayList<>();
  private final List<Long> accumulators = new ArrayList<>();
  private final List<Long> addresses = new ArrayList<>();

  private Determinism.Listener listener = point -> {};

  private VmSpec spec(GuestMemory memory, int vcpus) {
    return new VmSpec("deterministic", memory, vcpus, CpuModel.PORTFIRE_V2);
  }

  private Determinism how(long seed) {
    return new Determinism(seed, Instant.EPOCH, TICK, point -> {
      kinds.add(point.kind());
      accumulators.add(point.values()[0]);
      addresses.add(point.values()[Point.RIP]);
      listener.at(point);
    });
  }

  /** Runs code in real mode that ends with HLT. */
  private void run(long seed, int... code) {
    byte[] bytes = new byte[code.length];
    for (int k = 0; k < code.length; k++) {
      bytes[k] = (byte) code[k];
    }
    try (GuestMemory memory = GuestMemory.allocate(1 << 20);
        Vm vm = new SoftHypervisor().deterministic(how(seed)).create(spec(memory, 1))) {
      memory.write(CODE, bytes);
      // The handler of #UD, vector 6.
      memory.writeInt(6 * 4, CODE + 2);
      X86State s = vm.vcpu(0).save();
      X86State.Segment[] segments = s.segments().clone();
      segments[X86State.CS] = new X86State.Segment(0, 0, 0xffff, 0x9b);
      vm.vcpu(0).restore(new X86State(
          s.general(), CODE, s.rflags(), segments, s.gdt(), s.idt(), s.control(), s.debug(), s.msrs(), s.xsave(), s.runState(),
          s.events(), s.apic()));
      assertThatThrownBy(() -> vm.vcpu(0).run())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("has halted");
    }
  }

  @Test
  void timeGoesOnAtPointsAlone() {
    // rdtsc; nop; pause; nop; rdtsc; out 0x80, al; hlt
    run(1, 0x0f, 0x31, 0x90, 0xf3, 0x90, 0x90, 0x0f, 0x31, 0xe6, 0x80, 0xf4);
    assertThat(kinds).containsExactly("RDTSC", "PAUSE", "RDTSC", "OUT", "HLT");
    assertThat(accumulators).startsWith(0L, 0L, 2 * TICK);
    assertThat(addresses).startsWith(CODE + 2L, CODE + 5L, CODE + 8L, CODE + 10L, CODE + 11L);
  }

  @Test
  void instructionsCanBeTraced() {
    List<Long> traced = new ArrayList<>();
    listener = point -> {
      if (point.number() == 1) {
        point.trace(traced::add);
      } else if (point.number() == 2) {
        point.endTrace();
      }
    };
    // pause; nop; nop; pause; nop; hlt
    run(1, 0xf3, 0x90, 0x90, 0x90, 0xf3, 0x90, 0x90, 0xf4);
    assertThat(kinds).containsExactly("PAUSE", "PAUSE", "HLT");
    assertThat(traced).containsExactly(CODE + 2L, CODE + 3L, CODE + 4L);
  }

  @Test
  void anExceptionIsAPointBeforeItsHandler() {
    // ud2; hlt
    run(1, 0x0f, 0x0b, 0xf4);
    assertThat(kinds).containsExactly("#UD", "HLT");
    assertThat(addresses).containsExactly((long) CODE, CODE + 3L);
  }

  @Test
  void randomNumbersComeFromTheSeed() {
    int[] rdrandAndHlt = {0x66, 0x0f, 0xc7, 0xf0, 0xf4};
    run(1, rdrandAndHlt);
    run(1, rdrandAndHlt);
    run(2, rdrandAndHlt);
    assertThat(accumulators.get(0)).isEqualTo(accumulators.get(2)).isNotEqualTo(accumulators.get(4));
  }

  @Test
  void severalVcpusAreRefused() {
    try (GuestMemory memory = GuestMemory.allocate(1 << 20)) {
      SoftHypervisor hypervisor = new SoftHypervisor().deterministic(how(1));
      assertThatThrownBy(() -> hypervisor.create(spec(memory, 2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("one vCPU");
    }
  }
}
