package dev.portfire.machine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.portfire.machine.BinaryStatistics.Kind;
import dev.portfire.machine.BinaryStatistics.Statistic;
import dev.portfire.machine.BinaryStatistics.Unit;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts and durations of one vCPU's exits by reason. Written by the vCPU's thread only, read by anyone without a lock;
 * a reader sees each figure whole but not necessarily figures of the same instant. They can be kept in memory that other processes
 * see ({@link #keepIn}), which costs the vCPU nothing.
 */
public final class ExitStats {
  private static final int REASONS = ExitReason.values().length;

  /** How many parts the histogram of a reason has. */
  public static final int BUCKETS = 64;

  private static final int COUNT = 0;
  private static final int TOTAL = 1;
  private static final int MIN = 2;
  private static final int MAX = 3;
  private static final int HISTOGRAM = 4;
  private static final int STRIDE = HISTOGRAM + BUCKETS;
  private static final VarHandle CELL = JAVA_LONG.varHandle();

  /** Bytes of a name in the file. */
  private static final int NAME = 48;

  /** What the file tells of a reason: how often, how long, and the histogram of that. */
  private static final int DESCRIPTIONS = 3;

  private static final int DATA_AT = BinaryStatistics.dataOffset(NAME, REASONS * DESCRIPTIONS);

  /** What follows a reason in the name of the time that it took. */
  public static final String TIME = "_ns";

  /** What follows a reason in the name of that time's histogram. */
  public static final String HISTOGRAM_OF_TIME = "_hist";

  /** Bytes of the file that {@link #keepIn} writes. */
  public static final int FILE_BYTES = DATA_AT + REASONS * STRIDE * Long.BYTES;

  /** Changed only before the vCPU runs. */
  private MemorySegment cells = Arena.ofAuto().allocate((long) REASONS * STRIDE * Long.BYTES, Long.BYTES);

  /** Not volatile: whoever takes samples is content with what comes to memory some time. */
  private @Nullable Activity activity;

  private final Map<String, LongAdder> assists = new ConcurrentHashMap<>();

  /**
   * Keeps the figures in a file of {@link BinaryStatistics} from now on: a reason's count under its name, the time it took under
   * its name and {@link #TIME}, and the histogram of that under its name and {@link #HISTOGRAM_OF_TIME}. Only before the vCPU runs.
   *
   * @param file zeros, {@link #FILE_BYTES} of them, which nobody else writes
   * @param id what the file says it is about; of long ones the beginning
   */
  public void keepIn(MemorySegment file, String id) {
    MemorySegment.copy(describe(id), 0, file, JAVA_BYTE, 0, DATA_AT);
    cells = file.asSlice(DATA_AT, cells.byteSize());
  }

  private static byte[] describe(String id) {
    List<Statistic> all = new ArrayList<>();
    for (ExitReason reason : ExitReason.values()) {
      int base = reason.ordinal() * STRIDE;
      all.add(describe(reason.name(), Kind.CUMULATIVE, Unit.NONE, base + COUNT, 1));
      all.add(describe(reason + TIME, Kind.CUMULATIVE, Unit.SECONDS, base + TOTAL, 1));
      all.add(describe(reason + HISTOGRAM_OF_TIME, Kind.LOG_HISTOGRAM, Unit.SECONDS, base + HISTOGRAM, BUCKETS));
    }
    return BinaryStatistics.write(id, NAME, all);
  }

  private static Statistic describe(String name, Kind kind, Unit unit, int cell, int size) {
    return new Statistic(name, kind, unit, 10, unit == Unit.SECONDS ? -9 : 0, size, cell * Long.BYTES, 0);
  }

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
    if (plain(base + COUNT) == 0 || nanos < plain(base + MIN)) {
      set(base + MIN, nanos);
    }
    if (nanos > plain(base + MAX)) {
      set(base + MAX, nanos);
    }
    add(base + COUNT, 1);
    add(base + TOTAL, nanos);
    add(base + HISTOGRAM + bucket(nanos), 1);
  }

  private void add(int cell, long amount) {
    set(cell, plain(cell) + amount);
  }

  private long plain(int cell) {
    return cells.get(JAVA_LONG, (long) cell * Long.BYTES);
  }

  private void set(int cell, long value) {
    CELL.setOpaque(cells, (long) cell * Long.BYTES, value);
  }

  private long get(int cell) {
    return (long) CELL.getOpaque(cells, (long) cell * Long.BYTES);
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
    return get(reason.ordinal() * STRIDE + COUNT);
  }

  /** Their total duration in nanoseconds. */
  public long totalNanos(ExitReason reason) {
    return get(reason.ordinal() * STRIDE + TOTAL);
  }

  /** The shortest duration in nanoseconds. */
  public long minNanos(ExitReason reason) {
    return get(reason.ordinal() * STRIDE + MIN);
  }

  /** The longest duration in nanoseconds. */
  public long maxNanos(ExitReason reason) {
    return get(reason.ordinal() * STRIDE + MAX);
  }

  /** How many exits fell into a histogram bucket, see {@link #bucket}. */
  public long histogram(ExitReason reason, int bucket) {
    return get(reason.ordinal() * STRIDE + HISTOGRAM + bucket);
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
