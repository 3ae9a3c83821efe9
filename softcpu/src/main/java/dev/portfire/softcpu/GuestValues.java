package dev.portfire.softcpu;

import java.util.Arrays;

/**
 * Which general registers are known to hold the same value but for a number, while a block is translated: each holds the
 * value with an identity plus an offset. {@link CodeValidator} finds the same out by itself.
 */
final class GuestValues {
  private static final int REGISTERS = 16;
  private static final int STACK = 4;

  /** More than any block needs is left up to the greatest int. */
  private static final int MANY = 1 << 30;

  private final int[] identity = new int[REGISTERS];
  private final int[] offset = new int[REGISTERS];

  /** Lower identities do not count any more: such a register holds the value with this number plus its own. */
  private int oldest;

  private int identities;

  /** Starts a block. */
  void reset() {
    if (identities > MANY) {
      Arrays.fill(identity, 0);
      identities = 0;
    }
    forget();
  }

  /** Nothing is known of any register. */
  void forget() {
    oldest = identities + 1;
    identities += REGISTERS;
  }

  void copy(GuestValues from) {
    System.arraycopy(from.identity, 0, identity, 0, REGISTERS);
    System.arraycopy(from.offset, 0, offset, 0, REGISTERS);
    oldest = from.oldest;
    identities = from.identities;
  }

  private boolean isSet(int register) {
    return identity[register] >= oldest;
  }

  /** Greater than 0. */
  int identity(int register) {
    return isSet(register) ? identity[register] : oldest + register;
  }

  int offset(int register) {
    return isSet(register) ? offset[register] : 0;
  }

  /** An instruction with these effects, which are not {@link Effects#ALL}, is executed. */
  void execute(Instruction i, int effects) {
    boolean moves = i.map == 0 && i.size == 64 && !i.vex;
    if (moves && (i.opcode == 0x8b || i.opcode == 0x89) && !i.memory) {
      copy(i.opcode == 0x8b ? i.reg : i.rm, i.opcode == 0x8b ? i.rm : i.reg, 0);
      return;
    }
    if (moves && i.opcode == 0x8d && i.base < 16 && i.index == Instruction.ZERO && i.addressSize == 64) {
      copy(i.reg, i.base, i.displacement);
      return;
    }
    if ((effects & (Effects.PUSHES | Effects.POPS)) != 0) {
      copy(STACK, STACK, (effects & Effects.PUSHES) != 0 ? -8 : 8);
      if ((effects & Effects.POPS) != 0) {
        set(i.rm, ++identities, 0);
      }
      return;
    }
    for (int left = effects & 0xffff; left != 0; left &= left - 1) {
      set(Integer.numberOfTrailingZeros(left), ++identities, 0);
    }
  }

  /** Registers that are not the host's are fetched anew each time, of which the validator knows nothing. */
  private void copy(int to, int from, long plus) {
    long sum = offset(from) + plus;
    if (Trampolines.HOST[from] >= 0 && Trampolines.HOST[to] >= 0 && sum == (int) sum) {
      set(to, identity(from), (int) sum);
    } else {
      set(to, ++identities, 0);
    }
  }

  private void set(int register, int value, int plus) {
    identity[register] = value;
    offset[register] = plus;
  }
}
