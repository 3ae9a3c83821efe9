// Generated from isa.txt by IsaGenerator; do not edit.
package dev.portfire.softcpu;

import dev.portfire.softcpu.fpu.AvxLanes;
import dev.portfire.softcpu.fpu.Crypto;
import dev.portfire.softcpu.fpu.Fma;
import dev.portfire.softcpu.fpu.MmxSse;
import dev.portfire.softcpu.fpu.SimdState;
import dev.portfire.softcpu.fpu.SseFloat;

/** One small class for each specialised operation, and the factory that picks it. */
@SuppressWarnings("UnnecessaryParentheses")
final class Ops {
  private Ops() {}

  /** The operation of a decoded instruction; form 0 is the undefined instruction. */
  static Op create(Instruction i) {
    return switch (i.form / 50) {
      case 0 -> create0(i);
      case 1 -> create1(i);
      case 2 -> create2(i);
      case 3 -> create3(i);
      case 4 -> create4(i);
      case 5 -> create5(i);
      case 6 -> create6(i);
      case 7 -> create7(i);
      case 8 -> create8(i);
      case 9 -> create9(i);
      case 10 -> create10(i);
      case 11 -> create11(i);
      case 12 -> create12(i);
      case 13 -> create13(i);
      case 14 -> create14(i);
      case 15 -> create15(i);
      case 16 -> create16(i);
      case 17 -> create17(i);
      case 18 -> create18(i);
      case 19 -> create19(i);
      case 20 -> create20(i);
      case 21 -> create21(i);
      case 22 -> create22(i);
      case 23 -> create23(i);
      case 24 -> create24(i);
      case 25 -> create25(i);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create0(Instruction i) {
    return switch (i.form) {
      case 0 -> new Undefined(i, 0, 0);
      case 1 -> i.memory ? i.lock ? new LockAdd8MR(i, 0, i.reg8()) : new Add8MR(i, 0, i.reg8()) : new Add8RR(i, i.rm8(), i.reg8());
      case 2 -> i.size == 16 ? i.memory ? i.lock ? new LockAdd16MR(i, 0, i.reg) : new Add16MR(i, 0, i.reg) : new Add16RR(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockAdd32MR(i, 0, i.reg) : new Add32MR(i, 0, i.reg) : new Add32RR(i, i.rm, i.reg) : i.memory ? i.lock ? new LockAdd64MR(i, 0, i.reg) : new Add64MR(i, 0, i.reg) : new Add64RR(i, i.rm, i.reg);
      case 3 -> i.memory ? new Add8RM(i, i.reg8(), 0) : new Add8RR(i, i.reg8(), i.rm8());
      case 4 -> i.size == 16 ? i.memory ? new Add16RM(i, i.reg, 0) : new Add16RR(i, i.reg, i.rm) : i.size == 32 ? i.memory ? new Add32RM(i, i.reg, 0) : new Add32RR(i, i.reg, i.rm) : i.memory ? new Add64RM(i, i.reg, 0) : new Add64RR(i, i.reg, i.rm);
      case 5 -> new Add8RI(i, 0, 0);
      case 6 -> i.size == 16 ? new Add16RI(i, 0, 0) : i.size == 32 ? new Add32RI(i, 0, 0) : new Add64RI(i, 0, 0);
      case 7 -> new PushSegmentInStack(i, i.reg, i.rm);
      case 8 -> new PopSegmentInStack(i, i.reg, i.rm);
      case 9 -> i.memory ? i.lock ? new LockOr8MR(i, 0, i.reg8()) : new Or8MR(i, 0, i.reg8()) : new Or8RR(i, i.rm8(), i.reg8());
      case 10 -> i.size == 16 ? i.memory ? i.lock ? new LockOr16MR(i, 0, i.reg) : new Or16MR(i, 0, i.reg) : new Or16RR(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockOr32MR(i, 0, i.reg) : new Or32MR(i, 0, i.reg) : new Or32RR(i, i.rm, i.reg) : i.memory ? i.lock ? new LockOr64MR(i, 0, i.reg) : new Or64MR(i, 0, i.reg) : new Or64RR(i, i.rm, i.reg);
      case 11 -> i.memory ? new Or8RM(i, i.reg8(), 0) : new Or8RR(i, i.reg8(), i.rm8());
      case 12 -> i.size == 16 ? i.memory ? new Or16RM(i, i.reg, 0) : new Or16RR(i, i.reg, i.rm) : i.size == 32 ? i.memory ? new Or32RM(i, i.reg, 0) : new Or32RR(i, i.reg, i.rm) : i.memory ? new Or64RM(i, i.reg, 0) : new Or64RR(i, i.reg, i.rm);
      case 13 -> new Or8RI(i, 0, 0);
      case 14 -> i.size == 16 ? new Or16RI(i, 0, 0) : i.size == 32 ? new Or32RI(i, 0, 0) : new Or64RI(i, 0, 0);
      case 15 -> new PushSegmentInStack(i, i.reg, i.rm);
      case 16 -> i.memory ? i.lock ? new LockAdc8MR(i, 0, i.reg8()) : new Adc8MR(i, 0, i.reg8()) : new Adc8RR(i, i.rm8(), i.reg8());
      case 17 -> i.size == 16 ? i.memory ? i.lock ? new LockAdc16MR(i, 0, i.reg) : new Adc16MR(i, 0, i.reg) : new Adc16RR(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockAdc32MR(i, 0, i.reg) : new Adc32MR(i, 0, i.reg) : new Adc32RR(i, i.rm, i.reg) : i.memory ? i.lock ? new LockAdc64MR(i, 0, i.reg) : new Adc64MR(i, 0, i.reg) : new Adc64RR(i, i.rm, i.reg);
      case 18 -> i.memory ? new Adc8RM(i, i.reg8(), 0) : new Adc8RR(i, i.reg8(), i.rm8());
      case 19 -> i.size == 16 ? i.memory ? new Adc16RM(i, i.reg, 0) : new Adc16RR(i, i.reg, i.rm) : i.size == 32 ? i.memory ? new Adc32RM(i, i.reg, 0) : new Adc32RR(i, i.reg, i.rm) : i.memory ? new Adc64RM(i, i.reg, 0) : new Adc64RR(i, i.reg, i.rm);
      case 20 -> new Adc8RI(i, 0, 0);
      case 21 -> i.size == 16 ? new Adc16RI(i, 0, 0) : i.size == 32 ? new Adc32RI(i, 0, 0) : new Adc64RI(i, 0, 0);
      case 22 -> new PushSegmentInStack(i, i.reg, i.rm);
      case 23 -> new PopSegmentInStack(i, i.reg, i.rm);
      case 24 -> i.memory ? i.lock ? new LockSbb8MR(i, 0, i.reg8()) : new Sbb8MR(i, 0, i.reg8()) : new Sbb8RR(i, i.rm8(), i.reg8());
      case 25 -> i.size == 16 ? i.memory ? i.lock ? new LockSbb16MR(i, 0, i.reg) : new Sbb16MR(i, 0, i.reg) : new Sbb16RR(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockSbb32MR(i, 0, i.reg) : new Sbb32MR(i, 0, i.reg) : new Sbb32RR(i, i.rm, i.reg) : i.memory ? i.lock ? new LockSbb64MR(i, 0, i.reg) : new Sbb64MR(i, 0, i.reg) : new Sbb64RR(i, i.rm, i.reg);
      case 26 -> i.memory ? new Sbb8RM(i, i.reg8(), 0) : new Sbb8RR(i, i.reg8(), i.rm8());
      case 27 -> i.size == 16 ? i.memory ? new Sbb16RM(i, i.reg, 0) : new Sbb16RR(i, i.reg, i.rm) : i.size == 32 ? i.memory ? new Sbb32RM(i, i.reg, 0) : new Sbb32RR(i, i.reg, i.rm) : i.memory ? new Sbb64RM(i, i.reg, 0) : new Sbb64RR(i, i.reg, i.rm);
      case 28 -> new Sbb8RI(i, 0, 0);
      case 29 -> i.size == 16 ? new Sbb16RI(i, 0, 0) : i.size == 32 ? new Sbb32RI(i, 0, 0) : new Sbb64RI(i, 0, 0);
      case 30 -> new PushSegmentInStack(i, i.reg, i.rm);
      case 31 -> new PopSegmentInStack(i, i.reg, i.rm);
      case 32 -> i.memory ? i.lock ? new LockAnd8MR(i, 0, i.reg8()) : new And8MR(i, 0, i.reg8()) : new And8RR(i, i.rm8(), i.reg8());
      case 33 -> i.size == 16 ? i.memory ? i.lock ? new LockAnd16MR(i, 0, i.reg) : new And16MR(i, 0, i.reg) : new And16RR(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockAnd32MR(i, 0, i.reg) : new And32MR(i, 0, i.reg) : new And32RR(i, i.rm, i.reg) : i.memory ? i.lock ? new LockAnd64MR(i, 0, i.reg) : new And64MR(i, 0, i.reg) : new And64RR(i, i.rm, i.reg);
      case 34 -> i.memory ? new And8RM(i, i.reg8(), 0) : new And8RR(i, i.reg8(), i.rm8());
      case 35 -> i.size == 16 ? i.memory ? new And16RM(i, i.reg, 0) : new And16RR(i, i.reg, i.rm) : i.size == 32 ? i.memory ? new And32RM(i, i.reg, 0) : new And32RR(i, i.reg, i.rm) : i.memory ? new And64RM(i, i.reg, 0) : new And64RR(i, i.reg, i.rm);
      case 36 -> new And8RI(i, 0, 0);
      case 37 -> i.size == 16 ? new And16RI(i, 0, 0) : i.size == 32 ? new And32RI(i, 0, 0) : new And64RI(i, 0, 0);
      case 38 -> new DaaInDecimal(i, i.reg, i.rm);
      case 39 -> i.memory ? i.lock ? new LockSub8MR(i, 0, i.reg8()) : new Sub8MR(i, 0, i.reg8()) : new Sub8RR(i, i.rm8(), i.reg8());
      case 40 -> i.size == 16 ? i.memory ? i.lock ? new LockSub16MR(i, 0, i.reg) : new Sub16MR(i, 0, i.reg) : new Sub16RR(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockSub32MR(i, 0, i.reg) : new Sub32MR(i, 0, i.reg) : new Sub32RR(i, i.rm, i.reg) : i.memory ? i.lock ? new LockSub64MR(i, 0, i.reg) : new Sub64MR(i, 0, i.reg) : new Sub64RR(i, i.rm, i.reg);
      case 41 -> i.memory ? new Sub8RM(i, i.reg8(), 0) : new Sub8RR(i, i.reg8(), i.rm8());
      case 42 -> i.size == 16 ? i.memory ? new Sub16RM(i, i.reg, 0) : new Sub16RR(i, i.reg, i.rm) : i.size == 32 ? i.memory ? new Sub32RM(i, i.reg, 0) : new Sub32RR(i, i.reg, i.rm) : i.memory ? new Sub64RM(i, i.reg, 0) : new Sub64RR(i, i.reg, i.rm);
      case 43 -> new Sub8RI(i, 0, 0);
      case 44 -> i.size == 16 ? new Sub16RI(i, 0, 0) : i.size == 32 ? new Sub32RI(i, 0, 0) : new Sub64RI(i, 0, 0);
      case 45 -> new DasInDecimal(i, i.reg, i.rm);
      case 46 -> i.memory ? i.lock ? new LockXor8MR(i, 0, i.reg8()) : new Xor8MR(i, 0, i.reg8()) : new Xor8RR(i, i.rm8(), i.reg8());
      case 47 -> i.size == 16 ? i.memory ? i.lock ? new LockXor16MR(i, 0, i.reg) : new Xor16MR(i, 0, i.reg) : new Xor16RR(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockXor32MR(i, 0, i.reg) : new Xor32MR(i, 0, i.reg) : new Xor32RR(i, i.rm, i.reg) : i.memory ? i.lock ? new LockXor64MR(i, 0, i.reg) : new Xor64MR(i, 0, i.reg) : new Xor64RR(i, i.rm, i.reg);
      case 48 -> i.memory ? new Xor8RM(i, i.reg8(), 0) : new Xor8RR(i, i.reg8(), i.rm8());
      case 49 -> i.size == 16 ? i.memory ? new Xor16RM(i, i.reg, 0) : new Xor16RR(i, i.reg, i.rm) : i.size == 32 ? i.memory ? new Xor32RM(i, i.reg, 0) : new Xor32RR(i, i.reg, i.rm) : i.memory ? new Xor64RM(i, i.reg, 0) : new Xor64RR(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create1(Instruction i) {
    return switch (i.form) {
      case 50 -> new Xor8RI(i, 0, 0);
      case 51 -> i.size == 16 ? new Xor16RI(i, 0, 0) : i.size == 32 ? new Xor32RI(i, 0, 0) : new Xor64RI(i, 0, 0);
      case 52 -> new AaaInDecimal(i, i.reg, i.rm);
      case 53 -> i.memory ? new CompareSub8MR(i, 0, i.reg8()) : new CompareSub8RR(i, i.rm8(), i.reg8());
      case 54 -> i.size == 16 ? i.memory ? new CompareSub16MR(i, 0, i.reg) : new CompareSub16RR(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new CompareSub32MR(i, 0, i.reg) : new CompareSub32RR(i, i.rm, i.reg) : i.memory ? new CompareSub64MR(i, 0, i.reg) : new CompareSub64RR(i, i.rm, i.reg);
      case 55 -> i.memory ? new CompareSub8RM(i, i.reg8(), 0) : new CompareSub8RR(i, i.reg8(), i.rm8());
      case 56 -> i.size == 16 ? i.memory ? new CompareSub16RM(i, i.reg, 0) : new CompareSub16RR(i, i.reg, i.rm) : i.size == 32 ? i.memory ? new CompareSub32RM(i, i.reg, 0) : new CompareSub32RR(i, i.reg, i.rm) : i.memory ? new CompareSub64RM(i, i.reg, 0) : new CompareSub64RR(i, i.reg, i.rm);
      case 57 -> new CompareSub8RI(i, 0, 0);
      case 58 -> i.size == 16 ? new CompareSub16RI(i, 0, 0) : i.size == 32 ? new CompareSub32RI(i, 0, 0) : new CompareSub64RI(i, 0, 0);
      case 59 -> new AasInDecimal(i, i.reg, i.rm);
      case 60 -> i.size == 16 ? new Inc16R(i, i.rm, 0) : i.size == 32 ? new Inc32R(i, i.rm, 0) : new Inc64R(i, i.rm, 0);
      case 61 -> i.size == 16 ? new Dec16R(i, i.rm, 0) : i.size == 32 ? new Dec32R(i, i.rm, 0) : new Dec64R(i, i.rm, 0);
      case 62 -> i.size == 64 ? new Push64R(i, 0, i.rm) : new PushRInStack(i, 0, i.rm);
      case 63 -> i.size == 64 ? new Pop64R(i, 0, i.rm) : new PopRInStack(i, 0, i.rm);
      case 64 -> new PushaInStack(i, i.reg, i.rm);
      case 65 -> new PopaInStack(i, i.reg, i.rm);
      case 66 -> new BoundInControl(i, i.reg, i.rm);
      case 67 -> new ArplInSystemOps(i, i.reg, i.rm);
      case 68 -> i.size == 16 ? i.memory ? new SignExtend32To16M(i, i.reg, 0) : new SignExtend32To16R(i, i.reg, i.rm) : i.size == 32 ? i.memory ? new SignExtend32To32M(i, i.reg, 0) : new SignExtend32To32R(i, i.reg, i.rm) : i.memory ? new SignExtend32To64M(i, i.reg, 0) : new SignExtend32To64R(i, i.reg, i.rm);
      case 69 -> new PushImmediateInStack(i, i.reg, i.rm);
      case 70 -> new Imul3InMultiply(i, i.reg, i.rm);
      case 71 -> new PushImmediateInStack(i, i.reg, i.rm);
      case 72 -> new Imul3InMultiply(i, i.reg, i.rm);
      case 73 -> new InsInStrings(i, i.reg, i.rm);
      case 74 -> new InsInStrings(i, i.reg, i.rm);
      case 75 -> new OutsInStrings(i, i.reg, i.rm);
      case 76 -> new OutsInStrings(i, i.reg, i.rm);
      case 77 -> switch (i.opcode & 15) {
        case 0 -> new JO(i, 0, 0);
        case 1 -> new JNo(i, 0, 0);
        case 2 -> new JB(i, 0, 0);
        case 3 -> new JNb(i, 0, 0);
        case 4 -> new JZ(i, 0, 0);
        case 5 -> new JNz(i, 0, 0);
        case 6 -> new JBe(i, 0, 0);
        case 7 -> new JNbe(i, 0, 0);
        case 8 -> new JS(i, 0, 0);
        case 9 -> new JNs(i, 0, 0);
        case 10 -> new JP(i, 0, 0);
        case 11 -> new JNp(i, 0, 0);
        case 12 -> new JL(i, 0, 0);
        case 13 -> new JNl(i, 0, 0);
        case 14 -> new JLe(i, 0, 0);
        case 15 -> new JNle(i, 0, 0);
        default -> throw new IllegalStateException();
      };
      case 78 -> i.memory ? i.lock ? new LockAdd8MI(i, 0, i.reg8()) : new Add8MI(i, 0, i.reg8()) : new Add8RI(i, i.rm8(), i.reg8());
      case 79 -> i.memory ? i.lock ? new LockOr8MI(i, 0, i.reg8()) : new Or8MI(i, 0, i.reg8()) : new Or8RI(i, i.rm8(), i.reg8());
      case 80 -> i.memory ? i.lock ? new LockAdc8MI(i, 0, i.reg8()) : new Adc8MI(i, 0, i.reg8()) : new Adc8RI(i, i.rm8(), i.reg8());
      case 81 -> i.memory ? i.lock ? new LockSbb8MI(i, 0, i.reg8()) : new Sbb8MI(i, 0, i.reg8()) : new Sbb8RI(i, i.rm8(), i.reg8());
      case 82 -> i.memory ? i.lock ? new LockAnd8MI(i, 0, i.reg8()) : new And8MI(i, 0, i.reg8()) : new And8RI(i, i.rm8(), i.reg8());
      case 83 -> i.memory ? i.lock ? new LockSub8MI(i, 0, i.reg8()) : new Sub8MI(i, 0, i.reg8()) : new Sub8RI(i, i.rm8(), i.reg8());
      case 84 -> i.memory ? i.lock ? new LockXor8MI(i, 0, i.reg8()) : new Xor8MI(i, 0, i.reg8()) : new Xor8RI(i, i.rm8(), i.reg8());
      case 85 -> i.memory ? new CompareSub8MI(i, 0, i.reg8()) : new CompareSub8RI(i, i.rm8(), i.reg8());
      case 86 -> i.size == 16 ? i.memory ? i.lock ? new LockAdd16MI(i, 0, i.reg) : new Add16MI(i, 0, i.reg) : new Add16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockAdd32MI(i, 0, i.reg) : new Add32MI(i, 0, i.reg) : new Add32RI(i, i.rm, i.reg) : i.memory ? i.lock ? new LockAdd64MI(i, 0, i.reg) : new Add64MI(i, 0, i.reg) : new Add64RI(i, i.rm, i.reg);
      case 87 -> i.size == 16 ? i.memory ? i.lock ? new LockOr16MI(i, 0, i.reg) : new Or16MI(i, 0, i.reg) : new Or16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockOr32MI(i, 0, i.reg) : new Or32MI(i, 0, i.reg) : new Or32RI(i, i.rm, i.reg) : i.memory ? i.lock ? new LockOr64MI(i, 0, i.reg) : new Or64MI(i, 0, i.reg) : new Or64RI(i, i.rm, i.reg);
      case 88 -> i.size == 16 ? i.memory ? i.lock ? new LockAdc16MI(i, 0, i.reg) : new Adc16MI(i, 0, i.reg) : new Adc16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockAdc32MI(i, 0, i.reg) : new Adc32MI(i, 0, i.reg) : new Adc32RI(i, i.rm, i.reg) : i.memory ? i.lock ? new LockAdc64MI(i, 0, i.reg) : new Adc64MI(i, 0, i.reg) : new Adc64RI(i, i.rm, i.reg);
      case 89 -> i.size == 16 ? i.memory ? i.lock ? new LockSbb16MI(i, 0, i.reg) : new Sbb16MI(i, 0, i.reg) : new Sbb16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockSbb32MI(i, 0, i.reg) : new Sbb32MI(i, 0, i.reg) : new Sbb32RI(i, i.rm, i.reg) : i.memory ? i.lock ? new LockSbb64MI(i, 0, i.reg) : new Sbb64MI(i, 0, i.reg) : new Sbb64RI(i, i.rm, i.reg);
      case 90 -> i.size == 16 ? i.memory ? i.lock ? new LockAnd16MI(i, 0, i.reg) : new And16MI(i, 0, i.reg) : new And16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockAnd32MI(i, 0, i.reg) : new And32MI(i, 0, i.reg) : new And32RI(i, i.rm, i.reg) : i.memory ? i.lock ? new LockAnd64MI(i, 0, i.reg) : new And64MI(i, 0, i.reg) : new And64RI(i, i.rm, i.reg);
      case 91 -> i.size == 16 ? i.memory ? i.lock ? new LockSub16MI(i, 0, i.reg) : new Sub16MI(i, 0, i.reg) : new Sub16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockSub32MI(i, 0, i.reg) : new Sub32MI(i, 0, i.reg) : new Sub32RI(i, i.rm, i.reg) : i.memory ? i.lock ? new LockSub64MI(i, 0, i.reg) : new Sub64MI(i, 0, i.reg) : new Sub64RI(i, i.rm, i.reg);
      case 92 -> i.size == 16 ? i.memory ? i.lock ? new LockXor16MI(i, 0, i.reg) : new Xor16MI(i, 0, i.reg) : new Xor16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockXor32MI(i, 0, i.reg) : new Xor32MI(i, 0, i.reg) : new Xor32RI(i, i.rm, i.reg) : i.memory ? i.lock ? new LockXor64MI(i, 0, i.reg) : new Xor64MI(i, 0, i.reg) : new Xor64RI(i, i.rm, i.reg);
      case 93 -> i.size == 16 ? i.memory ? new CompareSub16MI(i, 0, i.reg) : new CompareSub16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new CompareSub32MI(i, 0, i.reg) : new CompareSub32RI(i, i.rm, i.reg) : i.memory ? new CompareSub64MI(i, 0, i.reg) : new CompareSub64RI(i, i.rm, i.reg);
      case 94 -> i.memory ? i.lock ? new LockAdd8MI(i, 0, i.reg8()) : new Add8MI(i, 0, i.reg8()) : new Add8RI(i, i.rm8(), i.reg8());
      case 95 -> i.memory ? i.lock ? new LockOr8MI(i, 0, i.reg8()) : new Or8MI(i, 0, i.reg8()) : new Or8RI(i, i.rm8(), i.reg8());
      case 96 -> i.memory ? i.lock ? new LockAdc8MI(i, 0, i.reg8()) : new Adc8MI(i, 0, i.reg8()) : new Adc8RI(i, i.rm8(), i.reg8());
      case 97 -> i.memory ? i.lock ? new LockSbb8MI(i, 0, i.reg8()) : new Sbb8MI(i, 0, i.reg8()) : new Sbb8RI(i, i.rm8(), i.reg8());
      case 98 -> i.memory ? i.lock ? new LockAnd8MI(i, 0, i.reg8()) : new And8MI(i, 0, i.reg8()) : new And8RI(i, i.rm8(), i.reg8());
      case 99 -> i.memory ? i.lock ? new LockSub8MI(i, 0, i.reg8()) : new Sub8MI(i, 0, i.reg8()) : new Sub8RI(i, i.rm8(), i.reg8());
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create2(Instruction i) {
    return switch (i.form) {
      case 100 -> i.memory ? i.lock ? new LockXor8MI(i, 0, i.reg8()) : new Xor8MI(i, 0, i.reg8()) : new Xor8RI(i, i.rm8(), i.reg8());
      case 101 -> i.memory ? new CompareSub8MI(i, 0, i.reg8()) : new CompareSub8RI(i, i.rm8(), i.reg8());
      case 102 -> i.size == 16 ? i.memory ? i.lock ? new LockAdd16MI(i, 0, i.reg) : new Add16MI(i, 0, i.reg) : new Add16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockAdd32MI(i, 0, i.reg) : new Add32MI(i, 0, i.reg) : new Add32RI(i, i.rm, i.reg) : i.memory ? i.lock ? new LockAdd64MI(i, 0, i.reg) : new Add64MI(i, 0, i.reg) : new Add64RI(i, i.rm, i.reg);
      case 103 -> i.size == 16 ? i.memory ? i.lock ? new LockOr16MI(i, 0, i.reg) : new Or16MI(i, 0, i.reg) : new Or16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockOr32MI(i, 0, i.reg) : new Or32MI(i, 0, i.reg) : new Or32RI(i, i.rm, i.reg) : i.memory ? i.lock ? new LockOr64MI(i, 0, i.reg) : new Or64MI(i, 0, i.reg) : new Or64RI(i, i.rm, i.reg);
      case 104 -> i.size == 16 ? i.memory ? i.lock ? new LockAdc16MI(i, 0, i.reg) : new Adc16MI(i, 0, i.reg) : new Adc16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockAdc32MI(i, 0, i.reg) : new Adc32MI(i, 0, i.reg) : new Adc32RI(i, i.rm, i.reg) : i.memory ? i.lock ? new LockAdc64MI(i, 0, i.reg) : new Adc64MI(i, 0, i.reg) : new Adc64RI(i, i.rm, i.reg);
      case 105 -> i.size == 16 ? i.memory ? i.lock ? new LockSbb16MI(i, 0, i.reg) : new Sbb16MI(i, 0, i.reg) : new Sbb16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockSbb32MI(i, 0, i.reg) : new Sbb32MI(i, 0, i.reg) : new Sbb32RI(i, i.rm, i.reg) : i.memory ? i.lock ? new LockSbb64MI(i, 0, i.reg) : new Sbb64MI(i, 0, i.reg) : new Sbb64RI(i, i.rm, i.reg);
      case 106 -> i.size == 16 ? i.memory ? i.lock ? new LockAnd16MI(i, 0, i.reg) : new And16MI(i, 0, i.reg) : new And16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockAnd32MI(i, 0, i.reg) : new And32MI(i, 0, i.reg) : new And32RI(i, i.rm, i.reg) : i.memory ? i.lock ? new LockAnd64MI(i, 0, i.reg) : new And64MI(i, 0, i.reg) : new And64RI(i, i.rm, i.reg);
      case 107 -> i.size == 16 ? i.memory ? i.lock ? new LockSub16MI(i, 0, i.reg) : new Sub16MI(i, 0, i.reg) : new Sub16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockSub32MI(i, 0, i.reg) : new Sub32MI(i, 0, i.reg) : new Sub32RI(i, i.rm, i.reg) : i.memory ? i.lock ? new LockSub64MI(i, 0, i.reg) : new Sub64MI(i, 0, i.reg) : new Sub64RI(i, i.rm, i.reg);
      case 108 -> i.size == 16 ? i.memory ? i.lock ? new LockXor16MI(i, 0, i.reg) : new Xor16MI(i, 0, i.reg) : new Xor16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? i.lock ? new LockXor32MI(i, 0, i.reg) : new Xor32MI(i, 0, i.reg) : new Xor32RI(i, i.rm, i.reg) : i.memory ? i.lock ? new LockXor64MI(i, 0, i.reg) : new Xor64MI(i, 0, i.reg) : new Xor64RI(i, i.rm, i.reg);
      case 109 -> i.size == 16 ? i.memory ? new CompareSub16MI(i, 0, i.reg) : new CompareSub16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new CompareSub32MI(i, 0, i.reg) : new CompareSub32RI(i, i.rm, i.reg) : i.memory ? new CompareSub64MI(i, 0, i.reg) : new CompareSub64RI(i, i.rm, i.reg);
      case 110 -> i.memory ? new CompareAnd8MR(i, 0, i.reg8()) : new CompareAnd8RR(i, i.rm8(), i.reg8());
      case 111 -> i.size == 16 ? i.memory ? new CompareAnd16MR(i, 0, i.reg) : new CompareAnd16RR(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new CompareAnd32MR(i, 0, i.reg) : new CompareAnd32RR(i, i.rm, i.reg) : i.memory ? new CompareAnd64MR(i, 0, i.reg) : new CompareAnd64RR(i, i.rm, i.reg);
      case 112 -> new XchgInAtomic(i, i.reg8(), i.rm8());
      case 113 -> new XchgInAtomic(i, i.reg, i.rm);
      case 114 -> i.memory ? new Mov8MR(i, 0, i.reg8()) : new Mov8RR(i, i.rm8(), i.reg8());
      case 115 -> i.size == 16 ? i.memory ? new Mov16MR(i, 0, i.reg) : new Mov16RR(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Mov32MR(i, 0, i.reg) : new Mov32RR(i, i.rm, i.reg) : i.memory ? new Mov64MR(i, 0, i.reg) : new Mov64RR(i, i.rm, i.reg);
      case 116 -> i.memory ? new Mov8RM(i, i.reg8(), 0) : new Mov8RR(i, i.reg8(), i.rm8());
      case 117 -> i.size == 16 ? i.memory ? new Mov16RM(i, i.reg, 0) : new Mov16RR(i, i.reg, i.rm) : i.size == 32 ? i.memory ? new Mov32RM(i, i.reg, 0) : new Mov32RR(i, i.reg, i.rm) : i.memory ? new Mov64RM(i, i.reg, 0) : new Mov64RR(i, i.reg, i.rm);
      case 118 -> new MovFromSegmentInSystemOps(i, i.reg, i.rm);
      case 119 -> i.size == 16 ? new Lea16(i, i.reg, 0) : i.size == 32 ? new Lea32(i, i.reg, 0) : new Lea64(i, i.reg, 0);
      case 120 -> new MovToSegmentInSystemOps(i, i.reg, i.rm);
      case 121 -> new PopRmInStack(i, i.reg, i.rm);
      case 122 -> new XchgAccumulatorInAtomic(i, i.reg, i.rm);
      case 123 -> new CbwInConvert(i, i.reg, i.rm);
      case 124 -> new CwdInConvert(i, i.reg, i.rm);
      case 125 -> new CallFarPointerInControl(i, i.reg, i.rm);
      case 126 -> new FwaitInFpuOps(i, i.reg, i.rm);
      case 127 -> new PushfInStack(i, i.reg, i.rm);
      case 128 -> new PopfInStack(i, i.reg, i.rm);
      case 129 -> new SahfInAlu(i, i.reg, i.rm);
      case 130 -> new LahfInAlu(i, i.reg, i.rm);
      case 131 -> new LoadOffsetInMoves(i, i.reg, i.rm);
      case 132 -> new LoadOffsetInMoves(i, i.reg, i.rm);
      case 133 -> new StoreOffsetInMoves(i, i.reg, i.rm);
      case 134 -> new StoreOffsetInMoves(i, i.reg, i.rm);
      case 135 -> new MovsInStrings(i, i.reg, i.rm);
      case 136 -> new MovsInStrings(i, i.reg, i.rm);
      case 137 -> new CmpsInStrings(i, i.reg, i.rm);
      case 138 -> new CmpsInStrings(i, i.reg, i.rm);
      case 139 -> new CompareAnd8RI(i, 0, 0);
      case 140 -> i.size == 16 ? new CompareAnd16RI(i, 0, 0) : i.size == 32 ? new CompareAnd32RI(i, 0, 0) : new CompareAnd64RI(i, 0, 0);
      case 141 -> new StosInStrings(i, i.reg, i.rm);
      case 142 -> new StosInStrings(i, i.reg, i.rm);
      case 143 -> new LodsInStrings(i, i.reg, i.rm);
      case 144 -> new LodsInStrings(i, i.reg, i.rm);
      case 145 -> new ScasInStrings(i, i.reg, i.rm);
      case 146 -> new ScasInStrings(i, i.reg, i.rm);
      case 147 -> new Mov8RI(i, i.rm8(), 0);
      case 148 -> i.size == 16 ? new Mov16RI(i, i.rm, 0) : i.size == 32 ? new Mov32RI(i, i.rm, 0) : new Mov64RI(i, i.rm, 0);
      case 149 -> i.memory ? new Rol8MI(i, 0, i.reg8()) : new Rol8RI(i, i.rm8(), i.reg8());
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create3(Instruction i) {
    return switch (i.form) {
      case 150 -> i.memory ? new Ror8MI(i, 0, i.reg8()) : new Ror8RI(i, i.rm8(), i.reg8());
      case 151 -> i.memory ? new Rcl8MI(i, 0, i.reg8()) : new Rcl8RI(i, i.rm8(), i.reg8());
      case 152 -> i.memory ? new Rcr8MI(i, 0, i.reg8()) : new Rcr8RI(i, i.rm8(), i.reg8());
      case 153 -> i.memory ? new Shl8MI(i, 0, i.reg8()) : new Shl8RI(i, i.rm8(), i.reg8());
      case 154 -> i.memory ? new Shr8MI(i, 0, i.reg8()) : new Shr8RI(i, i.rm8(), i.reg8());
      case 155 -> i.memory ? new Shl8MI(i, 0, i.reg8()) : new Shl8RI(i, i.rm8(), i.reg8());
      case 156 -> i.memory ? new Sar8MI(i, 0, i.reg8()) : new Sar8RI(i, i.rm8(), i.reg8());
      case 157 -> i.size == 16 ? i.memory ? new Rol16MI(i, 0, i.reg) : new Rol16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Rol32MI(i, 0, i.reg) : new Rol32RI(i, i.rm, i.reg) : i.memory ? new Rol64MI(i, 0, i.reg) : new Rol64RI(i, i.rm, i.reg);
      case 158 -> i.size == 16 ? i.memory ? new Ror16MI(i, 0, i.reg) : new Ror16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Ror32MI(i, 0, i.reg) : new Ror32RI(i, i.rm, i.reg) : i.memory ? new Ror64MI(i, 0, i.reg) : new Ror64RI(i, i.rm, i.reg);
      case 159 -> i.size == 16 ? i.memory ? new Rcl16MI(i, 0, i.reg) : new Rcl16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Rcl32MI(i, 0, i.reg) : new Rcl32RI(i, i.rm, i.reg) : i.memory ? new Rcl64MI(i, 0, i.reg) : new Rcl64RI(i, i.rm, i.reg);
      case 160 -> i.size == 16 ? i.memory ? new Rcr16MI(i, 0, i.reg) : new Rcr16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Rcr32MI(i, 0, i.reg) : new Rcr32RI(i, i.rm, i.reg) : i.memory ? new Rcr64MI(i, 0, i.reg) : new Rcr64RI(i, i.rm, i.reg);
      case 161 -> i.size == 16 ? i.memory ? new Shl16MI(i, 0, i.reg) : new Shl16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Shl32MI(i, 0, i.reg) : new Shl32RI(i, i.rm, i.reg) : i.memory ? new Shl64MI(i, 0, i.reg) : new Shl64RI(i, i.rm, i.reg);
      case 162 -> i.size == 16 ? i.memory ? new Shr16MI(i, 0, i.reg) : new Shr16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Shr32MI(i, 0, i.reg) : new Shr32RI(i, i.rm, i.reg) : i.memory ? new Shr64MI(i, 0, i.reg) : new Shr64RI(i, i.rm, i.reg);
      case 163 -> i.size == 16 ? i.memory ? new Shl16MI(i, 0, i.reg) : new Shl16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Shl32MI(i, 0, i.reg) : new Shl32RI(i, i.rm, i.reg) : i.memory ? new Shl64MI(i, 0, i.reg) : new Shl64RI(i, i.rm, i.reg);
      case 164 -> i.size == 16 ? i.memory ? new Sar16MI(i, 0, i.reg) : new Sar16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Sar32MI(i, 0, i.reg) : new Sar32RI(i, i.rm, i.reg) : i.memory ? new Sar64MI(i, 0, i.reg) : new Sar64RI(i, i.rm, i.reg);
      case 165 -> new RetInControl(i, i.reg, i.rm);
      case 166 -> new Ret(i, 0, 0);
      case 167 -> new LoadFarPointerInSystemOps(i, i.reg, i.rm);
      case 168 -> new LoadFarPointerInSystemOps(i, i.reg, i.rm);
      case 169 -> i.memory ? new Mov8MI(i, 0, i.reg8()) : new Mov8RI(i, i.rm8(), i.reg8());
      case 170 -> i.size == 16 ? i.memory ? new Mov16MI(i, 0, i.reg) : new Mov16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Mov32MI(i, 0, i.reg) : new Mov32RI(i, i.rm, i.reg) : i.memory ? new Mov64MI(i, 0, i.reg) : new Mov64RI(i, i.rm, i.reg);
      case 171 -> new EnterInStack(i, i.reg, i.rm);
      case 172 -> new LeaveInStack(i, i.reg, i.rm);
      case 173 -> new RetFarInControl(i, i.reg, i.rm);
      case 174 -> new RetFarInControl(i, i.reg, i.rm);
      case 175 -> new Int3InControl(i, i.reg, i.rm);
      case 176 -> new IntNInControl(i, i.reg, i.rm);
      case 177 -> new IntoInControl(i, i.reg, i.rm);
      case 178 -> new IretInControl(i, i.reg, i.rm);
      case 179 -> i.memory ? new Rol8MOne(i, 0, i.reg8()) : new Rol8ROne(i, i.rm8(), i.reg8());
      case 180 -> i.memory ? new Ror8MOne(i, 0, i.reg8()) : new Ror8ROne(i, i.rm8(), i.reg8());
      case 181 -> i.memory ? new Rcl8MOne(i, 0, i.reg8()) : new Rcl8ROne(i, i.rm8(), i.reg8());
      case 182 -> i.memory ? new Rcr8MOne(i, 0, i.reg8()) : new Rcr8ROne(i, i.rm8(), i.reg8());
      case 183 -> i.memory ? new Shl8MOne(i, 0, i.reg8()) : new Shl8ROne(i, i.rm8(), i.reg8());
      case 184 -> i.memory ? new Shr8MOne(i, 0, i.reg8()) : new Shr8ROne(i, i.rm8(), i.reg8());
      case 185 -> i.memory ? new Shl8MOne(i, 0, i.reg8()) : new Shl8ROne(i, i.rm8(), i.reg8());
      case 186 -> i.memory ? new Sar8MOne(i, 0, i.reg8()) : new Sar8ROne(i, i.rm8(), i.reg8());
      case 187 -> i.size == 16 ? i.memory ? new Rol16MOne(i, 0, i.reg) : new Rol16ROne(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Rol32MOne(i, 0, i.reg) : new Rol32ROne(i, i.rm, i.reg) : i.memory ? new Rol64MOne(i, 0, i.reg) : new Rol64ROne(i, i.rm, i.reg);
      case 188 -> i.size == 16 ? i.memory ? new Ror16MOne(i, 0, i.reg) : new Ror16ROne(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Ror32MOne(i, 0, i.reg) : new Ror32ROne(i, i.rm, i.reg) : i.memory ? new Ror64MOne(i, 0, i.reg) : new Ror64ROne(i, i.rm, i.reg);
      case 189 -> i.size == 16 ? i.memory ? new Rcl16MOne(i, 0, i.reg) : new Rcl16ROne(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Rcl32MOne(i, 0, i.reg) : new Rcl32ROne(i, i.rm, i.reg) : i.memory ? new Rcl64MOne(i, 0, i.reg) : new Rcl64ROne(i, i.rm, i.reg);
      case 190 -> i.size == 16 ? i.memory ? new Rcr16MOne(i, 0, i.reg) : new Rcr16ROne(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Rcr32MOne(i, 0, i.reg) : new Rcr32ROne(i, i.rm, i.reg) : i.memory ? new Rcr64MOne(i, 0, i.reg) : new Rcr64ROne(i, i.rm, i.reg);
      case 191 -> i.size == 16 ? i.memory ? new Shl16MOne(i, 0, i.reg) : new Shl16ROne(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Shl32MOne(i, 0, i.reg) : new Shl32ROne(i, i.rm, i.reg) : i.memory ? new Shl64MOne(i, 0, i.reg) : new Shl64ROne(i, i.rm, i.reg);
      case 192 -> i.size == 16 ? i.memory ? new Shr16MOne(i, 0, i.reg) : new Shr16ROne(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Shr32MOne(i, 0, i.reg) : new Shr32ROne(i, i.rm, i.reg) : i.memory ? new Shr64MOne(i, 0, i.reg) : new Shr64ROne(i, i.rm, i.reg);
      case 193 -> i.size == 16 ? i.memory ? new Shl16MOne(i, 0, i.reg) : new Shl16ROne(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Shl32MOne(i, 0, i.reg) : new Shl32ROne(i, i.rm, i.reg) : i.memory ? new Shl64MOne(i, 0, i.reg) : new Shl64ROne(i, i.rm, i.reg);
      case 194 -> i.size == 16 ? i.memory ? new Sar16MOne(i, 0, i.reg) : new Sar16ROne(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Sar32MOne(i, 0, i.reg) : new Sar32ROne(i, i.rm, i.reg) : i.memory ? new Sar64MOne(i, 0, i.reg) : new Sar64ROne(i, i.rm, i.reg);
      case 195 -> i.memory ? new Rol8MC(i, 0, i.reg8()) : new Rol8RC(i, i.rm8(), i.reg8());
      case 196 -> i.memory ? new Ror8MC(i, 0, i.reg8()) : new Ror8RC(i, i.rm8(), i.reg8());
      case 197 -> i.memory ? new Rcl8MC(i, 0, i.reg8()) : new Rcl8RC(i, i.rm8(), i.reg8());
      case 198 -> i.memory ? new Rcr8MC(i, 0, i.reg8()) : new Rcr8RC(i, i.rm8(), i.reg8());
      case 199 -> i.memory ? new Shl8MC(i, 0, i.reg8()) : new Shl8RC(i, i.rm8(), i.reg8());
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create4(Instruction i) {
    return switch (i.form) {
      case 200 -> i.memory ? new Shr8MC(i, 0, i.reg8()) : new Shr8RC(i, i.rm8(), i.reg8());
      case 201 -> i.memory ? new Shl8MC(i, 0, i.reg8()) : new Shl8RC(i, i.rm8(), i.reg8());
      case 202 -> i.memory ? new Sar8MC(i, 0, i.reg8()) : new Sar8RC(i, i.rm8(), i.reg8());
      case 203 -> i.size == 16 ? i.memory ? new Rol16MC(i, 0, i.reg) : new Rol16RC(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Rol32MC(i, 0, i.reg) : new Rol32RC(i, i.rm, i.reg) : i.memory ? new Rol64MC(i, 0, i.reg) : new Rol64RC(i, i.rm, i.reg);
      case 204 -> i.size == 16 ? i.memory ? new Ror16MC(i, 0, i.reg) : new Ror16RC(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Ror32MC(i, 0, i.reg) : new Ror32RC(i, i.rm, i.reg) : i.memory ? new Ror64MC(i, 0, i.reg) : new Ror64RC(i, i.rm, i.reg);
      case 205 -> i.size == 16 ? i.memory ? new Rcl16MC(i, 0, i.reg) : new Rcl16RC(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Rcl32MC(i, 0, i.reg) : new Rcl32RC(i, i.rm, i.reg) : i.memory ? new Rcl64MC(i, 0, i.reg) : new Rcl64RC(i, i.rm, i.reg);
      case 206 -> i.size == 16 ? i.memory ? new Rcr16MC(i, 0, i.reg) : new Rcr16RC(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Rcr32MC(i, 0, i.reg) : new Rcr32RC(i, i.rm, i.reg) : i.memory ? new Rcr64MC(i, 0, i.reg) : new Rcr64RC(i, i.rm, i.reg);
      case 207 -> i.size == 16 ? i.memory ? new Shl16MC(i, 0, i.reg) : new Shl16RC(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Shl32MC(i, 0, i.reg) : new Shl32RC(i, i.rm, i.reg) : i.memory ? new Shl64MC(i, 0, i.reg) : new Shl64RC(i, i.rm, i.reg);
      case 208 -> i.size == 16 ? i.memory ? new Shr16MC(i, 0, i.reg) : new Shr16RC(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Shr32MC(i, 0, i.reg) : new Shr32RC(i, i.rm, i.reg) : i.memory ? new Shr64MC(i, 0, i.reg) : new Shr64RC(i, i.rm, i.reg);
      case 209 -> i.size == 16 ? i.memory ? new Shl16MC(i, 0, i.reg) : new Shl16RC(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Shl32MC(i, 0, i.reg) : new Shl32RC(i, i.rm, i.reg) : i.memory ? new Shl64MC(i, 0, i.reg) : new Shl64RC(i, i.rm, i.reg);
      case 210 -> i.size == 16 ? i.memory ? new Sar16MC(i, 0, i.reg) : new Sar16RC(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new Sar32MC(i, 0, i.reg) : new Sar32RC(i, i.rm, i.reg) : i.memory ? new Sar64MC(i, 0, i.reg) : new Sar64RC(i, i.rm, i.reg);
      case 211 -> new AamInDecimal(i, i.reg, i.rm);
      case 212 -> new AadInDecimal(i, i.reg, i.rm);
      case 213 -> new SalcInDecimal(i, i.reg, i.rm);
      case 214 -> new XlatInMoves(i, i.reg, i.rm);
      case 215 -> new ExecuteInFpuOps(i, i.reg, i.rm);
      case 216 -> new ExecuteInFpuOps(i, i.reg, i.rm);
      case 217 -> new ExecuteInFpuOps(i, i.reg, i.rm);
      case 218 -> new ExecuteInFpuOps(i, i.reg, i.rm);
      case 219 -> new ExecuteInFpuOps(i, i.reg, i.rm);
      case 220 -> new ExecuteInFpuOps(i, i.reg, i.rm);
      case 221 -> new ExecuteInFpuOps(i, i.reg, i.rm);
      case 222 -> new ExecuteInFpuOps(i, i.reg, i.rm);
      case 223 -> new LoopneInControl(i, i.reg, i.rm);
      case 224 -> new LoopeInControl(i, i.reg, i.rm);
      case 225 -> new LoopInControl(i, i.reg, i.rm);
      case 226 -> new JcxzInControl(i, i.reg, i.rm);
      case 227 -> new InInPortIo(i, i.reg, i.rm);
      case 228 -> new InInPortIo(i, i.reg, i.rm);
      case 229 -> new OutInPortIo(i, i.reg, i.rm);
      case 230 -> new OutInPortIo(i, i.reg, i.rm);
      case 231 -> new CallNear(i, 0, 0);
      case 232 -> new Jmp(i, 0, 0);
      case 233 -> new JmpFarPointerInControl(i, i.reg, i.rm);
      case 234 -> new Jmp(i, 0, 0);
      case 235 -> new InDxInPortIo(i, i.reg, i.rm);
      case 236 -> new InDxInPortIo(i, i.reg, i.rm);
      case 237 -> new OutDxInPortIo(i, i.reg, i.rm);
      case 238 -> new OutDxInPortIo(i, i.reg, i.rm);
      case 239 -> new Int1InControl(i, i.reg, i.rm);
      case 240 -> new HltInSystemOpsPrivileged(i, i.reg, i.rm);
      case 241 -> new CmcInAlu(i, i.reg, i.rm);
      case 242 -> i.memory ? new CompareAnd8MI(i, 0, i.reg8()) : new CompareAnd8RI(i, i.rm8(), i.reg8());
      case 243 -> i.memory ? new CompareAnd8MI(i, 0, i.reg8()) : new CompareAnd8RI(i, i.rm8(), i.reg8());
      case 244 -> i.memory ? i.lock ? new LockNot8M(i, 0, 0) : new Not8M(i, 0, 0) : new Not8R(i, i.rm8(), 0);
      case 245 -> i.memory ? i.lock ? new LockNeg8M(i, 0, 0) : new Neg8M(i, 0, 0) : new Neg8R(i, i.rm8(), 0);
      case 246 -> new MulInMultiply(i, i.reg, i.rm8());
      case 247 -> new Imul1InMultiply(i, i.reg, i.rm8());
      case 248 -> new DivInMultiply(i, i.reg, i.rm8());
      case 249 -> new IdivInMultiply(i, i.reg, i.rm8());
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create5(Instruction i) {
    return switch (i.form) {
      case 250 -> i.size == 16 ? i.memory ? new CompareAnd16MI(i, 0, i.reg) : new CompareAnd16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new CompareAnd32MI(i, 0, i.reg) : new CompareAnd32RI(i, i.rm, i.reg) : i.memory ? new CompareAnd64MI(i, 0, i.reg) : new CompareAnd64RI(i, i.rm, i.reg);
      case 251 -> i.size == 16 ? i.memory ? new CompareAnd16MI(i, 0, i.reg) : new CompareAnd16RI(i, i.rm, i.reg) : i.size == 32 ? i.memory ? new CompareAnd32MI(i, 0, i.reg) : new CompareAnd32RI(i, i.rm, i.reg) : i.memory ? new CompareAnd64MI(i, 0, i.reg) : new CompareAnd64RI(i, i.rm, i.reg);
      case 252 -> i.size == 16 ? i.memory ? i.lock ? new LockNot16M(i, 0, 0) : new Not16M(i, 0, 0) : new Not16R(i, i.rm, 0) : i.size == 32 ? i.memory ? i.lock ? new LockNot32M(i, 0, 0) : new Not32M(i, 0, 0) : new Not32R(i, i.rm, 0) : i.memory ? i.lock ? new LockNot64M(i, 0, 0) : new Not64M(i, 0, 0) : new Not64R(i, i.rm, 0);
      case 253 -> i.size == 16 ? i.memory ? i.lock ? new LockNeg16M(i, 0, 0) : new Neg16M(i, 0, 0) : new Neg16R(i, i.rm, 0) : i.size == 32 ? i.memory ? i.lock ? new LockNeg32M(i, 0, 0) : new Neg32M(i, 0, 0) : new Neg32R(i, i.rm, 0) : i.memory ? i.lock ? new LockNeg64M(i, 0, 0) : new Neg64M(i, 0, 0) : new Neg64R(i, i.rm, 0);
      case 254 -> new MulInMultiply(i, i.reg, i.rm);
      case 255 -> new Imul1InMultiply(i, i.reg, i.rm);
      case 256 -> new DivInMultiply(i, i.reg, i.rm);
      case 257 -> new IdivInMultiply(i, i.reg, i.rm);
      case 258 -> new ClcInAlu(i, i.reg, i.rm);
      case 259 -> new StcInAlu(i, i.reg, i.rm);
      case 260 -> new CliInSystemOps(i, i.reg, i.rm);
      case 261 -> new StiInSystemOps(i, i.reg, i.rm);
      case 262 -> new CldInSystemOps(i, i.reg, i.rm);
      case 263 -> new StdInSystemOps(i, i.reg, i.rm);
      case 264 -> i.memory ? i.lock ? new LockInc8M(i, 0, 0) : new Inc8M(i, 0, 0) : new Inc8R(i, i.rm8(), 0);
      case 265 -> i.memory ? i.lock ? new LockDec8M(i, 0, 0) : new Dec8M(i, 0, 0) : new Dec8R(i, i.rm8(), 0);
      case 266 -> i.size == 16 ? i.memory ? i.lock ? new LockInc16M(i, 0, 0) : new Inc16M(i, 0, 0) : new Inc16R(i, i.rm, 0) : i.size == 32 ? i.memory ? i.lock ? new LockInc32M(i, 0, 0) : new Inc32M(i, 0, 0) : new Inc32R(i, i.rm, 0) : i.memory ? i.lock ? new LockInc64M(i, 0, 0) : new Inc64M(i, 0, 0) : new Inc64R(i, i.rm, 0);
      case 267 -> i.size == 16 ? i.memory ? i.lock ? new LockDec16M(i, 0, 0) : new Dec16M(i, 0, 0) : new Dec16R(i, i.rm, 0) : i.size == 32 ? i.memory ? i.lock ? new LockDec32M(i, 0, 0) : new Dec32M(i, 0, 0) : new Dec32R(i, i.rm, 0) : i.memory ? i.lock ? new LockDec64M(i, 0, 0) : new Dec64M(i, 0, 0) : new Dec64R(i, i.rm, 0);
      case 268 -> new CallIndirectInControl(i, i.reg, i.rm);
      case 269 -> new CallFarMemoryInControl(i, i.reg, i.rm);
      case 270 -> new JmpIndirectInControl(i, i.reg, i.rm);
      case 271 -> new JmpFarMemoryInControl(i, i.reg, i.rm);
      case 272 -> new PushRmInStack(i, i.reg, i.rm);
      case 273 -> new SldtInSystemOps(i, i.reg, i.rm);
      case 274 -> new StrInSystemOps(i, i.reg, i.rm);
      case 275 -> new LldtInSystemOpsPrivileged(i, i.reg, i.rm);
      case 276 -> new LtrInSystemOpsPrivileged(i, i.reg, i.rm);
      case 277 -> new VerrInSystemOps(i, i.reg, i.rm);
      case 278 -> new VerwInSystemOps(i, i.reg, i.rm);
      case 279 -> new SgdtInSystemOps(i, i.reg, i.rm);
      case 280 -> new SidtInSystemOps(i, i.reg, i.rm);
      case 281 -> new LgdtInSystemOpsPrivileged(i, i.reg, i.rm);
      case 282 -> new LidtInSystemOpsPrivileged(i, i.reg, i.rm);
      case 283 -> new InvlpgInSystemOpsPrivileged(i, i.reg, i.rm8());
      case 284 -> new Group01reg0InSystemOps(i, i.reg, i.rm);
      case 285 -> new Group01reg1InSystemOps(i, i.reg, i.rm);
      case 286 -> new Group01reg2InSystemOps(i, i.reg, i.rm);
      case 287 -> new SmswInSystemOps(i, i.reg, i.rm);
      case 288 -> new LmswInSystemOpsPrivileged(i, i.reg, i.rm);
      case 289 -> new Group01reg7InSystemOps(i, i.reg, i.rm);
      case 290 -> new LarInSystemOps(i, i.reg, i.rm);
      case 291 -> new LslInSystemOps(i, i.reg, i.rm);
      case 292 -> new SyscallInSystemOps(i, i.reg, i.rm);
      case 293 -> new CltsInSystemOpsPrivileged(i, i.reg, i.rm);
      case 294 -> new SysretInSystemOpsPrivileged(i, i.reg, i.rm);
      case 295 -> new NoOperationInSystemOpsPrivileged(i, i.reg, i.rm);
      case 296 -> new NoOperationInSystemOpsPrivileged(i, i.reg, i.rm);
      case 297 -> new UndefinedInSystemOps(i, i.reg, i.rm);
      case 298 -> new Nop(i, 0, 0);
      case 299 -> new Nop(i, 0, 0);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create6(Instruction i) {
    return switch (i.form) {
      case 300 -> new Nop(i, 0, 0);
      case 301 -> new Nop(i, 0, 0);
      case 302 -> new Nop(i, 0, 0);
      case 303 -> new Nop(i, 0, 0);
      case 304 -> new Nop(i, 0, 0);
      case 305 -> new Nop(i, 0, 0);
      case 306 -> new Nop(i, 0, 0);
      case 307 -> new MovFromControlInSystemOps(i, i.reg, i.rm);
      case 308 -> new MovFromDebugInSystemOps(i, i.reg, i.rm);
      case 309 -> new MovToControlInSystemOps(i, i.reg, i.rm);
      case 310 -> new MovToDebugInSystemOps(i, i.reg, i.rm);
      case 311 -> new WrmsrInSystemOpsPrivileged(i, i.reg, i.rm);
      case 312 -> new RdtscInSystemOps(i, i.reg, i.rm);
      case 313 -> new RdmsrInSystemOpsPrivileged(i, i.reg, i.rm);
      case 314 -> new RdpmcInSystemOps(i, i.reg, i.rm);
      case 315 -> new SysenterInSystemOps(i, i.reg, i.rm);
      case 316 -> new SysexitInSystemOpsPrivileged(i, i.reg, i.rm);
      case 317 -> i.size == 16 ? i.memory ? new MoveCondition16M(i, i.reg, 0) : new MoveCondition16R(i, i.reg, i.rm) : i.size == 32 ? i.memory ? new MoveCondition32M(i, i.reg, 0) : new MoveCondition32R(i, i.reg, i.rm) : i.memory ? new MoveCondition64M(i, i.reg, 0) : new MoveCondition64R(i, i.reg, i.rm);
      case 318 -> switch (i.opcode & 15) {
        case 0 -> new JO(i, 0, 0);
        case 1 -> new JNo(i, 0, 0);
        case 2 -> new JB(i, 0, 0);
        case 3 -> new JNb(i, 0, 0);
        case 4 -> new JZ(i, 0, 0);
        case 5 -> new JNz(i, 0, 0);
        case 6 -> new JBe(i, 0, 0);
        case 7 -> new JNbe(i, 0, 0);
        case 8 -> new JS(i, 0, 0);
        case 9 -> new JNs(i, 0, 0);
        case 10 -> new JP(i, 0, 0);
        case 11 -> new JNp(i, 0, 0);
        case 12 -> new JL(i, 0, 0);
        case 13 -> new JNl(i, 0, 0);
        case 14 -> new JLe(i, 0, 0);
        case 15 -> new JNle(i, 0, 0);
        default -> throw new IllegalStateException();
      };
      case 319 -> i.memory ? new SetConditionM(i, 0, 0) : new SetConditionR(i, 0, i.rm8());
      case 320 -> new PushSegmentInStack(i, i.reg, i.rm);
      case 321 -> new PopSegmentInStack(i, i.reg, i.rm);
      case 322 -> new CpuidInSystemOps(i, i.reg, i.rm);
      case 323 -> new BtInBitOps(i, i.reg, i.rm);
      case 324 -> new ShldInShift(i, i.reg, i.rm);
      case 325 -> new ShldInShift(i, i.reg, i.rm);
      case 326 -> new PushSegmentInStack(i, i.reg, i.rm);
      case 327 -> new PopSegmentInStack(i, i.reg, i.rm);
      case 328 -> new BtsInBitOps(i, i.reg, i.rm);
      case 329 -> new ShrdInShift(i, i.reg, i.rm);
      case 330 -> new ShrdInShift(i, i.reg, i.rm);
      case 331 -> i.size == 16 ? i.memory ? new Imul216RM(i, i.reg, 0) : new Imul216RR(i, i.reg, i.rm) : i.size == 32 ? i.memory ? new Imul232RM(i, i.reg, 0) : new Imul232RR(i, i.reg, i.rm) : i.memory ? new Imul264RM(i, i.reg, 0) : new Imul264RR(i, i.reg, i.rm);
      case 332 -> new CmpxchgInAtomic(i, i.reg8(), i.rm8());
      case 333 -> new CmpxchgInAtomic(i, i.reg, i.rm);
      case 334 -> new LoadFarPointerInSystemOps(i, i.reg, i.rm);
      case 335 -> new BtrInBitOps(i, i.reg, i.rm);
      case 336 -> new LoadFarPointerInSystemOps(i, i.reg, i.rm);
      case 337 -> new LoadFarPointerInSystemOps(i, i.reg, i.rm);
      case 338 -> i.size == 16 ? i.memory ? new ZeroExtend8To16M(i, i.reg, 0) : new ZeroExtend8To16R(i, i.reg, i.rm8()) : i.size == 32 ? i.memory ? new ZeroExtend8To32M(i, i.reg, 0) : new ZeroExtend8To32R(i, i.reg, i.rm8()) : i.memory ? new ZeroExtend8To64M(i, i.reg, 0) : new ZeroExtend8To64R(i, i.reg, i.rm8());
      case 339 -> i.size == 16 ? i.memory ? new ZeroExtend16To16M(i, i.reg, 0) : new ZeroExtend16To16R(i, i.reg, i.rm) : i.size == 32 ? i.memory ? new ZeroExtend16To32M(i, i.reg, 0) : new ZeroExtend16To32R(i, i.reg, i.rm) : i.memory ? new ZeroExtend16To64M(i, i.reg, 0) : new ZeroExtend16To64R(i, i.reg, i.rm);
      case 340 -> new PopcntInBitOps(i, i.reg, i.rm);
      case 341 -> new UndefinedInSystemOps(i, i.reg, i.rm);
      case 342 -> new BtInBitOps(i, i.reg, i.rm);
      case 343 -> new BtsInBitOps(i, i.reg, i.rm);
      case 344 -> new BtrInBitOps(i, i.reg, i.rm);
      case 345 -> new BtcInBitOps(i, i.reg, i.rm);
      case 346 -> new BtcInBitOps(i, i.reg, i.rm);
      case 347 -> new BsfInBitOps(i, i.reg, i.rm);
      case 348 -> new BsrInBitOps(i, i.reg, i.rm);
      case 349 -> i.size == 16 ? i.memory ? new SignExtend8To16M(i, i.reg, 0) : new SignExtend8To16R(i, i.reg, i.rm8()) : i.size == 32 ? i.memory ? new SignExtend8To32M(i, i.reg, 0) : new SignExtend8To32R(i, i.reg, i.rm8()) : i.memory ? new SignExtend8To64M(i, i.reg, 0) : new SignExtend8To64R(i, i.reg, i.rm8());
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create7(Instruction i) {
    return switch (i.form) {
      case 350 -> i.size == 16 ? i.memory ? new SignExtend16To16M(i, i.reg, 0) : new SignExtend16To16R(i, i.reg, i.rm) : i.size == 32 ? i.memory ? new SignExtend16To32M(i, i.reg, 0) : new SignExtend16To32R(i, i.reg, i.rm) : i.memory ? new SignExtend16To64M(i, i.reg, 0) : new SignExtend16To64R(i, i.reg, i.rm);
      case 351 -> new XaddInAtomic(i, i.reg8(), i.rm8());
      case 352 -> new XaddInAtomic(i, i.reg, i.rm);
      case 353 -> new MovntiInMoves(i, i.reg, i.rm);
      case 354 -> new Cmpxchg8bInAtomic(i, i.reg, i.rm);
      case 355 -> new RdrandInSystemOps(i, i.reg, i.rm);
      case 356 -> new RdseedInSystemOps(i, i.reg, i.rm);
      case 357 -> new BswapInBitOps(i, i.reg, i.rm);
      case 358 -> new UndefinedInSystemOps(i, i.reg, i.rm);
      case 359 -> new FxsaveInFpuOps(i, i.reg, i.rm);
      case 360 -> new FxrstorInFpuOps(i, i.reg, i.rm);
      case 361 -> new LdmxcsrInFpuOps(i, i.reg, i.rm);
      case 362 -> new StmxcsrInFpuOps(i, i.reg, i.rm);
      case 363 -> new XsaveInFpuOps(i, i.reg, i.rm);
      case 364 -> new XrstorInFpuOps(i, i.reg, i.rm);
      case 365 -> new XsaveoptInFpuOps(i, i.reg, i.rm);
      case 366 -> new ClflushInSseOps(i, i.reg, i.rm8());
      case 367 -> new ClflushInSseOps(i, i.reg, i.rm8());
      case 368 -> new FenceInSystemOps(i, i.reg, i.rm);
      case 369 -> new FenceInSystemOps(i, i.reg, i.rm);
      case 370 -> new FenceInSystemOps(i, i.reg, i.rm);
      case 371 -> new RdfsbaseInSystemOps(i, i.reg, i.rm);
      case 372 -> new RdgsbaseInSystemOps(i, i.reg, i.rm);
      case 373 -> new WrfsbaseInSystemOps(i, i.reg, i.rm);
      case 374 -> new WrgsbaseInSystemOps(i, i.reg, i.rm);
      case 375 -> new InvpcidInSystemOpsPrivileged(i, i.reg, i.rm);
      case 376 -> i.memory ? new MovX128UnaM(i, i.reg, 0) : new MovX128R(i, i.reg, i.rm);
      case 377 -> new StoreUnalignedInSseOps(i, i.reg, i.rm);
      case 378 -> new LoadLowInSseOps(i, i.reg, i.rm);
      case 379 -> new StoreLowInSseOps(i, i.reg, i.rm);
      case 380 -> i.memory ? new PunpckldqX128M(i, i.reg, 0) : new PunpckldqX128R(i, i.reg, i.rm);
      case 381 -> i.memory ? new PunpckhdqX128M(i, i.reg, 0) : new PunpckhdqX128R(i, i.reg, i.rm);
      case 382 -> new LoadHighInSseOps(i, i.reg, i.rm);
      case 383 -> new StoreHighInSseOps(i, i.reg, i.rm);
      case 384 -> i.memory ? new MovX128M(i, i.reg, 0) : new MovX128R(i, i.reg, i.rm);
      case 385 -> new StoreAlignedInSseOps(i, i.reg, i.rm);
      case 386 -> new StoreAlignedInSseOps(i, i.reg, i.rm);
      case 387 -> new MovmskpsInSseOps(i, i.reg, i.rm);
      case 388 -> i.memory ? new MovX128UnaM(i, i.reg, 0) : new MovX128R(i, i.reg, i.rm);
      case 389 -> new StoreUnalignedInSseOps(i, i.reg, i.rm);
      case 390 -> new LoadLowInSseOps(i, i.reg, i.rm);
      case 391 -> new StoreLowInSseOps(i, i.reg, i.rm);
      case 392 -> i.memory ? new PunpcklqdqX128M(i, i.reg, 0) : new PunpcklqdqX128R(i, i.reg, i.rm);
      case 393 -> i.memory ? new PunpckhqdqX128M(i, i.reg, 0) : new PunpckhqdqX128R(i, i.reg, i.rm);
      case 394 -> new LoadHighInSseOps(i, i.reg, i.rm);
      case 395 -> new StoreHighInSseOps(i, i.reg, i.rm);
      case 396 -> i.memory ? new MovX128M(i, i.reg, 0) : new MovX128R(i, i.reg, i.rm);
      case 397 -> new StoreAlignedInSseOps(i, i.reg, i.rm);
      case 398 -> new StoreAlignedInSseOps(i, i.reg, i.rm);
      case 399 -> new MovmskpdInSseOps(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create8(Instruction i) {
    return switch (i.form) {
      case 400 -> new MovhlpsInSseOps(i, i.reg, i.rm);
      case 401 -> new LoadHighInSseOps(i, i.reg, i.rm);
      case 402 -> i.memory ? new MovsldupX128M(i, i.reg, 0) : new MovsldupX128R(i, i.reg, i.rm);
      case 403 -> i.memory ? new MovshdupX128M(i, i.reg, 0) : new MovshdupX128R(i, i.reg, i.rm);
      case 404 -> i.memory ? new MovddupX64M(i, i.reg, 0) : new MovddupX64R(i, i.reg, i.rm);
      case 405 -> new MovssInSseOps(i, i.reg, i.rm);
      case 406 -> new StoreSsInSseOps(i, i.reg, i.rm);
      case 407 -> new MovsdInSseOps(i, i.reg, i.rm);
      case 408 -> new StoreLowInSseOps(i, i.reg, i.rm);
      case 409 -> i.memory ? new MovX128M(i, i.reg, 0) : new MovX128R(i, i.reg, i.rm);
      case 410 -> i.memory ? new MovX128UnaM(i, i.reg, 0) : new MovX128R(i, i.reg, i.rm);
      case 411 -> i.memory ? new MovX128UnaM(i, i.reg, 0) : new MovX128R(i, i.reg, i.rm);
      case 412 -> i.memory ? new MovX128M(i, i.reg, 0) : new MovX128R(i, i.reg, i.rm);
      case 413 -> new StoreAlignedInSseOps(i, i.reg, i.rm);
      case 414 -> new StoreUnalignedInSseOps(i, i.reg, i.rm);
      case 415 -> new StoreAlignedInSseOps(i, i.reg, i.rm);
      case 416 -> new MovdInSseOps(i, i.reg, i.rm);
      case 417 -> new StoreDInSseOps(i, i.reg, i.rm);
      case 418 -> i.memory ? new MovqX64M(i, i.reg, 0) : new MovqX64R(i, i.reg, i.rm);
      case 419 -> new StoreQInSseOps(i, i.reg, i.rm);
      case 420 -> new MaskmovdquInSseOps(i, i.reg, i.rm);
      case 421 -> new MmxMovdInSseOps(i, i.reg, i.rm);
      case 422 -> new MmxStoreDInSseOps(i, i.reg, i.rm);
      case 423 -> new MmxMovqInSseOps(i, i.reg, i.rm);
      case 424 -> new MmxStoreQInSseOps(i, i.reg, i.rm);
      case 425 -> new MmxStoreQInSseOps(i, i.reg, i.rm);
      case 426 -> new Movq2dqInSseOps(i, i.reg, i.rm);
      case 427 -> new Movdq2qInSseOps(i, i.reg, i.rm);
      case 428 -> new MaskmovqInSseOps(i, i.reg, i.rm);
      case 429 -> new EmmsInSseOps(i, i.reg, i.rm);
      case 430 -> i.memory ? new SqrtpsX128M(i, i.reg, 0) : new SqrtpsX128R(i, i.reg, i.rm);
      case 431 -> i.memory ? new SqrtpdX128M(i, i.reg, 0) : new SqrtpdX128R(i, i.reg, i.rm);
      case 432 -> i.memory ? new SqrtssX32M(i, i.reg, 0) : new SqrtssX32R(i, i.reg, i.rm);
      case 433 -> i.memory ? new SqrtsdX64M(i, i.reg, 0) : new SqrtsdX64R(i, i.reg, i.rm);
      case 434 -> i.memory ? new AddpsX128M(i, i.reg, 0) : new AddpsX128R(i, i.reg, i.rm);
      case 435 -> i.memory ? new AddpdX128M(i, i.reg, 0) : new AddpdX128R(i, i.reg, i.rm);
      case 436 -> i.memory ? new AddssX32M(i, i.reg, 0) : new AddssX32R(i, i.reg, i.rm);
      case 437 -> i.memory ? new AddsdX64M(i, i.reg, 0) : new AddsdX64R(i, i.reg, i.rm);
      case 438 -> i.memory ? new MulpsX128M(i, i.reg, 0) : new MulpsX128R(i, i.reg, i.rm);
      case 439 -> i.memory ? new MulpdX128M(i, i.reg, 0) : new MulpdX128R(i, i.reg, i.rm);
      case 440 -> i.memory ? new MulssX32M(i, i.reg, 0) : new MulssX32R(i, i.reg, i.rm);
      case 441 -> i.memory ? new MulsdX64M(i, i.reg, 0) : new MulsdX64R(i, i.reg, i.rm);
      case 442 -> i.memory ? new SubpsX128M(i, i.reg, 0) : new SubpsX128R(i, i.reg, i.rm);
      case 443 -> i.memory ? new SubpdX128M(i, i.reg, 0) : new SubpdX128R(i, i.reg, i.rm);
      case 444 -> i.memory ? new SubssX32M(i, i.reg, 0) : new SubssX32R(i, i.reg, i.rm);
      case 445 -> i.memory ? new SubsdX64M(i, i.reg, 0) : new SubsdX64R(i, i.reg, i.rm);
      case 446 -> i.memory ? new MinpsX128M(i, i.reg, 0) : new MinpsX128R(i, i.reg, i.rm);
      case 447 -> i.memory ? new MinpdX128M(i, i.reg, 0) : new MinpdX128R(i, i.reg, i.rm);
      case 448 -> i.memory ? new MinssX32M(i, i.reg, 0) : new MinssX32R(i, i.reg, i.rm);
      case 449 -> i.memory ? new MinsdX64M(i, i.reg, 0) : new MinsdX64R(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create9(Instruction i) {
    return switch (i.form) {
      case 450 -> i.memory ? new DivpsX128M(i, i.reg, 0) : new DivpsX128R(i, i.reg, i.rm);
      case 451 -> i.memory ? new DivpdX128M(i, i.reg, 0) : new DivpdX128R(i, i.reg, i.rm);
      case 452 -> i.memory ? new DivssX32M(i, i.reg, 0) : new DivssX32R(i, i.reg, i.rm);
      case 453 -> i.memory ? new DivsdX64M(i, i.reg, 0) : new DivsdX64R(i, i.reg, i.rm);
      case 454 -> i.memory ? new MaxpsX128M(i, i.reg, 0) : new MaxpsX128R(i, i.reg, i.rm);
      case 455 -> i.memory ? new MaxpdX128M(i, i.reg, 0) : new MaxpdX128R(i, i.reg, i.rm);
      case 456 -> i.memory ? new MaxssX32M(i, i.reg, 0) : new MaxssX32R(i, i.reg, i.rm);
      case 457 -> i.memory ? new MaxsdX64M(i, i.reg, 0) : new MaxsdX64R(i, i.reg, i.rm);
      case 458 -> i.memory ? new RsqrtpsX128M(i, i.reg, 0) : new RsqrtpsX128R(i, i.reg, i.rm);
      case 459 -> i.memory ? new RsqrtssX32M(i, i.reg, 0) : new RsqrtssX32R(i, i.reg, i.rm);
      case 460 -> i.memory ? new RcppsX128M(i, i.reg, 0) : new RcppsX128R(i, i.reg, i.rm);
      case 461 -> i.memory ? new RcpssX32M(i, i.reg, 0) : new RcpssX32R(i, i.reg, i.rm);
      case 462 -> i.memory ? new PandM(i, i.reg, 0) : new PandR(i, i.reg, i.rm);
      case 463 -> i.memory ? new PandM(i, i.reg, 0) : new PandR(i, i.reg, i.rm);
      case 464 -> i.memory ? new PandnM(i, i.reg, 0) : new PandnR(i, i.reg, i.rm);
      case 465 -> i.memory ? new PandnM(i, i.reg, 0) : new PandnR(i, i.reg, i.rm);
      case 466 -> i.memory ? new PorM(i, i.reg, 0) : new PorR(i, i.reg, i.rm);
      case 467 -> i.memory ? new PorM(i, i.reg, 0) : new PorR(i, i.reg, i.rm);
      case 468 -> i.memory ? new PxorM(i, i.reg, 0) : new PxorR(i, i.reg, i.rm);
      case 469 -> i.memory ? new PxorM(i, i.reg, 0) : new PxorR(i, i.reg, i.rm);
      case 470 -> i.memory ? new CmppsX128iM(i, i.reg, 0) : new CmppsX128iR(i, i.reg, i.rm);
      case 471 -> i.memory ? new CmppdX128iM(i, i.reg, 0) : new CmppdX128iR(i, i.reg, i.rm);
      case 472 -> i.memory ? new CmpssX32iM(i, i.reg, 0) : new CmpssX32iR(i, i.reg, i.rm);
      case 473 -> i.memory ? new CmpsdX64iM(i, i.reg, 0) : new CmpsdX64iR(i, i.reg, i.rm);
      case 474 -> i.memory ? new ShufpsX128iM(i, i.reg, 0) : new ShufpsX128iR(i, i.reg, i.rm);
      case 475 -> i.memory ? new ShufpdX128iM(i, i.reg, 0) : new ShufpdX128iR(i, i.reg, i.rm);
      case 476 -> new UcomissInSseOps(i, i.reg, i.rm);
      case 477 -> new UcomisdInSseOps(i, i.reg, i.rm);
      case 478 -> new ComissInSseOps(i, i.reg, i.rm);
      case 479 -> new ComisdInSseOps(i, i.reg, i.rm);
      case 480 -> i.memory ? new HaddpdX128M(i, i.reg, 0) : new HaddpdX128R(i, i.reg, i.rm);
      case 481 -> i.memory ? new HaddpsX128M(i, i.reg, 0) : new HaddpsX128R(i, i.reg, i.rm);
      case 482 -> i.memory ? new HsubpdX128M(i, i.reg, 0) : new HsubpdX128R(i, i.reg, i.rm);
      case 483 -> i.memory ? new HsubpsX128M(i, i.reg, 0) : new HsubpsX128R(i, i.reg, i.rm);
      case 484 -> i.memory ? new AddsubpdX128M(i, i.reg, 0) : new AddsubpdX128R(i, i.reg, i.rm);
      case 485 -> i.memory ? new AddsubpsX128M(i, i.reg, 0) : new AddsubpsX128R(i, i.reg, i.rm);
      case 486 -> i.memory ? new RoundpsX128iM(i, i.reg, 0) : new RoundpsX128iR(i, i.reg, i.rm);
      case 487 -> i.memory ? new RoundpdX128iM(i, i.reg, 0) : new RoundpdX128iR(i, i.reg, i.rm);
      case 488 -> i.memory ? new RoundssX32iM(i, i.reg, 0) : new RoundssX32iR(i, i.reg, i.rm);
      case 489 -> i.memory ? new RoundsdX64iM(i, i.reg, 0) : new RoundsdX64iR(i, i.reg, i.rm);
      case 490 -> i.memory ? new DppsX128iM(i, i.reg, 0) : new DppsX128iR(i, i.reg, i.rm);
      case 491 -> i.memory ? new DppdX128iM(i, i.reg, 0) : new DppdX128iR(i, i.reg, i.rm);
      case 492 -> new Cvtpi2psInSseOps(i, i.reg, i.rm);
      case 493 -> new Cvtpi2pdInSseOps(i, i.reg, i.rm);
      case 494 -> new Cvtsi2ssInSseOps(i, i.reg, i.rm);
      case 495 -> new Cvtsi2sdInSseOps(i, i.reg, i.rm);
      case 496 -> new Cvttps2piInSseOps(i, i.reg, i.rm);
      case 497 -> new Cvttpd2piInSseOps(i, i.reg, i.rm);
      case 498 -> new Cvttss2siInSseOps(i, i.reg, i.rm);
      case 499 -> new Cvttsd2siInSseOps(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create10(Instruction i) {
    return switch (i.form) {
      case 500 -> new Cvtps2piInSseOps(i, i.reg, i.rm);
      case 501 -> new Cvtpd2piInSseOps(i, i.reg, i.rm);
      case 502 -> new Cvtss2siInSseOps(i, i.reg, i.rm);
      case 503 -> new Cvtsd2siInSseOps(i, i.reg, i.rm);
      case 504 -> i.memory ? new Cvtps2pdX64M(i, i.reg, 0) : new Cvtps2pdX64R(i, i.reg, i.rm);
      case 505 -> i.memory ? new Cvtpd2psX128M(i, i.reg, 0) : new Cvtpd2psX128R(i, i.reg, i.rm);
      case 506 -> i.memory ? new Cvtss2sdX32M(i, i.reg, 0) : new Cvtss2sdX32R(i, i.reg, i.rm);
      case 507 -> i.memory ? new Cvtsd2ssX64M(i, i.reg, 0) : new Cvtsd2ssX64R(i, i.reg, i.rm);
      case 508 -> i.memory ? new Cvtdq2psX128M(i, i.reg, 0) : new Cvtdq2psX128R(i, i.reg, i.rm);
      case 509 -> i.memory ? new Cvtps2dqX128M(i, i.reg, 0) : new Cvtps2dqX128R(i, i.reg, i.rm);
      case 510 -> i.memory ? new Cvttps2dqX128M(i, i.reg, 0) : new Cvttps2dqX128R(i, i.reg, i.rm);
      case 511 -> i.memory ? new Cvttpd2dqX128M(i, i.reg, 0) : new Cvttpd2dqX128R(i, i.reg, i.rm);
      case 512 -> i.memory ? new Cvtpd2dqX128M(i, i.reg, 0) : new Cvtpd2dqX128R(i, i.reg, i.rm);
      case 513 -> i.memory ? new Cvtdq2pdX64M(i, i.reg, 0) : new Cvtdq2pdX64R(i, i.reg, i.rm);
      case 514 -> new MmxPunpcklbwInSseOps(i, i.reg, i.rm);
      case 515 -> i.memory ? new PunpcklbwX128M(i, i.reg, 0) : new PunpcklbwX128R(i, i.reg, i.rm);
      case 516 -> new MmxPunpcklwdInSseOps(i, i.reg, i.rm);
      case 517 -> i.memory ? new PunpcklwdX128M(i, i.reg, 0) : new PunpcklwdX128R(i, i.reg, i.rm);
      case 518 -> new MmxPunpckldqInSseOps(i, i.reg, i.rm);
      case 519 -> i.memory ? new PunpckldqX128M(i, i.reg, 0) : new PunpckldqX128R(i, i.reg, i.rm);
      case 520 -> i.memory ? new PacksswbMmxM(i, i.reg, 0) : new PacksswbMmxR(i, i.reg, i.rm);
      case 521 -> i.memory ? new PacksswbX128M(i, i.reg, 0) : new PacksswbX128R(i, i.reg, i.rm);
      case 522 -> i.memory ? new PcmpgtbMmxM(i, i.reg, 0) : new PcmpgtbMmxR(i, i.reg, i.rm);
      case 523 -> i.memory ? new PcmpgtbM(i, i.reg, 0) : new PcmpgtbR(i, i.reg, i.rm);
      case 524 -> i.memory ? new PcmpgtwMmxM(i, i.reg, 0) : new PcmpgtwMmxR(i, i.reg, i.rm);
      case 525 -> i.memory ? new PcmpgtwM(i, i.reg, 0) : new PcmpgtwR(i, i.reg, i.rm);
      case 526 -> i.memory ? new PcmpgtdMmxM(i, i.reg, 0) : new PcmpgtdMmxR(i, i.reg, i.rm);
      case 527 -> i.memory ? new PcmpgtdM(i, i.reg, 0) : new PcmpgtdR(i, i.reg, i.rm);
      case 528 -> i.memory ? new PackuswbMmxM(i, i.reg, 0) : new PackuswbMmxR(i, i.reg, i.rm);
      case 529 -> i.memory ? new PackuswbX128M(i, i.reg, 0) : new PackuswbX128R(i, i.reg, i.rm);
      case 530 -> i.memory ? new PunpckhbwMmxM(i, i.reg, 0) : new PunpckhbwMmxR(i, i.reg, i.rm);
      case 531 -> i.memory ? new PunpckhbwX128M(i, i.reg, 0) : new PunpckhbwX128R(i, i.reg, i.rm);
      case 532 -> i.memory ? new PunpckhwdMmxM(i, i.reg, 0) : new PunpckhwdMmxR(i, i.reg, i.rm);
      case 533 -> i.memory ? new PunpckhwdX128M(i, i.reg, 0) : new PunpckhwdX128R(i, i.reg, i.rm);
      case 534 -> i.memory ? new PunpckhdqMmxM(i, i.reg, 0) : new PunpckhdqMmxR(i, i.reg, i.rm);
      case 535 -> i.memory ? new PunpckhdqX128M(i, i.reg, 0) : new PunpckhdqX128R(i, i.reg, i.rm);
      case 536 -> i.memory ? new PackssdwMmxM(i, i.reg, 0) : new PackssdwMmxR(i, i.reg, i.rm);
      case 537 -> i.memory ? new PackssdwX128M(i, i.reg, 0) : new PackssdwX128R(i, i.reg, i.rm);
      case 538 -> i.memory ? new PcmpeqbMmxM(i, i.reg, 0) : new PcmpeqbMmxR(i, i.reg, i.rm);
      case 539 -> i.memory ? new PcmpeqbM(i, i.reg, 0) : new PcmpeqbR(i, i.reg, i.rm);
      case 540 -> i.memory ? new PcmpeqwMmxM(i, i.reg, 0) : new PcmpeqwMmxR(i, i.reg, i.rm);
      case 541 -> i.memory ? new PcmpeqwM(i, i.reg, 0) : new PcmpeqwR(i, i.reg, i.rm);
      case 542 -> i.memory ? new PcmpeqdMmxM(i, i.reg, 0) : new PcmpeqdMmxR(i, i.reg, i.rm);
      case 543 -> i.memory ? new PcmpeqdM(i, i.reg, 0) : new PcmpeqdR(i, i.reg, i.rm);
      case 544 -> i.memory ? new PsrlwMmxM(i, i.reg, 0) : new PsrlwMmxR(i, i.reg, i.rm);
      case 545 -> i.memory ? new PsrlwX128M(i, i.reg, 0) : new PsrlwX128R(i, i.reg, i.rm);
      case 546 -> i.memory ? new PsrldMmxM(i, i.reg, 0) : new PsrldMmxR(i, i.reg, i.rm);
      case 547 -> i.memory ? new PsrldX128M(i, i.reg, 0) : new PsrldX128R(i, i.reg, i.rm);
      case 548 -> i.memory ? new PsrlqMmxM(i, i.reg, 0) : new PsrlqMmxR(i, i.reg, i.rm);
      case 549 -> i.memory ? new PsrlqX128M(i, i.reg, 0) : new PsrlqX128R(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create11(Instruction i) {
    return switch (i.form) {
      case 550 -> i.memory ? new PaddqMmxM(i, i.reg, 0) : new PaddqMmxR(i, i.reg, i.rm);
      case 551 -> i.memory ? new PaddqM(i, i.reg, 0) : new PaddqR(i, i.reg, i.rm);
      case 552 -> i.memory ? new PmullwMmxM(i, i.reg, 0) : new PmullwMmxR(i, i.reg, i.rm);
      case 553 -> i.memory ? new PmullwM(i, i.reg, 0) : new PmullwR(i, i.reg, i.rm);
      case 554 -> i.memory ? new PsubusbMmxM(i, i.reg, 0) : new PsubusbMmxR(i, i.reg, i.rm);
      case 555 -> i.memory ? new PsubusbM(i, i.reg, 0) : new PsubusbR(i, i.reg, i.rm);
      case 556 -> i.memory ? new PsubuswMmxM(i, i.reg, 0) : new PsubuswMmxR(i, i.reg, i.rm);
      case 557 -> i.memory ? new PsubuswM(i, i.reg, 0) : new PsubuswR(i, i.reg, i.rm);
      case 558 -> i.memory ? new PminubMmxM(i, i.reg, 0) : new PminubMmxR(i, i.reg, i.rm);
      case 559 -> i.memory ? new PminubM(i, i.reg, 0) : new PminubR(i, i.reg, i.rm);
      case 560 -> i.memory ? new PandMmxM(i, i.reg, 0) : new PandMmxR(i, i.reg, i.rm);
      case 561 -> i.memory ? new PandM(i, i.reg, 0) : new PandR(i, i.reg, i.rm);
      case 562 -> i.memory ? new PaddusbMmxM(i, i.reg, 0) : new PaddusbMmxR(i, i.reg, i.rm);
      case 563 -> i.memory ? new PaddusbM(i, i.reg, 0) : new PaddusbR(i, i.reg, i.rm);
      case 564 -> i.memory ? new PadduswMmxM(i, i.reg, 0) : new PadduswMmxR(i, i.reg, i.rm);
      case 565 -> i.memory ? new PadduswM(i, i.reg, 0) : new PadduswR(i, i.reg, i.rm);
      case 566 -> i.memory ? new PmaxubMmxM(i, i.reg, 0) : new PmaxubMmxR(i, i.reg, i.rm);
      case 567 -> i.memory ? new PmaxubM(i, i.reg, 0) : new PmaxubR(i, i.reg, i.rm);
      case 568 -> i.memory ? new PandnMmxM(i, i.reg, 0) : new PandnMmxR(i, i.reg, i.rm);
      case 569 -> i.memory ? new PandnM(i, i.reg, 0) : new PandnR(i, i.reg, i.rm);
      case 570 -> i.memory ? new PavgbMmxM(i, i.reg, 0) : new PavgbMmxR(i, i.reg, i.rm);
      case 571 -> i.memory ? new PavgbM(i, i.reg, 0) : new PavgbR(i, i.reg, i.rm);
      case 572 -> i.memory ? new PsrawMmxM(i, i.reg, 0) : new PsrawMmxR(i, i.reg, i.rm);
      case 573 -> i.memory ? new PsrawX128M(i, i.reg, 0) : new PsrawX128R(i, i.reg, i.rm);
      case 574 -> i.memory ? new PsradMmxM(i, i.reg, 0) : new PsradMmxR(i, i.reg, i.rm);
      case 575 -> i.memory ? new PsradX128M(i, i.reg, 0) : new PsradX128R(i, i.reg, i.rm);
      case 576 -> i.memory ? new PavgwMmxM(i, i.reg, 0) : new PavgwMmxR(i, i.reg, i.rm);
      case 577 -> i.memory ? new PavgwM(i, i.reg, 0) : new PavgwR(i, i.reg, i.rm);
      case 578 -> i.memory ? new PmulhuwMmxM(i, i.reg, 0) : new PmulhuwMmxR(i, i.reg, i.rm);
      case 579 -> i.memory ? new PmulhuwM(i, i.reg, 0) : new PmulhuwR(i, i.reg, i.rm);
      case 580 -> i.memory ? new PmulhwMmxM(i, i.reg, 0) : new PmulhwMmxR(i, i.reg, i.rm);
      case 581 -> i.memory ? new PmulhwM(i, i.reg, 0) : new PmulhwR(i, i.reg, i.rm);
      case 582 -> i.memory ? new PsubsbMmxM(i, i.reg, 0) : new PsubsbMmxR(i, i.reg, i.rm);
      case 583 -> i.memory ? new PsubsbM(i, i.reg, 0) : new PsubsbR(i, i.reg, i.rm);
      case 584 -> i.memory ? new PsubswMmxM(i, i.reg, 0) : new PsubswMmxR(i, i.reg, i.rm);
      case 585 -> i.memory ? new PsubswM(i, i.reg, 0) : new PsubswR(i, i.reg, i.rm);
      case 586 -> i.memory ? new PminswMmxM(i, i.reg, 0) : new PminswMmxR(i, i.reg, i.rm);
      case 587 -> i.memory ? new PminswM(i, i.reg, 0) : new PminswR(i, i.reg, i.rm);
      case 588 -> i.memory ? new PorMmxM(i, i.reg, 0) : new PorMmxR(i, i.reg, i.rm);
      case 589 -> i.memory ? new PorM(i, i.reg, 0) : new PorR(i, i.reg, i.rm);
      case 590 -> i.memory ? new PaddsbMmxM(i, i.reg, 0) : new PaddsbMmxR(i, i.reg, i.rm);
      case 591 -> i.memory ? new PaddsbM(i, i.reg, 0) : new PaddsbR(i, i.reg, i.rm);
      case 592 -> i.memory ? new PaddswMmxM(i, i.reg, 0) : new PaddswMmxR(i, i.reg, i.rm);
      case 593 -> i.memory ? new PaddswM(i, i.reg, 0) : new PaddswR(i, i.reg, i.rm);
      case 594 -> i.memory ? new PmaxswMmxM(i, i.reg, 0) : new PmaxswMmxR(i, i.reg, i.rm);
      case 595 -> i.memory ? new PmaxswM(i, i.reg, 0) : new PmaxswR(i, i.reg, i.rm);
      case 596 -> i.memory ? new PxorMmxM(i, i.reg, 0) : new PxorMmxR(i, i.reg, i.rm);
      case 597 -> i.memory ? new PxorM(i, i.reg, 0) : new PxorR(i, i.reg, i.rm);
      case 598 -> i.memory ? new PsllwMmxM(i, i.reg, 0) : new PsllwMmxR(i, i.reg, i.rm);
      case 599 -> i.memory ? new PsllwX128M(i, i.reg, 0) : new PsllwX128R(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create12(Instruction i) {
    return switch (i.form) {
      case 600 -> i.memory ? new PslldMmxM(i, i.reg, 0) : new PslldMmxR(i, i.reg, i.rm);
      case 601 -> i.memory ? new PslldX128M(i, i.reg, 0) : new PslldX128R(i, i.reg, i.rm);
      case 602 -> i.memory ? new PsllqMmxM(i, i.reg, 0) : new PsllqMmxR(i, i.reg, i.rm);
      case 603 -> i.memory ? new PsllqX128M(i, i.reg, 0) : new PsllqX128R(i, i.reg, i.rm);
      case 604 -> i.memory ? new PmuludqMmxM(i, i.reg, 0) : new PmuludqMmxR(i, i.reg, i.rm);
      case 605 -> i.memory ? new PmuludqM(i, i.reg, 0) : new PmuludqR(i, i.reg, i.rm);
      case 606 -> i.memory ? new PmaddwdMmxM(i, i.reg, 0) : new PmaddwdMmxR(i, i.reg, i.rm);
      case 607 -> i.memory ? new PmaddwdM(i, i.reg, 0) : new PmaddwdR(i, i.reg, i.rm);
      case 608 -> i.memory ? new PsadbwMmxM(i, i.reg, 0) : new PsadbwMmxR(i, i.reg, i.rm);
      case 609 -> i.memory ? new PsadbwM(i, i.reg, 0) : new PsadbwR(i, i.reg, i.rm);
      case 610 -> i.memory ? new PsubbMmxM(i, i.reg, 0) : new PsubbMmxR(i, i.reg, i.rm);
      case 611 -> i.memory ? new PsubbM(i, i.reg, 0) : new PsubbR(i, i.reg, i.rm);
      case 612 -> i.memory ? new PsubwMmxM(i, i.reg, 0) : new PsubwMmxR(i, i.reg, i.rm);
      case 613 -> i.memory ? new PsubwM(i, i.reg, 0) : new PsubwR(i, i.reg, i.rm);
      case 614 -> i.memory ? new PsubdMmxM(i, i.reg, 0) : new PsubdMmxR(i, i.reg, i.rm);
      case 615 -> i.memory ? new PsubdM(i, i.reg, 0) : new PsubdR(i, i.reg, i.rm);
      case 616 -> i.memory ? new PsubqMmxM(i, i.reg, 0) : new PsubqMmxR(i, i.reg, i.rm);
      case 617 -> i.memory ? new PsubqM(i, i.reg, 0) : new PsubqR(i, i.reg, i.rm);
      case 618 -> i.memory ? new PaddbMmxM(i, i.reg, 0) : new PaddbMmxR(i, i.reg, i.rm);
      case 619 -> i.memory ? new PaddbM(i, i.reg, 0) : new PaddbR(i, i.reg, i.rm);
      case 620 -> i.memory ? new PaddwMmxM(i, i.reg, 0) : new PaddwMmxR(i, i.reg, i.rm);
      case 621 -> i.memory ? new PaddwM(i, i.reg, 0) : new PaddwR(i, i.reg, i.rm);
      case 622 -> i.memory ? new PadddMmxM(i, i.reg, 0) : new PadddMmxR(i, i.reg, i.rm);
      case 623 -> i.memory ? new PadddM(i, i.reg, 0) : new PadddR(i, i.reg, i.rm);
      case 624 -> i.memory ? new PunpcklqdqX128M(i, i.reg, 0) : new PunpcklqdqX128R(i, i.reg, i.rm);
      case 625 -> i.memory ? new PunpckhqdqX128M(i, i.reg, 0) : new PunpckhqdqX128R(i, i.reg, i.rm);
      case 626 -> new PshufwInSseOps(i, i.reg, i.rm);
      case 627 -> i.memory ? new PshufdX128iM(i, i.reg, 0) : new PshufdX128iR(i, i.reg, i.rm);
      case 628 -> i.memory ? new PshufhwX128iM(i, i.reg, 0) : new PshufhwX128iR(i, i.reg, i.rm);
      case 629 -> i.memory ? new PshuflwX128iM(i, i.reg, 0) : new PshuflwX128iR(i, i.reg, i.rm);
      case 630 -> new PsrlwImmediateMmx(i, 0, i.rm);
      case 631 -> new PsrlwImmediate(i, 0, i.rm);
      case 632 -> new PsrawImmediateMmx(i, 0, i.rm);
      case 633 -> new PsrawImmediate(i, 0, i.rm);
      case 634 -> new PsllwImmediateMmx(i, 0, i.rm);
      case 635 -> new PsllwImmediate(i, 0, i.rm);
      case 636 -> new PsrldImmediateMmx(i, 0, i.rm);
      case 637 -> new PsrldImmediate(i, 0, i.rm);
      case 638 -> new PsradImmediateMmx(i, 0, i.rm);
      case 639 -> new PsradImmediate(i, 0, i.rm);
      case 640 -> new PslldImmediateMmx(i, 0, i.rm);
      case 641 -> new PslldImmediate(i, 0, i.rm);
      case 642 -> new PsrlqImmediateMmx(i, 0, i.rm);
      case 643 -> new PsrlqImmediate(i, 0, i.rm);
      case 644 -> new PsllqImmediateMmx(i, 0, i.rm);
      case 645 -> new PsllqImmediate(i, 0, i.rm);
      case 646 -> new PsrldqInSseOps(i, i.reg, i.rm);
      case 647 -> new PslldqInSseOps(i, i.reg, i.rm);
      case 648 -> new MmxPinsrwInSseOps(i, i.reg, i.rm);
      case 649 -> new PinsrwInSseOps(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create13(Instruction i) {
    return switch (i.form) {
      case 650 -> new MmxPextrwInSseOps(i, i.reg, i.rm);
      case 651 -> new PextrwInSseOps(i, i.reg, i.rm);
      case 652 -> new MmxPmovmskbInSseOps(i, i.reg, i.rm);
      case 653 -> new PmovmskbInSseOps(i, i.reg, i.rm);
      case 654 -> i.memory ? new PshufbMmxM(i, i.reg, 0) : new PshufbMmxR(i, i.reg, i.rm);
      case 655 -> i.memory ? new PshufbX128M(i, i.reg, 0) : new PshufbX128R(i, i.reg, i.rm);
      case 656 -> i.memory ? new PhaddwMmxM(i, i.reg, 0) : new PhaddwMmxR(i, i.reg, i.rm);
      case 657 -> i.memory ? new PhaddwX128M(i, i.reg, 0) : new PhaddwX128R(i, i.reg, i.rm);
      case 658 -> i.memory ? new PhadddMmxM(i, i.reg, 0) : new PhadddMmxR(i, i.reg, i.rm);
      case 659 -> i.memory ? new PhadddX128M(i, i.reg, 0) : new PhadddX128R(i, i.reg, i.rm);
      case 660 -> i.memory ? new PhaddswMmxM(i, i.reg, 0) : new PhaddswMmxR(i, i.reg, i.rm);
      case 661 -> i.memory ? new PhaddswX128M(i, i.reg, 0) : new PhaddswX128R(i, i.reg, i.rm);
      case 662 -> i.memory ? new PmaddubswMmxM(i, i.reg, 0) : new PmaddubswMmxR(i, i.reg, i.rm);
      case 663 -> i.memory ? new PmaddubswM(i, i.reg, 0) : new PmaddubswR(i, i.reg, i.rm);
      case 664 -> i.memory ? new PhsubwMmxM(i, i.reg, 0) : new PhsubwMmxR(i, i.reg, i.rm);
      case 665 -> i.memory ? new PhsubwX128M(i, i.reg, 0) : new PhsubwX128R(i, i.reg, i.rm);
      case 666 -> i.memory ? new PhsubdMmxM(i, i.reg, 0) : new PhsubdMmxR(i, i.reg, i.rm);
      case 667 -> i.memory ? new PhsubdX128M(i, i.reg, 0) : new PhsubdX128R(i, i.reg, i.rm);
      case 668 -> i.memory ? new PhsubswMmxM(i, i.reg, 0) : new PhsubswMmxR(i, i.reg, i.rm);
      case 669 -> i.memory ? new PhsubswX128M(i, i.reg, 0) : new PhsubswX128R(i, i.reg, i.rm);
      case 670 -> i.memory ? new PsignbMmxM(i, i.reg, 0) : new PsignbMmxR(i, i.reg, i.rm);
      case 671 -> i.memory ? new PsignbM(i, i.reg, 0) : new PsignbR(i, i.reg, i.rm);
      case 672 -> i.memory ? new PsignwMmxM(i, i.reg, 0) : new PsignwMmxR(i, i.reg, i.rm);
      case 673 -> i.memory ? new PsignwM(i, i.reg, 0) : new PsignwR(i, i.reg, i.rm);
      case 674 -> i.memory ? new PsigndMmxM(i, i.reg, 0) : new PsigndMmxR(i, i.reg, i.rm);
      case 675 -> i.memory ? new PsigndM(i, i.reg, 0) : new PsigndR(i, i.reg, i.rm);
      case 676 -> i.memory ? new PmulhrswMmxM(i, i.reg, 0) : new PmulhrswMmxR(i, i.reg, i.rm);
      case 677 -> i.memory ? new PmulhrswM(i, i.reg, 0) : new PmulhrswR(i, i.reg, i.rm);
      case 678 -> i.memory ? new PabsbMmxM(i, i.reg, 0) : new PabsbMmxR(i, i.reg, i.rm);
      case 679 -> i.memory ? new PabsbM(i, i.reg, 0) : new PabsbR(i, i.reg, i.rm);
      case 680 -> i.memory ? new PabswMmxM(i, i.reg, 0) : new PabswMmxR(i, i.reg, i.rm);
      case 681 -> i.memory ? new PabswM(i, i.reg, 0) : new PabswR(i, i.reg, i.rm);
      case 682 -> i.memory ? new PabsdMmxM(i, i.reg, 0) : new PabsdMmxR(i, i.reg, i.rm);
      case 683 -> i.memory ? new PabsdM(i, i.reg, 0) : new PabsdR(i, i.reg, i.rm);
      case 684 -> new MmxPalignrInSseOps(i, i.reg, i.rm);
      case 685 -> i.memory ? new PalignrX128iM(i, i.reg, 0) : new PalignrX128iR(i, i.reg, i.rm);
      case 686 -> i.memory ? new PblendvbX128M(i, i.reg, 0) : new PblendvbX128R(i, i.reg, i.rm);
      case 687 -> i.memory ? new BlendvpsX128M(i, i.reg, 0) : new BlendvpsX128R(i, i.reg, i.rm);
      case 688 -> i.memory ? new BlendvpdX128M(i, i.reg, 0) : new BlendvpdX128R(i, i.reg, i.rm);
      case 689 -> i.memory ? new PackusdwX128M(i, i.reg, 0) : new PackusdwX128R(i, i.reg, i.rm);
      case 690 -> i.memory ? new PhminposuwX128M(i, i.reg, 0) : new PhminposuwX128R(i, i.reg, i.rm);
      case 691 -> new PtestInSseOps(i, i.reg, i.rm);
      case 692 -> i.memory ? new PmuldqM(i, i.reg, 0) : new PmuldqR(i, i.reg, i.rm);
      case 693 -> i.memory ? new PcmpeqqM(i, i.reg, 0) : new PcmpeqqR(i, i.reg, i.rm);
      case 694 -> i.memory ? new PminsbM(i, i.reg, 0) : new PminsbR(i, i.reg, i.rm);
      case 695 -> i.memory ? new PminsdM(i, i.reg, 0) : new PminsdR(i, i.reg, i.rm);
      case 696 -> i.memory ? new PminuwM(i, i.reg, 0) : new PminuwR(i, i.reg, i.rm);
      case 697 -> i.memory ? new PminudM(i, i.reg, 0) : new PminudR(i, i.reg, i.rm);
      case 698 -> i.memory ? new PmaxsbM(i, i.reg, 0) : new PmaxsbR(i, i.reg, i.rm);
      case 699 -> i.memory ? new PmaxsdM(i, i.reg, 0) : new PmaxsdR(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create14(Instruction i) {
    return switch (i.form) {
      case 700 -> i.memory ? new PmaxuwM(i, i.reg, 0) : new PmaxuwR(i, i.reg, i.rm);
      case 701 -> i.memory ? new PmaxudM(i, i.reg, 0) : new PmaxudR(i, i.reg, i.rm);
      case 702 -> i.memory ? new PmulldM(i, i.reg, 0) : new PmulldR(i, i.reg, i.rm);
      case 703 -> i.memory ? new PcmpgtqM(i, i.reg, 0) : new PcmpgtqR(i, i.reg, i.rm);
      case 704 -> i.memory ? new PmovsxbwX64M(i, i.reg, 0) : new PmovsxbwX64R(i, i.reg, i.rm);
      case 705 -> i.memory ? new PmovsxbdX32M(i, i.reg, 0) : new PmovsxbdX32R(i, i.reg, i.rm);
      case 706 -> new PmovsxbqInSseOps(i, i.reg, i.rm);
      case 707 -> i.memory ? new PmovsxwdX64M(i, i.reg, 0) : new PmovsxwdX64R(i, i.reg, i.rm);
      case 708 -> i.memory ? new PmovsxwqX32M(i, i.reg, 0) : new PmovsxwqX32R(i, i.reg, i.rm);
      case 709 -> i.memory ? new PmovsxdqX64M(i, i.reg, 0) : new PmovsxdqX64R(i, i.reg, i.rm);
      case 710 -> i.memory ? new PmovzxbwX64M(i, i.reg, 0) : new PmovzxbwX64R(i, i.reg, i.rm);
      case 711 -> i.memory ? new PmovzxbdX32M(i, i.reg, 0) : new PmovzxbdX32R(i, i.reg, i.rm);
      case 712 -> new PmovzxbqInSseOps(i, i.reg, i.rm);
      case 713 -> i.memory ? new PmovzxwdX64M(i, i.reg, 0) : new PmovzxwdX64R(i, i.reg, i.rm);
      case 714 -> i.memory ? new PmovzxwqX32M(i, i.reg, 0) : new PmovzxwqX32R(i, i.reg, i.rm);
      case 715 -> i.memory ? new PmovzxdqX64M(i, i.reg, 0) : new PmovzxdqX64R(i, i.reg, i.rm);
      case 716 -> i.memory ? new BlendpsX128iM(i, i.reg, 0) : new BlendpsX128iR(i, i.reg, i.rm);
      case 717 -> i.memory ? new BlendpdX128iM(i, i.reg, 0) : new BlendpdX128iR(i, i.reg, i.rm);
      case 718 -> i.memory ? new PblendwX128iM(i, i.reg, 0) : new PblendwX128iR(i, i.reg, i.rm);
      case 719 -> i.memory ? new MpsadbwX128iM(i, i.reg, 0) : new MpsadbwX128iR(i, i.reg, i.rm);
      case 720 -> new PextrbInSseOps(i, i.reg, i.rm);
      case 721 -> new PextrwRmInSseOps(i, i.reg, i.rm);
      case 722 -> new PextrdInSseOps(i, i.reg, i.rm);
      case 723 -> new ExtractpsInSseOps(i, i.reg, i.rm);
      case 724 -> new PinsrbInSseOps(i, i.reg, i.rm);
      case 725 -> new InsertpsInSseOps(i, i.reg, i.rm);
      case 726 -> new PinsrdInSseOps(i, i.reg, i.rm);
      case 727 -> new PcmpestrmInSseOps(i, i.reg, i.rm);
      case 728 -> new PcmpestriInSseOps(i, i.reg, i.rm);
      case 729 -> new PcmpistrmInSseOps(i, i.reg, i.rm);
      case 730 -> new PcmpistriInSseOps(i, i.reg, i.rm);
      case 731 -> new Crc32bInSseOps(i, i.reg, i.rm8());
      case 732 -> new Crc32InSseOps(i, i.reg, i.rm);
      case 733 -> new TzcntInBmi(i, i.reg, i.rm);
      case 734 -> new LzcntInBmi(i, i.reg, i.rm);
      case 735 -> new MovbeLoadInBmi(i, i.reg, i.rm);
      case 736 -> new MovbeStoreInBmi(i, i.reg, i.rm);
      case 737 -> new MovbeLoadInBmi(i, i.reg, i.rm);
      case 738 -> new MovbeStoreInBmi(i, i.reg, i.rm);
      case 739 -> new AdcxInBmi(i, i.reg, i.rm);
      case 740 -> new AdoxInBmi(i, i.reg, i.rm);
      case 741 -> i.memory ? new AesencX128M(i, i.reg, 0) : new AesencX128R(i, i.reg, i.rm);
      case 742 -> i.memory ? new AesenclastX128M(i, i.reg, 0) : new AesenclastX128R(i, i.reg, i.rm);
      case 743 -> i.memory ? new AesdecX128M(i, i.reg, 0) : new AesdecX128R(i, i.reg, i.rm);
      case 744 -> i.memory ? new AesdeclastX128M(i, i.reg, 0) : new AesdeclastX128R(i, i.reg, i.rm);
      case 745 -> i.memory ? new AesimcX128M(i, i.reg, 0) : new AesimcX128R(i, i.reg, i.rm);
      case 746 -> i.memory ? new AeskeygenassistX128iM(i, i.reg, 0) : new AeskeygenassistX128iR(i, i.reg, i.rm);
      case 747 -> i.memory ? new PclmulqdqX128iM(i, i.reg, 0) : new PclmulqdqX128iR(i, i.reg, i.rm);
      case 748 -> i.memory ? new Sha1nexteX128UnaM(i, i.reg, 0) : new Sha1nexteX128R(i, i.reg, i.rm);
      case 749 -> i.memory ? new Sha1msg1X128UnaM(i, i.reg, 0) : new Sha1msg1X128R(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create15(Instruction i) {
    return switch (i.form) {
      case 750 -> i.memory ? new Sha1msg2X128UnaM(i, i.reg, 0) : new Sha1msg2X128R(i, i.reg, i.rm);
      case 751 -> i.memory ? new Sha256rnds2X128UnaM(i, i.reg, 0) : new Sha256rnds2X128R(i, i.reg, i.rm);
      case 752 -> i.memory ? new Sha256msg1X128UnaM(i, i.reg, 0) : new Sha256msg1X128R(i, i.reg, i.rm);
      case 753 -> i.memory ? new Sha256msg2X128UnaM(i, i.reg, 0) : new Sha256msg2X128R(i, i.reg, i.rm);
      case 754 -> i.memory ? new Sha1rnds4X128iUnaM(i, i.reg, 0) : new Sha1rnds4X128iR(i, i.reg, i.rm);
      case 755 -> new XsavecInFpuOps(i, i.reg, i.rm);
      case 756 -> new VexMov2x16Both(i, i.reg, i.rm);
      case 757 -> new StoreInVex(i, i.reg, i.rm);
      case 758 -> new VexMov2x16Both(i, i.reg, i.rm);
      case 759 -> new StoreInVex(i, i.reg, i.rm);
      case 760 -> new LoadLowInVex(i, i.reg, i.rm);
      case 761 -> new StoreLowInVex(i, i.reg, i.rm);
      case 762 -> new LoadHighInVex(i, i.reg, i.rm);
      case 763 -> new StoreHighInVex(i, i.reg, i.rm);
      case 764 -> new VexMov2x16BothAligned(i, i.reg, i.rm);
      case 765 -> new StoreAlignedInVex(i, i.reg, i.rm);
      case 766 -> new StoreAlignedInVex(i, i.reg, i.rm);
      case 767 -> new MovmskpsInVex(i, i.reg, i.rm);
      case 768 -> new LoadLowInVex(i, i.reg, i.rm);
      case 769 -> new StoreLowInVex(i, i.reg, i.rm);
      case 770 -> new LoadHighInVex(i, i.reg, i.rm);
      case 771 -> new StoreHighInVex(i, i.reg, i.rm);
      case 772 -> new VexMov2x16BothAligned(i, i.reg, i.rm);
      case 773 -> new StoreAlignedInVex(i, i.reg, i.rm);
      case 774 -> new StoreAlignedInVex(i, i.reg, i.rm);
      case 775 -> new MovmskpdInVex(i, i.reg, i.rm);
      case 776 -> new MovhlpsInVex(i, i.reg, i.rm);
      case 777 -> new MovlhpsInVex(i, i.reg, i.rm);
      case 778 -> new VexMovsldup2x16Both(i, i.reg, i.rm);
      case 779 -> new VexMovshdup2x16Both(i, i.reg, i.rm);
      case 780 -> new VexMovddup2x8(i, i.reg, i.rm);
      case 781 -> new MovddupInVex(i, i.reg, i.rm);
      case 782 -> new Load32InVex(i, i.reg, i.rm);
      case 783 -> new MovssInVex(i, i.reg, i.rm);
      case 784 -> new Store32InVex(i, i.reg, i.rm);
      case 785 -> new MovssToRmInVex(i, i.reg, i.rm);
      case 786 -> new Load64InVex(i, i.reg, i.rm);
      case 787 -> new MovsdInVex(i, i.reg, i.rm);
      case 788 -> new StoreLowInVex(i, i.reg, i.rm);
      case 789 -> new MovsdToRmInVex(i, i.reg, i.rm);
      case 790 -> new VexMov2x16BothAligned(i, i.reg, i.rm);
      case 791 -> new VexMov2x16Both(i, i.reg, i.rm);
      case 792 -> new VexMov2x16Both(i, i.reg, i.rm);
      case 793 -> new VexMov2x16Aligned(i, i.reg, i.rm);
      case 794 -> new VexMov2x16BothAligned(i, i.reg, i.rm);
      case 795 -> new StoreAlignedInVex(i, i.reg, i.rm);
      case 796 -> new StoreInVex(i, i.reg, i.rm);
      case 797 -> new StoreAlignedInVex(i, i.reg, i.rm);
      case 798 -> new MovdInVex(i, i.reg, i.rm);
      case 799 -> new StoreDInVex(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create16(Instruction i) {
    return switch (i.form) {
      case 800 -> new VexMovq2x8(i, i.reg, i.rm);
      case 801 -> new StoreQInVex(i, i.reg, i.rm);
      case 802 -> new MaskmovdquInSseOps(i, i.reg, i.rm);
      case 803 -> new ZeroUpperInVex(i, i.reg, i.rm);
      case 804 -> new ZeroAllInVex(i, i.reg, i.rm);
      case 805 -> new LdmxcsrInVex(i, i.reg, i.rm);
      case 806 -> new StmxcsrInVex(i, i.reg, i.rm);
      case 807 -> new VexSqrtps2x16Both(i, i.reg, i.rm);
      case 808 -> new VexSqrtpd2x16Both(i, i.reg, i.rm);
      case 809 -> new VexSqrtss3x4(i, i.reg, i.rm);
      case 810 -> new VexSqrtsd3x8(i, i.reg, i.rm);
      case 811 -> new VexAddps3x16Both(i, i.reg, i.rm);
      case 812 -> new VexAddpd3x16Both(i, i.reg, i.rm);
      case 813 -> new VexAddss3x4(i, i.reg, i.rm);
      case 814 -> new VexAddsd3x8(i, i.reg, i.rm);
      case 815 -> new VexMulps3x16Both(i, i.reg, i.rm);
      case 816 -> new VexMulpd3x16Both(i, i.reg, i.rm);
      case 817 -> new VexMulss3x4(i, i.reg, i.rm);
      case 818 -> new VexMulsd3x8(i, i.reg, i.rm);
      case 819 -> new VexSubps3x16Both(i, i.reg, i.rm);
      case 820 -> new VexSubpd3x16Both(i, i.reg, i.rm);
      case 821 -> new VexSubss3x4(i, i.reg, i.rm);
      case 822 -> new VexSubsd3x8(i, i.reg, i.rm);
      case 823 -> new VexMinps3x16Both(i, i.reg, i.rm);
      case 824 -> new VexMinpd3x16Both(i, i.reg, i.rm);
      case 825 -> new VexMinss3x4(i, i.reg, i.rm);
      case 826 -> new VexMinsd3x8(i, i.reg, i.rm);
      case 827 -> new VexDivps3x16Both(i, i.reg, i.rm);
      case 828 -> new VexDivpd3x16Both(i, i.reg, i.rm);
      case 829 -> new VexDivss3x4(i, i.reg, i.rm);
      case 830 -> new VexDivsd3x8(i, i.reg, i.rm);
      case 831 -> new VexMaxps3x16Both(i, i.reg, i.rm);
      case 832 -> new VexMaxpd3x16Both(i, i.reg, i.rm);
      case 833 -> new VexMaxss3x4(i, i.reg, i.rm);
      case 834 -> new VexMaxsd3x8(i, i.reg, i.rm);
      case 835 -> new VexRsqrtps2x16Both(i, i.reg, i.rm);
      case 836 -> new VexRsqrtss3x4(i, i.reg, i.rm);
      case 837 -> new VexRcpps2x16Both(i, i.reg, i.rm);
      case 838 -> new VexRcpss3x4(i, i.reg, i.rm);
      case 839 -> new VexPand3x16Both(i, i.reg, i.rm);
      case 840 -> new VexPand3x16Both(i, i.reg, i.rm);
      case 841 -> new VexPandn3x16Both(i, i.reg, i.rm);
      case 842 -> new VexPandn3x16Both(i, i.reg, i.rm);
      case 843 -> new VexPor3x16Both(i, i.reg, i.rm);
      case 844 -> new VexPor3x16Both(i, i.reg, i.rm);
      case 845 -> new VexPxor3x16Both(i, i.reg, i.rm);
      case 846 -> new VexPxor3x16Both(i, i.reg, i.rm);
      case 847 -> new VexPunpckldq3x16Both(i, i.reg, i.rm);
      case 848 -> new VexPunpckhdq3x16Both(i, i.reg, i.rm);
      case 849 -> new VexPunpcklqdq3x16Both(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create17(Instruction i) {
    return switch (i.form) {
      case 850 -> new VexPunpckhqdq3x16Both(i, i.reg, i.rm);
      case 851 -> new VexVcmpps3x16Both(i, i.reg, i.rm);
      case 852 -> new VexVcmppd3x16Both(i, i.reg, i.rm);
      case 853 -> new VexVcmpss3x4(i, i.reg, i.rm);
      case 854 -> new VexVcmpsd3x8(i, i.reg, i.rm);
      case 855 -> new VexShufps3x16Both(i, i.reg, i.rm);
      case 856 -> new VexShufpd3x16BothShift2(i, i.reg, i.rm);
      case 857 -> new UcomissInVex(i, i.reg, i.rm);
      case 858 -> new ComissInVex(i, i.reg, i.rm);
      case 859 -> new UcomisdInVex(i, i.reg, i.rm);
      case 860 -> new ComisdInVex(i, i.reg, i.rm);
      case 861 -> new VexHaddpd3x16Both(i, i.reg, i.rm);
      case 862 -> new VexHaddps3x16Both(i, i.reg, i.rm);
      case 863 -> new VexHsubpd3x16Both(i, i.reg, i.rm);
      case 864 -> new VexHsubps3x16Both(i, i.reg, i.rm);
      case 865 -> new VexAddsubpd3x16Both(i, i.reg, i.rm);
      case 866 -> new VexAddsubps3x16Both(i, i.reg, i.rm);
      case 867 -> new VexRoundps2x16Both(i, i.reg, i.rm);
      case 868 -> new VexRoundpd2x16Both(i, i.reg, i.rm);
      case 869 -> new VexRoundss3x4(i, i.reg, i.rm);
      case 870 -> new VexRoundsd3x8(i, i.reg, i.rm);
      case 871 -> new DppsInVex(i, i.reg, i.rm);
      case 872 -> new VexDppd3x16(i, i.reg, i.rm);
      case 873 -> new Cvtsi2ssInVex(i, i.reg, i.rm);
      case 874 -> new Cvttss2siInVex(i, i.reg, i.rm);
      case 875 -> new Cvtss2siInVex(i, i.reg, i.rm);
      case 876 -> new Cvtsi2sdInVex(i, i.reg, i.rm);
      case 877 -> new Cvttsd2siInVex(i, i.reg, i.rm);
      case 878 -> new Cvtsd2siInVex(i, i.reg, i.rm);
      case 879 -> new VexCvtps2pd2x8Both(i, i.reg, i.rm);
      case 880 -> new VexCvtpd2ps2x16Both(i, i.reg, i.rm);
      case 881 -> new VexCvtss2sd3x4(i, i.reg, i.rm);
      case 882 -> new VexCvtsd2ss3x8(i, i.reg, i.rm);
      case 883 -> new VexCvtdq2ps2x16Both(i, i.reg, i.rm);
      case 884 -> new VexCvtps2dq2x16Both(i, i.reg, i.rm);
      case 885 -> new VexCvttps2dq2x16Both(i, i.reg, i.rm);
      case 886 -> new VexCvttpd2dq2x16Both(i, i.reg, i.rm);
      case 887 -> new VexCvtpd2dq2x16Both(i, i.reg, i.rm);
      case 888 -> new VexCvtdq2pd2x8Both(i, i.reg, i.rm);
      case 889 -> new VexVcvtph2ps2x8Both(i, i.reg, i.rm);
      case 890 -> new Cvtps2phInVex(i, i.reg, i.rm);
      case 891 -> new VexPunpcklbw3x16(i, i.reg, i.rm);
      case 892 -> new VexPunpcklbw3x16Both(i, i.reg, i.rm);
      case 893 -> new VexPunpcklwd3x16(i, i.reg, i.rm);
      case 894 -> new VexPunpcklwd3x16Both(i, i.reg, i.rm);
      case 895 -> new VexPunpckldq3x16(i, i.reg, i.rm);
      case 896 -> new VexPunpckldq3x16Both(i, i.reg, i.rm);
      case 897 -> new VexPacksswb3x16(i, i.reg, i.rm);
      case 898 -> new VexPacksswb3x16Both(i, i.reg, i.rm);
      case 899 -> new VexPcmpgtb3x16(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create18(Instruction i) {
    return switch (i.form) {
      case 900 -> new VexPcmpgtb3x16Both(i, i.reg, i.rm);
      case 901 -> new VexPcmpgtw3x16(i, i.reg, i.rm);
      case 902 -> new VexPcmpgtw3x16Both(i, i.reg, i.rm);
      case 903 -> new VexPcmpgtd3x16(i, i.reg, i.rm);
      case 904 -> new VexPcmpgtd3x16Both(i, i.reg, i.rm);
      case 905 -> new VexPackuswb3x16(i, i.reg, i.rm);
      case 906 -> new VexPackuswb3x16Both(i, i.reg, i.rm);
      case 907 -> new VexPunpckhbw3x16(i, i.reg, i.rm);
      case 908 -> new VexPunpckhbw3x16Both(i, i.reg, i.rm);
      case 909 -> new VexPunpckhwd3x16(i, i.reg, i.rm);
      case 910 -> new VexPunpckhwd3x16Both(i, i.reg, i.rm);
      case 911 -> new VexPunpckhdq3x16(i, i.reg, i.rm);
      case 912 -> new VexPunpckhdq3x16Both(i, i.reg, i.rm);
      case 913 -> new VexPackssdw3x16(i, i.reg, i.rm);
      case 914 -> new VexPackssdw3x16Both(i, i.reg, i.rm);
      case 915 -> new VexPcmpeqb3x16(i, i.reg, i.rm);
      case 916 -> new VexPcmpeqb3x16Both(i, i.reg, i.rm);
      case 917 -> new VexPcmpeqw3x16(i, i.reg, i.rm);
      case 918 -> new VexPcmpeqw3x16Both(i, i.reg, i.rm);
      case 919 -> new VexPcmpeqd3x16(i, i.reg, i.rm);
      case 920 -> new VexPcmpeqd3x16Both(i, i.reg, i.rm);
      case 921 -> new VexPsrlw3x16(i, i.reg, i.rm);
      case 922 -> new VexPsrlw3x16Count(i, i.reg, i.rm);
      case 923 -> new VexPsrld3x16(i, i.reg, i.rm);
      case 924 -> new VexPsrld3x16Count(i, i.reg, i.rm);
      case 925 -> new VexPsrlq3x16(i, i.reg, i.rm);
      case 926 -> new VexPsrlq3x16Count(i, i.reg, i.rm);
      case 927 -> new VexPaddq3x16(i, i.reg, i.rm);
      case 928 -> new VexPaddq3x16Both(i, i.reg, i.rm);
      case 929 -> new VexPmullw3x16(i, i.reg, i.rm);
      case 930 -> new VexPmullw3x16Both(i, i.reg, i.rm);
      case 931 -> new VexPsubusb3x16(i, i.reg, i.rm);
      case 932 -> new VexPsubusb3x16Both(i, i.reg, i.rm);
      case 933 -> new VexPsubusw3x16(i, i.reg, i.rm);
      case 934 -> new VexPsubusw3x16Both(i, i.reg, i.rm);
      case 935 -> new VexPminub3x16(i, i.reg, i.rm);
      case 936 -> new VexPminub3x16Both(i, i.reg, i.rm);
      case 937 -> new VexPand3x16(i, i.reg, i.rm);
      case 938 -> new VexPand3x16Both(i, i.reg, i.rm);
      case 939 -> new VexPaddusb3x16(i, i.reg, i.rm);
      case 940 -> new VexPaddusb3x16Both(i, i.reg, i.rm);
      case 941 -> new VexPaddusw3x16(i, i.reg, i.rm);
      case 942 -> new VexPaddusw3x16Both(i, i.reg, i.rm);
      case 943 -> new VexPmaxub3x16(i, i.reg, i.rm);
      case 944 -> new VexPmaxub3x16Both(i, i.reg, i.rm);
      case 945 -> new VexPandn3x16(i, i.reg, i.rm);
      case 946 -> new VexPandn3x16Both(i, i.reg, i.rm);
      case 947 -> new VexPavgb3x16(i, i.reg, i.rm);
      case 948 -> new VexPavgb3x16Both(i, i.reg, i.rm);
      case 949 -> new VexPsraw3x16(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create19(Instruction i) {
    return switch (i.form) {
      case 950 -> new VexPsraw3x16Count(i, i.reg, i.rm);
      case 951 -> new VexPsrad3x16(i, i.reg, i.rm);
      case 952 -> new VexPsrad3x16Count(i, i.reg, i.rm);
      case 953 -> new VexPavgw3x16(i, i.reg, i.rm);
      case 954 -> new VexPavgw3x16Both(i, i.reg, i.rm);
      case 955 -> new VexPmulhuw3x16(i, i.reg, i.rm);
      case 956 -> new VexPmulhuw3x16Both(i, i.reg, i.rm);
      case 957 -> new VexPmulhw3x16(i, i.reg, i.rm);
      case 958 -> new VexPmulhw3x16Both(i, i.reg, i.rm);
      case 959 -> new VexPsubsb3x16(i, i.reg, i.rm);
      case 960 -> new VexPsubsb3x16Both(i, i.reg, i.rm);
      case 961 -> new VexPsubsw3x16(i, i.reg, i.rm);
      case 962 -> new VexPsubsw3x16Both(i, i.reg, i.rm);
      case 963 -> new VexPminsw3x16(i, i.reg, i.rm);
      case 964 -> new VexPminsw3x16Both(i, i.reg, i.rm);
      case 965 -> new VexPor3x16(i, i.reg, i.rm);
      case 966 -> new VexPor3x16Both(i, i.reg, i.rm);
      case 967 -> new VexPaddsb3x16(i, i.reg, i.rm);
      case 968 -> new VexPaddsb3x16Both(i, i.reg, i.rm);
      case 969 -> new VexPaddsw3x16(i, i.reg, i.rm);
      case 970 -> new VexPaddsw3x16Both(i, i.reg, i.rm);
      case 971 -> new VexPmaxsw3x16(i, i.reg, i.rm);
      case 972 -> new VexPmaxsw3x16Both(i, i.reg, i.rm);
      case 973 -> new VexPxor3x16(i, i.reg, i.rm);
      case 974 -> new VexPxor3x16Both(i, i.reg, i.rm);
      case 975 -> new VexPsllw3x16(i, i.reg, i.rm);
      case 976 -> new VexPsllw3x16Count(i, i.reg, i.rm);
      case 977 -> new VexPslld3x16(i, i.reg, i.rm);
      case 978 -> new VexPslld3x16Count(i, i.reg, i.rm);
      case 979 -> new VexPsllq3x16(i, i.reg, i.rm);
      case 980 -> new VexPsllq3x16Count(i, i.reg, i.rm);
      case 981 -> new VexPmuludq3x16(i, i.reg, i.rm);
      case 982 -> new VexPmuludq3x16Both(i, i.reg, i.rm);
      case 983 -> new VexPmaddwd3x16(i, i.reg, i.rm);
      case 984 -> new VexPmaddwd3x16Both(i, i.reg, i.rm);
      case 985 -> new VexPsadbw3x16(i, i.reg, i.rm);
      case 986 -> new VexPsadbw3x16Both(i, i.reg, i.rm);
      case 987 -> new VexPsubb3x16(i, i.reg, i.rm);
      case 988 -> new VexPsubb3x16Both(i, i.reg, i.rm);
      case 989 -> new VexPsubw3x16(i, i.reg, i.rm);
      case 990 -> new VexPsubw3x16Both(i, i.reg, i.rm);
      case 991 -> new VexPsubd3x16(i, i.reg, i.rm);
      case 992 -> new VexPsubd3x16Both(i, i.reg, i.rm);
      case 993 -> new VexPsubq3x16(i, i.reg, i.rm);
      case 994 -> new VexPsubq3x16Both(i, i.reg, i.rm);
      case 995 -> new VexPaddb3x16(i, i.reg, i.rm);
      case 996 -> new VexPaddb3x16Both(i, i.reg, i.rm);
      case 997 -> new VexPaddw3x16(i, i.reg, i.rm);
      case 998 -> new VexPaddw3x16Both(i, i.reg, i.rm);
      case 999 -> new VexPaddd3x16(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create20(Instruction i) {
    return switch (i.form) {
      case 1000 -> new VexPaddd3x16Both(i, i.reg, i.rm);
      case 1001 -> new VexPunpcklqdq3x16(i, i.reg, i.rm);
      case 1002 -> new VexPunpcklqdq3x16Both(i, i.reg, i.rm);
      case 1003 -> new VexPunpckhqdq3x16(i, i.reg, i.rm);
      case 1004 -> new VexPunpckhqdq3x16Both(i, i.reg, i.rm);
      case 1005 -> new VexPshufd2x16(i, i.reg, i.rm);
      case 1006 -> new VexPshufd2x16Both(i, i.reg, i.rm);
      case 1007 -> new VexPshufb3x16(i, i.reg, i.rm);
      case 1008 -> new VexPshufb3x16Both(i, i.reg, i.rm);
      case 1009 -> new VexPhaddw3x16(i, i.reg, i.rm);
      case 1010 -> new VexPhaddw3x16Both(i, i.reg, i.rm);
      case 1011 -> new VexPhaddd3x16(i, i.reg, i.rm);
      case 1012 -> new VexPhaddd3x16Both(i, i.reg, i.rm);
      case 1013 -> new VexPhaddsw3x16(i, i.reg, i.rm);
      case 1014 -> new VexPhaddsw3x16Both(i, i.reg, i.rm);
      case 1015 -> new VexPmaddubsw3x16(i, i.reg, i.rm);
      case 1016 -> new VexPmaddubsw3x16Both(i, i.reg, i.rm);
      case 1017 -> new VexPhsubw3x16(i, i.reg, i.rm);
      case 1018 -> new VexPhsubw3x16Both(i, i.reg, i.rm);
      case 1019 -> new VexPhsubd3x16(i, i.reg, i.rm);
      case 1020 -> new VexPhsubd3x16Both(i, i.reg, i.rm);
      case 1021 -> new VexPhsubsw3x16(i, i.reg, i.rm);
      case 1022 -> new VexPhsubsw3x16Both(i, i.reg, i.rm);
      case 1023 -> new VexPsignb3x16(i, i.reg, i.rm);
      case 1024 -> new VexPsignb3x16Both(i, i.reg, i.rm);
      case 1025 -> new VexPsignw3x16(i, i.reg, i.rm);
      case 1026 -> new VexPsignw3x16Both(i, i.reg, i.rm);
      case 1027 -> new VexPsignd3x16(i, i.reg, i.rm);
      case 1028 -> new VexPsignd3x16Both(i, i.reg, i.rm);
      case 1029 -> new VexPmulhrsw3x16(i, i.reg, i.rm);
      case 1030 -> new VexPmulhrsw3x16Both(i, i.reg, i.rm);
      case 1031 -> new VexPabsb2x16(i, i.reg, i.rm);
      case 1032 -> new VexPabsb2x16Both(i, i.reg, i.rm);
      case 1033 -> new VexPabsw2x16(i, i.reg, i.rm);
      case 1034 -> new VexPabsw2x16Both(i, i.reg, i.rm);
      case 1035 -> new VexPabsd2x16(i, i.reg, i.rm);
      case 1036 -> new VexPabsd2x16Both(i, i.reg, i.rm);
      case 1037 -> new VexPalignr3x16(i, i.reg, i.rm);
      case 1038 -> new VexPalignr3x16Both(i, i.reg, i.rm);
      case 1039 -> new VexPackusdw3x16(i, i.reg, i.rm);
      case 1040 -> new VexPackusdw3x16Both(i, i.reg, i.rm);
      case 1041 -> new VexPmuldq3x16(i, i.reg, i.rm);
      case 1042 -> new VexPmuldq3x16Both(i, i.reg, i.rm);
      case 1043 -> new VexPcmpeqq3x16(i, i.reg, i.rm);
      case 1044 -> new VexPcmpeqq3x16Both(i, i.reg, i.rm);
      case 1045 -> new VexPminsb3x16(i, i.reg, i.rm);
      case 1046 -> new VexPminsb3x16Both(i, i.reg, i.rm);
      case 1047 -> new VexPminsd3x16(i, i.reg, i.rm);
      case 1048 -> new VexPminsd3x16Both(i, i.reg, i.rm);
      case 1049 -> new VexPminuw3x16(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create21(Instruction i) {
    return switch (i.form) {
      case 1050 -> new VexPminuw3x16Both(i, i.reg, i.rm);
      case 1051 -> new VexPminud3x16(i, i.reg, i.rm);
      case 1052 -> new VexPminud3x16Both(i, i.reg, i.rm);
      case 1053 -> new VexPmaxsb3x16(i, i.reg, i.rm);
      case 1054 -> new VexPmaxsb3x16Both(i, i.reg, i.rm);
      case 1055 -> new VexPmaxsd3x16(i, i.reg, i.rm);
      case 1056 -> new VexPmaxsd3x16Both(i, i.reg, i.rm);
      case 1057 -> new VexPmaxuw3x16(i, i.reg, i.rm);
      case 1058 -> new VexPmaxuw3x16Both(i, i.reg, i.rm);
      case 1059 -> new VexPmaxud3x16(i, i.reg, i.rm);
      case 1060 -> new VexPmaxud3x16Both(i, i.reg, i.rm);
      case 1061 -> new VexPmulld3x16(i, i.reg, i.rm);
      case 1062 -> new VexPmulld3x16Both(i, i.reg, i.rm);
      case 1063 -> new VexPcmpgtq3x16(i, i.reg, i.rm);
      case 1064 -> new VexPcmpgtq3x16Both(i, i.reg, i.rm);
      case 1065 -> new VexMpsadbw3x16(i, i.reg, i.rm);
      case 1066 -> new VexMpsadbw3x16BothShift3(i, i.reg, i.rm);
      case 1067 -> new VexPshufhw2x16(i, i.reg, i.rm);
      case 1068 -> new VexPshufhw2x16Both(i, i.reg, i.rm);
      case 1069 -> new VexPshuflw2x16(i, i.reg, i.rm);
      case 1070 -> new VexPshuflw2x16Both(i, i.reg, i.rm);
      case 1071 -> new VexPhminposuw2x16(i, i.reg, i.rm);
      case 1072 -> new VexPsrlw3x16Immediate(i, 0, i.rm);
      case 1073 -> new VexPsrlw3x16BothImmediate(i, 0, i.rm);
      case 1074 -> new VexPsraw3x16Immediate(i, 0, i.rm);
      case 1075 -> new VexPsraw3x16BothImmediate(i, 0, i.rm);
      case 1076 -> new VexPsllw3x16Immediate(i, 0, i.rm);
      case 1077 -> new VexPsllw3x16BothImmediate(i, 0, i.rm);
      case 1078 -> new VexPsrld3x16Immediate(i, 0, i.rm);
      case 1079 -> new VexPsrld3x16BothImmediate(i, 0, i.rm);
      case 1080 -> new VexPsrad3x16Immediate(i, 0, i.rm);
      case 1081 -> new VexPsrad3x16BothImmediate(i, 0, i.rm);
      case 1082 -> new VexPslld3x16Immediate(i, 0, i.rm);
      case 1083 -> new VexPslld3x16BothImmediate(i, 0, i.rm);
      case 1084 -> new VexPsrlq3x16Immediate(i, 0, i.rm);
      case 1085 -> new VexPsrlq3x16BothImmediate(i, 0, i.rm);
      case 1086 -> new VexPsllq3x16Immediate(i, 0, i.rm);
      case 1087 -> new VexPsllq3x16BothImmediate(i, 0, i.rm);
      case 1088 -> new PsrldqInVex(i, i.reg, i.rm);
      case 1089 -> new PsrldqInVex(i, i.reg, i.rm);
      case 1090 -> new PslldqInVex(i, i.reg, i.rm);
      case 1091 -> new PslldqInVex(i, i.reg, i.rm);
      case 1092 -> new VexPblendw3x16(i, i.reg, i.rm);
      case 1093 -> new VexPblendw3x16Both(i, i.reg, i.rm);
      case 1094 -> new VexBlendps3x16BothShift4(i, i.reg, i.rm);
      case 1095 -> new VexBlendpd3x16BothShift2(i, i.reg, i.rm);
      case 1096 -> new VexBlendps3x16BothShift4(i, i.reg, i.rm);
      case 1097 -> new BlendvpsInVex(i, i.reg, i.rm);
      case 1098 -> new BlendvpdInVex(i, i.reg, i.rm);
      case 1099 -> new PblendvbInVex(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create22(Instruction i) {
    return switch (i.form) {
      case 1100 -> new PblendvbInVex(i, i.reg, i.rm);
      case 1101 -> new VexPmovsxbw2x8(i, i.reg, i.rm);
      case 1102 -> new VexPmovsxbw2x8Both(i, i.reg, i.rm);
      case 1103 -> new VexPmovzxbw2x8(i, i.reg, i.rm);
      case 1104 -> new VexPmovzxbw2x8Both(i, i.reg, i.rm);
      case 1105 -> new VexPmovsxbd2x4(i, i.reg, i.rm);
      case 1106 -> new VexPmovsxbd2x4Both(i, i.reg, i.rm);
      case 1107 -> new VexPmovzxbd2x4(i, i.reg, i.rm);
      case 1108 -> new VexPmovzxbd2x4Both(i, i.reg, i.rm);
      case 1109 -> new VexPmovsxbq2x2(i, i.reg, i.rm);
      case 1110 -> new VexPmovsxbq2x2Both(i, i.reg, i.rm);
      case 1111 -> new VexPmovzxbq2x2(i, i.reg, i.rm);
      case 1112 -> new VexPmovzxbq2x2Both(i, i.reg, i.rm);
      case 1113 -> new VexPmovsxwd2x8(i, i.reg, i.rm);
      case 1114 -> new VexPmovsxwd2x8Both(i, i.reg, i.rm);
      case 1115 -> new VexPmovzxwd2x8(i, i.reg, i.rm);
      case 1116 -> new VexPmovzxwd2x8Both(i, i.reg, i.rm);
      case 1117 -> new VexPmovsxwq2x4(i, i.reg, i.rm);
      case 1118 -> new VexPmovsxwq2x4Both(i, i.reg, i.rm);
      case 1119 -> new VexPmovzxwq2x4(i, i.reg, i.rm);
      case 1120 -> new VexPmovzxwq2x4Both(i, i.reg, i.rm);
      case 1121 -> new VexPmovsxdq2x8(i, i.reg, i.rm);
      case 1122 -> new VexPmovsxdq2x8Both(i, i.reg, i.rm);
      case 1123 -> new VexPmovzxdq2x8(i, i.reg, i.rm);
      case 1124 -> new VexPmovzxdq2x8Both(i, i.reg, i.rm);
      case 1125 -> new PinsrwInVex(i, i.reg, i.rm);
      case 1126 -> new PextrwInVex(i, i.reg, i.rm);
      case 1127 -> new PmovmskbInVex(i, i.reg, i.rm);
      case 1128 -> new PmovmskbInVex(i, i.reg, i.rm);
      case 1129 -> new PextrbInVex(i, i.reg, i.rm);
      case 1130 -> new PextrwRmInVex(i, i.reg, i.rm);
      case 1131 -> new PextrdInVex(i, i.reg, i.rm);
      case 1132 -> new ExtractpsInVex(i, i.reg, i.rm);
      case 1133 -> new PinsrbInVex(i, i.reg, i.rm);
      case 1134 -> new InsertpsInVex(i, i.reg, i.rm);
      case 1135 -> new PinsrdInVex(i, i.reg, i.rm);
      case 1136 -> new PcmpestrmInVex(i, i.reg, i.rm);
      case 1137 -> new PcmpestriInVex(i, i.reg, i.rm);
      case 1138 -> new PcmpistrmInVex(i, i.reg, i.rm);
      case 1139 -> new PcmpistriInVex(i, i.reg, i.rm);
      case 1140 -> new PtestInVex(i, i.reg, i.rm);
      case 1141 -> new TestpsInVex(i, i.reg, i.rm);
      case 1142 -> new TestpdInVex(i, i.reg, i.rm);
      case 1143 -> new VexVpermilps3x16Both(i, i.reg, i.rm);
      case 1144 -> new VexVpermilpd3x16Both(i, i.reg, i.rm);
      case 1145 -> new VexPshufd2x16Both(i, i.reg, i.rm);
      case 1146 -> new VexVpermilpdImmediate2x16BothShift2(i, i.reg, i.rm);
      case 1147 -> new Perm2x128InVex(i, i.reg, i.rm);
      case 1148 -> new Perm2x128InVex(i, i.reg, i.rm);
      case 1149 -> new Insert128InVex(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create23(Instruction i) {
    return switch (i.form) {
      case 1150 -> new Insert128InVex(i, i.reg, i.rm);
      case 1151 -> new Extract128InVex(i, i.reg, i.rm);
      case 1152 -> new Extract128InVex(i, i.reg, i.rm);
      case 1153 -> new Broadcast32InVex(i, i.reg, i.rm);
      case 1154 -> new Broadcast32InVex(i, i.reg, i.rm);
      case 1155 -> new Broadcast64InVex(i, i.reg, i.rm);
      case 1156 -> new Broadcast64InVex(i, i.reg, i.rm);
      case 1157 -> new Broadcast128InVex(i, i.reg, i.rm);
      case 1158 -> new Broadcast128InVex(i, i.reg, i.rm);
      case 1159 -> new Broadcast32InVex(i, i.reg, i.rm);
      case 1160 -> new Broadcast64InVex(i, i.reg, i.rm);
      case 1161 -> new Broadcast8InVex(i, i.reg, i.rm);
      case 1162 -> new Broadcast16InVex(i, i.reg, i.rm);
      case 1163 -> new PermdInVex(i, i.reg, i.rm);
      case 1164 -> new PermdInVex(i, i.reg, i.rm);
      case 1165 -> new PermqInVex(i, i.reg, i.rm);
      case 1166 -> new PermqInVex(i, i.reg, i.rm);
      case 1167 -> new VexVpsrlvd3x16Both(i, i.reg, i.rm);
      case 1168 -> new VexVpsrlvq3x16Both(i, i.reg, i.rm);
      case 1169 -> new VexVpsllvd3x16Both(i, i.reg, i.rm);
      case 1170 -> new VexVpsllvq3x16Both(i, i.reg, i.rm);
      case 1171 -> new VexVpsravd3x16Both(i, i.reg, i.rm);
      case 1172 -> new MaskLoad32InVex(i, i.reg, i.rm);
      case 1173 -> new MaskStore32InVex(i, i.reg, i.rm);
      case 1174 -> new MaskLoad64InVex(i, i.reg, i.rm);
      case 1175 -> new MaskStore64InVex(i, i.reg, i.rm);
      case 1176 -> new MaskLoad32InVex(i, i.reg, i.rm);
      case 1177 -> new MaskStore32InVex(i, i.reg, i.rm);
      case 1178 -> new MaskLoad64InVex(i, i.reg, i.rm);
      case 1179 -> new MaskStore64InVex(i, i.reg, i.rm);
      case 1180 -> new GatherD32InVex(i, i.reg, i.rm);
      case 1181 -> new GatherD64InVex(i, i.reg, i.rm);
      case 1182 -> new GatherQ32InVex(i, i.reg, i.rm);
      case 1183 -> new GatherQ64InVex(i, i.reg, i.rm);
      case 1184 -> new GatherD32InVex(i, i.reg, i.rm);
      case 1185 -> new GatherD64InVex(i, i.reg, i.rm);
      case 1186 -> new GatherQ32InVex(i, i.reg, i.rm);
      case 1187 -> new GatherQ64InVex(i, i.reg, i.rm);
      case 1188 -> new VexFmaddsubps132(i, i.reg, i.rm);
      case 1189 -> new VexFmaddsubpd132(i, i.reg, i.rm);
      case 1190 -> new VexFmsubaddps132(i, i.reg, i.rm);
      case 1191 -> new VexFmsubaddpd132(i, i.reg, i.rm);
      case 1192 -> new VexFmaddps132(i, i.reg, i.rm);
      case 1193 -> new VexFmaddpd132(i, i.reg, i.rm);
      case 1194 -> new VexFmaddss132(i, i.reg, i.rm);
      case 1195 -> new VexFmaddsd132(i, i.reg, i.rm);
      case 1196 -> new VexFmsubps132(i, i.reg, i.rm);
      case 1197 -> new VexFmsubpd132(i, i.reg, i.rm);
      case 1198 -> new VexFmsubss132(i, i.reg, i.rm);
      case 1199 -> new VexFmsubsd132(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create24(Instruction i) {
    return switch (i.form) {
      case 1200 -> new VexFnmaddps132(i, i.reg, i.rm);
      case 1201 -> new VexFnmaddpd132(i, i.reg, i.rm);
      case 1202 -> new VexFnmaddss132(i, i.reg, i.rm);
      case 1203 -> new VexFnmaddsd132(i, i.reg, i.rm);
      case 1204 -> new VexFnmsubps132(i, i.reg, i.rm);
      case 1205 -> new VexFnmsubpd132(i, i.reg, i.rm);
      case 1206 -> new VexFnmsubss132(i, i.reg, i.rm);
      case 1207 -> new VexFnmsubsd132(i, i.reg, i.rm);
      case 1208 -> new VexFmaddsubps213(i, i.reg, i.rm);
      case 1209 -> new VexFmaddsubpd213(i, i.reg, i.rm);
      case 1210 -> new VexFmsubaddps213(i, i.reg, i.rm);
      case 1211 -> new VexFmsubaddpd213(i, i.reg, i.rm);
      case 1212 -> new VexFmaddps213(i, i.reg, i.rm);
      case 1213 -> new VexFmaddpd213(i, i.reg, i.rm);
      case 1214 -> new VexFmaddss213(i, i.reg, i.rm);
      case 1215 -> new VexFmaddsd213(i, i.reg, i.rm);
      case 1216 -> new VexFmsubps213(i, i.reg, i.rm);
      case 1217 -> new VexFmsubpd213(i, i.reg, i.rm);
      case 1218 -> new VexFmsubss213(i, i.reg, i.rm);
      case 1219 -> new VexFmsubsd213(i, i.reg, i.rm);
      case 1220 -> new VexFnmaddps213(i, i.reg, i.rm);
      case 1221 -> new VexFnmaddpd213(i, i.reg, i.rm);
      case 1222 -> new VexFnmaddss213(i, i.reg, i.rm);
      case 1223 -> new VexFnmaddsd213(i, i.reg, i.rm);
      case 1224 -> new VexFnmsubps213(i, i.reg, i.rm);
      case 1225 -> new VexFnmsubpd213(i, i.reg, i.rm);
      case 1226 -> new VexFnmsubss213(i, i.reg, i.rm);
      case 1227 -> new VexFnmsubsd213(i, i.reg, i.rm);
      case 1228 -> new VexFmaddsubps231(i, i.reg, i.rm);
      case 1229 -> new VexFmaddsubpd231(i, i.reg, i.rm);
      case 1230 -> new VexFmsubaddps231(i, i.reg, i.rm);
      case 1231 -> new VexFmsubaddpd231(i, i.reg, i.rm);
      case 1232 -> new VexFmaddps231(i, i.reg, i.rm);
      case 1233 -> new VexFmaddpd231(i, i.reg, i.rm);
      case 1234 -> new VexFmaddss231(i, i.reg, i.rm);
      case 1235 -> new VexFmaddsd231(i, i.reg, i.rm);
      case 1236 -> new VexFmsubps231(i, i.reg, i.rm);
      case 1237 -> new VexFmsubpd231(i, i.reg, i.rm);
      case 1238 -> new VexFmsubss231(i, i.reg, i.rm);
      case 1239 -> new VexFmsubsd231(i, i.reg, i.rm);
      case 1240 -> new VexFnmaddps231(i, i.reg, i.rm);
      case 1241 -> new VexFnmaddpd231(i, i.reg, i.rm);
      case 1242 -> new VexFnmaddss231(i, i.reg, i.rm);
      case 1243 -> new VexFnmaddsd231(i, i.reg, i.rm);
      case 1244 -> new VexFnmsubps231(i, i.reg, i.rm);
      case 1245 -> new VexFnmsubpd231(i, i.reg, i.rm);
      case 1246 -> new VexFnmsubss231(i, i.reg, i.rm);
      case 1247 -> new VexFnmsubsd231(i, i.reg, i.rm);
      case 1248 -> new VexAesenc3x16(i, i.reg, i.rm);
      case 1249 -> new VexAesenclast3x16(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  private static Op create25(Instruction i) {
    return switch (i.form) {
      case 1250 -> new VexAesdec3x16(i, i.reg, i.rm);
      case 1251 -> new VexAesdeclast3x16(i, i.reg, i.rm);
      case 1252 -> new VexAesimc2x16(i, i.reg, i.rm);
      case 1253 -> new VexAeskeygenassist2x16(i, i.reg, i.rm);
      case 1254 -> new VexPclmulqdq3x16(i, i.reg, i.rm);
      case 1255 -> new AndnInBmi(i, i.reg, i.rm);
      case 1256 -> new BlsrInBmi(i, i.reg, i.rm);
      case 1257 -> new BlsmskInBmi(i, i.reg, i.rm);
      case 1258 -> new BlsiInBmi(i, i.reg, i.rm);
      case 1259 -> new BextrInBmi(i, i.reg, i.rm);
      case 1260 -> new BzhiInBmi(i, i.reg, i.rm);
      case 1261 -> new PdepInBmi(i, i.reg, i.rm);
      case 1262 -> new PextInBmi(i, i.reg, i.rm);
      case 1263 -> new MulxInBmi(i, i.reg, i.rm);
      case 1264 -> new ShlxInBmi(i, i.reg, i.rm);
      case 1265 -> new SarxInBmi(i, i.reg, i.rm);
      case 1266 -> new ShrxInBmi(i, i.reg, i.rm);
      case 1267 -> new RorxInBmi(i, i.reg, i.rm);
      default -> throw new IllegalStateException("no form " + i.form);
    };
  }

  static final class Undefined extends Op {
    Undefined(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.undefined(c, this);
    }
  }

  static final class Add8RR extends Op {
    Add8RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.add(c, c.get8(d), c.get8(s), 56));
    }
  }

  static final class Add8MR extends Op {
    Add8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.add(c, c.get8(at), c.get8(s), 56));
      } else {
        c.slowStore(a, 1, Alu.add(c, c.slowLoad(a, 1), c.get8(s), 56));
      }
    }
  }

  static final class LockAdd8MR extends Op {
    LockAdd8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.add(c, old, c.get8(s), 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.add(c, c.slowLoad(a, 1), c.get8(s), 56));
        }
      }
    }
  }

  static final class Add16RR extends Op {
    Add16RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.add(c, c.r[d], c.r[s], 48)) & 0xffffL;
    }
  }

  static final class Add16MR extends Op {
    Add16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.add(c, c.get16(at), c.r[s], 48));
      } else {
        c.slowStore(a, 2, Alu.add(c, c.slowLoad(a, 2), c.r[s], 48));
      }
    }
  }

  static final class LockAdd16MR extends Op {
    LockAdd16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.add(c, old, c.r[s], 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.add(c, c.slowLoad(a, 2), c.r[s], 48));
        }
      }
    }
  }

  static final class Add32RR extends Op {
    Add32RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.add(c, c.r[d], c.r[s], 32)) & 0xffff_ffffL;
    }
  }

  static final class Add32MR extends Op {
    Add32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.add(c, c.get32(at), c.r[s], 32));
      } else {
        c.slowStore(a, 4, Alu.add(c, c.slowLoad(a, 4), c.r[s], 32));
      }
    }
  }

  static final class LockAdd32MR extends Op {
    LockAdd32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.add(c, old, c.r[s], 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.add(c, c.slowLoad(a, 4), c.r[s], 32));
        }
      }
    }
  }

  static final class Add64RR extends Op {
    Add64RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.add(c, c.r[d], c.r[s], 0);
    }
  }

  static final class Add64MR extends Op {
    Add64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.add(c, c.get64(at), c.r[s], 0));
      } else {
        c.slowStore(a, 8, Alu.add(c, c.slowLoad(a, 8), c.r[s], 0));
      }
    }
  }

  static final class LockAdd64MR extends Op {
    LockAdd64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.add(c, old, c.r[s], 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.add(c, c.slowLoad(a, 8), c.r[s], 0));
        }
      }
    }
  }

  static final class Add8RM extends Op {
    Add8RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.add(c, c.get8(d), c.load8(address(c)), 56));
    }
  }

  static final class Add16RM extends Op {
    Add16RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.add(c, c.r[d], c.load16(address(c)), 48)) & 0xffffL;
    }
  }

  static final class Add32RM extends Op {
    Add32RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.add(c, c.r[d], c.load32(address(c)), 32)) & 0xffff_ffffL;
    }
  }

  static final class Add64RM extends Op {
    Add64RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.add(c, c.r[d], c.load64(address(c)), 0);
    }
  }

  static final class Add8RI extends Op {
    Add8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.add(c, c.get8(d), imm, 56));
    }
  }

  static final class Add16RI extends Op {
    Add16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.add(c, c.r[d], imm, 48)) & 0xffffL;
    }
  }

  static final class Add32RI extends Op {
    Add32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.add(c, c.r[d], imm, 32)) & 0xffff_ffffL;
    }
  }

  static final class Add64RI extends Op {
    Add64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.add(c, c.r[d], imm, 0);
    }
  }

  static final class PushSegmentInStack extends Op {
    PushSegmentInStack(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Stack.pushSegment(c, this);
    }
  }

  static final class PopSegmentInStack extends Op {
    PopSegmentInStack(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Stack.popSegment(c, this);
    }
  }

  static final class Or8RR extends Op {
    Or8RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.or(c, c.get8(d), c.get8(s), 56));
    }
  }

  static final class Or8MR extends Op {
    Or8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.or(c, c.get8(at), c.get8(s), 56));
      } else {
        c.slowStore(a, 1, Alu.or(c, c.slowLoad(a, 1), c.get8(s), 56));
      }
    }
  }

  static final class LockOr8MR extends Op {
    LockOr8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.or(c, old, c.get8(s), 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.or(c, c.slowLoad(a, 1), c.get8(s), 56));
        }
      }
    }
  }

  static final class Or16RR extends Op {
    Or16RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.or(c, c.r[d], c.r[s], 48)) & 0xffffL;
    }
  }

  static final class Or16MR extends Op {
    Or16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.or(c, c.get16(at), c.r[s], 48));
      } else {
        c.slowStore(a, 2, Alu.or(c, c.slowLoad(a, 2), c.r[s], 48));
      }
    }
  }

  static final class LockOr16MR extends Op {
    LockOr16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.or(c, old, c.r[s], 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.or(c, c.slowLoad(a, 2), c.r[s], 48));
        }
      }
    }
  }

  static final class Or32RR extends Op {
    Or32RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.or(c, c.r[d], c.r[s], 32)) & 0xffff_ffffL;
    }
  }

  static final class Or32MR extends Op {
    Or32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.or(c, c.get32(at), c.r[s], 32));
      } else {
        c.slowStore(a, 4, Alu.or(c, c.slowLoad(a, 4), c.r[s], 32));
      }
    }
  }

  static final class LockOr32MR extends Op {
    LockOr32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.or(c, old, c.r[s], 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.or(c, c.slowLoad(a, 4), c.r[s], 32));
        }
      }
    }
  }

  static final class Or64RR extends Op {
    Or64RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.or(c, c.r[d], c.r[s], 0);
    }
  }

  static final class Or64MR extends Op {
    Or64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.or(c, c.get64(at), c.r[s], 0));
      } else {
        c.slowStore(a, 8, Alu.or(c, c.slowLoad(a, 8), c.r[s], 0));
      }
    }
  }

  static final class LockOr64MR extends Op {
    LockOr64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.or(c, old, c.r[s], 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.or(c, c.slowLoad(a, 8), c.r[s], 0));
        }
      }
    }
  }

  static final class Or8RM extends Op {
    Or8RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.or(c, c.get8(d), c.load8(address(c)), 56));
    }
  }

  static final class Or16RM extends Op {
    Or16RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.or(c, c.r[d], c.load16(address(c)), 48)) & 0xffffL;
    }
  }

  static final class Or32RM extends Op {
    Or32RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.or(c, c.r[d], c.load32(address(c)), 32)) & 0xffff_ffffL;
    }
  }

  static final class Or64RM extends Op {
    Or64RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.or(c, c.r[d], c.load64(address(c)), 0);
    }
  }

  static final class Or8RI extends Op {
    Or8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.or(c, c.get8(d), imm, 56));
    }
  }

  static final class Or16RI extends Op {
    Or16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.or(c, c.r[d], imm, 48)) & 0xffffL;
    }
  }

  static final class Or32RI extends Op {
    Or32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.or(c, c.r[d], imm, 32)) & 0xffff_ffffL;
    }
  }

  static final class Or64RI extends Op {
    Or64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.or(c, c.r[d], imm, 0);
    }
  }

  static final class Adc8RR extends Op {
    Adc8RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.adc(c, c.get8(d), c.get8(s), 56));
    }
  }

  static final class Adc8MR extends Op {
    Adc8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.adc(c, c.get8(at), c.get8(s), 56));
      } else {
        c.slowStore(a, 1, Alu.adc(c, c.slowLoad(a, 1), c.get8(s), 56));
      }
    }
  }

  static final class LockAdc8MR extends Op {
    LockAdc8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.adc(c, old, c.get8(s), 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.adc(c, c.slowLoad(a, 1), c.get8(s), 56));
        }
      }
    }
  }

  static final class Adc16RR extends Op {
    Adc16RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.adc(c, c.r[d], c.r[s], 48)) & 0xffffL;
    }
  }

  static final class Adc16MR extends Op {
    Adc16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.adc(c, c.get16(at), c.r[s], 48));
      } else {
        c.slowStore(a, 2, Alu.adc(c, c.slowLoad(a, 2), c.r[s], 48));
      }
    }
  }

  static final class LockAdc16MR extends Op {
    LockAdc16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.adc(c, old, c.r[s], 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.adc(c, c.slowLoad(a, 2), c.r[s], 48));
        }
      }
    }
  }

  static final class Adc32RR extends Op {
    Adc32RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.adc(c, c.r[d], c.r[s], 32)) & 0xffff_ffffL;
    }
  }

  static final class Adc32MR extends Op {
    Adc32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.adc(c, c.get32(at), c.r[s], 32));
      } else {
        c.slowStore(a, 4, Alu.adc(c, c.slowLoad(a, 4), c.r[s], 32));
      }
    }
  }

  static final class LockAdc32MR extends Op {
    LockAdc32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.adc(c, old, c.r[s], 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.adc(c, c.slowLoad(a, 4), c.r[s], 32));
        }
      }
    }
  }

  static final class Adc64RR extends Op {
    Adc64RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.adc(c, c.r[d], c.r[s], 0);
    }
  }

  static final class Adc64MR extends Op {
    Adc64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.adc(c, c.get64(at), c.r[s], 0));
      } else {
        c.slowStore(a, 8, Alu.adc(c, c.slowLoad(a, 8), c.r[s], 0));
      }
    }
  }

  static final class LockAdc64MR extends Op {
    LockAdc64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.adc(c, old, c.r[s], 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.adc(c, c.slowLoad(a, 8), c.r[s], 0));
        }
      }
    }
  }

  static final class Adc8RM extends Op {
    Adc8RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.adc(c, c.get8(d), c.load8(address(c)), 56));
    }
  }

  static final class Adc16RM extends Op {
    Adc16RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.adc(c, c.r[d], c.load16(address(c)), 48)) & 0xffffL;
    }
  }

  static final class Adc32RM extends Op {
    Adc32RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.adc(c, c.r[d], c.load32(address(c)), 32)) & 0xffff_ffffL;
    }
  }

  static final class Adc64RM extends Op {
    Adc64RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.adc(c, c.r[d], c.load64(address(c)), 0);
    }
  }

  static final class Adc8RI extends Op {
    Adc8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.adc(c, c.get8(d), imm, 56));
    }
  }

  static final class Adc16RI extends Op {
    Adc16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.adc(c, c.r[d], imm, 48)) & 0xffffL;
    }
  }

  static final class Adc32RI extends Op {
    Adc32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.adc(c, c.r[d], imm, 32)) & 0xffff_ffffL;
    }
  }

  static final class Adc64RI extends Op {
    Adc64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.adc(c, c.r[d], imm, 0);
    }
  }

  static final class Sbb8RR extends Op {
    Sbb8RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.sbb(c, c.get8(d), c.get8(s), 56));
    }
  }

  static final class Sbb8MR extends Op {
    Sbb8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.sbb(c, c.get8(at), c.get8(s), 56));
      } else {
        c.slowStore(a, 1, Alu.sbb(c, c.slowLoad(a, 1), c.get8(s), 56));
      }
    }
  }

  static final class LockSbb8MR extends Op {
    LockSbb8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.sbb(c, old, c.get8(s), 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.sbb(c, c.slowLoad(a, 1), c.get8(s), 56));
        }
      }
    }
  }

  static final class Sbb16RR extends Op {
    Sbb16RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.sbb(c, c.r[d], c.r[s], 48)) & 0xffffL;
    }
  }

  static final class Sbb16MR extends Op {
    Sbb16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.sbb(c, c.get16(at), c.r[s], 48));
      } else {
        c.slowStore(a, 2, Alu.sbb(c, c.slowLoad(a, 2), c.r[s], 48));
      }
    }
  }

  static final class LockSbb16MR extends Op {
    LockSbb16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.sbb(c, old, c.r[s], 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.sbb(c, c.slowLoad(a, 2), c.r[s], 48));
        }
      }
    }
  }

  static final class Sbb32RR extends Op {
    Sbb32RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.sbb(c, c.r[d], c.r[s], 32)) & 0xffff_ffffL;
    }
  }

  static final class Sbb32MR extends Op {
    Sbb32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.sbb(c, c.get32(at), c.r[s], 32));
      } else {
        c.slowStore(a, 4, Alu.sbb(c, c.slowLoad(a, 4), c.r[s], 32));
      }
    }
  }

  static final class LockSbb32MR extends Op {
    LockSbb32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.sbb(c, old, c.r[s], 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.sbb(c, c.slowLoad(a, 4), c.r[s], 32));
        }
      }
    }
  }

  static final class Sbb64RR extends Op {
    Sbb64RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.sbb(c, c.r[d], c.r[s], 0);
    }
  }

  static final class Sbb64MR extends Op {
    Sbb64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.sbb(c, c.get64(at), c.r[s], 0));
      } else {
        c.slowStore(a, 8, Alu.sbb(c, c.slowLoad(a, 8), c.r[s], 0));
      }
    }
  }

  static final class LockSbb64MR extends Op {
    LockSbb64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.sbb(c, old, c.r[s], 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.sbb(c, c.slowLoad(a, 8), c.r[s], 0));
        }
      }
    }
  }

  static final class Sbb8RM extends Op {
    Sbb8RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.sbb(c, c.get8(d), c.load8(address(c)), 56));
    }
  }

  static final class Sbb16RM extends Op {
    Sbb16RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.sbb(c, c.r[d], c.load16(address(c)), 48)) & 0xffffL;
    }
  }

  static final class Sbb32RM extends Op {
    Sbb32RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.sbb(c, c.r[d], c.load32(address(c)), 32)) & 0xffff_ffffL;
    }
  }

  static final class Sbb64RM extends Op {
    Sbb64RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.sbb(c, c.r[d], c.load64(address(c)), 0);
    }
  }

  static final class Sbb8RI extends Op {
    Sbb8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.sbb(c, c.get8(d), imm, 56));
    }
  }

  static final class Sbb16RI extends Op {
    Sbb16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.sbb(c, c.r[d], imm, 48)) & 0xffffL;
    }
  }

  static final class Sbb32RI extends Op {
    Sbb32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.sbb(c, c.r[d], imm, 32)) & 0xffff_ffffL;
    }
  }

  static final class Sbb64RI extends Op {
    Sbb64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.sbb(c, c.r[d], imm, 0);
    }
  }

  static final class And8RR extends Op {
    And8RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.and(c, c.get8(d), c.get8(s), 56));
    }
  }

  static final class And8MR extends Op {
    And8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.and(c, c.get8(at), c.get8(s), 56));
      } else {
        c.slowStore(a, 1, Alu.and(c, c.slowLoad(a, 1), c.get8(s), 56));
      }
    }
  }

  static final class LockAnd8MR extends Op {
    LockAnd8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.and(c, old, c.get8(s), 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.and(c, c.slowLoad(a, 1), c.get8(s), 56));
        }
      }
    }
  }

  static final class And16RR extends Op {
    And16RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.and(c, c.r[d], c.r[s], 48)) & 0xffffL;
    }
  }

  static final class And16MR extends Op {
    And16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.and(c, c.get16(at), c.r[s], 48));
      } else {
        c.slowStore(a, 2, Alu.and(c, c.slowLoad(a, 2), c.r[s], 48));
      }
    }
  }

  static final class LockAnd16MR extends Op {
    LockAnd16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.and(c, old, c.r[s], 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.and(c, c.slowLoad(a, 2), c.r[s], 48));
        }
      }
    }
  }

  static final class And32RR extends Op {
    And32RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.and(c, c.r[d], c.r[s], 32)) & 0xffff_ffffL;
    }
  }

  static final class And32MR extends Op {
    And32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.and(c, c.get32(at), c.r[s], 32));
      } else {
        c.slowStore(a, 4, Alu.and(c, c.slowLoad(a, 4), c.r[s], 32));
      }
    }
  }

  static final class LockAnd32MR extends Op {
    LockAnd32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.and(c, old, c.r[s], 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.and(c, c.slowLoad(a, 4), c.r[s], 32));
        }
      }
    }
  }

  static final class And64RR extends Op {
    And64RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.and(c, c.r[d], c.r[s], 0);
    }
  }

  static final class And64MR extends Op {
    And64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.and(c, c.get64(at), c.r[s], 0));
      } else {
        c.slowStore(a, 8, Alu.and(c, c.slowLoad(a, 8), c.r[s], 0));
      }
    }
  }

  static final class LockAnd64MR extends Op {
    LockAnd64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.and(c, old, c.r[s], 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.and(c, c.slowLoad(a, 8), c.r[s], 0));
        }
      }
    }
  }

  static final class And8RM extends Op {
    And8RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.and(c, c.get8(d), c.load8(address(c)), 56));
    }
  }

  static final class And16RM extends Op {
    And16RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.and(c, c.r[d], c.load16(address(c)), 48)) & 0xffffL;
    }
  }

  static final class And32RM extends Op {
    And32RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.and(c, c.r[d], c.load32(address(c)), 32)) & 0xffff_ffffL;
    }
  }

  static final class And64RM extends Op {
    And64RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.and(c, c.r[d], c.load64(address(c)), 0);
    }
  }

  static final class And8RI extends Op {
    And8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.and(c, c.get8(d), imm, 56));
    }
  }

  static final class And16RI extends Op {
    And16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.and(c, c.r[d], imm, 48)) & 0xffffL;
    }
  }

  static final class And32RI extends Op {
    And32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.and(c, c.r[d], imm, 32)) & 0xffff_ffffL;
    }
  }

  static final class And64RI extends Op {
    And64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.and(c, c.r[d], imm, 0);
    }
  }

  static final class DaaInDecimal extends Op {
    DaaInDecimal(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Decimal.daa(c, this);
    }
  }

  static final class Sub8RR extends Op {
    Sub8RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.sub(c, c.get8(d), c.get8(s), 56));
    }
  }

  static final class Sub8MR extends Op {
    Sub8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.sub(c, c.get8(at), c.get8(s), 56));
      } else {
        c.slowStore(a, 1, Alu.sub(c, c.slowLoad(a, 1), c.get8(s), 56));
      }
    }
  }

  static final class LockSub8MR extends Op {
    LockSub8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.sub(c, old, c.get8(s), 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.sub(c, c.slowLoad(a, 1), c.get8(s), 56));
        }
      }
    }
  }

  static final class Sub16RR extends Op {
    Sub16RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.sub(c, c.r[d], c.r[s], 48)) & 0xffffL;
    }
  }

  static final class Sub16MR extends Op {
    Sub16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.sub(c, c.get16(at), c.r[s], 48));
      } else {
        c.slowStore(a, 2, Alu.sub(c, c.slowLoad(a, 2), c.r[s], 48));
      }
    }
  }

  static final class LockSub16MR extends Op {
    LockSub16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.sub(c, old, c.r[s], 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.sub(c, c.slowLoad(a, 2), c.r[s], 48));
        }
      }
    }
  }

  static final class Sub32RR extends Op {
    Sub32RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.sub(c, c.r[d], c.r[s], 32)) & 0xffff_ffffL;
    }
  }

  static final class Sub32MR extends Op {
    Sub32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.sub(c, c.get32(at), c.r[s], 32));
      } else {
        c.slowStore(a, 4, Alu.sub(c, c.slowLoad(a, 4), c.r[s], 32));
      }
    }
  }

  static final class LockSub32MR extends Op {
    LockSub32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.sub(c, old, c.r[s], 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.sub(c, c.slowLoad(a, 4), c.r[s], 32));
        }
      }
    }
  }

  static final class Sub64RR extends Op {
    Sub64RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.sub(c, c.r[d], c.r[s], 0);
    }
  }

  static final class Sub64MR extends Op {
    Sub64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.sub(c, c.get64(at), c.r[s], 0));
      } else {
        c.slowStore(a, 8, Alu.sub(c, c.slowLoad(a, 8), c.r[s], 0));
      }
    }
  }

  static final class LockSub64MR extends Op {
    LockSub64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.sub(c, old, c.r[s], 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.sub(c, c.slowLoad(a, 8), c.r[s], 0));
        }
      }
    }
  }

  static final class Sub8RM extends Op {
    Sub8RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.sub(c, c.get8(d), c.load8(address(c)), 56));
    }
  }

  static final class Sub16RM extends Op {
    Sub16RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.sub(c, c.r[d], c.load16(address(c)), 48)) & 0xffffL;
    }
  }

  static final class Sub32RM extends Op {
    Sub32RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.sub(c, c.r[d], c.load32(address(c)), 32)) & 0xffff_ffffL;
    }
  }

  static final class Sub64RM extends Op {
    Sub64RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.sub(c, c.r[d], c.load64(address(c)), 0);
    }
  }

  static final class Sub8RI extends Op {
    Sub8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.sub(c, c.get8(d), imm, 56));
    }
  }

  static final class Sub16RI extends Op {
    Sub16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.sub(c, c.r[d], imm, 48)) & 0xffffL;
    }
  }

  static final class Sub32RI extends Op {
    Sub32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.sub(c, c.r[d], imm, 32)) & 0xffff_ffffL;
    }
  }

  static final class Sub64RI extends Op {
    Sub64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.sub(c, c.r[d], imm, 0);
    }
  }

  static final class DasInDecimal extends Op {
    DasInDecimal(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Decimal.das(c, this);
    }
  }

  static final class Xor8RR extends Op {
    Xor8RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.xor(c, c.get8(d), c.get8(s), 56));
    }
  }

  static final class Xor8MR extends Op {
    Xor8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.xor(c, c.get8(at), c.get8(s), 56));
      } else {
        c.slowStore(a, 1, Alu.xor(c, c.slowLoad(a, 1), c.get8(s), 56));
      }
    }
  }

  static final class LockXor8MR extends Op {
    LockXor8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.xor(c, old, c.get8(s), 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.xor(c, c.slowLoad(a, 1), c.get8(s), 56));
        }
      }
    }
  }

  static final class Xor16RR extends Op {
    Xor16RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.xor(c, c.r[d], c.r[s], 48)) & 0xffffL;
    }
  }

  static final class Xor16MR extends Op {
    Xor16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.xor(c, c.get16(at), c.r[s], 48));
      } else {
        c.slowStore(a, 2, Alu.xor(c, c.slowLoad(a, 2), c.r[s], 48));
      }
    }
  }

  static final class LockXor16MR extends Op {
    LockXor16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.xor(c, old, c.r[s], 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.xor(c, c.slowLoad(a, 2), c.r[s], 48));
        }
      }
    }
  }

  static final class Xor32RR extends Op {
    Xor32RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.xor(c, c.r[d], c.r[s], 32)) & 0xffff_ffffL;
    }
  }

  static final class Xor32MR extends Op {
    Xor32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.xor(c, c.get32(at), c.r[s], 32));
      } else {
        c.slowStore(a, 4, Alu.xor(c, c.slowLoad(a, 4), c.r[s], 32));
      }
    }
  }

  static final class LockXor32MR extends Op {
    LockXor32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.xor(c, old, c.r[s], 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.xor(c, c.slowLoad(a, 4), c.r[s], 32));
        }
      }
    }
  }

  static final class Xor64RR extends Op {
    Xor64RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.xor(c, c.r[d], c.r[s], 0);
    }
  }

  static final class Xor64MR extends Op {
    Xor64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.xor(c, c.get64(at), c.r[s], 0));
      } else {
        c.slowStore(a, 8, Alu.xor(c, c.slowLoad(a, 8), c.r[s], 0));
      }
    }
  }

  static final class LockXor64MR extends Op {
    LockXor64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.xor(c, old, c.r[s], 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.xor(c, c.slowLoad(a, 8), c.r[s], 0));
        }
      }
    }
  }

  static final class Xor8RM extends Op {
    Xor8RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.xor(c, c.get8(d), c.load8(address(c)), 56));
    }
  }

  static final class Xor16RM extends Op {
    Xor16RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.xor(c, c.r[d], c.load16(address(c)), 48)) & 0xffffL;
    }
  }

  static final class Xor32RM extends Op {
    Xor32RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.xor(c, c.r[d], c.load32(address(c)), 32)) & 0xffff_ffffL;
    }
  }

  static final class Xor64RM extends Op {
    Xor64RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.xor(c, c.r[d], c.load64(address(c)), 0);
    }
  }

  static final class Xor8RI extends Op {
    Xor8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.xor(c, c.get8(d), imm, 56));
    }
  }

  static final class Xor16RI extends Op {
    Xor16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.xor(c, c.r[d], imm, 48)) & 0xffffL;
    }
  }

  static final class Xor32RI extends Op {
    Xor32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.xor(c, c.r[d], imm, 32)) & 0xffff_ffffL;
    }
  }

  static final class Xor64RI extends Op {
    Xor64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.xor(c, c.r[d], imm, 0);
    }
  }

  static final class AaaInDecimal extends Op {
    AaaInDecimal(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Decimal.aaa(c, this);
    }
  }

  static final class CompareSub8RR extends Op {
    CompareSub8RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.get8(d), c.get8(s), 56);
    }
  }

  static final class CompareSub8MR extends Op {
    CompareSub8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.load8(address(c)), c.get8(s), 56);
    }
  }

  static final class CompareSub16RR extends Op {
    CompareSub16RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.r[d], c.r[s], 48);
    }
  }

  static final class CompareSub16MR extends Op {
    CompareSub16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.load16(address(c)), c.r[s], 48);
    }
  }

  static final class CompareSub32RR extends Op {
    CompareSub32RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.r[d], c.r[s], 32);
    }
  }

  static final class CompareSub32MR extends Op {
    CompareSub32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.load32(address(c)), c.r[s], 32);
    }
  }

  static final class CompareSub64RR extends Op {
    CompareSub64RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.r[d], c.r[s], 0);
    }
  }

  static final class CompareSub64MR extends Op {
    CompareSub64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.load64(address(c)), c.r[s], 0);
    }
  }

  static final class CompareSub8RM extends Op {
    CompareSub8RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.get8(d), c.load8(address(c)), 56);
    }
  }

  static final class CompareSub16RM extends Op {
    CompareSub16RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.r[d], c.load16(address(c)), 48);
    }
  }

  static final class CompareSub32RM extends Op {
    CompareSub32RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.r[d], c.load32(address(c)), 32);
    }
  }

  static final class CompareSub64RM extends Op {
    CompareSub64RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.r[d], c.load64(address(c)), 0);
    }
  }

  static final class CompareSub8RI extends Op {
    CompareSub8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.get8(d), imm, 56);
    }
  }

  static final class CompareSub16RI extends Op {
    CompareSub16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.r[d], imm, 48);
    }
  }

  static final class CompareSub32RI extends Op {
    CompareSub32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.r[d], imm, 32);
    }
  }

  static final class CompareSub64RI extends Op {
    CompareSub64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.r[d], imm, 0);
    }
  }

  static final class AasInDecimal extends Op {
    AasInDecimal(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Decimal.aas(c, this);
    }
  }

  static final class Inc16R extends Op {
    Inc16R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.inc(c, c.r[d], 48)) & 0xffffL;
    }
  }

  static final class Inc32R extends Op {
    Inc32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.inc(c, c.r[d], 32)) & 0xffff_ffffL;
    }
  }

  static final class Inc64R extends Op {
    Inc64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.inc(c, c.r[d], 0);
    }
  }

  static final class Dec16R extends Op {
    Dec16R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.dec(c, c.r[d], 48)) & 0xffffL;
    }
  }

  static final class Dec32R extends Op {
    Dec32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.dec(c, c.r[d], 32)) & 0xffff_ffffL;
    }
  }

  static final class Dec64R extends Op {
    Dec64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.dec(c, c.r[d], 0);
    }
  }

  static final class Push64R extends Op {
    Push64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long[] r = c.r;
      c.store64(r[4] - 8, r[s]);
      r[4] -= 8;
    }
  }

  static final class PushRInStack extends Op {
    PushRInStack(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Stack.pushRegister(c, this);
    }
  }

  static final class Pop64R extends Op {
    Pop64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long[] r = c.r;
      long value = c.load64(r[4]);
      r[4] += 8;
      r[s] = value;
    }
  }

  static final class PopRInStack extends Op {
    PopRInStack(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Stack.popRegister(c, this);
    }
  }

  static final class PushaInStack extends Op {
    PushaInStack(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Stack.pusha(c, this);
    }
  }

  static final class PopaInStack extends Op {
    PopaInStack(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Stack.popa(c, this);
    }
  }

  static final class BoundInControl extends Op {
    BoundInControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.bound(c, this);
    }
  }

  static final class ArplInSystemOps extends Op {
    ArplInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.arpl(c, this);
    }
  }

  static final class SignExtend32To16R extends Op {
    SignExtend32To16R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | ((int) c.r[s]) & 0xffffL;
    }
  }

  static final class SignExtend32To16M extends Op {
    SignExtend32To16M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | ((int) c.load32(address(c))) & 0xffffL;
    }
  }

  static final class SignExtend32To32R extends Op {
    SignExtend32To32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = ((int) c.r[s]) & 0xffff_ffffL;
    }
  }

  static final class SignExtend32To32M extends Op {
    SignExtend32To32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = ((int) c.load32(address(c))) & 0xffff_ffffL;
    }
  }

  static final class SignExtend32To64R extends Op {
    SignExtend32To64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (int) c.r[s];
    }
  }

  static final class SignExtend32To64M extends Op {
    SignExtend32To64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (int) c.load32(address(c));
    }
  }

  static final class PushImmediateInStack extends Op {
    PushImmediateInStack(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Stack.pushImmediate(c, this);
    }
  }

  static final class Imul3InMultiply extends Op {
    Imul3InMultiply(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Multiply.imul3(c, this);
    }
  }

  static final class InsInStrings extends Op {
    InsInStrings(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Strings.ins(c, this);
    }
  }

  static final class OutsInStrings extends Op {
    OutsInStrings(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Strings.outs(c, this);
    }
  }

  static final class JO extends Op.Branch {
    JO(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (c.overflow()) {
        c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
      } else {
        c.fallThrough(this);
      }
    }
  }

  static final class JNo extends Op.Branch {
    JNo(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (!c.overflow()) {
        c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
      } else {
        c.fallThrough(this);
      }
    }
  }

  static final class JB extends Op.Branch {
    JB(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (c.carries < 0) {
        c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
      } else {
        c.fallThrough(this);
      }
    }
  }

  static final class JNb extends Op.Branch {
    JNb(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (c.carries >= 0) {
        c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
      } else {
        c.fallThrough(this);
      }
    }
  }

  static final class JZ extends Op.Branch {
    JZ(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (c.zero == 0) {
        c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
      } else {
        c.fallThrough(this);
      }
    }
  }

  static final class JNz extends Op.Branch {
    JNz(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (c.zero != 0) {
        c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
      } else {
        c.fallThrough(this);
      }
    }
  }

  static final class JBe extends Op.Branch {
    JBe(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (c.carries < 0 || c.zero == 0) {
        c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
      } else {
        c.fallThrough(this);
      }
    }
  }

  static final class JNbe extends Op.Branch {
    JNbe(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (c.carries >= 0 && c.zero != 0) {
        c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
      } else {
        c.fallThrough(this);
      }
    }
  }

  static final class JS extends Op.Branch {
    JS(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (c.signParity < 0) {
        c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
      } else {
        c.fallThrough(this);
      }
    }
  }

  static final class JNs extends Op.Branch {
    JNs(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (c.signParity >= 0) {
        c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
      } else {
        c.fallThrough(this);
      }
    }
  }

  static final class JP extends Op.Branch {
    JP(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (c.parity()) {
        c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
      } else {
        c.fallThrough(this);
      }
    }
  }

  static final class JNp extends Op.Branch {
    JNp(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (!c.parity()) {
        c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
      } else {
        c.fallThrough(this);
      }
    }
  }

  static final class JL extends Op.Branch {
    JL(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (c.less()) {
        c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
      } else {
        c.fallThrough(this);
      }
    }
  }

  static final class JNl extends Op.Branch {
    JNl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (!c.less()) {
        c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
      } else {
        c.fallThrough(this);
      }
    }
  }

  static final class JLe extends Op.Branch {
    JLe(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (c.zero == 0 || c.less()) {
        c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
      } else {
        c.fallThrough(this);
      }
    }
  }

  static final class JNle extends Op.Branch {
    JNle(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (c.zero != 0 && !c.less()) {
        c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
      } else {
        c.fallThrough(this);
      }
    }
  }

  static final class Add8MI extends Op {
    Add8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.add(c, c.get8(at), imm, 56));
      } else {
        c.slowStore(a, 1, Alu.add(c, c.slowLoad(a, 1), imm, 56));
      }
    }
  }

  static final class LockAdd8MI extends Op {
    LockAdd8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.add(c, old, imm, 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.add(c, c.slowLoad(a, 1), imm, 56));
        }
      }
    }
  }

  static final class Or8MI extends Op {
    Or8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.or(c, c.get8(at), imm, 56));
      } else {
        c.slowStore(a, 1, Alu.or(c, c.slowLoad(a, 1), imm, 56));
      }
    }
  }

  static final class LockOr8MI extends Op {
    LockOr8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.or(c, old, imm, 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.or(c, c.slowLoad(a, 1), imm, 56));
        }
      }
    }
  }

  static final class Adc8MI extends Op {
    Adc8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.adc(c, c.get8(at), imm, 56));
      } else {
        c.slowStore(a, 1, Alu.adc(c, c.slowLoad(a, 1), imm, 56));
      }
    }
  }

  static final class LockAdc8MI extends Op {
    LockAdc8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.adc(c, old, imm, 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.adc(c, c.slowLoad(a, 1), imm, 56));
        }
      }
    }
  }

  static final class Sbb8MI extends Op {
    Sbb8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.sbb(c, c.get8(at), imm, 56));
      } else {
        c.slowStore(a, 1, Alu.sbb(c, c.slowLoad(a, 1), imm, 56));
      }
    }
  }

  static final class LockSbb8MI extends Op {
    LockSbb8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.sbb(c, old, imm, 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.sbb(c, c.slowLoad(a, 1), imm, 56));
        }
      }
    }
  }

  static final class And8MI extends Op {
    And8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.and(c, c.get8(at), imm, 56));
      } else {
        c.slowStore(a, 1, Alu.and(c, c.slowLoad(a, 1), imm, 56));
      }
    }
  }

  static final class LockAnd8MI extends Op {
    LockAnd8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.and(c, old, imm, 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.and(c, c.slowLoad(a, 1), imm, 56));
        }
      }
    }
  }

  static final class Sub8MI extends Op {
    Sub8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.sub(c, c.get8(at), imm, 56));
      } else {
        c.slowStore(a, 1, Alu.sub(c, c.slowLoad(a, 1), imm, 56));
      }
    }
  }

  static final class LockSub8MI extends Op {
    LockSub8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.sub(c, old, imm, 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.sub(c, c.slowLoad(a, 1), imm, 56));
        }
      }
    }
  }

  static final class Xor8MI extends Op {
    Xor8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.xor(c, c.get8(at), imm, 56));
      } else {
        c.slowStore(a, 1, Alu.xor(c, c.slowLoad(a, 1), imm, 56));
      }
    }
  }

  static final class LockXor8MI extends Op {
    LockXor8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.xor(c, old, imm, 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.xor(c, c.slowLoad(a, 1), imm, 56));
        }
      }
    }
  }

  static final class CompareSub8MI extends Op {
    CompareSub8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.load8(address(c)), imm, 56);
    }
  }

  static final class Add16MI extends Op {
    Add16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.add(c, c.get16(at), imm, 48));
      } else {
        c.slowStore(a, 2, Alu.add(c, c.slowLoad(a, 2), imm, 48));
      }
    }
  }

  static final class LockAdd16MI extends Op {
    LockAdd16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.add(c, old, imm, 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.add(c, c.slowLoad(a, 2), imm, 48));
        }
      }
    }
  }

  static final class Add32MI extends Op {
    Add32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.add(c, c.get32(at), imm, 32));
      } else {
        c.slowStore(a, 4, Alu.add(c, c.slowLoad(a, 4), imm, 32));
      }
    }
  }

  static final class LockAdd32MI extends Op {
    LockAdd32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.add(c, old, imm, 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.add(c, c.slowLoad(a, 4), imm, 32));
        }
      }
    }
  }

  static final class Add64MI extends Op {
    Add64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.add(c, c.get64(at), imm, 0));
      } else {
        c.slowStore(a, 8, Alu.add(c, c.slowLoad(a, 8), imm, 0));
      }
    }
  }

  static final class LockAdd64MI extends Op {
    LockAdd64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.add(c, old, imm, 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.add(c, c.slowLoad(a, 8), imm, 0));
        }
      }
    }
  }

  static final class Or16MI extends Op {
    Or16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.or(c, c.get16(at), imm, 48));
      } else {
        c.slowStore(a, 2, Alu.or(c, c.slowLoad(a, 2), imm, 48));
      }
    }
  }

  static final class LockOr16MI extends Op {
    LockOr16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.or(c, old, imm, 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.or(c, c.slowLoad(a, 2), imm, 48));
        }
      }
    }
  }

  static final class Or32MI extends Op {
    Or32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.or(c, c.get32(at), imm, 32));
      } else {
        c.slowStore(a, 4, Alu.or(c, c.slowLoad(a, 4), imm, 32));
      }
    }
  }

  static final class LockOr32MI extends Op {
    LockOr32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.or(c, old, imm, 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.or(c, c.slowLoad(a, 4), imm, 32));
        }
      }
    }
  }

  static final class Or64MI extends Op {
    Or64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.or(c, c.get64(at), imm, 0));
      } else {
        c.slowStore(a, 8, Alu.or(c, c.slowLoad(a, 8), imm, 0));
      }
    }
  }

  static final class LockOr64MI extends Op {
    LockOr64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.or(c, old, imm, 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.or(c, c.slowLoad(a, 8), imm, 0));
        }
      }
    }
  }

  static final class Adc16MI extends Op {
    Adc16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.adc(c, c.get16(at), imm, 48));
      } else {
        c.slowStore(a, 2, Alu.adc(c, c.slowLoad(a, 2), imm, 48));
      }
    }
  }

  static final class LockAdc16MI extends Op {
    LockAdc16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.adc(c, old, imm, 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.adc(c, c.slowLoad(a, 2), imm, 48));
        }
      }
    }
  }

  static final class Adc32MI extends Op {
    Adc32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.adc(c, c.get32(at), imm, 32));
      } else {
        c.slowStore(a, 4, Alu.adc(c, c.slowLoad(a, 4), imm, 32));
      }
    }
  }

  static final class LockAdc32MI extends Op {
    LockAdc32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.adc(c, old, imm, 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.adc(c, c.slowLoad(a, 4), imm, 32));
        }
      }
    }
  }

  static final class Adc64MI extends Op {
    Adc64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.adc(c, c.get64(at), imm, 0));
      } else {
        c.slowStore(a, 8, Alu.adc(c, c.slowLoad(a, 8), imm, 0));
      }
    }
  }

  static final class LockAdc64MI extends Op {
    LockAdc64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.adc(c, old, imm, 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.adc(c, c.slowLoad(a, 8), imm, 0));
        }
      }
    }
  }

  static final class Sbb16MI extends Op {
    Sbb16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.sbb(c, c.get16(at), imm, 48));
      } else {
        c.slowStore(a, 2, Alu.sbb(c, c.slowLoad(a, 2), imm, 48));
      }
    }
  }

  static final class LockSbb16MI extends Op {
    LockSbb16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.sbb(c, old, imm, 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.sbb(c, c.slowLoad(a, 2), imm, 48));
        }
      }
    }
  }

  static final class Sbb32MI extends Op {
    Sbb32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.sbb(c, c.get32(at), imm, 32));
      } else {
        c.slowStore(a, 4, Alu.sbb(c, c.slowLoad(a, 4), imm, 32));
      }
    }
  }

  static final class LockSbb32MI extends Op {
    LockSbb32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.sbb(c, old, imm, 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.sbb(c, c.slowLoad(a, 4), imm, 32));
        }
      }
    }
  }

  static final class Sbb64MI extends Op {
    Sbb64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.sbb(c, c.get64(at), imm, 0));
      } else {
        c.slowStore(a, 8, Alu.sbb(c, c.slowLoad(a, 8), imm, 0));
      }
    }
  }

  static final class LockSbb64MI extends Op {
    LockSbb64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.sbb(c, old, imm, 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.sbb(c, c.slowLoad(a, 8), imm, 0));
        }
      }
    }
  }

  static final class And16MI extends Op {
    And16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.and(c, c.get16(at), imm, 48));
      } else {
        c.slowStore(a, 2, Alu.and(c, c.slowLoad(a, 2), imm, 48));
      }
    }
  }

  static final class LockAnd16MI extends Op {
    LockAnd16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.and(c, old, imm, 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.and(c, c.slowLoad(a, 2), imm, 48));
        }
      }
    }
  }

  static final class And32MI extends Op {
    And32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.and(c, c.get32(at), imm, 32));
      } else {
        c.slowStore(a, 4, Alu.and(c, c.slowLoad(a, 4), imm, 32));
      }
    }
  }

  static final class LockAnd32MI extends Op {
    LockAnd32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.and(c, old, imm, 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.and(c, c.slowLoad(a, 4), imm, 32));
        }
      }
    }
  }

  static final class And64MI extends Op {
    And64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.and(c, c.get64(at), imm, 0));
      } else {
        c.slowStore(a, 8, Alu.and(c, c.slowLoad(a, 8), imm, 0));
      }
    }
  }

  static final class LockAnd64MI extends Op {
    LockAnd64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.and(c, old, imm, 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.and(c, c.slowLoad(a, 8), imm, 0));
        }
      }
    }
  }

  static final class Sub16MI extends Op {
    Sub16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.sub(c, c.get16(at), imm, 48));
      } else {
        c.slowStore(a, 2, Alu.sub(c, c.slowLoad(a, 2), imm, 48));
      }
    }
  }

  static final class LockSub16MI extends Op {
    LockSub16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.sub(c, old, imm, 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.sub(c, c.slowLoad(a, 2), imm, 48));
        }
      }
    }
  }

  static final class Sub32MI extends Op {
    Sub32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.sub(c, c.get32(at), imm, 32));
      } else {
        c.slowStore(a, 4, Alu.sub(c, c.slowLoad(a, 4), imm, 32));
      }
    }
  }

  static final class LockSub32MI extends Op {
    LockSub32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.sub(c, old, imm, 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.sub(c, c.slowLoad(a, 4), imm, 32));
        }
      }
    }
  }

  static final class Sub64MI extends Op {
    Sub64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.sub(c, c.get64(at), imm, 0));
      } else {
        c.slowStore(a, 8, Alu.sub(c, c.slowLoad(a, 8), imm, 0));
      }
    }
  }

  static final class LockSub64MI extends Op {
    LockSub64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.sub(c, old, imm, 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.sub(c, c.slowLoad(a, 8), imm, 0));
        }
      }
    }
  }

  static final class Xor16MI extends Op {
    Xor16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.xor(c, c.get16(at), imm, 48));
      } else {
        c.slowStore(a, 2, Alu.xor(c, c.slowLoad(a, 2), imm, 48));
      }
    }
  }

  static final class LockXor16MI extends Op {
    LockXor16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.xor(c, old, imm, 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.xor(c, c.slowLoad(a, 2), imm, 48));
        }
      }
    }
  }

  static final class Xor32MI extends Op {
    Xor32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.xor(c, c.get32(at), imm, 32));
      } else {
        c.slowStore(a, 4, Alu.xor(c, c.slowLoad(a, 4), imm, 32));
      }
    }
  }

  static final class LockXor32MI extends Op {
    LockXor32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.xor(c, old, imm, 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.xor(c, c.slowLoad(a, 4), imm, 32));
        }
      }
    }
  }

  static final class Xor64MI extends Op {
    Xor64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.xor(c, c.get64(at), imm, 0));
      } else {
        c.slowStore(a, 8, Alu.xor(c, c.slowLoad(a, 8), imm, 0));
      }
    }
  }

  static final class LockXor64MI extends Op {
    LockXor64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.xor(c, old, imm, 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.xor(c, c.slowLoad(a, 8), imm, 0));
        }
      }
    }
  }

  static final class CompareSub16MI extends Op {
    CompareSub16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.load16(address(c)), imm, 48);
    }
  }

  static final class CompareSub32MI extends Op {
    CompareSub32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.load32(address(c)), imm, 32);
    }
  }

  static final class CompareSub64MI extends Op {
    CompareSub64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sub(c, c.load64(address(c)), imm, 0);
    }
  }

  static final class CompareAnd8RR extends Op {
    CompareAnd8RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.and(c, c.get8(d), c.get8(s), 56);
    }
  }

  static final class CompareAnd8MR extends Op {
    CompareAnd8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.and(c, c.load8(address(c)), c.get8(s), 56);
    }
  }

  static final class CompareAnd16RR extends Op {
    CompareAnd16RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.and(c, c.r[d], c.r[s], 48);
    }
  }

  static final class CompareAnd16MR extends Op {
    CompareAnd16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.and(c, c.load16(address(c)), c.r[s], 48);
    }
  }

  static final class CompareAnd32RR extends Op {
    CompareAnd32RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.and(c, c.r[d], c.r[s], 32);
    }
  }

  static final class CompareAnd32MR extends Op {
    CompareAnd32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.and(c, c.load32(address(c)), c.r[s], 32);
    }
  }

  static final class CompareAnd64RR extends Op {
    CompareAnd64RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.and(c, c.r[d], c.r[s], 0);
    }
  }

  static final class CompareAnd64MR extends Op {
    CompareAnd64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.and(c, c.load64(address(c)), c.r[s], 0);
    }
  }

  static final class XchgInAtomic extends Op {
    XchgInAtomic(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Atomic.xchg(c, this);
    }
  }

  static final class Mov8RR extends Op {
    Mov8RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, c.get8(s));
    }
  }

  static final class Mov8MR extends Op {
    Mov8MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.store8(address(c), c.get8(s));
    }
  }

  static final class Mov16RR extends Op {
    Mov16RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (c.r[s]) & 0xffffL;
    }
  }

  static final class Mov16MR extends Op {
    Mov16MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.store16(address(c), c.r[s]);
    }
  }

  static final class Mov32RR extends Op {
    Mov32RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (c.r[s]) & 0xffff_ffffL;
    }
  }

  static final class Mov32MR extends Op {
    Mov32MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.store32(address(c), c.r[s]);
    }
  }

  static final class Mov64RR extends Op {
    Mov64RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[s];
    }
  }

  static final class Mov64MR extends Op {
    Mov64MR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.store64(address(c), c.r[s]);
    }
  }

  static final class Mov8RM extends Op {
    Mov8RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, c.load8(address(c)));
    }
  }

  static final class Mov16RM extends Op {
    Mov16RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (c.load16(address(c))) & 0xffffL;
    }
  }

  static final class Mov32RM extends Op {
    Mov32RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (c.load32(address(c))) & 0xffff_ffffL;
    }
  }

  static final class Mov64RM extends Op {
    Mov64RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.load64(address(c));
    }
  }

  static final class MovFromSegmentInSystemOps extends Op {
    MovFromSegmentInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.movFromSegment(c, this);
    }
  }

  static final class Lea16 extends Op {
    Lea16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (effectiveAddress(c)) & 0xffffL;
    }
  }

  static final class Lea32 extends Op {
    Lea32(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (effectiveAddress(c)) & 0xffff_ffffL;
    }
  }

  static final class Lea64 extends Op {
    Lea64(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = effectiveAddress(c);
    }
  }

  static final class MovToSegmentInSystemOps extends Op {
    MovToSegmentInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.movToSegment(c, this);
    }
  }

  static final class PopRmInStack extends Op {
    PopRmInStack(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Stack.popRm(c, this);
    }
  }

  static final class XchgAccumulatorInAtomic extends Op {
    XchgAccumulatorInAtomic(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Atomic.xchgAccumulator(c, this);
    }
  }

  static final class CbwInConvert extends Op {
    CbwInConvert(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Convert.cbw(c, this);
    }
  }

  static final class CwdInConvert extends Op {
    CwdInConvert(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Convert.cwd(c, this);
    }
  }

  static final class CallFarPointerInControl extends Op {
    CallFarPointerInControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.callFarPointer(c, this);
    }
  }

  static final class FwaitInFpuOps extends Op {
    FwaitInFpuOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      FpuOps.fwait(c, this);
    }
  }

  static final class PushfInStack extends Op {
    PushfInStack(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Stack.pushf(c, this);
    }
  }

  static final class PopfInStack extends Op {
    PopfInStack(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Stack.popf(c, this);
    }
  }

  static final class SahfInAlu extends Op {
    SahfInAlu(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.sahf(c, this);
    }
  }

  static final class LahfInAlu extends Op {
    LahfInAlu(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.lahf(c, this);
    }
  }

  static final class LoadOffsetInMoves extends Op {
    LoadOffsetInMoves(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Moves.loadOffset(c, this);
    }
  }

  static final class StoreOffsetInMoves extends Op {
    StoreOffsetInMoves(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Moves.storeOffset(c, this);
    }
  }

  static final class MovsInStrings extends Op {
    MovsInStrings(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Strings.movs(c, this);
    }
  }

  static final class CmpsInStrings extends Op {
    CmpsInStrings(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Strings.cmps(c, this);
    }
  }

  static final class CompareAnd8RI extends Op {
    CompareAnd8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.and(c, c.get8(d), imm, 56);
    }
  }

  static final class CompareAnd16RI extends Op {
    CompareAnd16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.and(c, c.r[d], imm, 48);
    }
  }

  static final class CompareAnd32RI extends Op {
    CompareAnd32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.and(c, c.r[d], imm, 32);
    }
  }

  static final class CompareAnd64RI extends Op {
    CompareAnd64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.and(c, c.r[d], imm, 0);
    }
  }

  static final class StosInStrings extends Op {
    StosInStrings(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Strings.stos(c, this);
    }
  }

  static final class LodsInStrings extends Op {
    LodsInStrings(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Strings.lods(c, this);
    }
  }

  static final class ScasInStrings extends Op {
    ScasInStrings(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Strings.scas(c, this);
    }
  }

  static final class Mov8RI extends Op {
    Mov8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, imm);
    }
  }

  static final class Mov16RI extends Op {
    Mov16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (imm) & 0xffffL;
    }
  }

  static final class Mov32RI extends Op {
    Mov32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (imm) & 0xffff_ffffL;
    }
  }

  static final class Mov64RI extends Op {
    Mov64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = imm;
    }
  }

  static final class Rol8RI extends Op {
    Rol8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.rol(c, c.get8(d), imm, 56));
    }
  }

  static final class Rol8MI extends Op {
    Rol8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.rol(c, c.get8(at), imm, 56));
      } else {
        c.slowStore(a, 1, Shift.rol(c, c.slowLoad(a, 1), imm, 56));
      }
    }
  }

  static final class Ror8RI extends Op {
    Ror8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.ror(c, c.get8(d), imm, 56));
    }
  }

  static final class Ror8MI extends Op {
    Ror8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.ror(c, c.get8(at), imm, 56));
      } else {
        c.slowStore(a, 1, Shift.ror(c, c.slowLoad(a, 1), imm, 56));
      }
    }
  }

  static final class Rcl8RI extends Op {
    Rcl8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.rcl(c, c.get8(d), imm, 56));
    }
  }

  static final class Rcl8MI extends Op {
    Rcl8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.rcl(c, c.get8(at), imm, 56));
      } else {
        c.slowStore(a, 1, Shift.rcl(c, c.slowLoad(a, 1), imm, 56));
      }
    }
  }

  static final class Rcr8RI extends Op {
    Rcr8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.rcr(c, c.get8(d), imm, 56));
    }
  }

  static final class Rcr8MI extends Op {
    Rcr8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.rcr(c, c.get8(at), imm, 56));
      } else {
        c.slowStore(a, 1, Shift.rcr(c, c.slowLoad(a, 1), imm, 56));
      }
    }
  }

  static final class Shl8RI extends Op {
    Shl8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.shl(c, c.get8(d), imm, 56));
    }
  }

  static final class Shl8MI extends Op {
    Shl8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.shl(c, c.get8(at), imm, 56));
      } else {
        c.slowStore(a, 1, Shift.shl(c, c.slowLoad(a, 1), imm, 56));
      }
    }
  }

  static final class Shr8RI extends Op {
    Shr8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.shr(c, c.get8(d), imm, 56));
    }
  }

  static final class Shr8MI extends Op {
    Shr8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.shr(c, c.get8(at), imm, 56));
      } else {
        c.slowStore(a, 1, Shift.shr(c, c.slowLoad(a, 1), imm, 56));
      }
    }
  }

  static final class Sar8RI extends Op {
    Sar8RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.sar(c, c.get8(d), imm, 56));
    }
  }

  static final class Sar8MI extends Op {
    Sar8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.sar(c, c.get8(at), imm, 56));
      } else {
        c.slowStore(a, 1, Shift.sar(c, c.slowLoad(a, 1), imm, 56));
      }
    }
  }

  static final class Rol16RI extends Op {
    Rol16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.rol(c, c.r[d], imm, 48)) & 0xffffL;
    }
  }

  static final class Rol16MI extends Op {
    Rol16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.rol(c, c.get16(at), imm, 48));
      } else {
        c.slowStore(a, 2, Shift.rol(c, c.slowLoad(a, 2), imm, 48));
      }
    }
  }

  static final class Rol32RI extends Op {
    Rol32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.rol(c, c.r[d], imm, 32)) & 0xffff_ffffL;
    }
  }

  static final class Rol32MI extends Op {
    Rol32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.rol(c, c.get32(at), imm, 32));
      } else {
        c.slowStore(a, 4, Shift.rol(c, c.slowLoad(a, 4), imm, 32));
      }
    }
  }

  static final class Rol64RI extends Op {
    Rol64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.rol(c, c.r[d], imm, 0);
    }
  }

  static final class Rol64MI extends Op {
    Rol64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.rol(c, c.get64(at), imm, 0));
      } else {
        c.slowStore(a, 8, Shift.rol(c, c.slowLoad(a, 8), imm, 0));
      }
    }
  }

  static final class Ror16RI extends Op {
    Ror16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.ror(c, c.r[d], imm, 48)) & 0xffffL;
    }
  }

  static final class Ror16MI extends Op {
    Ror16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.ror(c, c.get16(at), imm, 48));
      } else {
        c.slowStore(a, 2, Shift.ror(c, c.slowLoad(a, 2), imm, 48));
      }
    }
  }

  static final class Ror32RI extends Op {
    Ror32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.ror(c, c.r[d], imm, 32)) & 0xffff_ffffL;
    }
  }

  static final class Ror32MI extends Op {
    Ror32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.ror(c, c.get32(at), imm, 32));
      } else {
        c.slowStore(a, 4, Shift.ror(c, c.slowLoad(a, 4), imm, 32));
      }
    }
  }

  static final class Ror64RI extends Op {
    Ror64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.ror(c, c.r[d], imm, 0);
    }
  }

  static final class Ror64MI extends Op {
    Ror64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.ror(c, c.get64(at), imm, 0));
      } else {
        c.slowStore(a, 8, Shift.ror(c, c.slowLoad(a, 8), imm, 0));
      }
    }
  }

  static final class Rcl16RI extends Op {
    Rcl16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.rcl(c, c.r[d], imm, 48)) & 0xffffL;
    }
  }

  static final class Rcl16MI extends Op {
    Rcl16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.rcl(c, c.get16(at), imm, 48));
      } else {
        c.slowStore(a, 2, Shift.rcl(c, c.slowLoad(a, 2), imm, 48));
      }
    }
  }

  static final class Rcl32RI extends Op {
    Rcl32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.rcl(c, c.r[d], imm, 32)) & 0xffff_ffffL;
    }
  }

  static final class Rcl32MI extends Op {
    Rcl32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.rcl(c, c.get32(at), imm, 32));
      } else {
        c.slowStore(a, 4, Shift.rcl(c, c.slowLoad(a, 4), imm, 32));
      }
    }
  }

  static final class Rcl64RI extends Op {
    Rcl64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.rcl(c, c.r[d], imm, 0);
    }
  }

  static final class Rcl64MI extends Op {
    Rcl64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.rcl(c, c.get64(at), imm, 0));
      } else {
        c.slowStore(a, 8, Shift.rcl(c, c.slowLoad(a, 8), imm, 0));
      }
    }
  }

  static final class Rcr16RI extends Op {
    Rcr16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.rcr(c, c.r[d], imm, 48)) & 0xffffL;
    }
  }

  static final class Rcr16MI extends Op {
    Rcr16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.rcr(c, c.get16(at), imm, 48));
      } else {
        c.slowStore(a, 2, Shift.rcr(c, c.slowLoad(a, 2), imm, 48));
      }
    }
  }

  static final class Rcr32RI extends Op {
    Rcr32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.rcr(c, c.r[d], imm, 32)) & 0xffff_ffffL;
    }
  }

  static final class Rcr32MI extends Op {
    Rcr32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.rcr(c, c.get32(at), imm, 32));
      } else {
        c.slowStore(a, 4, Shift.rcr(c, c.slowLoad(a, 4), imm, 32));
      }
    }
  }

  static final class Rcr64RI extends Op {
    Rcr64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.rcr(c, c.r[d], imm, 0);
    }
  }

  static final class Rcr64MI extends Op {
    Rcr64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.rcr(c, c.get64(at), imm, 0));
      } else {
        c.slowStore(a, 8, Shift.rcr(c, c.slowLoad(a, 8), imm, 0));
      }
    }
  }

  static final class Shl16RI extends Op {
    Shl16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.shl(c, c.r[d], imm, 48)) & 0xffffL;
    }
  }

  static final class Shl16MI extends Op {
    Shl16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.shl(c, c.get16(at), imm, 48));
      } else {
        c.slowStore(a, 2, Shift.shl(c, c.slowLoad(a, 2), imm, 48));
      }
    }
  }

  static final class Shl32RI extends Op {
    Shl32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.shl(c, c.r[d], imm, 32)) & 0xffff_ffffL;
    }
  }

  static final class Shl32MI extends Op {
    Shl32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.shl(c, c.get32(at), imm, 32));
      } else {
        c.slowStore(a, 4, Shift.shl(c, c.slowLoad(a, 4), imm, 32));
      }
    }
  }

  static final class Shl64RI extends Op {
    Shl64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.shl(c, c.r[d], imm, 0);
    }
  }

  static final class Shl64MI extends Op {
    Shl64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.shl(c, c.get64(at), imm, 0));
      } else {
        c.slowStore(a, 8, Shift.shl(c, c.slowLoad(a, 8), imm, 0));
      }
    }
  }

  static final class Shr16RI extends Op {
    Shr16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.shr(c, c.r[d], imm, 48)) & 0xffffL;
    }
  }

  static final class Shr16MI extends Op {
    Shr16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.shr(c, c.get16(at), imm, 48));
      } else {
        c.slowStore(a, 2, Shift.shr(c, c.slowLoad(a, 2), imm, 48));
      }
    }
  }

  static final class Shr32RI extends Op {
    Shr32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.shr(c, c.r[d], imm, 32)) & 0xffff_ffffL;
    }
  }

  static final class Shr32MI extends Op {
    Shr32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.shr(c, c.get32(at), imm, 32));
      } else {
        c.slowStore(a, 4, Shift.shr(c, c.slowLoad(a, 4), imm, 32));
      }
    }
  }

  static final class Shr64RI extends Op {
    Shr64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.shr(c, c.r[d], imm, 0);
    }
  }

  static final class Shr64MI extends Op {
    Shr64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.shr(c, c.get64(at), imm, 0));
      } else {
        c.slowStore(a, 8, Shift.shr(c, c.slowLoad(a, 8), imm, 0));
      }
    }
  }

  static final class Sar16RI extends Op {
    Sar16RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.sar(c, c.r[d], imm, 48)) & 0xffffL;
    }
  }

  static final class Sar16MI extends Op {
    Sar16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.sar(c, c.get16(at), imm, 48));
      } else {
        c.slowStore(a, 2, Shift.sar(c, c.slowLoad(a, 2), imm, 48));
      }
    }
  }

  static final class Sar32RI extends Op {
    Sar32RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.sar(c, c.r[d], imm, 32)) & 0xffff_ffffL;
    }
  }

  static final class Sar32MI extends Op {
    Sar32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.sar(c, c.get32(at), imm, 32));
      } else {
        c.slowStore(a, 4, Shift.sar(c, c.slowLoad(a, 4), imm, 32));
      }
    }
  }

  static final class Sar64RI extends Op {
    Sar64RI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.sar(c, c.r[d], imm, 0);
    }
  }

  static final class Sar64MI extends Op {
    Sar64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.sar(c, c.get64(at), imm, 0));
      } else {
        c.slowStore(a, 8, Shift.sar(c, c.slowLoad(a, 8), imm, 0));
      }
    }
  }

  static final class RetInControl extends Op {
    RetInControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.ret(c, this);
    }
  }

  static final class Ret extends Op {
    Ret(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.retNear(c, this);
    }
  }

  static final class LoadFarPointerInSystemOps extends Op {
    LoadFarPointerInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.loadFarPointer(c, this);
    }
  }

  static final class Mov8MI extends Op {
    Mov8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.store8(address(c), imm);
    }
  }

  static final class Mov16MI extends Op {
    Mov16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.store16(address(c), imm);
    }
  }

  static final class Mov32MI extends Op {
    Mov32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.store32(address(c), imm);
    }
  }

  static final class Mov64MI extends Op {
    Mov64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.store64(address(c), imm);
    }
  }

  static final class EnterInStack extends Op {
    EnterInStack(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Stack.enter(c, this);
    }
  }

  static final class LeaveInStack extends Op {
    LeaveInStack(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Stack.leave(c, this);
    }
  }

  static final class RetFarInControl extends Op {
    RetFarInControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.retFar(c, this);
    }
  }

  static final class Int3InControl extends Op {
    Int3InControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.int3(c, this);
    }
  }

  static final class IntNInControl extends Op {
    IntNInControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.intN(c, this);
    }
  }

  static final class IntoInControl extends Op {
    IntoInControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.into(c, this);
    }
  }

  static final class IretInControl extends Op {
    IretInControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.iret(c, this);
    }
  }

  static final class Rol8ROne extends Op {
    Rol8ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.rol(c, c.get8(d), 1, 56));
    }
  }

  static final class Rol8MOne extends Op {
    Rol8MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.rol(c, c.get8(at), 1, 56));
      } else {
        c.slowStore(a, 1, Shift.rol(c, c.slowLoad(a, 1), 1, 56));
      }
    }
  }

  static final class Ror8ROne extends Op {
    Ror8ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.ror(c, c.get8(d), 1, 56));
    }
  }

  static final class Ror8MOne extends Op {
    Ror8MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.ror(c, c.get8(at), 1, 56));
      } else {
        c.slowStore(a, 1, Shift.ror(c, c.slowLoad(a, 1), 1, 56));
      }
    }
  }

  static final class Rcl8ROne extends Op {
    Rcl8ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.rcl(c, c.get8(d), 1, 56));
    }
  }

  static final class Rcl8MOne extends Op {
    Rcl8MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.rcl(c, c.get8(at), 1, 56));
      } else {
        c.slowStore(a, 1, Shift.rcl(c, c.slowLoad(a, 1), 1, 56));
      }
    }
  }

  static final class Rcr8ROne extends Op {
    Rcr8ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.rcr(c, c.get8(d), 1, 56));
    }
  }

  static final class Rcr8MOne extends Op {
    Rcr8MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.rcr(c, c.get8(at), 1, 56));
      } else {
        c.slowStore(a, 1, Shift.rcr(c, c.slowLoad(a, 1), 1, 56));
      }
    }
  }

  static final class Shl8ROne extends Op {
    Shl8ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.shl(c, c.get8(d), 1, 56));
    }
  }

  static final class Shl8MOne extends Op {
    Shl8MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.shl(c, c.get8(at), 1, 56));
      } else {
        c.slowStore(a, 1, Shift.shl(c, c.slowLoad(a, 1), 1, 56));
      }
    }
  }

  static final class Shr8ROne extends Op {
    Shr8ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.shr(c, c.get8(d), 1, 56));
    }
  }

  static final class Shr8MOne extends Op {
    Shr8MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.shr(c, c.get8(at), 1, 56));
      } else {
        c.slowStore(a, 1, Shift.shr(c, c.slowLoad(a, 1), 1, 56));
      }
    }
  }

  static final class Sar8ROne extends Op {
    Sar8ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.sar(c, c.get8(d), 1, 56));
    }
  }

  static final class Sar8MOne extends Op {
    Sar8MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.sar(c, c.get8(at), 1, 56));
      } else {
        c.slowStore(a, 1, Shift.sar(c, c.slowLoad(a, 1), 1, 56));
      }
    }
  }

  static final class Rol16ROne extends Op {
    Rol16ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.rol(c, c.r[d], 1, 48)) & 0xffffL;
    }
  }

  static final class Rol16MOne extends Op {
    Rol16MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.rol(c, c.get16(at), 1, 48));
      } else {
        c.slowStore(a, 2, Shift.rol(c, c.slowLoad(a, 2), 1, 48));
      }
    }
  }

  static final class Rol32ROne extends Op {
    Rol32ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.rol(c, c.r[d], 1, 32)) & 0xffff_ffffL;
    }
  }

  static final class Rol32MOne extends Op {
    Rol32MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.rol(c, c.get32(at), 1, 32));
      } else {
        c.slowStore(a, 4, Shift.rol(c, c.slowLoad(a, 4), 1, 32));
      }
    }
  }

  static final class Rol64ROne extends Op {
    Rol64ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.rol(c, c.r[d], 1, 0);
    }
  }

  static final class Rol64MOne extends Op {
    Rol64MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.rol(c, c.get64(at), 1, 0));
      } else {
        c.slowStore(a, 8, Shift.rol(c, c.slowLoad(a, 8), 1, 0));
      }
    }
  }

  static final class Ror16ROne extends Op {
    Ror16ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.ror(c, c.r[d], 1, 48)) & 0xffffL;
    }
  }

  static final class Ror16MOne extends Op {
    Ror16MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.ror(c, c.get16(at), 1, 48));
      } else {
        c.slowStore(a, 2, Shift.ror(c, c.slowLoad(a, 2), 1, 48));
      }
    }
  }

  static final class Ror32ROne extends Op {
    Ror32ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.ror(c, c.r[d], 1, 32)) & 0xffff_ffffL;
    }
  }

  static final class Ror32MOne extends Op {
    Ror32MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.ror(c, c.get32(at), 1, 32));
      } else {
        c.slowStore(a, 4, Shift.ror(c, c.slowLoad(a, 4), 1, 32));
      }
    }
  }

  static final class Ror64ROne extends Op {
    Ror64ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.ror(c, c.r[d], 1, 0);
    }
  }

  static final class Ror64MOne extends Op {
    Ror64MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.ror(c, c.get64(at), 1, 0));
      } else {
        c.slowStore(a, 8, Shift.ror(c, c.slowLoad(a, 8), 1, 0));
      }
    }
  }

  static final class Rcl16ROne extends Op {
    Rcl16ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.rcl(c, c.r[d], 1, 48)) & 0xffffL;
    }
  }

  static final class Rcl16MOne extends Op {
    Rcl16MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.rcl(c, c.get16(at), 1, 48));
      } else {
        c.slowStore(a, 2, Shift.rcl(c, c.slowLoad(a, 2), 1, 48));
      }
    }
  }

  static final class Rcl32ROne extends Op {
    Rcl32ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.rcl(c, c.r[d], 1, 32)) & 0xffff_ffffL;
    }
  }

  static final class Rcl32MOne extends Op {
    Rcl32MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.rcl(c, c.get32(at), 1, 32));
      } else {
        c.slowStore(a, 4, Shift.rcl(c, c.slowLoad(a, 4), 1, 32));
      }
    }
  }

  static final class Rcl64ROne extends Op {
    Rcl64ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.rcl(c, c.r[d], 1, 0);
    }
  }

  static final class Rcl64MOne extends Op {
    Rcl64MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.rcl(c, c.get64(at), 1, 0));
      } else {
        c.slowStore(a, 8, Shift.rcl(c, c.slowLoad(a, 8), 1, 0));
      }
    }
  }

  static final class Rcr16ROne extends Op {
    Rcr16ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.rcr(c, c.r[d], 1, 48)) & 0xffffL;
    }
  }

  static final class Rcr16MOne extends Op {
    Rcr16MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.rcr(c, c.get16(at), 1, 48));
      } else {
        c.slowStore(a, 2, Shift.rcr(c, c.slowLoad(a, 2), 1, 48));
      }
    }
  }

  static final class Rcr32ROne extends Op {
    Rcr32ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.rcr(c, c.r[d], 1, 32)) & 0xffff_ffffL;
    }
  }

  static final class Rcr32MOne extends Op {
    Rcr32MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.rcr(c, c.get32(at), 1, 32));
      } else {
        c.slowStore(a, 4, Shift.rcr(c, c.slowLoad(a, 4), 1, 32));
      }
    }
  }

  static final class Rcr64ROne extends Op {
    Rcr64ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.rcr(c, c.r[d], 1, 0);
    }
  }

  static final class Rcr64MOne extends Op {
    Rcr64MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.rcr(c, c.get64(at), 1, 0));
      } else {
        c.slowStore(a, 8, Shift.rcr(c, c.slowLoad(a, 8), 1, 0));
      }
    }
  }

  static final class Shl16ROne extends Op {
    Shl16ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.shl(c, c.r[d], 1, 48)) & 0xffffL;
    }
  }

  static final class Shl16MOne extends Op {
    Shl16MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.shl(c, c.get16(at), 1, 48));
      } else {
        c.slowStore(a, 2, Shift.shl(c, c.slowLoad(a, 2), 1, 48));
      }
    }
  }

  static final class Shl32ROne extends Op {
    Shl32ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.shl(c, c.r[d], 1, 32)) & 0xffff_ffffL;
    }
  }

  static final class Shl32MOne extends Op {
    Shl32MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.shl(c, c.get32(at), 1, 32));
      } else {
        c.slowStore(a, 4, Shift.shl(c, c.slowLoad(a, 4), 1, 32));
      }
    }
  }

  static final class Shl64ROne extends Op {
    Shl64ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.shl(c, c.r[d], 1, 0);
    }
  }

  static final class Shl64MOne extends Op {
    Shl64MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.shl(c, c.get64(at), 1, 0));
      } else {
        c.slowStore(a, 8, Shift.shl(c, c.slowLoad(a, 8), 1, 0));
      }
    }
  }

  static final class Shr16ROne extends Op {
    Shr16ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.shr(c, c.r[d], 1, 48)) & 0xffffL;
    }
  }

  static final class Shr16MOne extends Op {
    Shr16MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.shr(c, c.get16(at), 1, 48));
      } else {
        c.slowStore(a, 2, Shift.shr(c, c.slowLoad(a, 2), 1, 48));
      }
    }
  }

  static final class Shr32ROne extends Op {
    Shr32ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.shr(c, c.r[d], 1, 32)) & 0xffff_ffffL;
    }
  }

  static final class Shr32MOne extends Op {
    Shr32MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.shr(c, c.get32(at), 1, 32));
      } else {
        c.slowStore(a, 4, Shift.shr(c, c.slowLoad(a, 4), 1, 32));
      }
    }
  }

  static final class Shr64ROne extends Op {
    Shr64ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.shr(c, c.r[d], 1, 0);
    }
  }

  static final class Shr64MOne extends Op {
    Shr64MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.shr(c, c.get64(at), 1, 0));
      } else {
        c.slowStore(a, 8, Shift.shr(c, c.slowLoad(a, 8), 1, 0));
      }
    }
  }

  static final class Sar16ROne extends Op {
    Sar16ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.sar(c, c.r[d], 1, 48)) & 0xffffL;
    }
  }

  static final class Sar16MOne extends Op {
    Sar16MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.sar(c, c.get16(at), 1, 48));
      } else {
        c.slowStore(a, 2, Shift.sar(c, c.slowLoad(a, 2), 1, 48));
      }
    }
  }

  static final class Sar32ROne extends Op {
    Sar32ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.sar(c, c.r[d], 1, 32)) & 0xffff_ffffL;
    }
  }

  static final class Sar32MOne extends Op {
    Sar32MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.sar(c, c.get32(at), 1, 32));
      } else {
        c.slowStore(a, 4, Shift.sar(c, c.slowLoad(a, 4), 1, 32));
      }
    }
  }

  static final class Sar64ROne extends Op {
    Sar64ROne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.sar(c, c.r[d], 1, 0);
    }
  }

  static final class Sar64MOne extends Op {
    Sar64MOne(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.sar(c, c.get64(at), 1, 0));
      } else {
        c.slowStore(a, 8, Shift.sar(c, c.slowLoad(a, 8), 1, 0));
      }
    }
  }

  static final class Rol8RC extends Op {
    Rol8RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.rol(c, c.get8(d), c.r[1], 56));
    }
  }

  static final class Rol8MC extends Op {
    Rol8MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.rol(c, c.get8(at), c.r[1], 56));
      } else {
        c.slowStore(a, 1, Shift.rol(c, c.slowLoad(a, 1), c.r[1], 56));
      }
    }
  }

  static final class Ror8RC extends Op {
    Ror8RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.ror(c, c.get8(d), c.r[1], 56));
    }
  }

  static final class Ror8MC extends Op {
    Ror8MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.ror(c, c.get8(at), c.r[1], 56));
      } else {
        c.slowStore(a, 1, Shift.ror(c, c.slowLoad(a, 1), c.r[1], 56));
      }
    }
  }

  static final class Rcl8RC extends Op {
    Rcl8RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.rcl(c, c.get8(d), c.r[1], 56));
    }
  }

  static final class Rcl8MC extends Op {
    Rcl8MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.rcl(c, c.get8(at), c.r[1], 56));
      } else {
        c.slowStore(a, 1, Shift.rcl(c, c.slowLoad(a, 1), c.r[1], 56));
      }
    }
  }

  static final class Rcr8RC extends Op {
    Rcr8RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.rcr(c, c.get8(d), c.r[1], 56));
    }
  }

  static final class Rcr8MC extends Op {
    Rcr8MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.rcr(c, c.get8(at), c.r[1], 56));
      } else {
        c.slowStore(a, 1, Shift.rcr(c, c.slowLoad(a, 1), c.r[1], 56));
      }
    }
  }

  static final class Shl8RC extends Op {
    Shl8RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.shl(c, c.get8(d), c.r[1], 56));
    }
  }

  static final class Shl8MC extends Op {
    Shl8MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.shl(c, c.get8(at), c.r[1], 56));
      } else {
        c.slowStore(a, 1, Shift.shl(c, c.slowLoad(a, 1), c.r[1], 56));
      }
    }
  }

  static final class Shr8RC extends Op {
    Shr8RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.shr(c, c.get8(d), c.r[1], 56));
    }
  }

  static final class Shr8MC extends Op {
    Shr8MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.shr(c, c.get8(at), c.r[1], 56));
      } else {
        c.slowStore(a, 1, Shift.shr(c, c.slowLoad(a, 1), c.r[1], 56));
      }
    }
  }

  static final class Sar8RC extends Op {
    Sar8RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Shift.sar(c, c.get8(d), c.r[1], 56));
    }
  }

  static final class Sar8MC extends Op {
    Sar8MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Shift.sar(c, c.get8(at), c.r[1], 56));
      } else {
        c.slowStore(a, 1, Shift.sar(c, c.slowLoad(a, 1), c.r[1], 56));
      }
    }
  }

  static final class Rol16RC extends Op {
    Rol16RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.rol(c, c.r[d], c.r[1], 48)) & 0xffffL;
    }
  }

  static final class Rol16MC extends Op {
    Rol16MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.rol(c, c.get16(at), c.r[1], 48));
      } else {
        c.slowStore(a, 2, Shift.rol(c, c.slowLoad(a, 2), c.r[1], 48));
      }
    }
  }

  static final class Rol32RC extends Op {
    Rol32RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.rol(c, c.r[d], c.r[1], 32)) & 0xffff_ffffL;
    }
  }

  static final class Rol32MC extends Op {
    Rol32MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.rol(c, c.get32(at), c.r[1], 32));
      } else {
        c.slowStore(a, 4, Shift.rol(c, c.slowLoad(a, 4), c.r[1], 32));
      }
    }
  }

  static final class Rol64RC extends Op {
    Rol64RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.rol(c, c.r[d], c.r[1], 0);
    }
  }

  static final class Rol64MC extends Op {
    Rol64MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.rol(c, c.get64(at), c.r[1], 0));
      } else {
        c.slowStore(a, 8, Shift.rol(c, c.slowLoad(a, 8), c.r[1], 0));
      }
    }
  }

  static final class Ror16RC extends Op {
    Ror16RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.ror(c, c.r[d], c.r[1], 48)) & 0xffffL;
    }
  }

  static final class Ror16MC extends Op {
    Ror16MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.ror(c, c.get16(at), c.r[1], 48));
      } else {
        c.slowStore(a, 2, Shift.ror(c, c.slowLoad(a, 2), c.r[1], 48));
      }
    }
  }

  static final class Ror32RC extends Op {
    Ror32RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.ror(c, c.r[d], c.r[1], 32)) & 0xffff_ffffL;
    }
  }

  static final class Ror32MC extends Op {
    Ror32MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.ror(c, c.get32(at), c.r[1], 32));
      } else {
        c.slowStore(a, 4, Shift.ror(c, c.slowLoad(a, 4), c.r[1], 32));
      }
    }
  }

  static final class Ror64RC extends Op {
    Ror64RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.ror(c, c.r[d], c.r[1], 0);
    }
  }

  static final class Ror64MC extends Op {
    Ror64MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.ror(c, c.get64(at), c.r[1], 0));
      } else {
        c.slowStore(a, 8, Shift.ror(c, c.slowLoad(a, 8), c.r[1], 0));
      }
    }
  }

  static final class Rcl16RC extends Op {
    Rcl16RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.rcl(c, c.r[d], c.r[1], 48)) & 0xffffL;
    }
  }

  static final class Rcl16MC extends Op {
    Rcl16MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.rcl(c, c.get16(at), c.r[1], 48));
      } else {
        c.slowStore(a, 2, Shift.rcl(c, c.slowLoad(a, 2), c.r[1], 48));
      }
    }
  }

  static final class Rcl32RC extends Op {
    Rcl32RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.rcl(c, c.r[d], c.r[1], 32)) & 0xffff_ffffL;
    }
  }

  static final class Rcl32MC extends Op {
    Rcl32MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.rcl(c, c.get32(at), c.r[1], 32));
      } else {
        c.slowStore(a, 4, Shift.rcl(c, c.slowLoad(a, 4), c.r[1], 32));
      }
    }
  }

  static final class Rcl64RC extends Op {
    Rcl64RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.rcl(c, c.r[d], c.r[1], 0);
    }
  }

  static final class Rcl64MC extends Op {
    Rcl64MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.rcl(c, c.get64(at), c.r[1], 0));
      } else {
        c.slowStore(a, 8, Shift.rcl(c, c.slowLoad(a, 8), c.r[1], 0));
      }
    }
  }

  static final class Rcr16RC extends Op {
    Rcr16RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.rcr(c, c.r[d], c.r[1], 48)) & 0xffffL;
    }
  }

  static final class Rcr16MC extends Op {
    Rcr16MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.rcr(c, c.get16(at), c.r[1], 48));
      } else {
        c.slowStore(a, 2, Shift.rcr(c, c.slowLoad(a, 2), c.r[1], 48));
      }
    }
  }

  static final class Rcr32RC extends Op {
    Rcr32RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.rcr(c, c.r[d], c.r[1], 32)) & 0xffff_ffffL;
    }
  }

  static final class Rcr32MC extends Op {
    Rcr32MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.rcr(c, c.get32(at), c.r[1], 32));
      } else {
        c.slowStore(a, 4, Shift.rcr(c, c.slowLoad(a, 4), c.r[1], 32));
      }
    }
  }

  static final class Rcr64RC extends Op {
    Rcr64RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.rcr(c, c.r[d], c.r[1], 0);
    }
  }

  static final class Rcr64MC extends Op {
    Rcr64MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.rcr(c, c.get64(at), c.r[1], 0));
      } else {
        c.slowStore(a, 8, Shift.rcr(c, c.slowLoad(a, 8), c.r[1], 0));
      }
    }
  }

  static final class Shl16RC extends Op {
    Shl16RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.shl(c, c.r[d], c.r[1], 48)) & 0xffffL;
    }
  }

  static final class Shl16MC extends Op {
    Shl16MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.shl(c, c.get16(at), c.r[1], 48));
      } else {
        c.slowStore(a, 2, Shift.shl(c, c.slowLoad(a, 2), c.r[1], 48));
      }
    }
  }

  static final class Shl32RC extends Op {
    Shl32RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.shl(c, c.r[d], c.r[1], 32)) & 0xffff_ffffL;
    }
  }

  static final class Shl32MC extends Op {
    Shl32MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.shl(c, c.get32(at), c.r[1], 32));
      } else {
        c.slowStore(a, 4, Shift.shl(c, c.slowLoad(a, 4), c.r[1], 32));
      }
    }
  }

  static final class Shl64RC extends Op {
    Shl64RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.shl(c, c.r[d], c.r[1], 0);
    }
  }

  static final class Shl64MC extends Op {
    Shl64MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.shl(c, c.get64(at), c.r[1], 0));
      } else {
        c.slowStore(a, 8, Shift.shl(c, c.slowLoad(a, 8), c.r[1], 0));
      }
    }
  }

  static final class Shr16RC extends Op {
    Shr16RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.shr(c, c.r[d], c.r[1], 48)) & 0xffffL;
    }
  }

  static final class Shr16MC extends Op {
    Shr16MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.shr(c, c.get16(at), c.r[1], 48));
      } else {
        c.slowStore(a, 2, Shift.shr(c, c.slowLoad(a, 2), c.r[1], 48));
      }
    }
  }

  static final class Shr32RC extends Op {
    Shr32RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.shr(c, c.r[d], c.r[1], 32)) & 0xffff_ffffL;
    }
  }

  static final class Shr32MC extends Op {
    Shr32MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.shr(c, c.get32(at), c.r[1], 32));
      } else {
        c.slowStore(a, 4, Shift.shr(c, c.slowLoad(a, 4), c.r[1], 32));
      }
    }
  }

  static final class Shr64RC extends Op {
    Shr64RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.shr(c, c.r[d], c.r[1], 0);
    }
  }

  static final class Shr64MC extends Op {
    Shr64MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.shr(c, c.get64(at), c.r[1], 0));
      } else {
        c.slowStore(a, 8, Shift.shr(c, c.slowLoad(a, 8), c.r[1], 0));
      }
    }
  }

  static final class Sar16RC extends Op {
    Sar16RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Shift.sar(c, c.r[d], c.r[1], 48)) & 0xffffL;
    }
  }

  static final class Sar16MC extends Op {
    Sar16MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Shift.sar(c, c.get16(at), c.r[1], 48));
      } else {
        c.slowStore(a, 2, Shift.sar(c, c.slowLoad(a, 2), c.r[1], 48));
      }
    }
  }

  static final class Sar32RC extends Op {
    Sar32RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Shift.sar(c, c.r[d], c.r[1], 32)) & 0xffff_ffffL;
    }
  }

  static final class Sar32MC extends Op {
    Sar32MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Shift.sar(c, c.get32(at), c.r[1], 32));
      } else {
        c.slowStore(a, 4, Shift.sar(c, c.slowLoad(a, 4), c.r[1], 32));
      }
    }
  }

  static final class Sar64RC extends Op {
    Sar64RC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Shift.sar(c, c.r[d], c.r[1], 0);
    }
  }

  static final class Sar64MC extends Op {
    Sar64MC(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Shift.sar(c, c.get64(at), c.r[1], 0));
      } else {
        c.slowStore(a, 8, Shift.sar(c, c.slowLoad(a, 8), c.r[1], 0));
      }
    }
  }

  static final class AamInDecimal extends Op {
    AamInDecimal(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Decimal.aam(c, this);
    }
  }

  static final class AadInDecimal extends Op {
    AadInDecimal(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Decimal.aad(c, this);
    }
  }

  static final class SalcInDecimal extends Op {
    SalcInDecimal(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Decimal.salc(c, this);
    }
  }

  static final class XlatInMoves extends Op {
    XlatInMoves(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Moves.xlat(c, this);
    }
  }

  static final class ExecuteInFpuOps extends Op {
    ExecuteInFpuOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      FpuOps.execute(c, this);
    }
  }

  static final class LoopneInControl extends Op {
    LoopneInControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.loopne(c, this);
    }
  }

  static final class LoopeInControl extends Op {
    LoopeInControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.loope(c, this);
    }
  }

  static final class LoopInControl extends Op {
    LoopInControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.loop(c, this);
    }
  }

  static final class JcxzInControl extends Op {
    JcxzInControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.jcxz(c, this);
    }
  }

  static final class InInPortIo extends Op {
    InInPortIo(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      PortIo.in(c, this);
    }
  }

  static final class OutInPortIo extends Op {
    OutInPortIo(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      PortIo.out(c, this);
    }
  }

  static final class CallNear extends Op.Branch {
    CallNear(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.callNear(c, this);
    }
  }

  static final class Jmp extends Op.Branch {
    Jmp(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.jump(this, c.r[Instruction.PAGE_BASE] + imm);
    }
  }

  static final class JmpFarPointerInControl extends Op {
    JmpFarPointerInControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.jmpFarPointer(c, this);
    }
  }

  static final class InDxInPortIo extends Op {
    InDxInPortIo(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      PortIo.inDx(c, this);
    }
  }

  static final class OutDxInPortIo extends Op {
    OutDxInPortIo(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      PortIo.outDx(c, this);
    }
  }

  static final class Int1InControl extends Op {
    Int1InControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.int1(c, this);
    }
  }

  static final class HltInSystemOpsPrivileged extends Op {
    HltInSystemOpsPrivileged(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requirePrivilege();
      SystemOps.hlt(c, this);
    }
  }

  static final class CmcInAlu extends Op {
    CmcInAlu(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.cmc(c, this);
    }
  }

  static final class CompareAnd8MI extends Op {
    CompareAnd8MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.and(c, c.load8(address(c)), imm, 56);
    }
  }

  static final class Not8R extends Op {
    Not8R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.not(c, c.get8(d), 56));
    }
  }

  static final class Not8M extends Op {
    Not8M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.not(c, c.get8(at), 56));
      } else {
        c.slowStore(a, 1, Alu.not(c, c.slowLoad(a, 1), 56));
      }
    }
  }

  static final class LockNot8M extends Op {
    LockNot8M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.not(c, old, 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.not(c, c.slowLoad(a, 1), 56));
        }
      }
    }
  }

  static final class Neg8R extends Op {
    Neg8R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.neg(c, c.get8(d), 56));
    }
  }

  static final class Neg8M extends Op {
    Neg8M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.neg(c, c.get8(at), 56));
      } else {
        c.slowStore(a, 1, Alu.neg(c, c.slowLoad(a, 1), 56));
      }
    }
  }

  static final class LockNeg8M extends Op {
    LockNeg8M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.neg(c, old, 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.neg(c, c.slowLoad(a, 1), 56));
        }
      }
    }
  }

  static final class MulInMultiply extends Op {
    MulInMultiply(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Multiply.mul(c, this);
    }
  }

  static final class Imul1InMultiply extends Op {
    Imul1InMultiply(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Multiply.imul1(c, this);
    }
  }

  static final class DivInMultiply extends Op {
    DivInMultiply(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Multiply.div(c, this);
    }
  }

  static final class IdivInMultiply extends Op {
    IdivInMultiply(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Multiply.idiv(c, this);
    }
  }

  static final class CompareAnd16MI extends Op {
    CompareAnd16MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.and(c, c.load16(address(c)), imm, 48);
    }
  }

  static final class CompareAnd32MI extends Op {
    CompareAnd32MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.and(c, c.load32(address(c)), imm, 32);
    }
  }

  static final class CompareAnd64MI extends Op {
    CompareAnd64MI(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.and(c, c.load64(address(c)), imm, 0);
    }
  }

  static final class Not16R extends Op {
    Not16R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.not(c, c.r[d], 48)) & 0xffffL;
    }
  }

  static final class Not16M extends Op {
    Not16M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.not(c, c.get16(at), 48));
      } else {
        c.slowStore(a, 2, Alu.not(c, c.slowLoad(a, 2), 48));
      }
    }
  }

  static final class LockNot16M extends Op {
    LockNot16M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.not(c, old, 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.not(c, c.slowLoad(a, 2), 48));
        }
      }
    }
  }

  static final class Not32R extends Op {
    Not32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.not(c, c.r[d], 32)) & 0xffff_ffffL;
    }
  }

  static final class Not32M extends Op {
    Not32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.not(c, c.get32(at), 32));
      } else {
        c.slowStore(a, 4, Alu.not(c, c.slowLoad(a, 4), 32));
      }
    }
  }

  static final class LockNot32M extends Op {
    LockNot32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.not(c, old, 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.not(c, c.slowLoad(a, 4), 32));
        }
      }
    }
  }

  static final class Not64R extends Op {
    Not64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.not(c, c.r[d], 0);
    }
  }

  static final class Not64M extends Op {
    Not64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.not(c, c.get64(at), 0));
      } else {
        c.slowStore(a, 8, Alu.not(c, c.slowLoad(a, 8), 0));
      }
    }
  }

  static final class LockNot64M extends Op {
    LockNot64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.not(c, old, 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.not(c, c.slowLoad(a, 8), 0));
        }
      }
    }
  }

  static final class Neg16R extends Op {
    Neg16R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Alu.neg(c, c.r[d], 48)) & 0xffffL;
    }
  }

  static final class Neg16M extends Op {
    Neg16M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.neg(c, c.get16(at), 48));
      } else {
        c.slowStore(a, 2, Alu.neg(c, c.slowLoad(a, 2), 48));
      }
    }
  }

  static final class LockNeg16M extends Op {
    LockNeg16M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.neg(c, old, 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.neg(c, c.slowLoad(a, 2), 48));
        }
      }
    }
  }

  static final class Neg32R extends Op {
    Neg32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Alu.neg(c, c.r[d], 32)) & 0xffff_ffffL;
    }
  }

  static final class Neg32M extends Op {
    Neg32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.neg(c, c.get32(at), 32));
      } else {
        c.slowStore(a, 4, Alu.neg(c, c.slowLoad(a, 4), 32));
      }
    }
  }

  static final class LockNeg32M extends Op {
    LockNeg32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.neg(c, old, 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.neg(c, c.slowLoad(a, 4), 32));
        }
      }
    }
  }

  static final class Neg64R extends Op {
    Neg64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Alu.neg(c, c.r[d], 0);
    }
  }

  static final class Neg64M extends Op {
    Neg64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.neg(c, c.get64(at), 0));
      } else {
        c.slowStore(a, 8, Alu.neg(c, c.slowLoad(a, 8), 0));
      }
    }
  }

  static final class LockNeg64M extends Op {
    LockNeg64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.neg(c, old, 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.neg(c, c.slowLoad(a, 8), 0));
        }
      }
    }
  }

  static final class ClcInAlu extends Op {
    ClcInAlu(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.clc(c, this);
    }
  }

  static final class StcInAlu extends Op {
    StcInAlu(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Alu.stc(c, this);
    }
  }

  static final class CliInSystemOps extends Op {
    CliInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.cli(c, this);
    }
  }

  static final class StiInSystemOps extends Op {
    StiInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.sti(c, this);
    }
  }

  static final class CldInSystemOps extends Op {
    CldInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.cld(c, this);
    }
  }

  static final class StdInSystemOps extends Op {
    StdInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.std(c, this);
    }
  }

  static final class Inc8R extends Op {
    Inc8R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.inc(c, c.get8(d), 56));
    }
  }

  static final class Inc8M extends Op {
    Inc8M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.inc(c, c.get8(at), 56));
      } else {
        c.slowStore(a, 1, Alu.inc(c, c.slowLoad(a, 1), 56));
      }
    }
  }

  static final class LockInc8M extends Op {
    LockInc8M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.inc(c, old, 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.inc(c, c.slowLoad(a, 1), 56));
        }
      }
    }
  }

  static final class Dec8R extends Op {
    Dec8R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(d, Alu.dec(c, c.get8(d), 56));
    }
  }

  static final class Dec8M extends Op {
    Dec8M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0) {
        c.put8(at, Alu.dec(c, c.get8(at), 56));
      } else {
        c.slowStore(a, 1, Alu.dec(c, c.slowLoad(a, 1), 56));
      }
    }
  }

  static final class LockDec8M extends Op {
    LockDec8M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable8(a);
      if (at >= 0 && (at & 0) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get8(at);
          value = Alu.dec(c, old, 56);
        } while (!c.compareAndSet8(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 1, Alu.dec(c, c.slowLoad(a, 1), 56));
        }
      }
    }
  }

  static final class Inc16M extends Op {
    Inc16M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.inc(c, c.get16(at), 48));
      } else {
        c.slowStore(a, 2, Alu.inc(c, c.slowLoad(a, 2), 48));
      }
    }
  }

  static final class LockInc16M extends Op {
    LockInc16M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.inc(c, old, 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.inc(c, c.slowLoad(a, 2), 48));
        }
      }
    }
  }

  static final class Inc32M extends Op {
    Inc32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.inc(c, c.get32(at), 32));
      } else {
        c.slowStore(a, 4, Alu.inc(c, c.slowLoad(a, 4), 32));
      }
    }
  }

  static final class LockInc32M extends Op {
    LockInc32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.inc(c, old, 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.inc(c, c.slowLoad(a, 4), 32));
        }
      }
    }
  }

  static final class Inc64M extends Op {
    Inc64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.inc(c, c.get64(at), 0));
      } else {
        c.slowStore(a, 8, Alu.inc(c, c.slowLoad(a, 8), 0));
      }
    }
  }

  static final class LockInc64M extends Op {
    LockInc64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.inc(c, old, 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.inc(c, c.slowLoad(a, 8), 0));
        }
      }
    }
  }

  static final class Dec16M extends Op {
    Dec16M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0) {
        c.put16(at, Alu.dec(c, c.get16(at), 48));
      } else {
        c.slowStore(a, 2, Alu.dec(c, c.slowLoad(a, 2), 48));
      }
    }
  }

  static final class LockDec16M extends Op {
    LockDec16M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable16(a);
      if (at >= 0 && (at & 1) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get16(at);
          value = Alu.dec(c, old, 48);
        } while (!c.compareAndSet16(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 2, Alu.dec(c, c.slowLoad(a, 2), 48));
        }
      }
    }
  }

  static final class Dec32M extends Op {
    Dec32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0) {
        c.put32(at, Alu.dec(c, c.get32(at), 32));
      } else {
        c.slowStore(a, 4, Alu.dec(c, c.slowLoad(a, 4), 32));
      }
    }
  }

  static final class LockDec32M extends Op {
    LockDec32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable32(a);
      if (at >= 0 && (at & 3) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get32(at);
          value = Alu.dec(c, old, 32);
        } while (!c.compareAndSet32(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 4, Alu.dec(c, c.slowLoad(a, 4), 32));
        }
      }
    }
  }

  static final class Dec64M extends Op {
    Dec64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0) {
        c.put64(at, Alu.dec(c, c.get64(at), 0));
      } else {
        c.slowStore(a, 8, Alu.dec(c, c.slowLoad(a, 8), 0));
      }
    }
  }

  static final class LockDec64M extends Op {
    LockDec64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long a = address(c);
      long at = c.writable64(a);
      if (at >= 0 && (at & 7) == 0) {
        long before = c.carries;
        long old;
        long value;
        do {
          c.carries = before;
          old = c.get64(at);
          value = Alu.dec(c, old, 0);
        } while (!c.compareAndSet64(at, old, value));
      } else {
        synchronized (c.splitLock()) {
          c.slowStore(a, 8, Alu.dec(c, c.slowLoad(a, 8), 0));
        }
      }
    }
  }

  static final class CallIndirectInControl extends Op {
    CallIndirectInControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.callIndirect(c, this);
    }
  }

  static final class CallFarMemoryInControl extends Op {
    CallFarMemoryInControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.callFarMemory(c, this);
    }
  }

  static final class JmpIndirectInControl extends Op {
    JmpIndirectInControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.jmpIndirect(c, this);
    }
  }

  static final class JmpFarMemoryInControl extends Op {
    JmpFarMemoryInControl(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Control.jmpFarMemory(c, this);
    }
  }

  static final class PushRmInStack extends Op {
    PushRmInStack(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Stack.pushRm(c, this);
    }
  }

  static final class SldtInSystemOps extends Op {
    SldtInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.sldt(c, this);
    }
  }

  static final class StrInSystemOps extends Op {
    StrInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.str(c, this);
    }
  }

  static final class LldtInSystemOpsPrivileged extends Op {
    LldtInSystemOpsPrivileged(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requirePrivilege();
      SystemOps.lldt(c, this);
    }
  }

  static final class LtrInSystemOpsPrivileged extends Op {
    LtrInSystemOpsPrivileged(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requirePrivilege();
      SystemOps.ltr(c, this);
    }
  }

  static final class VerrInSystemOps extends Op {
    VerrInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.verr(c, this);
    }
  }

  static final class VerwInSystemOps extends Op {
    VerwInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.verw(c, this);
    }
  }

  static final class SgdtInSystemOps extends Op {
    SgdtInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.sgdt(c, this);
    }
  }

  static final class SidtInSystemOps extends Op {
    SidtInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.sidt(c, this);
    }
  }

  static final class LgdtInSystemOpsPrivileged extends Op {
    LgdtInSystemOpsPrivileged(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requirePrivilege();
      SystemOps.lgdt(c, this);
    }
  }

  static final class LidtInSystemOpsPrivileged extends Op {
    LidtInSystemOpsPrivileged(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requirePrivilege();
      SystemOps.lidt(c, this);
    }
  }

  static final class InvlpgInSystemOpsPrivileged extends Op {
    InvlpgInSystemOpsPrivileged(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requirePrivilege();
      SystemOps.invlpg(c, this);
    }
  }

  static final class Group01reg0InSystemOps extends Op {
    Group01reg0InSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.group01reg0(c, this);
    }
  }

  static final class Group01reg1InSystemOps extends Op {
    Group01reg1InSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.group01reg1(c, this);
    }
  }

  static final class Group01reg2InSystemOps extends Op {
    Group01reg2InSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.group01reg2(c, this);
    }
  }

  static final class SmswInSystemOps extends Op {
    SmswInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.smsw(c, this);
    }
  }

  static final class LmswInSystemOpsPrivileged extends Op {
    LmswInSystemOpsPrivileged(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requirePrivilege();
      SystemOps.lmsw(c, this);
    }
  }

  static final class Group01reg7InSystemOps extends Op {
    Group01reg7InSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.group01reg7(c, this);
    }
  }

  static final class LarInSystemOps extends Op {
    LarInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.lar(c, this);
    }
  }

  static final class LslInSystemOps extends Op {
    LslInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.lsl(c, this);
    }
  }

  static final class SyscallInSystemOps extends Op {
    SyscallInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.syscall(c, this);
    }
  }

  static final class CltsInSystemOpsPrivileged extends Op {
    CltsInSystemOpsPrivileged(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requirePrivilege();
      SystemOps.clts(c, this);
    }
  }

  static final class SysretInSystemOpsPrivileged extends Op {
    SysretInSystemOpsPrivileged(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requirePrivilege();
      SystemOps.sysret(c, this);
    }
  }

  static final class NoOperationInSystemOpsPrivileged extends Op {
    NoOperationInSystemOpsPrivileged(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requirePrivilege();
      SystemOps.noOperation(c, this);
    }
  }

  static final class UndefinedInSystemOps extends Op {
    UndefinedInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.undefined(c, this);
    }
  }

  static final class Nop extends Op {
    Nop(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
    }
  }

  static final class MovFromControlInSystemOps extends Op {
    MovFromControlInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.movFromControl(c, this);
    }
  }

  static final class MovFromDebugInSystemOps extends Op {
    MovFromDebugInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.movFromDebug(c, this);
    }
  }

  static final class MovToControlInSystemOps extends Op {
    MovToControlInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.movToControl(c, this);
    }
  }

  static final class MovToDebugInSystemOps extends Op {
    MovToDebugInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.movToDebug(c, this);
    }
  }

  static final class WrmsrInSystemOpsPrivileged extends Op {
    WrmsrInSystemOpsPrivileged(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requirePrivilege();
      SystemOps.wrmsr(c, this);
    }
  }

  static final class RdtscInSystemOps extends Op {
    RdtscInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.rdtsc(c, this);
    }
  }

  static final class RdmsrInSystemOpsPrivileged extends Op {
    RdmsrInSystemOpsPrivileged(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requirePrivilege();
      SystemOps.rdmsr(c, this);
    }
  }

  static final class RdpmcInSystemOps extends Op {
    RdpmcInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.rdpmc(c, this);
    }
  }

  static final class SysenterInSystemOps extends Op {
    SysenterInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.sysenter(c, this);
    }
  }

  static final class SysexitInSystemOpsPrivileged extends Op {
    SysexitInSystemOpsPrivileged(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requirePrivilege();
      SystemOps.sysexit(c, this);
    }
  }

  static final class MoveCondition16R extends Op {
    MoveCondition16R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (c.condition(opcode)) {
        c.r[d] = c.r[d] & ~0xffffL | (c.r[s]) & 0xffffL;
      }
    }
  }

  static final class MoveCondition16M extends Op {
    MoveCondition16M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long value = c.load16(address(c));
      if (c.condition(opcode)) {
        c.r[d] = c.r[d] & ~0xffffL | (value) & 0xffffL;
      }
    }
  }

  static final class MoveCondition32R extends Op {
    MoveCondition32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (c.condition(opcode)) {
        c.r[d] = (c.r[s]) & 0xffff_ffffL;
      } else {
        c.r[d] &= 0xffff_ffffL;
      }
    }
  }

  static final class MoveCondition32M extends Op {
    MoveCondition32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long value = c.load32(address(c));
      if (c.condition(opcode)) {
        c.r[d] = (value) & 0xffff_ffffL;
      } else {
        c.r[d] &= 0xffff_ffffL;
      }
    }
  }

  static final class MoveCondition64R extends Op {
    MoveCondition64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      if (c.condition(opcode)) {
        c.r[d] = c.r[s];
      }
    }
  }

  static final class MoveCondition64M extends Op {
    MoveCondition64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      long value = c.load64(address(c));
      if (c.condition(opcode)) {
        c.r[d] = value;
      }
    }
  }

  static final class SetConditionR extends Op {
    SetConditionR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.set8(s, c.condition(opcode) ? 1 : 0);
    }
  }

  static final class SetConditionM extends Op {
    SetConditionM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.store8(address(c), c.condition(opcode) ? 1 : 0);
    }
  }

  static final class CpuidInSystemOps extends Op {
    CpuidInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.cpuid(c, this);
    }
  }

  static final class BtInBitOps extends Op {
    BtInBitOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      BitOps.bt(c, this);
    }
  }

  static final class ShldInShift extends Op {
    ShldInShift(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Shift.shld(c, this);
    }
  }

  static final class BtsInBitOps extends Op {
    BtsInBitOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      BitOps.bts(c, this);
    }
  }

  static final class ShrdInShift extends Op {
    ShrdInShift(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Shift.shrd(c, this);
    }
  }

  static final class Imul216RR extends Op {
    Imul216RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Multiply.imul2(c, c.r[d], c.r[s], 48)) & 0xffffL;
    }
  }

  static final class Imul216RM extends Op {
    Imul216RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (Multiply.imul2(c, c.r[d], c.load16(address(c)), 48)) & 0xffffL;
    }
  }

  static final class Imul232RR extends Op {
    Imul232RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Multiply.imul2(c, c.r[d], c.r[s], 32)) & 0xffff_ffffL;
    }
  }

  static final class Imul232RM extends Op {
    Imul232RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (Multiply.imul2(c, c.r[d], c.load32(address(c)), 32)) & 0xffff_ffffL;
    }
  }

  static final class Imul264RR extends Op {
    Imul264RR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Multiply.imul2(c, c.r[d], c.r[s], 0);
    }
  }

  static final class Imul264RM extends Op {
    Imul264RM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = Multiply.imul2(c, c.r[d], c.load64(address(c)), 0);
    }
  }

  static final class CmpxchgInAtomic extends Op {
    CmpxchgInAtomic(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Atomic.cmpxchg(c, this);
    }
  }

  static final class BtrInBitOps extends Op {
    BtrInBitOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      BitOps.btr(c, this);
    }
  }

  static final class ZeroExtend8To16R extends Op {
    ZeroExtend8To16R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (c.get8(s) & 0xffL) & 0xffffL;
    }
  }

  static final class ZeroExtend8To16M extends Op {
    ZeroExtend8To16M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (c.load8(address(c)) & 0xffL) & 0xffffL;
    }
  }

  static final class ZeroExtend8To32R extends Op {
    ZeroExtend8To32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (c.get8(s) & 0xffL) & 0xffff_ffffL;
    }
  }

  static final class ZeroExtend8To32M extends Op {
    ZeroExtend8To32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (c.load8(address(c)) & 0xffL) & 0xffff_ffffL;
    }
  }

  static final class ZeroExtend8To64R extends Op {
    ZeroExtend8To64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.get8(s) & 0xffL;
    }
  }

  static final class ZeroExtend8To64M extends Op {
    ZeroExtend8To64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.load8(address(c)) & 0xffL;
    }
  }

  static final class ZeroExtend16To16R extends Op {
    ZeroExtend16To16R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (c.r[s] & 0xffffL) & 0xffffL;
    }
  }

  static final class ZeroExtend16To16M extends Op {
    ZeroExtend16To16M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | (c.load16(address(c)) & 0xffffL) & 0xffffL;
    }
  }

  static final class ZeroExtend16To32R extends Op {
    ZeroExtend16To32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (c.r[s] & 0xffffL) & 0xffff_ffffL;
    }
  }

  static final class ZeroExtend16To32M extends Op {
    ZeroExtend16To32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (c.load16(address(c)) & 0xffffL) & 0xffff_ffffL;
    }
  }

  static final class ZeroExtend16To64R extends Op {
    ZeroExtend16To64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[s] & 0xffffL;
    }
  }

  static final class ZeroExtend16To64M extends Op {
    ZeroExtend16To64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.load16(address(c)) & 0xffffL;
    }
  }

  static final class PopcntInBitOps extends Op {
    PopcntInBitOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      BitOps.popcnt(c, this);
    }
  }

  static final class BtcInBitOps extends Op {
    BtcInBitOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      BitOps.btc(c, this);
    }
  }

  static final class BsfInBitOps extends Op {
    BsfInBitOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      BitOps.bsf(c, this);
    }
  }

  static final class BsrInBitOps extends Op {
    BsrInBitOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      BitOps.bsr(c, this);
    }
  }

  static final class SignExtend8To16R extends Op {
    SignExtend8To16R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | ((byte) c.get8(s)) & 0xffffL;
    }
  }

  static final class SignExtend8To16M extends Op {
    SignExtend8To16M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | ((byte) c.load8(address(c))) & 0xffffL;
    }
  }

  static final class SignExtend8To32R extends Op {
    SignExtend8To32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = ((byte) c.get8(s)) & 0xffff_ffffL;
    }
  }

  static final class SignExtend8To32M extends Op {
    SignExtend8To32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = ((byte) c.load8(address(c))) & 0xffff_ffffL;
    }
  }

  static final class SignExtend8To64R extends Op {
    SignExtend8To64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (byte) c.get8(s);
    }
  }

  static final class SignExtend8To64M extends Op {
    SignExtend8To64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (byte) c.load8(address(c));
    }
  }

  static final class SignExtend16To16R extends Op {
    SignExtend16To16R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | ((short) c.r[s]) & 0xffffL;
    }
  }

  static final class SignExtend16To16M extends Op {
    SignExtend16To16M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = c.r[d] & ~0xffffL | ((short) c.load16(address(c))) & 0xffffL;
    }
  }

  static final class SignExtend16To32R extends Op {
    SignExtend16To32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = ((short) c.r[s]) & 0xffff_ffffL;
    }
  }

  static final class SignExtend16To32M extends Op {
    SignExtend16To32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = ((short) c.load16(address(c))) & 0xffff_ffffL;
    }
  }

  static final class SignExtend16To64R extends Op {
    SignExtend16To64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (short) c.r[s];
    }
  }

  static final class SignExtend16To64M extends Op {
    SignExtend16To64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.r[d] = (short) c.load16(address(c));
    }
  }

  static final class XaddInAtomic extends Op {
    XaddInAtomic(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Atomic.xadd(c, this);
    }
  }

  static final class MovntiInMoves extends Op {
    MovntiInMoves(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Moves.movnti(c, this);
    }
  }

  static final class Cmpxchg8bInAtomic extends Op {
    Cmpxchg8bInAtomic(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Atomic.cmpxchg8b(c, this);
    }
  }

  static final class RdrandInSystemOps extends Op {
    RdrandInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.rdrand(c, this);
    }
  }

  static final class RdseedInSystemOps extends Op {
    RdseedInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.rdseed(c, this);
    }
  }

  static final class BswapInBitOps extends Op {
    BswapInBitOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      BitOps.bswap(c, this);
    }
  }

  static final class FxsaveInFpuOps extends Op {
    FxsaveInFpuOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      FpuOps.fxsave(c, this);
    }
  }

  static final class FxrstorInFpuOps extends Op {
    FxrstorInFpuOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      FpuOps.fxrstor(c, this);
    }
  }

  static final class LdmxcsrInFpuOps extends Op {
    LdmxcsrInFpuOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      FpuOps.ldmxcsr(c, this);
    }
  }

  static final class StmxcsrInFpuOps extends Op {
    StmxcsrInFpuOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      FpuOps.stmxcsr(c, this);
    }
  }

  static final class XsaveInFpuOps extends Op {
    XsaveInFpuOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      FpuOps.xsave(c, this);
    }
  }

  static final class XrstorInFpuOps extends Op {
    XrstorInFpuOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      FpuOps.xrstor(c, this);
    }
  }

  static final class XsaveoptInFpuOps extends Op {
    XsaveoptInFpuOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      FpuOps.xsaveopt(c, this);
    }
  }

  static final class ClflushInSseOps extends Op {
    ClflushInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.clflush(c, this);
    }
  }

  static final class FenceInSystemOps extends Op {
    FenceInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.fence(c, this);
    }
  }

  static final class RdfsbaseInSystemOps extends Op {
    RdfsbaseInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.rdfsbase(c, this);
    }
  }

  static final class RdgsbaseInSystemOps extends Op {
    RdgsbaseInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.rdgsbase(c, this);
    }
  }

  static final class WrfsbaseInSystemOps extends Op {
    WrfsbaseInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.wrfsbase(c, this);
    }
  }

  static final class WrgsbaseInSystemOps extends Op {
    WrgsbaseInSystemOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SystemOps.wrgsbase(c, this);
    }
  }

  static final class InvpcidInSystemOpsPrivileged extends Op {
    InvpcidInSystemOpsPrivileged(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requirePrivilege();
      SystemOps.invpcid(c, this);
    }
  }

  static final class MovX128R extends Op {
    MovX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.mov(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class MovX128UnaM extends Op {
    MovX128UnaM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = address(c);
      long low = c.load64(a);
      MmxSse.mov(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class StoreUnalignedInSseOps extends Op {
    StoreUnalignedInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.storeUnaligned(c, this);
    }
  }

  static final class LoadLowInSseOps extends Op {
    LoadLowInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.loadLow(c, this);
    }
  }

  static final class StoreLowInSseOps extends Op {
    StoreLowInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.storeLow(c, this);
    }
  }

  static final class PunpckldqX128R extends Op {
    PunpckldqX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.punpckldq(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PunpckldqX128M extends Op {
    PunpckldqX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.punpckldq(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PunpckhdqX128R extends Op {
    PunpckhdqX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.punpckhdq(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PunpckhdqX128M extends Op {
    PunpckhdqX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.punpckhdq(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class LoadHighInSseOps extends Op {
    LoadHighInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.loadHigh(c, this);
    }
  }

  static final class StoreHighInSseOps extends Op {
    StoreHighInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.storeHigh(c, this);
    }
  }

  static final class MovX128M extends Op {
    MovX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.mov(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class StoreAlignedInSseOps extends Op {
    StoreAlignedInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.storeAligned(c, this);
    }
  }

  static final class MovmskpsInSseOps extends Op {
    MovmskpsInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.movmskps(c, this);
    }
  }

  static final class PunpcklqdqX128R extends Op {
    PunpcklqdqX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.punpcklqdq(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PunpcklqdqX128M extends Op {
    PunpcklqdqX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.punpcklqdq(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PunpckhqdqX128R extends Op {
    PunpckhqdqX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.punpckhqdq(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PunpckhqdqX128M extends Op {
    PunpckhqdqX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.punpckhqdq(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class MovmskpdInSseOps extends Op {
    MovmskpdInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.movmskpd(c, this);
    }
  }

  static final class MovhlpsInSseOps extends Op {
    MovhlpsInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.movhlps(c, this);
    }
  }

  static final class MovsldupX128R extends Op {
    MovsldupX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.movsldup(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class MovsldupX128M extends Op {
    MovsldupX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.movsldup(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class MovshdupX128R extends Op {
    MovshdupX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.movshdup(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class MovshdupX128M extends Op {
    MovshdupX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.movshdup(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class MovddupX64R extends Op {
    MovddupX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.movddup(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class MovddupX64M extends Op {
    MovddupX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.movddup(c.simd, d, c.load64(address(c)));
    }
  }

  static final class MovssInSseOps extends Op {
    MovssInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.movss(c, this);
    }
  }

  static final class StoreSsInSseOps extends Op {
    StoreSsInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.storeSs(c, this);
    }
  }

  static final class MovsdInSseOps extends Op {
    MovsdInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.movsd(c, this);
    }
  }

  static final class MovdInSseOps extends Op {
    MovdInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.movd(c, this);
    }
  }

  static final class StoreDInSseOps extends Op {
    StoreDInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.storeD(c, this);
    }
  }

  static final class MovqX64R extends Op {
    MovqX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.movq(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class MovqX64M extends Op {
    MovqX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.movq(c.simd, d, c.load64(address(c)));
    }
  }

  static final class StoreQInSseOps extends Op {
    StoreQInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.storeQ(c, this);
    }
  }

  static final class MaskmovdquInSseOps extends Op {
    MaskmovdquInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.maskmovdqu(c, this);
    }
  }

  static final class MmxMovdInSseOps extends Op {
    MmxMovdInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.mmxMovd(c, this);
    }
  }

  static final class MmxStoreDInSseOps extends Op {
    MmxStoreDInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.mmxStoreD(c, this);
    }
  }

  static final class MmxMovqInSseOps extends Op {
    MmxMovqInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.mmxMovq(c, this);
    }
  }

  static final class MmxStoreQInSseOps extends Op {
    MmxStoreQInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.mmxStoreQ(c, this);
    }
  }

  static final class Movq2dqInSseOps extends Op {
    Movq2dqInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.movq2dq(c, this);
    }
  }

  static final class Movdq2qInSseOps extends Op {
    Movdq2qInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.movdq2q(c, this);
    }
  }

  static final class MaskmovqInSseOps extends Op {
    MaskmovqInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.maskmovq(c, this);
    }
  }

  static final class EmmsInSseOps extends Op {
    EmmsInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.emms(c, this);
    }
  }

  static final class SqrtpsX128R extends Op {
    SqrtpsX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.sqrtps(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class SqrtpsX128M extends Op {
    SqrtpsX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.sqrtps(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class SqrtpdX128R extends Op {
    SqrtpdX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.sqrtpd(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class SqrtpdX128M extends Op {
    SqrtpdX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.sqrtpd(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class SqrtssX32R extends Op {
    SqrtssX32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.sqrtss(c.simd, d, (int) c.simd.xmm[2 * s]);
    }
  }

  static final class SqrtssX32M extends Op {
    SqrtssX32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.sqrtss(c.simd, d, (int) c.load32(address(c)));
    }
  }

  static final class SqrtsdX64R extends Op {
    SqrtsdX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.sqrtsd(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class SqrtsdX64M extends Op {
    SqrtsdX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.sqrtsd(c.simd, d, c.load64(address(c)));
    }
  }

  static final class AddpsX128R extends Op {
    AddpsX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.addps(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class AddpsX128M extends Op {
    AddpsX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.addps(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class AddpdX128R extends Op {
    AddpdX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.addpd(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class AddpdX128M extends Op {
    AddpdX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.addpd(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class AddssX32R extends Op {
    AddssX32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.addss(c.simd, d, (int) c.simd.xmm[2 * s]);
    }
  }

  static final class AddssX32M extends Op {
    AddssX32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.addss(c.simd, d, (int) c.load32(address(c)));
    }
  }

  static final class AddsdX64R extends Op {
    AddsdX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.addsd(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class AddsdX64M extends Op {
    AddsdX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.addsd(c.simd, d, c.load64(address(c)));
    }
  }

  static final class MulpsX128R extends Op {
    MulpsX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.mulps(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class MulpsX128M extends Op {
    MulpsX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.mulps(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class MulpdX128R extends Op {
    MulpdX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.mulpd(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class MulpdX128M extends Op {
    MulpdX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.mulpd(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class MulssX32R extends Op {
    MulssX32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.mulss(c.simd, d, (int) c.simd.xmm[2 * s]);
    }
  }

  static final class MulssX32M extends Op {
    MulssX32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.mulss(c.simd, d, (int) c.load32(address(c)));
    }
  }

  static final class MulsdX64R extends Op {
    MulsdX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.mulsd(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class MulsdX64M extends Op {
    MulsdX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.mulsd(c.simd, d, c.load64(address(c)));
    }
  }

  static final class SubpsX128R extends Op {
    SubpsX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.subps(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class SubpsX128M extends Op {
    SubpsX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.subps(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class SubpdX128R extends Op {
    SubpdX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.subpd(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class SubpdX128M extends Op {
    SubpdX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.subpd(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class SubssX32R extends Op {
    SubssX32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.subss(c.simd, d, (int) c.simd.xmm[2 * s]);
    }
  }

  static final class SubssX32M extends Op {
    SubssX32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.subss(c.simd, d, (int) c.load32(address(c)));
    }
  }

  static final class SubsdX64R extends Op {
    SubsdX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.subsd(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class SubsdX64M extends Op {
    SubsdX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.subsd(c.simd, d, c.load64(address(c)));
    }
  }

  static final class MinpsX128R extends Op {
    MinpsX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.minps(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class MinpsX128M extends Op {
    MinpsX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.minps(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class MinpdX128R extends Op {
    MinpdX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.minpd(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class MinpdX128M extends Op {
    MinpdX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.minpd(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class MinssX32R extends Op {
    MinssX32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.minss(c.simd, d, (int) c.simd.xmm[2 * s]);
    }
  }

  static final class MinssX32M extends Op {
    MinssX32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.minss(c.simd, d, (int) c.load32(address(c)));
    }
  }

  static final class MinsdX64R extends Op {
    MinsdX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.minsd(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class MinsdX64M extends Op {
    MinsdX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.minsd(c.simd, d, c.load64(address(c)));
    }
  }

  static final class DivpsX128R extends Op {
    DivpsX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.divps(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class DivpsX128M extends Op {
    DivpsX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.divps(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class DivpdX128R extends Op {
    DivpdX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.divpd(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class DivpdX128M extends Op {
    DivpdX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.divpd(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class DivssX32R extends Op {
    DivssX32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.divss(c.simd, d, (int) c.simd.xmm[2 * s]);
    }
  }

  static final class DivssX32M extends Op {
    DivssX32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.divss(c.simd, d, (int) c.load32(address(c)));
    }
  }

  static final class DivsdX64R extends Op {
    DivsdX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.divsd(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class DivsdX64M extends Op {
    DivsdX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.divsd(c.simd, d, c.load64(address(c)));
    }
  }

  static final class MaxpsX128R extends Op {
    MaxpsX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.maxps(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class MaxpsX128M extends Op {
    MaxpsX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.maxps(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class MaxpdX128R extends Op {
    MaxpdX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.maxpd(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class MaxpdX128M extends Op {
    MaxpdX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.maxpd(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class MaxssX32R extends Op {
    MaxssX32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.maxss(c.simd, d, (int) c.simd.xmm[2 * s]);
    }
  }

  static final class MaxssX32M extends Op {
    MaxssX32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.maxss(c.simd, d, (int) c.load32(address(c)));
    }
  }

  static final class MaxsdX64R extends Op {
    MaxsdX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.maxsd(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class MaxsdX64M extends Op {
    MaxsdX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.maxsd(c.simd, d, c.load64(address(c)));
    }
  }

  static final class RsqrtpsX128R extends Op {
    RsqrtpsX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.rsqrtps(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class RsqrtpsX128M extends Op {
    RsqrtpsX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.rsqrtps(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class RsqrtssX32R extends Op {
    RsqrtssX32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.rsqrtss(c.simd, d, (int) c.simd.xmm[2 * s]);
    }
  }

  static final class RsqrtssX32M extends Op {
    RsqrtssX32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.rsqrtss(c.simd, d, (int) c.load32(address(c)));
    }
  }

  static final class RcppsX128R extends Op {
    RcppsX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.rcpps(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class RcppsX128M extends Op {
    RcppsX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.rcpps(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class RcpssX32R extends Op {
    RcpssX32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.rcpss(c.simd, d, (int) c.simd.xmm[2 * s]);
    }
  }

  static final class RcpssX32M extends Op {
    RcpssX32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.rcpss(c.simd, d, (int) c.load32(address(c)));
    }
  }

  static final class PandR extends Op {
    PandR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pand(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pand(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PandM extends Op {
    PandM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pand(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pand(x[2 * d + 1], high);
    }
  }

  static final class PandnR extends Op {
    PandnR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pandn(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pandn(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PandnM extends Op {
    PandnM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pandn(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pandn(x[2 * d + 1], high);
    }
  }

  static final class PorR extends Op {
    PorR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.por(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.por(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PorM extends Op {
    PorM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.por(x[2 * d], low);
      x[2 * d + 1] = MmxSse.por(x[2 * d + 1], high);
    }
  }

  static final class PxorR extends Op {
    PxorR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pxor(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pxor(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PxorM extends Op {
    PxorM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pxor(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pxor(x[2 * d + 1], high);
    }
  }

  static final class CmppsX128iR extends Op {
    CmppsX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.cmpps(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class CmppsX128iM extends Op {
    CmppsX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.cmpps(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class CmppdX128iR extends Op {
    CmppdX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.cmppd(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class CmppdX128iM extends Op {
    CmppdX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.cmppd(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class CmpssX32iR extends Op {
    CmpssX32iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.cmpss(c.simd, d, (int) c.simd.xmm[2 * s], (int) imm & 0xff);
    }
  }

  static final class CmpssX32iM extends Op {
    CmpssX32iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.cmpss(c.simd, d, (int) c.load32(address(c)), (int) imm & 0xff);
    }
  }

  static final class CmpsdX64iR extends Op {
    CmpsdX64iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.cmpsd(c.simd, d, c.simd.xmm[2 * s], (int) imm & 0xff);
    }
  }

  static final class CmpsdX64iM extends Op {
    CmpsdX64iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.cmpsd(c.simd, d, c.load64(address(c)), (int) imm & 0xff);
    }
  }

  static final class ShufpsX128iR extends Op {
    ShufpsX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.shufps(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class ShufpsX128iM extends Op {
    ShufpsX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.shufps(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class ShufpdX128iR extends Op {
    ShufpdX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.shufpd(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class ShufpdX128iM extends Op {
    ShufpdX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.shufpd(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class UcomissInSseOps extends Op {
    UcomissInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.ucomiss(c, this);
    }
  }

  static final class UcomisdInSseOps extends Op {
    UcomisdInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.ucomisd(c, this);
    }
  }

  static final class ComissInSseOps extends Op {
    ComissInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.comiss(c, this);
    }
  }

  static final class ComisdInSseOps extends Op {
    ComisdInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.comisd(c, this);
    }
  }

  static final class HaddpdX128R extends Op {
    HaddpdX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.haddpd(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class HaddpdX128M extends Op {
    HaddpdX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.haddpd(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class HaddpsX128R extends Op {
    HaddpsX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.haddps(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class HaddpsX128M extends Op {
    HaddpsX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.haddps(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class HsubpdX128R extends Op {
    HsubpdX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.hsubpd(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class HsubpdX128M extends Op {
    HsubpdX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.hsubpd(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class HsubpsX128R extends Op {
    HsubpsX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.hsubps(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class HsubpsX128M extends Op {
    HsubpsX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.hsubps(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class AddsubpdX128R extends Op {
    AddsubpdX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.addsubpd(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class AddsubpdX128M extends Op {
    AddsubpdX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.addsubpd(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class AddsubpsX128R extends Op {
    AddsubpsX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.addsubps(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class AddsubpsX128M extends Op {
    AddsubpsX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.addsubps(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class RoundpsX128iR extends Op {
    RoundpsX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.roundps(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class RoundpsX128iM extends Op {
    RoundpsX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.roundps(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class RoundpdX128iR extends Op {
    RoundpdX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.roundpd(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class RoundpdX128iM extends Op {
    RoundpdX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.roundpd(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class RoundssX32iR extends Op {
    RoundssX32iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.roundss(c.simd, d, (int) c.simd.xmm[2 * s], (int) imm & 0xff);
    }
  }

  static final class RoundssX32iM extends Op {
    RoundssX32iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.roundss(c.simd, d, (int) c.load32(address(c)), (int) imm & 0xff);
    }
  }

  static final class RoundsdX64iR extends Op {
    RoundsdX64iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.roundsd(c.simd, d, c.simd.xmm[2 * s], (int) imm & 0xff);
    }
  }

  static final class RoundsdX64iM extends Op {
    RoundsdX64iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.roundsd(c.simd, d, c.load64(address(c)), (int) imm & 0xff);
    }
  }

  static final class DppsX128iR extends Op {
    DppsX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.dpps(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class DppsX128iM extends Op {
    DppsX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.dpps(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class DppdX128iR extends Op {
    DppdX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.dppd(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class DppdX128iM extends Op {
    DppdX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.dppd(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class Cvtpi2psInSseOps extends Op {
    Cvtpi2psInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.cvtpi2ps(c, this);
    }
  }

  static final class Cvtpi2pdInSseOps extends Op {
    Cvtpi2pdInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.cvtpi2pd(c, this);
    }
  }

  static final class Cvtsi2ssInSseOps extends Op {
    Cvtsi2ssInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.cvtsi2ss(c, this);
    }
  }

  static final class Cvtsi2sdInSseOps extends Op {
    Cvtsi2sdInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.cvtsi2sd(c, this);
    }
  }

  static final class Cvttps2piInSseOps extends Op {
    Cvttps2piInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.cvttps2pi(c, this);
    }
  }

  static final class Cvttpd2piInSseOps extends Op {
    Cvttpd2piInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.cvttpd2pi(c, this);
    }
  }

  static final class Cvttss2siInSseOps extends Op {
    Cvttss2siInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.cvttss2si(c, this);
    }
  }

  static final class Cvttsd2siInSseOps extends Op {
    Cvttsd2siInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.cvttsd2si(c, this);
    }
  }

  static final class Cvtps2piInSseOps extends Op {
    Cvtps2piInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.cvtps2pi(c, this);
    }
  }

  static final class Cvtpd2piInSseOps extends Op {
    Cvtpd2piInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.cvtpd2pi(c, this);
    }
  }

  static final class Cvtss2siInSseOps extends Op {
    Cvtss2siInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.cvtss2si(c, this);
    }
  }

  static final class Cvtsd2siInSseOps extends Op {
    Cvtsd2siInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.cvtsd2si(c, this);
    }
  }

  static final class Cvtps2pdX64R extends Op {
    Cvtps2pdX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.cvtps2pd(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class Cvtps2pdX64M extends Op {
    Cvtps2pdX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.cvtps2pd(c.simd, d, c.load64(address(c)));
    }
  }

  static final class Cvtpd2psX128R extends Op {
    Cvtpd2psX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.cvtpd2ps(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class Cvtpd2psX128M extends Op {
    Cvtpd2psX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.cvtpd2ps(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class Cvtss2sdX32R extends Op {
    Cvtss2sdX32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.cvtss2sd(c.simd, d, (int) c.simd.xmm[2 * s]);
    }
  }

  static final class Cvtss2sdX32M extends Op {
    Cvtss2sdX32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.cvtss2sd(c.simd, d, (int) c.load32(address(c)));
    }
  }

  static final class Cvtsd2ssX64R extends Op {
    Cvtsd2ssX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.cvtsd2ss(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class Cvtsd2ssX64M extends Op {
    Cvtsd2ssX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.cvtsd2ss(c.simd, d, c.load64(address(c)));
    }
  }

  static final class Cvtdq2psX128R extends Op {
    Cvtdq2psX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.cvtdq2ps(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class Cvtdq2psX128M extends Op {
    Cvtdq2psX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.cvtdq2ps(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class Cvtps2dqX128R extends Op {
    Cvtps2dqX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.cvtps2dq(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class Cvtps2dqX128M extends Op {
    Cvtps2dqX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.cvtps2dq(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class Cvttps2dqX128R extends Op {
    Cvttps2dqX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.cvttps2dq(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class Cvttps2dqX128M extends Op {
    Cvttps2dqX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.cvttps2dq(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class Cvttpd2dqX128R extends Op {
    Cvttpd2dqX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.cvttpd2dq(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class Cvttpd2dqX128M extends Op {
    Cvttpd2dqX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.cvttpd2dq(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class Cvtpd2dqX128R extends Op {
    Cvtpd2dqX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      SseFloat.cvtpd2dq(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class Cvtpd2dqX128M extends Op {
    Cvtpd2dqX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      SseFloat.cvtpd2dq(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class Cvtdq2pdX64R extends Op {
    Cvtdq2pdX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.cvtdq2pd(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class Cvtdq2pdX64M extends Op {
    Cvtdq2pdX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      SseFloat.cvtdq2pd(c.simd, d, c.load64(address(c)));
    }
  }

  static final class MmxPunpcklbwInSseOps extends Op {
    MmxPunpcklbwInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.mmxPunpcklbw(c, this);
    }
  }

  static final class PunpcklbwX128R extends Op {
    PunpcklbwX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.punpcklbw(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PunpcklbwX128M extends Op {
    PunpcklbwX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.punpcklbw(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class MmxPunpcklwdInSseOps extends Op {
    MmxPunpcklwdInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.mmxPunpcklwd(c, this);
    }
  }

  static final class PunpcklwdX128R extends Op {
    PunpcklwdX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.punpcklwd(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PunpcklwdX128M extends Op {
    PunpcklwdX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.punpcklwd(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class MmxPunpckldqInSseOps extends Op {
    MmxPunpckldqInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.mmxPunpckldq(c, this);
    }
  }

  static final class PacksswbMmxR extends Op {
    PacksswbMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.packsswb(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PacksswbMmxM extends Op {
    PacksswbMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.packsswb(c.mmx(d & 7), b));
    }
  }

  static final class PacksswbX128R extends Op {
    PacksswbX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.packsswb(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PacksswbX128M extends Op {
    PacksswbX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.packsswb(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PcmpgtbMmxR extends Op {
    PcmpgtbMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pcmpgtb(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PcmpgtbMmxM extends Op {
    PcmpgtbMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pcmpgtb(c.mmx(d & 7), b));
    }
  }

  static final class PcmpgtbR extends Op {
    PcmpgtbR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pcmpgtb(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pcmpgtb(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PcmpgtbM extends Op {
    PcmpgtbM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pcmpgtb(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pcmpgtb(x[2 * d + 1], high);
    }
  }

  static final class PcmpgtwMmxR extends Op {
    PcmpgtwMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pcmpgtw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PcmpgtwMmxM extends Op {
    PcmpgtwMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pcmpgtw(c.mmx(d & 7), b));
    }
  }

  static final class PcmpgtwR extends Op {
    PcmpgtwR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pcmpgtw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pcmpgtw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PcmpgtwM extends Op {
    PcmpgtwM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pcmpgtw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pcmpgtw(x[2 * d + 1], high);
    }
  }

  static final class PcmpgtdMmxR extends Op {
    PcmpgtdMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pcmpgtd(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PcmpgtdMmxM extends Op {
    PcmpgtdMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pcmpgtd(c.mmx(d & 7), b));
    }
  }

  static final class PcmpgtdR extends Op {
    PcmpgtdR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pcmpgtd(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pcmpgtd(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PcmpgtdM extends Op {
    PcmpgtdM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pcmpgtd(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pcmpgtd(x[2 * d + 1], high);
    }
  }

  static final class PackuswbMmxR extends Op {
    PackuswbMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.packuswb(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PackuswbMmxM extends Op {
    PackuswbMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.packuswb(c.mmx(d & 7), b));
    }
  }

  static final class PackuswbX128R extends Op {
    PackuswbX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.packuswb(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PackuswbX128M extends Op {
    PackuswbX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.packuswb(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PunpckhbwMmxR extends Op {
    PunpckhbwMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.punpckhbw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PunpckhbwMmxM extends Op {
    PunpckhbwMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.punpckhbw(c.mmx(d & 7), b));
    }
  }

  static final class PunpckhbwX128R extends Op {
    PunpckhbwX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.punpckhbw(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PunpckhbwX128M extends Op {
    PunpckhbwX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.punpckhbw(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PunpckhwdMmxR extends Op {
    PunpckhwdMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.punpckhwd(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PunpckhwdMmxM extends Op {
    PunpckhwdMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.punpckhwd(c.mmx(d & 7), b));
    }
  }

  static final class PunpckhwdX128R extends Op {
    PunpckhwdX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.punpckhwd(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PunpckhwdX128M extends Op {
    PunpckhwdX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.punpckhwd(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PunpckhdqMmxR extends Op {
    PunpckhdqMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.punpckhdq(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PunpckhdqMmxM extends Op {
    PunpckhdqMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.punpckhdq(c.mmx(d & 7), b));
    }
  }

  static final class PackssdwMmxR extends Op {
    PackssdwMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.packssdw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PackssdwMmxM extends Op {
    PackssdwMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.packssdw(c.mmx(d & 7), b));
    }
  }

  static final class PackssdwX128R extends Op {
    PackssdwX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.packssdw(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PackssdwX128M extends Op {
    PackssdwX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.packssdw(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PcmpeqbMmxR extends Op {
    PcmpeqbMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pcmpeqb(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PcmpeqbMmxM extends Op {
    PcmpeqbMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pcmpeqb(c.mmx(d & 7), b));
    }
  }

  static final class PcmpeqbR extends Op {
    PcmpeqbR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pcmpeqb(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pcmpeqb(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PcmpeqbM extends Op {
    PcmpeqbM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pcmpeqb(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pcmpeqb(x[2 * d + 1], high);
    }
  }

  static final class PcmpeqwMmxR extends Op {
    PcmpeqwMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pcmpeqw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PcmpeqwMmxM extends Op {
    PcmpeqwMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pcmpeqw(c.mmx(d & 7), b));
    }
  }

  static final class PcmpeqwR extends Op {
    PcmpeqwR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pcmpeqw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pcmpeqw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PcmpeqwM extends Op {
    PcmpeqwM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pcmpeqw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pcmpeqw(x[2 * d + 1], high);
    }
  }

  static final class PcmpeqdMmxR extends Op {
    PcmpeqdMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pcmpeqd(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PcmpeqdMmxM extends Op {
    PcmpeqdMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pcmpeqd(c.mmx(d & 7), b));
    }
  }

  static final class PcmpeqdR extends Op {
    PcmpeqdR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pcmpeqd(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pcmpeqd(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PcmpeqdM extends Op {
    PcmpeqdM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pcmpeqd(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pcmpeqd(x[2 * d + 1], high);
    }
  }

  static final class PsrlwMmxR extends Op {
    PsrlwMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psrlw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsrlwMmxM extends Op {
    PsrlwMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psrlw(c.mmx(d & 7), b));
    }
  }

  static final class PsrlwX128R extends Op {
    PsrlwX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.psrlw(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PsrlwX128M extends Op {
    PsrlwX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.psrlw(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PsrldMmxR extends Op {
    PsrldMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psrld(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsrldMmxM extends Op {
    PsrldMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psrld(c.mmx(d & 7), b));
    }
  }

  static final class PsrldX128R extends Op {
    PsrldX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.psrld(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PsrldX128M extends Op {
    PsrldX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.psrld(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PsrlqMmxR extends Op {
    PsrlqMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psrlq(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsrlqMmxM extends Op {
    PsrlqMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psrlq(c.mmx(d & 7), b));
    }
  }

  static final class PsrlqX128R extends Op {
    PsrlqX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.psrlq(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PsrlqX128M extends Op {
    PsrlqX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.psrlq(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PaddqMmxR extends Op {
    PaddqMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.paddq(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PaddqMmxM extends Op {
    PaddqMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.paddq(c.mmx(d & 7), b));
    }
  }

  static final class PaddqR extends Op {
    PaddqR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.paddq(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.paddq(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PaddqM extends Op {
    PaddqM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.paddq(x[2 * d], low);
      x[2 * d + 1] = MmxSse.paddq(x[2 * d + 1], high);
    }
  }

  static final class PmullwMmxR extends Op {
    PmullwMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pmullw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PmullwMmxM extends Op {
    PmullwMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pmullw(c.mmx(d & 7), b));
    }
  }

  static final class PmullwR extends Op {
    PmullwR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pmullw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pmullw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PmullwM extends Op {
    PmullwM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pmullw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pmullw(x[2 * d + 1], high);
    }
  }

  static final class PsubusbMmxR extends Op {
    PsubusbMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psubusb(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsubusbMmxM extends Op {
    PsubusbMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psubusb(c.mmx(d & 7), b));
    }
  }

  static final class PsubusbR extends Op {
    PsubusbR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.psubusb(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.psubusb(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PsubusbM extends Op {
    PsubusbM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.psubusb(x[2 * d], low);
      x[2 * d + 1] = MmxSse.psubusb(x[2 * d + 1], high);
    }
  }

  static final class PsubuswMmxR extends Op {
    PsubuswMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psubusw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsubuswMmxM extends Op {
    PsubuswMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psubusw(c.mmx(d & 7), b));
    }
  }

  static final class PsubuswR extends Op {
    PsubuswR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.psubusw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.psubusw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PsubuswM extends Op {
    PsubuswM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.psubusw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.psubusw(x[2 * d + 1], high);
    }
  }

  static final class PminubMmxR extends Op {
    PminubMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pminub(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PminubMmxM extends Op {
    PminubMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pminub(c.mmx(d & 7), b));
    }
  }

  static final class PminubR extends Op {
    PminubR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pminub(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pminub(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PminubM extends Op {
    PminubM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pminub(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pminub(x[2 * d + 1], high);
    }
  }

  static final class PandMmxR extends Op {
    PandMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pand(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PandMmxM extends Op {
    PandMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pand(c.mmx(d & 7), b));
    }
  }

  static final class PaddusbMmxR extends Op {
    PaddusbMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.paddusb(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PaddusbMmxM extends Op {
    PaddusbMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.paddusb(c.mmx(d & 7), b));
    }
  }

  static final class PaddusbR extends Op {
    PaddusbR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.paddusb(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.paddusb(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PaddusbM extends Op {
    PaddusbM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.paddusb(x[2 * d], low);
      x[2 * d + 1] = MmxSse.paddusb(x[2 * d + 1], high);
    }
  }

  static final class PadduswMmxR extends Op {
    PadduswMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.paddusw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PadduswMmxM extends Op {
    PadduswMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.paddusw(c.mmx(d & 7), b));
    }
  }

  static final class PadduswR extends Op {
    PadduswR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.paddusw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.paddusw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PadduswM extends Op {
    PadduswM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.paddusw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.paddusw(x[2 * d + 1], high);
    }
  }

  static final class PmaxubMmxR extends Op {
    PmaxubMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pmaxub(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PmaxubMmxM extends Op {
    PmaxubMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pmaxub(c.mmx(d & 7), b));
    }
  }

  static final class PmaxubR extends Op {
    PmaxubR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pmaxub(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pmaxub(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PmaxubM extends Op {
    PmaxubM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pmaxub(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pmaxub(x[2 * d + 1], high);
    }
  }

  static final class PandnMmxR extends Op {
    PandnMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pandn(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PandnMmxM extends Op {
    PandnMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pandn(c.mmx(d & 7), b));
    }
  }

  static final class PavgbMmxR extends Op {
    PavgbMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pavgb(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PavgbMmxM extends Op {
    PavgbMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pavgb(c.mmx(d & 7), b));
    }
  }

  static final class PavgbR extends Op {
    PavgbR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pavgb(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pavgb(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PavgbM extends Op {
    PavgbM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pavgb(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pavgb(x[2 * d + 1], high);
    }
  }

  static final class PsrawMmxR extends Op {
    PsrawMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psraw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsrawMmxM extends Op {
    PsrawMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psraw(c.mmx(d & 7), b));
    }
  }

  static final class PsrawX128R extends Op {
    PsrawX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.psraw(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PsrawX128M extends Op {
    PsrawX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.psraw(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PsradMmxR extends Op {
    PsradMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psrad(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsradMmxM extends Op {
    PsradMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psrad(c.mmx(d & 7), b));
    }
  }

  static final class PsradX128R extends Op {
    PsradX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.psrad(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PsradX128M extends Op {
    PsradX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.psrad(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PavgwMmxR extends Op {
    PavgwMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pavgw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PavgwMmxM extends Op {
    PavgwMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pavgw(c.mmx(d & 7), b));
    }
  }

  static final class PavgwR extends Op {
    PavgwR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pavgw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pavgw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PavgwM extends Op {
    PavgwM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pavgw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pavgw(x[2 * d + 1], high);
    }
  }

  static final class PmulhuwMmxR extends Op {
    PmulhuwMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pmulhuw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PmulhuwMmxM extends Op {
    PmulhuwMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pmulhuw(c.mmx(d & 7), b));
    }
  }

  static final class PmulhuwR extends Op {
    PmulhuwR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pmulhuw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pmulhuw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PmulhuwM extends Op {
    PmulhuwM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pmulhuw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pmulhuw(x[2 * d + 1], high);
    }
  }

  static final class PmulhwMmxR extends Op {
    PmulhwMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pmulhw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PmulhwMmxM extends Op {
    PmulhwMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pmulhw(c.mmx(d & 7), b));
    }
  }

  static final class PmulhwR extends Op {
    PmulhwR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pmulhw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pmulhw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PmulhwM extends Op {
    PmulhwM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pmulhw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pmulhw(x[2 * d + 1], high);
    }
  }

  static final class PsubsbMmxR extends Op {
    PsubsbMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psubsb(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsubsbMmxM extends Op {
    PsubsbMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psubsb(c.mmx(d & 7), b));
    }
  }

  static final class PsubsbR extends Op {
    PsubsbR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.psubsb(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.psubsb(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PsubsbM extends Op {
    PsubsbM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.psubsb(x[2 * d], low);
      x[2 * d + 1] = MmxSse.psubsb(x[2 * d + 1], high);
    }
  }

  static final class PsubswMmxR extends Op {
    PsubswMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psubsw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsubswMmxM extends Op {
    PsubswMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psubsw(c.mmx(d & 7), b));
    }
  }

  static final class PsubswR extends Op {
    PsubswR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.psubsw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.psubsw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PsubswM extends Op {
    PsubswM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.psubsw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.psubsw(x[2 * d + 1], high);
    }
  }

  static final class PminswMmxR extends Op {
    PminswMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pminsw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PminswMmxM extends Op {
    PminswMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pminsw(c.mmx(d & 7), b));
    }
  }

  static final class PminswR extends Op {
    PminswR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pminsw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pminsw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PminswM extends Op {
    PminswM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pminsw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pminsw(x[2 * d + 1], high);
    }
  }

  static final class PorMmxR extends Op {
    PorMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.por(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PorMmxM extends Op {
    PorMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.por(c.mmx(d & 7), b));
    }
  }

  static final class PaddsbMmxR extends Op {
    PaddsbMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.paddsb(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PaddsbMmxM extends Op {
    PaddsbMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.paddsb(c.mmx(d & 7), b));
    }
  }

  static final class PaddsbR extends Op {
    PaddsbR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.paddsb(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.paddsb(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PaddsbM extends Op {
    PaddsbM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.paddsb(x[2 * d], low);
      x[2 * d + 1] = MmxSse.paddsb(x[2 * d + 1], high);
    }
  }

  static final class PaddswMmxR extends Op {
    PaddswMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.paddsw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PaddswMmxM extends Op {
    PaddswMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.paddsw(c.mmx(d & 7), b));
    }
  }

  static final class PaddswR extends Op {
    PaddswR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.paddsw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.paddsw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PaddswM extends Op {
    PaddswM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.paddsw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.paddsw(x[2 * d + 1], high);
    }
  }

  static final class PmaxswMmxR extends Op {
    PmaxswMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pmaxsw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PmaxswMmxM extends Op {
    PmaxswMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pmaxsw(c.mmx(d & 7), b));
    }
  }

  static final class PmaxswR extends Op {
    PmaxswR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pmaxsw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pmaxsw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PmaxswM extends Op {
    PmaxswM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pmaxsw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pmaxsw(x[2 * d + 1], high);
    }
  }

  static final class PxorMmxR extends Op {
    PxorMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pxor(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PxorMmxM extends Op {
    PxorMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pxor(c.mmx(d & 7), b));
    }
  }

  static final class PsllwMmxR extends Op {
    PsllwMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psllw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsllwMmxM extends Op {
    PsllwMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psllw(c.mmx(d & 7), b));
    }
  }

  static final class PsllwX128R extends Op {
    PsllwX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.psllw(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PsllwX128M extends Op {
    PsllwX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.psllw(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PslldMmxR extends Op {
    PslldMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pslld(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PslldMmxM extends Op {
    PslldMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pslld(c.mmx(d & 7), b));
    }
  }

  static final class PslldX128R extends Op {
    PslldX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.pslld(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PslldX128M extends Op {
    PslldX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.pslld(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PsllqMmxR extends Op {
    PsllqMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psllq(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsllqMmxM extends Op {
    PsllqMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psllq(c.mmx(d & 7), b));
    }
  }

  static final class PsllqX128R extends Op {
    PsllqX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.psllq(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PsllqX128M extends Op {
    PsllqX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.psllq(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PmuludqMmxR extends Op {
    PmuludqMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pmuludq(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PmuludqMmxM extends Op {
    PmuludqMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pmuludq(c.mmx(d & 7), b));
    }
  }

  static final class PmuludqR extends Op {
    PmuludqR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pmuludq(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pmuludq(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PmuludqM extends Op {
    PmuludqM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pmuludq(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pmuludq(x[2 * d + 1], high);
    }
  }

  static final class PmaddwdMmxR extends Op {
    PmaddwdMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pmaddwd(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PmaddwdMmxM extends Op {
    PmaddwdMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pmaddwd(c.mmx(d & 7), b));
    }
  }

  static final class PmaddwdR extends Op {
    PmaddwdR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pmaddwd(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pmaddwd(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PmaddwdM extends Op {
    PmaddwdM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pmaddwd(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pmaddwd(x[2 * d + 1], high);
    }
  }

  static final class PsadbwMmxR extends Op {
    PsadbwMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psadbw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsadbwMmxM extends Op {
    PsadbwMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psadbw(c.mmx(d & 7), b));
    }
  }

  static final class PsadbwR extends Op {
    PsadbwR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.psadbw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.psadbw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PsadbwM extends Op {
    PsadbwM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.psadbw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.psadbw(x[2 * d + 1], high);
    }
  }

  static final class PsubbMmxR extends Op {
    PsubbMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psubb(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsubbMmxM extends Op {
    PsubbMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psubb(c.mmx(d & 7), b));
    }
  }

  static final class PsubbR extends Op {
    PsubbR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.psubb(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.psubb(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PsubbM extends Op {
    PsubbM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.psubb(x[2 * d], low);
      x[2 * d + 1] = MmxSse.psubb(x[2 * d + 1], high);
    }
  }

  static final class PsubwMmxR extends Op {
    PsubwMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psubw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsubwMmxM extends Op {
    PsubwMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psubw(c.mmx(d & 7), b));
    }
  }

  static final class PsubwR extends Op {
    PsubwR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.psubw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.psubw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PsubwM extends Op {
    PsubwM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.psubw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.psubw(x[2 * d + 1], high);
    }
  }

  static final class PsubdMmxR extends Op {
    PsubdMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psubd(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsubdMmxM extends Op {
    PsubdMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psubd(c.mmx(d & 7), b));
    }
  }

  static final class PsubdR extends Op {
    PsubdR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.psubd(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.psubd(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PsubdM extends Op {
    PsubdM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.psubd(x[2 * d], low);
      x[2 * d + 1] = MmxSse.psubd(x[2 * d + 1], high);
    }
  }

  static final class PsubqMmxR extends Op {
    PsubqMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psubq(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsubqMmxM extends Op {
    PsubqMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psubq(c.mmx(d & 7), b));
    }
  }

  static final class PsubqR extends Op {
    PsubqR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.psubq(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.psubq(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PsubqM extends Op {
    PsubqM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.psubq(x[2 * d], low);
      x[2 * d + 1] = MmxSse.psubq(x[2 * d + 1], high);
    }
  }

  static final class PaddbMmxR extends Op {
    PaddbMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.paddb(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PaddbMmxM extends Op {
    PaddbMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.paddb(c.mmx(d & 7), b));
    }
  }

  static final class PaddbR extends Op {
    PaddbR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.paddb(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.paddb(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PaddbM extends Op {
    PaddbM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.paddb(x[2 * d], low);
      x[2 * d + 1] = MmxSse.paddb(x[2 * d + 1], high);
    }
  }

  static final class PaddwMmxR extends Op {
    PaddwMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.paddw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PaddwMmxM extends Op {
    PaddwMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.paddw(c.mmx(d & 7), b));
    }
  }

  static final class PaddwR extends Op {
    PaddwR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.paddw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.paddw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PaddwM extends Op {
    PaddwM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.paddw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.paddw(x[2 * d + 1], high);
    }
  }

  static final class PadddMmxR extends Op {
    PadddMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.paddd(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PadddMmxM extends Op {
    PadddMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.paddd(c.mmx(d & 7), b));
    }
  }

  static final class PadddR extends Op {
    PadddR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.paddd(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.paddd(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PadddM extends Op {
    PadddM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.paddd(x[2 * d], low);
      x[2 * d + 1] = MmxSse.paddd(x[2 * d + 1], high);
    }
  }

  static final class PshufwInSseOps extends Op {
    PshufwInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.pshufw(c, this);
    }
  }

  static final class PshufdX128iR extends Op {
    PshufdX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.pshufd(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class PshufdX128iM extends Op {
    PshufdX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.pshufd(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class PshufhwX128iR extends Op {
    PshufhwX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.pshufhw(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class PshufhwX128iM extends Op {
    PshufhwX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.pshufhw(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class PshuflwX128iR extends Op {
    PshuflwX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.pshuflw(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class PshuflwX128iM extends Op {
    PshuflwX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.pshuflw(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class PsrlwImmediateMmx extends Op {
    PsrlwImmediateMmx(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(s & 7, MmxSse.psrlw(c.mmx(s & 7), imm & 0xff));
    }
  }

  static final class PsrlwImmediate extends Op {
    PsrlwImmediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      x[2 * s] = MmxSse.psrlw(x[2 * s], imm & 0xff);
      x[2 * s + 1] = MmxSse.psrlw(x[2 * s + 1], imm & 0xff);
    }
  }

  static final class PsrawImmediateMmx extends Op {
    PsrawImmediateMmx(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(s & 7, MmxSse.psraw(c.mmx(s & 7), imm & 0xff));
    }
  }

  static final class PsrawImmediate extends Op {
    PsrawImmediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      x[2 * s] = MmxSse.psraw(x[2 * s], imm & 0xff);
      x[2 * s + 1] = MmxSse.psraw(x[2 * s + 1], imm & 0xff);
    }
  }

  static final class PsllwImmediateMmx extends Op {
    PsllwImmediateMmx(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(s & 7, MmxSse.psllw(c.mmx(s & 7), imm & 0xff));
    }
  }

  static final class PsllwImmediate extends Op {
    PsllwImmediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      x[2 * s] = MmxSse.psllw(x[2 * s], imm & 0xff);
      x[2 * s + 1] = MmxSse.psllw(x[2 * s + 1], imm & 0xff);
    }
  }

  static final class PsrldImmediateMmx extends Op {
    PsrldImmediateMmx(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(s & 7, MmxSse.psrld(c.mmx(s & 7), imm & 0xff));
    }
  }

  static final class PsrldImmediate extends Op {
    PsrldImmediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      x[2 * s] = MmxSse.psrld(x[2 * s], imm & 0xff);
      x[2 * s + 1] = MmxSse.psrld(x[2 * s + 1], imm & 0xff);
    }
  }

  static final class PsradImmediateMmx extends Op {
    PsradImmediateMmx(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(s & 7, MmxSse.psrad(c.mmx(s & 7), imm & 0xff));
    }
  }

  static final class PsradImmediate extends Op {
    PsradImmediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      x[2 * s] = MmxSse.psrad(x[2 * s], imm & 0xff);
      x[2 * s + 1] = MmxSse.psrad(x[2 * s + 1], imm & 0xff);
    }
  }

  static final class PslldImmediateMmx extends Op {
    PslldImmediateMmx(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(s & 7, MmxSse.pslld(c.mmx(s & 7), imm & 0xff));
    }
  }

  static final class PslldImmediate extends Op {
    PslldImmediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      x[2 * s] = MmxSse.pslld(x[2 * s], imm & 0xff);
      x[2 * s + 1] = MmxSse.pslld(x[2 * s + 1], imm & 0xff);
    }
  }

  static final class PsrlqImmediateMmx extends Op {
    PsrlqImmediateMmx(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(s & 7, MmxSse.psrlq(c.mmx(s & 7), imm & 0xff));
    }
  }

  static final class PsrlqImmediate extends Op {
    PsrlqImmediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      x[2 * s] = MmxSse.psrlq(x[2 * s], imm & 0xff);
      x[2 * s + 1] = MmxSse.psrlq(x[2 * s + 1], imm & 0xff);
    }
  }

  static final class PsllqImmediateMmx extends Op {
    PsllqImmediateMmx(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(s & 7, MmxSse.psllq(c.mmx(s & 7), imm & 0xff));
    }
  }

  static final class PsllqImmediate extends Op {
    PsllqImmediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      x[2 * s] = MmxSse.psllq(x[2 * s], imm & 0xff);
      x[2 * s + 1] = MmxSse.psllq(x[2 * s + 1], imm & 0xff);
    }
  }

  static final class PsrldqInSseOps extends Op {
    PsrldqInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.psrldq(c, this);
    }
  }

  static final class PslldqInSseOps extends Op {
    PslldqInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.pslldq(c, this);
    }
  }

  static final class MmxPinsrwInSseOps extends Op {
    MmxPinsrwInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.mmxPinsrw(c, this);
    }
  }

  static final class PinsrwInSseOps extends Op {
    PinsrwInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.pinsrw(c, this);
    }
  }

  static final class MmxPextrwInSseOps extends Op {
    MmxPextrwInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.mmxPextrw(c, this);
    }
  }

  static final class PextrwInSseOps extends Op {
    PextrwInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.pextrw(c, this);
    }
  }

  static final class MmxPmovmskbInSseOps extends Op {
    MmxPmovmskbInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.mmxPmovmskb(c, this);
    }
  }

  static final class PmovmskbInSseOps extends Op {
    PmovmskbInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.pmovmskb(c, this);
    }
  }

  static final class PshufbMmxR extends Op {
    PshufbMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pshufb(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PshufbMmxM extends Op {
    PshufbMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pshufb(c.mmx(d & 7), b));
    }
  }

  static final class PshufbX128R extends Op {
    PshufbX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.pshufb(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PshufbX128M extends Op {
    PshufbX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.pshufb(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PhaddwMmxR extends Op {
    PhaddwMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.phaddw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PhaddwMmxM extends Op {
    PhaddwMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.phaddw(c.mmx(d & 7), b));
    }
  }

  static final class PhaddwX128R extends Op {
    PhaddwX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.phaddw(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PhaddwX128M extends Op {
    PhaddwX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.phaddw(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PhadddMmxR extends Op {
    PhadddMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.phaddd(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PhadddMmxM extends Op {
    PhadddMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.phaddd(c.mmx(d & 7), b));
    }
  }

  static final class PhadddX128R extends Op {
    PhadddX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.phaddd(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PhadddX128M extends Op {
    PhadddX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.phaddd(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PhaddswMmxR extends Op {
    PhaddswMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.phaddsw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PhaddswMmxM extends Op {
    PhaddswMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.phaddsw(c.mmx(d & 7), b));
    }
  }

  static final class PhaddswX128R extends Op {
    PhaddswX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.phaddsw(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PhaddswX128M extends Op {
    PhaddswX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.phaddsw(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PmaddubswMmxR extends Op {
    PmaddubswMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pmaddubsw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PmaddubswMmxM extends Op {
    PmaddubswMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pmaddubsw(c.mmx(d & 7), b));
    }
  }

  static final class PmaddubswR extends Op {
    PmaddubswR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pmaddubsw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pmaddubsw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PmaddubswM extends Op {
    PmaddubswM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pmaddubsw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pmaddubsw(x[2 * d + 1], high);
    }
  }

  static final class PhsubwMmxR extends Op {
    PhsubwMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.phsubw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PhsubwMmxM extends Op {
    PhsubwMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.phsubw(c.mmx(d & 7), b));
    }
  }

  static final class PhsubwX128R extends Op {
    PhsubwX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.phsubw(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PhsubwX128M extends Op {
    PhsubwX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.phsubw(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PhsubdMmxR extends Op {
    PhsubdMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.phsubd(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PhsubdMmxM extends Op {
    PhsubdMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.phsubd(c.mmx(d & 7), b));
    }
  }

  static final class PhsubdX128R extends Op {
    PhsubdX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.phsubd(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PhsubdX128M extends Op {
    PhsubdX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.phsubd(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PhsubswMmxR extends Op {
    PhsubswMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.phsubsw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PhsubswMmxM extends Op {
    PhsubswMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.phsubsw(c.mmx(d & 7), b));
    }
  }

  static final class PhsubswX128R extends Op {
    PhsubswX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.phsubsw(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PhsubswX128M extends Op {
    PhsubswX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.phsubsw(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PsignbMmxR extends Op {
    PsignbMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psignb(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsignbMmxM extends Op {
    PsignbMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psignb(c.mmx(d & 7), b));
    }
  }

  static final class PsignbR extends Op {
    PsignbR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.psignb(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.psignb(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PsignbM extends Op {
    PsignbM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.psignb(x[2 * d], low);
      x[2 * d + 1] = MmxSse.psignb(x[2 * d + 1], high);
    }
  }

  static final class PsignwMmxR extends Op {
    PsignwMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psignw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsignwMmxM extends Op {
    PsignwMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psignw(c.mmx(d & 7), b));
    }
  }

  static final class PsignwR extends Op {
    PsignwR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.psignw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.psignw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PsignwM extends Op {
    PsignwM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.psignw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.psignw(x[2 * d + 1], high);
    }
  }

  static final class PsigndMmxR extends Op {
    PsigndMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.psignd(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PsigndMmxM extends Op {
    PsigndMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.psignd(c.mmx(d & 7), b));
    }
  }

  static final class PsigndR extends Op {
    PsigndR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.psignd(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.psignd(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PsigndM extends Op {
    PsigndM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.psignd(x[2 * d], low);
      x[2 * d + 1] = MmxSse.psignd(x[2 * d + 1], high);
    }
  }

  static final class PmulhrswMmxR extends Op {
    PmulhrswMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pmulhrsw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PmulhrswMmxM extends Op {
    PmulhrswMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pmulhrsw(c.mmx(d & 7), b));
    }
  }

  static final class PmulhrswR extends Op {
    PmulhrswR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pmulhrsw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pmulhrsw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PmulhrswM extends Op {
    PmulhrswM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pmulhrsw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pmulhrsw(x[2 * d + 1], high);
    }
  }

  static final class PabsbMmxR extends Op {
    PabsbMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pabsb(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PabsbMmxM extends Op {
    PabsbMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pabsb(c.mmx(d & 7), b));
    }
  }

  static final class PabsbR extends Op {
    PabsbR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pabsb(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pabsb(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PabsbM extends Op {
    PabsbM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pabsb(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pabsb(x[2 * d + 1], high);
    }
  }

  static final class PabswMmxR extends Op {
    PabswMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pabsw(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PabswMmxM extends Op {
    PabswMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pabsw(c.mmx(d & 7), b));
    }
  }

  static final class PabswR extends Op {
    PabswR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pabsw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pabsw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PabswM extends Op {
    PabswM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pabsw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pabsw(x[2 * d + 1], high);
    }
  }

  static final class PabsdMmxR extends Op {
    PabsdMmxR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      c.setMmx(d & 7, MmxSse.pabsd(c.mmx(d & 7), c.mmx(s & 7)));
    }
  }

  static final class PabsdMmxM extends Op {
    PabsdMmxM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireMmx();
      long b = c.load64(address(c));
      c.setMmx(d & 7, MmxSse.pabsd(c.mmx(d & 7), b));
    }
  }

  static final class PabsdR extends Op {
    PabsdR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pabsd(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pabsd(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PabsdM extends Op {
    PabsdM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pabsd(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pabsd(x[2 * d + 1], high);
    }
  }

  static final class MmxPalignrInSseOps extends Op {
    MmxPalignrInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.mmxPalignr(c, this);
    }
  }

  static final class PalignrX128iR extends Op {
    PalignrX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.palignr(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class PalignrX128iM extends Op {
    PalignrX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.palignr(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class PblendvbX128R extends Op {
    PblendvbX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.pblendvb(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PblendvbX128M extends Op {
    PblendvbX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.pblendvb(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class BlendvpsX128R extends Op {
    BlendvpsX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.blendvps(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class BlendvpsX128M extends Op {
    BlendvpsX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.blendvps(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class BlendvpdX128R extends Op {
    BlendvpdX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.blendvpd(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class BlendvpdX128M extends Op {
    BlendvpdX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.blendvpd(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PackusdwX128R extends Op {
    PackusdwX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.packusdw(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PackusdwX128M extends Op {
    PackusdwX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.packusdw(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PhminposuwX128R extends Op {
    PhminposuwX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.phminposuw(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class PhminposuwX128M extends Op {
    PhminposuwX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.phminposuw(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class PtestInSseOps extends Op {
    PtestInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.ptest(c, this);
    }
  }

  static final class PmuldqR extends Op {
    PmuldqR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pmuldq(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pmuldq(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PmuldqM extends Op {
    PmuldqM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pmuldq(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pmuldq(x[2 * d + 1], high);
    }
  }

  static final class PcmpeqqR extends Op {
    PcmpeqqR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pcmpeqq(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pcmpeqq(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PcmpeqqM extends Op {
    PcmpeqqM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pcmpeqq(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pcmpeqq(x[2 * d + 1], high);
    }
  }

  static final class PminsbR extends Op {
    PminsbR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pminsb(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pminsb(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PminsbM extends Op {
    PminsbM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pminsb(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pminsb(x[2 * d + 1], high);
    }
  }

  static final class PminsdR extends Op {
    PminsdR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pminsd(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pminsd(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PminsdM extends Op {
    PminsdM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pminsd(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pminsd(x[2 * d + 1], high);
    }
  }

  static final class PminuwR extends Op {
    PminuwR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pminuw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pminuw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PminuwM extends Op {
    PminuwM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pminuw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pminuw(x[2 * d + 1], high);
    }
  }

  static final class PminudR extends Op {
    PminudR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pminud(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pminud(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PminudM extends Op {
    PminudM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pminud(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pminud(x[2 * d + 1], high);
    }
  }

  static final class PmaxsbR extends Op {
    PmaxsbR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pmaxsb(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pmaxsb(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PmaxsbM extends Op {
    PmaxsbM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pmaxsb(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pmaxsb(x[2 * d + 1], high);
    }
  }

  static final class PmaxsdR extends Op {
    PmaxsdR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pmaxsd(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pmaxsd(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PmaxsdM extends Op {
    PmaxsdM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pmaxsd(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pmaxsd(x[2 * d + 1], high);
    }
  }

  static final class PmaxuwR extends Op {
    PmaxuwR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pmaxuw(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pmaxuw(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PmaxuwM extends Op {
    PmaxuwM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pmaxuw(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pmaxuw(x[2 * d + 1], high);
    }
  }

  static final class PmaxudR extends Op {
    PmaxudR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pmaxud(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pmaxud(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PmaxudM extends Op {
    PmaxudM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pmaxud(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pmaxud(x[2 * d + 1], high);
    }
  }

  static final class PmulldR extends Op {
    PmulldR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pmulld(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pmulld(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PmulldM extends Op {
    PmulldM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pmulld(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pmulld(x[2 * d + 1], high);
    }
  }

  static final class PcmpgtqR extends Op {
    PcmpgtqR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      long low = MmxSse.pcmpgtq(x[2 * d], x[2 * s]);
      x[2 * d + 1] = MmxSse.pcmpgtq(x[2 * d + 1], x[2 * s + 1]);
      x[2 * d] = low;
    }
  }

  static final class PcmpgtqM extends Op {
    PcmpgtqM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      long high = c.load64(a + 8);
      long[] x = c.simd.xmm;
      x[2 * d] = MmxSse.pcmpgtq(x[2 * d], low);
      x[2 * d + 1] = MmxSse.pcmpgtq(x[2 * d + 1], high);
    }
  }

  static final class PmovsxbwX64R extends Op {
    PmovsxbwX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovsxbw(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class PmovsxbwX64M extends Op {
    PmovsxbwX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovsxbw(c.simd, d, c.load64(address(c)));
    }
  }

  static final class PmovsxbdX32R extends Op {
    PmovsxbdX32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovsxbd(c.simd, d, (int) c.simd.xmm[2 * s]);
    }
  }

  static final class PmovsxbdX32M extends Op {
    PmovsxbdX32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovsxbd(c.simd, d, (int) c.load32(address(c)));
    }
  }

  static final class PmovsxbqInSseOps extends Op {
    PmovsxbqInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.pmovsxbq(c, this);
    }
  }

  static final class PmovsxwdX64R extends Op {
    PmovsxwdX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovsxwd(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class PmovsxwdX64M extends Op {
    PmovsxwdX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovsxwd(c.simd, d, c.load64(address(c)));
    }
  }

  static final class PmovsxwqX32R extends Op {
    PmovsxwqX32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovsxwq(c.simd, d, (int) c.simd.xmm[2 * s]);
    }
  }

  static final class PmovsxwqX32M extends Op {
    PmovsxwqX32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovsxwq(c.simd, d, (int) c.load32(address(c)));
    }
  }

  static final class PmovsxdqX64R extends Op {
    PmovsxdqX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovsxdq(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class PmovsxdqX64M extends Op {
    PmovsxdqX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovsxdq(c.simd, d, c.load64(address(c)));
    }
  }

  static final class PmovzxbwX64R extends Op {
    PmovzxbwX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovzxbw(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class PmovzxbwX64M extends Op {
    PmovzxbwX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovzxbw(c.simd, d, c.load64(address(c)));
    }
  }

  static final class PmovzxbdX32R extends Op {
    PmovzxbdX32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovzxbd(c.simd, d, (int) c.simd.xmm[2 * s]);
    }
  }

  static final class PmovzxbdX32M extends Op {
    PmovzxbdX32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovzxbd(c.simd, d, (int) c.load32(address(c)));
    }
  }

  static final class PmovzxbqInSseOps extends Op {
    PmovzxbqInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.pmovzxbq(c, this);
    }
  }

  static final class PmovzxwdX64R extends Op {
    PmovzxwdX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovzxwd(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class PmovzxwdX64M extends Op {
    PmovzxwdX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovzxwd(c.simd, d, c.load64(address(c)));
    }
  }

  static final class PmovzxwqX32R extends Op {
    PmovzxwqX32R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovzxwq(c.simd, d, (int) c.simd.xmm[2 * s]);
    }
  }

  static final class PmovzxwqX32M extends Op {
    PmovzxwqX32M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovzxwq(c.simd, d, (int) c.load32(address(c)));
    }
  }

  static final class PmovzxdqX64R extends Op {
    PmovzxdqX64R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovzxdq(c.simd, d, c.simd.xmm[2 * s]);
    }
  }

  static final class PmovzxdqX64M extends Op {
    PmovzxdqX64M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      MmxSse.pmovzxdq(c.simd, d, c.load64(address(c)));
    }
  }

  static final class BlendpsX128iR extends Op {
    BlendpsX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.blendps(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class BlendpsX128iM extends Op {
    BlendpsX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.blendps(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class BlendpdX128iR extends Op {
    BlendpdX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.blendpd(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class BlendpdX128iM extends Op {
    BlendpdX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.blendpd(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class PblendwX128iR extends Op {
    PblendwX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.pblendw(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class PblendwX128iM extends Op {
    PblendwX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.pblendw(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class MpsadbwX128iR extends Op {
    MpsadbwX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      MmxSse.mpsadbw(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class MpsadbwX128iM extends Op {
    MpsadbwX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      MmxSse.mpsadbw(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class PextrbInSseOps extends Op {
    PextrbInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.pextrb(c, this);
    }
  }

  static final class PextrwRmInSseOps extends Op {
    PextrwRmInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.pextrwRm(c, this);
    }
  }

  static final class PextrdInSseOps extends Op {
    PextrdInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.pextrd(c, this);
    }
  }

  static final class ExtractpsInSseOps extends Op {
    ExtractpsInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.extractps(c, this);
    }
  }

  static final class PinsrbInSseOps extends Op {
    PinsrbInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.pinsrb(c, this);
    }
  }

  static final class InsertpsInSseOps extends Op {
    InsertpsInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.insertps(c, this);
    }
  }

  static final class PinsrdInSseOps extends Op {
    PinsrdInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.pinsrd(c, this);
    }
  }

  static final class PcmpestrmInSseOps extends Op {
    PcmpestrmInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.pcmpestrm(c, this);
    }
  }

  static final class PcmpestriInSseOps extends Op {
    PcmpestriInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.pcmpestri(c, this);
    }
  }

  static final class PcmpistrmInSseOps extends Op {
    PcmpistrmInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.pcmpistrm(c, this);
    }
  }

  static final class PcmpistriInSseOps extends Op {
    PcmpistriInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.pcmpistri(c, this);
    }
  }

  static final class Crc32bInSseOps extends Op {
    Crc32bInSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.crc32b(c, this);
    }
  }

  static final class Crc32InSseOps extends Op {
    Crc32InSseOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      SseOps.crc32(c, this);
    }
  }

  static final class TzcntInBmi extends Op {
    TzcntInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.tzcnt(c, this);
    }
  }

  static final class LzcntInBmi extends Op {
    LzcntInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.lzcnt(c, this);
    }
  }

  static final class MovbeLoadInBmi extends Op {
    MovbeLoadInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.movbeLoad(c, this);
    }
  }

  static final class MovbeStoreInBmi extends Op {
    MovbeStoreInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.movbeStore(c, this);
    }
  }

  static final class AdcxInBmi extends Op {
    AdcxInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.adcx(c, this);
    }
  }

  static final class AdoxInBmi extends Op {
    AdoxInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.adox(c, this);
    }
  }

  static final class AesencX128R extends Op {
    AesencX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      Crypto.aesenc(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class AesencX128M extends Op {
    AesencX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      Crypto.aesenc(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class AesenclastX128R extends Op {
    AesenclastX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      Crypto.aesenclast(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class AesenclastX128M extends Op {
    AesenclastX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      Crypto.aesenclast(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class AesdecX128R extends Op {
    AesdecX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      Crypto.aesdec(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class AesdecX128M extends Op {
    AesdecX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      Crypto.aesdec(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class AesdeclastX128R extends Op {
    AesdeclastX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      Crypto.aesdeclast(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class AesdeclastX128M extends Op {
    AesdeclastX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      Crypto.aesdeclast(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class AesimcX128R extends Op {
    AesimcX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      Crypto.aesimc(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class AesimcX128M extends Op {
    AesimcX128M(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      Crypto.aesimc(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class AeskeygenassistX128iR extends Op {
    AeskeygenassistX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      Crypto.aeskeygenassist(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class AeskeygenassistX128iM extends Op {
    AeskeygenassistX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      Crypto.aeskeygenassist(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class PclmulqdqX128iR extends Op {
    PclmulqdqX128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      Crypto.pclmulqdq(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class PclmulqdqX128iM extends Op {
    PclmulqdqX128iM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = c.aligned16(address(c));
      long low = c.load64(a);
      Crypto.pclmulqdq(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class Sha1nexteX128R extends Op {
    Sha1nexteX128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      Crypto.sha1nexte(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class Sha1nexteX128UnaM extends Op {
    Sha1nexteX128UnaM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = address(c);
      long low = c.load64(a);
      Crypto.sha1nexte(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class Sha1msg1X128R extends Op {
    Sha1msg1X128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      Crypto.sha1msg1(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class Sha1msg1X128UnaM extends Op {
    Sha1msg1X128UnaM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = address(c);
      long low = c.load64(a);
      Crypto.sha1msg1(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class Sha1msg2X128R extends Op {
    Sha1msg2X128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      Crypto.sha1msg2(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class Sha1msg2X128UnaM extends Op {
    Sha1msg2X128UnaM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = address(c);
      long low = c.load64(a);
      Crypto.sha1msg2(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class Sha256rnds2X128R extends Op {
    Sha256rnds2X128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      Crypto.sha256rnds2(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class Sha256rnds2X128UnaM extends Op {
    Sha256rnds2X128UnaM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = address(c);
      long low = c.load64(a);
      Crypto.sha256rnds2(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class Sha256msg1X128R extends Op {
    Sha256msg1X128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      Crypto.sha256msg1(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class Sha256msg1X128UnaM extends Op {
    Sha256msg1X128UnaM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = address(c);
      long low = c.load64(a);
      Crypto.sha256msg1(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class Sha256msg2X128R extends Op {
    Sha256msg2X128R(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      Crypto.sha256msg2(c.simd, d, x[2 * s], x[2 * s + 1]);
    }
  }

  static final class Sha256msg2X128UnaM extends Op {
    Sha256msg2X128UnaM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = address(c);
      long low = c.load64(a);
      Crypto.sha256msg2(c.simd, d, low, c.load64(a + 8));
    }
  }

  static final class Sha1rnds4X128iR extends Op {
    Sha1rnds4X128iR(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long[] x = c.simd.xmm;
      Crypto.sha1rnds4(c.simd, d, x[2 * s], x[2 * s + 1], (int) imm & 0xff);
    }
  }

  static final class Sha1rnds4X128iUnaM extends Op {
    Sha1rnds4X128iUnaM(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      c.requireSse();
      long a = address(c);
      long low = c.load64(a);
      Crypto.sha1rnds4(c.simd, d, low, c.load64(a + 8), (int) imm & 0xff);
    }
  }

  static final class XsavecInFpuOps extends Op {
    XsavecInFpuOps(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      FpuOps.xsavec(c, this);
    }
  }

  static final class VexMov2x16Both extends Op {
    VexMov2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.mov(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.mov(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class StoreInVex extends Op {
    StoreInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.store(c, this);
    }
  }

  static final class LoadLowInVex extends Op {
    LoadLowInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.loadLow(c, this);
    }
  }

  static final class StoreLowInVex extends Op {
    StoreLowInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.storeLow(c, this);
    }
  }

  static final class LoadHighInVex extends Op {
    LoadHighInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.loadHigh(c, this);
    }
  }

  static final class StoreHighInVex extends Op {
    StoreHighInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.storeHigh(c, this);
    }
  }

  static final class VexMov2x16BothAligned extends Op {
    VexMov2x16BothAligned(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.alignedSource(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.mov(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.mov(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class StoreAlignedInVex extends Op {
    StoreAlignedInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.storeAligned(c, this);
    }
  }

  static final class MovmskpsInVex extends Op {
    MovmskpsInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.movmskps(c, this);
    }
  }

  static final class MovmskpdInVex extends Op {
    MovmskpdInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.movmskpd(c, this);
    }
  }

  static final class MovhlpsInVex extends Op {
    MovhlpsInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.movhlps(c, this);
    }
  }

  static final class MovlhpsInVex extends Op {
    MovlhpsInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.movlhps(c, this);
    }
  }

  static final class VexMovsldup2x16Both extends Op {
    VexMovsldup2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.movsldup(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.movsldup(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexMovshdup2x16Both extends Op {
    VexMovshdup2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.movshdup(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.movshdup(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexMovddup2x8 extends Op {
    VexMovddup2x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.movddup(x, SimdState.SCRATCH, s[0]);
      x.finish(d, false);
    }
  }

  static final class MovddupInVex extends Op {
    MovddupInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.movddup(c, this);
    }
  }

  static final class Load32InVex extends Op {
    Load32InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.load32(c, this);
    }
  }

  static final class MovssInVex extends Op {
    MovssInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.movss(c, this);
    }
  }

  static final class Store32InVex extends Op {
    Store32InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.store32(c, this);
    }
  }

  static final class MovssToRmInVex extends Op {
    MovssToRmInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.movssToRm(c, this);
    }
  }

  static final class Load64InVex extends Op {
    Load64InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.load64(c, this);
    }
  }

  static final class MovsdInVex extends Op {
    MovsdInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.movsd(c, this);
    }
  }

  static final class MovsdToRmInVex extends Op {
    MovsdToRmInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.movsdToRm(c, this);
    }
  }

  static final class VexMov2x16Aligned extends Op {
    VexMov2x16Aligned(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.alignedSource(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.mov(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class MovdInVex extends Op {
    MovdInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.movd(c, this);
    }
  }

  static final class StoreDInVex extends Op {
    StoreDInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.storeD(c, this);
    }
  }

  static final class VexMovq2x8 extends Op {
    VexMovq2x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.movq(x, SimdState.SCRATCH, s[0]);
      x.finish(d, false);
    }
  }

  static final class StoreQInVex extends Op {
    StoreQInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.storeQ(c, this);
    }
  }

  static final class ZeroUpperInVex extends Op {
    ZeroUpperInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.zeroUpper(c, this);
    }
  }

  static final class ZeroAllInVex extends Op {
    ZeroAllInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.zeroAll(c, this);
    }
  }

  static final class LdmxcsrInVex extends Op {
    LdmxcsrInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.ldmxcsr(c, this);
    }
  }

  static final class StmxcsrInVex extends Op {
    StmxcsrInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.stmxcsr(c, this);
    }
  }

  static final class VexSqrtps2x16Both extends Op {
    VexSqrtps2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.half = wide ? 1 : 0;
      SseFloat.sqrtps(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.sqrtps(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexSqrtpd2x16Both extends Op {
    VexSqrtpd2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.half = wide ? 1 : 0;
      SseFloat.sqrtpd(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.sqrtpd(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexSqrtss3x4 extends Op {
    VexSqrtss3x4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.sqrtss(x, SimdState.SCRATCH, (int) s[0]);
      x.finish(d, false);
    }
  }

  static final class VexSqrtsd3x8 extends Op {
    VexSqrtsd3x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.sqrtsd(x, SimdState.SCRATCH, s[0]);
      x.finish(d, false);
    }
  }

  static final class VexAddps3x16Both extends Op {
    VexAddps3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.addps(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.addps(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexAddpd3x16Both extends Op {
    VexAddpd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.addpd(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.addpd(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexAddss3x4 extends Op {
    VexAddss3x4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.addss(x, SimdState.SCRATCH, (int) s[0]);
      x.finish(d, false);
    }
  }

  static final class VexAddsd3x8 extends Op {
    VexAddsd3x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.addsd(x, SimdState.SCRATCH, s[0]);
      x.finish(d, false);
    }
  }

  static final class VexMulps3x16Both extends Op {
    VexMulps3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.mulps(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.mulps(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexMulpd3x16Both extends Op {
    VexMulpd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.mulpd(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.mulpd(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexMulss3x4 extends Op {
    VexMulss3x4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.mulss(x, SimdState.SCRATCH, (int) s[0]);
      x.finish(d, false);
    }
  }

  static final class VexMulsd3x8 extends Op {
    VexMulsd3x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.mulsd(x, SimdState.SCRATCH, s[0]);
      x.finish(d, false);
    }
  }

  static final class VexSubps3x16Both extends Op {
    VexSubps3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.subps(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.subps(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexSubpd3x16Both extends Op {
    VexSubpd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.subpd(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.subpd(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexSubss3x4 extends Op {
    VexSubss3x4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.subss(x, SimdState.SCRATCH, (int) s[0]);
      x.finish(d, false);
    }
  }

  static final class VexSubsd3x8 extends Op {
    VexSubsd3x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.subsd(x, SimdState.SCRATCH, s[0]);
      x.finish(d, false);
    }
  }

  static final class VexMinps3x16Both extends Op {
    VexMinps3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.minps(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.minps(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexMinpd3x16Both extends Op {
    VexMinpd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.minpd(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.minpd(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexMinss3x4 extends Op {
    VexMinss3x4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.minss(x, SimdState.SCRATCH, (int) s[0]);
      x.finish(d, false);
    }
  }

  static final class VexMinsd3x8 extends Op {
    VexMinsd3x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.minsd(x, SimdState.SCRATCH, s[0]);
      x.finish(d, false);
    }
  }

  static final class VexDivps3x16Both extends Op {
    VexDivps3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.divps(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.divps(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexDivpd3x16Both extends Op {
    VexDivpd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.divpd(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.divpd(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexDivss3x4 extends Op {
    VexDivss3x4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.divss(x, SimdState.SCRATCH, (int) s[0]);
      x.finish(d, false);
    }
  }

  static final class VexDivsd3x8 extends Op {
    VexDivsd3x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.divsd(x, SimdState.SCRATCH, s[0]);
      x.finish(d, false);
    }
  }

  static final class VexMaxps3x16Both extends Op {
    VexMaxps3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.maxps(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.maxps(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexMaxpd3x16Both extends Op {
    VexMaxpd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.maxpd(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.maxpd(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexMaxss3x4 extends Op {
    VexMaxss3x4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.maxss(x, SimdState.SCRATCH, (int) s[0]);
      x.finish(d, false);
    }
  }

  static final class VexMaxsd3x8 extends Op {
    VexMaxsd3x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.maxsd(x, SimdState.SCRATCH, s[0]);
      x.finish(d, false);
    }
  }

  static final class VexRsqrtps2x16Both extends Op {
    VexRsqrtps2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.half = wide ? 1 : 0;
      SseFloat.rsqrtps(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.rsqrtps(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexRsqrtss3x4 extends Op {
    VexRsqrtss3x4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.rsqrtss(x, SimdState.SCRATCH, (int) s[0]);
      x.finish(d, false);
    }
  }

  static final class VexRcpps2x16Both extends Op {
    VexRcpps2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.half = wide ? 1 : 0;
      SseFloat.rcpps(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.rcpps(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexRcpss3x4 extends Op {
    VexRcpss3x4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.rcpss(x, SimdState.SCRATCH, (int) s[0]);
      x.finish(d, false);
    }
  }

  static final class VexPand3x16Both extends Op {
    VexPand3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pand(x.xmm[2 * v], s[0]),
          MmxSse.pand(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pand(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pand(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPandn3x16Both extends Op {
    VexPandn3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pandn(x.xmm[2 * v], s[0]),
          MmxSse.pandn(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pandn(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pandn(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPor3x16Both extends Op {
    VexPor3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.por(x.xmm[2 * v], s[0]),
          MmxSse.por(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.por(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.por(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPxor3x16Both extends Op {
    VexPxor3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pxor(x.xmm[2 * v], s[0]),
          MmxSse.pxor(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pxor(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pxor(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPunpckldq3x16Both extends Op {
    VexPunpckldq3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.punpckldq(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.punpckldq(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPunpckhdq3x16Both extends Op {
    VexPunpckhdq3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.punpckhdq(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.punpckhdq(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPunpcklqdq3x16Both extends Op {
    VexPunpcklqdq3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.punpcklqdq(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.punpcklqdq(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPunpckhqdq3x16Both extends Op {
    VexPunpckhqdq3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.punpckhqdq(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.punpckhqdq(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexVcmpps3x16Both extends Op {
    VexVcmpps3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.vcmpps(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      if (wide) {
        x.half = 2;
        SseFloat.vcmpps(x, SimdState.SCRATCH + 1, s[2], s[3], (int) imm & 0xff);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexVcmppd3x16Both extends Op {
    VexVcmppd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.vcmppd(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      if (wide) {
        x.half = 2;
        SseFloat.vcmppd(x, SimdState.SCRATCH + 1, s[2], s[3], (int) imm & 0xff);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexVcmpss3x4 extends Op {
    VexVcmpss3x4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.vcmpss(x, SimdState.SCRATCH, (int) s[0], (int) imm & 0xff);
      x.finish(d, false);
    }
  }

  static final class VexVcmpsd3x8 extends Op {
    VexVcmpsd3x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.vcmpsd(x, SimdState.SCRATCH, s[0], (int) imm & 0xff);
      x.finish(d, false);
    }
  }

  static final class VexShufps3x16Both extends Op {
    VexShufps3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.shufps(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      if (wide) {
        MmxSse.shufps(x, SimdState.SCRATCH + 1, s[2], s[3], (int) imm & 0xff);
      }
      x.finish(d, wide);
    }
  }

  static final class VexShufpd3x16BothShift2 extends Op {
    VexShufpd3x16BothShift2(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.shufpd(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      if (wide) {
        MmxSse.shufpd(x, SimdState.SCRATCH + 1, s[2], s[3], ((int) imm & 0xff) >> 2);
      }
      x.finish(d, wide);
    }
  }

  static final class UcomissInVex extends Op {
    UcomissInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.ucomiss(c, this);
    }
  }

  static final class ComissInVex extends Op {
    ComissInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.comiss(c, this);
    }
  }

  static final class UcomisdInVex extends Op {
    UcomisdInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.ucomisd(c, this);
    }
  }

  static final class ComisdInVex extends Op {
    ComisdInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.comisd(c, this);
    }
  }

  static final class VexHaddpd3x16Both extends Op {
    VexHaddpd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.haddpd(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.haddpd(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexHaddps3x16Both extends Op {
    VexHaddps3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.haddps(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.haddps(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexHsubpd3x16Both extends Op {
    VexHsubpd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.hsubpd(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.hsubpd(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexHsubps3x16Both extends Op {
    VexHsubps3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.hsubps(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.hsubps(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexAddsubpd3x16Both extends Op {
    VexAddsubpd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.addsubpd(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.addsubpd(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexAddsubps3x16Both extends Op {
    VexAddsubps3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      x.half = wide ? 1 : 0;
      SseFloat.addsubps(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.addsubps(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexRoundps2x16Both extends Op {
    VexRoundps2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.half = wide ? 1 : 0;
      SseFloat.roundps(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      if (wide) {
        x.half = 2;
        SseFloat.roundps(x, SimdState.SCRATCH + 1, s[2], s[3], (int) imm & 0xff);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexRoundpd2x16Both extends Op {
    VexRoundpd2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.half = wide ? 1 : 0;
      SseFloat.roundpd(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      if (wide) {
        x.half = 2;
        SseFloat.roundpd(x, SimdState.SCRATCH + 1, s[2], s[3], (int) imm & 0xff);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexRoundss3x4 extends Op {
    VexRoundss3x4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.roundss(x, SimdState.SCRATCH, (int) s[0], (int) imm & 0xff);
      x.finish(d, false);
    }
  }

  static final class VexRoundsd3x8 extends Op {
    VexRoundsd3x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.roundsd(x, SimdState.SCRATCH, s[0], (int) imm & 0xff);
      x.finish(d, false);
    }
  }

  static final class DppsInVex extends Op {
    DppsInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.dpps(c, this);
    }
  }

  static final class VexDppd3x16 extends Op {
    VexDppd3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.dppd(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      x.finish(d, false);
    }
  }

  static final class Cvtsi2ssInVex extends Op {
    Cvtsi2ssInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.cvtsi2ss(c, this);
    }
  }

  static final class Cvttss2siInVex extends Op {
    Cvttss2siInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.cvttss2si(c, this);
    }
  }

  static final class Cvtss2siInVex extends Op {
    Cvtss2siInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.cvtss2si(c, this);
    }
  }

  static final class Cvtsi2sdInVex extends Op {
    Cvtsi2sdInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.cvtsi2sd(c, this);
    }
  }

  static final class Cvttsd2siInVex extends Op {
    Cvttsd2siInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.cvttsd2si(c, this);
    }
  }

  static final class Cvtsd2siInVex extends Op {
    Cvtsd2siInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.cvtsd2si(c, this);
    }
  }

  static final class VexCvtps2pd2x8Both extends Op {
    VexCvtps2pd2x8Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.half = wide ? 1 : 0;
      SseFloat.cvtps2pd(x, SimdState.SCRATCH, s[0]);
      if (wide) {
        x.half = 2;
        SseFloat.cvtps2pd(x, SimdState.SCRATCH + 1, s[1]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexCvtpd2ps2x16Both extends Op {
    VexCvtpd2ps2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.half = wide ? 1 : 0;
      SseFloat.cvtpd2ps(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.cvtpd2ps(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finishNarrow(d, wide);
      x.half = 0;
    }
  }

  static final class VexCvtss2sd3x4 extends Op {
    VexCvtss2sd3x4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.cvtss2sd(x, SimdState.SCRATCH, (int) s[0]);
      x.finish(d, false);
    }
  }

  static final class VexCvtsd2ss3x8 extends Op {
    VexCvtsd2ss3x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      SseFloat.cvtsd2ss(x, SimdState.SCRATCH, s[0]);
      x.finish(d, false);
    }
  }

  static final class VexCvtdq2ps2x16Both extends Op {
    VexCvtdq2ps2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.half = wide ? 1 : 0;
      SseFloat.cvtdq2ps(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.cvtdq2ps(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexCvtps2dq2x16Both extends Op {
    VexCvtps2dq2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.half = wide ? 1 : 0;
      SseFloat.cvtps2dq(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.cvtps2dq(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexCvttps2dq2x16Both extends Op {
    VexCvttps2dq2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.half = wide ? 1 : 0;
      SseFloat.cvttps2dq(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.cvttps2dq(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexCvttpd2dq2x16Both extends Op {
    VexCvttpd2dq2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.half = wide ? 1 : 0;
      SseFloat.cvttpd2dq(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.cvttpd2dq(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finishNarrow(d, wide);
      x.half = 0;
    }
  }

  static final class VexCvtpd2dq2x16Both extends Op {
    VexCvtpd2dq2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.half = wide ? 1 : 0;
      SseFloat.cvtpd2dq(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        x.half = 2;
        SseFloat.cvtpd2dq(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finishNarrow(d, wide);
      x.half = 0;
    }
  }

  static final class VexCvtdq2pd2x8Both extends Op {
    VexCvtdq2pd2x8Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.half = wide ? 1 : 0;
      SseFloat.cvtdq2pd(x, SimdState.SCRATCH, s[0]);
      if (wide) {
        x.half = 2;
        SseFloat.cvtdq2pd(x, SimdState.SCRATCH + 1, s[1]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class VexVcvtph2ps2x8Both extends Op {
    VexVcvtph2ps2x8Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.half = wide ? 1 : 0;
      AvxLanes.vcvtph2ps(x, SimdState.SCRATCH, s[0]);
      if (wide) {
        x.half = 2;
        AvxLanes.vcvtph2ps(x, SimdState.SCRATCH + 1, s[1]);
      }
      x.finish(d, wide);
      x.half = 0;
    }
  }

  static final class Cvtps2phInVex extends Op {
    Cvtps2phInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.cvtps2ph(c, this);
    }
  }

  static final class VexPunpcklbw3x16 extends Op {
    VexPunpcklbw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.punpcklbw(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPunpcklbw3x16Both extends Op {
    VexPunpcklbw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.punpcklbw(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.punpcklbw(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPunpcklwd3x16 extends Op {
    VexPunpcklwd3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.punpcklwd(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPunpcklwd3x16Both extends Op {
    VexPunpcklwd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.punpcklwd(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.punpcklwd(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPunpckldq3x16 extends Op {
    VexPunpckldq3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.punpckldq(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPacksswb3x16 extends Op {
    VexPacksswb3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.packsswb(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPacksswb3x16Both extends Op {
    VexPacksswb3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.packsswb(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.packsswb(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPcmpgtb3x16 extends Op {
    VexPcmpgtb3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pcmpgtb(x.xmm[2 * v], s[0]),
          MmxSse.pcmpgtb(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPcmpgtb3x16Both extends Op {
    VexPcmpgtb3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pcmpgtb(x.xmm[2 * v], s[0]),
          MmxSse.pcmpgtb(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pcmpgtb(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pcmpgtb(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPcmpgtw3x16 extends Op {
    VexPcmpgtw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pcmpgtw(x.xmm[2 * v], s[0]),
          MmxSse.pcmpgtw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPcmpgtw3x16Both extends Op {
    VexPcmpgtw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pcmpgtw(x.xmm[2 * v], s[0]),
          MmxSse.pcmpgtw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pcmpgtw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pcmpgtw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPcmpgtd3x16 extends Op {
    VexPcmpgtd3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pcmpgtd(x.xmm[2 * v], s[0]),
          MmxSse.pcmpgtd(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPcmpgtd3x16Both extends Op {
    VexPcmpgtd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pcmpgtd(x.xmm[2 * v], s[0]),
          MmxSse.pcmpgtd(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pcmpgtd(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pcmpgtd(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPackuswb3x16 extends Op {
    VexPackuswb3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.packuswb(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPackuswb3x16Both extends Op {
    VexPackuswb3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.packuswb(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.packuswb(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPunpckhbw3x16 extends Op {
    VexPunpckhbw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.punpckhbw(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPunpckhbw3x16Both extends Op {
    VexPunpckhbw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.punpckhbw(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.punpckhbw(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPunpckhwd3x16 extends Op {
    VexPunpckhwd3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.punpckhwd(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPunpckhwd3x16Both extends Op {
    VexPunpckhwd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.punpckhwd(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.punpckhwd(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPunpckhdq3x16 extends Op {
    VexPunpckhdq3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.punpckhdq(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPackssdw3x16 extends Op {
    VexPackssdw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.packssdw(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPackssdw3x16Both extends Op {
    VexPackssdw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.packssdw(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.packssdw(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPcmpeqb3x16 extends Op {
    VexPcmpeqb3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pcmpeqb(x.xmm[2 * v], s[0]),
          MmxSse.pcmpeqb(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPcmpeqb3x16Both extends Op {
    VexPcmpeqb3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pcmpeqb(x.xmm[2 * v], s[0]),
          MmxSse.pcmpeqb(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pcmpeqb(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pcmpeqb(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPcmpeqw3x16 extends Op {
    VexPcmpeqw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pcmpeqw(x.xmm[2 * v], s[0]),
          MmxSse.pcmpeqw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPcmpeqw3x16Both extends Op {
    VexPcmpeqw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pcmpeqw(x.xmm[2 * v], s[0]),
          MmxSse.pcmpeqw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pcmpeqw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pcmpeqw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPcmpeqd3x16 extends Op {
    VexPcmpeqd3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pcmpeqd(x.xmm[2 * v], s[0]),
          MmxSse.pcmpeqd(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPcmpeqd3x16Both extends Op {
    VexPcmpeqd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pcmpeqd(x.xmm[2 * v], s[0]),
          MmxSse.pcmpeqd(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pcmpeqd(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pcmpeqd(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPsrlw3x16 extends Op {
    VexPsrlw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.psrlw(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPsrlw3x16Count extends Op {
    VexPsrlw3x16Count(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.psrlw(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.psrlw(x, SimdState.SCRATCH + 1, s[0], s[1]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPsrld3x16 extends Op {
    VexPsrld3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.psrld(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPsrld3x16Count extends Op {
    VexPsrld3x16Count(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.psrld(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.psrld(x, SimdState.SCRATCH + 1, s[0], s[1]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPsrlq3x16 extends Op {
    VexPsrlq3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.psrlq(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPsrlq3x16Count extends Op {
    VexPsrlq3x16Count(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.psrlq(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.psrlq(x, SimdState.SCRATCH + 1, s[0], s[1]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPaddq3x16 extends Op {
    VexPaddq3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.paddq(x.xmm[2 * v], s[0]),
          MmxSse.paddq(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPaddq3x16Both extends Op {
    VexPaddq3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.paddq(x.xmm[2 * v], s[0]),
          MmxSse.paddq(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.paddq(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.paddq(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPmullw3x16 extends Op {
    VexPmullw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmullw(x.xmm[2 * v], s[0]),
          MmxSse.pmullw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPmullw3x16Both extends Op {
    VexPmullw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmullw(x.xmm[2 * v], s[0]),
          MmxSse.pmullw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pmullw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pmullw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPsubusb3x16 extends Op {
    VexPsubusb3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psubusb(x.xmm[2 * v], s[0]),
          MmxSse.psubusb(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPsubusb3x16Both extends Op {
    VexPsubusb3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psubusb(x.xmm[2 * v], s[0]),
          MmxSse.psubusb(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.psubusb(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.psubusb(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPsubusw3x16 extends Op {
    VexPsubusw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psubusw(x.xmm[2 * v], s[0]),
          MmxSse.psubusw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPsubusw3x16Both extends Op {
    VexPsubusw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psubusw(x.xmm[2 * v], s[0]),
          MmxSse.psubusw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.psubusw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.psubusw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPminub3x16 extends Op {
    VexPminub3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pminub(x.xmm[2 * v], s[0]),
          MmxSse.pminub(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPminub3x16Both extends Op {
    VexPminub3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pminub(x.xmm[2 * v], s[0]),
          MmxSse.pminub(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pminub(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pminub(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPand3x16 extends Op {
    VexPand3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pand(x.xmm[2 * v], s[0]),
          MmxSse.pand(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPaddusb3x16 extends Op {
    VexPaddusb3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.paddusb(x.xmm[2 * v], s[0]),
          MmxSse.paddusb(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPaddusb3x16Both extends Op {
    VexPaddusb3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.paddusb(x.xmm[2 * v], s[0]),
          MmxSse.paddusb(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.paddusb(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.paddusb(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPaddusw3x16 extends Op {
    VexPaddusw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.paddusw(x.xmm[2 * v], s[0]),
          MmxSse.paddusw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPaddusw3x16Both extends Op {
    VexPaddusw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.paddusw(x.xmm[2 * v], s[0]),
          MmxSse.paddusw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.paddusw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.paddusw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPmaxub3x16 extends Op {
    VexPmaxub3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmaxub(x.xmm[2 * v], s[0]),
          MmxSse.pmaxub(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPmaxub3x16Both extends Op {
    VexPmaxub3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmaxub(x.xmm[2 * v], s[0]),
          MmxSse.pmaxub(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pmaxub(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pmaxub(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPandn3x16 extends Op {
    VexPandn3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pandn(x.xmm[2 * v], s[0]),
          MmxSse.pandn(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPavgb3x16 extends Op {
    VexPavgb3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pavgb(x.xmm[2 * v], s[0]),
          MmxSse.pavgb(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPavgb3x16Both extends Op {
    VexPavgb3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pavgb(x.xmm[2 * v], s[0]),
          MmxSse.pavgb(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pavgb(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pavgb(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPsraw3x16 extends Op {
    VexPsraw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.psraw(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPsraw3x16Count extends Op {
    VexPsraw3x16Count(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.psraw(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.psraw(x, SimdState.SCRATCH + 1, s[0], s[1]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPsrad3x16 extends Op {
    VexPsrad3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.psrad(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPsrad3x16Count extends Op {
    VexPsrad3x16Count(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.psrad(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.psrad(x, SimdState.SCRATCH + 1, s[0], s[1]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPavgw3x16 extends Op {
    VexPavgw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pavgw(x.xmm[2 * v], s[0]),
          MmxSse.pavgw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPavgw3x16Both extends Op {
    VexPavgw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pavgw(x.xmm[2 * v], s[0]),
          MmxSse.pavgw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pavgw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pavgw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPmulhuw3x16 extends Op {
    VexPmulhuw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmulhuw(x.xmm[2 * v], s[0]),
          MmxSse.pmulhuw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPmulhuw3x16Both extends Op {
    VexPmulhuw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmulhuw(x.xmm[2 * v], s[0]),
          MmxSse.pmulhuw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pmulhuw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pmulhuw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPmulhw3x16 extends Op {
    VexPmulhw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmulhw(x.xmm[2 * v], s[0]),
          MmxSse.pmulhw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPmulhw3x16Both extends Op {
    VexPmulhw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmulhw(x.xmm[2 * v], s[0]),
          MmxSse.pmulhw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pmulhw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pmulhw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPsubsb3x16 extends Op {
    VexPsubsb3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psubsb(x.xmm[2 * v], s[0]),
          MmxSse.psubsb(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPsubsb3x16Both extends Op {
    VexPsubsb3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psubsb(x.xmm[2 * v], s[0]),
          MmxSse.psubsb(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.psubsb(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.psubsb(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPsubsw3x16 extends Op {
    VexPsubsw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psubsw(x.xmm[2 * v], s[0]),
          MmxSse.psubsw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPsubsw3x16Both extends Op {
    VexPsubsw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psubsw(x.xmm[2 * v], s[0]),
          MmxSse.psubsw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.psubsw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.psubsw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPminsw3x16 extends Op {
    VexPminsw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pminsw(x.xmm[2 * v], s[0]),
          MmxSse.pminsw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPminsw3x16Both extends Op {
    VexPminsw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pminsw(x.xmm[2 * v], s[0]),
          MmxSse.pminsw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pminsw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pminsw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPor3x16 extends Op {
    VexPor3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.por(x.xmm[2 * v], s[0]),
          MmxSse.por(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPaddsb3x16 extends Op {
    VexPaddsb3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.paddsb(x.xmm[2 * v], s[0]),
          MmxSse.paddsb(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPaddsb3x16Both extends Op {
    VexPaddsb3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.paddsb(x.xmm[2 * v], s[0]),
          MmxSse.paddsb(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.paddsb(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.paddsb(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPaddsw3x16 extends Op {
    VexPaddsw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.paddsw(x.xmm[2 * v], s[0]),
          MmxSse.paddsw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPaddsw3x16Both extends Op {
    VexPaddsw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.paddsw(x.xmm[2 * v], s[0]),
          MmxSse.paddsw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.paddsw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.paddsw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPmaxsw3x16 extends Op {
    VexPmaxsw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmaxsw(x.xmm[2 * v], s[0]),
          MmxSse.pmaxsw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPmaxsw3x16Both extends Op {
    VexPmaxsw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmaxsw(x.xmm[2 * v], s[0]),
          MmxSse.pmaxsw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pmaxsw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pmaxsw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPxor3x16 extends Op {
    VexPxor3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pxor(x.xmm[2 * v], s[0]),
          MmxSse.pxor(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPsllw3x16 extends Op {
    VexPsllw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.psllw(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPsllw3x16Count extends Op {
    VexPsllw3x16Count(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.psllw(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.psllw(x, SimdState.SCRATCH + 1, s[0], s[1]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPslld3x16 extends Op {
    VexPslld3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.pslld(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPslld3x16Count extends Op {
    VexPslld3x16Count(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.pslld(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.pslld(x, SimdState.SCRATCH + 1, s[0], s[1]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPsllq3x16 extends Op {
    VexPsllq3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.psllq(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPsllq3x16Count extends Op {
    VexPsllq3x16Count(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.psllq(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.psllq(x, SimdState.SCRATCH + 1, s[0], s[1]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPmuludq3x16 extends Op {
    VexPmuludq3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmuludq(x.xmm[2 * v], s[0]),
          MmxSse.pmuludq(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPmuludq3x16Both extends Op {
    VexPmuludq3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmuludq(x.xmm[2 * v], s[0]),
          MmxSse.pmuludq(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pmuludq(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pmuludq(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPmaddwd3x16 extends Op {
    VexPmaddwd3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmaddwd(x.xmm[2 * v], s[0]),
          MmxSse.pmaddwd(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPmaddwd3x16Both extends Op {
    VexPmaddwd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmaddwd(x.xmm[2 * v], s[0]),
          MmxSse.pmaddwd(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pmaddwd(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pmaddwd(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPsadbw3x16 extends Op {
    VexPsadbw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psadbw(x.xmm[2 * v], s[0]),
          MmxSse.psadbw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPsadbw3x16Both extends Op {
    VexPsadbw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psadbw(x.xmm[2 * v], s[0]),
          MmxSse.psadbw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.psadbw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.psadbw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPsubb3x16 extends Op {
    VexPsubb3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psubb(x.xmm[2 * v], s[0]),
          MmxSse.psubb(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPsubb3x16Both extends Op {
    VexPsubb3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psubb(x.xmm[2 * v], s[0]),
          MmxSse.psubb(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.psubb(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.psubb(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPsubw3x16 extends Op {
    VexPsubw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psubw(x.xmm[2 * v], s[0]),
          MmxSse.psubw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPsubw3x16Both extends Op {
    VexPsubw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psubw(x.xmm[2 * v], s[0]),
          MmxSse.psubw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.psubw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.psubw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPsubd3x16 extends Op {
    VexPsubd3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psubd(x.xmm[2 * v], s[0]),
          MmxSse.psubd(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPsubd3x16Both extends Op {
    VexPsubd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psubd(x.xmm[2 * v], s[0]),
          MmxSse.psubd(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.psubd(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.psubd(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPsubq3x16 extends Op {
    VexPsubq3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psubq(x.xmm[2 * v], s[0]),
          MmxSse.psubq(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPsubq3x16Both extends Op {
    VexPsubq3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psubq(x.xmm[2 * v], s[0]),
          MmxSse.psubq(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.psubq(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.psubq(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPaddb3x16 extends Op {
    VexPaddb3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.paddb(x.xmm[2 * v], s[0]),
          MmxSse.paddb(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPaddb3x16Both extends Op {
    VexPaddb3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.paddb(x.xmm[2 * v], s[0]),
          MmxSse.paddb(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.paddb(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.paddb(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPaddw3x16 extends Op {
    VexPaddw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.paddw(x.xmm[2 * v], s[0]),
          MmxSse.paddw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPaddw3x16Both extends Op {
    VexPaddw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.paddw(x.xmm[2 * v], s[0]),
          MmxSse.paddw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.paddw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.paddw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPaddd3x16 extends Op {
    VexPaddd3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.paddd(x.xmm[2 * v], s[0]),
          MmxSse.paddd(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPaddd3x16Both extends Op {
    VexPaddd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.paddd(x.xmm[2 * v], s[0]),
          MmxSse.paddd(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.paddd(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.paddd(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPunpcklqdq3x16 extends Op {
    VexPunpcklqdq3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.punpcklqdq(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPunpckhqdq3x16 extends Op {
    VexPunpckhqdq3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.punpckhqdq(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPshufd2x16 extends Op {
    VexPshufd2x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pshufd(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      x.finish(d, false);
    }
  }

  static final class VexPshufd2x16Both extends Op {
    VexPshufd2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pshufd(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      if (wide) {
        MmxSse.pshufd(x, SimdState.SCRATCH + 1, s[2], s[3], (int) imm & 0xff);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPshufb3x16 extends Op {
    VexPshufb3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.pshufb(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPshufb3x16Both extends Op {
    VexPshufb3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.pshufb(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.pshufb(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPhaddw3x16 extends Op {
    VexPhaddw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.phaddw(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPhaddw3x16Both extends Op {
    VexPhaddw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.phaddw(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.phaddw(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPhaddd3x16 extends Op {
    VexPhaddd3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.phaddd(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPhaddd3x16Both extends Op {
    VexPhaddd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.phaddd(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.phaddd(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPhaddsw3x16 extends Op {
    VexPhaddsw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.phaddsw(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPhaddsw3x16Both extends Op {
    VexPhaddsw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.phaddsw(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.phaddsw(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPmaddubsw3x16 extends Op {
    VexPmaddubsw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmaddubsw(x.xmm[2 * v], s[0]),
          MmxSse.pmaddubsw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPmaddubsw3x16Both extends Op {
    VexPmaddubsw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmaddubsw(x.xmm[2 * v], s[0]),
          MmxSse.pmaddubsw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pmaddubsw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pmaddubsw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPhsubw3x16 extends Op {
    VexPhsubw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.phsubw(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPhsubw3x16Both extends Op {
    VexPhsubw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.phsubw(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.phsubw(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPhsubd3x16 extends Op {
    VexPhsubd3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.phsubd(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPhsubd3x16Both extends Op {
    VexPhsubd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.phsubd(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.phsubd(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPhsubsw3x16 extends Op {
    VexPhsubsw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.phsubsw(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPhsubsw3x16Both extends Op {
    VexPhsubsw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.phsubsw(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.phsubsw(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPsignb3x16 extends Op {
    VexPsignb3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psignb(x.xmm[2 * v], s[0]),
          MmxSse.psignb(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPsignb3x16Both extends Op {
    VexPsignb3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psignb(x.xmm[2 * v], s[0]),
          MmxSse.psignb(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.psignb(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.psignb(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPsignw3x16 extends Op {
    VexPsignw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psignw(x.xmm[2 * v], s[0]),
          MmxSse.psignw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPsignw3x16Both extends Op {
    VexPsignw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psignw(x.xmm[2 * v], s[0]),
          MmxSse.psignw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.psignw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.psignw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPsignd3x16 extends Op {
    VexPsignd3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psignd(x.xmm[2 * v], s[0]),
          MmxSse.psignd(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPsignd3x16Both extends Op {
    VexPsignd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.psignd(x.xmm[2 * v], s[0]),
          MmxSse.psignd(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.psignd(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.psignd(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPmulhrsw3x16 extends Op {
    VexPmulhrsw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmulhrsw(x.xmm[2 * v], s[0]),
          MmxSse.pmulhrsw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPmulhrsw3x16Both extends Op {
    VexPmulhrsw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmulhrsw(x.xmm[2 * v], s[0]),
          MmxSse.pmulhrsw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pmulhrsw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pmulhrsw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPabsb2x16 extends Op {
    VexPabsb2x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pabsb(0, s[0]),
          MmxSse.pabsb(0, s[1]),
          0,
          0);
    }
  }

  static final class VexPabsb2x16Both extends Op {
    VexPabsb2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pabsb(0, s[0]),
          MmxSse.pabsb(0, s[1]),
          wide ? MmxSse.pabsb(0, s[2]) : 0,
          wide ? MmxSse.pabsb(0, s[3]) : 0);
    }
  }

  static final class VexPabsw2x16 extends Op {
    VexPabsw2x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pabsw(0, s[0]),
          MmxSse.pabsw(0, s[1]),
          0,
          0);
    }
  }

  static final class VexPabsw2x16Both extends Op {
    VexPabsw2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pabsw(0, s[0]),
          MmxSse.pabsw(0, s[1]),
          wide ? MmxSse.pabsw(0, s[2]) : 0,
          wide ? MmxSse.pabsw(0, s[3]) : 0);
    }
  }

  static final class VexPabsd2x16 extends Op {
    VexPabsd2x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pabsd(0, s[0]),
          MmxSse.pabsd(0, s[1]),
          0,
          0);
    }
  }

  static final class VexPabsd2x16Both extends Op {
    VexPabsd2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pabsd(0, s[0]),
          MmxSse.pabsd(0, s[1]),
          wide ? MmxSse.pabsd(0, s[2]) : 0,
          wide ? MmxSse.pabsd(0, s[3]) : 0);
    }
  }

  static final class VexPalignr3x16 extends Op {
    VexPalignr3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.palignr(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      x.finish(d, false);
    }
  }

  static final class VexPalignr3x16Both extends Op {
    VexPalignr3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.palignr(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      if (wide) {
        MmxSse.palignr(x, SimdState.SCRATCH + 1, s[2], s[3], (int) imm & 0xff);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPackusdw3x16 extends Op {
    VexPackusdw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.packusdw(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPackusdw3x16Both extends Op {
    VexPackusdw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.packusdw(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        MmxSse.packusdw(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPmuldq3x16 extends Op {
    VexPmuldq3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmuldq(x.xmm[2 * v], s[0]),
          MmxSse.pmuldq(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPmuldq3x16Both extends Op {
    VexPmuldq3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmuldq(x.xmm[2 * v], s[0]),
          MmxSse.pmuldq(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pmuldq(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pmuldq(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPcmpeqq3x16 extends Op {
    VexPcmpeqq3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pcmpeqq(x.xmm[2 * v], s[0]),
          MmxSse.pcmpeqq(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPcmpeqq3x16Both extends Op {
    VexPcmpeqq3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pcmpeqq(x.xmm[2 * v], s[0]),
          MmxSse.pcmpeqq(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pcmpeqq(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pcmpeqq(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPminsb3x16 extends Op {
    VexPminsb3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pminsb(x.xmm[2 * v], s[0]),
          MmxSse.pminsb(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPminsb3x16Both extends Op {
    VexPminsb3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pminsb(x.xmm[2 * v], s[0]),
          MmxSse.pminsb(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pminsb(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pminsb(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPminsd3x16 extends Op {
    VexPminsd3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pminsd(x.xmm[2 * v], s[0]),
          MmxSse.pminsd(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPminsd3x16Both extends Op {
    VexPminsd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pminsd(x.xmm[2 * v], s[0]),
          MmxSse.pminsd(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pminsd(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pminsd(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPminuw3x16 extends Op {
    VexPminuw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pminuw(x.xmm[2 * v], s[0]),
          MmxSse.pminuw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPminuw3x16Both extends Op {
    VexPminuw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pminuw(x.xmm[2 * v], s[0]),
          MmxSse.pminuw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pminuw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pminuw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPminud3x16 extends Op {
    VexPminud3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pminud(x.xmm[2 * v], s[0]),
          MmxSse.pminud(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPminud3x16Both extends Op {
    VexPminud3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pminud(x.xmm[2 * v], s[0]),
          MmxSse.pminud(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pminud(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pminud(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPmaxsb3x16 extends Op {
    VexPmaxsb3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmaxsb(x.xmm[2 * v], s[0]),
          MmxSse.pmaxsb(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPmaxsb3x16Both extends Op {
    VexPmaxsb3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmaxsb(x.xmm[2 * v], s[0]),
          MmxSse.pmaxsb(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pmaxsb(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pmaxsb(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPmaxsd3x16 extends Op {
    VexPmaxsd3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmaxsd(x.xmm[2 * v], s[0]),
          MmxSse.pmaxsd(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPmaxsd3x16Both extends Op {
    VexPmaxsd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmaxsd(x.xmm[2 * v], s[0]),
          MmxSse.pmaxsd(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pmaxsd(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pmaxsd(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPmaxuw3x16 extends Op {
    VexPmaxuw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmaxuw(x.xmm[2 * v], s[0]),
          MmxSse.pmaxuw(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPmaxuw3x16Both extends Op {
    VexPmaxuw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmaxuw(x.xmm[2 * v], s[0]),
          MmxSse.pmaxuw(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pmaxuw(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pmaxuw(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPmaxud3x16 extends Op {
    VexPmaxud3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmaxud(x.xmm[2 * v], s[0]),
          MmxSse.pmaxud(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPmaxud3x16Both extends Op {
    VexPmaxud3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmaxud(x.xmm[2 * v], s[0]),
          MmxSse.pmaxud(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pmaxud(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pmaxud(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPmulld3x16 extends Op {
    VexPmulld3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmulld(x.xmm[2 * v], s[0]),
          MmxSse.pmulld(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPmulld3x16Both extends Op {
    VexPmulld3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pmulld(x.xmm[2 * v], s[0]),
          MmxSse.pmulld(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pmulld(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pmulld(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexPcmpgtq3x16 extends Op {
    VexPcmpgtq3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pcmpgtq(x.xmm[2 * v], s[0]),
          MmxSse.pcmpgtq(x.xmm[2 * v + 1], s[1]),
          0,
          0);
    }
  }

  static final class VexPcmpgtq3x16Both extends Op {
    VexPcmpgtq3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          MmxSse.pcmpgtq(x.xmm[2 * v], s[0]),
          MmxSse.pcmpgtq(x.xmm[2 * v + 1], s[1]),
          wide ? MmxSse.pcmpgtq(x.upper[2 * v], s[2]) : 0,
          wide ? MmxSse.pcmpgtq(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexMpsadbw3x16 extends Op {
    VexMpsadbw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.mpsadbw(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      x.finish(d, false);
    }
  }

  static final class VexMpsadbw3x16BothShift3 extends Op {
    VexMpsadbw3x16BothShift3(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.mpsadbw(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      if (wide) {
        MmxSse.mpsadbw(x, SimdState.SCRATCH + 1, s[2], s[3], ((int) imm & 0xff) >> 3);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPshufhw2x16 extends Op {
    VexPshufhw2x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pshufhw(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      x.finish(d, false);
    }
  }

  static final class VexPshufhw2x16Both extends Op {
    VexPshufhw2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pshufhw(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      if (wide) {
        MmxSse.pshufhw(x, SimdState.SCRATCH + 1, s[2], s[3], (int) imm & 0xff);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPshuflw2x16 extends Op {
    VexPshuflw2x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pshuflw(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      x.finish(d, false);
    }
  }

  static final class VexPshuflw2x16Both extends Op {
    VexPshuflw2x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pshuflw(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      if (wide) {
        MmxSse.pshuflw(x, SimdState.SCRATCH + 1, s[2], s[3], (int) imm & 0xff);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPhminposuw2x16 extends Op {
    VexPhminposuw2x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.phminposuw(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexPsrlw3x16Immediate extends Op {
    VexPsrlw3x16Immediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      long[] s = c.simd.source;
      long n = imm & 0xff;
      c.simd.set(v, MmxSse.psrlw(s[0], n), MmxSse.psrlw(s[1], n), 0, 0);
    }
  }

  static final class VexPsrlw3x16BothImmediate extends Op {
    VexPsrlw3x16BothImmediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      long[] s = c.simd.source;
      long n = imm & 0xff;
      c.simd.set(v, MmxSse.psrlw(s[0], n), MmxSse.psrlw(s[1], n), wide ? MmxSse.psrlw(s[2], n) : 0, wide ? MmxSse.psrlw(s[3], n) : 0);
    }
  }

  static final class VexPsraw3x16Immediate extends Op {
    VexPsraw3x16Immediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      long[] s = c.simd.source;
      long n = imm & 0xff;
      c.simd.set(v, MmxSse.psraw(s[0], n), MmxSse.psraw(s[1], n), 0, 0);
    }
  }

  static final class VexPsraw3x16BothImmediate extends Op {
    VexPsraw3x16BothImmediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      long[] s = c.simd.source;
      long n = imm & 0xff;
      c.simd.set(v, MmxSse.psraw(s[0], n), MmxSse.psraw(s[1], n), wide ? MmxSse.psraw(s[2], n) : 0, wide ? MmxSse.psraw(s[3], n) : 0);
    }
  }

  static final class VexPsllw3x16Immediate extends Op {
    VexPsllw3x16Immediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      long[] s = c.simd.source;
      long n = imm & 0xff;
      c.simd.set(v, MmxSse.psllw(s[0], n), MmxSse.psllw(s[1], n), 0, 0);
    }
  }

  static final class VexPsllw3x16BothImmediate extends Op {
    VexPsllw3x16BothImmediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      long[] s = c.simd.source;
      long n = imm & 0xff;
      c.simd.set(v, MmxSse.psllw(s[0], n), MmxSse.psllw(s[1], n), wide ? MmxSse.psllw(s[2], n) : 0, wide ? MmxSse.psllw(s[3], n) : 0);
    }
  }

  static final class VexPsrld3x16Immediate extends Op {
    VexPsrld3x16Immediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      long[] s = c.simd.source;
      long n = imm & 0xff;
      c.simd.set(v, MmxSse.psrld(s[0], n), MmxSse.psrld(s[1], n), 0, 0);
    }
  }

  static final class VexPsrld3x16BothImmediate extends Op {
    VexPsrld3x16BothImmediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      long[] s = c.simd.source;
      long n = imm & 0xff;
      c.simd.set(v, MmxSse.psrld(s[0], n), MmxSse.psrld(s[1], n), wide ? MmxSse.psrld(s[2], n) : 0, wide ? MmxSse.psrld(s[3], n) : 0);
    }
  }

  static final class VexPsrad3x16Immediate extends Op {
    VexPsrad3x16Immediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      long[] s = c.simd.source;
      long n = imm & 0xff;
      c.simd.set(v, MmxSse.psrad(s[0], n), MmxSse.psrad(s[1], n), 0, 0);
    }
  }

  static final class VexPsrad3x16BothImmediate extends Op {
    VexPsrad3x16BothImmediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      long[] s = c.simd.source;
      long n = imm & 0xff;
      c.simd.set(v, MmxSse.psrad(s[0], n), MmxSse.psrad(s[1], n), wide ? MmxSse.psrad(s[2], n) : 0, wide ? MmxSse.psrad(s[3], n) : 0);
    }
  }

  static final class VexPslld3x16Immediate extends Op {
    VexPslld3x16Immediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      long[] s = c.simd.source;
      long n = imm & 0xff;
      c.simd.set(v, MmxSse.pslld(s[0], n), MmxSse.pslld(s[1], n), 0, 0);
    }
  }

  static final class VexPslld3x16BothImmediate extends Op {
    VexPslld3x16BothImmediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      long[] s = c.simd.source;
      long n = imm & 0xff;
      c.simd.set(v, MmxSse.pslld(s[0], n), MmxSse.pslld(s[1], n), wide ? MmxSse.pslld(s[2], n) : 0, wide ? MmxSse.pslld(s[3], n) : 0);
    }
  }

  static final class VexPsrlq3x16Immediate extends Op {
    VexPsrlq3x16Immediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      long[] s = c.simd.source;
      long n = imm & 0xff;
      c.simd.set(v, MmxSse.psrlq(s[0], n), MmxSse.psrlq(s[1], n), 0, 0);
    }
  }

  static final class VexPsrlq3x16BothImmediate extends Op {
    VexPsrlq3x16BothImmediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      long[] s = c.simd.source;
      long n = imm & 0xff;
      c.simd.set(v, MmxSse.psrlq(s[0], n), MmxSse.psrlq(s[1], n), wide ? MmxSse.psrlq(s[2], n) : 0, wide ? MmxSse.psrlq(s[3], n) : 0);
    }
  }

  static final class VexPsllq3x16Immediate extends Op {
    VexPsllq3x16Immediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      long[] s = c.simd.source;
      long n = imm & 0xff;
      c.simd.set(v, MmxSse.psllq(s[0], n), MmxSse.psllq(s[1], n), 0, 0);
    }
  }

  static final class VexPsllq3x16BothImmediate extends Op {
    VexPsllq3x16BothImmediate(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      long[] s = c.simd.source;
      long n = imm & 0xff;
      c.simd.set(v, MmxSse.psllq(s[0], n), MmxSse.psllq(s[1], n), wide ? MmxSse.psllq(s[2], n) : 0, wide ? MmxSse.psllq(s[3], n) : 0);
    }
  }

  static final class PsrldqInVex extends Op {
    PsrldqInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.psrldq(c, this);
    }
  }

  static final class PslldqInVex extends Op {
    PslldqInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.pslldq(c, this);
    }
  }

  static final class VexPblendw3x16 extends Op {
    VexPblendw3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.pblendw(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      x.finish(d, false);
    }
  }

  static final class VexPblendw3x16Both extends Op {
    VexPblendw3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.pblendw(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      if (wide) {
        MmxSse.pblendw(x, SimdState.SCRATCH + 1, s[2], s[3], (int) imm & 0xff);
      }
      x.finish(d, wide);
    }
  }

  static final class VexBlendps3x16BothShift4 extends Op {
    VexBlendps3x16BothShift4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.blendps(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      if (wide) {
        MmxSse.blendps(x, SimdState.SCRATCH + 1, s[2], s[3], ((int) imm & 0xff) >> 4);
      }
      x.finish(d, wide);
    }
  }

  static final class VexBlendpd3x16BothShift2 extends Op {
    VexBlendpd3x16BothShift2(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      MmxSse.blendpd(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      if (wide) {
        MmxSse.blendpd(x, SimdState.SCRATCH + 1, s[2], s[3], ((int) imm & 0xff) >> 2);
      }
      x.finish(d, wide);
    }
  }

  static final class BlendvpsInVex extends Op {
    BlendvpsInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.blendvps(c, this);
    }
  }

  static final class BlendvpdInVex extends Op {
    BlendvpdInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.blendvpd(c, this);
    }
  }

  static final class PblendvbInVex extends Op {
    PblendvbInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.pblendvb(c, this);
    }
  }

  static final class VexPmovsxbw2x8 extends Op {
    VexPmovsxbw2x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovsxbw(x, SimdState.SCRATCH, s[0]);
      x.finish(d, false);
    }
  }

  static final class VexPmovsxbw2x8Both extends Op {
    VexPmovsxbw2x8Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovsxbw(x, SimdState.SCRATCH, s[0]);
      if (wide) {
        MmxSse.pmovsxbw(x, SimdState.SCRATCH + 1, s[1]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPmovzxbw2x8 extends Op {
    VexPmovzxbw2x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovzxbw(x, SimdState.SCRATCH, s[0]);
      x.finish(d, false);
    }
  }

  static final class VexPmovzxbw2x8Both extends Op {
    VexPmovzxbw2x8Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovzxbw(x, SimdState.SCRATCH, s[0]);
      if (wide) {
        MmxSse.pmovzxbw(x, SimdState.SCRATCH + 1, s[1]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPmovsxbd2x4 extends Op {
    VexPmovsxbd2x4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovsxbd(x, SimdState.SCRATCH, (int) s[0]);
      x.finish(d, false);
    }
  }

  static final class VexPmovsxbd2x4Both extends Op {
    VexPmovsxbd2x4Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovsxbd(x, SimdState.SCRATCH, (int) s[0]);
      if (wide) {
        MmxSse.pmovsxbd(x, SimdState.SCRATCH + 1, (int) (s[0] >>> 32));
      }
      x.finish(d, wide);
    }
  }

  static final class VexPmovzxbd2x4 extends Op {
    VexPmovzxbd2x4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovzxbd(x, SimdState.SCRATCH, (int) s[0]);
      x.finish(d, false);
    }
  }

  static final class VexPmovzxbd2x4Both extends Op {
    VexPmovzxbd2x4Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovzxbd(x, SimdState.SCRATCH, (int) s[0]);
      if (wide) {
        MmxSse.pmovzxbd(x, SimdState.SCRATCH + 1, (int) (s[0] >>> 32));
      }
      x.finish(d, wide);
    }
  }

  static final class VexPmovsxbq2x2 extends Op {
    VexPmovsxbq2x2(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 2, 2);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovsxbq(x, SimdState.SCRATCH, s[0] & 0xffff);
      x.finish(d, false);
    }
  }

  static final class VexPmovsxbq2x2Both extends Op {
    VexPmovsxbq2x2Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 2, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovsxbq(x, SimdState.SCRATCH, s[0] & 0xffff);
      if (wide) {
        MmxSse.pmovsxbq(x, SimdState.SCRATCH + 1, s[0] >>> 16 & 0xffff);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPmovzxbq2x2 extends Op {
    VexPmovzxbq2x2(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 2, 2);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovzxbq(x, SimdState.SCRATCH, s[0] & 0xffff);
      x.finish(d, false);
    }
  }

  static final class VexPmovzxbq2x2Both extends Op {
    VexPmovzxbq2x2Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 2, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovzxbq(x, SimdState.SCRATCH, s[0] & 0xffff);
      if (wide) {
        MmxSse.pmovzxbq(x, SimdState.SCRATCH + 1, s[0] >>> 16 & 0xffff);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPmovsxwd2x8 extends Op {
    VexPmovsxwd2x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovsxwd(x, SimdState.SCRATCH, s[0]);
      x.finish(d, false);
    }
  }

  static final class VexPmovsxwd2x8Both extends Op {
    VexPmovsxwd2x8Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovsxwd(x, SimdState.SCRATCH, s[0]);
      if (wide) {
        MmxSse.pmovsxwd(x, SimdState.SCRATCH + 1, s[1]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPmovzxwd2x8 extends Op {
    VexPmovzxwd2x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovzxwd(x, SimdState.SCRATCH, s[0]);
      x.finish(d, false);
    }
  }

  static final class VexPmovzxwd2x8Both extends Op {
    VexPmovzxwd2x8Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovzxwd(x, SimdState.SCRATCH, s[0]);
      if (wide) {
        MmxSse.pmovzxwd(x, SimdState.SCRATCH + 1, s[1]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPmovsxwq2x4 extends Op {
    VexPmovsxwq2x4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovsxwq(x, SimdState.SCRATCH, (int) s[0]);
      x.finish(d, false);
    }
  }

  static final class VexPmovsxwq2x4Both extends Op {
    VexPmovsxwq2x4Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovsxwq(x, SimdState.SCRATCH, (int) s[0]);
      if (wide) {
        MmxSse.pmovsxwq(x, SimdState.SCRATCH + 1, (int) (s[0] >>> 32));
      }
      x.finish(d, wide);
    }
  }

  static final class VexPmovzxwq2x4 extends Op {
    VexPmovzxwq2x4(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 4);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovzxwq(x, SimdState.SCRATCH, (int) s[0]);
      x.finish(d, false);
    }
  }

  static final class VexPmovzxwq2x4Both extends Op {
    VexPmovzxwq2x4Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 4, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovzxwq(x, SimdState.SCRATCH, (int) s[0]);
      if (wide) {
        MmxSse.pmovzxwq(x, SimdState.SCRATCH + 1, (int) (s[0] >>> 32));
      }
      x.finish(d, wide);
    }
  }

  static final class VexPmovsxdq2x8 extends Op {
    VexPmovsxdq2x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovsxdq(x, SimdState.SCRATCH, s[0]);
      x.finish(d, false);
    }
  }

  static final class VexPmovsxdq2x8Both extends Op {
    VexPmovsxdq2x8Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovsxdq(x, SimdState.SCRATCH, s[0]);
      if (wide) {
        MmxSse.pmovsxdq(x, SimdState.SCRATCH + 1, s[1]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexPmovzxdq2x8 extends Op {
    VexPmovzxdq2x8(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 8);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovzxdq(x, SimdState.SCRATCH, s[0]);
      x.finish(d, false);
    }
  }

  static final class VexPmovzxdq2x8Both extends Op {
    VexPmovzxdq2x8Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 8, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      MmxSse.pmovzxdq(x, SimdState.SCRATCH, s[0]);
      if (wide) {
        MmxSse.pmovzxdq(x, SimdState.SCRATCH + 1, s[1]);
      }
      x.finish(d, wide);
    }
  }

  static final class PinsrwInVex extends Op {
    PinsrwInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.pinsrw(c, this);
    }
  }

  static final class PextrwInVex extends Op {
    PextrwInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.pextrw(c, this);
    }
  }

  static final class PmovmskbInVex extends Op {
    PmovmskbInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.pmovmskb(c, this);
    }
  }

  static final class PextrbInVex extends Op {
    PextrbInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.pextrb(c, this);
    }
  }

  static final class PextrwRmInVex extends Op {
    PextrwRmInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.pextrwRm(c, this);
    }
  }

  static final class PextrdInVex extends Op {
    PextrdInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.pextrd(c, this);
    }
  }

  static final class ExtractpsInVex extends Op {
    ExtractpsInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.extractps(c, this);
    }
  }

  static final class PinsrbInVex extends Op {
    PinsrbInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.pinsrb(c, this);
    }
  }

  static final class InsertpsInVex extends Op {
    InsertpsInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.insertps(c, this);
    }
  }

  static final class PinsrdInVex extends Op {
    PinsrdInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.pinsrd(c, this);
    }
  }

  static final class PcmpestrmInVex extends Op {
    PcmpestrmInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.pcmpestrm(c, this);
    }
  }

  static final class PcmpestriInVex extends Op {
    PcmpestriInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.pcmpestri(c, this);
    }
  }

  static final class PcmpistrmInVex extends Op {
    PcmpistrmInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.pcmpistrm(c, this);
    }
  }

  static final class PcmpistriInVex extends Op {
    PcmpistriInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.pcmpistri(c, this);
    }
  }

  static final class PtestInVex extends Op {
    PtestInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.ptest(c, this);
    }
  }

  static final class TestpsInVex extends Op {
    TestpsInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.testps(c, this);
    }
  }

  static final class TestpdInVex extends Op {
    TestpdInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.testpd(c, this);
    }
  }

  static final class VexVpermilps3x16Both extends Op {
    VexVpermilps3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      AvxLanes.vpermilps(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        AvxLanes.vpermilps(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexVpermilpd3x16Both extends Op {
    VexVpermilpd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      AvxLanes.vpermilpd(x, SimdState.SCRATCH, s[0], s[1]);
      if (wide) {
        AvxLanes.vpermilpd(x, SimdState.SCRATCH + 1, s[2], s[3]);
      }
      x.finish(d, wide);
    }
  }

  static final class VexVpermilpdImmediate2x16BothShift2 extends Op {
    VexVpermilpdImmediate2x16BothShift2(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      AvxLanes.vpermilpdImmediate(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      if (wide) {
        AvxLanes.vpermilpdImmediate(x, SimdState.SCRATCH + 1, s[2], s[3], ((int) imm & 0xff) >> 2);
      }
      x.finish(d, wide);
    }
  }

  static final class Perm2x128InVex extends Op {
    Perm2x128InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.perm2x128(c, this);
    }
  }

  static final class Insert128InVex extends Op {
    Insert128InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.insert128(c, this);
    }
  }

  static final class Extract128InVex extends Op {
    Extract128InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.extract128(c, this);
    }
  }

  static final class Broadcast32InVex extends Op {
    Broadcast32InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.broadcast32(c, this);
    }
  }

  static final class Broadcast64InVex extends Op {
    Broadcast64InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.broadcast64(c, this);
    }
  }

  static final class Broadcast128InVex extends Op {
    Broadcast128InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.broadcast128(c, this);
    }
  }

  static final class Broadcast8InVex extends Op {
    Broadcast8InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.broadcast8(c, this);
    }
  }

  static final class Broadcast16InVex extends Op {
    Broadcast16InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.broadcast16(c, this);
    }
  }

  static final class PermdInVex extends Op {
    PermdInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.permd(c, this);
    }
  }

  static final class PermqInVex extends Op {
    PermqInVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.permq(c, this);
    }
  }

  static final class VexVpsrlvd3x16Both extends Op {
    VexVpsrlvd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          AvxLanes.vpsrlvd(x.xmm[2 * v], s[0]),
          AvxLanes.vpsrlvd(x.xmm[2 * v + 1], s[1]),
          wide ? AvxLanes.vpsrlvd(x.upper[2 * v], s[2]) : 0,
          wide ? AvxLanes.vpsrlvd(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexVpsrlvq3x16Both extends Op {
    VexVpsrlvq3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          AvxLanes.vpsrlvq(x.xmm[2 * v], s[0]),
          AvxLanes.vpsrlvq(x.xmm[2 * v + 1], s[1]),
          wide ? AvxLanes.vpsrlvq(x.upper[2 * v], s[2]) : 0,
          wide ? AvxLanes.vpsrlvq(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexVpsllvd3x16Both extends Op {
    VexVpsllvd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          AvxLanes.vpsllvd(x.xmm[2 * v], s[0]),
          AvxLanes.vpsllvd(x.xmm[2 * v + 1], s[1]),
          wide ? AvxLanes.vpsllvd(x.upper[2 * v], s[2]) : 0,
          wide ? AvxLanes.vpsllvd(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexVpsllvq3x16Both extends Op {
    VexVpsllvq3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          AvxLanes.vpsllvq(x.xmm[2 * v], s[0]),
          AvxLanes.vpsllvq(x.xmm[2 * v + 1], s[1]),
          wide ? AvxLanes.vpsllvq(x.upper[2 * v], s[2]) : 0,
          wide ? AvxLanes.vpsllvq(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class VexVpsravd3x16Both extends Op {
    VexVpsravd3x16Both(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 32);
      SimdState x = c.simd;
      long[] s = x.source;
      x.set(
          d,
          AvxLanes.vpsravd(x.xmm[2 * v], s[0]),
          AvxLanes.vpsravd(x.xmm[2 * v + 1], s[1]),
          wide ? AvxLanes.vpsravd(x.upper[2 * v], s[2]) : 0,
          wide ? AvxLanes.vpsravd(x.upper[2 * v + 1], s[3]) : 0);
    }
  }

  static final class MaskLoad32InVex extends Op {
    MaskLoad32InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.maskLoad32(c, this);
    }
  }

  static final class MaskStore32InVex extends Op {
    MaskStore32InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.maskStore32(c, this);
    }
  }

  static final class MaskLoad64InVex extends Op {
    MaskLoad64InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.maskLoad64(c, this);
    }
  }

  static final class MaskStore64InVex extends Op {
    MaskStore64InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.maskStore64(c, this);
    }
  }

  static final class GatherD32InVex extends Op {
    GatherD32InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.gatherD32(c, this);
    }
  }

  static final class GatherD64InVex extends Op {
    GatherD64InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.gatherD64(c, this);
    }
  }

  static final class GatherQ32InVex extends Op {
    GatherQ32InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.gatherQ32(c, this);
    }
  }

  static final class GatherQ64InVex extends Op {
    GatherQ64InVex(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.gatherQ64(c, this);
    }
  }

  static final class VexFmaddsubps132 extends Op {
    VexFmaddsubps132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.ADD_SUB, false, false);
    }
  }

  static final class VexFmaddsubpd132 extends Op {
    VexFmaddsubpd132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.ADD_SUB, true, false);
    }
  }

  static final class VexFmsubaddps132 extends Op {
    VexFmsubaddps132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.SUB_ADD, false, false);
    }
  }

  static final class VexFmsubaddpd132 extends Op {
    VexFmsubaddpd132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.SUB_ADD, true, false);
    }
  }

  static final class VexFmaddps132 extends Op {
    VexFmaddps132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.ADD, false, false);
    }
  }

  static final class VexFmaddpd132 extends Op {
    VexFmaddpd132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.ADD, true, false);
    }
  }

  static final class VexFmaddss132 extends Op {
    VexFmaddss132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.ADD, false, true);
    }
  }

  static final class VexFmaddsd132 extends Op {
    VexFmaddsd132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.ADD, true, true);
    }
  }

  static final class VexFmsubps132 extends Op {
    VexFmsubps132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.SUB, false, false);
    }
  }

  static final class VexFmsubpd132 extends Op {
    VexFmsubpd132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.SUB, true, false);
    }
  }

  static final class VexFmsubss132 extends Op {
    VexFmsubss132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.SUB, false, true);
    }
  }

  static final class VexFmsubsd132 extends Op {
    VexFmsubsd132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.SUB, true, true);
    }
  }

  static final class VexFnmaddps132 extends Op {
    VexFnmaddps132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.NEGATED_ADD, false, false);
    }
  }

  static final class VexFnmaddpd132 extends Op {
    VexFnmaddpd132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.NEGATED_ADD, true, false);
    }
  }

  static final class VexFnmaddss132 extends Op {
    VexFnmaddss132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.NEGATED_ADD, false, true);
    }
  }

  static final class VexFnmaddsd132 extends Op {
    VexFnmaddsd132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.NEGATED_ADD, true, true);
    }
  }

  static final class VexFnmsubps132 extends Op {
    VexFnmsubps132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.NEGATED_SUB, false, false);
    }
  }

  static final class VexFnmsubpd132 extends Op {
    VexFnmsubpd132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.NEGATED_SUB, true, false);
    }
  }

  static final class VexFnmsubss132 extends Op {
    VexFnmsubss132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.NEGATED_SUB, false, true);
    }
  }

  static final class VexFnmsubsd132 extends Op {
    VexFnmsubsd132(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 132, Fma.NEGATED_SUB, true, true);
    }
  }

  static final class VexFmaddsubps213 extends Op {
    VexFmaddsubps213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.ADD_SUB, false, false);
    }
  }

  static final class VexFmaddsubpd213 extends Op {
    VexFmaddsubpd213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.ADD_SUB, true, false);
    }
  }

  static final class VexFmsubaddps213 extends Op {
    VexFmsubaddps213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.SUB_ADD, false, false);
    }
  }

  static final class VexFmsubaddpd213 extends Op {
    VexFmsubaddpd213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.SUB_ADD, true, false);
    }
  }

  static final class VexFmaddps213 extends Op {
    VexFmaddps213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.ADD, false, false);
    }
  }

  static final class VexFmaddpd213 extends Op {
    VexFmaddpd213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.ADD, true, false);
    }
  }

  static final class VexFmaddss213 extends Op {
    VexFmaddss213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.ADD, false, true);
    }
  }

  static final class VexFmaddsd213 extends Op {
    VexFmaddsd213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.ADD, true, true);
    }
  }

  static final class VexFmsubps213 extends Op {
    VexFmsubps213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.SUB, false, false);
    }
  }

  static final class VexFmsubpd213 extends Op {
    VexFmsubpd213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.SUB, true, false);
    }
  }

  static final class VexFmsubss213 extends Op {
    VexFmsubss213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.SUB, false, true);
    }
  }

  static final class VexFmsubsd213 extends Op {
    VexFmsubsd213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.SUB, true, true);
    }
  }

  static final class VexFnmaddps213 extends Op {
    VexFnmaddps213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.NEGATED_ADD, false, false);
    }
  }

  static final class VexFnmaddpd213 extends Op {
    VexFnmaddpd213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.NEGATED_ADD, true, false);
    }
  }

  static final class VexFnmaddss213 extends Op {
    VexFnmaddss213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.NEGATED_ADD, false, true);
    }
  }

  static final class VexFnmaddsd213 extends Op {
    VexFnmaddsd213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.NEGATED_ADD, true, true);
    }
  }

  static final class VexFnmsubps213 extends Op {
    VexFnmsubps213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.NEGATED_SUB, false, false);
    }
  }

  static final class VexFnmsubpd213 extends Op {
    VexFnmsubpd213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.NEGATED_SUB, true, false);
    }
  }

  static final class VexFnmsubss213 extends Op {
    VexFnmsubss213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.NEGATED_SUB, false, true);
    }
  }

  static final class VexFnmsubsd213 extends Op {
    VexFnmsubsd213(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 213, Fma.NEGATED_SUB, true, true);
    }
  }

  static final class VexFmaddsubps231 extends Op {
    VexFmaddsubps231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.ADD_SUB, false, false);
    }
  }

  static final class VexFmaddsubpd231 extends Op {
    VexFmaddsubpd231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.ADD_SUB, true, false);
    }
  }

  static final class VexFmsubaddps231 extends Op {
    VexFmsubaddps231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.SUB_ADD, false, false);
    }
  }

  static final class VexFmsubaddpd231 extends Op {
    VexFmsubaddpd231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.SUB_ADD, true, false);
    }
  }

  static final class VexFmaddps231 extends Op {
    VexFmaddps231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.ADD, false, false);
    }
  }

  static final class VexFmaddpd231 extends Op {
    VexFmaddpd231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.ADD, true, false);
    }
  }

  static final class VexFmaddss231 extends Op {
    VexFmaddss231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.ADD, false, true);
    }
  }

  static final class VexFmaddsd231 extends Op {
    VexFmaddsd231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.ADD, true, true);
    }
  }

  static final class VexFmsubps231 extends Op {
    VexFmsubps231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.SUB, false, false);
    }
  }

  static final class VexFmsubpd231 extends Op {
    VexFmsubpd231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.SUB, true, false);
    }
  }

  static final class VexFmsubss231 extends Op {
    VexFmsubss231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.SUB, false, true);
    }
  }

  static final class VexFmsubsd231 extends Op {
    VexFmsubsd231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.SUB, true, true);
    }
  }

  static final class VexFnmaddps231 extends Op {
    VexFnmaddps231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.NEGATED_ADD, false, false);
    }
  }

  static final class VexFnmaddpd231 extends Op {
    VexFnmaddpd231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.NEGATED_ADD, true, false);
    }
  }

  static final class VexFnmaddss231 extends Op {
    VexFnmaddss231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.NEGATED_ADD, false, true);
    }
  }

  static final class VexFnmaddsd231 extends Op {
    VexFnmaddsd231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.NEGATED_ADD, true, true);
    }
  }

  static final class VexFnmsubps231 extends Op {
    VexFnmsubps231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.NEGATED_SUB, false, false);
    }
  }

  static final class VexFnmsubpd231 extends Op {
    VexFnmsubpd231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.NEGATED_SUB, true, false);
    }
  }

  static final class VexFnmsubss231 extends Op {
    VexFnmsubss231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.NEGATED_SUB, false, true);
    }
  }

  static final class VexFnmsubsd231 extends Op {
    VexFnmsubsd231(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.fma(c, this, 231, Fma.NEGATED_SUB, true, true);
    }
  }

  static final class VexAesenc3x16 extends Op {
    VexAesenc3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      Crypto.aesenc(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexAesenclast3x16 extends Op {
    VexAesenclast3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      Crypto.aesenclast(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexAesdec3x16 extends Op {
    VexAesdec3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      Crypto.aesdec(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexAesdeclast3x16 extends Op {
    VexAesdeclast3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      Crypto.aesdeclast(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexAesimc2x16 extends Op {
    VexAesimc2x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      Crypto.aesimc(x, SimdState.SCRATCH, s[0], s[1]);
      x.finish(d, false);
    }
  }

  static final class VexAeskeygenassist2x16 extends Op {
    VexAeskeygenassist2x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      Crypto.aeskeygenassist(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      x.finish(d, false);
    }
  }

  static final class VexPclmulqdq3x16 extends Op {
    VexPclmulqdq3x16(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Vex.source(c, this, 16, 16);
      SimdState x = c.simd;
      long[] s = x.source;
      x.start(v);
      Crypto.pclmulqdq(x, SimdState.SCRATCH, s[0], s[1], (int) imm & 0xff);
      x.finish(d, false);
    }
  }

  static final class AndnInBmi extends Op {
    AndnInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.andn(c, this);
    }
  }

  static final class BlsrInBmi extends Op {
    BlsrInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.blsr(c, this);
    }
  }

  static final class BlsmskInBmi extends Op {
    BlsmskInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.blsmsk(c, this);
    }
  }

  static final class BlsiInBmi extends Op {
    BlsiInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.blsi(c, this);
    }
  }

  static final class BextrInBmi extends Op {
    BextrInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.bextr(c, this);
    }
  }

  static final class BzhiInBmi extends Op {
    BzhiInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.bzhi(c, this);
    }
  }

  static final class PdepInBmi extends Op {
    PdepInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.pdep(c, this);
    }
  }

  static final class PextInBmi extends Op {
    PextInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.pext(c, this);
    }
  }

  static final class MulxInBmi extends Op {
    MulxInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.mulx(c, this);
    }
  }

  static final class ShlxInBmi extends Op {
    ShlxInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.shlx(c, this);
    }
  }

  static final class SarxInBmi extends Op {
    SarxInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.sarx(c, this);
    }
  }

  static final class ShrxInBmi extends Op {
    ShrxInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.shrx(c, this);
    }
  }

  static final class RorxInBmi extends Op {
    RorxInBmi(Instruction i, int d, int s) {
      super(i, d, s);
    }

    @Override
    void run(Cpu c) {
      Bmi.rorx(c, this);
    }
  }
}
