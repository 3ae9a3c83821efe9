package dev.portfire.firecracker.config;

import dev.portfire.vmm.NetworkInterface;
import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import dev.portfire.vmm.json.JsonWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A network interface.
 *
 * @param ifaceId its name
 * @param hostDevName the tap interface
 * @param guestMac its address, in lower case
 * @param mtu the largest packet in bytes
 * @param rxRateLimiter limits of frames to the guest
 * @param txRateLimiter limits of frames from the guest
 */
public record NetworkConfig(
    String ifaceId,
    String hostDevName,
    @Nullable String guestMac,
    @Nullable Integer mtu,
    @Nullable RateLimiter rxRateLimiter,
    @Nullable RateLimiter txRateLimiter) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of(
      "iface_id",
      "host_dev_name",
      "guest_mac",
      "mtu",
      "rx_rate_limiter",
      "tx_rate_limiter");

  private static final int MIN_MTU = 68;

  private static String mac(JsonReader in, JsonStruct fields) throws JsonException {
    String text = in.string();
    if (!isMac(text)) {
      throw fields.invalid("The provided MAC address is invalid.");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  private static int mtu(JsonReader in, JsonStruct fields) throws JsonException {
    int value = (int) in.unsigned("u16", 16);
    if (value < MIN_MTU) {
      throw fields.invalid("The provided MTU is invalid: " + value + ". It must be between 68 and 65535.");
    }
    return value;
  }

  private static boolean isMac(String text) {
    if (text.length() != 17) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (i % 3 == 2 ? c != ':' : Character.digit(c, 16) < 0 || c > 'f') {
        return false;
      }
    }
    return true;
  }

  /** This with what an update changes. */
  public NetworkConfig with(NetworkUpdate update) {
    return new NetworkConfig(
        ifaceId,
        hostDevName,
        guestMac,
        mtu,
        RateLimiter.updated(rxRateLimiter, update.rxRateLimiter()),
        RateLimiter.updated(txRateLimiter, update.txRateLimiter()));
  }

  /** The same for a machine. */
  public NetworkInterface toMachine() {
    return new NetworkInterface(
        ifaceId,
        hostDevName,
        Optional.ofNullable(guestMac),
        mtu == null ? OptionalInt.empty() : OptionalInt.of(mtu),
        RateLimiter.toMachine(rxRateLimiter),
        RateLimiter.toMachine(txRateLimiter));
  }

  /** Reads one. */
  public static NetworkConfig read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "NetworkInterfaceConfig", FIELDS);
    @Nullable String ifaceId = null;
    @Nullable String hostDevName = null;
    @Nullable String guestMac = null;
    @Nullable Integer mtu = null;
    @Nullable RateLimiter rxRateLimiter = null;
    @Nullable RateLimiter txRateLimiter = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "iface_id" -> ifaceId = in.string();
        case "host_dev_name" -> hostDevName = in.string();
        case "guest_mac" -> guestMac = in.isNull() ? null : mac(in, fields);
        case "mtu" -> mtu = in.isNull() ? null : mtu(in, fields);
        case "rx_rate_limiter" -> rxRateLimiter = in.isNull() ? null : RateLimiter.read(in);
        default -> txRateLimiter = in.isNull() ? null : RateLimiter.read(in);
      }
    }
    return new NetworkConfig(
        fields.required("iface_id", ifaceId),
        fields.required("host_dev_name", hostDevName),
        guestMac,
        mtu,
        rxRateLimiter,
        txRateLimiter);
  }

  /** Writes it. */
  public void write(JsonWriter out) {
    out.begin();
    out.name("iface_id");
    out.string(ifaceId);
    out.name("host_dev_name");
    out.string(hostDevName);
    out.name("guest_mac");
    out.string(guestMac);
    out.name("mtu");
    if (mtu == null) {
      out.nothing();
    } else {
      out.number(mtu);
    }
    out.name("rx_rate_limiter");
    RateLimiter.write(out, rxRateLimiter);
    out.name("tx_rate_limiter");
    RateLimiter.write(out, txRateLimiter);
    out.end();
  }
}
