package dev.portfire.vmm;

/** Where vCPU threads wait while their machine is paused. */
final class PauseGate {
  private boolean closed;
  private boolean ended;
  private int waiting;

  /** Whether vCPUs are to wait. */
  synchronized boolean isClosed() {
    return closed;
  }

  /**
   * Has vCPUs wait from now on.
   *
   * @return whether it was open
   */
  synchronized boolean close() {
    boolean wasOpen = !closed;
    closed = true;
    return wasOpen;
  }

  /** Lets all go on. */
  synchronized void open() {
    closed = false;
    notifyAll();
  }

  /** The machine ends: nobody waits any more. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Waits until that many vCPUs wait, or the machine ends. */
  synchronized void awaitWaiting(int count) throws InterruptedException {
    while (waiting < count && closed && !ended) {
      wait();
    }
  }

  /** Called by a vCPU's thread outside of guest code. */
  synchronized void pass() throws InterruptedException {
    if (!closed || ended) {
      return;
    }
    waiting++;
    notifyAll();
    try {
      while (closed && !ended) {
        wait();
      }
    } finally {
      waiting--;
    }
  }
}
