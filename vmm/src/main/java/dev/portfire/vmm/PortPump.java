package dev.portfire.vmm;

import dev.portfire.devices.virtio.ConsolePort.Sink;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * Carries a port's output to a stream that may block, on a thread of its own, so that the thread all devices share
 * never waits for a reader. When its buffer is full the guest is held back.
 */
final class PortPump implements Sink {
  private static final int CAPACITY = 1 << 18;

  private final OutputStream target;
  private final byte[] ring = new byte[CAPACITY];
  private final Thread thread;
  private int start;
  private int count;

  /** Whether a piece is being written to the target now. */
  private boolean writing;

  /** Whether the device was left with data and waits for {@link #resume}. */
  private boolean held;

  private boolean ended;
  private Runnable resume = () -> {};
  private boolean failed;

  PortPump(String name, OutputStream target) {
    this.target = target;
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
  }

  /**
   * Starts carrying.
   *
   * @param resumeOutput called when there is room again for a device that was held back
   */
  void start(Runnable resumeOutput) {
    resume = resumeOutput;
    thread.start();
  }

  @Override
  public synchronized void write(ByteBuffer data) {
    if (failed || ended) {
      data.position(data.limit());
      held = false;
      notifyAll();
      return;
    }
    int taken = Math.min(data.remaining(), CAPACITY - count);
    int end = (start + count) % CAPACITY;
    int first = Math.min(taken, CAPACITY - end);
    data.get(ring, end, first);
    data.get(ring, 0, taken - first);
    count += taken;
    held = data.hasRemaining();
    notifyAll();
  }

  private void run() {
    byte[] piece = new byte[1 << 14];
    while (true) {
      int length = take(piece);
      if (length < 0) {
        return;
      }
      try {
        target.write(piece, 0, length);
        target.flush();
      } catch (IOException e) {
        // The stream's owner knows what that means; the guest must not hang for it.
        fail();
      }
      if (finishPiece()) {
        resume.run();
      }
    }
  }

  private synchronized int take(byte[] piece) {
    while (count == 0) {
      if (ended) {
        return -1;
      }
      try {
        wait();
      } catch (InterruptedException e) {
        return -1;
      }
    }
    int length = Math.min(piece.length, count);
    int first = Math.min(length, CAPACITY - start);
    System.arraycopy(ring, start, piece, 0, first);
    System.arraycopy(ring, 0, piece, first, length - first);
    start = (start + length) % CAPACITY;
    count -= length;
    writing = true;
    return length;
  }

  private synchronized void fail() {
    failed = true;
    count = 0;
  }

  /** Returns whether the device waits for room. */
  private synchronized boolean finishPiece() {
    writing = false;
    notifyAll();
    return held;
  }

  /** Waits until everything that the device has offered so far has been written to the target. */
  synchronized void awaitDrained() throws InterruptedException {
    while (count > 0 || writing || held) {
      wait();
    }
  }

  /** Lets the thread end once the buffer is empty, and waits for that unless {@code abandon}. */
  void end(boolean abandon) {
    synchronized (this) {
      ended = true;
      held = false;
      notifyAll();
    }
    if (abandon) {
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
