package dev.portfire.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Command-line arguments as the bytes that the caller passed. Java decodes arguments with the locale's charset, which
 * loses bytes in the C locale; Linux still has them.
 */
final class RawArguments {
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private RawArguments() {}

  /**
   * The last arguments of this process.
   *
   * @param decoded the same arguments as Java gave them, used for their number and where the bytes cannot be had
   */
  static List<byte[]> last(List<String> decoded) {
    try {
      return last(decoded, Files.readAllBytes(COMMAND_LINE));
    } catch (IOException e) {
      return encode(decoded);
    }
  }

  /**
   * The same from the text of a command line.
   *
   * @param commandLine arguments, each followed by a NUL
   */
  static List<byte[]> last(List<String> decoded, byte[] commandLine) {
    List<byte[]> all = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < commandLine.length; i++) {
      if (commandLine[i] == 0) {
        all.add(Arrays.copyOfRange(commandLine, start, i));
        start = i + 1;
      }
    }
    if (all.size() <= decoded.size()) {
      return encode(decoded);
    }
    List<byte[]> tail = List.copyOf(all.subList(all.size() - decoded.size(), all.size()));
    for (int i = 0; i < tail.size(); i++) {
      if (!agrees(decoded.get(i), tail.get(i))) {
        return encode(decoded);
      }
    }
    return tail;
  }

  /** Whether the ASCII characters are the same: what else there is depends on the locale. */
  private static boolean agrees(String decoded, byte[] raw) {
    return ascii(decoded).equals(ascii(new String(raw, StandardCharsets.ISO_8859_1)));
  }

  private static String ascii(String text) {
    StringBuilder kept = new StringBuilder();
    // The question mark is what some decoders put for what they cannot decode.
    text.chars().filter(c -> c < 0x80 && c != '?').forEach(c -> kept.append((char) c));
    return kept.toString();
  }

  private static List<byte[]> encode(List<String> decoded) {
    return decoded.stream().map(word -> word.getBytes(StandardCharsets.UTF_8)).toList();
  }
}
