package dev.portfire.kvm;

/** What KVM guests are told about their CPU. */
public enum CpuModel {
  /** All that the host and KVM offer. */
  HOST,
  /**
   * What the software CPU has too, x86-64-v2: for machines that move between back ends, and for KVMs that need its help with
   * instructions.
   */
  PORTABLE
}
