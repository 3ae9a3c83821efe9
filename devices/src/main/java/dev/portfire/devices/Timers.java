package dev.portfire.devices;

/** The time, and calls at a later time, for devices. */
public interface Timers {
  /** A clock in nanoseconds that never goes back; only differences mean something. */
  long nanoTime();

  /**
   * Has a task executed once on the devices' thread. It cannot be taken back: a task looks for itself whether it is still
   * wanted. Thread-safe.
   *
   * @param nanos how long to wait at least; 0 or less: not at all
   */
  void after(long nanos, Runnable task);
}
