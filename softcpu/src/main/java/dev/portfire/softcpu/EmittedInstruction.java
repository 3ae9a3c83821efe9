package dev.portfire.softcpu;

/**
 * One instruction of emitted code, decoded by the rules of the SDM (volume 2, sections 2.1 to 2.3) for {@link CodeValidator}:
 * what is not in {@link ValidatorForms} is refused.
 */
final class EmittedInstruction {
  static final int NONE = -1;

  private static final int RSP = 4;

  byte[] code = new byte[0];
  int length;

  /** Where it starts, and where it ends as far as it has been decoded. */
  int start;

  int at;

  /** What {@link ValidatorForms} knows of it. */
  int form;

  int opcode;
  int rex;

  /** What {@link ValidatorForms} knows of its VEX prefix; 0 if it has none. */
  int shape;

  /** VEX.L. */
  boolean large;

  /** The register in VEX.vvvv. */
  int vvvv;

  boolean wide;
  boolean operandSize;

  /** It is a string instruction with REP. */
  boolean repeat;

  boolean lock;

  /** ModRM.rm is memory: base, index, both {@link #NONE} if missing, scale and displacement. */
  boolean memory;

  /** It is an LEA of an address relative to RIP: only the displacement counts. */
  boolean relative;

  int reg;
  int rm;
  int addressBase;
  int index;
  int scale;
  int displacement;
  long immediate;

  /** Takes the code of a block. */
  void begin(byte[] code, int length) {
    this.code = code;
    this.length = length;
    start = 0;
    at = 0;
  }

  /** What to throw, with the place and the bytes. */
  IllegalStateException refuse(String reason) {
    StringBuilder s = new StringBuilder("emitted code refused at ");
    s.append(start).append(" of ").append(length).append(": ").append(reason).append(';');
    for (int k = Math.max(start, 0); k < Math.min(Math.max(at, start + 1), length); k++) {
      s.append(String.format(" %02x", code[k]));
    }
    return new IllegalStateException(s.toString());
  }

  private int next() {
    if (at >= length) {
      throw refuse("an instruction that the block ends in");
    }
    return code[at++] & 0xff;
  }

  int code4(int place) {
    return code[place] & 0xff | (code[place + 1] & 0xff) << 8 | (code[place + 2] & 0xff) << 16 | code[place + 3] << 24;
  }

  private int next4() {
    if (at + 4 > length) {
      throw refuse("an instruction that the block ends in");
    }
    at += 4;
    return code4(at - 4);
  }

  /** Decodes an instruction: SDM volume 2, sections 2.1 to 2.3. */
  void decode() {
    operandSize = false;
    lock = false;
    rex = 0;
    vvvv = NONE;
    shape = 0;
    large = false;
    memory = false;
    relative = false;
    immediate = 0;
    int rep = 0;
    int b = next();
    for (; ; b = next()) {
      if (b == 0x66 && !operandSize) {
        operandSize = true;
      } else if ((b == 0xf2 || b == 0xf3) && rep == 0) {
        rep = b;
      } else if (b == 0xf0 && !lock) {
        lock = true;
      } else {
        break;
      }
    }
    int prefix = rep == 0xf2 ? 3 : rep == 0xf3 ? 2 : operandSize ? 1 : 0;
    int map = 0;
    if (b == 0xc4) {
      if (lock || prefix != 0) {
        throw refuse("a prefix before VEX");
      }
      int one = next();
      int two = next();
      rex = 0x40 | (two >> 4 & 8) | (~one >> 5 & 7);
      vvvv = ~two >> 3 & 15;
      prefix = two & 3;
      map = ValidatorForms.VEX + (one & 31);
      large = (two & 4) != 0;
      b = next();
      shape = map <= ValidatorForms.VEX || map >= ValidatorForms.MAPS ? 0 : ValidatorForms.shape(map, prefix, b);
      if ((shape & (large ? ValidatorForms.L1 : ValidatorForms.L0)) == 0
          || (shape & ((rex & 8) != 0 ? ValidatorForms.W1 : ValidatorForms.W0)) == 0) {
        throw refuse("an instruction that is not allowed");
      }
    } else {
      if ((b & 0xf0) == 0x40) {
        rex = b;
        b = next();
      }
      if (b == 0x0f) {
        b = next();
        map = 1;
        if (b == 0x38 || b == 0x3a) {
          map = b == 0x38 ? 2 : 3;
          b = next();
        }
      }
    }
    opcode = b;
    wide = (rex & 8) != 0;
    form = ValidatorForms.form(map, prefix, b);
    if (form >>> ValidatorForms.RULE == ValidatorForms.GROUP) {
      form = ValidatorForms.inGroup(form, at < length ? code[at] >> 3 & 7 : 0);
    }
    if (form == 0) {
      throw refuse("an instruction that is not allowed");
    }
    repeat = rep == 0xf3 && form >>> ValidatorForms.RULE == ValidatorForms.STRING;
    if (shape != 0 && (shape & ValidatorForms.OTHERS) == 0 && vvvv != 0) {
      throw refuse("a register in VEX.vvvv that is not allowed");
    }
    if (rep != 0 && operandSize && !repeat) {
      throw refuse("prefixes that are not allowed together");
    }
    if ((form & ValidatorForms.MODRM) != 0) {
      modrm();
    } else if ((form & ValidatorForms.OPCODE_REG) != 0) {
      reg = opcode & 7 | (rex & 1) << 3;
    }
    if ((form & ValidatorForms.IMMEDIATE_8) != 0) {
      immediate = (byte) next();
    } else if ((form & ValidatorForms.IMMEDIATE) != 0) {
      immediate();
    }
    if ((shape & ValidatorForms.OTHER_WITH_REGISTER) != 0 && memory && vvvv != 0) {
      throw refuse("a register in VEX.vvvv that is not allowed");
    }
    if (at - start > 15) {
      throw refuse("an instruction of more than 15 bytes");
    }
    if (lock && ((form & ValidatorForms.LOCKABLE) == 0 || !memory)) {
      throw refuse("LOCK where it is not allowed");
    }
  }

  private void immediate() {
    if (wide && (form & ValidatorForms.WHOLE) != 0) {
      immediate = next4() & 0xffff_ffffL;
      immediate |= (long) next4() << 32;
    } else if (operandSize && !wide) {
      immediate = next();
      immediate |= next() << 8;
    } else {
      immediate = next4();
    }
  }

  private void modrm() {
    int modrm = next();
    int mod = modrm >> 6;
    reg = modrm >> 3 & 7 | (rex & 4) << 1;
    rm = modrm & 7 | (rex & 1) << 3;
    if (mod == 3) {
      if ((form & ValidatorForms.MEMORY_ONLY) != 0) {
        throw refuse("a register operand that is not allowed");
      }
      return;
    }
    if ((form & ValidatorForms.REGISTER_ONLY) != 0) {
      throw refuse("a memory operand that is not allowed");
    }
    memory = true;
    addressBase = rm;
    index = NONE;
    scale = 0;
    displacement = 0;
    if ((modrm & 7) == 4) {
      int sib = next();
      scale = sib >> 6;
      index = sib >> 3 & 7 | (rex & 2) << 2;
      addressBase = sib & 7 | (rex & 1) << 3;
      if (index == 4) {
        index = NONE;
      }
      if ((sib & 7) == 5 && mod == 0) {
        addressBase = NONE;
        displacement = next4();
      }
    } else if ((modrm & 7) == 5 && mod == 0) {
      if (form >>> ValidatorForms.RULE != ValidatorForms.LEA) {
        throw refuse("an address relative to RIP");
      }
      relative = true;
      addressBase = NONE;
      displacement = next4();
    }
    if (mod == 1) {
      displacement = (byte) next();
    } else if (mod == 2) {
      displacement = next4();
    }
  }

  /** Bytes of the memory operand. */
  int bytes() {
    int bytes = ValidatorForms.bytes(form, size(), wide);
    return !large || (shape & (ValidatorForms.DOUBLE | ValidatorForms.FOURFOLD)) == 0
        ? bytes
        : bytes * ((shape & ValidatorForms.DOUBLE) != 0 ? 2 : 4);
  }

  /** Bytes of a general operand. */
  int size() {
    return wide ? 8 : operandSize ? 2 : 4;
  }

  boolean has(int flag) {
    return (form & flag) != 0;
  }

  /** The register of which a number in the encoding names all or a part. */
  int general(int number, boolean isByte) {
    if (isByte && rex == 0 && number >= 4 && number < 8) {
      return number - 4;
    }
    if (number == RSP) {
      throw refuse("RSP as an operand");
    }
    return number;
  }

  int general(int number) {
    return general(number, false);
  }
}
