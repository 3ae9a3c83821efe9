package dev.portfire.softcpu;

/**
 * The instructions that may occur in emitted code, and what {@link CodeValidator} has to know of each: SDM volume 2, appendix
 * A. What is not here is refused, so another emitted form needs another line here.
 */
final class ValidatorForms {
  static final int MODRM = 1;

  /** ModRM.reg is a general register, or an XMM register; if neither, it extends the opcode. */
  static final int REG_GENERAL = 1 << 1;

  static final int REG_XMM = 1 << 2;
  static final int REG_READ = 1 << 3;
  static final int REG_WRITE = 1 << 4;
  static final int REG_BYTE = 1 << 5;

  /** ModRM.rm is a general register, or an XMM register; or memory. */
  static final int RM_GENERAL = 1 << 6;

  static final int RM_XMM = 1 << 7;
  static final int RM_READ = 1 << 8;
  static final int RM_WRITE = 1 << 9;
  static final int RM_BYTE = 1 << 10;
  static final int MEMORY_ONLY = 1 << 11;
  static final int REGISTER_ONLY = 1 << 12;

  /** Three bits: bytes in memory; see {@link #bytes}. */
  private static final int SIZE = 13;

  /** A memory operand that is not aligned to its size faults. */
  static final int ALIGNED = 1 << 16;

  static final int IMMEDIATE_8 = 1 << 17;

  /** 16 or 32 bits by the operand size; with WHOLE 64 with REX.W. */
  static final int IMMEDIATE = 1 << 18;

  static final int WHOLE = 1 << 19;
  static final int LOCKABLE = 1 << 20;

  /** With memory it locks without being asked to. */
  static final int LOCKED = 1 << 21;

  /** Reads and writes RAX; writes RDX. */
  static final int ACCUMULATOR = 1 << 22;

  static final int DATA = 1 << 23;

  /** Reads RCX, or has a count in VEX.vvvv. */
  static final int COUNT = 1 << 24;

  /** The low bits of the opcode are a register, in the place of ModRM.reg. */
  static final int OPCODE_REG = 1 << 25;

  /** Reads RBX. */
  static final int BASE = 1 << 26;

  // Above: which rule of the validator decides.
  static final int RULE = 27;
  static final int PLAIN = 1;
  static final int LEA = 2;
  static final int LOAD = 3;
  static final int STORE = 4;
  static final int JRCXZ = 5;
  static final int JUMP = 6;
  static final int JUMP_IF = 7;
  static final int JUMP_REGISTER = 8;
  static final int DIVIDE = 9;
  static final int DIVIDE_SIGNED = 10;
  static final int STRING = 11;
  static final int BIT_TEST = 12;
  static final int EXTRACT = 13;
  static final int MULTIPLY = 14;
  static final int SHIFT = 15;
  static final int SIGN_EXTEND = 16;
  static final int NOP = 17;
  static final int NUMBER = 18;
  static final int COMPARE = 19;
  static final int STORE_NUMBER = 20;
  static final int LOOP = 21;
  static final int READ_TIME = 22;
  static final int COMPARE_STRINGS = 23;
  static final int X87 = 24;

  /** An MMX instruction: where neither a general nor an XMM register is said to be, there is an MMX register. */
  static final int MMX = 25;
  static final int EXTEND_BYTE = 26;
  static final int CALL = 27;
  static final int PUSH = 28;
  static final int RETURN = 29;

  /** Not a rule: ModRM.reg chooses among eight. */
  static final int GROUP = 31;

  /** Opcode maps: one byte, 0F, 0F38, 0F3A; from VEX on the same with a VEX prefix. */
  static final int VEX = 4;

  static final int MAPS = 8;

  // What there is to know of a VEX prefix: the values of VEX.L and VEX.W that are allowed.
  static final int L0 = 1;
  static final int L1 = 1 << 1;
  static final int W0 = 1 << 2;
  static final int W1 = 1 << 3;

  /** VEX.vvvv is a vector register. */
  static final int OTHER = 1 << 4;

  /** The same if ModRM.rm is a register. */
  static final int OTHER_WITH_REGISTER = 1 << 5;

  /** VEX.vvvv is a general register. */
  static final int OTHER_READ = 1 << 6;

  static final int OTHER_WRITE = 1 << 7;

  /** A rule looks at VEX.vvvv. */
  static final int OTHER_BY_RULE = 1 << 8;

  static final int OTHERS = OTHER | OTHER_WITH_REGISTER | OTHER_READ | OTHER_WRITE | OTHER_BY_RULE;

  /** With VEX.L twice or four times as many bytes in memory. */
  static final int DOUBLE = 1 << 9;

  static final int FOURFOLD = 1 << 10;

  private static final int L = L0 | L1;
  private static final int W = W0 | W1;
  private static final int LW = L | W;

  // Mandatory prefixes, as bits.
  private static final int NP = 1;
  private static final int P66 = 2;
  private static final int F3 = 4;
  private static final int F2 = 8;

  /** 66 is the operand size. */
  private static final int ANY_SIZE = NP | P66;

  private static final int B1 = 1 << SIZE;
  private static final int B2 = 2 << SIZE;
  private static final int B4 = 3 << SIZE;
  private static final int B8 = 4 << SIZE;
  private static final int B16 = 5 << SIZE;
  private static final int B4_8 = 6 << SIZE;
  private static final int B10 = 7 << SIZE;

  private static final int G_READ = MODRM | REG_GENERAL | REG_READ;
  private static final int G_WRITE = MODRM | REG_GENERAL | REG_WRITE;
  private static final int E_READ = MODRM | RM_GENERAL | RM_READ;
  private static final int E_WRITE = MODRM | RM_GENERAL | RM_WRITE;
  private static final int E_BOTH = E_READ | E_WRITE;
  private static final int EB_READ = E_READ | RM_BYTE | B1;
  private static final int EB_WRITE = E_WRITE | RM_BYTE | B1;
  private static final int EB_BOTH = EB_READ | EB_WRITE;

  private static final int X = MODRM | REG_XMM;

  /** From an XMM register or 16 aligned bytes. */
  private static final int X_FROM_16 = X | RM_XMM | RM_READ | B16 | ALIGNED;

  /** A bit for each second byte from C0 on, by opcode from D8 on. */
  private static final long[] X87_REGISTERS = {
    // D8
    -1L,
    // D9: FLD, FXCH, FNOP, FCHS, FABS, FTST, FXAM, constants, FXTRACT, FPREM1, FDECSTP, FINCSTP, FPREM, FSQRT, FRNDINT, FSCALE
    0x35f0_7f33_0001_ffffL,
    // DA: FCMOVcc, FUCOMPP
    0x0000_0200_ffff_ffffL,
    // DB: FCMOVcc, FNCLEX, FUCOMI, FCOMI
    0x00ff_ff04_ffff_ffffL,
    // DC, without FCOM and FCOMP
    0xffff_ffff_0000_ffffL,
    // DD: FFREE, FST, FSTP, FUCOM, FUCOMP
    0x0000_ffff_ffff_00ffL,
    // DE: with FCOMPP
    0xffff_ffff_0200_ffffL,
    // DF: FNSTSW, FUCOMIP, FCOMIP
    0x00ff_ff01_0000_0000L
  };

  private static final int[] FORMS = new int[MAPS << 10];
  private static final int[] SHAPES = new int[MAPS << 10];
  private static final int[] GROUPS = new int[64 * 8];
  private static int groups;

  static {
    oneByte();
    twoBytes();
    sse();
    bmi2();
    bmi();
    avxMoves();
    avxNumbers();
    avxIntegers();
    avxThreeByte();
    avxImmediate();
    v3WithoutVex();
    x87();
    mmx();
  }

  private ValidatorForms() {}

  static int form(int map, int prefix, int opcode) {
    return FORMS[map << 10 | prefix << 8 | opcode];
  }

  /** What there is to know of a VEX prefix. */
  static int shape(int map, int prefix, int opcode) {
    return SHAPES[map << 10 | prefix << 8 | opcode];
  }

  static int inGroup(int form, int extension) {
    return GROUPS[(form & 0xff) << 3 | extension];
  }

  /** Bytes of the memory operand of a form. */
  static int bytes(int form, int operandSize, boolean wide) {
    int code = form >> SIZE & 7;
    if (code == 7) {
      return 10;
    }
    return code == 0 ? operandSize : code == 6 ? wide ? 8 : 4 : 1 << code - 1;
  }

  private static int rule(int rule) {
    return rule << RULE;
  }

  private static void allow(int map, int prefixes, int first, int last, int flags) {
    int form = flags >>> RULE == 0 ? flags | PLAIN << RULE : flags;
    for (int p = 0; p < 4; p++) {
      if ((prefixes & 1 << p) != 0) {
        for (int o = first; o <= last; o++) {
          FORMS[map << 10 | p << 8 | o] = form;
        }
      }
    }
  }

  private static void allow(int map, int prefixes, int opcode, int flags) {
    allow(map, prefixes, opcode, opcode, flags);
  }

  /** Opcodes as two hexadecimal digits each, with blanks between. */
  private static void allow(int map, int prefixes, String opcodes, int flags) {
    for (int k = 0; k < opcodes.length(); k += 3) {
      allow(map, prefixes, Character.digit(opcodes.charAt(k), 16) << 4 | Character.digit(opcodes.charAt(k + 1), 16), flags);
    }
  }

  /** An opcode that ModRM.reg extends; 0: not allowed. */
  private static void group(int map, int prefixes, int first, int last, int... flags) {
    allow(map, prefixes, first, last, GROUP << RULE | groups);
    for (int e = 0; e < 8; e++) {
      int f = flags[e];
      GROUPS[groups << 3 | e] = f == 0 || f >>> RULE != 0 ? f : f | PLAIN << RULE;
    }
    groups++;
  }

  private static void oneByte() {
    for (int k = 0; k < 8; k++) {
      // ADD, OR, ADC, SBB, AND, SUB, XOR, and CMP, which writes nothing.
      int write = k == 7 ? 0 : RM_WRITE | LOCKABLE;
      int writeReg = k == 7 ? 0 : REG_WRITE;
      allow(0, NP, 8 * k, EB_READ | G_READ | REG_BYTE | write);
      allow(0, ANY_SIZE, 8 * k + 1, E_READ | G_READ | write);
      allow(0, NP, 8 * k + 2, EB_READ | G_READ | REG_BYTE | writeReg);
      allow(0, ANY_SIZE, 8 * k + 3, E_READ | G_READ | writeReg);
    }
    // ADD AL, imm8
    allow(0, NP, 0x04, ACCUMULATOR | IMMEDIATE_8);
    // PUSH RAX, RET, CALL
    allow(0, NP, 0x50, rule(PUSH));
    allow(0, NP, 0xc3, rule(RETURN));
    allow(0, NP, 0xe8, rule(CALL) | IMMEDIATE);
    // MOVSXD, IMUL
    allow(0, ANY_SIZE, 0x63, E_READ | G_WRITE | B4);
    allow(0, ANY_SIZE, 0x69, E_READ | G_WRITE | IMMEDIATE);
    allow(0, ANY_SIZE, 0x6b, E_READ | G_WRITE | IMMEDIATE_8);
    allow(0, NP, 0x70, 0x7f, rule(JUMP_IF) | IMMEDIATE_8);
    int b = EB_BOTH | IMMEDIATE_8 | LOCKABLE;
    int v = E_BOTH | IMMEDIATE | LOCKABLE;
    int s = E_BOTH | IMMEDIATE_8 | LOCKABLE;
    group(0, NP, 0x80, 0x80, b, b, b, b, b, b, b, EB_READ | IMMEDIATE_8);
    group(0, ANY_SIZE, 0x81, 0x81, v, v, v, v, v, v, v, E_READ | IMMEDIATE);
    group(0, ANY_SIZE, 0x83, 0x83, s, s, s, s, s, s, s, rule(COMPARE) | E_READ | IMMEDIATE_8);
    // TEST, XCHG, MOV
    allow(0, NP, 0x84, EB_READ | G_READ | REG_BYTE);
    allow(0, ANY_SIZE, 0x85, E_READ | G_READ);
    allow(0, NP, 0x86, EB_BOTH | G_READ | REG_WRITE | REG_BYTE | LOCKABLE | LOCKED);
    allow(0, ANY_SIZE, 0x87, E_BOTH | G_READ | REG_WRITE | LOCKABLE | LOCKED);
    allow(0, NP, 0x88, EB_WRITE | G_READ | REG_BYTE);
    allow(0, ANY_SIZE, 0x89, rule(STORE) | E_WRITE | G_READ);
    allow(0, NP, 0x8a, EB_READ | G_WRITE | REG_BYTE);
    allow(0, ANY_SIZE, 0x8b, rule(LOAD) | E_READ | G_WRITE);
    allow(0, NP, 0x8d, rule(LEA) | G_WRITE | MEMORY_ONLY);
    allow(0, ANY_SIZE, 0x90, rule(NOP));
    // CBW and its kin; CWD and its kin; SAHF; LAHF
    allow(0, ANY_SIZE, 0x98, ACCUMULATOR);
    allow(0, ANY_SIZE, 0x99, rule(SIGN_EXTEND));
    allow(0, NP, 0x9e, 0x9f, ACCUMULATOR);
    allow(0, ANY_SIZE | F3, 0xa4, 0xa5, rule(STRING));
    allow(0, ANY_SIZE | F3, 0xaa, 0xab, rule(STRING));
    allow(0, NP, 0xb0, 0xb7, OPCODE_REG | REG_GENERAL | REG_WRITE | REG_BYTE | IMMEDIATE_8);
    allow(0, NP, 0xb8, 0xbf, rule(NUMBER) | IMMEDIATE | WHOLE);
    int i = EB_BOTH | IMMEDIATE_8;
    int w = E_BOTH | IMMEDIATE_8;
    group(0, NP, 0xc0, 0xc0, i, i, i, i, i, i, 0, i);
    group(0, ANY_SIZE, 0xc1, 0xc1, w, w, w, w, w, w, 0, w);
    group(0, NP, 0xc6, 0xc6, EB_WRITE | IMMEDIATE_8, 0, 0, 0, 0, 0, 0, 0);
    group(0, ANY_SIZE, 0xc7, 0xc7, rule(STORE_NUMBER) | E_WRITE | IMMEDIATE, 0, 0, 0, 0, 0, 0, 0);
    group(0, NP, 0xd0, 0xd0, EB_BOTH, EB_BOTH, EB_BOTH, EB_BOTH, EB_BOTH, EB_BOTH, 0, EB_BOTH);
    group(0, ANY_SIZE, 0xd1, 0xd1, E_BOTH, E_BOTH, E_BOTH, E_BOTH, E_BOTH, E_BOTH, 0, E_BOTH);
    int cb = EB_BOTH | COUNT;
    int cv = E_BOTH | COUNT;
    group(0, NP, 0xd2, 0xd2, cb, cb, cb, cb, cb, cb, 0, cb);
    group(0, ANY_SIZE, 0xd3, 0xd3, cv, cv, cv, cv, cv, cv, 0, cv);
    allow(0, NP, 0xe2, rule(LOOP) | IMMEDIATE_8);
    allow(0, NP, 0xe3, rule(JRCXZ) | IMMEDIATE_8);
    allow(0, NP, 0xe9, rule(JUMP) | IMMEDIATE);
    allow(0, NP, 0xeb, rule(JUMP) | IMMEDIATE_8);
    // CMC, CLC, STC
    allow(0, NP, "f5 f8 f9", rule(PLAIN));
    // TEST, NOT, NEG, MUL, IMUL, DIV, IDIV
    int lb = EB_BOTH | LOCKABLE;
    int lv = E_BOTH | LOCKABLE;
    int mb = EB_READ | ACCUMULATOR;
    int mv = E_READ | ACCUMULATOR | DATA;
    group(0, NP, 0xf6, 0xf6, EB_READ | IMMEDIATE_8, 0, lb, lb, mb, mb, 0, 0);
    group(0, ANY_SIZE, 0xf7, 0xf7, E_READ | IMMEDIATE, 0, lv, lv, mv, mv,
        rule(DIVIDE) | E_READ | REGISTER_ONLY, rule(DIVIDE_SIGNED) | E_READ | REGISTER_ONLY);
    group(0, NP, 0xfe, 0xfe, lb, lb, 0, 0, 0, 0, 0, 0);
    group(0, ANY_SIZE, 0xff, 0xff, lv, lv, 0, 0, rule(JUMP_REGISTER) | MODRM | REGISTER_ONLY, 0, 0, 0);
  }

  private static void twoBytes() {
    group(1, ANY_SIZE, 0x1f, 0x1f, rule(NOP) | MODRM | MEMORY_ONLY, 0, 0, 0, 0, 0, 0, 0);
    allow(1, NP, 0x31, rule(READ_TIME));
    // CMOVcc, Jcc, SETcc
    allow(1, ANY_SIZE, 0x40, 0x4f, E_READ | G_READ | REG_WRITE);
    allow(1, NP, 0x80, 0x8f, rule(JUMP_IF) | IMMEDIATE);
    allow(1, NP, 0x90, 0x9f, EB_WRITE);
    // BT, BTS, BTR, BTC
    allow(1, ANY_SIZE, 0xa3, rule(BIT_TEST) | E_READ | G_READ);
    allow(1, ANY_SIZE, "ab b3 bb", rule(BIT_TEST) | E_BOTH | G_READ | LOCKABLE);
    int t = E_BOTH | IMMEDIATE_8 | LOCKABLE;
    group(1, ANY_SIZE, 0xba, 0xba, 0, 0, 0, 0, E_READ | IMMEDIATE_8, t, t, t);
    // SHLD, SHRD
    allow(1, ANY_SIZE, "a4 ac", E_BOTH | G_READ | IMMEDIATE_8);
    allow(1, ANY_SIZE, "a5 ad", E_BOTH | G_READ | COUNT);
    // LFENCE, MFENCE, SFENCE: not with a prefix, which makes something else of them.
    int fence = MODRM | REGISTER_ONLY;
    group(1, NP, 0xae, 0xae, 0, 0, 0, 0, 0, fence, fence, fence);
    allow(1, ANY_SIZE, 0xaf, E_READ | G_READ | REG_WRITE);
    // CMPXCHG, XADD, CMPXCHG16B
    allow(1, NP, 0xb0, EB_BOTH | G_READ | REG_BYTE | ACCUMULATOR | LOCKABLE);
    allow(1, ANY_SIZE, 0xb1, E_BOTH | G_READ | ACCUMULATOR | LOCKABLE);
    allow(1, NP, 0xc0, EB_BOTH | G_READ | REG_WRITE | REG_BYTE | LOCKABLE);
    allow(1, ANY_SIZE, 0xc1, E_BOTH | G_READ | REG_WRITE | LOCKABLE);
    int both = E_BOTH | MEMORY_ONLY | B16 | ALIGNED | ACCUMULATOR | DATA | COUNT | BASE | LOCKABLE;
    group(1, NP, 0xc7, 0xc7, 0, both, 0, 0, 0, 0, 0, 0);
    // MOVZX, MOVSX, POPCNT, BSF, BSR, BSWAP, MOVNTI, CRC32
    allow(1, ANY_SIZE, 0xb6, rule(EXTEND_BYTE) | EB_READ | G_WRITE);
    allow(1, ANY_SIZE, 0xbe, EB_READ | G_WRITE);
    allow(1, ANY_SIZE, "b7 bf", E_READ | G_WRITE | B2);
    allow(1, F3, 0xb8, E_READ | G_WRITE);
    allow(1, ANY_SIZE, 0xbc, 0xbd, E_READ | G_READ | REG_WRITE);
    allow(1, NP, 0xc8, 0xcf, OPCODE_REG | REG_GENERAL | REG_READ | REG_WRITE);
    allow(1, NP, 0xc3, E_WRITE | G_READ | MEMORY_ONLY);
    allow(2, F2, 0xf0, EB_READ | G_READ | REG_WRITE);
    allow(2, F2, 0xf1, E_READ | G_READ | REG_WRITE);
  }

  /** Those with XMM registers only: what has MMX registers is another prefix away. */
  private static void sse() {
    int store = X | RM_XMM | RM_WRITE;
    int load = X | RM_XMM | RM_READ;
    // Moves.
    allow(1, NP | P66, 0x10, load | B16);
    allow(1, NP | P66, 0x11, store | B16);
    allow(1, F3, 0x10, load | B4);
    allow(1, F3, 0x11, store | B4);
    allow(1, F2, 0x10, load | B8);
    allow(1, F2, 0x11, store | B8);
    // Low and high halves; NP with registers MOVHLPS and MOVLHPS.
    allow(1, NP, "12 16", load | B8);
    allow(1, P66, "12 16", load | B8 | MEMORY_ONLY);
    allow(1, NP | P66, "13 17", store | B8 | MEMORY_ONLY);
    allow(1, F3, "12 16", X_FROM_16);
    allow(1, F2, 0x12, load | B8);
    allow(1, NP | P66, 0x28, X_FROM_16);
    allow(1, NP | P66, 0x29, store | B16 | ALIGNED);
    allow(1, NP | P66, 0x2b, store | B16 | ALIGNED | MEMORY_ONLY);
    allow(1, P66, 0x6f, X_FROM_16);
    allow(1, F3, 0x6f, load | B16);
    allow(1, F2, 0xf0, load | B16 | MEMORY_ONLY);
    allow(1, P66, 0x7f, store | B16 | ALIGNED);
    allow(1, F3, 0x7f, store | B16);
    allow(1, P66, 0xe7, store | B16 | ALIGNED | MEMORY_ONLY);
    allow(2, P66, 0x2a, X_FROM_16 | MEMORY_ONLY);
    allow(1, F3, 0x7e, load | B8);
    allow(1, P66, 0xd6, store | B8);
    // Between XMM and general registers.
    int general = MODRM | RM_GENERAL;
    allow(1, P66, 0x6e, X | general | RM_READ | B4_8);
    allow(1, P66, 0x7e, X | general | RM_WRITE | B4_8);
    allow(1, F3 | F2, 0x2a, X | general | RM_READ | B4_8);
    allow(1, F3, "2c 2d", G_WRITE | RM_XMM | RM_READ | B4);
    allow(1, F2, "2c 2d", G_WRITE | RM_XMM | RM_READ | B8);
    allow(1, NP | P66, 0x50, G_WRITE | RM_XMM | RM_READ | REGISTER_ONLY);
    allow(1, P66, 0xd7, G_WRITE | RM_XMM | RM_READ | REGISTER_ONLY);
    allow(1, P66, 0xc5, G_WRITE | RM_XMM | RM_READ | REGISTER_ONLY | IMMEDIATE_8);
    allow(1, P66, 0xc4, X | general | RM_READ | B2 | IMMEDIATE_8);
    allow(3, P66, 0x14, X | general | RM_WRITE | B1 | IMMEDIATE_8);
    allow(3, P66, 0x15, X | general | RM_WRITE | B2 | IMMEDIATE_8);
    allow(3, P66, 0x16, X | general | RM_WRITE | B4_8 | IMMEDIATE_8);
    allow(3, P66, 0x17, X | general | RM_WRITE | B4 | IMMEDIATE_8);
    allow(3, P66, 0x20, X | general | RM_READ | B1 | IMMEDIATE_8);
    allow(3, P66, 0x22, X | general | RM_READ | B4_8 | IMMEDIATE_8);
    // Floating point: packed, single, double.
    String arithmetic = "51 58 59 5c 5d 5e 5f";
    allow(1, NP | P66, arithmetic, X_FROM_16);
    allow(1, F3, arithmetic, load | B4);
    allow(1, F2, arithmetic, load | B8);
    allow(1, NP | P66, "14 15 54 55 56 57", X_FROM_16);
    allow(1, NP | P66, "c2 c6", X_FROM_16 | IMMEDIATE_8);
    allow(1, F3, 0xc2, load | B4 | IMMEDIATE_8);
    allow(1, F2, 0xc2, load | B8 | IMMEDIATE_8);
    allow(1, NP, "2e 2f", load | B4);
    allow(1, P66, "2e 2f", load | B8);
    allow(1, P66 | F2, "7c 7d d0", X_FROM_16);
    allow(3, P66, "08 09 40 41", X_FROM_16 | IMMEDIATE_8);
    allow(3, P66, "0a 21", load | B4 | IMMEDIATE_8);
    allow(3, P66, 0x0b, load | B8 | IMMEDIATE_8);
    allow(1, NP, 0x5a, load | B8);
    allow(1, P66, 0x5a, X_FROM_16);
    allow(1, F3, 0x5a, load | B4);
    allow(1, F2, 0x5a, load | B8);
    allow(1, NP | P66 | F3, 0x5b, X_FROM_16);
    allow(1, P66 | F2, 0xe6, X_FROM_16);
    allow(1, F3, 0xe6, load | B8);
    // Integers.
    allow(1, P66, 0x60, 0x6d, X_FROM_16);
    allow(1, P66, "74 75 76", X_FROM_16);
    allow(1, P66, 0xd1, 0xd5, X_FROM_16);
    allow(1, P66, 0xd8, 0xe5, X_FROM_16);
    allow(1, P66, 0xe8, 0xef, X_FROM_16);
    allow(1, P66, 0xf1, 0xf6, X_FROM_16);
    allow(1, P66, 0xf8, 0xfe, X_FROM_16);
    allow(1, P66 | F3 | F2, 0x70, X_FROM_16 | IMMEDIATE_8);
    int shift = MODRM | RM_XMM | REGISTER_ONLY | IMMEDIATE_8;
    group(1, P66, 0x71, 0x72, 0, 0, shift, 0, shift, 0, shift, 0);
    group(1, P66, 0x73, 0x73, 0, 0, shift, shift, 0, 0, shift, shift);
    allow(2, P66, 0x00, 0x0b, X_FROM_16);
    allow(2, P66, "10 14 15 17 1c 1d 1e 28 29 2b 37 40 41", X_FROM_16);
    allow(2, P66, 0x38, 0x3f, X_FROM_16);
    allow(2, P66, "20 23 25 30 33 35", load | B8);
    allow(2, P66, "21 24 31 34", load | B4);
    allow(2, P66, "22 32", load | B2);
    allow(3, P66, "0c 0d 0e 0f 42", X_FROM_16 | IMMEDIATE_8);
    allow(3, P66, 0x60, 0x63, rule(COMPARE_STRINGS) | X | RM_XMM | RM_READ | B16 | IMMEDIATE_8);
  }

  /** Sets what VEX prefixes may be like for opcodes as two hexadecimal digits each. */
  private static void shape(int map, int prefixes, String opcodes, int shape) {
    for (int k = 0; k < opcodes.length(); k += 3) {
      int o = Character.digit(opcodes.charAt(k), 16) << 4 | Character.digit(opcodes.charAt(k + 1), 16);
      for (int p = 0; p < 4; p++) {
        if ((prefixes & 1 << p) != 0) {
          SHAPES[map << 10 | p << 8 | o] = shape;
        }
      }
    }
  }

  /** Opcodes with VEX of map 1 to 3. */
  private static void vex(int map, int prefixes, String opcodes, int flags, int shape) {
    allow(VEX + map, prefixes, opcodes, flags);
    shape(VEX + map, prefixes, opcodes, shape);
  }

  /** PEXT, MULX, SHRX, SARX, RORX. */
  private static void bmi2() {
    vex(2, F3, "f5", rule(EXTRACT) | G_WRITE | E_READ, L0 | W | OTHER_READ);
    vex(2, F2, "f6", rule(MULTIPLY) | G_WRITE | E_READ, L0 | W | OTHER_BY_RULE);
    vex(2, F2 | F3, "f7", rule(SHIFT) | G_WRITE | E_READ | COUNT, L0 | W | OTHER_READ);
    vex(3, F2, "f0", rule(SHIFT) | G_WRITE | E_READ | IMMEDIATE_8, L0 | W);
  }

  /** The other instructions of BMI1 and BMI2: ANDN, BZHI, PDEP, BEXTR, SHLX, BLSR, BLSMSK, BLSI. */
  private static void bmi() {
    vex(2, NP, "f2 f5 f7", E_READ | G_WRITE, L0 | W | OTHER_READ);
    vex(2, F2, "f5", E_READ | G_WRITE, L0 | W | OTHER_READ);
    vex(2, P66, "f7", E_READ | G_WRITE, L0 | W | OTHER_READ);
    group(VEX + 2, NP, 0xf3, 0xf3, 0, E_READ, E_READ, E_READ, 0, 0, 0, 0);
    shape(VEX + 2, NP, "f3", L0 | W | OTHER_WRITE);
  }

  private static void avxMoves() {
    int store = X | RM_XMM | RM_WRITE;
    int load = X | RM_XMM | RM_READ;
    vex(1, NP | P66, "10", load | B16, LW | DOUBLE);
    vex(1, NP | P66, "11", store | B16, LW | DOUBLE);
    vex(1, F3, "10", load | B4, LW | OTHER_WITH_REGISTER);
    vex(1, F3, "11", store | B4, LW | OTHER_WITH_REGISTER);
    vex(1, F2, "10", load | B8, LW | OTHER_WITH_REGISTER);
    vex(1, F2, "11", store | B8, LW | OTHER_WITH_REGISTER);
    vex(1, NP, "12 16", load | B8, L0 | W | OTHER);
    vex(1, P66, "12 16", load | B8 | MEMORY_ONLY, L0 | W | OTHER);
    vex(1, NP | P66, "13 17", store | B8 | MEMORY_ONLY, L0 | W);
    vex(1, F3, "12 16", load | B16, LW | DOUBLE);
    vex(1, F2, "12", load | B8, LW | FOURFOLD);
    vex(1, NP | P66, "28", load | B16 | ALIGNED, LW | DOUBLE);
    vex(1, NP | P66, "29", store | B16 | ALIGNED, LW | DOUBLE);
    vex(1, NP | P66, "2b", store | B16 | ALIGNED | MEMORY_ONLY, LW | DOUBLE);
    vex(1, P66, "6f", load | B16 | ALIGNED, LW | DOUBLE);
    vex(1, F3, "6f", load | B16, LW | DOUBLE);
    vex(1, F2, "f0", load | B16 | MEMORY_ONLY, LW | DOUBLE);
    vex(1, P66, "7f", store | B16 | ALIGNED, LW | DOUBLE);
    vex(1, F3, "7f", store | B16, LW | DOUBLE);
    vex(1, P66, "e7", store | B16 | ALIGNED | MEMORY_ONLY, LW | DOUBLE);
    vex(1, F3, "7e", load | B8, L0 | W);
    vex(1, P66, "d6", store | B8, L0 | W);
    int general = X | RM_GENERAL;
    vex(1, P66, "6e", general | RM_READ | B4_8, L0 | W);
    vex(1, P66, "7e", general | RM_WRITE | B4_8, L0 | W);
    vex(1, P66, "c4", general | RM_READ | B2 | IMMEDIATE_8, L0 | W | OTHER);
    int mask = G_WRITE | RM_XMM | RM_READ | REGISTER_ONLY;
    vex(1, P66, "c5", mask | IMMEDIATE_8, L0 | W);
    vex(1, P66, "d7", mask, LW);
    vex(1, NP | P66, "50", mask, LW);
    // VZEROUPPER, VZEROALL
    vex(1, NP, "77", REG_XMM, LW);
  }

  private static void avxNumbers() {
    int load = X | RM_XMM | RM_READ;
    vex(1, NP | P66, "51", load | B16, LW | DOUBLE);
    vex(1, NP | P66, "54 55 56 57 58 59 5c 5d 5e 5f 14 15", load | B16, LW | DOUBLE | OTHER);
    vex(1, F3, "51 58 59 5c 5d 5e 5f 5a", load | B4, LW | OTHER);
    vex(1, F2, "51 58 59 5c 5d 5e 5f 5a", load | B8, LW | OTHER);
    vex(1, NP, "5a", load | B8, LW | DOUBLE);
    vex(1, P66, "5a", load | B16, LW | DOUBLE);
    vex(1, NP | P66 | F3, "5b", load | B16, LW | DOUBLE);
    vex(1, P66 | F2, "e6", load | B16, LW | DOUBLE);
    vex(1, F3, "e6", load | B8, LW | DOUBLE);
    vex(1, NP, "2e 2f", load | B4, LW);
    vex(1, P66, "2e 2f", load | B8, LW);
    vex(1, F3 | F2, "2a", X | RM_GENERAL | RM_READ | B4_8, LW | OTHER);
    vex(1, F3, "2c 2d", G_WRITE | RM_XMM | RM_READ | B4, LW);
    vex(1, F2, "2c 2d", G_WRITE | RM_XMM | RM_READ | B8, LW);
    vex(1, NP | P66, "c2 c6", load | B16 | IMMEDIATE_8, LW | DOUBLE | OTHER);
    vex(1, F3, "c2", load | B4 | IMMEDIATE_8, LW | OTHER);
    vex(1, F2, "c2", load | B8 | IMMEDIATE_8, LW | OTHER);
    vex(1, P66 | F2, "7c 7d d0", load | B16, LW | DOUBLE | OTHER);
  }

  private static void avxIntegers() {
    int load = X | RM_XMM | RM_READ;
    vex(1, P66, "60 61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 74 75 76", load | B16, LW | DOUBLE | OTHER);
    // By a count in 128 bits.
    vex(1, P66, "d1 d2 d3 e1 e2 f1 f2 f3", load | B16, LW | OTHER);
    vex(1, P66, "d4 d5 d8 d9 da db dc dd de df e0 e3 e4 e5 e8 e9 ea eb ec ed ee ef", load | B16, LW | DOUBLE | OTHER);
    vex(1, P66, "f4 f5 f6 f8 f9 fa fb fc fd fe", load | B16, LW | DOUBLE | OTHER);
    vex(1, P66 | F3 | F2, "70", load | B16 | IMMEDIATE_8, LW | DOUBLE);
    int shift = MODRM | RM_XMM | REGISTER_ONLY | IMMEDIATE_8;
    group(VEX + 1, P66, 0x71, 0x72, 0, 0, shift, 0, shift, 0, shift, 0);
    group(VEX + 1, P66, 0x73, 0x73, 0, 0, shift, shift, 0, 0, shift, shift);
    shape(VEX + 1, P66, "71 72 73", LW | OTHER);
  }

  /** With 66 0F 38. */
  private static void avxThreeByte() {
    int load = X | RM_XMM | RM_READ;
    vex(2, P66, "00 01 02 03 04 05 06 07 08 09 0a 0b 28 29 2b 37 38 39 3a 3b 3c 3d 3e 3f 40", load | B16, LW | DOUBLE | OTHER);
    vex(2, P66, "0c 0d", load | B16, L | W0 | DOUBLE | OTHER);
    vex(2, P66, "0e 0f", load | B16, L | W0 | DOUBLE);
    vex(2, P66, "13", load | B8, L | W0 | DOUBLE);
    vex(2, P66, "16 36", load | B16, L1 | W0 | DOUBLE | OTHER);
    vex(2, P66, "17 1c 1d 1e", load | B16, LW | DOUBLE);
    vex(2, P66, "18 58", load | B4, L | W0);
    vex(2, P66, "19", load | B8, L1 | W0);
    vex(2, P66, "59", load | B8, L | W0);
    vex(2, P66, "78", load | B1, L | W0);
    vex(2, P66, "79", load | B2, L | W0);
    vex(2, P66, "1a 5a", load | B16 | MEMORY_ONLY, L1 | W0);
    vex(2, P66, "20 23 25 30 33 35", load | B8, LW | DOUBLE);
    vex(2, P66, "21 24 31 34", load | B4, LW | DOUBLE);
    vex(2, P66, "22 32", load | B2, LW | DOUBLE);
    vex(2, P66, "2a", load | B16 | ALIGNED | MEMORY_ONLY, LW | DOUBLE);
    vex(2, P66, "41", load | B16, L0 | W);
    vex(2, P66, "45 47", load | B16, LW | DOUBLE | OTHER);
    vex(2, P66, "46", load | B16, L | W0 | DOUBLE | OTHER);
    vex(2, P66, "96 97 98 9a 9c 9e a6 a7 a8 aa ac ae b6 b7 b8 ba bc be", load | B16, LW | DOUBLE | OTHER);
    vex(2, P66, "99 9b 9d 9f a9 ab ad af b9 bb bd bf", load | B4_8, LW | OTHER);
    vex(2, P66, "db", load | B16, L0 | W);
    vex(2, P66, "dc dd de df", load | B16, L0 | W | OTHER);
  }

  /** With 66 0F 3A. */
  private static void avxImmediate() {
    int store = X | RM_XMM | RM_WRITE | IMMEDIATE_8;
    int load = X | RM_XMM | RM_READ | IMMEDIATE_8;
    vex(3, P66, "00 01", load | B16, L1 | W1 | DOUBLE);
    vex(3, P66, "02", load | B16, L | W0 | DOUBLE | OTHER);
    vex(3, P66, "04 05", load | B16, L | W0 | DOUBLE);
    vex(3, P66, "06 46", load | B16, L1 | W0 | DOUBLE | OTHER);
    vex(3, P66, "08 09", load | B16, LW | DOUBLE);
    vex(3, P66, "0a", load | B4, LW | OTHER);
    vex(3, P66, "0b", load | B8, LW | OTHER);
    vex(3, P66, "0c 0d 0e 0f 40 42", load | B16, LW | DOUBLE | OTHER);
    vex(3, P66, "18 38", load | B16, L1 | W0 | OTHER);
    vex(3, P66, "19 39", store | B16, L1 | W0);
    vex(3, P66, "1d", store | B8, L | W0 | DOUBLE);
    vex(3, P66, "21", load | B4, L0 | W | OTHER);
    vex(3, P66, "41 44", load | B16, L0 | W | OTHER);
    vex(3, P66, "4a 4b 4c", load | B16, L | W0 | DOUBLE | OTHER);
    vex(3, P66, "60 61 62 63", rule(COMPARE_STRINGS) | load | B16, L0 | W);
    vex(3, P66, "df", load | B16, L0 | W);
    int general = X | RM_GENERAL | IMMEDIATE_8;
    vex(3, P66, "14", general | RM_WRITE | B1, L0 | W);
    vex(3, P66, "15", general | RM_WRITE | B2, L0 | W);
    vex(3, P66, "16", general | RM_WRITE | B4_8, L0 | W);
    vex(3, P66, "17", general | RM_WRITE | B4, L0 | W);
    vex(3, P66, "20", general | RM_READ | B1, L0 | W | OTHER);
    vex(3, P66, "22", general | RM_READ | B4_8, L0 | W | OTHER);
  }

  /** TZCNT, LZCNT, MOVBE, ADCX, ADOX, AES, PCLMULQDQ, SHA. */
  private static void v3WithoutVex() {
    allow(1, F3, 0xbc, 0xbd, E_READ | G_WRITE);
    allow(2, ANY_SIZE, 0xf0, E_READ | G_WRITE | MEMORY_ONLY);
    allow(2, ANY_SIZE, 0xf1, E_WRITE | G_READ | MEMORY_ONLY);
    // 66 is no operand size here.
    allow(2, P66 | F3, 0xf6, E_READ | G_READ | REG_WRITE | B4_8);
    allow(2, P66, 0xdb, 0xdf, X_FROM_16);
    allow(3, P66, "44 df", X_FROM_16 | IMMEDIATE_8);
    allow(2, NP, 0xc8, 0xcd, X_FROM_16);
    allow(3, NP, 0xcc, X_FROM_16 | IMMEDIATE_8);
  }

  /** SDM volume 2, tables. */
  private static void x87() {
    // FWAIT, with nothing but itself, like EMMS
    allow(0, NP, 0x9b, rule(MMX));
    int two = rule(X87) | MODRM | B2;
    int four = rule(X87) | MODRM | B4;
    int eight = rule(X87) | MODRM | B8;
    int ten = rule(X87) | MODRM | B10;
    int registers = rule(X87) | MODRM | REGISTER_ONLY;
    int write = RM_WRITE;
    group(0, NP, 0xd8, 0xd8, four, four, four, four, four, four, four, four);
    group(0, NP, 0xd9, 0xd9, four, registers, four | write, four | write, registers, two, registers, two | write);
    group(0, NP, 0xda, 0xda, four, four, four, four, four, four, four, four);
    group(0, NP, 0xdb, 0xdb, four, four | write, four | write, four | write, registers, ten, registers, ten | write);
    group(0, NP, 0xdc, 0xdc, eight, eight, eight, eight, eight, eight, eight, eight);
    group(0, NP, 0xdd, 0xdd, eight, eight | write, eight | write, eight | write, registers, registers, 0, two | write | MEMORY_ONLY);
    group(0, NP, 0xde, 0xde, two, two, two, two, two, two, two, two);
    group(0, NP, 0xdf, 0xdf, two, two | write, two | write, two | write, registers, eight, registers, eight | write | MEMORY_ONLY);
  }

  /** Whether an x87 instruction without memory may occur: all but the transcendental ones, FNINIT, and aliases. */
  static boolean isX87(int opcode, int modrm) {
    return (X87_REGISTERS[opcode - 0xd8] >>> modrm - 0xc0 & 1) != 0;
  }

  private static void mmx() {
    int source = rule(MMX) | MODRM | B8;
    int general = rule(MMX) | MODRM | RM_GENERAL;
    // EMMS, moves
    allow(1, NP, 0x77, rule(MMX));
    allow(1, NP, 0x6e, general | RM_READ | B4_8);
    allow(1, NP, 0x7e, general | RM_WRITE | B4_8);
    allow(1, NP, 0x6f, source);
    allow(1, NP, 0x7f, source | RM_WRITE);
    allow(1, NP, 0xe7, source | RM_WRITE | MEMORY_ONLY);
    allow(1, F3, 0xd6, rule(MMX) | X | REGISTER_ONLY);
    allow(1, F2, 0xd6, rule(MMX) | MODRM | RM_XMM | RM_READ | REGISTER_ONLY);
    // Integers: the low halves' interleaving reads four bytes.
    allow(1, NP, 0x60, 0x62, rule(MMX) | MODRM | B4);
    allow(1, NP, 0x63, 0x6b, source);
    allow(1, NP, 0x74, 0x76, source);
    allow(1, NP, "d1 d2 d3 d4 d5 d8 d9 da db dc dd de df e0 e1 e2 e3 e4 e5 e8 e9 ea eb ec ed ee ef", source);
    allow(1, NP, "f1 f2 f3 f4 f5 f6 f8 f9 fa fb fc fd fe", source);
    allow(1, NP, 0x70, source | IMMEDIATE_8);
    int shift = rule(MMX) | MODRM | REGISTER_ONLY | IMMEDIATE_8;
    group(1, NP, 0x71, 0x72, 0, 0, shift, 0, shift, 0, shift, 0);
    group(1, NP, 0x73, 0x73, 0, 0, shift, 0, 0, 0, shift, 0);
    allow(1, NP, 0xc4, general | RM_READ | B2 | IMMEDIATE_8);
    allow(1, NP, 0xc5, rule(MMX) | G_WRITE | REGISTER_ONLY | IMMEDIATE_8);
    allow(1, NP, 0xd7, rule(MMX) | G_WRITE | REGISTER_ONLY);
    allow(2, NP, 0x00, 0x0b, source);
    allow(2, NP, 0x1c, 0x1e, source);
    allow(3, NP, 0x0f, source | IMMEDIATE_8);
    // Conversions from and to floating point.
    allow(1, NP | P66, 0x2a, rule(MMX) | X | B8);
    allow(1, NP, "2c 2d", rule(MMX) | MODRM | RM_XMM | RM_READ | B8);
    allow(1, P66, "2c 2d", rule(MMX) | MODRM | RM_XMM | RM_READ | B16 | ALIGNED);
  }
}
