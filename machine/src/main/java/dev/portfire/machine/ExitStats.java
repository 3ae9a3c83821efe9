package dev.portfire.machine;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts and durations of one vCPU's exits by reason. Written by the vCPU's thread only, read by anyone without a lock;
 * a reader sees each figure whole but not necessarily figures of the same instant.
 */
public final class ExitStats {
  private static final int REASONS = ExitReason.values().length;
  private static final int BUCKETS = 64;
  private static final int COUNT = 0;
  private static final int TOTAL = 1;
  private static final int MIN = 2;
  private static final int MAX = 3;
  private static final int HISTOGRAM = 4;
  private static final int STRIDE = HISTOGRAM + BUCKETS;

  private final AtomicLongArray cells = new AtomicLongArray(REASONS * STRIDE);
  /** Not volatile: whoever takes samples is content with what comes to memory some time. */
  private @Nullable Activity activity;

  private final Map<String, LongAdder> assists = new ConcurrentHashMap<>();

  /** Counts one exit whose duration was not measured. */
  public void count(ExitReason reason) {
    add(reason.ordinal() * STRIDE + COUNT, 1);
  }

  /**
   * Counts one exit.
   *
   * @param nanos how long it took, in nanoseconds
   */
  public void record(ExitReason reason, long nanos) {
    int base = reason.ordinal() * STRIDE;
    if (cells.getPlain(base + COUNT) == 0 || nanos < cells.getPlain(base + MIN)) {
      cells.setOpaque(base + MIN, nanos);
    }
    if (nanos > cells.getPlain(base + MAX)) {
      cells.setOpaque(base + MAX, nanos);
    }
    add(base + COUNT, 1);
    add(base + TOTAL, nanos);
    add(base + HISTOGRAM + bucket(nanos), 1);
  }

  private void add(int cell, long amount) {
    cells.setOpaque(cell, cells.getPlain(cell) + amount);
  }

  /**
   * Counts an instruction that the back end could not execute and the instruction assist did.
   *
   * @param opcode its opcode in hexadecimal, without operands
   * @return whether it is the first with this opcode
   */
  public boolean countAssist(String opcode) {
    LongAdder known = assists.get(opcode);
    if (known != null) {
      known.increment();
      return false;
    }
    LongAdder made = new LongAdder();
    made.increment();
    LongAdder other = assists.putIfAbsent(opcode, made);
    if (other != null) {
      other.increment();
    }
    return other == null;
  }

  /** How often the instruction assist executed an instruction, by its opcode in hexadecimal, in the opcodes' order. */
  public Map<String, Long> assists() {
    Map<String, Long> counts = new TreeMap<>();
    assists.forEach((opcode, count) -> counts.put(opcode, count.sum()));
    return counts;
  }

  /** The histogram bucket of a duration: bucket {@code n} holds durations of {@code [2^(n-1), 2^n)} ns, bucket 0 holds 0. */
  public static int bucket(long nanos) {
    return Math.min(BUCKETS - 1, Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, nanos)));
  }

  /** How many exits there were. */
  public long countOf(ExitReason reason) {
    return cells.getOpaque(reason.ordinal() * STRIDE + COUNT);
  }

  /** Their total duration in nanoseconds. */
  public long totalNanos(ExitReason reason) {
    return cells.getOpaque(reason.ordinal() * STRIDE + TOTAL);
  }

  /** The shortest duration in nanoseconds. */
  public long minNanos(ExitReason reason) {
    return cells.getOpaque(reason.ordinal() * STRIDE + MIN);
  }

  /** The longest duration in nanoseconds. */
  public long maxNanos(ExitReason reason) {
    return cells.getOpaque(reason.ordinal() * STRIDE + MAX);
  }

  /** How many exits fell into a histogram bucket, see {@link #bucket}. */
  public long histogram(ExitReason reason, int bucket) {
    return cells.getOpaque(reason.ordinal() * STRIDE + HISTOGRAM + bucket);
  }

  /** Notes what the vCPU's thread does from now on. Only that thread calls it, often: it takes one store. */
  public void doing(Activity now) {
    activity = now;
  }

  /** What the vCPU's thread was doing a moment ago; empty if the back end does not tell. */
  public Optional<Activity> activity() {
    return Optional.ofNullable(activity);
  }
}
