package dev.portfire.kvm;

import dev.portfire.machine.BusDevice;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.X86State;
import dev.portfire.machine.X86State.Segment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Guests of a few instructions, and the states in which they start. */
final class TinyGuest {
  static final int CODE = 0x1000;
  static final long MEMORY = 2L << 20;

  private static final long PML4 = 0x8000;

  private TinyGuest() {}

  /** Skips a test, aloud, where there is no KVM to test with. */
  static void requireKvm() {
    Path device = Path.of(KvmHypervisor.DEVICE);
    String reason = new KvmHypervisor(KvmHypervisor.DEVICE, java.util.Optional.empty()).probe().reason();
    boolean usable = Files.isReadable(device) && Files.isWritable(device);
    if (!usable) {
      System.err.println("skipped: " + reason);
    }
    Assumptions.assumeTrue(usable, reason);
  }

  static void load(GuestMemory memory, String hex) {
    memory.write(CODE, HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  private static byte[] xsave() {
    byte[] area = new byte[576];
    area[0] = 0x7f;
    area[1] = 3;
    area[24] = (byte) 0x80;
    area[25] = 0x1f;
    area[512] = 3;
    return area;
  }

  /** Real mode, everything based at 0. */
  static X86State realMode() {
    Segment data = new Segment(0, 0, 0xffff, 0x93);
    Segment[] segments = new Segment[8];
    Arrays.fill(segments, data);
    segments[X86State.CS] = new Segment(0, 0, 0xffff, 0x9b);
    segments[X86State.LDTR] = new Segment(0, 0, 0xffff, 0x82);
    segments[X86State.TR] = new Segment(0, 0, 0xffff, 0x8b);
    return state(segments, new X86State.Control(0x6000_0010L, 0, 0, 0, 0, 0, 1));
  }

  /** 64-bit mode, the first gigabyte and the one with the devices mapped to themselves. */
  static X86State longMode(GuestMemory memory) {
    memory.writeLong(PML4, PML4 + 0x1003);
    memory.writeLong(PML4 + 0x1000, PML4 + 0x2003);
    memory.writeLong(PML4 + 0x1000 + 3 * 8, PML4 + 0x3003);
    for (int k = 0; k < 512; k++) {
      memory.writeLong(PML4 + 0x2000 + 8L * k, (long) k << 21 | 0x83);
      memory.writeLong(PML4 + 0x3000 + 8L * k, 0xc000_0000L + ((long) k << 21) | 0x83);
    }
    Segment data = new Segment(0x10, 0, -1, 0xc093);
    Segment[] segments = new Segment[8];
    Arrays.fill(segments, data);
    segments[X86State.CS] = new Segment(8, 0, -1, 0xa09b);
    segments[X86State.LDTR] = new Segment(0, 0, 0xffff, Segment.UNUSABLE | 0x82);
    segments[X86State.TR] = new Segment(0x18, 0, 0xffff, 0x808b);
    return state(segments, new X86State.Control(0x8005_0033L, 0, PML4, 0x620, 0, 0xd00, 1));
  }

  private static X86State state(Segment[] segments, X86State.Control control) {
    long[] general = new long[16];
    general[4] = 0x7000;
    return new X86State(
        general,
        CODE,
        2,
        segments,
        new X86State.Table(0, 0xffff),
        new X86State.Table(0, 0xffff),
        control,
        new long[] {0, 0, 0, 0, 0xffff_0ff0L, 0x400},
        Map.of(),
        xsave(),
        X86State.RunState.RUNNING);
  }

  static X86State withGeneral(X86State s, int register, long value) {
    long[] general = s.general().clone();
    general[register] = value;
    return new X86State(
        general, s.rip(), s.rflags(), s.segments(), s.gdt(), s.idt(), s.control(), s.debug(), s.msrs(), s.xsave(),
        s.runState(), s.events(), s.apic());
  }

  /** Records every access, and answers reads with a count from 0x11 in each byte's place. */
  static final class Recorder implements BusDevice {
    final List<String> log = new ArrayList<>();
    private int reads;

    @Override
    public synchronized long read(long offset, int size) {
      long value = 0x1122_3344_5566_7788L + reads++ & (size == 8 ? -1 : (1L << 8 * size) - 1);
      log.add("r%x/%d=%x".formatted(offset, size, value));
      return value;
    }

    @Override
    public synchronized void write(long offset, int size, long value) {
      log.add("w%x/%d=%x".formatted(offset, size, value));
    }
  }
}
