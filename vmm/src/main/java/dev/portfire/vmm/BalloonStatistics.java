package dev.portfire.vmm;

import java.util.Map;

/**
 * What a balloon's guest has reported.
 *
 * @param targetPages pages of 4096 bytes that the host wants in the balloon
 * @param actualPages pages that are in it
 * @param reported the guest's statistics by the names of Firecracker's API, such as {@code free_memory}; those that it knows
 */
public record BalloonStatistics(long targetPages, long actualPages, Map<String, Long> reported) {}
