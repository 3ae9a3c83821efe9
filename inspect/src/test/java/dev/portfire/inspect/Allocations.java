package dev.portfire.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * How much a program allocates for hostile input: all that it asks for, garbage, too, has a bound that follows from how long its input is. What is
 * allocated at once can be no more than that.
 */
public final class Allocations {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final String what;
  private final long fixed;
  private final int factor;
  private double most;
  private String mostOf = "";

  /**
   * Makes a bound.
   *
   * @param what for messages
   * @param fixed bytes that any run may take
   * @param factor bytes more for each byte of input
   */
  public Allocations(String what, long fixed, int factor) {
    this.what = what;
    this.fixed = fixed;
    this.factor = factor;
  }

  /** Runs a program and checks the bound. */
  public Run bounded(String how, long input, Run.Program program) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    Run run = Run.ours(program);
    long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
    if (bytes / (double) bound(input) > most) {
      most = bytes / (double) bound(input);
      mostOf = how + ": " + bytes + " bytes for " + input;
    }
    assertThat(bytes).as("%s: bytes allocated for %d of input", how, input).isLessThan(bound(input));
    return run;
  }

  private long bound(long input) {
    return fixed + factor * input;
  }

  /** Tells how much of the bound was used at most. */
  public void report() {
    System.err.printf("%s: at most %.0f%% of the bound (%d KiB and %d times the input) was allocated: %s%n", what, 100 * most, fixed >> 10, factor, mostOf);
  }
}
