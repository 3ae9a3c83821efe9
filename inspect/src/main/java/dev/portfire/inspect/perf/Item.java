package dev.portfire.inspect.perf;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A record that this program makes itself, from its header on. */
final class Item {
  /** The longest name that a record has, PATH_MAX. */
  private static final int LONGEST_NAME = 4096;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /**
   * Begins one.
   *
   * @param misc whose it is, as {@link Profile#HOST_USER}
   */
  Item(int type, int misc) {
    half(type).half(0).half(misc).half(0);
  }

  private Item half(int value) {
    bytes.write(value);
    bytes.write(value >> 8);
    return this;
  }

  Item number(int value) {
    return half(value).half(value >> 16);
  }

  Item word(long value) {
    return number((int) value).number((int) (value >> 32));
  }

  Item bytes(byte[] content) {
    bytes.writeBytes(content);
    return this;
  }

  /** A name with a zero behind it, up to a whole number of so many bytes. */
  Item name(String name, int multiple) {
    byte[] all = name.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(all.length, LONGEST_NAME - 1);
    bytes.write(all, 0, length);
    bytes.writeBytes(new byte[multiple - length % multiple]);
    return this;
  }

  /** All of it, with its size. */
  byte[] end() {
    byte[] record = bytes.toByteArray();
    record[6] = (byte) record.length;
    record[7] = (byte) (record.length >> 8);
    return record;
  }

  /**
   * All of it, and behind it what an event's records have there: no process, no time, so that it is before all others, and the event's
   * number.
   */
  byte[] end(EventAttribute event, long id) {
    byte[] trailer = new byte[event.sampleIdSize()];
    int at = event.has(EventAttribute.IDENTIFIER) ? trailer.length - 8
        : 8 * Long.bitCount(event.sampleType() & (EventAttribute.TID | EventAttribute.TIME));
    if (at >= 0 && event.has(EventAttribute.IDENTIFIER | EventAttribute.ID)) {
      Cursor.i64(trailer, at, id);
    }
    return bytes(trailer).end();
  }
}
