package dev.portfire.cli.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Builds the initramfs of the default guest for one boot: busybox, the virtio modules, an init script, and the task it
 * carries out. It is not compressed: the host's copy costs less than the guest's unpacking.
 */
final class Initramfs {
  private static final List<String> DIRECTORIES = List.of(
      "bin", "sbin", "dev", "etc", "lib", "lib/modules", "mnt", "proc", "root", "run", "sys", "tmp", "usr", "usr/bin",
      "usr/sbin", "var", "portfire");

  private static final String FSTAB =
      """
      proc /proc proc nosuid,nodev,noexec 0 0
      sysfs /sys sysfs nosuid,nodev,noexec 0 0
      devtmpfs /dev devtmpfs mode=755 0 0
      tmpfs /run tmpfs mode=755 0 0
      tmpfs /tmp tmpfs mode=1777 0 0
      """;

  private Initramfs() {}

  /**
   * Writes the archive.
   *
   * @param busybox a static busybox
   * @param release the kernel release, as {@code uname -r} prints it
   * @param modules modules to load, each after what it needs; empty if the kernel has all built in
   * @param task what to do
   */
  static byte[] build(byte[] busybox, String release, List<KernelModule> modules, GuestTask task) {
    CpioWriter cpio = new CpioWriter();
    DIRECTORIES.forEach(path -> cpio.directory(path, path.equals("root") ? 0700 : path.equals("tmp") ? 01777 : 0755));
    // The kernel opens it as the first process's stdin, stdout and stderr before anything is mounted.
    cpio.device("dev/console", 0600, 5, 1);
    cpio.file("init", 0755, resource("init.sh"));
    cpio.file("bin/busybox", 0755, busybox);
    for (String applet : applets(busybox)) {
      cpio.link("bin/" + applet, "busybox");
    }
    cpio.file("etc/fstab", 0644, ascii(FSTAB));
    cpio.file("etc/passwd", 0644, ascii("root:x:0:0:root:/root:/bin/sh\n"));
    cpio.file("etc/group", 0644, ascii("root:x:0:\n"));
    cpio.file("etc/hosts", 0644, ascii("127.0.0.1 localhost portfire\n"));
    cpio.link("etc/mtab", "/proc/self/mounts");
    if (!modules.isEmpty()) {
      String directory = "lib/modules/" + release;
      cpio.directory(directory, 0755);
      for (KernelModule module : modules) {
        cpio.file(directory + "/" + module.name() + ".ko", 0644, module.content());
      }
      cpio.file(directory + "/modules.dep", 0644, ascii(dependencyFile(modules)));
    }
    // Copied into /dev by the init script: what the kernel's own devtmpfs leaves out.
    for (String name : List.of("dev", "dev/pts", "dev/shm")) {
      cpio.directory("portfire/" + name, 0755);
    }
    cpio.link("portfire/dev/fd", "/proc/self/fd");
    cpio.link("portfire/dev/stdin", "fd/0");
    cpio.link("portfire/dev/stdout", "fd/1");
    cpio.link("portfire/dev/stderr", "fd/2");
    cpio.file("portfire/task", 0644, taskFile(modules, task));
    return cpio.finish();
  }

  /** The text of {@code modules.dep}: one line per module with all that must be loaded before it, nearest first. */
  static String dependencyFile(List<KernelModule> modules) {
    StringBuilder text = new StringBuilder();
    for (KernelModule module : modules) {
      List<String> needed = new ArrayList<>(KernelModule.closure(
              List.of(module.name()),
              name -> modules.stream().filter(m -> m.name().equals(name)).findFirst().orElse(null))
          .stream()
          .map(m -> m.name() + ".ko")
          .toList()
          .reversed());
      needed.remove(module.name() + ".ko");
      text.append(module.name()).append(".ko:");
      needed.forEach(name -> text.append(' ').append(name));
      text.append('\n');
    }
    return text.toString();
  }

  /** The task as shell source: assignments, then the command as positional parameters. */
  static byte[] taskFile(List<KernelModule> modules, GuestTask task) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(ascii("mode=" + task.mode().name().toLowerCase(Locale.ROOT) + "\n"));
    out.writeBytes(ascii("root=" + task.root().map(GuestTask.Root::device).orElse("") + "\n"));
    boolean readOnly = task.root().filter(GuestTask.Root::readOnly).isPresent();
    out.writeBytes(ascii("rootflags=" + (readOnly ? "ro" : "rw") + "\n"));
    out.writeBytes(ascii(
        "modules='" + modules.stream().map(KernelModule::name).collect(Collectors.joining(" ")) + "'\n"));
    new TreeMap<>(task.environment()).forEach((name, value) -> {
      out.writeBytes(ascii("export " + name + "="));
      quote(value.getBytes(StandardCharsets.UTF_8), out);
      out.write('\n');
    });
    out.writeBytes(ascii("set --"));
    for (byte[] word : task.command()) {
      out.write(' ');
      quote(word, out);
    }
    out.write('\n');
    return out.toByteArray();
  }

  private static void quote(byte[] word, ByteArrayOutputStream out) {
    out.write('\'');
    for (byte b : word) {
      if (b == '\'') {
        out.writeBytes(ascii("'\\''"));
      } else {
        out.write(b);
      }
    }
    out.write('\'');
  }

  /**
   * The names that a busybox answers to. They stand in the program as one table of NUL-terminated words in sorted
   * order, of which {@code [} and {@code [[} are the first.
   *
   * @throws IllegalArgumentException if there is no such table
   */
  static List<String> applets(byte[] busybox) {
    String text = new String(busybox, StandardCharsets.ISO_8859_1);
    int start = text.indexOf("\0[\0[[\0");
    int end = start < 0 ? -1 : text.indexOf("\0\0", start + 1);
    if (end < 0) {
      throw new IllegalArgumentException("this busybox has no table of applets");
    }
    List<String> names = new ArrayList<>();
    for (String name : text.substring(start + 1, end).split("\0", -1)) {
      if (!name.matches("[a-z0-9_.\\[-]+")) {
        break;
      }
      if (!name.equals("busybox")) {
        names.add(name);
      }
    }
    return names;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] resource(String name) {
    try (InputStream in = Initramfs.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from this build");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
