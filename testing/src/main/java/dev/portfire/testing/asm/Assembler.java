package dev.portfire.testing.asm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Assembles one stretch of code and data at a fixed address. Methods are named by mnemonics and append one instruction;
 * operands come in Intel's order. What has no method is written as {@link #bytes}.
 *
 * <p>Jumps always take the long form, so code has the same size wherever its labels end up.
 */
public final class Assembler {
  private enum Kind {
    REL8(1),
    REL16(2),
    REL32(4),
    ABS16(2),
    ABS32(4),
    ABS64(8);

    final int size;

    Kind(int size) {
      this.size = size;
    }
  }

  /** A place to fill in when all labels are known; {@code trailing} bytes of the instruction follow it. */
  private record Fixup(int at, Kind kind, String label, int trailing, long addend) {}

  private final long origin;
  private byte[] code = new byte[256];
  private int size;
  private int mode = 64;
  private final Map<String, Long> labels = new TreeMap<>();
  private final List<Fixup> fixups = new ArrayList<>();

  /**
   * Starts with 64-bit code.
   *
   * @param origin linear address of the first byte
   */
  public Assembler(long origin) {
    this.origin = origin;
  }

  /** Goes on with 16-, 32- or 64-bit code; code segments of 16- and 32-bit code are taken to have base 0. */
  public Assembler mode(int bits) {
    if (bits != 16 && bits != 32 && bits != 64) {
      throw new IllegalArgumentException("code is 16, 32 or 64 bits wide, not " + bits);
    }
    mode = bits;
    return this;
  }

  // ---- layout

  /** The address of the next byte. */
  public long here() {
    return origin + size;
  }

  /** Names the next byte. */
  public Assembler label(String name) {
    if (labels.put(name, here()) != null) {
      throw new IllegalArgumentException("label " + name + " is there twice");
    }
    return this;
  }

  /** The address of a label that was placed already. */
  public long address(String label) {
    Long address = labels.get(label);
    if (address == null) {
      throw new IllegalArgumentException("no label " + label);
    }
    return address;
  }

  /**
   * The label at an address, or the last before it and the distance; empty outside of this code. Labels that start with a dot
   * are not looked at.
   */
  public Optional<String> name(long address) {
    if (address < origin || address >= here()) {
      return Optional.empty();
    }
    String best = null;
    long at = origin;
    for (Map.Entry<String, Long> e : labels.entrySet()) {
      if (!e.getKey().startsWith(".") && e.getValue() <= address && (best == null || e.getValue() > at)) {
        best = e.getKey();
        at = e.getValue();
      }
    }
    if (best == null) {
      return Optional.of("+0x%x".formatted(address - origin));
    }
    return Optional.of(at == address ? best : "%s+0x%x".formatted(best, address - at));
  }

  /** Bytes as they are. */
  public Assembler bytes(int... values) {
    for (int v : values) {
      emit(v);
    }
    return this;
  }

  /** Two bytes of data. */
  public Assembler word(int value) {
    return immediate(value, 2);
  }

  /** Four bytes of data. */
  public Assembler dword(int value) {
    return immediate(value, 4);
  }

  /** Eight bytes of data. */
  public Assembler qword(long value) {
    return immediate(value, 8);
  }

  /** The address of a label as eight bytes of data. */
  public Assembler qword(String label) {
    fix(Kind.ABS64, label, 0, 0);
    return this;
  }

  /** Fills up to a multiple of a power of two. */
  public Assembler align(int alignment) {
    while ((here() & alignment - 1) != 0) {
      emit(0);
    }
    return this;
  }

  /** Leaves zeroes. */
  public Assembler space(int count) {
    for (int k = 0; k < count; k++) {
      emit(0);
    }
    return this;
  }

  /** The finished bytes. */
  public byte[] assemble() {
    byte[] result = Arrays.copyOf(code, size);
    for (Fixup f : fixups) {
      long target = address(f.label) + f.addend;
      long value =
          switch (f.kind) {
            case REL8, REL16, REL32 -> target - (origin + f.at + f.kind.size + f.trailing);
            case ABS16, ABS32, ABS64 -> target;
          };
      boolean fits =
          switch (f.kind) {
            case REL8 -> value == (byte) value;
            case REL16, ABS16 -> value >= Short.MIN_VALUE && value < 0x1_0000;
            case REL32, ABS32 -> value >= Integer.MIN_VALUE && value < 0x1_0000_0000L;
            case ABS64 -> true;
          };
      if (!fits) {
        throw new IllegalStateException("%s is too far away at 0x%x".formatted(f.label, origin + f.at));
      }
      for (int k = 0; k < f.kind.size; k++) {
        result[f.at + k] = (byte) (value >>> 8 * k);
      }
    }
    return result;
  }

  // ---- encoding

  private void emit(int value) {
    if (size == code.length) {
      code = Arrays.copyOf(code, 2 * size);
    }
    code[size++] = (byte) value;
  }

  private Assembler immediate(long value, int count) {
    for (int k = 0; k < count; k++) {
      emit((int) (value >>> 8 * k));
    }
    return this;
  }

  private void fix(Kind kind, String label, int trailing, long addend) {
    fixups.add(new Fixup(size, kind, label, trailing, addend));
    space(kind.size);
  }

  private void operandSize(int bits) {
    if (bits == 16 && mode != 16 || bits == 32 && mode == 16) {
      emit(0x66);
    }
    if (bits == 64 && mode != 64) {
      throw new IllegalArgumentException("64-bit operand in %d-bit code".formatted(mode));
    }
  }

  /**
   * Prefixes, opcode, ModRM and what belongs to it.
   *
   * @param bits operand size that the prefixes select; 0: none needed
   * @param opcode one to three bytes, 0x0f escapes included
   * @param reg the ModRM.reg field, 0 to 15
   * @param trailing bytes of immediate that the caller appends
   */
  private Assembler modRm(int bits, int opcode, int reg, Operand rm, int trailing) {
    if (rm instanceof Mem m && m.base() != null && m.base().bits() == 32 && mode != 32
        || rm instanceof Mem n && n.base() != null && n.base().bits() == 16 && mode == 32) {
      emit(0x67);
    }
    operandSize(bits);
    int rex = (bits == 64 ? 8 : 0) | reg >> 3 << 2
        | switch (rm) {
          case Reg r -> r.number() >> 3;
          case Mem m -> m.base() == null ? 0 : m.base().number() >> 3;
        };
    if (rex != 0) {
      emit(0x40 | rex);
    }
    opcode(opcode);
    int field = (reg & 7) << 3;
    switch (rm) {
      case Reg r -> emit(0xc0 | field | r.number() & 7);
      case Mem m -> memory(field, m, trailing);
    }
    return this;
  }

  private void opcode(int opcode) {
    if (opcode > 0xffff) {
      emit(opcode >> 16);
    }
    if (opcode > 0xff) {
      emit(opcode >> 8);
    }
    emit(opcode);
  }

  private void memory(int field, Mem m, int trailing) {
    Reg base = m.base();
    if (base == null) {
      constantAddress(field, m, trailing);
      return;
    }
    if (base.bits() == 16) {
      int rm = switch (base) {
        case SI -> 4;
        case DI -> 5;
        case BX -> 7;
        default -> throw new IllegalArgumentException("no 16-bit address with base " + base);
      };
      emit(0x80 | field | rm);
      immediate(m.displacement(), 2);
      return;
    }
    int low = base.number() & 7;
    boolean none = m.displacement() == 0 && low != 5;
    boolean small = m.displacement() == (byte) m.displacement();
    emit((none ? 0 : small ? 0x40 : 0x80) | field | low);
    if (low == 4) {
      emit(0x24);
    }
    if (!none) {
      immediate(m.displacement(), small ? 1 : 4);
    }
  }

  private void constantAddress(int field, Mem m, int trailing) {
    String label = m.label();
    if (mode == 64 && label == null) {
      emit(field | 4);
      emit(0x25);
    } else {
      emit(field | (mode == 16 ? 6 : 5));
    }
    int bytes = mode == 16 ? 2 : 4;
    if (label == null) {
      immediate(m.displacement(), bytes);
    } else {
      fix(mode == 64 ? Kind.REL32 : mode == 32 ? Kind.ABS32 : Kind.ABS16, label, mode == 64 ? trailing : 0, m.displacement());
    }
  }

  private static int wide(Operand o) {
    return o.bits() == 8 ? 0 : 1;
  }

  private static void same(Operand a, Operand b) {
    if (a.bits() != b.bits()) {
      throw new IllegalArgumentException("operands of %d and %d bits".formatted(a.bits(), b.bits()));
    }
  }

  /** An instruction whose opcode takes reg and r/m and has the width in its lowest bit. */
  private Assembler regRm(int opcode, Reg reg, Operand rm) {
    same(reg, rm);
    return modRm(reg.bits(), opcode | wide(reg), reg.number(), rm, 0);
  }

  // ---- moves

  /** Register or memory from register, or register from memory. */
  public Assembler mov(Operand to, Operand from) {
    if (from instanceof Reg reg) {
      return regRm(0x88, reg, to);
    }
    if (to instanceof Reg reg) {
      return regRm(0x8a, reg, from);
    }
    throw new IllegalArgumentException("two memory operands");
  }

  /** A constant; registers of 64 bits take the short forms where they can. */
  public Assembler mov(Operand to, long value) {
    if (to instanceof Reg r) {
      if (r.bits() == 64 && value == (int) value && value < 0) {
        modRm(64, 0xc7, 0, r, 4);
        return immediate(value, 4);
      }
      int bits = r.bits() == 64 && value >>> 32 == 0 ? 32 : r.bits();
      operandSize(bits);
      int rex = (bits == 64 ? 8 : 0) | r.number() >> 3;
      if (rex != 0) {
        emit(0x40 | rex);
      }
      emit((bits == 8 ? 0xb0 : 0xb8) | r.number() & 7);
      return immediate(value, bits / 8);
    }
    int bytes = Math.min(4, to.bits() / 8);
    modRm(to.bits(), 0xc6 | wide(to), 0, to, bytes);
    return immediate(value, bytes);
  }

  /** The address of a label: relative to RIP in 64-bit code, so code that runs at an alias sees the alias. */
  public Assembler lea(Reg to, String label) {
    return modRm(to.bits(), 0x8d, to.number(), new Mem(to.bits(), null, 0, label), 0);
  }

  /** An address. */
  public Assembler lea(Reg to, Mem from) {
    return modRm(to.bits(), 0x8d, to.number(), from, 0);
  }

  /** The assembled address of a label as a constant. */
  public Assembler movAddress(Reg to, String label) {
    operandSize(to.bits());
    int rex = (to.bits() == 64 ? 8 : 0) | to.number() >> 3;
    if (rex != 0) {
      emit(0x40 | rex);
    }
    emit(0xb8 | to.number() & 7);
    fix(to.bits() == 64 ? Kind.ABS64 : to.bits() == 32 ? Kind.ABS32 : Kind.ABS16, label, 0, 0);
    return this;
  }

  /** A segment register from a general one. */
  public Assembler mov(Segment to, Reg from) {
    return modRm(0, 0x8e, to.ordinal(), from, 0);
  }

  /** A general register from a segment one. */
  public Assembler mov(Reg to, Segment from) {
    return modRm(to.bits(), 0x8c, from.ordinal(), to, 0);
  }

  /** A control register from a general one. */
  public Assembler movToControl(int control, Reg from) {
    return modRm(0, 0x0f22, control, from, 0);
  }

  /** A general register from a control one. */
  public Assembler movFromControl(Reg to, int control) {
    return modRm(0, 0x0f20, control, to, 0);
  }

  /** A debug register from a general one. */
  public Assembler movToDebug(int debug, Reg from) {
    return modRm(0, 0x0f23, debug, from, 0);
  }

  /** A general register from a debug one. */
  public Assembler movFromDebug(Reg to, int debug) {
    return modRm(0, 0x0f21, debug, to, 0);
  }

  /** Zero-extends 8 or 16 bits. */
  public Assembler movzx(Reg to, Operand from) {
    return modRm(to.bits(), from.bits() == 8 ? 0x0fb6 : 0x0fb7, to.number(), from, 0);
  }

  /** Exchanges. */
  public Assembler xchg(Operand a, Reg b) {
    return regRm(0x86, b, a);
  }

  private Assembler pushPop(int opcode, Reg reg) {
    operandSize(reg.bits() == 64 ? 32 : reg.bits());
    if (reg.number() > 7) {
      emit(0x41);
    }
    emit(opcode | reg.number() & 7);
    return this;
  }

  /** Pushes a register. */
  public Assembler push(Reg reg) {
    return pushPop(0x50, reg);
  }

  /** Pops a register. */
  public Assembler pop(Reg reg) {
    return pushPop(0x58, reg);
  }

  /** Pushes a constant of the code's own width. */
  public Assembler push(int value) {
    emit(0x68);
    return immediate(value, mode == 16 ? 2 : 4);
  }

  /** PUSHF. */
  public Assembler pushf() {
    return bytes(0x9c);
  }

  /** POPF. */
  public Assembler popf() {
    return bytes(0x9d);
  }

  // ---- arithmetic

  private Assembler alu(int number, Operand to, Operand from) {
    if (from instanceof Reg reg) {
      return regRm(number << 3, reg, to);
    }
    if (to instanceof Reg reg) {
      return regRm(number << 3 | 2, reg, from);
    }
    throw new IllegalArgumentException("two memory operands");
  }

  private Assembler alu(int number, Operand to, int value) {
    int bytes = Math.min(4, to.bits() / 8);
    modRm(to.bits(), 0x80 | wide(to), number, to, bytes);
    return immediate(value, bytes);
  }

  /** ADD. */
  public Assembler add(Operand to, Operand from) {
    return alu(0, to, from);
  }

  /** ADD. */
  public Assembler add(Operand to, int value) {
    return alu(0, to, value);
  }

  /** OR. */
  public Assembler or(Operand to, Operand from) {
    return alu(1, to, from);
  }

  /** OR. */
  public Assembler or(Operand to, int value) {
    return alu(1, to, value);
  }

  /** AND. */
  public Assembler and(Operand to, Operand from) {
    return alu(4, to, from);
  }

  /** AND. */
  public Assembler and(Operand to, int value) {
    return alu(4, to, value);
  }

  /** SUB. */
  public Assembler sub(Operand to, Operand from) {
    return alu(5, to, from);
  }

  /** SUB. */
  public Assembler sub(Operand to, int value) {
    return alu(5, to, value);
  }

  /** XOR. */
  public Assembler xor(Operand to, Operand from) {
    return alu(6, to, from);
  }

  /** XOR. */
  public Assembler xor(Operand to, int value) {
    return alu(6, to, value);
  }

  /** CMP. */
  public Assembler cmp(Operand to, Operand from) {
    return alu(7, to, from);
  }

  /** CMP. */
  public Assembler cmp(Operand to, int value) {
    return alu(7, to, value);
  }

  /** TEST. */
  public Assembler test(Operand a, Reg b) {
    return regRm(0x84, b, a);
  }

  /** INC. */
  public Assembler inc(Operand operand) {
    return modRm(operand.bits(), 0xfe | wide(operand), 0, operand, 0);
  }

  /** DEC. */
  public Assembler dec(Operand operand) {
    return modRm(operand.bits(), 0xfe | wide(operand), 1, operand, 0);
  }

  /** Unsigned DIV of the accumulator pair. */
  public Assembler div(Operand divisor) {
    return modRm(divisor.bits(), 0xf6 | wide(divisor), 6, divisor, 0);
  }

  /** SHL by a constant. */
  public Assembler shl(Operand operand, int count) {
    modRm(operand.bits(), 0xc0 | wide(operand), 4, operand, 1);
    return immediate(count, 1);
  }

  /** SHR by a constant. */
  public Assembler shr(Operand operand, int count) {
    modRm(operand.bits(), 0xc0 | wide(operand), 5, operand, 1);
    return immediate(count, 1);
  }

  /** XADD. */
  public Assembler xadd(Operand to, Reg from) {
    return regRm(0x0fc0, from, to);
  }

  /** CMPXCHG. */
  public Assembler cmpxchg(Operand to, Reg from) {
    return regRm(0x0fb0, from, to);
  }

  /** BTS with a constant bit number. */
  public Assembler bts(Operand operand, int bit) {
    modRm(operand.bits(), 0x0fba, 5, operand, 1);
    return immediate(bit, 1);
  }

  /** LOCK before the next instruction. */
  public Assembler lock() {
    return bytes(0xf0);
  }

  // ---- control flow

  private Assembler relative(String label) {
    fix(mode == 16 ? Kind.REL16 : Kind.REL32, label, 0, 0);
    return this;
  }

  /** A jump. */
  public Assembler jmp(String label) {
    emit(0xe9);
    return relative(label);
  }

  /** A conditional jump. */
  public Assembler j(Condition condition, String label) {
    emit(0x0f);
    emit(0x80 | condition.ordinal());
    return relative(label);
  }

  /** A call. */
  public Assembler call(String label) {
    emit(0xe8);
    return relative(label);
  }

  /** A jump to an address in a register or memory. */
  public Assembler jmp(Operand target) {
    return modRm(target.bits() == 64 ? 0 : target.bits(), 0xff, 4, target, 0);
  }

  /** A call of an address in a register or memory. */
  public Assembler call(Operand target) {
    return modRm(target.bits() == 64 ? 0 : target.bits(), 0xff, 2, target, 0);
  }

  /** A near return. */
  public Assembler ret() {
    return bytes(0xc3);
  }

  /** A far jump to a label; its offset is as wide as {@code bits}. Not in 64-bit code. */
  public Assembler jmpFar(int selector, String label, int bits) {
    operandSize(bits);
    emit(0xea);
    fix(bits == 16 ? Kind.ABS16 : Kind.ABS32, label, 2, 0);
    return immediate(selector, 2);
  }

  /** LOOP, within 128 bytes. */
  public Assembler loop(String label) {
    emit(0xe2);
    fix(Kind.REL8, label, 0, 0);
    return this;
  }

  /** INT n. */
  public Assembler interrupt(int vector) {
    return bytes(0xcd, vector);
  }

  /** INT3. */
  public Assembler int3() {
    return bytes(0xcc);
  }

  /** IRET of the code's own width: IRETQ in 64-bit code. */
  public Assembler iret() {
    return mode == 64 ? bytes(0x48, 0xcf) : bytes(0xcf);
  }

  /** RETF of 64 bits. */
  public Assembler retfq() {
    return bytes(0x48, 0xcb);
  }

  /** UD2. */
  public Assembler ud2() {
    return bytes(0x0f, 0x0b);
  }

  /** HLT. */
  public Assembler hlt() {
    return bytes(0xf4);
  }

  /** CLI. */
  public Assembler cli() {
    return bytes(0xfa);
  }

  /** STI. */
  public Assembler sti() {
    return bytes(0xfb);
  }

  /** NOP. */
  public Assembler nop() {
    return bytes(0x90);
  }

  /** PAUSE. */
  public Assembler pause() {
    return bytes(0xf3, 0x90);
  }

  // ---- input and output

  /** IN from the port in DX. */
  public Assembler inDx(Reg accumulator) {
    operandSize(accumulator.bits());
    return bytes(accumulator.bits() == 8 ? 0xec : 0xed);
  }

  /** OUT to the port in DX. */
  public Assembler outDx(Reg accumulator) {
    operandSize(accumulator.bits());
    return bytes(accumulator.bits() == 8 ? 0xee : 0xef);
  }

  /** IN from a constant port. */
  public Assembler in(Reg accumulator, int port) {
    operandSize(accumulator.bits());
    return bytes(accumulator.bits() == 8 ? 0xe4 : 0xe5, port);
  }

  /** OUT to a constant port. */
  public Assembler out(int port, Reg accumulator) {
    operandSize(accumulator.bits());
    return bytes(accumulator.bits() == 8 ? 0xe6 : 0xe7, port);
  }

  /** REP INS of elements of 8, 16 or 32 bits. */
  public Assembler repIns(int bits) {
    emit(0xf3);
    operandSize(bits);
    return bytes(bits == 8 ? 0x6c : 0x6d);
  }

  /** REP OUTS of elements of 8, 16 or 32 bits. */
  public Assembler repOuts(int bits) {
    emit(0xf3);
    operandSize(bits);
    return bytes(bits == 8 ? 0x6e : 0x6f);
  }

  /** REP MOVS of elements of 8, 16, 32 or 64 bits. */
  public Assembler repMovs(int bits) {
    return repString(0xa4, bits);
  }

  /** REP STOS of elements of 8, 16, 32 or 64 bits. */
  public Assembler repStos(int bits) {
    return repString(0xaa, bits);
  }

  private Assembler repString(int opcode, int bits) {
    emit(0xf3);
    operandSize(bits);
    if (bits == 64) {
      emit(0x48);
    }
    return bytes(bits == 8 ? opcode : opcode | 1);
  }

  // ---- system

  /** LGDT. */
  public Assembler lgdt(Mem table) {
    return modRm(0, 0x0f01, 2, table, 0);
  }

  /** LIDT. */
  public Assembler lidt(Mem table) {
    return modRm(0, 0x0f01, 3, table, 0);
  }

  /** SGDT. */
  public Assembler sgdt(Mem table) {
    return modRm(0, 0x0f01, 0, table, 0);
  }

  /** LTR. */
  public Assembler ltr(Reg selector) {
    return modRm(0, 0x0f00, 3, selector, 0);
  }

  /** LLDT. */
  public Assembler lldt(Reg selector) {
    return modRm(0, 0x0f00, 2, selector, 0);
  }

  /** STR. */
  public Assembler str(Reg selector) {
    return modRm(selector.bits(), 0x0f00, 1, selector, 0);
  }

  /** INVLPG. */
  public Assembler invlpg(Mem page) {
    return modRm(0, 0x0f01, 7, page, 0);
  }

  /** INVPCID. */
  public Assembler invpcid(Reg type, Mem descriptor) {
    emit(0x66);
    return modRm(0, 0x0f3882, type.number(), descriptor, 0);
  }

  /** CPUID. */
  public Assembler cpuid() {
    return bytes(0x0f, 0xa2);
  }

  /** RDMSR. */
  public Assembler rdmsr() {
    return bytes(0x0f, 0x32);
  }

  /** WRMSR. */
  public Assembler wrmsr() {
    return bytes(0x0f, 0x30);
  }

  /** RDTSC. */
  public Assembler rdtsc() {
    return bytes(0x0f, 0x31);
  }

  /** SYSCALL. */
  public Assembler syscall() {
    return bytes(0x0f, 0x05);
  }

  /** SYSRET to 64-bit code. */
  public Assembler sysretq() {
    return bytes(0x48, 0x0f, 0x07);
  }

  /** SYSENTER. */
  public Assembler sysenter() {
    return bytes(0x0f, 0x34);
  }

  /** SYSEXIT to 64-bit code. */
  public Assembler sysexitq() {
    return bytes(0x48, 0x0f, 0x35);
  }

  /** SWAPGS. */
  public Assembler swapgs() {
    return bytes(0x0f, 0x01, 0xf8);
  }

  /** STAC. */
  public Assembler stac() {
    return bytes(0x0f, 0x01, 0xcb);
  }

  /** CLAC. */
  public Assembler clac() {
    return bytes(0x0f, 0x01, 0xca);
  }

}
