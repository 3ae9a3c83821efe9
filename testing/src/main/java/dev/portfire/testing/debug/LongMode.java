package dev.portfire.testing.debug;

import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.X86State;
import dev.portfire.machine.X86State.Segment;
import java.util.Arrays;
import java.util.Map;

/** 64-bit mode as small guests start in it: memory, devices' registers below 4 GiB and the PCI window mapped to themselves. */
public final class LongMode {
  /** Where the guest's first instruction is. */
  public static final long CODE = 0x1000;

  private static final long IDT = 0x6000;
  private static final long GDT = 0x7100;
  private static final long STACK = 0x7000;
  private static final long PML4 = 0x8000;
  private static final long WINDOW = 0x40_0000_0000L;

  private LongMode() {}

  /** An interrupt gate (SDM volume 3, figure 6-8) to code below 64 KiB. */
  public static void gate(GuestMemory memory, int vector, long handler) {
    memory.writeLong(IDT + vector * 16L, 0x8e00_0008_0000L | handler);
  }

  /** Writes the tables and gives the state. */
  public static X86State start(GuestMemory memory) {
    memory.writeLong(PML4, PML4 + 0x1003);
    memory.writeLong(PML4 + 0x1000, PML4 + 0x2003);
    memory.writeLong(PML4 + 0x1000 + 3 * 8, PML4 + 0x3003);
    memory.writeLong(PML4 + 0x1000 + 256 * 8, PML4 + 0x4003);
    memory.writeLong(PML4 + 0x2000, 0x83);
    for (long k = 0; k < 512; k++) {
      memory.writeLong(PML4 + 0x3000 + 8 * k, 0xc000_0000L + (k << 21) | 0x83);
      memory.writeLong(PML4 + 0x4000 + 8 * k, WINDOW + (k << 21) | 0x83);
    }
    memory.writeLong(GDT + 8, 0x00af_9b00_0000_ffffL);
    memory.writeLong(GDT + 16, 0x00cf_9300_0000_ffffL);
    Segment[] segments = new Segment[8];
    Arrays.fill(segments, new Segment(0x10, 0, -1, 0xc093));
    segments[X86State.CS] = new Segment(8, 0, -1, 0xa09b);
    segments[X86State.LDTR] = new Segment(0, 0, 0xffff, Segment.UNUSABLE | 0x82);
    segments[X86State.TR] = new Segment(0x18, 0, 0xffff, 0x808b);
    long[] general = new long[16];
    general[4] = STACK;
    byte[] xsave = new byte[576];
    xsave[0] = 0x7f;
    xsave[1] = 3;
    xsave[24] = (byte) 0x80;
    xsave[25] = 0x1f;
    xsave[512] = 3;
    return new X86State(
        general,
        CODE,
        2,
        segments,
        new X86State.Table(GDT, 0x17),
        new X86State.Table(IDT, 0xfff),
        new X86State.Control(0x8005_0033L, 0, PML4, 0x620, 0, 0xd00, 1),
        new long[] {0, 0, 0, 0, 0xffff_0ff0L, 0x400},
        Map.of(),
        xsave,
        X86State.RunState.RUNNING);
  }
}
