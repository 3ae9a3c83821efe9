package dev.portfire.testing.conformance;

import dev.portfire.machine.X86State;
import java.util.List;
import java.util.Optional;

/**
 * How a guest ran.
 *
 * @param trace what it did, the last line says how it ended
 * @param expected what it must do on this back end
 * @param differences why this back end does something else than the architecture says, where it is known to
 * @param states the vCPUs' last states
 * @param nanos how long it took
 */
public record Outcome(
    List<String> trace, List<String> expected, List<String> differences, List<X86State> states, long nanos) {
  /** How many lines that are too many are shown. */
  private static final int BEYOND = 20;

  /** Whether it did what was expected. */
  public boolean passed() {
    return trace.equals(expected);
  }

  /** What the CPU lacks for this guest, if it ended for that. */
  public Optional<String> lack() {
    return BareMachine.lack(trace);
  }

  /** Both traces side by side. */
  public String report() {
    return compare(expected, trace);
  }

  /** Two traces side by side. */
  static String compare(List<String> expected, List<String> trace) {
    StringBuilder s = new StringBuilder();
    int n = Math.max(trace.size(), expected.size());
    // A guest that went astray may have said the same for a minute.
    int last = Math.min(n, expected.size() + BEYOND);
    for (int k = 0; k < last; k++) {
      String want = k < expected.size() ? expected.get(k) : "(nothing)";
      String got = k < trace.size() ? trace.get(k) : "(nothing)";
      s.append(want.equals(got) ? "    " + got : "  ! expected " + want + "\n         got " + got).append('\n');
    }
    if (last < n) {
      s.append("    and ").append(n - last).append(" more lines\n");
    }
    return s.toString();
  }
}
