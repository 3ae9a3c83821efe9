package dev.portfire.inspect.lscpu;

import dev.portfire.inspect.SysRoot;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A cache.
 *
 * @param name as L1d
 * @param id the kernel's number of it, or −1
 * @param size bytes
 * @param ways its associativity, 0 if unknown; so are the next three
 * @param shared the CPUs that it belongs to; empty if it is not known
 */
record Cache(
    String name, int id, int level, String type, long size, long ways, long sets, long partitions, long line,
    String allocation, String write, BitSet shared) {

  private static final int LEVELS = 32;

  /** All caches: by name, those of one name in the order of the CPUs. */
  static Map<String, List<Cache>> read(SysRoot root, Iterable<Integer> cpus) {
    Map<String, List<Cache>> caches = new TreeMap<>(Comparator.naturalOrder());
    for (int cpu : cpus) {
      String directory = "/sys/devices/system/cpu/cpu" + cpu + "/cache/index";
      for (int i = 0; i < LEVELS && root.exists(directory + i); i++) {
        one(root, directory + i + "/", cpu).ifPresent(cache -> {
          List<Cache> same = caches.computeIfAbsent(cache.name, name -> new ArrayList<>());
          for (Cache other : same) {
            if (cache.id >= 0 ? other.id == cache.id : other.shared.get(cpu)) {
              return;
            }
          }
          same.add(cache);
        });
      }
    }
    return caches;
  }

  private static Optional<Cache> one(SysRoot root, String directory, int cpu) {
    long level = root.number(directory + "level").orElse(-1);
    String type = root.line(directory + "type").orElse("");
    if (level < 0 || level > LEVELS) {
      return Optional.empty();
    }
    BitSet self = new BitSet();
    self.set(cpu);
    return Optional.of(new Cache(
        "L" + level + suffix(type),
        (int) root.number(directory + "id").orElse(-1),
        (int) level,
        type,
        size(root.line(directory + "size").orElse("")),
        root.number(directory + "ways_of_associativity").orElse(0),
        root.number(directory + "number_of_sets").orElse(0),
        root.number(directory + "physical_line_partition").orElse(0),
        root.number(directory + "coherency_line_size").orElse(0),
        root.line(directory + "allocation_policy").orElse(""),
        root.line(directory + "write_policy").orElse(""),
        root.line(directory + "shared_cpu_map").flatMap(CpuList::parseMask).orElse(self)));
  }

  /** A cache of {@code /proc/cpuinfo} of s390, which is in no file of /sys if CPUs share it beyond a book. */
  static Optional<Cache> ofCpuInfo(String description) {
    Map<String, String> fields = new TreeMap<>();
    for (String word : description.split(" +", -1)) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        fields.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    if (!"Shared".equals(fields.get("scope"))) {
      return Optional.empty();
    }
    long level = SysRoot.number(fields.getOrDefault("level", ""), 10).orElse(0);
    long ways = SysRoot.number(fields.getOrDefault("associativity", ""), 10).orElse(0);
    long line = SysRoot.number(fields.getOrDefault("line_size", ""), 10).orElse(0);
    long size = size(fields.getOrDefault("size", ""));
    String type = fields.getOrDefault("type", "");
    return Optional.of(new Cache(
        "L" + level + suffix(type), -1, (int) level, type, size, ways, ways * line > 0 ? size / line / ways : 0, 0, line, "", "",
        new BitSet()));
  }

  private static String suffix(String type) {
    return switch (type) {
      case "Data" -> "d";
      case "Instruction" -> "i";
      default -> "";
    };
  }

  private static long size(String text) {
    long number = SysRoot.number(text, 10).orElse(0);
    long unit = text.endsWith("K") ? 1 << 10 : text.endsWith("M") ? 1 << 20 : 1;
    return number < 0 || number > Long.MAX_VALUE / unit ? 0 : number * unit;
  }

  /** A size as "1.4 MiB" or "1.4M": rounded to a tenth. */
  static String human(long bytes, boolean full) {
    int exponent = 0;
    while (exponent < 60 && bytes >> exponent + 10 != 0) {
      exponent += 10;
    }
    long whole = bytes >> exponent;
    long tenths = exponent == 0 ? 0 : ((bytes & (1L << exponent) - 1) / (1L << exponent - 10) + 50) / 100;
    if (tenths == 10) {
      whole++;
      tenths = 0;
    }
    String unit = "BKMGTPE".substring(exponent / 10, exponent / 10 + 1);
    String suffix = full ? " " + (exponent == 0 ? "B" : unit + "iB") : unit;
    return whole + (tenths == 0 ? "" : "." + tenths) + suffix;
  }
}
