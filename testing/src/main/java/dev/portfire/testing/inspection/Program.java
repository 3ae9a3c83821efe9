package dev.portfire.testing.inspection;

import dev.portfire.linux.ProcessCalls;
import dev.portfire.linux.Signals;
import dev.portfire.linux.SystemCallException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that runs beside this one, and the lines that it has written so far. */
final class Program implements AutoCloseable {
  /** How long is waited for a line: with the longest start of a program on an emulated CPU in mind. */
  private static final long PATIENCE = TimeUnit.MINUTES.toNanos(5);

  private final List<String> command;
  private final Process process;
  private final Thread reader;
  private final List<String> lines = new ArrayList<>();
  private boolean ended;

  /** Starts it; what it says to stderr goes to this program's. */
  Program(List<String> command) throws IOException {
    this.command = command;
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("LC_ALL", "C");
    process = builder.start();
    reader = Thread.ofPlatform().daemon().name("reader").start(this::read);
  }

  private void read() {
    try (BufferedReader in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        synchronized (lines) {
          lines.add(line);
          lines.notifyAll();
        }
      }
    } catch (IOException e) {
      System.err.println(command + ": " + e.getMessage());
    } finally {
      synchronized (lines) {
        ended = true;
        lines.notifyAll();
      }
    }
  }

  /** All lines up to now. */
  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** Waits until there are so many lines. */
  void await(int count) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE;
    synchronized (lines) {
      while (lines.size() < count) {
        long rest = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (ended || rest <= 0) {
          throw new IOException(command + (ended ? " has ended" : " does not go on") + " after " + lines.size() + " lines");
        }
        lines.wait(rest);
      }
    }
  }

  /** Interrupts it, as Ctrl-C does, and waits for its end. */
  void interrupt() throws IOException, InterruptedException {
    try {
      ProcessCalls.kill((int) process.pid(), Signals.SIGINT);
    } catch (SystemCallException e) {
      throw new IOException(command + ": " + e.getMessage(), e);
    }
    reader.join();
    int unused = process.waitFor();
  }

  /** Closes its stdin and waits for its end; returns the exit status. */
  int end() throws IOException, InterruptedException {
    process.getOutputStream().close();
    reader.join();
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
