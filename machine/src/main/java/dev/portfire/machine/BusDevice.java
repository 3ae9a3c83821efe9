package dev.portfire.machine;

/**
 * A device that answers port or memory-mapped accesses in a window of an {@link IoBus}.
 *
 * <p>Calls come from vCPU threads, several at once when the machine has several vCPUs: a device guards its own state.
 */
public interface BusDevice {
  /**
   * Reads from the device.
   *
   * @param offset bytes from the start of the device's window
   * @param size access width in bytes: 1, 2, 4 or 8
   * @return the value, zero-extended
   */
  long read(long offset, int size);

  /**
   * Writes to the device.
   *
   * @param offset bytes from the start of the device's window
   * @param size access width in bytes: 1, 2, 4 or 8
   * @param value the value; bits above {@code size * 8} are zero
   */
  void write(long offset, int size, long value);
}
