package dev.portfire.testing.inspection;

import dev.portfire.linux.Descriptor;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import dev.portfire.machine.BusDevice;
import dev.portfire.machine.ExitStats;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Hypervisor;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.testing.debug.LongMode;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A guest that executes so many CPUID, writes to a device's memory and OUT to a port, each one exit, and then faults thrice, which ends
 * {@link Vcpu#run} at once.
 */
public final class CountedGuest implements AutoCloseable {
  /** The port, one byte of which is written. */
  public static final int PORT = 0x10;

  /** The device's memory, four bytes of which are written. */
  public static final long ADDRESS = 0xd000_0000L;

  private static final int MEMORY = 2 << 20;

  private static final BusDevice DEVICE = new BusDevice() {
    @Override
    public long read(long offset, int size) {
      return 0;
    }

    @Override
    public void write(long offset, int size, long value) {
      // That it comes here is enough.
    }
  };

  private final GuestMemory memory = GuestMemory.allocate(MEMORY);
  private final Vm vm;
  private @Nullable Descriptor published;

  /**
   * Makes one that has not run yet.
   *
   * @param cpuid how many CPUID it executes, then
   * @param mmio how many writes to {@link #ADDRESS}, then
   * @param out how many OUT to {@link #PORT}; all positive
   */
  public CountedGuest(Hypervisor hypervisor, int cpuid, int mmio, int out) {
    vm = hypervisor.create(new VmSpec("counted", memory, 1));
    vm.ports().attach(PORT, 1, DEVICE);
    vm.mmio().attach(ADDRESS, 4, DEVICE);
    String code =
        // mov esi,CPUID; 1: xor eax,eax; cpuid; dec esi; jnz 1b
        "be" + number(cpuid) + "31c0 0fa2 ffce 75f8"
            // mov edi,ADDRESS; mov esi,MMIO; 1: mov [rdi],eax; dec esi; jnz 1b
            + "bf" + number((int) ADDRESS) + "be" + number(mmio) + "8907 ffce 75fa"
            // mov esi,OUT; 1: out PORT,al; dec esi; jnz 1b
            + "be" + number(out) + "e6" + HexFormat.of().toHexDigits((byte) PORT) + "ffce 75fa"
            // ud2, for which there is no gate
            + "0f0b";
    memory.write(LongMode.CODE, HexFormat.of().parseHex(code.replace(" ", "")));
    vm.vcpu(0).restore(LongMode.start(memory));
  }

  private static String number(int value) {
    return "%08x".formatted(Integer.reverseBytes(value));
  }

  /**
   * Lets other processes see the exits that Portfire itself counts.
   *
   * @param machine its number in this process
   */
  public void publishExits(int machine) throws SystemCallException {
    Descriptor file = Descriptor.of(
        SystemCalls.memfdCreate("portfire-vcpu-stats:0:" + machine, SystemCalls.MFD_CLOEXEC, ExitStats.FILE_BYTES));
    published = file;
    vm.vcpu(0).exits().keepIn(file.mapWhileUsed(ExitStats.FILE_BYTES), "counted/vcpu-0");
  }

  /** What the back end itself has counted. */
  public ExitStats exits() {
    return vm.vcpu(0).exits();
  }

  /** Runs it to its end, on this thread. */
  public void run() {
    Vcpu.Stop stop = vm.vcpu(0).run();
    if (stop != Vcpu.Stop.TRIPLE_FAULT) {
      throw new IllegalStateException("the guest ended by " + stop);
    }
  }

  @Override
  public void close() throws SystemCallException {
    vm.close();
    memory.close();
    if (published != null) {
      published.close();
    }
  }
}
