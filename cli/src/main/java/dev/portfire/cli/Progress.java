package dev.portfire.cli;

import java.io.PrintStream;

/** One line on the terminal that says what is going on, replaced by the next and removed in the end. */
final class Progress {
  private final PrintStream err;
  private final boolean terminal;
  private boolean shown;

  /**
   * Makes it.
   *
   * @param terminal whether {@code err} is one; nothing is shown elsewhere
   */
  Progress(PrintStream err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /** Shows what is being done. */
  synchronized void show(String doing) {
    if (terminal) {
      err.print("\r\033[Kportfire: " + doing + "...");
      err.flush();
      shown = true;
    }
  }

  /** Removes the line. */
  synchronized void clear() {
    if (shown) {
      err.print("\r\033[K");
      err.flush();
      shown = false;
    }
  }
}
