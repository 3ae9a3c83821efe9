package dev.portfire.machine;

import java.util.Optional;

/**
 * What a back end needs to know to create a machine.
 *
 * @param name the machine's name, used in thread names and errors
 * @param memory guest RAM, owned by the caller, who closes it after the machine
 * @param vcpuCount 1 to 32
 * @param cpu what the guest is told of its processor
 * @param smt whether two vCPUs each are the threads of one core; then their number is 1 or even
 * @param template changes of what the guest is told
 */
public record VmSpec(
    String name, GuestMemory memory, int vcpuCount, CpuModel cpu, boolean smt, Optional<CpuTemplate> template) {
  /** The largest number of vCPUs a machine can have. */
  public static final int MAX_VCPUS = 32;

  /** A machine with the processor that moves anywhere. */
  public VmSpec(String name, GuestMemory memory, int vcpuCount) {
    this(name, memory, vcpuCount, CpuModel.PORTFIRE_V2);
  }

  /** A machine whose vCPUs are a core each, and whose processor is what the model says. */
  public VmSpec(String name, GuestMemory memory, int vcpuCount, CpuModel cpu) {
    this(name, memory, vcpuCount, cpu, false, Optional.empty());
  }

  /** Checks the number of vCPUs. */
  public VmSpec {
    if (vcpuCount < 1 || vcpuCount > MAX_VCPUS) {
      throw new IllegalArgumentException("vCPU count must be 1 to " + MAX_VCPUS + ", not " + vcpuCount);
    }
    if (smt && vcpuCount > 1 && vcpuCount % 2 != 0) {
      throw new IllegalArgumentException("with two threads in a core the vCPU count must be 1 or even, not " + vcpuCount);
    }
  }

  /** vCPUs in a core: 1 or 2. A machine of one vCPU has a thread alone. */
  public int threadsPerCore() {
    return smt && vcpuCount > 1 ? 2 : 1;
  }
}
