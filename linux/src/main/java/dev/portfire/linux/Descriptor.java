package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * An open file descriptor, closed by {@link #close}. What fails names the call with its arguments. Constants are those of
 * x86-64 Linux, from the headers named beside them.
 */
@SuppressWarnings("restricted") // this module exists to make restricted calls
public final class Descriptor implements AutoCloseable {
  /** Open for reading and writing; {@code <fcntl.h>}. */
  public static final int O_RDWR = 2;

  /** Wait neither for another end nor for data. */
  public static final int O_NONBLOCK = 0x800;

  /** Close on exec. */
  public static final int O_CLOEXEC = 0x80000;

  /** What is called often; other ioctls are among {@link RawCalls}. */
  private static final class Often {
    private static final MethodHandle IOCTL =
        SystemCalls.variadic("ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
  }

  private final int fd;
  private boolean closed;

  private Descriptor(int fd) {
    this.fd = fd;
  }

  /** Takes over an open descriptor. */
  public static Descriptor of(int fd) {
    return new Descriptor(fd);
  }

  /**
   * Opens a file.
   *
   * @param flags {@code O_} flags
   */
  public static Descriptor open(String path, int flags) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      int fd = (int) RawCalls.make(state, RawCalls.OPENAT, RawCalls.AT_FDCWD, arena.allocateFrom(path).address(), flags);
      if (fd < 0) {
        throw SystemCalls.failure("open(\"%s\", 0x%x)".formatted(path, flags), state);
      }
      return new Descriptor(fd);
    }
  }

  /** The number, which must not be closed but here. */
  public int fd() {
    return fd;
  }

  /**
   * Makes an ioctl.
   *
   * @param name the request's name, for errors
   * @param request its number
   * @param argument a number or the address of a structure
   * @return what the call returned, 0 or more
   */
  public int ioctl(String name, long request, long argument) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      int result = (int) RawCalls.make(state, RawCalls.IOCTL, fd, request, argument);
      if (result < 0) {
        throw SystemCalls.failure("ioctl(%d, %s, 0x%x)".formatted(fd, name, argument), state);
      }
      return result;
    }
  }

  /** One request that one thread makes again and again; it allocates nothing. */
  public final class Repeated {
    private final MemorySegment state = Arena.ofAuto().allocate(SystemCalls.ERRNO_LAYOUT);
    private final long request;

    private Repeated(long request) {
      this.request = request;
    }

    /**
     * Makes the ioctl with argument 0.
     *
     * @return what it returned, or the negated error number
     */
    public int call() {
      try {
        int result = (int) Often.IOCTL.invokeExact(state, fd, request, 0L);
        return result >= 0 ? result : -SystemCalls.errno(state);
      } catch (Throwable e) {
        throw SystemCalls.impossible(e);
      }
    }
  }

  /** Prepares a request that is made again and again. */
  public Repeated repeated(long request) {
    return new Repeated(request);
  }

  /** Maps {@code length} bytes of the file, shared, for reading and writing. */
  public MemorySegment map(long length) throws SystemCallException {
    return SystemCalls.mmap(
        0, length, SystemCalls.PROT_READ | SystemCalls.PROT_WRITE, SystemCalls.MAP_SHARED, fd, 0);
  }

  /** Maps as {@link #map} does, for as long as somebody holds the segment; the descriptor may be closed before that. */
  public MemorySegment mapWhileUsed(long length) throws SystemCallException {
    return map(length).reinterpret(Arena.ofAuto(), Descriptor::unmap);
  }

  private static void unmap(MemorySegment mapping) {
    try {
      SystemCalls.munmap(mapping);
    } catch (SystemCallException e) {
      throw SystemCalls.impossible(e);
    }
  }

  /**
   * Reads from where the last read ended, read(2).
   *
   * @return the number of bytes, 0 at the end
   */
  public long read(MemorySegment buffer) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      long count = RawCalls.make(state, RawCalls.READ, fd, buffer.address(), buffer.byteSize());
      if (count < 0) {
        throw SystemCalls.failure("read(%d, %d bytes)".formatted(fd, buffer.byteSize()), state);
      }
      return count;
    }
  }

  /**
   * Reads at a position.
   *
   * @return the number of bytes, less than the buffer's size at the end of the file
   */
  public long read(MemorySegment buffer, long position) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      long count = RawCalls.make(state, RawCalls.PREAD64, fd, buffer.address(), buffer.byteSize(), position, 0, 0);
      if (count < 0) {
        throw SystemCalls.failure("pread(%d, %d bytes, %d)".formatted(fd, buffer.byteSize(), position), state);
      }
      return count;
    }
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
