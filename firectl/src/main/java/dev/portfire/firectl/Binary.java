package dev.portfire.firectl;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/** Finds the program to start. */
final class Binary {
  private static final String NAME = "firecracker";
  private static final String JAILER = "jailer";
  private static final Set<PosixFilePermission> EXECUTABLE = Set.of(
      PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);

  private Binary() {}

  /**
   * Finds it.
   *
   * @param given the path that was given
   * @param path the value of PATH
   * @param beside the directory of the launcher, looked at last
   */
  static Path find(Optional<String> given, String path, Optional<Path> beside) throws FirectlException {
    if (given.isPresent()) {
      return check(given.get());
    }
    return search(NAME, path, beside)
        .orElseThrow(() -> new FirectlException("\"firecracker\" is not in PATH: give --firecracker-binary"));
  }

  /**
   * Finds the jailer.
   *
   * @param given a path or, without a slash, a name that is looked for as {@link #find} looks for firecracker
   */
  static Path findJailer(String given, String path, Optional<Path> beside) throws FirectlException {
    if (given.contains("/")) {
      return check(given);
    }
    return search(given, path, given.equals(JAILER) ? beside : Optional.empty())
        .orElseThrow(() -> new FirectlException("\"%s\" is not in PATH: give --jailer a path".formatted(given)));
  }

  private static Optional<Path> search(String name, String path, Optional<Path> beside) {
    for (String directory : path.split(File.pathSeparator, -1)) {
      try {
        Path candidate = Path.of(directory.isEmpty() ? "." : directory, name).toAbsolutePath();
        if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
          return Optional.of(candidate);
        }
      } catch (InvalidPathException e) {
        // There is nothing in it.
      }
    }
    return beside.map(directory -> directory.resolve(name)).filter(Files::isExecutable);
  }

  private static Path check(String given) throws FirectlException {
    if (!Configuration.exists(given)) {
      throw new FirectlException(
          "Binary \"%s\" does not exist: stat %s: no such file or directory".formatted(given, given));
    }
    Path binary = Path.of(given);
    if (Files.isDirectory(binary)) {
      throw new FirectlException("Binary, \"%s\", is a directory".formatted(given));
    }
    try {
      if (Files.getPosixFilePermissions(binary).stream().noneMatch(EXECUTABLE::contains)) {
        throw new FirectlException("Binary, \"%s\", is not executable. Check permissions of binary".formatted(given));
      }
    } catch (IOException e) {
      throw new FirectlException("Binary, \"%s\", cannot be looked at: %s".formatted(given, e.getMessage()));
    }
    // Without a slash it would be looked for in PATH.
    return binary.toAbsolutePath();
  }
}
