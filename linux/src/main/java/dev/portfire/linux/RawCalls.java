package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * System calls by their numbers, through the C library's {@code syscall}. They have one type: for each type that a program calls, the
 * JVM generates some twenty classes, about 10 ms when it has just started and no AOT cache keeps them. What is called often, or
 * needs its own functions of the C library, has handles of its own.
 */
@SuppressWarnings("restricted") // this module exists to make restricted calls
final class RawCalls {
  // Numbers of x86-64; <asm/unistd_64.h>.
  static final long READ = 0;
  static final long CLOSE = 3;
  static final long MMAP = 9;
  static final long MPROTECT = 10;
  static final long MUNMAP = 11;
  static final long IOCTL = 16;
  static final long PREAD64 = 17;
  static final long MSYNC = 26;
  static final long MADVISE = 28;
  static final long FTRUNCATE = 77;
  static final long SCHED_SETAFFINITY = 203;
  static final long SCHED_GETAFFINITY = 204;
  static final long OPENAT = 257;
  static final long PERF_EVENT_OPEN = 298;
  static final long PRLIMIT64 = 302;
  static final long MEMFD_CREATE = 319;
  static final long PIDFD_OPEN = 434;
  static final long PIDFD_GETFD = 438;

  /** Relative names are relative to the working directory; {@code <fcntl.h>}. */
  static final long AT_FDCWD = -100;

  private static final MethodHandle FUNCTION = SystemCalls.LINKER.downcallHandle(
      FunctionDescriptor.of(
          JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
      Linker.Option.captureCallState("errno"),
      Linker.Option.firstVariadicArg(1));

  private static final MemorySegment SYSCALL = SystemCalls.LINKER.defaultLookup().findOrThrow("syscall");

  private RawCalls() {}

  /**
   * Makes a call.
   *
   * @param state where the error number is put
   * @return what the call returned, or −1 if it failed
   */
  static long make(MemorySegment state, long number, long a, long b, long c, long d, long e, long f) {
    return function(SYSCALL, state, number, a, b, c, d, e, f);
  }

  static long make(MemorySegment state, long number, long a, long b, long c) {
    return function(SYSCALL, state, number, a, b, c, 0, 0, 0);
  }

  /** Calls machine code with one argument. */
  static long execute(long code, long argument) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      return function(MemorySegment.ofAddress(code), state, argument, 0, 0, 0, 0, 0, 0);
    }
  }

  private static long function(
      MemorySegment function, MemorySegment state, long a, long b, long c, long d, long e, long f, long g) {
    try {
      return (long) FUNCTION.invokeExact(function, state, a, b, c, d, e, f, g);
    } catch (Throwable impossible) {
      throw SystemCalls.impossible(impossible);
    }
  }

  /**
   * Makes a call that seldom fails.
   *
   * @param name for errors
   */
  static long call(String name, long number, long a, long b, long c, long d, long e) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      long result = make(state, number, a, b, c, d, e, 0);
      if (result < 0) {
        throw SystemCalls.failure(name, state);
      }
      return result;
    }
  }
}
