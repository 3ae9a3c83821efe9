package dev.portfire.testing.random;

import static dev.portfire.testing.asm.Reg.RAX;
import static dev.portfire.testing.asm.Reg.RCX;
import static dev.portfire.testing.asm.Reg.RDX;
import static dev.portfire.testing.asm.Reg.RSP;

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
import dev.portfire.testing.asm.Assembler;
import dev.portfire.testing.asm.Condition;
import dev.portfire.testing.asm.Mem;
import dev.portfire.testing.asm.Reg;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/**
 * Programs that access memory around the boundaries of a few pages, some of which are absent, read-only or hold code, by
 * registers, copies of registers and the stack pointer: what a translator may do at once or may not. A handler notes each page
 * fault and provides the page. Two hypervisors must agree about the faults, the registers and the memory. From a command line:
 * {@code RandomAccesses SEED CASES}, native engine against interpreter.
 */
public final class RandomAccesses {
  private static final int MEMORY = 4 << 20;
  private static final int PML4 = 0x1000;
  private static final int PDPT = 0x2000;
  private static final int PD_LOW = 0x3000;
  private static final int PD_WINDOW = 0x4000;
  private static final int PT_WINDOW = 0x5000;
  private static final int GDT = 0x6000;
  private static final int IDT = 0x7000;
  private static final int TSS = 0x8000;
  private static final int HANDLER = 0x9000;
  private static final int FAULT_STACK = 0xb000;
  private static final int STACK = 0xd000;
  private static final int LOG_END = 0xe000;
  private static final int NEXT = 0xe100;
  private static final int CODE = 0x1_0000;
  private static final int PAGES = 0x10_0000;
  private static final int LOG = 0x20_0000;
  private static final int LOG_SIZE = 0x1_0000;

  /** Linear address of the pages. */
  private static final long WINDOW = 0x4000_0000L;

  private static final int COUNT = 6;

  /** The page that holds code: one that returns at each byte. */
  private static final int CODE_PAGE = 3;

  private static final Reg[] BASES = {Reg.RBX, Reg.RBP, Reg.RSI, Reg.RDI, Reg.R12, Reg.R14, Reg.R9};
  private static final Reg[] DATA = {Reg.RAX, Reg.RDX, Reg.R8, Reg.R10, Reg.R11, Reg.R13, Reg.R15};
  private static final int ROUNDS = 6;
  private static final int INSTRUCTIONS = 70;

  private final Random random;
  private final Assembler a = new Assembler(CODE);
  private int labels;

  private RandomAccesses(long seed) {
    random = new Random(seed);
  }

  /** Runs cases from a command line. */
  public static void main(String[] arguments) {
    long seed = Long.parseLong(arguments[0]);
    int cases = Integer.parseInt(arguments[1]);
    run(new SoftHypervisor(), new SoftHypervisor(ExecutableMemory.SOURCE), seed, cases);
    System.out.printf("%d cases from seed %d: no difference%n", cases, seed);
  }

  /**
   * Runs cases on both.
   *
   * @param first the first case's seed; the others' follow
   * @throws AssertionError with the seed of a case that ended differently, and how
   */
  public static void run(Hypervisor one, Hypervisor other, long first, int cases) {
    for (long seed = first; seed < first + cases; seed++) {
      byte[] program = new RandomAccesses(seed).program();
      Ending expected = execute(one, program);
      Ending actual = execute(other, program);
      if (!expected.equals(actual)) {
        throw new AssertionError("seed " + seed + "\nexpected " + expected + "\nactual   " + actual);
      }
    }
  }

  /** Registers, the hash of the pages, and the faults: address, error code and instruction of each. */
  private record Ending(String registers, int pages, String faults) {}

  private static Ending execute(Hypervisor hypervisor, byte[] program) {
    try (GuestMemory memory = GuestMemory.allocate(MEMORY);
        Vm vm = hypervisor.create(new VmSpec("accesses", memory, 1, CpuModel.PORTFIRE_V2))) {
      prepare(memory, program);
      Vcpu cpu = vm.vcpu(0);
      cpu.restore(state(cpu.save()));
      cpu.run();
      long[] general = cpu.save().general();
      StringBuilder registers = new StringBuilder();
      for (long r : general) {
        registers.append(Long.toHexString(r)).append(' ');
      }
      byte[] pages = new byte[COUNT * 4096];
      memory.read(PAGES, pages, 0, pages.length);
      StringBuilder faults = new StringBuilder();
      long end = memory.readLong(LOG_END);
      for (long at = LOG; at < end; at += 24) {
        faults.append(String.format("%x/%d@%x ", memory.readLong(at), memory.readLong(at + 8), memory.readLong(at + 16)));
      }
      return new Ending(registers.toString(), Arrays.hashCode(pages), faults.toString());
    }
  }

  private static void prepare(GuestMemory memory, byte[] program) {
    memory.writeLong(PML4, PDPT + 3);
    memory.writeLong(PDPT, PD_LOW + 3);
    memory.writeLong(PDPT + 8, PD_WINDOW + 3);
    for (int k = 0; k < 512; k++) {
      memory.writeLong(PD_LOW + 8L * k, k * 0x20_0000L | 0x83);
    }
    memory.writeLong(PD_WINDOW, PT_WINDOW + 3);
    memory.writeLong(GDT + 8, 0x00af_9b00_0000_ffffL);
    memory.writeLong(GDT + 16, 0x00cf_9300_0000_ffffL);
    memory.writeLong(TSS + 0x24, FAULT_STACK);
    long gate = HANDLER & 0xffff | 8 << 16 | 0x8e01L << 32 | (long) HANDLER >> 16 << 48;
    memory.writeLong(IDT + 14 * 16, gate);
    memory.writeLong(LOG_END, LOG);
    memory.write(HANDLER, handler());
    memory.write(CODE, program);
    byte[] page = new byte[4096];
    for (int k = 0; k < COUNT; k++) {
      new Random(k).nextBytes(page);
      if (k == CODE_PAGE) {
        Arrays.fill(page, (byte) 0xc3);
      }
      memory.write(PAGES + k * 4096L, page);
    }
  }

  /** Notes a fault, provides the page and returns; outside of the window, or with too many faults, it ends the machine. */
  private static byte[] handler() {
    Assembler a = new Assembler(HANDLER);
    a.push(RAX).push(RCX).push(RDX);
    a.movFromControl(RAX, 2).mov(RCX, Mem.at(64, LOG_END));
    a.mov(Mem.qwordAt(RCX, 0), RAX).mov(RDX, Mem.qwordAt(RSP, 24)).mov(Mem.qwordAt(RCX, 8), RDX);
    a.mov(RDX, Mem.qwordAt(RSP, 32)).mov(Mem.qwordAt(RCX, 16), RDX);
    a.add(RCX, 24).mov(Mem.at(64, LOG_END), RCX).cmp(RCX, LOG + LOG_SIZE).j(Condition.A, "end");
    a.mov(RDX, RAX).shr(RDX, 12).sub(RDX, (int) (WINDOW >>> 12)).cmp(RDX, COUNT).j(Condition.AE, "end");
    a.shl(RDX, 3).or(Mem.qwordAt(RDX, PT_WINDOW), 3).invlpg(Mem.byteAt(RAX, 0));
    a.pop(RDX).pop(RCX).pop(RAX).add(RSP, 8).iret();
    a.label("end").lidt(Mem.at(64, LOG_END + 64)).ud2();
    return a.assemble();
  }

  private Reg base() {
    return BASES[random.nextInt(BASES.length)];
  }

  private Reg data() {
    return DATA[random.nextInt(DATA.length)];
  }

  private static Reg of(int bits, Reg whole) {
    for (Reg r : Reg.values()) {
      if (r.bits() == bits && r.number() == whole.number() && (bits != 8 || whole.number() < 4)) {
        return r;
      }
    }
    return whole;
  }

  private Mem operand(int bits) {
    int near = random.nextInt(4) == 0 ? random.nextInt(800) - 400 : random.nextInt(10) * 8 - 40 + random.nextInt(2) * random.nextInt(8);
    return new Mem(bits, base(), near, null);
  }

  /** Somewhere near the boundary of two pages. */
  private long address() {
    return WINDOW + 4096L * (1 + random.nextInt(COUNT - 1)) + random.nextInt(160) - 100;
  }

  private byte[] program() {
    for (int round = 0; round < ROUNDS; round++) {
      for (int k = 0; k < COUNT; k++) {
        int rights = k == 0 || k == COUNT - 1 ? 3 : random.nextInt(4);
        a.mov(RAX, (PAGES + k * 4096L) | (rights == 2 ? 0 : rights)).mov(Mem.at(64, PT_WINDOW + 8 * k), RAX);
      }
      a.movFromControl(RAX, 3).movToControl(3, RAX);
      for (Reg r : DATA) {
        a.mov(r, random.nextLong());
      }
      for (Reg r : BASES) {
        a.mov(r, address());
      }
      a.mov(RCX, 2 + random.nextInt(2)).mov(RSP, random.nextBoolean() ? STACK : address() & -8);
      // Not by CALL: what is on the stack may be overwritten.
      a.movAddress(RAX, "round" + round).mov(Mem.at(64, NEXT), RAX).jmp("body").label("round" + round);
    }
    a.lidt(Mem.at(64, LOG_END + 64)).ud2();
    // In pages of its own, the last instruction sometimes across the end of one.
    a.align(4096).space(random.nextInt(64)).label("body");
    a.label("again");
    int depth = 0;
    for (int k = 0; k < INSTRUCTIONS; k++) {
      depth += instruction(depth);
    }
    for (; depth > 0; depth--) {
      a.pop(data());
    }
    a.sub(RCX, 1).j(Condition.NE, "again");
    a.jmp(Mem.at(64, NEXT));
    return a.assemble();
  }

  /** One or a few instructions; the result is by how many quadwords they made the stack deeper. */
  private int instruction(int depth) {
    int bits = 8 << random.nextInt(4);
    Reg r = of(bits, data());
    int width = r.bits();
    switch (random.nextInt(18)) {
      case 0, 1, 2 -> a.mov(r, operand(width));
      case 3, 4 -> a.mov(operand(width), r);
      case 5 -> a.add(r, operand(width));
      case 6 -> a.xor(operand(width), r);
      case 7 -> a.cmp(operand(width), r);
      case 8 -> a.movzx(of(32, data()), operand(8));
      case 9 -> a.inc(operand(width));
      case 10 -> a.mov(base(), base());
      case 11 -> a.lea(base(), operand(64));
      case 12 -> {
        String label = "skip" + labels++;
        a.test(r, r).j(random.nextBoolean() ? Condition.E : Condition.NS, label);
        for (int k = random.nextInt(3); k >= 0; k--) {
          a.mov(data(), operand(64)).mov(operand(64), data());
        }
        a.label(label);
      }
      case 13 -> a.mov(operand(width), random.nextInt(100));
      case 14 -> a.lock().xadd(operand(width), r);
      case 15 -> {
        if (depth > 0) {
          a.pop(data());
          return -1;
        }
        a.push(data()).push(base());
        return 2;
      }
      case 16 -> {
        a.push(data());
        return 1;
      }
      default -> {
        // Into the page that holds code, and back; what it may meanwhile have become is another instruction that returns.
        if (random.nextInt(8) == 0) {
          a.mov(RAX, WINDOW + CODE_PAGE * 4096L + 0x800).call(RAX);
        } else {
          a.mov(r, operand(width)).mov(operand(width), r);
        }
      }
    }
    return 0;
  }

  private static X86State state(X86State before) {
    Segment code = new Segment(8, 0, -1, 0xa09b);
    Segment data = new Segment(0x10, 0, -1, 0xc093);
    Segment none = new Segment(0, 0, 0, Segment.UNUSABLE);
    Segment task = new Segment(0x18, TSS, 0x67, 0x8b);
    return new X86State(
        new long[16],
        CODE,
        2,
        new Segment[] {data, code, data, data, data, data, none, task},
        new Table(GDT, 0x17),
        new Table(IDT, 0xfff),
        // CR0: PE, NE, WP, PG; CR4: PAE; EFER: LME, LMA
        new X86State.Control(0x8001_0021L, 0, PML4, 0x20, 0, 0x500, 1),
        before.debug(),
        Map.of(),
        before.xsave(),
        X86State.RunState.RUNNING,
        X86State.Events.NONE,
        before.apic());
  }
}
