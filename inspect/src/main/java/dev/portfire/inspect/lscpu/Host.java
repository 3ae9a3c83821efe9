package dev.portfire.inspect.lscpu;

import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.lscpu.Topology.Place;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All that lscpu knows of a system. */
final class Host {
  /** A kind of processors with what its CPUs share. */
  record Kind(CpuInfo.Kind info, Topology topology) {}

  /** A NUMA node. */
  record Node(int number, BitSet cpus) {}

  private static final String CPUS = "/sys/devices/system/cpu/";
  private static final String NODES = "/sys/devices/system/node";

  final SysRoot root;
  final CpuInfo info;
  final BitSet possible;
  final BitSet present;
  final BitSet online;
  final List<Kind> kinds = new ArrayList<>();
  final Map<String, List<Cache>> caches;
  final Map<String, Cache> extraCaches = new TreeMap<>();
  final List<Node> nodes = new ArrayList<>();

  private final Map<Integer, Kind> kindOfCpu = new HashMap<>();

  private Host(SysRoot root, BitSet possible) {
    this.root = root;
    this.possible = possible;
    this.present = set("present", possible);
    this.online = set("online", present);
    this.info = CpuInfo.read(root);
    Arm.decode(info);
    for (CpuInfo.Kind kind : info.kinds) {
      List<Integer> cpus = present.stream()
          .filter(cpu -> kindOf(cpu) == kind)
          .boxed()
          .toList();
      Kind whole = new Kind(kind, Topology.read(root, cpus));
      kinds.add(whole);
      for (int cpu : cpus) {
        kindOfCpu.put(cpu, whole);
      }
    }
    caches = kinds.isEmpty() ? Map.of() : Cache.read(root, present.stream().boxed().toList());
    for (String text : info.caches) {
      Cache.ofCpuInfo(text).ifPresent(cache -> extraCaches.put(cache.name(), cache));
    }
    for (String name : root.list(NODES)) {
      if (name.startsWith("node") && name.length() > 4 && name.substring(4).chars().allMatch(c -> c >= '0' && c <= '9')) {
        BitSet cpus = root.line(NODES + "/" + name + "/cpumap").flatMap(CpuList::parseMask).orElse(new BitSet());
        SysRoot.number(name.substring(4), 10).ifPresent(number -> nodes.add(new Node((int) number, cpus)));
      }
    }
    nodes.sort((a, b) -> Integer.compare(a.number, b.number));
  }

  /** Looks at a system; empty if the kernel's list of CPUs is missing. */
  static Optional<Host> read(SysRoot root) {
    return root.line(CPUS + "possible").flatMap(CpuList::parse).map(possible -> new Host(root, possible));
  }

  private BitSet set(String file, BitSet otherwise) {
    return root.line(CPUS + file).flatMap(CpuList::parse).orElse(otherwise);
  }

  private CpuInfo.@Nullable Kind kindOf(int cpu) {
    CpuInfo.Own own = info.cpus.get(cpu);
    return own != null ? own.kind() : info.kinds.isEmpty() ? null : info.kinds.getFirst();
  }

  /** The kind of a CPU; null if nothing is known. */
  @Nullable Kind kind(int cpu) {
    return kindOfCpu.get(cpu);
  }

  Place place(int cpu) {
    Kind kind = kindOfCpu.get(cpu);
    return kind == null ? Topology.NOWHERE : kind.topology.places.getOrDefault(cpu, Topology.NOWHERE);
  }

  /** A number of a file of a CPU; empty if there is none. */
  String physical(int cpu, String file) {
    return root.line(CPUS + "cpu" + cpu + "/topology/" + file).map(String::strip).orElse("");
  }

  String cpuFile(int cpu, String file) {
    return root.line(CPUS + "cpu" + cpu + "/" + file).map(String::strip).orElse("");
  }

  /** A frequency of cpufreq, MHz; 0 if there is none. */
  float frequency(int cpu, String file) {
    return root.number(CPUS + "cpu" + cpu + "/cpufreq/" + file).orElse(0) / 1000f;
  }

  /** What a CPU runs at, MHz: by cpufreq, or else by cpuinfo; 0 if unknown. */
  float megahertz(int cpu) {
    float now = frequency(cpu, "scaling_cur_freq");
    CpuInfo.Own own = info.cpus.get(cpu);
    return now > 0 || own == null || own.mhz() == null ? now : decimal(own.mhz());
  }

  static float decimal(@Nullable String text) {
    try {
      return text == null ? 0 : Float.parseFloat(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Whether boosting is switched on; empty if the kernel does not say. */
  Optional<Boolean> boost() {
    return root.line(CPUS + "cpufreq/boost").map(line -> !line.strip().equals("0"));
  }

  /** The node of a CPU, or −1. */
  int node(int cpu) {
    for (Node node : nodes) {
      if (node.cpus.get(cpu)) {
        return node.number;
      }
    }
    return -1;
  }

  /** Texts of vulnerabilities by name, as lscpu writes them. */
  List<Map.Entry<String, String>> vulnerabilities() {
    List<Map.Entry<String, String>> found = new ArrayList<>();
    for (String name : root.list(CPUS + "vulnerabilities")) {
      Optional<String> text = root.line(CPUS + "vulnerabilities/" + name);
      if (text.isPresent() && !name.isEmpty()) {
        String shown = Character.toUpperCase(name.charAt(0)) + name.substring(1).replace('_', ' ');
        found.add(Map.entry(shown, plain(text.get())));
      }
    }
    return found;
  }

  /** Without colons, which would look as if a field began. */
  private static String plain(String text) {
    if (!text.startsWith("Mitigation")) {
      return text;
    }
    int colon = text.indexOf(':');
    return colon < 0 ? text : text.substring(0, colon) + ";" + text.substring(colon + 1).replace(":", "");
  }
}
