package dev.portfire.vmm;

import dev.portfire.linux.Seccomp;
import dev.portfire.linux.SystemCallException;

/** Which system calls a thread may make: a BPF program as seccomp(2) takes it, eight bytes an instruction. */
public final class SystemCallFilter {
  /** Nothing is forbidden. */
  public static final SystemCallFilter NONE = new SystemCallFilter(new long[0]);

  private final long[] program;

  private SystemCallFilter(long[] program) {
    this.program = program;
  }

  /** That of a program; an empty one forbids nothing. */
  public static SystemCallFilter of(long[] program) {
    return program.length == 0 ? NONE : new SystemCallFilter(program.clone());
  }

  /**
   * Confines the calling thread, and those that it starts from now on, for good.
   *
   * @throws MicroVmException if this kernel does not take the program
   */
  public void confineThisThread() throws MicroVmException {
    if (program.length == 0) {
      return;
    }
    try {
      Seccomp.confine(program);
    } catch (SystemCallException e) {
      throw new MicroVmException("the filter of system calls cannot be installed (--no-seccomp goes without): " + e.getMessage(), e);
    }
  }
}
