package dev.portfire.vmm.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.vmm.OutputFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MetricsTest {
  private final Metrics metrics = new Metrics(() -> 1_700_000_000_000L);

  @Test
  void writesCountsAsDifferencesAndLevelsAsTheyAre(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("metrics"), "what was there\n");
    metrics.flush();
    Map<String, Map<String, Long>> devices = new TreeMap<>();
    devices.put("block_a", Map.of("read_bytes", 10L, "read_agg.min_us", 1L, "read_agg.max_us", 5L, "read_agg.sum_us", 6L));
    devices.put("block_b", Map.of("read_bytes", 5L, "read_agg.sum_us", 4L));
    metrics.devices(() -> devices);
    try (OutputFile out = OutputFile.open(file)) {
      metrics.open(out, "an-id", Map.of("zone", "b", "host", "a"));
      assertThatThrownBy(() -> metrics.open(out, "", Map.of())).isInstanceOf(IllegalStateException.class);
      metrics.count("put_api_requests", "drive_count");
      metrics.set("latencies_us", "pause_vm", 7);
      metrics.flush();
      metrics.count("put_api_requests", "drive_count");
      metrics.add("put_api_requests", "drive_count", 2);
      devices.put("block_b", Map.of("read_bytes", 6L, "read_agg.sum_us", 4L));
      metrics.flush();
    }
    List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).isEqualTo("what was there");
    assertThat(lines.get(1))
        .startsWith("{\"utc_timestamp_ms\":1700000000000,\"id\":\"an-id\",\"properties\":{\"host\":\"a\",\"zone\":\"b\"},"
            + "\"api_server\":{\"process_startup_time_us\":0,\"process_startup_time_cpu_us\":0},\"balloon\":{")
        .contains("\"block\":{\"activate_fails\":0,")
        .contains("\"read_bytes\":15,")
        .contains("\"read_agg\":{\"min_us\":0,\"max_us\":0,\"sum_us\":10}")
        .contains("\"block_a\":{\"activate_fails\":0,")
        .contains("\"read_agg\":{\"min_us\":1,\"max_us\":5,\"sum_us\":6}")
        .contains("\"boot_source_fails\":0,\"drive_count\":1,\"drive_fails\":0,")
        .contains("\"pause_vm\":7,")
        .endsWith("\"unplug_all_agg\":{\"min_us\":0,\"max_us\":0,\"sum_us\":0}}}");
    assertThat(lines.get(2))
        .contains("\"drive_count\":3,")
        .contains("\"read_bytes\":1,")
        .contains("\"read_agg\":{\"min_us\":1,\"max_us\":5,\"sum_us\":0}")
        .contains("\"pause_vm\":7,");
  }

  @Test
  void drivesOfOtherProcessesHaveNoSum(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("metrics");
    Map<String, Map<String, Long>> devices = new TreeMap<>();
    metrics.devices(() -> devices);
    try (OutputFile out = OutputFile.open(file)) {
      metrics.open(out, "", Map.of());
      metrics.flush();
      devices.put("vhost_user_block_a", Map.of("cfg_fails", 2L, "init_time_us", 7L));
      metrics.flush();
      metrics.flush();
    }
    List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
    assertThat(lines.get(0)).doesNotContain("vhost_user");
    assertThat(lines.get(1))
        .contains("},\"vhost_user_block_a\":{\"activate_fails\":0,\"cfg_fails\":2,\"init_time_us\":7,"
            + "\"activate_time_us\":0,\"config_change_time_us\":0},\"interrupts\":{")
        .contains("\"block\":{\"activate_fails\":0,\"cfg_fails\":0,");
    assertThat(lines.get(2)).contains("{\"activate_fails\":0,\"cfg_fails\":0,\"init_time_us\":7,");
  }

  @Test
  void knowsNoOtherMetrics() {
    assertThatThrownBy(() -> metrics.count("put_api_requests", "drives"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("put_api_requests.drives");
  }
}
