package dev.portfire.devices;

import dev.portfire.machine.InterruptLine;

/** An interrupt line that remembers its level and how often it rose. */
public final class Level implements InterruptLine {
  private boolean level;
  private int rises;

  @Override
  public synchronized void set(boolean now) {
    if (now && !level) {
      rises++;
    }
    level = now;
  }

  /** Whether it is asserted. */
  public synchronized boolean high() {
    return level;
  }

  /** How often it rose. */
  public synchronized int rises() {
    return rises;
  }
}
