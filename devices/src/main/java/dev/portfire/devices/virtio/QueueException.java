package dev.portfire.devices.virtio;

/** A driver broke the rules of a queue in a way that cannot be passed over: the device needs a reset. */
public final class QueueException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  QueueException(String message) {
    super(message, null, false, false);
  }
}
