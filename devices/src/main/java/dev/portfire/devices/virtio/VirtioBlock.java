package dev.portfire.devices.virtio;

import dev.portfire.machine.GuestAddressException;
import dev.portfire.machine.GuestMemory;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A block device (virtio 1.2, 5.2) over a raw file. Sectors move between the file and guest memory with no copy in
 * between.
 */
public final class VirtioBlock implements VirtioDevice {
  private static final Logger LOG = System.getLogger(VirtioBlock.class.getName());

  /** Device type. */
  public static final int TYPE = 2;

  /** Bytes in a sector, the unit of addresses and lengths. */
  public static final int SECTOR_SIZE = 512;

  /** Bytes in the answer to a request for the device's identity. */
  public static final int ID_LENGTH = 20;

  private static final long F_SEG_MAX = 1 << 2;
  private static final long F_RO = 1 << 5;
  private static final long F_FLUSH = 1 << 9;

  /** A queue's worth of descriptors less header and status. */
  private static final int MAX_SEGMENTS = SplitQueue.MAX_SIZE - 2;

  private static final int HEADER_LENGTH = 16;

  private static final int IN = 0;
  private static final int OUT = 1;
  private static final int FLUSH = 4;
  private static final int GET_ID = 8;

  private static final int OK = 0;
  private static final int IO_ERROR = 1;
  private static final int UNSUPPORTED = 2;

  /** The largest piece moved in one system call; a buffer cannot hold more than 2 GiB anyway. */
  private static final long LARGEST_TRANSFER = 1 << 30;

  private final FileChannel file;
  private final boolean readOnly;
  private final byte[] id;
  private volatile long sectors;
  private volatile @Nullable VirtioLink link;

  /**
   * A block device has no state beyond its queue and its file.
   *
   * @param sectors the capacity the driver knows
   */
  public record BlockState(long sectors) implements State {}

  /**
   * Makes a device over an open file; the caller closes the file after the machine.
   *
   * @param file opened for reading, and for writing unless {@code readOnly}
   * @param readOnly whether the driver is told that it cannot write
   * @param id what the driver reads as the device's identity; the first 20 bytes count
   * @throws IOException if the file's size cannot be read
   */
  public VirtioBlock(FileChannel file, boolean readOnly, String id) throws IOException {
    this.file = file;
    this.readOnly = readOnly;
    this.id = Arrays.copyOf(id.getBytes(StandardCharsets.ISO_8859_1), ID_LENGTH);
    this.sectors = file.size() / SECTOR_SIZE;
  }

  /**
   * The identity of a file: numbers of its device, of the device it is, and of its inode, where the host has them;
   * otherwise its name.
   *
   * @throws IOException if the file cannot be looked at
   */
  public static String idOf(Path path) throws IOException {
    try {
      Map<String, Object> attributes = Files.readAttributes(path, "unix:dev,rdev,ino");
      return "%s%s%s".formatted(attributes.get("dev"), attributes.get("rdev"), attributes.get("ino"));
    } catch (UnsupportedOperationException e) {
      return String.valueOf(path.getFileName());
    }
  }

  /** The capacity in sectors of 512 bytes; a trailing part of a sector is not there. */
  public long sectors() {
    return sectors;
  }

  /**
   * Looks at the file's size again and tells the driver. Any thread.
   *
   * @throws IOException if it cannot be read
   */
  public void resize() throws IOException {
    sectors = file.size() / SECTOR_SIZE;
    VirtioLink current = link;
    if (current != null) {
      current.configChanged();
    }
  }

  @Override
  public int type() {
    return TYPE;
  }

  @Override
  public int queueCount() {
    return 1;
  }

  @Override
  public long features() {
    return F_EVENT_IDX | F_SEG_MAX | F_FLUSH | (readOnly ? F_RO : 0);
  }

  @Override
  public long readConfig(int offset, int size) {
    byte[] config = new byte[16];
    // capacity, size_max (not offered), seg_max
    ByteBuffer.wrap(config).order(ByteOrder.LITTLE_ENDIAN).putLong(sectors).putInt(0).putInt(MAX_SEGMENTS);
    return VirtioDevice.field(config, offset, size);
  }

  @Override
  public void activate(VirtioLink active) {
    link = active;
  }

  @Override
  public void deactivate() {
    link = null;
  }

  @Override
  public void process(int index) {
    VirtioLink current = link;
    if (current == null) {
      return;
    }
    SplitQueue queue = current.queue(index);
    // A driver that adds requests as fast as they are done must not keep the other devices from their turn.
    for (int budget = SplitQueue.MAX_SIZE; budget > 0; budget--) {
      Chain chain = queue.pop();
      if (chain == null) {
        current.signal(queue);
        if (!queue.enableNotification()) {
          return;
        }
        continue;
      }
      queue.push(chain, execute(current.memory(), chain));
      // Told at once, so that the driver works on this one while the next is done.
      current.signal(queue);
    }
    current.schedule(index);
  }

  /** Executes a request and returns how many bytes were written to the chain, 0 if it makes no sense. */
  private long execute(GuestMemory memory, Chain chain) {
    List<Chain.Buffer> buffers = chain.buffers();
    Chain.Buffer status = buffers.getLast();
    byte[] header = new byte[HEADER_LENGTH];
    try {
      if (buffers.size() < 2
          || !chain.ordered()
          || !status.writable()
          || status.length() < 1
          || buffers.getFirst().writable()
          || buffers.getFirst().length() != HEADER_LENGTH
          || !memory.contains(status.address(), status.length())) {
        return 0;
      }
      memory.read(buffers.getFirst().address(), header, 0, HEADER_LENGTH);
    } catch (GuestAddressException e) {
      return 0;
    }
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    int type = fields.getInt(0);
    long sector = fields.getLong(8);
    List<Chain.Buffer> data = buffers.subList(1, buffers.size() - 1);
    return switch (type) {
      case IN, OUT -> transfer(memory, data, status, sector, type == IN);
      case FLUSH -> finish(memory, status, flush(), 0);
      case GET_ID -> identify(memory, data, status);
      default -> finish(memory, status, UNSUPPORTED, 0);
    };
  }

  private static long finish(GuestMemory memory, Chain.Buffer status, int result, long delivered) {
    memory.writeByte(status.address(), result);
    return delivered + 1;
  }

  private int flush() {
    try {
      file.force(false);
      return OK;
    } catch (IOException e) {
      LOG.log(Logger.Level.WARNING, "flush failed: {0}", e.getMessage());
      return IO_ERROR;
    }
  }

  private long identify(GuestMemory memory, List<Chain.Buffer> data, Chain.Buffer status) {
    if (data.size() != 1 || !data.getFirst().writable() || data.getFirst().length() < ID_LENGTH) {
      return 0;
    }
    long address = data.getFirst().address();
    if (!memory.contains(address, ID_LENGTH)) {
      return 0;
    }
    memory.write(address, id);
    return finish(memory, status, OK, ID_LENGTH);
  }

  private long transfer(
      GuestMemory memory, List<Chain.Buffer> data, Chain.Buffer status, long sector, boolean toGuest) {
    List<Chain.Buffer> pieces = new ArrayList<>(data.size());
    long length = 0;
    for (Chain.Buffer buffer : data) {
      if (buffer.writable() != toGuest || !memory.contains(buffer.address(), buffer.length())) {
        return 0;
      }
      length += buffer.length();
      // A large request of neighbouring pages becomes few system calls.
      Chain.Buffer last = pieces.isEmpty() ? null : pieces.getLast();
      if (last != null
          && last.address() + last.length() == buffer.address()
          && memory.contains(last.address(), last.length() + buffer.length())) {
        pieces.set(pieces.size() - 1, new Chain.Buffer(last.address(), last.length() + buffer.length(), toGuest));
      } else {
        pieces.add(buffer);
      }
    }
    long capacity = sectors;
    if (length == 0
        || length % SECTOR_SIZE != 0
        || sector < 0
        || sector > capacity
        || length / SECTOR_SIZE > capacity - sector) {
      return 0;
    }
    long position = sector * SECTOR_SIZE;
    long done = 0;
    try {
      for (Chain.Buffer piece : pieces) {
        long moved = move(memory, piece, position + done, toGuest);
        done += moved;
        if (moved < piece.length()) {
          return finish(memory, status, IO_ERROR, toGuest ? done : 0);
        }
      }
    } catch (IOException | NonWritableChannelException e) {
      LOG.log(Logger.Level.WARNING, "{0} failed: {1}", toGuest ? "read" : "write", e.toString());
      return finish(memory, status, IO_ERROR, toGuest ? done : 0);
    }
    return finish(memory, status, OK, toGuest ? done : 0);
  }

  private long move(GuestMemory memory, Chain.Buffer piece, long position, boolean toGuest) throws IOException {
    long done = 0;
    while (done < piece.length()) {
      long part = Math.min(piece.length() - done, LARGEST_TRANSFER);
      ByteBuffer bytes = memory.slice(piece.address() + done, part).asByteBuffer();
      int moved = toGuest ? file.read(bytes, position + done) : file.write(bytes, position + done);
      if (moved <= 0) {
        break;
      }
      if (toGuest) {
        memory.markWritten(piece.address() + done, moved);
      }
      done += moved;
    }
    return done;
  }

  @Override
  public State save() {
    return new BlockState(sectors);
  }

  @Override
  public void restore(State state) {
    if (!(state instanceof BlockState(long saved))) {
      throw new IllegalArgumentException("not the state of a block device");
    }
    if (saved > sectors) {
      throw new IllegalArgumentException(
          "the block device's file has %d sectors, it had %d".formatted(sectors, saved));
    }
  }
}
