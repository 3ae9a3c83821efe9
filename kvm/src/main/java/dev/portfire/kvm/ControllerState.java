package dev.portfire.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.portfire.linux.Descriptor;
import dev.portfire.machine.InterruptControllers;
import dev.portfire.machine.InterruptControllers.PitChannel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Between the in-kernel interrupt controllers and timer and the {@link InterruptControllers} that all back ends share. */
final class ControllerState {
  private static final int PINS = 24;
  private static final int CHANNELS = 3;

  /** What KVM has as the mode of a channel that was not programmed. */
  private static final int NO_MODE = 0xff;

  /** The inputs that can be level-triggered: not the timer, keyboard and cascade; the real-time clock and numeric error. */
  private static final int MASTER_ELCR = 0xf8;

  private static final int SLAVE_ELCR = 0xde;

  private ControllerState() {}

  static InterruptControllers save(Descriptor vm) {
    try (Arena arena = Arena.ofConfined()) {
      return new InterruptControllers(
          pic(chip(arena, vm, Layouts.CHIP_PIC_MASTER)),
          pic(chip(arena, vm, Layouts.CHIP_PIC_SLAVE)),
          ioApic(chip(arena, vm, Layouts.CHIP_IOAPIC)),
          pit(arena, vm));
    }
  }

  static void restore(Descriptor vm, InterruptControllers state) {
    try (Arena arena = Arena.ofConfined()) {
      putPic(arena, vm, Layouts.CHIP_PIC_MASTER, state.master(), MASTER_ELCR);
      putPic(arena, vm, Layouts.CHIP_PIC_SLAVE, state.slave(), SLAVE_ELCR);
      putIoApic(arena, vm, state.ioApic());
      putPit(arena, vm, state.pit());
    }
  }

  private static MemorySegment chip(Arena arena, Descriptor vm, int id) {
    MemorySegment chip = arena.allocate(Layouts.IRQCHIP_SIZE, 8);
    chip.set(JAVA_INT, 0, id);
    Calls.make(vm, Request.GET_IRQCHIP, chip);
    return chip;
  }

  private static int octet(MemorySegment s, int at) {
    return s.get(JAVA_BYTE, at) & 0xff;
  }

  /** struct kvm_pic_state is sixteen bytes, in this order. */
  private static InterruptControllers.Pic pic(MemorySegment chip) {
    MemorySegment s = chip.asSlice(Layouts.IRQCHIP_CHIP, 16);
    return new InterruptControllers.Pic(
        octet(s, 0),
        octet(s, 1),
        octet(s, 2),
        octet(s, 3),
        octet(s, 4) & 7,
        octet(s, 5),
        octet(s, 6) != 0,
        octet(s, 7) != 0,
        octet(s, 8) != 0,
        octet(s, 9),
        octet(s, 10) != 0,
        octet(s, 11) != 0,
        octet(s, 12) != 0,
        octet(s, 13) != 0,
        octet(s, 14));
  }

  private static void putPic(Arena arena, Descriptor vm, int id, InterruptControllers.Pic pic, int elcrMask) {
    MemorySegment chip = arena.allocate(Layouts.IRQCHIP_SIZE, 8);
    chip.set(JAVA_INT, 0, id);
    int[] values = {
      pic.inputs(),
      pic.irr(),
      pic.imr(),
      pic.isr(),
      pic.highest(),
      pic.vectorBase(),
      pic.readIsr() ? 1 : 0,
      pic.poll() ? 1 : 0,
      pic.specialMask() ? 1 : 0,
      pic.initStep(),
      pic.autoEoi() ? 1 : 0,
      pic.rotateOnAutoEoi() ? 1 : 0,
      pic.speciallyNested() ? 1 : 0,
      pic.needsIcw4() ? 1 : 0,
      pic.elcr() & elcrMask,
      elcrMask
    };
    for (int k = 0; k < values.length; k++) {
      chip.set(JAVA_BYTE, Layouts.IRQCHIP_CHIP + k, (byte) values[k]);
    }
    Calls.make(vm, Request.SET_IRQCHIP, chip);
  }

  private static InterruptControllers.IoApic ioApic(MemorySegment chip) {
    MemorySegment s = chip.asSlice(Layouts.IRQCHIP_CHIP);
    List<Long> redirection = new ArrayList<>();
    for (int k = 0; k < PINS; k++) {
      redirection.add(s.get(JAVA_LONG, Layouts.IOAPIC_REDIRECTION + 8L * k));
    }
    return new InterruptControllers.IoApic(
        s.get(JAVA_INT, Layouts.IOAPIC_ID),
        s.get(JAVA_INT, Layouts.IOAPIC_SELECT),
        s.get(JAVA_INT, Layouts.IOAPIC_IRR),
        redirection);
  }

  private static void putIoApic(Arena arena, Descriptor vm, InterruptControllers.IoApic ioApic) {
    MemorySegment chip = chip(arena, vm, Layouts.CHIP_IOAPIC);
    MemorySegment s = chip.asSlice(Layouts.IRQCHIP_CHIP);
    s.set(JAVA_INT, Layouts.IOAPIC_ID, ioApic.id());
    s.set(JAVA_INT, Layouts.IOAPIC_SELECT, ioApic.selected());
    s.set(JAVA_INT, Layouts.IOAPIC_IRR, ioApic.inputs());
    for (int k = 0; k < PINS; k++) {
      s.set(JAVA_LONG, Layouts.IOAPIC_REDIRECTION + 8L * k, ioApic.redirection().get(k));
    }
    Calls.make(vm, Request.SET_IRQCHIP, chip);
  }

  private static InterruptControllers.Pit pit(Arena arena, Descriptor vm) {
    MemorySegment s = arena.allocate(Layouts.PIT_SIZE, 8);
    Calls.make(vm, Request.GET_PIT2, s);
    // The kernel's time is CLOCK_MONOTONIC, and so is Java's on Linux.
    long now = System.nanoTime();
    List<PitChannel> channels = new ArrayList<>();
    for (int k = 0; k < CHANNELS; k++) {
      MemorySegment c = s.asSlice((long) k * Layouts.PIT_CHANNEL_SIZE, Layouts.PIT_CHANNEL_SIZE);
      int mode = octet(c, Layouts.PIT_CHANNEL_MODE);
      boolean programmed = mode != NO_MODE;
      int access = octet(c, Layouts.PIT_CHANNEL_ACCESS);
      channels.add(new PitChannel(
          programmed ? c.get(JAVA_INT, 0) : 0,
          programmed ? mode : 0,
          access == 0 ? PitChannel.BOTH : access,
          octet(c, Layouts.PIT_CHANNEL_BCD) != 0,
          octet(c, Layouts.PIT_CHANNEL_GATE) != 0,
          now - c.get(JAVA_LONG, Layouts.PIT_CHANNEL_LOAD_TIME),
          c.get(JAVA_SHORT, Layouts.PIT_CHANNEL_LATCHED_COUNT) & 0xffff,
          octet(c, Layouts.PIT_CHANNEL_COUNT_LATCHED),
          octet(c, Layouts.PIT_CHANNEL_STATUS_LATCHED) != 0 ? octet(c, Layouts.PIT_CHANNEL_STATUS) : -1,
          octet(c, Layouts.PIT_CHANNEL_READ_STATE),
          octet(c, Layouts.PIT_CHANNEL_WRITE_STATE),
          octet(c, Layouts.PIT_CHANNEL_WRITE_LATCH)));
    }
    return new InterruptControllers.Pit(channels, (s.get(JAVA_INT, Layouts.PIT_FLAGS) & Layouts.PIT_SPEAKER_ON) != 0);
  }

  private static void putPit(Arena arena, Descriptor vm, InterruptControllers.Pit pit) {
    MemorySegment s = arena.allocate(Layouts.PIT_SIZE, 8);
    long now = System.nanoTime();
    for (int k = 0; k < CHANNELS; k++) {
      MemorySegment c = s.asSlice((long) k * Layouts.PIT_CHANNEL_SIZE, Layouts.PIT_CHANNEL_SIZE);
      PitChannel channel = pit.channels().get(k);
      boolean programmed = channel.count() != 0;
      c.set(JAVA_INT, 0, programmed ? channel.count() : 0x1_0000);
      c.set(JAVA_SHORT, Layouts.PIT_CHANNEL_LATCHED_COUNT, (short) channel.latchedCount());
      c.set(JAVA_BYTE, Layouts.PIT_CHANNEL_COUNT_LATCHED, (byte) channel.countLatch());
      c.set(JAVA_BYTE, Layouts.PIT_CHANNEL_STATUS_LATCHED, (byte) (channel.latchedStatus() >= 0 ? 1 : 0));
      c.set(JAVA_BYTE, Layouts.PIT_CHANNEL_STATUS, (byte) Math.max(0, channel.latchedStatus()));
      c.set(JAVA_BYTE, Layouts.PIT_CHANNEL_READ_STATE, (byte) channel.readState());
      c.set(JAVA_BYTE, Layouts.PIT_CHANNEL_WRITE_STATE, (byte) channel.writeState());
      c.set(JAVA_BYTE, Layouts.PIT_CHANNEL_WRITE_LATCH, (byte) channel.writeLatch());
      c.set(JAVA_BYTE, Layouts.PIT_CHANNEL_ACCESS, (byte) channel.access());
      c.set(JAVA_BYTE, Layouts.PIT_CHANNEL_MODE, (byte) (programmed ? channel.mode() : NO_MODE));
      c.set(JAVA_BYTE, Layouts.PIT_CHANNEL_BCD, (byte) (channel.bcd() ? 1 : 0));
      c.set(JAVA_BYTE, Layouts.PIT_CHANNEL_GATE, (byte) (channel.gate() ? 1 : 0));
      // KVM starts channel 0 anew; the others go on.
      c.set(JAVA_LONG, Layouts.PIT_CHANNEL_LOAD_TIME, now - channel.elapsedNanos());
    }
    s.set(JAVA_INT, Layouts.PIT_FLAGS, pit.speaker() ? Layouts.PIT_SPEAKER_ON : 0);
    Calls.make(vm, Request.SET_PIT2, s);
  }
}
