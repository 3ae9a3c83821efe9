package dev.portfire.inspect.perf;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.SysRoot;
import dev.portfire.linux.PerfRing;
import dev.portfire.linux.Signals;
import dev.portfire.linux.SystemCallException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code perf kvm stat record}: writes KVM's tracepoints to a file. */
final class StatRecord {
  private static final String USAGE =
      """

       Usage: perf kvm stat record [<options>] [<command>]

          -a, --all-cpus        system-wide collection from all CPUs, which is so without -p and a command
          -m, --mmap-pages <pages>
                                number of mmap data pages of each CPU, a power of two (1024)
          -o, --output <file>   output file name
          -p, --pid <pid>       record events on existing process id(s)
          -q, --quiet           don't print any messages

      """;

  private static final List<Option> OPTIONS = List.of(
      Option.flag('a', "all-cpus"),
      Option.flag('h', "help"),
      Option.required('m', "mmap-pages"),
      Option.required('o', "output"),
      Option.required('p', "pid"),
      Option.flag('q', "quiet"));

  /** How long what happened may stay in a ring that does not fill: nobody waits for it, and each look costs. */
  private static final int PERIOD_MS = 2000;

  private static final int SAMPLE_ID = 40;
  private static final int MOST_PAGES = 1 << 18;
  private static final int INTERRUPTED = 128;
  private static final int SECOND_MS = 1000;

  private final SysRoot root;
  private final PrintStream err;
  private final List<String> words;
  private boolean quiet;
  private boolean everything;
  private int pages = Rings.PAGES;
  private String pids = "";

  StatRecord(SysRoot root, PrintStream err, List<String> words) {
    this.root = root;
    this.err = err;
    this.words = words;
  }

  /**
   * Runs it until SIGINT or SIGTERM comes or the command ends.
   *
   * @param file the output, if no option says another
   */
  int run(String file, List<String> arguments) throws PerfKvm.UsageException, InterruptedException {
    String output = file;
    int own = PerfKvm.own(arguments, List.of("-m", "-o", "-p", "--mmap-pages", "--output", "--pid"));
    for (GetOpt.Given given : PerfKvm.parse(OPTIONS, USAGE, arguments.subList(0, own))) {
      switch (given.option().name()) {
        case "all-cpus" -> everything = true;
        case "mmap-pages" -> pages = pages(given.required());
        case "output" -> output = given.required();
        case "pid" -> pids = given.required();
        case "quiet" -> quiet = true;
        default -> throw new PerfKvm.UsageException(USAGE.stripTrailing() + "\n", PerfKvm.USAGE_STATUS);
      }
    }
    List<String> command = arguments.subList(own, arguments.size());
    if (!command.isEmpty() && command.getFirst().equals("--")) {
      command = command.subList(1, command.size());
    }
    Set<Integer> processes = StatReport.pids(pids);
    Optional<Workload> workload = Optional.empty();
    try {
      if (!command.isEmpty()) {
        workload = Optional.of(Workload.start(root, command));
      }
      boolean onExec = workload.isPresent() && !everything && processes.isEmpty();
      Set<Integer> only = everything ? Set.of() : onExec ? Set.of(workload.get().pid()) : processes;
      try (Rings rings = Rings.open(root, only, pages, onExec)) {
        return record(rings, Path.of(output), workload, onExec);
      }
    } catch (IOException e) {
      err.print("perf-kvm: " + e.getMessage() + "\n");
      return PerfKvm.FAILED;
    } finally {
      workload.ifPresent(Workload::kill);
    }
  }

  static int pages(String number) throws PerfKvm.UsageException {
    int pages = number.matches("\\d{1,7}") ? Integer.parseInt(number) : 0;
    if (Integer.bitCount(pages) != 1 || pages > MOST_PAGES) {
      throw new PerfKvm.UsageException(
          "perf-kvm: --mmap-pages: \"" + number + "\" is no power of two up to " + MOST_PAGES + "\n", PerfKvm.INVALID);
    }
    return pages;
  }

  private int record(Rings rings, Path output, Optional<Workload> workload, boolean onExec) throws IOException, InterruptedException {
    Signals signals = Signals.handle(List.of(Signals.SIGINT, Signals.SIGTERM));
    int[] signal = new int[1];
    Thread.ofPlatform().daemon().name("signals").start(() -> {
      try {
        signal[0] = signals.next().number();
      } catch (SystemCallException e) {
        signal[0] = Signals.SIGTERM;
      }
      rings.stop();
    });
    long size;
    try (PerfWriter writer = PerfWriter.create(output, rings.attributes())) {
      write(writer, processNames());
      if (!onExec) {
        rings.enable();
      }
      workload.ifPresent(program -> program.go(rings::stop));
      long lost = copy(rings, writer);
      writer.finish(features(rings));
      size = writer.size();
      if (!quiet) {
        err.print("[ perf record: Captured and wrote %.3f MB %s ]\n".formatted((double) size / (1 << 20), output));
        if (lost > 0) {
          err.print("[ perf record: " + lost + " events were lost: larger rings (-m), or fewer guests (-p) ]\n");
        }
      }
    }
    return workload.isPresent() && signal[0] == 0 ? workload.get().status() : signal[0] == 0 ? 0 : INTERRUPTED + signal[0];
  }

  /**
   * Copies what comes until somebody stops it, and the rest.
   *
   * @return how many events were lost
   */
  static long copy(Rings rings, PerfWriter writer) throws IOException {
    ByteBuffer round = ByteBuffer.wrap(header(PerfData.FINISHED_ROUND, PerfData.RECORD_HEADER));
    boolean more = true;
    while (more) {
      more = rings.await(PERIOD_MS);
      if (!more) {
        rings.disable();
      }
      if (rings.drain(writer::write) > 0) {
        writer.write(round.rewind());
      }
    }
    long sum = 0;
    long[] lost = rings.lost();
    for (int i = 0; i < lost.length; i++) {
      sum += lost[i];
      if (lost[i] > 0) {
        byte[] record = header(PerfData.LOST_SAMPLES, PerfData.RECORD_HEADER + 8 + SAMPLE_ID);
        Cursor.i64(record, PerfData.RECORD_HEADER, lost[i]);
        Cursor.i64(record, PerfData.RECORD_HEADER + 8 + 16, rings.attributes().get(i).ids()[0]);
        write(writer, record);
      }
    }
    return sum;
  }

  private static void write(PerfWriter writer, byte[] bytes) throws IOException {
    writer.write(ByteBuffer.wrap(bytes));
  }

  private static byte[] header(int type, int size) {
    byte[] record = new byte[size];
    Cursor.i32(record, 0, type);
    record[6] = (byte) size;
    record[7] = (byte) (size >> 8);
    return record;
  }

  /** A record for each thread that there is: later ones the kernel tells of. */
  private byte[] processNames() {
    ByteBuffer records = ByteBuffer.allocate(1 << 24).order(ByteOrder.LITTLE_ENDIAN);
    for (String process : root.unsorted("/proc")) {
      if (!process.matches("\\d{1,9}")) {
        continue;
      }
      for (String thread : root.unsorted("/proc/" + process + "/task")) {
        byte[] name = root.line("/proc/" + process + "/task/" + thread + "/comm").orElse("").getBytes(StandardCharsets.UTF_8);
        int padded = Math.min(name.length, 15) + 8 & -8;
        int size = PerfData.RECORD_HEADER + 8 + padded + SAMPLE_ID;
        if (!thread.matches("\\d{1,9}") || records.remaining() < size) {
          continue;
        }
        byte[] record = header(PerfData.COMM, size);
        Cursor.i32(record, PerfData.RECORD_HEADER, Integer.parseInt(process));
        Cursor.i32(record, PerfData.RECORD_HEADER + 4, Integer.parseInt(thread));
        System.arraycopy(name, 0, record, PerfData.RECORD_HEADER + 8, Math.min(name.length, 15));
        records.put(record);
      }
    }
    return Arrays.copyOf(records.array(), records.position());
  }

  /** What the file says of this machine. */
  SortedMap<Integer, byte[]> features(Rings rings) throws PerfException {
    SortedMap<Integer, byte[]> features = new TreeMap<>();
    features.put(PerfData.TRACING_DATA, rings.tracingData());
    root.line("/proc/sys/kernel/hostname").ifPresent(name -> features.put(PerfData.HOSTNAME, PerfWriter.string(name)));
    root.line("/proc/sys/kernel/osrelease").ifPresent(name -> features.put(PerfData.OS_RELEASE, PerfWriter.string(name)));
    features.put(PerfData.VERSION, PerfWriter.string("portfire"));
    features.put(PerfData.ARCH, PerfWriter.string("x86_64"));
    features.put(PerfData.CPUS, PerfWriter.numbers(rings.cpuCount(), rings.cpuCount()));
    List<String> identification = new ArrayList<>();
    String info = root.text("/proc/cpuinfo").orElse("");
    for (String name : List.of("vendor_id", "cpu family", "model", "stepping")) {
      identification.add(value(info, name));
    }
    features.put(PerfData.CPU_DESCRIPTION, PerfWriter.string(value(info, "model name")));
    features.put(PerfData.CPUID, PerfWriter.string(String.join(",", identification)));
    String memory = value(root.text("/proc/meminfo").orElse(""), "MemTotal");
    byte[] total = new byte[8];
    Cursor.i64(total, 0, SysRoot.number(memory, 10).orElse(0));
    features.put(PerfData.TOTAL_MEMORY, total);
    features.put(PerfData.COMMAND_LINE, PerfWriter.strings(words));
    return features;
  }

  private static String value(String text, String name) {
    return text.lines()
        .filter(line -> line.startsWith(name) && line.substring(name.length()).strip().startsWith(":"))
        .findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .orElse("");
  }

  /** A program that waits to be let go, so that nothing of it is missed. */
  private static final class Workload {
    private final Process process;

    private Workload(Process process) {
      this.process = process;
    }

    static Workload start(SysRoot root, List<String> command) throws IOException, InterruptedException {
      List<String> shell = new ArrayList<>(List.of("/bin/sh", "-c", "kill -STOP $$; exec \"$@\"", "sh"));
      shell.addAll(command);
      Workload workload = new Workload(new ProcessBuilder(shell).inheritIO().start());
      String file = "/proc/" + workload.pid() + "/stat";
      for (int i = 0; i < SECOND_MS; i++) {
        String stat = root.line(file).orElse("");
        if (stat.contains(") T ") || stat.contains(") Z ")) {
          return workload;
        }
        Thread.sleep(1);
      }
      workload.kill();
      throw new PerfException("\"" + command.getFirst() + "\" was not started in time");
    }

    int pid() {
      return (int) process.pid();
    }

    /** Lets it go; {@code ended} is called at its end. */
    void go(Runnable ended) {
      try {
        int unused = new ProcessBuilder("kill", "-CONT", Long.toString(process.pid())).start().waitFor();
      } catch (IOException e) {
        throw new IllegalStateException(e.getMessage(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      var unused = process.onExit().thenRun(ended);
    }

    int status() throws InterruptedException {
      return process.waitFor();
    }

    void kill() {
      process.destroyForcibly();
    }
  }
}
