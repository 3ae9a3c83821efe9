package dev.portfire.inspect.perf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
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
    /** A sample; the object is used again for the next one. */
    void sample(Sample sample) throws PerfException;

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

  static final String MAGIC = "PERFILE2";
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
  private static final int PIPE_HEADER_SIZE = 16;
  static final int RECORD_HEADER = 8;
  private static final int FEATURES = 256;
  private static final int SECTION = 16;
  private static final int WINDOW = 1 << 20;
  private static final int MOST_ATTRIBUTES = 10_000;
  private static final int MOST_IDS = 1 << 22;
  private static final int LONGEST_FEATURE = 64 << 20;

  private final ReadableByteChannel channel;
  private final boolean pipe;
  private final List<EventAttribute> attributes = new ArrayList<>();
  private final Map<Integer, byte[]> features = new HashMap<>();
  private final byte[] window = new byte[WINDOW];
  private int at;
  private int end;

  /** What there is of records behind the window. */
  private long left;

  private Optional<TracingData> tracing = Optional.empty();
  private long[] ids = new long[0];
  private int[] eventsOfIds = new int[0];
  private int idPosition = -1;
  private int idCount;
  private long lostEvents;
  private long lostRecords;
  private long unknownIds;
  private long records;
  private final Sample sample = new Sample();

  private PerfData(ReadableByteChannel channel, boolean pipe) {
    this.channel = channel;
    this.pipe = pipe;
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
  static PerfData live(List<EventAttribute> attributes, TracingData tracing) {
    PerfData data = new PerfData(new Feed(), true);
    data.left = Long.MAX_VALUE;
    data.attributes.addAll(attributes);
    data.idPosition = attributes.getFirst().idPosition();
    data.idCount = attributes.stream().mapToInt(attribute -> attribute.ids().length).sum();
    data.tracing = Optional.of(tracing);
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
    while (c.remaining() > 0) {
      byte[] structure = c.take(attributeSize);
      long from = c.i64();
      add(structure, section(file, "the events' numbers", from, c.i64(), 8L * MOST_IDS));
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
        if (feature + bit <= COMMAND_LINE) {
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
    int position = attribute.idPosition();
    if (!attributes.isEmpty() && position != idPosition) {
      throw new PerfException("incompatible file format: the samples of its events have their numbers in different places");
    }
    idPosition = position;
    attributes.add(attribute);
    ids = new long[0];
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
    byte[] w = window;
    while (need(RECORD_HEADER)) {
      int type = Cursor.i32(w, at);
      int size = Cursor.u16(w, at + 6);
      if (size < RECORD_HEADER) {
        throw new PerfException("is damaged: record %d has %d bytes".formatted(records, size));
      }
      if (!need(size)) {
        if (channel instanceof Feed) {
          return;
        }
        throw new PerfException("is truncated or damaged: its last record is not complete");
      }
      records++;
      int from = at + RECORD_HEADER;
      int to = at + size;
      at = to;
      switch (type) {
        case SAMPLE -> {
          int event = event(from, to);
          if (event < 0) {
            unknownIds++;
          } else {
            sample.event = event;
            sample.read(attributes.get(event), w, from, to);
            handler.sample(sample);
          }
        }
        case FINISHED_ROUND -> handler.roundFinished();
        case LOST, LOST_SAMPLES -> {
          lostRecords++;
          Cursor c = new Cursor(w, from, to, "a record of lost events");
          if (type == LOST) {
            c.skip(8);
          }
          lostEvents += c.i64();
        }
        case HEADER_ATTRIBUTE -> headerAttribute(new Cursor(w, from, to, "an attribute"));
        case TRACING -> readTracing(new Cursor(w, from, to, "the tracing data").i32());
        case FEATURE -> {
          Cursor c = new Cursor(w, from, to, "a feature");
          long feature = c.i64();
          if (feature > TRACING_DATA && feature <= COMMAND_LINE) {
            features.put((int) feature, c.take(c.remaining()));
          }
        }
        case AUXTRACE -> skip(new Cursor(w, from, to, "an AUX record").i64());
        case COMPRESSED -> throw new PerfException("has compressed records (perf record -z), which this program does not read:"
            + " perf inject -i FILE -o OTHER unpacks them");
        default -> {
          // Names of processes, mappings and the like.
        }
      }
    }
  }

  /** Which event a sample is of; -1 if none. */
  private int event(int from, int to) throws PerfException {
    if (attributes.size() == 1) {
      return 0;
    }
    if (attributes.isEmpty()) {
      throw new PerfException("is damaged: it has samples, and no event");
    }
    if (idPosition < 0) {
      throw new PerfException("incompatible file format: it has several events, and its samples do not say of which they are");
    }
    if (idPosition + 8 > to - from) {
      throw new PerfException("is damaged: record %d ends before its event's number".formatted(records));
    }
    if (ids.length != idCount) {
      indexIds();
    }
    int place = Arrays.binarySearch(ids, Cursor.i64(window, from + idPosition));
    return place < 0 ? -1 : eventsOfIds[place];
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
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int wanted = size + 7 & -8;
    while (bytes.size() < wanted) {
      if (!need(1)) {
        throw new PerfException("is truncated: its tracing data is not complete");
      }
      int piece = Math.min(end - at, wanted - bytes.size());
      bytes.write(window, at, piece);
      at += piece;
    }
    tracing = Optional.of(TracingData.parse(Arrays.copyOf(bytes.toByteArray(), size)));
  }

  private void skip(long count) throws IOException {
    long rest = count;
    while (rest != 0) {
      if (rest < 0 || !need(1)) {
        throw new PerfException("is truncated or damaged: what belongs to its last record is not complete");
      }
      int piece = (int) Math.min(end - at, rest);
      at += piece;
      rest -= piece;
    }
  }

  /** Has bytes in the window, up to 64 KiB; false if there are not so many. */
  private boolean need(int count) throws IOException {
    if (end - at >= count) {
      return true;
    }
    System.arraycopy(window, at, window, 0, end - at);
    end -= at;
    at = 0;
    while (end < count) {
      int piece = (int) Math.min(left, WINDOW - end);
      int got = piece == 0 ? -1 : channel.read(ByteBuffer.wrap(window, end, piece));
      if (got < 0) {
        if (!pipe && left > 0) {
          throw new PerfException("became shorter while it was read");
        }
        if (end > 0 && count == RECORD_HEADER && !(channel instanceof Feed)) {
          throw new PerfException("is truncated or damaged: its last record is not complete");
        }
        return false;
      }
      end += got;
      left -= got;
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
