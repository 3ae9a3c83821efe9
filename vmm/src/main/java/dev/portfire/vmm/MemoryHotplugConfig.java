package dev.portfire.vmm;

/**
 * Memory that can be plugged into the running guest; names are those of Firecracker's API.
 *
 * @param totalSizeMib how much at most, a multiple of the slot's size
 * @param blockSizeMib what the guest plugs at a time, a power of two from 2
 * @param slotSizeMib a multiple of the block's size, at least 128
 */
public record MemoryHotplugConfig(long totalSizeMib, long blockSizeMib, long slotSizeMib) {
  private static final int MIN_SLOT_MIB = 128;
  private static final int MIN_BLOCK_MIB = 2;
  private static final long MAX_TOTAL_MIB = 512 << 10;

  void validate() throws MicroVmException {
    if (blockSizeMib < MIN_BLOCK_MIB || Long.bitCount(blockSizeMib) != 1) {
      throw new MicroVmException("the block size of hotplugged memory is a power of two from 2 MiB, not " + blockSizeMib);
    }
    if (slotSizeMib < MIN_SLOT_MIB || slotSizeMib % blockSizeMib != 0) {
      throw new MicroVmException(
          "the slot size of hotplugged memory is a multiple of its block size from 128 MiB, not " + slotSizeMib);
    }
    if (totalSizeMib < slotSizeMib || totalSizeMib % slotSizeMib != 0 || totalSizeMib > MAX_TOTAL_MIB) {
      throw new MicroVmException(
          "the size of hotplugged memory is a multiple of its slot size up to 512 GiB, not " + totalSizeMib);
    }
  }
}
