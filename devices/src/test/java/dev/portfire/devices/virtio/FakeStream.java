package dev.portfire.devices.virtio;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** A host's end that a test drives. */
final class FakeStream implements HostStream {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private byte[] incoming = {};
  private Runnable action = () -> {};
  private boolean ended;
  int room = Integer.MAX_VALUE;
  boolean broken;
  boolean gone;
  boolean writeShut;
  boolean closed;

  void arrive(byte[] data) {
    byte[] all = new byte[incoming.length + data.length];
    System.arraycopy(incoming, 0, all, 0, incoming.length);
    System.arraycopy(data, 0, all, incoming.length, data.length);
    incoming = all;
    action.run();
  }

  void arrive(String text) {
    arrive(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** The other side sends no more, or has gone altogether. */
  void end(boolean altogether) {
    ended = true;
    gone = altogether;
    action.run();
  }

  void makeRoom(int bytes) {
    room = bytes;
    action.run();
  }

  byte[] written() {
    return written.toByteArray();
  }

  @Override
  public void onReady(Runnable newAction) {
    action = newAction;
  }

  @Override
  public int read(MemorySegment buffer) throws IOException {
    if (broken) {
      throw new IOException("broken, for the test");
    }
    int length = (int) Math.min(buffer.byteSize(), incoming.length);
    if (length == 0) {
      return ended ? -1 : 0;
    }
    MemorySegment.copy(incoming, 0, buffer, ValueLayout.JAVA_BYTE, 0, length);
    incoming = java.util.Arrays.copyOfRange(incoming, length, incoming.length);
    return length;
  }

  @Override
  public int write(MemorySegment data) throws IOException {
    if (broken || gone) {
      throw new IOException("broken, for the test");
    }
    int length = (int) Math.min(data.byteSize(), room);
    room -= length;
    written.writeBytes(data.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
    return length;
  }

  @Override
  public boolean hungUp() {
    return gone;
  }

  @Override
  public void shutdownWrite() {
    writeShut = true;
  }

  @Override
  public void close() {
    closed = true;
    action = () -> {};
  }
}
