package dev.portfire.firectl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.client.ApiRequest;
import dev.portfire.client.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
  private static final String MACHINE = "PUT /machine-config {\"mem_size_mib\":512,\"smt\":true,\"vcpu_count\":1}";
  private static final String BOOT =
      "PUT /boot-source {\"boot_args\":\"ro console=ttyS0 noapic reboot=k panic=1 pci=off nomodules\","
          + "\"kernel_image_path\":\"./vmlinux\"}";
  private static final String START = "PUT /actions {\"action_type\":\"InstanceStart\"}";

  @TempDir
  Path directory;

  private static Configuration of(String... words) throws Exception {
    return Configuration.of(Options.parse(List.of(words)));
  }

  private static List<String> requests(Configuration configuration) {
    List<String> texts = new ArrayList<>();
    for (ApiRequest request : configuration.requests(Optional.empty(), Optional.empty())) {
      texts.add(request + request.body().map(body -> " " + body.toJson()).orElse(""));
    }
    return texts;
  }

  private static void refuses(String message, String... words) {
    assertThatThrownBy(() -> of(words)).isInstanceOf(FirectlException.class).hasMessage(message);
  }

  @Test
  void theDefaultsAreAMachine() throws Exception {
    assertThat(requests(of())).containsExactly(MACHINE, "GET /machine-config", BOOT, START);
    assertThat(of().metadataRequest()).isEmpty();
  }

  @Test
  void everythingIsSentInFirectlsOrder() throws Exception {
    Path disk = Files.createFile(directory.resolve("a:b"));
    Configuration all = of(
        "--kernel", "k", "--initrd-path=i", "--kernel-opts", "console=ttyS1 b=2 a=1 a=2 -- init args", "-c2", "-m", "128",
        "-t", "--cpu-template", "T2", "--root-drive", "root:ro", "--root-partition", "uuid", "--add-drive", disk + ":rw",
        "--add-drive", disk + ":ro", "--tap-device", "tap0/AA:FC:00:00:00:01", "--tap-device", "tap1/m",
        "--vsock-device", "v1:0", "--vsock-device", "v2:4294967295", "--metadata", "{\"b\": 1, \"a\": [null]}");
    List<ApiRequest> requests = all.requests(
        Optional.of(new Setting.Logger("l", Optional.of("Info"), true, false)), Optional.of(new Setting.Metrics("m")));
    assertThat(requests.subList(0, 2)).extracting(ApiRequest::toString).containsExactly("PUT /logger", "PUT /metrics");
    assertThat(requests(all)).containsExactly(
        "PUT /machine-config {\"cpu_template\":\"T2\",\"mem_size_mib\":128,\"smt\":false,\"vcpu_count\":2}",
        "GET /machine-config",
        "PUT /boot-source {\"boot_args\":\"console=ttyS1 b=2 a=1 a=2 -- init args\",\"initrd_path\":\"i\","
            + "\"kernel_image_path\":\"k\"}",
        drive("2", false, false, "", disk.toString()),
        drive("3", true, false, "", disk.toString()),
        drive("1", true, true, "\"partuuid\":\"uuid\",", "root"),
        "PUT /network-interfaces/1 {\"guest_mac\":\"AA:FC:00:00:00:01\",\"host_dev_name\":\"tap0\",\"iface_id\":\"1\"}",
        "PUT /network-interfaces/2 {\"guest_mac\":\"m\",\"host_dev_name\":\"tap1\",\"iface_id\":\"2\"}",
        "PUT /vsock {\"guest_cid\":0,\"uds_path\":\"v1\"}",
        "PUT /vsock {\"guest_cid\":4294967295,\"uds_path\":\"v2\"}",
        "PUT /mmds/config {\"network_interfaces\":[\"1\",\"2\"],\"version\":\"V1\"}",
        START);
    assertThat(all.metadataRequest().orElseThrow().body().orElseThrow().toJson()).isEqualTo("{\"a\":[null],\"b\":1}");
  }

  private static String drive(String id, boolean readOnly, boolean root, String partuuid, String path) {
    return "PUT /drives/%s {\"drive_id\":\"%s\",\"is_read_only\":%s,\"is_root_device\":%s,%s\"path_on_host\":\"%s\"}"
        .formatted(id, id, readOnly, root, partuuid, path);
  }

  @Test
  void theRootDriveIsWritableUnlessItSaysOtherwise() throws Exception {
    assertThat(requests(of("--root-drive", "r")).get(3)).isEqualTo(drive("1", false, true, "", "r"));
    assertThat(requests(of("--root-drive", "r:rw")).get(3)).isEqualTo(drive("1", false, true, "", "r"));
    assertThat(requests(of("--root-drive", "a:b:ro")).get(3)).isEqualTo(drive("1", true, true, "", "a:b"));
    refuses("invalid drive specification. Must have path: :ro", "--root-drive", ":ro");
  }

  @Test
  void metadataWithoutAnInterfaceIsSentOnly() throws Exception {
    Configuration configuration = of("--metadata", "{}");
    assertThat(requests(configuration)).containsExactly(MACHINE, "GET /machine-config", BOOT, START);
    assertThat(configuration.metadataRequest()).hasToString("Optional[PUT /mmds]");
  }

  @Test
  void whatCannotBeIsRefusedInFirectlsWords() {
    refuses("invalid metadata, unable to parse as json: EOF while parsing an object at line 1 column 1", "--metadata", "{");
    for (String bad : List.of("tap0", "/m", "tap0/", "a/b/c")) {
      refuses("NIC config wasn't of the form DEVICE/MACADDR: " + bad, "--tap-device", bad);
    }
    refuses("invalid drive specification. Must have :rw or :ro suffix: d", "--add-drive", "d");
    refuses("invalid drive specification. Must have path: :rw", "--add-drive", ":rw");
    refuses("stat /none/d: no such file or directory", "--add-drive", "/none/d:rw");
    for (String bad : List.of("v", ":3", "v:", "a:b:3")) {
      refuses("unable to parse vsock devices: " + bad, "--vsock-device", bad);
    }
    for (String bad : List.of("v:x", "v:-1", "v:4294967296", "v:99999999999999999999")) {
      refuses("unable to parse vsock CID as a number: " + bad, "--vsock-device", bad);
    }
    // Metadata first, then interfaces, drives and sockets.
    refuses("NIC config wasn't of the form DEVICE/MACADDR: t", "--vsock-device", "v", "--add-drive", "d", "--tap-device", "t");
  }

  @Test
  void whatIsMissingIsFoundBeforeTheStart() throws Exception {
    String there = Files.createFile(directory.resolve("there")).toString();
    fails("failed to stat kernel image path, \"/none/k\": stat /none/k: no such file or directory", "--kernel", "/none/k");
    fails("failed to stat initrd image path, \"/none/i\": stat /none/i: no such file or directory",
        "--kernel", there, "--initrd-path", "/none/i");
    fails("failed to stat host drive path, \"/none/d\": stat /none/d: no such file or directory",
        "--kernel", there, "--root-drive", "/none/d:ro");
    fails("there is nothing to boot into: give --root-drive or --initrd-path", "--kernel", there);
    fails("machine needs a nonzero VcpuCount: give --ncpus 1 or more",
        "--kernel", there, "--root-drive", there, "-c", "0");
    fails("machine needs a nonzero amount of memory: give --memory 1 or more",
        "--kernel", there, "--initrd-path", there, "--memory=-5");
    of("--kernel", there, "--initrd-path", there).check();
    of("--kernel", there, "--root-drive", there + ":ro").check();
  }

  private static void fails(String message, String... words) {
    assertThatThrownBy(() -> of(words).check()).isInstanceOf(FirectlException.class).hasMessage(message);
  }
}
