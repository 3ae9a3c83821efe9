package dev.portfire.vmm.mmds;

/** The metadata cannot be changed or read as asked; the message is Firecracker's. */
public final class MmdsException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What is the matter. */
  public enum Reason {
    /** The data would be larger than the limit. */
    TOO_LARGE,
    /** There are no data that could be changed. */
    NOT_INITIALIZED
  }

  private final Reason reason;

  MmdsException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** What is the matter. */
  public Reason reason() {
    return reason;
  }
}
