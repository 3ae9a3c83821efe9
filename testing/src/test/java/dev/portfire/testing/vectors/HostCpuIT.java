package dev.portfire.testing.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Compares the software CPU with this host's on new random cases. {@code -Dvectors.seed=N} replays a run, {@code
 * -Dvectors.cases=N} sets the number for each form: 250 make more than 500,000 cases.
 */
class HostCpuIT {

  @Test
  void interpreterDoesWhatThisHostDoes() throws IOException, InterruptedException {
    compare("safe");
  }

  @Test
  void nativeEngineDoesWhatThisHostDoes() throws IOException, InterruptedException {
    compare("native");
  }

  private static void compare(String engine) throws IOException, InterruptedException {
    assumeTrue(HostCpu.isAvailable(), "the host is not x86-64 Linux");
    // Where the architecture leaves a choice, such as denormals loaded by the x87, the vectors follow AMD.
    String cpu = Files.readString(Path.of("/proc/cpuinfo"));
    assumeTrue(cpu.contains("AuthenticAMD") && cpu.contains("sse4_2"), "the host's CPU is not an AMD with SSE4.2");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(HostCpu.JVM_FLAGS);
    command.add("-Dportfire.validate=true");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), VectorTool.class.getName(), "check"));
    command.addAll(List.of("--cases", System.getProperty("vectors.cases", "50"), "--show", "1"));
    command.addAll(List.of("--engine", engine));
    // Both engines are to agree on these: lockstep depends on it.
    command.addAll(List.of("--undefined-flags", Boolean.toString(cpu.contains("cpu family\t: 26\n"))));
    command.addAll(List.of("--seed", System.getProperty("vectors.seed", Long.toString(System.nanoTime()))));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("0 differ");
  }
}
