package dev.portfire.softcpu;

/**
 * BMI1, BMI2, LZCNT, MOVBE and ADX (SDM volume 2): integer instructions, some with a VEX prefix and three operands. The flags that
 * the manual leaves undefined are what they are on AMD's processors.
 */
final class Bmi {
  private Bmi() {}

  /** The register in VEX.vvvv as an operand of this size. */
  private static long other(Cpu c, Op o) {
    return o.size == 64 ? c.r[o.v] : c.r[o.v] & 0xffff_ffffL;
  }

  private static void set(Cpu c, Op o, int register, long value) {
    c.r[register] = o.size == 64 ? value : value & 0xffff_ffffL;
  }

  /** Sets ZF, SF and PF of a result, CF as given; OF and AF are cleared. */
  private static void flags(Cpu c, Op o, long result, boolean carry) {
    int shift = 64 - o.size;
    c.carries = carry ? 3L << 62 : 0;
    c.zero = result << shift;
    c.signParity = result << shift & Long.MIN_VALUE | result & 0xff;
    c.auxiliary = 0;
  }

  /** ANDN. */
  static void andn(Cpu c, Op o) {
    c.requireVex();
    long result = ~other(c, o) & c.readRm(o);
    set(c, o, o.d, result);
    flags(c, o, result, false);
  }

  /** BLSR: resets the lowest bit that is set. */
  static void blsr(Cpu c, Op o) {
    c.requireVex();
    long source = c.readRm(o);
    long result = source & source - 1;
    set(c, o, o.v, result);
    flags(c, o, result, source == 0);
  }

  /** BLSMSK: the bits up to the lowest that is set. */
  static void blsmsk(Cpu c, Op o) {
    c.requireVex();
    long source = c.readRm(o);
    long result = source ^ source - 1;
    set(c, o, o.v, result);
    flags(c, o, result, source == 0);
  }

  /** BLSI: the lowest bit that is set. */
  static void blsi(Cpu c, Op o) {
    c.requireVex();
    long source = c.readRm(o);
    long result = source & -source;
    set(c, o, o.v, result);
    flags(c, o, result, source != 0);
  }

  /** BEXTR: a field whose first bit is in bits 0 to 7 of the other operand, its length in bits 8 to 15. */
  static void bextr(Cpu c, Op o) {
    c.requireVex();
    long source = c.readRm(o);
    int control = (int) other(c, o);
    int start = control & 0xff;
    int length = control >> 8 & 0xff;
    long result = start >= 64 ? 0 : source >>> start;
    if (length < 64) {
      result &= (1L << length) - 1;
    }
    set(c, o, o.d, result);
    flags(c, o, result, false);
    c.signParity &= 0xff;
    c.auxiliary = Cpu.AF;
  }

  /** BZHI: zeroes the bits from a number on. */
  static void bzhi(Cpu c, Op o) {
    c.requireVex();
    long source = c.readRm(o);
    int from = (int) other(c, o) & 0xff;
    long result = from < o.size ? source & (1L << from) - 1 : source;
    set(c, o, o.d, result);
    flags(c, o, result, from >= o.size);
  }

  /** PDEP. */
  static void pdep(Cpu c, Op o) {
    c.requireVex();
    long mask = c.readRm(o);
    set(c, o, o.d, Long.expand(other(c, o), mask));
  }

  /** PEXT. */
  static void pext(Cpu c, Op o) {
    c.requireVex();
    long mask = c.readRm(o);
    set(c, o, o.d, Long.compress(other(c, o), mask));
  }

  /** MULX: RDX times the operand; if both halves have one register, it gets the upper. */
  static void mulx(Cpu c, Op o) {
    c.requireVex();
    long source = c.readRm(o);
    if (o.size == 64) {
      long a = c.r[2];
      c.r[o.v] = a * source;
      c.r[o.d] = Math.unsignedMultiplyHigh(a, source);
    } else {
      long product = (c.r[2] & 0xffff_ffffL) * source;
      c.r[o.v] = product & 0xffff_ffffL;
      c.r[o.d] = product >>> 32;
    }
  }

  private static int count(Cpu c, Op o) {
    return (int) c.r[o.v] & o.size - 1;
  }

  /** SHLX. */
  static void shlx(Cpu c, Op o) {
    c.requireVex();
    long source = c.readRm(o);
    set(c, o, o.d, source << count(c, o));
  }

  /** SHRX. */
  static void shrx(Cpu c, Op o) {
    c.requireVex();
    long source = c.readRm(o);
    set(c, o, o.d, source >>> count(c, o));
  }

  /** SARX. */
  static void sarx(Cpu c, Op o) {
    c.requireVex();
    long source = c.readRm(o);
    set(c, o, o.d, source << 64 - o.size >> 64 - o.size >> count(c, o));
  }

  /** RORX. */
  static void rorx(Cpu c, Op o) {
    c.requireVex();
    long source = c.readRm(o);
    int by = (int) o.imm;
    set(c, o, o.d, o.size == 64 ? Long.rotateRight(source, by) : (source << 32 | source) >>> (by & 31));
  }

  /** CF tells a source of zero, ZF a result of zero; OF stays, the others are cleared. */
  private static void countFlags(Cpu c, boolean carry, boolean zero) {
    c.setCarry(carry);
    c.setZero(zero);
    c.signParity = 1;
    c.auxiliary = 0;
  }

  /** TZCNT. */
  static void tzcnt(Cpu c, Op o) {
    long source = c.readRm(o);
    int result = source == 0 ? o.size : Long.numberOfTrailingZeros(source);
    c.setRegister(o.d, o.size, result);
    countFlags(c, source == 0, result == 0);
  }

  /** LZCNT. */
  static void lzcnt(Cpu c, Op o) {
    long source = c.readRm(o);
    int result = Long.numberOfLeadingZeros(source) - (64 - o.size);
    c.setRegister(o.d, o.size, result);
    countFlags(c, source == 0, result == 0);
  }

  private static long swapped(long value, int size) {
    return Long.reverseBytes(value) >>> 64 - size;
  }

  /** MOVBE from memory. */
  static void movbeLoad(Cpu c, Op o) {
    c.setRegister(o.d, o.size, swapped(c.load(o.address(c), o.size), o.size));
  }

  /** MOVBE to memory. */
  static void movbeStore(Cpu c, Op o) {
    c.store(o.address(c), o.size, swapped(c.getRegister(o.d, o.size), o.size));
  }

  /** ADCX: addition with CF as the carry. */
  static void adcx(Cpu c, Op o) {
    c.setCarry(add(c, o, c.carries < 0));
  }

  /** ADOX: addition with OF as the carry. */
  static void adox(Cpu c, Op o) {
    boolean overflow = add(c, o, c.overflow());
    long carry = c.carries >>> 63;
    c.carries = carry << 63 | (carry ^ (overflow ? 1 : 0)) << 62;
  }

  /** Adds; the result is the carry. */
  private static boolean add(Cpu c, Op o, boolean carry) {
    long a = c.getRegister(o.d, o.size);
    long b = c.readRm(o);
    long sum = a + b + (carry ? 1 : 0);
    c.setRegister(o.d, o.size, sum);
    return o.size == 32 ? sum >>> 32 != 0 : (a & b | (a | b) & ~sum) < 0;
  }
}
