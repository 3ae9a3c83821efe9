package dev.portfire.softcpu.irqchip;

import dev.portfire.machine.InterruptControllers;
import dev.portfire.machine.InterruptControllers.PitChannel;
import dev.portfire.machine.X86State;
import java.util.ArrayList;
import java.util.List;

/** Between the controllers' own states and those that all back ends share. */
final class ControllerTransfer {
  private static final int AUTO_EOI = 1;
  private static final int ROTATE_ON_AUTO_EOI = 2;
  private static final int SPECIAL_MASK = 4;
  private static final int SPECIAL_NESTED = 8;
  private static final int READ_ISR = 16;
  private static final int POLL = 32;
  private static final int NEEDS_ICW4 = 64;
  private static final int INITIALISED = 256;

  /** Registers of the local APIC's page, by their offset divided by 16. */
  private static final int APIC_ID = 0x02;

  private static final int APIC_VERSION = 0x03;
  private static final int APIC_TPR = 0x08;
  private static final int APIC_LDR = 0x0d;
  private static final int APIC_DFR = 0x0e;
  private static final int APIC_SVR = 0x0f;
  private static final int APIC_ISR = 0x10;
  private static final int APIC_TMR = 0x18;
  private static final int APIC_IRR = 0x20;
  private static final int APIC_ESR = 0x28;
  private static final int APIC_ICR = 0x30;
  private static final int APIC_LVT = 0x32;
  private static final int APIC_INITIAL_COUNT = 0x38;
  private static final int APIC_CURRENT_COUNT = 0x39;
  private static final int APIC_DIVIDE = 0x3e;

  private ControllerTransfer() {}

  static InterruptControllers.Pic save(Pic.ChipState state) {
    List<Integer> bits = state.bits();
    int step = bits.get(7);
    int flags = state.flags();
    return new InterruptControllers.Pic(
        bits.get(4),
        bits.get(0),
        bits.get(1),
        bits.get(2),
        bits.get(6) + 1 & 7,
        bits.get(5),
        (flags & READ_ISR) != 0,
        (flags & POLL) != 0,
        (flags & SPECIAL_MASK) != 0,
        step == 0 ? 0 : step - 1,
        (flags & AUTO_EOI) != 0,
        (flags & ROTATE_ON_AUTO_EOI) != 0,
        (flags & SPECIAL_NESTED) != 0,
        (flags & NEEDS_ICW4) != 0,
        bits.get(3));
  }

  static Pic.ChipState restore(InterruptControllers.Pic pic) {
    int flags = (pic.autoEoi() ? AUTO_EOI : 0)
        | (pic.rotateOnAutoEoi() ? ROTATE_ON_AUTO_EOI : 0)
        | (pic.specialMask() ? SPECIAL_MASK : 0)
        | (pic.speciallyNested() ? SPECIAL_NESTED : 0)
        | (pic.readIsr() ? READ_ISR : 0)
        | (pic.poll() ? POLL : 0)
        | (pic.needsIcw4() ? NEEDS_ICW4 : 0)
        // Vectors 0 to 7 are the CPU's own: no system puts a controller's there.
        | (pic.vectorBase() != 0 ? INITIALISED : 0);
    return new Pic.ChipState(
        List.of(
            pic.irr(),
            pic.imr(),
            pic.isr(),
            pic.elcr(),
            pic.inputs(),
            pic.vectorBase(),
            pic.highest() - 1 & 7,
            pic.initStep() == 0 ? 0 : pic.initStep() + 1),
        flags);
  }

  static InterruptControllers.IoApic save(IoApic.State state) {
    List<Long> entries = new ArrayList<>();
    for (long entry : state.entries()) {
      entries.add(entry);
    }
    return new InterruptControllers.IoApic(state.id(), state.selected(), state.levels(), entries);
  }

  static IoApic.State restore(InterruptControllers.IoApic state) {
    return new IoApic.State(
        state.id(), state.selected(), state.inputs(), state.redirection().stream().mapToLong(Long::longValue).toArray());
  }

  static InterruptControllers.Pit save(Pit.State state) {
    return new InterruptControllers.Pit(
        state.channels().stream().map(ControllerTransfer::save).toList(), state.speaker());
  }

  static Pit.State restore(InterruptControllers.Pit pit) {
    return new Pit.State(pit.channels().stream().map(ControllerTransfer::restore).toList(), pit.speaker());
  }

  private static PitChannel save(Pit.ChannelState c) {
    int latchedStatus = c.latches().getFirst();
    List<Integer> count = c.latches().subList(1, c.latches().size());
    int latched = 0;
    int latch = 0;
    if (count.size() == 2) {
      latched = count.get(0) | count.get(1) << 8;
      latch = PitChannel.BOTH;
    } else if (count.size() == 1) {
      boolean high = c.access() != PitChannel.LOW;
      latched = high ? count.getFirst() << 8 : count.getFirst();
      latch = c.access() == PitChannel.BOTH ? PitChannel.SECOND : c.access();
    }
    boolean both = c.access() == PitChannel.BOTH;
    return new PitChannel(
        c.reload(),
        c.mode(),
        c.access(),
        c.bcd(),
        c.gate(),
        c.pausedNanos() >= 0 ? c.pausedNanos() : c.elapsedNanos(),
        latched,
        latch,
        latchedStatus,
        both && c.readHigh() ? PitChannel.SECOND : c.access(),
        both && c.written() >= 0 ? PitChannel.SECOND : c.access(),
        Math.max(0, c.written()));
  }

  private static Pit.ChannelState restore(PitChannel c) {
    List<Integer> latches = new ArrayList<>();
    latches.add(c.latchedStatus());
    int low = c.latchedCount() & 0xff;
    int high = c.latchedCount() >>> 8 & 0xff;
    switch (c.countLatch()) {
      case PitChannel.LOW -> latches.add(low);
      case PitChannel.HIGH, PitChannel.SECOND -> latches.add(high);
      case PitChannel.BOTH -> {
        latches.add(low);
        latches.add(high);
      }
      default -> {}
    }
    // A closed gate stops the modes that count while it is open.
    boolean stopped = !c.gate() && c.mode() != 1 && c.mode() != 5;
    boolean secondWrite = c.writeState() == PitChannel.SECOND;
    return new Pit.ChannelState(
        c.mode(),
        c.access(),
        c.bcd(),
        c.gate(),
        c.count(),
        c.count() != 0 && !(c.mode() == 0 && secondWrite),
        c.elapsedNanos(),
        stopped ? c.elapsedNanos() : -1,
        secondWrite ? c.writeLatch() : -1,
        latches,
        c.readState() == PitChannel.SECOND);
  }

  static int[] save(LocalApic.State state, int id) {
    int[] page = new int[X86State.APIC_REGISTERS];
    boolean wide = (state.base() & LocalApic.BASE_X2APIC) != 0;
    int[] registers = state.registers();
    page[APIC_ID] = id << 24;
    page[APIC_VERSION] = LocalApic.VERSION_VALUE;
    page[APIC_TPR] = registers[0];
    page[APIC_LDR] = wide ? LocalApic.logicalX2apicId(id) : registers[1];
    page[APIC_DFR] = registers[2];
    page[APIC_SVR] = registers[3];
    page[APIC_ESR] = registers[4];
    page[APIC_ICR] = (int) state.icr();
    page[APIC_ICR + 1] = (int) (state.icr() >>> 32);
    System.arraycopy(state.lvt(), 0, page, APIC_LVT, state.lvt().length);
    page[APIC_INITIAL_COUNT] = registers[7];
    page[APIC_DIVIDE] = registers[6];
    if (state.timerNanos() >= 0) {
      // 0 would be a timer that has fired.
      long count = Math.max(1, state.timerNanos() / LocalApic.divisor(registers[6]));
      page[APIC_CURRENT_COUNT] = (int) Math.min(count, Integer.toUnsignedLong(registers[7]));
    }
    for (int k = 0; k < 8; k++) {
      int shift = (k & 1) * 32;
      page[APIC_ISR + k] = (int) (state.isr()[k >> 1] >>> shift);
      page[APIC_TMR + k] = (int) (state.tmr()[k >> 1] >>> shift);
      page[APIC_IRR + k] = (int) (state.irr()[k >> 1] >>> shift);
    }
    return page;
  }

  /** The state of a page of registers; IA32_APIC_BASE and IA32_TSC_DEADLINE are not in it. */
  static LocalApic.State restore(int[] page, long base, long tscDeadline) {
    int divide = page[APIC_DIVIDE] & 0xb;
    long count = Integer.toUnsignedLong(page[APIC_CURRENT_COUNT]);
    int[] lvt = new int[6];
    System.arraycopy(page, APIC_LVT, lvt, 0, lvt.length);
    return new LocalApic.State(
        base,
        new int[] {
          page[APIC_TPR], page[APIC_LDR], page[APIC_DFR], page[APIC_SVR], page[APIC_ESR], 0, divide, page[APIC_INITIAL_COUNT]
        },
        page[APIC_ICR] & 0xffff_ffffL | (long) page[APIC_ICR + 1] << 32,
        lvt,
        vectors(page, APIC_IRR),
        vectors(page, APIC_ISR),
        vectors(page, APIC_TMR),
        page[APIC_INITIAL_COUNT] != 0 && count != 0 ? count * LocalApic.divisor(divide) : -1,
        tscDeadline);
  }

  private static long[] vectors(int[] page, int at) {
    long[] bits = new long[4];
    for (int k = 0; k < 8; k++) {
      bits[k >> 1] |= (page[at + k] & 0xffff_ffffL) << (k & 1) * 32;
    }
    return bits;
  }
}
