package dev.portfire.devices;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a device counts. The constants of the enumeration are named as Firecracker's metrics are, in capitals. Values only
 * grow; whoever wants differences takes them. Thread-safe.
 *
 * @param <E> what is counted
 */
public final class Counters<E extends Enum<E>> {
  private static final VarHandle CELL = JAVA_LONG.varHandle();

  private final E[] kinds;

  /** Changed only before the machine runs. */
  private MemorySegment cells;

  /** Makes counters of 0 for all constants of an enumeration. */
  public Counters(Class<E> kinds) {
    this.kinds = kinds.getEnumConstants();
    cells = MemorySegment.ofArray(new long[this.kinds.length]);
  }

  /** The names of all values, as Firecracker's metrics have them. */
  public List<String> names() {
    return Arrays.stream(kinds).map(Counters::nameOf).toList();
  }

  /**
   * Keeps the values in this memory from now on, where others see them, in the order of {@link #names}. Only before the machine runs.
   *
   * @param memory 8 bytes for each value, aligned to that
   */
  public void keepIn(MemorySegment memory) {
    cells = memory.asSlice(0, cells.byteSize()).copyFrom(cells);
  }

  /** What a constant is called outside of this program. */
  public static String nameOf(Enum<?> kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static long place(Enum<?> kind) {
    return (long) kind.ordinal() * Long.BYTES;
  }

  /** Adds 1. */
  public void count(E kind) {
    add(kind, 1);
  }

  /** Adds an amount. */
  public void add(E kind, long amount) {
    long unused = (long) CELL.getAndAdd(cells, place(kind), amount);
  }

  /** Replaces a value, for what is a level and not a count. */
  public void set(E kind, long value) {
    CELL.setVolatile(cells, place(kind), value);
  }

  /** The value so far. */
  public long get(E kind) {
    return (long) CELL.getVolatile(cells, place(kind));
  }

  /** All values by the names of Firecracker's metrics. */
  public Map<String, Long> values() {
    Map<String, Long> all = new TreeMap<>();
    for (E kind : kinds) {
      all.put(nameOf(kind), get(kind));
    }
    return all;
  }
}
