package dev.portfire.devices.pci;

import java.util.Arrays;

/**
 * The bytes of a type 0 configuration space (PCI Local Bus 3.0, 6.1), with a mask of the bits that can be written. Not
 * thread-safe.
 */
public final class ConfigSpace {
  /** Bytes in it; the extended space behind is empty. */
  public static final int LENGTH = 256;

  /** Offset of the first base address register. */
  public static final int BAR = 0x10;

  /** Offset of the pointer to the first capability. */
  public static final int CAPABILITIES = 0x34;

  private static final int COMMAND = 4;
  private static final int STATUS = 6;
  private static final int CACHE_LINE = 0xc;
  private static final int SUBSYSTEM = 0x2c;
  private static final int INTERRUPT_LINE = 0x3c;
  private static final int COMMAND_BITS = 0x7;
  private static final int STATUS_CAPABILITIES = 0x10;

  private final byte[] bytes = new byte[LENGTH];
  private final byte[] writable = new byte[LENGTH];

  /**
   * Makes a space.
   *
   * @param ids vendor in the low, device in the high 16 bits; the subsystem's are the same
   * @param classRevision revision in the lowest byte, then interface, subclass and class
   */
  public ConfigSpace(int ids, int classRevision) {
    put(0, 4, ids);
    put(8, 4, classRevision);
    put(SUBSYSTEM, 4, ids);
    mask(COMMAND, 2, COMMAND_BITS);
    mask(CACHE_LINE, 1, 0xff);
    mask(INTERRUPT_LINE, 1, 0xff);
  }

  /** Sets what is read at a place. */
  public void put(int at, int size, int value) {
    for (int i = 0; i < size; i++) {
      bytes[at + i] = (byte) (value >>> (8 * i));
    }
  }

  /** Sets which bits at a place can be written. */
  public void mask(int at, int size, int bits) {
    for (int i = 0; i < size; i++) {
      writable[at + i] = (byte) (bits >>> (8 * i));
    }
  }

  /** Says that there is a list of capabilities. */
  public void capabilities(int first) {
    put(CAPABILITIES, 1, first);
    put(STATUS, 2, STATUS_CAPABILITIES);
  }

  /** Reads; behind the end is nothing. */
  public int read(int register, int size) {
    int value = 0;
    for (int i = 0; i < size && register + i < LENGTH; i++) {
      value |= (bytes[register + i] & 0xff) << (8 * i);
    }
    return value;
  }

  /** Writes the bits that can be written. */
  public void write(int register, int size, int value) {
    for (int i = 0; i < size && register + i < LENGTH; i++) {
      int at = register + i;
      bytes[at] = (byte) (bytes[at] & ~writable[at] | value >>> (8 * i) & writable[at]);
    }
  }

  /** Whether the function answers to memory addresses. */
  public boolean memoryEnabled() {
    return (bytes[COMMAND] & 2) != 0;
  }

  /** A copy of all bytes. */
  public byte[] save() {
    return bytes.clone();
  }

  /**
   * Replaces what can be written.
   *
   * @throws IllegalArgumentException if these are no 256 bytes
   */
  public void restore(byte[] saved) {
    if (saved.length != LENGTH) {
      throw new IllegalArgumentException("a configuration space has 256 bytes, not " + saved.length);
    }
    for (int at = 0; at < LENGTH; at++) {
      bytes[at] = (byte) (bytes[at] & ~writable[at] | saved[at] & writable[at]);
    }
  }

  @Override
  public String toString() {
    return Arrays.toString(bytes);
  }
}
