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
  SHUTDOWN
}
