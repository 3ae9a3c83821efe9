package dev.portfire.softcpu;

import dev.portfire.machine.Capabilities;
import dev.portfire.machine.Hypervisor;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;

/** The back end that executes guest instructions in Java, on any host. */
public final class SoftHypervisor implements Hypervisor {
  /** Makes the back end; it needs nothing from the host. */
  public SoftHypervisor() {}

  @Override
  public Capabilities probe() {
    return new Capabilities(true, VmSpec.MAX_VCPUS, "x86-64 CPU in Java, interpreter");
  }

  @Override
  public Vm create(VmSpec spec) {
    return new SoftVm(spec);
  }
}
