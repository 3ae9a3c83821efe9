package dev.portfire.vmm;

import java.nio.file.Path;

/**
 * A disk: a raw image file that the guest sees as {@code /dev/vda}, {@code /dev/vdb} and so on, in the order of adding.
 *
 * @param id a name for errors
 * @param image the file; its size is the disk's, rounded down to 512 bytes
 * @param readOnly whether the guest is kept from writing
 * @param durable whether the guest's flush requests reach the host's disk; if not, they are not even offered
 */
public record Drive(String id, Path image, boolean readOnly, boolean durable) {
  /** A durable drive named after its file. */
  public static Drive of(Path image, boolean readOnly) {
    return new Drive(String.valueOf(image.getFileName()), image, readOnly, true);
  }
}
