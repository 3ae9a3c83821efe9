package dev.portfire.devices.virtio;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The host's end of one port of a {@link VirtioConsole}. Thread-safe.
 *
 * <p>Input waits in a buffer of bounded size until the guest makes room for it. A port starts connected; {@link
 * #closeInput()} disconnects it once the guest has got everything, and a guest program that reads the port then sees
 * the end of the file. Linux also refuses to write to a disconnected port, so a port whose input ends should carry no
 * output.
 */
public final class ConsolePort {
  /** Bytes of input that wait for the guest at most. */
  public static final int BUFFER_SIZE = 1 << 16;

  /** What becomes of a port's output. Calls come on the device's thread. */
  public interface Sink {
    /**
     * Takes output of the guest.
     *
     * @param data the bytes, only valid during the call. What is left in it when the call returns is offered again
     *     after {@link ConsolePort#resumeOutput()}; until then the guest is held back.
     */
    void write(ByteBuffer data);

    /**
     * A program in the guest opened the port or closed it.
     *
     * @param open whether it is open now
     */
    default void guestOpened(boolean open) {}
  }

  private final int index;
  private final String name;
  private final boolean console;
  private final Sink sink;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition drained = lock.newCondition();
  private final byte[] buffer = new byte[BUFFER_SIZE];
  private int start;
  private int count;
  private boolean inputClosed;
  private volatile Runnable inputListener = () -> {};
  private volatile Runnable outputListener = () -> {};

  /** Makes the host's end of a port. */
  ConsolePort(int index, String name, boolean console, Sink sink) {
    this.index = index;
    this.name = name;
    this.console = console;
    this.sink = sink;
  }

  /** The port's number. */
  public int index() {
    return index;
  }

  /** The port's name, which the guest sees in sysfs; empty for none. */
  public String name() {
    return name;
  }

  /** Whether it is a console (a {@code /dev/hvcN}) and not a {@code /dev/vportNpM}. */
  public boolean console() {
    return console;
  }

  Sink sink() {
    return sink;
  }

  void listen(Runnable onInput, Runnable onOutputReady) {
    inputListener = onInput;
    outputListener = onOutputReady;
  }

  /**
   * Feeds input, as much as there is room for.
   *
   * @return the number of bytes taken, 0 to {@code length}
   * @throws IllegalStateException after {@link #closeInput()}
   */
  public int offer(byte[] data, int offset, int length) {
    int taken;
    lock.lock();
    try {
      if (inputClosed) {
        throw new IllegalStateException("input of port %d is closed".formatted(index));
      }
      taken = Math.min(length, BUFFER_SIZE - count);
      int end = (start + count) % BUFFER_SIZE;
      int first = Math.min(taken, BUFFER_SIZE - end);
      System.arraycopy(data, offset, buffer, end, first);
      System.arraycopy(data, offset + first, buffer, 0, taken - first);
      count += taken;
    } finally {
      lock.unlock();
    }
    if (taken > 0) {
      inputListener.run();
    }
    return taken;
  }

  /**
   * Feeds input, waiting for room as long as it takes.
   *
   * @throws InterruptedException if the thread is interrupted; part of the data may have been taken
   * @throws IllegalStateException after {@link #closeInput()}
   */
  public void send(byte[] data, int offset, int length) throws InterruptedException {
    int done = 0;
    while (done < length) {
      done += offer(data, offset + done, length - done);
      if (done < length) {
        awaitRoom();
      }
    }
  }

  private void awaitRoom() throws InterruptedException {
    lock.lock();
    try {
      while (count == BUFFER_SIZE && !inputClosed) {
        drained.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the guest's driver has taken all input.
   *
   * @return whether it has, within the time
   * @throws InterruptedException if the thread is interrupted
   */
  public boolean awaitDrained(long timeout, TimeUnit unit) throws InterruptedException {
    long left = unit.toNanos(timeout);
    lock.lock();
    try {
      while (count > 0) {
        if (left <= 0) {
          return false;
        }
        left = drained.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the input: once the guest has taken what waits, the port is disconnected. Idempotent. */
  public void closeInput() {
    lock.lock();
    try {
      inputClosed = true;
      drained.signalAll();
    } finally {
      lock.unlock();
    }
    inputListener.run();
  }

  /** Tells the device that the sink can take output again. */
  public void resumeOutput() {
    outputListener.run();
  }

  /** Whether input waits. */
  boolean hasInput() {
    lock.lock();
    try {
      return count > 0;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the host's end counts as connected: input is open, or some is still on its way. */
  boolean connected() {
    lock.lock();
    try {
      return !inputClosed || count > 0;
    } finally {
      lock.unlock();
    }
  }

  /** Takes up to {@code target.length} bytes of input. */
  int take(byte[] target) {
    lock.lock();
    try {
      int taken = Math.min(target.length, count);
      int first = Math.min(taken, BUFFER_SIZE - start);
      System.arraycopy(buffer, start, target, 0, first);
      System.arraycopy(buffer, 0, target, first, taken - first);
      start = (start + taken) % BUFFER_SIZE;
      count -= taken;
      if (taken > 0) {
        drained.signalAll();
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** What waits, for a snapshot. */
  byte[] input() {
    lock.lock();
    try {
      byte[] copy = new byte[count];
      for (int i = 0; i < count; i++) {
        copy[i] = buffer[(start + i) % BUFFER_SIZE];
      }
      return copy;
    } finally {
      lock.unlock();
    }
  }

  /** Replaces what waits. */
  void restoreInput(byte[] input) {
    if (input.length > BUFFER_SIZE) {
      throw new IllegalArgumentException("more input than port %d holds".formatted(index));
    }
    lock.lock();
    try {
      System.arraycopy(input, 0, buffer, 0, input.length);
      start = 0;
      count = input.length;
    } finally {
      lock.unlock();
    }
  }
}
