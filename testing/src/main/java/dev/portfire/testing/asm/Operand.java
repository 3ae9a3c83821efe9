package dev.portfire.testing.asm;

/** What an instruction works on: a register or a place in memory. */
public sealed interface Operand permits Reg, Mem {
  /** The operand's width: 8, 16, 32 or 64. */
  int bits();
}
