package dev.portfire.machine;

/** What the thread of a vCPU can be doing; {@link ExitStats#activity}. */
public enum Activity {
  /** Guest code that was emitted as the host's. */
  EMITTED("emitted code"),
  /** Guest instructions, one after the other, and what emitted code leaves for. */
  INTERPRETING("interpreter and exits"),
  /** Making code out of the guest's. */
  TRANSLATING("translation"),
  /** Filling the TLB of emitted code. */
  ADDRESSING("TLB misses"),
  /** Accesses to ports and memory-mapped registers. */
  DEVICES("devices"),
  /** The guest has nothing to do. */
  HALTED("halted");

  private final String title;

  Activity(String title) {
    this.title = title;
  }

  /** Words for it. */
  public String title() {
    return title;
  }
}
