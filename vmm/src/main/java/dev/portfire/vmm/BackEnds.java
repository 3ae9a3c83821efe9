package dev.portfire.vmm;

import dev.portfire.kvm.KvmHypervisor;
import dev.portfire.kvm.SpeedProbe;
import dev.portfire.linux.ExecutableMemory;
import dev.portfire.machine.Capabilities;
import dev.portfire.machine.CpuModel;
import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Hypervisor;
import dev.portfire.machine.VmSpec;
import dev.portfire.softcpu.SoftAssist;
import dev.portfire.softcpu.SoftHypervisor;
import java.util.Optional;

/** Chooses what executes guest code; the only place that knows a back end by its class. */
final class BackEnds {
  private static final System.Logger LOG = System.getLogger(BackEnds.class.getName());

  private BackEnds() {}

  /**
   * The choice for a wish.
   *
   * @param accelerator {@link Accelerator#KVM} or {@link Accelerator#SOFT}
   * @param hypervisor the back end
   * @param cpu what guests are told of their processor, unless something else is asked for
   * @param reason one line: why this one
   */
  record Choice(Accelerator accelerator, Hypervisor hypervisor, CpuModel cpu, String reason) {
    /** The software CPU, whose machines move to any host. */
    static Choice soft(SoftHypervisor hypervisor, String reason) {
      return new Choice(Accelerator.SOFT, hypervisor, CpuModel.PORTFIRE_V2, reason);
    }

    /**
     * What to create. A template changes all that the back end has, as Firecracker's do, unless a model is asked for.
     *
     * @param model what the guest is told of its processor, if something is asked for
     */
    VmSpec spec(
        String name,
        GuestMemory memory,
        int vcpus,
        boolean smt,
        Optional<CpuModel> model,
        Optional<CpuTemplate> template) {
      CpuModel otherwise = accelerator == Accelerator.SOFT && template.isPresent() ? CpuModel.PORTFIRE_V3 : cpu;
      return new VmSpec(name, memory, vcpus, model.orElse(otherwise), smt, template);
    }
  }

  /**
   * The back end for a wish. AUTO takes KVM only where it runs guest kernel code at hardware speed, which is measured: the
   * software CPU beats a KVM that emulates.
   *
   * @throws MicroVmException if it does not work here
   */
  static Choice choose(Accelerator accelerator, Engine engine, boolean countInstructions) throws MicroVmException {
    Choice choice = switch (accelerator) {
      case AUTO -> auto(engine);
      case SOFT -> soft(engine, "asked for");
      case KVM -> {
        Optional<String> problem = kvmProblem();
        if (problem.isPresent()) {
          throw new MicroVmException(problem.get());
        }
        yield kvm("asked for");
      }
    };
    LOG.log(System.Logger.Level.DEBUG, "accelerator {0}: {1}", choice.accelerator, choice.reason);
    return countInstructions && choice.hypervisor instanceof SoftHypervisor soft
        ? Choice.soft(soft.countingInstructions(), choice.reason)
        : choice;
  }

  private static Choice soft(Engine engine, String reason) throws MicroVmException {
    return switch (engine) {
      case SAFE -> Choice.soft(new SoftHypervisor(), reason);
      case AUTO -> {
        Optional<String> problem = nativeProblem();
        yield problem.isPresent()
            ? Choice.soft(new SoftHypervisor(), reason + "; " + problem.get())
            : Choice.soft(new SoftHypervisor(ExecutableMemory.SOURCE), reason);
      }
      case NATIVE -> {
        Optional<String> problem = nativeProblem();
        if (problem.isPresent()) {
          throw new MicroVmException(problem.get() + ": choose the engine auto or safe");
        }
        yield Choice.soft(new SoftHypervisor(ExecutableMemory.SOURCE), reason);
      }
    };
  }

  private static boolean isX86Linux() {
    return System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64");
  }

  /** Why the native engine cannot be used here, if it cannot. */
  private static Optional<String> nativeProblem() {
    return isX86Linux()
        ? SoftHypervisor.nativeProblem(ExecutableMemory.SOURCE)
        : Optional.of("the native engine is there on x86-64 Linux only");
  }

  private static Choice auto(Engine engine) throws MicroVmException {
    if (engine != Engine.AUTO) {
      return soft(engine, "an engine of the software CPU was asked for");
    }
    Optional<SpeedProbe.Verdict> known = isX86Linux() ? SpeedProbe.remembered() : Optional.empty();
    if (known.isPresent() && !known.get().hardwareSpeed()) {
      // Known to be of no use: its system calls need not even be linked.
      return soft(engine, known.get().reason());
    }
    Optional<String> problem = kvmProblem();
    if (problem.isPresent()) {
      return soft(engine, problem.get());
    }
    SpeedProbe.Verdict verdict = speed();
    return verdict.hardwareSpeed() ? kvm(verdict.reason()) : soft(engine, verdict.reason());
  }

  /**
   * KVM, with the software CPU's help where it emulates and so cannot do everything. What guests are told of their processor is
   * then what the software CPU has, and else, as with other monitors, what the host has.
   */
  private static Choice kvm(String reason) {
    CpuModel cpu = speed().hardwareSpeed() ? CpuModel.HOST : CpuModel.PORTFIRE_V2;
    return new Choice(
        Accelerator.KVM, new KvmHypervisor(KvmHypervisor.DEVICE, Optional.of(SoftAssist::new)), cpu, reason);
  }

  private static SpeedProbe.Verdict speed() {
    try {
      return SpeedProbe.verdict();
    } catch (IllegalStateException e) {
      return new SpeedProbe.Verdict(false, "KVM failed the speed probe (" + e.getMessage() + ")");
    }
  }

  /** Why KVM cannot be used here, if it cannot. */
  private static Optional<String> kvmProblem() {
    if (!isX86Linux()) {
      return Optional.of("KVM is there on x86-64 Linux only: choose the accelerator auto or soft");
    }
    Capabilities capabilities =
        new KvmHypervisor(KvmHypervisor.DEVICE, Optional.empty()).probe();
    return capabilities.available() ? Optional.empty() : Optional.of(capabilities.reason());
  }
}
