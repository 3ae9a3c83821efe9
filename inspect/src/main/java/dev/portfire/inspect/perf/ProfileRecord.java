package dev.portfire.inspect.perf;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.SysRoot;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;

/** {@code perf kvm record}: samples of what the host and its guests do, to a file. */
final class ProfileRecord {
  private static final String USAGE =
      """

       Usage: perf kvm [<options>] record [<options>] [<command>]
          or: perf kvm [<options>] record [<options>] -- <command> [<options>]

      """
          + Sampling.USAGE
          + """
                -B, --no-buildid      do not collect buildids in perf.data
                -g                    enables call-graph recording, by frame pointers
                -N, --no-buildid-cache
                                      does nothing: there is no such cache
                -o, --output <file>   output file name, or - for stdout
                -P, --period          does nothing: the sample period is always recorded
                -q, --quiet           don't print any warnings or messages
                -R, --raw-samples     does nothing: tracepoints' records are always recorded
                -T, --timestamp       does nothing: the sample timestamps are always recorded
                    --sample-cpu      does nothing: the sample cpu is always recorded

            """;

  private static final List<Option> OPTIONS = List.of(
      Option.flag('B', "no-buildid"),
      Option.flag('g', ""),
      Option.flag('h', "help"),
      Option.flag('N', "no-buildid-cache"),
      Option.required('o', "output"),
      Option.flag('P', "period"),
      Option.flag('q', "quiet"),
      Option.flag('R', "raw-samples"),
      Option.flag('T', "timestamp"),
      Option.flag('\0', "sample-cpu"));

  private static final String RESTRICTED =
      """
      WARNING: Kernel address maps (/proc/{kallsyms,modules}) are restricted,
      check /proc/sys/kernel/kptr_restrict and /proc/sys/kernel/perf_event_paranoid.
      """;

  private final SysRoot root;
  private final Guests guests;
  private final PrintStream out;
  private final PrintStream err;
  private final List<String> words;
  private boolean buildIds = true;
  private boolean quiet;

  /**
   * Makes one.
   *
   * @param out for a recording that goes to stdout
   * @param words the command line, for the file
   */
  ProfileRecord(SysRoot root, Guests guests, PrintStream out, PrintStream err, List<String> words) {
    this.root = root;
    this.guests = guests;
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
    Sampling sampling = new Sampling(root, err, USAGE);
    List<Option> options = new ArrayList<>(Sampling.OPTIONS);
    options.addAll(OPTIONS);
    List<String> followed = new ArrayList<>(Sampling.FOLLOWED);
    followed.addAll(List.of("-o", "--output"));
    int own = PerfKvm.own(arguments, followed);
    String output = file;
    for (GetOpt.Given given : PerfKvm.parse(options, USAGE, arguments.subList(0, own))) {
      switch (given.option().name()) {
        case "no-buildid" -> buildIds = false;
        case "" -> sampling.callchains();
        case "output" -> output = given.required();
        case "quiet" -> quiet = true;
        case "no-buildid-cache", "period", "raw-samples", "timestamp", "sample-cpu" -> {
          // So it is.
        }
        default -> sampling.take(given);
      }
    }
    List<String> command = arguments.subList(own, arguments.size());
    if (!command.isEmpty() && command.getFirst().equals("--")) {
      command = command.subList(1, command.size());
    }
    Optional<Workload> workload = Optional.empty();
    try {
      if (!command.isEmpty()) {
        workload = Optional.of(Workload.start(root, command, Recorder.isPipe(output)));
      }
      boolean onExec = workload.isPresent() && sampling.isOfProgram();
      Rings.Target target = onExec ? Rings.Target.program(workload.get().pid()) : sampling.target();
      List<Event> events = sampling.events(guests, target);
      try (Rings rings = Rings.open(root, Sampling.attributes(events), target, sampling.pages())) {
        return new Recorder(root, out, err, words, quiet).record(rings, output, workload, onExec, new Content(events, target));
      }
    } catch (IOException e) {
      err.print("perf-kvm: " + e.getMessage() + "\n");
      return PerfKvm.FAILED;
    } finally {
      workload.ifPresent(Workload::kill);
    }
  }

  private final class Content implements Recorder.Content {
    private final List<Event> events;
    private final Rings.Target target;

    Content(List<Event> events, Rings.Target target) {
      this.events = events;
      this.target = target;
    }

    @Override
    public void describe(List<EventAttribute> attributes, SortedMap<Integer, byte[]> features) throws IOException {
      List<String> tracepoints = events.stream().map(Event::tracepoint).filter(name -> !name.isEmpty()).toList();
      if (!tracepoints.isEmpty()) {
        features.put(PerfData.TRACING_DATA, Tracepoints.of(root).tracingData(tracepoints));
      }
      features.put(PerfData.EVENT_DESCRIPTIONS, Event.descriptions(events, attributes));
    }

    @Override
    public void begin(Output output) throws IOException {
      Existing existing = new Existing(root, output.attributes().getFirst(), output::write);
      boolean ofKernel = events.stream().anyMatch(event -> (event.attribute().flags() & EventAttribute.EXCLUDE_KERNEL) == 0);
      if (!existing.kernel() && ofKernel && !quiet) {
        err.print(RESTRICTED);
      }
      existing.guests(guests);
      existing.processes(target.threads());
    }

    @Override
    public OptionalLong end(PerfWriter writer, SortedMap<Integer, byte[]> features) throws IOException {
      Builds builds = Builds.of(root, guests, writer);
      byte[] ids = buildIds ? builds.feature() : new byte[0];
      if (ids.length > 0) {
        features.put(PerfData.BUILD_ID, ids);
      }
      return OptionalLong.of(builds.samples());
    }
  }
}
