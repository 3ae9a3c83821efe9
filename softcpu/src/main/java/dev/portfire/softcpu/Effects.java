package dev.portfire.softcpu;

/**
 * What the code that {@link Translator} emits for an instruction does to guest registers and to the scratch register that a
 * probe leaves its result in: enough to know which accesses can do with the probe of another one. What is not listed here
 * has every effect.
 */
final class Effects {
  /** Nothing that was known stays known. The low sixteen bits are the general registers that are written. */
  static final int ALL = 1 << 16;

  /** RDX of the host is written beside what a probe does. */
  static final int CLOBBERS = 1 << 17;

  /** There is a memory operand, of {@code 1 <<} {@link #log} bytes at the address of the ModRM byte. */
  static final int ACCESSES = 1 << 18;

  /** It is written. */
  static final int WRITES = 1 << 19;

  /** Eight bytes are written below the stack pointer, which is moved there, or not yet for a call. */
  static final int PUSHES = 1 << 20;

  /** Eight bytes are read at the stack pointer. */
  static final int POPS = 1 << 21;

  private static final int LOG = 24;

  private static final int RAX = 1;
  private static final int RDX = 1 << 2;
  private static final int STACK = 1 << 4;

  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int BOTH = 3;

  private Effects() {}

  /** Log2 of the bytes of the memory operand. */
  static int log(int effects) {
    return effects >>> LOG;
  }

  /** The effects of an instruction of 64-bit code in a privilege mode. */
  static int of(Instruction i, int mode) {
    if (i.form == 0 || i.lock) {
      return ALL;
    }
    if (Forms.VECTOR[i.form] != 0) {
      return vector(i, mode);
    }
    if (i.vex) {
      return bitManipulation(i);
    }
    return switch (i.map) {
      case 0 -> oneByte(i);
      case 1 -> twoByte(i);
      default -> ALL;
    };
  }

  private static int register(int number) {
    return 1 << number;
  }

  /** Effects on ModRM.rm, of {@code bits}. */
  private static int rm(Instruction i, int use, int bits) {
    if (i.memory) {
      int log = bits == 8 ? 0 : bits == 16 ? 1 : bits == 32 ? 2 : 3;
      return ACCESSES | ((use & WRITE) != 0 ? WRITES : 0) | log << LOG;
    }
    if (bits == 8 && i.rm8() >= Instruction.HIGH_BYTE) {
      return ALL;
    }
    return (use & WRITE) != 0 ? register(i.rm) : 0;
  }

  /** Effects on ModRM.reg, of {@code bits}. */
  private static int reg(Instruction i, int use, int bits) {
    if (bits == 8 && i.reg8() >= Instruction.HIGH_BYTE) {
      return ALL;
    }
    return (use & WRITE) != 0 ? register(i.reg) : 0;
  }

  private static int both(Instruction i, int regUse, int rmUse) {
    return reg(i, regUse, i.size) | rm(i, rmUse, i.size);
  }

  private static int extension(Instruction i) {
    return i.modrm >> 3 & 7;
  }

  private static int oneByte(Instruction i) {
    int opcode = i.opcode;
    if (opcode < 0x40) {
      int kind = opcode & 7;
      int destination = opcode >> 3 == 7 ? READ : BOTH;
      return switch (kind) {
        case 0, 1 -> both(i, READ, destination);
        case 2, 3 -> both(i, destination, READ);
        case 4, 5 -> destination == READ ? 0 : RAX;
        default -> ALL;
      };
    }
    switch (opcode) {
      case 0x63 -> {
        return register(i.reg) | rm(i, READ, 32);
      }
      case 0x68, 0x6a -> {
        return i.size == 64 ? PUSHES | STACK : ALL;
      }
      case 0x69, 0x6b, 0x8a, 0x8b -> {
        return both(i, WRITE, READ);
      }
      case 0x80, 0x81, 0x83 -> {
        return rm(i, extension(i) == 7 ? READ : BOTH, i.size);
      }
      case 0x84, 0x85 -> {
        return both(i, READ, READ);
      }
      case 0x86, 0x87 -> {
        return i.memory ? ALL : both(i, BOTH, BOTH);
      }
      case 0x88, 0x89 -> {
        return both(i, READ, WRITE);
      }
      case 0x8d -> {
        return register(i.reg);
      }
      case 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97 -> {
        return opcode == 0x90 && i.rm == 0 ? 0 : RAX | register(i.rm);
      }
      case 0x98 -> {
        return RAX;
      }
      case 0x99 -> {
        return RDX | CLOBBERS;
      }
      case 0xa8, 0xa9, 0xf5, 0xf8, 0xf9, 0xfc, 0xfd -> {
        return 0;
      }
      case 0xc0, 0xc1, 0xd0, 0xd1, 0xd2, 0xd3 -> {
        return rm(i, BOTH, i.size);
      }
      case 0xc2, 0xc3 -> {
        return i.size == 64 ? POPS | ALL : ALL;
      }
      case 0xc6, 0xc7 -> {
        return rm(i, WRITE, i.size);
      }
      case 0xe8 -> {
        return PUSHES | ALL;
      }
      case 0xf6, 0xf7 -> {
        return switch (extension(i)) {
          case 0, 1 -> rm(i, READ, i.size);
          case 2, 3 -> rm(i, BOTH, i.size);
          case 4, 5 -> rm(i, READ, i.size) | RAX | RDX | CLOBBERS;
          default -> ALL;
        };
      }
      case 0xfe, 0xff -> {
        return extension(i) < 2 ? rm(i, BOTH, i.size) : ALL;
      }
      default -> {
        return switch (opcode >> 3) {
          case 0x50 >> 3 -> i.size == 64 ? PUSHES | STACK : ALL;
          case 0x58 >> 3 -> i.size == 64 ? POPS | STACK | register(i.rm) : ALL;
          case 0x70 >> 3, 0x78 >> 3 -> 0;
          case 0xb0 >> 3 -> i.rm8() >= Instruction.HIGH_BYTE ? ALL : register(i.rm);
          case 0xb8 >> 3 -> register(i.rm);
          default -> ALL;
        };
      }
    }
  }

  private static int twoByte(Instruction i) {
    int opcode = i.opcode;
    return switch (opcode >> 4) {
      case 4 -> both(i, BOTH, READ);
      case 8 -> 0;
      case 9 -> rm(i, WRITE, 8);
      default -> twoByteOther(i, opcode);
    };
  }

  private static int twoByteOther(Instruction i, int opcode) {
    return switch (opcode) {
      case 0x0d, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f -> 0;
      case 0xa3 -> i.memory ? ALL : 0;
      case 0xab, 0xb3, 0xbb -> i.memory ? ALL : register(i.rm);
      case 0xba -> rm(i, extension(i) == 4 ? READ : BOTH, i.size);
      case 0xa4, 0xac -> i.size == 16 ? ALL : rm(i, BOTH, i.size);
      case 0xaf -> both(i, BOTH, READ);
      case 0xb6, 0xbe -> register(i.reg) | rm(i, READ, 8);
      case 0xb7, 0xbf -> register(i.reg) | rm(i, READ, 16);
      case 0xb8, 0xbc, 0xbd -> i.size == 16 ? ALL : both(i, WRITE, READ);
      case 0xc0, 0xc1 -> i.memory ? ALL : both(i, BOTH, BOTH);
      case 0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf -> i.size == 16 ? ALL : register(i.rm);
      default -> ALL;
    };
  }

  /** BMI1 and BMI2. */
  private static int bitManipulation(Instruction i) {
    if ((Forms.FEATURES[i.form] & (Forms.BMI1 | Forms.BMI2)) == 0) {
      return ALL;
    }
    int source = rm(i, READ, i.size);
    return switch (i.opcode) {
      case 0xf0, 0xf2, 0xf5, 0xf7 -> register(i.reg) | source;
      case 0xf3 -> register(i.v) | source;
      case 0xf6 -> register(i.reg) | register(i.v) | source | CLOBBERS;
      default -> ALL;
    };
  }

  /** SSE and AVX; in the kernel's code their registers may have to be loaded first. */
  private static int vector(Instruction i, int mode) {
    int shape = Forms.VECTOR[i.form];
    // MMX registers may have to be loaded, too.
    if (mode != Mmu.USER || (shape >> 1 & 3) == 3 || (shape >> 3 & 3) == 3) {
      return ALL;
    }
    boolean toRm = (shape & Translator.TO_RM) != 0;
    int written = (shape >> 1 & 3) == 2 && !toRm ? register(i.reg) : 0;
    if (i.memory) {
      // What has to be aligned has a probe of its own.
      return (shape & Translator.ALIGNED) != 0 ? written | CLOBBERS : written | ACCESSES | (toRm ? WRITES : 0) | Translator.vectorLog(i) << LOG;
    }
    return written | ((shape >> 3 & 3) == 2 && toRm ? register(i.rm) : 0);
  }
}
