package dev.portfire.inspect.lscpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The columns of tables: their names, how they are aligned, and what they are in JSON. */
final class Column {
  /** What a cell is in JSON. */
  enum Json {
    STRING,
    NUMBER,
    BOOLEAN
  }

  /**
   * One of them.
   *
   * @param parsable the name in lscpu's parsable format
   */
  record Definition(String name, String parsable, boolean right, Json json, String help) {}

  private static Definition left(String name, String parsable, Json json, String help) {
    return new Definition(name, parsable, false, json, help);
  }

  private static Definition right(String name, String parsable, Json json, String help) {
    return new Definition(name, parsable, true, json, help);
  }

  static final List<Definition> CPU = List.of(
      right("BOGOMIPS", "BOGOMIPS", Json.NUMBER, "crude measurement of CPU speed"),
      right("CPU", "CPU", Json.NUMBER, "logical CPU number"),
      right("CORE", "Core", Json.NUMBER, "logical core number"),
      right("SOCKET", "Socket", Json.NUMBER, "logical socket number"),
      right("CLUSTER", "Cluster", Json.NUMBER, "logical cluster number"),
      right("NODE", "Node", Json.NUMBER, "logical NUMA node number"),
      right("BOOK", "Book", Json.NUMBER, "logical book number"),
      right("DRAWER", "DRAWER", Json.STRING, "logical drawer number"),
      left("CACHE", "CACHE", Json.STRING, "shows how caches are shared between CPUs"),
      left("POLARIZATION", "Polarization", Json.STRING, "CPU dispatching mode on virtual hardware"),
      left("ADDRESS", "Address", Json.STRING, "physical address of a CPU"),
      left("CONFIGURED", "Configured", Json.BOOLEAN, "shows if the hypervisor has allocated the CPU"),
      right("ONLINE", "Online", Json.BOOLEAN, "shows if Linux currently makes use of the CPU"),
      right("MHZ", "Mhz", Json.NUMBER, "shows the currently MHz of the CPU"),
      right("SCALMHZ%", "SCALMHZ%", Json.STRING, "shows scaling percentage of the CPU frequency"),
      right("MAXMHZ", "Maxmhz", Json.NUMBER, "shows the maximum MHz of the CPU"),
      right("MINMHZ", "Minmhz", Json.NUMBER, "shows the minimum MHz of the CPU"));

  static final List<Definition> CACHE = List.of(
      right("ALL-SIZE", "ALL-SIZE", Json.STRING, "size of all system caches"),
      right("LEVEL", "LEVEL", Json.NUMBER, "cache level"),
      left("NAME", "NAME", Json.STRING, "cache name"),
      right("ONE-SIZE", "ONE-SIZE", Json.STRING, "size of one cache"),
      left("TYPE", "TYPE", Json.STRING, "cache type"),
      right("WAYS", "WAYS", Json.NUMBER, "ways of associativity"),
      left("ALLOC-POLICY", "ALLOC-POLICY", Json.STRING, "allocation policy"),
      left("WRITE-POLICY", "WRITE-POLICY", Json.STRING, "write policy"),
      right("PHY-LINE", "PHY-LINE", Json.NUMBER, "number of physical cache line per cache t"),
      right("SETS", "SETS", Json.NUMBER, "number of sets in the cache; set lines has the same cache index"),
      right("COHERENCY-SIZE", "COHERENCY-SIZE", Json.NUMBER, "minimum amount of data in bytes transferred from memory to cache"));

  private Column() {}

  static Definition of(List<Definition> all, String name) {
    return find(all, name).orElseThrow();
  }

  static Optional<Definition> find(List<Definition> all, String name) {
    for (Definition column : all) {
      if (column.name.equals(name.toUpperCase(Locale.ROOT))) {
        return Optional.of(column);
      }
    }
    return Optional.empty();
  }

  static List<Definition> named(List<Definition> all, String... names) {
    List<Definition> columns = new ArrayList<>();
    for (String name : names) {
      columns.add(of(all, name));
    }
    return columns;
  }
}
