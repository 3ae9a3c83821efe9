package dev.portfire.inspect.cpuid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portfire.inspect.Resource;
import dev.portfire.inspect.Run;
import dev.portfire.linux.CpuidInstruction;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
  /** What is concluded about a processor from its brand, which we leave out; see docs/inspection.md. */
  private static final Pattern LEFT_OUT = Pattern.compile("(?m)^   \\(synth\\) = .*\n");

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
    // Without the local APIC's identifier, which is that of any CPU.
    String one = "local APIC physical ID.*";
    assertThat(ours("-1", "-l", "1").out().replaceFirst(one, ""))
        .isEqualTo(Run.original("cpuid", List.of("-1", "-l", "1")).out().replaceFirst(one, ""));
    for (String leaf : List.of("0", "7", "0xd", "11", "0x40000001", "0x80000006", "0x80000008", "0x8000001e", "0x999")) {
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
      if (lines[line].matches(" +0x(0000000[0124b]|0000001[f2b]|.0000000|40000100|40000001|8000000[234]|8000001e) .*")) {
        // These decide about what other leaves mean, or where leaves end, or are text, of which we show no control
        // characters; or the original shifts by more than a register has.
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

  private static String row(int leaf, int subleaf, int eax, int ebx, int ecx, int edx) {
    return "   0x%08x 0x%02x: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x%n".formatted(leaf, subleaf, eax, ebx, ecx, edx);
  }

  /** A signature of a family and a model. */
  private static int signature(int family, int model, int stepping) {
    int base = Math.min(family, 0xf);
    return stepping | (model & 0xf) << 4 | base << 8 | model >> 4 << 16 | family - base << 20;
  }

  private static int one(Random random, int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** Processors of all families, with more and fewer cores and threads, told in all ways. */
  @Test
  void conclusionsAboutManyProcessors() throws IOException, InterruptedException {
    theSameVersion();
    long seed = Long.getLong("cpuid.seed", 1);
    Random random = new Random(seed);
    StringBuilder dump = new StringBuilder();
    for (int k = 0; k < 1000; k++) {
      int ids = one(random, 1, 2, 3, 4, 6, 8, 12, 16, 24, 64, 128);
      int other = one(random, 0, 5, 200) << 24 | ids << 16;
      int features = random.nextInt() & ~(1 << 18) | (random.nextInt(8) == 0 ? 0 : 1 << 28);
      dump.append("CPU ").append(k).append(":\n");
      switch (random.nextInt(3)) {
        case 0 -> {
          int family = one(random, 5, 6, 6, 6, 0xf);
          dump.append(row(0, 0, 0x1f, 0x756e6547, 0x6c65746e, 0x49656e69));
          dump.append(row(1, 0, signature(family, random.nextInt(family == 6 ? 0xd0 : 0x10), random.nextInt(16)), other, 0, features));
          if (random.nextBoolean()) {
            dump.append(row(4, 0, one(random, 0, 1, 3, 7, 15) << 26 | 0x121, 0x1c0003f, 0x3f, 0)).append(row(4, 1, 0, 0, 0, 0));
          }
          for (int leaf : new int[] {0xb, 0x1f}) {
            if (random.nextInt(3) == 0) {
              dump.append(row(leaf, 0, random.nextInt(2), one(random, 1, 2, 4), 0x100, 5));
              dump.append(row(leaf, 1, one(random, 1, 4, 7), one(random, 4, 8, 20, 112), 0x201, 5)).append(row(leaf, 2, 0, 0, 2, 5));
            }
          }
        }
        case 1 -> {
          int family = one(random, 4, 5, 6, 7, 0xf, 0x10, 0x12, 0x14, 0x15, 0x16, 0x17, 0x19, 0x1a);
          int sign = signature(family, random.nextInt(family > 0xf ? 0x100 : 0x10), random.nextInt(16));
          int cores = one(random, 1, 2, 4, 6, ids, ids);
          dump.append(row(0, 0, 1, 0x68747541, 0x444d4163, 0x69746e65)).append(row(1, 0, sign, other, 0, features));
          if (family >= 0xf) {
            dump.append(row(0x80000000, 0, 0x80000021, 0, 0, 0)).append(row(0x80000001, 0, sign, 0, random.nextInt(), random.nextInt()));
            dump.append(row(0x80000008, 0, 0x3030, random.nextInt(), cores - 1, 0));
            if (random.nextBoolean()) {
              dump.append(row(0x8000001e, 0, 5, random.nextInt(4) << 8 | 2, random.nextInt(2) << 8, 0));
            }
            dump.append(row(0x80000021, 0, 0, random.nextInt(), 0, 0));
          }
        }
        default -> {
          int sign = signature(0x18, random.nextInt(4), random.nextInt(4));
          dump.append(row(0, 0, 1, 0x6f677948, 0x656e6975, 0x6e65476e)).append(row(1, 0, sign, other, 0, features));
        }
      }
    }
    Path file = Files.writeString(directory.resolve("many"), dump.toString());
    String[] ours = compared(ours("-f", file.toString()).out()).split("(?m)^CPU ", -1);
    String[] theirs = compared(Run.original("cpuid", List.of("-f", file.toString())).out()).split("(?m)^CPU ", -1);
    String[] input = dump.toString().split("(?m)^CPU ", -1);
    assertThat(ours).hasSameSizeAs(theirs);
    for (int k = 0; k < ours.length; k++) {
      assertThat(ours[k]).as("seed " + seed + ": " + input[k]).isEqualTo(theirs[k]);
    }
  }

  /** Sockets and brands of AMD's families, each told in its way, and all states of XSAVE. */
  @Test
  void brandsAndSocketsOfAmd() throws IOException, InterruptedException {
    theSameVersion();
    Random random = new Random(Long.getLong("cpuid.seed", 1));
    StringBuilder dump = new StringBuilder();
    int cpu = 0;
    for (int family : new int[] {5, 6, 0xf, 0x10, 0x11, 0x12, 0x14, 0x15, 0x16, 0x17, 0x19}) {
      for (int model = 0; model < (family < 0xf ? 0x10 : 0x100); model += family < 0x16 ? 8 : 1) {
        int sign = signature(family, model, 1);
        dump.append("CPU ").append(cpu++).append(":\n");
        dump.append(row(0, 0, 0xd, 0x68747541, 0x444d4163, 0x69746e65)).append(row(1, 0, sign, 0, 0, 0));
        dump.append(row(0xd, 2 + random.nextInt(0x11), random.nextInt(0x1000), random.nextInt(0x1000), random.nextInt(8), 0));
        dump.append(row(0x80000000, 0, 0x80000001, 0, 0, 0)).append(row(0x80000001, 0, sign, random.nextInt(), 0, 0));
      }
    }
    Path file = Files.writeString(directory.resolve("brands"), dump.toString());
    assertThat(compared(ours("-f", file.toString()).out()))
        .isEqualTo(compared(Run.original("cpuid", List.of("-f", file.toString())).out()));
  }

  @Test
  void otherHypervisors() throws IOException, InterruptedException {
    theSameVersion();
    for (String id : List.of("ACRNACRNACRN", "bhyve bhyve ", "TCGTCGTCGTCG", "\1\177\n \33 tuvwxy")) {
      ByteBuffer bytes = ByteBuffer.wrap(id.getBytes(StandardCharsets.US_ASCII)).order(ByteOrder.LITTLE_ENDIAN);
      Path file = Files.writeString(
          directory.resolve("hypervisor"),
          "CPU 0:\n" + row(0, 0, 1, 0x756e6547, 0x6c65746e, 0x49656e69) + row(1, 0, 0x806f8, 0, 1 << 31, 0)
              + row(0x40000000, 0, 0x40000010, bytes.getInt(0), bytes.getInt(4), bytes.getInt(8)) + row(0x40000001, 0, 1, 0, 0, 0)
              + row(0x40000010, 0, 2_000_000, 1_000_000, 0, 0));
      assertThat(compared(ours("-f", file.toString()).out()))
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

  @Test
  void guestsWithTemplates() throws IOException {
    String json = """
        {"cpuid_modifiers": [{"leaf": "0x1", "subleaf": "0x0", "flags": 0,
          "modifiers": [{"register": "ecx", "bitmap": "0bxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx0"}]}]}
        """;
    String file = Files.writeString(directory.resolve("template.json"), json).toString();
    Run diff = ours("--diff=guest:" + file + ",guest");
    assertThat(diff.status()).as(diff.err()).isEqualTo(1);
    assertThat(diff.out()).containsPattern("-      PNI/SSE3: Prescott New Instructions +. false\n[+]      PNI/SSE3: Prescott New Instructions +. true\n");
    Run wrong = ours("--guest=" + Files.writeString(directory.resolve("wrong.json"), "{\"leaf\": 1}"));
    assertThat(wrong.status()).isEqualTo(1);
    assertThat(wrong.err()).contains("wrong.json is no CPU template: ");
    assertThat(ours("--guest=T3").err()).contains("no CPU model, template or file T3");
  }
}
