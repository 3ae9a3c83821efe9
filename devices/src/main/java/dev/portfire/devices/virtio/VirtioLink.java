package dev.portfire.devices.virtio;

import dev.portfire.machine.GuestMemory;

/** What an active device can do through its transport. */
public interface VirtioLink {
  /** Guest RAM. */
  GuestMemory memory();

  /** The features the driver accepted. */
  long features();

  /** A queue; only to be used while the transport calls the device. */
  SplitQueue queue(int index);

  /** Interrupts the driver for used buffers, if it wants to be. */
  void signal(SplitQueue queue);

  /** Tells the driver that the configuration space changed. Thread-safe. */
  void configChanged();

  /**
   * Has {@link VirtioDevice#process} called soon on the executor, unless the device is deactivated before. Thread-safe.
   */
  void schedule(int queue);
}
