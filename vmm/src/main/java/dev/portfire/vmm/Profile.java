package dev.portfire.vmm;

import dev.portfire.machine.Activity;
import java.util.Map;

/**
 * Samples of what a machine's vCPUs did.
 *
 * @param activities samples by what a vCPU's thread was doing
 * @param addresses samples by where the guest's code was, a linear address: at the next jump, that is, after the sample
 */
public record Profile(Map<Activity, Long> activities, Map<Long, Long> addresses) {
  /** Copies the maps. */
  public Profile {
    activities = Map.copyOf(activities);
    addresses = Map.copyOf(addresses);
  }
}
