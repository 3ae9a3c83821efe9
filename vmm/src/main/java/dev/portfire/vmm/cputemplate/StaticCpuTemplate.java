package dev.portfire.vmm.cputemplate;

import static dev.portfire.machine.CpuidLeaf.Register.EAX;
import static dev.portfire.machine.CpuidLeaf.Register.EBX;
import static dev.portfire.machine.CpuidLeaf.Register.ECX;
import static dev.portfire.machine.CpuidLeaf.Register.EDX;

import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.CpuTemplate.LeafModifier;
import dev.portfire.machine.CpuTemplate.MsrModifier;
import dev.portfire.machine.CpuTemplate.Processor;
import dev.portfire.machine.CpuTemplate.RegisterModifier;
import dev.portfire.machine.CpuTemplate.Vendor;
import dev.portfire.machine.CpuidLeaf;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The templates that have names: each makes some hosts look the same. */
public enum StaticCpuTemplate {
  /** As EC2's C3 instances, on Skylake, Cascade Lake and Ice Lake. */
  C3,
  /** As EC2's T2 instances, on the same. */
  T2,
  /** T2 with the mitigations of Skylake and Cascade Lake. */
  T2S,
  /** T2 for Cascade Lake and Ice Lake, alike to T2A. */
  T2CL,
  /** T2 for AMD's Milan, alike to T2CL. */
  T2A;

  private static final Processor SKYLAKE = new Processor(Vendor.INTEL, 0x5_0654);
  private static final Processor CASCADE_LAKE = new Processor(Vendor.INTEL, 0x5_0657);
  private static final Processor ICE_LAKE = new Processor(Vendor.INTEL, 0x6_06a6);
  private static final Processor MILAN = new Processor(Vendor.AMD, 0xa0_0f11);

  private static final int SIGNATURE = 0x0fff_3fff;
  private static final int ARCH_CAPABILITIES = 0x10a;

  /** The template of a name, and none for {@code None}. */
  public static java.util.Optional<CpuTemplate> of(String name) {
    return name.equals("None") ? java.util.Optional.empty() : java.util.Optional.of(valueOf(name).template());
  }

  private static RegisterModifier clear(CpuidLeaf.Register register, int filter) {
    return new RegisterModifier(register, filter, 0);
  }

  private static LeafModifier leaf(int leaf, int subleaf, RegisterModifier... registers) {
    boolean indexed = leaf == 7 || leaf == 0xd;
    return new LeafModifier(leaf, subleaf, indexed ? CpuidLeaf.SIGNIFICANT_INDEX : 0, List.of(registers));
  }

  private static List<LeafModifier> c3() {
    return List.of(
        leaf(1, 0, new RegisterModifier(EAX, SIGNATURE, 0x3_06e4), clear(ECX, 0x0040_dd3c), new RegisterModifier(EDX, 0xa864_1080, 0x1080)),
        leaf(7, 0, clear(EBX, 0xffaf_dd3c), clear(ECX, 0x4041_481e), clear(EDX, 0xc)),
        leaf(0xd, 0, clear(EAX, 0x2f8)),
        leaf(0xd, 1, clear(EAX, 0xe)),
        leaf(0x8000_0001, 0, clear(ECX, 0x120), clear(EDX, 0x0400_0000)));
  }

  private static List<LeafModifier> t2(int extendedEcx, int extendedEdx, RegisterModifier sizes) {
    List<LeafModifier> leaves = new ArrayList<>();
    leaves.add(leaf(
        1, 0, new RegisterModifier(EAX, SIGNATURE, 0x3_06f2), clear(ECX, 0x0004_cdfc), new RegisterModifier(EDX, 0xe864_1080, 0x1080)));
    leaves.add(leaf(7, 0, new RegisterModifier(EBX, 0xffef_da14, 0x200), clear(ECX, 0x4041_5f5e), clear(EDX, 0x11c)));
    leaves.add(leaf(0xd, 0, clear(EAX, 0x2f8)));
    leaves.add(leaf(0xd, 1, clear(EAX, 0xe)));
    leaves.add(leaf(0x8000_0001, 0, clear(ECX, extendedEcx), clear(EDX, extendedEdx)));
    leaves.add(leaf(0x8000_0008, 0, sizes));
    return leaves;
  }

  private static CpuTemplate on(List<LeafModifier> leaves, List<MsrModifier> msrs, Processor... processors) {
    return new CpuTemplate(List.of(), leaves, msrs, Set.of(processors));
  }

  /** What it changes, and where it may be applied. */
  public CpuTemplate template() {
    RegisterModifier sizes = clear(EBX, 0x200);
    return switch (this) {
      case C3 -> on(c3(), List.of(), SKYLAKE, CASCADE_LAKE, ICE_LAKE);
      case T2 -> on(t2(0x2000_0100, 0x0400_0000, sizes), List.of(), SKYLAKE, CASCADE_LAKE, ICE_LAKE);
      case T2S -> on(
          t2(0x2000_0100, 0x0400_0000, sizes),
          List.of(new MsrModifier(ARCH_CAPABILITIES, -1, 0x0c0a_0c4c)),
          SKYLAKE,
          CASCADE_LAKE);
      case T2CL -> on(
          t2(0x2000_01c0, 0x07c0_0000, sizes),
          List.of(new MsrModifier(ARCH_CAPABILITIES, 0xffff_ffff_e2f5_1e00L, 0)),
          CASCADE_LAKE,
          ICE_LAKE);
      case T2A -> on(
          t2(0x2000_01c4, 0x0640_0000, new RegisterModifier(EBX, 0x001c_0205, 0x001c_0004)), List.of(), MILAN);
    };
  }
}
