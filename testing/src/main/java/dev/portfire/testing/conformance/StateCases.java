package dev.portfire.testing.conformance;

import static dev.portfire.testing.asm.Mem.dwordAt;
import static dev.portfire.testing.asm.Mem.qwordAt;
import static dev.portfire.testing.asm.Reg.AL;
import static dev.portfire.testing.asm.Reg.AX;
import static dev.portfire.testing.asm.Reg.EAX;
import static dev.portfire.testing.asm.Reg.EBX;
import static dev.portfire.testing.asm.Reg.ECX;
import static dev.portfire.testing.asm.Reg.EDI;
import static dev.portfire.testing.asm.Reg.EDX;
import static dev.portfire.testing.asm.Reg.R10;
import static dev.portfire.testing.asm.Reg.RAX;
import static dev.portfire.testing.asm.Reg.RBX;
import static dev.portfire.testing.asm.Reg.RCX;
import static dev.portfire.testing.asm.Reg.RDX;

import dev.portfire.machine.GuestMemory;
import dev.portfire.testing.asm.Assembler;
import dev.portfire.testing.asm.Condition;
import dev.portfire.testing.asm.Mem;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Kicks, and states that move to another machine in the middle. */
final class StateCases {
  private static final String GROUP = "state";
  private static final int KICKS = 1000;
  private static final int STOP_FLAG = (int) Layout.DATA + 0x80;

  static final List<Case> CASES = List.of(
      new Case(GROUP, "a kick behind STI: one instruction in its shadow", StateCases::shadow),
      new Case(GROUP, "kicked 1000 times under load", StateCases::kicks),
      new Case(GROUP, "kicked while halted", StateCases::kickHalted),
      new Case(GROUP, "moved: registers of every kind", StateCases::registers),
      new Case(GROUP, "moved: x87 and SSE", StateCases::floatingPoint),
      new Case(GROUP, "moved: YMM registers", StateCases::ymm),
      new Case(GROUP, "moved: interrupts pending and in service", StateCases::interrupts),
      new Case(GROUP, "moved: a timer that runs", StateCases::timer),
      new Case(GROUP, "moved: a level that waits in the IOAPIC, the PICs' masks", StateCases::controllers),
      new Case(GROUP, "moved: the TSC and kvmclock go on", StateCases::clocks),
      new Case(GROUP, "moved: in ring 3", StateCases::user),
      new Case(GROUP, "moved: an NMI's handler", StateCases::nmi),
      new Case(GROUP, "moved: other processors, running and halted", StateCases::smp));

  private StateCases() {}

  private static void kicks(BareMachine m) {
    Assembler a = m.code();
    AtomicInteger seen = new AtomicInteger();
    AtomicInteger wrong = new AtomicInteger();
    m.onKick(state -> {
      seen.incrementAndGet();
      // RBX counts rounds, R10 is ten times as much but within one round.
      long ten = state.general()[3] * 10;
      if (state.general()[10] < ten || state.general()[10] > ten + 10) {
        wrong.incrementAndGet();
      }
    });
    m.helper(running -> {
      for (int k = 0; k < KICKS && !running.ended(); k++) {
        running.vm().vcpu(0).kick();
        Thread.yield();
      }
      running.memory().writeInt(STOP_FLAG, 1);
    });
    a.mov(EBX, 0).mov(RAX, 0).mov(R10, 0).label("round");
    for (int k = 0; k < 10; k++) {
      a.inc(R10);
    }
    a.inc(RBX).mov(Mem.at(64, (int) Layout.DATA), RBX).cmp(RBX, Mem.at(64, (int) Layout.DATA)).j(Condition.NE, "bad");
    a.mov(EAX, Mem.at(32, STOP_FLAG)).test(EAX, EAX).j(Condition.E, "round");
    m.host(running -> running.trace(wrong.get() == 0 && seen.get() > 0 ? "consistent" : "%d of %d wrong".formatted(wrong.get(), seen.get())));
    m.stop();
    a.label("bad");
    m.mark("memory is wrong");
    m.stop();
    m.expect("consistent", "stop");
  }

  private static void shadow(BareMachine m) {
    AtomicInteger inShadow = new AtomicInteger();
    m.onKick(state -> inShadow.addAndGet(state.events().interruptShadow() ? 1 : 0));
    m.code().sti().nop().nop();
    m.host(running -> running.vm().vcpu(0).kick());
    m.host(running -> running.trace(inShadow.get() == 0 ? "long over" : "as if STI had only just been executed"));
    m.stop();
    m.expect("long over", "stop");
  }

  private static void kickHalted(BareMachine m) {
    m.onInterrupt(0x24, () -> m.code().mov(AL, 0x20).out(0x20, AL));
    m.initPics(0x20, 1 << 4);
    m.host(running -> Thread.ofPlatform().daemon().start(() -> {
      try {
        for (int k = 0; k < 5; k++) {
          Thread.sleep(5);
          running.vm().vcpu(0).kick();
        }
        Thread.sleep(5);
      } catch (InterruptedException e) {
        return;
      }
      running.vm().interruptLine(4).pulse();
    }));
    m.waitForInterrupt();
    m.mark("awake");
    m.stop();
    m.expect("irq = 0x24", "awake = 0x0", "stop");
  }

  private static void registers(BareMachine m) {
    Assembler a = m.code();
    m.wrmsr(0xc000_0082, 0xffff_8000_0000_1234L);
    m.wrmsr(0xc000_0102, 0x77);
    m.wrmsr(0xc000_0100, Layout.DATA);
    m.wrmsr(0x174, 0x33);
    a.mov(EAX, 0x123).movToDebug(3, RAX).mov(EAX, 0x40).bytes(0x0f, 0x22, 0xd0).mov(R10, 0x1122_3344_5566_7788L).bytes(0xf9, 0xfd);
    a.mov(EAX, 7).movToControl(8, RAX).mov(EAX, 0xffff_fffe).add(EAX, 3);
    m.switchBackEnd();
    a.pushf().bytes(0xfc).pop(RAX).and(EAX, 0x8d5 | 0x400);
    m.report("flags", EAX);
    a.mov(RAX, R10);
    m.report("r10", EAX);
    a.shr(RAX, 32);
    m.report("r10 high", EAX);
    a.movFromDebug(RAX, 3);
    m.report("dr3", EAX);
    a.movFromControl(RAX, 2);
    m.report("cr2", EAX);
    a.movFromControl(RAX, 8);
    m.report("cr8", EAX);
    for (int msr : new int[] {0xc000_0082, 0xc000_0102, 0xc000_0100, 0x174}) {
      m.rdmsr(msr);
      m.report("%x".formatted(msr), EAX);
    }
    m.fault("and the tables", a::ud2);
    m.stop();
    m.expect(
        "switch", "flags = 0x411", "r10 = 0x55667788", "r10 high = 0x11223344", "dr3 = 0x123", "cr2 = 0x40",
        "cr8 = 0x7");
    m.expect(
        "c0000082 = 0x1234", "c0000102 = 0x77", "c0000100 = 0x20000", "174 = 0x33", "#UD at and the tables", "stop");
  }

  private static void floatingPoint(BareMachine m) {
    Assembler a = m.code();
    // FNINIT, FLDPI, FLD1, control word 0x27f; MXCSR 0x9f80; MOVD XMM3, MOVD XMM12.
    a.mov(EBX, Layout.DATA).mov(dwordAt(RBX, 0), 0x027f).bytes(0xdb, 0xe3, 0xd9, 0xeb, 0xd9, 0xe8, 0xd9, 0x2b);
    a.mov(dwordAt(RBX, 0), 0x9f80).bytes(0x0f, 0xae, 0x13).mov(EAX, 0x1234).bytes(0x66, 0x0f, 0x6e, 0xd8).mov(EAX, 0x5678);
    a.bytes(0x66, 0x44, 0x0f, 0x6e, 0xe0);
    m.switchBackEnd();
    a.bytes(0x66, 0x0f, 0x7e, 0xd8);
    m.report("xmm3", EAX);
    a.bytes(0x66, 0x44, 0x0f, 0x7e, 0xe0);
    m.report("xmm12", EAX);
    a.bytes(0x0f, 0xae, 0x1b).mov(EAX, dwordAt(RBX, 0));
    m.report("mxcsr", EAX);
    a.bytes(0xd9, 0x3b).mov(AX, Mem.wordAt(RBX, 0));
    m.report("control", AX);
    // FADDP; FSTP m64.
    a.bytes(0xde, 0xc1, 0xdd, 0x1b).mov(RAX, qwordAt(RBX, 0)).mov(EDX, EAX);
    m.report("sum low", EAX);
    a.shr(RAX, 32);
    m.report("sum high", EAX);
    m.stop();
    m.expect("switch", "xmm3 = 0x1234", "xmm12 = 0x5678", "mxcsr = 0x9f80", "control = 0x27f", "sum low = " + SUM_LOW);
    m.expect("sum high = " + SUM_HIGH, "stop");
  }

  private static void ymm(BareMachine m) {
    m.withHostCpu().needs("AVX", 1, ECX, 28);
    m.fromOn(
        BackEnd.TCG, SystemCases.AVX_FORGOTTEN, "xmm3 = 0x1234", "#UD at +0x77", "#UD at 0x1008", "#UD at 0x1008", "#UD at 0x1008",
        "#UD at 0x1008", "lost");
    Assembler a = m.code();
    a.movFromControl(RAX, 4).or(EAX, 1 << 18).movToControl(4, RAX);
    a.mov(ECX, 0).mov(EDX, 0).mov(EAX, 7).bytes(0x0f, 0x01, 0xd1);
    // VMOVD XMM1, EAX; VINSERTF128 YMM3, YMM1, XMM1, 1; VINSERTF128 YMM12, YMM1, XMM1, 1
    a.mov(EAX, 0x1234).bytes(0xc5, 0xf9, 0x6e, 0xc8, 0xc4, 0xe3, 0x75, 0x18, 0xd9, 0x01);
    a.mov(EAX, 0x5678).bytes(0xc5, 0xf9, 0x6e, 0xc8, 0xc4, 0x63, 0x75, 0x18, 0xe1, 0x01);
    m.switchBackEnd();
    // VMOVD EAX, XMM3; VEXTRACTF128 XMM0, YMM3, 1; VEXTRACTF128 XMM2, YMM12, 1; XGETBV
    a.bytes(0xc5, 0xf9, 0x7e, 0xd8);
    m.report("xmm3", EAX);
    a.bytes(0xc4, 0xe3, 0x7d, 0x19, 0xd8, 0x01, 0xc5, 0xf9, 0x7e, 0xc0);
    m.report("ymm3", EAX);
    a.bytes(0xc4, 0x63, 0x7d, 0x19, 0xe2, 0x01, 0xc5, 0xf9, 0x7e, 0xd0);
    m.report("ymm12", EAX);
    a.mov(ECX, 0).bytes(0x0f, 0x01, 0xd0);
    m.report("xcr0", EAX);
    m.stop();
    m.expect("switch", "xmm3 = 0x1234", "ymm3 = 0x1234", "ymm12 = 0x5678", "xcr0 = 0x7", "stop");
  }

  private static final String SUM_LOW = "0x%x".formatted((int) Double.doubleToRawLongBits(Math.PI + 1));
  private static final String SUM_HIGH = "0x%x".formatted(Double.doubleToRawLongBits(Math.PI + 1) >>> 32);

  private static void interrupts(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(
        BackEnd.TO_EMULATING, "interrupts in service do not show, and hold nothing back", "isr = 0x10000", "isr = 0x0");
    m.onInterrupt(0x50, () -> {
      m.apicWrite(0x300, 0x4_4048);
      m.switchBackEnd();
      m.apicRead(0x120);
      m.report("isr", EAX);
      m.apicRead(0x220);
      m.report("irr", EAX);
      m.endOfInterrupt();
    });
    m.onInterrupt(0x48, m::endOfInterrupt);
    m.enableApic();
    m.apicWrite(0x300, 0x4_4050);
    m.switchBackEnd();
    m.mark("moved");
    a.sti();
    m.settle();
    m.stop();
    m.expect("switch", "moved = 0x0", "irq = 0x50", "switch", "isr = 0x10000", "irr = 0x100", "irq = 0x48", "stop");
  }

  private static void timer(BareMachine m) {
    m.onInterrupt(0x60, m::endOfInterrupt);
    m.initPics(0x20, 0);
    m.enableApic();
    m.apicWrite(0x3e0, 0xb);
    m.apicWrite(0x320, 0x60);
    m.mark("start");
    m.apicWrite(0x380, 100_000_000);
    m.switchBackEnd();
    m.waitForInterrupt();
    m.mark("end");
    m.apicWrite(0x320, 0x60 | 1 << 18);
    m.code().rdtsc().add(EAX, 100_000_000).bytes(0x83, 0xd2, 0x00).mov(ECX, 0x6e0).wrmsr();
    m.switchBackEnd();
    m.waitForInterrupt();
    m.mark("deadline");
    m.stop();
    m.expect("start = 0x0", "switch", "irq = 0x60", "end = 0x0", "switch", "irq = 0x60", "deadline = 0x0", "stop");
    m.atLeast("start = 0x0", "end = 0x0", 90);
  }

  private static final int KVM_SYSTEM_TIME = 0x4b56_4d01;
  private static final long PVCLOCK = Layout.FREE;

  /** How much further than the host's clock kvmclock may go, for what lies between looking at the one and at the other. */
  private static final long SLACK_NANOS = 200_000_000;

  private record Time(long tsc, long clock, long host) {}

  /** The guest's counter, which it has just stored, and kvmclock as it works it out from that. */
  private static Time time(Running running) {
    GuestMemory memory = running.memory();
    long tsc = memory.readLong(Layout.DATA);
    long ticks = tsc - memory.readLong(PVCLOCK + 8);
    int shift = (byte) memory.readByte(PVCLOCK + 28);
    long scaled = shift >= 0 ? ticks << shift : ticks >> -shift;
    long nanos = Math.multiplyHigh(scaled, memory.readInt(PVCLOCK + 24) & 0xffff_ffffL) << 32
        | scaled * (memory.readInt(PVCLOCK + 24) & 0xffff_ffffL) >>> 32;
    return new Time(tsc, memory.readLong(PVCLOCK + 16) + nanos, System.nanoTime());
  }

  private static void clocks(BareMachine m) {
    m.needs("kvmclock", 0x4000_0001, EAX, 3);
    List<Time> times = new java.util.ArrayList<>();
    m.wrmsr(KVM_SYSTEM_TIME, PVCLOCK | 1);
    // For the clock to be far from zero.
    m.host(running -> running.vm().restoreClock(running.vm().saveClock() + 60_000_000_000L));
    m.wrmsr(KVM_SYSTEM_TIME, PVCLOCK | 1);
    for (int k = 0; k < 3; k++) {
      m.settle();
      m.code().rdtsc().shl(RDX, 32).or(RAX, RDX).mov(EBX, Layout.DATA).mov(qwordAt(RBX, 0), RAX);
      m.host(running -> times.add(time(running)));
      m.switchBackEnd();
    }
    m.host(running -> {
      for (int k = 1; k < times.size(); k++) {
        Time before = times.get(k - 1);
        Time now = times.get(k);
        // It stands while the machine is on the way.
        long ahead = now.clock - before.clock - (now.host - before.host);
        running.trace(now.tsc > before.tsc ? "the TSC goes on" : "the TSC goes from %d to %d".formatted(before.tsc, now.tsc));
        running.trace(now.clock > before.clock && ahead < SLACK_NANOS
            ? "kvmclock goes on"
            : "kvmclock goes from %d to %d in %d ns".formatted(before.clock, now.clock, now.host - before.host));
      }
    });
    m.stop();
    m.expect(
        "switch", "switch", "switch", "the TSC goes on", "kvmclock goes on", "the TSC goes on", "kvmclock goes on",
        "stop");
  }

  private static void controllers(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(
        BackEnd.TO_EMULATING, "interrupts in service do not show, and hold nothing back", "irq = 0x46", "irq = 0x46",
        "irq = 0x46");
    m.onInterrupt(0x46, () -> {
      m.lower(6);
      m.endOfInterrupt();
    });
    m.initPics(0x20, 1 << 3);
    m.enableApic();
    m.redirect(6, 0x8046);
    m.switchBackEnd();
    a.in(AL, 0x21);
    m.report("imr", AL);
    m.raise(6);
    a.sti();
    m.settle();
    a.cli();
    a.mov(ECX, Layout.IO_APIC).mov(dwordAt(RCX, 0), 0x10 + 2 * 6).mov(EAX, dwordAt(RCX, 0x10));
    m.report("entry", EAX);
    m.stop();
    m.expect("switch", "imr = 0xf7", "irq = 0x46", "entry = 0x8046", "stop");
  }

  private static void user(BareMachine m) {
    m.inUser(() -> {
      m.switchBackEnd();
      m.fault("still in ring 3", m.code()::hlt);
    });
    m.expect("switch", "#GP(0x0) at still in ring 3 ring 3", "stop");
  }

  private static void nmi(BareMachine m) {
    Assembler a = m.code();
    a.mov(EBX, 0).jmp("around").label("nmi").push(RAX).push(RCX).inc(EBX).cmp(EBX, 2).j(Condition.E, "second");
    m.switchBackEnd();
    m.apicWrite(0x310, 0);
    m.apicWrite(0x300, 0x4400);
    m.settle();
    m.mark("still masked");
    a.label("second");
    m.mark("leave");
    a.pop(RCX).pop(RAX).iret().label("around");
    m.gate(2, "nmi", BareMachine.INTERRUPT_GATE, 0);
    m.enableApic();
    m.apicWrite(0x300, 0x4400);
    m.settle();
    m.stop();
    m.expect("switch", "still masked = 0x0", "leave = 0x0", "leave = 0x0", "stop");
  }

  private static void smp(BareMachine m) {
    Assembler a = m.vcpus(3).code();
    Mem count = Mem.at(32, (int) Layout.DATA);
    Mem turning = Mem.at(32, (int) Layout.DATA + 8);
    m.onInterrupt(0x55, m::endOfInterrupt);
    m.startOthers("other");
    a.label("wait").pause().cmp(count, 2).j(Condition.NE, "wait");
    m.settle();
    m.switchBackEnd();
    m.apicWrite(0x310, 2 << 24);
    m.apicWrite(0x300, 0x4055);
    a.label("wait2").pause().cmp(count, 3).j(Condition.NE, "wait2");
    a.mov(EAX, turning).label("wait3").pause().cmp(turning, EAX).j(Condition.E, "wait3");
    m.mark("both go on");
    m.stop();
    a.label("other").cmp(EDI, 2).j(Condition.E, "halts").lock().inc(count);
    a.label("turns").inc(turning).pause().jmp("turns");
    a.label("halts").lock().inc(count).sti().hlt().cli().lock().inc(count).label("end").hlt().jmp("end");
    m.expect("switch", "irq = 0x55", "both go on = 0x0", "stop");
  }
}
