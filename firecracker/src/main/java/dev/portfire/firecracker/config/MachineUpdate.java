package dev.portfire.firecracker.config;

import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of vCPUs and memory; null is no change.
 *
 * @param vcpuCount number of vCPUs
 * @param memSizeMib MiB of memory
 * @param smt whether vCPUs are pairs of threads
 * @param cpuTemplate the static CPU template
 * @param trackDirtyPages whether written pages are recorded
 * @param hugePages what backs the memory
 * @param gdbSocketPath the Unix socket to listen on for GDB
 */
public record MachineUpdate(
    @Nullable Integer vcpuCount,
    @Nullable Long memSizeMib,
    @Nullable Boolean smt,
    @Nullable String cpuTemplate,
    @Nullable Boolean trackDirtyPages,
    @Nullable String hugePages,
    @Nullable String gdbSocketPath) {
  /** The names of the fields, as errors list them. */
  public static final List<String> FIELDS = List.of(
      "vcpu_count",
      "mem_size_mib",
      "smt",
      "cpu_template",
      "track_dirty_pages",
      "huge_pages",
      "gdb_socket_path");

  /** Reads one. */
  public static MachineUpdate read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "MachineConfigUpdate", FIELDS);
    @Nullable Integer vcpuCount = null;
    @Nullable Long memSizeMib = null;
    @Nullable Boolean smt = null;
    @Nullable String cpuTemplate = null;
    @Nullable Boolean trackDirtyPages = null;
    @Nullable String hugePages = null;
    @Nullable String gdbSocketPath = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "vcpu_count" -> vcpuCount = in.isNull() ? null : (int) in.unsigned("u8", 8);
        case "mem_size_mib" -> memSizeMib = in.isNull() ? null : in.unsigned("usize", 64);
        case "smt" -> smt = in.isNull() ? null : in.bool();
        case "cpu_template" -> cpuTemplate = in.isNull() ? null : in.variant(MachineConfig.TEMPLATES);
        case "track_dirty_pages" -> trackDirtyPages = in.isNull() ? null : in.bool();
        case "huge_pages" -> hugePages = in.isNull() ? null : in.variant(MachineConfig.HUGE_PAGES);
        default -> gdbSocketPath = in.isNull() ? null : in.string();
      }
    }
    return new MachineUpdate(vcpuCount, memSizeMib, smt, cpuTemplate, trackDirtyPages, hugePages, gdbSocketPath);
  }
}
