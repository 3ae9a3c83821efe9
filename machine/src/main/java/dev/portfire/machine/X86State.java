package dev.portfire.machine;

import java.util.Map;

/**
 * The architectural state of one vCPU, the same for every back end.
 *
 * @param general RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 … R15 (the order of their encodings)
 * @param rip instruction pointer
 * @param rflags RFLAGS
 * @param segments ES, CS, SS, DS, FS, GS (the order of their encodings), then LDTR and TR
 * @param gdt global descriptor table register
 * @param idt interrupt descriptor table register
 * @param control CR0, CR2, CR3, CR4, CR8, EFER and XCR0
 * @param debug DR0 … DR3, DR6, DR7
 * @param msrs model-specific registers by number
 * @param xsave the XSAVE area in the standard format, at least 576 bytes: x87, SSE, header, then further components
 * @param runState whether it runs, is halted or waits to be started
 */
public record X86State(
    long[] general,
    long rip,
    long rflags,
    Segment[] segments,
    Table gdt,
    Table idt,
    Control control,
    long[] debug,
    Map<Integer, Long> msrs,
    byte[] xsave,
    RunState runState) {

  /** Index of ES in {@link #segments}. */
  public static final int ES = 0;

  /** Index of CS in {@link #segments}. */
  public static final int CS = 1;

  /** Index of SS in {@link #segments}. */
  public static final int SS = 2;

  /** Index of DS in {@link #segments}. */
  public static final int DS = 3;

  /** Index of FS in {@link #segments}. */
  public static final int FS = 4;

  /** Index of GS in {@link #segments}. */
  public static final int GS = 5;

  /** Index of LDTR in {@link #segments}. */
  public static final int LDTR = 6;

  /** Index of TR in {@link #segments}. */
  public static final int TR = 7;

  /** Whether a vCPU executes instructions. */
  public enum RunState {
    /** It executes. */
    RUNNING,
    /** It executed HLT and waits for an interrupt. */
    HALTED,
    /** It waits for INIT and a start-up IPI (an application processor after reset). */
    WAIT_FOR_SIPI
  }

  /**
   * A segment register with its hidden part.
   *
   * @param selector the visible 16 bits
   * @param base linear base address
   * @param limit limit in bytes, inclusive, the granularity already applied
   * @param access the access rights as in bits 8 to 23 of the descriptor's high half (limit bits zero): type, S, DPL, P in
   *     bits 0–7; AVL, L, D/B, G in bits 12–15 (SDM volume 3, 3.4.5); 0x10000 set if the segment is unusable
   */
  public record Segment(int selector, long base, int limit, int access) {
    /** Flag in {@link #access} of a segment register loaded with a null selector. */
    public static final int UNUSABLE = 0x10000;
  }

  /**
   * A descriptor table register.
   *
   * @param base linear address
   * @param limit offset of the last byte
   */
  public record Table(long base, int limit) {}

  /** Control registers. */
  public record Control(long cr0, long cr2, long cr3, long cr4, long cr8, long efer, long xcr0) {}
}
