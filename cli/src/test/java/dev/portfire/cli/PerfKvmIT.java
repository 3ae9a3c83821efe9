package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/perf-kvm record} beside perf, which has to find in its files what is in there. */
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PerfKvmIT {
  private static final List<String> BUSY = List.of(
      "--", "sh", "-c", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; dd if=/dev/urandom of=/dev/null bs=64k count=1000 2>&-; exit 7");
  private static final Pattern CAPTURED = Pattern.compile("\\[ perf record: Captured and wrote [0-9.]+ MB \\S+ \\((\\d+) samples\\) ]\n");

  @TempDir
  Path directory;

  private static void assumePerf() {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/perf")), "perf is not installed: linux-perf");
    Assumptions.assumeTrue(System.getProperty("user.name").equals("root"), "events of all processes are root's");
  }

  private static Portfire.Result ours(List<String> own, String... more) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(own);
    arguments.addAll(List.of(more));
    return Portfire.tool("perf-kvm", "", arguments);
  }

  private static String perf(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("perf"));
    command.addAll(List.of(arguments));
    Portfire.Result result = Portfire.process("", command);
    assertThat(result.status()).as("%s: %s", command, result.err()).isZero();
    return result.out();
  }

  private static long captured(Portfire.Result result) {
    Matcher m = CAPTURED.matcher(result.err());
    assertThat(m.find()).as(result.err()).isTrue();
    return Long.parseLong(m.group(1));
  }

  /** How many samples perf finds. */
  private static long samples(String file) throws IOException, InterruptedException {
    return perf("script", "-i", file, "-F", "event").lines().filter(line -> !line.isBlank()).count();
  }

  private static String rows(String report) {
    return report.lines().filter(line -> line.startsWith("# Samples") || line.startsWith("# Event count") || line.matches(" +[0-9.]+% .*"))
        .map(line -> line.stripTrailing().replaceFirst("\\+0x[0-9a-f]+$", "")).collect(Collectors.joining("\n"));
  }

  /** Rows with a symbol; calls through a PLT have one with perf only. */
  private static List<String> named(String report) {
    return rows(report).lines().filter(line -> line.startsWith(" ") && !line.contains("@plt") && !line.contains("] 0x0")).toList();
  }

  @Test
  void perfFindsWhatWasRecorded() throws IOException, InterruptedException {
    assumePerf();
    String file = directory.resolve("perf.data").toString();
    List<String> arguments = new ArrayList<>(List.of("--host", "-o", file, "record", "-F", "2000"));
    arguments.addAll(BUSY);
    Portfire.Result result = ours(arguments);
    long count = captured(result);
    assertThat(result.status()).isEqualTo(7);
    assertThat(count).isPositive();
    assertThat(samples(file)).isEqualTo(count);
    List<String> report = List.of("--host", "-i", file, "report");
    assertThat(ours(report, "--json").out()).contains("\"samples\": " + count + ",");
    assertThat(rows(ours(report, "-s", "comm,dso").out()))
        .isEqualTo(rows(perf("kvm", "--host", "-i", file, "report", "--stdio", "-s", "comm,dso")))
        .contains(" sh ").contains(" dd ").contains("[kernel.kallsyms]");
    assertThat(named(ours(report).out())).isEqualTo(named(perf("kvm", "--host", "-i", file, "report", "--stdio"))).isNotEmpty();
    assertThat(ours(List.of("-i", file, "buildid-list")).out()).isEqualTo(perf("buildid-list", "-i", file))
        .contains(perf("buildid-list", "-k").strip() + " [kernel.kallsyms]");
    assertThat(perf("script", "-i", file, "--show-mmap-events", "--show-task-events")).contains("PERF_RECORD_MMAP -1/0: [0x")
        .contains("x [kernel.kallsyms]_").contains("PERF_RECORD_COMM exec: sh:").contains("PERF_RECORD_EXIT(");
    assertThat(perf("evlist", "-i", file)).matches("(cycles|cpu-clock)(:p+)?\n");
  }

  private static Portfire.Result shell(String command) throws IOException, InterruptedException {
    return Portfire.process("", List.of("bash", "-c", "set -o pipefail; " + command));
  }

  /** What either writes into a pipe, the other reads, and a program's words go elsewhere. */
  @Test
  void throughAPipe() throws IOException, InterruptedException {
    assumePerf();
    String tool = Portfire.BIN.resolve("perf-kvm").toString();
    String busy = " -- sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo words'";
    String from = directory.resolve("pipe").toString();
    Portfire.Result ours = shell(tool + " --host record -F 2000 -o - -e cpu-clock" + busy + " >" + from);
    assertThat(ours.status()).as(ours.err()).isZero();
    assertThat(ours.err()).startsWith("words\n[ perf record: Captured and wrote ").endsWith(" MB - ]\n");
    String report = shell(tool + " --host -i - report -s comm,dso <" + from).out();
    assertThat(rows(report)).isEqualTo(rows(shell("perf kvm --host -i - report --stdio -s comm,dso <" + from).out())).contains(" sh ");
    Portfire.Result perfs = shell("perf kvm --host record -F 2000 -o - -e cpu-clock" + busy + " >" + from);
    assertThat(perfs.status()).as(perfs.err()).isZero();
    assertThat(rows(shell("cat " + from + " | " + tool + " --host -i - report -s comm,dso").out()))
        .isEqualTo(rows(shell("perf kvm --host -i - report --stdio -s comm,dso <" + from).out())).contains(" sh ");
    assertThat(shell(tool + " --host record -o - -a -e cpu-clock -- sleep 30 | head -c 100 >/dev/null").err())
        .contains("what reads the recording from stdout has ended");
  }

  /** All processes, several events, call chains. */
  @Test
  void tracepointsOfAll() throws IOException, InterruptedException {
    assumePerf();
    Assumptions.assumeTrue(Files.isReadable(Path.of("/sys/kernel/tracing/events/sched/sched_process_exec/id")), "there is no tracefs");
    String file = directory.resolve("perf.data").toString();
    List<String> arguments = new ArrayList<>(List.of(
        "--host", "record", "-a", "-g", "-o", file, "-e", "sched:sched_process_e*,cpu-clock:u", "-e", "page-faults", "-c", "1"));
    arguments.addAll(List.of("--", "sh", "-c", "/bin/true; /bin/true; exit 0"));
    arguments.set(arguments.indexOf("1"), "100000");
    Portfire.Result result = ours(arguments);
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(samples(file)).isEqualTo(captured(result));
    assertThat(perf("evlist", "-i", file).lines().filter(line -> !line.startsWith("#"))).containsExactly(
        "sched:sched_process_exec", "sched:sched_process_exit", "cpu-clock:u", "page-faults");
    assertThat(ours(List.of("--host", "-i", file, "report", "--csv")).status()).isZero();
  }

  /** An older file stays until the new one is whole. */
  @Test
  void anInterruptEndsIt() throws IOException, InterruptedException {
    assumePerf();
    Path file = Files.writeString(directory.resolve("perf.data"), "older");
    Path log = directory.resolve("log");
    Process process = new ProcessBuilder(Portfire.BIN.resolve("perf-kvm").toString(), "--host", "record", "-a", "-o", file.toString())
        .redirectErrorStream(true).redirectOutput(log.toFile()).start();
    while (process.isAlive() && directory.toFile().listFiles().length < 3) {
      Thread.sleep(20);
    }
    Thread.sleep(1000);
    assertThat(Files.readString(file)).isEqualTo("older");
    assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor()).isZero();
    assertThat(process.waitFor()).as(Files.readString(log)).isEqualTo(130);
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("perf.data", "log");
    Matcher m = CAPTURED.matcher(Files.readString(log));
    assertThat(m.matches()).as(Files.readString(log)).isTrue();
    assertThat(samples(file.toString())).isEqualTo(Long.parseLong(m.group(1))).isPositive();
  }

  /** Who may not see the kernel has samples of user space, and is told so. */
  @Test
  void anOrdinaryUser() throws IOException, InterruptedException {
    assumePerf();
    Assumptions.assumeTrue(Files.readString(Path.of("/proc/sys/kernel/perf_event_paranoid")).strip().equals("2"), "kernel.perf_event_paranoid is not 2");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    String file = directory.resolve("perf.data").toString();
    List<String> arguments = new ArrayList<>(List.of("--host", "record", "-v", "-o", file));
    arguments.addAll(BUSY);
    Portfire.Result result = Portfire.process("", KvmStatE2E.unprivileged("perf-kvm", arguments));
    assertThat(result.status()).as(result.err()).isEqualTo(7);
    assertThat(result.err()).contains("kernel.perf_event_paranoid=2, trying to fall back to excluding kernel and hypervisor  samples");
    assertThat(perf("evlist", "-f", "-i", file)).containsPattern("^(cycles|cpu-clock):up*");
    assertThat(perf("script", "-f", "-i", file, "-F", "event").lines().filter(line -> !line.isBlank()).count()).isEqualTo(captured(result));
    Portfire.Result all = Portfire.process("", KvmStatE2E.unprivileged("perf-kvm", List.of("record", "-a", "-o", file)));
    assertThat(all.err()).contains("the kernel refuses events of all processes: run it as root").hasLineCount(1);
    assertThat(all.status()).isEqualTo(255);
  }

  private static Process busy() throws IOException {
    return new ProcessBuilder("dd", "if=/dev/urandom", "of=/dev/null", "bs=64k").redirectErrorStream(true).start();
  }

  /** Tables, one below the other, until an interrupt. */
  @Test
  void topIntoAPipe() throws IOException, InterruptedException {
    assumePerf();
    Process busy = busy();
    try {
      Process top = new ProcessBuilder(
          Portfire.BIN.resolve("perf-kvm").toString(), "--host", "top", "-d", "1", "-E", "3", "-s", "comm,dso", "-p", Long.toString(busy.pid())).start();
      BufferedReader out = top.inputReader();
      Pattern head = Pattern.compile(
          " {3}PerfTop: +\\d+ irqs/sec  kernel:[ 0-9.]{4,5}% us:[ 0-9.]{4,5}% guest kernel: 0.0% guest us: 0.0% exact:  0.0% "
              + "\\[4000Hz (cycles|cpu-clock)(:p+)?],  \\(target_pid: " + busy.pid() + ", \\d+ CPUs?\\)");
      boolean found = false;
      for (int table = 0; table < 100 && !found; table++) {
        assertThat(out.readLine()).matches(head);
        for (String row = out.readLine(); !row.isEmpty(); row = out.readLine()) {
          found |= row.matches(" +[0-9.]+%  dd +\\[kernel]");
        }
      }
      assertThat(found).isTrue();
      assertThat(new ProcessBuilder("kill", "-INT", Long.toString(top.pid())).start().waitFor()).isZero();
      while (out.readLine() != null) {
        // The last table.
      }
      assertThat(top.waitFor()).isZero();
    } finally {
      busy.destroyForcibly();
    }
  }

  @Test
  void topOnATerminal() throws IOException, InterruptedException {
    assumePerf();
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "there is no script(1)");
    Process busy = busy();
    String tool = Portfire.BIN.resolve("perf-kvm") + " --host top -d 1 -s comm,dso -p " + busy.pid();
    String session = "stty rows 20 cols 200; before=$(stty -g); " + tool + "; echo \"status $?\"; "
        + "[ \"$before\" = \"$(stty -g)\" ] && echo modes as before";
    Process screen = new ProcessBuilder("script", "-qec", session, "/dev/null").start();
    try (OutputStream keys = screen.getOutputStream()) {
      KvmStatE2E.Shown shown = new KvmStatE2E.Shown(screen.getInputStream());
      shown.await("%  dd  [kernel]");
      press(keys, "h");
      shown.await("\nMapped keys:");
      shown.await("[K]     hide kernel symbols.                    (no)");
      press(keys, "K");
      shown.awaitMore("\n   PerfTop:", 2);
      press(keys, "?");
      shown.await("[K]     hide kernel symbols.                    (yes)");
      press(keys, "d");
      shown.await("\nEnter display delay: _");
      press(keys, "17");
      shown.await("\nEnter display delay: 17_");
      press(keys, "\r?");
      shown.await("[d]     display refresh delay.                  (17)");
      press(keys, "q");
      shown.await("modes as before");
      assertThat(shown.text()).contains("status 0").contains("(target_pid: " + busy.pid() + ", ");
      assertThat(screen.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      screen.destroyForcibly();
      busy.destroyForcibly();
    }
  }

  private static void press(OutputStream keys, String text) throws IOException {
    keys.write(text.getBytes(StandardCharsets.US_ASCII));
    keys.flush();
  }
}
