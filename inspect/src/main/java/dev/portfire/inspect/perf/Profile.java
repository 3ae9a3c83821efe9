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
import java.util.TreeMap;

/** Where samples were taken: for each event, how many in which program and symbol of the host and its guests. */
final class Profile implements PerfData.Records, EventOrder.Receiver {
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
  private static final int COMM_EXEC = 1 << 13;

  /** How an event waits for earlier ones: what it is in the low bits of its last word, and its event or its place in a list. */
  private static final int KIND_BITS = 4;

  private static final int EVENT_BITS = 12;
  private static final int ASIDE = 8;
  private static final int MOST_ASIDE = 1 << 22;

  /** As many mappings as may be copied when processes fork; a hostile recording is told from a large one by it. */
  private static final int MOST_COPIES = 1 << 24;

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

  private record Mapping(String file, long start, long end, long offset) {}

  private final SysRoot root;
  private final Guests guests;
  private final PerfData data;
  private final EventOrder order = new EventOrder(this);
  private final List<Sample> layouts = new ArrayList<>();
  private final List<Counts> counts = new ArrayList<>();
  private final List<byte[]> aside = new ArrayList<>();
  private final Map<Integer, String> commands = new HashMap<>();
  private final Map<Integer, TreeMap<Long, Mapping>> mappings = new HashMap<>();
  private final Map<Integer, KernelMap> guestKernels = new HashMap<>();
  private final Map<Integer, Boolean> askedGuests = new HashMap<>();
  private final Map<String, Optional<Elf>> files = new HashMap<>();
  private final Map<String, Map<Integer, Place>> places = new HashMap<>();
  private final KernelMap host = new KernelMap("[kernel.kallsyms]");
  private int copies;

  Profile(SysRoot root, Guests guests, PerfData data) throws IOException {
    this.root = root;
    this.guests = guests;
    this.data = data;
    guestKernels.put(0, guests.kernel());
    commands.put(0, "swapper");
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
    data.read(this);
    order.finish();
  }

  /** What was counted, by the event's place among the attributes. */
  Counts counts(int event) {
    while (counts.size() <= event) {
      counts.add(new Counts());
    }
    return counts.get(event);
  }

  /** Begins to count anew. */
  void clear() {
    counts.clear();
  }

  @Override
  public void sample(int event, long[] words, int from, int to) throws PerfException {
    if (event >= 1 << EVENT_BITS) {
      throw new PerfException("has more than " + (1 << EVENT_BITS) + " events");
    }
    while (layouts.size() <= event) {
      layouts.add(new Sample(data.attributes().get(layouts.size())));
    }
    Sample layout = layouts.get(event);
    layout.check(from, to);
    int mode = (int) (words[from - 1] >>> 32) & MODE;
    long period = layout.period < 0 ? data.attributes().get(event).period() : words[from + layout.period];
    order.add(
        layout.time < 0 ? 0 : words[from + layout.time],
        layout.ip < 0 ? 0 : words[from + layout.ip],
        layout.thread < 0 ? -1 : words[from + layout.thread],
        period << EVENT_BITS + KIND_BITS | (long) event << KIND_BITS | mode);
  }

  @Override
  public void other(int type, byte[] record) throws PerfException {
    if (type != MMAP && type != MMAP2 && type != COMM && type != FORK) {
      return;
    }
    if (aside.size() == MOST_ASIDE) {
      throw new PerfException("is damaged: more than " + MOST_ASIDE + " processes and mappings");
    }
    aside.add(record);
    EventAttribute attribute = data.attributes().isEmpty() ? EventAttribute.NONE : data.attributes().getFirst();
    order.add(attribute.timeOfOther(record), 0, 0, (long) (aside.size() - 1) << KIND_BITS | ASIDE);
  }

  @Override
  public void roundFinished() throws PerfException {
    order.roundFinished();
  }

  @Override
  public void event(long time, long ip, long thread, long what) throws PerfException {
    int kind = (int) what & (1 << KIND_BITS) - 1;
    if (kind == ASIDE) {
      byte[] record = aside.set((int) (what >>> KIND_BITS), new byte[0]);
      take(new Cursor(record, PerfData.RECORD_HEADER, record.length, "a record of a process"), Cursor.i32(record, 0), Cursor.u16(record, 4));
      return;
    }
    Counts count = counts((int) (what >>> KIND_BITS) & (1 << EVENT_BITS) - 1);
    long period = what >>> EVENT_BITS + KIND_BITS;
    count.samples++;
    count.period += period;
    int process = (int) thread;
    int tid = (int) (thread >>> 32);
    boolean ofGuest = kind == GUEST_KERNEL || kind == GUEST_USER;
    // What is neither's, a hypervisor's, is always shown.
    if (ofGuest ? !guests.guest() : (kind == HOST_KERNEL || kind == HOST_USER) && !guests.host()) {
      return;
    }
    Place place;
    String command;
    try {
      if (ofGuest) {
        int number = guestOf(process);
        place = kind == GUEST_USER ? Place.unknown('u', ip) : guestKernel(number).find('g', ip);
        command = tid == 0 ? "[guest/" + number + "]" : ":" + tid;
      } else {
        place = kind == HOST_KERNEL ? host.find('k', ip) : kind == HOST_USER ? user(process, ip) : Place.unknown('H', ip);
        command = commands.getOrDefault(tid, ":" + tid);
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

  private void take(Cursor c, int type, int misc) throws PerfException {
    int process = c.i32();
    if (type == FORK) {
      int parent = c.i32();
      int tid = c.i32();
      int parentTid = c.i32();
      String command = commands.get(parentTid);
      if (command != null) {
        commands.put(tid, command);
      }
      TreeMap<Long, Mapping> of = mappings.get(parent);
      if (of != null && parent != process) {
        copies += of.size();
        if (copies > MOST_COPIES) {
          throw new PerfException("is damaged: its processes have too many mappings");
        }
        mappings.put(process, new TreeMap<>(of));
      }
      return;
    }
    int tid = c.i32();
    if (type == COMM) {
      commands.put(tid, c.terminated());
      if ((misc & COMM_EXEC) != 0) {
        mappings.remove(process);
      }
      return;
    }
    long start = c.i64();
    long size = c.i64();
    long offset = c.i64();
    if (type == MMAP2) {
      // The file by device and inode, or its build id; the protection and flags.
      c.skip(24 + 8);
    }
    mapping(misc & MODE, process, start, size, offset, c.terminated());
  }

  private void mapping(int mode, int process, long start, long size, long offset, String file) throws PerfException {
    boolean kernel = mode == HOST_KERNEL || mode == GUEST_KERNEL;
    if (!kernel) {
      TreeMap<Long, Mapping> of = mappings.computeIfAbsent(process, unused -> new TreeMap<>(Long::compareUnsigned));
      if (++copies > MOST_COPIES) {
        throw new PerfException("is damaged: its processes have too many mappings");
      }
      of.put(start, new Mapping(file, start, start + size, offset));
      return;
    }
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
  private static String moduleName(String file) {
    if (file.startsWith("[")) {
      return file;
    }
    String name = file.substring(file.lastIndexOf('/') + 1);
    int suffix = name.indexOf(".ko");
    return "[" + (suffix < 0 ? name : name.substring(0, suffix)).replace('-', '_') + "]";
  }

  private Place user(int process, long ip) {
    TreeMap<Long, Mapping> of = mappings.get(process);
    Map.Entry<Long, Mapping> below = of == null ? null : of.floorEntry(ip);
    if (below == null || Long.compareUnsigned(ip, below.getValue().end) >= 0) {
      return Place.unknown('.', ip);
    }
    Mapping mapping = below.getValue();
    String object = mapping.file.startsWith("[") ? mapping.file : mapping.file.substring(mapping.file.lastIndexOf('/') + 1);
    long offset = ip - mapping.start + mapping.offset;
    Optional<Elf> elf = files.computeIfAbsent(mapping.file, this::elf);
    long address = elf.isEmpty() ? -1 : elf.get().address(offset);
    int symbol = elf.isEmpty() ? -1 : elf.get().symbols().find(address);
    if (symbol < 0) {
      return new Place(object, "", '.', offset, false);
    }
    Symbols symbols = elf.get().symbols();
    return places.computeIfAbsent(mapping.file, unused -> new HashMap<>()).computeIfAbsent(symbol, unused -> new Place(
        object, symbols.name(symbol), '.', address - symbols.start(symbol), symbols.isData(symbol)));
  }

  private Optional<Elf> elf(String file) {
    // A name out of a recording: nothing but a plain file is opened.
    Path path = file.startsWith("/") ? root.path(file) : root.path("/");
    if (!Files.isRegularFile(path)) {
      return Optional.empty();
    }
    try {
      Elf elf = Elf.read(path);
      if (elf.buildId().length() > 2) {
        // What a distribution has taken out of the file.
        Path symbols = root.path("/usr/lib/debug/.build-id/" + elf.buildId().substring(0, 2) + "/" + elf.buildId().substring(2) + ".debug");
        return Optional.of(Files.isRegularFile(symbols) ? elf.withSymbolsOf(Elf.read(symbols)) : elf);
      }
      return Optional.of(elf);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
