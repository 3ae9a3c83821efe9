package dev.portfire.firecracker;

import dev.portfire.firecracker.seccomp.DefaultFilters;
import dev.portfire.firecracker.seccomp.FormatException;
import dev.portfire.firecracker.seccomp.SeccompFilters;
import dev.portfire.vmm.SystemCallFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The filters of system calls for each kind of thread.
 *
 * @param vmm the main thread, once the machine runs, and that of the devices
 * @param api the API's
 * @param softVcpu the vCPUs' on the software CPU
 * @param kvmVcpu the vCPUs' under KVM
 */
record ThreadFilters(SystemCallFilter vmm, SystemCallFilter api, SystemCallFilter softVcpu, SystemCallFilter kvmVcpu) {
  static final ThreadFilters NONE =
      new ThreadFilters(SystemCallFilter.NONE, SystemCallFilter.NONE, SystemCallFilter.NONE, SystemCallFilter.NONE);

  private static final Set<String> KINDS = new TreeSet<>(Set.of("vmm", "api", "vcpu"));

  /**
   * What Portfire's own threads need: {@code default-x86_64.json}, which says why. A host with another processor or system has none.
   */
  static ThreadFilters defaults() {
    if (!System.getProperty("os.name").equals("Linux") || !System.getProperty("os.arch").equals("amd64")) {
      return NONE;
    }
    Map<String, long[]> programs = DefaultFilters.x86();
    return new ThreadFilters(
        own(programs, "vmm"), own(programs, "api"), own(programs, "vcpu"), own(programs, "vcpu_kvm"));
  }

  private static SystemCallFilter own(Map<String, long[]> programs, String kind) {
    return SystemCallFilter.of(Objects.requireNonNull(programs.get(kind)));
  }

  /** Those of a file that seccompiler-bin has written. */
  static ThreadFilters read(String file) throws Failure {
    Map<String, long[]> programs = new TreeMap<>();
    try {
      Path path = Path.of(file);
      if (Files.size(path) > SeccompFilters.MOST_BYTES) {
        throw failure("Filter deserialization failed: the file has more than " + SeccompFilters.MOST_BYTES + " bytes");
      }
      SeccompFilters.read(Files.readAllBytes(path)).forEach((kind, program) -> programs.put(kind.toLowerCase(Locale.ROOT), program));
    } catch (FormatException e) {
      throw failure("Filter deserialization failed: " + e.getMessage());
    } catch (IOException e) {
      throw failure("Failed to open " + file + ": " + IoErrors.describe(e));
    } catch (InvalidPathException e) {
      throw failure("Failed to open " + file + ": Invalid argument (os error 22)");
    }
    Set<String> others = new TreeSet<>(programs.keySet());
    others.removeAll(KINDS);
    if (!others.isEmpty()) {
      throw failure("Invalid thread categories: " + String.join(",", others));
    }
    SystemCallFilter vcpu = filter(programs, "vcpu");
    return new ThreadFilters(filter(programs, "vmm"), filter(programs, "api"), vcpu, vcpu);
  }

  private static SystemCallFilter filter(Map<String, long[]> programs, String kind) throws Failure {
    long[] program = programs.get(kind);
    if (program == null) {
      throw failure("Missing thread category: " + kind);
    }
    return SystemCallFilter.of(program);
  }

  private static Failure failure(String message) {
    return Failure.error("Seccomp error: " + message);
  }
}
