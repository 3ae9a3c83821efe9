package dev.portfire.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.firecracker.config.BootSource;
import dev.portfire.firecracker.config.DriveConfig;
import dev.portfire.firecracker.config.EntropyConfig;
import dev.portfire.firecracker.config.MachineConfig;
import dev.portfire.vmm.json.JsonException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConfigFileTest {
  private static List<Action> read(String json) throws JsonException {
    return ConfigFile.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static void refused(String json, String message) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(JsonException.class).hasMessage(message);
  }

  @Test
  void readsAllKeysInTheOrderOfProcessing() throws JsonException {
    List<Action> actions = read(
        """
        {"memory-hotplug": {"total_size_mib": 1024}, "pmem": [{"id": "p", "path_on_host": "x"}], "entropy": {},
         "mmds-config": {"network_interfaces": ["eth0"], "version": "V2"}, "balloon": {"amount_mib": 1, "deflate_on_oom": true},
         "vsock": {"guest_cid": 3, "uds_path": "v"}, "network-interfaces": [{"iface_id": "eth0", "host_dev_name": "tap0"}],
         "drives": [{"drive_id": "d", "path_on_host": "x", "is_root_device": true}],
         "boot-source": {"kernel_image_path": "k"}, "machine-config": {"vcpu_count": 1, "mem_size_mib": 1},
         "metrics": {"metrics_path": "m"}, "logger": {}, "something-else": {"deep": [1, {"x": 2}]}}
        """);
    assertThat(actions).extracting(action -> action.getClass().getSimpleName()).containsExactly(
        "PutLogger", "PutMetrics", "PutMachine", "PutBootSource", "PutDrive", "PutNetwork", "PutVsock", "PutBalloon",
        "PutMmdsConfig", "PutEntropy", "PutPmem", "PutHotplug");
    assertThat(ConfigFile.beforeMetadata(actions)).as("what metadata comes behind").isEqualTo(8);
  }

  @Test
  void readsValues() throws JsonException {
    assertThat(read(
            """
            {"boot-source": {"kernel_image_path": "vmlinux", "initrd_path": null, "boot_args": "console=ttyS0"},
             "drives": [{"drive_id": "rootfs", "path_on_host": "root.ext4", "is_root_device": true, "is_read_only": false,
                         "partuuid": null, "cache_type": "Writeback", "io_engine": "Sync", "rate_limiter": null}],
             "machine-config": {"vcpu_count": 2, "mem_size_mib": 1024, "smt": false, "huge_pages": "None"},
             "network-interfaces": [], "balloon": null, "cpu-config": null, "entropy": {}}
            """))
        .containsExactly(
            new Action.PutMachine(new MachineConfig(2, 1024, false, null, false, "None", null)),
            new Action.PutBootSource(new BootSource("vmlinux", null, "console=ttyS0")),
            new Action.PutDrive(
                new DriveConfig("rootfs", null, true, "Writeback", false, "root.ext4", null, "Sync", null)),
            new Action.PutEntropy(new EntropyConfig(null)));
  }

  @Test
  void saysWhatSerdeSays() {
    refused(
        "{\"boot-source\":{\"kernel\":\"k\"},\"drives\":[]}",
        "unknown field `kernel`, expected one of `kernel_image_path`, `initrd_path`, `boot_args` at line 1 column 24");
    refused(
        "{\"boot-source\":{\"kernel_image_path\":\"k\"},\n\"drives\":[],\n\"machine-config\":{\"vcpu_count\":1}}",
        "missing field `mem_size_mib` at line 3 column 33");
    refused("{\"drives\":[]}", "missing field `boot-source` at line 1 column 13");
    refused("{\"boot-source\":{\"kernel_image_path\":\"k\"}}", "missing field `drives` at line 1 column 41");
    refused("{\"drives\":[],\"drives\":[]}", "duplicate field `drives` at line 1 column 21");
    refused("{\"boot-source\":{\"kernel_image_path\":\"k\"},\"drives\":[]} {}", "trailing characters at line 1 column 55");
    refused("", "EOF while parsing a value at line 1 column 0");
  }

  @Test
  void putsItsParametersBeforeThoseOfInit() {
    VmState state = new VmState();
    state.bootSource = new BootSource("k", null, "console=ttyS0 -- single");
    state.drives.add(new DriveConfig("r", null, true, "Unsafe", true, "p", null, null, null));
    assertThat(CommandLine.of(state, false)).isEqualTo("console=ttyS0 pci=off root=/dev/vda ro -- single");
    assertThat(CommandLine.of(state, true)).isEqualTo("console=ttyS0 root=/dev/vda ro -- single");
    state.bootSource = new BootSource("k", null, "");
    state.drives.set(0, new DriveConfig("r", "0eaa91a0-01", true, "Unsafe", null, "p", null, null, null));
    assertThat(CommandLine.of(state, false)).isEqualTo("pci=off root=PARTUUID=0eaa91a0-01 rw");
    state.drives.clear();
    state.bootSource = new BootSource("k", null, null);
    assertThat(CommandLine.of(state, false)).startsWith("reboot=k panic=1 nomodule").endsWith(" pci=off");
  }
}
