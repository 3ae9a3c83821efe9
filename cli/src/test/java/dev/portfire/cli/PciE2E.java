package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.vmm.Accelerator;
import dev.portfire.vmm.BalloonConfig;
import dev.portfire.vmm.Drive;
import dev.portfire.vmm.MemoryHotplugConfig;
import dev.portfire.vmm.PmemConfig;
import dev.portfire.vmm.RateLimiterConfig;
import dev.portfire.vmm.VsockConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The default guest with its devices on a PCI bus. */
final class PciE2E {
  @Test
  void devicesAreFoundAndWork(@TempDir Path directory) throws Exception {
    Path image = Files.write(directory.resolve("disk.img"), new byte[1 << 20]);
    Path pmem = Files.write(directory.resolve("pmem.img"), new byte[4 << 20]);
    try (ScriptGuest guest = new ScriptGuest(
        List.of(
            "virtio_pci",
            "virtio_balloon",
            "vmw_vsock_virtio_transport",
            "virtio_pmem",
            "nd_pmem",
            "virtio_mem"),
        builder -> builder
            .pci(true)
            .accelerator(Accelerator.SOFT)
            .vcpus(2)
            .drive(new Drive("disk", image, false, true))
            .balloon(new BalloonConfig(8, true, 1, false, true))
            .pmem(new PmemConfig("pmem", pmem, false, RateLimiterConfig.NONE))
            .memoryHotplug(new MemoryHotplugConfig(128, 2, 128))
            .vsock(new VsockConfig(3, directory.resolve("v.sock"))),
        """
        for device in /sys/bus/pci/devices/*; do
          echo "${device##*/} $(cat $device/vendor) $(cat $device/device) $(cat $device/class)"
        done
        echo works >/tmp/word
        dd if=/tmp/word of=/dev/vda conv=fsync 2>/dev/null
        head -c 5 /dev/vda
        echo
        dd if=/dev/hwrng bs=4096 count=4 iflag=fullblock 2>/dev/null | wc -c
        grep -c PCI-MSI /proc/interrupts
        grep -o 'PCI: .*' /proc/kmsg >/dev/null 2>&1 &
        while [ ! -e /dev/pmem0 ]; do sleep 0.1; done
        dd if=/tmp/word of=/dev/pmem0 conv=fsync 2>/dev/null
        cd /sys/bus/pci/drivers/virtio-pci
        disk=$(for device in 0000*; do [ -e $device/virtio*/block ] && echo $device; done)
        echo $disk >unbind
        echo $disk >bind
        while [ ! -e /dev/vda ]; do sleep 0.1; done
        head -c 5 /dev/vda
        echo " again"
        """)) {
      String output = guest.finish();
      assertThat(output)
          .contains("0000:00:00.0 0x8086 0x0d57 0x060000")
          .contains("0x1af4 0x1042 0x018000", "0x1af4 0x1043 0xffff00", "0x1af4 0x1044", "0x1af4 0x1045")
          .contains("0x1af4 0x1053", "0x1af4 0x1058", "0x1af4 0x105b")
          .contains("\nworks\n16384\n", "works again");
      Map<String, Long> entropy = guest.vm.devices().metrics().getOrDefault("entropy", Map.of());
      assertThat(entropy.get("entropy_bytes")).isGreaterThanOrEqualTo(16_384);
    }
    assertThat(Files.readAllBytes(image)).startsWith("works".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    assertThat(Files.readAllBytes(pmem)).startsWith("works".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }
}
