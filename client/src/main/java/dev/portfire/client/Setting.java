package dev.portfire.client;

import dev.portfire.vmm.json.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a machine is configured with before its start. Fields are those of Firecracker's API by the same names, of those that every
 * version since 1.0 has; what is empty is not sent. For anything else there is {@link ApiRequest#put}.
 */
public sealed interface Setting {
  /** The request that makes it. */
  ApiRequest toRequest();

  /**
   * The log.
   *
   * @param logPath a file or a FIFO, which must exist
   * @param level such as {@code Debug}
   * @param showLevel whether lines have their level
   * @param showLogOrigin whether lines have the place in the source that they come from
   */
  record Logger(String logPath, Optional<String> level, boolean showLevel, boolean showLogOrigin) implements Setting {
    @Override
    public ApiRequest toRequest() {
      return new Body()
          .text("log_path", logPath)
          .text("level", level)
          .truth("show_level", showLevel)
          .truth("show_log_origin", showLogOrigin)
          .put("/logger");
    }
  }

  /**
   * The metrics.
   *
   * @param metricsPath a file or a FIFO, which must exist
   */
  record Metrics(String metricsPath) implements Setting {
    @Override
    public ApiRequest toRequest() {
      return new Body().text("metrics_path", metricsPath).put("/metrics");
    }
  }

  /**
   * Processors and memory.
   *
   * @param vcpuCount 1 to 32
   * @param memSizeMib MiB
   * @param smt whether two vCPUs share a core
   * @param cpuTemplate the name of a static CPU template
   */
  record MachineConfiguration(long vcpuCount, long memSizeMib, boolean smt, Optional<String> cpuTemplate)
      implements Setting {
    @Override
    public ApiRequest toRequest() {
      return new Body()
          .number("vcpu_count", vcpuCount)
          .number("mem_size_mib", memSizeMib)
          .truth("smt", smt)
          .text("cpu_template", cpuTemplate)
          .put("/machine-config");
    }
  }

  /**
   * What is booted.
   *
   * @param kernelImagePath an uncompressed kernel; Portfire takes bzImages, too
   * @param initrdPath the initial RAM disk
   * @param bootArgs the kernel's command line; empty for the server's own
   */
  record BootSource(String kernelImagePath, Optional<String> initrdPath, Optional<String> bootArgs) implements Setting {
    @Override
    public ApiRequest toRequest() {
      return new Body()
          .text("kernel_image_path", kernelImagePath)
          .text("initrd_path", initrdPath)
          .text("boot_args", bootArgs)
          .put("/boot-source");
    }
  }

  /**
   * A drive.
   *
   * @param driveId its name in the API: letters, digits and {@code _}
   * @param pathOnHost the file behind it
   * @param isRootDevice whether the guest boots from it
   * @param isReadOnly whether the guest cannot write to it
   * @param partuuid the partition of a root device that is booted from
   */
  record Drive(String driveId, String pathOnHost, boolean isRootDevice, boolean isReadOnly, Optional<String> partuuid)
      implements Setting {
    @Override
    public ApiRequest toRequest() {
      return new Body()
          .text("drive_id", driveId)
          .text("path_on_host", pathOnHost)
          .truth("is_root_device", isRootDevice)
          .truth("is_read_only", isReadOnly)
          .text("partuuid", partuuid)
          .put("/drives/" + driveId);
    }
  }

  /**
   * A network interface.
   *
   * @param ifaceId its name in the API: letters, digits and {@code _}
   * @param hostDevName the tap
   * @param guestMac the guest's address; empty for one that the server or the guest chooses
   */
  record NetworkInterface(String ifaceId, String hostDevName, Optional<String> guestMac) implements Setting {
    @Override
    public ApiRequest toRequest() {
      return new Body()
          .text("iface_id", ifaceId)
          .text("host_dev_name", hostDevName)
          .text("guest_mac", guestMac)
          .put("/network-interfaces/" + ifaceId);
    }
  }

  /**
   * The socket device.
   *
   * @param guestCid the guest's context identifier
   * @param udsPath the Unix socket on the host, which the server makes
   */
  record Vsock(long guestCid, String udsPath) implements Setting {
    @Override
    public ApiRequest toRequest() {
      return new Body().number("guest_cid", guestCid).text("uds_path", udsPath).put("/vsock");
    }
  }

  /**
   * The metadata service.
   *
   * @param networkInterfaces identifiers of those that it can be reached by
   * @param version {@code V1} or {@code V2}
   */
  record MmdsConfig(List<String> networkInterfaces, String version) implements Setting {
    public MmdsConfig {
      networkInterfaces = List.copyOf(networkInterfaces);
    }

    @Override
    public ApiRequest toRequest() {
      List<JsonValue> names = networkInterfaces.stream().<JsonValue>map(JsonValue.Text::new).toList();
      return new Body()
          .value("network_interfaces", new JsonValue.Array(names))
          .text("version", version)
          .put("/mmds/config");
    }
  }

  /** Collects the members of a body. */
  final class Body {
    private final Map<String, JsonValue> members = new TreeMap<>();

    private Body() {}

    private Body value(String name, JsonValue value) {
      members.put(name, value);
      return this;
    }

    private Body text(String name, String value) {
      return value(name, new JsonValue.Text(value));
    }

    private Body text(String name, Optional<String> value) {
      value.ifPresent(present -> text(name, present));
      return this;
    }

    private Body number(String name, long value) {
      return value(name, new JsonValue.Numeral(Long.toString(value)));
    }

    private Body truth(String name, boolean value) {
      return value(name, new JsonValue.Bool(value));
    }

    private ApiRequest put(String path) {
      return ApiRequest.put(path, new JsonValue.Members(members));
    }
  }
}
