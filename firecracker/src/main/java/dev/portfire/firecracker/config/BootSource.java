package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import dev.portfire.vmm.json.JsonWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The kernel.
 *
 * @param kernelImagePath its file
 * @param initrdPath the file of the initial RAM disk
 * @param bootArgs its command line; null for the built-in one
 */
public record BootSource(String kernelImagePath, @Nullable String initrdPath, @Nullable String bootArgs) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of("kernel_image_path", "initrd_path", "boot_args");

  /** Reads one. */
  public static BootSource read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "BootSourceConfig", FIELDS);
    @Nullable String kernelImagePath = null;
    @Nullable String initrdPath = null;
    @Nullable String bootArgs = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "kernel_image_path" -> kernelImagePath = in.string();
        case "initrd_path" -> initrdPath = in.isNull() ? null : in.string();
        default -> bootArgs = in.isNull() ? null : in.string();
      }
    }
    return new BootSource(fields.required("kernel_image_path", kernelImagePath), initrdPath, bootArgs);
  }

  /** Writes it. */
  public void write(JsonWriter out) {
    out.begin();
    out.name("kernel_image_path");
    out.string(kernelImagePath);
    out.name("initrd_path");
    out.string(initrdPath);
    out.name("boot_args");
    out.string(bootArgs);
    out.end();
  }
}
