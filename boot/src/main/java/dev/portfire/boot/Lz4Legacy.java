package dev.portfire.boot;

import java.io.IOException;

/**
 * Unpacks the LZ4 legacy frame format: independent blocks of at most 8 MiB, each after its compressed length.
 *
 * <p>Kernels come in this format when they are to start fast; a decoder on plain arrays, whose copies HotSpot turns
 * into moves even before it has compiled this class, keeps that so.
 */
final class Lz4Legacy {
  static final int MAGIC = 0x184c_2102;

  private static final int BLOCK = 8 << 20;
  private static final int MIN_MATCH = 4;

  private Lz4Legacy() {}

  /** Unpacks {@code source[start, end)} into the whole of {@code target}. */
  static void unpack(byte[] source, int start, int end, byte[] target) throws IOException {
    int in = start + 4;
    int out = 0;
    while (end - in >= 4 && out < target.length) {
      int length = int32(source, in);
      in += 4;
      if (length == MAGIC) {
        continue;
      }
      if (length <= 0 || length > end - in) {
        throw new IOException("a block of %d bytes at offset %d".formatted(length, in));
      }
      try {
        out = block(source, in, in + length, target, out, (int) Math.min(target.length, (long) out + BLOCK));
      } catch (ArrayIndexOutOfBoundsException e) {
        throw new IOException("a block that ends too early at offset " + in, e);
      }
      in += length;
    }
    if (out != target.length) {
      throw new IOException("%d bytes instead of %d".formatted(out, target.length));
    }
  }

  /** One block (LZ4 block format description): literals and matches in turn; returns the new end of the output. */
  private static int block(byte[] source, int start, int end, byte[] target, int from, int limit) throws IOException {
    int in = start;
    int out = from;
    while (in < end) {
      int token = source[in++] & 0xff;
      int literals = token >>> 4;
      if (literals == 15) {
        int more;
        do {
          more = source[in++] & 0xff;
          literals += more;
        } while (more == 255 && literals < limit);
      }
      if (literals > end - in || literals > limit - out) {
        throw new IOException("literals beyond the end");
      }
      System.arraycopy(source, in, target, out, literals);
      in += literals;
      out += literals;
      if (in >= end) {
        // A block ends with literals.
        return out;
      }
      int distance = (source[in] & 0xff) | (source[in + 1] & 0xff) << 8;
      in += 2;
      int length = token & 15;
      if (length == 15) {
        int more;
        do {
          more = source[in++] & 0xff;
          length += more;
        } while (more == 255 && length < limit);
      }
      length += MIN_MATCH;
      if (distance == 0 || distance > out - from || length > limit - out) {
        throw new IOException("a match beyond the ends");
      }
      copy(target, out, distance, length);
      out += length;
    }
    return out;
  }

  /** Repeats what is {@code distance} back, which may overlap what it becomes. */
  private static void copy(byte[] target, int out, int distance, int length) {
    int from = out - distance;
    int done = 0;
    // Each round doubles what can be copied without overlap.
    while (done < length) {
      int part = Math.min(length - done, distance + done);
      System.arraycopy(target, from, target, out + done, part);
      done += part;
    }
  }

  private static int int32(byte[] source, int at) {
    return (source[at] & 0xff)
        | (source[at + 1] & 0xff) << 8
        | (source[at + 2] & 0xff) << 16
        | (source[at + 3] & 0xff) << 24;
  }
}
