package dev.portfire.machine;

/** A back end that can run virtual machines: KVM, or the software CPU. */
public interface Hypervisor {
  /** What this back end offers here. */
  Capabilities probe();

  /**
   * Creates a virtual machine with its interrupt controllers and timers, and no vCPU yet.
   *
   * @throws IllegalStateException with the reason and the remedy, if this back end cannot run here
   */
  Vm create(VmSpec spec);
}
