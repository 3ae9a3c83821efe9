package dev.portfire.inspect.kvmstat;

/** A source cannot be used; the message is one line that says why, and the command that helps. */
final class SourceException extends Exception {
  private static final long serialVersionUID = 1L;

  SourceException(String message) {
    super(message);
  }
}
