package dev.portfire.inspect.perf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Little-endian numbers in words of eight bytes, as records of events consist of them. A word is an element of an array to the JVM, so
 * these are fast from the first record on, before anything is compiled.
 */
final class Words {
  /** Where a record's size is in its first word. */
  static final int SIZE_SHIFT = 48;

  private Words() {}

  /** How many bytes a record has, from the first word of it. */
  static int size(long header) {
    return (int) (header >>> SIZE_SHIFT);
  }

  /**
   * An unsigned number.
   *
   * @param at its first byte, which may be anywhere in a word
   * @param size 0 to 8 bytes
   */
  static long number(long[] words, int at, int size) {
    if (size == 0) {
      return 0;
    }
    int shift = (at & 7) << 3;
    int bits = size << 3;
    long value = words[at >>> 3] >>> shift;
    if (shift + bits > Long.SIZE) {
      value |= words[(at >>> 3) + 1] << -shift;
    }
    return value & -1L >>> -bits;
  }

  /** The bytes of some words. */
  static byte[] bytes(long[] words, int from, int to) {
    byte[] bytes = new byte[to - from << 3];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(words, from, to - from);
    return bytes;
  }
}
