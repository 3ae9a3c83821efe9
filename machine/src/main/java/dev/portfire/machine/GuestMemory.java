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
 * Guest-physical RAM: one host segment, seen by the guest as {@code [0, 3 GiB)} and, for what is left, from 4 GiB up. Behind
 * that may be memory of devices, from 512 GiB up: files, and memory that is plugged in later.
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

  /** Where the memory of devices is: 512 GiB. */
  public static final long DEVICE_START = 0x80_0000_0000L;

  /** What memory of devices comes and goes by: 2 MiB. */
  public static final long DEVICE_GRANULE = 2 << 20;

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
  private final long ramSize;

  /** A bit for each granule of the devices' memory that is not there; replaced as a whole. */
  private volatile long[] absent;
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

  private GuestMemory(MemorySegment host, Arena arena, long ramSize) {
    this.host = host;
    this.arena = arena;
    this.size = host.byteSize();
    this.ramSize = ramSize;
    this.lowSize = Math.min(ramSize, GAP_START);
    this.absent = new long[Math.toIntExact((size - ramSize) / DEVICE_GRANULE / Long.SIZE) + 1];
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
    return new GuestMemory(arena.allocate(size, PAGE_SIZE), arena, size);
  }

  /**
   * Takes over memory mapped elsewhere; closing this object closes the arena.
   *
   * @param host the bytes, a multiple of 4096
   * @param arena the arena that owns them
   */
  public static GuestMemory of(MemorySegment host, Arena arena) {
    return new GuestMemory(host, arena, host.byteSize());
  }

  /**
   * Takes over memory mapped elsewhere, some of it for devices; closing this object closes the arena.
   *
   * @param host the bytes: RAM, a multiple of 4096, then the memory of devices, a multiple of 2 MiB
   * @param arena the arena that owns them
   * @param ramSize bytes of RAM
   */
  public static GuestMemory of(MemorySegment host, Arena arena, long ramSize) {
    if (ramSize <= 0 || ramSize % PAGE_SIZE != 0 || (host.byteSize() - ramSize) % DEVICE_GRANULE != 0) {
      throw new IllegalArgumentException("%d bytes of RAM of %d".formatted(ramSize, host.byteSize()));
    }
    return new GuestMemory(host, arena, ramSize);
  }

  /** Bytes behind {@link #host()}: RAM, and memory of devices whether it is there or not. */
  public long size() {
    return size;
  }

  /** Bytes of RAM that the machine has from the start. */
  public long ramSize() {
    return ramSize;
  }

  /** Bytes of RAM above the hole. */
  public long highSize() {
    return ramSize - lowSize;
  }

  /** Bytes of the devices' memory, whether they are there or not. */
  public long deviceSize() {
    return size - ramSize;
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
    if (high >= 0 && high < ramSize - lowSize) {
      return high + lowSize;
    }
    return isPresent(address - DEVICE_START, 1) ? address - DEVICE_START + ramSize : -1;
  }

  /** Whether a piece of the devices' memory is all there. */
  private boolean isPresent(long offset, long length) {
    long limit = size - ramSize;
    if (offset < 0 || offset > limit || length > limit - offset) {
      return false;
    }
    long[] bits = absent;
    for (long granule = offset / DEVICE_GRANULE; granule * DEVICE_GRANULE < offset + length; granule++) {
      if ((bits[(int) (granule / Long.SIZE)] & 1L << granule) != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Says whether a piece of the devices' memory is there; all is until this is called. A back end may have handed out
   * translations before, and KVM maps all of it: this keeps devices and new translations out.
   *
   * @param address guest-physical, at a multiple of 2 MiB of the devices' memory
   * @param length a multiple of 2 MiB
   */
  public synchronized void setPresent(long address, long length, boolean present) {
    long offset = address - DEVICE_START;
    if (offset < 0 || length < 0 || length > size - ramSize - offset || (offset | length) % DEVICE_GRANULE != 0) {
      throw new IllegalArgumentException("no memory of devices: 0x%x+0x%x".formatted(address, length));
    }
    long[] bits = absent.clone();
    for (long granule = offset / DEVICE_GRANULE; granule < (offset + length) / DEVICE_GRANULE; granule++) {
      int word = (int) (granule / Long.SIZE);
      bits[word] = present ? bits[word] & ~(1L << granule) : bits[word] | 1L << granule;
    }
    absent = bits;
  }

  /** The offset in {@link #host()} of an address that is RAM or belongs to the devices' memory, there or not. */
  public long mappedOffset(long address) {
    if (address >= DEVICE_START && address - DEVICE_START < size - ramSize) {
      return address - DEVICE_START + ramSize;
    }
    return hostOffset(address);
  }

  /** The guest-physical address of an offset in {@link #host()}. */
  public long guestAddress(long hostOffset) {
    if (hostOffset >= ramSize) {
      return hostOffset - ramSize + DEVICE_START;
    }
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
    long highSize = ramSize - lowSize;
    if (high >= 0 && high <= highSize && length <= highSize - high) {
      return true;
    }
    return address >= DEVICE_START && isPresent(address - DEVICE_START, length);
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
    if (address < GAP_START) {
      return address;
    }
    return address < DEVICE_START ? address - GAP_END + lowSize : address - DEVICE_START + ramSize;
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
