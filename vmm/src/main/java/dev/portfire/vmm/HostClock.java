package dev.portfire.vmm;

import dev.portfire.linux.ProcessCalls;
import dev.portfire.linux.SystemCallException;
import java.time.Duration;

/** The host's clocks, in microseconds. */
public final class HostClock {
  private static final long NANOS_PER_MICRO = 1000;

  private HostClock() {}

  /** The monotonic clock; on Linux, {@code CLOCK_MONOTONIC}, which other processes have too. */
  public static long monotonicMicros() {
    return System.nanoTime() / NANOS_PER_MICRO;
  }

  /** The CPU time that this process has taken; 0 where the host does not tell. */
  public static long processCpuMicros() {
    if (System.getProperty("os.name").equals("Linux")) {
      try {
        return ProcessCalls.clock(ProcessCalls.CLOCK_PROCESS_CPUTIME_ID) / NANOS_PER_MICRO;
      } catch (SystemCallException e) {
        return 0;
      }
    }
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / NANOS_PER_MICRO;
  }
}
