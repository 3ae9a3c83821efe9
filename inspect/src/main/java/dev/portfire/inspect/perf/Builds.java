package dev.portfire.inspect.perf;

import dev.portfire.inspect.SysRoot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds out which builds of programs, libraries and kernels the samples of a recording were taken in, so that others find the right symbols. */
final class Builds implements Processes.Receiver {
  private static final int LONGEST_NOTES = 1 << 16;
  private static final int ID = 20;

  /** What perf's {@code struct build_id_event} ends at. */
  private static final int NAME = 64;

  private static final String KERNEL = "[kernel.kallsyms]";

  private record Module(String name, long end) {}

  private final SysRoot root;
  private final Guests guests;
  private final Processes processes;
  private final TreeMap<Long, Module> modules = new TreeMap<>(Long::compareUnsigned);
  private final Set<String> files = new TreeSet<>();
  private final Set<String> seenModules = new TreeSet<>();
  private final Set<Integer> seenGuests = new HashSet<>();
  private boolean kernel;
  private long samples;

  private Builds(SysRoot root, Guests guests, PerfData data) {
    this.root = root;
    this.guests = guests;
    processes = new Processes(data, this);
  }

  /** Those of what has been written. */
  static Builds of(SysRoot root, Guests guests, PerfWriter writer) throws IOException {
    try (PerfData data = PerfData.live(writer.attributes(), Optional.empty())) {
      Builds builds = new Builds(root, guests, data);
      writer.read(bytes -> data.feed(bytes, builds.processes));
      builds.processes.finish();
      return builds;
    }
  }

  @Override
  public void sample(int event, int mode, int process, int thread, long ip, long period) {
    samples++;
    switch (mode) {
      case Profile.HOST_KERNEL -> {
        Map.Entry<Long, Module> below = modules.floorEntry(ip);
        if (below != null && Long.compareUnsigned(ip, below.getValue().end) < 0) {
          seenModules.add(below.getValue().name);
        } else {
          kernel = true;
        }
      }
      case Profile.HOST_USER -> {
        Mappings.Mapping mapping = processes.mapping(process, ip);
        if (mapping != null) {
          files.add(mapping.file());
        }
      }
      case Profile.GUEST_KERNEL -> seenGuests.add(process);
      default -> {
        // Nobody knows the programs of guests.
      }
    }
  }

  @Override
  public void kernelMapping(int mode, int process, long start, long size, String file) {
    if (mode == Profile.HOST_KERNEL && !file.startsWith(KERNEL)) {
      modules.put(start, new Module(file, start + size));
    }
  }

  /** How many samples there are. */
  long samples() {
    return samples;
  }

  /** The feature {@link PerfData#BUILD_ID}. */
  byte[] feature() throws IOException {
    ByteArrayOutputStream feature = new ByteArrayOutputStream();
    if (kernel) {
      add(feature, Profile.HOST_KERNEL, -1, root.bytes("/sys/kernel/notes", LONGEST_NOTES).map(Elf::buildId).orElse(""), KERNEL);
    }
    for (String module : seenModules) {
      String notes = "/sys/module/" + module.replaceAll("[\\[\\]]", "") + "/notes/.note.gnu.build-id";
      add(feature, Profile.HOST_KERNEL, -1, root.bytes(notes, LONGEST_NOTES).map(Elf::buildId).orElse(""), module);
    }
    for (String file : files) {
      // Names come from the kernel, but what is there may be anything by now.
      Path path = file.startsWith("/") && file.indexOf(0) < 0 ? root.path(file) : root.path("/");
      add(feature, Profile.HOST_USER, -1, Files.isRegularFile(path) ? Elf.buildIdOf(path) : "", file);
    }
    for (int process : guests.guest() ? guests.mounted() : Set.<Integer>of()) {
      Path notes = guests.proc(process).orElseThrow().resolveSibling("sys").resolve("kernel/notes");
      if (seenGuests.contains(process) && Files.isReadable(notes)) {
        add(feature, Profile.GUEST_KERNEL, process, Elf.buildId(notes(notes)), "[guest.kernel.kallsyms." + process + "]");
      }
    }
    return feature.toByteArray();
  }

  private static byte[] notes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(LONGEST_NOTES);
    }
  }

  private static void add(ByteArrayOutputStream feature, int mode, int process, String id, String file) {
    if (id.isEmpty() || id.length() > 2 * ID) {
      return;
    }
    byte[] padded = new byte[ID + 4];
    byte[] bytes = HexFormat.of().parseHex(id);
    System.arraycopy(bytes, 0, padded, 0, bytes.length);
    padded[ID] = (byte) bytes.length;
    feature.writeBytes(new Item(0, mode | BuildId.SIZED).number(process).bytes(padded).name(file, NAME).end());
  }
}
