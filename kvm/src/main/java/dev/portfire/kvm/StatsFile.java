package dev.portfire.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The statistics that KVM keeps about a machine or a vCPU (api.rst, KVM_GET_STATS_FD): what there is, read once, and the
 * values, read again at will. The file keeps the machine alive.
 */
public final class StatsFile implements AutoCloseable {
  /** How a statistic behaves. */
  public enum Kind {
    /** It only grows. */
    CUMULATIVE,
    /** It is what it is now. */
    INSTANT,
    /** It is the largest so far. */
    PEAK,
    /** Counts in buckets of equal width. */
    LINEAR_HISTOGRAM,
    /** Counts in buckets, bucket k from 2^(k-1) to 2^k. */
    LOG_HISTOGRAM,
    /** This version does not know. */
    OTHER
  }

  /** What a statistic counts. */
  public enum Unit {
    /** Things. */
    NONE,
    /** Bytes. */
    BYTES,
    /** Seconds. */
    SECONDS,
    /** Clock cycles. */
    CYCLES,
    /** 0 or 1. */
    BOOLEAN,
    /** This version does not know. */
    OTHER
  }

  /**
   * The head of the file.
   *
   * @param flags none are defined
   * @param nameSize bytes of a name
   * @param count number of statistics
   * @param idOffset place of the identification
   * @param descriptorOffset place of the descriptors
   * @param dataOffset place of the values
   */
  public record Header(int flags, int nameSize, int count, int idOffset, int descriptorOffset, int dataOffset) {}

  /**
   * What a statistic is.
   *
   * @param name its name
   * @param kind how it behaves
   * @param unit what it counts
   * @param base 10 or 2: a value is to be multiplied by this to the power of the exponent
   * @param exponent see the base
   * @param size number of 64-bit values
   * @param offset bytes from the start of the values
   * @param bucketSize width of a linear histogram's buckets
   */
  public record Statistic(
      String name, Kind kind, Unit unit, int base, int exponent, int size, int offset, int bucketSize) {}

  private static final int MOST = 65_536;

  private final Descriptor file;
  private final Header header;
  private final String id;
  private final List<Statistic> statistics;

  private StatsFile(Descriptor file) throws SystemCallException {
    this.file = file;
    header = header(read(file, 0, Layouts.STATS_HEADER_SIZE));
    if (header.count < 0 || header.count > MOST || header.nameSize < 0 || header.nameSize > MOST) {
      throw new IllegalStateException("not a file of KVM statistics: " + header);
    }
    id = text(read(file, header.idOffset, header.nameSize), 0, header.nameSize);
    statistics = statistics(
        header,
        read(file, header.descriptorOffset, (long) header.count * (Layouts.STATS_DESCRIPTOR_SIZE + header.nameSize)));
  }

  /** Opens the statistics of a machine or a vCPU; nothing if this KVM has none. */
  static Optional<StatsFile> open(Descriptor vmOrVcpu) {
    Descriptor file;
    try {
      file = Descriptor.of(vmOrVcpu.ioctl(Request.GET_STATS_FD.toString(), Request.GET_STATS_FD.number(), 0));
    } catch (SystemCallException e) {
      if (e.errno() == SystemCallException.ENOTTY || e.errno() == SystemCallException.EINVAL) {
        return Optional.empty();
      }
      throw new IllegalStateException("KVM refused: " + e.getMessage(), e);
    }
    try {
      return Optional.of(new StatsFile(file));
    } catch (SystemCallException e) {
      Calls.close(file);
      throw new IllegalStateException(e.getMessage(), e);
    } catch (RuntimeException e) {
      Calls.close(file);
      throw e;
    }
  }

  private static ByteBuffer read(Descriptor file, long at, long length) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(Math.max(1, length), 8).asSlice(0, length);
      long count = file.read(buffer, at);
      if (count != length) {
        throw new IllegalStateException("KVM's statistics end after %d bytes, not %d".formatted(at + count, at + length));
      }
      return ByteBuffer.wrap(buffer.toArray(JAVA_BYTE)).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  static Header header(ByteBuffer bytes) {
    return new Header(
        bytes.getInt(0),
        bytes.getInt(Layouts.STATS_NAME_SIZE),
        bytes.getInt(Layouts.STATS_COUNT),
        bytes.getInt(Layouts.STATS_ID_OFFSET),
        bytes.getInt(Layouts.STATS_DESCRIPTOR_OFFSET),
        bytes.getInt(Layouts.STATS_DATA_OFFSET));
  }

  static List<Statistic> statistics(Header header, ByteBuffer bytes) {
    List<Statistic> all = new ArrayList<>();
    for (int k = 0; k < header.count; k++) {
      int at = k * (Layouts.STATS_DESCRIPTOR_SIZE + header.nameSize);
      int flags = bytes.getInt(at);
      all.add(new Statistic(
          text(bytes, at + Layouts.STATS_DESCRIPTOR_SIZE, header.nameSize),
          Kind.values()[Math.min(flags & 15, Kind.OTHER.ordinal())],
          Unit.values()[Math.min(flags >>> 4 & 15, Unit.OTHER.ordinal())],
          (flags >>> 8 & 15) == 0 ? 10 : 2,
          bytes.getShort(at + Layouts.STATS_DESCRIPTOR_EXPONENT),
          bytes.getShort(at + Layouts.STATS_DESCRIPTOR_COUNT) & 0xffff,
          bytes.getInt(at + Layouts.STATS_DESCRIPTOR_OFFSET_IN_DATA),
          bytes.getInt(at + Layouts.STATS_DESCRIPTOR_BUCKET)));
    }
    return List.copyOf(all);
  }

  private static String text(ByteBuffer bytes, int at, int length) {
    byte[] text = new byte[length];
    bytes.get(at, text);
    int end = 0;
    while (end < length && text[end] != 0) {
      end++;
    }
    return new String(text, 0, end, StandardCharsets.US_ASCII);
  }

  /** What this is about: {@code kvm-<thread>} or {@code kvm-<thread>/vcpu-<number>}, the thread being the machine's maker. */
  public String id() {
    return id;
  }

  /** What there is, in the file's order. */
  public List<Statistic> statistics() {
    return statistics;
  }

  /**
   * Reads all values at once.
   *
   * @return for each statistic, in the order of {@link #statistics}, its values
   */
  public List<long[]> values() {
    int length = 0;
    for (Statistic s : statistics) {
      length = Math.max(length, s.offset + 8 * s.size);
    }
    try {
      ByteBuffer data = read(file, header.dataOffset, length);
      List<long[]> all = new ArrayList<>();
      for (Statistic s : statistics) {
        long[] values = new long[s.size];
        for (int k = 0; k < values.length; k++) {
          values[k] = data.getLong(s.offset + 8 * k);
        }
        all.add(values);
      }
      return all;
    } catch (SystemCallException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    Calls.close(file);
  }
}
