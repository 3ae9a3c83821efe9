package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A stream socket of the file system (unix(7)) that never waits: what cannot be done at once fails with EAGAIN. Java's own
 * cannot be waited for together with other descriptors. One thread reads and writes.
 */
@SuppressWarnings("restricted") // this module exists to make restricted calls
public final class UnixSocket implements AutoCloseable {
  /** The longest path in bytes. */
  public static final int LONGEST_PATH = 107;

  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_NONBLOCK = 0x800;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int FAMILY_SIZE = 2;
  private static final int ADDRESS_SIZE = 110;
  private static final int BACKLOG = 128;
  private static final int SHUT_WR = 1;

  private static final MethodHandle SOCKET =
      SystemCalls.handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle BIND =
      SystemCalls.handle("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle LISTEN =
      SystemCalls.handle("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle CONNECT =
      SystemCalls.handle("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle ACCEPT =
      SystemCalls.handle("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
  private static final MethodHandle SHUTDOWN =
      SystemCalls.handle("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private final Descriptor descriptor;
  private final Stream stream;

  private UnixSocket(Descriptor descriptor) {
    this.descriptor = descriptor;
    this.stream = new Stream(descriptor.fd());
  }

  private static Descriptor create(Arena arena, int flags) throws Throwable {
    MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
    int fd = (int) SOCKET.invokeExact(state, AF_UNIX, SOCK_STREAM | flags | SOCK_CLOEXEC, 0);
    if (fd < 0) {
      throw SystemCalls.failure("socket(AF_UNIX)", state);
    }
    return Descriptor.of(fd);
  }

  private static MemorySegment address(Arena arena, Path path) throws SystemCallException {
    byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0 || bytes.length > LONGEST_PATH) {
      throw new SystemCallException(
          "socket address \"%s\"".formatted(path),
          SystemCallException.EINVAL,
          SystemCalls.describe(SystemCallException.EINVAL));
    }
    MemorySegment address = arena.allocate(ADDRESS_SIZE, 8);
    address.set(JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(bytes, 0, address, JAVA_BYTE, FAMILY_SIZE, bytes.length);
    return address;
  }

  /**
   * Makes a socket file and listens there.
   *
   * @param path of a file that does not exist; closing does not remove it
   */
  public static UnixSocket listen(Path path) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = address(arena, path);
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      UnixSocket socket = new UnixSocket(create(arena, SOCK_NONBLOCK));
      int fd = socket.fd();
      if ((int) BIND.invokeExact(state, fd, address, ADDRESS_SIZE) != 0
          || (int) LISTEN.invokeExact(state, fd, BACKLOG) != 0) {
        SystemCallException e = SystemCalls.failure("bind(\"%s\")".formatted(path), state);
        socket.close();
        throw e;
      }
      return socket;
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }

  /** Connects to a socket file. */
  public static UnixSocket connect(Path path) throws SystemCallException {
    return new UnixSocket(connect(path, SOCK_NONBLOCK));
  }

  /** Connects to a socket file; unlike others this one waits for what cannot be done at once. */
  static UnixSocket connectWaiting(Path path) throws SystemCallException {
    return new UnixSocket(connect(path, 0));
  }

  private static Descriptor connect(Path path, int flags) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = address(arena, path);
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      Descriptor socket = create(arena, flags);
      if ((int) CONNECT.invokeExact(state, socket.fd(), address, ADDRESS_SIZE) != 0) {
        SystemCallException e = SystemCalls.failure("connect(\"%s\")".formatted(path), state);
        socket.close();
        throw e;
      }
      return socket;
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }

  /** Takes a connection to a listening socket, if there is one. */
  public Optional<UnixSocket> accept() throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      int fd = (int) ACCEPT.invokeExact(
          state, descriptor.fd(), MemorySegment.NULL, MemorySegment.NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) {
        return Optional.of(new UnixSocket(Descriptor.of(fd)));
      }
      SystemCallException e = SystemCalls.failure("accept4(%d)".formatted(descriptor.fd()), state);
      if (e.errno() == SystemCallException.EAGAIN) {
        return Optional.empty();
      }
      throw e;
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }

  /** The descriptor's number, to wait for. */
  public int fd() {
    return descriptor.fd();
  }

  /** Returns the number of bytes read, 0 at the end, or the negated error number, −EAGAIN if there is nothing now. */
  public long read(MemorySegment buffer) {
    return stream.read(buffer);
  }

  /** Returns the number of bytes written, or the negated error number, −EAGAIN if there is no room now. */
  public long write(MemorySegment buffer) {
    return stream.write(buffer);
  }

  /** Tells the other side that nothing more comes. */
  public void shutdownWrite() throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      if ((int) SHUTDOWN.invokeExact(state, descriptor.fd(), SHUT_WR) != 0) {
        throw SystemCalls.failure("shutdown(%d, SHUT_WR)".formatted(descriptor.fd()), state);
      }
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }

  @Override
  public void close() throws SystemCallException {
    descriptor.close();
  }
}
