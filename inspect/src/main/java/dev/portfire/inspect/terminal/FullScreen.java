package dev.portfire.inspect.terminal;

import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Queue;

/** The whole terminal for one program, key by key. It is as before when that ends, whatever ends it but SIGKILL. */
public final class FullScreen implements AutoCloseable {
  /** Among the keys: there are no more. */
  public static final int END = -1;

  private final Terminal terminal;
  private final PrintStream out;
  private final Thread hook = new Thread(this::restore, "terminal restorer");

  private FullScreen(Terminal terminal, PrintStream out) {
    this.terminal = terminal;
    this.out = out;
  }

  /**
   * Takes the terminal that is stdin over, and shows the alternate screen without a cursor.
   *
   * @param in where keys come from
   * @param out the terminal
   * @param keys where they go to: bytes, then {@link #END}
   */
  public static FullScreen open(InputStream in, PrintStream out, Queue<Integer> keys) throws SystemCallException {
    FullScreen screen = new FullScreen(Terminal.takeOver(0), out);
    Runtime.getRuntime().addShutdownHook(screen.hook);
    out.print("\033[?1049h\033[?25l");
    Thread.ofPlatform().name("keys").daemon().start(() -> readKeys(in, keys));
    return screen;
  }

  private static void readKeys(InputStream in, Queue<Integer> keys) {
    try {
      for (int key = in.read(); key >= 0; key = in.read()) {
        keys.add(key);
      }
    } catch (IOException e) {
      // The terminal is gone.
    }
    keys.add(END);
  }

  /** The terminal's size; zero where it does not know. */
  public Terminal.Size size() throws SystemCallException {
    return terminal.size();
  }

  private void restore() {
    out.print("\033[0m\033[?25h\033[?1049l");
    out.flush();
    try {
      terminal.close();
    } catch (SystemCallException e) {
      // The terminal is gone.
    }
  }

  @Override
  public void close() {
    restore();
    Runtime.getRuntime().removeShutdownHook(hook);
  }
}
