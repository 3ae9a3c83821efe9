package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import dev.portfire.vmm.json.JsonWriter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The metadata service.
 *
 * @param version which requests need a token
 * @param networkInterfaces the interfaces that reach it
 * @param ipv4Address its address
 * @param imdsCompat whether answers are text whatever the client accepts
 */
public record MmdsConfig(
    String version,
    List<String> networkInterfaces,
    @Nullable String ipv4Address,
    boolean imdsCompat) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("version", "network_interfaces", "ipv4_address", "imds_compat");

  /** The versions. */
  public static final List<String> VERSIONS = List.of("V1", "V2");

  /** Its address if none is given. */
  public static final String DEFAULT_ADDRESS = "169.254.169.254";

  private static String address(JsonReader in, JsonStruct fields) throws JsonException {
    String text = in.string();
    if (octets(text).isEmpty()) {
      throw fields.invalid("invalid IPv4 address syntax");
    }
    return text;
  }

  private static Optional<int[]> octets(String text) {
    int[] octets = new int[4];
    int count = 0;
    int start = 0;
    while (count < 4) {
      int dot = text.indexOf('.', start);
      int end = dot < 0 ? text.length() : dot;
      if (end == start || end - start > 3 || (end - start > 1 && text.charAt(start) == '0')) {
        return Optional.empty();
      }
      int value = 0;
      for (int i = start; i < end; i++) {
        int digit = text.charAt(i) - '0';
        if (digit < 0 || digit > 9) {
          return Optional.empty();
        }
        value = value * 10 + digit;
      }
      if (value > 255) {
        return Optional.empty();
      }
      octets[count++] = value;
      start = end + 1;
      if (dot < 0) {
        break;
      }
    }
    return count == 4 && start == text.length() + 1 ? Optional.of(octets) : Optional.empty();
  }

  /** Its address. */
  public String address() {
    return ipv4Address == null ? DEFAULT_ADDRESS : ipv4Address;
  }

  /** Whether the address is a link-local one that hosts may have (RFC 3927, 2.1). */
  public boolean isLinkLocal() {
    int[] octets = octets(address()).orElseThrow();
    return octets[0] == 169 && octets[1] == 254 && octets[2] >= 1 && octets[2] <= 254;
  }

  /** Writes it with its defaults filled in. */
  public void write(JsonWriter out) {
    out.begin().name("version").string(version).name("network_interfaces").beginArray();
    networkInterfaces.forEach(out::string);
    out.endArray().name("ipv4_address").string(address()).name("imds_compat").bool(imdsCompat).end();
  }

  /** Reads one. */
  public static MmdsConfig read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "MmdsConfig", FIELDS);
    String version = "V1";
    @Nullable List<String> networkInterfaces = null;
    @Nullable String ipv4Address = null;
    boolean imdsCompat = false;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "version" -> version = in.variant(VERSIONS);
        case "network_interfaces" -> networkInterfaces = in.list(JsonReader::string);
        case "ipv4_address" -> ipv4Address = in.isNull() ? null : address(in, fields);
        default -> imdsCompat = in.bool();
      }
    }
    return new MmdsConfig(version, fields.required("network_interfaces", networkInterfaces), ipv4Address, imdsCompat);
  }
}
