package dev.portfire.firecracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.firecracker.seccomp.FormatException;
import dev.portfire.firecracker.seccomp.SeccompFilters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeccompilerTest {
  private static final String POLICY =
      """
      {"vmm": {"default_action": "allow", "filter_action": {"errno": 5}, "filter": [{"syscall": "ptrace"}]},
       "api": {"default_action": "trap", "filter_action": "allow", "filter": []}}""";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir
  Path directory;

  private int run(String... words) {
    out.reset();
    err.reset();
    return new Seccompiler(new PrintStream(out, true), new PrintStream(err, true)).run(List.of(words));
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private String input(String json) throws IOException {
    return Files.writeString(directory.resolve("in.json"), json).toString();
  }

  private String output() {
    return directory.resolve("out").toString();
  }

  @Test
  void usage() {
    assertThat(run("--help")).isZero();
    assertThat(run("-V")).isZero();
    assertThat(run()).isEqualTo(2);
    assertThat(err()).contains("the following required arguments were not provided:\n  --input-file <INPUT_FILE>");
    assertThat(run("-i", "x", "-t", "x86_64", "--basic=1")).isEqualTo(2);
    assertThat(err()).contains("unexpected value '1' for '--basic' found");
  }

  @Test
  void writesAFileOfFilters() throws Exception {
    assertThat(run("-i", input(POLICY), "--target-arch=X86_64", "-o", output())).as(err()).isZero();
    Map<String, long[]> filters = SeccompFilters.read(Files.readAllBytes(Path.of(output())));
    assertThat(filters).containsOnlyKeys("api", "vmm");
    assertThat(filters.get("api")).endsWith(6L | 0x3_0000L << 32);
    assertThat(filters.get("vmm")).contains(6L | 0x5_0005L << 32).endsWith(6L | 0x7fff_0000L << 32);
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("in.json", "out");
  }

  @Test
  void writesRawProgramsBesideTheOutput() throws Exception {
    assertThat(run("-i", input(POLICY), "-t", "aarch64", "--split-output", "-o", output())).as(err()).isZero();
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("in.json", "api.bpf", "vmm.bpf");
    assertThat(Files.readAllBytes(directory.resolve("api.bpf"))).startsWith(0x20, 0, 0, 0, 4, 0, 0, 0).hasSize(5 * 8);
    assertThat(run("-i", input(POLICY.replace("vmm", "../vmm")), "-t", "aarch64", "--split-output", "-o", output())).isEqualTo(1);
    assertThat(err()).isEqualTo("Error: the thread name \"../vmm\" is no file name: use letters, digits and _\n");
  }

  @Test
  void tellsWhatIsWrong() throws Exception {
    String good = input(POLICY);
    assertThat(run("-i", good, "-t", "foo", "-o", output())).isEqualTo(1);
    assertThat(err()).isEqualTo("Error: ArchParse(\"foo\")\n");
    assertThat(run("-i", good + "x", "-t", "x86_64", "-o", output())).isEqualTo(1);
    assertThat(err()).isEqualTo("Error: " + good + "x: No such file or directory (os error 2)\n");
    assertThat(run("-i", input("{\"vmm\": {"), "-t", "x86_64", "-o", output())).isEqualTo(1);
    assertThat(err()).isEqualTo("Error: JsonDeserialize(Error(\"EOF while parsing an object\", line: 1, column: 9))\n");
    assertThat(run("-i", input(POLICY.replace("ptrace", "ptrase")), "-t", "x86_64", "-o", output())).isEqualTo(1);
    assertThat(err()).isEqualTo("Error: LibSeccompSycall: there is no system call \"ptrase\" on x86_64\n");
    assertThat(run("-i", input(POLICY.replace("\"errno\": 5", "\"errno\": -1")), "-t", "x86_64", "-o", output())).isEqualTo(1);
    assertThat(err()).contains("invalid value: integer `-1`, expected u16");
    assertThat(Path.of(output())).doesNotExist();
  }

  @Test
  void damagedFilesAreRefused() throws Exception {
    byte[] file = SeccompFilters.write(Map.of("vmm", new long[] {1, 2, 3}, "api", new long[0]));
    assertThat(SeccompFilters.read(file).get("vmm")).containsExactly(1, 2, 3);
    SplittableRandom random = new SplittableRandom(1);
    for (int k = 0; k < 5000; k++) {
      byte[] damaged = java.util.Arrays.copyOf(file, k % 2 == 0 ? file.length : random.nextInt(file.length));
      if (damaged.length == file.length) {
        damaged[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
      }
      assertThatThrownBy(() -> SeccompFilters.read(damaged)).isInstanceOf(FormatException.class);
    }
    assertThatThrownBy(() -> SeccompFilters.read("not a filter".getBytes(StandardCharsets.US_ASCII)))
        .hasMessageContaining("seccompiler-bin");
    assertThatThrownBy(() -> SeccompFilters.write(Map.of("vmm", new long[13_000]))).hasMessageContaining("100000");
  }
}
