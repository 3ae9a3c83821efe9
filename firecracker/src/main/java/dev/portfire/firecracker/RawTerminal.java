package dev.portfire.firecracker;

import java.io.IOException;

/** Switches the terminal on stdin to raw mode; the launcher has the means. */
@FunctionalInterface
public interface RawTerminal {
  /** A terminal in raw mode. */
  interface Session extends AutoCloseable {
    /** Puts the terminal back as it was. */
    @Override
    void close();
  }

  /**
   * Switches it.
   *
   * @throws IOException if it cannot be switched
   */
  Session enter() throws IOException;
}
