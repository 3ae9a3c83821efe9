package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/** On which CPUs the calling thread may run; {@code sched_setaffinity(2)}. */
public final class Affinity {
  /** Bytes of the masks: as many CPUs as any kernel is built for. */
  private static final int SIZE = 1024;

  private Affinity() {}

  /** The CPUs that the calling thread may run on. */
  public static BitSet get() throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      MemorySegment mask = arena.allocate(SIZE, 8);
      if (RawCalls.make(state, RawCalls.SCHED_GETAFFINITY, 0, SIZE, mask.address()) < 0) {
        throw SystemCalls.failure("sched_getaffinity(0)", state);
      }
      return BitSet.valueOf(mask.toArray(JAVA_BYTE));
    }
  }

  /**
   * Lets the calling thread run on these CPUs only, from now on.
   *
   * @throws SystemCallException EINVAL if it may run on none of them
   */
  public static void set(BitSet cpus) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      MemorySegment mask = arena.allocate(SIZE, 8);
      byte[] bytes = cpus.toByteArray();
      MemorySegment.copy(bytes, 0, mask, JAVA_BYTE, 0, Math.min(bytes.length, SIZE));
      if (RawCalls.make(state, RawCalls.SCHED_SETAFFINITY, 0, SIZE, mask.address()) != 0) {
        throw SystemCalls.failure("sched_setaffinity(0, " + cpus + ")", state);
      }
    }
  }
}
