package dev.portfire.firecracker;

import dev.portfire.firecracker.Action.Simple;
import dev.portfire.firecracker.config.BalloonConfig;
import dev.portfire.firecracker.config.BalloonStatsUpdate;
import dev.portfire.firecracker.config.BalloonUpdate;
import dev.portfire.firecracker.config.BootSource;
import dev.portfire.firecracker.config.DriveConfig;
import dev.portfire.firecracker.config.DriveUpdate;
import dev.portfire.firecracker.config.LogLevel;
import dev.portfire.firecracker.config.LoggerConfig;
import dev.portfire.firecracker.config.MachineConfig;
import dev.portfire.firecracker.config.MemoryHotplugConfig;
import dev.portfire.firecracker.config.MemoryHotplugUpdate;
import dev.portfire.firecracker.config.MetricsConfig;
import dev.portfire.firecracker.config.MmdsConfig;
import dev.portfire.firecracker.config.NetworkConfig;
import dev.portfire.firecracker.config.NetworkUpdate;
import dev.portfire.firecracker.config.PmemConfig;
import dev.portfire.firecracker.config.PmemUpdate;
import dev.portfire.firecracker.config.RateLimiter;
import dev.portfire.firecracker.config.VsockConfig;
import dev.portfire.vmm.BalloonHinting;
import dev.portfire.vmm.BalloonStatistics;
import dev.portfire.vmm.Devices;
import dev.portfire.vmm.HostTap;
import dev.portfire.vmm.MemoryHotplugStatus;
import dev.portfire.vmm.MicroVm;
import dev.portfire.vmm.MicroVmException;
import dev.portfire.vmm.OutputFile;
import dev.portfire.vmm.json.JsonValue;
import dev.portfire.vmm.json.JsonWriter;
import dev.portfire.vmm.metrics.Metrics;
import dev.portfire.vmm.mmds.Mmds;
import dev.portfire.vmm.mmds.MmdsException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The microVM as the API sees it: what is configured before it starts, and what can be asked and changed while it runs. One
 * action at a time.
 */
final class Monitor implements ApiHandler.Executor, AutoCloseable {
  private static final String AFTER = "The requested operation is not supported after starting the microVM.";
  private static final String BEFORE = "The requested operation is not supported before starting the microVM.";
  private static final String NO_CONTENT = "";
  private static final long PAGES_PER_MIB = 256;

  // The kind of a file, <sys/stat.h>.
  private static final int S_IFMT = 0xf000;
  private static final int S_IFSOCK = 0xc000;

  private final Settings settings;
  private final Log log;
  private final Metrics metrics;
  private final Mmds mmds;
  private final Taps taps = new Taps();
  private final Sockets sockets = new Sockets();
  private final VmState state = new VmState();
  private @Nullable MicroVm vm;
  private boolean hotplugMentioned;

  /** Makes machines: a seam, since what becomes of them is the program's business. */
  @FunctionalInterface
  interface Starter {
    /**
     * Starts the machine that has been configured.
     *
     * @throws MicroVmException telling why it does not start
     */
    MicroVm start(VmState state, Taps taps, Sockets sockets) throws MicroVmException;
  }

  /**
   * What stays as it is.
   *
   * @param id the instance's identifier
   * @param version what is shown as Firecracker's version
   * @param starter makes machines
   * @param pci whether devices are on a PCI bus
   */
  record Settings(String id, String version, Starter starter, boolean pci) {}

  Monitor(Settings settings, Log log, Metrics metrics, Mmds mmds) {
    this.settings = settings;
    this.log = log;
    this.metrics = metrics;
    this.mmds = mmds;
  }

  @Override
  public synchronized String execute(Action action) throws Fault {
    switch (action) {
      case Simple simple -> {
        return execute(simple);
      }
      case Action.PutBootSource(var config) -> putBootSource(config);
      case Action.PutMachine(var config) -> putMachine(config, config.cpuTemplate() != null);
      case Action.PatchMachine(var update) ->
        putMachine(state.machine.with(update), update.cpuTemplate() != null);
      case Action.PutCpuConfig(var template) -> {
        requireNotStarted();
        state.cpuConfig = template;
        state.machine = state.machine.withoutTemplate();
      }
      case Action.PutDrive(var config) -> putDrive(config);
      case Action.PatchDrive(var update) -> patchDrive(update);
      case Action.PutPmem(var config) -> putPmem(config);
      case Action.PatchPmem(var update) -> patchPmem(update);
      case Action.PutNetwork(var config) -> putNetwork(config);
      case Action.PatchNetwork(var update) -> patchNetwork(update);
      case Action.Unplug(String kind, String id) -> unplug(kind, id);
      case Action.PutVsock(var config) -> putVsock(config);
      case Action.PutEntropy(var config) -> {
        requireNotStarted();
        state.entropy = config;
      }
      case Action.PutSerial(var config) -> {
        requireNotStarted();
        state.serial = config;
      }
      case Action.PutLogger(var config) -> putLogger(config);
      case Action.PutMetrics(var config) -> putMetrics(config);
      case Action.PutBalloon(var config) -> putBalloon(config);
      case Action.PatchBalloon(var update) -> patchBalloon(update);
      case Action.PatchBalloonStatistics(var update) -> patchBalloonStatistics(update);
      case Action.StartHinting(var start) ->
        balloon(UPDATE, devices -> {
          devices.startBalloonHinting(start.acknowledgeOnStop());
          return true;
        });
      case Action.PutHotplug(var config) -> putHotplug(config);
      case Action.PatchHotplug(var update) -> patchHotplug(update);
      case Action.PutMmdsConfig(var config) -> putMmdsConfig(config);
      case Action.PutMmds(var data) -> changeMmds(() -> mmds.put(data));
      case Action.PatchMmds(var data) -> changeMmds(() -> mmds.patch(data));
    }
    return NO_CONTENT;
  }

  private String execute(Simple action) throws Fault {
    return switch (action) {
      case GET_INSTANCE -> new JsonWriter()
          .begin()
          .name("id")
          .string(settings.id)
          .name("state")
          .string(vm == null ? "Not started" : vm.isPaused() ? "Paused" : "Running")
          .name("vmm_version")
          .string(settings.version)
          .name("app_name")
          .string("Firecracker")
          .end()
          .toString();
      case GET_VERSION ->
        new JsonWriter().begin().name("firecracker_version").string(settings.version).end().toString();
      case GET_CONFIG -> state.toJson();
      case GET_MACHINE -> {
        JsonWriter out = new JsonWriter();
        state.machine.write(out);
        yield out.toString();
      }
      case GET_BALLOON -> {
        BalloonConfig balloon = state.balloon;
        if (balloon == null) {
          throw new Fault("Balloon config error: No balloon device found.");
        }
        JsonWriter out = new JsonWriter();
        balloon.write(out);
        yield out.toString();
      }
      case GET_BALLOON_STATISTICS -> statistics(balloon(CONFIG, Devices::balloonStatistics));
      case GET_HINTING -> hinting(balloon(CONFIG, Devices::balloonHinting));
      case STOP_HINTING -> {
        balloon(UPDATE, devices -> {
          devices.stopBalloonHinting();
          return true;
        });
        yield NO_CONTENT;
      }
      case GET_HOTPLUG -> hotplug();
      case GET_MMDS -> {
        requireMmds();
        yield mmds.get().toJson();
      }
      case PAUSE -> {
        pause(started());
        yield NO_CONTENT;
      }
      case RESUME -> {
        resume(started());
        yield NO_CONTENT;
      }
      case INSTANCE_START -> {
        start();
        yield NO_CONTENT;
      }
      case FLUSH_METRICS -> {
        started();
        metrics.flush();
        yield NO_CONTENT;
      }
      case SEND_CTRL_ALT_DEL -> {
        if (!started().sendCtrlAltDel()) {
          throw new Fault("Internal VMM error: I8042 error: i8042 buffer full.");
        }
        yield NO_CONTENT;
      }
    };
  }

  private void requireNotStarted() throws Fault {
    if (vm != null) {
      throw new Fault(AFTER);
    }
  }

  private MicroVm started() throws Fault {
    MicroVm running = vm;
    if (running == null) {
      throw new Fault(BEFORE);
    }
    return running;
  }

  /** Checks that there may be another device of a kind, or none of it any more, in a machine that runs. */
  private void requireHotplug() throws Fault {
    if (!settings.pci) {
      throw new Fault("PCI is not enabled");
    }
    if (!hotplugMentioned) {
      hotplugMentioned = true;
      log.warn("[DevPreview] PCI device hotplug/hot-unplug is in development preview.");
    }
  }

  private void requireFree(boolean used) throws Fault {
    requireHotplug();
    if (used) {
      throw new Fault("Device ID in use");
    }
  }

  private void unplug(String kind, String id) throws Fault {
    MicroVm running = started();
    requireHotplug();
    try {
      switch (kind) {
        case "drives" -> {
          DriveConfig drive = state.drives.stream()
              .filter(other -> other.driveId().equals(id))
              .findFirst()
              .orElseThrow(() -> new Fault("Device not found"));
          if (drive.isRootDevice()) {
            throw new Fault("Cannot unplug root device");
          }
          running.devices().unplugDrive(id);
          state.drives.remove(drive);
        }
        case "network-interfaces" -> {
          NetworkConfig network = state.networks.stream()
              .filter(other -> other.ifaceId().equals(id))
              .findFirst()
              .orElseThrow(() -> new Fault("Device not found"));
          running.devices().unplugNetwork(id);
          state.networks.remove(network);
        }
        default -> {
          PmemConfig device = state.pmem.stream()
              .filter(other -> other.id().equals(id))
              .findFirst()
              .orElseThrow(() -> new Fault("Device not found"));
          if (device.rootDevice()) {
            throw new Fault("Cannot unplug root device");
          }
          running.devices().unplugPmem(id);
          state.pmem.remove(device);
        }
      }
    } catch (MicroVmException e) {
      throw new Fault("PCI manager error: " + e.getMessage());
    }
  }

  // The kernel, vCPUs and memory.

  private static void openable(String path, String problem) throws Fault {
    try (FileChannel file = FileChannel.open(Path.of(path), StandardOpenOption.READ)) {
      file.position();
    } catch (IOException e) {
      throw new Fault(problem + IoErrors.describe(e));
    } catch (InvalidPathException e) {
      throw new Fault(problem + "Invalid argument (os error 22)");
    }
  }

  private void putBootSource(BootSource config) throws Fault {
    requireNotStarted();
    openable(config.kernelImagePath(), "Boot source error: The kernel file cannot be opened: ");
    if (config.initrdPath() != null) {
      openable(
          config.initrdPath(),
          "Boot source error: The initrd file cannot be opened due to invalid path or invalid permissions. ");
    }
    if (config.bootArgs() != null) {
      Optional<String> problem = CommandLine.problem(config.bootArgs());
      if (problem.isPresent()) {
        throw new Fault("Boot source error: The kernel command line is invalid: " + problem.get());
      }
    }
    state.bootSource = config;
  }

  /** Takes vCPUs and memory. Of a static and a custom CPU template the one that was named last counts. */
  private void putMachine(MachineConfig config, boolean templateNamed) throws Fault {
    requireNotStarted();
    Optional<String> problem = config.problem();
    if (problem.isPresent()) {
      throw new Fault("Machine config error: " + problem.get());
    }
    BalloonConfig balloon = state.balloon;
    if (balloon != null && balloon.amountMib() > config.memSizeMib()) {
      throw new Fault("Machine config error: The memory size (MiB) is smaller than the previously set balloon device target"
          + " size.");
    }
    if (templateNamed) {
      state.cpuConfig = null;
    }
    state.machine = config;
  }

  // Drives and persistent memory.

  private static <T> void replace(List<T> list, T item, Function<T, String> id) {
    for (int i = 0; i < list.size(); i++) {
      if (id.apply(list.get(i)).equals(id.apply(item))) {
        list.set(i, item);
        return;
      }
    }
    list.add(item);
  }

  private static Fault backingFile(String prefix, String path, String reason) {
    return new Fault(
        prefix + "Virtio backend error: Error manipulating the backing file: " + reason + " " + path);
  }

  private static void checkBackingFile(String prefix, String path, boolean readOnly) throws Fault {
    try {
      Path file = Path.of(path);
      if (Files.isDirectory(file)) {
        throw backingFile(prefix, path, readOnly ? "Invalid argument (os error 22)" : "Is a directory (os error 21)");
      }
      FileChannel channel = readOnly
          ? FileChannel.open(file, StandardOpenOption.READ)
          : FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      channel.close();
    } catch (IOException e) {
      throw backingFile(prefix, path, IoErrors.describe(e));
    } catch (InvalidPathException e) {
      throw backingFile(prefix, path, "Invalid argument (os error 22)");
    }
  }

  private static void checkSocket(String prefix, String path) throws Fault {
    String problem = prefix + "Vhost-user backend error: ";
    try {
      Object mode = Files.getAttribute(Path.of(path), "unix:mode");
      if (!(mode instanceof Integer bits) || (bits & S_IFMT) != S_IFSOCK) {
        throw new Fault(problem + "Connection refused (os error 111) " + path);
      }
    } catch (IOException e) {
      throw new Fault(problem + IoErrors.describe(e) + " " + path);
    } catch (InvalidPathException e) {
      throw new Fault(problem + "Invalid argument (os error 22) " + path);
    }
  }

  private void putDrive(DriveConfig config) throws Fault {
    MicroVm running = vm;
    String prefix = "Drive config error: ";
    if (running != null) {
      requireFree(state.drives.stream().anyMatch(other -> other.driveId().equals(config.driveId())));
      if (config.isRootDevice()) {
        throw new Fault(prefix + "A root block device already exists!");
      }
    }
    if (config.isRootDevice()
        && state.drives.stream().anyMatch(other -> other.isRootDevice() && !other.driveId().equals(config.driveId()))) {
      throw new Fault(prefix + "A root block device already exists!");
    }
    if (config.isRootDevice() && state.pmem.stream().anyMatch(PmemConfig::rootDevice)) {
      throw new Fault(
          prefix + "Attempt to add block as a root device while the root device defined as a pmem device");
    }
    String create = prefix + "Unable to create the virtio block device: ";
    if (config.isVhostUser()) {
      checkSocket(create, String.valueOf(config.socket()));
      log.warn("[DevPreview] vhost-user-blk device is in development preview.");
    } else if (config.isFile()) {
      checkBackingFile(create, String.valueOf(config.pathOnHost()), config.readOnly());
    } else {
      throw new Fault(create + "Virtio backend error: Invalid block configuration: give path_on_host, and no socket");
    }
    if ("Async".equals(config.ioEngine())) {
      log.warn("[DevPreview] Async file IO is in development preview.");
    }
    DriveConfig filled = config.isVhostUser() ? config : config.filled();
    if (running != null) {
      try {
        running.devices().plug(filled.toMachine());
      } catch (MicroVmException e) {
        throw new Fault("PCI manager error: " + e.getMessage());
      }
    }
    replace(state.drives, filled, DriveConfig::driveId);
    if (filled.isRootDevice()) {
      state.drives.remove(filled);
      state.drives.addFirst(filled);
    }
  }

  private void patchDrive(DriveUpdate update) throws Fault {
    MicroVm running = started();
    String prefix = "Drive config error: ";
    DriveConfig old = state.drives.stream()
        .filter(drive -> drive.driveId().equals(update.driveId()))
        .findFirst()
        .orElseThrow(() -> new Fault(prefix + "Device not found"));
    String patch = prefix + "Unable to patch the block device: ";
    boolean refresh = update.pathOnHost() == null && update.rateLimiter() == null;
    if (refresh != old.isVhostUser()) {
      // Only a vhost-user back end has something to look at again, and nothing else.
      throw new Fault(patch + "Running method expected different backend. Please verify the request arguments.");
    }
    try {
      if (refresh) {
        running.devices().refreshDrive(update.driveId());
        return;
      }
      if (update.pathOnHost() != null) {
        checkBackingFile(patch, update.pathOnHost(), old.readOnly());
        running.devices().updateDriveImage(update.driveId(), Path.of(update.pathOnHost()));
      }
      if (update.rateLimiter() != null) {
        running.devices().updateDriveRateLimiter(update.driveId(), RateLimiter.toMachine(update.rateLimiter()));
      }
    } catch (MicroVmException e) {
      throw new Fault(patch + e.getMessage());
    }
    replace(state.drives, old.with(update), DriveConfig::driveId);
  }

  private void putPmem(PmemConfig config) throws Fault {
    MicroVm running = vm;
    if (running != null) {
      requireFree(state.pmem.stream().anyMatch(other -> other.id().equals(config.id())));
    }
    if (config.rootDevice()) {
      if (running != null || state.drives.stream().anyMatch(DriveConfig::isRootDevice)) {
        throw new Fault("Pmem config error: Attempt to add pmem as a root device while the root device defined as a block"
            + " device");
      }
      if (state.pmem.stream().anyMatch(other -> other.rootDevice() && !other.id().equals(config.id()))) {
        throw new Fault("Pmem config error: A root pmem device already exist");
      }
    }
    if (running != null) {
      try {
        running.devices().plug(config.toMachine());
      } catch (MicroVmException e) {
        throw new Fault("PCI manager error: " + e.getMessage());
      } catch (InvalidPathException e) {
        throw new Fault("PCI manager error: pmem " + config.id() + ": Invalid argument (os error 22)");
      }
    }
    replace(state.pmem, config, PmemConfig::id);
  }

  private void patchPmem(PmemUpdate update) throws Fault {
    MicroVm running = started();
    PmemConfig old = state.pmem.stream()
        .filter(device -> device.id().equals(update.id()))
        .findFirst()
        .orElseThrow(() -> new Fault("Pmem config error: Device not found"));
    if (update.rateLimiter() != null) {
      try {
        running.devices().updatePmemRateLimiter(update.id(), RateLimiter.toMachine(update.rateLimiter()));
      } catch (MicroVmException e) {
        throw new Fault("Pmem config error: " + e.getMessage());
      }
    }
    replace(state.pmem, old.with(update), PmemConfig::id);
  }

  // Network interfaces.

  private void putNetwork(NetworkConfig config) throws Fault {
    MicroVm running = vm;
    if (running != null) {
      requireFree(state.networks.stream().anyMatch(other -> other.ifaceId().equals(config.ifaceId())));
    }
    String prefix = "Network config error: ";
    String mac = config.guestMac();
    if (mac != null
        && state.networks.stream()
            .anyMatch(other -> mac.equals(other.guestMac()) && !other.ifaceId().equals(config.ifaceId()))) {
      throw new Fault(prefix + "The MAC address is already in use: " + mac);
    }
    try {
      taps.open(config.ifaceId(), config.hostDevName());
    } catch (MicroVmException e) {
      // The old one has been closed, so that the same interface could be opened.
      state.networks.removeIf(other -> other.ifaceId().equals(config.ifaceId()));
      throw new Fault(prefix + "Could not create the network device: " + e.getMessage());
    }
    if (running != null) {
      plug(running, config);
    }
    replace(state.networks, config, NetworkConfig::ifaceId);
  }

  private void plug(MicroVm running, NetworkConfig config) throws Fault {
    HostTap tap = taps.take(config.ifaceId()).orElseThrow();
    try {
      try {
        running.devices().plug(config.toMachine(), tap);
      } catch (MicroVmException e) {
        tap.close();
        throw e;
      }
    } catch (MicroVmException e) {
      throw new Fault("PCI manager error: " + e.getMessage());
    }
  }

  private void patchNetwork(NetworkUpdate update) throws Fault {
    MicroVm running = started();
    NetworkConfig old = state.networks.stream()
        .filter(network -> network.ifaceId().equals(update.ifaceId()))
        .findFirst()
        .orElseThrow(() -> new Fault("Network config error: Device not found"));
    try {
      running.devices().updateNetworkRateLimiters(
          update.ifaceId(),
          RateLimiter.toMachine(update.rxRateLimiter()),
          RateLimiter.toMachine(update.txRateLimiter()));
    } catch (MicroVmException e) {
      throw new Fault("Network config error: " + e.getMessage());
    }
    replace(state.networks, old.with(update), NetworkConfig::ifaceId);
  }

  // Balloon and memory hotplug.

  private void putBalloon(BalloonConfig config) throws Fault {
    requireNotStarted();
    try {
      tooLarge(config.amountMib());
    } catch (MicroVmException e) {
      throw new Fault(CONFIG + e.getMessage());
    }
    if (config.freePageHinting()) {
      log.warn("[DevPreview] Free Page Hinting is in development preview.");
    }
    state.balloon = config;
  }

  private static final String CONFIG = "Balloon config error: ";
  private static final String UPDATE = "Balloon update error: ";
  private static final String NO_HOTPLUG = "No memory hotplug device found.";
  private static final String NO_BALLOON = "No balloon device found.";

  /** What is asked of a balloon. */
  @FunctionalInterface
  private interface OfBalloon<T> {
    T of(Devices devices) throws MicroVmException;
  }

  private <T> T balloon(String prefix, OfBalloon<T> question) throws Fault {
    MicroVm running = started();
    if (state.balloon == null) {
      throw new Fault(prefix + NO_BALLOON);
    }
    try {
      return question.of(running.devices());
    } catch (MicroVmException e) {
      throw new Fault(prefix + e.getMessage());
    }
  }

  private void patchBalloon(BalloonUpdate update) throws Fault {
    BalloonConfig old = state.balloon;
    balloon(UPDATE, devices -> {
      tooLarge(update.amountMib());
      devices.updateBalloon((int) update.amountMib());
      return true;
    });
    if (old != null) {
      state.balloon = new BalloonConfig(
          update.amountMib(),
          old.deflateOnOom(),
          old.statsPollingIntervalS(),
          old.freePageHinting(),
          old.freePageReporting());
    }
  }

  private void tooLarge(long amountMib) throws MicroVmException {
    if (amountMib > state.machine.memSizeMib()) {
      throw new MicroVmException("Requested memory should be less than " + state.machine.memSizeMib() + "MiB");
    }
  }

  private void patchBalloonStatistics(BalloonStatsUpdate update) throws Fault {
    BalloonConfig old = state.balloon;
    balloon(UPDATE, devices -> {
      devices.updateBalloonStatistics(update.statsPollingIntervalS());
      return true;
    });
    if (old != null) {
      state.balloon = new BalloonConfig(
          old.amountMib(),
          old.deflateOnOom(),
          update.statsPollingIntervalS(),
          old.freePageHinting(),
          old.freePageReporting());
    }
  }

  private static String statistics(BalloonStatistics statistics) {
    JsonWriter out = new JsonWriter()
        .begin()
        .name("target_pages")
        .number(statistics.targetPages())
        .name("actual_pages")
        .number(statistics.actualPages())
        .name("target_mib")
        .number(statistics.targetPages() / PAGES_PER_MIB)
        .name("actual_mib")
        .number(statistics.actualPages() / PAGES_PER_MIB);
    new TreeMap<>(statistics.reported()).forEach((name, value) -> out.name(name).unsigned(value));
    return out.end().toString();
  }

  private static String hinting(BalloonHinting hinting) {
    JsonWriter out = new JsonWriter().begin().name("host_cmd").number(hinting.hostCmd()).name("guest_cmd");
    if (hinting.guestCmd().isPresent()) {
      out.number(hinting.guestCmd().getAsLong());
    } else {
      out.nothing();
    }
    return out.end().toString();
  }

  private void putVsock(VsockConfig config) throws Fault {
    requireNotStarted();
    try {
      sockets.listen(Path.of(config.udsPath()));
    } catch (IOException | InvalidPathException | MicroVmException e) {
      state.vsock = null;
      throw new Fault("Vsock config error: Cannot create backend for vsock device: " + e.getMessage());
    }
    state.vsock = config;
  }

  private void putHotplug(MemoryHotplugConfig config) throws Fault {
    requireNotStarted();
    Optional<String> problem = config.problem();
    if (problem.isPresent()) {
      throw new Fault("Memory hotplug config error: " + problem.get());
    }
    state.hotplug = config;
  }

  private void patchHotplug(MemoryHotplugUpdate update) throws Fault {
    MicroVm running = started();
    String prefix = "Memory hotplug update error: ";
    MemoryHotplugConfig config = state.hotplug;
    if (config == null) {
      throw new Fault(prefix + NO_HOTPLUG);
    }
    long size = update.requestedSizeMib();
    if (size % config.blockSizeMib() != 0) {
      throw new Fault(prefix + "Requested size must be a multiple of block size (" + config.blockSizeMib() + " MiB)");
    }
    if (size < 0 || size > config.totalSizeMib()) {
      throw new Fault(prefix + "Requested size must not be greater than total size (" + config.totalSizeMib() + " MiB)");
    }
    try {
      running.devices().updateMemoryHotplug(size);
    } catch (MicroVmException e) {
      throw new Fault(prefix + e.getMessage());
    }
  }

  private String hotplug() throws Fault {
    MicroVm running = started();
    String prefix = "Memory hotplug config error: ";
    MemoryHotplugConfig config = state.hotplug;
    if (config == null) {
      throw new Fault(prefix + NO_HOTPLUG);
    }
    try {
      MemoryHotplugStatus status = running.devices().memoryHotplug();
      return new JsonWriter()
          .begin()
          .name("block_size_mib")
          .number(config.blockSizeMib())
          .name("total_size_mib")
          .number(config.totalSizeMib())
          .name("slot_size_mib")
          .number(config.slotSizeMib())
          .name("plugged_size_mib")
          .number(status.pluggedSizeMib())
          .name("requested_size_mib")
          .number(status.requestedSizeMib())
          .end()
          .toString();
    } catch (MicroVmException e) {
      throw new Fault(prefix + e.getMessage());
    }
  }

  // The metadata service.

  private void putMmdsConfig(MmdsConfig config) throws Fault {
    requireNotStarted();
    String prefix = "MMMDS config error: ";
    if (config.networkInterfaces().isEmpty()) {
      throw new Fault(prefix + "The list of network interface IDs that allow forwarding MMDS requests is empty.");
    }
    for (String id : config.networkInterfaces()) {
      if (state.networks.stream().noneMatch(network -> network.ifaceId().equals(id))) {
        throw new Fault(prefix + "The list of network interface IDs provided contains at least one ID that does not"
            + " correspond to any existing network interface.");
      }
    }
    if (!config.isLinkLocal()) {
      throw new Fault(prefix + "The MMDS IPv4 address is not link local.");
    }
    mmds.configure(config.version().equals("V2") ? Mmds.Version.V2 : Mmds.Version.V1, config.imdsCompat());
    state.mmds = config;
  }

  private void requireMmds() throws Fault {
    if (vm != null && state.mmds == null) {
      throw new Fault("MMDS error: The MMDS data store is not initialized.");
    }
  }

  /** A change of the data. */
  @FunctionalInterface
  private interface Change {
    void apply() throws MmdsException;
  }

  private void changeMmds(Change change) throws Fault {
    requireMmds();
    try {
      change.apply();
    } catch (MmdsException e) {
      throw switch (e.reason()) {
        case TOO_LARGE -> new Fault(Fault.TOO_LARGE, "MMDS limit exceeded error: " + e.getMessage());
        case NOT_INITIALIZED -> new Fault("MMDS error: " + e.getMessage());
      };
    }
  }

  /** Puts data into the metadata service before there is an API. */
  void metadata(JsonValue.Members data) throws MmdsException {
    mmds.put(data);
  }

  // Log and metrics.

  private void putLogger(LoggerConfig config) throws Fault {
    requireNotStarted();
    if (config.logPath() != null) {
      try {
        log.file(OutputFile.open(Path.of(config.logPath())));
      } catch (IOException e) {
        throw new Fault("Logger error: Failed to open target file: " + IoErrors.describe(e));
      } catch (InvalidPathException e) {
        throw new Fault("Logger error: Failed to open target file: Invalid argument (os error 22)");
      }
    }
    log.level(config.level() == null ? LogLevel.INFO : config.level());
    if (config.showLevel() != null) {
      log.showLevel(config.showLevel());
    }
    if (config.showLogOrigin() != null) {
      log.showOrigin(config.showLogOrigin());
    }
    if (config.module() != null) {
      log.module(config.module());
    }
  }

  private void putMetrics(MetricsConfig config) throws Fault {
    requireNotStarted();
    openMetrics(config.metricsPath(), config.emitId() ? settings.id : "", config.properties());
  }

  /** Says where metrics go. */
  void openMetrics(String path, String id, Map<String, String> properties) throws Fault {
    String prefix = "Metrics error: Cannot initialize the metrics system due to bad user input: ";
    if (metrics.isOpen()) {
      throw new Fault(prefix + "Reinitialization of metrics not allowed.");
    }
    try {
      metrics.open(OutputFile.open(Path.of(path)), id, properties);
    } catch (IOException e) {
      throw new Fault(prefix + IoErrors.describe(e));
    } catch (InvalidPathException e) {
      throw new Fault(prefix + "Invalid argument (os error 22)");
    }
  }

  // The life of the machine.

  private void start() throws Fault {
    requireNotStarted();
    if (state.bootSource == null) {
      throw new Fault("Start microvm error: Cannot start microvm without kernel configuration.");
    }
    try {
      MicroVm started = settings.starter.start(state, taps, sockets);
      vm = started;
      metrics.devices(started::metrics);
    } catch (MicroVmException e) {
      throw new Fault("Start microvm error: " + startProblem(e));
    }
    metrics.flush();
  }

  /** Firecracker's words for what its clients look for; ours, which say what to do about it, are in the log then. */
  private String startProblem(MicroVmException e) {
    String firecrackers =
        switch (e.problem()) {
          case OTHER -> "";
          case NO_MEMORY -> "Invalid Memory Configuration: Cannot create mmap region: Out of memory (os error 12)";
          case NO_PLACE -> settings.pci
              ? "Could not find an available device slot on the PCI bus."
              : "Could not allocate GSI: The requested resource is not available.";
        };
    if (firecrackers.isEmpty()) {
      return String.valueOf(e.getMessage());
    }
    log.error(String.valueOf(e.getMessage()));
    return firecrackers;
  }

  private void pause(MicroVm running) throws Fault {
    long start = System.nanoTime();
    try {
      running.pause();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Fault("Internal VMM error: interrupted while pausing");
    }
    took("pause", start);
  }

  private void resume(MicroVm paused) {
    long start = System.nanoTime();
    paused.resume();
    took("resume", start);
  }

  private void took(String what, long start) {
    long micros = (System.nanoTime() - start) / 1000;
    metrics.set("latencies_us", "vmm_" + what + "_vm", micros);
    log.debug("'" + what + " vm' VMM action took " + micros + " us.");
  }

  /** Closes what was opened for a machine that has not started. */
  @Override
  public synchronized void close() {
    try {
      taps.close();
      sockets.close();
    } catch (MicroVmException e) {
      log.warn("Closing failed: " + e.getMessage());
    }
  }

  /** Writes metrics every now and then, but not of a machine that is paused. */
  synchronized void flushPeriodically() {
    if (vm != null && !vm.isPaused()) {
      metrics.flush();
    }
  }
}
