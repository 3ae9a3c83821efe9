package dev.portfire.softcpu;

import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.X86State;
import dev.portfire.softcpu.irqchip.LocalApic;
import dev.portfire.softcpu.irqchip.MsrFault;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Model-specific registers (SDM volume 4; the KVM ones: kernel Documentation/virt/kvm/x86/msr.rst). */
final class Msrs {
  private static final int TSC = 0x10;
  private static final int PLATFORM_ID = 0x17;
  private static final int FEATURE_CONTROL = 0x3a;
  private static final int SPEC_CTRL = 0x48;
  private static final int PRED_CMD = 0x49;
  private static final int MICROCODE = 0x8b;
  private static final int MISC_PACKAGE = 0xbc;
  private static final int MTRR_CAP = 0xfe;
  private static final int ARCH_CAPABILITIES = 0x10a;
  private static final int MISC_FEATURES = 0x140;
  private static final int SYSENTER_CS = 0x174;
  private static final int SYSENTER_ESP = 0x175;
  private static final int SYSENTER_EIP = 0x176;
  private static final int MCG_CAP = 0x179;
  private static final int MCG_STATUS = 0x17a;
  private static final int MISC_ENABLE = 0x1a0;
  private static final int DEBUGCTL = 0x1d9;
  private static final int MTRR_FIRST = 0x200;
  private static final int MTRR_LAST = 0x20f;
  private static final int MTRR_FIX_64K = 0x250;
  private static final int MTRR_FIX_16K_LAST = 0x259;
  private static final int MTRR_FIX_4K = 0x268;
  private static final int MTRR_FIX_4K_LAST = 0x26f;
  private static final int PAT = 0x277;
  private static final int MTRR_DEFAULT = 0x2ff;
  private static final int EFER = 0xc000_0080;
  private static final int STAR = 0xc000_0081;
  private static final int LSTAR = 0xc000_0082;
  private static final int CSTAR = 0xc000_0083;
  private static final int SYSCALL_MASK = 0xc000_0084;
  private static final int FS_BASE = 0xc000_0100;
  private static final int GS_BASE = 0xc000_0101;
  private static final int KERNEL_GS_BASE = 0xc000_0102;
  private static final int TSC_AUX = 0xc000_0103;
  private static final int KVM_WALL_CLOCK_OLD = 0x11;
  private static final int KVM_SYSTEM_TIME_OLD = 0x12;
  private static final int KVM_WALL_CLOCK = 0x4b56_4d00;
  private static final int KVM_SYSTEM_TIME = 0x4b56_4d01;

  /**
   * RDCL_NO, IBRS_ALL, SKIP_L1DFL, SSB_NO, MDS_NO, PSCHANGE_MC_NO, TAA_NO, the MMIO ones, BHI_NO, PBRSB_NO, GDS_NO,
   * RFDS_NO: nothing is speculated here.
   */
  private static final long CAPABILITIES = 1 | 1 << 1 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 8
      | 7 << 13 | 1 << 20 | 1 << 24 | 1 << 26 | 1 << 27;

  /** Of EFER: SCE, LME, LMA, NXE. */
  private static final long EFER_VALID = 0xd01;

  /** ARCH_CAPABILITIES says that there is {@link #MISC_PACKAGE}. */
  private static final long MISC_PACKAGE_CTLS = 1 << 10;

  /** Of ARCH_CAPABILITIES: bits that announce registers which are not here: TSX_CTRL, FB_CLEAR_CTRL, XAPIC_DISABLE, overclocking. */
  private static final long CAPABILITIES_REGISTERS = 1 << 7 | 1 << 18 | 1 << 21 | 1 << 23;

  private final Cpu c;
  private final long[] mtrr = new long[MTRR_LAST - MTRR_FIRST + 1];
  private final long[] fixedMtrr = new long[MTRR_FIX_4K_LAST - MTRR_FIX_64K + 1];
  private long mtrrDefault;
  private long platformId;
  private long featureControl = 1;
  private long microcode = 1L << 32;
  private long miscFeatures;
  private long capabilities = CAPABILITIES;
  private long miscPackage;
  private long pat = 0x0007_0406_0007_0406L;
  private long specCtrl;
  private long miscEnable = 1;
  private long debugCtl;
  private long mcgStatus;
  /** What the counter is ahead of the machine's clock by. */
  long tscOffset;
  private long wallClock;
  private long systemTime;

  /** Changes when one of the next four may have changed. */
  int systemCallChanges;

  long star;
  long lstar;
  long cstar;
  long syscallMask;
  long kernelGsBase;
  long tscAux;
  long sysenterCs;
  long sysenterEsp;
  long sysenterEip;

  Msrs(Cpu c) {
    this.c = c;
  }

  /** The selector of CS after SYSCALL; that of SS is 8 more. */
  int kernelCs() {
    return (int) (star >>> 32) & 0xfffc;
  }

  /** The selector of CS after SYSRET; wide: to 64-bit code. */
  int userCs(boolean wide) {
    return (int) (star >>> 48) + (wide ? 16 : 0) | 3;
  }

  /** The selector of SS after SYSRET. */
  int userSs() {
    return (int) (star >>> 48) + 8 | 3;
  }

  /** The time-stamp counter of this CPU. */
  long tsc() {
    return c.vm.clock().tsc() + tscOffset;
  }

  private static long canonical(long value) {
    if (value << 16 >> 16 != value) {
      throw GuestFault.gp();
    }
    return value;
  }

  private static long low32(long value) {
    if (value >>> 32 != 0) {
      throw GuestFault.gp();
    }
    return value;
  }

  /** RDMSR. */
  long read(int msr) {
    if (msr >= LocalApic.MSR_X2APIC && msr <= LocalApic.MSR_X2APIC_LAST) {
      try {
        return c.apic.readMsr(msr);
      } catch (MsrFault e) {
        throw GuestFault.gp();
      }
    }
    if (msr >= MTRR_FIRST && msr <= MTRR_LAST) {
      return mtrr[msr - MTRR_FIRST];
    }
    return switch (msr) {
      case TSC -> tsc();
      case LocalApic.MSR_APIC_BASE -> c.apic.apicBase();
      case LocalApic.MSR_TSC_DEADLINE -> {
        long deadline = c.apic.tscDeadline();
        yield deadline == 0 ? 0 : deadline + tscOffset;
      }
      case FEATURE_CONTROL -> featureControl;
      case PLATFORM_ID -> platformId;
      case MISC_FEATURES -> miscFeatures;
      case PRED_CMD, MCG_CAP -> 0;
      case SPEC_CTRL -> specCtrl;
      case MICROCODE -> microcode;
      case MISC_PACKAGE -> {
        requireMiscPackage();
        yield miscPackage;
      }
      case MTRR_CAP -> 0x508;
      case ARCH_CAPABILITIES -> capabilities;
      case SYSENTER_CS -> sysenterCs;
      case SYSENTER_ESP -> sysenterEsp;
      case SYSENTER_EIP -> sysenterEip;
      case MCG_STATUS -> mcgStatus;
      case MISC_ENABLE -> miscEnable;
      case DEBUGCTL -> debugCtl;
      case PAT -> pat;
      case MTRR_DEFAULT -> mtrrDefault;
      case EFER -> c.efer;
      case STAR -> star;
      case LSTAR -> lstar;
      case CSTAR -> cstar;
      case SYSCALL_MASK -> syscallMask;
      case FS_BASE -> c.segmentBase[X86State.FS];
      case GS_BASE -> c.segmentBase[X86State.GS];
      case KERNEL_GS_BASE -> kernelGsBase;
      case TSC_AUX -> tscAux;
      case KVM_WALL_CLOCK, KVM_WALL_CLOCK_OLD -> wallClock;
      case KVM_SYSTEM_TIME, KVM_SYSTEM_TIME_OLD -> systemTime;
      default -> {
        if (isFixedMtrr(msr)) {
          yield fixedMtrr[msr - MTRR_FIX_64K];
        }
        throw GuestFault.gp();
      }
    };
  }

  private static boolean isFixedMtrr(int msr) {
    return msr == MTRR_FIX_64K
        || (msr >= MTRR_FIX_16K_LAST - 1 && msr <= MTRR_FIX_16K_LAST)
        || (msr >= MTRR_FIX_4K && msr <= MTRR_FIX_4K_LAST);
  }

  /** WRMSR. */
  void write(int msr, long value) {
    if (msr >= LocalApic.MSR_X2APIC && msr <= LocalApic.MSR_X2APIC_LAST) {
      try {
        c.apic.writeMsr(msr, value);
      } catch (MsrFault e) {
        throw GuestFault.gp();
      }
      return;
    }
    if (msr >= MTRR_FIRST && msr <= MTRR_LAST) {
      mtrr[msr - MTRR_FIRST] = value;
      return;
    }
    switch (msr) {
      case TSC -> {
        tscOffset = value - c.vm.clock().tsc();
        // kvmclock is worked out from the counter, and must not jump with it.
        c.vm.clock().writeSystemTime(c.vm.memory(), systemTime, tscOffset);
      }
      case LocalApic.MSR_APIC_BASE -> {
        try {
          c.apic.setApicBase(value);
        } catch (MsrFault e) {
          throw GuestFault.gp();
        }
        c.mmu.flushAll();
      }
      // The APIC counts on the machine's clock, the register on this CPU's.
      case LocalApic.MSR_TSC_DEADLINE -> c.apic.setTscDeadline(value == 0 ? 0 : value - tscOffset);
      case SPEC_CTRL -> {
        if ((value & ~7L) != 0) {
          throw GuestFault.gp();
        }
        specCtrl = value;
      }
      case MISC_PACKAGE -> {
        requireMiscPackage();
        if ((value & ~1L) != 0) {
          throw GuestFault.gp();
        }
        miscPackage = value;
      }
      case PRED_CMD, MICROCODE, MISC_FEATURES -> {
        // Barriers and microcode updates have nothing to act on.
      }
      case SYSENTER_CS -> sysenterCs = value;
      case SYSENTER_ESP -> sysenterEsp = canonical(value);
      case SYSENTER_EIP -> sysenterEip = canonical(value);
      case MCG_STATUS -> mcgStatus = value;
      case MISC_ENABLE -> miscEnable = value;
      case DEBUGCTL -> debugCtl = value;
      case PAT -> {
        for (int k = 0; k < 64; k += 8) {
          int type = (int) (value >>> k) & 0xff;
          if (type > 7 || type == 2 || type == 3) {
            throw GuestFault.gp();
          }
        }
        pat = value;
      }
      case MTRR_DEFAULT -> mtrrDefault = value;
      case EFER -> writeEfer(value);
      case STAR -> {
        star = value;
        systemCallChanges++;
      }
      case LSTAR -> {
        lstar = canonical(value);
        systemCallChanges++;
      }
      case CSTAR -> cstar = canonical(value);
      case SYSCALL_MASK -> {
        syscallMask = low32(value);
        systemCallChanges++;
      }
      case FS_BASE -> c.setSegmentBase(X86State.FS, canonical(value));
      case GS_BASE -> c.setSegmentBase(X86State.GS, canonical(value));
      case KERNEL_GS_BASE -> kernelGsBase = canonical(value);
      case TSC_AUX -> tscAux = low32(value);
      case KVM_WALL_CLOCK, KVM_WALL_CLOCK_OLD -> {
        wallClock = value;
        c.vm.clock().writeWallClock(c.vm.memory(), value);
      }
      case KVM_SYSTEM_TIME, KVM_SYSTEM_TIME_OLD -> {
        systemTime = value;
        c.vm.clock().writeSystemTime(c.vm.memory(), value, tscOffset);
      }
      default -> {
        if (!isFixedMtrr(msr)) {
          throw GuestFault.gp();
        }
        fixedMtrr[msr - MTRR_FIX_64K] = value;
      }
    }
  }

  private void requireMiscPackage() {
    if ((capabilities & MISC_PACKAGE_CTLS) == 0) {
      throw GuestFault.gp();
    }
  }

  /**
   * Changes registers as a CPU template says, before the guest runs.
   *
   * @throws IllegalStateException naming a register that is not there, or that cannot have such a value
   */
  void apply(CpuTemplate template) {
    for (CpuTemplate.MsrModifier modifier : template.msrs()) {
      int msr = modifier.address();
      if (!has(msr)) {
        throw CpuTemplate.msrRefused(msr, "is not there on this host");
      }
      long before = read(msr);
      long value = modifier.apply(before);
      if (value == before) {
        continue;
      }
      switch (msr) {
        case PLATFORM_ID -> platformId = value;
        case FEATURE_CONTROL -> featureControl = value;
        case MICROCODE -> microcode = value;
        case MISC_FEATURES -> miscFeatures = value;
        case ARCH_CAPABILITIES -> {
          if ((value & CAPABILITIES_REGISTERS) != 0) {
            throw CpuTemplate.msrRefused(msr, "would announce registers that the software CPU does not have");
          }
          capabilities = value;
        }
        default -> set(msr, value);
      }
    }
  }

  private void set(int msr, long value) {
    try {
      write(msr, value);
    } catch (GuestFault e) {
      throw CpuTemplate.msrRefused(msr, "cannot be 0x%x on the software CPU".formatted(value));
    }
    if (msr != TSC && read(msr) != value) {
      throw CpuTemplate.msrRefused(msr, "cannot be changed on the software CPU");
    }
  }

  /** The numbers of all that can be read at any time, in order. */
  List<Integer> readable() {
    return IntStream.concat(
            IntStream.range(0, 0x2000), IntStream.concat(IntStream.range(KVM_WALL_CLOCK, KVM_WALL_CLOCK + 16), IntStream.range(EFER, EFER + 0x200)))
        .filter(this::has)
        .boxed()
        .toList();
  }

  private void writeEfer(long value) {
    if ((value & ~EFER_VALID) != 0
        || (((value ^ c.efer) & SystemOps.EFER_LME) != 0 && (c.cr0 & Mmu.CR0_PG) != 0)) {
      throw GuestFault.gp();
    }
    long before = c.efer;
    c.efer = value & ~Mmu.EFER_LMA | before & Mmu.EFER_LMA;
    if (((before ^ c.efer) & Mmu.EFER_NXE) != 0) {
      c.mmu.setControl(c.cr0, c.cr3, c.cr4, c.efer);
    } else {
      c.mmu.setEfer(c.efer);
    }
  }

  /** The numbers of the registers that {@link #save} includes; others follow from the rest of the state. */
  private static final int[] SAVED = {
    LocalApic.MSR_APIC_BASE, TSC, SPEC_CTRL, SYSENTER_CS, SYSENTER_ESP, SYSENTER_EIP, MISC_ENABLE, PAT, MTRR_DEFAULT,
    STAR, LSTAR, CSTAR, SYSCALL_MASK, KERNEL_GS_BASE, TSC_AUX, KVM_WALL_CLOCK, KVM_SYSTEM_TIME, LocalApic.MSR_TSC_DEADLINE
  };

  /** Whether a register can be read. */
  boolean has(int msr) {
    try {
      read(msr);
      return true;
    } catch (GuestFault e) {
      return false;
    }
  }

  Map<Integer, Long> save() {
    Map<Integer, Long> values = new LinkedHashMap<>();
    for (int msr : SAVED) {
      values.put(msr, read(msr));
    }
    return values;
  }

  /** Writes saved registers; those that this CPU does not have are refused. */
  void restore(Map<Integer, Long> values) {
    values.forEach((msr, value) -> {
      try {
        write(msr, value);
      } catch (GuestFault e) {
        throw new IllegalArgumentException("MSR 0x%x cannot be set to 0x%x".formatted(msr, value), e);
      }
    });
  }
}
