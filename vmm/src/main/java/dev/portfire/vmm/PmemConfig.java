package dev.portfire.vmm;

import java.nio.file.Path;

/**
 * A file as persistent memory of the guest, {@code /dev/pmem0} and so on; names are those of Firecracker's API.
 *
 * @param id a name for errors and for {@link Devices}
 * @param pathOnHost the file, which must not be empty, nor get shorter while the machine runs; what the guest writes gets there
 * @param readOnly whether the guest is kept from writing
 * @param rateLimiter limits of flushes, each of which counts as many bytes as the file has
 */
public record PmemConfig(String id, Path pathOnHost, boolean readOnly, RateLimiterConfig rateLimiter) {}
