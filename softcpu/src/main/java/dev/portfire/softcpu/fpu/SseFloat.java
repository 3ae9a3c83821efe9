package dev.portfire.softcpu.fpu;

/**
 * Floating-point operations of SSE, SSE2, SSE3 and SSE4.1 (SDM volume 1, 10.4, 11.4, 11.5, 12.3, 12.8; volume 2 for
 * each).
 *
 * <p>The fast path uses Java's own arithmetic, which rounds to nearest. It is taken only if MXCSR asks for that with
 * all exceptions masked, operands and result are normal or exact zeros, and PE is set already or the result is shown
 * to be exact; such an operation leaves MXCSR as it is. Everything else goes through {@link SoftFloat}.
 */
public final class SseFloat {

  private static final int ADD = SoftFloat.ADD;
  private static final int SUB = SoftFloat.SUB;
  private static final int MUL = SoftFloat.MUL;
  private static final int DIV = SoftFloat.DIV;

  /** Rounding control, flush-to-zero, exception masks, denormals-are-zero. */
  private static final int CONTROL = 0xffc0;

  private static final int CONTROL_DEFAULT = 0x1f80;
  private static final int PE = SoftFloat.PE;
  private static final int PM = 0x1000;

  /** What a fast path returns when it cannot decide; its genuine results are never NaNs. */
  private static final long SLOW64 = SoftFloat.DEFAULT_NAN64;

  private static final int SLOW32 = SoftFloat.DEFAULT_NAN32;

  private static final long LOW32 = 0xffffffffL;

  /** ZF, PF and CF in RFLAGS. */
  private static final int UNORDERED = 0x45;

  private static final int CF = 0x01;
  private static final int ZF = 0x40;

  private SseFloat() {}

  // ---- helpers

  private static boolean plain64(long a) {
    return (a & 0x7ff0000000000000L) != 0 || a << 1 == 0;
  }

  private static boolean plain32(int a) {
    return (a & 0x7f800000) != 0 || a << 1 == 0;
  }

  /** Neither a NaN nor denormal. */
  private static boolean ordered64(long a) {
    return plain64(a) && (a & Long.MAX_VALUE) <= 0x7ff0000000000000L;
  }

  private static boolean ordered32(int a) {
    return plain32(a) && (a & Integer.MAX_VALUE) <= 0x7f800000;
  }

  /** Normal, and above the smallest normal number, which may be the rounded value of a tiny result. */
  private static boolean normal64(long a) {
    int e = (int) (a >>> 52) & 0x7ff;
    return e > 1 && e != 0x7ff;
  }

  private static boolean normal32(int a) {
    int e = a >>> 23 & 0xff;
    return e > 1 && e != 0xff;
  }

  private static int significantBits(long a) {
    return 53 - Long.numberOfTrailingZeros(a | 1L << 52);
  }

  /** Whether the rounded product r of a and b is exact, or true if that is not obvious. */
  private static boolean exactProduct(long a, long b) {
    // A product of odd numbers of m and n bits is odd and has m + n - 1 or m + n bits.
    return significantBits(a) + significantBits(b) <= 53;
  }

  private static long try64(int mxcsr, int op, long a, long b) {
    if ((mxcsr & CONTROL) != CONTROL_DEFAULT || !plain64(a) || !plain64(b)) {
      return SLOW64;
    }
    double x = Double.longBitsToDouble(a);
    double y = Double.longBitsToDouble(b);
    double r =
        switch (op) {
          case ADD -> x + y;
          case SUB -> x - y;
          case MUL -> x * y;
          default -> x / y;
        };
    long bits = Double.doubleToRawLongBits(r);
    if (!normal64(bits)) {
      boolean exactZero = op <= SUB ? finite64(a) && finite64(b) : a << 1 == 0 || op == MUL && b << 1 == 0;
      return bits << 1 == 0 && exactZero ? bits : SLOW64;
    }
    if ((mxcsr & PE) != 0) {
      return bits;
    }
    boolean exact =
        switch (op) {
          case ADD -> exactSum(x, y, r);
          case SUB -> exactSum(x, -y, r);
          case MUL -> exactProduct(a, b);
          default -> exactProduct(bits, b) && r * y == x;
        };
    return exact ? bits : SLOW64;
  }

  private static boolean finite64(long a) {
    return (a & 0x7ff0000000000000L) != 0x7ff0000000000000L;
  }

  private static boolean finite32(int a) {
    return (a & 0x7f800000) != 0x7f800000;
  }

  /** Whether r = x + y without rounding: Knuth's error term. */
  private static boolean exactSum(double x, double y, double r) {
    double part = r - x;
    return (x - (r - part)) + (y - part) == 0;
  }

  private static int try32(int mxcsr, int op, int a, int b) {
    if ((mxcsr & CONTROL) != CONTROL_DEFAULT || !plain32(a) || !plain32(b)) {
      return SLOW32;
    }
    float x = Float.intBitsToFloat(a);
    float y = Float.intBitsToFloat(b);
    float r =
        switch (op) {
          case ADD -> x + y;
          case SUB -> x - y;
          case MUL -> x * y;
          default -> x / y;
        };
    int bits = Float.floatToRawIntBits(r);
    if (!normal32(bits)) {
      boolean exactZero = op <= SUB ? finite32(a) && finite32(b) : a << 1 == 0 || op == MUL && b << 1 == 0;
      return bits << 1 == 0 && exactZero ? bits : SLOW32;
    }
    if ((mxcsr & PE) != 0) {
      return bits;
    }
    boolean exact =
        switch (op) {
          case ADD -> exactSum32(x, y, r);
          case SUB -> exactSum32(x, -y, r);
          case MUL -> (double) x * y == r;
          default -> (double) r * y == x;
        };
    return exact ? bits : SLOW32;
  }

  private static boolean exactSum32(float x, float y, float r) {
    float part = r - x;
    return (x - (r - part)) + (y - part) == 0;
  }

  /** Ends an operation of the slow path: flags into MXCSR, then the exception if one is unmasked. */
  static void finish(SimdState s) {
    if (s.half == 1) {
      // The exceptions of both halves count together.
      return;
    }
    s.half = 0;
    int flags = s.soft.flags;
    if (flags == 0) {
      return;
    }
    int unmasked = flags & ~s.soft.masks;
    if (unmasked == 0) {
      s.mxcsr |= flags;
      return;
    }
    // Exceptions of the operands come first: with one of them unmasked nothing is computed (SDM volume 1, E.4.3).
    s.mxcsr |= (unmasked & SoftFloat.OPERAND_EXCEPTIONS) != 0 ? flags & SoftFloat.OPERAND_EXCEPTIONS : flags;
    throw SimdException.INSTANCE;
  }

  static SoftFloat begin(SimdState s) {
    if (s.half != 2) {
      s.soft.begin(s.mxcsr);
    }
    return s.soft;
  }

  private static int hi(long a) {
    return (int) (a >>> 32);
  }

  private static long pair(int lo, int hi) {
    return (lo & LOW32) | (long) hi << 32;
  }

  private static int low32(SimdState s, int d) {
    return (int) s.xmm[d << 1];
  }

  private static void setLow32(SimdState s, int d, int value) {
    s.xmm[d << 1] = (s.xmm[d << 1] & ~LOW32) | (value & LOW32);
  }

  private static void set(SimdState s, int d, long lo, long hi) {
    s.xmm[d << 1] = lo;
    s.xmm[(d << 1) + 1] = hi;
  }

  /** One lane of a packed operation between {@link #begin} and {@link #finish}. */
  private static long lane64(SimdState s, int op, long a, long b) {
    long r = try64(s.mxcsr, op, a, b);
    return SoftFloat.isNan64(r) ? s.soft.arithmetic64(op, a, b) : r;
  }

  private static int lane32(SimdState s, int op, int a, int b) {
    int r = try32(s.mxcsr, op, a, b);
    return SoftFloat.isNan32(r) ? s.soft.arithmetic32(op, a, b) : r;
  }

  private static long lanes32(SimdState s, int op, long a, long b) {
    return pair(lane32(s, op, (int) a, (int) b), lane32(s, op, hi(a), hi(b)));
  }

  private static void scalar64(SimdState s, int op, int d, long src) {
    long a = s.xmm[d << 1];
    long r = try64(s.mxcsr, op, a, src);
    if (SoftFloat.isNan64(r)) {
      r = begin(s).arithmetic64(op, a, src);
      finish(s);
    }
    s.xmm[d << 1] = r;
  }

  private static void scalar32(SimdState s, int op, int d, int src) {
    int a = low32(s, d);
    int r = try32(s.mxcsr, op, a, src);
    if (SoftFloat.isNan32(r)) {
      r = begin(s).arithmetic32(op, a, src);
      finish(s);
    }
    setLow32(s, d, r);
  }

  private static void packed64(SimdState s, int op, int d, long lo, long hi) {
    begin(s);
    long r0 = lane64(s, op, s.xmm[d << 1], lo);
    long r1 = lane64(s, op, s.xmm[(d << 1) + 1], hi);
    finish(s);
    set(s, d, r0, r1);
  }

  private static void packed32(SimdState s, int op, int d, long lo, long hi) {
    begin(s);
    long r0 = lanes32(s, op, s.xmm[d << 1], lo);
    long r1 = lanes32(s, op, s.xmm[(d << 1) + 1], hi);
    finish(s);
    set(s, d, r0, r1);
  }

  // ---- arithmetic

  /** ADDSD. */
  public static void addsd(SimdState s, int d, long src) {
    scalar64(s, ADD, d, src);
  }

  /** ADDSS. */
  public static void addss(SimdState s, int d, int src) {
    scalar32(s, ADD, d, src);
  }

  /** ADDPD. */
  public static void addpd(SimdState s, int d, long lo, long hi) {
    packed64(s, ADD, d, lo, hi);
  }

  /** ADDPS. */
  public static void addps(SimdState s, int d, long lo, long hi) {
    packed32(s, ADD, d, lo, hi);
  }

  /** SUBSD. */
  public static void subsd(SimdState s, int d, long src) {
    scalar64(s, SUB, d, src);
  }

  /** SUBSS. */
  public static void subss(SimdState s, int d, int src) {
    scalar32(s, SUB, d, src);
  }

  /** SUBPD. */
  public static void subpd(SimdState s, int d, long lo, long hi) {
    packed64(s, SUB, d, lo, hi);
  }

  /** SUBPS. */
  public static void subps(SimdState s, int d, long lo, long hi) {
    packed32(s, SUB, d, lo, hi);
  }

  /** MULSD. */
  public static void mulsd(SimdState s, int d, long src) {
    scalar64(s, MUL, d, src);
  }

  /** MULSS. */
  public static void mulss(SimdState s, int d, int src) {
    scalar32(s, MUL, d, src);
  }

  /** MULPD. */
  public static void mulpd(SimdState s, int d, long lo, long hi) {
    packed64(s, MUL, d, lo, hi);
  }

  /** MULPS. */
  public static void mulps(SimdState s, int d, long lo, long hi) {
    packed32(s, MUL, d, lo, hi);
  }

  /** DIVSD. */
  public static void divsd(SimdState s, int d, long src) {
    scalar64(s, DIV, d, src);
  }

  /** DIVSS. */
  public static void divss(SimdState s, int d, int src) {
    scalar32(s, DIV, d, src);
  }

  /** DIVPD. */
  public static void divpd(SimdState s, int d, long lo, long hi) {
    packed64(s, DIV, d, lo, hi);
  }

  /** DIVPS. */
  public static void divps(SimdState s, int d, long lo, long hi) {
    packed32(s, DIV, d, lo, hi);
  }

  private static long root64(SimdState s, long a) {
    if ((s.mxcsr & CONTROL) == CONTROL_DEFAULT && a > 0 && normal64(a)) {
      double r = Math.sqrt(Double.longBitsToDouble(a));
      long bits = Double.doubleToRawLongBits(r);
      if ((s.mxcsr & PE) != 0 || exactProduct(bits, bits) && r * r == Double.longBitsToDouble(a)) {
        return bits;
      }
    }
    return s.soft.squareRoot64(a);
  }

  private static int root32(SimdState s, int a) {
    if ((s.mxcsr & CONTROL) == CONTROL_DEFAULT && a > 0 && normal32(a)) {
      // Rounding the root twice, to 53 and to 24 bits, is harmless: 53 > 2 * 24 + 1.
      float r = (float) Math.sqrt(Float.intBitsToFloat(a));
      if ((s.mxcsr & PE) != 0 || (double) r * r == Float.intBitsToFloat(a)) {
        return Float.floatToRawIntBits(r);
      }
    }
    return s.soft.squareRoot32(a);
  }

  /** SQRTSD. */
  public static void sqrtsd(SimdState s, int d, long src) {
    begin(s);
    long r = root64(s, src);
    finish(s);
    s.xmm[d << 1] = r;
  }

  /** SQRTSS. */
  public static void sqrtss(SimdState s, int d, int src) {
    begin(s);
    int r = root32(s, src);
    finish(s);
    setLow32(s, d, r);
  }

  /** SQRTPD. */
  public static void sqrtpd(SimdState s, int d, long lo, long hi) {
    begin(s);
    long r0 = root64(s, lo);
    long r1 = root64(s, hi);
    finish(s);
    set(s, d, r0, r1);
  }

  /** SQRTPS. */
  public static void sqrtps(SimdState s, int d, long lo, long hi) {
    begin(s);
    long r0 = pair(root32(s, (int) lo), root32(s, hi(lo)));
    long r1 = pair(root32(s, (int) hi), root32(s, hi(hi)));
    finish(s);
    set(s, d, r0, r1);
  }

  // ---- minimum and maximum

  /** The second operand unless the first is less (or greater): also for NaNs and for zeros of different sign. */
  private static long choose64(SimdState s, boolean max, long a, long b) {
    if (ordered64(a) && ordered64(b)) {
      double x = Double.longBitsToDouble(a);
      double y = Double.longBitsToDouble(b);
      return (max ? x > y : x < y) ? a : b;
    }
    SoftFloat f = s.soft;
    int c = f.compare64(a, b, true);
    return f.daz ? flush64(c == (max ? 1 : -1) ? a : b) : c == (max ? 1 : -1) ? a : b;
  }

  private static long flush64(long a) {
    return plain64(a) ? a : a & Long.MIN_VALUE;
  }

  private static int flush32(int a) {
    return plain32(a) ? a : a & Integer.MIN_VALUE;
  }

  private static int choose32(SimdState s, boolean max, int a, int b) {
    if (ordered32(a) && ordered32(b)) {
      float x = Float.intBitsToFloat(a);
      float y = Float.intBitsToFloat(b);
      return (max ? x > y : x < y) ? a : b;
    }
    SoftFloat f = s.soft;
    int c = f.compare32(a, b, true);
    return f.daz ? flush32(c == (max ? 1 : -1) ? a : b) : c == (max ? 1 : -1) ? a : b;
  }

  private static long choosePair(SimdState s, boolean max, long a, long b) {
    return pair(choose32(s, max, (int) a, (int) b), choose32(s, max, hi(a), hi(b)));
  }

  /** MINSD. */
  public static void minsd(SimdState s, int d, long src) {
    begin(s);
    long r = choose64(s, false, s.xmm[d << 1], src);
    finish(s);
    s.xmm[d << 1] = r;
  }

  /** MINSS. */
  public static void minss(SimdState s, int d, int src) {
    begin(s);
    int r = choose32(s, false, low32(s, d), src);
    finish(s);
    setLow32(s, d, r);
  }

  /** MINPD. */
  public static void minpd(SimdState s, int d, long lo, long hi) {
    begin(s);
    long r0 = choose64(s, false, s.xmm[d << 1], lo);
    long r1 = choose64(s, false, s.xmm[(d << 1) + 1], hi);
    finish(s);
    set(s, d, r0, r1);
  }

  /** MINPS. */
  public static void minps(SimdState s, int d, long lo, long hi) {
    begin(s);
    long r0 = choosePair(s, false, s.xmm[d << 1], lo);
    long r1 = choosePair(s, false, s.xmm[(d << 1) + 1], hi);
    finish(s);
    set(s, d, r0, r1);
  }

  /** MAXSD. */
  public static void maxsd(SimdState s, int d, long src) {
    begin(s);
    long r = choose64(s, true, s.xmm[d << 1], src);
    finish(s);
    s.xmm[d << 1] = r;
  }

  /** MAXSS. */
  public static void maxss(SimdState s, int d, int src) {
    begin(s);
    int r = choose32(s, true, low32(s, d), src);
    finish(s);
    setLow32(s, d, r);
  }

  /** MAXPD. */
  public static void maxpd(SimdState s, int d, long lo, long hi) {
    begin(s);
    long r0 = choose64(s, true, s.xmm[d << 1], lo);
    long r1 = choose64(s, true, s.xmm[(d << 1) + 1], hi);
    finish(s);
    set(s, d, r0, r1);
  }

  /** MAXPS. */
  public static void maxps(SimdState s, int d, long lo, long hi) {
    begin(s);
    long r0 = choosePair(s, true, s.xmm[d << 1], lo);
    long r1 = choosePair(s, true, s.xmm[(d << 1) + 1], hi);
    finish(s);
    set(s, d, r0, r1);
  }

  // ---- comparison

  /** -1, 0, 1, or 2 if unordered, which is invalid for a quiet NaN only if {@code signaling}. */
  private static int order64(SimdState s, long a, long b, boolean signaling) {
    if (ordered64(a) && ordered64(b)) {
      double x = Double.longBitsToDouble(a);
      double y = Double.longBitsToDouble(b);
      return x < y ? -1 : x > y ? 1 : 0;
    }
    return s.soft.compare64(a, b, signaling);
  }

  private static int order32(SimdState s, int a, int b, boolean signaling) {
    if (ordered32(a) && ordered32(b)) {
      float x = Float.intBitsToFloat(a);
      float y = Float.intBitsToFloat(b);
      return x < y ? -1 : x > y ? 1 : 0;
    }
    return s.soft.compare32(a, b, signaling);
  }

  /** LT, LE, NLT and NLE signal for quiet NaNs. */
  private static boolean signals(int predicate) {
    return (predicate & 3) == 1 || (predicate & 3) == 2;
  }

  private static boolean holds(int order, int predicate) {
    boolean positive =
        switch (predicate & 3) {
          case 0 -> order == 0;
          case 1 -> order == -1;
          case 2 -> order <= 0;
          default -> order == 2;
        };
    return positive == ((predicate & 4) == 0);
  }

  private static long mask64(SimdState s, long a, long b, int predicate) {
    return holds(order64(s, a, b, signals(predicate)), predicate) ? -1 : 0;
  }

  private static int mask32(SimdState s, int a, int b, int predicate) {
    return holds(order32(s, a, b, signals(predicate)), predicate) ? -1 : 0;
  }

  private static long maskPair(SimdState s, long a, long b, int predicate) {
    return pair(mask32(s, (int) a, (int) b, predicate), mask32(s, hi(a), hi(b), predicate));
  }

  /** CMPSD; bits 3–7 of the immediate are ignored. */
  public static void cmpsd(SimdState s, int d, long src, int imm) {
    begin(s);
    long r = mask64(s, s.xmm[d << 1], src, imm);
    finish(s);
    s.xmm[d << 1] = r;
  }

  /** CMPSS. */
  public static void cmpss(SimdState s, int d, int src, int imm) {
    begin(s);
    int r = mask32(s, low32(s, d), src, imm);
    finish(s);
    setLow32(s, d, r);
  }

  /** CMPPD. */
  public static void cmppd(SimdState s, int d, long lo, long hi, int imm) {
    begin(s);
    long r0 = mask64(s, s.xmm[d << 1], lo, imm);
    long r1 = mask64(s, s.xmm[(d << 1) + 1], hi, imm);
    finish(s);
    set(s, d, r0, r1);
  }

  /** CMPPS. */
  public static void cmpps(SimdState s, int d, long lo, long hi, int imm) {
    begin(s);
    long r0 = maskPair(s, s.xmm[d << 1], lo, imm);
    long r1 = maskPair(s, s.xmm[(d << 1) + 1], hi, imm);
    finish(s);
    set(s, d, r0, r1);
  }

  /** A predicate of 5 bits: bit 4 changes whether quiet NaNs signal, bit 3 what they give. */
  private static boolean holdsExtended(int order, int predicate) {
    if ((predicate & 8) == 0) {
      return holds(order, predicate);
    }
    return switch (predicate & 7) {
      case 0 -> order == 0 || order == 2;
      case 1 -> order == -1 || order == 2;
      case 2 -> order != 1;
      case 3 -> false;
      case 4 -> order == -1 || order == 1;
      case 5 -> order == 0 || order == 1;
      case 6 -> order == 1;
      default -> true;
    };
  }

  private static boolean signalsExtended(int predicate) {
    return signals(predicate) != ((predicate & 16) != 0);
  }

  private static long extended64(SimdState s, long a, long b, int predicate) {
    return holdsExtended(order64(s, a, b, signalsExtended(predicate)), predicate) ? -1 : 0;
  }

  private static int extended32(SimdState s, int a, int b, int predicate) {
    return holdsExtended(order32(s, a, b, signalsExtended(predicate)), predicate) ? -1 : 0;
  }

  private static long extendedPair(SimdState s, long a, long b, int predicate) {
    return pair(extended32(s, (int) a, (int) b, predicate), extended32(s, hi(a), hi(b), predicate));
  }

  /** VCMPSD; bits 5–7 of the immediate are ignored. */
  public static void vcmpsd(SimdState s, int d, long src, int imm) {
    begin(s);
    long r = extended64(s, s.xmm[d << 1], src, imm);
    finish(s);
    s.xmm[d << 1] = r;
  }

  /** VCMPSS. */
  public static void vcmpss(SimdState s, int d, int src, int imm) {
    begin(s);
    int r = extended32(s, low32(s, d), src, imm);
    finish(s);
    setLow32(s, d, r);
  }

  /** VCMPPD. */
  public static void vcmppd(SimdState s, int d, long lo, long hi, int imm) {
    begin(s);
    long r0 = extended64(s, s.xmm[d << 1], lo, imm);
    long r1 = extended64(s, s.xmm[(d << 1) + 1], hi, imm);
    finish(s);
    set(s, d, r0, r1);
  }

  /** VCMPPS. */
  public static void vcmpps(SimdState s, int d, long lo, long hi, int imm) {
    begin(s);
    long r0 = extendedPair(s, s.xmm[d << 1], lo, imm);
    long r1 = extendedPair(s, s.xmm[(d << 1) + 1], hi, imm);
    finish(s);
    set(s, d, r0, r1);
  }

  /** RFLAGS of a comparison result. */
  static int rflags(int order) {
    return switch (order) {
      case -1 -> CF;
      case 0 -> ZF;
      case 1 -> 0;
      default -> UNORDERED;
    };
  }

  private static int compareFlags64(SimdState s, int d, long src, boolean signaling) {
    begin(s);
    int order = order64(s, s.xmm[d << 1], src, signaling);
    finish(s);
    return rflags(order);
  }

  private static int compareFlags32(SimdState s, int d, int src, boolean signaling) {
    begin(s);
    int order = order32(s, low32(s, d), src, signaling);
    finish(s);
    return rflags(order);
  }

  /** COMISD: ZF, PF and CF; the other arithmetic flags are zero. */
  public static int comisd(SimdState s, int d, long src) {
    return compareFlags64(s, d, src, true);
  }

  /** UCOMISD. */
  public static int ucomisd(SimdState s, int d, long src) {
    return compareFlags64(s, d, src, false);
  }

  /** COMISS. */
  public static int comiss(SimdState s, int d, int src) {
    return compareFlags32(s, d, src, true);
  }

  /** UCOMISS. */
  public static int ucomiss(SimdState s, int d, int src) {
    return compareFlags32(s, d, src, false);
  }

  // ---- conversion to integers

  private static long integerOf64(SimdState s, long a, int bits, boolean truncate) {
    SoftFloat f = s.soft;
    f.unpack64(a);
    return f.toInteger(bits, truncate ? SoftFloat.TRUNCATE : f.rounding);
  }

  private static long integerOf32(SimdState s, int a, int bits, boolean truncate) {
    SoftFloat f = s.soft;
    f.unpack32(a);
    return f.toInteger(bits, truncate ? SoftFloat.TRUNCATE : f.rounding);
  }

  private static long integer64(SimdState s, long a, int bits, boolean truncate) {
    if (truncate && (s.mxcsr & (PE | PM)) == (PE | PM) && plain64(a)) {
      double x = Double.longBitsToDouble(a);
      if (Math.abs(x) < (bits == 32 ? 0x1p31 : 0x1p63)) {
        return (long) x;
      }
    }
    begin(s);
    long r = integerOf64(s, a, bits, truncate);
    finish(s);
    return r;
  }

  private static long integer32(SimdState s, int a, int bits, boolean truncate) {
    if (truncate && (s.mxcsr & (PE | PM)) == (PE | PM) && plain32(a)) {
      float x = Float.intBitsToFloat(a);
      if (Math.abs(x) < (bits == 32 ? 0x1p31f : 0x1p63f)) {
        return (long) x;
      }
    }
    begin(s);
    long r = integerOf32(s, a, bits, truncate);
    finish(s);
    return r;
  }

  /** CVTTSD2SI to 32 bits. */
  public static int cvttsd2si32(SimdState s, long src) {
    return (int) integer64(s, src, 32, true);
  }

  /** CVTTSD2SI to 64 bits. */
  public static long cvttsd2si64(SimdState s, long src) {
    return integer64(s, src, 64, true);
  }

  /** CVTSD2SI to 32 bits. */
  public static int cvtsd2si32(SimdState s, long src) {
    return (int) integer64(s, src, 32, false);
  }

  /** CVTSD2SI to 64 bits. */
  public static long cvtsd2si64(SimdState s, long src) {
    return integer64(s, src, 64, false);
  }

  /** CVTTSS2SI to 32 bits. */
  public static int cvttss2si32(SimdState s, int src) {
    return (int) integer32(s, src, 32, true);
  }

  /** CVTTSS2SI to 64 bits. */
  public static long cvttss2si64(SimdState s, int src) {
    return integer32(s, src, 64, true);
  }

  /** CVTSS2SI to 32 bits. */
  public static int cvtss2si32(SimdState s, int src) {
    return (int) integer32(s, src, 32, false);
  }

  /** CVTSS2SI to 64 bits. */
  public static long cvtss2si64(SimdState s, int src) {
    return integer32(s, src, 64, false);
  }

  private static long integerPair32(SimdState s, long a, boolean truncate) {
    return pair((int) integerOf32(s, (int) a, 32, truncate), (int) integerOf32(s, hi(a), 32, truncate));
  }

  private static long integerPair64(SimdState s, long lo, long hi, boolean truncate) {
    return pair((int) integerOf64(s, lo, 32, truncate), (int) integerOf64(s, hi, 32, truncate));
  }

  private static void packedIntegers32(SimdState s, int d, long lo, long hi, boolean truncate) {
    begin(s);
    long r0 = integerPair32(s, lo, truncate);
    long r1 = integerPair32(s, hi, truncate);
    finish(s);
    set(s, d, r0, r1);
  }

  private static long mmxIntegers32(SimdState s, long src, boolean truncate) {
    begin(s);
    long r = integerPair32(s, src, truncate);
    finish(s);
    return r;
  }

  private static long integers64(SimdState s, long lo, long hi, boolean truncate) {
    begin(s);
    long r = integerPair64(s, lo, hi, truncate);
    finish(s);
    return r;
  }

  /** CVTPS2DQ. */
  public static void cvtps2dq(SimdState s, int d, long lo, long hi) {
    packedIntegers32(s, d, lo, hi, false);
  }

  /** CVTTPS2DQ. */
  public static void cvttps2dq(SimdState s, int d, long lo, long hi) {
    packedIntegers32(s, d, lo, hi, true);
  }

  /** CVTPD2DQ. */
  public static void cvtpd2dq(SimdState s, int d, long lo, long hi) {
    set(s, d, integers64(s, lo, hi, false), 0);
  }

  /** CVTTPD2DQ. */
  public static void cvttpd2dq(SimdState s, int d, long lo, long hi) {
    set(s, d, integers64(s, lo, hi, true), 0);
  }

  /** CVTPS2PI: the MMX register's new value. */
  public static long cvtps2pi(SimdState s, long src) {
    return mmxIntegers32(s, src, false);
  }

  /** CVTTPS2PI. */
  public static long cvttps2pi(SimdState s, long src) {
    return mmxIntegers32(s, src, true);
  }

  /** CVTPD2PI. */
  public static long cvtpd2pi(SimdState s, long lo, long hi) {
    return integers64(s, lo, hi, false);
  }

  /** CVTTPD2PI. */
  public static long cvttpd2pi(SimdState s, long lo, long hi) {
    return integers64(s, lo, hi, true);
  }

  // ---- conversion from integers

  /** CVTSI2SD from 32 bits, which is exact. */
  public static void cvtsi2sd32(SimdState s, int d, int src) {
    s.xmm[d << 1] = Double.doubleToRawLongBits(src);
  }

  /** CVTSI2SD from 64 bits. */
  public static void cvtsi2sd64(SimdState s, int d, long src) {
    long r;
    if (src << 10 >> 10 == src) {
      r = Double.doubleToRawLongBits((double) src);
    } else {
      r = begin(s).integerTo64(src);
      finish(s);
    }
    s.xmm[d << 1] = r;
  }

  /** CVTSI2SS from 32 bits. */
  public static void cvtsi2ss32(SimdState s, int d, int src) {
    cvtsi2ss64(s, d, src);
  }

  /** CVTSI2SS from 64 bits. */
  public static void cvtsi2ss64(SimdState s, int d, long src) {
    int r;
    if (src << 39 >> 39 == src) {
      r = Float.floatToRawIntBits((float) src);
    } else {
      r = begin(s).integerTo32(src);
      finish(s);
    }
    setLow32(s, d, r);
  }

  /** CVTDQ2PD from the low 64 bits, which is exact. */
  public static void cvtdq2pd(SimdState s, int d, long src) {
    set(s, d, Double.doubleToRawLongBits((int) src), Double.doubleToRawLongBits(hi(src)));
  }

  /** CVTPI2PD, which is exact. */
  public static void cvtpi2pd(SimdState s, int d, long src) {
    cvtdq2pd(s, d, src);
  }

  /** CVTDQ2PS. */
  public static void cvtdq2ps(SimdState s, int d, long lo, long hi) {
    SoftFloat f = begin(s);
    long r0 = pair(f.integerTo32((int) lo), f.integerTo32(hi(lo)));
    long r1 = pair(f.integerTo32((int) hi), f.integerTo32(hi(hi)));
    finish(s);
    set(s, d, r0, r1);
  }

  /** CVTPI2PS into the low 64 bits. */
  public static void cvtpi2ps(SimdState s, int d, long src) {
    SoftFloat f = begin(s);
    long r = pair(f.integerTo32((int) src), f.integerTo32(hi(src)));
    finish(s);
    s.xmm[d << 1] = r;
  }

  // ---- conversion between formats

  private static long widen(SimdState s, int a) {
    return ordered32(a) ? Double.doubleToRawLongBits(Float.intBitsToFloat(a)) : s.soft.float32To64(a);
  }

  private static int narrow(SimdState s, long a) {
    if ((s.mxcsr & CONTROL) == CONTROL_DEFAULT && (s.mxcsr & PE) != 0) {
      int r = Float.floatToRawIntBits((float) Double.longBitsToDouble(a));
      if (normal32(r)) {
        return r;
      }
    }
    return s.soft.float64To32(a);
  }

  /** CVTSS2SD. */
  public static void cvtss2sd(SimdState s, int d, int src) {
    begin(s);
    long r = widen(s, src);
    finish(s);
    s.xmm[d << 1] = r;
  }

  /** CVTSD2SS. */
  public static void cvtsd2ss(SimdState s, int d, long src) {
    begin(s);
    int r = narrow(s, src);
    finish(s);
    setLow32(s, d, r);
  }

  /** CVTPS2PD from the low 64 bits. */
  public static void cvtps2pd(SimdState s, int d, long src) {
    begin(s);
    long r0 = widen(s, (int) src);
    long r1 = widen(s, hi(src));
    finish(s);
    set(s, d, r0, r1);
  }

  /** CVTPD2PS. */
  public static void cvtpd2ps(SimdState s, int d, long lo, long hi) {
    begin(s);
    long r = pair(narrow(s, lo), narrow(s, hi));
    finish(s);
    set(s, d, r, 0);
  }

  // ---- rounding to integral values (SSE4.1)

  private static double integral(double x, int mode) {
    return switch (mode) {
      case SoftFloat.NEAREST -> Math.rint(x);
      case SoftFloat.DOWN -> Math.floor(x);
      case SoftFloat.UP -> Math.ceil(x);
      default -> x < 0 ? Math.ceil(x) : Math.floor(x);
    };
  }

  /** Between {@link #begin} and {@link #finish}: notes PE unless bit 3 of the immediate suppresses it. */
  private static void noteInexact(SimdState s, boolean inexact, int imm) {
    if (inexact && (imm & 8) == 0) {
      s.soft.flags |= PE;
    }
  }

  private static long integral64(SimdState s, long a, int imm) {
    SoftFloat f = s.soft;
    if (SoftFloat.isNan64(a)) {
      return f.arithmetic64(ADD, a, a);
    }
    if (!plain64(a) && f.daz) {
      return a & Long.MIN_VALUE;
    }
    double x = Double.longBitsToDouble(a);
    double r = integral(x, (imm & 4) != 0 ? f.rounding : imm & 3);
    noteInexact(s, r != x, imm);
    return Double.doubleToRawLongBits(r);
  }

  private static int integral32(SimdState s, int a, int imm) {
    SoftFloat f = s.soft;
    if (SoftFloat.isNan32(a)) {
      return f.arithmetic32(ADD, a, a);
    }
    if (!plain32(a) && f.daz) {
      return a & Integer.MIN_VALUE;
    }
    float x = Float.intBitsToFloat(a);
    float r = (float) integral(x, (imm & 4) != 0 ? f.rounding : imm & 3);
    noteInexact(s, r != x, imm);
    return Float.floatToRawIntBits(r);
  }

  /** ROUNDSD. */
  public static void roundsd(SimdState s, int d, long src, int imm) {
    begin(s);
    long r = integral64(s, src, imm);
    finish(s);
    s.xmm[d << 1] = r;
  }

  /** ROUNDSS. */
  public static void roundss(SimdState s, int d, int src, int imm) {
    begin(s);
    int r = integral32(s, src, imm);
    finish(s);
    setLow32(s, d, r);
  }

  /** ROUNDPD. */
  public static void roundpd(SimdState s, int d, long lo, long hi, int imm) {
    begin(s);
    long r0 = integral64(s, lo, imm);
    long r1 = integral64(s, hi, imm);
    finish(s);
    set(s, d, r0, r1);
  }

  /** ROUNDPS. */
  public static void roundps(SimdState s, int d, long lo, long hi, int imm) {
    begin(s);
    long r0 = pair(integral32(s, (int) lo, imm), integral32(s, hi(lo), imm));
    long r1 = pair(integral32(s, (int) hi, imm), integral32(s, hi(hi), imm));
    finish(s);
    set(s, d, r0, r1);
  }

  // ---- approximations

  /**
   * 1/x within half an ulp. The architecture only bounds the error (1.5 * 2^-12), raises nothing, ignores MXCSR, takes
   * denormals as zeros and flushes tiny results.
   */
  private static int reciprocal(int a) {
    if (SoftFloat.isNan32(a)) {
      return a | 0x00400000;
    }
    int x = flush32(a);
    return flush32(Float.floatToRawIntBits((float) (1.0 / Float.intBitsToFloat(x))));
  }

  private static int reciprocalRoot(int a) {
    if (SoftFloat.isNan32(a)) {
      return a | 0x00400000;
    }
    int x = flush32(a);
    if (x << 1 == 0) {
      return x | 0x7f800000;
    }
    if (x < 0) {
      return SoftFloat.DEFAULT_NAN32;
    }
    return Float.floatToRawIntBits((float) (1.0 / Math.sqrt(Float.intBitsToFloat(x))));
  }

  /** RCPSS. */
  public static void rcpss(SimdState s, int d, int src) {
    setLow32(s, d, reciprocal(src));
  }

  /** RCPPS. */
  public static void rcpps(SimdState s, int d, long lo, long hi) {
    set(s, d, pair(reciprocal((int) lo), reciprocal(hi(lo))), pair(reciprocal((int) hi), reciprocal(hi(hi))));
  }

  /** RSQRTSS. */
  public static void rsqrtss(SimdState s, int d, int src) {
    setLow32(s, d, reciprocalRoot(src));
  }

  /** RSQRTPS. */
  public static void rsqrtps(SimdState s, int d, long lo, long hi) {
    set(
        s,
        d,
        pair(reciprocalRoot((int) lo), reciprocalRoot(hi(lo))),
        pair(reciprocalRoot((int) hi), reciprocalRoot(hi(hi))));
  }

  // ---- horizontal arithmetic

  private static void horizontal64(SimdState s, int op, int d, long lo, long hi) {
    begin(s);
    long r0 = lane64(s, op, s.xmm[d << 1], s.xmm[(d << 1) + 1]);
    long r1 = lane64(s, op, lo, hi);
    finish(s);
    set(s, d, r0, r1);
  }

  private static void horizontal32(SimdState s, int op, int d, long lo, long hi) {
    long a0 = s.xmm[d << 1];
    long a1 = s.xmm[(d << 1) + 1];
    begin(s);
    long r0 = pair(lane32(s, op, (int) a0, hi(a0)), lane32(s, op, (int) a1, hi(a1)));
    long r1 = pair(lane32(s, op, (int) lo, hi(lo)), lane32(s, op, (int) hi, hi(hi)));
    finish(s);
    set(s, d, r0, r1);
  }

  /** HADDPD. */
  public static void haddpd(SimdState s, int d, long lo, long hi) {
    horizontal64(s, ADD, d, lo, hi);
  }

  /** HSUBPD. */
  public static void hsubpd(SimdState s, int d, long lo, long hi) {
    horizontal64(s, SUB, d, lo, hi);
  }

  /** HADDPS. */
  public static void haddps(SimdState s, int d, long lo, long hi) {
    horizontal32(s, ADD, d, lo, hi);
  }

  /** HSUBPS. */
  public static void hsubps(SimdState s, int d, long lo, long hi) {
    horizontal32(s, SUB, d, lo, hi);
  }

  /** ADDSUBPD. */
  public static void addsubpd(SimdState s, int d, long lo, long hi) {
    begin(s);
    long r0 = lane64(s, SUB, s.xmm[d << 1], lo);
    long r1 = lane64(s, ADD, s.xmm[(d << 1) + 1], hi);
    finish(s);
    set(s, d, r0, r1);
  }

  private static long alternate32(SimdState s, long a, long b) {
    return pair(lane32(s, SUB, (int) a, (int) b), lane32(s, ADD, hi(a), hi(b)));
  }

  /** ADDSUBPS. */
  public static void addsubps(SimdState s, int d, long lo, long hi) {
    begin(s);
    long r0 = alternate32(s, s.xmm[d << 1], lo);
    long r1 = alternate32(s, s.xmm[(d << 1) + 1], hi);
    finish(s);
    set(s, d, r0, r1);
  }

  private static int product32(SimdState s, int a, int b, int selected) {
    return selected == 0 ? 0 : lane32(s, MUL, a, b);
  }

  /** DPPS: bits 4–7 of the immediate select products, bits 0–3 the places that get their sum. */
  public static void dpps(SimdState s, int d, long lo, long hi, int imm) {
    long a0 = s.xmm[d << 1];
    long a1 = s.xmm[(d << 1) + 1];
    begin(s);
    int p0 = product32(s, (int) a0, (int) lo, imm & 0x10);
    int p1 = product32(s, hi(a0), hi(lo), imm & 0x20);
    int p2 = product32(s, (int) a1, (int) hi, imm & 0x40);
    int p3 = product32(s, hi(a1), hi(hi), imm & 0x80);
    // An unmasked exception of one stage keeps the next from happening.
    finish(s);
    int low = lane32(s, ADD, p0, p1);
    int high = lane32(s, ADD, p2, p3);
    finish(s);
    int sum = lane32(s, ADD, low, high);
    finish(s);
    set(
        s,
        d,
        pair((imm & 1) != 0 ? sum : 0, (imm & 2) != 0 ? sum : 0),
        pair((imm & 4) != 0 ? sum : 0, (imm & 8) != 0 ? sum : 0));
  }

  /** VDPPS of a register and {@link SimdState#source}: both halves go through each stage together. */
  public static void vdpps(SimdState s, int d, int v, boolean wide, int imm) {
    long[] x = s.source;
    int lanes = wide ? 4 : 2;
    begin(s);
    for (int k = 0; k < lanes; k++) {
      long a = k < 2 ? s.xmm[2 * v + k] : s.upper[2 * v + k - 2];
      int selected = imm >> 4 + 2 * (k & 1);
      x[k] = pair(product32(s, (int) a, (int) x[k], selected & 1), product32(s, hi(a), hi(x[k]), selected & 2));
    }
    finish(s);
    for (int k = 0; k < lanes; k++) {
      x[k] = lane32(s, ADD, (int) x[k], hi(x[k])) & LOW32;
    }
    finish(s);
    for (int k = 0; k < lanes; k += 2) {
      x[k] = lane32(s, ADD, (int) x[k], (int) x[k + 1]) & LOW32;
    }
    finish(s);
    long low = ((imm & 1) != 0 ? LOW32 : 0) | ((imm & 2) != 0 ? ~LOW32 : 0);
    long high = ((imm & 4) != 0 ? LOW32 : 0) | ((imm & 8) != 0 ? ~LOW32 : 0);
    long first = x[0] * 0x1_0000_0001L;
    long second = wide ? x[2] * 0x1_0000_0001L : 0;
    s.set(d, first & low, first & high, second & low, second & high);
  }

  /** DPPD. */
  public static void dppd(SimdState s, int d, long lo, long hi, int imm) {
    begin(s);
    long p0 = (imm & 0x10) == 0 ? 0 : lane64(s, MUL, s.xmm[d << 1], lo);
    long p1 = (imm & 0x20) == 0 ? 0 : lane64(s, MUL, s.xmm[(d << 1) + 1], hi);
    finish(s);
    long sum = lane64(s, ADD, p0, p1);
    finish(s);
    set(s, d, (imm & 1) != 0 ? sum : 0, (imm & 2) != 0 ? sum : 0);
  }
}
