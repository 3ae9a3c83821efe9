package dev.portfire.devices.virtio;

import dev.portfire.devices.Snapshotable;
import dev.portfire.devices.pci.ConfigSpace;
import dev.portfire.devices.pci.MessageSink;
import dev.portfire.devices.pci.MsixTable;
import dev.portfire.devices.pci.PciFunction;
import dev.portfire.machine.GuestMemory;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;

/**
 * The PCI transport (virtio 1.2, 4.1) of one device: modern only, interrupts by MSI-X only.
 *
 * <p>Everything is in one memory region, whose parts the capabilities name.
 */
public final class VirtioPciTransport implements PciFunction, Snapshotable<VirtioPciTransport.State> {
  /** Bytes in the memory region. */
  public static final long REGION_LENGTH = 0x8_0000;

  /** Offset in the region of a queue's number, to which writes only notify; {@link #NOTIFY_STRIDE} for each queue. */
  public static final int NOTIFY = 0x6000;

  /** Bytes between the places of two queues. */
  public static final int NOTIFY_STRIDE = 4;

  private static final int COMMON_LENGTH = 0x38;
  private static final int ISR = 0x2000;
  private static final int DEVICE = 0x4000;
  private static final int DEVICE_LENGTH = 0x1000;
  private static final int NOTIFY_LENGTH = 0x1000;
  private static final int MSIX_TABLE = 0x8000;
  private static final int MSIX_PENDING = 0x4_8000;
  private static final int MSIX_PENDING_LENGTH = 0x800;

  private static final int VENDOR = 0x1af4;
  private static final int FIRST_DEVICE = 0x1040;
  private static final int REVISION = 1;
  private static final int CLASS_NETWORK = 0x02_0000;
  private static final int CLASS_STORAGE = 0x01_8000;
  private static final int CLASS_OTHER = 0xff_ff00;

  private static final int BAR_64 = 4;

  private static final int CAP_VENDOR = 0x09;
  private static final int CAP_MSIX = 0x11;
  private static final int CAP_COMMON = 0x40;
  private static final int CAP_ISR = 0x50;
  private static final int CAP_DEVICE = 0x60;
  private static final int CAP_NOTIFY = 0x70;
  private static final int CAP_WINDOW = 0x84;
  private static final int CAP_TABLE = 0x98;
  private static final int WINDOW_OFFSET = CAP_WINDOW + 8;
  private static final int WINDOW_LENGTH = CAP_WINDOW + 12;
  private static final int WINDOW_DATA = CAP_WINDOW + 16;
  private static final int MSIX_CONTROL = CAP_TABLE + 2;

  private static final int TYPE_COMMON = 1;
  private static final int TYPE_NOTIFY = 2;
  private static final int TYPE_ISR = 3;
  private static final int TYPE_DEVICE = 4;
  private static final int TYPE_WINDOW = 5;

  private static final int DEVICE_FEATURE_SELECT = 0x00;
  private static final int DEVICE_FEATURE = 0x04;
  private static final int DRIVER_FEATURE_SELECT = 0x08;
  private static final int DRIVER_FEATURE = 0x0c;
  private static final int CONFIG_VECTOR = 0x10;
  private static final int NUM_QUEUES = 0x12;
  private static final int STATUS = 0x14;
  private static final int CONFIG_GENERATION = 0x15;
  private static final int QUEUE_SELECT = 0x16;
  private static final int QUEUE_SIZE = 0x18;
  private static final int QUEUE_VECTOR = 0x1a;
  private static final int QUEUE_ENABLE = 0x1c;
  private static final int QUEUE_NOTIFY_OFF = 0x1e;
  private static final int QUEUE_DESC = 0x20;
  private static final int QUEUE_DRIVER = 0x28;
  private static final int QUEUE_DEVICE = 0x30;

  private static final int NO_VECTOR = 0xffff;

  private final VirtioCore core;
  private final MsixTable messages;
  private final int[] queueVectors;

  /** Guarded by itself. */
  private final ConfigSpace config;

  private volatile int configVector = NO_VECTOR;
  private volatile long base;
  private volatile boolean decoding;

  /**
   * Everything that survives a snapshot.
   *
   * @param status device status
   * @param selectors device features, driver features and queue selectors
   * @param driverFeatures features accepted so far
   * @param queues the queues
   * @param device the device's own state
   * @param config the configuration space
   * @param messages the table of messages
   * @param vectors message of each queue, and that of configuration changes last
   */
  public record State(
      int status,
      List<Integer> selectors,
      long driverFeatures,
      List<SplitQueue.State> queues,
      VirtioDevice.State device,
      byte[] config,
      MsixTable.State messages,
      List<Integer> vectors) {}

  /**
   * Makes a transport in its reset state.
   *
   * @param base guest-physical address of the memory region, a multiple of its length; the guest may move it
   * @param sink takes the device's interrupts
   * @param executor as for {@link VirtioMmioTransport}
   */
  public VirtioPciTransport(
      VirtioDevice device, GuestMemory memory, long base, MessageSink sink, Executor executor) {
    VirtioCore.Interrupts interrupts = new VirtioCore.Interrupts() {
      @Override
      public void used(int queue) {
        interrupt(queue);
      }

      @Override
      public void configChanged() {
        messages().signal(configVector);
      }
    };
    core = new VirtioCore(device, memory, interrupts, executor, 0);
    messages = new MsixTable(device.queueCount() + 1, sink);
    queueVectors = new int[device.queueCount()];
    Arrays.fill(queueVectors, NO_VECTOR);
    int classCode = device.type() == VirtioNet.TYPE
        ? CLASS_NETWORK
        : device.type() == VirtioBlock.TYPE ? CLASS_STORAGE : CLASS_OTHER;
    config = new ConfigSpace((FIRST_DEVICE + device.type()) << 16 | VENDOR, classCode << 8 | REVISION);
    describe();
    config.put(ConfigSpace.BAR, 4, (int) base | BAR_64);
    config.put(ConfigSpace.BAR + 4, 4, (int) (base >>> 32));
    this.base = base;
  }

  /** The device is taken away: when this returns it does nothing any more, and never will. */
  public void remove() {
    synchronized (core.deviceLock) {
      core.remove();
    }
  }

  private MsixTable messages() {
    return messages;
  }

  private void describe() {
    config.mask(ConfigSpace.BAR, 4, (int) -REGION_LENGTH);
    config.mask(ConfigSpace.BAR + 4, 4, -1);
    config.capabilities(CAP_COMMON);
    capability(CAP_COMMON, CAP_ISR, 16, TYPE_COMMON, 0, COMMON_LENGTH);
    capability(CAP_ISR, CAP_DEVICE, 16, TYPE_ISR, ISR, 1);
    capability(CAP_DEVICE, CAP_NOTIFY, 16, TYPE_DEVICE, DEVICE, DEVICE_LENGTH);
    capability(CAP_NOTIFY, CAP_WINDOW, 20, TYPE_NOTIFY, NOTIFY, NOTIFY_LENGTH);
    config.put(CAP_NOTIFY + 16, 4, NOTIFY_STRIDE);
    capability(CAP_WINDOW, CAP_TABLE, 20, TYPE_WINDOW, 0, 0);
    config.mask(CAP_WINDOW + 4, 1, 0xff);
    config.mask(WINDOW_OFFSET, 4, -1);
    config.mask(WINDOW_LENGTH, 4, -1);
    config.put(CAP_TABLE, 4, CAP_MSIX | core.queueCount() << 16);
    config.mask(MSIX_CONTROL, 2, MsixTable.ENABLE | MsixTable.MASK_ALL);
    config.put(CAP_TABLE + 4, 4, MSIX_TABLE);
    config.put(CAP_TABLE + 8, 4, MSIX_PENDING);
  }

  /** A virtio structure's place (virtio 1.2, 4.1.4), all in the first region. */
  private void capability(int at, int next, int length, int type, int offset, int size) {
    config.put(at, 4, CAP_VENDOR | next << 8 | length << 16 | type << 24);
    config.put(at + 8, 4, offset);
    config.put(at + 12, 4, size);
  }

  /** The device behind this transport. */
  public VirtioDevice device() {
    return core.device();
  }

  private void interrupt(int queue) {
    int vector;
    synchronized (queueVectors) {
      vector = queueVectors[queue];
    }
    messages.signal(vector);
  }

  /**
   * Does what a write to a queue's place at {@link #NOTIFY} does, for back ends that take such writes themselves. Any thread.
   *
   * @param index 0 to the device's number of queues − 1
   */
  public void queueNotified(int index) {
    core.notifyQueue(index);
  }

  @Override
  public int readConfig(int register, int size) {
    if (register >= WINDOW_DATA && register + size <= WINDOW_DATA + 4) {
      long offset = windowOffset(register, size);
      return offset < 0 ? -1 : (int) read(offset, size);
    }
    synchronized (config) {
      return config.read(register, size);
    }
  }

  @Override
  public void writeConfig(int register, int size, int value) {
    if (register >= WINDOW_DATA && register + size <= WINDOW_DATA + 4) {
      long offset = windowOffset(register, size);
      if (offset >= 0) {
        write(offset, size, Integer.toUnsignedLong(value));
      }
      return;
    }
    synchronized (config) {
      config.write(register, size, value);
      long address = Integer.toUnsignedLong(config.read(ConfigSpace.BAR, 4) & -16)
          | (long) config.read(ConfigSpace.BAR + 4, 4) << 32;
      base = address;
      decoding = config.memoryEnabled();
      messages.setControl(config.read(MSIX_CONTROL, 2));
    }
  }

  /** Where an access through the configuration space's window goes (virtio 1.2, 4.1.4.9); −1 for nowhere. */
  private long windowOffset(int register, int size) {
    synchronized (config) {
      long offset = Integer.toUnsignedLong(config.read(WINDOW_OFFSET, 4));
      boolean sound = config.read(CAP_WINDOW + 4, 1) == 0
          && config.read(WINDOW_LENGTH, 4) == size
          && register == WINDOW_DATA
          && offset % size == 0
          && offset + size <= REGION_LENGTH;
      return sound ? offset : -1;
    }
  }

  @Override
  public boolean decodes(long address) {
    return decoding && address - base >= 0 && address - base < REGION_LENGTH;
  }

  @Override
  public long readMemory(long address, int size) {
    return read(address - base, size);
  }

  @Override
  public void writeMemory(long address, int size, long value) {
    write(address - base, size, value);
  }

  private long read(long offset, int size) {
    if (offset < COMMON_LENGTH) {
      synchronized (core.deviceLock) {
        return readCommon((int) offset, size);
      }
    }
    if (offset >= DEVICE && offset < DEVICE + DEVICE_LENGTH) {
      synchronized (core.deviceLock) {
        return core.device().readConfig((int) offset - DEVICE, size);
      }
    }
    if (offset >= MSIX_TABLE && offset < MSIX_PENDING) {
      return messages.read(offset - MSIX_TABLE, size);
    }
    if (offset >= MSIX_PENDING && offset < MSIX_PENDING + MSIX_PENDING_LENGTH) {
      return messages.readPending(offset - MSIX_PENDING, size);
    }
    // The interrupt status among it: messages tell what it would.
    return 0;
  }

  private void write(long offset, int size, long value) {
    if (offset >= NOTIFY && offset < NOTIFY + NOTIFY_LENGTH) {
      int index = (int) (offset - NOTIFY) / NOTIFY_STRIDE;
      if (index < core.queueCount()) {
        core.notifyQueue(index);
      }
    } else if (offset < COMMON_LENGTH) {
      synchronized (core.deviceLock) {
        // Addresses may come in one piece.
        writeCommon((int) offset, (int) value);
        if (size == 8 && offset >= QUEUE_DESC) {
          writeCommon((int) offset + 4, (int) (value >>> 32));
        }
      }
    } else if (offset >= DEVICE && offset < DEVICE + DEVICE_LENGTH) {
      synchronized (core.deviceLock) {
        core.device().writeConfig((int) offset - DEVICE, size, value);
      }
    } else if (offset >= MSIX_TABLE && offset < MSIX_PENDING) {
      messages.write(offset - MSIX_TABLE, size, value);
    }
  }

  private long readCommon(int register, int size) {
    SplitQueue queue = core.selected();
    long value =
        switch (register) {
          case DEVICE_FEATURE_SELECT -> core.deviceFeaturesSelect;
          case DEVICE_FEATURE -> core.offeredHalf();
          case DRIVER_FEATURE_SELECT -> core.driverFeaturesSelect;
          case DRIVER_FEATURE -> core.acceptedHalf();
          case CONFIG_VECTOR -> configVector;
          case NUM_QUEUES -> core.queueCount();
          case STATUS -> core.status();
          case CONFIG_GENERATION -> core.generation();
          case QUEUE_SELECT -> core.queueSelect;
          case QUEUE_SIZE -> queue == null ? 0 : queue.size();
          case QUEUE_VECTOR -> queue == null ? NO_VECTOR : vector(core.queueSelect);
          case QUEUE_ENABLE -> queue != null && queue.ready() ? 1 : 0;
          case QUEUE_NOTIFY_OFF -> queue == null ? 0 : core.queueSelect;
          case QUEUE_DESC -> queue == null ? 0 : queue.descriptors();
          case QUEUE_DESC + 4 -> queue == null ? 0 : queue.descriptors() >>> 32;
          case QUEUE_DRIVER -> queue == null ? 0 : queue.available();
          case QUEUE_DRIVER + 4 -> queue == null ? 0 : queue.available() >>> 32;
          case QUEUE_DEVICE -> queue == null ? 0 : queue.used();
          case QUEUE_DEVICE + 4 -> queue == null ? 0 : queue.used() >>> 32;
          default -> 0;
        };
    return size == 8 ? value : value & (1L << (8 * size)) - 1;
  }

  private int vector(int queue) {
    synchronized (queueVectors) {
      return queueVectors[queue];
    }
  }

  private void writeCommon(int register, int data) {
    switch (register) {
      case DEVICE_FEATURE_SELECT -> core.deviceFeaturesSelect = data;
      case DRIVER_FEATURE_SELECT -> core.driverFeaturesSelect = data;
      case DRIVER_FEATURE -> core.writeDriverFeatures(data);
      case CONFIG_VECTOR -> configVector = existing(data);
      case STATUS -> writeStatus(data & 0xff);
      case QUEUE_SELECT -> core.queueSelect = data & 0xffff;
      case QUEUE_VECTOR -> {
        if (core.selected() != null) {
          synchronized (queueVectors) {
            queueVectors[core.queueSelect] = existing(data);
          }
        }
      }
      default -> {
        SplitQueue queue = core.writable();
        if (queue != null) {
          writeQueue(queue, register, data);
        }
      }
    }
  }

  private int existing(int vector) {
    int number = vector & 0xffff;
    return number < messages.size() ? number : NO_VECTOR;
  }

  private void writeStatus(int value) {
    core.writeStatus(value);
    if (value == 0) {
      configVector = NO_VECTOR;
      synchronized (queueVectors) {
        Arrays.fill(queueVectors, NO_VECTOR);
      }
      messages.clearPending();
    }
  }

  private static void writeQueue(SplitQueue queue, int register, int data) {
    long bits = Integer.toUnsignedLong(data);
    switch (register) {
      case QUEUE_SIZE -> queue.setSize(data & 0xffff);
      case QUEUE_ENABLE -> {
        if ((data & 0xffff) == 1) {
          queue.setReady(true);
        }
      }
      case QUEUE_DESC -> queue.setDescriptors(SplitQueue.low(queue.descriptors(), bits));
      case QUEUE_DESC + 4 -> queue.setDescriptors(SplitQueue.high(queue.descriptors(), bits));
      case QUEUE_DRIVER -> queue.setAvailable(SplitQueue.low(queue.available(), bits));
      case QUEUE_DRIVER + 4 -> queue.setAvailable(SplitQueue.high(queue.available(), bits));
      case QUEUE_DEVICE -> queue.setUsed(SplitQueue.low(queue.used(), bits));
      case QUEUE_DEVICE + 4 -> queue.setUsed(SplitQueue.high(queue.used(), bits));
      default -> {}
    }
  }

  @Override
  public State save() {
    synchronized (core.deviceLock) {
      VirtioCore.State saved = core.save();
      List<Integer> vectors;
      synchronized (queueVectors) {
        vectors = IntStream.concat(Arrays.stream(queueVectors), IntStream.of(configVector)).boxed().toList();
      }
      byte[] space;
      synchronized (config) {
        space = config.save();
      }
      return new State(
          saved.status(),
          saved.selectors(),
          saved.driverFeatures(),
          saved.queues(),
          saved.device(),
          space,
          messages.save(),
          vectors);
    }
  }

  @Override
  public void restore(State state) {
    if (state.vectors.size() != queueVectors.length + 1) {
      throw new IllegalArgumentException("not the state of a device with " + queueVectors.length + " queues");
    }
    synchronized (core.deviceLock) {
      core.restore(new VirtioCore.State(
          state.status, state.selectors, state.driverFeatures, state.queues, state.device));
      synchronized (config) {
        config.restore(state.config);
      }
      // What a write does besides: this one changes nothing.
      writeConfig(ConfigSpace.CAPABILITIES, 1, 0);
      synchronized (queueVectors) {
        for (int i = 0; i < queueVectors.length; i++) {
          queueVectors[i] = existing(state.vectors.get(i));
        }
      }
      configVector = existing(state.vectors.getLast());
      messages.restore(state.messages);
      core.resume();
    }
  }
}
