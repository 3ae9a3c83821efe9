package dev.portfire.machine;

import java.util.BitSet;

/**
 * The record of the pages of guest memory that were written: by the guest, and through {@link GuestMemory}. The vCPUs may run
 * meanwhile. One thread at a time uses it; it may be a vCPU's, in a device.
 */
public interface DirtyLog {
  /** Starts to record; what was written before does not count. Does nothing if it records already. */
  void start();

  /**
   * The pages written since the last call, or since the start; they are clean again afterwards.
   *
   * @return a bit for each 4096 bytes of {@link GuestMemory#host()}, by their offset there
   * @throws IllegalStateException if it does not record
   */
  BitSet takeDirtyPages();

  /** Ends recording. */
  void stop();
}
