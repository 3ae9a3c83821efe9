package dev.portfire.softcpu.fpu;

import java.math.BigInteger;

/**
 * A number of 200 significant bits for the transcendental instructions, which are rare and want correct rounding more
 * than speed: {@code m * 2^e}, truncated.
 */
record Real(BigInteger m, int e) {

  private static final int PRECISION = 200;

  static final Real ONE = new Real(BigInteger.ONE, 0);
  static final Real TWO = new Real(BigInteger.ONE, 1);

  static final Real PI =
      new Real(new BigInteger("c90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22", 16), -254);

  /** Pi as the trigonometric instructions know it when they reduce their argument: SDM volume 1, 8.3.8. */
  static final Real PI_66 = new Real(new BigInteger("c90fdaa22168c234c", 16), -66);

  static final Real LN2 =
      new Real(new BigInteger("b17217f7d1cf79abc9e3b39803f2f6af40f343267298b62d8a0d175b8baafa2b", 16), -256);

  static Real of(int sign, int exponent, long significand) {
    BigInteger m = new BigInteger(Long.toUnsignedString(significand));
    return new Real(sign != 0 ? m.negate() : m, exponent - 63);
  }

  private static Real trim(BigInteger m, int e) {
    int excess = m.bitLength() - PRECISION;
    return excess > 0 ? new Real(m.shiftRight(excess), e + excess) : new Real(m, e);
  }

  /** Floor of the binary logarithm of the magnitude; far below everything else for zero. */
  int magnitude() {
    return m.signum() == 0 ? Integer.MIN_VALUE / 2 : m.abs().bitLength() - 1 + e;
  }

  int signum() {
    return m.signum();
  }

  Real negate() {
    return new Real(m.negate(), e);
  }

  Real abs() {
    return new Real(m.abs(), e);
  }

  Real scale(int n) {
    return new Real(m, e + n);
  }

  Real add(Real o) {
    if (m.signum() == 0 || o.magnitude() - magnitude() > 2 * PRECISION) {
      return o;
    }
    if (o.m.signum() == 0 || magnitude() - o.magnitude() > 2 * PRECISION) {
      return this;
    }
    int low = Math.min(e, o.e);
    return trim(m.shiftLeft(e - low).add(o.m.shiftLeft(o.e - low)), low);
  }

  Real subtract(Real o) {
    return add(o.negate());
  }

  Real multiply(Real o) {
    return trim(m.multiply(o.m), e + o.e);
  }

  Real divide(Real o) {
    int shift = Math.max(0, PRECISION + 2 + o.m.abs().bitLength() - m.abs().bitLength());
    return trim(m.shiftLeft(shift).divide(o.m), e - shift - o.e);
  }

  Real divide(long n) {
    return divide(new Real(BigInteger.valueOf(n), 0));
  }

  Real sqrt() {
    int shift = Math.max(0, 2 * PRECISION - m.bitLength());
    shift += e - shift & 1;
    return trim(m.shiftLeft(shift).sqrt(), (e - shift) / 2);
  }

  int compareTo(Real o) {
    return subtract(o).signum();
  }

  /** The nearest integer, exactly; only for numbers below 2^64. */
  BigInteger round() {
    BigInteger doubled = e + 1 >= 0 ? m.shiftLeft(e + 1) : m.shiftRight(-e - 1);
    return doubled.add(BigInteger.ONE).shiftRight(1);
  }

  /** {@code this - n * o} without losing digits to cancellation. */
  Real subtractExactly(BigInteger n, Real o) {
    BigInteger product = o.m.multiply(n);
    int low = Math.min(e, o.e);
    return trim(m.shiftLeft(e - low).subtract(product.shiftLeft(o.e - low)), low);
  }

  /** Makes this the result of {@code f}, marked as inexact; it must not be zero. */
  void store(SoftFloat f) {
    BigInteger a = m.abs();
    int shift = a.bitLength() - 128;
    BigInteger top = shift >= 0 ? a.shiftRight(shift) : a.shiftLeft(-shift);
    f.finite(m.signum() < 0 ? 1 : 0, e + a.bitLength() - 1, top.shiftRight(64).longValue(), top.longValue() | 1);
  }
}
