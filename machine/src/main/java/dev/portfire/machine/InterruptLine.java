package dev.portfire.machine;

/** One wire into the interrupt controllers. Thread-safe. */
@FunctionalInterface
public interface InterruptLine {
  /** Drives the wire: {@code true} asserts it, {@code false} releases it. */
  void set(boolean level);

  /** Asserts and releases the wire: one edge. It may take effect a little later, on another thread (irqfd of KVM). */
  default void pulse() {
    set(true);
    set(false);
  }
}
