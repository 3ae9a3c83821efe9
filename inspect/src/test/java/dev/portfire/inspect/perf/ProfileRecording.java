package dev.portfire.inspect.perf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A recording that never took place, as {@code perf kvm record -e cpu-clock} would write it, and the guest that was running. */
final class ProfileRecording {
  static final long TEXT = 0xffff_ffff_8100_0000L;
  static final long MODULE = 0xffff_ffff_c020_0000L;

  private static final long PERIOD = 250_000;
  private static final long ID = 4711;
  private static final long SAMPLE_TYPE = EventAttribute.IP | EventAttribute.TID | EventAttribute.TIME | EventAttribute.CPU
      | EventAttribute.PERIOD | EventAttribute.IDENTIFIER;
  private static final long FLAGS = EventAttribute.INHERIT | EventAttribute.MMAP | EventAttribute.COMM | EventAttribute.SAMPLE_ID_ALL;

  private final ByteBuffer records = ByteBuffer.allocate(1 << 24).order(ByteOrder.LITTLE_ENDIAN);
  private long time = 1_000_000;

  /** A guest's /proc/kallsyms and /proc/modules. */
  static void guest(Path kallsyms, Path modules) throws IOException {
    StringBuilder text = new StringBuilder("0000000000000000 A fixed_percpu_data\n");
    line(text, TEXT, 'T', "_stext", "");
    line(text, TEXT, 'T', "_text", "");
    line(text, TEXT + 0x100, 'T', "startup_64", "");
    for (int i = 1; i < 200; i++) {
      line(text, TEXT + 0x1000L * i, "tTwW".charAt(i % 4), "function_" + i * 7919 % 200, "");
      if (i % 5 == 0) {
        line(text, TEXT + 0x1000L * i, "Tt".charAt(i % 2), "__alias_" + i, "");
      }
    }
    line(text, TEXT + 0xc8000, 'T', "_etext", "");
    line(text, TEXT + 0xc9000, 'D', "some_data", "");
    line(text, TEXT + 0xca000, 'r', "not_counted", "");
    line(text, MODULE, 't', "module_start", "virtio_mod");
    line(text, MODULE + 0x40, 't', "module_work", "virtio_mod");
    line(text, MODULE + 0x1_0000, 'T', "other_function", "other-mod");
    line(text, MODULE + 0x1_0080, 't', "other_two", "other-mod");
    Files.writeString(kallsyms, text);
    Files.writeString(modules, "virtio_mod 16384 0 - Live 0x%x\nother-mod 20480 1 virtio_mod, Live 0x%x (O)\n".formatted(MODULE, MODULE + 0x1_0000));
  }

  private static void line(StringBuilder text, long address, char type, String name, String module) {
    text.append("%016x %c %s%s%n".formatted(address, type, name, module.isEmpty() ? "" : "\t[" + module + "]"));
  }

  private ProfileRecording record(int type, int misc, ByteBuffer content, boolean sampleId) {
    int size = 8 + content.remaining() + (sampleId ? 32 : 0);
    records.putInt(type).putShort((short) misc).putShort((short) size).put(content);
    if (sampleId) {
      records.putInt(0).putInt(0).putLong(time).putInt(0).putInt(0).putLong(ID);
    }
    return this;
  }

  private static ByteBuffer content(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] padded(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[bytes.length + 8 & -8];
    System.arraycopy(bytes, 0, all, 0, bytes.length);
    return all;
  }

  ProfileRecording mapping(int mode, int process, long start, long size, long offset, String file) {
    byte[] name = padded(file);
    return record(Profile.MMAP, mode, content(32 + name.length).putInt(process)
        .putInt(mode == Profile.HOST_USER ? process : 0).putLong(start).putLong(size).putLong(offset).put(name).flip(), true);
  }

  ProfileRecording command(int process, int tid, String name) {
    byte[] bytes = padded(name);
    return record(Profile.COMM, 0, content(8 + bytes.length).putInt(process).putInt(tid).put(bytes).flip(), true);
  }

  ProfileRecording fork(int process, int parent, int tid, int parentTid) {
    return record(Profile.FORK, 0, content(24).putInt(process).putInt(parent).putInt(tid).putInt(parentTid).putLong(time).flip(), true);
  }

  ProfileRecording sample(int mode, int process, int tid, long ip) {
    time += 1000;
    return record(PerfData.SAMPLE, mode, content(56).putLong(ID).putLong(ip).putInt(process).putInt(tid).putLong(time).putInt(0).putInt(0)
        .putLong(PERIOD).putLong(0).flip().limit(48), false);
  }

  /** The guest's kernel and modules, as a recording of it begins. */
  ProfileRecording guestKernel() {
    return mapping(Profile.GUEST_KERNEL, 0, MODULE, 0x4000, 0, "[virtio_mod]")
        .mapping(Profile.GUEST_KERNEL, 0, MODULE + 0x1_0000, 0x5000, 0, "[other-mod]")
        .mapping(Profile.GUEST_KERNEL, 0, TEXT, 0xc8000, TEXT, "[guest.kernel.kallsyms]_text");
  }

  /** A host and two vCPUs, anywhere. */
  static ProfileRecording random(long seed, int samples) {
    SplittableRandom random = new SplittableRandom(seed);
    ProfileRecording recording = new ProfileRecording().guestKernel().command(900, 900, "qemu").command(900, 901, "CPU 0/KVM");
    recording.mapping(Profile.HOST_USER, 900, 0x40_0000, 0x1_0000, 0, "/usr/bin/nosuchfile");
    for (int i = 0; i < samples; i++) {
      int tid = random.nextInt(3) == 0 ? 0 : 901 + random.nextInt(3);
      int process = tid == 0 ? 0 : 900;
      if (i == samples / 2) {
        recording.fork(910, 900, 903, 901);
      }
      switch (random.nextInt(10)) {
        case 0 -> recording.sample(Profile.HOST_USER, process, tid, 0x40_0000 + 0x100 * random.nextInt(0x120));
        case 1 -> recording.sample(Profile.GUEST_USER, process, tid, 0x7f00_0000_0000L + 16 * random.nextInt(4));
        case 2 -> recording.sample(3, process, tid, TEXT - 0x2000 + random.nextInt(4));
        case 3 -> recording.sample(Profile.GUEST_KERNEL, process, tid, MODULE + 16 * random.nextInt(0x1200));
        default -> recording.sample(Profile.GUEST_KERNEL, process, tid, TEXT - 0x100 + random.nextInt(0xcb000) * random.nextInt(3) / 2);
      }
    }
    return recording;
  }

  /** A file that has these records, and no end. */
  PerfWriter writer(Path file) throws IOException {
    EventAttribute attribute = new EventAttribute(
        EventAttribute.SOFTWARE, 0, PERIOD, SAMPLE_TYPE, EventAttribute.FORMAT_ID | EventAttribute.FORMAT_LOST, FLAGS, new long[] {ID});
    PerfWriter writer = PerfWriter.create(file, List.of(attribute));
    writer.write(records.duplicate().flip());
    return writer;
  }

  Path write(Path file) throws IOException {
    try (PerfWriter writer = writer(file)) {
      writer.finish(new TreeMap<>());
    }
    return file;
  }
}
