package dev.portfire.inspect.perf;

import dev.portfire.inspect.SysRoot;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes what comes from rings to a file, until somebody has seen enough. */
final class Recorder {
  /** How long what happened may stay in a ring that does not fill: nobody waits for it, and each look costs. */
  private static final int PERIOD_MS = 2000;

  private static final int MOST_PAGES = 1 << 18;
  private static final int INTERRUPTED = 128;

  /** The output that is stdout. */
  private static final String STDOUT = "-";

  private final SysRoot root;
  private final PrintStream out;
  private final PrintStream err;
  private final List<String> words;
  private final boolean quiet;

  /**
   * Makes one.
   *
   * @param out where a recording goes whose file is {@code -}
   * @param words the command line, for the file
   * @param quiet whether it says nothing of what it has done
   */
  Recorder(SysRoot root, PrintStream out, PrintStream err, List<String> words, boolean quiet) {
    this.root = root;
    this.out = out;
    this.err = err;
    this.words = words;
    this.quiet = quiet;
  }

  /** What a recording has besides that which comes from rings. */
  interface Content {
    /** Adds what it says of itself. */
    void describe(List<EventAttribute> attributes, SortedMap<Integer, byte[]> features) throws IOException;

    /** Writes the records that come first. */
    void begin(Output output) throws IOException;

    /**
     * Adds what is known when all records have been written. What went to a pipe has no end, nor is it read again.
     *
     * @return how many samples there are, if somebody has counted them
     */
    OptionalLong end(PerfWriter writer, SortedMap<Integer, byte[]> features) throws IOException;
  }

  /** Whether a recording goes to stdout. */
  static boolean isPipe(String output) {
    return output.equals(STDOUT);
  }

  /** A number of pages of a ring. */
  static int pages(String number) throws PerfKvm.UsageException {
    int pages = number.matches("\\d{1,7}") ? Integer.parseInt(number) : 0;
    if (Integer.bitCount(pages) != 1 || pages > MOST_PAGES) {
      throw new PerfKvm.UsageException(
          "perf-kvm: --mmap-pages: \"" + number + "\" is no power of two up to " + MOST_PAGES + "\n", PerfKvm.INVALID);
    }
    return pages;
  }

  /**
   * Records until SIGINT or SIGTERM comes or the program ends.
   *
   * @param file where it goes, or {@code -}
   * @param onExec whether events come when the program begins, by themselves
   * @return the exit status: the program's, or 128 and the signal's number
   */
  int record(Rings rings, String file, Optional<Workload> workload, boolean onExec, Content content) throws IOException, InterruptedException {
    rings.stopAtSignal();
    SortedMap<Integer, byte[]> features = features();
    content.describe(rings.attributes(), features);
    try (Output output = isPipe(file) ? PerfPipe.begin(out, rings.attributes(), features) : PerfWriter.create(Path.of(file), rings.attributes())) {
      content.begin(output);
      if (!onExec) {
        rings.enable();
      }
      workload.ifPresent(program -> program.go(rings::stop));
      long lost = copy(rings, output);
      OptionalLong samples = OptionalLong.empty();
      if (output instanceof PerfWriter writer) {
        samples = content.end(writer, features);
        writer.finish(features);
      }
      if (!quiet) {
        String count = samples.isPresent() ? " (" + samples.getAsLong() + " samples)" : "";
        err.print("[ perf record: Captured and wrote %.3f MB %s%s ]\n".formatted((double) output.size() / (1 << 20), file, count));
        if (lost > 0) {
          err.print("[ perf record: " + lost + " events were lost: larger rings (-m), or fewer guests (-p) ]\n");
        }
      }
    }
    int signal = rings.signal();
    return signal != 0 ? INTERRUPTED + signal : workload.isPresent() ? workload.get().status() : 0;
  }

  /**
   * Copies what comes until somebody stops it, and the rest.
   *
   * @return how many events were lost
   */
  static long copy(Rings rings, Output output) throws IOException {
    ByteBuffer round = ByteBuffer.wrap(new Item(PerfData.FINISHED_ROUND, 0).end());
    boolean more = true;
    while (more) {
      more = rings.await(PERIOD_MS);
      if (!more) {
        rings.disable();
      }
      if (rings.drain(output::write) > 0) {
        output.write(round.rewind());
      }
    }
    long sum = 0;
    long[] lost = rings.lost();
    for (int i = 0; i < lost.length; i++) {
      sum += lost[i];
      if (lost[i] > 0) {
        EventAttribute event = rings.attributes().get(i);
        output.write(ByteBuffer.wrap(new Item(PerfData.LOST_SAMPLES, 0).word(lost[i]).end(event, event.ids()[0])));
      }
    }
    return sum;
  }

  /** What a recording says of this machine. */
  SortedMap<Integer, byte[]> features() {
    SortedMap<Integer, byte[]> features = new TreeMap<>();
    root.line("/proc/sys/kernel/hostname").ifPresent(name -> features.put(PerfData.HOSTNAME, PerfWriter.string(name)));
    root.line("/proc/sys/kernel/osrelease").ifPresent(name -> features.put(PerfData.OS_RELEASE, PerfWriter.string(name)));
    features.put(PerfData.VERSION, PerfWriter.string("portfire"));
    features.put(PerfData.ARCH, PerfWriter.string("x86_64"));
    int cpus = Rings.cpus(root).size();
    features.put(PerfData.CPUS, PerfWriter.numbers(cpus, cpus));
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
}
