package dev.portfire.softcpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HostTscTest {
  private static final double GHZ = 2.596;

  private long ticks = 1L << 45;
  private double time = 1000;
  private double drift;
  private final HostTsc host = new HostTsc(
      () -> {
        pass(20);
        return ticks;
      },
      () -> (long) time);

  /** Nanoseconds of the counter pass; the clock has its own idea of them. */
  private void pass(long nanos) {
    ticks += (long) (nanos * GHZ);
    time += nanos * (1 + drift);
  }

  private HostTsc.Line line() {
    return Objects.requireNonNull(host.line());
  }

  private long error() {
    return line().at(ticks) - (long) time;
  }

  private void start() {
    host.aim();
    assertThat(host.line()).isNull();
    pass(5_000_000);
    host.aim();
  }

  @Test
  void theLineIsTheClockOnceTheRateIsKnown() {
    start();
    assertThat(error()).isBetween(-100L, 100L);
    pass(1_000_000);
    assertThat(error()).isBetween(-100L, 100L);
  }

  @Test
  void itNeverGoesBackwardAndStaysNearWhateverTheClocksRate() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    start();
    long last = 0;
    for (int k = 0; k < 20_000; k++) {
      if (random.nextInt(1000) == 0) {
        drift = (random.nextDouble() - 0.5) * 1e-3;
      }
      pass(random.nextInt(50_000_000));
      long before = line().at(ticks);
      host.aim();
      long after = line().at(ticks);
      assertThat(before).as("seed %d, step %d", seed, k).isGreaterThanOrEqualTo(last);
      assertThat(after).as("seed %d, step %d", seed, k).isGreaterThanOrEqualTo(before - 1);
      last = after;
      // 500 parts in a million of the 100 ms in which an error disappears, and of what passed since the last look
      assertThat(error()).as("seed %d, step %d", seed, k).isBetween(-100_000L, 100_000L);
    }
  }

  @Test
  void aSuspendedCounterIsCaughtUpWith() {
    start();
    time += 5e9;
    pass(30_000_000);
    host.aim();
    assertThat(error()).isBetween(-100L, 100L);
  }

  @Test
  void aCounterThatJumpsForwardIsWaitedForAndTimeDoesNotGoBackward() {
    start();
    ticks += (long) (GHZ * 10_000_000);
    long last = line().at(ticks);
    for (int k = 0; k < 3000; k++) {
      pass(21_000_000);
      host.aim();
      assertThat(line().at(ticks)).isGreaterThanOrEqualTo(last);
      last = line().at(ticks);
    }
    assertThat(error()).isBetween(-1000L, 1000L);
  }

  @Test
  void aCounterOfLessThanOneGigahertzGivesNoLine() {
    HostTsc slow = new HostTsc(() -> (long) time / 2, () -> (long) time);
    slow.aim();
    time += 5e6;
    slow.aim();
    assertThat(slow.line()).isNull();
  }
}
