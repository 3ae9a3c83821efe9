package dev.portfire.devices;

import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The rounds of a random test. Each has its own seed, which a failure names; {@code -Dportfire.seed=N} runs that one alone,
 * {@code -Dportfire.rounds=N} so many of them, {@code -Dportfire.seconds=N} as many as there is time for in each test.
 */
public final class Rounds {
  private static final long HEAP_LIMIT = 512 << 20;

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
    long start = System.nanoTime();
    long rounds = seconds > 0 ? Long.MAX_VALUE : Long.getLong("portfire.rounds", count);
    long seed = 1;
    for (; seed <= rounds && (seconds == 0 || System.nanoTime() - start < seconds * 1_000_000_000L); seed++) {
      try {
        round.accept(new SplittableRandom(seed));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    if (seconds > 0) {
      System.gc();
      long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
      System.out.printf("%d rounds in %d s, heap %d MiB afterwards%n", seed - 1, seconds, used >> 20);
      if (used > HEAP_LIMIT) {
        throw new AssertionError("what rounds leave behind grows: " + (used >> 20) + " MiB of heap are in use");
      }
    }
  }
}
