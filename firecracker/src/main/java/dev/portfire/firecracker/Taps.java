package dev.portfire.firecracker;

import dev.portfire.vmm.HostTap;
import dev.portfire.vmm.MicroVmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The open tap interfaces of network interfaces, so that what is wrong with one is told when it is named. */
final class Taps {
  private final Map<String, HostTap> open = new LinkedHashMap<>();

  /** Opens the tap interface of a network interface, once the one that this had is closed. */
  void open(String ifaceId, String name) throws MicroVmException {
    HostTap old = open.remove(ifaceId);
    if (old != null) {
      old.close();
    }
    open.put(ifaceId, HostTap.open(name));
  }

  /** The open tap interface of a network interface, for somebody who closes it. */
  Optional<HostTap> take(String ifaceId) {
    return Optional.ofNullable(open.remove(ifaceId));
  }

  /** A machine that did not start may have closed them: opens them again. */
  void reopen() throws MicroVmException {
    for (Map.Entry<String, HostTap> entry : open.entrySet()) {
      entry.getValue().close();
      entry.setValue(HostTap.open(entry.getValue().name()));
    }
  }

  /** Closes those that nobody has taken. */
  void close() throws MicroVmException {
    for (HostTap tap : open.values()) {
      tap.close();
    }
    open.clear();
  }

  /** The machine has them all now, and closes them. */
  void givenAway() {
    open.clear();
  }

  /** The open tap interface of a network interface. */
  Optional<HostTap> get(String ifaceId) {
    return Optional.ofNullable(open.get(ifaceId));
  }
}
