package dev.portfire.firecracker;

import dev.portfire.firecracker.config.BalloonConfig;
import dev.portfire.firecracker.config.BootSource;
import dev.portfire.firecracker.config.DriveConfig;
import dev.portfire.firecracker.config.EntropyConfig;
import dev.portfire.firecracker.config.MachineConfig;
import dev.portfire.firecracker.config.MemoryHotplugConfig;
import dev.portfire.firecracker.config.MmdsConfig;
import dev.portfire.firecracker.config.NetworkConfig;
import dev.portfire.firecracker.config.PmemConfig;
import dev.portfire.firecracker.config.SerialConfig;
import dev.portfire.firecracker.config.VsockConfig;
import dev.portfire.machine.CpuTemplate;
import dev.portfire.vmm.cputemplate.StaticCpuTemplate;
import dev.portfire.vmm.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What has been configured so far. Not thread-safe. */
final class VmState {
  @Nullable BootSource bootSource;
  MachineConfig machine = MachineConfig.DEFAULT;

  /** The custom CPU template; with one, the machine has no static one. */
  @Nullable CpuTemplate cpuConfig;

  /** In the order in which the guest sees them: the root device first. */
  final List<DriveConfig> drives = new ArrayList<>();

  final List<PmemConfig> pmem = new ArrayList<>();
  final List<NetworkConfig> networks = new ArrayList<>();
  @Nullable BalloonConfig balloon;
  @Nullable VsockConfig vsock;
  @Nullable EntropyConfig entropy;
  @Nullable MemoryHotplugConfig hotplug;
  @Nullable MmdsConfig mmds;
  @Nullable SerialConfig serial;

  /** What the guest's processor is changed by. */
  Optional<CpuTemplate> cpuTemplate() {
    String name = machine.cpuTemplate();
    return cpuConfig != null ? Optional.of(cpuConfig) : name == null ? Optional.empty() : StaticCpuTemplate.of(name);
  }

  /** All of it, as {@code GET /vm/config} shows it. */
  String toJson() {
    JsonWriter out = new JsonWriter();
    out.begin();
    out.name("balloon");
    if (balloon == null) {
      out.nothing();
    } else {
      balloon.write(out);
    }
    out.name("drives").beginArray();
    drives.forEach(drive -> drive.write(out));
    out.endArray().name("boot-source");
    (bootSource == null ? new BootSource("", null, null) : bootSource).write(out);
    out.name("cpu-config").nothing().name("logger").nothing().name("machine-config");
    machine.write(out);
    out.name("metrics").nothing().name("mmds-config");
    if (mmds == null) {
      out.nothing();
    } else {
      mmds.write(out);
    }
    out.name("network-interfaces").beginArray();
    networks.forEach(network -> network.write(out));
    out.endArray().name("vsock");
    if (vsock == null) {
      out.nothing();
    } else {
      vsock.write(out);
    }
    out.name("entropy");
    if (entropy == null) {
      out.nothing();
    } else {
      entropy.write(out);
    }
    out.name("pmem").beginArray();
    pmem.forEach(device -> device.write(out));
    out.endArray().name("memory-hotplug");
    if (hotplug == null) {
      out.nothing();
    } else {
      hotplug.write(out);
    }
    return out.end().toString();
  }
}
