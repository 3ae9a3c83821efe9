package dev.portfire.vmm;

import dev.portfire.boot.BootSpec;
import dev.portfire.devices.Counters;
import dev.portfire.devices.InterruptCount;
import dev.portfire.devices.VmGeneration;
import dev.portfire.devices.pci.MessageSink;
import dev.portfire.devices.pci.PciBus;
import dev.portfire.devices.virtio.MetadataNetwork;
import dev.portfire.devices.virtio.VirtioBalloon;
import dev.portfire.devices.virtio.VirtioBlock;
import dev.portfire.devices.virtio.VirtioDevice;
import dev.portfire.devices.virtio.VirtioMem;
import dev.portfire.devices.virtio.VirtioMmioTransport;
import dev.portfire.devices.virtio.VirtioNet;
import dev.portfire.devices.virtio.VirtioPciTransport;
import dev.portfire.devices.virtio.VirtioPmem;
import dev.portfire.devices.virtio.VirtioRng;
import dev.portfire.devices.virtio.VirtioVhostBlock;
import dev.portfire.devices.virtio.VirtioVsock;
import dev.portfire.linux.Events;
import dev.portfire.linux.Signals;
import dev.portfire.linux.SystemCallException;
import dev.portfire.linux.SystemCalls;
import dev.portfire.linux.Threads;
import dev.portfire.linux.UnixSocket;
import dev.portfire.machine.GuestMemory;
import dev.portfire.machine.InterruptLine;
import dev.portfire.machine.Vm;
import dev.portfire.vmm.mmds.Mmds;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A machine's virtio devices: attaches them, and changes and asks them while the machine runs. The public methods may be
 * called from any thread; they fail with {@link MicroVmException} if there is no such device, or the machine has ended.
 */
public final class Devices {
  private static final int IO_THREADS = 4;
  private static final long MIB = 1 << 20;
  private static final int PAGES_PER_MIB = (1 << 20) / VirtioBalloon.PAGE_SIZE;

  // Metrics groups, before the device's identifier.
  private static final String BLOCK = "block_";
  private static final String VHOST_USER_BLOCK = "vhost_user_block_";
  private static final String NET = "net_";
  private static final String PMEM = "pmem_";

  private static final System.Logger LOG = System.getLogger(Devices.class.getName());

  private final Vm vm;
  private final HostMemory hostMemory;
  private final DeviceMemory deviceMemory;
  private final DeviceLoop loop;
  private final Resources resources;

  /** The loop, for work that devices get when their drivers use them. */
  private final Executor executor;
  private @Nullable PciBus bus;
  private final Counters<InterruptCount> interrupts = new Counters<>(InterruptCount.class);
  private final MessageSink messages;

  /** What is notified by each register that a back end watches, which stays when a device goes. */
  private final Map<Long, Notification> notifications = new HashMap<>();

  private final VmGeneration generation;
  private final IdentityHashMap<VirtioDevice, VirtioPciTransport> transports = new IdentityHashMap<>();
  private final List<BootSpec.VirtioSlot> slots = new ArrayList<>();
  private final Map<String, Disk> disks = Collections.synchronizedMap(new LinkedHashMap<>());
  private final Map<String, Vhost> vhost = Collections.synchronizedMap(new LinkedHashMap<>());
  private final Map<String, Nic> networks = Collections.synchronizedMap(new LinkedHashMap<>());
  private final List<MetadataNetwork> metadataNetworks = new ArrayList<>();
  private @Nullable Mmds mmds;
  private final Map<String, Pmem> persistent = Collections.synchronizedMap(new LinkedHashMap<>());
  private @Nullable Hotplug hotplug;
  private @Nullable Balloon balloon;
  private @Nullable VirtioVsock vsock;
  private @Nullable VirtioRng entropy;
  private @Nullable ExecutorService io;

  /** Who is told of devices that come and go, once the first ones are there. */
  private @Nullable PublishedMachine published;

  /** A network interface and what is open for it. */
  private record Nic(VirtioNet device, HostTap tap, long watch) {}

  /** Persistent memory and where it is. */
  private record Pmem(VirtioPmem device, DeviceMemory.Placed place) {}

  /** Leads to the transport that has a place on the bus now. */
  private static final class Notification {
    private volatile VirtioPciTransport transport;

    Notification(VirtioPciTransport transport) {
      this.transport = transport;
    }
  }

  /** The balloon and what does not change about it. */
  private record Balloon(BalloonConfig config, long memoryMib, VirtioBalloon device) {}

  /** Memory hotplug and what does not change about it. */
  private record Hotplug(MemoryHotplugConfig config, VirtioMem device) {}

  /** A drive and what is open for it. */
  private static final class Disk implements AutoCloseable {
    private final Drive drive;
    private final VirtioBlock device;
    private FileChannel file;
    private String fileId;

    Disk(Drive drive, VirtioBlock device, FileChannel file, String fileId) {
      this.drive = drive;
      this.device = device;
      this.file = file;
      this.fileId = fileId;
    }

    /** On the loop. */
    boolean replace(FileChannel next, String id) throws IOException {
      FileChannel old = file;
      device.replace(next, id);
      file = next;
      fileId = id;
      old.close();
      return true;
    }

    @Override
    public void close() throws IOException {
      try (FileChannel last = file) {
        if (drive.durable() && !drive.readOnly()) {
          last.force(false);
        }
      }
    }
  }

  /** A drive of another process, and how long it took that to answer. */
  private static final class Vhost {
    private final VirtioVhostBlock device;
    private final VhostUser backEnd;
    private final long watch;
    private final long initMicros;
    private volatile long configChangeMicros;

    Vhost(VirtioVhostBlock device, VhostUser backEnd, long watch, long initMicros) {
      this.device = device;
      this.backEnd = backEnd;
      this.watch = watch;
      this.initMicros = initMicros;
    }

    Map<String, Long> values() {
      Map<String, Long> values = device.counters().values();
      values.put("init_time_us", initMicros);
      values.put("activate_time_us", device.activationMicros());
      values.put("config_change_time_us", configChangeMicros);
      return values;
    }
  }

  Devices(
      Vm vm,
      HostMemory hostMemory,
      DeviceMemory deviceMemory,
      DeviceLoop loop,
      Resources resources,
      boolean pci,
      Runnable used) {
    executor = task -> {
      used.run();
      loop.execute(task);
    };
    this.hostMemory = hostMemory;
    this.deviceMemory = deviceMemory;
    if (pci) {
      bus = new PciBus();
      bus.attach(vm.ports(), vm.mmio());
    }
    generation = new VmGeneration(
        vm.memory(),
        BootSpec.GENERATION_ID,
        vm.interruptLine(BootSpec.GENERATION_GSI),
        BootSpec.VM_CLOCK,
        vm.interruptLine(BootSpec.VM_CLOCK_GSI),
        new SecureRandom());
    this.vm = vm;
    messages = new MessageSink() {
      @Override
      public void send(long address, int data) {
        interrupts.count(InterruptCount.TRIGGERS);
        vm.signalMessage(address, data);
      }

      @Override
      public void rerouted() {
        interrupts.count(InterruptCount.CONFIG_UPDATES);
      }
    };
    this.loop = loop;
    this.resources = resources;
  }

  /** Writes the generation identifier and the clock's page that a guest starts with. */
  void startGeneration() {
    generation.start();
  }

  /** Tells the guest that it goes on from a copy: by another generation identifier, and by the counters of its clock's page. */
  public void renewGeneration() {
    generation.renew();
  }

  /** Where the devices are, in the order of adding. */
  List<BootSpec.VirtioSlot> slots() {
    return slots;
  }

  /** The PCI host bridge, if there is one, as the guest is told of it. */
  Optional<BootSpec.Pci> bridge() {
    return bus == null
        ? Optional.empty()
        : Optional.of(new BootSpec.Pci(
            PciBus.CONFIG_MEMORY, PciBus.CONFIG_MEMORY_LENGTH, PciBus.WINDOW, PciBus.WINDOW_LENGTH));
  }

  private void addToBus(PciBus to, VirtioDevice device) {
    int slot = to.freeSlot();
    if (slot < 0) {
      throw new IllegalStateException("it was checked that there are few enough devices");
    }
    long base = PciBus.WINDOW + (slot - 1) * VirtioPciTransport.REGION_LENGTH;
    VirtioPciTransport transport =
        new VirtioPciTransport(device, vm.memory(), base, messages, executor);
    for (int i = 0; i < device.queueCount(); i++) {
      int queue = i;
      long register = base + VirtioPciTransport.NOTIFY + (long) queue * VirtioPciTransport.NOTIFY_STRIDE;
      Notification known = notifications.get(register);
      if (known != null) {
        known.transport = transport;
      } else {
        Notification made = new Notification(transport);
        notifications.put(register, made);
        vm.onNotification(register, Short.BYTES, queue, () -> made.transport.queueNotified(queue));
      }
    }
    int added = to.add(transport);
    if (added != slot) {
      throw new IllegalStateException("two threads add devices");
    }
    transports.put(device, transport);
  }

  private InterruptLine counted(InterruptLine line) {
    return new InterruptLine() {
      @Override
      public void set(boolean level) {
        line.set(level);
      }

      @Override
      public void pulse() {
        interrupts.count(InterruptCount.TRIGGERS);
        line.pulse();
      }
    };
  }

  /** How many devices can be there that were plugged in. */
  int pluggable() {
    return bus == null ? 0 : PciBus.SLOTS - 1;
  }

  /** Tells about devices that come and go from now on. */
  void tell(PublishedMachine machine) {
    published = machine;
  }

  private void isComing(String group, Counters<?> counters) {
    if (published != null) {
      published.plugged(group, counters);
    }
  }

  private void isGone(String group) {
    if (published != null) {
      published.unplugged(group);
    }
  }

  private PciBus hotplugBus() throws MicroVmException {
    PciBus found = bus;
    if (found == null) {
      throw new MicroVmException("PCI is not enabled");
    }
    return found;
  }

  private void requireSlot() throws MicroVmException {
    if (hotplugBus().freeSlot() < 0) {
      throw new MicroVmException("Could not find an available device slot on the PCI bus.");
    }
  }

  /** Takes a device off the bus; on the loop. */
  private void remove(VirtioDevice device) {
    VirtioPciTransport transport = transports.remove(device);
    if (bus != null && transport != null) {
      bus.remove(transport);
      transport.remove();
    }
  }

  /**
   * Adds a drive to a machine that runs and has a PCI bus. The guest finds it when it scans the bus again.
   *
   * @throws MicroVmException naming what is wrong; nothing has changed then
   */
  public synchronized void plug(Drive drive) throws MicroVmException {
    requireSlot();
    if (disks.containsKey(drive.id()) || vhost.containsKey(drive.id())) {
      throw new MicroVmException("there is a drive " + drive.id());
    }
    if (drive.ioEngine() != IoEngine.VHOST_USER) {
      add(drive);
      return;
    }
    if (!hostMemory.isShared()) {
      throw new MicroVmException(
          "vhost-user back end %s: no other process sees this machine's memory: start it with a drive that another process serves"
              .formatted(drive.image()));
    }
    addVhostUser(drive);
  }

  /**
   * Adds persistent memory to a machine that runs and has a PCI bus. The guest finds it when it scans the bus again. There is room
   * for 256 MiB; what a guest writes to memory that is read-only stays in the machine.
   *
   * @throws MicroVmException naming what is wrong; nothing has changed then
   */
  public synchronized void plug(PmemConfig config) throws MicroVmException {
    PciBus unused = hotplugBus();
    if (persistent.containsKey(config.id())) {
      throw new MicroVmException("there is persistent memory " + config.id());
    }
    DeviceMemory.Placed place = deviceMemory.placeLate(config, persistent.values().stream().map(Pmem::place).toList());
    requireSlot();
    DeviceMemory.map(vm.memory(), place);
    vm.memory().setPresent(place.address(), place.size(), true);
    // Code may have been decoded from what was there before, by a translation of that time.
    vm.memory().markWritten(place.address(), place.size());
    add(place);
  }

  /** Takes persistent memory away from a machine that runs; the guest should have let go of it. */
  public synchronized void unplugPmem(String id) throws MicroVmException {
    PciBus unused = hotplugBus();
    Pmem found = pmem(id);
    onLoop("persistent memory " + id, () -> {
      remove(found.device);
      persistent.remove(id);
      isGone(PMEM + id);
      // A vCPU may have a translation still: there has to be something behind it.
      hostMemory.unmap(found.place.address(), found.place.size());
      vm.memory().setPresent(found.place.address(), found.place.size(), false);
      return true;
    });
  }

  private Pmem pmem(String id) throws MicroVmException {
    Pmem found = persistent.get(id);
    if (found == null) {
      throw new MicroVmException("there is no persistent memory " + id);
    }
    return found;
  }

  /** Adds a network interface to a machine that runs and has a PCI bus; the machine takes the tap over. */
  public synchronized void plug(NetworkInterface network, HostTap tap) throws MicroVmException {
    requireSlot();
    network.validate();
    if (networks.containsKey(network.ifaceId())) {
      throw new MicroVmException("there is a network interface " + network.ifaceId());
    }
    add(network, Optional.of(tap), Optional.empty());
  }

  /** Takes a drive away from a machine that runs; the guest should have let go of it. */
  public synchronized void unplugDrive(String driveId) throws MicroVmException {
    PciBus unused = hotplugBus();
    Vhost served = vhost.get(driveId);
    if (served != null) {
      onLoop("drive " + driveId, () -> {
        remove(served.device);
        loop.unwatch(served.watch);
        vhost.remove(driveId);
        isGone(VHOST_USER_BLOCK + driveId);
        resources.closeNow(served.backEnd);
        return true;
      });
      return;
    }
    Disk disk = disk(driveId);
    onLoop("drive " + driveId, () -> {
      remove(disk.device);
      disks.remove(driveId);
      isGone(BLOCK + driveId);
      resources.closeNow(disk);
      return true;
    });
  }

  /** Takes a network interface away from a machine that runs; the guest should have let go of it. */
  public synchronized void unplugNetwork(String ifaceId) throws MicroVmException {
    PciBus unused = hotplugBus();
    Nic nic = nic(ifaceId);
    onLoop("network interface " + ifaceId, () -> {
      remove(nic.device);
      loop.unwatch(nic.watch);
      networks.remove(ifaceId);
      isGone(NET + ifaceId);
      resources.closeNow(nic.tap);
      return true;
    });
  }

  private Nic nic(String ifaceId) throws MicroVmException {
    Nic found = networks.get(ifaceId);
    if (found == null) {
      throw new MicroVmException("there is no network interface " + ifaceId);
    }
    return found;
  }

  void add(VirtioDevice device) {
    if (bus != null) {
      addToBus(bus, device);
      return;
    }
    BootSpec.VirtioSlot slot = BootSpec.VirtioSlot.of(slots.size());
    slots.add(slot);
    VirtioMmioTransport transport =
        new VirtioMmioTransport(device, vm.memory(), counted(vm.interruptLine(slot.gsi())), executor);
    vm.mmio().attach(slot.address(), VirtioMmioTransport.LENGTH, transport);
    for (int i = 0; i < device.queueCount(); i++) {
      int queue = i;
      long register = slot.address() + VirtioMmioTransport.QUEUE_NOTIFY;
      vm.onNotification(register, Integer.BYTES, queue, () -> transport.queueNotified(queue));
    }
  }

  void add(Drive drive) throws MicroVmException {
    FileChannel file = Drives.open(drive);
    try {
      Executor engine = drive.ioEngine() == IoEngine.ASYNC ? ioThreads() : null;
      String id = VirtioBlock.idOf(drive.image());
      VirtioBlock device = new VirtioBlock(
          file,
          drive.readOnly(),
          drive.durable(),
          id,
          drive.rateLimiter().limiter(loop),
          engine);
      disks.put(drive.id(), resources.add(new Disk(drive, device, file, id)));
      isComing(BLOCK + drive.id(), device.counters());
      add(device);
    } catch (IOException e) {
      closeQuietly(file);
      throw failed("drive " + drive.image(), e);
    }
  }

  /** Adds a drive that another process serves. */
  void addVhostUser(Drive drive) throws MicroVmException {
    long start = System.nanoTime();
    VhostUser backEnd =
        resources.add(VhostUser.connect(drive.image(), hostMemory, deviceMemory.shareable(vm.memory())));
    try {
      VirtioVhostBlock device = new VirtioVhostBlock(backEnd, drive.durable());
      long initMicros = (System.nanoTime() - start) / 1000;
      long watch = loop.watch(backEnd.call().fd(), Events.EPOLLIN, events -> {
        try {
          if (backEnd.call().take() > 0) {
            device.called();
          }
        } catch (SystemCallException e) {
          LOG.log(System.Logger.Level.WARNING, "vhost-user: {0}", e.getMessage());
        }
      });
      vhost.put(drive.id(), new Vhost(device, backEnd, watch, initMicros));
      isComing(VHOST_USER_BLOCK + drive.id(), device.counters());
      add(device);
    } catch (IOException e) {
      resources.closeNow(backEnd);
      throw failed("vhost-user back end " + drive.image(), e);
    }
  }

  /** Asks the process that serves a drive for the drive's size again, and tells the guest. */
  public void refreshDrive(String driveId) throws MicroVmException {
    Vhost found = vhost.get(driveId);
    if (found == null) {
      throw new MicroVmException("no other process serves drive " + driveId);
    }
    long start = System.nanoTime();
    onLoop("drive " + driveId, () -> {
      found.device.refresh();
      return true;
    });
    found.configChangeMicros = (System.nanoTime() - start) / 1000;
  }

  private ExecutorService ioThreads() {
    ExecutorService threads = io;
    if (threads == null) {
      ThreadPoolExecutor pool = new ThreadPoolExecutor(
          IO_THREADS,
          IO_THREADS,
          1,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          ioThreadFactory());
      pool.allowCoreThreadTimeOut(true);
      // Closed before the files are, and waits for what is under way.
      threads = resources.add(pool);
      io = threads;
    }
    return threads;
  }

  /** A write beyond the limit of a file's size is an error of the drive in these threads, as it is with io_uring, and no signal. */
  private static ThreadFactory ioThreadFactory() {
    ThreadFactory threads = Thread.ofPlatform().name("fc_io ", 0).daemon().factory();
    if (!System.getProperty("os.name").equals("Linux")) {
      return threads;
    }
    return task -> threads.newThread(() -> {
      Threads.block(Signals.SIGXFSZ);
      task.run();
    });
  }

  void addEntropy(RateLimiterConfig limits) {
    VirtioRng device = new VirtioRng(new SecureRandom(), limits.limiter(loop));
    entropy = device;
    add(device);
  }

  /** Adds a network interface and closes the tap at the machine's end. */
  void add(NetworkInterface network, Optional<HostTap> open, Optional<MetadataConfig> metadata)
      throws MicroVmException {
    HostTap tap = resources.add(open.isPresent() ? open.get() : HostTap.open(network.hostDevName()));
    MetadataNetwork detour = metadata
        .filter(config -> config.networkInterfaces().contains(network.ifaceId()))
        .map(this::metadataNetwork)
        .orElse(null);
    VirtioNet device = new VirtioNet(
        new TapPort(tap.tap()),
        network.macBytes(),
        network.mtu().orElse(0),
        network.rxRateLimiter().limiter(loop),
        network.txRateLimiter().limiter(loop),
        detour);
    if (detour != null) {
      detour.onReady(device::ready);
    }
    isComing(NET + network.ifaceId(), device.counters());
    add(device);
    try {
      // Edge-triggered: frames may stay in the tap as long as the guest has no room for them.
      long watch = loop.watch(tap.tap().fd(), Events.EPOLLIN | Events.EPOLLET, events -> device.ready());
      networks.put(network.ifaceId(), new Nic(device, tap, watch));
    } catch (SystemCallException e) {
      remove(device);
      isGone(NET + network.ifaceId());
      resources.closeNow(tap);
      throw failed("network interface " + network.ifaceId(), e);
    }
  }

  void add(BalloonConfig config, long memoryMib) {
    VirtioBalloon device = new VirtioBalloon(
        config.amountMib() * PAGES_PER_MIB,
        config.deflateOnOom(),
        config.statsPollingIntervalS(),
        config.freePageHinting(),
        config.freePageReporting(),
        hostMemory::discard,
        loop);
    balloon = new Balloon(config, memoryMib, device);
    add(device);
  }

  private MetadataNetwork metadataNetwork(MetadataConfig config) {
    mmds = config.mmds();
    MetadataNetwork network =
        new MetadataNetwork(config.address(), config.mmds()::respond, loop, new SecureRandom());
    metadataNetworks.add(network);
    return network;
  }

  private Map<String, Long> metadataMetrics(Mmds service) {
    Map<String, Long> values = new TreeMap<>();
    for (MetadataNetwork network : metadataNetworks) {
      network.counters().values().forEach((name, value) -> values.merge(name, value, Long::sum));
    }
    values.put("rx_no_token", service.withoutToken());
    values.put("rx_invalid_token", service.withInvalidToken());
    return values;
  }

  void add(DeviceMemory.Placed file) {
    // Of the whole place: pages behind the file have nothing to be written to.
    VirtioPmem.Flusher flusher = file.config().readOnly()
        ? () -> {}
        : () -> SystemCalls.msync(vm.memory().slice(file.address(), file.fileLength()), SystemCalls.MS_SYNC);
    VirtioPmem device = new VirtioPmem(
        file.address(), file.size(), file.fileLength(), flusher, file.config().rateLimiter().limiter(loop));
    persistent.put(file.config().id(), new Pmem(device, file));
    isComing(PMEM + file.config().id(), device.counters());
    add(device);
  }

  void add(MemoryHotplugConfig config, long start) {
    VirtioMem device = new VirtioMem(
        start,
        config.totalSizeMib() * MIB,
        config.blockSizeMib() * MIB,
        config.slotSizeMib() * MIB,
        (address, length, plugged) -> {
          if (plugged) {
            vm.memory().setPresent(address, length, true);
          } else {
            hostMemory.discard(address, length);
            vm.memory().setPresent(address, length, false);
          }
        });
    hotplug = new Hotplug(config, device);
    add(device);
  }

  /** Adds a socket device and closes its socket at the machine's end. */
  void add(VsockConfig config, Optional<HostSocket> open) throws MicroVmException {
    HostSocket socket = resources.add(open.isPresent() ? open.get() : HostSocket.listen(config.udsPath()));
    VirtioVsock device = resources.add(new VirtioVsock(
        config.guestCid(),
        port -> new SocketStream(
            UnixSocket.connect(Path.of(config.udsPath() + "_" + Integer.toUnsignedString(port))), loop),
        loop));
    vsock = device;
    add(device);
    try {
      long unused = loop.watch(socket.socket().fd(), Events.EPOLLIN, events -> acceptAll(socket.socket(), device));
    } catch (SystemCallException e) {
      throw failed("vsock", e);
    }
  }

  private void acceptAll(UnixSocket socket, VirtioVsock device) {
    try {
      for (var stream = socket.accept(); stream.isPresent(); stream = socket.accept()) {
        device.accept(new SocketStream(stream.get(), loop));
      }
    } catch (SystemCallException e) {
      // Too many open files, perhaps: those that wait are accepted when there is room again.
      LOG.log(System.Logger.Level.WARNING, "vsock: {0}", e.getMessage());
    }
  }

  private static void closeQuietly(FileChannel file) {
    try {
      file.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "closing failed", e);
    }
  }

  private static MicroVmException failed(String what, IOException e) {
    return new MicroVmException("%s: %s".formatted(what, e.getMessage()), e);
  }

  private <T> T onLoop(String what, Callable<T> task) throws MicroVmException {
    try {
      return loop.call(task);
    } catch (MicroVmException e) {
      throw e;
    } catch (IOException e) {
      throw failed(what, e);
    } catch (RejectedExecutionException e) {
      throw new MicroVmException(what + ": the machine has ended", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MicroVmException(what + ": interrupted", e);
    } catch (Exception e) {
      throw new IllegalStateException(what + ": failed", e);
    }
  }

  private Disk disk(String id) throws MicroVmException {
    Disk disk = disks.get(id);
    if (disk == null) {
      throw new MicroVmException("there is no drive " + id);
    }
    return disk;
  }

  /**
   * Puts another image behind a drive, or the same one whose size has changed, and tells the guest. It is opened as the drive
   * was: to write, or read-only.
   */
  public void updateDriveImage(String driveId, Path image) throws MicroVmException {
    Disk disk = disk(driveId);
    onLoop("drive " + image, () -> replaceImage(disk, image));
  }

  private static boolean replaceImage(Disk disk, Path image) throws IOException, MicroVmException {
    try {
      Drive drive = disk.drive;
      String id = VirtioBlock.idOf(image);
      if (id.equals(disk.fileId)) {
        disk.device.resize();
        return true;
      }
      FileChannel next = Drives.open(new Drive(drive.id(), image, drive.readOnly(), drive.durable()));
      try {
        return disk.replace(next, id);
      } catch (IOException e) {
        closeQuietly(next);
        throw e;
      }
    } catch (IOException | MicroVmException e) {
      disk.device.counters().count(VirtioBlock.Count.UPDATE_FAILS);
      throw e;
    }
  }

  /** Changes a drive's limits: a bucket that is not given stays as it is. */
  public void updateDriveRateLimiter(String driveId, RateLimiterConfig limits) throws MicroVmException {
    limits.update(disk(driveId).device.limiter(), loop);
  }

  /** Changes a network interface's limits: a bucket that is not given stays as it is. */
  public void updateNetworkRateLimiters(String ifaceId, RateLimiterConfig rx, RateLimiterConfig tx)
      throws MicroVmException {
    VirtioNet device = nic(ifaceId).device;
    rx.update(device.rxLimiter(), loop);
    tx.update(device.txLimiter(), loop);
  }

  /** Changes the limits of persistent memory: a bucket that is not given stays as it is. */
  public void updatePmemRateLimiter(String id, RateLimiterConfig limits) throws MicroVmException {
    limits.update(pmem(id).device.limiter(), loop);
  }

  private Hotplug theHotplug() throws MicroVmException {
    Hotplug found = hotplug;
    if (found == null) {
      throw new MicroVmException("there is no memory hotplug device");
    }
    return found;
  }

  /** Memory hotplug as it is now. */
  public MemoryHotplugStatus memoryHotplug() throws MicroVmException {
    Hotplug found = theHotplug();
    return new MemoryHotplugStatus(
        found.config, found.device.pluggedSize() / MIB, found.device.requestedSize() / MIB);
  }

  /** Says how much memory is to be plugged: a multiple of the block's size, up to the total. */
  public void updateMemoryHotplug(long requestedSizeMib) throws MicroVmException {
    Hotplug found = theHotplug();
    if (requestedSizeMib < 0
        || requestedSizeMib > found.config.totalSizeMib()
        || requestedSizeMib % found.config.blockSizeMib() != 0) {
      throw new MicroVmException("%d MiB of hotplugged memory is not a multiple of %d up to %d"
          .formatted(requestedSizeMib, found.config.blockSizeMib(), found.config.totalSizeMib()));
    }
    if (!found.device.request(requestedSizeMib * MIB)) {
      throw new MicroVmException("the guest does not use its memory hotplug device yet");
    }
  }

  private Balloon theBalloon() throws MicroVmException {
    Balloon found = balloon;
    if (found == null) {
      throw new MicroVmException("there is no balloon");
    }
    return found;
  }

  /** The balloon as it is now. */
  public BalloonConfig balloon() throws MicroVmException {
    Balloon found = theBalloon();
    BalloonConfig made = found.config;
    return new BalloonConfig(
        found.device.target() / PAGES_PER_MIB,
        made.deflateOnOom(),
        found.device.statisticsInterval(),
        made.freePageHinting(),
        made.freePageReporting());
  }

  /** Says how much is to be in the balloon. */
  public void updateBalloon(int amountMib) throws MicroVmException {
    Balloon found = theBalloon();
    BalloonConfig now = balloon();
    new BalloonConfig(
            amountMib,
            now.deflateOnOom(),
            now.statsPollingIntervalS(),
            now.freePageHinting(),
            now.freePageReporting())
        .validate(found.memoryMib);
    found.device.setTarget(amountMib * PAGES_PER_MIB);
  }

  /** The balloon's statistics. */
  public BalloonStatistics balloonStatistics() throws MicroVmException {
    VirtioBalloon device = theBalloon().device;
    if (device.statisticsInterval() == 0) {
      throw new MicroVmException("Statistics are not enabled for the balloon");
    }
    return new BalloonStatistics(device.target(), device.actual(), device.statistics());
  }

  /** Changes the time between the balloon's statistics, which cannot be switched on or off. */
  public void updateBalloonStatistics(int intervalSeconds) throws MicroVmException {
    VirtioBalloon device = theBalloon().device;
    if (intervalSeconds != device.statisticsInterval()) {
      if (intervalSeconds <= 0 || device.statisticsInterval() == 0) {
        throw new MicroVmException("Statistics of the balloon cannot be switched on or off after the machine was started");
      }
      device.setStatisticsInterval(intervalSeconds);
    }
  }

  private VirtioBalloon hintingBalloon() throws MicroVmException {
    Balloon found = theBalloon();
    if (!found.config.freePageHinting()) {
      throw new MicroVmException("free page hinting is not enabled for the balloon");
    }
    return found.device;
  }

  /** Asks the guest for its free pages. */
  public void startBalloonHinting(boolean acknowledgeOnStop) throws MicroVmException {
    hintingBalloon().startHinting(acknowledgeOnStop);
  }

  /** Ends a request for free pages. */
  public void stopBalloonHinting() throws MicroVmException {
    hintingBalloon().stopHinting();
  }

  /** What free page hinting is doing. */
  public BalloonHinting balloonHinting() throws MicroVmException {
    VirtioBalloon.Hinting now = hintingBalloon().hinting();
    return new BalloonHinting(now.host(), now.guest());
  }

  /** What counts in the devices that there are now, by the groups of {@link #metrics}. */
  Map<String, Counters<?>> counters() {
    Map<String, Counters<?>> groups = new TreeMap<>();
    disks.forEach((id, disk) -> groups.put(BLOCK + id, disk.device.counters()));
    vhost.forEach((id, drive) -> groups.put(VHOST_USER_BLOCK + id, drive.device.counters()));
    networks.forEach((id, nic) -> groups.put(NET + id, nic.device.counters()));
    persistent.forEach((id, pmem) -> groups.put(PMEM + id, pmem.device.counters()));
    if (hotplug != null) {
      groups.put("memory_hotplug", hotplug.device.counters());
    }
    if (balloon != null) {
      groups.put("balloon", balloon.device.counters());
    }
    if (vsock != null) {
      groups.put("vsock", vsock.counters());
    }
    if (entropy != null) {
      groups.put("entropy", entropy.counters());
    }
    groups.put("interrupts", interrupts);
    return groups;
  }

  /**
   * What the devices have counted since they were made: Firecracker's metrics groups that a device has, such as {@code
   * block_rootfs}, with their fields. Minimum, maximum and sum of a duration {@code x_agg} are {@code x_agg.min_us}, {@code
   * x_agg.max_us} and {@code x_agg.sum_us}.
   */
  public Map<String, Map<String, Long>> metrics() {
    Map<String, Map<String, Long>> groups = new TreeMap<>();
    disks.forEach((id, disk) -> {
      Map<String, Long> values = disk.device.counters().values();
      disk.device.addDurations(values);
      groups.put(BLOCK + id, values);
    });
    vhost.forEach((id, drive) -> groups.put(VHOST_USER_BLOCK + id, drive.values()));
    networks.forEach((id, nic) -> {
      Map<String, Long> values = nic.device.counters().values();
      nic.device.addDurations(values);
      groups.put(NET + id, values);
    });
    persistent.forEach((id, pmem) -> groups.put(PMEM + id, pmem.device.counters().values()));
    if (hotplug != null) {
      Map<String, Long> values = hotplug.device.counters().values();
      hotplug.device.addDurations(values);
      groups.put("memory_hotplug", values);
    }
    if (mmds != null) {
      groups.put("mmds", metadataMetrics(mmds));
    }
    if (balloon != null) {
      groups.put("balloon", balloon.device.counters().values());
    }
    if (vsock != null) {
      groups.put("vsock", vsock.counters().values());
    }
    if (entropy != null) {
      groups.put("entropy", entropy.counters().values());
    }
    groups.put("interrupts", interrupts.values());
    return groups;
  }
}
