package dev.portfire.firecracker;

/** A request cannot be carried out; the message is Firecracker's fault message. */
final class Fault extends Exception {
  private static final long serialVersionUID = 1L;

  static final int BAD_REQUEST = 400;
  static final int TOO_LARGE = 413;

  private final int status;

  Fault(String message) {
    this(BAD_REQUEST, message);
  }

  Fault(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The status of the response. */
  int status() {
    return status;
  }

  /** The message. */
  String text() {
    return String.valueOf(getMessage());
  }
}
