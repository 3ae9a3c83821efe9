package dev.portfire.softcpu.irqchip;

/**
 * The CPU behind a local APIC. Calls come from any thread, with locks of other controllers held: an implementation sets
 * a flag, wakes its thread and returns; it does not call back.
 */
public interface ApicHost {
  /** There may now be an interrupt to take: {@link LocalApic#interruptPending()} has to be looked at. */
  void interruptRaised();

  /** A non-maskable interrupt arrived. */
  void nmi();

  /** An INIT arrived. The CPU resets itself on its own thread and calls {@link LocalApic#init()}. */
  void init();

  /**
   * A start-up IPI arrived (SDM volume 3, 9.4.4).
   *
   * @param vector 0 to 255: execution starts at physical address {@code vector << 12}
   */
  void startUp(int vector);
}
