package dev.portfire.testing.random;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portfire.linux.ExecutableMemory;
import dev.portfire.softcpu.SoftHypervisor;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Accesses around the boundaries of pages; replay one case with {@code -Drandom.seed=N -Drandom.cases=1}. */
class RandomAccessesIT {

  @Test
  void theEnginesAgree() {
    Optional<String> problem = SoftHypervisor.nativeProblem(ExecutableMemory.SOURCE);
    assumeTrue(problem.isEmpty(), () -> problem.orElse(""));
    RandomAccesses.run(
        new SoftHypervisor(), new SoftHypervisor(ExecutableMemory.SOURCE), RandomCodeTest.SEED, RandomCodeTest.CASES);
  }
}
