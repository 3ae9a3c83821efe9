package dev.portfire.inspect.perf;

/** One sample, read in place: the bytes of its raw part are valid until the next one is read. */
final class Sample {
  int pid;
  int tid;
  int cpu;
  long ip;
  long time;
  long period;

  /** The event's place among the attributes. */
  int event;

  byte[] bytes = new byte[0];
  int raw;
  int rawSize;

  private final Cursor cursor = new Cursor(bytes, "a sample");

  /**
   * Reads one.
   *
   * @param from where it begins, behind the record's header
   */
  void read(EventAttribute attribute, byte[] window, int from, int end) throws PerfException {
    long type = attribute.sampleType();
    Cursor c = cursor;
    c.reset(window, from, end);
    bytes = window;
    pid = -1;
    tid = -1;
    cpu = -1;
    ip = 0;
    time = 0;
    period = attribute.period();
    raw = 0;
    rawSize = 0;
    if ((type & EventAttribute.IDENTIFIER) != 0) {
      c.skip(8);
    }
    if ((type & EventAttribute.IP) != 0) {
      ip = c.i64();
    }
    if ((type & EventAttribute.TID) != 0) {
      pid = c.i32();
      tid = c.i32();
    }
    if ((type & EventAttribute.TIME) != 0) {
      time = c.i64();
    }
    c.skip(8L * Long.bitCount(type & (EventAttribute.ADDR | EventAttribute.ID | EventAttribute.STREAM_ID)));
    if ((type & EventAttribute.CPU) != 0) {
      cpu = c.i32();
      c.skip(4);
    }
    if ((type & EventAttribute.PERIOD) != 0) {
      period = c.i64();
    }
    if ((type & EventAttribute.READ) != 0) {
      skipRead(c, attribute.readFormat());
    }
    if ((type & EventAttribute.CALLCHAIN) != 0) {
      long count = c.i64();
      c.skip(count < 0 || count > c.remaining() / 8 ? -1 : 8 * count);
    }
    if ((type & EventAttribute.RAW) != 0) {
      rawSize = c.i32();
      raw = c.skip(rawSize);
    }
  }

  private static void skipRead(Cursor c, long format) throws PerfException {
    int times = Long.bitCount(format & (EventAttribute.FORMAT_TOTAL_TIME_ENABLED | EventAttribute.FORMAT_TOTAL_TIME_RUNNING));
    int each = 1 + Long.bitCount(format & (EventAttribute.FORMAT_ID | EventAttribute.FORMAT_LOST));
    if ((format & EventAttribute.FORMAT_GROUP) == 0) {
      c.skip(8L * (times + each));
      return;
    }
    long count = c.i64();
    c.skip(8L * times);
    c.skip(count < 0 || count > c.remaining() / (8 * each) ? -1 : 8 * each * count);
  }
}
