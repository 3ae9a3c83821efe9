package dev.portfire.devices.virtio;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Another process that does the work of a block device out of memory that it shares with us, as {@link VirtioVhostBlock} sees it. */
public interface VhostBackEnd {
  /** Bytes of the configuration space that it has. */
  int CONFIG_LENGTH = 60;

  /** The features of its device. */
  long features();

  /** Asks for its configuration space, {@value #CONFIG_LENGTH} bytes. */
  byte[] config() throws IOException;

  /** The memory for the queue, {@link VirtioVhostBlock#RINGS_LENGTH} bytes, zeros at first. */
  MemorySegment rings();

  /** Whether a piece of guest memory is there for it. */
  boolean shares(long address, long length);

  /**
   * Has it serve the queue from now on.
   *
   * @param features those that the driver accepted
   * @param size of the queue, in descriptors
   */
  void start(long features, int size) throws IOException;

  /** Tells it that there is something new in the queue. */
  void kick();
}
