package dev.portfire.vmm;

import java.nio.file.Path;

/**
 * A disk: a raw image file that the guest sees as {@code /dev/vda}, {@code /dev/vdb} and so on, in the order of adding.
 *
 * @param id a name for errors and for {@link Devices}
 * @param image the file; its size is the disk's, rounded down to 512 bytes. For {@link IoEngine#VHOST_USER} the socket
 * @param readOnly whether the guest is kept from writing
 * @param durable whether the guest's flush requests reach the host's disk; if not, they are not even offered
 * @param rateLimiter limits of requests, and of bytes read and written
 * @param ioEngine how requests are done
 */
public record Drive(
    String id, Path image, boolean readOnly, boolean durable, RateLimiterConfig rateLimiter, IoEngine ioEngine) {
  /** A drive with no limits whose requests are done one after the other. */
  public Drive(String id, Path image, boolean readOnly, boolean durable) {
    this(id, image, readOnly, durable, RateLimiterConfig.NONE, IoEngine.SYNC);
  }

  /** A drive that another process serves, and that it knows everything about but whether flushes are offered. */
  public static Drive vhostUser(String id, Path socket, boolean durable) {
    return new Drive(id, socket, false, durable, RateLimiterConfig.NONE, IoEngine.VHOST_USER);
  }

  /** A durable drive named after its file. */
  public static Drive of(Path image, boolean readOnly) {
    return new Drive(String.valueOf(image.getFileName()), image, readOnly, true);
  }
}
