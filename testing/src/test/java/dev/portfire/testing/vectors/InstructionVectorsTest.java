package dev.portfire.testing.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.softcpu.SoftHypervisor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Replays the vectors learned from a host CPU (AMD Zen 5) on the software CPU; any host will do. */
class InstructionVectorsTest {

  /** Enough to see a pattern. */
  private static final int SHOWN = 20;

  @Test
  void interpreterDoesWhatTheHostCpuDid() throws IOException {
    replay(new SoftHypervisor());
  }

  static void replay(SoftHypervisor hypervisor) throws IOException {
    List<String> differences = new ArrayList<>();
    int forms = 0;
    int cases = 0;
    int different = 0;
    Case c = new Case();
    long[] expected = new long[CpuSlots.COUNT];
    long[] actual = new long[CpuSlots.COUNT];
    try (InputStream in = Objects.requireNonNull(InstructionVectorsTest.class.getResourceAsStream("vectors.gz"));
        VectorFile.Reader reader = new VectorFile.Reader(in);
        SoftCpuRunner cpu = new SoftCpuRunner(hypervisor)) {
      while (reader.nextForm()) {
        forms++;
        while (reader.nextCase(c, expected)) {
          cases++;
          cpu.run(c.code, c.legacy, c.before, actual);
          VectorFile.ignore(c, actual);
          String difference = reader.tolerance().difference(expected, actual, c.definedFlags);
          if (!difference.isEmpty() && different++ < SHOWN) {
            differences.add(reader.name() + ": " + c.hex() + difference);
          }
        }
      }
    }
    assertThat(differences).as("%d of %d cases of %d forms", different, cases, forms).isEmpty();
    assertThat(forms).isGreaterThan(1000);
    assertThat(cases).isGreaterThan(10_000);
  }
}
