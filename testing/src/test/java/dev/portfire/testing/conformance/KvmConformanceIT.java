package dev.portfire.testing.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The conformance suite on the host's KVM; the trace must be the software CPU's too. Cases that move in the middle do so from
 * the software CPU to KVM and from KVM to the software CPU as well. Without a usable /dev/kvm it is skipped and says why.
 */
class KvmConformanceIT {
  private static final List<BackEnd> BACK_ENDS = Conformance.backEnds(System.out);

  private static BackEnd soft() {
    return BACK_ENDS.get(0);
  }

  private static void check(Case c, String name, BackEnd... backEnds) {
    BareMachine guest = c.build();
    Optional<String> skip = guest.skipReason(name);
    assumeTrue(skip.isEmpty(), () -> skip.orElse(""));
    Outcome outcome = Runner.run(guest, name, backEnds);
    assumeTrue(outcome.lack().isEmpty(), () -> outcome.lack().orElse(""));
    assumeTrue(outcome.passed() || outcome.tolerance().isEmpty(), () -> "known difference: " + outcome.tolerance().orElse(""));
    assertThat(outcome.passed()).as(() -> c + "\n" + outcome.report()).isTrue();
  }

  @TestFactory
  Stream<DynamicTest> kvm() {
    assumeTrue(BACK_ENDS.size() > 1, "no usable /dev/kvm; the reason stands above");
    BackEnd kvm = BACK_ENDS.get(1);
    Stream<DynamicTest> alone = Suite.cases().stream()
        .map(c -> DynamicTest.dynamicTest(kvm.name() + ": " + c, () -> check(c, kvm.name(), kvm)));
    Stream<DynamicTest> moved = Suite.cases().stream().filter(Case::moves).flatMap(c -> Stream.of(
        DynamicTest.dynamicTest("soft, then " + kvm.name() + ": " + c, () -> check(c, kvm.name(), soft(), kvm)),
        DynamicTest.dynamicTest(kvm.name() + ", then soft: " + c, () -> check(c, kvm.name(), kvm, soft()))));
    return Stream.concat(alone, moved);
  }
}
