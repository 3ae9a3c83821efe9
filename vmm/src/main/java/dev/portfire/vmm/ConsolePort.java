package dev.portfire.vmm;

import java.io.OutputStream;

/**
 * A port of the virtio console: the terminal {@code /dev/hvc0}, or a byte channel that a guest program finds by its
 * name in {@code /sys/class/virtio-ports}.
 *
 * @param name the channel's name; empty for the terminal
 * @param output gets what the guest writes, on a thread of the port's own, and is flushed after each piece; while it
 *     blocks, so does the guest's program. It is not closed. If it throws, what the guest writes from then on is thrown
 *     away
 */
public record ConsolePort(String name, OutputStream output) {
  /** The terminal, {@code /dev/hvc0}. */
  public static ConsolePort terminal(OutputStream output) {
    return new ConsolePort("", output);
  }

  /**
   * A named channel.
   *
   * @param name printable ASCII without spaces, 1 to 63 characters
   */
  public static ConsolePort channel(String name, OutputStream output) {
    return new ConsolePort(name, output);
  }

  /** Whether it is the terminal. */
  boolean isTerminal() {
    return name.isEmpty();
  }
}
