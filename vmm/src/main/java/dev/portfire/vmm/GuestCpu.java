package dev.portfire.vmm;

import dev.portfire.boot.LinuxBoot;
import dev.portfire.machine.CpuModel;
import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.CpuidLeaf;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.Vm;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a guest finds of its processor when it starts, on the first vCPU.
 *
 * @param cpuid what CPUID answers
 * @param msrs the model-specific registers that can be read, by their numbers as unsigned ones, in order
 */
public record GuestCpu(List<CpuidLeaf> cpuid, Map<Integer, Long> msrs) {
  private static final long MEMORY = 1 << 20;

  /**
   * Makes a machine that does not run, and looks.
   *
   * @param accelerator the back end
   * @param vcpus 1 to 32
   * @param smt whether two vCPUs each are the threads of one core
   * @param template what changes the processor
   * @throws MicroVmException telling why there is no such machine
   */
  public static GuestCpu of(Accelerator accelerator, int vcpus, boolean smt, Optional<CpuTemplate> template)
      throws MicroVmException {
    return of(accelerator, vcpus, smt, Optional.empty(), template);
  }

  /**
   * Looks at a machine with one vCPU.
   *
   * @param accelerator the back end
   * @param model the processor, or empty for the back end's own
   * @param template what changes it
   * @throws MicroVmException telling why there is no such machine
   */
  public static GuestCpu of(Accelerator accelerator, Optional<CpuModel> model, Optional<CpuTemplate> template)
      throws MicroVmException {
    return of(accelerator, 1, false, model, template);
  }

  private static GuestCpu of(
      Accelerator accelerator, int vcpus, boolean smt, Optional<CpuModel> model, Optional<CpuTemplate> template)
      throws MicroVmException {
    BackEnds.Choice choice = BackEnds.choose(accelerator, Engine.AUTO, false);
    try (GuestMemory memory = GuestMemory.allocate(MEMORY);
        Vm vm = choice.hypervisor().create(choice.spec("cpu", memory, vcpus, smt, model, template))) {
      Vcpu vcpu = vm.vcpu(0);
      vcpu.restore(LinuxBoot.applicationProcessor());
      Map<Integer, Long> msrs = new TreeMap<>(Integer::compareUnsigned);
      msrs.putAll(vcpu.msrs());
      return new GuestCpu(vcpu.cpuid(), msrs);
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw new MicroVmException(String.valueOf(e.getMessage()), e);
    }
  }
}
