package dev.portfire.inspect.watch;

import dev.portfire.inspect.watch.Machine.Exits;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All machines at one time.
 *
 * @param millis when, in milliseconds since 1970
 * @param machines in the order of their processes
 */
public record Sample(long millis, List<Machine> machines) {
  /** Machines that are younger than this were not seen before because they were not there. */
  private static final long NEW_MILLIS = 10_000;

  /** Copies the list. */
  public Sample {
    machines = List.copyOf(machines);
  }

  /** A machine, if it is there. */
  public Optional<Machine> machine(String key) {
    return machines.stream().filter(machine -> machine.key().equals(key)).findFirst();
  }

  /**
   * What a machine's exits have grown by since an earlier sample, by reasons. A machine that has just begun had none before; of others
   * that the earlier sample does not have, nothing is known.
   */
  public Map<String, Exits> since(Sample before, Machine machine) {
    Optional<Machine> known = before.machine(machine.key());
    if (known.isEmpty()) {
      boolean isNew = machine.boot().filter(boot -> boot.requestedMillis() > millis - NEW_MILLIS).isPresent();
      return isNew ? machine.exits() : Map.of();
    }
    Map<String, Exits> grown = new TreeMap<>();
    machine.exits().forEach((reason, exits) -> {
      Exits old = known.get().exits().getOrDefault(reason, Exits.NONE);
      if (exits.count() > old.count()) {
        grown.put(reason, exits.minus(old));
      }
    });
    return grown;
  }
}
