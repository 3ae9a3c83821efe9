package dev.portfire.softcpu.fpu;

/** XMM and YMM registers and MXCSR of one vCPU. */
public final class SimdState {

  /** MXCSR after reset: all exceptions masked, round to nearest (SDM volume 1, 10.2.3). */
  public static final int MXCSR_RESET = 0x1f80;

  /** The bits of MXCSR that may be set; loading any other is a #GP. */
  public static final int MXCSR_MASK = 0xffff;

  /** The number of what stands for a register while an instruction with VEX computes; the next one is its upper half. */
  public static final int SCRATCH = 16;

  /**
   * XMM register i is lanes 2i (bits 0–63) and 2i + 1 (bits 64–127); behind the sixteen there are two of scratch, which hold
   * nothing between two instructions.
   */
  public final long[] xmm = new long[36];

  /** The upper half of YMM register i: lanes 2i (bits 128–191) and 2i + 1 (bits 192–255). */
  public final long[] upper = new long[32];

  /** The last operand of the instruction with VEX that is being executed, lowest bits first. */
  public final long[] source = new long[4];

  /** Which half of 256 bits a floating-point operation is on: 0 it is all there is, 1 the lower, 2 the upper. */
  public int half;

  /** Control and status of SSE. */
  public int mxcsr = MXCSR_RESET;

  /** Scratch of the slow paths; it holds nothing between two instructions. */
  final SoftFloat soft = new SoftFloat();

  /** Creates the state after reset. */
  public SimdState() {}

  /** Lets {@link #SCRATCH} be what a register holds. */
  public void start(int register) {
    long[] x = xmm;
    x[2 * SCRATCH] = x[2 * register];
    x[2 * SCRATCH + 1] = x[2 * register + 1];
    x[2 * SCRATCH + 2] = upper[2 * register];
    x[2 * SCRATCH + 3] = upper[2 * register + 1];
  }

  /** Lets a register be what {@link #SCRATCH} holds; if that is not wide, the register's upper half becomes zero. */
  public void finish(int register, boolean wide) {
    long[] x = xmm;
    x[2 * register] = x[2 * SCRATCH];
    x[2 * register + 1] = x[2 * SCRATCH + 1];
    upper[2 * register] = wide ? x[2 * SCRATCH + 2] : 0;
    upper[2 * register + 1] = wide ? x[2 * SCRATCH + 3] : 0;
  }

  /** The same where each half of {@link #SCRATCH} has 64 bits of the result. */
  public void finishNarrow(int register, boolean wide) {
    xmm[2 * register] = xmm[2 * SCRATCH];
    xmm[2 * register + 1] = wide ? xmm[2 * SCRATCH + 2] : 0;
    upper[2 * register] = 0;
    upper[2 * register + 1] = 0;
  }

  /** Sets all of a register. */
  public void set(int register, long lane0, long lane1, long lane2, long lane3) {
    xmm[2 * register] = lane0;
    xmm[2 * register + 1] = lane1;
    upper[2 * register] = lane2;
    upper[2 * register + 1] = lane3;
  }

  /** Whether the upper half of any register is not zero. */
  public boolean hasUpper() {
    long any = 0;
    for (long lane : upper) {
      any |= lane;
    }
    return any != 0;
  }

  /** Puts the registers back to their state after reset. */
  public void reset() {
    java.util.Arrays.fill(xmm, 0);
    java.util.Arrays.fill(upper, 0);
    mxcsr = MXCSR_RESET;
  }
}
