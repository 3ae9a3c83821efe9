package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import dev.portfire.vmm.json.JsonWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A vsock device.
 *
 * @param vsockId of no use, deprecated
 * @param guestCid the guest's context identifier
 * @param udsPath the socket on the host
 */
public record VsockConfig(@Nullable String vsockId, long guestCid, String udsPath) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("vsock_id", "guest_cid", "uds_path");

  /** Writes it, without what is deprecated. */
  public void write(JsonWriter out) {
    out.begin().name("guest_cid").number(guestCid).name("uds_path").string(udsPath).end();
  }

  /** Reads one. */
  public static VsockConfig read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "VsockDeviceConfig", FIELDS);
    @Nullable String vsockId = null;
    @Nullable Long guestCid = null;
    @Nullable String udsPath = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "vsock_id" -> vsockId = in.isNull() ? null : in.string();
        case "guest_cid" -> guestCid = in.unsigned("u32", 32);
        default -> udsPath = in.string();
      }
    }
    return new VsockConfig(vsockId, fields.required("guest_cid", guestCid), fields.required("uds_path", udsPath));
  }
}
