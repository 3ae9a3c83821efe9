package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.cli.guest.DefaultGuest;
import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.watch.Watcher;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The default guest in {@code bin/firecracker} with one device of each kind, configured and changed over the API: first on
 * memory-mapped transports, then on PCI, where it finds what the first run has left. Needs root for a tap in a network
 * namespace, mkfs.ext4 and gcc; skipped aloud without.
 */
final class FirecrackerDevicesE2E {
  private static final int MEGABYTES = 100;
  private static final int CONNECTIONS = 100;
  private static final int BALLOON_MIB = 200;

  private static final List<String> DRIVERS = List.of(
      "virtio_pci", "virtio_net", "virtio_balloon", "vmw_vsock_virtio_transport", "virtio_pmem", "nd_pmem", "virtio_mem");

  private static final String SCRIPT =
      """
      fail() { echo "FAILED: $*"; reboot -f; }
      ready() { echo "ready: $1"; read -r answer; }
      sum() { sha256sum | while read -r digest rest; do echo $digest; done; }

      ready begin
      # Block: what was written is read from the device, not from memory.
      dd if=/dev/urandom of=/tmp/random bs=1M count=8 2>/dev/null
      dd if=/tmp/random of=/dev/vdb conv=fsync bs=1M 2>/dev/null || fail writing
      echo 3 >/proc/sys/vm/drop_caches
      [ "$(sum </tmp/random)" = "$(dd if=/dev/vdb bs=1M count=8 2>/dev/null | sum)" ] || fail reading
      echo "block $(sum </tmp/random)"

      # Network.
      ip addr add 10.0.0.2/24 dev eth0
      ip link set eth0 up
      ip route add 169.254.169.254 dev eth0
      echo "mac $(cat /sys/class/net/eth0/address)"
      ping -c 3 10.0.0.1 | grep received
      mkfifo /tmp/quiet
      nc 10.0.0.1 5001 >/tmp/data <>/tmp/quiet
      echo "received $(sum </tmp/data)"
      nc 10.0.0.1 5002 </tmp/data
      rm /tmp/data

      # Metadata.
      url=http://169.254.169.254
      wget -q -O - $url/latest/name || echo "without a token: $?"
      (printf 'PUT /latest/api/token HTTP/1.1\\r\\nX-metadata-token-ttl-seconds: 60\\r\\n\\r\\n'; sleep 1) |
        nc 169.254.169.254 80 >/tmp/answer
      token=$(tail -n 1 /tmp/answer)
      echo "metadata [$(wget -q -O - --header "X-metadata-token: $token" $url/latest/name)]"

      # Entropy.
      echo "entropy $(dd if=/dev/hwrng bs=4096 count=16 iflag=fullblock 2>/dev/null | wc -c)"

      # Persistent memory.
      while [ ! -e /dev/pmem0 ]; do sleep 0.1; done
      mount -t ext4 /dev/pmem0 /mnt || fail mounting
      [ ! -e /mnt/word ] || echo "kept: $(cat /mnt/word)"
      echo "$ROUND was here" >>/mnt/word
      sync
      umount /mnt

      # Sockets.
      cat /dev/vda >/tmp/vsock
      chmod +x /tmp/vsock
      /tmp/vsock serve 52 </dev/null >/dev/null 2>&1
      ready sockets
      k=0
      while [ $k -lt 100 ]; do
        (echo "from the guest $k" | /tmp/vsock connect 5000 >/tmp/echo$k) &
        k=$((k + 1))
      done
      wait
      echo "echoed $(cat /tmp/echo* | sort -u | grep -c 'from the guest')"

      # Memory.
      echo online_movable >/sys/devices/system/memory/auto_online_blocks
      total() { while read -r name value rest; do [ $name != MemTotal: ] || echo $value; done </proc/meminfo; }
      before=$(total)
      ready memory
      while [ $(($(total) - before)) -lt 250000 ]; do sleep 0.1; done
      mount -t tmpfs -o size=220m tmpfs /mnt
      head -c 200000000 /dev/zero | tr '\\0' y >/mnt/much || fail using memory
      echo "memory $(tr -d y </mnt/much | wc -c)"
      umount /mnt
      ready end
      let_go() {
        for device in /sys/bus/pci/devices/*; do
          [ ! -e $device/virtio*/$1 ] || echo 1 >$device/remove
        done
      }
      if [ $ROUND = pci ]; then
        # Hotplug, twice in the same slot.
        echo 1 >/sys/bus/pci/rescan
        while [ ! -e /dev/vdc ]; do sleep 0.1; done
        echo "plugged $(head -c 5 /dev/vdc)"
        let_go block/vdc
        ready unplugged
        echo 1 >/sys/bus/pci/rescan
        while [ ! -e /sys/class/net/eth1 ]; do sleep 0.1; done
        echo "eth1 $(cat /sys/class/net/eth1/address)"
        ip addr add 10.0.1.2/24 dev eth1
        ip link set eth1 up
        ping -c 1 10.0.1.1 >/dev/null || fail ping through the new interface
        let_go net/eth1
        ready plugged
        for round in first second; do
          echo 1 >/sys/bus/pci/rescan
          while [ ! -e /dev/pmem1 ]; do sleep 0.1; done
          echo "$round pmem: $(head -c 5 /dev/pmem1) of $(cat /sys/block/pmem1/size)"
          printf 'seen ' | dd of=/dev/pmem1 conv=fsync 2>/dev/null
          echo "then: $(dd if=/dev/pmem1 iflag=direct bs=4096 count=1 2>/dev/null | head -c 5)"
          let_go ndbus1
          ready $round
        done
      fi
      reboot -f
      """;

  @TempDir Path directory;
  private final String namespace = "pfd-" + ProcessHandle.current().pid();
  private Path busybox = Path.of("unset");
  private Path program = Path.of("unset");
  private final List<Process> processes = new ArrayList<>();

  private static String host(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + ": " + text).isZero();
    return text;
  }

  private static void need(String... command) throws Exception {
    try {
      String unused = host(command);
    } catch (IOException | AssertionError e) {
      Assumptions.abort("this cannot be tested here: " + e.getMessage());
    }
  }

  @BeforeEach
  void prepare() throws Exception {
    busybox = DefaultGuest.get(DefaultGuest.userCache(), System.err::println).kernel().resolveSibling("busybox");
    need("ip", "netns", "add", namespace);
    need("ip", "netns", "exec", namespace, "ip", "tuntap", "add", "tap0", "mode", "tap");
    need("ip", "-n", namespace, "addr", "add", "10.0.0.1/24", "dev", "tap0");
    need("ip", "-n", namespace, "link", "set", "tap0", "up");
    try (RandomAccessFile made = new RandomAccessFile(directory.resolve("pmem.img").toFile(), "rw")) {
      made.setLength(64 << 20);
    }
    need("mkfs.ext4", "-q", "-F", directory.resolve("pmem.img").toString());
    Files.write(directory.resolve("disk.img"), new byte[16 << 20]);
    program = VsockE2E.compile(directory);
  }

  @AfterEach
  void removeNamespace() throws Exception {
    processes.forEach(Process::destroyForcibly);
    int unused = new ProcessBuilder("ip", "netns", "del", namespace).start().waitFor();
  }

  private ProcessBuilder inNamespace(String... command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    all.addAll(List.of(command));
    return new ProcessBuilder(all).redirectErrorStream(true);
  }

  private Process start(ProcessBuilder builder) throws IOException {
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private static String digest(byte[] data) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
  }

  private static void echoAll(ServerSocketChannel server) {
    try {
      for (int k = 0; k < CONNECTIONS; k++) {
        SocketChannel channel = server.accept();
        Thread unused = Thread.ofVirtual().start(() -> {
          try (channel) {
            ByteBuffer data = ByteBuffer.allocate(1000);
            while (channel.read(data.clear()) >= 0) {
              int written = channel.write(data.flip());
              assertThat(written).isPositive();
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run(String round, String... options) throws Exception {
    byte[] data = new byte[MEGABYTES << 20];
    new Random(1).nextBytes(data);
    Path sent = Files.write(directory.resolve("sent"), data);
    Path received = directory.resolve("received");
    Process source = start(inNamespace(busybox.toString(), "nc", "-l", "-p", "5001").redirectInput(sent.toFile()));
    Process sink = start(inNamespace(busybox.toString(), "nc", "-l", "-p", "5002").redirectOutput(received.toFile()));
    Path vsock = directory.resolve(round + ".vsock");
    FirecrackerMachine m = new FirecrackerMachine(
        directory, round, List.of("ip", "netns", "exec", namespace), List.of(options));
    processes.add(m.process);
    m.put("/boot-source", """
        {"kernel_image_path": "%s", "initrd_path": "%s", "boot_args": "console=ttyS0 reboot=k panic=-1 quiet"}""".formatted(
        DefaultGuest.get(DefaultGuest.userCache(), System.err::println).kernel(),
        Files.write(directory.resolve("initrd"), TinyInitrd.withDrivers(DRIVERS, SCRIPT.replace("$ROUND", round)))));
    m.put("/machine-config", "{\"vcpu_count\": 2, \"mem_size_mib\": 768}");
    m.put("/drives/program", "{\"drive_id\": \"program\", \"path_on_host\": \"%s\", \"is_root_device\": false, \"is_read_only\": true}".formatted(program));
    m.put("/drives/disk", """
        {"drive_id": "disk", "path_on_host": "%s", "is_root_device": false, "cache_type": "Writeback", "io_engine": "Async"}""".formatted(
        directory.resolve("disk.img")));
    m.put("/network-interfaces/eth0", "{\"iface_id\": \"eth0\", \"host_dev_name\": \"tap0\", \"guest_mac\": \"06:00:0a:00:00:02\"}");
    m.put("/mmds/config", "{\"version\": \"V2\", \"network_interfaces\": [\"eth0\"]}");
    m.put("/mmds", "{\"latest\": {\"name\": \"portfire\"}}");
    m.put("/vsock", "{\"guest_cid\": 3, \"uds_path\": \"%s\"}".formatted(vsock));
    m.put("/balloon", "{\"amount_mib\": 0, \"deflate_on_oom\": true, \"stats_polling_interval_s\": 1}");
    m.put("/entropy", "{}");
    m.put("/pmem/data", "{\"id\": \"data\", \"path_on_host\": \"%s\"}".formatted(directory.resolve("pmem.img")));
    m.put("/hotplug/memory", "{\"total_size_mib\": 256}");
    m.put("/actions", "{\"action_type\": \"InstanceStart\"}");

    m.await("the guest", () -> m.console().contains("ready: begin"));
    assertThat(host("ip", "netns", "exec", namespace, "ip", "link")).contains("tap0");
    if (!source.isAlive()) {
      throw new AssertionError("nothing listens for the guest: " + new String(source.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
    m.goOn();
    m.await("what comes before the sockets", () -> m.console().contains("ready: sockets"));
    String console = m.console();
    byte[] disk = Files.readAllBytes(directory.resolve("disk.img"));
    assertThat(console)
        .contains("block " + digest(java.util.Arrays.copyOf(disk, 8 << 20)))
        .contains("mac 06:00:0a:00:00:02")
        .contains("3 packets received")
        .contains("received " + digest(data))
        .contains("without a token: 1", "metadata [portfire]", "entropy 65536");
    assertThat(source.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(sink.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(Files.mismatch(sent, received)).as("what came back").isEqualTo(-1);
    String unused = host("ip", "netns", "exec", namespace, busybox.toString(), "ping", "-c", "2", "10.0.0.2");

    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      List<Callable<Boolean>> all = new ArrayList<>();
      for (int k = 0; k < CONNECTIONS; k++) {
        int seed = k;
        all.add(() -> VsockE2E.echoes(vsock, seed));
      }
      for (Future<Boolean> one : threads.invokeAll(all)) {
        assertThat(one.get()).isTrue();
      }
    }
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      ServerSocketChannel bound = server.bind(UnixDomainSocketAddress.of(vsock + "_5000"), CONNECTIONS);
      Thread echo = Thread.ofPlatform().daemon().start(() -> echoAll(bound));
      m.goOn();
      m.await("a hundred connections of the guest", () -> m.console().contains("ready: memory"));
      assertThat(m.console()).contains("echoed " + CONNECTIONS);
      echo.join();
    }

    m.patch("/balloon", "{\"amount_mib\": %d}".formatted(BALLOON_MIB));
    m.await("the balloon", () -> m.says("/balloon/statistics", "\"actual_mib\":" + BALLOON_MIB + ","));
    assertThat(m.ask("GET", "/balloon/statistics", "")).contains("\"target_mib\":200,", "\"free_memory\":", "\"available_memory\":");
    m.patch("/balloon", "{\"amount_mib\": 0}");
    m.await("the empty balloon", () -> m.says("/balloon/statistics", "\"actual_mib\":0,"));
    m.patch("/hotplug/memory", "{\"requested_size_mib\": 256}");
    m.goOn();
    m.await("the plugged memory", () -> m.console().contains("ready: end"));
    assertThat(m.console()).contains("memory 0\n");
    assertThat(m.says("/hotplug/memory", "\"plugged_size_mib\":256,")).isTrue();
    if (round.equals("pci")) {
      hotplug(m);
    } else {
      assertThat(m.refused("PUT", "/drives/late", "{\"drive_id\": \"late\", \"is_root_device\": false, \"path_on_host\": \"%s\"}".formatted(sent)))
          .contains("PCI is not enabled");
    }
    m.goOn();
    assertThat(m.process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(m.process.exitValue()).as(m.console()).isZero();
    assertThat(m.console().contains("kept: mmio was here")).as("what the other run wrote").isEqualTo(round.equals("pci"));
  }

  private void hotplug(FirecrackerMachine m) throws Exception {
    Path file = Files.writeString(directory.resolve("late.img"), "hello" + "x".repeat(4091));
    String late = "{\"drive_id\": \"late\", \"is_root_device\": %s, \"path_on_host\": \"%s\"}";
    assertThat(m.refused("PUT", "/drives/late", late.formatted(true, file))).contains("A root block device already exists");
    assertThat(m.refused("PUT", "/drives/late", late.formatted(false, directory.resolve("none")))).contains("No such file");
    assertThat(m.refused("DELETE", "/drives/late", "")).contains("Device not found");
    m.put("/drives/late", late.formatted(false, file));
    assertThat(m.refused("PUT", "/drives/late", late.formatted(false, file))).contains("Device ID in use");
    assertThat(m.says("/vm/config", "\"drive_id\":\"late\"")).isTrue();
    m.goOn();
    m.await("the new drive", () -> m.console().contains("ready: unplugged"));
    assertThat(m.console()).contains("plugged hello");
    assertThat(watched(m).get("block_late")).as("what a watcher sees of it").containsKeys("read_count", "read_bytes");
    assertThat(m.ask("DELETE", "/drives/late", "")).isEmpty();
    assertThat(watched(m)).doesNotContainKey("block_late").containsKey("vsock");
    assertThat(m.says("/vm/config", "\"drive_id\":\"late\"")).isFalse();
    String unused = host("ip", "netns", "exec", namespace, "ip", "tuntap", "add", "tap1", "mode", "tap");
    unused = host("ip", "-n", namespace, "addr", "add", "10.0.1.1/24", "dev", "tap1");
    unused = host("ip", "-n", namespace, "link", "set", "tap1", "up");
    m.put(
        "/network-interfaces/eth1", "{\"iface_id\": \"eth1\", \"host_dev_name\": \"tap1\", \"guest_mac\": \"06:00:0a:00:01:02\"}");
    m.goOn();
    m.await("the new interface", () -> m.console().contains("ready: plugged"));
    assertThat(m.console()).contains("eth1 06:00:0a:00:01:02");
    assertThat(watched(m)).containsKeys("net_eth0", "net_eth1");
    assertThat(m.ask("DELETE", "/network-interfaces/eth1", "")).isEmpty();
    // The tap is free again.
    unused = host("ip", "netns", "exec", namespace, "ip", "tuntap", "del", "tap1", "mode", "tap");
    hotplugMemory(m, file);
  }

  /** The devices of a machine, as {@code portfire watch} sees them. */
  private static Map<String, Map<String, Long>> watched(FirecrackerMachine m) {
    try (Watcher watcher = new Watcher(SysRoot.HOST)) {
      return watcher.sample().machines().stream()
          .filter(machine -> machine.pid() == m.process.pid())
          .findFirst()
          .orElseThrow()
          .devices();
    }
  }

  private void hotplugMemory(FirecrackerMachine m, Path file) throws Exception {
    String late = "{\"id\": \"late\", \"path_on_host\": \"%s\", \"root_device\": %s, \"read_only\": %s}";
    assertThat(m.refused("PUT", "/pmem/late", late.formatted(file, true, false)))
        .contains("Attempt to add pmem as a root device while the root device defined as a block device");
    assertThat(m.refused("PUT", "/pmem/late", late.formatted(Files.createFile(directory.resolve("empty")), false, false)))
        .contains("Error backing file size is 0");
    Path large = directory.resolve("large");
    try (RandomAccessFile made = new RandomAccessFile(large.toFile(), "rw")) {
      made.setLength((256L << 20) + 1);
    }
    assertThat(m.refused("PUT", "/pmem/late", late.formatted(large, false, false))).contains("there is room for 256 MiB");
    assertThat(m.refused("DELETE", "/pmem/late", "")).contains("Device not found");
    for (String round : List.of("first", "second")) {
      boolean readOnly = round.equals("second");
      m.put("/pmem/late", late.formatted(file, false, readOnly));
      assertThat(m.refused("PUT", "/pmem/late", late.formatted(file, false, false))).contains("Device ID in use");
      assertThat(m.says("/vm/config", "\"id\":\"late\"")).isTrue();
      m.goOn();
      m.await("the new memory", () -> m.console().contains("ready: " + round));
      assertThat(m.console()).contains("%s pmem: %s of 4096\nthen: seen ".formatted(round, readOnly ? "other" : "hello"));
      assertThat(m.ask("DELETE", "/pmem/late", "")).isEmpty();
      assertThat(m.says("/vm/config", "\"id\":\"late\"")).isFalse();
      assertThat(Files.readString(file)).startsWith(readOnly ? "other" : "seen ");
      Files.writeString(file, "other", StandardOpenOption.WRITE);
    }
  }

  @Test
  void everyDeviceOnBothTransports() throws Exception {
    run("mmio");
    run("pci", "--enable-pci");
    String unused = host("e2fsck", "-f", "-n", directory.resolve("pmem.img").toString());
  }
}
