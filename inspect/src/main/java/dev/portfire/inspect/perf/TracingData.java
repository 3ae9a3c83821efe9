package dev.portfire.inspect.perf;

import dev.portfire.inspect.SysRoot;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The formats of a recording's tracepoints, as {@code perf} keeps them in a file: what trace-cmd's header has, and nothing behind it. */
final class TracingData {
  private static final byte[] MAGIC = {0x17, 0x08, 0x44, 't', 'r', 'a', 'c', 'i', 'n', 'g'};
  private static final String VERSION = "0.6";
  private static final String DAMAGED = "the tracing data is damaged";

  /** One file of tracefs; the longest formats have some 20 KiB. */
  private static final int LONGEST = 1 << 20;

  private static final int MOST_EVENTS = 100_000;
  private static final int PAGE = 4096;

  private final Map<Long, EventFormat> byId = new HashMap<>();

  private TracingData() {}

  /** Parses a file's tracing data. */
  static TracingData parse(byte[] bytes) throws PerfException {
    TracingData data = new TracingData();
    Cursor c = new Cursor(bytes, "the tracing data");
    byte[] magic = c.take(MAGIC.length);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new PerfException(DAMAGED + ": it does not begin as such");
    }
    String version = c.terminated();
    if (c.u8() != 0) {
      throw new PerfException("the tracing data is from a big-endian machine, which this program does not read");
    }
    c.skip(1 + 4);
    for (String page : List.of("header_page", "header_event")) {
      if (!c.terminated().equals(page)) {
        throw new PerfException(DAMAGED + ": no " + page);
      }
      c.skip(c.i64());
    }
    int own = count(c);
    for (int i = 0; i < own; i++) {
      c.skip(c.i64());
    }
    int systems = count(c);
    for (int i = 0; i < systems; i++) {
      String system = c.terminated();
      int events = count(c);
      for (int k = 0; k < events; k++) {
        long length = c.i64();
        if (length > LONGEST) {
          throw new PerfException(DAMAGED + ": the format of an event has " + Long.toUnsignedString(length) + " bytes");
        }
        EventFormat format = EventFormat.parse(system, c.string(length));
        data.byId.put(format.id(), format);
      }
    }
    // Symbols, formats of printk and names of processes: of no use here.
    c.skip(c.i32());
    c.skip(c.i32());
    if (version.equals(VERSION)) {
      c.skip(c.i64());
    }
    return data;
  }

  private static int count(Cursor c) throws PerfException {
    int count = c.i32();
    if (count < 0 || count > MOST_EVENTS) {
      throw new PerfException(DAMAGED + ": " + Integer.toUnsignedString(count) + " formats");
    }
    return count;
  }

  /** The format of a tracepoint. */
  Optional<EventFormat> format(long id) {
    return Optional.ofNullable(byId.get(id));
  }

  /**
   * Makes the tracing data of some tracepoints.
   *
   * @param tracefs the directory
   * @param events "system/name" of each
   */
  static byte[] record(SysRoot root, String tracefs, List<String> events) throws PerfException {
    String base = tracefs + "/events/";
    Map<String, List<String>> systems = new LinkedHashMap<>();
    for (String event : new LinkedHashSet<>(events)) {
      String[] words = event.split("/", 2);
      systems.computeIfAbsent(words[0], unused -> new ArrayList<>()).add(read(root, base + event + "/format"));
    }
    return record(read(root, base + "header_page"), read(root, base + "header_event"), systems);
  }

  /** Makes tracing data. */
  static byte[] record(String headerPage, String headerEvent, Map<String, List<String>> systems) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(MAGIC);
    string(out, VERSION);
    out.write(0);
    out.write(8);
    i32(out, PAGE);
    string(out, "header_page");
    sized(out, headerPage);
    string(out, "header_event");
    sized(out, headerEvent);
    i32(out, 0);
    i32(out, systems.size());
    systems.forEach((system, formats) -> {
      string(out, system);
      i32(out, formats.size());
      formats.forEach(format -> sized(out, format));
    });
    i32(out, 0);
    i32(out, 0);
    i64(out, 0);
    return out.toByteArray();
  }

  private static String read(SysRoot root, String file) throws PerfException {
    return root.bytes(file, LONGEST)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .orElseThrow(() -> new PerfException(file + " cannot be read: as root only, and with tracefs mounted"
            + " (mount -t tracefs none /sys/kernel/tracing)"));
  }

  private static void string(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    out.write(0);
  }

  private static void sized(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    i64(out, bytes.length);
    out.writeBytes(bytes);
  }

  private static void i32(ByteArrayOutputStream out, int value) {
    byte[] bytes = new byte[4];
    Cursor.i32(bytes, 0, value);
    out.writeBytes(bytes);
  }

  private static void i64(ByteArrayOutputStream out, long value) {
    byte[] bytes = new byte[8];
    Cursor.i64(bytes, 0, value);
    out.writeBytes(bytes);
  }
}
