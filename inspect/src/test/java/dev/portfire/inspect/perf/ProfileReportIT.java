package dev.portfire.inspect.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.portfire.inspect.Run;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code perf-kvm report} beside perf's own. */
class ProfileReportIT {
  @TempDir
  Path directory;

  /** Without the tip at the end, which is another one each time, and the offset behind a variable, which is that of whichever sample. */
  private static String comparable(String text) {
    int tip = text.indexOf("#\n# (Tip");
    return (tip < 0 ? text : text.substring(0, tip)).lines()
        .map(line -> line.replaceFirst("\\+0x[0-9a-f]+$", ""))
        .collect(Collectors.joining("\n")).stripTrailing();
  }

  private void compare(Path file, List<String> own, List<String> report) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(own);
    arguments.addAll(List.of("-i", file.toString(), "report"));
    arguments.addAll(report);
    Run ours = Ours.run(InputStream.nullInputStream(), arguments);
    arguments.addFirst("kvm");
    Run perf = Run.original("perf", arguments);
    assertThat(comparable(ours.out())).as("%s", arguments).isEqualTo(comparable(perf.out()));
    assertThat(ours.out().lines().count()).isGreaterThan(10);
    assertThat(ours.status()).isZero();
  }

  /** The rows that both have; unresolved addresses perf makes one row of. */
  private static List<String> named(String text) {
    return text.lines().filter(line -> line.contains("[guest.kernel") && !line.contains(" 0x")).map(line -> line.replaceFirst("\\+0x[0-9a-f]+$", ""))
        .sorted().toList();
  }

  @Test
  void differencesAreThoseOfPerf() throws IOException, InterruptedException {
    Path kallsyms = directory.resolve("kallsyms");
    Path modules = directory.resolve("modules");
    ProfileRecording.guest(kallsyms, modules);
    String before = ProfileRecording.random(1, 200).write(directory.resolve("before")).toString();
    String after = ProfileRecording.random(2, 300).write(directory.resolve("after")).toString();
    List<String> arguments = new ArrayList<>(List.of("--guest", "--guestkallsyms=" + kallsyms, "--guestmodules=" + modules, "diff", before, after));
    Run ours = Ours.run(InputStream.nullInputStream(), arguments);
    arguments.addFirst("kvm");
    Run perf = Run.original("perf", arguments);
    assertThat(named(ours.out())).isEqualTo(named(perf.out())).hasSizeGreaterThan(20);
    assertThat(ours.out()).startsWith(perf.out().lines().limit(2).collect(Collectors.joining("\n")));
  }

  @Test
  void buildIdsAreThoseOfPerf() throws IOException, InterruptedException {
    Path file = directory.resolve("perf.data");
    Run record = Run.original("perf", List.of("record", "-q", "-e", "cpu-clock", "-o", file.toString(), "true"));
    assumeThat(record.status()).as("perf record cannot be run here: %s", record.err()).isZero();
    List<String> arguments = List.of("-i", file.toString(), "buildid-list");
    Run perf = Run.original("perf", List.of("kvm", "-i", file.toString(), "buildid-list"));
    assertThat(Ours.run(InputStream.nullInputStream(), arguments).out()).isEqualTo(perf.out()).isNotEmpty();
    Run kernel = Ours.run(InputStream.nullInputStream(), List.of("buildid-list", "-k"));
    assertThat(kernel.out()).isEqualTo(Run.original("perf", List.of("buildid-list", "-k")).out());
    // What the host itself did, with the symbols of its kernel and libraries.
    compare(file, List.of("--host", "--no-guest"), List.of());
  }

  @Test
  void writesWhatPerfWrites() throws IOException, InterruptedException {
    Path kallsyms = directory.resolve("kallsyms");
    Path modules = directory.resolve("modules");
    ProfileRecording.guest(kallsyms, modules);
    List<String> symbols = List.of("--guest", "--guestkallsyms=" + kallsyms, "--guestmodules=" + modules);
    List<String> both = new ArrayList<>(symbols);
    both.add("--host");
    for (int seed = 1; seed <= 6; seed++) {
      Path file = ProfileRecording.random(seed, 30 << 2 * seed).write(directory.resolve("seed-" + seed));
      compare(file, symbols, List.of());
      compare(file, symbols, List.of("-n", "-s", "sym,dso"));
      compare(file, List.of(), List.of("-n", "--stdio"));
      compare(file, List.of("--host", "--no-guest"), List.of());
      compare(file, both, List.of());
      compare(file, both, List.of("--sort=dso"));
    }
  }
}
