package dev.portfire.vmm;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** Opens the files behind disks. */
final class Drives {
  private Drives() {}

  /**
   * Opens a drive's file.
   *
   * @throws MicroVmException naming the file and what is wrong with it
   */
  static FileChannel open(Drive drive) throws MicroVmException {
    Path image = drive.image();
    if (Files.isDirectory(image)) {
      throw new MicroVmException("drive %s: is a directory, not a disk image".formatted(image));
    }
    Set<OpenOption> options =
        drive.readOnly() ? Set.of(StandardOpenOption.READ) : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileChannel file = FileChannel.open(image, options);
      try {
        lock(file, drive);
      } catch (MicroVmException | IOException e) {
        file.close();
        throw e;
      }
      return file;
    } catch (NoSuchFileException e) {
      throw new MicroVmException("drive %s: no such file".formatted(image), e);
    } catch (AccessDeniedException e) {
      throw new MicroVmException(
          drive.readOnly()
              ? "drive %s: no permission to read it".formatted(image)
              : "drive %s: no permission to write it; attach it read-only".formatted(image),
          e);
    } catch (IOException e) {
      throw new MicroVmException("drive %s: %s".formatted(image, e.getMessage()), e);
    }
  }

  /** Two guests that write one file system destroy it, so writers are alone; the lock goes with the channel. */
  private static void lock(FileChannel file, Drive drive) throws IOException, MicroVmException {
    try {
      FileLock lock = file.tryLock(0, Long.MAX_VALUE, drive.readOnly());
      if (lock != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      if (drive.readOnly()) {
        // Another machine of this process reads it too, or writes it; Java cannot tell which.
        return;
      }
    }
    throw new MicroVmException("drive %s: is in use by another machine".formatted(drive.image()));
  }
}
