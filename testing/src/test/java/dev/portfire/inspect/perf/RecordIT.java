package dev.portfire.inspect.perf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.inspect.SysRoot;
import dev.portfire.linux.SystemCallException;
import dev.portfire.testing.conformance.BackEnd;
import dev.portfire.testing.conformance.Conformance;
import dev.portfire.testing.inspection.CountedGuest;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A guest under KVM executes so many OUT and writes to devices while this program and perf record it side by side: each reads all of
 * them out of either file. The test is where there is KVM, in the package of what it tests.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecordIT {
  private static final int OUT = 30_011;
  private static final int MMIO = 1009;
  private static final int PID = (int) ProcessHandle.current().pid();
  @TempDir
  Path directory;

  private static void runGuest(BackEnd kvm) throws SystemCallException {
    try (CountedGuest guest = new CountedGuest(kvm.hypervisor(), 1, MMIO, OUT)) {
      guest.run();
    }
  }

  private static void assumePerf() {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/perf")), "perf is not installed: linux-perf");
    Assumptions.assumeTrue(Files.isReadable(Path.of("/sys/kernel/tracing/events/kvm/kvm_pio/id")), "no tracepoints of KVM can be read");
  }

  private static String output(List<String> command) throws IOException, InterruptedException {
    return output(command, Path.of("/dev/null"));
  }

  private static String output(List<String> command, Path input) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command)
        .redirectInput(input.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(command.toString()).isZero();
    return text;
  }

  /** How often perf and this program find an event in a file. */
  private static void assertCounts(Path file, String name, int count) throws IOException, InterruptedException {
    // perf takes it for a file or what comes through a pipe, whatever it is.
    String script = output(List.of("perf", "script", "-i", file.endsWith("pipe") ? "-" : file.toString(), "-F", "event"), file);
    assertThat(script.lines().filter(line -> line.strip().equals("kvm:" + name + ":"))).as("perf, %s", file).hasSize(count);
    long[] ours = new long[1];
    try (PerfData data = PerfData.open(file)) {
      data.read(new PerfData.Records() {
        @Override
        public void sample(int event, long[] words, int from, int to) {
          long config = data.attributes().get(event).config();
          ours[0] += data.tracing().orElseThrow().format(config).orElseThrow().name().equals(name) ? 1 : 0;
        }

        @Override
        public void roundFinished() {
          // The order does not matter.
        }
      });
      assertThat(data.lostEvents()).isZero();
    }
    assertThat(ours[0]).as("ours, %s", file).isEqualTo(count);
  }

  private static Rings rings(Tracepoints tracepoints) throws IOException {
    Rings.Target target = Rings.Target.processes(SysRoot.HOST, Set.of(PID));
    return Rings.open(SysRoot.HOST, tracepoints.ofKvm(), target, Tracepoints.PAGES);
  }

  private static void record(BackEnd kvm, Rings rings, Output output) throws Exception {
    rings.enable();
    CompletableFuture<Long> lost = CompletableFuture.supplyAsync(() -> {
      try {
        return Recorder.copy(rings, output);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    });
    runGuest(kvm);
    rings.stop();
    assertThat(lost.get()).isZero();
  }

  @Test
  void recordsWhatPerfRecords() throws Exception {
    assumePerf();
    Optional<BackEnd> kvm = Conformance.backEnds(System.err).stream().filter(backEnd -> backEnd.name().startsWith("kvm")).findFirst();
    Assumptions.assumeTrue(kvm.isPresent(), "no KVM");
    Path perfs = directory.resolve("perf.data");
    Path ours = directory.resolve("ours.data");
    runGuest(kvm.get());
    Path log = directory.resolve("log");
    Process perf = new ProcessBuilder("perf", "kvm", "-v", "stat", "record", "-p", Integer.toString(PID), "-o", perfs.toString())
        .redirectErrorStream(true).redirectOutput(log.toFile()).start();
    // The file is there before the events come.
    while (perf.isAlive() && !Files.exists(perfs)) {
      Thread.sleep(20);
    }
    Thread.sleep(2000);
    Tracepoints tracepoints = Tracepoints.of(SysRoot.HOST);
    SortedMap<Integer, byte[]> features = new Recorder(SysRoot.HOST, System.out, System.err, List.of("perf-kvm"), true).features();
    features.put(PerfData.TRACING_DATA, tracepoints.tracingData(Tracepoints.OF_KVM));
    try (Rings rings = rings(tracepoints);
        PerfWriter writer = PerfWriter.create(ours, rings.attributes())) {
      record(kvm.get(), rings, writer);
      writer.finish(features);
    }
    int killed = new ProcessBuilder("kill", "-INT", Long.toString(perf.pid())).start().waitFor();
    assertThat(killed).isZero();
    int unused = perf.waitFor();
    Path pipe = directory.resolve("pipe");
    try (PrintStream out = new PrintStream(new FileOutputStream(pipe.toFile()), false, StandardCharsets.UTF_8);
        Rings rings = rings(tracepoints);
        PerfPipe writer = PerfPipe.begin(out, rings.attributes(), features)) {
      record(kvm.get(), rings, writer);
    }
    for (Path file : List.of(perfs, ours, pipe)) {
      assertCounts(file, "kvm_pio", OUT);
      assertCounts(file, "kvm_mmio", MMIO);
    }
    // Exits are in both or in none, which is so with some of KVM's modules.
    String report = output(List.of("perf", "kvm", "-i", ours.toString(), "stat", "report"));
    assertThat(report).isEmpty();
  }
}
