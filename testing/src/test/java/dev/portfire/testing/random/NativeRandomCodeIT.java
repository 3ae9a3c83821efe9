package dev.portfire.testing.random;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portfire.linux.ExecutableMemory;
import dev.portfire.softcpu.SoftHypervisor;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Random code as emitted machine code: what it does wrong ends this process. */
class NativeRandomCodeIT {

  @Test
  void theHostSurvives() {
    Optional<String> problem = SoftHypervisor.nativeProblem(ExecutableMemory.SOURCE);
    assumeTrue(problem.isEmpty(), () -> problem.orElse(""));
    RandomCode.run(new SoftHypervisor(ExecutableMemory.SOURCE), RandomCodeTest.SEED, RandomCodeTest.CASES);
  }
}
