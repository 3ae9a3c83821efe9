package dev.portfire.vmm;

/**
 * A memory balloon; names are those of Firecracker's API.
 *
 * @param amountMib how much the host wants in it, in MiB; not more than the guest has
 * @param deflateOnOom whether the guest takes memory out of it before it kills a process
 * @param statsPollingIntervalS seconds between statistics, 0 to 65535; 0 for no statistics
 * @param freePageHinting whether the guest can be asked for its free pages
 * @param freePageReporting whether the guest reports its free pages by itself
 */
public record BalloonConfig(
    int amountMib,
    boolean deflateOnOom,
    int statsPollingIntervalS,
    boolean freePageHinting,
    boolean freePageReporting) {
  void validate(long memoryMib) throws MicroVmException {
    if (amountMib < 0 || amountMib > memoryMib) {
      throw new MicroVmException(
          "a balloon of %d MiB does not fit into a guest of %d MiB".formatted(amountMib, memoryMib));
    }
    if (statsPollingIntervalS < 0 || statsPollingIntervalS > 0xffff) {
      throw new MicroVmException("the balloon's statistics come every 0 to 65535 seconds, not " + statsPollingIntervalS);
    }
  }
}
