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

  /** The guest has changed where one of the messages goes that are not masked, or begun to let it pass. */
  default void rerouted() {}
}
