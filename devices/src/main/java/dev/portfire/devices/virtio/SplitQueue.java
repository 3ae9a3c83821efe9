package dev.portfire.devices.virtio;

import dev.portfire.machine.GuestMemory;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The device side of a split virtqueue (virtio 1.2, 2.7). It knows nothing of how a driver notifies it or is
 * interrupted.
 *
 * <p>Everything the driver wrote is read once, at access, and checked then: the driver may change it at any time.
 */
public final class SplitQueue {
  /** The largest queue that a device offers, in descriptors. */
  public static final int MAX_SIZE = 256;

  private static final int DESCRIPTOR_BYTES = 16;
  private static final int USED_ELEMENT_BYTES = 8;
  private static final int RING_HEADER = 4;
  private static final int FLAG_NEXT = 1;
  private static final int FLAG_WRITE = 2;
  private static final int AVAIL_NO_INTERRUPT = 1;

  private final GuestMemory memory;
  private final int maxSize;
  private int size;
  private boolean ready;
  private long descriptors;
  private long available;
  private long used;
  private boolean eventIndex;
  private int nextAvailable;
  private int nextUsed;

  /** The used index when the driver was last told of it. */
  private int signalled;

  /** Whether the next chain has a head that cannot be: the queue looks empty until it is reset. */
  private boolean stalled;

  /** Whether the driver has to be told whatever its event index says: nothing was told yet. */
  private boolean signalledNever = true;

  /**
   * Everything that survives a snapshot.
   *
   * @param size in descriptors
   * @param ready whether the driver enabled it
   * @param descriptors guest-physical address of the descriptor table
   * @param available of the available ring
   * @param used of the used ring
   * @param nextAvailable free-running index of the next available entry to take
   * @param nextUsed free-running index of the next used entry to write
   */
  public record State(
      int size, boolean ready, long descriptors, long available, long used, int nextAvailable, int nextUsed) {}

  /**
   * Makes a queue as it is after a reset.
   *
   * @param maxSize the size offered: a power of two up to 256
   */
  public SplitQueue(GuestMemory memory, int maxSize) {
    if (maxSize < 1 || maxSize > MAX_SIZE || Integer.bitCount(maxSize) != 1) {
      throw new IllegalArgumentException("queue size must be a power of two up to 256, not " + maxSize);
    }
    this.memory = memory;
    this.maxSize = maxSize;
    this.size = maxSize;
  }

  void reset() {
    size = maxSize;
    ready = false;
    descriptors = 0;
    available = 0;
    used = 0;
    eventIndex = false;
    nextAvailable = 0;
    nextUsed = 0;
    signalled = 0;
    signalledNever = true;
    stalled = false;
  }

  int maxSize() {
    return maxSize;
  }

  int size() {
    return size;
  }

  void setSize(int value) {
    size = value;
  }

  boolean ready() {
    return ready;
  }

  void setReady(boolean value) {
    ready = value;
  }

  long descriptors() {
    return descriptors;
  }

  void setDescriptors(long value) {
    descriptors = value;
  }

  long available() {
    return available;
  }

  void setAvailable(long value) {
    available = value;
  }

  long used() {
    return used;
  }

  void setUsed(long value) {
    used = value;
  }

  /** An address with other low 32 bits. */
  static long low(long address, long bits) {
    return (address & ~0xffff_ffffL) | bits;
  }

  /** An address with other high 32 bits. */
  static long high(long address, long bits) {
    return (address & 0xffff_ffffL) | bits << 32;
  }

  void setEventIndex(boolean value) {
    eventIndex = value;
  }

  /** Whether size, alignment and place of the rings are good (virtio 1.2, 2.7); asked at activation. */
  boolean valid() {
    return size >= 1
        && size <= maxSize
        && Integer.bitCount(size) == 1
        && (descriptors & 15) == 0
        && (available & 1) == 0
        && (used & 3) == 0
        && memory.contains(descriptors, (long) size * DESCRIPTOR_BYTES)
        && memory.contains(available, RING_HEADER + 2L * size + 2)
        && memory.contains(used, RING_HEADER + (long) size * USED_ELEMENT_BYTES + 2);
  }

  /** The number of chains that wait. */
  private int waiting() {
    int index = memory.readShort(available + 2);
    int count = (index - nextAvailable) & 0xffff;
    if (count > size) {
      throw new QueueException("the driver's available index %d is ahead of %d by more than the queue's size %d"
          .formatted(index, nextAvailable, size));
    }
    return count;
  }

  /** Whether {@link #pop} would find something. */
  public boolean hasAvailable() {
    return ready && !stalled && waiting() > 0;
  }

  /**
   * Takes the next available chain.
   *
   * @return the chain, or {@code null} if there is none. A chain whose first descriptor does not exist is not taken:
   *     the queue then looks empty until it is reset. A chain that leads to a descriptor that does not exist ends
   *     there.
   * @throws QueueException if the driver's index is impossible
   */
  public @Nullable Chain pop() {
    if (!ready || stalled || waiting() == 0) {
      return null;
    }
    // The entry must not be read before the index that published it.
    VarHandle.acquireFence();
    int head = memory.readShort(available + RING_HEADER + 2L * (nextAvailable & (size - 1)));
    if (head >= size) {
      stalled = true;
      return null;
    }
    List<Chain.Buffer> buffers = new ArrayList<>(4);
    int index = head;
    // As many steps as descriptors exist: a loop ends.
    for (int steps = 0; steps < size; steps++) {
      long descriptor = descriptors + (long) index * DESCRIPTOR_BYTES;
      long address = memory.readLong(descriptor);
      long lengthFlagsNext = memory.readLong(descriptor + 8);
      int flags = (int) (lengthFlagsNext >>> 32) & 0xffff;
      int next = (int) (lengthFlagsNext >>> 48);
      boolean more = (flags & FLAG_NEXT) != 0;
      if (more && next >= size) {
        if (index == head) {
          stalled = true;
          return null;
        }
        break;
      }
      buffers.add(new Chain.Buffer(address, lengthFlagsNext & 0xffff_ffffL, (flags & FLAG_WRITE) != 0));
      if (!more) {
        break;
      }
      index = next;
    }
    nextAvailable = (nextAvailable + 1) & 0xffff;
    return new Chain(head, buffers);
  }

  /** Puts the chain that {@link #pop} gave last back: the next call gives it again. */
  public void undoPop() {
    nextAvailable = (nextAvailable - 1) & 0xffff;
  }

  /**
   * Returns a chain to the driver.
   *
   * @param written how many bytes the device wrote into its writable buffers
   */
  public void push(Chain chain, long written) {
    long element = used + RING_HEADER + (long) (nextUsed & (size - 1)) * USED_ELEMENT_BYTES;
    memory.writeInt(element, chain.head());
    memory.writeInt(element + 4, (int) written);
    nextUsed = (nextUsed + 1) & 0xffff;
    // The element and the buffers must be visible before the index that publishes them.
    VarHandle.releaseFence();
    memory.writeShort(used + 2, nextUsed);
  }

  /** Whether the driver wants an interrupt for what was pushed since the last call (virtio 1.2, 2.7.7). */
  public boolean needsInterrupt() {
    // The driver publishes its wish, then looks at the used index; we do the reverse.
    VarHandle.fullFence();
    int before = signalled;
    boolean first = signalledNever;
    if (!first && before == nextUsed) {
      return false;
    }
    if (first && nextUsed == 0) {
      return false;
    }
    signalled = nextUsed;
    signalledNever = false;
    if (eventIndex) {
      int event = memory.readShort(available + RING_HEADER + 2L * size);
      return first || ((nextUsed - event - 1) & 0xffff) < ((nextUsed - before) & 0xffff);
    }
    return (memory.readShort(available) & AVAIL_NO_INTERRUPT) == 0;
  }

  /**
   * Asks the driver to notify when it makes the next chain available.
   *
   * @return whether chains came in meanwhile, for which no notification need come: look again
   */
  public boolean enableNotification() {
    // Whoever looks again after true must find something, or a broken queue makes the device spin.
    if (!ready || stalled) {
      return false;
    }
    if (eventIndex) {
      memory.writeShort(used + RING_HEADER + (long) size * USED_ELEMENT_BYTES, nextAvailable);
      VarHandle.fullFence();
    }
    return waiting() > 0;
  }

  /**
   * Asks the driver to notify when it makes more chains available than there are now, which are too few.
   *
   * @return whether more came meanwhile, for which no notification need come: look again
   */
  public boolean enableNotificationOfMore() {
    if (!ready || stalled) {
      return false;
    }
    int known = waiting();
    if (eventIndex) {
      memory.writeShort(used + RING_HEADER + (long) size * USED_ELEMENT_BYTES, (nextAvailable + known) & 0xffff);
      VarHandle.fullFence();
    }
    return waiting() > known;
  }

  State save() {
    return new State(size, ready, descriptors, available, used, nextAvailable, nextUsed);
  }

  void restore(State state) {
    size = state.size;
    ready = state.ready;
    descriptors = state.descriptors;
    available = state.available;
    used = state.used;
    nextAvailable = state.nextAvailable & 0xffff;
    nextUsed = state.nextUsed & 0xffff;
    signalled = nextUsed;
    stalled = false;
    // One interrupt too many is harmless, one too few is not.
    signalledNever = true;
    if (ready) {
      if (!valid()) {
        throw new IllegalArgumentException("a saved queue is not in this machine's memory");
      }
      try {
        int unused = waiting();
      } catch (QueueException e) {
        throw new IllegalArgumentException("a saved queue is inconsistent: " + e.getMessage(), e);
      }
    }
  }
}
