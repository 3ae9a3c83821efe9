package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * A stream socket of the file system that waits, but not for ever, and that passes descriptors along (SCM_RIGHTS, unix(7)). One
 * thread at a time.
 */
@SuppressWarnings("restricted") // this module exists to make restricted calls
public final class MessageSocket implements AutoCloseable {
  /** The most descriptors that one message carries. */
  public static final int MOST_DESCRIPTORS = 8;

  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int SO_SNDTIMEO = 21;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_NOSIGNAL = 0x4000;

  // struct msghdr and struct cmsghdr, <sys/socket.h>.
  private static final int MESSAGE_SIZE = 56;
  private static final int MESSAGE_VECTOR = 16;
  private static final int MESSAGE_VECTOR_LENGTH = 24;
  private static final int MESSAGE_CONTROL = 32;
  private static final int MESSAGE_CONTROL_LENGTH = 40;
  private static final int CONTROL_HEADER = 16;
  private static final int CONTROL_LEVEL = 8;
  private static final int CONTROL_TYPE = 12;

  private static final MethodHandle SETSOCKOPT = SystemCalls.handle(
      "setsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SENDMSG =
      SystemCalls.handle("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

  private final UnixSocket socket;

  private MessageSocket(UnixSocket socket) {
    this.socket = socket;
  }

  /**
   * Connects to a socket file.
   *
   * @param seconds how long to wait for the other side whenever it has to do something
   */
  public static MessageSocket connect(Path path, int seconds) throws SystemCallException {
    UnixSocket socket = UnixSocket.connectWaiting(path);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      MemorySegment time = arena.allocate(16, 8);
      time.set(JAVA_LONG, 0, seconds);
      int fd = socket.fd();
      if ((int) SETSOCKOPT.invokeExact(state, fd, SOL_SOCKET, SO_RCVTIMEO, time, 16) != 0
          || (int) SETSOCKOPT.invokeExact(state, fd, SOL_SOCKET, SO_SNDTIMEO, time, 16) != 0) {
        SystemCallException e = SystemCalls.failure("setsockopt(%d, SOL_SOCKET, SO_RCVTIMEO)".formatted(fd), state);
        socket.close();
        throw e;
      }
      return new MessageSocket(socket);
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }

  /**
   * Sends all of a message, its first byte with descriptors, which stay open here.
   *
   * @param descriptors at most {@value #MOST_DESCRIPTORS}
   */
  public void send(byte[] message, int... descriptors) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, message);
      long done = 0;
      while (done < message.length) {
        MemorySegment header = arena.allocate(MESSAGE_SIZE, 8);
        MemorySegment vector = arena.allocate(16, 8);
        vector.set(JAVA_LONG, 0, bytes.address() + done);
        vector.set(JAVA_LONG, 8, message.length - done);
        header.set(JAVA_LONG, MESSAGE_VECTOR, vector.address());
        header.set(JAVA_LONG, MESSAGE_VECTOR_LENGTH, 1);
        if (done == 0 && descriptors.length > 0) {
          attach(header, arena, descriptors);
        }
        long count = (long) SENDMSG.invokeExact(state, socket.fd(), header, MSG_NOSIGNAL);
        if (count < 0) {
          throw SystemCalls.failure("sendmsg(%d, %d bytes)".formatted(socket.fd(), message.length), state);
        }
        done += count;
      }
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }

  private static void attach(MemorySegment header, Arena arena, int[] descriptors) {
    if (descriptors.length > MOST_DESCRIPTORS) {
      throw new IllegalArgumentException("a message carries %d descriptors, not %d"
          .formatted(MOST_DESCRIPTORS, descriptors.length));
    }
    long length = CONTROL_HEADER + 4L * descriptors.length;
    MemorySegment control = arena.allocate(length + 7 & ~7L, 8);
    control.set(JAVA_LONG, 0, length);
    control.set(JAVA_INT, CONTROL_LEVEL, SOL_SOCKET);
    control.set(JAVA_INT, CONTROL_TYPE, SCM_RIGHTS);
    for (int k = 0; k < descriptors.length; k++) {
      control.set(JAVA_INT, CONTROL_HEADER + 4L * k, descriptors[k]);
    }
    header.set(JAVA_LONG, MESSAGE_CONTROL, control.address());
    header.set(JAVA_LONG, MESSAGE_CONTROL_LENGTH, control.byteSize());
  }

  /** Waits for exactly so many bytes; the end of the stream and the end of patience are failures. */
  public byte[] receive(int length) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(Math.max(1, length));
      long done = 0;
      while (done < length) {
        long count = socket.read(bytes.asSlice(done, length - done));
        if (count <= 0) {
          int errno = count == 0 ? SystemCallException.EPIPE : (int) -count;
          throw new SystemCallException(
              "read(%d, %d bytes)".formatted(socket.fd(), length), errno, SystemCalls.describe(errno));
        }
        done += count;
      }
      return bytes.asSlice(0, length).toArray(JAVA_BYTE);
    }
  }

  @Override
  public void close() throws SystemCallException {
    socket.close();
  }
}
