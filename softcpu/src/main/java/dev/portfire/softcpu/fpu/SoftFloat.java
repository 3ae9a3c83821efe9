package dev.portfire.softcpu.fpu;

/**
 * IEEE 754 arithmetic on binary32, binary64 and 80-bit extended numbers with the rules of x86: all rounding modes,
 * exception flags with tininess detected after rounding, masked and unmasked responses, denormals-are-zero and
 * flush-to-zero (SDM volume 1, 4.8, 4.9, 8.5, 10.2.3, 11.5 and appendix E).
 *
 * <p>An instance is a register file for one operation at a time, because Java methods return one value and the slow
 * path shall not allocate: operands are unpacked into {@code a} and {@code b}, the operation leaves an exact or sticky
 * result of 128 significant bits, and packing rounds it once to the wanted format. A finite number is
 * {@code (-1)^sign * hi.lo * 2^(exp - 63)} with the top bit of {@code hi} set, whatever format it came from.
 */
final class SoftFloat {

  /** Exception flags at their places in MXCSR and in the x87 status word. */
  static final int IE = 0x01;

  static final int DE = 0x02;
  static final int ZE = 0x04;
  static final int OE = 0x08;
  static final int UE = 0x10;
  static final int PE = 0x20;

  /** Exceptions found by looking at the operands; if one is unmasked, nothing is computed. */
  static final int OPERAND_EXCEPTIONS = IE | DE | ZE;

  static final int NEAREST = 0;
  static final int DOWN = 1;
  static final int UP = 2;
  static final int TRUNCATE = 3;

  static final int ZERO = 0;
  static final int FINITE = 1;
  static final int INFINITE = 2;
  static final int QUIET = 3;
  static final int SIGNALING = 4;

  /** An encoding of the 80-bit format that the 387 and later reject: unnormal, pseudo-NaN, pseudo-infinity. */
  static final int UNSUPPORTED = 5;

  static final int ADD = 0;
  static final int SUB = 1;
  static final int MUL = 2;
  static final int DIV = 3;

  static final long TOP = Long.MIN_VALUE;
  static final long DEFAULT_NAN64 = 0xfff8000000000000L;
  static final int DEFAULT_NAN32 = 0xffc00000;
  private static final long QUIET64 = 0x0008000000000000L;
  private static final int QUIET32 = 0x00400000;

  /** Added to or subtracted from the exponent of an unmasked x87 underflow or overflow (SDM volume 1, 8.5.4, 8.5.5). */
  private static final int BIAS_ADJUST = 24576;

  int rounding;
  int masks;
  boolean daz;
  boolean ftz;

  /** Exceptions of the operation under way. */
  int flags;

  /** Whether the last rounding was away from zero; the x87's C1. */
  boolean roundedUp;

  int aKind;
  int aSign;
  int aExp;
  long aSig;
  boolean aDenormal;

  int bKind;
  int bSign;
  int bExp;
  long bSig;
  boolean bDenormal;

  int kind;
  int sign;
  int exp;
  long hi;
  long lo;

  /** Sign and exponent of a packed 80-bit result. */
  int se;

  /** Significand of a packed 80-bit result. */
  long sig;

  private long remainder;

  /** Starts an SSE operation under {@code mxcsr}. */
  void begin(int mxcsr) {
    rounding = mxcsr >> 13 & 3;
    masks = mxcsr >> 7 & 0x3f;
    daz = (mxcsr & 0x40) != 0;
    ftz = (mxcsr & 0x8000) != 0;
    flags = 0;
  }

  /** Starts an x87 operation under the control word {@code fcw}. */
  void beginX87(int fcw) {
    rounding = fcw >> 10 & 3;
    masks = fcw & 0x3f;
    daz = false;
    ftz = false;
    flags = 0;
    roundedUp = false;
  }

  // ---- unpacking

  void unpack64(long bits) {
    aSign = (int) (bits >>> 63);
    int e = (int) (bits >>> 52) & 0x7ff;
    long f = bits & 0x000fffffffffffffL;
    aDenormal = false;
    if (e == 0x7ff) {
      aKind = f == 0 ? INFINITE : (bits & QUIET64) != 0 ? QUIET : SIGNALING;
      aSig = TOP | f << 11;
    } else if (e != 0) {
      aKind = FINITE;
      aSig = TOP | f << 11;
      aExp = e - 1023;
    } else if (f == 0 || daz) {
      aKind = ZERO;
    } else {
      int n = Long.numberOfLeadingZeros(f);
      aKind = FINITE;
      aSig = f << n;
      aExp = -1011 - n;
      aDenormal = true;
    }
  }

  void unpack32(int bits) {
    aSign = bits >>> 31;
    int e = bits >>> 23 & 0xff;
    long f = bits & 0x007fffff;
    aDenormal = false;
    if (e == 0xff) {
      aKind = f == 0 ? INFINITE : (bits & QUIET32) != 0 ? QUIET : SIGNALING;
      aSig = TOP | f << 40;
    } else if (e != 0) {
      aKind = FINITE;
      aSig = TOP | f << 40;
      aExp = e - 127;
    } else if (f == 0 || daz) {
      aKind = ZERO;
    } else {
      int n = Long.numberOfLeadingZeros(f);
      aKind = FINITE;
      aSig = f << n;
      aExp = -86 - n;
      aDenormal = true;
    }
  }

  void unpack80(int signExponent, long significand) {
    aSign = signExponent >>> 15 & 1;
    int e = signExponent & 0x7fff;
    aDenormal = false;
    aSig = significand;
    if (e == 0x7fff) {
      if (significand >= 0) {
        aKind = UNSUPPORTED;
      } else if (significand == TOP) {
        aKind = INFINITE;
      } else {
        aKind = (significand & TOP >>> 1) != 0 ? QUIET : SIGNALING;
      }
    } else if (e != 0) {
      aKind = significand < 0 ? FINITE : UNSUPPORTED;
      aExp = e - 16383;
    } else if (significand == 0) {
      aKind = ZERO;
    } else {
      int n = Long.numberOfLeadingZeros(significand);
      aKind = FINITE;
      aSig = significand << n;
      aExp = -16382 - n;
      aDenormal = true;
    }
  }

  void unpackInteger(long value) {
    aDenormal = false;
    aSign = (int) (value >>> 63);
    long magnitude = Math.abs(value);
    if (magnitude == 0) {
      aKind = ZERO;
      return;
    }
    int n = Long.numberOfLeadingZeros(magnitude);
    aKind = FINITE;
    aSig = magnitude << n;
    aExp = 63 - n;
  }

  /** Makes the operand just unpacked the second one. */
  void second() {
    bKind = aKind;
    bSign = aSign;
    bExp = aExp;
    bSig = aSig;
    bDenormal = aDenormal;
  }

  void swap() {
    int k = aKind;
    int s = aSign;
    int e = aExp;
    long m = aSig;
    boolean d = aDenormal;
    aKind = bKind;
    aSign = bSign;
    aExp = bExp;
    aSig = bSig;
    aDenormal = bDenormal;
    bKind = k;
    bSign = s;
    bExp = e;
    bSig = m;
    bDenormal = d;
  }

  // ---- exact results

  void zero(int signBit) {
    kind = ZERO;
    sign = signBit;
  }

  void infinite(int signBit) {
    kind = INFINITE;
    sign = signBit;
  }

  /** The masked response to an invalid operation. */
  void invalid() {
    flags |= IE;
    kind = QUIET;
  }

  void finite(int signBit, int exponent, long high, long low) {
    kind = FINITE;
    sign = signBit;
    exp = exponent;
    hi = high;
    lo = low;
  }

  void copyA() {
    kind = aKind;
    sign = aSign;
    exp = aExp;
    hi = aSig;
    lo = 0;
  }

  /** Brings a result with leading zeros into normal form; {@code hi.lo} must not be zero. */
  void normalize() {
    if (hi == 0) {
      hi = lo;
      lo = 0;
      exp -= 64;
    }
    int n = Long.numberOfLeadingZeros(hi);
    if (n != 0) {
      hi = hi << n | lo >>> (64 - n);
      lo <<= n;
      exp -= n;
    }
  }

  /** Computes {@code a op b}; neither may be a NaN or unsupported. */
  void arithmetic(int op) {
    switch (op) {
      case ADD -> add(bSign);
      case SUB -> add(bSign ^ 1);
      case MUL -> multiply();
      default -> divide();
    }
    // Dividing by zero hides that the dividend is denormal.
    if ((aDenormal || bDenormal) && !(op == DIV && bKind == ZERO)) {
      flags |= DE;
    }
  }

  private void add(int signOfB) {
    if (aKind == INFINITE) {
      if (bKind == INFINITE && aSign != signOfB) {
        invalid();
      } else {
        infinite(aSign);
      }
    } else if (bKind == INFINITE) {
      infinite(signOfB);
    } else if (bKind == ZERO) {
      if (aKind == ZERO) {
        zero(aSign == signOfB ? aSign : rounding == DOWN ? 1 : 0);
      } else {
        copyA();
      }
    } else if (aKind == ZERO) {
      finite(signOfB, bExp, bSig, 0);
    } else if (aExp > bExp || aExp == bExp && Long.compareUnsigned(aSig, bSig) >= 0) {
      addOrdered(aSign, aExp, aSig, signOfB, bExp, bSig);
    } else {
      addOrdered(signOfB, bExp, bSig, aSign, aExp, aSig);
    }
  }

  private void addOrdered(int signX, int expX, long x, int signY, int expY, long y) {
    int d = expX - expY;
    long yh;
    long yl;
    if (d == 0) {
      yh = y;
      yl = 0;
    } else if (d < 64) {
      yh = y >>> d;
      yl = y << (64 - d);
    } else {
      // The last bit is sticky from here on; cancellation can no longer move it by more than one place.
      yh = 0;
      yl = d == 64 ? y : d < 128 ? y >>> (d - 64) | (y << (128 - d) != 0 ? 1 : 0) : 1;
    }
    if (signX == signY) {
      long sum = x + yh;
      if (Long.compareUnsigned(sum, x) < 0) {
        finite(signX, expX + 1, sum >>> 1 | TOP, sum << 63 | yl >>> 1 | (yl & 1));
      } else {
        finite(signX, expX, sum, yl);
      }
      return;
    }
    finite(signX, expX, x - yh - (yl != 0 ? 1 : 0), -yl);
    if ((hi | lo) == 0) {
      zero(rounding == DOWN ? 1 : 0);
    } else {
      normalize();
    }
  }

  private void multiply() {
    int s = aSign ^ bSign;
    if (aKind == INFINITE || bKind == INFINITE) {
      if (aKind == ZERO || bKind == ZERO) {
        invalid();
      } else {
        infinite(s);
      }
    } else if (aKind == ZERO || bKind == ZERO) {
      zero(s);
    } else {
      finite(s, aExp + bExp + 1, Math.unsignedMultiplyHigh(aSig, bSig), aSig * bSig);
      normalize();
    }
  }

  private void divide() {
    int s = aSign ^ bSign;
    if (aKind == INFINITE) {
      if (bKind == INFINITE) {
        invalid();
      } else {
        infinite(s);
      }
    } else if (bKind == INFINITE) {
      zero(s);
    } else if (bKind == ZERO) {
      if (aKind == ZERO) {
        invalid();
      } else {
        flags |= ZE;
        infinite(s);
      }
    } else if (aKind == ZERO) {
      zero(s);
    } else {
      boolean less = Long.compareUnsigned(aSig, bSig) < 0;
      long q = less ? divide128(aSig, 0, bSig) : divide128(aSig >>> 1, aSig << 63, bSig);
      finite(s, less ? aExp - bExp - 1 : aExp - bExp, q, tail(remainder, bSig));
    }
  }

  /** Digits that stand for the remainder {@code r} of a division by {@code d}: below, at or above one half. */
  private static long tail(long r, long d) {
    if (r == 0) {
      return 0;
    }
    int c = r < 0 ? 1 : Long.compareUnsigned(r << 1, d);
    return c < 0 ? 1 : c == 0 ? TOP : TOP | 1;
  }

  /**
   * Divides {@code high.low} by a normalised divisor above {@code high}, in two steps of 32 quotient bits, and leaves
   * the remainder in {@link #remainder}.
   */
  private long divide128(long high, long low, long divisor) {
    long q1 = quotientDigit(high, (int) (low >>> 32), divisor);
    long q0 = quotientDigit(remainder, (int) low, divisor);
    return q1 << 32 | q0;
  }

  private long quotientDigit(long high, int next, long divisor) {
    long d1 = divisor >>> 32;
    long d0 = divisor & 0xffffffffL;
    long q = Long.divideUnsigned(high, d1);
    long r = high - q * d1;
    while (q > 0xffffffffL || Long.compareUnsigned(q * d0, r << 32 | (next & 0xffffffffL)) > 0) {
      q--;
      r += d1;
      if (r > 0xffffffffL) {
        break;
      }
    }
    remainder = (high << 32 | (next & 0xffffffffL)) - q * divisor;
    return q;
  }

  /** Computes the square root of {@code a}, which may not be a NaN or unsupported. */
  void squareRoot() {
    if (aKind == ZERO) {
      zero(aSign);
    } else if (aSign != 0) {
      invalid();
    } else {
      if (aDenormal) {
        flags |= DE;
      }
      if (aKind == INFINITE) {
        infinite(0);
      } else {
        rootOfFinite();
      }
    }
  }

  private void rootOfFinite() {
    // An even exponent makes the radicand n = aSig * 2^63 or aSig * 2^64, whose root has exactly 64 bits.
    boolean odd = (aExp & 1) != 0;
    long nh = odd ? aSig : aSig >>> 1;
    long nl = odd ? 0 : aSig << 63;
    double approximate = Math.sqrt((nh >>> 11) * 0x1p-53) * 0x1p64;
    long r = approximate >= 0x1p64 ? -1 : unsignedOf(approximate);
    if (Long.compareUnsigned(r, nh) <= 0) {
      r = nh == -1 ? -1 : nh + 1;
    }
    long q = nh == -1 ? -1 : divide128(nh, nl, r);
    long average = (r >>> 1) + (q >>> 1) + (r & q & 1);
    r = average;
    // One Newton step from 50 bits leaves an error of a few units.
    long dh = nh - Math.unsignedMultiplyHigh(r, r);
    long dl = nl - r * r;
    if (Long.compareUnsigned(nl, r * r) < 0) {
      dh--;
    }
    while (dh < 0) {
      r--;
      long add = (r << 1) + 1;
      dl += add;
      dh += (r >>> 63) + (Long.compareUnsigned(dl, add) < 0 ? 1 : 0);
    }
    while (dh > (r >>> 63) || dh == (r >>> 63) && Long.compareUnsigned(dl, r << 1) > 0) {
      long sub = (r << 1) + 1;
      dh -= (r >>> 63) + (Long.compareUnsigned(dl, sub) < 0 ? 1 : 0);
      dl -= sub;
      r++;
    }
    // The remainder n - r^2 is at most 2r; it lies above (r + 1/2)^2 - r^2 = r + 1/4 exactly if it exceeds r.
    long low = (dh | dl) == 0 ? 0 : dh == 0 && Long.compareUnsigned(dl, r) <= 0 ? 1 : TOP | 1;
    finite(0, aExp >> 1, r, low);
  }

  private static long unsignedOf(double value) {
    return value >= 0x1p63 ? (long) (value - 0x1p63) ^ TOP : (long) value;
  }

  // ---- rounding

  private boolean roundsUp(int signBit, long high, long low, int drop) {
    long rest = drop == 0 ? 0 : high & (1L << drop) - 1;
    if ((rest | low) == 0) {
      return false;
    }
    switch (rounding) {
      case NEAREST -> {
        boolean odd = (high >>> drop & 1) != 0;
        if (drop == 0) {
          return low < 0 && (low << 1 != 0 || odd);
        }
        long half = 1L << (drop - 1);
        return rest > half || rest == half && (low != 0 || odd);
      }
      case DOWN -> {
        return signBit != 0;
      }
      case UP -> {
        return signBit == 0;
      }
      default -> {
        return false;
      }
    }
  }

  /**
   * Rounds the finite result to {@code p} significant bits and the exponent range {@code min..max}. Afterwards it is
   * ZERO, INFINITE, or FINITE with the significand in {@code hi}, whose top bit is clear if it is denormal.
   *
   * @param adjust whether unmasked overflow and underflow deliver a result with an adjusted exponent (x87 registers)
   */
  private void round(int p, int min, int max, boolean adjust) {
    int drop = 64 - p;
    boolean tiny = false;
    if (exp < min) {
      // Tininess is detected after rounding (SDM volume 1, 4.9.1.5): would the result, rounded without a bound on the
      // exponent, still be below the smallest normal number?
      tiny = exp < min - 1 || hi >>> drop != -1L >>> drop || !roundsUp(sign, hi, lo, drop);
      if (tiny && (masks & UE) == 0) {
        flags |= UE;
        if (adjust) {
          exp += BIAS_ADJUST;
          if (exp < min) {
            // Only FSCALE gets here: what is beyond even the adjusted range becomes zero, or infinite below.
            flags |= PE;
            roundedUp = false;
            kind = ZERO;
            return;
          }
        }
      } else if (tiny && ftz) {
        flags |= UE | PE;
        kind = ZERO;
        return;
      } else {
        shiftRight(min - exp);
        exp = min;
      }
    }
    boolean up = roundsUp(sign, hi, lo, drop);
    boolean inexact = (drop == 0 ? lo : lo | hi & (1L << drop) - 1) != 0;
    if (drop != 0) {
      hi &= -1L << drop;
    }
    if (up) {
      hi += 1L << drop;
      if (hi == 0) {
        hi = TOP;
        exp++;
      }
    }
    roundedUp = up;
    if (inexact) {
      flags |= tiny ? UE | PE : PE;
    }
    if (exp > max) {
      overflow(p, max, adjust);
    } else if (hi == 0) {
      kind = ZERO;
    }
  }

  private void overflow(int p, int max, boolean adjust) {
    flags |= OE;
    boolean unmasked = (masks & OE) == 0;
    if (unmasked && (!adjust || exp - BIAS_ADJUST <= max)) {
      // Without adjustment nobody will see the value.
      exp -= BIAS_ADJUST;
      return;
    }
    flags |= PE;
    boolean toInfinity =
        switch (rounding) {
          case NEAREST -> true;
          case DOWN -> sign != 0;
          case UP -> sign == 0;
          default -> false;
        };
    toInfinity |= unmasked;
    roundedUp = toInfinity;
    if (toInfinity) {
      kind = INFINITE;
    } else {
      exp = max;
      hi = -1L << (64 - p);
    }
  }

  /** Shifts {@code hi.lo} right by {@code n} &gt; 0 places, the last bit sticky. */
  private void shiftRight(int n) {
    if (n < 64) {
      long out = lo << (64 - n);
      lo = lo >>> n | hi << (64 - n) | (out != 0 ? 1 : 0);
      hi >>>= n;
    } else if (n < 128) {
      long out = n == 64 ? lo : hi << (128 - n) | lo;
      lo = (n == 64 ? hi : hi >>> (n - 64)) | (out != 0 ? 1 : 0);
      hi = 0;
    } else {
      hi = 0;
      lo = 1;
    }
  }

  /** The result as binary64. */
  long pack64() {
    if (kind == FINITE) {
      round(53, -1022, 1023, false);
    }
    long s = (long) sign << 63;
    return switch (kind) {
      case ZERO -> s;
      case INFINITE -> s | 0x7ff0000000000000L;
      case FINITE -> s | (hi < 0 ? (long) (exp + 1023) << 52 : 0) | hi << 1 >>> 12;
      default -> DEFAULT_NAN64;
    };
  }

  /** The result as binary32. */
  int pack32() {
    if (kind == FINITE) {
      round(24, -126, 127, false);
    }
    int s = sign << 31;
    return switch (kind) {
      case ZERO -> s;
      case INFINITE -> s | 0x7f800000;
      case FINITE -> s | (hi < 0 ? (exp + 127) << 23 : 0) | (int) (hi << 1 >>> 41);
      default -> DEFAULT_NAN32;
    };
  }

  /** The result as an 80-bit number of {@code p} significant bits, in {@link #se} and {@link #sig}. */
  void pack80(int p) {
    if (kind == FINITE) {
      round(p, -16382, 16383, true);
    }
    int s = sign << 15;
    switch (kind) {
      case ZERO -> set80(s, 0);
      case INFINITE -> set80(s | 0x7fff, TOP);
      case FINITE -> set80(s | (hi < 0 ? exp + 16383 & 0x7fff : 0), hi);
      default -> set80(0xffff, TOP | TOP >>> 1);
    }
  }

  void set80(int signExponent, long significand) {
    se = signExponent;
    sig = significand;
  }

  // ---- SSE operations

  /** Whether the bits are a NaN. */
  static boolean isNan64(long bits) {
    return (bits & Long.MAX_VALUE) > 0x7ff0000000000000L;
  }

  /** Whether the bits are a NaN. */
  static boolean isNan32(int bits) {
    return (bits & Integer.MAX_VALUE) > 0x7f800000;
  }

  private static boolean isSignaling64(long bits) {
    return isNan64(bits) && (bits & QUIET64) == 0;
  }

  private static boolean isSignaling32(int bits) {
    return isNan32(bits) && (bits & QUIET32) == 0;
  }

  /** The NaN that SSE returns for operands of which at least one is a NaN: the first one, made quiet. */
  private long nan64(long a, long b) {
    if (isSignaling64(a) || isSignaling64(b)) {
      flags |= IE;
    }
    return (isNan64(a) ? a : b) | QUIET64;
  }

  private int nan32(int a, int b) {
    if (isSignaling32(a) || isSignaling32(b)) {
      flags |= IE;
    }
    return (isNan32(a) ? a : b) | QUIET32;
  }

  long arithmetic64(int op, long a, long b) {
    if (isNan64(a) || isNan64(b)) {
      return nan64(a, b);
    }
    unpack64(b);
    second();
    unpack64(a);
    arithmetic(op);
    return pack64();
  }

  int arithmetic32(int op, int a, int b) {
    if (isNan32(a) || isNan32(b)) {
      return nan32(a, b);
    }
    unpack32(b);
    second();
    unpack32(a);
    arithmetic(op);
    return pack32();
  }

  long squareRoot64(long a) {
    if (isNan64(a)) {
      return nan64(a, a);
    }
    unpack64(a);
    squareRoot();
    return pack64();
  }

  int squareRoot32(int a) {
    if (isNan32(a)) {
      return nan32(a, a);
    }
    unpack32(a);
    squareRoot();
    return pack32();
  }

  long float32To64(int a) {
    if (isNan32(a)) {
      if (isSignaling32(a)) {
        flags |= IE;
      }
      return (long) (a >>> 31) << 63 | 0x7ff8000000000000L | (a & 0x003fffffL) << 29;
    }
    unpack32(a);
    if (aDenormal) {
      flags |= DE;
    }
    copyA();
    return pack64();
  }

  int float64To32(long a) {
    if (isNan64(a)) {
      if (isSignaling64(a)) {
        flags |= IE;
      }
      return (int) (a >>> 63) << 31 | 0x7fc00000 | (int) (a >>> 29) & 0x003fffff;
    }
    unpack64(a);
    if (aDenormal) {
      flags |= DE;
    }
    copyA();
    return pack32();
  }

  long integerTo64(long value) {
    unpackInteger(value);
    copyA();
    return pack64();
  }

  int integerTo32(long value) {
    unpackInteger(value);
    copyA();
    return pack32();
  }

  /** The result as binary16 in 16 bits. */
  private int pack16() {
    if (kind == FINITE) {
      round(11, -14, 15, false);
    }
    int s = sign << 15;
    return switch (kind) {
      case ZERO -> s;
      case INFINITE -> s | 0x7c00;
      case FINITE -> s | (hi < 0 ? exp + 15 << 10 : 0) | (int) (hi << 1 >>> 54);
      default -> 0xfe00;
    };
  }

  int float32To16(int a) {
    if (isNan32(a)) {
      if (isSignaling32(a)) {
        flags |= IE;
      }
      return (a >>> 31) << 15 | 0x7e00 | a >>> 13 & 0x1ff;
    }
    unpack32(a);
    if (aDenormal) {
      flags |= DE;
    }
    copyA();
    return pack16() & 0xffff;
  }

  // ---- fused multiplication and addition

  /** Multiplies {@code a} and {@code b} and adds a third number that was unpacked before; none may be a NaN. */
  private void fused(int signOfProduct, int cKind, int cSign, int cExp, long cSig) {
    multiply();
    if (kind == QUIET) {
      return;
    }
    sign ^= signOfProduct;
    if (kind == INFINITE) {
      if (cKind == INFINITE && cSign != sign) {
        invalid();
      }
    } else if (cKind == INFINITE) {
      infinite(cSign);
    } else if (cKind == ZERO) {
      if (kind == ZERO && sign != cSign) {
        zero(rounding == DOWN ? 1 : 0);
      }
    } else if (kind == ZERO) {
      finite(cSign, cExp, cSig, 0);
    } else {
      addToProduct(cSign, cExp, cSig);
    }
  }

  private void addToProduct(int cSign, int cExp, long cSig) {
    boolean product = exp != cExp
        ? exp > cExp
        : hi != cSig ? Long.compareUnsigned(hi, cSig) > 0 : true;
    int s = product ? sign : cSign;
    int e = product ? exp : cExp;
    long xh = product ? hi : cSig;
    long xl = product ? lo : 0;
    int distance = Math.abs(exp - cExp);
    boolean same = sign == cSign;
    if (product) {
      hi = cSig;
      lo = 0;
    }
    if (distance != 0) {
      // The last bit is sticky; at such a distance cancellation cannot move it by more than one place.
      shiftRight(distance);
    }
    if (same) {
      long l = xl + lo;
      long h = xh + hi;
      boolean carry = Long.compareUnsigned(h, xh) < 0;
      if (Long.compareUnsigned(l, xl) < 0 && ++h == 0) {
        carry = true;
      }
      if (carry) {
        l = l >>> 1 | h << 63 | l & 1;
        h = h >>> 1 | TOP;
        e++;
      }
      finite(s, e, h, l);
      return;
    }
    long l = xl - lo;
    long h = xh - hi - (Long.compareUnsigned(xl, lo) < 0 ? 1 : 0);
    if ((h | l) == 0) {
      zero(rounding == DOWN ? 1 : 0);
    } else {
      finite(s, e, h, l);
      normalize();
    }
  }

  /**
   * ±(a * b) ± c with one rounding.
   *
   * @param operation bit 0: c is subtracted; bit 1: the product is negated
   */
  long fused64(long a, long b, long c, int operation) {
    if (isNan64(a) || isNan64(b) || isNan64(c)) {
      if (isSignaling64(a) || isSignaling64(b) || isSignaling64(c)) {
        flags |= IE;
      }
      return (isNan64(a) ? a : isNan64(b) ? b : c) | QUIET64;
    }
    unpack64(c);
    int cKind = aKind;
    int cSign = aSign ^ operation & 1;
    int cExp = aExp;
    long cSig = aSig;
    boolean cDenormal = aDenormal;
    unpack64(b);
    second();
    unpack64(a);
    fused(operation >> 1, cKind, cSign, cExp, cSig);
    if (kind != QUIET && (aDenormal || bDenormal || cDenormal)) {
      flags |= DE;
    }
    return pack64();
  }

  /** The same for binary32. */
  int fused32(int a, int b, int c, int operation) {
    if (isNan32(a) || isNan32(b) || isNan32(c)) {
      if (isSignaling32(a) || isSignaling32(b) || isSignaling32(c)) {
        flags |= IE;
      }
      return (isNan32(a) ? a : isNan32(b) ? b : c) | QUIET32;
    }
    unpack32(c);
    int cKind = aKind;
    int cSign = aSign ^ operation & 1;
    int cExp = aExp;
    long cSig = aSig;
    boolean cDenormal = aDenormal;
    unpack32(b);
    second();
    unpack32(a);
    fused(operation >> 1, cKind, cSign, cExp, cSig);
    if (kind != QUIET && (aDenormal || bDenormal || cDenormal)) {
      flags |= DE;
    }
    return pack32();
  }

  /** Compares {@code a} with {@code b}, neither a NaN: -1, 0 or 1. Denormal operands are reported. */
  int compare() {
    if (aDenormal || bDenormal) {
      flags |= DE;
    }
    if (aKind == ZERO && bKind == ZERO) {
      return 0;
    }
    int signA = aKind == ZERO ? 0 : 1 - 2 * aSign;
    int signB = bKind == ZERO ? 0 : 1 - 2 * bSign;
    if (signA != signB) {
      return signA < signB ? -1 : 1;
    }
    return signA * compareMagnitudes();
  }

  private int compareMagnitudes() {
    if (aKind != bKind) {
      return aKind == INFINITE ? 1 : -1;
    }
    if (aKind == INFINITE) {
      return 0;
    }
    return aExp != bExp ? Integer.compare(aExp, bExp) : Long.compareUnsigned(aSig, bSig);
  }

  /** Compares two binary64: -1, 0, 1, or 2 if unordered, which signals for quiet NaNs only if {@code signaling}. */
  int compare64(long a, long b, boolean signaling) {
    if (isNan64(a) || isNan64(b)) {
      if (signaling || isSignaling64(a) || isSignaling64(b)) {
        flags |= IE;
      }
      return 2;
    }
    unpack64(b);
    second();
    unpack64(a);
    return compare();
  }

  /** Compares two binary32 like {@link #compare64}. */
  int compare32(int a, int b, boolean signaling) {
    if (isNan32(a) || isNan32(b)) {
      if (signaling || isSignaling32(a) || isSignaling32(b)) {
        flags |= IE;
      }
      return 2;
    }
    unpack32(b);
    second();
    unpack32(a);
    return compare();
  }

  // ---- integers

  /** Set by {@link #integerPart}: whether a fraction was dropped. */
  boolean inexact;

  /** The magnitude of {@code a}, finite and below 2^63 or zero, rounded to an integer. */
  long integerPart(int mode) {
    inexact = false;
    roundedUp = false;
    if (aKind == ZERO) {
      return 0;
    }
    int shift = 63 - aExp;
    long integer = shift < 64 ? aSig >>> shift : 0;
    long fraction = shift < 64 ? aSig << (64 - shift) : shift == 64 ? aSig : 1;
    if (fraction == 0) {
      return integer;
    }
    inexact = true;
    roundedUp =
        switch (mode) {
          case NEAREST -> fraction < 0 && (fraction << 1 != 0 || (integer & 1) != 0);
          case DOWN -> aSign != 0;
          case UP -> aSign == 0;
          default -> false;
        };
    return roundedUp ? integer + 1 : integer;
  }

  /** Converts {@code a} to a signed integer of {@code bits} bits, or to the integer indefinite with IE. */
  long toInteger(int bits, int mode) {
    long indefinite = -1L << (bits - 1);
    if (aKind > FINITE || aKind == FINITE && aExp >= 63) {
      // -2^63 itself is the one number with this exponent that fits.
      if (aKind != FINITE || aSign == 0 || aExp != 63 || aSig != TOP || bits != 64) {
        roundedUp = false;
        flags |= IE;
      }
      return indefinite;
    }
    long magnitude = integerPart(mode);
    long value = aSign != 0 ? -magnitude : magnitude;
    // A magnitude of 2^63 is negative here.
    if (magnitude < 0 && aSign == 0 || bits < 64 && (value < indefinite || value >= -indefinite)) {
      roundedUp = false;
      flags |= IE;
      return indefinite;
    }
    if (inexact) {
      flags |= PE;
    }
    return value;
  }

  /** Rounds {@code a}, not a NaN, to an integral value of the same format; PE is reported in {@link #inexact} only. */
  void roundToIntegral(int mode) {
    copyA();
    inexact = false;
    roundedUp = false;
    if (aKind != FINITE || aExp >= 63) {
      return;
    }
    long magnitude = integerPart(mode);
    if (magnitude == 0) {
      zero(aSign);
    } else {
      int n = Long.numberOfLeadingZeros(magnitude);
      finite(aSign, 63 - n, magnitude << n, 0);
    }
  }
}
