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
      if (options.nonEmpty(Option.JAILER).isPresent()) {
        throw new FirectlException("a jailer cannot be started yet: leave --jailer out");
      }
      Path temporary = Path.of(variable("TMPDIR").orElse("/tmp"));
      try (Fifos fifos = Fifos.make(options, temporary, log)) {
        Path binary = Binary.find(
            options.nonEmpty(Option.FIRECRACKER_BINARY), environment.getOrDefault("PATH", ""), launchers);
        Path socket = socket();
        try {
          configuration.check();
          if (Files.exists(socket)) {
            throw new FirectlException("socket " + socket + " already exists");
          }
        } catch (FirectlException e) {
          throw new FirectlException("Failed to start machine: " + e.getMessage());
        }
        return execute(configuration, binary, socket, fifos);
      }
    }

    private int execute(Configuration configuration, Path binary, Path socket, Fifos fifos)
        throws FirectlException, InterruptedException {
      Duration grace = grace();
      takeSignals();
      Vmm started = launch(binary, socket, grace);
      // For an end that comes otherwise: where signals cannot be taken, and by errors of ours.
      Thread hook = new Thread(() -> cleanUp(started, socket, fifos), "clean-up");
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        try {
          start(started, configuration, socket, fifos);
        } catch (FirectlException e) {
          throw new FirectlException("Failed to start machine: " + e.getMessage());
        }
        return end(started.await());
      } finally {
        cleanUp(started, socket, fifos);
        try {
          Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
          // The JVM is ending; the hook finds its work done.
        }
      }
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
      int length = name.getBytes(StandardCharsets.UTF_8).length;
      if (length > MAX_SOCKET_PATH) {
        throw new FirectlException("the path of the API socket, %s, has %d bytes, and %d are possible: give --socket-path"
            .formatted(name, length, MAX_SOCKET_PATH));
      }
      try {
        return Path.of(name);
      } catch (InvalidPathException e) {
        throw new FirectlException("the API socket's path is none: " + e.getMessage());
      }
    }

    /** How long a guest has; zero for any time. */
    private Duration grace() throws FirectlException {
      long seconds = options.number(Option.SHUTDOWN_TIMEOUT);
      if (seconds < 0 || seconds > MAX_GRACE_SECONDS) {
        throw new FirectlException(
            "--shutdown-timeout is %d: give 1 to %d seconds, or 0 for any time".formatted(seconds, MAX_GRACE_SECONDS));
      }
      return Duration.ofSeconds(seconds);
    }

    private Vmm launch(Path binary, Path socket, Duration grace) throws FirectlException {
      Duration timeout = Duration.ofMillis(setting(REQUEST_TIMEOUT, REQUEST_MILLIS));
      ProcessBuilder builder = new ProcessBuilder(binary.toString(), "--api-sock", socket.toString()).inheritIO();
      try {
        log.debug("starting " + String.join(" ", builder.command()));
        Vmm started = new Vmm(builder.start(), socket, timeout, grace, log);
        vmm = started;
        if (interrupted) {
          started.end();
        }
        return started;
      } catch (IOException e) {
        throw new FirectlException("Failed to start machine: " + e.getMessage());
      }
    }

    private void start(Vmm started, Configuration configuration, Path socket, Fifos fifos)
        throws FirectlException, InterruptedException {
      Duration patience = Duration.ofSeconds(setting(INIT_TIMEOUT, INIT_SECONDS));
      Duration timeout = Duration.ofMillis(setting(REQUEST_TIMEOUT, REQUEST_MILLIS));
      try (ApiClient client = new ApiClient(socket, timeout)) {
        client.awaitServer(patience, started::isAlive);
        Optional<Setting.Logger> logger = fifos.log().map(path -> new Setting.Logger(
            path.toString(), options.nonEmpty(Option.LOG_LEVEL), true, false));
        Optional<Setting.Metrics> metrics = fifos.metrics().map(path -> new Setting.Metrics(path.toString()));
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
            e.getMessage() + (started.isAlive() ? "" : "; firecracker's exit status is " + started.await()));
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
    private void cleanUp(Vmm started, Path socket, Fifos fifos) {
      started.endNow();
      try {
        Files.deleteIfExists(socket);
      } catch (IOException e) {
        log.warning("the API socket stays: " + e.getMessage());
      }
      fifos.close();
    }
  }
}
