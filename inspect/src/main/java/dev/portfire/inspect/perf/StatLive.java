package dev.portfire.inspect.perf;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.SysRoot;
import dev.portfire.linux.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** {@code perf kvm stat live}: what guests do, again and again. */
final class StatLive {
  private static final String USAGE =
      """

       Usage: perf kvm stat live [<options>]

          -a, --all-cpus        system-wide collection from all CPUs, which is so without -p
          -d, --display <n>     time in seconds between display updates
          -k, --key <sort-key>  key for sorting: sample(sort by samples number) time (sort by avg time)
          -m, --mmap-pages <pages>
                                number of mmap data pages of each CPU, a power of two (512)
          -p, --pid <pid>       record events on existing process id
          -v, --verbose         be more verbose (show counter open errors, etc)
              --duration <n>    show events other than HLT (x86 only) that take longer than duration usecs
              --event <report event>
                                event for reporting: vmexit, mmio (x86 only), ioport (x86 only), msr (x86 only),
                                rip (vmexit by where in the guest)
              --proc-map-timeout <n>
                                does nothing: no mappings are needed
              --vcpu <n>        vcpu id to report

      """;

  private static final List<Option> OPTIONS = List.of(
      Option.flag('a', "all-cpus"),
      Option.required('d', "display"),
      Option.flag('h', "help"),
      Option.required('k', "key"),
      Option.required('m', "mmap-pages"),
      Option.required('p', "pid"),
      Option.flag('v', "verbose"),
      Option.required('\0', "duration"),
      Option.required('\0', "event"),
      Option.required('\0', "proc-map-timeout"),
      Option.required('\0', "vcpu"));

  /** How long an event may wait for an earlier one of another CPU. */
  private static final int ROUND_MS = 100;

  /** What Ctrl-C is while a terminal gives all keys. */
  private static final int INTERRUPT = 3;

  private static final int PAGES = 512;
  private static final long MS_PER_SECOND = 1000;
  private static final long NS_PER_US = 1000;
  private static final String CLEAR = "\033[H\033[2J";
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS", Locale.ROOT);

  private final SysRoot root;
  private final Guests guests;
  private final boolean terminal;
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;
  private final Clock clock;
  private EventKind kind = EventKind.VMEXIT;
  private Report.Key key = Report.Key.SAMPLE;
  private int vcpu = Analysis.ALL;
  private int pages = PAGES;
  private int seconds = 1;
  private long duration = -1;
  private String pids = "";

  StatLive(SysRoot root, Guests guests, boolean terminal, InputStream in, PrintStream out, PrintStream err, Clock clock) {
    this.root = root;
    this.guests = guests;
    this.terminal = terminal;
    this.in = in;
    this.out = out;
    this.err = err;
    this.clock = clock;
  }

  /** Runs it until SIGINT or SIGTERM comes, or "q" from stdin. */
  int run(List<String> arguments) throws PerfKvm.UsageException {
    for (GetOpt.Given given : PerfKvm.parse(OPTIONS, USAGE, arguments)) {
      switch (given.option().name()) {
        case "display" -> seconds = Math.max(1, number("display", given.required()));
        case "duration" -> duration = number("duration", given.required());
        case "event" -> kind = StatReport.kind(given.required());
        case "key" -> key = StatReport.key(given.required());
        case "mmap-pages" -> pages = Recorder.pages(given.required());
        case "pid" -> pids = given.required();
        case "vcpu" -> vcpu = StatReport.vcpu(given.required());
        case "help" -> throw new PerfKvm.UsageException(USAGE.stripTrailing() + "\n", PerfKvm.USAGE_STATUS);
        default -> {
          // -a is the rule; there is nothing to add for -v, and nothing to wait for.
        }
      }
    }
    Set<Integer> processes = StatReport.pids(pids);
    try {
      Tracepoints tracepoints = Tracepoints.of(root);
      try (Rings rings = Rings.open(root, tracepoints.ofKvm(), Rings.Target.processes(root, processes), pages)) {
        return run(rings, tracepoints);
      }
    } catch (IOException e) {
      err.print("perf-kvm: " + e.getMessage() + "\n");
      return PerfKvm.FAILED;
    }
  }

  private int run(Rings rings, Tracepoints tracepoints) throws IOException {
    rings.stopAtSignal();
    Thread.ofPlatform().daemon().name("keys").start(() -> stopAtKey(rings));
    rings.enable();
    if (!terminal) {
      show(rings, tracepoints);
      return 0;
    }
    // Keys come one by one.
    try (Terminal modes = Terminal.takeOver(0)) {
      assert modes != null;
      show(rings, tracepoints);
      return 0;
    }
  }

  private static int number(String name, String text) throws PerfKvm.UsageException {
    if (!text.matches("\\d{1,9}")) {
      throw new PerfKvm.UsageException(
          " Error: option `" + name + "' expects a numerical value\n" + USAGE.stripTrailing() + "\n", PerfKvm.USAGE_STATUS);
    }
    return Integer.parseInt(text);
  }

  private void stopAtKey(Rings rings) {
    try {
      int pressed;
      do {
        pressed = in.read();
      } while (pressed >= 0 && pressed != 'q' && pressed != INTERRUPT);
      if (pressed >= 0) {
        rings.stop();
      }
    } catch (IOException e) {
      // No keys, then.
    }
  }

  /** Shows a table at the end of each period, and a last one. */
  private void show(Rings rings, Tracepoints tracepoints) throws IOException {
    KernelMap guest = guests.kernel();
    Analysis analysis = new Analysis(kind, vcpu, Set.of(), false);
    analysis.symbols(guest);
    Report[] report = {new Report(kind, isa(analysis), key, vcpu, pids, guest)};
    if (duration >= 0) {
      analysis.tellSlow(duration * NS_PER_US, (time, pid, id, event, took) -> {
        String name = report[0].nameOf(event);
        if (!name.equalsIgnoreCase("HLT")) {
          out.print(time + " VM " + pid + ", vcpu " + id + ": " + name + " event took " + took / NS_PER_US + "usec\n");
        }
      });
    }
    Optional<TracingData> formats = Optional.of(TracingData.parse(tracepoints.tracingData(Tracepoints.OF_KVM)));
    try (PerfData data = PerfData.live(rings.attributes(), formats)) {
      PerfData.Records records = analysis.of(data);
      long next = clock.millis() + seconds * MS_PER_SECOND;
      long lost = 0;
      boolean more = true;
      while (more) {
        more = rings.await(ROUND_MS);
        if (!more) {
          rings.disable();
        }
        rings.drain(bytes -> data.feed(bytes, records));
        analysis.roundFinished();
        if (!more) {
          analysis.finish();
        }
        if (!more || clock.millis() >= next) {
          report[0] = new Report(kind, isa(analysis), key, vcpu, pids, guest);
          out.print(CLEAR + TIME.format(LocalTime.now(clock)) + "\n");
          report[0].table(analysis, false, false, out, err);
          if (data.lostEvents() > lost) {
            out.print("\nLost events: " + (data.lostEvents() - lost) + "\n\n");
            lost = data.lostEvents();
          }
          analysis.missing().ifPresent(line -> out.print(line + "\n"));
          out.flush();
          analysis.clear();
          next = clock.millis() + seconds * MS_PER_SECOND;
        }
      }
    }
  }

  private Optional<Isa> isa(Analysis analysis) {
    return Isa.ofField(analysis.isa()).or(() -> Isa.ofProcessor(root.text("/proc/cpuinfo").orElse("")));
  }
}
