package dev.portfire.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without a machine; what needs one is in {@code CpuTemplateHelperIT}. */
class CpuTemplateHelperTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir
  Path directory;

  private int run(String... words) {
    out.reset();
    err.reset();
    return new CpuTemplateHelper(new PrintStream(out, true), new PrintStream(err, true)).run(List.of(words));
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content).toString();
  }

  private String read(String name) throws IOException {
    return Files.readString(directory.resolve(name));
  }

  private static String leaf(String leaf, String register, String bitmap) {
    return "{\"leaf\":\"%s\",\"subleaf\":\"0x0\",\"flags\":0,\"modifiers\":[{\"register\":\"%s\",\"bitmap\":\"%s\"}]}"
        .formatted(leaf, register, bitmap);
  }

  @Test
  void usage() {
    assertThat(run()).isEqualTo(2);
    assertThat(run("--help")).isZero();
    assertThat(run("template", "dump", "-h")).isZero();
    assertThat(run("--version")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("cpu-template-helper v" + Firecracker.VERSION + "\n");
    assertThat(run("bogus")).isEqualTo(2);
    assertThat(err()).isEqualTo("error: unrecognized subcommand 'bogus'\n\nFor more information, try '--help'.\n");
    assertThat(run("template")).isEqualTo(2);
    assertThat(run("template", "bogus")).isEqualTo(2);
    assertThat(run("template", "strip")).isEqualTo(2);
    assertThat(err()).contains("the following required arguments were not provided:\n  --paths <PATHS>...");
    assertThat(run("template", "dump", "--output")).isEqualTo(2);
    assertThat(err()).contains("a value is required for '--output <OUTPUT>' but none was supplied");
    assertThat(run("template", "dump", "-o", "a", "--output=b")).isEqualTo(2);
    assertThat(err()).contains("the argument '--output <OUTPUT>' cannot be used multiple times");
    assertThat(run("template", "dump", "--bogus=1")).isEqualTo(2);
    assertThat(err()).contains("unexpected argument '--bogus' found");
    assertThat(run("fingerprint", "compare", "-p", "a", "-c", "b", "-f", "colour")).isEqualTo(2);
    assertThat(err()).contains("invalid value 'colour' for '--filters <FILTERS>...'");
  }

  @Test
  void whatIsTheSameEverywhereIsStripped() throws IOException {
    String a = file("a.json", "{\"cpuid_modifiers\":[" + leaf("0x1", "eax", "0b1100") + "," + leaf("0x2", "ebx", "0b1") + ","
        + leaf("0x3", "ecx", "0b1") + "],\"msr_modifiers\":[{\"addr\":\"0x10a\",\"bitmap\":\"0b10\"}]}");
    String b = file("b.json", "{\"cpuid_modifiers\":[" + leaf("0x1", "eax", "0b1010") + "," + leaf("0x2", "ebx", "0b1")
        + "],\"msr_modifiers\":[{\"addr\":\"0x10a\",\"bitmap\":\"0b1x\"}]}");
    assertThat(run("template", "strip", "-p", a, b)).as(err()).isZero();
    String keep = "x".repeat(28);
    assertThat(read("a_stripped.json")).isEqualTo("""
        {
          "kvm_capabilities": [],
          "cpuid_modifiers": [
            {
              "leaf": "0x1",
              "subleaf": "0x0",
              "flags": 0,
              "modifiers": [
                {
                  "register": "eax",
                  "bitmap": "0b%sx10x"
                }
              ]
            },
            {
              "leaf": "0x3",
              "subleaf": "0x0",
              "flags": 0,
              "modifiers": [
                {
                  "register": "ecx",
                  "bitmap": "0b%sxxx1"
                }
              ]
            }
          ],
          "msr_modifiers": [
            {
              "addr": "0x10a",
              "bitmap": "0b%s0"
            }
          ]
        }""".formatted(keep, keep, "x".repeat(63)));
    assertThat(read("b_stripped.json")).contains("\"0b" + keep + "x01x\"").contains("\"msr_modifiers\": []").doesNotContain("0x10a");
    assertThat(run("template", "strip", "--paths=" + a, "--paths", b, "--suffix=")).as(err()).isZero();
    assertThat(read("a.json")).isEqualTo(read("a_stripped.json"));
    assertThat(run("template", "strip", "-p", a)).isEqualTo(1);
    assertThat(err()).isEqualTo("The number of inputs should be two or more.\n");
    assertThat(run("template", "strip", "-p", a, directory.resolve("none").toString())).isEqualTo(1);
    assertThat(err()).contains("none: No such file or directory (os error 2)");
    assertThat(run("template", "strip", "-p", a, file("bad.json", "{\"x\":1}"))).isEqualTo(1);
    assertThat(err()).contains("unknown field `x`");
  }

  @Test
  void fingerprintsAreComparedFieldByField() throws IOException {
    String form = """
        {"firecracker_version":"1","kernel_version":"%s","microcode_version":"m","bios_version":"b","bios_revision":"r",\
        "guest_cpu_config":{"msr_modifiers":%s}}""";
    String a = file("a.json", form.formatted("6.1", "[]"));
    String b = file("b.json", form.formatted("6.2", "[1]"));
    assertThat(run("fingerprint", "compare", "-p", a, "-c", a)).isZero();
    assertThat(run("fingerprint", "compare", "--prev", a, "--curr", b)).isEqualTo(1);
    assertThat(err()).isEqualTo("""
        Difference detected between source and target:
        {
          "name": "kernel_version",
          "prev": "6.1",
          "curr": "6.2"
        }
        {
          "name": "guest_cpu_config",
          "prev": {
            "msr_modifiers": []
          },
          "curr": {
            "msr_modifiers": [
              1
            ]
          }
        }
        """);
    assertThat(run("fingerprint", "compare", "-p", a, "-c", b, "-f", "bios_version", "microcode_version")).isZero();
    assertThat(run("fingerprint", "compare", "-p", a, "-c", file("c.json", "{}"))).isEqualTo(1);
    assertThat(err()).contains("missing field `firecracker_version`");
  }
}
