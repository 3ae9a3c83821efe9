package dev.portfire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What the launched {@code firecracker} does when it is sent a signal. */
class FatalSignalsIT {
  @TempDir
  Path directory;

  private int count;

  /** A program that has answered, with its files. */
  private record Running(Process process, Path log, Path metrics) implements AutoCloseable {
    void send(String signal) throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).inheritIO().start().waitFor();
    }

    int code() throws InterruptedException {
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    }

    void waitForLog(String text) throws IOException, InterruptedException {
      for (int tries = 0; tries < 400 && !Files.readString(log).contains(text); tries++) {
        Thread.sleep(50);
      }
      assertThat(Files.readString(log)).contains(text);
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  @BeforeEach
  void onlyThere() {
    Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "handlers are there on x86-64 only");
  }

  private Running start() throws IOException, InterruptedException {
    int number = count++;
    Path log = directory.resolve("log" + number);
    Path metrics = directory.resolve("metrics" + number);
    // A test run in the background of a script inherits an ignored SIGINT.
    Process process = new ProcessBuilder(List.of(
            "env", "--default-signal=INT", Portfire.BIN.resolve("firecracker").toString(), "--api-sock", directory.resolve("socket" + number).toString(),
            "--log-path", log.toString(), "--metrics-path", metrics.toString(), "--level", "Debug"))
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("out" + number).toFile())
        .start();
    for (int tries = 0; tries < 400 && !Files.exists(log); tries++) {
      Thread.sleep(50);
    }
    Running running = new Running(process, log, metrics);
    running.waitForLog("API server started.");
    running.waitForLog("Signals are taken.");
    return running;
  }

  @TestFactory
  Stream<DynamicTest> fatalSignalsAreLoggedAndCounted() {
    record Row(String name, int number, int code, String metric) {}

    List<Row> rows = List.of(
        new Row("BUS", 7, 149, "\"sigbus\":1"),
        new Row("SEGV", 11, 150, "\"sigsegv\":1"),
        new Row("XFSZ", 25, 151, "\"sigxfsz\":1"),
        new Row("XCPU", 24, 154, "\"sigxcpu\":1"),
        new Row("HUP", 1, 156, "\"sighup\":1"),
        new Row("ILL", 4, 157, "\"sigill\":1"),
        new Row("SYS", 31, 2, "\"num_faults\":0"));
    return rows.stream().map(row -> DynamicTest.dynamicTest("SIG" + row.name, () -> {
      try (Running running = start()) {
        running.send(row.name);
        assertThat(running.code()).isEqualTo(row.code);
        assertThat(Files.readString(running.log))
            .contains("Shutting down VM after intercepting signal " + row.number + ", code 0.\n");
        List<String> lines = Files.readAllLines(running.metrics, StandardCharsets.UTF_8);
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst()).contains(row.metric);
      }
    }));
  }

  @Test
  void aBrokenPipeIsNotFatal() throws IOException, InterruptedException {
    try (Running running = start()) {
      running.send("PIPE");
      running.waitForLog("Received signal 13, code 0.\n");
      running.send("35");
      running.send("HUP");
      assertThat(running.code()).isEqualTo(156);
      assertThat(Files.readString(running.metrics)).contains("\"sigpipe\":1").contains("\"sighup\":1");
    }
  }

  @Test
  void othersDoWhatTheyDoAnywhere() throws IOException, InterruptedException {
    List<Integer> codes = new ArrayList<>();
    for (String signal : List.of("TERM", "INT")) {
      try (Running running = start()) {
        running.send(signal);
        codes.add(running.code());
        assertThat(Files.readString(running.log)).doesNotContain("intercepting");
      }
    }
    assertThat(codes).containsExactly(143, 130);
  }
}
