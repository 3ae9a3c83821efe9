package dev.portfire.firecracker;

import dev.portfire.vmm.HostSignals;
import dev.portfire.vmm.metrics.Metrics;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Signals that end the program: each with a line of the log, a line of the metrics and an exit code of its own. */
final class FatalSignals implements HostSignals.Listener {
  private static final Map<Integer, String> METRICS = Map.of(
      HostSignals.SIGBUS, "sigbus",
      HostSignals.SIGSEGV, "sigsegv",
      HostSignals.SIGXFSZ, "sigxfsz",
      HostSignals.SIGXCPU, "sigxcpu",
      HostSignals.SIGPIPE, "sigpipe",
      HostSignals.SIGHUP, "sighup",
      HostSignals.SIGILL, "sigill");

  private static final String REFUSED = "Shutting down VM after intercepting a bad syscall (";

  private final Log log;
  private final Metrics metrics;
  private final HostSignals signals = new HostSignals();

  FatalSignals(Log log, Metrics metrics) {
    this.log = log;
    this.metrics = metrics;
  }

  /** Begins to take signals. What cannot be taken on this host ends the JVM in its own way. */
  void install() {
    List<Integer> numbers = new ArrayList<>(METRICS.keySet());
    numbers.add(HostSignals.SIGSYS);
    signals.handle(numbers, ExitCode.BAD_SYSCALL, this);
  }

  /** Waits until signals are taken, or cannot be. */
  void await() throws InterruptedException {
    signals.awaitHandlers();
  }

  @Override
  public void taken() {
    prepare();
  }

  /** Says what is to be written of a refused system call if this object cannot do it; again each day, since the date is part of it. */
  void prepare() {
    ZonedDateTime now = ZonedDateTime.now(ZoneId.systemDefault());
    signals.lastWords(
        log.errorLine(FatalSignals.class, now.toLocalDateTime(), "signals", REFUSED),
        now.toEpochSecond() - now.toLocalTime().toSecondOfDay(),
        metrics.refusalLine());
  }

  @Override
  public void received(int number, int code, int systemCall) {
    if (number == HostSignals.SIGPIPE) {
      metrics.count("signals", "sigpipe");
      log.error("Received signal " + number + ", code " + code + ".");
      return;
    }
    if (number == HostSignals.SIGSYS && code == HostSignals.SYS_SECCOMP) {
      metrics.set("seccomp", "num_faults", 1);
      log.error(REFUSED + systemCall + ").");
    } else {
      String metric = METRICS.get(number);
      if (metric != null) {
        metrics.set("signals", metric, 1);
      }
      log.error("Shutting down VM after intercepting signal " + number + ", code " + code + ".");
    }
    metrics.flush();
    // The terminal is put back by the shell that watches over it.
    Runtime.getRuntime().halt(exitCode(number, code));
  }

  private static int exitCode(int number, int code) {
    return switch (number) {
      case HostSignals.SIGSYS -> code == HostSignals.SYS_SECCOMP ? ExitCode.BAD_SYSCALL : ExitCode.UNEXPECTED_ERROR;
      case HostSignals.SIGBUS -> ExitCode.SIGBUS;
      case HostSignals.SIGSEGV -> ExitCode.SIGSEGV;
      case HostSignals.SIGXFSZ -> ExitCode.SIGXFSZ;
      case HostSignals.SIGXCPU -> ExitCode.SIGXCPU;
      case HostSignals.SIGHUP -> ExitCode.SIGHUP;
      case HostSignals.SIGILL -> ExitCode.SIGILL;
      default -> ExitCode.UNEXPECTED_ERROR;
    };
  }
}
