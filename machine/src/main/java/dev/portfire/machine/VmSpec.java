package dev.portfire.machine;

/**
 * What a back end needs to know to create a machine.
 *
 * @param name the machine's name, used in thread names and errors
 * @param memory guest RAM, owned by the caller, who closes it after the machine
 * @param vcpuCount 1 to 32
 * @param cpu what the guest is told of its processor
 */
public record VmSpec(String name, GuestMemory memory, int vcpuCount, CpuModel cpu) {
  /** The largest number of vCPUs a machine can have. */
  public static final int MAX_VCPUS = 32;

  /** A machine with the processor that moves anywhere. */
  public VmSpec(String name, GuestMemory memory, int vcpuCount) {
    this(name, memory, vcpuCount, CpuModel.PORTFIRE_V2);
  }

  /** Checks the number of vCPUs. */
  public VmSpec {
    if (vcpuCount < 1 || vcpuCount > MAX_VCPUS) {
      throw new IllegalArgumentException("vCPU count must be 1 to " + MAX_VCPUS + ", not " + vcpuCount);
    }
  }
}
