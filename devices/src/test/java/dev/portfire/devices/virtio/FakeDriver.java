package dev.portfire.devices.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.devices.Level;
import dev.portfire.machine.GuestMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;

/** A driver in the guest's place: it walks through the initialisation and builds split queues in guest memory. */
final class FakeDriver {
  /** Bytes set aside for one queue's rings. */
  private static final long QUEUE_SPACE = 0x4000;

  private static final long QUEUES = 0x1_0000;

  final GuestMemory memory = GuestMemory.allocate(16 << 20);
  final Level line = new Level();
  final VirtioMmioTransport transport;
  final int size;

  /** Where {@link #place} puts data next. */
  private long nextData = 0x40_0000;

  private final int[] nextDescriptor;
  private final int[] availableIndex;
  private final int[] usedIndex;

  /** One buffer of a chain. */
  record Part(long address, int length, boolean writable) {}

  /** A returned chain. */
  record Used(int head, int length) {}

  /** Runs tasks one after the other on the caller's thread, those of tasks included, without nesting. */
  static final class Direct implements Executor {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
      if (!running) {
        running = true;
        try {
          while (!tasks.isEmpty()) {
            tasks.removeFirst().run();
          }
        } finally {
          running = false;
        }
      }
    }
  }

  FakeDriver(VirtioDevice device, int size) {
    this(device, size, new Direct());
  }

  FakeDriver(VirtioDevice device, int size, Executor executor) {
    this.transport = new VirtioMmioTransport(device, memory, line, executor);
    this.size = size;
    int queues = device.queueCount();
    nextDescriptor = new int[queues];
    availableIndex = new int[queues];
    usedIndex = new int[queues];
  }

  int read(int register) {
    return (int) transport.read(register, 4);
  }

  void write(int register, int value) {
    transport.write(register, 4, Integer.toUnsignedLong(value));
  }

  long offered() {
    write(0x14, 0);
    long low = read(0x10) & 0xffff_ffffL;
    write(0x14, 1);
    return low | (long) read(0x10) << 32;
  }

  /** Initialises the device with all its features but those not wanted. */
  FakeDriver start(long unwanted) {
    assertThat(read(0x00)).isEqualTo(0x74726976);
    assertThat(read(0x04)).isEqualTo(2);
    long features = offered() & ~unwanted;
    write(0x70, 1);
    write(0x70, 3);
    write(0x24, 0);
    write(0x20, (int) features);
    write(0x24, 1);
    write(0x20, (int) (features >>> 32));
    write(0x70, 11);
    assertThat(read(0x70)).isEqualTo(11);
    for (int queue = 0; queue < nextDescriptor.length; queue++) {
      setUp(queue);
    }
    write(0x70, 15);
    assertThat(read(0x70)).isEqualTo(15);
    return this;
  }

  FakeDriver start() {
    return start(0);
  }

  private void setUp(int queue) {
    memory.fill(descriptors(queue), QUEUE_SPACE, (byte) 0);
    nextDescriptor[queue] = 0;
    availableIndex[queue] = 0;
    usedIndex[queue] = 0;
    write(0x30, queue);
    assertThat(read(0x34)).isEqualTo(256);
    assertThat(read(0x44)).isZero();
    write(0x38, size);
    address(0x80, descriptors(queue));
    address(0x90, available(queue));
    address(0xa0, used(queue));
    write(0x44, 1);
    assertThat(read(0x44)).isEqualTo(1);
  }

  private void address(int register, long value) {
    write(register, (int) value);
    write(register + 4, (int) (value >>> 32));
  }

  long descriptors(int queue) {
    return QUEUES + queue * QUEUE_SPACE;
  }

  long available(int queue) {
    return descriptors(queue) + 0x1000;
  }

  long used(int queue) {
    return descriptors(queue) + 0x2000;
  }

  /** Puts data into memory and describes it as a buffer for the device to read. */
  Part readable(byte[] data) {
    Part part = new Part(place(data.length), data.length, false);
    memory.write(part.address, data);
    return part;
  }

  Part writable(int length) {
    return new Part(place(length), length, true);
  }

  private long place(int length) {
    long address = nextData;
    nextData += (length + 63 & ~63) + 64;
    return address;
  }

  byte[] bytes(Part part, int length) {
    byte[] data = new byte[length];
    memory.read(part.address, data, 0, length);
    return data;
  }

  void descriptor(int queue, int index, Part part, int next) {
    long at = descriptors(queue) + index * 16L;
    memory.writeLong(at, part.address);
    memory.writeInt(at + 8, part.length);
    memory.writeShort(at + 12, (part.writable ? 2 : 0) | (next >= 0 ? 1 : 0));
    memory.writeShort(at + 14, Math.max(0, next));
  }

  /** Makes a chain available without a notification; returns its head. */
  int add(int queue, Part... parts) {
    int head = nextDescriptor[queue];
    for (int i = 0; i < parts.length; i++) {
      int index = (head + i) % size;
      descriptor(queue, index, parts[i], i + 1 < parts.length ? (index + 1) % size : -1);
    }
    nextDescriptor[queue] = (head + parts.length) % size;
    publish(queue, head);
    return head;
  }

  void publish(int queue, int head) {
    memory.writeShort(available(queue) + 4 + 2L * (availableIndex[queue] % size), head);
    availableIndex[queue] = (availableIndex[queue] + 1) & 0xffff;
    memory.writeShort(available(queue) + 2, availableIndex[queue]);
  }

  void kick(int queue) {
    write(0x50, queue);
  }

  int send(int queue, Part... parts) {
    int head = add(queue, parts);
    kick(queue);
    return head;
  }

  /** The chains that came back since the last call. */
  List<Used> returned(int queue) {
    List<Used> result = new ArrayList<>();
    while (usedIndex[queue] != memory.readShort(used(queue) + 2)) {
      long element = used(queue) + 4 + 8L * (usedIndex[queue] % size);
      result.add(new Used(memory.readInt(element), memory.readInt(element + 4)));
      usedIndex[queue] = (usedIndex[queue] + 1) & 0xffff;
      // With event indices: an interrupt for the next one, please.
      memory.writeShort(available(queue) + 4 + 2L * size, usedIndex[queue]);
    }
    return result;
  }

  /** Acknowledges the interrupt and returns its causes. */
  int acknowledge() {
    int causes = read(0x60);
    write(0x64, causes);
    return causes;
  }
}
