package dev.portfire.vmm;

import dev.portfire.machine.ExitReason;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a machine has done so far, over all its vCPUs.
 *
 * @param instructions guest instructions executed, or −1 if the back end cannot count them
 * @param runNanos nanoseconds from the start to now or to the machine's end
 * @param userModeNanos nanoseconds from the request to start the machine to its first user-space instruction, kernel
 *     loading included; empty before that, and if the back end does not see it
 * @param exits how often guest code was left, by reason; reasons that never came are absent
 * @param assists how often the software CPU executed an instruction that the back end could not, by its opcode in hexadecimal
 * @param fallbacks how often the native engine had a single instruction interpreted, by its operation
 */
public record VmStats(
    long instructions,
    long runNanos,
    OptionalLong userModeNanos,
    Map<ExitReason, Long> exits,
    Map<String, Long> assists,
    Map<String, Long> fallbacks) {
  /** Copies the maps. */
  public VmStats {
    exits = Map.copyOf(exits);
    assists = Map.copyOf(assists);
    fallbacks = Map.copyOf(fallbacks);
  }
}
