package dev.portfire.vmm;

import dev.portfire.devices.Serial16550;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;

/** Feeds a serial port; a write waits until the guest has taken enough of what came before. */
final class SerialInput extends OutputStream {
  private final Serial16550 serial;
  private final Object lock = new Object();
  private boolean closed;

  SerialInput(Serial16550 serial) {
    this.serial = serial;
    serial.onInputEmpty(() -> {
      synchronized (lock) {
        lock.notifyAll();
      }
    });
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] data, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, data.length);
    int done = 0;
    while (done < length) {
      synchronized (lock) {
        if (closed) {
          throw new IOException("the microVM has ended");
        }
      }
      int taken = serial.enqueue(data, offset + done, length - done);
      done += taken;
      if (taken == 0) {
        awaitRoom();
      }
    }
  }

  // The caller is the loop.
  @SuppressWarnings("WaitNotInLoop")
  private void awaitRoom() throws IOException {
    synchronized (lock) {
      try {
        // Bounded, since the guest may take the last byte between the enqueue and this.
        if (!closed) {
          lock.wait(50);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while the guest was not reading its serial port");
      }
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
  }
}
