package dev.portfire.firectl;

import dev.portfire.client.ApiClient;
import dev.portfire.client.ApiException;
import dev.portfire.client.ApiRequest;
import dev.portfire.client.Setting;
import dev.portfire.firectl.Options.UsageException;
import dev.portfire.linux.Signals;
import dev.portfire.linux.SystemCallException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The {@code firectl} program: starts a firecracker with the terminal of its own, configures it over its API, starts the machine and
 * waits for the end. Signals ask the guest to shut down.
 */
public final class Firectl {
  private static final int FAILED = 1;
  private static final String VERSION =
      """
      Version: 0.2.0-portfire
      SupportedFirecrackerVersion: 1.0.0
      """;

  /** Environment: how long to wait for the API, in seconds. */
  private static final String INIT_TIMEOUT = "FIRECRACKER_GO_SDK_INIT_TIMEOUT_SECONDS";

  /** Environment: how long to wait for an answer, in milliseconds. */
  private static final String REQUEST_TIMEOUT = "FIRECRACKER_GO_SDK_REQUEST_TIMEOUT_MILLISECONDS";

  private static final long INIT_SECONDS = 10;
  private static final long REQUEST_MILLIS = 30_000;

  private static final long MAX_GRACE_SECONDS = 1_000_000_000;

  /** The longest path of a Unix socket, unix(7). */
  private static final int MAX_SOCKET_PATH = 107;

  private static final List<Integer> SIGNALS =
      List.of(Signals.SIGINT, Signals.SIGQUIT, Signals.SIGTERM, Signals.SIGHUP, Signals.SIGABRT);

  private final PrintStream out;
  private final PrintStream err;
  private final boolean errIsTerminal;
  private final Map<String, String> environment;
  private final Optional<Path> launchers;
  private final boolean takesSignals;

  /**
   * Makes the program.
   *
   * @param errIsTerminal whether {@code err} is a terminal
   * @param environment variables
   * @param launchers the directory in which {@code firecracker} is looked for if it is not in PATH
   * @param takesSignals whether signals of the process are this program's
   */
  public Firectl(
      PrintStream out,
      PrintStream err,
      boolean errIsTerminal,
      Map<String, String> environment,
      Optional<Path> launchers,
      boolean takesSignals) {
    this.out = out;
    this.err = err;
    this.errIsTerminal = errIsTerminal;
    this.environment = Map.copyOf(environment);
    this.launchers = launchers;
    this.takesSignals = takesSignals;
  }

  /**
   * Runs the program.
   *
   * @param arguments the command line without the program's name
   * @return firecracker's exit code, 128 and the number of a signal that killed it, or 1 if nothing was started
   */
  public int run(List<String> arguments) throws InterruptedException {
    if (arguments.isEmpty()) {
      err.print(Options.help());
      return 0;
    }
    if (Verbs.has(arguments.getFirst())) {
      return runVerb(arguments);
    }
    Options options;
    try {
      options = Options.parse(arguments);
    } catch (UsageException e) {
      err.print(e.getMessage() + "\n\n" + Options.help());
      return FAILED;
    }
    if (options.flag(Option.HELP)) {
      out.print(Options.help());
      return 0;
    }
    if (options.flag(Option.VERSION)) {
      out.print(VERSION);
      return 0;
    }
    Log log = new Log(err, errIsTerminal, options.flag(Option.DEBUG));
    try {
      return new Run(options, log).execute();
    } catch (FirectlException e) {
      log.fatal(String.valueOf(e.getMessage()));
      return FAILED;
    }
  }

  private int runVerb(List<String> arguments) throws InterruptedException {
    Log log = new Log(err, errIsTerminal, arguments.contains("-d"));
    try {
      return new Verbs(out, environment, log).run(arguments);
    } catch (UsageException e) {
      err.print(e.getMessage() + "\n\n" + Options.help());
    } catch (FirectlException e) {
      log.fatal(String.valueOf(e.getMessage()));
    }
    return FAILED;
  }

  /** How long a guest has; zero for any time. */
  static Duration grace(Options options) throws FirectlException {
    long seconds = options.number(Option.SHUTDOWN_TIMEOUT);
    if (seconds < 0 || seconds > MAX_GRACE_SECONDS) {
      throw new FirectlException(
          "--shutdown-timeout is %d: give 1 to %d seconds, or 0 for any time".formatted(seconds, MAX_GRACE_SECONDS));
    }
    return Duration.ofSeconds(seconds);
  }

  /**
   * What is started.
   *
   * @param socket where its API will be
   * @param jail the jail that it is in
   */
  private record Launch(List<String> command, Path socket, Optional<JailRequest> jail) {
    boolean daemonizes() {
      return jail.isPresent() && jail.get().daemonizes();
    }
  }

  /** One run of the program. */
  private final class Run {
    private final Options options;
    private final Log log;
    private volatile @Nullable Vmm vmm;
    private volatile boolean interrupted;

    Run(Options options, Log log) {
      this.options = options;
      this.log = log;
    }

    int execute() throws FirectlException, InterruptedException {
      Configuration configuration = Configuration.of(options);
      Path temporary = Path.of(variable("TMPDIR").orElse("/tmp"));
      try (Fifos fifos = Fifos.make(options, temporary, log)) {
        Launch launch = launch();
        try {
          configuration.check();
          if (Files.exists(launch.socket)) {
            throw new FirectlException("socket " + launch.socket + " already exists");
          }
        } catch (FirectlException e) {
          throw new FirectlException("Failed to start machine: " + e.getMessage());
        }
        return execute(configuration, launch, fifos);
      }
    }

    private Launch launch() throws FirectlException {
      String path = environment.getOrDefault("PATH", "");
      Optional<String> jailer = options.nonEmpty(Option.JAILER);
      if (jailer.isEmpty()) {
        Path binary = Binary.find(options.nonEmpty(Option.FIRECRACKER_BINARY), path, launchers);
        Path socket = socket();
        return new Launch(List.of(binary.toString(), "--api-sock", socket.toString()), socket, Optional.empty());
      }
      Path program = Binary.findJailer(jailer.get(), path, launchers);
      JailRequest jail = JailRequest.of(options, launchers.map(directory -> directory.resolve("portfire")));
      return new Launch(jail.command(program), checked(jail.socket().toString(), "a shorter --id or --chroot-base-dir"), Optional.of(jail));
    }

    private int execute(Configuration configuration, Launch launch, Fifos fifos)
        throws FirectlException, InterruptedException {
      Duration grace = grace(options);
      takeSignals();
      Process process = start(launch);
      Vmm started = vmm(process, launch, grace);
      // For an end that comes otherwise: where signals cannot be taken, and by errors of ours.
      Thread hook = new Thread(() -> cleanUp(started, launch, fifos), "clean-up");
      Runtime.getRuntime().addShutdownHook(hook);
      boolean detached = false;
      try {
        try {
          configure(started, process, configuration, launch, fifos);
        } catch (FirectlException e) {
          throw new FirectlException("Failed to start machine: " + e.getMessage());
        }
        if (launch.daemonizes()) {
          detached = true;
          log.info("the machine runs, as process " + started.pid() + "; its API is " + launch.socket);
          return 0;
        }
        return end(process.waitFor());
      } finally {
        try {
          Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
          // The JVM is ending; the hook finds its work done.
        }
        if (!detached) {
          cleanUp(started, launch, fifos);
        }
      }
    }

    /** What is there to be controlled: the process that was started or, of a daemon, the one that it has left. */
    private Vmm vmm(Process process, Launch launch, Duration grace) throws FirectlException, InterruptedException {
      Duration timeout = Duration.ofMillis(setting(REQUEST_TIMEOUT, REQUEST_MILLIS));
      ProcessHandle handle = process.toHandle();
      if (launch.daemonizes()) {
        int code = process.waitFor();
        if (code != 0) {
          throw new FirectlException("Failed to start machine: the jailer's exit status is " + code);
        }
        handle = launch.jail.orElseThrow().process();
      }
      Vmm started = new Vmm(handle, launch.socket, timeout, grace, log);
      vmm = started;
      if (interrupted) {
        started.end();
      }
      return started;
    }

    private int end(int code) {
      if (code == 0) {
        log.info("Start machine was happy");
      } else {
        log.error("Wait returned an error: exit status " + code);
      }
      return code;
    }

    /** A variable of the environment, unless it is empty. */
    private Optional<String> variable(String name) {
      return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /** The API socket's path: what was given, or a name that nobody has. */
    private Path socket() throws FirectlException {
      String directory = variable("HOME").or(() -> variable("TMPDIR")).orElse("/tmp");
      String name = options.nonEmpty(Option.SOCKET_PATH)
          .orElseGet(() -> "%s/.firecracker.sock-%d-%d"
              .formatted(directory, ProcessHandle.current().pid(), new Random().nextInt(1000)));
      return checked(name, "--socket-path");
    }

    private static Path checked(String name, String remedy) throws FirectlException {
      int length = name.getBytes(StandardCharsets.UTF_8).length;
      if (length > MAX_SOCKET_PATH) {
        throw new FirectlException(
            "the path of the API socket, %s, has %d bytes, and %d are possible: give %s"
                .formatted(name, length, MAX_SOCKET_PATH, remedy));
      }
      try {
        return Path.of(name);
      } catch (InvalidPathException e) {
        throw new FirectlException("the API socket's path is none: " + e.getMessage());
      }
    }

    private Process start(Launch launch) throws FirectlException {
      try {
        log.debug("starting " + String.join(" ", launch.command));
        return new ProcessBuilder(launch.command).inheritIO().start();
      } catch (IOException e) {
        throw new FirectlException("Failed to start machine: " + e.getMessage());
      }
    }

    private void configure(Vmm started, Process process, Configuration outside, Launch launch, Fifos fifos)
        throws FirectlException, InterruptedException {
      Duration patience = Duration.ofSeconds(setting(INIT_TIMEOUT, INIT_SECONDS));
      Duration timeout = Duration.ofMillis(setting(REQUEST_TIMEOUT, REQUEST_MILLIS));
      try (ApiClient client = new ApiClient(launch.socket, timeout)) {
        client.awaitServer(patience, started::isAlive);
        Configuration configuration = outside;
        Optional<String> logPath = fifos.log().map(Path::toString);
        Optional<String> metricsPath = fifos.metrics().map(Path::toString);
        if (launch.jail.isPresent()) {
          JailRequest jail = launch.jail.get();
          configuration = jail.give(outside);
          if (fifos.log().isPresent()) {
            logPath = Optional.of(jail.giveFifo(fifos.log().get()));
          }
          if (fifos.metrics().isPresent()) {
            metricsPath = Optional.of(jail.giveFifo(fifos.metrics().get()));
          }
        }
        Optional<Setting.Logger> logger =
            logPath.map(path -> new Setting.Logger(path, options.nonEmpty(Option.LOG_LEVEL), true, false));
        Optional<Setting.Metrics> metrics = metricsPath.map(Setting.Metrics::new);
        for (ApiRequest request : configuration.requests(logger, metrics)) {
          send(client, request);
        }
        started.started();
        Optional<ApiRequest> metadata = configuration.metadataRequest();
        if (metadata.isPresent()) {
          try {
            send(client, metadata.get());
          } catch (ApiException | IOException e) {
            log.error("the guest has no metadata: " + e.getMessage());
          }
        }
      } catch (ApiException e) {
        throw new FirectlException(String.valueOf(e.getMessage()));
      } catch (IOException e) {
        if (started.isAskedToEnd()) {
          throw new FirectlException("a signal came before the machine ran");
        }
        throw new FirectlException(
            e.getMessage() + (started.isAlive() ? "" : "; firecracker's exit status is " + process.waitFor()));
      }
    }

    private void send(ApiClient client, ApiRequest request) throws IOException, ApiException {
      var unused = client.send(request);
      log.debug(request + request.body().map(body -> " " + body.toJson()).orElse(""));
    }

    private long setting(String name, long otherwise) {
      String value = environment.getOrDefault(name, "");
      return value.matches("[1-9][0-9]{0,8}") ? Long.parseLong(value) : otherwise;
    }

    private void takeSignals() {
      if (!takesSignals || !System.getProperty("os.arch").equals("amd64")) {
        return;
      }
      try {
        Signals signals = Signals.handle(SIGNALS);
        Thread.ofPlatform().name("signals").daemon().start(() -> {
          try {
            while (true) {
              received(signals.next().number());
            }
          } catch (SystemCallException e) {
            log.error("signals are not taken any more: " + e.getMessage());
          }
        });
      } catch (SystemCallException e) {
        log.warning("signals cannot be taken: " + e.getMessage());
      }
    }

    private void received(int signal) {
      log.debug("received signal " + signal);
      interrupted = true;
      Vmm running = vmm;
      if (running != null) {
        running.signalled(signal);
      }
    }

    /** Leaves neither process nor files behind. */
    private void cleanUp(Vmm started, Launch launch, Fifos fifos) {
      started.endNow();
      try {
        Files.deleteIfExists(launch.socket);
      } catch (IOException e) {
        log.warning("the API socket stays: " + e.getMessage());
      }
      fifos.close();
      if (launch.jail.isPresent()) {
        try {
          launch.jail.get().remove();
        } catch (IOException e) {
          log.warning("the jail stays: " + e.getMessage());
        }
      }
    }
  }
}
