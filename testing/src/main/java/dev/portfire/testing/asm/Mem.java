package dev.portfire.testing.asm;

import org.jspecify.annotations.Nullable;

/**
 * An operand in memory: a base register with a displacement, a constant address, or a label.
 *
 * @param bits width of the access
 * @param base base register, of the address size of the code around it (a 32-bit one works in 16-bit code), or null
 * @param displacement added to the base, or the address if there is no base
 * @param label added to the displacement, or null; only without a base
 */
public record Mem(int bits, @Nullable Reg base, int displacement, @Nullable String label) implements Operand {
  /** Eight bits. */
  public static Mem byteAt(Reg base, int displacement) {
    return new Mem(8, base, displacement, null);
  }

  /** Sixteen bits. */
  public static Mem wordAt(Reg base, int displacement) {
    return new Mem(16, base, displacement, null);
  }

  /** Thirty-two bits. */
  public static Mem dwordAt(Reg base, int displacement) {
    return new Mem(32, base, displacement, null);
  }

  /** Sixty-four bits. */
  public static Mem qwordAt(Reg base, int displacement) {
    return new Mem(64, base, displacement, null);
  }

  /** Eight bits at a label. */
  public static Mem byteAt(String label) {
    return new Mem(8, null, 0, label);
  }

  /** Sixteen bits at a label. */
  public static Mem wordAt(String label) {
    return new Mem(16, null, 0, label);
  }

  /** Thirty-two bits at a label. */
  public static Mem dwordAt(String label) {
    return new Mem(32, null, 0, label);
  }

  /** Sixty-four bits at a label. */
  public static Mem qwordAt(String label) {
    return new Mem(64, null, 0, label);
  }

  /** Any width at a constant address below 2 GiB. */
  public static Mem at(int bits, int address) {
    return new Mem(bits, null, address, null);
  }
}
