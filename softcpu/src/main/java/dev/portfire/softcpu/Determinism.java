package dev.portfire.softcpu;

import java.time.Instant;

/**
 * How a machine of one vCPU is made to do the same at each run, and with each engine.
 *
 * <p>Time stands still but at <i>points</i>, which are the same in every engine since they are defined by the architecture: where
 * IN, OUT, HLT, PAUSE, CPUID, RDTSC, RDTSCP, RDMSR, WRMSR, RDRAND, RDSEED or a move from or to a control register has been executed, and
 * where an exception is about to be delivered. There, and nowhere else, the clock of the TSC, of kvmclock and of all timers advances by a
 * fixed amount, timers fire, and an interrupt that has been raised is looked for; one that could not be taken then is taken when
 * RFLAGS.IF is set, as ever. A vCPU that halts finds itself at the time of the next timer.
 *
 * <p>Devices have to do their part: their work belongs into {@link Listener#at}.
 *
 * @param seed of what RDRAND and RDSEED give
 * @param start the time of day when the machine starts
 * @param nanosPerPoint by how much the clock advances at each point, 1 to 1,000,000
 * @param listener is told of each point
 */
public record Determinism(long seed, Instant start, long nanosPerPoint, Listener listener) {
  /** Sees a machine at its points. */
  @FunctionalInterface
  public interface Listener {
    /**
     * The vCPU is at a point; time has not yet advanced. On the vCPU's thread, in the middle of {@link
     * dev.portfire.machine.Vcpu#run}, out of which an exception leads.
     *
     * @param point valid during the call
     */
    void at(Point point);
  }

  /** Checks the clock's step. */
  public Determinism {
    if (nanosPerPoint < 1 || nanosPerPoint > 1_000_000) {
      throw new IllegalArgumentException("a point takes 1 to 1,000,000 ns, not " + nanosPerPoint);
    }
  }
}
