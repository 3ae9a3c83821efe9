package dev.portfire.bench;

import dev.portfire.devices.RateLimiter;
import dev.portfire.devices.Timers;
import dev.portfire.devices.virtio.VirtioMmioTransport;
import dev.portfire.devices.virtio.VirtioRng;
import dev.portfire.machine.GuestMemory;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Guest memory and virtqueues as devices use them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgs = {"-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
public class DeviceBenchmark {
  private static final int SIZE = 64;
  private static final int DESCRIPTORS = 0x1000;
  private static final int AVAILABLE = 0x2000;
  private static final int USED = 0x3000;
  private static final int BUFFER = 0x4000;
  private static final int DEVICE_WRITES = 2;
  private static final int PIECE = 4096;

  private static final Timers NO_TIMERS = new Timers() {
    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public void after(long nanos, Runnable task) {
      throw new IllegalStateException("nothing is limited");
    }
  };

  private GuestMemory memory;
  private VirtioMmioTransport transport;
  private final byte[] piece = new byte[PIECE];
  private int index;
  private long address;

  @Setup(Level.Trial)
  public void start() {
    memory = GuestMemory.allocate(64 << 20);
    transport = new VirtioMmioTransport(
        new VirtioRng(new SplittableRandom(1), RateLimiter.unlimited(NO_TIMERS)), memory, level -> {}, Runnable::run);
    for (int status : new int[] {1, 3}) {
      register(0x70, status);
    }
    register(0x24, 1);
    register(0x20, 1);
    register(0x70, 11);
    register(0x38, SIZE);
    register(0x80, DESCRIPTORS);
    register(0x90, AVAILABLE);
    register(0xa0, USED);
    register(0x44, 1);
    register(0x70, 15);
    memory.writeLong(DESCRIPTORS, BUFFER);
    memory.writeInt(DESCRIPTORS + 8, 8);
    memory.writeInt(DESCRIPTORS + 12, DEVICE_WRITES);
    virtqueue();
    if (memory.readShort(USED + 2) != 1) {
      throw new IllegalStateException("the device did not answer");
    }
  }

  @TearDown(Level.Trial)
  public void end() {
    memory.close();
  }

  private void register(int offset, int value) {
    transport.write(offset, 4, value);
  }

  /** A request of eight random bytes: made available, notified, done, used, interrupted. */
  @Benchmark
  public void virtqueue() {
    memory.writeShort(AVAILABLE + 4 + 2 * (index % SIZE), 0);
    index++;
    memory.writeShort(AVAILABLE + 2, index & 0xffff);
    register(VirtioMmioTransport.QUEUE_NOTIFY, 0);
  }

  /** Eight bytes, each time elsewhere. */
  @Benchmark
  public long readLong() {
    address = address + 0x10_1008 & 0x3ff_fff8;
    return memory.readLong(address);
  }

  @Benchmark
  public void writeLong() {
    address = address + 0x10_1008 & 0x3ff_fff8;
    memory.writeLong(address, address);
  }

  /** A page into an array. */
  @Benchmark
  public byte[] readPage() {
    address = address + 0x10_1000 & 0x3ff_f000;
    memory.read(address, piece, 0, PIECE);
    return piece;
  }
}
