package dev.portfire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Signals that get a thread out of a blocking system call. */
@SuppressWarnings("restricted") // this module exists to make restricted calls
public final class Threads {
  /**
   * The signal for it: the first real-time signal that the C library leaves to programs (glibc: 34, musl: 35). The JVM uses
   * none near it.
   */
  public static final int WAKE_SIGNAL = firstRealTimeSignal();

  private static final int MUSLS_WAKE_SIGNAL = 35;
  private static final int SIG_BLOCK = 0;

  /** Bytes of {@code sigset_t}. */
  private static final int SIGSET_SIZE = 128;

  private static final long SYS_GETPID = 39;
  private static final long SYS_GETTID = 186;
  private static final long SYS_TGKILL = 234;

  private Threads() {}

  private static int firstRealTimeSignal() {
    try (Arena arena = Arena.ofConfined()) {
      return RawCalls.function(arena.allocate(SystemCalls.ERRNO_LAYOUT), "__libc_current_sigrtmin", 0, 0, 0);
    }
  }

  /**
   * Lets {@link #wake} interrupt system calls: installs a handler that does nothing, without SA_RESTART. It is the C
   * library's {@code abs}: a handler has to be machine code that runs in any state of a Java thread, and this is a function
   * of an int that touches nothing. Calling it again changes nothing. Where the C library is glibc, musl's signal gets the handler,
   * too: people who know Firecracker, which is linked with musl, send that.
   */
  public static void enableWaking() throws SystemCallException {
    long handler = SystemCalls.LINKER.defaultLookup().findOrThrow("abs").address();
    for (int signal = WAKE_SIGNAL; signal <= Math.max(WAKE_SIGNAL, MUSLS_WAKE_SIGNAL); signal++) {
      SystemCalls.sigaction(signal, handler, SystemCalls.SA_ONSTACK);
    }
  }

  /**
   * Keeps a signal away from the calling thread: what would send it to this very thread fails without it (pthread_sigmask(3)).
   *
   * @param signal 1 to 64
   */
  public static void block(int signal) {
    MethodHandle sigmask =
        SystemCalls.handle("pthread_sigmask", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment set = arena.allocate(SIGSET_SIZE, 8);
      set.set(JAVA_LONG, 0, 1L << signal - 1);
      int error =
          (int) sigmask.invokeExact(arena.allocate(SystemCalls.ERRNO_LAYOUT), SIG_BLOCK, set, MemorySegment.NULL);
      if (error != 0) {
        throw new IllegalArgumentException("signal %d: %s".formatted(signal, SystemCalls.describe(error)));
      }
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (Throwable e) {
      throw SystemCalls.impossible(e);
    }
  }

  // By numbers: the C library's own tgkill and gettid are younger than some that people run.
  private static long call(String name, long number, long a, long b, long c) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(SystemCalls.ERRNO_LAYOUT);
      long result = RawCalls.make(state, number, a, b, c);
      if (result < 0) {
        throw SystemCalls.failure("%s(%d, %d, %d)".formatted(name, a, b, c), state);
      }
      return result;
    }
  }

  /** The kernel's number of the calling thread. */
  public static int current() {
    try {
      return (int) call("gettid", SYS_GETTID, 0, 0, 0);
    } catch (SystemCallException e) {
      throw SystemCalls.impossible(e);
    }
  }

  /**
   * Interrupts a system call of a thread of this process, which returns EINTR; a thread that is not in one notices nothing.
   *
   * @param thread its number, see {@link #current}
   */
  public static void wake(int thread) throws SystemCallException {
    call("tgkill", SYS_TGKILL, call("getpid", SYS_GETPID, 0, 0, 0), thread, WAKE_SIGNAL);
  }
}
