package dev.portfire.softcpu;

import dev.portfire.machine.DirtyLog;
import dev.portfire.machine.GuestMemory;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The pages that the software CPUs and the devices wrote.
 *
 * <p>While it records, a page that is clean is absent from every write TLB, so that the first write to it is seen; the pages
 * are marked before or after the write, but in the same instruction.
 */
final class SoftDirtyLog implements DirtyLog {
  /** Makes every vCPU drop its write translations; what it executes when this returns looks here again. */
  @FunctionalInterface
  interface Flush {
    void flushWrites();
  }

  private final AtomicLongArray dirty;
  private volatile boolean recording;
  private volatile Flush flush = () -> {};

  SoftDirtyLog(GuestMemory memory) {
    dirty = new AtomicLongArray(Math.toIntExact((memory.size() / GuestMemory.PAGE_SIZE + 63) / 64));
  }

  void flushBy(Flush newFlush) {
    flush = newFlush;
  }

  /** Whether the next write to a page must be told. */
  boolean wants(int page) {
    return recording && (dirty.get(page >>> 6) & 1L << page) == 0;
  }

  /** A page was written, or is about to be by the instruction that executes. */
  void mark(int page) {
    if (wants(page)) {
      dirty.getAndUpdate(page >>> 6, word -> word | 1L << page);
    }
  }

  @Override
  public synchronized void start() {
    if (!recording) {
      clear();
      recording = true;
      flush.flushWrites();
    }
  }

  @Override
  public synchronized BitSet takeDirtyPages() {
    if (!recording) {
      throw new IllegalStateException("written pages are not recorded: start the dirty log first");
    }
    BitSet pages = clear();
    // A write that still goes through an old translation is to a page that is among these, and done when this returns.
    flush.flushWrites();
    return pages;
  }

  private BitSet clear() {
    BitSet pages = new BitSet();
    for (int word = 0; word < dirty.length(); word++) {
      for (long bits = dirty.getAndSet(word, 0); bits != 0; bits &= bits - 1) {
        pages.set(word * 64 + Long.numberOfTrailingZeros(bits));
      }
    }
    return pages;
  }

  @Override
  public synchronized void stop() {
    recording = false;
  }
}
