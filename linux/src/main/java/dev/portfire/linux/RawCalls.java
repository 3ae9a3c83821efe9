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
  private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

  // Numbers of x86-64 and of 64-bit ARM; <asm/unistd.h>.
  static final long READ = number(0, 63);
  static final long WRITE = number(1, 64);
  static final long CLOSE = number(3, 57);
  static final long MMAP = number(9, 222);
  static final long MPROTECT = number(10, 226);
  static final long MUNMAP = number(11, 215);
  static final long IOCTL = number(16, 29);
  static final long PREAD64 = number(17, 67);
  static final long MSYNC = number(26, 227);
  static final long MADVISE = number(28, 233);
  static final long FTRUNCATE = number(77, 46);
  static final long SCHED_SETAFFINITY = number(203, 122);
  static final long SCHED_GETAFFINITY = number(204, 123);
  static final long OPENAT = number(257, 56);
  static final long PPOLL = number(271, 73);
  static final long EVENTFD2 = number(290, 19);
  static final long PIPE2 = number(293, 59);
  static final long PERF_EVENT_OPEN = number(298, 241);
  static final long PRCTL = number(157, 167);
  static final long SECCOMP = number(317, 277);
  static final long PRLIMIT64 = number(302, 261);
  static final long MEMFD_CREATE = number(319, 279);
  static final long PIDFD_OPEN = number(434, 434);
  static final long PIDFD_GETFD = number(438, 438);

  /** Relative names are relative to the working directory; {@code <fcntl.h>}. */
  static final long AT_FDCWD = -100;

  private static final MethodHandle FUNCTION = SystemCalls.LINKER.downcallHandle(
      FunctionDescriptor.of(
          JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
      Linker.Option.captureCallState("errno"),
      Linker.Option.firstVariadicArg(1));

  private static final MemorySegment SYSCALL = SystemCalls.LINKER.defaultLookup().findOrThrow("syscall");

  private RawCalls() {}

  private static long number(long x86, long arm) {
    return ARM ? arm : x86;
  }

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

  /** Calls a function of the C library that has up to three arguments and returns an int. That it gets more than that does no harm. */
  static int function(MemorySegment state, String name, long a, long b, long c) {
    return (int) function(SystemCalls.LINKER.defaultLookup().findOrThrow(name), state, a, b, c, 0, 0, 0, 0);
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
