package dev.portfire.testing.conformance;

import static dev.portfire.testing.asm.Mem.byteAt;
import static dev.portfire.testing.asm.Mem.dwordAt;
import static dev.portfire.testing.asm.Mem.qwordAt;
import static dev.portfire.testing.asm.Mem.wordAt;
import static dev.portfire.testing.asm.Reg.AL;
import static dev.portfire.testing.asm.Reg.AX;
import static dev.portfire.testing.asm.Reg.CL;
import static dev.portfire.testing.asm.Reg.CX;
import static dev.portfire.testing.asm.Reg.DX;
import static dev.portfire.testing.asm.Reg.EAX;
import static dev.portfire.testing.asm.Reg.EBX;
import static dev.portfire.testing.asm.Reg.ECX;
import static dev.portfire.testing.asm.Reg.EDI;
import static dev.portfire.testing.asm.Reg.ESI;
import static dev.portfire.testing.asm.Reg.RAX;
import static dev.portfire.testing.asm.Reg.RBX;
import static dev.portfire.testing.asm.Reg.RCX;
import static dev.portfire.testing.asm.Reg.RDI;

import dev.portfire.testing.asm.Assembler;
import dev.portfire.testing.asm.Mem;
import java.util.List;

/** Port and memory-mapped I/O. */
final class IoCases {
  private static final String GROUP = "io";

  static final List<Case> CASES = List.of(
      new Case(GROUP, "a register that only notifies", IoCases::notifications),
      new Case(GROUP, "ports of each width", IoCases::ports),
      new Case(GROUP, "IN replaces as much of RAX as an operand of its width", IoCases::upperBits),
      new Case(GROUP, "rep outs of each width, up and down", IoCases::outs),
      new Case(GROUP, "rep ins of each width, up and down", IoCases::ins),
      new Case(GROUP, "rep ins and outs of nothing", IoCases::nothing),
      new Case(GROUP, "rep ins that faults in the middle takes nothing too much", IoCases::insFault),
      new Case(GROUP, "rep outs that faults in the middle", IoCases::outsFault),
      new Case(GROUP, "memory-mapped registers of each width", IoCases::mmio),
      new Case(GROUP, "memory-mapped registers as operands", IoCases::mmioOperands),
      new Case(GROUP, "string moves from and to memory-mapped registers", IoCases::mmioStrings),
      new Case(GROUP, "memory-mapped registers from ring 3", IoCases::mmioUser),
      new Case(GROUP, "ports need IOPL or the permission bitmap", IoCases::permission));

  private IoCases() {}

  /** Every back end must tell of them, one from a thread of its own and another from the vCPU's. */
  private static void notifications(BareMachine m) {
    Assembler a = m.code();
    a.mov(EBX, Layout.DOORBELL).mov(dwordAt(RBX, 0), 1);
    m.host(running -> running.vm().deliverNotifications());
    m.mark("one");
    a.mov(EAX, 0).mov(dwordAt(RBX, 0), EAX);
    m.host(running -> running.vm().deliverNotifications());
    m.mark("zero");
    // Another value and another width are the device's.
    a.mov(dwordAt(RBX, 0), 7).mov(Mem.wordAt(RBX, 0), 1);
    m.stop();
    m.expect(
        "notification of 1", "one = 0x0", "notification of 0", "zero = 0x0", "doorbell4 0x7", "doorbell2 0x1", "stop");
  }

  private static void ports(BareMachine m) {
    Assembler a = m.code();
    a.mov(DX, Layout.ECHO + 4).inDx(AL);
    m.report("al", AL);
    a.inDx(AX);
    m.report("ax", AX);
    a.inDx(EAX);
    m.report("eax", EAX);
    a.mov(RAX, 0x8877_6655_4433_2211L).mov(DX, Layout.ECHO + 0x23).outDx(AL).outDx(AX).outDx(EAX);
    m.stop();
    m.expect(
        "in1 +0x4 -> 0x84", "al = 0x84", "in2 +0x4 -> 0x8584", "ax = 0x8584", "in4 +0x4 -> 0x87868584",
        "eax = 0x87868584");
    m.expect("out1 +0x23 0x11", "out2 +0x23 0x2211", "out4 +0x23 0x44332211", "stop");
  }

  private static void upperBits(BareMachine m) {
    Assembler a = m.code();
    a.mov(DX, Layout.ECHO);
    a.mov(RAX, 0x1122_3344_5566_7788L).inDx(AL);
    m.report("after in al", EAX);
    a.mov(RAX, 0x1122_3344_5566_7788L).inDx(AX);
    m.report("after in ax", EAX);
    a.shr(RAX, 32);
    m.report("upper half", EAX);
    a.mov(RAX, 0x1122_3344_5566_7788L).inDx(EAX).shr(RAX, 32);
    m.report("upper half", EAX);
    m.stop();
    m.expect("in1 +0x0 -> 0x80", "after in al = 0x55667780", "in2 +0x0 -> 0x8180", "after in ax = 0x55668180");
    m.expect("upper half = 0x11223344", "in4 +0x0 -> 0x83828180", "upper half = 0x0", "stop");
  }

  private static void stringSetUp(Assembler a, int port, int count) {
    a.mov(DX, port).mov(ECX, count);
  }

  private static void outs(BareMachine m) {
    Assembler a = m.code();
    m.prepare(memory -> {
      for (int k = 0; k < 64; k++) {
        memory.writeByte(Layout.DATA + k, 0x40 + k);
      }
    });
    stringSetUp(a, Layout.ECHO, 3);
    a.mov(ESI, Layout.DATA).repOuts(8);
    stringSetUp(a, Layout.ECHO, 2);
    a.repOuts(16);
    stringSetUp(a, Layout.ECHO, 2);
    a.repOuts(32);
    m.report("rsi", ESI);
    m.report("rcx", ECX);
    a.bytes(0xfd);
    stringSetUp(a, Layout.ECHO, 2);
    a.mov(ESI, Layout.DATA + 8).repOuts(32).bytes(0xfc);
    m.report("rsi", ESI);
    m.stop();
    m.expect("out1 +0x0 0x40", "out1 +0x0 0x41", "out1 +0x0 0x42", "out2 +0x0 0x4443", "out2 +0x0 0x4645");
    m.expect("out4 +0x0 0x4a494847", "out4 +0x0 0x4e4d4c4b", "rsi = 0x2000f", "rcx = 0x0");
    m.expect("out4 +0x0 0x4b4a4948", "out4 +0x0 0x47464544", "rsi = 0x20000", "stop");
  }

  private static void ins(BareMachine m) {
    Assembler a = m.code();
    stringSetUp(a, Layout.QUEUE, 3);
    a.mov(EDI, Layout.DATA).repIns(8);
    stringSetUp(a, Layout.QUEUE, 2);
    a.repIns(16);
    stringSetUp(a, Layout.QUEUE, 2);
    a.repIns(32);
    m.report("rdi", EDI);
    a.mov(EDI, Layout.DATA);
    for (int k = 0; k < 4; k++) {
      a.mov(EAX, dwordAt(RDI, 4 * k));
      m.report("data", EAX);
    }
    a.bytes(0xfd);
    stringSetUp(a, Layout.QUEUE, 2);
    a.mov(EDI, Layout.DATA + 0x11).repIns(8).bytes(0xfc).mov(EDI, Layout.DATA + 0x10).mov(EAX, dwordAt(RDI, 0));
    m.report("data", EAX);
    m.stop();
    m.expect("pull1", "pull1", "pull1", "pull2", "pull2", "pull4", "pull4", "rdi = 0x2000f");
    m.expect("data = 0x4030201", "data = 0x6000500", "data = 0x7000000", "data = 0x0");
    m.expect("pull1", "pull1", "data = 0x809", "stop");
  }

  private static void nothing(BareMachine m) {
    Assembler a = m.code();
    stringSetUp(a, Layout.QUEUE, 0);
    a.mov(EDI, 0).mov(ESI, 0).repIns(8).repOuts(32);
    m.report("rdi", EDI);
    m.stop();
    m.expect("rdi = 0x0", "stop");
  }

  private static void insFault(BareMachine m) {
    Assembler a = m.code();
    m.setEntry(Layout.PT_WINDOW, 0, Layout.FREE | 0x63);
    stringSetUp(a, Layout.QUEUE, 5);
    a.mov(EDI, Layout.WINDOW + 0xff8);
    m.fault("ins", () -> a.repIns(32));
    m.report("rcx", ECX);
    m.report("rdi", EDI);
    m.stop();
    m.expect("pull4", "pull4", "#PF(0x2) at ins cr2=0x40001000", "rcx = 0x3", "rdi = 0x40001000", "stop");
    m.insteadOn(
        BackEnd.KVM, "KVM asks the device for as many elements as there are bytes left in the page, then stores them",
        "#PF(0x2) at ins cr2=0x40001000", "pull4", "pull4", "pull4", "#PF(0x2) at ins cr2=0x40001000");
    m.insteadOn(BackEnd.KVM, "none of those elements is stored", "rcx = 0x3", "rcx = 0x5");
    m.insteadOn(BackEnd.KVM, "none of those elements is stored", "rdi = 0x40001000", "rdi = 0x40000ff8");
  }

  private static void outsFault(BareMachine m) {
    Assembler a = m.code();
    m.setEntry(Layout.PT_WINDOW, 0, Layout.FREE | 0x63);
    stringSetUp(a, Layout.ECHO, 5);
    a.mov(ESI, Layout.WINDOW + 0xffe);
    m.fault("outs", () -> a.repOuts(16));
    m.report("rcx", ECX);
    m.stop();
    m.expect("out2 +0x0 0x0", "#PF(0x0) at outs cr2=0x40001000", "rcx = 0x4", "stop");
  }

  private static void mmio(BareMachine m) {
    Assembler a = m.code();
    a.mov(EDI, Layout.MMIO + 0x10);
    a.mov(AL, byteAt(RDI, 1));
    m.report("al", AL);
    a.mov(AX, wordAt(RDI, 2));
    m.report("ax", AX);
    a.mov(EAX, dwordAt(RDI, 4));
    m.report("eax", EAX);
    a.mov(RAX, qwordAt(RDI, 8));
    m.report("low", EAX);
    a.shr(RAX, 32);
    m.report("high", EAX);
    a.mov(RCX, 0x8877_6655_4433_2211L);
    a.mov(byteAt(RDI, 1), CL).mov(wordAt(RDI, 2), CX).mov(dwordAt(RDI, 4), ECX).mov(qwordAt(RDI, 8), RCX);
    a.mov(byteAt(RDI, 0), 0x5a).mov(wordAt(RDI, 0), 0x5a5b).mov(dwordAt(RDI, 0), 0x5a5b5c5d).mov(qwordAt(RDI, 0), -2);
    m.stop();
    m.expect("read1 +0x11 -> 0x91", "al = 0x91", "read2 +0x12 -> 0x9392", "ax = 0x9392", "read4 +0x14 -> 0x97969594");
    m.expect("eax = 0x97969594", "read8 +0x18 -> 0x9f9e9d9c9b9a9998", "low = 0x9b9a9998", "high = 0x9f9e9d9c");
    m.expect("write1 +0x11 0x11", "write2 +0x12 0x2211", "write4 +0x14 0x44332211", "write8 +0x18 0x8877665544332211");
    m.expect(
        "write1 +0x10 0x5a", "write2 +0x10 0x5a5b", "write4 +0x10 0x5a5b5c5d", "write8 +0x10 0xfffffffffffffffe",
        "stop");
  }

  private static void mmioOperands(BareMachine m) {
    Assembler a = m.code();
    a.mov(EDI, Layout.MMIO);
    a.or(dwordAt(RDI, 0x20), 0x40).and(byteAt(RDI, 0x21), 0x0f);
    a.mov(EAX, 5).add(EAX, dwordAt(RDI, 0x0)).cmp(byteAt(RDI, 0x31), 0xb1);
    m.report("eax", EAX);
    a.pushf().pop(RCX).and(ECX, 0x40);
    m.report("zf", ECX);
    a.movzx(EAX, wordAt(RDI, 0x40));
    m.report("eax", EAX);
    a.mov(EAX, 0x1234).xchg(dwordAt(RDI, 0x44), EAX);
    m.report("eax", EAX);
    m.stop();
    m.expect("read4 +0x20 -> 0xa3a2a1a0", "write4 +0x20 0xa3a2a1e0", "read1 +0x21 -> 0xa1", "write1 +0x21 0x1");
    m.expect("read4 +0x0 -> 0x83828180", "read1 +0x31 -> 0xb1", "eax = 0x83828185", "zf = 0x40");
    m.expect(
        "read2 +0x40 -> 0xc1c0", "eax = 0xc1c0", "read4 +0x44 -> 0xc7c6c5c4", "write4 +0x44 0x1234", "eax = 0xc7c6c5c4",
        "stop");
  }

  private static void mmioStrings(BareMachine m) {
    Assembler a = m.code();
    a.mov(ESI, Layout.MMIO).mov(EDI, Layout.DATA).mov(ECX, 2).repMovs(32);
    a.mov(ESI, Layout.DATA).mov(EDI, Layout.MMIO + 0x100).mov(ECX, 4).repMovs(16);
    a.mov(EAX, 0x77).mov(ECX, 2).repStos(8);
    m.report("rdi", EDI);
    m.stop();
    m.expect("read4 +0x0 -> 0x83828180", "read4 +0x4 -> 0x87868584");
    m.expect("write2 +0x100 0x8180", "write2 +0x102 0x8382", "write2 +0x104 0x8584", "write2 +0x106 0x8786");
    m.expect("write1 +0x108 0x77", "write1 +0x109 0x77", "rdi = 0xd000010a", "stop");
  }

  private static void mmioUser(BareMachine m) {
    Assembler a = m.code();
    m.setEntry(Layout.PT_WINDOW, 1, Layout.MMIO | 0x17);
    m.inUser(() -> {
      a.mov(EDI, Layout.WINDOW + 0x1000).mov(EAX, dwordAt(RDI, 8)).mov(dwordAt(RDI, 0xc), EAX);
      a.mov(EDI, Layout.MMIO);
      m.fault("supervisor", () -> a.mov(EAX, dwordAt(RDI, 0)));
    });
    m.expect(
        "read4 +0x8 -> 0x8b8a8988", "write4 +0xc 0x8b8a8988", "#PF(0x5) at supervisor ring 3 cr2=0xd0000000", "stop");
  }

  private static void permission(BareMachine m) {
    Assembler a = m.code();
    int limit = 0x68 + 0x2000;
    m.prepare(memory -> {
      long tss = Layout.DATA;
      memory.writeLong(tss + 4, Layout.STACKS + Layout.RSP0_STACK);
      memory.writeShort(tss + 0x66, 0x68);
      // Of the echo ports 0 to 3 are open, and all others outside of them.
      for (int port = Layout.ECHO + 4; port < Layout.ECHO + 0x100; port++) {
        long at = tss + 0x68 + port / 8;
        memory.writeByte(at, memory.readByte(at) | 1 << (port & 7));
      }
      memory.writeLong(Layout.GDT + Layout.SPARE_SELECTOR, limit | tss << 16 | 0x89L << 40);
    });
    a.mov(EAX, Layout.SPARE_SELECTOR).ltr(EAX);
    m.enterUser("user", Layout.USER_CS, 2);
    a.label("user").mov(DX, Layout.ECHO + 3).inDx(AL).mov(DX, Layout.ECHO).inDx(EAX).mov(DX, Layout.ECHO + 4);
    m.fault("closed", () -> a.inDx(AL));
    a.mov(DX, Layout.ECHO + 3);
    m.fault("half", () -> a.outDx(AX));
    a.mov(ECX, 1).mov(RDI, RBX);
    m.fault("string", () -> a.repIns(16));
    m.fault("cli", a::cli);
    m.fault("sti", a::sti);
    m.stop();
    m.expect("in1 +0x3 -> 0x83", "in4 +0x0 -> 0x83828180", "#GP(0x0) at closed ring 3", "#GP(0x0) at half ring 3");
    m.expect("#GP(0x0) at string ring 3", "#GP(0x0) at cli ring 3", "#GP(0x0) at sti ring 3", "stop");
  }
}
