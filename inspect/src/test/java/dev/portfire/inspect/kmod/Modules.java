package dev.portfire.inspect.kmod;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Module files with nothing in them but what they say about themselves. */
public final class Modules {
  private static final byte[] NAMES = "\0.modinfo\0.shstrtab\0".getBytes(StandardCharsets.US_ASCII);

  private Modules() {}

  /** A relocatable ELF file of x86-64. */
  public static byte[] elf(String... strings) {
    return elf(true, ByteOrder.LITTLE_ENDIAN, strings);
  }

  /** A relocatable ELF file: header, strings, names of sections, three section headers. */
  static byte[] elf(boolean wide, ByteOrder order, String... strings) {
    byte[] info = (String.join("\0", strings) + "\0").getBytes(StandardCharsets.UTF_8);
    int header = wide ? 64 : 52;
    int section = wide ? 64 : 40;
    int table = header + info.length + NAMES.length + 7 & ~7;
    ByteBuffer file = ByteBuffer.allocate(table + 3 * section).order(order);
    file.put(new byte[] {0x7f, 'E', 'L', 'F', (byte) (wide ? 2 : 1), (byte) (order == ByteOrder.LITTLE_ENDIAN ? 1 : 2), 1});
    file.putShort(16, (short) 1).putShort(18, (short) 62).putInt(20, 1);
    if (wide) {
      file.putLong(0x28, table);
    } else {
      file.putInt(0x20, table);
    }
    int tail = wide ? 0x34 : 0x28;
    file.putShort(tail, (short) header).putShort(tail + 6, (short) section);
    file.putShort(tail + 8, (short) 3).putShort(tail + 10, (short) 2);
    file.put(header, info).put(header + info.length, NAMES);
    section(file, table + section, wide, 1, 1, header, info.length);
    section(file, table + 2 * section, wide, 10, 3, header + info.length, NAMES.length);
    return file.array();
  }

  private static void section(ByteBuffer file, int at, boolean wide, int name, int type, int offset, int size) {
    file.putInt(at, name).putInt(at + 4, type);
    if (wide) {
      file.putLong(at + 0x18, offset).putLong(at + 0x20, size);
    } else {
      file.putInt(at + 0x10, offset).putInt(at + 0x14, size);
    }
  }
}
