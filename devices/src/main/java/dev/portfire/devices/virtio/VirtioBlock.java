package dev.portfire.devices.virtio;

import dev.portfire.devices.Counters;
import dev.portfire.devices.Durations;
import dev.portfire.devices.RateLimiter;
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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A block device (virtio 1.2, 5.2) over a raw file. Sectors move between the file and guest memory with no copy in
 * between.
 *
 * <p>With an executor for its I/O, up to {@link #MAX_IN_FLIGHT} requests are done at a time while the devices' thread goes
 * on; without one they are done on that thread, one after the other.
 */
public final class VirtioBlock implements VirtioDevice {
  private static final Logger LOG = System.getLogger(VirtioBlock.class.getName());

  /** Device type. */
  public static final int TYPE = 2;

  /** Bytes in a sector, the unit of addresses and lengths. */
  public static final int SECTOR_SIZE = 512;

  /** Bytes in the answer to a request for the device's identity. */
  public static final int ID_LENGTH = 20;

  /** The most requests that are done at a time by an executor. */
  public static final int MAX_IN_FLIGHT = 128;

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

  /** What a block device counts; the names are Firecracker's metrics. */
  public enum Count {
    /** Requests to activate the device that failed. */
    ACTIVATE_FAILS,
    /** Writes to the configuration space, which has no field to write. */
    CFG_FAILS,
    /** Looks at a queue that was empty. */
    NO_AVAIL_BUFFER,
    /** Events that could not be handled. */
    EVENT_FAILS,
    /** Requests that made no sense or failed. */
    EXECUTE_FAILS,
    /** Requests of an unknown type. */
    INVALID_REQS_COUNT,
    /** Flush requests. */
    FLUSH_COUNT,
    /** Calls for the queue. */
    QUEUE_EVENT_COUNT,
    /** Times that the rate limiter opened again. */
    RATE_LIMITER_EVENT_COUNT,
    /** Changes of the backing file. */
    UPDATE_COUNT,
    /** Changes of the backing file that failed. */
    UPDATE_FAILS,
    /** Bytes read by the guest. */
    READ_BYTES,
    /** Bytes written by the guest. */
    WRITE_BYTES,
    /** Reads that succeeded. */
    READ_COUNT,
    /** Writes that succeeded. */
    WRITE_COUNT,
    /** Requests that the rate limiter held back. */
    RATE_LIMITER_THROTTLED_EVENTS,
    /** Requests that waited since too many were under way. */
    IO_ENGINE_THROTTLED_EVENTS,
    /** Requests that waited in the queue when the device's turn was over. */
    REMAINING_REQS_COUNT
  }

  private final boolean readOnly;
  private final boolean flushes;
  private final RateLimiter limiter;
  private final @Nullable Executor io;
  private final Counters<Count> counters = new Counters<>(Count.class);
  private final Durations reads = new Durations();
  private final Durations writes = new Durations();
  private final Queue<Done> done = new ConcurrentLinkedQueue<>();

  /** Guards {@link #inFlight}, the number of requests that the executor has. */
  private final Object flight = new Object();

  private int inFlight;
  private volatile Backing backing;
  private final LinkSlot link = new LinkSlot();

  /** What is behind the device. */
  private record Backing(FileChannel file, byte[] id, long sectors) {}

  /** A sound request. */
  private record Request(int type, long sector, List<Chain.Buffer> data, long length, Chain.Buffer status) {
    boolean transfers() {
      return type == IN || type == OUT;
    }
  }

  /** A request that the executor has done. */
  private record Done(Chain chain, long written) {}

  /**
   * The state beyond the queue and the file.
   *
   * @param sectors the capacity the driver knows
   * @param limiter the rate limiter's
   */
  public record BlockState(long sectors, RateLimiter.State limiter) implements State {}

  /**
   * Makes a device over an open file; the caller closes the file after the machine.
   *
   * @param file opened for reading, and for writing unless {@code readOnly}
   * @param readOnly whether the driver is told that it cannot write
   * @param flushes whether the driver is told that it can flush, which is what makes its data durable
   * @param id what the driver reads as the device's identity; the first 20 bytes count
   * @param limiter for requests and the bytes of reads and writes
   * @param io what does the requests; null: the devices' thread itself
   * @throws IOException if the file's size cannot be read
   */
  public VirtioBlock(
      FileChannel file, boolean readOnly, boolean flushes, String id, RateLimiter limiter, @Nullable Executor io)
      throws IOException {
    this.readOnly = readOnly;
    this.flushes = flushes;
    this.limiter = limiter;
    this.io = io;
    this.backing = backing(file, id);
    limiter.onOpened(() -> {
      counters.count(Count.RATE_LIMITER_EVENT_COUNT);
      link.schedule(0);
    });
  }

  private static Backing backing(FileChannel file, String id) throws IOException {
    byte[] bytes = Arrays.copyOf(id.getBytes(StandardCharsets.ISO_8859_1), ID_LENGTH);
    return new Backing(file, bytes, file.size() / SECTOR_SIZE);
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
    return backing.sectors;
  }

  /** What it counted. */
  public Counters<Count> counters() {
    return counters;
  }

  /** The limiter, to be changed while the machine runs. */
  public RateLimiter limiter() {
    return limiter;
  }

  /** Adds how long reads and writes took to values by the names of Firecracker's metrics. */
  public void addDurations(Map<String, Long> values) {
    reads.addTo(values, "read_agg");
    writes.addTo(values, "write_agg");
  }

  /**
   * Looks at the file's size again and tells the driver. Any thread.
   *
   * @throws IOException if it cannot be read
   */
  public void resize() throws IOException {
    Backing now = backing;
    change(new Backing(now.file, now.id, now.file.size() / SECTOR_SIZE));
  }

  /**
   * Takes another file and tells the driver. Waits for the requests that are under way; afterwards the old file is not used
   * any more. On the devices' thread.
   *
   * @param file opened as the first one was
   * @param id what the driver reads as the device's identity
   * @throws IOException if the file's size cannot be read; nothing is changed
   */
  public void replace(FileChannel file, String id) throws IOException {
    Backing next = backing(file, id);
    awaitIdle();
    change(next);
  }

  private void change(Backing next) {
    backing = next;
    counters.count(Count.UPDATE_COUNT);
    link.configChanged();
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
    return F_EVENT_IDX | F_SEG_MAX | (flushes ? F_FLUSH : 0) | (readOnly ? F_RO : 0);
  }

  @Override
  public long readConfig(int offset, int size) {
    byte[] config = new byte[16];
    // capacity, size_max (not offered), seg_max
    ByteBuffer.wrap(config).order(ByteOrder.LITTLE_ENDIAN).putLong(sectors()).putInt(0).putInt(MAX_SEGMENTS);
    return VirtioDevice.field(config, offset, size);
  }

  @Override
  public void writeConfig(int offset, int size, long value) {
    counters.count(Count.CFG_FAILS);
  }

  @Override
  public void activate(VirtioLink active) {
    link.set(active);
  }

  @Override
  public void activationFailed() {
    counters.count(Count.ACTIVATE_FAILS);
  }

  @Override
  public void deactivate() {
    // What is under way moves data into the guest's buffers, which are the driver's again after this.
    awaitIdle();
    done.clear();
    link.clear();
  }

  private void awaitIdle() {
    boolean interrupted = false;
    synchronized (flight) {
      while (inFlight > 0) {
        try {
          flight.wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void quiesce() {
    awaitIdle();
    VirtioLink current = link.get();
    if (current != null) {
      boolean unused = deliver(current, current.queue(0));
    }
  }

  @Override
  public void process(int index) {
    VirtioLink current = link.get();
    if (current == null) {
      return;
    }
    SplitQueue queue = current.queue(index);
    counters.count(Count.QUEUE_EVENT_COUNT);
    boolean any = deliver(current, queue);
    // A driver that adds requests as fast as they are done must not keep the other devices from their turn.
    for (int budget = SplitQueue.MAX_SIZE; budget > 0; budget--) {
      Chain chain = queue.pop();
      if (chain == null) {
        if (!any) {
          counters.count(Count.NO_AVAIL_BUFFER);
        }
        current.signal(queue);
        if (!queue.enableNotification()) {
          return;
        }
        continue;
      }
      any = true;
      Request request = parse(current.memory(), chain);
      if (request == null) {
        counters.count(Count.EXECUTE_FAILS);
        queue.push(chain, 0);
      } else if (io != null && full()) {
        // The next one that is done makes this be called again.
        queue.undoPop();
        counters.count(Count.IO_ENGINE_THROTTLED_EVENTS);
        return;
      } else if (!limiter.admit(request.transfers() ? request.length : 0)) {
        queue.undoPop();
        counters.count(Count.RATE_LIMITER_THROTTLED_EVENTS);
        return;
      } else if (io == null) {
        queue.push(chain, execute(current.memory(), request));
      } else {
        start(io, current.memory(), chain, request);
        continue;
      }
      // Told at once, so that the driver works on this one while the next is done.
      current.signal(queue);
    }
    counters.count(Count.REMAINING_REQS_COUNT);
    current.schedule(index);
  }

  private boolean full() {
    synchronized (flight) {
      return inFlight >= MAX_IN_FLIGHT;
    }
  }

  private void start(Executor executor, GuestMemory memory, Chain chain, Request request) {
    synchronized (flight) {
      inFlight++;
    }
    Runnable work = () -> {
      long written = 0;
      try {
        written = execute(memory, request);
      } finally {
        done.add(new Done(chain, written));
        synchronized (flight) {
          inFlight--;
          flight.notifyAll();
        }
        link.schedule(0);
      }
    };
    try {
      executor.execute(work);
    } catch (RejectedExecutionException e) {
      // The machine is closing.
      synchronized (flight) {
        inFlight--;
        flight.notifyAll();
      }
    }
  }

  private boolean deliver(VirtioLink current, SplitQueue queue) {
    boolean any = false;
    for (Done next = done.poll(); next != null; next = done.poll()) {
      queue.push(next.chain, next.written);
      any = true;
    }
    if (any) {
      current.signal(queue);
    }
    return any;
  }

  /** Reads a request out of its chain; null if it makes no sense. */
  private @Nullable Request parse(GuestMemory memory, Chain chain) {
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
        return null;
      }
      memory.read(buffers.getFirst().address(), header, 0, HEADER_LENGTH);
    } catch (GuestAddressException e) {
      return null;
    }
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    int type = fields.getInt(0);
    long sector = fields.getLong(8);
    List<Chain.Buffer> data = buffers.subList(1, buffers.size() - 1);
    return switch (type) {
      case IN, OUT -> transfer(memory, type, sector, data, status);
      case GET_ID -> identification(memory, data, status);
      default -> new Request(type, sector, List.of(), 0, status);
    };
  }

  private static @Nullable Request identification(
      GuestMemory memory, List<Chain.Buffer> data, Chain.Buffer status) {
    if (data.size() != 1
        || !data.getFirst().writable()
        || data.getFirst().length() < ID_LENGTH
        || !memory.contains(data.getFirst().address(), ID_LENGTH)) {
      return null;
    }
    return new Request(GET_ID, 0, data, ID_LENGTH, status);
  }

  private @Nullable Request transfer(
      GuestMemory memory, int type, long sector, List<Chain.Buffer> data, Chain.Buffer status) {
    boolean toGuest = type == IN;
    List<Chain.Buffer> pieces = new ArrayList<>(data.size());
    long length = 0;
    for (Chain.Buffer buffer : data) {
      if (buffer.writable() != toGuest || !memory.contains(buffer.address(), buffer.length())) {
        return null;
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
    long capacity = sectors();
    if (length == 0
        || length % SECTOR_SIZE != 0
        || sector < 0
        || sector > capacity
        || length / SECTOR_SIZE > capacity - sector) {
      return null;
    }
    return new Request(type, sector, pieces, length, status);
  }

  /** Executes a request and returns how many bytes were written to the chain. */
  private long execute(GuestMemory memory, Request request) {
    return switch (request.type) {
      case IN, OUT -> transfer(memory, request, request.type == IN);
      case FLUSH -> finish(memory, request, flush(), 0);
      case GET_ID -> {
        memory.write(request.data.getFirst().address(), backing.id);
        yield finish(memory, request, OK, ID_LENGTH);
      }
      default -> {
        counters.count(Count.INVALID_REQS_COUNT);
        yield finish(memory, request, UNSUPPORTED, 0);
      }
    };
  }

  private long finish(GuestMemory memory, Request request, int result, long delivered) {
    if (result == IO_ERROR) {
      counters.count(Count.EXECUTE_FAILS);
    }
    memory.writeByte(request.status.address(), result);
    return delivered + 1;
  }

  private int flush() {
    counters.count(Count.FLUSH_COUNT);
    try {
      backing.file.force(false);
      return OK;
    } catch (IOException e) {
      LOG.log(Logger.Level.WARNING, "flush failed: {0}", e.getMessage());
      return IO_ERROR;
    }
  }

  private long transfer(GuestMemory memory, Request request, boolean toGuest) {
    FileChannel file = backing.file;
    long position = request.sector * SECTOR_SIZE;
    long moved = 0;
    long start = System.nanoTime();
    try {
      for (Chain.Buffer piece : request.data) {
        long part = move(file, memory, piece, position + moved, toGuest);
        moved += part;
        if (part < piece.length()) {
          return finish(memory, request, IO_ERROR, toGuest ? moved : 0);
        }
      }
    } catch (IOException | NonWritableChannelException e) {
      LOG.log(Logger.Level.WARNING, "{0} failed: {1}", toGuest ? "read" : "write", e.toString());
      return finish(memory, request, IO_ERROR, toGuest ? moved : 0);
    }
    (toGuest ? reads : writes).record(System.nanoTime() - start);
    counters.count(toGuest ? Count.READ_COUNT : Count.WRITE_COUNT);
    counters.add(toGuest ? Count.READ_BYTES : Count.WRITE_BYTES, moved);
    return finish(memory, request, OK, toGuest ? moved : 0);
  }

  private static long move(FileChannel file, GuestMemory memory, Chain.Buffer piece, long position, boolean toGuest)
      throws IOException {
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
    return new BlockState(sectors(), limiter.save());
  }

  @Override
  public void restore(State state) {
    if (!(state instanceof BlockState(long saved, RateLimiter.State buckets))) {
      throw new IllegalArgumentException("not the state of a block device");
    }
    if (saved > sectors()) {
      throw new IllegalArgumentException(
          "the block device's file has %d sectors, it had %d".formatted(sectors(), saved));
    }
    limiter.restore(buckets);
  }
}
