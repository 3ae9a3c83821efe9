package dev.portfire.softcpu.fpu;

/** FMA: products added to something with one rounding (SDM volume 1, 14.5). */
public final class Fma {
  /** a * b + c. */
  public static final int ADD = 0;

  /** a * b - c. */
  public static final int SUB = 1;

  /** -(a * b) + c. */
  public static final int NEGATED_ADD = 2;

  /** -(a * b) - c. */
  public static final int NEGATED_SUB = 3;

  /** SUB and ADD by turns. */
  public static final int ADD_SUB = 4;

  /** ADD and SUB by turns. */
  public static final int SUB_ADD = 5;

  /** MXCSR: rounding to nearest with all exceptions masked, nothing flushed, inexactness noted already. */
  private static final int CONTROL = 0xffe0;

  private static final int FAST = 0x1fa0;

  private Fma() {}

  private static int operation(int operation, int element) {
    return operation < ADD_SUB ? operation : operation - ADD_SUB ^ element & 1 ^ 1;
  }

  private static boolean normal64(long a) {
    int e = (int) (a >>> 52) & 0x7ff;
    return e > 1 && e != 0x7ff;
  }

  private static boolean normal32(int a) {
    int e = a >>> 23 & 0xff;
    return e > 1 && e != 0xff;
  }

  private static long element64(SimdState s, int order, int operation, long x1, long x2, long x3) {
    long a = order == 132 ? x1 : x2;
    long b = order == 213 ? x1 : x3;
    long c = order == 132 ? x2 : order == 213 ? x3 : x1;
    if ((s.mxcsr & CONTROL) == FAST && normal64(a) && normal64(b) && normal64(c)) {
      double p = Double.longBitsToDouble((operation & 2) != 0 ? a ^ Long.MIN_VALUE : a);
      double q = Double.longBitsToDouble((operation & 1) != 0 ? c ^ Long.MIN_VALUE : c);
      long r = Double.doubleToRawLongBits(Math.fma(p, Double.longBitsToDouble(b), q));
      if (normal64(r)) {
        return r;
      }
    }
    return s.soft.fused64(a, b, c, operation);
  }

  private static int element32(SimdState s, int order, int operation, int x1, int x2, int x3) {
    int a = order == 132 ? x1 : x2;
    int b = order == 213 ? x1 : x3;
    int c = order == 132 ? x2 : order == 213 ? x3 : x1;
    if ((s.mxcsr & CONTROL) == FAST && normal32(a) && normal32(b) && normal32(c)) {
      float p = Float.intBitsToFloat((operation & 2) != 0 ? a ^ Integer.MIN_VALUE : a);
      float q = Float.intBitsToFloat((operation & 1) != 0 ? c ^ Integer.MIN_VALUE : c);
      int r = Float.floatToRawIntBits(Math.fma(p, Float.intBitsToFloat(b), q));
      if (normal32(r)) {
        return r;
      }
    }
    return s.soft.fused32(a, b, c, operation);
  }

  private static long lane(SimdState s, int register, int lane) {
    return lane < 2 ? s.xmm[2 * register + lane] : s.upper[2 * register + lane - 2];
  }

  /** One number; the third operand is in {@link SimdState#source}. */
  public static void scalar(SimdState s, int order, int operation, boolean wideElement, int d, int v) {
    long x1 = s.xmm[2 * d];
    long x2 = s.xmm[2 * v];
    long x3 = s.source[0];
    SseFloat.begin(s);
    long r = wideElement
        ? element64(s, order, operation, x1, x2, x3)
        : x1 & ~0xffff_ffffL | element32(s, order, operation, (int) x1, (int) x2, (int) x3) & 0xffff_ffffL;
    SseFloat.finish(s);
    s.set(d, r, s.xmm[2 * d + 1], 0, 0);
  }

  /** All numbers of 128 or 256 bits. */
  public static void packed(SimdState s, int order, int operation, boolean wideElement, boolean wide, int d, int v) {
    long[] x = s.source;
    SseFloat.begin(s);
    for (int k = 0; k < (wide ? 4 : 2); k++) {
      long x1 = lane(s, d, k);
      long x2 = lane(s, v, k);
      if (wideElement) {
        x[k] = element64(s, order, operation(operation, k), x1, x2, x[k]);
      } else {
        int low = element32(s, order, operation(operation, 0), (int) x1, (int) x2, (int) x[k]);
        int high = element32(
            s, order, operation(operation, 1), (int) (x1 >>> 32), (int) (x2 >>> 32), (int) (x[k] >>> 32));
        x[k] = low & 0xffff_ffffL | (long) high << 32;
      }
    }
    SseFloat.finish(s);
    s.set(d, x[0], x[1], wide ? x[2] : 0, wide ? x[3] : 0);
  }
}
