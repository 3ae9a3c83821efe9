package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.vmm.BalloonConfig;
import dev.portfire.vmm.BalloonStatistics;
import dev.portfire.vmm.Devices;
import dev.portfire.vmm.MicroVmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A balloon in the default guest: it takes memory away, gives it to the host, and gives it back to the guest. */
final class BalloonE2E {
  private static final int MIB = 300;

  /** Resident memory of this process in MiB. */
  private static long resident() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
              .sum()
          / 1024;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.sleep(20);
    }
  }

  private static BalloonStatistics statistics(Devices devices) {
    try {
      return devices.balloonStatistics();
    } catch (MicroVmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void memoryMovesBothWays() throws Exception {
    try (ScriptGuest guest = new ScriptGuest(
        List.of("virtio_balloon"),
        builder -> builder.memoryMib(768).balloon(new BalloonConfig(0, true, 1, true, false)),
        """
        set -e
        head -c 314572800 /dev/zero | tr '\\0' x >/tmp/much
        rm /tmp/much
        echo ready
        read answer
        head -c 200000000 /dev/zero >/tmp/more
        echo again
        read answer
        """)) {
      Devices devices = guest.vm.devices();
      guest.awaitOutput("ready");
      await("statistics come", () -> statistics(devices).reported().containsKey("free_memory"));
      long before = resident();
      devices.updateBalloon(MIB);
      await("the balloon fills", () -> statistics(devices).actualPages() == MIB * 256L);
      await("the guest notices", () -> statistics(devices).reported().getOrDefault("free_memory", 0L) < 450L << 20);
      assertThat(resident()).as("MiB in use, before " + before).isLessThan(before - 200);
      assertThat(devices.balloon().amountMib()).isEqualTo(MIB);
      devices.updateBalloon(0);
      await("the balloon empties", () -> statistics(devices).actualPages() == 0);
      guest.say("use it");
      guest.awaitOutput("again");
      devices.startBalloonHinting(true);
      await("the guest has told its free pages", () -> {
        try {
          return devices.balloonHinting().hostCmd() == 1;
        } catch (MicroVmException e) {
          throw new IllegalStateException(e);
        }
      });
      assertThat(devices.metrics().get("balloon")).isNotNull();
      guest.say("end");
      assertThat(guest.finish()).contains("again");
    }
  }
}
