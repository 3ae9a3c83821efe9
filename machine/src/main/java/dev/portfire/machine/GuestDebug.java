package dev.portfire.machine;

import java.util.List;

/**
 * What a debugger asks of a vCPU: when {@link Vcpu#run()} is to return {@link Vcpu.Stop#DEBUG} (KVM_SET_GUEST_DEBUG in KVM's
 * api.rst). The guest does not see that it is debugged: its own debug registers and RFLAGS.TF stay as they are.
 *
 * @param step after one instruction, or where the exception leads that it raised; interrupts wait, if the back end can hold
 *     them, unless the vCPU is halted
 * @param breakpoints before an INT3, which then raises no exception in the guest
 * @param addresses before the instruction at one of these linear addresses; at most {@value #MAX_ADDRESSES}
 */
public record GuestDebug(boolean step, boolean breakpoints, List<Long> addresses) {
  /** How many addresses there can be: DR0 to DR3. */
  public static final int MAX_ADDRESSES = 4;

  /** There is no debugger. */
  public static final GuestDebug NONE = new GuestDebug(false, false, List.of());

  /** Checks the number of addresses. */
  public GuestDebug {
    addresses = List.copyOf(addresses);
    if (addresses.size() > MAX_ADDRESSES) {
      throw new IllegalArgumentException("there are %d debug registers for addresses, not %d"
          .formatted(MAX_ADDRESSES, addresses.size()));
    }
  }

  /** The reason for {@link Vcpu.Stop#DEBUG}. The instruction pointer is that of the next instruction to be executed. */
  public enum Cause {
    /** The instruction that {@link #step} asked for has been executed. */
    STEP,
    /** The next instruction is INT3. */
    BREAKPOINT,
    /** The next instruction is at one of {@link #addresses}. */
    ADDRESS
  }
}
