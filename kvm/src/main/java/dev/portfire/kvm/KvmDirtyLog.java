package dev.portfire.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.portfire.linux.Descriptor;
import dev.portfire.machine.DirtyLog;
import dev.portfire.machine.GuestMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A machine's memory slots, and KVM's record of the pages that the guest wrote (KVM_GET_DIRTY_LOG). Read-only pieces of memory
 * have slots of their own (KVM_MEM_READONLY).
 */
final class KvmDirtyLog implements DirtyLog {
  /**
   * One slot; its number is its place in the list.
   *
   * @param address guest-physical
   * @param length in bytes
   */
  private record Slot(long address, long length, boolean readOnly) {}

  private final Descriptor vm;
  private final GuestMemory memory;
  private final List<Slot> slots;
  private final BitSet byDevices = new BitSet();
  private volatile boolean recording;
  private boolean closed;

  KvmDirtyLog(Descriptor vm, GuestMemory memory) {
    this.vm = vm;
    this.memory = memory;
    slots = slots(memory);
    memory.observeWrites(this::written);
  }

  private static List<Slot> slots(GuestMemory memory) {
    List<Slot> all = new ArrayList<>();
    cut(all, memory, 0, memory.lowSize());
    cut(all, memory, GuestMemory.GAP_END, memory.highSize());
    cut(all, memory, GuestMemory.DEVICE_START, memory.deviceSize());
    return List.copyOf(all);
  }

  private static void cut(List<Slot> all, GuestMemory memory, long address, long length) {
    long at = address;
    long end = address + length;
    for (GuestMemory.Range range : memory.readOnly()) {
      if (range.address() < at || range.address() >= end) {
        continue;
      }
      if (range.address() > at) {
        all.add(new Slot(at, range.address() - at, false));
      }
      all.add(new Slot(range.address(), range.length(), true));
      at = range.address() + range.length();
    }
    if (at < end) {
      all.add(new Slot(at, end - at, false));
    }
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
    for (int number = 0; number < slots.size(); number++) {
      Slot slot = slots.get(number);
      if (slot.readOnly) {
        // Its flag cannot be changed later, and the guest does not write to it.
        setSlot(number, slot, Layouts.MEM_READONLY);
      } else {
        setSlot(number, slot, log ? Layouts.MEM_LOG_DIRTY_PAGES : 0);
      }
    }
  }

  private void setSlot(int number, Slot slot, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment region = arena.allocate(Layouts.MEMORY_REGION_SIZE, 8);
      region.set(JAVA_INT, 0, number);
      region.set(JAVA_INT, Layouts.MEMORY_REGION_FLAGS, flags);
      region.set(JAVA_LONG, Layouts.MEMORY_REGION_ADDRESS, slot.address);
      region.set(JAVA_LONG, Layouts.MEMORY_REGION_LENGTH, slot.length);
      region.set(JAVA_LONG, Layouts.MEMORY_REGION_HOST, memory.host().address() + memory.mappedOffset(slot.address));
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
    for (int number = 0; number < slots.size(); number++) {
      if (!slots.get(number).readOnly) {
        take(number, slots.get(number), dirty);
      }
    }
    return dirty;
  }

  private void take(int number, Slot slot, BitSet dirty) {
    try (Arena arena = Arena.ofConfined()) {
      int words = (int) ((slot.length / GuestMemory.PAGE_SIZE + 63) / 64);
      MemorySegment bitmap = arena.allocate(8L * words, 8);
      MemorySegment log = arena.allocate(Layouts.DIRTY_LOG_SIZE, 8);
      log.set(JAVA_INT, 0, number);
      log.set(JAVA_LONG, Layouts.DIRTY_LOG_BITMAP, bitmap.address());
      Calls.make(vm, Request.GET_DIRTY_LOG, log);
      int first = page(memory.mappedOffset(slot.address));
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
