package dev.portfire.machine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Guest-physical RAM: one host segment, seen by the guest as {@code [0, 3 GiB)} and, for what is left, from 4 GiB up.
 *
 * <p>Every access is checked against the RAM that exists; accesses are little-endian and may be unaligned. Devices and
 * loaders use the accessors below. A CPU back end may read and write {@link #host()} directly at {@link #hostOffset},
 * and registers a {@link WriteObserver} to learn of the writes that others make.
 */
public final class GuestMemory implements AutoCloseable {
  /** Where the hole for memory-mapped devices starts: 3 GiB. */
  public static final long GAP_START = 0xc000_0000L;

  /** Where RAM goes on after the hole: 4 GiB. */
  public static final long GAP_END = 0x1_0000_0000L;

  /** Bytes in a page. */
  public static final int PAGE_SIZE = 4096;

  private static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG = JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Is told of every write made through this object's accessors, after it happened. */
  @FunctionalInterface
  public interface WriteObserver {
    /** {@code length} bytes at guest-physical {@code address} have changed. */
    void written(long address, long length);
  }

  private final MemorySegment host;
  private final Arena arena;
  private final long size;
  private final long lowSize;
  private final CopyOnWriteArrayList<WriteObserver> observers = new CopyOnWriteArrayList<>();
  private List<Range> readOnly = List.of();

  /**
   * A piece of RAM.
   *
   * @param address guest-physical, a multiple of 4096
   * @param length in bytes, a positive multiple of 4096
   */
  public record Range(long address, long length) {
    boolean overlaps(Range other) {
      return address < other.address + other.length && other.address < address + length;
    }
  }

  private GuestMemory(MemorySegment host, Arena arena) {
    this.host = host;
    this.arena = arena;
    this.size = host.byteSize();
    this.lowSize = Math.min(size, GAP_START);
  }

  /**
   * Allocates zeroed guest memory.
   *
   * @param size bytes, a positive multiple of 4096
   * @throws IllegalArgumentException for another size
   * @throws OutOfMemoryError when the host cannot give it
   */
  public static GuestMemory allocate(long size) {
    if (size <= 0 || size % PAGE_SIZE != 0) {
      throw new IllegalArgumentException("guest memory must be a positive multiple of 4096 bytes, not " + size);
    }
    Arena arena = Arena.ofShared();
    return new GuestMemory(arena.allocate(size, PAGE_SIZE), arena);
  }

  /**
   * Takes over memory mapped elsewhere; closing this object closes the arena.
   *
   * @param host the bytes, a multiple of 4096
   * @param arena the arena that owns them
   */
  public static GuestMemory of(MemorySegment host, Arena arena) {
    return new GuestMemory(host, arena);
  }

  /** Total RAM in bytes. */
  public long size() {
    return size;
  }

  /** Bytes of RAM below the hole. */
  public long lowSize() {
    return lowSize;
  }

  /** The host segment that holds all RAM, low part first. */
  public MemorySegment host() {
    return host;
  }

  /** The offset in {@link #host()} of a guest-physical address, or −1 if there is no RAM. */
  public long hostOffset(long address) {
    if (Long.compareUnsigned(address, lowSize) < 0) {
      return address;
    }
    long high = address - GAP_END;
    return high >= 0 && high < size - lowSize ? high + lowSize : -1;
  }

  /** The guest-physical address of an offset in {@link #host()}. */
  public long guestAddress(long hostOffset) {
    return hostOffset < lowSize ? hostOffset : hostOffset - lowSize + GAP_END;
  }

  /** Whether {@code [address, address + length)} is RAM, all of it and in one piece. */
  public boolean contains(long address, long length) {
    if (length < 0) {
      return false;
    }
    if (address >= 0 && address <= lowSize) {
      return length <= lowSize - address;
    }
    long high = address - GAP_END;
    long highSize = size - lowSize;
    return high >= 0 && high <= highSize && length <= highSize - high;
  }

  /**
   * Makes a piece of RAM read-only for the guest, as firmware is: it reads and executes it, and what it writes there goes to
   * the bus of memory-mapped devices (KVM_MEM_READONLY of KVM's api.rst). Writes through this object are not affected. To be
   * called before a machine is made of this memory.
   *
   * @param address guest-physical, a multiple of 4096
   * @param length in bytes, a positive multiple of 4096
   * @throws IllegalArgumentException if that is not a piece of RAM, or overlaps one that is read-only
   */
  public void setReadOnly(long address, long length) {
    Range range = new Range(address, length);
    if (length <= 0 || (address | length) % PAGE_SIZE != 0 || !contains(address, length)) {
      throw new IllegalArgumentException("no whole pages of RAM: 0x%x+0x%x".formatted(address, length));
    }
    for (Range other : readOnly) {
      if (range.overlaps(other)) {
        throw new IllegalArgumentException("0x%x+0x%x is read-only already, in part".formatted(address, length));
      }
    }
    List<Range> all = new ArrayList<>(readOnly);
    all.add(range);
    all.sort(Comparator.comparingLong(Range::address));
    readOnly = List.copyOf(all);
  }

  /** The pieces of RAM that the guest cannot write, in the order of their addresses. */
  public List<Range> readOnly() {
    return readOnly;
  }

  /** The offset in {@link #host()} of a guest-physical address that the guest may write, or −1 if there is none. */
  public long writableOffset(long address) {
    List<Range> ranges = readOnly;
    for (int k = 0; k < ranges.size(); k++) {
      Range range = ranges.get(k);
      if (address - range.address >= 0 && address - range.address < range.length) {
        return -1;
      }
    }
    return hostOffset(address);
  }

  /** Registers an observer of writes. */
  public void observeWrites(WriteObserver observer) {
    observers.add(observer);
  }

  private long check(long address, long length) {
    if (!contains(address, length)) {
      throw new GuestAddressException(address, length);
    }
    return address < GAP_START ? address : address - GAP_END + lowSize;
  }

  private void notifyWritten(long address, long length) {
    for (WriteObserver observer : observers) {
      observer.written(address, length);
    }
  }

  /** Reads one byte, zero-extended. */
  public int readByte(long address) {
    return host.get(JAVA_BYTE, check(address, 1)) & 0xff;
  }

  /** Reads two bytes, zero-extended. */
  public int readShort(long address) {
    return host.get(SHORT, check(address, 2)) & 0xffff;
  }

  /** Reads four bytes. */
  public int readInt(long address) {
    return host.get(INT, check(address, 4));
  }

  /** Reads eight bytes. */
  public long readLong(long address) {
    return host.get(LONG, check(address, 8));
  }

  /** Writes one byte. */
  public void writeByte(long address, int value) {
    host.set(JAVA_BYTE, check(address, 1), (byte) value);
    notifyWritten(address, 1);
  }

  /** Writes two bytes. */
  public void writeShort(long address, int value) {
    host.set(SHORT, check(address, 2), (short) value);
    notifyWritten(address, 2);
  }

  /** Writes four bytes. */
  public void writeInt(long address, int value) {
    host.set(INT, check(address, 4), value);
    notifyWritten(address, 4);
  }

  /** Writes eight bytes. */
  public void writeLong(long address, long value) {
    host.set(LONG, check(address, 8), value);
    notifyWritten(address, 8);
  }

  /** Copies guest memory into an array. */
  public void read(long address, byte[] target, int offset, int length) {
    MemorySegment.copy(host, JAVA_BYTE, check(address, length), target, offset, length);
  }

  /** Copies an array into guest memory. */
  public void write(long address, byte[] source, int offset, int length) {
    MemorySegment.copy(source, offset, host, JAVA_BYTE, check(address, length), length);
    notifyWritten(address, length);
  }

  /** Copies a whole array into guest memory. */
  public void write(long address, byte[] source) {
    write(address, source, 0, source.length);
  }

  /** Fills guest memory with one byte value. */
  public void fill(long address, long length, byte value) {
    host.asSlice(check(address, length), length).fill(value);
    notifyWritten(address, length);
  }

  /**
   * The host bytes behind {@code [address, address + length)}, for bulk I/O. Whoever writes into them calls {@link
   * #markWritten} afterwards.
   */
  public MemorySegment slice(long address, long length) {
    return host.asSlice(check(address, length), length);
  }

  /** Tells observers of a write made through {@link #slice}. */
  public void markWritten(long address, long length) {
    check(address, length);
    notifyWritten(address, length);
  }

  /** Gives the memory back to the host; any later access fails. */
  @Override
  public void close() {
    arena.close();
  }
}
