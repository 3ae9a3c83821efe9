package dev.portfire.devices;

import java.util.Map;

/** The shortest, the longest and the sum of durations, in microseconds, as Firecracker's {@code *_agg} metrics. */
public final class Durations {
  private long min;
  private long max;
  private long sum;

  /** Adds one. */
  public synchronized void record(long nanos) {
    long micros = nanos / 1000;
    min = sum == 0 && max == 0 ? micros : Math.min(min, micros);
    max = Math.max(max, micros);
    sum += micros;
  }

  /**
   * Puts the three values under {@code name.min_us}, {@code name.max_us} and {@code name.sum_us}.
   *
   * @param name the metric's name
   */
  public synchronized void addTo(Map<String, Long> values, String name) {
    values.put(name + ".min_us", min);
    values.put(name + ".max_us", max);
    values.put(name + ".sum_us", sum);
  }
}
