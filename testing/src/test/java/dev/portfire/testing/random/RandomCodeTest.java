package dev.portfire.testing.random;

import dev.portfire.softcpu.SoftHypervisor;
import org.junit.jupiter.api.Test;

/** Replay one case with {@code -Drandom.seed=N -Drandom.cases=1}. */
class RandomCodeTest {
  static final long SEED = Long.getLong("random.seed", 1);
  static final int CASES = Integer.getInteger("random.cases", 200);

  @Test
  void theInterpreterSurvives() {
    RandomCode.run(new SoftHypervisor(), SEED, CASES);
  }
}
