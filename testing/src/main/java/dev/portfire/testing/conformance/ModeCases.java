package dev.portfire.testing.conformance;

import static dev.portfire.testing.asm.Mem.dwordAt;
import static dev.portfire.testing.asm.Reg.AL;
import static dev.portfire.testing.asm.Reg.AX;
import static dev.portfire.testing.asm.Reg.BL;
import static dev.portfire.testing.asm.Reg.BX;
import static dev.portfire.testing.asm.Reg.CX;
import static dev.portfire.testing.asm.Reg.DX;
import static dev.portfire.testing.asm.Reg.EAX;
import static dev.portfire.testing.asm.Reg.EBP;
import static dev.portfire.testing.asm.Reg.EBX;
import static dev.portfire.testing.asm.Reg.ECX;
import static dev.portfire.testing.asm.Reg.EDX;
import static dev.portfire.testing.asm.Reg.ESP;
import static dev.portfire.testing.asm.Reg.RAX;
import static dev.portfire.testing.asm.Reg.SP;

import dev.portfire.machine.GuestMemory;
import dev.portfire.testing.asm.Assembler;
import dev.portfire.testing.asm.Mem;
import dev.portfire.testing.asm.Segment;
import java.util.List;

/** Real mode, protected mode and the ways between the modes. */
final class ModeCases {
  private static final String GROUP = "modes";

  static final List<Case> CASES = List.of(
      new Case(GROUP, "real mode: segments and the stack", ModeCases::realSegments),
      new Case(GROUP, "real mode: interrupts", ModeCases::realInterrupts),
      new Case(GROUP, "real mode: ports and a device's interrupt", ModeCases::realDevice),
      new Case(GROUP, "from real mode through protected to long mode and back", ModeCases::allModes),
      new Case(GROUP, "protected mode: segments with base and limit", ModeCases::segments),
      new Case(GROUP, "protected mode: rings and #NP", ModeCases::rings),
      new Case(GROUP, "protected mode: #TS for the stack of an inner ring", ModeCases::innerStack),
      new Case(GROUP, "32-bit code in long mode", ModeCases::compatibility));

  private ModeCases() {}

  private static void realSegments(BareMachine m) {
    Assembler a = m.startInRealMode().code();
    a.mov(AX, 0x2000).mov(Segment.DS, AX).mov(BX, 0x10).mov(Mem.wordAt(BX, 0), 0x1234);
    a.mov(AX, 0x2001).mov(Segment.ES, AX).bytes(0x26).mov(AX, Mem.at(16, 0));
    m.report("es:0", AX);
    a.mov(AX, 0).mov(Segment.DS, AX).mov(EAX, 0x1122_3344).push(EAX).pop(CX).pop(BX);
    m.report("low", CX);
    m.report("high", BX);
    a.mov(AX, SP);
    m.report("sp", AX);
    a.call("routine");
    m.report("cx", CX);
    m.stop();
    a.label("routine").mov(CX, 7).ret();
    m.expect("es:0 = 0x1234", "low = 0x3344", "high = 0x1122", "sp = 0x8000", "cx = 0x7", "stop");
  }

  private static void realInterrupts(BareMachine m) {
    Assembler a = m.startInRealMode().code();
    m.prepare(memory -> {
      memory.writeShort(0x21 * 4, (int) a.address("handler"));
      memory.writeShort(0, (int) a.address("divide"));
      memory.writeShort(6 * 4, (int) a.address("invalid"));
    });
    a.sti().interrupt(0x21);
    m.mark("back");
    a.pushf().pop(AX).and(AX, 0x200);
    m.report("if", AX);
    a.mov(AX, 1).mov(BX, 0).div(BL);
    a.label("after");
    a.ud2();
    a.label("after ud");
    m.stop();
    a.label("handler").pushf().pop(AX).and(AX, 0x200);
    m.report("if inside", AX);
    a.iret();
    a.label("divide").pop(AX).push(AX);
    m.mark("#DE");
    a.pop(AX).movAddress(AX, "after").push(AX).iret();
    a.label("invalid");
    m.mark("#UD");
    a.pop(AX).movAddress(AX, "after ud").push(AX).iret();
    m.expect("if inside = 0x0", "back = 0x0", "if = 0x200", "#DE = 0x0", "#UD = 0x0", "stop");
  }

  private static void realDevice(BareMachine m) {
    Assembler a = m.startInRealMode().code();
    m.prepare(memory -> memory.writeShort(0x0c * 4, (int) a.address("handler")));
    a.mov(DX, Layout.ECHO).inDx(EAX);
    m.report("ax", AX);
    m.initPics(8, 1 << 4);
    m.pulse(4);
    m.waitForInterrupt();
    m.mark("awake");
    m.stop();
    a.label("handler").push(AX).mov(AL, 0x20).out(0x20, AL);
    m.mark("irq");
    a.pop(AX).iret();
    m.expect("in4 +0x0 -> 0x83828180", "ax = 0x8180", "irq = 0x0", "awake = 0x0", "stop");
  }

  private static void allModes(BareMachine m) {
    Assembler a = m.startInRealMode().code();
    m.mark("real");
    a.cli().lgdt(new Mem(32, null, 0, "gdt")).movFromControl(EAX, 0).or(EAX, 1).movToControl(0, EAX);
    a.jmpFar(Layout.KERNEL_CS32, "protected", 32);
    m.mode(32).label("protected").mov(EAX, Layout.KERNEL_DS).mov(Segment.DS, EAX).mov(Segment.ES, EAX).mov(Segment.SS, EAX);
    a.mov(ESP, Layout.STACKS + Layout.MAIN_STACK);
    m.mark("protected");
    a.mov(EAX, 0x620).movToControl(4, EAX).mov(EAX, Layout.PML4).movToControl(3, EAX);
    a.mov(ECX, 0xc000_0080L).mov(EAX, 0x900).mov(EDX, 0).wrmsr().movFromControl(EAX, 0).bts(EAX, 31).movToControl(0, EAX);
    m.mark("compatibility");
    a.mov(ECX, 0xc000_0080L).rdmsr();
    m.report("efer", EAX);
    a.jmpFar(Layout.KERNEL_CS, "long", 32);
    m.mode(64).label("long").mov(RAX, 0x1234_5678_9abcL).shr(RAX, 32);
    m.report("long", EAX);
    // And back: to 32-bit code by a far return, paging off, to 16-bit code, protection off.
    a.push(Layout.KERNEL_CS32).lea(RAX, "down").push(RAX).retfq();
    m.mode(32).label("down").movFromControl(EAX, 0).and(EAX, 0x7fff_ffff).movToControl(0, EAX);
    a.mov(ECX, 0xc000_0080L).rdmsr();
    m.report("efer", EAX);
    a.jmpFar(Layout.KERNEL_CS16, "sixteen", 32);
    m.mode(16).label("sixteen").mov(AX, Layout.DATA16).mov(Segment.DS, AX).mov(Segment.SS, AX).mov(Segment.ES, AX);
    a.movFromControl(EAX, 0).and(EAX, ~1).movToControl(0, EAX).jmpFar(0, "real again", 16);
    a.label("real again").mov(AX, 0).mov(Segment.DS, AX).mov(Segment.SS, AX).mov(SP, 0x8000);
    m.mark("real again");
    m.stop();
    a.align(8).label("gdt").word(Layout.GDT_LIMIT).dword((int) Layout.GDT);
    m.expect("real = 0x0", "protected = 0x0", "compatibility = 0x0", "efer = 0xd00", "long = 0x1234");
    m.expect("efer = 0x900", "real again = 0x0", "stop");
  }

  private static long gate(Assembler a, String handler, int access) {
    long address = a.address(handler);
    return address & 0xffff | (long) Layout.KERNEL_CS32 << 16 | (long) access << 40 | (address >>> 16) << 48;
  }

  private static void gates(BareMachine m, GuestMemory memory, int... vectors) {
    for (int v : vectors) {
      memory.writeLong(Layout.IDT + 8L * v, gate(m.code(), "exception " + v, 0x8e));
    }
  }

  /** Handlers that report the vector and, if there is one, the error code, and go on at the address in EBP. */
  private static void handlers(BareMachine m, int... vectors) {
    Assembler a = m.code();
    for (int v : vectors) {
      a.label("exception " + v);
      if (v >= 10 && v <= 14) {
        a.pop(EAX);
        m.report("vector %d error".formatted(v), EAX);
      } else {
        m.mark("vector " + v);
      }
      a.mov(dwordAt(ESP, 0), EBP).iret();
    }
    m.prepare(memory -> gates(m, memory, vectors));
  }

  private static void segments(BareMachine m) {
    Assembler a = m.startInProtectedMode().code();
    m.prepare(memory -> {
      // Base 0x20010, limit 0x1f bytes.
      memory.writeLong(Layout.GDT + Layout.SPARE_SELECTOR, 0x1f | 0x2_0010L << 16 | 0x93L << 40 | 0x40L << 48);
      memory.writeInt(Layout.DATA + 0x10, 0x77);
    });
    a.mov(EAX, Layout.SPARE_SELECTOR).mov(Segment.ES, EAX).mov(EBX, 0).bytes(0x26).mov(EAX, dwordAt(EBX, 0));
    m.report("es:0", EAX);
    a.bytes(0x26).mov(dwordAt(EBX, 0x1c), EBX);
    m.mark("the last word");
    a.movAddress(EBP, "behind");
    a.bytes(0x26).mov(EAX, dwordAt(EBX, 0x1d));
    a.label("behind");
    m.stop();
    handlers(m, 13);
    m.expect("es:0 = 0x77", "the last word = 0x0", "vector 13 error = 0x0", "stop");
    m.insteadOn(BackEnd.SOFT, "segment limits are not checked", "vector 13 error = 0x0");
    m.insteadOn(BackEnd.TCG, "QEMU checks no segment limits", "vector 13 error = 0x0");
  }

  private static void rings(BareMachine m) {
    Assembler a = m.startInProtectedMode().code();
    m.fromOn(BackEnd.EMULATING, "ring 3 of protected mode cannot come back", "handler's ss = 0x10", "triple fault");
    m.prepare(memory -> {
      memory.writeInt(Layout.TSS + 4, (int) (Layout.STACKS + Layout.RSP0_STACK));
      memory.writeInt(Layout.TSS + 8, Layout.KERNEL_DS);
      memory.writeLong(Layout.IDT + 8 * 0x40, gate(a, "call", 0xee));
      memory.writeLong(Layout.IDT + 8 * 0x41, gate(a, "call", 0x6e));
      memory.writeLong(Layout.GDT + Layout.SPARE_SELECTOR, Layout.TSS_LIMIT | Layout.TSS << 16 | 0x89L << 40);
    });
    a.mov(EAX, Layout.SPARE_SELECTOR).ltr(EAX);
    a.push(Layout.USER_DS).push((int) (Layout.STACKS + Layout.USER_STACK)).push(0x3002).push(Layout.USER_CS32).movAddress(EAX, "user").push(EAX).iret();
    a.label("user").mov(EAX, Segment.CS);
    m.report("cs", EAX);
    a.interrupt(0x40);
    m.mark("back");
    a.movAddress(EBP, "absent").interrupt(0x41).label("absent").mov(EAX, Layout.USER_DS).mov(Segment.DS, EAX);
    m.stop();
    a.label("call").mov(EAX, Segment.SS);
    m.report("handler's ss", EAX);
    a.lea(EAX, dwordAt(ESP, 20));
    m.report("top", EAX);
    a.iret();
    handlers(m, 11);
    m.expect("cs = 0x1b", "handler's ss = 0x10", "top = 0x42000", "back = 0x0", "vector 11 error = 0x20a", "stop");
  }

  /** Interrupts from ring 3 to ring 1, whose stack segment stands in the task state. */
  private static void innerStack(BareMachine m) {
    Assembler a = m.startInProtectedMode().code();
    int code1 = Layout.SPARE_SELECTOR + 8;
    int data1 = Layout.SPARE_SELECTOR + 16;
    int absent1 = Layout.SPARE_SELECTOR + 24;
    m.fromOn(BackEnd.EMULATING, "ring 3 of protected mode cannot come back", "vector 10 error = 0x0", "triple fault");
    m.prepare(memory -> {
      memory.writeInt(Layout.TSS + 4, (int) (Layout.STACKS + Layout.RSP0_STACK));
      memory.writeInt(Layout.TSS + 8, Layout.KERNEL_DS);
      memory.writeInt(Layout.TSS + 12, (int) (Layout.STACKS + Layout.IST1_STACK));
      memory.writeLong(Layout.GDT + Layout.SPARE_SELECTOR, Layout.TSS_LIMIT | Layout.TSS << 16 | 0x89L << 40);
      memory.writeLong(Layout.GDT + code1, 0x00cf_bb00_0000_ffffL);
      memory.writeLong(Layout.GDT + data1, 0x00cf_b300_0000_ffffL);
      memory.writeLong(Layout.GDT + absent1, 0x00cf_3300_0000_ffffL);
      memory.writeLong(Layout.IDT + 8 * 0x40, gate(a, "ring 1", 0xee) & ~0xffff_0000L | (code1 | 1L) << 16);
    });
    a.mov(EAX, Layout.SPARE_SELECTOR).ltr(EAX);
    a.push(Layout.USER_DS).push((int) (Layout.STACKS + Layout.USER_STACK)).push(0x3002).push(Layout.USER_CS32).movAddress(EAX, "user").push(EAX).iret();
    a.label("user");
    // Null, of ring 0, requested for ring 0, code, beyond the table, absent, and a good one.
    for (int ss : new int[] {0, Layout.KERNEL_DS, data1, code1 | 1, 0x1001, absent1 | 1, data1 | 1}) {
      String behind = m.unique("behind");
      a.mov(EBX, Layout.TSS).mov(Mem.wordAt(EBX, 16), ss).movAddress(EBP, behind).interrupt(0x40).label(behind);
    }
    m.stop();
    a.label("ring 1").mov(EAX, Segment.SS);
    m.report("ring 1, ss", EAX);
    a.iret();
    handlers(m, 10, 12);
    m.expect("vector 10 error = 0x0", "vector 10 error = 0x10", "vector 10 error = 0x%x".formatted(data1));
    m.expect(
        "vector 10 error = 0x%x".formatted(code1), "vector 10 error = 0x1000",
        "vector 12 error = 0x%x".formatted(absent1));
    m.expect("ring 1, ss = 0x%x".formatted(data1 | 1), "stop");
    m.insteadOn(BackEnd.TCG, "QEMU raises #TS for a stack segment that is absent too",
        "vector 12 error = 0x%x".formatted(absent1), "vector 10 error = 0x%x".formatted(absent1));
  }

  private static void compatibility(BareMachine m) {
    Assembler a = m.code();
    m.fromOn(
        BackEnd.EMULATING, "INT n from ring 3 is not emulated", "irq = 0x80", "#UD at user+0x25 ring 3",
        "#PF(0x15) at 0x0 ring 3 cr2=0x0", "#PF(0x15) at 0x0 ring 3 cr2=0x0", "#PF(0x15) at 0x0 ring 3 cr2=0x0",
        "#PF(0x15) at 0x0 ring 3 cr2=0x0", "lost");
    m.onInterrupt(0x80, () -> {
      a.mov(EAX, Segment.CS);
      m.report("cs inside", EAX);
    });
    m.gate(0x80, "interrupt_128", BareMachine.USER_GATE, 0);
    m.enterUser("user", Layout.USER_CS32, 0x3002);
    m.mode(32).label("user").mov(EAX, Segment.CS);
    m.report("cs", EAX);
    a.mov(EAX, -1).inc(EAX);
    m.report("eax", EAX);
    a.bytes(0x40);
    m.report("inc eax, not REX", EAX);
    a.interrupt(0x80);
    a.mov(ECX, ESP);
    m.report("esp", ECX);
    m.stop();
    m.mode(64);
    m.expect(
        "cs = 0x1b", "eax = 0x0", "inc eax, not REX = 0x1", "irq = 0x80", "cs inside = 0x8", "esp = 0x80046000",
        "stop");
  }
}
