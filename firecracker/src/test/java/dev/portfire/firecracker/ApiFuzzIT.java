package dev.portfire.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.vmm.Accelerator;
import dev.portfire.vmm.Engine;
import dev.portfire.vmm.MicroVm;
import dev.portfire.vmm.MicroVmException;
import dev.portfire.vmm.http.HttpRequest;
import dev.portfire.vmm.http.HttpResponse;
import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.metrics.Metrics;
import dev.portfire.vmm.mmds.Mmds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random requests, sound and broken ones, on all routes of a monitor in this process, before the start and after it. Each is answered,
 * and none by a fault of ours. {@code -Dportfire.seconds=600} makes it longer, {@code -Dportfire.seed=N} repeats a run.
 */
class ApiFuzzIT {
  private static final int REQUESTS = 400;
  private static final long SLOWEST_SECONDS = 20;
  private static final long MOST_GROWTH = 64L << 20;

  /** cli; hlt; jmp to the hlt. */
  private static final byte[] HALT = {(byte) 0xfa, (byte) 0xf4, (byte) 0xeb, (byte) 0xfd};

  /** An {@code @} stands for the directory, so that no change of a path leads out of it. */
  private static final String[][] ROUTES = {
    {"GET", "/", ""}, {"GET", "/version", ""}, {"GET", "/vm/config", ""}, {"GET", "/machine-config", ""}, {"GET", "/balloon", ""},
    {"GET", "/balloon/statistics", ""}, {"GET", "/balloon/hinting/status", ""}, {"GET", "/hotplug/memory", ""}, {"GET", "/mmds", ""},
    {"PATCH", "/vm", "{\"state\":\"Paused\"}"}, {"PATCH", "/vm", "{\"state\":\"Resumed\"}"},
    {"PUT", "/actions", "{\"action_type\":\"FlushMetrics\"}"}, {"PUT", "/actions", "{\"action_type\":\"SendCtrlAltDel\"}"},
    {"PUT", "/actions", "{\"action_type\":\"InstanceStart\"}"},
    {"PUT", "/boot-source", "{\"kernel_image_path\":\"@kernel\",\"boot_args\":\"a=b\"}"},
    {"PUT", "/boot-source", "{\"kernel_image_path\":\"@kernel\",\"initrd_path\":\"@disk\",\"boot_args\":null}"},
    {"PUT", "/machine-config", "{\"vcpu_count\":2,\"mem_size_mib\":16,\"smt\":true,\"track_dirty_pages\":false,\"huge_pages\":\"None\"}"},
    {"PUT", "/machine-config", "{\"vcpu_count\":1,\"mem_size_mib\":32,\"cpu_template\":\"T2\"}"},
    {"PATCH", "/machine-config", "{\"vcpu_count\":4,\"cpu_template\":\"None\"}"},
    {"PUT", "/cpu-config", "{\"kvm_capabilities\":[\"!56\"],\"cpuid_modifiers\":[{\"leaf\":\"0x1\",\"subleaf\":\"0x0\",\"flags\":0,"
        + "\"modifiers\":[{\"register\":\"ecx\",\"bitmap\":\"0b0xxx\"}]}],\"msr_modifiers\":[{\"addr\":\"0x10a\",\"bitmap\":\"0b1\"}]}"},
    {"PUT", "/drives/d0", "{\"drive_id\":\"d0\",\"is_root_device\":true,\"path_on_host\":\"@disk\",\"is_read_only\":true,"
        + "\"rate_limiter\":{\"ops\":{\"size\":1,\"refill_time\":100,\"one_time_burst\":3}},\"io_engine\":\"Sync\"}"},
    {"PUT", "/drives/d1", "{\"drive_id\":\"d1\",\"is_root_device\":false,\"path_on_host\":\"@disk\",\"partuuid\":\"x\","
        + "\"cache_type\":\"Writeback\"}"},
    {"PATCH", "/drives/d0", "{\"drive_id\":\"d0\",\"path_on_host\":\"@disk\"}"},
    {"PATCH", "/drives/d0", "{\"drive_id\":\"d0\",\"rate_limiter\":{\"bandwidth\":{\"size\":5,\"refill_time\":7}}}"},
    {"DELETE", "/drives/d0", ""},
    {"PUT", "/pmem/p0", "{\"id\":\"p0\",\"path_on_host\":\"@disk\",\"root_device\":false,\"read_only\":true}"},
    {"PATCH", "/pmem/p0", "{\"id\":\"p0\",\"rate_limiter\":{\"ops\":{\"size\":1,\"refill_time\":1}}}"}, {"DELETE", "/pmem/p0", ""},
    {"PUT", "/network-interfaces/n0", "{\"iface_id\":\"n0\",\"host_dev_name\":\"no/such/tap/name\",\"guest_mac\":\"06:00:00:00:00:01\","
        + "\"mtu\":1500,\"rx_rate_limiter\":null}"},
    {"PATCH", "/network-interfaces/n0", "{\"iface_id\":\"n0\",\"tx_rate_limiter\":{\"ops\":{\"size\":1,\"refill_time\":1}}}"},
    {"DELETE", "/network-interfaces/n0", ""},
    {"PUT", "/vsock", "{\"guest_cid\":3,\"uds_path\":\"@vsock\"}"}, {"PUT", "/entropy", "{\"rate_limiter\":{}}"},
    {"PUT", "/serial", "{\"serial_out_path\":\"@serial\",\"rate_limiter\":{\"size\":1,\"refill_time\":2}}"},
    {"PUT", "/logger", "{\"log_path\":\"@log\",\"level\":\"Off\",\"show_level\":true,\"show_log_origin\":false,\"module\":\"m\"}"},
    {"PUT", "/metrics", "{\"metrics_path\":\"@metrics\",\"emit_id\":true,\"properties\":{\"a\":\"b\"}}"},
    {"PUT", "/balloon", "{\"amount_mib\":1,\"deflate_on_oom\":true,\"stats_polling_interval_s\":1,\"free_page_hinting\":true,"
        + "\"free_page_reporting\":true}"},
    {"PATCH", "/balloon", "{\"amount_mib\":2}"}, {"PATCH", "/balloon/statistics", "{\"stats_polling_interval_s\":2}"},
    {"PATCH", "/balloon/hinting/start", "{\"acknowledge_on_stop\":true}"}, {"PATCH", "/balloon/hinting/stop", ""},
    {"PUT", "/hotplug/memory", "{\"total_size_mib\":256,\"block_size_mib\":2,\"slot_size_mib\":128}"},
    {"PATCH", "/hotplug/memory", "{\"requested_size_mib\":128}"},
    {"PUT", "/mmds/config", "{\"network_interfaces\":[\"n0\"],\"version\":\"V2\",\"ipv4_address\":\"169.254.169.254\",\"imds_compat\":true}"},
    {"PUT", "/mmds", "{\"a\":{\"b\":[1,2.5e3,null,true,\"x\\u00e4\"]}}"}, {"PATCH", "/mmds", "{\"a\":{\"b\":null,\"c\":\"d\"}}"},
    {"PUT", "/snapshot/create", "{\"snapshot_path\":\"@s\",\"mem_file_path\":\"@m\"}"},
    {"PUT", "/snapshot/load", "{\"snapshot_path\":\"@s\"}"}
  };

  private static final String[] VALUES = {
    "0", "1", "2", "3", "-1", "1.5", "255", "256", "65535", "65536", "4294967295", "4294967296", "9223372036854775807",
    "18446744073709551615", "18446744073709551616", "1e400", "null", "true", "false", "\"\"", "\"x\"", "[]", "{}", "[[]]", "{\"a\":1}",
    "\"\\ud800\"", "\"0x1\"", "\"0b1\"", "\"None\"", "\"T2A\"", "\"Writeback\"", "\"Async\"", "\"2M\""
  };

  @TempDir
  Path directory;

  private static byte[] elf(byte[] code) {
    ByteBuffer elf = ByteBuffer.allocate(0x1000 + code.length).order(ByteOrder.LITTLE_ENDIAN);
    elf.putInt(0, 0x464c457f).put(4, (byte) 2).put(5, (byte) 1).put(6, (byte) 1);
    elf.putShort(16, (short) 2).putShort(18, (short) 62).putInt(20, 1).putLong(24, 0x100000).putLong(32, 64);
    elf.putShort(52, (short) 64).putShort(54, (short) 56).putShort(56, (short) 1);
    elf.putInt(64, 1).putInt(68, 5).putLong(72, 0x1000).putLong(80, 0x100000).putLong(88, 0x100000);
    elf.putLong(96, code.length).putLong(104, code.length).putLong(112, 0x1000);
    elf.put(0x1000, code);
    return elf.array();
  }

  /** The sound body, or one with something else in it. */
  private static String change(SplittableRandom random, String body) {
    StringBuilder text = new StringBuilder(body);
    int changes = random.nextInt(4);
    for (int k = 0; k < changes && !text.isEmpty(); k++) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(6)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, (char) (random.nextInt(8) == 0 ? random.nextInt(0x100) : 32 + random.nextInt(95)));
        case 2 -> text.setLength(at);
        case 3 -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(30))));
        default -> {
          // Another value behind a colon.
          int colon = text.indexOf(":", at);
          if (colon >= 0) {
            int end = colon + 1;
            while (end < text.length() && ",}]".indexOf(text.charAt(end)) < 0) {
              end++;
            }
            text.replace(colon + 1, end, VALUES[random.nextInt(VALUES.length)]);
          }
        }
      }
    }
    boolean leads = body.chars().filter(c -> c == '@').count() > text.chars().filter(c -> c == '@').count();
    return leads ? body : text.toString();
  }

  private HttpRequest request(SplittableRandom random) {
    String[] route = ROUTES[random.nextInt(ROUTES.length)];
    String method = random.nextInt(20) == 0 ? List.of("GET", "PUT", "PATCH", "DELETE").get(random.nextInt(4)) : route[0];
    String path = random.nextInt(20) == 0 ? route[1] + "/" + (char) (33 + random.nextInt(94)) : route[1];
    String body = random.nextInt(20) == 0 ? ROUTES[random.nextInt(ROUTES.length)][2] : route[2];
    body = change(random, body).replace("@", directory + "/");
    return new HttpRequest(method, path, "HTTP/1.1", true, List.of(), body.getBytes(StandardCharsets.UTF_8));
  }

  /** A small machine with the devices that need nothing of the host. */
  private static MicroVm machine(VmState state) throws MicroVmException {
    MicroVm.Builder builder = MicroVm.builder()
        .name("fuzz")
        .accelerator(Accelerator.SOFT)
        .engine(Engine.SAFE)
        .vcpus(state.machine.vcpuCount())
        .smt(state.machine.smt())
        .memoryMib(Math.min(64, state.machine.memSizeMib()))
        .commandLine("a=b");
    state.cpuTemplate().ifPresent(builder::cpuTemplate);
    if (state.bootSource != null) {
      builder.kernel(Path.of(state.bootSource.kernelImagePath()));
    }
    state.drives.forEach(drive -> builder.drive(drive.toMachine()));
    if (state.balloon != null) {
      builder.balloon(new dev.portfire.vmm.BalloonConfig(
          (int) state.balloon.amountMib(),
          state.balloon.deflateOnOom(),
          state.balloon.statsPollingIntervalS(),
          state.balloon.freePageHinting(),
          state.balloon.freePageReporting()));
    }
    if (state.hotplug != null && state.hotplug.totalSizeMib() <= 1024) {
      builder.memoryHotplug(new dev.portfire.vmm.MemoryHotplugConfig(
          state.hotplug.totalSizeMib(), state.hotplug.blockSizeMib(), state.hotplug.slotSizeMib()));
    }
    return builder.start();
  }

  private static void check(HttpRequest request, HttpResponse response, long nanos, long seed) {
    String shown = "seed " + seed + ": " + request.method() + " " + request.uri() + " "
        + new String(request.body(), StandardCharsets.UTF_8);
    String body = response.body().map(b -> new String(b, StandardCharsets.UTF_8)).orElse("");
    assertThat(response.status()).as(shown).isIn(200, 204, 400, 413);
    assertThat(response.body().isEmpty()).as(shown).isEqualTo(response.status() == 204);
    assertThat(body).as(shown).doesNotContain("java.").doesNotContain("Exception");
    if (!body.isEmpty()) {
      try {
        JsonReader in = new JsonReader(body.getBytes(StandardCharsets.UTF_8));
        in.value();
        in.end();
      } catch (JsonException e) {
        throw new AssertionError(shown + ": " + body, e);
      }
    }
    assertThat(TimeUnit.NANOSECONDS.toSeconds(nanos)).as(shown).isLessThan(SLOWEST_SECONDS);
  }

  private int session(long seed) throws InterruptedException {
    SplittableRandom random = new SplittableRandom(seed);
    List<MicroVm> machines = new ArrayList<>();
    Metrics metrics = new Metrics();
    Log log = new Log("fuzz", line -> true, metrics);
    Monitor.Starter starter = (state, taps, sockets) -> {
      MicroVm machine = machine(state);
      machines.add(machine);
      return machine;
    };
    Mmds mmds = new Mmds("fuzz", 51_200);
    Monitor monitor = new Monitor(new Monitor.Settings("fuzz", "1", starter, random.nextBoolean()), log, metrics, mmds);
    ApiHandler handler = new ApiHandler(monitor, log, metrics);
    int succeeded = 0;
    try (monitor; metrics; log) {
      for (int k = 0; k < REQUESTS; k++) {
        HttpRequest request = request(random);
        long start = System.nanoTime();
        HttpResponse response = handler.handle(request);
        check(request, response, System.nanoTime() - start, seed);
        succeeded += response.status() < 300 ? 1 : 0;
      }
    } finally {
      for (MicroVm machine : machines) {
        machine.close();
      }
    }
    return succeeded;
  }

  private static long used() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** Open files, where Linux tells of them; 0 elsewhere. */
  private static long openFiles() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    if (!Files.exists(descriptors)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(descriptors)) {
      return files.count();
    }
  }

  @Test
  void eachRequestIsAnswered() throws IOException, InterruptedException {
    Files.write(directory.resolve("kernel"), elf(HALT));
    Files.write(directory.resolve("disk"), new byte[1 << 20]);
    long first = Long.getLong("portfire.seed", System.nanoTime());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("portfire.seconds", 5));
    System.out.println("ApiFuzzIT: first seed " + first);
    int succeeded = 0;
    long warm = 0;
    long warmFiles = 0;
    long sessions = 0;
    do {
      succeeded += session(first + sessions++);
      if (sessions == 20) {
        warm = used();
        warmFiles = openFiles();
      }
    } while (System.nanoTime() < end);
    System.out.println("ApiFuzzIT: " + sessions * REQUESTS + " requests, " + succeeded + " of them done");
    assertThat(succeeded).isPositive();
    if (warm != 0) {
      long growth = used() - warm;
      long files = openFiles() - warmFiles;
      System.out.printf("ApiFuzzIT: growth of the heap %+d KiB, open files %+d%n", growth >> 10, files);
      assertThat(files).as("open files").isLessThan(30);
      assertThat(growth).as("growth of the heap").isLessThan(MOST_GROWTH);
    }
  }
}
