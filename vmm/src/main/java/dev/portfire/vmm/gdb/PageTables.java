package dev.portfire.vmm.gdb;

import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.X86State;

/** Finds guest-physical addresses as the processor would (SDM volume 3, chapter 4), without marking anything as accessed. */
final class PageTables {
  private static final long CR0_PG = 0x8000_0000L;
  private static final long CR4_PSE = 0x10;
  private static final long CR4_PAE = 0x20;
  private static final long CR4_LA57 = 0x1000;
  private static final long EFER_LMA = 0x400;
  private static final long PRESENT = 1;
  private static final long LARGE = 0x80;
  private static final long FRAME = 0xf_ffff_ffff_f000L;

  private PageTables() {}

  /** The guest-physical address of a linear one, or −1 if it is not mapped to memory. */
  static long translate(GuestMemory memory, X86State.Control control, long linear) {
    long physical;
    if ((control.cr0() & CR0_PG) == 0) {
      physical = linear & 0xffff_ffffL;
    } else if ((control.efer() & EFER_LMA) != 0) {
      int levels = (control.cr4() & CR4_LA57) != 0 ? 5 : 4;
      int unused = 64 - (12 + 9 * levels);
      physical = linear << unused >> unused == linear
          ? walk(memory, control.cr3() & FRAME, levels, linear)
          : -1;
    } else if ((control.cr4() & CR4_PAE) != 0) {
      physical = throughPointers(memory, control.cr3() & 0xffff_ffe0L, linear & 0xffff_ffffL);
    } else {
      physical = of32Bits(memory, control, linear & 0xffff_ffffL);
    }
    return physical >= 0 && memory.contains(physical, 1) ? physical : -1;
  }

  private static long entry(GuestMemory memory, long address) {
    return memory.contains(address, 8) ? memory.readLong(address) : 0;
  }

  private static long walk(GuestMemory memory, long table, int levels, long linear) {
    long at = table;
    for (int level = levels; level > 0; level--) {
      int shift = 12 + 9 * (level - 1);
      long entry = entry(memory, at + 8 * (linear >>> shift & 511));
      if ((entry & PRESENT) == 0) {
        return -1;
      }
      if (level == 1 || (level <= 3 && (entry & LARGE) != 0)) {
        long mask = (1L << shift) - 1;
        return entry & FRAME & ~mask | linear & mask;
      }
      at = entry & FRAME;
    }
    return -1;
  }

  private static long throughPointers(GuestMemory memory, long table, long linear) {
    long entry = entry(memory, table + 8 * (linear >>> 30));
    return (entry & PRESENT) == 0 ? -1 : walk(memory, entry & FRAME, 2, linear);
  }

  private static long of32Bits(GuestMemory memory, X86State.Control control, long linear) {
    long directory = (control.cr3() & 0xffff_f000L) + 4 * (linear >>> 22);
    if (!memory.contains(directory, 4)) {
      return -1;
    }
    long entry = memory.readInt(directory) & 0xffff_ffffL;
    if ((entry & PRESENT) == 0) {
      return -1;
    }
    if ((entry & LARGE) != 0 && (control.cr4() & CR4_PSE) != 0) {
      return entry & 0xffc0_0000L | (entry >>> 13 & 0xff) << 32 | linear & 0x3f_ffff;
    }
    long at = (entry & 0xffff_f000L) + 4 * (linear >>> 12 & 1023);
    if (!memory.contains(at, 4) || (memory.readInt(at) & PRESENT) == 0) {
      return -1;
    }
    return memory.readInt(at) & 0xffff_f000L | linear & 0xfff;
  }
}
