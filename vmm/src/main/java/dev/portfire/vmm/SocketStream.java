package dev.portfire.vmm;

import dev.portfire.devices.virtio.HostStream;
import dev.portfire.linux.Events;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import dev.portfire.linux.UnixSocket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.foreign.MemorySegment;

/** A socket of the host as one end of a connection with the guest. */
final class SocketStream implements HostStream {
  private static final Logger LOG = System.getLogger(SocketStream.class.getName());

  private final UnixSocket socket;
  private final DeviceLoop loop;
  private final long tag;
  private volatile Runnable action = () -> {};
  private volatile boolean hungUp;
  private boolean closed;

  /** Takes over a socket. */
  SocketStream(UnixSocket socket, DeviceLoop loop) throws SystemCallException {
    this.socket = socket;
    this.loop = loop;
    try {
      tag = loop.watch(
          socket.fd(), Events.EPOLLIN | Events.EPOLLOUT | Events.EPOLLRDHUP | Events.EPOLLET, this::ready);
    } catch (SystemCallException e) {
      socket.close();
      throw e;
    }
  }

  private void ready(int events) {
    if ((events & Events.EPOLLHUP) != 0) {
      hungUp = true;
    }
    action.run();
  }

  @Override
  public void onReady(Runnable newAction) {
    action = newAction;
  }

  @Override
  public int read(MemorySegment buffer) throws IOException {
    long count = socket.read(buffer);
    if (count == -SystemCallException.EAGAIN) {
      return 0;
    }
    if (count < 0) {
      throw new IOException("read: " + SystemCalls.describe((int) -count));
    }
    return count == 0 ? -1 : (int) count;
  }

  @Override
  public int write(MemorySegment data) throws IOException {
    long count = socket.write(data);
    if (count == -SystemCallException.EAGAIN) {
      return 0;
    }
    if (count < 0) {
      throw new IOException("write: " + SystemCalls.describe((int) -count));
    }
    return (int) count;
  }

  @Override
  public boolean hungUp() {
    return hungUp;
  }

  @Override
  public void shutdownWrite() {
    try {
      socket.shutdownWrite();
    } catch (SystemCallException e) {
      // The other side has gone; reading or writing will tell.
      LOG.log(Logger.Level.DEBUG, "{0}", e.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    loop.unwatch(tag);
    try {
      socket.close();
    } catch (SystemCallException e) {
      LOG.log(Logger.Level.WARNING, "closing failed: {0}", e.getMessage());
    }
  }
}
