package dev.portfire.inspect.perf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The symbols of a 64-bit little-endian ELF file (System V ABI, chapters 4 and 5): a {@code vmlinux}, a program, a library. */
final class Elf {
  private static final int HEADER = 64;
  private static final int SECTION = 64;
  private static final int SEGMENT = 56;
  private static final int SYMBOL = 24;
  private static final int LONGEST = 256 << 20;
  private static final int MOST_SECTIONS = 1 << 16;
  private static final int SYMTAB = 2;
  private static final int DYNSYM = 11;
  private static final int LOAD = 1;
  private static final int NOTE = 4;
  private static final int LONGEST_NOTES = 1 << 16;

  /** Segments of notes that are looked at; linkers make one or two. */
  private static final int MOST_NOTES = 8;

  private static final int FUNCTION = 2;
  private static final int OBJECT = 1;

  /** A part of the file that is mapped. */
  private record Segment(long offset, long address, long size) {}

  private final Symbols symbols;
  private final List<Segment> segments;
  private final String buildId;

  private Elf(Symbols symbols, List<Segment> segments, String buildId) {
    this.symbols = symbols;
    this.segments = segments;
    this.buildId = buildId;
  }

  /** The build id, hexadecimal; empty if there is none. */
  String buildId() {
    return buildId;
  }

  /** This file with the symbols of another, if that has some. */
  Elf withSymbolsOf(Elf other) {
    return other.symbols.isEmpty() ? this : new Elf(other.symbols, segments, buildId);
  }

  /** By addresses as they are in the file. */
  Symbols symbols() {
    return symbols;
  }

  /** The address of what is somewhere in the file; -1 if it is not mapped. */
  long address(long offset) {
    for (Segment segment : segments) {
      if (offset - segment.offset >= 0 && offset - segment.offset < segment.size) {
        return offset - segment.offset + segment.address;
      }
    }
    return -1;
  }

  /** Reads a file. */
  static Elf read(Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      byte[] header = piece(path, file, 0, HEADER);
      if (!isElf(header)) {
        throw new PerfException(path + " is no 64-bit little-endian ELF file");
      }
      byte[] table = piece(path, file, Cursor.i64(header, 32), (long) SEGMENT * Cursor.u16(header, 56));
      List<Segment> segments = new ArrayList<>();
      for (int at = 0; at < table.length; at += SEGMENT) {
        if (Cursor.i32(table, at) == LOAD) {
          segments.add(new Segment(Cursor.i64(table, at + 8), Cursor.i64(table, at + 16), Cursor.i64(table, at + 32)));
        }
      }
      String id = buildId(path, file, table);
      int count = Math.min(Cursor.u16(header, 60), MOST_SECTIONS);
      byte[] sections = piece(path, file, Cursor.i64(header, 40), (long) SECTION * count);
      int section = find(sections, SYMTAB);
      if (section < 0) {
        section = find(sections, DYNSYM);
      }
      return new Elf(section < 0 ? Symbols.NONE : symbols(path, file, sections, section), segments, id);
    } catch (NoSuchFileException e) {
      throw new PerfException(path + ": No such file or directory");
    }
  }

  /** The build id of a file, without its symbols; empty if it has none, or is no such file. */
  static String buildIdOf(Path path) {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      byte[] header = piece(path, file, 0, HEADER);
      return isElf(header) ? buildId(path, file, piece(path, file, Cursor.i64(header, 32), (long) SEGMENT * Cursor.u16(header, 56))) : "";
    } catch (IOException e) {
      return "";
    }
  }

  private static boolean isElf(byte[] header) {
    return Cursor.i32(header, 0) == 0x464c_457f && header[4] == 2 && header[5] == 1;
  }

  private static String buildId(Path path, FileChannel file, byte[] segments) throws IOException {
    int seen = 0;
    for (int at = 0; at < segments.length && seen < MOST_NOTES; at += SEGMENT) {
      if (Cursor.i32(segments, at) == NOTE && Cursor.i64(segments, at + 32) <= LONGEST_NOTES) {
        seen++;
        String id = buildId(piece(path, file, Cursor.i64(segments, at + 8), Cursor.i64(segments, at + 32)));
        if (!id.isEmpty()) {
          return id;
        }
      }
    }
    return "";
  }

  private static int find(byte[] sections, int type) {
    for (int at = 0; at < sections.length; at += SECTION) {
      if (Cursor.i32(sections, at + 4) == type) {
        return at;
      }
    }
    return -1;
  }

  private static Symbols symbols(Path path, FileChannel file, byte[] sections, int at) throws IOException {
    byte[] table = piece(path, file, Cursor.i64(sections, at + 24), Cursor.i64(sections, at + 32));
    long link = (long) SECTION * Integer.toUnsignedLong(Cursor.i32(sections, at + 40));
    if (link >= sections.length) {
      throw new PerfException(path + " is damaged: its symbols have no names");
    }
    int names = (int) link;
    byte[] text = piece(path, file, Cursor.i64(sections, names + 24), Cursor.i64(sections, names + 32));
    Symbols.Builder builder = new Symbols.Builder(text);
    for (int i = 0; i + SYMBOL <= table.length; i += SYMBOL) {
      int name = Cursor.i32(table, i);
      int type = table[i + 4] & 15;
      int binding = table[i + 4] >> 4 & 15;
      // Of section 0 are those that are defined elsewhere.
      if ((type == FUNCTION || type == OBJECT || type == 0 && binding != 0) && Cursor.u16(table, i + 6) != 0 && name > 0
          && name < text.length && text[name] != 0) {
        int rank = binding == 2 ? Symbols.WEAK : binding == 1 ? Symbols.GLOBAL : Symbols.LOCAL;
        builder.add(Cursor.i64(table, i + 8), Cursor.i64(table, i + 16), name, rank, type == OBJECT);
      }
    }
    return builder.build();
  }

  private static byte[] piece(Path path, FileChannel file, long from, long size) throws IOException {
    long length = file.size();
    if (size < 0 || from < 0 || from > length || size > length - from) {
      throw new PerfException(path + " is truncated or damaged: %s bytes from %s on end behind the file's %d bytes"
          .formatted(Long.toUnsignedString(size), Long.toUnsignedString(from), length));
    }
    if (size > LONGEST) {
      throw new PerfException(path + " is damaged: a table of symbols with " + size + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) size);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, from + bytes.position()) < 0) {
        throw new PerfException(path + " became shorter while it was read");
      }
    }
    return bytes.array();
  }

  /** The build id in notes, as the linker writes them; empty if there is none. */
  static String buildId(byte[] notes) {
    for (int at = 0; at + 16 <= notes.length; ) {
      long name = Integer.toUnsignedLong(Cursor.i32(notes, at)) + 3 & -4;
      long size = Integer.toUnsignedLong(Cursor.i32(notes, at + 4));
      long content = at + 12 + name;
      if (content + size > notes.length) {
        break;
      }
      if (Cursor.i32(notes, at + 8) == 3 && name == 4 && notes[at + 12] == 'G' && notes[at + 13] == 'N') {
        return HexFormat.of().formatHex(notes, (int) content, (int) (content + size));
      }
      at = (int) (content + (size + 3 & -4));
    }
    return "";
  }
}
