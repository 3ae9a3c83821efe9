package dev.portfire.testing.vectors;

/** The SplitMix64 generator: a few lines whose output is part of the vector file's format and must never change. */
final class SplitMix {

  private long state;

  SplitMix(long seed) {
    state = seed;
  }

  long next() {
    state += 0x9e3779b97f4a7c15L;
    long z = state;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** From 0 to {@code bound - 1}. */
  int below(int bound) {
    return (int) ((next() >>> 33) % bound);
  }

  boolean oneIn(int n) {
    return below(n) == 0;
  }

  /** One of the values. */
  int pick(int... values) {
    return values[below(values.length)];
  }
}
