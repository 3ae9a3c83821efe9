package dev.portfire.softcpu;

import dev.portfire.machine.ExitReason;
import dev.portfire.machine.X86State;

/** System instructions (SDM volume 3, 2.8 and volume 2). */
final class SystemOps {
  private static final long CR0_PE = 1;
  private static final long CR0_ET = 0x10;
  private static final long CR0_WRITABLE = 0xe005_003fL;
  static final long CR4_TSD = 4;
  private static final long CR4_DE = 8;
  private static final long CR4_UMIP = 0x800;
  static final long CR4_FSGSBASE = 0x1_0000;
  private static final long CR4_OSXSAVE = 0x4_0000;

  /**
   * VME, PVI, TSD, DE, PSE, PAE, MCE, PGE, PCE, OSFXSR, OSXMMEXCPT, UMIP, LA57, FSGSBASE, PCIDE, OSXSAVE, SMEP, SMAP.
   */
  private static final long CR4_WRITABLE = 0x37_1fffL;

  static final long EFER_SCE = 1;
  static final long EFER_LME = 0x100;

  private SystemOps() {}

  static void undefined(Cpu c, Op o) {
    throw GuestFault.ud();
  }

  static void noOperation(Cpu c, Op o) {}

  static void fence(Cpu c, Op o) {
    java.lang.invoke.VarHandle.fullFence();
  }

  // ---- flags and halting

  private static boolean ioPrivileged(Cpu c) {
    return c.cpl <= (c.systemFlags >> 12 & 3);
  }

  static void cli(Cpu c, Op o) {
    if (!c.realMode() && !ioPrivileged(c)) {
      throw GuestFault.gp();
    }
    c.systemFlags &= ~Cpu.IF;
    c.proceed(o);
  }

  static void sti(Cpu c, Op o) {
    if (!c.realMode() && !ioPrivileged(c)) {
      throw GuestFault.gp();
    }
    c.proceed(o);
    if ((c.systemFlags & Cpu.IF) == 0) {
      c.shadowNext();
      c.setFlags(Cpu.IF, Cpu.IF);
    }
  }

  static void cld(Cpu c, Op o) {
    c.systemFlags &= ~Cpu.DF;
  }

  static void std(Cpu c, Op o) {
    c.systemFlags |= Cpu.DF;
  }

  static void hlt(Cpu c, Op o) {
    c.proceed(o);
    c.halt();
  }

  // ---- segment registers and descriptor tables

  static void movFromSegment(Cpu c, Op o) {
    if (o.d > X86State.GS) {
      throw GuestFault.ud();
    }
    if (o.memory) {
      c.store16(o.address(c), c.selector[o.d]);
    } else {
      c.setRegister(o.s, o.size, c.selector[o.d]);
    }
  }

  static void movToSegment(Cpu c, Op o) {
    if (o.d == X86State.CS || o.d > X86State.GS) {
      throw GuestFault.ud();
    }
    Segments.load(c, o.d, (int) c.readRm(o) & 0xffff);
    c.proceed(o);
    if (o.d == X86State.SS) {
      c.shadowNext();
    }
  }

  /** LDS, LES, LFS, LGS, LSS. */
  static void loadFarPointer(Cpu c, Op o) {
    if (!o.memory) {
      throw GuestFault.ud();
    }
    int segment =
        switch (o.opcode & 0xff) {
          case 0xc4 -> X86State.ES;
          case 0xc5 -> X86State.DS;
          case 0xb2 -> X86State.SS;
          case 0xb4 -> X86State.FS;
          default -> X86State.GS;
        };
    long address = o.address(c);
    long offset = c.load(address, o.size);
    int selector = (int) c.load16(address + (o.size >> 3));
    Segments.load(c, segment, selector);
    c.setRegister(o.d, o.size, offset);
    c.proceed(o);
  }

  private static void checkUmip(Cpu c) {
    if (c.cpl > 0 && (c.cr4 & CR4_UMIP) != 0) {
      throw GuestFault.gp();
    }
  }

  private static void storeTable(Cpu c, Op o, long base, int limit) {
    checkUmip(c);
    long address = o.address(c);
    int bytes = c.code64 ? 10 : 6;
    c.mmu.writable(address, 1);
    c.mmu.writable(address + bytes - 1, 1);
    c.store16(address, limit);
    if (c.code64) {
      c.store64(address + 2, base);
    } else {
      c.store32(address + 2, base);
    }
  }

  static void sgdt(Cpu c, Op o) {
    storeTable(c, o, c.gdtBase, c.gdtLimit);
  }

  static void sidt(Cpu c, Op o) {
    storeTable(c, o, c.idtBase, c.idtLimit);
  }

  private static long tableBase(Cpu c, Op o, long address) {
    if (c.code64) {
      long base = c.load64(address + 2);
      if (base << 16 >> 16 != base) {
        throw GuestFault.gp();
      }
      return base;
    }
    return c.load32(address + 2) & (o.size == 16 ? 0xff_ffffL : 0xffff_ffffL);
  }

  static void lgdt(Cpu c, Op o) {
    long address = o.address(c);
    int limit = (int) c.load16(address);
    c.gdtBase = tableBase(c, o, address);
    c.gdtLimit = limit;
  }

  static void lidt(Cpu c, Op o) {
    long address = o.address(c);
    int limit = (int) c.load16(address);
    c.idtBase = tableBase(c, o, address);
    c.idtLimit = limit;
  }

  private static void storeSelector(Cpu c, Op o, int segment) {
    checkUmip(c);
    if (c.realMode()) {
      throw GuestFault.ud();
    }
    if (o.memory) {
      c.store16(o.address(c), c.selector[segment]);
    } else {
      c.setRegister(o.s, o.size, c.selector[segment]);
    }
  }

  static void sldt(Cpu c, Op o) {
    storeSelector(c, o, X86State.LDTR);
  }

  static void str(Cpu c, Op o) {
    storeSelector(c, o, X86State.TR);
  }

  /** Reads a system descriptor with the upper half that long mode gives it. */
  private static long systemBase(Cpu c, int selector, long descriptor) {
    long base = Segments.base(descriptor);
    if ((c.efer & Mmu.EFER_LMA) != 0) {
      if ((selector | 7) + 8 > c.gdtLimit) {
        throw GuestFault.of(GuestFault.GP, selector & 0xfffc);
      }
      base |= c.mmu.systemLoad(Segments.descriptorAddress(c, selector) + 8, 4) << 32;
    }
    return base;
  }

  static void lldt(Cpu c, Op o) {
    if (c.realMode()) {
      throw GuestFault.ud();
    }
    int selector = (int) c.readRm(o) & 0xffff;
    if ((selector & 0xfffc) == 0) {
      c.loadHidden(X86State.LDTR, selector, 0, 0, X86State.Segment.UNUSABLE);
      return;
    }
    if ((selector & 4) != 0) {
      throw GuestFault.of(GuestFault.GP, selector & 0xfffc);
    }
    long descriptor = Segments.descriptor(c, selector, GuestFault.GP);
    int access = Segments.access(descriptor);
    if ((access & 0x1f) != 2) {
      throw GuestFault.of(GuestFault.GP, selector & 0xfffc);
    }
    if ((access & Segments.PRESENT) == 0) {
      throw GuestFault.of(GuestFault.NP, selector & 0xfffc);
    }
    c.loadHidden(X86State.LDTR, selector, systemBase(c, selector, descriptor), Segments.limit(descriptor), access);
  }

  static void ltr(Cpu c, Op o) {
    if (c.realMode()) {
      throw GuestFault.ud();
    }
    int selector = (int) c.readRm(o) & 0xffff;
    if ((selector & 0xfffc) == 0 || (selector & 4) != 0) {
      throw GuestFault.of(GuestFault.GP, selector & 0xfffc);
    }
    long descriptor = Segments.descriptor(c, selector, GuestFault.GP);
    int access = Segments.access(descriptor);
    if ((access & 0x1f) != 9 && ((access & 0x1f) != 1 || (c.efer & Mmu.EFER_LMA) != 0)) {
      throw GuestFault.of(GuestFault.GP, selector & 0xfffc);
    }
    if ((access & Segments.PRESENT) == 0) {
      throw GuestFault.of(GuestFault.NP, selector & 0xfffc);
    }
    long base = systemBase(c, selector, descriptor);
    c.mmu.systemStore(Segments.descriptorAddress(c, selector) + 5, 1, descriptor >>> 40 & 0xff | 2);
    c.loadHidden(X86State.TR, selector, base, Segments.limit(descriptor), access | 2);
  }

  /** The descriptor that LAR, LSL, VERR and VERW look at, or 0 if they must fail. */
  private static long visible(Cpu c, int selector, boolean systemTypes) {
    if (c.realMode()) {
      throw GuestFault.ud();
    }
    if ((selector & 0xfffc) == 0) {
      return 0;
    }
    long address = Segments.descriptorAddress(c, selector);
    if (address == -1) {
      return 0;
    }
    long descriptor = c.mmu.systemLoad(address, 8);
    int access = Segments.access(descriptor);
    boolean conforming = (access & 0x1c) == 0x1c;
    if (!conforming && (Segments.dpl(access) < c.cpl || Segments.dpl(access) < (selector & 3))) {
      return 0;
    }
    return (access & 0x10) == 0 && !systemTypes ? 0 : descriptor;
  }

  static void lar(Cpu c, Op o) {
    long descriptor = visible(c, (int) readSelector(c, o), true);
    int type = Segments.access(descriptor) & 0x1f;
    boolean valid = type >= 16 || type == 2 || type == 9 || type == 11 || type == 12
        || ((c.efer & Mmu.EFER_LMA) == 0 && (type == 1 || type == 3 || type == 4 || type == 5));
    c.setZero(descriptor != 0 && valid);
    if (descriptor != 0 && valid) {
      c.setRegister(o.d, o.size, descriptor >>> 32 & 0xff_ff00L);
    }
  }

  private static long readSelector(Cpu c, Op o) {
    return o.memory ? c.load16(o.address(c)) : c.r[o.s] & 0xffff;
  }

  static void lsl(Cpu c, Op o) {
    long descriptor = visible(c, (int) readSelector(c, o), true);
    int type = Segments.access(descriptor) & 0x1f;
    boolean valid = type >= 16 || type == 2 || type == 9 || type == 11
        || ((c.efer & Mmu.EFER_LMA) == 0 && (type == 1 || type == 3));
    c.setZero(descriptor != 0 && valid);
    if (descriptor != 0 && valid) {
      c.setRegister(o.d, o.size, Segments.limit(descriptor) & 0xffff_ffffL);
    }
  }

  static void verr(Cpu c, Op o) {
    long descriptor = visible(c, (int) readSelector(c, o), false);
    int access = Segments.access(descriptor);
    c.setZero(descriptor != 0 && ((access & 8) == 0 || (access & 2) != 0));
  }

  static void verw(Cpu c, Op o) {
    long descriptor = visible(c, (int) readSelector(c, o), false);
    c.setZero(descriptor != 0 && (Segments.access(descriptor) & 0xa) == 2);
  }

  static void arpl(Cpu c, Op o) {
    if (c.realMode()) {
      throw GuestFault.ud();
    }
    long destination = c.readRm(o);
    long source = c.r[o.d];
    boolean raise = (destination & 3) < (source & 3);
    if (raise) {
      c.writeRm(o, destination & ~3L | source & 3);
    }
    c.setZero(raise);
  }

  // ---- control and debug registers

  static void smsw(Cpu c, Op o) {
    checkUmip(c);
    if (o.memory) {
      c.store16(o.address(c), c.cr0);
    } else {
      c.setRegister(o.s, o.size, c.cr0);
    }
  }

  static void lmsw(Cpu c, Op o) {
    long value = c.readRm(o);
    setCr0(c, c.cr0 & ~0xeL | value & 0xf | c.cr0 & CR0_PE);
    c.proceed(o);
  }

  static void clts(Cpu c, Op o) {
    c.cr0 &= ~8L;
    c.proceed(o);
  }

  /** An invalid register number goes before missing privilege. */
  private static void requireControl(Cpu c, Op o) {
    if (o.d != 0 && o.d != 2 && o.d != 3 && o.d != 4 && o.d != 8) {
      throw GuestFault.ud();
    }
    c.requirePrivilege();
  }

  static void movFromControl(Cpu c, Op o) {
    requireControl(c, o);
    long value =
        switch (o.d) {
          case 0 -> c.cr0;
          case 2 -> c.cr2;
          case 3 -> c.cr3;
          case 4 -> c.cr4;
          case 8 -> c.apic.cr8();
          default -> throw GuestFault.ud();
        };
    c.setRegister(o.s, o.size, value);
  }

  static void movToControl(Cpu c, Op o) {
    requireControl(c, o);
    c.exits().count(ExitReason.CR_ACCESS);
    long value = c.getRegister(o.s, o.size);
    switch (o.d) {
      case 0 -> setCr0(c, value);
      case 2 -> c.cr2 = value;
      case 3 -> setCr3(c, value);
      case 4 -> setCr4(c, value);
      case 8 -> {
        if ((value & ~15L) != 0) {
          throw GuestFault.gp();
        }
        c.apic.setCr8((int) value);
        c.pollInterrupts();
      }
      default -> throw GuestFault.ud();
    }
    c.proceed(o);
  }

  static void setCr0(Cpu c, long value) {
    boolean paging = (value & Mmu.CR0_PG) != 0;
    if (value >>> 32 != 0
        || (paging && (value & CR0_PE) == 0)
        || ((value & 1L << 29) != 0 && (value & 1L << 30) == 0)) {
      throw GuestFault.gp();
    }
    boolean wasPaging = (c.cr0 & Mmu.CR0_PG) != 0;
    long efer = c.efer;
    if (paging && !wasPaging && (efer & EFER_LME) != 0) {
      if ((c.cr4 & Mmu.CR4_PAE) == 0 || (c.segmentAccess[X86State.CS] & Segments.LONG) != 0) {
        throw GuestFault.gp();
      }
      efer |= Mmu.EFER_LMA;
    } else if (!paging && wasPaging) {
      if (c.code64 || (c.cr4 & Mmu.CR4_PCIDE) != 0) {
        throw GuestFault.gp();
      }
      efer &= ~Mmu.EFER_LMA;
    }
    long before = c.cr0;
    c.cr0 = value & CR0_WRITABLE | CR0_ET;
    c.efer = efer;
    if (((before ^ c.cr0) & (Mmu.CR0_PG | Mmu.CR0_WP | CR0_PE)) != 0) {
      c.mmu.setControl(c.cr0, c.cr3, c.cr4, c.efer);
      c.updateMode();
    }
  }

  private static void setCr3(Cpu c, long value) {
    boolean keep = value < 0 && (c.cr4 & Mmu.CR4_PCIDE) != 0;
    long plain = keep ? value & Long.MAX_VALUE : value;
    if (c.code64 && plain >>> 52 != 0) {
      throw GuestFault.gp();
    }
    c.cr3 = plain;
    c.mmu.setCr3(plain, keep);
  }

  static void setCr4(Cpu c, long value) {
    boolean longMode = (c.efer & Mmu.EFER_LMA) != 0;
    long changed = c.cr4 ^ value;
    if ((value & ~CR4_WRITABLE) != 0
        || (longMode && (value & Mmu.CR4_PAE) == 0)
        || (longMode && (changed & Mmu.CR4_LA57) != 0)
        || ((value & changed & Mmu.CR4_PCIDE) != 0 && (!longMode || (c.cr3 & 0xfff) != 0))) {
      throw GuestFault.gp();
    }
    c.cr4 = value;
    long translation = Mmu.CR4_PSE | Mmu.CR4_PAE | Mmu.CR4_PGE | Mmu.CR4_PCIDE | Mmu.CR4_SMEP | Mmu.CR4_SMAP
        | Mmu.CR4_LA57;
    if ((changed & translation) != 0) {
      c.mmu.setControl(c.cr0, c.cr3, c.cr4, c.efer);
      c.updatePrivilege();
    }
  }

  private static int debugRegister(Cpu c, Op o) {
    int number = o.d;
    if (number == 4 || number == 5) {
      if ((c.cr4 & CR4_DE) != 0) {
        throw GuestFault.ud();
      }
      number += 2;
    }
    if (number > 7) {
      throw GuestFault.ud();
    }
    c.requirePrivilege();
    return number;
  }

  static void movFromDebug(Cpu c, Op o) {
    c.setRegister(o.s, o.size, c.debug[debugRegister(c, o)]);
  }

  static void movToDebug(Cpu c, Op o) {
    int number = debugRegister(c, o);
    long value = c.getRegister(o.s, o.size);
    if (number >= 6 && value >>> 32 != 0) {
      throw GuestFault.gp();
    }
    c.debug[number] =
        switch (number) {
          case 6 -> value & 0xffff_efffL | 0xffff_0ff0L;
          case 7 -> value & 0xffff_2fffL | 0x400;
          default -> value;
        };
    c.proceed(o);
  }

  static void invlpg(Cpu c, Op o) {
    c.mmu.invalidatePage(o.address(c));
    c.proceed(o);
  }

  static void invpcid(Cpu c, Op o) {
    long type = c.r[o.d];
    long address = o.address(c);
    long descriptor = c.load64(address);
    long linear = c.load64(address + 8);
    if (type < 0 || type > 3 || (type < 2 && descriptor >>> 12 != 0)) {
      throw GuestFault.gp();
    }
    if (type == 0) {
      if (linear << 16 >> 16 != linear) {
        throw GuestFault.gp();
      }
      c.mmu.invalidatePage(linear);
    } else {
      c.mmu.flushAll();
    }
    c.proceed(o);
  }

  // ---- fast system calls

  private static final int FLAT_CODE64 = 0xa09b;
  private static final int FLAT_CODE32 = 0xc09b;
  private static final int FLAT_DATA = 0xc093;
  private static final int USER = 0x60;

  static void syscall(Cpu c, Op o) {
    if ((c.efer & EFER_SCE) == 0 || !c.code64) {
      throw GuestFault.ud();
    }
    c.r[1] = c.nextRip(o);
    c.r[11] = c.flags() & ~Cpu.RF;
    loadKernelSegments(c);
    c.setFlags(0, (int) c.msrs.syscallMask | Cpu.RF);
    c.updateMode();
    c.jumpTo(c.msrs.lstar);
  }

  /** The segments, and the privilege level, that SYSCALL gives. */
  static void loadKernelSegments(Cpu c) {
    c.cpl = 0;
    Segments.loadFlat(c, X86State.CS, c.msrs.kernelCs(), FLAT_CODE64);
    Segments.loadFlat(c, X86State.SS, c.msrs.kernelCs() + 8, FLAT_DATA);
  }

  /** The segments, and the privilege level, that SYSRET gives; wide: to 64-bit code. */
  static void loadUserSegments(Cpu c, boolean wide) {
    c.cpl = 3;
    c.enteredUserMode();
    Segments.loadFlat(c, X86State.CS, c.msrs.userCs(wide), (wide ? FLAT_CODE64 : FLAT_CODE32) | USER);
    Segments.loadFlat(c, X86State.SS, c.msrs.userSs(), FLAT_DATA | USER);
  }

  static void sysret(Cpu c, Op o) {
    if ((c.efer & EFER_SCE) == 0 || !c.code64) {
      throw GuestFault.ud();
    }
    boolean wide = o.size == 64;
    if (wide && c.r[1] << 16 >> 16 != c.r[1]) {
      throw GuestFault.gp();
    }
    long target = wide ? c.r[1] : c.r[1] & 0xffff_ffffL;
    loadUserSegments(c, wide);
    c.updateMode();
    c.setFlags((int) c.r[11], 0x3c_7fd5);
    c.jumpTo(target);
  }

  static void sysenter(Cpu c, Op o) {
    if (c.realMode() || (c.msrs.sysenterCs & 0xfffc) == 0) {
      throw GuestFault.gp();
    }
    boolean longMode = (c.efer & Mmu.EFER_LMA) != 0;
    int base = (int) c.msrs.sysenterCs & 0xfffc;
    c.cpl = 0;
    Segments.loadFlat(c, X86State.CS, base, longMode ? FLAT_CODE64 : FLAT_CODE32);
    Segments.loadFlat(c, X86State.SS, base + 8, FLAT_DATA);
    c.setFlags(0, Cpu.IF | Cpu.RF | Cpu.VM);
    c.updateMode();
    c.r[4] = longMode ? c.msrs.sysenterEsp : c.msrs.sysenterEsp & 0xffff_ffffL;
    c.jumpTo(longMode ? c.msrs.sysenterEip : c.msrs.sysenterEip & 0xffff_ffffL);
  }

  static void sysexit(Cpu c, Op o) {
    if (c.realMode() || (c.msrs.sysenterCs & 0xfffc) == 0) {
      throw GuestFault.gp();
    }
    boolean wide = o.size == 64;
    int base = (int) c.msrs.sysenterCs & 0xfffc;
    long target = wide ? c.r[2] : c.r[2] & 0xffff_ffffL;
    c.r[4] = wide ? c.r[1] : c.r[1] & 0xffff_ffffL;
    c.cpl = 3;
    c.enteredUserMode();
    Segments.loadFlat(c, X86State.CS, base + (wide ? 32 : 16) | 3, (wide ? FLAT_CODE64 : FLAT_CODE32) | USER);
    Segments.loadFlat(c, X86State.SS, base + (wide ? 40 : 24) | 3, FLAT_DATA | USER);
    c.updateMode();
    c.jumpTo(target);
  }

  private static void swapgs(Cpu c) {
    if (!c.code64) {
      throw GuestFault.ud();
    }
    c.requirePrivilege();
    long base = c.segmentBase[X86State.GS];
    c.segmentBase[X86State.GS] = c.msrs.kernelGsBase;
    c.r[Instruction.SEGMENT_BASE + X86State.GS] = c.msrs.kernelGsBase;
    c.msrs.kernelGsBase = base;
  }

  // ---- 0F 01 with a register operand

  /** KVM's answer to a hypercall that it does not have, and to one from a program ({@code <linux/kvm_para.h>}). */
  private static final long KVM_ENOSYS = 1000;

  private static final long KVM_EPERM = 1;

  /**
   * VMCALL: who finds KVM's signature in CPUID may call, and learns that none of the calls is there (the kernel's
   * virt/kvm/x86/hypercalls.rst).
   */
  private static void hypercall(Cpu c, Op o) {
    long result = c.cpl == 0 ? -KVM_ENOSYS : -KVM_EPERM;
    c.r[0] = c.code64 ? result : result & 0xffff_ffffL;
    c.proceed(o);
  }

  static void group01reg0(Cpu c, Op o) {
    if ((o.modrm & 7) != 1) {
      // The other VMX instructions, which are not announced.
      throw GuestFault.ud();
    }
    hypercall(c, o);
  }

  static void group01reg1(Cpu c, Op o) {
    switch (o.modrm & 7) {
      case 2, 3 -> {
        if ((c.cr4 & Mmu.CR4_SMAP) == 0 && !CpuId.SMAP) {
          throw GuestFault.ud();
        }
        if (c.cpl != 0) {
          throw GuestFault.ud();
        }
        // CA clears, CB sets AC.
        if ((o.modrm & 7) == 3) {
          c.systemFlags |= Cpu.AC;
        } else {
          c.systemFlags &= ~Cpu.AC;
        }
        c.updatePrivilege();
      }
      default -> throw GuestFault.ud();
    }
  }

  static void group01reg2(Cpu c, Op o) {
    if ((c.cr4 & CR4_OSXSAVE) == 0) {
      throw GuestFault.ud();
    }
    int xcr = (int) c.r[1];
    switch (o.modrm & 7) {
      case 0 -> {
        if (xcr != 0 && (xcr != 1 || (c.features & Forms.XSAVEC) == 0)) {
          throw GuestFault.gp();
        }
        c.r[0] = xcr == 0 ? c.xcr0 & 0xffff_ffffL : c.xcr0 & FpuOps.inUse(c);
        c.r[2] = c.xcr0 >>> 32;
      }
      case 1 -> {
        c.requirePrivilege();
        long value = c.r[2] << 32 | c.r[0] & 0xffff_ffffL;
        if (xcr != 0 || (value & 1) == 0 || (value & 6) == 4 || (value & ~CpuId.xcr0(c.features)) != 0) {
          throw GuestFault.gp();
        }
        c.xcr0 = value;
      }
      default -> throw GuestFault.ud();
    }
    c.proceed(o);
  }

  static void group01reg7(Cpu c, Op o) {
    switch (o.modrm & 7) {
      case 0 -> swapgs(c);
      case 1 -> rdtscp(c);
      default -> throw GuestFault.ud();
    }
    c.proceed(o);
  }

  // ---- identification, counters and model-specific registers

  static void cpuid(Cpu c, Op o) {
    c.exits().count(ExitReason.CPUID);
    int[] result = c.vm.identity(c.index()).answer(c, (int) c.r[0], (int) c.r[1]);
    c.r[0] = result[0] & 0xffff_ffffL;
    c.r[3] = result[1] & 0xffff_ffffL;
    c.r[1] = result[2] & 0xffff_ffffL;
    c.r[2] = result[3] & 0xffff_ffffL;
  }

  private static void readTsc(Cpu c) {
    if ((c.cr4 & CR4_TSD) != 0 && c.cpl != 0) {
      throw GuestFault.gp();
    }
    long tsc = c.tsc();
    c.r[0] = tsc & 0xffff_ffffL;
    c.r[2] = tsc >>> 32;
  }

  static void rdtsc(Cpu c, Op o) {
    readTsc(c);
  }

  private static void rdtscp(Cpu c) {
    readTsc(c);
    c.r[1] = c.msrs.tscAux & 0xffff_ffffL;
  }

  static void rdpmc(Cpu c, Op o) {
    throw GuestFault.gp();
  }

  static void rdmsr(Cpu c, Op o) {
    c.exits().count(ExitReason.MSR_READ);
    long value = c.msrs.read((int) c.r[1]);
    c.r[0] = value & 0xffff_ffffL;
    c.r[2] = value >>> 32;
  }

  static void wrmsr(Cpu c, Op o) {
    c.exits().count(ExitReason.MSR_WRITE);
    c.msrs.write((int) c.r[1], c.r[2] << 32 | c.r[0] & 0xffff_ffffL);
    c.proceed(o);
  }

  private static void random(Cpu c, Op o) {
    if (o.lock) {
      throw GuestFault.ud();
    }
    c.setRegister(o.s, o.size, c.vm.random());
    c.setArithmeticFlags(Cpu.CF);
  }

  static void rdrand(Cpu c, Op o) {
    random(c, o);
  }

  static void rdseed(Cpu c, Op o) {
    random(c, o);
  }

  private static void requireFsGsBase(Cpu c) {
    if ((c.cr4 & CR4_FSGSBASE) == 0) {
      throw GuestFault.ud();
    }
  }

  static void rdfsbase(Cpu c, Op o) {
    requireFsGsBase(c);
    c.setRegister(o.s, o.size, c.segmentBase[X86State.FS]);
  }

  static void rdgsbase(Cpu c, Op o) {
    requireFsGsBase(c);
    c.setRegister(o.s, o.size, c.segmentBase[X86State.GS]);
  }

  private static void writeBase(Cpu c, Op o, int segment) {
    requireFsGsBase(c);
    long value = c.getRegister(o.s, o.size);
    if (value << 16 >> 16 != value) {
      throw GuestFault.gp();
    }
    c.setSegmentBase(segment, value);
  }

  static void wrfsbase(Cpu c, Op o) {
    writeBase(c, o, X86State.FS);
  }

  static void wrgsbase(Cpu c, Op o) {
    writeBase(c, o, X86State.GS);
  }
}
