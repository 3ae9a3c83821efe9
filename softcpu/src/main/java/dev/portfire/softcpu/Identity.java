package dev.portfire.softcpu;

import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.CpuidLeaf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What CPUID answers on one vCPU: the model's leaves, changed by a CPU template if there is one, and then made to fit the machine.
 * As under KVM, a feature that a template takes away is not announced, and still works; unlike there, none can be announced that
 * does not.
 */
final class Identity {
  private static final int[][] LEAVES = {
    {0, 0}, {1, 0}, {2, 0}, {4, 0}, {4, 1}, {4, 2}, {4, 3}, {5, 0}, {6, 0}, {7, 0}, {0xb, 0}, {0xb, 1}, {0xd, 0}, {0xd, 1}, {0xd, 2},
    {0x15, 0}, {0x16, 0}, {0x4000_0000, 0}, {0x4000_0001, 0}, {0x4000_0010, 0}, {0x8000_0000, 0}, {0x8000_0001, 0},
    {0x8000_0002, 0}, {0x8000_0003, 0}, {0x8000_0004, 0}, {0x8000_0006, 0}, {0x8000_0007, 0}, {0x8000_0008, 0}
  };

  // Leaf 1.
  private static final int TSC_DEADLINE = 1 << 24;
  private static final int OSXSAVE = 1 << 27;
  private static final int HYPERVISOR = 1 << 31;
  private static final int HTT = 1 << 28;

  /** Leaf 0x80000001, EDX: SYSCALL, which Intel's processors announce to 64-bit code only. */
  private static final int SYSCALL = 1 << 11;

  private final List<CpuidLeaf> leaves;

  private Identity(List<CpuidLeaf> leaves) {
    this.leaves = leaves;
  }

  /**
   * The answers of a vCPU in its state after reset.
   *
   * @throws IllegalStateException if a template does not fit, or wants announced what this CPU cannot do
   */
  static Identity of(Cpu c, Optional<CpuTemplate> template) {
    List<CpuidLeaf> own = new ArrayList<>();
    for (int[] number : LEAVES) {
      boolean significant = switch (number[0]) {
        case 4, 7, 0xb, 0xd -> true;
        default -> false;
      };
      int[] answer = CpuId.leaf(c, number[0], number[1]);
      if (number[0] == 0xd && number[1] == 2 && answer[0] == 0) {
        continue;
      }
      own.add(new CpuidLeaf(
          number[0], number[1], significant ? CpuidLeaf.SIGNIFICANT_INDEX : 0, answer[0], answer[1], answer[2], answer[3]));
    }
    if (template.isEmpty()) {
      return new Identity(List.copyOf(own));
    }
    // Not the model: this processor is the same on every host, so a template gives the same guest everywhere.
    template.get().checkVendor(own);
    List<CpuidLeaf> changed = template.get().apply(own);
    List<CpuidLeaf> result = new ArrayList<>();
    for (int k = 0; k < own.size(); k++) {
      CpuidLeaf leaf = normalise(own.get(k), changed.get(k));
      check(own.get(k), leaf);
      result.add(leaf);
    }
    return new Identity(List.copyOf(result));
  }

  /** Puts back what describes the machine and not the processor, in a leaf that a template has changed. */
  private static CpuidLeaf normalise(CpuidLeaf own, CpuidLeaf changed) {
    return switch (own.function()) {
      case 0 -> changed.with(changed.eax(), own.ebx(), own.ecx(), own.edx());
      case 1 -> changed.with(
          changed.eax(),
          changed.ebx() & 0xff | own.ebx() & ~0xff,
          changed.ecx() | TSC_DEADLINE | HYPERVISOR,
          changed.edx() & ~HTT | own.edx() & HTT);
      case 4 -> changed.eax(changed.eax() & 0x3fff | own.eax() & ~0x3fff);
      case 0xb -> own;
      default -> changed;
    };
  }

  /** Bits that announce nothing which needs to be done, or only what is done in any case. */
  private static int harmless(CpuidLeaf leaf, CpuidLeaf.Register register) {
    return switch (register) {
      case EAX -> 0;
      case EBX -> switch (leaf.function()) {
        // FDP_EXCPTN_ONLY
        case 7 -> 1 << 6;
        // IBPB, IBRS, STIBP, SSBD, AMD's announcement of what is there by Intel's
        case 0x8000_0008 -> 1 << 12 | 1 << 14 | 1 << 15 | 1 << 24;
        default -> 0;
      };
      case ECX -> 0;
      case EDX -> switch (leaf.function()) {
        // machine check exceptions and architecture, with no bank that could report one
        case 1 -> 1 << 7 | 1 << 14;
        // MD_CLEAR, STIBP, SSBD
        case 7 -> 1 << 10 | 1 << 27 | 1 << 31;
        default -> 0;
      };
    };
  }

  private static void check(CpuidLeaf own, CpuidLeaf changed) {
    for (CpuidLeaf.Register register : CpuidLeaf.Register.values()) {
      int more = switch (own.function()) {
        // The clock's frequency.
        case 0x15, 0x4000_0010 -> own.get(register) ^ changed.get(register);
        // Descriptions: model, caches, topology, names.
        case 0, 2, 4, 5, 0xb, 0x16, 0x4000_0000, 0x8000_0000, 0x8000_0002, 0x8000_0003, 0x8000_0004, 0x8000_0006 -> 0;
        case 1 -> register == CpuidLeaf.Register.EAX || register == CpuidLeaf.Register.EBX ? 0 : announced(own, changed, register);
        default -> announced(own, changed, register);
      };
      if (more != 0) {
        throw new IllegalStateException(("Failed to apply the CPU template: the software CPU does not have what bit %d of CPUID"
                + " leaf=0x%x, subleaf=0x%x, register=%s stands for: leave the bit as it is, or run on KVM")
            .formatted(Integer.numberOfTrailingZeros(more), own.function(), own.index(), register));
      }
    }
  }

  private static int announced(CpuidLeaf own, CpuidLeaf changed, CpuidLeaf.Register register) {
    return changed.get(register) & ~own.get(register) & ~harmless(own, register);
  }

  /** The leaves as they are after reset. */
  List<CpuidLeaf> leaves() {
    return leaves;
  }

  /** EAX, EBX, ECX, EDX of a leaf, now. */
  int[] answer(Cpu c, int function, int index) {
    for (CpuidLeaf leaf : leaves) {
      if (leaf.function() == function && (leaf.flags() == 0 || leaf.index() == index)) {
        int[] answer = {leaf.eax(), leaf.ebx(), leaf.ecx(), leaf.edx()};
        follow(c, leaf, answer);
        return answer;
      }
    }
    // Nothing, but for the levels of topology that there are not.
    return CpuId.leaf(c, function, index);
  }

  /** What follows the vCPU's state, if it is announced at all. */
  private static void follow(Cpu c, CpuidLeaf leaf, int[] answer) {
    switch (leaf.function()) {
      case 1 -> answer[2] |= CpuId.leaf(c, 1, 0)[2] & OSXSAVE;
      case 0xd -> {
        if (leaf.index() < 2) {
          answer[1] = CpuId.leaf(c, 0xd, leaf.index())[1];
        }
      }
      case 0x8000_0001 -> answer[3] |= CpuId.leaf(c, 0x8000_0001, 0)[3] & SYSCALL;
      default -> {
        // The others stay.
      }
    }
  }
}
