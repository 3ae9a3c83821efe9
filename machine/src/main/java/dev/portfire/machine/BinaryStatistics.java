package dev.portfire.machine;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What is in a file of statistics as KVM gives them out (api.rst, KVM_GET_STATS_FD), and as this program gives out its own vCPUs'
 * ({@link ExitStats}): a header, an identification, a description of each statistic, and the values. All but the values stays as
 * it is as long as the file lives. Numbers are little-endian.
 *
 * @param id what the statistics are about: KVM writes {@code kvm-<thread>} or {@code kvm-<thread>/vcpu-<number>}, the thread being
 *     the machine's maker
 * @param statistics in the file's order
 * @param dataOffset place of the values, in bytes
 * @param dataLength bytes of values that the statistics need
 */
public record BinaryStatistics(String id, List<Statistic> statistics, int dataOffset, int dataLength) {
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

  /** Bytes of {@code struct kvm_stats_header}, and the places of its members; the flags, of which none are defined, are at 0. */
  public static final int HEADER_SIZE = 24;

  /** Place of {@code name_size}, the bytes of a name. */
  public static final int NAME_SIZE = 4;

  /** Place of {@code num_desc}, the number of statistics. */
  public static final int COUNT = 8;

  /** Place of {@code id_offset}. */
  public static final int ID_OFFSET = 12;

  /** Place of {@code desc_offset}. */
  public static final int DESCRIPTOR_OFFSET = 16;

  /** Place of {@code data_offset}. */
  public static final int DATA_OFFSET = 20;

  /** Bytes of {@code struct kvm_stats_desc} without the name, and the places of its members; the flags are at 0. */
  public static final int DESCRIPTOR_SIZE = 16;

  /** Place of {@code exponent}. */
  public static final int DESCRIPTOR_EXPONENT = 4;

  /** Place of {@code size}. */
  public static final int DESCRIPTOR_COUNT = 6;

  /** Place of {@code offset}. */
  public static final int DESCRIPTOR_OFFSET_IN_DATA = 8;

  /** Place of {@code bucket_size}. */
  public static final int DESCRIPTOR_BUCKET = 12;

  /** Values that are written to begin a line of the processor's cache. */
  private static final int DATA_ALIGNMENT = 64;

  /** No file is taken for one of statistics in which this is exceeded: bytes up to the end of the values, or of the descriptions. */
  public static final int MOST = 1 << 20;

  /** Copies the list. */
  public BinaryStatistics {
    statistics = List.copyOf(statistics);
  }

  /**
   * Where the values begin in a file that {@link #write} made.
   *
   * @param nameSize bytes of a name
   * @param count number of statistics
   */
  public static int dataOffset(int nameSize, int count) {
    return (HEADER_SIZE + nameSize + count * (DESCRIPTOR_SIZE + nameSize) + DATA_ALIGNMENT - 1) / DATA_ALIGNMENT * DATA_ALIGNMENT;
  }

  /**
   * Writes what stands before the values.
   *
   * @param id what the statistics are about; of long ones the beginning
   * @param nameSize bytes of a name; longer names are cut
   * @return {@link #dataOffset} bytes
   */
  public static byte[] write(String id, int nameSize, List<Statistic> statistics) {
    int data = dataOffset(nameSize, statistics.size());
    ByteBuffer bytes = ByteBuffer.allocate(data).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0).putInt(nameSize).putInt(statistics.size());
    bytes.putInt(HEADER_SIZE).putInt(HEADER_SIZE + nameSize).putInt(data);
    name(bytes, id, nameSize);
    for (Statistic statistic : statistics) {
      bytes.putInt(statistic.kind.ordinal() | statistic.unit.ordinal() << 4 | (statistic.base == 2 ? 1 << 8 : 0));
      bytes.putShort((short) statistic.exponent).putShort((short) statistic.size);
      bytes.putInt(statistic.offset).putInt(statistic.bucketSize);
      name(bytes, statistic.name, nameSize);
    }
    return bytes.array();
  }

  private static void name(ByteBuffer bytes, String name, int nameSize) {
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    int end = bytes.position() + nameSize;
    bytes.put(text, 0, Math.min(text.length, nameSize)).position(end);
  }

  /**
   * Reads a header.
   *
   * @param bytes little-endian, {@link #HEADER_SIZE} of them
   * @return how many bytes of the file {@link #parse} needs
   * @throws IllegalArgumentException if it is no such file
   */
  public static int describedBytes(ByteBuffer bytes) {
    try {
      long nameSize = bytes.getInt(NAME_SIZE);
      long count = bytes.getInt(COUNT);
      long id = bytes.getInt(ID_OFFSET);
      long descriptors = bytes.getInt(DESCRIPTOR_OFFSET);
      long data = bytes.getInt(DATA_OFFSET);
      if (nameSize <= 0 || count < 0 || id < HEADER_SIZE || descriptors < HEADER_SIZE || data < HEADER_SIZE || data > MOST
          || nameSize > MOST || count > MOST) {
        throw new IllegalArgumentException("not a file of statistics");
      }
      long length = Math.max(id + nameSize, descriptors + count * (DESCRIPTOR_SIZE + nameSize));
      if (length > MOST) {
        throw new IllegalArgumentException("not a file of statistics: " + length + " bytes of descriptions");
      }
      return (int) length;
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("not a file of statistics: it is too short", e);
    }
  }

  /**
   * Reads what stands before the values.
   *
   * @param bytes little-endian, as many as {@link #describedBytes} says, from the file's start
   * @throws IllegalArgumentException if it is no such file
   */
  public static BinaryStatistics parse(ByteBuffer bytes) {
    int unused = describedBytes(bytes);
    try {
      int nameSize = bytes.getInt(NAME_SIZE);
      int count = bytes.getInt(COUNT);
      int first = bytes.getInt(DESCRIPTOR_OFFSET);
      List<Statistic> all = new ArrayList<>();
      int length = 0;
      for (int k = 0; k < count; k++) {
        Statistic statistic = statistic(bytes, first + k * (DESCRIPTOR_SIZE + nameSize), nameSize);
        long end = statistic.offset + 8L * statistic.size;
        if (statistic.offset < 0 || statistic.offset % 8 != 0 || end > MOST) {
          throw new IllegalArgumentException("not a file of statistics: the values of " + statistic.name + " end at " + end);
        }
        length = Math.max(length, (int) end);
        all.add(statistic);
      }
      return new BinaryStatistics(text(bytes, bytes.getInt(ID_OFFSET), nameSize), all, bytes.getInt(DATA_OFFSET), length);
    } catch (IndexOutOfBoundsException | BufferUnderflowException e) {
      throw new IllegalArgumentException("not a file of statistics: it is too short", e);
    }
  }

  private static Statistic statistic(ByteBuffer bytes, int at, int nameSize) {
    int flags = bytes.getInt(at);
    return new Statistic(
        text(bytes, at + DESCRIPTOR_SIZE, nameSize),
        Kind.values()[Math.min(flags & 15, Kind.OTHER.ordinal())],
        Unit.values()[Math.min(flags >>> 4 & 15, Unit.OTHER.ordinal())],
        (flags >>> 8 & 15) == 0 ? 10 : 2,
        bytes.getShort(at + DESCRIPTOR_EXPONENT),
        bytes.getShort(at + DESCRIPTOR_COUNT) & 0xffff,
        bytes.getInt(at + DESCRIPTOR_OFFSET_IN_DATA),
        bytes.getInt(at + DESCRIPTOR_BUCKET));
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
}
