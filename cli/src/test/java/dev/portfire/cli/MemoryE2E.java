package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.vmm.MemoryHotplugConfig;
import dev.portfire.vmm.PmemConfig;
import dev.portfire.vmm.RateLimiterConfig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Persistent and hotplugged memory in the default guest. */
final class MemoryE2E {
  private static PmemConfig pmem(String id, Path file, boolean readOnly) {
    return new PmemConfig(id, file, readOnly, RateLimiterConfig.NONE);
  }

  @Test
  void aFileSystemInPersistentMemorySurvives(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("pmem.img");
    try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
      made.setLength((64 << 20) - 12_288);
    }
    try {
      Process mkfs = new ProcessBuilder("mkfs.ext4", "-q", "-F", file.toString()).inheritIO().start();
      Assumptions.assumeTrue(mkfs.waitFor() == 0, "mkfs.ext4 fails here");
    } catch (IOException e) {
      Assumptions.abort("there is no mkfs.ext4 here");
    }
    Path readOnly = Files.write(directory.resolve("ro.img"), "do not touch".repeat(1000).getBytes(StandardCharsets.US_ASCII));
    byte[] before = Files.readAllBytes(readOnly);
    for (int round = 0; round < 2; round++) {
      try (ScriptGuest guest = new ScriptGuest(
          List.of("nd_pmem", "virtio_pmem"),
          builder -> builder.pmem(pmem("data", file, false)).pmem(pmem("constant", readOnly, true)),
          """
          set -e
          while [ ! -e /dev/pmem0 ] || [ ! -e /dev/pmem1 ]; do sleep 0.1; done
          mkdir /mnt/p
          mount -t ext4 /dev/pmem0 /mnt/p
          [ ! -e /mnt/p/word ] || cat /mnt/p/word
          echo kept in memory >/mnt/p/word
          umount /mnt/p
          head -c 12 /dev/pmem1
          echo
          dd if=/dev/zero of=/dev/pmem1 bs=4096 count=1 conv=fsync 2>/dev/null || echo cannot be written
          """)) {
        assertThat(guest.finish()).contains(round == 0 ? "do not touch" : "kept in memory\ndo not touch");
      }
    }
    assertThat(Files.readAllBytes(readOnly)).isEqualTo(before);
    Process fsck = new ProcessBuilder("e2fsck", "-f", "-n", file.toString()).inheritIO().start();
    assertThat(fsck.waitFor()).isZero();
  }

  @Test
  void memoryIsPluggedUsedAndUnplugged() throws Exception {
    try (ScriptGuest guest = new ScriptGuest(
        List.of("virtio_mem"),
        builder -> builder.memoryMib(256).memoryHotplug(new MemoryHotplugConfig(512, 2, 128)),
        """
        set -e
        echo online_movable >/sys/devices/system/memory/auto_online_blocks
        total() { while read -r name value rest; do [ $name != MemTotal: ] || echo $value; done </proc/meminfo; }
        before=$(total)
        echo ready
        read answer
        while [ $(($(total) - before)) -lt 500000 ]; do sleep 0.1; done
        mount -t tmpfs -o size=400m tmpfs /mnt
        head -c 314572800 /dev/zero | tr '\\0' y >/mnt/much
        tr -d y </mnt/much | wc -c
        umount /mnt
        echo plugged
        read answer
        while [ $(($(total) - before)) -gt 150000 ]; do sleep 0.1; done
        echo unplugged
        """)) {
      guest.awaitOutput("ready");
      guest.vm.devices().updateMemoryHotplug(512);
      guest.say("use it");
      guest.awaitOutput("plugged");
      assertThat(guest.vm.devices().memoryHotplug().pluggedSizeMib()).isEqualTo(512);
      guest.vm.devices().updateMemoryHotplug(128);
      guest.say("go on");
      assertThat(guest.finish()).contains("\n0\nplugged", "unplugged");
      assertThat(guest.vm.devices().memoryHotplug().pluggedSizeMib()).isLessThan(200);
    }
  }

  @Test
  void theGuestIsToldOfAnotherGeneration() throws Exception {
    try (ScriptGuest guest = new ScriptGuest(
        List.of(),
        builder -> builder,
        """
        ls /sys/bus/acpi/devices | grep -E 'VMGENCTR|AMZNC10C|ACPI0013'
        count() { grep -i ged /proc/interrupts | while read -r name one rest; do echo "$name $one"; done; }
        count
        echo ready
        read answer
        count
        """)) {
      guest.awaitOutput("ready");
      assertThat(guest.output())
          .contains("VMGENCTR:00", "AMZNC10C:00", "ACPI0013:00")
          .containsPattern("[0-9]+: 0\n[0-9]+: 0\nready");
      guest.vm.devices().renewGeneration();
      guest.say("look");
      assertThat(guest.finish()).containsPattern("ready\n[0-9]+: 1\n[0-9]+: 1\n");
    }
  }
}
