package dev.portfire.softcpu;

import dev.portfire.softcpu.fpu.AvxLanes;
import dev.portfire.softcpu.fpu.Fma;
import dev.portfire.softcpu.fpu.MmxSse;
import dev.portfire.softcpu.fpu.SimdState;
import dev.portfire.softcpu.fpu.SseFloat;

/**
 * What the instructions with a VEX prefix have in common (SDM volume 2, 2.3), and those of AVX and AVX2 whose operands
 * do not follow one of the patterns of the table. A faulting operand is read before anything changes.
 */
final class Vex {
  private static final long LOW32 = 0xffff_ffffL;
  private static final int SCRATCH = SimdState.SCRATCH;

  private Vex() {}

  // ---- operands

  /**
   * Fetches the last operand into {@link SimdState#source}.
   *
   * @param small bytes in memory with 128 bits
   * @param large bytes in memory with 256 bits
   */
  static void source(Cpu c, Op o, int small, int large) {
    c.requireAvx();
    if (o.memory) {
      load(c, o.address(c), c.simd.source, o.wide ? large : small);
    } else {
      register(c, o.s);
    }
  }

  /** The same for the instructions that need alignment. */
  static void alignedSource(Cpu c, Op o, int small, int large) {
    c.requireAvx();
    if (o.memory) {
      int bytes = o.wide ? large : small;
      load(c, aligned(o.address(c), bytes), c.simd.source, bytes);
    } else {
      register(c, o.s);
    }
  }

  private static void register(Cpu c, int number) {
    SimdState x = c.simd;
    long[] s = x.source;
    s[0] = x.xmm[2 * number];
    s[1] = x.xmm[2 * number + 1];
    s[2] = x.upper[2 * number];
    s[3] = x.upper[2 * number + 1];
  }

  private static long aligned(long address, int bytes) {
    if ((address & bytes - 1) != 0) {
      throw GuestFault.gp();
    }
    return address;
  }

  private static void load(Cpu c, long address, long[] s, int bytes) {
    switch (bytes) {
      case 32 -> {
        long lane0 = c.load64(address);
        long lane1 = c.load64(address + 8);
        long lane2 = c.load64(address + 16);
        s[3] = c.load64(address + 24);
        s[2] = lane2;
        s[1] = lane1;
        s[0] = lane0;
      }
      case 16 -> {
        long lane0 = c.load64(address);
        s[1] = c.load64(address + 8);
        s[0] = lane0;
      }
      case 8 -> s[0] = c.load64(address);
      case 4 -> s[0] = c.load32(address);
      case 2 -> s[0] = c.load16(address);
      default -> s[0] = c.load8(address);
    }
  }

  private static long low(Cpu c, int register) {
    return c.simd.xmm[2 * register];
  }

  private static long high(Cpu c, int register) {
    return c.simd.xmm[2 * register + 1];
  }

  /** Sets 128 bits and clears those above. */
  private static void set(Cpu c, int register, long low, long high) {
    c.simd.set(register, low, high, 0, 0);
  }

  private static int imm(Op o) {
    return (int) o.imm & 0xff;
  }

  private static int source32(Cpu c, Op o) {
    return o.memory ? (int) c.load32(o.address(c)) : (int) low(c, o.s);
  }

  private static long source64(Cpu c, Op o) {
    return o.memory ? c.load64(o.address(c)) : low(c, o.s);
  }

  // ---- moves

  /** VMOVUPS, VMOVUPD, VMOVDQU from a register. */
  static void store(Cpu c, Op o) {
    c.requireAvx();
    if (o.memory) {
      store(c, o.address(c), o.d, o.wide);
    } else {
      copy(c, o);
    }
  }

  /** VMOVAPS, VMOVAPD, VMOVDQA, VMOVNTPS, VMOVNTPD, VMOVNTDQ from a register. */
  static void storeAligned(Cpu c, Op o) {
    c.requireAvx();
    if (o.memory) {
      store(c, aligned(o.address(c), o.wide ? 32 : 16), o.d, o.wide);
    } else {
      copy(c, o);
    }
  }

  private static void copy(Cpu c, Op o) {
    c.simd.start(o.d);
    c.simd.finish(o.s, o.wide);
  }

  private static void store(Cpu c, long address, int register, boolean wide) {
    int bytes = wide ? 32 : 16;
    if (((address ^ (address + bytes - 1)) & ~4095L) != 0) {
      // The second page may fault; nothing must have been written then.
      c.mmu.writable(address, bytes);
    }
    c.store64(address, low(c, register));
    c.store64(address + 8, high(c, register));
    if (wide) {
      c.store64(address + 16, c.simd.upper[2 * register]);
      c.store64(address + 24, c.simd.upper[2 * register + 1]);
    }
  }

  /** VMOVLPS and VMOVLPD from memory. */
  static void loadLow(Cpu c, Op o) {
    c.requireAvx();
    set(c, o.d, c.load64(o.address(c)), high(c, o.v));
  }

  /** VMOVHPS and VMOVHPD from memory. */
  static void loadHigh(Cpu c, Op o) {
    c.requireAvx();
    set(c, o.d, low(c, o.v), c.load64(o.address(c)));
  }

  /** VMOVLPS, VMOVLPD and VMOVSD to memory. */
  static void storeLow(Cpu c, Op o) {
    c.requireAvx();
    c.store64(o.address(c), low(c, o.d));
  }

  /** VMOVHPS and VMOVHPD to memory. */
  static void storeHigh(Cpu c, Op o) {
    c.requireAvx();
    c.store64(o.address(c), high(c, o.d));
  }

  /** VMOVHLPS. */
  static void movhlps(Cpu c, Op o) {
    c.requireAvx();
    set(c, o.d, high(c, o.s), high(c, o.v));
  }

  /** VMOVLHPS. */
  static void movlhps(Cpu c, Op o) {
    c.requireAvx();
    set(c, o.d, low(c, o.v), low(c, o.s));
  }

  /** VMOVDDUP of 256 bits. */
  static void movddup(Cpu c, Op o) {
    source(c, o, 8, 32);
    long[] s = c.simd.source;
    c.simd.set(o.d, s[0], s[0], s[2], s[2]);
  }

  /** VMOVSS from memory. */
  static void load32(Cpu c, Op o) {
    c.requireAvx();
    set(c, o.d, c.load32(o.address(c)) & LOW32, 0);
  }

  /** VMOVSD from memory. */
  static void load64(Cpu c, Op o) {
    c.requireAvx();
    set(c, o.d, c.load64(o.address(c)), 0);
  }

  /** VMOVSS to memory. */
  static void store32(Cpu c, Op o) {
    c.requireAvx();
    c.store32(o.address(c), low(c, o.d));
  }

  /** VMOVSS between registers. */
  static void movss(Cpu c, Op o) {
    c.requireAvx();
    set(c, o.d, low(c, o.v) & ~LOW32 | low(c, o.s) & LOW32, high(c, o.v));
  }

  /** VMOVSS between registers in its other encoding. */
  static void movssToRm(Cpu c, Op o) {
    c.requireAvx();
    set(c, o.s, low(c, o.v) & ~LOW32 | low(c, o.d) & LOW32, high(c, o.v));
  }

  /** VMOVSD between registers. */
  static void movsd(Cpu c, Op o) {
    c.requireAvx();
    set(c, o.d, low(c, o.s), high(c, o.v));
  }

  /** VMOVSD between registers in its other encoding. */
  static void movsdToRm(Cpu c, Op o) {
    c.requireAvx();
    set(c, o.s, low(c, o.d), high(c, o.v));
  }

  /** VMOVD and VMOVQ from a general register or memory. */
  static void movd(Cpu c, Op o) {
    c.requireAvx();
    long value = c.readRm(o);
    set(c, o.d, o.size == 64 ? value : value & LOW32, 0);
  }

  /** VMOVD and VMOVQ to a general register or memory. */
  static void storeD(Cpu c, Op o) {
    c.requireAvx();
    c.writeRm(o, low(c, o.d));
  }

  /** VMOVQ from a register. */
  static void storeQ(Cpu c, Op o) {
    c.requireAvx();
    if (o.memory) {
      c.store64(o.address(c), low(c, o.d));
    } else {
      set(c, o.s, low(c, o.d), 0);
    }
  }

  /** VZEROUPPER. */
  static void zeroUpper(Cpu c, Op o) {
    c.requireAvx();
    java.util.Arrays.fill(c.simd.upper, 0, registers(c) * 2, 0);
  }

  /** VZEROALL. */
  static void zeroAll(Cpu c, Op o) {
    c.requireAvx();
    java.util.Arrays.fill(c.simd.upper, 0, registers(c) * 2, 0);
    java.util.Arrays.fill(c.simd.xmm, 0, registers(c) * 2, 0);
  }

  private static int registers(Cpu c) {
    return c.code64 ? 16 : 8;
  }

  /** VLDMXCSR. */
  static void ldmxcsr(Cpu c, Op o) {
    c.requireAvx();
    FpuOps.setMxcsr(c, (int) c.load32(o.address(c)));
  }

  /** VSTMXCSR. */
  static void stmxcsr(Cpu c, Op o) {
    c.requireAvx();
    c.store32(o.address(c), c.simd.mxcsr);
  }

  // ---- masks and elements

  /** VMOVMSKPS. */
  static void movmskps(Cpu c, Op o) {
    source(c, o, 16, 32);
    long[] s = c.simd.source;
    long mask = MmxSse.movmskps(s[0], s[1]);
    c.r[o.d] = o.wide ? mask | MmxSse.movmskps(s[2], s[3]) << 4 : mask;
  }

  /** VMOVMSKPD. */
  static void movmskpd(Cpu c, Op o) {
    source(c, o, 16, 32);
    long[] s = c.simd.source;
    long mask = MmxSse.movmskpd(s[0], s[1]);
    c.r[o.d] = o.wide ? mask | MmxSse.movmskpd(s[2], s[3]) << 2 : mask;
  }

  /** VPMOVMSKB. */
  static void pmovmskb(Cpu c, Op o) {
    source(c, o, 16, 32);
    long[] s = c.simd.source;
    long mask = MmxSse.pmovmskb(s[0], s[1]) & 0xffff;
    c.r[o.d] = o.wide ? mask | (long) MmxSse.pmovmskb(s[2], s[3]) << 16 & 0xffff_0000L : mask;
  }

  /** VPINSRB. */
  static void pinsrb(Cpu c, Op o) {
    c.requireAvx();
    int value = (int) (o.memory ? c.load8(o.address(c)) : c.r[o.s]);
    c.simd.start(o.v);
    MmxSse.pinsrb(c.simd, SCRATCH, value, imm(o));
    c.simd.finish(o.d, false);
  }

  /** VPINSRW. */
  static void pinsrw(Cpu c, Op o) {
    c.requireAvx();
    int value = (int) (o.memory ? c.load16(o.address(c)) : c.r[o.s]);
    c.simd.start(o.v);
    MmxSse.pinsrw(c.simd, SCRATCH, value, imm(o));
    c.simd.finish(o.d, false);
  }

  /** VPINSRD and VPINSRQ. */
  static void pinsrd(Cpu c, Op o) {
    c.requireAvx();
    long value = c.readRm(o);
    c.simd.start(o.v);
    if (o.size == 64) {
      MmxSse.pinsrq(c.simd, SCRATCH, value, imm(o));
    } else {
      MmxSse.pinsrd(c.simd, SCRATCH, (int) value, imm(o));
    }
    c.simd.finish(o.d, false);
  }

  /** VINSERTPS. */
  static void insertps(Cpu c, Op o) {
    c.requireAvx();
    SimdState x = c.simd;
    if (o.memory) {
      int value = (int) c.load32(o.address(c));
      x.start(o.v);
      MmxSse.insertps(x, SCRATCH, value, imm(o));
    } else {
      x.start(o.v);
      MmxSse.insertps(x, SCRATCH, low(c, o.s), high(c, o.s), imm(o));
    }
    x.finish(o.d, false);
  }

  /** VPEXTRB. */
  static void pextrb(Cpu c, Op o) {
    c.requireAvx();
    int value = MmxSse.pextrb(low(c, o.d), high(c, o.d), imm(o));
    if (o.memory) {
      c.store8(o.address(c), value);
    } else {
      c.r[o.s] = value;
    }
  }

  /** VPEXTRW with the general register in ModRM.rm or in memory. */
  static void pextrwRm(Cpu c, Op o) {
    c.requireAvx();
    int value = MmxSse.pextrw(low(c, o.d), high(c, o.d), imm(o));
    if (o.memory) {
      c.store16(o.address(c), value);
    } else {
      c.r[o.s] = value;
    }
  }

  /** VPEXTRW with the general register in ModRM.reg. */
  static void pextrw(Cpu c, Op o) {
    c.requireAvx();
    c.r[o.d] = MmxSse.pextrw(low(c, o.s), high(c, o.s), imm(o));
  }

  /** VPEXTRD and VPEXTRQ. */
  static void pextrd(Cpu c, Op o) {
    c.requireAvx();
    long lo = low(c, o.d);
    long hi = high(c, o.d);
    c.writeRm(o, o.size == 64 ? MmxSse.pextrq(lo, hi, imm(o)) : MmxSse.pextrd(lo, hi, imm(o)) & LOW32);
  }

  /** VEXTRACTPS. */
  static void extractps(Cpu c, Op o) {
    c.requireAvx();
    long value = MmxSse.pextrd(low(c, o.d), high(c, o.d), imm(o)) & LOW32;
    if (o.memory) {
      c.store32(o.address(c), value);
    } else {
      c.r[o.s] = value;
    }
  }

  // ---- shifts of whole registers

  /** VPSLLDQ. */
  static void pslldq(Cpu c, Op o) {
    c.requireAvx();
    c.simd.start(o.s);
    MmxSse.pslldq(c.simd, SCRATCH, imm(o));
    MmxSse.pslldq(c.simd, SCRATCH + 1, imm(o));
    c.simd.finish(o.v, o.wide);
  }

  /** VPSRLDQ. */
  static void psrldq(Cpu c, Op o) {
    c.requireAvx();
    c.simd.start(o.s);
    MmxSse.psrldq(c.simd, SCRATCH, imm(o));
    MmxSse.psrldq(c.simd, SCRATCH + 1, imm(o));
    c.simd.finish(o.v, o.wide);
  }

  // ---- results in RFLAGS

  /** VPTEST. */
  static void ptest(Cpu c, Op o) {
    test(c, o, -1);
  }

  /** VTESTPS. */
  static void testps(Cpu c, Op o) {
    test(c, o, 0x8000_0000_8000_0000L);
  }

  /** VTESTPD. */
  static void testpd(Cpu c, Op o) {
    test(c, o, Long.MIN_VALUE);
  }

  private static void test(Cpu c, Op o, long mask) {
    source(c, o, 16, 32);
    SimdState x = c.simd;
    long[] s = x.source;
    long low = x.xmm[2 * o.d];
    long high = x.xmm[2 * o.d + 1];
    long and = low & s[0] | high & s[1];
    long andNot = ~low & s[0] | ~high & s[1];
    if (o.wide) {
      low = x.upper[2 * o.d];
      high = x.upper[2 * o.d + 1];
      and |= low & s[2] | high & s[3];
      andNot |= ~low & s[2] | ~high & s[3];
    }
    c.setArithmeticFlags(((and & mask) == 0 ? Cpu.ZF : 0) | ((andNot & mask) == 0 ? Cpu.CF : 0));
  }

  /** VUCOMISS. */
  static void ucomiss(Cpu c, Op o) {
    c.requireAvx();
    c.setArithmeticFlags(SseFloat.ucomiss(c.simd, o.d, source32(c, o)));
  }

  /** VUCOMISD. */
  static void ucomisd(Cpu c, Op o) {
    c.requireAvx();
    c.setArithmeticFlags(SseFloat.ucomisd(c.simd, o.d, source64(c, o)));
  }

  /** VCOMISS. */
  static void comiss(Cpu c, Op o) {
    c.requireAvx();
    c.setArithmeticFlags(SseFloat.comiss(c.simd, o.d, source32(c, o)));
  }

  /** VCOMISD. */
  static void comisd(Cpu c, Op o) {
    c.requireAvx();
    c.setArithmeticFlags(SseFloat.comisd(c.simd, o.d, source64(c, o)));
  }

  private static int compareStrings(Cpu c, Op o, boolean explicit) {
    source(c, o, 16, 16);
    long lo = c.simd.source[0];
    long hi = c.simd.source[1];
    if (!explicit) {
      return MmxSse.pcmpistr(c.simd, o.d, lo, hi, imm(o));
    }
    boolean all = o.size == 64;
    long length1 = all ? c.r[0] : (int) c.r[0];
    long length2 = all ? c.r[2] : (int) c.r[2];
    return MmxSse.pcmpestr(c.simd, o.d, lo, hi, length1, length2, imm(o));
  }

  private static void index(Cpu c, Op o, int result) {
    c.r[1] = MmxSse.pcmpstrIndex(result, imm(o));
    c.setArithmeticFlags(MmxSse.pcmpstrFlags(result));
  }

  private static void mask(Cpu c, Op o, int result) {
    MmxSse.pcmpstrMask(c.simd, result, imm(o));
    c.simd.upper[0] = 0;
    c.simd.upper[1] = 0;
    c.setArithmeticFlags(MmxSse.pcmpstrFlags(result));
  }

  /** VPCMPESTRI. */
  static void pcmpestri(Cpu c, Op o) {
    index(c, o, compareStrings(c, o, true));
  }

  /** VPCMPESTRM. */
  static void pcmpestrm(Cpu c, Op o) {
    mask(c, o, compareStrings(c, o, true));
  }

  /** VPCMPISTRI. */
  static void pcmpistri(Cpu c, Op o) {
    index(c, o, compareStrings(c, o, false));
  }

  /** VPCMPISTRM. */
  static void pcmpistrm(Cpu c, Op o) {
    mask(c, o, compareStrings(c, o, false));
  }

  // ---- conversions

  /** VCVTSI2SS. */
  static void cvtsi2ss(Cpu c, Op o) {
    c.requireAvx();
    long value = c.readRm(o);
    c.simd.start(o.v);
    SseFloat.cvtsi2ss64(c.simd, SCRATCH, o.size == 64 ? value : (int) value);
    c.simd.finish(o.d, false);
  }

  /** VCVTSI2SD. */
  static void cvtsi2sd(Cpu c, Op o) {
    c.requireAvx();
    long value = c.readRm(o);
    c.simd.start(o.v);
    SseFloat.cvtsi2sd64(c.simd, SCRATCH, o.size == 64 ? value : (int) value);
    c.simd.finish(o.d, false);
  }

  /** VCVTTSS2SI. */
  static void cvttss2si(Cpu c, Op o) {
    c.requireAvx();
    int source = source32(c, o);
    c.r[o.d] = o.size == 64 ? SseFloat.cvttss2si64(c.simd, source) : SseFloat.cvttss2si32(c.simd, source) & LOW32;
  }

  /** VCVTTSD2SI. */
  static void cvttsd2si(Cpu c, Op o) {
    c.requireAvx();
    long source = source64(c, o);
    c.r[o.d] = o.size == 64 ? SseFloat.cvttsd2si64(c.simd, source) : SseFloat.cvttsd2si32(c.simd, source) & LOW32;
  }

  /** VCVTSS2SI. */
  static void cvtss2si(Cpu c, Op o) {
    c.requireAvx();
    int source = source32(c, o);
    c.r[o.d] = o.size == 64 ? SseFloat.cvtss2si64(c.simd, source) : SseFloat.cvtss2si32(c.simd, source) & LOW32;
  }

  /** VCVTSD2SI. */
  static void cvtsd2si(Cpu c, Op o) {
    c.requireAvx();
    long source = source64(c, o);
    c.r[o.d] = o.size == 64 ? SseFloat.cvtsd2si64(c.simd, source) : SseFloat.cvtsd2si32(c.simd, source) & LOW32;
  }

  /** VCVTPS2PH. */
  static void cvtps2ph(Cpu c, Op o) {
    c.requireAvx();
    SimdState x = c.simd;
    int d = 2 * o.d;
    if (o.memory) {
      // An exception of the numbers comes after one of the address.
      c.mmu.writable(o.address(c), o.wide ? 16 : 8);
    }
    AvxLanes.cvtps2ph(x, x.xmm[d], x.xmm[d + 1], x.upper[d], x.upper[d + 1], o.wide, imm(o));
    if (o.memory) {
      c.store64(o.address(c), x.source[0]);
      if (o.wide) {
        c.store64(o.address(c) + 8, x.source[1]);
      }
    } else {
      set(c, o.s, x.source[0], o.wide ? x.source[1] : 0);
    }
  }

  /** VDPPS. */
  static void dpps(Cpu c, Op o) {
    source(c, o, 16, 32);
    SseFloat.vdpps(c.simd, o.d, o.v, o.wide, imm(o));
  }

  // ---- blends and permutations

  private static void blend(Cpu c, Op o, long signs, long ones) {
    source(c, o, 16, 32);
    SimdState x = c.simd;
    long[] s = x.source;
    int m = 2 * ((int) o.imm >> 4 & (o.legacy ? 7 : 15));
    int v = 2 * o.v;
    long lane2 = 0;
    long lane3 = 0;
    if (o.wide) {
      lane2 = select(x.upper[m], signs, ones, s[2], x.upper[v]);
      lane3 = select(x.upper[m + 1], signs, ones, s[3], x.upper[v + 1]);
    }
    x.set(
        o.d,
        select(x.xmm[m], signs, ones, s[0], x.xmm[v]),
        select(x.xmm[m + 1], signs, ones, s[1], x.xmm[v + 1]),
        lane2,
        lane3);
  }

  private static long select(long mask, long signs, long ones, long yes, long no) {
    long spread = ((mask & signs) >>> Long.numberOfTrailingZeros(signs)) * ones;
    return yes & spread | no & ~spread;
  }

  /** VBLENDVPS. */
  static void blendvps(Cpu c, Op o) {
    blend(c, o, 0x8000_0000_8000_0000L, LOW32);
  }

  /** VBLENDVPD. */
  static void blendvpd(Cpu c, Op o) {
    blend(c, o, Long.MIN_VALUE, -1);
  }

  /** VPBLENDVB. */
  static void pblendvb(Cpu c, Op o) {
    blend(c, o, 0x8080_8080_8080_8080L, 0xff);
  }

  /** VPERM2F128 and VPERM2I128. */
  static void perm2x128(Cpu c, Op o) {
    source(c, o, 32, 32);
    int control = imm(o);
    c.simd.set(o.d, half(c, o, control, 0), half(c, o, control, 1), half(c, o, control >> 4, 0), half(c, o, control >> 4, 1));
  }

  private static long half(Cpu c, Op o, int control, int lane) {
    if ((control & 8) != 0) {
      return 0;
    }
    SimdState x = c.simd;
    return switch (control & 3) {
      case 0 -> x.xmm[2 * o.v + lane];
      case 1 -> x.upper[2 * o.v + lane];
      case 2 -> x.source[lane];
      default -> x.source[2 + lane];
    };
  }

  /** VINSERTF128 and VINSERTI128. */
  static void insert128(Cpu c, Op o) {
    source(c, o, 16, 16);
    SimdState x = c.simd;
    long[] s = x.source;
    int v = 2 * o.v;
    if ((o.imm & 1) == 0) {
      x.set(o.d, s[0], s[1], x.upper[v], x.upper[v + 1]);
    } else {
      x.set(o.d, x.xmm[v], x.xmm[v + 1], s[0], s[1]);
    }
  }

  /** VEXTRACTF128 and VEXTRACTI128. */
  static void extract128(Cpu c, Op o) {
    c.requireAvx();
    SimdState x = c.simd;
    long[] from = (o.imm & 1) == 0 ? x.xmm : x.upper;
    long lo = from[2 * o.d];
    long hi = from[2 * o.d + 1];
    if (o.memory) {
      long address = o.address(c);
      c.mmu.writable(address, 16);
      c.store64(address, lo);
      c.store64(address + 8, hi);
    } else {
      set(c, o.s, lo, hi);
    }
  }

  private static void fill(Cpu c, Op o, long lane) {
    long upper = o.wide ? lane : 0;
    c.simd.set(o.d, lane, lane, upper, upper);
  }

  /** VPBROADCASTB. */
  static void broadcast8(Cpu c, Op o) {
    source(c, o, 1, 1);
    fill(c, o, (c.simd.source[0] & 0xff) * 0x0101_0101_0101_0101L);
  }

  /** VPBROADCASTW. */
  static void broadcast16(Cpu c, Op o) {
    source(c, o, 2, 2);
    fill(c, o, (c.simd.source[0] & 0xffff) * 0x0001_0001_0001_0001L);
  }

  /** VPBROADCASTD and VBROADCASTSS. */
  static void broadcast32(Cpu c, Op o) {
    source(c, o, 4, 4);
    fill(c, o, (c.simd.source[0] & LOW32) * 0x1_0000_0001L);
  }

  /** VPBROADCASTQ and VBROADCASTSD. */
  static void broadcast64(Cpu c, Op o) {
    source(c, o, 8, 8);
    fill(c, o, c.simd.source[0]);
  }

  /** VBROADCASTF128 and VBROADCASTI128. */
  static void broadcast128(Cpu c, Op o) {
    source(c, o, 16, 16);
    long[] s = c.simd.source;
    c.simd.set(o.d, s[0], s[1], s[0], s[1]);
  }

  private static long dword(long[] lanes, long number) {
    return lanes[(int) number >> 1 & 3] >>> (int) (number & 1) * 32 & LOW32;
  }

  /** VPERMD and VPERMPS. */
  static void permd(Cpu c, Op o) {
    source(c, o, 32, 32);
    SimdState x = c.simd;
    long[] s = x.source;
    int v = 2 * o.v;
    x.set(o.d, permuted(s, x.xmm[v]), permuted(s, x.xmm[v + 1]), permuted(s, x.upper[v]), permuted(s, x.upper[v + 1]));
  }

  private static long permuted(long[] s, long numbers) {
    return dword(s, numbers & 7) | dword(s, numbers >>> 32 & 7) << 32;
  }

  /** VPERMQ and VPERMPD. */
  static void permq(Cpu c, Op o) {
    source(c, o, 32, 32);
    long[] s = c.simd.source;
    int control = imm(o);
    c.simd.set(o.d, s[control & 3], s[control >> 2 & 3], s[control >> 4 & 3], s[control >> 6]);
  }

  // ---- masked moves and gathers, which touch memory only where the mask says so

  private static boolean sign32(Cpu c, int register, int element) {
    return (int) getElement32(c, register, element) < 0;
  }

  private static boolean sign64(Cpu c, int register, int element) {
    return lane(c, register, element) < 0;
  }

  private static long lane(Cpu c, int register, int lane) {
    return lane < 2 ? c.simd.xmm[2 * register + lane] : c.simd.upper[2 * register + lane - 2];
  }

  private static void setLane(Cpu c, int register, int lane, long value) {
    if (lane < 2) {
      c.simd.xmm[2 * register + lane] = value;
    } else {
      c.simd.upper[2 * register + lane - 2] = value;
    }
  }

  private static long getElement32(Cpu c, int register, int element) {
    return lane(c, register, element >> 1) >>> (element & 1) * 32 & LOW32;
  }

  private static void setElement32(Cpu c, int register, int element, long value) {
    int shift = (element & 1) * 32;
    long old = lane(c, register, element >> 1);
    setLane(c, register, element >> 1, old & ~(LOW32 << shift) | (value & LOW32) << shift);
  }

  /** VMASKMOVPS and VPMASKMOVD from memory. */
  static void maskLoad32(Cpu c, Op o) {
    c.requireAvx();
    long address = o.address(c);
    long[] s = c.simd.source;
    for (int k = 0; k < (o.wide ? 8 : 4); k++) {
      long value = sign32(c, o.v, k) ? c.load32(address + 4 * k) & LOW32 : 0;
      s[k >> 1] = (k & 1) == 0 ? value : s[k >> 1] | value << 32;
    }
    c.simd.set(o.d, s[0], s[1], o.wide ? s[2] : 0, o.wide ? s[3] : 0);
  }

  /** VMASKMOVPD and VPMASKMOVQ from memory. */
  static void maskLoad64(Cpu c, Op o) {
    c.requireAvx();
    long address = o.address(c);
    long[] s = c.simd.source;
    for (int k = 0; k < (o.wide ? 4 : 2); k++) {
      s[k] = sign64(c, o.v, k) ? c.load64(address + 8 * k) : 0;
    }
    c.simd.set(o.d, s[0], s[1], o.wide ? s[2] : 0, o.wide ? s[3] : 0);
  }

  /** VMASKMOVPS and VPMASKMOVD to memory. */
  static void maskStore32(Cpu c, Op o) {
    c.requireAvx();
    long address = o.address(c);
    int n = o.wide ? 8 : 4;
    for (int k = 0; k < n; k++) {
      if (sign32(c, o.v, k)) {
        c.mmu.writable(address + 4 * k, 4);
      }
    }
    for (int k = 0; k < n; k++) {
      if (sign32(c, o.v, k)) {
        c.store32(address + 4 * k, getElement32(c, o.d, k));
      }
    }
  }

  /** VMASKMOVPD and VPMASKMOVQ to memory. */
  static void maskStore64(Cpu c, Op o) {
    c.requireAvx();
    long address = o.address(c);
    int n = o.wide ? 4 : 2;
    for (int k = 0; k < n; k++) {
      if (sign64(c, o.v, k)) {
        c.mmu.writable(address + 8 * k, 8);
      }
    }
    for (int k = 0; k < n; k++) {
      if (sign64(c, o.v, k)) {
        c.store64(address + 8 * k, lane(c, o.d, k));
      }
    }
  }

  /** VPGATHERDD and VGATHERDPS. */
  static void gatherD32(Cpu c, Op o) {
    gather(c, o, false, false);
  }

  /** VPGATHERDQ and VGATHERDPD. */
  static void gatherD64(Cpu c, Op o) {
    gather(c, o, false, true);
  }

  /** VPGATHERQD and VGATHERQPS. */
  static void gatherQ32(Cpu c, Op o) {
    gather(c, o, true, false);
  }

  /** VPGATHERQQ and VGATHERQPD. */
  static void gatherQ64(Cpu c, Op o) {
    gather(c, o, true, true);
  }

  /**
   * Loads the elements whose mask has its sign set, each from an address of its own, and clears the mask of those that are
   * there: after a fault the instruction goes on where it was. The number of the index register is in {@link Op#imm}.
   */
  private static void gather(Cpu c, Op o, boolean wideIndex, boolean wideElement) {
    c.requireAvx();
    int indexRegister = (int) o.imm;
    if (o.d == o.v || o.d == indexRegister || o.v == indexRegister) {
      throw GuestFault.ud();
    }
    int n = (o.wide ? 2 : 1) * (wideIndex || wideElement ? 2 : 4);
    long[] r = c.r;
    for (int k = 0; k < n; k++) {
      if (wideElement ? sign64(c, o.v, k) : sign32(c, o.v, k)) {
        long index = wideIndex ? lane(c, indexRegister, k) : (int) getElement32(c, indexRegister, k);
        long address = ((r[o.base] + (index << o.scale) + o.displacement) & o.addressMask) + r[o.segment];
        if (wideElement) {
          setLane(c, o.d, k, c.load64(address));
          setLane(c, o.v, k, 0);
        } else {
          setElement32(c, o.d, k, c.load32(address));
          setElement32(c, o.v, k, 0);
        }
      } else if (wideElement) {
        setLane(c, o.v, k, 0);
      } else {
        setElement32(c, o.v, k, 0);
      }
    }
    c.simd.set(o.v, 0, 0, 0, 0);
    int bytes = n * (wideElement ? 8 : 4);
    if (bytes < 16) {
      setLane(c, o.d, 1, 0);
    }
    if (bytes < 32) {
      setLane(c, o.d, 2, 0);
      setLane(c, o.d, 3, 0);
    }
  }

  // ---- fused multiplication and addition

  /**
   * One of them.
   *
   * @param order 132, 213 or 231: which operands are multiplied, and then which is added
   * @param operation see {@link Fma}
   * @param wideElement binary64
   */
  static void fma(Cpu c, Op o, int order, int operation, boolean wideElement, boolean scalar) {
    if (scalar) {
      int bytes = wideElement ? 8 : 4;
      source(c, o, bytes, bytes);
      Fma.scalar(c.simd, order, operation, wideElement, o.d, o.v);
    } else {
      source(c, o, 16, 32);
      Fma.packed(c.simd, order, operation, wideElement, o.wide, o.d, o.v);
    }
  }
}
