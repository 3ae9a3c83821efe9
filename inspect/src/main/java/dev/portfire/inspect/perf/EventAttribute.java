package dev.portfire.inspect.perf;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What an event is and what its samples have: {@code struct perf_event_attr} of {@code <linux/perf_event.h>}, and the numbers that the
 * kernel gave to it, one for each CPU or thread.
 *
 * @param type 2 for a tracepoint
 * @param config a tracepoint's number
 * @param period after how many of them a sample is taken, or with {@link #FREQUENCY} how many samples are taken in a second
 * @param sampleType bits {@code PERF_SAMPLE_}
 * @param readFormat bits {@code PERF_FORMAT_}
 * @param flags the bits from byte 40 on
 * @param ids the numbers
 */
record EventAttribute(int type, long config, long period, long sampleType, long readFormat, long flags, long[] ids) {
  /** Bits of {@code sampleType}. */
  static final long IP = 1;

  static final long TID = 2;
  static final long TIME = 4;
  static final long ADDR = 8;
  static final long READ = 0x10;
  static final long CALLCHAIN = 0x20;
  static final long ID = 0x40;
  static final long CPU = 0x80;
  static final long PERIOD = 0x100;
  static final long STREAM_ID = 0x200;
  static final long RAW = 0x400;
  static final long IDENTIFIER = 0x1_0000;

  /** Bits of {@code readFormat}. */
  static final long FORMAT_TOTAL_TIME_ENABLED = 1;

  static final long FORMAT_TOTAL_TIME_RUNNING = 2;
  static final long FORMAT_ID = 4;
  static final long FORMAT_GROUP = 8;
  static final long FORMAT_LOST = 16;

  /** Bits of {@code flags}. */
  static final long DISABLED = 1;

  static final long INHERIT = 2;
  static final long EXCLUDE_USER = 1 << 4;
  static final long EXCLUDE_KERNEL = 1 << 5;
  static final long EXCLUDE_HV = 1 << 6;
  static final long MMAP = 1 << 8;
  static final long COMM = 1 << 9;
  static final long FREQUENCY = 1 << 10;
  static final long ENABLE_ON_EXEC = 1 << 12;
  static final long TASK = 1 << 13;
  static final long WATERMARK = 1 << 14;
  static final long SAMPLE_ID_ALL = 1 << 18;
  static final long EXCLUDE_HOST = 1 << 19;
  static final long EXCLUDE_GUEST = 1 << 20;
  static final long MMAP2 = 1 << 23;
  static final long COMM_EXEC = 1 << 24;

  /** What one event of a recording tells of processes besides. */
  static final long PROCESSES = MMAP | COMM | TASK | MMAP2 | COMM_EXEC;

  /** How near a sample has to be to what caused it, 0 to 3: two bits of {@code flags}. */
  private static final int PRECISION = 15;

  private static final int MOST_PRECISE = 3;

  static final int HARDWARE = 0;
  static final int SOFTWARE = 1;
  static final int TRACEPOINT = 2;

  /** An event of which nothing is known. */
  static final EventAttribute NONE = new EventAttribute(0, 0, 0, 0, 0, 0, new long[0]);

  /** Names of what the kernel counts by itself and of what processors do, by number, as perf writes them. */
  private static final List<String> SOFTWARE_NAMES = List.of(
      "cpu-clock", "task-clock", "page-faults", "context-switches", "cpu-migrations", "minor-faults", "major-faults",
      "alignment-faults", "emulation-faults", "dummy");

  private static final List<String> HARDWARE_NAMES = List.of(
      "cycles", "instructions", "cache-references", "cache-misses", "branches", "branch-misses", "bus-cycles",
      "stalled-cycles-frontend", "stalled-cycles-backend", "ref-cycles");

  /** Bytes of the structure's first version, which is the least, and of the one that is written. */
  static final int LEAST = 64;

  static final int SIZE = 128;

  /** As much as any version can have. */
  static final int MOST = 4096;

  private static final int PERIOD_AT = 16;
  private static final int SAMPLE_TYPE_AT = 24;
  private static final int READ_FORMAT_AT = 32;
  private static final int FLAGS_AT = 40;
  private static final int WAKEUP_AT = 48;

  EventAttribute {
    ids = ids.clone();
  }

  /** Takes one out of a file. */
  static EventAttribute of(byte[] structure, long[] ids) {
    return new EventAttribute(
        Cursor.i32(structure, 0),
        Cursor.i64(structure, 8),
        Cursor.i64(structure, PERIOD_AT),
        Cursor.i64(structure, SAMPLE_TYPE_AT),
        Cursor.i64(structure, READ_FORMAT_AT),
        Cursor.i64(structure, FLAGS_AT),
        ids);
  }

  EventAttribute withIds(long[] others) {
    return new EventAttribute(type, config, period, sampleType, readFormat, flags, others);
  }

  EventAttribute withFlags(long others) {
    return new EventAttribute(type, config, period, sampleType, readFormat, others, ids);
  }

  EventAttribute withConfig(int otherType, long otherConfig) {
    return new EventAttribute(otherType, otherConfig, period, sampleType, readFormat, flags, ids);
  }

  /** How near a sample is to what caused it, from 0, anywhere behind it, to 3, there. */
  int precision() {
    return (int) (flags >> PRECISION) & MOST_PRECISE;
  }

  EventAttribute withPrecision(int precision) {
    return withFlags(flags & ~((long) MOST_PRECISE << PRECISION) | (long) precision << PRECISION);
  }

  /** How many bytes behind a record that is no sample say when and of whom it is, with {@link #SAMPLE_ID_ALL}. */
  int sampleIdSize() {
    return 8 * Long.bitCount(sampleType & (TID | TIME | ID | STREAM_ID | CPU | IDENTIFIER));
  }

  boolean has(long bit) {
    return (sampleType & bit) != 0;
  }

  /** The structure; {@code wakeup} bytes of a ring wake its reader. */
  byte[] structure(int wakeup) {
    byte[] bytes = new byte[SIZE];
    Cursor.i32(bytes, 0, type);
    Cursor.i32(bytes, 4, SIZE);
    Cursor.i64(bytes, 8, config);
    Cursor.i64(bytes, PERIOD_AT, period);
    Cursor.i64(bytes, SAMPLE_TYPE_AT, sampleType);
    Cursor.i64(bytes, READ_FORMAT_AT, readFormat);
    Cursor.i64(bytes, FLAGS_AT, flags);
    Cursor.i32(bytes, WAKEUP_AT, wakeup);
    return bytes;
  }

  /** Which word of a sample is the identifying number; -1 if it has none. */
  int idWord() {
    if (has(IDENTIFIER)) {
      return 0;
    }
    return has(ID) ? Long.bitCount(sampleType & (IP | TID | TIME | ADDR)) : -1;
  }

  /** When a record that is no sample was made, by what is behind its own content; 0 if it does not say. */
  long timeOfOther(byte[] record) {
    if ((flags & SAMPLE_ID_ALL) == 0 || !has(TIME)) {
      return 0;
    }
    int behind = 8 * (1 + Long.bitCount(sampleType & (ID | STREAM_ID | CPU | IDENTIFIER)));
    return record.length < behind + 8 ? 0 : Cursor.i64(record, record.length - behind);
  }

  /** The event of a name, without anything that a recording needs besides. */
  static Optional<EventAttribute> named(String name) {
    for (int type = HARDWARE; type <= SOFTWARE; type++) {
      int config = (type == HARDWARE ? HARDWARE_NAMES : SOFTWARE_NAMES).indexOf(name);
      if (config >= 0) {
        return Optional.of(new EventAttribute(type, config, 0, 0, 0, 0, new long[0]));
      }
    }
    return Optional.empty();
  }

  /** A name for it, as far as one is known without the system that recorded it. */
  String name() {
    List<String> names = type == HARDWARE ? HARDWARE_NAMES : type == SOFTWARE ? SOFTWARE_NAMES : List.of();
    return config >= 0 && config < names.size() ? names.get((int) config) + modifiers()
        : type == 4 ? "r" + Long.toHexString(config) : "event " + type + ":" + Long.toUnsignedString(config);
  }

  /** Whose events they are, behind the name, in the original's words. */
  private String modifiers() {
    StringBuilder text = new StringBuilder();
    boolean some = (flags & (EXCLUDE_USER | EXCLUDE_KERNEL | EXCLUDE_HV)) != 0;
    if (some) {
      text.append((flags & EXCLUDE_KERNEL) == 0 ? "k" : "").append((flags & EXCLUDE_USER) == 0 ? "u" : "");
      text.append((flags & EXCLUDE_HV) == 0 ? "h" : "");
    }
    text.append("p".repeat(precision()));
    some |= precision() > 0;
    if ((flags & EXCLUDE_HOST) != 0 || (flags & EXCLUDE_GUEST) != 0 == some) {
      text.append((flags & EXCLUDE_HOST) == 0 ? "H" : "").append((flags & EXCLUDE_GUEST) == 0 ? "G" : "");
    }
    return text.isEmpty() ? "" : ":" + text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EventAttribute a
        && type == a.type && config == a.config && period == a.period && sampleType == a.sampleType
        && readFormat == a.readFormat && flags == a.flags && Arrays.equals(ids, a.ids);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(config) * 31 + Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return "event " + type + ":" + config;
  }
}
