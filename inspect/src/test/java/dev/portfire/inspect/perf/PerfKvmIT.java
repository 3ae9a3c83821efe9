package dev.portfire.inspect.perf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.Run;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code perf-kvm stat report} beside perf's own, which writes everything to stderr. */
class PerfKvmIT {
  private static final int RECORDINGS = 24;
  private static final int[] VCPUS = {1, 2, 8, 60};
  private static final int[] EVENTS = {10, 300, 5000, 20_000};

  private static final List<List<String>> OPTIONS = List.of(
      List.of(), List.of("--event", "mmio"), List.of("--event=ioport", "-k", "time"), List.of("--event", "msr"),
      List.of("-k", "time", "-p", "4000"), List.of("--vcpu", "1"), List.of("-f", "-p", "4100,4200", "--vcpu=7"));

  @TempDir
  Path directory;

  private static List<String> arguments(Path file, List<String> options) {
    List<String> arguments = new ArrayList<>(List.of("-i", file.toString(), "stat", "report"));
    arguments.addAll(options);
    return arguments;
  }

  private static Run ours(List<String> arguments) {
    return Ours.run(InputStream.nullInputStream(), arguments);
  }

  private static Run original(List<String> arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("kvm"));
    all.addAll(arguments);
    return Run.original("perf", all);
  }

  /** Without the column that the original does not know with --vcpu. */
  private static String withoutLeast(String text) {
    return text.lines()
        .map(line -> line.contains("( +-") ? line.substring(0, 50) + line.substring(62) : line)
        .collect(Collectors.joining("\n"));
  }

  @Test
  void writesWhatPerfWrites() throws IOException, InterruptedException {
    for (int seed = 1; seed <= RECORDINGS; seed++) {
      Path file = Recordings
          .random(seed, 1 + seed % 2, VCPUS[seed % VCPUS.length], EVENTS[seed / VCPUS.length % EVENTS.length], seed % 3 != 1)
          .write(directory.resolve("seed-" + seed));
      for (List<String> options : OPTIONS) {
        Run perf = original(arguments(file, options));
        Run ours = ours(arguments(file, options));
        assertThat(ours.status()).as(ours.err()).isEqualTo(perf.status());
        // The original writes what is wrong among the lines of the table.
        String unnamed = "unknown kvm exit code";
        String table = perf.err().lines().filter(line -> !line.startsWith(unnamed)).collect(Collectors.joining("\n"));
        table = table.substring(table.indexOf("\n\nAnalyze"));
        String mine = ours.out().stripTrailing();
        if (options.stream().anyMatch(option -> option.startsWith("--vcpu"))) {
          assertThat(withoutLeast(mine)).as("seed %d %s", seed, options).isEqualTo(withoutLeast(table.stripTrailing()));
        } else {
          assertThat(mine).as("seed %d %s", seed, options).isEqualTo(table.stripTrailing());
        }
        assertThat(ours.err().lines().filter(line -> line.startsWith(unnamed)))
            .containsExactlyElementsOf(perf.err().lines().filter(line -> line.startsWith(unnamed)).toList());
      }
    }
  }

  @Test
  void everyReasonHasPerfsName() throws IOException, InterruptedException {
    for (int isa : List.of(Recording.VMX, Recording.SVM)) {
      int codes = isa == Recording.VMX ? 77 : 0x410;
      Recording recording = new Recording(2 * codes + 1).processor(isa == Recording.VMX ? Recording.INTEL : Recording.AMD);
      recording.at(4000, 1).entry(0);
      for (int code = 0; code < codes; code++) {
        if (Isa.values()[isa - 1].name(code).isPresent() && code != 0x8e && code != 0xa5 && code != 0xa6) {
          recording.at(4000, 10 + 2000L * code).exit(code, isa).at(4000, 20 + 2001L * code).entry(0);
        }
      }
      Path file = recording.write(directory.resolve("isa-" + isa));
      assertThat(ours(arguments(file, List.of())).out()).isEqualTo(original(arguments(file, List.of())).err());
    }
  }
}
