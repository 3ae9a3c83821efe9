package dev.portfire.machine;

/** Why a vCPU left guest code, under the names KVM gives its exits. */
public enum ExitReason {
  /** Port I/O. */
  IO,
  /** Memory-mapped I/O. */
  MMIO,
  /** HLT. */
  HLT,
  /** CPUID. */
  CPUID,
  /** RDMSR. */
  MSR_READ,
  /** WRMSR. */
  MSR_WRITE,
  /** An external interrupt was delivered. */
  EXTERNAL_INTERRUPT,
  /** Control register access. */
  CR_ACCESS,
  /** An exception was delivered to the guest. */
  EXCEPTION,
  /** Triple fault. */
  SHUTDOWN,
  /** A signal to the vCPU's thread. */
  INTR,
  /** The guest asked for the machine's end or reset in a way of its back end's own. */
  SYSTEM_EVENT,
  /** The back end could not emulate an instruction; the instruction assist executed it. */
  INTERNAL_ERROR,
  /** Another exit of the back end. */
  OTHER
}
