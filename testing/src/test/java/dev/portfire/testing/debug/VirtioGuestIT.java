package dev.portfire.testing.debug;

import static org.assertj.core.api.Assertions.assertThat;

import dev.portfire.devices.RateLimiter;
import dev.portfire.devices.Timers;
import dev.portfire.devices.pci.PciBus;
import dev.portfire.devices.virtio.VirtioBlock;
import dev.portfire.devices.virtio.VirtioDevice;
import dev.portfire.devices.virtio.VirtioMmioTransport;
import dev.portfire.devices.virtio.VirtioPciTransport;
import dev.portfire.devices.virtio.VirtioRng;
import dev.portfire.machine.BusDevice;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.testing.asm.Assembler;
import dev.portfire.testing.asm.Condition;
import dev.portfire.testing.asm.Mem;
import dev.portfire.testing.asm.Reg;
import dev.portfire.testing.conformance.BackEnd;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A guest of a few instructions drives virtio devices on each back end: notifications (ioeventfd under KVM), interrupts by an
 * I/O APIC's input (irqfd) and by messages (KVM_SIGNAL_MSI), through its own local APIC and handlers.
 */
class VirtioGuestIT {
  private static final long SCRIPT = 0x2_0000;
  private static final long COUNT = 0x3_0000;
  private static final long HANDLER = 0x5000;
  private static final long RINGS = 0x4_0000;
  private static final long DATA = 0x5_0000;
  private static final long MMIO = 0xc000_1000L;
  private static final int GSI = 5;
  private static final int VECTOR = 0x41;
  private static final int DONE = 0x80;
  private static final int WAIT = 8;

  static Stream<BackEnd> backEnds() {
    return GuestDebugIT.backEnds();
  }

  private static final class NoTimers implements Timers {
    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public void after(long nanos, Runnable task) {
      throw new AssertionError("nothing here is limited");
    }
  }

  /** A guest that carries out a script of writes and waits: kind (1, 2, 4: size of a write; 8: wait), value, address. */
  private static final class Machine implements AutoCloseable {
    final GuestMemory memory = GuestMemory.allocate(2 << 20);
    final ExecutorService executor = Executors.newSingleThreadExecutor();
    final Vm vm;
    private long end = SCRIPT;

    Machine(BackEnd backEnd) {
      vm = backEnd.hypervisor().create(new VmSpec("virtio", memory, 1));
      vm.ports().attach(DONE, 1, new BusDevice() {
        @Override
        public long read(long offset, int size) {
          return 0;
        }

        @Override
        public void write(long offset, int size, long value) {
          vm.vcpu(0).kick();
        }
      });
      memory.write(LongMode.CODE, program());
      memory.write(HANDLER, handler());
      LongMode.gate(memory, VECTOR, HANDLER);
      // The local APIC is enabled, the I/O APIC's input leads to the vector, by edges.
      put(4, 0xfee0_00f0L, 0x1ff);
      put(4, 0xfec0_0000L, 0x10 + 2 * GSI);
      put(4, 0xfec0_0010L, VECTOR);
    }

    private static byte[] program() {
      Assembler code = new Assembler(LongMode.CODE);
      // The PICs have the input too, and KVM's pass it on before anyone has set them up.
      code.mov(Reg.EAX, 0xff).out(0x21, Reg.AL).out(0xa1, Reg.AL);
      code.mov(Reg.RSI, SCRIPT).mov(Reg.RBX, COUNT).label("next");
      code.mov(Reg.EAX, Mem.dwordAt(Reg.RSI, 0)).mov(Reg.ECX, Mem.dwordAt(Reg.RSI, 4)).mov(Reg.RDI, Mem.qwordAt(Reg.RSI, 8));
      code.add(Reg.RSI, 16);
      code.cmp(Reg.EAX, 1).j(Condition.E, "byte").cmp(Reg.EAX, 2).j(Condition.E, "word").cmp(Reg.EAX, 4);
      code.j(Condition.E, "dword").cmp(Reg.EAX, WAIT).j(Condition.E, "wait").out(DONE, Reg.AL).hlt();
      code.label("byte").mov(Mem.byteAt(Reg.RDI, 0), Reg.CL).jmp("next");
      code.label("word").mov(Mem.wordAt(Reg.RDI, 0), Reg.CX).jmp("next");
      code.label("dword").mov(Mem.dwordAt(Reg.RDI, 0), Reg.ECX).jmp("next");
      code.label("wait").cli().cmp(Mem.dwordAt(Reg.RBX, 0), Reg.ECX).j(Condition.AE, "next").sti().hlt().jmp("wait");
      return code.assemble();
    }

    /** Counts, and ends the interrupt. */
    private static byte[] handler() {
      Assembler code = new Assembler(HANDLER);
      code.push(Reg.RAX).inc(Mem.dwordAt(Reg.RBX, 0)).mov(Reg.RAX, 0xfee0_00b0L);
      return code.push(Reg.RCX).mov(Reg.ECX, 0).mov(Mem.dwordAt(Reg.RAX, 0), Reg.ECX).pop(Reg.RCX).pop(Reg.RAX).iret().assemble();
    }

    void put(int kind, long address, long value) {
      memory.writeInt(end, kind);
      memory.writeInt(end + 4, (int) value);
      memory.writeLong(end + 8, address);
      end += 16;
    }

    /** The queue has one request, of descriptors that stand in memory already. */
    void available(int index, int head) {
      memory.writeShort(RINGS + 0x1004 + 2L * index, head);
    }

    void descriptor(int index, long address, int length, int flags, int next) {
      memory.writeLong(RINGS + 16L * index, address);
      memory.writeInt(RINGS + 16L * index + 8, length);
      memory.writeShort(RINGS + 16L * index + 12, flags);
      memory.writeShort(RINGS + 16L * index + 14, next);
    }

    /** A memory-mapped device, as the machine's own are attached. */
    void mmio(VirtioDevice device) {
      VirtioMmioTransport transport = new VirtioMmioTransport(device, memory, vm.interruptLine(GSI), executor);
      vm.mmio().attach(MMIO, VirtioMmioTransport.LENGTH, transport);
      vm.onNotification(MMIO + VirtioMmioTransport.QUEUE_NOTIFY, 4, 0, () -> transport.queueNotified(0));
      int[] status = {1, 3, 11};
      for (int value : status) {
        if (value == 11) {
          put(4, MMIO + 0x24, 1);
          put(4, MMIO + 0x20, 1);
        }
        put(4, MMIO + 0x70, value);
      }
      put(4, MMIO + 0x30, 0);
      put(4, MMIO + 0x38, 16);
      put(4, MMIO + 0x80, RINGS);
      put(4, MMIO + 0x90, RINGS + 0x1000);
      put(4, MMIO + 0xa0, RINGS + 0x2000);
      put(4, MMIO + 0x44, 1);
      put(4, MMIO + 0x70, 15);
    }

    /** A device on a PCI bus, whose queue sends the vector as a message. */
    void pci(VirtioDevice device) {
      PciBus bus = new PciBus();
      VirtioPciTransport transport = new VirtioPciTransport(device, memory, PciBus.WINDOW, vm::signalMessage, executor);
      assertThat(bus.add(transport)).isEqualTo(1);
      bus.attach(vm.ports(), vm.mmio());
      vm.onNotification(PciBus.WINDOW + VirtioPciTransport.NOTIFY, 2, 0, () -> transport.queueNotified(0));
      long config = PciBus.CONFIG_MEMORY + (1 << 15);
      put(2, config + 4, 6);
      put(2, config + 0x9a, 0x8000);
      put(4, PciBus.WINDOW + 0x8010, 0xfee0_0000L);
      put(4, PciBus.WINDOW + 0x8014, 0);
      put(4, PciBus.WINDOW + 0x8018, VECTOR);
      put(4, PciBus.WINDOW + 0x801c, 0);
      put(1, PciBus.WINDOW + 0x14, 1);
      put(1, PciBus.WINDOW + 0x14, 3);
      put(4, PciBus.WINDOW + 0x08, 1);
      put(4, PciBus.WINDOW + 0x0c, 1);
      put(1, PciBus.WINDOW + 0x14, 11);
      put(2, PciBus.WINDOW + 0x16, 0);
      put(2, PciBus.WINDOW + 0x18, 16);
      put(2, PciBus.WINDOW + 0x1a, 1);
      put(4, PciBus.WINDOW + 0x20, RINGS);
      put(4, PciBus.WINDOW + 0x28, RINGS + 0x1000);
      put(4, PciBus.WINDOW + 0x30, RINGS + 0x2000);
      put(2, PciBus.WINDOW + 0x1c, 1);
      put(1, PciBus.WINDOW + 0x14, 15);
    }

    /** Makes so many requests available, notifies, and waits for so many interrupts in all. */
    void request(boolean pci, int index, int interrupts) {
      put(2, RINGS + 0x1002, index);
      if (pci) {
        put(2, PciBus.WINDOW + VirtioPciTransport.NOTIFY, 0);
      } else {
        put(4, MMIO + 0x50, 0);
      }
      put(WAIT, 0, interrupts);
    }

    void run() {
      put(0, 0, 0);
      vm.vcpu(0).restore(LongMode.start(memory));
      assertThat(vm.vcpu(0).run()).isEqualTo(Vcpu.Stop.KICKED);
    }

    @Override
    public void close() {
      vm.close();
      executor.shutdownNow();
      memory.close();
    }
  }

  private static RateLimiter unlimited() {
    return RateLimiter.unlimited(new NoTimers());
  }

  private static void entropy(BackEnd backEnd, boolean pci) {
    try (Machine m = new Machine(backEnd)) {
      VirtioRng device = new VirtioRng(new SplittableRandom(1), unlimited());
      if (pci) {
        m.pci(device);
      } else {
        m.mmio(device);
      }
      for (int k = 0; k < 4; k++) {
        m.descriptor(k, DATA + 0x100L * k, 64, 2, 0);
        m.available(k, k);
        m.request(pci, k + 1, k + 1);
      }
      m.run();
      assertThat(m.memory.readShort(RINGS + 0x2002)).as("used").isEqualTo(4);
      for (int k = 0; k < 4; k++) {
        assertThat(m.memory.readInt(RINGS + 0x2004 + 8 * k + 4)).isEqualTo(64);
        assertThat(m.memory.readLong(DATA + 0x100L * k)).isNotZero();
      }
      assertThat(m.memory.readInt(COUNT)).as("interrupts").isEqualTo(4);
    }
  }

  private static void block(BackEnd backEnd, boolean pci, Path directory) throws IOException {
    Path image = Files.write(directory.resolve("disk.img"), new byte[64 * 512]);
    try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Machine m = new Machine(backEnd)) {
      VirtioBlock device = new VirtioBlock(file, false, true, "test", unlimited(), null);
      if (pci) {
        m.pci(device);
      } else {
        m.mmio(device);
      }
      // Sector 3 is written, flushed, and read to another place.
      int[] types = {1, 4, 0};
      for (int k = 0; k < 3; k++) {
        long header = DATA + 0x4000 + 16L * k;
        m.memory.writeInt(header, types[k]);
        m.memory.writeLong(header + 8, types[k] == 4 ? 0 : 3);
        m.memory.writeByte(DATA + 0x5000 + k, 0xff);
        m.descriptor(4 * k, header, 16, 1, types[k] == 4 ? 4 * k + 2 : 4 * k + 1);
        m.descriptor(4 * k + 1, DATA + 0x1000L * k, 512, types[k] == 0 ? 3 : 1, 4 * k + 2);
        m.descriptor(4 * k + 2, DATA + 0x5000 + k, 1, 2, 0);
        m.available(k, 4 * k);
        m.request(pci, k + 1, k + 1);
      }
      byte[] sector = new byte[512];
      new SplittableRandom(2).nextBytes(sector);
      m.memory.write(DATA, sector);
      m.run();
      byte[] read = new byte[512];
      m.memory.read(DATA + 0x2000, read, 0, 512);
      assertThat(read).isEqualTo(sector);
      assertThat(m.memory.readInt(DATA + 0x5000) & 0xff_ffff).as("three good ends").isZero();
      assertThat(Files.readAllBytes(image)).startsWith(new byte[3 * 512]).contains(sector);
      assertThat(m.memory.readInt(COUNT)).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @MethodSource("backEnds")
  void entropyOnMmio(BackEnd backEnd) {
    entropy(backEnd, false);
  }

  @ParameterizedTest
  @MethodSource("backEnds")
  void entropyOnPci(BackEnd backEnd) {
    entropy(backEnd, true);
  }

  @ParameterizedTest
  @MethodSource("backEnds")
  void blockOnMmio(BackEnd backEnd, @TempDir Path directory) throws IOException {
    block(backEnd, false, directory);
  }

  @ParameterizedTest
  @MethodSource("backEnds")
  void blockOnPci(BackEnd backEnd, @TempDir Path directory) throws IOException {
    block(backEnd, true, directory);
  }
}
