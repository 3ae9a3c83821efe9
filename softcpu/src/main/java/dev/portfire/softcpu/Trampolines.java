package dev.portfire.softcpu;

import static dev.portfire.softcpu.HostAssembler.RAX;
import static dev.portfire.softcpu.HostAssembler.RBP;
import static dev.portfire.softcpu.HostAssembler.RBX;
import static dev.portfire.softcpu.HostAssembler.RCX;
import static dev.portfire.softcpu.HostAssembler.RDI;
import static dev.portfire.softcpu.HostAssembler.RDX;
import static dev.portfire.softcpu.HostAssembler.RSI;
import static dev.portfire.softcpu.HostAssembler.RSP;

/**
 * The ways into emitted code and out of it, and which host register holds which of the guest's.
 *
 * <p>RAX, RCX and RDX are scratch, RSP points to the {@link NativeState}; four guest registers stay in memory.
 */
final class Trampolines {
  /** The host register of each guest register, or −1 for those in memory: R9, R10, R11 and R15. */
  static final int[] HOST = {9, 10, 11, RBX, 15, RBP, RSI, RDI, 8, -1, -1, -1, 12, 13, 14, -1};

  private static final int[] CALLEE_SAVED = {RBX, RBP, 12, 13, 14, 15};

  /** {@code long enter(long code, long state)}, offsets in the code memory; without and with the SSE registers. */
  final int enter;

  final int enterWithSimd;

  /** And with the upper halves of the YMM registers. */
  final int enterWithAvx;

  /** Jumped to with the site's number in RCX and what it has to say in RAX. */
  final int exit;

  final int exitWithAvx;

  /**
   * By mode, a look at the jump cache, and at the second slot too, for the code to which a RET goes that was not on the return
   * stack: jumped to with the site's number in RCX and the address in {@link NativeState#TARGET}; goes on to {@link #exit} if it
   * is not there either.
   */
  private final int[] returns = new int[NativeState.MODES];

  private final int[] returnsWithAvx = new int[NativeState.MODES];

  /** By mode, where a RET goes that finds something on an empty return stack: leaves with no site's number, but −1 minus the mode. */
  private final int[] nowhere = new int[NativeState.MODES];

  private final int[] nowhereWithAvx = new int[NativeState.MODES];

  /** Executes CPUID: {@code long cpuid(long leaf, long subleaf)} gives EBX and, in the upper half, ECX. */
  final int cpuid;

  /** The same, giving EDX. */
  final int cpuidEdx;

  /** Executes XGETBV for XCR0. */
  final int xgetbv;

  /** Executes RDTSC. */
  final int rdtsc;

  Trampolines(HostAssembler a) {
    a.align(64, 0);
    enter = a.position;
    enter(a, false, false);
    a.align(64, 0);
    enterWithSimd = a.position;
    enter(a, true, false);
    a.align(64, 0);
    enterWithAvx = a.position;
    enter(a, true, true);
    a.align(64, 0);
    exit = a.position;
    exit(a, false);
    a.align(64, 0);
    exitWithAvx = a.position;
    exit(a, true);
    for (int mode = 0; mode < NativeState.MODES; mode++) {
      a.align(64, 0);
      returns[mode] = a.position;
      lookAgain(a, mode, exit);
      a.align(64, 0);
      returnsWithAvx[mode] = a.position;
      lookAgain(a, mode, exitWithAvx);
      a.align(64, 0);
      nowhere[mode] = a.position;
      leaveNowhere(a, mode, exit);
      nowhereWithAvx[mode] = a.position;
      leaveNowhere(a, mode, exitWithAvx);
    }
    a.align(64, 0);
    cpuid = a.position;
    cpuid(a);
    a.move32(RAX, RBX);
    // shl rcx, 32
    a.register(0, true, 0, 0xc1, 4, RCX, false);
    a.byte1(32);
    a.register(0, true, 0, 0x0b, RAX, RCX, false);
    pop(a, RBX);
    a.byte1(0xc3);
    a.align(64, 0);
    cpuidEdx = a.position;
    cpuid(a);
    a.move32(RAX, RDX);
    pop(a, RBX);
    a.byte1(0xc3);
    a.align(64, 0);
    xgetbv = a.position;
    a.moveImmediate(RCX, 0);
    a.byte1(0x0f);
    a.byte1(0x01);
    a.byte1(0xd0);
    a.byte1(0xc3);
    a.align(64, 0);
    rdtsc = a.position;
    a.byte1(0x0f);
    a.byte1(0x31);
    a.rorx(RDX, RDX, 32);
    a.register(0, true, 0, 0x0b, RAX, RDX, false);
    a.byte1(0xc3);
    a.align(64, 0);
  }

  /** CPUID of the arguments; RBX is on the stack then. */
  private static void cpuid(HostAssembler a) {
    push(a, RBX);
    a.move(RAX, RDI);
    a.move(RCX, RSI);
    a.byte1(0x0f);
    a.byte1(0xa2);
  }

  private static void push(HostAssembler a, int register) {
    if (register >= 8) {
      a.byte1(0x41);
    }
    a.byte1(0x50 | register & 7);
  }

  private static void pop(HostAssembler a, int register) {
    if (register >= 8) {
      a.byte1(0x41);
    }
    a.byte1(0x58 | register & 7);
  }

  private static void zeroUpper(HostAssembler a) {
    a.byte1(0xc5);
    a.byte1(0xf8);
    a.byte1(0x77);
  }

  /** VINSERTF128 or VEXTRACTF128 of the upper half of a register from or to its place. */
  private static void upper(HostAssembler a, boolean load, int x) {
    a.vexMemory(
        3, 1, false, true, load ? 0x18 : 0x19, x, load ? x : 0, RSP, HostAssembler.NONE, NativeState.UPPER + 16 * x);
    a.byte1(1);
  }

  /** CMP of a field of 32 bits with zero. */
  private static void isZero(HostAssembler a, int field) {
    a.memory(0, false, 0, 0x83, 7, RSP, HostAssembler.NONE, 0, field, false);
    a.byte1(0);
  }

  private static void enter(HostAssembler a, boolean simd, boolean avx) {
    for (int register : CALLEE_SAVED) {
      push(a, register);
    }
    a.store(RSI, NativeState.HOST_STACK, RSP);
    a.move(RSP, RSI);
    a.store(RSP, NativeState.SCRATCH, RDI);
    if (simd) {
      // What the JVM left in the upper halves would slow down every SSE instruction.
      zeroUpper(a);
      for (int x = 0; x < 16; x++) {
        a.memory(0, false, 1, 0x28, x, RSP, HostAssembler.NONE, 0, NativeState.XMM + 16 * x, false);
      }
      if (avx) {
        isZero(a, NativeState.HAS_UPPER);
        int none = a.jumpIf(4);
        for (int x = 0; x < 16; x++) {
          upper(a, true, x);
        }
        a.aim(none, a.position);
      }
      a.memory(0, false, 1, 0xae, 3, RSP, HostAssembler.NONE, 0, NativeState.HOST_MXCSR, false);
      a.memory(0, false, 1, 0xae, 2, RSP, HostAssembler.NONE, 0, NativeState.GUEST_MXCSR, false);
    }
    isZero(a, NativeState.X87_PRESENT);
    int elsewhere = a.jumpIf(4);
    // frstor
    a.memory(0, false, 0, 0xdd, 4, RSP, HostAssembler.NONE, 0, NativeState.X87_IMAGE, false);
    a.aim(elsewhere, a.position);
    a.load(RAX, RSP, NativeState.FLAGS);
    // add al, 0x7f sets OF from bit 0; sahf sets the others from AH
    a.byte1(0x04);
    a.byte1(0x7f);
    a.byte1(0x9e);
    for (int g = 0; g < 16; g++) {
      if (HOST[g] >= 0) {
        a.load(HOST[g], RSP, NativeState.register(g));
      }
    }
    a.memory(0, false, 0, 0xff, 4, RSP, HostAssembler.NONE, 0, NativeState.SCRATCH, false);
  }

  private static void exit(HostAssembler a, boolean avx) {
    a.store(RSP, NativeState.MISS_ADDRESS, RAX);
    // lahf; seto al
    a.byte1(0x9f);
    a.byte1(0x0f);
    a.byte1(0x90);
    a.byte1(0xc0);
    a.store(RSP, NativeState.FLAGS, RAX);
    for (int g = 0; g < 16; g++) {
      if (HOST[g] >= 0) {
        a.store(RSP, NativeState.register(g), HOST[g]);
      }
    }
    isZero(a, NativeState.SIMD_ABSENT);
    int absent = a.jumpIf(5);
    for (int x = 0; x < 16; x++) {
      a.memory(0, false, 1, 0x29, x, RSP, HostAssembler.NONE, 0, NativeState.XMM + 16 * x, false);
    }
    if (avx) {
      saveUpper(a);
    }
    a.memory(0, false, 1, 0xae, 3, RSP, HostAssembler.NONE, 0, NativeState.GUEST_MXCSR, false);
    a.memory(0, false, 1, 0xae, 2, RSP, HostAssembler.NONE, 0, NativeState.HOST_MXCSR, false);
    a.aim(absent, a.position);
    isZero(a, NativeState.X87_PRESENT);
    int elsewhere = a.jumpIf(4);
    // fnsave, which leaves the unit as the JVM expects it
    a.memory(0, false, 0, 0xdd, 6, RSP, HostAssembler.NONE, 0, NativeState.X87_IMAGE, false);
    a.aim(elsewhere, a.position);
    a.move(RAX, RCX);
    a.load(RSP, RSP, NativeState.HOST_STACK);
    for (int k = CALLEE_SAVED.length - 1; k >= 0; k--) {
      pop(a, CALLEE_SAVED[k]);
    }
    a.byte1(0xc3);
  }

  /** Where RET looks again in a mode. */
  int returns(int mode, boolean avx) {
    return avx ? returnsWithAvx[mode] : returns[mode];
  }

  /** Where RET goes in a mode that finds something on an empty return stack. */
  int nowhere(int mode, boolean avx) {
    return avx ? nowhereWithAvx[mode] : nowhere[mode];
  }

  private static void leaveNowhere(HostAssembler a, int mode, int exit) {
    a.moveImmediate(RCX, ~mode);
    a.aim(a.jump(), exit);
  }

  private static void lookAgain(HostAssembler a, int mode, int exit) {
    a.store(RSP, NativeState.SCRATCH, RCX);
    look(a, mode, NativeState.JUMP_HASH);
    look(a, mode, NativeState.JUMP_HASH_2);
    a.load(RCX, RSP, NativeState.SCRATCH);
    a.aim(a.jump(), exit);
  }

  private static void look(HostAssembler a, int mode, int factor) {
    a.load(RAX, RSP, NativeState.TARGET);
    a.move(RDX, RAX);
    a.mulx(RDX, RCX, RSP, factor);
    a.pext(RCX, RCX, RSP, NativeState.jumpMask(mode));
    a.memory(0, true, 0, 0x8b, RDX, RSP, RCX, 3, NativeState.jumpKeys(mode), false);
    a.leaSum(RDX, RDX, RAX, 0);
    a.memory(0, true, 0, 0x8b, RAX, RSP, RCX, 3, NativeState.jumpCode(mode), false);
    a.load(RCX, RSP, NativeState.ATTENTION);
    a.leaSum(RCX, RCX, RDX, 0);
    int hit = a.jumpIfRcxZero();
    int missed = a.jumpShort();
    a.land(hit);
    a.lea(HOST[4], HOST[4], 8);
    a.pushAndReturn();
    a.land(missed);
  }

  /** Saves the upper halves if there is anything in them, and clears them: the JVM's code expects that. */
  private static void saveUpper(HostAssembler a) {
    upper(a, false, 0);
    // vorps ymm0, ymm0, ymm1 and so on; vextractf128 xmm0, ymm0, 1; vptest xmm0, xmm0; setnz
    for (int x = 1; x < 16; x++) {
      a.vexRegister(1, 0, false, true, 0x56, 0, 0, x);
    }
    a.vexRegister(3, 1, false, true, 0x19, 0, 0, 0);
    a.byte1(1);
    a.vexRegister(2, 1, false, false, 0x17, 0, 0, 0);
    a.memory(0, false, 1, 0x95, 0, RSP, HostAssembler.NONE, 0, NativeState.HAS_UPPER, false);
    int none = a.jumpIf(4);
    for (int x = 1; x < 16; x++) {
      upper(a, false, x);
    }
    a.aim(none, a.position);
    zeroUpper(a);
  }
}
