package dev.portfire.softcpu.irqchip;

/**
 * A model-specific register access that the CPU answers with #GP(0). It carries no stack trace: guests cause it at
 * will.
 */
public final class MsrFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes a fault.
   *
   * @param msr the register's number
   */
  public MsrFault(int msr) {
    super("#GP(0) on MSR 0x%x".formatted(msr), null, false, false);
  }
}
