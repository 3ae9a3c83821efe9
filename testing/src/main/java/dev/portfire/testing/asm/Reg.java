package dev.portfire.testing.asm;

/** General registers by width. */
@SuppressWarnings("MissingSummary") // their names say what they are
public enum Reg implements Operand {
  AL(8, 0), CL(8, 1), DL(8, 2), BL(8, 3), AH(8, 4),
  AX(16, 0), CX(16, 1), DX(16, 2), BX(16, 3), SP(16, 4), BP(16, 5), SI(16, 6), DI(16, 7),
  EAX(32, 0), ECX(32, 1), EDX(32, 2), EBX(32, 3), ESP(32, 4), EBP(32, 5), ESI(32, 6), EDI(32, 7),
  R8D(32, 8), R9D(32, 9), R10D(32, 10), R11D(32, 11), R12D(32, 12), R13D(32, 13), R14D(32, 14), R15D(32, 15),
  RAX(64, 0), RCX(64, 1), RDX(64, 2), RBX(64, 3), RSP(64, 4), RBP(64, 5), RSI(64, 6), RDI(64, 7),
  R8(64, 8), R9(64, 9), R10(64, 10), R11(64, 11), R12(64, 12), R13(64, 13), R14(64, 14), R15(64, 15);

  private final int bits;
  private final int number;

  Reg(int bits, int number) {
    this.bits = bits;
    this.number = number;
  }

  @Override
  public int bits() {
    return bits;
  }

  /** The number in instruction encodings, 0 to 15. */
  public int number() {
    return number;
  }
}
