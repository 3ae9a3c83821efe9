package dev.portfire.softcpu;

/** One decoded instruction. The decoder fills the same object again and again; an {@link Op} copies what it needs. */
final class Instruction {
  /** Registers of {@link Cpu#r} beyond the sixteen general ones. */
  static final int PAGE_BASE = 16;

  static final int ZERO = 17;
  static final int SEGMENT_BASE = 18;

  /** The eight-bit registers AH, CH, DH and BH are 16 to 19 where an operand is a byte. */
  static final int HIGH_BYTE = 16;

  /** No REP prefix, REPNE and REP. */
  static final int REP_NONE = 0;

  static final int REPNE = 2;
  static final int REP = 3;

  int form;

  /** Opcode map: 0 one-byte, 1 {@code 0F}, 2 {@code 0F38}, 3 {@code 0F3A}. */
  int map;

  int opcode;

  /** Whether there is an operand-size prefix. */
  boolean operand66;

  /** Has a VEX prefix: then the register in VEX.vvvv, and whether VEX.L asks for 256 bits. */
  boolean vex;

  int v;
  boolean wide;

  int modrm;
  boolean memory;
  boolean lock;
  boolean legacy;
  int rep;
  int rex;

  /** Operand size in bits: 8, 16, 32 or 64. */
  int size;

  /** Address size in bits: 16, 32 or 64. */
  int addressSize;

  /** Register numbers of ModRM.reg and ModRM.rm, or of the opcode's low bits in {@code rm}, with their REX bits. */
  int reg;

  int rm;

  int base;
  int index;
  int scale;
  int segment;
  long displacement;
  long immediate;

  /** A second immediate: ENTER's nesting level, or the selector of a far pointer. */
  int immediate2;

  /** What {@link Effects} says of it, for {@link Translator}. */
  int effects;

  /** Offset of the first byte in its page, and length in bytes. */
  int offset;

  int length;

  /** The byte-register number of ModRM.reg. */
  int reg8() {
    return byteRegister(reg);
  }

  /** The byte-register number of ModRM.rm. */
  int rm8() {
    return byteRegister(rm);
  }

  private int byteRegister(int number) {
    return rex == 0 && number >= 4 && number < 8 ? number - 4 + HIGH_BYTE : number;
  }

  /** Whether the operand is the stack segment by default or override, whose faults are #SS. */
  boolean usesStackSegment() {
    return segment == 2;
  }
}
