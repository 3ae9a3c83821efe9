package dev.portfire.jailer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What Portfire's own {@code firecracker} is in a jail: not one static file, but the JVM that this program runs on, Portfire's classes,
 * their AOT cache, and the C library. All of it is at the path that it has outside, since the JVM takes an AOT cache only for classes that
 * are where they were.
 */
final class PortfireRuntime {
  /**
   * A file or directory.
   *
   * @param source where it is
   * @param target where it is in the jail, from its root
   */
  record Part(Path source, Path target) {}

  /** The shared objects of the JDK that a Portfire without a window loads; all else that they need is a library of the system. */
  private static final List<String> OBJECTS = List.of(
      "bin/java", "lib/libjli.so", "lib/server/libjvm.so", "lib/libjava.so", "lib/libjimage.so", "lib/libverify.so", "lib/libzip.so",
      "lib/libnio.so", "lib/libnet.so", "lib/libextnet.so", "lib/libsyslookup.so");

  /** Where dynamic linkers look without being told. */
  private static final List<Path> LIBRARIES = List.of(
      Path.of("/lib/x86_64-linux-gnu"), Path.of("/usr/lib/x86_64-linux-gnu"), Path.of("/lib64"), Path.of("/usr/lib64"), Path.of("/lib"),
      Path.of("/usr/lib"));

  /** What of a JDK only compilers and debuggers need. */
  private static final Set<String> LEFT_OUT = Set.of("src.zip", "ct.sym", "classlist");

  private static final String AOT = "-XX:AOTCache=";
  private static final String MODULE_PATH = "--module-path";
  private static final String MODULE = "--module";

  private final Path javaHome;
  private final List<String> command;
  private final List<Part> parts;

  private PortfireRuntime(Path javaHome, List<String> command, List<Part> parts) {
    this.javaHome = javaHome;
    this.command = List.copyOf(command);
    this.parts = List.copyOf(parts);
  }

  /**
   * Finds it.
   *
   * @param javaHome the JDK or image of this JVM
   * @param own the command line of this JVM, whose options are the other's, too
   */
  static PortfireRuntime find(Path javaHome, List<String> own) throws IOException {
    int module = own.indexOf(MODULE);
    int modulePath = own.indexOf(MODULE_PATH);
    if (module < 0 || modulePath < 0 || module + 1 >= own.size()) {
      throw new IOException("this program was not started by bin/jailer");
    }
    Map<Path, Part> parts = new LinkedHashMap<>();
    add(parts, javaHome.resolve("bin/java"));
    add(parts, javaHome.resolve("lib"));
    add(parts, javaHome.resolve("conf"));
    addLinksOut(parts, javaHome);
    addLibraries(parts, javaHome);
    add(parts, Path.of(own.get(modulePath + 1)));
    List<String> command = new ArrayList<>();
    command.add(javaHome.resolve("bin/java").toString());
    for (String word : own.subList(1, module + 2)) {
      if (word.startsWith(AOT)) {
        add(parts, Path.of(word.substring(AOT.length())));
      }
      // The launchers are not there.
      if (!word.startsWith("-Dportfire.launchers=")) {
        command.add(word);
      }
    }
    return new PortfireRuntime(javaHome, command, List.copyOf(parts.values()));
  }

  /** The command line of this process. */
  static List<String> ownCommandLine() throws IOException {
    String text = new String(Files.readAllBytes(Path.of("/proc/self/cmdline")), StandardCharsets.UTF_8);
    return List.of(text.split("\0", -1));
  }

  private static void add(Map<Path, Part> parts, Path path) {
    if (Files.exists(path)) {
      parts.put(path, new Part(path, path));
    }
  }

  /** Distributions keep the configuration of their JDKs in /etc, and links to it here. */
  private static void addLinksOut(Map<Path, Part> parts, Path javaHome) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(javaHome.resolve("conf"))) {
      files = walk.filter(Files::isSymbolicLink).toList();
    } catch (NoSuchFileException e) {
      return;
    }
    for (Path link : files) {
      Path target = link.resolveSibling(Files.readSymbolicLink(link)).normalize();
      if (!target.startsWith(javaHome) && Files.exists(target)) {
        add(parts, target);
      }
    }
  }

  private static void addLibraries(Map<Path, Part> parts, Path javaHome) throws IOException {
    Deque<Path> toRead = new ArrayDeque<>();
    OBJECTS.stream().map(javaHome::resolve).filter(Files::exists).forEach(toRead::add);
    while (!toRead.isEmpty()) {
      ElfFile file = ElfFile.read(toRead.remove());
      if (file.interpreter().isPresent()) {
        add(parts, Path.of(file.interpreter().get()));
      }
      for (String name : file.needed()) {
        Optional<Path> found = library(name);
        if (!isOfJdk(javaHome, name) && found.isPresent() && !parts.containsKey(found.get())) {
          add(parts, found.get());
          toRead.add(found.get());
        }
      }
    }
    // It is found relative to java's own path, which the dynamic linker asks /proc for; there is none in a jail.
    Path jli = javaHome.resolve("lib/libjli.so");
    Optional<Path> c = library("libc.so.6");
    if (Files.exists(jli) && c.isPresent()) {
      Path target = c.get().resolveSibling("libjli.so");
      parts.put(target, new Part(jli, target));
    }
  }

  private static boolean isOfJdk(Path javaHome, String name) {
    return Files.exists(javaHome.resolve("lib").resolve(name)) || Files.exists(javaHome.resolve("lib/server").resolve(name));
  }

  private static Optional<Path> library(String name) {
    return LIBRARIES.stream().map(directory -> directory.resolve(name)).filter(Files::exists).findFirst();
  }

  /** The program to execute, from the jail's root. */
  String program() {
    return javaHome.resolve("bin/java").toString();
  }

  /**
   * The words before the tool's arguments.
   *
   * @param tool which of Portfire's tools
   * @param detached whether it has no terminal
   * @param accelerator what is to execute guest code, which a cleared environment does not tell
   */
  List<String> command(String tool, boolean detached, Optional<String> accelerator) {
    List<String> words = new ArrayList<>();
    for (String word : command) {
      if (word.equals(MODULE_PATH)) {
        accelerator.ifPresent(value -> words.add("-Dportfire.accel=" + value));
      }
      words.add(detached && word.startsWith("-Dportfire.terminals=") ? "-Dportfire.terminals=" : word);
    }
    words.add(tool);
    return words;
  }

  List<Part> parts() {
    return parts;
  }

  /** The path of a part in a jail. */
  static Path inJail(Path root, Part part) {
    return root.resolve(part.target.toString().substring(1));
  }

  /** Who was in the jail before may have left links that lead out of it. */
  private static Path checked(Path root, Path target) throws IOException {
    for (Path at = target; at != null && !at.equals(root); at = at.getParent()) {
      if (Files.isSymbolicLink(at)) {
        throw new IOException(at + " is a symbolic link, and the jailer follows none: remove it");
      }
    }
    return target;
  }

  /** Makes what parts are mounted on: directories, and files with nothing in them. */
  void makeMountPoints(Path root, Undo undo) throws IOException {
    for (Part part : parts) {
      Path target = checked(root, inJail(root, part));
      if (Files.isDirectory(part.source)) {
        undo.makeDirectories(target);
      } else {
        undo.makeParents(target);
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
          undo.aboutToMake(target);
          Files.createFile(target);
        }
      }
    }
  }

  /** Copies all parts. Times are kept, since AOT caches are checked by them. */
  void copy(Path root, Undo undo) throws IOException {
    for (Part part : parts) {
      Path target = inJail(root, part);
      if (!Files.isDirectory(part.source)) {
        copyFile(part.source, checked(root, target), undo);
        continue;
      }
      List<Path> files;
      try (Stream<Path> walk = Files.walk(part.source)) {
        files = walk.filter(Files::isRegularFile).filter(file -> !LEFT_OUT.contains(file.getFileName().toString())).toList();
      }
      for (Path file : files) {
        copyFile(file, checked(root, target.resolve(part.source.relativize(file))), undo);
      }
    }
  }

  private static void copyFile(Path source, Path target, Undo undo) throws IOException {
    undo.makeParents(target);
    undo.aboutToMake(target);
    Files.copy(source, target, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
  }
}
