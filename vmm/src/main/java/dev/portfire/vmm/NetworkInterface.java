package dev.portfire.vmm;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A network interface of the guest, connected to a tap interface of the host; names are those of Firecracker's API.
 *
 * @param ifaceId a name for errors and for {@link Devices}
 * @param hostDevName the tap interface, up to 15 bytes; it is made if it does not exist and the process may do that
 * @param guestMac the interface's address, such as {@code 06:00:c0:a8:00:02}; the guest makes one up without
 * @param mtu the largest packet, 68 to 65535 bytes, which the guest is told
 * @param rxRateLimiter limits of frames to the guest
 * @param txRateLimiter limits of frames from the guest
 */
public record NetworkInterface(
    String ifaceId,
    String hostDevName,
    Optional<String> guestMac,
    OptionalInt mtu,
    RateLimiterConfig rxRateLimiter,
    RateLimiterConfig txRateLimiter) {
  private static final int MIN_MTU = 68;
  private static final int MAX_MTU = 65535;

  /** An interface with an address and no limits. */
  public static NetworkInterface of(String ifaceId, String hostDevName, String guestMac) {
    return new NetworkInterface(
        ifaceId,
        hostDevName,
        Optional.of(guestMac),
        OptionalInt.empty(),
        RateLimiterConfig.NONE,
        RateLimiterConfig.NONE);
  }

  void validate() throws MicroVmException {
    if (guestMac.isPresent() && !guestMac.get().matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")) {
      throw new MicroVmException(
          "network interface %s: \"%s\" is no MAC address such as 06:00:c0:a8:00:02".formatted(ifaceId, guestMac.get()));
    }
    if (mtu.isPresent() && (mtu.getAsInt() < MIN_MTU || mtu.getAsInt() > MAX_MTU)) {
      throw new MicroVmException("network interface %s: the MTU must be %d to %d, not %d"
          .formatted(ifaceId, MIN_MTU, MAX_MTU, mtu.getAsInt()));
    }
  }

  /** The address in lower case, as it is compared. */
  Optional<String> canonicalMac() {
    return guestMac.map(mac -> mac.toLowerCase(Locale.ROOT));
  }

  byte @org.jspecify.annotations.Nullable [] macBytes() {
    if (guestMac.isEmpty()) {
      return null;
    }
    return java.util.HexFormat.ofDelimiter(":").parseHex(guestMac.get());
  }
}
