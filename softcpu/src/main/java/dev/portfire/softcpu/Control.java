package dev.portfire.softcpu;

import dev.portfire.machine.X86State;

/** Near and far transfers of control. */
final class Control {
  private Control() {}

  /** A target that is not canonical is a fault of the instruction that jumps, not of the one at the target. */
  private static long canonical(Cpu c, long target) {
    if (c.code64 && target << 16 >> 16 != target) {
      throw GuestFault.gp();
    }
    return target;
  }

  static void callNear(Cpu c, Op.Branch o) {
    if (o.legacy) {
      Stack.push(c, o.size, c.nextRip(o));
    } else {
      c.store64(c.r[4] - 8, o.nextLinear(c));
      c.r[4] -= 8;
    }
    c.jump(o, c.r[Instruction.PAGE_BASE] + o.imm);
  }

  static void retNear(Cpu c, Op o) {
    if (o.legacy) {
      ret(c, o);
    } else {
      long target = canonical(c, c.load64(c.r[4]));
      c.r[4] += 8;
      c.jumpTo(target);
    }
  }

  static void ret(Cpu c, Op o) {
    long target = canonical(c, Stack.top(c, o.size));
    Stack.release(c, (o.size >> 3) + (int) o.imm);
    c.jumpTo(target);
  }

  static void callIndirect(Cpu c, Op o) {
    long target = canonical(c, c.readRm(o));
    Stack.push(c, o.size, c.nextRip(o));
    c.jumpTo(target);
  }

  static void jmpIndirect(Cpu c, Op o) {
    c.jumpTo(canonical(c, c.readRm(o)));
  }

  private static void branch(Cpu c, Op o, boolean taken) {
    if (taken) {
      long linear = c.r[Instruction.PAGE_BASE] + o.imm;
      c.jumpTo(o.legacy ? linear - c.r[Instruction.SEGMENT_BASE + X86State.CS] & (o.size == 16 ? 0xffff : 0xffff_ffffL) : linear);
    } else {
      c.jumpTo(c.nextRip(o));
    }
  }

  private static boolean countDown(Cpu c, Op o) {
    long count = c.getRegister(1, o.addressSize) - 1;
    c.setRegister(1, o.addressSize, count);
    return c.getRegister(1, o.addressSize) != 0;
  }

  static void loop(Cpu c, Op o) {
    branch(c, o, countDown(c, o));
  }

  static void loope(Cpu c, Op o) {
    branch(c, o, countDown(c, o) && c.zero == 0);
  }

  static void loopne(Cpu c, Op o) {
    branch(c, o, countDown(c, o) && c.zero != 0);
  }

  static void jcxz(Cpu c, Op o) {
    branch(c, o, c.getRegister(1, o.addressSize) == 0);
  }

  static void bound(Cpu c, Op o) {
    if (!o.memory) {
      throw GuestFault.ud();
    }
    long address = o.address(c);
    int shift = 64 - o.size;
    long low = c.load(address, o.size) << shift >> shift;
    long high = c.load(address + (o.size >> 3), o.size) << shift >> shift;
    long value = c.r[o.d] << shift >> shift;
    if (value < low || value > high) {
      throw GuestFault.of(GuestFault.BR);
    }
  }

  // ---- software interrupts

  private static void software(Cpu c, Op o, int vector) {
    // A fault on the way is a fault of this instruction, so it leaves here with nothing changed.
    c.proceed(o);
    Interrupts.enter(c, vector, -1, Interrupts.SOFTWARE);
    c.next = null;
  }

  static void int3(Cpu c, Op o) {
    c.stopAtBreakpoint();
    software(c, o, GuestFault.BP);
  }

  static void intN(Cpu c, Op o) {
    software(c, o, (int) o.imm & 0xff);
  }

  static void into(Cpu c, Op o) {
    if (c.overflow()) {
      software(c, o, GuestFault.OF);
    } else {
      c.proceed(o);
    }
  }

  static void int1(Cpu c, Op o) {
    c.proceed(o);
    Interrupts.deliver(c, GuestFault.DB, -1, Interrupts.EXCEPTION);
  }

  static void iret(Cpu c, Op o) {
    Interrupts.iret(c, o);
  }

  // ---- far transfers

  private static void farJump(Cpu c, int selector, long offset) {
    if (c.realMode()) {
      c.loadHidden(X86State.CS, selector, (long) selector << 4, c.segmentLimit[X86State.CS], c.segmentAccess[X86State.CS]);
      c.updateMode();
    } else {
      long descriptor = Segments.codeDescriptor(c, selector, c.cpl, false);
      Segments.enterCode(c, selector, descriptor, c.cpl);
    }
    c.jumpTo(c.code64 ? offset : offset & 0xffff_ffffL);
  }

  static void jmpFarPointer(Cpu c, Op o) {
    farJump(c, o.imm2 & 0xffff, o.imm);
  }

  static void jmpFarMemory(Cpu c, Op o) {
    long address = o.address(c);
    long offset = c.load(address, o.size);
    int selector = (int) c.load16(address + (o.size >> 3));
    farJump(c, selector, offset);
  }

  private static void farCall(Cpu c, Op o, int selector, long offset) {
    long back = c.nextRip(o);
    int cs = c.selector[X86State.CS];
    if (!c.realMode()) {
      Segments.codeDescriptor(c, selector, c.cpl, false);
    }
    long mask = Stack.mask(c);
    int bytes = o.size >> 3;
    c.mmu.writable(Stack.base(c) + (c.r[4] - 2L * bytes & mask), bytes);
    Stack.push(c, o.size, cs);
    Stack.push(c, o.size, back);
    farJump(c, selector, offset);
  }

  static void callFarPointer(Cpu c, Op o) {
    farCall(c, o, o.imm2 & 0xffff, o.imm);
  }

  static void callFarMemory(Cpu c, Op o) {
    long address = o.address(c);
    long offset = c.load(address, o.size);
    int selector = (int) c.load16(address + (o.size >> 3));
    farCall(c, o, selector, offset);
  }

  static void retFar(Cpu c, Op o) {
    int bytes = o.size >> 3;
    long mask = Stack.mask(c);
    long base = Stack.base(c);
    long sp = c.r[4];
    long offset = c.load(base + (sp & mask), o.size);
    int selector = (int) c.load(base + (sp + bytes & mask), o.size) & 0xffff;
    int parameters = (int) o.imm;
    if (c.realMode()) {
      Stack.release(c, 2 * bytes + parameters);
      c.loadHidden(X86State.CS, selector, (long) selector << 4, c.segmentLimit[X86State.CS], c.segmentAccess[X86State.CS]);
      c.updateMode();
      c.jumpTo(offset);
      return;
    }
    int cpl = selector & 3;
    if (cpl < c.cpl) {
      throw GuestFault.of(GuestFault.GP, selector & 0xfffc);
    }
    long descriptor = Segments.codeDescriptor(c, selector, c.cpl, true);
    if (cpl > c.cpl) {
      long newSp = c.load(base + (sp + 2L * bytes + parameters & mask), o.size);
      int ss = (int) c.load(base + (sp + 3L * bytes + parameters & mask), o.size) & 0xffff;
      Interrupts.returnOuter(c, selector, descriptor, cpl, ss, newSp + parameters);
    } else {
      Stack.release(c, 2 * bytes + parameters);
      Segments.enterCode(c, selector, descriptor, cpl);
    }
    c.jumpTo(c.code64 ? offset : offset & 0xffff_ffffL);
  }
}
