package dev.portfire.vmm;

import dev.portfire.devices.virtio.ConsolePort;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;

/** Feeds a port of the virtio console; closing it is the end of the file for the guest's reader. */
final class PortInput extends OutputStream {
  private final ConsolePort port;

  PortInput(ConsolePort port) {
    this.port = port;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] data, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, data.length);
    try {
      port.send(data, offset, length);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the guest was not reading");
    } catch (IllegalStateException e) {
      throw new IOException("the input of this port is closed", e);
    }
  }

  @Override
  public void close() {
    port.closeInput();
  }
}
