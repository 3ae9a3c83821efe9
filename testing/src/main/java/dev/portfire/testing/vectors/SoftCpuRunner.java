package dev.portfire.testing.vectors;

import dev.portfire.machine.BusDevice;
import dev.portfire.machine.CpuModel;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.machine.X86State;
import dev.portfire.softcpu.SoftHypervisor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;

/**
 * Executes single instructions on the software CPU as a user program of a tiny machine, through the same seam as any
 * guest.
 *
 * <p>The instruction stands among breakpoints, so every run ends with an exception. Each vector has its own handler,
 * one {@code OUT} that stops the vCPU; the exception's stack frame and the vCPU's state tell what happened.
 */
public final class SoftCpuRunner implements AutoCloseable {

  private static final long PAGE = 4096;
  private static final long MEMORY_SIZE = 0x10_0000;

  // Guest-physical pages.
  private static final long PML4 = 0x1000;
  private static final long PDPT_LOW = 0x2000;
  private static final long PD_LOW = 0x3000;
  private static final long PT_CODE = 0x4000;
  private static final long PT_DATA = 0x5000;
  private static final long PDPT_HIGH = 0x6000;
  private static final long PD_HIGH = 0x7000;
  private static final long PT_HIGH = 0x8000;
  private static final long TABLES = 0x9000;
  private static final long IDT = 0xa000;
  private static final long HANDLERS = 0xb000;
  private static final long STACK = 0xc000;
  private static final long CODE = 0x10000;
  private static final long DATA = 0x20000;

  private static final long PRESENT = 1;
  private static final long WRITABLE = 2;
  private static final long USER = 4;
  private static final long ACCESSED = 0x20;
  private static final long DIRTY = 0x40;

  /** Where the kernel half of the address space begins; guest-physical page 0x9000 is mapped there, and so on. */
  private static final long KERNEL = 0xffff_8000_0000_0000L;

  private static final int KERNEL_CS = 0x10;
  private static final int USER_CS = 0x33;
  private static final int USER_CS_32 = 0x23;
  private static final int USER_DS = 0x2b;
  private static final int TSS_SELECTOR = 0x40;
  private static final int TSS_OFFSET = 0x100;
  private static final int VECTORS = 32;
  private static final int HANDLER_SIZE = 16;
  private static final int STOP_PORT = 0xe4;
  private static final int BREAKPOINT = 3;

  private final GuestMemory memory;
  private final Vm vm;
  private final Vcpu vcpu;
  private final byte[] breakpoints = new byte[CpuSlots.CODE_BYTES];
  private final byte[] window = new byte[CpuSlots.MEMORY_BYTES];
  private final byte[] xsave = new byte[832];
  private final X86State.Segment[] segments;
  private final X86State.Segment[] segments32;
  private final Map<Integer, Long> msrs;

  /**
   * Builds the machine.
   *
   * @param hypervisor the software CPU, with either engine
   */
  public SoftCpuRunner(SoftHypervisor hypervisor) {
    memory = GuestMemory.allocate(MEMORY_SIZE);
    vm = hypervisor.create(new VmSpec("vectors", memory, 1, CpuModel.PORTFIRE_V3));
    vcpu = vm.vcpu(0);
    vm.ports().attach(STOP_PORT, 1, new StopPort(vcpu));
    Arrays.fill(breakpoints, (byte) 0xcc);
    buildPageTables();
    buildTables();
    msrs = vcpu.save().msrs();
    X86State.Segment data = new X86State.Segment(USER_DS, 0, -1, 0xc0f3);
    segments =
        new X86State.Segment[] {
          data,
          new X86State.Segment(USER_CS, 0, -1, 0xa0fb),
          data,
          data,
          data,
          data,
          new X86State.Segment(0, 0, 0xffff, X86State.Segment.UNUSABLE),
          new X86State.Segment(TSS_SELECTOR, KERNEL + TSS_OFFSET, 0x67, 0x8b)
        };
    segments32 = segments.clone();
    segments32[X86State.CS] = new X86State.Segment(USER_CS_32, 0, -1, 0xc0fb);
  }

  /** The port whose write ends a run. */
  private record StopPort(Vcpu vcpu) implements BusDevice {
    @Override
    public long read(long offset, int size) {
      return 0;
    }

    @Override
    public void write(long offset, int size, long value) {
      vcpu.kick();
    }
  }

  private void buildPageTables() {
    long table = PRESENT | WRITABLE | USER | ACCESSED;
    memory.writeLong(PML4, PDPT_LOW | table);
    memory.writeLong(PDPT_LOW, PD_LOW | table);
    memory.writeLong(PD_LOW + (CpuSlots.CODE_BASE >> 21) * 8, PT_CODE | table);
    memory.writeLong(PD_LOW + (CpuSlots.DATA_BASE >> 21) * 8, PT_DATA | table);
    long user = PRESENT | USER | ACCESSED | DIRTY;
    for (int i = 0; i < CpuSlots.CODE_BYTES / PAGE; i++) {
      memory.writeLong(PT_CODE + ((CpuSlots.CODE_BASE >> 12 & 511) + i) * 8, CODE + i * PAGE | user);
    }
    memory.writeLong(PT_DATA, DATA | user | WRITABLE);
    memory.writeLong(PT_DATA + 8, DATA + PAGE | user | WRITABLE);
    memory.writeLong(
        PT_DATA + (CpuSlots.READ_ONLY_BASE - CpuSlots.DATA_BASE >> 12) * 8, DATA + 3 * PAGE | user);
    memory.writeLong(PML4 + 256 * 8, PDPT_HIGH | table);
    memory.writeLong(PDPT_HIGH, PD_HIGH | table);
    memory.writeLong(PD_HIGH, PT_HIGH | table);
    for (long physical = TABLES; physical <= STACK; physical += PAGE) {
      memory.writeLong(PT_HIGH + (physical - TABLES) / PAGE * 8, physical | PRESENT | WRITABLE | ACCESSED | DIRTY);
    }
  }

  private static long kernelAddress(long physical) {
    return KERNEL + physical - TABLES;
  }

  private void buildTables() {
    memory.writeLong(TABLES + KERNEL_CS, 0x00209b00_00000000L);
    memory.writeLong(TABLES + (USER_DS & ~7), 0x00cff300_0000ffffL);
    memory.writeLong(TABLES + (USER_CS & ~7), 0x00affb00_0000ffffL);
    memory.writeLong(TABLES + (USER_CS_32 & ~7), 0x00cffb00_0000ffffL);
    long tss = kernelAddress(TABLES) + TSS_OFFSET;
    memory.writeLong(
        TABLES + TSS_SELECTOR, 0x67 | (tss & 0xffffff) << 16 | 0x8bL << 40 | (tss >>> 24 & 0xff) << 56);
    memory.writeLong(TABLES + TSS_SELECTOR + 8, tss >>> 32);
    memory.writeLong(TABLES + TSS_OFFSET + 4, kernelAddress(STACK) + PAGE);
    // No I/O permission bitmap within the limit: every port access of a program faults.
    memory.writeShort(TABLES + TSS_OFFSET + 0x66, 0x68);
    for (int v = 0; v < VECTORS; v++) {
      long handler = kernelAddress(HANDLERS) + v * HANDLER_SIZE;
      // An interrupt gate; programs may raise the breakpoint and the overflow exception, as under Linux.
      long access = v == BREAKPOINT || v == 4 ? 0xee : 0x8e;
      memory.writeLong(
          IDT + v * 16, handler & 0xffff | KERNEL_CS << 16 | access << 40 | (handler >>> 16 & 0xffff) << 48);
      memory.writeLong(IDT + v * 16 + 8, handler >>> 32);
      // out STOP_PORT, al; then a jump to itself, never reached.
      memory.write(HANDLERS + v * HANDLER_SIZE, new byte[] {(byte) 0xe6, (byte) STOP_PORT, (byte) 0xeb, (byte) 0xfe});
    }
  }

  /**
   * Executes one instruction.
   *
   * @param instruction its bytes
   * @param legacy whether it is 32-bit code
   * @param before the state before, see {@link CpuSlots}
   * @param after receives the state after
   */
  public void run(byte[] instruction, boolean legacy, long[] before, long[] after) {
    memory.write(CODE, breakpoints);
    memory.write(CODE + CpuSlots.CODE_START - CpuSlots.CODE_BASE, instruction);
    ByteBuffer.wrap(window)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asLongBuffer()
        .put(before, CpuSlots.MEMORY, CpuSlots.MEMORY_BYTES / 8);
    memory.write(DATA + CpuSlots.MEMORY_BASE - CpuSlots.DATA_BASE, window);
    putXsave(before);
    vcpu.restore(
        new X86State(
            Arrays.copyOfRange(before, CpuSlots.GPR, CpuSlots.GPR + 16),
            CpuSlots.CODE_START,
            before[CpuSlots.FLAGS] | 0x202,
            legacy ? segments32 : segments,
            new X86State.Table(kernelAddress(TABLES), 0xfff),
            new X86State.Table(kernelAddress(IDT), VECTORS * 16 - 1),
            new X86State.Control(0x8005_0033L, 0, PML4, 0x4_0620, 0, 0xd01, 7),
            new long[] {0, 0, 0, 0, 0xffff0ff0L, 0x400},
            msrs,
            xsave,
            X86State.RunState.RUNNING));
    Vcpu.Stop stop = vcpu.run();
    X86State state = vcpu.save();
    long handler = state.rip() - kernelAddress(HANDLERS);
    if (stop != Vcpu.Stop.KICKED || handler < 0 || handler >= VECTORS * HANDLER_SIZE) {
      throw new IllegalStateException(
          "stopped with %s at 0x%x; %s".formatted(stop, state.rip(), vm.failure().orElse("no failure")));
    }
    read(state, (int) handler / HANDLER_SIZE, instruction, after);
    for (int i = 0; legacy && i < 16; i++) {
      // What 32-bit code leaves in the upper halves nobody can see.
      after[CpuSlots.GPR + i] &= 0xffff_ffffL;
    }
  }

  private static boolean hasErrorCode(int vector) {
    return vector == 8 || vector >= 10 && vector <= 14 || vector == 17;
  }

  private void read(X86State state, int vector, byte[] instruction, long[] after) {
    System.arraycopy(state.general(), 0, after, CpuSlots.GPR, 16);
    // The frame: [error code], RIP, CS, RFLAGS, RSP, SS.
    long frame = STACK + PAGE - 40;
    long rip = memory.readLong(frame);
    after[CpuSlots.RIP] = rip;
    after[CpuSlots.FLAGS] = memory.readLong(frame + 16);
    after[CpuSlots.GPR + 4] = memory.readLong(frame + 24);
    after[CpuSlots.VECTOR] = vector;
    after[CpuSlots.ERROR] = hasErrorCode(vector) ? memory.readLong(frame - 8) : 0;
    after[CpuSlots.CR2] = vector == 14 ? state.control().cr2() : 0;
    ByteBuffer fx = ByteBuffer.wrap(state.xsave()).order(ByteOrder.LITTLE_ENDIAN);
    after[CpuSlots.FCW] = fx.getShort(0) & 0xffff;
    after[CpuSlots.FSW] = fx.getShort(2) & 0xffff;
    after[CpuSlots.FTW] = fx.get(4) & 0xff;
    after[CpuSlots.MXCSR] = fx.getInt(24);
    for (int i = 0; i < 16; i++) {
      long value = fx.getLong(32 + 8 * i);
      after[CpuSlots.ST + i] = (i & 1) == 0 ? value : value & 0xffff;
    }
    for (int i = 0; i < 32; i++) {
      after[CpuSlots.XMM + i] = fx.getLong(160 + 8 * i);
      after[CpuSlots.UPPER + i] = fx.getLong(576 + 8 * i);
    }
    memory.read(DATA + CpuSlots.MEMORY_BASE - CpuSlots.DATA_BASE, window, 0, window.length);
    ByteBuffer.wrap(window)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asLongBuffer()
        .get(after, CpuSlots.MEMORY, CpuSlots.MEMORY_BYTES / 8);
    if (vector == BREAKPOINT && !(rip - 1 == CpuSlots.CODE_START && (instruction[0] & 0xff) == 0xcc)) {
      after[CpuSlots.RIP] = rip - 1;
      after[CpuSlots.VECTOR] = CpuSlots.NO_FAULT;
    }
  }

  private void putXsave(long[] before) {
    ByteBuffer fx = ByteBuffer.wrap(xsave).order(ByteOrder.LITTLE_ENDIAN);
    fx.putShort(0, (short) before[CpuSlots.FCW]);
    fx.putShort(2, (short) before[CpuSlots.FSW]);
    fx.put(4, (byte) before[CpuSlots.FTW]);
    fx.putInt(24, (int) before[CpuSlots.MXCSR]);
    for (int i = 0; i < 16; i++) {
      fx.putLong(32 + 8 * i, before[CpuSlots.ST + i]);
    }
    for (int i = 0; i < 32; i++) {
      fx.putLong(160 + 8 * i, before[CpuSlots.XMM + i]);
      fx.putLong(576 + 8 * i, before[CpuSlots.UPPER + i]);
    }
    fx.putLong(512, 7);
  }

  @Override
  public void close() {
    vm.close();
    memory.close();
  }
}
