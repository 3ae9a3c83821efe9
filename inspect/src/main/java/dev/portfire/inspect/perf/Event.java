package dev.portfire.inspect.perf;

import dev.portfire.inspect.SysRoot;
import dev.portfire.linux.SystemCallException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An event as {@code -e} names it.
 *
 * @param tracepoint "system/name"; empty if it is none
 * @param chosen whether it is the one that is taken if none is named, whose precision is as good as can be
 */
record Event(String name, EventAttribute attribute, String tracepoint, boolean chosen) {
  /** What an event is made of, unless it says otherwise. */
  record Terms(boolean frequency, long period, boolean periodGiven, long sampleType, long flags) {}

  private static final int RAW = 4;
  private static final Pattern FORM = Pattern.compile("([\\w-]+)(?::([\\w*?-]+))?(?::([ukhGHp]+))?");
  private static final Pattern MODIFIERS = Pattern.compile("[ukhGHp]+");
  private static final Pattern RAW_FORM = Pattern.compile("r[0-9a-f]{1,16}");
  private static final int MOST_PRECISE = 3;

  private static final Map<String, String> ALIASES = Map.of(
      "cpu-cycles", "cycles", "branch-instructions", "branches", "faults", "page-faults", "cs", "context-switches", "migrations", "cpu-migrations",
      "idle-cycles-frontend", "stalled-cycles-frontend", "idle-cycles-backend", "stalled-cycles-backend");

  /** The one that is taken if none is named. */
  static Event ofCycles(Terms terms) {
    EventAttribute cycles = attribute(EventAttribute.named("cycles").orElseThrow(), terms, terms.period).withPrecision(MOST_PRECISE);
    return new Event(cycles.name(), cycles, "", true);
  }

  private static EventAttribute attribute(EventAttribute kind, Terms terms, long period) {
    boolean frequency = terms.frequency && (kind.type() != EventAttribute.TRACEPOINT || terms.periodGiven);
    long raw = kind.type() == EventAttribute.TRACEPOINT ? EventAttribute.RAW : 0;
    return new EventAttribute(
        kind.type(), kind.config(), kind.type() == EventAttribute.TRACEPOINT && !terms.periodGiven ? 1 : period, terms.sampleType | raw,
        EventAttribute.FORMAT_ID | EventAttribute.FORMAT_LOST, terms.flags | (frequency ? EventAttribute.FREQUENCY : 0), new long[0]);
  }

  /**
   * Parses a list.
   *
   * @param usage for what is not understood
   */
  static List<Event> parse(SysRoot root, String list, Terms terms, String usage) throws PerfKvm.UsageException, PerfException {
    List<Event> events = new ArrayList<>();
    for (String text : list.split(",", -1)) {
      Matcher m = FORM.matcher(text);
      if (!m.matches()) {
        throw error(text, "parser error", usage);
      }
      String first = ALIASES.getOrDefault(m.group(1), m.group(1));
      Optional<EventAttribute> known = RAW_FORM.matcher(first).matches()
          ? Optional.of(new EventAttribute(RAW, Long.parseUnsignedLong(first.substring(1), 16), 0, 0, 0, 0, new long[0]))
          : EventAttribute.named(first);
      if (known.isPresent()) {
        String modifiers = m.group(2) == null ? "" : m.group(2);
        if (m.group(3) != null || !modifiers.isEmpty() && !MODIFIERS.matcher(modifiers).matches()) {
          throw error(text, "parser error", usage);
        }
        events.add(new Event(text, modified(attribute(known.get(), terms, terms.period), modifiers), "", false));
      } else if (m.group(2) == null) {
        throw error(text, "parser error", usage);
      } else {
        tracepoints(root, text, m, terms, usage, events);
      }
    }
    return events;
  }

  private static void tracepoints(SysRoot root, String text, Matcher m, Terms terms, String usage, List<Event> events)
      throws PerfKvm.UsageException, PerfException {
    Tracepoints all = Tracepoints.of(root);
    String modifiers = m.group(3) == null ? "" : m.group(3);
    String pattern = m.group(2).replace("*", ".*").replace('?', '.');
    boolean several = !pattern.equals(m.group(2));
    List<String> names = several ? all.names(m.group(1)).stream().filter(name -> name.matches(pattern)).toList() : List.of(m.group(2));
    for (String name : names) {
      OptionalLong id = all.id(m.group(1) + "/" + name);
      if (id.isEmpty()) {
        throw error(text, "unknown tracepoint, or one that only root sees", usage);
      }
      EventAttribute kind = new EventAttribute(EventAttribute.TRACEPOINT, id.getAsLong(), 0, 0, 0, 0, new long[0]);
      String suffix = modifiers.isEmpty() ? "" : ":" + modifiers;
      events.add(new Event(
          m.group(1) + ":" + name + suffix, modified(attribute(kind, terms, terms.period), modifiers), m.group(1) + "/" + name, false));
    }
    if (names.isEmpty()) {
      throw error(text, "unknown tracepoint, or one that only root sees", usage);
    }
  }

  private static EventAttribute modified(EventAttribute attribute, String modifiers) {
    if (modifiers.isEmpty()) {
      return attribute;
    }
    long flags = attribute.flags();
    if (modifiers.matches(".*[ukh].*")) {
      flags |= EventAttribute.EXCLUDE_USER | EventAttribute.EXCLUDE_KERNEL | EventAttribute.EXCLUDE_HV;
      flags &= ~((modifiers.contains("u") ? EventAttribute.EXCLUDE_USER : 0) | (modifiers.contains("k") ? EventAttribute.EXCLUDE_KERNEL : 0)
          | (modifiers.contains("h") ? EventAttribute.EXCLUDE_HV : 0));
    }
    if (modifiers.matches(".*[GH].*")) {
      flags |= EventAttribute.EXCLUDE_GUEST | EventAttribute.EXCLUDE_HOST;
      flags &= ~((modifiers.contains("G") ? EventAttribute.EXCLUDE_GUEST : 0) | (modifiers.contains("H") ? EventAttribute.EXCLUDE_HOST : 0));
    }
    int precision = (int) modifiers.chars().filter(letter -> letter == 'p').count();
    return attribute.withFlags(flags).withPrecision(Math.min(precision, MOST_PRECISE));
  }

  private static PerfKvm.UsageException error(String text, String reason, String usage) {
    return new PerfKvm.UsageException(
        "event syntax error: '" + text + "'\n                     \\___ " + reason + "\nRun 'perf list' for a list of valid events\n"
            + usage.stripTrailing() + "\n", PerfKvm.USAGE_STATUS);
  }

  /**
   * This event, or what the kernel has in its place: less precision, a clock for a processor's cycles, no samples of the kernel for somebody
   * who may not have these.
   *
   * @param log what is done instead is told there
   */
  Event available(SysRoot root, Rings.Target target, PrintStream log) throws PerfException, SystemCallException {
    int refusal = Rings.refusal(root, attribute, target);
    for (int precision = attribute.precision() - 1; chosen && refusal != 0 && precision >= 0; precision--) {
      EventAttribute lower = attribute.withPrecision(precision);
      if (Rings.refusal(root, lower, target) == 0) {
        return with(lower);
      }
    }
    return switch (refusal) {
      case 0 -> this;
      case SystemCallException.ENOENT, SystemCallException.ENXIO, SystemCallException.ENODEV -> {
        if (attribute.type() != EventAttribute.HARDWARE || attribute.config() != 0) {
          throw new PerfException("The " + name + " event is not supported.");
        }
        log.print("Warning:\nThe " + (chosen ? "cycles" : name) + " event is not supported, trying to fall back to cpu-clock-ticks\n");
        yield with(attribute.withConfig(EventAttribute.SOFTWARE, 0)).available(root, target, log);
      }
      case SystemCallException.EACCES, SystemCallException.EPERM -> {
        if ((attribute.flags() & (EventAttribute.EXCLUDE_KERNEL | EventAttribute.EXCLUDE_USER)) != 0 || attribute.type() == EventAttribute.TRACEPOINT) {
          yield this;
        }
        log.print("Warning:\nkernel.perf_event_paranoid=" + root.line("/proc/sys/kernel/perf_event_paranoid").orElse("?")
            + ", trying to fall back to excluding kernel and hypervisor  samples\n");
        yield with(attribute.withFlags(attribute.flags() | EventAttribute.EXCLUDE_KERNEL | EventAttribute.EXCLUDE_HV)).available(root, target, log);
      }
      // What else is wrong is said when all are opened.
      default -> this;
    };
  }

  private Event with(EventAttribute other) {
    return new Event(other.name(), other, tracepoint, chosen);
  }

  /**
   * The feature {@link PerfData#EVENT_DESCRIPTIONS}.
   *
   * @param attributes of the events, with their numbers
   */
  static byte[] descriptions(List<Event> events, List<EventAttribute> attributes) {
    ByteArrayOutputStream feature = new ByteArrayOutputStream();
    feature.writeBytes(PerfWriter.numbers(events.size(), EventAttribute.SIZE));
    for (int i = 0; i < events.size(); i++) {
      long[] ids = attributes.get(i).ids();
      byte[] numbers = new byte[8 * ids.length];
      for (int k = 0; k < ids.length; k++) {
        Cursor.i64(numbers, 8 * k, ids[k]);
      }
      feature.writeBytes(attributes.get(i).structure(0));
      feature.writeBytes(PerfWriter.numbers(ids.length));
      feature.writeBytes(PerfWriter.string(events.get(i).name));
      feature.writeBytes(numbers);
    }
    return feature.toByteArray();
  }
}
