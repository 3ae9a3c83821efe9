package dev.portfire.softcpu;

import dev.portfire.machine.X86State;
import dev.portfire.softcpu.fpu.X87;
import dev.portfire.softcpu.irqchip.LocalApic;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Between a {@link Cpu} and the {@link X86State} that all back ends share. */
final class StateTransfer {
  private static final int XSAVE_SIZE = 576;
  private static final int HEADER = 512;

  /** DR6: the trap of single-stepping. */
  private static final long SINGLE_STEP = 0x4000;

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

  /**
   * The state of a CPU.
   *
   * @param trap whether a single-step trap is among the events, which DR6 tells then
   */
  static X86State save(Cpu c, X86State.RunState runState, X86State.Events events, boolean trap) {
    X86State.Segment[] segments = new X86State.Segment[8];
    for (int s = 0; s < 8; s++) {
      segments[s] = new X86State.Segment(c.selector[s], c.segmentBase[s], c.segmentLimit[s], c.segmentAccess[s]);
    }
    c.claimSimd();
    long components = CpuId.xcr0(c.features);
    byte[] xsave = new byte[(components & 4) != 0 ? CpuId.XSAVE_SIZE_AVX : XSAVE_SIZE];
    c.x87().fxsave(xsave, c.simd, true, 16);
    put(xsave, HEADER, components);
    for (int k = 0; (components & 4) != 0 && k < 32; k++) {
      put(xsave, XSAVE_SIZE + 8 * k, c.simd.upper[k]);
    }
    return new X86State(
        Arrays.copyOf(c.r, 16),
        c.rip,
        c.flags() & 0xffff_ffffL,
        segments,
        new X86State.Table(c.gdtBase, c.gdtLimit),
        new X86State.Table(c.idtBase, c.idtLimit),
        new X86State.Control(c.cr0, c.cr2, c.cr3, c.cr4, c.apic.cr8(), c.efer, c.xcr0),
        new long[] {c.debug[0], c.debug[1], c.debug[2], c.debug[3], c.debug[6] | (trap ? SINGLE_STEP : 0), c.debug[7]},
        c.msrs.save(),
        xsave,
        runState,
        events,
        c.apic.saveRegisters());
  }

  /**
   * Replaces the state of a CPU but for its events.
   *
   * @throws IllegalArgumentException if it has registers that this CPU has not
   */
  static void restore(Cpu c, X86State state) {
    if (((state.control().xcr0() | get(state.xsave(), HEADER)) & ~CpuId.xcr0(c.features)) != 0) {
      throw new IllegalArgumentException(
          "the state has register components 0x%x (XCR0 0x%x), this processor model has 0x%x"
              .formatted(get(state.xsave(), HEADER), state.control().xcr0(), CpuId.xcr0(c.features)));
    }
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
    System.arraycopy(state.debug(), 0, c.debug, 0, 4);
    c.debug[6] = state.debug()[4];
    c.debug[7] = state.debug()[5];
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
    restoreMsrs(c, state);
    c.apic.setCr8((int) control.cr8());
    // Zeros at the end may be left out.
    byte[] xsave = Arrays.copyOf(state.xsave(), Math.max(state.xsave().length, CpuId.XSAVE_SIZE_AVX));
    c.claimSimd();
    if (state.xsave().length >= XSAVE_SIZE) {
      c.simd.mxcsr = X87.mxcsrOf(xsave);
      if ((xsave[HEADER] & 2) != 0) {
        X87.restoreXmm(xsave, c.simd, 16);
      } else {
        Arrays.fill(c.simd.xmm, 0);
      }
      boolean upper = (xsave[HEADER] & 4) != 0;
      for (int k = 0; k < 32; k++) {
        c.simd.upper[k] = upper ? get(xsave, XSAVE_SIZE + 8 * k) : 0;
      }
      if ((xsave[HEADER] & 1) != 0) {
        c.x87().restoreImage(xsave, true);
      } else {
        c.x87().reset();
      }
    }
  }

  private static void restoreMsrs(Cpu c, X86State state) {
    Map<Integer, Long> values = new LinkedHashMap<>(state.msrs());
    Long deadline = values.remove(LocalApic.MSR_TSC_DEADLINE);
    Map<Integer, Long> known = new LinkedHashMap<>();
    values.forEach((msr, value) -> {
      if (c.msrs.has(msr) || !X86State.OPTIONAL_MSRS.contains(msr)) {
        known.put(msr, value);
      }
    });
    c.msrs.restore(known);
    if (state.apic().length != 0) {
      c.apic.restoreRegisters(state.apic());
    }
    // Only a local APIC in TSC-deadline mode takes it.
    if (deadline != null && deadline != 0) {
      c.msrs.restore(Map.of(LocalApic.MSR_TSC_DEADLINE, deadline));
    }
  }
}
