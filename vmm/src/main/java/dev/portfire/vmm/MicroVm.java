package dev.portfire.vmm;

import dev.portfire.boot.BootException;
import dev.portfire.boot.BootSpec;
import dev.portfire.boot.ImageSource;
import dev.portfire.boot.KernelCommandLine;
import dev.portfire.boot.LinuxBoot;
import dev.portfire.boot.UnpackedKernel;
import dev.portfire.devices.AcpiPower;
import dev.portfire.devices.BootTimer;
import dev.portfire.devices.Counters;
import dev.portfire.devices.I8042;
import dev.portfire.devices.Rtc;
import dev.portfire.devices.Serial16550;
import dev.portfire.devices.virtio.VirtioConsole;
import dev.portfire.machine.CpuModel;
import dev.portfire.machine.CpuTemplate;
import dev.portfire.machine.ExitReason;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.Vcpu;
import dev.portfire.machine.Vm;
import dev.portfire.machine.VmSpec;
import dev.portfire.vmm.PublishedMachine.Step;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A running microVM. Any number of them live in one process; closing one gives back all it had.
 *
 * <pre>{@code
 * try (MicroVm vm = MicroVm.builder().kernel(Path.of("vmlinux")).initrd(Path.of("initrd")).memoryMib(256).start()) {
 *   vm.serialOutput().transferTo(System.out);
 *   System.out.println(vm.await());
 * }
 * }</pre>
 *
 * <p>On Linux, start the JVM with {@code --enable-native-access=dev.portfire.linux}; guest memory is mapped there.
 *
 * <p>Threads: one named {@code fc_vcpu N} per vCPU, one for the devices, and one for each console port that has output.
 * All methods may be called from any thread.
 */
public final class MicroVm implements AutoCloseable {
  private static final int SERIAL_LIMIT = 1 << 20;
  private static final String TERMINAL = "";
  private static final int DEVICE_TIMEOUT_SECONDS = 30;

  /** Of machines that this process has made: what they publish goes by numbers. */
  private static final AtomicInteger MADE = new AtomicInteger();

  private final MicroVmConfig config;
  private final int number = MADE.incrementAndGet();
  private final PublishedMachine published;
  private final Resources resources = new Resources();
  private final DeviceMemory deviceMemory;
  private final HostMemory hostMemory;
  private final GuestMemory memory;
  private final Vm vm;
  private final boolean isOnKvm;
  private final DeviceLoop loop;

  // Set before the vCPUs' threads start.
  private Runnable whenEnded = () -> {};
  private SystemCallFilter vcpuFilter = SystemCallFilter.NONE;
  private SystemCallFilter deviceFilter = SystemCallFilter.NONE;
  private Starter starter = machine -> {};
  private final Devices devices;
  private final OutputBuffer serialOutput = new OutputBuffer(SERIAL_LIMIT);
  private final SerialInput serialInput;
  private final Serial16550 serial;
  private final I8042 keyboard;
  private final Map<String, Port> ports = new LinkedHashMap<>();
  private @Nullable VirtioConsole terminalDevice;

  private final PauseGate gate;
  private @Nullable Debugger debugger;

  /** How often a vCPU could not tell its guest that it is paused. */
  private final LongAdder pausesUntold = new LongAdder();

  private final AccessCounts accesses = new AccessCounts();
  private final AtomicReference<@Nullable Exit> exit = new AtomicReference<>();
  private final AtomicInteger running = new AtomicInteger();
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Threads that are not yet confined. */
  private final CountDownLatch unconfined;

  /** Opens when the guest may execute its first instruction. */
  private final CountDownLatch mayRun = new CountDownLatch(1);

  private final List<Thread> threads = new ArrayList<>();
  private final long requestNanos;
  private volatile long startNanos;
  private volatile long endNanos;
  private final Profiler profiler;

  /** The two ends of a console port on the host. */
  private static final class Port {
    private final PortPump pump;
    private dev.portfire.devices.virtio.@Nullable ConsolePort end;

    Port(ConsolePort port) {
      pump = new PortPump("port " + port.name(), port.output());
    }
  }

  /** What is done last before the guest's first instruction. */
  @FunctionalInterface
  public interface Starter {
    /**
     * Does it, on the thread that starts the machine.
     *
     * @param machine the machine, whose threads run and wait
     * @throws MicroVmException if the machine cannot start; it is stopped then
     */
    void ready(MicroVm machine) throws MicroVmException;
  }

  /**
   * What the caller has opened already, for the machine to take over.
   *
   * @param taps by the names of their interfaces
   * @param socket the socket device's
   * @param gdbSocket where to listen for debuggers, which nothing else of the machine depends on
   */
  private record HandedOver(Map<String, HostTap> taps, @Nullable HostSocket socket, @Nullable Path gdbSocket) {}

  /** Collects what a microVM is made of; a builder may start several. */
  public static final class Builder {
    private String name = "microvm";
    private @Nullable Path kernel;
    private Initrd initrd = new Initrd.None();
    private String commandLine = "console=ttyS0 reboot=k panic=-1";
    private boolean announceDevices = true;
    private int vcpus = 1;
    private long memoryMib = 128;
    private final List<Drive> drives = new ArrayList<>();
    private boolean entropy = true;
    private RateLimiterConfig entropyRateLimiter = RateLimiterConfig.NONE;
    private final List<NetworkInterface> networks = new ArrayList<>();
    private final Map<String, HostTap> taps = new HashMap<>();
    private @Nullable MetadataConfig metadata;
    private @Nullable BalloonConfig balloon;
    private final List<PmemConfig> pmem = new ArrayList<>();
    private @Nullable MemoryHotplugConfig memoryHotplug;
    private boolean pci;
    private @Nullable VsockConfig vsock;
    private @Nullable HostSocket vsockSocket;
    private final List<ConsolePort> console = new ArrayList<>();
    private Accelerator accelerator = Accelerator.AUTO;
    private Engine engine = Engine.AUTO;
    private boolean countInstructions;
    private boolean countAccesses;
    private Optional<Runnable> bootTimer = Optional.empty();
    private Optional<TokenBucketConfig> serialLimit = Optional.empty();
    private @Nullable CpuModel cpu;
    private @Nullable CpuTemplate cpuTemplate;
    private boolean smt;
    private HugePages hugePages = HugePages.NONE;
    private @Nullable Path gdbSocket;
    private SystemCallFilter softVcpuFilter = SystemCallFilter.NONE;
    private SystemCallFilter kvmVcpuFilter = SystemCallFilter.NONE;
    private SystemCallFilter deviceFilter = SystemCallFilter.NONE;
    private Starter starter = machine -> {};
    private Runnable whenEnded = () -> {};

    private Builder() {}

    /** Names the machine in thread names, logs and errors; {@code microvm} if not called. */
    public Builder name(String newName) {
      name = newName;
      return this;
    }

    /** The kernel, an ELF vmlinux or a bzImage; there is no default. */
    public Builder kernel(Path image) {
      kernel = image;
      return this;
    }

    /** An initial RAM disk from a file. */
    public Builder initrd(Path file) {
      initrd = new Initrd.FromFile(file);
      return this;
    }

    /** An initial RAM disk made by the caller; the array must not change until the machine has started. */
    public Builder initrd(byte[] content) {
      initrd = new Initrd.FromMemory(content);
      return this;
    }

    /** The kernel's command line, printable ASCII; {@code console=ttyS0 reboot=k panic=-1} if not called. */
    public Builder commandLine(String line) {
      commandLine = line;
      return this;
    }

    /**
     * Whether the virtio devices are announced on the command line too, and not by ACPI alone; they are if this is not
     * called.
     */
    public Builder announceDevices(boolean announce) {
      announceDevices = announce;
      return this;
    }

    /** The number of vCPUs, 1 to 32; 1 if not called. */
    public Builder vcpus(int count) {
      vcpus = count;
      return this;
    }

    /** Guest memory in MiB, at least 8; 128 if not called. */
    public Builder memoryMib(long mib) {
      memoryMib = mib;
      return this;
    }

    /** Adds a disk after those already added. */
    public Builder drive(Drive drive) {
      drives.add(drive);
      return this;
    }

    /** Whether there is an entropy device; there is if this is not called. */
    public Builder entropy(boolean present) {
      entropy = present;
      return this;
    }

    /** Adds an entropy device with limits. */
    public Builder entropy(RateLimiterConfig limits) {
      entropy = true;
      entropyRateLimiter = limits;
      return this;
    }

    /** Adds a network interface after those already added; its tap is opened at the start. */
    public Builder network(NetworkInterface network) {
      networks.add(network);
      return this;
    }

    /** Adds a network interface over an open tap, which the machine takes over when it starts, and closes. */
    public Builder network(NetworkInterface network, HostTap tap) {
      taps.put(network.ifaceId(), tap);
      return network(network);
    }

    /** Adds a metadata service to network interfaces. */
    public Builder metadata(MetadataConfig config) {
      metadata = config;
      return this;
    }

    /** Adds a memory balloon. */
    public Builder balloon(BalloonConfig config) {
      balloon = config;
      return this;
    }

    /** Adds a file as persistent memory, after those already added. */
    public Builder pmem(PmemConfig config) {
      pmem.add(config);
      return this;
    }

    /** Adds memory that can be plugged in with {@link Devices#updateMemoryHotplug}. */
    public Builder memoryHotplug(MemoryHotplugConfig config) {
      memoryHotplug = config;
      return this;
    }

    /** Whether virtio devices are on a PCI bus; they are memory-mapped by themselves if this is not called. */
    public Builder pci(boolean choice) {
      pci = choice;
      return this;
    }

    /** Adds a socket device, whose socket file is made at the start. */
    public Builder vsock(VsockConfig config) {
      vsock = config;
      return this;
    }

    /** Adds a socket device over a listening socket, which the machine takes over when it starts, and closes. */
    public Builder vsock(VsockConfig config, HostSocket socket) {
      vsock = config;
      vsockSocket = socket;
      return this;
    }

    /** Adds a console port: the terminal, of which there is at most one, or a named channel. */
    public Builder console(ConsolePort port) {
      console.add(port);
      return this;
    }

    /** The back end; {@link Accelerator#AUTO} if not called. */
    public Builder accelerator(Accelerator choice) {
      accelerator = choice;
      return this;
    }

    /** The software back end's engine; {@link Engine#AUTO} if not called. */
    public Builder engine(Engine choice) {
      engine = choice;
      return this;
    }

    /**
     * Whether {@link MicroVm#stats} is to tell how many instructions the guest has executed; the interpreter always can, and
     * emitted code is a little slower for it.
     */
    public Builder countInstructions(boolean choice) {
      countInstructions = choice;
      return this;
    }

    /** Whether {@link MicroVm#metrics} is to tell of accesses to ports and memory-mapped registers. */
    public Builder countAccesses(boolean choice) {
      countAccesses = choice;
      return this;
    }

    /** Adds Firecracker's boot timer, a byte that the guest's init writes to: the action runs on the vCPU's thread then. */
    public Builder bootTimer(Runnable booted) {
      bootTimer = Optional.of(booted);
      return this;
    }

    /** Limits the bytes of {@link MicroVm#serialOutput}: what is over the limit is lost. */
    public Builder serialLimit(TokenBucketConfig limit) {
      serialLimit = Optional.of(limit);
      return this;
    }

    /**
     * What the guest is told of its processor. If this is not called, that is {@link CpuModel#PORTFIRE_V2}, which moves
     * anywhere, on the software CPU, and on a KVM that runs at hardware speed {@link CpuModel#HOST}.
     */
    public Builder cpu(CpuModel model) {
      cpu = model;
      return this;
    }

    /**
     * Changes what the guest is told of its processor. On the software CPU the template changes {@link CpuModel#PORTFIRE_V3}
     * then, unless {@link #cpu} says something else: all that this CPU has, as it changes all that the host has under KVM.
     */
    public Builder cpuTemplate(CpuTemplate template) {
      cpuTemplate = template;
      return this;
    }

    /** What the host's pages behind the guest's RAM are; ordinary ones by default. */
    public Builder hugePages(HugePages pages) {
      hugePages = pages;
      return this;
    }

    /** Whether two vCPUs each are the threads of one core; then there is one vCPU or an even number. False by default. */
    public Builder smt(boolean threads) {
      smt = threads;
      return this;
    }

    /**
     * Lets GDB debug the machine: listens on a Unix socket, which must not exist, and has {@link #start} wait for the first
     * client, which finds the boot processor at the kernel's entry ({@code target remote SOCKET}). A client that detaches lets
     * the machine run, and another may follow; one that kills ends it.
     */
    public Builder gdb(Path socket) {
      gdbSocket = socket;
      return this;
    }

    /** What to do once the machine has ended and {@link MicroVm#await} returns; any thread does it, and must not be kept long. */
    public Builder whenEnded(Runnable action) {
      whenEnded = action;
      return this;
    }

    /**
     * Confines threads of the machine before the guest's first instruction.
     *
     * @param softVcpus what each vCPU's thread may do on the software CPU
     * @param kvmVcpus what it may do under KVM
     * @param devices what the devices' thread may do
     */
    public Builder confine(SystemCallFilter softVcpus, SystemCallFilter kvmVcpus, SystemCallFilter devices) {
      softVcpuFilter = softVcpus;
      kvmVcpuFilter = kvmVcpus;
      deviceFilter = devices;
      return this;
    }

    /** Says what is done last before the guest's first instruction, when all threads of the machine are confined. */
    public Builder beforeGuest(Starter action) {
      starter = action;
      return this;
    }

    /**
     * Makes the machine and starts it.
     *
     * @throws MicroVmException naming what is wrong and what to do about it; nothing is left behind
     */
    public MicroVm start() throws MicroVmException {
      if (kernel == null) {
        throw new MicroVmException("no kernel was given");
      }
      MicroVmConfig config = new MicroVmConfig(
          name,
          kernel,
          initrd,
          commandLine,
          announceDevices,
          vcpus,
          memoryMib,
          drives,
          entropy,
          console,
          new DeviceSet(
              networks,
              Optional.ofNullable(metadata),
              Optional.ofNullable(balloon),
              pmem,
              Optional.ofNullable(memoryHotplug),
              pci,
              Optional.ofNullable(vsock),
              entropyRateLimiter),
          accelerator,
          engine,
          countInstructions,
          Optional.ofNullable(cpu),
          Optional.ofNullable(cpuTemplate),
          smt,
          hugePages);
      return MicroVm.start(config, new HandedOver(taps, vsockSocket, gdbSocket), machine -> {
        if (countAccesses) {
          machine.accesses.observe(machine.vm);
        }
        bootTimer.ifPresent(
            booted -> machine.vm.mmio().attach(BootTimer.BASE, BootTimer.LENGTH, new BootTimer(() -> {
              machine.published.reach(Step.INIT);
              booted.run();
            })));
        serialLimit.ifPresent(machine.serialOutput::limit);
        machine.whenEnded = whenEnded;
        machine.vcpuFilter = machine.isOnKvm ? kvmVcpuFilter : softVcpuFilter;
        machine.starter = starter;
        machine.deviceFilter = deviceFilter;
      });
    }
  }

  /** Starts to describe a microVM. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Makes a machine and starts it.
   *
   * @throws MicroVmException naming what is wrong and what to do about it; nothing is left behind
   */
  public static MicroVm start(MicroVmConfig config) throws MicroVmException {
    return start(config, new HandedOver(Map.of(), null, null), machine -> {});
  }

  /**
   * Makes a machine and starts it.
   *
   * @param handedOver what the caller has opened already
   * @param extras what is done to the machine before devices are added
   */
  private static MicroVm start(MicroVmConfig config, HandedOver handedOver, Consumer<MicroVm> extras)
      throws MicroVmException {
    long requestNanos = System.nanoTime();
    config.validate();
    ImageSource source = ImageSource.of(config.kernel());
    FutureTask<UnpackedKernel> kernel = new FutureTask<>(() -> LinuxBoot.unpack(source, config.memoryMib() << 20));
    Thread.ofPlatform().name("kernel").daemon().start(kernel);
    BackEnds.Choice choice = BackEnds.choose(config.accelerator(), config.engine(), config.countInstructions());
    MicroVm machine = new MicroVm(config, choice, requestNanos);
    try {
      extras.accept(machine);
      machine.addDevices(handedOver);
      machine.publish();
      machine.boot(source, kernel);
      if (handedOver.gdbSocket != null) {
        machine.awaitDebugger(handedOver.gdbSocket);
      }
    } catch (MicroVmException | RuntimeException | Error e) {
      machine.discard();
      throw e;
    }
    machine.run();
    return machine;
  }

  private MicroVm(MicroVmConfig config, BackEnds.Choice choice, long requestNanos) throws MicroVmException {
    this.config = config;
    this.requestNanos = requestNanos;
    isOnKvm = choice.accelerator() == Accelerator.KVM;
    unconfined = new CountDownLatch(config.vcpus() + 1);
    deviceMemory = DeviceMemory.of(config.devices());
    boolean shared = config.drives().stream().anyMatch(drive -> drive.ioEngine() == IoEngine.VHOST_USER);
    hostMemory = resources.add(HostMemory.allocate(config.memoryBytes(), deviceMemory.length(), shared, config.hugePages()));
    memory = hostMemory.memory();
    try {
      deviceMemory.map(memory);
      vm = resources.add(choice.hypervisor().create(choice.spec(config.name(), memory, config.vcpus(), config.smt(), config.cpu(), config.cpuTemplate())));
    } catch (MicroVmException e) {
      resources.close();
      throw e;
    } catch (IllegalStateException e) {
      resources.close();
      throw new MicroVmException(String.valueOf(e.getMessage()), e);
    }
    for (int i = 0; i < config.vcpus(); i++) {
      PublishedExits.publish(vm.vcpu(i).exits(), config.name(), number, i, resources);
    }
    published = new PublishedMachine(vm, config.vcpus(), requestNanos, config.memoryBytes());
    published.reach(Step.MACHINE);
    gate = new PauseGate(config.vcpus());
    profiler = new Profiler(IntStream.range(0, config.vcpus()).mapToObj(vm::vcpu).toList());
    loop = new DeviceLoop("fc_devices " + config.name());
    // The first thing that its thread does.
    loop.execute(() -> confine(deviceFilter));
    devices = new Devices(
        vm, hostMemory, deviceMemory, loop, resources, config.devices().pci(), () -> published.guestDid(Step.DRIVER));
    serial = new Serial16550(vm.interruptLine(Serial16550.COM1_GSI), value -> {
      published.guestDid(Step.SERIAL);
      serialOutput.put(value);
    });
    serialInput = new SerialInput(serial);
    vm.ports().attach(Serial16550.COM1, Serial16550.LENGTH, serial);
    keyboard = new I8042(vm.interruptLine(I8042.KEYBOARD_GSI), () -> end(new Exit.Reset()));
    keyboard.attach(vm.ports());
    Rtc rtc = new Rtc(Clock.systemUTC(), memory.lowSize(), memory.highSize());
    vm.ports().attach(Rtc.PORT, Rtc.LENGTH, rtc);
    AcpiPower power = new AcpiPower(() -> end(new Exit.PowerOff()), () -> end(new Exit.Reset()));
    vm.mmio().attach(AcpiPower.BASE, AcpiPower.LENGTH, power);
    for (ConsolePort port : config.console()) {
      ports.put(port.name(), new Port(port));
    }
  }

  /**
   * The terminal is a device of its own: Linux kernels disagree about the message that tells the window size of a
   * console with several ports, and agree about the registers of one that has no other.
   */
  private void addConsoles() {
    Port terminal = ports.get(TERMINAL);
    if (terminal != null) {
      terminalDevice = VirtioConsole.builder().console(terminal.pump).build();
      terminal.end = terminalDevice.port(0);
      devices.add(terminalDevice);
    }
    VirtioConsole.Builder builder = VirtioConsole.builder();
    List<Port> channels = new ArrayList<>();
    for (ConsolePort port : config.console()) {
      Port channel = ports.get(port.name());
      if (channel != null && !port.isTerminal()) {
        channels.add(channel);
        builder.channel(port.name(), channel.pump);
      }
    }
    if (!channels.isEmpty()) {
      VirtioConsole device = builder.build();
      for (int i = 0; i < channels.size(); i++) {
        channels.get(i).end = device.port(i);
      }
      devices.add(device);
    }
  }

  private void addDevices(HandedOver handedOver) throws MicroVmException {
    if (config.devices().balloon().isPresent()) {
      devices.add(config.devices().balloon().get(), config.memoryMib());
    }
    for (Drive drive : config.drives()) {
      if (drive.ioEngine() == IoEngine.VHOST_USER) {
        devices.addVhostUser(drive);
      } else {
        devices.add(drive);
      }
    }
    addConsoles();
    for (NetworkInterface network : config.devices().networks()) {
      devices.add(network, Optional.ofNullable(handedOver.taps.get(network.ifaceId())), config.devices().metadata());
    }
    for (DeviceMemory.Placed file : deviceMemory.files()) {
      devices.add(file);
    }
    if (config.devices().vsock().isPresent()) {
      devices.add(config.devices().vsock().get(), Optional.ofNullable(handedOver.socket));
    }
    if (config.entropy()) {
      devices.addEntropy(config.devices().entropyRateLimiter());
    }
    if (deviceMemory.hotplug().isPresent()) {
      devices.add(deviceMemory.hotplug().get(), deviceMemory.hotplugStart());
    }
  }

  private void publish() {
    Map<String, Counters<?>> counters = devices.counters();
    counters.put("uart", serial.counters());
    published.publish(config.name(), number, counters, devices.pluggable(), resources);
    devices.tell(published);
    published.reach(Step.DEVICES);
  }

  private void boot(ImageSource kernel, Future<UnpackedKernel> unpacked) throws MicroVmException {
    Optional<ImageSource> initrd = switch (config.initrd()) {
      case Initrd.None none -> Optional.empty();
      case Initrd.FromFile file -> Optional.of(ImageSource.of(file.path()));
      case Initrd.FromMemory bytes -> Optional.of(new ImageSource.BytesSource("from memory", bytes.content()));
    };
    try {
      KernelCommandLine line = KernelCommandLine.of(config.commandLine());
      if (config.announceDevices()) {
        for (BootSpec.VirtioSlot slot : devices.slots()) {
          line = line.withVirtio(slot);
        }
      }
      BootSpec.Platform platform = new BootSpec.Platform(true, true, true, true, devices.bridge(), AcpiPower.BASE);
      BootSpec spec = new BootSpec(kernel, initrd, line, config.vcpus(), devices.slots(), platform);
      vm.vcpu(0).restore(LinuxBoot.load(memory, spec, unpacked.get()));
      devices.startGeneration();
      for (int i = 1; i < config.vcpus(); i++) {
        vm.vcpu(i).restore(LinuxBoot.applicationProcessor());
      }
    } catch (BootException e) {
      throw new MicroVmException(String.valueOf(e.getMessage()), e);
    } catch (ExecutionException e) {
      throw new MicroVmException(String.valueOf(e.getCause() instanceof BootException b ? b.getMessage() : e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MicroVmException("interrupted while the kernel was being unpacked", e);
    }
  }

  private void awaitDebugger(Path socket) throws MicroVmException {
    Debugger found = Debugger.listen(socket, vm, config.vcpus(), gate, () -> end(new Exit.Stopped()));
    debugger = resources.add(found);
    found.awaitClient();
  }

  private void run() throws MicroVmException {
    published.reach(Step.LOADED);
    for (Port port : ports.values()) {
      if (port.end != null) {
        port.pump.start(port.end::resumeOutput);
      }
    }
    loop.start();
    running.set(config.vcpus());
    for (int i = 0; i < config.vcpus(); i++) {
      Vcpu vcpu = vm.vcpu(i);
      threads.add(Thread.ofPlatform().name("fc_vcpu " + i).daemon().unstarted(() -> runVcpu(vcpu)));
    }
    threads.forEach(Thread::start);
    published.reach(Step.STARTED);
    if (debugger != null) {
      debugger.start();
    }
    try {
      unconfined.await();
      starter.ready(this);
    } catch (MicroVmException | InterruptedException e) {
      whenEnded = () -> {};
      mayRun.countDown();
      close();
      if (e instanceof MicroVmException failure) {
        throw failure;
      }
      Thread.currentThread().interrupt();
      throw new MicroVmException("interrupted while the machine started", e);
    }
    startNanos = System.nanoTime();
    mayRun.countDown();
  }

  private void confine(SystemCallFilter filter) {
    try {
      filter.confineThisThread();
    } catch (MicroVmException e) {
      end(new Exit.Failed(e));
    } finally {
      unconfined.countDown();
    }
  }

  private void runVcpu(Vcpu vcpu) {
    try {
      confine(vcpuFilter);
      mayRun.await();
      while (exit.get() == null) {
        if (gate.isClosed() && !vcpu.announcePause()) {
          pausesUntold.increment();
        }
        gate.pass(vcpu.index());
        switch (vcpu.run()) {
          case KICKED -> {
            // The machine ends, which the loop's condition sees, or pauses.
          }
          case DEBUG -> {
            if (debugger != null) {
              debugger.stopped(vcpu.index());
            }
          }
          case TRIPLE_FAULT -> end(new Exit.TripleFault(vcpu.index(), Registers.describe(vcpu.save())));
        }
      }
    } catch (RuntimeException | Error | InterruptedException e) {
      end(new Exit.Failed(e));
    } finally {
      if (running.decrementAndGet() == 0) {
        finish();
      }
    }
  }

  /** Ends the machine for a reason; the first reason counts. Any thread. */
  private void end(Exit reason) {
    if (exit.compareAndSet(null, reason)) {
      loop.setPaused(false);
      gate.end();
      for (int i = 0; i < config.vcpus(); i++) {
        vm.vcpu(i).kick();
      }
    }
  }

  /** Runs on the last vCPU thread: carries what the guest wrote to where it goes, and closes what the machine had. */
  private void finish() {
    endNanos = System.nanoTime();
    profiler.end();
    boolean abandon = exit.get() instanceof Exit.Stopped;
    try {
      if (!abandon) {
        // Notifications that vCPUs made before they stopped are in the back end, or in the executor's queue.
        vm.deliverNotifications();
        loop.drain();
        for (Port port : ports.values()) {
          port.pump.awaitDrained();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      discard();
      ended.countDown();
      whenEnded.run();
    }
  }

  /** What is of the host is closed by the devices' thread, which has opened some of it: vCPUs' threads may do less. */
  private void discard() {
    // A device that is stuck in the host's I/O may yet touch guest memory: leaking that is the lesser evil.
    boolean quiet = loop.end(TimeUnit.SECONDS.toMillis(DEVICE_TIMEOUT_SECONDS), () -> {
      endPorts();
      resources.close();
    });
    if (!quiet) {
      endPorts();
    }
  }

  private void endPorts() {
    boolean abandon = exit.get() instanceof Exit.Stopped;
    ports.values().forEach(port -> port.pump.end(abandon));
    serialInput.close();
    serialOutput.end();
    for (Port port : ports.values()) {
      if (port.end != null) {
        port.end.closeInput();
      }
    }
  }

  /** What the guest writes to its serial port; the stream's end is the machine's. Up to 1 MiB waits for a reader. */
  public InputStream serialOutput() {
    return serialOutput;
  }

  /** What the guest reads from its serial port; writing waits while the guest does not read. */
  public OutputStream serialInput() {
    return serialInput;
  }

  /**
   * What the guest reads from a port of the virtio console: writing waits while the guest does not read, closing is the
   * end of the file for it.
   *
   * @param port the port's name; empty for the terminal
   * @throws IllegalArgumentException if the machine has no such port
   */
  public OutputStream portInput(String port) {
    Port found = ports.get(port);
    if (found == null || found.end == null) {
      throw new IllegalArgumentException("no port named \"" + port + "\"");
    }
    return new PortInput(found.end);
  }

  /**
   * Waits until all that the guest has written to a console port so far has reached the port's output stream.
   *
   * @param port the port's name; empty for the terminal
   */
  public void awaitOutput(String port) throws InterruptedException {
    Port found = ports.get(port);
    if (found != null) {
      found.pump.awaitDrained();
    }
  }

  /**
   * Tells the guest the size of its terminal.
   *
   * @param columns 1 to 65535
   * @param rows 1 to 65535
   */
  public void resizeTerminal(int columns, int rows) {
    VirtioConsole device = terminalDevice;
    if (device != null) {
      device.resize(columns, rows);
    }
  }

  /**
   * Presses Ctrl-Alt-Del, which most guests take as a request to reboot.
   *
   * @return whether the keyboard had room for it
   */
  public boolean sendCtrlAltDel() {
    return keyboard.sendCtrlAltDel();
  }

  /** The devices that can be changed or asked while the machine runs. */
  public Devices devices() {
    return devices;
  }

  /**
   * Stops the vCPUs and the work of the devices until {@link #resume}; when this returns they have stopped, or the machine
   * has ended. Devices can still be asked and changed. Does nothing to a machine that is paused.
   */
  public void pause() throws InterruptedException {
    gate.close();
    for (int i = 0; i < config.vcpus(); i++) {
      vm.vcpu(i).kick();
    }
    gate.awaitWaiting();
    if (exit.get() == null) {
      loop.setPaused(true);
    }
  }

  /** Lets a paused machine go on. Does nothing to a machine that is not paused. */
  public void resume() {
    loop.setPaused(false);
    gate.open();
  }

  /**
   * What the machine has counted since it was made: {@link Devices#metrics} and, if {@link Builder#countAccesses} asked for it,
   * the groups {@code vcpu}, {@code uart} and {@code i8042}.
   */
  public Map<String, Map<String, Long>> metrics() {
    Map<String, Map<String, Long>> groups = devices.metrics();
    accesses.addTo(groups, keyboard, serial, serialOutput, pausesUntold.sum());
    return groups;
  }

  /** Whether the machine is paused. */
  public boolean isPaused() {
    return gate.isClosed();
  }

  /** Figures about the machine, which may be running or have ended. */
  public VmStats stats() {
    long instructions = 0;
    Map<ExitReason, Long> exits = new EnumMap<>(ExitReason.class);
    Map<String, Long> assists = new HashMap<>();
    Map<String, Long> fallbacks = new HashMap<>();
    for (int i = 0; i < config.vcpus(); i++) {
      Vcpu vcpu = vm.vcpu(i);
      long count = vcpu.instructions();
      instructions = count < 0 || instructions < 0 ? -1 : instructions + count;
      vcpu.fallbacks().forEach((operation, times) -> fallbacks.merge(operation, times, Long::sum));
      vcpu.exits().assists().forEach((opcode, times) -> assists.merge(opcode, times, Long::sum));
      for (ExitReason reason : ExitReason.values()) {
        long times = vcpu.exits().countOf(reason);
        if (times > 0) {
          exits.merge(reason, times, Long::sum);
        }
      }
    }
    OptionalLong userMode = IntStream.range(0, config.vcpus())
        .mapToObj(i -> vm.vcpu(i).userModeNanos())
        .flatMapToLong(OptionalLong::stream)
        .map(nanos -> nanos - requestNanos)
        .min();
    long end = endNanos;
    return new VmStats(
        instructions, (end == 0 ? System.nanoTime() : end) - startNanos, userMode, exits, assists, fallbacks);
  }

  /** Starts to take samples of what the vCPUs do, a thousand a second; a back end that does not tell gives none. */
  public void startProfile() {
    profiler.start();
  }

  /** The samples since {@link #startProfile}. */
  public Profile profile() {
    return profiler.profile();
  }

  /** What the machine was made of. */
  public MicroVmConfig config() {
    return config;
  }

  /** Asks the machine to stop; {@link #await} tells when it has. Does nothing to one that has ended. */
  public void stop() {
    end(new Exit.Stopped());
  }

  /** Waits for the machine's end, and for all its output to be written. */
  public Exit await() throws InterruptedException {
    ended.await();
    return reason();
  }

  /**
   * Waits for the machine's end for a limited time.
   *
   * @return how it ended, or nothing if it is still running
   */
  public Optional<Exit> await(Duration limit) throws InterruptedException {
    return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS) ? Optional.of(reason()) : Optional.empty();
  }

  private Exit reason() {
    Exit reason = exit.get();
    if (reason == null) {
      throw new IllegalStateException("the machine ended for no reason");
    }
    return reason;
  }

  /** Stops the machine if it runs, waits for its end and gives back its memory, files and threads. */
  @Override
  public void close() {
    stop();
    boolean interrupted = false;
    while (true) {
      try {
        ended.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
