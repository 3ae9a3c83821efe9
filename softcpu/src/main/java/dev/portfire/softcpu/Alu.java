package dev.portfire.softcpu;

/**
 * Integer arithmetic and its flags. Operands may carry garbage above their size, results do too; {@code shift} is 64 minus
 * the operand size in bits.
 *
 * <p>Flags are kept as words from which each is cheap to read (see {@link Cpu#carries}): the carry out of every bit
 * position, aligned so that the operand's top bit is bit 63, gives CF and OF at once.
 */
final class Alu {
  private Alu() {}

  static long add(Cpu c, long a, long b, int shift) {
    long r = a + b;
    c.carries = ((a & b) | ((a | b) & ~r)) << shift;
    c.auxiliary = a ^ b ^ r;
    c.zero = c.signParity = (r << shift) >> shift;
    return r;
  }

  static long adc(Cpu c, long a, long b, int shift) {
    long r = a + b + (c.carries >>> 63);
    c.carries = ((a & b) | ((a | b) & ~r)) << shift;
    c.auxiliary = a ^ b ^ r;
    c.zero = c.signParity = (r << shift) >> shift;
    return r;
  }

  static long sub(Cpu c, long a, long b, int shift) {
    long r = a - b;
    c.carries = ((~a & b) | ((~a | b) & r)) << shift;
    c.auxiliary = a ^ b ^ r;
    c.zero = c.signParity = (r << shift) >> shift;
    return r;
  }

  static long sbb(Cpu c, long a, long b, int shift) {
    long r = a - b - (c.carries >>> 63);
    c.carries = ((~a & b) | ((~a | b) & r)) << shift;
    c.auxiliary = a ^ b ^ r;
    c.zero = c.signParity = (r << shift) >> shift;
    return r;
  }

  static long and(Cpu c, long a, long b, int shift) {
    return logic(c, a & b, shift);
  }

  static long or(Cpu c, long a, long b, int shift) {
    return logic(c, a | b, shift);
  }

  static long xor(Cpu c, long a, long b, int shift) {
    return logic(c, a ^ b, shift);
  }

  private static long logic(Cpu c, long r, int shift) {
    c.carries = 0;
    c.auxiliary = 0;
    c.zero = c.signParity = (r << shift) >> shift;
    return r;
  }

  static long inc(Cpu c, long a, int shift) {
    long carry = c.carries >>> 63;
    long r = add(c, a, 1, shift);
    keepCarry(c, carry);
    return r;
  }

  static long dec(Cpu c, long a, int shift) {
    long carry = c.carries >>> 63;
    long r = sub(c, a, 1, shift);
    keepCarry(c, carry);
    return r;
  }

  /** Puts back CF, keeping the OF that the carries stand for. */
  private static void keepCarry(Cpu c, long carry) {
    long overflow = (c.carries ^ (c.carries << 1)) >>> 63;
    c.carries = (carry << 63) | ((carry ^ overflow) << 62);
  }

  static long neg(Cpu c, long a, int shift) {
    return sub(c, 0, a, shift);
  }

  static long not(Cpu c, long a, int shift) {
    return ~a;
  }

  static void cmc(Cpu c, Op o) {
    c.setCarry(c.carries >= 0);
  }

  static void clc(Cpu c, Op o) {
    c.setCarry(false);
  }

  static void stc(Cpu c, Op o) {
    c.setCarry(true);
  }

  static void lahf(Cpu c, Op o) {
    c.set8(Instruction.HIGH_BYTE, c.flags() & 0xd5 | 2);
  }

  static void sahf(Cpu c, Op o) {
    c.setArithmeticFlags(c.flags() & ~0xd5 | (int) c.get8(Instruction.HIGH_BYTE) & 0xd5);
  }
}
