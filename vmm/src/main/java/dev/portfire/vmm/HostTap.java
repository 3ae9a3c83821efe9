package dev.portfire.vmm;

import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.Tap;

/**
 * An open tap interface. A machine opens those it needs by itself; who wants to know earlier whether that works opens one
 * and hands it over to {@link MicroVm.Builder#network(NetworkInterface, HostTap)}.
 */
public final class HostTap implements AutoCloseable {
  private final Tap tap;

  private HostTap(Tap tap) {
    this.tap = tap;
  }

  /**
   * Opens a tap interface, which nobody else can use until it is closed.
   *
   * @throws MicroVmException with the words of Firecracker
   */
  public static HostTap open(String name) throws MicroVmException {
    try {
      return new HostTap(Tap.open(name));
    } catch (SystemCallException e) {
      throw new MicroVmException(
          ("Open tap device failed: Error while creating ifreq structure: %s. Invalid TUN/TAP Backend"
                  + " provided by %s. Check our documentation on setting up the network devices.")
              .formatted(HostErrors.describe(e.errno()), name),
          e);
    }
  }

  /** The interface's name. */
  public String name() {
    return tap.name();
  }

  Tap tap() {
    return tap;
  }

  @Override
  public void close() throws MicroVmException {
    try {
      tap.close();
    } catch (SystemCallException e) {
      throw new MicroVmException(String.valueOf(e.getMessage()), e);
    }
  }
}
