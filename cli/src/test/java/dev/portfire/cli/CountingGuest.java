package dev.portfire.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;

/** A 64-bit kernel that executes so many instructions of three kinds, and halts for good. */
final class CountingGuest {
  static final int CPUID = 41;
  static final int MMIO = 257;
  static final int OUT = 1009;

  private static final long ENTRY = 0x100_0000;
  private static final int ELF_HEADERS = 120;

  private CountingGuest() {}

  /**
   * The arguments of {@code portfire} that run it on the software CPU.
   *
   * @param directory for its files
   */
  static List<String> arguments(Path directory) throws IOException {
    return List.of("run", "--accel", "soft", "--kernel", kernel(directory).toString(), "--initrd", directory.resolve("initrd").toString());
  }

  private static Path kernel(Path directory) throws IOException {
    String code =
        // mov esi,CPUID; 1: xor eax,eax; cpuid; dec esi; jnz 1b
        "be" + number(CPUID) + "31c0 0fa2 ffce 75f8"
            // mov edi,0x30000000; mov esi,MMIO; 1: mov [rdi],eax; dec esi; jnz 1b
            + "bf00000030 be" + number(MMIO) + "8907 ffce 75fa"
            // mov esi,OUT; 1: out 0x10,al; dec esi; jnz 1b
            + "be" + number(OUT) + "e610 ffce 75fa"
            // 1: cli; hlt; jmp 1b
            + "fa f4 ebfc";
    byte[] bytes = HexFormat.of().parseHex(code.replace(" ", ""));
    ByteBuffer elf = ByteBuffer.allocate(ELF_HEADERS + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
    // Executable, x86-64, one segment.
    elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
    elf.putShort((short) 2).putShort((short) 62).putInt(1).putLong(ENTRY).putLong(64).putLong(0).putInt(0);
    elf.putShort((short) 64).putShort((short) 56).putShort((short) 1).position(64);
    elf.putInt(1).putInt(5).putLong(ELF_HEADERS).putLong(ENTRY).putLong(ENTRY);
    elf.putLong(bytes.length).putLong(bytes.length).putLong(16).put(bytes);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path file = Files.write(directory.resolve("kernel"), elf.array());
    Files.write(directory.resolve("initrd"), new byte[16]);
    return file;
  }

  private static String number(int value) {
    return "%08x".formatted(Integer.reverseBytes(value));
  }
}
