package dev.portfire.firectl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A firecracker that runs on this machine, found by the entry that it keeps in its run directory or, in a jail, in the jail's.
 *
 * @param socket its API as this process reaches it, if it has one
 * @param log where it writes its log, if that has a path
 * @param metrics where it writes its metrics, if it does
 */
record Instance(String id, ProcessHandle process, Optional<Path> socket, Optional<Written> log, Optional<Written> metrics) {
  static final String DEFAULT_BASE = "/srv/jailer";

  /** An entry is four lines; whatever is longer is none. */
  private static final long MAX_ENTRY = 16_384;

  private static final Path PROC = Path.of("/proc");

  /**
   * Finds all, and removes entries whose process is gone.
   *
   * @param base the directory of all jails
   */
  static List<Instance> find(Map<String, String> environment, Path base) {
    List<Instance> found = new ArrayList<>();
    for (String directory : directories(environment)) {
      for (Path entry : list(Path.of(directory))) {
        String name = String.valueOf(entry.getFileName());
        if (name.matches("[0-9]{1,9}")) {
          of(entry, Long.parseLong(name)).ifPresent(found::add);
        }
      }
    }
    for (Path program : list(base)) {
      for (Path jail : list(program)) {
        ofJail(jail, program.getFileName() + ".pid").ifPresent(found::add);
      }
    }
    found.sort(Comparator.comparing(Instance::id).thenComparing(instance -> instance.process.pid()));
    return found;
  }

  private static List<String> directories(Map<String, String> environment) {
    String own = environment.getOrDefault("PORTFIRE_RUN_DIR", "");
    if (!own.isEmpty()) {
      return List.of(own);
    }
    String user = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    return user.isEmpty() ? List.of("/run/portfire") : List.of("/run/portfire", user + "/portfire");
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static Optional<Instance> of(Path entry, long pid) {
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(handle -> isNoYounger(handle, entry));
    if (process.isEmpty()) {
      try {
        Files.deleteIfExists(entry);
      } catch (IOException e) {
        // Somebody else's.
      }
      return Optional.empty();
    }
    Map<String, String> lines = read(entry);
    return Optional.of(new Instance(
        lines.getOrDefault("id", "?"),
        process.get(),
        path(lines, "socket"),
        path(lines, "log").map(path -> new Written(Optional.empty(), path)),
        path(lines, "metrics").map(path -> new Written(Optional.empty(), path))));
  }

  /** A process that was started after the entry was written has only got the number of the one that wrote it. */
  private static boolean isNoYounger(ProcessHandle process, Path entry) {
    try {
      var written = Files.getLastModifiedTime(entry).toInstant();
      // Start times are known to a hundredth of a second.
      return process.info().startInstant().map(start -> !start.isAfter(written.plusSeconds(1))).orElse(true);
    } catch (IOException e) {
      return false;
    }
  }

  /** Who is in a jail can write whatever it likes there: only what stays inside is believed. */
  private static Optional<Instance> ofJail(Path jail, String pidFile) {
    try {
      Path real = jail.resolve("root").toRealPath();
      String number = Files.readString(real.resolve(pidFile));
      if (!number.matches("[0-9]{1,9}") || !Files.isSameFile(PROC.resolve(number).resolve("root"), real)) {
        return Optional.empty();
      }
      Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(number));
      Optional<Path> entry =
          list(real.resolve("run/portfire")).stream().filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).findFirst();
      if (process.isEmpty() || entry.isEmpty()) {
        return Optional.empty();
      }
      Map<String, String> lines = read(entry.get());
      Optional<Path> socket = path(lines, "socket")
          .map(path -> real.resolve(Path.of("/").relativize(path)))
          .filter(path -> isInside(path, real));
      // The jail's own name, not what is written in it.
      return Optional.of(new Instance(
          String.valueOf(jail.getFileName()),
          process.get(),
          socket,
          path(lines, "log").map(path -> new Written(Optional.of(real), path)),
          path(lines, "metrics").map(path -> new Written(Optional.of(real), path))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean isInside(Path path, Path root) {
    try {
      return path.toRealPath().startsWith(root);
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<Path> path(Map<String, String> lines, String name) {
    try {
      return Optional.ofNullable(lines.get(name)).map(Path::of).filter(Path::isAbsolute);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Map<String, String> read(Path entry) {
    Map<String, String> lines = new HashMap<>();
    try {
      if (Files.size(entry) <= MAX_ENTRY) {
        for (String line : Files.readString(entry).lines().toList()) {
          int equals = line.indexOf('=');
          if (equals > 0) {
            lines.put(line.substring(0, equals), line.substring(equals + 1));
          }
        }
      }
    } catch (IOException e) {
      // Gone in the meantime.
    }
    return lines;
  }
}
