package dev.portfire.testing.lockstep;

import dev.portfire.machine.GuestMemory;
import dev.portfire.softcpu.Point;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Parts of the report about a difference. */
final class Report {
  private static final int MOST = 32;

  private Report() {}

  /** The registers of both, marked where they differ; those that are zero in both are left out. */
  static String registers(String first, Channel.Slot slot, String second, Point point) {
    StringBuilder s = new StringBuilder();
    if (!slot.kind.equals(point.kind())) {
      s.append("%s is at another kind of point: %s%n".formatted(first, slot.kind));
    }
    s.append("    %-22s %-16s  %-16s%n".formatted("", first, second));
    for (int k = 0; k < Point.COUNT; k++) {
      long a = slot.values[k];
      long b = point.values()[k];
      if ((a | b) != 0) {
        s.append("  %s %-22s %016x  %016x%n".formatted(a == b ? " " : "*", Point.name(k), a, b));
      }
    }
    return s.toString();
  }

  /** Where memories differ, a line for each of the first eight-byte words. */
  static List<String> memory(Machine first, Machine second) {
    List<String> lines = new ArrayList<>();
    GuestMemory a = first.memory();
    MemorySegment x = a.host();
    MemorySegment y = second.memory().host();
    long end = x.byteSize();
    long at = 0;
    while (at < end && lines.size() < MOST) {
      long next = MemorySegment.mismatch(x, at, end, y, at, end);
      if (next < 0) {
        break;
      }
      at = at + next & -8L;
      lines.add("memory at 0x%x: %s %016x, %s %016x"
          .formatted(
              a.guestAddress(at),
              first.engine(),
              x.get(ValueLayout.JAVA_LONG_UNALIGNED, at),
              second.engine(),
              y.get(ValueLayout.JAVA_LONG_UNALIGNED, at)));
      at += 8;
    }
    return lines;
  }

  /** The bytes of code at an address, as far as they can be read. */
  static String code(String title, Point point, long from, int length) {
    byte[] bytes = point.code(from, length);
    return "%s, from %016x: %s%n".formatted(title, from, HexFormat.of().withDelimiter(" ").formatHex(bytes));
  }
}
