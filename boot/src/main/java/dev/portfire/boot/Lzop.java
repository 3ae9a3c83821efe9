package dev.portfire.boot;

import io.airlift.compress.v3.lzo.LzoDecompressor;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Unpacks the format of the lzop program: a header, then blocks of LZO1X, all numbers big-endian. */
final class Lzop {
  static final long MAGIC = 0x894c_5a4f_000d_0a1aL;

  private static final int VERSION_WITH_LEVEL = 0x0940;
  private static final int ADLER_UNPACKED = 1;
  private static final int ADLER_PACKED = 2;
  private static final int CRC_UNPACKED = 0x100;
  private static final int CRC_PACKED = 0x200;
  private static final int FILTER = 0x800;

  private Lzop() {}

  /** Unpacks {@code source[start, end)} into the whole of {@code target}. */
  static void unpack(byte[] source, int start, int end, byte[] target) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(source, start, end - start).order(ByteOrder.BIG_ENDIAN);
    try {
      unpack(in, source, target);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new IOException("it ends too early", e);
    }
  }

  private static void unpack(ByteBuffer in, byte[] source, byte[] target) throws IOException {
    skip(in, 9);
    int version = in.getShort() & 0xffff;
    skip(in, version >= VERSION_WITH_LEVEL ? 6 : 3);
    int flags = in.getInt();
    // Filter, mode, time of modification in one or two words, name, checksum.
    skip(in, ((flags & FILTER) != 0 ? 4 : 0) + (version >= VERSION_WITH_LEVEL ? 12 : 8));
    skip(in, (in.get() & 0xff) + 4);
    LzoDecompressor lzo = new LzoDecompressor();
    int out = 0;
    while (true) {
      int unpacked = in.getInt();
      if (unpacked == 0) {
        break;
      }
      int packed = in.getInt();
      boolean stored = packed == unpacked;
      skip(in, checksums(flags, ADLER_UNPACKED, CRC_UNPACKED));
      skip(in, stored ? 0 : checksums(flags, ADLER_PACKED, CRC_PACKED));
      if (unpacked < 0 || unpacked > target.length - out || packed < 0 || packed > in.remaining()) {
        throw new IOException("a block of %d bytes for %d".formatted(packed, unpacked));
      }
      int at = in.position();
      if (stored) {
        System.arraycopy(source, at, target, out, packed);
      } else if (lzo.decompress(source, at, packed, target, out, unpacked) != unpacked) {
        throw new IOException("a block of another length than it says");
      }
      skip(in, packed);
      out += unpacked;
    }
    if (out != target.length) {
      throw new IOException("%d bytes instead of %d".formatted(out, target.length));
    }
  }

  private static int checksums(int flags, int adler, int crc) {
    return ((flags & adler) != 0 ? 4 : 0) + ((flags & crc) != 0 ? 4 : 0);
  }

  private static void skip(ByteBuffer in, int count) {
    in.position(in.position() + count);
  }
}
