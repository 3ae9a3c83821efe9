package dev.portfire.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.portfire.linux.Descriptor;
import dev.portfire.machine.DirtyLog;
import dev.portfire.machine.GuestMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/** A machine's memory slots, and KVM's record of the pages that the guest wrote (KVM_GET_DIRTY_LOG). */
final class KvmDirtyLog implements DirtyLog {
  private static final int LOW_SLOT = 0;
  private static final int HIGH_SLOT = 1;

  private final Descriptor vm;
  private final GuestMemory memory;
  private final BitSet byDevices = new BitSet();
  private volatile boolean recording;
  private boolean closed;

  KvmDirtyLog(Descriptor vm, GuestMemory memory) {
    this.vm = vm;
    this.memory = memory;
    memory.observeWrites(this::written);
  }

  private void written(long address, long length) {
    if (recording && length > 0) {
      long at = memory.hostOffset(address);
      synchronized (byDevices) {
        byDevices.set(page(at), page(at + length - 1) + 1);
      }
    }
  }

  private static int page(long offset) {
    return (int) (offset / GuestMemory.PAGE_SIZE);
  }

  /** Gives the machine its memory, or changes whether writes to it are recorded. */
  void setSlots(boolean log) {
    long low = memory.lowSize();
    setSlot(LOW_SLOT, 0, 0, low, log);
    if (memory.size() > low) {
      setSlot(HIGH_SLOT, GuestMemory.GAP_END, low, memory.size() - low, log);
    }
  }

  private void setSlot(int slot, long address, long offset, long length, boolean log) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment region = arena.allocate(Layouts.MEMORY_REGION_SIZE, 8);
      region.set(JAVA_INT, 0, slot);
      region.set(JAVA_INT, Layouts.MEMORY_REGION_FLAGS, log ? Layouts.MEM_LOG_DIRTY_PAGES : 0);
      region.set(JAVA_LONG, Layouts.MEMORY_REGION_ADDRESS, address);
      region.set(JAVA_LONG, Layouts.MEMORY_REGION_LENGTH, length);
      region.set(JAVA_LONG, Layouts.MEMORY_REGION_HOST, memory.host().address() + offset);
      Calls.make(vm, Request.SET_USER_MEMORY_REGION, region);
    }
  }

  @Override
  public synchronized void start() {
    if (!recording && !closed) {
      synchronized (byDevices) {
        byDevices.clear();
      }
      setSlots(true);
      recording = true;
    }
  }

  @Override
  public synchronized BitSet takeDirtyPages() {
    if (!recording) {
      throw new IllegalStateException("written pages are not recorded: start the dirty log first");
    }
    BitSet dirty;
    synchronized (byDevices) {
      dirty = (BitSet) byDevices.clone();
      byDevices.clear();
    }
    take(LOW_SLOT, 0, memory.lowSize(), dirty);
    if (memory.size() > memory.lowSize()) {
      take(HIGH_SLOT, memory.lowSize(), memory.size() - memory.lowSize(), dirty);
    }
    return dirty;
  }

  private void take(int slot, long offset, long length, BitSet dirty) {
    try (Arena arena = Arena.ofConfined()) {
      int words = (int) ((length / GuestMemory.PAGE_SIZE + 63) / 64);
      MemorySegment bitmap = arena.allocate(8L * words, 8);
      MemorySegment log = arena.allocate(Layouts.DIRTY_LOG_SIZE, 8);
      log.set(JAVA_INT, 0, slot);
      log.set(JAVA_LONG, Layouts.DIRTY_LOG_BITMAP, bitmap.address());
      Calls.make(vm, Request.GET_DIRTY_LOG, log);
      int first = page(offset);
      for (int k = 0; k < words; k++) {
        for (long word = bitmap.getAtIndex(JAVA_LONG, k); word != 0; word &= word - 1) {
          dirty.set(first + k * 64 + Long.numberOfTrailingZeros(word));
        }
      }
    }
  }

  @Override
  public synchronized void stop() {
    if (recording && !closed) {
      recording = false;
      setSlots(false);
    }
  }

  synchronized void close() {
    closed = true;
    recording = false;
  }
}
