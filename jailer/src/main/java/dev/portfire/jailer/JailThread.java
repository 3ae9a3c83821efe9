package dev.portfire.jailer;

import dev.portfire.linux.CallSequence;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The thread that goes into the jail. Namespaces, root directory, descriptors and credentials are each thread's own in the kernel, so the
 * other threads stay outside: they can tell what went wrong, and take back what was made. An execve on this thread ends the others and is
 * the process from then on.
 */
final class JailThread implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 10;

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("jail").daemon().factory());

  /** Makes calls; see {@link CallSequence#run}. */
  CallSequence.Call run(CallSequence calls, int report) throws InterruptedException {
    try {
      return thread.submit(() -> calls.run(report)).get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }

  /** Ends the thread. Then what it was in, a cgroup for example, is empty. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      boolean unused = thread.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
