package dev.portfire.testing.conformance;

import static dev.portfire.testing.asm.Mem.byteAt;
import static dev.portfire.testing.asm.Mem.dwordAt;
import static dev.portfire.testing.asm.Mem.qwordAt;
import static dev.portfire.testing.asm.Reg.EAX;
import static dev.portfire.testing.asm.Reg.EBX;
import static dev.portfire.testing.asm.Reg.ECX;
import static dev.portfire.testing.asm.Reg.EDI;
import static dev.portfire.testing.asm.Reg.EDX;
import static dev.portfire.testing.asm.Reg.RAX;
import static dev.portfire.testing.asm.Reg.RBX;
import static dev.portfire.testing.asm.Reg.RCX;
import static dev.portfire.testing.asm.Reg.RDI;

import dev.portfire.testing.asm.Assembler;
import dev.portfire.testing.asm.Condition;
import dev.portfire.testing.asm.Mem;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Several vCPUs. What they do at the same time has no order, so the boot processor alone reports. */
final class SmpCases {
  private static final String GROUP = "smp";
  private static final int FLAG = (int) Layout.DATA;
  private static final int COUNTER = (int) Layout.DATA + 0x40;
  private static final int ROUNDS = 2000;

  static final List<Case> CASES = List.of(
      new Case(GROUP, "INIT and start-up IPIs start 2", m -> start(m, 2)),
      new Case(GROUP, "INIT and start-up IPIs start 4", m -> start(m, 4)),
      new Case(GROUP, "INIT stops a running processor, a start-up IPI starts it again", SmpCases::restart),
      new Case(GROUP, "LOCKed counters", SmpCases::counters),
      new Case(GROUP, "a lock taken with XCHG and with CMPXCHG", SmpCases::locks),
      new Case(GROUP, "an IPI wakes another processor's HLT", SmpCases::wake),
      new Case(GROUP, "an NMI wakes another processor's HLT with interrupts off", SmpCases::nmi),
      new Case(GROUP, "IPIs to all others", SmpCases::broadcast),
      new Case(GROUP, "stores are seen in their order", SmpCases::order),
      new Case(GROUP, "a translation is dropped on another processor by IPI", SmpCases::shootdown),
      new Case(GROUP, "code that another processor changed", SmpCases::crossModifying));

  private SmpCases() {}

  private static Mem flag(int n) {
    return Mem.at(32, FLAG + 8 * n);
  }

  private static void await(BareMachine m, Mem cell, int value) {
    String wait = m.unique("wait");
    m.code().label(wait).pause().cmp(cell, value).j(Condition.NE, wait);
  }

  private static void park(BareMachine m) {
    String parked = m.unique("parked");
    m.code().label(parked).cli().hlt().jmp(parked);
  }

  private static void start(BareMachine m, int vcpus) {
    Assembler a = m.vcpus(vcpus).code();
    m.startOthers("other");
    a.mov(ECX, 0);
    String wait = m.unique("wait");
    a.label(wait).pause().mov(EAX, flag(0)).cmp(EAX, (1 << vcpus) - 2).j(Condition.NE, wait);
    m.report("ids", EAX);
    m.stop();
    // LOCK BTS of the bit that the APIC id names.
    a.label("other").mov(EAX, FLAG).lock().bytes(0x0f, 0xab, 0x38);
    park(m);
    m.expect("ids = 0x%x".formatted((1 << vcpus) - 2), "stop");
  }

  private static void restart(BareMachine m) {
    Assembler a = m.vcpus(2).code();
    m.startOthers("other");
    await(m, flag(0), 1);
    m.mark("started");
    m.startOthersAgain();
    await(m, flag(0), 2);
    m.mark("started again");
    m.stop();
    a.label("other").lock().inc(flag(0)).label("spin").pause().jmp("spin");
    m.expect("started = 0x0", "started again = 0x0", "stop");
  }

  private static void counters(BareMachine m) {
    Assembler a = m.vcpus(4).code();
    m.startOthers("other");
    a.mov(EDI, 0);
    a.label("other").mov(ECX, ROUNDS).mov(EBX, COUNTER);
    a.label("again").lock().inc(dwordAt(RBX, 0)).mov(EAX, 3).lock().xadd(dwordAt(RBX, 8), EAX);
    a.mov(RAX, 5).lock().add(qwordAt(RBX, 16), RAX);
    a.mov(EAX, dwordAt(RBX, 24)).label("retry").lea(EDX, dwordAt(RAX, 7)).lock().cmpxchg(dwordAt(RBX, 24), EDX).j(Condition.NE, "retry");
    a.lock().inc(byteAt(RBX, 33)).dec(ECX).j(Condition.NE, "again");
    a.lock().inc(flag(0)).test(EDI, EDI).j(Condition.E, "boot");
    park(m);
    a.label("boot");
    await(m, flag(0), 4);
    String[] names = {"inc", "xadd", "add", "cmpxchg"};
    for (int k = 0; k < 4; k++) {
      a.mov(EAX, Mem.at(32, COUNTER + 8 * k));
      m.report(names[k], EAX);
    }
    a.mov(EAX, Mem.at(32, COUNTER + 32));
    m.report("inc of a byte", EAX);
    m.stop();
    int all = 4 * ROUNDS;
    m.expect("inc = 0x%x".formatted(all), "xadd = 0x%x".formatted(3 * all), "add = 0x%x".formatted(5 * all));
    m.expect("cmpxchg = 0x%x".formatted(7 * all), "inc of a byte = 0x%x".formatted((all & 0xff) << 8), "stop");
  }

  private static void locks(BareMachine m) {
    Assembler a = m.vcpus(2).code();
    m.startOthers("other");
    a.mov(EDI, 0);
    a.label("other").mov(ECX, ROUNDS).mov(EBX, COUNTER);
    a.label("again").label("take").mov(EAX, 1).xchg(dwordAt(RBX, 0), EAX).test(EAX, EAX).j(Condition.E, "taken").pause().jmp("take");
    a.label("taken").inc(dwordAt(RBX, 64)).mov(dwordAt(RBX, 0), 0);
    a.label("take2").mov(EAX, 0).mov(EDX, 1).lock().cmpxchg(dwordAt(RBX, 128), EDX).j(Condition.E, "taken2").pause().jmp("take2");
    a.label("taken2").inc(dwordAt(RBX, 192)).mov(dwordAt(RBX, 128), 0).dec(ECX).j(Condition.NE, "again");
    a.lock().inc(flag(0)).test(EDI, EDI).j(Condition.E, "boot");
    park(m);
    a.label("boot");
    await(m, flag(0), 2);
    a.mov(EAX, Mem.at(32, COUNTER + 64));
    m.report("xchg", EAX);
    a.mov(EAX, Mem.at(32, COUNTER + 192));
    m.report("cmpxchg", EAX);
    m.stop();
    m.expect("xchg = 0x%x".formatted(2 * ROUNDS), "cmpxchg = 0x%x".formatted(2 * ROUNDS), "stop");
  }

  /** Waits a while, so that the other has surely halted. */
  private static void pauseLong(BareMachine m) {
    for (int k = 0; k < 5; k++) {
      m.settle();
    }
  }

  private static void sendTo(BareMachine m, int cpu, int command) {
    m.apicWrite(0x310, cpu << 24);
    m.apicWrite(0x300, command);
  }

  private static void count(BareMachine m, int vector) {
    Assembler a = m.code();
    String around = m.unique("around");
    a.jmp(around).label("count_" + vector).push(RCX).lock().inc(flag(1));
    if (vector != 2) {
      m.endOfInterrupt();
    }
    a.pop(RCX).iret().label(around);
    m.gate(vector, "count_" + vector, BareMachine.INTERRUPT_GATE, 0);
  }

  private static void wake(BareMachine m) {
    Assembler a = m.vcpus(2).code();
    count(m, 0x55);
    m.startOthers("other");
    await(m, flag(0), 1);
    pauseLong(m);
    sendTo(m, 1, 0x4055);
    await(m, flag(0), 2);
    reportInterrupts(m);
    a.label("other").lock().inc(flag(0)).sti().hlt().cli().lock().inc(flag(0));
    park(m);
    m.expect("interrupts = 0x1", "stop");
  }

  /** Ends the guest; a KVM that emulates has been seen to end HLT before the interrupt was delivered. */
  private static void reportInterrupts(BareMachine m) {
    String some = m.unique("some");
    m.code().mov(EAX, flag(1)).test(EAX, EAX).j(Condition.NE, some);
    m.lacks("HLT that ends with the interrupt");
    m.code().label(some);
    m.report("interrupts", EAX);
    m.stop();
  }

  private static void nmi(BareMachine m) {
    Assembler a = m.vcpus(2).code();
    count(m, 2);
    m.startOthers("other");
    await(m, flag(0), 1);
    // Time for the other one's HLT, also if the host has something else to do.
    m.host(running -> LockSupport.parkNanos(20_000_000));
    sendTo(m, 1, 0x4400);
    await(m, flag(0), 2);
    reportInterrupts(m);
    a.label("other").lock().inc(flag(0)).hlt().lock().inc(flag(0));
    park(m);
    m.expect("interrupts = 0x1", "stop");
  }

  private static void broadcast(BareMachine m) {
    Assembler a = m.vcpus(4).code();
    count(m, 0x55);
    m.startOthers("other");
    await(m, flag(0), 3);
    for (int k = 1; k <= 5; k++) {
      m.apicWrite(0x300, 0xc_4055);
      await(m, flag(1), 3 * k);
    }
    a.mov(EAX, flag(1));
    m.report("interrupts", EAX);
    m.stop();
    a.label("other").lock().inc(flag(0)).sti().label("halt").hlt().jmp("halt");
    m.expect("interrupts = 0xf", "stop");
  }

  private static void order(BareMachine m) {
    Assembler a = m.vcpus(2).code();
    m.startOthers("other");
    a.mov(ECX, 0).mov(EBX, COUNTER).label("write").inc(ECX).mov(dwordAt(RBX, 0), ECX).mov(dwordAt(RBX, 64), ECX);
    a.cmp(ECX, ROUNDS).j(Condition.NE, "write");
    await(m, flag(0), 1);
    a.mov(EAX, flag(1));
    m.report("wrong", EAX);
    m.stop();
    a.label("other").mov(EBX, COUNTER).label("read").mov(EAX, dwordAt(RBX, 64)).mov(EDX, dwordAt(RBX, 0)).cmp(EDX, EAX).j(Condition.AE, "good");
    a.inc(flag(1)).label("good").cmp(EAX, ROUNDS).j(Condition.NE, "read").lock().inc(flag(0));
    park(m);
    m.expect("wrong = 0x0", "stop");
  }

  private static void shootdown(BareMachine m) {
    Assembler a = m.vcpus(2).code();
    m.prepare(memory -> {
      for (int k = 0; k < 16; k++) {
        memory.writeInt(Layout.FREE + k * Layout.PAGE, k);
      }
    });
    String around = m.unique("around");
    a.jmp(around).label("invalidate").push(RCX);
    m.invalidate(Layout.WINDOW);
    a.lock().inc(flag(1));
    m.endOfInterrupt();
    a.pop(RCX).iret().label(around);
    m.gate(0x56, "invalidate", BareMachine.INTERRUPT_GATE, 0);
    m.setEntry(Layout.PT_WINDOW, 0, Layout.FREE | 0x63);
    m.startOthers("other");
    for (int k = 1; k <= 4; k++) {
      m.setEntry(Layout.PT_WINDOW, 0, Layout.FREE + k * Layout.PAGE | 0x63);
      sendTo(m, 1, 0x4056);
      await(m, flag(1), k);
      a.mov(flag(2), k);
      await(m, flag(3), k);
      a.mov(EAX, flag(4));
      m.report("seen", EAX);
      m.expect("seen = 0x" + k);
    }
    m.stop();
    a.label("other").mov(EBX, Layout.WINDOW).sti().label("look").mov(EAX, dwordAt(RBX, 0)).mov(ECX, flag(2)).cmp(ECX, flag(3));
    a.j(Condition.E, "look").mov(EAX, dwordAt(RBX, 0)).mov(flag(4), EAX).mov(flag(3), ECX).jmp("look");
    m.expect("stop");
  }

  private static void crossModifying(BareMachine m) {
    Assembler a = m.vcpus(2).code();
    m.prepare(memory -> memory.write(Layout.FREE, new byte[] {(byte) 0xb8, 1, 0, 0, 0, (byte) 0xc3}));
    m.startOthers("other");
    a.mov(EBX, Layout.FREE);
    for (int k = 2; k <= 5; k++) {
      a.mov(dwordAt(RBX, 1), k).mov(flag(2), k);
      await(m, flag(3), k);
      a.mov(EAX, flag(4));
      m.report("executed", EAX);
      m.expect("executed = 0x" + k);
    }
    m.stop();
    // The one that executes serialises after it was told (SDM volume 3, 9.1.3).
    a.label("other").mov(EDI, Layout.FREE).call(RDI).label("look").pause().mov(EAX, flag(2)).cmp(EAX, flag(3)).j(Condition.E, "look");
    a.mov(EAX, 0).cpuid().call(RDI).mov(flag(4), EAX).mov(EAX, flag(2)).mov(flag(3), EAX).jmp("look");
    m.expect("stop");
  }
}
