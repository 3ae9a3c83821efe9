package dev.portfire.softcpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HaltPollingTest {
  private final HaltPolling polling = new HaltPolling();

  @Test
  void opensWhileWaitsAreShortAndLongerThanItsWindow() {
    assertThat(polling.window()).isZero();
    polling.halted(30_000);
    assertThat(polling.window()).isEqualTo(HaltPolling.FIRST);
    polling.halted(30_000);
    polling.halted(30_000);
    assertThat(polling.window()).isEqualTo(4 * HaltPolling.FIRST);
    polling.halted(30_000);
    assertThat(polling.window()).isEqualTo(4 * HaltPolling.FIRST);
  }

  @Test
  void isNeverOpenForLongerThanTheLongest() {
    for (int k = 0; k < 100; k++) {
      polling.halted(HaltPolling.LONGEST);
    }
    assertThat(polling.window()).isEqualTo(HaltPolling.LONGEST);
  }

  @Test
  void aLongWaitClosesIt() {
    polling.halted(30_000);
    polling.halted(HaltPolling.LONGEST + 1);
    assertThat(polling.window()).isZero();
  }
}
