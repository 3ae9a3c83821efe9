package dev.portfire.cli;

import dev.portfire.firecracker.RawTerminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The user's terminal in raw mode, always put back: by a small shell that waits for the end of its input, which comes
 * when this object is closed, when a signal ends the JVM, and when the JVM is killed or crashes. The same shell hears
 * of changes of the window's size.
 */
final class HostTerminal implements RawTerminal.Session {
  /** Is told of the size, at once and after each change. */
  @FunctionalInterface
  interface SizeListener {
    /** The terminal has this many columns and rows, each at least 1. */
    void resized(int columns, int rows);
  }

  private static final long RESTORE_SECONDS = 2;

  /**
   * A background command gets /dev/null as its input unless it is given another, hence descriptor 3; and only {@code
   * wait} is interrupted by a trapped signal. TTOU is ignored since by the end the shell may be in the background.
   */
  private static final String KEEPER =
      """
      trap '' INT TERM HUP QUIT TTOU TTIN TSTP
      saved=$(stty -g </dev/tty) || exit 1
      trap 'stty size </dev/tty' WINCH
      exec 3<&0
      stty raw -echo </dev/tty || exit 1
      stty size </dev/tty
      cat <&3 >/dev/null &
      while kill -0 $! 2>/dev/null; do
        wait $!
      done
      stty "$saved" </dev/tty
      """;

  private final Process keeper;
  private final Thread hook = new Thread(this::restore, "terminal restorer");

  private HostTerminal(Process keeper) {
    this.keeper = keeper;
  }

  /**
   * Puts the terminal into raw mode.
   *
   * @throws IOException if it cannot be
   */
  static HostTerminal raw(SizeListener listener) throws IOException {
    Process process = new ProcessBuilder("/bin/sh", "-c", KEEPER)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    HostTerminal terminal = new HostTerminal(process);
    Runtime.getRuntime().addShutdownHook(terminal.hook);
    BufferedReader sizes = process.inputReader(StandardCharsets.US_ASCII);
    // The first line comes when the terminal is raw.
    String first = sizes.readLine();
    if (first == null) {
      terminal.close();
      throw new IOException("cannot switch the terminal to raw mode: /bin/sh and stty are needed for that");
    }
    report(first, listener);
    Thread.ofPlatform().name("terminal size").daemon().start(() -> follow(sizes, listener));
    return terminal;
  }

  /** The same for a guest that is not told the size. */
  static RawTerminal.Session rawInput() throws IOException {
    return raw((columns, rows) -> {});
  }

  private static void follow(BufferedReader sizes, SizeListener listener) {
    try {
      for (String line = sizes.readLine(); line != null; line = sizes.readLine()) {
        report(line, listener);
      }
    } catch (IOException e) {
      // The shell has been closed.
    }
  }

  /** Takes a line of {@code stty size}: rows, then columns; zeros if the terminal does not know. */
  private static void report(String line, SizeListener listener) {
    String[] words = line.strip().split(" ", -1);
    try {
      int rows = Integer.parseInt(words[0]);
      int columns = Integer.parseInt(words[words.length - 1]);
      if (rows > 0 && columns > 0) {
        listener.resized(columns, rows);
      }
    } catch (NumberFormatException e) {
      // A stty that cannot tell; the guest keeps the size it has.
    }
  }

  private void restore() {
    try {
      keeper.getOutputStream().close();
      keeper.waitFor(RESTORE_SECONDS, TimeUnit.SECONDS);
    } catch (IOException e) {
      // It has ended already.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    restore();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending; the hook finds its work done.
    }
  }
}
