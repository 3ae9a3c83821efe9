package dev.portfire.testing.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.softcpu.SoftHypervisor;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The conformance suite on the software CPU, which is there on every host. */
class SoftConformanceTest {
  private static final BackEnd SOFT = new BackEnd("soft", new SoftHypervisor());

  @TestFactory
  Stream<DynamicTest> softwareCpu() {
    return Suite.cases().stream().map(c -> DynamicTest.dynamicTest(c.toString(), () -> {
      BareMachine guest = c.build();
      Outcome outcome = Runner.run(guest, SOFT);
      assertThat(outcome.passed()).as(() -> c + "\n" + outcome.report()).isTrue();
    }));
  }
}
