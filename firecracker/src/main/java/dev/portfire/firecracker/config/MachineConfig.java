package dev.portfire.firecracker.config;

import dev.portfire.vmm.HugePages;
import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonStruct;
import dev.portfire.vmm.json.JsonWriter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * vCPUs and memory.
 *
 * @param vcpuCount number of vCPUs
 * @param memSizeMib MiB of memory, without a sign
 * @param smt whether vCPUs are pairs of threads
 * @param cpuTemplate the static CPU template; null if none was named
 * @param trackDirtyPages whether written pages are recorded
 * @param hugePages what backs the memory
 * @param gdbSocketPath the Unix socket to listen on for GDB; null: no debugger
 */
public record MachineConfig(
    int vcpuCount,
    long memSizeMib,
    boolean smt,
    @Nullable String cpuTemplate,
    boolean trackDirtyPages,
    String hugePages,
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

  /** The static CPU templates. */
  public static final List<String> TEMPLATES = List.of("C3", "T2", "T2S", "None", "T2CL", "T2A");

  /** What may back the memory. */
  public static final List<String> HUGE_PAGES = List.of("None", "Transparent", "2M");

  /** What holds if nothing else is said. */
  public static final MachineConfig DEFAULT = new MachineConfig(1, 128, false, null, false, "None", null);

  private static final int MAX_VCPUS = 32;
  private static final long MAX_MIB = Long.MAX_VALUE >> 20;

  /** What backs the memory, as a machine takes it. */
  public HugePages hugePagesOfHost() {
    return switch (hugePages) {
      case "2M" -> HugePages.SIZE_2M;
      case "Transparent" -> HugePages.TRANSPARENT;
      default -> HugePages.NONE;
    };
  }

  /**
   * Checks the numbers.
   *
   * @return what is wrong, in Firecracker's words
   */
  public Optional<String> problem() {
    if (vcpuCount < 1 || vcpuCount > MAX_VCPUS || (smt && vcpuCount != 1 && vcpuCount % 2 != 0)) {
      return Optional.of("The number of vCPUs must be greater than 0, less than 32 and must be 1 or an even number if SMT"
          + " is enabled.");
    }
    if (memSizeMib <= 0 || memSizeMib > MAX_MIB || (!hugePages.equals("None") && memSizeMib % 2 != 0)) {
      return Optional.of("The memory size (MiB) is either 0, or not a multiple of the configured page size.");
    }
    return Optional.empty();
  }

  /** This with what an update changes. */
  public MachineConfig with(MachineUpdate update) {
    return new MachineConfig(
        update.vcpuCount() == null ? vcpuCount : update.vcpuCount(),
        update.memSizeMib() == null ? memSizeMib : update.memSizeMib(),
        update.smt() == null ? smt : update.smt(),
        update.cpuTemplate() == null ? cpuTemplate : update.cpuTemplate(),
        update.trackDirtyPages() == null ? trackDirtyPages : update.trackDirtyPages(),
        update.hugePages() == null ? hugePages : update.hugePages(),
        update.gdbSocketPath() == null ? gdbSocketPath : update.gdbSocketPath());
  }

  /** This with no static CPU template. */
  public MachineConfig withoutTemplate() {
    return new MachineConfig(vcpuCount, memSizeMib, smt, null, trackDirtyPages, hugePages, gdbSocketPath);
  }

  /** Writes it; the template and the debugger's socket only if there is one. */
  public void write(JsonWriter out) {
    out.begin().name("vcpu_count").number(vcpuCount).name("mem_size_mib").number(memSizeMib).name("smt").bool(smt);
    if (cpuTemplate != null && !cpuTemplate.equals("None")) {
      out.name("cpu_template").string(cpuTemplate);
    }
    out.name("track_dirty_pages").bool(trackDirtyPages).name("huge_pages").string(hugePages);
    if (gdbSocketPath != null) {
      out.name("gdb_socket_path").string(gdbSocketPath);
    }
    out.end();
  }

  /** Reads one. */
  public static MachineConfig read(JsonReader in) throws JsonException {
    JsonStruct fields = new JsonStruct(in, "MachineConfig", FIELDS);
    @Nullable Integer vcpuCount = null;
    @Nullable Long memSizeMib = null;
    boolean smt = false;
    @Nullable String cpuTemplate = null;
    boolean trackDirtyPages = false;
    String hugePages = "None";
    @Nullable String gdbSocketPath = null;
    for (String name = fields.next(); name != null; name = fields.next()) {
      switch (name) {
        case "vcpu_count" -> vcpuCount = (int) in.unsigned("u8", 8);
        case "mem_size_mib" -> memSizeMib = in.unsigned("usize", 64);
        case "smt" -> smt = in.bool();
        case "cpu_template" -> cpuTemplate = in.isNull() ? null : in.variant(TEMPLATES);
        case "track_dirty_pages" -> trackDirtyPages = in.bool();
        case "huge_pages" -> hugePages = in.variant(HUGE_PAGES);
        default -> gdbSocketPath = in.isNull() ? null : in.string();
      }
    }
    return new MachineConfig(
        fields.required("vcpu_count", vcpuCount),
        fields.required("mem_size_mib", memSizeMib),
        smt,
        cpuTemplate,
        trackDirtyPages,
        hugePages,
        gdbSocketPath);
  }
}
