package dev.portfire.inspect.lscpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.Run;
import dev.portfire.inspect.SysRoot;
import dev.portfire.inspect.Tree;
import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LscpuTest {
  @TempDir
  Path directory;

  private static Run run(SysRoot root, boolean terminal, String... options) {
    return Run.ours((out, err) -> new Lscpu(root, terminal, out, err).run(List.of(options)));
  }

  @Test
  void everyHypervisorIsNamed() throws IOException {
    for (String expected : List.of(
        "xen-dom0 Xen none", "xen-domu Xen para", "xen-hvm Xen full", "vmware VMware full", "virtualbox Oracle full",
        "wsl1 Windows Subsystem for Linux container", "openvz Parallels container", "vserver Linux-VServer container",
        "uml User-mode Linux para", "power-kvm KVM para", "power-phyp pHyp para", "s390 IBM full")) {
      String[] words = expected.split(" ", 2);
      int last = words[1].lastIndexOf(' ');
      assertThat(run(Captured.extract(words[0], directory).sysRoot(), false).out())
          .containsPattern("Hypervisor vendor: +" + words[1].substring(0, last) + "\n")
          .containsPattern("Virtualization type: +" + words[1].substring(last + 1) + "\n");
    }
    assertThat(run(Captured.extract("bare-amd", directory).sysRoot(), false).out())
        .containsPattern("Virtualization: +AMD-V\n")
        .doesNotContain("Hypervisor");
  }

  @Test
  void jsonIsJsonInEveryForm() throws IOException, JsonException {
    for (String system : Captured.ALL) {
      SysRoot root = Captured.extract(system, directory).sysRoot();
      for (boolean terminal : new boolean[] {false, true}) {
        for (String option : List.of("-J", "-Je", "-JC")) {
          JsonReader json = new JsonReader(run(root, terminal, option, "--output-all").out().getBytes(StandardCharsets.UTF_8));
          JsonValue unused = json.value();
          json.end();
        }
      }
    }
  }

  @Test
  void terminalsGetSections() throws IOException {
    assertThat(run(Captured.extract("kvm-intel", directory).sysRoot(), true).out())
        .startsWith("Architecture:            ")
        .contains("\n  Model name:            Intel(R) Xeon(R) Platinum 8481C\n    CPU family:          6\n")
        .contains("\nCaches (sum of all):     \n  L1d:                   96 KiB (2 instances)\n");
  }

  @Test
  void listsAndMasks() {
    BitSet cpus = CpuList.parse("0-1,3,5-7,40").orElseThrow();
    assertThat(CpuList.list(cpus)).isEqualTo("0,1,3,5-7,40");
    assertThat(CpuList.mask(cpus)).isEqualTo("100000000eb");
    assertThat(CpuList.parseMask("00000100,000000eb")).contains(cpus);
    for (String wrong : List.of("x", "1-", "3-1", "0-99999999", "1,,2", "-1", "65536")) {
      assertThat(CpuList.parse(wrong)).as(wrong).isEmpty();
    }
    assertThat(CpuList.parseMask("f".repeat(100_000))).isEmpty();
    assertThat(CpuList.parseMask("g")).isEmpty();
    assertThat(CpuList.mask(new BitSet())).isEqualTo("0");
  }

  @Test
  void sizesAreRoundedToATenth() {
    assertThat(Cache.human(1408 << 10, true)).isEqualTo("1.4 MiB");
    assertThat(Cache.human(48 << 10, false)).isEqualTo("48K");
    assertThat(Cache.human((1 << 20) - 1, false)).isEqualTo("1024K");
    assertThat(Cache.human(12, true)).isEqualTo("12 B");
    assertThat(Cache.human(0, false)).isEqualTo("0B");
  }

  @Test
  void firmwareNamesHypervisors() {
    byte[] table = dmi("Other", "innotek GmbH", "VirtualBox");
    assertThat(Dmi.parse(table).hypervisor()).isEqualTo("Innotek GmbH");
    assertThat(Dmi.parse(dmi("Other", "HITACHI", "BladeSymphony LPAR")).hypervisor()).isEqualTo("Hitachi");
    assertThat(Dmi.parse(dmi("Parallels", "x", "y")).hypervisor()).isEqualTo("Parallels");
    assertThat(Dmi.parse(dmi("a", "b", "c"))).isEqualTo(new Dmi("a", "b", "c", "", "", 0));
    for (int length = 0; length < table.length; length++) {
      assertThat(Dmi.parse(Arrays.copyOf(table, length))).isNotNull();
    }
  }

  /** As util-linux 2.38 prints it, where this table is bound over the host's. */
  @Test
  void firmwareNamesTheProcessor() {
    assertThat(Dmi.parse(processor("Ver", "PN-1", 2450)).processorName()).isEqualTo("Ver PN-1 CPU @ 2.4GHz");
    assertThat(Dmi.parse(processor("", "PN-1", 3000)).processorName()).isEqualTo("PN-1 CPU @ 3.0GHz");
    assertThat(Dmi.parse(processor("Ver", "", 0)).processorName()).isEqualTo("Ver  CPU @ 0.0GHz");
    assertThat(Dmi.parse(processor("Ver  ", "  ", 3999)).processorName()).isEqualTo("Ver      CPU @ 3.9GHz");
    assertThat(Dmi.parse(processor("", "", 1000)).processorName()).isEqualTo("  CPU @ 1.0GHz");
  }

  /** A structure of type 4 (DSP0134, 7.5). */
  private static byte[] processor(String version, String part, int megahertz) {
    byte[] fixed = new byte[0x2a];
    fixed[0] = 4;
    fixed[1] = 0x2a;
    fixed[7] = 1;
    fixed[0x16] = (byte) megahertz;
    fixed[0x17] = (byte) (megahertz >> 8);
    StringBuilder strings = new StringBuilder("QEMU\0");
    byte number = 2;
    if (!version.isEmpty()) {
      fixed[0x10] = number++;
      strings.append(version).append('\0');
    }
    if (!part.isEmpty()) {
      fixed[0x22] = number;
      strings.append(part).append('\0');
    }
    return (new String(fixed, StandardCharsets.ISO_8859_1) + strings + '\0').getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] dmi(String bios, String maker, String product) {
    return ("\0\5\0\0\1" + bios + "\0\0" + "\1\6\0\0\1\2" + maker + "\0" + product + "\0\0")
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Damaged files of all kinds: an answer or one line; {@code -Dlscpu.seed} and {@code -Dlscpu.cases} replay and prolong. */
  @Test
  void damageIsNoTrouble() throws IOException {
    long seed = Long.getLong("lscpu.seed", System.nanoTime());
    Random random = new Random(seed);
    List<List<Path>> files = new ArrayList<>();
    List<Tree> systems = new ArrayList<>();
    for (String system : List.of("bare-intel", "s390", "arm64-phone", "xen-hvm")) {
      Tree tree = Captured.extract(system, directory);
      systems.add(tree);
      try (Stream<Path> all = Files.walk(tree.root())) {
        files.add(all.filter(Files::isRegularFile).sorted().toList());
      }
    }
    for (int k = 0; k < Integer.getInteger("lscpu.cases", 2_000); k++) {
      int system = random.nextInt(systems.size());
      List<Path> some = files.get(system);
      Path file = some.get(random.nextInt(some.size()));
      byte[] before = Files.readAllBytes(file);
      byte[] damaged = before.clone();
      for (int n = random.nextInt(8); n >= 0 && damaged.length > 0; n--) {
        damaged[random.nextInt(damaged.length)] = (byte) (random.nextBoolean() ? '0' + random.nextInt(10) : random.nextInt());
      }
      Files.write(file, damaged);
      String option = List.of("-J", "-e", "-p", "-C", "-Je").get(random.nextInt(5));
      try {
        Run run = run(systems.get(system).sysRoot(), random.nextBoolean(), option, "--output-all");
        assertThat(run.err().lines().count()).as("seed " + seed + ", case " + k).isLessThanOrEqualTo(1);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", case " + k + ", " + file, e);
      }
      Files.write(file, before);
    }
  }
}
