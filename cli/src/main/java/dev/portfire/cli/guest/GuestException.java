package dev.portfire.cli.guest;

import org.jspecify.annotations.Nullable;

/** The default guest cannot be had; the message is one line that names the reason and the remedy. */
public final class GuestException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Makes the error with its message for the user. */
  public GuestException(String message) {
    this(message, null);
  }

  /** Makes the error with its message for the user and what led to it. */
  public GuestException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
