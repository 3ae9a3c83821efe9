package dev.portfire.devices.virtio;

import dev.portfire.devices.Snapshotable;
import dev.portfire.machine.BusDevice;
import dev.portfire.machine.GuestAddressException;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.InterruptLine;
import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The memory-mapped transport (virtio 1.2, 4.2) of one device.
 *
 * <p>Registers take 4-byte accesses; the configuration space takes any. The driver must walk the status register bit by
 * bit (virtio 1.2, 3.1.1); what is out of order is ignored.
 */
public final class VirtioMmioTransport implements BusDevice, Snapshotable<VirtioMmioTransport.State> {
  private static final Logger LOG = System.getLogger(VirtioMmioTransport.class.getName());

  /** Bytes in the register window. */
  public static final int LENGTH = 0x1000;

  private static final int MAGIC = 0x00;
  private static final int VERSION = 0x04;
  private static final int DEVICE_ID = 0x08;
  private static final int VENDOR_ID = 0x0c;
  private static final int DEVICE_FEATURES = 0x10;
  private static final int DEVICE_FEATURES_SELECT = 0x14;
  private static final int DRIVER_FEATURES = 0x20;
  private static final int DRIVER_FEATURES_SELECT = 0x24;
  private static final int QUEUE_SELECT = 0x30;
  private static final int QUEUE_MAX = 0x34;
  private static final int QUEUE_SIZE = 0x38;
  private static final int QUEUE_READY = 0x44;

  /** Offset of the register whose writes, 4 bytes with a queue's number, only notify; see {@link #queueNotified}. */
  public static final int QUEUE_NOTIFY = 0x50;

  private static final int INTERRUPT_STATUS = 0x60;
  private static final int INTERRUPT_ACKNOWLEDGE = 0x64;
  private static final int STATUS = 0x70;
  private static final int QUEUE_DESCRIPTORS = 0x80;
  private static final int QUEUE_AVAILABLE = 0x90;
  private static final int QUEUE_USED = 0xa0;
  private static final int CONFIG_GENERATION = 0xfc;
  private static final int CONFIG = 0x100;

  private static final int MAGIC_VALUE = 0x7472_6976;
  private static final int VERSION_VALUE = 2;

  private static final int ACKNOWLEDGE = 1;
  private static final int DRIVER = 2;
  private static final int DRIVER_OK = 4;
  private static final int FEATURES_OK = 8;
  private static final int NEEDS_RESET = 0x40;
  private static final int FAILED = 0x80;

  private static final int INTERRUPT_USED = 1;
  private static final int INTERRUPT_CONFIG = 2;

  private final VirtioDevice device;
  private final GuestMemory memory;
  private final InterruptLine line;
  private final Executor executor;
  private final Link link = new Link();
  private final SplitQueue[] queues;
  private final AtomicBoolean[] scheduled;
  private final Object deviceLock = new Object();

  /**
   * Guards the interrupt status and the line, which are touched on every interrupt and must not wait for device work.
   */
  private final Object interruptLock = new Object();

  private int interruptStatus;
  private volatile int status;
  private volatile boolean active;
  private int deviceFeaturesSelect;
  private int driverFeaturesSelect;
  private long driverFeatures;
  private int queueSelect;
  private volatile int configGeneration;

  /**
   * Everything that survives a snapshot.
   *
   * @param status device status
   * @param interruptStatus interrupt status
   * @param selectors device features, driver features and queue selectors
   * @param driverFeatures features accepted so far
   * @param queues the queues
   * @param device the device's own state
   */
  public record State(
      int status,
      int interruptStatus,
      List<Integer> selectors,
      long driverFeatures,
      List<SplitQueue.State> queues,
      VirtioDevice.State device) {}

  /**
   * Makes a transport in its reset state.
   *
   * @param line the interrupt: an edge for each cause, as the ACPI tables and the MP table announce it
   * @param executor where the device's work is done, one task at a time for all devices of a machine; a test may run it
   *     in place
   */
  public VirtioMmioTransport(VirtioDevice device, GuestMemory memory, InterruptLine line, Executor executor) {
    this.device = device;
    this.memory = memory;
    this.line = line;
    this.executor = executor;
    this.queues = new SplitQueue[device.queueCount()];
    this.scheduled = new AtomicBoolean[queues.length];
    for (int i = 0; i < queues.length; i++) {
      queues[i] = new SplitQueue(memory, SplitQueue.MAX_SIZE);
      scheduled[i] = new AtomicBoolean();
    }
  }

  /** The device behind this transport. */
  public VirtioDevice device() {
    return device;
  }

  private final class Link implements VirtioLink {
    @Override
    public GuestMemory memory() {
      return memory;
    }

    @Override
    public long features() {
      return driverFeatures;
    }

    @Override
    public SplitQueue queue(int index) {
      return queues[index];
    }

    @Override
    public void signal(SplitQueue queue) {
      if (queue.needsInterrupt()) {
        interrupt(INTERRUPT_USED);
      }
    }

    @Override
    public void configChanged() {
      synchronized (interruptLock) {
        configGeneration = (configGeneration + 1) & 0xff;
      }
      if (active) {
        interrupt(INTERRUPT_CONFIG);
      }
    }

    @Override
    public void schedule(int queue) {
      notifyQueue(queue);
    }
  }

  private void interrupt(int bit) {
    synchronized (interruptLock) {
      interruptStatus |= bit;
      line.pulse();
    }
  }

  /**
   * Does what a write of a queue's number to {@link #QUEUE_NOTIFY} does, for back ends that take such writes themselves. Any
   * thread.
   *
   * @param index 0 to the device's number of queues − 1
   */
  public void queueNotified(int index) {
    notifyQueue(index);
  }

  private void notifyQueue(int index) {
    if (!active || !scheduled[index].compareAndSet(false, true)) {
      return;
    }
    try {
      executor.execute(() -> run(index));
    } catch (RejectedExecutionException e) {
      // The machine is closing; there is nobody to do the work and nobody to miss it.
      scheduled[index].set(false);
    }
  }

  private void run(int index) {
    synchronized (deviceLock) {
      // Before the queue is looked at: a notification that comes from now on leads to another run.
      scheduled[index].set(false);
      if (!active) {
        return;
      }
      try {
        device.process(index);
      } catch (QueueException | GuestAddressException e) {
        LOG.log(Logger.Level.WARNING, "virtio device {0} stopped: {1}", device.type(), e.getMessage());
        fail();
      }
    }
  }

  /** Under the device lock: the driver has to reset the device. */
  private void fail() {
    deactivate();
    status |= NEEDS_RESET;
    interrupt(INTERRUPT_CONFIG);
  }

  private void deactivate() {
    if (active) {
      active = false;
      device.deactivate();
    }
  }

  @Override
  public long read(long offset, int size) {
    int register = (int) offset;
    if (register >= CONFIG) {
      synchronized (deviceLock) {
        return device.readConfig(register - CONFIG, size);
      }
    }
    if (size != 4) {
      return 0;
    }
    if (register == INTERRUPT_STATUS) {
      synchronized (interruptLock) {
        return interruptStatus;
      }
    }
    if (register == STATUS) {
      return status;
    }
    synchronized (deviceLock) {
      long value =
          switch (register) {
            case MAGIC -> MAGIC_VALUE;
            case VERSION -> VERSION_VALUE;
            case DEVICE_ID -> device.type();
            case VENDOR_ID -> 0;
            case DEVICE_FEATURES -> page(offered(), deviceFeaturesSelect);
            case QUEUE_MAX -> queueSelect < queues.length ? queues[queueSelect].maxSize() : 0;
            case QUEUE_READY -> queueSelect < queues.length && queues[queueSelect].ready() ? 1 : 0;
            case CONFIG_GENERATION -> configGeneration;
            default -> 0;
          };
      return value & 0xffff_ffffL;
    }
  }

  private long offered() {
    return device.features() | VirtioDevice.F_VERSION_1;
  }

  private static long page(long features, int select) {
    return select == 0 ? features : select == 1 ? features >>> 32 : 0;
  }

  @Override
  public void write(long offset, int size, long value) {
    int register = (int) offset;
    if (register >= CONFIG) {
      synchronized (deviceLock) {
        device.writeConfig(register - CONFIG, size, value);
      }
      return;
    }
    if (size != 4) {
      return;
    }
    int data = (int) value;
    switch (register) {
      case QUEUE_NOTIFY -> {
        if (Integer.compareUnsigned(data, queues.length) < 0) {
          notifyQueue(data);
        }
      }
      case INTERRUPT_ACKNOWLEDGE -> {
        if ((status & DRIVER_OK) != 0) {
          synchronized (interruptLock) {
            interruptStatus &= ~data;
          }
        }
      }
      default -> {
        synchronized (deviceLock) {
          writeRegister(register, data);
        }
      }
    }
  }

  private void writeRegister(int register, int data) {
    switch (register) {
      case DEVICE_FEATURES_SELECT -> deviceFeaturesSelect = data;
      case DRIVER_FEATURES_SELECT -> driverFeaturesSelect = data;
      case DRIVER_FEATURES -> writeDriverFeatures(data);
      case QUEUE_SELECT -> queueSelect = data >= 0 ? data : Integer.MAX_VALUE;
      case STATUS -> writeStatus(data & 0xff);
      default -> {
        if ((status & (FEATURES_OK | DRIVER_OK | FAILED | NEEDS_RESET)) == FEATURES_OK && queueSelect < queues.length) {
          writeQueue(queues[queueSelect], register, data);
        }
      }
    }
  }

  private void writeDriverFeatures(int data) {
    if ((status & (DRIVER | FEATURES_OK | FAILED)) != DRIVER) {
      return;
    }
    long bits = Integer.toUnsignedLong(data);
    if (driverFeaturesSelect == 0) {
      driverFeatures = (driverFeatures & ~0xffff_ffffL) | bits;
    } else if (driverFeaturesSelect == 1) {
      driverFeatures = (driverFeatures & 0xffff_ffffL) | bits << 32;
    }
  }

  private static void writeQueue(SplitQueue queue, int register, int data) {
    long bits = Integer.toUnsignedLong(data);
    switch (register) {
      case QUEUE_SIZE -> queue.setSize(data & 0xffff);
      case QUEUE_READY -> queue.setReady(data == 1);
      case QUEUE_DESCRIPTORS -> queue.setDescriptors(low(queue.descriptors(), bits));
      case QUEUE_DESCRIPTORS + 4 -> queue.setDescriptors(high(queue.descriptors(), bits));
      case QUEUE_AVAILABLE -> queue.setAvailable(low(queue.available(), bits));
      case QUEUE_AVAILABLE + 4 -> queue.setAvailable(high(queue.available(), bits));
      case QUEUE_USED -> queue.setUsed(low(queue.used(), bits));
      case QUEUE_USED + 4 -> queue.setUsed(high(queue.used(), bits));
      default -> {}
    }
  }

  private static long low(long address, long bits) {
    return (address & ~0xffff_ffffL) | bits;
  }

  private static long high(long address, long bits) {
    return (address & 0xffff_ffffL) | bits << 32;
  }

  private void writeStatus(int value) {
    if (value == 0) {
      reset();
      return;
    }
    int now = status & ~NEEDS_RESET;
    if ((value & FAILED) != 0) {
      deactivate();
      status |= FAILED;
      return;
    }
    if ((now & FAILED) != 0) {
      return;
    }
    if (now == 0 && value == ACKNOWLEDGE) {
      status = value;
    } else if (now == ACKNOWLEDGE && value == (ACKNOWLEDGE | DRIVER)) {
      status = value;
    } else if (now == (ACKNOWLEDGE | DRIVER) && value == (ACKNOWLEDGE | DRIVER | FEATURES_OK)) {
      // The driver reads the register back; without the bit it knows that its choice is not supported.
      if ((driverFeatures & ~offered()) == 0
          && (driverFeatures & VirtioDevice.F_VERSION_1) != 0
          && device.accepts(driverFeatures)) {
        status = value;
      }
    } else if (now == (ACKNOWLEDGE | DRIVER | FEATURES_OK)
        && value == (ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK)) {
      status = value;
      activate();
    }
  }

  private void activate() {
    boolean eventIndex = (driverFeatures & VirtioDevice.F_EVENT_IDX) != 0;
    for (SplitQueue queue : queues) {
      queue.setEventIndex(eventIndex);
      // A driver need not use every queue; one it enabled must be sound.
      if (queue.ready() && !queue.valid()) {
        device.activationFailed();
        status |= NEEDS_RESET;
        interrupt(INTERRUPT_CONFIG);
        return;
      }
    }
    active = true;
    device.activate(link);
    // A notification may have come between DRIVER_OK and this.
    for (int i = 0; i < queues.length; i++) {
      notifyQueue(i);
    }
  }

  private void reset() {
    deactivate();
    for (SplitQueue queue : queues) {
      queue.reset();
    }
    status = 0;
    deviceFeaturesSelect = 0;
    driverFeaturesSelect = 0;
    driverFeatures = 0;
    queueSelect = 0;
    synchronized (interruptLock) {
      interruptStatus = 0;
    }
  }

  @Override
  public State save() {
    synchronized (deviceLock) {
      device.quiesce();
      List<SplitQueue.State> saved = new ArrayList<>();
      for (SplitQueue queue : queues) {
        saved.add(queue.save());
      }
      int pending;
      synchronized (interruptLock) {
        pending = interruptStatus;
      }
      return new State(
          status,
          pending,
          List.of(deviceFeaturesSelect, driverFeaturesSelect, queueSelect),
          driverFeatures,
          List.copyOf(saved),
          device.save());
    }
  }

  @Override
  public void restore(State state) {
    if (state.queues.size() != queues.length || state.selectors.size() != 3) {
      throw new IllegalArgumentException("not the state of a virtio device of type " + device.type());
    }
    synchronized (deviceLock) {
      deactivate();
      device.restore(state.device);
      status = state.status;
      deviceFeaturesSelect = state.selectors.get(0);
      driverFeaturesSelect = state.selectors.get(1);
      queueSelect = state.selectors.get(2);
      driverFeatures = state.driverFeatures;
      for (int i = 0; i < queues.length; i++) {
        queues[i].restore(state.queues.get(i));
      }
      synchronized (interruptLock) {
        interruptStatus = state.interruptStatus;
        if (interruptStatus != 0) {
          // The edge may have been on its way.
          line.pulse();
        }
      }
      if ((status & (DRIVER_OK | NEEDS_RESET | FAILED)) == DRIVER_OK) {
        activate();
      }
    }
  }
}
