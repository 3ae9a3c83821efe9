package dev.portfire.vmm.gdb;

import dev.portfire.machine.GuestDebug;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.X86State;
import java.util.List;

/**
 * A machine that can be stopped and looked at. vCPUs are numbered from 0. All methods but {@link #stopAll} and {@link #kill}
 * are for a machine whose vCPUs have all stopped.
 */
public interface GdbTarget {
  /** What a vCPU is to do. */
  enum Action {
    /** It stays where it is. */
    STAY,
    /** It executes one instruction. */
    STEP,
    /** It goes on. */
    CONTINUE
  }

  /** How many vCPUs there are. */
  int vcpus();

  /** The machine's memory. */
  GuestMemory memory();

  /** A vCPU's state. */
  X86State state(int vcpu);

  /** Replaces a vCPU's state. */
  void setState(int vcpu, X86State state);

  /** Lets the guest have the exception of the INT3 that a vCPU stopped at, when that goes on. */
  void raiseBreakpoint(int vcpu);

  /**
   * Lets vCPUs go on.
   *
   * @param actions one for each vCPU
   * @param wish what stops them, but for steps
   */
  void resume(List<Action> actions, GuestDebug wish);

  /** Stops all vCPUs; when this returns they have stopped, or the machine has ended. */
  void stopAll();

  /** Ends the machine. */
  void kill();
}
