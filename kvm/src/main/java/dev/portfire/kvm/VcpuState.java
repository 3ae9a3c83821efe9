package dev.portfire.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.portfire.linux.Descriptor;
import dev.portfire.machine.X86State;
import dev.portfire.machine.X86State.Segment;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Between a vCPU's state in KVM and the {@link X86State} that all back ends share. */
final class VcpuState {
  /** The places of RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI in struct kvm_regs; R8 to R15 follow. */
  private static final int[] REGISTER = {0, 2, 3, 1, 6, 7, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15};

  /** Places in struct kvm_sregs, in the order of {@link X86State#segments}. */
  private static final int[] SEGMENT = {
    Layouts.SREGS_ES, Layouts.SREGS_CS, Layouts.SREGS_SS, Layouts.SREGS_DS, Layouts.SREGS_FS, Layouts.SREGS_GS,
    Layouts.SREGS_LDT, Layouts.SREGS_TR
  };

  private static final int APIC_STRIDE = 16;
  private static final int XSAVE_MINIMUM = 576;

  /** Place of the XSAVE header's bit vector of components that are not in their initial state (SDM volume 1, 13.4.2). */
  private static final int XSTATE_BV = 512;

  /** x87 and SSE, which a guest has whether or not it enabled XSAVE. */
  private static final long LEGACY_COMPONENTS = 3;

  /** Those and the upper halves of the YMM registers, and where the area ends with them: what the assist has. */
  private static final long ASSISTED_COMPONENTS = 7;

  private static final int ASSISTED_SIZE = 832;

  private static final int INVALID_OPCODE = 6;

  private final Descriptor vcpu;
  private final Msrs msrs;
  private final int xsaveSize;
  private final boolean xsave2;

  /**
   * Makes the transfer of one vCPU.
   *
   * @param xsaveSize the size of the XSAVE area, in bytes, at least 4096
   * @param xsave2 whether it must be asked for in the way that allows more than 4096
   */
  VcpuState(Descriptor vcpu, Msrs msrs, int xsaveSize, boolean xsave2) {
    this.vcpu = vcpu;
    this.msrs = msrs;
    this.xsaveSize = xsaveSize;
    this.xsave2 = xsave2;
  }

  /** All of the state. */
  X86State save() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sregs = get(arena, Request.GET_SREGS, Layouts.SREGS_SIZE);
      Map<Integer, Long> values = new LinkedHashMap<>();
      values.put(Msrs.APIC_BASE, sregs.get(JAVA_LONG, Layouts.SREGS_APIC_BASE));
      values.putAll(msrs.save());
      MemorySegment mp = get(arena, Request.GET_MP_STATE, 4);
      MemorySegment page = get(arena, Request.GET_LAPIC, Layouts.LAPIC_SIZE);
      int[] apic = new int[X86State.APIC_REGISTERS];
      for (int k = 0; k < apic.length; k++) {
        apic[k] = page.get(JAVA_INT, (long) k * APIC_STRIDE);
      }
      return build(arena, sregs, values, runState(mp.get(JAVA_INT, 0)), events(arena), apic);
    }
  }

  /**
   * What the assist needs: no local APIC, no time, no events but what holds interrupts off, and of the floating-point state
   * what every CPU has.
   */
  X86State saveForAssist() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sregs = get(arena, Request.GET_SREGS, Layouts.SREGS_SIZE);
      // The shadow is for interrupts, which wait anyhow; one instruction later it is over.
      X86State.Events held =
          new X86State.Events(Optional.empty(), Optional.empty(), false, false, events(arena).nmiMasked());
      return assisted(build(arena, sregs, msrs.saveForAssist(), X86State.RunState.RUNNING, held, new int[0]));
    }
  }

  /** The enabled components of the XSAVE area. */
  long enabledComponents() {
    try (Arena arena = Arena.ofConfined()) {
      return xcr0(arena);
    }
  }

  private static X86State assisted(X86State s) {
    byte[] area = java.util.Arrays.copyOf(s.xsave(), ASSISTED_SIZE);
    area[XSTATE_BV] &= (byte) ASSISTED_COMPONENTS;
    java.util.Arrays.fill(area, XSTATE_BV + 1, XSAVE_MINIMUM, (byte) 0);
    X86State.Control c = s.control();
    X86State.Control control = new X86State.Control(
        c.cr0(), c.cr2(), c.cr3(), c.cr4(), c.cr8(), c.efer(), c.xcr0() & ASSISTED_COMPONENTS);
    return new X86State(
        s.general(), s.rip(), s.rflags(), s.segments(), s.gdt(), s.idt(), control, s.debug(), s.msrs(), area, s.runState(),
        s.events(), s.apic());
  }

  private X86State build(
      Arena arena,
      MemorySegment sregs,
      Map<Integer, Long> values,
      X86State.RunState runState,
      X86State.Events events,
      int[] apic) {
    MemorySegment regs = get(arena, Request.GET_REGS, Layouts.REGS_SIZE);
    long[] general = new long[16];
    for (int k = 0; k < 16; k++) {
      general[k] = regs.getAtIndex(JAVA_LONG, REGISTER[k]);
    }
    Segment[] segments = new Segment[8];
    for (int k = 0; k < 8; k++) {
      segments[k] = segment(sregs.asSlice(SEGMENT[k], Layouts.SEGMENT_SIZE));
    }
    long xcr0 = xcr0(arena);
    MemorySegment debug = get(arena, Request.GET_DEBUGREGS, Layouts.DEBUGREGS_SIZE);
    long[] debugRegisters = {
      debug.get(JAVA_LONG, 0),
      debug.get(JAVA_LONG, 8),
      debug.get(JAVA_LONG, 16),
      debug.get(JAVA_LONG, 24),
      debug.get(JAVA_LONG, Layouts.DEBUGREGS_DR6),
      debug.get(JAVA_LONG, Layouts.DEBUGREGS_DR7)
    };
    return new X86State(
        general,
        regs.get(JAVA_LONG, Layouts.REGS_RIP),
        regs.get(JAVA_LONG, Layouts.REGS_RFLAGS),
        segments,
        table(sregs, Layouts.SREGS_GDT),
        table(sregs, Layouts.SREGS_IDT),
        new X86State.Control(
            sregs.get(JAVA_LONG, Layouts.SREGS_CR0),
            sregs.get(JAVA_LONG, Layouts.SREGS_CR2),
            sregs.get(JAVA_LONG, Layouts.SREGS_CR3),
            sregs.get(JAVA_LONG, Layouts.SREGS_CR4),
            sregs.get(JAVA_LONG, Layouts.SREGS_CR8),
            sregs.get(JAVA_LONG, Layouts.SREGS_EFER),
            xcr0),
        debugRegisters,
        values,
        xsave(arena, xcr0),
        runState,
        events,
        apic);
  }

  private long xcr0(Arena arena) {
    MemorySegment xcrs = get(arena, Request.GET_XCRS, Layouts.XCRS_SIZE);
    for (int k = 0; k < xcrs.get(JAVA_INT, 0); k++) {
      long at = Layouts.XCRS_XCRS + (long) k * Layouts.XCR_SIZE;
      if (xcrs.get(JAVA_INT, at) == 0) {
        return xcrs.get(JAVA_LONG, at + Layouts.XCR_VALUE);
      }
    }
    return 1;
  }

  private MemorySegment get(Arena arena, Request request, long size) {
    MemorySegment structure = arena.allocate(size, 8);
    Calls.make(vcpu, request, structure);
    return structure;
  }

  private MemorySegment getFloatingPoint(Arena arena) {
    return get(arena, xsave2 ? Request.GET_XSAVE2 : Request.GET_XSAVE, xsaveSize);
  }

  private byte[] xsave(Arena arena, long xcr0) {
    MemorySegment structure = getFloatingPoint(arena);
    // KVM has a protection key register for guests that have none; what XCR0 does not enable is not the guest's.
    long components = structure.get(JAVA_LONG, XSTATE_BV) & (xcr0 | LEGACY_COMPONENTS);
    structure.set(JAVA_LONG, XSTATE_BV, components);
    byte[] area = structure.toArray(JAVA_BYTE);
    // What follows the last component that exists is zero.
    int length = area.length;
    while (length > XSAVE_MINIMUM && area[length - 1] == 0) {
      length--;
    }
    return java.util.Arrays.copyOf(area, length);
  }

  private static Segment segment(MemorySegment s) {
    int access = s.get(JAVA_BYTE, Layouts.SEGMENT_TYPE) & 15
        | (s.get(JAVA_BYTE, Layouts.SEGMENT_S) & 1) << 4
        | (s.get(JAVA_BYTE, Layouts.SEGMENT_DPL) & 3) << 5
        | (s.get(JAVA_BYTE, Layouts.SEGMENT_PRESENT) & 1) << 7
        | (s.get(JAVA_BYTE, Layouts.SEGMENT_AVL) & 1) << 12
        | (s.get(JAVA_BYTE, Layouts.SEGMENT_L) & 1) << 13
        | (s.get(JAVA_BYTE, Layouts.SEGMENT_DB) & 1) << 14
        | (s.get(JAVA_BYTE, Layouts.SEGMENT_G) & 1) << 15
        | (s.get(JAVA_BYTE, Layouts.SEGMENT_UNUSABLE) != 0 ? Segment.UNUSABLE : 0);
    return new Segment(
        s.get(JAVA_SHORT, Layouts.SEGMENT_SELECTOR) & 0xffff,
        s.get(JAVA_LONG, Layouts.SEGMENT_BASE),
        s.get(JAVA_INT, Layouts.SEGMENT_LIMIT),
        access);
  }

  private static void put(MemorySegment s, Segment segment) {
    int access = segment.access();
    boolean unusable = (access & Segment.UNUSABLE) != 0;
    s.set(JAVA_LONG, Layouts.SEGMENT_BASE, segment.base());
    s.set(JAVA_INT, Layouts.SEGMENT_LIMIT, segment.limit());
    s.set(JAVA_SHORT, Layouts.SEGMENT_SELECTOR, (short) segment.selector());
    s.set(JAVA_BYTE, Layouts.SEGMENT_TYPE, (byte) (access & 15));
    s.set(JAVA_BYTE, Layouts.SEGMENT_S, (byte) (access >>> 4 & 1));
    s.set(JAVA_BYTE, Layouts.SEGMENT_DPL, (byte) (access >>> 5 & 3));
    s.set(JAVA_BYTE, Layouts.SEGMENT_PRESENT, (byte) (unusable ? 0 : access >>> 7 & 1));
    s.set(JAVA_BYTE, Layouts.SEGMENT_AVL, (byte) (access >>> 12 & 1));
    s.set(JAVA_BYTE, Layouts.SEGMENT_L, (byte) (access >>> 13 & 1));
    s.set(JAVA_BYTE, Layouts.SEGMENT_DB, (byte) (access >>> 14 & 1));
    s.set(JAVA_BYTE, Layouts.SEGMENT_G, (byte) (access >>> 15 & 1));
    s.set(JAVA_BYTE, Layouts.SEGMENT_UNUSABLE, (byte) (unusable ? 1 : 0));
  }

  private static X86State.Table table(MemorySegment sregs, int at) {
    return new X86State.Table(
        sregs.get(JAVA_LONG, at), sregs.get(JAVA_SHORT, at + Layouts.DTABLE_LIMIT) & 0xffff);
  }

  private static X86State.RunState runState(int mpState) {
    return switch (mpState) {
      case Layouts.MP_HALTED -> X86State.RunState.HALTED;
      case Layouts.MP_UNINITIALIZED, Layouts.MP_INIT_RECEIVED -> X86State.RunState.WAIT_FOR_SIPI;
      default -> X86State.RunState.RUNNING;
    };
  }

  private X86State.Events events(Arena arena) {
    MemorySegment e = get(arena, Request.GET_VCPU_EVENTS, Layouts.EVENTS_SIZE);
    boolean raised =
        e.get(JAVA_BYTE, Layouts.EVENTS_EXCEPTION_INJECTED) != 0 || e.get(JAVA_BYTE, Layouts.EVENTS_EXCEPTION_PENDING) != 0;
    boolean taken = e.get(JAVA_BYTE, Layouts.EVENTS_INTERRUPT_INJECTED) != 0;
    boolean hasError = e.get(JAVA_BYTE, Layouts.EVENTS_EXCEPTION_HAS_ERROR) != 0;
    return new X86State.Events(
        raised
            ? Optional.of(new X86State.PendingException(
                e.get(JAVA_BYTE, Layouts.EVENTS_EXCEPTION_NR) & 0xff,
                hasError ? Optional.of(e.get(JAVA_INT, Layouts.EVENTS_EXCEPTION_ERROR)) : Optional.empty()))
            : Optional.empty(),
        taken
            ? Optional.of(new X86State.PendingInterrupt(
                e.get(JAVA_BYTE, Layouts.EVENTS_INTERRUPT_NR) & 0xff, e.get(JAVA_BYTE, Layouts.EVENTS_INTERRUPT_SOFT) != 0))
            : Optional.empty(),
        e.get(JAVA_BYTE, Layouts.EVENTS_INTERRUPT_SHADOW) != 0,
        // One that is being delivered has not reached the guest either.
        e.get(JAVA_BYTE, Layouts.EVENTS_NMI_PENDING) != 0 || e.get(JAVA_BYTE, Layouts.EVENTS_NMI_INJECTED) != 0,
        e.get(JAVA_BYTE, Layouts.EVENTS_NMI_MASKED) != 0 && e.get(JAVA_BYTE, Layouts.EVENTS_NMI_INJECTED) == 0);
  }

  /** Replaces all of the state. */
  void restore(X86State state) {
    try (Arena arena = Arena.ofConfined()) {
      putSpecial(arena, state, state.msrs().get(Msrs.APIC_BASE));
      putXcr0(arena, state);
      putRegisters(arena, state);
      putFloatingPoint(arena, state);
      msrs.restore(state.msrs());
      putDebug(arena, state);
      if (state.apic().length != 0) {
        MemorySegment page = get(arena, Request.GET_LAPIC, Layouts.LAPIC_SIZE);
        for (int k = 0; k < state.apic().length; k++) {
          page.set(JAVA_INT, (long) k * APIC_STRIDE, state.apic()[k]);
        }
        Calls.make(vcpu, Request.SET_LAPIC, page);
      }
      // Only a local APIC in TSC-deadline mode takes it.
      msrs.restoreDeadline(state.msrs());
      putEvents(arena, state.events());
      MemorySegment mp = arena.allocate(4, 4);
      mp.set(JAVA_INT, 0, switch (state.runState()) {
        case RUNNING -> Layouts.MP_RUNNABLE;
        case HALTED -> Layouts.MP_HALTED;
        // INIT may have come before: a start-up IPI alone has to start it.
        case WAIT_FOR_SIPI -> Layouts.MP_INIT_RECEIVED;
      });
      Calls.make(vcpu, Request.SET_MP_STATE, mp);
    }
  }

  /** Of a state, the general, segment and control registers alone. */
  void restoreRegisters(X86State state) {
    try (Arena arena = Arena.ofConfined()) {
      putSpecial(arena, state, null);
      putRegisters(arena, state);
    }
  }

  /** Puts back what the assist may have changed. */
  void restoreAfterAssist(X86State before, X86State after) {
    try (Arena arena = Arena.ofConfined()) {
      putSpecial(arena, after, null);
      putRegisters(arena, after);
      if (!java.util.Arrays.equals(before.xsave(), after.xsave())) {
        putAssistedFloatingPoint(arena, after);
      }
      if (before.control().xcr0() != after.control().xcr0()) {
        putXcr0(arena, after);
      }
      msrs.restoreChanged(before.msrs(), after.msrs());
      if (!java.util.Arrays.equals(before.debug(), after.debug())) {
        putDebug(arena, after);
      }
      MemorySegment e = get(arena, Request.GET_VCPU_EVENTS, Layouts.EVENTS_SIZE);
      // A KVM that gives up on an instruction may have raised #UD for it already.
      if (e.get(JAVA_BYTE, Layouts.EVENTS_EXCEPTION_NR) == INVALID_OPCODE) {
        e.set(JAVA_BYTE, Layouts.EVENTS_EXCEPTION_INJECTED, (byte) 0);
        e.set(JAVA_BYTE, Layouts.EVENTS_EXCEPTION_PENDING, (byte) 0);
      }
      e.set(JAVA_BYTE, Layouts.EVENTS_INTERRUPT_SHADOW, (byte) (after.events().interruptShadow() ? Layouts.SHADOW_STI : 0));
      e.set(JAVA_BYTE, Layouts.EVENTS_NMI_MASKED, (byte) (after.events().nmiMasked() ? 1 : 0));
      e.set(JAVA_INT, Layouts.EVENTS_FLAGS, Layouts.EVENTS_VALID_SHADOW);
      Calls.make(vcpu, Request.SET_VCPU_EVENTS, e);
      if (after.runState() == X86State.RunState.HALTED) {
        MemorySegment mp = arena.allocate(4, 4);
        mp.set(JAVA_INT, 0, Layouts.MP_HALTED);
        Calls.make(vcpu, Request.SET_MP_STATE, mp);
      }
    }
  }

  private void putSpecial(Arena arena, X86State state, @org.jspecify.annotations.Nullable Long apicBase) {
    MemorySegment sregs = get(arena, Request.GET_SREGS, Layouts.SREGS_SIZE);
    for (int k = 0; k < 8; k++) {
      put(sregs.asSlice(SEGMENT[k], Layouts.SEGMENT_SIZE), state.segments()[k]);
    }
    putTable(sregs, Layouts.SREGS_GDT, state.gdt());
    putTable(sregs, Layouts.SREGS_IDT, state.idt());
    X86State.Control control = state.control();
    sregs.set(JAVA_LONG, Layouts.SREGS_CR0, control.cr0());
    sregs.set(JAVA_LONG, Layouts.SREGS_CR2, control.cr2());
    sregs.set(JAVA_LONG, Layouts.SREGS_CR3, control.cr3());
    sregs.set(JAVA_LONG, Layouts.SREGS_CR4, control.cr4());
    sregs.set(JAVA_LONG, Layouts.SREGS_CR8, control.cr8());
    sregs.set(JAVA_LONG, Layouts.SREGS_EFER, control.efer());
    if (apicBase != null) {
      sregs.set(JAVA_LONG, Layouts.SREGS_APIC_BASE, apicBase);
    }
    // An interrupt on its way is among the events.
    sregs.asSlice(Layouts.SREGS_INTERRUPT_BITMAP, 32).fill((byte) 0);
    Calls.make(vcpu, Request.SET_SREGS, sregs);
  }

  private void putXcr0(Arena arena, X86State state) {
    MemorySegment xcrs = arena.allocate(Layouts.XCRS_SIZE, 8);
    xcrs.set(JAVA_INT, 0, 1);
    xcrs.set(JAVA_LONG, Layouts.XCRS_XCRS + Layouts.XCR_VALUE, state.control().xcr0());
    Calls.make(vcpu, Request.SET_XCRS, xcrs);
  }

  private static void putTable(MemorySegment sregs, int at, X86State.Table table) {
    sregs.set(JAVA_LONG, at, table.base());
    sregs.set(JAVA_SHORT, at + Layouts.DTABLE_LIMIT, (short) table.limit());
  }

  private void putRegisters(Arena arena, X86State state) {
    MemorySegment regs = arena.allocate(Layouts.REGS_SIZE, 8);
    for (int k = 0; k < 16; k++) {
      regs.setAtIndex(JAVA_LONG, REGISTER[k], state.general()[k]);
    }
    regs.set(JAVA_LONG, Layouts.REGS_RIP, state.rip());
    regs.set(JAVA_LONG, Layouts.REGS_RFLAGS, state.rflags());
    Calls.make(vcpu, Request.SET_REGS, regs);
  }

  private void putFloatingPoint(Arena arena, X86State state) {
    byte[] area = state.xsave();
    if (area.length > xsaveSize) {
      throw new IllegalArgumentException(
          "the state has an XSAVE area of %d bytes, KVM takes %d here".formatted(area.length, xsaveSize));
    }
    MemorySegment xsave = arena.allocate(xsaveSize, 64);
    MemorySegment.copy(area, 0, xsave, JAVA_BYTE, 0, area.length);
    Calls.make(vcpu, Request.SET_XSAVE, xsave);
  }

  /** Replaces x87 and SSE state, and leaves other components alone. */
  private void putAssistedFloatingPoint(Arena arena, X86State state) {
    MemorySegment xsave = getFloatingPoint(arena);
    MemorySegment.copy(state.xsave(), 0, xsave, JAVA_BYTE, 0, XSTATE_BV);
    long assisted = LEGACY_COMPONENTS | state.control().xcr0() & ASSISTED_COMPONENTS;
    if (assisted == ASSISTED_COMPONENTS) {
      MemorySegment.copy(
          state.xsave(), XSAVE_MINIMUM, xsave, JAVA_BYTE, XSAVE_MINIMUM, ASSISTED_SIZE - XSAVE_MINIMUM);
    }
    long others = xsave.get(JAVA_LONG, XSTATE_BV) & ~assisted;
    xsave.set(JAVA_LONG, XSTATE_BV, others | state.xsave()[XSTATE_BV] & assisted);
    Calls.make(vcpu, Request.SET_XSAVE, xsave);
  }

  private void putDebug(Arena arena, X86State state) {
    MemorySegment debug = arena.allocate(Layouts.DEBUGREGS_SIZE, 8);
    for (int k = 0; k < 4; k++) {
      debug.setAtIndex(JAVA_LONG, k, state.debug()[k]);
    }
    debug.set(JAVA_LONG, Layouts.DEBUGREGS_DR6, state.debug()[4]);
    debug.set(JAVA_LONG, Layouts.DEBUGREGS_DR7, state.debug()[5]);
    Calls.make(vcpu, Request.SET_DEBUGREGS, debug);
  }

  private void putEvents(Arena arena, X86State.Events events) {
    MemorySegment e = get(arena, Request.GET_VCPU_EVENTS, Layouts.EVENTS_SIZE);
    e.asSlice(0, Layouts.EVENTS_NMI_MASKED + 1).fill((byte) 0);
    events.exception().ifPresent(x -> {
      e.set(JAVA_BYTE, Layouts.EVENTS_EXCEPTION_INJECTED, (byte) 1);
      e.set(JAVA_BYTE, Layouts.EVENTS_EXCEPTION_NR, (byte) x.vector());
      x.errorCode().ifPresent(code -> {
        e.set(JAVA_BYTE, Layouts.EVENTS_EXCEPTION_HAS_ERROR, (byte) 1);
        e.set(JAVA_INT, Layouts.EVENTS_EXCEPTION_ERROR, code);
      });
    });
    events.interrupt().ifPresent(x -> {
      e.set(JAVA_BYTE, Layouts.EVENTS_INTERRUPT_INJECTED, (byte) 1);
      e.set(JAVA_BYTE, Layouts.EVENTS_INTERRUPT_NR, (byte) x.vector());
      e.set(JAVA_BYTE, Layouts.EVENTS_INTERRUPT_SOFT, (byte) (x.software() ? 1 : 0));
    });
    e.set(JAVA_BYTE, Layouts.EVENTS_INTERRUPT_SHADOW, (byte) (events.interruptShadow() ? Layouts.SHADOW_STI : 0));
    e.set(JAVA_BYTE, Layouts.EVENTS_NMI_PENDING, (byte) (events.nmiPending() ? 1 : 0));
    e.set(JAVA_BYTE, Layouts.EVENTS_NMI_MASKED, (byte) (events.nmiMasked() ? 1 : 0));
    e.set(JAVA_INT, Layouts.EVENTS_FLAGS, Layouts.EVENTS_VALID_NMI_PENDING | Layouts.EVENTS_VALID_SHADOW);
    Calls.make(vcpu, Request.SET_VCPU_EVENTS, e);
  }
}
