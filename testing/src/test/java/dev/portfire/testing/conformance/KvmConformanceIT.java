package dev.portfire.testing.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
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
    Outcome outcome = Runner.run(guest, name, backEnds);
    assumeTrue(outcome.lack().isEmpty(), () -> outcome.lack().orElse(""));
    assertThat(outcome.passed()).as(() -> c + "\n" + outcome.report()).isTrue();
  }

  /**
   * The two back ends against each other, not each against what is expected: the recorded trace of KVM must be that of the
   * software CPU, access for access, but for the lines that are listed for one of them.
   */
  private static void compare(Case c, BackEnd kvm) {
    BareMachine guest = c.build();
    List<String> soft = Runner.run(guest, soft()).trace();
    List<String> other = Runner.run(c.build(), kvm).trace();
    assumeTrue(BareMachine.lack(other).isEmpty(), () -> BareMachine.lack(other).orElse(""));
    assumeTrue(guest.differences(soft().name()).isEmpty(),
        () -> "the software CPU lacks what it is about: " + guest.differences(soft().name()));
    List<String> listed = guest.differ(kvm.name(), soft);
    assertThat(other).as(() -> c + "\n" + Outcome.compare(listed, other)).isEqualTo(listed);
  }

  @TestFactory
  Stream<DynamicTest> againstTheSoftwareCpu() {
    assumeTrue(BACK_ENDS.size() > 1, "no usable /dev/kvm; the reason stands above");
    BackEnd kvm = BACK_ENDS.get(1);
    return Suite.cases().stream().map(c -> DynamicTest.dynamicTest(kvm.name() + " as soft: " + c, () -> compare(c, kvm)));
  }

  @TestFactory
  Stream<DynamicTest> kvm() {
    assumeTrue(BACK_ENDS.size() > 1, "no usable /dev/kvm; the reason stands above");
    BackEnd kvm = BACK_ENDS.get(1);
    Stream<DynamicTest> alone = Suite.cases().stream()
        .map(c -> DynamicTest.dynamicTest(kvm.name() + ": " + c, () -> check(c, kvm.name(), kvm)));
    Stream<DynamicTest> moved = Suite.cases().stream().filter(Case::moves).flatMap(c -> Stream.of(
        DynamicTest.dynamicTest("soft, then " + kvm.name() + ": " + c, () -> check(c, BackEnd.moving(soft(), kvm), soft(), kvm)),
        DynamicTest.dynamicTest(kvm.name() + ", then soft: " + c, () -> check(c, BackEnd.moving(kvm, soft()), kvm, soft()))));
    return Stream.concat(alone, moved);
  }
}
