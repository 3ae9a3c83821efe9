package dev.portfire.firectl;

import dev.portfire.linux.Nodes;
import dev.portfire.linux.SystemCallException;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The FIFOs for firecracker's log and metrics, if options ask for one of them: then both are made, the other one in a directory of its
 * own. All that was made is removed by {@link #close}, which has the rest of the log first.
 */
final class Fifos implements AutoCloseable {
  private static final int MODE = 0700;
  private static final long DRAIN_MILLIS = 2000;

  private final List<Path> made = new ArrayList<>();
  private @Nullable Path log;
  private @Nullable Path metrics;
  private @Nullable OutputStream file;
  private @Nullable FileChannel held;
  private @Nullable Thread copier;

  private Fifos() {}

  /**
   * Makes what the options ask for.
   *
   * @param temporary where directories are made
   * @throws FirectlException if it cannot be made; then nothing is left
   */
  static Fifos make(Options options, Path temporary, Log messages) throws FirectlException {
    Optional<String> log = options.nonEmpty(Option.VMM_LOG_FIFO);
    Optional<String> metrics = options.nonEmpty(Option.METRICS_FIFO);
    Optional<String> file = options.nonEmpty(Option.FIRECRACKER_LOG);
    if (log.isPresent() && file.isPresent()) {
      throw new FirectlException("vmm-log-fifo and firecracker-log cannot be used together");
    }
    Fifos fifos = new Fifos();
    if (log.isEmpty() && metrics.isEmpty() && file.isEmpty()) {
      return fifos;
    }
    try {
      if (file.isPresent()) {
        fifos.file = append(file.get());
      }
      Path directory = temporary;
      if (log.isEmpty() || metrics.isEmpty()) {
        directory = Files.createTempDirectory(temporary, "fcfifo");
        fifos.made.add(directory);
      }
      fifos.log = fifos.fifo(log.isPresent() ? Path.of(log.get()) : directory.resolve("fc_fifo"));
      fifos.metrics = fifos.fifo(metrics.isPresent() ? Path.of(metrics.get()) : directory.resolve("fc_metrics_fifo"));
      if (fifos.file != null) {
        fifos.copy(fifos.log, fifos.file, messages);
      }
      return fifos;
    } catch (IOException | InvalidPathException e) {
      fifos.close();
      throw new FirectlException("failed to create fifos for log and metrics: " + e.getMessage());
    }
  }

  private static OutputStream append(String file) throws FirectlException {
    try {
      return new FileOutputStream(file, true);
    } catch (IOException e) {
      throw new FirectlException("failed to create fifo log file: " + e.getMessage());
    }
  }

  private Path fifo(Path path) throws SystemCallException {
    Nodes.mkfifo(path.toString(), MODE);
    made.add(path);
    return path;
  }

  /**
   * Copies what comes out of a FIFO to a file. While the FIFO is held open for reading and writing, opening it to read does not wait
   * for a writer, and its end comes when it is let go and the last writer has gone.
   */
  private void copy(Path fifo, OutputStream out, Log messages) throws IOException {
    FileChannel both = FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE);
    held = both;
    InputStream in = new FileInputStream(fifo.toFile());
    copier = Thread.ofPlatform().name("log").daemon().start(() -> {
      try (in) {
        long unused = in.transferTo(out);
      } catch (IOException e) {
        messages.error("the log of firecracker is not written any more: " + e.getMessage());
      }
    });
  }

  Optional<Path> log() {
    return Optional.ofNullable(log);
  }

  Optional<Path> metrics() {
    return Optional.ofNullable(metrics);
  }

  @Override
  public synchronized void close() {
    try {
      if (held != null) {
        held.close();
        held = null;
      }
      if (copier != null) {
        copier.join(DRAIN_MILLIS);
        copier = null;
      }
      if (file != null) {
        file.close();
        file = null;
      }
    } catch (IOException e) {
      // What could not be written has been told.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Path path : made.reversed()) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // Somebody has put something into our directory, which is theirs.
      }
    }
    made.clear();
  }
}
