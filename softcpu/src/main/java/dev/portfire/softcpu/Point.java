package dev.portfire.softcpu;

import dev.portfire.machine.X86State;
import java.util.function.LongConsumer;

/** Where a deterministic machine is at a point: which one it is, and all registers of the processor. */
public final class Point {
  private static final String[] GENERAL = {
    "RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"
  };
  private static final String[] SEGMENT = {"ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR"};
  private static final String[] SYSTEM = {
    "CPL", "CR0", "CR2", "CR3", "CR4", "EFER", "XCR0", "GDTR.base", "GDTR.limit", "IDTR.base", "IDTR.limit", "DR0", "DR1", "DR2", "DR3",
    "DR6", "DR7", "KERNEL_GS_BASE"
  };
  private static final String[] FPU = {"FCW", "FSW", "FTW (empty)", "FIP", "FDP", "FOP"};
  private static final String[] EVENTS = {"error code", "fault address", "interrupts taken", "the last one's vector", "the last one's RIP"};

  /** Index of RIP in {@link #values}. */
  public static final int RIP = 16;

  /** Index of the privilege level in {@link #values}. */
  public static final int CPL = 18 + 4 * 8;

  private static final int FLAGS = 17;
  private static final int SEGMENTS = 18;
  private static final int SYSTEMS = CPL;
  private static final int XMM = SYSTEMS + SYSTEM.length;
  private static final int UPPER = XMM + 32;
  private static final int MXCSR = UPPER + 32;
  private static final int X87 = MXCSR + 1;
  private static final int ST = X87 + FPU.length;
  private static final int LAST = ST + 16;

  /** Index of the number of interrupts taken so far in {@link #values}. */
  public static final int INTERRUPTS = LAST + 2;

  /** The number of registers and other values that a point has. */
  public static final int COUNT = LAST + EVENTS.length;

  private final Cpu c;
  private final long[] values = new long[COUNT];
  private long number;
  private String kind = "";

  Point(Cpu c) {
    this.c = c;
  }

  /** The number of the point, from 1. */
  public long number() {
    return number;
  }

  /** The instruction's mnemonic or the exception's, such as {@code RDTSC} or {@code #PF}. */
  public String kind() {
    return kind;
  }

  /** The processor's registers, {@link #COUNT} of them; to be read only, and valid until the next point. */
  public long[] values() {
    return values;
  }

  /** The name of a value by its index. */
  public static String name(int index) {
    if (index < RIP) {
      return GENERAL[index];
    }
    if (index < SEGMENTS) {
      return index == RIP ? "RIP" : "RFLAGS";
    }
    if (index < SYSTEMS) {
      int k = index - SEGMENTS;
      return SEGMENT[k >> 2] + switch (k & 3) {
        case 0 -> "";
        case 1 -> ".base";
        case 2 -> ".limit";
        default -> ".access";
      };
    }
    if (index < XMM) {
      return SYSTEM[index - SYSTEMS];
    }
    if (index < MXCSR) {
      int k = index < UPPER ? index - XMM : index - UPPER;
      int bit = (index < UPPER ? 0 : 128) + 64 * (k & 1);
      return "YMM%d[%d:%d]".formatted(k >> 1, bit + 63, bit);
    }
    if (index < ST) {
      return index == MXCSR ? "MXCSR" : FPU[index - X87];
    }
    if (index < LAST) {
      int k = index - ST;
      return "R%d.%s".formatted(k >> 1, (k & 1) == 0 ? "significand" : "exponent");
    }
    return EVENTS[index - LAST];
  }

  /** All there is to know of the processor, also what {@link #values} leaves out. Takes some microseconds. */
  public X86State save() {
    return c.save();
  }

  /**
   * Reads code at an address by the current translation, as far as it can be read without a page fault.
   *
   * @param linear the first byte's address
   * @param length 1 to 4096
   */
  public byte[] code(long linear, int length) {
    byte[] bytes = new byte[length];
    for (int k = 0; k < length; k++) {
      long at = c.mmu.fetchQuietly(linear + k);
      if (at < 0) {
        return java.util.Arrays.copyOf(bytes, k);
      }
      c.mmu.read(at, bytes, k, 1);
    }
    return bytes;
  }

  /**
   * From here on has every instruction executed alone, by the interpreter, until {@link #endTrace}.
   *
   * @param tracer gets RIP before each
   */
  public void trace(LongConsumer tracer) {
    c.trace(tracer);
  }

  /** Goes on as usual. */
  public void endTrace() {
    c.trace(null);
  }

  /** Goes on to the next point. */
  void take(String newKind, long error, long address) {
    number++;
    kind = newKind;
    long[] v = values;
    System.arraycopy(c.r, 0, v, 0, 16);
    v[RIP] = c.rip;
    // RF is for one instruction only, and engines clear it when they please: hardware breakpoints do not fire, so nothing shows it.
    v[FLAGS] = c.flags() & ~Cpu.RF;
    for (int s = 0; s < 8; s++) {
      int at = SEGMENTS + 4 * s;
      v[at] = c.selector[s];
      v[at + 1] = c.segmentBase[s];
      v[at + 2] = c.segmentLimit[s];
      v[at + 3] = c.segmentAccess[s];
    }
    int at = SYSTEMS;
    v[at++] = c.cpl;
    v[at++] = c.cr0;
    v[at++] = c.cr2;
    v[at++] = c.cr3;
    v[at++] = c.cr4;
    v[at++] = c.efer;
    v[at++] = c.xcr0;
    v[at++] = c.gdtBase;
    v[at++] = c.gdtLimit;
    v[at++] = c.idtBase;
    v[at++] = c.idtLimit;
    for (int k = 0; k < 4; k++) {
      v[at++] = c.debug[k];
    }
    v[at++] = c.debug[6];
    v[at++] = c.debug[7];
    v[at] = c.msrs.kernelGsBase;
    v[MXCSR] = c.copySimd(v, XMM, UPPER);
    c.x87().copyTo(v, X87);
    v[LAST] = error;
    v[LAST + 1] = address;
  }

  /** Takes note of an interrupt. */
  void interrupt(int vector, long rip) {
    values[INTERRUPTS]++;
    values[INTERRUPTS + 1] = vector;
    values[INTERRUPTS + 2] = rip;
  }
}
