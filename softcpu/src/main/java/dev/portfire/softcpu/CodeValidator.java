package dev.portfire.softcpu;

import dev.portfire.machine.X86State;
import java.util.Arrays;

/**
 * Decodes the machine code of a translated block again and accepts it only if it can do nothing but compute, use the fields
 * of {@link NativeState} that are meant for it, access guest memory behind a probe of the soft TLB, and leave.
 *
 * <p>Written from the SDM (volume 2, chapter 2 and appendix A), not from the emitter, with which it shares the layout of
 * {@link NativeState} and the place of the exit. {@link ValidatorForms} lists the instructions that may occur at all. The
 * rest is an abstract execution, straight through the block: what is known of a register is the identity of the value in it
 * and an offset, or which step of a probe or of the jump cache it holds; what a JRCXZ has proved is known on its taken edge
 * only, what a LOOP has on the other, of values and not of registers, so that a register that changes loses it. At every place that can be entered
 * from outside, or jumped to over a long distance, nothing is known.
 *
 * <p>One instance is used for one block after another; it allocates nothing unless it refuses.
 */
final class CodeValidator {
  /** Which places in the code memory are entries of other blocks of the same mode. */
  @FunctionalInterface
  interface Entries {
    boolean isEntry(int mode, int place);
  }

  private static final int RAX = 0;
  private static final int RCX = 1;
  private static final int RDX = 2;
  private static final int RBX = 3;
  private static final int RSP = 4;
  private static final int RSI = 6;
  private static final int RDI = 7;
  private static final int NONE = EmittedInstruction.NONE;

  // Fields that are followed like registers.
  private static final int SCRATCH = 16;
  private static final int SCRATCH_2 = 17;
  private static final int TARGET = 18;
  private static final int CELLS = 19;

  // What a register holds: a kind with up to three numbers.

  /** The value with an identity, plus an offset; third number 1 if it is below 2^32. Identity 0 is the number 0. */
  private static final int VALUE = 0;

  /** A value shifted down by 12. */
  private static final int PAGE_NUMBER = 1;

  /** The sign of a value; third number: the size in bytes that it was extended from. */
  private static final int SIGN = 2;

  /** A bit number; first number: the greatest that it can be; the others: of which value it is the low bits, NONE if of none. */
  private static final int BIT = 3;

  /** The TLB slot of a value. */
  private static final int SLOT = 4;

  /** The tag in that slot, then the difference with an offset, then what is zero if that is in the page; see WRITES. */
  private static final int TAG = 5;

  private static final int DIFFERENCE = 6;
  private static final int IN_PAGE = 7;

  /** The same for an aligned access; third number: the offset times 8, plus log2 of the alignment. */
  private static final int IN_PAGE_ALIGNED = 8;

  /** The same for the last byte of an array; third number: the element count's identity times 4, plus log2 of the size. */
  private static final int ARRAY_DIFFERENCE = 9;

  private static final int ARRAY_IN_PAGE = 10;

  /**
   * A slot of the jump cache, second number: where its mask is; the key in it, first number: the slot's times 4, plus the mode; its sum
   * with an address, and with ATTENTION. The same for the return stack, with 1 as the key's second number: the sum that is wanted is −1.
   */
  private static final int JUMP_SLOT = 11;

  private static final int JUMP_KEY = 12;
  private static final int JUMP_SUM = 13;
  private static final int JUMP_CHECK = 14;
  private static final int ATTENTION = 15;
  private static final int SIMD_ABSENT = 16;

  /** One more than {@link #IN_PAGE_ALIGNED}, {@link #ATTENTION}, {@link #JUMP_SUM} and {@link #JUMP_CHECK}, for LOOP. */
  private static final int IN_PAGE_ALIGNED_1 = 17;

  private static final int ATTENTION_1 = 18;
  private static final int JUMP_SUM_1 = 19;
  private static final int JUMP_CHECK_1 = 20;

  /** Which page of memory a value's code is fetched from; no secret, but the only thing to which a number may be added that is changed later. */
  private static final int FETCHED = 21;

  /** {@link NativeState#X87_PRESENT}, and one less than it. */
  private static final int X87_PRESENT_1 = 22;

  private static final int X87_PRESENT_0 = 23;

  /** The low six bits of the value with an identity and an offset, less 63. */
  private static final int UNMASKED = 24;

  /** The sum of {@link #FETCHED} and that value; the same with {@link #ATTENTION}. */
  private static final int FETCHED_SUM = 25;

  private static final int FETCHED_CHECK = 26;

  /** The number of a slot of the return stack: any, zero-extended from a byte. */
  private static final int RETURN_TOP = 27;

  // From here on it is the host's business: never to be seen by the guest.
  private static final int SECRET = 32;

  /** What turns an address of the slot's page into a host address. */
  private static final int ADDEND = 33;

  /** The host address of a value plus an offset; third number: the offset whose slot the addend is from. */
  private static final int HOST = 34;

  private static final int JUMP_CODE = 35;

  /** Such a one of which the low 16 bits are the guest's. */
  private static final int SECRET_ABOVE = 36;

  /** The host address of an entry of this block. */
  private static final int RETURN_PLACE = 37;

  /** Beside TAG and what follows from it: it is the tag for writing. */
  private static final int WRITES = 64;

  // What is proved: facts.

  /** (identity, offset, from, to, write, alignment's log2, where): an access to offset+from..offset+to hits. */
  private static final int PROBED = 1;

  /** (identity, offset, count's identity, log2 of the element size, write). */
  private static final int ARRAY_PROBED = 2;

  /** (identity, offset): from 0 to 4095, that is. */
  private static final int SMALL = 3;

  private static final int NOT_ZERO = 4;

  /** (identity, offset, bytes): neither 0 nor −1. */
  private static final int DIVISOR = 5;

  /** (slot times 4 plus mode, identity, offset): that slot of that mode's jump cache is the address's. */
  private static final int JUMP_KNOWN = 6;

  /** The SSE registers are the guest's. */
  private static final int SIMD_PRESENT = 7;

  /** There is nothing that wants attention. */
  private static final int CALM = 8;

  /** The x87 registers are the guest's, and all x87 exceptions are masked. */
  private static final int X87_PRESENT = 9;

  /** (identity, offset): as an x87 control word it masks all exceptions. */
  private static final int MASKED = 10;

  private static final int FACT = 8;
  private static final int FACTS = 8;
  private static final int FIRST_FACT = 4 * CELLS + 1;
  private static final int NEXT_FACT = 4 * CELLS;
  private static final int LAST_FACT = FIRST_FACT + FACT * FACTS;

  /** An identity, that of another value and an offset: the last low half that was taken of such a sum. */
  private static final int HALF = LAST_FACT;

  /** The identity of what was last read of the field PAGE; whether that has been given a page that may be a lower one. */
  private static final int PAGE = HALF + 3;

  private static final int BACKWARD = PAGE + 1;

  private static final int STATE = BACKWARD + 1;

  // What is known of a byte of the block.
  private static final int BOUNDARY = 1;
  private static final int ENTRY = 2;
  private static final int FORWARD = 4;
  private static final int LEAVES = 8;
  private static final int DISTANCE = 16;
  private static final int FRAME = 32;

  /** It is where a CALL leads, which has moved RSP. */
  private static final int CALLED = 64;

  private static final int SNAPSHOTS = 12;

  private static final int FIELDS_FROM = NativeState.register(0);
  private static final boolean[] READABLE = new boolean[256];
  private static final boolean[] WRITABLE = new boolean[256];

  static {
    for (int g = 0; g < Instruction.SEGMENT_BASE + 6; g++) {
      READABLE[field(NativeState.register(g))] = true;
    }
    // CALL and PUSH write the eight bytes below the stack pointer, which are these registers' places.
    READABLE[field(NativeState.register(13))] = false;
    READABLE[field(NativeState.register(14))] = false;
    for (int f : new int[] {
      NativeState.TLB_MASK, NativeState.JUMP_HASH, NativeState.INTERRUPT_FLAG,
      NativeState.DIRECTION_FLAG, NativeState.OTHER_FLAGS, NativeState.INTERRUPT_PENDING, NativeState.BIT_31,
      NativeState.BIT_63, NativeState.COUNT, NativeState.KERNEL_GS_BASE, NativeState.TRANSITION_SLOW,
      NativeState.SYSCALL_TARGET, NativeState.KERNEL_SELECTORS, NativeState.KERNEL_SELECTORS + 8,
      NativeState.USER_SELECTORS, NativeState.USER_SELECTORS + 8, NativeState.SYSRET_EXPECTED, NativeState.IRET_EXPECTED,
      NativeState.TSC_SLOW, NativeState.TSC_BASE, NativeState.TSC_FACTOR, NativeState.TSC_START, NativeState.TSC_AUX,
      NativeState.SEGMENT_BASE_SLOW, NativeState.FLAGS_WITHOUT_AC, NativeState.FLAGS_WITH_AC, NativeState.iretSlow(Mmu.SUPERVISOR_SMAP),
      NativeState.iretSlow(Mmu.SUPERVISOR)
    }) {
      READABLE[field(f)] = true;
    }
    for (int s = 0; s < 6; s++) {
      READABLE[field(NativeState.SELECTORS + 8 * s)] = true;
    }
    for (int g = 0; g < 16; g++) {
      WRITABLE[field(NativeState.register(g))] = true;
    }
    for (int m = 0; m < NativeState.MODES; m++) {
      READABLE[field(NativeState.returnTop(m))] = true;
      WRITABLE[field(NativeState.returnTop(m))] = true;
    }
    WRITABLE[field(NativeState.PAGE)] = true;
    WRITABLE[field(NativeState.COUNT)] = true;
    WRITABLE[field(NativeState.X87_INSTRUCTION)] = true;
    WRITABLE[field(NativeState.X87_DATA)] = true;
    WRITABLE[field(NativeState.X87_OPCODE)] = true;
    WRITABLE[field(NativeState.TRANSITION)] = true;
    WRITABLE[field(NativeState.SELECTORS + 8 * X86State.CS)] = true;
    WRITABLE[field(NativeState.SELECTORS + 8 * X86State.SS)] = true;
  }

  private final Entries others;
  private final int exit;

  // The block. Tests plant errors into what was checked last.
  final EmittedInstruction i = new EmittedInstruction();
  int base;
  int mode;
  int firstSite;
  int siteCount;
  private byte[] marks = new byte[8192];

  /** Marked places that the decoder has not come to yet. */
  private int open;

  // The abstract execution.
  private int[] state = new int[STATE];

  /** The array for the next fork, and whether the state is one that nothing holds yet. */
  private int[] spare = new int[STATE];

  private boolean forked;
  private final int[][] snapshots = new int[SNAPSHOTS][STATE];
  private final int[] snapshotAt = new int[SNAPSHOTS];
  private int openSnapshots;
  private boolean reachable;
  private int identities;

  /** The value that the last instruction has compared with 1: identity, offset, bytes of it; none: identity −1. */
  private int compared;

  private int comparedOffset;
  private int comparedSize;

  private int previous;

  /** Where else the block may leave to. */
  private int secondLook;

  /**
   * @param exit where in the code memory sites jump to
   */
  CodeValidator(int exit, Entries others) {
    this.exit = exit;
    this.others = others;
  }

  private static int field(int displacement) {
    return displacement - FIELDS_FROM >> 3;
  }

  // ---- the block

  /**
   * Takes the next block; the declarations and {@link #check} follow.
   *
   * @param code what was emitted; it is not copied
   * @param base where in the code memory it will be
   * @param mode the privilege mode whose tables it uses
   * @param firstSite the first of the numbers with which it may leave
   */
  void begin(byte[] code, int length, int base, int mode, int firstSite, int siteCount) {
    i.begin(code, length);
    this.base = base;
    this.mode = mode;
    this.firstSite = firstSite;
    this.siteCount = siteCount;
    secondLook = exit;
    if (marks.length <= length) {
      marks = new byte[2 * length];
    }
    Arrays.fill(marks, 0, length + 1, (byte) 0);
    Arrays.fill(snapshotAt, NONE);
    openSnapshots = 0;
    if (forked) {
      // The last block was refused in the middle of a jump.
      spare = new int[STATE];
      forked = false;
    }
    open = 0;
  }

  /** Declares where in the code memory RET looks again, in the block's mode, before it leaves. */
  void secondLook(int place) {
    secondLook = place;
  }

  /** Declares a place at which the block can be entered from outside. */
  void entry(int place) {
    if (place < 0 || place >= i.length) {
      throw refuse("entry at " + place + " is not in the block");
    }
    mark(place, ENTRY);
  }

  boolean isEntry(int place) {
    return (marks[place] & ENTRY) != 0;
  }

  boolean isBoundary(int place) {
    return (marks[place] & BOUNDARY) != 0;
  }

  private void mark(int place, int what) {
    if ((marks[place] & (ENTRY | FORWARD)) == 0) {
      open++;
    }
    marks[place] |= (byte) what;
  }

  /**
   * Checks the block.
   *
   * @param patchable the entry that becomes a jump to the stub when the block is invalid
   * @param stub where that leaves
   * @param distances where distances of jumps are that may be changed, to lead to entries of other blocks
   * @throws IllegalStateException if it is refused: place, reason, bytes
   */
  void check(int patchable, int stub, int[] distances, int distanceCount) {
    reachable = false;
    identities = 0;
    compared = NONE;
    previous = NONE;
    forgetState();
    while (i.at < i.length) {
      i.start = i.at;
      if ((marks[i.start] & CALLED) != 0 && reachable) {
        throw refuse("RSP is not where it was on one of two ways");
      }
      arrive();
      i.decode();
      marks[i.start] |= BOUNDARY;
      int rule = i.form >>> ValidatorForms.RULE;
      int wasCompared = compared;
      compared = NONE;
      execute(rule, wasCompared);
      previous = i.start;
    }
    i.start = i.length;
    if (reachable) {
      throw refuse("execution runs out of the block");
    }
    if (open != 0) {
      throw refuse("a jump or an entry that is not at the start of an instruction");
    }
    if (openSnapshots != 0) {
      throw refuse("a jump that is not to the start of an instruction");
    }
    patchable(patchable, stub, distances, distanceCount);
  }

  /** What is changed while other threads execute it must be changed by one store. */
  private void patchable(int patchable, int stub, int[] distances, int distanceCount) {
    i.start = patchable;
    if (patchable < 0 || patchable + 5 > i.length || (base + patchable & 7) != 0 || (marks[patchable] & ENTRY) == 0
        || i.code4(patchable) != 0x00441f0f || i.code[patchable + 4] != 0) {
      throw refuse("no five-byte NOP in eight aligned bytes");
    }
    i.start = stub;
    if (stub < 0 || stub >= i.length || (marks[stub] & LEAVES) == 0) {
      throw refuse("the stub does not leave");
    }
    for (int k = 0; k < distanceCount; k++) {
      i.start = distances[k];
      if (i.start < 0 || i.start >= i.length || (marks[i.start] & DISTANCE) == 0 || (base + i.start & 3) != 0) {
        throw refuse("no aligned distance of a jump");
      }
    }
  }

  /** Checks, after {@link #check}, that a number may be changed while other threads execute the block. */
  void checkFrame(int place) {
    i.start = place;
    if (place < 0 || place >= i.length || (marks[place] & FRAME) == 0 || (base + place & 3) != 0) {
      throw refuse("no aligned number of a page");
    }
  }

  private IllegalStateException refuse(String reason) {
    return i.refuse(reason);
  }

  // ---- what is known

  private int kind(int cell) {
    return state[4 * cell];
  }

  private int first(int cell) {
    return state[4 * cell + 1];
  }

  private int second(int cell) {
    return state[4 * cell + 2];
  }

  private int third(int cell) {
    return state[4 * cell + 3];
  }

  private void set(int cell, int kind, int a, int b, int c) {
    int at = 4 * cell;
    state[at] = kind;
    state[at + 1] = a;
    state[at + 2] = b;
    state[at + 3] = c;
  }

  private void copy(int to, int from) {
    System.arraycopy(state, 4 * from, state, 4 * to, 4);
  }

  private void fresh(int cell) {
    set(cell, VALUE, ++identities, 0, 0);
  }

  /** A new value that an operation of this size gives. */
  private void fresh(int cell, boolean half) {
    set(cell, VALUE, ++identities, 0, half ? 1 : 0);
  }

  private void number(int cell, long value) {
    if (value == (int) value) {
      set(cell, VALUE, 0, (int) value, 0);
    } else {
      fresh(cell, value >>> 32 == 0);
    }
  }

  private boolean is(int cell, long number) {
    return kind(cell) == VALUE && first(cell) == 0 && second(cell) == number;
  }

  private static boolean secret(int kind) {
    return kind >= SECRET && kind < WRITES;
  }

  private boolean holdsSecret(int cell) {
    return secret(kind(cell));
  }

  private void open(int cell) {
    if (holdsSecret(cell)) {
      throw refuse("a host address where the guest can see it");
    }
  }

  private void open(int cell, int bytes) {
    if (bytes != 2 || kind(cell) != SECRET_ABOVE) {
      open(cell);
    }
  }

  /** Every guest register must hold what is the guest's. RAX, RCX and RDX are none. */
  private void boundary() {
    boundary(state);
  }

  private void boundary(int[] known) {
    for (int r = RDX + 1; r < 16; r++) {
      if (secret(known[4 * r])) {
        throw refuse("a host address where the guest can see it");
      }
    }
  }

  private void forgetState() {
    int[] s = state;
    Arrays.fill(s, 0);
    int identity = identities;
    for (int r = 1; r < 4 * CELLS; r += 4) {
      s[r] = ++identity;
    }
    s[PAGE] = NONE;
    identities = identity;
  }

  private void prove(int fact, int a, int b, int c, int d, int e, int f, int g) {
    int n = state[NEXT_FACT];
    state[NEXT_FACT] = (n + 1) % FACTS;
    int at = FIRST_FACT + FACT * n;
    state[at] = fact;
    state[at + 1] = a;
    state[at + 2] = b;
    state[at + 3] = c;
    state[at + 4] = d;
    state[at + 5] = e;
    state[at + 6] = f;
    state[at + 7] = g;
  }

  private void prove(int fact, int a, int b, int c) {
    prove(fact, a, b, c, 0, 0, 0, 0);
  }

  private boolean proved(int fact, int a, int b, int c) {
    for (int f = FIRST_FACT; f < LAST_FACT; f += FACT) {
      if (state[f] == fact && state[f + 1] == a && state[f + 2] == b && state[f + 3] == c) {
        return true;
      }
    }
    return false;
  }

  private boolean arrayProved(int a, int b, int count, int log, boolean write) {
    for (int f = FIRST_FACT; f < LAST_FACT; f += FACT) {
      if (state[f] == ARRAY_PROBED && state[f + 1] == a && state[f + 2] == b && state[f + 3] == count
          && state[f + 4] == log && (!write || state[f + 5] != 0)) {
        return true;
      }
    }
    return false;
  }

  /** Execution comes to a place. */
  private void arrive() {
    int mark = marks[i.start];
    if ((mark & (ENTRY | FORWARD)) != 0) {
      open--;
      if (reachable) {
        boundary();
      }
      forgetState();
      reachable = true;
      compared = NONE;
    }
    for (int s = 0; s < SNAPSHOTS && openSnapshots > 0; s++) {
      if (snapshotAt[s] == i.start) {
        snapshotAt[s] = NONE;
        openSnapshots--;
        if ((mark & (ENTRY | FORWARD)) != 0) {
          boundary(snapshots[s]);
          continue;
        }
        compared = NONE;
        if (reachable) {
          merge(snapshots[s]);
        } else {
          int[] free = state;
          state = snapshots[s];
          snapshots[s] = free;
          reachable = true;
        }
      }
    }
    if (!reachable) {
      // It has to be right all the same.
      forgetState();
      reachable = true;
    }
  }

  /** What is known on both of two ways here. */
  private void merge(int[] other) {
    for (int r = 0; r < CELLS; r++) {
      if (!Arrays.equals(state, 4 * r, 4 * r + 4, other, 4 * r, 4 * r + 4)) {
        boolean secret = holdsSecret(r) || secret(other[4 * r]);
        fresh(r);
        if (secret) {
          set(r, SECRET, 0, 0, 0);
        }
      }
    }
    if (!Arrays.equals(state, HALF, PAGE, other, HALF, PAGE)) {
      state[HALF] = 0;
    }
    if (state[PAGE] != other[PAGE]) {
      state[PAGE] = NONE;
    }
    state[BACKWARD] |= other[BACKWARD];
    for (int f = FIRST_FACT; f < LAST_FACT; f += FACT) {
      boolean found = false;
      for (int g = FIRST_FACT; g < LAST_FACT && !found; g += FACT) {
        found = Arrays.equals(state, f, f + FACT, other, g, g + FACT);
      }
      if (!found) {
        state[f] = 0;
      }
    }
  }

  /**
   * A jump to a place relative to the block.
   *
   * @param near whether what is known stays known there
   */
  private void jump(int target, boolean near, boolean calm) {
    if (target >= 0 && target < i.length) {
      if (target > i.start) {
        if (target < i.at) {
          throw refuse("a jump into itself");
        }
        if ((marks[target] & CALLED) != 0) {
          throw refuse("RSP is not where it was on one of two ways");
        }
        forward(target, near);
        return;
      }
      boundary();
      int mark = marks[target];
      if ((mark & LEAVES) != 0) {
        return;
      }
      if ((mark & ENTRY) == 0) {
        throw refuse("a jump backward to what is no entry");
      }
      if (!calm && !proved(CALM, 0, 0, 0)) {
        throw refuse("a jump backward without a look at what wants attention");
      }
      return;
    }
    boundary();
    if (!others.isEntry(mode, base + target)) {
      throw refuse("a jump out of the block to what is no entry");
    }
  }

  private void forward(int target, boolean near) {
    if (near && (marks[target] & ENTRY) == 0) {
      for (int s = 0; s < SNAPSHOTS; s++) {
        if (snapshotAt[s] == NONE) {
          snapshotAt[s] = target;
          if (forked) {
            // It is a copy already.
            int[] free = snapshots[s];
            snapshots[s] = state;
            spare = free;
            forked = false;
          } else {
            System.arraycopy(state, 0, snapshots[s], 0, STATE);
          }
          openSnapshots++;
          return;
        }
      }
    }
    boundary();
    mark(target, FORWARD);
  }

  /** Goes on with a copy of the state, for a jump's taken edge; returns the state. */
  private int[] fork() {
    int[] here = state;
    System.arraycopy(here, 0, spare, 0, STATE);
    state = spare;
    forked = true;
    return here;
  }

  private void join(int[] here) {
    if (forked) {
      spare = state;
      forked = false;
    }
    state = here;
  }

  // ---- rules

  private void execute(int rule, int wasCompared) {
    switch (rule) {
      case ValidatorForms.LEA -> lea();
      case ValidatorForms.LOAD -> move(i.reg, i.rm, true);
      case ValidatorForms.STORE -> move(i.rm, i.reg, false);
      case ValidatorForms.JRCXZ -> jumpIfRcxZero();
      case ValidatorForms.LOOP -> jumpUnlessRcxIsOne();
      case ValidatorForms.JUMP -> jump();
      case ValidatorForms.JUMP_IF -> jumpIf(wasCompared);
      case ValidatorForms.JUMP_REGISTER -> jumpRegister();
      case ValidatorForms.DIVIDE -> divide();
      case ValidatorForms.DIVIDE_SIGNED -> divideSigned();
      case ValidatorForms.STRING -> string();
      case ValidatorForms.BIT_TEST -> bitTest();
      case ValidatorForms.EXTRACT -> extract();
      case ValidatorForms.MULTIPLY -> multiply();
      case ValidatorForms.SHIFT -> shift();
      case ValidatorForms.SIGN_EXTEND -> signExtend();
      case ValidatorForms.NOP -> nop();
      case ValidatorForms.NUMBER -> number();
      case ValidatorForms.COMPARE -> compare();
      case ValidatorForms.STORE_NUMBER -> storeNumber();
      case ValidatorForms.READ_TIME -> {
        fresh(RAX);
        fresh(RDX);
      }
      case ValidatorForms.COMPARE_STRINGS -> compareStrings();
      case ValidatorForms.X87 -> x87();
      case ValidatorForms.MMX -> {
        requireX87();
        plain();
      }
      case ValidatorForms.EXTEND_BYTE -> extendByte();
      case ValidatorForms.CALL -> call();
      case ValidatorForms.PUSH -> push();
      case ValidatorForms.RETURN -> ret();
      default -> plain();
    }
  }

  /** An instruction of which only the operands matter. */
  private void plain() {
    if ((i.form & (ValidatorForms.REG_XMM | ValidatorForms.RM_XMM)) != 0 && mode != Mmu.USER
        && !proved(SIMD_PRESENT, 0, 0, 0)) {
      throw refuse("an SSE register that may be the host's");
    }
    boolean part = i.has(ValidatorForms.REG_BYTE) || i.operandSize && !i.has(ValidatorForms.REG_XMM | ValidatorForms.RM_XMM);
    int r = NONE;
    if (i.has(ValidatorForms.REG_GENERAL)) {
      r = i.general(i.reg, i.has(ValidatorForms.REG_BYTE));
      if (i.has(ValidatorForms.REG_READ) || part) {
        open(r);
      }
    }
    int m = NONE;
    if (i.memory) {
      access(i.bytes(), i.has(ValidatorForms.RM_WRITE), i.has(ValidatorForms.ALIGNED));
    } else if (i.has(ValidatorForms.RM_GENERAL)) {
      m = i.general(i.rm, i.has(ValidatorForms.RM_BYTE));
      if (i.has(ValidatorForms.RM_READ | ValidatorForms.RM_BYTE) || i.operandSize) {
        open(m);
      }
    }
    if (i.has(ValidatorForms.ACCUMULATOR)) {
      open(RAX);
      fresh(RAX);
    }
    if (i.has(ValidatorForms.DATA)) {
      data();
    }
    if (i.has(ValidatorForms.COUNT)) {
      open(RCX);
    }
    if (i.has(ValidatorForms.BASE)) {
      open(RBX);
    }
    if ((i.shape & ValidatorForms.OTHER_READ) != 0) {
      open(i.general(i.vvvv));
    }
    if ((i.shape & ValidatorForms.OTHER_WRITE) != 0) {
      fresh(i.general(i.vvvv));
    }
    if (r != NONE && i.has(ValidatorForms.REG_WRITE)) {
      fresh(r);
    }
    if (m != NONE && i.has(ValidatorForms.RM_WRITE)) {
      fresh(m);
    }
  }

  /** MUL and IMUL write RDX, CMPXCHG16B reads it, too. */
  private void data() {
    if (i.memory && i.has(ValidatorForms.RM_WRITE)) {
      open(RDX);
    }
    if (i.size() == 2 && holdsSecret(RDX)) {
      set(RDX, SECRET_ABOVE, 0, 0, 0);
    } else {
      fresh(RDX);
    }
  }

  /** The memory operand is accessed. */
  private void access(int bytes, boolean write, boolean aligned) {
    if (i.addressBase == RSP && i.index == NONE) {
      accessState(bytes, write);
      if (i.lock) {
        throw refuse("LOCK where it is not allowed");
      }
      return;
    }
    accessGuest(bytes, write, aligned || i.lock || i.has(ValidatorForms.LOCKED));
  }

  private void accessState(int bytes, boolean write) {
    int field = field(i.displacement);
    boolean[] allowed = write ? WRITABLE : READABLE;
    // SWAPGS, WRFSBASE and WRGSBASE; STAC and CLAC
    boolean supervisors = write && mode != Mmu.USER && bytes == 8
        && (i.displacement == NativeState.FS_BASE || i.displacement == NativeState.GS_BASE || i.displacement == NativeState.KERNEL_GS_BASE
            || i.displacement == NativeState.OTHER_FLAGS);
    if (!supervisors && (i.displacement < FIELDS_FROM || field >= allowed.length || field != field(i.displacement + bytes - 1)
        || !allowed[field] || bytes > 8)) {
      throw refuse(write ? "a write to a field that is not for it" : "a read of a field that is not for it");
    }
  }

  private void accessGuest(int bytes, boolean write, boolean aligned) {
    int cell = i.addressBase;
    int slotOffset;
    if (cell == NONE || cell == RSP) {
      throw refuse("a memory operand that is neither a field nor behind a probe");
    }
    if (i.index == NONE && kind(cell) == HOST) {
      slotOffset = third(cell);
    } else {
      int addend = i.index;
      if (i.index != NONE && kind(i.index) == VALUE) {
        cell = i.index;
        addend = i.addressBase;
      }
      if (addend == NONE || i.scale != 0 || kind(cell) != VALUE || kind(addend) != ADDEND || first(addend) != first(cell)) {
        throw refuse("a memory operand that is neither a field nor behind a probe");
      }
      slotOffset = second(addend);
    }
    long offset = (long) second(cell) + i.displacement;
    if (!probed(first(cell), slotOffset, offset, bytes, write)) {
      throw refuse("a probe that does not cover the access");
    }
    if (aligned && bytes > 1 && !aligned(first(cell), offset, bytes)) {
      throw refuse("a probe that does not cover the alignment");
    }
  }

  private boolean probed(int identity, int slotOffset, long offset, int bytes, boolean write) {
    long from = offset - slotOffset;
    for (int f = FIRST_FACT; f < LAST_FACT; f += FACT) {
      if (state[f] == PROBED && state[f + 1] == identity && state[f + 2] == slotOffset && state[f + 3] <= from
          && from + bytes - 1 <= state[f + 4] && (!write || state[f + 5] != 0)) {
        return true;
      }
    }
    return false;
  }

  private boolean aligned(int identity, long offset, int bytes) {
    for (int f = FIRST_FACT; f < LAST_FACT; f += FACT) {
      if (state[f] == PROBED && state[f + 1] == identity && 1 << state[f + 6] >= bytes
          && (offset - state[f + 2] - state[f + 7]) % bytes == 0) {
        return true;
      }
    }
    return false;
  }

  /** MOV between a general register and a register or memory. */
  private void move(int to, int from, boolean load) {
    int bytes = i.size();
    if (i.memory) {
      if (load) {
        load(i.general(i.reg), bytes);
      } else {
        store(i.general(i.reg), bytes);
      }
      return;
    }
    int t = i.general(to);
    int f = i.general(from);
    if (bytes == 8) {
      copy(t, f);
      return;
    }
    open(f, bytes);
    if (bytes == 2) {
      open(t);
      fresh(t);
    } else if (kind(f) == VALUE && third(f) == 1) {
      copy(t, f);
    } else {
      fresh(t, true);
    }
  }

  private static int cell(int displacement) {
    return switch (displacement) {
      case NativeState.SCRATCH -> SCRATCH;
      case NativeState.SCRATCH_2 -> SCRATCH_2;
      case NativeState.TARGET -> TARGET;
      default -> NONE;
    };
  }

  private void load(int to, int bytes) {
    if (bytes == 2) {
      open(to);
    }
    if (i.addressBase == RSP && i.index != NONE) {
      loadFromTable(to, bytes);
      return;
    }
    if (i.addressBase == RSP && bytes == 8) {
      int cell = cell(i.displacement);
      if (cell != NONE) {
        copy(to, cell);
        return;
      }
      if (i.displacement == NativeState.X87_PRESENT) {
        set(to, X87_PRESENT_1, 0, 0, 0);
        return;
      }
      if (i.displacement == NativeState.ATTENTION || i.displacement == NativeState.SIMD_ABSENT) {
        set(to, i.displacement == NativeState.ATTENTION ? ATTENTION : SIMD_ABSENT, 0, 0, 0);
        return;
      }
    }
    access(bytes, false, false);
    fresh(to, bytes == 4);
    if (i.addressBase == RSP && i.displacement == NativeState.PAGE && bytes == 8) {
      state[PAGE] = first(to);
    }
  }

  private void loadFromTable(int to, int bytes) {
    if (kind(i.index) == RETURN_TOP && i.scale == 3 && bytes == 8) {
      int slot = 4 * first(i.index) + mode;
      if (i.displacement == NativeState.returnKeys(mode)) {
        set(to, JUMP_KEY, slot, 1, 0);
        return;
      }
      if (i.displacement == NativeState.returnCode(mode)) {
        set(to, JUMP_CODE, slot, 0, 0);
        return;
      }
    } else if (i.index == RCX && i.scale == 3 && bytes == 8) {
      int a = first(RCX);
      int b = second(RCX);
      if (kind(RCX) == SLOT) {
        if (i.displacement == NativeState.addends(mode)) {
          set(to, ADDEND, a, b, 0);
          return;
        }
        if (i.displacement == NativeState.fetchTags(mode)) {
          set(to, FETCHED, a, b, 0);
          return;
        }
        if (i.displacement == NativeState.readTags(mode) || i.displacement == NativeState.writeTags(mode)) {
          set(to, i.displacement == NativeState.writeTags(mode) ? TAG | WRITES : TAG, a, b, 0);
          return;
        }
      } else if (kind(RCX) == JUMP_SLOT) {
        for (int m = 0; m < NativeState.MODES; m++) {
          if (b == NativeState.jumpMask(m)
              && (i.displacement == NativeState.jumpKeys(m) || i.displacement == NativeState.jumpCode(m))) {
            set(to, i.displacement == NativeState.jumpKeys(m) ? JUMP_KEY : JUMP_CODE, 4 * a + m, 0, 0);
            return;
          }
        }
      }
    }
    throw refuse("a table that is not indexed as it has to be");
  }

  private void store(int from, int bytes) {
    if (i.addressBase == RSP && i.index == NONE && bytes == 8) {
      int cell = cell(i.displacement);
      if (cell != NONE) {
        if (cell == TARGET) {
          open(from);
        }
        copy(cell, from);
        return;
      }
      if (i.displacement == NativeState.X87_CONTROL) {
        if (kind(from) != VALUE || !proved(MASKED, first(from), second(from), 0)) {
          throw refuse("a control word that may unmask exceptions");
        }
        return;
      }
    }
    if (i.addressBase == RSP && i.index != NONE) {
      storeToReturns(from, bytes);
      return;
    }
    open(from, bytes);
    access(bytes, true, false);
    if (i.addressBase == RSP && i.displacement == NativeState.PAGE) {
      // Who jumps to what is in TARGET has looked at what wants attention.
      boolean arrives = first(from) != 0 && first(from) != state[PAGE] && kind(TARGET) == VALUE && first(from) == first(TARGET);
      boolean forward = first(from) == state[PAGE] && second(from) > 0;
      state[BACKWARD] = kind(from) == VALUE && (arrives || forward) ? 0 : 1;
    }
  }

  /** Into the slot behind one of the return stack: any key, but no code other than an entry of this block. */
  private void storeToReturns(int from, int bytes) {
    if (kind(i.index) == RETURN_TOP && i.scale == 3 && bytes == 8) {
      if (i.displacement == NativeState.returnKeys(mode) + 8) {
        open(from);
        return;
      }
      if (i.displacement == NativeState.returnCode(mode) + 8 && kind(from) == RETURN_PLACE) {
        return;
      }
    }
    throw refuse("a write to the return stack that is not allowed");
  }

  /** MOVZX of a byte. */
  private void extendByte() {
    plain();
    if (i.memory && i.addressBase == RSP && i.displacement == NativeState.returnTop(mode) && !i.operandSize) {
      set(i.general(i.reg), RETURN_TOP, ++identities, 0, 0);
    }
  }

  private void storeNumber() {
    if (!i.memory) {
      int to = i.general(i.rm);
      if (i.size() == 2) {
        open(to);
        fresh(to);
      } else {
        number(to, i.wide ? i.immediate : i.immediate & 0xffff_ffffL);
      }
      return;
    }
    if (i.addressBase == RSP && i.index == NONE && i.wide
        && (i.displacement == NativeState.DIRECTION_FLAG && (i.immediate == 0 || i.immediate == Cpu.DF)
            || i.displacement == NativeState.INTERRUPT_FLAG
                && (i.immediate == 0 || i.immediate == Cpu.IF && mode != Mmu.USER))) {
      return;
    }
    access(i.size(), true, false);
  }

  private void number() {
    number(i.general(i.opcode & 7 | (i.rex & 1) << 3), i.wide ? i.immediate : i.immediate & 0xffff_ffffL);
  }

  private void nop() {
    if (i.rex != 0 || i.opcode == 0x1f && i.reg != 0) {
      throw refuse("an instruction that is not allowed");
    }
  }

  private void lea() {
    if ((marks[i.start] & CALLED) != 0) {
      // What this is has been looked at.
      return;
    }
    int to = i.general(i.reg);
    if (i.relative) {
      int place = i.at + i.displacement;
      if (!i.wide || place < 0 || place >= i.length || (marks[place] & ENTRY) == 0) {
        throw refuse("the address of what is no entry");
      }
      set(to, RETURN_PLACE, 0, 0, 0);
      return;
    }
    int b = i.addressBase;
    int x = i.index;
    if (b == RSP || i.operandSize) {
      throw refuse("an address that is not the guest's");
    }
    if (b == NONE || b != NONE && x != NONE && kind(b) == VALUE && kind(x) != VALUE && i.scale == 0) {
      // A sum: which is which does not matter.
      int swap = b;
      b = x;
      x = swap;
      if (x == NONE && (b == NONE || i.scale != 0)) {
        sumOf(to, b, NONE);
        return;
      }
    }
    long sum = (long) second(b) + i.displacement;
    boolean fits = sum == (int) sum;
    int kind = kind(b);
    if (!i.wide) {
      int a = first(b);
      boolean half = x == NONE && kind == VALUE && fits;
      sumOf(to, b, x);
      if (half) {
        state[HALF] = first(to);
        state[HALF + 1] = a;
        state[HALF + 2] = (int) sum;
      }
      return;
    }
    if (x == NONE) {
      if ((kind == VALUE || kind == HOST) && fits) {
        set(to, kind, first(b), (int) sum, kind == VALUE ? 0 : third(b));
      } else if (kind == (DIFFERENCE | WRITES) || kind == DIFFERENCE) {
        difference(to, kind, b, (long) third(b) + i.displacement);
      } else if ((kind & ~WRITES) == IN_PAGE_ALIGNED && i.displacement == 1) {
        set(to, kind - IN_PAGE_ALIGNED + IN_PAGE_ALIGNED_1, first(b), second(b), third(b));
      } else if (kind == ATTENTION && i.displacement == 1) {
        set(to, ATTENTION_1, 0, 0, 0);
      } else if (kind == X87_PRESENT_1 && i.displacement == -1) {
        set(to, X87_PRESENT_0, 0, 0, 0);
      } else if (kind == BIT && first(b) == 63 && second(b) != NONE && i.displacement == -63) {
        set(to, UNMASKED, second(b), third(b), 0);
      } else {
        sumOf(to, b, NONE);
      }
      return;
    }
    boolean value = kind(x) == VALUE;
    if (i.scale != 0) {
      if ((kind & ~WRITES) == DIFFERENCE && third(b) == -1 && value && second(x) == 0 && i.displacement == 0) {
        set(to, kind - DIFFERENCE + ARRAY_DIFFERENCE, first(b), second(b), first(x) << 2 | i.scale);
      } else {
        sumOf(to, b, x);
      }
      return;
    }
    boolean same = value && first(x) == first(b);
    switch (kind & ~WRITES) {
      case TAG -> {
        if (same) {
          difference(to, kind - TAG + DIFFERENCE, b, (long) second(x) - second(b) + i.displacement);
        } else {
          sumOf(to, b, x);
        }
      }
      case DIFFERENCE -> {
        if (third(b) == -1 && value && second(x) == 0 && i.displacement == 0) {
          set(to, kind - DIFFERENCE + ARRAY_DIFFERENCE, first(b), second(b), first(x) << 2);
        } else {
          sumOf(to, b, x);
        }
      }
      case ADDEND -> {
        long offset = (long) second(x) + i.displacement;
        if (same && offset == (int) offset) {
          set(to, HOST, first(b), (int) offset, second(b));
        } else {
          sumOf(to, b, x);
        }
      }
      case JUMP_KEY -> {
        int more = i.displacement - second(b);
        if (value && (more == 0 || more == 1)) {
          set(to, more == 0 ? JUMP_SUM : JUMP_SUM_1, first(b), first(x), second(x));
        } else {
          sumOf(to, b, x);
        }
      }
      case ATTENTION, JUMP_SUM, JUMP_SUM_1, FETCHED_SUM -> {
        int other = kind == ATTENTION ? x : b;
        int step = kind(other);
        if (step == FETCHED_SUM && kind(kind == ATTENTION ? b : x) == ATTENTION && i.displacement == 0) {
          set(to, FETCHED_CHECK, 0, 0, 0);
          return;
        }
        if ((step == JUMP_SUM || step == JUMP_SUM_1) && kind(kind == ATTENTION ? b : x) == ATTENTION && i.displacement == 0) {
          set(to, step == JUMP_SUM ? JUMP_CHECK : JUMP_CHECK_1, first(other), second(other), third(other));
        } else {
          sumOf(to, b, x);
        }
      }
      case FETCHED -> {
        if (!same || second(x) != second(b)) {
          sumOf(to, b, x);
          return;
        }
        // ModRM.mod: a displacement of four bytes is the last thing in the instruction.
        if (i.at - i.start == 8) {
          marks[i.at - 4] |= FRAME;
        }
        set(to, FETCHED_SUM, 0, 0, 0);
      }
      default -> sumOf(to, b, x);
    }
  }

  private void difference(int to, int kind, int tag, long offset) {
    // Far less than the distance of two pages that share a slot. LOOP wants a page more.
    if (offset > -4096 && offset < 8192) {
      set(to, kind, first(tag), second(tag), (int) offset);
    } else {
      fresh(to);
    }
  }

  /** A sum of which nothing is known. */
  private void sumOf(int to, int b, int x) {
    if (b != NONE && holdsSecret(b) || x != NONE && holdsSecret(x)) {
      set(to, SECRET, 0, 0, 0);
    } else {
      fresh(to, !i.wide);
    }
  }

  /** PEXT, with a mask of the state or as the guest's own. */
  private void extract() {
    if (!i.memory || i.addressBase != RSP) {
      plain();
      return;
    }
    int to = i.general(i.reg);
    int from = i.general(i.vvvv);
    open(from);
    if (!i.wide || i.index != NONE) {
      throw refuse("PEXT without a mask in the state");
    }
    int a = first(from);
    int b = second(from);
    int kind = kind(from);
    switch (i.displacement) {
      case NativeState.TLB_MASK -> {
        if (kind == VALUE) {
          set(to, SLOT, a, b, 0);
        } else {
          fresh(to);
        }
      }
      case NativeState.USER_JUMP_MASK, NativeState.KERNEL_JUMP_MASK -> set(to, JUMP_SLOT, ++identities, i.displacement, 0);
      case NativeState.SYSRET_MASK, NativeState.IRET_MASK, NativeState.IF_MASK, NativeState.UPPER_HALF -> fresh(to);
      case NativeState.BIT_31 -> set(to, BIT, 31, NONE, 0);
      case NativeState.BIT_63 -> set(to, BIT, 63, kind == VALUE ? a : NONE, b);
      default -> {
        for (int log = 1; log <= 5; log++) {
          if (i.displacement == NativeState.aligned(log)) {
            if ((kind & ~WRITES) == DIFFERENCE) {
              set(to, kind - DIFFERENCE + IN_PAGE_ALIGNED, a, b, third(from) << 3 | log);
            } else {
              fresh(to);
            }
            return;
          }
        }
        throw refuse("PEXT without a mask in the state");
      }
    }
  }

  /** MULX. */
  private void multiply() {
    int high = i.general(i.reg);
    int low = i.general(i.vvvv);
    open(RDX);
    if (i.memory) {
      access(i.size(), false, false);
    } else {
      open(i.general(i.rm));
    }
    fresh(low);
    fresh(high);
  }

  /** SHRX, SARX and RORX. */
  private void shift() {
    if (i.memory || !i.wide) {
      plain();
      return;
    }
    int to = i.general(i.reg);
    int from = i.general(i.rm);
    open(from);
    int kind = kind(from);
    int a = first(from);
    int b = second(from);
    // The stack pointer is 12 modulo 64.
    if (i.has(ValidatorForms.COUNT) && i.vvvv == RSP) {
      if ((kind & ~WRITES) == DIFFERENCE || (kind & ~WRITES) == ARRAY_DIFFERENCE) {
        set(to, kind + 1, a, b, third(from));
        return;
      }
      if (kind == VALUE) {
        set(to, PAGE_NUMBER, a, b, 0);
        return;
      }
    }
    if (i.has(ValidatorForms.IMMEDIATE_8) ? i.vvvv != 0 : i.vvvv != RSP && holdsSecret(i.vvvv)) {
      throw refuse("an instruction that is not allowed");
    }
    fresh(to);
  }

  /** PCMPESTRM and PCMPESTRI read RAX and RDX; PCMPESTRI and PCMPISTRI write RCX. */
  private void compareStrings() {
    plain();
    if (i.opcode < 0x62) {
      open(RAX);
      open(RDX);
    }
    if ((i.opcode & 1) != 0) {
      fresh(RCX);
    }
  }

  private void requireX87() {
    if (!proved(X87_PRESENT, 0, 0, 0)) {
      throw refuse("an x87 register that may be the host's");
    }
  }

  private void x87() {
    requireX87();
    if (!i.memory) {
      if (i.rex != 0 || !ValidatorForms.isX87(i.opcode, 0xc0 | i.reg << 3 | i.rm)) {
        throw refuse("an instruction that is not allowed");
      }
      if (i.opcode == 0xdf && i.reg == 4) {
        // FNSTSW AX
        open(RAX);
        fresh(RAX);
      }
      return;
    }
    if (i.opcode == 0xd9 && i.reg == 5) {
      // FLDCW of something else may unmask exceptions, which the JVM would get.
      if (i.addressBase != RSP || i.index != NONE || i.displacement != NativeState.X87_CONTROL) {
        throw refuse("a control word that may unmask exceptions");
      }
      return;
    }
    if (i.addressBase == RSP) {
      throw refuse("an x87 operand in the state");
    }
    access(i.bytes(), i.has(ValidatorForms.RM_WRITE), false);
  }

  private void signExtend() {
    open(RAX);
    if (i.operandSize && !i.wide) {
      open(RDX);
      fresh(RDX);
    } else if (kind(RAX) == VALUE) {
      set(RDX, SIGN, first(RAX), second(RAX), i.size());
    } else {
      fresh(RDX);
    }
  }

  private void compare() {
    if (!i.memory && i.immediate == 1 && !i.operandSize) {
      int m = i.general(i.rm);
      if (kind(m) == VALUE) {
        compareOne(first(m), second(m));
      }
    }
    plain();
  }

  private void compareOne(int identity, int offset) {
    comparedSize = i.size();
    if (i.wide) {
      compared = identity;
      comparedOffset = offset;
      return;
    }
    if (offset == 0 && state[HALF] == identity && identity != 0) {
      compared = state[HALF + 1];
      comparedOffset = state[HALF + 2];
    }
  }

  /** BT and its kin with a register for the bit's number: in memory it reaches as far as that says. */
  private void bitTest() {
    if (i.memory) {
      int bit = i.general(i.reg);
      if (kind(bit) != BIT || first(bit) >= 8 * i.size()) {
        throw refuse("a bit number that is not masked");
      }
    }
    plain();
  }

  /** DIV of a value with an upper half of zero by one that is not zero. */
  private void divide() {
    int m = i.general(i.rm);
    if (i.operandSize || kind(m) != VALUE || !proved(NOT_ZERO, first(m), second(m), 0) || !i.wide && third(m) != 1
        || !is(RDX, 0) || holdsSecret(RAX)) {
      throw refuse("a division that may fault");
    }
    fresh(RAX);
    fresh(RDX);
  }

  /** IDIV of a value that was sign-extended, by one that is neither 0 nor −1. */
  private void divideSigned() {
    int m = i.general(i.rm);
    if (i.operandSize || kind(m) != VALUE || !proved(DIVISOR, first(m), second(m), i.size()) || kind(RAX) != VALUE
        || kind(RDX) != SIGN || first(RDX) != first(RAX) || second(RDX) != second(RAX) || third(RDX) != i.size()) {
      throw refuse("a division that may fault");
    }
    fresh(RAX);
    fresh(RDX);
  }

  /** MOVS and STOS, with host addresses in RDI and RSI. */
  private void string() {
    boolean moves = (i.opcode & 2) == 0 && i.opcode < 0xa8;
    int log = (i.opcode & 1) == 0 ? 0 : i.wide ? 3 : i.operandSize ? 1 : 2;
    if (i.repeat && (kind(RCX) != VALUE || second(RCX) != 0 || !proved(SMALL, first(RCX), -1, 0))) {
      throw refuse("a repeated instruction with a count that is not bounded");
    }
    stringOperand(RDI, log, true);
    if (moves) {
      stringOperand(RSI, log, false);
      set(RSI, SECRET, 0, 0, 0);
    } else {
      open(RAX);
    }
    set(RDI, SECRET, 0, 0, 0);
    if (i.repeat) {
      fresh(RCX);
    }
  }

  private void stringOperand(int r, int log, boolean write) {
    if (kind(r) != HOST
        || !(i.repeat
            ? second(r) == third(r) && arrayProved(first(r), second(r), first(RCX), log, write)
            : probed(first(r), third(r), second(r), 1 << log, write))) {
      throw refuse("a string that is not behind a probe");
    }
  }

  // ---- jumps

  private void jumpIfRcxZero() {
    if (i.rex != 0) {
      throw refuse("an instruction that is not allowed");
    }
    int target = i.at + (int) i.immediate;
    int[] here = fork();
    int kind = kind(RCX);
    int a = first(RCX);
    int b = second(RCX);
    int c = third(RCX);
    int write = kind & WRITES;
    switch (kind & ~WRITES) {
      case IN_PAGE -> provePage(a, b, c, write);
      case IN_PAGE_ALIGNED -> proveAligned(a, b, c, write);
      case ARRAY_IN_PAGE -> prove(ARRAY_PROBED, a, b, c >>> 2, c & 3, write, 0, 0);
      case PAGE_NUMBER -> prove(SMALL, a, b, 0);
      case JUMP_CHECK -> prove(JUMP_KNOWN, a, b, c);
      // No difference of two addresses is the negative of what ATTENTION is when something is wanted.
      case ATTENTION, FETCHED_CHECK -> prove(CALM, 0, 0, 0);
      case SIMD_ABSENT -> prove(SIMD_PRESENT, 0, 0, 0);
      case X87_PRESENT_0 -> prove(X87_PRESENT, 0, 0, 0);
      case UNMASKED -> prove(MASKED, a, b, 0);
      default -> {}
    }
    number(RCX, 0);
    jump(target, true, kind == ATTENTION);
    join(here);
    if (kind == VALUE) {
      prove(NOT_ZERO, a, b, 0);
    }
  }

  private void provePage(int identity, int slotOffset, int offset, int write) {
    if (offset > -4096 && offset < 4096) {
      prove(PROBED, identity, slotOffset, Math.min(offset, 0), Math.max(offset, 0), write, 0, 0);
    }
  }

  private void proveAligned(int identity, int slotOffset, int third, int write) {
    int log = third & 7;
    int from = third >> 3;
    prove(PROBED, identity, slotOffset, Math.min(from, 0), Math.max(from + (1 << log) - 1, 0), write, log, from);
  }

  /** LOOP; what follows is executed if RCX was 1. */
  private void jumpUnlessRcxIsOne() {
    if (i.rex != 0) {
      throw refuse("an instruction that is not allowed");
    }
    open(RCX);
    int kind = kind(RCX);
    int a = first(RCX);
    int b = second(RCX);
    int c = third(RCX);
    int write = kind & WRITES;
    fresh(RCX);
    jump(i.at + (int) i.immediate, true, false);
    number(RCX, 0);
    switch (kind & ~WRITES) {
      // The page after that of the tag: the offset is one page too much.
      case IN_PAGE -> provePage(a, b, c - 4096, write);
      case IN_PAGE_ALIGNED_1 -> proveAligned(a, b, c, write);
      case JUMP_CHECK_1 -> prove(JUMP_KNOWN, a, b, c);
      case ATTENTION_1, FETCHED_CHECK -> prove(CALM, 0, 0, 0);
      case X87_PRESENT_1 -> prove(X87_PRESENT, 0, 0, 0);
      default -> {}
    }
  }

  private void jump() {
    if (i.rex != 0) {
      throw refuse("an instruction that is not allowed");
    }
    boolean near = i.opcode == 0xeb;
    int target = i.at + (int) i.immediate;
    if (!near) {
      marks[i.at - 4] |= DISTANCE;
    }
    if (base + target == exit || base + target == secondLook) {
      leave();
    } else {
      if (!near && state[BACKWARD] != 0 && !proved(CALM, 0, 0, 0)) {
        throw refuse("a jump to a lower page without a look at what wants attention");
      }
      jump(target, near, false);
    }
    reachable = false;
  }

  /** MOV ECX, number of a site, and the jump to the exit. */
  private void leave() {
    boundary();
    if (kind(RCX) != VALUE || first(RCX) != 0 || previous != i.start - 5 || (i.code[previous] & 0xff) != 0xb9
        || (i.code[i.start] & 0xff) != 0xe9) {
      throw refuse("leaving without a site's number");
    }
    int site = second(RCX);
    if (site < firstSite || site >= firstSite + siteCount) {
      throw refuse("leaving with another block's number");
    }
    marks[previous] |= LEAVES;
  }

  private void jumpIf(int wasCompared) {
    if (i.rex != 0) {
      throw refuse("an instruction that is not allowed");
    }
    boolean near = (i.opcode & 0xf0) == 0x70;
    int target = i.at + (int) i.immediate;
    if (!near) {
      marks[i.at - 4] |= DISTANCE;
    }
    // JA
    if (wasCompared == NONE || (i.opcode & 15) != 7) {
      jump(target, near, false);
      return;
    }
    int[] here = fork();
    prove(DIVISOR, wasCompared, comparedOffset - 1, comparedSize);
    jump(target, near, false);
    join(here);
  }

  /** JMP RAX, with what the jump cache had for the address in TARGET. */
  private void jumpRegister() {
    if (i.rex != 0 || i.operandSize || i.rm != RAX) {
      throw refuse("an indirect jump that is not out of the jump cache");
    }
    jumpKnown();
    reachable = false;
  }

  /** Execution goes on at RAX. */
  private void jumpKnown() {
    if (kind(RAX) != JUMP_CODE || kind(TARGET) != VALUE || !proved(JUMP_KNOWN, first(RAX), first(TARGET), second(TARGET))) {
      throw refuse("an indirect jump that is not out of the jump cache");
    }
    // SYSCALL, SYSRET, and STAC and CLAC. Code of the user's takes for granted that the SSE registers are there.
    int to = first(RAX) & 3;
    if (to != mode
        && to != Mmu.SUPERVISOR_SMAP
        && !(mode == Mmu.SUPERVISOR_SMAP && to == Mmu.SUPERVISOR)
        && !(mode == Mmu.SUPERVISOR_SMAP && to == Mmu.USER && proved(SIMD_PRESENT, 0, 0, 0))) {
      throw refuse("a jump into another mode's code");
    }
    boundary();
  }

  /** PUSH RAX, which has to be the first half of a jump to RAX. */
  private void push() {
    if (i.rex != 0 || i.at >= i.length || (i.code[i.at] & 0xff) != 0xc3 || isJumpedTo(i.at)) {
      throw refuse("an instruction that is not allowed");
    }
    jumpKnown();
  }

  /** RET, behind that. */
  private void ret() {
    if (i.rex != 0 || previous < 0 || previous != i.start - 1 || (i.code[previous] & 0xff) != 0x50) {
      throw refuse("an instruction that is not allowed");
    }
    reachable = false;
  }

  private boolean isJumpedTo(int place) {
    if ((marks[place] & (ENTRY | FORWARD | CALLED)) != 0) {
      return true;
    }
    for (int s = 0; s < SNAPSHOTS; s++) {
      if (snapshotAt[s] == place) {
        return true;
      }
    }
    return false;
  }

  /**
   * CALL, which is a jump to an LEA that puts RSP right again; what it writes below RSP is where registers are saved when emitted code
   * is left. Nothing else may lead to that LEA.
   */
  private void call() {
    int target = i.at + (int) i.immediate;
    if (i.rex != 0 || target < i.at || target + 5 > i.length || isJumpedTo(target)
        || i.code4(target) != 0x2464_8d48 || i.code[target + 4] != 8) {
      throw refuse("an instruction that is not allowed");
    }
    jump(target, true, false);
    marks[target] |= CALLED;
    reachable = false;
  }
}
