package dev.portfire.inspect.perf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What addresses belong to: functions and data, in ascending order. Names stay where they were read, so a table takes hardly more than the
 * file it is from.
 */
final class Symbols {
  /** None. */
  static final Symbols NONE = new Builder(new byte[0]).build();

  /** Which of several symbols of one address is preferred; more is better. */
  static final int WEAK = 0;

  static final int LOCAL = 1;
  static final int GLOBAL = 2;

  private static final int DATA = 4;
  private static final int RANK = 3;
  private static final long PAGE = 4096;

  /** What of a name is shown; a kernel's have at most 511 bytes (KSYM_NAME_LEN). */
  private static final int LONGEST_NAME = 512;

  private final byte[] text;
  private final int count;
  private final long[] starts;
  private final long[] ends;
  private final int[] names;
  private final byte[] flags;

  private Symbols(byte[] text, int count, long[] starts, long[] ends, int[] names, byte[] flags) {
    this.text = text;
    this.count = count;
    this.starts = starts;
    this.ends = ends;
    this.names = names;
    this.flags = flags;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** About how much memory they take. */
  long bytes() {
    return text.length + count * (2L * Long.BYTES + Integer.BYTES + 1);
  }

  /** The lowest address. */
  long start() {
    return starts[0];
  }

  /** The end of the last one. */
  long end() {
    return ends[count - 1];
  }

  /** The symbol that an address is in, or -1. */
  int find(long address) {
    int low = 0;
    int high = count - 1;
    while (low <= high) {
      int middle = low + high >>> 1;
      if (Long.compareUnsigned(starts[middle], address) <= 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high >= 0 && Long.compareUnsigned(address, ends[high]) < 0 ? high : -1;
  }

  long start(int symbol) {
    return starts[symbol];
  }

  /** Whether it is no function. */
  boolean isData(int symbol) {
    return (flags[symbol] & DATA) != 0;
  }

  String name(int symbol) {
    int from = names[symbol];
    return new String(text, from, Math.min(nameEnd(text, from) - from, LONGEST_NAME), StandardCharsets.UTF_8);
  }

  private static int nameEnd(byte[] text, int from) {
    int to = from;
    while (to < text.length && text[to] != 0 && text[to] != ' ' && text[to] != '\t' && text[to] != '\n') {
      to++;
    }
    return to;
  }

  /** Takes symbols in any order. */
  static final class Builder {
    /** Few, for there may be many modules with a symbol each. */
    private static final int LEAST = 4;

    private final byte[] text;
    private int count;
    private long[] starts = new long[LEAST];
    private long[] sizes = new long[LEAST];
    private int[] names = new int[LEAST];
    private byte[] flags = new byte[LEAST];
    private boolean sorted = true;

    /**
     * Makes an empty one.
     *
     * @param text where the names are, each up to a blank, a zero or the end of a line
     */
    Builder(byte[] text) {
      this.text = text;
    }

    /**
     * Adds a symbol.
     *
     * @param size 0 if it reaches to the next one
     * @param name where its name begins in the text
     */
    void add(long start, long size, int name, int rank, boolean isData) {
      if (count == starts.length) {
        int larger = 2 * count;
        starts = Arrays.copyOf(starts, larger);
        sizes = Arrays.copyOf(sizes, larger);
        names = Arrays.copyOf(names, larger);
        flags = Arrays.copyOf(flags, larger);
      }
      sorted &= count == 0 || Long.compareUnsigned(starts[count - 1], start) <= 0;
      starts[count] = start;
      sizes[count] = size;
      names[count] = name;
      flags[count++] = (byte) (rank | (isData ? DATA : 0));
    }

    /** The highest address of a symbol. */
    long highest() {
      long highest = 0;
      for (int i = 0; i < count; i++) {
        highest = Long.compareUnsigned(starts[i], highest) > 0 ? starts[i] : highest;
      }
      return highest;
    }

    Symbols build() {
      return build(false);
    }

    /**
     * Makes the table: of symbols of one address the last without a size remains, or the best with one.
     *
     * @param isOpen whether the last one without a size reaches as far as what it belongs to; otherwise to the end of the next page
     */
    Symbols build(boolean isOpen) {
      int[] order = order();
      int kept = 0;
      for (int i = 0; i < count; i++) {
        int symbol = order[i];
        if (kept > 0 && starts[order[kept - 1]] == starts[symbol]) {
          if (!isBetter(order[kept - 1], symbol)) {
            order[kept - 1] = symbol;
          }
        } else {
          order[kept++] = symbol;
        }
      }
      long[] from = new long[kept];
      long[] to = new long[kept];
      int[] at = new int[kept];
      byte[] kinds = new byte[kept];
      for (int i = 0; i < kept; i++) {
        int symbol = order[i];
        from[i] = starts[symbol];
        to[i] = sizes[symbol] != 0 ? from[i] + sizes[symbol]
            : i + 1 < kept ? starts[order[i + 1]] : isOpen ? -1 : (from[i] + PAGE - 1 & -PAGE) + PAGE;
        at[i] = names[symbol];
        kinds[i] = flags[symbol];
      }
      return new Symbols(text, kept, from, to, at, kinds);
    }

    private boolean isBetter(int one, int other) {
      if (sizes[one] == 0 || sizes[other] == 0) {
        return sizes[other] == 0 && sizes[one] != 0;
      }
      int rank = (flags[one] & RANK) - (flags[other] & RANK);
      if (rank != 0) {
        return rank > 0;
      }
      int underscores = underscores(names[one]) - underscores(names[other]);
      return underscores != 0 ? underscores < 0
          : nameEnd(text, names[one]) - names[one] >= nameEnd(text, names[other]) - names[other];
    }

    private int underscores(int name) {
      int at = name;
      while (at < text.length && text[at] == '_') {
        at++;
      }
      return at - name;
    }

    /** The symbols by address; those of one address in the order in which they came. */
    private int[] order() {
      int[] order = new int[count];
      for (int i = 0; i < count; i++) {
        order[i] = i;
      }
      if (sorted) {
        return order;
      }
      int[] other = new int[count];
      for (int width = 1; width < count; width *= 2) {
        for (int from = 0; from < count; from += 2 * width) {
          merge(order, from, Math.min(from + width, count), Math.min(from + 2 * width, count), other);
        }
        int[] swap = order;
        order = other;
        other = swap;
      }
      return order;
    }

    private void merge(int[] source, int from, int middle, int end, int[] target) {
      int i = from;
      int k = middle;
      for (int at = from; at < end; at++) {
        target[at] = k >= end || i < middle && Long.compareUnsigned(starts[source[i]], starts[source[k]]) <= 0 ? source[i++] : source[k++];
      }
    }
  }
}
