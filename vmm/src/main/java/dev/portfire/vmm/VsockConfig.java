package dev.portfire.vmm;

import java.nio.file.Path;

/**
 * A socket device; names are those of Firecracker's API.
 *
 * @param guestCid the guest's context identifier, 3 to 4294967295; less is taken, too, since clients send it, but is of no use
 * @param udsPath a socket file of the host, which is made: who connects to it says {@code CONNECT port} and gets to that port
 *     of the guest. What the guest connects to is {@code udsPath_port}.
 */
public record VsockConfig(long guestCid, Path udsPath) {
  void validate() throws MicroVmException {
    if (guestCid < 0 || guestCid > 0xffff_ffffL) {
      throw new MicroVmException("a guest's CID is 0 to 4294967295, not " + guestCid);
    }
  }
}
