package dev.portfire.machine;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The architectural state of one vCPU, the same for every back end.
 *
 * <p>IA32_APIC_BASE and IA32_TSC_DEADLINE are among the MSRs; the other registers of the local APIC have a place of their
 * own. What is saved on one back end can be restored on another if both announce the same CPU to the guest.
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
 * @param events interrupts and exceptions that are on their way
 * @param apic the 64 registers of the local APIC's page, register {@code n} from offset {@code n * 16} (SDM volume 3, table
 *     11-1; KVM's {@code struct kvm_lapic_state} without its gaps); none: a restore leaves the local APIC as it is
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
    RunState runState,
    Events events,
    int[] apic) {

  /** Number of registers in {@link #apic}. */
  public static final int APIC_REGISTERS = 64;

  /**
   * The model-specific registers that a back end may lack, so that a restore skips them there; every other one that cannot be
   * restored is an error. They are IA32_TSC_ADJUST (0x3b), whose effect is in IA32_TIME_STAMP_COUNTER; IA32_SPEC_CTRL (0x48) and
   * IA32_MISC_FEATURES_ENABLES (0x140), which change no result; IA32_MCG_STATUS (0x17a) and IA32_MCG_CTL (0x17b), zero
   * without machine checks; IA32_XSS (0xda0), zero unless supervisor state is announced; and KVM's own for asynchronous page
   * faults (0x4b564d02, 06, 07), stolen time (03), the end of interrupts without an exit (04) and halt polling (05),
   * which a guest uses where they are announced.
   */
  public static final Set<Integer> OPTIONAL_MSRS = Set.of(
      0x3b, 0x48, 0x140, 0x17a, 0x17b, 0xda0, 0x4b56_4d02, 0x4b56_4d03, 0x4b56_4d04, 0x4b56_4d05, 0x4b56_4d06,
      0x4b56_4d07);

  /** The state of a vCPU with nothing on its way, for a restore that leaves the local APIC as it is. */
  public X86State(
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
    this(
        general, rip, rflags, segments, gdt, idt, control, debug, msrs, xsave, runState, Events.NONE, new int[0]);
  }

  /** Checks the arrays' lengths. */
  public X86State {
    if (general.length != 16 || segments.length != 8 || xsave.length < 576) {
      throw new IllegalArgumentException("a vCPU has 16 general registers, 8 segments and an XSAVE area of 576 bytes");
    }
    if (apic.length != 0 && apic.length != APIC_REGISTERS) {
      throw new IllegalArgumentException("a local APIC has 64 registers, not " + apic.length);
    }
  }

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

  /**
   * An exception that was raised and not yet delivered.
   *
   * @param vector 0 to 31
   * @param errorCode its error code, if it has one
   */
  public record PendingException(int vector, Optional<Integer> errorCode) {}

  /**
   * An interrupt that was taken from its controller and not yet delivered.
   *
   * @param vector 0 to 255
   * @param software whether an INT instruction raised it
   */
  public record PendingInterrupt(int vector, boolean software) {}

  /**
   * What is on its way to a vCPU (KVM's {@code struct kvm_vcpu_events}).
   *
   * @param exception an exception to be delivered before the next instruction
   * @param interrupt an interrupt to be delivered before the next instruction
   * @param interruptShadow whether interrupts wait for one more instruction (after STI or MOV SS)
   * @param nmiPending whether a non-maskable interrupt waits
   * @param nmiMasked whether it is held off until the next IRET
   */
  public record Events(
      Optional<PendingException> exception,
      Optional<PendingInterrupt> interrupt,
      boolean interruptShadow,
      boolean nmiPending,
      boolean nmiMasked) {

    /** Nothing. */
    public static final Events NONE = new Events(Optional.empty(), Optional.empty(), false, false, false);
  }

  /** Control registers. */
  public record Control(long cr0, long cr2, long cr3, long cr4, long cr8, long efer, long xcr0) {}
}
