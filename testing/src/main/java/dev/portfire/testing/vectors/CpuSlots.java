package dev.portfire.testing.vectors;

/**
 * The user-visible state of a CPU as an array of longs, so that filling, comparing and storing it are loops. The
 * constants are indices.
 */
public final class CpuSlots {

  /** RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8–R15: the order of their encodings. */
  public static final int GPR = 0;

  /** RFLAGS. */
  public static final int FLAGS = 16;

  /** RIP: before, of the instruction; after, of the next one to execute, or of the faulting one. */
  public static final int RIP = 17;

  /** XMM0–XMM15, two lanes each. */
  public static final int XMM = 18;

  /** MXCSR. */
  public static final int MXCSR = 50;

  /** The x87 control word. */
  public static final int FCW = 51;

  /** The x87 status word. */
  public static final int FSW = 52;

  /** The abridged x87 tag word: one bit for each physical register that is not empty. */
  public static final int FTW = 53;

  /** ST0–ST7, significand and then sign and exponent. */
  public static final int ST = 54;

  /** Vector of the exception that ended the run, {@link #NO_FAULT} if the instruction completed. */
  public static final int VECTOR = 70;

  /** Error code of the exception. */
  public static final int ERROR = 71;

  /** Faulting address of a page fault. */
  public static final int CR2 = 72;

  /** Memory at {@link #MEMORY_BASE}, {@link #MEMORY_BYTES} long. */
  public static final int MEMORY = 73;

  /** How much memory is part of the state. */
  public static final int MEMORY_BYTES = 1024;

  /** The upper halves of YMM0–YMM15, two lanes each. */
  public static final int UPPER = MEMORY + MEMORY_BYTES / 8;

  /** Number of slots. */
  public static final int COUNT = UPPER + 32;

  /** Value of {@link #VECTOR} when nothing happened. */
  public static final long NO_FAULT = -1;

  /** Two pages of data; the pages before and after are absent, and the one after those may only be read. */
  public static final long DATA_BASE = 0x2000_0000L;

  /** The memory that is part of the state lies around the boundary of the two pages. */
  public static final long MEMORY_BASE = DATA_BASE + 0x1000 - MEMORY_BYTES / 2;

  /** A page that may only be read. */
  public static final long READ_ONLY_BASE = DATA_BASE + 0x3000;

  /** Two pages of code, all breakpoints but the instruction. */
  public static final long CODE_BASE = 0x1001_0000L;

  /** Size of the code region. */
  public static final int CODE_BYTES = 0x2000;

  /** Where the instruction stands. */
  public static final long CODE_START = CODE_BASE + 0x800;

  private CpuSlots() {}

  /** The name of a slot, for messages. */
  public static String name(int slot) {
    if (slot < FLAGS) {
      return new String[] {
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"
      }[slot];
    }
    if (slot >= UPPER) {
      return "ymm" + (slot - UPPER) / 2 + ((slot - UPPER) % 2 == 0 ? ".2" : ".3");
    }
    if (slot >= MEMORY) {
      return "[0x%x]".formatted(MEMORY_BASE + 8 * (slot - MEMORY));
    }
    if (slot >= XMM && slot < MXCSR) {
      return "xmm" + (slot - XMM) / 2 + ((slot - XMM) % 2 == 0 ? ".low" : ".high");
    }
    if (slot >= ST && slot < VECTOR) {
      return "st" + (slot - ST) / 2 + ((slot - ST) % 2 == 0 ? ".significand" : ".exponent");
    }
    return switch (slot) {
      case FLAGS -> "rflags";
      case RIP -> "rip";
      case MXCSR -> "mxcsr";
      case FCW -> "fcw";
      case FSW -> "fsw";
      case FTW -> "ftw";
      case VECTOR -> "vector";
      case ERROR -> "error code";
      default -> "cr2";
    };
  }
}
