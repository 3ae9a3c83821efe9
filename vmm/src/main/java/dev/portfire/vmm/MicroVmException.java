package dev.portfire.vmm;

import org.jspecify.annotations.Nullable;

/** A microVM cannot be made or started as asked; the message is one line that names the thing and the remedy. */
public final class MicroVmException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What front ends tell apart. */
  public enum Problem {
    /** Anything but the others. */
    OTHER,
    /** The host has not got the memory. */
    NO_MEMORY,
    /** There are more devices than the machine has places for. */
    NO_PLACE
  }

  private final Problem problem;

  /** Makes the error with its message for the user. */
  public MicroVmException(String message) {
    this(message, null);
  }

  /** Makes the error with its message for the user and what led to it. */
  public MicroVmException(String message, @Nullable Throwable cause) {
    this(Problem.OTHER, message, cause);
  }

  /** Makes the error with its message for the user and what led to it. */
  public MicroVmException(Problem problem, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.problem = problem;
  }

  /** What kind of error it is. */
  public Problem problem() {
    return problem;
  }
}
