package dev.portfire.softcpu;

import dev.portfire.machine.Activity;
import dev.portfire.machine.ExitStats;
import dev.portfire.machine.X86State;
import dev.portfire.softcpu.fpu.X87;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Executes emitted code on one vCPU, and does what it leaves for. */
final class NativeRunner {
  /** The guest's stack pointer. */
  private static final int STACK = NativeState.register(4);

  /** The flags that emitted SYSCALL clears. */
  private static final int CLEARED = 0xcd5 | Cpu.IF;

  private final Cpu c;
  private final Mmu mmu;
  private final NativeEngine engine;
  private final ExitStats exits;
  private final NativeState state;
  private int epoch;

  // What the state's fields for SYSCALL and SYSRET were made from.
  private int transitionFlags = -1;
  private boolean transitionNmi;
  private long transitionEfer;
  private long transitionCr4;
  private int transitionMsrs;

  // What the state's fields for RDTSC and RDTSCP were made from.
  private HostTsc.@Nullable Line line;
  private long tscOffset;
  private long tscAux;

  /** The SSE registers are in {@link NativeState}, not in {@link Cpu#simd}. */
  private boolean simdHere;

  private final X87 x87;

  /** The x87 registers are in {@link NativeState}, not in {@link #x87}. */
  private boolean x87Here;

  private final long[] x87Registers = new long[22];

  /** {@link #attend} was called since emitted code was last entered. */
  private volatile boolean attended;

  /** {@link #interruptRaised} was called since that was last looked into. */
  private volatile boolean mayPend;

  /** How often the interpreter executed one instruction of emitted code, by its operation's class. */
  private final Map<Class<?>, long[]> fallbacks = new ConcurrentHashMap<>();

  private final boolean smp;
  private final @Nullable HostTsc hostTsc;
  private volatile boolean inCode;

  /**
   * Makes it.
   *
   * @param x87 the vCPU's own; emitted code may have what is in them
   */
  NativeRunner(Cpu c, X87 x87, NativeEngine engine) {
    this.c = c;
    this.x87 = x87;
    this.mmu = c.mmu;
    this.engine = engine;
    this.exits = c.exits();
    this.smp = c.vm.smp();
    this.hostTsc = engine.hostTsc();
    this.state = new NativeState(engine.source(), engine::nowhere);
    mmu.attach(state);
    state.setTsc(null, 0, 0);
  }

  /** Makes emitted code leave soon. From any thread. */
  void attend() {
    // In this order: who sees the flag clears the word, which must not be set again by this call.
    state.attend();
    attended = true;
  }

  /** Whether emitted code is being executed. From any thread. */
  boolean isInCode() {
    return inCode;
  }

  /** Makes STI look for an interrupt. From any thread. */
  void interruptRaised() {
    mayPend = true;
    state.interruptMayPend();
  }

  /** The next jumps of emitted code leave it, to be looked at. Only on the vCPU's thread, or while it does not run. */
  void forgetJumps() {
    state.forgetAllJumps();
  }

  /** Gives the SSE registers back to {@link Cpu#simd}. */
  void returnSimd() {
    if (simdHere) {
      simdHere = false;
      state.getXmm(c.simd.xmm);
      if (engine.avx()) {
        state.getUpper(c.simd.upper);
      }
      c.simd.mxcsr = state.getInt(NativeState.GUEST_MXCSR);
    }
  }

  /** Gives the x87 registers back. */
  void returnX87() {
    if (x87Here) {
      x87Here = false;
      state.set(NativeState.X87_PRESENT, 0);
      state.getX87(x87Registers);
      x87.copyFrom(x87Registers, 0);
    }
  }

  /** Lets emitted code have the x87 registers from when it is entered next, if no instruction on them will fault; says whether it may. */
  private boolean takeX87() {
    // CR0.EM, CR0.TS; all exceptions masked
    int control = x87Here ? state.x87Control() : x87.controlWord();
    if ((c.cr0 & 0xc) != 0 || (control & 0x3f) != 0x3f) {
      return false;
    }
    if (!x87Here) {
      x87Here = true;
      x87.copyTo(x87Registers, 0);
      state.setX87(x87Registers);
    }
    state.set(NativeState.X87_PRESENT, 1);
    return true;
  }

  /** Copies the SSE registers if they are in {@link NativeState}, and leaves them there; says whether they are. */
  boolean copySimd(long[] target, int xmm, int upper) {
    if (simdHere) {
      state.copyXmm(target, xmm);
      state.copyUpper(target, upper);
    }
    return simdHere;
  }

  int mxcsr() {
    return state.getInt(NativeState.GUEST_MXCSR);
  }

  /** Whether SSE instructions can be executed by the host, because none of them will fault. */
  private boolean simdUsable() {
    // CR0.EM, CR0.TS, CR4.OSFXSR; all exceptions masked
    int mxcsr = simdHere ? state.getInt(NativeState.GUEST_MXCSR) : c.simd.mxcsr;
    return (c.cr0 & 0xc) == 0 && (c.cr4 & 0x200) != 0 && (mxcsr & 0x1f80) == 0x1f80;
  }

  /** Lets emitted code use the SSE registers from when it is entered next, if no instruction on them will fault; says whether it may. */
  private boolean allowSimd() {
    if (!simdUsable()) {
      return false;
    }
    state.setField(NativeState.SIMD_ABSENT, 0);
    state.store();
    return true;
  }

  /** The translation of a block of 64-bit code that is about to be executed; null: the interpreter is to do it. */
  @Nullable TranslatedBlock translation(Block block) {
    // Emitted supervisor code takes for granted that CPL is 0.
    if (!block.valid || block.crossPage >= 0 || c.cpl == 1 || c.cpl == 2 || engine.avx() && engine.needsAvx() && !c.avxEnabled()) {
      return null;
    }
    int mode = mmu.mode();
    if (engine.isFull()) {
      // Even if this block is known: with several vCPUs nothing is executed until it has been done.
      c.vm.emptyCode();
    }
    TranslatedBlock t = engine.known(block, mode);
    if (t == null) {
      exits.doing(Activity.TRANSLATING);
      t = engine.translate(c, block, mode);
      exits.doing(Activity.INTERPRETING);
    }
    return t != null && (mode != Mmu.USER || simdUsable()) ? t : null;
  }

  private void give() {
    state.setRegisters(c.r);
    int f = c.flags();
    state.setField(NativeState.FLAGS, (f & 0xd5) << 8 | f >> 11 & 1);
    int system = c.systemFlags;
    state.setField(NativeState.KERNEL_GS_BASE, c.msrs.kernelGsBase);
    state.setField(NativeState.INTERRUPT_FLAG, system & Cpu.IF);
    state.setField(NativeState.DIRECTION_FLAG, system & Cpu.DF);
    int other = system & ~(Cpu.IF | Cpu.DF | Cpu.VM | Cpu.RF);
    state.setField(NativeState.OTHER_FLAGS, other);
    if (other != transitionFlags || c.nmiBlocked() != transitionNmi || c.efer != transitionEfer || c.cr4 != transitionCr4 || c.msrs.systemCallChanges != transitionMsrs) {
      setTransitions(other);
    }
    HostTsc.Line l = hostTsc == null || (c.cr4 & SystemOps.CR4_TSD) != 0 ? null : hostTsc.line();
    if (!Objects.equals(l, line) || c.msrs.tscOffset != tscOffset || c.msrs.tscAux != tscAux) {
      line = l;
      tscOffset = c.msrs.tscOffset;
      tscAux = c.msrs.tscAux;
      state.setTsc(l, tscOffset, tscAux & 0xffff_ffffL);
    }
    state.store();
    if ((system & Cpu.IF) == 0) {
      lookForInterrupts();
    }
  }

  /** The machine's clock may have to be looked at, for RDTSC. Called often, on the vCPU's thread. */
  void aimTsc() {
    if (hostTsc != null) {
      hostTsc.aim();
    }
  }

  /** The vCPU's counter, as emitted code reads it. Only on the vCPU's thread. */
  long tsc() {
    HostTsc h = hostTsc;
    HostTsc.Line l = h == null ? null : h.line();
    return h == null || l == null ? c.msrs.tsc() : l.at(h.ticks()) + c.msrs.tscOffset;
  }

  /**
   * Emitted SYSCALL clears the arithmetic flags, IF and DF, and changes no other; it goes on in the mode of SMAP. In the kernel,
   * AC goes with the mode. Emitted IRET unblocks no NMI and does not look at NT.
   */
  private void setTransitions(int flags) {
    int other = c.cpl == 0 ? flags & ~Cpu.AC : flags;
    transitionFlags = flags;
    transitionNmi = c.nmiBlocked();
    transitionEfer = c.efer;
    transitionCr4 = c.cr4;
    transitionMsrs = c.msrs.systemCallChanges;
    long mask = c.msrs.syscallMask;
    boolean fast = (c.efer & 1) != 0 && (c.cr4 & Mmu.CR4_SMAP) != 0 && (mask & CLEARED) == CLEARED && (mask & other) == 0
        && (other & Cpu.AC) == 0;
    state.setTransitions(!fast, c.msrs, other);
    state.set(NativeState.SEGMENT_BASE_SLOW, (c.cr4 & SystemOps.CR4_FSGSBASE) == 0 ? 1 : 0);
    boolean iretSlow = c.nmiBlocked() || (other & Cpu.NT) != 0;
    // With SMAP, the other mode has AC set, which IRET changes.
    boolean acMatters = (c.cr4 & Mmu.CR4_SMAP) != 0 || (flags & Cpu.AC) != 0;
    state.setInterruptReturn(iretSlow, iretSlow || acMatters, other);
  }

  /**
   * The mode was changed by emitted code since it was entered.
   *
   * @param change what did so: {@link NativeState#TRANSITION}
   * @param mode the mode now
   */
  private void changeMode(long change, int mode) {
    if ((int) change != 0) {
      if (mode == Mmu.USER) {
        SystemOps.loadUserSegments(c, true);
      } else {
        SystemOps.loadKernelSegments(c);
      }
    }
    // Emitted SYSRET returns to a program whose AC is clear; set here, it would be the kernel's.
    c.systemFlags = mode == Mmu.SUPERVISOR ? c.systemFlags | Cpu.AC : c.systemFlags & ~Cpu.AC;
    c.updateMode();
  }

  /** While IF is clear: lets STI know whether there is an interrupt to take. */
  private void lookForInterrupts() {
    if (mayPend) {
      // Cleared first: one that is raised from now on sets it again.
      mayPend = false;
      state.noInterruptPends();
    }
    if (c.interruptPends()) {
      interruptRaised();
    }
  }

  private void take() {
    state.getRegisters(c.r);
    c.segmentBase[X86State.FS] = c.r[Instruction.SEGMENT_BASE + X86State.FS];
    c.segmentBase[X86State.GS] = c.r[Instruction.SEGMENT_BASE + X86State.GS];
    c.msrs.kernelGsBase = state.field(NativeState.KERNEL_GS_BASE);
    int f = (int) state.field(NativeState.FLAGS);
    c.setArithmeticFlags(f >> 8 & 0xd5 | (f & 1) << 11);
    c.systemFlags = c.systemFlags & ~(Cpu.IF | Cpu.DF)
        | (int) (state.field(NativeState.INTERRUPT_FLAG) | state.field(NativeState.DIRECTION_FLAG));
  }

  /** Instructions that emitted code has counted since this was last called. */
  long takeCount() {
    long count = state.get(NativeState.COUNT);
    state.set(NativeState.COUNT, 0);
    return count;
  }

  /** Counts what was executed of a block that is left, other than by a jump, at an instruction. */
  private void leftAt(TranslatedBlock t, int k) {
    state.set(NativeState.COUNT, state.get(NativeState.COUNT) + t.uncounted(k));
  }

  /** The guest's registers are in {@link Cpu#r} again, and execution goes on elsewhere. */
  private void goTo(long rip) {
    take();
    c.rip = rip;
    c.next = null;
  }

  /**
   * Executes from the start of a block, at {@link Cpu#rip}, until something wants attention or needs the interpreter's blocks;
   * {@link Cpu#rip} and {@link Cpu#next} then say where to go on.
   *
   * @throws GuestFault with {@link Cpu#rip} at the instruction that faulted
   */
  void run(TranslatedBlock first) {
    int mode = first.mode;
    long page = c.rip & -4096L;
    c.r[Instruction.PAGE_BASE] = page;
    state.setField(NativeState.SIMD_ABSENT, mode == Mmu.USER ? 0 : 1);
    state.set(NativeState.X87_PRESENT, 0);
    give();
    // Not the engine's: another vCPU may have emptied the code memory since the block was looked up.
    if (epoch != first.epoch) {
      epoch = first.epoch;
      state.releaseJumps();
    }
    boolean global = mmu.fetchIsGlobal(c.rip);
    state.rememberFetch(mode, page, first.block.key >>> 14, global);
    state.rememberJump(mode, c.rip, first.crossEntry, global);
    for (int s = 0; s < 6; s++) {
      // Segment loads end blocks, so these stay as they are until emitted code has been left.
      state.set(NativeState.SELECTORS + 8 * s, c.selector[s]);
    }
    execute(first);
  }

  /**
   * The second half of {@link #run}. HotSpot takes a tenth of a second to compile it, and does so again once a branch that had never been
   * taken is; so it is a method of its own, without the first half's rare branches.
   *
   * @throws GuestFault as {@link #run}
   */
  private void execute(TranslatedBlock first) {
    int mode = first.mode;
    long at = first.entry();
    long resume = c.rip;
    long missedAt = 0;
    int misses = 0;
    boolean afterSti = false;
    boolean simd = mode == Mmu.USER;
    for (; ; ) {
      if (simd && !simdHere) {
        if (!simdUsable()) {
          goTo(resume);
          return;
        }
        simdHere = true;
        state.setXmm(c.simd.xmm);
        if (engine.avx()) {
          state.setUpper(c.simd.upper, c.simd.hasUpper());
        }
        state.setInt(NativeState.GUEST_MXCSR, c.simd.mxcsr);
      }
      if (attended) {
        attended = false;
        state.settle();
        aimTsc();
        if (c.wantsAttention()) {
          goTo(resume);
          if (afterSti) {
            c.shadowNext();
          }
          return;
        }
      }
      if (smp) {
        inCode = true;
        if (engine.isFull() || epoch != engine.epoch()) {
          inCode = false;
          goTo(resume);
          return;
        }
      }
      afterSti = false;
      exits.doing(Activity.EMITTED);
      int site = engine.enter(simd, at, state);
      exits.doing(Activity.INTERPRETING);
      state.load();
      if (site < 0) {
        leftForNowhere(~site);
        return;
      }
      TranslatedBlock t = engine.blockOf(site);
      int kind = engine.kindOf(site);
      int k = engine.instructionOf(site);
      int detail = engine.detailOf(site);
      int linked = engine.targetOf(site);
      if (smp) {
        inCode = false;
      }
      long change = state.get(NativeState.TRANSITION);
      if (change != 0) {
        state.set(NativeState.TRANSITION, 0);
        mode = kind == NativeEngine.TRANSITION ? detail : t.mode;
        changeMode(change, mode);
      }
      long page = state.field(NativeState.PAGE);
      switch (kind) {
        case NativeEngine.MISS -> {
          resume = page + t.guestOffset(k);
          if ((detail & NativeEngine.MISS_FETCH) != 0) {
            if (mmu.canFillNative(state.field(NativeState.MISS_ADDRESS))) {
              at = t.host(k);
              continue;
            }
            leftAt(t, k);
            goTo(resume);
            c.nextAlone();
            return;
          }
          misses = missedAt == t.host(k) ? misses + 1 : 0;
          missedAt = t.host(k);
          if (miss(t, k, detail, resume) && misses < 2) {
            afterSti = k > 0 && t.op(k - 1) instanceof Ops.StiInSystemOps;
            at = t.host(k);
            continue;
          }
          // Two operands whose pages share a slot would miss for ever.
          misses = 0;
          if (!interpret(t, k, page)) {
            return;
          }
          at = t.host(k + 1);
          resume = c.rip;
        }
        case NativeEngine.SHARED_READ, NativeEngine.SHARED_WRITE -> {
          resume = page + t.guestOffset(k);
          // Emitted code has counted what this class counts.
          state.set(NativeState.COUNT, state.get(NativeState.COUNT) - t.uncounted(k));
          boolean again = missedAt == t.host(k);
          missedAt = t.host(k);
          try {
            if (!again && mmu.fillNative(state.field(NativeState.MISS_ADDRESS), linked, kind == NativeEngine.SHARED_WRITE)) {
              at = t.host(k);
              continue;
            }
          } catch (GuestFault somewhere) {
            // Which address faults, if any, the instruction itself says.
            if (interpret(t, k, page)) {
              leftAt(t, k + 1);
              goTo(c.rip);
            }
            return;
          }
          TranslatedBlock apart = apart(t, k, resume);
          if (apart == null) {
            c.nextAlone();
            return;
          }
          engine.link(site, t, apart);
          at = apart.entry();
        }
        case NativeEngine.INTERPRET -> {
          if (!interpret(t, k, page)) {
            return;
          }
          at = t.host(k + 1);
          resume = c.rip;
        }
        case NativeEngine.GOTO, NativeEngine.TRANSITION -> {
          long target = kind == NativeEngine.GOTO ? page + detail : state.field(NativeState.TARGET);
          TranslatedBlock next = elsewhere(target, mode);
          if (next == null) {
            goTo(target);
            return;
          }
          if (!t.block.valid && next.block.key == t.block.key) {
            engine.replace(t, next);
          }
          state.store();
          at = next.entry();
          resume = target;
        }
        case NativeEngine.CROSS, NativeEngine.CROSS_CALL -> {
          long target = page + detail;
          if (kind == NativeEngine.CROSS_CALL) {
            if (target << 16 >> 16 != target) {
              interpret(t, k, page);
              return;
            }
            state.setField(STACK, state.field(STACK) - 8);
          }
          TranslatedBlock next = there(target, mode);
          if (next == null) {
            goTo(target);
            return;
          }
          engine.cross(site, t, next);
          state.store();
          at = next.entry();
          resume = target;
        }
        case NativeEngine.NEED_SIMD, NativeEngine.NEED_X87 -> {
          resume = page + t.guestOffset(k);
          if (kind == NativeEngine.NEED_X87 ? takeX87() : allowSimd()) {
            simd |= kind == NativeEngine.NEED_SIMD;
            at = t.host(k);
            continue;
          }
          if (!interpret(t, k, page)) {
            return;
          }
          at = t.host(k + 1);
          resume = c.rip;
        }
        case NativeEngine.ALONE -> {
          leftAt(t, k);
          goTo(page + t.guestOffset(k));
          c.nextAlone();
          return;
        }
        case NativeEngine.LINK -> {
          resume = page + linked;
          TranslatedBlock other = c.vm.code().translated((t.block.key >>> 2 & -4096L) + linked, mode, engine);
          if (other == null) {
            goTo(resume);
            return;
          }
          if (t.block.valid) {
            engine.link(site, t, other);
          }
          at = other.entry();
        }
        default -> {
          long target = state.field(NativeState.TARGET);
          if (target << 16 >> 16 != target) {
            interpret(t, k, page);
            return;
          }
          state.setField(STACK, state.field(STACK) + detail);
          TranslatedBlock next = elsewhere(target, mode);
          if (next == null) {
            goTo(target);
            return;
          }
          state.store();
          at = next.entry();
          resume = target;
        }
      }
    }
  }

  /** A RET went to −1, which an empty return stack takes for one of its addresses: nothing is there, as the interpreter will find. */
  private void leftForNowhere(int mode) {
    inCode = false;
    long change = state.get(NativeState.TRANSITION);
    if (change != 0) {
      state.set(NativeState.TRANSITION, 0);
      changeMode(change, mode);
    }
    goTo(state.field(NativeState.TARGET));
  }

  /**
   * Fills the TLB for an access that missed.
   *
   * @return whether it will hit now; otherwise the interpreter has to make it
   */
  private boolean miss(TranslatedBlock t, int k, int detail, long rip) {
    exits.doing(Activity.ADDRESSING);
    try {
      return mmu.fillNative(
          state.field(NativeState.MISS_ADDRESS), 1 << (detail & 7), (detail & NativeEngine.MISS_WRITE) != 0);
    } catch (GuestFault fault) {
      leftAt(t, k);
      goTo(rip);
      throw Cpu.stackFault(op(t, k), fault);
    } finally {
      exits.doing(Activity.INTERPRETING);
    }
  }

  /**
   * The translation that has a probe for each access, from an instruction of a block on; {@link Cpu} is there then.
   *
   * @return null if there is none
   */
  private @Nullable TranslatedBlock apart(TranslatedBlock t, int k, long rip) {
    leftAt(t, k);
    goTo(rip);
    Block b = t.block.valid ? c.knownOrNew(rip) : null;
    if (b == null) {
      return null;
    }
    exits.doing(Activity.TRANSLATING);
    TranslatedBlock apart = engine.translate(c, b, t.mode, true);
    exits.doing(Activity.INTERPRETING);
    return apart;
  }

  private Op op(TranslatedBlock t, int k) {
    Op o = t.op(k);
    if (o == null) {
      o = c.decodeAt((t.block.key >>> 2 & -4096L) + t.guestOffset(k), t.guestOffset(k));
      t.setOp(k, o);
    }
    return o;
  }

  /**
   * Executes one instruction with the interpreter.
   *
   * @return whether emitted code can go on behind it
   */
  private boolean interpret(TranslatedBlock t, int k, long page) {
    take();
    long rip = page + t.guestOffset(k);
    c.rip = rip;
    c.next = null;
    if (!t.block.valid) {
      // Its code may have changed already.
      leftAt(t, k);
      return false;
    }
    Op o = op(t, k);
    countFallback(o);
    c.enterPage(page, t.block);
    mmu.executingPage = -1;
    try {
      o.run(c);
    } catch (GuestFault fault) {
      c.rip = rip;
      leftAt(t, k);
      throw Cpu.stackFault(o, fault);
    }
    if (o.end) {
      leftAt(t, k + 1);
      return false;
    }
    c.rip = page + t.guestOffset(k + 1);
    c.next = null;
    // STAC and CLAC go on in another mode.
    if (!t.block.valid || c.wantsAttention() || t.epoch != engine.epoch() || mmu.mode() != t.mode) {
      leftAt(t, k + 1);
      return false;
    }
    give();
    return true;
  }

  private void countFallback(Op o) {
    long[] count = fallbacks.get(o.getClass());
    if (count == null) {
      count = new long[1];
      fallbacks.put(o.getClass(), count);
    }
    count[0]++;
  }

  /** See {@link dev.portfire.machine.Vcpu#fallbacks}. From any thread. */
  Map<String, Long> fallbacks() {
    Map<String, Long> counts = new HashMap<>();
    fallbacks.forEach((operation, count) -> counts.merge(name(operation), count[0], Long::sum));
    return counts;
  }

  /** The mnemonic, which is in the class's name: {@code RdmsrInSystemOpsPrivileged}, {@code Add64MR}. */
  private static String name(Class<?> operation) {
    String name = operation.getSimpleName();
    int end = name.indexOf("In", 1);
    return (end < 0 ? name : name.substring(0, end)).toLowerCase(Locale.ROOT);
  }

  /** The translation at a target that the jump cache does not know, if there is one; the jump cache knows it then. */
  private @Nullable TranslatedBlock elsewhere(long target, int mode) {
    TranslatedBlock t = there(target, mode);
    if (t != null) {
      state.rememberJump(mode, target, t.crossEntry, mmu.fetchIsGlobal(target));
    }
    return t;
  }

  /** The translation at a target in another page, if there is one; it is known then from which page of memory its code is fetched. */
  private @Nullable TranslatedBlock there(long target, int mode) {
    Block b = c.known(target);
    if (b == null) {
      return null;
    }
    TranslatedBlock t = engine.known(b, mode);
    if (t != null) {
      state.rememberFetch(mode, target & -4096L, b.key >>> 14, mmu.fetchIsGlobal(target));
      state.setField(NativeState.PAGE, target & -4096L);
    }
    return t;
  }
}
