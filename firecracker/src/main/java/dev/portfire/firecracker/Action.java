package dev.portfire.firecracker;

import dev.portfire.firecracker.config.BalloonConfig;
import dev.portfire.firecracker.config.BalloonStatsUpdate;
import dev.portfire.firecracker.config.BalloonUpdate;
import dev.portfire.firecracker.config.BootSource;
import dev.portfire.firecracker.config.DriveConfig;
import dev.portfire.firecracker.config.DriveUpdate;
import dev.portfire.firecracker.config.EntropyConfig;
import dev.portfire.firecracker.config.HintingStart;
import dev.portfire.firecracker.config.LoggerConfig;
import dev.portfire.firecracker.config.MachineConfig;
import dev.portfire.firecracker.config.MachineUpdate;
import dev.portfire.firecracker.config.MemoryHotplugConfig;
import dev.portfire.firecracker.config.MemoryHotplugUpdate;
import dev.portfire.firecracker.config.MetricsConfig;
import dev.portfire.firecracker.config.MmdsConfig;
import dev.portfire.firecracker.config.NetworkConfig;
import dev.portfire.firecracker.config.NetworkUpdate;
import dev.portfire.firecracker.config.PmemConfig;
import dev.portfire.firecracker.config.PmemUpdate;
import dev.portfire.firecracker.config.SerialConfig;
import dev.portfire.firecracker.config.VsockConfig;
import dev.portfire.machine.CpuTemplate;
import dev.portfire.vmm.json.JsonValue;

/** What a request asks for. */
sealed interface Action {
  /** What can be asked without saying more. */
  enum Simple implements Action {
    /** GET /. */
    GET_INSTANCE,
    /** GET /version. */
    GET_VERSION,
    /** GET /vm/config. */
    GET_CONFIG,
    /** GET /machine-config. */
    GET_MACHINE,
    /** GET /balloon. */
    GET_BALLOON,
    /** GET /balloon/statistics. */
    GET_BALLOON_STATISTICS,
    /** GET /balloon/hinting/status. */
    GET_HINTING,
    /** PATCH /balloon/hinting/stop. */
    STOP_HINTING,
    /** GET /hotplug/memory. */
    GET_HOTPLUG,
    /** GET /mmds. */
    GET_MMDS,
    /** PATCH /vm. */
    PAUSE,
    /** PATCH /vm. */
    RESUME,
    /** PUT /actions. */
    INSTANCE_START,
    /** PUT /actions. */
    FLUSH_METRICS,
    /** PUT /actions. */
    SEND_CTRL_ALT_DEL
  }

  /** PUT /boot-source. */
  record PutBootSource(BootSource config) implements Action {}

  /** PUT /machine-config. */
  record PutMachine(MachineConfig config) implements Action {}

  /** PATCH /machine-config. */
  record PatchMachine(MachineUpdate update) implements Action {}

  /** PUT /cpu-config. */
  record PutCpuConfig(CpuTemplate template) implements Action {}

  /** PUT /drives/ID. */
  record PutDrive(DriveConfig config) implements Action {}

  /** PATCH /drives/ID. */
  record PatchDrive(DriveUpdate update) implements Action {}

  /** DELETE of a drive, a persistent memory device or a network interface. */
  record Unplug(String kind, String id) implements Action {}

  /** PUT /pmem/ID. */
  record PutPmem(PmemConfig config) implements Action {}

  /** PATCH /pmem/ID. */
  record PatchPmem(PmemUpdate update) implements Action {}

  /** PUT /network-interfaces/ID. */
  record PutNetwork(NetworkConfig config) implements Action {}

  /** PATCH /network-interfaces/ID. */
  record PatchNetwork(NetworkUpdate update) implements Action {}

  /** PUT /vsock. */
  record PutVsock(VsockConfig config) implements Action {}

  /** PUT /entropy. */
  record PutEntropy(EntropyConfig config) implements Action {}

  /** PUT /serial. */
  record PutSerial(SerialConfig config) implements Action {}

  /** PUT /logger. */
  record PutLogger(LoggerConfig config) implements Action {}

  /** PUT /metrics. */
  record PutMetrics(MetricsConfig config) implements Action {}

  /** PUT /balloon. */
  record PutBalloon(BalloonConfig config) implements Action {}

  /** PATCH /balloon. */
  record PatchBalloon(BalloonUpdate update) implements Action {}

  /** PATCH /balloon/statistics. */
  record PatchBalloonStatistics(BalloonStatsUpdate update) implements Action {}

  /** PATCH /balloon/hinting/start. */
  record StartHinting(HintingStart start) implements Action {}

  /** PUT /hotplug/memory. */
  record PutHotplug(MemoryHotplugConfig config) implements Action {}

  /** PATCH /hotplug/memory. */
  record PatchHotplug(MemoryHotplugUpdate update) implements Action {}

  /** PUT /mmds/config. */
  record PutMmdsConfig(MmdsConfig config) implements Action {}

  /** PUT /mmds. */
  record PutMmds(JsonValue.Members data) implements Action {}

  /** PATCH /mmds. */
  record PatchMmds(JsonValue.Members data) implements Action {}
}
