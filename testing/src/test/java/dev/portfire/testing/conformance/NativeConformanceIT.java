package dev.portfire.testing.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portfire.linux.ExecutableMemory;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.softcpu.SoftHypervisor;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The conformance suite on the native engine, and moved between it and the interpreter. */
class NativeConformanceIT {
  private static final BackEnd SOFT = new BackEnd("soft", new SoftHypervisor());
  private static final Optional<BackEnd> NATIVE = Conformance.nativeEngine(System.out);

  private static DynamicTest test(Case c, String name, BackEnd... backEnds) {
    return DynamicTest.dynamicTest(name + ": " + c, () -> {
      Outcome outcome = Runner.run(c.build(), name, backEnds);
      assertThat(outcome.passed()).as(() -> c + "\n" + outcome.report()).isTrue();
    });
  }

  @Test
  void aKickAfterTheEndDoesNoHarm() {
    assumeTrue(NATIVE.isPresent(), "no native engine; the reason stands above");
    try (GuestMemory memory = GuestMemory.allocate(1 << 20)) {
      Vm vm = NATIVE.get().hypervisor().create(new VmSpec("late", memory, 1));
      vm.close();
      vm.vcpu(0).kick();
    }
  }

  @TestFactory
  Stream<DynamicTest> nativeEngine() {
    assumeTrue(NATIVE.isPresent(), "no native engine; the reason stands above");
    BackEnd engine = NATIVE.get();
    Stream<DynamicTest> alone = Suite.cases().stream().map(c -> test(c, engine.name(), engine));
    Stream<DynamicTest> moved = Suite.cases().stream().filter(Case::moves).flatMap(c -> Stream.of(
        test(c, BackEnd.moving(SOFT, engine), SOFT, engine), test(c, BackEnd.moving(engine, SOFT), engine, SOFT)));
    return Stream.concat(alone, moved);
  }

  @TestFactory
  Stream<DynamicTest> codeMemoryForAFewBlocks() {
    assumeTrue(NATIVE.isPresent(), "no native engine; the reason stands above");
    // 128 KiB are kept free for the next block.
    BackEnd cramped = new BackEnd(NATIVE.get().name(), new SoftHypervisor(bytes -> ExecutableMemory.SOURCE.allocate(33 * 4096)));
    return Suite.cases().stream().map(c -> test(c, cramped.name(), cramped));
  }

  @TestFactory
  Stream<DynamicTest> codeIsForgottenAtEachSleep() {
    assumeTrue(NATIVE.isPresent(), "no native engine; the reason stands above");
    BackEnd forgetful = new BackEnd(
        NATIVE.get().name(), new SoftHypervisor(ExecutableMemory.SOURCE).forgettingAtEachSleep());
    return Suite.cases().stream().map(c -> test(c, forgetful.name(), forgetful));
  }
}
