package dev.portfire.cli;

import dev.portfire.cli.guest.CpioWriter;
import dev.portfire.cli.guest.DefaultGuest;
import dev.portfire.cli.guest.GuestException;
import dev.portfire.cli.guest.GuestTask;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An initramfs of busybox and one script, for guests that have nothing but a serial port. */
final class TinyInitrd {
  private static final String WITH_DRIVERS =
      """
      #!/bin/busybox sh
      export PATH=/bin
      mount -a
      cp -a /portfire/dev/. /dev/
      . /portfire/task
      modprobe -qa $modules
      stty -echo
      """;

  private TinyInitrd() {}

  /**
   * Writes one that has the default guest's files and the drivers of its devices.
   *
   * @param drivers further ones
   * @param script what process 1 does, in shell, once file systems are mounted and drivers loaded
   */
  static byte[] withDrivers(List<String> drivers, String script)
      throws IOException, GuestException, InterruptedException {
    DefaultGuest guest = DefaultGuest.get(DefaultGuest.userCache(), System.err::println);
    GuestTask task = new GuestTask(GuestTask.Mode.COMMAND, List.of(new byte[] {':'}), Map.of(), Optional.empty());
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(guest.initramfs(task, drivers));
    // The kernel unpacks one archive after the other.
    both.writeBytes(new CpioWriter()
        .file("init", 0755, (WITH_DRIVERS + script).getBytes(StandardCharsets.US_ASCII))
        .finish());
    return both.toByteArray();
  }

  /**
   * Writes it.
   *
   * @param script what process 1 does, in shell; busybox's applets are called by their names
   */
  static byte[] of(String script) throws IOException, GuestException, InterruptedException {
    DefaultGuest guest = DefaultGuest.get(DefaultGuest.userCache(), System.err::println);
    return new CpioWriter()
        .directory("bin", 0755)
        .directory("dev", 0755)
        .directory("proc", 0755)
        .directory("sys", 0755)
        .device("dev/console", 0600, 5, 1)
        .file("bin/busybox", 0755, Files.readAllBytes(guest.kernel().resolveSibling("busybox")))
        .file("init", 0755, ("#!/bin/busybox sh\n" + script).getBytes(StandardCharsets.US_ASCII))
        .finish();
  }
}
