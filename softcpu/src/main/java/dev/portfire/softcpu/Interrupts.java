package dev.portfire.softcpu;

import dev.portfire.machine.ExitReason;
import dev.portfire.machine.X86State;

/** Delivery of exceptions and interrupts, and the return from them (SDM volume 3, chapter 6). */
final class Interrupts {
  /** From a controller, or NMI. */
  static final int HARDWARE = 0;

  /** From the instruction that was executing. */
  static final int EXCEPTION = 1;

  /** INT n, INT3 and INTO, whose gates are checked against CPL. */
  static final int SOFTWARE = 2;

  private Interrupts() {}

  /** Delivers a fault raised by the instruction at RIP. */
  static void deliverFault(Cpu c, GuestFault fault) {
    c.exits().count(ExitReason.EXCEPTION);
    c.cancelTrap();
    if (fault.vector == GuestFault.PF) {
      c.cr2 = fault.address;
    }
    deliver(c, fault.vector, fault.errorCode, EXCEPTION);
  }

  /** Delivers; a fault on the way becomes that fault, a double fault, or the end of the machine. */
  static void deliver(Cpu c, int firstVector, int firstError, int firstKind) {
    int vector = firstVector;
    int error = firstError;
    int kind = firstKind;
    for (; ; ) {
      try {
        enter(c, vector, error, kind);
        c.next = null;
        return;
      } catch (GuestFault second) {
        if (vector == GuestFault.DF && kind == EXCEPTION) {
          c.tripleFault();
          c.next = null;
          return;
        }
        if (second.vector == GuestFault.PF) {
          c.cr2 = second.address;
        }
        boolean escalate = kind == EXCEPTION
            && ((GuestFault.contributory(vector) && GuestFault.contributory(second.vector))
                || (vector == GuestFault.PF
                    && (second.vector == GuestFault.PF || GuestFault.contributory(second.vector))));
        vector = escalate ? GuestFault.DF : second.vector;
        error = escalate ? 0 : second.errorCode;
        kind = EXCEPTION;
      }
    }
  }

  /** Enters a handler; a fault on the way leaves the state unchanged. */
  static void enter(Cpu c, int vector, int error, int kind) {
    if (c.realMode()) {
      enterReal(c, vector);
    } else if ((c.efer & Mmu.EFER_LMA) != 0) {
      enterLong(c, vector, error, kind);
    } else {
      enterProtected(c, vector, error, kind);
    }
  }

  private static void enterReal(Cpu c, int vector) {
    if (vector * 4 + 3 > c.idtLimit) {
      throw GuestFault.of(GuestFault.DF, 0);
    }
    long entry = c.mmu.systemLoad(c.idtBase + vector * 4L, 4);
    int sp = (int) c.r[4] & 0xffff;
    long base = c.segmentBase[X86State.SS];
    c.store16(base + (sp - 2 & 0xffff), c.flags());
    c.store16(base + (sp - 4 & 0xffff), c.selector[X86State.CS]);
    c.store16(base + (sp - 6 & 0xffff), c.rip);
    c.r[4] = c.r[4] & ~0xffffL | sp - 6 & 0xffff;
    c.setFlags(0, Cpu.IF | Cpu.TF | Cpu.AC | Cpu.RF);
    int selector = (int) (entry >>> 16) & 0xffff;
    c.loadHidden(X86State.CS, selector, (long) selector << 4, c.segmentLimit[X86State.CS], c.segmentAccess[X86State.CS]);
    c.rip = entry & 0xffff;
    c.updateMode();
  }

  /**
   * The EXT bit of an error code: whether what was being delivered came from outside the program, which an interrupt does and
   * an exception, but not INT n (SDM volume 3, 6.13).
   */
  private static int external(int kind) {
    return kind == SOFTWARE ? 0 : 1;
  }

  private static int gateError(int vector, int kind) {
    return vector * 8 + 2 + external(kind);
  }

  /** The flags to push: faults set RF so that the instruction is not trapped again by a breakpoint on it. */
  private static int flagsToPush(Cpu c, int vector, int kind) {
    boolean trap = vector == GuestFault.DB || vector == GuestFault.BP || vector == GuestFault.OF || vector == GuestFault.DF;
    // An IRET may have set RF for the instruction that just ended; it does not outlast that one.
    return c.flags() & ~Cpu.RF | (kind == EXCEPTION && !trap ? Cpu.RF : 0);
  }

  private static void enterLong(Cpu c, int vector, int error, int kind) {
    Mmu mmu = c.mmu;
    if (vector * 16 + 15 > c.idtLimit) {
      throw GuestFault.of(GuestFault.GP, gateError(vector, kind));
    }
    long low = mmu.systemLoad(c.idtBase + vector * 16L, 8);
    long high = mmu.systemLoad(c.idtBase + vector * 16L + 8, 8);
    int type = (int) (low >>> 40) & 0x1f;
    if ((type != 14 && type != 15) || (kind == SOFTWARE && ((int) (low >>> 45) & 3) < c.cpl)) {
      throw GuestFault.of(GuestFault.GP, gateError(vector, kind));
    }
    if ((low & 1L << 47) == 0) {
      throw GuestFault.of(GuestFault.NP, gateError(vector, kind));
    }
    int selector = (int) (low >>> 16) & 0xffff;
    int external = external(kind);
    if ((selector & 0xfffc) == 0) {
      throw GuestFault.of(GuestFault.GP, external);
    }
    long descriptor = Segments.descriptor(c, selector, GuestFault.GP);
    int access = Segments.access(descriptor);
    int dpl = Segments.dpl(access);
    if ((access & (Segments.CODE_OR_DATA | Segments.CODE)) != (Segments.CODE_OR_DATA | Segments.CODE)
        || dpl > c.cpl
        || (access & (Segments.LONG | Segments.BIG)) != Segments.LONG) {
      throw GuestFault.of(GuestFault.GP, selector & 0xfffc | external);
    }
    if ((access & Segments.PRESENT) == 0) {
      throw GuestFault.of(GuestFault.NP, selector & 0xfffc | external);
    }
    int cpl = (access & Segments.CONFORMING) != 0 ? c.cpl : dpl;
    int ist = (int) (low >>> 32) & 7;
    long rsp;
    if (ist != 0) {
      rsp = mmu.systemLoad(c.segmentBase[X86State.TR] + 36 + (ist - 1) * 8L, 8);
    } else if (cpl < c.cpl) {
      rsp = mmu.systemLoad(c.segmentBase[X86State.TR] + 4 + cpl * 8L, 8);
    } else {
      rsp = c.r[4];
    }
    if (rsp << 16 >> 16 != rsp) {
      throw GuestFault.of(GuestFault.SS, external);
    }
    rsp &= -16L;
    mmu.systemStore(rsp - 8, 8, c.selector[X86State.SS]);
    mmu.systemStore(rsp - 16, 8, c.r[4]);
    mmu.systemStore(rsp - 24, 8, flagsToPush(c, vector, kind));
    mmu.systemStore(rsp - 32, 8, c.selector[X86State.CS]);
    mmu.systemStore(rsp - 40, 8, c.rip);
    rsp -= 40;
    if (error >= 0) {
      mmu.systemStore(rsp - 8, 8, error);
      rsp -= 8;
    }
    c.r[4] = rsp;
    if (cpl != c.cpl) {
      c.loadHidden(X86State.SS, cpl, 0, 0, X86State.Segment.UNUSABLE);
    }
    c.setFlags(0, Cpu.TF | Cpu.NT | Cpu.RF | Cpu.VM | (type == 14 ? Cpu.IF : 0));
    Segments.enterCode(c, selector, descriptor, cpl);
    c.rip = low & 0xffff | low >>> 32 & 0xffff_0000L | high << 32;
  }

  /** 32- and 16-bit gates of protected mode without long mode; task gates and virtual-8086 mode are not there. */
  private static void enterProtected(Cpu c, int vector, int error, int kind) {
    Mmu mmu = c.mmu;
    if (vector * 8 + 7 > c.idtLimit) {
      throw GuestFault.of(GuestFault.GP, gateError(vector, kind));
    }
    long gate = mmu.systemLoad(c.idtBase + vector * 8L, 8);
    int type = (int) (gate >>> 40) & 0x1f;
    boolean wide = type == 14 || type == 15;
    if ((!wide && type != 6 && type != 7) || (kind == SOFTWARE && ((int) (gate >>> 45) & 3) < c.cpl)) {
      throw GuestFault.of(GuestFault.GP, gateError(vector, kind));
    }
    if ((gate & 1L << 47) == 0) {
      throw GuestFault.of(GuestFault.NP, gateError(vector, kind));
    }
    int selector = (int) (gate >>> 16) & 0xffff;
    if ((selector & 0xfffc) == 0) {
      throw GuestFault.gp();
    }
    long descriptor = Segments.descriptor(c, selector, GuestFault.GP);
    int access = Segments.access(descriptor);
    int cpl = (access & Segments.CONFORMING) != 0 ? c.cpl : Segments.dpl(access);
    if ((access & (Segments.CODE_OR_DATA | Segments.CODE)) != (Segments.CODE_OR_DATA | Segments.CODE) || cpl > c.cpl) {
      throw GuestFault.of(GuestFault.GP, selector & 0xfffc);
    }
    int oldSs = c.selector[X86State.SS];
    long oldSp = c.r[4];
    boolean inner = cpl < c.cpl;
    int flags = flagsToPush(c, vector, kind);
    if (inner) {
      long tss = c.segmentBase[X86State.TR];
      long esp = mmu.systemLoad(tss + 4 + cpl * 8L, 4);
      int ss = (int) mmu.systemLoad(tss + 8 + cpl * 8L, 2);
      loadInnerStack(c, cpl, ss, external(kind));
      c.r[4] = esp;
    }
    int bytes = wide ? 4 : 2;
    long base = c.segmentBase[X86State.SS];
    long mask = (c.segmentAccess[X86State.SS] & Segments.BIG) != 0 ? 0xffff_ffffL : 0xffff;
    long sp = c.r[4];
    long[] frame = inner
        ? new long[] {oldSs, oldSp, flags, c.selector[X86State.CS], c.rip, error}
        : new long[] {flags, c.selector[X86State.CS], c.rip, error};
    int count = error >= 0 ? frame.length : frame.length - 1;
    for (int k = 0; k < count; k++) {
      sp -= bytes;
      mmu.systemStore(base + (sp & mask) & 0xffff_ffffL, bytes, frame[k]);
    }
    c.r[4] = c.r[4] & ~mask | sp & mask;
    c.setFlags(0, Cpu.TF | Cpu.NT | Cpu.RF | Cpu.VM | ((type & 1) == 0 ? Cpu.IF : 0));
    Segments.enterCode(c, selector, descriptor, cpl);
    c.rip = gate & 0xffff | (wide ? gate >>> 32 & 0xffff_0000L : 0);
  }

  /**
   * Loads SS for an inner ring from the task state segment; what is wrong with the selector is the task state's fault (SDM
   * volume 3, 6.15, interrupt 10).
   */
  private static void loadInnerStack(Cpu c, int cpl, int ss, int external) {
    if ((ss & 0xfffc) == 0) {
      throw GuestFault.of(GuestFault.TS, external);
    }
    int error = ss & 0xfffc | external;
    if (Segments.outsideTable(c, ss)) {
      throw GuestFault.of(GuestFault.TS, error);
    }
    int access = Segments.access(Segments.descriptor(c, ss, GuestFault.TS));
    int kind = access & (Segments.CODE_OR_DATA | Segments.CODE | Segments.WRITABLE_OR_READABLE);
    if ((ss & 3) != cpl
        || Segments.dpl(access) != cpl
        || kind != (Segments.CODE_OR_DATA | Segments.WRITABLE_OR_READABLE)) {
      throw GuestFault.of(GuestFault.TS, error);
    }
    if ((access & Segments.PRESENT) == 0) {
      throw GuestFault.of(GuestFault.SS, error);
    }
    int before = c.cpl;
    c.cpl = cpl;
    try {
      Segments.load(c, X86State.SS, ss);
    } finally {
      c.cpl = before;
    }
  }

  /** IRET in all modes. */
  static void iret(Cpu c, Op o) {
    c.unblockNmi();
    int bytes = o.size >> 3;
    long mask = Stack.mask(c);
    long base = Stack.base(c);
    long sp = c.r[4];
    long rip = c.load(base + (sp & mask), o.size);
    int cs = (int) c.load(base + (sp + bytes & mask), o.size) & 0xffff;
    int flags = (int) c.load(base + (sp + 2L * bytes & mask), o.size);
    int flagMask = Cpu.CF | Cpu.PF | Cpu.AF | Cpu.ZF | Cpu.SF | Cpu.TF | Cpu.DF | Cpu.OF | Cpu.NT;
    if (o.size != 16) {
      flagMask |= Cpu.RF | Cpu.AC | Cpu.ID;
    }
    if (c.realMode()) {
      c.r[4] = c.r[4] & ~mask | sp + 3L * bytes & mask;
      c.loadHidden(X86State.CS, cs, (long) cs << 4, c.segmentLimit[X86State.CS], c.segmentAccess[X86State.CS]);
      c.updateMode();
      c.rip = o.size == 16 ? rip & 0xffff : rip;
      c.setFlags(flags, flagMask | Cpu.IF | Cpu.IOPL);
      c.next = null;
      return;
    }
    if ((c.flags() & Cpu.NT) != 0) {
      throw GuestFault.gp();
    }
    long descriptor = Segments.codeDescriptor(c, cs, c.cpl, true);
    int cpl = cs & 3;
    if (cpl < c.cpl) {
      throw GuestFault.of(GuestFault.GP, cs & 0xfffc);
    }
    boolean toLong = (c.efer & Mmu.EFER_LMA) != 0 && (Segments.access(descriptor) & Segments.LONG) != 0;
    if (toLong && o.size == 64 && rip << 16 >> 16 != rip) {
      throw GuestFault.gp();
    }
    if (c.cpl == 0) {
      flagMask |= Cpu.IOPL;
    }
    if (c.cpl <= (c.flags() >> 12 & 3)) {
      flagMask |= Cpu.IF;
    }
    if (c.code64 || cpl > c.cpl) {
      long newSp = c.load(base + (sp + 3L * bytes & mask), o.size);
      int ss = (int) c.load(base + (sp + 4L * bytes & mask), o.size) & 0xffff;
      returnOuter(c, cs, descriptor, cpl, ss, newSp);
    } else {
      c.r[4] = c.r[4] & ~mask | sp + 3L * bytes & mask;
      Segments.enterCode(c, cs, descriptor, cpl);
    }
    c.rip = o.size == 16 ? rip & 0xffff : c.code64 ? rip : rip & 0xffff_ffffL;
    c.setFlags(flags, flagMask);
    c.jumpTo(c.rip);
  }

  /** Loads CS and SS:RSP of a return that also switches the stack. */
  static void returnOuter(Cpu c, int cs, long descriptor, int cpl, int ss, long newSp) {
    boolean toLong = (c.efer & Mmu.EFER_LMA) != 0 && (Segments.access(descriptor) & Segments.LONG) != 0;
    if ((ss & 0xfffc) == 0) {
      if (!toLong || cpl == 3) {
        throw GuestFault.gp();
      }
      boolean outer = cpl != c.cpl;
      Segments.enterCode(c, cs, descriptor, cpl);
      c.loadHidden(X86State.SS, ss, 0, 0, X86State.Segment.UNUSABLE);
      c.r[4] = newSp;
      if (outer) {
        Segments.dropPrivilegedSegments(c);
      }
      return;
    }
    long stack = Segments.descriptor(c, ss, GuestFault.GP);
    int access = Segments.access(stack);
    if ((ss & 3) != cpl
        || (access & (Segments.CODE_OR_DATA | Segments.CODE | Segments.WRITABLE_OR_READABLE))
            != (Segments.CODE_OR_DATA | Segments.WRITABLE_OR_READABLE)
        || Segments.dpl(access) != cpl) {
      throw GuestFault.of(GuestFault.GP, ss & 0xfffc);
    }
    if ((access & Segments.PRESENT) == 0) {
      throw GuestFault.of(GuestFault.SS, ss & 0xfffc);
    }
    boolean outer = cpl != c.cpl;
    Segments.enterCode(c, cs, descriptor, cpl);
    c.loadHidden(X86State.SS, ss, Segments.base(stack), Segments.limit(stack), access | 1);
    c.r[4] = toLong || (access & Segments.BIG) != 0 ? newSp : c.r[4] & ~0xffffL | newSp & 0xffff;
    if (outer) {
      Segments.dropPrivilegedSegments(c);
    }
  }
}
