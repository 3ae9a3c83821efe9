package dev.portfire.testing.vectors;

import dev.portfire.testing.isa.IsaTable;
import java.io.ByteArrayOutputStream;

/**
 * Makes up cases for a form: encodings, addressing modes, operands at the edges of their ranges, environments. What
 * it makes never stores outside the data pages and never loops, because the host's CPU executes it in this process.
 */
final class CaseGenerator {

  private static final int RSP = 4;
  private static final int RBP = 5;
  private static final int RSI = 6;
  private static final int RDI = 7;

  private static final long WINDOW = CpuSlots.MEMORY_BASE;
  private static final int WINDOW_BYTES = CpuSlots.MEMORY_BYTES;
  private static final long MIDDLE = WINDOW + WINDOW_BYTES / 2;
  private static final long DATA_END = CpuSlots.DATA_BASE + 0x2000;

  private final SplitMix random;
  private final Operands operands;

  // The instruction under construction.
  private Case c = new Case();
  private InstructionForm form;
  private boolean rexNeeded;
  private int rex;
  private boolean address32;
  private final ByteArrayOutputStream tail = new ByteArrayOutputStream();
  private int vvvv;
  private boolean ripRelative;
  private int ripPosition;
  private long target;

  CaseGenerator(InstructionForm form, long seed) {
    this.form = form;
    this.random = new SplitMix(seed);
    this.operands = new Operands(random);
  }

  /** Makes the next case. */
  void generate(Case into) {
    c = into;
    c.reset(random.next());
    rex = 0;
    rexNeeded = false;
    vvvv = 0;
    address32 = false;
    ripRelative = false;
    target = 0;
    tail.reset();
    operands.general(c.before);
    operands.environment(c.before, form);
    c.definedFlags = form.definedFlags();
    encodeOperands();
    special();
    shiftFlags();
    if (form.legacy()) {
      c.narrow();
    }
    assemble();
  }

  private boolean is(String... mnemonics) {
    for (String m : mnemonics) {
      if (Operands.mnemonic(form).equals(m)) {
        return true;
      }
    }
    return false;
  }

  private boolean usesStack() {
    return is("push", "pop", "call", "ret", "enter", "leave", "pushf", "popf", "pusha", "popa");
  }

  private boolean is64() {
    return form.size() == 64 && !form.row().has("d64");
  }

  // ---- ModRM and what follows

  private void encodeOperands() {
    boolean opcodeRegister = form.row().operands().stream().anyMatch(o -> o.startsWith("Z"));
    if (opcodeRegister) {
      int r = register();
      rex |= r >> 3;
      opcodeLow = r & 7;
      rexNeeded |= !form.legacy() && random.oneIn(4);
    } else {
      opcodeLow = 0;
      if (form.row().hasModRm()) {
        modRm();
      }
    }
    for (String o : form.row().operands()) {
      immediate(o);
    }
  }

  private int opcodeLow;

  private int register() {
    int r = random.below(form.legacy() ? 8 : 16);
    return r == RSP && (usesStack() || random.below(4) != 0) ? 0 : r;
  }

  private void modRm() {
    int ext = form.extension();
    int reg = ext >= 0xc0 ? ext >> 3 & 7 : ext >= 0 ? ext : register();
    if (ext < 0) {
      rex |= reg >> 3 << 2;
    }
    rexNeeded |= !form.legacy() && random.oneIn(4);
    if (form.row().operands().stream().anyMatch(o -> o.startsWith("H") || o.startsWith("B"))) {
      vvvv = random.below(form.legacy() ? 8 : 16);
      operands.other(c.before, form, vvvv);
    }
    if (form.row().has("vsib")) {
      gather(reg);
      return;
    }
    if (!form.memory()) {
      int rm = ext >= 0xc0 ? ext & 7 : register();
      if (ext < 0xc0) {
        rex |= rm >> 3;
      }
      tail.write(0xc0 | (reg & 7) << 3 | rm & 7);
      operands.registers(c.before, form, reg, rm);
      return;
    }
    operands.registers(c.before, form, reg, -1);
    target = chooseTarget();
    if (bitString()) {
      // The bit offset reaches beyond the operand: keep it near.
      target = MIDDLE + random.below(64) - 32;
      c.before[reg] = random.below(1024) - 512L;
    }
    address(reg, target);
    operands.memory(c, form, target);
  }

  /** A memory operand with a vector of indices, most of them near. */
  private void gather(int reg) {
    int index = random.below(form.legacy() ? 8 : 16);
    for (int k = 0; k < 40 && (index == reg || index == vvvv || reg == vvvv); k++) {
      // That is undefined: seldom.
      index = random.below(form.legacy() ? 8 : 16);
      vvvv = random.below(form.legacy() ? 8 : 16);
    }
    operands.registers(c.before, form, reg, -1);
    operands.other(c.before, form, vvvv);
    int scale = random.below(4);
    // The page before the data is absent.
    long absent = -0x1900 >> scale;
    boolean quads = (form.opcode() & 1) != 0;
    for (int k = 0; k < 4; k++) {
      long value = random.oneIn(40) ? absent : random.below(64) - 32;
      long second = random.oneIn(40) ? absent : random.below(64) - 32;
      c.before[Operands.lane(index, k)] = quads ? value : value & 0xffff_ffffL | second << 32;
    }
    int base = random.below(form.legacy() ? 8 : 16);
    if ((base & 7) == RBP) {
      base ^= 3;
    }
    c.before[base] = MIDDLE;
    rex |= base >> 3 | index >> 3 << 1;
    tail.write(0x40 | (reg & 7) << 3 | 4);
    tail.write(scale << 6 | (index & 7) << 3 | base & 7);
    tail.write(random.below(128) - 64);
  }

  private boolean bitString() {
    return is("bt", "bts", "btr", "btc") && form.extension() < 0;
  }

  private int accessSize() {
    return operands.accessSize(form);
  }

  private long chooseTarget() {
    int size = accessSize();
    int alignment = operands.alignment(form);
    if (is("lea")) {
      return random.next();
    }
    switch (random.below(40)) {
      case 0 -> {
        return CpuSlots.DATA_BASE - 1 - random.below(Math.max(1, Math.min(size, 64)));
      }
      case 1 -> {
        // Whether a long store touches its ends first is the processor's choice.
        if (size > 1 && size <= 16 && alignment == 1) {
          return DATA_END - 1 - random.below(size - 1);
        }
      }
      case 2 -> {
        if (size <= 64) {
          return CpuSlots.READ_ONLY_BASE + (long) random.below(64) * Math.max(alignment, 1);
        }
      }
      case 3 -> {
        // Which end of a long operand is touched first is the processor's choice, too.
        if (form.legacy() && size <= 16) {
          return 0xdead_0000L & -alignment;
        }
        if (!form.legacy()) {
          return 0x0000_8000_0000_0000L + (random.below(1 << 20) & -alignment);
        }
      }
      case 4, 5 -> {
        return MIDDLE - random.below(Math.max(1, Math.min(size, 256)));
      }
      default -> {}
    }
    long at = WINDOW + random.below(WINDOW_BYTES - size + 1);
    boolean misaligned = alignment > 1 && random.oneIn(12);
    return misaligned ? at : at & -(long) alignment;
  }

  /** Encodes a memory operand at {@code address}, setting base and index registers to suit. */
  private void address(int reg, long address) {
    boolean low = address >>> 32 == 0;
    // In 32-bit code the prefix would mean 16-bit addressing.
    address32 = low && !form.legacy() && random.oneIn(6);
    int regField = (reg & 7) << 3;
    int mode = random.below(low ? 8 : 6);
    if (low && mode == 6) {
      tail.write(regField | 5);
      ripRelative = !form.legacy();
      ripPosition = tail.size();
      write(4, address);
      return;
    }
    if (low && mode == 7) {
      tail.write(regField | 4);
      tail.write(0x25);
      write(4, address);
      return;
    }
    int displacementSize = random.pick(0, 1, 1, 4);
    long displacement =
        displacementSize == 0 ? 0 : displacementSize == 1 ? (byte) random.next() : (int) random.next() >> 12;
    int base = addressRegister(reg);
    boolean indexed = random.below(3) == 0;
    int mod = displacementSize == 0 ? 0 : displacementSize == 1 ? 0x40 : 0x80;
    if (mod == 0 && (base & 7) == RBP) {
      mod = 0x40;
      displacementSize = 1;
    }
    long rest = address - displacement;
    if (indexed || (base & 7) == RSP) {
      int index = indexed ? addressRegister(reg) : RSP;
      if (index == base || index == RSP) {
        index = RSP;
      }
      int scale = random.below(4);
      if (index != RSP) {
        rex |= index >> 3 << 1;
        c.before[index] = random.below(256) - 128L;
        rest -= c.before[index] << scale;
      }
      tail.write(mod | regField | 4);
      tail.write(scale << 6 | (index & 7) << 3 | base & 7);
    } else {
      tail.write(mod | regField | base & 7);
    }
    rex |= base >> 3;
    if (base == RSP && usesStack()) {
      throw new IllegalStateException("the stack pointer is in use");
    }
    c.before[base] = address32 ? rest & 0xffff_ffffL | random.next() << 32 : rest;
    write(displacementSize, displacement);
  }

  /** A register that may hold any address: not one with another part to play. */
  private int addressRegister(int reg) {
    for (; ; ) {
      int r = random.below(form.legacy() ? 8 : 16);
      boolean taken = r == (reg & 15) && form.extension() < 0 || r == RSP && usesStack();
      boolean implied =
          r <= 3 && (is("div", "idiv", "mul", "imul", "cmpxchg", "cmpxchg8b") || is("pcmpestri", "pcmpestrm"))
              || r == 1 && form.row().operands().contains("CL")
              || r == RBP && is("leave", "enter");
      if (!taken && !implied) {
        return r;
      }
    }
  }

  private void immediate(String operand) {
    switch (operand) {
      case "Ib", "Ibs" -> write(1, operands.immediate8(form));
      case "Iw" -> write(2, random.below(128));
      case "Iz" -> write(form.size() == 16 ? 2 : 4, operands.edge());
      case "Iv" -> write(form.size() / 8, operands.edge());
      case "Jb" -> write(1, branch(1));
      case "Jz" -> write(4, branch(4));
      case "Ob", "Ov" -> {
        address32 = !form.legacy() && random.oneIn(3);
        target = WINDOW + random.below(WINDOW_BYTES - 8);
        write(address32 || form.legacy() ? 4 : 8, target);
      }
      default -> {}
    }
  }

  /** A displacement to somewhere else in the code pages, where there is a breakpoint. */
  private int branch(int size) {
    int d = size == 1 ? (byte) random.next() : random.below(0x1000) - 0x700;
    return d <= 0 && d >= -16 ? 5 : d;
  }

  private void write(int size, long value) {
    for (int i = 0; i < size; i++) {
      tail.write((int) (value >>> (i << 3)) & 0xff);
    }
  }

  // ---- instructions with operands of their own

  private long codeAddress() {
    return CpuSlots.CODE_BASE + random.below(0x700);
  }

  private void special() {
    String function = form.row().function();
    if (function.startsWith("Strings.")) {
      strings();
    }
    if (usesStack()) {
      stack();
    }
    if (is("call", "jmp") && form.row().operands().contains("Ev")) {
      if (form.memory()) {
        c.poke(target, 8, codeAddress());
      } else {
        c.before[tail.toByteArray()[0] & 7 | (rex & 1) << 3] = codeAddress();
      }
    }
    if (is("xlat")) {
      c.before[3] = MIDDLE - 128 + random.below(128);
    }
    if (is("maskmovq", "maskmovdqu")) {
      c.before[RDI] = WINDOW + random.below(WINDOW_BYTES - 16);
    }
    if (is("leave", "enter")) {
      c.before[RBP] = MIDDLE + random.below(128);
    }
    if (is("jcxz", "loop", "loope", "loopne")) {
      c.before[1] = random.pick(0, 1, 2, -1);
    }
  }

  /** OF is defined after shifts by one only. */
  private void shiftFlags() {
    if (!form.row().function().startsWith("Shift.")) {
      return;
    }
    boolean immediate = form.row().operands().contains("Ib");
    if (form.size() == 16 && is("shld", "shrd") && !immediate) {
      // Beyond 16 the result itself is undefined.
      c.before[1] = random.below(17);
    }
    byte[] bytes = tail.toByteArray();
    long count = immediate ? bytes[bytes.length - 1] : form.row().operands().contains("CL") ? c.before[1] : 1;
    if ((count & (form.size() == 64 ? 63 : 31)) > 1) {
      c.definedFlags &= ~0x800;
    }
  }

  private void strings() {
    c.before[RSI] = MIDDLE + random.below(128) - 64;
    c.before[RDI] = random.oneIn(3) ? c.before[RSI] + random.below(9) - 4 : MIDDLE + random.below(256) - 128;
    c.before[1] = form.repeat() != 0 || !random.oneIn(4) ? random.below(12) : c.before[1];
    if (random.oneIn(4)) {
      c.before[CpuSlots.FLAGS] |= 0x400;
    }
    if (form.repeat() != 0 && random.oneIn(2)) {
      // Equal elements for a while.
      for (long at = WINDOW + 192; at < WINDOW + WINDOW_BYTES - 192; at++) {
        c.poke(at, 1, random.oneIn(60) ? 1 : 0);
      }
      c.before[0] = 0;
    }
    if (random.oneIn(5) && !form.legacy()) {
      address32 = true;
      for (int r : new int[] {1, RSI, RDI}) {
        c.before[r] = c.before[r] & 0xffff_ffffL | random.next() << 32;
      }
    }
  }

  private void stack() {
    long rsp = MIDDLE + random.below(256) - 128;
    c.before[RSP] = random.oneIn(3) ? rsp : rsp & -8;
    if (is("ret")) {
      c.poke(c.before[RSP], 8, codeAddress());
    } else if (is("popf")) {
      // No single-stepping: the trap would come after the next instruction, the breakpoint.
      c.poke(c.before[RSP] + 1, 1, random.next() & 0xfe);
    }
  }

  // ---- putting it together

  private void assemble() {
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    if (form.lock()) {
      code.write(0xf0);
    }
    if (form.repeat() != 0) {
      code.write(form.repeat());
    }
    if (address32) {
      code.write(0x67);
    }
    if (form.size() == 16) {
      code.write(0x66);
    }
    IsaTable.Prefix prefix = form.row().prefix().orElse(IsaTable.Prefix.NP);
    if (form.row().vex()) {
      vex(code, prefix.ordinal());
      finish(code);
      return;
    }
    switch (prefix) {
      case NP -> {}
      case P66 -> code.write(0x66);
      case F3 -> code.write(0xf3);
      case F2 -> code.write(0xf2);
    }
    if (is64()) {
      rex |= 8;
    }
    if (rex != 0 || rexNeeded) {
      code.write(0x40 | rex);
    }
    if (form.row().map() > 0) {
      code.write(0x0f);
    }
    if (form.row().map() > 1) {
      code.write(form.row().map() == 2 ? 0x38 : 0x3a);
    }
    finish(code);
  }

  /** A VEX prefix, of two bytes where that can be. */
  private void vex(ByteArrayOutputStream code, int pp) {
    boolean sized = form.row().operands().stream().anyMatch(o -> o.endsWith("y")) || is("pcmpestrm", "pcmpestri");
    int w = form.row().has("W1") || sized && is64() || !sized && !form.row().has("W0") && random.oneIn(4) ? 1 : 0;
    int wide = form.wide() ? 4 : 0;
    switch (random.below(160)) {
      // Mostly undefined, or another instruction.
      case 0 -> vvvv ^= 1 + random.below(7);
      case 1 -> {
        // AMD's processors do not look at it here.
        if (!is("permq", "permpd")) {
          w ^= 1;
        }
      }
      case 2 -> {
        // This host may have these with 256 bits, which is another feature; whether a page or the alignment faults first
        // when both do is not what this is about.
        String feature = form.row().value("x");
        if (!feature.equals("AES") && !feature.equals("PCLMULQDQ") && !form.row().has("al")) {
          wide ^= 4;
        }
      }
      case 3 -> code.write(random.pick(0x66, 0xf2, 0xf3, 0xf0, form.legacy() ? 0x66 : 0x48));
      default -> {}
    }
    int low = (~vvvv & 15) << 3 | wide | pp;
    if (form.row().map() == 1 && w == 0 && (rex & 3) == 0 && random.oneIn(2)) {
      code.write(0xc5);
      code.write((~rex & 4) << 5 | low);
    } else {
      code.write(0xc4);
      code.write((~rex & 7) << 5 | form.row().map());
      code.write(w << 7 | low);
    }
  }

  private void finish(ByteArrayOutputStream code) {
    code.write(form.opcode() + opcodeLow);
    int start = code.size();
    code.writeBytes(tail.toByteArray());
    c.code = code.toByteArray();
    if (ripRelative) {
      long displacement = target - (CpuSlots.CODE_START + c.code.length);
      for (int i = 0; i < 4; i++) {
        c.code[start + ripPosition + i] = (byte) (displacement >>> (i << 3));
      }
    }
  }
}
