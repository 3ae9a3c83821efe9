package dev.portfire.boot;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/**
 * The CRC-32 at the end of a bzImage (kernel boot.rst, "The image checksum"): over all that precedes it, with nothing
 * inverted at the end, so that the CRC over the image with its checksum is zero.
 *
 * <p>It is the only checksum that an LZ4 or LZO payload has. Two kinds of intact images do not have a valid one: kernels
 * since 6.15 leave the word zero, and signing for secure boot enters a signature's place and a checksum in the PE header
 * after the CRC was made. The latter is undone in the calculation.
 */
final class ImageChecksum {
  private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  // PE format: where an image's PE header is, and what signing changes in it (relative to the header).
  private static final int PE_POINTER = 0x3c;
  private static final int PE_MAGIC = 0x4550;
  private static final int MZ_MAGIC = 0x5a4d;
  private static final int OPTIONAL_HEADER_MAGIC = 0x18;
  private static final int PE32_PLUS = 0x20b;
  private static final int PE_CHECKSUM = 0x58;
  private static final int SIGNATURE_DIRECTORY = 0xa8;
  private static final int SIGNATURE_DIRECTORY_LENGTH = 8;

  /** CRC-32 as {@link CRC32} has it is inverted at the end: what it is when nothing remains. */
  private static final long NO_REMAINDER = 0xffff_ffffL;

  private static final byte[] ZEROS = new byte[SIGNATURE_DIRECTORY_LENGTH];
  private static final int PIECE = 1 << 20;

  private ImageChecksum() {}

  /**
   * Whether an image is what its checksum says.
   *
   * @param image the file
   * @param end where the image ends in it, by its {@code syssize}; a signature may follow
   * @return true too if it has no checksum
   */
  static boolean matches(MemorySegment image, long end) {
    if (image.get(INT, end - 4) == 0) {
      return true;
    }
    CRC32 crc = new CRC32();
    long done = 0;
    long header = signedHeader(image, end);
    if (header >= 0) {
      update(crc, image, 0, header + PE_CHECKSUM);
      crc.update(ZEROS, 0, 4);
      update(crc, image, header + PE_CHECKSUM + 4, header + SIGNATURE_DIRECTORY);
      crc.update(ZEROS, 0, SIGNATURE_DIRECTORY_LENGTH);
      done = header + SIGNATURE_DIRECTORY + SIGNATURE_DIRECTORY_LENGTH;
    }
    update(crc, image, done, end);
    return crc.getValue() == NO_REMAINDER;
  }

  /** The offset of the PE header of a signed image, or −1. */
  private static long signedHeader(MemorySegment image, long end) {
    if ((image.get(INT, 0) & 0xffff) != MZ_MAGIC) {
      return -1;
    }
    long header = Integer.toUnsignedLong(image.get(INT, PE_POINTER));
    if (header > end - 4 - SIGNATURE_DIRECTORY - SIGNATURE_DIRECTORY_LENGTH
        || image.get(INT, header) != PE_MAGIC
        || (image.get(INT, header + OPTIONAL_HEADER_MAGIC) & 0xffff) != PE32_PLUS) {
      return -1;
    }
    return image.get(INT, header + SIGNATURE_DIRECTORY + 4) == 0 ? -1 : header;
  }

  private static void update(CRC32 crc, MemorySegment image, long from, long to) {
    for (long at = from; at < to; at += PIECE) {
      crc.update(image.asSlice(at, Math.min(PIECE, to - at)).asByteBuffer());
    }
  }
}
