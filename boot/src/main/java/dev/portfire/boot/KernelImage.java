package dev.portfire.boot;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.portfire.machine.GuestMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Reads kernel images: ELF vmlinux as it is, and bzImage (kernel boot.rst), whose compressed vmlinux is unpacked here,
 * so that the guest does not spend its first second on it.
 */
final class KernelImage {
  /** Where the setup header starts in a bzImage and in boot_params. */
  static final int SETUP_HEADER = 0x1f1;

  /** The length of what follows the setup code, in units of 16 bytes. */
  private static final int SYSSIZE = 0x1f4;

  /** The kernel may not be loaded below 1 MiB: there is what it is given. */
  static final long LOWEST = 0x10_0000;

  private static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int ELF_MAGIC = 0x464c_457f;
  private static final int ELF_HEADER = 64;
  private static final int ELF_PROGRAM_HEADER = 56;
  private static final int ELF_CLASS_64 = 2;
  private static final int ELF_LITTLE_ENDIAN = 1;
  private static final int ELF_EXECUTABLE = 2;
  private static final int ELF_SHARED = 3;
  private static final int ELF_X86_64 = 62;
  private static final int ELF_LOAD = 1;

  private static final int HDRS = 0x5372_6448;
  private static final int BOOT_FLAG = 0xaa55;
  private static final int PROTOCOL_2_12 = 0x020c;
  private static final int XLF_KERNEL_64 = 1;
  private static final int SETUP_HEADER_LIMIT = 0x290;

  /**
   * A kernel in guest memory.
   *
   * @param entry guest-physical address of its 64-bit entry point
   * @param end guest-physical address after the last byte it uses
   * @param setupHeader the setup header of a bzImage, from 0x1f1 on; empty for an ELF file
   */
  record Loaded(long entry, long end, byte[] setupHeader) {}

  private final long ramSize;
  private final String label;

  private KernelImage(long ramSize, String label) {
    this.ramSize = ramSize;
    this.label = label;
  }

  /**
   * Unpacks an image, if it is packed.
   *
   * @param ramSize bytes of memory that it will have
   */
  static UnpackedKernel unpack(long ramSize, String label, MemorySegment image) throws BootException {
    return new KernelImage(ramSize, label).unpack(image);
  }

  /** Loads a kernel into memory. */
  static Loaded load(GuestMemory memory, UnpackedKernel kernel) throws BootException {
    return new KernelImage(memory.ramSize(), kernel.label()).loadElf(memory, kernel.elf(), kernel.setupHeader());
  }

  private BootException error(String what) {
    return new BootException("kernel " + label + " " + what);
  }

  private BootException truncated() {
    return error("is truncated");
  }

  private BootException tooLarge() {
    return error("does not fit into %d MiB of memory".formatted(ramSize >> 20));
  }

  private UnpackedKernel unpack(MemorySegment image) throws BootException {
    if (image.byteSize() >= 4 && image.get(INT, 0) == ELF_MAGIC) {
      return new UnpackedKernel(label, image, new byte[0]);
    }
    boolean bootSector = image.byteSize() >= 0x206 && (image.get(SHORT, 0x1fe) & 0xffff) == BOOT_FLAG;
    if (bootSector && image.get(INT, 0x202) == HDRS) {
      return unpackBzImage(image);
    }
    throw error("is neither an ELF vmlinux nor a bzImage");
  }

  private UnpackedKernel unpackBzImage(MemorySegment image) throws BootException {
    if (image.byteSize() < SETUP_HEADER_LIMIT) {
      throw truncated();
    }
    int version = image.get(SHORT, 0x206) & 0xffff;
    if (version < PROTOCOL_2_12 || (image.get(SHORT, 0x236) & XLF_KERNEL_64) == 0) {
      throw error("has no 64-bit entry point");
    }
    int sectors = image.get(JAVA_BYTE, SETUP_HEADER) & 0xff;
    long code = (sectors == 0 ? 5 : sectors + 1) * 512L;
    long start = code + Integer.toUnsignedLong(image.get(INT, 0x248));
    long end = start + Integer.toUnsignedLong(image.get(INT, 0x24c));
    long imageEnd = code + Integer.toUnsignedLong(image.get(INT, SYSSIZE)) * 16;
    if (Math.max(end, imageEnd) > image.byteSize()) {
      throw truncated();
    }
    if (end > imageEnd || !ImageChecksum.matches(image, imageEnd)) {
      throw error("is corrupt: its checksum is not that of its content");
    }
    if (end - start < 8 || end - start > Integer.MAX_VALUE - 16) {
      throw error("has no payload");
    }
    byte[] payload = image.asSlice(start, end - start).toArray(JAVA_BYTE);
    Payload.Format format = Payload.format(payload, 0);
    if (format == Payload.Format.UNKNOWN) {
      throw error("is compressed in an unknown way");
    }
    long size =
        format == Payload.Format.NONE
            ? payload.length
            : Integer.toUnsignedLong(MemorySegment.ofArray(payload).get(INT, payload.length - 4));
    // The file is not larger than what it becomes in memory by more than tables that are not loaded; a size that could
    // never fit is refused before anything is allocated for it.
    if (size > Math.min(ramSize, Integer.MAX_VALUE - 16)) {
      throw tooLarge();
    }
    byte[] unpacked;
    try {
      unpacked = Payload.unpack(format, payload, 0, payload.length, (int) size);
    } catch (IOException e) {
      throw new BootException(
          "kernel %s is corrupt: its %s payload does not unpack (%s)".formatted(label, format, e.getMessage()), e);
    }
    int headerEnd = Math.min(0x202 + (image.get(JAVA_BYTE, 0x201) & 0xff), SETUP_HEADER_LIMIT);
    byte[] header = image.asSlice(SETUP_HEADER, headerEnd - SETUP_HEADER).toArray(JAVA_BYTE);
    MemorySegment elf = MemorySegment.ofArray(unpacked);
    if (unpacked.length < 4 || elf.get(INT, 0) != ELF_MAGIC) {
      throw error("is corrupt: its payload is not an ELF file");
    }
    return new UnpackedKernel(label, elf, header);
  }

  private Loaded loadElf(GuestMemory memory, MemorySegment elf, byte[] setupHeader) throws BootException {
    if (elf.byteSize() < ELF_HEADER) {
      throw truncated();
    }
    int elfClass = elf.get(JAVA_BYTE, 4);
    if (elfClass != ELF_CLASS_64) {
      throw error("is a 32-bit kernel; only 64-bit ones can be booted");
    }
    int machine = elf.get(SHORT, 18) & 0xffff;
    if (elf.get(JAVA_BYTE, 5) != ELF_LITTLE_ENDIAN || machine != ELF_X86_64) {
      throw error("is not for x86-64 but for " + machineName(elf.get(JAVA_BYTE, 5), machine));
    }
    int type = elf.get(SHORT, 16) & 0xffff;
    if (type != ELF_EXECUTABLE && type != ELF_SHARED) {
      throw error("is an ELF file but not an executable one");
    }
    long entry = elf.get(LONG, 24);
    long headers = elf.get(LONG, 32);
    int headerSize = elf.get(SHORT, 54) & 0xffff;
    int count = elf.get(SHORT, 56) & 0xffff;
    if (headerSize < ELF_PROGRAM_HEADER && count > 0) {
      throw error("has malformed program headers");
    }
    if (!inside(elf, headers, (long) count * headerSize)) {
      throw truncated();
    }
    long end = 0;
    boolean entryLoaded = false;
    for (int i = 0; i < count; i++) {
      long header = headers + (long) i * headerSize;
      if (elf.get(INT, header) == ELF_LOAD) {
        long address = elf.get(LONG, header + 24);
        long length = elf.get(LONG, header + 40);
        loadSegment(memory, elf, elf.get(LONG, header + 8), address, elf.get(LONG, header + 32), length);
        end = Math.max(end, address + length);
        entryLoaded |= entry >= address && entry < address + length;
      }
    }
    if (end == 0) {
      throw error("has nothing to load");
    }
    if (!entryLoaded) {
      throw error("has its entry point at 0x%x, outside of what it loads".formatted(entry));
    }
    return new Loaded(entry, end, setupHeader);
  }

  private void loadSegment(
      GuestMemory memory, MemorySegment elf, long offset, long address, long fileLength, long length) throws BootException {
    if (fileLength < 0 || length < 0 || fileLength > length) {
      throw error("has malformed program headers");
    }
    if (length == 0) {
      return;
    }
    if (!inside(elf, offset, fileLength)) {
      throw truncated();
    }
    if (address >= 0 && address < LOWEST) {
      throw error("wants to be loaded at 0x%x, below 1 MiB".formatted(address));
    }
    // In one piece and below the hole: the boot page tables reach no further anyway.
    if (!memory.contains(address, length) || address >= GuestMemory.GAP_START) {
      throw tooLarge();
    }
    MemorySegment.copy(elf, offset, memory.slice(address, fileLength), 0, fileLength);
    memory.markWritten(address, fileLength);
  }

  private static boolean inside(MemorySegment file, long offset, long length) {
    return offset >= 0 && length >= 0 && offset <= file.byteSize() && length <= file.byteSize() - offset;
  }

  private static String machineName(byte byteOrder, int machine) {
    // In a big-endian file the number has its bytes swapped.
    int number = byteOrder == ELF_LITTLE_ENDIAN ? machine : (machine >>> 8 | machine << 8) & 0xffff;
    return switch (number) {
      case 3 -> "i386";
      case 8 -> "MIPS";
      case 20, 21 -> "POWER";
      case 22 -> "s390";
      case 40 -> "ARM";
      case 183 -> "AArch64";
      case 243 -> "RISC-V";
      case 258 -> "LoongArch";
      default -> "ELF machine " + number;
    };
  }
}
