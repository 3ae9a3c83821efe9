package dev.portfire.inspect.perf;

/**
 * How an event's samples are read by an {@link Analysis}. Where what is wanted is at the same place in all of them, that place is found out
 * once: reading a sample is then a few loads and shifts.
 */
final class Reading {
  /** Bytes before a tracepoint's record in a sample: its length. */
  static final int LENGTH = 4;

  final Sample sample;
  final int action;
  final EventFormat.Field keyField;
  final EventFormat.Field info;
  final EventFormat.Field isa;

  /**
   * How many words a sample has at least that can be read by the places below, and how many bytes its tracepoint's record. None can if
   * places differ or more is wanted than these have.
   */
  final int words;

  final int bytes;

  final int time;
  final int thread;
  final int raw;

  /** The word of the key's first byte, and the one of its last with what is wanted of that if it is another one. */
  final int key;

  final int keyShift;
  final long keyMask;
  final int keyRest;
  final long keyRestMask;

  Reading(Sample sample, int action, EventFormat.Field key, EventFormat.Field info, EventFormat.Field isa) {
    this.sample = sample;
    this.action = action;
    keyField = key;
    this.info = info;
    this.isa = isa;
    time = sample.time;
    thread = sample.thread;
    raw = Math.max(0, sample.fixedRaw());
    bytes = key.offset() + key.size();
    int first = LENGTH + key.offset();
    this.key = raw + (first >> 3);
    keyShift = (first & 7) << 3;
    keyMask = key.size() == 0 ? 0 : -1L >>> -(key.size() << 3);
    boolean two = (first & 7) + key.size() > 8;
    keyRest = two ? this.key + 1 : this.key;
    keyRestMask = two ? -1 : 0;
    boolean simple = sample.fixedRaw() >= 0 && time >= 0 && thread >= 0 && info.size() == 0 && action != Analysis.OTHER;
    words = simple ? keyRest + 1 : Integer.MAX_VALUE;
  }
}
