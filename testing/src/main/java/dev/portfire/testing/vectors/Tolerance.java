package dev.portfire.testing.vectors;

/** How far results of an instruction may differ between processors. */
enum Tolerance {
  /** Not at all. */
  EXACT,
  /** The last digit of an x87 register and C1, the direction of rounding: transcendental instructions. */
  X87_FUNCTION,
  /** Each binary32 of XMM registers by 1.5 * 2^-11 of its value: RCPPS, RSQRTPS and their scalar forms. */
  APPROXIMATION;

  private static final int C1 = 0x200;

  /** The first difference that counts, as text, or an empty string. */
  String difference(long[] expected, long[] actual, int flagsMask) {
    StringBuilder s = new StringBuilder();
    for (int slot = 0; slot < CpuSlots.COUNT; slot++) {
      long e = expected[slot];
      long a = actual[slot];
      if (slot == CpuSlots.FLAGS) {
        e &= flagsMask;
        a &= flagsMask;
      }
      if (e != a && !tolerates(slot, e, a)) {
        s.append("%n    %s: expected 0x%x, was 0x%x".formatted(CpuSlots.name(slot), e, a));
      }
    }
    return s.toString();
  }

  private boolean tolerates(int slot, long e, long a) {
    return switch (this) {
      case EXACT -> false;
      case X87_FUNCTION ->
          slot == CpuSlots.FSW
              ? ((e ^ a) & ~C1) == 0
              : slot >= CpuSlots.ST && slot < CpuSlots.VECTOR && Math.abs(e - a) == 1;
      case APPROXIMATION ->
          slot >= CpuSlots.XMM && slot < CpuSlots.MXCSR && near((int) e, (int) a) && near((int) (e >>> 32), (int) (a >>> 32));
    };
  }

  private static boolean near(int e, int a) {
    float x = Float.intBitsToFloat(e);
    float y = Float.intBitsToFloat(a);
    return e == a || Math.abs(x - y) <= Math.abs(x) * 0x1.8p-11f;
  }
}
