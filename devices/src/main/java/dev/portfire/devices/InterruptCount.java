package dev.portfire.devices;

/** What is counted of virtio devices' interrupts; the names are Firecracker's metrics. */
public enum InterruptCount {
  /** Interrupts that were sent: edges of a wire, or messages. */
  TRIGGERS,
  /** Changes of where a message that is sent goes. */
  CONFIG_UPDATES
}
