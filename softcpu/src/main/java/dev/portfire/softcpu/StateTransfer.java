package dev.portfire.softcpu;

import dev.portfire.machine.X86State;
import dev.portfire.softcpu.fpu.X87;
import java.util.Arrays;

/** Between a {@link Cpu} and the {@link X86State} that all back ends share. */
final class StateTransfer {
  private static final int XSAVE_SIZE = 576;
  private static final int HEADER = 512;

  private StateTransfer() {}

  static long get(byte[] image, int at) {
    long value = 0;
    for (int k = 7; k >= 0; k--) {
      value = value << 8 | image[at + k] & 0xff;
    }
    return value;
  }

  static void put(byte[] image, int at, long value) {
    for (int k = 0; k < 8; k++) {
      image[at + k] = (byte) (value >>> 8 * k);
    }
  }

  static X86State save(Cpu c, boolean halted, boolean waitingForSipi) {
    X86State.Segment[] segments = new X86State.Segment[8];
    for (int s = 0; s < 8; s++) {
      segments[s] = new X86State.Segment(c.selector[s], c.segmentBase[s], c.segmentLimit[s], c.segmentAccess[s]);
    }
    byte[] xsave = new byte[XSAVE_SIZE];
    c.x87.fxsave(xsave, c.simd, true, 16);
    put(xsave, HEADER, 3);
    return new X86State(
        Arrays.copyOf(c.r, 16),
        c.rip,
        c.flags() & 0xffff_ffffL,
        segments,
        new X86State.Table(c.gdtBase, c.gdtLimit),
        new X86State.Table(c.idtBase, c.idtLimit),
        new X86State.Control(c.cr0, c.cr2, c.cr3, c.cr4, c.apic.cr8(), c.efer, c.xcr0),
        c.debug.clone(),
        c.msrs.save(),
        xsave,
        waitingForSipi
            ? X86State.RunState.WAIT_FOR_SIPI
            : halted ? X86State.RunState.HALTED : X86State.RunState.RUNNING);
  }

  static void restore(Cpu c, X86State state) {
    System.arraycopy(state.general(), 0, c.r, 0, 16);
    c.rip = state.rip();
    X86State.Control control = state.control();
    c.cr0 = control.cr0();
    c.cr2 = control.cr2();
    c.cr3 = control.cr3();
    c.cr4 = control.cr4();
    c.efer = control.efer();
    c.xcr0 = control.xcr0();
    c.gdtBase = state.gdt().base();
    c.gdtLimit = state.gdt().limit();
    c.idtBase = state.idt().base();
    c.idtLimit = state.idt().limit();
    System.arraycopy(state.debug(), 0, c.debug, 0, Math.min(8, state.debug().length));
    c.mmu.setControl(c.cr0, c.cr3, c.cr4, c.efer);
    for (int s = 0; s < 8; s++) {
      X86State.Segment segment = state.segments()[s];
      c.loadHidden(s, segment.selector(), segment.base(), segment.limit(), segment.access());
    }
    c.cpl = Segments.dpl(c.segmentAccess[X86State.SS]);
    if ((c.segmentAccess[X86State.SS] & X86State.Segment.UNUSABLE) != 0) {
      c.cpl = c.selector[X86State.CS] & 3;
    }
    if (c.realMode()) {
      c.cpl = 0;
    }
    c.updateMode();
    c.systemFlags = 2;
    c.setFlags((int) state.rflags(), -1);
    c.msrs.restore(state.msrs());
    c.apic.setCr8((int) control.cr8());
    byte[] xsave = state.xsave();
    if (xsave.length >= XSAVE_SIZE) {
      c.simd.mxcsr = X87.mxcsrOf(xsave);
      if ((xsave[HEADER] & 2) != 0) {
        X87.restoreXmm(xsave, c.simd, 16);
      } else {
        Arrays.fill(c.simd.xmm, 0);
      }
      if ((xsave[HEADER] & 1) != 0) {
        c.x87.restoreImage(xsave, true);
      } else {
        c.x87.reset();
      }
    }
  }
}
