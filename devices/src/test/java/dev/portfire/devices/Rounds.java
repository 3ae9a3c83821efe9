package dev.portfire.devices;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The rounds of a random test. Each has its own seed, which a failure names; {@code -Dportfire.seed=N} runs that one alone,
 * {@code -Dportfire.rounds=N} so many of them, {@code -Dportfire.seconds=N} as many as there is time for in each test, and then
 * tells by how much the heap and the process have grown since a tenth of the time was over.
 */
public final class Rounds {
  private static final long MOST_GROWTH = 64 << 20;
  private static final long SECOND = 1_000_000_000L;

  private Rounds() {}

  /**
   * Runs the rounds.
   *
   * @param count how many, unless a property says something else
   * @throws AssertionError naming the seed, if a round fails or if what rounds leave behind grows
   */
  public static void run(long count, Consumer<SplittableRandom> round) {
    Long only = Long.getLong("portfire.seed");
    if (only != null) {
      round.accept(new SplittableRandom(only));
      return;
    }
    long seconds = Long.getLong("portfire.seconds", 0);
    if (seconds == 0) {
      long last = Long.getLong("portfire.rounds", count);
      for (long seed = 1; seed <= last; seed++) {
        one(seed, round);
      }
      return;
    }
    long start = System.nanoTime();
    long seed = roundsUntil(start + seconds * SECOND / 10, 1, round);
    long heap = heap();
    long resident = resident();
    seed = roundsUntil(start + seconds * SECOND, seed, round);
    long growth = heap() - heap;
    System.out.printf(
        "%d rounds in %d s, growth: heap %+d KiB, process %+d KiB%n",
        seed - 1, seconds, growth >> 10, resident() - resident >> 10);
    if (growth > MOST_GROWTH) {
      throw new AssertionError("what rounds leave behind grows: by " + (growth >> 20) + " MiB");
    }
  }

  /** Runs rounds until a time, at least one; returns the next seed. */
  private static long roundsUntil(long end, long first, Consumer<SplittableRandom> round) {
    long seed = first;
    do {
      one(seed++, round);
    } while (System.nanoTime() - end < 0);
    return seed;
  }

  private static void one(long seed, Consumer<SplittableRandom> round) {
    try {
      round.accept(new SplittableRandom(seed));
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  private static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** Bytes of the process that are in memory, as Linux tells; 0 elsewhere. */
  private static long resident() {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
        }
      }
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
