package dev.portfire.softcpu.fpu;

import java.math.BigInteger;

/**
 * The transcendental instructions (SDM volume 1, 8.3.8–8.3.10; volume 2 for the special operands), computed with some
 * 190 correct bits and then rounded like any other result.
 */
enum Function {
  /** 2^a - 1 for -1 &lt;= a &lt;= 1. */
  F2XM1,
  /** b * log2(a). */
  FYL2X,
  /** b * log2(a + 1). */
  FYL2XP1,
  /** The angle of the point (a, b). */
  FPATAN,
  /** Sine of a. */
  FSIN,
  /** Cosine of a. */
  FCOS,
  /** Tangent of a. */
  FPTAN;

  private static final int DIGITS = 195;

  /** Leaves the result for the unpacked operands, which are no NaNs, in {@code f}. */
  void compute(SoftFloat f) {
    boolean two = this == FYL2X || this == FYL2XP1 || this == FPATAN;
    if (f.aDenormal || two && f.bDenormal) {
      f.flags |= SoftFloat.DE;
    }
    switch (this) {
      case F2XM1 -> powerMinusOne(f);
      case FYL2X -> logarithm(f);
      case FYL2XP1 -> logarithmPlusOne(f);
      case FPATAN -> angle(f);
      case FSIN, FCOS, FPTAN -> trigonometric(f);
    }
  }

  private static Real a(SoftFloat f) {
    return Real.of(f.aSign, f.aExp, f.aSig);
  }

  private static Real b(SoftFloat f) {
    return Real.of(f.bSign, f.bExp, f.bSig);
  }

  private static void powerMinusOne(SoftFloat f) {
    if (f.aKind == SoftFloat.ZERO) {
      f.zero(f.aSign);
    } else if (f.aKind == SoftFloat.INFINITE) {
      if (f.aSign == 0) {
        f.infinite(0);
      } else {
        f.finite(1, 0, SoftFloat.TOP, 0);
      }
    } else if (f.aExp >= 0) {
      // Only -1 and 1 are within the defined range; the value there is exact, but processors
      // report a rounding all the same. Others are left as they are.
      f.copyA();
      f.flags |= SoftFloat.PE;
      if (f.aExp == 0 && f.aSig == SoftFloat.TOP && f.aSign != 0) {
        f.exp = -1;
      }
    } else {
      Real x = a(f).multiply(Real.LN2);
      Real term = x;
      Real sum = x;
      for (int k = 2; term.magnitude() > sum.magnitude() - DIGITS; k++) {
        term = term.multiply(x).divide(k);
        sum = sum.add(term);
      }
      sum.store(f);
    }
  }

  /** 2 * artanh(s) / ln(2), which is log2 of (1 + s) / (1 - s). */
  private static Real log2OfRatio(Real s) {
    if (s.signum() == 0) {
      return s;
    }
    Real square = s.multiply(s);
    Real power = s;
    Real sum = s;
    for (int k = 3; power.magnitude() > sum.magnitude() - DIGITS; k += 2) {
      power = power.multiply(square);
      sum = sum.add(power.divide(k));
    }
    return sum.scale(1).divide(Real.LN2);
  }

  /** log2 of a positive number. */
  private static Real log2(Real x) {
    int exponent = x.magnitude();
    Real m = x.scale(-exponent);
    if (m.multiply(m).compareTo(Real.TWO) > 0) {
      exponent++;
      m = m.scale(-1);
    }
    Real fraction = log2OfRatio(m.subtract(Real.ONE).divide(m.add(Real.ONE)));
    return fraction.add(new Real(BigInteger.valueOf(exponent), 0));
  }

  private static void logarithm(SoftFloat f) {
    if (f.aSign != 0 && f.aKind != SoftFloat.ZERO) {
      f.flags &= ~SoftFloat.DE;
      f.invalid();
    } else if (f.aKind == SoftFloat.ZERO) {
      if (f.bKind == SoftFloat.ZERO) {
        f.invalid();
      } else {
        if (f.bKind == SoftFloat.FINITE) {
          f.flags = f.flags & ~SoftFloat.DE | SoftFloat.ZE;
        }
        f.infinite(f.bSign ^ 1);
      }
    } else if (f.aKind == SoftFloat.INFINITE) {
      if (f.bKind == SoftFloat.ZERO) {
        f.invalid();
      } else {
        f.infinite(f.bSign);
      }
    } else {
      boolean power = f.aSig == SoftFloat.TOP;
      int belowOne = f.aExp < 0 ? 1 : 0;
      if (f.bKind == SoftFloat.INFINITE) {
        if (power && f.aExp == 0) {
          f.invalid();
        } else {
          f.infinite(f.bSign ^ belowOne);
        }
      } else if (f.bKind == SoftFloat.ZERO || power && f.aExp == 0) {
        f.zero(f.bSign ^ belowOne);
      } else if (power) {
        multiplyByInteger(f, f.aExp);
        if ((f.flags & ~f.masks) == 0) {
          // Exact, but processors take it for inexact.
          f.flags |= f.exp < -16382 ? SoftFloat.UE | SoftFloat.PE : SoftFloat.PE;
        }
      } else {
        b(f).multiply(log2(a(f))).store(f);
      }
    }
  }

  /** b times a small integer, rounded once. */
  private static void multiplyByInteger(SoftFloat f, int n) {
    long magnitude = Math.abs(n);
    int zeros = Long.numberOfLeadingZeros(magnitude);
    long factor = magnitude << zeros;
    f.finite(
        n < 0 ? f.bSign ^ 1 : f.bSign,
        f.bExp + 64 - zeros,
        Math.unsignedMultiplyHigh(f.bSig, factor),
        f.bSig * factor);
    f.normalize();
  }

  private static void logarithmPlusOne(SoftFloat f) {
    if (f.aKind == SoftFloat.ZERO) {
      if (f.bKind == SoftFloat.INFINITE) {
        f.invalid();
      } else {
        f.zero(f.aSign ^ f.bSign);
      }
    } else if (f.aSign != 0 && (f.aKind == SoftFloat.INFINITE || f.aExp >= 0)) {
      f.invalid();
    } else if (f.aKind == SoftFloat.INFINITE) {
      if (f.bKind == SoftFloat.ZERO) {
        f.invalid();
      } else {
        f.infinite(f.bSign);
      }
    } else if (f.bKind == SoftFloat.INFINITE) {
      f.infinite(f.aSign ^ f.bSign);
    } else if (f.bKind == SoftFloat.ZERO) {
      f.zero(f.aSign ^ f.bSign);
    } else {
      Real x = a(f);
      Real log = f.aExp < -1 ? log2OfRatio(x.divide(x.add(Real.TWO))) : log2(x.add(Real.ONE));
      b(f).multiply(log).store(f);
    }
  }

  private static Real arctangent(Real z) {
    // Two halvings of the angle bring it below 0.2.
    Real t = halfAngle(halfAngle(z));
    Real square = t.multiply(t).negate();
    Real power = t;
    Real sum = t;
    for (int k = 3; power.magnitude() > sum.magnitude() - DIGITS; k += 2) {
      power = power.multiply(square);
      sum = sum.add(power.divide(k));
    }
    return lower(sum.scale(2));
  }

  private static Real halfAngle(Real t) {
    return t.divide(Real.ONE.add(Real.ONE.add(t.multiply(t)).sqrt()));
  }

  private static void angle(SoftFloat f) {
    Real result;
    if (f.bKind == SoftFloat.INFINITE) {
      result =
          f.aKind != SoftFloat.INFINITE
              ? Real.PI.scale(-1)
              : f.aSign == 0 ? Real.PI.scale(-2) : Real.PI.subtract(Real.PI.scale(-2));
    } else if (f.aKind == SoftFloat.INFINITE || f.bKind == SoftFloat.ZERO) {
      if (f.aSign == 0) {
        f.zero(f.bSign);
        return;
      }
      result = Real.PI;
    } else if (f.aKind == SoftFloat.ZERO) {
      result = Real.PI.scale(-1);
    } else {
      Real x = a(f).abs();
      Real y = b(f).abs();
      result = y.compareTo(x) <= 0 ? arctangent(y.divide(x)) : Real.PI.scale(-1).subtract(arctangent(x.divide(y)));
      if (f.aSign != 0) {
        result = Real.PI.subtract(result);
      }
    }
    int sign = f.bSign;
    result.store(f);
    f.sign = sign;
  }

  /**
   * Moves a number towards zero by less than it matters, except where a series came down to its first term: then
   * directed rounding must see that the others made the value smaller.
   */
  private static Real lower(Real x) {
    return x.subtract(x.scale(-DIGITS));
  }

  private static Real sineSeries(Real r) {
    return series(r, r, 2);
  }

  private static Real cosineSeries(Real r) {
    return series(r, Real.ONE, 1);
  }

  private static Real series(Real r, Real first, int from) {
    Real square = r.multiply(r).negate();
    Real term = first;
    Real sum = first;
    for (int k = from; term.magnitude() > sum.magnitude() - DIGITS; k += 2) {
      term = term.multiply(square).divide((long) k * (k + 1));
      sum = sum.add(term);
    }
    return sum;
  }

  private void trigonometric(SoftFloat f) {
    if (f.aKind == SoftFloat.INFINITE) {
      f.invalid();
      return;
    }
    if (f.aKind == SoftFloat.ZERO) {
      if (this == FCOS) {
        f.finite(0, 0, SoftFloat.TOP, 0);
      } else {
        f.zero(f.aSign);
      }
      return;
    }
    Real x = a(f);
    Real halfPi = Real.PI_66.scale(-1);
    BigInteger n = f.aExp < -1 ? BigInteger.ZERO : x.divide(halfPi).round();
    Real r = n.signum() == 0 ? x : x.subtractExactly(n, halfPi);
    int quadrant = n.intValue() & 3;
    Real result =
        switch (this) {
          case FSIN -> lower((quadrant & 1) == 0 ? sineSeries(r) : cosineSeries(r));
          case FCOS -> lower((quadrant & 1) == 0 ? cosineSeries(r) : sineSeries(r));
          default -> {
            Real sine = sineSeries(r);
            Real cosine = cosineSeries(r);
            yield (quadrant & 1) == 0 ? sine.divide(cosine) : cosine.divide(sine).negate();
          }
        };
    boolean negative =
        switch (this) {
          case FSIN -> quadrant >= 2;
          case FCOS -> quadrant == 1 || quadrant == 2;
          default -> false;
        };
    (negative ? result.negate() : result).store(f);
  }
}
