package dev.portfire.inspect.cpuid;

import dev.portfire.inspect.Resource;
import dev.portfire.machine.CpuidLeaf;
import java.util.List;
import java.util.Optional;

/** What follows from several leaves together, as Todd Allen's cpuid 20230120 concludes it: names, and how CPUs share a package. */
final class Conclusions {
  /**
   * A processor.
   *
   * @param core its microarchitecture, or empty
   */
  record Processor(String name, String core) {}

  /** A CPU's leaves. */
  interface Leaves {
    /** A subleaf, if there is one. */
    Optional<CpuidLeaf> find(int leaf, int subleaf);

    /** The first subleaf, or zeros. */
    default CpuidLeaf first(int leaf) {
      return find(leaf, 0).orElse(new CpuidLeaf(leaf, 0, 0, 0, 0, 0, 0));
    }
  }

  /** Read when it is needed first. */
  private static final class Table {
    static final List<String> LINES = Resource.lines(Conclusions.class, "processors.txt");
  }

  private static final Processor UNKNOWN = new Processor("unknown", "");
  private static final int THREADS = 1;
  private static final int CORES = 2;

  private Conclusions() {}

  /**
   * A processor by its signature.
   *
   * @param maker the vendor's identification
   * @param signature EAX of leaf 1, or of 0x80000001
   * @param extended whether it is that of 0x80000001
   */
  static Processor processor(String maker, int signature, boolean extended) {
    if ((signature >>> 8 & 0xf) != 0xf && (signature >>> 20 & 0xff) != 0) {
      return UNKNOWN;
    }
    String prefix = switch (maker) {
      case "GenuineIntel" -> "intel ";
      case "AuthenticAMD" -> extended && family(signature) >= 5 && family(signature) <= 7 ? "amdx " : "amd ";
      case "HygonGenuine" -> "hygon ";
      default -> "-";
    };
    prefix += family(signature) + " ";
    for (String line : Table.LINES) {
      if (line.startsWith(prefix)) {
        String[] parts = line.split("\t", -1);
        String[] words = parts[0].split(" ", -1);
        if (isWithin(words[2], model(signature)) && isWithin(words[3], signature & 0xf)) {
          return new Processor(parts[1], parts[2]);
        }
      }
    }
    return UNKNOWN;
  }

  /** The family and the extended one, which the original adds in any case. */
  static int family(int signature) {
    return (signature >>> 8 & 0xf) + (signature >>> 20 & 0xff);
  }

  /** The model, with the extended one before it. */
  static int model(int signature) {
    return signature >>> 4 & 0xf | signature >>> 12 & 0xf0;
  }

  private static boolean isWithin(String range, int number) {
    int dash = range.indexOf('-');
    return number >= Integer.parseInt(range.substring(0, dash)) && number <= Integer.parseInt(range.substring(dash + 1));
  }

  /** The lines behind all leaves. */
  static String text(String maker, Leaves leaves) {
    StringBuilder text = new StringBuilder();
    boolean amd = maker.equals("AuthenticAMD") || maker.equals("HygonGenuine");
    if (amd) {
      int basic = leaves.first(1).edx();
      CpuidLeaf extended = leaves.first(0x8000_0001);
      int either = basic | extended.edx();
      boolean prefetch = (extended.ecx() & 1 << 8) != 0 || (extended.edx() & (1 << 29 | 1 << 31)) != 0;
      text.append("   (instruction supported synth):\n");
      text.append("      CMPXCHG8B                = ").append((either & 1 << 8) != 0).append('\n');
      text.append("      conditional move/compare = ").append((either & 1 << 15) != 0).append('\n');
      text.append("      PREFETCH/PREFETCHW       = ").append(prefetch).append('\n');
    }
    if (amd) {
      amd(leaves, maker.equals("AuthenticAMD"), text);
    } else if (maker.equals("GenuineIntel")) {
      intel(leaves, text);
    }
    Processor processor = processor(maker, leaves.first(1).eax(), false);
    if (!processor.core.isEmpty()) {
      text.append("   (uarch synth) = ").append(processor.core).append('\n');
    }
    return text.toString();
  }

  private static void intel(Leaves leaves, StringBuilder text) {
    CpuidLeaf features = leaves.first(1);
    boolean many = (features.edx() & 1 << 28) != 0;
    int ids = features.ebx() >>> 16 & 0xff;
    for (int leaf : new int[] {0x1f, 0xb}) {
      CpuidLeaf threads = level(leaves, leaf, THREADS);
      CpuidLeaf cores = level(leaves, leaf, CORES);
      if (leaves.find(leaf, 0).isPresent() && (threads.ecx() != 0 || cores.ecx() != 0)) {
        int t = threads.ebx() & 0xffff;
        int c = cores.ebx() & 0xffff;
        // The original divides in the one case only.
        method(text, leaf == 0xb && t > 1 ? c / t : c, t, "Intel leaf 0x" + Integer.toHexString(leaf));
        ids(text, features, cores.eax() & 0x1f, threads.eax() & 0x1f);
        return;
      }
    }
    Optional<CpuidLeaf> caches = leaves.find(4, 0).filter(row -> (row.eax() & 0x1f) != 0);
    if (caches.isPresent()) {
      int c = (caches.get().eax() >>> 26) + 1;
      int t = Math.max(1, ids / c);
      method(text, c, t, "Intel leaf 1/4");
      ids(text, features, width(c), width(t));
      return;
    }
    method(text, 1, many ? Math.max(2, ids) : 1, "Intel leaf 1");
  }

  private static CpuidLeaf level(Leaves leaves, int leaf, int type) {
    for (int i = 0; i < 8; i++) {
      Optional<CpuidLeaf> row = leaves.find(leaf, i);
      if (row.isPresent() && (row.get().ecx() >>> 8 & 0xff) == type) {
        return row.get();
      }
    }
    return new CpuidLeaf(leaf, 0, 0, 0, 0, 0, 0);
  }

  /** AMD's and Hygon's, which are the same but for the identifiers: those are AMD's only. */
  private static void amd(Leaves leaves, boolean identifiers, StringBuilder text) {
    String method = identifiers ? "AMD" : "Hygon";
    CpuidLeaf features = leaves.first(1);
    if ((features.edx() & 1 << 28) == 0) {
      method(text, 1, 1, method);
      return;
    }
    int ids = features.ebx() >>> 16 & 0xff;
    int cores = (leaves.first(0x8000_0008).ecx() & 0x7f) + 1;
    boolean legacy = (leaves.first(0x8000_0001).ecx() & 2) != 0;
    if (legacy != (ids == cores)) {
      // The one leaf says that all are cores, and the other that they are not.
      text.append("   (multi-processing synth) = ?\n   (multi-processing method) = (null)\n");
    } else if (cores > 1) {
      method(text, cores, legacy ? 1 : ids / cores, method);
    } else {
      method(text, 1, Math.max(2, ids), method);
    }
    if (identifiers && cores > 1) {
      // A core that has one thread says nothing.
      int shared = (leaves.first(0x8000_001e).ebx() >>> 8 & 0xff) + 1;
      if (countsThreads(leaves)) {
        ids(text, features, width(cores / shared), width(shared > 1 ? shared : ids / cores));
      } else {
        boolean units = shared > 1;
        ids(text, features, units ? width(cores / shared) : 0, width(units ? shared : cores), width(ids / cores));
      }
    }
  }

  /** Since AMD's family 17h, leaves 0x80000008 and 0x8000001e count threads; before it, cores and their units. Whoever made the processor. */
  static boolean countsThreads(Leaves leaves) {
    return family(leaves.first(0x8000_0001).eax()) >= 0x17;
  }

  /** How many bits tell so many apart. */
  private static int width(int count) {
    return count <= 1 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(count - 1);
  }

  private static void method(StringBuilder text, int cores, int threads, String method) {
    text.append("   (multi-processing synth) = ");
    if (cores <= 1 && threads <= 1) {
      text.append("none");
    } else {
      text.append(cores > 1 ? "multi-core (c=" + cores + ")" : "").append(cores > 1 && threads > 1 ? ", " : "");
      text.append(threads > 1 ? "hyper-threaded (t=" + threads + ")" : "");
    }
    text.append("\n   (multi-processing method) = ").append(method).append('\n');
  }

  private static void ids(StringBuilder text, CpuidLeaf features, int coreWidth, int threadWidth) {
    ids(text, features, 0, coreWidth, threadWidth);
  }

  /** Where the parts of the local APIC's identifier are; units of cores only if it tells them apart. */
  private static void ids(StringBuilder text, CpuidLeaf features, int unitWidth, int coreWidth, int threadWidth) {
    int id = features.ebx() >>> 24;
    int inUnit = coreWidth + threadWidth;
    text.append("   (APIC widths synth): ").append(unitWidth > 0 ? "CU_width=" + unitWidth + " " : "");
    text.append("CORE_width=").append(coreWidth).append(" SMT_width=").append(threadWidth).append('\n');
    text.append("   (APIC synth): PKG_ID=").append(id >>> unitWidth + inUnit);
    text.append(unitWidth > 0 ? " CU_ID=" + (id >>> inUnit & (1 << unitWidth) - 1) : "");
    text.append(" CORE_ID=").append(id >>> threadWidth & (1 << coreWidth) - 1);
    text.append(" SMT_ID=").append(id & (1 << threadWidth) - 1).append('\n');
  }
}
