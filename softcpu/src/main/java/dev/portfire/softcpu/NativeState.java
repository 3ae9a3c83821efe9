package dev.portfire.softcpu;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.portfire.machine.HostCode;
import dev.portfire.machine.X86State;
import dev.portfire.softcpu.fpu.X87;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The part of one vCPU's state that emitted code works on: a block of native memory, to which the host's stack pointer
 * points while emitted code runs. Below it is room for signal handlers of the host, which run on that stack.
 *
 * <p>The stack pointer is 12 modulo 64: used as a shift count, which takes the low six bits only, it shifts an address down
 * to its page number. All offsets are from the stack pointer, hence 4 modulo 8 where eight-byte fields are aligned.
 *
 * <p>The soft TLB and the jump cache are tables of the translation context that is current: a switch of address spaces
 * empties them, but for translations that are global. There is one for each privilege mode of {@link Mmu}.
 */
final class NativeState {
  /**
   * The registers of {@link Cpu#r}, in that order: sixteen general ones, the page, a zero, the segment bases. CALL and PUSH of
   * emitted code write the eight bytes below the stack pointer: into R13 and R14, which the host's registers hold meanwhile.
   */
  private static final int REGISTERS = -116;

  /** Linear address of the page that is being executed. */
  static final int PAGE = register(Instruction.PAGE_BASE);

  static final int FS_BASE = register(Instruction.SEGMENT_BASE + X86State.FS);
  static final int GS_BASE = register(Instruction.SEGMENT_BASE + X86State.GS);

  static final int TLB_MASK = 76;
  static final int JUMP_HASH = 84;

  /** The target of a jump on its way through the jump cache. */
  static final int TARGET = 92;

  /** Not zero while the SSE registers are not in the host's. */
  static final int SIMD_ABSENT = 100;

  static final int SCRATCH = 108;
  static final int SCRATCH_2 = 116;

  /** AH as LAHF gives it in bits 8–15, OF in bit 0. */
  static final int FLAGS = 124;

  /** RFLAGS.IF, and RFLAGS.DF, in their places, the rest being zero. */
  static final int INTERRUPT_FLAG = 132;

  static final int DIRECTION_FLAG = 140;

  /** What PUSHF stores beside those two and the arithmetic flags. */
  static final int OTHER_FLAGS = 148;

  static final int MISS_ADDRESS = 156;

  /** MSR KERNEL_GS_BASE. */
  static final int KERNEL_GS_BASE = 164;

  /** The end of the fields that are copied to {@link #frame} and back. */
  private static final int FRAME_END = 172;

  /** Zero, or {@link #ATTENTION_WANTED}, which no difference of two canonical addresses is the negative of. */
  static final int ATTENTION = 172;

  static final int HOST_STACK = 564;

  /** XMM registers, aligned to 16 bytes. */
  static final int XMM = 180;

  static final int GUEST_MXCSR = 436;
  static final int HOST_MXCSR = 444;

  /** Not zero if an interrupt may be waiting for IF to be set. */
  static final int INTERRUPT_PENDING = 452;

  /** Segment selectors: ES, CS, SS, DS, FS, GS. */
  static final int SELECTORS = 460;

  /** Masks of a bit number in an operand of 32 and of 64 bits. */
  static final int BIT_31 = 508;

  static final int BIT_63 = 516;

  /** Instructions executed since Java last looked, if they are counted. */
  static final int COUNT = 556;

  /** Masks of the address bits that must be zero after subtracting the page, by log2 of the alignment (1 to 4). */
  private static final int ALIGNED = 524;

  static final int TLB_SLOTS = 8192;

  /** Big programs have that many targets; one that does not fit costs half a microsecond each time. */
  private static final int USER_JUMP_SLOTS = 131072;

  private static final int KERNEL_JUMP_SLOTS = 32768;

  /** How many are used at first, so that idle guests and small programs touch little memory. */
  private static final int FEW_JUMP_SLOTS = 8192;

  /** With more than this part of them filled, more are used. */
  private static final int FILLING = 4;

  static final int MODES = 3;

  /** Pages of memory that {@link #frameNumber} can tell apart: 64 GiB. */
  static final int FRAMES = 1 << 24;

  // For SYSCALL, SYSRET, IRET, STAC and CLAC, which emitted code executes itself.

  /** Not zero if they are the interpreter's. */
  static final int TRANSITION_SLOW = 572;

  /** Where SYSCALL goes on: MSR LSTAR. */
  static final int SYSCALL_TARGET = 580;

  /** The selectors that SYSCALL and SYSRET load: CS, SS. */
  static final int KERNEL_SELECTORS = 588;

  static final int USER_SELECTORS = 604;

  /** Mask of the flags in R11 with which SYSRET must find what {@link #SYSRET_EXPECTED} says, gathered and negated. */
  static final int SYSRET_MASK = 620;

  static final int SYSRET_EXPECTED = 628;

  /** Two 32-bit fields, not zero if SYSCALL or SYSRET, and if STAC or CLAC, was executed since Java last looked. */
  static final int TRANSITION = 636;

  static final int ACCESS_CHANGE = 640;

  /** Mask of the address bits that are zero in the lower half of the address space. */
  static final int UPPER_HALF = 644;

  /** Mask of the flags that IRET must find as they are: all but the arithmetic ones and IF; negated, what it must find. */
  static final int IRET_MASK = 652;

  static final int IRET_EXPECTED = 660;

  /** Mask of IF. */
  static final int IF_MASK = 668;

  /** {@link #OTHER_FLAGS} after CLAC and after STAC. */
  static final int FLAGS_WITHOUT_AC = 676;

  static final int FLAGS_WITH_AC = 684;

  /** Not zero if IRET is the interpreter's, in the mode of SMAP and in the other one. */
  private static final int IRET_SLOW = 692;

  /** What SYSRET takes from R11 beside the arithmetic flags: TF, IF, DF, IOPL, NT, AC, VIF, VIP, ID. */
  private static final long SYSRET_FLAGS = 0x3c_7fd5 & ~0x8d5;

  private static final long IRET_FLAGS = ~(0x8d5L | Cpu.IF | 2);

  /** Whether the upper half of any YMM register is not zero: if none is, they are not in memory. */
  static final int HAS_UPPER = 708;

  /** The mask of {@link #ALIGNED} for 5. */
  private static final int ALIGNED_32 = 716;

  static final int KERNEL_JUMP_MASK = 724;

  // For RDTSC and RDTSCP: see HostTsc.Line.

  /** Not zero if they are the interpreter's. */
  static final int TSC_SLOW = 732;

  /** The line's base, negated. */
  static final int TSC_BASE = 740;

  static final int TSC_FACTOR = 748;

  /** The line's start, and what the vCPU's counter is ahead of the clock by. */
  static final int TSC_START = 756;

  /** MSR TSC_AUX. */
  static final int TSC_AUX = 764;

  /** Not zero if RDFSBASE and its kin are the interpreter's. */
  static final int SEGMENT_BASE_SLOW = 772;

  /** The factor for a second look at the jump cache. */
  static final int JUMP_HASH_2 = 780;

  /** 1 while the x87 registers are in the host's, otherwise 0. */
  static final int X87_PRESENT = 788;

  /** The x87 unit's instruction and data pointers and last opcode: what the host has is its own. */
  static final int X87_INSTRUCTION = 796;

  static final int X87_DATA = 804;
  static final int X87_OPCODE = 812;

  /** The upper halves of the YMM registers. */
  static final int UPPER = 820;

  /** The x87 registers as FNSAVE stores them while they are not in the host's: SDM volume 1, figure 8-9. */
  static final int X87_IMAGE = 1076;

  /** What FLDCW loads: never one that unmasks an exception, which the JVM would get. */
  static final int X87_CONTROL = 1188;

  /** Bytes of the image before the registers. */
  private static final int X87_ENVIRONMENT = 28;

  static final int USER_JUMP_MASK = 1196;

  /** By mode: see {@link #returnTop}. */
  private static final int RETURN_TOP = 1204;

  /** By mode the keys and the code of the return stack. */
  private static final int RETURNS = 1268;

  /** As many as a byte can tell apart, for no other bounds it. */
  private static final int RETURN_SLOTS = 256;

  /** One more is written, never read: see {@link #returnKeys}. */
  private static final int RETURN_BYTES = 8 * RETURN_SLOTS + 64;

  private static final int TABLES = RETURNS + 2 * RETURN_BYTES * MODES;
  private static final int TLB_BYTES = TLB_SLOTS * 8;
  private static final int USER_BYTES = 4 * TLB_BYTES + 16 * USER_JUMP_SLOTS;
  private static final int KERNEL_BYTES = 4 * TLB_BYTES + 16 * KERNEL_JUMP_SLOTS;

  /** Bits 12 to 24 of an address choose the TLB slot. */
  private static final long TLB_BITS = 0x1ff_f000L;

  /**
   * Bits up to 50 of the low half of an address times this choose the slot of the jump cache. It is even: the mask takes bit 0 of
   * the product as well, which makes twice the slot's number of it, for a slot is a key and an address next to each other.
   */
  private static final long JUMP_FACTOR = 0x3c6e_f372_fe94_f82aL;

  /** The same for the second slot that a jump may be in. */
  private static final long JUMP_FACTOR_2 = 0x6a1d_5e8b_94c7_26b2L;

  private static final int JUMP_END = 51;

  static final long ATTENTION_WANTED = 1L << 62;

  private static final int SIGNAL_STACK = 256 * 1024;
  private static final int STACK_POINTER = SIGNAL_STACK + 12;

  /** How many filled slots are remembered; with more, all of a table is emptied. */
  private static final int REMEMBERED = 4096;

  private static final MemorySegment EMPTY_TAGS = image(TLB_SLOTS, NativeState::emptyTag);

  private static final VarHandle WORD = JAVA_LONG.varHandle();

  private final HostCode.Source source;
  private final MemorySegment memory;
  private final long[] frame = new long[FRAME_END - REGISTERS >> 3];

  /** What is copied there, as a buffer: until HotSpot has compiled everything, that is half of what a segment's copy takes. */
  private final LongBuffer inMemory;

  private final Filled[] tlb = new Filled[MODES];
  private final Filled[] jumps = new Filled[MODES];
  private final Filled[] fetches = new Filled[MODES];

  /** How many slots of the jump cache are used, by mode; as many in one supervisor mode as in the other. */
  private final int[] jumpSlots = new int[MODES];

  /** Pages, by their low bits, of which the jump cache may know code, by mode; and which 64-byte pieces of each. */
  private final long[][] jumpPages = new long[MODES][64];

  private final long[][] jumpPieces = new long[MODES][4096];

  /** The address of that page, or −1 if there are several; most pages that are forgotten hold no code and share low bits with one that does. */
  private final long[][] jumpPage = new long[MODES][4096];

  /** Pages that code has ever been fetched from, by the low 16 bits of their numbers: no other page is on the return stack. */
  private final long[] fetchedPages = new long[1024];

  /** A return stack in which there is nothing, for all modes. */
  private final MemorySegment noReturns;

  /**
   * Makes it.
   *
   * @param nowhere by mode the host address to which a RET to −1 goes: the address that finds something in an empty return stack
   */
  NativeState(HostCode.Source source, IntToLongFunction nowhere) {
    this.source = source;
    noReturns = image(2 * RETURN_BYTES / 8 * MODES, k -> {
      int table = k / (RETURN_BYTES / 8);
      return (table & 1) == 0 ? 0 : nowhere.applyAsLong(table >> 1);
    });
    // Freed when nothing refers to it any more: a thread may ask for attention of a machine that has just been closed.
    memory = source.allocateData(STACK_POINTER + readTags(MODES) + 64L + 4095 & -4096L);
    inMemory = memory
        .asSlice(STACK_POINTER + REGISTERS, 8L * frame.length)
        .asByteBuffer()
        .order(ByteOrder.nativeOrder())
        .asLongBuffer();
    set(TLB_MASK, TLB_BITS);
    set(JUMP_HASH, JUMP_FACTOR);
    set(JUMP_HASH_2, JUMP_FACTOR_2);
    set(BIT_31, 31);
    set(BIT_63, 63);
    set(UPPER_HALF, -1L << 47);
    set(SYSRET_MASK, SYSRET_FLAGS);
    set(IRET_MASK, IRET_FLAGS);
    set(IF_MASK, Cpu.IF);
    set(X87_CONTROL, X87.CONTROL_RESET);
    for (int log = 1; log <= 5; log++) {
      set(aligned(log), ~(0xfffL & -1L << log));
    }
    for (int mode = 0; mode < MODES; mode++) {
      tlb[mode] = new Filled();
      jumps[mode] = new Filled();
      fetches[mode] = new Filled();
      emptyTlb(mode);
      useJumpSlots(mode, FEW_JUMP_SLOTS);
    }
    forgetReturns();
    load();
  }

  /**
   * What an empty TLB slot holds: the tag of a page of another slot, far enough that no access of this slot's pages runs into
   * it. So there is no address at all that finds something in an empty slot.
   */
  private static long emptyTag(int slot) {
    return -((long) (slot ^ TLB_SLOTS / 2) << 12);
  }

  private static MemorySegment image(int slots, IntToLongFunction value) {
    long[] all = new long[slots];
    Arrays.setAll(all, value);
    return MemorySegment.ofArray(all);
  }

  /** What an empty slot of the jump cache holds: the key of an address of another slot. */
  private static long emptyKey(int slot) {
    // Address 0 belongs to slot 0, and address 1 to others.
    return slot == 0 ? -1 : 0;
  }

  /** Slots that have been filled since a table was emptied; those with global translations apart. */
  private static final class Filled {
    final int[] local = new int[REMEMBERED];
    final int[] global = new int[REMEMBERED];
    int locals;
    int globals;

    void add(int slot, boolean isGlobal) {
      if (isGlobal) {
        if (globals < REMEMBERED) {
          global[globals] = slot;
        }
        globals++;
      } else {
        if (locals < REMEMBERED) {
          local[locals] = slot;
        }
        locals++;
      }
    }
  }

  static int aligned(int log) {
    return log == 5 ? ALIGNED_32 : ALIGNED + 8 * log - 8;
  }

  /** Where a register of {@link Cpu#r} is. */
  static int register(int number) {
    return REGISTERS + 8 * number;
  }

  static int readTags(int mode) {
    return mode == Mmu.USER ? TABLES : TABLES + USER_BYTES + (mode - 1) * KERNEL_BYTES;
  }

  static int writeTags(int mode) {
    return readTags(mode) + TLB_BYTES;
  }

  /** What added to a linear address gives its host address. */
  static int addends(int mode) {
    return readTags(mode) + 2 * TLB_BYTES;
  }

  /** How many slots the jump cache has room for; emitted code uses those that {@link #jumpMask} chooses. */
  static int jumpSlots(int mode) {
    return mode == Mmu.USER ? USER_JUMP_SLOTS : KERNEL_JUMP_SLOTS;
  }

  private int jumpShift(int mode) {
    return JUMP_END - Integer.numberOfTrailingZeros(jumpSlots[mode]);
  }

  /** Which bits of the product choose the slot. */
  static int jumpMask(int mode) {
    return mode == Mmu.USER ? USER_JUMP_MASK : KERNEL_JUMP_MASK;
  }

  /** A byte: which slot of the return stack the last CALL has filled. */
  static int returnTop(int mode) {
    return RETURN_TOP + 8 * mode;
  }

  /**
   * The return stack's keys: a return address with all bits inverted. A CALL writes the slot behind the one on top and only then makes
   * that the top, in which an address' last step is left out: so there is one more slot, which no RET reads.
   */
  static int returnKeys(int mode) {
    return RETURNS + 2 * RETURN_BYTES * mode;
  }

  /** The host addresses, slot by slot, at which emitted code goes on. */
  static int returnCode(int mode) {
    return returnKeys(mode) + RETURN_BYTES;
  }

  /**
   * What by address of a page tells which page of memory code is fetched from: {@link #frameNumber} less the address, or zero where
   * that is not known.
   */
  static int fetchTags(int mode) {
    return readTags(mode) + 3 * TLB_BYTES;
  }

  /**
   * An odd number for a page of memory: no two addresses of a slot are that far apart, and no page is at it.
   *
   * @param frame less than {@link #FRAMES}
   */
  static int frameNumber(int frame) {
    return 2 * frame + 1;
  }

  static int jumpKeys(int mode) {
    return readTags(mode) + 4 * TLB_BYTES;
  }

  static int jumpCode(int mode) {
    return jumpKeys(mode) + 8;
  }

  /** The address that the stack pointer gets. */
  long address() {
    return memory.address() + STACK_POINTER;
  }

  /** Copies the fields up to {@link #FRAME_END} to where they can be read and written at once. */
  void load() {
    inMemory.get(0, frame);
  }

  /** Copies them back. */
  void store() {
    inMemory.put(0, frame);
  }

  /** A field of the frame as it was at the last {@link #load} or has been set since. */
  long field(int field) {
    return frame[field - REGISTERS >> 3];
  }

  void setField(int field, long value) {
    frame[field - REGISTERS >> 3] = value;
  }

  long get(int field) {
    return memory.get(JAVA_LONG, STACK_POINTER + field);
  }

  void set(int field, long value) {
    memory.set(JAVA_LONG, STACK_POINTER + field, value);
  }

  int getInt(int field) {
    return memory.get(JAVA_INT_UNALIGNED, STACK_POINTER + field);
  }

  void setInt(int field, int value) {
    memory.set(JAVA_INT_UNALIGNED, STACK_POINTER + field, value);
  }

  /** Makes emitted code leave at its next look. From any thread. */
  void attend() {
    WORD.setVolatile(memory, (long) STACK_POINTER + ATTENTION, ATTENTION_WANTED);
  }

  /** Makes STI look whether there is an interrupt to take. From any thread. */
  void interruptMayPend() {
    WORD.setVolatile(memory, (long) STACK_POINTER + INTERRUPT_PENDING, 1L);
  }

  void noInterruptPends() {
    WORD.setVolatile(memory, (long) STACK_POINTER + INTERRUPT_PENDING, 0L);
  }

  void settle() {
    WORD.setVolatile(memory, (long) STACK_POINTER + ATTENTION, 0L);
  }

  /** Takes the registers out of the frame. */
  void getRegisters(long[] r) {
    System.arraycopy(frame, 0, r, 0, r.length);
  }

  /** Puts the registers into the frame. */
  void setRegisters(long[] r) {
    System.arraycopy(r, 0, frame, 0, r.length);
  }

  void getXmm(long[] lanes) {
    copyXmm(lanes, 0);
  }

  void copyXmm(long[] target, int at) {
    MemorySegment.copy(memory, JAVA_LONG, STACK_POINTER + XMM, target, at, 32);
  }

  /** Takes the upper halves of the YMM registers. */
  void getUpper(long[] lanes) {
    copyUpper(lanes, 0);
  }

  void copyUpper(long[] target, int at) {
    if (getInt(HAS_UPPER) != 0) {
      MemorySegment.copy(memory, JAVA_LONG, STACK_POINTER + UPPER, target, at, 32);
    } else {
      Arrays.fill(target, at, at + 32, 0);
    }
  }

  void setUpper(long[] lanes, boolean notZero) {
    setInt(HAS_UPPER, notZero ? 1 : 0);
    MemorySegment.copy(lanes, 0, memory, JAVA_LONG, STACK_POINTER + UPPER, 32);
  }

  void setXmm(long[] lanes) {
    MemorySegment.copy(lanes, 0, memory, JAVA_LONG, STACK_POINTER + XMM, 32);
  }

  /** Takes the x87 registers as {@link X87#copyTo} gives them. */
  void setX87(long[] registers) {
    int top = (int) registers[1] >> 11 & 7;
    setInt(X87_IMAGE, (int) registers[0]);
    setInt(X87_IMAGE + 4, (int) registers[1]);
    int tags = 0;
    for (int k = 0; k < 8; k++) {
      // FRSTOR wants to know of each only whether it is empty.
      tags |= ((registers[2] & 1 << k) != 0 ? 3 : 0) << 2 * k;
      int r = top + k & 7;
      memory.set(JAVA_LONG_UNALIGNED, STACK_POINTER + X87_IMAGE + X87_ENVIRONMENT + 10L * k, registers[6 + 2 * r]);
      memory.set(JAVA_SHORT_UNALIGNED, STACK_POINTER + X87_IMAGE + X87_ENVIRONMENT + 10L * k + 8, (short) registers[7 + 2 * r]);
    }
    setInt(X87_IMAGE + 8, tags);
    set(X87_INSTRUCTION, registers[3]);
    set(X87_DATA, registers[4]);
    set(X87_OPCODE, registers[5]);
  }

  /** Gives them back. */
  void getX87(long[] registers) {
    int status = getInt(X87_IMAGE + 4);
    int tags = getInt(X87_IMAGE + 8);
    registers[0] = getInt(X87_IMAGE) & 0xffff;
    registers[1] = status & 0xffff;
    registers[2] = 0;
    for (int k = 0; k < 8; k++) {
      registers[2] |= (tags >> 2 * k & 3) == 3 ? 1 << k : 0;
      int r = (status >> 11) + k & 7;
      registers[6 + 2 * r] = memory.get(JAVA_LONG_UNALIGNED, STACK_POINTER + X87_IMAGE + X87_ENVIRONMENT + 10L * k);
      registers[7 + 2 * r] = memory.get(JAVA_SHORT_UNALIGNED, STACK_POINTER + X87_IMAGE + X87_ENVIRONMENT + 10L * k + 8) & 0xffff;
    }
    registers[3] = get(X87_INSTRUCTION);
    registers[4] = get(X87_DATA);
    registers[5] = get(X87_OPCODE);
  }

  /** The control word in the image. */
  int x87Control() {
    return getInt(X87_IMAGE) & 0xffff;
  }

  /**
   * Sets what SYSCALL, SYSRET, STAC and CLAC need.
   *
   * @param slow whether they are the interpreter's
   * @param otherFlags RFLAGS without the arithmetic flags, IF, DF and AC, as it is and stays
   */
  void setTransitions(boolean slow, Msrs msrs, long otherFlags) {
    set(TRANSITION_SLOW, slow ? 1 : 0);
    if (!slow) {
      set(SYSCALL_TARGET, msrs.lstar);
      set(KERNEL_SELECTORS, msrs.kernelCs());
      set(KERNEL_SELECTORS + 8, msrs.kernelCs() + 8);
      set(USER_SELECTORS, msrs.userCs(true));
      set(USER_SELECTORS + 8, msrs.userSs());
      set(SYSRET_EXPECTED, -Long.compress(otherFlags | Cpu.IF, SYSRET_FLAGS));
      set(FLAGS_WITHOUT_AC, otherFlags);
      set(FLAGS_WITH_AC, otherFlags | Cpu.AC);
    }
  }

  /**
   * Sets what IRET needs.
   *
   * @param slow whether it is the interpreter's in the mode of SMAP
   * @param slowWithoutSmap whether it is in the other one
   * @param otherFlags RFLAGS without the arithmetic flags, IF, DF and AC
   */
  void setInterruptReturn(boolean slow, boolean slowWithoutSmap, long otherFlags) {
    set(iretSlow(Mmu.SUPERVISOR_SMAP), slow ? 1 : 0);
    set(iretSlow(Mmu.SUPERVISOR), slowWithoutSmap ? 1 : 0);
    set(IRET_EXPECTED, -Long.compress(otherFlags, IRET_FLAGS));
  }

  /** Not zero if IRET is the interpreter's in a supervisor mode. */
  static int iretSlow(int mode) {
    return IRET_SLOW + 8 * (mode - Mmu.SUPERVISOR_SMAP);
  }

  /**
   * Sets what RDTSC and RDTSCP need.
   *
   * @param line null if they are the interpreter's
   * @param offset what the vCPU's counter is ahead of the clock by
   * @param aux MSR TSC_AUX
   */
  void setTsc(HostTsc.@Nullable Line line, long offset, long aux) {
    set(TSC_SLOW, line == null ? 1 : 0);
    if (line != null) {
      set(TSC_BASE, -line.base());
      set(TSC_FACTOR, line.factor());
      set(TSC_START, line.start() + offset);
      set(TSC_AUX, aux);
    }
  }

  // ---- soft TLB

  private static int slot(long address) {
    return (int) (address >>> 12) & TLB_SLOTS - 1;
  }

  /**
   * Puts a translation of a page into the TLB.
   *
   * @param addend host address minus linear address
   * @param global whether it is the same in every address space
   */
  void install(int mode, long page, long addend, boolean writable, boolean global) {
    int slot = slot(page);
    int at = 8 * slot;
    if (get(readTags(mode) + at) == emptyTag(slot)) {
      tlb[mode].add(slot, global);
    } else if (!global) {
      // What was there may have been global; as a local one it goes with the next switch.
      tlb[mode].add(slot, false);
    }
    set(addends(mode) + at, addend);
    set(readTags(mode) + at, -page);
    set(writeTags(mode) + at, writable ? -page : emptyTag(slot));
  }

  private void empty(int table, MemorySegment image) {
    MemorySegment.copy(image, 0, memory, STACK_POINTER + table, image.byteSize());
  }

  private void emptyTlb(int mode) {
    empty(readTags(mode), EMPTY_TAGS);
    empty(writeTags(mode), EMPTY_TAGS);
  }

  private void emptyJumps(int mode) {
    memory.asSlice(STACK_POINTER + jumpKeys(mode), 16L * jumpSlots[mode]).fill((byte) 0);
    forgetJump(mode, 0);
  }

  /** Uses another number of slots; all keys in the table must be zero, but for the first. */
  private void useJumpSlots(int mode, int slots) {
    jumpSlots[mode] = slots;
    set(jumpMask(mode), slots - 1L << jumpShift(mode) | 1);
    forgetJump(mode, 0);
  }

  private void useMoreJumpSlots(int mask) {
    for (int mode = 0; mode < MODES; mode++) {
      if (jumpMask(mode) == mask) {
        forgetJumps(mode);
        useJumpSlots(mode, 4 * jumpSlots[mode]);
      }
    }
  }

  private void forget(int mode, int slot) {
    set(readTags(mode) + 8 * slot, emptyTag(slot));
    forgetWrite(mode, slot);
  }

  private void forgetWrite(int mode, int slot) {
    set(writeTags(mode) + 8 * slot, emptyTag(slot));
  }

  private void forgetJump(int mode, int slot) {
    set(jumpKeys(mode) + 16 * slot, emptyKey(slot));
  }

  /** Forgets what one slot holds, in every mode. */
  void forgetPage(long address) {
    int slot = slot(address);
    for (int mode = 0; mode < MODES; mode++) {
      forget(mode, slot);
      set(fetchTags(mode) + 8 * slot, 0);
      long[] known = jumpPages[mode];
      int page = (int) (address >>> 12) & 4095;
      if ((known[page >> 6] & 1L << page) != 0 && (jumpPage[mode][page] == -1 || jumpPage[mode][page] == (address & -4096L))) {
        forgetJumps(mode, address & -4096L);
      }
    }
  }

  private void forgetJumps(int mode, long page) {
    for (long pieces = jumpPieces[mode][(int) (page >>> 12) & 4095]; pieces != 0; pieces &= pieces - 1) {
      long piece = page + 64L * Long.numberOfTrailingZeros(pieces);
      for (long target = piece; target < piece + 64; target++) {
        forgetJump(mode, target, jumpSlot(mode, target, JUMP_FACTOR));
        forgetJump(mode, target, jumpSlot(mode, target, JUMP_FACTOR_2));
      }
    }
  }

  private void forgetJump(int mode, long target, int slot) {
    if (get(jumpKeys(mode) + 16 * slot) == -target) {
      forgetJump(mode, slot);
    }
  }

  /** Forgets everything. */
  void forgetAll() {
    forgetReturns();
    for (int mode = 0; mode < MODES; mode++) {
      Filled f = tlb[mode];
      if (f.locals > REMEMBERED || f.globals > REMEMBERED) {
        emptyTlb(mode);
      } else {
        forgetTlb(mode, f.local, f.locals);
        forgetTlb(mode, f.global, f.globals);
      }
      f.locals = 0;
      f.globals = 0;
      forgetFetches(mode);
      forgetJumps(mode);
    }
  }

  private void forgetTlb(int mode, int[] slots, int count) {
    for (int k = 0; k < count; k++) {
      forget(mode, slots[k]);
    }
  }

  /** Forgets what is not global: another address space becomes the current one. */
  void switchSpace() {
    forgetReturns();
    for (int mode = 0; mode < MODES; mode++) {
      Filled f = tlb[mode];
      if (f.locals > REMEMBERED) {
        emptyTlb(mode);
        f.globals = 0;
      } else {
        forgetTlb(mode, f.local, f.locals);
      }
      f.locals = 0;
      forgetLocalFetches(mode);
      Filled j = jumps[mode];
      if (j.locals > REMEMBERED) {
        forgetJumps(mode);
      } else {
        for (int k = 0; k < j.locals; k++) {
          forgetJump(mode, j.local[k]);
        }
        j.locals = 0;
        if (j.globals == 0) {
          forgetJumpPages(mode);
        }
      }
    }
  }

  /** Forgets which pages may be written without a look at {@link CodeCache}. */
  void forgetWrites() {
    for (int mode = 0; mode < MODES; mode++) {
      Filled f = tlb[mode];
      if (f.locals + f.globals > 0) {
        empty(writeTags(mode), EMPTY_TAGS);
      }
    }
  }

  // ---- fetches

  /** Remembers from which page of memory code of a page is fetched. */
  void rememberFetch(int mode, long page, long frame, boolean global) {
    fetchedPages[(int) (page >>> 18) & 1023] |= 1L << (page >>> 12);
    int slot = slot(page);
    int at = fetchTags(mode) + 8 * slot;
    if (frame < FRAMES && get(at) != frameNumber((int) frame) - page) {
      fetches[mode].add(slot, global);
      set(at, frameNumber((int) frame) - page);
    }
  }

  private void forgetFetches(int mode) {
    Filled f = fetches[mode];
    if (f.globals > REMEMBERED) {
      emptyFetches(mode);
    } else {
      for (int k = 0; k < f.globals; k++) {
        set(fetchTags(mode) + 8 * f.global[k], 0);
      }
      f.globals = 0;
      forgetLocalFetches(mode);
    }
  }

  private void forgetLocalFetches(int mode) {
    Filled f = fetches[mode];
    if (f.locals > REMEMBERED) {
      emptyFetches(mode);
    } else {
      for (int k = 0; k < f.locals; k++) {
        set(fetchTags(mode) + 8 * f.local[k], 0);
      }
      f.locals = 0;
    }
  }

  private void emptyFetches(int mode) {
    memory.asSlice(STACK_POINTER + fetchTags(mode), TLB_BYTES).fill((byte) 0);
    fetches[mode].locals = 0;
    fetches[mode].globals = 0;
  }

  // ---- jump cache

  private int jumpSlot(int mode, long address, long factor) {
    return (int) (address * factor >>> jumpShift(mode)) & jumpSlots[mode] - 1;
  }

  /**
   * Remembers where the code of a linear address is.
   *
   * @param code host address of its entry for jumps from other pages
   */
  void rememberJump(int mode, long address, long code, boolean global) {
    int slot = jumpSlot(mode, address, JUMP_FACTOR);
    int at = 16 * slot;
    long old = get(jumpKeys(mode) + at);
    if (old == -address && get(jumpCode(mode) + at) == code) {
      return;
    }
    Filled j = jumps[mode];
    if (j.locals + j.globals > jumpSlots[mode] / FILLING && jumpSlots[mode] < jumpSlots(mode)) {
      useMoreJumpSlots(jumpMask(mode));
      slot = jumpSlot(mode, address, JUMP_FACTOR);
      at = 16 * slot;
      old = get(jumpKeys(mode) + at);
    }
    if (old != emptyKey(slot)) {
      giveWay(mode, slot, -old);
    }
    j.add(slot, global);
    int page = (int) (address >>> 12) & 4095;
    boolean isFirst = (jumpPages[mode][page >> 6] & 1L << page) == 0;
    jumpPage[mode][page] = isFirst || jumpPage[mode][page] == (address & -4096L) ? address & -4096L : -1;
    jumpPages[mode][page >> 6] |= 1L << page;
    jumpPieces[mode][page] |= 1L << (address >>> 6);
    set(jumpCode(mode) + at, code);
    set(jumpKeys(mode) + at, -address);
  }

  /** Moves the jump in a slot, if it is its first, to its second. */
  private void giveWay(int mode, int slot, long address) {
    if (jumpSlot(mode, address, JUMP_FACTOR) == slot) {
      int second = jumpSlot(mode, address, JUMP_FACTOR_2);
      // If it is global it goes too early.
      jumps[mode].add(second, false);
      set(jumpCode(mode) + 16 * second, get(jumpCode(mode) + 16 * slot));
      set(jumpKeys(mode) + 16 * second, -address);
    }
  }

  private void forgetJumps(int mode) {
    Filled j = jumps[mode];
    if (j.locals > REMEMBERED || j.globals > REMEMBERED) {
      emptyJumps(mode);
    } else {
      for (int k = 0; k < j.locals; k++) {
        forgetJump(mode, j.local[k]);
      }
      for (int k = 0; k < j.globals; k++) {
        forgetJump(mode, j.global[k]);
      }
    }
    j.locals = 0;
    j.globals = 0;
    forgetJumpPages(mode);
  }

  private void forgetJumpPages(int mode) {
    long[] known = jumpPages[mode];
    for (int k = 0; k < known.length; k++) {
      if (known[k] != 0) {
        known[k] = 0;
        Arrays.fill(jumpPieces[mode], 64 * k, 64 * k + 64, 0);
      }
    }
  }

  // ---- return stack

  private void forgetReturns() {
    empty(RETURNS, noReturns);
  }

  /**
   * Forgets which code of a page RET goes back to.
   *
   * @param mask the bits of an address that say which page it is in, a small or a large one
   */
  void forgetReturns(long address, long mask) {
    if (!mayHaveFetched(address, mask)) {
      return;
    }
    for (int mode = 0; mode < MODES; mode++) {
      for (int k = 0; k < RETURN_SLOTS; k++) {
        int at = returnKeys(mode) + 8 * k;
        if (((~get(at) ^ address) & mask) == 0) {
          int code = returnCode(mode) - RETURNS + 8 * k;
          set(RETURNS + code, noReturns.get(JAVA_LONG, code));
          set(at, 0);
        }
      }
    }
  }

  private boolean mayHaveFetched(long address, long mask) {
    long first = (address & mask) >>> 12;
    long pages = -mask >>> 12;
    if (pages == 1) {
      return (fetchedPages[(int) (first >>> 6) & 1023] & 1L << first) != 0;
    }
    for (long page = first; page < first + pages; page += 64) {
      if (fetchedPages[(int) (page >>> 6) & 1023] != 0) {
        return true;
      }
    }
    return false;
  }

  /** Forgets all ways from page to page. */
  void forgetAllJumps() {
    forgetReturns();
    for (int mode = 0; mode < MODES; mode++) {
      forgetFetches(mode);
      forgetJumps(mode);
    }
  }

  /** Forgets all jumps and gives back the memory that they took. */
  void releaseJumps() {
    forgetReturns();
    for (int mode = 0; mode < MODES; mode++) {
      forgetJumps(mode);
      if (jumpSlots[mode] > FEW_JUMP_SLOTS) {
        source.releaseData(memory.asSlice(STACK_POINTER + jumpKeys(mode), 16L * jumpSlots(mode)));
        useJumpSlots(mode, FEW_JUMP_SLOTS);
      }
    }
  }
}
