package dev.portfire.softcpu;

import org.jspecify.annotations.Nullable;

/**
 * One instruction, ready to execute. There is a small class for each specialised operation (see {@code Ops}); what varies
 * from instruction to instruction is in these fields.
 */
abstract class Op {
  /** Destination or ModRM.reg register, an index of {@link Cpu#r} (or a byte register, or an XMM register). */
  final int d;

  /** Source or ModRM.rm register. */
  final int s;

  /** Immediate; for branches the target relative to the page of the instruction. */
  final long imm;

  final long displacement;

  /** Ones in the bits of an effective address: 16, 32 or 64. */
  final long addressMask;

  final byte base;
  final byte index;
  final byte scale;

  /** Index in {@link Cpu#r} of the segment base. */
  final byte segment;

  /** Operand size in bits. */
  final byte size;

  final byte rep;
  final byte length;
  final boolean memory;
  final boolean lock;

  /** Ends its block: it sets {@link Cpu#rip}. */
  final boolean end;

  /** Decoded for 16- or 32-bit code. */
  final boolean legacy;

  final byte opcode;
  final byte modrm;
  final byte addressSize;
  final short imm2;

  /** Offset of the first byte from the start of its page. */
  final short offset;

  final boolean vex;

  /** The register in VEX.vvvv. */
  final byte v;

  /** VEX.L: operands of 256 bits. */
  final boolean wide;

  Op(Instruction i, int d, int s) {
    this(i, d, s, i.form == 0 || (Forms.FLAGS[i.form] & Forms.END) != 0);
  }

  Op(Instruction i, int d, int s, boolean end) {
    this.d = d;
    this.s = s;
    this.imm = i.immediate;
    this.displacement = i.displacement;
    this.addressMask = i.addressSize == 64 ? -1 : (1L << i.addressSize) - 1;
    this.base = (byte) i.base;
    this.index = (byte) i.index;
    this.scale = (byte) i.scale;
    this.segment = (byte) (i.segment + Instruction.SEGMENT_BASE);
    this.size = (byte) i.size;
    this.rep = (byte) i.rep;
    this.length = (byte) i.length;
    this.memory = i.memory;
    this.lock = i.lock;
    this.end = end;
    this.legacy = i.legacy;
    this.opcode = (byte) i.opcode;
    this.modrm = (byte) i.modrm;
    this.addressSize = (byte) i.addressSize;
    this.imm2 = (short) i.immediate2;
    this.offset = (short) i.offset;
    this.vex = i.vex;
    this.v = (byte) i.v;
    this.wide = i.wide;
  }

  /**
   * Executes the instruction. State changes only after everything that can fault; the last operation of a block sets {@link
   * Cpu#rip} and {@link Cpu#next}.
   */
  abstract void run(Cpu c);

  /** The linear address of the memory operand. */
  final long address(Cpu c) {
    long[] r = c.r;
    return ((r[base] + (r[index] << scale) + displacement) & addressMask) + r[segment];
  }

  /** The effective address of the memory operand, without its segment (LEA). */
  final long effectiveAddress(Cpu c) {
    long[] r = c.r;
    return (r[base] + (r[index] << scale) + displacement) & addressMask;
  }

  /** Whether the memory that it touches is the stack segment's: its faults are #SS. */
  final boolean usesStack() {
    if (memory) {
      return segment == Instruction.SEGMENT_BASE + 2;
    }
    int code = opcode & 0xff;
    boolean string = (code >= 0x6c && code <= 0x6f) || (code >= 0xa4 && code <= 0xa7) || (code >= 0xaa && code <= 0xaf);
    return !string;
  }

  /** The linear address of the next instruction. */
  final long nextLinear(Cpu c) {
    return c.r[Instruction.PAGE_BASE] + offset + length;
  }

  /** An operation that ends a block with a jump to a known place, and remembers the blocks that it led to. */
  abstract static class Branch extends Op {
    /** The block at the target, if it is in the same page. */
    @Nullable Block taken;

    /** The block of the next instruction, if it is in the same page. */
    @Nullable Block fallThrough;

    Branch(Instruction i, int d, int s) {
      super(i, d, s);
    }
  }
}
