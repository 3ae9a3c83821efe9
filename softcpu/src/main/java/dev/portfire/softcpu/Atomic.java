package dev.portfire.softcpu;

/** Exchanges and compare-exchanges; with a memory operand they are atomic with respect to the other vCPUs. */
final class Atomic {
  private Atomic() {}

  static long get(Cpu c, long at, int size) {
    return switch (size) {
      case 8 -> c.get8(at);
      case 16 -> c.get16(at);
      case 32 -> c.get32(at);
      default -> c.get64(at);
    };
  }

  static boolean compareAndSet(Cpu c, long at, int size, long expected, long value) {
    return switch (size) {
      case 8 -> c.compareAndSet8(at, expected, value);
      case 16 -> c.compareAndSet16(at, expected, value);
      case 32 -> c.compareAndSet32(at, expected, value);
      default -> c.compareAndSet64(at, expected, value);
    };
  }

  /** The host offset for a compare-and-set on the host, or −1 if the split lock has to do. */
  private static long place(Cpu c, long address, int size) {
    int bytes = size >> 3;
    long at = c.mmu.writable(address, bytes);
    return at >= 0 && (at & bytes - 1) == 0 ? at : -1;
  }

  static void xchg(Cpu c, Op o) {
    if (!o.memory) {
      long value = c.getRegister(o.s, o.size);
      c.setRegister(o.s, o.size, c.getRegister(o.d, o.size));
      c.setRegister(o.d, o.size, value);
      return;
    }
    long address = o.address(c);
    long replacement = c.getRegister(o.d, o.size);
    long at = place(c, address, o.size);
    long old;
    if (at >= 0) {
      do {
        old = get(c, at, o.size);
      } while (!compareAndSet(c, at, o.size, old, replacement));
    } else {
      synchronized (c.splitLock()) {
        old = c.load(address, o.size);
        c.store(address, o.size, replacement);
      }
    }
    c.setRegister(o.d, o.size, old);
  }

  /** 90 to 97; 90 without REX.B is NOP and with REP is PAUSE. */
  static void xchgAccumulator(Cpu c, Op o) {
    if (o.s == 0) {
      if (o.rep == Instruction.REP && c.vm.smp()) {
        c.pause();
      }
      return;
    }
    long value = c.getRegister(o.s, o.size);
    c.setRegister(o.s, o.size, c.getRegister(0, o.size));
    c.setRegister(0, o.size, value);
  }

  static void xadd(Cpu c, Op o) {
    long addend = c.getRegister(o.d, o.size);
    int shift = 64 - o.size;
    long old;
    if (!o.memory) {
      old = c.getRegister(o.s, o.size);
      long sum = Alu.add(c, old, addend, shift);
      c.setRegister(o.d, o.size, old);
      c.setRegister(o.s, o.size, sum);
      return;
    }
    long address = o.address(c);
    long at = place(c, address, o.size);
    if (at >= 0) {
      do {
        old = get(c, at, o.size);
      } while (!compareAndSet(c, at, o.size, old, old + addend));
    } else {
      synchronized (c.splitLock()) {
        old = c.load(address, o.size);
        c.store(address, o.size, old + addend);
      }
    }
    Alu.add(c, old, addend, shift);
    c.setRegister(o.d, o.size, old);
  }

  static void cmpxchg(Cpu c, Op o) {
    long expected = c.getRegister(0, o.size);
    long replacement = c.getRegister(o.d, o.size);
    long old;
    if (!o.memory) {
      old = c.getRegister(o.s, o.size);
      if (old == expected) {
        c.setRegister(o.s, o.size, replacement);
      }
    } else {
      long address = o.address(c);
      long at = place(c, address, o.size);
      if (at >= 0) {
        do {
          old = get(c, at, o.size);
        } while (old == expected && !compareAndSet(c, at, o.size, expected, replacement));
      } else {
        synchronized (c.splitLock()) {
          old = c.load(address, o.size);
          c.store(address, o.size, old == expected ? replacement : old);
        }
      }
    }
    if (old != expected) {
      c.setRegister(0, o.size, old);
    }
    Alu.sub(c, expected, old, 64 - o.size);
  }

  /** CMPXCHG8B, and CMPXCHG16B with REX.W. */
  static void cmpxchg8b(Cpu c, Op o) {
    long address = o.address(c);
    long[] r = c.r;
    if (o.size != 64) {
      long expected = r[2] << 32 | r[0] & 0xffff_ffffL;
      long replacement = r[1] << 32 | r[3] & 0xffff_ffffL;
      long at = place(c, address, 64);
      long old;
      if (at >= 0) {
        do {
          old = c.get64(at);
        } while (old == expected && !c.compareAndSet64(at, expected, replacement));
      } else {
        synchronized (c.splitLock()) {
          old = c.load64(address);
          c.store64(address, old == expected ? replacement : old);
        }
      }
      if (old != expected) {
        r[0] = old & 0xffff_ffffL;
        r[2] = old >>> 32;
      }
      c.setZero(old == expected);
      return;
    }
    c.aligned16(address);
    c.mmu.writable(address, 16);
    // The host has no 16-byte compare-and-set that Java reaches: these exclude each other, which is what lock-free
    // lists need.
    synchronized (c.splitLock()) {
      long low = c.load64(address);
      long high = c.load64(address + 8);
      if (low == r[0] && high == r[2]) {
        c.store64(address, r[3]);
        c.store64(address + 8, r[1]);
        c.setZero(true);
      } else {
        r[0] = low;
        r[2] = high;
        c.setZero(false);
      }
    }
  }
}
