package dev.portfire.firecracker.seccomp;

/** A policy cannot be compiled. */
public final class CompileException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Makes one with the message that is shown. */
  public CompileException(String message) {
    super(message);
  }
}
