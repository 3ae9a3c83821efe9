package dev.portfire.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import dev.portfire.machine.CpuModel;
import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.CpuidLeaf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The CPUID leaves of a guest: those that KVM supports, made to describe the guest's own topology (SDM volume 2, CPUID; AMD
 * APM volume 3, appendix E).
 */
final class Cpuid {
  private static final int FIRST_SIZE = 128;
  private static final int LARGEST_SIZE = 2048;

  private static final int EBX_AUTH = 0x6874_7541;

  // Leaf 1, ECX and EDX.
  private static final int PDCM = 1 << 15;
  private static final int X2APIC = 1 << 21;
  private static final int TSC_DEADLINE = 1 << 24;
  private static final int HYPERVISOR = 1 << 31;
  private static final int HTT = 1 << 28;

  // What portfire-v2 keeps: the same as the software CPU announces.
  /** SSE3, SSSE3, CX16, PCID, SSE4.1, SSE4.2, x2APIC, POPCNT, TSC deadline, XSAVE, OSXSAVE, RDRAND, hypervisor. */
  private static final int PORTABLE_1_ECX = 1 | 1 << 9 | 1 << 13 | 1 << 17 | 1 << 19 | 1 << 20 | 1 << 21 | 1 << 23
      | 1 << 24 | 1 << 26 | 1 << 27 | 1 << 30 | 1 << 31;

  /** FPU, DE, PSE, TSC, MSR, PAE, CX8, APIC, SEP, MTRR, PGE, CMOV, PAT, CLFSH, MMX, FXSR, SSE, SSE2, HTT. */
  private static final int PORTABLE_1_EDX = 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 8 | 1 << 9 | 1 << 11
      | 1 << 12 | 1 << 13 | 1 << 15 | 1 << 16 | 1 << 19 | 1 << 23 | 1 << 24 | 1 << 25 | 1 << 26 | 1 << 28;

  /** FSGSBASE, SMEP, ERMS, INVPCID, FPU CS and DS deprecated, RDSEED, SMAP, CLFLUSHOPT. */
  private static final int PORTABLE_7_EBX = 1 | 1 << 7 | 1 << 9 | 1 << 10 | 1 << 13 | 1 << 18 | 1 << 20 | 1 << 23;

  /** UMIP. */
  private static final int PORTABLE_7_ECX = 1 << 2;

  /** FSRM. */
  private static final int PORTABLE_7_EDX = 1 << 4;

  /** LAHF, and topology extensions, which are about leaves and not about instructions. */
  private static final int PORTABLE_EXT_ECX = 1 | 1 << 22;

  /** SYSCALL, NX, 1 GiB pages, RDTSCP, long mode, and AMD's copies of leaf 1. */
  private static final int PORTABLE_EXT_EDX = 1 << 11 | 1 << 20 | 1 << 26 | 1 << 27 | 1 << 29
      | PORTABLE_1_EDX & 0x0183_f3ff;

  /** Of KVM's own: the clock, and port 0x80 not needed for delays. */
  private static final int PORTABLE_KVM = 1 | 1 << 1 | 1 << 3 | 1 << 24;

  /** x87 and SSE state: legacy area and header; and with the upper halves of the YMM registers. */
  private static final int PORTABLE_XSAVE_SIZE = 576;

  private static final int V3_XSAVE_SIZE = PORTABLE_XSAVE_SIZE + 256;

  /**
   * What portfire-v3 has besides.
   *
   * @param bit in ECX of leaf 1, EBX of leaf 7 or ECX of leaf 0x80000001
   */
  private record Feature(String name, int leaf, int bit) {}

  private static final List<Feature> V3 = List.of(
      new Feature("PCLMULQDQ", 1, 1),
      new Feature("FMA", 1, 12),
      new Feature("MOVBE", 1, 22),
      new Feature("AES", 1, 25),
      new Feature("AVX", 1, 28),
      new Feature("F16C", 1, 29),
      new Feature("BMI1", 7, 3),
      new Feature("AVX2", 7, 5),
      new Feature("BMI2", 7, 8),
      new Feature("ADX", 7, 19),
      new Feature("SHA", 7, 29),
      new Feature("LZCNT", 0x8000_0001, 5));

  private static int v3(int leaf) {
    return V3.stream().filter(f -> f.leaf == leaf).mapToInt(f -> 1 << f.bit).reduce(0, (a, b) -> a | b);
  }

  private Cpuid() {}

  /** The leaves that KVM supports. */
  static List<CpuidLeaf> supported(Descriptor kvm) {
    for (int size = FIRST_SIZE; ; size *= 2) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment table = table(arena, size);
        table.set(JAVA_INT, 0, size);
        kvm.ioctl(Request.GET_SUPPORTED_CPUID.toString(), Request.GET_SUPPORTED_CPUID.number(), table.address());
        List<CpuidLeaf> leaves = new ArrayList<>();
        for (int k = 0; k < table.get(JAVA_INT, 0); k++) {
          MemorySegment e = entry(table, k);
          int at = Layouts.CPUID_ENTRY_EAX;
          leaves.add(new CpuidLeaf(
              e.get(JAVA_INT, 0),
              e.get(JAVA_INT, Layouts.CPUID_ENTRY_INDEX),
              e.get(JAVA_INT, Layouts.CPUID_ENTRY_FLAGS),
              e.get(JAVA_INT, at),
              e.get(JAVA_INT, at + 4),
              e.get(JAVA_INT, at + 8),
              e.get(JAVA_INT, at + 12)));
        }
        return leaves;
      } catch (SystemCallException e) {
        if (e.errno() != SystemCallException.E2BIG || size >= LARGEST_SIZE) {
          throw new IllegalStateException("KVM refused: " + e.getMessage(), e);
        }
      }
    }
  }

  /** Gives a vCPU its leaves. */
  static void set(Descriptor vcpu, List<CpuidLeaf> leaves) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment table = table(arena, leaves.size());
      table.set(JAVA_INT, 0, leaves.size());
      for (int k = 0; k < leaves.size(); k++) {
        MemorySegment e = entry(table, k);
        CpuidLeaf leaf = leaves.get(k);
        int at = Layouts.CPUID_ENTRY_EAX;
        e.set(JAVA_INT, 0, leaf.function());
        e.set(JAVA_INT, Layouts.CPUID_ENTRY_INDEX, leaf.index());
        e.set(JAVA_INT, Layouts.CPUID_ENTRY_FLAGS, leaf.flags());
        e.set(JAVA_INT, at, leaf.eax());
        e.set(JAVA_INT, at + 4, leaf.ebx());
        e.set(JAVA_INT, at + 8, leaf.ecx());
        e.set(JAVA_INT, at + 12, leaf.edx());
      }
      Calls.make(vcpu, Request.SET_CPUID2, table);
    }
  }

  private static MemorySegment table(Arena arena, int entries) {
    return arena.allocate(Layouts.CPUID_HEADER + (long) entries * Layouts.CPUID_ENTRY_SIZE, 8);
  }

  private static MemorySegment entry(MemorySegment table, int k) {
    return table.asSlice(Layouts.CPUID_HEADER + (long) k * Layouts.CPUID_ENTRY_SIZE, Layouts.CPUID_ENTRY_SIZE);
  }

  /**
   * Makes sure that KVM supports what a model promises.
   *
   * @throws IllegalStateException naming all that is missing, in one line
   */
  static void check(List<CpuidLeaf> supported, CpuModel model) {
    if (model != CpuModel.PORTFIRE_V3) {
      // The other models take what is there.
      return;
    }
    List<String> missing = new ArrayList<>();
    for (Feature f : V3) {
      boolean there = supported.stream().anyMatch(l -> l.function() == f.leaf && l.index() == 0
          && ((f.leaf == 7 ? l.ebx() : l.ecx()) & 1 << f.bit) != 0);
      if (!there) {
        missing.add(f.name);
      }
    }
    if (!missing.isEmpty()) {
      throw new IllegalStateException("KVM on this host lacks %s of the processor %s: choose portfire-v2 or host"
          .formatted(String.join(", ", missing), model));
    }
  }

  /**
   * What a guest may be told: KVM's leaves, as far as the model has them, changed by a template.
   *
   * @throws IllegalStateException if the template is for other processors, or changes a leaf that is not there
   */
  static List<CpuidLeaf> offered(List<CpuidLeaf> supported, CpuModel model, Optional<CpuTemplate> template) {
    List<CpuidLeaf> leaves = supported;
    if (model != CpuModel.HOST) {
      leaves = supported.stream().filter(l -> isPortable(l, model)).map(l -> portable(l, model)).toList();
    }
    if (template.isPresent()) {
      template.get().checkProcessor(supported);
      leaves = template.get().apply(leaves);
    }
    return leaves;
  }

  /**
   * Makes leaves those of a guest's CPU, all of whose cores are in one package.
   *
   * @param supported what KVM supports, which has the host's name
   * @param offered the leaves
   * @param index the vCPU's index, which is its APIC id
   * @param topology how many there are
   * @param tscDeadline whether KVM's local APIC has the TSC-deadline timer
   */
  static List<CpuidLeaf> normalise(
      List<CpuidLeaf> supported, List<CpuidLeaf> offered, CpuModel model, int index, Topology topology, boolean tscDeadline) {
    boolean amd = supported.stream().anyMatch(l -> l.function() == 0 && l.ebx() == EBX_AUTH);
    byte[] brand = amd
        ? "AMD EPYC".getBytes(StandardCharsets.US_ASCII)
        : intelBrand(supported).getBytes(StandardCharsets.US_ASCII);
    List<CpuidLeaf> leaves = new ArrayList<>();
    for (CpuidLeaf host : offered) {
      CpuidLeaf leaf = amd ? amd(host, index, topology) : intel(host, model, topology);
      leaf = common(leaf, index, topology.count, tscDeadline, brand);
      if (leaf.function() != 0xb && leaf.function() != 0x1f) {
        leaves.add(leaf);
      }
    }
    addTopology(leaves, 0xb, index, topology);
    if (offered.stream().anyMatch(l -> l.function() == 0x1f)) {
      addTopology(leaves, 0x1f, index, topology);
    }
    return leaves;
  }

  /**
   * How many vCPUs there are.
   *
   * @param count all of them
   * @param threads those in a core: 1 or 2
   */
  record Topology(int count, int threads) {
    int cores() {
      return count / threads;
    }
  }

  private static void addTopology(List<CpuidLeaf> leaves, int function, int index, Topology topology) {
    int significant = CpuidLeaf.SIGNIFICANT_INDEX;
    leaves.add(new CpuidLeaf(function, 0, significant, topology.threads - 1, topology.threads, 1 << 8, index));
    leaves.add(new CpuidLeaf(function, 1, significant, 5, topology.count, 2 << 8 | 1, index));
    // An invalid level ends the list.
    leaves.add(new CpuidLeaf(function, 2, significant, 0, 0, 2, index));
  }

  private static CpuidLeaf common(CpuidLeaf leaf, int index, int count, boolean tscDeadline, byte[] brand) {
    return switch (leaf.function()) {
      case 1 -> {
        int siblings = count == 1 ? 1 : Integer.highestOneBit(count - 1) << 1;
        int ecx = leaf.ecx() & ~(PDCM | TSC_DEADLINE) | HYPERVISOR | X2APIC | (tscDeadline ? TSC_DEADLINE : 0);
        yield leaf.with(
            leaf.eax(), leaf.ebx() & 0xff | 8 << 8 | siblings << 16 | index << 24, ecx, leaf.edx() & ~HTT | (count > 1 ? HTT : 0));
      }
      case 0x8000_0002, 0x8000_0003, 0x8000_0004 -> {
        int at = (leaf.function() - 0x8000_0002) * 16;
        yield leaf.with(word(brand, at), word(brand, at + 4), word(brand, at + 8), word(brand, at + 12));
      }
      default -> leaf;
    };
  }

  private static CpuidLeaf intel(CpuidLeaf leaf, CpuModel model, Topology topology) {
    return switch (leaf.function()) {
      case 4 -> {
        int level = leaf.eax() >>> 5 & 7;
        int sharing = (level >= 3 ? topology.count : topology.threads) - 1;
        yield (leaf.eax() & 0x1f) == 0 ? leaf : leaf.eax(leaf.eax() & 0x3fff | sharing << 14 | topology.cores() - 1 << 26);
      }
      // No turbo to measure, no energy bias to set.
      case 6 -> leaf.with(leaf.eax() & ~2, leaf.ebx(), leaf.ecx() & ~8, leaf.edx());
      case 7 -> {
        // FDP_EXCPTN_ONLY, which the numbered models never had; FPU CS and DS deprecated; no WAITPKG
        int ebx = leaf.ebx() | 1 << 13 | (model == CpuModel.HOST ? 1 << 6 : 0);
        yield leaf.index() == 0 ? leaf.ebx(ebx).ecx(leaf.ecx() & ~(1 << 5)) : leaf;
      }
      case 0xa -> leaf.with(0, 0, 0, 0);
      default -> leaf;
    };
  }

  private static CpuidLeaf amd(CpuidLeaf leaf, int index, Topology topology) {
    return switch (leaf.function()) {
      case 7 -> leaf.index() == 0 ? leaf.edx(leaf.edx() & ~(1 << 29)) : leaf;
      case 0x8000_0001 -> leaf.ecx(leaf.ecx() | 1 << 22);
      case 0x8000_0006 -> leaf.edx(leaf.edx() & ~(3 << 16));
      case 0x8000_0008 -> leaf.ecx(leaf.ecx() & ~0xf0ff | 7 << 12 | topology.count - 1);
      case 0x8000_001d -> {
        int level = leaf.eax() >>> 5 & 7;
        int sharing = (level >= 3 ? topology.count : topology.threads) - 1;
        yield leaf.eax(leaf.eax() & ~(0xfff << 14) | sharing << 14);
      }
      case 0x8000_001e -> leaf.with(index, index / topology.threads & 0xff | topology.threads - 1 << 8, 0, leaf.edx());
      default -> leaf;
    };
  }

  private static boolean isPortable(CpuidLeaf leaf, CpuModel model) {
    return switch (leaf.function()) {
      case 0, 1, 2, 4, 5, 6, 0xb, 0x15, 0x16 -> true;
      case 7 -> leaf.index() == 0;
      case 0xd -> leaf.index() < (model == CpuModel.PORTFIRE_V3 ? 3 : 2);
      case 0x4000_0000, 0x4000_0001, 0x4000_0010 -> true;
      default -> (leaf.function() < 0 && leaf.function() <= 0x8000_0008)
          || leaf.function() == 0x8000_001d
          || leaf.function() == 0x8000_001e;
    };
  }

  private static CpuidLeaf portable(CpuidLeaf leaf, CpuModel model) {
    boolean v3 = model == CpuModel.PORTFIRE_V3;
    return switch (leaf.function()) {
      case 0 -> leaf.eax(Math.min(leaf.eax(), 0x16));
      case 1 -> leaf.ecx(leaf.ecx() & (PORTABLE_1_ECX | (v3 ? v3(1) : 0))).edx(leaf.edx() & PORTABLE_1_EDX);
      case 7 -> leaf.with(0, leaf.ebx() & (PORTABLE_7_EBX | (v3 ? v3(7) : 0)), leaf.ecx() & PORTABLE_7_ECX, leaf.edx() & PORTABLE_7_EDX);
      case 0xd -> switch (leaf.index()) {
        case 0 -> v3
            ? leaf.with(7, V3_XSAVE_SIZE, V3_XSAVE_SIZE, 0)
            : leaf.with(3, PORTABLE_XSAVE_SIZE, PORTABLE_XSAVE_SIZE, 0);
        // XSAVEOPT; XSAVEC and XGETBV of what is in use
        case 1 -> v3 ? leaf.with(leaf.eax() & 7, V3_XSAVE_SIZE, 0, 0) : leaf.with(leaf.eax() & 1, 0, 0, 0);
        default -> leaf;
      };
      case 0x4000_0001 -> leaf.with(leaf.eax() & PORTABLE_KVM, 0, 0, 0);
      case 0x8000_0001 -> leaf.ecx(leaf.ecx() & (PORTABLE_EXT_ECX | (v3 ? v3(0x8000_0001) : 0))).edx(leaf.edx() & PORTABLE_EXT_EDX);
      case 0x8000_0008 -> leaf.ebx(0);
      default -> leaf;
    };
  }

  /** The model's name with the frequency of the host's. */
  private static String intelBrand(List<CpuidLeaf> supported) {
    StringBuilder host = new StringBuilder();
    for (int function = 0x8000_0002; function <= 0x8000_0004; function++) {
      int wanted = function;
      supported.stream().filter(l -> l.function() == wanted).findFirst().ifPresent(l -> {
        for (int word : new int[] {l.eax(), l.ebx(), l.ecx(), l.edx()}) {
          for (int k = 0; k < 32 && (word >>> k & 0xff) != 0; k += 8) {
            host.append((char) (word >>> k & 0xff));
          }
        }
      });
    }
    int at = host.lastIndexOf("@");
    return "Intel(R) Xeon(R) Processor" + (at < 0 ? "" : " " + host.substring(at).trim());
  }

  private static int word(byte[] text, int at) {
    int value = 0;
    for (int k = 3; k >= 0; k--) {
      value = value << 8 | (at + k < text.length ? text[at + k] : 0);
    }
    return value;
  }
}
