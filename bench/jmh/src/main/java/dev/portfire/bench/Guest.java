package dev.portfire.bench;

import dev.portfire.linux.ExecutableMemory;
import dev.portfire.machine.BusDevice;
import dev.portfire.machine.CpuModel;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.machine.X86State;
import dev.portfire.softcpu.SoftHypervisor;
import dev.portfire.testing.asm.Assembler;
import dev.portfire.testing.asm.Condition;
import dev.portfire.testing.asm.Reg;
import java.util.function.Consumer;

/**
 * A bare-metal guest in 64-bit mode and ring 0 that does something {@link #ROUNDS} times, writes to a port that makes its vCPU return, and
 * starts again. 16 MiB are mapped to themselves, by pages of 2 MiB but for {@link #PAGED}, which are of 4 KiB.
 */
final class Guest implements AutoCloseable {
  /** How often what is measured is done in one run. */
  static final int ROUNDS = 10_000;

  /** The handler's label for #UD and #PF. */
  static final String HANDLER = "handler";

  /** 2 MiB in small pages. */
  static final int PAGED = 0x40_0000;

  /** The same pages once more, 16 MiB further: pages that share a slot of either engine's TLB. */
  static final int ALIAS = PAGED + (16 << 20);

  /** The page table of {@link #PAGED}. */
  static final int TABLE = 0x4000;

  static final int DATA = 0x20_0000;

  /** A second set of tables, the same but for its root. */
  static final int OTHER_ROOT = 0x8000;

  static final int ROOT = 0x1000;

  private static final int DIRECTORIES = 0x2000;
  private static final int DIRECTORY = 0x3000;
  private static final int IDT = 0x5000;
  private static final int GDT = 0x6000;
  private static final int CODE = 0x10_0000;
  private static final int STACK = 0x18_0000;
  private static final int DONE = 0xf0;
  private static final int NOWHERE = 0xf1;
  private static final int PRESENT = 0x63;
  private static final int LARGE = 0x80;

  private final GuestMemory memory = GuestMemory.allocate(16 << 20);
  private final Vm vm;
  private final Vcpu vcpu;

  /**
   * Makes a guest.
   *
   * @param engine safe or native
   * @param body emits what is measured; RCX is not its own
   * @param handler emits the handler, which ends with IRET
   */
  Guest(String engine, Consumer<Assembler> body, Consumer<Assembler> handler) {
    SoftHypervisor hypervisor =
        engine.equals("native") ? new SoftHypervisor(ExecutableMemory.SOURCE) : new SoftHypervisor();
    vm = hypervisor.create(new VmSpec("bench", memory, 1, CpuModel.PORTFIRE_V2));
    vcpu = vm.vcpu(0);
    BusDevice ports = new BusDevice() {
      @Override
      public long read(long offset, int size) {
        return 0;
      }

      @Override
      public void write(long offset, int size, long value) {
        if (offset == 0) {
          vcpu.kick();
        }
      }
    };
    vm.ports().attach(DONE, NOWHERE - DONE + 1, ports);
    Assembler a = new Assembler(CODE);
    a.label("start").mov(Reg.ECX, ROUNDS).label("round");
    body.accept(a);
    a.dec(Reg.ECX).j(Condition.NE, "round").out(DONE, Reg.AL).jmp("start").label(HANDLER);
    handler.accept(a);
    byte[] code = a.assemble();
    memory.write(CODE, code);
    long entry = a.address(HANDLER);
    for (int vector : new int[] {6, 14}) {
      memory.writeLong(IDT + 16L * vector, entry & 0xffff | 8 << 16 | 0x8e00L << 32 | (entry >>> 16 & 0xffff) << 48);
    }
    memory.writeLong(GDT + 8, 0xaf_9b00_0000_ffffL);
    for (int root : new int[] {ROOT, OTHER_ROOT}) {
      memory.writeLong(root, DIRECTORIES | PRESENT);
    }
    memory.writeLong(DIRECTORIES, DIRECTORY | PRESENT);
    for (int k = 0; k < 8; k++) {
      memory.writeLong(DIRECTORY + 8L * k, (long) k << 21 | PRESENT | LARGE);
    }
    memory.writeLong(DIRECTORY + 8L * (PAGED >> 21), TABLE | PRESENT);
    memory.writeLong(DIRECTORY + 8L * (ALIAS >> 21), TABLE | PRESENT);
    for (int k = 0; k < 512; k++) {
      memory.writeLong(TABLE + 8L * k, PAGED + ((long) k << 12) | PRESENT);
    }
    vcpu.restore(state(vcpu.save()));
  }

  private static X86State state(X86State s) {
    X86State.Segment[] segments = s.segments().clone();
    for (int k = 0; k < 6; k++) {
      segments[k] = new X86State.Segment(k == X86State.CS ? 8 : 0, 0, -1, k == X86State.CS ? 0xa09b : 0xc093);
    }
    long[] general = new long[16];
    general[4] = STACK;
    X86State.Control control = new X86State.Control(0x8000_0011L, 0, ROOT, 0x20, 0, 0x500, 1);
    return new X86State(
        general, CODE, 2, segments, new X86State.Table(GDT, 15), new X86State.Table(IDT, 4095), control, s.debug(), s.msrs(), s.xsave(),
        s.runState(), s.events(), s.apic());
  }

  /** A port to which writing does nothing. */
  static int nowhere() {
    return NOWHERE;
  }

  /** Does it {@link #ROUNDS} times. */
  void run() {
    if (vcpu.run() != Vcpu.Stop.KICKED) {
      throw new IllegalStateException(vm.failure().orElse("the guest ended"));
    }
  }

  @Override
  public void close() {
    vm.close();
    memory.close();
  }
}
