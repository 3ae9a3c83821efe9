package dev.portfire.inspect.perf;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.SysRoot;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code perf kvm stat report}: what a recording says of a guest's exits. */
final class StatReport {
  private static final String USAGE =
      """

       Usage: perf kvm stat report [<options>]

          -f, --force           don't complain, do it
          -i, --input <file>    Input file name; - is stdin
          -k, --key <sort-key>  key for sorting: sample(sort by samples number) time (sort by avg time)
          -p, --pid <pid>       analyze events only for given process id(s)
              --csv             comma-separated values
              --event <report event>
                                event for reporting: vmexit, mmio (x86 only), ioport (x86 only), msr (x86 only),
                                rip (vmexit by where in the guest)
              --histogram       show also how many took how long
              --json            JSON
              --percentiles     show also medians and other percentiles
              --vcpu <n>        vcpu id to report

      """;

  private static final List<Option> OPTIONS = List.of(
      Option.flag('f', "force"),
      Option.flag('h', "help"),
      Option.required('i', "input"),
      Option.required('k', "key"),
      Option.required('p', "pid"),
      Option.flag('\0', "csv"),
      Option.required('\0', "event"),
      Option.flag('\0', "histogram"),
      Option.flag('\0', "json"),
      Option.flag('\0', "percentiles"),
      Option.required('\0', "vcpu"));

  private final SysRoot root;
  private final Guests guests;
  private KernelMap guest = new KernelMap(Guests.KERNEL);
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private EventKind kind = EventKind.VMEXIT;
  private Report.Key key = Report.Key.SAMPLE;
  private int vcpu = Analysis.ALL;
  private String pids = "";
  private boolean csv;
  private boolean json;
  private boolean percentiles;
  private boolean histogram;

  StatReport(SysRoot root, Guests guests, InputStream in, PrintStream out, PrintStream err) {
    this.root = root;
    this.guests = guests;
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /**
   * Runs it.
   *
   * @param file the input, if no option says another
   */
  int run(String file, List<String> arguments) throws PerfKvm.UsageException {
    String input = file;
    for (GetOpt.Given given : PerfKvm.parse(OPTIONS, USAGE, arguments)) {
      switch (given.option().name()) {
        case "input" -> input = given.required();
        case "key" -> key = key(given.required());
        case "pid" -> pids = given.required();
        case "event" -> kind = kind(given.required());
        case "vcpu" -> vcpu = vcpu(given.required());
        case "csv" -> csv = true;
        case "json" -> json = true;
        case "histogram" -> histogram = true;
        case "percentiles" -> percentiles = true;
        case "help" -> throw new PerfKvm.UsageException(USAGE.stripTrailing() + "\n", PerfKvm.USAGE_STATUS);
        default -> {
          // -f: nothing is complained of.
        }
      }
    }
    Analysis analysis = new Analysis(kind, vcpu, pids(pids), csv || json || histogram || percentiles);
    try {
      guest = guests.kernel();
      analysis.symbols(guest);
    } catch (IOException e) {
      err.print("perf-kvm: " + e.getMessage() + "\n");
      return PerfKvm.FAILED;
    }
    try (PerfData data = input.equals("-") ? PerfData.pipe(in) : PerfData.open(Path.of(input))) {
      return report(data, analysis, input);
    } catch (IOException e) {
      return PerfKvm.failed(err, input, e);
    }
  }

  private int report(PerfData data, Analysis analysis, String input) throws IOException {
    data.read(analysis.of(data));
    analysis.finish();
    if (data.tracing().isEmpty()) {
      throw new PerfException("incompatible file format: no tracing data, so it was not made by perf kvm stat record,"
          + " or its recording was not ended properly");
    }
    Optional<String> processor = data.text(PerfData.CPUID);
    Optional<Isa> isa = isa(processor, analysis);
    if (isa.isEmpty() && processor.isPresent()) {
      err.print("CPU " + processor.get() + " is not supported.\n");
      return PerfKvm.NOT_SUPPORTED;
    }
    if (data.lostRecords() > 0) {
      err.print("Warning:\nProcessed " + data.records() + " events and lost " + data.lostRecords()
          + " chunks!\n\nCheck IO/CPU overload!\n\n");
    }
    if (analysis.unordered() > 0) {
      err.print("Warning:\n" + analysis.unordered() + " out of order events recorded.\n");
    }
    if (data.lostEvents() > 0) {
      err.print("perf-kvm: " + input + ": " + data.lostEvents() + " events were lost\n");
    }
    if (data.unknownIds() > 0) {
      err.print("perf-kvm: " + input + ": " + data.unknownIds() + " samples are of no event of the file\n");
    }
    analysis.missing().ifPresent(line -> err.print("perf-kvm: " + input + ": " + line + "\n"));
    Report report = new Report(kind, isa, key, vcpu, pids, guest);
    if (json) {
      report.json(analysis, data.lostEvents(), out);
    } else if (csv) {
      report.csv(analysis, out);
    } else {
      report.table(analysis, percentiles, histogram, out, err);
    }
    return 0;
  }

  private Optional<Isa> isa(Optional<String> processor, Analysis analysis) {
    Optional<Isa> isa = processor.flatMap(Isa::ofProcessor).or(() -> Isa.ofField(analysis.isa()));
    return isa.isPresent() || processor.isPresent() ? isa : Isa.ofProcessor(root.text("/proc/cpuinfo").orElse(""));
  }

  static EventKind kind(String name) throws PerfKvm.UsageException {
    return EventKind.of(name).orElseThrow(() -> new PerfKvm.UsageException(
        "perf-kvm: --event: \"" + name + "\" is none of vmexit, mmio, ioport, msr, rip\n", PerfKvm.INVALID));
  }

  static Report.Key key(String name) throws PerfKvm.UsageException {
    return switch (name) {
      case "sample" -> Report.Key.SAMPLE;
      case "time" -> Report.Key.TIME;
      default -> throw new PerfKvm.UsageException("Unknown compare key:" + name + "\n", PerfKvm.INVALID);
    };
  }

  static int vcpu(String number) throws PerfKvm.UsageException {
    if (!number.matches("-1|\\d{1,9}")) {
      throw new PerfKvm.UsageException(" Error: option `vcpu' expects a numerical value\n" + USAGE.stripTrailing() + "\n", PerfKvm.USAGE_STATUS);
    }
    return Integer.parseInt(number);
  }

  static Set<Integer> pids(String list) throws PerfKvm.UsageException {
    Set<Integer> pids = new HashSet<>();
    for (String pid : list.isEmpty() ? new String[0] : list.split(",", -1)) {
      if (!pid.matches("\\d{1,9}")) {
        throw new PerfKvm.UsageException("Error parsing process id string\n", PerfKvm.INVALID);
      }
      pids.add(Integer.parseInt(pid));
    }
    return pids;
  }
}
