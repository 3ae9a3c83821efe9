package dev.portfire.cli.guest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A loadable kernel module.
 *
 * @param name the name with underscores, as the kernel shows it
 * @param content the ELF file, not compressed
 */
record KernelModule(String name, byte[] content) {
  /**
   * The names of the modules that this one needs, read from its {@code .modinfo} section: a distribution's package
   * carries no {@code modules.dep}, which is made when it is installed.
   *
   * @throws IllegalArgumentException if the file is no 64-bit little-endian ELF file
   */
  List<String> dependencies() {
    String info = section(".modinfo");
    for (String entry : info.split("\0", -1)) {
      if (entry.startsWith("depends=")) {
        String list = entry.substring("depends=".length());
        return list.isEmpty() ? List.of() : Arrays.stream(list.split(",", -1)).map(KernelModule::canonical).toList();
      }
    }
    return List.of();
  }

  /** A module's name with the file suffixes removed and dashes as underscores. */
  static String canonical(String fileName) {
    return fileName.replaceFirst("\\.ko(\\.(xz|zst|gz))?$", "").replace('-', '_');
  }

  /**
   * The named modules and all they need, each after what it needs.
   *
   * @param find finds a module by its canonical name, or null: then it is taken as built into the kernel
   */
  static List<KernelModule> closure(List<String> names, Function<String, @Nullable KernelModule> find) {
    Map<String, KernelModule> ordered = new LinkedHashMap<>();
    Set<String> visiting = new LinkedHashSet<>();
    for (String name : names) {
      visit(name, find, visiting, ordered);
    }
    return List.copyOf(ordered.values());
  }

  private static void visit(
      String name,
      Function<String, @Nullable KernelModule> find,
      Set<String> visiting,
      Map<String, KernelModule> ordered) {
    if (ordered.containsKey(name) || !visiting.add(name)) {
      return;
    }
    KernelModule module = find.apply(name);
    if (module != null) {
      for (String needed : module.dependencies()) {
        visit(needed, find, visiting, ordered);
      }
      ordered.put(name, module);
    }
  }

  private String section(String wanted) {
    ByteBuffer elf = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    if (content.length < 64 || elf.getInt(0) != 0x464c457f || elf.get(4) != 2) {
      throw new IllegalArgumentException(name + " is not a 64-bit ELF file");
    }
    try {
      int headers = Math.toIntExact(elf.getLong(0x28));
      int headerSize = elf.getShort(0x3a);
      int count = elf.getShort(0x3c);
      int names = offset(elf, headers + headerSize * elf.getShort(0x3e));
      for (int i = 0; i < count; i++) {
        int header = headers + headerSize * i;
        int start = names + elf.getInt(header);
        if (wanted.equals(text(start, start + wanted.length())) && content[start + wanted.length()] == 0) {
          int from = offset(elf, header);
          return text(from, from + Math.toIntExact(elf.getLong(header + 0x20)));
        }
      }
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new IllegalArgumentException(name + " is a damaged ELF file", e);
    }
    return "";
  }

  private static int offset(ByteBuffer elf, int sectionHeader) {
    return Math.toIntExact(elf.getLong(sectionHeader + 0x18));
  }

  private String text(int from, int to) {
    return new String(content, from, Math.min(to, content.length) - from, StandardCharsets.ISO_8859_1);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KernelModule m && name.equals(m.name) && Arrays.equals(content, m.content);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
