package dev.portfire.softcpu;

import dev.portfire.machine.X86State;

/**
 * String instructions. With REP they work in bulk within a page, and stop between pages when something wants attention;
 * the registers always say how far they came, so a fault or an interrupt in the middle needs nothing more.
 */
final class Strings {
  private static final int CX = 1;
  private static final int SI = 6;
  private static final int DI = 7;

  private Strings() {}

  private static long source(Cpu c, Op o) {
    return (c.r[SI] & o.addressMask) + c.r[o.segment];
  }

  private static long destination(Cpu c, Op o) {
    return (c.r[DI] & o.addressMask) + c.r[Instruction.SEGMENT_BASE + X86State.ES];
  }

  private static int step(Cpu c, Op o) {
    int bytes = bytes(o);
    return (c.systemFlags & Cpu.DF) != 0 ? -bytes : bytes;
  }

  private static int bytes(Op o) {
    return o.size >> 3;
  }

  private static void advance(Cpu c, Op o, int register, long by) {
    c.setRegister(register, o.addressSize, c.r[register] + by);
  }

  private static long count(Cpu c, Op o) {
    return o.rep == Instruction.REP_NONE ? 1 : c.r[CX] & o.addressMask;
  }

  /** Takes {@code done} off the count register. */
  private static void counted(Cpu c, Op o, long done) {
    if (o.rep != Instruction.REP_NONE) {
      advance(c, o, CX, -done);
    }
  }

  /** Leaves for attention in the middle; true if the instruction must end here. */
  private static boolean interrupted(Cpu c, Op o, long left) {
    if (left > 0 && c.wantsAttention()) {
      c.repeat(o);
      return true;
    }
    return false;
  }

  private static long elementsToPageEnd(long address, int bytes) {
    return (4096 - (address & 4095)) / bytes;
  }

  static void movs(Cpu c, Op o) {
    int bytes = bytes(o);
    int step = step(c, o);
    long left = count(c, o);
    while (left > 0) {
      long from = source(c, o);
      long to = destination(c, o);
      long chunk = 1;
      if (step > 0 && left > 1) {
        chunk = Math.min(left, Math.min(elementsToPageEnd(from, bytes), elementsToPageEnd(to, bytes)));
      }
      long length = chunk * bytes;
      long fromAt = -1;
      long toAt = -1;
      if (chunk > 1) {
        fromAt = c.mmu.readable(from);
        toAt = c.mmu.writable(to, 1);
      }
      if (fromAt >= 0 && toAt >= 0 && (toAt <= fromAt || toAt >= fromAt + length)) {
        c.mmu.copy(fromAt, toAt, length);
      } else {
        chunk = 1;
        length = step;
        c.store(to, o.size, c.load(from, o.size));
      }
      advance(c, o, SI, length);
      advance(c, o, DI, length);
      counted(c, o, chunk);
      left -= chunk;
      if (interrupted(c, o, left)) {
        return;
      }
    }
    c.proceed(o);
  }

  static void stos(Cpu c, Op o) {
    int bytes = bytes(o);
    int step = step(c, o);
    long left = count(c, o);
    long value = c.r[0];
    while (left > 0) {
      long to = destination(c, o);
      long chunk = 1;
      long at = -1;
      if (step > 0 && left > 1) {
        chunk = Math.min(left, elementsToPageEnd(to, bytes));
        at = chunk > 1 ? c.mmu.writable(to, 1) : -1;
      }
      long length;
      if (at >= 0) {
        length = chunk * bytes;
        c.mmu.fill(at, chunk, bytes, value);
      } else {
        chunk = 1;
        length = step;
        c.store(to, o.size, value);
      }
      advance(c, o, DI, length);
      counted(c, o, chunk);
      left -= chunk;
      if (interrupted(c, o, left)) {
        return;
      }
    }
    c.proceed(o);
  }

  static void lods(Cpu c, Op o) {
    int step = step(c, o);
    long left = count(c, o);
    while (left > 0) {
      c.setRegister(0, o.size, c.load(source(c, o), o.size));
      advance(c, o, SI, step);
      counted(c, o, 1);
      left--;
      if (interrupted(c, o, left)) {
        return;
      }
    }
    c.proceed(o);
  }

  /** Whether REPE or REPNE goes on after a comparison. */
  private static boolean goesOn(Cpu c, Op o) {
    return o.rep == Instruction.REP ? c.zero == 0 : c.zero != 0;
  }

  static void cmps(Cpu c, Op o) {
    int step = step(c, o);
    long left = count(c, o);
    while (left > 0) {
      long a = c.load(source(c, o), o.size);
      long b = c.load(destination(c, o), o.size);
      Alu.sub(c, a, b, 64 - o.size);
      advance(c, o, SI, step);
      advance(c, o, DI, step);
      counted(c, o, 1);
      left--;
      if (left > 0 && !goesOn(c, o)) {
        break;
      }
      if (interrupted(c, o, left)) {
        return;
      }
    }
    c.proceed(o);
  }

  static void scas(Cpu c, Op o) {
    int step = step(c, o);
    long left = count(c, o);
    while (left > 0) {
      Alu.sub(c, c.r[0], c.load(destination(c, o), o.size), 64 - o.size);
      advance(c, o, DI, step);
      counted(c, o, 1);
      left--;
      if (left > 0 && !goesOn(c, o)) {
        break;
      }
      if (interrupted(c, o, left)) {
        return;
      }
    }
    c.proceed(o);
  }

  private static int portSize(Op o) {
    return Math.min(o.size, 32);
  }

  static void ins(Cpu c, Op o) {
    int size = portSize(o);
    int step = (c.systemFlags & Cpu.DF) != 0 ? -(size >> 3) : size >> 3;
    int port = (int) c.r[2] & 0xffff;
    PortIo.check(c, port, size >> 3);
    long left = count(c, o);
    while (left > 0) {
      long to = destination(c, o);
      // A fault must come before the device gives its data away.
      c.mmu.writable(to, size >> 3);
      c.store(to, size, PortIo.read(c, port, size >> 3));
      advance(c, o, DI, step);
      counted(c, o, 1);
      left--;
      if (interrupted(c, o, left)) {
        return;
      }
    }
    c.proceed(o);
  }

  static void outs(Cpu c, Op o) {
    int size = portSize(o);
    int step = (c.systemFlags & Cpu.DF) != 0 ? -(size >> 3) : size >> 3;
    int port = (int) c.r[2] & 0xffff;
    PortIo.check(c, port, size >> 3);
    long left = count(c, o);
    while (left > 0) {
      PortIo.write(c, port, size >> 3, c.load(source(c, o), size));
      advance(c, o, SI, step);
      counted(c, o, 1);
      left--;
      if (interrupted(c, o, left)) {
        return;
      }
    }
    c.proceed(o);
  }
}
