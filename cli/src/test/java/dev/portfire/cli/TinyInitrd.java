package dev.portfire.cli;

import dev.portfire.cli.guest.CpioWriter;
import dev.portfire.cli.guest.DefaultGuest;
import dev.portfire.cli.guest.GuestException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/** An initramfs of busybox and one script, for guests that have nothing but a serial port. */
final class TinyInitrd {
  private TinyInitrd() {}

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
