package dev.portfire.devices.pci;

/** Takes message-signalled interrupts. Thread-safe. */
@FunctionalInterface
public interface MessageSink {
  /**
   * Sends a message to the interrupt controllers.
   *
   * @param address as the guest has set it; what is no interrupt's address has no effect
   * @param data as the guest has set it
   */
  void send(long address, int data);
}
