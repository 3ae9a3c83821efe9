package dev.portfire.firecracker;

import dev.portfire.firecracker.config.BalloonConfig;
import dev.portfire.firecracker.config.BootSource;
import dev.portfire.firecracker.config.DriveConfig;
import dev.portfire.firecracker.config.EntropyConfig;
import dev.portfire.firecracker.config.LoggerConfig;
import dev.portfire.firecracker.config.MachineConfig;
import dev.portfire.firecracker.config.MemoryHotplugConfig;
import dev.portfire.firecracker.config.MetricsConfig;
import dev.portfire.firecracker.config.MmdsConfig;
import dev.portfire.firecracker.config.NetworkConfig;
import dev.portfire.firecracker.config.PmemConfig;
import dev.portfire.firecracker.config.VsockConfig;
import dev.portfire.machine.CpuTemplate;
import dev.portfire.vmm.cputemplate.CpuConfig;
import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A configuration file: the actions that it stands for, in the order in which Firecracker does them. */
final class ConfigFile {
  static final List<String> KEYS = List.of(
      "balloon", "drives", "boot-source", "cpu-config", "logger", "machine-config", "metrics", "mmds-config",
      "network-interfaces", "vsock", "entropy", "pmem", "memory-hotplug");

  private ConfigFile() {}

  /**
   * Reads a file.
   *
   * @throws JsonException naming the first thing that is wrong, in serde's words
   */
  static List<Action> read(byte[] json) throws JsonException {
    JsonReader in = new JsonReader(json);
    // Firecracker passes over what it does not know at this level, and only at this one.
    JsonStruct fields = new JsonStruct(in, "VmmConfig", false, KEYS);
    BalloonConfig balloon = null;
    List<DriveConfig> drives = null;
    BootSource bootSource = null;
    LoggerConfig logger = null;
    MachineConfig machine = null;
    CpuTemplate cpu = null;
    MetricsConfig metrics = null;
    MmdsConfig mmds = null;
    List<NetworkConfig> networks = List.of();
    VsockConfig vsock = null;
    EntropyConfig entropy = null;
    List<PmemConfig> pmem = List.of();
    MemoryHotplugConfig hotplug = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "balloon" -> balloon = optional(in, BalloonConfig::read);
        case "drives" -> drives = in.list(DriveConfig::read);
        case "boot-source" -> bootSource = BootSource.read(in);
        case "cpu-config" -> cpu = in.isNull() ? null : cpuConfig(in);
        case "logger" -> logger = optional(in, LoggerConfig::read);
        case "machine-config" -> machine = optional(in, MachineConfig::read);
        case "metrics" -> metrics = optional(in, MetricsConfig::read);
        case "mmds-config" -> mmds = optional(in, MmdsConfig::read);
        case "network-interfaces" -> networks = in.list(NetworkConfig::read);
        case "vsock" -> vsock = optional(in, VsockConfig::read);
        case "entropy" -> entropy = optional(in, EntropyConfig::read);
        case "pmem" -> pmem = in.list(PmemConfig::read);
        default -> hotplug = optional(in, MemoryHotplugConfig::read);
      }
    }
    List<DriveConfig> allDrives = fields.required("drives", drives);
    BootSource source = fields.required("boot-source", bootSource);
    in.end();
    List<Action> actions = new ArrayList<>();
    if (logger != null) {
      actions.add(new Action.PutLogger(logger));
    }
    if (metrics != null) {
      actions.add(new Action.PutMetrics(metrics));
    }
    if (machine != null) {
      actions.add(new Action.PutMachine(machine));
    }
    if (cpu != null) {
      actions.add(new Action.PutCpuConfig(cpu));
    }
    actions.add(new Action.PutBootSource(source));
    allDrives.forEach(drive -> actions.add(new Action.PutDrive(drive)));
    networks.forEach(network -> actions.add(new Action.PutNetwork(network)));
    if (vsock != null) {
      actions.add(new Action.PutVsock(vsock));
    }
    if (balloon != null) {
      actions.add(new Action.PutBalloon(balloon));
    }
    if (mmds != null) {
      actions.add(new Action.PutMmdsConfig(mmds));
    }
    if (entropy != null) {
      actions.add(new Action.PutEntropy(entropy));
    }
    pmem.forEach(device -> actions.add(new Action.PutPmem(device)));
    if (hotplug != null) {
      actions.add(new Action.PutHotplug(hotplug));
    }
    return actions;
  }

  /** How many of a file's actions come before metadata of a file of its own does. */
  static int beforeMetadata(List<Action> actions) {
    int count = 0;
    while (count < actions.size()
        && !(actions.get(count) instanceof Action.PutMmdsConfig
            || actions.get(count) instanceof Action.PutEntropy
            || actions.get(count) instanceof Action.PutPmem
            || actions.get(count) instanceof Action.PutHotplug)) {
      count++;
    }
    return count;
  }

  /** A template, or the name of the file that it is in. */
  private static CpuTemplate cpuConfig(JsonReader in) throws JsonException {
    if (!in.isString()) {
      return CpuConfig.read(in);
    }
    String path = in.string();
    byte[] content;
    try {
      content = Files.readAllBytes(Path.of(path));
    } catch (IOException e) {
      throw in.error("Unable to read the CPU template file " + path + ": " + IoErrors.describe(e));
    } catch (InvalidPathException e) {
      throw in.error("Unable to read the CPU template file " + path + ": Invalid argument (os error 22)");
    }
    JsonReader file = new JsonReader(content);
    try {
      CpuTemplate template = CpuConfig.read(file);
      file.end();
      return template;
    } catch (JsonException e) {
      throw in.error("The CPU template file " + path + ": " + e.getMessage());
    }
  }

  private static <T> @Nullable T optional(JsonReader in, JsonReader.Element<T> type) throws JsonException {
    return in.isNull() ? null : type.read(in);
  }
}
