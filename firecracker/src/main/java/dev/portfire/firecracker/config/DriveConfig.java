package dev.portfire.firecracker.config;

import dev.portfire.vmm.Drive;
import dev.portfire.vmm.IoEngine;
import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import dev.portfire.vmm.json.JsonWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A disk.
 *
 * @param driveId its name
 * @param partuuid the partition with the root file system, if not the whole disk
 * @param isRootDevice whether the guest finds its root file system there
 * @param cacheType whether the guest can flush
 * @param isReadOnly whether the guest is kept from writing
 * @param pathOnHost its file
 * @param rateLimiter limits of requests
 * @param ioEngine how requests are done
 * @param socket the socket of a vhost-user back end
 */
public record DriveConfig(
    String driveId,
    @Nullable String partuuid,
    boolean isRootDevice,
    String cacheType,
    @Nullable Boolean isReadOnly,
    @Nullable String pathOnHost,
    @Nullable RateLimiter rateLimiter,
    @Nullable String ioEngine,
    @Nullable String socket) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of(
      "drive_id",
      "partuuid",
      "is_root_device",
      "cache_type",
      "is_read_only",
      "path_on_host",
      "rate_limiter",
      "io_engine",
      "socket");

  /** Whether a guest can flush. */
  public static final List<String> CACHE_TYPES = List.of("Unsafe", "Writeback");

  /** How requests are done. */
  public static final List<String> IO_ENGINES = List.of("Sync", "Async");

  /** Whether a vhost-user back end is asked for. */
  public boolean isVhostUser() {
    return socket != null
        && pathOnHost == null
        && isReadOnly == null
        && rateLimiter == null
        && ioEngine == null;
  }

  /** Whether a file is behind it. */
  public boolean isFile() {
    return socket == null && pathOnHost != null;
  }

  /** Whether the guest is kept from writing. */
  public boolean readOnly() {
    return Boolean.TRUE.equals(isReadOnly);
  }

  /** This with the defaults of a disk in a file. */
  public DriveConfig filled() {
    return new DriveConfig(
        driveId,
        partuuid,
        isRootDevice,
        cacheType,
        readOnly(),
        pathOnHost,
        rateLimiter,
        ioEngine == null ? "Sync" : ioEngine,
        null);
  }

  /** This with what an update changes. */
  public DriveConfig with(DriveUpdate update) {
    return new DriveConfig(
        driveId,
        partuuid,
        isRootDevice,
        cacheType,
        isReadOnly,
        update.pathOnHost() == null ? pathOnHost : update.pathOnHost(),
        RateLimiter.updated(rateLimiter, update.rateLimiter()),
        ioEngine,
        socket);
  }

  /** The same for a machine. */
  public Drive toMachine() {
    if (socket != null) {
      return Drive.vhostUser(driveId, Path.of(socket), cacheType.equals("Writeback"));
    }
    return new Drive(
        driveId,
        Path.of(String.valueOf(pathOnHost)),
        readOnly(),
        cacheType.equals("Writeback"),
        RateLimiter.toMachine(rateLimiter),
        "Async".equals(ioEngine) ? IoEngine.ASYNC : IoEngine.SYNC);
  }

  /** Reads one. */
  public static DriveConfig read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "BlockDeviceConfig", FIELDS);
    @Nullable String driveId = null;
    @Nullable String partuuid = null;
    @Nullable Boolean isRootDevice = null;
    String cacheType = "Unsafe";
    @Nullable Boolean isReadOnly = null;
    @Nullable String pathOnHost = null;
    @Nullable RateLimiter rateLimiter = null;
    @Nullable String ioEngine = null;
    @Nullable String socket = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "drive_id" -> driveId = in.string();
        case "partuuid" -> partuuid = in.isNull() ? null : in.string();
        case "is_root_device" -> isRootDevice = in.bool();
        case "cache_type" -> cacheType = in.variant(CACHE_TYPES);
        case "is_read_only" -> isReadOnly = in.isNull() ? null : in.bool();
        case "path_on_host" -> pathOnHost = in.isNull() ? null : in.string();
        case "rate_limiter" -> rateLimiter = in.isNull() ? null : RateLimiter.read(in);
        case "io_engine" -> ioEngine = in.isNull() ? null : in.variant(IO_ENGINES);
        default -> socket = in.isNull() ? null : in.string();
      }
    }
    return new DriveConfig(
        fields.required("drive_id", driveId),
        partuuid,
        fields.required("is_root_device", isRootDevice),
        cacheType,
        isReadOnly,
        pathOnHost,
        rateLimiter,
        ioEngine,
        socket);
  }

  /** Writes it. */
  public void write(JsonWriter out) {
    out.begin();
    out.name("drive_id");
    out.string(driveId);
    out.name("partuuid");
    out.string(partuuid);
    out.name("is_root_device");
    out.bool(isRootDevice);
    out.name("cache_type");
    out.string(cacheType);
    out.name("is_read_only");
    if (isReadOnly == null) {
      out.nothing();
    } else {
      out.bool(isReadOnly);
    }
    out.name("path_on_host");
    out.string(pathOnHost);
    out.name("rate_limiter");
    RateLimiter.write(out, rateLimiter);
    out.name("io_engine");
    out.string(ioEngine);
    out.name("socket");
    out.string(socket);
    out.end();
  }
}
