package dev.portfire.testing.lockstep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.portfire.cli.guest.GuestException;
import dev.portfire.linux.ExecutableMemory;
import dev.portfire.machine.CpuModel;
import dev.portfire.softcpu.SoftHypervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The default guest booted to a shell on both engines, side by side. */
class LockstepE2E {
  private static final int MEMORY_EVERY = 10_000;
  private static final long SEED = Long.getLong("lockstep.seed", 20261128);

  @BeforeAll
  static void nativeEngine() {
    Optional<String> problem = SoftHypervisor.nativeProblem(ExecutableMemory.SOURCE);
    assumeTrue(problem.isEmpty(), () -> problem.orElse(""));
  }

  private static Guest guest(long seed) throws GuestException, InterruptedException {
    return LockstepMain.guest(Optional.empty(), 128, CpuModel.PORTFIRE_V3, seed, 1000);
  }

  @Test
  void enginesDoTheSame() throws Exception {
    assumeTrue(undefinedFlagsAreKnown(), "this host's CPU is no AMD of family 1Ah, whose undefined flags the interpreter has");
    Guest guest = guest(SEED);
    Lockstep.Result result = new Lockstep(MEMORY_EVERY, Long.MAX_VALUE, 0, points -> {})
        .run(LockstepMain.side("native", guest), LockstepMain.side("safe", guest));
    assertThat(result.difference()).as("seed %d", SEED).isEmpty();
    assertThat(result.end()).isEqualTo("exit 0");
    assertThat(result.steps()).isEqualTo(guest.dialogue().size());
    assertThat(result.memories()).isPositive();
  }

  private static boolean undefinedFlagsAreKnown() throws IOException {
    String cpu = Files.readString(Path.of("/proc/cpuinfo"));
    return cpu.contains("AuthenticAMD") && cpu.contains("cpu family\t: 26\n");
  }

  @Test
  void anotherSeedIsADifference() throws Exception {
    Lockstep.Result result = new Lockstep(MEMORY_EVERY, Long.MAX_VALUE, 0, points -> {})
        .run(LockstepMain.side("native", guest(SEED)), LockstepMain.side("native", guest(SEED + 1)));
    assertThat(result.difference()).hasValueSatisfying(report -> assertThat(report)
        .startsWith("the engines differ at point ")
        .contains("RIP", "the last points before, in both:", "code around this point", "seed " + SEED));
  }
}
