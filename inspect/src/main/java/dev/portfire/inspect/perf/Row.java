package dev.portfire.inspect.perf;

/**
 * What is known of one reason, address, port or register.
 *
 * <p>Not synchronized.
 */
final class Row {
  /**
   * What it is about.
   *
   * @param info 0 of exits; of accesses, how KVM's tracepoint says whether it is a write
   */
  record Key(long value, long info) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int order = Long.compare(value, other.value);
      return order != 0 ? order : Long.compare(info, other.info);
    }

    // As the compiler's own, which take the JVM some milliseconds to link.
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && value == key.value && info == key.info;
    }

    @Override
    public int hashCode() {
      return 31 * Long.hashCode(value) + Long.hashCode(info);
    }
  }

  final Key key;

  /** The key's, at hand. */
  final long value;

  final long info;

  /** Its place among the rows. */
  final int index;

  /** How often. */
  long samples;

  /** Times, in ns. */
  long total;

  long least = Long.MAX_VALUE;
  long most;
  private double mean;
  private double squares;

  Row(Key key, int index) {
    this.key = key;
    value = key.value;
    info = key.info;
    this.index = index;
  }

  /** Takes a time into account: Welford's way, in this order of operations, which the digits of perf's tables come from. */
  void add(long nanoseconds) {
    samples++;
    total += nanoseconds;
    least = Math.min(least, nanoseconds);
    most = Math.max(most, nanoseconds);
    double delta = nanoseconds - mean;
    mean += delta / samples;
    squares += delta * (nanoseconds - mean);
  }

  /** The mean, in whole ns. */
  long mean() {
    return (long) mean;
  }

  /** The standard deviation of the mean, in percent of the mean. */
  double deviation() {
    if (samples < 2 || mean == 0) {
      return 0;
    }
    return 100.0 * Math.sqrt(squares / (samples - 1) / samples) / mean;
  }
}
