package dev.portfire.jailer;

import dev.portfire.jailer.JailerException.Kind;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the command line asks for, checked.
 *
 * @param id identifier of the jail
 * @param execFile the file to execute, without symbolic links
 * @param name what it is called in the jail
 * @param baseDirectory the directory of all jails, without symbolic links
 * @param uid 0 to 2<sup>32</sup> - 1
 * @param gid 0 to 2<sup>32</sup> - 1
 * @param parentCgroup relative to the root of a hierarchy
 * @param cgroupVersion 1, 2 or, as long as nothing is asked of it, any number to 255
 */
record Settings(
    String id,
    Path execFile,
    String name,
    Path baseDirectory,
    long uid,
    long gid,
    String parentCgroup,
    int cgroupVersion) {
  static final int MAX_ID_BYTES = 64;
  private static final BigInteger MAX_U32 = BigInteger.valueOf(0xffff_ffffL);

  /**
   * Checks the arguments that come before control groups and limits, in the order in which Firecracker's jailer does.
   *
   * @param launcher the file that all links of Portfire's tools lead to, which is called by the link's name in the jail
   */
  static Settings of(Arguments arguments, Optional<Path> launcher) throws JailerException {
    String id = arguments.valueOrInitial("id");
    checkId(id);
    String exec = arguments.valueOrInitial("exec-file");
    Path execFile = canonical(exec);
    if (!Files.isRegularFile(execFile)) {
      throw new JailerException(Kind.VALIDATION, execFile + " is not a file");
    }
    String base = arguments.valueOrInitial("chroot-base-dir");
    Path baseDirectory = canonical(base);
    if (!Files.isDirectory(baseDirectory)) {
      throw new JailerException(Kind.VALIDATION, baseDirectory + " is not a directory");
    }
    long uid = number(arguments.valueOrInitial("uid"), MAX_U32, "Invalid uid: %s");
    long gid = number(arguments.valueOrInitial("gid"), MAX_U32, "Invalid gid: %s");
    boolean isPortfire = launcher.isPresent() && launcher.get().equals(execFile);
    String name = String.valueOf((isPortfire ? Path.of(exec) : execFile).getFileName());
    String parent = arguments.value("parent-cgroup").orElse(name);
    if (!isInside(parent)) {
      throw new JailerException(
          Kind.CGROUP, "Parent cgroup path is invalid. Path should not be absolute or contain '..' or '.'");
    }
    int version = (int) number(
        arguments.valueOrInitial("cgroup-version"), BigInteger.valueOf(255), "%s is an invalid cgroup version specifier");
    return new Settings(id, execFile, name, baseDirectory, uid, gid, parent, version);
  }

  private static void checkId(String id) throws JailerException {
    int length = id.getBytes(StandardCharsets.UTF_8).length;
    if (length < 1 || length > MAX_ID_BYTES) {
      throw new JailerException(
          Kind.VALIDATION,
          "Invalid instance ID: Invalid len (%d);  the length must be between 1 and %d".formatted(length, MAX_ID_BYTES));
    }
    int[] characters = id.codePoints().toArray();
    for (int i = 0; i < characters.length; i++) {
      if (characters[i] != '-' && !Character.isLetterOrDigit(characters[i])) {
        throw new JailerException(
            Kind.VALIDATION,
            "Invalid instance ID: Invalid char (%s) at position %d".formatted(Character.toString(characters[i]), i));
      }
    }
  }

  private static Path canonical(String path) throws JailerException {
    try {
      // Path.of("") would be this directory.
      if (path.isEmpty()) {
        throw new JailerException(Kind.VALIDATION, "Failed to canonicalize path : " + Errors.describe(Errors.ENOENT));
      }
      return Path.of(path).toRealPath();
    } catch (IOException e) {
      throw new JailerException(Kind.VALIDATION, "Failed to canonicalize path %s: %s".formatted(path, Errors.describe(e)));
    } catch (InvalidPathException e) {
      throw new JailerException(Kind.VALIDATION, "Failed to canonicalize path %s: %s".formatted(path, e.getReason()));
    }
  }

  private static long number(String text, BigInteger max, String problem) throws JailerException {
    if (text.matches("\\+?[0-9]{1,30}")) {
      BigInteger value = new BigInteger(text);
      if (value.compareTo(max) <= 0) {
        return value.longValue();
      }
    }
    throw new JailerException(Kind.VALIDATION, problem.formatted(text));
  }

  /** Whether a path leads to nothing but what is below where it starts. */
  static boolean isInside(String path) {
    return !path.startsWith("/") && List.of(path.split("/")).stream().noneMatch(part -> part.equals(".") || part.equals(".."));
  }

  /** The jail's root directory. */
  Path root() {
    return baseDirectory.resolve(name).resolve(id).resolve("root");
  }
}
