package dev.portfire.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Small kernel images for tests. */
final class Images {
  static final long ADDRESS = 0x100_0000;
  static final int CODE_LENGTH = 300_000;

  /** Bytes of memory the image takes, bss included. */
  static final int MEMORY_LENGTH = 400_000;

  private Images() {}

  /** What is loaded: compressible, and not the same everywhere. */
  static byte[] code() {
    byte[] code = new byte[CODE_LENGTH];
    Random random = new Random(1);
    for (int i = 0; i < code.length; ) {
      int run = Math.min(code.length - i, 1 + random.nextInt(300));
      byte value = (byte) random.nextInt(4);
      for (int j = 0; j < run; j++) {
        code[i++] = j % 7 == 0 ? (byte) random.nextInt() : value;
      }
    }
    return code;
  }

  /** An ELF header and one program header before the code. */
  static ByteBuffer elf() {
    byte[] code = code();
    ByteBuffer elf = ByteBuffer.allocate(120 + code.length).order(ByteOrder.LITTLE_ENDIAN);
    elf.putInt(0, 0x464c_457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
    elf.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1);
    elf.putLong(24, ADDRESS + 0x40).putLong(32, 64);
    elf.putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 1);
    elf.putInt(64, 1).putInt(68, 5).putLong(72, 120).putLong(80, -1).putLong(88, ADDRESS);
    elf.putLong(96, code.length).putLong(104, MEMORY_LENGTH).putLong(112, 4096);
    elf.put(120, code);
    return elf;
  }

  /** A bzImage around a payload that ends with its unpacked size, and without a checksum, as kernels since 6.15 are. */
  static ByteBuffer bzImage(byte[] payload) {
    int code = 5 * 512;
    int offset = 0x2c0;
    int paragraphs = (offset + payload.length + 64) / 16;
    ByteBuffer image = ByteBuffer.allocate(code + paragraphs * 16).order(ByteOrder.LITTLE_ENDIAN);
    image.putInt(0x1f4, paragraphs);
    image.put(0x1f1, (byte) 4).putShort(0x1fe, (short) 0xaa55).put(0x200, (byte) 0xeb).put(0x201, (byte) 0x6a);
    image.put(0x202, "HdrS".getBytes(StandardCharsets.US_ASCII)).putShort(0x206, (short) 0x20f);
    image.putInt(0x230, 0x20_0000).putShort(0x236, (short) 0x7f).putInt(0x238, 2047);
    image.putInt(0x248, offset).putInt(0x24c, payload.length).putLong(0x258, ADDRESS);
    image.put(code + offset, payload);
    return image;
  }

  /** Enters the checksum of boot.rst, calculated bit by bit. */
  static ByteBuffer withChecksum(ByteBuffer image) {
    int remainder = -1;
    for (int i = 0; i < image.capacity() - 4; i++) {
      remainder ^= image.get(i) & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        remainder = remainder >>> 1 ^ ((remainder & 1) != 0 ? 0xedb8_8320 : 0);
      }
    }
    return image.putInt(image.capacity() - 4, remainder);
  }

  /** Where {@link #withPeHeader} puts it. */
  static final int PE_HEADER = 0x80;

  /** Makes an image an EFI application too. */
  static ByteBuffer withPeHeader(ByteBuffer image) {
    image.putShort(0, (short) 0x5a4d).putInt(0x3c, PE_HEADER);
    return image.putInt(PE_HEADER, 0x4550).putShort(PE_HEADER + 0x18, (short) 0x20b);
  }

  /** Does to an image with a PE header what signing does: a checksum, a directory entry, a signature behind it all. */
  static ByteBuffer signed(ByteBuffer image) {
    ByteBuffer signed = ByteBuffer.allocate(image.capacity() + 1472).order(ByteOrder.LITTLE_ENDIAN);
    signed.put(0, image, 0, image.capacity());
    signed.putInt(PE_HEADER + 0x58, 0x1234_5678);
    signed.putInt(PE_HEADER + 0xa8, image.capacity()).putInt(PE_HEADER + 0xac, 1472);
    for (int i = image.capacity(); i < signed.capacity(); i++) {
      signed.put(i, (byte) (i * 31));
    }
    return signed;
  }

  /** A payload with the size that the kernel's build appends. */
  static byte[] withSize(byte[] packed, int size) {
    return ByteBuffer.allocate(packed.length + 4)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(packed)
        .putInt(size)
        .array();
  }
}
