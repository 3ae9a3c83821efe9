import dev.portfire.kvm.KvmHypervisor;
import dev.portfire.machine.BusDevice;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.machine.X86State;
import dev.portfire.machine.X86State.Segment;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** The same guest as in exit.c, on Portfire's KVM back end as it is. Prints the nanoseconds per exit. */
class Exit {
  private static final int CODE = 0x4000;
  private static final long TABLES = 0x1000;

  private static final class Counter implements BusDevice {
    private long served;

    @Override
    public long read(long offset, int size) {
      return 0;
    }

    @Override
    public void write(long offset, int size, long value) {
      served += value + 1;
    }
  }

  private static final class Stop implements BusDevice {
    private final Vcpu vcpu;

    Stop(Vcpu vcpu) {
      this.vcpu = vcpu;
    }

    @Override
    public long read(long offset, int size) {
      return 0;
    }

    @Override
    public void write(long offset, int size, long value) {
      vcpu.kick();
    }
  }

  public static void main(String[] arguments) {
    int exits = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
    KvmHypervisor kvm = new KvmHypervisor(KvmHypervisor.DEVICE, Optional.empty());
    try (GuestMemory memory = GuestMemory.allocate(1 << 20);
        Vm vm = kvm.create(new VmSpec("bench", memory, 1))) {
      byte[] code = {(byte) 0xe6, 0x10, (byte) 0xff, (byte) 0xc9, 0x75, (byte) 0xfa, (byte) 0xe6, (byte) 0x80, (byte) 0xf4};
      memory.write(CODE, code);
      memory.writeLong(TABLES, TABLES + 0x1003);
      memory.writeLong(TABLES + 0x1000, TABLES + 0x2003);
      memory.writeLong(TABLES + 0x2000, 0x83);
      Vcpu vcpu = vm.vcpu(0);
      Counter counter = new Counter();
      vm.ports().attach(0x10, 1, counter);
      vm.ports().attach(0x80, 1, new Stop(vcpu));
      vcpu.restore(start(exits));
      long start = System.nanoTime();
      Vcpu.Stop stop = vcpu.run();
      long nanos = System.nanoTime() - start;
      if (stop != Vcpu.Stop.KICKED || counter.served != exits) {
        throw new IllegalStateException("%s after %d exits, not %d".formatted(stop, counter.served, exits));
      }
      System.out.printf("%.1f%n", (double) nanos / exits);
    }
  }

  private static X86State start(int exits) {
    long[] general = new long[16];
    general[1] = exits;
    Segment[] segments = new Segment[8];
    Arrays.fill(segments, new Segment(16, 0, -1, 0xc093));
    segments[X86State.CS] = new Segment(8, 0, -1, 0xa09b);
    segments[X86State.LDTR] = new Segment(0, 0, 0xffff, Segment.UNUSABLE | 0x82);
    segments[X86State.TR] = new Segment(24, 0, 0xffff, 0x808b);
    X86State.Table table = new X86State.Table(0, 0xffff);
    return new X86State(
        general, CODE, 2, segments, table, table, new X86State.Control(0x8000_0011L, 0, TABLES, 0x20, 0, 0x500, 1),
        new long[] {0, 0, 0, 0, 0xffff_0ff0L, 0x400}, Map.of(), new byte[576], X86State.RunState.RUNNING);
  }
}
