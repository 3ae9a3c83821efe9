package dev.portfire.vmm.json;

/** A text is not the JSON that was expected; the message ends with the line and the column. */
public final class JsonException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final int line;
  private final int column;

  JsonException(String reason, int line, int column) {
    super(reason + " at line " + line + " column " + column);
    this.reason = reason;
    this.line = line;
    this.column = column;
  }

  /** The message as Rust's serde_json shows an error for programmers. */
  public String debug() {
    return "Error(%s, line: %d, column: %d)".formatted(JsonWriter.debug(reason), line, column);
  }
}
