package dev.portfire.devices.virtio;

import dev.portfire.machine.GuestAddressException;
import dev.portfire.machine.GuestMemory;
import java.lang.System.Logger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the transports have in common: the device's status, its features and queues, and whose turn it is.
 *
 * <p>The driver must walk the status register bit by bit (virtio 1.2, 3.1.1); what is out of order is ignored.
 */
final class VirtioCore {
  private static final Logger LOG = System.getLogger(VirtioCore.class.getName());

  /** How a transport interrupts the driver. */
  interface Interrupts {
    /** A queue has used buffers, and the driver wants to know. Any thread. */
    void used(int queue);

    /** The configuration space has changed, or the device needs a reset. Any thread. */
    void configChanged();
  }

  static final int ACKNOWLEDGE = 1;
  static final int DRIVER = 2;
  static final int DRIVER_OK = 4;
  static final int FEATURES_OK = 8;
  static final int NEEDS_RESET = 0x40;
  static final int FAILED = 0x80;

  private final VirtioDevice device;
  private final GuestMemory memory;
  private final Interrupts interrupts;
  private final Executor executor;
  private final int statusOfFailedReset;
  private final Link link = new Link();
  private final SplitQueue[] queues;
  private final AtomicBoolean[] scheduled;
  /** Guards the device and everything here but the status. */
  final Object deviceLock = new Object();

  private volatile int status;
  private volatile boolean active;

  /** The driver has reset a device that cannot be: it is of no use any more. */
  private boolean lost;
  private final AtomicInteger generation = new AtomicInteger();
  int deviceFeaturesSelect;
  int driverFeaturesSelect;
  private long driverFeatures;
  int queueSelect;

  /**
   * What survives a snapshot.
   *
   * @param status device status
   * @param selectors device features, driver features and queue selectors
   * @param driverFeatures features accepted so far
   * @param queues the queues
   * @param device the device's own state
   */
  record State(
      int status,
      List<Integer> selectors,
      long driverFeatures,
      List<SplitQueue.State> queues,
      VirtioDevice.State device) {}

  /**
   * A device in its reset state.
   *
   * @param statusOfFailedReset the bits that the status gets when a device is to be reset that cannot be, or 0: the others go
   */
  VirtioCore(
      VirtioDevice device, GuestMemory memory, Interrupts interrupts, Executor executor, int statusOfFailedReset) {
    this.device = device;
    this.statusOfFailedReset = statusOfFailedReset;
    this.memory = memory;
    this.interrupts = interrupts;
    this.executor = executor;
    this.queues = new SplitQueue[device.queueCount()];
    this.scheduled = new AtomicBoolean[queues.length];
    for (int i = 0; i < queues.length; i++) {
      queues[i] = new SplitQueue(memory, SplitQueue.MAX_SIZE);
      scheduled[i] = new AtomicBoolean();
    }
  }

  VirtioDevice device() {
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
        for (int index = 0; index < queues.length; index++) {
          if (queues[index].equals(queue)) {
            interrupts.used(index);
          }
        }
      }
    }

    @Override
    public void configChanged() {
      generation.incrementAndGet();
      if (active) {
        interrupts.configChanged();
      }
    }

    @Override
    public void schedule(int queue) {
      notifyQueue(queue);
    }
  }

  /** The driver made buffers available. Any thread. */
  void notifyQueue(int index) {
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
    interrupts.configChanged();
  }

  private void deactivate() {
    if (active) {
      active = false;
      device.deactivate();
    }
  }

  int status() {
    return status;
  }

  /** The configuration space's generation, 0 to 255. */
  int generation() {
    return generation.get() & 0xff;
  }

  int queueCount() {
    return queues.length;
  }

  /** The selected queue, if there is one of this number. */
  @Nullable SplitQueue selected() {
    return queueSelect >= 0 && queueSelect < queues.length ? queues[queueSelect] : null;
  }

  /** The queue that registers of queues are about, if they may be written now. */
  @Nullable SplitQueue writable() {
    return (status & (FEATURES_OK | DRIVER_OK | FAILED | NEEDS_RESET)) == FEATURES_OK ? selected() : null;
  }

  /** The selected half of the features that are offered. */
  int offeredHalf() {
    return (int) page(offered(), deviceFeaturesSelect);
  }

  /** The selected half of the features that the driver has accepted so far. */
  int acceptedHalf() {
    return (int) page(driverFeatures, driverFeaturesSelect);
  }

  private long offered() {
    return device.features() | VirtioDevice.F_VERSION_1;
  }

  private static long page(long features, int select) {
    return select == 0 ? features : select == 1 ? features >>> 32 : 0;
  }

  void writeDriverFeatures(int data) {
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

  void writeStatus(int value) {
    if (value == 0) {
      reset();
      return;
    }
    if (lost) {
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
        interrupts.configChanged();
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

  /** Under the device lock: the device is taken away and never used again. */
  void remove() {
    lost = true;
    deactivate();
  }

  private void reset() {
    if (active && !device.resettable()) {
      lost = true;
      deactivate();
      status = statusOfFailedReset == 0 ? 0 : status | statusOfFailedReset;
      return;
    }
    if (lost) {
      return;
    }
    deactivate();
    for (SplitQueue queue : queues) {
      queue.reset();
    }
    status = 0;
    deviceFeaturesSelect = 0;
    driverFeaturesSelect = 0;
    driverFeatures = 0;
    queueSelect = 0;
  }

  /** Under the device lock. */
  State save() {
    device.quiesce();
    List<SplitQueue.State> saved = new ArrayList<>();
    for (SplitQueue queue : queues) {
      saved.add(queue.save());
    }
    return new State(
        status,
        List.of(deviceFeaturesSelect, driverFeaturesSelect, queueSelect),
        driverFeatures,
        List.copyOf(saved),
        device.save());
  }

  /** Under the device lock; {@link #resume} follows. */
  void restore(State state) {
    if (state.queues.size() != queues.length || state.selectors.size() != 3) {
      throw new IllegalArgumentException("not the state of a virtio device of type " + device.type());
    }
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
  }

  /** Under the device lock: a restored device goes on. */
  void resume() {
    if ((status & (DRIVER_OK | NEEDS_RESET | FAILED)) == DRIVER_OK) {
      activate();
    }
  }
}
