package dev.portfire.testing.conformance;

import static dev.portfire.testing.asm.Mem.dwordAt;
import static dev.portfire.testing.asm.Reg.AL;
import static dev.portfire.testing.asm.Reg.DX;
import static dev.portfire.testing.asm.Reg.EAX;
import static dev.portfire.testing.asm.Reg.EBX;
import static dev.portfire.testing.asm.Reg.ECX;
import static dev.portfire.testing.asm.Reg.EDX;
import static dev.portfire.testing.asm.Reg.RAX;
import static dev.portfire.testing.asm.Reg.RCX;
import static dev.portfire.testing.asm.Reg.RSP;

import dev.portfire.testing.asm.Assembler;
import dev.portfire.testing.asm.Condition;
import dev.portfire.testing.asm.Segment;
import java.util.List;

/** Interrupt controllers, delivery, priorities, NMI. */
final class InterruptCases {
  private static final String GROUP = "interrupts";
  private static final int PIC_BASE = 0x20;

  static final List<Case> CASES = List.of(
      new Case(GROUP, "PIC: an edge waits for IF, then for HLT", InterruptCases::picEdge),
      new Case(GROUP, "PIC: HLT sleeps until a device's interrupt", InterruptCases::wake),
      new Case(GROUP, "PIC: the lower input first, the next after EOI", InterruptCases::picPriority),
      new Case(GROUP, "PIC: the slave's inputs, ISR and specific EOI", InterruptCases::picSlave),
      new Case(GROUP, "PIC: a masked input waits", InterruptCases::picMask),
      new Case(GROUP, "PIC: a level repeats until it is released", InterruptCases::picLevel),
      new Case(GROUP, "IOAPIC: edges, lost while masked", InterruptCases::ioApicEdge),
      new Case(GROUP, "IOAPIC: a level repeats after EOI until it is released", InterruptCases::ioApicLevel),
      new Case(GROUP, "IOAPIC: registers", InterruptCases::ioApicRegisters),
      new Case(GROUP, "LAPIC: the highest vector first", InterruptCases::priorities),
      new Case(GROUP, "LAPIC: a higher class interrupts a handler, a lower one waits", InterruptCases::nested),
      new Case(GROUP, "LAPIC: TPR and CR8 hold interrupts back", InterruptCases::taskPriority),
      new Case(GROUP, "LAPIC: logical destination and shorthands reach this CPU", InterruptCases::destinations),
      new Case(GROUP, "LAPIC: x2APIC", InterruptCases::x2apic),
      new Case(GROUP, "STI holds interrupts off for one instruction", InterruptCases::stiShadow),
      new Case(GROUP, "IRET that sets IF lets in what waits, at once", InterruptCases::iretSetsInterruptFlag),
      new Case(GROUP, "an interrupt from ring 3 comes on the stack of ring 0", InterruptCases::fromUser),
      new Case(GROUP, "NMI: masked until IRET", InterruptCases::nmi),
      new Case(GROUP, "NMI: any IRET unmasks it", InterruptCases::nmiInnerIret),
      new Case(GROUP, "NMI: comes with interrupts off, on its own stack", InterruptCases::nmiStack));

  private InterruptCases() {}

  private static void picEoi(Assembler a) {
    a.mov(AL, 0x20).out(0x20, AL);
  }

  private static void picEdge(BareMachine m) {
    Assembler a = m.code();
    m.onInterrupt(PIC_BASE + 4, () -> picEoi(a));
    m.initPics(PIC_BASE, 1 << 4);
    m.pulse(4);
    m.mark("pending");
    a.sti();
    m.settle();
    a.cli();
    m.mark("again");
    m.pulse(4);
    m.waitForInterrupt();
    m.stop();
    m.expect("pending = 0x0", "irq = 0x24", "again = 0x0", "irq = 0x24", "stop");
  }

  private static void wake(BareMachine m) {
    Assembler a = m.code();
    m.onInterrupt(PIC_BASE + 5, () -> picEoi(a));
    m.initPics(PIC_BASE, 1 << 5);
    m.mark("halt");
    m.host(running -> Thread.ofPlatform().daemon().start(() -> {
      try {
        Thread.sleep(30);
      } catch (InterruptedException e) {
        return;
      }
      running.vm().interruptLine(5).pulse();
    }));
    m.waitForInterrupt();
    m.mark("awake");
    m.stop();
    m.expect("halt = 0x0", "irq = 0x25", "awake = 0x0", "stop").atLeast("halt = 0x0", "awake = 0x0", 29);
  }

  private static void picPriority(BareMachine m) {
    Assembler a = m.code();
    for (int irq : new int[] {1, 4, 6}) {
      m.onInterrupt(PIC_BASE + irq, () -> {
        a.sti();
        m.settle();
        a.cli();
        m.mark("eoi");
        picEoi(a);
      });
    }
    m.initPics(PIC_BASE, 1 << 1 | 1 << 4 | 1 << 6);
    m.pulse(6);
    m.pulse(4);
    m.pulse(1);
    a.sti();
    m.settle();
    a.cli();
    m.stop();
    m.expect("irq = 0x21", "eoi = 0x0", "irq = 0x24", "eoi = 0x0", "irq = 0x26", "eoi = 0x0", "stop");
  }

  private static void picSlave(BareMachine m) {
    Assembler a = m.code();
    m.onInterrupt(PIC_BASE + 12, () -> {
      a.mov(AL, 0x0b).out(0xa0, AL).out(0x20, AL).in(AL, 0xa0);
      m.report("slave isr", AL);
      a.in(AL, 0x20);
      m.report("master isr", AL);
      a.mov(AL, 0x64).out(0xa0, AL).mov(AL, 0x62).out(0x20, AL).in(AL, 0xa0);
      m.report("slave isr", AL);
      a.in(AL, 0x20);
      m.report("master isr", AL);
    });
    m.initPics(PIC_BASE, 1 << 12 | 1 << 2);
    a.in(AL, 0x21);
    m.report("master imr", AL);
    a.in(AL, 0xa1);
    m.report("slave imr", AL);
    m.pulse(12);
    m.waitForInterrupt();
    m.stop();
    m.expect("master imr = 0xfb", "slave imr = 0xef", "irq = 0x2c", "slave isr = 0x10", "master isr = 0x4");
    m.expect("slave isr = 0x0", "master isr = 0x0", "stop");
  }

  private static void picMask(BareMachine m) {
    Assembler a = m.code();
    m.onInterrupt(PIC_BASE + 3, () -> picEoi(a));
    m.initPics(PIC_BASE, 0);
    m.pulse(3);
    a.sti();
    m.settle();
    m.mark("masked");
    a.mov(AL, 0xf7).out(0x21, AL);
    m.settle();
    a.cli();
    m.stop();
    m.expect("masked = 0x0", "irq = 0x23", "stop");
  }

  private static void picLevel(BareMachine m) {
    Assembler a = m.code();
    a.mov(EBX, 0);
    m.onInterrupt(PIC_BASE + 5, () -> {
      String last = m.unique("not_last");
      a.inc(EBX).cmp(EBX, 3).j(Condition.NE, last);
      m.lower(5);
      a.label(last);
      picEoi(a);
    });
    m.initPics(PIC_BASE, 1 << 5);
    a.mov(DX, 0x4d0).mov(AL, 0x20).outDx(AL).inDx(AL);
    m.report("elcr", AL);
    m.raise(5);
    a.sti();
    m.settle();
    a.cli();
    m.stop();
    m.expect("elcr = 0x20", "irq = 0x25", "irq = 0x25", "irq = 0x25", "stop");
  }

  /** Masks the PICs and enables the local APIC. */
  private static void apicMode(BareMachine m) {
    m.initPics(PIC_BASE, 0);
    m.enableApic();
  }

  private static void ioApicEdge(BareMachine m) {
    Assembler a = m.code();
    m.onInterrupt(0x45, m::endOfInterrupt);
    apicMode(m);
    m.redirect(5, 0x1_0045);
    m.pulse(5);
    m.redirect(5, 0x45);
    a.sti();
    m.settle();
    m.mark("lost");
    m.pulse(5);
    m.settle();
    m.pulse(5);
    m.settle();
    a.cli();
    m.stop();
    m.expect("lost = 0x0", "irq = 0x45", "irq = 0x45", "stop");
  }

  private static void ioApicLevel(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(
        BackEnd.EMULATING, "interrupts in service do not show, and hold nothing back", "at the end = 0x8000",
        "irq = 0x46", "level and remote irr = 0x8000", "tmr = 0x40", "at the end = 0x8000");
    a.mov(EBX, 0);
    m.onInterrupt(0x46, () -> {
      String last = m.unique("not_last");
      a.mov(ECX, Layout.IO_APIC).mov(dwordAt(RCX, 0), 0x10 + 2 * 6).mov(EAX, dwordAt(RCX, 0x10)).and(EAX, 0xc000);
      m.report("level and remote irr", EAX);
      m.apicRead(0x180 + (0x46 / 32 << 4));
      m.report("tmr", EAX);
      a.inc(EBX).cmp(EBX, 2).j(Condition.NE, last);
      m.lower(6);
      a.label(last);
      m.endOfInterrupt();
    });
    apicMode(m);
    m.redirect(6, 0x8046);
    m.raise(6);
    a.sti();
    m.settle();
    a.cli();
    a.mov(ECX, Layout.IO_APIC).mov(EAX, dwordAt(RCX, 0x10)).and(EAX, 0xc000);
    m.report("at the end", EAX);
    m.stop();
    m.expect(
        "irq = 0x46", "level and remote irr = 0xc000", "tmr = 0x40", "irq = 0x46", "level and remote irr = 0xc000",
        "tmr = 0x40");
    m.expect("at the end = 0x8000", "stop");
  }

  private static void ioApicRegisters(BareMachine m) {
    Assembler a = m.code();
    a.mov(ECX, Layout.IO_APIC).mov(dwordAt(RCX, 0), 1).mov(EAX, dwordAt(RCX, 0x10)).and(EAX, 0xff_0000);
    m.report("last entry", EAX);
    a.mov(dwordAt(RCX, 0), 0).mov(dwordAt(RCX, 0x10), 0x0500_0000).mov(EAX, dwordAt(RCX, 0x10)).and(EAX, 0x0f00_0000);
    m.report("id", EAX);
    m.redirect(9, 0x1_a923);
    a.mov(EAX, dwordAt(RCX, 0x10));
    m.report("entry", EAX);
    a.mov(dwordAt(RCX, 0), 0x10 + 2 * 10).mov(EAX, dwordAt(RCX, 0x10)).and(EAX, 0x1_0000);
    m.report("masked at first", EAX);
    m.stop();
    m.expect("last entry = 0x170000", "id = 0x5000000", "entry = 0x1a923", "masked at first = 0x10000", "stop");
  }

  private static void selfIpi(BareMachine m, int vector) {
    m.apicWrite(0x300, 0x4_4000 | vector);
  }

  private static void priorities(BareMachine m) {
    Assembler a = m.code();
    for (int v : new int[] {0x41, 0x4f, 0x53, 0x9e}) {
      m.onInterrupt(v, m::endOfInterrupt);
    }
    m.enableApic();
    for (int v : new int[] {0x4f, 0x9e, 0x41, 0x53}) {
      selfIpi(m, v);
    }
    m.apicRead(0x220);
    m.report("irr 0x40", EAX);
    a.sti();
    m.settle();
    a.cli();
    m.apicRead(0x220);
    m.report("irr 0x40", EAX);
    m.stop();
    m.expect("irr 0x40 = 0x88002", "irq = 0x9e", "irq = 0x53", "irq = 0x4f", "irq = 0x41", "irr 0x40 = 0x0", "stop");
  }

  private static void nested(BareMachine m) {
    Assembler a = m.code();
    m.fromOn(
        BackEnd.EMULATING, "interrupts in service do not show, and hold nothing back", "isr 0x40 = 0x10000",
        "isr 0x40 = 0x0", "isr 0x60 = 0x0", "irq = 0x58", "ppr = 0x0", "end of 0x50 = 0x0", "stop");
    m.onInterrupt(0x50, () -> {
      selfIpi(m, 0x58);
      selfIpi(m, 0x61);
      a.sti();
      m.settle();
      a.cli();
      m.apicRead(0xa0);
      m.report("ppr", EAX);
      m.mark("end of 0x50");
      m.endOfInterrupt();
    });
    m.onInterrupt(0x58, m::endOfInterrupt);
    m.onInterrupt(0x61, () -> {
      m.apicRead(0x120);
      m.report("isr 0x40", EAX);
      m.apicRead(0x130);
      m.report("isr 0x60", EAX);
      m.endOfInterrupt();
    });
    m.enableApic();
    selfIpi(m, 0x50);
    a.sti();
    m.settle();
    a.cli();
    m.stop();
    m.expect(
        "irq = 0x50", "irq = 0x61", "isr 0x40 = 0x10000", "isr 0x60 = 0x2", "ppr = 0x50", "end of 0x50 = 0x0",
        "irq = 0x58", "stop");
  }

  private static void taskPriority(BareMachine m) {
    Assembler a = m.code();
    m.onInterrupt(0x50, m::endOfInterrupt);
    m.enableApic();
    a.mov(EAX, 5).movToControl(8, RAX);
    m.apicRead(0x80);
    m.report("tpr", EAX);
    selfIpi(m, 0x50);
    a.sti();
    m.settle();
    m.mark("held by CR8");
    a.mov(EAX, 4).movToControl(8, RAX);
    m.settle();
    m.apicWrite(0x80, 0x5f);
    a.movFromControl(RAX, 8);
    m.report("cr8", EAX);
    selfIpi(m, 0x50);
    m.settle();
    m.mark("held by TPR");
    m.apicWrite(0x80, 0);
    m.settle();
    a.cli();
    m.stop();
    m.expect("tpr = 0x50", "held by CR8 = 0x0", "irq = 0x50", "cr8 = 0x5", "held by TPR = 0x0", "irq = 0x50", "stop");
  }

  private static void destinations(BareMachine m) {
    Assembler a = m.code();
    m.onInterrupt(0x70, m::endOfInterrupt);
    m.enableApic();
    m.apicWrite(0xe0, -1);
    m.apicWrite(0xd0, 0x0200_0000);
    a.sti();
    m.mark("physical");
    m.apicWrite(0x310, 0);
    m.apicWrite(0x300, 0x4070);
    m.settle();
    m.mark("other");
    m.apicWrite(0x310, 0x0100_0000);
    m.apicWrite(0x300, 0x4070);
    m.settle();
    m.mark("logical");
    m.apicWrite(0x310, 0x0200_0000);
    m.apicWrite(0x300, 0x4870);
    m.settle();
    m.mark("lowest priority");
    m.apicWrite(0x300, 0x4970);
    m.settle();
    m.mark("all");
    m.apicWrite(0x300, 0x8_4070);
    m.settle();
    m.mark("all but self");
    m.apicWrite(0x300, 0xc_4070);
    m.settle();
    a.cli();
    m.stop();
    m.expect(
        "physical = 0x0", "irq = 0x70", "other = 0x0", "logical = 0x0", "irq = 0x70", "lowest priority = 0x0",
        "irq = 0x70");
    m.expect("all = 0x0", "irq = 0x70", "all but self = 0x0", "stop");
  }

  private static void x2apic(BareMachine m) {
    Assembler a = m.code();
    m.fault("x2apic off", () -> m.rdmsr(0x802));
    m.onInterrupt(0x72, () -> m.wrmsr(0x80b, 0));
    m.rdmsr(0x1b);
    a.or(EAX, 0xc00).wrmsr();
    m.wrmsr(0x80f, 0x1ff);
    m.rdmsr(0x802);
    m.report("id", EAX);
    m.rdmsr(0x80d);
    m.report("ldr", EAX);
    m.wrmsr(0x83f, 0x72);
    a.sti();
    m.settle();
    a.cli();
    m.wrmsr(0x830, 0x4_0072);
    a.sti();
    m.settle();
    a.cli();
    m.wrmsr(0x830, 0x4072);
    a.sti();
    m.settle();
    a.cli();
    a.mov(ECX, 0x80b).mov(EAX, 1).mov(EDX, 0);
    m.fault("eoi", a::wrmsr);
    a.mov(ECX, 0x802).mov(EAX, 0);
    m.fault("id", a::wrmsr);
    a.mov(ECX, 0x80e);
    m.fault("no dfr", a::rdmsr);
    m.rdmsr(0x1b);
    a.and(EAX, ~0x400);
    m.fault("back to xapic", a::wrmsr);
    m.stop();
    m.expect(
        "#GP(0x0) at x2apic off+0x5", "id = 0x0", "ldr = 0x1", "irq = 0x72", "irq = 0x72", "irq = 0x72",
        "#GP(0x0) at eoi", "#GP(0x0) at id");
    m.expect("#GP(0x0) at no dfr", "#GP(0x0) at back to xapic", "stop");
    m.insteadOn(BackEnd.KVM, "KVM takes any value for the end of an interrupt", "#GP(0x0) at eoi");
  }

  private static void stiShadow(BareMachine m) {
    Assembler a = m.code();
    m.fromOn(BackEnd.EMULATING, "interrupts are taken at exits only", "irq = 0x50", "ebx = 0x1", "irq = 0x50", "stop");
    m.onInterrupt(0x50, m::endOfInterrupt);
    m.enableApic();
    selfIpi(m, 0x50);
    a.sti().cli();
    m.mark("sti and cli let nothing in");
    a.sti();
    // The handler comes after the first instruction.
    a.mov(EBX, 1);
    m.report("ebx", EBX);
    a.cli();
    m.stop();
    m.expect("sti and cli let nothing in = 0x0", "irq = 0x50", "ebx = 0x1", "stop");
  }

  private static void iretSetsInterruptFlag(BareMachine m) {
    Assembler a = m.code();
    m.fromOn(
        BackEnd.EMULATING, "interrupts are taken at exits only", "irq = 0x50", "ebx = 0x1", "irq = 0x50", "ebx = 0x1", "flags = 0x2",
        "flags = 0x2", "stop");
    m.onInterrupt(0x50, () -> {
      m.report("ebx", EBX);
      m.endOfInterrupt();
    });
    m.enableApic();
    a.mov(EBX, 0);
    iretTo(m, "nothing waits", 0x202);
    a.pushf().pop(RAX).cli();
    m.report("flags", EAX);
    selfIpi(m, 0x50);
    iretTo(m, "one waits", 0x202);
    a.mov(EBX, 1);
    m.report("ebx", EBX);
    a.sti();
    iretTo(m, "off", 2);
    selfIpi(m, 0x50);
    a.pushf().pop(RAX);
    m.report("flags", EAX);
    iretTo(m, "off as before", 2);
    a.pushf().pop(RAX);
    m.report("flags", EAX);
    m.stop();
    m.expect("flags = 0x202", "irq = 0x50", "ebx = 0x0", "ebx = 0x1", "flags = 0x2", "flags = 0x2", "stop");
  }

  /** IRET to what follows, with these flags. */
  private static void iretTo(BareMachine m, String label, int flags) {
    Assembler a = m.code();
    a.mov(RCX, RSP).mov(EAX, Segment.SS).push(RAX).push(RCX).push(flags).push(Layout.KERNEL_CS).lea(RAX, label).push(RAX).iret();
    a.label(label);
  }

  private static void fromUser(BareMachine m) {
    Assembler a = m.code();
    m.onInterrupt(0x50, () -> {
      a.mov(EAX, dwordAt(RSP, 32));
      m.report("cs", EAX);
      a.mov(EAX, dwordAt(RSP, 56));
      m.report("ss", EAX);
      a.mov(EAX, dwordAt(RSP, 48));
      m.report("rsp", EAX);
      a.lea(EAX, dwordAt(RSP, 64));
      m.report("top", EAX);
      a.mov(EAX, Segment.SS);
      m.report("handler's ss", EAX);
      m.endOfInterrupt();
    });
    m.enableApic();
    selfIpi(m, 0x50);
    m.enterUser("user", Layout.USER_CS, 0x3202);
    a.label("user").nop();
    m.mark("back");
    m.stop();
    m.expect(
        "irq = 0x50", "cs = 0x2b", "ss = 0x23", "rsp = 0x80046000", "top = 0x42000", "handler's ss = 0x0", "back = 0x0",
        "stop");
  }

  /** A label behind an NMI handler that runs a piece of code. */
  private static void onNmi(BareMachine m, int ist, Runnable body) {
    Assembler a = m.code();
    String around = m.unique("around");
    a.jmp(around).label("nmi").push(RAX).push(RCX);
    body.run();
    a.pop(RCX).pop(RAX).iret().label(around);
    m.gate(2, "nmi", BareMachine.INTERRUPT_GATE, ist);
  }

  private static void sendNmi(BareMachine m) {
    m.apicWrite(0x310, 0);
    m.apicWrite(0x300, 0x4400);
    m.settle();
  }

  private static void nmi(BareMachine m) {
    Assembler a = m.code();
    a.mov(EBX, 0);
    onNmi(m, 0, () -> {
      String last = m.unique("last");
      m.mark("enter");
      a.inc(EBX).cmp(EBX, 2).j(Condition.E, last);
      sendNmi(m);
      // A third while one is pending is lost.
      sendNmi(m);
        a.label(last);
      m.mark("leave");
    });
    m.enableApic();
    sendNmi(m);
    m.mark("after");
    m.stop();
    m.expect("enter = 0x0", "leave = 0x0", "enter = 0x0", "leave = 0x0", "after = 0x0", "stop");
  }

  private static void nmiInnerIret(BareMachine m) {
    Assembler a = m.code();
    a.mov(EBX, 0);
    onNmi(m, 0, () -> {
      String last = m.unique("last");
      m.mark("enter");
      a.inc(EBX).cmp(EBX, 2).j(Condition.E, last);
      sendNmi(m);
      m.fault("in the handler", a::ud2);
      m.settle();
      a.label(last);
      m.mark("leave");
    });
    m.enableApic();
    sendNmi(m);
    m.stop();
    m.expect("enter = 0x0", "#UD at in the handler", "enter = 0x0", "leave = 0x0", "leave = 0x0", "stop");
  }

  private static void nmiStack(BareMachine m) {
    Assembler a = m.code();
    onNmi(m, 2, () -> {
      a.lea(EAX, dwordAt(RSP, 56));
      m.report("top", EAX);
    });
    m.enableApic();
    sendNmi(m);
    m.stop();
    m.expect("top = 0x44000", "stop");
  }
}
