package dev.portfire.inspect.lscpu;

import java.util.BitSet;
import java.util.Optional;

/** Sets of CPUs in the kernel's two ways of writing them: lists as "0-3,8", masks as "ffffffff,00000001". */
public final class CpuList {
  /** As many CPUs as any kernel has (NR_CPUS of x86 and POWER); larger numbers are damage. */
  static final int LIMIT = 1 << 13;

  private CpuList() {}

  /** Reads a list; empty if it is none. */
  public static Optional<BitSet> parse(String text) {
    BitSet cpus = new BitSet();
    String list = text.strip();
    if (list.isEmpty()) {
      return Optional.of(cpus);
    }
    for (String part : list.split(",", -1)) {
      int dash = part.indexOf('-');
      int from = number(dash < 0 ? part : part.substring(0, dash), 10);
      int to = dash < 0 ? from : number(part.substring(dash + 1), 10);
      if (from < 0 || to < from) {
        return Optional.empty();
      }
      cpus.set(from, to + 1);
    }
    return Optional.of(cpus);
  }

  /** Reads a mask; empty if it is none. */
  static Optional<BitSet> parseMask(String text) {
    BitSet cpus = new BitSet();
    int bit = 0;
    String mask = text.strip();
    for (int i = mask.length() - 1; i >= 0; i--) {
      if (mask.charAt(i) != ',') {
        int digit = Character.digit(mask.charAt(i), 16);
        if (digit < 0 || bit >= LIMIT) {
          return Optional.empty();
        }
        for (int k = 0; k < 4; k++) {
          cpus.set(bit + k, (digit >> k & 1) != 0);
        }
        bit += 4;
      }
    }
    return bit == 0 ? Optional.empty() : Optional.of(cpus);
  }

  private static int number(String text, int radix) {
    try {
      int value = Integer.parseInt(text, radix);
      return value < LIMIT ? value : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** As a list; only three and more in a row are a range. */
  static String list(BitSet cpus) {
    StringBuilder text = new StringBuilder();
    for (int from = cpus.nextSetBit(0); from >= 0;) {
      int to = cpus.nextClearBit(from) - 1;
      if (to == from + 1) {
        text.append(from).append(',').append(to).append(',');
      } else {
        text.append(from).append(to > from ? "-" + to : "").append(',');
      }
      from = cpus.nextSetBit(to + 1);
    }
    return text.isEmpty() ? "" : text.substring(0, text.length() - 1);
  }

  /** As one hexadecimal number. */
  static String mask(BitSet cpus) {
    StringBuilder text = new StringBuilder();
    for (int nibble = Math.max(0, (cpus.length() - 1) / 4); nibble >= 0; nibble--) {
      int digit = 0;
      for (int k = 0; k < 4; k++) {
        digit |= cpus.get(nibble * 4 + k) ? 1 << k : 0;
      }
      text.append(Character.forDigit(digit, 16));
    }
    return text.toString();
  }
}
