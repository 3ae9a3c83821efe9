package dev.portfire.inspect;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/**
 * Which files of debugfs may be read. A kernel in lockdown refuses those that somebody may write, and logs each attempt: so one is
 * tried, once, and only where the kernel does not say what it does.
 */
public final class Debugfs {
  private static final Set<PosixFilePermission> READING =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

  private enum Lockdown {
    UNKNOWN,
    ON,
    OFF
  }

  private final SysRoot root;
  private Lockdown lockdown;

  /** Debugfs of a machine. */
  public Debugfs(SysRoot root) {
    this.root = root;
    String said = root.line("/sys/kernel/security/lockdown").orElse("");
    lockdown = said.contains("[none]") ? Lockdown.OFF : said.contains("[") ? Lockdown.ON : Lockdown.UNKNOWN;
  }

  /** Whether a file can be read. */
  public boolean mayBeRead(String absolute) {
    if (lockdown == Lockdown.OFF) {
      return true;
    }
    Path file = root.path(absolute);
    try {
      if (READING.containsAll(Files.getPosixFilePermissions(file))) {
        return true;
      }
      if (lockdown == Lockdown.UNKNOWN) {
        lockdown = isRefused(file) ? Lockdown.ON : Lockdown.OFF;
      }
      return lockdown == Lockdown.OFF;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static boolean isRefused(Path file) throws IOException {
    try {
      Files.newInputStream(file).close();
      return false;
    } catch (AccessDeniedException e) {
      return true;
    } catch (FileSystemException e) {
      if (String.valueOf(e.getReason()).contains("not permitted")) {
        return true;
      }
      throw e;
    }
  }

  /** Whether the kernel is in lockdown, as far as that is known by now. */
  public boolean isLockedDown() {
    return lockdown == Lockdown.ON;
  }
}
