package dev.portfire.inspect.kvmstat;

import dev.portfire.inspect.SysRoot;
import java.util.Optional;

/** Where the kernel's file systems are, by {@code /proc/mounts}. */
record Mounts(Optional<String> debugfs, Optional<String> tracefs) {
  static Mounts of(SysRoot root) {
    String text = root.text("/proc/mounts").orElse("");
    Optional<String> debugfs = first(text, "debugfs");
    // Whoever looks into debugfs/tracing has tracefs mounted there.
    Optional<String> tracefs = first(text, "tracefs").or(() -> debugfs.map(mount -> mount + "/tracing"));
    return new Mounts(debugfs, tracefs);
  }

  private static Optional<String> first(String text, String type) {
    return text.lines()
        .map(line -> line.split(" ", -1))
        .filter(words -> words.length > 2 && words[2].equals(type))
        .map(words -> words[1].replace("\\040", " "))
        .findFirst();
  }
}
