package dev.portfire.inspect.kvmstat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What all sources together count, and how much that grows. */
final class Counters implements AutoCloseable {
  /**
   * How often something happened.
   *
   * @param total since the start or the last reset
   * @param change since the last time that {@link #next} was called
   */
  record Count(long total, long change) {}

  private final List<Source> sources;
  private final Map<Event, Count> counts = new TreeMap<>();
  private String filter = "";
  private int pid;

  /**
   * Begins to count.
   *
   * @param filter a regular expression that the names of events begin with, or empty
   * @param pid the process whose machines are looked at, or 0
   */
  Counters(List<Source> sources, String filter, int pid) throws SourceException {
    this.sources = List.copyOf(sources);
    this.filter = filter;
    this.pid = pid;
    select();
  }

  private void select() throws SourceException {
    counts.clear();
    Pattern pattern = Pattern.compile(filter);
    Predicate<String> wanted = name -> pattern.matcher(name).lookingAt();
    for (Source source : sources) {
      source.select(wanted, pid);
    }
  }

  String filter() {
    return filter;
  }

  void filter(String regex) throws SourceException {
    if (!regex.equals(filter)) {
      filter = regex;
      select();
    }
  }

  int pid() {
    return pid;
  }

  void pid(int process) throws SourceException {
    if (process != pid) {
      pid = process;
      select();
    }
  }

  void reset() throws SourceException {
    counts.clear();
    for (Source source : sources) {
      source.reset();
    }
  }

  /** Whether all sources can tell guests from each other. */
  boolean knowsGuests() {
    return sources.stream().allMatch(Source::knowsGuests);
  }

  /** Forgets what was counted so far in the other of the two ways, by event and by guest. */
  void regroup(boolean byGuest) throws SourceException {
    counts.clear();
    Map<Event, Count> unused = next(byGuest);
  }

  /** Reads all sources; the map is in the order of the events' names. */
  Map<Event, Count> next(boolean byGuest) throws SourceException {
    // What a source does not tell of any more stands still.
    counts.replaceAll((event, count) -> new Count(count.total, 0));
    for (Source source : sources) {
      source.read(byGuest).forEach((event, value) -> {
        Count before = counts.get(event);
        counts.put(event, new Count(value, value - (before == null ? 0 : before.total)));
      });
    }
    return counts;
  }

  /** The names of all events of all sources, without their parts. */
  List<String> names() {
    return sources.stream()
        .flatMap(source -> source.events().stream())
        .filter(event -> !event.isChild())
        .map(Event::name)
        .distinct()
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    sources.forEach(Source::close);
  }
}
