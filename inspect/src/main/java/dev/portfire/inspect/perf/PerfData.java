package dev.portfire.inspect.perf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A file of events that were recorded, {@code perf.data}, or the same through a pipe (the kernel's
 * tools/perf/Documentation/perf.data-file-format.txt). Nothing in it is trusted: sizes are checked before anything is read or
 * allocated by them.
 */
final class PerfData implements AutoCloseable {
  /** What gets the records, in the file's order. */
  interface Records {
    /**
     * A sample.
     *
     * @param event the event's place among the attributes
     * @param words where it is, from {@code from} up to {@code to}, valid during the call; the record's header is the word before
     */
    void sample(int event, long[] words, int from, int to) throws PerfException;

    /** Another record of the kernel's, with its header: a mapping, the name of a process and the like. */
    default void other(int type, byte[] record) throws PerfException {
      // Most do not care.
    }

    /** What comes later is not earlier than what came before the last such call. */
    void roundFinished() throws PerfException;
  }

  /** Numbers of features. */
  static final int TRACING_DATA = 1;

  static final int BUILD_ID = 2;
  static final int HOSTNAME = 3;
  static final int OS_RELEASE = 4;
  static final int VERSION = 5;
  static final int ARCH = 6;
  static final int CPUS = 7;
  static final int CPU_DESCRIPTION = 8;
  static final int CPUID = 9;
  static final int TOTAL_MEMORY = 10;
  static final int COMMAND_LINE = 11;
  static final int EVENT_DESCRIPTIONS = 12;

  static final String MAGIC = "PERFILE2";
  private static final String INCOMPLETE = "is truncated or damaged: its last record is not complete";
  private static final String SWAPPED = "2ELIFREP";

  /** Records: kinds of the kernel's, and of perf's own from 64 on. */
  static final int LOST = 2;

  static final int COMM = 3;
  static final int SAMPLE = 9;
  static final int LOST_SAMPLES = 13;
  static final int HEADER_ATTRIBUTE = 64;
  static final int TRACING = 66;
  static final int FINISHED_ROUND = 68;
  static final int AUXTRACE = 71;
  static final int FEATURE = 80;
  static final int COMPRESSED = 81;

  static final int HEADER_SIZE = 104;
  static final int PIPE_HEADER_SIZE = 16;
  static final int RECORD_HEADER = 8;

  /** What a record has at most, in whole words. */
  static final int LONGEST = 0xfff8;
  private static final int FEATURES = 256;
  private static final int SECTION = 16;

  /** How many records of a pipe may end within a word: perf writes each feature once. */
  private static final int MOST_ODD = FEATURES;

  /** Bytes that are read at once: several of the longest records, and little enough to stay in a core's cache. */
  private static final int WINDOW = 1 << 18;

  /** Events of samples are remembered by the low bits of their numbers. */
  private static final int RECENT = 256;

  /** What of an event's name is shown. */
  private static final int LONGEST_NAME = 255;

  private static final int MOST_ATTRIBUTES = 10_000;
  private static final int MOST_IDS = 1 << 22;
  private static final int LONGEST_FEATURE = 64 << 20;

  private final ReadableByteChannel channel;
  private final boolean pipe;
  private final List<EventAttribute> attributes = new ArrayList<>();
  private final Map<Integer, byte[]> features = new HashMap<>();

  /** What was read: records consist of words of eight bytes. The last words are for what {@link #straighten} adds. */
  private final long[] window = new long[(WINDOW >> 3) + MOST_ODD + 2];

  private int at;
  private int end;

  /** Where the channel's bytes go first, and how many of them are no whole word yet. */
  private final ByteBuffer bytes = ByteBuffer.allocateDirect(WINDOW).order(ByteOrder.LITTLE_ENDIAN);

  private final LongBuffer words = bytes.asLongBuffer();
  private int odd;

  private int oddRecords;

  /** How many bytes of records there are that were not read. */
  private long left;

  private Optional<TracingData> tracing = Optional.empty();
  private long[] ids = new long[0];
  private int[] eventsOfIds = new int[0];
  private final long[] recentIds = new long[RECENT];
  private final int[] recentEvents = new int[RECENT];
  private int idWord = -1;
  private int idCount;
  private long lostEvents;
  private long lostRecords;
  private long lostSamples;
  private long unknownIds;
  private long records;

  private PerfData(ReadableByteChannel channel, boolean pipe) {
    this.channel = channel;
    this.pipe = pipe;
    Arrays.fill(recentEvents, -1);
  }

  /** What comes from the kernel's rings, piece by piece. */
  private static final class Feed implements ReadableByteChannel {
    ByteBuffer bytes = ByteBuffer.allocate(0);

    @Override
    public int read(ByteBuffer target) {
      int count = Math.min(bytes.remaining(), target.remaining());
      if (count == 0) {
        return -1;
      }
      target.put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {
      // There is nothing to close.
    }
  }

  /** Reads what {@link #feed} gets. */
  static PerfData live(List<EventAttribute> attributes, Optional<TracingData> tracing) {
    PerfData data = new PerfData(new Feed(), true);
    data.left = Long.MAX_VALUE;
    data.attributes.addAll(attributes);
    data.idWord = attributes.getFirst().idWord();
    data.idCount = attributes.stream().mapToInt(attribute -> attribute.ids().length).sum();
    data.tracing = tracing;
    return data;
  }

  /** Reads records of {@link #live}; one may go on in the next piece. */
  void feed(ByteBuffer bytes, Records handler) throws IOException {
    if (!(channel instanceof Feed feed)) {
      throw new IllegalStateException("not live");
    }
    feed.bytes = bytes;
    read(handler);
  }

  /** Opens a file. */
  static PerfData open(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new PerfException("is a directory of recordings (perf record --threads), which this program does not read");
    }
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new PerfException("No such file or directory");
    }
    try {
      ByteBuffer beginning = ByteBuffer.allocate(PIPE_HEADER_SIZE);
      fill(channel, beginning);
      boolean pipe = isPipe(beginning.array(), beginning.position());
      PerfData data = new PerfData(channel, pipe);
      if (pipe) {
        data.left = Long.MAX_VALUE;
      } else {
        data.readHeader(channel);
      }
      return data;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Reads what comes through a pipe. */
  static PerfData pipe(InputStream in) throws IOException {
    ReadableByteChannel channel = Channels.newChannel(in);
    ByteBuffer beginning = ByteBuffer.allocate(PIPE_HEADER_SIZE);
    fill(channel, beginning);
    if (!isPipe(beginning.array(), beginning.position())) {
      throw new PerfException("what comes from stdin is a file, and has to be one: -i FILE");
    }
    PerfData data = new PerfData(channel, true);
    data.left = Long.MAX_VALUE;
    return data;
  }

  private static boolean isPipe(byte[] header, int length) throws PerfException {
    if (length < PIPE_HEADER_SIZE) {
      throw new PerfException("incompatible file format: it has no header of perf's");
    }
    String magic = new String(header, 0, 8, StandardCharsets.ISO_8859_1);
    if (magic.equals(SWAPPED)) {
      throw new PerfException("was recorded on a big-endian machine, which this program does not read");
    }
    if (!magic.equals(MAGIC)) {
      throw new PerfException("incompatible file format: it is not perf's, or older than Linux 3.2");
    }
    return Cursor.i64(header, 8) == PIPE_HEADER_SIZE;
  }

  private static void fill(ReadableByteChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      // Goes on.
    }
  }

  private static byte[] section(FileChannel file, String what, long from, long size, long most) throws IOException {
    long length = file.size();
    if (size < 0 || from < 0 || from > length || size > length - from) {
      throw new PerfException("is truncated or damaged: %s (%s bytes from %s on) end behind the file's %d bytes"
          .formatted(what, Long.toUnsignedString(size), Long.toUnsignedString(from), length));
    }
    if (size > most) {
      throw new PerfException("is damaged: %s have %d bytes".formatted(what, size));
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) size);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, from + bytes.position()) < 0) {
        throw new PerfException("became shorter while it was read");
      }
    }
    return bytes.array();
  }

  private void readHeader(FileChannel file) throws IOException {
    Cursor header = new Cursor(section(file, "the header", 0, HEADER_SIZE, HEADER_SIZE), "the header");
    header.skip(8);
    long size = header.i64();
    if (size != HEADER_SIZE) {
      throw new PerfException("incompatible file format: its header has " + Long.toUnsignedString(size) + " bytes");
    }
    long attributeSize = header.i64() - SECTION;
    long attributesAt = header.i64();
    long attributesSize = header.i64();
    long dataAt = header.i64();
    long dataSize = header.i64();
    header.skip(SECTION);
    if (attributeSize < EventAttribute.LEAST || attributeSize > EventAttribute.MOST) {
      throw new PerfException("is damaged: its attributes have " + Long.toUnsignedString(attributeSize) + " bytes each");
    }
    long most = MOST_ATTRIBUTES * (attributeSize + SECTION);
    Cursor c = new Cursor(section(file, "its attributes", attributesAt, attributesSize, most), "the attributes");
    long numbers = 0;
    while (c.remaining() > 0) {
      byte[] structure = c.take(attributeSize);
      long from = c.i64();
      long length = c.i64();
      numbers += length;
      if (length >= 0 && numbers > file.size()) {
        throw new PerfException("is damaged: the numbers of its events overlap");
      }
      add(structure, section(file, "the events' numbers", from, length, 8L * MOST_IDS));
    }
    // Behind the records: a piece of a file for each feature whose bit is set.
    if (dataSize == 0) {
      throw new PerfException("has no records: its recording was not ended properly, or nothing happened");
    }
    if (dataSize < 0 || dataAt < HEADER_SIZE || dataAt > file.size() || dataSize > file.size() - dataAt) {
      throw new PerfException("is truncated or damaged: its records (%s bytes from %s on) end behind the file's %d bytes"
          .formatted(Long.toUnsignedString(dataSize), Long.toUnsignedString(dataAt), file.size()));
    }
    long table = dataAt + dataSize;
    for (int feature = 0; feature < FEATURES; feature += 64) {
      long bits = header.i64();
      for (int bit = 0; bit < 64; bit++) {
        if ((bits >>> bit & 1) == 0) {
          continue;
        }
        byte[] entry = section(file, "the table of features", table, SECTION, SECTION);
        table += SECTION;
        if (feature + bit <= EVENT_DESCRIPTIONS) {
          features.put(feature + bit, section(
              file, "the contents of feature " + (feature + bit), Cursor.i64(entry, 0), Cursor.i64(entry, 8), LONGEST_FEATURE));
        }
      }
    }
    byte[] formats = features.remove(TRACING_DATA);
    if (formats != null) {
      tracing = Optional.of(TracingData.parse(formats));
    }
    file.position(dataAt);
    left = dataSize;
  }

  private void add(byte[] structure, byte[] numbers) throws PerfException {
    long[] own = new long[numbers.length / 8];
    for (int i = 0; i < own.length; i++) {
      own[i] = Cursor.i64(numbers, 8 * i);
    }
    EventAttribute attribute = EventAttribute.of(structure, own);
    idCount += own.length;
    if (attributes.size() == MOST_ATTRIBUTES || idCount > MOST_IDS) {
      throw new PerfException("is damaged: it has too many events");
    }
    int position = attribute.idWord();
    if (!attributes.isEmpty() && position != idWord) {
      throw new PerfException("incompatible file format: the samples of its events have their numbers in different places");
    }
    idWord = position;
    attributes.add(attribute);
    ids = new long[0];
    Arrays.fill(recentEvents, -1);
  }

  private void indexIds() {
    ids = new long[idCount];
    int count = 0;
    for (EventAttribute attribute : attributes) {
      System.arraycopy(attribute.ids(), 0, ids, count, attribute.ids().length);
      count += attribute.ids().length;
    }
    Arrays.sort(ids);
    eventsOfIds = new int[ids.length];
    for (int i = 0; i < attributes.size(); i++) {
      for (long id : attributes.get(i).ids()) {
        eventsOfIds[Arrays.binarySearch(ids, id)] = i;
      }
    }
    Arrays.fill(recentEvents, -1);
  }

  /** The events, of a pipe only those that have come by now. */
  List<EventAttribute> attributes() {
    return attributes;
  }

  /** The formats of the tracepoints. */
  Optional<TracingData> tracing() {
    return tracing;
  }

  /** A feature that is text, as {@link #CPUID}. */
  Optional<String> text(int feature) throws PerfException {
    byte[] bytes = features.get(feature);
    if (bytes == null) {
      return Optional.empty();
    }
    Cursor c = new Cursor(bytes, "feature " + feature);
    return Optional.of(c.string(Math.min(Integer.toUnsignedLong(c.i32()), c.remaining())));
  }

  /** What the recording says of builds. */
  List<BuildId> buildIds() throws PerfException {
    byte[] bytes = features.get(BUILD_ID);
    return bytes == null ? List.of() : BuildId.parse(bytes);
  }

  /** The names of the events, by their place among the attributes. */
  List<String> eventNames() throws PerfException {
    List<String> names = new ArrayList<>();
    for (EventAttribute attribute : attributes) {
      Optional<EventFormat> format = attribute.type() != EventAttribute.TRACEPOINT ? Optional.empty()
          : tracing.flatMap(formats -> formats.format(attribute.config()));
      names.add(format.map(known -> known.system() + ":" + known.name()).orElse(attribute.name()));
    }
    byte[] bytes = features.get(EVENT_DESCRIPTIONS);
    if (bytes == null) {
      return names;
    }
    Cursor c = new Cursor(bytes, "the list of events");
    int count = c.i32();
    long size = Integer.toUnsignedLong(c.i32());
    for (int i = 0; i < Math.min(Math.max(count, 0), names.size()); i++) {
      c.skip(size);
      long numbers = Integer.toUnsignedLong(c.i32());
      String name = c.string(Integer.toUnsignedLong(c.i32()));
      names.set(i, name.substring(0, Math.min(name.length(), LONGEST_NAME)));
      c.skip(8 * numbers);
    }
    return names;
  }

  /** Samples that the kernel had no room for, where it counted those. */
  long lostSamples() {
    return lostSamples;
  }

  /** Events that the kernel had no room for, as far as it says how many. */
  long lostEvents() {
    return lostEvents;
  }

  /** How often it had no room. */
  long lostRecords() {
    return lostRecords;
  }

  /** Samples of events that the file does not describe. */
  long unknownIds() {
    return unknownIds;
  }

  /** How many records were read. */
  long records() {
    return records;
  }

  /** Reads all records there are. */
  void read(Records handler) throws IOException {
    while (need(1)) {
      complete(handler);
      if (at < end && !need(Words.size(window[at]) + 7 >> 3)) {
        if (channel instanceof Feed) {
          return;
        }
        throw new PerfException(INCOMPLETE);
      }
    }
  }

  /** Gives away the records that are in the window as a whole. */
  private void complete(Records handler) throws IOException {
    long[] w = window;
    int position = at;
    while (position < end) {
      long header = w[position];
      int size = Words.size(header);
      if ((size & 7) != 0 && (int) header == FEATURE && size > RECORD_HEADER && size < LONGEST && oddRecords < MOST_ODD) {
        if ((end - position << 3) + odd < size) {
          break;
        }
        straighten(position, size);
        continue;
      }
      if (size < RECORD_HEADER || (size & 7) != 0) {
        throw new PerfException("is damaged: record %d has %d bytes".formatted(records, size));
      }
      int next = position + (size >> 3);
      if (next > end) {
        break;
      }
      records++;
      at = next;
      if ((int) header == SAMPLE) {
        int place = position + 1 + idWord;
        int slot;
        int event;
        if (place < next && place > position && recentIds[slot = (int) w[place] & RECENT - 1] == w[place]
            && (event = recentEvents[slot]) >= 0) {
          handler.sample(event, w, position + 1, next);
        } else {
          sample(handler, w, position + 1, next);
        }
      } else {
        other(handler, (int) header, w, position, next);
      }
      position = at;
    }
  }

  /**
   * Fills a record up to whole words and moves what follows behind it: perf writes features into pipes as long as they happen to be.
   *
   * @param position its first word
   * @param size its bytes
   */
  private void straighten(int position, int size) {
    oddRecords++;
    long[] w = window;
    w[end] = 0;
    for (int i = 0; i < odd; i++) {
      w[end] |= Byte.toUnsignedLong(bytes.get(i)) << 8 * i;
    }
    int more = -size & 7;
    int shift = 8 * more;
    int length = (end << 3) + odd + more;
    int last = position + (size >> 3);
    for (int i = length - 1 >> 3; i > last; i--) {
      w[i] = w[i] << shift | w[i - 1] >>> Long.SIZE - shift;
    }
    w[last] &= -1L >>> shift;
    w[position] += (long) more << Words.SIZE_SHIFT;
    end = length >> 3;
    odd = length & 7;
    for (int i = 0; i < odd; i++) {
      bytes.put(i, (byte) (w[end] >>> 8 * i));
    }
  }

  private void sample(Records handler, long[] w, int from, int to) throws PerfException {
    int event = 0;
    if (attributes.size() != 1) {
      int place = from + idWord;
      if (idWord < 0 || place >= to || ids.length != idCount) {
        prepare(place < to);
      }
      long id = w[place];
      event = event(id);
    }
    if (event < 0) {
      unknownIds++;
    } else {
      handler.sample(event, w, from, to);
    }
  }

  private void prepare(boolean complete) throws PerfException {
    if (attributes.isEmpty()) {
      throw new PerfException("is damaged: it has samples, and no event");
    }
    if (idWord < 0) {
      throw new PerfException("incompatible file format: it has several events, and its samples do not say of which they are");
    }
    if (!complete) {
      throw new PerfException("is damaged: record %d ends before its event's number".formatted(records));
    }
    indexIds();
  }

  private int event(long id) {
    int place = Arrays.binarySearch(ids, id);
    if (place < 0) {
      return -1;
    }
    int slot = (int) id & RECENT - 1;
    recentIds[slot] = id;
    recentEvents[slot] = eventsOfIds[place];
    return eventsOfIds[place];
  }

  private void other(Records handler, int type, long[] w, int from, int to) throws IOException {
    if (type == FINISHED_ROUND) {
      handler.roundFinished();
      return;
    }
    byte[] record = Words.bytes(w, from, to);
    Cursor c = new Cursor(record, RECORD_HEADER, record.length, "record " + records);
    switch (type) {
      case LOST, LOST_SAMPLES -> {
        lostRecords++;
        if (type == LOST) {
          c.skip(8);
        }
        long lost = c.i64();
        lostEvents += lost;
        lostSamples += type == LOST_SAMPLES ? lost : 0;
      }
      case HEADER_ATTRIBUTE -> headerAttribute(c);
      case TRACING -> readTracing(c.i32());
      case FEATURE -> {
        long feature = c.i64();
        if (feature > TRACING_DATA && feature <= EVENT_DESCRIPTIONS) {
          features.put((int) feature, c.take(c.remaining()));
        }
      }
      case AUXTRACE -> skip(c.i64());
      case COMPRESSED -> throw new PerfException("has compressed records (perf record -z), which this program does not read:"
          + " perf inject -i FILE -o OTHER unpacks them");
      default -> {
        if (type < HEADER_ATTRIBUTE) {
          handler.other(type, record);
        }
      }
    }
  }

  private void headerAttribute(Cursor c) throws PerfException {
    int from = c.position();
    c.skip(4);
    int size = c.i32();
    if (size < EventAttribute.LEAST || size > EventAttribute.MOST) {
      throw new PerfException("is damaged: an attribute has " + Integer.toUnsignedString(size) + " bytes");
    }
    Cursor whole = new Cursor(c.array(), from, c.position() + c.remaining(), "an attribute");
    byte[] structure = whole.take(size);
    add(structure, whole.take(whole.remaining() & -8));
  }

  private void readTracing(int size) throws IOException {
    if (size < 0 || size > LONGEST_FEATURE) {
      throw new PerfException("is damaged: its tracing data has " + Integer.toUnsignedString(size) + " bytes");
    }
    // In pieces, so that only what comes is allocated.
    ByteArrayOutputStream formats = new ByteArrayOutputStream();
    int wanted = size + 7 & -8;
    while (formats.size() < wanted) {
      if (!need(1)) {
        throw new PerfException("is truncated: its tracing data is not complete");
      }
      int piece = Math.min(end - at, wanted - formats.size() >> 3);
      formats.writeBytes(Words.bytes(window, at, at + piece));
      at += piece;
    }
    tracing = Optional.of(TracingData.parse(Arrays.copyOf(formats.toByteArray(), size)));
  }

  private void skip(long count) throws IOException {
    long rest = count >>> 3;
    if ((count & 7) != 0) {
      throw new PerfException("is damaged: what belongs to record %d has %s bytes".formatted(records, Long.toUnsignedString(count)));
    }
    while (rest != 0) {
      if (!need(1)) {
        throw new PerfException("is truncated or damaged: what belongs to its last record is not complete");
      }
      int piece = (int) Math.min(end - at, rest);
      at += piece;
      rest -= piece;
    }
  }

  /** Has words in the window, as many as the longest record has at most; false if there are not so many. */
  private boolean need(int count) throws IOException {
    if (end - at >= count) {
      return true;
    }
    System.arraycopy(window, at, window, 0, end - at);
    end -= at;
    at = 0;
    while (end < count) {
      int piece = (int) Math.min(left, WINDOW - (end << 3) - odd);
      int got = piece == 0 ? -1 : channel.read(bytes.limit(odd + piece).position(odd));
      if (got < 0) {
        if (!pipe && left > 0) {
          throw new PerfException("became shorter while it was read");
        }
        if ((odd > 0 || end > 0 && count == 1) && !(channel instanceof Feed)) {
          throw new PerfException(INCOMPLETE);
        }
        return false;
      }
      left -= got;
      int whole = odd + got >> 3;
      words.get(0, window, end, whole);
      end += whole;
      odd = odd + got & 7;
      bytes.limit((whole << 3) + odd).position(whole << 3).compact();
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
