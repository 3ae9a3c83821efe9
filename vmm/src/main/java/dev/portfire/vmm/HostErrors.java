package dev.portfire.vmm;

import dev.portfire.linux.SystemCalls;
import java.util.Map;

/**
 * Error numbers of Linux as clients of Firecracker know them: it is linked with musl, whose words for some of them are not those of
 * this host's C library.
 */
public final class HostErrors {
  private static final Map<Integer, String> OF_MUSL = Map.of(
      5, "I/O error",
      12, "Out of memory",
      16, "Resource busy",
      24, "No file descriptors available",
      36, "Filename too long",
      40, "Symbolic link loop",
      98, "Address in use");

  private HostErrors() {}

  /** The words for a number, and the number. */
  static String describe(int errno) {
    return describe(errno, OF_MUSL.containsKey(errno) ? "" : SystemCalls.describe(errno));
  }

  /**
   * The words for a number, and the number.
   *
   * @param words the host's own
   */
  public static String describe(int errno, String words) {
    return OF_MUSL.getOrDefault(errno, words) + " (os error " + errno + ")";
  }
}
