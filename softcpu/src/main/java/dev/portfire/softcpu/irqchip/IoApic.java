package dev.portfire.softcpu.irqchip;

import dev.portfire.machine.BusDevice;
import java.util.Arrays;

/**
 * An I/O APIC with 24 inputs (Intel 82093AA, with the EOI register of version 0x20). Polarity is recorded and has no
 * effect: lines are levels, asserted or not.
 */
public final class IoApic implements BusDevice {
  /** Guest-physical address of the register window. */
  public static final long BASE = 0xfec0_0000L;

  /** Bytes in the window. */
  public static final int LENGTH = 0x1000;

  /** Number of inputs. */
  public static final int PINS = 24;

  private static final int REGISTER_SELECT = 0x00;
  private static final int WINDOW = 0x10;
  private static final int EOI = 0x40;

  private static final int ID = 0;
  private static final int VERSION = 1;
  private static final int ARBITRATION = 2;
  private static final int REDIRECTION = 0x10;
  private static final int VERSION_VALUE = (PINS - 1) << 16 | 0x20;

  private static final long LOGICAL = 1 << 11;
  private static final long DELIVERY_STATUS = 1 << 12;
  private static final long REMOTE_IRR = 1 << 14;
  private static final long LEVEL = 1 << 15;
  private static final long MASKED = 1 << 16;
  private static final long READ_ONLY = DELIVERY_STATUS | REMOTE_IRR;
  private static final long IMPLEMENTED = 0xff00_0000_0001_ffffL;

  private final ApicBus bus;
  private final long[] entries = new long[PINS];
  private int selected;
  private int id;
  private int levels;

  /**
   * Everything that survives a snapshot.
   *
   * @param id the id register's id, 0 to 15
   * @param selected the register select register
   * @param levels bit per input: asserted
   * @param entries the 24 redirection entries
   */
  public record State(int id, int selected, int levels, long[] entries) {}

  /** Makes an I/O APIC with every input masked, and registers it for the ends of interrupts. */
  public IoApic(ApicBus bus) {
    this.bus = bus;
    Arrays.fill(entries, MASKED);
    bus.onEndOfInterrupt(this::endOfInterrupt);
  }

  /**
   * Drives an input.
   *
   * @param pin 0 to 23
   */
  public synchronized void set(int pin, boolean level) {
    int bit = 1 << pin;
    boolean before = (levels & bit) != 0;
    levels = level ? levels | bit : levels & ~bit;
    if (!level || (entries[pin] & MASKED) != 0) {
      // An edge that finds its entry masked is lost, as on hardware.
      return;
    }
    if ((entries[pin] & LEVEL) != 0 || !before) {
      service(pin);
    }
  }

  private void service(int pin) {
    long entry = entries[pin];
    boolean level = (entry & LEVEL) != 0;
    if ((entry & MASKED) != 0 || (level && (entry & REMOTE_IRR) != 0)) {
      return;
    }
    if (level) {
      // Before the message goes out: the CPU may end the interrupt before deliver returns.
      entries[pin] |= REMOTE_IRR;
    }
    boolean taken =
        bus.deliver(
            (int) (entry >>> 56),
            (entry & LOGICAL) != 0,
            DeliveryMode.of((int) entry),
            (int) entry & 0xff,
            level);
    if (level && !taken) {
      entries[pin] &= ~REMOTE_IRR;
    }
  }

  /** A CPU ended a level-triggered interrupt. */
  synchronized void endOfInterrupt(int vector) {
    for (int pin = 0; pin < PINS; pin++) {
      long entry = entries[pin];
      if ((entry & 0xff) == vector && (entry & (LEVEL | REMOTE_IRR)) == (LEVEL | REMOTE_IRR)) {
        entries[pin] &= ~REMOTE_IRR;
        if ((levels & 1 << pin) != 0) {
          service(pin);
        }
      }
    }
  }

  /** {@inheritDoc} Registers are 32 bits wide; the low bits of a wider access are those of the register. */
  @Override
  public synchronized long read(long offset, int size) {
    return switch ((int) offset) {
      case REGISTER_SELECT -> selected;
      case WINDOW -> Integer.toUnsignedLong(readRegister());
      default -> 0;
    };
  }

  private int readRegister() {
    return switch (selected) {
      case ID, ARBITRATION -> id << 24;
      case VERSION -> VERSION_VALUE;
      default -> {
        int pin = (selected - REDIRECTION) >> 1;
        if (pin < 0 || pin >= PINS) {
          yield 0;
        }
        yield (int) ((selected & 1) == 0 ? entries[pin] : entries[pin] >>> 32);
      }
    };
  }

  @Override
  public synchronized void write(long offset, int size, long value) {
    switch ((int) offset) {
      case REGISTER_SELECT -> selected = (int) value & 0xff;
      case WINDOW -> writeRegister((int) value);
      case EOI -> endOfInterrupt((int) value & 0xff);
      default -> {}
    }
  }

  private void writeRegister(int value) {
    if (selected == ID) {
      id = value >>> 24 & 0xf;
      return;
    }
    int pin = (selected - REDIRECTION) >> 1;
    if (pin < 0 || pin >= PINS) {
      return;
    }
    long old = entries[pin];
    long merged =
        (selected & 1) == 0
            ? (old & 0xffff_ffff_0000_0000L) | Integer.toUnsignedLong(value)
            : (old & 0xffff_ffffL) | (long) value << 32;
    long entry = (merged & IMPLEMENTED & ~READ_ONLY) | (old & READ_ONLY);
    if ((entry & LEVEL) == 0) {
      // Linux clears a stuck remote IRR by switching to edge and back.
      entry &= ~REMOTE_IRR;
    }
    entries[pin] = entry;
    if ((entry & LEVEL) != 0 && (levels & 1 << pin) != 0) {
      service(pin);
    }
  }

  /** The state for a snapshot. */
  public synchronized State save() {
    return new State(id, selected, levels, entries.clone());
  }

  /**
   * Replaces the state; sends nothing, the local APICs' own state has what was sent.
   *
   * @throws IllegalArgumentException if the number of entries is not 24
   */
  public synchronized void restore(State state) {
    if (state.entries.length != PINS) {
      throw new IllegalArgumentException("not the state of an I/O APIC with 24 inputs");
    }
    id = state.id;
    selected = state.selected & 0xff;
    levels = state.levels;
    System.arraycopy(state.entries, 0, entries, 0, PINS);
  }
}
