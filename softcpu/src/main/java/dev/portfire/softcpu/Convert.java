package dev.portfire.softcpu;

/** Sign extensions of the accumulator. */
final class Convert {
  private Convert() {}

  /** CBW, CWDE, CDQE. */
  static void cbw(Cpu c, Op o) {
    long a = c.r[0];
    c.setRegister(0, o.size, o.size == 16 ? (byte) a : o.size == 32 ? (short) a : (int) a);
  }

  /** CWD, CDQ, CQO. */
  static void cwd(Cpu c, Op o) {
    int shift = 64 - o.size;
    c.setRegister(2, o.size, c.r[0] << shift >> 63);
  }
}
