package dev.portfire.inspect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of a host that is not there. */
public record Tree(Path root) {
  /** Writes a file. */
  public Tree put(String absolute, String content) throws IOException {
    Path file = root.resolve(absolute.substring(1));
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    return this;
  }

  /** Writes a file. */
  public Tree put(String absolute, byte[] content) throws IOException {
    Path file = root.resolve(absolute.substring(1));
    Files.createDirectories(file.getParent());
    Files.write(file, content);
    return this;
  }

  /** What reads it. */
  public SysRoot sysRoot() {
    return new SysRoot(root);
  }
}
