package dev.portfire.inspect.perf;

/**
 * Where a sample of an event has what, by the bits of its attribute: the order is that of perf_event_open(2). Places are words behind
 * the record's header, and -1 for what there is not.
 */
final class Sample {
  final int ip;
  final int thread;
  final int time;
  final int cpu;
  final int period;

  /** The first word of what has no fixed length: what was read, the call chain, the tracepoint's record. */
  private final int rest;

  private final boolean read;
  private final boolean group;
  private final int readTimes;
  private final int readEach;
  private final boolean callchain;
  private final boolean raw;

  Sample(EventAttribute attribute) {
    int at = attribute.has(EventAttribute.IDENTIFIER) ? 1 : 0;
    ip = attribute.has(EventAttribute.IP) ? at++ : -1;
    thread = attribute.has(EventAttribute.TID) ? at++ : -1;
    time = attribute.has(EventAttribute.TIME) ? at++ : -1;
    at += Long.bitCount(attribute.sampleType() & (EventAttribute.ADDR | EventAttribute.ID | EventAttribute.STREAM_ID));
    cpu = attribute.has(EventAttribute.CPU) ? at++ : -1;
    period = attribute.has(EventAttribute.PERIOD) ? at++ : -1;
    rest = at;
    read = attribute.has(EventAttribute.READ);
    long format = attribute.readFormat();
    group = (format & EventAttribute.FORMAT_GROUP) != 0;
    readTimes = Long.bitCount(format & (EventAttribute.FORMAT_TOTAL_TIME_ENABLED | EventAttribute.FORMAT_TOTAL_TIME_RUNNING));
    readEach = 1 + Long.bitCount(format & (EventAttribute.FORMAT_ID | EventAttribute.FORMAT_LOST));
    callchain = attribute.has(EventAttribute.CALLCHAIN);
    raw = attribute.has(EventAttribute.RAW);
  }

  /** Checks that a sample has all that is at a fixed place. */
  void check(int from, int to) throws PerfException {
    if (to - from < rest) {
      throw damaged();
    }
  }

  private static PerfException damaged() {
    return new PerfException("a sample is damaged: it ends too early");
  }

  /** The word of {@link #raw}, counted from {@code from}, if it is the same for all samples; otherwise -1. */
  int fixedRaw() {
    return raw && !read && !callchain ? rest : -1;
  }

  /**
   * Where the tracepoint's record is, of a sample that was checked.
   *
   * @return the word of {@code words} that begins with its length, 32 bits; {@code to} if there is none
   */
  int raw(long[] words, int from, int to) throws PerfException {
    int at = from + rest;
    if (read || callchain) {
      at = afterCallchain(words, afterRead(words, at, to), to);
    }
    if (!raw) {
      return to;
    }
    if (at >= to || Integer.toUnsignedLong((int) words[at]) > (to - at << 3) - 4) {
      throw damaged();
    }
    return at;
  }

  private int afterRead(long[] words, int at, int to) throws PerfException {
    if (!read) {
      return at;
    }
    if (!group) {
      return forward(at, readTimes + readEach, to);
    }
    int values = forward(at, 1 + readTimes, to);
    return forward(values, count(words[at], to - values, readEach) * readEach, to);
  }

  private int afterCallchain(long[] words, int at, int to) throws PerfException {
    if (!callchain) {
      return at;
    }
    int addresses = forward(at, 1, to);
    return forward(addresses, count(words[at], to - addresses, 1), to);
  }

  private static int forward(int at, int count, int to) throws PerfException {
    if (count > to - at) {
      throw damaged();
    }
    return at + count;
  }

  private static int count(long count, int room, int each) throws PerfException {
    if (count < 0 || count > room / each) {
      throw damaged();
    }
    return (int) count;
  }
}
