package dev.portfire.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.portfire.linux.Descriptor;
import dev.portfire.linux.Events;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.Threads;
import dev.portfire.machine.CpuidLeaf;
import dev.portfire.machine.DirtyLog;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.InstructionAssist;
import dev.portfire.machine.InterruptControllers;
import dev.portfire.machine.InterruptLine;
import dev.portfire.machine.IoBus;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A machine of KVM: its interrupt controllers and timer are in the kernel.
 *
 * <p>A level goes in by KVM_IRQ_LINE, which has taken effect when it returns. An edge goes in by an irqfd where the input has
 * one driver: that is one write, which takes no lock of the machine and makes no vCPU wait, and takes effect soon after.
 */
final class KvmVm implements Vm {
  /** Three pages that KVM needs on Intel processors, in the hole below 4 GiB where nothing else is. */
  private static final long TSS_ADDRESS = 0xfffb_d000L;

  /** One page that KVM needs there too. */
  private static final long IDENTITY_MAP_ADDRESS = 0xfffb_c000L;

  private static final int GSIS = 24;

  private final VmSpec spec;
  private final IoBus ports = new IoBus("pio");
  private final IoBus mmio = new IoBus("mmio");
  private final Descriptor file;
  private final List<KvmVcpu> vcpus = new ArrayList<>();
  private final List<Wire> wires = new ArrayList<>();
  private final KvmDirtyLog dirtyLog;
  private final Notifications notifications;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment irqLevel = arena.allocate(Layouts.IRQ_LEVEL_SIZE, 8);
  private final Object lines = new Object();
  private final Optional<Function<Vm, InstructionAssist>> assistFactory;
  private @Nullable InstructionAssist assist;
  private final Set<String> assisted = ConcurrentHashMap.newKeySet();
  private boolean closed;

  /** What KVM counts about the machine as a whole, held open for others to read. */
  private Optional<Descriptor> statistics = Optional.empty();

  private volatile @Nullable String failure;

  /** One input with any number of drivers: it is asserted while one of them asserts it. */
  private final class Wire {
    private final int gsi;
    private int asserted;
    private int drivers;
    private Events.@Nullable Counter irqfd;

    Wire(int gsi) {
      this.gsi = gsi;
    }

    /** One edge. The kernel releases the input afterwards, so nobody else may hold it. */
    void edge() {
      try {
        if (!closed) {
          irqfd().signal(1);
        }
      } catch (SystemCallException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    }

    private Events.Counter irqfd() throws SystemCallException {
      Events.Counter known = irqfd;
      if (known != null) {
        return known;
      }
      Events.Counter made = new Events.Counter();
      try (Arena scratch = Arena.ofConfined()) {
        MemorySegment request = scratch.allocate(Layouts.IRQFD_SIZE, 8);
        request.set(JAVA_INT, 0, made.fd());
        request.set(JAVA_INT, Layouts.IRQFD_GSI, gsi);
        Calls.make(file, Request.IRQFD, request);
        irqfd = made;
        return made;
      } catch (RuntimeException e) {
        made.close();
        throw e;
      }
    }

    void close() {
      try {
        if (irqfd != null) {
          irqfd.close();
        }
      } catch (SystemCallException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    }

    void change(boolean level) {
      boolean before = asserted > 0;
      asserted += level ? 1 : -1;
      boolean after = asserted > 0;
      // A closed machine's descriptor may be another file's by now.
      if (before != after && !closed) {
        irqLevel.set(JAVA_INT, 0, gsi);
        irqLevel.set(JAVA_INT, Layouts.IRQ_LEVEL_LEVEL, after ? 1 : 0);
        Calls.make(file, Request.IRQ_LINE, irqLevel);
      }
    }
  }

  private final class Driver implements InterruptLine {
    private final Wire wire;
    private boolean level;

    Driver(Wire wire) {
      this.wire = wire;
    }

    @Override
    public void set(boolean now) {
      synchronized (lines) {
        if (now != level) {
          level = now;
          wire.change(now);
        }
      }
    }

    @Override
    public void pulse() {
      synchronized (lines) {
        if (wire.drivers == 1 && !level) {
          wire.edge();
        } else {
          set(true);
          set(false);
        }
      }
    }
  }

  KvmVm(KvmDevice device, VmSpec spec, Optional<Function<Vm, InstructionAssist>> assist) {
    this.spec = spec;
    this.assistFactory = assist;
    for (int gsi = 0; gsi < GSIS; gsi++) {
      wires.add(new Wire(gsi));
    }
    file = device.createVm();
    dirtyLog = new KvmDirtyLog(file, spec.memory());
    notifications = new Notifications(file, spec.name());
    try {
      Threads.enableWaking();
      setUp(device);
      statistics = Calls.statistics(file);
      List<CpuidLeaf> supported = Cpuid.supported(device.file());
      Cpuid.check(supported, spec.cpu());
      List<CpuidLeaf> offered = Cpuid.offered(supported, spec.cpu(), spec.template());
      Cpuid.Topology topology = new Cpuid.Topology(spec.vcpuCount(), spec.threadsPerCore());
      Set<Integer> msrs = Msrs.listed(device.file());
      int runSize = Calls.make(device.file(), Request.GET_VCPU_MMAP_SIZE);
      int xsave2 = Calls.make(file, Request.CHECK_EXTENSION, Capability.XSAVE2.number());
      boolean deadline = device.check(Capability.TSC_DEADLINE_TIMER) != 0;
      for (int k = 0; k < spec.vcpuCount(); k++) {
        List<CpuidLeaf> own = Cpuid.normalise(supported, offered, spec.cpu(), k, topology, deadline);
        KvmVcpu vcpu = new KvmVcpu(this, k, file, runSize, own, msrs, xsave2);
        vcpus.add(vcpu);
        spec.template().ifPresent(vcpu::changeMsrs);
      }
    } catch (SystemCallException e) {
      close();
      throw new IllegalStateException("KVM: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void setUp(KvmDevice device) {
    try (Arena scratch = Arena.ofConfined()) {
      Calls.make(file, Request.SET_IDENTITY_MAP_ADDR, scratch.allocateFrom(JAVA_LONG, IDENTITY_MAP_ADDRESS));
      Calls.make(file, Request.SET_TSS_ADDR, TSS_ADDRESS);
      Calls.make(file, Request.CREATE_IRQCHIP);
      MemorySegment pit = scratch.allocate(Layouts.PIT_CONFIG_SIZE, 8);
      pit.set(JAVA_INT, 0, Layouts.PIT_SPEAKER_DUMMY);
      Calls.make(file, Request.CREATE_PIT2, pit);
      routeInterrupts(scratch);
      if (device.check(Capability.EXIT_ON_EMULATION_FAILURE) != 0) {
        // Otherwise a program in the guest gets #UD for what KVM cannot emulate.
        MemorySegment enable = scratch.allocate(Layouts.ENABLE_CAP_SIZE, 8);
        enable.set(JAVA_INT, 0, Capability.EXIT_ON_EMULATION_FAILURE.number());
        enable.set(JAVA_LONG, Layouts.ENABLE_CAP_ARGS, 1);
        Calls.make(file, Request.ENABLE_CAP, enable);
      }
    }
    if (!spec.memory().readOnly().isEmpty() && device.check(Capability.READONLY_MEM) == 0) {
      throw new IllegalStateException("this KVM has no read-only memory (%s): use a newer Linux kernel"
          .formatted(Capability.READONLY_MEM));
    }
    dirtyLog.setSlots(false);
  }

  /** The wiring of a PC: interrupt 0 is the I/O APIC's input 2, the others keep their numbers. */
  private void routeInterrupts(Arena scratch) {
    record Route(int gsi, int chip, int pin) {}

    List<Route> routes = new ArrayList<>();
    for (int gsi = 0; gsi < GSIS; gsi++) {
      if (gsi < 8) {
        routes.add(new Route(gsi, Layouts.CHIP_PIC_MASTER, gsi));
      } else if (gsi < 16) {
        routes.add(new Route(gsi, Layouts.CHIP_PIC_SLAVE, gsi - 8));
      }
      if (gsi != 2) {
        routes.add(new Route(gsi, Layouts.CHIP_IOAPIC, gsi == 0 ? 2 : gsi));
      }
    }
    MemorySegment table =
        scratch.allocate(Layouts.ROUTING_HEADER + (long) routes.size() * Layouts.ROUTING_ENTRY_SIZE, 8);
    table.set(JAVA_INT, 0, routes.size());
    for (int k = 0; k < routes.size(); k++) {
      long at = Layouts.ROUTING_HEADER + (long) k * Layouts.ROUTING_ENTRY_SIZE;
      table.set(JAVA_INT, at, routes.get(k).gsi);
      table.set(JAVA_INT, at + Layouts.ROUTING_ENTRY_TYPE, Layouts.ROUTING_IRQCHIP);
      table.set(JAVA_INT, at + Layouts.ROUTING_ENTRY_CHIP, routes.get(k).chip);
      table.set(JAVA_INT, at + Layouts.ROUTING_ENTRY_PIN, routes.get(k).pin);
    }
    Calls.make(file, Request.SET_GSI_ROUTING, table);
  }

  /** What executes the instructions that KVM cannot, if there is such a thing. */
  synchronized Optional<InstructionAssist> assist() {
    if (assist == null && assistFactory.isPresent()) {
      assist = assistFactory.get().apply(this);
    }
    return Optional.ofNullable(assist);
  }

  /** Whether no vCPU has told of this opcode before. */
  boolean firstAssist(String opcode) {
    return assisted.add(opcode);
  }

  void reportTripleFault(String dump) {
    failure = dump;
  }

  @Override
  public GuestMemory memory() {
    return spec.memory();
  }

  @Override
  public IoBus ports() {
    return ports;
  }

  @Override
  public IoBus mmio() {
    return mmio;
  }

  @Override
  public InterruptLine interruptLine(int gsi) {
    if (gsi < 0 || gsi >= GSIS) {
      throw new IllegalArgumentException("interrupt inputs are 0 to 23, not " + gsi);
    }
    synchronized (lines) {
      wires.get(gsi).drivers++;
    }
    return new Driver(wires.get(gsi));
  }

  @Override
  public void signalMessage(long address, int data) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment message = scratch.allocate(Layouts.MSI_SIZE, 8);
      message.set(JAVA_INT, 0, (int) address);
      message.set(JAVA_INT, Layouts.MSI_ADDRESS_HIGH, (int) (address >>> 32));
      message.set(JAVA_INT, Layouts.MSI_DATA, data);
      // 0 means that the guest does not take it now, as for any interrupt that it has masked.
      int unused = file.ioctl("SIGNAL_MSI", Request.SIGNAL_MSI.number(), message.address());
    } catch (SystemCallException e) {
      // What the guest has written there is no interrupt: hardware would drop it, too.
    }
  }

  @Override
  public void onNotification(long address, int size, long value, Runnable action) {
    notifications.add(address, size, value, action);
  }

  @Override
  public void deliverNotifications() {
    notifications.deliverAll();
  }

  @Override
  public Vcpu vcpu(int index) {
    return vcpus.get(index);
  }

  /** The same, with what only KVM has. */
  KvmVcpu kvmVcpu(int index) {
    return vcpus.get(index);
  }

  @Override
  public Optional<String> failure() {
    return Optional.ofNullable(failure);
  }

  @Override
  public InterruptControllers saveInterruptControllers() {
    return ControllerState.save(file);
  }

  @Override
  public void restoreInterruptControllers(InterruptControllers state) {
    ControllerState.restore(file, state);
  }

  @Override
  public long saveClock() {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment data = scratch.allocate(Layouts.CLOCK_SIZE, 8);
      Calls.make(file, Request.GET_CLOCK, data);
      return data.get(JAVA_LONG, 0);
    }
  }

  @Override
  public void restoreClock(long nanos) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment data = scratch.allocate(Layouts.CLOCK_SIZE, 8);
      data.set(JAVA_LONG, 0, nanos);
      Calls.make(file, Request.SET_CLOCK, data);
    }
  }

  @Override
  public Optional<DirtyLog> dirtyLog() {
    return Optional.of(dirtyLog);
  }

  @Override
  public void close() {
    synchronized (lines) {
      if (closed) {
        return;
      }
      closed = true;
    }
    notifications.close();
    vcpus.forEach(KvmVcpu::close);
    synchronized (this) {
      if (assist != null) {
        assist.close();
      }
    }
    dirtyLog.close();
    wires.forEach(Wire::close);
    statistics.ifPresent(Calls::close);
    Calls.close(file);
    arena.close();
  }
}
