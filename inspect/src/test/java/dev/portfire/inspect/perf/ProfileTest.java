package dev.portfire.inspect.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.inspect.Allocations;
import dev.portfire.inspect.Run;
import dev.portfire.vmm.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileTest {
  private static final int MUTATIONS = Integer.getInteger("perf.mutations", 1000);

  /** What a report may allocate: for the windows of a file and for classes that are loaded; and for each byte of its input. */
  private static final long FIXED = 1 << 20;

  private static final int FACTOR = 64;

  @TempDir
  Path directory;

  private Path kallsyms;
  private Path modules;

  @BeforeEach
  void guest() throws IOException {
    kallsyms = directory.resolve("kallsyms");
    modules = directory.resolve("modules");
    ProfileRecording.guest(kallsyms, modules);
  }

  private Run report(Path file, String... options) {
    List<String> arguments = new ArrayList<>(
        List.of("--guestkallsyms", kallsyms.toString(), "--guestmodules", modules.toString(), "-i", file.toString(), "report"));
    arguments.addAll(List.of(options));
    return Ours.run(InputStream.nullInputStream(), arguments);
  }

  private ProfileRecording small() {
    ProfileRecording recording = new ProfileRecording().guestKernel();
    for (int i = 0; i < 3; i++) {
      recording.sample(Profile.GUEST_KERNEL, 0, 0, ProfileRecording.TEXT + 0x104);
    }
    return recording.sample(Profile.GUEST_KERNEL, 900, 901, ProfileRecording.MODULE + 0x41).sample(Profile.HOST_USER, 900, 901, 5)
        .sample(Profile.GUEST_USER, 900, 901, 0x1234);
  }

  @Test
  void namesWhatTheGuestDid() throws IOException {
    Run run = report(small().write(directory.resolve("f")));
    assertThat(run.out()).isEqualTo(
        """
        # To display the perf.data header info, please use --header/--header-only options.
        #
        #
        # Total Lost Samples: 0
        #
        # Samples: 6  of event 'cpu-clock:HG'
        # Event count (approx.): 1500000
        #
        # Overhead  Command    Shared Object            Symbol                     \s
        # ........  .........  .......................  ............................
        #
            50.00%  [guest/0]  [guest.kernel.kallsyms]  [g] startup_64
            16.67%  :901       [virtio_mod]             [g] module_work
            16.67%  :901       [unknown]                [u] 0x0000000000001234

        """);
    assertThat(run.status()).isZero();
  }

  @Test
  void jsonAndCsv() throws Exception {
    Path file = small().write(directory.resolve("f"));
    assertThat(report(file, "--csv").out().lines()).containsExactly(
        "event,percent,samples,period,command,object,mode,symbol",
        "cpu-clock:HG,50.00,3,750000,[guest/0],[guest.kernel.kallsyms],g,startup_64",
        "cpu-clock:HG,16.67,1,250000,:901,[virtio_mod],g,module_work",
        "cpu-clock:HG,16.67,1,250000,:901,[unknown],u,0x1234");
    Run json = report(file, "--json");
    JsonReader reader = new JsonReader(json.out().getBytes(StandardCharsets.UTF_8));
    assertThat(reader.value()).isNotNull();
    reader.end();
    assertThat(json.out()).contains("\"object\": \"[virtio_mod]\", \"symbol\": \"module_work\", \"mode\": \"g\"");
  }

  /** Each process's guest has a directory of its own. */
  @Test
  void guestsThatAreMounted() throws IOException {
    Path proc = Files.createDirectories(directory.resolve("mount/900/proc"));
    ProfileRecording.guest(proc.resolve("kallsyms"), proc.resolve("modules"));
    Path file = small().write(directory.resolve("f"));
    Run run = Ours.run(InputStream.nullInputStream(), List.of(
        "--guestmount=" + directory.resolve("mount"), "-i", file.toString(), "report", "--sort", "comm,sym"));
    assertThat(run.out()).contains("[g] module_work").contains("[g] 0x" + Long.toHexString(ProfileRecording.TEXT + 0x104));
  }

  @Test
  void aKernelWithSymbols() throws IOException {
    Path shell = Path.of("/proc/self/exe");
    Elf elf = Elf.read(shell);
    assertThat(elf.symbols().isEmpty()).isFalse();
    assertThatThrownBy(() -> Elf.read(kallsyms)).isInstanceOf(PerfException.class).hasMessageContaining("no 64-bit little-endian ELF");
    Path file = small().write(directory.resolve("f"));
    Run run = Ours.run(InputStream.nullInputStream(), List.of("--guestvmlinux", kallsyms.toString(), "-i", file.toString(), "report"));
    assertThat(run.err()).contains("no 64-bit little-endian ELF").hasLineCount(1);
    assertThat(run.status()).isEqualTo(255);
  }

  @Test
  void wrongFilesAreOneLine() throws IOException {
    Path file = small().write(directory.resolve("f"));
    Files.writeString(modules, "virtio_mod 1 2\n");
    assertThat(report(file).err()).contains("modules: line 1 is no module").hasLineCount(1);
    Files.writeString(kallsyms, "0000000000000000 T _text\n0000000000000000 t start\n");
    assertThat(report(file).err()).contains("kallsyms has no symbols").hasLineCount(1);
    Files.writeString(kallsyms, "ffffffff81000000 T _text\nffffffff81000000000 t start\n");
    assertThat(report(file).err()).contains("kallsyms: line 2 is no symbol").hasLineCount(1);
    Files.delete(kallsyms);
    assertThat(report(file).err()).contains("kallsyms: No such file").hasLineCount(1);
  }

  /** What guests say of themselves is not trusted. {@code -Dperf.mutations=10000} for more. */
  @Test
  void survivesAnyGuest() throws IOException {
    long seed = Long.getLong("portfire.seed", 20261128);
    System.err.println("ProfileTest: seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    byte[] symbols = Files.readAllBytes(kallsyms);
    byte[] list = Files.readAllBytes(modules);
    byte[] program = Files.readAllBytes(Path.of("/proc/self/exe"));
    Path file = ProfileRecording.random(seed, 60).write(directory.resolve("original"));
    byte[] recording = Files.readAllBytes(file);
    Path vmlinux = directory.resolve("vmlinux");
    int understood = 0;
    // The symbols of the host's own kernel, which are read for its samples.
    Path kernel = Path.of("/proc/kallsyms");
    long own = Files.isReadable(kernel) ? Files.readAllBytes(kernel).length : 0;
    Allocations allocations = new Allocations("ProfileTest", FIXED, FACTOR);
    for (int i = 0; i < MUTATIONS; i++) {
      long input = 0;
      boolean host = random.nextInt(4) == 0;
      for (Path each : List.of(kallsyms, modules, vmlinux, file)) {
        byte[] original = each.equals(kallsyms) ? symbols : each.equals(modules) ? list : each.equals(vmlinux) ? program : recording;
        byte[] mutant = !each.equals(vmlinux) && random.nextInt(3) == 0 ? original : mutate(original, random);
        Files.write(each, mutant);
        input += host == (each.equals(kallsyms) || each.equals(modules)) && !each.equals(file) ? 0 : mutant.length;
      }
      Run run = allocations.bounded("mutation %d of seed %d".formatted(i, seed), input + (host ? own : 0), Ours.of(InputStream.nullInputStream(), host
          ? List.of("--guestvmlinux", vmlinux.toString(), "--host", "-i", file.toString(), "report")
          : List.of("--guestkallsyms", kallsyms.toString(), "--guestmodules", modules.toString(), "-i", file.toString(), "report")));
      assertThat(run.status()).as("mutation %d of seed %d: %s", i, seed, run.err()).isIn(0, 255);
      if (run.status() == 255) {
        assertThat(run.err()).as("mutation %d of seed %d", i, seed).startsWith("perf-kvm: ").hasLineCount(1);
      } else {
        understood++;
      }
    }
    allocations.report();
    assertThat(understood).isPositive().isLessThan(MUTATIONS);
  }

  private static byte[] mutate(byte[] bytes, SplittableRandom random) {
    byte[] mutant = random.nextInt(10) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes.clone();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes && mutant.length > 8; i++) {
      int at = random.nextInt(random.nextBoolean() ? mutant.length : Math.min(mutant.length, 1000));
      switch (random.nextInt(4)) {
        case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> mutant[at] = (byte) " \n\t[]0f".charAt(random.nextInt(7));
        case 2 -> Arrays.fill(mutant, at, Math.min(mutant.length, at + 1 + random.nextInt(40)), (byte) (random.nextBoolean() ? 0xff : 'a'));
        default -> {
          int from = random.nextInt(mutant.length);
          System.arraycopy(mutant, from, mutant, at, Math.min(random.nextInt(64), mutant.length - Math.max(from, at)));
        }
      }
    }
    return mutant;
  }
}
