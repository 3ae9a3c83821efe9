package dev.portfire.firecracker;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * What the main thread does for the API's, one thing after the other. As in Firecracker it makes the machine and changes it, and the
 * API's thread only reads requests and writes responses: so each can be confined to the system calls that it needs.
 */
final class VmmLoop {
  private final BlockingQueue<Runnable> work = new LinkedBlockingQueue<>();

  /** The main thread's. */
  private boolean ended;

  /** Has the main thread do what is asked for, and waits for it. */
  String execute(ApiHandler.Executor executor, Action action) throws Fault {
    CompletableFuture<String> result = new CompletableFuture<>();
    work.add(() -> {
      try {
        result.complete(executor.execute(action));
      } catch (Fault | RuntimeException e) {
        result.completeExceptionally(e);
      }
    });
    try {
      return result.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Fault fault) {
        throw fault;
      }
      if (e.getCause() instanceof RuntimeException ours) {
        throw ours;
      }
      throw e;
    }
  }

  /** Lets {@link #run} return, after what has been asked for before. */
  void end() {
    work.add(() -> ended = true);
  }

  /** Does what there is to do, until the end. */
  void run() throws InterruptedException {
    while (!ended) {
      work.take().run();
    }
  }
}
