package dev.portfire.testing.random;

import dev.portfire.linux.ExecutableMemory;
import dev.portfire.machine.CpuModel;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Hypervisor;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.machine.X86State;
import dev.portfire.machine.X86State.Segment;
import dev.portfire.machine.X86State.Table;
import dev.portfire.softcpu.SoftHypervisor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Random bytes as code, at every privilege level: whatever a guest does, the CPU goes on or ends the machine in an orderly
 * way. From a command line: {@code RandomCode safe|native SEED CASES}; a case is replayed by its seed.
 */
public final class RandomCode {
  private static final int MEMORY = 8 << 20;
  private static final long CODE = 0x1_0000;
  private static final int CODE_LENGTH = 8192;
  private static final long PAGE_TABLES = 0x1000;
  private static final long GDT = 0x4000;
  private static final long TSS = 0x5000;
  private static final long IDT = 0x6000;
  private static final long HANDLERS = 0x10_0000;
  private static final long STACK = 0x9f00;

  // The XSAVE image: SDM volume 1, 13.4.
  private static final int CONTROL_WORD = 0;
  private static final int MXCSR = 24;
  private static final int HEADER = 512;
  private static final int HEADER_LENGTH = 64;

  /** What the random bytes run as. */
  private enum Mode {
    KERNEL,
    USER,
    USER_32,
    REAL
  }

  private RandomCode() {}

  /** Runs cases from a command line. */
  public static void main(String[] arguments) {
    boolean emits = arguments[0].equals("native");
    long seed = Long.parseLong(arguments[1]);
    int cases = Integer.parseInt(arguments[2]);
    run(emits ? new SoftHypervisor(ExecutableMemory.SOURCE) : new SoftHypervisor(), seed, cases);
    System.out.printf("%d cases from seed %d: the host survived%n", cases, seed);
  }

  /**
   * Runs cases.
   *
   * @param hypervisor what executes them
   * @param first the first case's seed; the others' follow
   * @throws AssertionError with the seed of a case that did not end in an orderly way
   */
  public static void run(Hypervisor hypervisor, long first, int cases) {
    try (GuestMemory memory = GuestMemory.allocate(MEMORY);
        Vm vm = hypervisor.create(new VmSpec("random", memory, 1, CpuModel.PORTFIRE_V3));
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
      Vcpu cpu = vm.vcpu(0);
      var kicks = clock.scheduleAtFixedRate(cpu::kick, 2, 2, TimeUnit.MILLISECONDS);
      for (long seed = first; seed < first + cases; seed++) {
        Random random = new Random(seed);
        fill(memory, random);
        cpu.restore(state(cpu.save(), Mode.values()[random.nextInt(4)], random));
        try {
          cpu.run();
        } catch (RuntimeException e) {
          // Code outside RAM ends a machine with this, and nothing else does.
          if (!(e instanceof IllegalStateException) || !String.valueOf(e.getMessage()).contains("executes device memory")) {
            throw new AssertionError("seed " + seed, e);
          }
        }
      }
      kicks.cancel(false);
    }
  }

  private static void fill(GuestMemory memory, Random random) {
    byte[] code = new byte[CODE_LENGTH];
    random.nextBytes(code);
    // More of what uniform bytes seldom give: prefixes, the two-byte maps and x87.
    byte[] spice = {0x0f, 0x48, 0x66, (byte) 0xf3, (byte) 0xf2, (byte) 0xd9, (byte) 0xdf, (byte) 0xdb};
    for (int k = 0; k < CODE_LENGTH / 4; k++) {
      code[random.nextInt(CODE_LENGTH)] = spice[random.nextInt(spice.length)];
    }
    for (int k = 0; k < CODE_LENGTH / 16; k++) {
      // VEX, often without a register in vvvv.
      int at = random.nextInt(CODE_LENGTH - 4);
      code[at] = (byte) 0xc4;
      code[at + 1] = (byte) (code[at + 1] & 0xe0 | 1 + random.nextInt(3));
      if (random.nextBoolean()) {
        code[at + 2] |= 0x78;
      }
    }
    memory.write(CODE, code);
    memory.writeLong(PAGE_TABLES, PAGE_TABLES + 0x1007);
    memory.writeLong(PAGE_TABLES + 0x1000, PAGE_TABLES + 0x2007);
    for (int k = 0; k < 512; k++) {
      memory.writeLong(PAGE_TABLES + 0x2000 + 8L * k, k * 0x20_0000L | 0x87);
    }
    long[] gdt = {
      0,
      0x00af_9b00_0000_ffffL,
      0x00cf_9300_0000_ffffL,
      0x00af_fb00_0000_ffffL,
      0x00cf_f300_0000_ffffL,
      0x00cf_fb00_0000_ffffL,
      0x0000_8900_5000_0067L,
      0
    };
    for (int k = 0; k < gdt.length; k++) {
      memory.writeLong(GDT + 8L * k, gdt[k]);
    }
    memory.fill(TSS, 0x68, (byte) 0);
    memory.writeLong(TSS + 4, STACK - 0x1000);
    for (int vector = 0; vector < 256; vector++) {
      long handler = HANDLERS + vector * 32L;
      memory.writeLong(IDT + vector * 16L, handler & 0xffff | 8 << 16 | 0xee00L << 32 | handler >> 16 << 48);
      memory.writeLong(IDT + vector * 16L + 8, 0);
      // mov rsp, STACK; mov rax, somewhere in the random code; jmp rax
      memory.write(handler, new byte[] {0x48, (byte) 0xc7, (byte) 0xc4, 0, (byte) 0x9f, 0, 0, 0x48, (byte) 0xb8});
      memory.writeLong(handler + 9, CODE + random.nextInt(CODE_LENGTH - 64));
      memory.writeShort(handler + 17, 0xe0ff);
    }
  }

  private static X86State state(X86State before, Mode mode, Random random) {
    long[] general = new long[16];
    for (int k = 0; k < 16; k++) {
      general[k] = random.nextBoolean() ? random.nextInt(MEMORY) : random.nextLong() >> random.nextInt(64);
    }
    general[4] = STACK;
    boolean real = mode == Mode.REAL;
    boolean user = mode == Mode.USER || mode == Mode.USER_32;
    Segment code =
        switch (mode) {
          case KERNEL -> new Segment(8, 0, -1, 0xa09b);
          case USER -> new Segment(0x1b, 0, -1, 0xa0fb);
          case USER_32 -> new Segment(0x2b, 0, -1, 0xc0fb);
          case REAL -> new Segment(0x1000, CODE, 0xffff, 0x9b);
        };
    Segment data = real
        ? new Segment(0, 0, 0xffff, 0x93)
        : user ? new Segment(0x23, 0, -1, 0xc0f3) : new Segment(0x10, 0, -1, 0xc093);
    Segment none = new Segment(0, 0, 0, Segment.UNUSABLE);
    Segment task = new Segment(0x30, TSS, 0x67, 0x8b);
    return new X86State(
        general,
        (real ? 0 : CODE) + random.nextInt(CODE_LENGTH / 2),
        2 | random.nextInt() & 0xcd5 | (user ? 0x3000 : 0),
        new Segment[] {data, code, data, data, data, data, none, task},
        new Table(GDT, 0x3f),
        new Table(real ? 0 : IDT, real ? 0x3ff : 0xfff),
        new X86State.Control(
            real ? 0x10 : 0x8005_0033L, 0, PAGE_TABLES, real ? 0 : 0x4_06b0, 0, real ? 0 : 0xd01, random.nextInt(4) == 0 ? 3 : 7),
        before.debug(),
        before.msrs(),
        floatingPoint(before.xsave(), random),
        X86State.RunState.RUNNING,
        X86State.Events.NONE,
        before.apic());
  }

  /** Random x87 and SSE registers; most often all exceptions are masked, since the native engine emits no such instructions otherwise. */
  private static byte[] floatingPoint(byte[] before, Random random) {
    byte[] xsave = new byte[before.length];
    random.nextBytes(xsave);
    System.arraycopy(before, HEADER, xsave, HEADER, HEADER_LENGTH);
    ByteBuffer b = ByteBuffer.wrap(xsave).order(ByteOrder.LITTLE_ENDIAN);
    b.putShort(CONTROL_WORD, (short) (random.nextInt(4) == 0 ? random.nextInt() & 0xf7f | 0x40 : random.nextInt() & 0xf00 | 0x7f));
    b.putInt(MXCSR, random.nextInt(4) == 0 ? random.nextInt() & 0xffff : random.nextInt() & 0xe07f | 0x1f80);
    return xsave;
  }
}
