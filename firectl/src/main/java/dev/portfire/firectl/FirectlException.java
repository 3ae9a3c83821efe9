package dev.portfire.firectl;

/** The program ends with an error; the message is all that there is to say. */
final class FirectlException extends Exception {
  private static final long serialVersionUID = 1L;

  FirectlException(String message) {
    super(message);
  }
}
