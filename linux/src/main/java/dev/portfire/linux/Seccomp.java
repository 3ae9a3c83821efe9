package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Which system calls a thread may make, seccomp(2). */
@SuppressWarnings("restricted") // this module exists to make restricted calls
public final class Seccomp {
  private static final long PR_SET_NO_NEW_PRIVS = 38;
  private static final long SECCOMP_SET_MODE_FILTER = 1;

  /** Bytes of {@code struct sock_fprog}. */
  private static final int PROGRAM_SIZE = 16;

  private static final int MOST_INSTRUCTIONS = 0xffff;

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
      long unused = RawCalls.call("prctl(PR_SET_NO_NEW_PRIVS)", RawCalls.PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
      unused = RawCalls.call("seccomp(SECCOMP_SET_MODE_FILTER)", RawCalls.SECCOMP, SECCOMP_SET_MODE_FILTER, 0, filter.address(), 0, 0);
    }
  }
}
