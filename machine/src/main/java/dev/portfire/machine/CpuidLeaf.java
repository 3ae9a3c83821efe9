package dev.portfire.machine;

/**
 * What CPUID answers for one leaf and subleaf (SDM volume 2, CPUID).
 *
 * @param function the leaf, EAX before the instruction
 * @param index the subleaf, ECX before the instruction
 * @param flags as {@code kvm_cpuid_entry2} has them; 1: the subleaf counts
 */
public record CpuidLeaf(int function, int index, int flags, int eax, int ebx, int ecx, int edx) {
  /** The subleaf counts ({@code KVM_CPUID_FLAG_SIGNIFCANT_INDEX}). */
  public static final int SIGNIFICANT_INDEX = 1;

  /** One of the four registers that CPUID writes, by its lower-case name in CPU templates. */
  public enum Register {
    /** EAX. */
    EAX("eax"),
    /** EBX. */
    EBX("ebx"),
    /** ECX. */
    ECX("ecx"),
    /** EDX. */
    EDX("edx");

    private final String text;

    Register(String text) {
      this.text = text;
    }

    /** The name as templates write it. */
    @Override
    public String toString() {
      return text;
    }
  }

  /** One register's value. */
  public int get(Register register) {
    return switch (register) {
      case EAX -> eax;
      case EBX -> ebx;
      case ECX -> ecx;
      case EDX -> edx;
    };
  }

  /** The same with another value in one register. */
  public CpuidLeaf with(Register register, int value) {
    return switch (register) {
      case EAX -> eax(value);
      case EBX -> ebx(value);
      case ECX -> ecx(value);
      case EDX -> edx(value);
    };
  }

  /** The same with another EAX. */
  public CpuidLeaf eax(int value) {
    return new CpuidLeaf(function, index, flags, value, ebx, ecx, edx);
  }

  /** The same with another EBX. */
  public CpuidLeaf ebx(int value) {
    return new CpuidLeaf(function, index, flags, eax, value, ecx, edx);
  }

  /** The same with another ECX. */
  public CpuidLeaf ecx(int value) {
    return new CpuidLeaf(function, index, flags, eax, ebx, value, edx);
  }

  /** The same with another EDX. */
  public CpuidLeaf edx(int value) {
    return new CpuidLeaf(function, index, flags, eax, ebx, ecx, value);
  }

  /** The same with other registers. */
  public CpuidLeaf with(int newEax, int newEbx, int newEcx, int newEdx) {
    return new CpuidLeaf(function, index, flags, newEax, newEbx, newEcx, newEdx);
  }
}
