package dev.portfire.testing.vectors;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Vectors in a file: gzip over big-endian records.
 *
 * <pre>
 * file  magic:int form* 0:byte
 * form  1:byte name:UTF tolerance:byte count:short case*
 * case  length:byte code seed:long changes(before, state of the seed) changes(after, before)
 *       legacy:boolean definedFlags:int ignoredOffset:short ignoredLength:short
 * changes  count:byte (slot:byte value:long)*
 * </pre>
 */
final class VectorFile {

  private static final int MAGIC = 0x50465631;

  private VectorFile() {}

  /** Clears the bytes that processors write differently. */
  static void ignore(Case c, long[] after) {
    for (int i = 0; i < c.ignoredLength; i++) {
      int at = c.ignoredOffset + i;
      if (at >= 0 && at < CpuSlots.MEMORY_BYTES) {
        after[CpuSlots.MEMORY + (at >> 3)] &= ~(0xffL << ((at & 7) << 3));
      }
    }
  }

  /** Writes a file. */
  static final class Writer implements AutoCloseable {

    private final DataOutputStream out;
    private final long[] base = new long[CpuSlots.COUNT];

    Writer(Path file) throws IOException {
      out = new DataOutputStream(new GZIPOutputStream(new BufferedOutputStream(Files.newOutputStream(file))));
      out.writeInt(MAGIC);
    }

    void form(String name, Tolerance tolerance, int count) throws IOException {
      out.writeByte(1);
      out.writeUTF(name);
      out.writeByte(tolerance.ordinal());
      out.writeShort(count);
    }

    void vector(Case c, long[] after) throws IOException {
      out.writeByte(c.code.length);
      out.write(c.code);
      out.writeLong(c.seed);
      Case.fill(base, c.seed);
      changes(base, c.before);
      changes(c.before, after);
      out.writeBoolean(c.legacy);
      out.writeInt(c.definedFlags);
      out.writeShort(c.ignoredOffset);
      out.writeShort(c.ignoredLength);
    }

    private void changes(long[] from, long[] to) throws IOException {
      int count = 0;
      for (int slot = 0; slot < CpuSlots.COUNT; slot++) {
        count += from[slot] != to[slot] ? 1 : 0;
      }
      out.writeByte(count);
      for (int slot = 0; slot < CpuSlots.COUNT; slot++) {
        if (from[slot] != to[slot]) {
          out.writeByte(slot);
          out.writeLong(to[slot]);
        }
      }
    }

    @Override
    public void close() throws IOException {
      out.writeByte(0);
      out.close();
    }
  }

  /** Reads a file, form by form and case by case. */
  static final class Reader implements AutoCloseable {

    private final DataInputStream in;
    private String name = "";
    private Tolerance tolerance = Tolerance.EXACT;
    private int remaining;

    Reader(InputStream stream) throws IOException {
      in = new DataInputStream(new BufferedInputStream(new GZIPInputStream(stream)));
      if (in.readInt() != MAGIC) {
        throw new IOException("not a vector file");
      }
    }

    /** Goes to the next form; false at the end. */
    boolean nextForm() throws IOException {
      if (in.readByte() == 0) {
        return false;
      }
      name = in.readUTF();
      tolerance = Tolerance.values()[in.readByte()];
      remaining = in.readUnsignedShort();
      return true;
    }

    String name() {
      return name;
    }

    Tolerance tolerance() {
      return tolerance;
    }

    /** Reads the next case of the form; false if there is none. */
    boolean nextCase(Case c, long[] after) throws IOException {
      if (remaining-- == 0) {
        return false;
      }
      c.code = in.readNBytes(in.readUnsignedByte());
      c.reset(in.readLong());
      changes(c.before);
      System.arraycopy(c.before, 0, after, 0, after.length);
      changes(after);
      c.legacy = in.readBoolean();
      c.definedFlags = in.readInt();
      c.ignoredOffset = in.readShort();
      c.ignoredLength = in.readShort();
      return true;
    }

    private void changes(long[] slots) throws IOException {
      for (int n = in.readUnsignedByte(); n > 0; n--) {
        int slot = in.readUnsignedByte();
        slots[slot] = in.readLong();
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
