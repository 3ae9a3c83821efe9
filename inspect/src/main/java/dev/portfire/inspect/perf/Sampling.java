package dev.portfire.inspect.perf;

import dev.portfire.inspect.GetOpt;
import dev.portfire.inspect.GetOpt.Option;
import dev.portfire.inspect.SysRoot;
import dev.portfire.linux.SystemCallException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** What {@code record} and {@code top} have in common: which events of whom are sampled, and how often. */
final class Sampling {
  /** Options that a parser passes to {@link #take}. */
  static final List<Option> OPTIONS = List.of(
      Option.flag('a', "all-cpus"),
      Option.required('c', "count"),
      Option.required('C', "cpu"),
      Option.required('e', "event"),
      Option.required('F', "freq"),
      Option.flag('i', "no-inherit"),
      Option.required('m', "mmap-pages"),
      Option.required('p', "pid"),
      Option.required('t', "tid"),
      Option.flag('v', "verbose"),
      Option.flag('\0', "all-kernel"),
      Option.flag('\0', "all-user"));

  /** Those of them that a word follows. */
  static final List<String> FOLLOWED = List.of(
      "-c", "-C", "-e", "-F", "-m", "-p", "-t", "--count", "--cpu", "--event", "--freq", "--mmap-pages", "--pid", "--tid");

  /** Their part of a usage. */
  static final String USAGE =
      """
          -a, --all-cpus        system-wide collection from all CPUs
          -c, --count <n>       event period to sample
          -C, --cpu <cpu>       list of cpus to monitor
          -e, --event <event>   event selector: cycles, cpu-clock and the like, system:tracepoint, rNNN, each with :ukhGHp
          -F, --freq <freq or 'max'>
                                profile at this frequency
          -i, --no-inherit      child tasks do not inherit counters
          -m, --mmap-pages <pages>
                                number of mmap data pages of each CPU, a power of two (128)
          -p, --pid <pid>       events of existing process id
          -t, --tid <tid>       events of existing thread id
          -v, --verbose         be more verbose (show counter open errors, etc)
              --all-kernel      Configure all used events to run in kernel space.
              --all-user        Configure all used events to run in user space.
      """;

  private static final int PAGES = 128;
  private static final int FREQUENCY = 4000;
  private static final int MOST_CPUS = 1 << 16;
  private static final long SAMPLE_TYPE = EventAttribute.IP | EventAttribute.TID | EventAttribute.TIME | EventAttribute.CPU
      | EventAttribute.PERIOD | EventAttribute.IDENTIFIER;

  private final SysRoot root;
  private final PrintStream err;
  private final String usage;
  private final Set<Integer> cpus = new LinkedHashSet<>();
  private final Set<Integer> threads = new LinkedHashSet<>();
  private final List<String> names = new ArrayList<>();
  private String processes = "";
  private String frequency = "";
  private String count = "";
  private long flags = EventAttribute.DISABLED | EventAttribute.INHERIT | EventAttribute.SAMPLE_ID_ALL | EventAttribute.WATERMARK;
  private long sampleType = SAMPLE_TYPE;
  private int pages = PAGES;
  private boolean everything;
  private boolean verbose;

  /**
   * Makes one.
   *
   * @param usage for what is not understood
   */
  Sampling(SysRoot root, PrintStream err, String usage) {
    this.root = root;
    this.err = err;
    this.usage = usage;
  }

  /** Takes one of {@link #OPTIONS}. */
  void take(GetOpt.Given given) throws PerfKvm.UsageException {
    switch (given.option().name()) {
      case "all-cpus" -> everything = true;
      case "count" -> count = number("c", given.required());
      case "cpu" -> cpus(given.required());
      case "event" -> names.add(given.required());
      case "freq" -> frequency = given.required().equals("max") ? "max" : number("F", given.required());
      case "no-inherit" -> flags &= ~EventAttribute.INHERIT;
      case "mmap-pages" -> pages = Recorder.pages(given.required());
      case "pid" -> processes = given.required();
      case "tid" -> threads.addAll(StatReport.pids(given.required()));
      case "verbose" -> verbose = true;
      case "all-kernel" -> flags |= EventAttribute.EXCLUDE_USER;
      case "all-user" -> flags |= EventAttribute.EXCLUDE_KERNEL;
      default -> throw new PerfKvm.UsageException(usage.stripTrailing() + "\n", PerfKvm.USAGE_STATUS);
    }
  }

  /** Samples have a call chain, by frame pointers. */
  void callchains() {
    sampleType |= EventAttribute.CALLCHAIN;
  }

  private String number(String option, String text) throws PerfKvm.UsageException {
    if (!text.matches("\\d{1,18}")) {
      throw new PerfKvm.UsageException(
          " Error: switch `" + option + "' expects a numerical value\n" + usage.stripTrailing() + "\n", PerfKvm.USAGE_STATUS);
    }
    return text;
  }

  private void cpus(String list) throws PerfKvm.UsageException {
    for (String range : list.split(",", -1)) {
      if (!range.matches("\\d{1,5}(-\\d{1,5})?")) {
        throw new PerfKvm.UsageException("perf-kvm: -C: \"" + list + "\" is no list of CPUs, as 0,2-3\n", PerfKvm.INVALID);
      }
      int dash = range.indexOf('-');
      int from = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
      int to = Math.min(Integer.parseInt(range.substring(dash + 1)), MOST_CPUS);
      for (int cpu = from; cpu <= to; cpu++) {
        cpus.add(cpu);
      }
    }
  }

  /** How much a ring has. */
  int pages() {
    return pages;
  }

  /** Whether samples are taken so many times a second, and not each so many events. */
  boolean isFrequency() {
    return count.isEmpty();
  }

  /** The CPUs of {@code -C}; none for all. */
  Set<Integer> cpus() {
    return cpus;
  }

  /** The words of {@code -p}. */
  String processes() {
    return processes;
  }

  /** The threads of {@code -t}. */
  Set<Integer> threads() {
    return threads;
  }

  /** Whether a program would be the only one whose events are wanted. */
  boolean isOfProgram() {
    return !everything && processes.isEmpty() && threads.isEmpty() && cpus.isEmpty();
  }

  /** Whose events are wanted, if it is not a program that begins now. */
  Rings.Target target() throws PerfKvm.UsageException, PerfException {
    Rings.Target target = !threads.isEmpty() ? new Rings.Target(threads, Set.of(), false)
        : Rings.Target.processes(root, StatReport.pids(processes));
    if (everything && !target.threads().isEmpty()) {
      err.print("Warning:\nPID/TID switch overriding SYSTEM\n");
    }
    return target.withCpus(cpus);
  }

  /** The events, as the kernel has them. */
  List<Event> events(Guests guests, Rings.Target target) throws PerfKvm.UsageException, PerfException, SystemCallException {
    long host = guests.host() ? 0 : EventAttribute.EXCLUDE_HOST;
    long guest = guests.guest() ? 0 : EventAttribute.EXCLUDE_GUEST;
    Event.Terms terms = new Event.Terms(
        isFrequency(), isFrequency() ? frequency() : Long.parseLong(count), !count.isEmpty() || !frequency.isEmpty(), sampleType, flags | host | guest);
    if (terms.period() == 0) {
      throw new PerfException("frequency and count are zero, aborting");
    }
    List<Event> wanted = new ArrayList<>();
    for (String list : names) {
      wanted.addAll(Event.parse(root, list, terms, usage));
    }
    if (wanted.isEmpty()) {
      wanted.add(Event.ofCycles(terms));
    }
    List<Event> events = new ArrayList<>();
    PrintStream log = verbose ? err : new PrintStream(PrintStream.nullOutputStream());
    for (Event event : wanted) {
      events.add(event.available(root, target, log));
    }
    return events;
  }

  /** What the rings are opened with: the first event tells of processes, too. */
  static List<EventAttribute> attributes(List<Event> events) {
    List<EventAttribute> attributes = new ArrayList<>(events.stream().map(Event::attribute).toList());
    EventAttribute first = attributes.getFirst();
    attributes.set(0, first.withFlags(first.flags() | EventAttribute.PROCESSES));
    return attributes;
  }

  private long frequency() {
    OptionalLong most = root.number("/proc/sys/kernel/perf_event_max_sample_rate");
    if (frequency.equals("max")) {
      err.print("info: Using a maximum frequency rate of " + most.orElse(FREQUENCY) + " Hz\n");
      return most.orElse(FREQUENCY);
    }
    long wanted = frequency.isEmpty() ? FREQUENCY : Long.parseLong(frequency);
    if (most.isPresent() && wanted > most.getAsLong()) {
      if (!frequency.isEmpty()) {
        err.print("warning: Maximum frequency rate (" + most.getAsLong() + " Hz) exceeded, throttling from " + wanted + " Hz to " + most.getAsLong()
            + " Hz.\n         The limit can be raised via /proc/sys/kernel/perf_event_max_sample_rate.\n"
            + "         The kernel will lower it when perf's interrupts take too long.\n");
      }
      return most.getAsLong();
    }
    return wanted;
  }
}
