package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portfire.cli.guest.DefaultGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is behind guest memory: {@code huge_pages} of the machine's configuration. */
final class HugePagesE2E {
  private static final int MIB = 256;

  private static final String FILL =
      """
      busybox mount -t proc proc /proc
      busybox mkdir /much
      busybox mount -t tmpfs -o size=128m tmpfs /much
      busybox yes | busybox head -c 100000000 >/much/y
      echo "filled $(busybox wc -c </much/y)"
      read -r answer
      busybox reboot -f
      """;

  /** A figure of /proc/meminfo or of a process's smaps, in its unit. */
  private static long figure(Path file, String name) throws IOException {
    long sum = 0;
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith(name + ":")) {
        sum += Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return sum;
  }

  private static FirecrackerMachine machine(Path directory, String pages) throws Exception {
    FirecrackerMachine m = new FirecrackerMachine(directory, pages, List.of(), List.of());
    m.put("/boot-source", """
        {"kernel_image_path": "%s", "initrd_path": "%s", "boot_args": "console=ttyS0 reboot=k panic=-1 quiet"}""".formatted(
        DefaultGuest.get(DefaultGuest.userCache(), System.err::println).kernel(),
        Files.write(directory.resolve("initrd"), TinyInitrd.of(FILL))));
    m.put("/machine-config", "{\"vcpu_count\": 1, \"mem_size_mib\": %d, \"huge_pages\": \"%s\"}".formatted(MIB, pages));
    m.put("/balloon", "{\"amount_mib\": 8, \"deflate_on_oom\": false}");
    return m;
  }

  private static void run(FirecrackerMachine m, String counted) throws Exception {
    m.put("/actions", "{\"action_type\": \"InstanceStart\"}");
    m.await("memory in use", () -> m.console().contains("filled 100000000\n"));
    Path smaps = Path.of("/proc/" + m.process.pid() + "/smaps");
    assertThat(figure(smaps, counted)).as(counted + " in KiB").isGreaterThan(90_000);
    m.goOn();
    assertThat(m.process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(m.process.exitValue()).as(m.console()).isZero();
  }

  @Test
  void transparentOnesAreTakenWhereTheKernelHasSome(@TempDir Path directory) throws Exception {
    Path enabled = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
    assumeTrue(
        Files.exists(enabled) && !Files.readString(enabled).contains("[never]"), "this kernel has no transparent huge pages");
    try (FirecrackerMachine m = machine(directory, "Transparent")) {
      run(m, "AnonHugePages");
    }
  }

  @Test
  void thoseSetAsideAreAllThereOrTheStartFails(@TempDir Path directory) throws Exception {
    long before = figure(Path.of("/proc/meminfo"), "HugePages_Free") - figure(Path.of("/proc/meminfo"), "HugePages_Rsvd");
    try (FirecrackerMachine m = machine(directory, "2M")) {
      if (before >= MIB / 2) {
        run(m, "Private_Hugetlb");
      } else {
        System.err.println("skipped in part: to try 2M set " + MIB / 2 + " pages aside, vm.nr_hugepages");
        assertThat(m.refused("PUT", "/actions", "{\"action_type\": \"InstanceStart\"}"))
            .contains("Start microvm error: Invalid Memory Configuration: Cannot create mmap region: Out of memory (os error 12)");
        m.put("/machine-config", "{\"vcpu_count\": 1, \"mem_size_mib\": 256, \"huge_pages\": \"None\"}");
        run(m, "Rss");
      }
    }
  }
}
