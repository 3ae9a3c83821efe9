package dev.portfire.testing.conformance;

import static dev.portfire.testing.asm.Mem.dwordAt;
import static dev.portfire.testing.asm.Mem.qwordAt;
import static dev.portfire.testing.asm.Mem.wordAt;
import static dev.portfire.testing.asm.Reg.AX;
import static dev.portfire.testing.asm.Reg.EAX;
import static dev.portfire.testing.asm.Reg.EBX;
import static dev.portfire.testing.asm.Reg.ECX;
import static dev.portfire.testing.asm.Reg.EDX;
import static dev.portfire.testing.asm.Reg.R15;
import static dev.portfire.testing.asm.Reg.RAX;
import static dev.portfire.testing.asm.Reg.RBP;
import static dev.portfire.testing.asm.Reg.RBX;
import static dev.portfire.testing.asm.Reg.RCX;
import static dev.portfire.testing.asm.Reg.RSP;

import dev.portfire.testing.asm.Assembler;
import dev.portfire.testing.asm.Mem;
import dev.portfire.testing.asm.Segment;
import java.util.List;

/** Exceptions with their error codes and stacks (SDM volume 3, chapter 6). */
final class ExceptionCases {
  private static final String GROUP = "exceptions";
  private static final long NON_CANONICAL = 0x8000_0000_1000L;

  static final List<Case> CASES = List.of(
      new Case(GROUP, "#DE #UD #BP #OF #DB from ring 0", m -> simple(m, false)),
      new Case(GROUP, "#DE #UD #BP #OF #DB from ring 3", m -> simple(m, true)),
      new Case(GROUP, "#BR in 32-bit code", ExceptionCases::bound),
      new Case(GROUP, "#NM when CR0.TS is set", ExceptionCases::deviceNotAvailable),
      new Case(GROUP, "#MF at the next x87 instruction", ExceptionCases::x87),
      new Case(GROUP, "#MF when a pending exception is unmasked, #NM at MMX", ExceptionCases::unmasked),
      new Case(GROUP, "x87 and MMX registers and pointers across exits", ExceptionCases::floatingPointKept),
      new Case(GROUP, "#XM, or #UD without OSXMMEXCPT", ExceptionCases::simd),
      new Case(GROUP, "#AC in ring 3 only", ExceptionCases::alignment),
      new Case(GROUP, "#GP #NP #SS name the selector", ExceptionCases::selectors),
      new Case(GROUP, "#GP and #SS for addresses that are not canonical", ExceptionCases::canonical),
      new Case(GROUP, "INT n goes through gates that ring 3 may use", ExceptionCases::gates),
      new Case(GROUP, "privileged instructions in ring 3", ExceptionCases::privileged),
      new Case(GROUP, "invalid LOCK and undefined opcodes", ExceptionCases::undefined),
      new Case(GROUP, "an instruction longer than 15 bytes", ExceptionCases::tooLong),
      new Case(GROUP, "UMIP hides the tables from ring 3", ExceptionCases::umip),
      new Case(GROUP, "a handler on a stack of the IST, from both rings", ExceptionCases::interruptStacks),
      new Case(GROUP, "frames are aligned; RF and IF by kind of event and gate", ExceptionCases::frames),
      new Case(GROUP, "#DF when a handler cannot be entered", ExceptionCases::doubleFault),
      new Case(GROUP, "a fault on the way to another that is not a double fault", ExceptionCases::serialFault),
      new Case(GROUP, "triple fault", ExceptionCases::tripleFault),
      new Case(GROUP, "IRET to what it must refuse", ExceptionCases::badReturn),
      new Case(GROUP, "single step", ExceptionCases::singleStep),
      new Case(GROUP, "breakpoint registers: an instruction", ExceptionCases::instructionBreakpoint),
      new Case(GROUP, "breakpoint registers: a write", ExceptionCases::writeBreakpoint));

  private ExceptionCases() {}

  private static void simple(BareMachine m, boolean user) {
    Assembler a = m.code();
    Runnable body = () -> {
      a.mov(EAX, 1).mov(EDX, 0).mov(ECX, 0);
      m.fault("de", () -> a.div(ECX));
      a.mov(EAX, 1).mov(EDX, 5).mov(ECX, 5);
      m.fault("de too large", () -> a.div(ECX));
      m.fault("ud", a::ud2);
      m.fault("bp", a::int3);
      m.fault("of", () -> a.interrupt(4));
      m.fault("db", () -> a.bytes(0xf1));
      m.report("eax", EAX);
    };
    if (user) {
      m.inUser(body);
    } else {
      body.run();
      m.stop();
    }
    String ring = user ? " ring 3" : "";
    m.expect("#DE at de" + ring, "#DE at de too large" + ring, "#UD at ud" + ring);
    m.expect("#BP at bp+0x1" + ring, "#OF at of+0x2" + ring, "#DB at db+0x1" + ring, "eax = 0x1", "stop");
    m.insteadOn(BackEnd.TCG, "QEMU does not know the opcode F1", "#DB at db+0x1" + ring, "#UD at db" + ring);
    if (user) {
      m.insteadOn(BackEnd.EMULATING, "INT1 in ring 3 is taken for a fault", "#DB at db+0x1" + ring, "#DB at db" + ring);
    }
  }

  private static void bound(BareMachine m) {
    Assembler a = m.code();
    m.fromOn(BackEnd.EMULATING, "BOUND is not emulated", "inside = 0x5", "#UD at user+0xa ring 3", "stop");
    a.mov(EBX, Layout.DATA).mov(dwordAt(RBX, 0), -2).mov(dwordAt(RBX, 4), 5);
    a.lea(R15, "behind").mov(ECX, Layout.USER).add(R15, RCX);
    m.enterUser("user", Layout.USER_CS32, 0x3002);
    m.mode(32).label("user").mov(EBX, Layout.USER + Layout.DATA);
    a.mov(EAX, 5).bytes(0x62, 0x03);
    m.report("inside", EAX);
    a.mov(EAX, -3).label("outside").bytes(0x62, 0x03);
    a.label("behind");
    m.stop();
    m.expect("inside = 0x5", "#BR at outside ring 3", "stop");
  }

  private static void deviceNotAvailable(BareMachine m) {
    Assembler a = m.code();
    a.movFromControl(RAX, 0).or(EAX, 8).movToControl(0, RAX);
    m.fault("x87", () -> a.bytes(0xdb, 0xe3));
    m.fault("sse", () -> a.bytes(0x0f, 0x57, 0xc0));
    m.fault("wait", () -> a.bytes(0x9b));
    a.bytes(0x0f, 0x06, 0xdb, 0xe3, 0x0f, 0x57, 0xc0);
    m.mark("after clts");
    a.movFromControl(RAX, 0).or(EAX, 4).movToControl(0, RAX);
    m.fault("x87 emulated", () -> a.bytes(0xdb, 0xe3));
    m.fault("sse emulated", () -> a.bytes(0x0f, 0x57, 0xc0));
    m.stop();
    m.expect(
        "#NM at x87", "#NM at sse", "#NM at wait", "after clts = 0x0", "#NM at x87 emulated", "#UD at sse emulated",
        "stop");
  }

  private static void x87(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(BackEnd.TCG, "QEMU raises #MF at WAIT only", "#MF at fld1");
    // FNINIT, FLDCW with zero divide unmasked, FLD1, FLDZ, FDIVP.
    a.mov(EBX, Layout.DATA).mov(wordAt(RBX, 0), 0x037b).bytes(0xdb, 0xe3, 0xd9, 0x2b, 0xd9, 0xe8, 0xd9, 0xee, 0xde, 0xf9);
    m.mark("divided");
    m.fault("wait", () -> a.bytes(0x9b));
    m.fault("fld1", () -> a.bytes(0xd9, 0xe8));
    // FNSTSW AX and FNCLEX do not wait.
    a.bytes(0xdf, 0xe0);
    m.report("status", AX);
    a.bytes(0xdb, 0xe2, 0x9b, 0xdf, 0xe0);
    m.report("status", AX);
    m.stop();
    m.expect("divided = 0x0", "#MF at wait", "#MF at fld1", "status = 0xb084", "status = 0x3000", "stop");
  }

  private static void unmasked(BareMachine m) {
    Assembler a = m.code();
    m.fromOn(
        BackEnd.TCG, "QEMU looks at the control word when an exception occurs, not when it is unmasked", "#MF at wait", "unmasked = 0x4",
        "masked again = 0x1", "#NM at paddb with TS", "stop");
    // FNINIT, FLD1, FLDZ, FDIVP, with all exceptions masked; FLDCW with zero divide unmasked.
    a.mov(EBX, Layout.DATA).mov(wordAt(RBX, 0), 0x037b).mov(wordAt(RBX, 2), 0x037f);
    a.bytes(0xdb, 0xe3, 0xd9, 0xe8, 0xd9, 0xee, 0xde, 0xf9, 0xdf, 0xe0);
    m.report("masked", AX);
    a.bytes(0xd9, 0x2b);
    m.fault("wait", () -> a.bytes(0x9b));
    m.fault("paddb", () -> a.bytes(0x0f, 0xfc, 0xc9));
    a.bytes(0xdf, 0xe0);
    m.report("unmasked", AX);
    // FNCLEX, FLDCW with all masked; FLDZ, FDIVP, FNSTSW AX.
    a.bytes(0xdb, 0xe2, 0xd9, 0x6b, 0x02, 0xd9, 0xee, 0xde, 0xf9, 0x9b, 0xdf, 0xe0);
    m.report("masked again", AX);
    a.movFromControl(RAX, 0).or(EAX, 8).movToControl(0, RAX);
    m.fault("paddb with TS", () -> a.bytes(0x0f, 0xfc, 0xc9));
    a.bytes(0x0f, 0x06, 0x0f, 0xfc, 0xc9, 0x0f, 0x77);
    m.stop();
    m.expect("masked = 0x3804", "#MF at wait", "#MF at paddb", "unmasked = 0xb884", "masked again = 0x3800", "#NM at paddb with TS", "stop");
  }

  private static void floatingPointKept(BareMachine m) {
    Assembler a = m.code();
    a.mov(EBX, Layout.DATA).mov(wordAt(RBX, 0), 0x0f7f);
    m.insteadOn(BackEnd.TCG, "QEMU keeps no pointers", "instruction = 0x0", "instruction = 0xffffffff");
    m.insteadOn(BackEnd.TCG, "QEMU keeps no pointers", "data = 0x0", "data = 0xffffffff");
    // FNINIT, FLDPI; FLD1, FADDP, FLDCW that truncates, FISTP m32.
    a.bytes(0xdb, 0xe3, 0xd9, 0xeb);
    m.mark("out");
    a.bytes(0xd9, 0xe8, 0xde, 0xc1, 0xd9, 0x2b).label("store").bytes(0xdb, 0x5b, 0x08);
    m.mark("out");
    a.mov(EAX, dwordAt(RBX, 8));
    m.report("pi + 1", EAX);
    // FNSTENV, which masks all exceptions.
    a.bytes(0xd9, 0x73, 0x10).lea(R15, "store").mov(EAX, dwordAt(RBX, 0x1c)).sub(RAX, R15);
    // NEG EAX; SBB EAX, EAX: 0 if they are the same.
    a.bytes(0xf7, 0xd8, 0x19, 0xc0);
    m.report("instruction", EAX);
    a.mov(EAX, dwordAt(RBX, 0x24)).sub(EAX, EBX).sub(EAX, 8).bytes(0xf7, 0xd8, 0x19, 0xc0);
    m.report("data", EAX);
    // MOVD MM1, EAX; PADDB MM1, MM1; MOVD EAX, MM1; FNSTENV, EMMS, FNSTENV.
    a.mov(EAX, 0x01020304).bytes(0x0f, 0x6e, 0xc8);
    m.mark("out");
    a.bytes(0x0f, 0xfc, 0xc9, 0x0f, 0x7e, 0xc8);
    m.report("mm1", EAX);
    a.bytes(0xd9, 0x73, 0x10, 0x0f, 0x77, 0xd9, 0x73, 0x30).mov(AX, wordAt(RBX, 0x18));
    m.report("tags", AX);
    a.mov(AX, wordAt(RBX, 0x38));
    m.report("tags", AX);
    m.stop();
    m.expect(
        "out = 0x0", "out = 0x0", "pi + 1 = 0x4", "instruction = 0x0", "data = 0x0", "out = 0x0", "mm1 = 0x2040608", "tags = 0x559",
        "tags = 0xffff", "stop");
  }

  private static void simd(BareMachine m) {
    Assembler a = m.code();
    m.fromOn(
        BackEnd.TCG, "QEMU raises no #XM and checks no reserved bits of MXCSR", "#XM at divss", "mxcsr = 0x1d84",
        "xmm0 = 0x7f800000", "stop");
    // LDMXCSR with zero divide unmasked; XORPS XMM1; MOVD XMM0; DIVSS XMM0, XMM1; STMXCSR.
    a.mov(EBX, Layout.DATA).mov(dwordAt(RBX, 0), 0x1d80).bytes(0x0f, 0xae, 0x13, 0x0f, 0x57, 0xc9);
    a.mov(EAX, 0x3f80_0000).bytes(0x66, 0x0f, 0x6e, 0xc0);
    m.fault("divss", () -> a.bytes(0xf3, 0x0f, 0x5e, 0xc1));
    a.bytes(0x0f, 0xae, 0x1b).mov(EAX, dwordAt(RBX, 0));
    m.report("mxcsr", EAX);
    a.bytes(0x66, 0x0f, 0x7e, 0xc0);
    m.report("xmm0", EAX);
    a.movFromControl(RAX, 4).and(EAX, ~0x400).movToControl(4, RAX);
    m.fault("divss without OSXMMEXCPT", () -> a.bytes(0xf3, 0x0f, 0x5e, 0xc1));
    a.mov(dwordAt(RBX, 0), 0x1_1f80);
    m.fault("ldmxcsr", () -> a.bytes(0x0f, 0xae, 0x13));
    m.stop();
    m.expect(
        "#XM at divss", "mxcsr = 0x1d84", "xmm0 = 0x3f800000", "#UD at divss without OSXMMEXCPT", "#GP(0x0) at ldmxcsr",
        "stop");
  }

  private static void alignment(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(BackEnd.TCG, "QEMU checks no alignment", "#AC(0x0) at word ring 3");
    m.insteadOn(BackEnd.TCG, "QEMU checks no alignment", "#AC(0x0) at dword ring 3");
    m.insteadOn(BackEnd.TCG, "QEMU checks no alignment", "#AC(0x0) at qword ring 3");
    a.movFromControl(RAX, 0).or(EAX, 1 << 18).movToControl(0, RAX);
    a.mov(EBX, Layout.DATA).pushf().or(qwordAt(RSP, 0), 1 << 18).popf().mov(EAX, dwordAt(RBX, 1));
    m.mark("not in ring 0");
    m.enterUser("user", Layout.USER_CS, 0x4_3002);
    a.label("user").mov(EBX, Layout.USER + Layout.DATA);
    m.fault("word", () -> a.mov(AX, wordAt(RBX, 1)));
    m.fault("dword", () -> a.mov(dwordAt(RBX, 2), EAX));
    m.fault("qword", () -> a.mov(RAX, qwordAt(RBX, 4)));
    a.mov(EAX, dwordAt(RBX, 4)).mov(AX, wordAt(RBX, 2));
    m.mark("aligned");
    a.pushf().and(qwordAt(RSP, 0), ~(1 << 18)).popf().mov(RAX, qwordAt(RBX, 1));
    m.mark("AC off");
    m.stop();
    m.expect("not in ring 0 = 0x0", "#AC(0x0) at word ring 3", "#AC(0x0) at dword ring 3", "#AC(0x0) at qword ring 3");
    m.expect("aligned = 0x0", "AC off = 0x0", "stop");
    m.insteadOn(BackEnd.SOFT, "alignment is not checked", "#AC(0x0) at word ring 3");
    m.insteadOn(BackEnd.SOFT, "alignment is not checked", "#AC(0x0) at dword ring 3");
    m.insteadOn(BackEnd.SOFT, "alignment is not checked", "#AC(0x0) at qword ring 3");
  }

  private static void selectors(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(BackEnd.TCG, "QEMU lets a null selector with another RPL into SS", "#GP(0x0) at null with rpl 3");
    m.insteadOn(BackEnd.TCG, "QEMU loads a null selector into TR", "#GP(0x0) at ltr null");
    a.mov(EAX, Layout.ABSENT_DS);
    m.fault("absent ds", () -> a.mov(Segment.DS, EAX));
    m.fault("absent ss", () -> a.mov(Segment.SS, EAX));
    a.mov(EAX, 0x100);
    m.fault("beyond the limit", () -> a.mov(Segment.ES, EAX));
    a.mov(EAX, 0x14);
    m.fault("no ldt", () -> a.mov(Segment.FS, EAX));
    a.mov(EAX, Layout.TSS_SELECTOR);
    m.fault("system segment", () -> a.mov(Segment.GS, EAX));
    a.mov(EAX, Layout.KERNEL_CS);
    m.fault("code as stack", () -> a.mov(Segment.SS, EAX));
    a.mov(EAX, 3);
    m.fault("null with rpl 3", () -> a.mov(Segment.SS, EAX));
    a.mov(EAX, Layout.USER_DS);
    m.fault("stack of another ring", () -> a.mov(Segment.SS, EAX));
    a.mov(EAX, 0);
    m.fault("ltr null", () -> a.ltr(EAX));
    a.mov(EAX, Layout.TSS_SELECTOR);
    m.fault("ltr busy", () -> a.ltr(EAX));
    a.mov(EAX, Layout.KERNEL_DS);
    m.fault("lldt data", () -> a.lldt(EAX));
    a.push(Layout.TSS_SELECTOR).lea(RAX, "behind").push(RAX);
    m.fault("retf to a tss", a::retfq);
    a.label("behind");
    m.stop();
    m.expect(
        "#NP(0x50) at absent ds", "#SS(0x50) at absent ss", "#GP(0x100) at beyond the limit", "#GP(0x14) at no ldt");
    m.expect(
        "#GP(0x60) at system segment", "#GP(0x8) at code as stack", "#GP(0x0) at null with rpl 3",
        "#GP(0x20) at stack of another ring");
    m.expect(
        "#GP(0x0) at ltr null", "#GP(0x60) at ltr busy", "#GP(0x10) at lldt data", "#GP(0x60) at retf to a tss",
        "stop");
  }

  private static void canonical(BareMachine m) {
    Assembler a = m.code();
    m.fromOn(
        BackEnd.TCG, "QEMU raises #GP for the stack segment too, and at a jump's target",
        "#SS(0x0) at stack segment on ist1", "#GP(0x0) at stack segment", "#GP(0x0) at 0x1000", "#GP(0x0) at 0x1000",
        "rsp = 0x40ff8", "triple fault");
    a.mov(RBX, NON_CANONICAL).mov(RBP, NON_CANONICAL);
    m.fault("load", () -> a.mov(EAX, dwordAt(RBX, 0)));
    m.fault("store", () -> a.mov(dwordAt(RBX, 0), EAX));
    m.fault("stack segment", () -> a.mov(EAX, dwordAt(RBP, 0)));
    m.fault("jump", () -> a.jmp(RBX));
    m.fault("call", () -> a.call(RBX));
    a.mov(RCX, RSP);
    m.report("rsp", ECX);
    m.ist(12, 1);
    a.mov(RCX, RSP).mov(RSP, NON_CANONICAL);
    m.fault("push", () -> a.push(RAX));
    a.mov(RSP, RCX);
    m.stop();
    m.expect(
        "#GP(0x0) at load", "#GP(0x0) at store", "#SS(0x0) at stack segment on ist1", "#GP(0x0) at jump",
        "#GP(0x0) at call");
    m.expect("rsp = 0x41000", "#SS(0x0) at push on ist1", "stop");
  }

  private static void gates(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(
        BackEnd.TCG, "QEMU's error codes name twice the vector", "#NP(0x40a) at kernel absent",
        "#NP(0x812) at kernel absent");
    m.insteadOn(
        BackEnd.TCG, "QEMU's error codes name twice the vector", "#GP(0x6a) at gate of ring 0 ring 3",
        "#GP(0xd2) at gate of ring 0 ring 3");
    m.insteadOn(
        BackEnd.TCG, "QEMU's error codes name twice the vector", "#NP(0x40a) at absent ring 3",
        "#NP(0x812) at absent ring 3");
    m.insteadOn(
        BackEnd.TCG, "QEMU's error codes name twice the vector", "#GP(0x412) at type ring 3",
        "#GP(0x822) at type ring 3");
    m.insteadOn(
        BackEnd.TCG, "QEMU's error codes name twice the vector", "#GP(0x4ca) at nothing ring 3",
        "#GP(0x992) at nothing ring 3");
    m.fromOn(
        BackEnd.EMULATING, "INT n from ring 3 is not emulated", "#NP(0x40a) at kernel absent",
        "#NP(0x40a) at kernel absent", "#UD at kernel absent+0x29 ring 3",
        "#PF(0x15) at kernel absent+0x2 ring 3 cr2=0x10023", "#PF(0x15) at kernel absent+0x2 ring 3 cr2=0x10023",
        "#PF(0x15) at kernel absent+0x2 ring 3 cr2=0x10023", "#PF(0x15) at kernel absent+0x2 ring 3 cr2=0x10023",
        "lost");
    m.onInterrupt(0x80, () -> {});
    m.gate(0x80, "interrupt_128", BareMachine.USER_GATE, 0);
    m.gate(0x81, "interrupt_128", 0x6e, 0);
    m.gate(0x82, "interrupt_128", 0xe5, 0);
    a.interrupt(0x80);
    m.fault("kernel absent", () -> a.interrupt(0x81));
    m.inUser(() -> {
      a.interrupt(0x80);
      m.fault("gate of ring 0", () -> a.interrupt(13));
      m.fault("absent", () -> a.interrupt(0x81));
      m.fault("type", () -> a.interrupt(0x82));
      m.fault("nothing", () -> a.interrupt(0x99));
    });
    m.expect(
        "irq = 0x80", "#NP(0x40a) at kernel absent", "irq = 0x80", "#GP(0x6a) at gate of ring 0 ring 3",
        "#NP(0x40a) at absent ring 3");
    m.expect("#GP(0x412) at type ring 3", "#GP(0x4ca) at nothing ring 3", "stop");
  }

  private static void privileged(BareMachine m) {
    Assembler a = m.code();
    Object[][] instructions = {
      {"hlt", 0xf4}, {"clts", 0x0f, 0x06}, {"wbinvd", 0x0f, 0x09}, {"invd", 0x0f, 0x08}, {"rdmsr", 0x0f, 0x32}, {"wrmsr", 0x0f, 0x30},
      {"mov from cr0", 0x0f, 0x20, 0xc0}, {"mov to cr3", 0x0f, 0x22, 0xd8}, {"mov from dr7", 0x0f, 0x21, 0xf8}, {"mov to dr0", 0x0f, 0x23, 0xc0},
      {"lmsw", 0x0f, 0x01, 0xf0}, {"invlpg", 0x0f, 0x01, 0x3b}, {"lgdt", 0x0f, 0x01, 0x13}, {"lidt", 0x0f, 0x01, 0x1b},
      {"ltr", 0x0f, 0x00, 0xd8}, {"lldt", 0x0f, 0x00, 0xd0}, {"swapgs", 0x0f, 0x01, 0xf8}, {"sysretq", 0x48, 0x0f, 0x07}, {"sysexit", 0x0f, 0x35}
    };
    m.inUser(() -> {
      a.mov(EBX, Layout.USER + Layout.DATA).mov(ECX, 0x10).mov(EAX, 0);
      for (Object[] i : instructions) {
        m.fault((String) i[0], () -> {
          for (int k = 1; k < i.length; k++) {
            a.bytes((int) i[k]);
          }
        });
      }
    });
    for (Object[] i : instructions) {
      m.expect("#GP(0x0) at " + i[0] + " ring 3");
    }
    m.expect("stop");
  }

  private static void undefined(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(BackEnd.TCG, "QEMU lets LOCK stand before MOV", "#UD at lock mov");
    a.mov(EBX, Layout.DATA);
    m.fault("lock nop", () -> a.bytes(0xf0, 0x90));
    m.fault("lock mov", () -> a.lock().mov(dwordAt(RBX, 0), EAX));
    m.fault("lock add register", () -> a.bytes(0xf0, 0x01, 0xc0));
    m.fault("push es", () -> a.bytes(0x06));
    m.fault("into", () -> a.bytes(0xce));
    m.fault("aam", () -> a.bytes(0xd4, 0x0a));
    m.fault("ud1", () -> a.bytes(0x0f, 0xb9, 0xc0));
    m.fault("lea register", () -> a.bytes(0x8d, 0xc0));
    m.fault("mov cs", () -> a.bytes(0x8e, 0xc8));
    m.fault("mov cr1", () -> a.bytes(0x0f, 0x20, 0xc8));
    m.fault("mov cr5", () -> a.bytes(0x0f, 0x22, 0xe8));
    m.stop();
    m.expect(
        "#UD at lock nop", "#UD at lock mov", "#UD at lock add register", "#UD at push es", "#UD at into", "#UD at aam",
        "#UD at ud1");
    m.expect("#UD at lea register", "#UD at mov cs", "#UD at mov cr1", "#UD at mov cr5", "stop");
  }

  private static void tooLong(BareMachine m) {
    Assembler a = m.code();
    m.fault("fifteen", () -> a.bytes(0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90));
    m.fault("sixteen", () -> a.bytes(0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90));
    m.stop();
    m.expect("#GP(0x0) at sixteen", "stop");
  }

  private static void umip(BareMachine m) {
    Assembler a = m.code();
    m.needs("UMIP", 7, ECX, 2);
    Mem here = new Mem(64, RBX, 0, null);
    a.mov(EBX, Layout.DATA).sgdt(here).mov(EAX, dwordAt(RBX, 2));
    m.report("gdt", EAX);
    a.movFromControl(RAX, 4).or(EAX, 0x800).movToControl(4, RAX).sgdt(here).str(EAX);
    m.report("tr", EAX);
    m.inUser(() -> {
      a.mov(EBX, Layout.USER + Layout.DATA);
      m.fault("sgdt", () -> a.sgdt(here));
      m.fault("sidt", () -> a.bytes(0x0f, 0x01, 0x0b));
      m.fault("sldt", () -> a.bytes(0x0f, 0x00, 0xc0));
      m.fault("str", () -> a.str(EAX));
      m.fault("smsw", () -> a.bytes(0x0f, 0x01, 0xe0));
    });
    m.expect(
        "gdt = 0x1000", "tr = 0x60", "#GP(0x0) at sgdt ring 3", "#GP(0x0) at sidt ring 3", "#GP(0x0) at sldt ring 3");
    m.expect("#GP(0x0) at str ring 3", "#GP(0x0) at smsw ring 3", "stop");
  }

  private static void interruptStacks(BareMachine m) {
    Assembler a = m.code();
    m.ist(6, 1);
    m.ist(3, 2);
    m.fault("ud", a::ud2);
    m.fault("bp", a::int3);
    a.mov(RCX, RSP);
    m.report("rsp", ECX);
    m.inUser(() -> {
      m.fault("user ud", a::ud2);
      m.fault("user bp", a::int3);
      a.mov(EAX, 1);
      m.fault("user gp", a::hlt);
    });
    m.expect("#UD at ud on ist1", "#BP at bp+0x1 on ist2", "rsp = 0x41000", "#UD at user ud ring 3 on ist1");
    m.expect("#BP at user bp+0x1 ring 3 on ist2", "#GP(0x0) at user gp ring 3", "stop");
  }

  /** A handler that tells what was pushed: RF of the image, IF inside, the alignment of the frame. */
  private static void tellFrame(BareMachine m, int vector, int access, boolean skip) {
    Assembler a = m.code();
    String label = "frame_" + vector;
    String around = m.unique("around");
    a.jmp(around).label(label).push(RAX).mov(EAX, dwordAt(RSP, 24)).and(EAX, 0x1_0000);
    m.report("rf", EAX);
    a.lea(EAX, dwordAt(RSP, 8)).and(EAX, 15);
    m.report("alignment", EAX);
    a.pushf().pop(RAX).and(EAX, 0x4300);
    m.report("if, tf, nt", EAX);
    if (skip) {
      a.mov(qwordAt(RSP, 8), R15);
    }
    a.pop(RAX).iret().label(around);
    m.gate(vector, label, access, 0);
  }

  private static void frames(BareMachine m) {
    Assembler a = m.code();
    tellFrame(m, 6, BareMachine.TRAP_GATE, true);
    tellFrame(m, 3, BareMachine.INTERRUPT_GATE, false);
    tellFrame(m, 0x40, BareMachine.TRAP_GATE, false);
    a.sti().push(0);
    m.mark("fault, trap gate");
    m.fault("ud", a::ud2);
    m.mark("trap, interrupt gate");
    a.int3();
    a.push(0).pushf().or(qwordAt(RSP, 0), 0x4000).popf();
    m.mark("software, trap gate, NT");
    a.interrupt(0x40).cli();
    m.stop();
    m.expect("fault, trap gate = 0x0", "rf = 0x10000", "alignment = 0x8", "if, tf, nt = 0x200");
    m.expect("trap, interrupt gate = 0x0", "rf = 0x0", "alignment = 0x8", "if, tf, nt = 0x0");
    m.insteadOn(BackEnd.TCG, "QEMU keeps RF for INT3", "rf = 0x0", "rf = 0x10000");
    m.expect("software, trap gate, NT = 0x0", "rf = 0x0", "alignment = 0x8", "if, tf, nt = 0x200", "stop");
  }

  private static void doubleFault(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(
        BackEnd.TCG, "QEMU delivers the second fault of a guest of KVM", "#DF(0x0) at gp on ist1", "#NP(0xd2) at gp");
    m.insteadOn(
        BackEnd.TCG, "QEMU delivers the second fault of a guest of KVM", "#DF(0x0) at pf on ist1", "#NP(0xe2) at pf");
    m.gateAccess(13, 0x0e);
    m.gateAccess(14, 0x0e);
    m.ist(8, 1);
    a.mov(RBX, NON_CANONICAL);
    m.fault("gp", () -> a.mov(EAX, dwordAt(RBX, 0)));
    a.mov(EBX, Layout.WINDOW);
    m.fault("pf", () -> a.mov(EAX, dwordAt(RBX, 0)));
    m.stop();
    m.expect("#DF(0x0) at gp on ist1", "#DF(0x0) at pf on ist1", "stop");
  }

  private static void serialFault(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(BackEnd.TCG, "QEMU's error codes name twice the vector", "#NP(0x33) at ud", "#NP(0x62) at ud");
    m.insteadOn(BackEnd.TCG, "QEMU's error codes name twice the vector", "#NP(0x1a) at bp", "#NP(0x32) at bp");
    m.insteadOn(
        BackEnd.EMULATING, "any fault on the way to another is a double fault", "#NP(0x33) at ud", "#DF(0x0) at ud");
    m.gateAccess(6, 0x0e);
    m.gateAccess(3, 0x0e);
    m.fault("ud", a::ud2);
    m.fault("bp", a::int3);
    m.stop();
    // The earlier exception is an external event, INT3 is not (SDM volume 3, 6.13).
    m.expect("#NP(0x33) at ud", "#NP(0x1a) at bp", "stop");
  }

  private static void tripleFault(BareMachine m) {
    Assembler a = m.code();
    m.fromOn(
        BackEnd.TCG, "QEMU delivers the second fault of a guest of KVM", "triple fault", "#NP(0xd2) at +0x17",
        "#UD at 0x1008", "#UD at 0x1008", "#UD at 0x1008", "#UD at 0x1008", "lost");
    m.gateAccess(13, 0x0e);
    m.gateAccess(8, 0x0e);
    m.mark("now");
    a.mov(RBX, NON_CANONICAL).mov(EAX, dwordAt(RBX, 0));
    m.mark("never");
    m.stop();
    m.expect("now = 0x0", "triple fault");
  }

  private static void frame(BareMachine m, int ss, int flags, int cs, long rip) {
    m.code().mov(RCX, RSP).push(ss).push(RCX).push(flags).push(cs).mov(RAX, rip).push(RAX);
  }

  private static void badReturn(BareMachine m) {
    Assembler a = m.code();
    m.insteadOn(
        BackEnd.TCG, "QEMU faults at the target that is not canonical", "#GP(0x0) at rip not canonical",
        "#GP(0x0) at 0x1000");
    m.fromOn(
        BackEnd.EMULATING, "IRET loads a system segment into CS", "#GP(0x60) at cs a tss", "#GP(0x0) at 0x600",
        "#GP(0x0) at cs a tss+0x2", "#GP(0x0) at cs a tss+0x2", "#GP(0x0) at cs a tss+0x2", "#GP(0x0) at cs a tss+0x2",
        "lost");
    a.mov(RBP, RSP);
    frame(m, Layout.KERNEL_DS, 2, Layout.TSS_SELECTOR, 0);
    m.fault("cs a tss", a::iret);
    frame(m, Layout.KERNEL_DS, 2, Layout.USER_CS, 0);
    m.fault("ss of ring 0 for ring 3", a::iret);
    frame(m, 3, 2, Layout.USER_CS, 0);
    m.fault("null ss for ring 3", a::iret);
    frame(m, Layout.KERNEL_DS, 2, 0, 0);
    m.fault("null cs", a::iret);
    frame(m, Layout.KERNEL_DS, 2, Layout.KERNEL_CS, NON_CANONICAL);
    m.fault("rip not canonical", a::iret);
    a.mov(RSP, RBP).pushf().or(qwordAt(RSP, 0), 0x4000).popf();
    frame(m, Layout.KERNEL_DS, 2, Layout.KERNEL_CS, 0);
    m.fault("nested task", a::iret);
    a.pushf().and(qwordAt(RSP, 0), ~0x4000).popf().mov(RSP, RBP);
    // A null SS is good for ring 0.
    a.push(0).push(RSP).push(2).push(Layout.KERNEL_CS).lea(RAX, "good").push(RAX).iret().label("good").mov(RSP, RBP).mov(EAX, Segment.SS);
    m.report("ss", EAX);
    m.stop();
    m.expect(
        "#GP(0x60) at cs a tss", "#GP(0x10) at ss of ring 0 for ring 3", "#GP(0x0) at null ss for ring 3",
        "#GP(0x0) at null cs");
    m.expect("#GP(0x0) at rip not canonical", "#GP(0x0) at nested task", "ss = 0x0", "stop");
  }

  /** A #DB handler that reports DR6 and how far behind {@code here} it came; it clears TF and DR6, and sets RF. */
  private static void onDebug(BareMachine m) {
    Assembler a = m.code();
    String around = m.unique("around");
    a.jmp(around).label("debug").push(RAX).push(RCX).movFromDebug(RAX, 6).and(EAX, 0xe00f);
    m.report("dr6", EAX);
    a.mov(EAX, 0xffff_0ff0L).movToDebug(6, RAX).mov(RAX, qwordAt(RSP, 16)).lea(RCX, "here").sub(RAX, RCX);
    m.report("behind here", EAX);
    a.and(dwordAt(RSP, 32), ~0x100).or(dwordAt(RSP, 32), 0x1_0000).pop(RCX).pop(RAX).iret().label(around);
    m.gate(1, "debug", BareMachine.INTERRUPT_GATE, 0);
  }

  private static void singleStep(BareMachine m) {
    Assembler a = m.code();
    onDebug(m);
    a.mov(EAX, 5).pushf().or(qwordAt(RSP, 0), 0x100).popf().label("here").mov(EAX, 6).mov(EAX, 7);
    m.report("eax", EAX);
    m.stop();
    m.expect("dr6 = 0x4000", "behind here = 0x5", "eax = 0x7", "stop");
  }

  private static void instructionBreakpoint(BareMachine m) {
    Assembler a = m.code();
    onDebug(m);
    a.lea(RAX, "here").movToDebug(0, RAX).mov(EAX, 0x402).movToDebug(7, RAX).mov(ECX, 1);
    a.label("here").mov(ECX, 2);
    m.report("ecx", ECX);
    a.mov(EAX, 0x400).movToDebug(7, RAX);
    m.stop();
    m.expect("dr6 = 0x1", "behind here = 0x0", "ecx = 0x2", "stop");
    m.fromOn(BackEnd.SOFT, "breakpoint registers hold values only", "dr6 = 0x1", "ecx = 0x2", "stop");
  }

  private static void writeBreakpoint(BareMachine m) {
    Assembler a = m.code();
    m.fromOn(BackEnd.EMULATING, "emulated stores hit no breakpoint", "dr6 = 0x2", "stop");
    onDebug(m);
    a.mov(EBX, Layout.DATA).lea(RAX, qwordAt(RBX, 8)).movToDebug(1, RAX).mov(EAX, 0xd0_0408).movToDebug(7, RAX);
    a.mov(EAX, dwordAt(RBX, 8)).mov(dwordAt(RBX, 4), EAX).label("here").mov(dwordAt(RBX, 8), EAX);
    a.mov(EAX, 0x400).movToDebug(7, RAX);
    m.stop();
    m.expect("dr6 = 0x2", "behind here = 0x3", "stop");
    m.fromOn(BackEnd.SOFT, "breakpoint registers hold values only", "dr6 = 0x2", "stop");
  }
}
