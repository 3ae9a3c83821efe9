package dev.portfire.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a tool of {@code bin/} as a user would: as a process, built by this build. */
final class Portfire {
  /**
   * What a run left.
   *
   * @param status its exit status
   * @param out its stdout, a byte a character
   * @param err its stderr
   */
  record Result(int status, String out, String err) {}

  static final Path BIN = Path.of("..", "bin").toAbsolutePath().normalize();
  private static final long TIMEOUT_MINUTES = 5;

  private Portfire() {}

  /** Runs {@code portfire run} with nothing on stdin. */
  static Result run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("run"));
    command.addAll(List.of(arguments));
    return tool("portfire", "", command);
  }

  /**
   * Runs a tool.
   *
   * @param input what it reads from stdin, a byte a character
   */
  static Result tool(String name, String input, List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(BIN.resolve(name).toString()));
    command.addAll(arguments);
    return process(input, command);
  }

  /** Runs any command, with bin/ as {@code $BIN} in its environment. */
  static Result process(String input, List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("BIN", BIN.toString());
    Process process = builder.start();
    try {
      CompletableFuture<String> out = read(process.getInputStream());
      CompletableFuture<String> err = read(process.getErrorStream());
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.ISO_8859_1));
      } catch (IOException e) {
        // It ended without reading all of it, which is its right.
      }
      if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
        // A JVM answers this with the stacks of its threads, on stdout: what it waits for is seen nowhere else.
        int unused = new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid())).start().waitFor();
        TimeUnit.SECONDS.sleep(5);
        process.destroyForcibly();
        throw new AssertionError(
            command + " has not ended within " + TIMEOUT_MINUTES + " minutes; it said:\n" + out.join() + err.join());
      }
      return new Result(process.exitValue(), out.join(), err.join());
    } finally {
      process.destroyForcibly();
    }
  }

  /** Whether a process listens on a Unix socket; the file is there a moment before that. */
  static boolean listens(Process process, Path socket) {
    try {
      // The flag in the fourth column is __SO_ACCEPTCON.
      return Files.readAllLines(Path.of("/proc/" + process.pid() + "/net/unix")).stream()
          .anyMatch(line -> line.endsWith(" " + socket) && line.contains(" 00010000 "));
    } catch (IOException e) {
      return false;
    }
  }

  private static CompletableFuture<String> read(InputStream stream) {
    // Not in the common pool, which has one thread on a small host: a program that goes on would keep others unread.
    return CompletableFuture.supplyAsync(
        () -> {
          try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        task -> Thread.ofPlatform().daemon().start(task));
  }
}
