package dev.portfire.firecracker;

import dev.portfire.vmm.HostSocket;
import dev.portfire.vmm.MicroVmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The listening socket of the vsock device, made when the device is named. */
final class Sockets {
  private @Nullable HostSocket open;

  /**
   * Listens; a socket that was made here before is removed first.
   *
   * @throws MicroVmException if it cannot be made, for example since the file exists
   */
  void listen(Path path) throws MicroVmException, IOException {
    remove();
    open = HostSocket.listen(path);
  }

  private void remove() throws MicroVmException, IOException {
    HostSocket old = open;
    if (old != null) {
      open = null;
      old.close();
      Files.deleteIfExists(old.path());
    }
  }

  /** Closes a socket that no machine has; its file stays. */
  void close() throws MicroVmException {
    if (open != null) {
      open.close();
      open = null;
    }
  }

  /** A machine that did not start may have closed it: makes it again. */
  void reopen() throws MicroVmException {
    HostSocket old = open;
    if (old != null) {
      try {
        listen(old.path());
      } catch (IOException e) {
        throw new MicroVmException("vsock socket " + old.path() + ": " + e.getMessage(), e);
      }
    }
  }

  /** The machine has it now. */
  void givenAway() {
    open = null;
  }

  /** The socket, if there is one. */
  Optional<HostSocket> get() {
    return Optional.ofNullable(open);
  }
}
