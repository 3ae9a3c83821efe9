package dev.portfire.devices;

import dev.portfire.machine.BusDevice;

/**
 * The registers with which an ACPI guest of a hardware-reduced platform powers off and resets (ACPI 6.5, 4.8.3.7 and
 * 4.8.3.6): sleep control, sleep status and reset, a byte each. The FADT announces them.
 */
public final class AcpiPower implements BusDevice {
  /** Guest-physical address of the registers. */
  public static final long BASE = 0xfea0_0200L;

  /** Number of registers. */
  public static final int LENGTH = 3;

  /** The sleep type of S5, soft off, in the DSDT's {@code _S5} object. */
  public static final int SLEEP_TYPE_S5 = 5;

  /** The value that resets. */
  public static final int RESET_VALUE = 0x42;

  private static final int SLEEP_CONTROL = 0;
  private static final int RESET = 2;

  private static final int SLEEP_ENABLE = 0x20;

  private final Runnable powerOff;
  private final Runnable reset;

  /**
   * Makes the registers; they hold no state.
   *
   * @param powerOff called on a vCPU's thread when the guest powers the machine off
   * @param reset called on a vCPU's thread when the guest resets the machine
   */
  public AcpiPower(Runnable powerOff, Runnable reset) {
    this.powerOff = powerOff;
    this.reset = reset;
  }

  @Override
  public long read(long offset, int size) {
    return 0;
  }

  @Override
  public void write(long offset, int size, long value) {
    if (offset == SLEEP_CONTROL && (value & SLEEP_ENABLE) != 0 && (value >>> 2 & 7) == SLEEP_TYPE_S5) {
      powerOff.run();
    } else if (offset == RESET && (value & 0xff) == RESET_VALUE) {
      reset.run();
    }
  }
}
