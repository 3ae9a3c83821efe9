package dev.portfire.softcpu;

/** Bit tests, scans, counts and byte swaps. */
final class BitOps {
  private BitOps() {}

  private static final int TEST = 0;
  private static final int SET = 1;
  private static final int RESET = 2;
  private static final int COMPLEMENT = 3;

  static void bt(Cpu c, Op o) {
    bit(c, o, TEST);
  }

  static void bts(Cpu c, Op o) {
    bit(c, o, SET);
  }

  static void btr(Cpu c, Op o) {
    bit(c, o, RESET);
  }

  static void btc(Cpu c, Op o) {
    bit(c, o, COMPLEMENT);
  }

  private static void bit(Cpu c, Op o, int action) {
    boolean immediate = (o.opcode & 0xff) == 0xba;
    int shift = 64 - o.size;
    long number = immediate ? o.imm : c.r[o.d] << shift >> shift;
    long mask = 1L << (number & o.size - 1);
    if (!o.memory) {
      long value = c.r[o.s];
      c.setCarry((value & mask) != 0);
      if (action != TEST) {
        c.setRegister(o.s, o.size, apply(value, mask, action));
      }
      return;
    }
    long address = o.address(c);
    int bytes = o.size >> 3;
    if (!immediate) {
      // A register bit offset reaches beyond the operand, in either direction.
      long displacement = (number >> (o.size == 64 ? 6 : o.size == 32 ? 5 : 4)) * bytes;
      address = (o.effectiveAddress(c) + displacement & o.addressMask) + c.r[o.segment];
    }
    if (action == TEST) {
      c.setCarry((c.load(address, o.size) & mask) != 0);
      return;
    }
    long at = c.mmu.writable(address, bytes);
    long value;
    if (o.lock && at >= 0 && (at & bytes - 1) == 0 && c.vm.smp()) {
      do {
        value = Atomic.get(c, at, o.size);
      } while (!Atomic.compareAndSet(c, at, o.size, value, apply(value, mask, action)));
    } else {
      synchronized (c.splitLock()) {
        value = c.load(address, o.size);
        c.store(address, o.size, apply(value, mask, action));
      }
    }
    c.setCarry((value & mask) != 0);
  }

  private static long apply(long value, long mask, int action) {
    return action == SET ? value | mask : action == RESET ? value & ~mask : value ^ mask;
  }

  /** Of the flags only ZF is defined; PF tells the parity of the number, and the others are clear, as on AMD's processors. */
  private static void scanned(Cpu c, Op o, boolean found, int number) {
    c.carries = 0;
    c.auxiliary = 0;
    c.zero = found ? 1 : 0;
    c.signParity = found ? number : 0;
    if (found) {
      c.setRegister(o.d, o.size, number);
    }
  }

  static void bsf(Cpu c, Op o) {
    long value = c.readRm(o);
    scanned(c, o, value != 0, Long.numberOfTrailingZeros(value));
  }

  static void bsr(Cpu c, Op o) {
    long value = c.readRm(o);
    scanned(c, o, value != 0, 63 - Long.numberOfLeadingZeros(value));
  }

  static void popcnt(Cpu c, Op o) {
    long value = c.readRm(o);
    c.setArithmeticFlags(value == 0 ? Cpu.ZF : 0);
    c.setRegister(o.d, o.size, Long.bitCount(value));
  }

  static void bswap(Cpu c, Op o) {
    switch (o.size) {
      case 64 -> c.r[o.s] = Long.reverseBytes(c.r[o.s]);
      case 32 -> c.r[o.s] = Integer.reverseBytes((int) c.r[o.s]) & 0xffff_ffffL;
      // Undefined; processors clear the register.
      default -> c.setRegister(o.s, 16, 0);
    }
  }
}
