package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.portfire.machine.HostCode;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Machine code in an anonymous file that is mapped twice: once to write it, once to execute it. */
@SuppressWarnings("restricted") // entering machine code is what this class is for
public final class ExecutableMemory implements HostCode {
  /** Not for who only writes code: linking takes milliseconds in a JVM that has just started. */
  private static final class Entering {
    static final MethodHandle CALL =
        SystemCalls.LINKER.downcallHandle(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
  }

  /** Pages come into being when they are touched. */
  public static final HostCode.Source SOURCE = new Source();

  private static final class Source implements HostCode.Source {
    @Override
    public HostCode allocate(long bytes) {
      try {
        return map(bytes);
      } catch (SystemCallException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    }

    @Override
    public MemorySegment allocateData(long bytes) {
      try {
        MemorySegment pages = SystemCalls.mmap(
            0, bytes, SystemCalls.PROT_READ | SystemCalls.PROT_WRITE, SystemCalls.MAP_PRIVATE | SystemCalls.MAP_ANONYMOUS, -1, 0);
        return pages.reinterpret(Arena.ofAuto(), ExecutableMemory::unmap);
      } catch (SystemCallException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    }

    @Override
    public void releaseData(MemorySegment data) {
      long from = -data.address() & 4095;
      long length = data.byteSize() - from & -4096L;
      if (length > 0) {
        discard(data.asSlice(from, length), SystemCalls.MADV_DONTNEED);
      }
    }
  }

  private final MemorySegment writable;
  private final MemorySegment executable;

  private ExecutableMemory(MemorySegment writable, MemorySegment executable) {
    this.writable = writable;
    this.executable = executable;
  }

  private static ExecutableMemory map(long bytes) throws SystemCallException {
    int fd = SystemCalls.memfdCreate("portfire-code", SystemCalls.MFD_CLOEXEC, bytes);
    try {
      MemorySegment writable = SystemCalls.mmap(
          0, bytes, SystemCalls.PROT_READ | SystemCalls.PROT_WRITE, SystemCalls.MAP_SHARED, fd, 0);
      try {
        MemorySegment executable = SystemCalls.mmap(
            0, bytes, SystemCalls.PROT_READ | SystemCalls.PROT_EXEC, SystemCalls.MAP_SHARED, fd, 0);
        return new ExecutableMemory(writable, executable);
      } catch (SystemCallException e) {
        SystemCalls.munmap(writable);
        throw e;
      }
    } finally {
      SystemCalls.close(fd);
    }
  }

  @Override
  public MemorySegment writable() {
    return writable;
  }

  @Override
  public long address() {
    return executable.address();
  }

  @Override
  public long call(long function, long first, long second) {
    try {
      return (long) Entering.CALL.invokeExact(MemorySegment.ofAddress(function), first, second);
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }

  @Override
  public void release(long offset) {
    discard(writable.asSlice(offset + 4095 & -4096L), SystemCalls.MADV_REMOVE);
  }

  private static void discard(MemorySegment pages, int advice) {
    try {
      SystemCalls.madvise(pages, advice);
    } catch (SystemCallException e) {
      throw new IllegalStateException("giving memory back failed", e);
    }
  }

  @Override
  public void close() {
    unmap(executable);
    unmap(writable);
  }

  private static void unmap(MemorySegment pages) {
    try {
      SystemCalls.munmap(pages);
    } catch (SystemCallException e) {
      throw new IllegalStateException("unmapping memory failed", e);
    }
  }
}
