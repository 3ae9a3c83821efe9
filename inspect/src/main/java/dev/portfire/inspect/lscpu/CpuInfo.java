package dev.portfire.inspect.lscpu;

import dev.portfire.inspect.SysRoot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code /proc/cpuinfo} of the architectures that write one: what kinds of processors there are, and what is each one's own. */
final class CpuInfo {
  /** Fields of a kind, by all the names that architectures have for them. */
  private static final Map<String, String> KIND = Map.ofEntries(
      Map.entry("vendor_id", "vendor"),
      Map.entry("vendor", "vendor"),
      Map.entry("CPU implementer", "vendor"),
      Map.entry("model name", "name"),
      Map.entry("Model Name", "name"),
      Map.entry("cpu", "name"),
      Map.entry("cpu model", "name"),
      Map.entry("model", "model"),
      Map.entry("CPU part", "model"),
      Map.entry("cpu family", "family"),
      Map.entry("CPU Family", "family"),
      Map.entry("family", "family"),
      Map.entry("stepping", "stepping"),
      Map.entry("CPU variant", "stepping"),
      Map.entry("revision", "revision"),
      Map.entry("CPU revision", "revision"),
      Map.entry("CPU Revision", "revision"),
      Map.entry("flags", "flags"),
      Map.entry("Features", "flags"),
      Map.entry("features", "flags"),
      Map.entry("ASEs implemented", "flags"),
      Map.entry("type", "flags"),
      Map.entry("address sizes", "addresses"),
      Map.entry("Address Sizes", "addresses"),
      Map.entry("bogomips", "bogomips"),
      Map.entry("BogoMIPS", "bogomips"),
      Map.entry("bogomips per cpu", "bogomips"),
      Map.entry("max thread id", "mtid"));

  /** More processors than any kernel has. */
  private static final int LIMIT = CpuList.LIMIT;

  /** What is the same for all processors of a kind. */
  static final class Kind {
    final Map<String, String> fields;
    /** The CPUs of it, in the order of the file. */
    final List<Integer> cpus = new ArrayList<>();

    Kind(Map<String, String> fields) {
      this.fields = fields;
    }

    @Nullable String get(String field) {
      return fields.get(field);
    }

    boolean sameAs(Kind other) {
      for (String field : List.of("vendor", "family", "model", "name", "stepping", "revision")) {
        if (!Objects.equals(get(field), other.get(field))) {
          return false;
        }
      }
      return true;
    }
  }

  /** What is a processor's own: speeds, in the file's words; null if it does not say. */
  record Own(Kind kind, @Nullable String bogomips, @Nullable String mhz, @Nullable String dynamicMhz, @Nullable String staticMhz) {}

  final List<Kind> kinds = new ArrayList<>();
  final Map<Integer, Own> cpus = new LinkedHashMap<>();

  /** Caches that are in no file of /sys: {@code level=1 type=Data scope=Private size=128K ...}. */
  final List<String> caches = new ArrayList<>();

  private Map<String, String> kind = new LinkedHashMap<>();
  private Map<String, String> own = new LinkedHashMap<>();
  private int cpu = -1;

  private CpuInfo() {}

  static CpuInfo read(SysRoot root) {
    CpuInfo info = new CpuInfo();
    for (String line : root.text("/proc/cpuinfo").orElse("").split("\n", -1)) {
      int colon = line.indexOf(':');
      if (line.isBlank()) {
        info.endOfBlock();
      } else if (colon > 0) {
        info.field(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    info.endOfBlock();
    return info;
  }

  private void field(String name, String value) {
    if (name.equals("processor") || name.equals("cpu number")) {
      long number = SysRoot.number(value, 10).orElse(-1);
      cpu = number >= 0 && number < LIMIT ? (int) number : -1;
      return;
    }
    if (name.startsWith("cache") && value.startsWith("level=")) {
      caches.add(value);
      return;
    }
    switch (name) {
      case "cpu MHz" -> own.put("mhz", value);
      case "cpu MHz dynamic" -> own.put("dynamic", value);
      case "cpu MHz static" -> own.put("static", value);
      default -> {
        String field = KIND.get(name);
        if (field != null && !value.isEmpty()) {
          kind.put(field, value);
          if (field.equals("bogomips")) {
            own.put(field, value);
          }
        }
      }
    }
  }

  private void endOfBlock() {
    Kind found = null;
    // What stands behind the last processor is about the machine: of POWER, its model.
    if (!kind.isEmpty() && (cpu >= 0 || kinds.isEmpty())) {
      Kind fresh = new Kind(kind);
      for (Kind other : kinds) {
        if (other.sameAs(fresh)) {
          found = other;
        }
      }
      if (found == null) {
        found = fresh;
        kinds.add(found);
      }
    } else if (!kinds.isEmpty()) {
      found = kinds.getFirst();
    }
    if (cpu >= 0 && found != null && cpus.size() < LIMIT) {
      cpus.put(cpu, new Own(found, own.get("bogomips"), own.get("mhz"), own.get("dynamic"), own.get("static")));
      found.cpus.add(cpu);
    }
    kind = new LinkedHashMap<>();
    own = new LinkedHashMap<>();
    cpu = -1;
  }
}
