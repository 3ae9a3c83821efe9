package dev.portfire.vmm;

import java.util.Arrays;

/** Where vCPU threads wait while their machine is paused, or while a debugger holds them. */
final class PauseGate {
  private final boolean[] held;
  private boolean closed;
  private boolean ended;
  private int waiting;

  /** A gate for so many vCPUs. */
  PauseGate(int vcpus) {
    held = new boolean[vcpus];
  }

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

  /** Lets all go on that are not held. */
  synchronized void open() {
    closed = false;
    notifyAll();
  }

  /** Has all vCPUs wait until each is released, whether the gate is open or not. */
  synchronized void holdAll() {
    Arrays.fill(held, true);
  }

  /** Lets a vCPU go on that was held. */
  synchronized void release(int vcpu) {
    held[vcpu] = false;
    notifyAll();
  }

  /** The machine ends: nobody waits any more. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  private boolean hasToWait(int vcpu) {
    return (closed || held[vcpu]) && !ended;
  }

  /** Waits until all vCPUs wait that have to, or the machine ends. */
  synchronized void awaitWaiting() throws InterruptedException {
    while (waiting < count()) {
      wait();
    }
  }

  private int count() {
    int count = 0;
    for (int vcpu = 0; vcpu < held.length; vcpu++) {
      count += hasToWait(vcpu) ? 1 : 0;
    }
    return count;
  }

  /** Called by a vCPU's thread outside of guest code. */
  synchronized void pass(int vcpu) throws InterruptedException {
    if (!hasToWait(vcpu)) {
      return;
    }
    waiting++;
    notifyAll();
    try {
      while (hasToWait(vcpu)) {
        wait();
      }
    } finally {
      waiting--;
    }
  }
}
