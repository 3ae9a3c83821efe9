package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.cli.guest.DefaultGuest;
import dev.portfire.vmm.HostTap;
import dev.portfire.vmm.MetadataConfig;
import dev.portfire.vmm.MicroVmException;
import dev.portfire.vmm.NetworkInterface;
import dev.portfire.vmm.RateLimiterConfig;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonValue;
import dev.portfire.vmm.mmds.Mmds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The default guest on a tap that lives in a network namespace of its own. Needs root; skipped aloud without. */
final class NetworkE2E {
  private static final int MEGABYTES = 100;

  private final String namespace = "pf-" + ProcessHandle.current().pid();
  private Path busybox = Path.of("unset");

  @BeforeEach
  void findBusybox() throws Exception {
    DefaultGuest guest = DefaultGuest.get(DefaultGuest.userCache(), System.err::println);
    busybox = guest.kernel().resolveSibling("busybox");
    assertThat(busybox.toFile().setExecutable(true)).isTrue();
  }

  /** Makes a tap, which the caller has open, and moves it to the namespace. */
  private HostTap makeTap() throws Exception {
    HostTap tap;
    try {
      tap = HostTap.open("pft" + ProcessHandle.current().pid() % 1_000_000);
    } catch (MicroVmException e) {
      return Assumptions.abort("no tap can be made here: " + e.getMessage());
    }
    try {
      String unused = host("ip", "netns", "add", namespace);
    } catch (IOException | AssertionError e) {
      tap.close();
      Assumptions.abort("no network namespace can be made here: " + e.getMessage());
    }
    String unused = host("ip", "link", "set", tap.name(), "netns", namespace);
    unused = host("ip", "-n", namespace, "addr", "add", "10.0.0.1/24", "dev", tap.name());
    unused = host("ip", "-n", namespace, "link", "set", tap.name(), "up");
    return tap;
  }

  @AfterEach
  void removeNamespace() throws Exception {
    int unused = new ProcessBuilder("ip", "netns", "del", namespace).start().waitFor();
  }

  private static String host(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + ": " + text).isZero();
    return text;
  }

  private ProcessBuilder inNamespace(String... applet) {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace, busybox.toString()));
    command.addAll(List.of(applet));
    return new ProcessBuilder(command).redirectErrorStream(true);
  }

  @Test
  void pingAndTcpBothWaysWithChecksums(@TempDir Path directory) throws Exception {
    HostTap tap = makeTap();
    byte[] data = new byte[MEGABYTES << 20];
    new Random(1).nextBytes(data);
    Path sent = Files.write(directory.resolve("sent"), data);
    Path received = directory.resolve("received");
    String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
    Process server = inNamespace("nc", "-l", "-p", "5001").redirectInput(sent.toFile()).start();
    Process sink = inNamespace("nc", "-l", "-p", "5002").redirectOutput(received.toFile()).start();
    NetworkInterface network = new NetworkInterface(
        "eth0",
        tap.name(),
        Optional.of("06:00:0A:00:00:02"),
        OptionalInt.of(1400),
        RateLimiterConfig.NONE,
        RateLimiterConfig.NONE);
    try (ScriptGuest guest = new ScriptGuest(
        List.of("virtio_net"),
        builder -> builder.network(network, tap).memoryMib(768),
        """
        set -e
        cat /sys/class/net/eth0/address /sys/class/net/eth0/mtu
        ip addr add 10.0.0.2/24 dev eth0
        ip link set eth0 up
        ping -c 3 10.0.0.1
        # netcat must not see an end of its input before the other side's.
        mkfifo /tmp/quiet
        nc 10.0.0.1 5001 >/tmp/data <>/tmp/quiet
        sha256sum /tmp/data
        echo ready
        read answer
        nc 10.0.0.1 5002 </tmp/data
        echo sent
        nc -l -p 5003 >/tmp/word
        cat /tmp/word
        """)) {
      guest.awaitOutput("ready");
      assertThat(guest.output())
          .contains("06:00:0a:00:00:02\n1400\n")
          .contains("3 packets received")
          .contains(digest);
      assertThat(server.waitFor(1, TimeUnit.MINUTES)).isTrue();
      String unused = host("ip", "netns", "exec", namespace, busybox.toString(), "ping", "-c", "2", "10.0.0.2");
      guest.say("go on");
      guest.awaitOutput("sent");
      assertThat(sink.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(Files.mismatch(sent, received)).as("what came back").isEqualTo(-1);
      Path word = Files.writeString(directory.resolve("word"), "from the host");
      boolean connected = false;
      for (int k = 0; k < 100 && !connected; k++) {
        // The guest's server may not listen yet.
        connected = inNamespace("nc", "10.0.0.2", "5003").redirectInput(word.toFile()).start().waitFor() == 0;
        Thread.sleep(connected ? 0 : 50);
      }
      assertThat(guest.finish()).contains("from the host");
      Map<String, Long> counted = guest.vm.devices().metrics().getOrDefault("net_eth0", Map.of());
      assertThat(counted.get("rx_bytes_count")).isGreaterThan(data.length);
      assertThat(counted.get("tx_bytes_count")).isGreaterThan(data.length);
      assertThat(counted.get("tx_malformed_frames")).isZero();
      assertThat(counted.get("tx_spoofed_mac_count")).isZero();
      assertThat(counted.get("tap_write_fails")).isZero();
    } finally {
      server.destroy();
      sink.destroy();
    }
  }

  @Test
  void theMetadataServiceIsReadWithAndWithoutToken() throws Exception {
    HostTap tap = makeTap();
    Mmds mmds = new Mmds("guest", 1 << 20);
    String large = "0123456789".repeat(2000);
    String json = "{\"latest\":{\"name\":\"portfire\",\"large\":\"" + large + "\"}}";
    if (new JsonReader(json.getBytes(StandardCharsets.US_ASCII)).value() instanceof JsonValue.Members data) {
      mmds.put(data);
    }
    mmds.configure(Mmds.Version.V2, false);
    NetworkInterface network = NetworkInterface.of("eth0", tap.name(), "06:00:0a:00:00:02");
    try (ScriptGuest guest = new ScriptGuest(
        List.of("virtio_pci", "virtio_net"),
        builder -> builder
            .pci(true)
            .network(network, tap)
            .metadata(new MetadataConfig(mmds, Set.of("eth0"), "169.254.169.254")),
        """
        ip link set eth0 up
        ip route add 169.254.169.254 dev eth0
        ip addr add 10.0.0.2/24 dev eth0
        url=http://169.254.169.254
        wget -q -O - $url/latest/name || echo without a token: $?
        printf 'PUT /latest/api/token HTTP/1.1\\r\\nX-metadata-token-ttl-seconds: 60\\r\\n\\r\\n' >/tmp/put
        mkfifo /tmp/quiet
        (cat /tmp/put; sleep 1) | nc 169.254.169.254 80 >/tmp/answer
        token=$(tail -n 1 /tmp/answer)
        echo "[$(wget -q -O - --header "X-metadata-token: $token" $url/latest/name)]"
        wget -q -O - --header "X-metadata-token: $token" $url/latest/large | wc -c
        wget -q -O - --header "X-metadata-token: wrong" $url/latest/name || echo with a wrong one: $?
        ping -c 1 10.0.0.1 >/dev/null && echo the tap is reached
        """)) {
      assertThat(guest.finish())
          .contains("without a token: 1", "[portfire]", "20000\n", "with a wrong one: 1", "the tap is reached");
      Map<String, Long> counted = guest.vm.devices().metrics().getOrDefault("mmds", Map.of());
      assertThat(counted.get("connections_created")).isEqualTo(5);
      assertThat(counted.get("rx_no_token")).isEqualTo(1);
      assertThat(counted.get("rx_invalid_token")).isEqualTo(1);
    }
  }
}
