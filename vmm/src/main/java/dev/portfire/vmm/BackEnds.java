package dev.portfire.vmm;

import dev.portfire.machine.Capabilities;
import dev.portfire.machine.Hypervisor;
import dev.portfire.softcpu.SoftHypervisor;

/** Chooses what executes guest code; the only place that knows a back end by its class. */
final class BackEnds {
  private BackEnds() {}

  /**
   * The back end for a wish.
   *
   * @throws MicroVmException if it does not work here
   */
  static Hypervisor choose(Accelerator accelerator, Engine engine) throws MicroVmException {
    Hypervisor hypervisor = switch (accelerator) {
      case AUTO, SOFT -> switch (engine) {
        case AUTO, SAFE -> new SoftHypervisor();
      };
      case KVM -> throw new MicroVmException("this build has no KVM back end: choose the accelerator auto or soft");
    };
    Capabilities capabilities = hypervisor.probe();
    if (!capabilities.available()) {
      throw new MicroVmException(capabilities.reason());
    }
    return hypervisor;
  }
}
