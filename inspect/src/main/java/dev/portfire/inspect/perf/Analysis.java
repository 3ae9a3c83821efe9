package dev.portfire.inspect.perf;

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
final class Analysis implements EventOrder.Receiver {
  /** All vCPUs. */
  static final int ALL = -1;

  /** How KVM says that an access to memory was a read that is done, or a write. */
  private static final long MMIO_READ = 1;

  static final long MMIO_WRITE = 2;

  /** What an event does; {@code OTHER} does nothing here. */
  static final int OTHER = 0;

  static final int ENTRY = 1;
  static final int EXIT = 2;
  static final int MMIO = 3;
  static final int ACCESS = 4;

  private static final int RECENT = 256;

  /** Times that are kept, for percentiles. */
  private static final int MOST_TIMES = 1 << 28;

  private static final class Vcpu {
    final int tid;
    final int id;
    long start;
    @Nullable Row row;

    Vcpu(int tid, int id) {
      this.tid = tid;
      this.id = id;
    }
  }

  /** What is told of an event that took long. */
  interface Slow {
    /** An event of a vCPU took {@code took} nanoseconds until {@code time}. */
    void event(long time, int pid, int vcpu, Row.Key key, long took);
  }

  private final EventKind kind;
  private KernelMap guest = new KernelMap(Guests.KERNEL);
  private final int onlyVcpu;
  private final Set<Integer> pids;
  private final EventOrder order = new EventOrder(this);
  private final Map<Row.Key, Row> rows = new HashMap<>();
  private final Map<Integer, Vcpu> vcpus = new HashMap<>();

  /** What was used lately, by low bits, so that hardly anything is looked for in the maps above. */
  private final @Nullable Row[] recentRows = new @Nullable Row[RECENT];

  private final @Nullable Vcpu[] recentVcpus = new @Nullable Vcpu[RECENT];

  private boolean seeksIsa = true;
  private final boolean allPids;
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
    allPids = pids.isEmpty();
    this.keepTimes = keepTimes;
  }

  /** Takes exits of {@link EventKind#RIP} together by the symbols of a guest. */
  void symbols(KernelMap kernel) {
    guest = kernel;
  }

  /** Tells of what takes longer than so many nanoseconds. */
  void tellSlow(long nanoseconds, Slow receiver) {
    slowerThan = nanoseconds;
    slow = Optional.of(receiver);
  }

  private Reading reading(EventAttribute attribute, Optional<TracingData> tracing) {
    Sample sample = new Sample(attribute);
    EventFormat.Field none = EventFormat.Field.NONE;
    Reading nothing = new Reading(sample, OTHER, none, none, none);
    if (attribute.type() != EventAttribute.TRACEPOINT) {
      return nothing;
    }
    Optional<EventFormat> found = tracing.flatMap(data -> data.format(attribute.config()));
    if (found.isEmpty() || !found.get().system().equals("kvm")) {
      return nothing;
    }
    EventFormat format = found.get();
    return switch (format.name()) {
      case "kvm_entry" -> new Reading(sample, ENTRY, format.fieldOrNone("vcpu_id"), none, none);
      case "kvm_exit" -> new Reading(sample, EXIT, format.fieldOrNone(kind == EventKind.RIP ? "guest_rip" : "exit_reason"), none, format.fieldOrNone("isa"));
      case "kvm_mmio" -> kind == EventKind.MMIO
          ? new Reading(sample, MMIO, format.fieldOrNone("gpa"), format.fieldOrNone("type"), none) : nothing;
      case "kvm_pio" -> kind == EventKind.IOPORT
          ? new Reading(sample, ACCESS, format.fieldOrNone("port"), format.fieldOrNone("rw"), none) : nothing;
      case "kvm_msr" -> kind == EventKind.MSR
          ? new Reading(sample, ACCESS, format.fieldOrNone("ecx"), format.fieldOrNone("write"), none) : nothing;
      default -> nothing;
    };
  }

  /** What takes the samples of a recording. */
  PerfData.Records of(PerfData data) {
    return new Reader(data);
  }

  private final class Reader implements PerfData.Records {
    private final PerfData data;
    private Reading[] readings = new Reading[0];

    Reader(PerfData data) {
      this.data = data;
    }

    @Override
    public void sample(int event, long[] words, int from, int to) throws PerfException {
      if (event >= readings.length) {
        addReadings();
      }
      Reading r = readings[event];
      if (seeksIsa || !allPids || to - from < r.words) {
        Analysis.this.sample(r, words, from, to);
        return;
      }
      int length = (int) words[from + r.raw];
      if (length < r.bytes || length > (to - from - r.raw << 3) - Reading.LENGTH) {
        Analysis.this.sample(r, words, from, to);
        return;
      }
      long key = (words[from + r.key] >>> r.keyShift | words[from + r.keyRest] << -r.keyShift & r.keyRestMask) & r.keyMask;
      order.add(words[from + r.time], key, words[from + r.thread], r.action);
    }

    private void addReadings() {
      List<EventAttribute> attributes = data.attributes();
      int known = readings.length;
      readings = Arrays.copyOf(readings, attributes.size());
      for (int i = known; i < readings.length; i++) {
        readings[i] = reading(attributes.get(i), data.tracing());
      }
    }

    @Override
    public void roundFinished() throws PerfException {
      Analysis.this.roundFinished();
    }
  }

  /** Reads any sample. */
  private void sample(Reading reading, long[] words, int from, int to) throws PerfException {
    Sample sample = reading.sample;
    sample.check(from, to);
    long time = sample.time < 0 ? 0 : words[from + sample.time];
    if (reading.action == OTHER) {
      order.see(time);
      return;
    }
    int at = sample.raw(words, from, to);
    int length = at < to ? (int) words[at] : 0;
    int record = (at << 3) + Reading.LENGTH;
    long key = reading.keyField.of(words, record, length);
    long info = reading.info.of(words, record, length);
    if (reading.action == EXIT && seeksIsa) {
      isa = reading.isa.of(words, record, length);
      seeksIsa = isa == 0 && reading.isa.size() != 0;
    }
    long thread = sample.thread < 0 ? -1 : words[from + sample.thread];
    if (allPids || pids.contains((int) thread)) {
      order.add(time, key, thread, info << 4 | reading.action);
    } else {
      order.see(time);
    }
  }

  void roundFinished() throws PerfException {
    order.roundFinished();
  }

  void finish() throws PerfException {
    order.finish();
  }

  @Override
  public void event(long time, long key, long thread, long action) throws PerfException {
    int what = (int) (action & 15);
    entries += what == ENTRY ? 1 : 0;
    exits += what == EXIT ? 1 : 0;
    begins += what >= MMIO ? 1 : 0;
    int tid = (int) (thread >>> 32);
    Vcpu vcpu = recentVcpus[tid & RECENT - 1];
    if (vcpu == null || vcpu.tid != tid) {
      vcpu = vcpu(tid, what, key);
    }
    if (vcpu == null || onlyVcpu != ALL && vcpu.id != onlyVcpu) {
      return;
    }
    switch (what) {
      case ENTRY -> end(vcpu, time, (int) thread, null);
      case EXIT -> {
        if (kind == EventKind.VMEXIT) {
          begin(vcpu, time, row(key, 0));
        } else if (kind == EventKind.RIP) {
          begin(vcpu, time, row(guest.symbolStart(key), 0));
        } else if (kind == EventKind.MMIO) {
          begin(vcpu, time, null);
        }
      }
      case ACCESS -> begin(vcpu, time, row(key, action >> 4));
      case MMIO -> {
        if (action >> 4 == MMIO_WRITE) {
          begin(vcpu, time, row(key, MMIO_WRITE));
        } else if (action >> 4 == MMIO_READ) {
          end(vcpu, time, (int) thread, vcpu.row == null && vcpu.start != 0 ? row(key, MMIO_READ) : null);
        }
      }
      default -> throw new IllegalStateException("action " + what);
    }
  }

  private @Nullable Vcpu vcpu(int tid, int what, long id) {
    Vcpu vcpu = vcpus.get(tid);
    if (vcpu == null && what == ENTRY) {
      vcpu = new Vcpu(tid, (int) id);
      vcpus.put(tid, vcpu);
    }
    recentVcpus[tid & RECENT - 1] = vcpu;
    return vcpu;
  }

  private Row row(long value, long info) {
    int slot = (int) (value ^ value >>> 8 ^ info) & RECENT - 1;
    Row recent = recentRows[slot];
    if (recent != null && recent.value == value && recent.info == info) {
      return recent;
    }
    Row row = row(new Row.Key(value, info));
    recentRows[slot] = row;
    return row;
  }

  private Row row(Row.Key key) {
    Row row = rows.get(key);
    if (row == null) {
      row = new Row(key, rows.size());
      rows.put(key, row);
    }
    return row;
  }

  private static void begin(Vcpu vcpu, long time, @Nullable Row row) {
    vcpu.row = row;
    vcpu.start = time;
  }

  private void end(Vcpu vcpu, long time, int pid, @Nullable Row other) throws PerfException {
    long start = vcpu.start;
    if (start == 0) {
      return;
    }
    Row row = vcpu.row == null ? other : vcpu.row;
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
    Arrays.fill(recentRows, null);
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
    if (exits == 0 && (kind.isExit() || kind == EventKind.MMIO)) {
      return Optional.of("no kvm_exit was recorded: this KVM module emits none" + advice);
    }
    if (begins == 0 && !kind.isExit()) {
      return Optional.of("no event of --event=" + kind.option() + " was recorded");
    }
    return Optional.empty();
  }
}
