package dev.portfire.vmm;

import dev.portfire.devices.virtio.NetworkPort;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import dev.portfire.linux.Tap;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A tap interface as a network device's end on the host. */
record TapPort(Tap tap) implements NetworkPort {
  @Override
  public int read(MemorySegment buffer) throws IOException {
    long count = tap.read(buffer);
    if (count < 0 && count != -SystemCallException.EAGAIN) {
      throw failed("read", count);
    }
    return (int) Math.max(0, count);
  }

  @Override
  public boolean write(MemorySegment frame) throws IOException {
    long count = tap.write(frame);
    if (count < 0 && count != -SystemCallException.EAGAIN) {
      throw failed("write", count);
    }
    return count >= 0;
  }

  private IOException failed(String what, long result) {
    return new IOException("%s of %s: %s".formatted(what, tap.name(), SystemCalls.describe((int) -result)));
  }

  @Override
  public void setOffloads(boolean checksum, boolean tso4, boolean tso6, boolean ufo) throws IOException {
    tap.setOffloads(
        (checksum ? Tap.TUN_F_CSUM : 0)
            | (tso4 ? Tap.TUN_F_TSO4 : 0)
            | (tso6 ? Tap.TUN_F_TSO6 : 0)
            | (ufo ? Tap.TUN_F_UFO : 0));
  }
}
