package dev.portfire.inspect.lscpu;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Given;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.GetOpt.UsageException;
import dev.portfire.inspect.Json;
import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.lscpu.Column.Definition;
import dev.portfire.inspect.lscpu.Topology.Place;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The {@code lscpu} program: what processors a system has. */
public final class Lscpu {
  private static final String HELP =
      """

      Usage:
       lscpu [options]

      Display information about the CPU architecture.

      Options:
       -a, --all               print both online and offline CPUs (default for -e)
       -b, --online            print online CPUs only (default for -p)
       -B, --bytes             print sizes in bytes rather than in human readable format
       -C, --caches[=<list>]   info about caches in extended readable format
       -c, --offline           print offline CPUs only
       -J, --json              use JSON for default or extended format
       -e, --extended[=<list>] print out an extended readable format
       -p, --parse[=<list>]    print out a parsable format
       -s, --sysroot <dir>     use specified directory as system root
       -x, --hex               print hexadecimal masks rather than lists of CPUs
       -y, --physical          print physical instead of logical IDs
           --output-all        print all available columns for -e, -p or -C

       -h, --help              display this help
       -V, --version           display version

      Available output columns for -e or -p:
      """;

  private static final List<Option> OPTIONS = List.of(
      Option.flag('a', "all"),
      Option.flag('b', "online"),
      Option.flag('B', "bytes"),
      Option.optional('C', "caches"),
      Option.flag('c', "offline"),
      Option.flag('J', "json"),
      Option.optional('e', "extended"),
      Option.optional('p', "parse"),
      Option.required('s', "sysroot"),
      Option.flag('x', "hex"),
      Option.flag('y', "physical"),
      Option.flag('\0', "output-all"),
      Option.flag('h', "help"),
      Option.flag('V', "version"));

  private static final String PARSABLE =
      """
      # The following is the parsable format, which can be fed to other
      # programs. Each different item in every column has an unique ID
      # starting usually from zero.
      """;

  /** What may not stand together, in the order of messages. */
  private static final List<List<String>> EXCLUSIVE =
      List.of(List.of("all", "online", "offline"), List.of("caches", "extended", "parse"));

  private final SysRoot machine;
  private final boolean terminal;
  private final PrintStream out;
  private final PrintStream err;

  private char mode;
  private char cpus;
  private boolean json;
  private boolean hex;
  private boolean bytes;
  private boolean physical;

  /**
   * Makes the program.
   *
   * @param machine what it looks at without -s
   * @param terminal whether stdout is one, which gets fields in sections
   */
  public Lscpu(SysRoot machine, boolean terminal, PrintStream out, PrintStream err) {
    this.machine = machine;
    this.terminal = terminal;
    this.out = out;
    this.err = err;
  }

  /** Runs the program and returns its exit status. */
  public int run(List<String> arguments) {
    SysRoot root = machine;
    String list = null;
    boolean all = false;
    GetOpt.Parsed parsed;
    try {
      parsed = GetOpt.parse("lscpu", OPTIONS, arguments);
    } catch (UsageException e) {
      return usage(e.getMessage());
    }
    Optional<String> conflict = conflict(parsed.options());
    if (conflict.isPresent()) {
      return fail(conflict.get());
    }
    for (Given given : parsed.options()) {
      char letter = given.option().letter();
      switch (letter) {
        case 'a', 'b', 'c' -> cpus = letter;
        case 'B' -> bytes = true;
        case 'C', 'e', 'p' -> {
          mode = letter;
          list = given.value() == null ? list : given.value();
        }
        case 'J' -> json = true;
        case 's' -> {
          try {
            root = new SysRoot(Path.of(given.required()));
          } catch (InvalidPathException e) {
            return fail("failed to initialize CPUs sysfs handler: No such file or directory");
          }
        }
        case 'x' -> hex = true;
        case 'y' -> physical = true;
        case '\0' -> all = true;
        case 'V' -> {
          out.print("lscpu from util-linux 2.38.1\n");
          return 0;
        }
        default -> {
          help();
          return 0;
        }
      }
    }
    if (cpus != 0 && mode != 'e' && mode != 'p') {
      return fail("options --all, --online and --offline may only be used with options --extended or --parse.");
    }
    if (!parsed.operands().isEmpty()) {
      return usage("lscpu: bad usage");
    }
    Optional<Host> host = Host.read(root);
    if (host.isEmpty()) {
      return fail("failed to determine number of CPUs: /sys/devices/system/cpu/possible: No such file or directory");
    }
    return show(host.get(), list, all);
  }

  private static Optional<String> conflict(List<Given> given) {
    for (List<String> exclusive : EXCLUSIVE) {
      String before = "";
      for (Given one : given) {
        String name = one.option().name();
        if (exclusive.contains(name) && !before.isEmpty() && !before.equals(name)) {
          return Optional.of("mutually exclusive arguments: --" + String.join(" --", exclusive));
        }
        before = exclusive.contains(name) ? name : before;
      }
    }
    return Optional.empty();
  }

  private int usage(@Nullable String message) {
    err.println(message);
    err.println("Try 'lscpu --help' for more information.");
    return 1;
  }

  private int fail(String message) {
    err.println("lscpu: " + message);
    return 1;
  }

  private void help() {
    out.print(HELP);
    for (Definition column : Column.CPU) {
      out.printf(Locale.ROOT, " %13s  %s%n", column.name(), column.help());
    }
    out.print("\nAvailable output columns for -C:\n");
    for (Definition column : Column.CACHE) {
      out.printf(Locale.ROOT, " %13s  %s%n", column.name(), column.help());
    }
    out.print("\nFor more details see lscpu(1).\n");
  }

  private int show(Host host, @Nullable String list, boolean all) {
    List<Definition> known = mode == 'C' ? Column.CACHE : Column.CPU;
    List<Definition> columns = new ArrayList<>();
    if (list != null && mode != 0) {
      String names = list.startsWith("=") ? list.substring(1) : list;
      for (String name : names.split(",", -1)) {
        Optional<Definition> column = Column.find(known, name);
        if (column.isEmpty()) {
          return fail("unknown column: " + names.substring(names.indexOf(name)));
        }
        columns.add(column.get());
      }
    } else if (all) {
      columns.addAll(known);
    }
    switch (mode) {
      case 'C' -> caches(host, columns);
      case 'e' -> extended(host, columns.isEmpty() ? defaultColumns(host) : columns);
      case 'p' -> parsable(host, columns.isEmpty() ? Column.named(Column.CPU, "CPU", "CORE", "SOCKET", "NODE", "CACHE") : columns,
          !all || list != null);
      default -> summary(host);
    }
    return 0;
  }

  // The summary.

  private void summary(Host host) {
    List<Summary.Field> fields = Summary.of(host, hex, bytes);
    if (!terminal) {
      fields.removeIf(field -> field.label().isEmpty());
    }
    if (json) {
      out.print("{\n   \"lscpu\": [");
      tree(fields, 0, fields.size(), 0, "      ");
      out.print("\n   ]\n}\n");
      return;
    }
    int width = 0;
    for (Summary.Field field : fields) {
      width = Math.max(width, label(field).length());
    }
    for (Summary.Field field : fields) {
      String label = label(field);
      out.print(new StringBuilder(label).repeat(' ', width + 1 - label.length()).append(field.value()).append('\n'));
    }
  }

  private String label(Summary.Field field) {
    return terminal ? "  ".repeat(field.depth()) + field.nested() : field.label();
  }

  /** Fields from one of a depth to another, with those below them as children where output is in sections. */
  private void tree(List<Summary.Field> fields, int from, int to, int depth, String indent) {
    for (int i = from; i < to;) {
      Summary.Field field = fields.get(i);
      int next = i + 1;
      while (terminal && next < to && fields.get(next).depth() > depth) {
        next++;
      }
      out.print((i == from ? "\n" + indent : ",") + "{\n");
      out.print(indent + "   \"field\": " + Json.string(terminal ? field.nested() : field.label()) + ",\n");
      out.print(indent + "   \"data\": " + (terminal && field.label().isEmpty() ? "null" : Json.string(field.value())));
      if (next > i + 1) {
        out.print(",\n" + indent + "   \"children\": [");
        tree(fields, i + 1, next, depth + 1, indent + "      ");
        out.print("\n" + indent + "   ]");
      }
      out.print("\n" + indent + "}");
      i = next;
    }
  }

  // Tables of CPUs.

  private static List<Definition> defaultColumns(Host host) {
    List<Definition> columns = new ArrayList<>();
    columns.add(Column.of(Column.CPU, "CPU"));
    boolean frequencies = host.present.stream().anyMatch(cpu -> host.frequency(cpu, "cpuinfo_max_freq") > 0);
    boolean slowest = host.present.stream().anyMatch(cpu -> host.frequency(cpu, "cpuinfo_min_freq") > 0);
    boolean known = !host.kinds.isEmpty();
    List<Topology> topologies = host.kinds.stream().map(Host.Kind::topology).toList();
    add(columns, "NODE", !host.nodes.isEmpty());
    add(columns, "DRAWER", topologies.stream().anyMatch(topology -> !topology.drawers.isEmpty()));
    add(columns, "BOOK", topologies.stream().anyMatch(topology -> !topology.books.isEmpty()));
    add(columns, "SOCKET", topologies.stream().anyMatch(topology -> !topology.sockets.isEmpty()));
    add(columns, "CORE", topologies.stream().anyMatch(topology -> !topology.cores.isEmpty()));
    add(columns, "CACHE", !host.caches.isEmpty());
    add(columns, "ONLINE", true);
    add(columns, "CONFIGURED", known && host.present.stream().anyMatch(cpu -> !host.cpuFile(cpu, "configure").isEmpty()));
    add(columns, "POLARIZATION", known && host.present.stream().anyMatch(cpu -> !host.cpuFile(cpu, "polarization").isEmpty()));
    add(columns, "ADDRESS", known && host.present.stream().anyMatch(cpu -> !host.cpuFile(cpu, "address").isEmpty()));
    add(columns, "MAXMHZ", frequencies);
    add(columns, "MINMHZ", slowest);
    add(columns, "MHZ", frequencies || slowest);
    return columns;
  }

  private static void add(List<Definition> columns, String name, boolean wanted) {
    if (wanted) {
      columns.add(Column.of(Column.CPU, name));
    }
  }

  private boolean shown(Host host, int cpu) {
    return switch (cpus) {
      case 'b' -> host.online.get(cpu);
      case 'c' -> !host.online.get(cpu);
      case 'a' -> true;
      default -> mode != 'p' || host.online.get(cpu);
    };
  }

  private void extended(Host host, List<Definition> columns) {
    List<String> names = new ArrayList<>();
    for (Definition column : columns) {
      names.add(column.name().equals("CACHE") && !host.caches.isEmpty() ? String.join(":", host.caches.keySet()) : column.name());
    }
    List<List<String>> rows = new ArrayList<>();
    for (int cpu = host.present.nextSetBit(0); cpu >= 0; cpu = host.present.nextSetBit(cpu + 1)) {
      if (shown(host, cpu)) {
        List<String> row = new ArrayList<>();
        for (Definition column : columns) {
          row.add(cell(host, cpu, column.name(), ":"));
        }
        rows.add(row);
      }
    }
    table("cpus", columns, names, rows, "-");
  }

  private void parsable(Host host, List<Definition> columns, boolean separateCaches) {
    StringBuilder header = new StringBuilder(PARSABLE).append("# ");
    String between = separateCaches ? "," : ":";
    String comma = "";
    for (Definition column : columns) {
      String name = column.parsable();
      if (column.name().equals("CACHE") && !host.caches.isEmpty()) {
        name = (separateCaches ? comma : "") + String.join(between, host.caches.keySet());
      }
      if (column.name().equals("CACHE") && host.caches.isEmpty() && separateCaches) {
        comma = ",";
        continue;
      }
      header.append(comma).append(name);
      comma = ",";
    }
    out.print(header.append('\n'));
    for (int cpu = host.present.nextSetBit(0); cpu >= 0; cpu = host.present.nextSetBit(cpu + 1)) {
      if (!shown(host, cpu)) {
        continue;
      }
      StringBuilder line = new StringBuilder();
      comma = "";
      for (Definition column : columns) {
        boolean cache = column.name().equals("CACHE");
        if (cache && host.caches.isEmpty() && separateCaches) {
          comma = ",";
          continue;
        }
        // An empty column stood before the caches when they were the last.
        line.append(comma).append(cache && separateCaches ? comma : "");
        comma = ",";
        line.append(cell(host, cpu, column.name(), between));
      }
      out.print(line.append('\n'));
    }
  }

  private String cell(Host host, int cpu, String column, String between) {
    Host.Kind kind = host.kind(cpu);
    if (kind == null) {
      return "";
    }
    Place place = host.place(cpu);
    return switch (column) {
      case "CPU" -> Integer.toString(cpu);
      case "BOGOMIPS" -> {
        CpuInfo.Own own = host.info.cpus.get(cpu);
        String text = Summary.bogomips(own != null && own.bogomips() != null ? own.bogomips() : kind.info().get("bogomips"));
        yield text == null ? "" : text;
      }
      case "CORE" -> physical ? host.physical(cpu, "core_id") : index(place.core());
      case "SOCKET" -> physical ? host.physical(cpu, "physical_package_id") : index(place.socket());
      case "BOOK" -> physical ? host.physical(cpu, "book_id") : index(place.book());
      case "DRAWER" -> physical ? host.physical(cpu, "drawer_id") : index(place.drawer());
      case "NODE" -> index(host.node(cpu));
      case "CACHE" -> caches(host, cpu, between);
      case "POLARIZATION" -> polarization(host.cpuFile(cpu, "polarization"));
      case "ADDRESS" -> host.cpuFile(cpu, "address");
      case "CONFIGURED" -> yesOrNo(host.cpuFile(cpu, "configure"));
      case "ONLINE" -> yesOrNo(host.online.get(cpu) ? "1" : "0");
      case "MHZ" -> frequency(host.megahertz(cpu));
      case "MAXMHZ" -> frequency(host.frequency(cpu, "cpuinfo_max_freq"));
      case "MINMHZ" -> frequency(host.frequency(cpu, "cpuinfo_min_freq"));
      case "SCALMHZ%" -> {
        float most = host.frequency(cpu, "cpuinfo_max_freq");
        float now = host.frequency(cpu, "scaling_cur_freq");
        yield most > 0 && now > 0 ? String.format(Locale.ROOT, "%.0f%%", now / most * 100) : "";
      }
      default -> "";
    };
  }

  private static String index(int index) {
    return index < 0 ? "" : Integer.toString(index);
  }

  private static String frequency(float megahertz) {
    return megahertz > 0 ? String.format(Locale.ROOT, "%.4f", megahertz) : "";
  }

  private String yesOrNo(String text) {
    if (text.isEmpty()) {
      return "";
    }
    boolean yes = !text.equals("0");
    return mode == 'p' ? yes ? "Y" : "N" : yes ? "yes" : "no";
  }

  private String polarization(String text) {
    boolean letters = mode == 'p';
    return switch (text) {
      case "vertical:low" -> letters ? "VL" : "vert-low";
      case "vertical:medium" -> letters ? "VM" : "vert-medium";
      case "vertical:high" -> letters ? "VH" : "vert-high";
      case "horizontal" -> letters ? "H" : "horizontal";
      default -> letters ? "U" : text.isEmpty() ? "" : "-";
    };
  }

  private static String caches(Host host, int cpu, String between) {
    StringBuilder text = new StringBuilder();
    boolean found = false;
    for (Map.Entry<String, List<Cache>> entry : host.caches.entrySet()) {
      text.append(text.isEmpty() && !found ? "" : between);
      List<Cache> same = entry.getValue();
      for (int i = 0; i < same.size(); i++) {
        if (same.get(i).shared().get(cpu)) {
          text.append(same.get(i).id() >= 0 ? same.get(i).id() : i);
          found = true;
          break;
        }
      }
    }
    return found ? text.toString() : "";
  }

  // The table of caches.

  private void caches(Host host, List<Definition> given) {
    List<Definition> columns = given.isEmpty()
        ? Column.named(
            Column.CACHE, "NAME", "ONE-SIZE", "ALL-SIZE", "WAYS", "TYPE", "LEVEL", "SETS", "PHY-LINE", "COHERENCY-SIZE")
        : given;
    List<List<String>> rows = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(host.caches.keySet());
    names.addAll(host.extraCaches.keySet());
    for (String name : names) {
      List<Cache> same = host.caches.getOrDefault(name, List.of());
      Cache cache = same.isEmpty() ? host.extraCaches.get(name) : same.getFirst();
      if (cache != null) {
        List<String> row = new ArrayList<>();
        for (Definition column : columns) {
          row.add(cell(cache, Summary.sum(same), column.name()));
        }
        rows.add(row);
      }
    }
    table("caches", columns, columns.stream().map(Definition::name).toList(), rows, "");
  }

  private String cell(Cache cache, long all, String column) {
    return switch (column) {
      case "NAME" -> cache.name();
      case "ONE-SIZE" -> size(cache.size());
      case "ALL-SIZE" -> size(all);
      case "WAYS" -> positive(cache.ways());
      case "TYPE" -> cache.type();
      case "LEVEL" -> positive(cache.level());
      case "ALLOC-POLICY" -> cache.allocation();
      case "WRITE-POLICY" -> cache.write();
      case "PHY-LINE" -> positive(cache.partitions());
      case "SETS" -> positive(cache.sets());
      case "COHERENCY-SIZE" -> positive(cache.line());
      default -> "";
    };
  }

  private String size(long value) {
    return value == 0 ? "" : bytes ? Long.toString(value) : Cache.human(value, false);
  }

  private static String positive(long value) {
    return value == 0 ? "" : Long.toString(value);
  }

  private void table(String title, List<Definition> columns, List<String> names, List<List<String>> rows, String empty) {
    if (json) {
      jsonTable(title, columns, names, rows, empty);
      return;
    }
    if (rows.isEmpty()) {
      return;
    }
    int[] widths = new int[columns.size()];
    List<List<String>> lines = new ArrayList<>();
    lines.add(names);
    for (List<String> row : rows) {
      lines.add(row.stream().map(cell -> cell.isEmpty() ? empty : cell).toList());
    }
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        int padding = widths[i] - line.get(i).length();
        text.append(i == 0 ? "" : " ");
        if (i + 1 == widths.length && line.get(i).isEmpty()) {
          break;
        }
        if (columns.get(i).right()) {
          text.repeat(' ', padding).append(line.get(i));
        } else {
          text.append(line.get(i)).repeat(' ', i + 1 < widths.length ? padding : 0);
        }
      }
      out.print(text.append('\n'));
    }
  }

  private void jsonTable(
      String title, List<Definition> columns, List<String> names, List<List<String>> rows, String empty) {
    if (rows.isEmpty()) {
      out.print("{\n   \"" + title + "\": [\n\n   ]\n}\n");
      return;
    }
    StringBuilder text = new StringBuilder("{\n   \"" + title + "\": [\n      {\n");
    for (int r = 0; r < rows.size(); r++) {
      text.append(r == 0 ? "" : "      },{\n");
      for (int i = 0; i < columns.size(); i++) {
        text.append("         ").append(Json.string(names.get(i).toLowerCase(Locale.ROOT))).append(": ");
        text.append(value(columns.get(i), rows.get(r).get(i), empty)).append(i + 1 < columns.size() ? ",\n" : "\n");
      }
    }
    out.print(text.append("      }\n   ]\n}\n"));
  }

  private static String value(Definition column, String cell, String empty) {
    if (cell.isEmpty()) {
      return empty.isEmpty() || column.json() != Column.Json.STRING ? "null" : Json.string(empty);
    }
    return switch (column.json()) {
      case STRING -> Json.string(cell);
      case NUMBER -> cell;
      case BOOLEAN -> cell.equals("yes") ? "true" : "false";
    };
  }
}
