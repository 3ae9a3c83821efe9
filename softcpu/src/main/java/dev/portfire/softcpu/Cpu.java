package dev.portfire.softcpu;

import dev.portfire.machine.Activity;
import dev.portfire.machine.CpuidLeaf;
import dev.portfire.machine.ExitReason;
import dev.portfire.machine.ExitStats;
import dev.portfire.machine.GuestDebug;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.X86State;
import dev.portfire.softcpu.fpu.SimdException;
import dev.portfire.softcpu.fpu.SimdState;
import dev.portfire.softcpu.fpu.X87;
import dev.portfire.softcpu.irqchip.ApicHost;
import dev.portfire.softcpu.irqchip.LocalApic;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One x86-64 processor: its registers and the loop that executes blocks.
 *
 * <p>Everything here belongs to the thread in {@link #run()}, except the attention word, by which other threads make it
 * look up from its work.
 */
final class Cpu implements Vcpu, ApicHost {
  // RFLAGS, SDM volume 1, 3.4.3.
  static final int CF = 1;
  static final int PF = 4;
  static final int AF = 0x10;
  static final int ZF = 0x40;
  static final int SF = 0x80;
  static final int TF = 0x100;
  static final int IF = 0x200;
  static final int DF = 0x400;
  static final int OF = 0x800;
  static final int IOPL = 0x3000;
  static final int NT = 0x4000;
  static final int RF = 0x1_0000;
  static final int VM = 0x2_0000;
  static final int AC = 0x4_0000;
  static final int ID = 0x20_0000;
  private static final int ARITHMETIC = CF | PF | AF | ZF | SF | OF;

  // Attention bits.
  private static final int INTERRUPT = 1;
  private static final int KICK = 2;
  private static final int FLUSH = 4;
  private static final int NMI = 8;
  private static final int INIT = 16;
  private static final int SIPI = 32;
  private static final int HALTED = 64;
  private static final int STEP = 128;
  private static final int FAILED = 256;
  private static final int LOCATE = 512;

  private static final VarHandle ATTENTION;
  private static final VarHandle FLUSH_WANTED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      ATTENTION = lookup.findVarHandle(Cpu.class, "attention", int.class);
      FLUSH_WANTED = lookup.findVarHandle(Cpu.class, "flushWanted", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int JUMP_SLOTS = 8192;
  private static final int MAX_BLOCK = 48;

  /** General registers, then what {@link Instruction} names: the page of the code, a zero, six segment bases. */
  final long[] r = new long[24];

  /** Instruction pointer; exact at block boundaries and while a fault is handled. */
  long rip;

  // Arithmetic flags, each cheap to set by every operation and to read by few.

  /** The carry out of every bit position, the operand's top bit aligned to bit 63: CF is bit 63, OF bit 63 ^ bit 62. */
  long carries;

  /** ZF is whether this is zero. */
  long zero = 1;

  /** SF is the sign, PF the parity of the low byte. */
  long signParity;

  /** AF is bit 4. */
  long auxiliary;

  /** The other bits of RFLAGS. */
  int systemFlags = 2;

  int cpl;

  /** {@link System#nanoTime()} of the first entry to CPL 3; 0 before it. */
  private volatile long userModeNanos;

  /** 64-bit code. */
  boolean code64;

  /** {@link Decoder} mode. */
  private int decodeMode = Decoder.MODE_16;

  final int[] selector = new int[8];
  final long[] segmentBase = new long[8];
  final int[] segmentLimit = new int[8];
  final int[] segmentAccess = new int[8];
  long gdtBase;
  int gdtLimit = 0xffff;
  long idtBase;
  int idtLimit = 0xffff;
  long cr0;
  long cr2;
  long cr3;
  long cr4;
  long efer;
  long xcr0 = 1;
  final long[] debug = new long[8];

  final SimdState simd = new SimdState();
  private final X87 x87 = new X87();
  final FpuOps.Operand fpuOperand = new FpuOps.Operand(this);

  /** Scratch for the instructions that save and restore floating-point state. */
  final byte[] fpuImage = new byte[512];

  /** What the processor has of what not every model has: bits of {@link Forms#FEATURES}. */
  final int features;

  final Mmu mmu;
  final SoftVm vm;
  final LocalApic apic;
  final Msrs msrs;
  private final ExitStats exits = new ExitStats();
  private final int index;
  private final CodeCache code;
  private final Decoder decoder = new Decoder();
  private final Instruction instruction = new Instruction();
  private final Op[] scratch = new Op[MAX_BLOCK + 2];

  /** The block to execute next; null: look it up at {@link #rip}. */
  @Nullable Block next;

  private final long[] jumpKey = new long[JUMP_SLOTS];
  private final @Nullable Block[] jumpBlock = new @Nullable Block[JUMP_SLOTS];

  private final @Nullable NativeRunner runner;

  /** Of a deterministic machine. */
  private final @Nullable Points points;

  @SuppressWarnings("unused") // through ATTENTION
  private volatile int attention;

  @SuppressWarnings("unused") // through FLUSH_WANTED
  private volatile long flushWanted;

  private volatile long flushDone;
  private volatile boolean inGuest;
  private volatile @Nullable Thread thread;
  private volatile int startUpVector;
  private volatile long executed;

  private long executedHere;
  private int pauses;
  private boolean halted;

  private volatile long location;

  /** When the vCPU fell asleep, by {@link System#nanoTime}; 0 while it is awake. */
  private volatile long asleepSince;

  private volatile long slept;
  private final HaltPolling haltPolling = new HaltPolling();
  private int codeGeneration;
  private boolean waitingForSipi;
  private boolean shadow;

  /** The RIP of the one instruction that {@link #shadow} covers: it may be executed without a look at what wants attention. */
  private long shadowAt;

  private boolean nmiBlocked;
  private boolean single;
  private @Nullable LongConsumer tracer;
  private boolean trapAfter;

  /** An exception or interrupt that a restored state had on its way, to be delivered first of all. */
  private X86State.@Nullable Events onItsWay;

  private boolean stepping;
  private boolean stepped;
  private @Nullable Stop stop;

  private GuestDebug debugger = GuestDebug.NONE;
  private GuestDebug.Cause debugCause = GuestDebug.Cause.STEP;

  /** The addresses that {@link #debugger} has. */
  private long[] guarded = {};

  Cpu(SoftVm vm, int index, LocalApic apic) {
    this.vm = vm;
    this.index = index;
    this.apic = apic;
    this.code = vm.code();
    this.features = vm.features();
    decoder.features = features;
    this.mmu = new Mmu(vm.memory(), vm.mmio(), code, apic, exits, vm.smp());
    this.msrs = new Msrs(this);
    this.points = vm.points();
    NativeEngine engine = vm.engine();
    this.runner = engine == null ? null : new NativeRunner(this, x87, engine);
    r[Instruction.ZERO] = 0;
    reset();
    if (index != 0) {
      waitForSipi();
    }
  }

  private void waitForSipi() {
    waitingForSipi = true;
    attend(HALTED);
  }

  // ---- reset and state

  /** The state after RESET or INIT (SDM volume 3, table 10-1). */
  private void reset() {
    Arrays.fill(r, 0);
    r[2] = CpuId.SIGNATURE;
    rip = 0xfff0;
    systemFlags = 2;
    setArithmeticFlags(0);
    for (int s = 0; s < 6; s++) {
      loadHidden(s, 0, 0, 0xffff, 0x93);
    }
    loadHidden(X86State.CS, 0xf000, 0xffff_0000L, 0xffff, 0x9b);
    loadHidden(X86State.LDTR, 0, 0, 0xffff, 0x82);
    loadHidden(X86State.TR, 0, 0, 0xffff, 0x8b);
    gdtBase = 0;
    gdtLimit = 0xffff;
    idtBase = 0;
    idtLimit = 0xffff;
    cr0 = 0x6000_0010L;
    cr2 = 0;
    cr3 = 0;
    cr4 = 0;
    efer = 0;
    Arrays.fill(debug, 0);
    debug[6] = 0xffff_0ff0L;
    debug[7] = 0x400;
    halted = false;
    shadow = false;
    nmiBlocked = false;
    cpl = 0;
    mmu.setControl(cr0, cr3, cr4, efer);
    updateMode();
  }

  /** Sets a segment register with its hidden part. */
  final void loadHidden(int segment, int newSelector, long base, int limit, int access) {
    selector[segment] = newSelector;
    segmentBase[segment] = base;
    segmentLimit[segment] = limit;
    segmentAccess[segment] = access;
    if (segment < 6) {
      r[Instruction.SEGMENT_BASE + segment] = code64 && segment < X86State.FS ? 0 : base;
    }
  }

  /** Sets the base of FS or GS alone. */
  final void setSegmentBase(int segment, long base) {
    segmentBase[segment] = base;
    r[Instruction.SEGMENT_BASE + segment] = base;
  }

  /** Recomputes what follows from CS, CR0, EFER and CPL. */
  final void updateMode() {
    int access = segmentAccess[X86State.CS];
    boolean long64 = (efer & Mmu.EFER_LMA) != 0 && (access & 0x2000) != 0;
    code64 = long64;
    decodeMode = long64 ? Decoder.MODE_64 : (access & 0x4000) != 0 ? Decoder.MODE_32 : Decoder.MODE_16;
    for (int s = 0; s < X86State.FS; s++) {
      r[Instruction.SEGMENT_BASE + s] = long64 ? 0 : segmentBase[s];
    }
    r[Instruction.SEGMENT_BASE + X86State.FS] = segmentBase[X86State.FS];
    r[Instruction.SEGMENT_BASE + X86State.GS] = segmentBase[X86State.GS];
    mmu.setLongMode(long64);
    updatePrivilege();
  }

  /** Recomputes the privilege of data accesses from CPL and EFLAGS.AC. */
  final void updatePrivilege() {
    mmu.setPrivilege(cpl == 3, (systemFlags & AC) != 0);
  }

  /** Whether CR0.PE is clear. */
  final boolean realMode() {
    return (cr0 & 1) == 0;
  }

  // ---- flags

  final boolean overflow() {
    return (carries ^ carries << 1) < 0;
  }

  final boolean parity() {
    return (Long.bitCount(signParity & 0xff) & 1) == 0;
  }

  final boolean less() {
    return (signParity ^ carries ^ carries << 1) < 0;
  }

  /** Evaluates the condition in the low four bits of an opcode. */
  final boolean condition(int number) {
    return switch (number & 15) {
      case 0 -> overflow();
      case 1 -> !overflow();
      case 2 -> carries < 0;
      case 3 -> carries >= 0;
      case 4 -> zero == 0;
      case 5 -> zero != 0;
      case 6 -> carries < 0 || zero == 0;
      case 7 -> carries >= 0 && zero != 0;
      case 8 -> signParity < 0;
      case 9 -> signParity >= 0;
      case 10 -> parity();
      case 11 -> !parity();
      case 12 -> less();
      case 13 -> !less();
      case 14 -> zero == 0 || less();
      default -> zero != 0 && !less();
    };
  }

  /** RFLAGS. */
  final int flags() {
    int f = systemFlags;
    if (carries < 0) {
      f |= CF;
    }
    if (parity()) {
      f |= PF;
    }
    if ((auxiliary & 0x10) != 0) {
      f |= AF;
    }
    if (zero == 0) {
      f |= ZF;
    }
    if (signParity < 0) {
      f |= SF;
    }
    if (overflow()) {
      f |= OF;
    }
    return f;
  }

  /** Sets CF, PF, AF, ZF, SF and OF from their places in RFLAGS. */
  final void setArithmeticFlags(int f) {
    long carry = f & CF;
    long overflow = f >> 11 & 1;
    carries = carry << 63 | (carry ^ overflow) << 62;
    zero = ~f & ZF;
    signParity = (long) (f & SF) << 56 | (~f >> 2 & 1);
    auxiliary = f & AF;
  }

  /** Sets CF alone. */
  final void setCarry(boolean value) {
    long carry = value ? 1 : 0;
    long overflow = overflow() ? 1 : 0;
    carries = carry << 63 | (carry ^ overflow) << 62;
  }

  /** Sets ZF alone. */
  final void setZero(boolean value) {
    zero = value ? 0 : 1;
  }

  /**
   * Replaces RFLAGS.
   *
   * @param mask the bits of {@code value} that count; others stay
   */
  final void setFlags(int value, int mask) {
    setArithmeticFlags(flags() & ~mask | value & mask);
    int before = systemFlags;
    systemFlags = (before & ~mask | value & mask) & ~ARITHMETIC & 0x3f_7fd5 | 2;
    int changed = before ^ systemFlags;
    if ((changed & AC) != 0) {
      updatePrivilege();
    }
    if ((systemFlags & TF) != 0) {
      attend(STEP);
    }
    if ((changed & systemFlags & IF) != 0) {
      pollInterrupts();
    }
  }

  // ---- registers and memory, for operations

  final long get8(int number) {
    return number < 16 ? r[number] & 0xff : r[number - Instruction.HIGH_BYTE] >>> 8 & 0xff;
  }

  final void set8(int number, long value) {
    if (number < 16) {
      r[number] = r[number] & ~0xffL | value & 0xff;
    } else {
      r[number - Instruction.HIGH_BYTE] = r[number - Instruction.HIGH_BYTE] & ~0xff00L | (value & 0xff) << 8;
    }
  }

  /** Writes a register the way an operand of this size does: 32-bit writes clear the upper half. */
  final void setRegister(int number, int size, long value) {
    switch (size) {
      case 8 -> set8(number, value);
      case 16 -> r[number] = r[number] & ~0xffffL | value & 0xffff;
      case 32 -> r[number] = value & 0xffff_ffffL;
      default -> r[number] = value;
    }
  }

  /** Reads a register, zero-extended from this size. */
  final long getRegister(int number, int size) {
    return switch (size) {
      case 8 -> get8(number);
      case 16 -> r[number] & 0xffff;
      case 32 -> r[number] & 0xffff_ffffL;
      default -> r[number];
    };
  }

  final long load8(long address) {
    return mmu.load8(address);
  }

  final long load16(long address) {
    return mmu.load16(address);
  }

  final long load32(long address) {
    return mmu.load32(address);
  }

  final long load64(long address) {
    return mmu.load64(address);
  }

  final void store8(long address, long value) {
    mmu.store8(address, value);
  }

  final void store16(long address, long value) {
    mmu.store16(address, value);
  }

  final void store32(long address, long value) {
    mmu.store32(address, value);
  }

  final void store64(long address, long value) {
    mmu.store64(address, value);
  }

  /** Reads an operand of {@code size} bits, zero-extended. */
  final long load(long address, int size) {
    return switch (size) {
      case 8 -> mmu.load8(address);
      case 16 -> mmu.load16(address);
      case 32 -> mmu.load32(address);
      default -> mmu.load64(address);
    };
  }

  /** Writes an operand of {@code size} bits. */
  final void store(long address, int size, long value) {
    switch (size) {
      case 8 -> mmu.store8(address, value);
      case 16 -> mmu.store16(address, value);
      case 32 -> mmu.store32(address, value);
      default -> mmu.store64(address, value);
    }
  }

  final long writable8(long address) {
    return mmu.writable(address, 1);
  }

  final long writable16(long address) {
    return mmu.writable(address, 2);
  }

  final long writable32(long address) {
    return mmu.writable(address, 4);
  }

  final long writable64(long address) {
    return mmu.writable(address, 8);
  }

  final long get8(long at) {
    return mmu.get8(at);
  }

  final long get16(long at) {
    return mmu.get16(at);
  }

  final long get32(long at) {
    return mmu.get32(at);
  }

  final long get64(long at) {
    return mmu.get64(at);
  }

  final void put8(long at, long value) {
    mmu.put8(at, value);
  }

  final void put16(long at, long value) {
    mmu.put16(at, value);
  }

  final void put32(long at, long value) {
    mmu.put32(at, value);
  }

  final void put64(long at, long value) {
    mmu.put64(at, value);
  }

  final boolean compareAndSet8(long at, long expected, long value) {
    return mmu.compareAndSet8(at, expected, value);
  }

  final boolean compareAndSet16(long at, long expected, long value) {
    return mmu.compareAndSet16(at, expected, value);
  }

  final boolean compareAndSet32(long at, long expected, long value) {
    return mmu.compareAndSet32(at, expected, value);
  }

  final boolean compareAndSet64(long at, long expected, long value) {
    return mmu.compareAndSet64(at, expected, value);
  }

  final long slowLoad(long address, int bytes) {
    return mmu.slowLoad(address, bytes);
  }

  final void slowStore(long address, int bytes, long value) {
    mmu.slowStore(address, bytes, value);
  }

  /**
   * Locked accesses that cannot be one host compare-and-set (split, device or code pages) exclude each other by this.
   */
  final Object splitLock() {
    return vm;
  }

  /** Reads the ModRM.rm operand. */
  final long readRm(Op o) {
    return o.memory ? load(o.address(this), o.size) : getRegister(o.s, o.size);
  }

  /** Reads the ModRM.rm operand after making sure that {@link #writeRm} will not fault. */
  final long readRmForWrite(Op o) {
    if (!o.memory) {
      return getRegister(o.s, o.size);
    }
    long address = o.address(this);
    mmu.writable(address, o.size >> 3);
    return load(address, o.size);
  }

  /** Writes the ModRM.rm operand. */
  final void writeRm(Op o, long value) {
    if (o.memory) {
      store(o.address(this), o.size, value);
    } else {
      setRegister(o.s, o.size, value);
    }
  }

  /** Checks the alignment that 16-byte SSE operands need. */
  final long aligned16(long address) {
    if ((address & 15) != 0) {
      throw GuestFault.gp();
    }
    return address;
  }

  final long mmx(int number) {
    return x87().mmx(number);
  }

  final void setMmx(int number, long value) {
    x87().setMmx(number, value);
  }

  /** Raises what an SSE instruction gets when SSE is off (SDM volume 3, table 2-3). */
  final void requireSse() {
    claimSimd();
    // CR0.EM, CR0.TS and not CR4.OSFXSR
    if ((cr0 & 0xc) != 0 || (cr4 & 0x200) == 0) {
      throw GuestFault.of((cr0 & 4) != 0 || (cr4 & 0x200) == 0 ? GuestFault.UD : GuestFault.NM);
    }
  }

  /** Raises what an instruction with a VEX prefix gets in real mode. */
  final void requireVex() {
    if ((cr0 & 1) == 0 || (systemFlags & VM) != 0) {
      throw GuestFault.ud();
    }
  }

  /** Whether CR4 and XCR0 let AVX be used. */
  final boolean avxEnabled() {
    return (cr4 & 0x4_0000) != 0 && (xcr0 & 6) == 6;
  }

  /** Raises what an AVX instruction gets where it is not enabled (SDM volume 2, table 2-21 and those behind it). */
  final void requireAvx() {
    claimSimd();
    if (!avxEnabled() || (cr0 & 8) != 0) {
      throw GuestFault.of(avxEnabled() ? GuestFault.NM : GuestFault.UD);
    }
    requireVex();
  }

  /** Raises what an MMX instruction gets when the FPU is off or has an exception pending. */
  final void requireMmx() {
    if ((cr0 & 0xc) != 0) {
      throw GuestFault.of((cr0 & 4) != 0 ? GuestFault.UD : GuestFault.NM);
    }
    FpuOps.checkPending(this);
  }

  final void requirePrivilege() {
    if (cpl != 0) {
      throw GuestFault.gp();
    }
  }

  // ---- control flow

  /** Ends a block with a jump to a linear address that is a constant of the block. */
  final void jump(Op.Branch o, long target) {
    if (o.legacy) {
      jumpTo(legacyTarget(o, target));
      return;
    }
    rip = target;
    Block b = o.taken;
    if (b != null && b.valid) {
      next = b;
    } else {
      next = link(o, target, true);
    }
  }

  /** Ends a block by going on with the next instruction. */
  final void fallThrough(Op.Branch o) {
    long target = r[Instruction.PAGE_BASE] + o.offset + o.length;
    if (o.legacy) {
      jumpTo(legacyTarget(o, target));
      return;
    }
    rip = target;
    Block b = o.fallThrough;
    if (b != null && b.valid) {
      next = b;
    } else {
      next = link(o, target, false);
    }
  }

  /** Finds the block at a target and, if it is in the same page, remembers it in the branch. */
  private @Nullable Block link(Op.Branch o, long target, boolean taken) {
    if (((target ^ r[Instruction.PAGE_BASE]) & -4096L) != 0) {
      return cached(target);
    }
    if (guarded.length != 0 && isGuarded(target)) {
      return null;
    }
    long at = executingHost + (target & 4095);
    Block b = code.find(at << 2 | decodeMode);
    if (b != null && b.crossPage < 0 && executingHost >= 0) {
      if (taken) {
        o.taken = b;
      } else {
        o.fallThrough = b;
      }
      return b;
    }
    return null;
  }

  /** Ends a block with a jump to an instruction pointer known only now. */
  final void jumpTo(long target) {
    rip = target;
    next = code64 ? cached(target) : null;
  }

  /** An instruction pointer of 16- or 32-bit code from a linear target. */
  private long legacyTarget(Op o, long linear) {
    long mask = o.size == 16 ? 0xffff : 0xffff_ffffL;
    return linear - r[Instruction.SEGMENT_BASE + X86State.CS] & mask;
  }

  /** The instruction pointer after an operation. */
  final long nextRip(Op o) {
    long linear = o.nextLinear(this);
    if (code64) {
      return linear;
    }
    long mask = decodeMode == Decoder.MODE_16 ? 0xffff : 0xffff_ffffL;
    return linear - r[Instruction.SEGMENT_BASE + X86State.CS] & mask;
  }

  /** The instruction pointer of an operation itself. */
  final long ripOf(Op o) {
    long linear = r[Instruction.PAGE_BASE] + o.offset;
    return code64 ? linear : linear - r[Instruction.SEGMENT_BASE + X86State.CS] & 0xffff_ffffL;
  }

  /** Ends a block with the next instruction. */
  final void proceed(Op o) {
    jumpTo(nextRip(o));
  }

  /** Ends a block by executing the same instruction again, after a look at what wants attention. */
  final void repeat(Op o) {
    rip = ripOf(o);
    next = null;
  }

  private static int jumpSlot(long address) {
    return (int) (address ^ address >>> 13) & JUMP_SLOTS - 1;
  }

  private long jumpKey(long address) {
    // Linear addresses are canonical here: their top sixteen bits are free to hold the translation context.
    return address ^ (long) mmu.fetchContext() << 48;
  }

  /** The block at a linear address of 64-bit code if it was there a short while ago and is still, or null. */
  @Nullable Block cached(long address) {
    int slot = jumpSlot(address);
    if (jumpKey[slot] == jumpKey(address)) {
      Block b = jumpBlock[slot];
      if (b != null && b.valid) {
        enterPage(address, b);
        return b;
      }
    }
    return null;
  }

  private long executingHost = -1;

  final void enterPage(long address, Block b) {
    r[Instruction.PAGE_BASE] = address & -4096L;
    executingHost = b.key >>> 2 & -4096L;
    mmu.executingPage = (int) (executingHost >>> 12);
  }

  /** No block is being executed: what is delivered may overwrite any code. */
  private void leavePage() {
    mmu.executingPage = -1;
  }

  // ---- the loop

  @Override
  public Stop run() {
    thread = Thread.currentThread();
    exits.doing(Activity.INTERPRETING);
    stop = null;
    enterGuest();
    try {
      while (stop == null) {
        if (debugger.step()) {
          stepForDebugger();
        } else {
          execute();
        }
      }
      return stop;
    } finally {
      inGuest = false;
      report();
      thread = null;
    }
  }

  /** Makes the number of instructions known to other threads. */
  private void report() {
    if (runner != null) {
      executedHere += runner.takeCount();
    }
    executed = executedHere;
  }

  private void enterGuest() {
    inGuest = true;
    serviceFlush();
  }

  /** Executes blocks until there is a reason to leave {@link #run()} or the guest raised a fault, which it delivers. */
  private void execute() {
    Block block = null;
    int k = -1;
    try {
      for (; ; ) {
        Block b = next;
        if (b == null || attention != 0) {
          block = null;
          k = -1;
          b = prepare();
          if (b == null) {
            return;
          }
        }
        if (runner != null && code64) {
          // Translating and decoding may fault, too, and then the last block is done.
          block = null;
          k = -1;
          TranslatedBlock translated = runner.translation(b);
          if (translated != null) {
            runner.run(translated);
            continue;
          }
          if (b.ops == Block.NOT_DECODED) {
            b = complete(b);
          }
        }
        block = b;
        executedHere += b.count;
        Op[] ops = b.ops;
        int n = ops.length;
        k = 0;
        do {
          ops[k].run(this);
        } while (++k < n);
      }
    } catch (GuestFault fault) {
      unwind(block, k);
      leavePage();
      GuestFault f = fault;
      if (block != null && k >= 0) {
        f = stackFault(block.ops[k], fault);
      }
      raise(f);
    } catch (SimdException e) {
      unwind(block, k);
      leavePage();
      raise(GuestFault.of((cr4 & 0x400) != 0 ? GuestFault.XM : GuestFault.UD));
    } catch (SelfModification e) {
      unwind(block, k);
      single = true;
    } catch (DebugStop e) {
      unwind(block, k);
      stop = Stop.DEBUG;
    }
    next = null;
  }

  private void raise(GuestFault fault) {
    shadow = false;
    if (points != null) {
      points.fault(this, fault);
    }
    Interrupts.deliverFault(this, fault);
  }

  /** Behind an instruction of a deterministic machine; RIP is the next one's. */
  final void point(String name) {
    Points p = points;
    if (p != null) {
      p.behind(this, name);
    }
  }

  /**
   * Copies the SSE registers, wherever they are.
   *
   * @return MXCSR
   */
  final int copySimd(long[] target, int xmm, int upper) {
    if (runner != null && runner.copySimd(target, xmm, upper)) {
      return runner.mxcsr();
    }
    System.arraycopy(simd.xmm, 0, target, xmm, 32);
    System.arraycopy(simd.upper, 0, target, upper, 32);
    return simd.mxcsr;
  }

  /** A non-canonical address through the stack segment is a stack fault. */
  static GuestFault stackFault(Op o, GuestFault fault) {
    return fault.vector == GuestFault.GP && fault.address == GuestFault.NON_CANONICAL && o.usesStack()
        ? GuestFault.of(GuestFault.SS, 0)
        : fault;
  }

  /** Executes exactly one instruction, or delivers the fault that it raises; interrupts wait. */
  final void step() {
    next = null;
    stepping = true;
    stepped = false;
    // The loop looks for attention between blocks: this makes it look after the first.
    attend(STEP);
    try {
      execute();
    } finally {
      stepping = false;
      settle(STEP);
    }
  }

  // ---- the debugger

  /** Executes one instruction, after what has to come before it, and stops. */
  private void stepForDebugger() {
    boolean first = halted || waitingForSipi || trapAfter || onItsWay != null;
    if ((first || (attention & (KICK | INIT | FAILED)) != 0) && !attendToAll()) {
      return;
    }
    trapAfter = (systemFlags & TF) != 0;
    step();
    if (stop == null) {
      stop = Stop.DEBUG;
      debugCause = GuestDebug.Cause.STEP;
    }
  }

  /** Before an INT3: it may be a debugger's. */
  final void stopAtBreakpoint() {
    if (debugger.breakpoints()) {
      debugCause = GuestDebug.Cause.BREAKPOINT;
      throw DebugStop.INSTANCE;
    }
  }

  /** Whether a page has an instruction to stop before: it is then executed one by one, from blocks that nothing leads to. */
  private boolean isGuarded(long linear) {
    for (long address : guarded) {
      if (((address ^ linear) & -4096L) == 0) {
        return true;
      }
    }
    return false;
  }

  private void stopIfAsked(long linear) {
    for (long address : guarded) {
      if (address == linear && !stepping) {
        debugCause = GuestDebug.Cause.ADDRESS;
        throw DebugStop.INSTANCE;
      }
    }
  }

  @Override
  public void debug(GuestDebug wish) {
    if (!wish.addresses().equals(debugger.addresses())) {
      guarded = wish.addresses().stream().mapToLong(Long::longValue).toArray();
      // Every way into a page leads through lookUp then.
      Arrays.fill(jumpBlock, null);
      if (runner != null) {
        runner.forgetJumps();
      }
    }
    debugger = wish;
    next = null;
  }

  @Override
  public GuestDebug.Cause debugCause() {
    return debugCause;
  }

  @Override
  public void raiseBreakpoint() {
    X86State.PendingException breakpoint = new X86State.PendingException(GuestFault.BP, Optional.empty());
    onItsWay = new X86State.Events(Optional.of(breakpoint), Optional.empty(), false, false, false);
    // It is a trap: the handler returns behind it.
    rip++;
    attend(STEP);
  }

  /** Puts RIP on the operation that did not finish. */
  private void unwind(@Nullable Block block, int k) {
    if (block != null && k >= 0) {
      rip = ripOf(block.ops[k]);
      executedHere -= Math.max(0, block.count - k);
    }
  }

  /** Looks at what wants attention, then finds the block at {@link #rip}; null: leave {@link #run()}. */
  private @Nullable Block prepare() {
    report();
    leavePage();
    if (stepping) {
      if (stepped) {
        return null;
      }
      stepped = true;
      single = true;
      return lookUp();
    }
    if ((attention != 0 || single) && !attendToAll()) {
      return null;
    }
    return lookUp();
  }

  private Block lookUp() {
    long linear = code64 ? rip : rip + r[Instruction.SEGMENT_BASE + X86State.CS] & 0xffff_ffffL;
    if (guarded.length != 0 && isGuarded(linear)) {
      stopIfAsked(linear);
      single = true;
    }
    if (single) {
      single = false;
      return decodeSingle(linear);
    }
    if (code64) {
      Block b = cached(linear);
      if (b != null) {
        return b;
      }
    }
    long at = mmu.fetch(linear);
    long key = at << 2 | decodeMode;
    Block b = code.find(key);
    if (b == null || (b.crossPage >= 0 && mmu.fetch((linear & -4096L) + 4096) >>> 12 != b.crossPage)) {
      b = runner != null && code64 ? undecoded(linear, at) : decode(linear, at, MAX_BLOCK, true);
    }
    enterPage(linear, b);
    if (code64 && b.crossPage < 0 && b.valid) {
      remember(linear, b);
    }
    return b;
  }

  private void remember(long linear, Block b) {
    int slot = jumpSlot(linear);
    jumpKey[slot] = jumpKey(linear);
    jumpBlock[slot] = b;
  }

  /** The block at a linear address of 64-bit code, if it is decoded already and all in one page; else null. */
  final @Nullable Block known(long linear) {
    Block b = cached(linear);
    if (b != null || guarded.length != 0 && isGuarded(linear)) {
      return b;
    }
    long at = mmu.fetchQuietly(linear);
    b = at < 0 ? null : code.find(at << 2 | Decoder.MODE_64);
    if (b == null || b.crossPage >= 0) {
      return null;
    }
    enterPage(linear, b);
    remember(linear, b);
    return b;
  }

  /** The same, or a block that is not decoded yet. */
  final @Nullable Block knownOrNew(long linear) {
    Block b = known(linear);
    long at = b != null || guarded.length != 0 ? -1 : mmu.fetchQuietly(linear);
    if (at >= 0) {
      b = undecoded(linear, at);
      enterPage(linear, b);
    }
    return b == null || !b.valid || b.crossPage >= 0 ? null : b;
  }

  /** A block for the native engine, which decodes by itself; one that it cannot take is decoded. */
  private Block undecoded(long linear, long at) {
    int page = (int) (at >>> 12);
    int start = (int) at & 4095;
    if (!vm.codeCanBeKept(this, page, start)) {
      return decode(linear, at, MAX_BLOCK, true);
    }
    int version = code.version(page);
    Block b = new Block(Block.NOT_DECODED, 0, at << 2 | decodeMode, -1);
    code.add(b, page, 1, version);
    return b.valid ? b : decode(linear, at, MAX_BLOCK, true);
  }

  /** Decodes a block that the native engine did not take, here at {@link #rip}. */
  private Block complete(Block b) {
    long at = b.key >>> 2;
    int version = code.version((int) (at >>> 12));
    Block decoded = decode(rip, at, MAX_BLOCK, false);
    if (decoded.crossPage >= 0) {
      return decoded;
    }
    Op last = decoded.ops[decoded.count - 1];
    return code.complete(b, decoded, last.offset + last.length - b.offset, version) ? b : decoded;
  }

  /** A block of the one instruction at an address, which is not kept and may overwrite its own page. */
  private Block decodeSingle(long linear) {
    Block b = decode(linear, mmu.fetch(linear), 1, false);
    enterPage(linear, b);
    mmu.executingPage = -1;
    return b;
  }

  private Block decode(long linear, long at, int limit, boolean keep) {
    int page = (int) (at >>> 12);
    int start = (int) at & 4095;
    boolean kept = keep && vm.codeCanBeKept(this, page, start);
    int version = code.version(page);
    Instruction i = instruction;
    int offset = start;
    int count = 0;
    int crossPage = -1;
    boolean open = true;
    while (count < limit && offset < 4096) {
      int available = Math.min(Decoder.MAX_LENGTH, 4096 - offset);
      mmu.read((at & -4096L) + offset, decoder.bytes, 0, available);
      i.offset = offset;
      int length = decoder.decode(i, decodeMode);
      if (length > available && available < Decoder.MAX_LENGTH) {
        if (count > 0) {
          break;
        }
        // Only as the first of a block: the translation of the second page is then checked at each entry.
        long second = mmu.fetch((linear & -4096L) + 4096);
        crossPage = (int) (second >>> 12);
        kept = kept && vm.codeCanBeKept(this, crossPage, 0);
        mmu.read(second & -4096L, decoder.bytes, available, Decoder.MAX_LENGTH - available);
        length = decoder.decode(i, decodeMode);
      }
      if (length > Decoder.MAX_LENGTH) {
        if (count > 0) {
          break;
        }
        throw GuestFault.gp();
      }
      Op op = operation(i);
      scratch[count++] = op;
      offset += length;
      if (op.end) {
        open = false;
        break;
      }
      if (crossPage >= 0) {
        break;
      }
    }
    int operations = count;
    if (open) {
      i.offset = offset;
      i.length = 0;
      i.immediate = 0;
      i.legacy = decodeMode != Decoder.MODE_64;
      i.size = decodeMode == Decoder.MODE_16 ? 16 : 32;
      scratch[operations++] = new Continue(i);
    }
    Block b = new Block(Arrays.copyOf(scratch, operations), count, at << 2 | decodeMode, crossPage);
    if (kept) {
      code.add(b, page, Math.min(4096, offset) - start, version);
    } else {
      b.valid = false;
    }
    return b;
  }

  /** Leads from a block that ends without a branch to the next instruction. */
  private static final class Continue extends Op.Branch {
    Continue(Instruction i) {
      super(i, 0, 0);
    }

    @Override
    void run(Cpu c) {
      c.fallThrough(this);
    }
  }

  // ---- attention

  private void attend(int bit) {
    ATTENTION.getAndBitwiseOr(this, bit);
    leaveEmittedCode();
  }

  /** Makes this CPU leave emitted code soon, if it is in any. From any thread. */
  final void leaveEmittedCode() {
    if (runner != null) {
      runner.attend();
    }
  }

  /** Whether this CPU is in emitted code. From any thread. */
  final boolean isInEmittedCode() {
    return runner != null && runner.isInCode();
  }

  /** Makes {@link #simd} hold the SSE registers, which emitted code keeps elsewhere. */
  final void claimSimd() {
    if (runner != null) {
      runner.returnSimd();
    }
  }

  /** The x87 registers, which emitted code may have kept elsewhere. */
  final X87 x87() {
    if (runner != null) {
      runner.returnX87();
    }
    return x87;
  }

  /** The operation of the instruction of 64-bit code at a host offset, all of which is in one page. */
  final Op decodeAt(long at, int offset) {
    mmu.read(at, decoder.bytes, 0, Math.min(Decoder.MAX_LENGTH, 4096 - offset));
    instruction.offset = offset;
    decoder.decode(instruction, Decoder.MODE_64);
    return operation(instruction);
  }

  private Op operation(Instruction i) {
    return points == null ? Ops.create(i) : Points.operation(i);
  }

  private void settle(int bit) {
    ATTENTION.getAndBitwiseAnd(this, ~bit);
  }

  private void wake(int bit) {
    attend(bit);
    Thread t = thread;
    if (t != null) {
      LockSupport.unpark(t);
    }
  }

  /** Looks for an interrupt to take; called when interrupts become enabled. */
  final void pollInterrupts() {
    if (vm.irqChip().pendingFor(index)) {
      attend(INTERRUPT);
    }
  }

  /**
   * Deals with everything that wants attention.
   *
   * @return false if {@link #run()} must return
   */
  private boolean attendToAll() {
    for (; ; ) {
      int a = attention;
      if ((a & KICK) != 0) {
        settle(KICK);
        stop = Stop.KICKED;
        return false;
      }
      if ((a & FAILED) != 0) {
        stop = Stop.TRIPLE_FAULT;
        return false;
      }
      if ((a & FLUSH) != 0) {
        settle(FLUSH);
        serviceFlush();
      }
      if ((a & LOCATE) != 0) {
        settle(LOCATE);
        location = rip;
      }
      if ((a & INIT) != 0) {
        settle(INIT | HALTED | STEP);
        apic.init();
        reset();
        waitForSipi();
        continue;
      }
      if (waitingForSipi) {
        if ((a & SIPI) != 0) {
          settle(SIPI | HALTED);
          waitingForSipi = false;
          loadHidden(X86State.CS, startUpVector << 8, (long) startUpVector << 12, 0xffff, 0x9b);
          rip = 0;
          updateMode();
        } else {
          sleep();
        }
        continue;
      }
      if ((a & SIPI) != 0) {
        // Systems send two; a CPU that has started ignores the second.
        settle(SIPI);
      }
      X86State.Events first = onItsWay;
      if (first != null) {
        onItsWay = null;
        deliver(first);
        continue;
      }
      if (trapAfter) {
        trapAfter = false;
        debug[6] |= 0x4000;
        Interrupts.deliverFault(this, GuestFault.of(GuestFault.DB));
        continue;
      }
      if (shadow) {
        shadow = false;
        if (rip == shadowAt) {
          single = true;
          return true;
        }
      }
      if ((a & NMI) != 0 && !nmiBlocked) {
        settle(NMI);
        wakeFromHalt();
        nmiBlocked = true;
        Interrupts.deliver(this, GuestFault.NMI, -1, Interrupts.HARDWARE);
        continue;
      }
      if ((a & INTERRUPT) != 0) {
        settle(INTERRUPT);
        if ((systemFlags & IF) != 0 && vm.irqChip().pendingFor(index)) {
          int vector = vm.irqChip().acknowledge(index);
          if (vector >= 0) {
            wakeFromHalt();
            exits.count(ExitReason.EXTERNAL_INTERRUPT);
            if (points != null) {
              points.interrupt(this, vector);
            }
            Interrupts.deliver(this, vector, -1, Interrupts.HARDWARE);
          }
          continue;
        }
      }
      if (halted) {
        if ((systemFlags & IF) != 0 && vm.irqChip().pendingFor(index)) {
          attend(INTERRUPT);
        } else {
          sleep();
        }
        continue;
      }
      LongConsumer t = tracer;
      if (t != null) {
        t.accept(rip);
        single = true;
      }
      if ((systemFlags & TF) != 0) {
        trapAfter = true;
        single = true;
      } else if (t == null && (a & STEP) != 0) {
        settle(STEP);
      }
      return true;
    }
  }

  /** Shows each instruction's RIP before it is executed, by the interpreter; null: no more. */
  final void trace(@Nullable LongConsumer newTracer) {
    tracer = newTracer;
    attend(STEP);
  }

  /** Whether an interrupt waits that is only held back by RFLAGS.IF. */
  final boolean interruptPends() {
    return vm.irqChip().pendingFor(index);
  }

  private void wakeFromHalt() {
    if (halted) {
      halted = false;
      settle(HALTED);
    }
  }

  /** For how long this vCPU has slept in its life, in nanoseconds, about. From any thread. */
  final long asleep(long now) {
    long since = asleepSince;
    return slept + (since == 0 ? 0 : now - since);
  }

  /** Lets go of blocks that the code cache has forgotten. */
  private void forgetOldBlocks() {
    int generation = code.generation();
    if (generation != codeGeneration) {
      codeGeneration = generation;
      // The keys, too: then these addresses are not found, as is usual. A key without a block never was, when the second compiler
      // looked, and it would compile all anew that has taken that for granted.
      Arrays.fill(jumpKey, 0);
      Arrays.fill(jumpBlock, null);
      next = null;
    }
  }

  /** The time-stamp counter. Only on this vCPU's thread. */
  final long tsc() {
    return runner == null ? msrs.tsc() : runner.tsc();
  }

  /** Waits until something wants attention. */
  @SuppressWarnings("ThreadPriorityCheck") // giving way is the point
  private void sleep() {
    if (points != null) {
      points.idle(this);
      return;
    }
    inGuest = false;
    int waiting = HALTED | STEP | (nmiBlocked ? NMI : 0);
    if (waitingForSipi) {
      waiting = ~(KICK | FLUSH | INIT | SIPI | FAILED);
    }
    vm.aboutToSleep();
    forgetOldBlocks();
    long start = System.nanoTime();
    asleepSince = start;
    exits.doing(Activity.HALTED);
    long window = halted ? haltPolling.window() : 0;
    while ((attention & ~waiting) == 0 && System.nanoTime() - start < window) {
      // Whoever is to wake this vCPU up may be waiting for this host CPU.
      Thread.yield();
    }
    while ((attention & ~waiting) == 0) {
      LockSupport.park(this);
    }
    if (runner != null) {
      runner.aimTsc();
    }
    long nanos = System.nanoTime() - start;
    long before = slept;
    slept = before + nanos;
    asleepSince = 0;
    exits.doing(Activity.INTERPRETING);
    if (halted) {
      haltPolling.halted(nanos);
      exits.record(ExitReason.HLT, nanos);
    }
    forgetOldBlocks();
    enterGuest();
  }

  /** PAUSE: after some in a row the vCPU that it waits for may be the one whose thread has no host CPU. */
  @SuppressWarnings("ThreadPriorityCheck") // giving way is the point
  final void pause() {
    if ((++pauses & 63) == 0) {
      Thread.yield();
    } else {
      Thread.onSpinWait();
    }
  }

  /** HLT. */
  final void halt() {
    // HLT was the one instruction that STI's shadow covers; no further one is executed before the wait.
    shadow = false;
    halted = true;
    attend(HALTED);
  }

  /** Holds interrupts off for the instruction at RIP (STI, MOV SS). */
  final void shadowNext() {
    shadow = true;
    shadowAt = rip;
  }

  /** Whether something waits for {@link #prepare}; long operations stop in between for it. */
  final boolean wantsAttention() {
    return attention != 0;
  }

  /** A single-step trap that was to follow an instruction is lost when that instruction faults. */
  final void cancelTrap() {
    trapAfter = false;
  }

  final boolean nmiBlocked() {
    return nmiBlocked;
  }

  final void unblockNmi() {
    nmiBlocked = false;
  }

  /** The next instruction is decoded and executed alone. */
  final void nextAlone() {
    single = true;
  }

  /** Starts executing something else: the flow of blocks was changed by an exception or a far transfer. */
  final void tripleFault() {
    exits.count(ExitReason.SHUTDOWN);
    vm.reportTripleFault(this);
    attend(FAILED);
  }

  /** Drops the write translations when another vCPU asked for it. */
  private void serviceFlush() {
    long wanted = flushWanted;
    if (wanted != flushDone) {
      mmu.flushWrites();
      flushDone = wanted;
    }
  }

  /** Asks this vCPU to drop its write translations. Called by another vCPU. */
  final void requestFlush(long epoch) {
    // Requests may overtake each other; the highest stays.
    long before = (long) FLUSH_WANTED.getVolatile(this);
    while (before < epoch && !FLUSH_WANTED.compareAndSet(this, before, epoch)) {
      before = (long) FLUSH_WANTED.getVolatile(this);
    }
    attend(FLUSH);
  }

  /**
   * Whether no write translation from before an epoch is in use any more: it was dropped, or will be before it can be
   * used.
   */
  final boolean hasFlushed(long epoch) {
    return !inGuest || flushDone >= epoch;
  }

  /** Whether the caller is the thread that runs this vCPU. */
  final boolean isCurrent() {
    return thread == Thread.currentThread();
  }

  /** Does what other vCPUs wait for, while this one waits for them. */
  final void obligeWhileWaiting() {
    serviceFlush();
    Thread.onSpinWait();
  }

  // ---- ApicHost

  @Override
  public void interruptRaised() {
    if (runner != null) {
      runner.interruptRaised();
    }
    if (points == null) {
      wake(INTERRUPT);
    }
  }

  @Override
  public void nmi() {
    wake(NMI);
  }

  @Override
  public void init() {
    // A start-up IPI from before counts no more; one that follows must not be lost even if this CPU's thread is slow.
    settle(SIPI);
    wake(INIT);
  }

  @Override
  public void startUp(int vector) {
    startUpVector = vector;
    wake(SIPI);
  }

  // ---- Vcpu

  @Override
  public int index() {
    return index;
  }

  @Override
  public void kick() {
    wake(KICK);
  }

  @Override
  public List<CpuidLeaf> cpuid() {
    return vm.identity(index).leaves();
  }

  @Override
  public Map<Integer, Long> msrs() {
    Map<Integer, Long> values = new LinkedHashMap<>();
    msrs.readable().forEach(msr -> values.put(msr, msrs.read(msr)));
    return values;
  }

  @Override
  public ExitStats exits() {
    return exits;
  }

  @Override
  public long instructions() {
    return vm.countsInstructions() ? executed : -1;
  }

  /** Whoever sets CPL to 3 calls this. */
  @Override
  public void locate() {
    attend(LOCATE);
  }

  @Override
  public long takeLocation() {
    long known = location;
    location = 0;
    return known;
  }

  @Override
  public Map<String, Long> fallbacks() {
    return runner == null ? Map.of() : runner.fallbacks();
  }

  final void enteredUserMode() {
    if (userModeNanos == 0) {
      userModeNanos = System.nanoTime();
    }
  }

  @Override
  public OptionalLong userModeNanos() {
    long nanos = userModeNanos;
    return nanos == 0 ? OptionalLong.empty() : OptionalLong.of(nanos);
  }

  private void deliver(X86State.Events events) {
    events.exception().ifPresent(
        x -> Interrupts.deliver(this, x.vector(), x.errorCode().orElse(-1), Interrupts.EXCEPTION));
    events.interrupt().ifPresent(
        x -> Interrupts.deliver(this, x.vector(), -1, x.software() ? Interrupts.SOFTWARE : Interrupts.HARDWARE));
  }

  /** What is on its way; interrupts that wait in their controllers are not. */
  private X86State.Events events() {
    X86State.Events first = onItsWay == null ? X86State.Events.NONE : onItsWay;
    Optional<X86State.PendingException> exception = first.exception();
    if (trapAfter) {
      exception = Optional.of(new X86State.PendingException(GuestFault.DB, Optional.empty()));
    }
    return new X86State.Events(exception, first.interrupt(), shadow && rip == shadowAt, (attention & NMI) != 0, nmiBlocked);
  }

  @Override
  public X86State save() {
    X86State.RunState runState = waitingForSipi
        ? X86State.RunState.WAIT_FOR_SIPI
        : halted ? X86State.RunState.HALTED : X86State.RunState.RUNNING;
    return StateTransfer.save(this, runState, events(), trapAfter);
  }

  @Override
  public void restore(X86State state) {
    StateTransfer.restore(this, state);
    halted = state.runState() == X86State.RunState.HALTED;
    waitingForSipi = state.runState() == X86State.RunState.WAIT_FOR_SIPI;
    settle(HALTED | STEP | FAILED);
    if (halted) {
      attend(HALTED);
    }
    if (waitingForSipi) {
      attend(HALTED);
    }
    if ((systemFlags & TF) != 0) {
      attend(STEP);
    }
    X86State.Events events = state.events();
    shadow = events.interruptShadow();
    shadowAt = rip;
    trapAfter = false;
    onItsWay = events.exception().isPresent() || events.interrupt().isPresent() ? events : null;
    if (shadow || onItsWay != null) {
      attend(STEP);
    }
    nmiBlocked = events.nmiMasked();
    settle(NMI);
    if (events.nmiPending()) {
      attend(NMI);
    }
    next = null;
    updateMode();
    pollInterrupts();
  }
}
