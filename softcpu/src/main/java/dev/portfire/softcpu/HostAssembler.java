package dev.portfire.softcpu;

import java.util.Arrays;

/**
 * Encodes the machine code that the native engine emits (SDM volume 2, chapter 2), into one growing buffer. Registers are
 * their numbers in the encoding; nothing here knows what they stand for.
 */
final class HostAssembler {
  static final int RAX = 0;
  static final int RCX = 1;
  static final int RDX = 2;
  static final int RBX = 3;
  static final int RSP = 4;
  static final int RBP = 5;
  static final int RSI = 6;
  static final int RDI = 7;

  /** No index register. */
  static final int NONE = -1;

  byte[] bytes = new byte[8192];
  int position;

  void reset() {
    position = 0;
  }

  private void room() {
    if (position + 64 > bytes.length) {
      bytes = Arrays.copyOf(bytes, bytes.length * 2);
    }
  }

  void byte1(int value) {
    room();
    bytes[position++] = (byte) value;
  }

  void byte4(int value) {
    room();
    byte[] b = bytes;
    int p = position;
    b[p] = (byte) value;
    b[p + 1] = (byte) (value >> 8);
    b[p + 2] = (byte) (value >> 16);
    b[p + 3] = (byte) (value >> 24);
    position = p + 4;
  }

  void byte8(long value) {
    byte4((int) value);
    byte4((int) (value >>> 32));
  }

  /** Overwrites four bytes. */
  void patch4(int at, int value) {
    bytes[at] = (byte) value;
    bytes[at + 1] = (byte) (value >> 8);
    bytes[at + 2] = (byte) (value >> 16);
    bytes[at + 3] = (byte) (value >> 24);
  }

  /** Four bytes as they are. */
  int int4(int at) {
    return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16 | bytes[at + 3] << 24;
  }

  /** Legacy prefix, REX if needed, opcode bytes. */
  private void start(int prefix, boolean wide, int map, int opcode, int reg, int index, int base, boolean byteRegister) {
    room();
    if (prefix != 0) {
      bytes[position++] = (byte) prefix;
    }
    int rex = (wide ? 8 : 0) | (reg >> 3 & 1) << 2 | (index >> 3 & 1) << 1 | base >> 3 & 1;
    if (rex != 0 || byteRegister) {
      bytes[position++] = (byte) (0x40 | rex);
    }
    if (map != 0) {
      bytes[position++] = 0x0f;
      if (map == 2) {
        bytes[position++] = 0x38;
      } else if (map == 3) {
        bytes[position++] = 0x3a;
      }
    }
    bytes[position++] = (byte) opcode;
  }

  /**
   * An instruction with a register as ModRM.rm.
   *
   * @param prefix mandatory or operand-size prefix, 0 for none
   * @param map 0 one-byte, 1 0F, 2 0F38, 3 0F3A
   * @param reg ModRM.reg: a register or an opcode extension
   * @param byteRegister whether numbers 4 to 7 mean SPL to DIL, which takes a REX prefix
   */
  void register(int prefix, boolean wide, int map, int opcode, int reg, int rm, boolean byteRegister) {
    start(prefix, wide, map, opcode, reg, 0, rm, byteRegister);
    bytes[position++] = (byte) (0xc0 | (reg & 7) << 3 | rm & 7);
  }

  /** An instruction with {@code [base + index * 2^scale + displacement]} as ModRM.rm. */
  void memory(
      int prefix, boolean wide, int map, int opcode, int reg, int base, int index, int scale, int displacement,
      boolean byteRegister) {
    start(prefix, wide, map, opcode, reg, index == NONE ? 0 : index, base, byteRegister);
    address(reg, base, index, scale, displacement);
  }

  private void address(int reg, int base, int index, int scale, int displacement) {
    boolean sib = index != NONE || (base & 7) == RSP;
    int mod = displacement == 0 && (base & 7) != RBP ? 0 : displacement == (byte) displacement ? 0x40 : 0x80;
    bytes[position++] = (byte) (mod | (reg & 7) << 3 | (sib ? 4 : base & 7));
    if (sib) {
      bytes[position++] = (byte) (scale << 6 | (index == NONE ? 4 : index & 7) << 3 | base & 7);
    }
    if (mod == 0x40) {
      bytes[position++] = (byte) displacement;
    } else if (mod == 0x80) {
      byte4(displacement);
    }
  }

  /** An instruction with {@code [index * 2^scale + displacement]}, without a base, as ModRM.rm. */
  void scaled(int prefix, boolean wide, int map, int opcode, int reg, int index, int scale, int displacement) {
    start(prefix, wide, map, opcode, reg, index, 0, false);
    bytes[position++] = (byte) ((reg & 7) << 3 | 4);
    bytes[position++] = (byte) (scale << 6 | (index & 7) << 3 | 5);
    byte4(displacement);
  }

  /** MOV r64, r64. */
  void move(int to, int from) {
    register(0, true, 0, 0x8b, to, from, false);
  }

  /** MOV r32, r32, which clears the upper half. */
  void move32(int to, int from) {
    register(0, false, 0, 0x8b, to, from, false);
  }

  /** MOV r64, imm: the shortest encoding. */
  void moveImmediate(int to, long value) {
    if (value >= 0 && value <= 0xffff_ffffL) {
      start(0, false, 0, 0xb8 | to & 7, 0, 0, to, false);
      byte4((int) value);
    } else if (value == (int) value) {
      register(0, true, 0, 0xc7, 0, to, false);
      byte4((int) value);
    } else {
      start(0, true, 0, 0xb8 | to & 7, 0, 0, to, false);
      byte8(value);
    }
  }

  /** MOV r64, [base + displacement]. */
  void load(int to, int base, int displacement) {
    memory(0, true, 0, 0x8b, to, base, NONE, 0, displacement, false);
  }

  /** MOV [base + displacement], r64. */
  void store(int base, int displacement, int from) {
    memory(0, true, 0, 0x89, from, base, NONE, 0, displacement, false);
  }

  /** LEA r64, [base + displacement]. */
  void lea(int to, int base, int displacement) {
    memory(0, true, 0, 0x8d, to, base, NONE, 0, displacement, false);
  }

  /** LEA r64, [base + index + displacement]. */
  void leaSum(int to, int base, int index, int displacement) {
    memory(0, true, 0, 0x8d, to, base, index, 0, displacement, false);
  }

  /** The same with four bytes for the displacement, which may be patched; returns their place. */
  int leaSumPatchable(int to, int base, int index, int displacement) {
    start(0, true, 0, 0x8d, to, index, base, false);
    bytes[position++] = (byte) (0x80 | (to & 7) << 3 | 4);
    bytes[position++] = (byte) ((index & 7) << 3 | base & 7);
    byte4(displacement);
    return position - 4;
  }

  /** PEXT r64, r64, [base + displacement]: gathers the bits under the mask; flags stay. */
  void pext(int to, int from, int base, int displacement) {
    vex(to, from, base, 2, 0xf5);
    address(to, base, NONE, 0, displacement);
  }

  /** MULX r64, r64, [base + displacement]: the product with RDX; flags stay. */
  void mulx(int high, int low, int base, int displacement) {
    vex(high, low, base, 3, 0xf6);
    address(high, base, NONE, 0, displacement);
  }

  /** SHRX r64, r64, r64; flags stay. */
  void shrx(int to, int from, int count) {
    vex(to, count, from, 3, 0xf7);
    bytes[position++] = (byte) (0xc0 | (to & 7) << 3 | from & 7);
  }

  /** SARX r64, r64, r64; flags stay. */
  void sarx(int to, int from, int count) {
    vex(to, count, from, 2, 0xf7);
    bytes[position++] = (byte) (0xc0 | (to & 7) << 3 | from & 7);
  }

  /** RORX r64, r64, imm8; flags stay. */
  void rorx(int to, int from, int count) {
    room();
    bytes[position++] = (byte) 0xc4;
    bytes[position++] = (byte) ((to & 8) << 4 ^ 0x80 | 0x40 | (from & 8) << 2 ^ 0x20 | 3);
    bytes[position++] = (byte) 0xfb;
    bytes[position++] = (byte) 0xf0;
    bytes[position++] = (byte) (0xc0 | (to & 7) << 3 | from & 7);
    bytes[position++] = (byte) count;
  }

  /**
   * A VEX prefix of three bytes, and the opcode.
   *
   * @param rm the register that VEX.B extends: ModRM.rm or the base
   * @param index the one that VEX.X extends, or 0
   * @param vvvv the register in VEX.vvvv, or 0 if there is none
   * @param pp 0, or 1 to 3 for 66, F3 and F2
   */
  void vex(int map, int pp, boolean w, boolean l, int opcode, int reg, int vvvv, int rm, int index) {
    room();
    bytes[position++] = (byte) 0xc4;
    bytes[position++] = (byte) ((~reg & 8) << 4 | (~index & 8) << 3 | (~rm & 8) << 2 | map);
    bytes[position++] = (byte) ((w ? 0x80 : 0) | (~vvvv & 15) << 3 | (l ? 4 : 0) | pp);
    bytes[position++] = (byte) opcode;
  }

  /** The same with a register as ModRM.rm. */
  void vexRegister(int map, int pp, boolean w, boolean l, int opcode, int reg, int vvvv, int rm) {
    vex(map, pp, w, l, opcode, reg, vvvv, rm, 0);
    bytes[position++] = (byte) (0xc0 | (reg & 7) << 3 | rm & 7);
  }

  /** The same with {@code [base + index + displacement]} as ModRM.rm. */
  void vexMemory(
      int map, int pp, boolean w, boolean l, int opcode, int reg, int vvvv, int base, int index, int displacement) {
    vex(map, pp, w, l, opcode, reg, vvvv, base, index == NONE ? 0 : index);
    address(reg, base, index, 0, displacement);
  }

  /** A VEX prefix of the 0F38 map with W set, and the opcode; pp: 2 for F3, 3 for F2. */
  private void vex(int reg, int vvvv, int rm, int pp, int opcode) {
    room();
    bytes[position++] = (byte) 0xc4;
    bytes[position++] = (byte) ((reg & 8) << 4 ^ 0x80 | 0x40 | (rm & 8) << 2 ^ 0x20 | 2);
    bytes[position++] = (byte) (0x80 | (~vvvv & 15) << 3 | pp);
    bytes[position++] = (byte) opcode;
  }

  /** JRCXZ with a distance to be set by {@link #land}. */
  int jumpIfRcxZero() {
    byte1(0xe3);
    byte1(0);
    return position;
  }

  /** LOOP, which counts RCX down and jumps unless it was 1, with a distance to be set by {@link #land}; flags stay. */
  int jumpUnlessRcxIsOne() {
    byte1(0xe2);
    byte1(0);
    return position;
  }

  /** JMP rel8 with a distance to be set by {@link #land}. */
  int jumpShort() {
    byte1(0xeb);
    byte1(0);
    return position;
  }

  /** Makes the short jump that ended at {@code from} lead here. */
  void land(int from) {
    int distance = position - from;
    if (distance != (byte) distance) {
      throw new IllegalStateException("short jump over " + distance + " bytes");
    }
    bytes[from - 1] = (byte) distance;
  }

  /** JMP rel32; returns the place of the distance. */
  int jump() {
    byte1(0xe9);
    byte4(0);
    return position - 4;
  }

  /** CALL rel32; returns the place of the distance. */
  int call() {
    byte1(0xe8);
    byte4(0);
    return position - 4;
  }

  /** LEA r64, [RIP + displacement]; returns the place of the displacement, which is aimed like a distance. */
  int leaPlace(int to) {
    start(0, true, 0, 0x8d, to, 0, 0, false);
    bytes[position++] = (byte) ((to & 7) << 3 | 5);
    byte4(0);
    return position - 4;
  }

  /** PUSH RAX and RET: a jump to RAX for which the processor has a stack of guesses. */
  void pushAndReturn() {
    byte1(0x50);
    byte1(0xc3);
  }

  /** Jcc rel32; returns the place of the distance. */
  int jumpIf(int condition) {
    byte1(0x0f);
    byte1(0x80 | condition);
    byte4(0);
    return position - 4;
  }

  /** Jcc rel8 with a distance to be set by {@link #land}. */
  int jumpShortIf(int condition) {
    byte1(0x70 | condition);
    byte1(0);
    return position;
  }

  /** Makes a rel32 at a place lead to a position of this buffer. */
  void aim(int place, int target) {
    patch4(place, target - place - 4);
  }

  /** One-byte NOPs until the position is {@code remainder} modulo {@code modulus}. */
  void align(int modulus, int remainder) {
    int pad = Math.floorMod(remainder - position, modulus);
    if (pad == 0) {
      return;
    }
    room();
    switch (pad) {
      case 1 -> byte1(0x90);
      case 2 -> {
        byte1(0x66);
        byte1(0x90);
      }
      default -> {
        // 0F 1F /0 with as many displacement bytes as it takes (SDM volume 2, NOP).
        int left = pad;
        while (left > 0) {
          left -= nop(Math.min(left, 8));
        }
      }
    }
  }

  private int nop(int length) {
    switch (length) {
      case 1 -> byte1(0x90);
      case 2 -> {
        byte1(0x66);
        byte1(0x90);
      }
      case 3 -> {
        nopHead(0);
      }
      case 4 -> {
        nopHead(0x40);
        byte1(0);
      }
      case 5 -> {
        nopHead(0x44);
        byte1(0);
        byte1(0);
      }
      case 6 -> {
        byte1(0x66);
        nopHead(0x44);
        byte1(0);
        byte1(0);
      }
      case 7 -> {
        nopHead(0x80);
        byte4(0);
      }
      default -> {
        nopHead(0x84);
        byte1(0);
        byte4(0);
      }
    }
    return length;
  }

  private void nopHead(int modrm) {
    byte1(0x0f);
    byte1(0x1f);
    byte1(modrm);
  }

  /** The five-byte NOP, which is overwritten at once by a jump. */
  void patchableNop() {
    nop(5);
  }
}
