package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.portfire.machine.HostCode;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Machine code in an anonymous file that is mapped twice: once to write it, once to execute it. */
@SuppressWarnings("restricted") // entering machine code is what this class is for
public final class ExecutableMemory implements HostCode {
  private static final MethodHandle CALL =
      SystemCalls.LINKER.downcallHandle(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));

  private final MemorySegment writable;
  private final MemorySegment executable;

  private ExecutableMemory(MemorySegment writable, MemorySegment executable) {
    this.writable = writable;
    this.executable = executable;
  }

  /**
   * Allocates zeroed pages, which come into being when they are touched.
   *
   * @param bytes a positive multiple of 4096
   * @throws IllegalStateException if the host does not give them, with the failed call
   */
  public static HostCode allocate(long bytes) {
    try {
      return map(bytes);
    } catch (SystemCallException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
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
      return (long) CALL.invokeExact(MemorySegment.ofAddress(function), first, second);
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }

  @Override
  public void release(long offset) {
    long from = offset + 4095 & -4096L;
    try {
      SystemCalls.madvise(writable.asSlice(from), SystemCalls.MADV_REMOVE);
    } catch (SystemCallException e) {
      throw new IllegalStateException("giving machine code back failed", e);
    }
  }

  @Override
  public void close() {
    try {
      SystemCalls.munmap(executable);
      SystemCalls.munmap(writable);
    } catch (SystemCallException e) {
      throw new IllegalStateException("unmapping machine code failed", e);
    }
  }
}
