package dev.portfire.firecracker;

import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.CpuTemplate.LeafModifier;
import dev.portfire.machine.CpuTemplate.MsrModifier;
import dev.portfire.machine.CpuTemplate.RegisterModifier;
import dev.portfire.machine.CpuidLeaf;
import dev.portfire.machine.CpuidLeaf.Register;
import dev.portfire.vmm.GuestCpu;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What {@code cpu-template-helper} does with CPU templates. */
final class CpuTemplates {
  private static final int AUTHENTIC_AMD = 0x6874_7541;
  private static final int ARCH_CAPABILITIES = 0x10a;

  private CpuTemplates() {}

  /** A register of a leaf, or a model-specific register. */
  private sealed interface Key {
    int bits();

    /** A register of a leaf. */
    record Leaf(int leaf, int subleaf, int flags, Register register) implements Key {
      @Override
      public int bits() {
        return Integer.SIZE;
      }

      @Override
      public String toString() {
        return "leaf=0x%x, subleaf=0x%x, flags=0b%s, register=%s"
            .formatted(leaf, subleaf, Integer.toBinaryString(flags), register);
      }
    }

    /** A model-specific register. */
    record Msr(int address) implements Key {
      @Override
      public int bits() {
        return Long.SIZE;
      }

      @Override
      public String toString() {
        return "index=0x%x".formatted(address);
      }
    }
  }

  /** Which bits are given, and their values. */
  private record Bits(long filter, long value) {}

  private static Map<Key, Bits> entries(CpuTemplate template) {
    Map<Key, Bits> entries = new LinkedHashMap<>();
    for (LeafModifier leaf : template.leaves()) {
      for (RegisterModifier r : leaf.registers()) {
        entries.put(
            new Key.Leaf(leaf.leaf(), leaf.subleaf(), leaf.flags(), r.register()),
            new Bits(Integer.toUnsignedLong(r.filter()), Integer.toUnsignedLong(r.bits())));
      }
    }
    template.msrs().forEach(msr -> entries.put(new Key.Msr(msr.address()), new Bits(msr.filter(), msr.bits())));
    return entries;
  }

  private static CpuTemplate template(List<CpuTemplate.Capability> capabilities, Map<Key, Bits> entries) {
    Map<List<Integer>, List<RegisterModifier>> leaves = new LinkedHashMap<>();
    List<MsrModifier> msrs = new ArrayList<>();
    entries.forEach((key, bits) -> {
      switch (key) {
        case Key.Leaf(int leaf, int subleaf, int flags, Register register) ->
          leaves.computeIfAbsent(List.of(leaf, subleaf, flags), k -> new ArrayList<>())
              .add(new RegisterModifier(register, (int) bits.filter, (int) bits.value));
        case Key.Msr(int address) -> msrs.add(new MsrModifier(address, bits.filter, bits.value));
      }
    });
    List<LeafModifier> modifiers = leaves.entrySet().stream()
        .map(e -> new LeafModifier(e.getKey().get(0), e.getKey().get(1), e.getKey().get(2), e.getValue()))
        .toList();
    return new CpuTemplate(capabilities, modifiers, msrs, Set.of());
  }

  /** Registers that count, tell the time or belong to a guest's system are no part of a processor's configuration. */
  private static boolean dumped(int msr, boolean amd) {
    return switch (msr) {
      case 0x10, 0x17a, 0x345, 0x3f1, 0x3f2, 0x4d0, 0x600, 0x6e0 -> false;
      case ARCH_CAPABILITIES -> !amd;
      default -> !(msr >= 0xc001_0000 && msr <= 0xc001_0007) && !(msr >= 0xc001_0200 && msr <= 0xc001_020b);
    };
  }

  /** A template that makes any processor this one: every bit is given. */
  static CpuTemplate dump(GuestCpu cpu) {
    boolean amd = cpu.cpuid().stream().anyMatch(l -> l.function() == 0 && l.ebx() == AUTHENTIC_AMD);
    Comparator<CpuidLeaf> order = Comparator.comparing(CpuidLeaf::function, Integer::compareUnsigned);
    Map<Key, Bits> entries = new LinkedHashMap<>();
    cpu.cpuid().stream().sorted(order.thenComparing(CpuidLeaf::index, Integer::compareUnsigned)).forEach(leaf -> {
      for (Register register : Register.values()) {
        entries.put(
            new Key.Leaf(leaf.function(), leaf.index(), leaf.flags(), register),
            new Bits(0xffff_ffffL, Integer.toUnsignedLong(leaf.get(register))));
      }
    });
    cpu.msrs().forEach((msr, value) -> {
      if (dumped(msr, amd)) {
        entries.put(new Key.Msr(msr), new Bits(-1, value));
      }
    });
    return template(List.of(), entries);
  }

  /** Leaves of each template what is not the same in all. */
  static List<CpuTemplate> strip(List<CpuTemplate> templates) {
    List<Map<Key, Bits>> all = templates.stream().map(CpuTemplates::entries).toList();
    List<CpuTemplate> stripped = new ArrayList<>();
    for (int k = 0; k < all.size(); k++) {
      Map<Key, Bits> kept = new LinkedHashMap<>();
      all.get(k).forEach((key, bits) -> {
        long differing = differing(all, key, bits);
        if ((bits.filter & differing) != 0) {
          kept.put(key, new Bits(bits.filter & differing, bits.value & differing));
        }
      });
      stripped.add(template(templates.get(k).capabilities(), kept));
    }
    return stripped;
  }

  /** The bits of a register that are not the same everywhere; all of them if it is not everywhere. */
  private static long differing(List<Map<Key, Bits>> all, Key key, Bits bits) {
    long differing = 0;
    for (Map<Key, Bits> other : all) {
      Bits there = other.get(key);
      if (there == null) {
        return -1;
      }
      differing |= bits.filter ^ there.filter | bits.value ^ there.value;
    }
    return differing;
  }

  /**
   * Compares a template with what a guest finds that was made with it.
   *
   * @return the first difference, if there is one
   */
  static Optional<String> verify(CpuTemplate template, GuestCpu cpu) {
    Map<Key, Bits> found = new LinkedHashMap<>();
    for (CpuidLeaf leaf : cpu.cpuid()) {
      for (Register register : Register.values()) {
        // A template's flags are the host's affair: the leaf and the subleaf tell which one it is.
        found.put(
            new Key.Leaf(leaf.function(), leaf.index(), 0, register),
            new Bits(0xffff_ffffL, Integer.toUnsignedLong(leaf.get(register))));
      }
    }
    cpu.msrs().forEach((msr, value) -> found.put(new Key.Msr(msr), new Bits(-1, value)));
    for (Map.Entry<Key, Bits> entry : entries(template).entrySet()) {
      Key key = entry.getKey();
      Bits there = found.get(key instanceof Key.Leaf leaf ? new Key.Leaf(leaf.leaf, leaf.subleaf, 0, leaf.register) : key);
      if (there == null) {
        return Optional.of(key + " not found in CPU configuration.");
      }
      Bits wanted = entry.getValue();
      long actual = there.value & wanted.filter;
      if (actual != wanted.value) {
        return Optional.of("Value for %s mismatched.\n* CPU template     : 0b%s\n* CPU configuration: 0b%s\n* Diff             :   %s"
            .formatted(key, binary(wanted.value, key.bits()), binary(actual, key.bits()), marks(wanted.value ^ actual, key.bits())));
      }
    }
    return Optional.empty();
  }

  private static String binary(long value, int bits) {
    String digits = Long.toBinaryString(value);
    return "0".repeat(bits - digits.length()) + digits;
  }

  private static String marks(long differing, int bits) {
    return binary(differing, bits).replace('0', ' ').replace('1', '^').stripTrailing();
  }
}
