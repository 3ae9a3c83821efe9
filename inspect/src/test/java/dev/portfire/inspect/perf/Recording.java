package dev.portfire.inspect.perf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A recording that never took place: as {@code perf kvm stat record} would write it, with the events that a test wants. */
final class Recording {
  static final String INTEL = "GenuineIntel,6,85,4";
  static final String AMD = "AuthenticAMD,25,1,1";
  static final int VMX = 1;
  static final int SVM = 2;

  private static final long SAMPLE_TYPE = 0x5c7;
  private static final int COUNT = 5;
  private static final int FIRST_ID = 100;

  /** Bytes of a record's raw part; with the size before it, a multiple of eight. */
  private static final int RAW = 76;

  private static final int SAMPLE_SIZE = 8 + 8 * 6 + 8 + 4 + RAW;

  private enum Tracepoint {
    KVM_ENTRY("unsigned int vcpu_id 8 4", "unsigned long rip 16 8"),
    KVM_EXIT("unsigned int exit_reason 8 4", "unsigned long guest_rip 16 8", "u32 isa 24 4", "u64 info1 32 8"),
    KVM_MMIO("u32 type 8 4", "u32 len 12 4", "u64 gpa 16 8", "u64 val 24 8"),
    KVM_PIO("unsigned int rw 8 4", "unsigned int port 12 4", "unsigned int size 16 4"),
    KVM_MSR("unsigned write 8 4", "u32 ecx 12 4", "u64 data 16 8");

    final String fields;

    Tracepoint(String... fields) {
      this.fields = String.join(",", fields);
    }

    int id() {
      return FIRST_ID + ordinal();
    }

    String format() {
      StringBuilder text = new StringBuilder("name: %s\nID: %d\nformat:\n".formatted(name().toLowerCase(Locale.ROOT), id()));
      List<String> all = new ArrayList<>(List.of(
          "unsigned short common_type 0 2", "unsigned char common_flags 2 1", "unsigned char common_preempt_count 3 1",
          "int common_pid 4 4"));
      Collections.addAll(all, fields.split(",", -1));
      for (String field : all) {
        String[] words = field.split(" (?=\\d+ \\d+$)| (?=\\d+$)", -1);
        text.append("\tfield:%s;\toffset:%s;\tsize:%s;\tsigned:0;\n".formatted((Object[]) words));
        if (words[0].endsWith("common_pid")) {
          text.append('\n');
        }
      }
      return text.append("\nprint fmt: \"\"\n").toString();
    }
  }

  private final ByteBuffer records;
  private final Map<Integer, byte[]> features = new TreeMap<>();
  private int cpu;
  private int tid;
  private long time;

  /** Makes an empty one with room for so many events. */
  Recording(int events) {
    records = ByteBuffer.allocate(events * (SAMPLE_SIZE + 8) + 1024).order(ByteOrder.LITTLE_ENDIAN);
    Map<String, List<String>> systems = new LinkedHashMap<>();
    List<String> formats = new ArrayList<>();
    for (Tracepoint tracepoint : Tracepoint.values()) {
      formats.add(tracepoint.format());
    }
    systems.put("kvm", formats);
    String page =
        """
        \tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;
        \tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;
        \tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;
        \tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;
        """;
    features.put(PerfData.TRACING_DATA, TracingData.record(page, "", systems));
  }

  Recording processor(String identification) {
    features.put(PerfData.CPUID, PerfWriter.string(identification));
    return this;
  }

  Recording without(int feature) {
    features.remove(feature);
    return this;
  }

  /** Says where and when what follows happens. */
  Recording at(int thread, long nanoseconds) {
    tid = thread;
    cpu = thread % 8;
    time = nanoseconds;
    return this;
  }

  private ByteBuffer sample(Tracepoint tracepoint) {
    int from = records.position();
    records.putInt(PerfData.SAMPLE).putShort((short) 1).putShort((short) SAMPLE_SIZE);
    records.putLong(0xffff_ffff_8100_0000L).putInt(tid / 100 * 100).putInt(tid).putLong(time);
    records.putLong(1000 + tracepoint.ordinal()).putInt(cpu).putInt(0).putLong(1).putInt(RAW);
    int raw = records.position();
    records.put(raw, new byte[RAW]);
    records.putShort(raw, (short) tracepoint.id()).putInt(raw + 4, tid);
    records.position(from + SAMPLE_SIZE);
    return records.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(raw);
  }

  private static void i32(ByteBuffer raw, int at, int value) {
    raw.putInt(raw.position() + at, value);
  }

  Recording entry(int vcpu) {
    i32(sample(Tracepoint.KVM_ENTRY), 8, vcpu);
    return this;
  }

  Recording exit(int reason, int isa) {
    return exit(reason, isa, 0);
  }

  Recording exit(int reason, int isa, long rip) {
    ByteBuffer raw = sample(Tracepoint.KVM_EXIT);
    i32(raw, 8, reason);
    raw.putLong(raw.position() + 16, rip);
    i32(raw, 24, isa);
    return this;
  }

  Recording mmio(int type, long address) {
    ByteBuffer raw = sample(Tracepoint.KVM_MMIO);
    i32(raw, 8, type);
    raw.putLong(raw.position() + 16, address);
    return this;
  }

  Recording port(int write, int port) {
    ByteBuffer raw = sample(Tracepoint.KVM_PIO);
    i32(raw, 8, write);
    i32(raw, 12, port);
    return this;
  }

  Recording msr(int write, int number) {
    ByteBuffer raw = sample(Tracepoint.KVM_MSR);
    i32(raw, 8, write);
    i32(raw, 12, number);
    return this;
  }

  Recording round() {
    records.putInt(PerfData.FINISHED_ROUND).putShort((short) 0).putShort((short) 8);
    return this;
  }

  Recording lost(long count) {
    records.putInt(PerfData.LOST).putShort((short) 0).putShort((short) 56).putLong(1000).putLong(count);
    records.putInt(tid).putInt(tid).putLong(time).putLong(1000).putInt(cpu).putInt(0);
    return this;
  }

  /** The records alone. */
  ByteBuffer records() {
    return records.duplicate().order(ByteOrder.LITTLE_ENDIAN).flip();
  }

  SortedMap<Integer, byte[]> features() {
    return new TreeMap<>(features);
  }

  Path write(Path file) throws IOException {
    List<EventAttribute> attributes = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      attributes.add(new EventAttribute(
          EventAttribute.TRACEPOINT, FIRST_ID + i, 1, SAMPLE_TYPE, EventAttribute.FORMAT_ID | EventAttribute.FORMAT_LOST,
          EventAttribute.DISABLED | EventAttribute.INHERIT | EventAttribute.SAMPLE_ID_ALL | EventAttribute.EXCLUDE_HOST,
          new long[] {1000 + i}));
    }
    try (PerfWriter writer = PerfWriter.create(file, attributes)) {
      writer.write(records());
      writer.finish(new TreeMap<>(features));
    }
    return file;
  }
}
