package dev.portfire.softcpu;

import dev.portfire.softcpu.fpu.SimdState;
import dev.portfire.softcpu.fpu.X87;

/** x87 instructions and the instructions that save and restore floating-point state. */
final class FpuOps {
  private static final int CR0_MP = 2;
  private static final int CR0_EM = 4;
  private static final int CR0_TS = 8;
  private static final int CR4_OSFXSR = 0x200;
  private static final int CR4_OSXSAVE = 0x4_0000;

  // State components, SDM volume 1, 13.1.
  private static final int X87_STATE = 1;
  private static final int SSE = 2;
  private static final int AVX = 4;

  /** XCOMP_BV of the compacted form. */
  private static final long COMPACTED = Long.MIN_VALUE;

  private static final int LEGACY_AREA = 512;
  private static final int HEADER = 64;

  private FpuOps() {}

  /** The memory operand of an x87 instruction; one for each CPU, set up before each use. */
  static final class Operand implements X87.Operand {
    private final Cpu c;
    private long address;
    private long offset;
    private boolean size16;

    Operand(Cpu c) {
      this.c = c;
    }

    void set(Op o) {
      address = o.address(c);
      offset = o.effectiveAddress(c);
      size16 = o.size == 16;
    }

    @Override
    public int load16(int displacement) {
      return (int) c.load16(address + displacement);
    }

    @Override
    public int load32(int displacement) {
      return (int) c.load32(address + displacement);
    }

    @Override
    public long load64(int displacement) {
      return c.load64(address + displacement);
    }

    @Override
    public void store16(int displacement, int value) {
      c.store16(address + displacement, value);
    }

    @Override
    public void store32(int displacement, int value) {
      c.store32(address + displacement, value);
    }

    @Override
    public void store64(int displacement, long value) {
      c.store64(address + displacement, value);
    }

    @Override
    public void willStore(int bytes) {
      c.mmu.writable(address, bytes);
    }

    @Override
    public long offset() {
      return offset;
    }

    @Override
    public boolean size16() {
      return size16;
    }
  }

  /** Raises #MF if an unmasked exception is pending. */
  static void checkPending(Cpu c) {
    if (c.x87().exceptionPending()) {
      throw GuestFault.of(GuestFault.MF);
    }
  }

  static void execute(Cpu c, Op o) {
    if ((c.cr0 & (CR0_EM | CR0_TS)) != 0) {
      throw GuestFault.of(GuestFault.NM);
    }
    int opcode = o.opcode & 0xff;
    int modrm = o.modrm & 0xff;
    if (!X87.isDefined(opcode, modrm)) {
      throw GuestFault.ud();
    }
    if (X87.waits(opcode, modrm)) {
      checkPending(c);
    }
    if (opcode == 0xdf && modrm == 0xe0) {
      c.setRegister(0, 16, c.x87().statusWord());
      return;
    }
    if (o.memory) {
      c.fpuOperand.set(o);
    }
    int flags = X87.readsFlags(opcode, modrm) ? c.flags() : 0;
    int result = c.x87().execute(opcode, modrm, c.fpuOperand, c.ripOf(o), flags);
    if (X87.writesFlags(opcode, modrm)) {
      c.setArithmeticFlags(result);
    }
  }

  static void fwait(Cpu c, Op o) {
    if ((c.cr0 & (CR0_MP | CR0_TS)) == (CR0_MP | CR0_TS)) {
      throw GuestFault.of(GuestFault.NM);
    }
    checkPending(c);
  }

  static void emms(Cpu c, Op o) {
    if ((c.cr0 & (CR0_EM | CR0_TS)) != 0) {
      throw GuestFault.of((c.cr0 & CR0_EM) != 0 ? GuestFault.UD : GuestFault.NM);
    }
    checkPending(c);
    c.x87().emms();
  }

  // ---- FXSAVE and XSAVE (SDM volume 1, 10.5 and chapter 13)

  private static void requireFxsave(Cpu c) {
    c.claimSimd();
    if ((c.cr0 & (CR0_EM | CR0_TS)) != 0) {
      throw GuestFault.of(GuestFault.NM);
    }
  }

  private static int xmmCount(Cpu c) {
    return c.code64 ? 16 : 8;
  }

  private static long aligned(long address, int alignment) {
    if ((address & alignment - 1) != 0) {
      throw GuestFault.gp();
    }
    return address;
  }

  private static void load(Cpu c, long address, byte[] image, int from, int to) {
    for (int k = from; k < to; k += 8) {
      StateTransfer.put(image, k, c.load64(address + k));
    }
  }

  private static void store(Cpu c, long address, byte[] image, int from, int to) {
    for (int k = from; k < to; k += 8) {
      c.store64(address + k, StateTransfer.get(image, k));
    }
  }

  static void fxsave(Cpu c, Op o) {
    requireFxsave(c);
    long address = aligned(o.address(c), 16);
    c.mmu.writable(address, 1);
    c.mmu.writable(address + LEGACY_AREA - 1, 1);
    byte[] image = c.fpuImage;
    int end = 160 + 16 * xmmCount(c);
    c.x87().fxsave(image, c.simd, o.size == 64, xmmCount(c));
    store(c, address, image, 0, end);
  }

  static void fxrstor(Cpu c, Op o) {
    requireFxsave(c);
    long address = aligned(o.address(c), 16);
    byte[] image = c.fpuImage;
    load(c, address, image, 0, LEGACY_AREA);
    checkMxcsr(X87.mxcsrOf(image));
    c.x87().fxrstor(image, c.simd, o.size == 64, xmmCount(c));
  }

  private static void checkMxcsr(int value) {
    if ((value & ~SimdState.MXCSR_MASK) != 0) {
      throw GuestFault.gp();
    }
  }

  static void ldmxcsr(Cpu c, Op o) {
    c.requireSse();
    setMxcsr(c, (int) c.load32(o.address(c)));
  }

  /** Sets MXCSR as LDMXCSR does. */
  static void setMxcsr(Cpu c, int value) {
    checkMxcsr(value);
    c.simd.mxcsr = value;
  }

  static void stmxcsr(Cpu c, Op o) {
    c.requireSse();
    c.store32(o.address(c), c.simd.mxcsr);
  }

  private static void requireXsave(Cpu c) {
    c.claimSimd();
    if ((c.cr4 & CR4_OSXSAVE) == 0) {
      throw GuestFault.ud();
    }
    if ((c.cr0 & CR0_TS) != 0) {
      throw GuestFault.of(GuestFault.NM);
    }
  }

  private static long requested(Cpu c) {
    return requestedMask(c) & c.xcr0;
  }

  private static long requestedMask(Cpu c) {
    return c.r[2] << 32 | c.r[0] & 0xffff_ffffL;
  }

  /** The end of the components in their area, whose header must be accessible in any case. */
  private static int end(long components) {
    return (components & AVX) != 0 ? CpuId.XSAVE_SIZE_AVX : LEGACY_AREA + HEADER;
  }

  static void xsaveopt(Cpu c, Op o) {
    xsave(c, o);
  }

  static void xsave(Cpu c, Op o) {
    requireXsave(c);
    long address = aligned(o.address(c), HEADER);
    long components = requested(c);
    c.mmu.writable(address, 1);
    c.mmu.writable(address + end(components) - 1, 1);
    saveComponents(c, o, address, components);
    if ((components & (SSE | AVX)) != 0) {
      X87.saveMxcsr(c.fpuImage, c.simd);
      store(c, address, c.fpuImage, 24, 32);
    }
    long saved = c.load64(address + LEGACY_AREA);
    c.store64(address + LEGACY_AREA, saved & ~requestedMask(c) | components);
  }

  /** XSAVEC: the compacted form, whose components are where those of the standard form are, there being only one. */
  static void xsavec(Cpu c, Op o) {
    requireXsave(c);
    long address = aligned(o.address(c), HEADER);
    long requested = requested(c);
    long components = requested & inUse(c);
    c.mmu.writable(address, 1);
    c.mmu.writable(address + end(requested) - 1, 1);
    saveComponents(c, o, address, components);
    if ((components & SSE) != 0) {
      X87.saveMxcsr(c.fpuImage, c.simd);
      store(c, address, c.fpuImage, 24, 32);
    }
    c.store64(address + LEGACY_AREA, components);
    c.store64(address + LEGACY_AREA + 8, COMPACTED | requested);
  }

  private static void saveComponents(Cpu c, Op o, long address, long components) {
    byte[] image = c.fpuImage;
    if ((components & X87_STATE) != 0) {
      c.x87().saveImage(image, o.size == 64);
      store(c, address, image, 0, 24);
      store(c, address, image, 32, 160);
    }
    if ((components & SSE) != 0) {
      X87.saveXmm(image, c.simd, xmmCount(c));
      store(c, address, image, 160, 160 + 16 * xmmCount(c));
    }
    if ((components & AVX) != 0) {
      for (int k = 0; k < 2 * xmmCount(c); k++) {
        c.store64(address + LEGACY_AREA + HEADER + 8 * k, c.simd.upper[k]);
      }
    }
  }

  /** XINUSE: AVX state is in its first state if all upper halves are zero; of the others nobody keeps account. */
  static long inUse(Cpu c) {
    c.claimSimd();
    return X87_STATE | SSE | (c.simd.hasUpper() ? AVX : 0);
  }

  static void xrstor(Cpu c, Op o) {
    requireXsave(c);
    long address = aligned(o.address(c), HEADER);
    long components = requested(c);
    long present = c.load64(address + LEGACY_AREA);
    long format = c.load64(address + LEGACY_AREA + 8);
    boolean compacted = format < 0 && (c.features & Forms.XSAVEC) != 0;
    long known = compacted ? format & ~COMPACTED : c.xcr0;
    long rest = compacted ? known & ~c.xcr0 : format;
    for (int k = 16; k < (compacted ? 64 : 24); k += 8) {
      rest |= c.load64(address + LEGACY_AREA + k);
    }
    if ((present & ~known) != 0 || rest != 0) {
      throw GuestFault.gp();
    }
    byte[] image = c.fpuImage;
    load(c, address, image, 0, 160 + 16 * xmmCount(c));
    long there = components & present;
    if ((there & AVX) != 0) {
      // All that can fault comes first.
      c.load64(address + CpuId.XSAVE_SIZE_AVX - 8);
    }
    boolean mxcsr = compacted ? (there & SSE) != 0 : (components & (SSE | AVX)) != 0;
    if (mxcsr) {
      checkMxcsr(X87.mxcsrOf(image));
      c.simd.mxcsr = X87.mxcsrOf(image);
    } else if (compacted && (components & SSE) != 0) {
      c.simd.mxcsr = SimdState.MXCSR_RESET;
    }
    if ((there & SSE) != 0) {
      X87.restoreXmm(image, c.simd, xmmCount(c));
    } else if ((components & SSE) != 0) {
      java.util.Arrays.fill(c.simd.xmm, 0, 2 * xmmCount(c), 0);
    }
    for (int k = 0; (components & AVX) != 0 && k < 2 * xmmCount(c); k++) {
      c.simd.upper[k] = (there & AVX) != 0 ? c.load64(address + LEGACY_AREA + HEADER + 8 * k) : 0;
    }
    if ((there & X87_STATE) != 0) {
      c.x87().restoreImage(image, o.size == 64);
    } else if ((components & X87_STATE) != 0) {
      c.x87().reset();
    }
  }

  /** Whether CR4 lets SSE state be used at all. */
  static boolean sseEnabled(Cpu c) {
    return (c.cr4 & CR4_OSFXSR) != 0;
  }
}
