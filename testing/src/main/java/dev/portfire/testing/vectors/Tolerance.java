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

  // Bits of a page fault's error code.
  private static final int PRESENT = 1;
  private static final int FETCH = 0x10;

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
      if (slot == CpuSlots.ERROR && (e & a & FETCH) != 0) {
        // A jump to anywhere may meet a page that the host's process has there for itself.
        e &= ~PRESENT;
        a &= ~PRESENT;
      }
      if (e != a && !tolerates(slot, e, a) && !neighbours(slot, expected, actual)) {
        s.append("%n    %s: expected 0x%x, was 0x%x".formatted(CpuSlots.name(slot), e, a));
      }
    }
    return s.toString();
  }

  private boolean tolerates(int slot, long e, long a) {
    return switch (this) {
      case EXACT -> false;
      case X87_FUNCTION ->
          slot == CpuSlots.FSW && ((e ^ a) & ~C1) == 0;
      case APPROXIMATION ->
          (slot >= CpuSlots.XMM && slot < CpuSlots.MXCSR || slot >= CpuSlots.UPPER)
              && near((int) e, (int) a)
              && near((int) (e >>> 32), (int) (a >>> 32));
    };
  }

  /** Whether the slot is half of an x87 register whose two values are next to each other. */
  private boolean neighbours(int slot, long[] expected, long[] actual) {
    if (this != X87_FUNCTION || slot < CpuSlots.ST || slot >= CpuSlots.VECTOR) {
      return false;
    }
    int significand = slot & ~1;
    long e = expected[significand];
    long a = actual[significand];
    return switch ((int) (expected[significand + 1] - actual[significand + 1])) {
      case 0 -> Math.abs(e - a) == 1;
      case 1 -> e == Long.MIN_VALUE && a == -1;
      case -1 -> a == Long.MIN_VALUE && e == -1;
      default -> false;
    };
  }

  private static boolean near(int e, int a) {
    float x = Float.intBitsToFloat(e);
    float y = Float.intBitsToFloat(a);
    return e == a || Math.abs(x - y) <= Math.abs(x) * 0x1.8p-11f;
  }
}
