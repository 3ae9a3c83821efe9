package dev.portfire.inspect.perf;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a kernel and its modules are.
 *
 * <p>Not synchronized.
 */
final class KernelMap {
  private record Area(String object, long start, long end, Symbols symbols) {
    boolean has(long address) {
      return Long.compareUnsigned(address, start) >= 0 && Long.compareUnsigned(address, end) < 0;
    }
  }

  /** Places are remembered, up to so many addresses. */
  private static final int MOST_PLACES = 1 << 20;

  private final TreeMap<Long, Area> modules = new TreeMap<>(Long::compareUnsigned);
  private final Map<String, Symbols> symbolsOfModules = new HashMap<>();
  private final Map<Long, Place> places = new HashMap<>();
  private final Map<Area, Map<Integer, Place>> bySymbol = new HashMap<>();
  private Area kernel;

  /**
   * Makes one that knows nothing.
   *
   * @param object the kernel's name in reports
   */
  KernelMap(String object) {
    kernel = new Area(object, 0, 0, Symbols.NONE);
  }

  /** The kernel's symbols, which say where it is. */
  void symbols(Symbols symbols) {
    if (!symbols.isEmpty()) {
      kernel = new Area(kernel.object, symbols.start(), symbols.end(), symbols);
      places.clear();
    }
  }

  /** Where the kernel is, which matters as long as there are no symbols. */
  void range(long start, long size) {
    if (kernel.symbols.isEmpty()) {
      kernel = new Area(kernel.object, start, start + size, Symbols.NONE);
      places.clear();
    }
  }

  /** Symbols of modules whose place is not known yet. */
  void symbolsOfModules(Map<String, Symbols> symbols) {
    symbolsOfModules.putAll(symbols);
  }

  /** Where a module is that {@link #symbolsOfModules} may have the symbols of. */
  void module(String object, long start, long size) {
    String name = object.startsWith("[") && object.endsWith("]") ? object.substring(1, object.length() - 1) : object;
    module(object, start, size, symbolsOfModules.getOrDefault(name, Symbols.NONE));
  }

  void module(String object, long start, long size, Symbols symbols) {
    modules.put(start, new Area(object, start, start + size, symbols));
    places.clear();
  }

  /** What an address belongs to. */
  Place find(char level, long address) {
    Place known = places.get(address);
    if (known != null && known.level() == level) {
      return known;
    }
    Place place = look(level, address);
    if (places.size() == MOST_PLACES) {
      places.clear();
    }
    places.put(address, place);
    return place;
  }

  /** The address of the symbol that an address is in, or the same address. */
  long symbolStart(long address) {
    Area area = area(address);
    int symbol = area.symbols.find(address);
    return symbol < 0 || !area.has(address) ? address : area.symbols.start(symbol);
  }

  private Area area(long address) {
    Map.Entry<Long, Area> below = modules.floorEntry(address);
    return below != null && below.getValue().has(address) ? below.getValue() : kernel;
  }

  private Place look(char level, long address) {
    Area area = area(address);
    boolean module = !area.equals(kernel);
    if (!area.has(address)) {
      return Place.unknown(level, address);
    }
    int symbol = area.symbols.find(address);
    if (symbol < 0) {
      return new Place(area.object, "", level, module ? address - area.start : address, false);
    }
    return bySymbol.computeIfAbsent(area, unused -> new HashMap<>()).computeIfAbsent(symbol, unused -> new Place(
        area.object, area.symbols.name(symbol), level, address - area.symbols.start(symbol), area.symbols.isData(symbol)));
  }
}
