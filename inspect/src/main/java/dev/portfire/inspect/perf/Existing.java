package dev.portfire.inspect.perf;

import dev.portfire.inspect.SysRoot;
import dev.portfire.linux.PerfRing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Records of what is there before a recording begins: kernels, threads, mappings. Of later ones the kernel tells. */
final class Existing {
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int PROT_EXEC = 4;
  private static final int MAP_SHARED = 1;
  private static final int MAP_PRIVATE = 2;

  /** Names end at a whole word. */
  private static final int WORD = 8;

  private static final String KERNEL = "[kernel.kallsyms]";

  /** A line of /proc/PID/maps, proc(5). */
  private static final Pattern MAPPING = Pattern.compile(
      "([0-9a-f]{1,16})-([0-9a-f]{1,16}) (.)(.)(.)(.) ([0-9a-f]{1,16}) ([0-9a-f]{1,8}):([0-9a-f]{1,8}) (\\d{1,20}) *(.*)");

  private final SysRoot root;
  private final EventAttribute event;
  private final PerfRing.Sink sink;

  /**
   * Makes one.
   *
   * @param event the recording's first one, whose form records have
   * @param sink where records go to
   */
  Existing(SysRoot root, EventAttribute event, PerfRing.Sink sink) {
    this.root = root;
    this.event = event;
    this.sink = sink;
  }

  private void write(Item item) throws IOException {
    sink.write(ByteBuffer.wrap(item.end(event, 0)));
  }

  /** The names of all threads. */
  void names() throws IOException {
    for (int process : numbers("/proc")) {
      names(process);
    }
  }

  private Set<Integer> numbers(String directory) {
    Set<Integer> numbers = new TreeSet<>();
    for (String name : root.unsorted(directory)) {
      if (name.matches("\\d{1,9}")) {
        numbers.add(Integer.parseInt(name));
      }
    }
    return numbers;
  }

  private void names(int process) throws IOException {
    for (int thread : numbers("/proc/" + process + "/task")) {
      String name = root.line("/proc/" + process + "/task/" + thread + "/comm").orElse("");
      if (!name.isEmpty()) {
        write(new Item(PerfData.COMM, 0).number(process).number(thread).name(name, WORD));
      }
    }
  }

  /**
   * Threads' names, and what of programs and libraries is mapped to be executed.
   *
   * @param threads only those that these belong to; or all if there is none
   */
  void processes(Set<Integer> threads) throws IOException {
    Set<Integer> processes = new TreeSet<>();
    for (int thread : threads) {
      root.text("/proc/" + thread + "/status").ifPresent(status -> status.lines().filter(line -> line.startsWith("Tgid:"))
          .forEach(line -> SysRoot.number(line.substring(5).strip(), 10).ifPresent(number -> processes.add((int) number))));
    }
    for (int process : threads.isEmpty() ? numbers("/proc") : processes) {
      names(process);
      for (String line : (Iterable<String>) root.text("/proc/" + process + "/maps").orElse("").lines()::iterator) {
        Matcher m = MAPPING.matcher(line);
        if (m.matches() && m.group(5).equals("x")) {
          mapping(process, m);
        }
      }
    }
  }

  private void mapping(int process, Matcher m) throws IOException {
    long start = Long.parseUnsignedLong(m.group(1), 16);
    int protection = (m.group(3).equals("r") ? PROT_READ : 0) | (m.group(4).equals("w") ? PROT_WRITE : 0) | PROT_EXEC;
    String file = m.group(11).isEmpty() ? "//anon" : m.group(11);
    write(new Item(Profile.MMAP2, Profile.HOST_USER).number(process).number(process)
        .word(start).word(Long.parseUnsignedLong(m.group(2), 16) - start).word(Long.parseUnsignedLong(m.group(7), 16))
        .number(Integer.parseUnsignedInt(m.group(8), 16)).number(Integer.parseUnsignedInt(m.group(9), 16))
        .word(Long.parseUnsignedLong(m.group(10))).word(0)
        .number(protection).number(m.group(6).equals("s") ? MAP_SHARED : MAP_PRIVATE).name(file, WORD));
  }

  /** The kernel that runs and its modules; false if it hides them from this user. */
  boolean kernel() throws IOException {
    Path kallsyms = root.path("/proc/kallsyms");
    if (!Files.isReadable(kallsyms) || !kernel(Profile.HOST_KERNEL, -1, KERNEL, Kallsyms.read(kallsyms))) {
      return false;
    }
    Path modules = root.path("/proc/modules");
    if (Files.isReadable(modules)) {
      modules(Profile.HOST_KERNEL, -1, modules);
    }
    return true;
  }

  /** The kernels of guests, as far as there are copies of their symbols. */
  void guests(Guests guests) throws IOException {
    if (!guests.guest()) {
      return;
    }
    if (guests.kallsyms().isPresent()) {
      boolean unused = kernel(Profile.GUEST_KERNEL, 0, Guests.KERNEL, Kallsyms.read(guests.kallsyms().get()));
    }
    if (guests.modules().isPresent()) {
      modules(Profile.GUEST_KERNEL, 0, guests.modules().get());
    }
    for (int process : guests.mounted()) {
      Path proc = guests.proc(process).orElseThrow();
      boolean unused = kernel(Profile.GUEST_KERNEL, process, "[guest.kernel.kallsyms." + process + "]", Kallsyms.read(proc.resolve("kallsyms")));
      if (Files.isReadable(proc.resolve("modules"))) {
        modules(Profile.GUEST_KERNEL, process, proc.resolve("modules"));
      }
    }
  }

  private boolean kernel(int mode, int process, String object, byte[] kallsyms) throws IOException {
    String first = Kallsyms.address(kallsyms, "_text").isPresent() ? "_text" : "_stext";
    OptionalLong start = Kallsyms.address(kallsyms, first);
    OptionalLong end = Kallsyms.address(kallsyms, "_edata");
    end = end.isPresent() ? end : Kallsyms.address(kallsyms, "_etext");
    if (start.isEmpty() || start.getAsLong() == 0) {
      return false;
    }
    long size = end.isPresent() ? end.getAsLong() - start.getAsLong() : -start.getAsLong() - 1;
    // That symbol's address is where the file's offset would be, so that a kernel that was moved is found again.
    write(new Item(Profile.MMAP, mode).number(process).number(0)
        .word(start.getAsLong()).word(size).word(start.getAsLong()).name(object + first, WORD));
    return true;
  }

  private void modules(int mode, int process, Path file) throws IOException {
    for (Kallsyms.Module module : Kallsyms.modules(file, Kallsyms.read(file))) {
      if (module.start() != 0) {
        write(new Item(Profile.MMAP, mode).number(process).number(0)
            .word(module.start()).word(module.size()).word(0).name("[" + module.name() + "]", WORD));
      }
    }
  }
}
