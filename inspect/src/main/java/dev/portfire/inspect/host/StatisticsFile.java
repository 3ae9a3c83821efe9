package dev.portfire.inspect.host;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.host.MachineScan.Statistics;
import dev.portfire.linux.Descriptor;
import dev.portfire.linux.OtherProcess;
import dev.portfire.linux.SystemCallException;
import dev.portfire.machine.BinaryStatistics;
import dev.portfire.machine.BinaryStatistics.Statistic;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A file of {@link BinaryStatistics} of another process, open. The monitor's descriptor is copied, which KVM's allow and which is the
 * only way to them; Portfire's are opened again. A copy is to be given back as soon as the monitor has closed its own, since it
 * keeps the machine alive.
 */
public final class StatisticsFile implements AutoCloseable {
  /** By this value a file says that it describes something else: it is odd meanwhile, and another number afterwards. */
  private static final String CHANGES = "description_changes";

  private final Statistics where;
  private final Descriptor descriptor;
  private BinaryStatistics description;
  private MemorySegment values;

  /** With how many changes {@link #description} was read; negative if nobody knows. */
  private long changes = -1;

  private StatisticsFile(Statistics where, Descriptor descriptor) throws SystemCallException {
    this.where = where;
    this.descriptor = descriptor;
    description = describe(descriptor);
    values = room(description);
  }

  private static MemorySegment room(BinaryStatistics description) {
    return Arena.ofAuto().allocate(Math.max(8, description.dataLength()), 8);
  }

  /**
   * Opens it.
   *
   * @throws SystemCallException if this user may not, or it is gone
   * @throws IllegalArgumentException if it is no such file
   */
  public static StatisticsFile open(SysRoot root, Statistics file) throws SystemCallException {
    Descriptor descriptor = file.isOfKvm()
        ? OtherProcess.take(file.pid(), file.fd())
        // Who can mount can give a FIFO such a name.
        : Descriptor.open(root.path(file.path()).toString(), Descriptor.O_CLOEXEC | Descriptor.O_NONBLOCK);
    try {
      return new StatisticsFile(file, descriptor);
    } catch (SystemCallException | RuntimeException e) {
      descriptor.close();
      throw e;
    }
  }

  private static BinaryStatistics describe(Descriptor file) throws SystemCallException {
    ByteBuffer header = read(file, BinaryStatistics.HEADER_SIZE);
    return BinaryStatistics.parse(read(file, BinaryStatistics.describedBytes(header)));
  }

  private static ByteBuffer read(Descriptor file, int length) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(length, 8);
      int count = (int) file.read(buffer, 0);
      return ByteBuffer.wrap(buffer.asSlice(0, count).toArray(JAVA_BYTE)).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** Where it is. */
  public Statistics where() {
    return where;
  }

  /** The number of the descriptor by which this process has it. */
  public int fd() {
    return descriptor.fd();
  }

  /** What is in it. */
  public BinaryStatistics description() {
    return description;
  }

  /**
   * Reads all values.
   *
   * @throws IllegalArgumentException if there are fewer than the file says
   */
  public void load() throws SystemCallException {
    long count = descriptor.read(values, description.dataOffset());
    if (count < description.dataLength()) {
      throw new IllegalArgumentException("not a file of statistics: it is too short");
    }
  }

  /**
   * Reads all values, and before that what they are, if the file says that this has changed. While it changes, and if it changes faster than
   * it is read, what was known stays.
   *
   * @throws IllegalArgumentException if it is no such file any more
   */
  public void loadWhatThereIs() throws SystemCallException {
    load();
    long now = changes();
    if (now == changes || (now & 1) != 0) {
      return;
    }
    BinaryStatistics before = description;
    MemorySegment old = values;
    description = describe(descriptor);
    values = room(description);
    load();
    if (changes() == now) {
      changes = now;
    } else {
      description = before;
      values = old;
    }
  }

  /** The value that tells of changes; what is known already if there is none. */
  private long changes() {
    for (Statistic statistic : description.statistics()) {
      if (statistic.name().equals(CHANGES) && statistic.size() == 1) {
        return value(statistic.offset());
      }
    }
    return changes;
  }

  /**
   * A value as it was when they were read.
   *
   * @param offset bytes from the start of the values, a multiple of 8
   */
  public long value(int offset) {
    return values.get(JAVA_LONG, offset);
  }

  @Override
  public void close() {
    try {
      descriptor.close();
    } catch (SystemCallException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }
}
