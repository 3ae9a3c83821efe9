package dev.portfire.inspect.lscpu;

import dev.portfire.inspect.SysRoot;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which CPUs of a kind share a core, a socket, a book, a drawer. */
final class Topology {
  /** The places of a CPU: indexes of the sets below, −1 if unknown. */
  record Place(int core, int socket, int book, int drawer) {}

  static final Place NOWHERE = new Place(-1, -1, -1, -1);

  final List<BitSet> cores = new ArrayList<>();
  final List<BitSet> sockets = new ArrayList<>();
  final List<BitSet> books = new ArrayList<>();
  final List<BitSet> drawers = new ArrayList<>();
  final Map<Integer, Place> places = new HashMap<>();
  int threadsPerCore;

  private Topology() {}

  static Topology read(SysRoot root, Iterable<Integer> cpus) {
    Topology topology = new Topology();
    for (int cpu : cpus) {
      String directory = "/sys/devices/system/cpu/cpu" + cpu + "/topology/";
      BitSet threads = mask(root, directory + "thread_siblings");
      if (threads == null) {
        continue;
      }
      topology.threadsPerCore = Math.max(topology.threadsPerCore, threads.cardinality());
      topology.places.put(cpu, new Place(
          index(topology.cores, threads),
          index(topology.sockets, mask(root, directory + "core_siblings")),
          index(topology.books, mask(root, directory + "book_siblings")),
          index(topology.drawers, mask(root, directory + "drawer_siblings"))));
    }
    return topology;
  }

  private static @Nullable BitSet mask(SysRoot root, String file) {
    return root.line(file).flatMap(CpuList::parseMask).orElse(null);
  }

  private static int index(List<BitSet> sets, @Nullable BitSet set) {
    if (set == null) {
      return -1;
    }
    int index = sets.indexOf(set);
    if (index < 0) {
      sets.add(set);
      index = sets.size() - 1;
    }
    return index;
  }
}
