package dev.portfire.cli;

import dev.portfire.firecracker.RawTerminal;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The user's terminal, put into raw mode and always put back: on closing, on a signal that ends the JVM, and, through a small
 * guard process, when the JVM is killed or crashes.
 */
final class HostTerminal implements RawTerminal.Session {
  /** Is told of the size, at once and after each change. */
  @FunctionalInterface
  interface SizeListener {
    /** The terminal has this many columns and rows, each at least 1. */
    void resized(int columns, int rows);
  }

  private final Terminal terminal;
  private final Attributes original;
  private final Thread hook = new Thread(this::restore, "terminal restorer");
  private final @Nullable Process guard;
  private boolean restored;

  private HostTerminal(Terminal terminal, @Nullable Process guard) {
    this.terminal = terminal;
    this.guard = guard;
    this.original = terminal.getAttributes();
  }

  /**
   * Puts the terminal on stdin into raw mode.
   *
   * @throws IOException if it cannot be
   */
  static HostTerminal raw(SizeListener listener) throws IOException {
    Terminal terminal = TerminalBuilder.builder()
        .system(true)
        .dumb(false)
        .jni(false)
        .exec(false)
        .ffm(true)
        .nativeSignals(true)
        .build();
    HostTerminal result = new HostTerminal(terminal, startGuard());
    Runtime.getRuntime().addShutdownHook(result.hook);
    Attributes raw = new Attributes(result.original);
    raw.setInputFlags(java.util.EnumSet.noneOf(Attributes.InputFlag.class));
    raw.setOutputFlag(Attributes.OutputFlag.OPOST, false);
    for (Attributes.LocalFlag flag : Attributes.LocalFlag.values()) {
      raw.setLocalFlag(flag, false);
    }
    raw.setControlChar(Attributes.ControlChar.VMIN, 1);
    raw.setControlChar(Attributes.ControlChar.VTIME, 0);
    terminal.setAttributes(raw);
    terminal.handle(Terminal.Signal.WINCH, signal -> result.report(listener));
    result.report(listener);
    return result;
  }

  /** The same for a guest that is not told the size. */
  static RawTerminal.Session rawInput() throws IOException {
    return raw((columns, rows) -> {});
  }

  private void report(SizeListener listener) {
    Size size = terminal.getSize();
    if (size.getColumns() > 0 && size.getRows() > 0) {
      listener.resized(size.getColumns(), size.getRows());
    }
  }

  /**
   * Starts a shell that waits for the end of its input, which comes when this JVM is gone for whatever reason, and then sets
   * the terminal as it is now. Null where there is no shell: then only a crash leaves the terminal raw.
   */
  private static @Nullable Process startGuard() {
    try {
      ProcessBuilder builder = new ProcessBuilder(
          "/bin/sh",
          "-c",
          """
          trap '' INT TERM HUP QUIT TTOU TTIN
          saved=$(stty -g </dev/tty) || exit
          echo ready
          cat >/dev/null
          stty "$saved" </dev/tty
          """);
      builder.redirectError(ProcessBuilder.Redirect.DISCARD);
      Process guard = builder.start();
      // It must have read the settings before they are changed.
      if (guard.getInputStream().read() < 0) {
        return null;
      }
      return guard;
    } catch (IOException e) {
      return null;
    }
  }

  private synchronized void restore() {
    if (restored) {
      return;
    }
    restored = true;
    terminal.setAttributes(original);
    if (guard != null) {
      guard.destroyForcibly();
      try {
        guard.waitFor(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
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
