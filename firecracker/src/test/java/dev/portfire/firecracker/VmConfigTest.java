package dev.portfire.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VmConfigTest {
  private static VmConfig parse(String json) throws ConfigException {
    return VmConfig.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static void refused(String json, String message) {
    assertThatThrownBy(() -> parse(json)).isInstanceOf(ConfigException.class).hasMessage(message);
  }

  @Test
  void readsAFullConfiguration() throws ConfigException {
    VmConfig config = parse(
        """
        {"boot-source": {"kernel_image_path": "vmlinux", "initrd_path": null, "boot_args": "console=ttyS0"},
         "drives": [{"drive_id": "rootfs", "path_on_host": "root.ext4", "is_root_device": true, "is_read_only": false,
                     "partuuid": null, "cache_type": "Writeback", "io_engine": "Sync", "rate_limiter": null}],
         "machine-config": {"vcpu_count": 2, "mem_size_mib": 1024, "smt": false, "huge_pages": "None"},
         "network-interfaces": [], "balloon": null, "entropy": {}, "something-else": {"deep": [1, {"x": 2}]}}
        """);
    assertThat(config.bootSource()).isEqualTo(new VmConfig.BootSource("vmlinux", null, "console=ttyS0"));
    assertThat(config.machine()).isEqualTo(new VmConfig.Machine(2, 1024, false));
    assertThat(config.drives())
        .containsExactly(new VmConfig.DriveConfig("rootfs", "root.ext4", true, false, null, true));
    assertThat(config.entropy()).isTrue();
  }

  @Test
  void hasFirecrackersDefaults() throws ConfigException {
    VmConfig config = parse("{\"boot-source\":{\"kernel_image_path\":\"k\"},\"drives\":[]}");
    assertThat(config.machine()).isEqualTo(new VmConfig.Machine(1, 128, false));
    assertThat(config.entropy()).isFalse();
  }

  @Test
  void saysWhatSerdeSays() {
    refused(
        "{\"boot-source\":{\"kernel\":\"k\"},\"drives\":[]}",
        "unknown field `kernel`, expected one of `kernel_image_path`, `initrd_path`, `boot_args` at line 1 column 24");
    refused(
        "{\"boot-source\":{\"kernel_image_path\":\"k\"},\n\"drives\":[],\n\"machine-config\":{\"vcpu_count\":1}}",
        "missing field `mem_size_mib` at line 3 column 33");
    refused("{\"boot-source\":{},\"drives\":[]}", "missing field `kernel_image_path` at line 1 column 17");
    refused("{\"drives\":[]}", "missing field `boot-source` at line 1 column 13");
    refused(
        "{\"machine-config\":{\"vcpu_count\":\"two\"}}",
        "invalid type: string \"two\", expected u8 at line 1 column 37");
    refused(
        "{\"machine-config\":{\"vcpu_count\":256}}",
        "invalid value: integer `256`, expected u8 at line 1 column 35");
    refused("{\"drives\":[],\"drives\":[]}", "duplicate field `drives` at line 1 column 21");
    refused(
        "{\"machine-config\":{\"huge_pages\":\"4M\"}}",
        "unknown variant `4M`, expected one of `None`, `Transparent`, `2M` at line 1 column 36");
  }

  @Test
  void refusesWhatItCannotDo() {
    refused(
        "{\"vsock\":{\"guest_cid\":3}}", "`vsock` is not supported by this build: leave it out");
    refused(
        "{\"network-interfaces\":[{}]}", "`network-interfaces` is not supported by this build: leave it out");
  }

  @Test
  void refusesTwoRootDevices() {
    String root = "{\"drive_id\":\"a\",\"path_on_host\":\"p\",\"is_root_device\":true}";
    refused("{\"drives\":[" + root + "," + root + "]}", "A root block device already exists");
  }

  @Test
  void refusesWhatIsNotJson() {
    assertThatThrownBy(() -> parse("")).isInstanceOf(ConfigException.class).hasMessageContaining("EOF");
    assertThatThrownBy(() -> parse("{\"boot-source\":")).isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> parse("kernel = x")).isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> parse("{\"boot-source\":{\"kernel_image_path\":\"k\"},\"drives\":[]} {}"))
        .hasMessage("trailing characters at line 1 column 55");
    assertThatThrownBy(() -> parse("[" .repeat(100_000))).isInstanceOf(ConfigException.class);
  }

  @Test
  void putsItsParametersBeforeThoseOfInit() {
    VmConfig.BootSource source = new VmConfig.BootSource("k", null, "console=ttyS0 -- single");
    VmConfig.DriveConfig root = new VmConfig.DriveConfig("r", "p", true, true, null, false);
    assertThat(Firecracker.commandLine(source, List.of(root)))
        .isEqualTo("console=ttyS0 pci=off root=/dev/vda ro -- single");
    VmConfig.DriveConfig part = new VmConfig.DriveConfig("r", "p", true, false, "0eaa91a0-01", false);
    assertThat(Firecracker.commandLine(new VmConfig.BootSource("k", null, ""), List.of(part)))
        .isEqualTo("pci=off root=PARTUUID=0eaa91a0-01 rw");
    assertThat(Firecracker.commandLine(new VmConfig.BootSource("k", null, null), List.of()))
        .startsWith("reboot=k panic=1 nomodule")
        .endsWith(" pci=off");
  }
}
