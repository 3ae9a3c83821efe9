package dev.portfire.softcpu.fpu;

/** AES, PCLMULQDQ and SHA on XMM registers (SDM volume 2; FIPS 197, FIPS 180-4). */
public final class Crypto {
  private static final long LOW32 = 0xffff_ffffL;

  private static final int[] SBOX = new int[256];
  private static final int[] INVERSE_SBOX = new int[256];

  /** What a byte in row 0 adds to its column after SubBytes and MixColumns; other rows rotate it. */
  private static final int[] ENCRYPT = new int[256];

  /** The same after InvSubBytes and InvMixColumns. */
  private static final int[] DECRYPT = new int[256];

  /** InvMixColumns alone. */
  private static final int[] INVERSE_MIX = new int[256];

  static {
    int p = 1;
    int q = 1;
    do {
      // Times 3, and divided by 3: q is the inverse of p.
      p = (p ^ p << 1 ^ (p >> 7) * 0x11b) & 0xff;
      q ^= q << 1;
      q ^= q << 2;
      q ^= q << 4;
      q &= 0xff;
      q ^= (q >> 7) * 0x09;
      int x = q | q << 8;
      SBOX[p] = (q ^ x >> 7 ^ x >> 6 ^ x >> 5 ^ x >> 4 ^ 0x63) & 0xff;
    } while (p != 1);
    SBOX[0] = 0x63;
    for (int k = 0; k < 256; k++) {
      INVERSE_SBOX[SBOX[k]] = k;
    }
    for (int k = 0; k < 256; k++) {
      int s = SBOX[k];
      ENCRYPT[k] = times(s, 2) | s << 8 | s << 16 | times(s, 3) << 24;
      INVERSE_MIX[k] = times(k, 14) | times(k, 9) << 8 | times(k, 13) << 16 | times(k, 11) << 24;
    }
    for (int k = 0; k < 256; k++) {
      DECRYPT[k] = INVERSE_MIX[INVERSE_SBOX[k]];
    }
  }

  private Crypto() {}

  /** The product in the field of AES. */
  private static int times(int a, int b) {
    int r = 0;
    int x = a;
    for (int k = b; k != 0; k >>= 1) {
      if ((k & 1) != 0) {
        r ^= x;
      }
      x = x << 1 ^ (x >> 7) * 0x11b;
    }
    return r;
  }

  // ---- AES: column c of the state is dword c, row 0 its lowest byte

  private static int column(long lo, long hi, int number) {
    return (int) (((number & 2) == 0 ? lo : hi) >>> (number & 1) * 32);
  }

  private static int mixed(int[] table, long lo, long hi, int c, int step) {
    return table[column(lo, hi, c) & 0xff]
        ^ Integer.rotateLeft(table[column(lo, hi, c + step) >>> 8 & 0xff], 8)
        ^ Integer.rotateLeft(table[column(lo, hi, c + 2 * step) >>> 16 & 0xff], 16)
        ^ Integer.rotateLeft(table[column(lo, hi, c + 3 * step) >>> 24], 24);
  }

  private static int substituted(int[] table, long lo, long hi, int c, int step) {
    return table[column(lo, hi, c) & 0xff]
        | table[column(lo, hi, c + step) >>> 8 & 0xff] << 8
        | table[column(lo, hi, c + 2 * step) >>> 16 & 0xff] << 16
        | table[column(lo, hi, c + 3 * step) >>> 24] << 24;
  }

  private static long pair(int lo, int hi) {
    return lo & LOW32 | (long) hi << 32;
  }

  private static void set(SimdState s, int d, long lo, long hi) {
    s.xmm[d << 1] = lo;
    s.xmm[(d << 1) + 1] = hi;
  }

  /** AESENC. */
  public static void aesenc(SimdState s, int d, long lo, long hi) {
    long a = s.xmm[d << 1];
    long b = s.xmm[(d << 1) + 1];
    set(
        s,
        d,
        pair(mixed(ENCRYPT, a, b, 0, 1), mixed(ENCRYPT, a, b, 1, 1)) ^ lo,
        pair(mixed(ENCRYPT, a, b, 2, 1), mixed(ENCRYPT, a, b, 3, 1)) ^ hi);
  }

  /** AESENCLAST. */
  public static void aesenclast(SimdState s, int d, long lo, long hi) {
    long a = s.xmm[d << 1];
    long b = s.xmm[(d << 1) + 1];
    set(
        s,
        d,
        pair(substituted(SBOX, a, b, 0, 1), substituted(SBOX, a, b, 1, 1)) ^ lo,
        pair(substituted(SBOX, a, b, 2, 1), substituted(SBOX, a, b, 3, 1)) ^ hi);
  }

  /** AESDEC. */
  public static void aesdec(SimdState s, int d, long lo, long hi) {
    long a = s.xmm[d << 1];
    long b = s.xmm[(d << 1) + 1];
    set(
        s,
        d,
        pair(mixed(DECRYPT, a, b, 0, 3), mixed(DECRYPT, a, b, 1, 3)) ^ lo,
        pair(mixed(DECRYPT, a, b, 2, 3), mixed(DECRYPT, a, b, 3, 3)) ^ hi);
  }

  /** AESDECLAST. */
  public static void aesdeclast(SimdState s, int d, long lo, long hi) {
    long a = s.xmm[d << 1];
    long b = s.xmm[(d << 1) + 1];
    set(
        s,
        d,
        pair(substituted(INVERSE_SBOX, a, b, 0, 3), substituted(INVERSE_SBOX, a, b, 1, 3)) ^ lo,
        pair(substituted(INVERSE_SBOX, a, b, 2, 3), substituted(INVERSE_SBOX, a, b, 3, 3)) ^ hi);
  }

  /** AESIMC. */
  public static void aesimc(SimdState s, int d, long lo, long hi) {
    set(
        s,
        d,
        pair(mixed(INVERSE_MIX, lo, hi, 0, 0), mixed(INVERSE_MIX, lo, hi, 1, 0)),
        pair(mixed(INVERSE_MIX, lo, hi, 2, 0), mixed(INVERSE_MIX, lo, hi, 3, 0)));
  }

  /** AESKEYGENASSIST. */
  public static void aeskeygenassist(SimdState s, int d, long lo, long hi, int imm) {
    int x1 = substituted(SBOX, lo, hi, 1, 0);
    int x3 = substituted(SBOX, lo, hi, 3, 0);
    set(
        s,
        d,
        pair(x1, Integer.rotateRight(x1, 8) ^ imm),
        pair(x3, Integer.rotateRight(x3, 8) ^ imm));
  }

  // ---- PCLMULQDQ

  /** PCLMULQDQ: bits 0 and 4 of the immediate choose the halves. */
  public static void pclmulqdq(SimdState s, int d, long lo, long hi, int imm) {
    long a = s.xmm[(d << 1) + (imm & 1)];
    long b = (imm & 0x10) == 0 ? lo : hi;
    long low = 0;
    long high = 0;
    for (int k = 0; k < 64; k++) {
      long mask = -(b >>> k & 1);
      low ^= a << k & mask;
      high ^= a >>> 1 >>> 63 - k & mask;
    }
    set(s, d, low, high);
  }

  // ---- SHA-1

  private static int d0(long lo) {
    return (int) lo;
  }

  private static int d1(long lo) {
    return (int) (lo >>> 32);
  }

  /** SHA1NEXTE. */
  public static void sha1nexte(SimdState s, int d, long lo, long hi) {
    int e = Integer.rotateLeft(d1(s.xmm[(d << 1) + 1]), 30);
    set(s, d, lo, pair(d0(hi), d1(hi) + e));
  }

  /** SHA1MSG1. */
  public static void sha1msg1(SimdState s, int d, long lo, long hi) {
    long w3w2 = s.xmm[d << 1];
    long w1w0 = s.xmm[(d << 1) + 1];
    // Dwords 3 to 0 of the destination are W0 to W3, dwords 3 and 2 of the source W4 and W5.
    set(s, d, w3w2 ^ hi, w1w0 ^ w3w2);
  }

  /** SHA1MSG2. */
  public static void sha1msg2(SimdState s, int d, long lo, long hi) {
    long low = s.xmm[d << 1];
    long high = s.xmm[(d << 1) + 1];
    int w16 = Integer.rotateLeft(d1(high) ^ d0(hi), 1);
    int w17 = Integer.rotateLeft(d0(high) ^ d1(lo), 1);
    int w18 = Integer.rotateLeft(d1(low) ^ d0(lo), 1);
    int w19 = Integer.rotateLeft(d0(low) ^ w16, 1);
    set(s, d, pair(w19, w18), pair(w17, w16));
  }

  /** SHA1RNDS4: four rounds with the function and the constant that bits 0 and 1 of the immediate choose. */
  public static void sha1rnds4(SimdState s, int state, long lo, long hi, int imm) {
    int a = d1(s.xmm[(state << 1) + 1]);
    int b = d0(s.xmm[(state << 1) + 1]);
    int c = d1(s.xmm[state << 1]);
    int d = d0(s.xmm[state << 1]);
    int e = 0;
    int k =
        switch (imm & 3) {
          case 0 -> 0x5a82_7999;
          case 1 -> 0x6ed9_eba1;
          case 2 -> 0x8f1b_bcdc;
          default -> 0xca62_c1d6;
        };
    for (int round = 0; round < 4; round++) {
      int f =
          switch (imm & 3) {
            case 0 -> b & c ^ ~b & d;
            case 2 -> b & c ^ b & d ^ c & d;
            default -> b ^ c ^ d;
          };
      int w = round == 0 ? d1(hi) : round == 1 ? d0(hi) : round == 2 ? d1(lo) : d0(lo);
      int next = f + Integer.rotateLeft(a, 5) + w + e + k;
      e = d;
      d = c;
      c = Integer.rotateLeft(b, 30);
      b = a;
      a = next;
    }
    set(s, state, pair(d, c), pair(b, a));
  }

  // ---- SHA-256

  private static int sigma0(int x) {
    return Integer.rotateRight(x, 7) ^ Integer.rotateRight(x, 18) ^ x >>> 3;
  }

  private static int sigma1(int x) {
    return Integer.rotateRight(x, 17) ^ Integer.rotateRight(x, 19) ^ x >>> 10;
  }

  /** SHA256RNDS2: two rounds; XMM0 has message and constant. */
  public static void sha256rnds2(SimdState s, int state, long lo, long hi) {
    long cdgh = s.xmm[state << 1];
    long cdghHigh = s.xmm[(state << 1) + 1];
    int a = d1(hi);
    int b = d0(hi);
    int c = d1(cdghHigh);
    int d = d0(cdghHigh);
    int e = d1(lo);
    int f = d0(lo);
    int g = d1(cdgh);
    int h = d0(cdgh);
    long words = s.xmm[0];
    for (int round = 0; round < 2; round++) {
      int wk = round == 0 ? d0(words) : d1(words);
      int sum1 = Integer.rotateRight(e, 6) ^ Integer.rotateRight(e, 11) ^ Integer.rotateRight(e, 25);
      int t = (e & f ^ ~e & g) + sum1 + wk + h;
      int sum0 = Integer.rotateRight(a, 2) ^ Integer.rotateRight(a, 13) ^ Integer.rotateRight(a, 22);
      int next = t + (a & b ^ a & c ^ b & c) + sum0;
      h = g;
      g = f;
      f = e;
      e = t + d;
      d = c;
      c = b;
      b = a;
      a = next;
    }
    set(s, state, pair(f, e), pair(b, a));
  }

  /** SHA256MSG1. */
  public static void sha256msg1(SimdState s, int d, long lo, long hi) {
    long low = s.xmm[d << 1];
    long high = s.xmm[(d << 1) + 1];
    set(
        s,
        d,
        pair(d0(low) + sigma0(d1(low)), d1(low) + sigma0(d0(high))),
        pair(d0(high) + sigma0(d1(high)), d1(high) + sigma0(d0(lo))));
  }

  /** SHA256MSG2. */
  public static void sha256msg2(SimdState s, int d, long lo, long hi) {
    long low = s.xmm[d << 1];
    long high = s.xmm[(d << 1) + 1];
    int w16 = d0(low) + sigma1(d0(hi));
    int w17 = d1(low) + sigma1(d1(hi));
    set(s, d, pair(w16, w17), pair(d0(high) + sigma1(w16), d1(high) + sigma1(w17)));
  }
}
