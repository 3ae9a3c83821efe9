package dev.portfire.devices;

/**
 * A device whose state can be taken out and put into another instance of the same configuration.
 *
 * @param <S> a record of plain values; it shares no array with the device
 */
public interface Snapshotable<S> {
  /** The state; the machine's vCPUs do not run and no device work is in progress. */
  S save();

  /**
   * Replaces the state and drives the interrupt line accordingly; the machine's vCPUs do not run.
   *
   * @throws IllegalArgumentException if the state is not one of such a device
   */
  void restore(S state);
}
