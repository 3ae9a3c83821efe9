package dev.portfire.inspect.perf;

import dev.portfire.inspect.SysRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where samples were taken: for each event, how many in which program and symbol of the host and its guests. */
final class Profile implements Processes.Receiver {
  /** Kinds of records that tell of processes, and what is in the low bits of {@code misc}. */
  static final int MMAP = 1;

  static final int COMM = 3;
  static final int FORK = 7;
  static final int MMAP2 = 10;
  static final int MODE = 7;
  static final int HOST_KERNEL = 1;
  static final int HOST_USER = 2;
  static final int GUEST_KERNEL = 4;
  static final int GUEST_USER = 5;

  /** What of the name of an object is shown, NAME_MAX. */
  private static final int LONGEST_NAME = 255;

  /** With so many bytes of symbols no more are read: what a recording names may be all of this host's files. */
  private static final long MOST_SYMBOLS = 512 << 20;

  /** What is counted. */
  static final class Row {
    final String command;
    final int process;
    final Place place;
    long samples;
    long period;

    Row(String command, int process, Place place) {
      this.command = command;
      this.process = process;
      this.place = place;
    }
  }

  private record Key(String command, int process, Place place) {}

  /** One event's samples. */
  static final class Counts {
    private final Map<Key, Row> rows = new HashMap<>();
    long samples;
    long period;

    Collection<Row> rows() {
      return rows.values();
    }
  }

  private final SysRoot root;
  private final Guests guests;
  private final PerfData data;
  private final Processes processes;
  private final long[] modes = new long[MODE + 1];
  private final List<Counts> counts = new ArrayList<>();
  private final Map<Integer, KernelMap> guestKernels = new HashMap<>();
  private final Map<Integer, Boolean> askedGuests = new HashMap<>();
  private final Map<String, Optional<Elf>> files = new HashMap<>();
  private final Map<Path, Optional<Elf>> elves = new HashMap<>();
  private long symbolBytes;
  private final Map<String, Map<Integer, Place>> places = new HashMap<>();
  private final KernelMap host = new KernelMap("[kernel.kallsyms]");

  Profile(SysRoot root, Guests guests, PerfData data) throws IOException {
    this.root = root;
    this.guests = guests;
    this.data = data;
    processes = new Processes(data, this);
    guestKernels.put(0, guests.kernel());
    if (guests.host()) {
      hostSymbols();
    }
  }

  /** The host's own symbols, if the recording is of the kernel that runs now. */
  private void hostSymbols() throws IOException {
    String recorded = data.buildIds().stream().filter(id -> id.file().startsWith("[kernel.kallsyms]")).map(BuildId::id).findFirst().orElse("");
    String running = root.bytes("/sys/kernel/notes", 1 << 16).map(Elf::buildId).orElse("");
    Path kallsyms = root.path("/proc/kallsyms");
    if ((recorded.isEmpty() || recorded.equals(running)) && Files.isReadable(kallsyms)) {
      try {
        Map<String, Symbols> symbols = Kallsyms.symbols(kallsyms, Kallsyms.read(kallsyms));
        host.symbols(symbols.getOrDefault("", Symbols.NONE));
        host.symbolsOfModules(symbols);
      } catch (PerfException e) {
        // Addresses are hidden from this user: they stay numbers.
      }
    }
  }

  /** Reads all of the recording. */
  void read() throws IOException {
    data.read(processes);
    processes.finish();
  }

  /** What was counted, by the event's place among the attributes. */
  Counts counts(int event) {
    while (counts.size() <= event) {
      counts.add(new Counts());
    }
    return counts.get(event);
  }

  /** What takes the recording's records. */
  PerfData.Records records() {
    return processes;
  }

  /** How many samples came of a mode, as {@link #HOST_USER}, of all events. */
  long samples(int mode) {
    return modes[mode];
  }

  /**
   * Lets what was counted fade by an eighth, or forgets it.
   *
   * @param all whether all of it is forgotten
   */
  void age(boolean all) {
    if (all) {
      counts.clear();
      return;
    }
    for (Counts count : counts) {
      count.rows.values().removeIf(row -> {
        row.samples = faded(row.samples);
        row.period = faded(row.period);
        return row.period == 0;
      });
      count.samples = faded(count.samples);
      count.period = faded(count.period);
    }
  }

  private static long faded(long number) {
    return number - (number + 7 >>> 3);
  }

  @Override
  public void sample(int event, int mode, int process, int thread, long ip, long period) throws PerfException {
    modes[mode]++;
    Counts count = counts(event);
    count.samples++;
    count.period += period;
    boolean ofGuest = mode == GUEST_KERNEL || mode == GUEST_USER;
    // What is neither's, a hypervisor's, is always shown.
    if (ofGuest ? !guests.guest() : (mode == HOST_KERNEL || mode == HOST_USER) && !guests.host()) {
      return;
    }
    Place place;
    String command;
    try {
      if (ofGuest) {
        int number = guestOf(process);
        place = mode == GUEST_USER ? Place.unknown('u', ip) : guestKernel(number).find('g', ip);
        command = thread == 0 ? "[guest/" + number + "]" : ":" + thread;
      } else {
        place = mode == HOST_KERNEL ? host.find('k', ip) : mode == HOST_USER ? user(process, ip) : Place.unknown('H', ip);
        command = processes.command(thread);
      }
    } catch (IOException e) {
      throw e instanceof PerfException known ? known : new PerfException(String.valueOf(e.getMessage()));
    }
    Row row = count.rows.computeIfAbsent(new Key(command, process, place), key -> new Row(key.command, key.process, key.place));
    row.samples++;
    row.period += period;
  }

  /** The number of a guest: its process, if something is known of it; otherwise 0. */
  private int guestOf(int process) throws IOException {
    if (!askedGuests.containsKey(process)) {
      Optional<KernelMap> own = guests.kernel(process);
      own.ifPresent(map -> guestKernels.put(process, map));
      askedGuests.put(process, own.isPresent());
    }
    return guestKernels.containsKey(process) ? process : 0;
  }

  private KernelMap guestKernel(int number) {
    return guestKernels.computeIfAbsent(number, unused -> new KernelMap(Guests.KERNEL));
  }

  @Override
  public void kernelMapping(int mode, int process, long start, long size, String file) throws PerfException {
    KernelMap map;
    try {
      map = mode == HOST_KERNEL ? host : guestKernel(guestOf(process));
      if (mode == GUEST_KERNEL && process > 0 && !guestKernels.containsKey(process)) {
        map = guestKernel(process);
      }
    } catch (IOException e) {
      throw e instanceof PerfException known ? known : new PerfException(String.valueOf(e.getMessage()));
    }
    if (file.startsWith("[kernel.kallsyms]") || file.startsWith("[guest.kernel.kallsyms")) {
      map.range(start, size);
    } else {
      map.module(moduleName(file), start, size);
    }
  }

  /** "[name]", from that or from the name of a file. */
  private static String moduleName(String path) {
    String file = path.substring(Math.max(0, path.length() - LONGEST_NAME));
    if (path.startsWith("[")) {
      return path.substring(0, Math.min(path.length(), LONGEST_NAME));
    }
    String name = file.substring(file.lastIndexOf('/') + 1);
    int suffix = name.indexOf(".ko");
    return "[" + (suffix < 0 ? name : name.substring(0, suffix)).replace('-', '_') + "]";
  }

  private Place user(int process, long ip) {
    Mappings.Mapping mapping = processes.mapping(process, ip);
    if (mapping == null) {
      return Place.unknown('.', ip);
    }
    String object = mapping.file().startsWith("[") ? mapping.file() : mapping.file().substring(mapping.file().lastIndexOf('/') + 1);
    object = object.substring(0, Math.min(object.length(), LONGEST_NAME));
    long offset = ip - mapping.start() + mapping.offset();
    Optional<Elf> elf = files.computeIfAbsent(mapping.file(), this::elf);
    long address = elf.isEmpty() ? -1 : elf.get().address(offset);
    int symbol = elf.isEmpty() ? -1 : elf.get().symbols().find(address);
    if (symbol < 0) {
      return new Place(object, "", '.', offset, false);
    }
    Symbols symbols = elf.get().symbols();
    String name = object;
    return places.computeIfAbsent(mapping.file(), unused -> new HashMap<>()).computeIfAbsent(symbol, unused -> new Place(
        name, symbols.name(symbol), '.', address - symbols.start(symbol), symbols.isData(symbol)));
  }

  private Optional<Elf> elf(String file) {
    // A name out of a recording: nothing but a plain file is opened, and each only once, whatever its names.
    Path path = file.startsWith("/") ? root.path(file) : root.path("/");
    try {
      return Files.isRegularFile(path) ? elves.computeIfAbsent(path.toRealPath(), this::read) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Optional<Elf> read(Path path) {
    if (symbolBytes > MOST_SYMBOLS) {
      return Optional.empty();
    }
    try {
      Elf elf = Elf.read(path);
      if (elf.buildId().length() > 2) {
        // What a distribution has taken out of the file.
        Path symbols = root.path("/usr/lib/debug/.build-id/" + elf.buildId().substring(0, 2) + "/" + elf.buildId().substring(2) + ".debug");
        elf = Files.isRegularFile(symbols) ? elf.withSymbolsOf(Elf.read(symbols)) : elf;
      }
      symbolBytes += elf.symbols().bytes();
      return Optional.of(elf);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
