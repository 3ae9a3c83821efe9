package dev.portfire.jailer;

import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Errors of the kernel as Firecracker's jailer tells them: the words of its C library, which is musl, and the number. */
final class Errors {
  static final int ENOENT = SystemCallException.ENOENT;
  static final int EACCES = SystemCallException.EACCES;
  static final int EBUSY = SystemCallException.EBUSY;
  static final int EEXIST = SystemCallException.EEXIST;
  static final int ENOTDIR = 20;
  static final int EMFILE = 24;
  static final int ENOTEMPTY = 39;
  static final int ELOOP = 40;

  /** The largest error number of Linux, {@code <asm-generic/errno.h>}. */
  private static final int LAST = 133;

  private Errors() {}

  /** The words of an error number, and the number. */
  static String describe(int errno) {
    String text = switch (errno) {
      case EBUSY -> "Resource busy";
      case EMFILE -> "No file descriptors available";
      case ELOOP -> "Symbolic link loop";
      default -> SystemCalls.describe(errno);
    };
    return text + " (os error " + errno + ")";
  }

  /** What is behind an exception of Java's, which has words of the C library but no number. */
  static String describe(IOException e) {
    return switch (e) {
      case SystemCallException call -> describe(call.errno());
      case NoSuchFileException none -> describe(ENOENT);
      case AccessDeniedException denied -> describe(EACCES);
      case FileAlreadyExistsException exists -> describe(EEXIST);
      case NotDirectoryException file -> describe(ENOTDIR);
      case DirectoryNotEmptyException full -> describe(ENOTEMPTY);
      case FileSystemException other when other.getReason() != null -> byText(other.getReason());
      default -> byText(String.valueOf(e.getMessage()));
    };
  }

  private static String byText(String text) {
    for (int errno = 1; errno <= LAST; errno++) {
      if (text.startsWith(SystemCalls.describe(errno))) {
        return describe(errno);
      }
    }
    return text;
  }
}
