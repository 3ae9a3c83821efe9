package dev.portfire.devices.virtio;

import java.io.IOException;

/** Where connections that the guest makes to the host lead. */
@FunctionalInterface
public interface HostStreams {
  /**
   * Connects, without waiting.
   *
   * @param port the host's port that the guest asked for, an unsigned number
   */
  HostStream connect(int port) throws IOException;
}
