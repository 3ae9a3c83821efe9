package dev.portfire.testing.asm;

/** Conditions in the order of their encodings (SDM volume 1, appendix B). */
public enum Condition {
  /** Overflow. */
  O,
  /** No overflow. */
  NO,
  /** Below: carry. */
  B,
  /** Above or equal: no carry. */
  AE,
  /** Equal: zero. */
  E,
  /** Not equal: not zero. */
  NE,
  /** Below or equal. */
  BE,
  /** Above. */
  A,
  /** Sign. */
  S,
  /** No sign. */
  NS,
  /** Even parity. */
  P,
  /** Odd parity. */
  NP,
  /** Less. */
  L,
  /** Greater or equal. */
  GE,
  /** Less or equal. */
  LE,
  /** Greater. */
  G
}
