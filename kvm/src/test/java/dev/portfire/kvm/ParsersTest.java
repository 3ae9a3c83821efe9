package dev.portfire.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.machine.CpuModel;
import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.CpuidLeaf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParsersTest {
  private static final String BOOT = "0c3827f1-9ead-4685-9386-ea4c7f9b02b4";

  @TempDir Path directory;

  private static String opcode(String hex) {
    return Opcode.of(HexFormat.of().parseHex(hex.replace(" ", "")), true);
  }

  @Test
  void opcodesAreNamedWithoutOperands() {
    assertThat(opcode("48 0f c7 4c 24 08")).isEqualTo("0f c7 /1");
    assertThat(opcode("f0 48 0f c7 0f")).isEqualTo("0f c7 /1");
    assertThat(opcode("48 0f ae 2f")).isEqualTo("0f ae /5");
    assertThat(opcode("d9 7d fc")).isEqualTo("d9 /7");
    assertThat(opcode("66 0f 38 00 c1")).isEqualTo("66 0f 38 00");
    assertThat(opcode("f3 0f 5e c1")).isEqualTo("f3 0f 5e");
    assertThat(opcode("c5 f8 77")).isEqualTo("c5 .. 77");
    assertThat(opcode("90")).isEqualTo("90");
    assertThat(opcode("66")).isEqualTo("prefixes only");
    assertThat(Opcode.of(new byte[] {0x48, (byte) 0x90}, false)).isEqualTo("48");
  }

  @Test
  void theProbesResultIsKeptForOneBoot() throws IOException {
    Path file = directory.resolve("cache").resolve("kvm-speed");
    assertThat(SpeedProbe.read(file, BOOT)).isEmpty();
    SpeedProbe.write(file, BOOT, 900_000);
    assertThat(SpeedProbe.read(file, BOOT)).hasValueSatisfying(v -> {
      assertThat(v.hardwareSpeed()).isFalse();
      assertThat(v.reason()).contains("emulates").contains("0.9 M");
    });
    assertThat(SpeedProbe.read(file, "another boot")).isEmpty();
    SpeedProbe.write(file, BOOT, 3_000_000_000L);
    assertThat(SpeedProbe.read(file, BOOT)).hasValueSatisfying(v -> assertThat(v.hardwareSpeed()).isTrue());
    for (String bad : List.of("", BOOT, BOOT + " much", BOOT + " 1 2", "\0\0\0")) {
      Files.writeString(file, bad);
      assertThat(SpeedProbe.read(file, BOOT)).as(bad).isEmpty();
    }
  }

  private static CpuidLeaf leaf(List<CpuidLeaf> leaves, int function, int index) {
    return leaves.stream().filter(l -> l.function() == function && l.index() == index).findFirst().orElseThrow();
  }

  private static List<CpuidLeaf> guest(
      List<CpuidLeaf> supported, int index, int count, int threads, boolean tscDeadline, CpuModel model) {
    List<CpuidLeaf> offered = Cpuid.offered(supported, model, Optional.empty());
    return Cpuid.normalise(supported, offered, model, index, new Cpuid.Topology(count, threads), tscDeadline);
  }

  @Test
  void twoThreadsShareACore() {
    List<CpuidLeaf> intel = List.of(
        new CpuidLeaf(0, 0, 0, 0x16, 0x756e_6547, 0x6c65_746e, 0x4965_6e69),
        new CpuidLeaf(1, 0, 0, 0x5_0657, 0, 0, 0),
        new CpuidLeaf(4, 0, 1, 0x121, 0, 0, 0),
        new CpuidLeaf(4, 3, 1, 0x163, 0, 0, 0));
    List<CpuidLeaf> pairs = guest(intel, 3, 8, 2, true, CpuModel.HOST);
    assertThat(leaf(pairs, 4, 0).eax()).isEqualTo(3 << 26 | 1 << 14 | 0x121);
    assertThat(leaf(pairs, 4, 3).eax()).isEqualTo(3 << 26 | 7 << 14 | 0x163);
    assertThat(leaf(pairs, 0xb, 0)).isEqualTo(new CpuidLeaf(0xb, 0, 1, 1, 2, 0x100, 3));
    assertThat(leaf(pairs, 0xb, 1)).isEqualTo(new CpuidLeaf(0xb, 1, 1, 5, 8, 0x201, 3));

    List<CpuidLeaf> amd = List.of(
        new CpuidLeaf(0, 0, 0, 0x10, 0x6874_7541, 0x444d_4163, 0x6974_6e65),
        new CpuidLeaf(0x8000_001d, 0, 1, 0x121, 0, 0, 0),
        new CpuidLeaf(0x8000_001e, 0, 0, 9, 9, 9, 9));
    pairs = guest(amd, 3, 4, 2, true, CpuModel.HOST);
    assertThat(leaf(pairs, 0x8000_001d, 0).eax()).isEqualTo(1 << 14 | 0x121);
    assertThat(leaf(pairs, 0x8000_001e, 0)).isEqualTo(new CpuidLeaf(0x8000_001e, 0, 0, 3, 0x101, 0, 9));
  }

  @Test
  void aTemplateIsAppliedBeforeTheLeavesAreMadeToFit() {
    List<CpuidLeaf> intel = List.of(
        new CpuidLeaf(0, 0, 0, 0x16, 0x756e_6547, 0x6c65_746e, 0x4965_6e69), new CpuidLeaf(1, 0, 0, 0x5_0657, 0, -1, -1));
    CpuTemplate template = new CpuTemplate(
        List.of(),
        List.of(new CpuTemplate.LeafModifier(
            1,
            0,
            0,
            List.of(
                new CpuTemplate.RegisterModifier(CpuidLeaf.Register.EAX, 0xff, 0x12),
                new CpuTemplate.RegisterModifier(CpuidLeaf.Register.ECX, -1, 0)))),
        List.of(),
        Set.of(new CpuTemplate.Processor(CpuTemplate.Vendor.INTEL, 0x5_0657)));
    List<CpuidLeaf> changed = Cpuid.offered(intel, CpuModel.HOST, Optional.of(template));
    List<CpuidLeaf> leaves = Cpuid.normalise(intel, changed, CpuModel.HOST, 0, new Cpuid.Topology(1, 1), true);
    assertThat(leaf(leaves, 1, 0).eax()).isEqualTo(0x5_0612);
    // x2APIC, TSC deadline and hypervisor come back
    assertThat(leaf(leaves, 1, 0).ecx()).isEqualTo(1 << 31 | 1 << 24 | 1 << 21);

    List<CpuidLeaf> other = List.of(intel.getFirst(), intel.get(1).eax(0x5_0654));
    assertThatThrownBy(() -> Cpuid.offered(other, CpuModel.HOST, Optional.of(template)))
        .hasMessage("Failed to get CPU template: The current CPU model is not permitted to apply the CPU template.");
    List<CpuidLeaf> amd = List.of(new CpuidLeaf(0, 0, 0, 0x10, 0x6874_7541, 0x444d_4163, 0x6974_6e65), intel.get(1));
    assertThatThrownBy(() -> Cpuid.offered(amd, CpuModel.HOST, Optional.of(template)))
        .hasMessage("Failed to get CPU template: CPU vendor mismatched between actual CPU and CPU template.");
    List<CpuidLeaf> none = List.of(intel.getFirst());
    CpuTemplate anywhere = new CpuTemplate(List.of(), template.leaves(), List.of(), Set.of());
    assertThatThrownBy(() -> Cpuid.offered(none, CpuModel.HOST, Optional.of(anywhere)))
        .hasMessageContaining("CPUID leaf=0x1, subleaf=0x0 is not there");
  }

  @Test
  void leavesDescribeTheGuestsOwnTopology() {
    List<CpuidLeaf> amd = List.of(
        new CpuidLeaf(0, 0, 0, 0x10, 0x6874_7541, 0x444d_4163, 0x6974_6e65),
        new CpuidLeaf(1, 0, 0, 0xa0_0f11, 0x3010_0800, -1 & ~(1 << 31), -1),
        new CpuidLeaf(7, 0, 1, 1, -1, -1, -1),
        new CpuidLeaf(0xb, 0, 1, 7, 7, 7, 7),
        new CpuidLeaf(0xd, 0, 1, 0xe7, 2696, 2696, 0),
        new CpuidLeaf(0xd, 2, 1, 256, 576, 0, 0),
        new CpuidLeaf(0x8000_0002, 0, 0, 1, 2, 3, 4),
        new CpuidLeaf(0x8000_0008, 0, 0, 0x3030, -1, 0x7007, 0),
        new CpuidLeaf(0x8000_001d, 3, 1, 0x163, 0, 0, 0),
        new CpuidLeaf(0x8000_001e, 0, 0, 9, 9, 9, 9));
    List<CpuidLeaf> host = guest(amd, 2, 3, 1, true, CpuModel.HOST);
    CpuidLeaf one = leaf(host, 1, 0);
    assertThat(one.ebx()).isEqualTo(2 << 24 | 4 << 16 | 8 << 8);
    assertThat(one.ecx() & (1 << 31 | 1 << 24 | 1 << 15)).isEqualTo(1 << 31 | 1 << 24);
    assertThat(one.edx() & 1 << 28).isNotZero();
    assertThat(leaf(host, 0xb, 0)).isEqualTo(new CpuidLeaf(0xb, 0, 1, 0, 1, 0x100, 2));
    assertThat(leaf(host, 0xb, 1)).isEqualTo(new CpuidLeaf(0xb, 1, 1, 5, 3, 0x201, 2));
    assertThat(leaf(host, 0x8000_0002, 0).eax()).isEqualTo(0x2044_4d41);
    assertThat(leaf(host, 0x8000_0008, 0).ecx()).isEqualTo(0x7002);
    assertThat(leaf(host, 0x8000_001d, 3).eax()).isEqualTo(2 << 14 | 0x163);
    assertThat(leaf(host, 0x8000_001e, 0).eax()).isEqualTo(2);
    assertThat(leaf(host, 7, 0).edx() & 1 << 29).isZero();
    assertThat(leaf(guest(amd, 0, 1, 1, false, CpuModel.HOST), 1, 0).edx() & 1 << 28).isZero();

    List<CpuidLeaf> portable = guest(amd, 2, 3, 1, true, CpuModel.PORTFIRE_V2);
    assertThat(leaf(portable, 0xd, 0).eax()).isEqualTo(3);
    assertThat(portable).noneMatch(l -> l.function() == 0xd && l.index() > 1);
    List<CpuidLeaf> v3 = guest(amd, 2, 3, 1, true, CpuModel.PORTFIRE_V3);
    assertThat(leaf(v3, 0xd, 0)).isEqualTo(new CpuidLeaf(0xd, 0, 1, 7, 832, 832, 0));
    assertThat(leaf(v3, 0xd, 2)).isEqualTo(new CpuidLeaf(0xd, 2, 1, 256, 576, 0, 0));
    assertThat(v3).noneMatch(l -> l.function() == 0xd && l.index() > 2);
    assertThat(leaf(v3, 1, 0).ecx() & ~leaf(portable, 1, 0).ecx())
        .isEqualTo(1 << 1 | 1 << 12 | 1 << 22 | 1 << 25 | 1 << 28 | 1 << 29);
    assertThat(leaf(v3, 7, 0).ebx() & ~leaf(portable, 7, 0).ebx()).isEqualTo(1 << 3 | 1 << 5 | 1 << 8 | 1 << 19 | 1 << 29);
    // Neither AVX nor FMA nor AES.
    assertThat(leaf(portable, 1, 0).ecx() & (1 << 28 | 1 << 12 | 1 << 25)).isZero();
    assertThat(leaf(portable, 7, 0).ebx() & (1 << 3 | 1 << 5 | 1 << 8)).isZero();
  }

  @Test
  void aModelThatTheHostLacksIsRefused() {
    List<CpuidLeaf> old = List.of(
        new CpuidLeaf(1, 0, 0, 0, 0, -1 & ~(1 << 12), -1),
        new CpuidLeaf(7, 0, 1, 0, -1 & ~(1 << 29), 0, 0),
        new CpuidLeaf(0x8000_0001, 0, 0, 0, 0, -1, 0));
    Cpuid.check(old, CpuModel.PORTFIRE_V2);
    Cpuid.check(old, CpuModel.HOST);
    assertThatThrownBy(() -> Cpuid.check(old, CpuModel.PORTFIRE_V3))
        .hasMessage("KVM on this host lacks FMA, SHA of the processor portfire-v3: choose portfire-v2 or host");
  }

  @Test
  void intelsNameHasTheHostsFrequency() {
    byte[] name = "Intel(R) Xeon(R) CPU @ 2.60GHz\0".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer padded = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN).put(name);
    List<CpuidLeaf> intel = new java.util.ArrayList<>();
    intel.add(new CpuidLeaf(0, 0, 0, 0x16, 0x756e_6547, 0x6c65_746e, 0x4965_6e69));
    for (int k = 0; k < 3; k++) {
      intel.add(new CpuidLeaf(0x8000_0002 + k, 0, 0, padded.getInt(16 * k), padded.getInt(16 * k + 4),
          padded.getInt(16 * k + 8), padded.getInt(16 * k + 12)));
    }
    List<CpuidLeaf> leaves = guest(intel, 0, 1, 1, true, CpuModel.HOST);
    ByteBuffer text = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
    for (int k = 0; k < 3; k++) {
      CpuidLeaf l = leaf(leaves, 0x8000_0002 + k, 0);
      text.putInt(l.eax()).putInt(l.ebx()).putInt(l.ecx()).putInt(l.edx());
    }
    assertThat(new String(text.array(), StandardCharsets.US_ASCII).replace("\0", ""))
        .isEqualTo("Intel(R) Xeon(R) Processor @ 2.60GHz");
  }
}
