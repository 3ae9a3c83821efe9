package dev.portfire.firecracker.seccomp;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * The compiled filters of all kinds of threads, as a file: eight bytes that name the format, the number of filters, and for each its
 * name's length, the name, the number of instructions and the instructions, then a CRC-32 of all that. Numbers are little-endian, of 32
 * bits; an instruction has 64. Firecracker's own format is the serialisation of one version of a Rust library and nobody else's.
 */
public final class SeccompFilters {
  /** Bytes of a file at most, as in Firecracker. */
  public static final int MOST_BYTES = 100_000;

  private static final byte[] FORMAT = "PFBPF\0\0\1".getBytes(StandardCharsets.US_ASCII);
  private static final int MOST_NAME = 64;

  private SeccompFilters() {}

  /**
   * Makes a file.
   *
   * @param filters programs by the names of threads
   * @throws FormatException if it becomes too large
   */
  public static byte[] write(Map<String, long[]> filters) throws FormatException {
    int size = FORMAT.length + 2 * Integer.BYTES;
    for (Map.Entry<String, long[]> filter : filters.entrySet()) {
      size += 2 * Integer.BYTES + filter.getKey().getBytes(StandardCharsets.UTF_8).length + Long.BYTES * filter.getValue().length;
    }
    if (size > MOST_BYTES) {
      throw new FormatException("the filters take " + size + " bytes; " + MOST_BYTES + " is the most");
    }
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN).put(FORMAT).putInt(filters.size());
    for (Map.Entry<String, long[]> filter : new TreeMap<>(filters).entrySet()) {
      byte[] name = filter.getKey().getBytes(StandardCharsets.UTF_8);
      out.putInt(name.length).put(name).putInt(filter.getValue().length);
      for (long instruction : filter.getValue()) {
        out.putLong(instruction);
      }
    }
    return out.putInt(checksum(out.array(), out.position())).array();
  }

  /**
   * Reads a file.
   *
   * @throws FormatException if it is none, or damaged
   */
  public static Map<String, long[]> read(byte[] file) throws FormatException {
    if (file.length > MOST_BYTES) {
      throw new FormatException("the file has more than " + MOST_BYTES + " bytes");
    }
    if (file.length < FORMAT.length || !Arrays.equals(file, 0, FORMAT.length, FORMAT, 0, FORMAT.length)) {
      throw new FormatException("this is no file of filters: compile the JSON with this project's seccompiler-bin");
    }
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int end = file.length - Integer.BYTES;
    if (end < FORMAT.length || checksum(file, end) != in.getInt(end)) {
      throw new FormatException("the file is damaged");
    }
    try {
      Map<String, long[]> filters = new TreeMap<>();
      in.position(FORMAT.length).limit(end);
      for (int left = in.getInt(); left > 0; left--) {
        byte[] name = new byte[bounded(in.getInt(), MOST_NAME)];
        in.get(name);
        long[] program = new long[bounded(in.getInt(), BpfCompiler.MOST_INSTRUCTIONS)];
        for (int k = 0; k < program.length; k++) {
          program[k] = in.getLong();
        }
        filters.put(new String(name, StandardCharsets.UTF_8), program);
      }
      return filters;
    } catch (BufferUnderflowException e) {
      throw new FormatException("the file is damaged");
    }
  }

  private static int bounded(int length, int most) throws FormatException {
    if (length < 0 || length > most) {
      throw new FormatException("the file is damaged");
    }
    return length;
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
