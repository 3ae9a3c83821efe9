package dev.portfire.softcpu.fpu;

/** FPREM and FPREM1 (SDM volume 2). */
final class Remainder {

  private static final int C0 = 0x0100;
  private static final int C1 = 0x0200;
  private static final int C2 = 0x0400;
  private static final int C3 = 0x4000;

  private Remainder() {}

  /**
   * The remainder of {@code a / b}, exact, as the result of {@code f}.
   *
   * @param nearest whether the quotient is rounded to nearest (FPREM1) and not towards zero
   * @return the condition codes: C2 if the reduction is only partial, otherwise the quotient's low bits in C0, C3, C1
   */
  static int compute(SoftFloat f, boolean nearest) {
    f.roundedUp = false;
    if (f.aKind == SoftFloat.INFINITE || f.bKind == SoftFloat.ZERO) {
      f.invalid();
      return 0;
    }
    if (f.aDenormal || f.bDenormal) {
      f.flags |= SoftFloat.DE;
    }
    if (f.aKind == SoftFloat.ZERO || f.bKind == SoftFloat.INFINITE) {
      f.copyA();
      return 0;
    }
    int d = f.aExp - f.bExp;
    if (d < -1 || d < 0 && !nearest) {
      f.copyA();
      return 0;
    }
    // Long division, one quotient bit for each step. A partial reduction retires at most 63 bits, and a multiple of 32
    // below the difference of the exponents, so that the last one is always complete.
    boolean partial = d >= 64;
    int steps = partial ? 32 + (d & 31) : d;
    long divisor = f.bSig;
    long rest = f.aSig;
    long quotient = 0;
    boolean carry = false;
    for (int i = 0; i <= steps; i++) {
      if (i > 0) {
        carry = rest < 0;
        rest <<= 1;
        quotient <<= 1;
      }
      if (carry || Long.compareUnsigned(rest, divisor) >= 0) {
        rest -= divisor;
        quotient |= 1;
      }
    }
    int sign = f.aSign;
    int exponent = f.aExp - Math.max(steps, 0);
    if (nearest && !partial) {
      int c = d < 0 ? halfOrder(f.aSig, divisor) : halfOrder(rest, divisor, exponent - f.bExp);
      if (d < 0) {
        // |a| lies between a quarter and one whole of |b|.
        quotient = 0;
      }
      if (c > 0 || c == 0 && (quotient & 1) != 0) {
        quotient++;
        sign ^= 1;
        if (d < 0) {
          // b - a, with a one binary place further right.
          f.hi = divisor - (f.aSig >>> 1) - (f.aSig & 1);
          f.lo = (f.aSig & 1) << 63;
          f.finite(sign, f.bExp, f.hi, f.lo);
          f.normalize();
          return codes(quotient);
        }
        rest = divisor - rest;
      } else if (d < 0) {
        f.copyA();
        return 0;
      }
    }
    if (rest == 0) {
      f.zero(f.aSign);
    } else {
      f.finite(sign, exponent, rest, 0);
      f.normalize();
    }
    return partial ? C2 : codes(quotient);
  }

  /** Compares {@code rest / divisor} with one half. */
  private static int halfOrder(long rest, long divisor, int difference) {
    assert difference == 0;
    return rest < 0 ? 1 : Long.compareUnsigned(rest << 1, divisor);
  }

  /** Compares a with b / 2, where a's exponent is one less. */
  private static int halfOrder(long a, long divisor) {
    return Long.compareUnsigned(a, divisor);
  }

  private static int codes(long quotient) {
    return ((quotient & 4) != 0 ? C0 : 0) | ((quotient & 2) != 0 ? C3 : 0) | ((quotient & 1) != 0 ? C1 : 0);
  }
}
