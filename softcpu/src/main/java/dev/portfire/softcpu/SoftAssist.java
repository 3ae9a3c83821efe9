package dev.portfire.softcpu;

import dev.portfire.machine.CpuModel;
import dev.portfire.machine.InstructionAssist;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.machine.X86State;

/**
 * Executes single instructions for another back end, on its memory and buses, with a software CPU of its own.
 *
 * <p>What it cannot reach are interrupt controllers that live inside the other back end.
 */
public final class SoftAssist implements InstructionAssist, AutoCloseable {
  private final SoftVm vm;
  private final Cpu cpu;

  /**
   * Makes the CPU; it costs some memory for each page of the guest's, so it is made when first needed.
   *
   * @param machine the machine whose instructions it will execute
   */
  public SoftAssist(Vm machine) {
    vm = new SoftVm(new VmSpec("assist", machine.memory(), 1, CpuModel.PORTFIRE_V3), machine.ports(), machine.mmio());
    cpu = (Cpu) vm.vcpu(0);
  }

  @Override
  public synchronized X86State execute(X86State state) {
    // The other back end's CPUs write memory unseen: nothing that was decoded or translated before counts.
    cpu.restore(state);
    cpu.mmu.flushAll();
    cpu.step();
    return cpu.save();
  }

  /** Stops its timer thread. */
  @Override
  public void close() {
    vm.close();
  }
}
