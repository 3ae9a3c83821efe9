package dev.portfire.jailer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What a jailer that fails has to take back, the last first. */
final class Undo {
  /** A cgroup is empty only once the kernel is done with a thread that has ended. */
  private static final int ATTEMPTS = 50;

  private static final long PAUSE_MILLIS = 20;

  /** Takes one thing back. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  private record Step(String what, Action action) {}

  private final Deque<Step> steps = new ArrayDeque<>();

  /** Notes what to do. */
  void add(String what, Action action) {
    steps.push(new Step(what, action));
  }

  /** Notes a file, or a directory with nothing in it, that is about to be made: what is there already stays. */
  void aboutToMake(Path path) {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      add(path.toString(), () -> Files.deleteIfExists(path));
    }
  }

  /** Makes a directory and those above it. */
  void makeDirectories(Path directory) throws IOException {
    List<Path> missing = new ArrayList<>();
    for (Path at = directory; at != null && !Files.exists(at, LinkOption.NOFOLLOW_LINKS); at = at.getParent()) {
      missing.add(at);
    }
    for (Path path : missing.reversed()) {
      aboutToMake(path);
    }
    Files.createDirectories(directory);
  }

  /** Makes the directories above a file. */
  void makeParents(Path file) throws IOException {
    Path parent = file.getParent();
    if (parent != null) {
      makeDirectories(parent);
    }
  }

  /** Does it all. Returns what could not be done, one line for each. */
  List<String> run() {
    List<String> problems = new ArrayList<>();
    while (!steps.isEmpty()) {
      Step step = steps.pop();
      try {
        attempt(step.action);
      } catch (IOException e) {
        problems.add(step.what + " stays: " + Errors.describe(e));
      }
    }
    return problems;
  }

  private static void attempt(Action action) throws IOException {
    for (int i = 1;; i++) {
      try {
        action.run();
        return;
      } catch (IOException e) {
        if (i == ATTEMPTS || !Errors.describe(e).equals(Errors.describe(Errors.EBUSY))) {
          throw e;
        }
        try {
          Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw e;
        }
      }
    }
  }
}
