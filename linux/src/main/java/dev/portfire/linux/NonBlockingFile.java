package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A file, named pipe or terminal that is written to and never waited for: opened to read and write, so that a pipe needs no
 * reader, not to block, and to append.
 */
@SuppressWarnings("restricted") // this module exists to make restricted calls
public final class NonBlockingFile implements AutoCloseable {
  private static final int O_RDWR = 2;
  private static final int O_CREAT = 0x40;
  private static final int O_APPEND = 0x400;
  private static final int O_NONBLOCK = 0x800;
  private static final int O_CLOEXEC = 0x80000;
  private static final int MODE = 0644;

  private static final MethodHandle OPEN =
      SystemCalls.variadic("open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle WRITE =
      SystemCalls.handle("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

  private final int fd;
  private boolean closed;

  private NonBlockingFile(int fd) {
    this.fd = fd;
  }

  /** Opens a file, which is made if it does not exist; what is in it stays. */
  public static NonBlockingFile open(String path) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      int flags = O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC;
      int fd = (int) OPEN.invokeExact(state, arena.allocateFrom(path), flags, MODE);
      if (fd < 0) {
        throw SystemCalls.failure("open(\"%s\", 0x%x)".formatted(path, flags), state);
      }
      return new NonBlockingFile(fd);
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }

  /**
   * Writes.
   *
   * @return how many bytes were taken; what the file has no room for now is not
   */
  public synchronized int write(byte[] data, int offset, int length) throws SystemCallException {
    if (closed) {
      throw new IllegalStateException("the file is closed");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      MemorySegment bytes = arena.allocate(Math.max(1, length));
      MemorySegment.copy(data, offset, bytes, JAVA_BYTE, 0, length);
      while (true) {
        long count = (long) WRITE.invokeExact(state, fd, bytes, (long) length);
        if (count >= 0) {
          return (int) count;
        }
        SystemCallException failure = SystemCalls.failure("write(%d, %d bytes)".formatted(fd, length), state);
        if (failure.errno() == SystemCallException.EAGAIN) {
          return 0;
        }
        if (failure.errno() != SystemCallException.EINTR) {
          throw failure;
        }
      }
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }

  /** Its descriptor, which others must not close. */
  public int fd() {
    return fd;
  }

  /** Closes it; a second time does nothing. */
  @Override
  public synchronized void close() throws SystemCallException {
    if (!closed) {
      closed = true;
      SystemCalls.close(fd);
    }
  }
}
