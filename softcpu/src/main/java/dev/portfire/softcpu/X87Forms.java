package dev.portfire.softcpu;

/**
 * Which x87 instructions the native engine emits: those whose results every processor agrees on to the last bit, and that load or
 * store no environment (SDM volume 2, tables ). The transcendental ones, BCD and environments are the interpreter's.
 */
final class X87Forms {
  private X87Forms() {}

  /** Whether an instruction with a register, or none, is emitted. */
  static boolean isEmittedWithRegister(int opcode, int modrm) {
    return switch (opcode) {
      case 0xd8 -> true;
      case 0xd9 -> modrm <= 0xd0 || switch (modrm) {
        // FCHS, FABS, FTST, FXAM; constants
        case 0xe0, 0xe1, 0xe4, 0xe5, 0xe8, 0xe9, 0xea, 0xeb, 0xec, 0xed, 0xee -> true;
        // FXTRACT, FPREM1, FDECSTP, FINCSTP, FPREM, FSQRT, FRNDINT, FSCALE
        case 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xfa, 0xfc, 0xfd -> true;
        default -> false;
      };
      case 0xda -> modrm < 0xe0 || modrm == 0xe9;
      case 0xdb -> modrm < 0xe0 || modrm == 0xe2 || modrm >= 0xe8 && modrm < 0xf8;
      case 0xdc -> modrm < 0xd0 || modrm >= 0xe0;
      case 0xdd -> modrm < 0xc8 || modrm >= 0xd0 && modrm < 0xf0;
      case 0xde -> modrm < 0xd0 || modrm == 0xd9 || modrm >= 0xe0;
      default -> modrm == 0xe0 || modrm >= 0xe8 && modrm < 0xf8;
    };
  }

  /**
   * Log2 of the bytes to probe for the memory operand, ten of which are taken for sixteen.
   *
   * @param extension ModRM.reg
   * @return −1 if the instruction is not emitted
   */
  static int log(int opcode, int extension) {
    return switch (opcode) {
      case 0xd8, 0xda -> 2;
      case 0xd9 -> switch (extension) {
        case 0, 2, 3 -> 2;
        case 5, 7 -> 1;
        default -> -1;
      };
      case 0xdb -> extension < 4 ? 2 : extension == 5 || extension == 7 ? 4 : -1;
      case 0xdc -> 3;
      case 0xdd -> extension < 4 ? 3 : extension == 7 ? 1 : -1;
      case 0xde -> 1;
      default -> extension < 4 ? 1 : extension == 5 || extension == 7 ? 3 : -1;
    };
  }

  /** Whether the memory operand is written. */
  static boolean stores(int opcode, int extension) {
    return switch (opcode) {
      case 0xd9 -> extension == 2 || extension == 3 || extension == 7;
      case 0xdb, 0xdd, 0xdf -> extension == 7 || extension >= 1 && extension < 4;
      default -> false;
    };
  }

  /** Whether the instruction leaves the instruction and data pointers and the last opcode as they are. */
  static boolean isControl(int opcode, int modrm) {
    if (modrm >= 0xc0) {
      return opcode == 0xdb && modrm == 0xe2 || opcode == 0xdf && modrm == 0xe0;
    }
    return (modrm >> 3 & 7) >= 5 && (opcode == 0xd9 || opcode == 0xdd);
  }
}
