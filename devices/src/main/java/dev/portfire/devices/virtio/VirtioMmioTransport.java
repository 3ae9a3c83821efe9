package dev.portfire.devices.virtio;

import dev.portfire.devices.Snapshotable;
import dev.portfire.machine.BusDevice;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.InterruptLine;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The memory-mapped transport (virtio 1.2, 4.2) of one device.
 *
 * <p>Registers take 4-byte accesses; the configuration space takes any. The driver must walk the status register bit by
 * bit (virtio 1.2, 3.1.1); what is out of order is ignored.
 */
public final class VirtioMmioTransport implements BusDevice, Snapshotable<VirtioMmioTransport.State> {
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

  private static final int INTERRUPT_USED = 1;
  private static final int INTERRUPT_CONFIG = 2;

  private final InterruptLine line;
  private final VirtioCore core;

  /**
   * Guards the interrupt status and the line, which are touched on every interrupt and must not wait for device work.
   */
  private final Object interruptLock = new Object();

  private int interruptStatus;

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
    this.line = line;
    VirtioCore.Interrupts interrupts = new VirtioCore.Interrupts() {
      @Override
      public void used(int queue) {
        interrupt(INTERRUPT_USED);
      }

      @Override
      public void configChanged() {
        interrupt(INTERRUPT_CONFIG);
      }
    };
    core = new VirtioCore(device, memory, interrupts, executor, VirtioCore.FAILED);
  }

  /** The device behind this transport. */
  public VirtioDevice device() {
    return core.device();
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
    core.notifyQueue(index);
  }

  @Override
  public long read(long offset, int size) {
    int register = (int) offset;
    if (register >= CONFIG) {
      synchronized (core.deviceLock) {
        return core.device().readConfig(register - CONFIG, size);
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
      return core.status();
    }
    synchronized (core.deviceLock) {
      SplitQueue selected = core.selected();
      long value =
          switch (register) {
            case MAGIC -> MAGIC_VALUE;
            case VERSION -> VERSION_VALUE;
            case DEVICE_ID -> core.device().type();
            case VENDOR_ID -> 0;
            case DEVICE_FEATURES -> core.offeredHalf();
            case QUEUE_MAX -> selected != null ? selected.maxSize() : 0;
            case QUEUE_READY -> selected != null && selected.ready() ? 1 : 0;
            case CONFIG_GENERATION -> core.generation();
            default -> 0;
          };
      return value & 0xffff_ffffL;
    }
  }

  @Override
  public void write(long offset, int size, long value) {
    int register = (int) offset;
    if (register >= CONFIG) {
      synchronized (core.deviceLock) {
        core.device().writeConfig(register - CONFIG, size, value);
      }
      return;
    }
    if (size != 4) {
      return;
    }
    int data = (int) value;
    switch (register) {
      case QUEUE_NOTIFY -> {
        if (Integer.compareUnsigned(data, core.queueCount()) < 0) {
          core.notifyQueue(data);
        }
      }
      case INTERRUPT_ACKNOWLEDGE -> {
        if ((core.status() & VirtioCore.DRIVER_OK) != 0) {
          synchronized (interruptLock) {
            interruptStatus &= ~data;
          }
        }
      }
      default -> {
        synchronized (core.deviceLock) {
          writeRegister(register, data);
        }
      }
    }
  }

  private void writeRegister(int register, int data) {
    switch (register) {
      case DEVICE_FEATURES_SELECT -> core.deviceFeaturesSelect = data;
      case DRIVER_FEATURES_SELECT -> core.driverFeaturesSelect = data;
      case DRIVER_FEATURES -> core.writeDriverFeatures(data);
      case QUEUE_SELECT -> core.queueSelect = data >= 0 ? data : Integer.MAX_VALUE;
      case STATUS -> writeStatus(data & 0xff);
      default -> {
        SplitQueue queue = core.writable();
        if (queue != null) {
          writeQueue(queue, register, data);
        }
      }
    }
  }

  private void writeStatus(int value) {
    core.writeStatus(value);
    if (value == 0) {
      synchronized (interruptLock) {
        interruptStatus = 0;
      }
    }
  }

  private static void writeQueue(SplitQueue queue, int register, int data) {
    long bits = Integer.toUnsignedLong(data);
    switch (register) {
      case QUEUE_SIZE -> queue.setSize(data & 0xffff);
      case QUEUE_READY -> queue.setReady(data == 1);
      case QUEUE_DESCRIPTORS -> queue.setDescriptors(SplitQueue.low(queue.descriptors(), bits));
      case QUEUE_DESCRIPTORS + 4 -> queue.setDescriptors(SplitQueue.high(queue.descriptors(), bits));
      case QUEUE_AVAILABLE -> queue.setAvailable(SplitQueue.low(queue.available(), bits));
      case QUEUE_AVAILABLE + 4 -> queue.setAvailable(SplitQueue.high(queue.available(), bits));
      case QUEUE_USED -> queue.setUsed(SplitQueue.low(queue.used(), bits));
      case QUEUE_USED + 4 -> queue.setUsed(SplitQueue.high(queue.used(), bits));
      default -> {}
    }
  }

  @Override
  public State save() {
    synchronized (core.deviceLock) {
      VirtioCore.State saved = core.save();
      int pending;
      synchronized (interruptLock) {
        pending = interruptStatus;
      }
      return new State(
          saved.status(), pending, saved.selectors(), saved.driverFeatures(), saved.queues(), saved.device());
    }
  }

  @Override
  public void restore(State state) {
    synchronized (core.deviceLock) {
      core.restore(new VirtioCore.State(
          state.status, state.selectors, state.driverFeatures, state.queues, state.device));
      synchronized (interruptLock) {
        interruptStatus = state.interruptStatus;
        if (interruptStatus != 0) {
          // The edge may have been on its way.
          line.pulse();
        }
      }
      core.resume();
    }
  }
}
