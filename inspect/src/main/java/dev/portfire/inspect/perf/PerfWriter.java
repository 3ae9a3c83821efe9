package dev.portfire.inspect.perf;

import dev.portfire.linux.PerfRing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/**
 * Writes a {@code perf.data}. The records go to a file beside the target, which takes its name when all is there: an older recording
 * is replaced by a whole one or stays.
 */
final class PerfWriter implements Output {
  /** Strings in features are padded to a multiple of this. */
  private static final int STRING = 64;

  private static final int SECTION = 16;
  private static final int PIECE = 1 << 18;

  private final Path target;
  private final Path temporary;
  private final FileChannel file;
  private final List<EventAttribute> attributes;
  private final long attributesAt;
  private final long dataAt;
  private long size;
  private boolean finished;

  private PerfWriter(Path target, Path temporary, FileChannel file, List<EventAttribute> attributes) {
    this.target = target;
    this.temporary = temporary;
    this.file = file;
    this.attributes = List.copyOf(attributes);
    int idCount = attributes.stream().mapToInt(attribute -> attribute.ids().length).sum();
    attributesAt = PerfData.HEADER_SIZE + 8L * idCount;
    dataAt = attributesAt + attributes.size() * (long) (EventAttribute.SIZE + SECTION);
  }

  /**
   * Begins a file.
   *
   * @param attributes all its events, with their numbers
   */
  static PerfWriter create(Path target, List<EventAttribute> attributes) throws IOException {
    Path absolute = target.toAbsolutePath();
    Path temporary = absolute.resolveSibling(absolute.getFileName() + "." + ProcessHandle.current().pid() + ".new");
    try {
      FileChannel file = FileChannel.open(
          temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      PerfWriter writer = new PerfWriter(absolute, temporary, file, attributes);
      file.position(writer.dataAt);
      return writer;
    } catch (FileSystemException e) {
      String reason = e instanceof NoSuchFileException ? "no such directory"
          : e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getReason());
      throw new PerfException(absolute + " cannot be written: " + reason);
    }
  }

  @Override
  public void write(ByteBuffer records) throws IOException {
    size += records.remaining();
    while (records.hasRemaining()) {
      int written = file.write(records);
      assert written >= 0;
    }
  }

  @Override
  public List<EventAttribute> attributes() {
    return attributes;
  }

  /** Gives the records that were written away again; one may go on in the next piece. */
  void read(PerfRing.Sink sink) throws IOException {
    ByteBuffer piece = buffer(PIECE);
    long at = dataAt;
    for (long end = dataAt + size; at < end; ) {
      int got = file.read(piece.clear().limit((int) Math.min(piece.capacity(), end - at)), at);
      if (got < 0) {
        throw new PerfException(temporary + " became shorter while it was written");
      }
      at += got;
      sink.write(piece.flip());
    }
  }

  @Override
  public long size() {
    return size;
  }

  /**
   * Ends the file and gives it its name.
   *
   * @param features contents by number
   */
  void finish(SortedMap<Integer, byte[]> features) throws IOException {
    long table = dataAt + size;
    long at = table + (long) features.size() * SECTION;
    ByteBuffer sections = buffer(features.size() * SECTION);
    for (byte[] content : features.values()) {
      sections.putLong(at).putLong(content.length);
      at += content.length;
    }
    writeAt(sections.flip(), table);
    at = table + (long) features.size() * SECTION;
    for (byte[] content : features.values()) {
      writeAt(ByteBuffer.wrap(content), at);
      at += content.length;
    }
    writeHeader(features.keySet());
    file.close();
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    }
    finished = true;
  }

  private void writeHeader(Iterable<Integer> features) throws IOException {
    ByteBuffer header = buffer((int) dataAt);
    header.put(PerfData.MAGIC.getBytes(StandardCharsets.ISO_8859_1));
    header.putLong(PerfData.HEADER_SIZE).putLong(EventAttribute.SIZE + SECTION);
    header.putLong(attributesAt).putLong(dataAt - attributesAt);
    header.putLong(dataAt).putLong(size);
    header.putLong(0).putLong(0);
    long[] bits = new long[4];
    for (int feature : features) {
      bits[feature >> 6] |= 1L << feature;
    }
    for (long word : bits) {
      header.putLong(word);
    }
    for (EventAttribute attribute : attributes) {
      for (long id : attribute.ids()) {
        header.putLong(id);
      }
    }
    long idsAt = PerfData.HEADER_SIZE;
    for (EventAttribute attribute : attributes) {
      long idsSize = 8L * attribute.ids().length;
      header.put(attribute.structure(0)).putLong(idsAt).putLong(idsSize);
      idsAt += idsSize;
    }
    writeAt(header.flip(), 0);
  }

  private void writeAt(ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += file.write(bytes, at);
    }
  }

  private static ByteBuffer buffer(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A feature that is a string. */
  static byte[] string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int padded = bytes.length + STRING & -STRING;
    byte[] feature = new byte[4 + padded];
    Cursor.i32(feature, 0, padded);
    System.arraycopy(bytes, 0, feature, 4, bytes.length);
    return feature;
  }

  /** A feature that is a list of strings. */
  static byte[] strings(List<String> texts) {
    ByteArrayOutputStream feature = new ByteArrayOutputStream();
    feature.writeBytes(numbers(texts.size()));
    texts.forEach(text -> feature.writeBytes(string(text)));
    return feature.toByteArray();
  }

  /** A feature that is numbers. */
  static byte[] numbers(int... numbers) {
    byte[] feature = new byte[4 * numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      Cursor.i32(feature, 4 * i, numbers[i]);
    }
    return feature;
  }

  /** Gives up, if it was not finished: then there is no file. */
  @Override
  public void close() throws IOException {
    if (!finished) {
      file.close();
      Files.deleteIfExists(temporary);
    }
  }
}
