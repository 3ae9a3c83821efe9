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
 * @param pmem files as persistent memory
 * @param memoryHotplug memory that can be plugged in
 * @param pci whether virtio devices are on a PCI bus, and not memory-mapped by themselves
 * @param vsock the socket device
 * @param entropyRateLimiter limits of the entropy device, if there is one
 */
public record DeviceSet(
    List<NetworkInterface> networks,
    Optional<MetadataConfig> metadata,
    Optional<BalloonConfig> balloon,
    List<PmemConfig> pmem,
    Optional<MemoryHotplugConfig> memoryHotplug,
    boolean pci,
    Optional<VsockConfig> vsock,
    RateLimiterConfig entropyRateLimiter) {
  /** Copies the lists. */
  public DeviceSet {
    networks = List.copyOf(networks);
    pmem = List.copyOf(pmem);
  }

  /** How many virtio devices these are. */
  int count() {
    return networks.size() + pmem.size() + (memoryHotplug.isPresent() ? 1 : 0) + (balloon.isPresent() ? 1 : 0) + (vsock.isPresent() ? 1 : 0);
  }

  void validate(long memoryMib) throws MicroVmException {
    if (balloon.isPresent()) {
      balloon.get().validate(memoryMib);
    }
    if (vsock.isPresent()) {
      vsock.get().validate();
    }
    if (memoryHotplug.isPresent()) {
      memoryHotplug.get().validate();
    }
    if (pmem.stream().map(PmemConfig::id).distinct().count() != pmem.size()) {
      throw new MicroVmException("the names of persistent memory must differ");
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
