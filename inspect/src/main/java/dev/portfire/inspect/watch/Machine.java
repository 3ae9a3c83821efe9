package dev.portfire.inspect.watch;

import java.util.Map;
import java.util.Optional;

/**
 * What is known of a machine at one time.
 *
 * @param key the same in all samples, and no other machine's
 * @param pid its monitor's process
 * @param monitor the process's name
 * @param name what it is called, or empty
 * @param origin whose figures these are
 * @param vcpus how many it has, as far as is seen
 * @param cpuMillis CPU time of the whole process so far, in milliseconds
 * @param exits why its vCPUs left guest code, by names of reasons; only what happened
 * @param boot how it started, if it tells
 * @param devices what its devices count, by groups of Firecracker's metrics; only what is not 0
 */
public record Machine(
    String key,
    int pid,
    String monitor,
    String name,
    Origin origin,
    int vcpus,
    long cpuMillis,
    Map<String, Exits> exits,
    Optional<Boot> boot,
    Map<String, Map<String, Long>> devices) {
  /** Who counts. */
  public enum Origin {
    /** Portfire, whatever its machine runs on. */
    PORTFIRE,
    /** KVM, and the monitor keeps its statistics open. */
    KVM,
    /** Nobody that this user may ask. */
    NONE
  }

  /**
   * Exits for one reason since the machine's start.
   *
   * @param count how many
   * @param nanos how long all of them took, in nanoseconds; 0 where nobody measures that
   * @param histogram by their time: bucket {@code n} has those of 2^(n-1) to 2^n ns; empty where nobody measures that
   */
  public record Exits(long count, long nanos, long[] histogram) {
    /** No exits. */
    public static final Exits NONE = new Exits(0, 0, new long[0]);

    Exits plus(Exits other) {
      return combine(other, 1);
    }

    Exits minus(Exits other) {
      return combine(other, -1);
    }

    private Exits combine(Exits other, int sign) {
      long[] both = new long[Math.max(histogram.length, other.histogram.length)];
      for (int i = 0; i < both.length; i++) {
        both[i] = (i < histogram.length ? histogram[i] : 0) + (i < other.histogram.length ? sign * other.histogram[i] : 0);
      }
      return new Exits(count + sign * other.count, nanos + sign * other.nanos, both);
    }

    /**
     * The upper end of the bucket in which a part of all measured exits is complete, in nanoseconds; 0 if none were measured.
     *
     * @param part 0 to 1
     */
    public long percentile(double part) {
      long all = 0;
      for (long some : histogram) {
        all += some;
      }
      if (all <= 0) {
        return 0;
      }
      long wanted = (long) Math.ceil(all * part);
      long seen = 0;
      for (int i = 0; i < histogram.length; i++) {
        seen += histogram[i];
        if (seen >= wanted) {
          return 1L << Math.min(i, Long.SIZE - 2);
        }
      }
      return 1L << Math.min(histogram.length, Long.SIZE - 2);
    }
  }

  /**
   * How a machine started.
   *
   * @param requestedMillis when it was asked for, in milliseconds since 1970
   * @param steps nanoseconds from then to each step that was reached, in their order
   */
  public record Boot(long requestedMillis, Map<String, Long> steps) {}

  /** All exits together. */
  public Exits allExits() {
    return exits.values().stream().reduce(Exits.NONE, Exits::plus);
  }
}
