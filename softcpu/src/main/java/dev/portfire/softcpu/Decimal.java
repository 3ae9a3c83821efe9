package dev.portfire.softcpu;

/** Decimal adjustments, which exist only outside 64-bit mode. */
final class Decimal {
  private Decimal() {}

  private static void result(Cpu c, int value, int carryAndAuxiliary) {
    int sign = value & 0x80;
    int parity = (Integer.bitCount(value & 0xff) & 1) == 0 ? Cpu.PF : 0;
    c.setArithmeticFlags(carryAndAuxiliary | sign | parity | ((value & 0xff) == 0 ? Cpu.ZF : 0));
  }

  private static void adjust(Cpu c, int direction) {
    int al = (int) c.r[0] & 0xff;
    int flags = c.flags();
    int value = al;
    int out = 0;
    if ((al & 15) > 9 || (flags & Cpu.AF) != 0) {
      value += 6 * direction;
      out |= Cpu.AF;
      if ((flags & Cpu.CF) != 0 || value < 0 || value > 255) {
        out |= Cpu.CF;
      }
    }
    if (al > 0x99 || (flags & Cpu.CF) != 0) {
      value += 0x60 * direction;
      out |= Cpu.CF;
    } else if (direction > 0) {
      out &= ~Cpu.CF;
    }
    c.set8(0, value);
    result(c, value, out);
  }

  static void daa(Cpu c, Op o) {
    adjust(c, 1);
  }

  static void das(Cpu c, Op o) {
    adjust(c, -1);
  }

  private static void ascii(Cpu c, int direction) {
    int ax = (int) c.r[0] & 0xffff;
    boolean adjust = (ax & 15) > 9 || (c.flags() & Cpu.AF) != 0;
    if (adjust) {
      ax += 0x106 * direction;
    }
    c.setRegister(0, 16, ax & 0xff0f);
    result(c, ax & 15, adjust ? Cpu.AF | Cpu.CF : 0);
  }

  static void aaa(Cpu c, Op o) {
    ascii(c, 1);
  }

  static void aas(Cpu c, Op o) {
    ascii(c, -1);
  }

  static void aam(Cpu c, Op o) {
    int base = (int) o.imm & 0xff;
    if (base == 0) {
      throw GuestFault.of(GuestFault.DE);
    }
    int al = (int) c.r[0] & 0xff;
    c.setRegister(0, 16, al / base << 8 | al % base);
    result(c, al % base, 0);
  }

  static void aad(Cpu c, Op o) {
    int ax = (int) c.r[0] & 0xffff;
    int value = (ax & 0xff) + (ax >> 8) * ((int) o.imm & 0xff) & 0xff;
    c.setRegister(0, 16, value);
    result(c, value, 0);
  }

  static void salc(Cpu c, Op o) {
    c.set8(0, c.carries < 0 ? 0xff : 0);
  }
}
