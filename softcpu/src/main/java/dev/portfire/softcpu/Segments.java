package dev.portfire.softcpu;

import dev.portfire.machine.X86State;

/** Descriptors and segment registers (SDM volume 3, chapters 3 and 5). */
final class Segments {
  static final int PRESENT = 0x80;
  static final int CODE_OR_DATA = 0x10;
  static final int CODE = 0x08;
  static final int CONFORMING = 0x04;
  static final int WRITABLE_OR_READABLE = 0x02;
  static final int LONG = 0x2000;
  static final int BIG = 0x4000;
  private static final int GRANULARITY = 0x8000;

  private Segments() {}

  /** Where a selector's descriptor is, or −1 if it lies outside its table. */
  static long descriptorAddress(Cpu c, int selector) {
    long base = c.gdtBase;
    long limit = c.gdtLimit;
    if ((selector & 4) != 0) {
      if ((c.segmentAccess[X86State.LDTR] & (PRESENT | X86State.Segment.UNUSABLE)) != PRESENT) {
        return -1;
      }
      base = c.segmentBase[X86State.LDTR];
      limit = c.segmentLimit[X86State.LDTR] & 0xffff_ffffL;
    }
    return (selector | 7) > limit ? -1 : base + (selector & ~7);
  }

  /** Reads a descriptor; outside its table it is a fault that names the selector. */
  static long descriptor(Cpu c, int selector, int faultVector) {
    long address = descriptorAddress(c, selector);
    if (address < 0 && outsideTable(c, selector)) {
      throw GuestFault.of(faultVector, selector & 0xfffc);
    }
    return c.mmu.systemLoad(address, 8);
  }

  /** Whether a selector names no descriptor of its table. */
  static boolean outsideTable(Cpu c, int selector) {
    // Kernel addresses are negative too: only −1 says that there is no descriptor.
    return descriptorAddress(c, selector) == -1;
  }

  static long base(long descriptor) {
    return descriptor >>> 16 & 0xff_ffff | descriptor >>> 32 & 0xff00_0000L;
  }

  static int limit(long descriptor) {
    int limit = (int) (descriptor & 0xffff | descriptor >>> 32 & 0xf_0000);
    return (descriptor >>> 40 & GRANULARITY) != 0 ? limit << 12 | 0xfff : limit;
  }

  /** Type, S, DPL, P in bits 0–7, AVL, L, D/B, G in bits 12–15. */
  static int access(long descriptor) {
    return (int) (descriptor >>> 40) & 0xf0ff;
  }

  static int dpl(int access) {
    return access >> 5 & 3;
  }

  /** Sets a descriptor's accessed bit. */
  private static void markAccessed(Cpu c, int selector, long descriptor) {
    if ((descriptor & 1L << 40) == 0) {
      c.mmu.systemStore(descriptorAddress(c, selector) + 5, 1, descriptor >>> 40 & 0xff | 1);
    }
  }

  /** Loads ES, SS, DS, FS or GS from a selector, with all checks of MOV and POP. */
  static void load(Cpu c, int segment, int selector) {
    if (c.realMode()) {
      c.loadHidden(segment, selector, (long) selector << 4, 0xffff, 0x93);
      return;
    }
    if ((selector & 0xfffc) == 0) {
      if (segment == X86State.SS && (!c.code64 || c.cpl == 3 || (selector & 3) != c.cpl)) {
        throw GuestFault.gp();
      }
      c.loadHidden(segment, selector, 0, 0, X86State.Segment.UNUSABLE);
      return;
    }
    long descriptor = descriptor(c, selector, GuestFault.GP);
    int access = access(descriptor);
    int rpl = selector & 3;
    int error = selector & 0xfffc;
    if (segment == X86State.SS) {
      if (rpl != c.cpl || (access & (CODE_OR_DATA | CODE | WRITABLE_OR_READABLE)) != (CODE_OR_DATA | WRITABLE_OR_READABLE) || dpl(access) != c.cpl) {
        throw GuestFault.of(GuestFault.GP, error);
      }
      if ((access & PRESENT) == 0) {
        throw GuestFault.of(GuestFault.SS, error);
      }
    } else {
      boolean readable = (access & CODE) == 0 || (access & WRITABLE_OR_READABLE) != 0;
      boolean conforming = (access & (CODE | CONFORMING)) == (CODE | CONFORMING);
      if ((access & CODE_OR_DATA) == 0 || !readable || (!conforming && Math.max(rpl, c.cpl) > dpl(access))) {
        throw GuestFault.of(GuestFault.GP, error);
      }
      if ((access & PRESENT) == 0) {
        throw GuestFault.of(GuestFault.NP, error);
      }
    }
    markAccessed(c, selector, descriptor);
    c.loadHidden(segment, selector, base(descriptor), limit(descriptor), access | 1);
  }

  /**
   * Checks the target of a far jump, call, return or interrupt.
   *
   * @param cpl the privilege level that the code will run at
   * @return the code segment's descriptor
   */
  static long codeDescriptor(Cpu c, int selector, int cpl, boolean isReturn) {
    if ((selector & 0xfffc) == 0) {
      throw GuestFault.gp();
    }
    long descriptor = descriptor(c, selector, GuestFault.GP);
    int access = access(descriptor);
    int error = selector & 0xfffc;
    boolean wrong = (access & (CODE_OR_DATA | CODE)) != (CODE_OR_DATA | CODE);
    boolean conforming = (access & CONFORMING) != 0;
    if (isReturn) {
      wrong |= conforming ? dpl(access) > (selector & 3) : dpl(access) != (selector & 3);
    } else {
      wrong |= conforming ? dpl(access) > cpl : (selector & 3) > cpl || dpl(access) != cpl;
    }
    if ((c.efer & Mmu.EFER_LMA) != 0 && (access & (LONG | BIG)) == (LONG | BIG)) {
      wrong = true;
    }
    if (wrong) {
      throw GuestFault.of(GuestFault.GP, error);
    }
    if ((access & PRESENT) == 0) {
      throw GuestFault.of(GuestFault.NP, error);
    }
    return descriptor;
  }

  /** Loads CS and the privilege level, after the checks. */
  static void enterCode(Cpu c, int selector, long descriptor, int cpl) {
    markAccessed(c, selector, descriptor);
    c.loadHidden(X86State.CS, selector & ~3 | cpl, base(descriptor), limit(descriptor), access(descriptor) | 1);
    c.cpl = cpl;
    if (cpl == 3) {
      c.enteredUserMode();
    }
    c.updateMode();
  }

  /** Loads a flat segment with a fixed meaning, as SYSCALL and its kin do without looking at a table. */
  static void loadFlat(Cpu c, int segment, int selector, int access) {
    c.loadHidden(segment, selector, 0, -1, access);
  }

  /** After a return to an outer level, data segments that it must not see become null. */
  static void dropPrivilegedSegments(Cpu c) {
    for (int s : new int[] {X86State.ES, X86State.DS, X86State.FS, X86State.GS}) {
      int access = c.segmentAccess[s];
      boolean conforming = (access & (CODE | CONFORMING)) == (CODE | CONFORMING);
      if ((access & X86State.Segment.UNUSABLE) == 0 && !conforming && dpl(access) < c.cpl) {
        c.loadHidden(s, 0, 0, 0, X86State.Segment.UNUSABLE);
      }
    }
  }
}
