package dev.portfire.vmm;

import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.UnixSocket;
import java.nio.file.Path;

/**
 * The listening socket of a socket device. A machine makes it by itself; who wants to know earlier whether that works makes
 * one and hands it over to {@link MicroVm.Builder#vsock(VsockConfig, HostSocket)}.
 */
public final class HostSocket implements AutoCloseable {
  private final Path path;
  private final UnixSocket socket;

  private HostSocket(Path path, UnixSocket socket) {
    this.path = path;
    this.socket = socket;
  }

  /**
   * Makes a socket file and listens there. Nobody removes the file.
   *
   * @throws MicroVmException naming the file; it must not exist
   */
  public static HostSocket listen(Path path) throws MicroVmException {
    try {
      return new HostSocket(path, UnixSocket.listen(path));
    } catch (SystemCallException e) {
      throw new MicroVmException(
          "vsock socket %s: %s".formatted(path, HostErrors.describe(e.errno())), e);
    }
  }

  /** The socket's file. */
  public Path path() {
    return path;
  }

  UnixSocket socket() {
    return socket;
  }

  @Override
  public void close() throws MicroVmException {
    try {
      socket.close();
    } catch (SystemCallException e) {
      throw new MicroVmException(String.valueOf(e.getMessage()), e);
    }
  }
}
