package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;

/** On which CPUs the calling thread may run; {@code sched_setaffinity(2)}. */
@SuppressWarnings("restricted") // this module exists to make restricted calls
public final class Affinity {
  /** Bytes of the masks: as many CPUs as any kernel is built for. */
  private static final int SIZE = 1024;

  private static final MethodHandle SET =
      SystemCalls.handle("sched_setaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
  private static final MethodHandle GET =
      SystemCalls.handle("sched_getaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));

  private Affinity() {}

  /** The CPUs that the calling thread may run on. */
  public static BitSet get() throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      MemorySegment mask = arena.allocate(SIZE, 8);
      if ((int) GET.invokeExact(state, 0, (long) SIZE, mask) != 0) {
        throw SystemCalls.failure("sched_getaffinity(0)", state);
      }
      return BitSet.valueOf(mask.toArray(JAVA_BYTE));
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
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
      if ((int) SET.invokeExact(state, 0, (long) SIZE, mask) != 0) {
        throw SystemCalls.failure("sched_setaffinity(0, " + cpus + ")", state);
      }
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }
}
