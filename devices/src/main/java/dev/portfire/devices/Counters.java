package dev.portfire.devices;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What a device counts. The constants of the enumeration are named as Firecracker's metrics are, in capitals. Values only
 * grow; whoever wants differences takes them. Thread-safe.
 *
 * @param <E> what is counted
 */
public final class Counters<E extends Enum<E>> {
  private final E[] kinds;
  private final AtomicLongArray values;

  /** Makes counters of 0 for all constants of an enumeration. */
  public Counters(Class<E> kinds) {
    this.kinds = kinds.getEnumConstants();
    values = new AtomicLongArray(this.kinds.length);
  }

  /** Adds 1. */
  public void count(E kind) {
    values.getAndIncrement(kind.ordinal());
  }

  /** Adds an amount. */
  public void add(E kind, long amount) {
    values.getAndAdd(kind.ordinal(), amount);
  }

  /** Replaces a value, for what is a level and not a count. */
  public void set(E kind, long value) {
    values.set(kind.ordinal(), value);
  }

  /** The value so far. */
  public long get(E kind) {
    return values.get(kind.ordinal());
  }

  /** All values by the names of Firecracker's metrics. */
  public Map<String, Long> values() {
    Map<String, Long> all = new TreeMap<>();
    for (E kind : kinds) {
      all.put(kind.name().toLowerCase(Locale.ROOT), get(kind));
    }
    return all;
  }
}
