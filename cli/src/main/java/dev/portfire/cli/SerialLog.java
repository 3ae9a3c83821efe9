package dev.portfire.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads what the guest's kernel writes to its serial port, keeps the end of it, and copies all of it to the log. */
final class SerialLog {
  private static final int KEPT = 16 * 1024;

  private final InputStream serial;
  private final OutputStream log;
  private final OutputStream echo;
  private final Thread thread;
  private String tail = "";
  private boolean logFailed;

  /**
   * Starts reading.
   *
   * @param serial the serial port's output; its end ends the reading
   * @param log where everything goes
   * @param echo where everything but {@link #note notes} goes
   */
  SerialLog(InputStream serial, OutputStream log, OutputStream echo) {
    this.serial = serial;
    this.log = log;
    this.echo = echo;
    this.thread = Thread.ofPlatform().name("serial log").daemon().start(this::copy);
  }

  private void copy() {
    byte[] chunk = new byte[8192];
    try {
      for (int n = serial.read(chunk); n >= 0; n = serial.read(chunk)) {
        keep(new String(chunk, 0, n, StandardCharsets.ISO_8859_1));
        write(chunk, n);
        echo.write(chunk, 0, n);
        echo.flush();
      }
    } catch (IOException e) {
      // Nobody listens any more; what the guest says from now on is lost in its buffer.
    }
  }

  private synchronized void keep(String text) {
    tail += text;
    if (tail.length() > 2 * KEPT) {
      tail = tail.substring(tail.length() - KEPT);
    }
  }

  /** Appends to the log. A full disk must not take the guest down. */
  private synchronized void write(byte[] chunk, int length) {
    if (!logFailed) {
      try {
        log.write(chunk, 0, length);
        log.flush();
      } catch (IOException e) {
        logFailed = true;
      }
    }
  }

  /** Appends a note of Portfire's own to the log. */
  void note(String text) {
    byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
    write(bytes, bytes.length);
  }

  /** Waits until all is read; the machine has ended. */
  void join() throws InterruptedException {
    thread.join();
  }

  /**
   * The line that tells best why a guest died: the panic if there is one, else the last one; empty if there is none.
   */
  synchronized String lastWords() {
    List<String> lines = tail.lines().map(SerialLog::plain).filter(line -> !line.isBlank()).toList();
    return lines.stream()
        .filter(line -> line.contains("Kernel panic") || line.startsWith("portfire: "))
        .findFirst()
        .orElse(lines.isEmpty() ? "" : lines.getLast());
  }

  /** Whether the kernel said that it panicked. */
  synchronized boolean panicked() {
    return tail.contains("Kernel panic - not syncing");
  }

  /**
   * A line without the kernel's time stamp and without control characters, which are the guest's and not to be trusted.
   */
  private static String plain(String line) {
    return line.replaceAll("^\\[ *[0-9.]+\\] ", "").replaceAll("[^ -~]", "");
  }
}
