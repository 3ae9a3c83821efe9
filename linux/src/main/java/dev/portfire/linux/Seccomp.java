package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Which system calls a thread may make, seccomp(2). */
@SuppressWarnings("restricted") // this module exists to make restricted calls
public final class Seccomp {
  private static final long PR_SET_NO_NEW_PRIVS = 38;
  private static final long SECCOMP_SET_MODE_FILTER = 1;

  private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");
  private static final long SYS_PRCTL = ARM ? 167 : 157;
  private static final long SYS_SECCOMP = ARM ? 277 : 317;

  /** Bytes of {@code struct sock_fprog}. */
  private static final int PROGRAM_SIZE = 16;

  private static final int MOST_INSTRUCTIONS = 0xffff;

  // Through syscall(2): prctl(2) wants zeros where a function with variable arguments would not put any.
  private static final MethodHandle SYSCALL = SystemCalls.variadic(
      "syscall",
      1,
      FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

  private Seccomp() {}

  /**
   * Confines the calling thread, and those that it starts from now on, for as long as they live. Nor will they get new privileges
   * by execve(2).
   *
   * @param program of {@code struct sock_filter}, eight bytes each, as {@code BPF_LD | BPF_ABS} sees {@code struct seccomp_data}
   * @throws SystemCallException if the kernel refuses it: EINVAL for a program that is none
   */
  public static void confine(long[] program) throws SystemCallException {
    if (program.length > MOST_INSTRUCTIONS) {
      throw new IllegalArgumentException(program.length + " instructions");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment filter = arena.allocate(PROGRAM_SIZE, JAVA_LONG.byteAlignment());
      filter.set(JAVA_SHORT, 0, (short) program.length);
      filter.set(ADDRESS, Long.BYTES, arena.allocateFrom(JAVA_LONG, program));
      call(arena, "prctl(PR_SET_NO_NEW_PRIVS)", SYS_PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0);
      call(arena, "seccomp(SECCOMP_SET_MODE_FILTER)", SYS_SECCOMP, SECCOMP_SET_MODE_FILTER, 0, filter.address());
    }
  }

  private static void call(Arena arena, String name, long number, long a, long b, long c) throws SystemCallException {
    MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
    long result;
    try {
      result = (long) SYSCALL.invokeExact(state, number, a, b, c, 0L, 0L);
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
    if (result != 0) {
      throw SystemCalls.failure(name, state);
    }
  }
}
