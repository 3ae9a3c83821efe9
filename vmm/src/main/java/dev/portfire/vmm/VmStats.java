package dev.portfire.vmm;

import dev.portfire.machine.ExitReason;
import java.util.Map;

/**
 * What a machine has done so far, over all its vCPUs.
 *
 * @param instructions guest instructions executed, or −1 if the back end cannot count them
 * @param runNanos nanoseconds from the start to now or to the machine's end
 * @param exits how often guest code was left, by reason; reasons that never came are absent
 */
public record VmStats(long instructions, long runNanos, Map<ExitReason, Long> exits) {
  /** Copies the map. */
  public VmStats {
    exits = Map.copyOf(exits);
  }
}
