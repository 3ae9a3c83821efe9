package dev.portfire.inspect.watch;

import dev.portfire.inspect.terminal.FullScreen;
import dev.portfire.inspect.watch.Picture.Line;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.Terminal;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The terminal's page. The terminal is as before when it ends, whatever ends it but SIGKILL. */
final class Tui {
  /** As many samples as a wide terminal has columns. */
  private static final int MOST_SAMPLES = 300;

  private static final int CTRL_C = 3;
  private static final int CTRL_D = 4;
  private static final int TAB = 9;
  private static final int ESCAPE = 27;

  private final Watcher watcher;
  private final Duration interval;
  private final PrintStream out;
  private final BlockingQueue<Integer> keys = new LinkedBlockingQueue<>();
  private final List<Sample> history = new ArrayList<>();
  private String selected = "";
  private String reason = "";
  private boolean paused;

  Tui(Watcher watcher, Duration interval, PrintStream out) {
    this.watcher = watcher;
    this.interval = interval;
    this.out = out;
  }

  void run(InputStream in) throws SystemCallException, InterruptedException {
    try (FullScreen screen = FullScreen.open(in, out, keys)) {
      loop(screen);
    }
  }

  private void loop(FullScreen screen) throws SystemCallException, InterruptedException {
    long next = System.nanoTime();
    history.add(watcher.sample());
    while (true) {
      draw(screen.size());
      long wait = next + interval.toNanos() - System.nanoTime();
      Integer key = keys.poll(Math.max(0, wait), TimeUnit.NANOSECONDS);
      if (key == null) {
        next = System.nanoTime();
        if (!paused) {
          history.add(watcher.sample());
          if (history.size() > MOST_SAMPLES) {
            history.removeFirst();
          }
        }
      } else if (!handle(key)) {
        return;
      }
    }
  }

  private boolean handle(int key) throws InterruptedException {
    switch (key) {
      case 'q', CTRL_C, CTRL_D, FullScreen.END -> {
        return false;
      }
      case ' ' -> paused = !paused;
      case 'k' -> select(-1);
      case 'j' -> select(1);
      case TAB -> nextReason();
      case ESCAPE -> {
        // An arrow is Escape, [ or O, and a letter, all at once.
        Integer second = keys.poll(50, TimeUnit.MILLISECONDS);
        Integer third = second == null ? null : keys.poll(50, TimeUnit.MILLISECONDS);
        if (third != null) {
          select(third == 'A' ? -1 : third == 'B' ? 1 : 0);
        }
      }
      default -> {
        // Not a key of this page.
      }
    }
    return true;
  }

  private void select(int step) {
    List<String> all = new ArrayList<>(List.of(""));
    history.getLast().machines().forEach(machine -> all.add(machine.key()));
    selected = all.get(Math.clamp(Math.max(0, all.indexOf(selected)) + step, 0, all.size() - 1));
  }

  private void nextReason() {
    List<String> all = new ArrayList<>(List.of(""));
    all.addAll(picture().reasonNames());
    reason = all.get((all.indexOf(reason) + 1) % all.size());
  }

  private Picture picture() {
    return new Picture(history, selected, reason, paused);
  }

  private void draw(Terminal.Size size) {
    int rows = size.rows() == 0 ? 24 : size.rows();
    int columns = size.columns() == 0 ? 80 : size.columns();
    if (history.getLast().machine(selected).isEmpty()) {
      selected = "";
    }
    StringBuilder text = new StringBuilder();
    List<Line> lines = picture().lines(rows, columns);
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      int end = line.text().offsetByCodePoints(0, Math.min(columns, line.text().codePointCount(0, line.text().length())));
      // Without flicker: each line over the old one, and what was longer is erased.
      text.append("\033[").append(i + 1).append(";1H").append(line.bold() ? "\033[1m" : line.reverse() ? "\033[7m" : "\033[0m");
      text.append(line.text(), 0, end).append("\033[0m\033[K");
    }
    out.print(text.append("\033[J"));
    out.flush();
  }
}
