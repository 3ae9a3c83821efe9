package dev.portfire.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The names of a kernel's addresses, from a text as System.map and /proc/kallsyms have it: address, type, name, module. */
final class GuestSymbols {
  private static final int ADDRESS_DIGITS = 16;

  private final TreeMap<Long, String> names = new TreeMap<>(Long::compareUnsigned);

  /** No names. */
  GuestSymbols() {}

  /**
   * Those of a file, if there is one.
   *
   * @throws IOException naming the file and what is wrong with it
   */
  static Optional<GuestSymbols> read(Optional<Path> file) throws IOException {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      GuestSymbols symbols = new GuestSymbols(Files.readAllBytes(file.get()));
      if (symbols.names.isEmpty()) {
        throw new IOException(
            "%s has no symbols: give a System.map, or a /proc/kallsyms that root has read".formatted(file.get()));
      }
      return Optional.of(symbols);
    } catch (NoSuchFileException e) {
      throw new IOException("--symbols %s: no such file".formatted(file.get()), e);
    }
  }

  /** Takes the lines of a text that can be understood; others, and addresses that were hidden as zeros, are left out. */
  GuestSymbols(byte[] text) {
    new String(text, StandardCharsets.ISO_8859_1).lines().forEach(line -> {
      String[] words = line.split("[ \t]+", 4);
      if (words.length >= 3 && words[0].length() == ADDRESS_DIGITS && "tTwW".contains(words[1])) {
        try {
          long address = Long.parseUnsignedLong(words[0], 16);
          if (address != 0) {
            names.putIfAbsent(address, words.length > 3 ? words[2] + " " + words[3] : words[2]);
          }
        } catch (NumberFormatException e) {
          // No symbol's line.
        }
      }
    });
  }

  /** The name of the function that an address of the kernel's half is in; otherwise the address, or what it belongs to. */
  String name(long address) {
    if (address >= 0) {
      return address == 0 ? "[more addresses]" : "[user space]";
    }
    Map.Entry<Long, String> below = names.floorEntry(address);
    return below == null ? "0x" + Long.toHexString(address) : below.getValue();
  }
}
