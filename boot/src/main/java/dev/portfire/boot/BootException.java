package dev.portfire.boot;

import org.jspecify.annotations.Nullable;

/** What was given cannot be booted. The message is one line for the user, and names the file. */
public final class BootException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Makes an exception with a message for the user. */
  public BootException(String message) {
    super(message);
  }

  /** Makes an exception with a message for the user and what led to it. */
  public BootException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
