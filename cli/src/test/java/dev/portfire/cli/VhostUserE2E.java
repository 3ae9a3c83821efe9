package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.cli.guest.DefaultGuest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A drive of the default guest that QEMU's storage daemon serves (vhost-user-blk). Skipped aloud where that is not installed.
 */
final class VhostUserE2E {
  /** What comes from the disk is executed, in pages that had code before. */
  private static final String SCRIPT =
      """
      fail() { echo "FAILED: $*"; reboot -f; }
      echo "size $(cat /sys/block/vda/size)"
      mount -t ext4 /dev/vda /mnt || fail mounting
      [ ! -e /mnt/word ] || echo "kept: $(cat /mnt/word)"
      dd if=/dev/urandom of=/mnt/random bs=1M count=12 conv=fsync 2>/dev/null || fail writing
      before=$(sha256sum </mnt/random)
      cp /bin/busybox /mnt/busybox || fail copying
      sync
      for round in 1 2 3; do
        echo 3 >/proc/sys/vm/drop_caches
        [ "$before" = "$(/mnt/busybox sha256sum </mnt/random)" ] || fail reading
      done
      echo "$ROUND was here" >>/mnt/word
      umount /mnt
      echo "ready: end"
      if [ $ROUND = pci ]; then
        read -r answer
        echo 1 >/sys/bus/pci/rescan
        while [ ! -e /dev/vdb ]; do sleep 0.1; done
        echo "late $(head -c 5 /dev/vdb)"
        for device in /sys/bus/pci/devices/*; do
          [ ! -e $device/virtio*/block/vdb ] || echo 1 >$device/remove
        done
        echo "ready: unplugged"
      fi
      read -r answer
      dd if=/dev/vda of=/dev/null bs=4096 count=1 iflag=direct 2>/dev/null &
      echo "still here"
      read -r answer
      reboot -f
      """;

  private static Process daemon(Path image, Path socket) throws Exception {
    Process process;
    try {
      process = new ProcessBuilder(
              "qemu-storage-daemon",
              "--blockdev",
              "driver=file,node-name=file,filename=" + image,
              "--export",
              "type=vhost-user-blk,id=export,node-name=file,writable=on,addr.type=unix,addr.path=" + socket)
          .inheritIO()
          .start();
    } catch (IOException e) {
      return Assumptions.abort("there is no qemu-storage-daemon to serve the drive");
    }
    for (int k = 0; k < 500 && !Portfire.listens(process, socket); k++) {
      Assumptions.assumeTrue(process.isAlive(), "this qemu-storage-daemon has no vhost-user-blk");
      Thread.sleep(10);
    }
    return process;
  }

  private static void run(Path directory, Path image, String round, List<String> options) throws Exception {
    Path socket = directory.resolve(round + ".vhost");
    Process daemon = daemon(image, socket);
    try (FirecrackerMachine m = new FirecrackerMachine(directory, round, List.of(), options)) {
      m.put("/boot-source", """
          {"kernel_image_path": "%s", "initrd_path": "%s", "boot_args": "console=ttyS0 reboot=k panic=-1 quiet"}""".formatted(
          DefaultGuest.get(DefaultGuest.userCache(), System.err::println).kernel(),
          Files.write(directory.resolve("initrd"), TinyInitrd.withDrivers(List.of("virtio_pci"), SCRIPT.replace("$ROUND", round)))));
      m.put("/machine-config", "{\"vcpu_count\": 2, \"mem_size_mib\": 256}");
      m.put("/drives/disk", "{\"drive_id\": \"disk\", \"socket\": \"%s\", \"is_root_device\": false, \"cache_type\": \"Writeback\"}".formatted(socket));
      // Its pages are those of a file now, and go away all the same.
      m.put("/balloon", "{\"amount_mib\": 16, \"deflate_on_oom\": true}");
      m.put("/metrics", "{\"metrics_path\": \"%s\"}".formatted(directory.resolve(round + ".metrics")));
      m.put("/actions", "{\"action_type\": \"InstanceStart\"}");
      m.await("what the guest does", () -> m.console().contains("ready: end"));
      assertThat(m.console()).contains("size 131072\n");
      assertThat(m.console().contains("kept: mmio was here")).isEqualTo(round.equals("pci"));
      assertThat(m.ask("GET", "/vm/config", ""))
          .contains("\"is_read_only\":null,\"path_on_host\":null,\"rate_limiter\":null,\"io_engine\":null,\"socket\":\"" + socket);
      m.patch("/drives/disk", "{\"drive_id\": \"disk\"}");
      if (round.equals("pci")) {
        plugAnother(directory, m);
      }
      daemon.destroyForcibly();
      assertThat(daemon.waitFor(10, TimeUnit.SECONDS)).isTrue();
      m.goOn();
      m.await("the guest without its disk", () -> m.console().contains("still here"));
      assertThat(m.ask("GET", "/", "")).contains("\"state\":\"Running\"");
      m.goOn();
      assertThat(m.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(m.process.exitValue()).as(m.console()).isZero();
      // Times are levels, counts what has come since the line before.
      List<String> metrics = Files.readAllLines(directory.resolve(round + ".metrics"));
      assertThat(metrics.getLast())
          .containsPattern("\"vhost_user_block_disk\":\\{\"activate_fails\":0,\"cfg_fails\":0,\"init_time_us\":[1-9]\\d*,"
              + "\"activate_time_us\":[1-9]\\d*,\"config_change_time_us\":[1-9]\\d*\\}")
          .doesNotContain("\"interrupts\":{\"triggers\":0,");
      if (round.equals("pci")) {
        assertThat(metrics.getLast()).doesNotContain("\"config_updates\":0}");
      }
    } finally {
      daemon.destroyForcibly();
    }
  }

  private static void plugAnother(Path directory, FirecrackerMachine m) throws Exception {
    Path image = Files.writeString(directory.resolve("late.img"), "hello" + "x".repeat(4091));
    String late = "{\"drive_id\": \"late\", \"socket\": \"%s\", \"is_root_device\": false}";
    for (int k = 0; k < 2; k++) {
      Path socket = directory.resolve("late.vhost" + k);
      Process daemon = daemon(image, socket);
      try {
        m.put("/drives/late", late.formatted(socket));
        assertThat(m.refused("PUT", "/drives/late", late.formatted(socket))).contains("Device ID in use");
        if (k == 0) {
          m.goOn();
          m.await("the new drive", () -> m.console().contains("ready: unplugged"));
          assertThat(m.console()).contains("late hello\n");
        }
        assertThat(m.ask("DELETE", "/drives/late", "")).isEmpty();
        assertThat(m.says("/vm/config", "\"late\"")).isFalse();
      } finally {
        assertThat(daemon.destroyForcibly().waitFor(10, TimeUnit.SECONDS)).isTrue();
      }
    }
    assertThat(m.refused("PUT", "/drives/late", late.formatted(directory.resolve("late.vhost1")))).contains("Connection refused");
  }

  @Test
  void anotherProcessServesADrive(@TempDir Path directory) throws Exception {
    Path image = directory.resolve("disk.img");
    try (RandomAccessFile made = new RandomAccessFile(image.toFile(), "rw")) {
      made.setLength(64 << 20);
    }
    try {
      Process mkfs = new ProcessBuilder("mkfs.ext4", "-q", "-F", image.toString()).inheritIO().start();
      Assumptions.assumeTrue(mkfs.waitFor() == 0, "mkfs.ext4 fails here");
    } catch (IOException e) {
      Assumptions.abort("there is no mkfs.ext4 here");
    }
    run(directory, image, "mmio", List.of());
    run(directory, image, "pci", List.of("--enable-pci"));
    Process fsck = new ProcessBuilder("e2fsck", "-f", "-n", image.toString()).inheritIO().start();
    assertThat(fsck.waitFor()).isZero();
  }
}
