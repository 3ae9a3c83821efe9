package dev.portfire.machine;

/**
 * What a back end needs to know to create a machine.
 *
 * @param name the machine's name, used in thread names and errors
 * @param memory guest RAM, owned by the caller, who closes it after the machine
 * @param vcpuCount 1 to 32
 */
public record VmSpec(String name, GuestMemory memory, int vcpuCount) {
  /** The largest number of vCPUs a machine can have. */
  public static final int MAX_VCPUS = 32;

  public VmSpec {
    if (vcpuCount < 1 || vcpuCount > MAX_VCPUS) {
      throw new IllegalArgumentException("vCPU count must be 1 to " + MAX_VCPUS + ", not " + vcpuCount);
    }
  }
}
