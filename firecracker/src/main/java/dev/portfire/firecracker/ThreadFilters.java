package dev.portfire.firecracker;

import dev.portfire.firecracker.seccomp.FormatException;
import dev.portfire.firecracker.seccomp.SeccompFilters;
import dev.portfire.vmm.SystemCallFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The filters of system calls for each kind of thread.
 *
 * @param vmm the main thread, once the machine runs, and that of the devices
 * @param api the API's
 * @param vcpu the vCPUs'
 */
record ThreadFilters(SystemCallFilter vmm, SystemCallFilter api, SystemCallFilter vcpu) {
  static final ThreadFilters NONE = new ThreadFilters(SystemCallFilter.NONE, SystemCallFilter.NONE, SystemCallFilter.NONE);

  private static final Set<String> KINDS = new TreeSet<>(Set.of("vmm", "api", "vcpu"));

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
    return new ThreadFilters(filter(programs, "vmm"), filter(programs, "api"), filter(programs, "vcpu"));
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
