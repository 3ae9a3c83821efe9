package dev.portfire.testing.asm;

/** Segment registers in the order of their encodings. */
public enum Segment {
  /** Extra. */
  ES,
  /** Code. */
  CS,
  /** Stack. */
  SS,
  /** Data. */
  DS,
  /** First of the two that keep their base in 64-bit code. */
  FS,
  /** Second of the two that keep their base in 64-bit code. */
  GS
}
