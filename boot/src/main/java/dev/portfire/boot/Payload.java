package dev.portfire.boot;

import io.airlift.compress.v3.zstd.ZstdJavaDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.SingleXZInputStream;

/**
 * The compressed kernel inside a bzImage, in any of the formats that Linux knows. It ends with its unpacked size (4
 * bytes, little-endian), which gzip has anyway and the kernel's build appends to the others.
 */
final class Payload {
  /** The kernel's build uses dictionaries of up to 128 MiB. */
  private static final int MEMORY_LIMIT_KIB = 256 << 10;

  /** Where the zstd frame header has its window descriptor, if it has one. */
  private static final int ZSTD_DESCRIPTOR = 4;

  private static final int ZSTD_SINGLE_SEGMENT = 0x20;

  /** An 8 MiB window: exponent 13 in bits 3 to 7 stands for 2^(10 + 13). */
  private static final int ZSTD_WINDOW_8_MIB = 13 << 3;

  /** The formats, told by their first bytes. */
  enum Format {
    GZIP,
    XZ,
    LZMA,
    BZIP2,
    LZ4,
    LZO,
    ZSTD,
    NONE,
    UNKNOWN
  }

  private Payload() {}

  static Format format(byte[] data, int start) {
    if (starts(data, start, 0x1f, 0x8b)) {
      return Format.GZIP;
    }
    if (starts(data, start, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return Format.XZ;
    }
    if (starts(data, start, 'B', 'Z', 'h')) {
      return Format.BZIP2;
    }
    if (starts(data, start, 0x02, 0x21, 0x4c, 0x18)) {
      return Format.LZ4;
    }
    if (starts(data, start, 0x89, 'L', 'Z', 'O', 0, 0x0d, 0x0a, 0x1a, 0x0a)) {
      return Format.LZO;
    }
    if (starts(data, start, 0x28, 0xb5, 0x2f, 0xfd)) {
      return Format.ZSTD;
    }
    if (starts(data, start, 0x5d, 0, 0)) {
      return Format.LZMA;
    }
    return starts(data, start, 0x7f, 'E', 'L', 'F') ? Format.NONE : Format.UNKNOWN;
  }

  private static boolean starts(byte[] data, int start, int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (start + i >= data.length || (data[start + i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Unpacks {@code data[start, end)}.
   *
   * @param size the exact unpacked size, already found acceptable
   * @throws IOException if the payload is corrupt; the message says where
   */
  static byte[] unpack(Format format, byte[] data, int start, int end, int size) throws IOException {
    byte[] target = new byte[size];
    try {
      switch (format) {
        case GZIP -> fill(target, new GZIPInputStream(input(data, start, end), 1 << 16));
        case XZ -> fill(target, new SingleXZInputStream(input(data, start, end), MEMORY_LIMIT_KIB));
        case LZMA -> fill(target, new LZMAInputStream(input(data, start, end), MEMORY_LIMIT_KIB));
        case BZIP2 -> fill(target, new BZip2CompressorInputStream(input(data, start, end), false));
        case LZ4 -> Lz4Legacy.unpack(data, start, end - 4, target);
        case LZO -> Lzop.unpack(data, start, end - 4, target);
        case ZSTD -> unpackZstd(data, start, end - 4, target);
        case NONE -> System.arraycopy(data, start, target, 0, size);
        case UNKNOWN -> throw new IOException("unknown compression");
      }
    } catch (RuntimeException e) {
      // The libraries answer some broken streams with whatever exception came up.
      throw new IOException(e.toString(), e);
    }
    return target;
  }

  private static InputStream input(byte[] data, int start, int end) {
    return new ByteArrayInputStream(data, start, end - start);
  }

  private static void fill(byte[] target, InputStream in) throws IOException {
    try (in) {
      int read = in.readNBytes(target, 0, target.length);
      if (read < target.length) {
        throw new IOException("%d bytes instead of %d".formatted(read, target.length));
      }
      if (in.read() >= 0) {
        throw new IOException("more than %d bytes".formatted(target.length));
      }
    }
  }

  private static void unpackZstd(byte[] data, int start, int end, byte[] target) throws IOException {
    byte[] frame = new byte[end - start];
    System.arraycopy(data, start, frame, 0, frame.length);
    if (frame.length > ZSTD_DESCRIPTOR + 1 && (frame[ZSTD_DESCRIPTOR] & ZSTD_SINGLE_SEGMENT) == 0) {
      // The window says how much history a streaming decoder must keep. The kernel's build asks for 128 MiB, the
      // library refuses more than 8; it has all of the output at hand anyway, so the number does not matter.
      int window = frame[ZSTD_DESCRIPTOR + 1] & 0xff;
      frame[ZSTD_DESCRIPTOR + 1] = (byte) Math.min(window, ZSTD_WINDOW_8_MIB);
    }
    int written = new ZstdJavaDecompressor().decompress(frame, 0, frame.length, target, 0, target.length);
    if (written != target.length) {
      throw new IOException("%d bytes instead of %d".formatted(written, target.length));
    }
  }
}
