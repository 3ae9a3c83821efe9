package dev.portfire.softcpu.irqchip;

/** How an interrupt message acts on its destination, in the order of the three-bit field (SDM volume 3, 11.6.1). */
public enum DeliveryMode {
  /** The vector, to every destination. */
  FIXED,
  /** The vector, to the destination of lowest priority. */
  LOWEST_PRIORITY,
  /** System management interrupt; there is no SMM here, it is dropped. */
  SMI,
  /** Not defined; dropped. */
  RESERVED,
  /** Non-maskable interrupt. */
  NMI,
  /** Reset of the destination. */
  INIT,
  /** Start-up IPI. */
  STARTUP,
  /** As if from the 8259 PICs; only meaningful at LINT0. */
  EXTINT;

  private static final DeliveryMode[] VALUES = values();

  /** Decodes the field in bits 8 to 10 of an interrupt command, a local vector, a redirection entry or MSI data. */
  public static DeliveryMode of(int register) {
    return VALUES[register >>> 8 & 7];
  }
}
