package dev.portfire.inspect.cpuid;

import dev.portfire.machine.CpuidLeaf;
import java.util.ArrayList;
import java.util.List;

/**
 * All leaves and subleaves that a processor has (Intel SDM volume 2, CPUID; AMD APM volume 3, appendix E): the ranges tell their
 * last leaf, and each leaf with subleaves tells where they end.
 */
final class Walk {
  /** What answers. */
  interface Source {
    /** The registers behind CPUID. */
    CpuidLeaf read(int leaf, int subleaf);
  }

  private static final int[] RANGES = {0, 0x2000_0000, 0x4000_0000, 0x4000_0100, 0x8000_0000, 0x8086_0000, 0xc000_0000};

  /** A range has no more leaves than this, whatever it says. */
  private static final int LEAVES = 0x100;

  /** Nor a leaf more subleaves. */
  private static final int SUBLEAVES = 64;

  private final Source source;
  private final List<CpuidLeaf> leaves = new ArrayList<>();

  private Walk(Source source) {
    this.source = source;
  }

  static List<CpuidLeaf> all(Source source) {
    Walk walk = new Walk(source);
    for (int range : RANGES) {
      int last = walk.read(range, 0).eax() - range;
      int count = last < 0 || last >= LEAVES ? 0 : last;
      for (int i = 1; i <= count; i++) {
        walk.leaf(range + i);
      }
    }
    return walk.leaves;
  }

  private CpuidLeaf read(int leaf, int subleaf) {
    CpuidLeaf answer = source.read(leaf, subleaf);
    leaves.add(answer);
    return answer;
  }

  private void leaf(int leaf) {
    CpuidLeaf first = read(leaf, 0);
    switch (leaf) {
      case 4 -> untilZero(leaf, first.eax() & 0x1f);
      case 7, 0x14, 0x17, 0x18, 0x1d, 0x20, 0x24 -> upTo(leaf, first.eax());
      case 0xb, 0x1f -> levels(leaf, first);
      case 0xd -> states(first, read(leaf, 1));
      case 0xf -> only(leaf, first.edx());
      case 0x10, 0x23 -> only(leaf, leaf == 0x10 ? first.ebx() : first.eax());
      case 0x12 -> {
        CpuidLeaf unused = read(leaf, 1);
        for (int i = 2; i < SUBLEAVES && (read(leaf, i).eax() & 0xf) != 0; i++) {
          // Each section is read by the condition.
        }
      }
      case 0x1b -> {
        for (int i = 1; i < SUBLEAVES && (read(leaf, i).eax() & 0xfff) != 0; i++) {
          // Likewise.
        }
      }
      case 0x4000_0003 -> {
        if (isXen()) {
          upTo(leaf, 2);
        }
      }
      case 0x8000_001d, 0x8000_0026 -> {
        CpuidLeaf next = first;
        for (int i = 1; i < SUBLEAVES && (leaf == 0x8000_001d ? next.eax() & 0x1f : next.ecx() & 0xff00) != 0; i++) {
          next = source.read(leaf, i);
          if (leaf == 0x8000_0026 || (next.eax() & 0x1f) != 0) {
            leaves.add(next);
          }
        }
      }
      default -> {
        // It has no subleaves.
      }
    }
  }

  private boolean isXen() {
    return leaves.stream().anyMatch(leaf -> leaf.function() == 0x4000_0000 && leaf.ebx() == 0x566e_6558);
  }

  private void untilZero(int leaf, int type) {
    int last = type;
    for (int i = 1; i < SUBLEAVES && last != 0; i++) {
      last = read(leaf, i).eax() & 0x1f;
    }
  }

  private void levels(int leaf, CpuidLeaf first) {
    CpuidLeaf last = first;
    for (int i = 1; i < SUBLEAVES && (last.ecx() & 0xff00) != 0; i++) {
      last = read(leaf, i);
    }
  }

  private void upTo(int leaf, int last) {
    for (int i = 1; i < SUBLEAVES && i <= last; i++) {
      CpuidLeaf unused = read(leaf, i);
    }
  }

  private void only(int leaf, int bits) {
    for (int i = 1; i < Integer.SIZE; i++) {
      if ((bits >> i & 1) != 0) {
        CpuidLeaf unused = read(leaf, i);
      }
    }
  }

  private void states(CpuidLeaf user, CpuidLeaf supervisor) {
    long bits = (user.eax() | supervisor.ecx()) & 0xffff_ffffL | (long) (user.edx() | supervisor.edx()) << 32;
    for (int i = 2; i < Long.SIZE - 1; i++) {
      if ((bits >> i & 1) != 0) {
        CpuidLeaf unused = read(0xd, i);
      }
    }
  }
}
