package dev.portfire.softcpu;

/**
 * MUL, IMUL, DIV and IDIV. Of the flags that the manuals leave undefined, multiplications let all be, and divisions set AF, clear SF, ZF
 * and PF and let the others be, as on AMD's processors.
 */
final class Multiply {
  private Multiply() {}

  /** Sets CF and OF. */
  private static void overflowFlags(Cpu c, boolean overflow) {
    c.carries = overflow ? Long.MIN_VALUE : 0;
  }

  private static void divisionFlags(Cpu c) {
    c.auxiliary = Cpu.AF;
    c.zero = c.signParity = 1;
  }

  static long imul2(Cpu c, long a, long b, int shift) {
    if (shift == 0) {
      long low = a * b;
      overflowFlags(c, Math.multiplyHigh(a, b) != low >> 63);
      return low;
    }
    long product = ((a << shift) >> shift) * ((b << shift) >> shift);
    overflowFlags(c, product << shift >> shift != product);
    return product;
  }

  static void imul3(Cpu c, Op o) {
    c.setRegister(o.d, o.size, imul2(c, c.readRm(o), o.imm, 64 - o.size));
  }

  static void mul(Cpu c, Op o) {
    long b = c.readRm(o);
    switch (o.size) {
      case 8 -> {
        long product = (c.r[0] & 0xff) * b;
        c.setRegister(0, 16, product);
        overflowFlags(c, product >>> 8 != 0);
      }
      case 16, 32 -> {
        long product = c.getRegister(0, o.size) * b;
        c.setRegister(0, o.size, product);
        c.setRegister(2, o.size, product >>> o.size);
        overflowFlags(c, product >>> o.size != 0);
      }
      default -> {
        long a = c.r[0];
        c.r[0] = a * b;
        c.r[2] = Math.unsignedMultiplyHigh(a, b);
        overflowFlags(c, c.r[2] != 0);
      }
    }
  }

  static void imul1(Cpu c, Op o) {
    int shift = 64 - o.size;
    long b = c.readRm(o) << shift >> shift;
    long a = c.r[0] << shift >> shift;
    if (o.size == 64) {
      c.r[0] = a * b;
      c.r[2] = Math.multiplyHigh(a, b);
      overflowFlags(c, c.r[2] != c.r[0] >> 63);
      return;
    }
    long product = a * b;
    if (o.size == 8) {
      c.setRegister(0, 16, product);
    } else {
      c.setRegister(0, o.size, product);
      c.setRegister(2, o.size, product >> o.size);
    }
    overflowFlags(c, product << shift >> shift != product);
  }

  static void div(Cpu c, Op o) {
    long b = c.readRm(o);
    if (b == 0) {
      throw GuestFault.of(GuestFault.DE);
    }
    if (o.size == 64) {
      div128(c, b);
      divisionFlags(c);
      return;
    }
    long a = o.size == 8
        ? c.r[0] & 0xffff
        : c.getRegister(2, o.size) << o.size | c.getRegister(0, o.size);
    long quotient = Long.divideUnsigned(a, b);
    if (quotient >>> o.size != 0) {
      throw GuestFault.of(GuestFault.DE);
    }
    store(c, o.size, quotient, Long.remainderUnsigned(a, b));
  }

  static void idiv(Cpu c, Op o) {
    int shift = 64 - o.size;
    long b = c.readRm(o) << shift >> shift;
    if (b == 0) {
      throw GuestFault.of(GuestFault.DE);
    }
    if (o.size == 64) {
      idiv128(c, b);
      divisionFlags(c);
      return;
    }
    long a = o.size == 8
        ? (short) c.r[0]
        : (c.getRegister(2, o.size) << o.size | c.getRegister(0, o.size)) << 64 - 2 * o.size >> 64 - 2 * o.size;
    if (a == Long.MIN_VALUE && b == -1) {
      throw GuestFault.of(GuestFault.DE);
    }
    long quotient = a / b;
    if (quotient << shift >> shift != quotient) {
      throw GuestFault.of(GuestFault.DE);
    }
    store(c, o.size, quotient, a % b);
  }

  private static void store(Cpu c, int size, long quotient, long remainder) {
    divisionFlags(c);
    if (size == 8) {
      c.setRegister(0, 16, (remainder & 0xff) << 8 | quotient & 0xff);
    } else {
      c.setRegister(0, size, quotient);
      c.setRegister(2, size, remainder);
    }
  }

  /** RDX:RAX by an unsigned divisor. */
  private static void div128(Cpu c, long b) {
    long high = c.r[2];
    long low = c.r[0];
    if (high == 0) {
      c.r[0] = Long.divideUnsigned(low, b);
      c.r[2] = Long.remainderUnsigned(low, b);
      return;
    }
    if (Long.compareUnsigned(high, b) >= 0) {
      throw GuestFault.of(GuestFault.DE);
    }
    long remainder = high;
    long quotient = 0;
    for (int k = 63; k >= 0; k--) {
      long carry = remainder >>> 63;
      remainder = remainder << 1 | low >>> k & 1;
      if (carry != 0 || Long.compareUnsigned(remainder, b) >= 0) {
        remainder -= b;
        quotient |= 1L << k;
      }
    }
    c.r[0] = quotient;
    c.r[2] = remainder;
  }

  /** RDX:RAX by a signed divisor: the unsigned division of the magnitudes, then the signs. */
  private static void idiv128(Cpu c, long b) {
    long high = c.r[2];
    long low = c.r[0];
    if (high == low >> 63) {
      if (low == Long.MIN_VALUE && b == -1) {
        throw GuestFault.of(GuestFault.DE);
      }
      c.r[0] = low / b;
      c.r[2] = low % b;
      return;
    }
    boolean negative = high < 0;
    if (negative) {
      low = -low;
      high = ~high + (low == 0 ? 1 : 0);
    }
    long divisor = Math.abs(b);
    if (Long.compareUnsigned(high, divisor) >= 0) {
      throw GuestFault.of(GuestFault.DE);
    }
    long savedLow = c.r[0];
    long savedHigh = c.r[2];
    c.r[0] = low;
    c.r[2] = high;
    div128(c, divisor);
    long quotient = c.r[0];
    long remainder = c.r[2];
    boolean quotientNegative = negative != b < 0;
    if (quotientNegative ? Long.compareUnsigned(quotient, Long.MIN_VALUE) > 0 : quotient < 0) {
      c.r[0] = savedLow;
      c.r[2] = savedHigh;
      throw GuestFault.of(GuestFault.DE);
    }
    c.r[0] = quotientNegative ? -quotient : quotient;
    c.r[2] = negative ? -remainder : remainder;
  }
}
