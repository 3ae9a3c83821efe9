package dev.portfire.vmm.cputemplate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.CpuTemplate.Capability;
import dev.portfire.machine.CpuTemplate.LeafModifier;
import dev.portfire.machine.CpuTemplate.MsrModifier;
import dev.portfire.machine.CpuTemplate.RegisterModifier;
import dev.portfire.machine.CpuidLeaf.Register;
import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuConfigTest {
  private static CpuTemplate read(String json) throws JsonException {
    return CpuConfig.read(new JsonReader(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void bitmapsGiveTheBitsThatTheyName() throws JsonException {
    CpuTemplate template = read("""
        {"kvm_capabilities": ["121", "!56"],
         "cpuid_modifiers": [{"leaf": "0x80000001", "subleaf": "0b10", "flags": 1, "modifiers": [
           {"register": "eax", "bitmap": "0bxxxx000000000011xx00011011110010"},
           {"register": "edx", "bitmap": "0b1_x0"}]}],
         "msr_modifiers": [{"addr": "0x10a", "bitmap": "0b1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx0"}]}
        """);
    assertThat(template.capabilities()).containsExactly(new Capability(121, false), new Capability(56, true));
    assertThat(template.leaves()).containsExactly(new LeafModifier(
        0x8000_0001,
        2,
        1,
        List.of(new RegisterModifier(Register.EAX, 0x0fff_3fff, 0x0003_06f2), new RegisterModifier(Register.EDX, 5, 4))));
    assertThat(template.msrs()).containsExactly(new MsrModifier(0x10a, 1L << 63 | 1, 1L << 63));
    JsonWriter out = new JsonWriter();
    CpuConfig.write(out, template);
    assertThat(read(out.toString())).isEqualTo(template);
    assertThat(out.toString()).contains("{\"leaf\":\"0x80000001\",\"subleaf\":\"0x2\",\"flags\":1,");
  }

  /** Values that follow from the table of the templates: what is set lies within what changes. */
  @Test
  void staticTemplatesSetOnlyWhatTheyChange() {
    for (StaticCpuTemplate name : StaticCpuTemplate.values()) {
      CpuTemplate template = name.template();
      assertThat(template.processors()).isNotEmpty();
      for (LeafModifier leaf : template.leaves()) {
        for (RegisterModifier register : leaf.registers()) {
          assertThat(register.bits() & ~register.filter()).isZero();
        }
      }
    }
    LeafModifier first = StaticCpuTemplate.T2.template().leaves().getFirst();
    // A host's leaf 1: another model, AVX-512's friends and all.
    assertThat(first.registers().get(0).apply(0x0005_0657)).isEqualTo(0x0003_06f2);
    assertThat(first.registers().get(1).apply(-1)).isEqualTo(~0x0004_cdfc);
    assertThat(first.registers().get(2).apply(-1)).isEqualTo(~0xe864_1080 | 0x1080);
    assertThat(StaticCpuTemplate.of("None")).isEmpty();
    assertThat(StaticCpuTemplate.T2S.template().msrs().getFirst().apply(-1)).isEqualTo(0x0c0a_0c4cL);
    assertThat(StaticCpuTemplate.T2CL.template().msrs().getFirst().apply(-1)).isEqualTo(0x1d0a_e1ffL);
  }
}
