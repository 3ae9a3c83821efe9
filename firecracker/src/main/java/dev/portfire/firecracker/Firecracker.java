package dev.portfire.firecracker;

import dev.portfire.firecracker.Arguments.ArgumentException;
import dev.portfire.firecracker.config.BalloonConfig;
import dev.portfire.firecracker.config.EntropyConfig;
import dev.portfire.firecracker.config.LogLevel;
import dev.portfire.firecracker.config.MemoryHotplugConfig;
import dev.portfire.firecracker.config.MmdsConfig;
import dev.portfire.firecracker.config.NetworkConfig;
import dev.portfire.firecracker.config.RateLimiter;
import dev.portfire.firecracker.config.SerialConfig;
import dev.portfire.firecracker.config.TokenBucket;
import dev.portfire.firecracker.config.VsockConfig;
import dev.portfire.vmm.Accelerator;
import dev.portfire.vmm.Exit;
import dev.portfire.vmm.HostClock;
import dev.portfire.vmm.MetadataConfig;
import dev.portfire.vmm.MicroVm;
import dev.portfire.vmm.MicroVmException;
import dev.portfire.vmm.OutputFile;
import dev.portfire.vmm.SystemCallFilter;
import dev.portfire.vmm.json.JsonException;
import dev.portfire.vmm.json.JsonReader;
import dev.portfire.vmm.json.JsonValue;
import dev.portfire.vmm.metrics.Metrics;
import dev.portfire.vmm.mmds.Mmds;
import dev.portfire.vmm.mmds.MmdsException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The {@code firecracker} program: a microVM that is configured over an HTTP API on a Unix socket, by a configuration file, or
 * both, with its serial port on stdin and stdout.
 */
public final class Firecracker {
  /** The version of Firecracker whose behaviour this is; clients look at it. */
  static final String VERSION = "1.17.0-portfire";

  private static final int MAX_ID_LENGTH = 64;
  private static final long FLUSH_SECONDS = 60;

  private final RawTerminal terminal;
  private final boolean stdinIsTerminal;
  private final boolean takesSignals;

  /**
   * Makes the program.
   *
   * @param terminal switches the terminal on stdin to raw mode
   * @param stdinIsTerminal whether stdin is a terminal
   * @param takesSignals whether fatal signals of the process are this program's
   */
  public Firecracker(RawTerminal terminal, boolean stdinIsTerminal, boolean takesSignals) {
    this.takesSignals = takesSignals;
    this.terminal = terminal;
    this.stdinIsTerminal = stdinIsTerminal;
  }

  /**
   * Runs the program.
   *
   * @param arguments the command line without the program's name
   * @return Firecracker's exit code
   */
  public int run(List<String> arguments, PrintStream out, PrintStream err) throws InterruptedException {
    Arguments options;
    try {
      options = Arguments.parse(arguments);
    } catch (ArgumentException e) {
      err.println("Arguments parsing error: " + e.getMessage() + " \n\nFor more information try --help.");
      return ExitCode.ARGUMENT_PARSING;
    }
    if (options.help()) {
      out.print("Firecracker v" + VERSION + "\n\n" + Arguments.helpText());
      return ExitCode.OK;
    }
    if (options.has("version")) {
      out.print("Firecracker v" + VERSION + "\n\n");
      return ExitCode.OK;
    }
    String id = options.valueOrDefault("id");
    Metrics metrics = new Metrics();
    Log log = new Log(
        id,
        line -> {
          out.write(line, 0, line.length);
          out.flush();
          return !out.checkError();
        },
        metrics);
    log.install();
    try (log; metrics) {
      return tellEnd(new Run(options, id, log, metrics, out), log, metrics, err);
    }
  }

  private static int tellEnd(Run run, Log log, Metrics metrics, PrintStream err) throws InterruptedException {
    try {
      int code = run.execute();
      if (code == ExitCode.OK) {
        log.info("Firecracker exiting successfully. exit_code=0");
      } else {
        log.error("Firecracker exiting with error. exit_code=" + code);
      }
      metrics.flush();
      return code;
    } catch (Failure e) {
      if (e.code == ExitCode.PANIC) {
        log.error("Firecracker panicked: " + e.getMessage());
        metrics.set("vmm", "panic_count", 1);
        err.println(e.getMessage());
      } else {
        log.error(String.valueOf(e.getMessage()));
        err.println("Error: " + e.getMessage());
        log.error("Firecracker exiting with error. exit_code=" + e.code);
      }
      metrics.flush();
      return e.code;
    }
  }

  /** One run of the program. */
  private final class Run {
    private final Arguments options;
    private final String id;
    private final Log log;
    private final Metrics metrics;
    private final PrintStream out;
    private final VmmLoop vmm = new VmmLoop();
    private final CountDownLatch started = new CountDownLatch(1);
    private Optional<ThreadFilters> filters = Optional.empty();
    private final Optional<FatalSignals> signals;

    /** The API's thread's. */
    private boolean apiConfined;

    private volatile Optional<String> apiFailure = Optional.empty();
    private volatile Optional<MicroVm> machine = Optional.empty();
    private volatile Optional<Console> console = Optional.empty();
    private volatile long startMicros;
    private volatile long startCpuMicros;

    Run(Arguments options, String id, Log log, Metrics metrics, PrintStream out) {
      this.options = options;
      this.id = id;
      this.log = log;
      this.metrics = metrics;
      this.out = out;
      signals = takesSignals ? Optional.of(new FatalSignals(log, metrics)) : Optional.empty();
    }

    int execute() throws Failure, InterruptedException {
      checkId();
      setUpLog();
      log.info("Running Firecracker v" + VERSION);
      if (options.has("seccomp-filter")) {
        filters = Optional.of(ThreadFilters.read(options.valueOrDefault("seccomp-filter")));
      }
      long payloadLimit = number("http-api-max-payload-size", "usize").orElseThrow();
      Mmds mmds = new Mmds(id, number("mmds-size-limit", "usize").orElse(payloadLimit));
      Monitor.Starter starter = (state, taps, sockets) -> start(state, taps, sockets, mmds);
      Monitor monitor =
          new Monitor(new Monitor.Settings(id, VERSION, starter, options.has("enable-pci")), log, metrics, mmds);
      if (options.has("metrics-path")) {
        try {
          monitor.openMetrics(options.valueOrDefault("metrics-path"), "", Map.of());
        } catch (Fault e) {
          throw Failure.error(e.text());
        }
      }
      Optional<byte[]> config = file("config-file", "Unable to open or read from the configuration file");
      Optional<byte[]> metadata = file("metadata", "Unable to open or read from the mmds content file");
      flushPeriodically(monitor);
      RunEntry entry = new RunEntry(id, apiSocket(), log, metrics);
      log.whenChanged(() -> outputsChanged(entry));
      metrics.whenOpened(() -> outputsChanged(entry));
      // On a thread of its own, which does not wait for a machine; and that has to be there before this one is confined.
      Thread writer = Thread.ofPlatform().name("run entry").daemon().unstarted(() -> entry.write(System.getenv()));
      try {
        if (options.has("no-api")) {
          takeSignals();
          writer.start();
          configure(monitor, config, metadata, "");
        } else {
          serveApi(monitor, payloadLimit, config, metadata, writer);
        }
        vmm.run();
        if (apiFailure.isPresent()) {
          throw Failure.error(apiFailure.get());
        }
        return finish(machine.orElseThrow());
      } finally {
        if (writer.getState() != Thread.State.NEW) {
          writer.join();
        }
        entry.close();
      }
    }

    private void outputsChanged(RunEntry entry) {
      signals.ifPresent(FatalSignals::prepare);
      entry.update();
    }

    private Optional<Path> apiSocket() {
      try {
        return options.has("no-api") ? Optional.empty() : Optional.of(Path.of(options.valueOrDefault("api-sock")));
      } catch (InvalidPathException e) {
        // Told when it is bound.
        return Optional.empty();
      }
    }

    private void checkId() throws Failure {
      int length = id.length();
      if (length < 1 || length > MAX_ID_LENGTH) {
        throw Failure.panic(
            "Invalid instance ID: Invalid len (%d);  the length must be between 1 and 64".formatted(length));
      }
      for (int i = 0; i < length; i++) {
        char c = id.charAt(i);
        boolean sound = c == '-' || (c < 0x80 && Character.isLetterOrDigit(c));
        if (!sound) {
          throw Failure.panic("Invalid instance ID: Invalid char (%c) at position %d".formatted(c, i));
        }
      }
    }

    private void setUpLog() throws Failure {
      if (options.has("level")) {
        String name = options.valueOrDefault("level");
        log.level(LogLevel.of(name)
            .orElseThrow(() -> new Failure(
                ExitCode.BAD_CONFIGURATION, "Invalid log level: Failed to parse string to level: " + name)));
      }
      log.showLevel(options.has("show-level"));
      log.showOrigin(options.has("show-log-origin"));
      options.value("module").ifPresent(log::module);
      String path = options.valueOrDefault("log-path");
      if (!path.isEmpty()) {
        try {
          log.file(OutputFile.open(Path.of(path)));
        } catch (IOException e) {
          throw Failure.error("Could not initialize logger: Failed to open target file: " + IoErrors.describe(e));
        } catch (InvalidPathException e) {
          throw Failure.error("Could not initialize logger: Failed to open target file: no path: " + path);
        }
      }
    }

    private Optional<Long> number(String option, String type) throws Failure {
      String text = options.valueOrDefault(option);
      if (text.isEmpty() && !options.has(option)) {
        return Optional.empty();
      }
      try {
        long value = Long.parseUnsignedLong(text);
        // What does not fit here is as good as no limit.
        return Optional.of(value < 0 ? Long.MAX_VALUE : value);
      } catch (NumberFormatException e) {
        throw Failure.panic("'%s' parameter expected to be of '%s' type.".formatted(option, type));
      }
    }

    private Optional<byte[]> file(String option, String problem) throws Failure {
      String path = options.valueOrDefault(option);
      if (!options.has(option)) {
        return Optional.empty();
      }
      try {
        return Optional.of(Files.readAllBytes(Path.of(path)));
      } catch (IOException e) {
        throw Failure.panic(problem + ": " + IoErrors.describe(e));
      } catch (InvalidPathException e) {
        throw Failure.panic(problem + ": Invalid argument (os error 22)");
      }
    }

    /** Does what the files of the command line say. */
    private void configure(Monitor monitor, Optional<byte[]> config, Optional<byte[]> metadata, String prefix)
        throws Failure {
      if (config.isEmpty()) {
        if (metadata.isPresent()) {
          addMetadata(monitor, metadata.get());
        }
        return;
      }
      try {
        List<Action> actions = ConfigFile.read(config.get());
        int devices = ConfigFile.beforeMetadata(actions);
        for (Action action : actions.subList(0, devices)) {
          monitor.execute(action);
        }
        if (metadata.isPresent()) {
          addMetadata(monitor, metadata.get());
        }
        for (Action action : actions.subList(devices, actions.size())) {
          monitor.execute(action);
        }
      } catch (JsonException e) {
        throw Failure.error(prefix + "Configuration for VMM from one single json failed: " + e.getMessage());
      } catch (Fault e) {
        throw Failure.error(prefix + "Configuration for VMM from one single json failed: " + e.text());
      }
      try {
        monitor.execute(Action.Simple.INSTANCE_START);
      } catch (Fault e) {
        throw Failure.error(prefix + "Could not Start MicroVM from one single json: " + e.text());
      }
      log.info("Successfully started microvm that was configured from one single json");
    }

    private void addMetadata(Monitor monitor, byte[] json) throws Failure {
      try {
        JsonReader in = new JsonReader(json);
        JsonValue.Members data = new JsonValue.Members(in.map(JsonReader::value));
        in.end();
        monitor.metadata(data);
      } catch (JsonException e) {
        throw Failure.panic("MMDS error: metadata provided not valid json: " + e.getMessage());
      } catch (MmdsException e) {
        throw Failure.panic("Populating MMDS from file failed: " + e.getMessage());
      }
      log.info("Successfully added metadata to mmds from file");
    }

    private void serveApi(
        Monitor monitor, long payloadLimit, Optional<byte[]> config, Optional<byte[]> metadata, Thread entryWriter)
        throws Failure {
      String socket = options.valueOrDefault("api-sock");
      startupMetrics();
      ApiServer server;
      try {
        server = ApiServer.bind(Path.of(socket), payloadLimit);
      } catch (IOException | InvalidPathException | UnsupportedOperationException e) {
        throw Failure.error(
            "Failed to open the API socket at: " + socket + ". Check that it is not already used.");
      }
      log.info("Listening on API socket (\"" + socket + "\").");
      boolean soon = config.isPresent() || options.has("seccomp-filter");
      if (soon) {
        takeSignals();
        entryWriter.start();
      }
      ApiHandler handler = new ApiHandler(action -> vmm.execute(monitor, action), log, metrics);
      CountDownLatch configured = new CountDownLatch(1);
      Thread api = Thread.ofPlatform().name("fc_api").daemon().unstarted(() -> {
        if (!soon || confineApi()) {
          await(configured);
          serve(server, handler);
        }
      });
      if (soon) {
        // This thread may be confined when it has done what the file says, and what it starts then is confined like it.
        api.start();
      }
      configure(monitor, config, metadata, "Failed to build MicroVM from Json: ");
      configured.countDown();
      if (!soon) {
        api.start();
        // After that: a client that waits for its first answer needs the processor more.
        takeSignals();
        entryWriter.start();
      }
    }

    private static void await(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        // Nobody does that: the thread ends with the process.
        Thread.currentThread().interrupt();
      }
    }

    private void serve(ApiServer server, ApiHandler handler) {
      log.info("API server started.");
      try {
        server.serve(request -> {
          // Clients that wait for the API ask for something first: these answers need not wait for the handlers of signals.
          if (!request.method().equals("GET") && !confineApi()) {
            log.error("The request is not executed: the program ends.");
          }
          return handler.handle(request);
        });
      } catch (IOException e) {
        log.error("The API server failed: " + IoErrors.describe(e));
      }
    }

    /** On the API's thread; whatever it hands over if this fails comes behind the program's end. */
    private boolean confineApi() {
      if (!apiConfined) {
        try {
          confineThisThread(filters().api());
          apiConfined = true;
        } catch (MicroVmException e) {
          apiFailure = Optional.of("Seccomp error: " + e.getMessage());
          vmm.end();
        }
      }
      return apiConfined;
    }

    private void takeSignals() {
      signals.ifPresent(FatalSignals::install);
    }

    /** Not read before they are needed: a client waits for its first answer. */
    private synchronized ThreadFilters filters() {
      if (filters.isEmpty()) {
        filters = Optional.of(options.has("no-seccomp") ? ThreadFilters.NONE : ThreadFilters.defaults());
      }
      return filters.get();
    }

    /** What a filter refuses has to be told from the first time on. */
    private void confineThisThread(SystemCallFilter filter) throws MicroVmException {
      try {
        if (signals.isPresent()) {
          signals.get().await();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MicroVmException("interrupted before the thread was confined", e);
      }
      filter.confineThisThread();
    }

    private void startupMetrics() throws Failure {
      Optional<Long> start = number("start-time-us", "u64");
      Optional<Long> startCpu = number("start-time-cpu-us", "u64");
      long parentCpu = number("parent-cpu-time-us", "u64").orElse(0L);
      start.ifPresent(micros -> metrics.set(
          "api_server", "process_startup_time_us", Math.max(0, HostClock.monotonicMicros() - micros)));
      startCpu.ifPresent(micros -> metrics.set(
          "api_server",
          "process_startup_time_cpu_us",
          Math.max(0, HostClock.processCpuMicros() - micros) + parentCpu));
    }

    private MicroVm start(VmState state, Taps taps, Sockets sockets, Mmds mmds) throws MicroVmException {
      boolean bootTimer = options.has("boot-timer");
      startMicros = HostClock.monotonicMicros();
      startCpuMicros = bootTimer ? HostClock.processCpuMicros() : 0;
      MicroVm.Builder builder = MicroVm.builder()
          .name(id)
          .accelerator(Accelerator.fromEnvironment())
          .vcpus(state.machine.vcpuCount())
          .memoryMib(state.machine.memSizeMib())
          .smt(state.machine.smt())
          .hugePages(state.machine.hugePagesOfHost())
          .commandLine(CommandLine.of(state, options.has("enable-pci")))
          .pci(options.has("enable-pci"))
          .entropy(false)
          .countAccesses(metrics.isOpen());
      state.cpuTemplate().ifPresent(builder::cpuTemplate);
      if (state.bootSource != null) {
        builder.kernel(Path.of(state.bootSource.kernelImagePath()));
        if (state.bootSource.initrdPath() != null) {
          builder.initrd(Path.of(state.bootSource.initrdPath()));
        }
      }
      state.drives.forEach(drive -> builder.drive(drive.toMachine()));
      for (NetworkConfig network : state.networks) {
        builder.network(network.toMachine(), taps.get(network.ifaceId()).orElseThrow());
      }
      BalloonConfig balloon = state.balloon;
      if (balloon != null) {
        builder.balloon(new dev.portfire.vmm.BalloonConfig(
            (int) balloon.amountMib(),
            balloon.deflateOnOom(),
            balloon.statsPollingIntervalS(),
            balloon.freePageHinting(),
            balloon.freePageReporting()));
      }
      state.pmem.forEach(device -> builder.pmem(device.toMachine()));
      MemoryHotplugConfig hotplug = state.hotplug;
      if (hotplug != null) {
        builder.memoryHotplug(new dev.portfire.vmm.MemoryHotplugConfig(
            hotplug.totalSizeMib(), hotplug.blockSizeMib(), hotplug.slotSizeMib()));
      }
      MmdsConfig metadata = state.mmds;
      if (metadata != null) {
        builder.metadata(new MetadataConfig(mmds, Set.copyOf(metadata.networkInterfaces()), metadata.address()));
      }
      VsockConfig vsock = state.vsock;
      if (vsock != null) {
        builder.vsock(
            new dev.portfire.vmm.VsockConfig(vsock.guestCid(), Path.of(vsock.udsPath())), sockets.get().orElseThrow());
      }
      EntropyConfig entropy = state.entropy;
      if (entropy != null) {
        builder.entropy(RateLimiter.toMachine(entropy.rateLimiter()));
      }
      builder.confine(filters().softVcpu(), filters().kvmVcpu(), filters().vmm()).whenEnded(vmm::end);
      String gdbSocket = state.machine.gdbSocketPath();
      if (gdbSocket != null) {
        builder.gdb(Path.of(gdbSocket));
        log.info("Waiting for gdb on " + gdbSocket + ".");
      }
      if (bootTimer) {
        builder.bootTimer(this::guestBooted);
      }
      Console.Output serial = serialOutput(state.serial, builder);
      boolean toFile = state.serial != null && state.serial.serialOutPath() != null;
      Console connected = new Console(terminal, stdinIsTerminal && !toFile, !toFile, serial, metrics);
      builder.beforeGuest(vm -> {
        // Another program puts the terminal back, and this thread starts none any more when it is confined.
        try {
          connected.takeTerminal();
        } catch (IOException e) {
          log.warn("The terminal on stdin cannot be used: " + e.getMessage());
        }
        // A confined thread may open no file for the time zone of its first line.
        signals.ifPresent(FatalSignals::prepare);
        confineThisThread(filters().vmm());
        connected.connect(vm);
      });
      MicroVm vm;
      try {
        vm = builder.start();
      } catch (MicroVmException e) {
        connected.restore();
        taps.reopen();
        sockets.reopen();
        throw e;
      }
      taps.givenAway();
      sockets.givenAway();
      machine = Optional.of(vm);
      console = Optional.of(connected);
      started.countDown();
      return vm;
    }

    private Console.Output serialOutput(
        @org.jspecify.annotations.Nullable SerialConfig config, MicroVm.Builder builder) throws MicroVmException {
      if (config == null) {
        return this::toStdout;
      }
      TokenBucket limit = config.rateLimiter();
      if (limit != null) {
        builder.serialLimit(limit.toMachine());
      }
      String path = config.serialOutPath();
      if (path == null) {
        return this::toStdout;
      }
      try {
        OutputFile file = OutputFile.open(Path.of(path));
        return (data, length) -> file.write(Arrays.copyOf(data, length));
      } catch (IOException e) {
        throw new MicroVmException("the serial port's output: " + path + ": " + IoErrors.describe(e), e);
      } catch (InvalidPathException e) {
        throw new MicroVmException("the serial port's output: " + path + " is no path", e);
      }
    }

    private boolean toStdout(byte[] data, int length) {
      out.write(data, 0, length);
      out.flush();
      return !out.checkError();
    }

    private void guestBooted() {
      long wall = HostClock.monotonicMicros() - startMicros;
      long cpu = HostClock.processCpuMicros() - startCpuMicros;
      log.info("Guest-boot-time = %6d us %d ms, %6d CPU us %d CPU ms".formatted(wall, wall / 1000, cpu, cpu / 1000));
    }

    private void flushPeriodically(Monitor monitor) {
      Thread.ofPlatform().name("metrics").daemon().start(() -> {
        try {
          started.await();
          while (true) {
            TimeUnit.SECONDS.sleep(FLUSH_SECONDS);
            monitor.flushPeriodically();
            signals.ifPresent(FatalSignals::prepare);
          }
        } catch (InterruptedException e) {
          // Nobody does that: the thread ends with the process.
        }
      });
    }

    private int finish(MicroVm vm) throws InterruptedException {
      try (vm) {
        Exit exit = vm.await();
        if (console.isPresent()) {
          console.get().drain();
        }
        return code(exit);
      } finally {
        console.ifPresent(Console::restore);
      }
    }

    private int code(Exit exit) {
      return switch (exit) {
        case Exit.PowerOff off -> {
          log.info("Vmm is stopping.");
          yield ExitCode.OK;
        }
        case Exit.Reset reset -> {
          log.info("Vmm is stopping.");
          yield ExitCode.OK;
        }
        case Exit.Stopped stopped -> ExitCode.OK;
        case Exit.TripleFault fault -> {
          metrics.count("vcpu", "failures");
          log.error("vCPU " + fault.vcpu() + " stopped with a triple fault:\n" + fault.registers());
          yield ExitCode.GENERIC_ERROR;
        }
        case Exit.Failed failed -> {
          metrics.count("vcpu", "failures");
          log.error("vCPU failed: " + failed.cause());
          yield ExitCode.GENERIC_ERROR;
        }
      };
    }
  }
}
