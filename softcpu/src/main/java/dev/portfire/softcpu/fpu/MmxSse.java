package dev.portfire.softcpu.fpu;

/**
 * Packed-integer operations of MMX, SSE2, SSSE3, SSE4.1 and SSE4.2 (SDM volume 1, chapters 9–12; volume 2 for each).
 *
 * <p>Lanes of 8 and 16 bits are computed inside a {@code long} without loops: carries are kept from crossing lanes by
 * masking the lanes' top bits, and per-lane conditions become masks by multiplying the lanes' low bits by all-ones.
 */
public final class MmxSse {

  private static final long TOP8 = 0x8080808080808080L;
  private static final long TOP16 = 0x8000800080008000L;
  private static final long LOW32 = 0xffffffffL;

  /** Bits of RFLAGS that the operations here return. */
  private static final int CF = 0x1;

  private static final int ZF = 0x40;
  private static final int SF = 0x80;
  private static final int OF = 0x800;

  private MmxSse() {}

  // ---- helpers

  /** All-ones in each byte whose top bit is set in {@code top} (which has no other bits). */
  private static long spread8(long top) {
    return (top >>> 7) * 0xff;
  }

  private static long spread16(long top) {
    return (top >>> 15) * 0xffff;
  }

  private static long select(long mask, long yes, long no) {
    return (yes & mask) | (no & ~mask);
  }

  private static long pair(int lo, int hi) {
    return (lo & LOW32) | (long) hi << 32;
  }

  private static int hi(long a) {
    return (int) (a >>> 32);
  }

  private static int b(long a, int i) {
    return (byte) (a >>> (i << 3));
  }

  private static int ub(long a, int i) {
    return (int) (a >>> (i << 3)) & 0xff;
  }

  private static int w(long a, int i) {
    return (short) (a >>> (i << 4));
  }

  private static int uw(long a, int i) {
    return (int) (a >>> (i << 4)) & 0xffff;
  }

  private static long words(int w0, int w1, int w2, int w3) {
    return (w0 & 0xffffL) | (w1 & 0xffffL) << 16 | (w2 & 0xffffL) << 32 | (long) w3 << 48;
  }

  private static int sat16(int v) {
    return Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, v));
  }

  private static void set(SimdState s, int d, long lo, long hi) {
    s.xmm[d << 1] = lo;
    s.xmm[(d << 1) + 1] = hi;
  }

  /** The 64 bits that start at byte {@code n} (0–16) of a 128-bit value, zero beyond its end. */
  private static long window(long lo, long hi, int n) {
    if (n == 0) {
      return lo;
    }
    if (n < 8) {
      return lo >>> (n << 3) | hi << (64 - (n << 3));
    }
    return n < 16 ? hi >>> ((n - 8) << 3) : 0;
  }

  // ---- moves

  /** MOVAPS, MOVDQA and every other load of a whole register. */
  public static void mov(SimdState s, int d, long lo, long hi) {
    set(s, d, lo, hi);
  }

  /** MOVQ into a register: the upper half becomes zero. */
  public static void movq(SimdState s, int d, long lo) {
    set(s, d, lo, 0);
  }

  // ---- addition and subtraction

  /** PADDB. */
  public static long paddb(long a, long b) {
    return ((a & ~TOP8) + (b & ~TOP8)) ^ ((a ^ b) & TOP8);
  }

  /** PADDW. */
  public static long paddw(long a, long b) {
    return ((a & ~TOP16) + (b & ~TOP16)) ^ ((a ^ b) & TOP16);
  }

  /** PADDD. */
  public static long paddd(long a, long b) {
    return ((a + b) & LOW32) | ((a & ~LOW32) + (b & ~LOW32));
  }

  /** PADDQ. */
  public static long paddq(long a, long b) {
    return a + b;
  }

  /** PSUBB. */
  public static long psubb(long a, long b) {
    return ((a | TOP8) - (b & ~TOP8)) ^ ((a ^ ~b) & TOP8);
  }

  /** PSUBW. */
  public static long psubw(long a, long b) {
    return ((a | TOP16) - (b & ~TOP16)) ^ ((a ^ ~b) & TOP16);
  }

  /** PSUBD. */
  public static long psubd(long a, long b) {
    return ((a - b) & LOW32) | ((a & ~LOW32) - (b & ~LOW32));
  }

  /** PSUBQ. */
  public static long psubq(long a, long b) {
    return a - b;
  }

  /** PADDUSB. */
  public static long paddusb(long a, long b) {
    long sum = paddb(a, b);
    return sum | spread8(((a & b) | ((a | b) & ~sum)) & TOP8);
  }

  /** PADDUSW. */
  public static long paddusw(long a, long b) {
    long sum = paddw(a, b);
    return sum | spread16(((a & b) | ((a | b) & ~sum)) & TOP16);
  }

  /** PSUBUSB. */
  public static long psubusb(long a, long b) {
    long difference = psubb(a, b);
    return difference & ~spread8(((~a & b) | (~(a ^ b) & difference)) & TOP8);
  }

  /** PSUBUSW. */
  public static long psubusw(long a, long b) {
    long difference = psubw(a, b);
    return difference & ~spread16(((~a & b) | (~(a ^ b) & difference)) & TOP16);
  }

  /** PADDSB. */
  public static long paddsb(long a, long b) {
    long sum = paddb(a, b);
    long overflow = spread8(~(a ^ b) & (a ^ sum) & TOP8);
    return select(overflow, ((a & TOP8) >>> 7) + ~TOP8, sum);
  }

  /** PADDSW. */
  public static long paddsw(long a, long b) {
    long sum = paddw(a, b);
    long overflow = spread16(~(a ^ b) & (a ^ sum) & TOP16);
    return select(overflow, ((a & TOP16) >>> 15) + ~TOP16, sum);
  }

  /** PSUBSB. */
  public static long psubsb(long a, long b) {
    long difference = psubb(a, b);
    long overflow = spread8((a ^ b) & (a ^ difference) & TOP8);
    return select(overflow, ((a & TOP8) >>> 7) + ~TOP8, difference);
  }

  /** PSUBSW. */
  public static long psubsw(long a, long b) {
    long difference = psubw(a, b);
    long overflow = spread16((a ^ b) & (a ^ difference) & TOP16);
    return select(overflow, ((a & TOP16) >>> 15) + ~TOP16, difference);
  }

  /** PAVGB. */
  public static long pavgb(long a, long b) {
    return (a | b) - (((a ^ b) & 0xfefefefefefefefeL) >>> 1);
  }

  /** PAVGW. */
  public static long pavgw(long a, long b) {
    return (a | b) - (((a ^ b) & 0xfffefffefffefffeL) >>> 1);
  }

  // ---- comparison, minimum, maximum

  /** PCMPEQB. */
  public static long pcmpeqb(long a, long b) {
    long x = a ^ b;
    return spread8(~(((x & ~TOP8) + ~TOP8) | x) & TOP8);
  }

  /** PCMPEQW. */
  public static long pcmpeqw(long a, long b) {
    long x = a ^ b;
    return spread16(~(((x & ~TOP16) + ~TOP16) | x) & TOP16);
  }

  /** PCMPEQD. */
  public static long pcmpeqd(long a, long b) {
    return pair((int) a == (int) b ? -1 : 0, hi(a) == hi(b) ? -1 : 0);
  }

  /** PCMPEQQ. */
  public static long pcmpeqq(long a, long b) {
    return a == b ? -1 : 0;
  }

  private static long aboveBytes(long a, long b) {
    long difference = psubb(b, a);
    return spread8(((~b & a) | (~(a ^ b) & difference)) & TOP8);
  }

  private static long aboveWords(long a, long b) {
    long difference = psubw(b, a);
    return spread16(((~b & a) | (~(a ^ b) & difference)) & TOP16);
  }

  /** PCMPGTB. */
  public static long pcmpgtb(long a, long b) {
    return aboveBytes(a ^ TOP8, b ^ TOP8);
  }

  /** PCMPGTW. */
  public static long pcmpgtw(long a, long b) {
    return aboveWords(a ^ TOP16, b ^ TOP16);
  }

  /** PCMPGTD. */
  public static long pcmpgtd(long a, long b) {
    return pair((int) a > (int) b ? -1 : 0, hi(a) > hi(b) ? -1 : 0);
  }

  /** PCMPGTQ. */
  public static long pcmpgtq(long a, long b) {
    return a > b ? -1 : 0;
  }

  /** PMINUB. */
  public static long pminub(long a, long b) {
    return select(aboveBytes(a, b), b, a);
  }

  /** PMAXUB. */
  public static long pmaxub(long a, long b) {
    return select(aboveBytes(a, b), a, b);
  }

  /** PMINSB. */
  public static long pminsb(long a, long b) {
    return select(pcmpgtb(a, b), b, a);
  }

  /** PMAXSB. */
  public static long pmaxsb(long a, long b) {
    return select(pcmpgtb(a, b), a, b);
  }

  /** PMINUW. */
  public static long pminuw(long a, long b) {
    return select(aboveWords(a, b), b, a);
  }

  /** PMAXUW. */
  public static long pmaxuw(long a, long b) {
    return select(aboveWords(a, b), a, b);
  }

  /** PMINSW. */
  public static long pminsw(long a, long b) {
    return select(pcmpgtw(a, b), b, a);
  }

  /** PMAXSW. */
  public static long pmaxsw(long a, long b) {
    return select(pcmpgtw(a, b), a, b);
  }

  /** PMINSD. */
  public static long pminsd(long a, long b) {
    return pair(Math.min((int) a, (int) b), Math.min(hi(a), hi(b)));
  }

  /** PMAXSD. */
  public static long pmaxsd(long a, long b) {
    return pair(Math.max((int) a, (int) b), Math.max(hi(a), hi(b)));
  }

  /** PMINUD. */
  public static long pminud(long a, long b) {
    return Math.min(a & LOW32, b & LOW32) | Math.min(a >>> 32, b >>> 32) << 32;
  }

  /** PMAXUD. */
  public static long pmaxud(long a, long b) {
    return Math.max(a & LOW32, b & LOW32) | Math.max(a >>> 32, b >>> 32) << 32;
  }

  // ---- logic

  /** PAND, ANDPS, ANDPD. */
  public static long pand(long a, long b) {
    return a & b;
  }

  /** PANDN, ANDNPS, ANDNPD: the destination is the complemented operand. */
  public static long pandn(long a, long b) {
    return ~a & b;
  }

  /** POR, ORPS, ORPD. */
  public static long por(long a, long b) {
    return a | b;
  }

  /** PXOR, XORPS, XORPD. */
  public static long pxor(long a, long b) {
    return a ^ b;
  }

  /** PTEST: ZF and CF, the other arithmetic flags zero. */
  public static int ptest(SimdState s, int d, long lo, long hi) {
    long a0 = s.xmm[d << 1];
    long a1 = s.xmm[(d << 1) + 1];
    return (((a0 & lo) | (a1 & hi)) == 0 ? ZF : 0) | (((~a0 & lo) | (~a1 & hi)) == 0 ? CF : 0);
  }

  // ---- shifts

  /** PSLLW; the count is a whole 64-bit number, so that 65536 shifts everything out. */
  public static long psllw(long a, long count) {
    if (Long.compareUnsigned(count, 15) > 0) {
      return 0;
    }
    int n = (int) count;
    return (a << n) & ((0xffffL << n & 0xffff) * 0x0001000100010001L);
  }

  /** PSLLD. */
  public static long pslld(long a, long count) {
    if (Long.compareUnsigned(count, 31) > 0) {
      return 0;
    }
    int n = (int) count;
    return pair((int) a << n, hi(a) << n);
  }

  /** PSLLQ. */
  public static long psllq(long a, long count) {
    return Long.compareUnsigned(count, 63) > 0 ? 0 : a << (int) count;
  }

  /** PSRLW. */
  public static long psrlw(long a, long count) {
    if (Long.compareUnsigned(count, 15) > 0) {
      return 0;
    }
    int n = (int) count;
    return (a >>> n) & ((0xffffL >>> n) * 0x0001000100010001L);
  }

  /** PSRLD. */
  public static long psrld(long a, long count) {
    if (Long.compareUnsigned(count, 31) > 0) {
      return 0;
    }
    int n = (int) count;
    return pair((int) a >>> n, hi(a) >>> n);
  }

  /** PSRLQ. */
  public static long psrlq(long a, long count) {
    return Long.compareUnsigned(count, 63) > 0 ? 0 : a >>> (int) count;
  }

  /** PSRAW. */
  public static long psraw(long a, long count) {
    int n = Long.compareUnsigned(count, 15) > 0 ? 15 : (int) count;
    long logical = (a >>> n) & ((0xffffL >>> n) * 0x0001000100010001L);
    long fill = ~(0xffffL >>> n) & 0xffff;
    return logical | ((a & TOP16) >>> 15) * fill;
  }

  /** PSRAD. */
  public static long psrad(long a, long count) {
    int n = Long.compareUnsigned(count, 31) > 0 ? 31 : (int) count;
    return pair((int) a >> n, hi(a) >> n);
  }

  /** PSLLW by a register or memory, whose low half is the count for both halves. */
  public static void psllw(SimdState s, int d, long lo, long hi) {
    set(s, d, psllw(s.xmm[d << 1], lo), psllw(s.xmm[(d << 1) + 1], lo));
  }

  /** PSLLD by a register or memory, whose low half is the count for both halves. */
  public static void pslld(SimdState s, int d, long lo, long hi) {
    set(s, d, pslld(s.xmm[d << 1], lo), pslld(s.xmm[(d << 1) + 1], lo));
  }

  /** PSLLQ by a register or memory, whose low half is the count for both halves. */
  public static void psllq(SimdState s, int d, long lo, long hi) {
    set(s, d, psllq(s.xmm[d << 1], lo), psllq(s.xmm[(d << 1) + 1], lo));
  }

  /** PSRLW by a register or memory, whose low half is the count for both halves. */
  public static void psrlw(SimdState s, int d, long lo, long hi) {
    set(s, d, psrlw(s.xmm[d << 1], lo), psrlw(s.xmm[(d << 1) + 1], lo));
  }

  /** PSRLD by a register or memory, whose low half is the count for both halves. */
  public static void psrld(SimdState s, int d, long lo, long hi) {
    set(s, d, psrld(s.xmm[d << 1], lo), psrld(s.xmm[(d << 1) + 1], lo));
  }

  /** PSRLQ by a register or memory, whose low half is the count for both halves. */
  public static void psrlq(SimdState s, int d, long lo, long hi) {
    set(s, d, psrlq(s.xmm[d << 1], lo), psrlq(s.xmm[(d << 1) + 1], lo));
  }

  /** PSRAW by a register or memory, whose low half is the count for both halves. */
  public static void psraw(SimdState s, int d, long lo, long hi) {
    set(s, d, psraw(s.xmm[d << 1], lo), psraw(s.xmm[(d << 1) + 1], lo));
  }

  /** PSRAD by a register or memory, whose low half is the count for both halves. */
  public static void psrad(SimdState s, int d, long lo, long hi) {
    set(s, d, psrad(s.xmm[d << 1], lo), psrad(s.xmm[(d << 1) + 1], lo));
  }

  /** PSLLDQ by {@code imm} bytes, in place. */
  public static void pslldq(SimdState s, int d, int imm) {
    int n = Math.min(imm & 0xff, 16);
    long lo = s.xmm[d << 1];
    long hi = s.xmm[(d << 1) + 1];
    if (n == 0) {
      return;
    }
    if (n < 8) {
      set(s, d, lo << (n << 3), hi << (n << 3) | lo >>> (64 - (n << 3)));
    } else {
      set(s, d, 0, n < 16 ? lo << ((n - 8) << 3) : 0);
    }
  }

  /** PSRLDQ by {@code imm} bytes, in place. */
  public static void psrldq(SimdState s, int d, int imm) {
    int n = Math.min(imm & 0xff, 16);
    long lo = s.xmm[d << 1];
    long hi = s.xmm[(d << 1) + 1];
    set(s, d, window(lo, hi, n), n < 8 ? hi >>> (n << 3) : 0);
  }

  // ---- sign and absolute value

  /** PABSB; the destination's old value does not matter. */
  public static long pabsb(long a, long b) {
    return psignb(b, b | 0x0101010101010101L);
  }

  /** PABSW; the destination's old value does not matter. */
  public static long pabsw(long a, long b) {
    return psignw(b, b | 0x0001000100010001L);
  }

  /** PABSD; the destination's old value does not matter. */
  public static long pabsd(long a, long b) {
    return pair(Math.abs((int) b), Math.abs(hi(b)));
  }

  /** PSIGNB. */
  public static long psignb(long a, long b) {
    long negative = spread8(b & TOP8);
    return psubb(a ^ negative, negative) & ~pcmpeqb(b, 0);
  }

  /** PSIGNW. */
  public static long psignw(long a, long b) {
    long negative = spread16(b & TOP16);
    return psubw(a ^ negative, negative) & ~pcmpeqw(b, 0);
  }

  /** PSIGND. */
  public static long psignd(long a, long b) {
    return pair((int) a * Integer.signum((int) b), hi(a) * Integer.signum(hi(b)));
  }

  // ---- multiplication

  /** PMULLW. */
  public static long pmullw(long a, long b) {
    return words(w(a, 0) * w(b, 0), w(a, 1) * w(b, 1), w(a, 2) * w(b, 2), w(a, 3) * w(b, 3));
  }

  /** PMULHW. */
  public static long pmulhw(long a, long b) {
    return words(w(a, 0) * w(b, 0) >> 16, w(a, 1) * w(b, 1) >> 16, w(a, 2) * w(b, 2) >> 16, w(a, 3) * w(b, 3) >> 16);
  }

  /** PMULHUW. */
  public static long pmulhuw(long a, long b) {
    return words(
        uw(a, 0) * uw(b, 0) >>> 16,
        uw(a, 1) * uw(b, 1) >>> 16,
        uw(a, 2) * uw(b, 2) >>> 16,
        uw(a, 3) * uw(b, 3) >>> 16);
  }

  private static int roundedHigh(int product) {
    return ((product >> 14) + 1) >> 1;
  }

  /** PMULHRSW. */
  public static long pmulhrsw(long a, long b) {
    return words(
        roundedHigh(w(a, 0) * w(b, 0)),
        roundedHigh(w(a, 1) * w(b, 1)),
        roundedHigh(w(a, 2) * w(b, 2)),
        roundedHigh(w(a, 3) * w(b, 3)));
  }

  /** PMULLD. */
  public static long pmulld(long a, long b) {
    return pair((int) a * (int) b, hi(a) * hi(b));
  }

  /** PMULUDQ. */
  public static long pmuludq(long a, long b) {
    return (a & LOW32) * (b & LOW32);
  }

  /** PMULDQ. */
  public static long pmuldq(long a, long b) {
    return (long) (int) a * (int) b;
  }

  /** PMADDWD. */
  public static long pmaddwd(long a, long b) {
    return pair(w(a, 0) * w(b, 0) + w(a, 1) * w(b, 1), w(a, 2) * w(b, 2) + w(a, 3) * w(b, 3));
  }

  /** PMADDUBSW: unsigned bytes of the destination by signed bytes of the source. */
  public static long pmaddubsw(long a, long b) {
    return words(
        sat16(ub(a, 0) * b(b, 0) + ub(a, 1) * b(b, 1)),
        sat16(ub(a, 2) * b(b, 2) + ub(a, 3) * b(b, 3)),
        sat16(ub(a, 4) * b(b, 4) + ub(a, 5) * b(b, 5)),
        sat16(ub(a, 6) * b(b, 6) + ub(a, 7) * b(b, 7)));
  }

  /** PSADBW. */
  public static long psadbw(long a, long b) {
    long distance = psubusb(a, b) | psubusb(b, a);
    long pairs = (distance & 0x00ff00ff00ff00ffL) + (distance >>> 8 & 0x00ff00ff00ff00ffL);
    return pairs * 0x0001000100010001L >>> 48;
  }

  /** MPSADBW. */
  public static void mpsadbw(SimdState s, int d, long lo, long hi, int imm) {
    int sourceOffset = (imm & 3) << 2;
    int start = (imm & 4) == 0 ? 0 : 4;
    long a0 = s.xmm[d << 1];
    long a1 = s.xmm[(d << 1) + 1];
    long block = window(lo, hi, sourceOffset) & LOW32;
    long r0 = 0;
    long r1 = 0;
    for (int i = 0; i < 4; i++) {
      r0 |= psadbw(window(a0, a1, start + i) & LOW32, block) << (i << 4);
      r1 |= psadbw(window(a0, a1, start + i + 4) & LOW32, block) << (i << 4);
    }
    set(s, d, r0, r1);
  }

  /** PHMINPOSUW. */
  public static void phminposuw(SimdState s, int d, long lo, long hi) {
    int best = 0x10000;
    int index = 0;
    for (int i = 0; i < 8; i++) {
      int v = i < 4 ? uw(lo, i) : uw(hi, i - 4);
      if (v < best) {
        best = v;
        index = i;
      }
    }
    set(s, d, best | (long) index << 16, 0);
  }

  // ---- horizontal addition

  /** PHADDW (MMX); also one half of the SSE form. */
  public static long phaddw(long a, long b) {
    return words(w(a, 0) + w(a, 1), w(a, 2) + w(a, 3), w(b, 0) + w(b, 1), w(b, 2) + w(b, 3));
  }

  /** PHADDD (MMX). */
  public static long phaddd(long a, long b) {
    return pair((int) a + hi(a), (int) b + hi(b));
  }

  /** PHADDSW (MMX). */
  public static long phaddsw(long a, long b) {
    return words(
        sat16(w(a, 0) + w(a, 1)), sat16(w(a, 2) + w(a, 3)), sat16(w(b, 0) + w(b, 1)), sat16(w(b, 2) + w(b, 3)));
  }

  /** PHSUBW (MMX). */
  public static long phsubw(long a, long b) {
    return words(w(a, 0) - w(a, 1), w(a, 2) - w(a, 3), w(b, 0) - w(b, 1), w(b, 2) - w(b, 3));
  }

  /** PHSUBD (MMX). */
  public static long phsubd(long a, long b) {
    return pair((int) a - hi(a), (int) b - hi(b));
  }

  /** PHSUBSW (MMX). */
  public static long phsubsw(long a, long b) {
    return words(
        sat16(w(a, 0) - w(a, 1)), sat16(w(a, 2) - w(a, 3)), sat16(w(b, 0) - w(b, 1)), sat16(w(b, 2) - w(b, 3)));
  }

  /** PHADDW. */
  public static void phaddw(SimdState s, int d, long lo, long hi) {
    set(s, d, phaddw(s.xmm[d << 1], s.xmm[(d << 1) + 1]), phaddw(lo, hi));
  }

  /** PHADDD. */
  public static void phaddd(SimdState s, int d, long lo, long hi) {
    set(s, d, phaddd(s.xmm[d << 1], s.xmm[(d << 1) + 1]), phaddd(lo, hi));
  }

  /** PHADDSW. */
  public static void phaddsw(SimdState s, int d, long lo, long hi) {
    set(s, d, phaddsw(s.xmm[d << 1], s.xmm[(d << 1) + 1]), phaddsw(lo, hi));
  }

  /** PHSUBW. */
  public static void phsubw(SimdState s, int d, long lo, long hi) {
    set(s, d, phsubw(s.xmm[d << 1], s.xmm[(d << 1) + 1]), phsubw(lo, hi));
  }

  /** PHSUBD. */
  public static void phsubd(SimdState s, int d, long lo, long hi) {
    set(s, d, phsubd(s.xmm[d << 1], s.xmm[(d << 1) + 1]), phsubd(lo, hi));
  }

  /** PHSUBSW. */
  public static void phsubsw(SimdState s, int d, long lo, long hi) {
    set(s, d, phsubsw(s.xmm[d << 1], s.xmm[(d << 1) + 1]), phsubsw(lo, hi));
  }

  // ---- packing

  private static long packWordsSigned(long a) {
    long r = 0;
    for (int i = 0; i < 4; i++) {
      r |= (Math.max(-128, Math.min(127, w(a, i))) & 0xffL) << (i << 3);
    }
    return r;
  }

  private static long packWordsUnsigned(long a) {
    long r = 0;
    for (int i = 0; i < 4; i++) {
      r |= (long) Math.max(0, Math.min(255, w(a, i))) << (i << 3);
    }
    return r;
  }

  private static long packDwordsSigned(long a) {
    return (sat16((int) a) & 0xffffL) | (sat16(hi(a)) & 0xffffL) << 16;
  }

  private static long packDwordsUnsigned(long a) {
    return Math.max(0, Math.min(0xffff, (int) a)) | (long) Math.max(0, Math.min(0xffff, hi(a))) << 16;
  }

  /** PACKSSWB (MMX); also one half of the SSE form. */
  public static long packsswb(long a, long b) {
    return packWordsSigned(a) | packWordsSigned(b) << 32;
  }

  /** PACKUSWB (MMX). */
  public static long packuswb(long a, long b) {
    return packWordsUnsigned(a) | packWordsUnsigned(b) << 32;
  }

  /** PACKSSDW (MMX). */
  public static long packssdw(long a, long b) {
    return packDwordsSigned(a) | packDwordsSigned(b) << 32;
  }

  /** PACKSSWB. */
  public static void packsswb(SimdState s, int d, long lo, long hi) {
    set(s, d, packsswb(s.xmm[d << 1], s.xmm[(d << 1) + 1]), packsswb(lo, hi));
  }

  /** PACKUSWB. */
  public static void packuswb(SimdState s, int d, long lo, long hi) {
    set(s, d, packuswb(s.xmm[d << 1], s.xmm[(d << 1) + 1]), packuswb(lo, hi));
  }

  /** PACKSSDW. */
  public static void packssdw(SimdState s, int d, long lo, long hi) {
    set(s, d, packssdw(s.xmm[d << 1], s.xmm[(d << 1) + 1]), packssdw(lo, hi));
  }

  /** PACKUSDW. */
  public static void packusdw(SimdState s, int d, long lo, long hi) {
    long a = packDwordsUnsigned(s.xmm[d << 1]) | packDwordsUnsigned(s.xmm[(d << 1) + 1]) << 32;
    set(s, d, a, packDwordsUnsigned(lo) | packDwordsUnsigned(hi) << 32);
  }

  // ---- unpacking

  /** The low four bytes of {@code a}, each in the low half of a word. */
  private static long widenBytes(long a) {
    long x = a & LOW32;
    x = (x | x << 16) & 0x0000ffff0000ffffL;
    return (x | x << 8) & 0x00ff00ff00ff00ffL;
  }

  private static long widenWords(long a) {
    long x = a & LOW32;
    return (x | x << 16) & 0x0000ffff0000ffffL;
  }

  /** PUNPCKLBW (MMX; the source's low 32 bits suffice). */
  public static long punpcklbw(long a, long b) {
    return widenBytes(a) | widenBytes(b) << 8;
  }

  /** PUNPCKLWD (MMX). */
  public static long punpcklwd(long a, long b) {
    return widenWords(a) | widenWords(b) << 16;
  }

  /** PUNPCKLDQ (MMX). */
  public static long punpckldq(long a, long b) {
    return (a & LOW32) | b << 32;
  }

  /** PUNPCKHBW (MMX). */
  public static long punpckhbw(long a, long b) {
    return punpcklbw(a >>> 32, b >>> 32);
  }

  /** PUNPCKHWD (MMX). */
  public static long punpckhwd(long a, long b) {
    return punpcklwd(a >>> 32, b >>> 32);
  }

  /** PUNPCKHDQ (MMX). */
  public static long punpckhdq(long a, long b) {
    return a >>> 32 | (b & ~LOW32);
  }

  /** PUNPCKLBW. */
  public static void punpcklbw(SimdState s, int d, long lo, long hi) {
    long a = s.xmm[d << 1];
    set(s, d, punpcklbw(a, lo), punpckhbw(a, lo));
  }

  /** PUNPCKLWD. */
  public static void punpcklwd(SimdState s, int d, long lo, long hi) {
    long a = s.xmm[d << 1];
    set(s, d, punpcklwd(a, lo), punpckhwd(a, lo));
  }

  /** PUNPCKLDQ, UNPCKLPS. */
  public static void punpckldq(SimdState s, int d, long lo, long hi) {
    long a = s.xmm[d << 1];
    set(s, d, punpckldq(a, lo), punpckhdq(a, lo));
  }

  /** PUNPCKLQDQ, UNPCKLPD. */
  public static void punpcklqdq(SimdState s, int d, long lo, long hi) {
    s.xmm[(d << 1) + 1] = lo;
  }

  /** PUNPCKHBW. */
  public static void punpckhbw(SimdState s, int d, long lo, long hi) {
    long a = s.xmm[(d << 1) + 1];
    set(s, d, punpcklbw(a, hi), punpckhbw(a, hi));
  }

  /** PUNPCKHWD. */
  public static void punpckhwd(SimdState s, int d, long lo, long hi) {
    long a = s.xmm[(d << 1) + 1];
    set(s, d, punpcklwd(a, hi), punpckhwd(a, hi));
  }

  /** PUNPCKHDQ, UNPCKHPS. */
  public static void punpckhdq(SimdState s, int d, long lo, long hi) {
    long a = s.xmm[(d << 1) + 1];
    set(s, d, punpckldq(a, hi), punpckhdq(a, hi));
  }

  /** PUNPCKHQDQ, UNPCKHPD. */
  public static void punpckhqdq(SimdState s, int d, long lo, long hi) {
    set(s, d, s.xmm[(d << 1) + 1], hi);
  }

  // ---- widening moves

  private static long signBytes(long a) {
    long x = widenBytes(a);
    return x | ((x & 0x0080008000800080L) >>> 7) * 0xff00;
  }

  private static long signBytesToDwords(long a) {
    return pair((byte) a, (byte) (a >>> 8));
  }

  /** PMOVSXBW from the low 64 bits of the source. */
  public static void pmovsxbw(SimdState s, int d, long lo) {
    set(s, d, signBytes(lo), signBytes(lo >>> 32));
  }

  /** PMOVSXBD from the low 32 bits. */
  public static void pmovsxbd(SimdState s, int d, long lo) {
    set(s, d, signBytesToDwords(lo), signBytesToDwords(lo >>> 16));
  }

  /** PMOVSXBQ from the low 16 bits. */
  public static void pmovsxbq(SimdState s, int d, long lo) {
    set(s, d, (byte) lo, (byte) (lo >>> 8));
  }

  /** PMOVSXWD from the low 64 bits. */
  public static void pmovsxwd(SimdState s, int d, long lo) {
    set(s, d, pair(w(lo, 0), w(lo, 1)), pair(w(lo, 2), w(lo, 3)));
  }

  /** PMOVSXWQ from the low 32 bits. */
  public static void pmovsxwq(SimdState s, int d, long lo) {
    set(s, d, w(lo, 0), w(lo, 1));
  }

  /** PMOVSXDQ from the low 64 bits. */
  public static void pmovsxdq(SimdState s, int d, long lo) {
    set(s, d, (int) lo, hi(lo));
  }

  /** PMOVZXBW from the low 64 bits. */
  public static void pmovzxbw(SimdState s, int d, long lo) {
    set(s, d, widenBytes(lo), widenBytes(lo >>> 32));
  }

  /** PMOVZXBD from the low 32 bits. */
  public static void pmovzxbd(SimdState s, int d, long lo) {
    set(s, d, pair(ub(lo, 0), ub(lo, 1)), pair(ub(lo, 2), ub(lo, 3)));
  }

  /** PMOVZXBQ from the low 16 bits. */
  public static void pmovzxbq(SimdState s, int d, long lo) {
    set(s, d, ub(lo, 0), ub(lo, 1));
  }

  /** PMOVZXWD from the low 64 bits. */
  public static void pmovzxwd(SimdState s, int d, long lo) {
    set(s, d, widenWords(lo), widenWords(lo >>> 32));
  }

  /** PMOVZXWQ from the low 32 bits. */
  public static void pmovzxwq(SimdState s, int d, long lo) {
    set(s, d, uw(lo, 0), uw(lo, 1));
  }

  /** PMOVZXDQ from the low 64 bits. */
  public static void pmovzxdq(SimdState s, int d, long lo) {
    set(s, d, lo & LOW32, lo >>> 32);
  }

  // ---- shuffles and blends

  /** PSHUFW (MMX). */
  public static long pshufw(long b, int imm) {
    return words(w(b, imm & 3), w(b, imm >> 2 & 3), w(b, imm >> 4 & 3), w(b, imm >> 6 & 3));
  }

  private static int dword(long lo, long hi, int i) {
    return (int) ((i & 2) == 0 ? lo >>> ((i & 1) << 5) : hi >>> ((i & 1) << 5));
  }

  /** PSHUFD. */
  public static void pshufd(SimdState s, int d, long lo, long hi, int imm) {
    set(
        s,
        d,
        pair(dword(lo, hi, imm), dword(lo, hi, imm >> 2)),
        pair(dword(lo, hi, imm >> 4), dword(lo, hi, imm >> 6)));
  }

  /** PSHUFLW. */
  public static void pshuflw(SimdState s, int d, long lo, long hi, int imm) {
    set(s, d, pshufw(lo, imm), hi);
  }

  /** PSHUFHW. */
  public static void pshufhw(SimdState s, int d, long lo, long hi, int imm) {
    set(s, d, lo, pshufw(hi, imm));
  }

  /** SHUFPS. */
  public static void shufps(SimdState s, int d, long lo, long hi, int imm) {
    long a0 = s.xmm[d << 1];
    long a1 = s.xmm[(d << 1) + 1];
    set(
        s,
        d,
        pair(dword(a0, a1, imm), dword(a0, a1, imm >> 2)),
        pair(dword(lo, hi, imm >> 4), dword(lo, hi, imm >> 6)));
  }

  /** SHUFPD. */
  public static void shufpd(SimdState s, int d, long lo, long hi, int imm) {
    long a = s.xmm[(d << 1) + (imm & 1)];
    set(s, d, a, (imm & 2) == 0 ? lo : hi);
  }

  /** PSHUFB (MMX). */
  public static long pshufb(long a, long b) {
    long r = 0;
    for (int i = 0; i < 64; i += 8) {
      int control = (int) (b >>> i);
      if ((control & 0x80) == 0) {
        r |= (a >>> ((control & 7) << 3) & 0xff) << i;
      }
    }
    return r;
  }

  private static long shuffleBytes(long a0, long a1, long control) {
    long r = 0;
    for (int i = 0; i < 64; i += 8) {
      int c = (int) (control >>> i);
      if ((c & 0x80) == 0) {
        r |= (((c & 8) == 0 ? a0 : a1) >>> ((c & 7) << 3) & 0xff) << i;
      }
    }
    return r;
  }

  /** PSHUFB. */
  public static void pshufb(SimdState s, int d, long lo, long hi) {
    long a0 = s.xmm[d << 1];
    long a1 = s.xmm[(d << 1) + 1];
    set(s, d, shuffleBytes(a0, a1, lo), shuffleBytes(a0, a1, hi));
  }

  /** PALIGNR (MMX): destination above source, shifted right by bytes. */
  public static long palignr(long a, long b, int imm) {
    int n = imm & 0xff;
    return n > 16 ? 0 : window(b, a, n);
  }

  /** PALIGNR. */
  public static void palignr(SimdState s, int d, long lo, long hi, int imm) {
    int n = imm & 0xff;
    long a0 = s.xmm[d << 1];
    long a1 = s.xmm[(d << 1) + 1];
    if (n >= 32) {
      set(s, d, 0, 0);
    } else if (n >= 16) {
      set(s, d, window(a0, a1, n - 16), window(a1, 0, n - 16));
    } else if (n >= 8) {
      set(s, d, window(hi, a0, n - 8), window(a0, a1, n - 8));
    } else {
      set(s, d, window(lo, hi, n), window(hi, a0, n));
    }
  }

  /** PBLENDW. */
  public static void pblendw(SimdState s, int d, long lo, long hi, int imm) {
    int i = d << 1;
    s.xmm[i] = select(wordMask(imm), lo, s.xmm[i]);
    s.xmm[i + 1] = select(wordMask(imm >> 4), hi, s.xmm[i + 1]);
  }

  private static long wordMask(int bits) {
    long spreadBits = (bits & 1) | (bits & 2L) << 15 | (bits & 4L) << 30 | (bits & 8L) << 45;
    return spreadBits * 0xffff;
  }

  private static long dwordMask(int bits) {
    return ((bits & 1) | (bits & 2L) << 31) * LOW32;
  }

  /** BLENDPS. */
  public static void blendps(SimdState s, int d, long lo, long hi, int imm) {
    int i = d << 1;
    s.xmm[i] = select(dwordMask(imm), lo, s.xmm[i]);
    s.xmm[i + 1] = select(dwordMask(imm >> 2), hi, s.xmm[i + 1]);
  }

  /** BLENDPD. */
  public static void blendpd(SimdState s, int d, long lo, long hi, int imm) {
    if ((imm & 1) != 0) {
      s.xmm[d << 1] = lo;
    }
    if ((imm & 2) != 0) {
      s.xmm[(d << 1) + 1] = hi;
    }
  }

  /** PBLENDVB; the mask is XMM0. */
  public static void pblendvb(SimdState s, int d, long lo, long hi) {
    int i = d << 1;
    long m0 = spread8(s.xmm[0] & TOP8);
    long m1 = spread8(s.xmm[1] & TOP8);
    set(s, d, select(m0, lo, s.xmm[i]), select(m1, hi, s.xmm[i + 1]));
  }

  /** BLENDVPS; the mask is XMM0. */
  public static void blendvps(SimdState s, int d, long lo, long hi) {
    int i = d << 1;
    long m0 = pair((int) s.xmm[0] >> 31, hi(s.xmm[0]) >> 31);
    long m1 = pair((int) s.xmm[1] >> 31, hi(s.xmm[1]) >> 31);
    set(s, d, select(m0, lo, s.xmm[i]), select(m1, hi, s.xmm[i + 1]));
  }

  /** BLENDVPD; the mask is XMM0. */
  public static void blendvpd(SimdState s, int d, long lo, long hi) {
    int i = d << 1;
    long m0 = s.xmm[0] >> 63;
    long m1 = s.xmm[1] >> 63;
    set(s, d, select(m0, lo, s.xmm[i]), select(m1, hi, s.xmm[i + 1]));
  }

  /** MOVSHDUP. */
  public static void movshdup(SimdState s, int d, long lo, long hi) {
    set(s, d, lo >>> 32 | (lo & ~LOW32), hi >>> 32 | (hi & ~LOW32));
  }

  /** MOVSLDUP. */
  public static void movsldup(SimdState s, int d, long lo, long hi) {
    set(s, d, (lo & LOW32) | lo << 32, (hi & LOW32) | hi << 32);
  }

  /** MOVDDUP from the low 64 bits of the source. */
  public static void movddup(SimdState s, int d, long lo) {
    set(s, d, lo, lo);
  }

  // ---- single elements

  /** PINSRW (MMX). */
  public static long pinsrw(long a, int value, int imm) {
    int shift = (imm & 3) << 4;
    return (a & ~(0xffffL << shift)) | (value & 0xffffL) << shift;
  }

  /** PINSRB. */
  public static void pinsrb(SimdState s, int d, int value, int imm) {
    int i = (d << 1) + (imm >> 3 & 1);
    int shift = (imm & 7) << 3;
    s.xmm[i] = (s.xmm[i] & ~(0xffL << shift)) | (value & 0xffL) << shift;
  }

  /** PINSRW. */
  public static void pinsrw(SimdState s, int d, int value, int imm) {
    int i = (d << 1) + (imm >> 2 & 1);
    s.xmm[i] = pinsrw(s.xmm[i], value, imm);
  }

  /** PINSRD. */
  public static void pinsrd(SimdState s, int d, int value, int imm) {
    int i = (d << 1) + (imm >> 1 & 1);
    s.xmm[i] = (imm & 1) == 0 ? (s.xmm[i] & ~LOW32) | (value & LOW32) : (s.xmm[i] & LOW32) | (long) value << 32;
  }

  /** PINSRQ. */
  public static void pinsrq(SimdState s, int d, long value, int imm) {
    s.xmm[(d << 1) + (imm & 1)] = value;
  }

  /** PEXTRW (MMX). */
  public static int pextrw(long a, int imm) {
    return uw(a, imm & 3);
  }

  /** PEXTRB, zero-extended. */
  public static int pextrb(long lo, long hi, int imm) {
    return ub((imm & 8) == 0 ? lo : hi, imm & 7);
  }

  /** PEXTRW, zero-extended. */
  public static int pextrw(long lo, long hi, int imm) {
    return uw((imm & 4) == 0 ? lo : hi, imm & 3);
  }

  /** PEXTRD, EXTRACTPS. */
  public static int pextrd(long lo, long hi, int imm) {
    return dword(lo, hi, imm);
  }

  /** PEXTRQ. */
  public static long pextrq(long lo, long hi, int imm) {
    return (imm & 1) == 0 ? lo : hi;
  }

  /** INSERTPS from a register. */
  public static void insertps(SimdState s, int d, long lo, long hi, int imm) {
    insertps(s, d, dword(lo, hi, imm >> 6), imm);
  }

  /** INSERTPS from memory, where bits 6–7 of the immediate select nothing. */
  public static void insertps(SimdState s, int d, int value, int imm) {
    pinsrd(s, d, value, imm >> 4);
    s.xmm[d << 1] &= ~dwordMask(imm);
    s.xmm[(d << 1) + 1] &= ~dwordMask(imm >> 2);
  }

  /** PMOVMSKB (MMX). */
  public static int pmovmskb(long a) {
    // The multiplication moves the top bit of byte i to bit 56 + i; no two partial products meet.
    return (int) (((a & TOP8) >>> 7) * 0x0102040810204080L >>> 56);
  }

  /** PMOVMSKB. */
  public static int pmovmskb(long lo, long hi) {
    return pmovmskb(lo) | pmovmskb(hi) << 8;
  }

  /** MOVMSKPS. */
  public static int movmskps(long lo, long hi) {
    return (int) lo >>> 31 | (int) (lo >>> 63) << 1 | ((int) hi >>> 31) << 2 | (int) (hi >>> 63) << 3;
  }

  /** MOVMSKPD. */
  public static int movmskpd(long lo, long hi) {
    return (int) (lo >>> 63 | (hi >>> 63) << 1);
  }

  // ---- CRC32

  /** Slicing tables of CRC-32C: entry {@code 256 * k + b} is byte b followed by k zero bytes. */
  private static final int[] CRC = new int[8 * 256];

  static {
    for (int b = 0; b < 256; b++) {
      int crc = b;
      for (int i = 0; i < 8; i++) {
        crc = crc >>> 1 ^ (-(crc & 1) & 0x82f63b78);
      }
      CRC[b] = crc;
    }
    for (int i = 256; i < CRC.length; i++) {
      CRC[i] = CRC[i - 256] >>> 8 ^ CRC[CRC[i - 256] & 0xff];
    }
  }

  /** CRC32 with an 8-bit source. */
  public static int crc32b(int crc, int value) {
    return crc >>> 8 ^ CRC[(crc ^ value) & 0xff];
  }

  /** CRC32 with a 16-bit source. */
  public static int crc32w(int crc, int value) {
    int x = crc ^ (value & 0xffff);
    return crc >>> 16 ^ CRC[256 + (x & 0xff)] ^ CRC[x >>> 8 & 0xff];
  }

  /** CRC32 with a 32-bit source. */
  public static int crc32d(int crc, int value) {
    int x = crc ^ value;
    return CRC[768 + (x & 0xff)] ^ CRC[512 + (x >>> 8 & 0xff)] ^ CRC[256 + (x >>> 16 & 0xff)] ^ CRC[x >>> 24];
  }

  /** CRC32 with a 64-bit source; the destination's upper half becomes zero. */
  public static int crc32q(int crc, long value) {
    return crc32d(crc32d(crc, (int) value), (int) (value >>> 32));
  }

  // ---- string comparison (SSE4.2; SDM volume 2, 4.1)

  /**
   * PCMPESTRI and PCMPESTRM: compares strings of explicit length.
   *
   * @param d the first operand's register
   * @param lo the second operand
   * @param hi the second operand
   * @param length1 RAX, sign-extended from EAX without REX.W
   * @param length2 RDX, likewise
   * @return IntRes2 in bits 0–15; CF, ZF, SF, OF in bits 16–31, at their places in RFLAGS
   */
  public static int pcmpestr(SimdState s, int d, long lo, long hi, long length1, long length2, int imm) {
    int elements = (imm & 1) == 0 ? 16 : 8;
    return compareStrings(
        s.xmm[d << 1], s.xmm[(d << 1) + 1], clamp(length1, elements), lo, hi, clamp(length2, elements), imm);
  }

  /** PCMPISTRI and PCMPISTRM: compares null-terminated strings; the result is that of {@link #pcmpestr}. */
  public static int pcmpistr(SimdState s, int d, long lo, long hi, int imm) {
    long a0 = s.xmm[d << 1];
    long a1 = s.xmm[(d << 1) + 1];
    return compareStrings(a0, a1, length(a0, a1, imm), lo, hi, length(lo, hi, imm), imm);
  }

  /** ECX of PCMPESTRI and PCMPISTRI. */
  public static int pcmpstrIndex(int result, int imm) {
    int bits = result & 0xffff;
    if (bits == 0) {
      return (imm & 1) == 0 ? 16 : 8;
    }
    return (imm & 0x40) == 0 ? Integer.numberOfTrailingZeros(bits) : 31 - Integer.numberOfLeadingZeros(bits);
  }

  /** Writes XMM0 as PCMPESTRM and PCMPISTRM do. */
  public static void pcmpstrMask(SimdState s, int result, int imm) {
    int bits = result & 0xffff;
    if ((imm & 0x40) == 0) {
      set(s, 0, bits, 0);
    } else if ((imm & 1) == 0) {
      set(s, 0, byteMask(bits), byteMask(bits >>> 8));
    } else {
      set(s, 0, wordMask(bits), wordMask(bits >>> 4));
    }
  }

  /** RFLAGS of all four: CF, ZF, SF and OF; AF and PF are zero. */
  public static int pcmpstrFlags(int result) {
    return result >>> 16;
  }

  private static long byteMask(int bits) {
    long r = 0;
    for (int i = 0; i < 8; i++) {
      r |= (-(bits >>> i & 1) & 0xffL) << (i << 3);
    }
    return r;
  }

  private static int clamp(long length, int elements) {
    return length > elements || length < -elements ? elements : (int) Math.abs(length);
  }

  private static int length(long lo, long hi, int imm) {
    int zeros;
    if ((imm & 1) == 0) {
      zeros = pmovmskb(pcmpeqb(lo, 0), pcmpeqb(hi, 0));
      return zeros == 0 ? 16 : Integer.numberOfTrailingZeros(zeros);
    }
    zeros = pmovmskb(pcmpeqw(lo, 0), pcmpeqw(hi, 0));
    return zeros == 0 ? 8 : Integer.numberOfTrailingZeros(zeros) >> 1;
  }

  private static int element(long lo, long hi, int i, int imm) {
    return switch (imm & 3) {
      case 0 -> ub(i < 8 ? lo : hi, i & 7);
      case 1 -> uw(i < 4 ? lo : hi, i & 3);
      case 2 -> b(i < 8 ? lo : hi, i & 7);
      default -> w(i < 4 ? lo : hi, i & 3);
    };
  }

  private static int compareStrings(long a0, long a1, int length1, long b0, long b1, int length2, int imm) {
    int elements = (imm & 1) == 0 ? 16 : 8;
    int all = (1 << elements) - 1;
    int result1 =
        switch (imm >> 2 & 3) {
          case 0 -> equalAny(a0, a1, length1, b0, b1, length2, imm);
          case 1 -> ranges(a0, a1, length1, b0, b1, length2, imm);
          case 2 -> equalEach(a0, a1, length1, b0, b1, length2, imm);
          default -> equalOrdered(a0, a1, length1, b0, b1, length2, imm);
        };
    int valid = (1 << length2) - 1;
    int result2 =
        switch (imm >> 4 & 3) {
          case 1 -> ~result1 & all;
          case 3 -> result1 ^ valid;
          default -> result1;
        };
    int flags =
        (result2 != 0 ? CF : 0)
            | (length2 < elements ? ZF : 0)
            | (length1 < elements ? SF : 0)
            | ((result2 & 1) != 0 ? OF : 0);
    return result2 | flags << 16;
  }

  private static int equalAny(long a0, long a1, int length1, long b0, long b1, int length2, int imm) {
    int r = 0;
    for (int j = 0; j < length2; j++) {
      int v = element(b0, b1, j, imm);
      for (int i = 0; i < length1; i++) {
        if (element(a0, a1, i, imm) == v) {
          r |= 1 << j;
          break;
        }
      }
    }
    return r;
  }

  private static int ranges(long a0, long a1, int length1, long b0, long b1, int length2, int imm) {
    int r = 0;
    for (int j = 0; j < length2; j++) {
      int v = element(b0, b1, j, imm);
      for (int i = 0; i + 1 < length1; i += 2) {
        if (v >= element(a0, a1, i, imm) && v <= element(a0, a1, i + 1, imm)) {
          r |= 1 << j;
          break;
        }
      }
    }
    return r;
  }

  private static int equalEach(long a0, long a1, int length1, long b0, long b1, int length2, int imm) {
    int elements = (imm & 1) == 0 ? 16 : 8;
    int r = 0;
    for (int i = 0; i < elements; i++) {
      boolean in1 = i < length1;
      boolean in2 = i < length2;
      // Two positions past both ends count as equal, one past only one end as different.
      if (in1 == in2 && (!in1 || element(a0, a1, i, imm) == element(b0, b1, i, imm))) {
        r |= 1 << i;
      }
    }
    return r;
  }

  private static int equalOrdered(long a0, long a1, int length1, long b0, long b1, int length2, int imm) {
    int elements = (imm & 1) == 0 ? 16 : 8;
    int r = 0;
    for (int j = 0; j < elements; j++) {
      boolean match = true;
      for (int i = 0; i < length1 && i + j < elements && match; i++) {
        match = i + j < length2 && element(a0, a1, i, imm) == element(b0, b1, i + j, imm);
      }
      if (match) {
        r |= 1 << j;
      }
    }
    return r;
  }
}
