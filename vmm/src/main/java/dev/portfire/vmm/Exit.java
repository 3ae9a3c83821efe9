package dev.portfire.vmm;

/** How a microVM came to its end. */
public sealed interface Exit {
  /** The guest powered itself off. */
  record PowerOff() implements Exit {}

  /** The guest asked for a reset, which a microVM takes as its end. */
  record Reset() implements Exit {}

  /**
   * A vCPU shut down with a triple fault.
   *
   * @param vcpu its number
   * @param registers its registers, several lines
   */
  record TripleFault(int vcpu, String registers) implements Exit {}

  /** The host stopped it with {@link MicroVm#stop} or {@link MicroVm#close}. */
  record Stopped() implements Exit {}

  /**
   * The back end or a device failed: a fault of Portfire's, not the guest's.
   *
   * @param cause what happened
   */
  record Failed(Throwable cause) implements Exit {}
}
