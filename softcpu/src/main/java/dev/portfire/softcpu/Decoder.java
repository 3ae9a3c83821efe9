package dev.portfire.softcpu;

/**
 * Turns bytes into an {@link Instruction} with the tables of {@link Forms} (SDM volume 2, chapter 2). It knows nothing
 * of memory or of the CPU's state but the mode.
 */
final class Decoder {
  /** 64-bit code. */
  static final int MODE_64 = 0;

  /** 32-bit code: protected or compatibility mode with CS.D set. */
  static final int MODE_32 = 1;

  /** 16-bit code: real mode, or CS.D clear. */
  static final int MODE_16 = 2;

  /** The longest instruction. */
  static final int MAX_LENGTH = 15;

  private static final int PREFIX_NONE = 0;
  private static final int PREFIX_66 = 1;
  private static final int PREFIX_F3 = 2;
  private static final int PREFIX_F2 = 3;

  private static final int SS = 2;
  private static final int DS = 3;

  /** The bytes at the instruction; filled by the caller before {@link #decode}. */
  final byte[] bytes = new byte[MAX_LENGTH + 17];

  /** What the processor has, as bits of {@link Forms#FEATURES}: what it has not is undefined, or another instruction. */
  int features = -1;

  private int position;

  private int next8() {
    return bytes[position++];
  }

  private int next16() {
    int value = (bytes[position] & 0xff) | (bytes[position + 1] & 0xff) << 8;
    position += 2;
    return value;
  }

  private int next32() {
    int value = next16();
    return value | next16() << 16;
  }

  private long next64() {
    long value = next32() & 0xffff_ffffL;
    return value | (long) next32() << 32;
  }

  /**
   * Decodes one instruction from {@link #bytes}, whose tail beyond what is known to be readable may hold anything.
   *
   * @param i receives the result; its {@code offset} is already set
   * @return its length; a length beyond what the caller could read means that it must fetch more and try again, and one
   *     beyond {@link #MAX_LENGTH} is a general-protection fault
   */
  int decode(Instruction i, int mode) {
    position = 0;
    boolean operand66 = false;
    boolean address67 = false;
    int rex = 0;
    int segment = -1;
    i.lock = false;
    i.rep = Instruction.REP_NONE;
    int opcode;
    for (; ; ) {
      opcode = next8() & 0xff;
      switch (opcode) {
        case 0x26, 0x2e, 0x36, 0x3e -> {
          if (mode != MODE_64) {
            segment = (opcode >> 3) & 3;
          }
        }
        case 0x64, 0x65 -> segment = opcode - 0x60;
        case 0x66 -> operand66 = true;
        case 0x67 -> address67 = true;
        case 0xf0 -> i.lock = true;
        case 0xf2 -> i.rep = Instruction.REPNE;
        case 0xf3 -> i.rep = Instruction.REP;
        default -> {
          if ((opcode & 0xfe) == 0xc4 && (mode == MODE_64 || (bytes[position] & 0xc0) == 0xc0)) {
            return decodeVex(i, mode, opcode, operand66 || rex != 0, address67, segment);
          }
          if (mode != MODE_64 || (opcode & 0xf0) != 0x40) {
            return decodeOpcode(i, mode, opcode, operand66, address67, rex, segment);
          }
        }
      }
      // A REX prefix counts only directly before the opcode.
      rex = mode == MODE_64 && (opcode & 0xf0) == 0x40 ? opcode : 0;
      if (position > MAX_LENGTH) {
        return position;
      }
    }
  }

  private int decodeOpcode(
      Instruction i, int mode, int first, boolean operand66, boolean address67, int rex, int segment) {
    int opcode = first;
    int map = 0;
    if (opcode == 0x0f) {
      opcode = next8() & 0xff;
      map = 1;
      if (opcode == 0x38 || opcode == 0x3a) {
        map = opcode == 0x38 ? 2 : 3;
        opcode = next8() & 0xff;
      }
    }
    int prefix =
        switch (i.rep) {
          case Instruction.REP -> PREFIX_F3;
          case Instruction.REPNE -> PREFIX_F2;
          default -> operand66 ? PREFIX_66 : PREFIX_NONE;
        };
    int at = ((mode == MODE_64 ? 0 : 4) + map) * 256 + opcode;
    i.vex = false;
    i.v = 0;
    i.wide = false;
    // A prefix that belongs to what the processor has not is ignored.
    int without = map == 1 && (opcode & 0xfe) == 0xbc ? Forms.ROOT[at * 4 + (operand66 ? PREFIX_66 : PREFIX_NONE)] : 0;
    return decodeForm(
        i, mode, opcode, map, Forms.ROOT[at * 4 + prefix], without, operand66, address67, rex, segment);
  }

  /** What follows the first byte of a VEX prefix (SDM volume 2, 2.3.5). */
  private int decodeVex(Instruction i, int mode, int first, boolean prefixed, boolean address67, int segment) {
    boolean undefined = prefixed || i.lock || i.rep != Instruction.REP_NONE;
    int one = next8();
    int two = one;
    int map = 1;
    int rex = ~one >> 5 & 4;
    if (first == 0xc4) {
      two = next8();
      map = one & 31;
      rex = ~one >> 5 & 7 | two >> 4 & 8;
    }
    i.v = ~two >> 3 & 15;
    i.wide = (two & 4) != 0;
    int w = first == 0xc4 ? two >> 7 & 1 : 0;
    if (mode != MODE_64) {
      rex &= 8;
      i.v &= 7;
    }
    int prefix = two & 3;
    i.vex = true;
    i.lock = false;
    i.rep = prefix == PREFIX_F3 ? Instruction.REP : prefix == PREFIX_F2 ? Instruction.REPNE : Instruction.REP_NONE;
    int opcode = next8() & 0xff;
    // VPEXTRQ and VPINSRQ
    undefined |= mode != MODE_64 && w != 0 && map == 3 && (opcode == 0x16 || opcode == 0x22);
    int group = undefined || map < 1 || map > 3
        ? 0
        : Forms.VEX_ROOT[((((map - 1) * 2 + w) * 2 + (i.wide ? 1 : 0)) * 256 + opcode) * 4 + prefix];
    int length = decodeForm(
        i, mode, opcode, map, group, 0, prefix == PREFIX_66, address67, rex | 0x40, segment);
    int flags = Forms.FLAGS[i.form];
    if (((flags & Forms.VVVV) == 0 && i.v != 0) || (flags & Forms.VSIB) != 0 && !vectorIndex) {
      i.form = 0;
    }
    return length;
  }

  /** Whether the memory operand has an index, which may be a vector register. */
  private boolean vectorIndex;

  private int indexNumber;

  private int decodeForm(
      Instruction i, int mode, int opcode, int map, int givenGroup, int without, boolean operand66, boolean address67,
      int rex, int segment) {
    int group = givenGroup;
    i.opcode = opcode;
    i.map = map;
    i.operand66 = operand66;
    i.rex = rex;
    i.legacy = mode != MODE_64;
    i.memory = false;
    i.reg = 0;
    i.immediate = 0;
    i.immediate2 = 0;
    i.base = Instruction.ZERO;
    i.index = Instruction.ZERO;
    i.scale = 0;
    i.displacement = 0;
    i.segment = segment < 0 ? DS : segment;
    i.addressSize = mode == MODE_64 ? (address67 ? 32 : 64) : (mode == MODE_32) != address67 ? 32 : 16;
    i.rm = (opcode & 7) | (rex & 1) << 3;
    // Whether a ModRM byte follows is the same for all of a group; memory forms of extension 0 to 7 cover every group.
    int flags = groupFlags(group);
    if (without != 0 && (Forms.FEATURES[groupForm(group)] & ~features) != 0) {
      group = without;
      flags = groupFlags(group);
    }
    vectorIndex = false;
    int form;
    if ((flags & Forms.MODRM) != 0) {
      int modrm = next8() & 0xff;
      i.modrm = modrm;
      i.reg = ((modrm >> 3) & 7) | (rex & 4) << 1;
      i.memory = modrm < 0xc0;
      form = Forms.GROUPS[group * 16 + (i.memory ? 0 : 8) + ((modrm >> 3) & 7)];
      if (i.memory) {
        memoryOperand(i, mode, modrm, rex, segment);
      } else {
        i.rm = (modrm & 7) | (rex & 1) << 3;
      }
    } else {
      form = Forms.GROUPS[group * 16];
    }
    if ((Forms.FEATURES[form] & ~features) != 0) {
      form = 0;
    }
    i.form = form;
    flags = Forms.FLAGS[form];
    i.size = operandSize(mode, flags, operand66, rex);
    immediate(i, flags);
    i.length = position;
    if ((flags & Forms.VSIB) != 0) {
      i.index = Instruction.ZERO;
      i.immediate = indexNumber;
    }
    if (i.base == Instruction.PAGE_BASE) {
      i.displacement += i.offset + position;
    }
    int kind = (flags >> Forms.IMMEDIATE_SHIFT) & 15;
    if (kind == 5 || kind == 6) {
      i.immediate += i.offset + position;
    }
    if (i.lock && ((flags & Forms.LOCK) == 0 || !i.memory)) {
      i.form = 0;
    }
    return position;
  }

  private static int groupFlags(int group) {
    return Forms.FLAGS[groupForm(group)];
  }

  /** The first form of a group. */
  private static int groupForm(int group) {
    for (int slot = 0; slot < 16; slot++) {
      int form = Forms.GROUPS[group * 16 + slot];
      if (form != 0) {
        return form;
      }
    }
    return 0;
  }

  private static int operandSize(int mode, int flags, boolean operand66, int rex) {
    boolean wide = (rex & 8) != 0;
    boolean narrow = operand66 && (flags & Forms.PREFIXED) == 0;
    return switch ((flags >> Forms.SIZE_SHIFT) & 3) {
      case 1 -> 8;
      case 2 -> 16;
      case 3 -> mode == MODE_64 && (wide || (flags & Forms.F64) != 0) ? 64 : 32;
      default -> {
        if (mode == MODE_64) {
          if (wide || (flags & Forms.F64) != 0) {
            yield 64;
          }
          yield narrow ? 16 : (flags & Forms.D64) != 0 ? 64 : 32;
        }
        yield (mode == MODE_32) != narrow ? 32 : 16;
      }
    };
  }

  private void immediate(Instruction i, int flags) {
    switch ((flags >> Forms.IMMEDIATE_SHIFT) & 15) {
      case 1, 5 -> i.immediate = next8();
      case 2 -> i.immediate = next16();
      case 3, 6 -> i.immediate = i.size == 16 ? (short) next16() : next32();
      case 4 -> i.immediate = i.size == 64 ? next64() : i.size == 16 ? next16() : next32();
      case 7 -> {
        i.memory = true;
        i.displacement = i.addressSize == 64 ? next64() : i.addressSize == 32 ? next32() & 0xffff_ffffL : next16();
      }
      case 8 -> {
        i.immediate = i.size == 16 ? next16() : next32() & 0xffff_ffffL;
        i.immediate2 = next16();
      }
      case 9 -> {
        i.immediate = next16();
        i.immediate2 = next8() & 0xff;
      }
      default -> {}
    }
  }

  private void memoryOperand(Instruction i, int mode, int modrm, int rex, int segment) {
    int mod = modrm >> 6;
    int rm = modrm & 7;
    if (i.addressSize == 16) {
      memoryOperand16(i, mod, rm, segment);
      return;
    }
    if (rm == 4) {
      int sib = next8() & 0xff;
      int index = ((sib >> 3) & 7) | (rex & 2) << 2;
      i.scale = sib >> 6;
      i.index = index == 4 ? Instruction.ZERO : index;
      vectorIndex = true;
      indexNumber = index;
      if ((sib & 7) == 5 && mod == 0) {
        i.displacement = next32();
      } else {
        i.base = (sib & 7) | (rex & 1) << 3;
      }
    } else if (rm == 5 && mod == 0) {
      i.displacement = next32();
      if (mode == MODE_64) {
        i.base = Instruction.PAGE_BASE;
      }
    } else {
      i.base = rm | (rex & 1) << 3;
    }
    if (mod == 1) {
      i.displacement = next8();
    } else if (mod == 2) {
      i.displacement = next32();
    }
    if (segment < 0 && (i.base == 4 || i.base == 5)) {
      i.segment = SS;
    }
  }

  private void memoryOperand16(Instruction i, int mod, int rm, int segment) {
    boolean direct = mod == 0 && rm == 6;
    if (!direct) {
      i.base =
          switch (rm) {
            case 0, 1, 7 -> 3;
            case 2, 3, 6 -> 5;
            case 4 -> 6;
            default -> 7;
          };
      if (rm < 4) {
        i.index = (rm & 1) == 0 ? 6 : 7;
      }
    }
    if (direct || mod == 2) {
      i.displacement = (short) next16();
    } else if (mod == 1) {
      i.displacement = next8();
    }
    if (segment < 0 && i.base == 5) {
      i.segment = SS;
    }
  }
}
