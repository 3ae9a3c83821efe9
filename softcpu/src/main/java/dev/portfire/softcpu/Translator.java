package dev.portfire.softcpu;

import static dev.portfire.softcpu.HostAssembler.NONE;
import static dev.portfire.softcpu.HostAssembler.RAX;
import static dev.portfire.softcpu.HostAssembler.RBP;
import static dev.portfire.softcpu.HostAssembler.RBX;
import static dev.portfire.softcpu.HostAssembler.RCX;
import static dev.portfire.softcpu.HostAssembler.RDI;
import static dev.portfire.softcpu.HostAssembler.RDX;
import static dev.portfire.softcpu.HostAssembler.RSI;
import static dev.portfire.softcpu.HostAssembler.RSP;

import dev.portfire.machine.X86State;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Emits guest code of 64-bit mode again as host machine code: the same instructions on the same registers as far as those
 * are the host's, with every memory operand behind a probe of the soft TLB.
 *
 * <p>The guest's flags are the host's, all the time: whatever is emitted beside the guest's own instructions leaves them
 * alone (LEA, MOV, PEXT, SHRX, JRCXZ). So there is no liveness to find and the flags are exact wherever code is left.
 *
 * <p>Guest state changes only after everything in an instruction that can miss; a miss leaves with the instruction to be
 * executed from its start. What is not emitted leaves for the interpreter, which executes that one instruction.
 */
final class Translator {
  /** Guest instructions in a translated block at most. */
  private static final int LIMIT = 48;

  private static final int[] HOST = Trampolines.HOST;

  /** R15 holds the guest's stack pointer. */
  private static final int STACK = HOST[4];

  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int BOTH = 3;

  private static final int OPERAND_SIZE = 0x66;

  /** How many instructions are looked at for others that need the same probe. */
  private static final int FAR = 16;

  /** How many bytes a probe is for at most. */
  private static final int SHARED_RANGE = 1024;

  /** Bits of {@link Forms#VECTOR}: ModRM.rm is written; as memory it has to be aligned. */
  static final int TO_RM = 32;

  static final int ALIGNED = 0x400;

  /** How far a short jump reaches. */
  private static final int REACH = 127;

  /** Bytes that a way out takes at most: two moves and a jump; the same with a count and an aligned distance. */
  private static final int WAY_OUT = 13;

  private static final int SHARED_WAY_OUT = 36;

  private final NativeEngine engine;
  private final CodeCache known;
  private final boolean counts;
  private final HostAssembler a = new HostAssembler();
  private final Decoder decoder = new Decoder();
  private final Instruction[] instructions = new Instruction[LIMIT];

  /** How many instructions of the block have been decoded. */
  private int decoded;

  /** The one that is being emitted. */
  private Instruction i;

  // The block that is being emitted.
  private @Nullable Mmu mmu;
  private long page;
  private int mode;

  /** Whether AVX instructions may be emitted: the vCPU has them enabled. */
  private boolean avx;

  private int base;
  private int count;
  private final char[] guestOffsets = new char[LIMIT + 1];
  private final int[] hostOffsets = new int[LIMIT + 1];
  private final @Nullable Op[] ops = new @Nullable Op[LIMIT + 1];

  /** The first instruction that is counted together with an instruction, by number. */
  private final char[] firstCounted = new char[LIMIT + 1];

  private int counted;
  private final int[] sites = new int[8 * LIMIT];
  private int siteCount;

  /** Whether the last instruction goes on in another page, where that page is, and its version. */
  private boolean crosses;

  private long second;
  private int secondVersion;

  // The distances of jumps that may be changed: where they are, and the offsets in the page to go on at, or −1 for leaving.
  private final int[] pendingPlace = new int[3 * LIMIT];
  private final int[] pendingTarget = new int[3 * LIMIT];
  private int pending;

  // The conditional jumps to other pages: where their distances are, and the offsets to go on at.
  private final int[] farPlace = new int[LIMIT];
  private final int[] farTarget = new int[LIMIT];
  private int far;

  /** Where the code is that the RET goes to which the CALL is for that ends the block; −1 if there is none. */
  private int returnPlace;

  // The short jumps that are seldom taken and whose ways out of the block are still to be emitted, the oldest first.
  private final int[] rarePlace = new int[REACH];
  private final int[] rareRegister = new int[REACH];
  private final int[] rareKind = new int[REACH];
  private final int[] rareDetail = new int[REACH];
  private final int[] rareInstruction = new int[REACH];
  private final int[] rareUncounted = new int[REACH];
  private int rare;

  /** Whether the instruction that is being emitted may use them. */
  private boolean loops;

  // The memory operand of the instruction that is being emitted: [address + RDX + displacement].
  private int address;

  private int displacement;

  // What a probe of an earlier instruction may serve for.
  private final GuestValues values = new GuestValues();
  private final GuestValues ahead = new GuestValues();

  /** Whether probes may be shared at all in this block, and by the instruction that is being emitted. */
  private boolean sharing;

  private boolean mayShare;

  /** Whether Java may come back behind or before the instruction that is being emitted, and find nothing in RDX. */
  private boolean comesBack;

  /** The value whose page RDX is for, from which offset of it to which (exclusive), whether for writing, and by which instruction; 0: none. */
  private int shared;

  private long sharedFrom;
  private long sharedTo;

  /** Where in the code it is said how many bytes it is for, as a number that is greater by another one. */
  private int sharedPlace;

  private int sharedExcess;
  private boolean sharedWrites;
  private int sharedBy;

  /** The instructions, a bit each, that find the probe of an earlier one in RDX: nobody may come there who does not have it. */
  private long dependent;

  Translator(NativeEngine engine, CodeCache known, boolean counts) {
    this.counts = counts;
    this.engine = engine;
    this.known = known;
    decoder.features = engine.features();
    for (int k = 0; k < LIMIT; k++) {
      instructions[k] = new Instruction();
    }
    i = instructions[0];
  }

  /**
   * Translates from the start of a block.
   *
   * @param base where in the code memory it will be, a multiple of 64
   * @param version of the block's page, taken before
   * @param apart whether each access is to have a probe of its own
   * @return null if the page has changed meanwhile
   */
  @Nullable TranslatedBlock translate(Cpu c, Block block, int mode, int base, int version, boolean apart) {
    long linear = c.rip & -4096L;
    this.page = block.key >>> 2 & -4096L;
    this.mode = mode;
    this.avx = engine.avx() && c.avxEnabled();
    this.base = base;
    a.reset();
    count = 0;
    counted = 0;
    siteCount = 0;
    pending = 0;
    far = 0;
    returnPlace = -1;
    rare = 0;
    loops = false;
    decoded = 0;
    dependent = 0;
    mmu = c.mmu;
    sharing = !apart;
    values.reset();
    shared = 0;
    // Entry from another page.
    a.load(RAX, RSP, NativeState.TARGET);
    a.lea(RAX, RAX, -block.offset);
    a.store(RSP, NativeState.PAGE, RAX);
    a.align(8, 0);
    int entry = a.position;
    a.patchableNop();
    int offset = block.offset;
    boolean open = true;
    crosses = false;
    while (open) {
      if (count == LIMIT || offset >= 4096 || count > 0 && isKnown(offset)) {
        break;
      }
      int available = Math.min(Decoder.MAX_LENGTH, 4096 - offset);
      if (count == decoded) {
        decode(offset, available);
      }
      i = instructions[count];
      int length = i.length;
      boolean goesOn = length > available && available < Decoder.MAX_LENGTH;
      if (goesOn) {
        waysOutHere();
        loops = false;
      }
      guestOffsets[count] = (char) offset;
      hostOffsets[count] = a.position;
      ops[count] = null;
      if (goesOn) {
        length = decodeAcross(c, linear, available);
        crosses = length > 0;
      }
      if (length == 0 || length > Decoder.MAX_LENGTH) {
        break;
      }
      firstCounted[count] = (char) counted;
      if (isJumpedTo(offset)) {
        forgetValues();
      }
      comesBack = goesOn;
      open = reachable();
      learn();
      offset += length;
      count++;
    }
    if (count == 0 || crosses && !c.vm.codeCanBeKept(c, (int) (second >>> 12), 0)) {
      return null;
    }
    if (open) {
      waysOutHere();
    } else {
      waysOut();
    }
    guestOffsets[count] = (char) offset;
    hostOffsets[count] = a.position;
    firstCounted[count] = (char) counted;
    if (open) {
      count(count);
      jumpTo(offset);
      waysOut();
    }
    farJumps();
    resolve();
    int stub = a.position;
    leave(NativeEngine.GOTO, block.offset);
    char[] host = new char[count + 1];
    for (int k = 0; k <= count; k++) {
      host[k] = (char) hostOffsets[k];
    }
    TranslatedBlock t = new TranslatedBlock(
        engine,
        block,
        mode,
        apart,
        engine.address(base),
        entry,
        stub,
        Arrays.copyOf(guestOffsets, count + 1),
        host,
        counts ? Arrays.copyOf(firstCounted, count + 1) : null);
    for (int k = 0; k < count; k++) {
      Op op = ops[k];
      if (op != null) {
        t.setOp(k, op);
      }
    }
    validate(entry, stub);
    engine.store(base, a.bytes, a.position);
    for (int k = 0; k < siteCount; k++) {
      engine.claim(sites[k], t);
    }
    return known.publish(t, offset - block.offset, version, crosses ? (int) (second >>> 12) : -1, secondVersion) ? t : null;
  }

  /** Has the block checked before anyone can execute it; what the validator refuses is a fault of this class. */
  private void validate(int entry, int stub) {
    CodeValidator v = engine.validator();
    if (v == null) {
      return;
    }
    v.begin(a.bytes, a.position, base, mode, siteCount == 0 ? 0 : sites[0], siteCount);
    v.secondLook(engine.returns(mode));
    v.entry(0);
    v.entry(entry);
    v.entry(stub);
    if (returnPlace >= 0) {
      v.entry(returnPlace);
    }
    for (int k = 0; k <= count; k++) {
      if (!isDependent(k)) {
        v.entry(hostOffsets[k]);
      }
    }
    v.check(entry, stub, pendingPlace, pending);
    for (int k = 0; k < siteCount; k++) {
      int kind = engine.kindOf(sites[k]);
      if (kind == NativeEngine.CROSS || kind == NativeEngine.CROSS_CALL) {
        v.checkFrame(engine.targetOf(sites[k]));
      }
    }
  }

  private void decode(int offset, int available) {
    Instruction next = instructions[decoded++];
    Objects.requireNonNull(mmu).read(page + offset, decoder.bytes, 0, available);
    next.offset = offset;
    decoder.decode(next, Decoder.MODE_64);
    next.effects = Effects.of(next, mode);
  }

  // ---- what probes are shared

  private boolean isDependent(int instruction) {
    return instruction < LIMIT && (dependent & 1L << instruction) != 0;
  }

  private void forgetValues() {
    values.forget();
    shared = 0;
  }

  /** Whether an earlier instruction of this block jumps to an offset. */
  private boolean isJumpedTo(int offset) {
    for (int k = 0; k < pending; k++) {
      if (pendingTarget[k] == offset) {
        return true;
      }
    }
    return false;
  }

  /** Takes note of what the instruction that has been emitted does. */
  private void learn() {
    int effects = i.effects;
    if (comesBack || (effects & Effects.ALL) != 0) {
      forgetValues();
      return;
    }
    values.execute(i, effects);
    if ((effects & Effects.CLOBBERS) != 0) {
      shared = 0;
    }
  }

  /** Whether the memory operand is at a register that the host has, plus a number. */
  private static boolean isPlain(Instruction i) {
    return i.base < 16 && HOST[i.base] >= 0 && i.index == Instruction.ZERO && i.addressSize == 64 && i.segment < X86State.FS;
  }

  /**
   * Probes for an access of the instruction at a guest register plus a number, unless an earlier probe was for it, too; the
   * probe is for the accesses to come as well that are near it in the same block. Afterwards {@code [address + RDX +
   * displacement]} is the host memory.
   */
  private void probeShared(int register, int plus, int log, boolean write) {
    int host = HOST[register];
    if (!serves(register, plus, log, write)) {
      // Java may come to this instruction from elsewhere.
      values.forget();
      if (!lookAhead(register, plus, log, write)) {
        if (plus != 0) {
          a.lea(RAX, host, plus);
        }
        probe(plus == 0 ? host : RAX, log, write, false);
        return;
      }
      if (sharedFrom != 0) {
        a.lea(RAX, host, (int) sharedFrom);
      }
      int bytes = (int) (plus + (1L << log) - sharedFrom);
      probeRange(sharedFrom == 0 ? host : RAX, (int) (sharedTo - sharedFrom), bytes, write);
      shared = values.identity(register);
      sharedWrites = write;
      sharedBy = count;
    }
    address = host;
    displacement = plus;
  }

  /** Whether what an earlier probe left in RDX serves for an access. */
  private boolean serves(int register, int plus, int log, boolean write) {
    long from = (long) values.offset(register) + plus;
    if (shared != values.identity(register) || from < sharedFrom || from + (1 << log) > sharedTo || write && !sharedWrites) {
      return false;
    }
    int bytes = (int) (from + (1 << log) - sharedFrom);
    a.patch4(sharedPlace, Math.max(a.int4(sharedPlace), bytes + sharedExcess));
    // Everything from behind the probe up to here.
    dependent |= (2L << count) - (2L << sharedBy);
    return true;
  }

  /**
   * Looks which of the instructions to come could do with a probe for an access to what is at a register plus a number.
   *
   * @return whether there is one; {@link #sharedFrom} and {@link #sharedTo} are what the probe is to be for
   */
  private boolean lookAhead(int register, int plus, int log, boolean write) {
    int identity = values.identity(register);
    boolean found = false;
    sharedFrom = plus;
    sharedTo = plus + (1L << log);
    shared = 0;
    int limit = Math.min(count + FAR, LIMIT);
    ahead.copy(values);
    for (int k = count; ; k++) {
      Instruction x = instructions[k];
      int effects = x.effects;
      if (k > count) {
        int base = 4;
        long at = 0;
        int size = 3;
        boolean writes = (effects & (Effects.WRITES | Effects.PUSHES)) != 0;
        if ((effects & Effects.PUSHES) != 0) {
          at = -8;
        } else if ((effects & Effects.ACCESSES) != 0) {
          if (!isPlain(x)) {
            return found;
          }
          base = x.base;
          at = x.displacement;
          size = Effects.log(effects);
        }
        if ((effects & (Effects.ACCESSES | Effects.PUSHES | Effects.POPS)) != 0) {
          at += ahead.offset(base);
          long low = Math.min(at, sharedFrom);
          long high = Math.max(at + (1 << size), sharedTo);
          if (ahead.identity(base) != identity || writes && !write || high - low > SHARED_RANGE || low != (int) low) {
            return found;
          }
          sharedFrom = low;
          sharedTo = high;
          found = true;
        }
      }
      int next = x.offset + x.length;
      if ((effects & (Effects.ALL | Effects.CLOBBERS)) != 0 || k + 1 == limit || next + Decoder.MAX_LENGTH > 4096 || isJumpedTo(next)) {
        return found;
      }
      ahead.execute(x, effects);
      if (k + 1 == decoded) {
        decode(next, Decoder.MAX_LENGTH);
      }
    }
  }

  /** The memory operand of the instruction; see {@link #probeShared}. */
  private void probeOperand(int log, boolean write) {
    if (sharing && mayShare && isPlain(i)) {
      probeShared(i.base, (int) i.displacement, log, write);
    } else {
      probeOperandAlone(log, write, false);
    }
  }

  /** Eight bytes at the stack pointer, or below it for writing; see {@link #probeShared}. */
  private void probeStack(boolean write) {
    if (sharing && mayShare) {
      probeShared(4, write ? -8 : 0, 3, write);
      return;
    }
    int register = STACK;
    if (write) {
      a.lea(RAX, STACK, -8);
      register = RAX;
    }
    probe(register, 3, write, false);
  }

  /**
   * Decodes an instruction that goes on in the next page, and emits the check that this is still the page that follows.
   *
   * @param available bytes of it in this page
   * @return its length; 0 if the next page cannot be had
   */
  private int decodeAcross(Cpu c, long linear, int available) {
    second = c.mmu.fetchQuietly(linear + 4096);
    if (second < 0) {
      return 0;
    }
    secondVersion = known.version((int) (second >>> 12));
    c.mmu.read(second, decoder.bytes, available, Decoder.MAX_LENGTH - available);
    int length = decoder.decode(i, Decoder.MODE_64);
    i.effects = Effects.of(i, mode);
    if (length > Decoder.MAX_LENGTH) {
      return 0;
    }
    a.load(RAX, RSP, NativeState.PAGE);
    a.lea(RAX, RAX, 4096);
    probe(RAX, 0, NativeEngine.MISS_FETCH, false);
    a.moveImmediate(RCX, -(c.mmu.hostAddress() + second));
    a.leaSum(RCX, RCX, RAX, 0);
    a.leaSum(RCX, RCX, RDX, 0);
    int same = a.jumpIfRcxZero();
    leave(NativeEngine.ALONE, 0);
    a.land(same);
    ops[count] = engine.operation(i);
    return length;
  }

  /**
   * Emits an instruction so that short jumps reach their ways out, which are emitted before it if they would not reach them
   * behind it; an instruction that is too long does without. Says whether the next one may follow.
   */
  private boolean reachable() {
    int position = a.position;
    int wasPending = pending;
    int wasFar = far;
    int wasRare = rare;
    int wasCounted = counted;
    int wasSites = siteCount;
    boolean across = comesBack;
    int wasShared = shared;
    long wasFrom = sharedFrom;
    long wasTo = sharedTo;
    int wasPlace = sharedPlace;
    int wasExcess = sharedExcess;
    boolean wasWriting = sharedWrites;
    int wasBy = sharedBy;
    long wasDependent = dependent;
    loops = engine.usesLoop();
    mayShare = !across;
    boolean open = instruction();
    if (isReachable()) {
      return open;
    }
    for (int attempt = wasRare > 0 ? 0 : 1; ; attempt++) {
      a.position = position;
      pending = wasPending;
      far = wasFar;
      rare = wasRare;
      counted = wasCounted;
      engine.dropSites(siteCount - wasSites);
      siteCount = wasSites;
      shared = wasShared;
      sharedFrom = wasFrom;
      sharedTo = wasTo;
      sharedPlace = wasPlace;
      sharedExcess = wasExcess;
      sharedWrites = wasWriting;
      sharedBy = wasBy;
      dependent = wasDependent;
      mayShare = !across;
      comesBack = across;
      if (attempt == 0) {
        waysOutHere();
        wasPending = pending;
        if (hostOffsets[count] == position) {
          hostOffsets[count] = a.position;
        }
        position = a.position;
        wasRare = 0;
        wasSites = siteCount;
      } else {
        loops = false;
      }
      open = instruction();
      if (isReachable()) {
        return open;
      }
    }
  }

  /** Whether the ways out of all short jumps, behind a short jump over them, are in reach. */
  private boolean isReachable() {
    int at = a.position + 2;
    for (int k = 0; k < rare; k++) {
      if (at - rarePlace[k] > REACH) {
        return false;
      }
      at += rareKind[k] == NativeEngine.SHARED_READ || rareKind[k] == NativeEngine.SHARED_WRITE ? SHARED_WAY_OUT : WAY_OUT;
    }
    return at - a.position - 2 <= REACH;
  }

  /**
   * Leaves unless RCX is 1. The common case falls through: processors remember few of the jumps that are taken, and there is
   * one of these in nearly every instruction.
   *
   * @param register what {@link NativeState#MISS_ADDRESS} is to be, or NONE
   */
  private void leaveUnlessRcxIsOne(int register, int kind, int detail) {
    rarePlace[rare] = a.jumpUnlessRcxIsOne();
    rareRegister[rare] = register;
    rareKind[rare] = kind;
    rareDetail[rare] = detail;
    rareUncounted[rare] = count - counted;
    rareInstruction[rare++] = count;
  }

  /** Emits the ways out of the short jumps so far. */
  private void waysOut() {
    int now = count;
    for (int k = 0; k < rare; k++) {
      a.land(rarePlace[k]);
      if (rareRegister[k] != NONE && rareRegister[k] != RAX) {
        a.move(RAX, rareRegister[k]);
      }
      count = rareInstruction[k];
      if (rareKind[k] == NativeEngine.SHARED_READ || rareKind[k] == NativeEngine.SHARED_WRITE) {
        leaveShared(rareKind[k], rareDetail[k], rareUncounted[k]);
      } else if (rareKind[k] == NativeEngine.CROSS) {
        leave(rareDetail[k]);
      } else {
        leave(rareKind[k], rareDetail[k]);
      }
    }
    rare = 0;
    count = now;
  }

  /** The same where execution goes on behind them. */
  private void waysOutHere() {
    if (rare > 0) {
      int over = a.jumpShort();
      waysOut();
      a.land(over);
    }
  }

  private boolean isKnown(int offset) {
    return known.mayStart(page + offset) && known.translated(page + offset, mode, engine) != null;
  }

  /** Bytes that the last translation took. */
  int size() {
    return a.position;
  }

  /**
   * Counts the instructions before number {@code end} that have not been; called before each jump. What is left in between
   * without jumping is counted by {@link NativeRunner}.
   */
  private void count(int end) {
    int n = end - counted;
    counted = end;
    if (counts && n > 0) {
      a.load(RCX, RSP, NativeState.COUNT);
      a.lea(RCX, RCX, n);
      a.store(RSP, NativeState.COUNT, RCX);
    }
  }

  // ---- leaving

  /** Leaves for Java with a new site's number; guest registers are as before the instruction. */
  private void leave(int kind, int detail) {
    leave(site(kind, detail));
  }

  /**
   * Leaves because a probe for several instructions has missed, by a jump that can be aimed at another translation.
   *
   * @param bytes that the probe was for
   * @param uncounted instructions before this one that have not been counted
   */
  private void leaveShared(int kind, int bytes, int uncounted) {
    if (counts && uncounted > 0) {
      a.load(RCX, RSP, NativeState.COUNT);
      a.lea(RCX, RCX, uncounted);
      a.store(RSP, NativeState.COUNT, RCX);
    }
    // The distance is behind MOV ECX, imm32 and the opcode of the jump.
    a.align(4, 2);
    int place = a.position + 6;
    int site = engine.newPlace(kind, count, bytes, base + place);
    sites[siteCount++] = site;
    leave(site);
    pendingPlace[pending] = place;
    pendingTarget[pending++] = -1;
  }

  private int site(int kind, int detail) {
    int site = engine.newSite(kind, count, detail);
    sites[siteCount++] = site;
    return site;
  }

  private void leave(int site) {
    // The detail: RET without an operand.
    boolean returns = engine.kindOf(site) == NativeEngine.JUMP && engine.detailOf(site) == 8;
    a.byte1(0xb8 | RCX);
    a.byte4(site);
    int place = a.jump();
    a.aim(place, (returns ? engine.returns(mode) : engine.exit()) - base);
  }

  /** Leaves for the interpreter, which executes this instruction. */
  private void leaveForInterpreter() {
    comesBack = true;
    if (ops[count] == null) {
      ops[count] = engine.operation(i);
    }
    leave(NativeEngine.INTERPRET, 0);
  }

  /** An instruction that is the interpreter's; says whether the next one may follow. */
  private boolean interpret() {
    leaveForInterpreter();
    return i.form != 0 && (Forms.FLAGS[i.form] & Forms.END) == 0 && !engine.isPoint(i);
  }

  // ---- operands

  /** Puts the effective address of the memory operand, without its segment, into a register and returns which. */
  private int effective() {
    if (i.index == Instruction.ZERO && i.displacement == 0 && i.addressSize == 64 && i.base < 16 && HOST[i.base] >= 0) {
      return HOST[i.base];
    }
    effective(RAX, i.addressSize == 64);
    return RAX;
  }

  /** Puts the effective address, or its low half, into this register; uses RAX and RCX. */
  private void effective(int target, boolean wide) {
    int baseRegister = i.base;
    int indexRegister = i.index == Instruction.ZERO ? NONE : i.index;
    int from;
    if (baseRegister == Instruction.ZERO) {
      from = NONE;
    } else if (baseRegister == Instruction.PAGE_BASE) {
      a.load(RAX, RSP, NativeState.PAGE);
      from = RAX;
    } else if (HOST[baseRegister] < 0) {
      a.load(RAX, RSP, NativeState.register(baseRegister));
      from = RAX;
    } else {
      from = HOST[baseRegister];
    }
    int index = NONE;
    if (indexRegister != NONE) {
      index = HOST[indexRegister];
      if (index < 0) {
        a.load(RCX, RSP, NativeState.register(indexRegister));
        index = RCX;
      }
    }
    int displacement = (int) i.displacement;
    if (from != NONE) {
      a.memory(0, wide, 0, 0x8d, target, from, index, i.scale, displacement, false);
    } else if (index != NONE) {
      a.scaled(0, wide, 0, 0x8d, target, index, i.scale, displacement);
    } else {
      a.moveImmediate(target, wide ? displacement : displacement & 0xffff_ffffL);
    }
  }

  /** Puts the linear address of the memory operand into a register and returns which. */
  private int linear() {
    return addSegment(effective());
  }

  /** Adds the base of the segment, if there is one, to an address; returns where the sum is. */
  private int addSegment(int register) {
    if (i.segment != X86State.FS && i.segment != X86State.GS) {
      return register;
    }
    a.load(RCX, RSP, i.segment == X86State.FS ? NativeState.FS_BASE : NativeState.GS_BASE);
    a.leaSum(RAX, register, RCX, 0);
    return RAX;
  }

  /**
   * Probes the TLB for an access: afterwards {@code [address + RDX]} is the host memory.
   *
   * @param log log2 of the bytes accessed
   * @param aligned whether an address that is not a multiple of them is to miss
   */
  private void probe(int register, int log, boolean write, boolean aligned) {
    probe(register, log, write ? NativeEngine.MISS_WRITE : 0, aligned);
  }

  /** Probes for reading some bytes, fewer than 64, which the TLB is asked for as 32. */
  private void probeBytes(int register, int bytes) {
    alone(register);
    a.pext(RCX, register, RSP, NativeState.TLB_MASK);
    a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.addends(mode), false);
    a.memory(0, true, 0, 0x8b, RCX, RSP, RCX, 3, NativeState.readTags(mode), false);
    a.leaSum(RCX, RCX, register, bytes - 1);
    a.shrx(RCX, RCX, RSP);
    int hit = a.jumpIfRcxZero();
    a.move(RAX, register);
    leave(NativeEngine.MISS, 5);
    a.land(hit);
  }

  /** The probe that comes is for this access only. */
  private void alone(int register) {
    address = register;
    displacement = 0;
    shared = 0;
  }

  /**
   * Probes for whatever is accessed of some bytes. If they are not all in one page, or their page is none that emitted code may
   * access, another translation goes on, with a probe for each access.
   *
   * @param bytes that may become of it
   * @param now bytes that it is for at first
   */
  private void probeRange(int register, int bytes, int now, boolean write) {
    int kind = write ? NativeEngine.SHARED_WRITE : NativeEngine.SHARED_READ;
    int tags = write ? NativeState.writeTags(mode) : NativeState.readTags(mode);
    a.pext(RCX, register, RSP, NativeState.TLB_MASK);
    a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.addends(mode), false);
    a.memory(0, true, 0, 0x8b, RCX, RSP, RCX, 3, tags, false);
    sharedExcess = (loops ? 4096 : 0) - 1;
    sharedPlace = a.leaSumPatchable(RCX, RCX, register, now + sharedExcess);
    a.shrx(RCX, RCX, RSP);
    if (loops) {
      leaveUnlessRcxIsOne(register, kind, bytes);
      return;
    }
    int hit = a.jumpIfRcxZero();
    if (register != RAX) {
      a.move(RAX, register);
    }
    leaveShared(kind, bytes, count - counted);
    a.land(hit);
  }

  private void probe(int register, int log, int kind, boolean aligned) {
    boolean write = kind == NativeEngine.MISS_WRITE;
    alone(register);
    int tags = write ? NativeState.writeTags(mode) : NativeState.readTags(mode);
    a.pext(RCX, register, RSP, NativeState.TLB_MASK);
    a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.addends(mode), false);
    a.memory(0, true, 0, 0x8b, RCX, RSP, RCX, 3, tags, false);
    if (loops) {
      if (aligned && log > 0) {
        a.leaSum(RCX, RCX, register, 0);
        a.pext(RCX, RCX, RSP, NativeState.aligned(log));
        a.lea(RCX, RCX, 1);
      } else {
        a.leaSum(RCX, RCX, register, 4096 + (1 << log) - 1);
        a.shrx(RCX, RCX, RSP);
      }
      leaveUnlessRcxIsOne(register, NativeEngine.MISS, log | kind);
      return;
    }
    if (aligned && log > 0) {
      a.leaSum(RCX, RCX, register, 0);
      a.pext(RCX, RCX, RSP, NativeState.aligned(log));
    } else {
      a.leaSum(RCX, RCX, register, (1 << log) - 1);
      a.shrx(RCX, RCX, RSP);
    }
    int hit = a.jumpIfRcxZero();
    if (register != RAX) {
      a.move(RAX, register);
    }
    leave(NativeEngine.MISS, log | kind);
    a.land(hit);
  }

  /** Probes for the memory operand of the instruction, and for nothing else. */
  private void probeOperandAlone(int log, boolean write, boolean aligned) {
    probe(linear(), log, write, aligned);
  }

  private static int log(int bits) {
    return bits == 8 ? 0 : bits == 16 ? 1 : bits == 32 ? 2 : 3;
  }

  private static int prefix(int bits) {
    return bits == 16 ? OPERAND_SIZE : 0;
  }

  private int reg(boolean byteSize) {
    return byteSize ? i.reg8() : i.reg;
  }

  private int rm(boolean byteSize) {
    return byteSize ? i.rm8() : i.rm;
  }

  /**
   * An instruction with a ModRM byte on general registers.
   *
   * @param regUse what it does with ModRM.reg; 0 if that is the extension {@code reg}
   * @param regSize bits of the register operand
   * @param rmSize bits of the register or memory operand
   * @param immediate bytes of the immediate
   */
  private void general(
      int prefix, int map, int opcode, int reg, int regUse, int regSize, int rmUse, int rmSize, int immediate) {
    int rmGuest = 0;
    if (i.memory && i.lock) {
      probeOperandAlone(log(rmSize), (rmUse & WRITE) != 0, true);
    } else if (i.memory) {
      probeOperand(log(rmSize), (rmUse & WRITE) != 0);
    } else {
      rmGuest = rm(rmSize == 8);
    }
    general(prefix, map, opcode, reg, regUse, regSize, rmGuest, rmUse, rmSize, immediate);
  }

  /** The same with {@code rmGuest} as the register operand, or the memory operand if it has been probed for. */
  private void general(
      int prefix, int map, int opcode, int reg, int regUse, int regSize, int rmGuest, int rmUse, int rmSize, int immediate) {
    int hostReg = reg;
    if (regUse != 0) {
      hostReg = HOST[reg];
      if (hostReg < 0) {
        hostReg = RCX;
        if (regUse != WRITE || regSize < 32) {
          a.load(RCX, RSP, NativeState.register(reg));
        }
      }
    }
    boolean wide = Math.max(regUse == 0 ? 0 : regSize, rmSize) == 64;
    boolean bytes = (regUse != 0 && regSize == 8) || (!i.memory && rmSize == 8);
    if (i.lock) {
      a.byte1(0xf0);
    }
    if (i.memory) {
      a.memory(prefix, wide, map, opcode, hostReg, address, RDX, 0, displacement, bytes);
      immediate(immediate);
    } else {
      int hostRm = HOST[rmGuest];
      if (hostRm >= 0) {
        a.register(prefix, wide, map, opcode, hostReg, hostRm, bytes);
        immediate(immediate);
      } else if (rmUse == READ) {
        a.memory(prefix, wide, map, opcode, hostReg, RSP, NONE, 0, NativeState.register(rmGuest), bytes);
        immediate(immediate);
      } else {
        if (rmUse != WRITE || rmSize < 32) {
          a.load(RAX, RSP, NativeState.register(rmGuest));
        }
        a.register(prefix, wide, map, opcode, hostReg, RAX, bytes);
        immediate(immediate);
      }
    }
    if (hostReg == RCX && regUse > READ) {
      a.store(RSP, NativeState.register(reg), RCX);
    }
    // Last: XADD of a register and itself leaves the sum.
    if (!i.memory && HOST[rmGuest] < 0 && rmUse != READ) {
      a.store(RSP, NativeState.register(rmGuest), RAX);
    }
  }

  private void immediate(int bytes) {
    switch (bytes) {
      case 1 -> a.byte1((int) i.immediate);
      case 2 -> {
        a.byte1((int) i.immediate);
        a.byte1((int) i.immediate >> 8);
      }
      case 4 -> a.byte4((int) i.immediate);
      default -> {}
    }
  }

  private static int immediateBytes(int size) {
    return size == 8 ? 1 : size == 16 ? 2 : 4;
  }

  /** Loads a guest register into a scratch register. */
  private void get(int scratch, int guest) {
    if (HOST[guest] >= 0) {
      a.move(scratch, HOST[guest]);
    } else {
      a.load(scratch, RSP, NativeState.register(guest));
    }
  }

  /** Stores a scratch register into a guest register. */
  private void put(int guest, int scratch) {
    if (HOST[guest] >= 0) {
      a.move(HOST[guest], scratch);
    } else {
      a.store(RSP, NativeState.register(guest), scratch);
    }
  }

  /** Stores the low {@code size} bits of a scratch register as an instruction of that operand size does. */
  private void put(int guest, int scratch, int size) {
    if (size >= 32) {
      // The 32-bit result is already zero-extended.
      put(guest, scratch);
      return;
    }
    int host = HOST[guest];
    if (host >= 0) {
      a.register(prefix(size), false, 0, size == 8 ? 0x88 : 0x89, scratch, host, true);
    } else {
      a.memory(prefix(size), false, 0, size == 8 ? 0x88 : 0x89, scratch, RSP, NONE, 0, NativeState.register(guest), true);
    }
  }

  private static boolean high(int byteRegister) {
    return byteRegister >= Instruction.HIGH_BYTE;
  }

  /** Whether the instruction has AH, CH, DH or BH as an operand. */
  private boolean usesHighByte(boolean regIsByte, boolean rmIsByte) {
    return (regIsByte && high(i.reg8())) || (rmIsByte && !i.memory && high(i.rm8()));
  }

  /** Loads the register that a byte register is part of; returns the number by which the byte goes without a REX prefix. */
  private int getByte(int scratch, int byteRegister) {
    if (high(byteRegister)) {
      get(scratch, byteRegister - Instruction.HIGH_BYTE);
      return scratch + 4;
    }
    get(scratch, byteRegister);
    return scratch;
  }

  private void putByte(int scratch, int byteRegister) {
    put(high(byteRegister) ? byteRegister - Instruction.HIGH_BYTE : byteRegister, scratch);
  }

  /**
   * A byte instruction of which an operand is AH, CH, DH or BH: those names need an encoding without REX, so everything
   * goes through scratch registers.
   */
  private void highBytes(int opcode, int extension, int regUse, int rmUse, int immediate) {
    if (i.memory) {
      int register = linear();
      if (register != RAX) {
        a.move(RAX, register);
      }
      probe(RAX, 0, (rmUse & WRITE) != 0, false);
      int reg = getByte(RCX, i.reg8());
      a.memory(0, false, 0, opcode, reg, RAX, RDX, 0, 0, false);
      immediate(immediate);
    } else {
      int rm = getByte(RDX, i.rm8());
      int reg = regUse == 0 ? extension : getByte(RCX, i.reg8());
      a.register(0, false, 0, opcode, reg, rm, false);
      immediate(immediate);
      if ((rmUse & WRITE) != 0) {
        putByte(RDX, i.rm8());
      }
    }
    if ((regUse & WRITE) != 0) {
      putByte(RCX, i.reg8());
    }
  }

  // ---- instructions

  /** Emits one instruction; says whether the next one may follow. */
  private boolean instruction() {
    if (i.form == 0 || !engine.hostHas(i.form) || engine.isPoint(i)) {
      return interpret();
    }
    if (i.vex) {
      return Forms.VECTOR[i.form] != 0 ? vector() : vexOther();
    }
    return switch (i.map) {
      case 0 -> oneByte(i.opcode);
      case 1 -> twoByte(i.opcode);
      default -> threeByte();
    };
  }

  private boolean oneByte(int opcode) {
    if (opcode < 0x40) {
      return arithmetic(opcode);
    }
    return switch (opcode >> 4) {
      case 5 -> opcode < 0x58 ? push(i.rm) : pop(i.rm);
      case 6 -> sixties(opcode);
      case 7 -> conditionalJump();
      case 8 -> eighties(opcode);
      case 9 -> nineties(opcode);
      case 0xa -> opcode == 0xa8 || opcode == 0xa9 ? accumulator(0xf6, 0) : string(opcode);
      case 0xb -> moveImmediate();
      case 0xc -> hundredNineties(opcode);
      case 0xd -> opcode < 0xd4 ? shift(opcode) : opcode < 0xd8 ? interpret() : x87(opcode);
      case 0xe -> branches(opcode);
      default -> last(opcode);
    };
  }

  /** ADD, OR, ADC, SBB, AND, SUB, XOR, CMP in their first six encodings. */
  private boolean arithmetic(int opcode) {
    int kind = opcode & 7;
    if (kind > 5) {
      return interpret();
    }
    boolean compare = opcode >> 3 == 7;
    if (kind > 3) {
      return accumulator(0x80, opcode >> 3);
    }
    int destination = compare ? READ : BOTH;
    boolean toRm = kind < 2;
    return regRm(opcode, toRm ? READ : destination, toRm ? destination : READ);
  }

  /** A one-byte-map instruction on ModRM.reg and ModRM.rm of the same size. */
  private boolean regRm(int opcode, int regUse, int rmUse) {
    if (i.size == 8 && usesHighByte(true, true)) {
      if (i.lock) {
        return interpret();
      }
      highBytes(opcode, 0, regUse, rmUse, 0);
      return true;
    }
    general(prefix(i.size), 0, opcode, reg(i.size == 8), regUse, i.size, rmUse, i.size, 0);
    return true;
  }

  /** An instruction on the accumulator and an immediate, in its encoding with an extension. */
  private boolean accumulator(int opcode, int extension) {
    boolean byteSize = i.size == 8;
    int use = opcode == 0xf6 || extension == 7 ? READ : BOTH;
    general(prefix(i.size), 0, byteSize ? opcode : opcode + 1, extension, 0, 0, 0, use, i.size, immediateBytes(i.size));
    return true;
  }

  /** An instruction with an opcode extension on ModRM.rm. */
  private boolean extended(int opcode, int extension, int rmUse, int immediate) {
    if (i.size == 8 && usesHighByte(false, true)) {
      highBytes(opcode, extension, 0, rmUse, immediate);
      return true;
    }
    general(prefix(i.size), 0, opcode, extension, 0, 0, rmUse, i.size, immediate);
    return true;
  }

  private int extension() {
    return i.modrm >> 3 & 7;
  }

  private boolean sixties(int opcode) {
    switch (opcode) {
      case 0x63 -> {
        general(prefix(i.size), 0, 0x63, i.reg, WRITE, i.size, READ, 32, 0);
        return true;
      }
      case 0x68, 0x6a -> {
        return pushImmediate();
      }
      case 0x69, 0x6b -> {
        int bytes = opcode == 0x6b ? 1 : immediateBytes(i.size);
        general(prefix(i.size), 0, opcode, i.reg, WRITE, i.size, READ, i.size, bytes);
        return true;
      }
      default -> {
        return interpret();
      }
    }
  }

  private boolean eighties(int opcode) {
    return switch (opcode) {
      case 0x80 -> extended(0x80, extension(), extension() == 7 ? READ : BOTH, 1);
      case 0x81 -> extended(0x81, extension(), extension() == 7 ? READ : BOTH, immediateBytes(i.size));
      case 0x83 -> extended(0x83, extension(), extension() == 7 ? READ : BOTH, 1);
      case 0x84, 0x85 -> regRm(opcode, READ, READ);
      case 0x86, 0x87 -> exchange(opcode);
      case 0x88, 0x89 -> regRm(opcode, READ, WRITE);
      case 0x8a, 0x8b -> regRm(opcode, WRITE, READ);
      case 0x8c -> moveFromSegment();
      case 0x8d -> lea();
      default -> interpret();
    };
  }

  private boolean exchange(int opcode) {
    if (i.size == 8 && usesHighByte(true, true)) {
      return interpret();
    }
    // With memory it is locked, asked for or not.
    i.lock = i.memory;
    general(prefix(i.size), 0, opcode, reg(i.size == 8), BOTH, i.size, BOTH, i.size, 0);
    return true;
  }

  private boolean lea() {
    int target = HOST[i.reg] < 0 || i.size == 16 ? RAX : HOST[i.reg];
    effective(target, i.size == 64 && i.addressSize == 64);
    if (target == RAX) {
      put(i.reg, RAX, i.size);
    }
    return true;
  }

  private boolean nineties(int opcode) {
    if (opcode == 0x90 && (i.rm == 0)) {
      return i.rep == Instruction.REP ? interpret() : true;
    }
    if (opcode < 0x98) {
      i.reg = 0;
      general(prefix(i.size), 0, 0x87, 0, BOTH, i.size, i.rm, BOTH, i.size, 0);
      return true;
    }
    if (opcode == 0x98 || opcode == 0x99) {
      get(RAX, 0);
      if (opcode == 0x99) {
        // CWD leaves what it does not write alone.
        get(RDX, 2);
      }
      if (i.size == 16) {
        a.byte1(OPERAND_SIZE);
      } else if (i.size == 64) {
        a.byte1(0x48);
      }
      a.byte1(opcode);
      if (opcode == 0x98) {
        put(0, RAX);
      } else {
        put(2, RDX);
      }
      return true;
    }
    if (opcode == 0x9b) {
      // FWAIT
      requireX87();
      a.byte1(0x9b);
      return true;
    }
    return opcode == 0x9c && mode != Mmu.USER ? pushFlags() : interpret();
  }

  private boolean moveImmediate() {
    if (i.opcode < 0xb8) {
      if (high(i.rm8())) {
        getByte(RDX, i.rm8());
        a.byte1(0xb0 | RDX + 4);
        a.byte1((int) i.immediate);
        putByte(RDX, i.rm8());
        return true;
      }
      general(0, 0, 0xc6, 0, 0, 0, i.rm8(), WRITE, 8, 1);
      return true;
    }
    if (i.size == 16) {
      general(OPERAND_SIZE, 0, 0xc7, 0, 0, 0, i.rm, WRITE, 16, 2);
      return true;
    }
    long value = i.size == 32 ? i.immediate & 0xffff_ffffL : i.immediate;
    if (HOST[i.rm] >= 0) {
      a.moveImmediate(HOST[i.rm], value);
    } else {
      a.moveImmediate(RCX, value);
      a.store(RSP, NativeState.register(i.rm), RCX);
    }
    return true;
  }

  private boolean hundredNineties(int opcode) {
    return switch (opcode) {
      case 0xc0, 0xc1 -> shift(opcode);
      case 0xc2, 0xc3 -> ret();
      case 0xc6 -> extended(0xc6, 0, WRITE, 1);
      case 0xc7 -> extended(0xc7, 0, WRITE, immediateBytes(i.size));
      case 0xc9 -> leaveFrame();
      case 0xcf -> mode != Mmu.USER && i.size == 64 ? interruptReturn() : interpret();
      default -> interpret();
    };
  }

  private boolean shift(int opcode) {
    int extension = extension() == 6 ? 4 : extension();
    if (opcode < 0xd2) {
      return extended(opcode, extension, BOTH, opcode < 0xd0 ? 1 : 0);
    }
    if (i.size == 8 && usesHighByte(false, true)) {
      return interpret();
    }
    int guest = 0;
    if (i.memory) {
      probeOperand(log(i.size), true);
    } else {
      guest = rm(i.size == 8);
    }
    get(RCX, 1);
    general(prefix(i.size), 0, opcode, extension, 0, 0, guest, BOTH, i.size, 0);
    return true;
  }

  private boolean branches(int opcode) {
    switch (opcode) {
      case 0xe3 -> {
        return jumpIfCountZero();
      }
      case 0xe8 -> {
        return call();
      }
      case 0xe9, 0xeb -> {
        count(count + 1);
        jump();
        return false;
      }
      default -> {
        return interpret();
      }
    }
  }

  private boolean last(int opcode) {
    switch (opcode) {
      case 0xf5, 0xf8, 0xf9 -> {
        a.byte1(opcode);
        return true;
      }
      case 0xfa -> {
        return mode == Mmu.USER ? interpret() : clearInterruptFlag();
      }
      case 0xfb -> {
        return mode == Mmu.USER ? interpret() : setInterruptFlag();
      }
      case 0xfc, 0xfd -> {
        storeField(NativeState.DIRECTION_FLAG, opcode == 0xfc ? 0 : Cpu.DF);
        return true;
      }
      case 0xf6, 0xf7 -> {
        return switch (extension()) {
          case 0, 1 -> extended(opcode, 0, READ, immediateBytes(i.size));
          case 2, 3 -> i.lock && i.size == 8 && usesHighByte(false, true) ? interpret() : extended(opcode, extension(), BOTH, 0);
          case 4, 5 -> multiply();
          case 6 -> divide();
          default -> divideSigned();
        };
      }
      case 0xfe -> {
        return extended(0xfe, extension(), BOTH, 0);
      }
      case 0xff -> {
        return switch (extension()) {
          case 0, 1 -> extended(0xff, extension(), BOTH, 0);
          case 2 -> callIndirect();
          case 4 -> jumpIndirect();
          case 6 -> pushRm();
          default -> interpret();
        };
      }
      default -> {
        return interpret();
      }
    }
  }

  /** Puts the value of the register or memory operand into RCX. */
  private void operandIntoRcx() {
    if (i.memory) {
      probeOperand(log(i.size), false);
      a.memory(prefix(i.size), i.size == 64, 0, i.size == 8 ? 0x8a : 0x8b, RCX, address, RDX, 0, displacement, false);
    } else if (i.size == 8 && high(i.rm8())) {
      get(RCX, i.rm8() - Instruction.HIGH_BYTE);
      a.rorx(RCX, RCX, 8);
    } else {
      get(RCX, i.rm);
    }
  }

  private boolean multiply() {
    operandIntoRcx();
    get(RAX, 0);
    a.register(prefix(i.size), i.size == 64, 0, i.opcode, extension(), RCX, false);
    if (i.size == 8) {
      put(0, RAX, 16);
    } else {
      put(0, RAX, i.size);
      put(2, RDX, i.size);
    }
    return true;
  }

  /** DIV where it cannot fault: with an upper half of zero and a divisor that is not. */
  private boolean divide() {
    if (i.size < 32) {
      return interpret();
    }
    operandIntoRcx();
    if (i.size == 32) {
      a.move32(RCX, RCX);
    }
    int zero = a.jumpIfRcxZero();
    a.move(RAX, RCX);
    get(RCX, 2);
    if (i.size == 32) {
      a.move32(RCX, RCX);
    }
    int simple = a.jumpIfRcxZero();
    a.land(zero);
    leaveForInterpreter();
    a.land(simple);
    a.move(RCX, RAX);
    get(RAX, 0);
    a.moveImmediate(RDX, 0);
    a.register(0, i.size == 64, 0, 0xf7, 6, RCX, false);
    put(0, RAX);
    put(2, RDX);
    return true;
  }

  /** IDIV where it cannot fault: the dividend fits its lower half and the divisor is neither 0 nor −1. */
  private boolean divideSigned() {
    if (i.size < 32) {
      return interpret();
    }
    boolean wide = i.size == 64;
    operandIntoRcx();
    // The comparisons change the flags, which a fault must show as they were.
    saveFlags();
    get(RAX, 0);
    if (wide) {
      a.byte1(0x48);
    }
    a.byte1(0x99);
    a.register(0, wide, 0, 0x3b, RDX, HOST[2], false);
    int wrong = a.jumpShortIf(5);
    // divisor + 1 is 0 or 1, unsigned, for the two bad ones
    a.memory(0, wide, 0, 0x8d, RDX, RCX, NONE, 0, 1, false);
    a.register(0, wide, 0, 0x83, 7, RDX, false);
    a.byte1(1);
    int good = a.jumpShortIf(7);
    a.land(wrong);
    restoreFlags();
    leaveForInterpreter();
    a.land(good);
    // IDIV leaves CF and OF undefined, which in fact stay as they were before it.
    restoreFlags();
    get(RAX, 0);
    if (wide) {
      a.byte1(0x48);
    }
    a.byte1(0x99);
    a.register(0, wide, 0, 0xf7, 7, RCX, false);
    put(0, RAX);
    put(2, RDX);
    return true;
  }

  // ---- the stack

  private boolean push(int guest) {
    if (i.size != 64) {
      return interpret();
    }
    probeStack(true);
    int host = HOST[guest];
    if (host < 0) {
      a.load(RCX, RSP, NativeState.register(guest));
      host = RCX;
    }
    a.memory(0, true, 0, 0x89, host, address, RDX, 0, displacement, false);
    a.lea(STACK, STACK, -8);
    return true;
  }

  private boolean pushImmediate() {
    if (i.size != 64) {
      return interpret();
    }
    probeStack(true);
    a.memory(0, true, 0, 0xc7, 0, address, RDX, 0, displacement, false);
    a.byte4((int) i.immediate);
    a.lea(STACK, STACK, -8);
    return true;
  }

  private boolean pushRm() {
    if (i.size != 64) {
      return interpret();
    }
    if (!i.memory) {
      return push(i.rm);
    }
    probeOperandAlone(3, false, false);
    a.memory(0, true, 0, 0x8b, RCX, address, RDX, 0, 0, false);
    a.store(RSP, NativeState.SCRATCH, RCX);
    a.lea(RAX, STACK, -8);
    probe(RAX, 3, true, false);
    a.load(RCX, RSP, NativeState.SCRATCH);
    a.memory(0, true, 0, 0x89, RCX, RAX, RDX, 0, 0, false);
    a.move(STACK, RAX);
    return true;
  }

  private boolean pop(int guest) {
    if (i.size != 64) {
      return interpret();
    }
    probeStack(false);
    if (guest == 4) {
      a.memory(0, true, 0, 0x8b, STACK, STACK, RDX, 0, 0, false);
      return true;
    }
    int host = HOST[guest] < 0 ? RCX : HOST[guest];
    a.memory(0, true, 0, 0x8b, host, STACK, RDX, 0, 0, false);
    if (host == RCX) {
      a.store(RSP, NativeState.register(guest), RCX);
    }
    a.lea(STACK, STACK, 8);
    return true;
  }

  private boolean leaveFrame() {
    if (i.size != 64) {
      return interpret();
    }
    probe(RBP, 3, false, false);
    a.memory(0, true, 0, 0x8b, RCX, RBP, RDX, 0, 0, false);
    a.lea(STACK, RBP, 8);
    a.move(RBP, RCX);
    return true;
  }

  // ---- flags and segments

  private void storeField(int field, int value) {
    a.memory(0, true, 0, 0xc7, 0, RSP, NONE, 0, field, false);
    a.byte4(value);
  }

  /** Sets a 32-bit field to 1. */
  private void storeMark(int field) {
    a.memory(0, false, 0, 0xc7, 0, RSP, NONE, 0, field, false);
    a.byte4(1);
  }

  private boolean clearInterruptFlag() {
    storeField(NativeState.INTERRUPT_FLAG, 0);
    return true;
  }

  /** STI; the instruction behind it follows at once, so no interrupt comes in between. */
  private boolean setInterruptFlag() {
    if (count == LIMIT - 1 || i.offset + i.length + Decoder.MAX_LENGTH > 4096) {
      return interpret();
    }
    a.load(RCX, RSP, NativeState.INTERRUPT_PENDING);
    int quiet = a.jumpIfRcxZero();
    leaveForInterpreter();
    a.land(quiet);
    storeField(NativeState.INTERRUPT_FLAG, Cpu.IF);
    return true;
  }

  /** Saves the arithmetic flags in SCRATCH, and in RAX as LAHF and SETO give them. */
  private void saveFlags() {
    a.byte1(0x9f);
    a.byte1(0x0f);
    a.byte1(0x90);
    a.byte1(0xc0);
    a.store(RSP, NativeState.SCRATCH, RAX);
  }

  private void restoreFlags() {
    a.load(RAX, RSP, NativeState.SCRATCH);
    a.byte1(0x04);
    a.byte1(0x7f);
    a.byte1(0x9e);
  }

  /** Puts RFLAGS, without RF, into RCX, after {@link #saveFlags}; changes flags and RAX. */
  private void flagsIntoRcx() {
    // movzx ecx, ah; and ecx, SF|ZF|AF|PF|CF; movzx eax, al; shl eax, 11 for OF
    a.register(0, false, 1, 0xb6, RCX, RAX + 4, false);
    a.register(0, false, 0, 0x81, 4, RCX, false);
    a.byte4(0xd5);
    a.register(0, false, 1, 0xb6, RAX, RAX, false);
    a.register(0, false, 0, 0xc1, 4, RAX, false);
    a.byte1(11);
    a.register(0, false, 0, 0x0b, RCX, RAX, false);
    a.memory(0, false, 0, 0x0b, RCX, RSP, NONE, 0, NativeState.OTHER_FLAGS, false);
    a.memory(0, false, 0, 0x0b, RCX, RSP, NONE, 0, NativeState.INTERRUPT_FLAG, false);
    a.memory(0, false, 0, 0x0b, RCX, RSP, NONE, 0, NativeState.DIRECTION_FLAG, false);
  }

  private boolean pushFlags() {
    if (i.size != 64) {
      return interpret();
    }
    a.lea(RAX, STACK, -8);
    probe(RAX, 3, true, false);
    a.leaSum(RDX, RAX, RDX, 0);
    saveFlags();
    flagsIntoRcx();
    a.store(RDX, 0, RCX);
    a.lea(STACK, STACK, -8);
    restoreFlags();
    return true;
  }

  /** Leaves for the interpreter unless RCX, in which nothing else is wanted, is zero. */
  private void interpretUnlessRcxIsZero() {
    int go = a.jumpIfRcxZero();
    leaveForInterpreter();
    a.land(go);
  }

  /** What SYSCALL and SYSRET have in common: they load selectors, and Java has to know. */
  private void transition(int selectors, int interruptFlag) {
    a.load(RCX, RSP, selectors);
    a.store(RSP, NativeState.SELECTORS + 8 * X86State.CS, RCX);
    a.load(RCX, RSP, selectors + 8);
    a.store(RSP, NativeState.SELECTORS + 8 * X86State.SS, RCX);
    storeField(NativeState.INTERRUPT_FLAG, interruptFlag);
    storeField(NativeState.DIRECTION_FLAG, 0);
    storeMark(NativeState.TRANSITION);
    count(count + 1);
  }

  /**
   * SYSCALL, if it clears all flags but those that are clear anyway (SDM volume 2), which Java has looked at. It takes the guest
   * from one mode's tables to the other's; the SSE registers stay where they are.
   */
  private boolean systemCall() {
    a.load(RCX, RSP, NativeState.TRANSITION_SLOW);
    interpretUnlessRcxIsZero();
    saveFlags();
    flagsIntoRcx();
    a.store(RSP, NativeState.register(11), RCX);
    a.load(RAX, RSP, NativeState.PAGE);
    a.lea(HOST[1], RAX, i.offset + i.length);
    transition(NativeState.KERNEL_SELECTORS, 0);
    a.moveImmediate(RAX, 0);
    a.store(RSP, NativeState.SCRATCH, RAX);
    restoreFlags();
    a.load(RAX, RSP, NativeState.SYSCALL_TARGET);
    dispatch(NativeEngine.TRANSITION, Mmu.SUPERVISOR_SMAP);
    return false;
  }

  /** SYSRET to 64-bit code with interrupts on and no flag changed that is not arithmetic; what is in RCX is a user's address. */
  private boolean systemReturn() {
    requireSimd();
    a.load(RCX, RSP, NativeState.register(11));
    a.pext(RCX, RCX, RSP, NativeState.SYSRET_MASK);
    a.load(RAX, RSP, NativeState.SYSRET_EXPECTED);
    a.leaSum(RCX, RCX, RAX, 0);
    interpretUnlessRcxIsZero();
    a.pext(RCX, HOST[1], RSP, NativeState.UPPER_HALF);
    a.load(RAX, RSP, NativeState.INTERRUPT_PENDING);
    a.leaSum(RCX, RCX, RAX, 0);
    a.load(RAX, RSP, NativeState.TRANSITION_SLOW);
    a.leaSum(RCX, RCX, RAX, 0);
    interpretUnlessRcxIsZero();
    transition(NativeState.USER_SELECTORS, Cpu.IF);
    a.load(RAX, RSP, NativeState.register(11));
    flagsFromRax();
    restoreFlags();
    a.move(RAX, HOST[1]);
    dispatch(NativeEngine.TRANSITION, Mmu.USER);
    return false;
  }

  /** Saves the arithmetic flags of RFLAGS in RAX for {@link #restoreFlags}; changes flags and RCX. */
  private void flagsFromRax() {
    // AH as SAHF takes it, OF in AL
    a.move32(RCX, RAX);
    a.register(0, false, 0, 0xc1, 5, RCX, false);
    a.byte1(11);
    a.register(0, false, 0, 0x81, 4, RCX, false);
    a.byte4(1);
    a.register(0, false, 0, 0xc1, 4, RAX, false);
    a.byte1(8);
    a.register(0, false, 0, 0x0b, RAX, RCX, false);
    a.store(RSP, NativeState.SCRATCH, RAX);
  }

  /** STAC and CLAC: on to the next instruction in the mode that lets the kernel at users' pages, or does not. */
  private boolean setAccess(boolean allowed) {
    int to = allowed ? Mmu.SUPERVISOR : Mmu.SUPERVISOR_SMAP;
    if (mode == Mmu.SUPERVISOR_SMAP && !allowed) {
      // AC is clear; interrupts enter Linux with this.
      return true;
    }
    if (mode == Mmu.USER || mode == to) {
      return interpret();
    }
    a.load(RCX, RSP, NativeState.TRANSITION_SLOW);
    interpretUnlessRcxIsZero();
    a.load(RCX, RSP, allowed ? NativeState.FLAGS_WITH_AC : NativeState.FLAGS_WITHOUT_AC);
    a.store(RSP, NativeState.OTHER_FLAGS, RCX);
    storeMark(NativeState.ACCESS_CHANGE);
    count(count + 1);
    a.load(RAX, RSP, NativeState.PAGE);
    a.lea(RAX, RAX, i.offset + i.length);
    dispatch(NativeEngine.TRANSITION, to);
    return false;
  }

  /** The difference of RAX and a field must be zero; uses RCX. */
  private void interpretUnlessRaxIs(int field) {
    a.load(RCX, RSP, field);
    // not rcx
    a.register(0, true, 0, 0xf7, 2, RCX, false);
    a.leaSum(RCX, RCX, RAX, 1);
    interpretUnlessRcxIsZero();
  }

  /**
   * IRET from the kernel to itself with no flag changed that is not arithmetic, but for IF, which may be set: from an interrupt, and
   * how Linux serialises execution (SDM volume 3, 9.3). The segments are taken to be what they were when these selectors were loaded.
   */
  private boolean interruptReturn() {
    int frame = 40;
    a.load(RCX, RSP, NativeState.iretSlow(mode));
    interpretUnlessRcxIsZero();
    probeBytes(STACK, frame);
    loadStacked(RAX, 0);
    a.pext(RCX, RAX, RSP, NativeState.UPPER_HALF);
    a.lea(RCX, RCX, -0x1_ffff);
    int upper = a.jumpIfRcxZero();
    a.lea(RCX, RCX, 0x1_ffff);
    interpretUnlessRcxIsZero();
    a.land(upper);
    loadStacked(RAX, 8);
    interpretUnlessRaxIs(NativeState.SELECTORS + 8 * X86State.CS);
    loadStacked(RAX, 32);
    interpretUnlessRaxIs(NativeState.SELECTORS + 8 * X86State.SS);
    loadStacked(RAX, 16);
    a.pext(RCX, RAX, RSP, NativeState.IRET_MASK);
    a.load(RAX, RSP, NativeState.IRET_EXPECTED);
    a.leaSum(RCX, RCX, RAX, 0);
    interpretUnlessRcxIsZero();
    loadStacked(RAX, 16);
    a.pext(RAX, RAX, RSP, NativeState.IF_MASK);
    a.load(RCX, RSP, NativeState.INTERRUPT_FLAG);
    a.pext(RCX, RCX, RSP, NativeState.IF_MASK);
    a.register(0, true, 0, 0xf7, 2, RCX, false);
    a.leaSum(RCX, RCX, RAX, 1);
    int same = a.jumpIfRcxZero();
    a.lea(RCX, RCX, -1);
    interpretUnlessRcxIsZero();
    a.load(RCX, RSP, NativeState.INTERRUPT_PENDING);
    interpretUnlessRcxIsZero();
    storeField(NativeState.INTERRUPT_FLAG, Cpu.IF);
    a.land(same);
    count(count + 1);
    loadStacked(RAX, 0);
    a.store(RSP, NativeState.SCRATCH_2, RAX);
    loadStacked(RAX, 16);
    flagsFromRax();
    loadStacked(RAX, 24);
    a.move(STACK, RAX);
    restoreFlags();
    a.load(RAX, RSP, NativeState.SCRATCH_2);
    dispatch(NativeEngine.JUMP, 0);
    return false;
  }

  /** Loads eight bytes of the stack, which was probed. */
  private void loadStacked(int register, int displacement) {
    a.memory(0, true, 0, 0x8b, register, STACK, RDX, 0, displacement, false);
  }

  private boolean swapGsBase() {
    a.load(RCX, RSP, NativeState.GS_BASE);
    a.load(RDX, RSP, NativeState.KERNEL_GS_BASE);
    a.store(RSP, NativeState.GS_BASE, RDX);
    a.store(RSP, NativeState.KERNEL_GS_BASE, RCX);
    return true;
  }

  private boolean moveFromSegment() {
    if (i.reg > X86State.GS) {
      return interpret();
    }
    if (i.memory) {
      probeOperandAlone(1, true, false);
      a.load(RCX, RSP, NativeState.SELECTORS + 8 * i.reg);
      a.memory(OPERAND_SIZE, false, 0, 0x89, RCX, address, RDX, 0, 0, false);
    } else {
      a.load(RCX, RSP, NativeState.SELECTORS + 8 * i.reg);
      put(i.rm, RCX, i.size);
    }
    return true;
  }

  /** BT and its kin with a register for the number of a bit that may be far from the address. */
  private boolean bitString(int opcode) {
    if (i.size == 16 || i.addressSize != 64) {
      return interpret();
    }
    boolean wide = i.size == 64;
    boolean write = opcode != 0xa3;
    effective(RAX, true);
    int reg = HOST[i.reg];
    if (reg < 0) {
      a.load(RDX, RSP, NativeState.register(i.reg));
      reg = RDX;
    }
    if (!wide) {
      // movsxd
      a.register(0, true, 0, 0x63, RDX, reg, false);
      reg = RDX;
    }
    a.moveImmediate(RCX, wide ? 6 : 5);
    a.sarx(RDX, reg, RCX);
    a.memory(0, true, 0, 0x8d, RAX, RAX, RDX, wide ? 3 : 2, 0, false);
    addSegment(RAX);
    probe(RAX, wide ? 3 : 2, write, i.lock);
    get(RCX, i.reg);
    a.pext(RCX, RCX, RSP, wide ? NativeState.BIT_63 : NativeState.BIT_31);
    if (i.lock) {
      a.byte1(0xf0);
    }
    a.memory(0, wide, 1, opcode, RCX, RAX, RDX, 0, 0, false);
    return true;
  }

  // ---- strings

  /** MOVS and STOS, upwards and within pages; everything else is the interpreter's. */
  private boolean string(int opcode) {
    boolean moves = (opcode & 0xfe) == 0xa4;
    if (!moves && (opcode & 0xfe) != 0xaa || i.addressSize != 64 || i.rep == Instruction.REPNE
        || moves && i.segment >= X86State.FS) {
      return interpret();
    }
    boolean repeats = i.rep == Instruction.REP;
    int log = log(i.size);
    a.load(RCX, RSP, NativeState.DIRECTION_FLAG);
    int upwards = a.jumpIfRcxZero();
    int slow = a.position;
    leaveForInterpreter();
    a.land(upwards);
    if (repeats) {
      // 1 to 4096 elements; then no product below overflows.
      a.lea(RCX, HOST[1], -1);
      a.shrx(RCX, RCX, RSP);
      int few = a.jumpIfRcxZero();
      aimBack(slow);
      a.land(few);
    }
    if (moves) {
      stringProbe(RSI, log, repeats, false, slow);
      a.leaSum(RAX, RSI, RDX, 0);
      a.store(RSP, NativeState.SCRATCH, RAX);
    }
    stringProbe(RDI, log, repeats, true, slow);
    // From here on nothing misses. RDI, and RSI, become host addresses for one instruction.
    if (moves) {
      a.store(RSP, NativeState.SCRATCH_2, RSI);
      a.load(RSI, RSP, NativeState.SCRATCH);
    }
    a.leaSum(RDI, RDI, RDX, 0);
    if (!moves) {
      a.move(RAX, HOST[0]);
    }
    if (repeats) {
      a.move(RCX, HOST[1]);
      a.byte1(0xf3);
    }
    if (i.size == 16) {
      a.byte1(OPERAND_SIZE);
    } else if (i.size == 64) {
      a.byte1(0x48);
    }
    a.byte1(opcode);
    // RDI is the host address of the end. Back to the guest's: what it was before plus the length.
    if (moves) {
      a.load(RSI, RSP, NativeState.SCRATCH_2);
    }
    a.load(RDI, RSP, NativeState.TARGET);
    if (repeats) {
      a.memory(0, true, 0, 0x8d, RDI, RDI, HOST[1], log, 0, false);
      if (moves) {
        a.memory(0, true, 0, 0x8d, RSI, RSI, HOST[1], log, 0, false);
      }
      a.moveImmediate(HOST[1], 0);
    } else {
      a.lea(RDI, RDI, 1 << log);
      if (moves) {
        a.lea(RSI, RSI, 1 << log);
      }
    }
    return true;
  }

  /** Jumps to a place of this block that was emitted before. */
  private void aimBack(int target) {
    a.aim(a.jump(), target);
  }

  /** Probes for the first element and makes sure that the last is in the same page; for writes keeps RDI in TARGET. */
  private void stringProbe(int register, int log, boolean repeats, boolean write, int slow) {
    probe(register, log, write, false);
    if (repeats) {
      a.pext(RCX, register, RSP, NativeState.TLB_MASK);
      int tags = write ? NativeState.writeTags(mode) : NativeState.readTags(mode);
      a.memory(0, true, 0, 0x8b, RAX, RSP, RCX, 3, tags, false);
      a.leaSum(RAX, RAX, register, -1);
      a.memory(0, true, 0, 0x8d, RCX, RAX, HOST[1], log, 0, false);
      a.shrx(RCX, RCX, RSP);
      int same = a.jumpIfRcxZero();
      aimBack(slow);
      a.land(same);
    }
    if (write) {
      a.store(RSP, NativeState.TARGET, register);
    }
  }

  // ---- jumps

  /** Goes on at an offset of this page, through whatever is known by then. */
  private void jumpTo(int target) {
    if (target < 0 || target >= 4096) {
      crossPage(target, false);
      return;
    }
    a.align(4, 3);
    int place = a.jump();
    pendingPlace[pending] = place;
    pendingTarget[pending++] = target;
  }

  /**
   * Goes on at another page: directly, if code of it is fetched from that page of memory which {@link NativeEngine#cross} has aimed
   * this jump at.
   *
   * @param call whether the stack pointer is to be moved below the return address
   */
  private void crossPage(int target, boolean call) {
    a.load(RAX, RSP, NativeState.PAGE);
    if (known.wanders((int) (page >>> 12))) {
      a.lea(RAX, RAX, target);
      dispatch(call ? NativeEngine.JUMP : NativeEngine.GOTO, call ? -8 : target);
      return;
    }
    a.lea(RAX, RAX, target & -4096);
    a.pext(RCX, RAX, RSP, NativeState.TLB_MASK);
    a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.fetchTags(mode), false);
    // The displacement is behind four bytes.
    a.align(4, 0);
    int place = a.leaSumPatchable(RCX, RDX, RAX, engine.unaimed());
    if (target < 0) {
      // A loop goes backward somewhere.
      a.load(RDX, RSP, NativeState.ATTENTION);
      a.leaSum(RCX, RCX, RDX, 0);
    }
    int site = engine.newCross(call ? NativeEngine.CROSS_CALL : NativeEngine.CROSS, count, target, place);
    sites[siteCount++] = site;
    if (loops) {
      leaveUnlessRcxIsOne(NONE, NativeEngine.CROSS, site);
    } else {
      int hit = a.jumpIfRcxZero();
      leave(site);
      a.land(hit);
    }
    if (call) {
      a.lea(STACK, STACK, -8);
    }
    a.store(RSP, NativeState.PAGE, RAX);
    a.align(4, 3);
    int distance = a.jump();
    a.aim(distance, a.position);
    // Whoever sees the page here and not yet where the jump leads.
    int direct = engine.newCross(NativeEngine.GOTO, count, target & 4095, distance);
    sites[siteCount++] = direct;
    leave(direct);
    pendingPlace[pending] = distance;
    pendingTarget[pending++] = -1;
  }

  /**
   * Jumps to the code of the linear address in RAX.
   *
   * @param kind how to leave when it is not known: {@code GOTO}, {@code JUMP} or {@code TRANSITION}
   * @param detail the target in this page's terms, what to add to the stack pointer, or the mode in which to go on
   */
  private void dispatch(int kind, int detail) {
    int targetMode = kind == NativeEngine.TRANSITION ? detail : mode;
    a.store(RSP, NativeState.TARGET, RAX);
    a.move(RDX, RAX);
    a.mulx(RDX, RCX, RSP, NativeState.JUMP_HASH);
    a.pext(RCX, RCX, RSP, NativeState.jumpMask(targetMode));
    a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.jumpKeys(targetMode), false);
    a.leaSum(RDX, RDX, RAX, loops ? 1 : 0);
    a.memory(0, true, 0, 0x8b, RAX, RSP, RCX, 3, NativeState.jumpCode(targetMode), false);
    a.load(RCX, RSP, NativeState.ATTENTION);
    a.leaSum(RCX, RCX, RDX, 0);
    if (kind == NativeEngine.JUMP && ops[count] == null) {
      ops[count] = engine.operation(i);
    }
    if (loops) {
      leaveUnlessRcxIsOne(NONE, kind, detail);
    } else {
      int hit = a.jumpIfRcxZero();
      leave(kind, detail);
      a.land(hit);
    }
    if (kind == NativeEngine.JUMP && detail != 0) {
      a.lea(STACK, STACK, detail);
    }
    // jmp rax
    a.byte1(0xff);
    a.byte1(0xe0);
  }

  private void jump() {
    int target = (int) i.immediate;
    if (target >= 0 && target <= i.offset) {
      backward(target);
    } else {
      jumpTo(target);
    }
  }

  /** Jumps backward in this page, with a look at what wants attention. */
  private void backward(int target) {
    a.load(RCX, RSP, NativeState.ATTENTION);
    int known = hostOffset(target);
    if (known >= 0 && known - (a.position + 2) >= -128) {
      shared = 0;
      int from = a.jumpIfRcxZero();
      a.bytes[from - 1] = (byte) (known - from);
      leave(NativeEngine.GOTO, target);
      return;
    }
    if (loops) {
      a.lea(RCX, RCX, 1);
      leaveUnlessRcxIsOne(NONE, NativeEngine.GOTO, target);
    } else {
      int free = a.jumpIfRcxZero();
      leave(NativeEngine.GOTO, target);
      a.land(free);
    }
    jumpTo(target);
  }

  /** The place of the code of an instruction of this block, or −1 if none starts there that can be gone on at. */
  private int hostOffset(int target) {
    for (int k = count - 1; k >= 0; k--) {
      if (guestOffsets[k] == target) {
        return isDependent(k) ? -1 : hostOffsets[k];
      }
    }
    return -1;
  }

  private boolean conditionalJump() {
    count(count + 1);
    int target = (int) i.immediate;
    int condition = i.opcode & 15;
    if (target >= 0 && target < 4096 && target > i.offset) {
      a.align(4, 2);
      int place = a.jumpIf(condition);
      pendingPlace[pending] = place;
      pendingTarget[pending++] = target;
      return true;
    }
    if (target < 0 || target >= 4096) {
      farPlace[far] = a.jumpIf(condition);
      farTarget[far++] = target;
      return true;
    }
    int skip = a.jumpShortIf(condition ^ 1);
    backward(target);
    a.land(skip);
    return true;
  }

  /** Emits what conditional jumps to other pages lead to. */
  private void farJumps() {
    loops = engine.usesLoop();
    for (int k = 0; k < far; k++) {
      a.aim(farPlace[k], a.position);
      crossPage(farTarget[k], false);
      waysOut();
    }
  }

  /** JRCXZ and JECXZ, with which loops end that keep their carries in CF and OF. */
  private boolean jumpIfCountZero() {
    count(count + 1);
    get(RCX, 1);
    if (i.addressSize == 32) {
      a.move32(RCX, RCX);
    }
    int taken = a.jumpIfRcxZero();
    int over = a.jump();
    a.land(taken);
    int target = (int) i.immediate;
    if (target < 0 || target >= 4096) {
      crossPage(target, false);
    } else if (target <= i.offset) {
      backward(target);
    } else {
      jumpTo(target);
    }
    a.aim(over, a.position);
    return true;
  }

  /** Aims the jumps inside the page: into this block, or at a way out that will be replaced by the jump to another. */
  private void resolve() {
    int n = pending;
    for (int k = 0; k < n; k++) {
      int target = pendingTarget[k];
      if (target < 0) {
        continue;
      }
      int place = pendingPlace[k];
      int here = hostOffset(target);
      if (here >= 0) {
        a.aim(place, here);
        continue;
      }
      TranslatedBlock other = known.translated(page + target, mode, engine);
      if (other != null) {
        a.aim(place, (int) (other.entry() - engine.address(base)));
        continue;
      }
      a.aim(place, a.position);
      int site = engine.newPlace(NativeEngine.LINK, count, target, base + place);
      sites[siteCount++] = site;
      leave(site);
    }
  }

  private boolean ret() {
    if (i.size != 64) {
      return interpret();
    }
    probeStack(false);
    count(count + 1);
    a.memory(0, true, 0, 0x8b, RAX, STACK, RDX, 0, 0, false);
    a.store(RSP, NativeState.TARGET, RAX);
    a.memory(0, false, 1, 0xb6, RDX, RSP, NONE, 0, NativeState.returnTop(mode), false);
    a.memory(0, true, 0, 0x8b, RCX, RSP, RDX, 3, NativeState.returnKeys(mode), false);
    // An address and its inverse make −1.
    a.leaSum(RCX, RCX, RAX, loops ? 2 : 1);
    a.load(RAX, RSP, NativeState.ATTENTION);
    a.leaSum(RCX, RCX, RAX, 0);
    a.memory(0, true, 0, 0x8b, RAX, RSP, RDX, 3, NativeState.returnCode(mode), false);
    a.lea(RDX, RDX, -1);
    a.memory(0, false, 0, 0x88, RDX, RSP, NONE, 0, NativeState.returnTop(mode), false);
    int bytes = 8 + (i.opcode == 0xc2 ? (int) i.immediate & 0xffff : 0);
    if (ops[count] == null) {
      ops[count] = engine.operation(i);
    }
    if (loops) {
      leaveUnlessRcxIsOne(NONE, NativeEngine.JUMP, bytes);
    } else {
      int hit = a.jumpIfRcxZero();
      leave(NativeEngine.JUMP, bytes);
      a.land(hit);
    }
    a.lea(STACK, STACK, bytes);
    a.pushAndReturn();
    return false;
  }

  /**
   * Puts the return address, which is in RCX, on the return stack, and the place of the code behind the CALL, which is emitted here;
   * lets the processor's own stack of return addresses know, too, by a CALL that returns there. If the code behind is another page's,
   * what is on top then is what was there once, which is as right as it was.
   */
  private void pushReturn() {
    int behind = i.offset + i.length;
    a.memory(0, false, 1, 0xb6, RAX, RSP, NONE, 0, NativeState.returnTop(mode), false);
    if (behind >= 4096) {
      a.lea(RAX, RAX, 1);
      a.memory(0, false, 0, 0x88, RAX, RSP, NONE, 0, NativeState.returnTop(mode), false);
      return;
    }
    // not rcx
    a.register(0, true, 0, 0xf7, 2, RCX, false);
    a.memory(0, true, 0, 0x89, RCX, RSP, RAX, 3, NativeState.returnKeys(mode) + 8, false);
    int place = a.leaPlace(RDX);
    a.memory(0, true, 0, 0x89, RDX, RSP, RAX, 3, NativeState.returnCode(mode) + 8, false);
    a.lea(RAX, RAX, 1);
    a.memory(0, false, 0, 0x88, RAX, RSP, NONE, 0, NativeState.returnTop(mode), false);
    int over = a.call();
    returnPlace = a.position;
    a.aim(place, returnPlace);
    a.load(RAX, RSP, NativeState.TARGET);
    a.lea(RAX, RAX, -behind);
    a.store(RSP, NativeState.PAGE, RAX);
    jumpTo(behind);
    if (isReachable()) {
      waysOut();
    }
    a.aim(over, a.position);
    a.lea(RSP, RSP, 8);
  }

  /** Writes the return address below the stack and leaves it in RCX; the stack pointer stays. */
  private void storeReturnAddress() {
    probeStack(true);
    a.load(RCX, RSP, NativeState.PAGE);
    a.lea(RCX, RCX, i.offset + i.length);
    a.memory(0, true, 0, 0x89, RCX, address, RDX, 0, displacement, false);
  }

  private boolean call() {
    int target = (int) i.immediate;
    storeReturnAddress();
    count(count + 1);
    pushReturn();
    if (target >= 0 && target < 4096) {
      a.lea(STACK, STACK, -8);
      if (target <= i.offset) {
        backward(target);
      } else {
        jumpTo(target);
      }
      return false;
    }
    crossPage(target, true);
    return false;
  }

  private boolean callIndirect() {
    if (i.size != 64) {
      return interpret();
    }
    if (i.memory) {
      boolean wasLooping = loops;
      // Its way out would not be in reach of the short jump, and the next probe's neither then.
      loops = false;
      probeOperandAlone(3, false, false);
      loops = wasLooping;
      a.memory(0, true, 0, 0x8b, RCX, address, RDX, 0, 0, false);
      mayShare = false;
    } else {
      get(RCX, i.rm);
    }
    a.store(RSP, NativeState.SCRATCH, RCX);
    storeReturnAddress();
    count(count + 1);
    pushReturn();
    a.load(RAX, RSP, NativeState.SCRATCH);
    dispatch(NativeEngine.JUMP, -8);
    return false;
  }

  private boolean jumpIndirect() {
    if (i.size != 64) {
      return interpret();
    }
    if (i.memory) {
      probeOperand(3, false);
      a.memory(0, true, 0, 0x8b, RAX, address, RDX, 0, displacement, false);
    } else {
      get(RAX, i.rm);
    }
    count(count + 1);
    dispatch(NativeEngine.JUMP, 0);
    return false;
  }

  // ---- the two-byte map

  private boolean twoByte(int opcode) {
    if (Forms.VECTOR[i.form] != 0) {
      return vector();
    }
    switch (opcode >> 4) {
      case 4 -> {
        general(prefix(i.size), 1, opcode, i.reg, BOTH, i.size, READ, i.size, 0);
        return true;
      }
      case 8 -> {
        return conditionalJump();
      }
      case 9 -> {
        if (usesHighByte(false, true)) {
          return interpret();
        }
        general(0, 1, opcode, 0, 0, 0, WRITE, 8, 0);
        return true;
      }
      default -> {
        return twoByteOther(opcode);
      }
    }
  }

  private boolean twoByteOther(int opcode) {
    switch (opcode) {
      case 0x01 -> {
        if (!i.memory && i.modrm == 0xf9) {
          return readTsc(true);
        }
        if (i.memory || mode == Mmu.USER) {
          return interpret();
        }
        return switch (i.modrm) {
          case 0xf8 -> swapGsBase();
          case 0xca -> setAccess(false);
          case 0xcb -> setAccess(true);
          default -> interpret();
        };
      }
      case 0x31 -> {
        return readTsc(false);
      }
      case 0x77 -> {
        return emms();
      }
      case 0x05 -> {
        return mode == Mmu.USER ? systemCall() : interpret();
      }
      case 0x07 -> {
        return mode == Mmu.SUPERVISOR_SMAP && i.size == 64 ? systemReturn() : interpret();
      }
      case 0x0d, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f -> {
        return true;
      }
      case 0xa3, 0xab, 0xb3, 0xbb -> {
        if (i.memory) {
          return bitString(opcode);
        }
        // Never with the guest register in memory as the operand: a register bit number reaches beyond it.
        general(prefix(i.size), 1, opcode, i.reg, READ, i.size, BOTH, i.size, 0);
        return true;
      }
      case 0xba -> {
        general(prefix(i.size), 1, 0xba, extension(), 0, 0, extension() == 4 ? READ : BOTH, i.size, 1);
        return true;
      }
      case 0xa4, 0xac -> {
        if (i.size == 16) {
          return interpret();
        }
        general(0, 1, opcode, i.reg, READ, i.size, BOTH, i.size, 1);
        return true;
      }
      case 0xa5, 0xad -> {
        return doubleShift(opcode);
      }
      case 0xae -> {
        return fence();
      }
      case 0xaf -> {
        general(prefix(i.size), 1, 0xaf, i.reg, BOTH, i.size, READ, i.size, 0);
        return true;
      }
      case 0xb0, 0xb1 -> {
        return compareExchange(opcode);
      }
      case 0xb6, 0xbe -> {
        return extendByte(opcode);
      }
      case 0xb7, 0xbf -> {
        general(prefix(i.size), 1, opcode, i.reg, WRITE, i.size, READ, 16, 0);
        return true;
      }
      case 0xb8 -> {
        if (i.size == 16) {
          return interpret();
        }
        general(0xf3, 1, 0xb8, i.reg, WRITE, i.size, READ, i.size, 0);
        return true;
      }
      case 0xbc, 0xbd -> {
        // REP counts only where the processor has TZCNT and LZCNT.
        if (Forms.FEATURES[i.form] != 0) {
          if (i.size == 16) {
            return interpret();
          }
          general(0xf3, 1, opcode, i.reg, WRITE, i.size, READ, i.size, 0);
          return true;
        }
        general(prefix(i.size), 1, opcode, i.reg, BOTH, i.size, READ, i.size, 0);
        return true;
      }
      case 0xc0, 0xc1 -> {
        if (i.size == 8 && usesHighByte(true, true)) {
          return interpret();
        }
        general(prefix(i.size), 1, opcode, reg(i.size == 8), BOTH, i.size, BOTH, i.size, 0);
        return true;
      }
      case 0xc7 -> {
        return i.memory && extension() == 1 && i.size == 64 ? compareExchange16() : interpret();
      }
      case 0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf -> {
        return byteSwap();
      }
      default -> {
        return interpret();
      }
    }
  }

  private boolean doubleShift(int opcode) {
    if (i.size == 16 || HOST[i.reg] < 0) {
      return interpret();
    }
    if (i.memory) {
      probeOperand(log(i.size), true);
    }
    get(RCX, 1);
    general(0, 1, opcode, i.reg, READ, i.size, i.rm, BOTH, i.size, 0);
    return true;
  }

  /** RDTSC and RDTSCP, by the host's counter: see {@link HostTsc}. */
  private boolean readTsc(boolean withAux) {
    a.load(RCX, RSP, NativeState.TSC_SLOW);
    interpretUnlessRcxIsZero();
    if (withAux) {
      // It waits for what is before it: LFENCE.
      a.byte1(0x0f);
      a.byte1(0xae);
      a.byte1(0xe8);
    }
    a.byte1(0x0f);
    a.byte1(0x31);
    a.rorx(RDX, RDX, 32);
    a.load(RCX, RSP, NativeState.TSC_BASE);
    a.leaSum(RAX, RAX, RDX, 0);
    a.leaSum(RDX, RAX, RCX, 0);
    a.mulx(RAX, RCX, RSP, NativeState.TSC_FACTOR);
    a.load(RCX, RSP, NativeState.TSC_START);
    a.leaSum(RAX, RAX, RCX, 0);
    a.rorx(RDX, RAX, 32);
    a.move32(RDX, RDX);
    a.move32(RAX, RAX);
    put(0, RAX);
    put(2, RDX);
    if (withAux) {
      a.load(RCX, RSP, NativeState.TSC_AUX);
      put(1, RCX);
    }
    return true;
  }

  /** RDFSBASE and RDGSBASE; the kernel's WRFSBASE and WRGSBASE of an address in the lower half. */
  private boolean segmentBase() {
    boolean write = extension() >= 2;
    if (write && mode == Mmu.USER) {
      return interpret();
    }
    a.load(RCX, RSP, NativeState.SEGMENT_BASE_SLOW);
    interpretUnlessRcxIsZero();
    int field = (extension() & 1) == 0 ? NativeState.FS_BASE : NativeState.GS_BASE;
    if (write) {
      get(RAX, i.rm);
    } else {
      a.load(RAX, RSP, field);
    }
    if (i.size == 32) {
      a.move32(RAX, RAX);
    }
    if (write) {
      a.pext(RCX, RAX, RSP, NativeState.UPPER_HALF);
      interpretUnlessRcxIsZero();
      a.store(RSP, field, RAX);
    } else {
      put(i.rm, RAX);
    }
    return true;
  }

  private boolean fence() {
    if (!i.memory && i.rep == Instruction.REP && extension() < 4) {
      return segmentBase();
    }
    if (i.memory || i.rep != 0 || i.operand66 || extension() < 5) {
      return interpret();
    }
    a.byte1(0x0f);
    a.byte1(0xae);
    a.byte1(0xc0 | extension() << 3);
    return true;
  }

  private boolean extendByte(int opcode) {
    if (usesHighByte(false, true)) {
      int source = getByte(RDX, i.rm8());
      a.register(0, false, 1, opcode, RCX, source, false);
      if (opcode == 0xbe && i.size == 64) {
        a.register(0, true, 0, 0x63, RCX, RCX, false);
      }
      put(i.reg, RCX, i.size);
      return true;
    }
    int guest = 0;
    if (i.memory) {
      probeOperand(0, false);
    } else {
      guest = i.rm8();
    }
    general(prefix(i.size), 1, opcode, i.reg, WRITE, i.size, guest, READ, 8, 0);
    return true;
  }

  private boolean byteSwap() {
    if (i.size == 16) {
      return interpret();
    }
    int host = HOST[i.rm];
    if (host < 0) {
      a.load(RCX, RSP, NativeState.register(i.rm));
    }
    int target = host < 0 ? RCX : host;
    int rex = (i.size == 64 ? 8 : 0) | target >> 3;
    if (rex != 0) {
      a.byte1(0x40 | rex);
    }
    a.byte1(0x0f);
    a.byte1(0xc8 | target & 7);
    if (host < 0) {
      a.store(RSP, NativeState.register(i.rm), RCX);
    }
    return true;
  }

  private boolean compareExchange(int opcode) {
    if (!i.memory) {
      return interpret();
    }
    if (i.size == 8 && usesHighByte(true, false)) {
      return interpret();
    }
    probeOperandAlone(log(i.size), true, i.lock);
    a.leaSum(RDX, address, RDX, 0);
    int source = HOST[reg(i.size == 8)];
    if (source < 0) {
      a.load(RCX, RSP, NativeState.register(i.reg));
      source = RCX;
    }
    get(RAX, 0);
    if (i.lock) {
      a.byte1(0xf0);
    }
    a.memory(prefix(i.size), i.size == 64, 1, opcode, source, RDX, NONE, 0, 0, i.size == 8);
    put(0, RAX);
    return true;
  }

  private boolean compareExchange16() {
    probeOperandAlone(4, true, true);
    a.store(RSP, NativeState.SCRATCH, RSI);
    a.leaSum(RSI, address, RDX, 0);
    get(RAX, 0);
    get(RCX, 1);
    get(RDX, 2);
    if (i.lock) {
      a.byte1(0xf0);
    }
    a.memory(0, true, 1, 0xc7, 1, RSI, NONE, 0, 0, false);
    a.load(RSI, RSP, NativeState.SCRATCH);
    put(0, RAX);
    put(2, RDX);
    return true;
  }

  private boolean threeByte() {
    if (Forms.VECTOR[i.form] != 0) {
      return vector();
    }
    if (i.map == 2 && i.rep == Instruction.REPNE && (i.opcode & 0xfe) == 0xf0) {
      boolean fromByte = i.opcode == 0xf0;
      if (fromByte && usesHighByte(false, true) || i.size == 16) {
        return interpret();
      }
      int size = fromByte ? 8 : i.size;
      int guest = 0;
      if (i.memory) {
        probeOperand(log(size), false);
      } else {
        guest = rm(fromByte);
      }
      general(0xf2, 2, i.opcode, i.reg, BOTH, i.size, guest, READ, size, 0);
      return true;
    }
    if (i.map == 2 && i.rep == Instruction.REP_NONE && (i.opcode & 0xfe) == 0xf0) {
      // MOVBE
      boolean load = i.opcode == 0xf0;
      general(prefix(i.size), 2, i.opcode, i.reg, load ? WRITE : READ, i.size, load ? READ : WRITE, i.size, 0);
      return true;
    }
    if (i.map == 2 && i.opcode == 0xf6) {
      // ADCX and ADOX
      general(mandatoryPrefix(), 2, 0xf6, i.reg, BOTH, i.size, READ, i.size, 0);
      return true;
    }
    return comparesStrings() ? compareStrings() : interpret();
  }

  /** PCMPESTRM, PCMPESTRI, PCMPISTRM and PCMPISTRI, with VEX or without. */
  private boolean comparesStrings() {
    return i.map == 3 && (i.opcode & 0xfc) == 0x60;
  }

  private boolean compareStrings() {
    if (i.vex) {
      if (!avx) {
        return interpret();
      }
      engine.takesAvx();
    }
    requireSimd();
    boolean lengths = i.opcode < 0x62;
    boolean wide = (i.rex & 8) != 0;
    if (i.memory) {
      probeOperandAlone(4, false, false);
    }
    int index = RDX;
    if (lengths) {
      if (i.memory) {
        // RAX and RDX are wanted for the lengths.
        a.store(RSP, NativeState.SCRATCH, RSI);
        a.leaSum(RSI, address, RDX, 0);
        address = RSI;
        index = NONE;
      }
      get(RAX, 0);
      get(RDX, 2);
    }
    if (!i.memory && i.vex) {
      a.vexRegister(3, 1, wide, false, i.opcode, i.reg, 0, i.rm);
    } else if (!i.memory) {
      a.register(OPERAND_SIZE, wide, 3, i.opcode, i.reg, i.rm, false);
    } else if (i.vex) {
      a.vexMemory(3, 1, wide, false, i.opcode, i.reg, 0, address, index, 0);
    } else {
      a.memory(OPERAND_SIZE, wide, 3, i.opcode, i.reg, address, index, 0, 0, false);
    }
    a.byte1((int) i.immediate);
    if (lengths && i.memory) {
      a.load(RSI, RSP, NativeState.SCRATCH);
    }
    if ((i.opcode & 1) != 0) {
      put(1, RCX);
    }
    return true;
  }

  // ---- VEX without vector operands

  private boolean vexOther() {
    if (comparesStrings()) {
      return compareStrings();
    }
    if (i.map == 1) {
      // VZEROUPPER and VZEROALL
      if (i.opcode != 0x77 || !avx) {
        return interpret();
      }
      engine.takesAvx();
      requireSimd();
      a.vex(1, 0, false, i.wide, 0x77, 0, 0, 0, 0);
      return true;
    }
    if ((Forms.FEATURES[i.form] & (Forms.BMI1 | Forms.BMI2)) == 0) {
      return interpret();
    }
    return switch (i.opcode) {
      case 0xf0 -> bmi(WRITE, 0, true);
      case 0xf2, 0xf5, 0xf7 -> bmi(WRITE, READ, false);
      case 0xf3 -> bmi(0, WRITE, false);
      case 0xf6 -> multiplyExtended();
      default -> interpret();
    };
  }

  private int pp() {
    return switch (i.rep) {
      case Instruction.REP -> 2;
      case Instruction.REPNE -> 3;
      default -> i.operand66 ? 1 : 0;
    };
  }

  /**
   * An instruction of BMI1 or BMI2.
   *
   * @param regUse what it does with ModRM.reg; 0 if that is an extension
   * @param otherUse what it does with the register in VEX.vvvv
   */
  private boolean bmi(int regUse, int otherUse, boolean immediate) {
    boolean wide = i.size == 64;
    if (i.memory) {
      probeOperand(log(i.size), false);
    }
    int other = 0;
    if (otherUse != 0) {
      other = HOST[i.v];
      if (other < 0) {
        other = RCX;
        if (otherUse == READ) {
          a.load(RCX, RSP, NativeState.register(i.v));
        }
      }
    }
    int reg = regUse == 0 ? extension() : HOST[i.reg] < 0 ? RCX : HOST[i.reg];
    if (i.memory) {
      a.vexMemory(i.map, pp(), wide, false, i.opcode, reg, other, address, RDX, displacement);
    } else {
      int rm = HOST[i.rm];
      if (rm < 0) {
        rm = RAX;
        a.load(RAX, RSP, NativeState.register(i.rm));
      }
      a.vexRegister(i.map, pp(), wide, false, i.opcode, reg, other, rm);
    }
    if (immediate) {
      a.byte1((int) i.immediate);
    }
    if (regUse != 0 && HOST[i.reg] < 0) {
      a.store(RSP, NativeState.register(i.reg), RCX);
    }
    if (otherUse == WRITE && HOST[i.v] < 0) {
      a.store(RSP, NativeState.register(i.v), RCX);
    }
    return true;
  }

  /** MULX. */
  private boolean multiplyExtended() {
    operandIntoRcx();
    get(RDX, 2);
    int high = HOST[i.reg] < 0 ? RAX : HOST[i.reg];
    int low = HOST[i.v] < 0 ? RDX : HOST[i.v];
    a.vexRegister(2, 3, i.size == 64, false, 0xf6, high, low, RCX);
    if (low == RDX) {
      a.store(RSP, NativeState.register(i.v), RDX);
    }
    if (high == RAX) {
      a.store(RSP, NativeState.register(i.reg), RAX);
    }
    return true;
  }

  // ---- x87

  /** Leaves for the x87 registers to be loaded, if they are not: few programs use them. */
  private void requireX87() {
    mayShare = false;
    comesBack = true;
    a.load(RCX, RSP, NativeState.X87_PRESENT);
    if (ops[count] == null) {
      ops[count] = engine.operation(i);
    }
    if (loops) {
      leaveUnlessRcxIsOne(NONE, NativeEngine.NEED_X87, 0);
      return;
    }
    a.lea(RCX, RCX, -1);
    int present = a.jumpIfRcxZero();
    leave(NativeEngine.NEED_X87, 0);
    a.land(present);
  }

  /** An x87 instruction, on registers that are the host's as they are: all exceptions are masked then. */
  private boolean x87(int opcode) {
    if (i.lock) {
      return interpret();
    }
    if (!i.memory) {
      if (!X87Forms.isEmittedWithRegister(opcode, i.modrm)) {
        return interpret();
      }
      requireX87();
      notePointers();
      a.byte1(opcode);
      a.byte1(i.modrm);
      if (opcode == 0xdf && i.modrm == 0xe0) {
        // FNSTSW AX
        put(0, RAX, 16);
      }
      return true;
    }
    int log = X87Forms.log(opcode, extension());
    // The data pointer is without the segment's base.
    if (log < 0 || i.segment >= X86State.FS) {
      return interpret();
    }
    requireX87();
    probeOperandAlone(log, X87Forms.stores(opcode, extension()), false);
    if (opcode == 0xd9 && extension() == 5) {
      loadControlWord();
      return true;
    }
    notePointers();
    a.memory(0, false, 0, opcode, extension(), address, RDX, 0, displacement, false);
    return true;
  }

  /** Writes down what the host's unit does not know of the guest's instruction; uses RCX. */
  private void notePointers() {
    if (X87Forms.isControl(i.opcode, i.modrm)) {
      return;
    }
    a.load(RCX, RSP, NativeState.PAGE);
    a.lea(RCX, RCX, i.offset);
    a.store(RSP, NativeState.X87_INSTRUCTION, RCX);
    storeField(NativeState.X87_OPCODE, (i.opcode & 7) << 8 | i.modrm);
    if (i.memory) {
      a.lea(RCX, address, displacement);
      a.store(RSP, NativeState.X87_DATA, RCX);
    }
  }

  /** FLDCW, if the control word masks all exceptions. It is loaded from where no other vCPU can change it once it has been looked at. */
  private void loadControlWord() {
    a.memory(0, false, 1, 0xb7, RDX, address, RDX, 0, displacement, false);
    a.pext(RCX, RDX, RSP, NativeState.BIT_63);
    a.lea(RCX, RCX, -63);
    interpretUnlessRcxIsZero();
    a.store(RSP, NativeState.X87_CONTROL, RDX);
    a.memory(0, false, 0, 0xd9, 5, RSP, NONE, 0, NativeState.X87_CONTROL, false);
  }

  private boolean emms() {
    requireX87();
    a.byte1(0x0f);
    a.byte1(0x77);
    return true;
  }

  // ---- SSE and MMX

  private int mandatoryPrefix() {
    return switch (i.rep) {
      case Instruction.REP -> 0xf3;
      case Instruction.REPNE -> 0xf2;
      default -> i.operand66 ? OPERAND_SIZE : 0;
    };
  }

  /** Leaves for the SSE registers to be loaded, if they are not. */
  private void requireSimd() {
    if (mode == Mmu.USER) {
      return;
    }
    // Kernels seldom use SSE: its registers are loaded when they do.
    mayShare = false;
    comesBack = true;
    a.load(RCX, RSP, NativeState.SIMD_ABSENT);
    int present = a.jumpIfRcxZero();
    if (ops[count] == null) {
      ops[count] = engine.operation(i);
    }
    leave(NativeEngine.NEED_SIMD, 0);
    a.land(present);
  }

  /** Log2 of the bytes of the memory operand of an SSE or AVX instruction. */
  static int vectorLog(Instruction i) {
    int shape = Forms.VECTOR[i.form];
    int log = shape >> 7 & 7;
    if (log == 5) {
      log = (i.rex & 8) != 0 ? 3 : 2;
    }
    return i.wide && (shape & 0x800) != 0 ? log + 1 : log;
  }

  /** An MMX, SSE or AVX instruction, on registers that are the host's as they are; see {@code IsaGenerator} for the bits of the table. */
  private boolean vector() {
    int shape = Forms.VECTOR[i.form];
    int regKind = shape >> 1 & 3;
    int rmKind = shape >> 3 & 3;
    boolean xmm = regKind == 1 || rmKind == 1;
    boolean mmx = regKind == 3 || rmKind == 3;
    if (i.vex) {
      if (!avx) {
        return interpret();
      }
      engine.takesAvx();
    }
    if (xmm) {
      requireSimd();
    }
    if (mmx) {
      requireX87();
    }
    boolean toRm = (shape & TO_RM) != 0;
    boolean wide = (i.rex & 8) != 0;
    int prefix = mandatoryPrefix();
    int reg = regKind == 0 ? extension() : regKind == 3 ? i.reg & 7 : i.reg;
    boolean storeReg = false;
    if (i.memory && (shape & ALIGNED) != 0) {
      probeOperandAlone(vectorLog(i), toRm, true);
    } else if (i.memory) {
      probeOperand(vectorLog(i), toRm);
    }
    if (regKind == 2) {
      reg = HOST[i.reg];
      if (reg < 0) {
        reg = RCX;
        if (toRm) {
          a.load(RCX, RSP, NativeState.register(i.reg));
        }
        storeReg = !toRm;
      }
    }
    boolean w = wide && (regKind == 2 || rmKind == 2);
    boolean storeRm = false;
    if (i.memory) {
      if (i.vex) {
        a.vexMemory(i.map, pp(), wide, i.wide, i.opcode, reg, i.v, address, RDX, displacement);
      } else {
        a.memory(prefix, w, i.map, i.opcode, reg, address, RDX, 0, displacement, false);
      }
    } else {
      int rm = rmKind == 3 ? i.rm & 7 : i.rm;
      if (rmKind == 2) {
        rm = HOST[i.rm];
        if (rm < 0) {
          rm = RAX;
          if (!toRm) {
            a.load(RAX, RSP, NativeState.register(i.rm));
          }
          storeRm = toRm;
        }
      }
      if (i.vex) {
        a.vexRegister(i.map, pp(), wide, i.wide, i.opcode, reg, i.v, rm);
      } else {
        a.register(prefix, w, i.map, i.opcode, reg, rm, false);
      }
    }
    if ((shape & 64) != 0) {
      a.byte1((int) i.immediate);
    }
    if (storeReg) {
      a.store(RSP, NativeState.register(i.reg), RCX);
    }
    if (storeRm) {
      a.store(RSP, NativeState.register(i.rm), RAX);
    }
    return true;
  }
}
