package dev.portfire.inspect.lscpu;

import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.lscpu.Virtualization.Found;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The fields of lscpu's default output. */
final class Summary {
  /**
   * A field.
   *
   * @param label with its colon; as it is without indentation
   * @param nested the label where fields are indented
   * @param depth how far it is indented there
   */
  record Field(String label, String nested, int depth, String value) {}

  private final Host host;
  private final boolean hex;
  private final boolean bytes;
  private final List<Field> fields = new ArrayList<>();

  private Summary(Host host, boolean hex, boolean bytes) {
    this.host = host;
    this.hex = hex;
    this.bytes = bytes;
  }

  static List<Field> of(Host host, boolean hex, boolean bytes) {
    Summary summary = new Summary(host, hex, bytes);
    summary.system();
    summary.processors();
    summary.virtualization();
    summary.caches();
    summary.nodes();
    summary.vulnerabilities();
    return summary.fields;
  }

  private void add(int depth, String label, @Nullable String value) {
    if (value != null) {
      fields.add(new Field(label, label, depth, value));
    }
  }

  /** A heading, which is there with indentation only. */
  private void section(String label) {
    fields.add(new Field("", label, 0, ""));
  }

  private @Nullable String first(String field) {
    return host.kinds.isEmpty() ? null : host.kinds.getFirst().info().get(field);
  }

  private boolean flag(String name) {
    return (" " + first("flags") + " ").contains(" " + name + " ");
  }

  private void system() {
    add(0, "Architecture:", architecture());
    add(1, "CPU op-mode(s):", operatingModes());
    add(1, "Address sizes:", first("addresses"));
    add(1, "Byte Order:", ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? "Big Endian" : "Little Endian");
    add(0, "CPU(s):", Integer.toString(host.present.cardinality()));
    add(1, hex ? "On-line CPU(s) mask:" : "On-line CPU(s) list:", cpus(host.online));
    BitSet offline = (BitSet) host.present.clone();
    offline.andNot(host.online);
    if (!offline.isEmpty()) {
      add(1, hex ? "Off-line CPU(s) mask:" : "Off-line CPU(s) list:", cpus(offline));
    }
  }

  private static String architecture() {
    String name = System.getProperty("os.arch");
    return name.equals("amd64") ? "x86_64" : name;
  }

  private @Nullable String operatingModes() {
    if (flag("lm") || flag("zarch")) {
      return "32-bit, 64-bit";
    }
    // Of aarch64 the kernel says nothing: 32-bit programs run where the processor has that, and few new ones have.
    return host.root.isHost() && architecture().equals("aarch64") ? "64-bit" : null;
  }

  private String cpus(BitSet set) {
    return hex ? CpuList.mask(set) : CpuList.list(set);
  }

  private void processors() {
    Dmi dmi = host.root.isHost() ? Dmi.read(host.root) : Dmi.parse(new byte[0]);
    add(0, "Vendor ID:", first("vendor"));
    add(0, "BIOS Vendor ID:", orNull(dmi.processorMaker()));
    boolean main = true;
    for (Host.Kind kind : host.kinds) {
      CpuInfo.Kind info = kind.info();
      String name = info.get("name");
      add(1, "Model name:", name == null ? "-" : name);
      if (main) {
        add(2, "BIOS Model name:", orNull(dmi.processorName()));
        add(2, "BIOS CPU family:", dmi.processorFamily() == 0 ? null : Integer.toString(dmi.processorFamily()));
        main = false;
      }
      add(2, "Machine type:", machine());
      add(2, "CPU family:", info.get("family"));
      String revision = info.get("revision");
      add(2, "Model:", revision != null ? revision : info.get("model"));
      topology(kind);
      add(2, "Stepping:", info.get("stepping"));
      add(2, "Frequency boost:", host.boost().map(on -> on ? "enabled" : "disabled").orElse(null));
      speeds(kind);
      add(2, "BogoMIPS:", bogomips(info.get("bogomips")));
      add(2, "Dispatching mode:", switch (host.root.line("/sys/devices/system/cpu/dispatching").orElse("").strip()) {
        case "0" -> "horizontal";
        case "1" -> "vertical";
        default -> null;
      });
      add(2, "Flags:", info.get("flags"));
    }
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  /** As a decimal of two places, as lscpu writes it. */
  static @Nullable String bogomips(@Nullable String text) {
    return text == null ? null : String.format(Locale.ROOT, "%.2f", Host.decimal(text));
  }

  private @Nullable String machine() {
    for (String line : host.root.text("/proc/sysinfo").orElse("").split("\n", -1)) {
      if (line.startsWith("Type:")) {
        return line.substring("Type:".length()).strip();
      }
    }
    return null;
  }

  private void topology(Host.Kind kind) {
    Topology topology = kind.topology();
    int sockets = topology.sockets.size();
    int books = topology.books.size();
    int drawers = topology.drawers.size();
    int threads = topology.threadsPerCore;
    String most = kind.info().get("mtid");
    if (most != null && threads > 0) {
      threads = (int) SysRoot.number(most, 10).orElse(threads - 1) + 1;
    }
    add(2, "Thread(s) per core:", Integer.toString(threads));
    add(2, "Core(s) per socket:", Integer.toString(sockets == 0 ? 0 : topology.cores.size() / sockets));
    if (books == 0) {
      add(2, "Socket(s):", Integer.toString(sockets));
      return;
    }
    add(2, "Socket(s) per book:", Integer.toString(sockets / books));
    if (drawers > 0) {
      add(2, "Book(s) per drawer:", Integer.toString(books / drawers));
      add(2, "Drawer(s):", Integer.toString(drawers));
    } else {
      add(2, "Book(s):", Integer.toString(books));
    }
  }

  private void speeds(Host.Kind kind) {
    List<Integer> cpus = new ArrayList<>();
    for (int cpu = host.present.nextSetBit(0); cpu >= 0; cpu = host.present.nextSetBit(cpu + 1)) {
      Host.Kind other = host.kind(cpu);
      if (other != null && other.info() == kind.info()) {
        cpus.add(cpu);
      }
    }
    for (int cpu : cpus) {
      CpuInfo.Own own = host.info.cpus.get(cpu);
      if (own != null && own.dynamicMhz() != null) {
        add(2, "CPU dynamic MHz:", own.dynamicMhz());
        add(2, "CPU static MHz:", own.staticMhz());
        break;
      }
    }
    float most = 0;
    float least = 0;
    float now = 0;
    float limit = 0;
    for (int cpu : cpus) {
      float highest = host.frequency(cpu, "cpuinfo_max_freq");
      float lowest = host.frequency(cpu, "cpuinfo_min_freq");
      float current = host.frequency(cpu, "scaling_cur_freq");
      most = Math.max(most, highest);
      least = lowest > 0 && (least == 0 || lowest < least) ? lowest : least;
      if (highest > 0 && current > 0) {
        now += current;
        limit += highest;
      }
    }
    if (limit > 0) {
      add(2, "CPU(s) scaling MHz:", String.format(Locale.ROOT, "%.0f%%", now / limit * 100));
    }
    if (most > 0) {
      add(2, "CPU max MHz:", String.format(Locale.ROOT, "%.4f", most));
    }
    if (least > 0) {
      add(2, "CPU min MHz:", String.format(Locale.ROOT, "%.4f", least));
    }
  }

  private void virtualization() {
    String extension = flag("svm") ? "AMD-V" : flag("vmx") ? "VT-x" : null;
    Optional<Found> found = Virtualization.find(host.root, host.info);
    if (extension == null && found.isEmpty()) {
      return;
    }
    section("Virtualization features:");
    add(1, "Virtualization:", extension);
    if (found.isPresent()) {
      add(1, "Hypervisor:", orNull(found.get().name()));
      add(1, "Hypervisor vendor:", orNull(found.get().vendor()));
      add(1, "Virtualization type:", found.get().type());
    }
  }

  private void caches() {
    if (host.caches.isEmpty() && host.extraCaches.isEmpty()) {
      return;
    }
    section("Caches (sum of all):");
    for (Map.Entry<String, List<Cache>> entry : host.caches.entrySet()) {
      long all = sum(entry.getValue());
      int count = entry.getValue().size();
      String size = bytes ? Long.toString(all) : Cache.human(all, true);
      cache(entry.getKey(), size + " (" + count + (count == 1 ? " instance)" : " instances)"));
    }
    for (Cache extra : host.extraCaches.values()) {
      cache(extra.name(), bytes ? Long.toString(extra.size()) : Cache.human(extra.size(), true));
    }
  }

  private void cache(String name, String value) {
    fields.add(new Field(name + " cache:", name + ":", 1, value));
  }

  static long sum(List<Cache> caches) {
    long sum = 0;
    for (Cache cache : caches) {
      sum += cache.size();
    }
    return sum;
  }

  private void nodes() {
    if (!host.nodes.isEmpty()) {
      section("NUMA:");
      add(1, "NUMA node(s):", Integer.toString(host.nodes.size()));
      for (Host.Node node : host.nodes) {
        add(1, "NUMA node" + node.number() + " CPU(s):", cpus(node.cpus()));
      }
    }
  }

  private void vulnerabilities() {
    List<Map.Entry<String, String>> found = host.vulnerabilities();
    if (!found.isEmpty()) {
      section("Vulnerabilities:");
    }
    for (Map.Entry<String, String> entry : found) {
      fields.add(new Field("Vulnerability " + entry.getKey() + ":", entry.getKey() + ":", 1, entry.getValue()));
    }
  }
}
