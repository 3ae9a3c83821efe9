package dev.portfire.softcpu.irqchip;

/** The guest's time-stamp counter, which runs at a fixed frequency. */
public interface TscClock {
  /** The counter now. */
  long tsc();

  /**
   * The {@link System#nanoTime()} at which the counter reaches a value.
   *
   * @param tsc a value less than 2<sup>60</sup> ticks ahead of now
   */
  long toNanoTime(long tsc);
}
