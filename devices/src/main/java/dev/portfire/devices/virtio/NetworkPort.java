package dev.portfire.devices.virtio;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** The host's end of a network device: frames with virtio's header of 12 bytes (virtio 1.2, 5.1.6). */
public interface NetworkPort {
  /**
   * Takes the next frame, without waiting.
   *
   * @param buffer takes the longest frame there is
   * @return the length of header and frame; 0 if none is there
   */
  int read(MemorySegment buffer) throws IOException;

  /**
   * Hands over a frame, without waiting.
   *
   * @return whether there was room for it
   */
  boolean write(MemorySegment frame) throws IOException;

  /**
   * Says which frames the guest takes.
   *
   * @param checksum ones without their checksum
   * @param tso4 large TCP segments over IPv4
   * @param tso6 large TCP segments over IPv6
   * @param ufo large UDP datagrams
   */
  void setOffloads(boolean checksum, boolean tso4, boolean tso6, boolean ufo) throws IOException;
}
