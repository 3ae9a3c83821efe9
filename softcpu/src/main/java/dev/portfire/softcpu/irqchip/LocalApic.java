package dev.portfire.softcpu.irqchip;

import java.util.Arrays;

/**
 * A local APIC (SDM volume 3, chapter 11): xAPIC with memory-mapped registers, x2APIC with MSRs, and a timer with
 * one-shot, periodic and TSC-deadline modes.
 *
 * <p>Thread-safe. Registers are accessed by the CPU's own thread; messages come from other CPUs, the I/O APIC and the
 * timer thread.
 */
public final class LocalApic {
  /** MSR IA32_APIC_BASE. */
  public static final int MSR_APIC_BASE = 0x1b;

  /** MSR IA32_TSC_DEADLINE. */
  public static final int MSR_TSC_DEADLINE = 0x6e0;

  /** The first x2APIC MSR; register {@code n} of the xAPIC page is MSR {@code 0x800 + (n >> 4)}. */
  public static final int MSR_X2APIC = 0x800;

  /** The last MSR reserved for x2APIC. */
  public static final int MSR_X2APIC_LAST = 0x8ff;

  /** The frequency of the timer's clock before division, in Hz: one tick a nanosecond. */
  public static final long TIMER_HZ = 1_000_000_000L;

  /** Where the register page is after reset. */
  public static final long DEFAULT_BASE = 0xfee0_0000L;

  /** IA32_APIC_BASE: this is the boot processor. */
  public static final long BASE_BSP = 1 << 8;

  /** IA32_APIC_BASE: x2APIC mode. */
  public static final long BASE_X2APIC = 1 << 10;

  /** IA32_APIC_BASE: the APIC is enabled. */
  public static final long BASE_ENABLE = 1 << 11;

  /** Physical addresses have 52 bits at most; bits above them, and these, are reserved in IA32_APIC_BASE. */
  private static final long BASE_RESERVED = 0xfff0_0000_0000_02ffL;

  private static final int ID = 0x20;
  private static final int VERSION = 0x30;
  private static final int TPR = 0x80;
  private static final int APR = 0x90;
  private static final int PPR = 0xa0;
  private static final int EOI = 0xb0;
  private static final int RRD = 0xc0;
  private static final int LDR = 0xd0;
  private static final int DFR = 0xe0;
  private static final int SVR = 0xf0;
  private static final int ISR = 0x100;
  private static final int TMR = 0x180;
  private static final int IRR = 0x200;
  private static final int ESR = 0x280;
  private static final int ICR_LOW = 0x300;
  private static final int ICR_HIGH = 0x310;
  private static final int LVT_BASE = 0x320;
  private static final int LVT_LAST = 0x370;
  private static final int INITIAL_COUNT = 0x380;
  private static final int CURRENT_COUNT = 0x390;
  private static final int DIVIDE = 0x3e0;
  private static final int SELF_IPI = 0x3f0;

  /** Integrated APIC, six local vectors. */
  static final int VERSION_VALUE = 0x0005_0014;

  private static final int LVT_TIMER = 0;
  private static final int LVT_LINT0 = 3;
  private static final int LVT_LINT1 = 4;
  private static final int LVT_ERROR = 5;
  private static final int[] LVT_WRITABLE = {0x7_00ff, 0x1_07ff, 0x1_07ff, 0x1_a7ff, 0x1_a7ff, 0x1_00ff};
  private static final int MASKED = 1 << 16;

  private static final int SVR_ENABLE = 1 << 8;
  private static final int ICR_WRITABLE = 0xc_cfff;

  private static final int TIMER_ONE_SHOT = 0;
  private static final int TIMER_PERIODIC = 1;
  private static final int TIMER_TSC_DEADLINE = 2;

  private static final int ERROR_SEND_VECTOR = 1 << 5;
  private static final int ERROR_RECEIVE_VECTOR = 1 << 6;
  private static final int ERROR_REGISTER = 1 << 7;

  /** A guest cannot make the timer thread spin: no period is shorter. Linux's shortest useful one is a millisecond. */
  private static final long SHORTEST_PERIOD_NANOS = 50_000;

  /** What a change made under the lock has to tell the host once the lock is released. */
  private static final int TELL_NOTHING = 0;

  private static final int TELL_RAISED = 1;
  private static final int TELL_NMI = 2;

  private final int id;
  private final ApicHost host;
  private final ApicBus bus;
  private final TimerQueue timers;
  private final TscClock clock;
  private final TimerQueue.Timer timer;
  private final Object lock = new Object();

  private long base;
  private int tpr;
  private int ldr;
  private int dfr;
  private int svr;
  private int esr;
  private int newErrors;
  private long icr;
  private final int[] lvt = new int[LVT_WRITABLE.length];
  private final long[] irr = new long[4];
  private final long[] isr = new long[4];
  private final long[] tmr = new long[4];
  private int divide;
  private int initialCount;
  private boolean timerArmed;
  private long timerDeadline;
  private long tscDeadline;
  private boolean lint0;

  /** The vector to be delivered next, or 0. */
  private int nextVector;

  /** Whether the PICs' output comes through LINT0 as an external interrupt. */
  private volatile boolean externalPending;

  private volatile boolean pending;

  /**
   * Everything that survives a snapshot.
   *
   * @param base IA32_APIC_BASE
   * @param registers TPR, LDR, DFR, SVR, ESR, errors not yet latched, divide configuration, initial count
   * @param icr interrupt command
   * @param lvt the six local vectors from 0x320
   * @param irr interrupt requests, in-service and trigger mode: 256 bits each
   * @param isr in-service
   * @param tmr trigger mode
   * @param timerNanos nanoseconds until the count-down timer fires, or −1 if it is not running
   * @param tscDeadline IA32_TSC_DEADLINE
   */
  public record State(
      long base,
      int[] registers,
      long icr,
      int[] lvt,
      long[] irr,
      long[] isr,
      long[] tmr,
      long timerNanos,
      long tscDeadline) {}

  /**
   * Makes a local APIC in its reset state and not yet on the bus.
   *
   * @param id the APIC id, 0 to 254; 0 is the boot processor
   * @param host the CPU
   */
  public LocalApic(int id, ApicHost host, ApicBus bus, TimerQueue timers, TscClock clock) {
    if (id < 0 || id >= ApicBus.BROADCAST) {
      throw new IllegalArgumentException("APIC id must be 0 to 254, not " + id);
    }
    this.id = id;
    this.host = host;
    this.bus = bus;
    this.timers = timers;
    this.clock = clock;
    this.timer = timers.create(this::timerExpired);
    this.base = DEFAULT_BASE | BASE_ENABLE | (id == 0 ? BASE_BSP : 0);
    synchronized (lock) {
      resetRegisters();
    }
  }

  private void resetRegisters() {
    tpr = 0;
    ldr = 0;
    dfr = -1;
    svr = 0xff;
    esr = 0;
    newErrors = 0;
    icr = 0;
    Arrays.fill(lvt, MASKED);
    Arrays.fill(irr, 0);
    Arrays.fill(isr, 0);
    Arrays.fill(tmr, 0);
    divide = 0;
    initialCount = 0;
    tscDeadline = 0;
    disarm();
    refresh();
  }

  /** Resets the registers after an INIT; IA32_APIC_BASE and the id stay (SDM volume 3, 11.4.7.3). */
  public void init() {
    synchronized (lock) {
      resetRegisters();
    }
  }

  /** Sets LINT0 to ExtINT and LINT1 to NMI: the virtual wire mode in which firmware hands over. */
  public void enableVirtualWire() {
    synchronized (lock) {
      lvt[LVT_LINT0] = DeliveryMode.EXTINT.ordinal() << 8;
      lvt[LVT_LINT1] = DeliveryMode.NMI.ordinal() << 8;
      refresh();
    }
  }

  /** The APIC id. */
  public int id() {
    return id;
  }

  /**
   * Whether an interrupt would be delivered if the CPU allowed it. One volatile read; asked between any two
   * instructions.
   */
  public boolean interruptPending() {
    return pending;
  }

  /** Whether the pending interrupt is one of the PICs, to be acknowledged there. */
  boolean externalPending() {
    return externalPending;
  }

  /**
   * Takes the interrupt of highest priority: its request becomes in-service.
   *
   * @return its vector, or the spurious vector if there is none any more
   */
  public int acknowledge() {
    synchronized (lock) {
      int vector = nextVector;
      if (vector == 0) {
        return svr & 0xff;
      }
      clear(irr, vector);
      set(isr, vector);
      refresh();
      return vector;
    }
  }

  boolean hardwareEnabled() {
    synchronized (lock) {
      return (base & BASE_ENABLE) != 0;
    }
  }

  boolean softwareEnabled() {
    synchronized (lock) {
      return (base & BASE_ENABLE) != 0 && (svr & SVR_ENABLE) != 0;
    }
  }

  int processorPriority() {
    synchronized (lock) {
      return ppr();
    }
  }

  /** Whether a destination other than broadcast means this APIC. */
  boolean matches(int destination, boolean logical) {
    synchronized (lock) {
      if ((base & BASE_ENABLE) == 0) {
        return false;
      }
      if (!logical) {
        return destination == id;
      }
      if (x2apic()) {
        int mine = logicalX2apicId();
        return mine >>> 16 == destination >>> 16 && (mine & destination & 0xffff) != 0;
      }
      if (destination >>> 8 != 0) {
        return false;
      }
      int mine = ldr >>> 24;
      if (dfr >>> 28 == 0xf) {
        return (mine & destination) != 0;
      }
      return mine >>> 4 == destination >>> 4 && (mine & destination & 0xf) != 0;
    }
  }

  private boolean x2apic() {
    return (base & BASE_X2APIC) != 0;
  }

  private int logicalX2apicId() {
    return logicalX2apicId(id);
  }

  static int logicalX2apicId(int id) {
    return id >>> 4 << 16 | 1 << (id & 0xf);
  }

  /** Takes a message from the bus; returns whether it had an effect. */
  boolean accept(DeliveryMode mode, int vector, boolean level) {
    return switch (mode) {
      case FIXED, LOWEST_PRIORITY -> acceptFixed(vector, level);
      case NMI -> {
        host.nmi();
        yield true;
      }
      case INIT -> {
        host.init();
        yield true;
      }
      case STARTUP -> {
        host.startUp(vector);
        yield true;
      }
      case SMI, RESERVED, EXTINT -> false;
    };
  }

  private boolean acceptFixed(int vector, boolean level) {
    int tell;
    synchronized (lock) {
      if ((base & BASE_ENABLE) == 0 || (svr & SVR_ENABLE) == 0) {
        return false;
      }
      tell = request(vector, level);
    }
    tell(tell);
    return true;
  }

  /** Under the lock: records a fixed interrupt. */
  private int request(int vector, boolean level) {
    if (vector < 16) {
      return error(ERROR_RECEIVE_VECTOR);
    }
    if (level) {
      set(tmr, vector);
    } else {
      clear(tmr, vector);
    }
    set(irr, vector);
    return refresh();
  }

  /** Under the lock: notes an error for the next write to ESR and raises the error vector. */
  private int error(int bit) {
    if ((newErrors & bit) != 0) {
      return TELL_NOTHING;
    }
    newErrors |= bit;
    int vector = lvt[LVT_ERROR] & 0xff;
    // A bad error vector must not recurse; the error is recorded, that is all hardware does too.
    return (lvt[LVT_ERROR] & MASKED) == 0 && vector >= 16 ? request(vector, false) : TELL_NOTHING;
  }

  private void tell(int what) {
    if ((what & TELL_NMI) != 0) {
      host.nmi();
    }
    if ((what & TELL_RAISED) != 0) {
      host.interruptRaised();
    }
  }

  /** Under the lock: works out again what is deliverable; every change of IRR, ISR, TPR, LVT and base ends here. */
  private int refresh() {
    boolean enabled = (base & BASE_ENABLE) != 0;
    int highest = highest(irr);
    nextVector = enabled && highest >= 16 && (highest & 0xf0) > (ppr() & 0xf0) ? highest : 0;
    int entry = lvt[LVT_LINT0];
    boolean wired = !enabled || ((entry & MASKED) == 0 && DeliveryMode.of(entry) == DeliveryMode.EXTINT);
    externalPending = lint0 && wired;
    pending = nextVector != 0 || externalPending;
    return pending ? TELL_RAISED : TELL_NOTHING;
  }

  private int ppr() {
    int service = Math.max(0, highest(isr)) & 0xf0;
    return (tpr & 0xf0) >= service ? tpr : service;
  }

  /** The PICs' output changed: LINT0, or the CPU's INTR pin while the APIC is disabled. */
  void setLint0(boolean level) {
    int tell;
    synchronized (lock) {
      boolean rising = level && !lint0;
      lint0 = level;
      tell = refresh();
      if (rising && (base & BASE_ENABLE) != 0) {
        tell |= local(LVT_LINT0);
      }
    }
    tell(tell);
  }

  /** Under the lock: raises a local vector once. */
  private int local(int index) {
    int entry = lvt[index];
    if ((entry & MASKED) != 0) {
      return TELL_NOTHING;
    }
    return switch (DeliveryMode.of(entry)) {
      case FIXED -> request(entry & 0xff, index == LVT_LINT0 && (entry & 1 << 15) != 0);
      case NMI -> TELL_NMI;
      // ExtINT follows the level of the pin, see refresh(); the others are not for local vectors.
      case EXTINT, LOWEST_PRIORITY, SMI, RESERVED, INIT, STARTUP -> TELL_NOTHING;
    };
  }

  /** IA32_APIC_BASE. */
  public long apicBase() {
    synchronized (lock) {
      return base;
    }
  }

  /**
   * Writes IA32_APIC_BASE.
   *
   * @throws MsrFault for reserved bits and transitions that do not exist (SDM volume 3, 11.12.5)
   */
  public void setApicBase(long value) {
    int tell;
    synchronized (lock) {
      boolean enable = (value & BASE_ENABLE) != 0;
      boolean wide = (value & BASE_X2APIC) != 0;
      boolean wasEnabled = (base & BASE_ENABLE) != 0;
      boolean wasWide = x2apic();
      boolean invalid = (wide && !enable) || (wide && !wasEnabled) || (wasWide && enable && !wide);
      if ((value & BASE_RESERVED) != 0 || invalid) {
        throw new MsrFault(MSR_APIC_BASE);
      }
      base = value;
      if (wasEnabled && !enable) {
        resetRegisters();
      }
      if (wide && !wasWide) {
        // The halves of the xAPIC command mean something else now.
        icr = 0;
      }
      tell = refresh();
    }
    tell(tell);
  }

  /** Guest-physical address of the 4 KiB register page. */
  public long mmioBase() {
    synchronized (lock) {
      return base & ~0xfffL;
    }
  }

  /** Whether the register page answers: enabled and not in x2APIC mode. */
  public boolean mmioEnabled() {
    synchronized (lock) {
      return (base & (BASE_ENABLE | BASE_X2APIC)) == BASE_ENABLE;
    }
  }

  /** CR8: the task priority class, 0 to 15. */
  public int cr8() {
    synchronized (lock) {
      return tpr >>> 4;
    }
  }

  /** Writes CR8. */
  public void setCr8(int priorityClass) {
    int tell;
    synchronized (lock) {
      tpr = (priorityClass & 0xf) << 4;
      tell = refresh();
    }
    tell(tell);
  }

  /**
   * Reads a register of the xAPIC page.
   *
   * @param offset 0 to 0xfff; registers are at multiples of 16, other offsets read as zero
   */
  public int read(int offset) {
    int tell = TELL_NOTHING;
    int value = 0;
    synchronized (lock) {
      if ((offset & 0xf) == 0) {
        if (readable(offset) || offset == DFR || offset == APR || offset == RRD || offset == ICR_HIGH) {
          value = readRegister(offset);
        } else {
          tell = error(ERROR_REGISTER);
        }
      }
    }
    tell(tell);
    return value;
  }

  /** Registers that can be read in both modes; ICR_LOW included although x2APIC has it as one 64-bit register. */
  private static boolean readable(int offset) {
    return switch (offset) {
      case ID, VERSION, TPR, PPR, LDR, SVR, ESR, ICR_LOW, INITIAL_COUNT, CURRENT_COUNT, DIVIDE -> true;
      default -> (offset >= ISR && offset < ESR) || (offset >= LVT_BASE && offset <= LVT_LAST);
    };
  }

  private int readRegister(int offset) {
    return switch (offset) {
      case ID -> x2apic() ? id : id << 24;
      case VERSION -> VERSION_VALUE;
      case TPR -> tpr;
      case PPR -> ppr();
      case LDR -> x2apic() ? logicalX2apicId() : ldr;
      case DFR -> dfr;
      case SVR -> svr;
      case ESR -> esr;
      case ICR_LOW -> (int) icr;
      case ICR_HIGH -> (int) (icr >>> 32);
      case INITIAL_COUNT -> initialCount;
      case CURRENT_COUNT -> currentCount();
      case DIVIDE -> divide;
      default -> {
        if (offset >= ISR && offset < ESR) {
          long[] bits = offset < TMR ? isr : offset < IRR ? tmr : irr;
          int word = (offset & 0x7f) >>> 4;
          yield (int) (bits[word >>> 1] >>> ((word & 1) * 32));
        }
        yield offset >= LVT_BASE && offset <= LVT_LAST ? lvt[(offset - LVT_BASE) >>> 4] : 0;
      }
    };
  }

  /**
   * Writes a register of the xAPIC page.
   *
   * @param offset 0 to 0xfff; registers are at multiples of 16, writes to other offsets are dropped
   */
  public void write(int offset, int value) {
    if ((offset & 0xf) != 0) {
      return;
    }
    switch (offset) {
      case EOI -> endOfInterrupt();
      case ICR_LOW -> {
        long command;
        synchronized (lock) {
          icr = (icr & 0xffff_ffff_0000_0000L) | (value & ICR_WRITABLE);
          command = icr;
        }
        send(command, false);
      }
      default -> {
        int tell;
        synchronized (lock) {
          tell = writeRegister(offset, value);
        }
        tell(tell);
      }
    }
  }

  /** Under the lock: a register whose writing has no effect on other controllers. */
  private int writeRegister(int offset, int value) {
    switch (offset) {
      case TPR -> tpr = value & 0xff;
      case LDR -> ldr = value & 0xff00_0000;
      case DFR -> dfr = value | 0x0fff_ffff;
      case SVR -> {
        svr = value & 0x1ff;
        if ((svr & SVR_ENABLE) == 0) {
          for (int i = 0; i < lvt.length; i++) {
            lvt[i] |= MASKED;
          }
        }
      }
      case ESR -> {
        esr = newErrors;
        newErrors = 0;
      }
      case ICR_HIGH -> icr = (icr & 0xffff_ffffL) | (long) (value & 0xff00_0000) << 32;
      case INITIAL_COUNT -> startTimer(value);
      case DIVIDE -> {
        int remaining = currentCount();
        divide = value & 0xb;
        if (timerArmed && timerMode() != TIMER_TSC_DEADLINE) {
          arm(timers.now() + Integer.toUnsignedLong(remaining) * divisor());
        }
      }
      // Read-only, or old registers whose writes do nothing.
      case ID, VERSION, APR, PPR, RRD, CURRENT_COUNT -> {}
      default -> {
        if (offset < LVT_BASE || offset > LVT_LAST) {
          return error(ERROR_REGISTER);
        }
        writeLvt((offset - LVT_BASE) >>> 4, value);
      }
    }
    return refresh();
  }

  private void writeLvt(int index, int value) {
    int entry = value & LVT_WRITABLE[index];
    if ((svr & SVR_ENABLE) == 0) {
      entry |= MASKED;
    }
    if (index == LVT_TIMER) {
      if ((lvt[index] & MASKED) != 0 && timerArmed && timerDeadline - timers.now() <= 0) {
        // The timer thread is late: this expired while it was masked, so it must not interrupt when it is unmasked.
        expire();
      }
      boolean deadlineBefore = timerMode() == TIMER_TSC_DEADLINE;
      lvt[index] = entry;
      if (deadlineBefore != (timerMode() == TIMER_TSC_DEADLINE)) {
        disarm();
        initialCount = 0;
        tscDeadline = 0;
      }
    } else {
      lvt[index] = entry;
    }
  }

  /**
   * Reads an x2APIC register.
   *
   * @param msr {@link #MSR_X2APIC} to {@link #MSR_X2APIC_LAST}
   * @throws MsrFault if the APIC is not in x2APIC mode or there is no such register to read
   */
  public long readMsr(int msr) {
    int offset = (msr - MSR_X2APIC) << 4;
    synchronized (lock) {
      if (!x2apic() || offset < 0 || !readable(offset)) {
        throw new MsrFault(msr);
      }
      return offset == ICR_LOW ? icr : Integer.toUnsignedLong(readRegister(offset));
    }
  }

  /**
   * Writes an x2APIC register.
   *
   * @param msr {@link #MSR_X2APIC} to {@link #MSR_X2APIC_LAST}
   * @throws MsrFault if the APIC is not in x2APIC mode, there is no such register to write, or reserved bits are set
   */
  public void writeMsr(int msr, long value) {
    int offset = (msr - MSR_X2APIC) << 4;
    synchronized (lock) {
      if (!x2apic() || offset < 0 || !writableMsr(offset, value)) {
        throw new MsrFault(msr);
      }
    }
    switch (offset) {
      case EOI -> endOfInterrupt();
      case ICR_LOW -> {
        long command = value & (0xffff_ffff_0000_0000L | ICR_WRITABLE);
        synchronized (lock) {
          icr = command;
        }
        send(command, true);
      }
      case SELF_IPI -> sendToSelf((int) value & 0xff);
      default -> {
        int tell;
        synchronized (lock) {
          tell = writeRegister(offset, (int) value);
        }
        tell(tell);
      }
    }
  }

  private static boolean writableMsr(int offset, long value) {
    return switch (offset) {
      case ICR_LOW -> true;
      case EOI, ESR -> value == 0;
      case TPR, SELF_IPI -> value >>> 8 == 0;
      case SVR, INITIAL_COUNT, DIVIDE -> value >>> 32 == 0;
      default -> offset >= LVT_BASE && offset <= LVT_LAST && value >>> 32 == 0;
    };
  }

  private void endOfInterrupt() {
    boolean broadcast;
    int vector;
    int tell;
    synchronized (lock) {
      vector = highest(isr);
      if (vector < 0) {
        return;
      }
      clear(isr, vector);
      broadcast = get(tmr, vector);
      tell = refresh();
    }
    if (broadcast) {
      bus.endOfInterrupt(vector);
    }
    tell(tell);
  }

  /**
   * Carries out an interrupt command (SDM volume 3, 11.6.1). The lock is not held: other APICs are about to be locked.
   */
  private void send(long command, boolean wide) {
    int low = (int) command;
    int vector = low & 0xff;
    DeliveryMode mode = DeliveryMode.of(low);
    boolean fixed = mode == DeliveryMode.FIXED || mode == DeliveryMode.LOWEST_PRIORITY;
    if (fixed && vector < 16) {
      int tell;
      synchronized (lock) {
        tell = error(ERROR_SEND_VECTOR);
      }
      tell(tell);
      return;
    }
    boolean level = (low & 1 << 15) != 0;
    if (mode == DeliveryMode.INIT && level && (low & 1 << 14) == 0) {
      // INIT level de-assert only synchronised arbitration ids of the first APICs.
      return;
    }
    switch (low >>> 18 & 3) {
      case 1 -> {
        if (fixed) {
          sendToSelf(vector);
        }
      }
      // IPIs are edge-triggered whatever the trigger bit says (SDM volume 3, 11.6.1).
      case 2 -> bus.deliverToAll(this, true, mode, vector, false);
      case 3 -> bus.deliverToAll(this, false, mode, vector, false);
      default -> {
        boolean logical = (low & 1 << 11) != 0;
        if (wide) {
          bus.deliverWide((int) (command >>> 32), logical, mode, vector, false);
        } else {
          bus.deliver((int) (command >>> 56), logical, mode, vector, false);
        }
      }
    }
  }

  private void sendToSelf(int vector) {
    int tell;
    synchronized (lock) {
      tell = vector < 16 ? error(ERROR_SEND_VECTOR) : (svr & SVR_ENABLE) != 0 ? request(vector, false) : TELL_NOTHING;
    }
    tell(tell);
  }

  private int timerMode() {
    return lvt[LVT_TIMER] >>> 17 & 3;
  }

  private long divisor() {
    return divisor(divide);
  }

  /** What a divide configuration divides the timer's clock by. */
  static long divisor(int configuration) {
    int code = (configuration >>> 1 & 4) | (configuration & 3);
    return code == 7 ? 1 : 2L << code;
  }

  private void arm(long deadline) {
    timerArmed = true;
    timerDeadline = deadline;
    timer.arm(deadline);
  }

  private void disarm() {
    if (timerArmed) {
      timerArmed = false;
      timer.cancel();
    }
  }

  private void startTimer(int count) {
    if (timerMode() == TIMER_TSC_DEADLINE) {
      return;
    }
    initialCount = count;
    if (count == 0) {
      disarm();
    } else {
      arm(timers.now() + periodNanos());
    }
  }

  private long periodNanos() {
    long nanos = Integer.toUnsignedLong(initialCount) * divisor();
    return timerMode() == TIMER_PERIODIC ? Math.max(nanos, SHORTEST_PERIOD_NANOS) : nanos;
  }

  private int currentCount() {
    if (!timerArmed || initialCount == 0 || timerMode() == TIMER_TSC_DEADLINE) {
      return 0;
    }
    long remaining = timerDeadline - timers.now();
    if (remaining <= 0) {
      if (timerMode() == TIMER_ONE_SHOT) {
        return 0;
      }
      // The timer thread is late; the count has gone on.
      long period = periodNanos();
      remaining = period - (-remaining % period);
    }
    long count = (remaining + divisor() - 1) / divisor();
    return (int) Math.min(count, Integer.toUnsignedLong(initialCount));
  }

  /** IA32_TSC_DEADLINE; 0 when disarmed. */
  public long tscDeadline() {
    synchronized (lock) {
      return tscDeadline;
    }
  }

  /** Writes IA32_TSC_DEADLINE: 0 disarms; ignored unless the timer is in TSC-deadline mode (SDM volume 3, 11.5.4.1). */
  public void setTscDeadline(long deadline) {
    int tell;
    synchronized (lock) {
      if (timerMode() != TIMER_TSC_DEADLINE) {
        return;
      }
      tell = armTscDeadline(deadline);
    }
    tell(tell);
  }

  private int armTscDeadline(long deadline) {
    tscDeadline = deadline;
    if (deadline == 0) {
      disarm();
      return TELL_NOTHING;
    }
    long now = clock.tsc();
    if (Long.compareUnsigned(deadline, now) <= 0) {
      disarm();
      tscDeadline = 0;
      return local(LVT_TIMER);
    }
    if (deadline - now < 0 || deadline - now >= 1L << 60) {
      // Decades away: it stays visible in the MSR and never fires.
      disarm();
    } else {
      arm(clock.toNanoTime(deadline));
    }
    return TELL_NOTHING;
  }

  private void timerExpired() {
    int tell;
    synchronized (lock) {
      if (!timerArmed || timerDeadline - timers.now() > 0) {
        // Disarmed or set anew while this call was on its way.
        return;
      }
      expire();
      tell = local(LVT_TIMER);
    }
    tell(tell);
  }

  /** Under the lock: the timer has run down; a periodic one goes on. */
  private void expire() {
    switch (timerMode()) {
      case TIMER_PERIODIC -> {
        // Ticks missed while the thread was late are dropped, the phase is kept.
        long period = periodNanos();
        arm(timerDeadline + ((timers.now() - timerDeadline) / period + 1) * period);
      }
      default -> {
        timerArmed = false;
        tscDeadline = 0;
      }
    }
  }

  /** The state for a snapshot. */
  public State save() {
    synchronized (lock) {
      boolean counting = timerArmed && timerMode() != TIMER_TSC_DEADLINE;
      return new State(
          base,
          new int[] {tpr, ldr, dfr, svr, esr, newErrors, divide, initialCount},
          icr,
          lvt.clone(),
          irr.clone(),
          isr.clone(),
          tmr.clone(),
          counting ? Math.max(0, timerDeadline - timers.now()) : -1,
          tscDeadline);
    }
  }

  /**
   * Replaces the state. The guest's TSC must have been restored before.
   *
   * @throws IllegalArgumentException if arrays have the wrong length
   */
  public void restore(State state) {
    if (state.registers.length != 8
        || state.lvt.length != lvt.length
        || state.irr.length != irr.length
        || state.isr.length != isr.length
        || state.tmr.length != tmr.length) {
      throw new IllegalArgumentException("not the state of a local APIC");
    }
    int tell;
    synchronized (lock) {
      disarm();
      base = state.base;
      tpr = state.registers[0] & 0xff;
      ldr = state.registers[1];
      dfr = state.registers[2];
      svr = state.registers[3];
      esr = state.registers[4];
      newErrors = state.registers[5];
      divide = state.registers[6] & 0xb;
      initialCount = state.registers[7];
      icr = state.icr;
      System.arraycopy(state.lvt, 0, lvt, 0, lvt.length);
      System.arraycopy(state.irr, 0, irr, 0, irr.length);
      System.arraycopy(state.isr, 0, isr, 0, isr.length);
      System.arraycopy(state.tmr, 0, tmr, 0, tmr.length);
      tscDeadline = 0;
      tell = TELL_NOTHING;
      if (timerMode() == TIMER_TSC_DEADLINE) {
        tell = armTscDeadline(state.tscDeadline);
      } else if (state.timerNanos >= 0) {
        arm(timers.now() + state.timerNanos);
      }
      tell |= refresh();
    }
    tell(tell);
  }

  /** The registers in the form that all back ends share, see {@link dev.portfire.machine.X86State#apic}. */
  public int[] saveRegisters() {
    return ControllerTransfer.save(save(), id);
  }

  /**
   * Replaces the registers with those of the form that all back ends share. IA32_APIC_BASE must have been restored before;
   * IA32_TSC_DEADLINE is restored afterwards.
   */
  public void restoreRegisters(int[] registers) {
    restore(ControllerTransfer.restore(registers, apicBase(), 0));
  }

  private static void set(long[] bits, int vector) {
    bits[vector >>> 6] |= 1L << vector;
  }

  private static void clear(long[] bits, int vector) {
    bits[vector >>> 6] &= ~(1L << vector);
  }

  private static boolean get(long[] bits, int vector) {
    return (bits[vector >>> 6] >>> vector & 1) != 0;
  }

  /** The highest vector in a set, or −1. */
  private static int highest(long[] bits) {
    for (int i = bits.length - 1; i >= 0; i--) {
      if (bits[i] != 0) {
        return i * 64 + 63 - Long.numberOfLeadingZeros(bits[i]);
      }
    }
    return -1;
  }
}
