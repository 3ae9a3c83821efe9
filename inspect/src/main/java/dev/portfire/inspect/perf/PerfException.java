package dev.portfire.inspect.perf;

import java.io.IOException;

/** What was recorded cannot be read or recorded; the message is one line for the user. */
final class PerfException extends IOException {
  private static final long serialVersionUID = 1L;

  PerfException(String message) {
    super(message);
  }
}
