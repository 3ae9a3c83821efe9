package dev.portfire.softcpu.fpu;

/**
 * The x87 unit: eight 80-bit registers used as a stack and, in their significands, as the MMX registers (SDM volume 1,
 * chapters 8 and 9).
 *
 * <p>{@link #execute} runs any instruction of the opcodes D8–DF but {@code FNSTSW AX}, which is
 * {@link #statusWord()} in AX. The caller raises #UD where {@link #isDefined} says no, #NM by CR0, and #MF before an
 * instruction that {@link #waits} while {@link #exceptionPending}. A memory fault thrown by the {@link Operand} leaves
 * the unit as it was.
 */
public final class X87 {

  /** Memory at the instruction's effective address; each access may throw the CPU's fault. */
  public interface Operand {
    /** Loads 16 bits, zero-extended, at {@code displacement} from the effective address. */
    int load16(int displacement);

    /** Loads 32 bits. */
    int load32(int displacement);

    /** Loads 64 bits. */
    long load64(int displacement);

    /** Stores the low 16 bits of {@code value}. */
    void store16(int displacement, int value);

    /** Stores 32 bits. */
    void store32(int displacement, int value);

    /** Stores 64 bits. */
    void store64(int displacement, long value);

    /**
     * Makes sure that {@code bytes} bytes can be stored, so that a store in several parts, or one that an exception
     * suppresses, faults as a whole. Memory that never faults need not do anything.
     */
    default void willStore(int bytes) {}

    /** The effective address within its segment, which becomes the data pointer. */
    long offset();

    /** Whether the operand size is 16 bits, so that environments take 14 bytes and not 28. */
    boolean size16();
  }

  /** Control word after FNINIT: all exceptions masked, 64-bit precision, round to nearest. */
  public static final int CONTROL_RESET = 0x37f;

  private static final int C0 = 0x0100;
  private static final int C1 = 0x0200;
  private static final int C2 = 0x0400;
  private static final int C3 = 0x4000;
  private static final int CONDITIONS = C0 | C1 | C2 | C3;
  private static final int STACK_FAULT = 0x40;
  private static final int IE = SoftFloat.IE;
  private static final int DE = SoftFloat.DE;
  private static final int ZE = SoftFloat.ZE;
  private static final int PE = SoftFloat.PE;
  private static final long TOP_BIT = SoftFloat.TOP;
  private static final int INDEFINITE_SE = 0xffff;
  private static final long INDEFINITE_SIG = 0xc000000000000000L;

  /** ZF, PF and CF in RFLAGS, and all arithmetic flags. */
  private static final int ZF_PF_CF = 0x45;

  private static final int ARITHMETIC_FLAGS = 0x8d5;

  /** Significands by physical register: R0–R7, which are also MM0–MM7. */
  private final long[] sig = new long[8];

  /** Signs (bit 15) and exponents by physical register. */
  private final int[] se = new int[8];

  private int top;

  /** One bit for each physical register that is empty. */
  private int empty;

  private int control;

  /** The status word without TOP, ES and B, which are derived. */
  private int status;

  private long instructionPointer;
  private long dataPointer;
  private int lastOpcode;

  private final SoftFloat f = new SoftFloat();

  /** Creates the unit after FNINIT. */
  public X87() {
    init();
  }

  // ---- registers as the CPU sees them

  /** FNINIT: the data registers keep their contents. */
  public void init() {
    control = CONTROL_RESET;
    status = 0;
    top = 0;
    empty = 0xff;
    instructionPointer = 0;
    dataPointer = 0;
    lastOpcode = 0;
  }

  /** Reset, and FXRSTOR of an initial state: FNINIT with all data registers zero. */
  public void reset() {
    init();
    java.util.Arrays.fill(sig, 0);
    java.util.Arrays.fill(se, 0);
  }

  /**
   * Copies the registers: control word, status word, a mask of the data registers that are empty, instruction pointer, data pointer,
   * last opcode, and significand and exponent of each data register, by its physical number; 22 values.
   */
  public void copyTo(long[] target, int at) {
    target[at] = control;
    target[at + 1] = statusWord();
    target[at + 2] = empty;
    target[at + 3] = instructionPointer;
    target[at + 4] = dataPointer;
    target[at + 5] = lastOpcode;
    for (int r = 0; r < 8; r++) {
      target[at + 6 + 2 * r] = sig[r];
      target[at + 7 + 2 * r] = se[r];
    }
  }

  /** Takes what {@link #copyTo} gives. */
  public void copyFrom(long[] source, int at) {
    setControlWord((int) source[at]);
    setStatusWord((int) source[at + 1]);
    empty = (int) source[at + 2] & 0xff;
    instructionPointer = source[at + 3];
    dataPointer = source[at + 4];
    lastOpcode = (int) source[at + 5] & 0x7ff;
    for (int r = 0; r < 8; r++) {
      sig[r] = source[at + 6 + 2 * r];
      se[r] = (int) source[at + 7 + 2 * r] & 0xffff;
    }
  }

  /** The control word. */
  public int controlWord() {
    return control;
  }

  /** The status word with TOP and the summary bits. */
  public int statusWord() {
    return status | top << 11 | (exceptionPending() ? 0x8080 : 0);
  }

  /** Whether an unmasked exception waits to be raised as #MF. */
  public boolean exceptionPending() {
    return (status & ~control & 0x3f) != 0;
  }

  private void setStatusWord(int value) {
    status = value & (CONDITIONS | STACK_FAULT | 0x3f);
    top = value >> 11 & 7;
  }

  private void setControlWord(int value) {
    // Bit 6 always reads as one, bits 7 and 13–15 as zero.
    control = value & 0x1f3f | 0x40;
  }

  /** The MMX register {@code i}. A CPU calls {@link #enterMmx} as well, once its operands are known to be there. */
  public long mmx(int i) {
    return sig[i];
  }

  /** Writes the MMX register {@code i} and does {@link #enterMmx}. */
  public void setMmx(int i, long value) {
    sig[i] = value;
    se[i] = 0xffff;
    enterMmx();
  }

  /** What every MMX instruction but EMMS does: TOP becomes 0 and no register is empty (SDM volume 1, 9.5). */
  public void enterMmx() {
    top = 0;
    empty = 0;
  }

  /** EMMS. */
  public void emms() {
    empty = 0xff;
    top = 0;
  }

  // ---- which instructions exist and what they do to the rest of the CPU

  /** Whether the instruction exists; undocumented aliases that processors accept count. */
  public static boolean isDefined(int opcode, int modrm) {
    int reg = modrm >> 3 & 7;
    if ((modrm & 0xc0) != 0xc0) {
      return switch (opcode) {
        case 0xd9 -> reg != 1;
        case 0xdb -> reg != 4 && reg != 6;
        case 0xdd -> reg != 5;
        default -> true;
      };
    }
    return switch (opcode) {
      case 0xd9 -> modrm < 0xd1
          || modrm >= 0xd8 && modrm < 0xe2
          || modrm == 0xe4
          || modrm == 0xe5
          || modrm >= 0xe8 && modrm != 0xef;
      case 0xda -> modrm < 0xe0 || modrm == 0xe9;
      case 0xdb -> modrm < 0xe5 || modrm >= 0xe8 && modrm < 0xf8;
      case 0xdd -> modrm < 0xf0;
      case 0xde -> modrm < 0xd8 || modrm == 0xd9 || modrm >= 0xe0;
      case 0xdf -> modrm < 0xe1 || modrm >= 0xe8 && modrm < 0xf8;
      default -> true;
    };
  }

  /**
   * Whether the instruction raises a pending exception first; the control instructions with an N in their names do
   * not.
   */
  public static boolean waits(int opcode, int modrm) {
    int reg = modrm >> 3 & 7;
    if ((modrm & 0xc0) == 0xc0) {
      return !(opcode == 0xdb && modrm >= 0xe0 && modrm < 0xe5 || opcode == 0xdf && modrm == 0xe0);
    }
    return !(opcode == 0xd9 && reg >= 6 || opcode == 0xdd && reg >= 6);
  }

  /** Whether the instruction reads RFLAGS: FCMOVcc. */
  public static boolean readsFlags(int opcode, int modrm) {
    return (opcode == 0xda || opcode == 0xdb) && modrm >= 0xc0 && modrm < 0xe0;
  }

  /** Whether the instruction writes RFLAGS: FCOMI and its kin. */
  public static boolean writesFlags(int opcode, int modrm) {
    return (opcode == 0xdb || opcode == 0xdf) && modrm >= 0xe8 && modrm < 0xf8;
  }

  /**
   * Executes one instruction.
   *
   * @param opcode 0xd8–0xdf
   * @param modrm the ModRM byte
   * @param memory the memory operand; not looked at if {@code modrm} names a register
   * @param ip address of the instruction (its first prefix), for the instruction pointer
   * @param rflags RFLAGS, needed if {@link #readsFlags}
   * @return RFLAGS, changed if {@link #writesFlags}
   */
  public int execute(int opcode, int modrm, Operand memory, long ip, int rflags) {
    int result = rflags;
    if ((modrm & 0xc0) != 0xc0) {
      if (executeMemory(opcode, modrm >> 3 & 7, memory)) {
        note(opcode, modrm, ip);
        dataPointer = memory.offset();
      }
    } else if (readsFlags(opcode, modrm)) {
      note(opcode, modrm, ip);
      conditionalMove(opcode, modrm, rflags);
    } else if (writesFlags(opcode, modrm)) {
      note(opcode, modrm, ip);
      result = compareToFlags(opcode, modrm, rflags);
    } else if (!executeControl(opcode, modrm)) {
      note(opcode, modrm, ip);
      executeRegister(opcode, modrm);
    }
    return result;
  }

  private void note(int opcode, int modrm, long ip) {
    instructionPointer = ip;
    lastOpcode = (opcode & 7) << 8 | modrm;
  }

  private boolean executeControl(int opcode, int modrm) {
    if (opcode != 0xdb || modrm < 0xe0 || modrm > 0xe4) {
      return false;
    }
    if (modrm == 0xe2) {
      // FNCLEX leaves the condition codes alone on every processor, though they are documented as undefined.
      status &= CONDITIONS;
    } else if (modrm == 0xe3) {
      init();
    }
    // The others are FNENI, FNDISI and FNSETPM of old coprocessors, which do nothing.
    return true;
  }

  /** Returns whether it is an instruction that sets the instruction and data pointers. */
  private boolean executeMemory(int opcode, int reg, Operand memory) {
    switch (opcode) {
      case 0xd8 -> {
        int bits = memory.load32(0);
        f.beginX87(control);
        f.unpack32(bits);
        memoryArithmetic(reg);
      }
      case 0xda -> {
        int value = memory.load32(0);
        f.beginX87(control);
        f.unpackInteger(value);
        memoryArithmetic(reg);
      }
      case 0xdc -> {
        long bits = memory.load64(0);
        f.beginX87(control);
        f.unpack64(bits);
        memoryArithmetic(reg);
      }
      case 0xde -> {
        int value = (short) memory.load16(0);
        f.beginX87(control);
        f.unpackInteger(value);
        memoryArithmetic(reg);
      }
      case 0xd9 -> {
        return executeD9Memory(reg, memory);
      }
      case 0xdb -> executeDbMemory(reg, memory);
      case 0xdd -> {
        return executeDdMemory(reg, memory);
      }
      default -> executeDfMemory(reg, memory);
    }
    return true;
  }

  private boolean executeD9Memory(int reg, Operand memory) {
    switch (reg) {
      case 0 -> {
        int bits = memory.load32(0);
        f.beginX87(control);
        f.unpack32(bits);
        loadFloat();
        return true;
      }
      case 2, 3 -> {
        store32(memory, reg == 3);
        return true;
      }
      case 4 -> loadEnvironment(memory);
      case 5 -> setControlWord(memory.load16(0));
      case 6 -> {
        memory.willStore(memory.size16() ? 14 : 28);
        storeEnvironment(memory);
        // All exceptions are masked once the environment is safe.
        control |= 0x3f;
      }
      default -> memory.store16(0, control);
    }
    return false;
  }

  private void executeDbMemory(int reg, Operand memory) {
    switch (reg) {
      case 0 -> loadInteger(memory.load32(0));
      case 1 -> storeInteger(memory, 32, true, true);
      case 2 -> storeInteger(memory, 32, false, false);
      case 3 -> storeInteger(memory, 32, false, true);
      case 5 -> {
        long significand = memory.load64(0);
        int signExponent = memory.load16(8);
        if (beginPush()) {
          push(signExponent, significand);
        }
      }
      default -> store80(memory);
    }
  }

  private boolean executeDdMemory(int reg, Operand memory) {
    switch (reg) {
      case 0 -> {
        long bits = memory.load64(0);
        f.beginX87(control);
        f.unpack64(bits);
        loadFloat();
        return true;
      }
      case 1 -> {
        storeInteger(memory, 64, true, true);
        return true;
      }
      case 2, 3 -> {
        store64(memory, reg == 3);
        return true;
      }
      case 4 -> restore(memory);
      case 6 -> save(memory);
      default -> memory.store16(0, statusWord());
    }
    return false;
  }

  private void executeDfMemory(int reg, Operand memory) {
    switch (reg) {
      case 0 -> loadInteger((short) memory.load16(0));
      case 1 -> storeInteger(memory, 16, true, true);
      case 2 -> storeInteger(memory, 16, false, false);
      case 3 -> storeInteger(memory, 16, false, true);
      case 4 -> loadDecimal(memory);
      case 5 -> loadInteger(memory.load64(0));
      case 6 -> storeDecimal(memory);
      default -> storeInteger(memory, 64, false, true);
    }
  }

  private void executeRegister(int opcode, int modrm) {
    int i = modrm & 7;
    int reg = modrm >> 3 & 7;
    switch (opcode) {
      case 0xd8 -> {
        if (reg == 2 || reg == 3) {
          compare(i, false, reg - 2);
        } else {
          registerArithmetic(reg, 0, i, false);
        }
      }
      case 0xd9 -> executeD9Register(modrm);
      case 0xda -> compare(1, true, 2);
      case 0xdc -> {
        if (reg == 2 || reg == 3) {
          compare(i, false, reg - 2);
        } else {
          registerArithmetic(reversed(reg), i, 0, false);
        }
      }
      case 0xdd -> executeDdRegister(reg, i);
      case 0xde -> {
        if (reg == 2) {
          compare(i, false, 1);
        } else if (reg == 3) {
          compare(1, false, 2);
        } else {
          registerArithmetic(reversed(reg), i, 0, true);
        }
      }
      default -> {
        if (reg == 0) {
          free(i);
          pop();
        } else if (reg == 1) {
          exchange(i);
        } else {
          storeRegister(i, true);
        }
      }
    }
  }

  /** With ST(i) as destination, the encodings of the two subtractions and of the two divisions change places. */
  private static int reversed(int reg) {
    return reg >= 4 ? reg ^ 1 : reg;
  }

  private void executeDdRegister(int reg, int i) {
    switch (reg) {
      case 0 -> free(i);
      case 1 -> exchange(i);
      case 2 -> storeRegister(i, false);
      case 3 -> storeRegister(i, true);
      case 4 -> compare(i, true, 0);
      default -> compare(i, true, 1);
    }
  }

  private void executeD9Register(int modrm) {
    switch (modrm >> 3 & 7) {
      case 0 -> duplicate(modrm & 7);
      case 1 -> exchange(modrm & 7);
      case 2 -> {
        // FNOP.
      }
      case 3 -> storeUnchecked(modrm & 7);
      case 4 -> {
        switch (modrm) {
          case 0xe0 -> changeSign(0x8000, 0xffff);
          case 0xe1 -> changeSign(0, 0x7fff);
          case 0xe4 -> test();
          default -> examine();
        }
      }
      case 5 -> loadConstant(modrm & 7);
      default -> executeFunction(modrm);
    }
  }

  private void executeFunction(int modrm) {
    switch (modrm) {
      case 0xf0 -> unary(Function.F2XM1);
      case 0xf1 -> binary(Function.FYL2X);
      case 0xf2 -> tangent();
      case 0xf3 -> binary(Function.FPATAN);
      case 0xf4 -> extract();
      case 0xf5 -> remainder(true);
      case 0xf6 -> {
        top = top - 1 & 7;
        status &= ~C1;
      }
      case 0xf7 -> {
        top = top + 1 & 7;
        status &= ~C1;
      }
      case 0xf8 -> remainder(false);
      case 0xf9 -> binary(Function.FYL2XP1);
      case 0xfa -> squareRoot();
      case 0xfb -> sineAndCosine();
      case 0xfc -> roundToInteger();
      case 0xfd -> scale();
      case 0xfe -> trigonometric(Function.FSIN);
      default -> trigonometric(Function.FCOS);
    }
  }

  // ---- the stack

  private int physical(int i) {
    return top + i & 7;
  }

  private boolean isEmpty(int i) {
    return (empty >> physical(i) & 1) != 0;
  }

  private void pop() {
    empty |= 1 << top;
    top = top + 1 & 7;
  }

  private void push(int signExponent, long significand) {
    top = top - 1 & 7;
    empty &= ~(1 << top);
    se[top] = signExponent;
    sig[top] = significand;
  }

  private void set(int i, int signExponent, long significand) {
    int r = physical(i);
    empty &= ~(1 << r);
    se[r] = signExponent;
    sig[r] = significand;
  }

  private boolean masked(int exceptions) {
    return (exceptions & ~control) == 0;
  }

  /** Notes a stack underflow; returns whether the masked response is wanted. */
  private boolean underflow() {
    status = status & ~C1 | IE | STACK_FAULT;
    return masked(IE);
  }

  /** Whether a value may be pushed. If not, the overflow is noted and, if masked, a NaN takes the value's place. */
  private boolean beginPush() {
    status &= ~C1;
    if (isEmpty(7)) {
      return true;
    }
    status |= IE | STACK_FAULT | C1;
    if (masked(IE)) {
      push(INDEFINITE_SE, INDEFINITE_SIG);
    }
    return false;
  }

  private void unpack(int i) {
    int r = physical(i);
    f.unpack80(se[r], sig[r]);
  }

  /** Whether an exception found in the operands forbids to compute. */
  private boolean aborted() {
    return (f.flags & ~control & SoftFloat.OPERAND_EXCEPTIONS) != 0;
  }

  /** Takes over the exceptions of an operation; returns whether its result is to be stored in a register. */
  private boolean commit() {
    status = status & ~C1 | f.flags;
    if (aborted()) {
      return false;
    }
    if (f.roundedUp && (f.flags & PE) != 0) {
      status |= C1;
    }
    return true;
  }

  /** Like {@link #commit} for a store to memory, which unmasked overflow and underflow prevent, too. */
  private boolean commitStore() {
    if ((f.flags & ~control & (SoftFloat.OE | SoftFloat.UE)) != 0) {
      status = status & ~C1 | f.flags & ~PE;
      return false;
    }
    return commit();
  }

  private boolean hasNan() {
    return f.aKind >= SoftFloat.QUIET || f.bKind >= SoftFloat.QUIET;
  }

  /**
   * The result for operands of which at least one is a NaN or unsupported, into {@code f.se} and {@code f.sig}: the
   * larger significand wins, but a quiet NaN goes before a signalling one (SDM volume 1, table 4-7).
   */
  private void nan() {
    f.roundedUp = false;
    if (f.aKind == SoftFloat.UNSUPPORTED || f.bKind == SoftFloat.UNSUPPORTED) {
      f.flags |= IE;
      f.set80(INDEFINITE_SE, INDEFINITE_SIG);
      return;
    }
    boolean signalA = f.aKind == SoftFloat.SIGNALING;
    boolean signalB = f.bKind == SoftFloat.SIGNALING;
    if (signalA || signalB) {
      f.flags |= IE;
    }
    boolean second;
    if (f.aKind < SoftFloat.QUIET) {
      second = true;
    } else if (f.bKind < SoftFloat.QUIET) {
      second = false;
    } else if (signalA != signalB) {
      second = signalA;
    } else {
      int c = Long.compareUnsigned(f.aSig, f.bSig);
      second = c < 0 || c == 0 && f.aSign > f.bSign;
    }
    if (second) {
      quiet(f.bSign, f.bSig);
    } else {
      quiet(f.aSign, f.aSig);
    }
  }

  private void quiet(int sign, long significand) {
    f.set80(sign << 15 | 0x7fff, significand | INDEFINITE_SIG);
  }

  private int precision() {
    return switch (control >> 8 & 3) {
      case 0 -> 24;
      case 2 -> 53;
      default -> 64;
    };
  }

  // ---- arithmetic

  /** ST(0) op memory, or a comparison; the memory operand has just been unpacked. */
  private void memoryArithmetic(int reg) {
    f.second();
    if (reg == 2 || reg == 3) {
      if (isEmpty(0)) {
        compareUnderflow(reg - 2);
      } else {
        unpack(0);
        compareUnpacked(false, reg - 2);
      }
    } else if (isEmpty(0)) {
      if (underflow()) {
        set(0, INDEFINITE_SE, INDEFINITE_SIG);
      }
    } else {
      unpack(0);
      arithmetic(reg, 0);
    }
  }

  private void registerArithmetic(int reg, int destination, int source, boolean thenPop) {
    if (isEmpty(destination) || isEmpty(source)) {
      if (underflow()) {
        set(destination, INDEFINITE_SE, INDEFINITE_SIG);
        if (thenPop) {
          pop();
        }
      }
      return;
    }
    f.beginX87(control);
    unpack(source);
    f.second();
    unpack(destination);
    if (arithmetic(reg, destination) && thenPop) {
      pop();
    }
  }

  /** {@code a op b} into a register; returns false if an unmasked exception prevents it. */
  private boolean arithmetic(int reg, int destination) {
    if (hasNan()) {
      nan();
    } else {
      if (reg == 5 || reg == 7) {
        f.swap();
      }
      f.arithmetic(
          switch (reg) {
            case 0 -> SoftFloat.ADD;
            case 1 -> SoftFloat.MUL;
            case 4, 5 -> SoftFloat.SUB;
            default -> SoftFloat.DIV;
          });
      if (!aborted()) {
        f.pack80(precision());
      }
    }
    return finish(destination);
  }

  private boolean finish(int destination) {
    if (!commit()) {
      return false;
    }
    set(destination, f.se, f.sig);
    return true;
  }

  /** Unpacks ST(0) for an operation with one operand and handles an empty register and NaNs; true if it shall go on. */
  private boolean beginUnary() {
    if (isEmpty(0)) {
      if (underflow()) {
        set(0, INDEFINITE_SE, INDEFINITE_SIG);
      }
      return false;
    }
    f.beginX87(control);
    unpack(0);
    if (f.aKind < SoftFloat.QUIET) {
      return true;
    }
    f.second();
    nan();
    finish(0);
    return false;
  }

  /** Packs the result at full precision, unless an unmasked exception of the operands forbids it, into ST(0). */
  private void endUnary() {
    if (!aborted()) {
      f.pack80(64);
    }
    finish(0);
  }

  private void squareRoot() {
    if (beginUnary()) {
      f.squareRoot();
      if (!aborted()) {
        f.pack80(precision());
      }
      finish(0);
    }
  }

  private void roundToInteger() {
    if (beginUnary()) {
      if (f.aDenormal) {
        f.flags |= DE;
      }
      f.roundToIntegral(f.rounding);
      boolean up = f.roundedUp;
      if (!aborted()) {
        f.pack80(64);
        f.flags |= f.inexact ? PE : 0;
        f.roundedUp = up;
      }
      finish(0);
    }
  }

  private void changeSign(int flip, int keep) {
    if (isEmpty(0)) {
      if (underflow()) {
        set(0, INDEFINITE_SE, INDEFINITE_SIG);
      }
      return;
    }
    status &= ~C1;
    int r = physical(0);
    se[r] = (se[r] ^ flip) & keep;
  }

  // ---- comparison

  private void compareUnderflow(int pops) {
    boolean masked = underflow();
    // "Unordered" is reported even if the exception is unmasked.
    status |= C3 | C2 | C0;
    if (masked) {
      pop(pops);
    }
  }

  private void pop(int count) {
    for (int i = 0; i < count; i++) {
      pop();
    }
  }

  private void compare(int i, boolean quiet, int pops) {
    if (isEmpty(0) || isEmpty(i)) {
      compareUnderflow(pops);
      return;
    }
    f.beginX87(control);
    unpack(i);
    f.second();
    unpack(0);
    compareUnpacked(quiet, pops);
  }

  private void compareUnpacked(boolean quiet, int pops) {
    int order = order(quiet);
    boolean complete = commit();
    // The outcome is reported even if an unmasked exception keeps the registers from being popped.
    status =
        status & ~CONDITIONS
            | switch (order) {
              case -1 -> C0;
              case 0 -> C3;
              case 1 -> 0;
              default -> C3 | C2 | C0;
            };
    if (complete) {
      pop(pops);
    }
  }

  /** Order of a and b, 2 if there is none. */
  private int order(boolean quiet) {
    f.roundedUp = false;
    if (!hasNan()) {
      return f.compare();
    }
    if (!quiet || f.aKind > SoftFloat.QUIET || f.bKind > SoftFloat.QUIET) {
      f.flags |= IE;
    }
    return 2;
  }

  private int compareToFlags(int opcode, int modrm, int rflags) {
    int i = modrm & 7;
    boolean thenPop = opcode == 0xdf;
    int order;
    boolean complete;
    if (isEmpty(0) || isEmpty(i)) {
      order = 2;
      complete = underflow();
    } else {
      f.beginX87(control);
      unpack(i);
      f.second();
      unpack(0);
      order = order(modrm < 0xf0);
      // Unlike the other comparisons this one leaves C1 alone.
      status |= f.flags;
      complete = !aborted();
    }
    if (thenPop && complete) {
      pop();
    }
    return rflags & ~ARITHMETIC_FLAGS | SseFloat.rflags(order) & ZF_PF_CF;
  }

  private void test() {
    if (isEmpty(0)) {
      compareUnderflow(0);
      return;
    }
    f.beginX87(control);
    f.unpackInteger(0);
    f.second();
    unpack(0);
    compareUnpacked(false, 0);
  }

  private void examine() {
    int r = physical(0);
    int kind;
    if (isEmpty(0)) {
      kind = C3 | C0;
    } else {
      f.unpack80(se[r], sig[r]);
      kind =
          switch (f.aKind) {
            case SoftFloat.ZERO -> C3;
            case SoftFloat.FINITE -> f.aDenormal ? C3 | C2 : C2;
            case SoftFloat.INFINITE -> C2 | C0;
            case SoftFloat.UNSUPPORTED -> 0;
            default -> C0;
          };
    }
    status = status & ~CONDITIONS | kind | ((se[r] & 0x8000) != 0 ? C1 : 0);
  }

  // ---- moves between registers

  private void duplicate(int i) {
    if (isEmpty(i)) {
      if (underflow()) {
        push(INDEFINITE_SE, INDEFINITE_SIG);
      }
      return;
    }
    int r = physical(i);
    if (beginPush()) {
      push(se[r], sig[r]);
    }
  }

  private void exchange(int i) {
    if (isEmpty(0) || isEmpty(i)) {
      if (!underflow()) {
        return;
      }
      if (isEmpty(0)) {
        set(0, INDEFINITE_SE, INDEFINITE_SIG);
      }
      if (isEmpty(i)) {
        set(i, INDEFINITE_SE, INDEFINITE_SIG);
      }
    } else {
      status &= ~C1;
    }
    int r0 = physical(0);
    int ri = physical(i);
    int signExponent = se[r0];
    long significand = sig[r0];
    se[r0] = se[ri];
    sig[r0] = sig[ri];
    se[ri] = signExponent;
    sig[ri] = significand;
  }

  private void storeRegister(int i, boolean thenPop) {
    if (isEmpty(0)) {
      if (!underflow()) {
        return;
      }
      set(i, INDEFINITE_SE, INDEFINITE_SIG);
    } else {
      status &= ~C1;
      int r = physical(0);
      set(i, se[r], sig[r]);
    }
    if (thenPop) {
      pop();
    }
  }

  /** D9 D8–DF: an FSTP that does not look whether ST(0) is empty. */
  private void storeUnchecked(int i) {
    status &= ~C1;
    if (!isEmpty(0)) {
      int r = physical(0);
      set(i, se[r], sig[r]);
    }
    pop();
  }

  private void free(int i) {
    status &= ~C1;
    empty |= 1 << physical(i);
  }

  private void conditionalMove(int opcode, int modrm, int rflags) {
    int i = modrm & 7;
    int mask =
        switch (modrm >> 3 & 3) {
          case 0 -> 0x01;
          case 1 -> 0x40;
          case 2 -> 0x41;
          default -> 0x04;
        };
    boolean condition = (rflags & mask) != 0 == (opcode == 0xda);
    if (isEmpty(0) || isEmpty(i)) {
      if (underflow()) {
        set(0, INDEFINITE_SE, INDEFINITE_SIG);
      }
      return;
    }
    if (condition) {
      int r = physical(i);
      set(0, se[r], sig[r]);
    }
  }

  // ---- loads and stores

  /** Pushes the binary32 or binary64 that has just been unpacked. */
  private void loadFloat() {
    if (f.aKind >= SoftFloat.QUIET) {
      f.second();
      nan();
    } else {
      f.copyA();
      f.pack80(64);
    }
    if (!isEmpty(7)) {
      beginPush();
    } else if (commit()) {
      if (f.aDenormal) {
        // The value is pushed even if this exception is unmasked.
        status |= DE;
      }
      push(f.se, f.sig);
    }
  }

  private void loadInteger(long value) {
    if (beginPush()) {
      f.beginX87(control);
      f.unpackInteger(value);
      f.copyA();
      f.pack80(64);
      push(f.se, f.sig);
    }
  }

  /** With all exceptions masked every store happens and finds a fault itself. */
  private void probe(Operand memory, int bytes) {
    if ((control & 0x3f) != 0x3f) {
      memory.willStore(bytes);
    }
  }

  private void store32(Operand memory, boolean thenPop) {
    probe(memory, 4);
    int bits;
    int before = status;
    if (isEmpty(0)) {
      if (!underflow()) {
        return;
      }
      bits = SoftFloat.DEFAULT_NAN32;
    } else {
      f.beginX87(control);
      unpack(0);
      if (f.aKind >= SoftFloat.QUIET) {
        f.second();
        nan();
        bits = (f.se & 0x8000) << 16 | 0x7f800000 | (int) (f.sig << 1 >>> 41);
      } else {
        f.copyA();
        bits = f.pack32();
      }
      if (!commitStore()) {
        return;
      }
    }
    int after = status;
    status = before;
    memory.store32(0, bits);
    status = after;
    if (thenPop) {
      pop();
    }
  }

  private void store64(Operand memory, boolean thenPop) {
    probe(memory, 8);
    long bits;
    int before = status;
    if (isEmpty(0)) {
      if (!underflow()) {
        return;
      }
      bits = SoftFloat.DEFAULT_NAN64;
    } else {
      f.beginX87(control);
      unpack(0);
      if (f.aKind >= SoftFloat.QUIET) {
        f.second();
        nan();
        bits = (long) (f.se & 0x8000) << 48 | 0x7ff0000000000000L | f.sig << 1 >>> 12;
      } else {
        f.copyA();
        bits = f.pack64();
      }
      if (!commitStore()) {
        return;
      }
    }
    int after = status;
    status = before;
    memory.store64(0, bits);
    status = after;
    if (thenPop) {
      pop();
    }
  }

  private void store80(Operand memory) {
    memory.willStore(10);
    int r = physical(0);
    int signExponent = se[r];
    long significand = sig[r];
    int before = status;
    if (isEmpty(0)) {
      if (!underflow()) {
        return;
      }
      signExponent = INDEFINITE_SE;
      significand = INDEFINITE_SIG;
    } else {
      status &= ~C1;
    }
    int after = status;
    status = before;
    memory.store64(0, significand);
    memory.store16(8, signExponent);
    status = after;
    pop();
  }

  private void storeInteger(Operand memory, int bits, boolean truncate, boolean thenPop) {
    probe(memory, bits >> 3);
    long value;
    int before = status;
    if (isEmpty(0)) {
      if (!underflow()) {
        return;
      }
      value = Long.MIN_VALUE >> (64 - bits);
    } else {
      f.beginX87(control);
      unpack(0);
      value = f.toInteger(bits, truncate ? SoftFloat.TRUNCATE : f.rounding);
      if (!commitStore()) {
        return;
      }
    }
    int after = status;
    status = before;
    switch (bits) {
      case 16 -> memory.store16(0, (int) value);
      case 32 -> memory.store32(0, (int) value);
      default -> memory.store64(0, value);
    }
    status = after;
    if (thenPop) {
      pop();
    }
  }

  private void loadDecimal(Operand memory) {
    long low = memory.load64(0);
    int high = memory.load16(8);
    long value = 0;
    for (int shift = 4; shift >= 0; shift -= 4) {
      value = value * 10 + (high >> shift & 15);
    }
    for (int shift = 60; shift >= 0; shift -= 4) {
      value = value * 10 + (low >>> shift & 15);
    }
    if (beginPush()) {
      f.beginX87(control);
      f.unpackInteger(value);
      f.copyA();
      f.pack80(64);
      push(f.se & 0x7fff | high & 0x8000, f.sig);
    }
  }

  private static final long DECIMAL_LIMIT = 1_000_000_000_000_000_000L;

  private void storeDecimal(Operand memory) {
    memory.willStore(10);
    int high = 0xffff;
    long low = 0xc000000000000000L;
    int before = status;
    if (isEmpty(0)) {
      if (!underflow()) {
        return;
      }
    } else {
      f.beginX87(control);
      unpack(0);
      long magnitude = f.aKind > SoftFloat.FINITE || f.aKind == SoftFloat.FINITE && f.aExp >= 63
          ? Long.MAX_VALUE
          : f.integerPart(f.rounding);
      if (magnitude >= DECIMAL_LIMIT || magnitude < 0) {
        f.flags |= IE;
        f.roundedUp = false;
      } else {
        if (f.inexact && f.aKind == SoftFloat.FINITE) {
          f.flags |= PE;
        }
        low = 0;
        for (int shift = 0; shift < 64; shift += 4) {
          low |= magnitude % 10 << shift;
          magnitude /= 10;
        }
        high = (int) (magnitude % 10 | magnitude / 10 << 4) | f.aSign << 15;
      }
      if (!commitStore()) {
        return;
      }
    }
    int after = status;
    status = before;
    memory.store64(0, low);
    memory.store16(8, high);
    status = after;
    pop();
  }

  /**
   * Constants of D9 E8–EE: 1, log2(10), log2(e), pi, log10(2), ln(2), 0, truncated; the last digits decide rounding.
   */
  private static final int[] CONSTANT_SE = {0x3fff, 0x4000, 0x3fff, 0x4000, 0x3ffd, 0x3ffe, 0};

  private static final long[] CONSTANT_SIG = {
    0x8000000000000000L,
    0xd49a784bcd1b8afeL,
    0xb8aa3b295c17f0bbL,
    0xc90fdaa22168c234L,
    0x9a209a84fbcff798L,
    0xb17217f7d1cf79abL,
    0
  };

  /** The next 64 digits of each constant. */
  private static final long[] CONSTANT_TAIL = {
    0, 0x492bf6ff4dafdb4cL, 0xbe87fed0691d3e88L, 0xc4c6628b80dc1cd1L, 0x8f8959ac0b7c9178L, 0xc9e3b39803f2f6afL, 0
  };

  private void loadConstant(int i) {
    if (beginPush()) {
      f.beginX87(control);
      if (i == 6) {
        push(0, 0);
        return;
      }
      f.finite(0, CONSTANT_SE[i] - 16383, CONSTANT_SIG[i], CONSTANT_TAIL[i]);
      f.pack80(64);
      // The constants raise no precision exception.
      push(f.se, f.sig);
    }
  }

  // ---- remainder, scaling, functions

  /** Begins an operation on ST(0) and ST(1), ST(1) as {@code a}; handles empty registers and NaNs, true to go on. */
  private boolean beginBinary(boolean intoOne) {
    int destination = intoOne ? 1 : 0;
    if (isEmpty(0) || isEmpty(1)) {
      if (underflow()) {
        set(destination, INDEFINITE_SE, INDEFINITE_SIG);
        if (intoOne) {
          pop();
        }
      }
      return false;
    }
    f.beginX87(control);
    unpack(1);
    f.second();
    unpack(0);
    if (!hasNan()) {
      return true;
    }
    nan();
    if (finish(destination) && intoOne) {
      pop();
    }
    return false;
  }

  private void remainder(boolean nearest) {
    if (!beginBinary(false)) {
      status &= ~C2;
      return;
    }
    int conditions = Remainder.compute(f, nearest);
    if (!aborted()) {
      f.pack80(64);
    }
    boolean complete = finish(0);
    // After an invalid operation C0 and C3 keep their values.
    status = !complete || (f.flags & IE) != 0 ? status & ~(C1 | C2) : status & ~CONDITIONS | conditions;
  }

  private void scale() {
    if (!beginBinary(false)) {
      return;
    }
    if (f.aDenormal || f.bDenormal) {
      f.flags |= DE;
    }
    if (f.bKind == SoftFloat.INFINITE) {
      if (f.aKind == SoftFloat.ZERO && f.bSign == 0 || f.aKind == SoftFloat.INFINITE && f.bSign != 0) {
        f.invalid();
      } else if (f.bSign != 0) {
        f.zero(f.aSign);
      } else {
        f.infinite(f.aSign);
      }
    } else {
      f.copyA();
      if (f.aKind == SoftFloat.FINITE && f.bKind == SoftFloat.FINITE && f.bExp >= 0) {
        // Beyond 2^16 in either direction every number overflows or underflows.
        int n = f.bExp > 16 ? 0x10000 : (int) (f.bSig >>> (63 - f.bExp));
        f.exp += f.bSign != 0 ? -n : n;
      }
    }
    endUnary();
  }

  private void extract() {
    if (isEmpty(0) || !isEmpty(7)) {
      if (isEmpty(0)) {
        underflow();
      } else {
        status = status | IE | STACK_FAULT | C1;
      }
      if (masked(IE)) {
        set(0, INDEFINITE_SE, INDEFINITE_SIG);
        push(INDEFINITE_SE, INDEFINITE_SIG);
      }
      return;
    }
    f.beginX87(control);
    unpack(0);
    if (f.aKind >= SoftFloat.QUIET) {
      f.second();
      nan();
      if (finish(0)) {
        push(f.se, f.sig);
      }
      return;
    }
    if (f.aDenormal) {
      f.flags |= DE;
    }
    if (f.aKind == SoftFloat.ZERO) {
      f.flags |= ZE;
    }
    if (!commit()) {
      return;
    }
    int sign = f.aSign << 15;
    switch (f.aKind) {
      case SoftFloat.ZERO -> {
        set(0, 0xffff, TOP_BIT);
        push(sign, 0);
      }
      case SoftFloat.INFINITE -> {
        set(0, 0x7fff, TOP_BIT);
        push(sign | 0x7fff, TOP_BIT);
      }
      default -> {
        long significand = f.aSig;
        f.unpackInteger(f.aExp);
        f.copyA();
        f.pack80(64);
        set(0, f.se, f.sig);
        push(sign | 0x3fff, significand);
      }
    }
  }

  private void unary(Function function) {
    if (beginUnary()) {
      function.compute(f);
      endUnary();
    }
  }

  private void binary(Function function) {
    if (beginBinary(true)) {
      function.compute(f);
      if (!aborted()) {
        f.pack80(64);
      }
      if (finish(1)) {
        pop();
      }
    }
  }

  /** Whether ST(0) is beyond the range of the trigonometric instructions, which then do nothing but set C2. */
  private boolean outOfRange() {
    if (f.aKind == SoftFloat.FINITE && f.aExp >= 63) {
      status = status & ~C1 | C2;
      return true;
    }
    return false;
  }

  private void trigonometric(Function function) {
    if (!beginUnary()) {
      status &= ~C2;
      return;
    }
    if (!outOfRange()) {
      function.compute(f);
      endUnary();
      status &= ~C2;
    }
  }

  /** Handles the stack faults of FPTAN and FSINCOS, which push; true to go on. */
  private boolean beginTwoResults() {
    if (isEmpty(0) || !isEmpty(7)) {
      if (isEmpty(0)) {
        underflow();
      } else {
        status = status | IE | STACK_FAULT | C1;
      }
      status &= ~C2;
      if (masked(IE)) {
        set(0, INDEFINITE_SE, INDEFINITE_SIG);
        push(INDEFINITE_SE, INDEFINITE_SIG);
      }
      return false;
    }
    f.beginX87(control);
    unpack(0);
    if (f.aKind >= SoftFloat.QUIET) {
      f.second();
      nan();
      status &= ~C2;
      if (finish(0)) {
        push(f.se, f.sig);
      }
      return false;
    }
    return !outOfRange();
  }

  private void tangent() {
    if (!beginTwoResults()) {
      return;
    }
    boolean infinite = f.aKind == SoftFloat.INFINITE;
    Function.FPTAN.compute(f);
    endUnary();
    status &= ~C2;
    if (!aborted()) {
      if (infinite) {
        push(INDEFINITE_SE, INDEFINITE_SIG);
      } else {
        push(0x3fff, TOP_BIT);
      }
    }
  }

  private void sineAndCosine() {
    if (!beginTwoResults()) {
      return;
    }
    Function.FCOS.compute(f);
    if (!aborted()) {
      f.pack80(64);
    }
    int cosineSe = f.se;
    long cosineSig = f.sig;
    unpack(0);
    Function.FSIN.compute(f);
    endUnary();
    status &= ~C2;
    if (!aborted()) {
      push(cosineSe, cosineSig);
    }
  }

  // ---- environments and images

  /** The full tag word: 00 valid, 01 zero, 10 special, 11 empty, by physical register. */
  private int tagWord() {
    int tags = 0;
    for (int r = 0; r < 8; r++) {
      int tag;
      if ((empty >> r & 1) != 0) {
        tag = 3;
      } else {
        int e = se[r] & 0x7fff;
        if (e == 0 && sig[r] == 0) {
          tag = 1;
        } else {
          tag = e == 0 || e == 0x7fff || sig[r] >= 0 ? 2 : 0;
        }
      }
      tags |= tag << (r << 1);
    }
    return tags;
  }

  private void setTagWord(int tags) {
    empty = 0;
    for (int r = 0; r < 8; r++) {
      if ((tags >> (r << 1) & 3) == 3) {
        empty |= 1 << r;
      }
    }
  }

  private void storeEnvironment(Operand memory) {
    if (memory.size16()) {
      memory.store16(0, control);
      memory.store16(2, statusWord());
      memory.store16(4, tagWord());
      memory.store16(6, (int) instructionPointer);
      memory.store16(8, 0);
      memory.store16(10, (int) dataPointer);
      memory.store16(12, 0);
    } else {
      memory.store32(0, 0xffff0000 | control);
      memory.store32(4, 0xffff0000 | statusWord());
      memory.store32(8, 0xffff0000 | tagWord());
      memory.store32(12, (int) instructionPointer);
      memory.store32(16, lastOpcode << 16);
      memory.store32(20, (int) dataPointer);
      memory.store32(24, 0xffff0000);
    }
  }

  private void loadEnvironment(Operand memory) {
    int cw = memory.load16(0);
    int sw;
    int tags;
    long ip;
    long dp;
    int opcode;
    if (memory.size16()) {
      sw = memory.load16(2);
      tags = memory.load16(4);
      ip = memory.load16(6);
      memory.load16(8);
      dp = memory.load16(10);
      memory.load16(12);
      opcode = 0;
    } else {
      sw = memory.load32(4);
      tags = memory.load32(8);
      ip = memory.load32(12) & 0xffffffffL;
      opcode = memory.load32(16) >>> 16;
      dp = memory.load32(20) & 0xffffffffL;
      memory.load32(24);
    }
    setControlWord(cw);
    setStatusWord(sw);
    setTagWord(tags);
    instructionPointer = ip;
    dataPointer = dp;
    lastOpcode = opcode & 0x7ff;
  }

  private void save(Operand memory) {
    int base = memory.size16() ? 14 : 28;
    memory.willStore(base + 80);
    storeEnvironment(memory);
    for (int i = 0; i < 8; i++) {
      int r = physical(i);
      memory.store64(base + 10 * i, sig[r]);
      memory.store16(base + 10 * i + 8, se[r]);
    }
    init();
  }

  private void restore(Operand memory) {
    int base = memory.size16() ? 14 : 28;
    long[] newSig = new long[8];
    int[] newSe = new int[8];
    // The environment faults first.
    memory.load16(0);
    for (int i = 0; i < 8; i++) {
      newSig[i] = memory.load64(base + 10 * i);
      newSe[i] = memory.load16(base + 10 * i + 8);
    }
    loadEnvironment(memory);
    for (int i = 0; i < 8; i++) {
      int r = physical(i);
      sig[r] = newSig[i];
      se[r] = newSe[i] & 0xffff;
    }
  }

  /**
   * Writes the x87 part (bytes 0–23 and 32–159) of an FXSAVE image or XSAVE legacy region (SDM volume 1, 10.5.1).
   *
   * @param wide whether the pointers have 64 bits (REX.W); otherwise 32 bits and a zero selector
   */
  public void saveImage(byte[] image, boolean wide) {
    put(image, 0, 2, control);
    put(image, 2, 2, statusWord());
    put(image, 4, 2, ~empty & 0xff);
    put(image, 6, 2, lastOpcode);
    put(image, 8, 8, wide ? instructionPointer : instructionPointer & 0xffffffffL);
    put(image, 16, 8, wide ? dataPointer : dataPointer & 0xffffffffL);
    for (int i = 0; i < 8; i++) {
      int r = physical(i);
      put(image, 32 + 16 * i, 8, sig[r]);
      put(image, 40 + 16 * i, 8, se[r]);
    }
  }

  /** Reads what {@link #saveImage} writes. */
  public void restoreImage(byte[] image, boolean wide) {
    setControlWord((int) get(image, 0, 2));
    setStatusWord((int) get(image, 2, 2));
    empty = ~image[4] & 0xff;
    lastOpcode = (int) get(image, 6, 2) & 0x7ff;
    instructionPointer = get(image, 8, wide ? 8 : 4);
    dataPointer = get(image, 16, wide ? 8 : 4);
    for (int i = 0; i < 8; i++) {
      int r = physical(i);
      sig[r] = get(image, 32 + 16 * i, 8);
      se[r] = (int) get(image, 40 + 16 * i, 2);
    }
  }

  /** Writes MXCSR and its mask (bytes 24–31) of an FXSAVE image or XSAVE legacy region. */
  public static void saveMxcsr(byte[] image, SimdState simd) {
    put(image, 24, 4, simd.mxcsr);
    put(image, 28, 4, SimdState.MXCSR_MASK);
  }

  /** MXCSR of an image; one with bits outside {@link SimdState#MXCSR_MASK} must not be loaded but raises #GP. */
  public static int mxcsrOf(byte[] image) {
    return (int) get(image, 24, 4);
  }

  /** Writes the first {@code count} XMM registers (8, or 16 in 64-bit mode) of an image, from byte 160. */
  public static void saveXmm(byte[] image, SimdState simd, int count) {
    for (int i = 0; i < 2 * count; i++) {
      put(image, 160 + 8 * i, 8, simd.xmm[i]);
    }
  }

  /** Reads what {@link #saveXmm} writes. */
  public static void restoreXmm(byte[] image, SimdState simd, int count) {
    for (int i = 0; i < 2 * count; i++) {
      simd.xmm[i] = get(image, 160 + 8 * i, 8);
    }
  }

  /** FXSAVE: the parts of a 512-byte image that it writes; the others keep their values. */
  public void fxsave(byte[] image, SimdState simd, boolean wide, int xmmCount) {
    saveImage(image, wide);
    saveMxcsr(image, simd);
    saveXmm(image, simd, xmmCount);
  }

  /** FXRSTOR of an image whose MXCSR is known to be valid. */
  public void fxrstor(byte[] image, SimdState simd, boolean wide, int xmmCount) {
    restoreImage(image, wide);
    simd.mxcsr = mxcsrOf(image);
    restoreXmm(image, simd, xmmCount);
  }

  private static void put(byte[] image, int offset, int size, long value) {
    for (int i = 0; i < size; i++) {
      image[offset + i] = (byte) (value >>> (i << 3));
    }
  }

  private static long get(byte[] image, int offset, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (image[offset + i] & 0xffL) << (i << 3);
    }
    return value;
  }
}
