package dev.portfire.jailer;

import dev.portfire.jailer.JailerException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The control groups of a jail, in the hierarchies of version 1 or in the one of version 2 (cgroups(7)). */
final class Cgroups {
  /**
   * A value to write.
   *
   * @param mount the root of the hierarchy
   * @param parent the control group that the jail's is made in
   * @param directory the jail's control group
   * @param controller what the file belongs to
   */
  private record Property(Path mount, Path parent, Path directory, String controller, String file, String value) {}

  /** A mounted hierarchy. */
  private record Mount(Path path, Set<String> options) {}

  private final boolean unified;
  private final List<Property> properties;

  private Cgroups(boolean unified, List<Property> properties) {
    this.unified = unified;
    this.properties = List.copyOf(properties);
  }

  /**
   * Checks arguments and finds what they are about.
   *
   * @param arguments {@code <file>=<value>} each
   * @param mounts the text of {@code /proc/mounts}
   */
  static Cgroups of(Settings settings, List<String> arguments, String mounts) throws JailerException {
    boolean unified = settings.cgroupVersion() == 2;
    List<Property> properties = new ArrayList<>();
    if (!arguments.isEmpty()) {
      if (settings.cgroupVersion() != 1 && !unified) {
        throw new JailerException(
            Kind.CGROUP, settings.cgroupVersion() + " is an invalid cgroup version specifier");
      }
      List<Mount> found = mounts(mounts, unified);
      for (String argument : arguments) {
        properties.add(property(settings, argument, found, unified));
      }
    }
    return new Cgroups(unified, properties);
  }

  private static Property property(Settings settings, String argument, List<Mount> mounts, boolean unified)
      throws JailerException {
    String[] parts = argument.split("=", -1);
    if (parts.length != 2 || parts[1].isEmpty()) {
      throw new JailerException(Kind.CGROUP, "Invalid format for cgroups: " + argument);
    }
    String file = parts[0];
    if (!Settings.isInside(file)) {
      throw new JailerException(Kind.CGROUP, "Cgroup invalid file: " + argument);
    }
    int dot = file.indexOf('.');
    if (dot < 0) {
      throw new JailerException(Kind.CGROUP, "Cgroup invalid file: " + file);
    }
    String controller = file.substring(0, dot);
    if (mounts.isEmpty()) {
      throw noHierarchy();
    }
    Path mount = mounts.stream()
        .filter(candidate -> unified ? hasController(candidate.path, controller) : candidate.options.contains(controller))
        .findFirst()
        .orElseThrow(() -> new JailerException(Kind.CGROUP, "Controller " + controller + " is unavailable"))
        .path;
    Path parent = mount.resolve(settings.parentCgroup());
    return new Property(mount, parent, parent.resolve(settings.id()), controller, file, parts[1]);
  }

  private static JailerException noHierarchy() {
    return new JailerException(
        Kind.CGROUP, "Hierarchy not found: No hierarchy found for this cgroup version.");
  }

  private static boolean hasController(Path mount, String controller) {
    try {
      return List.of(Files.readString(mount.resolve("cgroup.controllers")).strip().split(" ")).contains(controller);
    } catch (IOException e) {
      return false;
    }
  }

  /** The hierarchies of a version; of version 2 the first one. */
  private static List<Mount> mounts(String text, boolean unified) {
    return text.lines()
        .map(line -> line.split(" "))
        .filter(fields -> fields.length >= 4 && fields[2].equals(unified ? "cgroup2" : "cgroup"))
        .map(fields -> new Mount(Path.of(unescape(fields[1])), new TreeSet<>(List.of(fields[3].split(",")))))
        .limit(unified ? 1 : Long.MAX_VALUE)
        .toList();
  }

  /** Blanks in a mount's path are octal numbers, proc_pid_mounts(5). */
  private static String unescape(String path) {
    return path.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\");
  }

  /**
   * Where a process goes that asks for version 2 and for no values: the parent, if it is there.
   *
   * @param mounts the text of {@code /proc/mounts}
   */
  static Optional<Path> parentOnly(Settings settings, String mounts) throws JailerException {
    List<Mount> found = mounts(mounts, true);
    if (found.isEmpty()) {
      throw noHierarchy();
    }
    return Optional.of(found.getFirst().path.resolve(settings.parentCgroup())).filter(Files::isDirectory);
  }

  /** Moves a process to the parent only. */
  static void moveTo(Path directory, long pid) throws JailerException {
    try {
      overwrite(directory.resolve("cgroup.procs"), Long.toString(pid));
    } catch (IOException e) {
      throw moveFailed(directory, Errors.describe(e));
    }
  }

  private static JailerException moveFailed(Path directory, String problem) {
    return new JailerException(
        Kind.CGROUP,
        """
        Failed to move process to cgroup (%s): %s.
        Hint: processes cannot be in a control group that passes controllers on; any --cgroup makes one below it."""
            .formatted(directory, problem));
  }

  /** Where the calling process is now in the hierarchy of version 2, if there is one. */
  static Optional<Path> current(String mounts, String procSelfCgroup) {
    return mounts(mounts, true).stream()
        .findFirst()
        .flatMap(mount -> procSelfCgroup.lines()
            .filter(line -> line.startsWith("0::/"))
            .map(line -> mount.path.resolve(line.substring("0::/".length())))
            .findFirst());
  }

  /** Whether a process that is put into these leaves the control group of version 2 that it was in. */
  boolean movesProcess() {
    return unified && !properties.isEmpty();
  }

  /** Makes the control groups, and writes all values. */
  void make(Settings settings, Undo undo) throws JailerException {
    Set<String> enabled = new LinkedHashSet<>();
    for (Property property : properties) {
      try {
        undo.makeDirectories(property.directory);
      } catch (IOException e) {
        throw new JailerException(
            Kind.CGROUP, "Failed to create directory %s: %s".formatted(property.directory, Errors.describe(e)));
      }
      if (unified) {
        if (enabled.add(property.controller)) {
          enable(property);
        }
      } else {
        inherit(property);
      }
      write(property.directory.resolve(property.file), property.value + "\n");
    }
  }

  /** Version 2: lets the control groups above pass a controller on, from the root down. */
  private static void enable(Property property) throws JailerException {
    List<Path> files = new ArrayList<>();
    for (Path at = property.parent; at != null; at = at.getParent()) {
      Path file = at.resolve("cgroup.subtree_control");
      if (!Files.exists(file)) {
        break;
      }
      files.add(file);
      if (at.equals(property.mount)) {
        break;
      }
    }
    for (Path file : files.reversed()) {
      write(file, "+" + property.controller + "\n");
    }
  }

  /** Version 1: a control group that was just made may have an empty value, with which nothing can be in it (cpuset(7)). */
  private static void inherit(Property property) throws JailerException {
    Optional<String> line = inherited(property.parent, property.mount, property.file);
    if (line.isPresent()) {
      write(property.directory.resolve(property.file), line.get() + "\n");
    }
  }

  /** The value of a directory, which is filled from those above it if it is empty. None for files that cannot be read. */
  private static Optional<String> inherited(Path directory, Path mount, String file) throws JailerException {
    Path path = directory.resolve(file);
    Optional<String> line = firstLine(path);
    Path above = directory.getParent();
    if (line.isPresent() && line.get().isEmpty() && above != null && !directory.equals(mount)) {
      Optional<String> value = inherited(above, mount, file);
      if (value.isPresent()) {
        write(path, value.get() + "\n");
      }
      line = firstLine(path);
    }
    if (line.isPresent() && line.get().isEmpty()) {
      throw inheritFailed(path);
    }
    return line;
  }

  private static JailerException inheritFailed(Path path) {
    return new JailerException(
        Kind.CGROUP,
        "Failed to inherit cgroups configurations from file %s in path %s".formatted(path.getFileName(), path.getParent()));
  }

  private static Optional<String> firstLine(Path path) throws JailerException {
    try {
      return Optional.of(Files.readString(path).lines().findFirst().orElse("").strip());
    } catch (NoSuchFileException e) {
      throw inheritFailed(path);
    } catch (IOException e) {
      // Such as devices.deny, which can only be written.
      return Optional.empty();
    }
  }

  /** The files that a process's number has to be written to, each once. */
  List<Path> attachments() {
    return properties.stream()
        .map(property -> property.directory.resolve(unified ? "cgroup.procs" : "tasks"))
        .distinct()
        .sorted(Comparator.naturalOrder())
        .toList();
  }

  private static void write(Path file, String text) throws JailerException {
    try {
      overwrite(file, text);
    } catch (IOException e) {
      throw new JailerException(
          Kind.CGROUP, "Failed to write to %s: write(\"%s\"): %s".formatted(file, text.strip(), Errors.describe(e)));
    }
  }

  private static void overwrite(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
  }
}
