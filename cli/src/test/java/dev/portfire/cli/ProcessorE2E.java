package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.CpuTemplate.LeafModifier;
import dev.portfire.machine.CpuTemplate.RegisterModifier;
import dev.portfire.machine.CpuidLeaf.Register;
import dev.portfire.vmm.Accelerator;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What Linux makes of the processor that it finds: pairs of threads, and a CPU template. */
class ProcessorE2E {
  private static final String TOPOLOGY = """
      cd /sys/devices/system/cpu
      for c in 0 1 2 3; do
        echo "cpu$c" $(cat cpu$c/topology/thread_siblings_list cpu$c/topology/core_id cpu$c/cache/index0/shared_cpu_list)
      done
      """;

  @Test
  void pairsShareACoreAndItsCaches() throws Exception {
    try (ScriptGuest guest =
        new ScriptGuest(List.of(), builder -> builder.accelerator(Accelerator.SOFT).vcpus(4).smt(true), TOPOLOGY)) {
      assertThat(guest.finish()).contains("cpu0 0-1 0 0-1\ncpu1 0-1 0 0-1\ncpu2 2-3 1 2-3\ncpu3 2-3 1 2-3\n");
    }
  }

  @Test
  void otherwiseEachHasACore() throws Exception {
    try (ScriptGuest guest =
        new ScriptGuest(List.of(), builder -> builder.accelerator(Accelerator.SOFT).vcpus(4), TOPOLOGY)) {
      assertThat(guest.finish()).contains("cpu0 0 0 0\ncpu1 1 1 1\ncpu2 2 2 2\ncpu3 3 3 3\n");
    }
  }

  @Test
  void aTemplateTakesFeaturesAway() throws Exception {
    CpuTemplate template = new CpuTemplate(
        List.of(),
        List.of(
            new LeafModifier(1, 0, 0, List.of(
                new RegisterModifier(Register.EAX, 0x0fff_3fff, 0x0003_06f2), new RegisterModifier(Register.ECX, 1 << 25, 0))),
            new LeafModifier(7, 0, 1, List.of(new RegisterModifier(Register.EBX, 1 << 29, 0)))),
        List.of(),
        Set.of());
    try (ScriptGuest guest = new ScriptGuest(
        List.of(),
        builder -> builder.accelerator(Accelerator.SOFT).cpuTemplate(template),
        "grep -E '^(flags|model\\s|stepping)' /proc/cpuinfo")) {
      String found = guest.finish();
      assertThat(found).contains("model\t\t: 63\n").contains("stepping\t: 2\n");
      // AES and SHA are gone, AVX2 is not.
      assertThat(found).contains(" avx2 ").doesNotContain(" aes ").doesNotContain(" sha_ni ");
    }
  }
}
