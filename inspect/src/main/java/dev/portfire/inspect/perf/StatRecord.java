package dev.portfire.inspect.perf;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.SysRoot;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;

/** {@code perf kvm stat record}: writes KVM's tracepoints to a file. */
final class StatRecord {
  private static final String USAGE =
      """

       Usage: perf kvm stat record [<options>] [<command>]

          -a, --all-cpus        system-wide collection from all CPUs, which is so without -p and a command
          -m, --mmap-pages <pages>
                                number of mmap data pages of each CPU, a power of two (1024)
          -o, --output <file>   output file name, or - for stdout
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

  private final SysRoot root;
  private final PrintStream out;
  private final PrintStream err;
  private final List<String> words;
  private boolean quiet;
  private boolean everything;
  private int pages = Tracepoints.PAGES;
  private String pids = "";

  StatRecord(SysRoot root, PrintStream out, PrintStream err, List<String> words) {
    this.root = root;
    this.out = out;
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
        case "mmap-pages" -> pages = Recorder.pages(given.required());
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
    Recorder recorder = new Recorder(root, out, err, words, quiet);
    Optional<Workload> workload = Optional.empty();
    try {
      if (!command.isEmpty()) {
        workload = Optional.of(Workload.start(root, command, Recorder.isPipe(output)));
      }
      boolean onExec = workload.isPresent() && !everything && processes.isEmpty();
      Rings.Target target = onExec ? Rings.Target.program(workload.get().pid())
          : everything ? Rings.Target.ALL : Rings.Target.processes(root, processes);
      Tracepoints tracepoints = Tracepoints.of(root);
      try (Rings rings = Rings.open(root, tracepoints.ofKvm(), target, pages)) {
        return recorder.record(rings, output, workload, onExec, new Content(tracepoints));
      }
    } catch (IOException e) {
      err.print("perf-kvm: " + e.getMessage() + "\n");
      return PerfKvm.FAILED;
    } finally {
      workload.ifPresent(Workload::kill);
    }
  }

  private final class Content implements Recorder.Content {
    private final Tracepoints tracepoints;

    Content(Tracepoints tracepoints) {
      this.tracepoints = tracepoints;
    }

    @Override
    public void describe(List<EventAttribute> attributes, SortedMap<Integer, byte[]> features) throws PerfException {
      features.put(PerfData.TRACING_DATA, tracepoints.tracingData(Tracepoints.OF_KVM));
    }

    @Override
    public void begin(Output output) throws IOException {
      new Existing(root, output.attributes().getFirst(), output::write).names();
    }

    @Override
    public OptionalLong end(PerfWriter writer, SortedMap<Integer, byte[]> features) {
      return OptionalLong.empty();
    }
  }
}
