package dev.portfire.firecracker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * This process's file in the run directory, by which {@code firectl ps} finds it: its name is the process's number, its lines are
 * {@code id=} and, with an API, {@code socket=} and an absolute path. The directory is {@code $PORTFIRE_RUN_DIR}, else
 * {@code /run/portfire} if that can be written, else {@code $XDG_RUNTIME_DIR/portfire}. Without any there is no entry, which is no error.
 */
final class RunEntry implements AutoCloseable {
  private final Optional<Path> file;

  private RunEntry(Optional<Path> file) {
    this.file = file;
  }

  /** Writes it. */
  static RunEntry write(String id, Optional<String> socket, Map<String, String> environment) {
    String number = Long.toString(ProcessHandle.current().pid());
    for (String directory : directories(environment)) {
      try {
        Path run = Files.createDirectories(Path.of(directory));
        // Whoever looks sees all of it, or nothing.
        Path part = run.resolve(number + ".part");
        String text = "id=" + id + "\n" + socket.map(path -> "socket=" + Path.of(path).toAbsolutePath() + "\n").orElse("");
        Files.writeString(part, text);
        return new RunEntry(Optional.of(Files.move(part, run.resolve(number), StandardCopyOption.ATOMIC_MOVE)));
      } catch (IOException | InvalidPathException e) {
        // The next one, perhaps.
      }
    }
    return new RunEntry(Optional.empty());
  }

  private static List<String> directories(Map<String, String> environment) {
    String own = environment.getOrDefault("PORTFIRE_RUN_DIR", "");
    if (!own.isEmpty()) {
      return List.of(own);
    }
    String user = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    return user.isEmpty() ? List.of("/run/portfire") : List.of("/run/portfire", user + "/portfire");
  }

  @Override
  public void close() {
    try {
      if (file.isPresent()) {
        Files.deleteIfExists(file.get());
      }
    } catch (IOException e) {
      // A stale one is recognised.
    }
  }
}
