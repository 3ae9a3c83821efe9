package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portfire.cli.Portfire.Result;
import dev.portfire.cli.guest.DefaultGuest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code firecracker} as its users start it: from a configuration file, and by the curl commands of its guide. */
final class FirecrackerE2E {
  private static final String INIT =
      """
      busybox mount -t proc proc /proc
      echo "cpus $(busybox nproc)"
      read -r line
      echo "read $line"
      busybox reboot -f
      """;

  /** Counts on the console until Ctrl-Alt-Del, which the kernel sends to process 1 as an interrupt. */
  private static final String COUNTER =
      """
      echo "args $(busybox cat /proc/cmdline)"
      if [ -e /sys/class/net/eth0 ]; then
        ip addr add 172.16.0.2/30 dev eth0
        ip link set eth0 up
        ping -c 1 172.16.0.1 | grep received
      fi
      echo 0 > /proc/sys/kernel/ctrl-alt-del
      trap 'echo "init was asked to reboot"; busybox reboot -f' INT
      n=0
      while true; do
        echo "tick $n"
        n=$((n + 1))
        busybox usleep 100000
      done
      """;

  /**
   * The commands of Firecracker's getting-started guide, word for word but for the paths, with a pause in the middle. What
   * the guest writes is looked at while it is paused.
   */
  private static final String GUIDE =
      """
      set -eu
      API_SOCKET="$DIR/firecracker.socket"
      LOGFILE="$DIR/firecracker.log"
      "$BIN/firecracker" --api-sock "${API_SOCKET}" </dev/null >"$DIR/console" 2>"$DIR/errors" &
      fc=$!
      trap 'kill $fc 2>/dev/null || true' EXIT
      tries=0
      while [ ! -S "$API_SOCKET" ] && [ $tries -lt 300 ]; do sleep 0.1; tries=$((tries + 1)); done

      touch $LOGFILE
      curl -sS -X PUT --unix-socket "${API_SOCKET}" \\
          --data "{
              \\"log_path\\": \\"${LOGFILE}\\",
              \\"level\\": \\"Debug\\",
              \\"show_level\\": true,
              \\"show_log_origin\\": true
          }" \\
          "http://localhost/logger"

      KERNEL_BOOT_ARGS="console=ttyS0 reboot=k panic=1 quiet"
      curl -sS -X PUT --unix-socket "${API_SOCKET}" \\
          --data "{
              \\"kernel_image_path\\": \\"${KERNEL}\\",
              \\"initrd_path\\": \\"${INITRD}\\",
              \\"boot_args\\": \\"${KERNEL_BOOT_ARGS}\\"
          }" \\
          "http://localhost/boot-source"

      curl -sS -X PUT --unix-socket "${API_SOCKET}" \\
          --data "{
              \\"drive_id\\": \\"rootfs\\",
              \\"path_on_host\\": \\"${ROOTFS}\\",
              \\"is_root_device\\": true,
              \\"is_read_only\\": false
          }" \\
          "http://localhost/drives/rootfs"

      curl -sS --unix-socket "${API_SOCKET}" -i \\
          -X PUT 'http://localhost/machine-config' \\
          -H 'Accept: application/json' \\
          -H 'Content-Type: application/json' \\
          -d '{
              "vcpu_count": 2,
              "mem_size_mib": 256
          }'

      if [ "$NETWORK" = yes ]; then
        TAP_DEV="tap0"
        TAP_IP="172.16.0.1"
        MASK_SHORT="/30"
        ip link del "$TAP_DEV" 2>/dev/null || true
        ip tuntap add dev "$TAP_DEV" mode tap
        ip addr add "${TAP_IP}${MASK_SHORT}" dev "$TAP_DEV"
        ip link set dev "$TAP_DEV" up
        FC_MAC="06:00:AC:10:00:02"
        curl -sS -X PUT --unix-socket "${API_SOCKET}" \\
            --data "{
                \\"iface_id\\": \\"net1\\",
                \\"guest_mac\\": \\"$FC_MAC\\",
                \\"host_dev_name\\": \\"$TAP_DEV\\"
            }" \\
            "http://localhost/network-interfaces/net1"
      fi

      curl -sS -X PUT --unix-socket "${API_SOCKET}" \\
          --data "{
              \\"action_type\\": \\"InstanceStart\\"
          }" \\
          "http://localhost/actions"

      ticks() { tr -d '\\r' <"$DIR/console" | grep -c '^tick ' || true; }
      awaitTicks() {
        tries=0
        while [ "$(ticks)" -lt $1 ] && [ $tries -lt 600 ]; do sleep 0.1; tries=$((tries + 1)); done
        [ "$(ticks)" -ge $1 ]
      }
      state() { curl -sS --unix-socket "${API_SOCKET}" "http://localhost/" | sed 's/.*"state":"\\([^"]*\\)".*/\\1/'; }

      awaitTicks 5
      echo "state $(state)"
      curl --unix-socket "${API_SOCKET}" -sS \\
          -X PATCH 'http://localhost/vm' \\
          -H 'Accept: application/json' \\
          -H 'Content-Type: application/json' \\
          -d '{ "state": "Paused" }'
      echo "state $(state)"
      sleep 0.5
      before=$(ticks)
      sleep 2
      echo "moved by $(($(ticks) - before)) while paused"
      curl --unix-socket "${API_SOCKET}" -sS -X PATCH 'http://localhost/vm' -d '{ "state": "Resumed" }'
      awaitTicks $((before + 5))
      echo "moved on, state $(state)"
      curl --unix-socket "${API_SOCKET}" -sS \\
          -X PUT "http://localhost/actions" \\
          -d '{ "action_type": "SendCtrlAltDel" }'
      set +e
      wait $fc
      echo "exit $?"
      """;

  @Test
  void bootsWhatItsConfigurationSays(@TempDir Path directory) throws Exception {
    Path kernel = DefaultGuest.get(DefaultGuest.userCache(), System.err::println).kernel();
    Path initrd = Files.write(directory.resolve("initrd"), TinyInitrd.of(INIT));
    Path metrics = directory.resolve("metrics");
    Path config = Files.writeString(
        directory.resolve("config.json"),
        """
        {"boot-source": {"kernel_image_path": "%s", "initrd_path": "%s",
                         "boot_args": "console=ttyS0 reboot=k panic=-1 quiet"},
         "drives": [], "machine-config": {"vcpu_count": 2, "mem_size_mib": 256}, "metrics": {"metrics_path": "%s"}}
        """
            .formatted(kernel, initrd, metrics));
    // A line many times: the kernel empties the receiver when it sets the port up.
    Result result = Portfire.tool(
        "firecracker", "typed\n".repeat(100), List.of("--no-api", "--config-file", config.toString()));
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains("Running Firecracker v")
        .contains("Successfully started microvm that was configured from one single json")
        .contains("cpus 2\r\n")
        .contains("typed\r\n")
        .contains("Vmm is stopping.")
        .contains("Firecracker exiting successfully. exit_code=0");
    List<String> lines = Files.readAllLines(metrics);
    assertThat(lines).hasSize(2);
    assertThat(lines.getLast())
        .doesNotContain("\"exit_io_in\":0,")
        .doesNotContain("\"exit_io_out\":0,")
        .doesNotContain("\"flush_count\":0,\"missed_read_count\"")
        .contains("\"reset_count\":1,");
  }

  @Test
  void theGuidesCommandsWork(@TempDir Path directory) throws Exception {
    assumeTrue(Portfire.process("", List.of("sh", "-c", "command -v curl")).status() == 0, "curl is not installed");
    Path kernel = DefaultGuest.get(DefaultGuest.userCache(), System.err::println).kernel();
    Path initrd = Files.write(directory.resolve("initrd"), TinyInitrd.withDrivers(List.of("virtio_net"), COUNTER));
    Path rootfs = Files.write(directory.resolve("rootfs"), new byte[1 << 20]);
    String namespace = "pfg-" + ProcessHandle.current().pid();
    // With a network only where it can be one that nobody else sees.
    boolean network = Portfire.process("", List.of("sh", "-c", "ip netns add " + namespace)).status() == 0;
    if (!network) {
      System.err.println("skipped in part: without a network namespace the guide's network is not tried");
    }
    String settings = "DIR=%s\nKERNEL=%s\nINITRD=%s\nROOTFS=%s\nNETWORK=%s\n"
        .formatted(directory, kernel, initrd, rootfs, network ? "yes" : "no");
    Result result;
    try {
      String prefix = network ? "exec ip netns exec " + namespace + " " : "exec ";
      result = Portfire.process("", List.of("sh", "-c", prefix + "sh -c \"$0\"", settings + GUIDE));
    } finally {
      Result unused = Portfire.process("", List.of("sh", "-c", "ip netns del " + namespace));
    }
    String console = Files.readString(directory.resolve("console"), java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(result.err()).as(console).isEmpty();
    assertThat(result.out())
        .contains("HTTP/1.1 204 \r\nServer: Firecracker API\r\nConnection: keep-alive\r\n\r\n")
        .endsWith(
            """
            state Running
            state Paused
            moved by 0 while paused
            moved on, state Running
            exit 0
            """);
    assertThat(console)
        .contains("args console=ttyS0 reboot=k panic=1 quiet pci=off root=/dev/vda rw virtio_mmio.device=4K@0x")
        .contains("init was asked to reboot");
    assertThat(console.contains("1 packets received")).as(console).isEqualTo(network);
    assertThat(directory.resolve("log")).doesNotExist();
    assertThat(Files.readString(directory.resolve("firecracker.log")))
        .containsPattern(":fc_api:INFO:dev/portfire/firecracker/\\w+\\.java:\\d+] The API server received a Put request on \"/actions\"")
        .contains("'pause vm' VMM action took ", "'pause vm' API request took ", "'resume vm' API request took ")
        .contains("Firecracker exiting successfully. exit_code=0");
  }
}
