package dev.portfire.vmm;

import dev.portfire.linux.NonBlockingFile;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file or named pipe that lines are appended to and that nobody ever waits for: a log, metrics, a console. On Linux a pipe
 * that is full takes nothing; elsewhere files only are of use here. Thread-safe.
 */
public final class OutputFile implements AutoCloseable {
  private final Path path;
  private final @Nullable NonBlockingFile file;
  private final @Nullable FileChannel channel;

  private OutputFile(Path path, @Nullable NonBlockingFile file, @Nullable FileChannel channel) {
    this.path = path.toAbsolutePath();
    this.file = file;
    this.channel = channel;
  }

  /**
   * Opens a file, which is made if it does not exist; what is in it stays.
   *
   * @throws IOException if it cannot be opened; a {@link FileSystemException} has the host's words as its reason
   */
  public static OutputFile open(Path path) throws IOException {
    if (!System.getProperty("os.name").equals("Linux")) {
      return new OutputFile(
          path, null, FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }
    try {
      return new OutputFile(path, NonBlockingFile.open(path.toString()), null);
    } catch (SystemCallException e) {
      FileSystemException failure =
          new FileSystemException(path.toString(), null, SystemCalls.describe(e.errno()));
      failure.initCause(e);
      throw failure;
    }
  }

  /**
   * Writes.
   *
   * @return whether all was taken
   */
  public boolean write(byte[] data) {
    try {
      if (file != null) {
        return file.write(data, 0, data.length) == data.length;
      }
      return channel != null && channel.write(ByteBuffer.wrap(data)) == data.length;
    } catch (IOException e) {
      return false;
    }
  }

  /** Its absolute path. */
  public Path path() {
    return path;
  }

  /** Its descriptor, for {@link HostSignals.LastLine}; -1 where there is none. */
  public int descriptor() {
    return file == null ? -1 : file.fd();
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
    if (channel != null) {
      channel.close();
    }
  }
}
