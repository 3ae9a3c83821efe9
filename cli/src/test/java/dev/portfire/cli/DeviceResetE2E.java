package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.vmm.BalloonConfig;
import dev.portfire.vmm.Drive;
import dev.portfire.vmm.IoEngine;
import dev.portfire.vmm.MemoryHotplugConfig;
import dev.portfire.vmm.PmemConfig;
import dev.portfire.vmm.RateLimiterConfig;
import dev.portfire.vmm.TokenBucketConfig;
import dev.portfire.vmm.VsockConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drivers of the default guest let go of their devices and take them again; the devices work as before. */
final class DeviceResetE2E {
  @Test
  void driversLetGoAndTakeAgain(@TempDir Path directory) throws Exception {
    Path image = Files.write(directory.resolve("disk.img"), new byte[1 << 20]);
    Path pmem = Files.write(directory.resolve("pmem.img"), new byte[4 << 20]);
    Drive drive = new Drive("disk", image, false, true, RateLimiterConfig.NONE, IoEngine.ASYNC);
    RateLimiterConfig limit = new RateLimiterConfig(
        Optional.of(new TokenBucketConfig(65_536, OptionalLong.empty(), 1000)), Optional.empty());
    try (ScriptGuest guest = new ScriptGuest(
        List.of("virtio_balloon", "vmw_vsock_virtio_transport", "virtio_pmem", "nd_pmem", "virtio_mem"),
        builder -> builder
            .drive(drive)
            .entropy(limit)
            .balloon(new BalloonConfig(8, true, 1, true, true))
            .pmem(new PmemConfig("pmem", pmem, false, RateLimiterConfig.NONE))
            .memoryHotplug(new MemoryHotplugConfig(128, 2, 128))
            .vsock(new VsockConfig(3, directory.resolve("v.sock"))),
        """
        set -e
        for driver in virtio_blk virtio_rng virtio_balloon virtio_pmem virtio_mem vmw_vsock_virtio_transport; do
          cd /sys/bus/virtio/drivers/$driver
          for device in virtio*; do
            for round in 1 2 3; do
              echo $device >unbind
              [ ! -e $device ]
              echo $device >bind
              [ -e $device ]
            done
            echo "$driver $(cat $device/status)"
          done
        done
        echo works >/tmp/word
        dd if=/tmp/word of=/dev/vda conv=fsync 2>/dev/null
        head -c 5 /dev/vda
        echo
        dd if=/dev/hwrng bs=16384 count=12 iflag=fullblock 2>/dev/null | wc -c
        """)) {
      assertThat(guest.finish())
          .contains("virtio_blk 0x0000000f", "virtio_rng 0x0000000f", "virtio_balloon 0x0000000f")
          .contains("virtio_pmem 0x0000000f", "virtio_mem 0x0000000f", "vmw_vsock_virtio_transport 0x0000000f")
          .contains("works\n196608\n");
      Map<String, Long> entropy = guest.vm.devices().metrics().getOrDefault("entropy", Map.of());
      assertThat(entropy.get("entropy_rate_limiter_throttled")).isPositive();
      assertThat(entropy.get("entropy_bytes")).isGreaterThanOrEqualTo(196_608);
    }
    assertThat(new String(Files.readAllBytes(image), 0, 5, java.nio.charset.StandardCharsets.US_ASCII)).isEqualTo("works");
  }
}
