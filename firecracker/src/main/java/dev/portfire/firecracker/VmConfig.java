package dev.portfire.firecracker;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/**
 * What a configuration file says, as it says it.
 *
 * @param bootSource the kernel
 * @param machine vCPUs and memory
 * @param drives disks in the file's order
 * @param entropy whether there is an entropy device
 */
record VmConfig(BootSource bootSource, Machine machine, List<DriveConfig> drives, boolean entropy) {
  private static final long MAX_MIB = Long.MAX_VALUE >> 20;

  /** Sections of Firecracker's that this build does not know how to carry out; an empty list is no request. */
  private static final List<String> UNSUPPORTED = List.of(
      "network-interfaces", "pmem", "balloon", "vsock", "mmds-config", "memory-hotplug", "cpu-config", "logger",
      "metrics");

  /**
   * The kernel.
   *
   * @param kernelImagePath its file
   * @param initrdPath the initial RAM disk's file, if any
   * @param bootArgs its command line; null for the built-in one
   */
  record BootSource(String kernelImagePath, @Nullable String initrdPath, @Nullable String bootArgs) {}

  /**
   * vCPUs and memory.
   *
   * @param vcpuCount 0 to 255 as read
   * @param memSizeMib MiB as read
   * @param smt whether vCPUs are presented as pairs of threads
   */
  record Machine(int vcpuCount, long memSizeMib, boolean smt) {
    static final Machine DEFAULT = new Machine(1, 128, false);
  }

  /**
   * A disk.
   *
   * @param driveId its name
   * @param pathOnHost its file
   * @param isRootDevice whether the guest finds its root file system there
   * @param isReadOnly whether the guest is kept from writing
   * @param partuuid the partition with the root file system, if not the whole disk
   * @param writeback whether flush requests are offered and carried out
   */
  record DriveConfig(
      String driveId,
      String pathOnHost,
      boolean isRootDevice,
      boolean isReadOnly,
      @Nullable String partuuid,
      boolean writeback) {}

  /**
   * Reads a configuration file.
   *
   * @throws ConfigException naming the first thing that is wrong, in serde's words where clients know them
   */
  static VmConfig parse(byte[] json) throws ConfigException {
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
      if (parser.nextToken() == null) {
        throw new ConfigException("EOF while parsing a value at line 1 column 0");
      }
      VmConfig config = parse(parser);
      if (parser.nextToken() != null) {
        TokenStreamLocation at = parser.currentTokenLocation();
        throw new ConfigException(
            "trailing characters at line %d column %d".formatted(at.getLineNr(), at.getColumnNr()));
      }
      return config;
    } catch (StreamReadException e) {
      TokenStreamLocation at = e.getLocation();
      String text = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("not JSON");
      throw new ConfigException(
          at == null ? text : "%s at line %d column %d".formatted(text, at.getLineNr(), at.getColumnNr()));
    }
  }

  private static VmConfig parse(JsonParser parser) throws ConfigException {
    List<String> known = new ArrayList<>(List.of("boot-source", "drives", "machine-config", "entropy"));
    known.addAll(UNSUPPORTED);
    // Firecracker passes over what it does not know at this level, and only at this one.
    JsonObject object = new JsonObject(parser, "struct VmmConfig", false, known);
    BootSource bootSource = null;
    Machine machine = Machine.DEFAULT;
    List<DriveConfig> drives = null;
    boolean entropy = false;
    for (String name = object.next(); name != null; name = object.next()) {
      switch (name) {
        case "boot-source" -> bootSource = bootSource(parser);
        case "drives" -> drives = drives(parser);
        case "machine-config" -> machine = parser.currentToken() == JsonToken.VALUE_NULL ? machine : machine(parser);
        case "entropy" -> entropy = entropy(parser);
        default -> refuseUnlessEmpty(parser, name);
      }
    }
    return new VmConfig(
        object.required("boot-source", bootSource), machine, object.required("drives", drives), entropy);
  }

  private static void refuseUnlessEmpty(JsonParser parser, String name) throws ConfigException {
    boolean empty = parser.currentToken() == JsonToken.VALUE_NULL
        || (parser.currentToken() == JsonToken.START_ARRAY && parser.nextToken() == JsonToken.END_ARRAY);
    if (!empty) {
      throw new ConfigException("`" + name + "` is not supported by this build: leave it out");
    }
  }

  private static BootSource bootSource(JsonParser parser) throws ConfigException {
    JsonObject object = new JsonObject(
        parser, "struct BootSourceConfig", true, List.of("kernel_image_path", "initrd_path", "boot_args"));
    String kernel = null;
    String initrd = null;
    String arguments = null;
    for (String name = object.next(); name != null; name = object.next()) {
      switch (name) {
        case "kernel_image_path" -> kernel = object.string();
        case "initrd_path" -> initrd = object.optionalString();
        default -> arguments = object.optionalString();
      }
    }
    return new BootSource(object.required("kernel_image_path", kernel), initrd, arguments);
  }

  private static Machine machine(JsonParser parser) throws ConfigException {
    JsonObject object = new JsonObject(
        parser,
        "struct MachineConfig",
        true,
        List.of("vcpu_count", "mem_size_mib", "smt", "cpu_template", "track_dirty_pages", "huge_pages"));
    Long vcpus = null;
    Long memory = null;
    boolean smt = false;
    for (String name = object.next(); name != null; name = object.next()) {
      switch (name) {
        case "vcpu_count" -> vcpus = object.unsigned("u8", 255);
        case "mem_size_mib" -> memory = object.unsigned("usize", MAX_MIB);
        case "smt" -> smt = object.bool();
        case "track_dirty_pages" -> object.bool();
        case "huge_pages" -> object.variant(List.of("None", "Transparent", "2M"));
        default -> {
          String template = object.optionalString();
          if (template != null && !template.equals("None")) {
            throw new ConfigException("cpu_template `" + template + "` is not supported by this build: leave it out");
          }
        }
      }
    }
    int count = object.required("vcpu_count", vcpus).intValue();
    return new Machine(count, object.required("mem_size_mib", memory), smt);
  }

  private static List<DriveConfig> drives(JsonParser parser) throws ConfigException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw new ConfigException("invalid type: `drives` must be a sequence");
    }
    List<DriveConfig> drives = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      drives.add(drive(parser));
    }
    if (drives.stream().filter(DriveConfig::isRootDevice).count() > 1) {
      throw new ConfigException("A root block device already exists");
    }
    return drives;
  }

  private static DriveConfig drive(JsonParser parser) throws ConfigException {
    JsonObject object = new JsonObject(
        parser,
        "struct BlockDeviceConfig",
        true,
        List.of(
            "drive_id", "partuuid", "is_root_device", "cache_type", "is_read_only", "path_on_host", "rate_limiter",
            "io_engine", "socket"));
    String id = null;
    String path = null;
    Boolean root = null;
    boolean readOnly = false;
    String partuuid = null;
    boolean writeback = false;
    for (String name = object.next(); name != null; name = object.next()) {
      switch (name) {
        case "drive_id" -> id = object.string();
        case "path_on_host" -> path = object.optionalString();
        case "is_root_device" -> root = object.bool();
        case "is_read_only" -> readOnly = parser.currentToken() != JsonToken.VALUE_NULL && object.bool();
        case "partuuid" -> partuuid = object.optionalString();
        case "cache_type" -> writeback = object.variant(List.of("Unsafe", "Writeback")).equals("Writeback");
        case "io_engine" -> {
          if (parser.currentToken() != JsonToken.VALUE_NULL) {
            object.variant(List.of("Sync", "Async"));
          }
        }
        default -> refuseUnlessEmpty(parser, name);
      }
    }
    return new DriveConfig(
        object.required("drive_id", id),
        object.required("path_on_host", path),
        object.required("is_root_device", root),
        readOnly,
        partuuid,
        writeback);
  }

  private static boolean entropy(JsonParser parser) throws ConfigException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return false;
    }
    JsonObject object = new JsonObject(parser, "struct EntropyDeviceConfig", true, List.of("rate_limiter"));
    for (String name = object.next(); name != null; name = object.next()) {
      refuseUnlessEmpty(parser, name);
    }
    return true;
  }
}
