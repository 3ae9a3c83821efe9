package dev.portfire.vmm;

import dev.portfire.devices.TokenBucket;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that a device produced and nobody has read yet. Putting never blocks, since it is done by a vCPU: what does not
 * fit is lost and counted, as on a real serial line.
 */
final class OutputBuffer extends InputStream {
  private static final int FIRST_CAPACITY = 4096;

  private final int limit;
  private byte[] ring = new byte[FIRST_CAPACITY];
  private int start;
  private int size;
  private long lost;
  private @Nullable TokenBucket bucket;
  private long overLimit;
  private boolean ended;

  /**
   * Makes an empty buffer.
   *
   * @param limit the most bytes it holds
   */
  OutputBuffer(int limit) {
    this.limit = limit;
  }

  /** Adds one byte; it is lost if the buffer is full or closed. */
  synchronized void put(int value) {
    if (ended) {
      return;
    }
    if (bucket != null && bucket.take(1, System.nanoTime()) != 0) {
      overLimit++;
      return;
    }
    if (size == ring.length) {
      if (size >= limit) {
        lost++;
        return;
      }
      grow();
    }
    ring[(start + size) % ring.length] = (byte) value;
    size++;
    notifyAll();
  }

  private void grow() {
    byte[] larger = new byte[Math.min(limit, ring.length * 2)];
    int first = Math.min(size, ring.length - start);
    System.arraycopy(ring, start, larger, 0, first);
    System.arraycopy(ring, 0, larger, first, size - first);
    ring = larger;
    start = 0;
  }

  /** Limits the bytes that are taken: what is over the limit is lost. */
  synchronized void limit(TokenBucketConfig limit) {
    bucket = limit.bucket(System.nanoTime());
  }

  /** How many bytes were over the limit. */
  synchronized long overLimit() {
    return overLimit;
  }

  /** How many bytes were lost. */
  synchronized long lost() {
    return lost;
  }

  /** No more bytes will come: readers see the end after what is there. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public synchronized int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    while (size == 0) {
      if (ended) {
        return -1;
      }
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new java.io.InterruptedIOException("interrupted while waiting for the guest's output");
      }
    }
    int count = Math.min(length, size);
    for (int i = 0; i < count; i++) {
      target[offset + i] = ring[start];
      start = (start + 1) % ring.length;
    }
    size -= count;
    return count;
  }

  @Override
  public synchronized int available() {
    return size;
  }
}
