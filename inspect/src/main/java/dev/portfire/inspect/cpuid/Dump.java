package dev.portfire.inspect.cpuid;

import dev.portfire.machine.CpuidLeaf;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What CPUs say, as text: a line for each CPU, and one for each leaf. */
final class Dump {
  /**
   * A CPU.
   *
   * @param title as "CPU 0:"
   */
  record Cpu(String title, List<CpuidLeaf> leaves) {}

  /** A text that is none. */
  static final class DumpException extends Exception {
    private static final long serialVersionUID = 1L;

    DumpException(String message) {
      super(message);
    }
  }

  /** More lines are no dump. */
  private static final int LINES = 1 << 20;

  private Dump() {}

  static String line(CpuidLeaf leaf) {
    StringBuilder line = new StringBuilder("   0x");
    hex(line, leaf.function(), 8).append(" 0x");
    hex(line, leaf.index(), 2).append(": eax=0x");
    hex(line, leaf.eax(), 8).append(" ebx=0x");
    hex(line, leaf.ebx(), 8).append(" ecx=0x");
    hex(line, leaf.ecx(), 8).append(" edx=0x");
    return hex(line, leaf.edx(), 8).append('\n').toString();
  }

  private static StringBuilder hex(StringBuilder text, int value, int digits) {
    String number = Integer.toHexString(value);
    return text.repeat('0', Math.max(0, digits - number.length())).append(number);
  }

  static List<Cpu> parse(String text) throws DumpException {
    List<Cpu> cpus = new ArrayList<>();
    String[] lines = text.split("\n", LINES);
    for (String line : lines) {
      String words = line.strip();
      if (words.startsWith("CPU") && words.endsWith(":")) {
        cpus.add(new Cpu(words, new ArrayList<>()));
      } else if (!words.isEmpty()) {
        CpuidLeaf leaf = leaf(words.split("\\s+", 7));
        if (leaf == null) {
          throw new DumpException("unexpected input with -f option: " + line);
        }
        if (cpus.isEmpty()) {
          cpus.add(new Cpu("CPU:", new ArrayList<>()));
        }
        cpus.getLast().leaves.add(leaf);
      }
    }
    return cpus;
  }

  private static @Nullable CpuidLeaf leaf(String... words) {
    if (words.length != 6 || !words[1].endsWith(":")) {
      return null;
    }
    String[] names = {"", "", "eax=", "ebx=", "ecx=", "edx="};
    int[] values = new int[6];
    for (int i = 0; i < values.length; i++) {
      String word = words[i].toLowerCase(Locale.ROOT);
      word = i == 1 ? word.substring(0, word.length() - 1) : word;
      if (!word.startsWith(names[i] + "0x")) {
        return null;
      }
      try {
        values[i] = Integer.parseUnsignedInt(word.substring(names[i].length() + 2), 16);
      } catch (NumberFormatException e) {
        return null;
      }
    }
    return new CpuidLeaf(values[0], values[1], 0, values[2], values[3], values[4], values[5]);
  }
}
