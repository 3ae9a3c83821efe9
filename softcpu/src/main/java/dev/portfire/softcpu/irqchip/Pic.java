package dev.portfire.softcpu.irqchip;

import dev.portfire.machine.BusDevice;
import dev.portfire.machine.InterruptLine;
import java.util.List;

/**
 * The two cascaded 8259A interrupt controllers of a PC (Intel 8259A data sheet), with the edge/level control registers
 * of the chip sets that followed. Inputs 8 to 15 belong to the second, whose output is input 2 of the first.
 */
public final class Pic {
  /** Command port of the first controller; its data port is the next one. */
  public static final int MASTER_PORT = 0x20;

  /** Command port of the second controller. */
  public static final int SLAVE_PORT = 0xa0;

  /** Edge/level control register of the first controller; that of the second is the next port. */
  public static final int ELCR_PORT = 0x4d0;

  private static final int CASCADE = 2;
  private static final int SPURIOUS = 7;

  /** Inputs that stay edge-triggered: timer, keyboard, cascade; real-time clock and numeric error. */
  private static final int ELCR_MASTER_MASK = 0xf8;

  private static final int ELCR_SLAVE_MASK = 0xde;

  private final InterruptLine output;
  private final Chip master = new Chip(ELCR_MASTER_MASK);
  private final Chip slave = new Chip(ELCR_SLAVE_MASK);
  private boolean intr;

  /**
   * One controller's registers.
   *
   * @param bits IRR, IMR, ISR, ELCR, input levels, vector base, lowest-priority input, initialisation step; each 0 to
   *     255
   * @param flags autoEoi, rotateOnAutoEoi, specialMask, specialNested, readIsr, poll, needsIcw4, single,
   *     initialised: bits 0 to 8
   */
  public record ChipState(List<Integer> bits, int flags) {}

  /** Everything that survives a snapshot. */
  public record State(ChipState master, ChipState slave) {}

  private static final class Chip {
    private final int elcrMask;
    private int irr;
    private int imr;
    private int isr;
    private int elcr;
    private int levels;
    private int base;
    private int lowest = 7;

    /** 0: ready; 2, 3, 4: that initialisation command word comes next. */
    private int step;

    private boolean autoEoi;
    private boolean rotateOnAutoEoi;
    private boolean specialMask;
    private boolean specialNested;
    private boolean readIsr;
    private boolean poll;
    private boolean needsIcw4;
    private boolean single;

    /** Whether the initialisation sequence was run: before that the chip has no vectors and stays silent. */
    private boolean initialised;

    Chip(int elcrMask) {
      this.elcrMask = elcrMask;
    }

    void set(int input, boolean level) {
      int bit = 1 << input;
      if ((elcr & bit) != 0) {
        irr = level ? irr | bit : irr & ~bit;
      } else if (level && (levels & bit) == 0) {
        irr |= bit;
      }
      levels = level ? levels | bit : levels & ~bit;
    }

    /** 0 for the input of highest priority in a set, to 7; 8 for an empty set. */
    private int priority(int set) {
      for (int i = 0; i < 8; i++) {
        if ((set >>> ((lowest + 1 + i) & 7) & 1) != 0) {
          return i;
        }
      }
      return 8;
    }

    /** The input that asks for service now, or −1. */
    int requested(boolean isMaster) {
      int wanted = priority(irr & ~imr);
      if (wanted == 8 || !initialised || step != 0) {
        return -1;
      }
      int serving = isr;
      if (specialMask) {
        serving &= ~imr;
      }
      if (specialNested && isMaster) {
        // The slave may interrupt itself: its own input does not hold it back.
        serving &= ~(1 << CASCADE);
      }
      return wanted < priority(serving) ? (lowest + 1 + wanted) & 7 : -1;
    }

    void accept(int input) {
      int bit = 1 << input;
      if (autoEoi) {
        if (rotateOnAutoEoi) {
          lowest = input;
        }
      } else {
        isr |= bit;
      }
      if ((elcr & bit) == 0) {
        irr &= ~bit;
      }
    }

    void command(int value) {
      if ((value & 0x10) != 0) {
        // ICW1 clears everything but the level triggers' requests and the ELCR.
        irr &= elcr & levels;
        imr = 0;
        isr = 0;
        lowest = 7;
        autoEoi = false;
        rotateOnAutoEoi = false;
        specialMask = false;
        specialNested = false;
        readIsr = false;
        poll = false;
        needsIcw4 = (value & 1) != 0;
        single = (value & 2) != 0;
        step = 2;
      } else if ((value & 8) != 0) {
        if ((value & 4) != 0) {
          poll = true;
        }
        if ((value & 2) != 0) {
          readIsr = (value & 1) != 0;
        }
        if ((value & 0x40) != 0) {
          specialMask = (value & 0x20) != 0;
        }
      } else {
        endOfInterrupt(value);
      }
    }

    private void endOfInterrupt(int ocw2) {
      int level = ocw2 & 7;
      switch (ocw2 >>> 5) {
        case 0 -> rotateOnAutoEoi = false;
        case 1 -> isr &= ~highestInService();
        case 2 -> {}
        case 3 -> isr &= ~(1 << level);
        case 4 -> rotateOnAutoEoi = true;
        case 5 -> {
          int bit = highestInService();
          if (bit != 0) {
            isr &= ~bit;
            lowest = Integer.numberOfTrailingZeros(bit);
          }
        }
        case 6 -> lowest = level;
        default -> {
          isr &= ~(1 << level);
          lowest = level;
        }
      }
    }

    private int highestInService() {
      // In special mask mode a non-specific EOI does not clear a masked input (data sheet, "special mask mode").
      int top = priority(specialMask ? isr & ~imr : isr);
      return top == 8 ? 0 : 1 << ((lowest + 1 + top) & 7);
    }

    void data(int value) {
      switch (step) {
        case 0 -> {
          imr = value;
          return;
        }
        case 2 -> {
          base = value & 0xf8;
          step = single ? (needsIcw4 ? 4 : 0) : 3;
        }
        // Which input the cascade uses is wired on a PC.
        case 3 -> step = needsIcw4 ? 4 : 0;
        default -> {
          specialNested = (value & 0x10) != 0;
          autoEoi = (value & 2) != 0;
          step = 0;
        }
      }
      initialised |= step == 0;
    }

    ChipState save() {
      int flags =
          (autoEoi ? 1 : 0)
              | (rotateOnAutoEoi ? 2 : 0)
              | (specialMask ? 4 : 0)
              | (specialNested ? 8 : 0)
              | (readIsr ? 16 : 0)
              | (poll ? 32 : 0)
              | (needsIcw4 ? 64 : 0)
              | (single ? 128 : 0)
              | (initialised ? 256 : 0);
      return new ChipState(List.of(irr, imr, isr, elcr, levels, base, lowest, step), flags);
    }

    void restore(ChipState state) {
      if (state.bits.size() != 8) {
        throw new IllegalArgumentException("not the state of an 8259");
      }
      irr = state.bits.get(0) & 0xff;
      imr = state.bits.get(1) & 0xff;
      isr = state.bits.get(2) & 0xff;
      elcr = state.bits.get(3) & elcrMask;
      levels = state.bits.get(4) & 0xff;
      base = state.bits.get(5) & 0xf8;
      lowest = state.bits.get(6) & 7;
      step = state.bits.get(7) & 7;
      autoEoi = (state.flags & 1) != 0;
      rotateOnAutoEoi = (state.flags & 2) != 0;
      specialMask = (state.flags & 4) != 0;
      specialNested = (state.flags & 8) != 0;
      readIsr = (state.flags & 16) != 0;
      poll = (state.flags & 32) != 0;
      needsIcw4 = (state.flags & 64) != 0;
      single = (state.flags & 128) != 0;
      initialised = (state.flags & 256) != 0;
    }
  }

  /**
   * Makes both controllers, uninitialised.
   *
   * @param output the INTR wire; driven with the controllers' lock held, so that its order is that of the changes
   */
  public Pic(InterruptLine output) {
    this.output = output;
  }

  /**
   * Drives an input.
   *
   * @param irq 0 to 15; 2 is the cascade and has no wire of its own
   */
  public synchronized void set(int irq, boolean level) {
    if (irq == CASCADE) {
      return;
    }
    if (irq < 8) {
      master.set(irq, level);
    } else {
      slave.set(irq - 8, level);
    }
    update();
  }

  private void update() {
    master.set(CASCADE, slave.requested(false) >= 0);
    boolean now = master.requested(true) >= 0;
    if (now != intr) {
      intr = now;
      output.set(now);
    }
  }

  /** Whether INTR is asserted. */
  public synchronized boolean intr() {
    return intr;
  }

  /**
   * The CPU's interrupt acknowledge cycle.
   *
   * @return the vector; that of input 7 if the request went away (the data sheet's spurious interrupt)
   */
  public synchronized int acknowledge() {
    int input = master.requested(true);
    int vector;
    if (input < 0) {
      vector = master.base + SPURIOUS;
    } else {
      master.accept(input);
      if (input == CASCADE) {
        int second = slave.requested(false);
        if (second < 0) {
          vector = slave.base + SPURIOUS;
        } else {
          slave.accept(second);
          vector = slave.base + second;
        }
        // Only a new request of the slave is a new edge for the master.
        master.set(CASCADE, false);
      } else {
        vector = master.base + input;
      }
    }
    // Drop INTR for a moment: a request still standing is a new edge for LINT0 in fixed mode.
    intr = false;
    output.set(false);
    update();
    return vector;
  }

  private int read(Chip chip, int port) {
    if (chip.poll) {
      // The read is the acknowledge (OCW3, poll command).
      chip.poll = false;
      int input = chip.requested(chip == master);
      int value = 0;
      if (input >= 0) {
        chip.accept(input);
        value = 0x80 | input;
      }
      update();
      return value;
    }
    if (port == 1) {
      return chip.imr;
    }
    return chip.readIsr ? chip.isr : chip.irr;
  }

  private void write(Chip chip, int port, int value) {
    if (port == 0) {
      chip.command(value);
    } else {
      chip.data(value);
    }
    if (chip == slave) {
      master.set(CASCADE, false);
    }
    update();
  }

  /** The ports of one controller: command and data. */
  BusDevice ports(boolean second) {
    Chip chip = second ? slave : master;
    return new BusDevice() {
      @Override
      public long read(long offset, int size) {
        synchronized (Pic.this) {
          return Pic.this.read(chip, (int) offset);
        }
      }

      @Override
      public void write(long offset, int size, long value) {
        synchronized (Pic.this) {
          Pic.this.write(chip, (int) offset, (int) value & 0xff);
        }
      }
    };
  }

  /** The edge/level control registers. */
  BusDevice elcr() {
    return new BusDevice() {
      @Override
      public long read(long offset, int size) {
        synchronized (Pic.this) {
          return size == 2 ? master.elcr | slave.elcr << 8 : (offset == 0 ? master : slave).elcr;
        }
      }

      @Override
      public void write(long offset, int size, long value) {
        synchronized (Pic.this) {
          if (size == 2) {
            master.elcr = (int) value & ELCR_MASTER_MASK;
            slave.elcr = (int) value >>> 8 & ELCR_SLAVE_MASK;
          } else {
            Chip chip = offset == 0 ? master : slave;
            chip.elcr = (int) value & chip.elcrMask;
          }
          update();
        }
      }
    };
  }

  /** The state for a snapshot. */
  public synchronized State save() {
    return new State(master.save(), slave.save());
  }

  /**
   * Replaces the state.
   *
   * @throws IllegalArgumentException if it is not a state of this device
   */
  public synchronized void restore(State state) {
    master.restore(state.master);
    slave.restore(state.slave);
    intr = false;
    output.set(false);
    update();
  }
}
