package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** System calls that the C library has no function for, or only a young one. */
@SuppressWarnings("restricted") // this module exists to make restricted calls
final class RawCalls {
  /** Numbers of x86-64; {@code <asm/unistd.h>}. */
  static final long PERF_EVENT_OPEN = 298;

  static final long PRLIMIT64 = 302;
  static final long PIDFD_OPEN = 434;
  static final long PIDFD_GETFD = 438;

  private static final MethodHandle SYSCALL = SystemCalls.variadic(
      "syscall",
      1,
      FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

  private RawCalls() {}

  /**
   * Makes a call.
   *
   * @param name for errors
   */
  static long call(String name, long number, long a, long b, long c, long d, long e) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      long result = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e);
      if (result < 0) {
        throw SystemCalls.failure(name, state);
      }
      return result;
    } catch (SystemCallException failure) {
      throw failure;
    } catch (Throwable impossible) {
      throw SystemCalls.impossible(impossible);
    }
  }
}
