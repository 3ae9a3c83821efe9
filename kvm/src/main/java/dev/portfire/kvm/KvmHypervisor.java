package dev.portfire.kvm;

import dev.portfire.machine.Capabilities;
import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.Hypervisor;
import dev.portfire.machine.InstructionAssist;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The back end on the host's KVM. */
public final class KvmHypervisor implements Hypervisor {
  /** Where KVM is. */
  public static final String DEVICE = "/dev/kvm";

  private final String path;
  private final Optional<Function<Vm, InstructionAssist>> assist;

  /**
   * Makes the back end; nothing is opened yet.
   *
   * @param path the device, normally {@link #DEVICE}
   * @param assist makes what executes the instructions that KVM cannot, when a machine first needs it; without it such an
   *     instruction ends the machine
   */
  public KvmHypervisor(String path, Optional<Function<Vm, InstructionAssist>> assist) {
    this.path = path;
    this.assist = assist;
  }

  @Override
  public Capabilities probe() {
    try (KvmDevice device = KvmDevice.open(path)) {
      int most = device.check(Capability.MAX_VCPUS);
      return new Capabilities(true, Math.min(VmSpec.MAX_VCPUS, Math.max(1, most)), "KVM through " + path);
    } catch (KvmUnavailableException e) {
      return new Capabilities(false, 0, e.reason());
    }
  }

  @Override
  public Vm create(VmSpec spec) {
    return open(spec);
  }

  /**
   * Creates a virtual machine; everything is closed again if that fails.
   *
   * @throws IllegalStateException in one line: KVM cannot be used, or has not what the processor model needs
   */
  KvmVm open(VmSpec spec) {
    List<CpuTemplate.Capability> wishes = spec.template().map(CpuTemplate::capabilities).orElse(List.of());
    try (KvmDevice device = KvmDevice.open(path, wishes)) {
      return new KvmVm(device, spec, assist);
    } catch (KvmUnavailableException e) {
      throw new IllegalStateException(e.reason(), e);
    }
  }
}
