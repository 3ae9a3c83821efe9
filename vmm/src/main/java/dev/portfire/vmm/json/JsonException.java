package dev.portfire.vmm.json;

/** A text is not the JSON that was expected; the message ends with the line and the column. */
public final class JsonException extends Exception {
  private static final long serialVersionUID = 1L;

  JsonException(String message, int line, int column) {
    super(message + " at line " + line + " column " + column);
  }
}
