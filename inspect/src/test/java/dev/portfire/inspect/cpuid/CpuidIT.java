package dev.portfire.inspect.cpuid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portfire.inspect.Resource;
import dev.portfire.inspect.Run;
import dev.portfire.linux.CpuidInstruction;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beside Todd Allen's cpuid. */
class CpuidIT {
  /** What is concluded about a processor from several leaves, which we leave out; see docs/inspection.md. */
  private static final Pattern LEFT_OUT = Pattern.compile(
      "(?m)^.*(\\((simple|uarch|multi-processing|APIC|vuln to branch type confusion|instruction supported) ?(widths )?synth\\)"
          + "|^   \\(synth\\)|\\(multi-processing method\\)|^      (CMPXCHG8B|conditional move/compare|PREFETCH/PREFETCHW) +="
          + "|microcode patch size|identifier of target).*\n");

  @TempDir
  Path directory;

  private static Run ours(String... arguments) {
    return Run.ours((out, err) ->
        new Cpuid(new ByteArrayInputStream(new byte[0]), out, err).run(List.of(arguments)));
  }

  private static void theSameVersion() throws IOException, InterruptedException {
    String version = Run.original("cpuid", List.of("-v")).out().strip();
    assumeTrue(version.equals("cpuid version 20230120"), "output is compared with cpuid 20230120, this is " + version);
  }

  private static String compared(String text) {
    return LEFT_OUT.matcher(text).replaceAll("");
  }

  @Test
  void thisMachineSaysTheSameOnEveryCpu() throws IOException, InterruptedException {
    theSameVersion();
    assumeTrue(CpuidInstruction.find().isPresent(), "this processor has no CPUID, or the host maps no machine code");
    assertThat(ours("-r")).isEqualTo(Run.original("cpuid", List.of("-r")));
    assertThat(compared(ours().out())).isEqualTo(compared(Run.original("cpuid", List.of()).out()));
    for (String leaf : List.of("0", "7", "0xd", "11", "0x40000001", "0x80000006", "0x999")) {
      assertThat(ours("-l", leaf)).isEqualTo(Run.original("cpuid", List.of("-l", leaf)));
    }
    assertThat(ours("-r", "-l", "7", "-s", "1")).isEqualTo(Run.original("cpuid", List.of("-r", "-l", "7", "-s", "1")));
  }

  @Test
  void dumpsMeanTheSame() throws IOException, InterruptedException {
    theSameVersion();
    for (String name : List.of("amd", "intel", "hyperv", "xen", "vmware")) {
      Path file = Files.writeString(directory.resolve(name), Resource.text(CpuidIT.class, name + ".raw"));
      assertThat(compared(ours("-f", file.toString()).out()))
          .as(name)
          .isEqualTo(compared(Run.original("cpuid", List.of("-f", file.toString())).out()));
    }
  }

  /** One bit of one register after the other, chosen by chance; {@code -Dcpuid.seed} and {@code -Dcpuid.cases} vary and prolong. */
  @Test
  void changedDumpsMeanTheSame() throws IOException, InterruptedException {
    theSameVersion();
    long seed = Long.getLong("cpuid.seed", 1);
    Random random = new Random(seed);
    for (int k = 0; k < Integer.getInteger("cpuid.cases", 100); k++) {
      String name = List.of("amd", "intel", "hyperv", "xen").get(random.nextInt(4));
      String[] lines = Resource.text(CpuidIT.class, name + ".raw").split("\n", -1);
      int line = 1 + random.nextInt(lines.length - 2);
      if (lines[line].matches(".*0x(0000000[0124b]|0000001[f2b]|.0000000|40000100|8000000[234]) .*")) {
        // These decide about what other leaves mean, or where leaves end, or are text, of which we show no control
        // characters. So are lines left alone that have such a number in a register.
        continue;
      }
      int at = lines[line].indexOf("e" + "abcd".charAt(random.nextInt(4)) + "x=0x") + 6 + random.nextInt(8);
      int digit = Character.digit(lines[line].charAt(at), 16) ^ 1 << random.nextInt(4);
      lines[line] = lines[line].substring(0, at) + Character.forDigit(digit, 16) + lines[line].substring(at + 1);
      Path file = Files.write(directory.resolve("changed"), String.join("\n", lines).getBytes(StandardCharsets.US_ASCII));
      assertThat(compared(ours("-f", file.toString()).out()))
          .as("seed " + seed + ", case " + k + ", " + name + ": " + lines[line])
          .isEqualTo(compared(Run.original("cpuid", List.of("-f", file.toString())).out()));
    }
  }

  @Test
  void guestsOfTheSoftwareCpu() {
    Run v2 = ours("--guest=portfire-v2", "-r");
    assertThat(v2.status()).isZero();
    assertThat(v2.out()).startsWith("CPU:\n   0x00000000 0x00: eax=").contains("ebx=0x4b4d564b ecx=0x564b4d56 edx=0x0000004d");
    Run diff = ours("--diff=guest:portfire-v2,guest:portfire-v3");
    assertThat(diff.status()).isEqualTo(1);
    assertThat(diff.out())
        .contains("-      AVX: advanced vector extensions         = false\n+      AVX: advanced vector extensions         = true\n")
        .doesNotContain("SSE2");
    assertThat(ours("--diff=guest:portfire-v2,guest:portfire-v2")).isEqualTo(new Run(0, "", ""));
  }
}
