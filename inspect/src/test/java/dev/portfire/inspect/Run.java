package dev.portfire.inspect;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;

/**
 * What a program wrote and how it ended: one of ours in this process, or the original.
 *
 * @param status its exit status
 */
public record Run(int status, String out, String err) {
  /** One of our programs. */
  public interface Program {
    /** Runs it, and returns its exit status. */
    int run(PrintStream out, PrintStream err);
  }

  /** Runs one of ours. */
  public static Run ours(Program program) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status;
    try (PrintStream o = new PrintStream(out, false, StandardCharsets.UTF_8);
        PrintStream e = new PrintStream(err, false, StandardCharsets.UTF_8)) {
      status = program.run(o, e);
    }
    return new Run(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Runs an original; the test is skipped, aloud, if it is not installed. */
  public static Run original(String program, List<String> arguments) throws IOException, InterruptedException {
    boolean installed = Arrays.stream(System.getenv("PATH").split(":", -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    Assumptions.assumeTrue(installed, program + " is not installed, so there is nothing to compare with");
    ProcessBuilder builder = new ProcessBuilder(program);
    builder.command().addAll(arguments);
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    process.getOutputStream().close();
    CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> {
      try {
        return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), out, err.join());
  }
}
