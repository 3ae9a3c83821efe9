package dev.portfire.softcpu;

/**
 * For how long a halted vCPU looks for work before its thread sleeps: waking a thread up costs its waker some 15 µs, and a vCPU that
 * another one wakes is often halted for less than that.
 *
 * <p>As KVM does it ({@code halt_poll_ns}): the window grows when a wait was short but longer than the window, and closes when a wait
 * was long, so that an idle vCPU does not look at all.
 */
final class HaltPolling {
  /** No window is longer, in nanoseconds. */
  static final long LONGEST = 200_000;

  /** The first one that is open, in nanoseconds. */
  static final long FIRST = 10_000;

  private long window;

  /** For how long to look now, in nanoseconds; 0: not at all. */
  long window() {
    return window;
  }

  /** The vCPU was halted for so many nanoseconds, whether it looked or slept. */
  void halted(long nanos) {
    if (nanos > LONGEST) {
      window = 0;
    } else if (nanos > window) {
      window = Math.clamp(2 * window, FIRST, LONGEST);
    }
  }
}
