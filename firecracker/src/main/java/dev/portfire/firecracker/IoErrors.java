package dev.portfire.firecracker;

import dev.portfire.vmm.HostErrors;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Map;

/** Tells of failed I/O as Firecracker does: the words of its C library and the number of the error. */
final class IoErrors {
  private static final Map<String, Integer> NUMBERS = Map.ofEntries(
      Map.entry("Operation not permitted", 1),
      Map.entry("No such file or directory", 2),
      Map.entry("Input/output error", 5),
      Map.entry("No such device or address", 6),
      Map.entry("Permission denied", 13),
      Map.entry("Device or resource busy", 16),
      Map.entry("File exists", 17),
      Map.entry("Not a directory", 20),
      Map.entry("Is a directory", 21),
      Map.entry("Invalid argument", 22),
      Map.entry("Too many open files", 24),
      Map.entry("Text file busy", 26),
      Map.entry("Read-only file system", 30),
      Map.entry("File name too long", 36),
      Map.entry("Too many levels of symbolic links", 40),
      Map.entry("Address already in use", 98));

  private IoErrors() {}

  /** One phrase about what happened. */
  static String describe(IOException e) {
    String text = switch (e) {
      case NoSuchFileException none -> "No such file or directory";
      case AccessDeniedException denied -> "Permission denied";
      case FileAlreadyExistsException exists -> "File exists";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(e.getMessage());
    };
    Integer number = NUMBERS.get(text);
    return number == null ? text : HostErrors.describe(number, text);
  }
}
