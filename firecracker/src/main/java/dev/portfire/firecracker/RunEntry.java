package dev.portfire.firecracker;

import dev.portfire.vmm.metrics.Metrics;
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
 * {@code id=} and, where there are such, {@code socket=}, {@code log=} and {@code metrics=} with absolute paths. The directory is
 * {@code $PORTFIRE_RUN_DIR}, else {@code /run/portfire} if that can be written, else {@code $XDG_RUNTIME_DIR/portfire}. Without any
 * there is no entry, which is no error.
 */
final class RunEntry implements AutoCloseable {
  private final String id;
  private final Optional<Path> socket;
  private final Log log;
  private final Metrics metrics;
  private Optional<Path> file = Optional.empty();
  private String written = "";

  /**
   * Makes one that is not written yet.
   *
   * @param socket the API's, if there is one
   * @param log whose file is told
   * @param metrics whose file is told
   */
  RunEntry(String id, Optional<Path> socket, Log log, Metrics metrics) {
    this.id = id;
    this.socket = socket;
    this.log = log;
    this.metrics = metrics;
  }

  /** Writes it where it can be. */
  synchronized void write(Map<String, String> environment) {
    String number = Long.toString(ProcessHandle.current().pid());
    for (String directory : directories(environment)) {
      try {
        Path place = Files.createDirectories(Path.of(directory)).resolve(number);
        writeTo(place);
        file = Optional.of(place);
        return;
      } catch (IOException | InvalidPathException e) {
        // The next one, perhaps.
      }
    }
  }

  /** Writes it again if it is there and says something else now. */
  synchronized void update() {
    try {
      if (file.isPresent()) {
        writeTo(file.get());
      }
    } catch (IOException e) {
      // It says what it said.
    }
  }

  private void writeTo(Path place) throws IOException {
    String text = "id=" + id + "\n" + line("socket", socket.map(Path::toAbsolutePath)) + line("log", log.path())
        + line("metrics", metrics.path());
    if (!text.equals(written)) {
      // Whoever looks sees all of it, or nothing.
      Path part = place.resolveSibling(place.getFileName() + ".part");
      Files.writeString(part, text);
      Path unused = Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
      written = text;
    }
  }

  private static String line(String name, Optional<Path> path) {
    return path.map(value -> name + "=" + value + "\n").orElse("");
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
  public synchronized void close() {
    try {
      if (file.isPresent()) {
        Files.deleteIfExists(file.get());
      }
    } catch (IOException e) {
      // A stale one is recognised.
    }
  }
}
