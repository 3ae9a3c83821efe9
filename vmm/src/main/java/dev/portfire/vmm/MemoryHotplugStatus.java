package dev.portfire.vmm;

/**
 * Memory hotplug as it is now.
 *
 * @param config what it was made of
 * @param pluggedSizeMib how much the guest has plugged
 * @param requestedSizeMib how much the host wants plugged
 */
public record MemoryHotplugStatus(MemoryHotplugConfig config, long pluggedSizeMib, long requestedSizeMib) {}
