package dev.portfire.devices.virtio;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A host's end that is two lists. */
final class FakeNetwork implements NetworkPort {
  /** What the guest gets, without headers. */
  final Deque<byte[]> frames = new ArrayDeque<>();

  /** What the guest sent, with headers. */
  final List<byte[]> sent = new ArrayList<>();

  String offloads = "";
  boolean broken;

  @Override
  public int read(MemorySegment buffer) throws IOException {
    if (broken) {
      throw new IOException("broken, for the test");
    }
    byte[] frame = frames.poll();
    if (frame == null) {
      return 0;
    }
    buffer.asSlice(0, 12).fill((byte) 0);
    MemorySegment.copy(frame, 0, buffer, ValueLayout.JAVA_BYTE, 12, frame.length);
    return 12 + frame.length;
  }

  @Override
  public boolean write(MemorySegment frame) throws IOException {
    if (broken) {
      throw new IOException("broken, for the test");
    }
    sent.add(frame.toArray(ValueLayout.JAVA_BYTE));
    return true;
  }

  @Override
  public void setOffloads(boolean checksum, boolean tso4, boolean tso6, boolean ufo) {
    offloads = checksum + " " + tso4 + " " + tso6 + " " + ufo;
  }
}
