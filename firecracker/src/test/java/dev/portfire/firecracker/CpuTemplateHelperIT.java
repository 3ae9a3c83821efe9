package dev.portfire.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.CpuTemplate.LeafModifier;
import dev.portfire.machine.CpuTemplate.RegisterModifier;
import dev.portfire.machine.CpuidLeaf.Register;
import dev.portfire.vmm.Accelerator;
import dev.portfire.vmm.GuestCpu;
import dev.portfire.vmm.MicroVmException;
import dev.portfire.vmm.cputemplate.StaticCpuTemplate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Templates and the processors of machines of the software CPU. */
class CpuTemplateHelperIT {
  private static GuestCpu cpu(Optional<CpuTemplate> template) throws MicroVmException {
    return GuestCpu.of(Accelerator.SOFT, 1, false, template);
  }

  @Test
  void aMachineMadeFromADumpIsTheSame() throws MicroVmException {
    GuestCpu plain = cpu(Optional.empty());
    CpuTemplate dump = CpuTemplates.dump(plain);
    assertThat(CpuTemplates.dump(cpu(Optional.empty()))).isEqualTo(dump);
    assertThat(CpuTemplates.verify(dump, cpu(Optional.of(dump)))).isEmpty();
    assertThat(dump.msrs()).noneMatch(msr -> msr.address() == 0x10).anyMatch(msr -> msr.address() == 0x10a);
  }

  @Test
  void staticTemplatesOfIntelHold() throws MicroVmException {
    for (StaticCpuTemplate name : List.of(
        StaticCpuTemplate.C3, StaticCpuTemplate.T2, StaticCpuTemplate.T2S, StaticCpuTemplate.T2CL)) {
      CpuTemplate template = name.template();
      assertThat(CpuTemplates.verify(template, cpu(Optional.of(template)))).as(name.toString()).isEmpty();
    }
  }

  @Test
  void whatAGuestDoesNotFindIsToldBitByBit() throws MicroVmException {
    CpuTemplate model = new CpuTemplate(
        List.of(),
        List.of(new LeafModifier(1, 0, 0, List.of(new RegisterModifier(Register.EAX, 0xf, 0x2)))),
        List.of(),
        Set.of());
    assertThat(CpuTemplates.verify(model, cpu(Optional.empty()))).contains(
        "Value for leaf=0x1, subleaf=0x0, flags=0b0, register=eax mismatched.\n"
            + "* CPU template     : 0b" + "0".repeat(30) + "10\n"
            + "* CPU configuration: 0b" + "0".repeat(31) + "1\n"
            + "* Diff             :   " + " ".repeat(30) + "^^");
    CpuTemplate missing = new CpuTemplate(
        List.of(), List.of(), List.of(new CpuTemplate.MsrModifier(0x3fff_0000, 1, 1)), Set.of());
    assertThat(CpuTemplates.verify(missing, cpu(Optional.empty()))).contains("index=0x3fff0000 not found in CPU configuration.");
  }
}
