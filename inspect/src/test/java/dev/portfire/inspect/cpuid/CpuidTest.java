package dev.portfire.inspect.cpuid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.Resource;
import dev.portfire.inspect.Run;
import dev.portfire.machine.CpuidLeaf;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CpuidTest {
  private static Run run(String input, String... arguments) {
    byte[] bytes = input.getBytes(StandardCharsets.ISO_8859_1);
    return Run.ours((out, err) -> new Cpuid(new ByteArrayInputStream(bytes), out, err).run(List.of(arguments)));
  }

  private static String dump(String name) {
    return Resource.text(CpuidTest.class, name + ".raw");
  }

  @Test
  void rawDumpsComeOutAsTheyWentIn() {
    for (String name : List.of("amd", "intel", "hyperv", "xen", "vmware")) {
      assertThat(run(dump(name), "-r", "-f", "-")).isEqualTo(new Run(0, dump(name), ""));
    }
  }

  @Test
  void tellsWhatBitsMean() {
    assertThat(run(dump("intel"), "-f", "-").out())
        .startsWith("CPU:\n   vendor_id = \"GenuineIntel\"\n   version information (1/eax):\n")
        .contains("      (family synth)  = 0x6 (6)\n      (model synth)   = 0x8f (143)\n")
        .contains("   brand = \"Intel(R) Xeon(R) Platinum 84")
        .contains("      (size synth)                       = 110100480 (105 MB)\n")
        .contains("      0xff: cache data is in CPUID leaf 4\n")
        .contains("      TSC/clock ratio = 168/2\n");
    assertThat(run(dump("hyperv"), "-f", "-").out())
        .contains("   hypervisor_id (0x40000000) = \"Microsoft Hv\"\n")
        .contains("      version = \"Hv#1\"\n")
        .contains("      invariant TSC MSR                = true\n");
    assertThat(run(dump("xen"), "-f", "-").out()).contains("      version = 4.11\n");
  }

  @Test
  void oneLeafAlone() {
    assertThat(run(dump("amd"), "-f", "-", "-l", "0x40000001").out())
        .isEqualTo("CPU:\n   0x40000001 0x00: eax=0x01007efb ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n");
    assertThat(run(dump("amd"), "-r", "-f", "-", "-l", "7", "-s", "1").out())
        .isEqualTo("CPU:\n   0x00000007 0x01: eax=0x00000030 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n");
    assertThat(run(dump("amd"), "-f", "-", "-l", "0x777").out())
        .isEqualTo("CPU:\n   0x00000777 0x00: eax=0x00000000 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n");
  }

  @Test
  void wrongRequestsAreToldInOneLine() {
    assertThat(run("", "-s", "1").err()).isEqualTo("cpuid: -s/--subleaf requires that -l/--leaf also be specified\n");
    assertThat(run("", "-z").err()).isEqualTo("cpuid: unrecognized option letter: z\n");
    assertThat(run("", "x").err()).isEqualTo("cpuid: unrecognized argument: x\n");
    assertThat(run("hi", "-f", "-")).isEqualTo(new Run(1, "", "cpuid: unexpected input with -f option: hi\n"));
    assertThat(run("", "-f", "/nosuch").err())
        .isEqualTo("cpuid: unable to open /nosuch; errno = 2 (No such file or directory)\n");
    assertThat(run("", "-l", "0x100000000").status()).isEqualTo(1);
    assertThat(run("", "--guest=pentium").err()).startsWith("cpuid: no CPU model, template or file pentium");
  }

  @Test
  void aWalkEndsWhateverIsAnswered() {
    assertThat(Walk.all((leaf, subleaf) -> new CpuidLeaf(leaf, subleaf, 0, -1, -1, -1, -1))).hasSizeLessThan(10_000);
    assertThat(Walk.all((leaf, subleaf) -> new CpuidLeaf(leaf, subleaf, 0, leaf | 0xff, -1, -1, -1))).hasSizeLessThan(10_000);
    assertThat(Walk.all((leaf, subleaf) -> new CpuidLeaf(leaf, subleaf, 0, 0, 0, 0, 0))).hasSize(7);
  }

  /** Any registers for any leaf mean something, or are shown as they are; {@code -Dcpuid.seed} replays. */
  @Test
  void anyRegistersCanBeTold() {
    long seed = Long.getLong("cpuid.seed", System.nanoTime());
    Random random = new Random(seed);
    Decoder decoder = new Decoder();
    for (int k = 0; k < 300; k++) {
      List<CpuidLeaf> leaves = new ArrayList<>();
      for (int range : new int[] {0, 0x4000_0000, 0x8000_0000}) {
        for (int i = 0; i < 0x28; i++) {
          for (int subleaf = random.nextInt(3); subleaf >= 0; subleaf--) {
            leaves.add(new CpuidLeaf(range + i, subleaf, 0, random.nextInt(), random.nextInt(), random.nextInt(), random.nextInt()));
          }
        }
      }
      try {
        assertThat(decoder.decode(leaves)).isNotEmpty();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}
