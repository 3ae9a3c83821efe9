package dev.portfire.softcpu.fpu;

/** XMM registers and MXCSR of one vCPU. */
public final class SimdState {

  /** MXCSR after reset: all exceptions masked, round to nearest (SDM volume 1, 10.2.3). */
  public static final int MXCSR_RESET = 0x1f80;

  /** The bits of MXCSR that may be set; loading any other is a #GP. */
  public static final int MXCSR_MASK = 0xffff;

  /** XMM register i is lanes 2i (bits 0–63) and 2i + 1 (bits 64–127). */
  public final long[] xmm = new long[32];

  /** Control and status of SSE. */
  public int mxcsr = MXCSR_RESET;

  /** Scratch of the slow paths; it holds nothing between two instructions. */
  final SoftFloat soft = new SoftFloat();

  /** Creates the state after reset. */
  public SimdState() {}

  /** Puts the registers back to their state after reset. */
  public void reset() {
    java.util.Arrays.fill(xmm, 0);
    mxcsr = MXCSR_RESET;
  }
}
