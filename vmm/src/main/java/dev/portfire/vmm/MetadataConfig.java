package dev.portfire.vmm;

import dev.portfire.vmm.mmds.Mmds;
import java.util.Set;

/**
 * A metadata service that the guest reaches by HTTP; nothing of it is on the host's network.
 *
 * @param mmds the service
 * @param networkInterfaces names of the interfaces that lead to it, at least one
 * @param ipv4Address its address: 169.254.1.0 to 169.254.254.255, as a rule 169.254.169.254
 */
public record MetadataConfig(Mmds mmds, Set<String> networkInterfaces, String ipv4Address) {
  /** Copies the set. */
  public MetadataConfig {
    networkInterfaces = Set.copyOf(networkInterfaces);
  }

  void validate(Set<String> interfaces) throws MicroVmException {
    if (networkInterfaces.isEmpty() || !interfaces.containsAll(networkInterfaces)) {
      throw new MicroVmException("the metadata service needs network interfaces that exist");
    }
    if (!ipv4Address.matches("169\\.254\\.[0-9]{1,3}\\.[0-9]{1,3}") || address() < 0xa9fe_0100 || address() > 0xa9fe_feff) {
      throw new MicroVmException(
          "the metadata service's address is in 169.254.1.0 to 169.254.254.255, not " + ipv4Address);
    }
  }

  /** The address as a number. */
  int address() {
    int result = 0;
    for (String part : ipv4Address.split("\\.", -1)) {
      int value = Integer.parseInt(part);
      // A part that is too large makes an address out of the range.
      result = value > 0xff ? 0 : result << 8 | value;
    }
    return result;
  }
}
