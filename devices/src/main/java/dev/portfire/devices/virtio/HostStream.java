package dev.portfire.devices.virtio;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** The host's end of one connection: a byte stream that never waits. */
public interface HostStream {
  /**
   * Says what to call on the devices' thread when something can be read or written again, or the other side has closed. What
   * there is already is not told.
   */
  void onReady(Runnable action);

  /**
   * Reads.
   *
   * @return the number of bytes; 0 if there are none now, −1 at the end
   */
  int read(MemorySegment buffer) throws IOException;

  /**
   * Writes.
   *
   * @return the number of bytes that there was room for
   */
  int write(MemorySegment data) throws IOException;

  /** Whether the other side has closed the stream in both directions. */
  boolean hungUp();

  /** Tells the other side that nothing more comes. */
  void shutdownWrite();

  /** Closes it; it is not ready any more afterwards. */
  void close();
}
