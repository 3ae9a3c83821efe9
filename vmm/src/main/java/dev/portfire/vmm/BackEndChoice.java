package dev.portfire.vmm;

/**
 * What {@link Accelerator#AUTO} takes on this host.
 *
 * @param accelerator {@link Accelerator#KVM} or {@link Accelerator#SOFT}
 * @param reason one line
 */
public record BackEndChoice(Accelerator accelerator, String reason) {
  /**
   * Chooses as a machine's start does; it may measure KVM's speed, once for each boot of the host.
   *
   * @throws MicroVmException if nothing works here
   */
  public static BackEndChoice automatic() throws MicroVmException {
    BackEnds.Choice choice = BackEnds.choose(Accelerator.AUTO, Engine.AUTO, false);
    return new BackEndChoice(choice.accelerator(), choice.reason());
  }
}
