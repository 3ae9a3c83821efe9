package dev.portfire.firectl;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.Optional;
import java.util.Set;

/**
 * A file that an instance writes.
 *
 * @param jail the root directory that the path is in, if the instance is in a jail
 * @param path absolute, as the instance has it
 */
record Written(Optional<Path> jail, Path path) {
  private static final Set<? extends OpenOption> READ = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  /**
   * Opens it. Who is in a jail could put links to the host's files there, so none is followed.
   *
   * @throws IOException also if it is no file: what is read from a FIFO is gone for its reader
   */
  SeekableByteChannel open() throws IOException {
    if (jail.isPresent()) {
      try (DirectoryStream<Path> root = Files.newDirectoryStream(jail.get())) {
        return openInside(secure(root), path.normalize());
      }
    }
    if (!Files.isRegularFile(path)) {
      throw notAFile();
    }
    return Files.newByteChannel(path);
  }

  private FileSystemException notAFile() {
    return new FileSystemException(path.toString(), null, "it is no file");
  }

  private SeekableByteChannel openInside(SecureDirectoryStream<Path> directory, Path rest) throws IOException {
    if (rest.getNameCount() > 1) {
      try (DirectoryStream<Path> next = directory.newDirectoryStream(rest.getName(0), LinkOption.NOFOLLOW_LINKS)) {
        return openInside(secure(next), rest.subpath(1, rest.getNameCount()));
      }
    }
    Path name = rest.getFileName();
    if (name == null
        || !directory.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS).readAttributes().isRegularFile()) {
      throw notAFile();
    }
    return directory.newByteChannel(name, READ);
  }

  private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) throws IOException {
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    throw new IOException("this system has no way to stay inside of a directory");
  }

  @Override
  public String toString() {
    return jail.map(root -> root + path.normalize().toString()).orElse(path.toString());
  }
}
