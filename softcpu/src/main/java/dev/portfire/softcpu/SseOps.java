package dev.portfire.softcpu;

import dev.portfire.softcpu.fpu.MmxSse;
import dev.portfire.softcpu.fpu.SseFloat;

/**
 * MMX and SSE instructions whose operands do not follow one of the patterns of the table: partial moves, general
 * registers as operands, results in RFLAGS. A faulting operand is read before anything changes.
 */
final class SseOps {
  private static final long LOW32 = 0xffff_ffffL;

  private SseOps() {}

  private static long low(Cpu c, int register) {
    return c.simd.xmm[2 * register];
  }

  private static long high(Cpu c, int register) {
    return c.simd.xmm[2 * register + 1];
  }

  private static void set(Cpu c, int register, long low, long high) {
    c.simd.xmm[2 * register] = low;
    c.simd.xmm[2 * register + 1] = high;
  }

  private static int imm(Op o) {
    return (int) o.imm & 0xff;
  }

  /** A scalar source: register or memory. */
  private static int source32(Cpu c, Op o) {
    return o.memory ? (int) c.load32(o.address(c)) : (int) low(c, o.s);
  }

  private static long source64(Cpu c, Op o) {
    return o.memory ? c.load64(o.address(c)) : low(c, o.s);
  }

  /**
   * Raises what an MMX instruction gets when the FPU is off or has an exception pending. The x87 state enters MMX
   * mode only when the instruction completes.
   */
  private static void requireMmx(Cpu c) {
    if ((c.cr0 & 0xc) != 0) {
      // CR0.EM and CR0.TS
      throw GuestFault.of((c.cr0 & 4) != 0 ? GuestFault.UD : GuestFault.NM);
    }
    FpuOps.checkPending(c);
  }

  /** An MMX source. */
  private static long mmxSource(Cpu c, Op o) {
    return o.memory ? c.load64(o.address(c)) : c.mmx(o.s & 7);
  }

  /** CLFLUSH and CLFLUSHOPT: there is no cache, but the operand must be readable. */
  static void clflush(Cpu c, Op o) {
    c.load8(o.address(c));
  }

  // ---- moves of whole registers

  /** MOVAPS, MOVAPD, MOVDQA, MOVNTPS, MOVNTDQ to memory. */
  static void storeAligned(Cpu c, Op o) {
    c.requireSse();
    if (o.memory) {
      store(c, c.aligned16(o.address(c)), o.d);
    } else {
      set(c, o.s, low(c, o.d), high(c, o.d));
    }
  }

  /** MOVUPS, MOVUPD, MOVDQU to memory. */
  static void storeUnaligned(Cpu c, Op o) {
    c.requireSse();
    if (o.memory) {
      store(c, o.address(c), o.d);
    } else {
      set(c, o.s, low(c, o.d), high(c, o.d));
    }
  }

  private static void store(Cpu c, long address, int register) {
    if (((address ^ (address + 15)) & ~4095L) != 0) {
      // The second page may fault; nothing must have been written then.
      c.mmu.writable(address, 16);
    }
    c.store64(address, low(c, register));
    c.store64(address + 8, high(c, register));
  }

  // ---- partial moves

  /** MOVSS to a register: from memory it clears the rest, from a register it keeps it. */
  static void movss(Cpu c, Op o) {
    c.requireSse();
    if (o.memory) {
      set(c, o.d, c.load32(o.address(c)) & LOW32, 0);
    } else {
      c.simd.xmm[2 * o.d] = low(c, o.d) & ~LOW32 | low(c, o.s) & LOW32;
    }
  }

  /** MOVSD to a register. */
  static void movsd(Cpu c, Op o) {
    c.requireSse();
    if (o.memory) {
      set(c, o.d, c.load64(o.address(c)), 0);
    } else {
      c.simd.xmm[2 * o.d] = low(c, o.s);
    }
  }

  /** MOVSS from a register. */
  static void storeSs(Cpu c, Op o) {
    c.requireSse();
    if (o.memory) {
      c.store32(o.address(c), low(c, o.d));
    } else {
      c.simd.xmm[2 * o.s] = low(c, o.s) & ~LOW32 | low(c, o.d) & LOW32;
    }
  }

  /** MOVSD, MOVLPS and MOVLPD from a register. */
  static void storeLow(Cpu c, Op o) {
    c.requireSse();
    if (o.memory) {
      c.store64(o.address(c), low(c, o.d));
    } else {
      c.simd.xmm[2 * o.s] = low(c, o.d);
    }
  }

  /** MOVHPS and MOVHPD to memory. */
  static void storeHigh(Cpu c, Op o) {
    c.requireSse();
    c.store64(o.address(c), high(c, o.d));
  }

  /** MOVQ from a register, which clears the upper half of a register destination. */
  static void storeQ(Cpu c, Op o) {
    c.requireSse();
    if (o.memory) {
      c.store64(o.address(c), low(c, o.d));
    } else {
      set(c, o.s, low(c, o.d), 0);
    }
  }

  /** MOVLPS and MOVLPD from memory. */
  static void loadLow(Cpu c, Op o) {
    c.requireSse();
    c.simd.xmm[2 * o.d] = c.load64(o.address(c));
  }

  /** MOVHPS and MOVHPD from memory, MOVLHPS. */
  static void loadHigh(Cpu c, Op o) {
    c.requireSse();
    c.simd.xmm[2 * o.d + 1] = source64(c, o);
  }

  /** MOVHLPS. */
  static void movhlps(Cpu c, Op o) {
    c.requireSse();
    c.simd.xmm[2 * o.d] = high(c, o.s);
  }

  /** MOVD and MOVQ from a general register or memory. */
  static void movd(Cpu c, Op o) {
    c.requireSse();
    long value = c.readRm(o);
    set(c, o.d, o.size == 64 ? value : value & LOW32, 0);
  }

  /** MOVD and MOVQ to a general register or memory. */
  static void storeD(Cpu c, Op o) {
    c.requireSse();
    c.writeRm(o, low(c, o.d));
  }

  /** MASKMOVDQU: the bytes whose mask's top bit is set, to DS:rDI. */
  static void maskmovdqu(Cpu c, Op o) {
    if (o.vex) {
      c.requireAvx();
    } else {
      c.requireSse();
    }
    maskedStore(c, o, low(c, o.d), low(c, o.s), 0);
    maskedStore(c, o, high(c, o.d), high(c, o.s), 8);
  }

  private static void maskedStore(Cpu c, Op o, long value, long mask, int from) {
    for (int i = 0; i < 8; i++) {
      if ((mask >>> (8 * i + 7) & 1) != 0) {
        c.store8((c.r[7] + from + i & o.addressMask) + c.r[o.segment], value >>> (8 * i) & 0xff);
      }
    }
  }

  // ---- MMX

  /** MOVQ from an MMX register or memory. */
  static void mmxMovq(Cpu c, Op o) {
    requireMmx(c);
    c.setMmx(o.d & 7, mmxSource(c, o));
  }

  /** MOVQ and MOVNTQ to memory or a register. */
  static void mmxStoreQ(Cpu c, Op o) {
    requireMmx(c);
    if (o.memory) {
      c.store64(o.address(c), c.mmx(o.d & 7));
      c.x87().enterMmx();
    } else {
      c.setMmx(o.s & 7, c.mmx(o.d & 7));
    }
  }

  /** MOVD and MOVQ from a general register or memory. */
  static void mmxMovd(Cpu c, Op o) {
    requireMmx(c);
    long value = c.readRm(o);
    c.setMmx(o.d & 7, o.size == 64 ? value : value & LOW32);
  }

  /** MOVD and MOVQ to a general register or memory. */
  static void mmxStoreD(Cpu c, Op o) {
    requireMmx(c);
    c.writeRm(o, c.mmx(o.d & 7));
    c.x87().enterMmx();
  }

  /** MOVQ2DQ. */
  static void movq2dq(Cpu c, Op o) {
    c.requireSse();
    requireMmx(c);
    set(c, o.d, c.mmx(o.s & 7), 0);
    c.x87().enterMmx();
  }

  /** MOVDQ2Q. */
  static void movdq2q(Cpu c, Op o) {
    c.requireSse();
    requireMmx(c);
    c.setMmx(o.d & 7, low(c, o.s));
  }

  /** PSHUFW. */
  static void pshufw(Cpu c, Op o) {
    requireMmx(c);
    c.setMmx(o.d & 7, MmxSse.pshufw(mmxSource(c, o), imm(o)));
  }

  /** PUNPCKLBW on MMX registers; a memory operand has 32 bits. */
  static void mmxPunpcklbw(Cpu c, Op o) {
    requireMmx(c);
    long source = o.memory ? c.load32(o.address(c)) : c.mmx(o.s & 7);
    c.setMmx(o.d & 7, MmxSse.punpcklbw(c.mmx(o.d & 7), source));
  }

  /** PUNPCKLWD on MMX registers; a memory operand has 32 bits. */
  static void mmxPunpcklwd(Cpu c, Op o) {
    requireMmx(c);
    long source = o.memory ? c.load32(o.address(c)) : c.mmx(o.s & 7);
    c.setMmx(o.d & 7, MmxSse.punpcklwd(c.mmx(o.d & 7), source));
  }

  /** PUNPCKLDQ on MMX registers; a memory operand has 32 bits. */
  static void mmxPunpckldq(Cpu c, Op o) {
    requireMmx(c);
    long source = o.memory ? c.load32(o.address(c)) : c.mmx(o.s & 7);
    c.setMmx(o.d & 7, MmxSse.punpckldq(c.mmx(o.d & 7), source));
  }

  /** PALIGNR on MMX registers. */
  static void mmxPalignr(Cpu c, Op o) {
    requireMmx(c);
    long source = mmxSource(c, o);
    c.setMmx(o.d & 7, MmxSse.palignr(c.mmx(o.d & 7), source, imm(o)));
  }

  /** PINSRW on an MMX register. */
  static void mmxPinsrw(Cpu c, Op o) {
    requireMmx(c);
    int value = o.memory ? (int) c.load16(o.address(c)) : (int) c.r[o.s];
    c.setMmx(o.d & 7, MmxSse.pinsrw(c.mmx(o.d & 7), value, imm(o)));
  }

  /** PEXTRW from an MMX register. */
  static void mmxPextrw(Cpu c, Op o) {
    requireMmx(c);
    c.r[o.d] = MmxSse.pextrw(c.mmx(o.s & 7), imm(o));
    c.x87().enterMmx();
  }

  /** PMOVMSKB from an MMX register. */
  static void mmxPmovmskb(Cpu c, Op o) {
    requireMmx(c);
    c.r[o.d] = MmxSse.pmovmskb(c.mmx(o.s & 7));
    c.x87().enterMmx();
  }

  /** MASKMOVQ. */
  static void maskmovq(Cpu c, Op o) {
    requireMmx(c);
    maskedStore(c, o, c.mmx(o.d & 7), c.mmx(o.s & 7), 0);
    c.x87().enterMmx();
  }

  /** EMMS. */
  static void emms(Cpu c, Op o) {
    requireMmx(c);
    c.x87().emms();
  }

  // ---- shifts of whole registers

  /** PSLLDQ. */
  static void pslldq(Cpu c, Op o) {
    c.requireSse();
    MmxSse.pslldq(c.simd, o.s, imm(o));
  }

  /** PSRLDQ. */
  static void psrldq(Cpu c, Op o) {
    c.requireSse();
    MmxSse.psrldq(c.simd, o.s, imm(o));
  }

  // ---- elements and masks

  /** PINSRB. */
  static void pinsrb(Cpu c, Op o) {
    c.requireSse();
    MmxSse.pinsrb(c.simd, o.d, (int) (o.memory ? c.load8(o.address(c)) : c.r[o.s]), imm(o));
  }

  /** PINSRW. */
  static void pinsrw(Cpu c, Op o) {
    c.requireSse();
    MmxSse.pinsrw(c.simd, o.d, (int) (o.memory ? c.load16(o.address(c)) : c.r[o.s]), imm(o));
  }

  /** PINSRD and PINSRQ. */
  static void pinsrd(Cpu c, Op o) {
    c.requireSse();
    long value = c.readRm(o);
    if (o.size == 64) {
      MmxSse.pinsrq(c.simd, o.d, value, imm(o));
    } else {
      MmxSse.pinsrd(c.simd, o.d, (int) value, imm(o));
    }
  }

  /** INSERTPS. */
  static void insertps(Cpu c, Op o) {
    c.requireSse();
    if (o.memory) {
      MmxSse.insertps(c.simd, o.d, (int) c.load32(o.address(c)), imm(o));
    } else {
      MmxSse.insertps(c.simd, o.d, low(c, o.s), high(c, o.s), imm(o));
    }
  }

  /** PEXTRB. */
  static void pextrb(Cpu c, Op o) {
    c.requireSse();
    int value = MmxSse.pextrb(low(c, o.d), high(c, o.d), imm(o));
    if (o.memory) {
      c.store8(o.address(c), value);
    } else {
      c.r[o.s] = value;
    }
  }

  /** PEXTRW of SSE4.1, with the general register in ModRM.rm or in memory. */
  static void pextrwRm(Cpu c, Op o) {
    c.requireSse();
    int value = MmxSse.pextrw(low(c, o.d), high(c, o.d), imm(o));
    if (o.memory) {
      c.store16(o.address(c), value);
    } else {
      c.r[o.s] = value;
    }
  }

  /** PEXTRW of SSE2, with the general register in ModRM.reg. */
  static void pextrw(Cpu c, Op o) {
    c.requireSse();
    c.r[o.d] = MmxSse.pextrw(low(c, o.s), high(c, o.s), imm(o));
  }

  /** PEXTRD and PEXTRQ. */
  static void pextrd(Cpu c, Op o) {
    c.requireSse();
    c.writeRm(
        o,
        o.size == 64
            ? MmxSse.pextrq(low(c, o.d), high(c, o.d), imm(o))
            : MmxSse.pextrd(low(c, o.d), high(c, o.d), imm(o)) & LOW32);
  }

  /** EXTRACTPS, which stores 32 bits whatever REX.W says. */
  static void extractps(Cpu c, Op o) {
    c.requireSse();
    long value = MmxSse.pextrd(low(c, o.d), high(c, o.d), imm(o)) & LOW32;
    if (o.memory) {
      c.store32(o.address(c), value);
    } else {
      c.r[o.s] = value;
    }
  }

  /** PMOVMSKB. */
  static void pmovmskb(Cpu c, Op o) {
    c.requireSse();
    c.r[o.d] = MmxSse.pmovmskb(low(c, o.s), high(c, o.s));
  }

  /** MOVMSKPS. */
  static void movmskps(Cpu c, Op o) {
    c.requireSse();
    c.r[o.d] = MmxSse.movmskps(low(c, o.s), high(c, o.s));
  }

  /** MOVMSKPD. */
  static void movmskpd(Cpu c, Op o) {
    c.requireSse();
    c.r[o.d] = MmxSse.movmskpd(low(c, o.s), high(c, o.s));
  }

  // ---- widening loads of 16 and 32 bits

  private static long source16(Cpu c, Op o) {
    return o.memory ? c.load16(o.address(c)) : low(c, o.s);
  }

  /** PMOVSXBQ. */
  static void pmovsxbq(Cpu c, Op o) {
    c.requireSse();
    MmxSse.pmovsxbq(c.simd, o.d, source16(c, o));
  }

  /** PMOVZXBQ. */
  static void pmovzxbq(Cpu c, Op o) {
    c.requireSse();
    MmxSse.pmovzxbq(c.simd, o.d, source16(c, o));
  }

  // ---- results in RFLAGS

  /** PTEST. */
  static void ptest(Cpu c, Op o) {
    c.requireSse();
    if (o.memory) {
      long a = c.aligned16(o.address(c));
      long low = c.load64(a);
      c.setArithmeticFlags(MmxSse.ptest(c.simd, o.d, low, c.load64(a + 8)));
    } else {
      c.setArithmeticFlags(MmxSse.ptest(c.simd, o.d, low(c, o.s), high(c, o.s)));
    }
  }

  /** UCOMISS. */
  static void ucomiss(Cpu c, Op o) {
    c.requireSse();
    c.setArithmeticFlags(SseFloat.ucomiss(c.simd, o.d, source32(c, o)));
  }

  /** UCOMISD. */
  static void ucomisd(Cpu c, Op o) {
    c.requireSse();
    c.setArithmeticFlags(SseFloat.ucomisd(c.simd, o.d, source64(c, o)));
  }

  /** COMISS. */
  static void comiss(Cpu c, Op o) {
    c.requireSse();
    c.setArithmeticFlags(SseFloat.comiss(c.simd, o.d, source32(c, o)));
  }

  /** COMISD. */
  static void comisd(Cpu c, Op o) {
    c.requireSse();
    c.setArithmeticFlags(SseFloat.comisd(c.simd, o.d, source64(c, o)));
  }

  private static int compareStrings(Cpu c, Op o, boolean explicit) {
    c.requireSse();
    long lo = low(c, o.s);
    long hi = high(c, o.s);
    if (o.memory) {
      long a = o.address(c);
      lo = c.load64(a);
      hi = c.load64(a + 8);
    }
    if (!explicit) {
      return MmxSse.pcmpistr(c.simd, o.d, lo, hi, imm(o));
    }
    boolean wide = o.size == 64;
    long length1 = wide ? c.r[0] : (int) c.r[0];
    long length2 = wide ? c.r[2] : (int) c.r[2];
    return MmxSse.pcmpestr(c.simd, o.d, lo, hi, length1, length2, imm(o));
  }

  private static void index(Cpu c, Op o, int result) {
    c.r[1] = MmxSse.pcmpstrIndex(result, imm(o));
    c.setArithmeticFlags(MmxSse.pcmpstrFlags(result));
  }

  private static void mask(Cpu c, Op o, int result) {
    MmxSse.pcmpstrMask(c.simd, result, imm(o));
    c.setArithmeticFlags(MmxSse.pcmpstrFlags(result));
  }

  /** PCMPESTRI. */
  static void pcmpestri(Cpu c, Op o) {
    index(c, o, compareStrings(c, o, true));
  }

  /** PCMPESTRM. */
  static void pcmpestrm(Cpu c, Op o) {
    mask(c, o, compareStrings(c, o, true));
  }

  /** PCMPISTRI. */
  static void pcmpistri(Cpu c, Op o) {
    index(c, o, compareStrings(c, o, false));
  }

  /** PCMPISTRM. */
  static void pcmpistrm(Cpu c, Op o) {
    mask(c, o, compareStrings(c, o, false));
  }

  // ---- conversions between general, MMX and XMM registers

  /** CVTSI2SS. */
  static void cvtsi2ss(Cpu c, Op o) {
    c.requireSse();
    long value = c.readRm(o);
    SseFloat.cvtsi2ss64(c.simd, o.d, o.size == 64 ? value : (int) value);
  }

  /** CVTSI2SD. */
  static void cvtsi2sd(Cpu c, Op o) {
    c.requireSse();
    long value = c.readRm(o);
    SseFloat.cvtsi2sd64(c.simd, o.d, o.size == 64 ? value : (int) value);
  }

  /** CVTTSS2SI. */
  static void cvttss2si(Cpu c, Op o) {
    c.requireSse();
    int source = source32(c, o);
    c.r[o.d] = o.size == 64 ? SseFloat.cvttss2si64(c.simd, source) : SseFloat.cvttss2si32(c.simd, source) & LOW32;
  }

  /** CVTTSD2SI. */
  static void cvttsd2si(Cpu c, Op o) {
    c.requireSse();
    long source = source64(c, o);
    c.r[o.d] = o.size == 64 ? SseFloat.cvttsd2si64(c.simd, source) : SseFloat.cvttsd2si32(c.simd, source) & LOW32;
  }

  /** CVTSS2SI. */
  static void cvtss2si(Cpu c, Op o) {
    c.requireSse();
    int source = source32(c, o);
    c.r[o.d] = o.size == 64 ? SseFloat.cvtss2si64(c.simd, source) : SseFloat.cvtss2si32(c.simd, source) & LOW32;
  }

  /** CVTSD2SI. */
  static void cvtsd2si(Cpu c, Op o) {
    c.requireSse();
    long source = source64(c, o);
    c.r[o.d] = o.size == 64 ? SseFloat.cvtsd2si64(c.simd, source) : SseFloat.cvtsd2si32(c.simd, source) & LOW32;
  }

  /** CVTPI2PS, which leaves the x87 state alone if its operand is in memory. */
  static void cvtpi2ps(Cpu c, Op o) {
    c.requireSse();
    SseFloat.cvtpi2ps(c.simd, o.d, conversionSource(c, o));
  }

  /** CVTPI2PD, likewise. */
  static void cvtpi2pd(Cpu c, Op o) {
    c.requireSse();
    SseFloat.cvtpi2pd(c.simd, o.d, conversionSource(c, o));
  }

  private static long conversionSource(Cpu c, Op o) {
    if (o.memory) {
      return c.load64(o.address(c));
    }
    requireMmx(c);
    c.x87().enterMmx();
    return c.mmx(o.s & 7);
  }

  /** CVTPS2PI. A numeric exception comes after the transition to MMX mode. */
  static void cvtps2pi(Cpu c, Op o) {
    c.requireSse();
    requireMmx(c);
    long source = source64(c, o);
    c.x87().enterMmx();
    c.setMmx(o.d & 7, SseFloat.cvtps2pi(c.simd, source));
  }

  /** CVTTPS2PI. */
  static void cvttps2pi(Cpu c, Op o) {
    c.requireSse();
    requireMmx(c);
    long source = source64(c, o);
    c.x87().enterMmx();
    c.setMmx(o.d & 7, SseFloat.cvttps2pi(c.simd, source));
  }

  private static long integersOfPair(Cpu c, Op o, boolean truncate) {
    c.requireSse();
    requireMmx(c);
    long lo = low(c, o.s);
    long hi = high(c, o.s);
    if (o.memory) {
      long a = c.aligned16(o.address(c));
      lo = c.load64(a);
      hi = c.load64(a + 8);
    }
    c.x87().enterMmx();
    return truncate ? SseFloat.cvttpd2pi(c.simd, lo, hi) : SseFloat.cvtpd2pi(c.simd, lo, hi);
  }

  /** CVTPD2PI. */
  static void cvtpd2pi(Cpu c, Op o) {
    c.setMmx(o.d & 7, integersOfPair(c, o, false));
  }

  /** CVTTPD2PI. */
  static void cvttpd2pi(Cpu c, Op o) {
    c.setMmx(o.d & 7, integersOfPair(c, o, true));
  }

  // ---- CRC32

  /** CRC32 with a source of 8 bits. */
  static void crc32b(Cpu c, Op o) {
    int value = (int) (o.memory ? c.load8(o.address(c)) : c.get8(o.s));
    c.r[o.d] = MmxSse.crc32b((int) c.r[o.d], value) & LOW32;
  }

  /** CRC32 with a source of 16, 32 or 64 bits. */
  static void crc32(Cpu c, Op o) {
    long value = c.readRm(o);
    int crc = (int) c.r[o.d];
    int result =
        switch (o.size) {
          case 16 -> MmxSse.crc32w(crc, (int) value);
          case 32 -> MmxSse.crc32d(crc, (int) value);
          default -> MmxSse.crc32q(crc, value);
        };
    c.r[o.d] = result & LOW32;
  }
}
