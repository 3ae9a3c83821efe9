package dev.portfire.testing.vectors;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portfire.linux.ExecutableMemory;
import dev.portfire.softcpu.SoftHypervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Replays the committed vectors on the native engine. */
class NativeVectorsIT {

  @Test
  void emittedCodeDoesWhatTheHostCpuDid() throws IOException {
    Optional<String> problem = SoftHypervisor.nativeProblem(ExecutableMemory.SOURCE);
    assumeTrue(problem.isEmpty(), () -> problem.orElse(""));
    // Where the architecture leaves a choice the vectors follow AMD, and emitted code its host.
    String cpu = Files.readString(Path.of("/proc/cpuinfo"));
    assumeTrue(cpu.contains("AuthenticAMD"), "the host's CPU is not an AMD");
    InstructionVectorsTest.replay(new SoftHypervisor(ExecutableMemory.SOURCE));
  }
}
