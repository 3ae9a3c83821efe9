package dev.portfire.inspect.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.portfire.inspect.Allocations;
import dev.portfire.inspect.Run;
import dev.portfire.vmm.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PerfKvmTest {
  private static final int MUTATIONS = Integer.getInteger("perf.mutations", 1000);

  /** What a report may allocate: for the windows of a file and for classes that are loaded; and for each byte of a recording. */
  private static final long FIXED = 1 << 20;

  private static final int FACTOR = 64;

  @TempDir
  Path directory;

  private static Run run(InputStream in, String... arguments) {
    return Ours.run(in, List.of(arguments));
  }

  private static Run report(Path file, String... options) {
    List<String> arguments = new ArrayList<>(List.of("-i", file.toString(), "stat", "report"));
    arguments.addAll(List.of(options));
    return run(InputStream.nullInputStream(), arguments.toArray(String[]::new));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = PerfKvmTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  /** What perf 6.1.192 wrote of these recordings. */
  @ParameterizedTest
  @ValueSource(strings = {"vmx-1", "vmx-8", "svm-2", "svm-60"})
  void writesWhatPerfWrote(String name) throws IOException {
    Path file = Files.write(directory.resolve("perf.data"), resource(name + ".data"));
    for (EventKind kind : List.of(EventKind.VMEXIT, EventKind.MMIO, EventKind.IOPORT, EventKind.MSR)) {
      String expected = new String(resource(name + "." + kind.option() + ".txt"), StandardCharsets.UTF_8);
      Run run = report(file, "--event", kind.option());
      assertThat(run.out()).isEqualTo(expected.lines().filter(line -> !line.startsWith("unknown")).map(line -> line + "\n")
          .reduce("", String::concat));
      assertThat(run.status()).isZero();
    }
  }

  private Recording small() {
    Recording recording = new Recording(100);
    recording.at(4000, 1000).entry(3).at(4001, 1001).entry(4);
    for (int i = 1; i <= 10; i++) {
      recording.at(4000, 100_000L * i).exit(30, Recording.VMX).at(4000, 100_000L * i + 1000L * i).entry(3);
    }
    return recording.at(4001, 2_000_000).exit(12, Recording.VMX).at(4001, 2_500_000).entry(4);
  }

  @Test
  void leastTimeIsThatOfTheVcpu() throws IOException {
    Run run = report(small().processor(Recording.INTEL).write(directory.resolve("f")), "--vcpu", "3");
    assertThat(run.out()).contains("VCPU 3:").contains(
        "      IO_INSTRUCTION         10   100.00%   100.00%      1.00us     10.00us      5.50us ( +-  17.41% )");
  }

  @Test
  void theFieldSaysWhoseReasonsTheyAre() throws IOException {
    assertThat(report(small().write(directory.resolve("f"))).out()).contains("IO_INSTRUCTION").contains(" HLT ");
    Run unknown = report(small().processor("CentaurHauls,6,1,1").write(directory.resolve("g")));
    assertThat(unknown.out()).contains("IO_INSTRUCTION");
  }

  @Test
  void percentilesAndHistogram() throws Exception {
    Path file = small().processor(Recording.INTEL).write(directory.resolve("f"));
    Run run = report(file, "--percentiles", "--histogram");
    assertThat(run.out()).contains(
        "      IO_INSTRUCTION       5.00us       9.00us      10.00us      10.00us");
    // 4096 to 8191 ns: 5, 6, 7 and 8 us.
    assertThat(run.out()).contains("        4.10us ...        8.19us           4 |" + "#".repeat(40) + "\n");
    Run json = report(file, "--json");
    assertThat(json.out()).contains("\"p50_ns\": 5000, \"p90_ns\": 9000, \"p99_ns\": 10000, \"p99_9_ns\": 10000")
        .contains("{\"from_ns\": 4096, \"below_ns\": 8192, \"samples\": 4}");
    JsonReader reader = new JsonReader(json.out().getBytes(StandardCharsets.UTF_8));
    assertThat(reader.value()).isNotNull();
    reader.end();
    assertThat(report(file, "--csv").out().lines()).containsExactly(
        "event,name,key,access,samples,time_ns,min_ns,max_ns,mean_ns,mean_deviation_percent,p50_ns,p90_ns,p99_ns,p99_9_ns",
        "vmexit,IO_INSTRUCTION,0x1e,,10,55000,1000,10000,5500.000,17.408,5000,9000,10000,10000",
        "vmexit,HLT,0xc,,1,500000,500000,500000,500000.000,0.000,500000,500000,500000,500000");
  }

  @Test
  void latencyByTheGuestsFunctions() throws IOException {
    Path kallsyms = directory.resolve("kallsyms");
    ProfileRecording.guest(kallsyms, directory.resolve("modules"));
    Recording recording = new Recording(100).processor(Recording.INTEL).at(4000, 1000).entry(3);
    for (int i = 1; i <= 10; i++) {
      recording.at(4000, 100_000L * i).exit(30, Recording.VMX, ProfileRecording.TEXT + 0x100 + i).at(4000, 100_000L * i + 1000L * i).entry(3);
    }
    recording.at(4000, 2_000_000).exit(12, Recording.VMX, 0x1234).at(4000, 2_000_500).entry(3);
    String file = recording.write(directory.resolve("f")).toString();
    Run run = run(InputStream.nullInputStream(), "--guestkallsyms=" + kallsyms, "-i", file, "stat", "report", "--event=rip", "--csv");
    assertThat(run.out().lines().skip(1)).containsExactly(
        "rip,startup_64,0xffffffff81000100,,10,55000,1000,10000,5500.000,17.408,5000,9000,10000,10000",
        "rip,0x1234,0x1234,,1,500,500,500,500.000,0.000,500,500,500,500");
    Run numbers = report(Path.of(file), "--event=rip", "--percentiles");
    assertThat(numbers.out()).contains("Guest RIP    Samples").contains("0xffffffff81000101 ");
  }

  @Test
  void numbersAreRoundedAsByC() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 100_000; i++) {
      double value = switch (i % 4) {
        case 0 -> random.nextInt(1_000_000) / 8.0 / 100;
        case 1 -> Math.abs(Double.longBitsToDouble(random.nextLong()));
        case 2 -> Math.scalb(random.nextDouble(), random.nextInt(70) - 15);
        default -> (random.nextInt(100_000) + 0.5) / 100;
      };
      if (Double.isFinite(value)) {
        assertThat(Report.hundredths(value)).isEqualTo(new BigDecimal(value).setScale(2, RoundingMode.HALF_EVEN).toPlainString());
      }
    }
    assertThat(Report.hundredths(0)).isEqualTo("0.00");
    assertThat(Report.hundredths(0.125)).isEqualTo("0.12");
    assertThat(Report.hundredths(0.375)).isEqualTo("0.38");
  }

  @Test
  void saysThatAModuleTracesNoExits() throws IOException {
    Run run = report(new Recording(9).at(1, 5).port(1, 0x3f8).processor(Recording.AMD).write(directory.resolve("f")));
    assertThat(run.err()).contains("this KVM module emits none").hasLineCount(1);
    assertThat(run.out()).contains("Total Samples:0");
    assertThat(run.status()).isZero();
  }

  @Test
  void commandsMayBeCut() throws IOException {
    String file = small().write(directory.resolve("f")).toString();
    assertThat(run(InputStream.nullInputStream(), "--input=" + file, "sta", "rep", "--eve", "vmexit").status()).isZero();
    assertThat(run(InputStream.nullInputStream(), "-i", file, "st", "report").status()).isEqualTo(129);
    assertThat(report(directory.resolve("f"), "--event=xyz").err()).contains("\"xyz\" is none of");
    assertThat(report(directory.resolve("f"), "--key=x")).isEqualTo(new Run(234, "", "Unknown compare key:x\n"));
    assertThat(report(directory.resolve("f"), "--vcpu=x").status()).isEqualTo(129);
    assertThat(report(directory.resolve("f"), "-p", "1,x").err()).isEqualTo("Error parsing process id string\n");
    assertThat(report(directory.resolve("f"), "other").status()).isEqualTo(129);
  }

  /** What {@code perf kvm stat record -o -} writes: a short header, and records instead of sections. */
  private static byte[] pipe(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    ByteArrayOutputStream pipe = new ByteArrayOutputStream();
    ByteBuffer header = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    pipe.writeBytes(header.put(bytes, 0, 8).putLong(16).array());
    int attributes = (int) data.getLong(24);
    for (int i = 0; i < 5; i++) {
      int at = attributes + i * 144;
      ByteBuffer record = ByteBuffer.allocate(8 + 128 + 8).order(ByteOrder.LITTLE_ENDIAN);
      record.putInt(PerfData.HEADER_ATTRIBUTE).putShort((short) 0).putShort((short) 144).put(bytes, at, 128);
      pipe.writeBytes(record.putLong(data.getLong((int) data.getLong(at + 128))).array());
    }
    pipe.writeBytes(oddFeature(PerfData.HOSTNAME, 20));
    int records = (int) data.getLong(40);
    int table = records + (int) data.getLong(48);
    int tracing = (int) data.getLong(table);
    int size = (int) data.getLong(table + 8);
    ByteBuffer record = ByteBuffer.allocate(16 + (size + 7 & -8)).order(ByteOrder.LITTLE_ENDIAN);
    record.putInt(PerfData.TRACING).putShort((short) 0).putShort((short) 16).putInt(size).putInt(0).put(bytes, tracing, size);
    pipe.writeBytes(record.array());
    pipe.writeBytes(oddFeature(PerfData.OS_RELEASE, 84));
    pipe.write(bytes, records, table - records);
    pipe.writeBytes(oddFeature(PerfData.ARCH, 21));
    return pipe.toByteArray();
  }

  /** perf does not fill them up to whole words. */
  private static byte[] oddFeature(int number, int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN)
        .putInt(PerfData.FEATURE).putShort((short) 0).putShort((short) size).putLong(number).putInt(size - 20).array();
  }

  @Test
  void readsAPipe() throws IOException {
    Path file = small().write(directory.resolve("f"));
    byte[] pipe = pipe(file);
    Run run = run(new ByteArrayInputStream(pipe), "-i", "-", "stat", "report");
    assertThat(run).isEqualTo(report(file));
    Files.write(directory.resolve("pipe"), pipe);
    assertThat(report(directory.resolve("pipe"))).isEqualTo(run);
  }

  /** So many that the window ends within one of them, at each of its bytes. */
  @Test
  void readsOddRecordsWhereverTheyAre() throws IOException {
    Path file = small().write(directory.resolve("f"));
    byte[] whole = pipe(file);
    Run expected = report(file);
    int header = 16;
    for (int shift = 0; shift < 16; shift++) {
      ByteArrayOutputStream pipe = new ByteArrayOutputStream();
      pipe.write(whole, 0, header);
      for (int left = (1 << 18) - 30_000 * 3 - shift; left > 0; left -= 30_001) {
        pipe.writeBytes(oddFeature(PerfData.HOSTNAME, 30_001));
      }
      for (int i = 0; i < 200; i++) {
        pipe.writeBytes(oddFeature(PerfData.HOSTNAME, 20 + (i * 7 + shift) % 500));
      }
      pipe.write(whole, header, whole.length - header);
      assertThat(run(new ByteArrayInputStream(pipe.toByteArray()), "-i", "-", "stat", "report")).isEqualTo(expected);
    }
  }

  @Test
  void writesAPipe() throws IOException {
    Recording recording = small();
    Path file = recording.write(directory.resolve("f"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PerfData data = PerfData.open(file);
        PerfPipe pipe = PerfPipe.begin(new PrintStream(bytes, false, StandardCharsets.UTF_8), data.attributes(), recording.features())) {
      pipe.write(recording.records());
      assertThat(pipe.size()).isEqualTo(bytes.size());
    }
    assertThat(run(new ByteArrayInputStream(bytes.toByteArray()), "-i", "-", "stat", "report")).isEqualTo(report(file));
    PrintStream broken = new PrintStream(new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException("Broken pipe");
      }
    }, false, StandardCharsets.UTF_8);
    assertThatThrownBy(() -> PerfPipe.begin(broken, List.of(), new TreeMap<>())).hasMessageContaining("has ended");
  }

  @Test
  void recordsMayComeInPieces() throws IOException {
    Recording recording = Recordings.random(5, Recording.SVM, 4, 3000, true);
    Path file = recording.write(directory.resolve("f"));
    ByteBuffer records = recording.records();
    SplittableRandom random = new SplittableRandom(3);
    Analysis analysis = new Analysis(EventKind.VMEXIT, Analysis.ALL, Set.of(), false);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PerfData whole = PerfData.open(file);
        PerfData live = PerfData.live(whole.attributes(), whole.tracing());
        PrintStream stream = new PrintStream(out, false, StandardCharsets.UTF_8)) {
      PerfData.Records handler = analysis.of(live);
      while (records.hasRemaining()) {
        int length = Math.min(records.remaining(), 1 + random.nextInt(500));
        live.feed(records.slice(records.position(), length), handler);
        records.position(records.position() + length);
      }
      analysis.finish();
      new Report(EventKind.VMEXIT, Optional.of(Isa.SVM), Report.Key.SAMPLE, Analysis.ALL, "", new KernelMap(Guests.KERNEL)).table(analysis, false, false, stream, stream);
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).contains(report(file).out().lines().filter(line -> line.contains("Total")).findFirst().get());
    analysis.clear();
    assertThat(analysis.rows()).isEmpty();
  }

  @Test
  void damageIsOneLine() throws IOException {
    Path file = small().processor(Recording.INTEL).write(directory.resolve("f"));
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length += 1 + length / 40) {
      Run run = report(Files.write(directory.resolve("short"), Arrays.copyOf(bytes, length)));
      assertThat(run.err()).as("%d bytes", length).startsWith("perf-kvm: ").hasLineCount(1);
      assertThat(run.status()).isEqualTo(255);
    }
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) "2ELIFREP".charAt(i);
    }
    assertThat(report(Files.write(directory.resolve("swapped"), bytes)).err()).contains("big-endian").hasLineCount(1);
    assertThat(report(directory.resolve("none")).err()).endsWith("none: No such file or directory\n");
    assertThat(report(directory).err()).contains("directory").hasLineCount(1);
  }

  /** Each change is told in one line or changes figures; nothing else comes of it. {@code -Dperf.mutations=10000} for more. */
  @Test
  void survivesAnyDamage() throws IOException {
    long seed = Long.getLong("portfire.seed", 20261128);
    System.err.println("PerfKvmTest: seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<byte[]> originals = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Path file = Recordings.random(i, 1 + i % 2, 1 + 3 * i, 60, true).write(directory.resolve("original"));
      originals.add(Files.readAllBytes(file));
      originals.add(pipe(file));
    }
    EventKind[] kinds = EventKind.values();
    Path mutant = directory.resolve("mutant");
    Allocations allocations = new Allocations("PerfKvmTest", FIXED, FACTOR);
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] bytes = mutate(originals.get(random.nextInt(originals.size())).clone(), random);
      Files.write(mutant, bytes);
      List<String> options = List.of(
          "-i", mutant.toString(), "stat", "report", "--event", kinds[random.nextInt(kinds.length)].option(), random.nextBoolean() ? "--json" : "--force");
      Run run = allocations.bounded("mutation %d of seed %d".formatted(i, seed), bytes.length, Ours.of(InputStream.nullInputStream(), options));
      assertThat(run.status()).as("mutation %d of seed %d: %s", i, seed, run.err()).isIn(0, 255, 161);
      if (run.status() == 255) {
        assertThat(run.err()).as("mutation %d of seed %d", i, seed).startsWith("perf-kvm: ").hasLineCount(1);
      }
    }
    allocations.report();
  }

  private static byte[] mutate(byte[] bytes, SplittableRandom random) {
    byte[] mutant = random.nextInt(10) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes && mutant.length > 8; i++) {
      // The header and what is where are hit more often than the rest.
      int at = random.nextInt(random.nextBoolean() ? mutant.length : Math.min(mutant.length, 1000));
      switch (random.nextInt(4)) {
        case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> mutant[at] = (byte) random.nextInt(256);
        case 2 -> Arrays.fill(mutant, at, Math.min(mutant.length, at + 1 + random.nextInt(16)), (byte) (random.nextBoolean() ? 0xff : 0));
        default -> {
          int from = random.nextInt(mutant.length);
          int length = Math.min(random.nextInt(64), mutant.length - Math.max(from, at));
          System.arraycopy(mutant, from, mutant, at, length);
        }
      }
    }
    return mutant;
  }
}
