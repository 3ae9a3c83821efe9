package dev.portfire.softcpu;

/**
 * Shifts and rotations (SDM volume 2, SAL/SAR/SHL/SHR, RCL/RCR/ROL/ROR, SHLD, SHRD). OF is defined for counts of one only; for
 * others it gets what the same formula gives. AF is undefined and set, as on AMD's processors.
 */
final class Shift {
  private Shift() {}

  private static int mask(int shift) {
    return shift == 0 ? 63 : 31;
  }

  /** Sets CF and OF and leaves the other flags alone. */
  private static void carryOverflow(Cpu c, long carry, long overflow) {
    c.carries = (carry << 63) | ((carry ^ overflow) << 62);
  }

  /** OF of what shifts to the right: 1 if the two highest bits of the result differ. */
  private static long topTwoDiffer(long r, int shift) {
    long aligned = r << shift;
    return (aligned ^ (aligned << 1)) >>> 63;
  }

  private static void result(Cpu c, long r, int shift) {
    c.auxiliary = Cpu.AF;
    c.zero = c.signParity = (r << shift) >> shift;
  }

  static long shl(Cpu c, long a, long b, int shift) {
    int n = (int) b & mask(shift);
    if (n == 0) {
      return a;
    }
    long r = a << n;
    long carry = ((a << (n - 1)) << shift) >>> 63;
    result(c, r, shift);
    carryOverflow(c, carry, carry ^ ((r << shift) >>> 63));
    return r;
  }

  static long shr(Cpu c, long a, long b, int shift) {
    int n = (int) b & mask(shift);
    if (n == 0) {
      return a;
    }
    long value = (a << shift) >>> shift;
    long r = value >>> n;
    result(c, r, shift);
    carryOverflow(c, (value >>> (n - 1)) & 1, topTwoDiffer(r, shift));
    return r;
  }

  static long sar(Cpu c, long a, long b, int shift) {
    int n = (int) b & mask(shift);
    if (n == 0) {
      return a;
    }
    long value = (a << shift) >> shift;
    long r = value >> n;
    result(c, r, shift);
    carryOverflow(c, (value >> (n - 1)) & 1, 0);
    return r;
  }

  static long rol(Cpu c, long a, long b, int shift) {
    int n = (int) b & mask(shift);
    if (n == 0) {
      return a;
    }
    int size = 64 - shift;
    n &= size - 1;
    long value = (a << shift) >>> shift;
    long r = n == 0 ? value : (value << n) | (value >>> (size - n));
    carryOverflow(c, r & 1, (r & 1) ^ ((r << shift) >>> 63));
    return r;
  }

  static long ror(Cpu c, long a, long b, int shift) {
    int n = (int) b & mask(shift);
    if (n == 0) {
      return a;
    }
    int size = 64 - shift;
    n &= size - 1;
    long value = (a << shift) >>> shift;
    long r = n == 0 ? value : (value >>> n) | (value << (size - n));
    carryOverflow(c, (r << shift) >>> 63, topTwoDiffer(r, shift));
    return r;
  }

  static long rcl(Cpu c, long a, long b, int shift) {
    int n = (int) b & mask(shift);
    if (n == 0) {
      return a;
    }
    if (shift > 32) {
      n %= 65 - shift;
    }
    long r = (a << shift) >>> shift;
    long carry = c.carries >>> 63;
    for (int i = 0; i < n; i++) {
      long out = (r << shift) >>> 63;
      r = (r << 1) | carry;
      carry = out;
    }
    carryOverflow(c, carry, carry ^ ((r << shift) >>> 63));
    return r;
  }

  static long rcr(Cpu c, long a, long b, int shift) {
    int n = (int) b & mask(shift);
    if (n == 0) {
      return a;
    }
    if (shift > 32) {
      n %= 65 - shift;
    }
    int top = 63 - shift;
    long r = (a << shift) >>> shift;
    long carry = c.carries >>> 63;
    for (int i = 0; i < n; i++) {
      long out = r & 1;
      r = (r >>> 1) | (carry << top);
      carry = out;
    }
    carryOverflow(c, carry, topTwoDiffer(r, shift));
    return r;
  }

  static void shld(Cpu c, Op o) {
    int shift = 64 - o.size;
    int n = (int) count(c, o) & mask(shift);
    long a = c.readRmForWrite(o);
    if (n == 0) {
      c.writeRm(o, a);
      return;
    }
    long fill = c.r[o.d];
    long r;
    long carry;
    if (o.size == 64) {
      r = (a << n) | (fill >>> (64 - n));
      carry = (a >>> (64 - n)) & 1;
    } else if (o.size == 32) {
      long both = (a << 32) | (fill & 0xffff_ffffL);
      r = (both << n) >>> 32;
      carry = (a >>> (32 - n)) & 1;
    } else {
      // A count above 16 is undefined; processors shift the destination's own bits in again.
      long both = ((a & 0xffff) << 32) | ((fill & 0xffff) << 16) | (a & 0xffff);
      r = (both << n) >>> 32;
      carry = (both >>> (48 - n)) & 1;
    }
    result(c, r, shift);
    carryOverflow(c, carry, carry ^ ((r << shift) >>> 63));
    c.writeRm(o, r);
  }

  static void shrd(Cpu c, Op o) {
    int shift = 64 - o.size;
    int n = (int) count(c, o) & mask(shift);
    long a = c.readRmForWrite(o);
    if (n == 0) {
      c.writeRm(o, a);
      return;
    }
    long fill = c.r[o.d];
    long r;
    long carry;
    if (o.size == 64) {
      r = (a >>> n) | (fill << (64 - n));
      carry = (a >>> (n - 1)) & 1;
    } else if (o.size == 32) {
      long both = (fill << 32) | (a & 0xffff_ffffL);
      r = both >>> n;
      carry = (both >>> (n - 1)) & 1;
    } else {
      long both = ((a & 0xffff) << 32) | ((fill & 0xffff) << 16) | (a & 0xffff);
      r = both >>> n;
      carry = (both >>> (n - 1)) & 1;
    }
    result(c, r, shift);
    carryOverflow(c, carry, topTwoDiffer(r, shift));
    c.writeRm(o, r);
  }

  private static long count(Cpu c, Op o) {
    return (o.opcode & 1) != 0 ? c.r[1] : o.imm;
  }
}
