package dev.portfire.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A CPU template as Firecracker has them: changes of what the guest is told of its processor, {@code (value & ~filter) | bits}
 * for registers of CPUID leaves and for model-specific registers.
 *
 * @param capabilities KVM capabilities to be asked for, or not to be asked for
 * @param leaves changes of CPUID
 * @param msrs changes of model-specific registers
 * @param processors where it may be applied; empty for everywhere
 */
public record CpuTemplate(
    List<Capability> capabilities, List<LeafModifier> leaves, List<MsrModifier> msrs, Set<Processor> processors) {

  /**
   * A KVM capability ({@code KVM_CHECK_EXTENSION}).
   *
   * @param number its number in {@code <linux/kvm.h>}
   * @param removed whether it need not be there; otherwise it has to
   */
  public record Capability(int number, boolean removed) {}

  /**
   * A change of one register of a leaf.
   *
   * @param filter the bits that change
   * @param bits their values; no others are set
   */
  public record RegisterModifier(CpuidLeaf.Register register, int filter, int bits) {
    /** The register's new value. */
    public int apply(int value) {
      return value & ~filter | bits;
    }
  }

  /** Changes of one leaf. */
  public record LeafModifier(int leaf, int subleaf, int flags, List<RegisterModifier> registers) {
    /** Copies the list. */
    public LeafModifier {
      registers = List.copyOf(registers);
    }
  }

  /**
   * A change of one model-specific register.
   *
   * @param filter the bits that change
   * @param bits their values; no others are set
   */
  public record MsrModifier(int address, long filter, long bits) {
    /** The register's new value. */
    public long apply(long value) {
      return value & ~filter | bits;
    }
  }

  /** Who makes a processor, by what leaf 0 says in EBX. */
  public enum Vendor {
    /** GenuineIntel. */
    INTEL(0x756e_6547),
    /** AuthenticAMD. */
    AMD(0x6874_7541);

    private final int ebx;

    Vendor(int ebx) {
      this.ebx = ebx;
    }
  }

  /**
   * A processor's model.
   *
   * @param signature family, model and stepping as EAX of leaf 1 has them
   */
  public record Processor(Vendor vendor, int signature) {
    /** Reserved bits and the processor's type are not compared. */
    private static final int COMPARED = 0x0fff_0fff;

    private boolean is(int value) {
      return ((signature ^ value) & COMPARED) == 0;
    }
  }

  /** Copies the lists. */
  public CpuTemplate {
    capabilities = List.copyOf(capabilities);
    leaves = List.copyOf(leaves);
    msrs = List.copyOf(msrs);
    processors = Set.copyOf(processors);
  }

  private static Optional<CpuidLeaf> find(List<CpuidLeaf> leaves, int function) {
    return leaves.stream().filter(l -> l.function() == function).findFirst();
  }

  /**
   * Checks that the template is for processors of this maker.
   *
   * @throws IllegalStateException if it is not, in Firecracker's words
   */
  public void checkVendor(List<CpuidLeaf> offered) {
    int vendor = find(offered, 0).map(CpuidLeaf::ebx).orElse(0);
    if (!processors.isEmpty() && processors.stream().noneMatch(p -> p.vendor.ebx == vendor)) {
      throw new IllegalStateException(
          "Failed to get CPU template: CPU vendor mismatched between actual CPU and CPU template.");
    }
  }

  /**
   * Checks that the template is for this very processor.
   *
   * @throws IllegalStateException if it is not, in Firecracker's words
   */
  public void checkProcessor(List<CpuidLeaf> offered) {
    checkVendor(offered);
    int signature = find(offered, 1).map(CpuidLeaf::eax).orElse(0);
    if (!processors.isEmpty() && processors.stream().noneMatch(p -> p.is(signature))) {
      throw new IllegalStateException(
          "Failed to get CPU template: The current CPU model is not permitted to apply the CPU template.");
    }
  }

  /**
   * Changes leaves.
   *
   * @param offered what the back end offers
   * @return all of them, in the same order
   * @throws IllegalStateException naming a leaf that is not offered
   */
  public List<CpuidLeaf> apply(List<CpuidLeaf> offered) {
    List<CpuidLeaf> result = new ArrayList<>(offered);
    for (LeafModifier modifier : leaves) {
      int at = 0;
      while (at < result.size()
          && (result.get(at).function() != modifier.leaf || result.get(at).index() != modifier.subleaf)) {
        at++;
      }
      if (at == result.size()) {
        throw new IllegalStateException("Failed to apply the CPU template: CPUID leaf=0x%x, subleaf=0x%x is not there on this"
            .formatted(modifier.leaf, modifier.subleaf) + " host: leave it out of the template");
      }
      CpuidLeaf leaf = result.get(at);
      for (RegisterModifier r : modifier.registers) {
        leaf = leaf.with(r.register, r.apply(leaf.get(r.register)));
      }
      result.set(at, leaf);
    }
    return result;
  }

  /** The error about a model-specific register that is not offered, or not with the value that the template asks for. */
  public static IllegalStateException msrRefused(int address, String why) {
    return new IllegalStateException("Failed to apply the CPU template: MSR index=0x%x %s: leave it out of the template"
        .formatted(address, why));
  }
}
