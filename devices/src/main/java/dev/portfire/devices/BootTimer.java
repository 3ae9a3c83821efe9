package dev.portfire.devices;

import dev.portfire.machine.BusDevice;

/** A byte of memory that a guest's init writes when it starts, so that the boot can be timed. */
public final class BootTimer implements BusDevice {
  /** Guest-physical address. */
  public static final long BASE = 0xc000_0000L;

  /** Bytes in the window. */
  public static final int LENGTH = 0x1000;

  private static final int MAGIC = 123;

  private final Runnable booted;

  /**
   * Makes a timer.
   *
   * @param booted called on a vCPU's thread each time the guest reports
   */
  public BootTimer(Runnable booted) {
    this.booted = booted;
  }

  @Override
  public long read(long offset, int size) {
    return 0;
  }

  @Override
  public void write(long offset, int size, long value) {
    if (offset == 0 && size == 1 && value == MAGIC) {
      booted.run();
    }
  }
}
