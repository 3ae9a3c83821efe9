package dev.portfire.firecracker.seccomp;

/** A file of filters cannot be used. */
public final class FormatException extends Exception {
  private static final long serialVersionUID = 1L;

  FormatException(String message) {
    super(message);
  }
}
