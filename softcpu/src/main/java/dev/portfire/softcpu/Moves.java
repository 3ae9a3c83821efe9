package dev.portfire.softcpu;

/** Moves that the table's own kinds do not cover. */
final class Moves {
  private Moves() {}

  /** MOV from an absolute offset to the accumulator. */
  static void loadOffset(Cpu c, Op o) {
    c.setRegister(0, o.size, c.load(o.address(c), o.size));
  }

  /** MOV from the accumulator to an absolute offset. */
  static void storeOffset(Cpu c, Op o) {
    c.store(o.address(c), o.size, c.r[0]);
  }

  static void movnti(Cpu c, Op o) {
    c.store(o.address(c), o.size, c.r[o.d]);
  }

  static void xlat(Cpu c, Op o) {
    long offset = c.getRegister(3, o.addressSize) + (c.r[0] & 0xff) & o.addressMask;
    c.set8(0, c.load8(offset + c.r[o.segment]));
  }
}
