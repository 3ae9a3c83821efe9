package dev.portfire.inspect.perf;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads little-endian numbers and strings out of bytes, and never beyond their end. Byte by byte: that costs nothing for the little that is
 * read so, and a VarHandle a short program some milliseconds to link.
 */
final class Cursor {
  private final String what;
  private byte[] bytes;
  private int at;
  private int end;

  /**
   * Makes one.
   *
   * @param what the bytes are, for errors
   */
  Cursor(byte[] bytes, String what) {
    this(bytes, 0, bytes.length, what);
  }

  Cursor(byte[] bytes, int from, int end, String what) {
    this.what = what;
    this.bytes = bytes;
    at = from;
    this.end = end;
  }

  /** Goes to other bytes of the same kind. */
  void reset(byte[] other, int from, int to) {
    bytes = other;
    at = from;
    end = to;
  }

  static int u16(byte[] bytes, int at) {
    return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
  }

  static int i32(byte[] bytes, int at) {
    return u16(bytes, at) | u16(bytes, at + 2) << 16;
  }

  static long i64(byte[] bytes, int at) {
    return i32(bytes, at) & 0xffff_ffffL | (long) i32(bytes, at + 4) << 32;
  }

  static void i32(byte[] bytes, int at, int value) {
    for (int i = 0; i < 4; i++) {
      bytes[at + i] = (byte) (value >> 8 * i);
    }
  }

  static void i64(byte[] bytes, int at, long value) {
    i32(bytes, at, (int) value);
    i32(bytes, at + 4, (int) (value >> 32));
  }

  int position() {
    return at;
  }

  int remaining() {
    return end - at;
  }

  byte[] array() {
    return bytes;
  }

  /** Goes over bytes, and returns where they begin. */
  int skip(long count) throws PerfException {
    if (count < 0 || count > end - at) {
      throw new PerfException(what + " is damaged: it ends too early");
    }
    int from = at;
    at += (int) count;
    return from;
  }

  int u8() throws PerfException {
    return bytes[skip(1)] & 0xff;
  }

  int u16() throws PerfException {
    return u16(bytes, skip(2));
  }

  int i32() throws PerfException {
    return i32(bytes, skip(4));
  }

  long i64() throws PerfException {
    return i64(bytes, skip(8));
  }

  byte[] take(long count) throws PerfException {
    int from = skip(count);
    return Arrays.copyOfRange(bytes, from, from + (int) count);
  }

  /** A string of a certain length, without the zeros at its end. */
  String string(long length) throws PerfException {
    int from = skip(length);
    int to = from;
    while (to < at && bytes[to] != 0) {
      to++;
    }
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /** A string that a zero ends. */
  String terminated() throws PerfException {
    int from = at;
    while (u8() != 0) {
      // Goes on.
    }
    return new String(bytes, from, at - 1 - from, StandardCharsets.UTF_8);
  }
}
