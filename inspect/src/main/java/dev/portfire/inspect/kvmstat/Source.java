package dev.portfire.inspect.kvmstat;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Where figures come from. */
sealed interface Source extends AutoCloseable permits TracepointSource, DebugfsSource, DescriptorSource {
  /** All events that it could count. */
  List<Event> events();

  /**
   * Chooses what is counted from now on.
   *
   * @param wanted which events, by their names; the parents of those that are wanted are counted with them
   * @param pid the process whose machines are looked at, or 0 for all
   */
  void select(Predicate<String> wanted, int pid) throws SourceException;

  /**
   * What has been counted since the start or the last {@link #reset}.
   *
   * @param byGuest whether to add up all events of a guest; {@link Event#name} is then its process
   */
  Map<Event, Long> read(boolean byGuest) throws SourceException;

  /** Begins at 0 again. */
  void reset() throws SourceException;

  /** Whether it can tell guests from each other. */
  boolean knowsGuests();

  @Override
  void close();
}
