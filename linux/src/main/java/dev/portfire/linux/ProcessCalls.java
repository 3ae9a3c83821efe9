package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** What a process asks of the kernel about itself, prctl and clocks, and about others: kill. */
@SuppressWarnings("restricted") // this module exists to make restricted calls
public final class ProcessCalls {
  /** CPU time of the process; {@code <time.h>}. */
  public static final int CLOCK_PROCESS_CPUTIME_ID = 2;

  /** CPU time of the calling thread. */
  public static final int CLOCK_THREAD_CPUTIME_ID = 3;

  /** Time since the host started, without suspension. */
  public static final int CLOCK_MONOTONIC = 1;

  /** Time since the host started, with suspension. */
  public static final int CLOCK_BOOTTIME = 7;

  /** The calling thread and what it executes gain no privileges; {@code <linux/prctl.h>}. */
  public static final int PR_SET_NO_NEW_PRIVS = 38;

  /** The precision of the calling thread's timers, in nanoseconds. */
  public static final int PR_SET_TIMERSLACK = 29;

  private static final int RLIMIT_NOFILE = 7;

  /** What programs that only look at things do without. */
  private static final class Often {
    static final MethodHandle PRCTL = SystemCalls.variadic(
        "prctl", 1, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    static final MethodHandle CLOCK_GETTIME =
        SystemCalls.handle("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
  }

  /** What few need: linking a call takes milliseconds in a JVM that has just started. */
  private static final class Seldom {
    static final MethodHandle KILL =
        SystemCalls.handle("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  }

  private ProcessCalls() {}

  /**
   * Sends a signal to one process, kill(2).
   *
   * @param pid more than 0: what is not names groups of processes
   */
  public static void kill(int pid, int signal) throws SystemCallException {
    if (pid <= 0) {
      throw new IllegalArgumentException("no process has the number " + pid);
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      if ((int) Seldom.KILL.invokeExact(state, pid, signal) != 0) {
        throw SystemCalls.failure("kill(%d, %d)".formatted(pid, signal), state);
      }
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }

  /**
   * Lets this process have more open files, prlimit64(2).
   *
   * @param files how many; more than the hard limit only root may have
   */
  public static void allowFiles(long files) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limit = arena.allocate(16, 8);
      long unused = RawCalls.call("getrlimit(RLIMIT_NOFILE)", RawCalls.PRLIMIT64, 0, RLIMIT_NOFILE, 0, limit.address(), 0);
      if (Long.compareUnsigned(limit.get(JAVA_LONG, 0), files) < 0) {
        limit.set(JAVA_LONG, 0, files);
        if (Long.compareUnsigned(limit.get(JAVA_LONG, 8), files) < 0) {
          limit.set(JAVA_LONG, 8, files);
        }
        unused = RawCalls.call(
            "setrlimit(RLIMIT_NOFILE, %d)".formatted(files), RawCalls.PRLIMIT64, 0, RLIMIT_NOFILE, limit.address(), 0, 0);
      }
    }
  }

  /** Makes a prctl call with one argument. */
  public static int prctl(int operation, long argument) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      int result = (int) Often.PRCTL.invokeExact(state, operation, argument, 0L, 0L, 0L);
      if (result < 0) {
        throw SystemCalls.failure("prctl(%d, %d)".formatted(operation, argument), state);
      }
      return result;
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }

  /** Reads a clock, in nanoseconds. */
  public static long clock(int clock) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      MemorySegment time = arena.allocate(16, 8);
      if ((int) Often.CLOCK_GETTIME.invokeExact(state, clock, time) != 0) {
        throw SystemCalls.failure("clock_gettime(%d)".formatted(clock), state);
      }
      return time.get(JAVA_LONG, 0) * 1_000_000_000L + time.get(JAVA_LONG, 8);
    } catch (SystemCallException e) {
      throw e;
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }
}
