package dev.portfire.inspect.kmod;

import io.airlift.compress.v3.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * A loadable module: an ELF object of 32 or 64 bits and either byte order, as it is or packed with gzip, xz or zstd. What it says
 * about itself stands in its section {@code .modinfo}, as strings {@code key=value} with a NUL behind each.
 */
final class ModuleFile {
  /** No module is larger, packed or not. */
  private static final int LIMIT = 256 << 20;

  /** The largest dictionary of xz's own levels is 64 MiB. */
  private static final int XZ_LIMIT_KIB = 66 << 10;

  private static final int LONGEST_NAME = 64;

  private final byte[] bytes;
  private final ByteBuffer elf;
  private final boolean wide;

  private ModuleFile(byte[] bytes, ByteOrder order, boolean wide) {
    this.bytes = bytes;
    this.elf = ByteBuffer.wrap(bytes).order(order);
    this.wide = wide;
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read or unpacked, or is no ELF file
   */
  static ModuleFile read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LIMIT + 1);
    }
    return of(unpack(bytes));
  }

  private static byte[] unpack(byte[] bytes) throws IOException {
    if (bytes.length > LIMIT) {
      throw tooLarge();
    }
    int magic = bytes.length < 4 ? 0 : ByteBuffer.wrap(bytes).getInt();
    if (magic >>> 16 != 0x1f8b && magic != 0xfd377a58 && magic != 0x28b52ffd) {
      return bytes;
    }
    InputStream packed = new ByteArrayInputStream(bytes);
    try (InputStream in = magic == 0xfd377a58
        ? new XZInputStream(packed, XZ_LIMIT_KIB)
        : magic == 0x28b52ffd ? new ZstdInputStream(packed) : new GZIPInputStream(packed)) {
      byte[] unpacked = in.readNBytes(LIMIT + 1);
      if (unpacked.length > LIMIT) {
        throw tooLarge();
      }
      return unpacked;
    } catch (EOFException e) {
      throw new IOException("a packed file that is cut off", e);
    } catch (RuntimeException e) {
      // The libraries answer some broken streams with whatever exception came up.
      throw new IOException(e.toString(), e);
    }
  }

  private static IOException tooLarge() {
    return new IOException("larger than " + (LIMIT >> 20) + " MiB");
  }

  /**
   * Takes a file's unpacked bytes.
   *
   * @throws IOException if they are no ELF file
   */
  static ModuleFile of(byte[] bytes) throws IOException {
    if (bytes.length < 64 || bytes[0] != 0x7f || bytes[1] != 'E' || bytes[2] != 'L' || bytes[3] != 'F'
        || bytes[4] < 1 || bytes[4] > 2 || bytes[5] < 1 || bytes[5] > 2) {
      throw new IOException("no ELF file");
    }
    ByteOrder order = bytes[5] == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    return new ModuleFile(bytes, order, bytes[4] == 2);
  }

  /** All its bytes, unpacked. */
  byte[] bytes() {
    return bytes;
  }

  /**
   * What it says about itself, in the order of the file.
   *
   * @throws IOException if the file is damaged, or is an ELF file of another kind
   */
  List<ModuleInfo.Entry> info() throws IOException {
    try {
      return strings();
    } catch (IndexOutOfBoundsException | ArithmeticException | IllegalArgumentException e) {
      throw new IOException("a damaged ELF file", e);
    }
  }

  private List<ModuleInfo.Entry> strings() throws IOException {
    int headers = Math.toIntExact(word(wide ? 0x28 : 0x20));
    int headerSize = elf.getShort(wide ? 0x3a : 0x2e) & 0xffff;
    int count = elf.getShort(wide ? 0x3c : 0x30) & 0xffff;
    int namesIndex = elf.getShort(wide ? 0x3e : 0x32) & 0xffff;
    if (headerSize < (wide ? 64 : 40) || namesIndex >= count) {
      throw new IOException("a damaged ELF file");
    }
    int names = offset(Math.addExact(headers, headerSize * namesIndex));
    for (int i = 0; i < count; i++) {
      int header = Math.addExact(headers, headerSize * i);
      if (name(Math.addExact(names, elf.getInt(header))).equals(".modinfo")) {
        int start = offset(header);
        int size = Math.toIntExact(word(header + (wide ? 0x20 : 0x14)));
        Objects.checkFromIndexSize(start, size, bytes.length);
        return ModuleInfo.entries(Arrays.copyOfRange(bytes, start, start + size), "");
      }
    }
    throw new IOException("no section .modinfo");
  }

  private String name(int start) {
    StringBuilder name = new StringBuilder();
    for (int i = start; elf.get(i) != 0 && name.length() < LONGEST_NAME; i++) {
      name.append((char) (elf.get(i) & 0xff));
    }
    return name.toString();
  }

  private int offset(int header) {
    return Math.toIntExact(word(header + (wide ? 0x18 : 0x10)));
  }

  private long word(int at) {
    return wide ? elf.getLong(at) : elf.getInt(at);
  }

  /** The entries of a module's file and of the signature behind it. */
  static List<ModuleInfo.Entry> describe(Path file) throws IOException {
    ModuleFile module = read(file);
    List<ModuleInfo.Entry> entries = new ArrayList<>(module.info());
    entries.addAll(ModuleSignature.entries(module.bytes()));
    return entries;
  }
}
