package dev.portfire.inspect.perf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out from KVM's tracepoints what took how long. A thread is a vCPU from its first kvm_entry on; what began before is not
 * counted.
 */
final class Analysis {
  /** All vCPUs. */
  static final int ALL = -1;

  /** How KVM says that an access to memory was a read that is done, or a write. */
  private static final long MMIO_READ = 1;

  static final long MMIO_WRITE = 2;

  /** What an event does; {@code OTHER} does nothing here. */
  private static final int OTHER = 0;

  private static final int ENTRY = 1;
  private static final int EXIT = 2;
  private static final int MMIO = 3;
  private static final int ACCESS = 4;

  /** Times that are kept, for percentiles. */
  private static final int MOST_TIMES = 1 << 28;

  private static final class Vcpu {
    final int id;
    long start;
    @Nullable Row row;

    Vcpu(int id) {
      this.id = id;
    }
  }

  /** How an event of the file is read. */
  private record Reading(int action, EventFormat.Field key, EventFormat.Field info, EventFormat.Field isa) {
    static final Reading NOTHING = new Reading(OTHER, EventFormat.Field.NONE, EventFormat.Field.NONE, EventFormat.Field.NONE);
  }

  /** What is told of an event that took long. */
  interface Slow {
    /** An event of a vCPU took {@code took} nanoseconds until {@code time}. */
    void event(long time, int pid, int vcpu, Row.Key key, long took);
  }

  private final EventKind kind;
  private final int onlyVcpu;
  private final Set<Integer> pids;
  private final EventOrder order = new EventOrder(this::event);
  private final Map<Row.Key, Row> rows = new HashMap<>();
  private final Map<Integer, Vcpu> vcpus = new HashMap<>();
  private int lastTid = -1;
  private @Nullable Vcpu lastVcpu;
  private final List<Reading> readings = new ArrayList<>();
  private Optional<Slow> slow = Optional.empty();
  private long slowerThan;
  private long entries;
  private long exits;
  private long begins;
  private long isa;

  private final boolean keepTimes;
  private long[] times = new long[0];
  private int[] rowsOfTimes = new int[0];
  private int timeCount;

  /**
   * Makes one.
   *
   * @param onlyVcpu the only vCPU's number, or {@link #ALL}
   * @param pids the only processes, or none for all
   * @param keepTimes whether {@link #times} is wanted, which takes 12 bytes for each
   */
  Analysis(EventKind kind, int onlyVcpu, Set<Integer> pids, boolean keepTimes) {
    this.kind = kind;
    this.onlyVcpu = onlyVcpu;
    this.pids = Set.copyOf(pids);
    this.keepTimes = keepTimes;
  }

  /** Tells of what takes longer than so many nanoseconds. */
  void tellSlow(long nanoseconds, Slow receiver) {
    slowerThan = nanoseconds;
    slow = Optional.of(receiver);
  }

  private Reading reading(EventAttribute attribute, Optional<TracingData> tracing) {
    if (attribute.type() != EventAttribute.TRACEPOINT) {
      return Reading.NOTHING;
    }
    Optional<EventFormat> found = tracing.flatMap(data -> data.format(attribute.config()));
    if (found.isEmpty() || !found.get().system().equals("kvm")) {
      return Reading.NOTHING;
    }
    EventFormat format = found.get();
    EventFormat.Field none = EventFormat.Field.NONE;
    return switch (format.name()) {
      case "kvm_entry" -> new Reading(ENTRY, format.fieldOrNone("vcpu_id"), none, none);
      case "kvm_exit" -> new Reading(EXIT, format.fieldOrNone("exit_reason"), none, format.fieldOrNone("isa"));
      case "kvm_mmio" -> kind == EventKind.MMIO
          ? new Reading(MMIO, format.fieldOrNone("gpa"), format.fieldOrNone("type"), none) : Reading.NOTHING;
      case "kvm_pio" -> kind == EventKind.IOPORT
          ? new Reading(ACCESS, format.fieldOrNone("port"), format.fieldOrNone("rw"), none) : Reading.NOTHING;
      case "kvm_msr" -> kind == EventKind.MSR
          ? new Reading(ACCESS, format.fieldOrNone("ecx"), format.fieldOrNone("write"), none) : Reading.NOTHING;
      default -> Reading.NOTHING;
    };
  }

  private void sample(PerfData data, Sample sample) throws PerfException {
    while (readings.size() <= sample.event) {
      readings.add(reading(data.attributes().get(readings.size()), data.tracing()));
    }
    sample(sample, readings.get(sample.event));
  }

  private void sample(Sample sample, Reading reading) throws PerfException {
    if (reading.action == OTHER) {
      order.see(sample.time);
      return;
    }
    long key = reading.key.of(sample);
    long info = reading.info.of(sample);
    if (reading.action == EXIT && isa == 0) {
      isa = reading.isa.of(sample);
    }
    if (pids.isEmpty() || pids.contains(sample.pid)) {
      order.add(sample.time, key, (long) sample.pid << 32 | sample.tid & 0xffff_ffffL, info << 4 | reading.action);
    } else {
      order.see(sample.time);
    }
  }

  /** What takes the samples of a recording. */
  PerfData.Records of(PerfData data) {
    return new PerfData.Records() {
      @Override
      public void sample(Sample sample) throws PerfException {
        Analysis.this.sample(data, sample);
      }

      @Override
      public void roundFinished() throws PerfException {
        Analysis.this.roundFinished();
      }
    };
  }

  void roundFinished() throws PerfException {
    order.roundFinished();
  }

  void finish() throws PerfException {
    order.finish();
  }

  private void event(long time, long key, long thread, long action) throws PerfException {
    int what = (int) (action & 15);
    entries += what == ENTRY ? 1 : 0;
    exits += what == EXIT ? 1 : 0;
    begins += what >= MMIO ? 1 : 0;
    Vcpu vcpu = vcpu((int) thread, what, key);
    if (vcpu == null || onlyVcpu != ALL && vcpu.id != onlyVcpu) {
      return;
    }
    switch (what) {
      case ENTRY -> end(vcpu, time, (int) (thread >> 32), null);
      case EXIT -> {
        if (kind == EventKind.VMEXIT) {
          begin(vcpu, time, new Row.Key(key, 0));
        } else if (kind == EventKind.MMIO) {
          begin(vcpu, time, null);
        }
      }
      case ACCESS -> begin(vcpu, time, new Row.Key(key, action >> 4));
      case MMIO -> {
        if (action >> 4 == MMIO_WRITE) {
          begin(vcpu, time, new Row.Key(key, MMIO_WRITE));
        } else if (action >> 4 == MMIO_READ) {
          end(vcpu, time, (int) (thread >> 32), new Row.Key(key, MMIO_READ));
        }
      }
      default -> throw new IllegalStateException("action " + what);
    }
  }

  private @Nullable Vcpu vcpu(int tid, int what, long id) {
    if (tid == lastTid && lastVcpu != null) {
      return lastVcpu;
    }
    Vcpu vcpu = vcpus.get(tid);
    if (vcpu == null && what == ENTRY) {
      vcpu = new Vcpu((int) id);
      vcpus.put(tid, vcpu);
    }
    lastTid = tid;
    lastVcpu = vcpu;
    return vcpu;
  }

  private Row row(Row.Key key) {
    Row row = rows.get(key);
    if (row == null) {
      row = new Row(key, rows.size());
      rows.put(key, row);
    }
    return row;
  }

  private void begin(Vcpu vcpu, long time, Row.@Nullable Key key) {
    vcpu.row = key == null ? null : row(key);
    vcpu.start = time;
  }

  private void end(Vcpu vcpu, long time, int pid, Row.@Nullable Key key) throws PerfException {
    long start = vcpu.start;
    if (start == 0) {
      return;
    }
    Row row = vcpu.row;
    if (row == null && key != null) {
      row = row(key);
    }
    if (row == null) {
      return;
    }
    vcpu.row = null;
    vcpu.start = 0;
    long took = time - start;
    if (Long.compareUnsigned(time, start) < 0 || took < 0) {
      return;
    }
    if (slow.isPresent() && took > slowerThan) {
      slow.get().event(time, pid, vcpu.id, row.key, took);
    }
    row.add(took);
    if (keepTimes) {
      keep(row.index, took);
    }
  }

  private void keep(int row, long took) throws PerfException {
    if (timeCount == times.length) {
      if (timeCount == MOST_TIMES) {
        throw new PerfException("has too many events for percentiles");
      }
      int larger = Math.max(1024, 2 * timeCount);
      times = Arrays.copyOf(times, larger);
      rowsOfTimes = Arrays.copyOf(rowsOfTimes, larger);
    }
    times[timeCount] = took;
    rowsOfTimes[timeCount++] = row;
  }

  /** The rows that have samples, in no order. */
  List<Row> rows() {
    return rows.values().stream().filter(row -> row.samples > 0).toList();
  }

  /** The times of each row, by {@link Row#index}, in ascending order. */
  long[][] times() {
    int[] lengths = new int[rows.size()];
    for (int i = 0; i < timeCount; i++) {
      lengths[rowsOfTimes[i]]++;
    }
    long[][] sorted = new long[lengths.length][];
    for (int i = 0; i < lengths.length; i++) {
      sorted[i] = new long[lengths[i]];
    }
    for (int i = 0; i < timeCount; i++) {
      int row = rowsOfTimes[i];
      sorted[row][--lengths[row]] = times[i];
    }
    for (long[] each : sorted) {
      Arrays.sort(each);
    }
    return sorted;
  }

  /** Begins to count anew; what has begun goes on. */
  void clear() {
    rows.clear();
    timeCount = 0;
    vcpus.values().forEach(vcpu -> {
      if (vcpu.row != null) {
        vcpu.row = row(vcpu.row.key);
      }
    });
  }

  /** How many events came too late to be put into order. */
  long unordered() {
    return order.unordered();
  }

  /** What {@code isa} of the first kvm_exit says. */
  long isa() {
    return isa;
  }

  /** What is missing in the recording, if something is: one line, without the file's name. */
  Optional<String> missing() {
    String advice = "; kvm_stat --source and portfire host show what this KVM tells";
    if (entries == 0 && exits == 0) {
      return Optional.of("no kvm_entry and no kvm_exit was recorded: no guest ran, or this KVM module emits none" + advice);
    }
    if (entries == 0) {
      return Optional.of("no kvm_entry was recorded, so nothing ends: this KVM module emits none" + advice);
    }
    if (exits == 0 && (kind == EventKind.VMEXIT || kind == EventKind.MMIO)) {
      return Optional.of("no kvm_exit was recorded: this KVM module emits none" + advice);
    }
    if (begins == 0 && kind != EventKind.VMEXIT) {
      return Optional.of("no event of --event=" + kind.option() + " was recorded");
    }
    return Optional.empty();
  }
}
