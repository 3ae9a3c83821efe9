package dev.portfire.testing.debug;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.machine.BusDevice;
import dev.portfire.machine.GuestDebug;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Hypervisor;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.testing.conformance.BackEnd;
import dev.portfire.testing.conformance.Conformance;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a debugger asks of a vCPU, on each back end. */
class GuestDebugIT {
  private static final long FUNCTION = 0x3000;
  private static final long HANDLER = 0x5000;
  private static final int DONE = 0x80;

  static Stream<BackEnd> backEnds() {
    List<BackEnd> all = new ArrayList<>(Conformance.backEnds(System.err));
    Conformance.nativeEngine(System.err).ifPresent(all::add);
    return all.stream();
  }

  /** A machine that stops at a write to port {@link #DONE}. */
  private static final class Machine implements AutoCloseable {
    final GuestMemory memory = GuestMemory.allocate(2 << 20);
    final Vm vm;
    final Vcpu vcpu;

    Machine(Hypervisor hypervisor, String code) {
      vm = hypervisor.create(new VmSpec("debugged", memory, 1));
      vcpu = vm.vcpu(0);
      vm.ports().attach(DONE, 1, new BusDevice() {
        @Override
        public long read(long offset, int size) {
          return 0;
        }

        @Override
        public void write(long offset, int size, long value) {
          vcpu.kick();
        }
      });
      put(LongMode.CODE, code);
      LongMode.gate(memory, 3, HANDLER);
      vcpu.restore(LongMode.start(memory));
    }

    void put(long address, String hex) {
      memory.write(address, HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    void expect(GuestDebug wish, GuestDebug.Cause cause, long rip) {
      vcpu.debug(wish);
      assertThat(vcpu.run()).isEqualTo(Vcpu.Stop.DEBUG);
      assertThat(vcpu.debugCause()).isEqualTo(cause);
      assertThat(vcpu.save().rip()).isEqualTo(rip);
    }

    long rax() {
      return vcpu.save().general()[0];
    }

    void finish() {
      vcpu.debug(GuestDebug.NONE);
      assertThat(vcpu.run()).isEqualTo(Vcpu.Stop.KICKED);
    }

    @Override
    public void close() {
      vm.close();
      memory.close();
    }
  }

  private static final GuestDebug STEP = new GuestDebug(true, false, List.of());

  private static GuestDebug at(Long... addresses) {
    return new GuestDebug(false, true, List.of(addresses));
  }

  @ParameterizedTest
  @MethodSource("backEnds")
  void oneInstructionAfterTheOther(BackEnd backEnd) {
    // nop; inc rax; jmp +2; (two bytes never executed) add eax,5; out 0x80,al
    try (Machine m = new Machine(backEnd.hypervisor(), "90 48ffc0 eb02 0f0b 83c005 e680 f4")) {
      m.expect(STEP, GuestDebug.Cause.STEP, 0x1001);
      m.expect(STEP, GuestDebug.Cause.STEP, 0x1004);
      assertThat(m.rax()).isEqualTo(1);
      m.expect(STEP, GuestDebug.Cause.STEP, 0x1008);
      m.expect(STEP, GuestDebug.Cause.STEP, 0x100b);
      assertThat(m.rax()).isEqualTo(6);
      assertThat(m.vcpu.save().rflags() & 0x100).as("TF is not the guest's").isZero();
      m.finish();
    }
  }

  @ParameterizedTest
  @MethodSource("backEnds")
  void anAddressStopsEachTime(BackEnd backEnd) {
    // again: inc rax; cmp eax,3; jne again; out 0x80,al
    try (Machine m = new Machine(backEnd.hypervisor(), "48ffc0 83f803 75f8 e680 f4")) {
      GuestDebug wish = at(0x1003L, 0x1008L, 0x4000L);
      for (int k = 1; k <= 3; k++) {
        m.expect(wish, GuestDebug.Cause.ADDRESS, 0x1003);
        assertThat(m.rax()).isEqualTo(k);
        m.expect(STEP, GuestDebug.Cause.STEP, 0x1006);
      }
      m.expect(wish, GuestDebug.Cause.ADDRESS, 0x1008);
    }
  }

  @ParameterizedTest
  @MethodSource("backEnds")
  void anAddressStopsWhatHasRunBefore(BackEnd backEnd) {
    // again: call 0x3000; cmp eax,2000; jne on; out 0x80,al; on: jmp again
    String loop = "e8 fb1f0000 3d d0070000 7502 e680 ebf0";
    try (Machine m = new Machine(backEnd.hypervisor(), loop)) {
      // inc eax; ret
      m.put(FUNCTION, "ffc0 c3");
      assertThat(m.vcpu.run()).isEqualTo(Vcpu.Stop.KICKED);
      m.expect(at(FUNCTION + 2), GuestDebug.Cause.ADDRESS, FUNCTION + 2);
      assertThat(m.rax()).isEqualTo(2001);
      m.expect(STEP, GuestDebug.Cause.STEP, 0x1005);
      m.expect(at(0x1005L, FUNCTION), GuestDebug.Cause.ADDRESS, 0x1005);
      m.expect(STEP, GuestDebug.Cause.STEP, 0x100a);
      m.expect(at(0x1005L, FUNCTION), GuestDebug.Cause.ADDRESS, FUNCTION);
      assertThat(m.rax()).isEqualTo(2001);
    }
  }

  @ParameterizedTest
  @MethodSource("backEnds")
  void int3StopsUntilItIsReplaced(BackEnd backEnd) {
    // nop; int3 in place of nop; inc rax; out 0x80,al
    try (Machine m = new Machine(backEnd.hypervisor(), "90 cc 48ffc0 e680 f4")) {
      m.expect(at(), GuestDebug.Cause.BREAKPOINT, 0x1001);
      m.expect(at(), GuestDebug.Cause.BREAKPOINT, 0x1001);
      m.memory.writeByte(0x1001, 0x90);
      m.finish();
      assertThat(m.rax()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("backEnds")
  void theGuestsOwnInt3GoesToTheGuest(BackEnd backEnd) {
    // int3; out 0x80,al, and a handler: mov eax,[rsp]; iretq
    try (Machine m = new Machine(backEnd.hypervisor(), "cc e680 f4")) {
      m.put(HANDLER, "8b0424 48cf");
      m.expect(at(), GuestDebug.Cause.BREAKPOINT, LongMode.CODE);
      m.vcpu.raiseBreakpoint();
      assertThat(m.vcpu.run()).isEqualTo(Vcpu.Stop.KICKED);
      assertThat(m.rax()).as("where it returns to").isEqualTo(0x1001);
    }
  }
}
