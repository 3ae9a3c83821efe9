package dev.portfire.softcpu;

import dev.portfire.machine.X86State;

/** PUSH, POP and their kin in every mode. */
final class Stack {
  private Stack() {}

  /** Ones in the bits of the stack pointer that count. */
  static long mask(Cpu c) {
    return c.code64 ? -1 : (c.segmentAccess[X86State.SS] & Segments.BIG) != 0 ? 0xffff_ffffL : 0xffff;
  }

  static long base(Cpu c) {
    return c.r[Instruction.SEGMENT_BASE + X86State.SS];
  }

  /** Pushes a value of {@code size} bits. */
  static void push(Cpu c, int size, long value) {
    long mask = mask(c);
    long sp = c.r[4] - (size >> 3) & mask;
    c.store(base(c) + sp, size, value);
    c.r[4] = stackPointer(c, sp, mask);
  }

  private static long stackPointer(Cpu c, long sp, long mask) {
    return mask == 0xffff ? c.r[4] & ~mask | sp : sp;
  }

  /** The value on top of the stack. */
  static long top(Cpu c, int size) {
    return c.load(base(c) + (c.r[4] & mask(c)), size);
  }

  /** Moves the stack pointer up by some bytes. */
  static void release(Cpu c, int bytes) {
    long mask = mask(c);
    c.r[4] = stackPointer(c, c.r[4] + bytes & mask, mask);
  }

  static void pushRegister(Cpu c, Op o) {
    push(c, o.size, c.r[o.s]);
  }

  static void popRegister(Cpu c, Op o) {
    long value = top(c, o.size);
    release(c, o.size >> 3);
    c.setRegister(o.s, o.size, value);
  }

  static void pushImmediate(Cpu c, Op o) {
    push(c, o.size, o.imm);
  }

  static void pushRm(Cpu c, Op o) {
    push(c, o.size, c.readRm(o));
  }

  static void popRm(Cpu c, Op o) {
    long value = top(c, o.size);
    if (o.memory) {
      // The address is computed with the stack pointer already incremented.
      long before = c.r[4];
      release(c, o.size >> 3);
      long address = o.address(c);
      long after = c.r[4];
      c.r[4] = before;
      c.store(address, o.size, value);
      c.r[4] = after;
    } else {
      release(c, o.size >> 3);
      c.setRegister(o.s, o.size, value);
    }
  }

  private static int segmentOf(Op o) {
    return o.opcode >> 3 & 7;
  }

  static void pushSegment(Cpu c, Op o) {
    push(c, o.size, c.selector[segmentOf(o)]);
  }

  static void popSegment(Cpu c, Op o) {
    int selector = (int) top(c, o.size) & 0xffff;
    int segment = segmentOf(o);
    Segments.load(c, segment, selector);
    release(c, o.size >> 3);
    c.proceed(o);
    if (segment == X86State.SS) {
      c.shadowNext();
    }
  }

  static void pusha(Cpu c, Op o) {
    long sp = c.r[4];
    int bytes = o.size >> 3;
    long mask = mask(c);
    c.mmu.writable(base(c) + (sp - 8L * bytes & mask), 1);
    for (int k = 0; k < 8; k++) {
      push(c, o.size, k == 4 ? sp : c.r[k]);
    }
  }

  static void popa(Cpu c, Op o) {
    int bytes = o.size >> 3;
    long mask = mask(c);
    long[] values = new long[8];
    for (int k = 0; k < 8; k++) {
      values[k] = c.load(base(c) + (c.r[4] + (long) k * bytes & mask), o.size);
    }
    for (int k = 0; k < 8; k++) {
      if (k != 3) {
        c.setRegister(7 - k, o.size, values[k]);
      }
    }
    release(c, 8 * bytes);
  }

  static void pushf(Cpu c, Op o) {
    push(c, o.size, c.flags() & ~(Cpu.VM | Cpu.RF));
  }

  static void popf(Cpu c, Op o) {
    int mask = Cpu.CF | Cpu.PF | Cpu.AF | Cpu.ZF | Cpu.SF | Cpu.TF | Cpu.DF | Cpu.OF | Cpu.NT;
    if (o.size != 16) {
      mask |= Cpu.AC | Cpu.ID | Cpu.RF;
    }
    if (c.cpl == 0) {
      mask |= Cpu.IOPL;
    }
    if (c.cpl <= (c.flags() >> 12 & 3)) {
      mask |= Cpu.IF;
    }
    int value = (int) top(c, o.size) & ~Cpu.RF;
    release(c, o.size >> 3);
    c.proceed(o);
    c.setFlags(value, mask);
  }

  static void enter(Cpu c, Op o) {
    int level = o.imm2 & 31;
    int bytes = o.size >> 3;
    long mask = mask(c);
    long sp = c.r[4];
    long bp = c.r[5];
    c.mmu.writable(base(c) + (sp - bytes - o.imm & mask), 1);
    push(c, o.size, bp);
    long frame = c.r[4];
    try {
      for (int k = 1; k < level; k++) {
        push(c, o.size, c.load(base(c) + (bp - (long) k * bytes & mask), o.size));
      }
      if (level > 0) {
        push(c, o.size, frame);
      }
    } catch (GuestFault e) {
      c.r[4] = sp;
      throw e;
    }
    c.setRegister(5, o.size, frame);
    release(c, (int) -o.imm);
  }

  static void leave(Cpu c, Op o) {
    long mask = mask(c);
    long sp = c.r[5];
    long value = c.load(base(c) + (sp & mask), o.size);
    c.r[4] = stackPointer(c, sp + (o.size >> 3) & mask, mask);
    c.setRegister(5, o.size, value);
  }
}
