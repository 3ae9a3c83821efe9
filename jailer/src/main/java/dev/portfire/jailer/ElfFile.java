package dev.portfire.jailer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a 64-bit little-endian ELF file needs to be loaded (System V ABI, chapter 5).
 *
 * @param interpreter the path of the dynamic linker; a static program has none
 * @param needed the names of shared libraries
 */
record ElfFile(Optional<String> interpreter, List<String> needed) {
  private static final int MAGIC = 0x464c457f;
  private static final int CLASS_64_LITTLE_ENDIAN = 0x0102;
  private static final int PROGRAM_HEADERS = 0x20;
  private static final int PROGRAM_HEADER_SIZE = 0x36;
  private static final int PT_LOAD = 1;
  private static final int PT_DYNAMIC = 2;
  private static final int PT_INTERP = 3;
  private static final int DT_NULL = 0;
  private static final int DT_NEEDED = 1;
  private static final int DT_STRTAB = 5;
  private static final int DYNAMIC_ENTRY = 16;

  ElfFile {
    needed = List.copyOf(needed);
  }

  private record Segment(int type, long offset, long address, long size) {}

  /** Reads a file. */
  static ElfFile read(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path)) {
      return read(channel.map(FileChannel.MapMode.READ_ONLY, 0, Math.min(channel.size(), Integer.MAX_VALUE)));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IOException(path + " is cut off", e);
    }
  }

  private static ElfFile read(ByteBuffer in) throws IOException {
    in.order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt(0) != MAGIC || in.getShort(4) != CLASS_64_LITTLE_ENDIAN) {
      throw new IOException("no 64-bit ELF file");
    }
    List<Segment> segments = new ArrayList<>();
    int at = Math.toIntExact(in.getLong(PROGRAM_HEADERS));
    int size = in.getShort(PROGRAM_HEADER_SIZE);
    int count = in.getShort(PROGRAM_HEADER_SIZE + 2);
    for (int i = 0; i < count; i++, at += size) {
      segments.add(new Segment(in.getInt(at), in.getLong(at + 8), in.getLong(at + 16), in.getLong(at + 32)));
    }
    Optional<String> interpreter = Optional.empty();
    List<String> needed = new ArrayList<>();
    for (Segment segment : segments) {
      if (segment.type == PT_INTERP) {
        interpreter = Optional.of(string(in, segment.offset));
      } else if (segment.type == PT_DYNAMIC) {
        needed = needed(in, segment, segments);
      }
    }
    return new ElfFile(interpreter, needed);
  }

  private static List<String> needed(ByteBuffer in, Segment dynamic, List<Segment> segments) {
    List<Long> names = new ArrayList<>();
    long strings = 0;
    int at = Math.toIntExact(dynamic.offset);
    for (long tag = in.getLong(at); tag != DT_NULL; at += DYNAMIC_ENTRY, tag = in.getLong(at)) {
      long value = in.getLong(at + 8);
      if (tag == DT_NEEDED) {
        names.add(value);
      } else if (tag == DT_STRTAB) {
        strings = value;
      }
    }
    for (Segment segment : segments) {
      if (segment.type == PT_LOAD && strings >= segment.address && strings < segment.address + segment.size) {
        long table = strings - segment.address + segment.offset;
        return names.stream().map(name -> string(in, table + name)).toList();
      }
    }
    return List.of();
  }

  private static String string(ByteBuffer in, long offset) {
    int from = Math.toIntExact(offset);
    int to = from;
    while (in.get(to) != 0) {
      to++;
    }
    byte[] bytes = new byte[to - from];
    in.get(from, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
