package dev.portfire.firectl;

import dev.portfire.client.ApiClient;
import dev.portfire.client.ApiException;
import dev.portfire.client.ApiRequest;
import dev.portfire.linux.ProcessCalls;
import dev.portfire.linux.Signals;
import dev.portfire.linux.SystemCallException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** The firecracker that was started, and how it is brought to its end. */
final class Vmm {
  /** How long a firecracker has to end after SIGTERM. */
  private static final Duration LAST = Duration.ofSeconds(5);

  private final ProcessHandle process;
  private final Path socket;
  private final Duration timeout;
  private final Duration grace;
  private final Log log;
  private final AtomicInteger asked = new AtomicInteger();
  private volatile boolean started;

  /**
   * Takes over a process.
   *
   * @param socket its API
   * @param timeout for each request
   * @param grace how long a guest has after Ctrl-Alt-Del; zero for any time
   */
  Vmm(ProcessHandle process, Path socket, Duration timeout, Duration grace, Log log) {
    this.process = process;
    this.socket = socket;
    this.timeout = timeout;
    this.grace = grace;
    this.log = log;
  }

  /** The machine runs: from now on a guest can be asked to end. */
  void started() {
    started = true;
  }

  /** Whether it was asked to end. */
  boolean isAskedToEnd() {
    return asked.get() > 0;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Whether it ends within some time. */
  private boolean ends(Duration within) throws InterruptedException {
    try {
      var unused = process.onExit().get(within.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /** What firectl does about a signal. */
  void signalled(int number) {
    switch (number) {
      case Signals.SIGINT, Signals.SIGTERM -> shutDown();
      case Signals.SIGQUIT -> end();
      default -> {
        try {
          ProcessCalls.kill(Math.toIntExact(process.pid()), number);
        } catch (SystemCallException e) {
          log.debug("the signal " + number + " cannot be passed on: " + e.getMessage());
        }
      }
    }
  }

  /** Asks the guest first, then firecracker, and does not ask the third time. */
  private void shutDown() {
    int times = asked.getAndIncrement();
    if (times == 0 && started) {
      Thread.ofPlatform().name("shutdown").daemon().start(this::askGuest);
    } else if (times < 2) {
      end();
    } else {
      process.destroyForcibly();
    }
  }

  /** Asks the guest, and firecracker if that does not help, and waits until the process is gone. */
  void askAndWait() throws InterruptedException {
    askGuest();
    if (grace.isZero()) {
      while (!ends(LAST)) {
        // For any time.
      }
    } else if (!ends(LAST)) {
      process.destroyForcibly();
      boolean unused = ends(LAST);
    }
  }

  private void askGuest() {
    try (ApiClient client = new ApiClient(socket, timeout)) {
      var unused = client.send(ApiRequest.sendCtrlAltDel());
      log.debug("sent Ctrl-Alt-Del to the guest");
    } catch (IOException | ApiException e) {
      if (process.isAlive()) {
        log.error("the guest cannot be asked to shut down, firecracker is: " + e.getMessage());
        end();
      }
      return;
    }
    if (grace.isZero()) {
      return;
    }
    try {
      if (!ends(grace)) {
        log.warning("the guest has not shut down within " + grace.toSeconds() + " s: ending firecracker");
        end();
      }
    } catch (InterruptedException e) {
      // Nobody does that: the thread ends with the process.
    }
  }

  /** Ends the process: by SIGTERM, and by SIGKILL if it is still there five seconds later. Does not wait. */
  void end() {
    if (!started) {
      asked.incrementAndGet();
    }
    process.destroy();
    Thread.ofPlatform().name("end").daemon().start(() -> {
      try {
        if (!ends(LAST)) {
          log.warning("firecracker does not end: killing it");
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        // Nobody does that: the thread ends with the process.
      }
    });
  }

  /** Ends the process and waits until it is gone. */
  void endNow() {
    process.destroy();
    try {
      if (!ends(LAST)) {
        process.destroyForcibly();
        boolean unused = ends(LAST);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
