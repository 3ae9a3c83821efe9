package dev.portfire.inspect.perf;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Recordings made by chance, of each kind that a report has to cope with. */
final class Recordings {
  private static final int ROUND = 300;
  private static final int[] VMX_REASONS = {0, 1, 7, 10, 12, 28, 30, 31, 32, 40, 48, 49, 52, 54, 99, 0x8000_0021};
  private static final int[] SVM_REASONS = {0x4e, 0x60, 0x64, 0x72, 0x78, 0x7b, 0x7c, 0x81, 0x400, 0x402, 0x403, 0x777, 0x8000_0010};
  private static final long[] ADDRESSES = {0, 0xfeb0_0050L, 0xfee0_00b0L, 0xfee0_10b0L, 0xffff_ffff_ffff_f000L};
  private static final int[] NUMBERS = {0, 0x1b, 0x3f8, 0x6e0, 0x10, 0xc000_0080, 0x1010};

  private Recordings() {}

  /**
   * Makes one.
   *
   * @param vcpus each a thread; a hundred threads are a process
   * @param shuffled whether rounds come CPU by CPU, as they do from rings, else in order
   */
  static Recording random(long seed, int isa, int vcpus, int events, boolean shuffled) {
    SplittableRandom random = new SplittableRandom(seed);
    Recording recording = new Recording(events + events / ROUND + vcpus + 8).processor(isa == Recording.VMX ? Recording.INTEL : Recording.AMD);
    long[] times = new long[vcpus];
    boolean[] inside = new boolean[vcpus];
    Arrays.fill(times, 1_000_000);
    long round = 1_000_000;
    int made = 0;
    while (made < events) {
      round += 3_000_000;
      int before = made;
      if (shuffled) {
        for (int i = 0; i < vcpus; i++) {
          while (times[i] < round && made < events && made - before < ROUND * vcpus) {
            step(recording, random, isa, i, times, inside);
            made++;
          }
        }
      } else {
        for (int k = 0; k < ROUND && made < events; k++, made++) {
          int next = 0;
          for (int i = 1; i < vcpus; i++) {
            next = times[i] < times[next] ? i : next;
          }
          step(recording, random, isa, next, times, inside);
        }
      }
      recording.round();
    }
    if (seed % 3 == 0) {
      recording.lost(seed);
    }
    return recording;
  }

  private static void step(Recording recording, SplittableRandom random, int isa, int i, long[] times, boolean[] inside) {
    int[] reasons = isa == Recording.VMX ? VMX_REASONS : SVM_REASONS;
    // Some take no time at all.
    times[i] += random.nextInt(4) == 0 ? 0 : (long) Math.exp(random.nextDouble() * 12);
    recording.at(4000 + i * 37, times[i]);
    int what = random.nextInt(10);
    if (inside[i] || what < 1) {
      recording.exit(reasons[(int) (random.nextDouble() * random.nextDouble() * reasons.length)], isa);
      inside[i] = false;
    } else if (what < 3) {
      recording.mmio(random.nextInt(3), ADDRESSES[random.nextInt(ADDRESSES.length)]);
    } else if (what < 4) {
      recording.port(random.nextInt(2), NUMBERS[random.nextInt(NUMBERS.length)]);
    } else if (what < 5) {
      recording.msr(random.nextInt(2), NUMBERS[random.nextInt(NUMBERS.length)]);
    } else {
      recording.entry(i);
      inside[i] = true;
    }
  }
}
