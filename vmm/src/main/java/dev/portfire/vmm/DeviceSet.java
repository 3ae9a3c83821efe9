package dev.portfire.vmm;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A machine's devices beyond drives and consoles.
 *
 * @param networks the network interfaces, the guest's {@code eth0} first
 * @param metadata the metadata service
 * @param balloon the memory balloon
 * @param vsock the socket device
 * @param entropyRateLimiter limits of the entropy device, if there is one
 */
public record DeviceSet(
    List<NetworkInterface> networks,
    Optional<MetadataConfig> metadata,
    Optional<BalloonConfig> balloon,
    Optional<VsockConfig> vsock,
    RateLimiterConfig entropyRateLimiter) {
  /** Copies the lists. */
  public DeviceSet {
    networks = List.copyOf(networks);
  }

  /** How many virtio devices these are. */
  int count() {
    return networks.size() + (balloon.isPresent() ? 1 : 0) + (vsock.isPresent() ? 1 : 0);
  }

  void validate(long memoryMib) throws MicroVmException {
    if (balloon.isPresent()) {
      balloon.get().validate(memoryMib);
    }
    if (vsock.isPresent()) {
      vsock.get().validate();
    }
    Set<String> ids = new HashSet<>();
    Set<String> addresses = new HashSet<>();
    for (NetworkInterface network : networks) {
      network.validate();
      if (!ids.add(network.ifaceId())) {
        throw new MicroVmException("there are two network interfaces " + network.ifaceId());
      }
      String mac = network.canonicalMac().orElse("");
      if (!mac.isEmpty() && !addresses.add(mac)) {
        throw new MicroVmException("The MAC address is already in use: " + mac);
      }
    }
    if (metadata.isPresent()) {
      metadata.get().validate(ids);
    }
  }
}
