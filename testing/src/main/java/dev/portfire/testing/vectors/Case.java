package dev.portfire.testing.vectors;

import java.util.HexFormat;

/** One instruction with the state that it starts from. */
public final class Case {

  /** Seed of the state before anything was put into it. */
  long seed;

  /** The instruction. */
  byte[] code = {};

  /** Whether it is 32-bit code. */
  boolean legacy;

  /** The state before. */
  final long[] before = new long[CpuSlots.COUNT];

  /** The flags that the instruction leaves defined. */
  int definedFlags;

  /** Where in memory bytes lie that processors write differently, relative to {@link CpuSlots#MEMORY_BASE}. */
  int ignoredOffset;

  /** How many there are. */
  int ignoredLength;

  /** Starts anew with random registers and memory and a plain environment. */
  void reset(long newSeed) {
    seed = newSeed;
    legacy = false;
    ignoredOffset = 0;
    ignoredLength = 0;
    fill(before, newSeed);
  }

  /** The state that a seed stands for; part of the vector file's format. */
  static void fill(long[] slots, long seed) {
    SplitMix random = new SplitMix(seed);
    for (int i = 0; i < slots.length; i++) {
      slots[i] = random.next();
    }
    slots[CpuSlots.GPR + 4] = CpuSlots.MEMORY_BASE + CpuSlots.MEMORY_BYTES / 2;
    slots[CpuSlots.FLAGS] = slots[CpuSlots.FLAGS] & 0x8d5 | 0x202;
    slots[CpuSlots.RIP] = CpuSlots.CODE_START;
    slots[CpuSlots.MXCSR] = 0x1f80;
    slots[CpuSlots.FCW] = 0x37f;
    slots[CpuSlots.FSW] = 0;
    slots[CpuSlots.FTW] = 0xff;
    for (int i = 0; i < 8; i++) {
      slots[CpuSlots.ST + 2 * i + 1] &= 0xffff;
    }
    slots[CpuSlots.VECTOR] = CpuSlots.NO_FAULT;
    slots[CpuSlots.ERROR] = 0;
    slots[CpuSlots.CR2] = 0;
  }

  /** Leaves of the state only what 32-bit code can have. */
  void narrow() {
    legacy = true;
    for (int r = 0; r < 16; r++) {
      before[CpuSlots.GPR + r] = r < 8 ? before[CpuSlots.GPR + r] & 0xffff_ffffL : 0;
    }
  }

  /** Writes {@code size} bytes into the memory of the state before; addresses outside are ignored. */
  void poke(long address, int size, long value) {
    for (int i = 0; i < size; i++) {
      long at = address + i - CpuSlots.MEMORY_BASE;
      if (at >= 0 && at < CpuSlots.MEMORY_BYTES) {
        int slot = CpuSlots.MEMORY + (int) (at >> 3);
        int shift = (int) (at & 7) << 3;
        before[slot] = before[slot] & ~(0xffL << shift) | (value >>> (i << 3) & 0xff) << shift;
      }
    }
  }

  /** The instruction in hexadecimal. */
  String hex() {
    return HexFormat.of().formatHex(code);
  }
}
