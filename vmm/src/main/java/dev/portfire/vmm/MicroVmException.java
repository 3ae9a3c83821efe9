package dev.portfire.vmm;

import org.jspecify.annotations.Nullable;

/** A microVM cannot be made or started as asked; the message is one line that names the thing and the remedy. */
public final class MicroVmException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Makes the error with its message for the user. */
  public MicroVmException(String message) {
    this(message, null);
  }

  /** Makes the error with its message for the user and what led to it. */
  public MicroVmException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
