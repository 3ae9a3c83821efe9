package dev.portfire.devices.virtio;

import java.lang.foreign.MemorySegment;

/** A neighbour that a network device's frames meet before the host's end does. On the devices' thread. */
public interface Detour {
  /**
   * Looks at a frame from the guest.
   *
   * @param frame an Ethernet frame of at least 0 bytes; a copy, which changes after the call
   * @return whether it was for this neighbour, and must not go on
   */
  boolean accept(MemorySegment frame);

  /**
   * Takes the next frame for the guest.
   *
   * @param buffer takes the longest frame there is
   * @return its length; 0 if there is none
   */
  int next(MemorySegment buffer);
}
