package dev.portfire.softcpu.irqchip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** States that go into the shared form and come back are the same. */
class ControllerTransferTest {
  private static final long SEED = 0x5eed;
  private static final int TIMES = 500;

  @Test
  void pics() {
    Random random = new Random(SEED);
    for (int k = 0; k < TIMES; k++) {
      int step = new int[] {0, 2, 3, 4}[random.nextInt(4)];
      Pic.ChipState state = new Pic.ChipState(
          List.of(
              random.nextInt(256), random.nextInt(256), random.nextInt(256), random.nextInt(256), random.nextInt(256),
              8 + 8 * random.nextInt(31), random.nextInt(8), step),
          // Without single mode, which KVM does not have; with a vector base it is initialised.
          random.nextInt(128) | 256);
      assertThat(ControllerTransfer.restore(ControllerTransfer.save(state))).as("seed %d, case %d", SEED, k).isEqualTo(state);
    }
  }

  @Test
  void aPicThatWasNotInitialisedStaysSo() {
    Pic.ChipState state = new Pic.ChipState(List.of(1, 0, 0, 0, 1, 0, 7, 0), 0);
    assertThat(ControllerTransfer.restore(ControllerTransfer.save(state))).isEqualTo(state);
  }

  @Test
  void ioApics() {
    Random random = new Random(SEED);
    IoApic.State state = new IoApic.State(3, 0x12, 0x00ff_0001, random.longs(24).toArray());
    IoApic.State back = ControllerTransfer.restore(ControllerTransfer.save(state));
    assertThat(back.entries()).isEqualTo(state.entries());
    assertThat(List.of(back.id(), back.selected(), back.levels())).isEqualTo(List.of(3, 0x12, 0x00ff_0001));
  }

  @Test
  void pits() {
    Random random = new Random(SEED);
    for (int k = 0; k < TIMES; k++) {
      List<Pit.ChannelState> channels = new ArrayList<>();
      for (int c = 0; c < 3; c++) {
        int access = 1 + random.nextInt(3);
        boolean both = access == 3;
        List<Integer> latches = new ArrayList<>();
        latches.add(random.nextBoolean() ? -1 : random.nextInt(256));
        for (int left = random.nextInt(both ? 3 : 2); left > 0; left--) {
          latches.add(random.nextInt(256));
        }
        int mode = random.nextInt(6);
        boolean running = random.nextBoolean();
        int written = both && random.nextBoolean() ? random.nextInt(256) : -1;
        channels.add(new Pit.ChannelState(
            mode,
            access,
            random.nextBoolean(),
            true,
            running ? 1 + random.nextInt(65536) : 0,
            running && !(mode == 0 && written >= 0),
            random.nextInt(1_000_000_000),
            -1,
            written,
            latches,
            both && random.nextBoolean()));
      }
      Pit.State state = new Pit.State(channels, random.nextBoolean());
      assertThat(ControllerTransfer.restore(ControllerTransfer.save(state))).as("seed %d, case %d", SEED, k).isEqualTo(state);
    }
  }

  @Test
  void localApics() {
    Random random = new Random(SEED);
    for (int k = 0; k < TIMES; k++) {
      int divide = new int[] {0, 1, 2, 3, 8, 9, 10, 11}[random.nextInt(8)];
      int initial = 1 + random.nextInt(1_000_000);
      long left = random.nextBoolean() ? -1 : (1 + random.nextInt(initial)) * LocalApic.divisor(divide);
      LocalApic.State state = new LocalApic.State(
          LocalApic.DEFAULT_BASE | LocalApic.BASE_ENABLE,
          new int[] {random.nextInt(256), random.nextInt() << 24, -1, 0x1ff, 0x20, 0, divide, initial},
          random.nextLong(),
          random.ints(6).toArray(),
          random.longs(4).toArray(),
          random.longs(4).toArray(),
          random.longs(4).toArray(),
          left,
          0);
      LocalApic.State back = ControllerTransfer.restore(ControllerTransfer.save(state, 5), state.base(), 0);
      assertThat(back).as("seed %d, case %d", SEED, k).usingRecursiveComparison().isEqualTo(state);
    }
  }

  @Test
  void theSharedFormHasKvmsPlaces() {
    LocalApic.State state = new LocalApic.State(
        LocalApic.DEFAULT_BASE | LocalApic.BASE_ENABLE,
        new int[] {0x20, 0x0100_0000, -1, 0x1ff, 0, 0, 0xb, 100},
        0x0200_0000_0000_4000L,
        new int[] {1, 2, 3, 4, 5, 6},
        new long[] {0, 1L << 33, 0, 0},
        new long[4],
        new long[4],
        50,
        0);
    int[] page = ControllerTransfer.save(state, 1);
    assertThat(page[0x2]).isEqualTo(1 << 24);
    assertThat(page[0x8]).isEqualTo(0x20);
    assertThat(page[0xf]).isEqualTo(0x1ff);
    assertThat(page[0x23]).isEqualTo(2);
    assertThat(page[0x30]).isEqualTo(0x4000);
    assertThat(page[0x31]).isEqualTo(0x0200_0000);
    assertThat(page[0x32]).isEqualTo(1);
    assertThat(page[0x37]).isEqualTo(6);
    assertThat(page[0x38]).isEqualTo(100);
    assertThat(page[0x39]).isEqualTo(50);
  }
}
