package dev.portfire.inspect.perf;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Symbols of a kernel and its modules, from copies of its {@code /proc/kallsyms} and {@code /proc/modules}. Neither is trusted: they come
 * from guests.
 */
final class Kallsyms {
  /** A distribution's kernel with all its modules has some 20 MiB. */
  private static final int LONGEST = 64 << 20;

  private static final int LONGEST_LINE = 4096;
  private static final int MOST_MODULES = 1 << 16;
  private static final Pattern SIZE = Pattern.compile("\\d{1,10}");
  private static final Pattern ADDRESS = Pattern.compile("0x[0-9a-f]{1,16}");

  /** A module: where it is, and how long. */
  record Module(String name, long start, long size) {}

  private Kallsyms() {}

  /** Reads all of a file, which has a bound. */
  static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LONGEST + 1);
      if (bytes.length > LONGEST) {
        throw new PerfException(file + " has more than " + (LONGEST >> 20) + " MiB, which no kernel's has");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new PerfException(file + ": No such file or directory");
    }
  }

  /**
   * The symbols of code and data by module, "" for the kernel itself. Those that do not matter for addresses, and hidden ones, are left out.
   *
   * @param file for errors
   */
  static Map<String, Symbols> symbols(Path file, byte[] text) throws PerfException {
    Map<String, Symbols.Builder> builders = new LinkedHashMap<>();
    builders.put("", new Symbols.Builder(text));
    Symbols.Builder builder = builders.get("");
    String module = "";
    int line = 0;
    int at = 0;
    while (at < text.length) {
      line++;
      int end = lineEnd(text, at);
      long address = 0;
      int i = at;
      for (int digit; i < end && (digit = Character.digit(text[i], 16)) >= 0; i++) {
        address = address << 4 | digit;
      }
      int name = i + 3;
      if (i == at || i > at + 16 || name >= end || text[i] != ' ' || text[i + 2] != ' ' || end - at > LONGEST_LINE) {
        throw new PerfException("%s: line %d is no symbol: an address, a letter, a name, perhaps [a module]".formatted(file, line));
      }
      String owner = module(text, name, end);
      if (!owner.equals(module)) {
        if (!builders.containsKey(owner) && builders.size() > MOST_MODULES) {
          throw new PerfException("%s: line %d: more than %d modules".formatted(file, line, MOST_MODULES));
        }
        module = owner;
        builder = builders.computeIfAbsent(owner, unused -> new Symbols.Builder(text));
      }
      char type = (char) text[i + 1];
      boolean code = "tTwW".indexOf(type) >= 0;
      if (address != 0 && (code || "dDbB".indexOf(type) >= 0)) {
        builder.add(address, 0, name, Character.isUpperCase(type) ? Symbols.GLOBAL : Symbols.LOCAL, !code);
      }
      at = end + 1;
    }
    Map<String, Symbols> symbols = new LinkedHashMap<>();
    long highest = 0;
    for (Symbols.Builder each : builders.values()) {
      highest = Long.compareUnsigned(each.highest(), highest) > 0 ? each.highest() : highest;
    }
    for (Map.Entry<String, Symbols.Builder> each : builders.entrySet()) {
      symbols.put(each.getKey(), each.getValue().build(!each.getKey().isEmpty() && each.getValue().highest() != highest));
    }
    if (symbols.values().stream().allMatch(Symbols::isEmpty)) {
      throw new PerfException(file + " has no symbols: take a copy of /proc/kallsyms that root has read in the guest");
    }
    return symbols;
  }

  /** The address of the first symbol of the kernel itself that has a name, as a line says it. */
  static OptionalLong address(byte[] text, String name) {
    byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
    for (int at = 0; at < text.length; ) {
      int end = lineEnd(text, at);
      int from = end - wanted.length;
      if (from > at + 3 && text[from - 1] == ' ' && Arrays.equals(text, from, end, wanted, 0, wanted.length)) {
        String line = new String(text, at, Math.min(end - at, 17), StandardCharsets.UTF_8);
        String digits = line.substring(0, Math.max(0, line.indexOf(' ')));
        return digits.matches("[0-9a-f]{1,16}") ? OptionalLong.of(Long.parseUnsignedLong(digits, 16)) : OptionalLong.empty();
      }
      at = end + 1;
    }
    return OptionalLong.empty();
  }

  private static int lineEnd(byte[] text, int from) {
    int end = from;
    while (end < text.length && text[end] != '\n') {
      end++;
    }
    return end;
  }

  private static String module(byte[] text, int name, int end) {
    if (text[end - 1] != ']') {
      return "";
    }
    for (int i = end - 2; i > name; i--) {
      if (text[i] == '[') {
        return new String(text, i + 1, end - 2 - i, StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  /** The modules: name, size, count of users, users, state, address. */
  static List<Module> modules(Path file, byte[] text) throws PerfException {
    List<Module> modules = new ArrayList<>();
    int line = 0;
    for (int at = 0; at < text.length; ) {
      line++;
      int end = lineEnd(text, at);
      String[] words = end - at > LONGEST_LINE ? new String[0] : new String(text, at, end - at, StandardCharsets.UTF_8).split(" ");
      if (words.length < 6 || words[0].isEmpty() || !SIZE.matcher(words[1]).matches() || !ADDRESS.matcher(words[5]).matches()) {
        throw new PerfException("%s: line %d is no module: a name, a size, users, a state, an address".formatted(file, line));
      }
      if (modules.size() == MOST_MODULES) {
        throw new PerfException("%s: line %d: more than %d modules".formatted(file, line, MOST_MODULES));
      }
      modules.add(new Module(words[0], Long.parseUnsignedLong(words[5].substring(2), 16), Long.parseLong(words[1])));
      at = end + 1;
    }
    return modules;
  }
}
