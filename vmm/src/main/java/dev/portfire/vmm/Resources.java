package dev.portfire.vmm;

import java.util.ArrayDeque;
import java.util.Deque;

/** Things to close, the last one first. */
final class Resources {
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  synchronized <T extends AutoCloseable> T add(T resource) {
    open.push(resource);
    return resource;
  }

  /** Gives a resource back before the others. */
  synchronized void closeNow(AutoCloseable resource) {
    if (open.remove(resource)) {
      close(resource);
    }
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      System.getLogger(Resources.class.getName()).log(System.Logger.Level.WARNING, "closing failed", e);
    }
  }

  /** Closes everything once; a failure does not keep the rest open, and is the machine's end anyway. */
  synchronized void close() {
    while (!open.isEmpty()) {
      close(open.pop());
    }
  }
}
