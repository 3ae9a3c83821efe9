package dev.portfire.softcpu.fpu;

/** Operations of AVX, AVX2 and F16C on a half of a YMM register or a lane of it (SDM volume 2). */
public final class AvxLanes {
  private static final long LOW32 = 0xffff_ffffL;

  private AvxLanes() {}

  private static long pick32(long lo, long hi, long number) {
    return ((number & 2) == 0 ? lo : hi) >>> (int) (number & 1) * 32 & LOW32;
  }

  /** VPERMILPS with the numbers in a register. */
  public static void vpermilps(SimdState s, int d, long lo, long hi) {
    long a = s.xmm[d << 1];
    long b = s.xmm[(d << 1) + 1];
    s.xmm[d << 1] = pick32(a, b, lo) | pick32(a, b, lo >>> 32) << 32;
    s.xmm[(d << 1) + 1] = pick32(a, b, hi) | pick32(a, b, hi >>> 32) << 32;
  }

  /** VPERMILPD with the numbers in a register, in bit 1 of each. */
  public static void vpermilpd(SimdState s, int d, long lo, long hi) {
    long a = s.xmm[d << 1];
    long b = s.xmm[(d << 1) + 1];
    s.xmm[d << 1] = (lo & 2) == 0 ? a : b;
    s.xmm[(d << 1) + 1] = (hi & 2) == 0 ? a : b;
  }

  /** VPERMILPD with an immediate. */
  public static void vpermilpdImmediate(SimdState s, int d, long lo, long hi, int imm) {
    s.xmm[d << 1] = (imm & 1) == 0 ? lo : hi;
    s.xmm[(d << 1) + 1] = (imm & 2) == 0 ? lo : hi;
  }

  private static long shiftRight32(long value, long count) {
    return count < 32 ? value >>> (int) count : 0;
  }

  /** VPSRLVD: a by b. */
  public static long vpsrlvd(long a, long b) {
    return shiftRight32(a & LOW32, b & LOW32) | shiftRight32(a >>> 32, b >>> 32) << 32;
  }

  /** VPSRLVQ. */
  public static long vpsrlvq(long a, long b) {
    return b >= 0 && b < 64 ? a >>> (int) b : 0;
  }

  private static long shiftLeft32(long value, long count) {
    return count < 32 ? value << (int) count & LOW32 : 0;
  }

  /** VPSLLVD. */
  public static long vpsllvd(long a, long b) {
    return shiftLeft32(a & LOW32, b & LOW32) | shiftLeft32(a >>> 32, b >>> 32) << 32;
  }

  /** VPSLLVQ. */
  public static long vpsllvq(long a, long b) {
    return b >= 0 && b < 64 ? a << (int) b : 0;
  }

  /** VPSRAVD. */
  public static long vpsravd(long a, long b) {
    int low = (int) a >> (int) Math.min(b & LOW32, 31);
    int high = (int) (a >>> 32) >> (int) Math.min(b >>> 32, 31);
    return low & LOW32 | (long) high << 32;
  }

  // ---- binary16

  private static int widen(SimdState s, int half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >> 10 & 31;
    int fraction = half & 0x3ff;
    if (exponent == 31) {
      if (fraction != 0 && (fraction & 0x200) == 0) {
        s.soft.flags |= SoftFloat.IE;
      }
      return sign | 0x7f80_0000 | fraction << 13 | (fraction != 0 ? 0x0040_0000 : 0);
    }
    if (exponent == 0) {
      if (fraction == 0) {
        return sign;
      }
      // Denormal numbers are numbers here whatever MXCSR.DAZ says.
      int shift = Integer.numberOfLeadingZeros(fraction) - 21;
      return sign | (113 - shift) << 23 | fraction << shift + 13 & 0x007f_ffff;
    }
    return sign | exponent + 112 << 23 | fraction << 13;
  }

  private static long widenPair(SimdState s, long halves) {
    return widen(s, (int) halves & 0xffff) & LOW32 | (long) widen(s, (int) (halves >>> 16) & 0xffff) << 32;
  }

  /** VCVTPH2PS: four numbers. */
  public static void vcvtph2ps(SimdState s, int d, long src) {
    SseFloat.begin(s);
    long lo = widenPair(s, src);
    long hi = widenPair(s, src >>> 32);
    SseFloat.finish(s);
    s.xmm[d << 1] = lo;
    s.xmm[(d << 1) + 1] = hi;
  }

  private static int narrowPair(SimdState s, long a) {
    return s.soft.float32To16((int) a) | s.soft.float32To16((int) (a >>> 32)) << 16;
  }

  /**
   * VCVTPS2PH: four or eight numbers, into {@link SimdState#source}.
   *
   * @param imm rounding in bits 0 and 1, unless bit 2 says that it is MXCSR's
   */
  public static void cvtps2ph(SimdState s, long a, long b, long c, long d, boolean wide, int imm) {
    SoftFloat f = SseFloat.begin(s);
    if ((imm & 4) == 0) {
      f.rounding = imm & 3;
    }
    // A result that is denormal stays so whatever MXCSR.FTZ says.
    f.ftz = false;
    long low = narrowPair(s, a) & LOW32 | (long) narrowPair(s, b) << 32;
    long high = wide ? narrowPair(s, c) & LOW32 | (long) narrowPair(s, d) << 32 : 0;
    SseFloat.finish(s);
    s.source[0] = low;
    s.source[1] = high;
  }
}
