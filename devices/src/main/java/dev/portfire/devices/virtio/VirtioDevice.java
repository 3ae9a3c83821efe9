package dev.portfire.devices.virtio;

/**
 * A virtio device as its transport sees it. Calls come with the device's lock held: from vCPU threads, except {@link
 * #process}, which comes on the executor's thread.
 */
public interface VirtioDevice {
  /** The feature every device offers besides its own: virtio 1.0 and later. */
  long F_VERSION_1 = 1L << 32;

  /** Feature: interrupts and notifications can be limited by event indices. */
  long F_EVENT_IDX = 1L << 29;

  /** The state of a device, without its transport and queues. */
  sealed interface State
      permits VirtioBalloon.BalloonState,
          VirtioBlock.BlockState,
          VirtioConsole.ConsoleState,
          VirtioMem.MemState,
          VirtioNet.NetState,
          VirtioPmem.PmemState,
          VirtioRng.RngState,
          VirtioVsock.VsockState {}

  /** Device type: virtio 1.2, chapter 5. */
  int type();

  /** Number of queues, constant. */
  int queueCount();

  /** The features offered, {@link #F_VERSION_1} excepted; constant. */
  long features();

  /**
   * Whether the device can do with the features that a driver has chosen among those offered.
   *
   * @param features the choice
   */
  default boolean accepts(long features) {
    return true;
  }

  /**
   * Reads from the configuration space.
   *
   * @param offset bytes from its start, 0 to 0xeff
   * @param size 1, 2, 4 or 8
   * @return the value; 0 where there is nothing
   */
  long readConfig(int offset, int size);

  /**
   * Writes to the configuration space, which few devices have a use for.
   *
   * @param offset bytes from its start, 0 to 0xeff
   * @param size 1, 2, 4 or 8
   */
  default void writeConfig(int offset, int size, long value) {}

  /** The driver has set the device up; queues may be used until {@link #deactivate()}. */
  void activate(VirtioLink link);

  /** The driver reset the device, or asked the impossible of it: the link must not be used any more. */
  void deactivate();

  /** Whether the driver can reset the device while it is active. */
  default boolean resettable() {
    return true;
  }

  /** The driver wanted to use the device, with a queue that is not sound. */
  default void activationFailed() {}

  /** The state is about to be saved: what other threads are doing has to be done and given back to the driver. */
  default void quiesce() {}

  /**
   * The driver made buffers available in a queue, or the device asked for this call with {@link VirtioLink#schedule}.
   * Notifications come once for any number of buffers.
   *
   * @throws QueueException if the driver broke the queue; the transport stops the device
   */
  void process(int queue);

  /** The state. */
  State save();

  /**
   * Replaces the state; {@link #activate} follows if the device was active.
   *
   * @throws IllegalArgumentException if it is not the state of such a device
   */
  void restore(State state);

  /** Reads a little-endian number out of a configuration space kept as an array. */
  static long field(byte[] config, int offset, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      if (offset + i < config.length) {
        value |= (config[offset + i] & 0xffL) << (8 * i);
      }
    }
    return value;
  }
}
