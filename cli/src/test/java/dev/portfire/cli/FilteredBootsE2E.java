package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.cli.guest.DefaultGuest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Block, network, sockets and balloon at work in a {@code bin/firecracker} with its default filters, which refuse nothing of that:
 * {@code -Dfiltered.boots=20} boots twenty times, on both transports and with both I/O engines by turns. Needs root for a tap.
 */
final class FilteredBootsE2E {
  private static final int BOOTS = Integer.getInteger("filtered.boots", 1);

  private static final List<String> DRIVERS =
      List.of("virtio_pci", "virtio_net", "virtio_balloon", "vmw_vsock_virtio_transport");

  private static final String SCRIPT =
      """
      fail() { echo "FAILED: $*"; reboot -f; }
      dd if=/dev/urandom of=/tmp/random bs=64k count=16 2>/dev/null
      for k in 1 2 3 4; do
        dd if=/tmp/random of=/dev/vdb conv=fsync bs=64k 2>/dev/null || fail writing
        echo 3 >/proc/sys/vm/drop_caches
        dd if=/dev/vdb bs=64k count=16 2>/dev/null | cmp - /tmp/random || fail reading
      done
      ip addr add 10.0.0.2/24 dev eth0
      ip link set eth0 up
      ping -c 3 -i 0.2 10.0.0.1 | grep received
      nc 10.0.0.1 5001 </tmp/random
      cat /dev/vda >/tmp/vsock
      chmod +x /tmp/vsock
      /tmp/vsock serve 52 </dev/null >/dev/null 2>&1
      echo ready: sockets
      read -r answer
      echo "echoed $(echo from the guest | /tmp/vsock connect 5000)"
      echo ready: end
      read -r answer
      reboot -f
      """;

  @TempDir Path directory;
  private final String namespace = "pff-" + ProcessHandle.current().pid();
  private final List<Process> processes = new ArrayList<>();
  private Path busybox = Path.of("unset");
  private Path program = Path.of("unset");

  private static void need(String... command) throws Exception {
    Portfire.Result result = Portfire.process("", List.of(command));
    Assumptions.assumeTrue(result.status() == 0, "skipped: " + String.join(" ", command) + ": " + result.err());
  }

  @BeforeEach
  void prepare() throws Exception {
    need("ip", "netns", "add", namespace);
    need("ip", "netns", "exec", namespace, "ip", "tuntap", "add", "tap0", "mode", "tap");
    need("ip", "-n", namespace, "addr", "add", "10.0.0.1/24", "dev", "tap0");
    need("ip", "-n", namespace, "link", "set", "tap0", "up");
    busybox = DefaultGuest.get(DefaultGuest.userCache(), System.err::println).kernel().resolveSibling("busybox");
    program = VsockE2E.compile(directory);
  }

  @AfterEach
  void end() throws Exception {
    processes.forEach(Process::destroyForcibly);
    Portfire.Result unused = Portfire.process("", List.of("ip", "netns", "del", namespace));
  }

  private FirecrackerMachine start(Path own, Path vsock, Path metrics, int round) throws Exception {
    List<String> options = new ArrayList<>(round % 2 == 0 ? List.of() : List.of("--enable-pci"));
    // Where nothing is logged before the guest runs, a confined thread writes the first line.
    options.addAll(List.of("--level", round % 4 < 2 ? "Debug" : "Error", "--metrics-path", metrics.toString()));
    FirecrackerMachine m = new FirecrackerMachine(own, "m", List.of("ip", "netns", "exec", namespace), options);
    processes.add(m.process);
    m.put("/boot-source", """
        {"kernel_image_path": "%s", "initrd_path": "%s", "boot_args": "console=ttyS0 reboot=k panic=-1 quiet"}""".formatted(
        busybox.resolveSibling("vmlinuz"), Files.write(own.resolve("initrd"), TinyInitrd.withDrivers(DRIVERS, SCRIPT))));
    m.put("/machine-config", "{\"vcpu_count\": %d, \"mem_size_mib\": 256}".formatted(1 + round % 3));
    m.put("/drives/program", "{\"drive_id\": \"program\", \"path_on_host\": \"%s\", \"is_root_device\": false, \"is_read_only\": true}".formatted(program));
    m.put("/drives/disk", """
        {"drive_id": "disk", "path_on_host": "%s", "is_root_device": false, "cache_type": "Writeback", "io_engine": "%s"}""".formatted(
        Files.write(own.resolve("disk"), new byte[2 << 20]), round / 2 % 2 == 0 ? "Async" : "Sync"));
    m.put("/network-interfaces/eth0", "{\"iface_id\": \"eth0\", \"host_dev_name\": \"tap0\"}");
    m.put("/vsock", "{\"guest_cid\": 3, \"uds_path\": \"%s\"}".formatted(vsock));
    m.put("/balloon", "{\"amount_mib\": 0, \"deflate_on_oom\": true, \"stats_polling_interval_s\": 1}");
    m.put("/actions", "{\"action_type\": \"InstanceStart\"}");
    return m;
  }

  private static void echoOnce(ServerSocketChannel server) throws IOException {
    try (SocketChannel channel = server.accept()) {
      ByteBuffer data = ByteBuffer.allocate(1000);
      while (channel.read(data.clear()) >= 0) {
        int written = channel.write(data.flip());
        assertThat(written).isPositive();
      }
    }
  }

  private void boot(int round) throws Exception {
    Path own = Files.createDirectory(directory.resolve("" + round));
    Path vsock = own.resolve("vsock");
    Path metrics = own.resolve("metrics");
    Path received = own.resolve("received");
    Path complaint = own.resolve("complaint");
    Process sink = new ProcessBuilder("ip", "netns", "exec", namespace, busybox.toString(), "nc", "-l", "-p", "5001")
        .redirectOutput(received.toFile())
        .redirectError(complaint.toFile())
        .start();
    processes.add(sink);
    FirecrackerMachine m = start(own, vsock, metrics, round);
    m.await("the sockets", () -> m.console().contains("ready: sockets") || !m.process.isAlive());
    assertThat(m.console()).contains("3 packets received", "ready: sockets");
    assertThat(sink.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(Files.size(received)).as(sink.exitValue() + Files.readString(complaint) + m.console()).isEqualTo(1 << 20);
    assertThat(VsockE2E.echoes(vsock, round)).isTrue();
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      ServerSocketChannel bound = server.bind(UnixDomainSocketAddress.of(vsock + "_5000"));
      m.goOn();
      echoOnce(bound);
    }
    m.await("the echo", () -> m.console().contains("ready: end") || !m.process.isAlive());
    assertThat(m.console()).contains("echoed from the guest");
    m.patch("/balloon", "{\"amount_mib\": 64}");
    m.await("the balloon", () -> m.says("/balloon/statistics", "\"actual_mib\":64,"));
    m.patch("/drives/disk", "{\"drive_id\": \"disk\", \"path_on_host\": \"%s\"}".formatted(own.resolve("disk")));
    m.put("/actions", "{\"action_type\": \"FlushMetrics\"}");
    m.goOn();
    assertThat(m.process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(m.process.exitValue()).as(m.console()).isZero();
    assertThat(Files.readString(own.resolve("m.log"), StandardCharsets.UTF_8)).doesNotContain("bad syscall");
    assertThat(Files.readString(metrics)).contains("\"num_faults\":0").doesNotContain("\"num_faults\":1");
  }

  @Test
  void nothingThatDevicesDoIsRefused() throws Exception {
    for (int round = 0; round < BOOTS; round++) {
      boot(round);
    }
  }
}
