package dev.portfire.vmm;

import java.nio.file.Path;

/** Where the initial RAM disk comes from. */
public sealed interface Initrd {
  /** No initial RAM disk. */
  record None() implements Initrd {}

  /**
   * A file, given to the guest as it is.
   *
   * @param path the file
   */
  record FromFile(Path path) implements Initrd {}

  /**
   * Bytes made by the caller.
   *
   * @param content the bytes, not copied; they must not change until the machine has started
   */
  record FromMemory(byte[] content) implements Initrd {}
}
