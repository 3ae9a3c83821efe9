package dev.portfire.softcpu;

import dev.portfire.machine.CpuModel;

/**
 * What the processor says of itself. The model {@code portfire-v2} is x86-64-v2 and what a Linux guest likes to have besides,
 * {@code portfire-v3} has x86-64-v3, AES, PCLMULQDQ, SHA and ADX as well; both are fixed so that a saved machine can move
 * to any host. {@code host} is {@code portfire-v3} without what this host's processor has not, if that matters. Nothing is
 * announced that does not work. The KVM leaves: kernel Documentation/virt/kvm/x86/cpuid.rst.
 */
final class CpuId {
  /** Family 6, model 0x2c, stepping 1: the first that had all of x86-64-v2. */
  static final int SIGNATURE = 0x2_06c1;

  /** Whether SMAP is announced, and so STAC and CLAC exist. */
  static final boolean SMAP = true;

  private static final int XSAVE_SIZE = 576;

  /** With the upper halves of the YMM registers. */
  static final int XSAVE_SIZE_AVX = XSAVE_SIZE + 256;

  /** All bits of {@link Forms#FEATURES}. */
  static final int V3 = 2 * Forms.XSAVEC - 1;

  // Leaf 1, ECX.
  private static final int SSE3 = 1;
  private static final int SSSE3 = 1 << 9;
  private static final int PCLMULQDQ = 1 << 1;
  private static final int FMA = 1 << 12;
  private static final int CX16 = 1 << 13;
  private static final int PCID = 1 << 17;
  private static final int SSE41 = 1 << 19;
  private static final int SSE42 = 1 << 20;
  private static final int X2APIC = 1 << 21;
  private static final int MOVBE = 1 << 22;
  private static final int POPCNT = 1 << 23;
  private static final int TSC_DEADLINE = 1 << 24;
  private static final int AES = 1 << 25;
  private static final int XSAVE = 1 << 26;
  private static final int OSXSAVE = 1 << 27;
  private static final int AVX = 1 << 28;
  private static final int F16C = 1 << 29;
  private static final int RDRAND = 1 << 30;
  private static final int HYPERVISOR = 1 << 31;

  /** FPU, DE, PSE, TSC, MSR, PAE, CX8, APIC, SEP, MTRR, PGE, CMOV, PAT, CLFSH, MMX, FXSR, SSE, SSE2. */
  private static final int LEAF1_EDX = 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 8 | 1 << 9 | 1 << 11
      | 1 << 12 | 1 << 13 | 1 << 15 | 1 << 16 | 1 << 19 | 1 << 23 | 1 << 24 | 1 << 25 | 1 << 26;

  private static final int HTT = 1 << 28;

  /** FSGSBASE, SMEP, ERMS, INVPCID, FPU CS and DS deprecated, RDSEED, SMAP, CLFLUSHOPT. */
  private static final int LEAF7_EBX = 1 | 1 << 7 | 1 << 9 | 1 << 10 | 1 << 13 | 1 << 18 | 1 << 20 | 1 << 23;

  /** UMIP. */
  private static final int LEAF7_ECX = 1 << 2;

  /** FSRM, SPEC_CTRL, ARCH_CAPABILITIES. */
  private static final int LEAF7_EDX = 1 << 4 | 1 << 26 | 1 << 29;

  // More of leaf 7, EBX.
  private static final int BMI1 = 1 << 3;
  private static final int AVX2 = 1 << 5;
  private static final int BMI2 = 1 << 8;
  private static final int ADX = 1 << 19;
  private static final int SHA = 1 << 29;

  /** Leaf 0x80000001, ECX. */
  private static final int LZCNT = 1 << 5;

  /** Where each of {@link Forms#FEATURES} is announced; those of leaf 1, of leaf 7 and of leaf 0x80000001. */
  private static final int[][] LEAF1_FEATURES = {
    {Forms.AVX, AVX}, {Forms.FMA, FMA}, {Forms.F16C, F16C}, {Forms.AES, AES}, {Forms.PCLMULQDQ, PCLMULQDQ}, {Forms.MOVBE, MOVBE}
  };

  private static final int[][] LEAF7_FEATURES = {
    {Forms.AVX2, AVX2}, {Forms.BMI1, BMI1}, {Forms.BMI2, BMI2}, {Forms.SHA, SHA}, {Forms.ADX, ADX}
  };

  private static final int[][] EXTENDED_FEATURES = {{Forms.LZCNT, LZCNT}};

  private CpuId() {}

  private static int announced(int features, int[][] bits) {
    int result = 0;
    for (int[] b : bits) {
      if ((features & b[0]) != 0) {
        result |= b[1];
      }
    }
    return result;
  }

  private static int found(int register, int[][] bits) {
    int result = 0;
    for (int[] b : bits) {
      if ((register & b[1]) != 0) {
        result |= b[0];
      }
    }
    return result;
  }

  /**
   * The features of {@link Forms#FEATURES} that a processor announces.
   *
   * @param leaf1 ECX of leaf 1
   * @param leaf7 EBX of leaf 7
   * @param extended ECX of leaf 0x80000001
   * @param avxUsable whether the operating system lets AVX be used
   */
  static int features(int leaf1, int leaf7, int extended, boolean avxUsable) {
    int result = found(leaf1, LEAF1_FEATURES) | found(leaf7, LEAF7_FEATURES) | found(extended, EXTENDED_FEATURES) | Forms.XSAVEC;
    return avxUsable && (result & Forms.AVX) != 0
        ? result
        : result & ~(Forms.AVX | Forms.AVX2 | Forms.FMA | Forms.F16C);
  }

  /**
   * The features of a model.
   *
   * @param host what the host's processor has, or {@link #V3} for the interpreter, which needs nothing of it
   */
  static int features(CpuModel model, int host) {
    return switch (model) {
      case PORTFIRE_V2 -> 0;
      case PORTFIRE_V3 -> V3;
      case HOST -> V3 & host;
    };
  }

  /** The state components that XCR0 may enable: x87, SSE and, with AVX, the upper halves. */
  static long xcr0(int features) {
    return (features & Forms.AVX) != 0 ? 7 : 3;
  }

  private static String brand(int features) {
    return "Portfire software CPU, x86-64-" + (features == V3 ? "v3" : features == 0 ? "v2" : "v2+");
  }

  private static int[] of(int eax, int ebx, int ecx, int edx) {
    return new int[] {eax, ebx, ecx, edx};
  }

  private static int text(String s, int at) {
    int value = 0;
    for (int k = 3; k >= 0; k--) {
      value = value << 8 | (at + k < s.length() ? s.charAt(at + k) : 0);
    }
    return value;
  }

  private static int log2(int n) {
    return 32 - Integer.numberOfLeadingZeros(n - 1);
  }

  /** EAX, EBX, ECX, EDX of a leaf. */
  static int[] leaf(Cpu c, int leaf, int subleaf) {
    int cpus = c.vm.vcpuCount();
    int threads = c.vm.threadsPerCore();
    int id = c.index();
    return switch (leaf) {
      case 0 -> of(0x16, text("Genu", 0), text("ntel", 0), text("ineI", 0));
      case 1 -> {
        int ecx = SSE3 | SSSE3 | CX16 | PCID | SSE41 | SSE42 | X2APIC | POPCNT | TSC_DEADLINE | XSAVE | RDRAND
            | HYPERVISOR;
        ecx |= announced(c.features, LEAF1_FEATURES);
        if ((c.cr4 & 1 << 18) != 0) {
          ecx |= OSXSAVE;
        }
        int siblings = 1 << log2(cpus);
        yield of(SIGNATURE, id << 24 | siblings << 16 | 8 << 8, ecx, LEAF1_EDX | (cpus > 1 ? HTT : 0));
      }
      case 2 -> of(0x0000_ff01, 0, 0, 0);
      case 4 -> cache(subleaf, cpus, threads);
      case 5 -> of(0, 0, 0, 0);
      case 6 -> of(4, 0, 0, 0);
      case 7 -> subleaf == 0 ? of(0, LEAF7_EBX | announced(c.features, LEAF7_FEATURES), LEAF7_ECX, LEAF7_EDX) : of(0, 0, 0, 0);
      case 0xb -> topology(subleaf, cpus, threads, id);
      case 0xd -> switch (subleaf) {
        case 0 -> of((int) xcr0(c.features), xsaveSize(c.xcr0), xsaveSize(xcr0(c.features)), 0);
        // XSAVEOPT; XSAVEC and XGETBV of what is in use
        case 1 -> (c.features & Forms.XSAVEC) == 0 ? of(1, 0, 0, 0) : of(7, xsaveSize(c.xcr0), 0, 0);
        case 2 -> xcr0(c.features) == 7 ? of(XSAVE_SIZE_AVX - XSAVE_SIZE, XSAVE_SIZE, 0, 0) : of(0, 0, 0, 0);
        default -> of(0, 0, 0, 0);
      };
      case 0x15 -> of(1, 1, (int) SoftClock.TSC_HZ, 0);
      case 0x16 -> of((int) (SoftClock.TSC_HZ / 1_000_000), (int) (SoftClock.TSC_HZ / 1_000_000), 100, 0);
      case 0x4000_0000 -> of(0x4000_0010, text("KVMK", 0), text("VMKV", 0), text("M", 0));
      // CLOCKSOURCE, NOP_IO_DELAY, CLOCKSOURCE2, CLOCKSOURCE_STABLE.
      case 0x4000_0001 -> of(1 | 1 << 1 | 1 << 3 | 1 << 24, 0, 0, 0);
      case 0x4000_0010 -> of((int) (SoftClock.TSC_HZ / 1000), 1_000_000, 0, 0);
      case 0x8000_0000 -> of(0x8000_0008, 0, 0, 0);
      // LAHF; SYSCALL, NX, 1 GiB pages, RDTSCP, long mode.
      case 0x8000_0001 -> of(0, 0, 1 | announced(c.features, EXTENDED_FEATURES), (c.code64 ? 1 << 11 : 0) | 1 << 20 | 1 << 26 | 1 << 27 | 1 << 29);
      case 0x8000_0002, 0x8000_0003, 0x8000_0004 -> {
        int at = (leaf - 0x8000_0002) * 16;
        String brand = brand(c.features);
        yield of(text(brand, at), text(brand, at + 4), text(brand, at + 8), text(brand, at + 12));
      }
      case 0x8000_0006 -> of(0, 0, 0x0100_8040, 0);
      // Invariant TSC.
      case 0x8000_0007 -> of(0, 0, 0, 1 << 8);
      // 46 bits of physical, 48 of linear address.
      case 0x8000_0008 -> of(0x3000 | 46, 0, 0, 0);
      default -> of(0, 0, 0, 0);
    };
  }

  /** Bytes of the XSAVE area for these components. */
  private static int xsaveSize(long components) {
    return (components & 4) != 0 ? XSAVE_SIZE_AVX : XSAVE_SIZE;
  }

  /** 32 KiB of data and instruction cache and 256 KiB of second level for each core, 8 MiB for all. */
  private static int[] cache(int subleaf, int cpus, int threads) {
    int cores = (1 << log2(cpus)) / threads - 1 << 26;
    int shared = threads - 1 << 14;
    return switch (subleaf) {
      case 0 -> of(cores | shared | 1 << 5 | 1, 7 << 22 | 63, 63, 0);
      case 1 -> of(cores | shared | 1 << 5 | 2, 7 << 22 | 63, 63, 0);
      case 2 -> of(cores | shared | 2 << 5 | 3, 7 << 22 | 63, 511, 0);
      case 3 -> of(cores | (1 << log2(cpus)) - 1 << 14 | 3 << 5 | 3, 15 << 22 | 63, 8191, 0);
      default -> of(0, 0, 0, 0);
    };
  }

  /** One or two threads for each core, all cores in one package. */
  private static int[] topology(int subleaf, int cpus, int threads, int id) {
    return switch (subleaf) {
      case 0 -> of(threads - 1, threads, 1 << 8, id);
      case 1 -> of(5, cpus, 2 << 8 | 1, id);
      default -> of(0, 0, subleaf, id);
    };
  }
}
