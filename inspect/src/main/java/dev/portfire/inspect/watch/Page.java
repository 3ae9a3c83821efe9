package dev.portfire.inspect.watch;

import java.io.PrintStream;
import java.time.Duration;

/** Shows machines in a browser. What does it is a module of its own, which the launcher adds for {@code portfire watch} only. */
public interface Page {
  /**
   * Serves the page until the thread is interrupted, or a signal ends the program.
   *
   * @param watcher what is shown; closed by the caller
   * @param port of the loopback interface, 0 for any that is free
   * @param interval between samples
   * @param out gets the page's address in a line of its own
   * @param err gets what is wrong
   * @return the exit status
   */
  int serve(Watcher watcher, int port, Duration interval, PrintStream out, PrintStream err) throws InterruptedException;
}
