package dev.portfire.testing.conformance;

import static dev.portfire.testing.asm.Reg.AL;
import static dev.portfire.testing.asm.Reg.EAX;
import static dev.portfire.testing.asm.Reg.EBX;
import static dev.portfire.testing.asm.Reg.ECX;
import static dev.portfire.testing.asm.Reg.EDI;
import static dev.portfire.testing.asm.Reg.EDX;
import static dev.portfire.testing.asm.Reg.RAX;
import static dev.portfire.testing.asm.Reg.RBX;
import static dev.portfire.testing.asm.Reg.RCX;
import static dev.portfire.testing.asm.Reg.RDX;
import static dev.portfire.testing.asm.Reg.RSI;

import dev.portfire.testing.asm.Assembler;
import dev.portfire.testing.asm.Condition;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The local APIC's timer and the 8254. What is measured is that nothing comes too early. */
final class TimerCases {
  private static final String GROUP = "timers";
  private static final int LVT_TIMER = 0x320;
  private static final int PERIODIC = 1 << 17;
  private static final int TSC_DEADLINE = 1 << 18;
  private static final int MASKED = 1 << 16;

  static final List<Case> CASES = List.of(
      new Case(GROUP, "LAPIC one-shot", TimerCases::oneShot),
      new Case(GROUP, "LAPIC periodic", TimerCases::periodic),
      new Case(GROUP, "LAPIC masked, then stopped", TimerCases::masked),
      new Case(GROUP, "LAPIC divider", TimerCases::divider),
      new Case(GROUP, "TSC deadline", TimerCases::deadline),
      new Case(GROUP, "TSC forward only", TimerCases::forward),
      new Case(GROUP, "8254 rate generator through the PIC", TimerCases::pitPic),
      new Case(GROUP, "8254 one-shot through the IOAPIC", TimerCases::pitIoApic),
      new Case(GROUP, "8254 channel 2 and port 0x61", TimerCases::speaker),
      new Case(GROUP, "8254 read-back", TimerCases::readBack));

  private TimerCases() {}

  private static void apicTimer(BareMachine m, int lvt, int divide) {
    m.onInterrupt(0x60, m::endOfInterrupt);
    m.initPics(0x20, 0);
    m.enableApic();
    m.apicWrite(0x3e0, divide);
    m.apicWrite(LVT_TIMER, lvt);
  }

  private static void oneShot(BareMachine m) {
    apicTimer(m, 0x60, 0xb);
    m.mark("start");
    m.apicWrite(0x380, 5_000_000);
    m.waitForInterrupt();
    m.apicRead(0x390);
    m.report("count", EAX);
    m.mark("again");
    m.apicWrite(0x380, 1000);
    m.waitForInterrupt();
    m.stop();
    m.expect("start = 0x0", "irq = 0x60", "count = 0x0", "again = 0x0", "irq = 0x60", "stop").atLeast("start = 0x0", "again = 0x0", 5);
  }

  private static void periodic(BareMachine m) {
    Assembler a = m.code();
    apicTimer(m, 0x60 | PERIODIC, 0xb);
    // Only four are told of: on a host that is busy more may come, and two in one wait.
    String quiet = m.unique("quiet");
    String around = m.unique("around");
    String wait = m.unique("wait");
    a.mov(EBX, 4).jmp(around).label("tick").push(RAX).push(RCX).test(EBX, EBX).j(Condition.E, quiet).dec(EBX);
    m.mark("tick");
    a.label(quiet);
    m.endOfInterrupt();
    a.pop(RCX).pop(RAX).iret().label(around);
    m.gate(0x60, "tick", BareMachine.INTERRUPT_GATE, 0);
    m.mark("start");
    m.apicWrite(0x380, 2_000_000);
    a.label(wait);
    m.waitForInterrupt();
    a.test(EBX, EBX).j(Condition.NE, wait);
    m.apicWrite(0x380, 0);
    m.mark("end");
    m.stop();
    m.expect("start = 0x0", "tick = 0x0", "tick = 0x0", "tick = 0x0", "tick = 0x0", "end = 0x0", "stop");
    m.atLeast("start = 0x0", "end = 0x0", 7);
  }

  private static void masked(BareMachine m) {
    Assembler a = m.code();
    apicTimer(m, 0x60 | MASKED, 0xb);
    m.apicWrite(0x380, 1_000_000);
    a.sti();
    m.host(running -> LockSupport.parkNanos(20_000_000));
    m.mark("masked");
    // Stopped before it is unmasked: KVM keeps the expiry of a masked timer, and one that emulates does so by chance.
    m.apicWrite(0x380, 0);
    m.apicWrite(LVT_TIMER, 0x60);
    m.settle();
    m.mark("expired before");
    m.apicWrite(0x380, 500_000_000);
    m.apicRead(0x390);
    String counting = m.unique("counting");
    a.cmp(EAX, 400_000_000).j(Condition.A, counting);
    m.mark("does not count");
    a.label(counting);
    m.apicWrite(0x380, 0);
    m.apicRead(0x390);
    m.report("count", EAX);
    a.cli();
    m.stop();
    m.expect("masked = 0x0", "expired before = 0x0", "count = 0x0", "stop");
  }

  private static void divider(BareMachine m) {
    apicTimer(m, 0x60, 0x3);
    m.apicRead(0x3e0);
    m.report("divide", EAX);
    m.mark("start");
    m.apicWrite(0x380, 400_000);
    m.waitForInterrupt();
    m.mark("end");
    m.stop();
    m.expect("divide = 0x3", "start = 0x0", "irq = 0x60", "end = 0x0", "stop").atLeast("start = 0x0", "end = 0x0", 6);
  }

  private static void deadline(BareMachine m) {
    Assembler a = m.code();
    apicTimer(m, 0x60 | TSC_DEADLINE, 0xb);
    m.rdmsr(0x6e0);
    m.report("unarmed", EAX);
    m.mark("start");
    a.rdtsc().add(EAX, 50_000_000).bytes(0x83, 0xd2, 0x00).mov(ECX, 0x6e0).wrmsr().rdmsr().or(EAX, EDX);
    String armed = m.unique("armed");
    a.test(EAX, EAX).j(Condition.NE, armed);
    m.mark("not armed");
    a.label(armed);
    m.waitForInterrupt();
    m.mark("end");
    m.rdmsr(0x6e0);
    m.report("fired", EAX);
    m.wrmsr(0x6e0, 1);
    m.waitForInterrupt();
    m.mark("past");
    m.wrmsr(0x6e0, -1);
    m.wrmsr(0x6e0, 0);
    m.rdmsr(0x6e0);
    m.report("disarmed", EAX);
    m.apicWrite(0x380, 1000);
    m.apicRead(0x390);
    m.report("count", EAX);
    m.stop();
    m.expect(
        "unarmed = 0x0", "start = 0x0", "irq = 0x60", "end = 0x0", "fired = 0x0", "irq = 0x60", "past = 0x0",
        "disarmed = 0x0");
    // 50 million ticks take 10 ms at 5 GHz, and no TSC is faster.
    m.expect("count = 0x0", "stop").atLeast("start = 0x0", "end = 0x0", 10);
  }

  private static void channel(BareMachine m, int command, int port, int count) {
    m.code().mov(AL, command).out(0x43, AL).mov(AL, count & 0xff).out(port, AL).mov(AL, count >> 8).out(port, AL);
  }

  /** RDTSC, and RDTSCP if the processor has it, until 100 million ticks have passed. */
  private static void forward(BareMachine m) {
    Assembler a = m.code();
    String again = m.unique("again");
    String backward = m.unique("backward");
    String end = m.unique("end");
    String without = m.unique("without");
    String hasNot = m.unique("hasNot");
    // RDTSCP: CPUID leaf 8000_0001, EDX bit 27
    a.mov(EAX, 0x8000_0001).cpuid().mov(EDI, EDX).and(EDI, 1 << 27).j(Condition.E, hasNot);
    m.wrmsr(0xc000_0103, 0x55);
    a.label(hasNot);
    a.rdtsc().shl(RDX, 32).or(RDX, RAX).mov(RBX, RDX).mov(RSI, RDX);
    a.label(again).rdtsc().shl(RDX, 32).or(RDX, RAX).cmp(RDX, RSI).j(Condition.B, backward).mov(RSI, RDX);
    a.test(EDI, EDI).j(Condition.E, without);
    a.bytes(0x0f, 0x01, 0xf9).shl(RDX, 32).or(RDX, RAX).cmp(RDX, RSI).j(Condition.B, backward).mov(RSI, RDX);
    a.cmp(ECX, 0x55).j(Condition.NE, backward).label(without);
    a.sub(RDX, RBX).cmp(RDX, 100_000_000).j(Condition.B, again);
    m.mark("forward");
    a.jmp(end).label(backward);
    m.mark("backward");
    a.label(end);
    m.stop();
    m.expect("forward = 0x0", "stop");
  }

  private static void pitPic(BareMachine m) {
    Assembler a = m.code();
    a.mov(EBX, 3);
    m.onInterrupt(0x20, () -> {
      String more = m.unique("more");
      a.dec(EBX).j(Condition.NE, more).mov(AL, 0xff).out(0x21, AL).label(more).mov(AL, 0x20).out(0x20, AL);
    });
    m.initPics(0x20, 1);
    m.mark("start");
    channel(m, 0x34, 0x40, 2386);
    // Two may come in one wait, on a host that is busy.
    String wait = m.unique("wait");
    String done = m.unique("done");
    a.label(wait).test(EBX, EBX).j(Condition.E, done);
    m.waitForInterrupt();
    a.jmp(wait).label(done);
    m.mark("end");
    m.stop();
    m.expect("start = 0x0", "irq = 0x20", "irq = 0x20", "irq = 0x20", "end = 0x0", "stop").atLeast("start = 0x0", "end = 0x0", 3);
  }

  private static void pitIoApic(BareMachine m) {
    m.onInterrupt(0x50, m::endOfInterrupt);
    m.initPics(0x20, 0);
    m.enableApic();
    m.redirect(2, 0x50);
    m.mark("start");
    channel(m, 0x30, 0x40, 5966);
    m.waitForInterrupt();
    m.mark("end");
    m.stop();
    m.expect("start = 0x0", "irq = 0x50", "end = 0x0", "stop").atLeast("start = 0x0", "end = 0x0", 4);
  }

  private static void speaker(BareMachine m) {
    Assembler a = m.code();
    a.in(AL, 0x61).and(AL, 0xfc).or(AL, 1).out(0x61, AL);
    m.mark("start");
    channel(m, 0xb0, 0x42, 5966);
    a.in(AL, 0x61).and(AL, 0x23);
    m.report("counting", AL);
    String wait = m.unique("wait");
    a.label(wait).in(AL, 0x61).and(AL, 0x20).j(Condition.E, wait);
    m.report("done", AL);
    m.stop();
    m.expect("start = 0x0", "counting = 0x1", "done = 0x20", "stop").atLeast("start = 0x0", "done = 0x20", 4);
  }

  private static void readBack(BareMachine m) {
    Assembler a = m.code();
    channel(m, 0x34, 0x40, 0x8000);
    a.mov(AL, 0xe2).out(0x43, AL).in(AL, 0x40).and(AL, 0x3f);
    m.report("status", AL);
    a.mov(AL, 0).out(0x43, AL).in(AL, 0x40).mov(RDX, RAX).in(AL, 0x40).and(EAX, 0xff).shl(EAX, 8);
    String good = m.unique("good");
    a.cmp(EAX, 0x8000).j(Condition.BE, good);
    m.report("latched too much", EAX);
    a.label(good);
    m.stop();
    m.expect("status = 0x34", "stop");
  }
}
